"""A comparison of testing strategies as a document, with its numbers and sentences in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from spindle import __version__
from spindle.knowledge.facts import find_fact
from spindle.knowledge.strategies import load_strategy_data
from spindle.reasoning.plain_types import describe_record
from spindle.reasoning.strategy import StrategyComparison
from spindle.reasoning.strategy_measures import MEASURES

Document = Mapping[str, Any]

NOTICE = "Research use, not a medical device."
SCHEMA = "urn:spindle:schema:strategy:2"
# Numbers are never printed more finely than this, nor shares of draws than one per cent.
FINEST = 0.1
TENTHS_BELOW = 10
STEPS = (1, 2, 5, 10)
# Shares of the draws between these are printed as whole per cent.
LEAST_PART, MOST_PART = 0.005, 0.995
# What would be nought if nothing happened that no series has seen.
UNSEEN = "*"
# What follows from a definition, in a comparison.
DEFINED = "†"

VARIED_WORDS: Mapping[str, str] = {
    "alk": "share of patients with an ALK fusion",
    "any": "share of patients with any kinase fusion",
}
ORIGINS: Mapping[str, str] = {
    "own": "",
    "part": "in part borrowed",
    "borrowed": "borrowed",
    "assumed": "assumed",
    "defined": "by definition",
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
    "ALK open: no fusion found, no stain positive, and no test was done that answers on ALK. A "
    "negative ALK stain answers on ALK, also where sequencing fails after it.",
    "Others open: no fusion found, and one or more of the other kinases that are read have no "
    "answer, because the test failed or because the protocol asks for none.",
)
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
        ("unanswered", "ALK open"),
        ("others_open", "others open"),
    ),
    (("stain_only", "stain only"),),
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


# Numbers -----------------------------------------------------------------------------------------


def write_number(number: float, error: float = 0.0) -> str:
    """Give a number no more finely than its Monte Carlo error allows, and to one digit at least.

    Parameters
    ----------
    error:
        Half of the 95 % interval that the number of draws leaves; 0 for an exact number.
    """
    size = abs(number)
    unit = max(FINEST if size < TENTHS_BELOW else 1.0, _find_unit(error))
    if size > 0:
        unit = max(FINEST, min(unit, 10.0 ** math.floor(math.log10(size))))
    rounded = round(number / unit) * unit
    text = f"{rounded:,.1f}".removesuffix(".0") if unit < 1 else f"{rounded:,.0f}"
    return "0" if text == "-0" else text.replace("-", "−")


def _find_unit(error: float) -> float:
    """Give the next of 1, 2, 5, 10, 20 and so on that is not below an error."""
    if error < FINEST:
        return 0.0
    power = 10.0 ** math.floor(math.log10(error))
    return next(step * power for step in STEPS if step * power >= error)


def write_mean(estimate: Any) -> str:
    """Give the mean of the draws, with a mark where it rests on what no series has seen."""
    if is_absent(estimate):
        return "not given"
    mark = UNSEEN if estimate["is_unseen"] else ""
    return f"{_write_above(estimate['mean'], estimate['mean_error'])}{mark}"


def _write_above(number: float, error: float) -> str:
    """Give a number so that what is above nought is never printed as nought."""
    text = write_number(number, error)
    return f"<{FINEST:g}" if text == "0" and number > 0 else text


def write_ends(estimate: Any, dash: str = "–") -> str:
    """Give the range of the draws as `12–140`; empty when there is no number."""
    if is_absent(estimate):
        return ""
    low = write_number(estimate["low"], estimate["low_error"])
    return f"{low}{dash}{_write_above(estimate['high'], estimate['high_error'])}"


def write_share(share: float) -> str:
    """Give a share in whole per cent, with one decimal below one per cent."""
    percent = 100 * share
    return f"{percent:.1f}".removesuffix(".0") + " %" if percent < 1 else f"{percent:.0f} %"


def write_shares(low: float, high: float) -> str:
    """Give two shares as `3 to 100 %`."""
    return f"{write_share(low).removesuffix(' %')} to {write_share(high)}"


def write_drawn(estimate: Any) -> str:
    """Give a share that was drawn as `75 % (15 to 100 %)`, or alone where it is certain."""
    mark = UNSEEN if estimate["is_unseen"] else ""
    if estimate["low"] == estimate["high"]:
        return write_share(estimate["mean"])
    return (
        f"{write_share(estimate['mean'])}{mark} ({write_shares(estimate['low'], estimate['high'])})"
    )


def write_part(share: float) -> str:
    """Give a share of the draws, which is never nought or all of them by rounding."""
    if 0 < share < LEAST_PART:
        return "<1 %"
    if MOST_PART < share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def name_tests(by_test: Mapping[str, Any]) -> str:
    """Give how often each test is done, as a list in words."""
    tests = load_strategy_data().tests
    said = (f"{tests[test].name} {write_mean(count)}" for test, count in by_test.items())
    return ", ".join(said)


# Contrasts ---------------------------------------------------------------------------------------


def list_contrasts(document: Document, measure: str) -> list[Document]:
    """Give the contrasts of a measure between protocols that differ, the fewest first."""
    means = {r["protocol_id"]: r[measure] for r in document["results"]}
    found = [c for c in document["contrasts"] if c["measure"] == measure and not c["is_equal"]]
    return sorted(found, key=lambda c: (means[c["fewer"]]["mean"], means[c["more"]]["mean"]))


def list_measures(document: Document) -> list[str]:
    """Give the measures in which protocols differ."""
    return [measure for measure in MEASURES if list_contrasts(document, measure)]


def mark_name(document: Document, measure: str, name: str) -> str:
    """Give a protocol's name, marked where a definition decides its comparisons."""
    is_marked = name in {result["protocol_id"] for result in _list_marked(document, measure)}
    return f"{name}{DEFINED}" if is_marked else name


