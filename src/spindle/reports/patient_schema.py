"""The JSON Schema of a patient's document, made from the records that it describes."""

from __future__ import annotations

import ast
import copy
import dataclasses
import datetime
import inspect
import json
import types
from enum import Enum
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Union, get_args, get_origin, get_type_hints

from spindle.cases.absence import Absent
from spindle.cases.case import Signature
from spindle.cases.documents import make_case_schema
from spindle.cases.notes import Note
from spindle.formats.case_file_values import ReadAs
from spindle.reasoning.findings import (
    Actionability,
    Differential,
    Discordance,
    Gap,
    Outlook,
)
from spindle.reasoning.fusion_notes import FusionFileNote
from spindle.reports.patient_document import SCHEMA_ID, SCHEMA_VERSION, SIGNED, UNSIGNED
from spindle.trace import Trace, TraceStep

Schema = dict[str, Any]

# What the patient's document has in common with the report of a series.
_SHARED = (
    "text", "count", "slug", "absent", "fact_ids", "assessment", "status", "when", "kinase",
    "test", "next_test", "trace_step", "cited_source", "fact", "boolean_or_absent",
    "text_or_absent",
)  # fmt: skip
_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime.date: {"type": "string", "format": "date"},
    Absent: {"$ref": "#/$defs/absent"},
}


def make_patient_schema() -> Schema:
    """Give the JSON Schema (2020-12) of the document that `make_patient_document` gives."""
    definitions: dict[str, Schema] = {}
    properties = _make_properties(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Report on one patient",
        "description": "What `spindle case --format json` prints. Research use, not a medical "
        'device. A value that is not there is {"absent": "not_reported"}, "not_done" or "unknown".',
        "type": "object",
        "additionalProperties": False,
        "required": sorted(properties),
        "properties": properties,
        "$defs": dict(sorted({**_take_shared(), **_take_case(), **definitions}.items())),
    }


def _make_properties(definitions: dict[str, Schema]) -> dict[str, Schema]:
    text, absent = {"$ref": "#/$defs/text"}, {"$ref": "#/$defs/absent"}
    described: dict[str, tuple[str, Schema]] = {
        "schema": ("This schema.", {"const": SCHEMA_ID}),
        "schema_version": ("Version of this schema.", {"const": SCHEMA_VERSION}),
        "notice": ("What the report is not.", text),
        "spindle_version": ("Version of Spindle that wrote it.", text),
        "made_on": ("Day of the report, where one was asked for.", {"anyOf": [_DAY, absent]}),
        "file": ("Name of the case file; empty when there was none.", {"type": "string"}),
        "settings": ("How the case was assessed.", _SETTINGS),
        "version": ("Version of the assessment, which a signature names.", text),
        "signature": ("Whether this version is signed.", _make_signature(definitions)),
        "case": ("The case as it was read.", {"$ref": "#/$defs/Case"}),
        "diagnosis": ("The integrated diagnosis, a proposal, in four layers.", _DIAGNOSIS),
        "assessment": ("Kinase statuses and the next test.", {"$ref": "#/$defs/assessment"}),
        "tests": ("Every test.", {"type": "array", "items": _TEST}),
        "path": ("The way through the testing protocol.", {"type": "array", "items": _STEP}),
        "discordances": ("What does not go together.", _list_of(Discordance, definitions)),
        "differential": ("Is it an IMT at all.", _describe(Differential, definitions)),
        "actionability": ("What can be considered.", _describe(Actionability, definitions)),
        "outlook": ("What was published of others.", _describe(Outlook, definitions)),
        "gaps": ("What is missing, by how much it would change.", _list_of(Gap, definitions)),
        "conflicts": ("Conflicts among the facts used.", {"type": "array", "items": _CONFLICT}),
        "facts": ("Facts used.", {"type": "array", "items": {"$ref": "#/$defs/fact"}}),
        "sources": ("Sources.", {"type": "array", "items": {"$ref": "#/$defs/cited_source"}}),
        "notes": ("What the reader doubted; `row` is the line.", _list_of(Note, definitions)),
        "read_as": ("What was read otherwise than written.", _list_of(ReadAs, definitions)),
        "fusion_files": (
            "How files of fusion calls were read.",
            _list_of(FusionFileNote, definitions),
        ),
    }
    return {name: {"description": says, **schema} for name, (says, schema) in described.items()}


