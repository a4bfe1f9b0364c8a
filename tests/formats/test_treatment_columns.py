from __future__ import annotations

from pathlib import Path

import pytest
from table_files import read_one

from spindle.cases.absence import NOT_REPORTED
from spindle.cases.case import Case
from spindle.cases.course import DeathCause, OutcomeKind


def list_treatments(case: Case) -> list[tuple[str, str]]:
    return [(str(treatment.kind), treatment.words) for treatment in case.treatments]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Radiotherapy", "radiotherapy"),
        ("Chemotherapy", "chemotherapy"),
        ("Steroids", "steroid"),
        ("Surgery", "surgery"),
        ("ALK inhibitor", "targeted"),
    ],
)
def test_yes_under_a_treatment_is_that_treatment(tmp_path: Path, header: str, kind: str) -> None:
    for cell in ("yes", "+"):
        case, notes = read_one(tmp_path, f"No | Sex | {header}\n1 | M | {cell}")
        assert list_treatments(case) == [(kind, f"{header}: {cell}")]
        assert notes == ()
    for cell in ("no", "-", "", "NA"):
        case, notes = read_one(tmp_path, f"No | Sex | {header}\n1 | M | {cell}")
        assert (case.treatments, notes) == ((), ())


def test_a_treatment_in_two_columns_is_one_treatment(tmp_path: Path) -> None:
    case, _ = read_one(
        tmp_path,
        "No | Treatment | Surgery | Radiotherapy | Chemotherapy\n"
        "1 | resection + radiotherapy | yes | yes | yes",
    )
    assert list_treatments(case) == [
        ("surgery", "resection"),
        ("radiotherapy", "radiotherapy"),
        ("chemotherapy", "Chemotherapy: yes"),
    ]


def test_other_words_under_a_treatment(tmp_path: Path) -> None:
    case, notes = read_one(
        tmp_path, "No | Surgery | Radiotherapy | Steroids\n1 | lobectomy (R0) | 60 Gy | no"
    )
    assert list_treatments(case) == [("surgery", "lobectomy (R0)")]
    assert [(note.slug, note.column) for note in notes] == [
        ("treatment-unreadable", "Radiotherapy")
    ]
    assert [remark.words for remark in case.remarks] == ["60 Gy", "no"]


def test_what_was_refused_in_a_table_keeps_its_words(tmp_path: Path) -> None:
    case, notes = read_one(tmp_path, "No | Sex | Treatment\n1 | M | declined surgery")
    assert case.treatments == ()
    assert [remark.words for remark in case.remarks] == ["declined surgery"]
    assert [note.slug for note in notes] == ["treatment-unreadable"]


@pytest.mark.parametrize(
    ("cell", "has_died", "cause", "slugs"),
    [
        ("yes", [True], NOT_REPORTED, ["death-without-cause"]),
        ("no", [False], NOT_REPORTED, []),
        ("DOD", [True], DeathCause.TUMOUR, []),
        ("NA", [], None, []),
    ],
)
def test_a_column_of_deaths(
    tmp_path: Path, cell: str, has_died: list[bool], cause: object, slugs: list[str]
) -> None:
    case, notes = read_one(tmp_path, f"No | Follow up (months) | Death\n1 | 22 | {cell}")
    assert [outcome.has_occurred for outcome in case.outcomes] == has_died
    assert all(outcome.kind is OutcomeKind.DEATH for outcome in case.outcomes)
    assert all(outcome.cause == cause for outcome in case.outcomes)
    if has_died == [True]:
        assert (case.outcomes[0].months, case.follow_up.vital_status) == (22, "dead")
    assert [note.slug for note in notes] == slugs
