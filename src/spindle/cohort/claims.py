"""Claims: the sentences of a publication that can be recomputed, as a claims file holds them.

`docs/claims.md` shows how to write one. The file says what was printed and where; it never says
what recomputing it should give.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.kinds import KINDS, Check
from spindle.cohort.condition_fields import FieldTest, suggest
from spindle.errors import UserError
from spindle.formats.toml_files import parse_toml_text, read_toml_text

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SECTIONS = ("source", "documents", "claims")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that claims speak of."""

    id: str
    """Key by which claims cite it."""
    title: str
    """Short name for a sentence."""
    citation: str
    """Authors, title, where and when."""
    identifier: str
    """DOI, PubMed id or address, where known."""


@dataclass(frozen=True, slots=True)
class ClaimsSource:
    """The publication whose sentences are checked."""

    citation: str
    """Authors, title, where and when."""
    identifier: str
    """DOI or another stable identifier, where known."""
    table: str
    """Where its rows come from."""
    terms: str
    """Terms of use as far as they are known."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a publication that can be recomputed."""

    id: str
    """Stable id, in small letters with hyphens."""
    sentence: str
    """What the sentence says, in other words than its own."""
    where: str
    """Where it stands."""
    kind: str
    """Kind of claim."""
    note: str
    """How the sentence was read, and how else it can be read."""
    place: str
    """File and line, for errors."""
    check: Check
    """What recomputes it."""
    tests: tuple[FieldTest, ...]
    """Every field of a row that it asks for."""


@dataclass(frozen=True, slots=True)
class ClaimsFile:
    """The claims of one publication."""

    source: ClaimsSource
    """The publication."""
    documents: Mapping[str, Document]
    """Documents that claims cite, by id."""
    claims: tuple[Claim, ...]
    """The claims, in the order of the file."""


def load_claims(path: Path) -> ClaimsFile:
    """Give the claims of a TOML file.

    Raises
    ------
    UserError
        `file-not-found`, `file-is-folder` or `file-unreadable` for a file that can't be opened;
        `claims-invalid`, with line, claim, field and what is allowed, for one that is not valid.
    """
    return parse_claims(read_toml_text(path, slug="claims-invalid", name="claims file"), path.name)


def parse_claims(text: str, file_name: str) -> ClaimsFile:
    """Give the claims of a TOML text.

    Raises
    ------
    UserError
        `claims-invalid`, with line, claim, field and what is allowed.
    """
    # Decimals keep the digits that were printed: 35.0 is not 35.
    values = parse_toml_text(text, slug="claims-invalid", place=file_name, parse_float=Decimal)
    for section in values:
        if section not in _SECTIONS:
            message = (
                f"There is no section {section!r}.{suggest(section, _SECTIONS)} "
                f"A claims file has {', '.join(_SECTIONS)}."
            )
            raise UserError("claims-invalid", message, place=file_name)
    source = _read_source(ClaimFields(_get_table(values, "source", file_name), file_name))
    documents = _read_documents(values, file_name)
    return ClaimsFile(source, documents, _read_claims(values, documents, text, file_name))


def _get_table(values: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        raise UserError("claims-invalid", f"{name} is not a table.", place=place)
    return table


def _read_source(fields: ClaimFields) -> ClaimsSource:
    fields = ClaimFields(fields.values, f"{fields.place}, source")
    source = ClaimsSource(
        citation=fields.read_text("citation"),
        identifier=fields.read_text("identifier", ""),
        table=fields.read_text("table", ""),
        terms=fields.read_text("terms", ""),
    )
    fields.finish()
    return source


def _read_documents(values: Mapping[str, Any], file_name: str) -> Mapping[str, Document]:
    documents = {}
    for document_id, table in _get_table(values, "documents", file_name).items():
        place = f"{file_name}, documents.{document_id}"
        if not isinstance(table, dict):
            raise UserError("claims-invalid", f"{document_id} is not a table.", place=place)
        fields = ClaimFields(table, place)
        documents[document_id] = Document(
            id=document_id,
            title=fields.read_text("title"),
            citation=fields.read_text("citation"),
            identifier=fields.read_text("identifier", ""),
        )
        fields.finish()
    return MappingProxyType(documents)


def _read_claims(
    values: Mapping[str, Any], documents: Mapping[str, Document], text: str, file_name: str
) -> tuple[Claim, ...]:
    entries = values.get("claims", [])
    if not isinstance(entries, list) or not entries:
        message = "It holds no claim; each one stands under [[claims]]."
        raise UserError("claims-invalid", message, place=file_name)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[claims]]"]
    titles = {document.id: document.title for document in documents.values()}
    claims: dict[str, Claim] = {}
    for position, entry in enumerate(entries):
        line = f", line {lines[position]}" if len(lines) == len(entries) else ""
        if not isinstance(entry, dict):
            raise UserError("claims-invalid", "A claim is not a table.", place=file_name)
        claim = _read_claim(entry, f"{file_name}{line}", titles)
        if claim.id in claims:
            message = f"The id stands twice, first at {claims[claim.id].place}."
            raise UserError("claims-invalid", message, place=claim.place)
        claims[claim.id] = claim
    return tuple(claims.values())


def _read_claim(entry: Mapping[str, Any], place: str, documents: Mapping[str, str]) -> Claim:
    fields = ClaimFields(entry, place, documents)
    claim_id = fields.read_text("id")
    if not _ID.fullmatch(claim_id):
        raise fields.fail(
            f"The id {claim_id!r} has other characters than small letters, digits and hyphens."
        )
    fields.place = f"{place}, claim {claim_id}"
    sentence, where = fields.read_text("sentence"), fields.read_text("where")
    kind, note = (
        fields.read_choice("kind", {name: name for name in KINDS}),
        fields.read_text("note", ""),
    )
    check = KINDS[kind](fields)
    fields.finish()
    return Claim(claim_id, sentence, where, kind, note, fields.place, check, tuple(fields.tests))
