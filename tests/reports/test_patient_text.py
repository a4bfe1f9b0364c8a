from __future__ import annotations

import re

import patient_records as records
import pytest

from spindle.cases.notes import Note
from spindle.formats.case_file_values import ReadAs
from spindle.reports.patient_page import make_page
from spindle.reports.patient_text import WIDTH, render_patient_text

SMALL = render_patient_text(records.make_document())


@pytest.mark.parametrize(
    "make",
    [records.make_patient, records.make_full_patient, records.make_hostile_patient],
    ids=["small", "full", "hostile"],
)
def test_lines_fit_a_terminal(make: object) -> None:
    text = render_patient_text(records.make_document(make()))  # type: ignore[operator]
    assert max(map(len, text.splitlines())) <= WIDTH
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", text)
    assert text.endswith("\n")


def test_it_begins_and_ends_with_what_it_is_not() -> None:
    lines = SMALL.strip().splitlines()
    assert "not a medical device" in lines[0]
    assert "not a medical device" in lines[-1]
    assert "PROPOSED, UNSIGNED" in lines[2]


def test_every_part_of_the_two_pages_is_there_in_order() -> None:
    headings = [
        "INTEGRATED DIAGNOSIS", "TESTS, METHODS", "REFLEX PATH", "WHAT DOES NOT GO TOGETHER",
        "DIFFERENTIAL", "OPTIONS", "OUTLOOK", "WHAT IS MISSING", "WHERE SOURCES CONTRADICT",
        "SOURCES CITED",
    ]  # fmt: skip
    places = [SMALL.index(heading) for heading in headings]
    assert places == sorted(places)


def test_a_result_is_a_sign_and_a_word() -> None:
    assert "Result: + positive" in SMALL
    assert "Result: − negative" in SMALL


def test_every_number_cited_is_listed() -> None:
    head, _, sources = SMALL.partition("SOURCES CITED ABOVE")
    cited = {n for group in re.findall(r"\[([\d, ]+)\]", " ".join(head.split()))
             for n in group.split(", ")}  # fmt: skip
    assert cited
    assert cited == set(re.findall(r"^\[(\d+)\]", sources, re.MULTILINE))


def test_alerts_come_before_the_diagnosis() -> None:
    text = render_patient_text(records.make_document(records.make_full_patient()))
    assert text.index("LOOK AT THIS FIRST") < text.index("INTEGRATED DIAGNOSIS")
    assert "!! Flag 1" in text


def test_what_was_read_otherwise_and_what_was_doubted_is_printed() -> None:
    text = render_patient_text(
        records.make_document(
            notes=[Note("site-unknown", "Kept as written.", file="a.toml", row=7,
                        column="tumour.sites[1]", value="Frob")],
            read_as=[ReadAs("patient.sex", 4, "boy", "male")],
        )
    )  # fmt: skip
    assert "line 7, tumour.sites[1]: “Frob”: Kept as written." in text
    assert "line 4, patient.sex: “boy”: male" in text
    assert "HOW THE CASE FILE WAS READ" not in SMALL


@pytest.mark.parametrize(
    "make",
    [records.make_patient, records.make_full_patient, records.make_hostile_patient],
    ids=["small", "full", "hostile"],
)
def test_the_annex_holds_every_section_and_every_source(make: object) -> None:
    document = records.make_document(make())  # type: ignore[operator]
    text = render_patient_text(document, has_annex=True)
    assert max(map(len, text.splitlines())) <= WIDTH
    two_pages, _, annex = text.partition("\nANNEX\n")
    for section in make_page(document)["annex"]:
        assert f"\n{section['title'].upper()}\n" in annex
    for source in document["sources"]:
        assert f"\n[{source['number']}] " in annex
    assert "--annex" not in text
    assert two_pages.splitlines()[:5] == render_patient_text(document).splitlines()[:5]
