"""What regulators say: the terms of labels, indications, and indications that were not found."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.knowledge.ages import AgeLimits
from spindle.knowledge.facts import Fact
from spindle.knowledge.files import WORD_LISTS, Entry, MaybeWords, check_keys, read_entries
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.regions import load_regions
from spindle.knowledge.therapies import (
    Needs,
    load_therapies,
    pick_facts,
    read_needs,
    refuse_unknown,
)

APPROVALS_FILE = "approvals.toml"
ANY_REGION = "any"
# What a label can take as proof.
PROOFS = ("fusion", "rearrangement")
_TABLES = ("labels", "approvals", "not_found", "unconfirmed")


@dataclass(frozen=True, slots=True)
class LabelTerm:
    """What labels call a tumour: `ALK-positive`."""

    id: str
    """The term."""
    kinases: tuple[str, ...]
    """Kinases that it is about."""
    accepts: tuple[str, ...]
    """What counts: `fusion`, `rearrangement`; empty when no label for IMT holds the term."""
    wording: str
    """What the wording says, and what it leaves open."""
    facts: tuple[Fact, ...]
    """Facts behind it."""

    @property
    def is_inferred(self) -> bool:
        """Whether what counts is read into the wording and not said by it."""
        return any(fact.is_inferred for fact in self.facts)


@dataclass(frozen=True, slots=True)
class Indication:
    """One indication of one agent in one region."""

    id: str
    """Stable id."""
    agent: str
    """The treatment."""
    region: str
    """The region."""
    label: str
    """The label's term for the tumour."""
    says: str
    """The indication in our words, close to the regulator's."""
    date: datetime.date | None
    """Day of the approval, where a source gives it."""
    ages: AgeLimits
    """The label's ages."""
    needs: Needs
    """Conditions of the setting."""
    beyond: str
    """What use above the upper age limit is; empty when nothing is said."""
    caveat: str
    """What is doubtful about it; empty for nothing."""
    facts: tuple[Fact, ...]
    """Facts behind it."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """An indication that was looked for and not found, or that only a secondary page tells of.

    Neither is the same as none.
    """

    agent: str
    """The treatment."""
    kinases: tuple[str, ...]
    """Kinases that it is about."""
    region: str
    """The region, or `any`."""
    fact: Fact
    """What was read."""


def _read(table: str) -> list[Entry]:
    also = [name for name in _TABLES if name != table]
    return list(read_entries(APPROVALS_FILE, table, also=also))


def make_label(entry: Entry) -> LabelTerm:
    """Give the label term of an entry.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed field, or an unknown kinase, proof or fact.
    """
    required = {"id": str, "kinases": list, "accepts": MaybeWords, "wording": str, "facts": list}
    check_keys(entry, required, {})
    values = dict(entry.values)
    refuse_unknown(entry, values["kinases"], load_kinases().names, "kinase")
    refuse_unknown(entry, values["accepts"], PROOFS, "proof")
    for name in ("kinases", "accepts"):
        values[name] = tuple(values[name])
    values["facts"] = pick_facts(entry, values["facts"])
    return LabelTerm(**values)


@cache
def load_labels() -> Mapping[str, LabelTerm]:
    """Give every label term by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    labels: dict[str, LabelTerm] = {}
    for entry in _read("labels"):
        label = make_label(entry)
        if label.id in labels:
            raise entry.fail(f"{label.id} stands twice.")
        labels[label.id] = label
    return MappingProxyType(labels)


def make_indication(entry: Entry) -> Indication:
    """Give the indication of an entry.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed field, an unknown treatment, region, label, condition
        or fact, ages that can't be, or an indication without a fact.
    """
    required = {
        "id": str, "agent": str, "region": str, "label": str, "says": str, "needs": WORD_LISTS,
        "facts": list,
    }  # fmt: skip
    optional = {
        "date": datetime.date, "from_months": int, "below_months": int, "is_older_than": bool,
        "beyond": str, "caveat": str,
    }  # fmt: skip
    check_keys(entry, required, optional)
    values = entry.values
    refuse_unknown(entry, [values["agent"]], load_therapies(), "treatment")
    refuse_unknown(entry, [values["region"]], load_regions(), "region")
    refuse_unknown(entry, [values["label"]], load_labels(), "label")
    youngest, oldest = values.get("from_months"), values.get("below_months")
    if min(youngest or 0, oldest or 0) < 0 or (oldest is not None and (youngest or 0) >= oldest):
        raise entry.fail(f"{values['id']} is for no age.")
    return Indication(
        id=values["id"],
        agent=values["agent"],
        region=values["region"],
        label=values["label"],
        says=values["says"],
        date=values.get("date"),
        ages=AgeLimits(youngest, oldest, values.get("is_older_than", False)),
        needs=read_needs(entry, values["needs"]),
        beyond=values.get("beyond", ""),
        caveat=values.get("caveat", ""),
        facts=pick_facts(entry, values["facts"]),
    )


@cache
def load_indications() -> tuple[Indication, ...]:
    """Give every indication, in the order of the file; one for an agent and a region.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    found: dict[tuple[str, str], Indication] = {}
    for entry in _read("approvals"):
        indication = make_indication(entry)
        key = (indication.agent, indication.region)
        if key in found:
            raise entry.fail(f"{indication.agent} stands twice in {indication.region}.")
        found[key] = indication
    return tuple(found.values())


@cache
def list_indications(agent: str, region: str = "") -> tuple[Indication, ...]:
    """Give the indications of an agent, those of the region first."""
    order = {name: place for place, name in enumerate(dict.fromkeys((region, *load_regions())))}
    found = [indication for indication in load_indications() if indication.agent == agent]
    return tuple(sorted(found, key=lambda indication: order[indication.region]))


@cache
def load_not_found() -> tuple[NotFound, ...]:
    """Give what was looked for and not found.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    return _load_records("not_found")


@cache
def load_unconfirmed() -> tuple[NotFound, ...]:
    """Give the approvals of which only a secondary page tells, so that they are not listed.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    return _load_records("unconfirmed")


def _load_records(table: str) -> tuple[NotFound, ...]:
    found = []
    for entry in _read(table):
        check_keys(entry, {"agent": str, "kinases": list, "region": str, "fact": str}, {})
        values = entry.values
        refuse_unknown(entry, [values["agent"]], load_therapies(), "treatment")
        refuse_unknown(entry, values["kinases"], load_kinases().names, "kinase")
        refuse_unknown(entry, [values["region"]], (ANY_REGION, *load_regions()), "region")
        (fact,) = pick_facts(entry, [values["fact"]])
        kinases = tuple(values["kinases"])
        found.append(NotFound(values["agent"], kinases, values["region"], fact))
    return tuple(found)
