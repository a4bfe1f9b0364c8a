"""Regions whose regulators are known, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.errors import UserError
from spindle.knowledge.files import MaybeWords, check_keys, read_entries

REGIONS_FILE = "regions.toml"


@dataclass(frozen=True, slots=True)
class Region:
    """One region."""

    id: str
    """Its id: `US`."""
    name: str
    """Its name: `United States`."""
    regulator: str
    """Who approves there: `FDA`."""
    limits: tuple[str, ...]
    """What the list of its approvals can't do, in sentences."""


@cache
def load_regions() -> Mapping[str, Region]:
    """Give every region by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    regions: dict[str, Region] = {}
    for entry in read_entries(REGIONS_FILE, "regions"):
        check_keys(entry, {"id": str, "name": str, "regulator": str, "limits": MaybeWords}, {})
        region = Region(**{**entry.values, "limits": tuple(entry.values["limits"])})
        if region.id in regions:
            raise entry.fail(f"{region.id} stands twice.")
        regions[region.id] = region
    return MappingProxyType(regions)


def find_region(region_id: str) -> Region:
    """Give the region of an id.

    Raises
    ------
    UserError
        `region-unknown`, listing the ids.
    """
    regions = load_regions()
    if region_id not in regions:
        raise UserError(
            "region-unknown",
            f"There is no region {region_id!r}.",
            cure=f"Use one of: {', '.join(regions)}.",
        )
    return regions[region_id]
