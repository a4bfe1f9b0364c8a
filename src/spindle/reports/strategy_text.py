"""A comparison of testing strategies as text for a terminal, and a file to fill in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from spindle.knowledge.strategies import load_strategy_data
from spindle.reasoning.strategy_measures import MEASURES
from spindle.reports.strategy_words import (
    MEANINGS,
    TABLES,
    UNSEEN,
    VARIED_WORDS,
    Document,
    describe_comparison,
    describe_title,
    iterate_costs,
    list_contrasts,
    list_measures,
    list_notes,
    mark_name,
    name_tests,
    say_gap,
    say_less,
    say_prior,
    say_reference,
    say_use,
    write_drawn,
    write_ends,
    write_mean,
)

WIDTH = 78
NAME_WIDTH = 27
COLUMN_WIDTH = 13
# A space at which no line is broken.
TIED = "\u00a0"


def format_comparison(document: Document) -> str:
    """Give a comparison as text for a terminal."""
    return "\n".join(_iterate_lines(document)).rstrip()


def _iterate_lines(document: Document) -> Iterator[str]:
    yield describe_title(document)
    yield from _wrap(say_reference(document))
    yield from _wrap(
        f"Mean of {document['draws']:,} draws of the parameters (seed {document['seed']}), below "
        f"it the range of 95 % of them. {UNSEEN}: nought if what no series has seen never happens."
    )
    yield ""
    yield from _iterate_tables(document)
    yield "Tests done:"
    for result in document["results"]:
        yield from _wrap(f"{result['protocol_id']}: {name_tests(result['by_test'])}", "  ")
    yield ""
    yield from _format_contrasts(document)
    yield "Computed from (mean and 95 % of what was drawn; n of N, series by series):"
    for use in document["parameters"]:
        yield from _wrap(say_use(use), "  - ")
    yield from _wrap(say_prior(document))
    yield ""
    yield "What the words mean:"
    for sentence in MEANINGS:
        yield from _wrap(sentence, "  - ")
    yield ""
    yield "What these numbers can't say:"
    for sentence in document["limits"]:
        yield from _wrap(sentence, "  - ")
    yield ""
    yield document["notice"]


def _iterate_tables(document: Document) -> Iterator[str]:
    for columns in TABLES:
        yield from _format_table(document["results"], columns)
    yield from _format_found(document["results"])
    yield from _format_costs(document)


def _format_table(results: Sequence[Document], columns: Sequence[tuple[str, str]]) -> Iterator[str]:
    rows = [("protocol", [words for _, words in columns])]
    for result in results:
        estimates = [result[name] for name, _ in columns]
        rows.append((result["protocol_id"], [write_mean(e) for e in estimates]))
        rows.append(("", [write_ends(e) for e in estimates]))
    longest = max(len(cell) for _, cells in rows for cell in cells)
    width = max(COLUMN_WIDTH, longest + 1)
    for name, cells in rows:
        yield (f"{name:<{NAME_WIDTH}}" + "".join(f"{cell:>{width}}" for cell in cells)).rstrip()
    yield ""


def _format_found(results: Sequence[Document]) -> Iterator[str]:
    yield "Of the patients with an ALK fusion it is found in:"
    for result in results:
        yield f"  {result['protocol_id']:<{NAME_WIDTH}}{write_drawn(result['alk_found'])}"
    yield ""


def _format_costs(document: Document) -> Iterator[str]:
    given = dict(iterate_costs(document))
    first = [(name, words) for name, words in given.items() if name != "burden"]
    if first:
        yield from _format_table(document["results"], first)
    if "burden" in given:
        yield from _format_table(document["results"], [("burden", given["burden"])])
    missing = [
        line
        for name, line in (
            ("cost", "Cost: no costs given (--costs FILE; --template writes one)."),
            ("days", "Days: no turnaround given (--costs FILE; --template writes one)."),
        )
        if name not in given
    ]
    yield from [*missing, ""] if missing else []


def _format_contrasts(document: Document) -> Iterator[str]:
    """Give every two protocols side by side, draw by draw, with where their lines cross."""
    measures = list_measures(document)
    if not measures:
        return
    varied = VARIED_WORDS[document["varied"]]
    yield from _wrap(
        "Compared draw by draw: which has fewer on average, by how much, and in what share of the "
        f"draws ({varied}: {write_drawn(document['prevalence'])}). If that share varies and the "
        "others stay in proportion, the lines of two can cross."
    )
    for measure in measures:
        yield from _format_measure(document, measure)
    for note in list_notes(document):
        yield from _wrap(note, "  ")
    yield ""


def _format_measure(document: Document, measure: str) -> Iterator[str]:
    words = MEASURES[measure]
    first = ""
    for contrast in list_contrasts(document, measure):
        names = [mark_name(document, measure, contrast[end]) for end in ("fewer", "more")]
        if names[0] != first:
            yield f"  {words[0].upper()}{words[1:]}: {names[0]} has {say_less(measure)} than"
        first = names[0]
        yield from _wrap(f"{names[1]:<{NAME_WIDTH}}{say_gap(contrast)}", " " * 6, " " * 10)


def _wrap(text: str, indent: str = "", hanging: str = "") -> list[str]:
    lines = textwrap.wrap(
        # A number stays with its sign of per cent.
        text.replace(" %", f"{TIED}%"),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging or " " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(TIED, " ") for line in lines]


def write_template(site_id: str, reference: str) -> str:
    """Give a file to fill in: costs and days of every test, and the parameters of a site."""
    from spindle.reasoning.strategy import Question, compare_strategies

    question = Question(site_id=site_id, reference=reference)
    document = describe_comparison(compare_strategies(question))
    lines = [
        "# Costs and turnaround of your own laboratory, for spindle strategy --costs FILE.",
        "# Spindle has no costs of its own. Take the # away and fill in what you know.",
        "",
        '# currency = "EUR"',
        "",
    ]
    for test in load_strategy_data().tests.values():
        if not test.same_as:
            lines += [f"[tests.{test.id}]", "# cost = ", "# days = ", ""]
    lines += [
        "# What one missed or false fusion is taken to cost, if you want them in the sum.",
        "[outcomes]",
        "# missed_fusion = ",
        "# false_fusion = ",
        "",
        f"# Parameters of your own in place of the published ones ({document['site_name']}).",
        '# Counts "3/20", a share 0.9, or a range "0.8-1". Yours stand at face value.',
        "[parameters]",
    ]
    for use in document["parameters"]:
        lines += [f"# {line}" for line in _wrap(say_use(use))]
        counts = use["counts"]
        value = f'"{counts[0][0]}/{counts[0][1]}"' if len(counts) == 1 else ""
        lines.append(f'# "{use["key"]}" = {value}')
    return "\n".join(lines)
