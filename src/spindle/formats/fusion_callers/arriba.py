"""Arriba, versions 1 and 2: `fusions.tsv` and `fusions.discarded.tsv`, columns in any order.

`gene1` is the 5' end. The strand before the slash is the gene's, the one behind it the strand that
is read. A breakpoint between genes names the nearest ones with their distances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spindle.cases.absence import UNKNOWN
from spindle.cases.fusion_calls import CalledEnd, CalledFusion
from spindle.formats.fusion_callers.cells import RowReader, recognise_table
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, keep_row

ID = "arriba"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    return recognise_table(head, ID)


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells."""
    reader = RowReader(facts)
    for row in rows:
        yield _make_call(reader, row) if reader.start(row) else keep_row(row, facts)


def _make_call(reader: RowReader, row: Row) -> CalledFusion:
    words = reader.read_text("frame")
    # A dot in this column says that the frame can't be predicted.
    is_unknown = not words and bool(reader.list_columns("frame"))
    return reader.make_call(
        row,
        _make_end(reader, "5"),
        _make_end(reader, "3"),
        filters=reader.list_words("filters", "discarding"),
        remarks=reader.list_words("remarks"),
        frame=UNKNOWN if is_unknown else None,
        frame_words=words,
        sequence=reader.read_text("sequence"),
    )


def _make_end(reader: RowReader, side: str) -> CalledEnd:
    gene_strand, slash, read_strand = reader.read_text("strands" + side).partition("/")
    if not slash and gene_strand:
        reader.problems.append(f"The strands {gene_strand!r} of the {side}' side can't be read.")
        gene_strand = ""
    return reader.make_end(
        side,
        reader.read_text("gene" + side),
        gene_strand=reader.read_strand(gene_strand, side),
        read_strand=reader.read_strand(read_strand, side),
    )
