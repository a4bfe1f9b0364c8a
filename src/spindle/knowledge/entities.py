"""Diagnoses that a case could be: IMT, its variant, its mimics, and those that share a driver.

The diagnoses with their discriminating features stand in `entities.toml`; the morphology gate that
an IMT asks for and the red flags that come before any weighing in `red_flags.toml`. Each names the
facts behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from spindle.cases.course import TreatmentKind
from spindle.cases.observations import StainPattern
from spindle.knowledge.facts import find_fact, load_facts
from spindle.knowledge.files import TABLES, Entry, check_keys, read_entries
from spindle.knowledge.histology import load_findings
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.red_flags import (
    Condition,
    ConditionKind,
    FlagWeight,
    GateItem,
    Polarity,
    RedFlagRule,
    Wording,
)
from spindle.knowledge.site_groups import load_site_groups
from spindle.knowledge.stain_rules import (
    ANY_SITE,
    FISH_PREFIX,
    check_markers,
    check_site_group,
)
from spindle.knowledge.terms import find_gene, find_symptom

__all__ = [
    "Condition",
    "ConditionKind",
    "Driver",
    "Entity",
    "EntityKind",
    "Feature",
    "FlagWeight",
    "GateItem",
    "Polarity",
    "RedFlagRule",
    "Settling",
    "Strength",
    "Wording",
    "find_age_months",
    "load_entities",
    "load_gate",
    "load_names",
    "load_red_flags",
    "make_entity",
]

ENTITIES_FILE = "entities.toml"
FLAGS_FILE = "red_flags.toml"
MONTHS_A_UNIT: Mapping[str, int] = {"months": 1, "years": 12}
NAMES_FILE = "diagnosis_names.toml"
IMT = "imt"
# What a fusion with a gene, and the partner of a kinase, are called where they answer a question.
FUSION_KEY, PARTNER_KEY = "fusion:", "partner:"
_GENE = re.compile(r"[A-Z][A-Z0-9-]+")


class EntityKind(StrEnum):
    """How a diagnosis stands to IMT."""

    IMT = "imt"
    """The tumour itself."""
    VARIANT = "variant"
    """A variant of it, with an alert of its own; no mimic."""
    MIMIC = "mimic"
    """Looks like it."""
    SHARES_DRIVER = "shares_driver"
    """Another tumour with the same fusion or the same kinase switched on."""


class Strength(StrEnum):
    """How firmly the source ties a feature to the diagnosis."""

    DEFINING = "defining"
    """The diagnosis can't be without it according to the source; only then may its recorded
    absence exclude the diagnosis."""
    TYPICAL = "typical"
    """Usual."""
    MAY_OCCUR = "may_occur"
    """Seen in some."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One finding or stain that helps to tell a diagnosis from others."""

    finding: str
    """Microscopic finding; empty for a stain."""
    marker: str
    """Marker that is positive; empty for a finding."""
    polarity: Polarity
    """Which way it speaks when it is present."""
    strength: Strength
    """How firmly the source ties it to the diagnosis."""
    says: str
    """What it means, in one sentence."""
    fact: str
    """Fact behind it."""
    is_anywhere: bool = False
    """Whether the stain speaks wherever in the cell it lies."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver that a diagnosis shares with IMT."""

    kinase: str
    """The kinase."""
    partner: str
    """The partner; empty for any."""
    fact: str
    """Fact behind it."""
    is_rare: bool = False
    """Whether few of its patients have it, so that the stain of the kinase still tells."""


