from __future__ import annotations

import copy
import itertools
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser

import pytest
import report_documents as documents
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from jsonschema import Draft202012Validator

from spindle.assays.readings import Assay, ReadingResult
from spindle.cases.absence import AbsenceReason
from spindle.cases.course import OutcomeKind, TreatmentKind
from spindle.reasoning.assessments import KinaseStatus, Support
from spindle.reports import words
from spindle.reports.html import NOTES_SHOWN, render_report
from spindle.reports.page_templates import TEMPLATES

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)
VOID = {"meta", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """The page taken apart: tags with attributes, words, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th", "dd", "li"):
            self.cells.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.pieces.append(data)
            if self.cells:
                self.cells[-1] += data

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.pieces))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)

    def values(self, key: str) -> list[str]:
        return [attributes[key] for _, attributes in self.tags if key in attributes]


MAKERS = {
    "zhao": documents.make_zhao_document,
    "bare": documents.make_bare_document,
    "mixed": documents.make_mixed_document,
    "large": documents.make_large_document,
    "hostile": documents.make_hostile_document,
}


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return {name: Page(render_report(make())) for name, make in MAKERS.items()}


@pytest.fixture(scope="module")
def zhao(pages: dict[str, Page]) -> Page:
    return pages["zhao"]


# The page as a whole.


@pytest.mark.parametrize("name", MAKERS)
def test_the_page_is_whole(pages: dict[str, Page], name: str) -> None:
    page = pages[name]
    assert page.open == []
    assert page.tags[0] == ("html", {"lang": "en"})
    assert page.count("h1") == 1
    assert [page.count(tag) for tag in ("main", "nav", "header", "footer")] == [1, 1, 1, 1]
    ids = page.values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", MAKERS)
def test_every_anchor_resolves_and_nothing_is_fetched(pages: dict[str, Page], name: str) -> None:
    page = pages[name]
    links = page.values("href")
    assert links
    ids = set(page.values("id"))
    assert [link for link in links if not link.startswith("#") or link[1:] not in ids] == []
    assert page.values("src") == []
    fetching = {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert fetching.isdisjoint(tag for tag, _ in page.tags)
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    named = [i for key in ("aria-labelledby", "aria-describedby") for i in page.values(key)]
    assert set(named) <= ids


def test_the_style_fetches_nothing_and_knows_dark_and_paper() -> None:
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style
    assert "@media screen and (prefers-color-scheme:dark)" in style
    assert "@media print" in style


@pytest.mark.parametrize("name", MAKERS)
def test_headings_leave_no_level_out(pages: dict[str, Page], name: str) -> None:
    levels = [int(t[1]) for t, _ in pages[name].tags if re.fullmatch(r"h[1-6]", t)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("name", MAKERS)
def test_table_headers_say_what_they_head(pages: dict[str, Page], name: str) -> None:
    headers = [attributes for tag, attributes in pages[name].tags if tag == "th"]
    assert headers
    assert {header.get("scope") for header in headers} <= {"col", "row", "rowgroup"}


@pytest.mark.parametrize("name", MAKERS)
def test_no_cell_is_blank(pages: dict[str, Page], name: str) -> None:
    assert [cell for cell in pages[name].cells if not cell.strip()] == []


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_document_gives_the_same_bytes(name: str) -> None:
    assert render_report(MAKERS[name]()) == render_report(MAKERS[name]())


@pytest.mark.parametrize("name", MAKERS)
def test_the_document_is_left_as_it_was(name: str) -> None:
    document = MAKERS[name]()
    before = copy.deepcopy(document)
    render_report(document)
    assert document == before


@pytest.mark.parametrize("name", MAKERS)
def test_pictures_in_the_page_are_well_formed(name: str) -> None:
    pictures = re.findall(r"<svg .*?</svg>", render_report(MAKERS[name]()), re.DOTALL)
    assert len(pictures) >= 1
    for picture in pictures:
        assert ET.fromstring(picture).get("role") == "img"


def test_a_document_that_lacks_a_part_is_no_page_with_a_gap() -> None:
    for key in ("cohort", "settings", "notes", "claims", "facts", "notice"):
        document = documents.make_bare_document()
        del document[key]
        with pytest.raises((KeyError, UndefinedError)):
            render_report(document)


def test_the_template_engine_is_not_loaded_before_it_is_used() -> None:
    code = (
        "import sys, spindle.reports.html as h;"
        "sys.exit(bool({'jinja2', 'numpy', 'scipy', 'pydantic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# What it says.


def test_the_summary_comes_first_and_names_who_needs_attention(zhao: Page) -> None:
    text = zhao.words
    order = ["What the ALK tests say together", "Patients to look at first", "claims audit found"]
    places = [text.index(heading) for heading in order]
    assert places == sorted(places)
    assert places[-1] < text.index("Who had which ALK test")
    assert "not detected 23 of 25" in text
    assert "tests disagree 2 of 25" in text
    assert "In 2 patients the tests disagree." in text
    assert (
        "Patient 15 ALK: + fusion detected IHC (stain) positive, FISH negative, RT-PCR positive. "
        "Next: RNA sequencing for kinase fusions (next step)"
    ) in text
    assert "23 of 25: RNA sequencing for kinase fusions (if diagnosis or treatment depends" in text


def test_claims_that_do_not_hold_come_first(zhao: Page) -> None:
    found = re.findall(r"(\w+) 1 sentence", zhao.words)
    assert found == ["impossible", "contradicted", "differs", "unsupported", "checkable", "agrees"]
    assert "The median follow-up was 57 months. Printed: 57 months. Recomputed: 47 months." in (
        zhao.words
    )
    assert "Surgery cures. Printed: no value" not in zhao.words


def test_the_summary_shows_every_verdict_that_needs_a_look() -> None:
    document = documents.make_zhao_document()
    contradicted = next(c for c in document["claims"] if c["verdict"] == "contradicted")
    document["claims"] = [*([contradicted] * 9), *document["claims"]]
    page = Page(render_report(document))
    summary = page.words[: page.words.index("Who had which ALK test")]
    assert summary.count("Patient 4 had a left-sided tumour.") == 4
    assert "The median follow-up was 57 months." in summary
    assert "The mean age was 34.4 years." in summary
    assert "6 more sentences of these verdicts stand in the claims audit." in summary


def test_a_claim_names_the_patients_that_it_rests_on() -> None:
    document = documents.make_zhao_document()
    document["claims"][0]["rows"] = ["15"]
    document["claims"][1]["rows"] = [str(number) for number in range(1, 36)]
    text = Page(render_report(document)).words
    assert "The table has 25 rows. Patient 15." in text
    assert re.search(r"Patients 1, 2, 3, [\d, ]+, 12 and 23 more\.", text)


def test_every_patient_has_a_card_with_reasons(zhao: Page) -> None:
    cards = [a for tag, a in zhao.tags if tag == "article"]
    assert [card["id"] for card in cards] == [f"patient-{n}" for n in range(1, 26)]
    discordant = [card["id"] for card in cards if "is-discordant" in card["class"]]
    assert discordant == ["patient-8", "patient-15"]
    text = zhao.words
    card = text[text.index("Patient 15 row 16") : text.index("Patient 16 row 17")]
    assert "14 months; male" in card
    assert "right inner canthus, right maxillary sinus, right nasolacrimal duct" in card
    assert "time not reported, lost to follow-up, written Lost to follow up" in card
    assert "Read as 14 months; 14 years by the header." in card
    assert "The fusion partner is not reported." in card
    assert "ALK sequencing □ not reported" in card
    assert "Proposed, unsigned." in card
    assert "Would change it:" in card


def test_numbers_of_the_series_are_printed(zhao: Page) -> None:
    text = zhao.words
    for said in (
        "median 31 years (range 1.1 to 69; mean 34.36; n = 25; not reported 0)",
        "median 47 months (range 10 to 136; mean 60.06; n = 17; not reported 8)",
        "54.9–90.6 %",
        "10.1–85.6 %",
        "51.0–95.7 %",
        "50.0–93.1 %",
        "not reached within 136 months",
        "92 months (95 % interval 30 months to 119 months, log-log)",
        "93 months (95 % interval 21 months to not reached, beta-product)",
        "the printed length of follow-up stands for",
    ):
        assert said in text, said


def test_notes_columns_facts_and_sources_are_printed(zhao: Page) -> None:
    text = zhao.words
    assert "The symptoms name the left side and the imaging the right. Both are kept." in text
    assert "Age in another unit than the header says: 2 notes" in text
    assert "marker ALK, clone D5F3" in text
    assert "8 of 11 ALK-stain-negative IMT had a kinase fusion." in text
    assert "doi:10.2147/PGPM.S508156" in text
    sources = [a for tag, a in zhao.tags if a.get("id", "").startswith("source-")]
    assert [source["value"] for source in sources] == [str(n + 1) for n in range(len(sources))]


def test_a_bare_case_is_said_in_words(pages: dict[str, Page]) -> None:
    text = pages["bare"].words
    assert "1 patient with inflammatory myofibroblastic tumour" in text
    assert "not reported; sex not reported" in text
    assert "No patient has a follow-up time, so no curve is drawn." in text
    assert "No claims were given, so nothing was audited." in text
    assert "Every cell was read, and nothing was doubtful." in text
    assert "In no patient do the tests disagree." in text
    assert "None" not in text
    assert "nan" not in text.split()


def test_above_the_limit_cards_leave_and_a_sentence_says_where_they_are(
    pages: dict[str, Page],
) -> None:
    page = pages["large"]
    assert page.count("article") == 0
    assert "cases.jsonl" in page.words
    assert "In 48 patients the tests disagree." in page.words
    assert "36 more discordant patients stand in report.json and cases.jsonl." in page.words
    assert "All 600 stand in notes.csv." in page.words
    assert f"{NOTES_SHOWN} are shown here" in page.words
    assert "552 of 600: RNA sequencing for kinase fusions (if diagnosis" in page.words
    assert not [identity for identity in page.values("id") if identity.startswith("swimmer-1")]


def test_every_result_and_absence_stands_in_words(pages: dict[str, Page]) -> None:
    text = pages["mixed"].words
    shown = ("+ positive", "± equivocal", "− negative", "× failed", "○ not done", "□ not reported")
    for mark in (*shown, "? unknown"):
        assert text.count(mark) >= 14, mark


def test_many_cases_are_not_gone_through_letter_by_letter() -> None:
    document = documents.make_large_document(30)
    many = {**document, "cases_in_full": False, "cases": [SHORT_CASE] * 20_000}
    page = Page(render_report(many))
    assert "In 20,000 patients the protocol proposes a next step." in page.words


SHORT_CASE = {
    "id": "\ud800",
    "row": 2,
    "assessment": {
        "kinases": {"ALK": {"status": "not_reported", "discordant": False}},
        "next_tests": [{"test": "alk_ihc", "when": "always"}],
    },
}


# Words and signs.


def test_no_two_values_of_a_kind_look_or_read_the_same() -> None:
    for marks in (words.RESULTS, words.STATUSES, words.VERDICTS):
        for key in ("symbol", "words"):
            counted = Counter(getattr(mark, key) for mark in marks.values())
            assert counted.most_common(1)[0][1] == 1


def test_every_value_of_the_code_has_words() -> None:
    assert set(words.RESULTS) == {*ReadingResult, *AbsenceReason}
    assert set(words.STATUSES) == set(KinaseStatus)
    assert set(words.ASSAYS) == set(Assay)
    assert {assay for assays in words.TEST_COLUMNS.values() for assay in assays} == set(Assay)
    assert set(words.SUPPORT) == set(Support)
    assert set(words.TREATMENT_LETTERS) == set(TreatmentKind)
    letters = list(words.TREATMENT_LETTERS.values())
    assert len(letters) == len(set(letters))
    assert {words.write_label(kind) for kind in OutcomeKind} >= {"death", "recurrence"}


def test_every_verdict_has_words() -> None:
    audit = pytest.importorskip("spindle.cohort.claims_audit")
    assert {verdict.value for verdict in audit.Verdict} == set(words.VERDICTS)
    assert set(words.VERDICT_MEANINGS) == set(words.VERDICTS)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"absent": "not_done"}, "not done"),
        ({"absent": "not_reported"}, "not reported"),
        ({"absent": "unknown"}, "unknown"),
        ({"absent": "<b>"}, "not reported"),
        ({}, "not reported"),
        (None, "not reported"),
        ("", "not reported"),
        ("  ", "not reported"),
        (0, "0"),
        (False, "no"),
        (True, "yes"),
        (1.0, "1"),
        (12345.678, "12,345.7"),
        (100.0, "100"),
    ],
)
def test_values_in_words(value: object, said: str) -> None:
    assert words.write_words(value) == said


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (0.0, "0 months"),
        (1.0, "1 month"),
        (14, "14 months"),
        (21.0, "21 months"),
        (24.0, "2 years"),
        (58.0, "4.8 years"),
        (228, "19 years"),
        ({"absent": "unknown"}, "unknown"),
    ],
)
def test_ages_in_words(months: object, said: str) -> None:
    assert words.write_age(months) == said


def test_shares_and_times_in_words() -> None:
    assert words.write_percent(0.0) == "0.0\u00a0%"
    assert words.write_percent({"absent": "unknown"}) == "unknown"
    assert words.write_interval(0.009839590, 0.26030584) == "1.0–26.0\u00a0%"
    assert words.write_interval(None, 0.5) == "not reported"
    assert words.write_time({"is_reached": True, "months": 93.0}) == "93 months"
    not_reached = {"is_reached": False, "beyond_months": 136.0}
    assert words.write_time(not_reached) == "not reached within 136 months"
    reached = {"is_reached": True, "months": 21.0}
    assert words.write_limits(reached, not_reached) == "21 months to not reached"


def test_outcomes_in_words() -> None:
    denied = {"kind": "recurrence", "occurred": False, "months": {"absent": "not_reported"}}
    dated = {"kind": "metastasis", "occurred": True, "months": 7.5}
    unknown = {"kind": "death", "occurred": {"absent": "unknown"}, "months": None}
    said = words.write_outcomes([denied, dated, unknown])
    assert said == "no recurrence, metastasis at 7.5 months, death: unknown"
    assert words.write_outcomes([]) == "not reported"


# Hostile text.


def test_hostile_text_stays_text(pages: dict[str, Page]) -> None:
    text = render_report(documents.make_hostile_document())
    assert text.encode("utf-8")
    assert "<script" not in text
    assert "{{ 7 * 7 }}" in pages["hostile"].words
    assert '<script>alert("x")</script>' in pages["hostile"].words
    assert "w" * 1000 in pages["hostile"].words
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text)
    assert words.REPLACEMENT in text


def test_hostile_text_changes_no_tag_of_the_summary(pages: dict[str, Page]) -> None:
    outside = {"bdi", "q", "span", "text", "tspan", "a"}
    for name in ("zhao", "hostile"):
        assert pages[name].count("section") == 14
        assert pages[name].count("article") == 25
        assert pages[name].count("svg") == 5
    kinds = {tag for tag, _ in pages["hostile"].tags} - outside
    assert kinds <= {tag for tag, _ in pages["zhao"].tags}


@settings(max_examples=40, deadline=None)
@given(text=ANY_TEXT)
def test_no_text_of_a_table_breaks_the_page(text: str) -> None:
    document = documents.make_bare_document()
    usual = Page(render_report(documents.make_bare_document()))
    document["source"]["file"] = text
    document["cases"][0]["id"] = text
    document["cases"][0]["age_words"] = "7"
    document["cases"][0]["follow_up"]["words"] = ""
    document["source"]["columns"][0]["header"] = text or "-"
    page = Page(render_report(document))
    assert page.open == []
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in usual.tags]
    assert words.clean_text(text).encode("utf-8").decode("utf-8") == words.clean_text(text)


# Contrast, by the rule of WCAG 2.2.


def read_colours() -> dict[str, dict[str, str]]:
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root\{([^}]*)\}", style)
    return {
        name: dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", block))
        for name, block in (("light", light), ("dark", dark))
    }


def find_luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def find_contrast(first: str, second: str) -> float:
    low, high = sorted((find_luminance(first), find_luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "accent"])
@pytest.mark.parametrize("ground", ["paper", "ground", "quiet-ground", "alert-ground"])
def test_text_stands_out(scheme: str, ink: str, ground: str) -> None:
    colours = read_colours()[scheme]
    assert find_contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["positive", "alert"])
def test_marks_stand_out(scheme: str, name: str) -> None:
    colours = read_colours()[scheme]
    for ground in ("paper", f"{name}-ground"):
        assert find_contrast(colours[name], colours[ground]) >= 4.5
    assert find_contrast(colours["ink"], colours[f"{name}-ground"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_and_markers_of_the_pictures_stand_out(scheme: str) -> None:
    colours = read_colours()[scheme]
    for name in ("accent", "alert", "positive", "ink"):
        assert find_contrast(colours[name], colours["paper"]) >= 3
    assert find_contrast(colours["ink"], colours["bar"]) >= 3


def test_black_and_white_are_as_far_apart_as_the_rule_says() -> None:
    assert find_contrast("#000", "#ffffff") == pytest.approx(21)


def test_an_empty_series_still_makes_a_page() -> None:
    page = Page(render_report(documents.make_document([], file="empty.csv")))
    assert page.count("h1") == 1
    assert "No case was read." in page.words


# The documents that these tests draw.


@pytest.mark.parametrize("name", ["zhao", "bare", "mixed", "large"])
def test_the_documents_here_are_reports_by_the_published_schema(name: str) -> None:
    schema = json.loads((TEMPLATES.parent / "report.schema.json").read_text(encoding="utf-8"))
    errors = Draft202012Validator(schema).iter_errors(MAKERS[name]())
    assert [error.message for error in errors] == []
