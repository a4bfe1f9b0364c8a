"""How the words of a case file become tests: stains, FISH, RT-PCR, sequencing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.documents import OBSERVATION_CLASSES
from spindle.cases.observations import (
    FishCount,
    FishTest,
    FusionCall,
    FusionTest,
    Intensity,
    PcrTest,
    PercentRange,
    SequencingMethod,
    Stain,
    StainExtent,
    StainPattern,
    TestResult,
    VariantCall,
)
from spindle.formats.case_file_values import (
    Document,
    FileDraft,
    Prepare,
    ReadMember,
    ReadText,
    make_document,
    show,
    suggest,
)
from spindle.formats.cells.fusions import read_fusion
from spindle.formats.cells.numbers import read_percent
from spindle.formats.cells.pcr_results import read_pcr_result
from spindle.formats.cells.phrases import read_absence, take_brackets
from spindle.formats.cells.reading import Doubt
from spindle.formats.cells.results import (
    ResultRead,
    find_extent,
    find_intensity,
    find_pattern,
    read_amplification,
    read_result,
)
from spindle.formats.cells.stain_words import list_clone_owners, read_stain_result, says_null
from spindle.formats.toml_lines import Path
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.terms import (
    find_clone,
    find_gene,
    find_marker,
    gene_pattern,
    iterate_markers,
    marker_pattern,
)
from spindle.knowledge.words import find_key, fold

_CLASSES: Mapping[str, type] = {cls.__name__: cls for cls in (Stain, FishTest, PcrTest, FusionTest)}
# What the vocabularies call a method, and the kind of observation that it is.
_KINDS = {"ihc": "stain", "fish": "fish", "rt_pcr": "rt_pcr", "sequencing": "fusion_test"}
_MEASURES = {"cells_per_hpf": "cells a high-power field", "ratio_percent": "%"}
_DETAILS = ("pattern", "intensity", "extent", "internal_control")
# A gene and a change of its protein, with or without the prefix.
_VARIANT = re.compile(
    r"^(?P<gene>[A-Za-z][\w-]*)[\s:]+(?:p\.)?\(?(?P<change>[A-Za-z*]{1,3}\d+\S+?)\)?$"
)


def choose_test(draft: FileDraft, value: object, path: Path) -> tuple[type, Document]:
    """Give the record of an observation, and its table with the kind spelt out.

    Raises
    ------
    UserError
        `case-invalid` when the table does not say which test it was; that is never guessed.
    """
    allowed = ", ".join(OBSERVATION_CLASSES)
    if not isinstance(value, dict):
        cure = 'Write it as in: { kind = "stain", marker = "ALK", result = "positive" }.'
        raise draft.fail(path, f"{show(value)} is no table.", cure)
    written = value.get("kind")
    if not isinstance(written, str):
        raise draft.fail(
            path, "The test does not say its kind.", f"Add kind = …, one of: {allowed}."
        )
    method = find_key("fusions", written, "method.")
    kind = _KINDS.get(find_key("results", written, "method."), "fusion_test" if method else "")
    name = fold(written).replace("-", "_").replace(" ", "_")
    kind = name if name in OBSERVATION_CLASSES else kind
    if not kind:
        hint = suggest(written, tuple(OBSERVATION_CLASSES))
        raise draft.fail(
            (*path, "kind"), f"{show(written)} is no kind of test.", f"{hint}Known: {allowed}."
        )
    draft.say((*path, "kind"), written, kind)
    table = {**value, "kind": kind}
    if kind == "fusion_test" and method and "method" not in table:
        table["method"] = method
    return _CLASSES[OBSERVATION_CLASSES[kind]], table


def _take_result(
    draft: FileDraft,
    table: Document,
    path: Path,
    read: ResultRead,
    doubts: tuple[Doubt, ...],
    measured: Mapping[str, float | Absent] = MappingProxyType({}),
) -> None:
    """Put what the words of a result say into a table, where the table does not say it itself.

    `measured` is what a stain's words count beside a result.
    """
    written = str(table["result"])
    # A grade, a share or a count of a stain tells something without a sure result.
    says_more = bool(read.grade or measured) or not isinstance(read.percent, Absent)
    is_told = bool(read.counts) or (table["kind"] == "stain" and says_more)
    if isinstance(read.result, Absent) and not is_told:
        _refuse_result(draft, written, path, doubts)
    table["result"] = make_document(read.result)
    found = {name: getattr(read, name) for name in _DETAILS}
    found |= {"clone": read.clone, "percent_positive": read.percent}
    fields = {name: value for name, value in found.items() if not isinstance(value, Absent)}
    if table["kind"] == "stain":
        for name, value in fields.items():
            table.setdefault(name, make_document(value))
    said = [] if read.counts and isinstance(read.result, Absent) else [str(read.result)]
    said += [f"{count.split} of {count.nuclei_scored} nuclei split" for count in read.counts]
    said += [str(value) for value in fields.values() if isinstance(value, str)]
    for name, value in measured.items():
        table.setdefault(name, make_document(value))
        said += [f"{value:g} {_MEASURES[name]}"] if not isinstance(value, Absent) else []
    draft.doubt((*path, "result"), doubts, written)
    draft.say((*path, "result"), written, ", ".join(said).replace("_", " "))


def _refuse_result(draft: FileDraft, written: str, path: Path, doubts: tuple[Doubt, ...]) -> None:
    allowed = [result.value for result in TestResult]
    why = " ".join(doubt.message for doubt in doubts).replace("It is kept as unknown.", "")
    near = suggest(fold(written), allowed)
    cure = f"{near}Allowed: {', '.join(allowed)}; or: not done, not reported, unknown."
    why = why.replace(" The result is kept as unknown.", "").strip()
    raise draft.fail(
        (*path, "result"), f"{show(written)}: {why or 'no result is read from it.'}", cure
    )


def _is_plain(written: object) -> bool:
    """Whether a result is one of the values themselves, or an absence in words."""
    if not isinstance(written, str):
        return True
    if fold(written) in {result.value for result in TestResult}:
        return True
    return bool(read_absence(written)) and any(letter.isalpha() for letter in written)


def _prepare_stain(draft: FileDraft, table: Document, path: Path) -> Document:
    if isinstance(table.get("marker"), str):
        _take_marker(draft, table, (*path, "marker"))
    written, marker = table.get("result"), str(table.get("marker", ""))
    if not _is_plain(written) or (isinstance(written, str) and says_null(written)):
        reading, measures = read_stain_result(str(written), marker)
        measured = {name: getattr(measures, name) for name in _MEASURES}
        measured = {name: value for name, value in measured.items() if value != NOT_REPORTED}
        _take_result(draft, table, path, reading.value, reading.doubts, measured)
    clone = table.get("clone")
    if isinstance(clone, str) and (known := find_clone(clone, str(table.get("marker", "")))):
        draft.say((*path, "clone"), clone, known)
        table["clone"] = known
    return table


def _take_marker(draft: FileDraft, table: Document, path: Path) -> None:
    """Put the marker's usual name into a table, with the clone or pattern written beside it."""
    written = str(table["marker"])
    rest: tuple[str, ...] = ()
    if (known := find_marker(written)) is None:
        outside, rest = take_brackets(written)
        known = find_marker(outside)
    if known is None and (match := marker_pattern().match(fold(written))):
        known, rest = find_marker(match.group()), (fold(written)[match.end() :].strip(" ,:()"),)
    if known is None and (owners := list_clone_owners(written)):
        if len(owners) > 1:
            message = f"{show(written)} is a clone of {' and of '.join(owners)}."
            raise draft.fail(path, message, f'Name the marker: "{owners[0]} ({written})".')
        known, rest = find_marker(owners[0]), (written,)
    if known is None:
        names = sorted({marker.name for _, marker in iterate_markers()})
        near = suggest(written, names)
        message = f"The marker is not known. Its name is kept as written. {near}".strip()
        draft.doubt(path, (Doubt("stain-unreadable", message, written),), written)
        return
    said = [known.name]
    for words in rest:
        if clone := find_clone(words, known.name):
            table.setdefault("clone", clone)
            said.append(f"clone {clone}")
        elif not isinstance(pattern := find_pattern(fold(words)), Absent):
            table.setdefault("pattern", pattern.value)
            said.append(pattern.value.replace("_", " "))
        elif words:
            message = f'"{words}" beside the marker is not read.'
            draft.doubt(path, (Doubt("stain-unreadable", message, written),), written)
    table["marker"] = known.name
    draft.say(path, written, ", ".join(said))


