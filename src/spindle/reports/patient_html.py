"""One patient's report as one HTML file: no script, no request, same input, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spindle.reports.patient_page import make_page
from spindle.reports.patient_parts import TONES
from spindle.reports.plots.reflex_path import NARROW, WIDE, draw_reflex_path

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")


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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, Callable[..., object]] = {
        "wide": lambda steps: Markup(draw_reflex_path(steps, width=WIDE)),
        "narrow": lambda steps: Markup(draw_reflex_path(steps, width=NARROW)),
        "style": lambda name: Markup((TEMPLATES / name).read_text(encoding="utf-8")),
    }
    environment.filters.update(filters)
    environment.globals.update(tones=TONES)
    return environment
