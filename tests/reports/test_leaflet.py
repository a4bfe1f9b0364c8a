from __future__ import annotations

import dataclasses
import datetime
import html
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from spindle.knowledge.leaflet import Section, load_leaflet
from spindle.reports import leaflet as leaflet_report
from spindle.reports.leaflet import (
    LINE_WIDTH,
    build_document,
    list_section_ids,
    render_html,
    render_text,
    split_lead,
    write_review_state,
)

DOCUMENT = build_document()
PAGE = render_html(DOCUMENT)
TEXT = render_text(DOCUMENT)
STATEMENTS = [s for section in DOCUMENT["sections"] for s in section["statements"]]
# What the leaflet aims at: a reading age of 12 to 14, by the formula that asks more.
OLDEST_READER = 14.5


class Reader(HTMLParser):
    """Collects ids, links, texts and what a page would ask from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.requests: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a":
            self.links.append(str(values.get("href")))
        if tag in ("script", "img", "link", "iframe", "object") or "src" in values:
            self.requests.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def flatten(text: str) -> str:
    return " ".join(text.split())


# The document -----------------------------------------------------------------------------------


def test_the_document_is_plain_json_and_the_same_each_time() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
    assert json.dumps(build_document()) == json.dumps(DOCUMENT)


def test_every_statement_keeps_its_kind_its_day_its_review_and_its_facts() -> None:
    numbered = {fact["id"]: fact["number"] for fact in DOCUMENT["facts"]}
    assert list(numbered.values()) == list(range(1, len(numbered) + 1))
    assert DOCUMENT["statements"] == len(STATEMENTS) >= 100
    for statement in STATEMENTS:
        assert statement["kind"] in ("known", "uncertain", "unknown", "advice")
        assert statement["reviewed_by"] == {"absent": "not_done"}
        assert statement["review"] == "not reviewed"
        assert datetime.date.fromisoformat(statement["checked_on"])
        assert statement["fact_numbers"] == [numbered[fact] for fact in statement["facts"]]
        assert statement["fact_numbers"]


def test_every_fact_says_where_when_and_how_it_was_read() -> None:
    for fact in DOCUMENT["facts"]:
        assert fact["citation"]
        assert fact["place"]
        assert fact["how_read_words"] in ("read once", "read twice", "approved by a clinician")
        assert isinstance(fact["is_inferred"], bool)


def test_one_section_holds_only_its_own_facts() -> None:
    part = build_document("who")
    assert [section["id"] for section in part["sections"]] == ["who"]
    used = {n for s in part["sections"][0]["statements"] for n in s["fact_numbers"]}
    used |= {n for s in part["sections"][0]["statements"] for n in s["elsewhere_numbers"]}
    assert used == {fact["number"] for fact in part["facts"]}
    assert not part["is_whole"]


def test_an_unknown_section_is_no_leaflet() -> None:
    with pytest.raises(KeyError):
        build_document("nowhere")


# How hard it is to read -------------------------------------------------------------------------


@pytest.mark.parametrize("section", DOCUMENT["sections"], ids=list_section_ids())
def test_every_section_can_be_read_at_the_age_that_is_aimed_at(section: dict[str, Any]) -> None:
    level = section["reading_level"]
    assert level["flesch_kincaid_age"] <= OLDEST_READER
    assert level["smog_age"] <= OLDEST_READER


def test_the_levels_are_printed_with_their_formulas_and_what_they_cannot_say() -> None:
    level = DOCUMENT["reading_level"]
    for shown in (flatten(TEXT), flatten(html.unescape(PAGE))):
        assert "Flesch-Kincaid" in shown
        assert "SMOG" in shown
        assert str(level["smog_grade"]) in shown
        assert str(level["flesch_kincaid_grade"]) in shown
        assert "do not know whether a text is true" in shown
        assert "No patient or parent has tested this leaflet." in shown
    assert TEXT.count("Reading age: about") == len(DOCUMENT["sections"]) + 1


def test_headings_do_not_flatter_the_reading_level() -> None:
    section = load_leaflet()[0]
    words = " ".join(s.text for s in section.statements)
    assert DOCUMENT["sections"][0]["reading_level"]["words"] <= len(words.split()) + 5


# The page ---------------------------------------------------------------------------------------


def test_the_page_asks_nothing_from_elsewhere_and_every_link_leads_somewhere() -> None:
    reader = read(PAGE)
    assert reader.requests == []
    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)
    assert not re.search(r"url\(|@import|https?://[^<]*\.(?:js|css)", PAGE)


def test_the_page_says_first_that_nobody_has_reviewed_it_and_where_help_is() -> None:
    words = flatten(" ".join(read(PAGE).words))
    reviewed = words.index("Nobody has reviewed this leaflet yet")
    warning = words.index("Worried right now?")
    assert reviewed < warning < words.index("What is in this leaflet")
    assert words.index("Research use, not a medical device") < warning


def test_page_and_text_hold_every_statement_word_for_word() -> None:
    page, text = flatten(" ".join(read(PAGE).words)), flatten(TEXT)
    for statement in STATEMENTS:
        assert flatten(statement["text"]) in page
        assert flatten(statement["text"]) in text
        assert flatten(statement["elsewhere"]) in page


def test_page_and_text_name_every_fact() -> None:
    for fact in DOCUMENT["facts"]:
        assert fact["id"] in PAGE
        assert f"({fact['id']})" in flatten(TEXT)
    inferred = sum(fact["is_inferred"] for fact in DOCUMENT["facts"])
    assert PAGE.count('<span class="own">') == inferred > 0


def test_kinds_differ_by_word_and_sign_and_not_by_colour_alone() -> None:
    marks = {(kind["name"], kind["symbol"]) for kind in DOCUMENT["kinds"]}
    assert len(marks) == len(DOCUMENT["kinds"]) == 4
    for name, symbol in marks:
        assert f"{symbol}</span> {name}</span>" in PAGE


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Breathing: fast or noisy.", "Breathing:"),
        ("In the belly: a lump.", "In the belly:"),
        ("It shrank. It was 12 of 14: about 9 in 10.", ""),
        ("The label in the United States says: go on.", ""),
        ("No label here.", ""),
    ],
)
def test_a_short_label_before_a_colon_is_set_apart_and_a_sentence_is_not(
    text: str, label: str
) -> None:
    assert split_lead(text)[0] == label
    assert "".join(split_lead(text)) == text


def test_the_labels_of_warning_signs_are_set_in_bold() -> None:
    section = next(s for s in DOCUMENT["sections"] if s["id"] == "warning-signs")
    labels = [split_lead(statement["text"])[0] for statement in section["statements"]]
    assert sum(map(bool, labels)) == len(labels) - 2
    for label in filter(None, labels):
        assert f"<strong>{label}</strong>" in PAGE


def test_no_line_of_the_text_is_too_long_for_a_terminal() -> None:
    long = [line for line in TEXT.splitlines() if len(line) > LINE_WIDTH and " " in line.strip()]
    assert long == []


def test_a_hostile_word_can_not_leave_its_place() -> None:
    section = {**DOCUMENT["sections"][0], "title": "<script>alert(1)</script>"}
    page = render_html({**DOCUMENT, "sections": [section]})
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


# Once somebody has reviewed it ------------------------------------------------------------------


def review(section: Section) -> Section:
    """Give a section whose first statement a named person has reviewed."""
    first = dataclasses.replace(
        section.statements[0],
        reviewed_by="N. N., paediatric oncologist",
        reviewed_on=datetime.date(2026, 12, 1),
    )
    return dataclasses.replace(section, statements=(first, *section.statements[1:]))


def test_a_review_of_one_statement_speaks_for_that_one_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sections = (review(load_leaflet()[0]), *load_leaflet()[1:])
    monkeypatch.setattr(leaflet_report, "load_leaflet", lambda: sections)
    document = build_document()
    assert document["reviewed"] == 1
    state = write_review_state(document)
    assert (
        state
        == f"1 of {document['statements']} statements have been reviewed. The others have not."
    )
    page, text = render_html(document), flatten(render_text(document))
    assert "reviewed by N. N., paediatric oncologist on 1 December 2026" in page
    assert "Nobody has reviewed" not in page
    assert "NOT REVIEWED" not in text
    assert "1 of 4 statements above reviewed" in text
    assert document["sections"][1]["reviewed"] == 0
