"""Fusions that are written as exons alone: `E13;A20`, `EML4 E13;A20`, `T7;A20`.

Each letter is the first of its gene. A kinase is taken where only one has that letter, a partner
where the catalogue of fusions knows only one of that kinase; each is said in a doubt. A letter that
disagrees with a gene that is named gives nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spindle.cases.absence import UNKNOWN, Absent
from spindle.formats.cells.fusion_details import Detail, DetailKind
from spindle.knowledge.fusions import list_partners
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.terms import Gene
from spindle.knowledge.words import fold


@dataclass(frozen=True, slots=True)
class CodedFusion:
    """A fusion whose genes are told by the letters of its exons."""

    gene5: str | Absent
    """The partner; unknown where several begin with the letter."""
    gene3: str
    """The kinase."""
    messages: tuple[str, ...]
    """Which gene was taken from its letter alone, and why."""


def read_coded_fusion(
    details: Iterable[Detail], named: tuple[Gene, ...], *, are_others_named: bool
) -> CodedFusion | None:
    """Give the fusion that two exons with letters tell, beside the genes that the words name.

    None when there are not two such exons, when letters and genes disagree, or when neither the
    kinase is named nor any partner of it known that fits. `are_others_named` says that there are
    words which no vocabulary knows.
    """
    codes = [detail for detail in details if detail.kind is DetailKind.EXON and detail.letter]
    # A name that is not known may be the partner's, so that the letter may not choose another.
    is_partner_named = any(not gene.is_kinase for gene in named)
    if len(codes) != 2 or (are_others_named and not is_partner_named):
        return None
    for partner, kinase in (codes, codes[::-1]):
        if found := _read_pair(partner, kinase, named):
            return found
    return None


def _read_pair(partner: Detail, kinase: Detail, named: tuple[Gene, ...]) -> CodedFusion | None:
    kinases = [gene.symbol for gene in named if gene.is_kinase] or list(load_kinases().names)
    partners = [gene.symbol for gene in named if not gene.is_kinase]
    symbols = _begin_with(kinases, kinase.letter)
    if len(symbols) != 1 or len(partners) > 1:
        return None
    (gene3,) = symbols
    messages = []
    is_kinase_named = any(gene.is_kinase for gene in named)
    if not is_kinase_named:
        messages.append(f'"{kinase.value}" names no gene. {gene3} is the one kinase that fits.')
    if partners:
        gene5 = _begin_with(partners, partner.letter)
        return CodedFusion(gene5[0], gene3, tuple(messages)) if gene5 else None
    known = _begin_with(list_partners(gene3), partner.letter)
    if len(known) == 1:
        why = f"{known[0]} is the only partner of {gene3} known here that fits."
        messages.append(f'"{partner.value}" names no gene. {why}')
        return CodedFusion(known[0], gene3, tuple(messages))
    if not known and not is_kinase_named:
        return None
    why = f"{len(known)} partners of {gene3} known here fit" if known else "no known partner fits"
    messages.append(f'"{partner.value}" names no gene, and {why}. The partner is unknown.')
    return CodedFusion(UNKNOWN, gene3, tuple(messages))


def _begin_with(symbols: Iterable[str], letter: str) -> list[str]:
    return [symbol for symbol in symbols if fold(symbol).startswith(letter)]
