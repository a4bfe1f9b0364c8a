"""What speaks for one diagnosis and against it: stains with counts, and what sources say in words.

Evidence is weighed only where counts stand behind it. The rest is shown with the reason why it is
not counted: a feature without a count, a stain in the wrong place, a group of stains that answer
the same question, an IgG4 count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED
from spindle.knowledge.entities import IMT, Entity, Feature, Polarity, Strength, load_entities
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.markers import find_group, find_localisation, load_groups
from spindle.knowledge.stain_rules import FISH_PREFIX, load_subgroups
from spindle.reasoning.differential_answers import FINDING_PREFIX, Answer, Answers
from spindle.reasoning.differential_counts import (
    Counts,
    Place,
    Reference,
    find_counts,
    find_others,
    find_reference,
    is_countable,
    list_rows,
    load_settings,
    say_notes,
    start_rate,
)
from spindle.reasoning.differential_fusions import CaseFusions, Said, iterate_said
from spindle.reasoning.differential_weights import NOTHING, Interval, compare_rates, is_clear
from spindle.reasoning.findings import Evidence
from spindle.reasoning.statuses import join_words

GROUP_FACT = "differential.group-rule"
SHOWN_FACT = "differential.shown-only"
FOR, AGAINST, NEITHER = "for", "against", "neither"
NO_COUNT = "No count is published here, so it is shown in words."
FUSION_WORDS = (
    "Told in words: how often each diagnosis has a fusion was not counted in series that could be "
    "compared."
)
NO_IMT_COUNT = (
    "No count is published for IMT, which may show it as rarely, so it is held against the other "
    "diagnoses only."
)
NO_REFERENCE = "Nothing that it could be compared with is published here."
_FIRMNESS = {Strength.DEFINING: 0, Strength.TYPICAL: 1, Strength.MAY_OCCUR: 2}
# What is shown or counted stands after everything that is told in words.
SHOWN = len(_FIRMNESS)


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of evidence, with what the choice between pieces needs."""

    evidence: Evidence
    """The evidence."""
    key: str
    """Marker, probe or finding; empty for a fusion."""
    group: str
    """Group of stains that answer the same question; the key in none."""
    firmness: int
    """0 for what defines a diagnosis, then 1 and 2; `SHOWN` for what is not told in words."""
    least_worth: float = 0.0
    """Patients' worth on the side that has less of it; 0 when it is not counted."""
    cohorts: tuple[tuple[str, int], ...] = ()
    """Cohorts behind the counts, each with its patients."""
    reference_cohorts: tuple[tuple[str, int], ...] = ()
    """The same for what it is compared with."""
    beside: Interval = NOTHING
    """The weight against the other diagnoses of the site."""
    beside_facts: tuple[str, ...] = ()
    """Facts behind that."""
    is_beside_only: bool = False
    """Whether it is held against the other diagnoses only, and not against IMT."""
    seen: str = ""
    """The result in words where it is positive, or present; else empty."""

    @property
    def weight(self) -> Interval:
        """The weight with its interval."""
        e = self.evidence
        return Interval(e.weight_low, e.weight_mid, e.weight_high)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One result in one diagnosis with its weight, before it meets a case."""

    weight: Interval
    """The weight against IMT; for IMT against the others."""
    beside: Interval
    """The weight against the other diagnoses of the site, or IMT where none of them has counts."""
    counts: Counts
    """Counts in the diagnosis."""
    reference: Reference
    """What it is compared with."""
    n: int
    """Published patients with this very result."""
    facts: tuple[str, ...]
    """Facts behind the weight against IMT."""
    beside_facts: tuple[str, ...]
    """Facts about the other diagnoses of the site."""
    is_beside_only: bool
    """Whether nothing is published of IMT and the diagnosis shows the marker less often than the
    others do, so that the comparison says nothing of IMT, which may be just as low."""


@lru_cache(maxsize=65_536)
def weigh_result(entity: str, key: str, place: Place, *, is_positive: bool) -> Weighed | None:
    """Give the weight of one result in one diagnosis; none without counts on both sides."""
    counts, reference = find_counts(entity, key, place), find_reference(entity, key, place)
    if counts is None or reference is None:
        return None
    others = find_others(entity, key, place) or reference
    return Weighed(
        weight=_compare(counts, reference, is_positive=is_positive),
        beside=_compare(counts, others, is_positive=is_positive),
        counts=counts,
        reference=reference,
        n=counts.n if is_positive else counts.of - counts.n,
        facts=tuple(dict.fromkeys((*counts.facts, *reference.facts))),
        beside_facts=others.facts,
        is_beside_only=reference.is_stand_in
        and start_rate(counts, reference).mean < reference.rate.mean,
    )


def _compare(counts: Counts, reference: Reference, *, is_positive: bool) -> Interval:
    rate, error = start_rate(counts, reference), load_settings().reading_error
    return compare_rates(rate, reference.rate, is_positive=is_positive, error=error)


def list_lines(
    entity: Entity, answers: Answers, fusions: CaseFusions, site_groups: tuple[str, ...]
) -> tuple[Line, ...]:
    """Give every piece of evidence about one diagnosis: what is said in words, then the weighed."""
    measured = {marker for marker, _, _ in answers.measures}
    lines = [
        line
        for answer in (*answers.findings, *answers.stains)
        if not (answer.key in measured and _doubt_group(find_group(answer.key)))
        for line in hear_answer(entity.id, answer, site_groups)
    ]
    told = [line for line in lines if line.firmness < SHOWN]
    counted = [line for line in lines if line.firmness == SHOWN]
    probes = frozenset(line.key for line in counted)
    told += [_show_fusion(said) for said in iterate_said(entity, fusions, probes)]
    counted += _show_measures(entity, answers)
    return (
        *sorted(told, key=lambda line: (line.firmness, line.evidence.says)),
        *sorted(count_once(counted), key=_sort_counted),
    )


@lru_cache(maxsize=16_384)
def hear_answer(entity_id: str, answer: Answer, site_groups: tuple[str, ...]) -> tuple[Line, ...]:
    """Give what one answer says about one diagnosis: by counts, else in words, else not at all."""
    entity = load_entities()[entity_id]
    if weighed := find_weight(entity_id, answer, site_groups):
        return (_weigh_answer(entity, answer, weighed),)
    if told := tuple(_tell_features(entity, answer, site_groups)):
        return told
    row = _show_row(entity, answer)
    return (row,) if row else ()


def _show(
    says: str, speaks: str, why: str, observations: tuple[str, ...], facts: tuple[str, ...]
) -> Evidence:
    """Give evidence that is told in words and not counted, for a reason."""
    return Evidence(
        says=says,
        speaks=speaks,
        n=NOT_REPORTED,
        of=NOT_REPORTED,
        weight_low=0.0,
        weight_mid=0.0,
        weight_high=0.0,
        is_counted=False,
        why_not_counted=why,
        observations=observations,
        facts=tuple(dict.fromkeys(facts)),
    )


def _sort_counted(line: Line) -> tuple[bool, float, str]:
    return not line.evidence.is_counted, -abs(line.evidence.weight_mid), line.evidence.says


# Features in words ------------------------------------------------------------------------------


def _tell_features(entity: Entity, answer: Answer, site_groups: tuple[str, ...]) -> Iterator[Line]:
    """Give what sources say of a finding or a stain, where no count could be weighed."""
    counts = find_counts(entity.id, answer.key, Place(site_groups, answer.clone))
    for feature in entity.features:
        if name_feature(feature) == answer.key and (speaks := _hear_feature(feature, answer)):
            said = f"{answer.words}. {feature.says}"
            facts = (*answer.facts, feature.fact, *(counts.facts if counts else ()))
            why = _doubt_feature(feature, answer) or (NO_REFERENCE if counts else NO_COUNT)
            evidence = _show(said, speaks, why, answer.observations, facts)
            if counts:
                n = counts.n if answer.is_positive else counts.of - counts.n
                evidence = replace(evidence, n=n, of=counts.of)
            firmness = _FIRMNESS[feature.strength]
            yield Line(evidence, answer.key, answer.key, firmness, seen=_say_seen(answer))


def _say_seen(answer: Answer) -> str:
    return answer.words if answer.is_positive else ""


def name_feature(feature: Feature) -> str:
    """Give the key under which an answer holds a feature."""
    return feature.marker or FINDING_PREFIX + feature.finding


def _doubt_feature(feature: Feature, answer: Answer) -> str:
    """Give why an answer is not heard; empty where the stain speaks wherever it lies."""
    is_heard = feature.is_anywhere and answer.is_misplaced
    return "" if is_heard else answer.doubt


def _hear_feature(feature: Feature, answer: Answer) -> str:
    """Give which way a feature speaks; empty when its absence says nothing."""
    if _doubt_feature(feature, answer):
        return NEITHER
    if answer.is_positive:
        return feature.polarity.value
    is_missed = feature.polarity is Polarity.FOR and feature.strength is not Strength.MAY_OCCUR
    return AGAINST if is_missed else ""


def _show_fusion(said: Said) -> Line:
    evidence = _show(said.says, said.speaks, FUSION_WORDS, said.observations, said.facts)
    return Line(evidence, "", "", 0)


# Results with counts ----------------------------------------------------------------------------


def find_weight(entity: str, answer: Answer, site_groups: tuple[str, ...]) -> Weighed | None:
    """Give the weight of an answer in a diagnosis, whether or not it is counted in the end."""
    place = Place(site_groups, answer.clone)
    return weigh_result(entity, answer.key, place, is_positive=answer.is_positive)


def _weigh_answer(entity: Entity, answer: Answer, weighed: Weighed) -> Line:
    """Give the evidence of a result with counts on both sides."""
    group = find_group(answer.key)
    doubt = answer.doubt or _doubt_group(group)
    is_beside_only = weighed.is_beside_only and not doubt
    doubt = doubt or (NO_IMT_COUNT if is_beside_only else "")
    weight = NOTHING if doubt else weighed.weight
    counts, reference = weighed.counts, weighed.reference
    evidence = Evidence(
        says=f"{answer.words}: {_say_rate(entity, answer, counts)}; {reference.words}."
        + _say_shared(entity, answer),
        speaks=NEITHER if doubt else hear_weight(weight),
        n=weighed.n,
        of=counts.of,
        weight_low=weight.low,
        weight_mid=weight.mid,
        weight_high=weight.high,
        is_counted=not doubt,
        why_not_counted=doubt,
        observations=answer.observations,
        facts=tuple(dict.fromkeys((*answer.facts, *weighed.facts))),
    )
    if doubt and not is_beside_only:
        return Line(evidence, answer.key, group, SHOWN)
    return Line(
        evidence,
        answer.key,
        group,
        SHOWN,
        is_beside_only=is_beside_only,
        least_worth=min(counts.worth, reference.worth),
        cohorts=counts.cohorts,
        reference_cohorts=reference.cohorts,
        beside=weighed.beside,
        beside_facts=weighed.beside_facts,
        seen=_say_seen(answer),
    )


def hear_weight(weight: Interval) -> str:
    """Give which way a weight speaks: for or against only when its interval is clear of zero."""
    if not is_clear(weight):
        return NEITHER
    return FOR if weight.mid > 0 else AGAINST


def _say_rate(entity: Entity, answer: Answer, counts: Counts) -> str:
    rule = find_localisation(answer.key)
    verb = rule.localisation if rule and not rule.is_assumed else "positive"
    verb = "present" if answer.is_finding else verb
    name = "IMT" if entity.id == IMT else entity.name
    told = f"{counts.n} of {counts.of} published patients with {name}"
    return f"{verb} in {told}{say_notes(counts)}"


def _say_shared(entity: Entity, answer: Answer) -> str:
    """Give that a stain asks about a driver which the diagnosis shares; empty for others.

    The result is weighed all the same, a positive as well as a negative one: to drop the one and
    to count the other would lean every tumour towards IMT.
    """
    if not shares_kinase(entity, answer.key):
        return ""
    return f" The kinase is one that {entity.name} and IMT share, so that it parts them little."


def shares_kinase(entity: Entity, key: str) -> bool:
    """Give whether a stain or a probe asks about a kinase that many of its patients share."""
    asked = load_kinases().markers.get(key, key.removeprefix(FISH_PREFIX))
    drivers = {driver.kinase for driver in entity.drivers if not driver.is_rare}
    return bool(drivers & set(load_kinases().expand(asked)))


@cache
def _doubt_group(group: str) -> str:
    """Give why a group of stains is shown and never weighed; empty for most."""
    fact = find_fact(SHOWN_FACT)
    return fact.statement if group == fact.value else ""


def _show_row(entity: Entity, answer: Answer) -> Line | None:
    """Give what is published of a stain without counts that could be weighed, or none."""
    group = find_group(answer.key)
    rows = list_rows(entity.id, answer.key)
    if not rows:
        return None
    said = f"{answer.words}. Published: {rows[0].fact.statement}"
    why = answer.doubt or _doubt_group(group) or _doubt_rows(entity, answer)
    facts = (*answer.facts, *(row.fact.id for row in rows))
    evidence = _show(said, NEITHER, why, answer.observations, facts)
    return Line(evidence, answer.key, group, SHOWN)


def _doubt_rows(entity: Entity, answer: Answer) -> str:
    rows = list_rows(entity.id, answer.key)
    if any(is_countable(row) for row in rows):
        return NO_REFERENCE
    chosen = [load_subgroups()[row.cases].says for row in rows if row.is_selected]
    if chosen:
        said = "; ".join(dict.fromkeys(chosen))
        return f"It was counted only in a part of the patients ({said}), which is no rate."
    return "It is published without a count that could be weighed."


def _show_measures(entity: Entity, answers: Answers) -> Iterator[Line]:
    """Give counts of cells and shares, such as IgG4, with what is published beside them."""
    for marker, said, observation in answers.measures:
        group = find_group(marker)
        rows = list_rows(entity.id, marker)
        if rows and (doubt := _doubt_group(group)):
            published = " ".join(dict.fromkeys(row.fact.statement for row in rows))
            words = f"{marker}: {said}. Published: {published}"
            facts = (SHOWN_FACT, *(row.fact.id for row in rows))
            evidence = _show(words, NEITHER, doubt, (observation,), facts)
            yield Line(evidence, marker, group, SHOWN)


# Correlated stains ------------------------------------------------------------------------------


def count_once(lines: Sequence[Line]) -> list[Line]:
    """Give the lines with only one of each group counted: the one that most patients stand behind.

    The most patients' worth on the side that has less of it, then by name: a choice that knows
    nothing of the result, so that it can't favour the strongest.
    """
    chosen: dict[str, Line] = {}
    for line in sorted(lines, key=lambda line: (-line.least_worth, line.key)):
        if line.evidence.is_counted:
            chosen.setdefault(line.group, line)
    for line in sorted(lines, key=lambda line: (-line.least_worth, line.key)):
        if line.is_beside_only:
            chosen.setdefault(line.group, line)
    return [_silence(line, chosen.get(line.group, line)) for line in lines]


def _silence(line: Line, chosen: Line) -> Line:
    if line is chosen or not (line.evidence.is_counted or line.is_beside_only):
        return line
    others = [m for m in load_groups()[line.group].markers if m in (line.key, chosen.key)]
    says = load_groups()[line.group].says
    evidence = replace(
        line.evidence,
        weight_low=0.0,
        weight_mid=0.0,
        weight_high=0.0,
        is_counted=False,
        why_not_counted=f"{join_words(others)} count once: {says} {chosen.key} is the one counted.",
        facts=(*line.evidence.facts, load_groups()[line.group].fact, GROUP_FACT),
    )
    return Line(evidence, line.key, line.group, line.firmness, seen=line.seen)


def count_patients(cohorts: Iterable[tuple[tuple[str, int], ...]]) -> int:
    """Give published patients, each cohort's once, however many of its stains were used."""
    most: dict[str, int] = {}
    for listed in cohorts:
        for cohort, patients in listed:
            most[cohort] = max(most.get(cohort, 0), patients)
    return sum(most.values())
