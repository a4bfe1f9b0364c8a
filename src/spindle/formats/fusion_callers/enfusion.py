"""EnFusion: several callers' fusions in one table, with the order of reading in a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spindle.cases.fusion_calls import CalledFusion
from spindle.formats.fusion_callers.cells import RowReader, recognise_table
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, keep_row

ID = "enfusion"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    return recognise_table(head, ID)


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells."""
    reader = RowReader(facts)
    for row in rows:
        yield _make_call(reader, row) if reader.start(row) else keep_row(row, facts)


def _make_call(reader: RowReader, row: Row) -> CalledFusion:
    end1, end2 = (reader.make_end(side, reader.read_text("gene" + side)) for side in ("5", "3"))
    order = reader.held.patterns["name"].fullmatch(reader.read_text("order"))
    named = (order["gene5"].strip(), order["gene3"].strip()) if order else ("", "")
    is_turned = named == (end2.gene, end1.gene) and end1.gene != end2.gene
    return reader.make_call(
        row,
        end2 if is_turned else end1,
        end1 if is_turned else end2,
        is_directed=is_turned or (bool(order) and named == (end1.gene, end2.gene)),
        remarks=reader.list_named("remarks"),
        sequence=reader.read_text("sequence"),
    )
