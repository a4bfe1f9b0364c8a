"""Testing strategies: expected numbers with their intervals, and where one overtakes another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spindle.reasoning.strategy_measures import MEASURES
from spindle.reports.plots import svg
from spindle.reports.strategy_words import (
    VARIED_WORDS,
    describe_title,
    is_absent,
    list_sentences,
    write_ends,
    write_mean,
    write_number,
    write_share,
)

Document = Mapping[str, Any]

WIDTH = 360
ROW = 36
HEAD = 26
GAP = 12
LEFT, RIGHT = 46, 350
PLOT_HEIGHT = 210
SHOWN = ("missed", "false", "tests", "cost", "days", "burden")
# A line is told from another by its dashes and by the sign at its end, not by its colour alone.
COLOURS = (svg.ACCENT, svg.POSITIVE, svg.ALERT, svg.INK)
DASHES = ("none", "7 4", "2 3", "10 3 2 3")


def draw_strategies(document: Document, measure: str = "") -> str:
    """Give one picture of a comparison: the intervals, and below them the curves of one measure.

    Parameters
    ----------
    measure:
        Measure of the curves; the cost where it is given, else the missed fusions.
    """
    chosen = measure or choose_measure(document)
    intervals = list(_draw_intervals(document, 0))
    top = _measure_intervals(document) + GAP
    curves = list(_draw_curves(document, chosen, top))
    height = top + _measure_curves(document)
    words = f"{_describe_intervals(document)} {_describe_curves(document, chosen)}"
    title = describe_title(document)
    return svg.draw_picture("strategies", title, words, WIDTH, height, [*intervals, *curves])


def draw_intervals(document: Document) -> str:
    """Give the expected numbers of every protocol with their intervals."""
    parts = list(_draw_intervals(document, 0))
    title = f"{describe_title(document)}, expected numbers"
    height = _measure_intervals(document)
    words = _describe_intervals(document)
    return svg.draw_picture("strategy-intervals", title, words, WIDTH, height, parts)


def draw_curves(document: Document, measure: str = "") -> str:
    """Give every protocol's curve of one measure over the prevalence."""
    chosen = measure or choose_measure(document)
    parts = list(_draw_curves(document, chosen, 0))
    title = f"{MEASURES[chosen]} over the {VARIED_WORDS[document['varied']]}"
    height = _measure_curves(document)
    words = _describe_curves(document, chosen)
    return svg.draw_picture(f"strategy-{chosen}", title, words, WIDTH, height, parts)


def choose_measure(document: Document) -> str:
    """Give the measure of the curves: the cost where every protocol has one, else missed."""
    curves = document["curves"]
    return next((name for name in ("burden", "cost") if name in curves), "missed")


def _list_measures(document: Document) -> list[str]:
    results = document["results"]
    return [name for name in SHOWN if any(not is_absent(r[name]) for r in results)]


def _name_measure(document: Document, name: str) -> str:
    words = MEASURES[name]
    if name == "days":
        return "Days a patient, one test after the other"
    currency = f", {document['currency']}" if document["currency"] else ""
    money = currency if name in ("cost", "burden") else ""
    return f"{words[0].upper()}{words[1:]} per {document['patients']:,} patients{money}"


# Intervals ---------------------------------------------------------------------------------------


def _measure_intervals(document: Document) -> int:
    groups = len(_list_measures(document))
    return groups * (HEAD + ROW * len(document["results"]) + GAP) + 10


def _draw_intervals(document: Document, top: float) -> Iterator[str]:
    y = top
    for name in _list_measures(document):
        yield svg.write_text(0, y + 15, _name_measure(document, name), font_weight="600")
        y += HEAD
        estimates = [result[name] for result in document["results"]]
        most = max((e["high"] for e in estimates if not is_absent(e)), default=0.0)
        for result, estimate in zip(document["results"], estimates, strict=True):
            yield from _draw_estimate(y, result["protocol_id"], estimate, most)
            y += ROW
        y += GAP
    words = "Line: 95 % of the draws. *: seen in no series."
    yield svg.write_text(0, y, words, size=svg.SMALL_SIZE, fill=svg.SOFT)


