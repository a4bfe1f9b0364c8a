"""Claims about an order: "the most common symptoms were congestion, runny nose and headache"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import Finding, Verdict, capitalise, count_noun, join_list
from spindle.cohort.condition_terms import is_named
from spindle.cohort.conditions import (
    EVERY_CASE,
    VOCABULARIES,
    Condition,
    count_rows,
    list_silent_tests,
    read_condition,
)
from spindle.cohort.rows import CohortRow
from spindle.cohort.truth import Truth

NO_OTHERS = "none"


@dataclass(frozen=True, slots=True)
class RankedItem:
    """One item of a printed order."""

    rank: int
    """Its printed place; items of one rank are printed without an order between them."""
    label: str
    """What it is."""
    condition: Condition
    """Which rows have it."""


@dataclass(frozen=True, slots=True)
class CountedItem:
    """An item with its count."""

    rank: int
    """Printed place."""
    label: str
    """What it is."""
    n: int
    """Rows that have it."""


@dataclass(frozen=True, slots=True)
class RankingCheck:
    """A printed order against counts."""

    items: tuple[RankedItem, ...]
    """The items, in printed order."""
    others: str
    """`site` or `symptom` when the items are said to come before all others of it."""
    left_out: Condition | None
    """Others that the sentence does not speak of."""
    among: Condition
    """Among which cases."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give whether the counts bear the order out."""
        printed = self._print_order()
        silent = [item for item in self.items if list_silent_tests(item.condition, rows)]
        if silent:
            asked = join_list(item.condition.words for item in silent)
            return Finding(
                Verdict.NOT_CHECKABLE, printed, "not in the rows", f"No row answers: {asked}."
            )
        counts = [count_rows(rows, item.condition, self.among) for item in self.items]
        counted = [
            CountedItem(item.rank, item.label, count.n)
            for item, count in zip(self.items, counts, strict=True)
        ]
        cases = dict.fromkeys(case for count in counts for case in count.fitting)
        found = self._judge(printed, counted, self._count_others(rows), tuple(cases))
        left_open = max(len(count.open) for count in counts)
        if not left_open:
            return found
        note = f" In {count_noun(left_open, 'row')} not all of this is said."
        return replace(found, reason=found.reason + note)

    def _judge(
        self,
        printed: str,
        counted: Sequence[CountedItem],
        others: Sequence[CountedItem],
        cases: tuple[str, ...],
    ) -> Finding:
        inversions = [*_list_inversions(counted), *_list_inversions_by_others(counted, others)]
        ties = [*_list_ties(counted), *_list_ties_with_others(counted, others)]
        recomputed = ", ".join(f"{item.label} {item.n}" for item in counted)
        sentences = [f"Rows that list them: {recomputed}."]
        if others:
            most = max(item.n for item in others)
            first = join_list(item.label for item in others if item.n == most)
            sentences.append(f"The most frequent of the others: {first} ({most}).")
        sentences += [f"{capitalise(sentence)}." for sentence in (*inversions, *ties)]
        if inversions:
            verdict = Verdict.DIFFERS
        elif ties:
            verdict = Verdict.UNSUPPORTED
            sentences.append("The counts give no order between these.")
        else:
            verdict = Verdict.AGREES
            sentences.append("The counts fall in the printed order.")
            sentences += _describe_inner_order(counted)
        return Finding(verdict, printed, recomputed, " ".join(sentences), cases)

    def _print_order(self) -> str:
        ranks = groupby(self.items, key=lambda item: item.rank)
        return " > ".join(" and ".join(item.label for item in items) for _, items in ranks)

    def _count_others(self, rows: Sequence[CohortRow]) -> list[CountedItem]:
        if self.others == NO_OTHERS:
            return []
        counts: Counter[str] = Counter()
        for row in rows:
            if self.among.judge(row) is Truth.TRUE:
                counts.update(_list_names(row, self.others))
        return [
            CountedItem(0, name, n) for name, n in counts.most_common() if not self._is_named(name)
        ]

    def _is_named(self, name: str) -> bool:
        """Give whether an item, or what is left out, speaks of a name."""
        conditions = [item.condition for item in self.items]
        conditions += [self.left_out] if self.left_out else []
        return any(
            is_named(VOCABULARIES[self.others], term, name)
            for condition in conditions
            for test in condition.tests
            for term in test.terms
            if term.kind == self.others
        )


