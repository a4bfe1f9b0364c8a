"""The columns about tests: stains, FISH, RT-PCR and sequencing for fusions.

A column of a test asks about it, so an empty cell is a test that was not reported. A column that
is not there gives no test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, AbsenceReason, Absent
from spindle.cases.observations import (
    FishTest,
    FusionTest,
    Observation,
    PcrTest,
    SequencingMethod,
    Stain,
    TestResult,
)
from spindle.cases.provenance import Provenance
from spindle.formats.cells.fusions import read_fusion
from spindle.formats.cells.numbers import read_percent
from spindle.formats.cells.pcr_results import read_pcr_result
from spindle.formats.cells.phrases import read_absence
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.formats.cells.results import ResultRead, read_result
from spindle.formats.cells.stains import read_stains
from spindle.formats.columns import Column, HowKnown
from spindle.formats.mappings import STAIN, Constants, TableMapping
from spindle.formats.row_drafts import (
    NEGATIVE_SIGN,
    NOWHERE,
    Fill,
    RowDraft,
    is_lone_minus,
    remember,
)
from spindle.knowledge.terms import find_gene, find_marker, gene_pattern
from spindle.knowledge.words import fold

ALK = "ALK"
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
_METHODS = {STAIN: "ihc", "fish": "fish", "rt_pcr": "rt_pcr"}
_METHOD_NAMES = {"ihc": "a stain", "fish": "FISH", "rt_pcr": "PCR", "sequencing": "sequencing"}


@lru_cache(maxsize=4096)
def _make_id(*parts: str) -> str:
    return "-".join(_NOT_IN_IDS.sub("-", fold(part)).strip("-") or "other" for part in parts)


@dataclass(frozen=True, slots=True)
class _CellTest:
    """What a cell says about a test, and what it is a test of."""

    reading: CellReading[ResultRead]
    method: str
    subject: str


def fill_result(column: Column, mapping: TableMapping) -> Fill:
    """Give what fills in the test of a column of results: a stain, FISH or RT-PCR.

    A cell that names another method than its column is kept as a test by the method it names, and
    one that names another gene than a column of no gene in particular as a test of that gene.
    """
    own_method = _METHODS[column.kind]
    makers: dict[str, _Maker] = {
        "ihc": _StainMaker(column, mapping),
        "fish": _FishMaker(mapping.constants),
        "rt_pcr": _PcrMaker(mapping.constants),
    }
    fill_sequencing = fill_fusion(column, mapping)
    read = remember(lambda text: _read_test(text, column, own_method, mapping.minus))
    empty = _CellTest(CellReading(ResultRead(NOT_REPORTED)), own_method, column.subject)

    def fill(draft: RowDraft, text: str) -> None:
        test = read(text) if text else empty
        if test.method == "sequencing":
            fill_sequencing(draft, text)
        else:
            place = draft.place(column, text)
            observation = makers[test.method].make(draft, test, place)
            draft.observations.append(observation)
        draft.note_doubts(column, text, test.reading.doubts)

    return fill


def _read_test(text: str, column: Column, own_method: str, minus: str) -> _CellTest:
    if minus and is_lone_minus(text):
        meant = (
            read_result(NEGATIVE_SIGN)
            if minus == TestResult.NEGATIVE
            else CellReading(ResultRead(Absent(absent=AbsenceReason(minus))))
        )
        return _CellTest(meant, own_method, column.subject)
    is_index = own_method == "ihc" and _is_index(column)
    if is_index:
        reading = _read_index(text)
    elif own_method == "rt_pcr":
        reading = read_pcr_result(text, column.subject)
    else:
        reading = read_result(text)
    doubts = list(reading.doubts)
    read = reading.value
    method = _find_method(read, own_method)
    if method != own_method:
        name = _METHOD_NAMES[method]
        message = f"The cell names {name}, so it is kept as {name} and not as this column's."
        doubts.insert(0, Doubt("column-guessed", message, text))
        doubts = doubts if method != "sequencing" else doubts[:1]
    kinase = _find_other_kinase(text, column)
    if kinase and _names_gene(column):
        message = f"The cell names {kinase} and the column {column.subject}. No result is taken."
        doubts.append(Doubt("value-conflict", message, text))
        read = replace(read, result=UNKNOWN, counts=())
        kinase = ""
    return _CellTest(CellReading(read, tuple(doubts)), method, kinase or column.subject)


def _find_method(read: ResultRead, own_method: str) -> str:
    if not read.methods or own_method in read.methods or len(read.methods) > 1:
        return own_method
    return read.methods[0]


def _is_index(column: Column) -> bool:
    marker = find_marker(column.subject)
    return bool(marker and marker.index)


def _read_index(text: str) -> CellReading[ResultRead]:
    """Give the percentage of a proliferation marker, which is its result."""
    percent = read_percent(text)
    if isinstance(percent.value, Absent):
        return read_result(text)
    return CellReading(ResultRead(NOT_REPORTED, percent=percent.value), percent.doubts)


def _find_other_kinase(text: str, column: Column) -> str:
    """Give the one kinase that a cell names when it does not name the column's."""
    subject = find_gene(column.subject)
    if subject is None or not subject.is_kinase:
        return ""
    genes = (find_gene(match.group()) for match in gene_pattern().finditer(fold(text)))
    kinases = {gene.symbol for gene in genes if gene and gene.is_kinase}
    return kinases.pop() if len(kinases) == 1 and subject.symbol not in kinases else ""


