"""Kaplan–Meier curves: steps, interval band, censor ticks and numbers at risk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spindle.reports.plots import svg
from spindle.reports.words import (
    INTERVALS,
    join_words,
    write_count,
    write_interval,
    write_number,
    write_percent,
    write_time,
)

WIDTH = 360
LEFT, RIGHT, TOP, BOTTOM = 46, 350, 14, 220
HEIGHT = 326
ENDPOINTS: Mapping[str, str] = {"os": "Overall survival", "efs": "Event-free survival"}

Curve = Sequence[Mapping[str, Any]]


def draw_survival(endpoint: str, survival: Mapping[str, Any]) -> str:
    """Give the curve of one endpoint from the survival part of the document.

    Raises
    ------
    ValueError
        When the document has no curve for the endpoint.
    """
    curve: Curve = survival.get("curves", {}).get(endpoint, ())
    if not curve:
        raise ValueError(f"the document has no curve of {endpoint!r}")
    last = max(float(curve[-1]["months"]), 1.0)
    parts = [
        *_draw_grid(),
        *_draw_band(curve, last),
        *_draw_steps(curve, last),
        *_draw_censoring(curve, last),
        *_draw_at_risk(survival["at_risk"][endpoint], last),
        *_draw_key(name_intervals(survival[endpoint])),
    ]
    name = ENDPOINTS[endpoint]
    title = f"{name} of {write_count(survival['n'], 'patient')}, Kaplan–Meier"
    description = _describe(endpoint, survival, last)
    return svg.draw_picture(f"survival-{endpoint}", title, description, WIDTH, HEIGHT, parts)


def name_intervals(estimates: Iterable[Mapping[str, Any]]) -> str:
    """Give the kinds of interval that stand among the estimates, in words."""
    kinds = dict.fromkeys(str(estimate["interval"]) for estimate in estimates)
    return join_words([INTERVALS.get(kind, kind) for kind in kinds]) or "kind not reported"


def _describe(endpoint: str, survival: Mapping[str, Any], last: float) -> str:
    curve = survival["curves"][endpoint]
    events = sum(step["events"] for step in curve)
    censored = sum(step["censored"] for step in curve)
    shares = [
        f"{write_number(e['months'])} months: {write_percent(e['estimate'])} "
        f"(95 % interval {write_interval(e['lower'], e['upper'])}, {e['at_risk']} at risk)"
        for e in survival[endpoint]
        if not e["beyond_follow_up"]
    ]
    median = write_time(survival["medians"][endpoint]["median"])
    return (
        f"A falling step curve from 100 % at 0 months to {write_percent(curve[-1]['estimate'])} at "
        f"{write_number(last)} months, with {write_count(events, 'event')} and {censored} "
        f"censored. {'; '.join(shares)}. Median: {median}."
    )


def _x(months: float, last: float) -> float:
    return LEFT + (RIGHT - LEFT) * months / last


def _y(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _draw_grid() -> Iterator[str]:
    for per_cent in (0, 25, 50, 75, 100):
        y = _y(per_cent / 100)
        stroke = svg.INK if per_cent == 0 else svg.LINE
        yield svg.write_element("line", x1=LEFT, y1=y, x2=RIGHT, y2=y, stroke=stroke)
        yield svg.write_text(LEFT - 6, y + 4, f"{per_cent} %", size=12, text_anchor="end")


def _list_corners(curve: Curve, key: str, last: float) -> list[tuple[float, float]]:
    """Give the corners of a step function from the first listed month to the last."""
    corners: list[tuple[float, float]] = []
    for step in curve:
        x = _x(float(step["months"]), last)
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, _y(float(step[key]))))
    return corners


def _join(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in corners)


def _draw_band(curve: Curve, last: float) -> Iterator[str]:
    """Give the band between the limits, from the first month for which the document has them."""
    edge = [*_list_corners(curve, "upper", last), *_list_corners(curve, "lower", last)[::-1]]
    yield svg.write_element("polygon", points=_join(edge), fill=svg.ACCENT, fill_opacity=0.17)


def _draw_steps(curve: Curve, last: float) -> Iterator[str]:
    start = [] if curve[0]["months"] == 0 else [{"months": 0.0, "estimate": 1.0}]
    corners = _list_corners([*start, *curve], "estimate", last)
    yield svg.write_element(
        "polyline", points=_join(corners), fill="none", stroke=svg.ACCENT, stroke_width=2.5
    )


def _draw_censoring(curve: Curve, last: float) -> Iterator[str]:
    ticks = (
        f"M{_x(float(step['months']), last):.2f} {_y(float(step['estimate'])) - 6:.2f}v12"
        for step in curve
        if step["censored"]
    )
    path = "".join(ticks)
    if path:
        yield svg.write_element("path", d=path, stroke=svg.INK, stroke_width=1.5, fill="none")


def _draw_at_risk(at_risk: Mapping[str, Any], last: float) -> Iterator[str]:
    yield svg.write_text(LEFT, BOTTOM + 36, "months", size=12, fill=svg.SOFT)
    yield svg.write_text(LEFT, BOTTOM + 58, "At risk", size=12, fill=svg.SOFT)
    for month, people in _choose_at_risk(at_risk, last):
        x = _x(month, last)
        yield svg.write_element(
            "line", x1=x, y1=float(BOTTOM), x2=x, y2=float(BOTTOM + 5), stroke=svg.INK
        )
        for y, number in ((BOTTOM + 19, month), (BOTTOM + 74, people)):
            anchor = "middle" if x < RIGHT - 8 else "end"
            yield svg.write_text(x, y, write_number(number), size=12, text_anchor=anchor)


def _choose_at_risk(at_risk: Mapping[str, Any], last: float) -> list[tuple[float, int]]:
    """Give the months within follow-up with the people at risk, thinned until they fit."""
    pairs = [
        (float(month), int(people))
        for month, people in zip(at_risk["months"], at_risk["people"], strict=True)
        if month <= last
    ]
    widest = max((len(f"{people:,}") for _, people in pairs), default=1)
    room = max(widest, 4) * 8 + 8
    at_most = max(2, (RIGHT - LEFT) // room)
    return pairs[:: -(-len(pairs) // at_most)]


def _draw_key(interval: str) -> Iterator[str]:
    y = HEIGHT - 8
    yield svg.write_element(
        "rect", x=0, y=y - 10, width=16, height=11, fill=svg.ACCENT, fill_opacity=0.25
    )
    yield svg.write_text(22, y, f"95 % interval, {interval}", size=12, fill=svg.SOFT)
    yield svg.write_element(
        "path", d=f"M{RIGHT - 64} {y - 11}v12", stroke=svg.INK, stroke_width=1.5, fill="none"
    )
    yield svg.write_text(RIGHT - 56, y, "censored", size=12, fill=svg.SOFT)
