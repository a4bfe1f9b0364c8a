"""A comparison of testing strategies as a document and as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spindle import __version__
from spindle.knowledge.facts import find_fact
from spindle.knowledge.strategies import load_strategy_data
from spindle.reasoning.findings import describe_record
from spindle.reasoning.strategy import StrategyComparison
from spindle.reasoning.strategy_measures import MEASURES
from spindle.reports.words import join_words

Document = Mapping[str, Any]

NOTICE = "Research use, not a medical device."
SCHEMA = "urn:spindle:schema:strategy:1"
WIDTH = 78
NAME_WIDTH = 27
COLUMN_WIDTH = 13
# From which share of the draws on a crossing that the means do not show is said.
SAID_FROM = 0.05

VARIED_WORDS: Mapping[str, str] = {
    "alk": "share of patients with an ALK fusion",
    "any": "share of patients with any kinase fusion",
}
ORIGINS: Mapping[str, str] = {
    "own": "",
    "borrowed": "borrowed",
    "assumed": "assumed",
    "yours": "yours",
}
MEANINGS = (
    "Missed: the tumour has a fusion of a kinase that is read, and at the end the status of that "
    "kinase is neither fusion detected nor rearranged by FISH.",
    "But stained: missed, with a positive stain that nothing bears out. A hint is left.",
    "False: a kinase that has no fusion is called fused or rearranged.",
    "Stain only: a positive stain that nothing bears out and no kinase called, with a fusion or "
    "without one.",
    "Cost with errors: the cost of the tests and what you take a missed or false fusion to cost.",
    "No answer: no fusion found, no stain positive, and no test was done that answers on ALK.",
)


def describe_comparison(comparison: StrategyComparison) -> dict[str, Any]:
    """Give a comparison as a document of plain JSON types, with its sources."""
    described: dict[str, Any] = describe_record(comparison)
    facts = dict.fromkeys(fact for use in comparison.parameters for fact in use.facts)
    return {
        "schema": SCHEMA,
        "spindle_version": __version__,
        "notice": NOTICE,
        **described,
        "sources": {fact: _describe_source(fact) for fact in facts},
        "set_aside": [_describe_set_aside(item) for item in load_strategy_data().set_aside],
        "meanings": list(MEANINGS),
    }


def _describe_source(fact_id: str) -> dict[str, Any]:
    fact = find_fact(fact_id)
    return {
        "statement": fact.statement,
        "source": fact.source.id,
        "citation": fact.source.citation,
        "place": fact.place,
        "checked_on": fact.checked_on.isoformat(),
        "inferred": fact.is_inferred,
    }


def _describe_set_aside(item: Any) -> dict[str, Any]:
    statements = [fact.statement for fact in item.facts]
    return {
        "parameter": item.parameter,
        "facts": [fact.id for fact in item.facts],
        "statements": statements,
        "why": item.why,
    }


def is_absent(value: object) -> bool:
    """Give whether a value of the document is an absence."""
    return isinstance(value, Mapping) and "absent" in value


# Numbers and sentences, for the terminal and for the page ---------------------------------------


def write_mean(estimate: Any, decimals: int = 0) -> str:
    """Give the expectation; one decimal below ten, so that a small number is not a nought."""
    if is_absent(estimate):
        return "not given"
    return _write(estimate["mean"], decimals)


def write_ends(estimate: Any, decimals: int = 0) -> str:
    """Give the interval as `12–140`; empty when there is no number."""
    if is_absent(estimate):
        return ""
    return f"{_write(estimate['low'], decimals)}–{_write(estimate['high'], decimals)}"


def _write(number: float, decimals: int) -> str:
    if round(number) >= 10:
        return f"{number:,.{decimals}f}"
    return f"{number:.1f}".removesuffix(".0")


def write_share(share: float) -> str:
    """Give a share in whole per cent, with one decimal below one per cent."""
    percent = 100 * share
    return f"{percent:.1f}".removesuffix(".0") + " %" if percent < 1 else f"{percent:.0f} %"


def write_shares(low: float, high: float) -> str:
    """Give two shares as `3 to 100 %`."""
    return f"{write_share(low).removesuffix(' %')} to {write_share(high)}"


def name_tests(by_test: Mapping[str, Any]) -> str:
    """Give how often each test is done, as a list in words."""
    tests = load_strategy_data().tests
    said = (f"{tests[test].name} {write_mean(count)}" for test, count in by_test.items())
    return ", ".join(said)


def list_crossings(document: Document) -> list[str]:
    """Give where one protocol overtakes another, in sentences, measure by measure."""
    return [sentence for measure in MEASURES for sentence in _say_measure(document, measure)]


def _say_measure(document: Document, measure: str) -> Iterator[str]:
    found = [c for c in document["crossings"] if c["measure"] == measure and not c["is_equal"]]
    words = MEASURES[measure]
    for crossing in found:
        if not is_absent(crossing["at"]):
            yield _say_crossing(crossing, words)
    lasting = [c for c in found if is_absent(c["at"])]
    for first in dict.fromkeys(c["first"] for c in lasting):
        seconds = [c for c in lasting if c["first"] == first]
        names = join_words([_say_second(c) for c in seconds])
        less = _say_less(measure)
        yield f"{words[0].upper()}{words[1:]}: {first} has {less} at every prevalence than {names}."


def _say_less(measure: str) -> str:
    return "less" if measure in ("cost", "burden") else "fewer"


def _say_second(crossing: Document) -> str:
    share = crossing["share_of_draws"]
    doubt = f" (they cross in {write_share(share)} of the draws)" if share >= SAID_FROM else ""
    return f"{crossing['second']}{doubt}"


def _say_crossing(crossing: Document, words: str) -> str:
    less = _say_less(crossing["measure"])
    below, above = crossing["first"], crossing["second"]
    ends = write_shares(crossing["low"], crossing["high"])
    return (
        f"{words[0].upper()}{words[1:]}: {below} has {less} below {write_share(crossing['at'])}, "
        f"{above} above. They cross in {write_share(crossing['share_of_draws'])} of the draws, "
        f"95 % of these at {ends}."
    )


def say_counts(use: Document) -> str:
    """Give what a parameter rests on: `1 of 1 (3 to 100 %)`, series by series."""
    if not use["counts"]:
        if use["low"] == use["high"]:
            return f"{write_share(use['mean'])}, taken as certain"
        return f"anything between, drawn evenly ({write_shares(use['low'], use['high'])} drawn)"
    pairs = zip(use["counts"], use["intervals"], strict=True)
    return "; ".join(f"{n} of {of} ({write_shares(*ends)})" for (n, of), ends in pairs)


def say_population(use: Document) -> str:
    """Give who was counted, with the word for a parameter that is not the site's own."""
    who = "; ".join(dict.fromkeys(use["populations"]))
    return ", ".join(part for part in (ORIGINS[use["origin"]], who) if part)