def _take_gene(draft: FileDraft, words: str, path: Path) -> str:
    """Give the symbol of the one gene that words name, or the words where none is known."""
    gene = find_gene(words)
    named = {find_gene(match.group()) for match in gene_pattern().finditer(fold(words))} - {None}
    if gene is None and len(named) == 1:
        gene = named.pop()
    if gene is None:
        message = "The gene is not known here. Its name is kept as written."
        draft.doubt(path, (Doubt("fusion-unreadable", message, words),), words)
        return words.strip()
    draft.say(path, words, gene.symbol)
    return gene.symbol


def _prepare_fish(draft: FileDraft, table: Document, path: Path) -> Document:
    if isinstance(table.get("gene"), str):
        table["gene"] = _take_gene(draft, table["gene"], (*path, "gene"))
    written = table.get("result")
    if isinstance(written, str) and (copies := read_amplification(written, str(table.get("gene")))):
        draft.say((*path, "result"), written, copies.value)
        table["result"] = copies.value
    elif not _is_plain(written):
        reading = read_result(str(written))
        _take_result(draft, table, path, reading.value, reading.doubts)
        if reading.value.counts:
            table.setdefault("counts", [make_document(count) for count in reading.value.counts])
    return table


def _read_count_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    counts = read_result(text).value.counts
    if len(counts) != 1:
        cure = 'Write "12/50", or { nuclei_scored = 50, split = 12 }.'
        raise draft.fail(path, f"{show(text)} is no count of nuclei.", cure)
    draft.say(path, text, f"{counts[0].split} of {counts[0].nuclei_scored} nuclei split")
    return [make_document(counts[0])]


