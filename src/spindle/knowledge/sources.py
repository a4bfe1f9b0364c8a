"""Sources: what was read, with its identifier and its terms of use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.knowledge.files import MaybeText, check_keys, list_files, read_entries

SOURCES_FOLDER = "sources"
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
        `knowledge-invalid` for a malformed source, or one that stands twice by its id or by an
        identifier, with file and line.
    """
    sources: dict[str, Source] = {}
    keys: dict[str, str] = {}
    required = {"id": str, "citation": str, "terms": str, "read_as": str}
    for path in list_files(SOURCES_FOLDER):
        for entry in read_entries(path, "sources"):
            check_keys(entry, required, {"identifier": MaybeText})
            source = Source(**{"identifier": "", **entry.values})
            if not _KEY.fullmatch(source.id):
                raise entry.fail(f"{source.id!r} is no key; a key is lower case with hyphens.")
            if source.id in sources:
                raise entry.fail(f"{source.id} stands twice.")
            for identifier in filter(None, source.identifier.lower().split("; ")):
                if identifier in keys:
                    raise entry.fail(f"{source.id} and {keys[identifier]} are both {identifier}.")
                keys[identifier] = source.id
            sources[source.id] = source
    return MappingProxyType(sources)