@dataclass(frozen=True, slots=True)
class Settling:
    """What answers one thing that would settle a diagnosis."""

    says: str
    """What would settle it, in the words of `settles`."""
    by: tuple[str, ...]
    """What has to be recorded for it to be no longer asked, all of it: a marker, `FISH:` with a
    gene, `fusion:` with a gene, `partner:` with a kinase; several that will do parted by `|`."""
    then: str
    """What is still to be asked when that is recorded; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One diagnosis."""

    id: str
    """Its id: `solitary-fibrous-tumour`."""
    name: str
    """Its name."""
    kind: EntityKind
    """How it stands to IMT."""
    sites: tuple[str, ...]
    """Site groups in which it is thought of; `any` for every site."""
    is_urgent: bool
    """Whether it is to be excluded before treatment starts."""
    features: tuple[Feature, ...]
    """What helps to tell it from others."""
    drivers: tuple[Driver, ...]
    """Drivers that it shares with IMT."""
    settles: tuple[str, ...]
    """What would settle it, in words."""
    answers: tuple[Settling, ...]
    """What answers some of it, so that it is not asked where it is recorded."""
    facts: tuple[str, ...]
    """Facts behind its description."""

    def is_at(self, site_groups: Iterable[str]) -> bool:
        """Give whether it is thought of in any of the site groups."""
        return ANY_SITE in self.sites or bool(set(self.sites) & set(site_groups))


def _check_facts(entry: Entry, facts: Iterable[str]) -> tuple[str, ...]:
    listed = tuple(facts)
    if unknown := [fact for fact in listed if fact not in load_facts()]:
        raise entry.fail(f"{unknown[0]!r} is no fact.")
    return listed


def _check_findings(entry: Entry, findings: Iterable[str]) -> tuple[str, ...]:
    listed = tuple(findings)
    if unknown := [name for name in listed if name not in load_findings()]:
        raise entry.fail(f"{unknown[0]!r} is no finding of the vocabulary of histology.")
    return listed


def make_entity(entry: Entry) -> Entity:
    """Give the diagnosis of an entry.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed field, an unknown name, or a diagnosis without facts.
    """
    required = {"id": str, "name": str, "kind": str, "sites": list, "settles": list, "facts": list}
    tables = dict.fromkeys(("features", "drivers", "answers"), TABLES)
    check_keys(entry, required, {"is_urgent": bool, **tables})
    values = entry.values
    for site_group in values["sites"]:
        check_site_group(entry, site_group)
    return Entity(
        id=values["id"],
        name=values["name"],
        kind=_choose(entry, EntityKind, values["kind"]),
        sites=tuple(values["sites"]),
        is_urgent=values.get("is_urgent", False),
        features=tuple(_make_feature(entry, item) for item in values.get("features", ())),
        drivers=tuple(_make_driver(entry, item) for item in values.get("drivers", ())),
        settles=tuple(values["settles"]),
        answers=tuple(_make_settling(entry, item) for item in values.get("answers", ())),
        facts=_check_facts(entry, values["facts"]),
    )


def _make_settling(entry: Entry, item: Mapping[str, Any]) -> Settling:
    part = Entry({"id": f"what settles {entry.values['id']}", **item}, entry.place)
    check_keys(part, {"id": str, "settles": str, "by": list}, {"then": str})
    if item["settles"] not in entry.values["settles"]:
        raise part.fail(f"{item['settles']!r} is not among what settles it.")
    for words in item["by"]:
        _check_answer(part, words)
    return Settling(item["settles"], tuple(item["by"]), item.get("then", ""))


def _check_answer(part: Entry, words: str) -> None:
    for key in words.split("|"):
        kind, colon, name = key.partition(":")
        if not colon:
            check_markers(part, [key])
        elif f"{kind}:" == PARTNER_KEY:
            if name not in load_kinases().names:
                raise part.fail(f"{name!r} is no kinase that Spindle reads.")
        elif f"{kind}:" not in (FISH_PREFIX, FUSION_KEY) or not _GENE.fullmatch(name):
            raise part.fail(f"{key!r} is no test that can answer.")


def _choose(entry: Entry, kind: type[Any], value: object) -> Any:
    try:
        return kind(value)
    except ValueError as error:
        raise entry.fail(f"{entry.values['id']}: {error}.") from None