def _prepare_pcr(draft: FileDraft, table: Document, path: Path) -> Document:
    if isinstance(table.get("gene"), str):
        table["gene"] = _take_gene(draft, table["gene"], (*path, "gene"))
    written = table.get("result")
    if "gene" not in table and (gene := _find_kinase(table)):
        table["gene"] = gene
        draft.say((*path, "gene"), table.get("detected_fusion", written), gene)
    if "gene" not in table and not _is_plain(written):
        message = f"{show(written)} names no gene that the test is known to ask about."
        raise draft.fail((*path, "result"), message, 'Add the gene, as in: gene = "ALK".')
    if not _is_plain(written):
        reading = read_pcr_result(str(written), table.get("gene", ""))
        fusions = read_fusion(str(written))
        calls = () if isinstance(fusions.value, Absent) else fusions.value.calls
        read, doubts = reading.value, reading.doubts
        if read.result == UNKNOWN and _is_one_of(table.get("gene"), calls):
            # A fusion with its exons, which the words of a result do not know.
            read, doubts = replace(read, result=TestResult.POSITIVE), fusions.doubts
        _take_result(draft, table, path, read, doubts)
        genes = [(call.gene5, call.gene3) for call in calls]
        is_named = len(genes) == 1 and not any(isinstance(gene, Absent) for gene in genes[0])
        if is_named and table["result"] == TestResult.POSITIVE.value:
            table.setdefault("detected_fusion", "::".join(map(str, genes[0])))
    return table


def _find_kinase(table: Document) -> str:
    """Give the one kinase of the fusion that a test found, which is what it asked for."""
    written = table.get("detected_fusion", table.get("result"))
    reading = read_fusion(written).value if isinstance(written, str) else UNKNOWN
    calls = () if isinstance(reading, Absent) else reading.calls
    known = load_kinases().names
    named = {gene for call in calls for gene in (call.gene5, call.gene3) if gene in known}
    return str(named.pop()) if len(calls) == 1 and len(named) == 1 else ""


def _is_one_of(gene: object, calls: tuple[FusionCall, ...]) -> bool:
    """Whether calls are one fusion, of the gene that was asked for."""
    return len(calls) == 1 and gene in (calls[0].gene5, calls[0].gene3)


def _prepare_fusion_test(draft: FileDraft, table: Document, path: Path) -> Document:
    if not _is_plain(table.get("result")):
        _take_fusion_words(draft, table, (*path, "result"))
    if isinstance(table.get("genes_covered"), list):
        table["genes_covered"] = [
            _take_gene(draft, gene, (*path, "genes_covered", place))
            if isinstance(gene, str)
            else gene
            for place, gene in enumerate(table["genes_covered"])
        ]
    if table.get("calls") and "result" not in table:
        draft.say((*path, "calls"), "a fusion is listed", "result positive")
        table["result"] = TestResult.POSITIVE.value
    return table


