"""Sources: what was read, with its identifier and its terms of use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.knowledge.files import check_keys, read_entries

SOURCES_FILE = "sources.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """One publication, guideline, vocabulary or product page."""

    id: str
    """Key by which facts cite it."""
    citation: str
    """Authors, title, where and when."""
    identifier: str
    """DOI, PubMed id or another stable identifier; empty only when none is known."""
    terms: str
    """Terms of use as far as they are known."""
    read_as: str
    """What was read of it: full text, abstract, one page."""


@cache
def load_sources() -> Mapping[str, Source]:
    """Give every source by its id.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed or repeated source, with file and line.
    """
    sources: dict[str, Source] = {}
    required = {"id": str, "citation": str, "terms": str, "read_as": str}
    for entry in read_entries(SOURCES_FILE, "sources"):
        check_keys(entry, required, {"identifier": str})
        source = Source(**{"identifier": "", **entry.values})
        if source.id in sources:
            raise entry.fail(f"{source.id} stands twice.")
        sources[source.id] = source
    return MappingProxyType(sources)
