"""What would confirm a called fusion: sentences, each with its conditions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import MaybeWords, check_keys, read_entries

FILE = "fusion_confirmations.toml"
CONDITIONS = (
    "dna_only", "one_caller", "frame_disagrees", "has_kinase", "has_stain", "order_unknown",
    "build_unknown", "read_through", "located", "not_located", "partner_unknown", "member_unknown",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One thing that would confirm a fusion."""

    id: str
    """Its id."""
    when: tuple[str, ...]
    """Conditions that all have to hold."""
    says: str
    """What it is and why, with places to fill in."""
    facts: tuple[str, ...]
    """Facts behind it."""


@cache
def load_confirmations() -> tuple[Confirmation, ...]:
    """Give every entry, in the order of the file.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    found = []
    for entry in read_entries(FILE, "confirmations"):
        check_keys(entry, {"id": str, "when": list, "says": str, "facts": MaybeWords}, {})
        values = entry.values
        if unknown := sorted(set(values["when"]) - set(CONDITIONS)):
            raise entry.fail(f"{values['id']} has the unknown condition {unknown[0]!r}.")
        if missing := [fact for fact in values["facts"] if fact not in load_facts()]:
            raise entry.fail(f"{values['id']} names the unknown fact {missing[0]!r}.")
        found.append(
            Confirmation(
                values["id"], tuple(values["when"]), values["says"], tuple(values["facts"])
            )
        )
    return tuple(found)
