"""The way of one case through a testing protocol: a box a step, the proposal last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from spindle.reports.plots import svg
from spindle.reports.words import Mark, find_result

WIDE, NARROW = 720, 340
IDENTITY = "reflex-path"
GAP, ROW_GAP, PADDING = 22, 24, 9
LINE_HEIGHT = 15
# What the sides of a box take of its width.
EDGES = 2 * PADDING + 4
# Boxes a row of the wide picture; a long sentence takes two places.
COLUMNS = 4
LONG_LABEL = 62
MOST_LINES = 12
CORNERS: Mapping[str, int] = {"protocol": 14, "check": 14, "test": 3, "proposed": 3, "end": 3}
NAMES: Mapping[str, str] = {
    "protocol": "Start",
    "test": "Test",
    "check": "Check",
    "proposed": "Proposed",
    "end": "End",
}
_VARIABLE = re.compile(r"var\(--[\w-]+,\s*(#[0-9a-fA-F]{3,8})\)")


@dataclass(frozen=True, slots=True)
class _Box:
    kind: str
    lines: tuple[str, ...]
    mark: Mark | None
    said: tuple[str, ...]
    width: float
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        rows = len(self.lines) + len(self.said)
        return rows * LINE_HEIGHT + 2 * PADDING


def draw_reflex_path(steps: Sequence[Mapping[str, Any]], *, width: int = WIDE) -> str:
    """Give the picture of the steps that a case took, as wide as asked; rows break where they must.

    Parameters
    ----------
    width:
        `WIDE` for a page, `NARROW` for a telephone.

    Raises
    ------
    ValueError
        When there is no step.
    """
    if not steps:
        raise ValueError("a path needs at least one step")
    boxes = _place([_make_box(step, width) for step in steps], width)
    height = max(box.y + box.height for box in boxes) + 2
    parts = [*_draw_arrows(boxes), *(part for box in boxes for part in _draw_box(box))]
    identity = IDENTITY if width == WIDE else f"{IDENTITY}-narrow"
    title = f"Reflex path in {len(steps)} steps"
    description = " Then: ".join(_describe(step) for step in steps)
    smallest = 1.0 if width == NARROW else svg.SMALLEST
    return svg.draw_picture(identity, title, description, width, height, parts, smallest=smallest)


def fix_colours(picture: str) -> str:
    """Give the picture with plain colours in place of a page's variables, for paper."""
    return _VARIABLE.sub(r"\1", picture)


def _describe(step: Mapping[str, Any]) -> str:
    kind, label = str(step["kind"]), str(step["label"])
    # "Proposed: RNA sequencing" says its kind itself.
    named = label if label.startswith(NAMES[kind]) else f"{NAMES[kind]}: {label}"
    result = f", {_mark(step).words}" if kind == "test" else ""
    return f"{named.rstrip('.')}{result}."


def _mark(step: Mapping[str, Any]) -> Mark:
    """Give the mark of a test's result; in the laboratory's words where they say more."""
    mark = find_result(step["result"])
    return replace(mark, words=str(step["note"])) if step.get("note") else mark


def _make_box(step: Mapping[str, Any], width: int) -> _Box:
    kind, label = str(step["kind"]), svg.write_line(str(step["label"]))
    mark = _mark(step) if kind == "test" else None
    column = (WIDE - 2 - GAP * (COLUMNS - 1)) / COLUMNS
    is_long = len(label) > LONG_LABEL or _has_wide_word(label, column - EDGES)
    wide = 2 * column + GAP if is_long else column
    room = min(wide, float(width)) if width == WIDE else float(width)
    said = _wrap(f"{mark.symbol} {mark.words}", room - EDGES) if mark else ()
    return _Box(kind, _wrap(label, room - EDGES), mark, said, room)


def _has_wide_word(label: str, room: float) -> bool:
    """Give whether a word would be cut in a box of one place."""
    return any(svg.measure_words(word, svg.SMALL_SIZE) > room for word in label.split())


