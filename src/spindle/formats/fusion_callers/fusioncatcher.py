"""FusionCatcher: `final-list_candidate-fusion-genes.txt`. Gene 1 is the 5' end.

The description is a list of words (`readthrough`, `banned`, databases); the predicted effect says
the frame only where it says `in-frame` or `out-of-frame`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spindle.cases.fusion_calls import CalledFusion
from spindle.formats.fusion_callers.cells import RowReader, recognise_table
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, keep_row

ID = "fusioncatcher"
_JUNCTION = "*"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    return recognise_table(head, ID)


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells."""
    reader = RowReader(facts)
    for row in rows:
        yield _make_call(reader, row) if reader.start(row) else keep_row(row, facts)


def _make_call(reader: RowReader, row: Row) -> CalledFusion:
    end5, end3 = (reader.make_end(side, reader.read_text("gene" + side)) for side in ("5", "3"))
    return reader.make_call(
        row,
        end5,
        end3,
        remarks=reader.list_words("remarks"),
        sequence=reader.read_text("sequence").replace(_JUNCTION, "|"),
    )
