"""Lists with a fusion's name and two breakpoints: `LeftBreakpoint`, `RightBreakpoint`.

Who wrote them is not said, and so neither is which gene is read first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spindle.cases.fusion_calls import CalledFusion
from spindle.formats.fusion_callers.cells import RowReader, recognise_table, split_names
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, keep_row

ID = "breakpoint-list"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    return recognise_table(head, ID)


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells."""
    reader = RowReader(facts)
    for row in rows:
        yield _make_call(reader, row) if reader.start(row) else keep_row(row, facts)


def _make_call(reader: RowReader, row: Row) -> CalledFusion:
    genes = split_names(reader, reader.read_text("name"))
    end5, end3 = (reader.make_end(side, gene) for side, gene in zip(("5", "3"), genes, strict=True))
    return reader.make_call(
        row, end5, end3, filters=reader.list_words("filters"), remarks=reader.list_named("remarks")
    )
