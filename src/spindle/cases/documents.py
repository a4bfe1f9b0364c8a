"""Cases as JSON documents: strict in, complete out, with a published JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from spindle.cases.case import Case
from spindle.cases.versions import Document, upgrade_document
from spindle.errors import UserError

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

SCHEMA_ID = "urn:spindle:schema:case:1"


@cache
def _adapter() -> TypeAdapter[Case]:
    from pydantic import TypeAdapter

    return TypeAdapter(Case)


def read_case(document: str | bytes | Document, *, place: str = "") -> Case:
    """Give the case of a JSON text or of an already parsed document.

    Older schema versions are upgraded first. Unknown fields, wrong types and numbers that are not
    finite are refused; a missing field is `{"absent": "not_reported"}`.

    Raises
    ------
    UserError
        `case-invalid` naming the first field at fault, `case-version-unknown`.
    """
    parsed = _parse(document, place) if isinstance(document, str | bytes) else document
    if not isinstance(parsed, dict):
        raise UserError("case-invalid", "A case document is a JSON object.", place=place)
    upgraded = upgrade_document(parsed)
    from pydantic import ValidationError

    try:
        # Through JSON, so that strict means what it means in JSON: a list for a tuple, a text for
        # an enumeration or a date.
        return _adapter().validate_json(json.dumps(upgraded, default=str, allow_nan=False))
    except ValidationError as error:
        raise UserError("case-invalid", _describe(error), place=place) from None
    except ValueError as error:
        raise UserError("case-invalid", f"{error}.", place=place) from None


def _parse(text: str | bytes, place: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError("case-invalid", f"Not JSON: {error}.", place=place) from None


def _describe(error: ValidationError) -> str:
    # In a union pydantic names one failure a member; the longest path is the field at fault.
    first = max(error.errors(include_url=False), key=lambda item: len(item["loc"]))
    where = ".".join(str(part) for part in first["loc"]) or "the document"
    return f"{where}: {first['msg']} (value {str(first['input'])[:80]!r})."


def write_case(case: Case) -> bytes:
    """Give the case as one line of JSON in UTF-8, every field written out."""
    return _adapter().dump_json(case)


def write_case_document(case: Case) -> Document:
    """Give the case as a document of plain JSON types."""
    return _adapter().dump_python(case, mode="json")  # type: ignore[no-any-return]


def make_case_schema() -> Document:
    """Give the JSON Schema (2020-12) of a case document."""
    schema = _adapter().json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}
