"""Claims about the mean, median or range of a number: "the median follow-up was 57 months"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, median

from spindle.cohort.claim_checks.explanations import (
    describe_statistics,
    describe_subgroups,
    find_subgroups,
)
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import (
    Finding,
    Verdict,
    capitalise,
    count_noun,
    find_half_step,
    format_number,
    format_with_unit,
    is_as_printed,
    join_list,
    list_cases,
)
from spindle.cohort.claim_checks.medians import (
    count_edits,
    describe_edit,
    find_reach,
    find_reach_with_more,
    is_on_grid,
    list_medians_without_one,
)
from spindle.cohort.claim_checks.variables import (
    MeasuredRow,
    Measurement,
    Variable,
    measure_rows,
    read_variable,
)
from spindle.cohort.conditions import EVERY_CASE, Condition
from spindle.cohort.rows import CohortRow

MEAN, MEDIAN, MIN, MAX, N = "mean", "median", "min", "max", "n"
MIDDLES = (MEAN, MEDIAN)
STATISTICS: Mapping[str, str] = {name: name for name in (MEAN, MEDIAN, MIN, MAX, N)}

FIND_STATISTIC: Mapping[str, Callable[[Sequence[MeasuredRow]], float]] = {
    MEAN: lambda measured: mean(m.span.low for m in measured),
    MEDIAN: lambda measured: median(m.span.low for m in measured),
    MIN: lambda measured: min(m.span.low for m in measured),
    MAX: lambda measured: max(m.span.high for m in measured),
    N: len,
}


_ADJECTIVES = {MEAN: "mean", MEDIAN: "median", MIN: "smallest", MAX: "largest"}


@dataclass(frozen=True, slots=True)
class SummaryCheck:
    """A printed statistic of a number that rows have."""

    variable: Variable
    """What is summarised."""
    statistic: str
    """`mean`, `median`, `min`, `max` or `n`."""
    printed: Decimal
    """The printed value."""
    printed_n: int | None
    """The printed number of patients that it rests on."""
    among: Condition
    """Among which cases."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give what the rows say of the statistic."""
        found = measure_rows(rows, self.variable, self.among)
        if self.statistic in MIDDLES:
            found = found.drop_ranges()
        measured = found.measured
        if not measured:
            return Finding(
                Verdict.NOT_CHECKABLE,
                self._words,
                "not in the rows",
                f"None of the {count_noun(len(rows), 'row')} gives the {self.variable.title} in "
                f"{self.variable.unit}.",
            )
        value = FIND_STATISTIC[self.statistic](measured)
        reason = self._describe(found, value)
        verdict = Verdict.AGREES if is_as_printed(value, self.printed) else Verdict.DIFFERS
        if verdict is Verdict.DIFFERS and self.statistic == MEDIAN:
            verdict, why = self._explain_median(measured, len(found.without))
            reason = f"{reason} {why}"
        if self.printed_n not in (None, len(measured)):
            verdict = Verdict.DIFFERS if verdict is Verdict.AGREES else verdict
            reason += f" The printed number of patients is {self.printed_n}, not {len(measured)}."
        recomputed = f"{self._format(value)} (n = {len(measured)})"
        if self.statistic == N:
            recomputed = str(len(measured))
        return Finding(verdict, self._words, recomputed, reason, self._list_cases(measured, value))

    @property
    def _words(self) -> str:
        if self.statistic == N:
            return str(self.printed)
        n = f" (n = {self.printed_n})" if self.printed_n is not None else ""
        return f"{format_with_unit(self.printed, self.variable.unit)}{n}"

    def _format(self, value: float) -> str:
        return format_with_unit(value, self.variable.unit)

    def _list_cases(self, measured: Sequence[MeasuredRow], value: float) -> tuple[str, ...]:
        """Give the cases at a minimum or maximum; for any other statistic all of them."""
        if self.statistic in (MIN, MAX):
            measured = [m for m in measured if value in (m.span.low, m.span.high)]
        return tuple(m.row.case_id for m in measured)

    def _describe(self, found: Measurement, value: float) -> str:
        among = "" if self.among is EVERY_CASE else f" with {self.among.words}"
        rows = f"{count_noun(len(found.measured), 'row')}{among}"
        sentence = f"{rows} give the {self.variable.title}"
        if self.statistic != N:
            words = f"{_ADJECTIVES[self.statistic]} {self.variable.title}"
            sentence = f"the {words} is {self._format(value)} in {rows}"
        if self.statistic in (MIN, MAX):
            sentence += f" ({list_cases(self._list_cases(found.measured, value))})"
        if found.without:
            sentence += f"; not given in {list_cases(found.without)}"
        if found.ranges:
            sentence += f"; left out as printed as a range: {list_cases(found.ranges)}"
        if found.unplaced:
            sentence += f"; it is open whether {list_cases(found.unplaced)} should count as well"
        return f"{capitalise(sentence)}."

    def _explain_median(self, measured: Sequence[MeasuredRow], without: int) -> tuple[Verdict, str]:
        """Give whether rows like these could have the printed median, and by which edit.

        Impossible means: not by changing any one value, not by leaving any one out, not in any of
        the simple subgroups, and not by values that rows without one may have, unless the claim
        says that they were not counted.
        """
        values, unit = [m.span.low for m in measured], self.variable.unit
        omitted = list_medians_without_one(values)
        search = find_subgroups(measured, self.printed)
        is_by_one = self._is_by_one_change(values)
        is_by_more = self._is_by_more_values(values, without)
        is_possible = (
            is_by_one
            or any(is_as_printed(value, self.printed) for value in omitted)
            or bool(search.fitting)
            or (is_by_more and self.printed_n != len(values))
        )
        sentences = [
            self._describe_reach(values, is_by_one=is_by_one),
            _describe_omissions(omitted, unit),
            self._describe_more(values, without, is_possible=is_by_more),
            describe_subgroups(search, self.printed, unit),
            describe_statistics(
                measured,
                self.printed,
                unit,
                is_follow_up=self.variable.name == "follow_up_months",
            ),
        ]
        verdict = Verdict.DIFFERS if is_possible else Verdict.IMPOSSIBLE
        return verdict, " ".join(filter(None, sentences))

    def _is_by_one_change(self, values: Sequence[float]) -> bool:
        return is_on_grid(values, self.printed) and count_edits(values, self.printed) <= 1

    def _describe_reach(self, values: Sequence[float], *, is_by_one: bool) -> str:
        unit = self.variable.unit
        low, high = find_reach(values, 1)
        sentence = (
            f"Changing any one value can move the median only within {format_number(low)} to "
            f"{format_number(high)} {unit}"
        )
        if is_by_one:
            return f"{sentence}, so that a single misread value could explain it."
        if not is_on_grid(values, self.printed):
            kind = "one of the values" if len(values) % 2 else "a value or half-way between two"
            return (
                f"With {len(values)} whole numbers the median is {kind}, and never "
                f"{self.printed} {unit}, whichever of them were misread."
            )
        return f"{sentence}. {describe_edit(values, self.printed, unit)}"

    def _is_by_more_values(self, values: Sequence[float], without: int) -> bool:
        """Give whether values that the rows lack could give the printed median."""
        low, high = find_reach_with_more(values, without)
        half = find_half_step(self.printed)
        return without > 0 and low - half <= float(self.printed) <= high + half

    def _describe_more(self, values: Sequence[float], without: int, *, is_possible: bool) -> str:
        if not without:
            return ""
        noun = count_noun(without, "row")
        if not is_possible:
            return f"Values for the {noun} without one could not give it either."
        if self.printed_n == len(values):
            return (
                f"Values for the {noun} without one could give it, but the claim says that "
                f"{self.printed_n} patients were counted."
            )
        return f"With values for the {noun} without one it would be possible."


def _describe_omissions(medians: Sequence[float], unit: str) -> str:
    if not medians:
        return ""
    listed = [format_number(value) for value in medians]
    shown = join_list(listed) if len(listed) <= 5 else f"{listed[0]} to {listed[-1]}"
    return f"Leaving out any one value gives {shown} {unit}."


def read_summary(fields: ClaimFields) -> SummaryCheck:
    """Give the check of a `summary` claim."""
    return SummaryCheck(
        variable=read_variable(fields),
        statistic=fields.read_choice("statistic", STATISTICS),
        printed=fields.read_number("printed"),
        printed_n=fields.read_count("printed_n") if fields.has("printed_n") else None,
        among=fields.read_among(),
    )