def _names_gene(column: Column) -> bool:
    """Say whether the column is about one gene, and not a "FISH" that may be about any."""
    return column.how is HowKnown.MAPPING or bool(gene_pattern().search(fold(column.header)))


class _Maker(Protocol):
    def make(self, draft: RowDraft, test: _CellTest, place: Provenance) -> Observation: ...


class _StainMaker:
    def __init__(self, column: Column, mapping: TableMapping) -> None:
        is_alk = column.subject == ALK
        named = column.clone or (mapping.clone if is_alk else "")
        self._clone: str | Absent = named or NOT_REPORTED
        self._platform = mapping.constants.platform
        has_own_field = column.field in {"alk_ihc", "ros1_ihc", "pan_trk_ihc"}
        subject = column.subject or ALK
        self._id = _make_id(subject, "ihc") if has_own_field else _make_id("stain", subject)

    def make(self, draft: RowDraft, test: _CellTest, place: Provenance) -> Observation:
        read = test.reading.value
        return Stain(
            id=draft.take_id(self._id),
            marker=test.subject,
            result=read.result,
            clone=self._clone if isinstance(read.clone, Absent) else read.clone,
            platform=self._platform,
            intensity=read.intensity,
            extent=read.extent,
            percent_positive=read.percent,
            pattern=read.pattern,
            internal_control=read.internal_control,
            provenance=place,
        )


class _FishMaker:
    def __init__(self, constants: Constants) -> None:
        self._probe = constants.probe

    def make(self, draft: RowDraft, test: _CellTest, place: Provenance) -> Observation:
        read, gene = test.reading.value, test.subject
        return FishTest(
            id=draft.take_id(_make_id(gene, "fish")),
            gene=gene,
            result=read.result,
            counts=read.counts,
            probe=self._probe,
            provenance=place,
        )


class _PcrMaker:
    def __init__(self, constants: Constants) -> None:
        self._constants = constants

    def make(self, draft: RowDraft, test: _CellTest, place: Provenance) -> Observation:
        read, gene = test.reading.value, test.subject
        return PcrTest(
            id=draft.take_id(_make_id(gene, "rt-pcr")),
            gene=gene,
            result=read.result,
            kit=self._constants.kit,
            covered_fusions=self._constants.covered_fusions,
            detected_fusion=_find_fusion(read, str(place.words)),
            provenance=place,
        )


def _find_fusion(read: ResultRead, text: str) -> str | Absent:
    """Give the one fusion that a positive cell names, such as `EML4::ALK`."""
    if read.result is not TestResult.POSITIVE or isinstance(read.gene, Absent):
        return NOT_REPORTED
    test = read_fusion(text).value
    calls = () if isinstance(test, Absent) else test.calls
    genes = [(call.gene5, call.gene3) for call in calls]
    if len(genes) != 1 or any(isinstance(gene, Absent) for gene in genes[0]):
        return NOT_REPORTED
    return "::".join(map(str, genes[0]))


def fill_stains(column: Column, mapping: TableMapping) -> Fill:
    """Give what fills in several stains of one cell; an empty cell asks about none."""
    platform = mapping.constants.platform
    read = remember(lambda text: read_stains(text, provenance=NOWHERE))

    def fill(draft: RowDraft, text: str) -> None:
        if not text:
            return
        reading = read(text)
        place = draft.place(column, text)
        for stain in reading.value:
            draft.observations.append(
                replace(
                    stain,
                    id=draft.take_id(_make_id("stain", stain.marker)),
                    platform=platform,
                    provenance=place,
                )
            )
        draft.note_doubts(column, text, reading.doubts)
        if not reading.value:
            draft.keep_unread(column, text)

    return fill


