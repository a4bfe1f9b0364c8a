"""Plain lists of two columns of genes, with a header or without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spindle.cases.fusion_calls import CalledFusion
from spindle.formats.cells.fusions import find_pairs
from spindle.formats.cells.phrases import LONGEST_CELL
from spindle.formats.fusion_callers.cells import (
    DELIMITERS,
    RowReader,
    make_facts,
    recognise_table,
)
from spindle.formats.fusion_callers.report_lines import find_call
from spindle.formats.fusion_callers.tables import (
    COMMENT,
    FileFacts,
    Head,
    Row,
    keep_row,
    split_cells,
)
from spindle.knowledge.fusion_callers import (
    CallerFormat,
    find_caller_format,
    fold_column,
    fold_word,
)
from spindle.knowledge.terms import find_gene
from spindle.knowledge.words import find_key, fold, make_pattern

ID = "gene-list"
_WITHOUT_HEADER = "There is no header: each line was taken for the two genes of a fusion."
_SHOWN = 60


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format.

    A file without a header is a list of genes when most lines of its head hold two symbols, the
    first one among them.
    """
    return recognise_table(head, ID) or _read_unnamed(head)


def _read_unnamed(head: Head) -> FileFacts | None:
    held = _find_format()
    above = [text for _, text in head.lines if text.startswith(COMMENT)]
    lines = [(number, text) for number, text in head.lines if not text.startswith(COMMENT)]
    for delimiter in DELIMITERS:
        rows = [split_cells(text, delimiter) for _, text in lines]
        if rows and _are_pairs(rows):
            facts = make_facts(head, held, above, held.unnamed, delimiter, lines[0][0] - 1)
            return replace(facts, notes=(*facts.notes, _WITHOUT_HEADER))
    return None


def _are_pairs(rows: list[list[str]]) -> bool:
    """Give whether rows are two genes each: the first one, and more than not.

    A row of another width, or with a cell that is no gene, is for the reader of rows to keep.
    """
    fitting = [_is_pair(row) for row in rows]
    return fitting[0] and sum(fitting) * 2 > len(rows)


def _is_pair(row: list[str]) -> bool:
    return len(row) == len(_find_format().unnamed) and all(_is_gene(cell.strip()) for cell in row)


def _find_format() -> CallerFormat:
    return find_caller_format(ID)


def _is_gene(cell: str) -> bool:
    """Give whether a cell is written as a gene is, and is no call and no fusion."""
    return bool(_find_format().patterns["gene"].fullmatch(cell)) and not (
        _is_word(cell) or _names_fusion(cell)
    )


def _is_word(cell: str) -> bool:
    """Give whether a cell is a call such as `NEGATIVE`, or another word that is no gene."""
    folded = fold(cell)
    is_call = find_call(cell) is not None or bool(find_key("results", folded, "result."))
    return is_call or bool(make_pattern("fusions", "not_genes").fullmatch(folded))


def _names_fusion(cell: str) -> bool:
    """Give whether a cell itself names two genes of a fusion: `TPM3-ALK`, and not `RET-AS1`."""
    own_hyphen = _find_format().patterns["own_hyphen"]
    return not own_hyphen.fullmatch(cell) and bool(find_pairs(cell[:LONGEST_CELL]))


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells.

    The sides are in order of reading only where the headers say so: `gene5`, `5' gene`.
    """
    reader = RowReader(facts)
    columns = (*reader.list_columns("gene5"), *reader.list_columns("gene3"))
    ordered = reader.held.words["directed_columns"]
    is_directed = any(fold_word(fold_column(column)) in ordered for column in columns)
    is_named = _WITHOUT_HEADER not in facts.notes
    for row in rows:
        if not reader.start(row):
            yield keep_row(row, facts)
        elif why := _find_fault(reader, is_named=is_named):
            yield keep_row(row, facts, why)
        else:
            yield _make_call(reader, row, is_directed=is_directed)


def _find_fault(reader: RowReader, *, is_named: bool) -> str:
    """Give why a cell is no gene: it names a fusion, or, without a header, is another word."""
    for cell in (reader.read_text("gene5"), reader.read_text("gene3")):
        if _names_fusion(cell):
            return f"{_shorten(cell)!r} names a fusion, and is not one gene of another."
        if not is_named and (_is_word(cell) or not (_is_gene(cell) or find_gene(cell))):
            return f"{_shorten(cell)!r} is not written as a gene is."
    return ""


def _shorten(cell: str) -> str:
    return cell if len(cell) <= _SHOWN else cell[:_SHOWN] + "…"


def _make_call(reader: RowReader, row: Row, *, is_directed: bool) -> CalledFusion:
    end5, end3 = (reader.make_end(side, reader.read_text("gene" + side)) for side in ("5", "3"))
    return reader.make_call(row, end5, end3, is_directed=is_directed)
