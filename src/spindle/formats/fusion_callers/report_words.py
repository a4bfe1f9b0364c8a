"""A report's own words, one fusion a line or several: `TFG-ROS-1 (NGS)`, `EML4-ALK.E6A20`.

The readers of cells do the reading. Here genes stay as written, so that their repair is shown where
it is made; what only the words tell, such as a gene taken from the letter of its exon, becomes a
remark. A line that names no fusion, or does not say that one was found, is kept with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.cases.observations import (
    FusionCall,
    ReadingFrame,
    SequencingMethod,
    TestResult,
)
from spindle.formats.cells.fusion_details import Detail, DetailKind, find_details
from spindle.formats.cells.fusion_isoforms import find_change
from spindle.formats.cells.fusion_pairs import DOUBLE_COLON, Pair, describe_repair
from spindle.formats.cells.fusions import find_pairs, read_fusion
from spindle.formats.cells.phrases import LONGEST_CELL
from spindle.formats.cells.reading import CellReading
from spindle.formats.fusion_callers.report_lines import (
    FORMAT,
    TAB,
    ResultLine,
    are_result_lines,
    read_line,
)
from spindle.formats.fusion_callers.tables import FileFacts, Head, Row, keep_row
from spindle.knowledge.fusion_callers import (
    CallerFormat,
    find_caller_format,
    load_caller_formats,
    read_build,
)
from spindle.knowledge.terms import find_gene, gene_pattern
from spindle.knowledge.transcripts import load_transcripts
from spindle.knowledge.words import fold, make_pattern

ID = FORMAT
# A header, a row below it, and more cells than a sentence of two halves has.
_LEAST_LINES = 2
_LEAST_CELLS = 3
NO_FUSION = "No fusion is named in these words."


def _find_format() -> CallerFormat:
    return find_caller_format(ID)


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a text says; none when no line of it names a fusion, or for a table."""
    texts = [text for _, text in head.lines]
    has_tabs = any(TAB in text.strip() for text in texts)
    if (has_tabs and not are_result_lines(texts)) or _looks_like_table(texts):
        return None
    facts = FileFacts(ID, head.name)
    if not any(_names_fusion(text, facts) for text in texts):
        return None
    return facts


def _looks_like_table(texts: list[str]) -> bool:
    """Give whether a line without a fusion heads lines of as many cells: a caller's table."""
    if len(texts) < _LEAST_LINES or find_pairs(" ".join(texts[0].split())[:LONGEST_CELL]):
        return False
    for delimiter in ",;":
        counts = {text.count(delimiter) for text in texts}
        if len(counts) == 1 and counts.pop() + 1 >= _LEAST_CELLS:
            return not are_result_lines(texts, delimiter)
    return False


def _names_fusion(text: str, facts: FileFacts) -> bool:
    """Give whether a line names a fusion, found or not, or says a result of a test for fusions."""
    words = " ".join(text.split())[:LONGEST_CELL]
    if any(not call.problem for call in _read_row(Row(1, words, {}), facts)) or find_pairs(words):
        return True
    test = read_fusion(words).value
    is_result = not isinstance(test, Absent) and isinstance(test.result, TestResult)
    is_evidence = make_pattern("fusions", "imbalance").search(fold(words))
    return bool(is_result and _results_of_fusions().search(fold(words))) or bool(
        is_evidence and gene_pattern().search(fold(words))
    )


