"""Cases as JSON documents: strict in, complete out, with a published JSON Schema."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from spindle.cases.case import Case
from spindle.cases.faults import find_faults
from spindle.cases.versions import Document, upgrade_document
from spindle.errors import UserError

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

OBSERVATION_CLASSES: Mapping[str, str] = {
    "stain": "Stain",
    "fish": "FishTest",
    "rt_pcr": "PcrTest",
    "fusion_test": "FusionTest",
}
MAX_DIGITS = 1000
SCHEMA_ID = "urn:spindle:schema:case:1"


@cache
def _adapter() -> TypeAdapter[Case]:
    from pydantic import TypeAdapter

    return TypeAdapter(Case)


def read_case(document: str | bytes | Document, *, place: str = "") -> Case:
    """Give the case of a JSON text or of an already parsed document.

    Older schema versions are upgraded first. Unknown fields, wrong types, keys that stand twice
    and numbers that can't be are refused; a missing field is `{"absent": "not_reported"}`.

    Raises
    ------
    UserError
        `case-invalid` naming the first field at fault, `case-version-unknown`.
    """
    parsed = parse_document(document, place) if isinstance(document, str | bytes) else document
    if not isinstance(parsed, dict):
        raise UserError("case-invalid", "A case document is a JSON object.", place=place)
    upgraded = upgrade_document(parsed)
    _check_kinds(upgraded, place)
    case = _validate(upgraded, place)
    for fault in find_faults(case):
        raise UserError("case-invalid", fault, place=place)
    return case


def parse_document(text: str | bytes, place: str) -> Any:
    """Give a JSON text as plain types; a field that stands twice is refused.

    Raises
    ------
    UserError
        `case-invalid`.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_refuse_repeated_keys, parse_int=parse_whole_number
        )
    except (ValueError, RecursionError) as error:
        raise UserError("case-invalid", f"Not JSON: {error}.", place=place) from None


def parse_whole_number(digits: str) -> int:
    """Give a whole number, refusing one that no field of a case could hold."""
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits is more than any field holds")
    return int(digits)


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> Document:
    document = dict(pairs)
    if len(document) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the field {repeated!r} stands twice")
    return document


def _check_kinds(document: Document, place: str) -> None:
    """Refuse an observation that does not say its kind; which test it was is never guessed."""
    for path, observation in _iterate_raw_observations(document):
        kind = observation.get("kind") if isinstance(observation, dict) else None
        if not isinstance(kind, str) or kind not in OBSERVATION_CLASSES:
            known = ", ".join(OBSERVATION_CLASSES)
            shown = repr(kind[:80]) if isinstance(kind, str) else f"a {type(kind).__name__}"
            message = f"{path}.kind: {shown} is no kind of observation; known are {known}."
            raise UserError("case-invalid", message, place=place)


def _iterate_raw_observations(document: Document) -> Iterator[tuple[str, Any]]:
    specimens = document.get("specimens", [])
    for i, specimen in enumerate(specimens if isinstance(specimens, list) else []):
        observations = specimen.get("observations", []) if isinstance(specimen, dict) else []
        for k, observation in enumerate(observations if isinstance(observations, list) else []):
            yield f"specimens.{i}.observations.{k}", observation


def _validate(document: Document, place: str) -> Case:
    from pydantic import ValidationError

    try:
        # Through JSON, so that strict means what it means in JSON: a list for a tuple, a text for
        # an enumeration or a date.
        text = json.dumps(document, default=_write_date, allow_nan=False)
        return _adapter().validate_json(text)
    except ValidationError as error:
        raise UserError("case-invalid", _describe(error, document), place=place) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise UserError("case-invalid", f"Not JSON: {error}.", place=place) from None


def _write_date(value: object) -> str:
    """Give a date that a TOML file holds; nothing else becomes words."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of JSON")


def _describe(error: ValidationError, document: Document) -> str:
    kinds = {path: item["kind"] for path, item in _iterate_raw_observations(document)}
    meant = [item for item in error.errors(include_url=False) if _is_meant(item["loc"], kinds)]
    # In a union pydantic names one failure a member; the longest path is the field at fault.
    first = max(meant, key=lambda item: len(item["loc"]))
    parts = [str(p) for p in first["loc"] if p not in OBSERVATION_CLASSES.values()]
    where = ".".join(parts) or "the document"
    if first["type"] == "unexpected_keyword_argument":
        return (
            f"{where}: A case document has no such field (value {str(first['input'])[:80]!r}). "
            "A case in your own words is a TOML file: spindle case --template."
        )
    return f"{where}: {first['msg']} (value {str(first['input'])[:80]!r})."


def _is_meant(path: tuple[int | str, ...], kinds: Mapping[str, str]) -> bool:
    """Whether a failure concerns the kind of observation that the document says."""
    kind = kinds.get(".".join(map(str, path[:4])))
    return kind is None or len(path) < 5 or path[4] == OBSERVATION_CLASSES[kind]


def write_case(case: Case) -> bytes:
    """Give the case as one line of JSON in UTF-8, every field written out."""
    return _adapter().dump_json(case)


def write_case_document(case: Case) -> Document:
    """Give the case as a document of plain JSON types."""
    return _adapter().dump_python(case, mode="json")  # type: ignore[no-any-return]


def make_case_schema() -> Document:
    """Give the JSON Schema (2020-12) of a case document."""
    schema = _adapter().json_schema()
    for name in OBSERVATION_CLASSES.values():
        observation = schema["$defs"][name]
        observation["required"] = sorted({"kind", *observation.get("required", ())})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}