def describe_title(document: Document) -> str:
    """Give the title of a comparison."""
    return f"Testing strategies, {document['site_name']}: {document['patients']:,} patients"


# Text --------------------------------------------------------------------------------------------


def format_comparison(document: Document) -> str:
    """Give a comparison as text for a terminal."""
    return "\n".join(_iterate_lines(document)).rstrip()


def _iterate_lines(document: Document) -> Iterator[str]:
    yield describe_title(document)
    yield from _wrap(
        "Expected numbers in closed form. Below each stands the range that holds 95 % of "
        f"{document['draws']:,} draws of the parameters (seed {document['seed']})."
    )
    yield ""
    yield from _iterate_tables(document)
    yield "Tests done:"
    for result in document["results"]:
        yield from _wrap(f"{result['protocol_id']}: {name_tests(result['by_test'])}", "  ")
    yield ""
    varied = VARIED_WORDS[document["varied"]]
    yield from _wrap(
        f"Where one overtakes another ({varied}; {write_share(document['prevalence'])} here, the "
        "others in proportion):"
    )
    for sentence in list_crossings(document) or ["Nowhere: there is one protocol, or all agree."]:
        yield from _wrap(sentence, "  - ")
    yield ""
    yield "Computed from (n of N with its exact 95 % interval):"
    for use in document["parameters"]:
        yield from _format_use(use)
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


TABLES: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("tests", "tests"),
        ("missed", "missed"),
        ("missed_stained", "but stained"),
        ("false", "false"),
    ),
    (
        ("missed_alk", "missed ALK"),
        ("missed_other", "missed other"),
        ("stain_only", "stain only"),
        ("unanswered", "no answer"),
    ),
)


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
        found = result["alk_found"]
        ends = write_shares(found["low"], found["high"])
        yield f"  {result['protocol_id']:<{NAME_WIDTH}}{write_share(found['mean'])} ({ends})"
    yield ""


def _format_costs(document: Document) -> Iterator[str]:
    results = document["results"]
    currency = f" ({document['currency']})" if document["currency"] else ""
    columns = [("cost", f"cost{currency}"), ("days", "days a patient")]
    given = [(n, w) for n, w in columns if any(not is_absent(r[n]) for r in results)]
    names = [name for name, _ in given]
    if given:
        yield from _format_table(results, given)
    if any(not is_absent(result["burden"]) for result in results):
        yield from _format_table(results, [("burden", f"cost with errors{currency}")])
    if "cost" not in names:
        yield "Cost: no costs given (--costs FILE; --template writes one)."
    if "days" not in names:
        yield "Days: no turnaround given (--costs FILE; --template writes one)."
    if "cost" not in names or "days" not in names:
        yield ""


def _format_use(use: Document) -> Iterator[str]:
    yield from _wrap(f"{use['says']}: {say_counts(use)}", "  ")
    who = say_population(use)
    note = use["note"]
    said = ". ".join(part.removesuffix(".") for part in (who, note) if part)
    yield from _wrap(f"{use['key']}{f': {said}' if said else ''}", "      ")


def _wrap(text: str, indent: str = "") -> list[str]:
    hanging = " " * len(indent)
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def write_template(site_id: str, reference: str) -> str:
    """Give a file to fill in: costs and days of every test, and the parameters of a site."""
    from spindle.reasoning.strategy import Question, compare_strategies

    comparison = compare_strategies(Question(site_id=site_id, reference=reference))
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
        f"# Parameters of your own in place of the published ones ({comparison.site_name}).",
        '# Counts "3/20", a share 0.9, or a range "0.8-1".',
        "[parameters]",
    ]
    document = describe_comparison(comparison)
    for use in document["parameters"]:
        lines += [f"# {line}" for line in _wrap(f"{use['says']}: {say_counts(use)}")]
        counts = use["counts"]
        value = f'"{counts[0][0]}/{counts[0][1]}"' if len(counts) == 1 else ""
        lines.append(f'# "{use["key"]}" = {value}')
    return "\n".join(lines)