def _wrap(label: str, room: float) -> tuple[str, ...]:
    """Give the label in lines; a word that is wider than the box is cut into pieces."""
    lines: list[str] = [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        if svg.measure_words(longer, svg.SMALL_SIZE) <= room:
            lines[-1] = longer
            continue
        pieces = list(_cut(word, room))
        lines += pieces if lines[-1] else []
        lines = lines if lines[-1] else pieces
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], "…"]
    return tuple(lines)


def _cut(word: str, room: float) -> Iterator[str]:
    piece = ""
    for letter in word:
        if piece and svg.measure_words(piece + letter, svg.SMALL_SIZE) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _place(boxes: Sequence[_Box], width: int) -> list[_Box]:
    """Give the boxes with their places, row by row, each row as high as its highest box."""
    rows: list[list[_Box]] = [[]]
    reached = 0.0
    for box in boxes:
        if rows[-1] and reached + box.width > width + 0.5:
            rows.append([])
            reached = 0.0
        rows[-1].append(box)
        reached += box.width + GAP
    placed, top = [], 1.0
    for row in rows:
        left = 1.0
        for box in row:
            across = min(box.width, width - 2.0)
            placed.append(replace(box, width=across, x=left, y=top))
            left += box.width + GAP
        top += max(box.height for box in row) + ROW_GAP
    return placed


def _draw_arrows(boxes: Sequence[_Box]) -> Iterator[str]:
    for one, other in pairwise(boxes):
        yield svg.write_element(
            "path",
            d=_route(one, other),
            stroke=svg.SOFT,
            stroke_width=1.5,
            fill="none",
            stroke_linejoin="round",
        )
        yield _draw_head(one, other)


def _route(one: _Box, other: _Box) -> str:
    if one.y == other.y:
        middle = one.y + min(one.height, other.height) / 2
        return f"M{one.x + one.width:.1f} {middle:.1f}H{other.x - 6:.1f}"
    start = one.x + one.width / 2
    end = other.x + min(other.width / 2, 60)
    bottom, turn = one.y + one.height, other.y - ROW_GAP / 2
    if abs(start - end) < 1 or one.x == other.x:
        return f"M{end:.1f} {bottom:.1f}V{other.y - 6:.1f}"
    return f"M{start:.1f} {bottom:.1f}V{turn:.1f}H{end:.1f}V{other.y - 6:.1f}"


def _draw_head(one: _Box, other: _Box) -> str:
    if one.y == other.y:
        x, y = other.x - 1, one.y + min(one.height, other.height) / 2
        path = f"M{x:.1f} {y:.1f}l-7 -4.5v9z"
    else:
        x, y = other.x + min(other.width / 2, 60), other.y - 1
        path = f"M{x:.1f} {y:.1f}l-4.5 -7h9z"
    return svg.write_element("path", d=path, fill=svg.SOFT)


def _draw_box(box: _Box) -> Iterator[str]:
    is_last = box.kind in ("proposed", "end")
    is_positive = box.mark is not None and box.mark.key == "positive"
    has_no_result = box.mark is not None and box.mark.key in ("not_reported", "not_done")
    stroke = svg.ACCENT if is_last else svg.POSITIVE if is_positive else svg.SOFT
    yield svg.write_element(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=CORNERS[box.kind],
        fill=svg.PAPER,
        stroke=stroke,
        stroke_width=2.5 if is_last else 1.2,
        stroke_dasharray="5 3" if has_no_result else None,
    )
    top = box.y + PADDING + 11
    weight = "bold" if box.kind in ("proposed", "test") else None
    for place, line in enumerate(box.lines):
        yield svg.write_text(
            box.x + PADDING,
            top + LINE_HEIGHT * place,
            line,
            size=svg.SMALL_SIZE,
            font_weight=weight,
        )
    for place, said in enumerate(box.said, len(box.lines)):
        yield svg.write_text(
            box.x + PADDING,
            top + LINE_HEIGHT * place,
            said,
            size=svg.SMALL_SIZE,
            fill=svg.POSITIVE if is_positive else svg.SOFT,
        )
