"""The page of one patient's fusions: one HTML file with a picture of each protein, no script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from spindle.reports.fusion_text import (
    DOMAINS,
    EVIDENCE,
    FRAMES,
    METHODS,
    NO_FUSION,
    ROLES,
    SILENT_FLAGS,
    part_calls,
    say_callers,
    say_exon,
    say_junction,
    say_known,
    say_reads,
    say_reciprocal,
    say_why,
)
from spindle.reports.page_templates import make_environment, read_style
from spindle.reports.plots.fusion_protein import draw_fusion
from spindle.reports.words import clean_document, join_words

if TYPE_CHECKING:
    from jinja2 import Environment

Document = Mapping[str, Any]


def render_fusion_page(document: Document) -> str:
    """Give the whole page as HTML text, ready to be written as UTF-8."""
    return _load_environment().get_template("fusions.html").render(build_view(document))


@cache
def _load_environment() -> Environment:
    from markupsafe import Markup

    environment = make_environment()
    environment.filters.update(picture=Markup, style=read_style)
    return environment


def build_view(document: Document) -> dict[str, Any]:
    """Give what the template shows."""
    document = clean_document(dict(document))
    calls = document["calls"]
    shown, rest = part_calls(calls)
    return {
        "document": document,
        "title": "Fusions of one patient",
        "files": document["files"],
        "methods": METHODS,
        "shown": [
            _view_call(call, document["flags"], f"fusion-{number}")
            for number, call in enumerate(shown, 1)
        ],
        "rest": [
            {
                "call": call,
                "role": ROLES[call["role"]],
                "why": f"{say_junction(call)}; {say_why(call)}"
                if call["role"] == "not_productive"
                else "",
                "of": say_reciprocal(call).removeprefix(" of ").strip(" ()"),
                "reads": say_reads(call),
            }
            for call in rest
        ],
        "nothing": "" if calls else NO_FUSION,
    }


def _view_call(call: Document, flags: Mapping[str, str], identity: str) -> dict[str, Any]:
    return {
        "call": call,
        "role": ROLES[call["role"]],
        "frame": FRAMES[call["frame"]],
        "domain": DOMAINS[call["kinase_domain"]],
        "exons": [say_exon(side) for side in call["sides"]],
        "reads": say_reads(call),
        "callers": join_words(call["callers"]),
        "evidence": EVIDENCE[call["evidence"]],
        "callers_say": say_callers(call),
        "known": say_known(call["known_in_imt"]),
        "flags": [flags[flag] for flag in call["flags"] if flag not in SILENT_FLAGS],
        "picture": draw_fusion(call, identity),
    }