@cache
def _results_of_fusions() -> re.Pattern[str]:
    """Give a pattern that finds a result beside the word "fusion": "no ALK fusion detected"."""
    patterns = _find_format().patterns
    noun = patterns["fusion_word"].pattern.removeprefix("(?i)")
    results = [f"result.{result}" for result in TestResult]
    lists = ("denial", "denial_phrases", "denial_after", "not_done", *results)
    result = rf"(?:{make_pattern('results', *lists).pattern})"
    near = patterns["near"].pattern
    return re.compile(rf"{result}{near}{noun}|{noun}{near}{result}")


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of lines of text; a line without one is kept with the reason."""
    for row in rows:
        yield from _read_row(row, facts)


def _read_row(row: Row, facts: FileFacts) -> Iterator[CalledFusion]:
    # One kind of space, so that places in the folded words are those in the words.
    line = read_line(row.text)
    text = line.words
    if len(text) > LONGEST_CELL:
        yield keep_row(
            row, facts, f"The line has over {LONGEST_CELL:,} characters, too many words."
        )
        return
    if why := line.explain():
        yield keep_row(row, facts, why)
        return
    adjoined, rest = _take_adjoined(text)
    loci, rest = _take_loci(rest)
    build, rest = _take_build(rest)
    made = [_finish(words, row, facts) for words in _read_words(rest, text)]
    made = _join_adjoined([_finish(words, row, facts) for words in adjoined], made)
    test = read_fusion(rest).value
    quality = NOT_REPORTED if isinstance(test, Absent) else test.is_quality_adequate
    if not made:
        kept = keep_row(row, facts, _explain(rest))
        yield replace(kept, is_quality_adequate=quality)
        return
    made = [replace(call, is_quality_adequate=quality) for call in made]
    if len(loci) == len(made):
        made = [_place(call, locus) for call, locus in zip(made, loci, strict=True)]
    elif loci:
        remark = "positions in the words are not read: which fusion they belong to is not sure"
        made = [replace(call, remarks=(*call.remarks, remark)) for call in made]
    for call in made:
        counted = _count_reads(call, line, is_alone=len(made) == 1)
        yield replace(counted, build=build) if not isinstance(build, Absent) else counted


def _count_reads(call: CalledFusion, line: ResultLine, *, is_alone: bool) -> CalledFusion:
    """Give a call with the reads that stand beside it; the words do not say of which kind."""
    if not line.reads:
        return call
    said = "; ".join(line.reads)
    if line.count is None or not is_alone:
        remark = f"reads are not taken, since it is not sure of which fusion they are: {said}"
        return replace(call, remarks=(*call.remarks, remark))
    remark = f"reads as written, of a kind that is not said: {said}"
    return replace(call, split_reads=line.count, remarks=(*call.remarks, remark))


@dataclass(frozen=True, slots=True)
class _Words:
    """One fusion of a line, as read."""

    end5: CalledEnd
    end3: CalledEnd
    is_directed: bool
    method: SequencingMethod
    remarks: tuple[str, ...]
    frame: ReadingFrame | Absent = NOT_REPORTED
    frame_words: str = ""


def _finish(words: _Words, row: Row, facts: FileFacts) -> CalledFusion:
    return CalledFusion(
        caller=ID,
        file=facts.file,
        line=row.line,
        end5=words.end5,
        end3=words.end3,
        sample=facts.sample,
        method=words.method,
        build=facts.build,
        is_directed=words.is_directed,
        remarks=words.remarks,
        frame=words.frame,
        frame_words=words.frame_words,
        words=row.text,
    )


# Fusions by the names of their genes --------------------------------------------------------------


def _read_words(rest: str, text: str) -> Iterator[_Words]:
    """Give the fusions that words name and do not deny, doubt or leave open."""
    reading = read_fusion(rest)
    test = reading.value
    if isinstance(test, Absent) or not test.calls:
        if isinstance(test, Absent) or test.result in (UNKNOWN, TestResult.POSITIVE):
            yield from _read_unknown_pairs(rest, reading)
        return
    pairs = find_pairs(rest)
    repairs = {
        describe_repair(symbol, written)
        for pair in pairs
        for symbol, written in zip(pair.symbols, pair.written, strict=True)
    }
    remarks = tuple(doubt.message for doubt in reading.doubts if doubt.message not in repairs)
    details = find_details(fold(rest))
    for call in test.calls:
        pair = _find_pair(call, pairs)
        ends = _make_ends(call, pair, details, rest)
        yield _Words(
            end5=ends[0],
            end3=ends[1],
            is_directed=_is_directed(call, pair, text),
            method=test.method,
            remarks=(*remarks, *_list_remarks(call, is_adequate=test.is_quality_adequate)),
            frame=call.frame,
            frame_words=_find_words(call, details, rest),
        )


def _read_unknown_pairs(rest: str, reading: CellReading[object]) -> Iterator[_Words]:
    """Give pairs of symbols that are not known here, in words that call them a fusion."""
    slugs = {doubt.slug for doubt in reading.doubts}
    is_open = slugs <= {"fusion-unreadable", "result-unreadable"}
    if not is_open or find_pairs(rest) or not _find_format().patterns["fusion_word"].search(rest):
        return
    for pair in find_pairs(rest, is_any=True):
        first, second = (CalledEnd(gene=gene) for gene in pair.written)
        is_directed = pair.joint == DOUBLE_COLON
        yield _Words(first, second, is_directed, SequencingMethod.NOT_STATED, ())


def _find_pair(call: FusionCall, pairs: tuple[Pair, ...]) -> Pair | None:
    genes = {str(call.gene5), str(call.gene3)}
    return next((pair for pair in pairs if set(pair.symbols) == genes), None)


def _make_ends(
    call: FusionCall, pair: Pair | None, details: tuple[Detail, ...], rest: str
) -> tuple[CalledEnd, CalledEnd]:
    written = dict(zip(pair.symbols, pair.written, strict=True)) if pair else {}
    transcripts = [detail for detail in details if detail.kind is DetailKind.TRANSCRIPT]
    ends = []
    for gene, exon in ((call.gene5, call.exon5), (call.gene3, call.exon3)):
        own = [detail.value for detail in transcripts if detail.gene == str(gene)]
        ends.append(
            CalledEnd(
                gene="" if isinstance(gene, Absent) else written.get(gene, gene),
                exon="" if isinstance(exon, Absent) else exon,
                transcript=_find_case(own[0], rest) if len(set(own)) == 1 else "",
            )
        )
    return ends[0], ends[1]


def _find_case(folded: str, text: str) -> str:
    """Give folded words as they stand in the text."""
    start = text.casefold().find(folded)
    return text[start : start + len(folded)] if start >= 0 else folded


def _is_directed(call: FusionCall, pair: Pair | None, text: str) -> bool:
    """Give whether the words tell which gene is read first.

    A double colon, exons in brackets and the id of an isoform do. A hyphen does where the partner
    stands before the kinase, as fusions are named; turned round, the order was only taken.
    """
    if pair and pair.is_ordered:
        return True
    if pair:
        genes = [find_gene(symbol) for symbol in pair.symbols]
        is_usual = bool(genes[1] and genes[1].is_kinase and not (genes[0] and genes[0].is_kinase))
        return is_usual and call.gene5 == pair.symbols[0]
    exons = [exon for exon in (call.exon5, call.exon3) if not isinstance(exon, Absent)]
    return len(exons) == 2 and -1 < text.find(exons[0]) < text.find(exons[1])


def _list_remarks(call: FusionCall, *, is_adequate: bool | Absent) -> Iterator[str]:
    if not isinstance(call.kinase_domain, Absent):
        yield f"kinase domain as reported: {call.kinase_domain.value}"
    elif call.kinase_domain == UNKNOWN:
        yield "kinase domain as reported: not read from the words"
    if not isinstance(is_adequate, Absent):
        yield f"quality as reported: {'adequate' if is_adequate else 'not adequate'}"
    for exon in (call.exon5, call.exon3):
        if not isinstance(exon, Absent) and (change := find_change(exon)):
            yield f"bases put in or left out at the junction: {change}"


def _find_words(call: FusionCall, details: tuple[Detail, ...], rest: str) -> str:
    """Give the words for the reading frame, when they speak of this fusion's."""
    if call.frame == NOT_REPORTED:
        return ""
    frames = [detail for detail in details if detail.kind is DetailKind.FRAME]
    wanted = call.frame.value if isinstance(call.frame, ReadingFrame) else ""
    own = [detail for detail in frames if detail.value == wanted] or frames
    is_aligned = len(fold(rest)) == len(rest)
    words = [(rest if is_aligned else fold(rest))[d.start : d.end].strip() for d in own]
    return "; ".join(dict.fromkeys(words))


