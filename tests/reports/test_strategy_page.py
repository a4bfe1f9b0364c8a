from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from spindle.reports.strategy_text import format_comparison
from spindle.reports.strategy_words import (
    describe_comparison,
    list_contrasts,
    list_notes,
    list_sentences,
    say_crossing,
    write_ends,
    write_mean,
    write_number,
    write_part,
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
            for c in document["contrasts"]
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
    crossings = [say_crossing(contrast) for contrast in document["contrasts"]]
    for sentence in (*document["limits"], *list_notes(document), *crossings):
        assert sentence.replace("'", "&#39;") in page


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_text_fits_and_names_every_measure(name: str) -> None:
    document = make_document(name)
    text = format_comparison(document)
    assert max(map(len, text.splitlines())) <= 80
    assert "Research use, not a medical device." in text
    assert "must" not in text.split()
    words = MEASURES["missed"].capitalize()
    assert (f"{words}: " in text) is (len(document["results"]) > 1)


def test_every_contrast_stands_in_the_text_with_its_share_of_the_draws() -> None:
    """However seldom lines cross, it is said; a comparison of means alone never stands there."""
    document = make_document("sinonasal")
    text = " ".join(format_comparison(document).split())
    contrasts = [c for measure in MEASURES for c in list_contrasts(document, measure)]
    assert len(contrasts) == 18
    assert text.count(" of the draws") >= 18
    for contrast in contrasts:
        crossing = say_crossing(contrast)
        assert bool(crossing) is (contrast["share_crossing"] > 0)
        assert " ".join(crossing.split()) in text
    assert "at every prevalence" not in text


def test_a_miss_by_definition_is_told_beside_the_comparisons_it_decides() -> None:
    document = make_document("sinonasal")
    (note,) = list_notes(document)
    assert "zhao-2025-ngs-if-negative asks for no test after a positive stain" in note
    marked = [s for s in list_sentences(document, "missed") if "ngs-if-negative†" in s]
    assert len(marked) == 3
    assert not any("†" in sentence for sentence in list_sentences(document, "tests"))


def test_no_false_calls_by_definition_are_told_as_such() -> None:
    document = describe_comparison(compare_strategies(Question(site_id="bladder", draws=300)))
    notes = " ".join(list_notes(document))
    assert "zhao-2025-screen calls no fusion falsely by definition of the reference" in notes
    assert all("screen†" in s for s in list_sentences(document, "false")[:1])


@pytest.mark.parametrize(
    ("number", "error", "written"),
    [
        (132.4, 0.0, "132"),
        (132.4, 1.2, "132"),
        (132.4, 6.0, "130"),
        (53.7, 1.2, "54"),
        (1483.0, 30.0, "1,500"),
        (2.34, 0.03, "2.3"),
        (2.34, 0.8, "2"),
        (4.2, 12.0, "4"),
        (0.03, 0.0, "0"),
        (-41.0, 3.0, "−40"),
        (0.0, 0.0, "0"),
    ],
)
def test_numbers_are_rounded_by_their_monte_carlo_error(
    number: float, error: float, written: str
) -> None:
    assert write_number(number, error) == written


@pytest.mark.parametrize(
    ("mean", "high", "said"),
    [(0.0, 0.0, "0 (0–0)"), (0.02, 0.04, "<0.1* (0–<0.1)"), (0.02, 0.2, "<0.1* (0–0.2)")],
)
def test_what_is_above_nought_is_never_printed_as_nought(
    mean: float, high: float, said: str
) -> None:
    """A failure that is rare is not a failure that can't be."""
    errors = dict.fromkeys(("mean_error", "low_error", "high_error"), 0.0)
    estimate = {"mean": mean, "low": 0.0, "high": high, "is_unseen": mean > 0, **errors}
    assert f"{write_mean(estimate)} ({write_ends(estimate)})" == said


def test_no_protocol_is_said_to_leave_nothing_open_where_tests_can_fail() -> None:
    document = make_document("sinonasal")
    for result in document["results"]:
        for name in ("unanswered", "others_open"):
            assert result[name]["mean"] > 0
            assert write_mean(result[name]) != "0"
    text = format_comparison(document)
    assert "may well fail the next" in " ".join(text.split())
    assert "343 of 1528" in text


@given(st.floats(0.1, 1e6), st.floats(0, 1e4))
def test_rounding_never_goes_beyond_the_error_or_one_digit(number: float, error: float) -> None:
    text = write_number(number, error)
    assert re.fullmatch(r"[\d,]+(\.\d)?", text)
    shown = float(text.replace(",", ""))
    assert abs(shown - number) <= max(2.5 * error, 0.5 * 10 ** math.floor(math.log10(number)), 0.5)
    assert shown > 0


def test_shares_are_written_without_a_false_nought() -> None:
    assert [write_share(s) for s in (0, 0.0004, 0.004, 0.025, 0.5, 1)] == [
        "0 %", "0 %", "0.4 %", "2 %", "50 %", "100 %",
    ]  # fmt: skip
    assert [write_part(s) for s in (0, 0.001, 0.43, 0.999, 1)] == [
        "0 %", "<1 %", "43 %", ">99 %", "100 %",
    ]  # fmt: skip
