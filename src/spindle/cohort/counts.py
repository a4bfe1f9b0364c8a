"""The count table: how many people had what, in which month, in which stratum.

Every shareable statistic of a cohort starts from it as a pure function, so that the same number
comes out of a spreadsheet, a database or the sum over centres that show nobody their rows. One
table holds one endpoint: each person is counted once, at the first month that ends their time
at risk, under the kind of event that ended it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral, Real


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """How many people of one stratum had one kind of event at one time."""

    stratum: str
    """The group or centre the people belong to; any text, empty when there is only one."""
    months: float
    """Months from the start of follow-up, whole or exact, from zero."""
    kind: str
    """What ended the time at risk, such as 'death', 'recurrence' or 'censored'."""
    n: int
    """The number of people, at least one."""

    def __post_init__(self) -> None:
        """Refuse what no person could have.

        Raises
        ------
        ValueError
            For a time that is negative, infinite or not a number, a blank kind, or n under one.
        """
        where = f"for {self.kind!r} in stratum {self.stratum!r}"
        _refuse_other_than_text(self.stratum, self.kind)
        object.__setattr__(self, "months", _read_months(self.months, where))
        object.__setattr__(self, "n", _read_people(self.n, where))

    def as_record(self) -> dict[str, str | float | int]:
        """Give the count as plain names and values, whole months as whole numbers."""
        months = int(self.months) if self.months.is_integer() else self.months
        return {"stratum": self.stratum, "months": months, "kind": self.kind, "n": self.n}


def _refuse_other_than_text(stratum: object, kind: object) -> None:
    if not isinstance(stratum, str):
        raise ValueError(f"a stratum is a text, and this one is {stratum!r}")
    if not isinstance(kind, str) or not kind.strip():
        raise ValueError(f"a kind of event is a text with at least one letter, not {kind!r}")


def _read_months(months: object, where: str) -> float:
    if isinstance(months, bool) or not isinstance(months, Real):
        raise ValueError(f"the time {where} is not a number of months: {months!r}")
    try:
        value = float(months)
    except OverflowError:
        value = math.inf
    if math.isnan(value):
        raise ValueError(f"the time {where} is not a number (NaN); leave the person out instead")
    if math.isinf(value):
        raise ValueError(f"the time {where} is infinite; follow-up always ends at some month")
    if value < 0:
        raise ValueError(f"the time {where} is negative: {value:g} months")
    return value + 0.0


def _read_people(n: object, where: str) -> int:
    if isinstance(n, bool) or not isinstance(n, Integral):
        raise ValueError(f"the number of people {where} is not a whole number: {n!r}")
    if n < 1:
        raise ValueError(f"the number of people {where} is {n}; a count is at least one")
    return int(n)


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts merged and sorted by stratum, month and kind; equal tables compare equal."""

    counts: tuple[Count, ...] = ()
    """One count for each stratum, month and kind that occurs."""

    def __post_init__(self) -> None:
        """Merge counts of the same stratum, month and kind, and sort them."""
        people: Counter[tuple[str, float, str]] = Counter()
        for count in self.counts:
            people[count.stratum, count.months, count.kind] += count.n
        merged = tuple(Count(*key, n) for key, n in sorted(people.items()))
        object.__setattr__(self, "counts", merged)

    def __add__(self, other: CountTable) -> CountTable:
        """Give the table of both together, exactly; `sum(tables, CountTable())` pools many."""
        if not isinstance(other, CountTable):
            return NotImplemented
        return CountTable(self.counts + other.counts)

    def __iter__(self) -> Iterator[Count]:
        """Go through the counts in order."""
        return iter(self.counts)

    def __len__(self) -> int:
        """Give the number of counts (not of people)."""
        return len(self.counts)

    @property
    def strata(self) -> tuple[str, ...]:
        """The strata that occur, in order of their names."""
        return tuple(dict.fromkeys(count.stratum for count in self.counts))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of event that occur, in order of their names."""
        return tuple(sorted({count.kind for count in self.counts}))

    @property
    def total(self) -> int:
        """The number of people counted."""
        return sum(count.n for count in self.counts)

    def for_stratum(self, stratum: str) -> CountTable:
        """Give the table of one stratum.

        Raises
        ------
        ValueError
            When nobody was counted in that stratum.
        """
        if stratum not in self.strata:
            known = ", ".join(repr(name) for name in self.strata) or "none"
            raise ValueError(f"the table has no stratum {stratum!r}; it has {known}")
        return CountTable(tuple(count for count in self.counts if count.stratum == stratum))

    def as_records(self) -> list[dict[str, str | float | int]]:
        """Give the counts as a list of plain records, ready for JSON."""
        return [count.as_record() for count in self.counts]


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in one month to everybody in a table, its strata added together."""

    months: float
    """Months from the start of follow-up."""
    at_risk: int
    """People under observation just before."""
    events: int
    """People with an event in this month."""
    censored: int
    """People whose follow-up ended in this month without an event."""


def count_times(observations: Iterable[tuple[str, float, str]]) -> CountTable:
    """Give the count table of people, in one pass over (stratum, months, kind).

    Months may be whole or exact. No row is kept.

    Raises
    ------
    ValueError
        For a time that is negative, infinite or not a number, or a blank kind.
    """
    people = Counter(observations)
    return CountTable(tuple(Count(*observed, n) for observed, n in people.items()))


def read_records(records: Iterable[Mapping[str, object]]) -> CountTable:
    """Give the count table that `CountTable.as_records` wrote.

    Raises
    ------
    ValueError
        For a record with another set of names, or values that no count can have.
    """
    names = {"stratum", "months", "kind", "n"}
    counts = []
    for place, record in enumerate(records, start=1):
        if set(record) != names:
            found = ", ".join(sorted(record)) or "nothing"
            raise ValueError(f"count {place} needs stratum, months, kind and n; it has {found}")
        counts.append(Count(**record))  # type: ignore[arg-type]
    return CountTable(tuple(counts))


def list_months(table: CountTable, event_kinds: Collection[str]) -> list[Month]:
    """Give the observed months in order, with events, censorings and the number at risk."""
    events, censored = Counter[float](), Counter[float]()
    for count in table:
        (events if count.kind in event_kinds else censored)[count.months] += count.n
    at_risk = table.total
    listed = []
    for month in sorted(events.keys() | censored.keys()):
        listed.append(Month(month, at_risk, events[month], censored[month]))
        at_risk -= events[month] + censored[month]
    return listed


def check_kinds(
    table: CountTable,
    event_kinds: Collection[str],
    censored_kinds: Collection[str] | None = None,
) -> None:
    """Refuse a table or a choice of events that no survival statistic can be made from.

    Raises
    ------
    ValueError
        For an empty table, no event kind, one text instead of a collection of kinds, or, when
        `censored_kinds` is given, a kind that is in neither.
    """
    if isinstance(event_kinds, str) or isinstance(censored_kinds, str):
        raise ValueError("give the kinds as a collection, such as {'death'}, not as one text")
    if not event_kinds:
        raise ValueError("name at least one kind of event")
    if not table.counts:
        raise ValueError("the count table is empty: nobody has follow-up")
    unknown = set(table.kinds) - set(event_kinds) - set(censored_kinds or ())
    if censored_kinds is not None and unknown:
        raise ValueError(f"neither event nor censored: {', '.join(sorted(unknown))}")
