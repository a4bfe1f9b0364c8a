"""Records of reasoning as plain JSON types, and the facts that they rest on."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from spindle.cases.absence import Absent
from spindle.trace import Trace


def describe_record(value: object) -> Any:  # noqa: PLR0911 - one line for each kind of value
    """Give a record, or anything that stands in one, as plain JSON types.

    A dataclass becomes an object of its fields, an absence `{"absent": reason}`, a trace its list
    of steps, a day its ISO form.
    """
    if isinstance(value, Absent):
        return {"absent": value.absent.value}
    if isinstance(value, Trace):
        return [describe_record(step) for step in value.steps]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return {name: describe_record(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): describe_record(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [describe_record(inner) for inner in value]
    return value


def collect_facts(value: object) -> list[str]:
    """Give the ids of every fact that a record, or anything in it, rests on, in order."""
    found: list[str] = []
    _collect(value, found)
    return found


def _collect(value: object, found: list[str]) -> None:
    if isinstance(value, Trace):
        found.extend(value.facts)
    elif isinstance(value, list | tuple):
        for inner in value:
            # Words and numbers are most of what stands in a record.
            if type(inner) not in _PLAIN:
                _collect(inner, found)
    else:
        kind: Any = type(value)
        for name in _name_fields(kind):
            inner = getattr(value, name)
            if name == "facts":
                found.extend(inner)
            elif type(inner) not in _PLAIN:
                _collect(inner, found)


_PLAIN = frozenset({str, int, float, bool})


@cache
def _name_fields(kind: type) -> tuple[str, ...]:
    """Give the names of a record's fields; none for what is no record."""
    is_record = dataclasses.is_dataclass(kind)
    return tuple(field.name for field in dataclasses.fields(kind)) if is_record else ()
