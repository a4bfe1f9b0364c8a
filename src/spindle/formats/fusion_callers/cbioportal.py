"""cBioPortal structural variants (`data_sv.txt`) and the tables of GENIE.

Site 1 and site 2 are in no order of reading. Where the words of the event name both genes in that
order, as in `{EML4:ALK}`, the sides are put in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spindle.cases.fusion_calls import CalledEnd, CalledFusion
from spindle.cases.observations import SequencingMethod
from spindle.formats.fusion_callers.cells import RowReader, recognise_table
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, keep_row

ID = "cbioportal-sv"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    return recognise_table(head, ID)


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of the rows, one a row; a row that can't be read keeps its cells."""
    reader = RowReader(facts)
    for row in rows:
        yield _make_call(reader, row) if reader.start(row) else keep_row(row, facts)


def _make_call(reader: RowReader, row: Row) -> CalledFusion:
    end1, end2 = (_make_end(reader, side) for side in ("5", "3"))
    event = reader.read_text("event")
    order = reader.held.patterns["order"].search(event)
    named = (order["gene5"].strip(), order["gene3"].strip()) if order else ("", "")
    is_turned = named == (end2.gene, end1.gene) and end1.gene != end2.gene
    frame_words = reader.read_text("frame")
    if not frame_words and (said := reader.held.patterns["frame"].search(event)):
        frame_words = said["frame"]
    return reader.make_call(
        row,
        end2 if is_turned else end1,
        end1 if is_turned else end2,
        is_directed=is_turned or (bool(order) and named == (end1.gene, end2.gene)),
        method=_read_method(reader),
        remarks=reader.list_named("remarks"),
        frame_words=frame_words,
    )


def _make_end(reader: RowReader, side: str) -> CalledEnd:
    region, number = reader.read_text("region" + side), reader.read_text("number" + side)
    site = reader.read_text("site" + side) or f"{region} {number}".strip()
    end = reader.make_end(side, reader.read_text("gene" + side), site=site)
    if end.exon or not reader.means("exon", region):
        return end
    return replace(end, exon=number)


def _read_method(reader: RowReader) -> SequencingMethod:
    is_rna = reader.means("yes", reader.read_text("rna_support"))
    is_dna = reader.means("yes", reader.read_text("dna_support"))
    if is_rna == is_dna:
        return SequencingMethod.UNSPECIFIED
    return SequencingMethod.RNA if is_rna else SequencingMethod.DNA
