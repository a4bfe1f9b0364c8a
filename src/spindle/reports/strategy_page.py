"""The page of a comparison of testing strategies: one HTML file with its pictures, no script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spindle.reports.plots.strategy import choose_measure, draw_curves, draw_intervals
from spindle.reports.strategy_words import (
    TABLES,
    VARIED_WORDS,
    describe_title,
    is_absent,
    list_crossings,
    name_tests,
    say_counts,
    say_population,
    write_ends,
    write_mean,
    write_share,
    write_shares,
)
from spindle.reports.words import clean_document

if TYPE_CHECKING:
    from jinja2 import Environment

Document = Mapping[str, Any]

TEMPLATES = Path(__file__).with_name("templates")


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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        picture=Markup,
        style=lambda name: Markup((TEMPLATES / name).read_text(encoding="utf-8")),
        mean=write_mean,
        ends=write_ends,
        share=write_share,
    )
    environment.globals.update(is_absent=is_absent, shares=write_shares)
    return environment


def build_view(document: Document) -> dict[str, Any]:
    """Give what the template shows, every text of it cleaned of what no page can hold."""
    document = clean_document(dict(document))
    results = document["results"]
    columns = [column for table in TABLES for column in table]
    money = f" ({document['currency']})" if document["currency"] else ""
    costs = [("cost", f"cost{money}"), ("days", "days a patient"), ("burden", "cost with errors")]
    given = [(n, w) for n, w in costs if any(not is_absent(r[n]) for r in results)]
    return {
        "document": document,
        "title": describe_title(document),
        "columns": [*columns, *given],
        "has_costs": bool(given),
        "tests": {r["protocol_id"]: name_tests(r["by_test"]) for r in results},
        "varied": VARIED_WORDS[document["varied"]],
        "crossings": list_crossings(document),
        "uses": [
            {**use, "counted": say_counts(use), "who": say_population(use)}
            for use in document["parameters"]
        ],
        "intervals": draw_intervals(document),
        "curves": [draw_curves(document, measure) for measure in _list_measures(document)],
    }


def _list_measures(document: Document) -> list[str]:
    """Give the measures whose curves are shown: the missed fusions, and the cost where given."""
    return list(dict.fromkeys(("missed", choose_measure(document))))
