"""How calls of the same fusion are put together: technical choices, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from spindle.errors import UserError
from spindle.knowledge.files import check_keys, read_entries

FILE = "fusion_reading.toml"
# The settings that the reading of fusions asks for.
SETTINGS = ("microhomology", "cells-in-memory", "looked-at", "short-cell")


@cache
def load_settings() -> Mapping[str, int]:
    """Give each setting by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a setting that is not known, stands twice or
        is below zero, and for one that is missing.
    """
    found: dict[str, int] = {}
    for entry in read_entries(FILE, "settings"):
        required = {"id": str, "value": int, "unit": str, "says": str, "source": str, "place": str}
        check_keys(entry, required, {})
        name, value = entry.values["id"], entry.values["value"]
        if name not in SETTINGS or name in found:
            known = ", ".join(SETTINGS)
            raise entry.fail(f"{name!r} stands twice or is not known; each of {known} stands once.")
        if value < 0:
            raise entry.fail(f"{name} has value = {value}; it is at least 0.", "value")
        found[name] = value
    if missing := [name for name in SETTINGS if name not in found]:
        message = f"The setting {missing[0]!r} is missing."
        raise UserError("knowledge-invalid", message, place=f"{FILE}, line 1")
    return MappingProxyType(found)
