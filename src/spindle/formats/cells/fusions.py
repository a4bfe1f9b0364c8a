"""Fusions as people write them: `TFG-ROS-1 (NGS)`, `ALK::SYN3`, `RANBP2-ALK`.

A double colon means 5' before 3' and is kept as printed. A hyphen does not say which gene comes
first, so the kinase is taken as the 3' gene, and a doubt says so when it was printed first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import FusionCall, FusionTest, SequencingMethod, TestResult
from spindle.cases.provenance import Provenance
from spindle.formats.cells.phrases import BRACKETED, find_hedge, find_pooled, refuse_long
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.formats.cells.results import read_result
from spindle.knowledge.terms import Gene, find_gene, gene_pattern
from spindle.knowledge.words import fold, make_pattern

# A symbol that the vocabulary does not know: letters and digits, as gene symbols are written.
_SYMBOL = r"[a-z][a-z0-9]{1,9}"
_JOINT = r"\s*(?P<joint>::|--|-|/)\s*"


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two genes with a sign between them."""

    first: str
    joint: str
    second: str
    start: int
    end: int


def read_fusion(
    text: str,
    provenance: Provenance | Absent = NOT_REPORTED,
    *,
    id: str = "fusion-1",
) -> CellReading[FusionTest | Absent]:
    """Give the sequencing test that a cell about fusions reports, with the fusions it names.

    Frame and kinase domain are never read from a name. A cell that denies a fusion is negative and
    holds no call.
    """
    reading = _read_fusion(text)
    if isinstance(reading.value, Absent):
        return reading
    return CellReading(replace(reading.value, id=id, provenance=provenance), reading.doubts)


@lru_cache(maxsize=16_384)
@refuse_long("fusion-unreadable", UNKNOWN)
def _read_fusion(text: str) -> CellReading[FusionTest | Absent]:
    folded = fold(text)
    pairs = tuple(_iterate_pairs(text, folded))
    if hedge := find_hedge(folded):
        message = f'"{hedge}" is no finding. No fusion is taken.'
        return _make(text, UNKNOWN, (), (Doubt("fusion-unreadable", message, text),))
    if make_pattern("remarks", "method_not_stated").search(folded):
        message = "The cell does not say by which test. It is not counted as a fusion test."
        return _make(text, UNKNOWN, (), (Doubt("method-not-stated", message, text),))
    if not pairs and not _finds_partnerless(folded):
        return _read_result_only(text)
    if _denies_all(folded, pairs):
        return _make(text, TestResult.NEGATIVE, (), ())
    if re.search(_denial(), BRACKETED.sub(" ", folded)):
        message = "The cell names a fusion and denies one. Neither is taken."
        return _make(text, UNKNOWN, (), (Doubt("result-conflict", message, text),))
    calls, doubts = _read_calls(text, folded, pairs)
    if pooled := find_pooled(text):
        message = "The cell speaks of several patients together. It is repeated for this one."
        doubts.append(Doubt("pooled-statement", message, pooled))
    return _make(text, TestResult.POSITIVE, calls, tuple(dict.fromkeys(doubts)))


def _make(
    text: str,
    result: TestResult | Absent,
    calls: tuple[FusionCall, ...],
    doubts: tuple[Doubt, ...],
) -> CellReading[FusionTest | Absent]:
    method = _find_method(fold(text))
    return CellReading(FusionTest(id="fusion-1", method=method, result=result, calls=calls), doubts)


def _find_method(folded: str) -> SequencingMethod:
    methods = (SequencingMethod.RNA, SequencingMethod.DNA)
    named = [m for m in methods if make_pattern("fusions", f"method.{m}").search(folded)]
    return named[0] if len(named) == 1 else SequencingMethod.UNSPECIFIED


def _read_result_only(text: str) -> CellReading[FusionTest | Absent]:
    """Give the result of a cell that names no fusion as found: "negative", "failed"."""
    reading = read_result(text)
    result = reading.value.result
    if isinstance(result, Absent) and not reading.doubts:
        return CellReading(result)
    if result in {TestResult.NEGATIVE, TestResult.FAILED, TestResult.EQUIVOCAL}:
        return _make(text, result, (), reading.doubts)
    message = "No fusion is named in these words."
    return _make(text, result, (), (Doubt("fusion-unreadable", message, text),))


@cache
def _pair_pattern() -> re.Pattern[str]:
    gene = rf"(?:{gene_pattern().pattern}|\b{_SYMBOL}\b)"
    return re.compile(rf"(?P<first>{gene}){_JOINT}(?P<second>{gene})")


