"""Versions of the case schema, and the way from an older one to the present one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from spindle.cases.case import SCHEMA_VERSION
from spindle.errors import UserError

Document = dict[str, Any]
Upgrade = Callable[[Document], Document]

# From a version to the next: each takes a document of its version and gives one of the next, with
# `schema_version` set. Version 1 is the first, so there is none yet. A field that is added with
# "not reported" as its default, as the patient's `is_pregnant`, asks for no new version: a document
# without it reads as one in which it is not reported.
UPGRADES: Mapping[str, Upgrade] = MappingProxyType({})


def upgrade_document(
    document: Document,
    *,
    upgrades: Mapping[str, Upgrade] = UPGRADES,
    current: str = SCHEMA_VERSION,
) -> Document:
    """Give the document in the current schema version.

    Raises
    ------
    UserError
        `case-version-unknown` when no way leads from the document's version to the current one.
    """
    seen: set[str] = set()
    while (version := document.get("schema_version", current)) != current:
        if not isinstance(version, str) or version not in upgrades or version in seen:
            raise UserError(
                "case-version-unknown",
                f"The case document has schema version {version!r}; this Spindle reads "
                f"{', '.join([*upgrades, current])}.",
            )
        seen.add(version)
        document = upgrades[version](dict(document))
    return document