def _list_names(row: CohortRow, kind: str) -> set[str]:
    listed = row.sites if kind == "site" else row.symptoms
    return {item.name for item in listed if item.is_present}


def _list_inversions(counted: Sequence[CountedItem]) -> list[str]:
    return [
        f"{later.label} ({later.n}) is printed after {earlier.label} ({earlier.n}) and is more "
        "frequent"
        for place, earlier in enumerate(counted)
        for later in counted[place + 1 :]
        if later.rank > earlier.rank and later.n > earlier.n
    ]


def _list_ties(counted: Sequence[CountedItem]) -> list[str]:
    return [
        f"{earlier.label} and {later.label} are equally frequent ({later.n})"
        for place, earlier in enumerate(counted)
        for later in counted[place + 1 :]
        if later.rank > earlier.rank and later.n == earlier.n
    ]


def _list_inversions_by_others(
    counted: Sequence[CountedItem], others: Sequence[CountedItem]
) -> list[str]:
    least = min(counted, key=lambda item: item.n)
    return [
        f"{other.label} ({other.n}) is not named and is more frequent than {least.label} "
        f"({least.n})"
        for other in others
        if other.n > least.n
    ]


def _list_ties_with_others(
    counted: Sequence[CountedItem], others: Sequence[CountedItem]
) -> list[str]:
    least = min(counted, key=lambda item: item.n)
    tied = [other.label for other in others if other.n == least.n]
    if not tied:
        return []
    return [f"{least.label} ({least.n}) is no more frequent than {join_list(tied)}"]


def _describe_inner_order(counted: Sequence[CountedItem]) -> list[str]:
    """Say where items of one rank do not fall in the order in which they are printed."""
    sentences = []
    for _, group in groupby(counted, key=lambda item: item.rank):
        items = list(group)
        if any(later.n > earlier.n for earlier, later in pairwise(items)):
            listed = ", ".join(f"{item.label} {item.n}" for item in items)
            sentences.append(f"If an order is meant within {listed}, the counts do not bear it.")
    return sentences


def read_ranking(fields: ClaimFields) -> RankingCheck:
    """Give the check of a `ranking` claim."""
    choices = {name: name for name in (*VOCABULARIES, NO_OTHERS)}
    items = fields.read_tables("items", _read_item, at_least=1)
    others = fields.read_choice("others", choices, NO_OTHERS)
    if [item.rank for item in items] != sorted(item.rank for item in items):
        raise fields.fail("The items have to stand in the order of their ranks.")
    if others == NO_OTHERS and len({item.rank for item in items}) < 2:
        raise fields.fail("An order needs two ranks, or others that come after.")
    return RankingCheck(items, others, _read_left_out(fields, others), fields.read_among())


def _read_left_out(fields: ClaimFields, kind: str) -> Condition | None:
    """Give the names left out as a condition, so that a name nobody knows is refused."""
    names = list(fields.read_texts("left_out"))
    if not names:
        return None
    if kind == NO_OTHERS:
        raise fields.fail("left_out has no meaning without others.")
    condition = read_condition({kind: names}, f"{fields.place}, left_out")
    fields.tests.extend(condition.tests)
    return condition


def _read_item(fields: ClaimFields) -> RankedItem:
    return RankedItem(
        rank=fields.read_count("rank"),
        label=fields.read_text("label"),
        condition=fields.read_condition("condition", EVERY_CASE),
    )