def _list_marked(document: Document, measure: str) -> list[Document]:
    """Give the results of a measure that follow from a definition, and not from a count."""
    results: list[Document] = document["results"]
    if measure == "missed":
        return [r for r in results if r["missed_unasked"]["mean"] > 0]
    has_definitions = any(use["origin"] == "defined" for use in document["parameters"])
    return [r for r in results if has_definitions and measure == "false" and not r["false"]["high"]]


def say_difference(contrast: Document) -> str:
    """Give how much more the second protocol has: `52 (−30 to 260)`."""
    difference = contrast["difference"]
    return f"{write_mean(difference)} ({write_ends(difference, ' to ')})"


def say_crossing(contrast: Document) -> str:
    """Give where the two lines cross; empty when they cross in no draw."""
    share = contrast["share_crossing"]
    if not share:
        return ""
    ends = write_shares(contrast["low"], contrast["high"])
    if is_absent(contrast["at"]):
        return f"cross in {write_part(share)} of the draws, 95 % of these at {ends}"
    other = contrast["more"] if contrast["below"] == contrast["fewer"] else contrast["fewer"]
    return (
        f"cross at {write_share(contrast['at'])}, and {other} has {say_less(contrast['measure'])} "
        f"above; in {write_part(share)} of the draws, 95 % of these at {ends}"
    )


def list_sentences(document: Document, measure: str) -> list[str]:
    """Give the contrasts of a measure in sentences, for a picture and for a reader of pages."""
    return [_say_contrast(document, contrast) for contrast in list_contrasts(document, measure)]


def _say_contrast(document: Document, contrast: Document) -> str:
    measure = contrast["measure"]
    fewer, more = (mark_name(document, measure, contrast[end]) for end in ("fewer", "more"))
    return f"{fewer} has {say_less(measure)} than {more}, {say_gap(contrast)}."


def say_gap(contrast: Document) -> str:
    """Give by how much two protocols differ, in what share of the draws, and where they cross."""
    crossing = say_crossing(contrast)
    return (
        f"by {say_difference(contrast)}, in {write_part(contrast['share_fewer'])} of the draws"
        f"{f'; they {crossing}' if crossing else ''}"
    )


def say_less(measure: str) -> str:
    """Give `fewer` or `less`, as the measure wants it."""
    return "less" if measure in ("cost", "burden") else "fewer"


def list_notes(document: Document) -> list[str]:
    """Give what a reader of the contrasts has to know: what is a matter of definition."""
    missed = [
        f"{DEFINED} {r['protocol_id']} asks for no test after a positive stain, and a stain alone "
        f"does not count as found: {write_mean(r['missed_unasked'])} of its "
        f"{write_mean(r['missed'])} missed fusions are missed by that definition, not by a test."
        for r in _list_marked(document, "missed")
    ]
    false = [
        f"{DEFINED} {r['protocol_id']} calls no fusion falsely by definition of the reference, not "
        "by measurement."
        for r in _list_marked(document, "false")
    ]
    return [*missed, *false]


# Parameters --------------------------------------------------------------------------------------


def say_use(use: Document) -> str:
    """Give a parameter with what was drawn, what it rests on, who was counted, and its key."""
    drawn = f"{use['says']}: {write_drawn(use['drawn'])}"
    parts = [drawn, say_counts(use), say_population(use), use["note"].removesuffix(".")]
    said = ". ".join(f"{part[0].upper()}{part[1:]}" for part in parts if part)
    return f"{said} [{use['key']}]"


def say_counts(use: Document) -> str:
    """Give the counts that a parameter rests on, series by series, or what it is instead."""
    if use["shared_with"]:
        return f"the same unknown as {use['shared_with']}"
    if use["counts"]:
        return "; ".join(f"{n} of {of}" for n, of in use["counts"])
    is_range = use["drawn"]["low"] != use["drawn"]["high"]
    return "anything between, drawn evenly" if is_range else ""


def say_population(use: Document) -> str:
    """Give who was counted, with the word for a parameter that is not the site's own."""
    who = "" if use["shared_with"] else "; ".join(dict.fromkeys(use["populations"]))
    return ": ".join(part for part in (ORIGINS[use["origin"]], who) if part)


def say_prior(document: Document) -> str:
    """Give how counts become ranges, the prior named."""
    return (
        "A count becomes a beta distribution that begins with half a patient on either side (the "
        "prior of Jeffreys). Patients of one published series are taken to be correlated by "
        f"{document['correlation']:g} or more, so that no series counts in full. "
        f"{UNSEEN} stands where no series saw it happen, or none saw it fail: the mean is then "
        "the prior's."
    )


def say_reference(document: Document) -> str:
    """Give what counts as an ALK fusion, and which other references there are."""
    others = [name for name in document["references"] if name != document["reference"]]
    more = f" Other references: {', '.join(others)}." if others else ""
    return f"Reference: {document['reference_says']} (--reference {document['reference']}).{more}"


def describe_title(document: Document) -> str:
    """Give the title of a comparison."""
    return f"Testing strategies, {document['site_name']}: {document['patients']:,} patients"


def iterate_costs(document: Document) -> Iterator[tuple[str, str]]:
    """Give the columns of cost and time that the user's numbers cover, with their words."""
    money = f" ({document['currency']})" if document["currency"] else ""
    columns = (
        ("cost", f"cost{money}"),
        ("days", "days a patient"),
        ("burden", f"cost with errors{money}"),
    )
    results = document["results"]
    yield from ((n, w) for n, w in columns if any(not is_absent(r[n]) for r in results))
