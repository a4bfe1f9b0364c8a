"""Fusions as people write them: `TFG-ROS-1 (NGS)`, `ALK::SYN3`, `RANBP2-ALK`.

A double colon means 5' before 3' and is kept as printed. A hyphen does not say which gene comes
first, so the kinase is taken as the 3' gene, and a doubt says so when it was printed first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import FusionCall, FusionTest, TestResult
from spindle.cases.provenance import Provenance
from spindle.formats.cells.fusion_codes import CodedFusion, read_coded_fusion
from spindle.formats.cells.fusion_details import (
    Detail,
    DetailKind,
    blank_details,
    find_details,
    read_domain,
    read_exons,
    read_frame,
    read_quality,
)
from spindle.formats.cells.fusion_methods import METHODS, find_method
from spindle.formats.cells.fusion_pairs import (
    Pair,
    describe_repair,
    iterate_pairs,
    pair_pattern,
)
from spindle.formats.cells.fusion_parts import Part, find_others_denied, split_parts
from spindle.formats.cells.fusion_sentences import (
    SPOKEN,
    find_unread_partner,
    iterate_spoken_pairs,
)
from spindle.formats.cells.fusion_status import (
    Status,
    blank_partner_words,
    read_pair_status,
    read_status,
)
from spindle.formats.cells.fusion_variants import find_variants
from spindle.formats.cells.phrases import BRACKETED, find_hedge, find_pooled, refuse_long
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.formats.cells.results import find_results, read_result
from spindle.knowledge.terms import Gene, find_gene, gene_pattern
from spindle.knowledge.words import find_key, fold, make_pattern

__all__ = ["find_pairs", "pair_pattern", "read_fusion"]

# What a part may say that names a fusion or a gene and gives no call.
_OTHER_RESULTS = (TestResult.NEGATIVE, TestResult.EQUIVOCAL, TestResult.FAILED)
# What parts one fusion of a cell from the next.
_BETWEEN = re.compile(r"[,;+\n]|\b(?:and|&)\b")


def read_fusion(
    text: str,
    provenance: Provenance | Absent = NOT_REPORTED,
    *,
    id: str = "fusion-1",
) -> CellReading[FusionTest | Absent]:
    """Give the sequencing test that a cell about fusions reports, with the fusions it names.

    Frame and kinase domain are never read from a name, only from words that say them. A cell that
    denies a fusion is negative and holds no call. Words that are not read give a doubt.
    """
    reading = _read_fusion(text)
    if isinstance(reading.value, Absent):
        return reading
    return CellReading(replace(reading.value, id=id, provenance=provenance), reading.doubts)


def find_pairs(text: str, *, is_any: bool = False) -> tuple[Pair, ...]:
    """Give the pairs of genes that a text names, whatever it says of them.

    Parameters
    ----------
    is_any:
        Whether two symbols that are not known make a pair as well.
    """
    folded = fold(text)
    return _list_pairs(text, folded, find_details(folded), is_any=is_any)


def _list_pairs(
    text: str, folded: str, details: tuple[Detail, ...], *, is_any: bool = False
) -> tuple[Pair, ...]:
    """Give the pairs that a sign joins, and those that a sentence joins, in order."""
    signed = tuple(iterate_pairs(text, blank_details(folded, details), is_any=is_any))
    spoken = iterate_spoken_pairs(text, folded, details, signed, is_any=is_any)
    return tuple(sorted((*signed, *spoken), key=lambda pair: pair.start))


@lru_cache(maxsize=4096)
@refuse_long("fusion-unreadable", UNKNOWN)
def _read_fusion(text: str) -> CellReading[FusionTest | Absent]:
    reading = _read_whole(text)
    if isinstance(reading.value, Absent) or reading.value.calls or find_hedge(fold(text)):
        return reading
    return _read_parts(text) or reading


def _read_parts(text: str) -> CellReading[FusionTest | Absent] | None:
    """Give what the sentences of a text say of one fusion each: "ALK-negative; ROS1::TFG".

    None when they speak of the same genes or when one is not read, so that the whole decides.
    """
    parts = split_parts(text)
    read = [(part, _read_whole(part.words)) for part in parts]
    found: list[tuple[Part, FusionTest, tuple[Doubt, ...]]] = []
    states: list[Part] = []
    for part, reading in read:
        test = reading.value
        if isinstance(test, Absent) and not reading.doubts:
            # Not done, or not reported: it says nothing of another part's fusion.
            states.append(part)
            continue
        if isinstance(test, Absent) or isinstance(test.result, Absent):
            return None
        if not test.calls and test.result not in _OTHER_RESULTS:
            return None
        found.append((part, test, reading.doubts))
    calls = [replace(call, words=text) for _, test, _ in found for call in test.calls]
    others = [part for part, test, _ in found if not test.calls]
    if not calls:
        is_negative = (
            found and not states and all(test.result is TestResult.NEGATIVE for _, test, _ in found)
        )
        return _make(text, TestResult.NEGATIVE, (), ()) if is_negative else None
    if any(part.speaks_of(call) for part in others for call in calls):
        return None
    doubts = [replace(doubt, value=text) for _, test, all_ in found if test.calls for doubt in all_]
    for words in (*(part.words for part in (*others, *states)), *find_others_denied(text)):
        message = f'"{words}" is not read with the fusion. The words are kept.'
        doubts.append(Doubt("fusion-unreadable", message, text))
    return _make(text, TestResult.POSITIVE, tuple(calls), tuple(dict.fromkeys(doubts)))


def _read_whole(text: str) -> CellReading[FusionTest | Absent]:
    folded = fold(text)
    details = find_details(folded)
    plain = blank_details(folded, details)
    pairs = _list_pairs(text, folded, details)
    if hedge := find_hedge(folded):
        message = f'"{hedge}" is no finding. No fusion is taken.'
        return _make(text, UNKNOWN, (), (Doubt("fusion-unreadable", message, text),))
    if make_pattern("remarks", "method_not_stated").search(folded):
        message = "The cell does not say by which test. It is not counted as a fusion test."
        return _make(text, UNKNOWN, (), (Doubt("method-not-stated", message, text),))
    coded = None if pairs else _read_coded(plain, details)
    if not pairs and not coded and make_pattern("fusions", "imbalance").search(folded):
        message = "More of one end of a kinase than of the other is evidence, and no fusion call."
        return _make(text, UNKNOWN, (), (Doubt("fusion-unreadable", message, text),))
    if not pairs and not coded and not _finds_partnerless(plain):
        # "No fusion could be assessed" denies none, though it names no kinase.
        is_said = bool(make_pattern("fusions", "partnerless").search(plain))
        status = read_status(plain) if is_said else None
        is_open = status is not None and status.message
        other = _make_status(text, plain, details, pairs, status) if status and is_open else None
        return other or _read_result_only(text, plain, details)
    status = read_pair_status(plain, pairs) if pairs else None
    status = read_status(plain) if not pairs and not coded else status
    is_named = bool(pairs or coded)
    other = _make_status(text, plain, details, pairs, status) if status else None
    other = other or _read_other_result(text, plain, details, pairs, is_named=is_named)
    if not other and not is_named:
        other = _refuse_unread_partner(text, folded, details)
    return other or _read_found(text, plain, details, pairs, coded)


def _refuse_unread_partner(
    text: str, folded: str, details: tuple[Detail, ...]
) -> CellReading[FusionTest | Absent] | None:
    """Give the reading of words in which a gene beside a kinase may be the partner, unread."""
    unread = find_unread_partner(text, folded, details)
    if not unread:
        return None
    return _make(text, UNKNOWN, (), (Doubt("fusion-unreadable", unread, text),))


def _make_status(
    text: str, plain: str, details: tuple[Detail, ...], pairs: tuple[Pair, ...], status: Status
) -> CellReading[FusionTest | Absent]:
    """Give the reading of a cell that speaks of its test, or denies every fusion."""
    if status.message:
        return _make(text, UNKNOWN, (), (Doubt("fusion-unreadable", status.message, text),))
    if isinstance(status.value, Absent):
        return CellReading(status.value)
    return _make(text, status.value, (), _doubt_unread(text, plain, details, pairs))


def _read_coded(plain: str, details: tuple[Detail, ...]) -> CodedFusion | None:
    """Give the fusion that the letters of two exons tell: "EML4 E13;A20"."""
    genes = tuple(_iterate_genes(plain))
    rest = _known_words(is_positive=False).sub(" ", plain)
    are_others_named = any(character.isalnum() for character in rest)
    return read_coded_fusion(details, genes, are_others_named=are_others_named)


def _read_other_result(
    text: str,
    plain: str,
    details: tuple[Detail, ...],
    pairs: tuple[Pair, ...],
    *,
    is_named: bool,
) -> CellReading[FusionTest | Absent] | None:
    """Give the reading of a cell that names fusions and does not say that they were found."""
    if _denies_all(plain, pairs):
        return _make(text, TestResult.NEGATIVE, (), _doubt_unread(text, plain, details, pairs))
    if re.search(_denial(), blank_partner_words(BRACKETED.sub(" ", plain))):
        message = "The cell names a fusion and denies one. Neither is taken."
        return _make(text, UNKNOWN, (), (Doubt("result-conflict", message, text),))
    # "ALK fusion: failed" names no partner either, and says no more that one was found.
    other = _find_other_result(fold(text), details, pairs)
    is_open = is_named or TestResult.POSITIVE not in find_results(fold(text))
    if other and is_open and (is_named or other is not TestResult.NEGATIVE):
        message = f"The cell names a fusion and says {other.value}. No fusion is taken."
        return _make(text, other, (), (Doubt("fusion-unreadable", message, text),))
    return None


def _read_found(
    text: str,
    plain: str,
    details: tuple[Detail, ...],
    pairs: tuple[Pair, ...],
    coded: CodedFusion | None,
) -> CellReading[FusionTest | Absent]:
    calls, doubts = _read_calls(text, plain, pairs, details, coded)
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
    quality, is_sure = read_quality(find_details(fold(text)))
    if not is_sure and not doubts:
        message = "Whether the quality was adequate is not read from these words."
        doubts = (Doubt("fusion-unreadable", message, text),)
    test = FusionTest(
        id="fusion-1",
        method=find_method(text),
        result=result,
        calls=calls,
        is_quality_adequate=quality,
    )
    return CellReading(test, doubts)


def _read_result_only(
    text: str, plain: str, details: tuple[Detail, ...]
) -> CellReading[FusionTest | Absent]:
    """Give the result of a cell that names no fusion as found: "negative", "failed"."""
    qualities = tuple(detail for detail in details if detail.kind is DetailKind.QUALITY)
    left = blank_details(fold(text), qualities).strip(" ,;.:()")
    quality, _ = read_quality(details)
    if qualities and not any(letter.isalnum() for letter in left) and quality is False:
        return _make(text, TestResult.FAILED, (), ())
    reading = read_result(left if qualities else text)
    result = reading.value.result
    if isinstance(result, Absent) and not reading.doubts:
        return CellReading(result)
    if result in {TestResult.NEGATIVE, TestResult.FAILED, TestResult.EQUIVOCAL}:
        unread = _doubt_unread(text, plain, details, ())
        doubts = (replace(doubt, value=text) for doubt in reading.doubts)
        return _make(text, result, (), (*doubts, *unread))
    message = "No fusion is named in these words."
    return _make(text, result, (), (Doubt("fusion-unreadable", message, text),))


def _find_other_result(
    folded: str, details: tuple[Detail, ...], pairs: tuple[Pair, ...]
) -> TestResult | None:
    """Give a result that is not positive and stands beside a fusion: "EML4-ALK equivocal"."""
    # Not blanked: a dash before "out of frame" would then end the cell like a minus sign.
    rest = _blank_pairs(blank_details(folded, details, "_"), pairs)
    said = set(find_results(BRACKETED.sub(" ", rest)))
    for match in BRACKETED.finditer(rest):
        key = find_key("results", match.group(), "result.")
        key = key or find_key("results", match.group()[1:-1], "result.")
        said |= {TestResult(key)} if key in set(TestResult) else set()
    others = said - {TestResult.POSITIVE}
    return others.pop() if len(others) == 1 else None


def _blank_pairs(plain: str, pairs: tuple[Pair, ...]) -> str:
    for pair in pairs:
        plain = plain[: pair.start] + " " * (pair.end - pair.start) + plain[pair.end :]
    return plain


def _doubt_unread(
    text: str,
    plain: str,
    details: tuple[Detail, ...],
    pairs: tuple[Pair, ...],
    *,
    is_positive: bool = False,
) -> tuple[Doubt, ...]:
    """Give a doubt about the words of a cell that say something and are not read."""
    rest = _known_words(is_positive=is_positive).sub(" ", _blank_pairs(plain, pairs))
    folded = fold(text)
    words = [word for word in rest.split() if any(letter.isalnum() for letter in word)]
    words = [word.strip("()[].,;:/+-\"'") for word in words]
    words += [folded[d.start : d.end].strip() for d in details if not is_positive and _is_own(d)]
    if not words:
        return ()
    message = f'"{" ".join(words)}" is not read with the fusion. The words are kept.'
    return (Doubt("fusion-unreadable", message, text),)


def _is_own(detail: Detail) -> bool:
    """Give whether a detail belongs to a fusion and not to the test."""
    return detail.kind is not DetailKind.QUALITY


@cache
def _known_words(*, is_positive: bool) -> re.Pattern[str]:
    methods = [f"method.{method}" for method in METHODS]
    own = make_pattern("fusions", "partnerless", "several", "fillers", *methods).pattern
    lists = ["findings", "result.positive", "method.sequencing"]
    patterns = [own, gene_pattern().pattern, make_pattern("remarks", "pooled").pattern]
    if not is_positive:
        results = [f"result.{result}" for result in TestResult]
        lists += ["denial", "denial_phrases", "denial_after", "undecided", *results]
        patterns.append(make_pattern("fusions", "denial").pattern)
    patterns.append(make_pattern("results", *lists).pattern)
    return re.compile("|".join(patterns))


def _denies_all(folded: str, pairs: tuple[Pair, ...]) -> bool:
    """Give whether a cell denies the fusions that it names: "no EML4-ALK", "EML4-ALK negative"."""
    outside = BRACKETED.sub(" ", folded)
    if not pairs:
        return bool(re.search(_denial(), blank_partner_words(outside)))
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
    text: str,
    plain: str,
    pairs: tuple[Pair, ...],
    details: tuple[Detail, ...],
    coded: CodedFusion | None,
) -> tuple[tuple[FusionCall, ...], list[Doubt]]:
    doubts: list[Doubt] = []
    if pairs:
        calls = [_read_pair(pair, text, doubts) for pair in pairs]
        doubts += _list_variants(text, details)
        segments = _split_segments(plain, pairs)
    elif coded:
        calls = [FusionCall(gene5=coded.gene5, gene3=coded.gene3, words=text)]
        segments = [(0, len(plain))]
        doubts += [Doubt("fusion-name-repaired", said, text) for said in coded.messages]
    else:
        kinases = [gene for gene in _iterate_genes(plain) if gene.is_kinase]
        calls = [FusionCall(gene3=gene.symbol, gene5=UNKNOWN, words=text) for gene in kinases]
        segments = [(0, len(plain))] if len(calls) == 1 else [(0, 0)] * len(calls)
        if make_pattern("fusions", "several").search(plain):
            message = "Several partners are said and none is named. One call without is kept."
            doubts.append(Doubt("fusion-unreadable", message, text))
    read: set[Detail] = set()
    for place, (start, end) in enumerate(segments):
        own = [detail for detail in details if start <= detail.start < end]
        rest = _blank_pairs(plain, pairs)[start:end]
        calls[place] = _add_details(calls[place], own, text, rest, read)
    unread = tuple(detail for detail in details if _is_own(detail) and detail not in read)
    doubts += _doubt_unread(text, plain, (), pairs, is_positive=True)
    doubts += _doubt_details(text, unread)
    merged = _merge_calls(calls)
    if 0 < sum(_says_function(call) for call in merged) < len(merged):
        message = "The cell names several fusions, and says frame or kinase domain not of each."
        doubts.append(Doubt("fusion-unreadable", message, text))
    return merged, doubts


def _split_segments(plain: str, pairs: tuple[Pair, ...]) -> list[tuple[int, int]]:
    """Give, for each fusion, the part of the text that speaks of it."""
    cuts = [0]
    for one, other in pairwise(pairs):
        ends = [match.end() for match in _BETWEEN.finditer(plain, one.end, other.start)]
        cuts.append(ends[-1] if ends else other.start)
    return list(pairwise([*cuts, len(plain)]))


def _add_details(
    call: FusionCall, details: list[Detail], text: str, rest: str, read: set[Detail]
) -> FusionCall:
    """Give a call with what its details say; those that say one thing are added to `read`."""
    frame, is_frame_sure = read_frame(details)
    domain, is_domain_sure = read_domain(details, rest)
    genes = (str(call.gene5), str(call.gene3))
    exons = read_exons(details, genes)
    sure = {DetailKind.FRAME: is_frame_sure, DetailKind.DOMAIN: is_domain_sure}
    sure[DetailKind.EXON] = exons is not None
    sure[DetailKind.TRANSCRIPT] = True
    read |= {detail for detail in details if sure.get(detail.kind)}
    exon5, exon3 = (_find_written_exon(text, exon) for exon in exons or ("", ""))
    return replace(call, frame=frame, kinase_domain=domain, exon5=exon5, exon3=exon3)


def _find_written_exon(text: str, exon: str) -> str | Absent:
    match = re.search(re.escape(exon), text, re.IGNORECASE) if exon else None
    return match.group() if match else exon or NOT_REPORTED


def _doubt_details(text: str, details: tuple[Detail, ...]) -> list[Doubt]:
    folded = fold(text)
    words = ", ".join(folded[detail.start : detail.end].strip(" ()[];:,/-") for detail in details)
    message = f'"{words}" is not read with the fusion: what it holds for is not sure.'
    return [Doubt("fusion-unreadable", message, text)] if details else []


def _merge_calls(calls: list[FusionCall]) -> tuple[FusionCall, ...]:
    """Give each fusion once; one that is named again with details is named with them alone."""
    told = {(call.gene5, call.gene3) for call in calls if _has_details(call)}
    kept = [c for c in calls if _has_details(c) or (c.gene5, c.gene3) not in told]
    return tuple(dict.fromkeys(kept))


def _says_function(call: FusionCall) -> bool:
    return call.frame != NOT_REPORTED or call.kinase_domain != NOT_REPORTED


def _has_details(call: FusionCall) -> bool:
    values = (call.frame, call.kinase_domain, call.exon5, call.exon3)
    return any(value != NOT_REPORTED for value in values)


def _list_variants(text: str, details: tuple[Detail, ...]) -> Iterator[Doubt]:
    """Give a doubt for each variant whose exons stand for its number."""
    folded, starts = fold(text), {detail.start for detail in details}
    for variant in find_variants(folded):
        if variant.start in starts:
            words = folded[variant.start : variant.end]
            exons = " and ".join(
                f"{gene} exon {exon[1:]}"
                for gene, exon in zip(variant.genes, variant.exons, strict=True)
            )
            yield Doubt("fusion-name-repaired", f'"{words}" is read as {exons}.', text)


def _read_pair(pair: Pair, text: str, doubts: list[Doubt]) -> FusionCall:
    first, second = (
        _name_gene(symbol, written, text, doubts)
        for symbol, written in zip(pair.symbols, pair.written, strict=True)
    )
    one, two = find_gene(pair.first), find_gene(pair.second)
    is_kinase_first = one is not None and one.is_kinase and not (two and two.is_kinase)
    if is_kinase_first and pair.is_ordered:
        message = f"{first} is printed first and kept as the 5' gene. Partners mostly are."
        doubts.append(Doubt("fusion-name-repaired", message, text))
    elif is_kinase_first:
        sign = "The words give" if pair.joint == SPOKEN else "A hyphen gives"
        message = f"{sign} no order. The kinase {first} is taken as the 3' gene."
        doubts.append(Doubt("fusion-name-repaired", message, text))
        first, second = second, first
    return FusionCall(gene5=first, gene3=second, words=text)


def _name_gene(symbol: str, written: str, text: str, doubts: list[Doubt]) -> str:
    """Give a gene's symbol; another way to write it is noted, an unknown one kept as written."""
    if message := describe_repair(symbol, written):
        doubts.append(Doubt("fusion-name-repaired", message, text))
    return symbol
