"""STAR-Fusion: full, abridged, and with the coding effect. The left gene is the 5' one.

FusionInspector and CTAT-LR-fusion come from the same workshop and write genes, breakpoints and
annotations in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from spindle.cases.fusion_calls import CalledEnd, CalledFusion
from spindle.formats.fusion_callers.cells import RowReader, recognise_table, split_names
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, keep_row

ID = "star-fusion"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    return recognise_table(head, ID)


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells."""
    reader = RowReader(facts)
    for row in rows:
        yield _make_call(reader, row) if reader.start(row) else keep_row(row, facts)


def _make_call(reader: RowReader, row: Row) -> CalledFusion:
    return reader.make_call(
        row,
        _make_end(reader, "5"),
        _make_end(reader, "3"),
        remarks=(*reader.list_words("splice"), *read_list(reader.read_text("remarks"))),
        sequence=mark_junction(reader.read_text("sequence")),
    )


def _make_end(reader: RowReader, side: str) -> CalledEnd:
    gene, _, gene_id = reader.read_text("gene" + side).partition("^")
    if not gene:
        names = split_names(reader, reader.read_text("name"))
        gene = names[0] if side == "5" else names[1]
    return reader.make_end(side, gene, gene_id)


def read_list(text: str) -> tuple[str, ...]:
    """Give the words of a JSON list; of one that lost its quotation marks, what commas part."""
    try:
        words = json.loads(text) if text else []
    except (ValueError, RecursionError):
        bare = text[1:-1] if text[:1] + text[-1:] == "[]" else text
        words = bare.split(",")
    if not isinstance(words, list):
        words = [text]
    return tuple(str(word).strip() for word in words)


def mark_junction(sequence: str) -> str:
    """Give a coding sequence with `|` at its junction: the 5' part is in small letters.

    A sequence that is not small letters followed by large ones has no junction that can be told.
    """
    small = len(sequence) - len(sequence.lstrip("acgtn"))
    rest = sequence[small:]
    return f"{sequence[:small]}|{rest}" if 0 < small < len(sequence) and rest.isupper() else ""
