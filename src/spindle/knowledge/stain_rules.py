"""How stains are counted: where they have to lie, which go together, what a site's panel holds.

All of it is data in `stain_rules.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.cases.observations import StainPattern
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import TABLES, Entry, check_keys, read_document, read_entries
from spindle.knowledge.site_groups import load_site_groups
from spindle.knowledge.terms import find_marker

RULES_FILE = "stain_rules.toml"
FISH_PREFIX = "FISH:"
ANY_SITE = "any"
_TABLES = ("localisations", "groups", "subgroups", "panels")
_PROBES = "probes"
_DOUBT = {"doubtful": list, "doubt": str, "doubt_fact": str}


@dataclass(frozen=True, slots=True)
class Localisation:
    """Where in the cell a stain has to lie before it counts."""

    marker: str
    """The marker."""
    localisation: str
    """Where it has to lie: `nuclear`."""
    patterns: tuple[str, ...]
    """Recorded patterns that meet it and count, as a case writes them: `nuclear`."""
    is_assumed: bool
    """Whether a positive stain without a recorded place is taken as lying there."""
    says: str
    """Why, in one sentence."""
    fact: str
    """Fact behind it."""
    doubtful: tuple[str, ...] = ()
    """Recorded patterns that meet it and tell too little: shown and flagged, never counted."""
    doubt: str = ""
    """Why they tell too little, in one sentence; empty without such patterns."""
    doubt_fact: str = ""
    """Fact behind that; empty without such patterns."""


@dataclass(frozen=True, slots=True)
class StainGroup:
    """Stains that answer the same question, so that together they count once."""

    id: str
    """Its id: `myogenic`."""
    markers: tuple[str, ...]
    """Its markers."""
    says: str
    """Why they go together, in one sentence."""
    fact: str
    """Fact behind it."""


@dataclass(frozen=True, slots=True)
class Subgroup:
    """A part of a diagnosis's patients in which a series was counted."""

    id: str
    """Its id, as the tables write it: `children`."""
    says: str
    """What it is, in a few words."""
    is_selected: bool
    """Whether the count is no rate of the diagnosis: the patients were chosen by behaviour or by
    another test, are counted with another diagnosis, or stand in another row already."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The markers that are sensible to ask next at a site."""

    site_group: str
    """Site group, or `any`."""
    markers: tuple[str, ...]
    """Markers and `FISH:` probes, in order."""
    says: str
    """Why these, in one sentence."""
    facts: tuple[str, ...]
    """Facts behind it."""


def _read(table: str) -> Iterable[Entry]:
    others = [name for name in _TABLES if name != table]
    return read_entries(RULES_FILE, table, also=(*others, _PROBES))


def _check_fact(entry: Entry, *facts: str) -> None:
    for fact in facts:
        if fact not in load_facts():
            raise entry.fail(f"{fact!r} is no fact.")


@cache
def load_probes() -> frozenset[str]:
    """Give the genes for which a FISH count stands in the table of markers.

    Raises
    ------
    UserError
        `knowledge-invalid` for a list that is missing or holds something else than genes.
    """
    entry = read_document(RULES_FILE)
    check_keys(entry, {_PROBES: list}, dict.fromkeys(_TABLES, TABLES))
    return frozenset(entry.values[_PROBES])


@cache
def is_known_marker(name: str) -> bool:
    """Give whether the name is a marker's usual one, or `FISH:` with the gene of a listed probe."""
    if name.startswith(FISH_PREFIX):
        return name.removeprefix(FISH_PREFIX) in load_probes()
    found = find_marker(name)
    return found is not None and found.name == name


