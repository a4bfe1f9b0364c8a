from __future__ import annotations

import copy
import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
import report_documents as documents
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import AbsenceReason
from spindle.cases.course import OutcomeKind
from spindle.reports.plots import svg
from spindle.reports.plots.funnel import draw_funnel
from spindle.reports.plots.sites import BARS_SHOWN, draw_sites
from spindle.reports.plots.survival import BOTTOM, LEFT, RIGHT, TOP, draw_survival
from spindle.reports.plots.swimmer import (
    MARKER_WORDS,
    PATIENTS_A_PANEL,
    draw_marker,
    draw_swimmers,
    list_swimmers,
)
from spindle.reports.words import RESULTS

SVG = "{http://www.w3.org/2000/svg}"
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)


@pytest.fixture(scope="module")
def zhao() -> dict[str, Any]:
    return documents.make_zhao_document()


def draw_all(document: dict[str, Any]) -> Iterator[str]:
    cohort = document["cohort"]
    yield draw_funnel(cohort["funnel"])
    yield from draw_swimmers(document["cases"])
    if cohort["sites"]:
        yield draw_sites(cohort["sites"])
    for endpoint in cohort["survival"]["curves"]:
        yield draw_survival(endpoint, cohort["survival"])


def read_picture(picture: str) -> ET.Element:
    root = ET.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    return root


