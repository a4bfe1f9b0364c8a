"""Names of genes: the symbol that stands for what a caller or a report wrote, with the repair.

A symbol of a transcript or of the vocabulary is taken as it is. An older symbol or an alias is
replaced, and the replacement said. A name that means two genes is left as written: TRK is TPM3 for
one source and NTRK1 for another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from spindle.knowledge.terms import find_gene
from spindle.knowledge.transcript_tables import read_rows, refuse
from spindle.knowledge.transcripts import load_transcripts

_COLUMNS = ("gene", "kind", "name")
_KINDS = {
    "previous": "an earlier symbol",
    "alias": "another name",
    "synonym": "another name",
    "misprint": "a misprint",
}
SPELLING = "another spelling"


@dataclass(frozen=True, slots=True)
class GeneName:
    """What the name of a gene was read as."""

    symbol: str
    """HGNC symbol; the words themselves when no gene of that name is known here."""
    written: str
    """The words as written."""
    repair: str = ""
    """What was done to the words, as a phrase: `an earlier symbol`; empty when nothing was."""
    is_known: bool = True
    """Whether a gene of that name is known here."""


@cache
def load_gene_names() -> Mapping[str, tuple[str, str]]:
    """Give, by other name in capitals, the symbol and the kind of name; ambiguous ones left out.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    found: dict[str, tuple[str, str]] = {}
    ambiguous: set[str] = set()
    for line, row in read_rows("gene_names", _COLUMNS):
        gene, name = row["gene"], row["name"]
        if gene not in load_transcripts():
            raise refuse("gene_names", line, f"{gene!r} has no transcript.")
        if row["kind"] not in _KINDS or not name:
            message = f"{name!r} is of the unknown kind {row['kind']!r}, or no name."
            raise refuse("gene_names", line, message)
        key = name.upper()
        # A symbol is never another gene's alias: it would be read as the gene that it is.
        if key in load_transcripts() and key != gene:
            raise refuse("gene_names", line, f"{name!r} is the symbol of another gene than {gene}.")
        known = found.setdefault(key, (gene, row["kind"]))
        if known[0] != gene:
            ambiguous.add(key)
    return MappingProxyType({name: to for name, to in found.items() if name not in ambiguous})


@lru_cache(maxsize=65_536)
def read_gene_name(written: str) -> GeneName:
    """Give the gene that a name means: by symbol, vocabulary, earlier symbol or alias."""
    plain = written.strip()
    capitals = plain.upper()
    if capitals in load_transcripts():
        return GeneName(capitals, written, "" if plain == capitals else SPELLING)
    if found := find_gene(plain):
        is_same = found.symbol == plain
        return GeneName(found.symbol, written, "" if is_same else SPELLING)
    if capitals in load_gene_names():
        symbol, kind = load_gene_names()[capitals]
        return GeneName(symbol, written, _KINDS[kind])
    return GeneName(plain, written, is_known=False)