def _draw_estimate(y: float, name: str, estimate: Any, most: float) -> Iterator[str]:
    ends = f" ({write_ends(estimate)})" if write_ends(estimate) else ""
    number = f"{write_mean(estimate)}{ends}"
    room = WIDTH - svg.measure_words(number, svg.SMALL_SIZE) - 10
    small: dict[str, Any] = {"size": svg.SMALL_SIZE}
    label = svg.shorten_words(name, room, svg.SMALL_SIZE)
    yield svg.write_text(0, y + 11, label, **small)
    yield svg.write_text(WIDTH, y + 11, number, **small, text_anchor="end")
    line = y + 21
    yield svg.write_element(
        "line", x1=0.0, y1=line, x2=float(WIDTH), y2=line, stroke=svg.LINE, stroke_width=1
    )
    if is_absent(estimate) or most <= 0:
        return
    low, mean, high = (_x(estimate[key] / most, 6, WIDTH - 6) for key in ("low", "mean", "high"))
    yield svg.write_element(
        "line", x1=low, y1=line, x2=high, y2=line, stroke=svg.ACCENT, stroke_width=5,
        stroke_opacity=0.55, stroke_linecap="round",
    )  # fmt: skip
    yield svg.write_element("circle", cx=mean, cy=line, r=5.0, fill=svg.INK)


def _x(share: float, left: float, right: float) -> float:
    return left + (right - left) * share


def _describe_intervals(document: Document) -> str:
    said = []
    for name in _list_measures(document):
        each = (
            f"{result['protocol_id']} {write_mean(result[name])}"
            + (f" ({write_ends(result[name])})" if write_ends(result[name]) else "")
            for result in document["results"]
        )
        said.append(f"{_name_measure(document, name)}: {', '.join(each)}.")
    return " ".join(said)


# Curves ------------------------------------------------------------------------------------------


def _measure_curves(document: Document) -> int:
    return HEAD + PLOT_HEIGHT + 62 + 20 * len(document["results"])


def _draw_curves(document: Document, measure: str, top: float) -> Iterator[str]:
    curves: Sequence[Document] = document["curves"].get(measure, ())
    yield svg.write_text(0, top + 15, _name_measure(document, measure), font_weight="600")
    upper, lower = top + HEAD + 6, top + HEAD + PLOT_HEIGHT
    most = max((point[3] for curve in curves for point in curve["points"]), default=0.0) or 1.0
    yield from _draw_axes(document, upper, lower, most)
    for number, curve in enumerate(curves):
        yield from _draw_band(number, curve, upper, lower, most)
    for number, curve in enumerate(curves):
        yield from _draw_line(number, curve, upper, lower, most)
    yield from _draw_here(document, upper, lower)
    yield from _draw_crossings(document, measure, curves, upper, lower, most)
    for number, curve in enumerate(curves):
        yield from _draw_key(number, curve["protocol_id"], lower + 58 + 20 * number)


def _y(value: float, upper: float, lower: float, most: float) -> float:
    return lower - (lower - upper) * value / most


def _draw_axes(document: Document, upper: float, lower: float, most: float) -> Iterator[str]:
    for share in (0.0, 0.5, 1.0):
        y = _y(share * most, upper, lower, most)
        stroke = svg.INK if not share else svg.LINE
        yield svg.write_element("line", x1=float(LEFT), y1=y, x2=float(RIGHT), y2=y, stroke=stroke)
        words = _write_tick(share * most)
        yield svg.write_text(LEFT - 5, y + 4, words, size=12, text_anchor="end")
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _x(share, LEFT, RIGHT)
        anchor = "end" if share == 1 else "middle"
        yield svg.write_element("line", x1=x, y1=lower, x2=x, y2=lower + 5, stroke=svg.INK)
        yield svg.write_text(x, lower + 19, write_share(share), size=12, text_anchor=anchor)
    words = VARIED_WORDS[document["varied"]]
    yield svg.write_text(LEFT, lower + 36, words, size=12, fill=svg.SOFT)


