"""Resistance: which changes of a kinase, partners and drugs it was reported with, and in what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from spindle.knowledge.facts import Fact
from spindle.knowledge.files import Entry, MaybeWords, check_keys, read_entries
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.therapies import load_therapies, pick_facts, refuse_unknown

RESISTANCE_FILE = "resistance.toml"


class ResistanceContext(StrEnum):
    """In what it was seen."""

    IMT = "imt"
    """A patient with an IMT."""
    OTHER_TUMOUR = "other_tumour"
    """A patient with another tumour."""
    LABORATORY = "laboratory"
    """Cells in the laboratory."""


@dataclass(frozen=True, slots=True)
class Resistance:
    """One thing that is known of resistance."""

    id: str
    """Stable id."""
    kinase: str
    """The kinase."""
    change: str
    """The change of the kinase, such as `G1269A`; empty when it is about something else."""
    partner: str
    """The fusion partner that it is about; empty for any."""
    resists: tuple[str, ...]
    """Agents on or after which it was seen."""
    responded: tuple[str, ...]
    """Agents to which a tumour with it responded."""
    context: ResistanceContext
    """In what it was seen."""
    facts: tuple[Fact, ...]
    """Facts behind it; their statements are what is said."""


def make_resistance(entry: Entry) -> Resistance:
    """Give what an entry says.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed field, an unknown kinase, treatment, context or fact.
    """
    required = {
        "id": str, "kinase": str, "resists": MaybeWords, "responded": MaybeWords, "context": str,
        "facts": list,
    }  # fmt: skip
    check_keys(entry, required, {"change": str, "partner": str})
    values = {"change": "", "partner": "", **entry.values}
    refuse_unknown(entry, [values["kinase"]], load_kinases().names, "kinase")
    agents = (*values["resists"], *values["responded"])
    refuse_unknown(entry, agents, load_therapies(), "treatment")
    refuse_unknown(entry, [values["context"]], [c.value for c in ResistanceContext], "context")
    for name in ("resists", "responded"):
        values[name] = tuple(values[name])
    values["context"] = ResistanceContext(values["context"])
    values["facts"] = pick_facts(entry, values["facts"])
    return Resistance(**values)


@cache
def load_resistance() -> Mapping[str, Resistance]:
    """Give everything known of resistance, by id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    found: dict[str, Resistance] = {}
    for entry in read_entries(RESISTANCE_FILE, "resistance"):
        item = make_resistance(entry)
        if item.id in found:
            raise entry.fail(f"{item.id} stands twice.")
        found[item.id] = item
    return MappingProxyType(found)
