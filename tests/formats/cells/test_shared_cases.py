"""Every cell of the published tables beside the repository, against what was read by hand."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import VitalStatus
from spindle.cases.notes import CATALOGUE
from spindle.cases.observations import TestResult
from spindle.cases.patient import TimeUnit
from spindle.formats.cells.ages import read_age, read_unit_word
from spindle.formats.cells.follow_up import read_follow_up
from spindle.formats.cells.fusions import read_fusion
from spindle.formats.cells.reading import CellReading
from spindle.formats.cells.results import read_result
from spindle.formats.cells.sexes import read_sex
from spindle.formats.cells.sites import read_sites
from spindle.formats.cells.stains import read_stains
from spindle.formats.cells.symptoms import read_symptoms
from spindle.formats.cells.treatments import read_treatments

CASES = Path(__file__).resolve().parents[3] / ".." / "shared" / "cases"
LONG_TABLES = (
    "case-reports.csv",
    "zhao-2025-sinonasal.csv",
    "hu-2020-abdominal.csv",
    "jjsps-vol40-mixed.csv",
    "medicine-2018-bladder3.csv",
    "shen-2018-lung.csv",
)

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="the published tables are not beside this repository"
)

# Row by row: sites with their sides, symptoms with their sides. L left, R right, B both.
ZHAO = [
    ("nasal cavity L, maxillary sinus L", "nasal congestion, epistaxis, periodontal pain"),
    ("maxillary sinus R, infratemporal fossa R", "rhinorrhea R, temporal pain R"),
    ("maxillary sinus R", "facial pain R, zygomatic arch swelling pain R"),
    ("maxillary sinus R", "facial numbness L, epiphora L, diplopia"),
    ("maxillary sinus L, orbit L", "facial numbness L"),
    ("orbit L, pterygopalatine fossa L", "head or neck mass"),
    ("maxillary sinus R", "purulent nasal discharge, nasal congestion"),
    ("frontal sinus R, orbit R", "nasal congestion, eye pain or discomfort R, increased secretion"),
    (
        "ethmoid sinus B, sphenoid sinus B, maxillary sinus B, nasal cavity B, orbit B",
        "inner canthus mass R",
    ),
    (
        "nasal cavity R, orbit R, ethmoid sinus R, pterygopalatine fossa R",
        "facial pain R, facial swelling R, proptosis, low-grade fever, reduced visual acuity",
    ),
    ("maxillary sinus R, nasal cavity R", "nasal congestion R, epistaxis"),
    ("maxillary sinus R, lacrimal sac R, eyelid R", "eyelid mass L"),
    ("maxillary sinus R, orbit R", "facial numbness R, diplopia"),
    ("lacrimal sac L, nasal dorsum, eyelid L", "nasal mass L, epiphora"),
    (
        "inner canthus R, maxillary sinus R, nasolacrimal duct R",
        "nasal mass R, epiphora, nasal congestion, fever",
    ),
    ("sphenoid sinus R, maxillary sinus R", "epistaxis R, reduced visual acuity L"),
    ("nasal septum, nasal cavity R", "nasal congestion R, hyposmia"),
    ("maxillary sinus L", "facial numbness L, facial pain L"),
    ("maxillary sinus R", "proptosis R, headache, epistaxis, reduced visual acuity"),
    (
        "maxillary sinus R, nasal vestibule R",
        "rhinorrhea R, nasal congestion, toothache R, facial numbness R, headache R",
    ),
    (
        "maxillary sinus L, infratemporal fossa L, pterygopalatine fossa L, alveolar bone L",
        "facial swelling L, gum swelling, fever",
    ),
    ("maxillary sinus L", "nasal congestion L, rhinorrhea, headache, hyposmia"),
    (
        "maxillary sinus L",
        "nasal congestion L, rhinorrhea, facial swelling L, facial pain L, hyposmia",
    ),
    ("maxillary sinus L", "proptosis L, nasal congestion, rhinorrhea L"),
    ("pterygopalatine fossa L", "nasal congestion, rhinorrhea, headache"),
]
SIDES = {"left": " L", "right": " R", "bilateral": " B", "not reported": ""}


def iterate_rows(name: str) -> Iterator[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def zhao_rows() -> list[dict[str, str]]:
    return list(iterate_rows("zhao-2025-table1.csv"))


def test_the_sites_of_all_25_patients() -> None:
    read = [
        ", ".join(site.name + SIDES[str(site.laterality)] for site in reading.value.sites)
        for row in zhao_rows()
        for reading in [read_sites(row["Imaging Examination"])]
    ]
    assert read == [sites for sites, _ in ZHAO]


def test_the_symptoms_of_all_25_patients() -> None:
    read = [
        ", ".join(
            symptom.name + SIDES[str(symptom.laterality)]
            for symptom in read_symptoms(row["Clinical Manifestations"]).value
        )
        for row in zhao_rows()
    ]
    assert read == [symptoms for _, symptoms in ZHAO]


def test_how_many_patients_have_each_symptom() -> None:
    counts = Counter(
        name
        for row in zhao_rows()
        for name in {s.name for s in read_symptoms(row["Clinical Manifestations"]).value}
    )
    assert counts["nasal congestion"] == 11
    assert counts["rhinorrhea"] == 6
    assert counts["epistaxis"] == 4
    assert counts["headache"] == 4
    assert counts["facial numbness"] == 5


def test_every_symptom_of_the_25_patients_has_a_code_but_four() -> None:
    without = [
        symptom.words
        for row in zhao_rows()
        for symptom in read_symptoms(row["Clinical Manifestations"]).value
        if isinstance(symptom.code, Absent)
    ]
    assert without == [
        "periodontal radiation pain",
        "increased secretion",
        "Tumor at the inner canthus of the right eye",
        "Mass at left lower eyelid",
    ]


def test_the_ages_of_all_25_patients() -> None:
    readings = [read_age(row["Age (yr)"], header_unit=TimeUnit.YEARS) for row in zhao_rows()]
    months = [r.value.months for r in readings if not isinstance(r.value, Absent)]
    assert len(months) == 25
    assert round(sum(months) / 25 / 12, 2) == 34.36
    assert sorted(months)[12] == 31 * 12
    assert [m for m, r in zip(months, readings, strict=True) if r.doubts] == [14, 13, 21]


def test_the_follow_up_of_all_25_patients() -> None:
    readings = [
        read_follow_up(row["Duration of Follow Up (Months)"], header_unit=TimeUnit.MONTHS).value
        for row in zhao_rows()
    ]
    months = sorted(
        reading.follow_up.duration_months
        for reading in readings
        if not isinstance(reading.follow_up.duration_months, Absent)
    )
    assert (len(months), months[0], months[8], months[-1]) == (17, 10, 47, 136)
    assert [n for n, r in enumerate(readings, 1) if r.follow_up.is_lost is True] == [
        3, 6, 10, 12, 15, 19, 23, 24,
    ]  # fmt: skip
    status = Counter(str(reading.follow_up.vital_status) for reading in readings)
    assert status == {VitalStatus.ALIVE: 12, VitalStatus.DEAD: 5, "not reported": 8}
    happened = Counter(
        outcome.kind for reading in readings for outcome in reading.outcomes if outcome.has_occurred
    )
    assert happened == {"death": 5, "recurrence": 2}


def test_the_treatments_of_all_25_patients() -> None:
    kinds = [
        [treatment.kind for treatment in read_treatments(row["Treatment"]).value]
        for row in zhao_rows()
    ]
    counts = Counter(kind for of_patient in kinds for kind in of_patient)
    assert counts == {
        "surgery": 24, "radiotherapy": 14, "steroid": 11, "chemotherapy": 7, "biopsy_only": 1,
    }  # fmt: skip
    assert [len(of_patient) for of_patient in kinds].count(0) == 0
    margins = {t.margin for row in zhao_rows() for t in read_treatments(row["Treatment"]).value}
    assert margins == {NOT_REPORTED}


def test_the_tests_of_all_25_patients() -> None:
    positive = {
        column: [
            number
            for number, row in enumerate(zhao_rows(), 1)
            if read_result(row[column]).value.result is TestResult.POSITIVE
        ]
        for column in ("ALK (D5F3)", "FISH", "RT-PCR")
    }
    assert positive == {"ALK (D5F3)": [8, 15], "FISH": [], "RT-PCR": [15]}


# What was read by hand where a cell is hard: id, column, what is read.
HARD_SITES = {
    "jaskulowska-tongue": ["tongue"],
    "lovly-2014": [],
    "hosala-2025": ["stomach"],
    "yang-2026": ["pelvis"],
    "denis-2013": ["central nervous system left"],
    "huaxi-8F": ["stomach", "liver left", "bile duct", "abdominal cavity"],
    "kjm-2012": ["mesentery"],
    "yi-xl-2013": ["urinary bladder", "ileocecal junction", "peritoneum", "retroperitoneum"],
    "proquest-mediastinum-12": ["mediastinum"],
    "petr-2023": ["liver", "inferior vena cava"],
    "sura-2015": ["nose", "paranasal sinus", "cheek"],
}
HARD_OUTCOMES = {
    "denis-2013": {"progression": 2.0, "recurrence": NOT_REPORTED},
    "retroperitoneal-pmc6478978": {"recurrence": NOT_REPORTED},
    "zhang-t-2015": {"recurrence": 12.0},
}


def test_hard_sites_of_the_case_reports() -> None:
    rows = {row["case_id"]: row for row in iterate_rows("case-reports.csv")}
    read = {
        case_id: [
            f"{site.name} {site.laterality}".removesuffix(f" {NOT_REPORTED}")
            for site in read_sites(rows[case_id]["site_text"]).value.sites
        ]
        for case_id in HARD_SITES
    }
    assert read == HARD_SITES


def test_hard_outcomes_of_the_case_reports() -> None:
    rows = {row["case_id"]: row for row in iterate_rows("case-reports.csv")}
    read = {
        case_id: {
            outcome.kind: outcome.months
            for outcome in read_follow_up(rows[case_id]["followup_text"]).value.outcomes
            if outcome.has_occurred
        }
        for case_id in HARD_OUTCOMES
    }
    assert read == HARD_OUTCOMES


def test_all_results_of_the_case_reports() -> None:
    rows = list(iterate_rows("case-reports.csv"))
    ihc = Counter(str(read_result(row["alk_ihc"]).value.result) for row in rows)
    assert ihc == {"not reported": 72, "positive": 15, "negative": 9}
    fish = Counter(str(read_result(row["alk_fish"]).value.result) for row in rows)
    assert fish == {"not reported": 85, "positive": 6, "negative": 1, "unknown": 4}
    fusions = [read_fusion(row["fusion_text"]).value for row in rows]
    named = [f for f in fusions if not isinstance(f, Absent)]
    assert (len(named), {f.result for f in named}) == (9, {TestResult.POSITIVE})


def test_a_group_of_patients_never_gives_a_time_or_a_range_to_one() -> None:
    for row in iterate_rows("medicine-2018-bladder3.csv"):
        assert read_follow_up(row["followup_text"]).value.follow_up.duration_months == NOT_REPORTED
        index = [s for s in read_stains(row["other_ihc_text"]).value if s.marker == "Ki-67"]
        assert [stain.percent_positive for stain in index] == [UNKNOWN]


def read_all(row: dict[str, str]) -> Iterator[tuple[str, CellReading[object]]]:
    unit = read_unit_word(row["age_unit"])
    yield row["age_value"], read_age(row["age_value"], header_unit=unit)
    yield row["sex"], read_sex(row["sex"])
    yield row["site_text"], read_sites(row["site_text"])
    yield row["symptoms_text"], read_symptoms(row["symptoms_text"])
    for column in ("alk_ihc", "alk_fish", "rt_pcr"):
        yield row[column], read_result(row[column])
    yield row["other_ihc_text"], read_stains(row["other_ihc_text"])
    yield row["fusion_text"], read_fusion(row["fusion_text"])
    yield row["treatment_text"], read_treatments(row["treatment_text"])
    yield row["followup_text"], read_follow_up(row["followup_text"])


@pytest.mark.parametrize("name", LONG_TABLES)
def test_every_cell_is_read_with_doubts_that_are_catalogued(name: str) -> None:
    cells = 0
    for row in iterate_rows(name):
        for text, reading in read_all(row):
            cells += 1
            assert {doubt.slug for doubt in reading.doubts} <= set(CATALOGUE)
            assert all(doubt.message and fits(doubt.value, text) for doubt in reading.doubts)
    assert cells > 0


def fits(value: str, text: str) -> bool:
    """Whether a doubt quotes words of the cell."""
    squeezed = "".join(text.lower().split())
    return all("".join(part.lower().split()) in squeezed for part in value.split(","))


def test_only_the_cells_that_report_nothing_give_nothing() -> None:
    for row in iterate_rows("case-reports.csv"):
        for column, read in (("symptoms_text", read_symptoms), ("treatment_text", read_treatments)):
            assert bool(read(row[column]).value) == (row[column] != "NA"), row[column]
