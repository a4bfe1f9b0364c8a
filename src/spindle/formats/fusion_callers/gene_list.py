"""Plain lists of two columns of genes, with a header or without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spindle.cases.fusion_calls import CalledFusion
from spindle.formats.fusion_callers.cells import (
    DELIMITERS,
    RowReader,
    make_facts,
    recognise_table,
)
from spindle.formats.fusion_callers.tables import (
    COMMENT,
    FileFacts,
    Head,
    Row,
    keep_row,
    split_cells,
)
from spindle.knowledge.fusion_callers import find_caller_format, fold_column, fold_word

ID = "gene-list"
_WITHOUT_HEADER = "There is no header: each line was taken for the two genes of a fusion."


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format.

    A file without a header is a list of genes when every line of its head holds two symbols.
    """
    return recognise_table(head, ID) or _read_unnamed(head)


def _read_unnamed(head: Head) -> FileFacts | None:
    held = find_caller_format(ID)
    above = [text for _, text in head.lines if text.startswith(COMMENT)]
    lines = [(number, text) for number, text in head.lines if not text.startswith(COMMENT)]
    for delimiter in DELIMITERS:
        rows = [split_cells(text, delimiter) for _, text in lines]
        if rows and all(
            len(row) == len(held.unnamed)
            and all(held.patterns["gene"].fullmatch(cell.strip()) for cell in row)
            for row in rows
        ):
            facts = make_facts(head, held, above, held.unnamed, delimiter, lines[0][0] - 1)
            return replace(facts, notes=(*facts.notes, _WITHOUT_HEADER))
    return None


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells.

    The sides are in order of reading only where the headers say so: `gene5`, `5' gene`.
    """
    reader = RowReader(facts)
    columns = (*reader.list_columns("gene5"), *reader.list_columns("gene3"))
    ordered = reader.held.words["directed_columns"]
    is_directed = any(fold_word(fold_column(column)) in ordered for column in columns)
    for row in rows:
        if reader.start(row):
            yield _make_call(reader, row, is_directed=is_directed)
        else:
            yield keep_row(row, facts)


def _make_call(reader: RowReader, row: Row, *, is_directed: bool) -> CalledFusion:
    end5, end3 = (reader.make_end(side, reader.read_text("gene" + side)) for side in ("5", "3"))
    return reader.make_call(row, end5, end3, is_directed=is_directed)
