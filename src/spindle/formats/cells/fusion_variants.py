"""Fusions by the number of a published variant: `EML4-ALK variant 1`, `EML4::ALK V3a`.

Which exons a variant joins is data (`[variants]` of the vocabulary of fusions). A variant that
stands there without a letter where papers give it letters is not read: its exons are not sure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from spindle.knowledge.words import fold, load_word_lists, make_pattern

_PREFIX = "variants."
_JOINT = r"\s*(?:::|--|-|/)\s*"
# Words between the fusion and its variant: "fusion transcript,".
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of a fusion, as a text names it."""

    genes: tuple[str, str]
    """Symbols of the genes, the 5' one first."""
    exons: tuple[str, str]
    """Its exons, each behind the first letter of its gene."""
    start: int
    """Where the words for the variant begin in the folded text."""
    number: int
    """Where its number begins."""
    end: int
    """Where they end."""


def find_variants(folded: str) -> tuple[Variant, ...]:
    """Give the variants that folded words name right behind their fusion, or before it."""
    found = []
    for genes, known in _load_variants().items():
        for match in _pattern(genes).finditer(folded):
            name = "number" if match["number"] else "number_before"
            if exons := known.get(match[name]):
                start = match.start("variant" if name == "number" else "variant_before")
                found.append(Variant(genes, exons, start, *match.span(name)))
    return tuple(found)


@cache
def _load_variants() -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    """Give the exons of variants by their number, by the genes of the fusion."""
    found: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for key, rows in load_word_lists("fusions").items():
        if key.startswith(_PREFIX):
            first, second = key.removeprefix(_PREFIX).split("::")
            entries = (row.split() for row in rows)
            found[first, second] = {fold(name): (five, three) for name, five, three in entries}
    return found


@cache
def _pattern(genes: tuple[str, str]) -> re.Pattern[str]:
    first, second = (re.escape(fold(gene)) for gene in genes)
    fusion = rf"(?<![\w-])(?:{first}{_JOINT}{second}|{second}{_JOINT}{first})(?![\w-])"
    words = make_pattern("fusions", "fillers", "partnerless").pattern
    between = rf"[\s,:(\[]*(?:(?:{words})[\s,:(\[]*){{0,{_MOST_WORDS}}}"
    noun = make_pattern("fusions", "variant_nouns").pattern
    # The one letter "v" stands right before its number.
    number = r"[0-9]{1,2}[a-z]?(?![\w/]|[.,-]\w)"
    behind = rf"(?P<variant>(?:(?:{noun})[\s.:-]*|\bv\.?\s?)(?P<number>{number}))"
    before = behind.replace("<variant>", "<variant_before>").replace("<number>", "<number_before>")
    return re.compile(rf"{fusion}{between}{behind}|{before}{between}{fusion}")
