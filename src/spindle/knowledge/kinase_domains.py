"""Kinase domains: which amino acids of a protein are its kinase, by the convention that says so.

Conventions differ in where a domain ends, so a gene can have two; both stand, and the difference is
a conflict of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from spindle.knowledge.csv_files import read_whole
from spindle.knowledge.fact_tables import TableRow, load_rows
from spindle.knowledge.facts import Fact, load_facts

TABLE = "domains"
_WHOLE = ("start", "end", "protein_length")


@dataclass(frozen=True, slots=True)
class DomainOfKinase:
    """The kinase domain of one protein, by one convention."""

    fact: Fact
    """The fact of the row."""
    gene: str
    """Gene: `ALK`."""
    accession: str
    """UniProt accession of the protein, empty where it was not read."""
    start: int
    """First amino acid of the domain, from 1."""
    end: int
    """Last amino acid of the domain."""
    protein_length: int
    """Amino acids of the whole protein."""
    convention: str
    """Who draws it there: `kinase-com`, `uniprot`."""


@cache
def load_kinase_domains() -> tuple[DomainOfKinase, ...]:
    """Give every kinase domain.

    Raises
    ------
    UserError
        `knowledge-invalid` for a row that is no domain, with file and line.
    """
    return tuple(make_kinase_domain(row) for row in load_rows(TABLE))


def make_kinase_domain(row: TableRow) -> DomainOfKinase:
    """Give the kinase domain of a row.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    cells = row.cells
    if not (cells["gene"] and cells["convention"]):
        raise row.fact.fail(f"{row.id} names no gene or convention.")
    try:
        start, end, length = (read_whole(cells[column]) for column in _WHOLE)
    except ValueError:
        raise row.fact.fail(f"{row.id} has a position that is no whole number.") from None
    if not 1 <= start < end <= length:
        raise row.fact.fail(f"{row.id} runs from {start} to {end} of {length}.")
    return DomainOfKinase(
        fact=load_facts()[row.id],
        gene=cells["gene"],
        accession=cells["accession"],
        start=start,
        end=end,
        protein_length=length,
        convention=cells["convention"],
    )
