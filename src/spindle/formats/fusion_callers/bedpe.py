"""BEDPE: pairs of intervals, the beginning counted from 0 and the end from 1.

A breakpoint is an interval of one base; its position from 1 is the interval's end. A wider interval
is a range of breakpoints, and no position is taken from it. Tools mean different things by the two
strands, so that they are kept in the cells and orient nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spindle.cases.fusion_calls import CalledEnd, CalledFusion
from spindle.formats.fusion_callers.cells import RowReader, make_facts, split_names
from spindle.formats.fusion_callers.tables import (
    COMMENT,
    FileFacts,
    Head,
    Row,
    keep_row,
    split_cells,
)
from spindle.knowledge.fusion_callers import find_caller_format

ID = "bedpe"
_DELIMITER = "\t"
UNKNOWN_END = "-1"
_RANGE = "The {}' side is a range of {:,} bases, so that no position is taken from it."


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    held = find_caller_format(ID)
    above = [text for _, text in head.lines if text.startswith(COMMENT)]
    lines = [(number, text) for number, text in head.lines if not text.startswith(COMMENT)]
    rows = [split_cells(text, _DELIMITER) for _, text in lines]
    if not rows or not all(_is_row(row) for row in rows):
        return None
    width = max(map(len, rows))
    more = [f"column {place}" for place in range(len(held.unnamed) + 1, width + 1)]
    columns = [*held.unnamed, *more][:width]
    return make_facts(head, held, above, columns, _DELIMITER, lines[0][0] - 1)


def _is_row(cells: list[str]) -> bool:
    """Whether a line holds two intervals in their columns."""
    patterns = find_caller_format(ID).patterns
    return len(cells) >= len(_INTERVALS) and all(
        patterns["chromosome" if place % 3 == 0 else "number"].fullmatch(cell.strip())
        for place, cell in enumerate(cells[: len(_INTERVALS)])
    )


_INTERVALS = ("chrom1", "start1", "end1", "chrom2", "start2", "end2")


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells."""
    reader = RowReader(facts)
    for row in rows:
        yield _make_call(reader, row) if reader.start(row) else keep_row(row, facts)


def _make_call(reader: RowReader, row: Row) -> CalledFusion:
    name = reader.read_text("name")
    genes = split_names(reader, name) if reader.held.patterns["pair"].fullmatch(name) else ("", "")
    remarks: list[str] = []
    ends = [
        _make_end(reader, side, gene, remarks) for side, gene in zip(("5", "3"), genes, strict=True)
    ]
    return reader.make_call(row, *ends, remarks=remarks)


def _make_end(reader: RowReader, side: str, gene: str, remarks: list[str]) -> CalledEnd:
    if reader.read_text(f"position{side}") == UNKNOWN_END:
        return CalledEnd(
            gene=gene, chromosome=reader.read_chromosome(reader.read_text("chromosome" + side))
        )
    end = reader.make_end(side, gene)
    start = reader.read_text(f"start{side}")
    if end.position is None or not start.isdecimal():
        return end
    width = end.position - int(start)
    if width == 1:
        return end
    remarks.append(_RANGE.format(side, width))
    return replace(end, position=None)
