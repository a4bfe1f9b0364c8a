"""The readers of fusion calls: which there are, which one a file asks for, and its calls.

A file is recognised by its content, not by its name. Calls are streamed, so that a file of any
length takes the same memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

from spindle.cases.absence import Absent
from spindle.cases.fusion_calls import Build, CalledFusion
from spindle.errors import UserError
from spindle.formats.fusion_callers import (
    arriba,
    bedpe,
    breakpoint_list,
    cbioportal,
    ctat_lr_fusion,
    enfusion,
    fusion_inspector,
    fusioncatcher,
    gene_list,
    genion,
    jaffa,
    report_words,
    star_fusion,
    vcf,
)
from spindle.formats.fusion_callers.lines import read_lines
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, iterate_rows, name_file
from spindle.formats.fusion_callers.tables import read_head as read_file_head
from spindle.knowledge.fusion_callers import CallerFormat, find_caller_format, fold_word


class CallerReader(Protocol):
    """What every module of a format gives."""

    ID: str

    def read_head(self, head: Head) -> FileFacts | None:
        """Give what the head of a file of this format says; none for another format."""

    def make_calls(self, rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
        """Give the calls of the rows; a row that can't be read is kept with its problem."""


READERS = cast(
    "tuple[CallerReader, ...]",
    (
        arriba,
        star_fusion,
        fusion_inspector,
        ctat_lr_fusion,
        fusioncatcher,
        jaffa,
        genion,
        vcf,
        cbioportal,
        enfusion,
        bedpe,
        breakpoint_list,
        gene_list,
        report_words,
    ),
)


@dataclass(slots=True)
class CallFile:
    """The calls of one file: going through it streams them, each time from the beginning."""

    path: Path
    """The file."""
    facts: FileFacts
    """What its head says; no caller for a file without any line."""
    notes: list[str] = field(default_factory=list)
    """What is odd about the file, each in a sentence; complete after the last call."""

    @property
    def name(self) -> str:
        """Name of the file."""
        return name_file(self.path)

    @property
    def caller(self) -> str:
        """Id of the reader; empty for a file without any line."""
        return self.facts.caller

    @property
    def version(self) -> str:
        """Version of the caller, when the file says it."""
        return self.facts.version

    @property
    def build(self) -> Build | Absent:
        """Genome build, when the head of the file says it."""
        return self.facts.build

    def __iter__(self) -> Iterator[CalledFusion]:
        """Give the calls one after the other; raises as `read_lines` does, with the line."""
        self.notes[:] = self.facts.notes
        calls = nameless = 0
        if self.facts.caller:
            lines = read_lines(self.path, self.notes)
            rows = iterate_rows(lines, self.facts)
            for call in find_reader(self.facts.caller).make_calls(rows, self.facts):
                calls += 1
                nameless += call.problem == report_words.NO_FUSION
                yield call
        # What an empty file means is for whoever puts the files of a patient together.
        if nameless * 2 > calls:
            self.notes.append(
                f"{nameless} of {calls} lines name no fusion in words that are read. They are kept."
            )


def list_formats() -> tuple[CallerFormat, ...]:
    """Give the formats that can be read, in the order in which they are shown."""
    return tuple(find_caller_format(reader.ID) for reader in READERS)


def find_reader(format_id: str) -> CallerReader:
    """Give the reader of a format.

    Raises
    ------
    UserError
        `fusion-format-unknown` for an id that is none.
    """
    wanted = fold_word(format_id)
    for reader in READERS:
        if fold_word(reader.ID) == wanted:
            return reader
    raise UserError("fusion-format-unknown", f"No reader has the id {format_id!r}. {_list_ids()}")


def recognise(path: Path, *, caller: str = "") -> FileFacts:
    """Give what a file says of itself, its format among it.

    Parameters
    ----------
    caller:
        Id of the format, when it is known; the content decides without it.

    Raises
    ------
    UserError
        `fusion-format-unknown` for a content that fits no format, the one that was named, or
        several; and as `read_lines` does.
    """
    reader = find_reader(caller) if caller else None
    head = read_file_head(path)
    if head.is_empty:
        notes = ("The file is empty.",)
        return FileFacts(reader.ID if reader else "", name_file(path), notes=notes)
    if reader:
        if facts := reader.read_head(head):
            return facts
        name = find_caller_format(reader.ID).name
        message = f"Its content is not that of {name}: {_tell_needs(reader.ID)}."
        raise UserError("fusion-format-unknown", message, place=str(path))
    return _choose(path, _list_fitting(head), head)


def _list_fitting(head: Head) -> list[FileFacts]:
    """Give what fits of the least rank that fits: words are looked at only where no table is."""
    by_rank: dict[int, list[CallerReader]] = {}
    for reader in READERS:
        by_rank.setdefault(find_caller_format(reader.ID).rank, []).append(reader)
    for _, readers in sorted(by_rank.items()):
        if fitting := [facts for reader in readers if (facts := reader.read_head(head))]:
            return fitting
    return []


def iterate_calls(path: Path, *, caller: str = "") -> CallFile:
    """Give the calls of a file, to be gone through; raises as `recognise` does."""
    facts = recognise(path, caller=caller)
    return CallFile(path, facts, list(facts.notes))


def _choose(path: Path, fitting: list[FileFacts], head: Head) -> FileFacts:
    if not fitting:
        number, text = head.lines[0]
        shown = " ".join(text[:80].split())
        message = f"Line {number} begins with {shown!r}, which is no format that is known."
        cure = f"Name the format with --caller ID. {_list_ids()}"
        raise UserError("fusion-format-unknown", message, place=str(path), cure=cure)
    if len(fitting) > 1:
        ids = " and ".join(facts.caller for facts in fitting)
        message = f"Its content fits {ids} alike."
        cure = f"Say which with --caller {fitting[0].caller} or --caller {fitting[1].caller}."
        raise UserError("fusion-format-unknown", message, place=str(path), cure=cure)
    return fitting[0]


def _list_ids() -> str:
    return f"The ids are {', '.join(reader.ID for reader in READERS)}."


def _tell_needs(format_id: str) -> str:
    held = find_caller_format(format_id)
    if not held.requires:
        return "its lines are written in another way"
    least = min(held.requires, key=len)
    return f"the columns {', '.join(sorted(least))} are not there together"