def _take_fusion_words(draft: FileDraft, table: Document, path: Path) -> None:
    """Put what a result in words says into a test: `TFG::ROS1 in frame` is positive with a call."""
    written = str(table["result"])
    reading = read_fusion(written)
    test = reading.value
    if isinstance(test, Absent) or isinstance(test.result, Absent):
        _refuse_result(draft, written, path[:-1], reading.doubts)
        return
    draft.doubt(path, reading.doubts, written)
    draft.say(path, written, ", ".join([test.result.value, *map(_name_call, test.calls)]))
    table["result"] = test.result.value
    if test.calls:
        table.setdefault("calls", [make_document(call) for call in test.calls])
    if not isinstance(test.is_quality_adequate, Absent):
        table.setdefault("is_quality_adequate", test.is_quality_adequate)
    if test.method in (SequencingMethod.RNA, SequencingMethod.DNA):
        table.setdefault("method", test.method.value)


def _name_call(call: FusionCall) -> str:
    said = [f"{call.gene5}::{call.gene3}"]
    said += [f"{exon}" for exon in (call.exon5, call.exon3) if isinstance(exon, str)]
    said += [f"{call.frame.value} frame"] if not isinstance(call.frame, Absent) else []
    return ", ".join(said)


def _read_call_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    reading = read_fusion(text)
    calls = () if isinstance(reading.value, Absent) else reading.value.calls
    if not calls:
        why = " ".join(doubt.message for doubt in reading.doubts)
        raise draft.fail(
            path, f"{show(text)}: {why or 'no fusion is named.'}", 'Write it as "TPM3::ALK".'
        )
    draft.doubt(path, reading.doubts, text)
    for call in calls:
        draft.say(path, text, _name_call(call))
    return [make_document(call) for call in calls]


def _prepare_call(draft: FileDraft, table: Document, path: Path) -> Document:
    for name in ("gene5", "gene3"):
        if isinstance(table.get(name), str) and not read_absence(table[name]):
            table[name] = _take_gene(draft, table[name], (*path, name))
    return table


def _read_variant_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    match = _VARIANT.match(text.strip())
    if not match:
        raise draft.fail(
            path, f"{show(text)} is no change of a protein.", 'Write it as "ALK G1269A".'
        )
    gene = _take_gene(draft, match["gene"], path)
    draft.say(path, text, f"{gene} {match['change']}")
    return [{"gene": gene, "change": match["change"], "words": text}]


def _read_percent_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    reading = read_percent(text)
    if isinstance(reading.value, Absent):
        raise draft.fail(path, f"{show(text)} is no percentage.", 'Write 60, "60 %" or "5-10 %".')
    read = reading.value
    draft.say(
        path,
        text.rstrip(" %"),
        f"{read.low:g}" if read.low == read.high else f"{read.low:g}-{read.high:g}",
    )
    return [make_document(read)]


def _read_words(find: Any) -> ReadMember:
    def read(text: str) -> tuple[object, tuple[Doubt, ...]]:
        return find(fold(text)), ()

    return read


def _read_method(text: str) -> tuple[object, tuple[Doubt, ...]]:
    key = find_key("fusions", text, "method.")
    return (SequencingMethod(key) if key else None), ()


CHOOSE_TEST = choose_test
TEST_PREPARE: Mapping[type, Prepare] = {
    Stain: _prepare_stain,
    FishTest: _prepare_fish,
    PcrTest: _prepare_pcr,
    FusionTest: _prepare_fusion_test,
    FusionCall: _prepare_call,
}
TEST_TEXTS: Mapping[type, ReadText] = {
    FishCount: _read_count_text,
    FusionCall: _read_call_text,
    VariantCall: _read_variant_text,
    PercentRange: _read_percent_text,
}
TEST_MEMBERS: Mapping[type, ReadMember] = {
    StainPattern: _read_words(find_pattern),
    Intensity: _read_words(find_intensity),
    StainExtent: _read_words(find_extent),
    SequencingMethod: _read_method,
}
TEST_ALIASES: Mapping[type, Mapping[str, str]] = {FishCount: {"scored": "nuclei_scored"}}
TEST_HOMES: Mapping[str, type] = {
    f"under [[specimens.observations]] of kind {kind}": _CLASSES[name]
    for kind, name in OBSERVATION_CLASSES.items()
}