def fill_fusion(column: Column, mapping: TableMapping) -> Fill:
    """Give what fills in the fusions of a cell."""
    constants = mapping.constants
    empty = FusionTest(
        id="",
        panel=constants.panel,
        genes_covered=constants.genes_covered,
        method=_method_of(constants) or _method_of_header(column) or SequencingMethod.UNSPECIFIED,
    )
    constant, header = _method_of(constants), _method_of_header(column)
    read = remember(lambda text: _read_fusion_test(text, constant, header))

    def fill(draft: RowDraft, text: str) -> None:
        identifier = draft.take_id(f"fusion-{draft.count_fusion_tests() + 1}")
        place = draft.place(column, text)
        absent = read_absence(text) if text else NOT_REPORTED
        if absent:
            test = replace(empty, id=identifier, result=absent, provenance=place)
            draft.observations.append(test)
            return
        reading = read(text)
        draft.note_doubts(column, text, reading.doubts)
        if isinstance(reading.value, Absent):
            test = replace(empty, id=identifier, result=reading.value, provenance=place)
        else:
            test = _complete(reading.value, empty, identifier, place)
        draft.observations.append(test)

    return fill


def _read_fusion_test(
    text: str, constant: SequencingMethod | None, header: SequencingMethod | None
) -> CellReading[FusionTest | Absent]:
    """Give the test of a cell with its method: what the cell says, the mapping, the header."""
    reading = read_fusion(text, provenance=NOWHERE)
    test = reading.value
    if isinstance(test, Absent):
        return reading
    given, doubts = constant or header, list(reading.doubts)
    is_settled = test.method in _MATERIALS or given is None
    if given in _MATERIALS and test.method in _MATERIALS and test.method is not given:
        name = test.method.value.replace("_", " ")
        message = f"The cell names {name}, and not the column or the mapping. It is believed."
        doubts.append(Doubt("value-conflict", message, text))
    elif is_settled and test.method is SequencingMethod.NOT_STATED:
        doubts += _doubt_method(test, text, {doubt.slug for doubt in doubts})
    method = test.method if is_settled or given is None else given
    return CellReading(replace(test, method=method), tuple(doubts))


def _method_of_header(column: Column) -> SequencingMethod | None:
    return SequencingMethod(column.method) if column.method else None


_MATERIALS = (SequencingMethod.RNA, SequencingMethod.DNA)


def _doubt_method(test: FusionTest, text: str, slugs: set[str]) -> list[Doubt]:
    """Give the doubt about a result of which nobody says how it was found."""
    if isinstance(test.result, Absent) or "method-not-stated" in slugs:
        return []
    what = "the fusion was found" if test.calls else "fusions were looked for"
    message = f"The method by which {what} is not stated."
    if named := [_METHOD_NAMES[m] for m in read_result(text).value.methods]:
        message += f" The cell names {' and '.join(named)}, which is no sequencing."
    return [Doubt("method-not-stated", message, text)]


def _method_of(constants: Constants) -> SequencingMethod | None:
    """Give the method that a mapping names; a panel is sequencing of material not said."""
    method = constants.sequencing_method
    if not isinstance(method, Absent):
        return method
    return None if isinstance(constants.panel, Absent) else SequencingMethod.UNSPECIFIED


def _complete(
    test: FusionTest, constants: FusionTest, identifier: str, place: Provenance
) -> FusionTest:
    return replace(
        test,
        id=identifier,
        panel=constants.panel,
        genes_covered=constants.genes_covered,
        provenance=place,
    )


def note_disagreeing_stains(draft: RowDraft) -> None:
    """Note a marker that one cell calls positive and another negative; both stains are kept."""
    seen: dict[str, Stain] = {}
    for observation in draft.observations:
        if not isinstance(observation, Stain) or observation.result not in _DECIDED:
            continue
        first = seen.setdefault(observation.marker, observation)
        if first.result != observation.result:
            message = (
                f"{observation.marker} is {first.result} in {_column(first)} and "
                f"{observation.result} in {_column(observation)}. Both are kept."
            )
            draft.note("result-conflict", message, _column(observation), _words(observation))


_DECIDED = (TestResult.POSITIVE, TestResult.NEGATIVE)


def _column(stain: Stain) -> str:
    place = stain.provenance
    return "" if isinstance(place, Absent) else str(place.column)


def _words(stain: Stain) -> str:
    place = stain.provenance
    return "" if isinstance(place, Absent) else str(place.words)
