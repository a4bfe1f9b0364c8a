"""A pregnancy in a case file: in its own field, among the symptoms, or in a remark."""

from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED
from spindle.errors import UserError
from spindle.formats.case_files import CaseFileReading, parse_case, parse_json_case


def read(text: str) -> CaseFileReading:
    return parse_case(text, place="case.toml")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("true", True), ("false", False), ('"yes"', True), ('"not reported"', NOT_REPORTED)],
)
def test_the_field_is_read_as_written(written: str, expected: object) -> None:
    assert read(f"[patient]\nis_pregnant = {written}").case.patient.is_pregnant == expected
    assert read(f"[patient]\npregnant = {written}").case.patient.is_pregnant == expected


def test_what_is_left_out_is_not_reported() -> None:
    assert read('[patient]\nsex = "female"').case.patient.is_pregnant == NOT_REPORTED


def test_another_word_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        read('[patient]\nis_pregnant = "perhaps"')
    assert caught.value.slug == "case-invalid"


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        ("pregnancy", True),
        ("pregnant", True),
        ("Pregnancy, 14 weeks", True),
        ("pregnant 14 weeks", True),
        ("not pregnant", False),
        ("no pregnancy", False),
    ],
)
def test_a_pregnancy_among_the_symptoms_becomes_the_field_with_a_note(
    symptom: str, expected: bool
) -> None:
    reading = read(f'symptoms = ["{symptom}", "abdominal pain"]')
    assert reading.case.patient.is_pregnant is expected
    assert "abdominal pain" in [found.name for found in reading.case.symptoms]
    assert not [found for found in reading.case.symptoms if "pregnan" in found.name]
    said = [note.message for note in reading.notes if "is_pregnant" in note.message]
    assert said[0].startswith(f"Read as the patient's is_pregnant = {str(expected).lower()}")


def test_one_line_of_symptoms_keeps_the_others() -> None:
    reading = read('symptoms = "pregnancy, vaginal bleeding"')
    assert reading.case.patient.is_pregnant is True
    assert [found.name for found in reading.case.symptoms] == ["vaginal bleeding"]


@pytest.mark.parametrize(
    "symptom", ["possible pregnancy", "pain in earlier pregnancy", "mother pregnant"]
)
def test_a_doubt_or_another_pregnancy_is_not_read(symptom: str) -> None:
    reading = read(f'symptoms = ["{symptom}"]')
    assert reading.case.patient.is_pregnant == NOT_REPORTED


def test_the_field_is_kept_where_a_symptom_says_otherwise() -> None:
    reading = read('symptoms = ["pregnancy"]\n[patient]\nis_pregnant = false')
    assert reading.case.patient.is_pregnant is False
    assert any("says otherwise and is kept" in note.message for note in reading.notes)


def test_a_remark_stays_a_remark_and_is_pointed_out() -> None:
    reading = read('remarks = ["pregnant, 14 weeks"]')
    assert reading.case.patient.is_pregnant == NOT_REPORTED
    assert reading.case.remarks[0].words == "pregnant, 14 weeks"
    assert any("is_pregnant = true" in item.read for item in reading.read_as)


def test_a_case_document_of_before_the_field_still_reads() -> None:
    case = parse_json_case('{"schema_version": "1", "id": "x", "patient": {"sex": "female"}}')
    assert case.patient.is_pregnant == NOT_REPORTED
