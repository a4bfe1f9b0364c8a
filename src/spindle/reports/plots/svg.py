"""SVG as text: elements, words that fit, and the frame that every picture shares.

Colours are CSS variables of the page with a fallback, so that one picture serves light, dark and
paper. Every picture has a title and a description in words.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from spindle.reports.words import clean_text

INK = "var(--ink,#1b2430)"
SOFT = "var(--ink-soft,#4a5565)"
LINE = "var(--line,#cfd6de)"
PAPER = "var(--paper,#ffffff)"
ACCENT = "var(--accent,#3b3f8f)"
BAR = "var(--bar,#b9bfe3)"
POSITIVE = "var(--positive,#8a4513)"
ALERT = "var(--alert,#a01748)"

FONT_SIZE = 13
SMALL_SIZE = 12
# Mean width of a letter of a sans-serif face, as a share of its size; on the wide side.
LETTER_WIDTH = 0.56
# How far a picture may be scaled; on a narrower screen it scrolls inside its box.
SMALLEST, LARGEST = 0.78, 1.32
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 36, 48, 60, 120, 240, 600, 1200)

# Marks that turn the direction of what follows; a line of a picture holds words of many origins.
_TURNING_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")


def write_line(words: str) -> str:
    """Give the words as one line that XML can hold and that turns no direction, unescaped."""
    return _SPACES.sub(" ", _TURNING_MARKS.sub("", clean_text(words))).strip()


def write_element(name: str, content: str = "", /, **attributes: object) -> str:
    """Give one element; `stroke_width` becomes `stroke-width`; content is taken as written."""
    written = "".join(
        f" {key.strip('_').replace('_', '-')}={quoteattr(_write_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _write_value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return write_line(str(value))


def write_text(x: float, y: float, words: str, *, size: float = FONT_SIZE, **more: object) -> str:
    """Give a line of text, escaped."""
    attributes = {"fill": INK, **more}
    return write_element(
        "text", escape(write_line(words)), x=float(x), y=float(y), font_size=size, **attributes
    )


def measure_words(words: str, size: float = FONT_SIZE) -> float:
    """Give about how wide a line is, in units of the picture; never too narrow for Latin text."""
    return sum(_measure_letter(letter) for letter in words) * size


def _measure_letter(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    return 0.82 if letter in "MWmw@%" else LETTER_WIDTH


def shorten_words(words: str, width: float, size: float = FONT_SIZE) -> str:
    """Give the words, cut with an ellipsis where they are wider than the room for them."""
    line = write_line(words)[:400]
    if measure_words(line, size) <= width:
        return line
    room, kept = width - size * LETTER_WIDTH, []
    for letter in line:
        room -= _measure_letter(letter) * size
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…"


def draw_picture(
    identity: str,
    title: str,
    description: str,
    width: int,
    height: float,
    parts: Iterable[str],
    *,
    smallest: float = SMALLEST,
) -> str:
    """Give the whole picture: scalable, with title and description for those who can't see it."""
    named = (
        write_element("title", escape(write_line(title)), id=f"{identity}-title"),
        write_element("desc", escape(write_line(description)), id=f"{identity}-desc"),
    )
    return write_element(
        "svg",
        "".join((*named, *parts)),
        xmlns="http://www.w3.org/2000/svg",
        id=identity,
        class_="picture",
        role="img",
        aria_labelledby=f"{identity}-title",
        aria_describedby=f"{identity}-desc",
        viewBox=f"0 0 {width} {math.ceil(height)}",
        width="100%",
        style=f"max-width:{round(width * LARGEST)}px;min-width:{round(width * smallest)}px",
        font_family="system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif",
    )


def list_ticks(last: float, at_most: int) -> list[int]:
    """Give months for an axis from zero, at most this many, in steps that people count in."""
    steps = (step for step in MONTH_STEPS if last / step < at_most)
    step = next(steps, math.ceil(last / at_most))
    return list(range(0, math.floor(last) + 1, step))
