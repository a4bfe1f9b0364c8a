"""Codes of diseases and sites in published vocabularies.

Only codes whose terms allow it ship: no SNOMED CT, no MedDRA, no UMLS, no table of ICD. A disease
without a code in a vocabulary has no row; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from spindle.knowledge.fact_tables import TableRow, load_rows
from spindle.knowledge.facts import Fact, load_facts

TABLE = "codes"
KINDS = ("disease", "site")
MATCHES = ("exact", "close", "broader")


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one disease or site."""

    fact: Fact
    """The fact of the row."""
    kind: str
    """`disease` or `site`."""
    entity: str
    """Id of the disease (`imt`, `imt-lung`), or the name of the site."""
    system: str
    """Vocabulary: `Mondo`, `NCIt`, `ORPHA`, `OncoTree`, `ICD-O`."""
    code: str
    """The code as the vocabulary writes it."""
    label: str
    """Its name there, empty where it was not read."""
    match: str
    """`exact`, `close` or `broader`."""
    note: str
    """What else is to be known, empty when nothing is."""


@cache
def load_codes() -> tuple[Code, ...]:
    """Give every code.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed row, or a code that stands twice for one disease, with
        file and line.
    """
    facts = load_facts()
    codes: dict[tuple[str, str, str], Code] = {}
    for row in load_rows(TABLE):
        code = make_code(row, facts)
        key = (code.entity, code.system, code.code)
        if key in codes:
            raise row.fact.fail(f"{code.system} {code.code} stands twice for {code.entity}.")
        codes[key] = code
    return tuple(codes.values())


def make_code(row: TableRow, facts: Mapping[str, Fact]) -> Code:
    """Give the code of a row.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    cells = row.cells
    if not (cells["entity"] and cells["system"] and cells["code"]):
        raise row.fact.fail(f"{row.id} names no entity, system or code.")
    if cells["kind"] not in KINDS or cells["match"] not in MATCHES:
        raise row.fact.fail(f"{row.id} has kind {cells['kind']!r}, match {cells['match']!r}.")
    return Code(fact=facts[row.id], **cells)


@cache
def list_codes(entity: str, system: str = "") -> tuple[Code, ...]:
    """Give the codes of a disease or a site, in one vocabulary where it is named."""
    return tuple(c for c in load_codes() if c.entity == entity and system in ("", c.system))
