"""One patient's report as one HTML file: no script, no request, same input, same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from spindle.reports.page_templates import make_environment, read_style
from spindle.reports.patient_page import make_page
from spindle.reports.patient_parts import TONES
from spindle.reports.plots.reflex_path import NARROW, WIDE, draw_reflex_path

if TYPE_CHECKING:
    from jinja2 import Environment

# Longer words are given places where they may break; columns are as wide as any other word.
LONGEST_WORD = 26
PIECE = 13
# A sign that no cleaned text holds, so that it can mark these places.
BREAK = "\x00"
_LONG = re.compile(rf"\S{{{LONGEST_WORD},}}")


def render_patient_html(document: Mapping[str, Any]) -> str:
    """Give the whole page of a patient's document as HTML text, ready to be written as UTF-8.

    Raises
    ------
    KeyError
        When the document lacks a part that the page needs.
    """
    return _load_environment().get_template("patient.html").render(make_page(document))


@cache
def _load_environment() -> Environment:
    from markupsafe import Markup, escape

    environment = make_environment()

    def offer_breaks(text: str) -> Markup:
        """Give the text with places where a word longer than any of a language may break."""
        pieces = _LONG.sub(lambda match: BREAK.join(_cut(match.group())), text).split(BREAK)
        return Markup("<wbr>").join(escape(piece) for piece in pieces)

    filters: Mapping[str, Callable[..., object]] = {
        "wide": lambda steps: Markup(draw_reflex_path(steps, width=WIDE)),
        "narrow": lambda steps: Markup(draw_reflex_path(steps, width=NARROW)),
        "breakable": offer_breaks,
        "style": read_style,
    }
    environment.filters.update(filters)
    environment.globals.update(tones=TONES)
    return environment


def _cut(word: str) -> Iterator[str]:
    for start in range(0, len(word), PIECE):
        yield word[start : start + PIECE]
