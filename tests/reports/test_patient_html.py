from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import patient_records as records
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindle.cases.case import Case
from spindle.reasoning.patients import assess_patient
from spindle.reports.page_templates import TEMPLATES
from spindle.reports.patient_document import make_patient_document
from spindle.reports.patient_html import render_patient_html

VOID = {"meta", "br", "wbr"}


class Page(HTMLParser):
    """The page taken apart: tags with attributes, words, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data

    def list_values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


SMALL = render_patient_html(records.make_document())
FULL = render_patient_html(records.make_document(records.make_full_patient()))
HOSTILE = render_patient_html(records.make_document(records.make_hostile_patient()))
PAGES = {"small": SMALL, "full": FULL, "hostile": HOSTILE}


@pytest.fixture(params=PAGES, scope="module")
def page(request: pytest.FixtureRequest) -> Page:
    return Page(PAGES[request.param])


def test_the_page_is_one_file_without_script_or_request(page: Page) -> None:
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "src" not in {name for _, attributes in page.tags for name in attributes}
    assert "url(" not in (TEMPLATES / "patient.css").read_text()
    assert all(target.startswith("#") for target in page.list_values("href"))


def test_every_link_leads_somewhere_and_every_id_stands_once(page: Page) -> None:
    ids = page.list_values("id")
    assert len(ids) == len(set(ids))
    assert {target.removeprefix("#") for target in page.list_values("href")} <= set(ids)
    labels = {name for value in page.list_values("aria-labelledby") for name in value.split()}
    assert labels <= set(ids)


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - one <= 1 for one, later in pairwise(levels))


def test_tables_have_headers_and_pictures_have_words(page: Page) -> None:
    scopes = [attributes.get("scope") for tag, attributes in page.tags if tag == "th"]
    assert scopes
    assert set(scopes) == {"col", "row"}
    cells = [attributes for tag, attributes in page.tags if tag == "td"]
    assert all(attributes.get("data-label") for attributes in cells)
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(pictures) == 2
    assert all(picture["role"] == "img" for picture in pictures)


def test_the_page_says_what_it_is_and_what_it_is_not(page: Page) -> None:
    assert ("html", {"lang": "en"}) in page.tags
    assert page.words.count("Research use, not a medical device") >= 2
    assert "proposed, unsigned" in page.words
    style = (TEMPLATES / "patient.css").read_text()
    # Also at the foot of every printed page.
    assert '@bottom-left{content:"Research use, not a medical device"' in style
    assert "size:A4" in style


def test_hostile_text_is_text() -> None:
    page = Page(HOSTILE)
    assert '<script>alert("x")</script>' in page.words
    assert "{{ x }} {% y %}" in page.words
    assert "<script" not in HOSTILE
    assert records.LONG_WORD in page.words
    # Words from right to left stay within their own piece.
    turned = [m.start() for m in re.finditer("\u202e", HOSTILE)]
    assert turned
    assert all(HOSTILE.rfind("<bdi>", 0, at) > HOSTILE.rfind("</bdi>", 0, at) for at in turned
               if at > HOSTILE.index("</title>"))  # fmt: skip


def test_only_words_longer_than_any_of_a_language_are_broken() -> None:
    """A column is as wide as "immunohistochemistry"; a word of 270 letters breaks anywhere."""
    assert "<wbr>" in HOSTILE
    assert (
        "<wbr>"
        not in render_patient_html(
            records.make_document(
                records.make_patient(
                    records.make_case(tumour={"diagnosis": "immunohistochemistry <b>"}),
                    outlook=records.make_outlook(),
                )
            )
        ).partition('id="annex-tests"')[0]
    )
    style = (TEMPLATES / "patient.css").read_text()
    assert "td bdi,th bdi{overflow-wrap:break-word}" in style


@settings(max_examples=25)
@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_any_words_make_a_page_that_utf8_can_hold(words: str) -> None:
    case = records.make_case(
        tumour={"diagnosis": "x", "sites": [{"name": "y", "words": "z"}]},
    )
    document = records.make_document(records.make_patient(case))
    document["case"]["tumour"]["diagnosis"] = words
    document["case"]["tumour"]["sites"][0]["name"] = words
    document["discordances"][0]["title"] = words or "x"
    text = render_patient_html(document)
    text.encode()
    Page(text)


def test_the_same_case_gives_the_same_page() -> None:
    assert render_patient_html(records.make_document()) == SMALL


def test_an_empty_case_and_a_real_one_have_a_page() -> None:
    for case in (Case(id="empty"), records.make_case()):
        Page(render_patient_html(make_patient_document(assess_patient(case))))


def test_colours_keep_their_contrast() -> None:
    """Each colour of words on the ground it stands on: at least 4.5 to 1, by day and by night."""
    style = (TEMPLATES / "patient.css").read_text()
    themes = re.findall(r":root\{(color-scheme:[^}]*)\}", style)
    assert len(themes) == 2
    for theme in themes:
        colours = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", theme))
        for words in ("ink", "ink-soft", "accent", "positive", "alert"):
            for ground in ("paper", "ground"):
                assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)
        assert contrast(colours["alert"], colours["alert-ground"]) >= 4.5
        assert contrast(colours["positive"], colours["positive-ground"]) >= 4.5
        assert contrast(colours["accent"], colours["quiet-ground"]) >= 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((shine(one), shine(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def shine(colour: str) -> float:
    """Give the relative luminance of a colour, as WCAG 2 defines it."""
    digits = colour[1:]
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
