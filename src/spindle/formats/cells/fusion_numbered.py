"""Fusions with an exon in brackets behind each gene: `EML4(13)-ALK(20)`, as panels print them.

The first gene is the donor, the 5' one, and its exon the last before the junction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from spindle.knowledge.terms import gene_pattern

# A symbol that the vocabulary does not know.
_SYMBOL = r"[a-z][a-z0-9]{1,9}"
_SLASH = "/"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A fusion whose exons stand in brackets."""

    genes: tuple[str, str]
    """The genes as folded, in the order of writing."""
    exons: tuple[str, str]
    """Their exons as folded."""
    start: int
    """Where the first gene begins."""
    brackets: tuple[tuple[int, int], tuple[int, int]]
    """Where the brackets begin and end."""
    is_ordered: bool
    """Whether the first gene is the 5' one; a slash between them does not say it."""


@cache
def _pattern() -> re.Pattern[str]:
    sides = [
        rf"(?P<gene{n}>{gene_pattern().pattern}|\b{_SYMBOL})\s*"
        rf"(?P<bracket{n}>\(\s*(?P<exon{n}>[0-9]{{1,2}}[a-d]?)\s*\))"
        for n in (1, 2)
    ]
    return re.compile(r"\s*(?P<joint>::|--|-|/)\s*".join(sides))


def find_numbered(folded: str) -> tuple[Numbered, ...]:
    """Give the fusions of folded words with a bare exon in brackets behind each gene, in order."""
    return tuple(
        Numbered(
            genes=(match["gene1"], match["gene2"]),
            exons=(match["exon1"], match["exon2"]),
            start=match.start("gene1"),
            brackets=(match.span("bracket1"), match.span("bracket2")),
            is_ordered=match["joint"] != _SLASH,
        )
        for match in _pattern().finditer(folded)
    )
