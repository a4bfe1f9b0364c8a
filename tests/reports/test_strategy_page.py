from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from spindle.knowledge.strategies import load_strategy_data
from spindle.reasoning.strategy import Question, compare_strategies
from spindle.reasoning.strategy_costs import Costs
from spindle.reasoning.strategy_measures import MEASURES
from spindle.reports.plots import svg
from spindle.reports.plots.strategy import (
    LEFT,
    RIGHT,
    WIDTH,
    choose_measure,
    draw_curves,
    draw_intervals,
    draw_strategies,
)
from spindle.reports.strategy_page import render_page
from spindle.reports.strategy_words import (
    describe_comparison,
    format_comparison,
    list_crossings,
    write_share,
)

SVG = "{http://www.w3.org/2000/svg}"
TESTS = load_strategy_data().tests
COSTS = Costs(
    currency="EUR", cost=dict.fromkeys(TESTS, 1234.5), days=dict.fromkeys(TESTS, 7.0),
    missed_fusion=98_765.0, false_fusion=1.0,
)  # fmt: skip
QUESTIONS = {
    "sinonasal": Question(site_id="sinonasal", draws=300),
    "costs": Question(site_id="lung", costs=COSTS, draws=300),
    "one": Question(protocols=("zhao-2025-ngs-upfront",), draws=300),
    "never": Question(protocols=("zhao-2025-ngs-upfront", "zhao-2025-screen"), varied="any"),
}


def make_document(name: str) -> dict[str, Any]:
    return describe_comparison(compare_strategies(QUESTIONS[name]))


def draw_all(document: dict[str, Any]) -> Iterator[str]:
    yield draw_strategies(document)
    yield draw_intervals(document)
    for measure in document["curves"]:
        yield draw_curves(document, measure)


@pytest.mark.parametrize("name", QUESTIONS)
def test_pictures_are_well_formed_and_their_words_stay_inside(name: str) -> None:
    for picture in draw_all(make_document(name)):
        root = ET.fromstring(picture)
        assert root.get("role") == "img"
        assert re.search(r"\d", root.findtext(f"{SVG}desc") or "")
        width, height = map(float, (root.get("viewBox") or "").split()[2:])
        for text in root.iter(f"{SVG}text"):
            size, x = float(text.get("font-size", 0)), float(text.get("x", 0))
            room = svg.measure_words(text.text or "", size) * 0.93
            share = {"end": 1.0, "middle": 0.5}.get(text.get("text-anchor", ""), 0.0)
            assert size >= 12
            assert x - room * share >= -1, text.text
            assert x + room * (1 - share) <= width + 1, text.text
            assert 0 <= float(text.get("y", 0)) <= height


def test_intervals_lie_where_the_numbers_say() -> None:
    document = make_document("sinonasal")
    root = ET.fromstring(draw_intervals(document))
    dots = [float(circle.get("cx", 0)) for circle in root.iter(f"{SVG}circle")]
    missed = [result["missed"] for result in document["results"]]
    most = max(estimate["high"] for estimate in missed)
    expected = [6 + (WIDTH - 12) * estimate["mean"] / most for estimate in missed]
    assert dots[: len(expected)] == pytest.approx(expected, abs=0.01)


def test_a_ring_marks_every_crossing_and_none_where_there_is_none() -> None:
    document = make_document("sinonasal")
    for measure in document["curves"]:
        root = ET.fromstring(draw_curves(document, measure))
        rings = [float(ring.get("cx", 0)) for ring in root.iter(f"{SVG}circle")]
        at = [
            c["at"]
            for c in document["crossings"]
            if c["measure"] == measure and isinstance(c["at"], float)
        ]
        assert rings == pytest.approx([LEFT + (RIGHT - LEFT) * x for x in at], abs=0.01)


def test_lines_are_told_apart_without_colour() -> None:
    root = ET.fromstring(draw_curves(make_document("sinonasal")))
    dashes = [line.get("stroke-dasharray") for line in root.iter(f"{SVG}polyline")]
    assert len(set(dashes)) == len(dashes) == 4


def test_the_cost_is_drawn_where_it_is_given() -> None:
    assert choose_measure(make_document("costs")) == "burden"
    assert choose_measure(make_document("sinonasal")) == "missed"


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_page_is_one_file_without_a_script(name: str) -> None:
    page = render_page(make_document(name))
    assert "<script" not in page
    assert "http" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "Research use, not a medical device." in page
    parser = HTMLParser()
    parser.feed(page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_page_shows_every_number_of_the_document_once_more() -> None:
    document = make_document("sinonasal")
    page = render_page(document)
    for use in document["parameters"]:
        for n, of in use["counts"]:
            assert f"{n} of {of}" in page
        for fact in use["facts"]:
            assert fact in page
    for sentence in (*document["limits"], *list_crossings(document)):
        assert sentence.replace("'", "&#39;") in page


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_text_fits_and_names_every_measure(name: str) -> None:
    document = make_document(name)
    text = format_comparison(document)
    assert max(map(len, text.splitlines())) <= 80
    assert "Research use, not a medical device." in text
    assert "must" not in text.split()
    crossings = " ".join(list_crossings(document)).lower()
    if len(document["results"]) > 1:
        assert MEASURES["missed"] in crossings


def test_shares_are_written_without_a_false_nought() -> None:
    assert [write_share(s) for s in (0, 0.0004, 0.004, 0.025, 0.5, 1)] == [
        "0 %", "0 %", "0.4 %", "2 %", "50 %", "100 %",
    ]  # fmt: skip
