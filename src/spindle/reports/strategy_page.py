"""The page of a comparison of testing strategies: one HTML file with its pictures, no script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from spindle.reasoning.strategy_measures import MEASURES
from spindle.reports.page_templates import make_environment, read_style
from spindle.reports.plots.strategy import choose_measure, draw_curves, draw_intervals
from spindle.reports.strategy_words import (
    TABLES,
    VARIED_WORDS,
    describe_title,
    iterate_costs,
    list_contrasts,
    list_measures,
    list_notes,
    mark_name,
    name_tests,
    say_counts,
    say_crossing,
    say_difference,
    say_population,
    say_prior,
    say_reference,
    write_drawn,
    write_ends,
    write_mean,
    write_part,
)
from spindle.reports.words import clean_document

if TYPE_CHECKING:
    from jinja2 import Environment

Document = Mapping[str, Any]


def render_page(document: Document) -> str:
    """Give the whole page as HTML text, ready to be written as UTF-8.

    Raises
    ------
    KeyError
        When the document lacks a part that the page needs.
    """
    return _load_environment().get_template("strategy.html").render(build_view(document))


@cache
def _load_environment() -> Environment:
    from markupsafe import Markup

    environment = make_environment()
    environment.filters.update(
        picture=Markup,
        style=read_style,
        mean=write_mean,
        ends=write_ends,
        drawn=write_drawn,
    )
    return environment


def build_view(document: Document) -> dict[str, Any]:
    """Give what the template shows, every text of it cleaned of what no page can hold."""
    document = clean_document(dict(document))
    results = document["results"]
    columns = [column for table in TABLES for column in table]
    given = list(iterate_costs(document))
    return {
        "document": document,
        "title": describe_title(document),
        "reference": say_reference(document),
        "prior": say_prior(document),
        "columns": [*columns, *given],
        "has_costs": bool(given),
        "tests": {r["protocol_id"]: name_tests(r["by_test"]) for r in results},
        "varied": VARIED_WORDS[document["varied"]],
        "contrasts": [_view_measure(document, measure) for measure in list_measures(document)],
        "notes": list_notes(document),
        "uses": [
            {**use, "counted": say_counts(use), "who": say_population(use)}
            for use in document["parameters"]
        ],
        "intervals": draw_intervals(document),
        "curves": [draw_curves(document, measure) for measure in _list_curves(document)],
    }


def _view_measure(document: Document, measure: str) -> dict[str, Any]:
    words = MEASURES[measure]
    rows = [
        {
            "fewer": mark_name(document, measure, contrast["fewer"]),
            "more": mark_name(document, measure, contrast["more"]),
            "by": say_difference(contrast),
            "draws": write_part(contrast["share_fewer"]),
            "crossing": say_crossing(contrast) or "do not cross in any draw",
        }
        for contrast in list_contrasts(document, measure)
    ]
    return {"words": f"{words[0].upper()}{words[1:]}", "rows": rows}


def _list_curves(document: Document) -> list[str]:
    """Give the measures whose curves are shown: the missed fusions, and the cost where given."""
    return list(dict.fromkeys(("missed", choose_measure(document))))
