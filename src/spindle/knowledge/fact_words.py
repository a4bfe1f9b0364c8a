"""Facts in words: the value of a fact with its unit, and the topic it belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from spindle.knowledge.facts import Comparison, Fact

_COMPARISONS = {
    Comparison.EQUAL: "",
    Comparison.MORE_THAN: "more than ",
    Comparison.AT_LEAST: "at least ",
    Comparison.LESS_THAN: "below ",
    Comparison.AT_MOST: "at most ",
}
_PATTERNS = {
    "split": "split signals",
    "isolated_3p": "isolated 3' signals",
    "isolated_5p": "isolated 5' signals",
}


def name_patterns(words: Iterable[str]) -> str:
    """Give signal patterns in words; other words stay as they are."""
    return " and ".join(_PATTERNS.get(word, word) for word in words)


def describe_value(fact: Fact) -> str:
    """Give the value of a fact in words with its comparison and unit, empty when it has none."""
    if fact.value == "":
        return ""
    if isinstance(fact.value, str):
        words = fact.value.split(", ")
        said = name_patterns(words) if set(words) <= set(_PATTERNS) else fact.value
        return f"{said} {fact.unit}".strip()
    if fact.value == 0 and fact.comparison is Comparison.AT_LEAST:
        return f"any number of {fact.unit}"
    return f"{_COMPARISONS[fact.comparison]}{_write_number(fact.value)} {fact.unit}".strip()


def _write_number(value: float) -> str:
    """Give a number with all its digits and commas between thousands: 1,620 and 0.025."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.10g}"


def describe_how_read(fact: Fact) -> str:
    """Give how carefully a fact was read: `read once`."""
    return fact.how_read.replace("_", " ")


def name_topic(fact_id: str) -> str:
    """Give the topic of a fact: the first word of its id."""
    return fact_id.partition(".")[0]
