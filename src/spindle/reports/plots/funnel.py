"""The testing funnel: of all patients, who had which ALK test, and what it gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spindle.reports.plots import svg
from spindle.reports.words import RESULTS, write_count

WIDTH = 360
STEP = 66
BAR_TOP, BAR_HEIGHT = 22, 20
IDENTITY = "funnel"

# Each result has a fill of its own; those without an answer are never solid.
_FILLS: Mapping[str, str] = {
    "positive": svg.POSITIVE,
    "negative": svg.BAR,
    "not_done": svg.PAPER,
}
_LINES: Mapping[str, str] = {
    "atypical": "M0 8L8 0M0 0L8 8",
    "equivocal": "M0 4H8M4 0V8",
    "failed": "M0 8L8 0",
    "not_reported": "M1 4h2M5 4h2",
    "unknown": "M0 0L8 8",
}
# Printed even when nobody is in them, so that a reader sees that nobody is.
ALWAYS_PRINTED = ("positive", "negative", "not_reported")


def draw_funnel(steps: Sequence[Mapping[str, Any]]) -> str:
    """Give the picture of the testing funnel, one bar over all patients for each test.

    Raises
    ------
    ValueError
        When there is no test.
    """
    if not steps:
        raise ValueError("a funnel needs at least one test")
    heights = [STEP + 16 * (len(_list_lines(step)) - 1) for step in steps]
    tops = [sum(heights[:place]) for place in range(len(steps))]
    parts = [_draw_patterns()]
    for top, step in zip(tops, steps, strict=True):
        parts.extend(_draw_step(top, step))
    title = f"Testing funnel of {write_count(steps[0]['of'], 'patient')}"
    description = " ".join(_describe(step) for step in steps)
    return svg.draw_picture(IDENTITY, title, description, WIDTH, sum(heights), parts)


def _describe(step: Mapping[str, Any]) -> str:
    return f"{step['label']}: {step['n']} of {step['of']} tested; {', '.join(_list_words(step))}."


def _list_words(step: Mapping[str, Any]) -> list[str]:
    return [
        f"{mark.words} {step.get(key, 0):,}"
        for key, mark in RESULTS.items()
        if step.get(key, 0) or key in ALWAYS_PRINTED
    ]


def _list_lines(step: Mapping[str, Any]) -> list[str]:
    """Give the counts under a bar, as many to a line as fit."""
    lines: list[str] = []
    for words in _list_words(step):
        longer = f"{lines[-1]} · {words}" if lines else words
        if lines and svg.measure_words(longer, svg.SMALL_SIZE) <= WIDTH:
            lines[-1] = longer
        else:
            lines.append(words)
    return lines


def _draw_patterns() -> str:
    patterns = (
        svg.write_element(
            "pattern",
            svg.write_element("path", d=path, stroke=svg.SOFT, stroke_width=1, fill="none"),
            id=f"{IDENTITY}-{key}",
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
        )
        for key, path in _LINES.items()
    )
    return svg.write_element("defs", "".join(patterns))


def _draw_step(top: float, step: Mapping[str, Any]) -> Iterator[str]:
    tested = f"{step['n']:,} of {step['of']:,} tested"
    label = svg.shorten_words(str(step["label"]), WIDTH - svg.measure_words(tested) - 12)
    yield svg.write_text(0, top + 15, label, font_weight="bold")
    yield svg.write_text(WIDTH, top + 15, tested, text_anchor="end")
    yield from _draw_bar(top + BAR_TOP, step)
    for place, line in enumerate(_list_lines(step)):
        y = top + BAR_TOP + BAR_HEIGHT + 15 + 16 * place
        yield svg.write_text(0, y, line, size=svg.SMALL_SIZE, fill=svg.SOFT)


def _draw_bar(top: float, step: Mapping[str, Any]) -> Iterator[str]:
    x, room = 1.0, WIDTH - 2.0
    for key, mark in RESULTS.items():
        n = step.get(key, 0)
        if not n:
            continue
        width = room * n / step["of"]
        fill = _FILLS.get(key, f"url(#{IDENTITY}-{key})")
        yield svg.write_element(
            "rect",
            x=x,
            y=float(top),
            width=width,
            height=float(BAR_HEIGHT),
            fill=fill,
            stroke=svg.SOFT,
            stroke_dasharray="4 3" if key in ("not_done", "not_reported", "unknown") else None,
        )
        yield from _draw_symbol(mark.symbol, x + width / 2, top, width)
        x += width


def _draw_symbol(symbol: str, x: float, top: float, width: float) -> Iterator[str]:
    if width < 14:
        return
    yield svg.write_element(
        "circle", cx=x, cy=top + BAR_HEIGHT / 2, r=8, fill=svg.PAPER, fill_opacity=0.9
    )
    yield svg.write_text(x, top + 15, symbol, text_anchor="middle", font_weight="bold")
