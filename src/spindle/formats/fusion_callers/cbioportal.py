"""cBioPortal structural variants (`data_sv.txt`) and the tables of GENIE.

Site 1 and site 2 are in no order of reading. Where the words of the event name both genes in that
order, as in `{EML4:ALK}` or `EML4-ALK Fusion`, the sides are put in it. A hyphen behind a kinase
says nothing, since names are also made of the two sites as they come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from spindle.cases.fusion_calls import CalledEnd, CalledFusion
from spindle.cases.observations import SequencingMethod
from spindle.formats.fusion_callers.cells import RowReader, recognise_table
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, keep_row
from spindle.knowledge.fusion_callers import CallerFormat, find_caller_format
from spindle.knowledge.gene_names import read_gene_name
from spindle.knowledge.terms import find_gene
from spindle.knowledge.transcripts import load_domains

ID = "cbioportal-sv"
_HYPHEN = "-"


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
    order = _read_order(reader.held, event, end1.gene, end2.gene)
    is_turned = order == (end2.gene, end1.gene) and end1.gene != end2.gene
    frame_words = reader.read_text("frame")
    if not frame_words and (said := reader.held.patterns["frame"].search(event)):
        frame_words = said["frame"]
    return reader.make_call(
        row,
        end2 if is_turned else end1,
        end1 if is_turned else end2,
        is_directed=is_turned or order == (end1.gene, end2.gene),
        method=_read_method(reader),
        remarks=reader.list_named("remarks"),
        frame_words=frame_words,
    )


def _read_order(held: CallerFormat, event: str, one: str, other: str) -> tuple[str, str] | None:
    """Give the two genes in the order of reading that the words of the event tell; else none."""
    if order := held.patterns["order"].search(event):
        return order["gene5"].strip(), order["gene3"].strip()
    if not one or not other or one == other:
        return None
    both = ((pair, _pair_pattern(*pair).search(event)) for pair in ((one, other), (other, one)))
    named = [(pair, match["joint"]) for pair, match in both if match]
    # Named both ways round they tell no order.
    if len(named) != 1:
        return None
    (first, second), joint = named[0]
    is_kinase_first = _is_kinase(first) and not _is_kinase(second)
    return None if is_kinase_first and _HYPHEN in joint else (first, second)


@lru_cache(maxsize=4096)
def _pair_pattern(first: str, second: str) -> re.Pattern[str]:
    joint = find_caller_format(ID).patterns["joint"].pattern
    genes = re.escape(first), re.escape(second)
    return re.compile(rf"(?<![\w-]){genes[0]}{joint}{genes[1]}(?![\w-])", re.IGNORECASE)


def _is_kinase(gene: str) -> bool:
    name = read_gene_name(gene).symbol
    found = find_gene(name)
    return bool(found and found.is_kinase) or any(
        domain.is_kinase for domain in load_domains().get(name, ())
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
