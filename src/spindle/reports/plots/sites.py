"""Horizontal bars of how many patients have what: sites, the most frequent first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spindle.reports.plots import svg
from spindle.reports.words import write_interval, write_label, write_percent

WIDTH = 360
ROW = 38
BARS_SHOWN = 20
"""Bars in one picture; the rest stand in the table below it."""


def draw_sites(shares: Sequence[Mapping[str, Any]]) -> str:
    """Give bars of the sites in the order of the document, each n of N with its interval.

    Raises
    ------
    ValueError
        When no site is counted.
    """
    if not shares:
        raise ValueError("no site is counted")
    shown = shares[:BARS_SHOWN]
    rest = len(shares) - len(shown)
    parts = [line for place, share in enumerate(shown) for line in _draw_share(place, share)]
    height = ROW * len(shown) + 24
    parts.extend(_draw_foot(height - 6, shares[0], rest))
    title = f"Sites of the tumour: {len(shares)} named, of {shares[0]['of']} patients"
    description = " ".join(_describe(share) for share in shown)
    if rest:
        description += f" {rest} more stand in the table."
    return svg.draw_picture("sites-plot", title, description, WIDTH, height, parts)


def _describe(share: Mapping[str, Any]) -> str:
    label = svg.shorten_words(write_label(str(share["label"])), 600)
    interval = write_interval(share["lower"], share["upper"])
    percent = write_percent(_divide(share))
    return f"{label}: {share['n']} of {share['of']}, {percent} (95 % interval {interval})."


def _divide(share: Mapping[str, Any]) -> float | None:
    return share["n"] / share["of"] if share["of"] else None


def _draw_share(place: int, share: Mapping[str, Any]) -> Iterator[str]:
    top = ROW * place
    count = f"{share['n']:,} of {share['of']:,} ({write_percent(_divide(share))})"
    room = WIDTH - svg.measure_words(count, svg.SMALL_SIZE) - 12
    label = svg.shorten_words(write_label(str(share["label"])), room)
    yield svg.write_text(0, top + 14, label)
    yield svg.write_text(WIDTH, top + 14, count, size=svg.SMALL_SIZE, text_anchor="end")
    bar = {"x": 0, "y": top + 19, "height": 10, "rx": 2}
    yield svg.write_element("rect", **bar, width=WIDTH, fill=svg.LINE, fill_opacity=0.45)
    yield svg.write_element("rect", **bar, width=WIDTH * (_divide(share) or 0.0), fill=svg.BAR)
    yield from _draw_interval(top + 24, share)


def _draw_interval(y: float, share: Mapping[str, Any]) -> Iterator[str]:
    lower, upper = WIDTH * float(share["lower"]), WIDTH * float(share["upper"])
    ends = f"M{lower:.2f} {y - 4}v8M{upper:.2f} {y - 4}v8M{lower:.2f} {y}H{upper:.2f}"
    yield svg.write_element("path", d=ends, stroke=svg.INK, stroke_width=1.2, fill="none")


def _draw_foot(y: float, share: Mapping[str, Any], rest: int) -> Iterator[str]:
    words = "Line: 95 % interval."
    if share.get("unknown"):
        words += f" Without a site: {share['unknown']:,}, not in N."
    if rest:
        words += f" {rest:,} more sites in the table."
    yield svg.write_text(0, y, words, size=svg.SMALL_SIZE, fill=svg.SOFT)
