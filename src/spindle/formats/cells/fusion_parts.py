"""A cell or a line taken apart at its semicolons and full stops, one part for one fusion.

A part that names no gene speaks of the one before it ("...; in frame"), or of the one behind it
when it stands first. One that only denies further fusions is set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from spindle.cases.observations import FusionCall
from spindle.formats.cells.fusion_details import blank_details, find_details
from spindle.formats.cells.fusion_pairs import Pair, iterate_pairs
from spindle.knowledge.terms import find_gene, gene_pattern
from spindle.knowledge.words import fold, make_pattern

# A full stop ends a sentence when a space follows, and not behind "ex." or "var.".
_END = re.compile(r";|(?<!\bex)(?<!\bvar)\.(?=\s|$)")
_LINE = re.compile(r"[ \t]*[\r\n]+\s*")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a text, that names a gene."""

    words: str
    """Its words as written."""
    pairs: frozenset[frozenset[str]]
    """The fusions that it names, each by its two symbols."""
    genes: frozenset[str]
    """Symbols of the genes that it names."""

    def speaks_of(self, call: FusionCall) -> bool:
        """Give whether it speaks of a fusion, or of a gene of it where it names no fusion."""
        genes = frozenset((str(call.gene5), str(call.gene3)))
        return genes in self.pairs if self.pairs else bool(genes & self.genes)


def split_parts(text: str) -> tuple[Part, ...]:
    """Give the parts of a text that name a gene each; none when it has no parts."""
    plain = _make_plain(text)
    pieces = _split(plain)
    if len(pieces) <= 1:
        return ()
    kept = [piece for piece in pieces if not _denies_others(plain[slice(*piece)])]
    joined: list[tuple[int, int]] = []
    is_named = False
    for start, end in kept:
        names_gene = _names_gene(plain[start:end])
        if joined and not (is_named and names_gene):
            joined[-1] = joined[-1][0], end
            is_named = is_named or names_gene
        else:
            joined.append((start, end))
            is_named = names_gene
    return tuple(_make_part(plain[start:end].strip()) for start, end in joined)


def find_others_denied(text: str) -> tuple[str, ...]:
    """Give the parts of a text that only deny further fusions: "no other fusion"."""
    plain = _make_plain(text)
    parts = (plain[start:end].strip() for start, end in _split(plain))
    return tuple(part for part in parts if _denies_others(part))


def _make_plain(text: str) -> str:
    """Give a text with one kind of space, a line ended like a sentence."""
    return " ".join(_LINE.sub("; ", text.strip()).split())


@lru_cache(maxsize=4096)
def _split(plain: str) -> tuple[tuple[int, int], ...]:
    """Give where the parts of a text begin and end; one where folding moves its letters."""
    folded = fold(plain)
    if len(folded) != len(plain):
        return ((0, len(plain)),)
    blank = blank_details(folded, find_details(folded))
    cuts = [0]
    for match in _END.finditer(blank):
        before = blank[: match.start()]
        if before.count("(") <= before.count(")") and before.count("[") <= before.count("]"):
            cuts.append(match.end())
    ends = (*cuts[1:], len(plain))
    return tuple(
        (start, end)
        for start, end in zip(cuts, ends, strict=True)
        if any(letter.isalnum() for letter in plain[start:end])
    )


def _denies_others(words: str) -> bool:
    folded = fold(words)
    return bool(make_pattern("fusions", "others_denied").search(folded)) and not _names_gene(words)


def _names_gene(words: str) -> bool:
    return any(_iterate_genes(words)) or any(_iterate_pairs(words))


def _make_part(words: str) -> Part:
    pairs = frozenset(frozenset(pair.symbols) for pair in _iterate_pairs(words))
    return Part(words.rstrip(" ;."), pairs, frozenset(_iterate_genes(words)))


def _iterate_genes(words: str) -> Iterator[str]:
    found = (find_gene(match.group()) for match in gene_pattern().finditer(fold(words)))
    return (gene.symbol for gene in found if gene)


def _iterate_pairs(words: str) -> Iterator[Pair]:
    folded = fold(words)
    return iterate_pairs(words, blank_details(folded, find_details(folded)))