def _write_tick(value: float) -> str:
    """Give a number that fits left of the axis: thousands and millions by a letter."""
    for size, letter in ((1_000_000, "M"), (10_000, "k")):
        if value >= size:
            unit = 1000 if letter == "k" else size
            return f"{value / unit:,.1f}".removesuffix(".0") + letter
    return write_number(value)


def _join(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def _draw_band(
    number: int, curve: Document, upper: float, lower: float, most: float
) -> Iterator[str]:
    above = [(_x(p[0], LEFT, RIGHT), _y(p[3], upper, lower, most)) for p in curve["points"]]
    below = [(_x(p[0], LEFT, RIGHT), _y(p[2], upper, lower, most)) for p in curve["points"]]
    yield svg.write_element(
        "polygon",
        points=_join([*above, *below[::-1]]),
        fill=COLOURS[number % len(COLOURS)],
        fill_opacity=0.1,
    )


def _draw_line(
    number: int, curve: Document, upper: float, lower: float, most: float
) -> Iterator[str]:
    points = [(_x(p[0], LEFT, RIGHT), _y(p[1], upper, lower, most)) for p in curve["points"]]
    yield svg.write_element(
        "polyline",
        points=_join([points[0], points[-1]]),
        fill="none",
        stroke=COLOURS[number % len(COLOURS)],
        stroke_width=2.5,
        stroke_dasharray=DASHES[number % len(DASHES)],
    )


def _draw_here(document: Document, upper: float, lower: float) -> Iterator[str]:
    """Give the mark of the site's own prevalence, with its words on the side that has room."""
    prevalence = float(document["prevalence"]["mean"])
    x = _x(prevalence, LEFT, RIGHT)
    yield svg.write_element(
        "line", x1=x, y1=upper - 4, x2=x, y2=lower, stroke=svg.SOFT, stroke_dasharray="1 3"
    )
    is_right = x > (LEFT + RIGHT) / 2
    yield svg.write_text(
        x - 4 if is_right else x + 4, upper + 6, f"here {write_share(prevalence)}",
        size=12, fill=svg.SOFT, text_anchor="end" if is_right else "start",
    )  # fmt: skip


def _draw_crossings(
    document: Document,
    measure: str,
    curves: Sequence[Document],
    upper: float,
    lower: float,
    most: float,
) -> Iterator[str]:
    lines = {curve["protocol_id"]: curve["points"] for curve in curves}
    for crossing in document["contrasts"]:
        if crossing["measure"] != measure or is_absent(crossing["at"]):
            continue
        at, points = float(crossing["at"]), lines[crossing["fewer"]]
        value = (1 - at) * points[0][1] + at * points[-1][1]
        yield svg.write_element(
            "circle", cx=_x(at, LEFT, RIGHT), cy=_y(value, upper, lower, most), r=5.0,
            fill=svg.PAPER, stroke=svg.INK, stroke_width=2,
        )  # fmt: skip


def _draw_key(number: int, name: str, y: float) -> Iterator[str]:
    yield svg.write_element(
        "line", x1=0.0, y1=y - 4, x2=34.0, y2=y - 4, stroke=COLOURS[number % len(COLOURS)],
        stroke_width=2.5, stroke_dasharray=DASHES[number % len(DASHES)],
    )  # fmt: skip
    yield svg.write_text(42, y, name, size=12)


def _describe_curves(document: Document, measure: str) -> str:
    curves = document["curves"].get(measure, ())
    each = [
        f"{curve['protocol_id']} from {write_number(curve['points'][0][1])} to "
        f"{write_number(curve['points'][-1][1])}"
        for curve in curves
    ]
    words = MEASURES[measure]
    varied = VARIED_WORDS[document["varied"]]
    return f"{words} over the {varied}, nobody to everybody: {', '.join(each)}. " + " ".join(
        list_sentences(document, measure)
    )
