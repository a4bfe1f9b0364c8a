"""Fields of a condition that ask for another stain than ALK, by its marker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from spindle.cases.absence import AbsenceReason, Absent
from spindle.cases.observations import PercentRange, TestResult
from spindle.cohort.condition_fields import (
    ABSENCES,
    DONE,
    FieldError,
    FieldTest,
    join_words,
    judge_value,
    list_choices,
    read_range,
    show_value,
    suggest,
)
from spindle.cohort.number_ranges import NumberRange
from spindle.cohort.rows import CohortRow, StainResult
from spindle.cohort.truth import Truth, join_any
from spindle.knowledge.vocabularies import find_marker, iterate_markers

StainJudge = Callable[[StainResult], Truth]

_RESULTS = (*(result.value for result in TestResult), DONE, *ABSENCES)


def read_marker(written: object) -> str:
    """Give the usual name of a marker, or raise `FieldError`."""
    marker = find_marker(written) if isinstance(written, str) else None
    if marker is None:
        known = {found.name for _, found in iterate_markers()}
        raise FieldError(
            f"no marker is called {show_value(written)}.{suggest(str(written), known)}"
        )
    if marker.name == "ALK":
        raise FieldError("the ALK stain is asked for by alk_ihc")
    return marker.name


@dataclass(frozen=True, slots=True)
class StainField:
    """The result of a stain; a row without that stain leaves it open."""

    name: str = "stain"
    """The name in a claims file."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return f'a table such as {{ SMA = "positive" }}, with {", ".join(_RESULTS)}'

    def read(self, value: object) -> FieldTest:
        """Give the test for one marker."""
        marker, wanted = _part(value, self)
        results = frozenset(list_choices(wanted, self.name, _RESULTS))

        def judge(stain: StainResult) -> Truth:
            return judge_value(stain.result, results)

        return _make_test(self.name, marker, f"{marker} stain {join_words(sorted(results))}", judge)

    def show(self, row: CohortRow) -> str:
        """Give the other stains of a row, in words."""
        listed = [f"{stain.marker} {stain.result}" for stain in row.stains]
        return f"stains: {', '.join(listed)}" if listed else "no other stain reported"


@dataclass(frozen=True, slots=True)
class StainPercentField:
    """The share of stained cells, or the index, in per cent."""

    name: str = "stain_percent"
    """The name in a claims file."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return 'a table such as { "Ki-67" = "2 to 40" }, in per cent'

    def read(self, value: object) -> FieldTest:
        """Give the test for one marker."""
        marker, wanted = _part(value, self)
        percent = read_range(wanted, self.name)

        def judge(stain: StainResult) -> Truth:
            return _judge_percent(stain.percent, percent)

        return _make_test(self.name, marker, f"{marker} {percent.words} per cent", judge)

    def show(self, row: CohortRow) -> str:
        """Give the other stains of a row, in words."""
        return StainField().show(row)


def _part(value: object, field: StainField | StainPercentField) -> tuple[str, object]:
    if not isinstance(value, dict) or len(value) != 1:
        raise FieldError(f"{field.name} takes {field.values}, one marker at a time")
    [(written, wanted)] = value.items()
    return read_marker(written), wanted


def _make_test(field: str, marker: str, words: str, judge: StainJudge) -> FieldTest:
    def judge_row(row: CohortRow) -> Truth:
        found = [judge(stain) for stain in row.stains if stain.marker == marker]
        return join_any(found) if found else Truth.UNKNOWN

    return FieldTest(f"{field} {marker}", words, judge_row)


def _judge_percent(percent: PercentRange | Absent, wanted: NumberRange) -> Truth:
    """Judge a share; a printed range that is only partly inside leaves it open."""
    if isinstance(percent, Absent):
        return Truth.FALSE if percent.absent is AbsenceReason.NOT_DONE else Truth.UNKNOWN
    if wanted.holds(percent.low) and wanted.holds(percent.high):
        return Truth.TRUE
    return Truth.FALSE if wanted.is_apart(percent.low, percent.high) else Truth.UNKNOWN
