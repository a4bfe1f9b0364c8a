"""How calls of the same fusion are put together: technical choices, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from spindle.knowledge.files import check_keys, read_entries

FILE = "fusion_reading.toml"


@cache
def load_settings() -> Mapping[str, int]:
    """Give each setting by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    found: dict[str, int] = {}
    for entry in read_entries(FILE, "settings"):
        required = {"id": str, "value": int, "unit": str, "says": str, "source": str, "place": str}
        check_keys(entry, required, {})
        found[entry.values["id"]] = entry.values["value"]
    return MappingProxyType(found)
