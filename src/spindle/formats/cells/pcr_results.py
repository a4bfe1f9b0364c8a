"""Results of an RT-PCR test for fusions: the words of any test, or the fusion that was found."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.observations import TestResult
from spindle.formats.cells.fusions import pair_pattern, read_fusion
from spindle.formats.cells.phrases import find_hedge, find_pooled, refuse_long
from spindle.formats.cells.reading import CellReading
from spindle.formats.cells.results import ResultRead, read_result
from spindle.knowledge.terms import find_gene
from spindle.knowledge.words import fold, make_pattern

_EDGES = " ()[].,;"


@lru_cache(maxsize=4096)
@refuse_long("result-unreadable", ResultRead(UNKNOWN))
def read_pcr_result(text: str, gene: str) -> CellReading[ResultRead]:
    """Give the result of one RT-PCR test for the fusions of a gene, such as `ALK`.

    A cell that is no more than the name of one fusion of that gene is positive, "no TPM3-ALK" is
    negative. A fusion without the gene, or several, are read as `read_result` reads them.
    """
    reading = read_result(text)
    if reading.value.result != UNKNOWN or find_hedge(text) or find_pooled(text):
        return reading
    folded = fold(text).strip(_EDGES)
    denial = make_pattern("fusions", "denial").match(folded)
    name = folded[denial.end() :].strip(_EDGES) if denial else folded
    if not _names_fusion_of(name, gene):
        return reading
    if denial:
        return CellReading(replace(reading.value, result=TestResult.NEGATIVE))
    test = read_fusion(text).value
    if isinstance(test, Absent) or len(test.calls) != 1:
        return reading
    return CellReading(replace(reading.value, result=TestResult.POSITIVE))


def _names_fusion_of(folded: str, symbol: str) -> bool:
    """Give whether folded words as a whole are two genes, one of them the one asked for."""
    match = pair_pattern().fullmatch(folded)
    genes = [find_gene(match[part]) for part in ("first", "second")] if match else []
    return any(gene is not None and gene.symbol == symbol for gene in genes)