def _make_feature(entry: Entry, item: Mapping[str, Any]) -> Feature:
    part = Entry({"id": f"a feature of {entry.values['id']}", **item}, entry.place)
    required = {"id": str, "polarity": str, "strength": str, "says": str, "fact": str}
    check_keys(part, required, {"finding": str, "marker": str, "is_anywhere": bool})
    if ("finding" in item) == ("marker" in item):
        raise part.fail(f"{part.values['id']} needs a finding or a marker, and not both.")
    if "finding" in item:
        _check_findings(part, [item["finding"]])
    else:
        check_markers(part, [item["marker"]])
    _check_facts(part, [item["fact"]])
    return Feature(
        finding=item.get("finding", ""),
        marker=item.get("marker", ""),
        polarity=_choose(part, Polarity, item["polarity"]),
        strength=_choose(part, Strength, item["strength"]),
        says=item["says"],
        fact=item["fact"],
        is_anywhere=item.get("is_anywhere", False),
    )


def _make_driver(entry: Entry, item: Mapping[str, Any]) -> Driver:
    part = Entry({"id": f"a driver of {entry.values['id']}", **item}, entry.place)
    optional = {"partner": str, "is_rare": bool}
    check_keys(part, {"id": str, "kinase": str, "fact": str}, optional)
    if item["kinase"] not in load_kinases().names:
        raise part.fail(f"{item['kinase']!r} is no kinase that Spindle reads.")
    _check_facts(part, [item["fact"]])
    is_rare = item.get("is_rare", False)
    return Driver(item["kinase"], item.get("partner", ""), item["fact"], is_rare)


@cache
def load_entities() -> Mapping[str, Entity]:
    """Give every diagnosis by its id, in the order of the file.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    entities: dict[str, Entity] = {}
    for entry in read_entries(ENTITIES_FILE, "entities"):
        entity = make_entity(entry)
        if entity.id in entities:
            raise entry.fail(f"{entity.id} stands twice.")
        entities[entity.id] = entity
    return MappingProxyType(entities)


@cache
def load_names() -> Mapping[str, tuple[str, ...]]:
    """Give the other names of each diagnosis that has some, by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    names: dict[str, tuple[str, ...]] = {}
    for entry in read_entries(NAMES_FILE, "diagnoses", also=["source", "checked_on"]):
        check_keys(entry, {"entity": str, "names": list}, {})
        entity = entry.values["entity"]
        if entity not in load_entities() or entity in names:
            raise entry.fail(f"{entity!r} is no diagnosis, or stands twice.")
        names[entity] = tuple(entry.values["names"])
    return MappingProxyType(names)


# What comes before any weighing -----------------------------------------------------------------


@cache
def load_gate() -> tuple[GateItem, ...]:
    """Give what an IMT asks for under the microscope, and what speaks against it.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    items = []
    for entry in read_entries(FLAGS_FILE, "gate", also=["red_flags"]):
        required = {"polarity": str, "any_of": list, "says": str, "facts": list}
        check_keys(entry, required, {"instead": list})
        values = {"id": "the gate", **entry.values}
        part = Entry(values, entry.place)
        items.append(
            GateItem(
                any_of=_check_findings(part, values["any_of"]),
                polarity=_choose(part, Polarity, values["polarity"]),
                says=values["says"],
                facts=_check_facts(part, values["facts"]),
                instead=_check_findings(part, values.get("instead", ())),
            )
        )
    return tuple(items)


@cache
def load_red_flags() -> Mapping[str, RedFlagRule]:
    """Give every red flag by its id, in the order of the file.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    rules: dict[str, RedFlagRule] = {}
    for entry in read_entries(FLAGS_FILE, "red_flags", also=["gate"]):
        rule = _make_red_flag(entry)
        if rule.id in rules:
            raise entry.fail(f"{rule.id} stands twice.")
        rules[rule.id] = rule
    return MappingProxyType(rules)