def _iterate_pairs(text: str, folded: str) -> Iterator[_Pair]:
    """Give the pairs of genes of a text; one gene of each is known, unless "::" joins them."""
    for match in _pair_pattern().finditer(folded):
        genes = [find_gene(match["first"]), find_gene(match["second"])]
        known = [gene for gene in genes if gene]
        written = [_find_written(text, folded, match, part) for part in ("first", "second")]
        are_kinases = len(known) == 2 and all(gene.is_kinase for gene in known)
        is_pair = bool(known) or match["joint"] == "::"
        if is_pair and not are_kinases and all(map(_is_symbol, written, genes)):
            yield _Pair(match["first"], match["joint"], match["second"], match.start(), match.end())


def _find_written(text: str, folded: str, match: re.Match[str], part: str) -> str:
    """Give a gene's name as it was written; an empty text when folding moved the letters."""
    return text[match.start(part) : match.end(part)] if len(text) == len(folded) else ""


def _is_symbol(written: str, gene: Gene | None) -> bool:
    """Give whether a name is a known gene's, or in capitals as symbols are and no other word."""
    is_word = make_pattern("fusions", "not_genes").fullmatch(fold(written))
    return gene is not None or (written.isupper() and not is_word)


def _denies_all(folded: str, pairs: tuple[_Pair, ...]) -> bool:
    """Give whether a cell denies the fusions that it names: "no EML4-ALK", "EML4-ALK negative"."""
    outside = BRACKETED.sub(" ", folded)
    if not pairs:
        return bool(re.search(_denial(), outside))
    before = re.search(rf"(?:{_denial()})[\s:]*(?:\w+\s)?$", folded[: pairs[0].start])
    after = re.match(rf"[\s:]*(?:[\w-]+\s+){{0,2}}(?:{_denial()})", folded[pairs[-1].end :])
    return bool(before or after) and len(pairs) == 1


@cache
def _denial() -> str:
    return make_pattern("fusions", "denial").pattern


def _finds_partnerless(folded: str) -> bool:
    kinases = [gene for gene in _iterate_genes(folded) if gene.is_kinase]
    return bool(kinases) and bool(make_pattern("fusions", "partnerless").search(folded))


def _iterate_genes(folded: str) -> Iterator[Gene]:
    found = (find_gene(match.group()) for match in gene_pattern().finditer(folded))
    yield from dict.fromkeys(gene for gene in found if gene)


def _read_calls(
    text: str, folded: str, pairs: tuple[_Pair, ...]
) -> tuple[tuple[FusionCall, ...], list[Doubt]]:
    doubts: list[Doubt] = []
    if pairs:
        calls = tuple(dict.fromkeys(_read_pair(pair, text, doubts) for pair in pairs))
        return calls, doubts
    kinases = [gene for gene in _iterate_genes(folded) if gene.is_kinase]
    if make_pattern("fusions", "several").search(folded):
        message = "Several partners are said and none is named. One call without partner is kept."
        doubts.append(Doubt("fusion-unreadable", message, text))
    calls = tuple(FusionCall(gene3=gene.symbol, gene5=UNKNOWN, words=text) for gene in kinases)
    return calls, doubts


def _read_pair(pair: _Pair, text: str, doubts: list[Doubt]) -> FusionCall:
    first, second = _name_gene(pair.first, text, doubts), _name_gene(pair.second, text, doubts)
    one, two = find_gene(pair.first), find_gene(pair.second)
    is_kinase_first = one is not None and one.is_kinase and not (two and two.is_kinase)
    if is_kinase_first and pair.joint == "::":
        message = f"{first} is printed first and kept as the 5' gene. Partners mostly are."
        doubts.append(Doubt("fusion-name-repaired", message, text))
    elif is_kinase_first:
        message = f"A hyphen gives no order. The kinase {first} is taken as the 3' gene."
        doubts.append(Doubt("fusion-name-repaired", message, text))
        first, second = second, first
    return FusionCall(gene5=first, gene3=second, words=text)


def _name_gene(words: str, text: str, doubts: list[Doubt]) -> str:
    """Give a gene's symbol; another way to write it is noted, an unknown one kept as written."""
    start = fold(text).find(words)
    is_aligned = start >= 0 and len(fold(text)) == len(text)
    written = text[start : start + len(words)] if is_aligned else words.upper()
    gene = find_gene(words)
    if gene is None:
        message = f'"{written}" is not among the known genes. It is kept as written.'
        doubts.append(Doubt("fusion-name-repaired", message, text))
        return written
    if gene.symbol != written:
        message = f'"{written}" is read as {gene.symbol}.'
        doubts.append(Doubt("fusion-name-repaired", message, text))
    return gene.symbol
