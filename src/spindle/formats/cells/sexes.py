"""Sex as people write it: `M`, `female`, `boy`, `女`, `♂`."""

from __future__ import annotations

from functools import lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.patient import Sex
from spindle.cases.provenance import Provenance
from spindle.formats.cells.phrases import read_absence, refuse_long, take_brackets
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.words import find_key


def read_sex(
    text: str, provenance: Provenance | Absent = NOT_REPORTED
) -> CellReading[Sex | Absent]:
    """Give the sex; numbers and other codes are unknown, since the cell does not explain them.

    A sex holds no provenance of its own; the patient does.
    """
    del provenance
    return _read_sex(text)


@lru_cache(maxsize=4096)
@refuse_long("sex-unreadable", UNKNOWN)
def _read_sex(text: str) -> CellReading[Sex | Absent]:
    if absent := read_absence(text):
        return CellReading(absent)
    outside, inside = take_brackets(text)
    words = [outside, *inside, *(word for part in inside for word in part.split())]
    named = {key for word in words if (key := find_key("sexes", word))}
    if len(named) == 1 and find_key("sexes", outside):
        return CellReading(Sex(named.pop()))
    doubt = Doubt("sex-unreadable", "No sex is read from these words. It is unknown.", text)
    return CellReading(UNKNOWN, (doubt,))