def _explain(rest: str) -> str:
    """Give why a line gives no call."""
    reading = read_fusion(rest)
    test = reading.value
    if isinstance(test, Absent):
        return f"The words say {test}, and name no fusion." if rest else NO_FUSION
    if test.result is TestResult.POSITIVE:
        return NO_FUSION
    if isinstance(test.result, TestResult):
        return f"The words say that the result is {test.result.value}, and name no fusion as found."
    return " ".join(dict.fromkeys(doubt.message for doubt in reading.doubts)) or NO_FUSION


# Adjoined transcripts, positions and builds -------------------------------------------------------


def _take_adjoined(text: str) -> tuple[list[_Words], str]:
    """Give the fusions that are written as two joined transcripts, and the words without them."""
    found: list[_Words] = []
    for name in ("adjoined", "cosmic"):
        pattern = _find_format().patterns[name]
        for match in pattern.finditer(text):
            parts = match.groupdict()
            remarks = [f"bases between the two: {parts['linker']}"] if parts.get("linker") else []
            if name == "cosmic":
                remarks.append("COSMIC counts bases from the first one of the transcript")
            ends = [_make_adjoined_end(parts, side, remarks) for side in ("5", "3")]
            method = SequencingMethod.RNA if "r." in match.group() else SequencingMethod.NOT_STATED
            found.append(_Words(ends[0], ends[1], True, method, tuple(remarks)))
        text = " ".join(pattern.sub(" ", text).split())
    return found, text


