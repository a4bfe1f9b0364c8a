from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from spindle.cases.case import Case
from spindle.cases.documents import make_case_schema
from spindle.cases.observations import Stain, TestResult
from spindle.cases.specimen import Specimen
from spindle.errors import UserError
from spindle.formats.case_documents import (
    make_case_line,
    make_line_schema,
    read_cases,
    write_cases,
)

STAIN = Stain(id="alk-ihc", marker="ALK", result=TestResult.POSITIVE)
CASES = [
    Case(id="1", specimens=(Specimen(id="s1", observations=(STAIN,)),)),
    Case(id="zwölf\n女"),
]
ASSESSMENT = {"kinases": {"ALK": {"status": "not_detected"}}, "words": "ü"}


def refuse(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        list(read_cases(path))
    return caught.value


def test_cases_come_back_without_their_assessment(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    assert write_cases(path, [(CASES[0], ASSESSMENT), (CASES[1], None)]) == 2
    lines = path.read_bytes().splitlines()
    assert [json.loads(line).get("assessment") for line in lines] == [ASSESSMENT, None]
    assert json.loads(lines[0])["id"] == "1"
    assert list(read_cases(path)) == CASES
    assert [item.name for item in tmp_path.iterdir()] == ["cases.jsonl"]


def test_a_line_is_one_line() -> None:
    for case in CASES:
        line = make_case_line(case, {"words": "one\ntwo"})
        assert line.endswith(b"}\n")
        assert line.count(b"\n") == 1


def test_blank_lines_and_a_mark_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + make_case_line(CASES[0]) + b"\n  \r\n")
    assert list(read_cases(path)) == [CASES[0]]


def test_cases_are_streamed(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(make_case_line(CASES[0]) + b"{broken\n")
    cases = read_cases(path)
    assert next(cases) == CASES[0]
    with pytest.raises(UserError) as caught:
        next(cases)
    assert caught.value.place == "cases.jsonl, line 2"


@pytest.mark.parametrize(
    ("line", "slug"),
    [
        (b"{", "case-invalid"),
        (b"[]", "case-invalid"),
        (b"\xff\xfe{", "case-invalid"),
        (b'{"id": "1", "colour": "red"}', "case-invalid"),
        (b'{"id": "1", "follow_up": {"duration_months": NaN}}', "case-invalid"),
        (b"9" * 5000, "case-invalid"),
        (b"[" * 100_000, "case-invalid"),
        (b'{"id": "1", "schema_version": "999"}', "case-version-unknown"),
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: bytes, slug: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(make_case_line(CASES[0]) + line + b"\n")
    error = refuse(path)
    assert (error.slug, error.place) == (slug, "cases.jsonl, line 2")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert refuse(tmp_path / "absent.jsonl").slug == "file-not-found"
    assert refuse(tmp_path).slug == "file-is-folder"
    assert refuse(tmp_path / "a\0b").slug == "file-unreadable"


def test_nothing_is_left_half_written(tmp_path: Path) -> None:
    def give() -> Iterator[tuple[Case, Mapping[str, Any] | None]]:
        yield CASES[0], None
        raise UserError("table-no-rows", "Broken off.")

    with pytest.raises(UserError, match="Broken off"):
        write_cases(tmp_path / "cases.jsonl", give())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UserError) as caught:
        write_cases(tmp_path / "absent" / "cases.jsonl", [(CASES[0], None)])
    assert caught.value.slug == "output-not-writable"


def test_an_assessment_holds_finite_numbers() -> None:
    with pytest.raises(ValueError, match="JSON"):
        make_case_line(CASES[0], {"p": float("nan")})


def test_a_line_follows_its_published_schema_and_a_case_its_own() -> None:
    line = json.loads(make_case_line(Case(id="1"), {"kinases": {}}))
    validator = Draft202012Validator(make_line_schema())
    assert list(validator.iter_errors(line)) == []
    assert list(validator.iter_errors({**line, "name": "Bob"})) != []
    assert list(Draft202012Validator(make_case_schema()).iter_errors(line)) != []


def test_a_line_with_a_field_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "1", "patient": {"sex": "female", "sex": "male"}}\n')
    with pytest.raises(UserError) as error:
        list(read_cases(path))
    assert error.value.slug == "case-invalid"
