"""What reading one cell gives: a value, and doubts that become notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from spindle.cases.absence import Absent
from spindle.cases.course import Outcome, Treatment
from spindle.cases.provenance import Provenance
from spindle.cases.tumour import Symptom

Value_co = TypeVar("Value_co", covariant=True)
Part = TypeVar("Part", Symptom, Treatment, Outcome)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a cell that could not be read, or that a reader should know."""

    slug: str
    """Kind of note, see `spindle.cases.notes.CATALOGUE`."""
    message: str
    """What was made of it, and why not more."""
    value: str = ""
    """The words it is about; the whole cell when empty."""


@dataclass(frozen=True, slots=True)
class CellReading(Generic[Value_co]):
    """A value read from a cell, with doubts."""

    value: Value_co
    """What was read."""
    doubts: tuple[Doubt, ...] = ()
    """What could not be read, or is doubtful."""


def place_each(
    reading: CellReading[tuple[Part, ...]], provenance: Provenance | Absent
) -> CellReading[tuple[Part, ...]]:
    """Give the reading with the place where each of its parts was written, where that is known."""
    if isinstance(provenance, Absent):
        return reading
    parts = tuple(replace(part, provenance=provenance) for part in reading.value)
    return CellReading(parts, reading.doubts)
