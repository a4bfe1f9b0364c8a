"""A case in the making: what the columns of one row have given so far, and the notes on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, TypeVar

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Remark
from spindle.cases.course import FollowUp, Outcome, Treatment
from spindle.cases.notes import Note
from spindle.cases.observations import FusionTest, HistologyFinding, Observation
from spindle.cases.patient import Age, Sex
from spindle.cases.provenance import Provenance
from spindle.cases.tumour import Symptom
from spindle.formats.cells.phrases import read_absence
from spindle.formats.cells.reading import Doubt
from spindle.formats.columns import Column
from spindle.knowledge.words import fold

Value = TypeVar("Value")
Placed = TypeVar("Placed", Age, Symptom, Treatment, FollowUp, Outcome)

# Cells repeat: "Negative", "Male", "lung". Longer texts seldom do, and would fill the memory.
CELLS_REMEMBERED = 4096
LONGEST_MINUS = 3
# A minus sign that can mean nothing else.
NEGATIVE_SIGN = "(-)"
LONGEST_CELL_REMEMBERED = 300

# Given to the cell readers in place of the real place, which is put in afterwards: a cell's
# reading depends on its text alone, and can then be remembered.
NOWHERE = Provenance(source="")
NO_FOLLOW_UP = FollowUp()


@dataclass(frozen=True, slots=True)
class TableSource:
    """Where a table stands."""

    file: str
    """File name."""
    sheet: str = ""
    """Sheet, empty for text tables."""


Fill = Callable[["RowDraft", str], None]
"""Puts what a column's cell says into a draft; the text is empty for an empty cell."""


def remember(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """Give a reader that reads a short text once and remembers what it gave."""
    remembered = lru_cache(maxsize=CELLS_REMEMBERED)(read)

    def read_cell(text: str) -> Value:
        return remembered(text) if len(text) <= LONGEST_CELL_REMEMBERED else read(text)

    return read_cell


def is_lone_minus(text: str) -> bool:
    """Say whether a cell holds nothing but a minus sign, or a dash that is typed for one."""
    return len(text) <= LONGEST_MINUS and fold(text).strip("-") == "" != text


def put_place(record: Placed, place: Provenance) -> Placed:
    """Give a copy of a remembered record with the place where this row wrote it."""
    # A table makes some ten such copies a row; copying slot by slot takes less than half the time
    # of `dataclasses.replace`, which calls the constructor with every field by name.
    kind: Any = type(record)
    made: Placed = object.__new__(kind)
    for get, put in _list_slots(kind):
        put(made, get(record))
    _set_place(kind)(made, place)
    return made


@cache
def _list_slots(kind: Any) -> tuple[tuple[Callable[..., Any], Callable[..., None]], ...]:
    slots = [vars(kind)[name] for name in kind.__slots__ if name != "provenance"]
    return tuple((slot.__get__, slot.__set__) for slot in slots)


@cache
def _set_place(kind: Any) -> Callable[..., None]:
    setter: Callable[..., None] = vars(kind)["provenance"].__set__
    return setter


@dataclass(slots=True)
class RowDraft:
    """What one row has given so far."""

    source: TableSource
    """The table."""
    row: int
    """Row number."""
    texts: Sequence[str]
    """The texts of the row, one for each column of the header."""
    case_id: str
    """Id of the case."""
    notes: list[Note] = field(default_factory=list)
    """Notes on the row."""
    sex: Sex | Absent = NOT_REPORTED
    """Sex."""
    sex_place: Provenance | Absent = NOT_REPORTED
    """Where the sex was written."""
    age: Age | Absent = NOT_REPORTED
    """Age at diagnosis."""
    tumour: dict[str, Any] = field(default_factory=dict)
    """Fields of the tumour by name."""
    symptoms: list[Symptom] = field(default_factory=list)
    """Symptoms."""
    observations: list[Observation] = field(default_factory=list)
    """Tests."""
    histology: list[HistologyFinding] = field(default_factory=list)
    """Microscopic findings."""
    specimen: dict[str, Any] = field(default_factory=dict)
    """Fields of the specimen by name."""
    treatments: list[Treatment] = field(default_factory=list)
    """Treatments."""
    follow_up: FollowUp = NO_FOLLOW_UP
    """Follow-up."""
    outcomes: list[tuple[Column, Outcome]] = field(default_factory=list)
    """Outcomes, each with the column that says it."""
    doubts: list[tuple[Column, str, Doubt]] = field(default_factory=list)
    """Doubts about the course, which another column may settle."""
    remarks: list[Remark] = field(default_factory=list)
    """Cells that belong to no field."""
    _ids: set[str] = field(default_factory=set)
    """Ids of the observations."""

    def place(self, column: Column, words: str) -> Provenance:
        """Give where a cell stands, with its words."""
        return Provenance(
            source=self.source.file,
            sheet=self.source.sheet or NOT_REPORTED,
            row=self.row,
            column=column.label,
            words=words or NOT_REPORTED,
        )

    def note(self, slug: str, message: str, column: str = "", value: str = "") -> None:
        """Add a note on the row."""
        self.notes.append(
            Note(
                slug=slug,
                message=message,
                file=self.source.file,
                sheet=self.source.sheet,
                row=self.row,
                column=column,
                value=value,
                case_id=self.case_id,
            )
        )

    def note_doubts(self, column: Column, text: str, doubts: Iterable[Doubt]) -> None:
        """Add the doubts about a cell as notes."""
        for doubt in doubts:
            self.note(doubt.slug, doubt.message, column.label, doubt.value or text)

    def remark(self, column: Column, words: str) -> None:
        """Keep the words of a cell that belongs to no field."""
        self.remarks.append(
            Remark(column=column.label, words=words, provenance=self.place(column, words))
        )

    def keep_unread(self, column: Column, words: str) -> None:
        """Keep the words of a cell that gave nothing, unless they say that it is empty."""
        if words and not read_absence(words):
            self.remark(column, words)

    def text_of(self, column: Column) -> str:
        """Give the text of a column in this row."""
        return self.texts[column.position]

    def count_fusion_tests(self) -> int:
        """Give the number of sequencing tests so far."""
        return sum(1 for observation in self.observations if isinstance(observation, FusionTest))

    def take_id(self, wanted: str) -> str:
        """Give an id that no other observation of the case has: `fusion-1`, `alk-ihc-2`."""
        taken, number = wanted, 1
        while taken in self._ids:
            number += 1
            taken = f"{wanted}-{number}"
        self._ids.add(taken)
        return taken