# Pieces that are described by hand ----------------------------------------------------------------


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
_TRUTH: Schema = {"type": "boolean"}
_DAY: Schema = {"type": "string", "format": "date"}
_VALUE: Schema = {"$ref": "#/$defs/text_or_absent"}
_SETTINGS = _object(
    protocol=_TEXT, protocol_title=_TEXT, fish_rule=_TEXT, fish_rule_title=_TEXT, region=_TEXT
)
_LINE = _object(lead=_TEXT, says=_TEXT, facts=_TEXTS, weight=_TEXT)
_DIAGNOSIS = _object(
    headline=_TEXT,
    layers={
        "type": "array",
        "minItems": 4,
        "maxItems": 4,
        "items": _object(
            number={"enum": [1, 2, 3, 4]}, title=_TEXT, lines={"type": "array", "items": _LINE}
        ),
    },
)
_TEST = _object(
    observation=_TEXT,
    specimen=_TEXT,
    name=_TEXT,
    subject=_TEXT,
    method=_TEXT,
    details=_TEXTS,
    notes=_TEXTS,
    result=_VALUE,
    found=_TEXTS,
    result_as_reported=_VALUE,
    as_reported=_TEXT,
    meaning=_TEXT,
    limits=_TEXTS,
    rules=_TEXT,
    rules_facts=_TEXTS,
    rules_conflicts=_TEXTS,
    facts=_TEXTS,
    is_of_kinase=_TRUTH,
)
_STEP = _object(
    kind={"enum": ["protocol", "test", "check", "proposed", "end"]},
    label=_TEXT,
    says=_TEXT,
    result=_TEXT,
    note=_TEXT,
    facts=_TEXTS,
    inferred=_TRUTH,
)
_CONFLICT = _object(
    id=_TEXT, title=_TEXT, sides=_TEXTS, consequence=_TEXT, subjects=_TEXTS, checked_on=_DAY
)


def _make_signature(definitions: dict[str, Schema]) -> Schema:
    several = _list_of(Signature, definitions)
    return _object(
        state={"enum": [UNSIGNED, SIGNED]}, signed=several, of_other_versions=several,
    )  # fmt: skip


# Pieces that are taken over -----------------------------------------------------------------------


@cache
def _load_report_schema() -> Schema:
    text = (resources.files("spindle.reports") / "report.schema.json").read_text(encoding="utf-8")
    loaded: Schema = json.loads(text)
    return loaded


def _take_shared() -> dict[str, Schema]:
    shared = {name: copy.deepcopy(_load_report_schema()["$defs"][name]) for name in _SHARED}
    shared["fact"]["properties"]["applies_to"] = {
        "type": "string",
        "description": "What it is about.",
    }
    shared["fact"]["required"].append("applies_to")
    return shared


def _take_case() -> dict[str, Schema]:
    schema = make_case_schema()
    definitions: dict[str, Schema] = schema.pop("$defs")
    case = {key: value for key, value in schema.items() if not key.startswith("$")}
    return {**definitions, "Case": case}


# Records ------------------------------------------------------------------------------------------


def _list_of(cls: type, definitions: dict[str, Schema]) -> Schema:
    return {"type": "array", "items": _describe(cls, definitions)}


def _describe(hint: Any, definitions: dict[str, Schema]) -> Schema:
    """Give the schema of a type as `describe_record` writes it; records go to the definitions."""
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if hint is Trace:
        return _list_of(TraceStep, definitions)
    if get_origin(hint) in (Union, types.UnionType):
        return {"anyOf": [_describe(inner, definitions) for inner in get_args(hint)]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _describe(get_args(hint)[0], definitions)}
    if issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    name = f"{hint.__name__}Record"
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _describe_record(hint, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _describe_record(cls: type, definitions: dict[str, Schema]) -> Schema:
    hints, says = get_type_hints(cls), _read_field_lines(cls)
    properties = {}
    for field in dataclasses.fields(cls):
        schema = _describe(hints[field.name], definitions)
        properties[field.name] = {"description": says[field.name], **schema}
    return {"description": (cls.__doc__ or "").splitlines()[0], **_object(**properties)}


def _read_field_lines(cls: type) -> dict[str, str]:
    """Give the line that stands under each field of a record."""
    tree = ast.parse(inspect.getsource(cls))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    lines = {}
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = ast.literal_eval(after.value) if isinstance(after, ast.Expr) else ""
            lines[field.target.id] = " ".join(str(text).split())
    return lines
