from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from spindle.formats.toml_lines import find_line, find_lines

TEXT = '''id = "x"            # one
symptoms = ["a", "b # ]",
  "c"]
[patient]
sex = "male"
[[specimens]]
kind = "biopsy"
observations = [
  { kind = "stain", marker = "ALK" },
  # a comment with ]
  { kind = "fish" }, { kind = "x" },
]
[[specimens]]
[[specimens.observations]]
kind = "stain"
[[specimens.observations]]
a.b = 3
words = """
id = 3 [
"""
"q k" = 4
'''


def test_keys_tables_and_elements_have_their_lines() -> None:
    lines = find_lines(TEXT)
    expected = {
        ("id",): 1,
        ("symptoms",): 2,
        ("symptoms", 1): 2,
        ("symptoms", 2): 3,
        ("patient", "sex"): 5,
        ("specimens", 0): 6,
        ("specimens", 0, "observations", 0): 9,
        ("specimens", 0, "observations", 1): 11,
        ("specimens", 0, "observations", 2): 11,
        ("specimens", 1): 13,
        ("specimens", 1, "observations", 0, "kind"): 15,
        ("specimens", 1, "observations", 1, "a", "b"): 17,
        ("specimens", 1, "observations", 1, "words"): 18,
        ("specimens", 1, "observations", 1, "q k"): 21,
    }
    assert {path: lines[path] for path in expected} == expected


def test_a_path_without_a_line_of_its_own_has_that_of_what_it_stands_in() -> None:
    lines = find_lines(TEXT)
    assert find_line(lines, ("specimens", 0, "observations", 1, "kind")) == 11
    assert find_line(lines, ("nowhere", "at", "all")) == 0
    assert find_line({}, ()) == 0


KEYS = st.text("abc", min_size=1, max_size=2)


@given(st.lists(st.tuples(KEYS, st.integers(0, 9)), max_size=6, unique_by=lambda pair: pair[0]))
def test_every_key_of_a_table_is_found_where_it_stands(pairs: list[tuple[str, int]]) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in pairs)
    lines = find_lines(text)
    assert [lines[(key,)] for key in tomllib.loads(text)] == list(range(1, len(pairs) + 1))


@given(st.text(max_size=80))
def test_any_text_has_lines_within_it(text: str) -> None:
    assert all(1 <= line <= len(text.splitlines()) for line in find_lines(text).values())