def _make_adjoined_end(parts: dict[str, str | None], side: str, remarks: list[str]) -> CalledEnd:
    transcript, site = parts[f"id{side}"] or "", parts[f"site{side}"] or ""
    gene = parts[f"gene{side}"] or ""
    if not gene and (gene := _find_gene_of(transcript)):
        remarks.append(f"{transcript} names no gene. It is a transcript of {gene}.")
    exon = _find_format().patterns["exon"].fullmatch(site)
    return CalledEnd(gene=gene, transcript=transcript, site=site, exon=exon["exon"] if exon else "")


def _find_gene_of(transcript: str) -> str:
    """Give the gene of a transcript, whatever its version; empty for one that is not known."""
    wanted = transcript.partition(".")[0]
    ids = ((t.gene, (t.refseq, t.ensembl)) for t in load_transcripts().values())
    return next((gene for gene, all_ in ids if wanted in {i.partition(".")[0] for i in all_}), "")


def _join_adjoined(adjoined: list[CalledFusion], named: list[CalledFusion]) -> list[CalledFusion]:
    """Give the fusions once: one that is named by its genes and its transcripts is the same."""
    if len(adjoined) != 1 or len(named) != 1:
        return [*adjoined, *named]
    (one,), (other,) = adjoined, named
    genes = [_name(end.gene) for end in (one.end5, one.end3)]
    same = [_name(end.gene) for end in (other.end5, other.end3)]
    if any(a and b and a != b for a, b in zip(genes, same, strict=True)):
        return [one, other]
    ends = [
        replace(end, gene=named_end.gene or end.gene, exon=end.exon or named_end.exon)
        for end, named_end in ((one.end5, other.end5), (one.end3, other.end3))
    ]
    remarks = tuple(dict.fromkeys((*one.remarks, *other.remarks)))
    frame = other.frame
    return [
        replace(
            one,
            end5=ends[0],
            end3=ends[1],
            remarks=remarks,
            frame=frame,
            frame_words=other.frame_words,
        )
    ]


def _name(gene: str) -> str:
    found = find_gene(gene)
    return found.symbol if found else gene


def _take_loci(text: str) -> tuple[list[dict[str, str]], str]:
    pattern = _find_format().patterns["locus"]
    found = [match.groupdict() for match in pattern.finditer(text)]
    return found, " ".join(pattern.sub(" ", text).split())


def _place(call: CalledFusion, locus: dict[str, str]) -> CalledFusion:
    """Give a call with the places that stand beside it, in the order in which it was written."""
    ends = {
        side: (locus[f"chromosome{side}"].upper(), int(locus[f"position{side}"].replace(",", "")))
        for side in ("5", "3")
    }
    remark = "positions as they stand beside the fusion, in its order"
    if not call.is_directed:
        shown = ", ".join(f"{chromosome}:{position}" for chromosome, position in ends.values())
        remark = f"positions are not read, since the order is not sure: {shown}"
        return replace(call, remarks=(*call.remarks, remark))
    return replace(
        call,
        end5=replace(call.end5, chromosome=ends["5"][0], position=ends["5"][1]),
        end3=replace(call.end3, chromosome=ends["3"][0], position=ends["3"][1]),
        remarks=(*call.remarks, remark),
    )


def _take_build(text: str) -> tuple[Build | Absent, str]:
    """Give the one build that words name, and the words without it; a bare number names none."""
    pattern = load_caller_formats().build_pattern
    words = [word for word in pattern.findall(text) if not word.isdecimal()]
    builds = {read_build(word) for word in words}
    for word in words:
        text = text.replace(word, " ", 1)
    found = builds.pop() if len(builds) == 1 else None
    return (NOT_REPORTED if found is None else found), " ".join(text.split())