def _make_red_flag(entry: Entry) -> RedFlagRule:
    required = {"id": str, "says": str, "weight": str, "entities": list, "facts": list}
    lists = dict.fromkeys(("all_of", "any_of", "none_of", "instead"), TABLES)
    check_keys(entry, required, {**lists, "names": list, "gives_way": bool})
    values = entry.values
    conditions = {
        key: tuple(_make_condition(entry, item) for item in values.get(key, ()))
        for key in ("all_of", "any_of", "none_of")
    }
    if not (conditions["all_of"] or conditions["any_of"]):
        raise entry.fail(f"{values['id']} asks for nothing.")
    if unknown := [name for name in values["entities"] if name not in load_entities()]:
        raise entry.fail(f"{values['id']} points to the unknown diagnosis {unknown[0]!r}.")
    names = tuple(values.get("names", ()))
    if unknown := [name for name in names if name not in values["entities"]]:
        raise entry.fail(f"{values['id']} names {unknown[0]!r}, which is not among its entities.")
    return RedFlagRule(
        id=values["id"],
        **conditions,
        says=values["says"],
        weight=_choose(entry, FlagWeight, values["weight"]),
        entities=tuple(values["entities"]),
        names=names,
        facts=_check_facts(entry, values["facts"]),
        instead=tuple(_make_wording(entry, item) for item in values.get("instead", ())),
        gives_way=values.get("gives_way", False),
    )


def _make_wording(entry: Entry, item: Mapping[str, Any]) -> Wording:
    part = Entry({"id": f"another wording of {entry.values['id']}", **item}, entry.place)
    required = {"id": str, "when": dict, "says": str, "weight": str, "facts": list}
    check_keys(part, required, {})
    return Wording(
        condition=_make_condition(entry, item["when"]),
        says=item["says"],
        weight=_choose(part, FlagWeight, item["weight"]),
        facts=_check_facts(part, item["facts"]),
    )


def _make_condition(entry: Entry, item: Mapping[str, Any]) -> Condition:
    part = Entry({"id": f"a condition of {entry.values['id']}", **item}, entry.place)
    check_keys(part, {"id": str}, {**dict.fromkeys(ConditionKind, str), "patterns": list})
    kinds = [kind for kind in ConditionKind if kind in item]
    patterns = tuple(item.get("patterns", ()))
    if len(kinds) != 1 or (patterns and kinds[0] is not ConditionKind.MARKER):
        raise part.fail(f"{part.values['id']} asks for more or less than one thing.")
    if unknown := sorted(set(patterns) - set(StainPattern)):
        raise part.fail(f"{unknown[0]!r} is no pattern of a stain.")
    _check_condition(part, kinds[0], item[kinds[0]])
    return Condition(kinds[0], item[kinds[0]], patterns)


def _check_condition(part: Entry, kind: ConditionKind, name: str) -> None:
    if kind in (ConditionKind.FINDING, ConditionKind.DOUBTED_FINDING):
        _check_findings(part, name.split("|"))
    elif kind is ConditionKind.MARKER:
        check_markers(part, name.split("|"))
    is_known = {
        ConditionKind.SITE_GROUP: lambda: set(name.split("|")) <= set(load_site_groups()),
        ConditionKind.OTHER_SITE_GROUP: lambda: set(name.split("|")) <= set(load_site_groups()),
        ConditionKind.AGE_UP_TO: lambda: _is_age(name),
        ConditionKind.SYMPTOM: lambda: find_symptom(name) is not None,
        ConditionKind.PARTNER: lambda: find_gene(name) is not None,
        ConditionKind.KINASE: lambda: name in load_kinases().names,
        ConditionKind.NOT_NEGATIVE: lambda: name in load_kinases().names,
        ConditionKind.TREATMENT: lambda: name in set(TreatmentKind),
    }
    if kind in is_known and not is_known[kind]():
        raise part.fail(f"{name!r} is no {kind.value.replace('_', ' ')} that is known here.")


def _is_age(fact_id: str) -> bool:
    fact = load_facts().get(fact_id)
    return fact is not None and fact.unit in MONTHS_A_UNIT


def find_age_months(fact_id: str) -> float:
    """Give the age of a fact in months."""
    fact = find_fact(fact_id)
    return fact.number * MONTHS_A_UNIT[str(fact.unit)]
