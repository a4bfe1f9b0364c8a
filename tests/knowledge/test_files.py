from __future__ import annotations

import re

import pytest

from spindle.errors import UserError
from spindle.knowledge import files
from spindle.knowledge.damage import find_key_line
from spindle.knowledge.files import (
    Entry,
    check_keys,
    data_folder,
    list_files,
    parse_toml,
    read_entries,
    read_text,
)


def refuse_entries(text: str, table: str = "facts") -> UserError:
    with pytest.raises(UserError) as caught:
        list(read_entries("facts/new.toml", table, text=text))
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place.startswith("facts/new.toml")
    return caught.value


def test_an_entry_knows_its_file_and_line() -> None:
    text = '# head\n\n[[facts]]\nid = "a"\n\n[[facts]]\nid = "b"\n'
    entries = list(read_entries("facts/new.toml", "facts", text=text))
    assert [(e.values["id"], e.place) for e in entries] == [
        ("a", "facts/new.toml, line 3"),
        ("b", "facts/new.toml, line 6"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[[facts]] # the first\nid = "a"\n\n[[facts]]\nid = "b"\n',
        '[[ facts ]]\nid = "a"\n\n[[facts]]\nid = "b"\n',
        '[[facts]]\nid = "a"\nstatement = """\n[[facts]]\n"""\n[[facts]]\nid = "b"\n',
    ],
    ids=["comment", "spaces", "in a text"],
)
def test_a_line_is_never_that_of_another_entry(text: str) -> None:
    lines = text.splitlines()
    for entry in read_entries("facts/new.toml", "facts", text=text):
        told = re.search(r"line (\d+)$", entry.place)
        # The entry's id stands right below its head; no line is better than a wrong one.
        assert told is None or lines[int(told[1])] == f'id = "{entry.values["id"]}"'
        assert told or re.search(r"entry [12] of facts$", entry.place)


def test_text_that_is_not_toml_names_the_file_and_the_line() -> None:
    error = refuse_entries('[[facts]]\nid = "a\n')
    assert "line 2" in error.message


def test_a_key_that_stands_twice_is_refused() -> None:
    refuse_entries('[[facts]]\nid = "a"\nid = "b"\n')


@pytest.mark.parametrize(
    "text",
    [
        '[[fact]]\nid = "a"\n',
        '[[facts]]\nid = "a"\n\n[[Facts]]\nid = "b"\n',
        '[[facts]]\nid = "a"\n\n[[facts.more]]\nid = "b"\n\n[[fcats]]\nid = "c"\n',
    ],
)
def test_a_misspelt_table_is_not_dropped_in_silence(text: str) -> None:
    refuse_entries(text)


@pytest.mark.parametrize("text", ['[facts]\nid = "a"\n', 'facts = "a"\n', "facts = [1, 2]\n"])
def test_a_table_that_is_no_list_of_entries_is_refused(text: str) -> None:
    refuse_entries(text)


def test_a_fault_names_the_place_of_its_entry() -> None:
    entry = Entry({"id": "a"}, "facts/new.toml, line 7")
    assert str(entry.fail("It has no source.")).startswith("facts/new.toml, line 7: ")


REQUIRED = {"id": str, "n": int}
OPTIONAL = {"is_inferred": bool, "unit": str}


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"id": "a"}, "no n"),
        ({"n": 1}, "no id"),
        ({"id": "", "n": 1}, "no id"),
        ({"id": "a", "n": 1, "units": "x"}, "'units'"),
        ({"id": "a", "n": "1"}, "expected int"),
        ({"id": "a", "n": True}, "expected int"),
        ({"id": "a", "n": 1.0}, "expected int"),
        ({"id": 5, "n": 1}, "expected str"),
        ({"id": "a", "n": 1, "is_inferred": 1}, "expected bool"),
        ({"id": "a", "n": 1, "unit": ["x"]}, "expected str"),
        ({"id": "a", "n": 1, "unit": ""}, "no unit"),
    ],
)
def test_a_malformed_field_is_named(values: dict[str, object], word: str) -> None:
    with pytest.raises(UserError) as caught:
        check_keys(Entry(values, "f.toml, line 1"), REQUIRED, OPTIONAL)
    assert word in caught.value.message


@pytest.mark.parametrize("blank", [" ", "\t", "\n"])
def test_blanks_are_nothing(blank: str) -> None:
    with pytest.raises(UserError):
        check_keys(Entry({"id": blank, "n": 1}, "f.toml, line 1"), REQUIRED, OPTIONAL)


def test_a_complete_entry_passes() -> None:
    entry = Entry({"id": "a", "n": 0, "unit": "mm", "is_inferred": False}, "f.toml, line 1")
    check_keys(entry, REQUIRED, OPTIONAL)
    assert entry.values["n"] == 0


def test_every_knowledge_file_is_utf8_and_parses() -> None:
    names = [name for folder in ("facts", "fish_rules", "protocols") for name in list_files(folder)]
    assert len(names) >= 10
    for name in [*names, "sources/core.toml"]:
        assert parse_toml(read_text(name), name)


def test_files_are_listed_in_order_and_by_kind() -> None:
    names = list_files("protocols")
    assert names == sorted(names)
    assert all(name.endswith(".toml") for name in names)
    assert "protocols/rna-reflex.truth.csv" in list_files("protocols", ".csv")


def test_knowledge_is_found_inside_the_package() -> None:
    assert files.data_folder().joinpath("sources", "core.toml").is_file()
    assert data_folder().name == "data"


@pytest.mark.parametrize(
    ("key", "line"),
    [("a", 1), ("t", 2), ("t.b", 3), ("t.c d", 4), ("t.u.e", 6), ("t.x", 2), ("x", 1)],
)
def test_a_dotted_key_is_found_by_its_line(key: str, line: int) -> None:
    text = 'a = 1\n[t] # here\nb = 2\n"c d" = 3\n[[ t.u ]]\ne = [\n  "f = 1",\n]\n'
    assert find_key_line(text, key) == line
