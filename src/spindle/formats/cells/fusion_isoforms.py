"""Fusions by the id of an isoform, as panels name them: `EML4-ALK.E6aA20.AB374361`.

The first gene is the 5' one. Behind the point stands the first letter of each gene with its exon;
bases put in or left out at the junction may stand between them: `EML4-ALK.E14ins11del49A20`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CHANGE = r"(?:(?:ins|del)[0-9]{1,4})"
_CODE = r"[A-Z][0-9]{1,2}[a-d]?"
_SYMBOL = r"[A-Z][A-Z0-9]*(?:orf[0-9]+)?(?:-[0-9]{1,2}|-[A-Z])?"
PATTERN = re.compile(
    rf"(?<![\w.-])(?P<first>{_SYMBOL})(?:-|::)(?P<second>{_SYMBOL})"
    rf"\.(?P<code5>{_CODE})(?P<change>{_CHANGE}*)(?P<code3>{_CODE})"
    rf"(?P<rest>(?:\.[A-Za-z0-9]+)*)(?![\w-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Isoform:
    """A fusion that the id of an isoform names."""

    genes: tuple[str, str]
    """The genes as written, the 5' one first."""
    exons: tuple[str, str]
    """Their exons as written, with the bases put in or left out at the end of the first."""
    change: str
    """Bases put in or left out at the junction, as written; empty for none."""
    places: tuple[int, int, int]
    """Where the point before the exons stands, where the second exon begins, where all ends."""
    start: int
    """Where the first gene begins."""


def find_change(exon: str) -> str:
    """Give the bases put in or left out that stand with an exon; empty for none."""
    match = re.search(rf"{_CHANGE}+", exon, re.IGNORECASE)
    return match.group() if match else ""


def find_isoforms(text: str) -> tuple[Isoform, ...]:
    """Give the isoforms that a text names by their ids, in order."""
    found = (_make_isoform(match) for match in PATTERN.finditer(text))
    return tuple(isoform for isoform in found if isoform)


def read_isoform(text: str) -> Isoform | None:
    """Give the isoform that the text as a whole names, or none."""
    match = PATTERN.fullmatch(text.strip())
    return _make_isoform(match) if match else None


def _make_isoform(match: re.Match[str]) -> Isoform | None:
    genes = (match["first"], match["second"])
    codes = (match["code5"], match["code3"])
    # The letters are those of the genes: without that it is another kind of id.
    if any(gene[0].upper() != code[0].upper() for gene, code in zip(genes, codes, strict=True)):
        return None
    places = (match.start("code5") - 1, match.start("code3"), match.end())
    exon5 = codes[0] + match["change"]
    return Isoform(genes, (exon5, codes[1]), match["change"], places, match.start())
