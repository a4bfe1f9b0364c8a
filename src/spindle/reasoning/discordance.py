"""Discordance: results, or a result and the place or pattern of a stain, that do not go together.

The parts of this module find them; what each means, how it is usually explained, what the tests
could not have seen and what would settle it are knowledge (`discordances.toml`). A test that is not
done, not reported, unknown, failed, equivocal or atypical disagrees with none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.observations import PcrTest
from spindle.knowledge.assay_coverage import find_kit, list_assay_limits, load_coverage
from spindle.knowledge.discordances import (
    DiscordanceKind,
    ExplanationRule,
    SettlingRule,
    load_discordances,
)
from spindle.knowledge.kinases import load_kinases
from spindle.reasoning.assessments import Assessment
from spindle.reasoning.discordance_assays import find_assay_discordances
from spindle.reasoning.discordance_partners import find_partner_discordances
from spindle.reasoning.discordance_tumours import (
    find_fish_pattern_discordances,
    find_tumour_discordances,
)
from spindle.reasoning.discordance_views import CaseView, Raised, find_conditions
from spindle.reasoning.findings import Discordance, Explanation, Weight
from spindle.trace import Trace, TraceStep

FINDERS = (
    find_assay_discordances,
    find_partner_discordances,
    find_fish_pattern_discordances,
    find_tumour_discordances,
)
# A sentence and the id of the fact behind it.
Sentence = tuple[str, str]


def find_discordances(case: Case, assessment: Assessment) -> tuple[Discordance, ...]:
    """Give what does not go together in a case, in the order in which the knowledge holds kinds."""
    view = CaseView(case, assessment)
    found = [raised for find in FINDERS for raised in find(view)]
    order = {kind: position for position, kind in enumerate(load_discordances().kinds)}
    return tuple(_describe(view, raised) for raised in sorted(found, key=lambda r: order[r.kind]))


def _describe(view: CaseView, raised: Raised) -> Discordance:
    kind = load_discordances().kinds[raised.kind]
    words = {"kinase": raised.kinase, **raised.words}
    conditions = find_conditions(view, raised)
    title = _fill(kind.title, words)
    unseen = tuple(dict.fromkeys(_list_unseen(view, raised)))
    observations = (*(reading.observation_id for reading in raised.readings), *raised.observations)
    return Discordance(
        id=kind.id,
        title=title,
        weight=Weight(kind.weight),
        kinase=raised.kinase,
        observations=tuple(dict.fromkeys(observations)),
        explanations=(*raised.explanations, *_explain(view, raised, words, conditions)),
        unseen=tuple(dict.fromkeys(says for says, _ in unseen)),
        settles=tuple(dict.fromkeys(_list_settling(view, raised, words, conditions))),
        trace=_trace(kind, raised, title, [fact for _, fact in unseen if fact]),
    )


def _fill(text: str, words: Mapping[str, str]) -> str:
    filled = text.format_map(words)
    return f"{filled[0].upper()}{filled[1:]}"


def _trace(kind: DiscordanceKind, raised: Raised, title: str, unseen: list[str]) -> Trace:
    step = TraceStep(
        concluded=title,
        observations=tuple(dict.fromkeys(r.observation_id for r in raised.readings)),
        facts=tuple(dict.fromkeys((*kind.facts, *raised.facts, *unseen))),
        would_change=kind.would_change,
    )
    return Trace((step,))


def _expand(raised: Raised) -> frozenset[str]:
    """Give the names under which rules may speak of the kinase: its own, and those of its group."""
    return frozenset((raised.kinase, *load_kinases().expand(raised.kinase)))


# Explanations -----------------------------------------------------------------------------------


def _explain(
    view: CaseView, raised: Raised, words: Mapping[str, str], conditions: frozenset[str]
) -> Iterator[Explanation]:
    """Give the usual explanations, those with evidence from the tumour's own site first."""
    groups = set(view.site_groups)
    rules = [
        rule
        for rule in load_discordances().explanations
        if _is_about(rule, raised)
        and conditions.issuperset(rule.when)
        and (not rule.site_groups or groups & set(rule.site_groups))
    ]
    for rule in sorted(rules, key=lambda rule: not rule.site_groups):
        yield Explanation(_fill(rule.says, words), rule.facts)


def _is_about(rule: ExplanationRule, raised: Raised) -> bool:
    assays = {reading.assay.value for reading in raised.readings}
    return (
        raised.kind in rule.kinds
        and (not rule.assays or bool(assays & set(rule.assays)))
        and (not rule.kinases or bool(_expand(raised) & set(rule.kinases)))
        and (not rule.partners or bool(set(raised.partners) & set(rule.partners)))
    )


# What the tests could not have seen -------------------------------------------------------------


def _list_unseen(view: CaseView, raised: Raised) -> Iterator[Sentence]:
    """Give what the tests in question could not have seen, each with its fact or none."""
    held = [sentence for r in raised.negatives for sentence in _list_held(view, raised, r)]
    yield from held
    known = {fact for _, fact in held}
    for rule in load_discordances().unseen:
        assays = {r.assay.value for r in raised.readings if r.result == ReadingResult(rule.result)}
        is_about = not rule.kinases or bool(_expand(raised) & set(rule.kinases))
        if is_about and assays & set(rule.assays) and not known & set(rule.facts):
            yield rule.says, rule.facts[0]


def _list_held(view: CaseView, raised: Raised, reading: Reading) -> Iterator[Sentence]:
    """Give the limits that are held of a negative test: of this result, this kit or this assay."""
    if reading.assay is Assay.IHC:
        yield from zip(reading.limits, reading.trace.facts, strict=False)
        return
    limits = list_assay_limits(reading.assay.value, load_kinases().expand(raised.kinase)[0])
    if reading.assay is not Assay.RT_PCR:
        yield from limits
        return
    test = view.find_observation(reading)
    named = test.kit if isinstance(test, PcrTest) else NOT_REPORTED
    kit = None if isinstance(named, Absent) else find_kit(reading.assay.value, named)
    if kit:
        yield f"{kit.name} covers: {kit.covers}.", kit.facts[0].id
    yield from ((limit, "") for limit in reading.limits)
    of_kits = {fact.id for other in load_coverage().kits.values() for fact in other.facts}
    yield from ((says, fact) for says, fact in limits if fact not in of_kits)


# What would settle it ---------------------------------------------------------------------------


def _list_settling(
    view: CaseView, raised: Raised, words: Mapping[str, str], conditions: frozenset[str]
) -> Iterator[str]:
    """Give what would settle it; a test that has an answer for the kinase is not proposed."""
    answered = _list_answered(view, raised)
    yield from raised.settles
    for rule in load_discordances().settles:
        if _fits(rule, raised, conditions) and not answered & set(rule.assays):
            yield _fill(rule.says, words)


def _fits(rule: SettlingRule, raised: Raised, conditions: frozenset[str]) -> bool:
    return (
        raised.kind in rule.kinds
        and (not rule.kinases or bool(_expand(raised) & set(rule.kinases)))
        and conditions.issuperset(rule.when)
        and conditions.isdisjoint(rule.unless)
    )


def _list_answered(view: CaseView, raised: Raised) -> set[str]:
    answers = (ReadingResult.POSITIVE, ReadingResult.NEGATIVE)
    kinases = view.assessment.kinases
    return {
        reading.assay.value
        for name in _expand(raised)
        if name in kinases
        for reading in kinases[name].readings
        if reading.result in answers
    }
