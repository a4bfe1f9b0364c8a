"""What every published counting rule makes of one FISH count, where they disagree.

One rule is chosen for a report; a count that another rule calls otherwise is never shown under
that one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spindle.assays.fish import (
    FishCall,
    FishInterpretation,
    NucleiCount,
    compare_rules,
    sum_counts,
)
from spindle.assays.genes import name_gene
from spindle.cases.observations import FishTest, Observation
from spindle.knowledge.conflicts import Conflict, load_conflicts
from spindle.knowledge.fish_rules import FishStage, meets_limit
from spindle.reports.words import join_words

_CALLS: Mapping[FishCall, str] = {
    FishCall.POSITIVE: "positive",
    FishCall.ATYPICAL: "atypical",
    FishCall.COUNT_ON: "undecided, more nuclei to count",
    FishCall.NEGATIVE: "negative",
    FishCall.NOT_ASSESSABLE: "not assessable, too few nuclei",
}


@dataclass(frozen=True, slots=True)
class RulesDisagreement:
    """That published rules call one count differently."""

    says: str
    """Who calls it what, in one sentence."""
    facts: tuple[str, ...]
    """Facts behind each call."""
    conflicts: tuple[str, ...]
    """Ids of the conflicts among sources that concern this very count."""


def describe_rules(observation: Observation) -> RulesDisagreement | None:
    """Give what each counting rule makes of a FISH test's counts; none where they agree.

    A rule whose limits for so many nuclei were not read disagrees with none; it is named beside
    those that do.
    """
    if not isinstance(observation, FishTest) or not observation.counts:
        return None
    every = compare_rules(sum_counts(observation.counts))
    found = tuple(one for one in every if not one.is_without_limit)
    if len({one.call for one in found}) < 2:
        return None
    silent = [one for one in every if one.is_without_limit]
    gene = name_gene(observation.gene)
    other = "" if all(one.rule.gene == gene for one in found) else _say_other_gene(found, gene)
    facts = dict.fromkeys(fact for one in found for fact in one.trace.facts[:2])
    return RulesDisagreement(
        says=(
            f"Published counting rules disagree on these nuclei: {_say_calls(found)}."
            f"{_say_silent(silent)}{other}"
        ),
        facts=tuple(facts),
        conflicts=tuple(conflict.id for conflict in _find_conflicts(found)),
    )


def _say_silent(silent: Sequence[FishInterpretation]) -> str:
    """Give the rules that call nothing at so many nuclei, as a sentence; empty for none."""
    names = [one.rule.title.partition(":")[0] for one in silent]
    if not names:
        return ""
    return f" The limits of {join_words(names)} for {silent[0].count.scored} nuclei were not read."


def _say_calls(found: Sequence[FishInterpretation]) -> str:
    said = []
    for call, words in _CALLS.items():
        of_call = [one for one in found if one.call is call]
        names = [
            f"{one.rule.title.partition(':')[0]} ({one.nuclei_counted} of {one.count.scored})"
            for one in of_call
        ]
        if names:
            said.append(f"{words} by {join_words(names)}")
    return "; ".join(said)


def _say_other_gene(found: Sequence[FishInterpretation], gene: str) -> str:
    genes = join_words(sorted({one.rule.gene for one in found}))
    return f" The rules were written for {genes} and are applied to {gene} here."


# Which conflicts concern the count --------------------------------------------------------------


def _find_conflicts(found: Sequence[FishInterpretation]) -> Iterator[Conflict]:
    """Give the conflicts whose sides decide this count, one way and the other.

    Limits that this count meets under one rule and misses under another; or the patterns that
    rules count, where they count different nuclei here.
    """
    limits = dict(item for one in found for item in _judge_limits(one))
    calls = {one.trace.facts[0]: one.call for one in found}
    counted = {one.rule.patterns_fact.id: one.nuclei_counted for one in found}
    for conflict in load_conflicts().values():
        sides = [side.id for side in conflict.sides]
        if any(_differ(sides, judged) for judged in (limits, calls, counted)):
            yield conflict


def _differ(sides: Iterable[str], judged: Mapping[str, object]) -> bool:
    return len({judged[side] for side in sides if side in judged}) > 1


def _judge_limits(one: FishInterpretation) -> Iterator[tuple[str, bool]]:
    """Give the limit for positive of the stage that was reached, and whether it is met."""
    stage = _find_stage(one.rule.stages, one.count)
    if stage is not None and stage.positive is not None:
        met = meets_limit(stage.positive, one.nuclei_counted, one.count.scored)
        yield stage.positive.id, met


def _find_stage(stages: Sequence[FishStage], count: NucleiCount) -> FishStage | None:
    reached = [stage for stage in stages if count.scored >= int(stage.nuclei.number)]
    return reached[-1] if reached else None
