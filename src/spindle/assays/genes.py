"""Gene symbols as the vocabulary writes them, so that `Alk` and `ALK-1` are one gene."""

from __future__ import annotations

from spindle.cases.absence import Absent
from spindle.knowledge.vocabularies import find_gene


def name_gene(words: str) -> str:
    """Give the symbol of a gene by any of its names; the words themselves when unknown."""
    found = find_gene(words)
    return found.symbol if found else words


def name_gene_if_said(words: str | Absent) -> str | Absent:
    """Give the symbol of a gene, or the absence as it is."""
    return words if isinstance(words, Absent) else name_gene(words)
