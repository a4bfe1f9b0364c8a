"""What reading one cell gives: a value, and doubts that become notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Value_co = TypeVar("Value_co", covariant=True)


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