def check_markers(entry: Entry, markers: Iterable[str]) -> None:
    """Refuse a marker that is not known by this very name.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    for marker in markers:
        if not is_known_marker(marker):
            raise entry.fail(f"{marker!r} is no marker's usual name.")


@cache
def load_localisations() -> Mapping[str, Localisation]:
    """Give, by marker, where a stain has to lie before it counts.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown marker, pattern or fact, or a marker that stands twice.
    """
    required = {"markers": list, "localisation": str, "patterns": list, "says": str, "fact": str}
    found: dict[str, Localisation] = {}
    for entry in _read("localisations"):
        check_keys(entry, {**required, "is_assumed": bool}, _DOUBT)
        values = dict(entry.values)
        check_markers(entry, values["markers"])
        _check_fact(entry, values["fact"])
        _check_patterns(entry)
        for name in {"patterns", "doubtful"} & values.keys():
            values[name] = tuple(values[name])
        for marker in values.pop("markers"):
            if marker in found:
                raise entry.fail(f"{marker} stands twice.")
            found[marker] = Localisation(marker=marker, **values)
    return MappingProxyType(found)


def _check_patterns(entry: Entry) -> None:
    """Refuse an unknown pattern, one that counts and is doubted, or a doubt without its reason."""
    values = entry.values
    patterns, doubtful = set(values["patterns"]), set(values.get("doubtful", ()))
    if unknown := sorted((patterns | doubtful) - set(StainPattern)):
        raise entry.fail(f"{unknown[0]!r} is no pattern of a stain.")
    if both := sorted(patterns & doubtful):
        raise entry.fail(f"{both[0]!r} counts and is doubted.")
    if set(_DOUBT) & values.keys() not in (set(), set(_DOUBT)):
        raise entry.fail("A doubt needs its patterns, its reason and its fact.")
    if "doubt_fact" in values:
        _check_fact(entry, values["doubt_fact"])


def find_localisation(marker: str) -> Localisation | None:
    """Give where the stain has to lie before it counts, or none when any place will do."""
    return load_localisations().get(marker)


@cache
def load_groups() -> Mapping[str, StainGroup]:
    """Give every group of correlated stains by its id.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown marker or fact, or a marker of two groups.
    """
    groups: dict[str, StainGroup] = {}
    seen: set[str] = set()
    for entry in _read("groups"):
        check_keys(entry, {"id": str, "markers": list, "says": str, "fact": str}, {})
        values = entry.values
        check_markers(entry, values["markers"])
        _check_fact(entry, values["fact"])
        if twice := sorted(seen & set(values["markers"])):
            raise entry.fail(f"{twice[0]} stands in two groups.")
        if values["id"] in groups:
            raise entry.fail(f"{values['id']} stands twice.")
        seen |= set(values["markers"])
        groups[values["id"]] = StainGroup(**{**values, "markers": tuple(values["markers"])})
    return MappingProxyType(groups)


@cache
def _index_groups() -> Mapping[str, str]:
    pairs = {marker: group.id for group in load_groups().values() for marker in group.markers}
    return MappingProxyType(pairs)


def find_group(marker: str) -> str:
    """Give the id of the group of stains that the marker stands in; its own name in none."""
    return _index_groups().get(marker, marker)


@cache
def load_subgroups() -> Mapping[str, Subgroup]:
    """Give every subgroup of patients by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    subgroups: dict[str, Subgroup] = {}
    for entry in _read("subgroups"):
        check_keys(entry, {"id": str, "says": str, "is_selected": bool}, {})
        subgroup = Subgroup(**entry.values)
        if subgroup.id in subgroups:
            raise entry.fail(f"{subgroup.id} stands twice.")
        subgroups[subgroup.id] = subgroup
    return MappingProxyType(subgroups)


@cache
def load_panels() -> Mapping[str, Panel]:
    """Give the panel of every site group, and of `any`.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown site group, marker or fact.
    """
    panels: dict[str, Panel] = {}
    for entry in _read("panels"):
        check_keys(entry, {"site_group": str, "markers": list, "says": str, "facts": list}, {})
        values = entry.values
        check_site_group(entry, values["site_group"])
        check_markers(entry, values["markers"])
        _check_fact(entry, *values["facts"])
        panel = Panel(
            values["site_group"], tuple(values["markers"]), values["says"], tuple(values["facts"])
        )
        if panel.site_group in panels:
            raise entry.fail(f"{panel.site_group} stands twice.")
        panels[panel.site_group] = panel
    return MappingProxyType(panels)


def check_site_group(entry: Entry, site_group: str) -> None:
    """Refuse a site group that is neither listed nor `any`.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    if site_group != ANY_SITE and site_group not in load_site_groups():
        raise entry.fail(f"{site_group!r} is no site group.")


def list_panel(site_groups: Iterable[str]) -> tuple[str, ...]:
    """Give the markers that fit any of the site groups and every site, each once, in order."""
    panels = load_panels()
    wanted = [group for group in (*site_groups, ANY_SITE) if group in panels]
    return tuple(dict.fromkeys(marker for group in wanted for marker in panels[group].markers))
