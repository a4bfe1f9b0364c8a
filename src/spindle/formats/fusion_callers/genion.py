"""Genion: fusions of long reads, without a header and without positions.

The order of the two genes says nothing about which of them is read first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spindle.cases.fusion_calls import CalledEnd, CalledFusion
from spindle.formats.fusion_callers.cells import RowReader, make_facts, split_names
from spindle.formats.fusion_callers.tables import COMMENT, FileFacts, Head, Row, keep_row
from spindle.knowledge.fusion_callers import find_caller_format

ID = "genion"
_DELIMITER = "\t"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    held = find_caller_format(ID)
    above = [text for _, text in head.lines if text.startswith(COMMENT)]
    for number, text in head.lines:
        cells = text.split(_DELIMITER)
        if held.patterns["ids"].fullmatch(cells[0].strip()):
            least = len(held.unnamed) - 1
            width = min(max(len(cells), least), len(held.unnamed))
            columns = held.unnamed[:width]
            return make_facts(head, held, above, columns, _DELIMITER, number - 1)
        if not text.startswith(COMMENT):
            return None
    return None


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells."""
    reader = RowReader(facts)
    for row in rows:
        yield _make_call(reader, row) if reader.start(row) else keep_row(row, facts)


def _make_call(reader: RowReader, row: Row) -> CalledFusion:
    genes = split_names(reader, reader.read_text("name"))
    gene_ids = split_names(reader, reader.read_text("ids"))
    code = reader.read_text("filters")
    is_passed = bool(reader.held.patterns["passed"].fullmatch(code))
    ends = (CalledEnd(gene=g, gene_id=i) for g, i in zip(genes, gene_ids, strict=True))
    return reader.make_call(
        row,
        *ends,
        filters=() if is_passed else reader.list_words("filters"),
        remarks=(code,) if is_passed else (),
    )