def read_words(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def read_description(root: ET.Element) -> str:
    return root.findtext(f"{SVG}desc") or ""


DOCUMENTS = {
    "zhao": documents.make_zhao_document,
    "bare": documents.make_bare_document,
    "mixed": documents.make_mixed_document,
    "hostile": documents.make_hostile_document,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_picture_is_well_formed_and_says_what_it_shows(name: str) -> None:
    pictures = list(draw_all(DOCUMENTS[name]()))
    assert len(pictures) >= 2
    for picture in pictures:
        root = read_picture(picture)
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") in ids
        assert root.get("aria-describedby") in ids
        assert root.findtext(f"{SVG}title")
        assert re.search(r"\d", read_description(root))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_picture_reaches_outside(name: str) -> None:
    for picture in draw_all(DOCUMENTS[name]()):
        root = read_picture(picture)
        assert not {element.tag for element in root.iter()} & {
            f"{SVG}{tag}" for tag in ("script", "image", "use", "foreignObject", "a", "style")
        }
        values = [v for element in root.iter() for v in element.attrib.values()]
        assert not [value for value in values if "//" in value]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_words_stay_inside_and_large_enough(name: str) -> None:
    for picture in draw_all(DOCUMENTS[name]()):
        root = read_picture(picture)
        width, height = map(float, (root.get("viewBox") or "").split()[2:])
        for text in root.iter(f"{SVG}text"):
            size, x = float(text.get("font-size", 0)), float(text.get("x", 0))
            room = svg.measure_words(text.text or "", size) * 0.93
            share = {"end": 1.0, "middle": 0.5}.get(text.get("text-anchor", ""), 0.0)
            assert size >= 12
            assert x - room * share >= -1, text.text
            assert x + room * (1 - share) <= width + 1, text.text
            assert 0 <= float(text.get("y", 0)) <= height


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_same_document_gives_the_same_pictures(name: str) -> None:
    assert list(draw_all(DOCUMENTS[name]())) == list(draw_all(DOCUMENTS[name]()))


@given(words=ANY_TEXT)
def test_any_words_make_a_picture_that_xml_can_hold(words: str) -> None:
    parts = [svg.write_text(0, 10, words), svg.write_element("rect", x=words)]
    root = read_picture(svg.draw_picture("any", words, words, 100, 20, parts))
    assert read_words(root) == [svg.write_line(words)]
    assert root.find(f"{SVG}rect") is not None


@given(words=ANY_TEXT, width=st.floats(20, 400))
def test_shortened_words_fit_and_say_that_they_are_short(words: str, width: float) -> None:
    shown = svg.shorten_words(words, width)
    assert svg.measure_words(shown) <= width
    assert shown == svg.write_line(words) or shown.endswith("…")


def test_turning_marks_do_not_turn_the_rest_of_a_line() -> None:
    assert svg.write_line("neg\u202eative\u2066 \u0000") == "negative \ufffd"


def test_ticks_stay_within_the_axis_and_are_few() -> None:
    for last in (0, 0.4, 1, 7, 24, 136, 600, 1e5):
        ticks = svg.list_ticks(last, 8)
        assert ticks[0] == 0
        assert ticks[-1] <= last
        assert len(ticks) <= 9


# The swimmer plot.


def test_swimmers_stand_in_order_of_follow_up(zhao: dict[str, Any]) -> None:
    order = [s.case_id for s in list_swimmers(zhao["cases"])]
    assert order[:3] == ["2", "25", "4"]
    assert order[14:17] == ["11", "17", "16"]
    assert order[17:] == ["3", "6", "10", "12", "15", "19", "23", "24"]


def test_the_swimmer_plot_tells_every_patient_in_words(zhao: dict[str, Any]) -> None:
    (picture,) = draw_swimmers(zhao["cases"])
    root = read_picture(picture)
    description = read_description(root)
    assert description.startswith("17 patients with a time")
    assert len(re.findall(r"Patient \d+:", description)) == 25
    assert (
        "Patient 15: no time reported, lost to follow-up; outcomes: not reported; "
        "ALK fusion detected, tests disagree." in description
    )
    assert "Patient 9: 30 months, alive or dead not reported; outcomes: recurrence;" in description
    words = read_words(root)
    assert "Time not reported: 8 patients" in words
    assert words.count("lost to follow-up") == 8
    assert {str(number) for number in range(1, 26)} <= set(words)


def test_bars_are_as_long_as_the_follow_up(zhao: dict[str, Any]) -> None:
    (picture,) = draw_swimmers(zhao["cases"])
    widths = [float(bar.get("width", 0)) for bar in read_picture(picture).iter(f"{SVG}rect")]
    months = [s.months for s in list_swimmers(zhao["cases"]) if s.months is not None]
    assert len(widths) == 17
    assert [w / widths[0] for w in widths] == pytest.approx([m / 136 for m in months], abs=1e-3)


def test_every_marker_has_a_shape_of_its_own() -> None:
    shapes = set()
    for kind in MARKER_WORDS:
        element = ET.fromstring(draw_marker(kind, 0.0, 0.0))
        shapes.add((element.tag, element.get("points"), element.get("d")))
    assert len(shapes) == len(MARKER_WORDS)


def test_every_outcome_of_the_case_model_has_a_marker() -> None:
    assert {kind.value for kind in OutcomeKind} <= set(MARKER_WORDS)


def test_the_legend_names_what_is_drawn_and_nothing_else(zhao: dict[str, Any]) -> None:
    words = read_words(read_picture(draw_swimmers(zhao["cases"])[0]))
    assert {"recurrence", "death", "alive at last contact", "≠ ALK tests disagree"} <= set(words)
    assert "metastasis" not in words
    assert "lost to follow-up at this time" not in words
    assert any(line.startswith("No time of its own is reported for recurrence") for line in words)


def test_an_event_with_a_time_of_its_own_stands_there(zhao: dict[str, Any]) -> None:
    cases = copy.deepcopy(zhao["cases"])
    cases[1]["outcomes"] = [{"kind": "metastasis", "occurred": True, "months": 68.0}]
    root = read_picture(draw_swimmers(cases)[0])
    bar = next(root.iter(f"{SVG}rect"))
    start, width = float(bar.get("x", 0)), float(bar.get("width", 0))
    first = next(root.iter(f"{SVG}polygon")).get("points", "").split()
    middle = sum(float(point.split(",")[0]) for point in first) / len(first)
    assert middle == pytest.approx(start + width / 2, abs=0.2)


def test_an_event_with_a_time_is_drawn_where_no_follow_up_is_reported(
    zhao: dict[str, Any],
) -> None:
    cases = copy.deepcopy(zhao["cases"][:2])
    cases[0]["follow_up"]["months"] = {"absent": "not_reported"}
    cases[0]["outcomes"] = [{"kind": "death", "occurred": True, "months": 34.0}]
    root = read_picture(draw_swimmers(cases)[0])
    widths = [float(bar.get("width", 0)) for bar in root.iter(f"{SVG}rect")]
    assert widths[1] / widths[0] == pytest.approx(34 / 136, abs=1e-3)
    assert "Time not reported: 1 patient" not in read_words(root)
    assert "death" in read_words(root)


def test_a_death_stands_at_its_own_time(zhao: dict[str, Any]) -> None:
    cases = copy.deepcopy(zhao["cases"][1:2])
    cases[0]["outcomes"] = [{"kind": "death", "occurred": True, "months": 68.0}]
    root = read_picture(draw_swimmers(cases)[0])
    bar = next(root.iter(f"{SVG}rect"))
    start, width = float(bar.get("x", 0)), float(bar.get("width", 0))
    points = next(root.iter(f"{SVG}polygon")).get("points", "").split()
    middle = sum(float(point.split(",")[0]) for point in points) / len(points)
    assert middle == pytest.approx(start + width / 2, abs=0.2)


def test_many_patients_are_cut_into_pictures_of_a_page() -> None:
    cases = documents.make_large_document(100)["cases"]
    pictures = draw_swimmers(cases)
    assert len(pictures) == -(-100 // PATIENTS_A_PANEL)
    titles = [read_picture(picture).findtext(f"{SVG}title") for picture in pictures]
    assert titles[0] == "Swimmer plot: follow-up of 36 patients, part 1 of 3"
    assert titles[2] == "Swimmer plot: follow-up of 28 patients, part 3 of 3"


def test_nobody_makes_no_picture() -> None:
    assert draw_swimmers([]) == []


def test_a_patient_without_anything_still_has_a_line() -> None:
    (picture,) = draw_swimmers(documents.make_bare_document()["cases"])
    words = read_words(read_picture(picture))
    assert "outcome not reported" in words
    assert "Time not reported: 1 patient" in words


# Survival.


def read_corners(root: ET.Element, tag: str) -> list[tuple[float, float]]:
    points = next(root.iter(f"{SVG}{tag}")).get("points", "").split()
    return [(float(x), float(y)) for x, y in (point.split(",") for point in points)]


@pytest.mark.parametrize(("endpoint", "last"), [("os", 0.56), ("efs", 0.4791444)])
def test_the_curve_is_the_one_of_the_document(
    zhao: dict[str, Any], endpoint: str, last: float
) -> None:
    root = read_picture(draw_survival(endpoint, zhao["cohort"]["survival"]))
    corners = read_corners(root, "polyline")
    assert corners[0] == (LEFT, TOP)
    assert corners[-1][0] == RIGHT
    assert (BOTTOM - corners[-1][1]) / (BOTTOM - TOP) == pytest.approx(last, abs=1e-4)
    # A step function goes along or down, never slantwise and never up.
    for (x, y), (next_x, next_y) in itertools.pairwise(corners):
        assert x == next_x or y == next_y
        assert next_x >= x
        assert next_y >= y


def test_the_band_holds_the_curve(zhao: dict[str, Any]) -> None:
    survival = zhao["cohort"]["survival"]
    root = read_picture(draw_survival("os", survival))
    heights = [y for _, y in read_corners(root, "polygon")]
    shares = [s[key] for s in survival["curves"]["os"] for key in ("lower", "upper")]
    lowest, highest = min(shares), max(shares)
    assert max(heights) == pytest.approx(BOTTOM - (BOTTOM - TOP) * lowest, abs=0.01)
    assert min(heights) == pytest.approx(BOTTOM - (BOTTOM - TOP) * highest, abs=0.01)


def test_every_month_with_censoring_has_a_tick(zhao: dict[str, Any]) -> None:
    survival = zhao["cohort"]["survival"]
    root = read_picture(draw_survival("os", survival))
    paths = [path.get("d", "") for path in root.iter(f"{SVG}path")]
    censored = sum(step["censored"] > 0 for step in survival["curves"]["os"])
    assert max(path.count("M") for path in paths) == censored


def test_numbers_at_risk_stand_under_their_month(zhao: dict[str, Any]) -> None:
    survival = zhao["cohort"]["survival"]
    root = read_picture(draw_survival("os", survival))
    rows: dict[float, list[tuple[float, str]]] = {}
    for text in root.iter(f"{SVG}text"):
        if text.get("text-anchor") == "middle":
            place = (float(text.get("x", 0)), text.text or "")
            rows.setdefault(float(text.get("y", 0)), []).append(place)
    (_, months), (_, people) = sorted(rows.items())
    assert [x for x, _ in months] == [x for x, _ in people]
    at_risk = survival["at_risk"]["os"]
    expected = dict(zip(map(str, at_risk["months"]), map(str, at_risk["people"]), strict=True))
    shown = dict(zip((m for _, m in months), (p for _, p in people), strict=True))
    assert shown == {month: n for month, n in expected.items() if float(month) <= 136}
    assert shown["0"] == "17"


def test_the_survival_description_holds_the_numbers(zhao: dict[str, Any]) -> None:
    root = read_picture(draw_survival("os", zhao["cohort"]["survival"]))
    description = read_description(root)
    assert "24 months: 80.0 % (95 % interval 51.0–95.7 %" in description
    assert "5 events and 12 censored" in description
    assert "Median: not reached within 136 months" in description
    assert "95 % interval, beta product" in read_words(root)
    efs = read_description(read_picture(draw_survival("efs", zhao["cohort"]["survival"])))
    assert "Median: 93 months" in efs


def test_large_numbers_at_risk_do_not_run_into_each_other(zhao: dict[str, Any]) -> None:
    survival = copy.deepcopy(zhao["cohort"]["survival"])
    survival["at_risk"]["os"] = {
        "months": list(range(0, 137, 4)),
        "people": [100_000 - month for month in range(0, 137, 4)],
    }
    root = read_picture(draw_survival("os", survival))
    texts = [t for t in root.iter(f"{SVG}text") if "," in (t.text or "") and t.text]
    people = [t for t in texts if re.fullmatch(r"[\d,]+", t.text or "")]
    places = [float(t.get("x", 0)) for t in people]
    assert len(places) >= 3
    assert min(b - a for a, b in itertools.pairwise(places)) > svg.measure_words("100,000", 12)


def test_a_curve_that_is_not_there_is_refused() -> None:
    survival = documents.make_bare_document()["cohort"]["survival"]
    with pytest.raises(ValueError, match="no curve"):
        draw_survival("os", survival)


# The funnel.


def test_the_funnel_counts_everybody_for_every_test(zhao: dict[str, Any]) -> None:
    root = read_picture(draw_funnel(zhao["cohort"]["funnel"]))
    words = read_words(root)
    assert "positive 2 · negative 23 · not reported 0" in words
    assert "positive 0 · negative 25 · not reported 0" in words
    assert "positive 1 · negative 24 · not reported 0" in words
    assert "positive 0 · negative 0 · not reported 25" in words
    assert "0 of 25 tested" in words
    assert "ALK IHC: 25 of 25 tested; positive 2, negative 23, not reported 0." in (
        read_description(root)
    )


def test_funnel_bars_are_as_wide_as_their_counts() -> None:
    steps = documents.make_mixed_document()["cohort"]["funnel"]
    bars = [b for b in read_picture(draw_funnel(steps)).iter(f"{SVG}rect") if b.get("stroke")]
    first = bars[:7]
    widths = [float(bar.get("width", 0)) for bar in first]
    assert sum(widths) == pytest.approx(358, abs=0.1)
    assert widths == pytest.approx([358 / 7] * 7, abs=0.01)


def test_no_two_results_look_the_same_in_the_funnel() -> None:
    assert {reason.value for reason in AbsenceReason} <= set(RESULTS)
    step = {"label": "ALK IHC", "of": len(RESULTS), "n": 5, **dict.fromkeys(RESULTS, 1)}
    root = read_picture(draw_funnel([step]))
    fills = [b.get("fill") for b in root.iter(f"{SVG}rect") if b.get("stroke")]
    assert len(set(fills)) == len(RESULTS)
    patterns = [p.find(f"{SVG}path") for p in root.iter(f"{SVG}pattern")]
    drawn = [p.get("d") for p in patterns if p is not None]
    assert len(set(drawn)) == len(drawn) == 5


def test_a_funnel_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one test"):
        draw_funnel([])


# Sites.


def test_site_bars_are_n_of_n(zhao: dict[str, Any]) -> None:
    root = read_picture(draw_sites(zhao["cohort"]["sites"]))
    bars = [b for b in root.iter(f"{SVG}rect") if not b.get("fill-opacity")]
    first, second = (float(bar.get("width", 0)) for bar in bars[:2])
    assert first == pytest.approx(360 * 19 / 25, abs=0.01)
    assert second == pytest.approx(360 * 6 / 25, abs=0.01)
    assert "19 of 25 (76.0 %)" in read_words(root)
    assert "maxillary sinus: 19 of 25, 76.0 % (95 % interval 54.9–90.6 %)." in (
        read_description(root)
    )


def test_more_sites_than_fit_are_counted(zhao: dict[str, Any]) -> None:
    site = zhao["cohort"]["sites"][0]
    root = read_picture(draw_sites([{**site, "label": f"site {n}"} for n in range(BARS_SHOWN + 3)]))
    assert any("3 more sites in the table." in words for words in read_words(root))
    assert "3 more stand in the table." in read_description(root)


def test_patients_without_a_site_are_said(zhao: dict[str, Any]) -> None:
    root = read_picture(draw_sites([{**zhao["cohort"]["sites"][0], "unknown": 4}]))
    assert "Line: 95 % interval. Without a site: 4, not in N." in read_words(root)


def test_no_site_is_refused() -> None:
    with pytest.raises(ValueError, match="no site"):
        draw_sites([])
