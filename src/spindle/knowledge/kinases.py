"""The kinases that are read, in order, the stains that ask about them, and what these can't say."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from spindle.cases.absence import Absent
from spindle.cases.observations import Intensity, StainPattern, TestResult
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import (
    NAMED_LISTS,
    NAMED_WORDS,
    TABLES,
    Entry,
    MaybeWords,
    check_keys,
    read_document,
    read_entries,
    read_text,
)
from spindle.knowledge.sources import load_sources

KINASES_FILE = "kinases.toml"
LIMITS = "stain_limits"
# Stands among the patterns of a limit that holds where no pattern is recorded.
NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True)
class Kinases:
    """The kinases of the knowledge base."""

    names: tuple[str, ...]
    """Kinases in the order in which they are shown."""
    groups: Mapping[str, tuple[str, ...]]
    """Names that stand for several kinases, with these."""
    markers: Mapping[str, str]
    """Kinase or group that a marker asks about."""

    def expand(self, name: str) -> tuple[str, ...]:
        """Give the kinases of a group, or the one kinase itself."""
        return self.groups.get(name, (name,))

    def has_stain(self, kinase: str) -> bool:
        """Give whether any stain that is read asks about the kinase."""
        return bool(self.name_stain(kinase))

    def name_stain(self, kinase: str) -> str:
        """Give the marker of the stain that asks about a kinase or a group; empty for none."""
        for marker, asked in self.markers.items():
            if kinase == asked or kinase in self.expand(asked):
                return marker
        return ""


@dataclass(frozen=True, slots=True)
class StainLimit:
    """What a stain's result can't say, or how it is to be read, where the stain lies as it does."""

    marker: str
    """The marker by its usual name."""
    result: TestResult
    """The result that it is about."""
    patterns: tuple[str, ...]
    """Where the stain lies for this to hold; empty for anywhere."""
    intensities: tuple[str, ...]
    """How strong the stain is for this to hold; empty for any strength."""
    reads: str
    """A sentence for the meaning of the reading; empty for none."""
    facts: tuple[str, ...]
    """Facts that are the limits."""
    counts_as: TestResult | None = None
    """The result that such a stain counts as, where it is not the one reported."""

    def fits(
        self,
        result: TestResult | Absent,
        pattern: StainPattern | Absent,
        intensity: Intensity | Absent,
    ) -> bool:
        """Give whether it holds for a stain with this result, in this place, of this strength."""
        place = NOT_RECORDED if isinstance(pattern, Absent) else pattern.value
        strength = NOT_RECORDED if isinstance(intensity, Absent) else intensity.value
        return (
            result is self.result
            and (not self.patterns or place in self.patterns)
            and (not self.intensities or strength in self.intensities)
        )


@cache
def load_kinases() -> Kinases:
    """Give the kinases.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed file, an unknown source, or a group or marker of a
        kinase that is not listed.
    """
    entry = read_document(KINASES_FILE)
    required = {"source": str, "checked_on": datetime.date, "names": list}
    tables = {"groups": NAMED_LISTS, "markers": NAMED_WORDS}
    check_keys(entry, {**required, **tables}, {LIMITS: TABLES})
    values = entry.values
    if values["source"] not in load_sources():
        raise entry.fail(f"The source {values['source']!r} is unknown.", "source")
    if len(set(values["names"])) != len(values["names"]):
        raise entry.fail("The names hold one kinase twice.", "names")
    names = tuple(values["names"])
    groups = {group: tuple(members) for group, members in values["groups"].items()}
    listed = {name for members in groups.values() for name in members}
    if unknown := sorted((listed | set(values["markers"].values())) - {*names, *groups}):
        raise entry.fail(f"{', '.join(unknown)} is not listed.", "groups")
    return Kinases(names, MappingProxyType(groups), MappingProxyType(values["markers"]))


@cache
def list_stain_limits(marker: str) -> tuple[StainLimit, ...]:
    """Give what the results of a kinase's stain can't say; none for a marker of no kinase.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for an unknown marker, result, pattern, strength
        or fact, or a limit that says nothing.
    """
    return tuple(limit for limit in load_stain_limits() if limit.marker == marker)


@cache
def load_stain_limits() -> tuple[StainLimit, ...]:
    """Give every limit of a stain, in the order of the file; raises as `list_stain_limits` does."""
    return tuple(parse_stain_limits(read_text(KINASES_FILE)))


def parse_stain_limits(text: str) -> Iterator[StainLimit]:
    """Give the limits of a kinases file.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    also = ("source", "checked_on", "names", "groups", "markers")
    for entry in read_entries(KINASES_FILE, LIMITS, text, also=also):
        named = Entry({"id": "a stain limit", **entry.values}, entry.place)
        required = {"id": str, "marker": str, "result": str, "facts": MaybeWords}
        check_keys(
            named, required, {"patterns": list, "intensities": list, "reads": str, "counts_as": str}
        )
        yield _make_limit(named, dict(entry.values))


def _make_limit(entry: Entry, values: dict[str, Any]) -> StainLimit:
    patterns = tuple(values.get("patterns", ()))
    intensities = tuple(values.get("intensities", ()))
    facts, reads = tuple(values["facts"]), values.get("reads", "")
    for what, names, known in (
        ("marker", (values["marker"],), set(load_kinases().markers)),
        ("result", (values["result"],), set(TestResult)),
        ("pattern", patterns, {*StainPattern, NOT_RECORDED}),
        ("intensity", intensities, {*Intensity, NOT_RECORDED}),
        ("fact", facts, set(load_facts())),
        ("result", (values.get("counts_as", values["result"]),), set(TestResult)),
    ):
        if unknown := sorted(set(names) - known):
            raise entry.fail(f"{unknown[0]!r} is no {what} that is known here.")
    if not facts and not reads:
        raise entry.fail("A stain limit names no fact and says nothing.")
    return StainLimit(
        marker=values["marker"],
        result=TestResult(values["result"]),
        patterns=patterns,
        intensities=intensities,
        reads=reads,
        facts=facts,
        counts_as=TestResult(values["counts_as"]) if "counts_as" in values else None,
    )
