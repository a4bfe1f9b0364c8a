"""Published tables, checked by hand against their cells.

The tables stand beside the repository and are not shipped; without them these tests are skipped.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from table_files import Read, describe_cases, iterate_texts, write_xlsx

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.documents import read_case, write_case, write_case_document
from spindle.cases.notes import Note
from spindle.cases.provenance import Provenance
from spindle.errors import UserError
from spindle.formats.cells.phrases import read_absence
from spindle.formats.columns import HowKnown
from spindle.formats.tables import read_table

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "cases"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the published tables are not beside this repository"
)

COUNTS = {
    "case-reports.csv": 96,
    "hu-2020-abdominal.csv": 1,
    "jjsps-vol40-mixed.csv": 3,
    "medicine-2018-bladder3.csv": 3,
    "shen-2018-lung.csv": 2,
    "zhao-2025-sinonasal.csv": 25,
    "zhao-2025-table1.csv": 25,
}
# Lists about cases, which are no tables of patients.
NO_PATIENTS = ("known-conflicts.csv", "known-duplicates.csv", "series-summaries.csv")
TWICE_ZHAO = ("zhao-2025-table1.csv", "zhao-2025-sinonasal.csv")


@cache
def read(name: str) -> Read:
    return list(read_table(FOLDER / name).cases())


def find(name: str, case_id: str) -> tuple[dict[str, Any], tuple[Note, ...]]:
    (found,) = [
        (write_case_document(case), notes) for case, notes in read(name) if case.id == case_id
    ]
    return found


def months_of(case: Case) -> float | None:
    age = case.patient.age_at_diagnosis
    return None if isinstance(age, Absent) else age.months


@pytest.mark.parametrize("name", COUNTS)
def test_every_row_becomes_a_case(name: str) -> None:
    reading = read_table(FOLDER / name)
    cases = list(reading.cases())
    assert len(cases) == COUNTS[name]
    assert len({case.id for case, _ in cases}) == COUNTS[name]
    assert reading.notes == []
    assert {column.how for column in reading.columns} == {HowKnown.RECOGNISED}


@pytest.mark.parametrize("name", COUNTS)
def test_no_word_of_any_cell_is_lost(name: str) -> None:
    reading = read_table(FOLDER / name)
    rows = {row.number: row.texts for row in reading.spreadsheet.rows()}
    for case, notes in reading.cases():
        assert isinstance(case.provenance, Provenance)
        assert isinstance(case.provenance.row, int)
        kept = {*iterate_texts(write_case_document(case)), *[note.value for note in notes]}
        for text in rows[case.provenance.row]:
            is_kept = any(text in words for words in kept)
            assert is_kept or read_absence(text) is not None, (case.id, text)


@pytest.mark.parametrize("name", COUNTS)
def test_cases_survive_a_round_trip(name: str) -> None:
    for case, _ in read(name):
        assert read_case(write_case(case)) == case


@pytest.mark.parametrize("name", NO_PATIENTS)
def test_lists_that_hold_no_patients_are_refused(name: str) -> None:
    with pytest.raises(UserError) as caught:
        read_table(FOLDER / name)
    assert caught.value.slug == "table-no-columns"


@pytest.mark.parametrize("name", COUNTS)
def test_a_workbook_of_the_same_rows_gives_the_same_cases(name: str, tmp_path: Path) -> None:
    rows = [row.texts for row in read_table(FOLDER / name).spreadsheet.rows()]
    workbook = read_table(write_xlsx(tmp_path / "t.xlsx", rows))
    assert describe_cases(list(workbook.cases())) == describe_cases(read(name))
    assert workbook.notes == []


# Zhao 2025: 25 patients, once as printed and once with the columns of the collection.

ZHAO_MONTHS = {1: 22, 2: 136, 4: 119, 5: 54, 7: 47, 8: 74, 9: 30, 11: 19, 13: 93, 14: 45, 16: 10}
ZHAO_MONTHS |= {17: 14, 18: 21, 20: 21, 21: 92, 22: 93, 25: 131}
ZHAO_DEATHS = {5, 11, 18, 20, 22}
ZHAO_RECURRENCES = {9, 16}
ZHAO_AGES = [
    19, 31, 37, 56, 62, 31, 69, 25, 24, 54, 67, 9, 41, 29, None, 64, 30, 20, 31, 30, None, 62,
    39, None, 25,
]  # fmt: skip
ZHAO_IN_MONTHS = {15: 14, 21: 13, 24: 21}
ZHAO_WOMEN = {2, 3, 4, 9, 10, 11, 12, 16, 19, 23}
ZHAO_RADIOTHERAPY = {2, 3, 5, 7, 9, 12, 13, 14, 16, 18, 19, 20, 22, 23}
ZHAO_CHEMOTHERAPY = {5, 9, 14, 15, 16, 22, 23}
ZHAO_STEROIDS = {3, 4, 5, 6, 12, 13, 16, 17, 18, 23, 25}


@pytest.mark.parametrize("name", TWICE_ZHAO)
def test_zhao_patients(name: str) -> None:
    cases = {int(case.id): case for case, _ in read(name)}
    assert list(cases) == list(range(1, 26))
    women = {n for n, case in cases.items() if case.patient.sex == "female"}
    men = {n for n, case in cases.items() if case.patient.sex == "male"}
    assert (women, len(men)) == (ZHAO_WOMEN, 15)
    for number, years in enumerate(ZHAO_AGES, start=1):
        expected = years * 12 if years is not None else ZHAO_IN_MONTHS[number]
        assert months_of(cases[number]) == expected


@pytest.mark.parametrize("name", TWICE_ZHAO)
def test_zhao_tests(name: str) -> None:
    positive: dict[str, set[int]] = {"alk-ihc": set(), "alk-fish": set(), "alk-rt-pcr": set()}
    for case, _ in read(name):
        for specimen, observation in case.iterate_observations():
            assert specimen.id == "s1"
            if observation.id == "fusion-1":
                assert isinstance(observation.result, Absent)
                continue
            assert observation.result in {"positive", "negative"}
            if observation.result == "positive":
                positive[observation.id].add(int(case.id))
    assert positive == {"alk-ihc": {8, 15}, "alk-fish": set(), "alk-rt-pcr": {15}}


@pytest.mark.parametrize("name", TWICE_ZHAO)
def test_zhao_treatments(name: str) -> None:
    by_kind: dict[str, set[int]] = {}
    for case, _ in read(name):
        for treatment in case.treatments:
            by_kind.setdefault(treatment.kind.value, set()).add(int(case.id))
            assert isinstance(treatment.margin, Absent)
    assert by_kind == {
        "surgery": set(range(1, 26)) - {10},
        "biopsy_only": {10},
        "radiotherapy": ZHAO_RADIOTHERAPY,
        "chemotherapy": ZHAO_CHEMOTHERAPY,
        "steroid": ZHAO_STEROIDS,
    }


def test_zhao_course() -> None:
    cases = {int(case.id): (case, notes) for case, notes in read("zhao-2025-table1.csv")}
    for number, (case, notes) in cases.items():
        follow_up = case.follow_up
        happened = {outcome.kind.value for outcome in case.outcomes if outcome.has_occurred}
        denied = {outcome.kind.value for outcome in case.outcomes if not outcome.has_occurred}
        slugs = {note.slug for note in notes}
        if number not in ZHAO_MONTHS:
            assert follow_up.is_lost is True
            assert isinstance(follow_up.duration_months, Absent)
            assert isinstance(follow_up.vital_status, Absent)
            assert (happened, "lost-to-follow-up" in slugs) == (set(), True)
            continue
        assert follow_up.duration_months == ZHAO_MONTHS[number]
        assert follow_up.vital_status == ("dead" if number in ZHAO_DEATHS else "alive")
        if number in ZHAO_DEATHS:
            assert (happened, denied) == ({"death"}, set())
            assert "death-without-cause" in slugs
        elif number in ZHAO_RECURRENCES:
            assert (happened, denied) == ({"recurrence"}, set())
            assert "recurrence-without-date" in slugs
        else:
            assert (happened, denied) == (set(), {"recurrence", "metastasis"})
    assert len(ZHAO_MONTHS) == 17


def test_zhao_follow_up_without_a_unit_is_not_taken_for_months() -> None:
    # The collection's column says "followup_text", so no unit is known.
    for case, _ in read("zhao-2025-sinonasal.csv"):
        assert isinstance(case.follow_up.duration_months, Absent)


@pytest.mark.parametrize("name", TWICE_ZHAO)
def test_zhao_sides(name: str) -> None:
    conflicts = {
        int(case.id)
        for case, notes in read(name)
        if any(note.slug == "laterality-conflict" for note in notes)
    }
    assert conflicts == {4, 12, 16}
    sides = {
        int(case.id): {site.laterality for site in case.tumour.sites} for case, _ in read(name)
    }
    assert sides[9] == {"bilateral"}
    assert sides[3] == {"right"}
    assert sides[5] == {"left"}


ZHAO_SITES = {
    1: ["nasal cavity", "maxillary sinus"],
    2: ["maxillary sinus", "infratemporal fossa"],
    6: ["orbit", "pterygopalatine fossa"],
    9: ["ethmoid sinus", "sphenoid sinus", "maxillary sinus", "nasal cavity", "orbit"],
    12: ["maxillary sinus", "lacrimal sac", "eyelid"],
    15: ["inner canthus", "maxillary sinus", "nasolacrimal duct"],
    17: ["nasal septum", "nasal cavity"],
    20: ["maxillary sinus", "nasal vestibule"],
    21: ["maxillary sinus", "infratemporal fossa", "pterygopalatine fossa", "alveolar bone"],
}


@pytest.mark.parametrize("name", TWICE_ZHAO)
def test_zhao_sites_and_symptoms(name: str) -> None:
    cases = {int(case.id): case for case, _ in read(name)}
    for number, sites in ZHAO_SITES.items():
        assert [site.name for site in cases[number].tumour.sites] == sites
    assert [symptom.name for symptom in cases[1].symptoms][:2] == ["nasal congestion", "epistaxis"]
    assert len(cases[20].symptoms) == 5
    assert all(symptom.is_present for case in cases.values() for symptom in case.symptoms)
    assert all(case.symptoms and case.tumour.sites for case in cases.values())


# Case reports from many hands. A value is checked where reading it takes care.

REPORTS: tuple[tuple[str, str, object], ...] = (
    ("jaskulowska-tongue", "follow_up.duration_months", 22.0),
    ("jaskulowska-tongue", "tumour.is_resectable", False),
    ("cdhub-skull", "patient.age_at_diagnosis.months", 6.0),
    ("etlinger-2020", "patient.age_at_diagnosis.months", 42.0),
    ("huang-y-2022", "patient.age_at_diagnosis.months", 10.0),
    ("sumter-2024", "patient.age_at_diagnosis.absent", "unknown"),
    ("pascual-gallego-2013", "patient.age_at_diagnosis.absent", "not_reported"),
    ("lovly-2014", "patient.sex.absent", "not_reported"),
    ("seki-2022", "tumour.size.dimensions_mm", [35.0, 20.0, 15.0]),
    ("jin-2016", "tumour.size.dimensions_mm", [65.0, 49.0]),
    ("zhao-hd-2012", "tumour.size.dimensions_mm", [40.0]),
    ("sumter-2024", "tumour.size.absent", "unknown"),
    ("spleen-met-2016", "tumour.extent", "metastatic"),
    ("lau-2016", "tumour.sites.0.laterality", "bilateral"),
    ("cakmak-2018", "follow_up.duration_months", 12.0),
    ("dani-2022", "follow_up.duration_months", 24.0),
    ("filips-2020", "follow_up.duration_months", 12.0),
    ("mandible-2009", "follow_up.duration_months", 120.0),
    ("ji-2023", "follow_up.duration_months", 18.0),
    ("sarmiento-2015", "follow_up.precision", "about"),
    ("bertelsmann-2021", "follow_up.precision", "over"),
    ("van-weert-2005", "follow_up.duration_months", 36.0),
    ("bmj-palate-2018", "follow_up.vital_status", "dead"),
    ("bmj-palate-2018", "outcomes.0.months", 9.0),
    ("bmj-palate-2018", "outcomes.0.cause.absent", "not_reported"),
    ("zhang-t-2015", "outcomes.0.months", 12.0),
    ("zhang-t-2015", "follow_up.duration_months.absent", "not_reported"),
    ("zhao-hd-2012", "outcomes.0.months.absent", "not_reported"),
    ("comandini-2021", "follow_up.duration_months.absent", "not_reported"),
    ("cdhub-skull", "follow_up.duration_months.absent", "not_reported"),
    ("spleen-met-2016", "treatments.1.margin", "R0"),
    ("filips-2020", "treatments.0.margin.absent", "unknown"),
    ("pancreas-mdpi-82F", "treatments.0.kind", "none"),
    ("li-jz-2024", "treatments.1.agent", "crizotinib"),
    ("ecrt-kosmos", "treatments.1.agent", "alectinib"),
    ("lee-ng-2011", "symptoms.1.is_present", False),
)
REPORTED_TESTS: tuple[tuple[str, str, str, object], ...] = (
    ("filips-2020", "alk-ihc", "result", "positive"),
    ("filips-2020", "alk-ihc", "pattern", "cytoplasmic"),
    ("cdhub-skull", "alk-ihc", "extent", "diffuse"),
    ("cdhub-skull", "alk-ihc", "clone", "ALK1"),
    ("cns-rare23", "alk-ihc", "result", "negative"),
    ("cns-rare23", "alk-fish", "result", "negative"),
    ("cns-rare23", "stain-gfap", "result", "negative"),
    ("cns-rare23", "stain-vimentin", "result", "positive"),
    ("yang-2026", "alk-fish", "result", "positive"),
    ("yang-2026", "alk-ihc", "result", {"absent": "not_reported"}),
    ("sarmiento-2015", "alk-fish", "result", {"absent": "unknown"}),
    ("bmj-palate-2018", "alk-fish", "result", {"absent": "unknown"}),
    ("gido-2019", "alk-ihc", "result", "negative"),
    ("bosse-2014", "alk-fish", "result", "positive"),
    ("wu-2021-spine", "alk-ihc", "result", "positive"),
    ("mandible-2009", "stain-ki-67", "percent_positive", {"low": 5.0, "high": 5.0}),
    ("polyakov-2020", "stain-ki-67", "percent_positive", {"low": 30.0, "high": 30.0}),
    ("zhao-hd-2012", "stain-desmin", "extent", "focal"),
    ("jiaxing-uterus-33F", "stain-sma", "intensity", "strong"),
    ("zhang-t-2015", "stain-actin", "result", "positive"),
    ("retroperitoneal-pmc6478978", "fusion-1", "result", "positive"),
    ("nair-2024", "fusion-1", "result", "positive"),
    ("elktaibi-2020", "fusion-1", "method", "rna_sequencing"),
)
FUSIONS = {
    "jaskulowska-tongue": ("TFG", "ROS1"),
    "lovly-2014": ("TFG", "ROS1"),
    "comandini-2021": ({"absent": "unknown"}, "ROS1"),
    "li-jz-2024": ("RANBP2", "ALK"),
    "ecrt-kosmos": ("CARS1", "ALK"),
    "nair-2024": ("FN1", "ALK"),
    "elktaibi-2020": ("THBS1", "ALK"),
    "uterus-syn3-38F": ("ALK", "SYN3"),
}


def look_up(document: Any, path: str) -> object:
    for key in path.split("."):
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


@pytest.mark.parametrize(("case_id", "path", "expected"), REPORTS)
def test_a_value_of_a_case_report(case_id: str, path: str, expected: object) -> None:
    document, _ = find("case-reports.csv", case_id)
    assert look_up(document, path) == expected


@pytest.mark.parametrize(("case_id", "test_id", "name", "expected"), REPORTED_TESTS)
def test_a_test_of_a_case_report(case_id: str, test_id: str, name: str, expected: object) -> None:
    document, _ = find("case-reports.csv", case_id)
    (found,) = [o for o in document["specimens"][0]["observations"] if o["id"] == test_id]
    assert found[name] == expected


def test_fusions_of_case_reports() -> None:
    found = {}
    for case, _ in read("case-reports.csv"):
        document = write_case_document(case)
        (fusion,) = [o for o in document["specimens"][0]["observations"] if o["id"] == "fusion-1"]
        if fusion["calls"]:
            (call,) = fusion["calls"]
            found[case.id] = (call["gene5"], call["gene3"])
            assert call["frame"] == {"absent": "not_reported"}
    unnamed = found.pop("retroperitoneal-pmc6478978")
    assert unnamed == ({"absent": "unknown"}, "ALK")
    assert found == FUSIONS


def test_nothing_is_invented_for_a_row_that_says_almost_nothing() -> None:
    document, notes = find("case-reports.csv", "wjso-2013")
    assert [site["name"] for site in document["tumour"]["sites"]] == ["stomach"]
    assert (document["symptoms"], document["treatments"], document["outcomes"]) == ([], [], [])
    observations = document["specimens"][0]["observations"]
    assert {str(o["result"]) for o in observations} == {"{'absent': 'not_reported'}"}
    assert document["follow_up"]["vital_status"] == {"absent": "not_reported"}
    assert notes == ()


def test_no_case_report_contradicts_itself_in_its_sides() -> None:
    slugs = {note.slug for _, notes in read("case-reports.csv") for note in notes}
    assert "laterality-conflict" not in slugs


def test_what_was_said_of_three_patients_together() -> None:
    for case, notes in read("medicine-2018-bladder3.csv"):
        assert isinstance(case.follow_up.duration_months, Absent)
        pooled = [note.column for note in notes if note.slug == "pooled-statement"]
        assert pooled == ["alk_ihc", "other_ihc_text", "followup_text"]
        document = write_case_document(case)
        ki67 = [o for o in document["specimens"][0]["observations"] if o["id"] == "stain-ki-67"]
        assert ki67[0]["percent_positive"] == {"absent": "unknown"}


def test_a_size_in_cubic_centimetres_is_no_length() -> None:
    document, notes = find("hu-2020-abdominal.csv", "hu-jj-2020-1")
    assert document["patient"]["age_at_diagnosis"]["months"] == 22
    assert document["tumour"]["size"] == {"absent": "unknown"}
    assert {"size-unreadable", "follow-up-no-time"} <= {note.slug for note in notes}
    assert [t["kind"] for t in document["treatments"]] == ["surgery"]


def test_stains_in_brackets() -> None:
    document, _ = find("shen-2018-lung.csv", "shen-ling-2018-1")
    found = {o["id"]: o["result"] for o in document["specimens"][0]["observations"]}
    assert found["alk-ihc"] == "negative"
    assert [found[f"stain-{name}"] for name in ("sma", "desmin", "ema", "igg4")] == [
        "positive",
        "positive",
        "negative",
        "negative",
    ]
    assert document["follow_up"]["duration_months"] == 90
    assert document["follow_up"]["vital_status"] == "alive"


def test_a_recurrence_without_a_time() -> None:
    document, notes = find("jjsps-vol40-mixed.csv", "jjsps-3-c")
    assert [o["kind"] for o in document["outcomes"]] == ["recurrence"]
    assert [t["kind"] for t in document["treatments"]] == ["surgery", "steroid", "surgery"]
    assert "recurrence-without-date" in {note.slug for note in notes}
