"""Which diagnoses are listed, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from spindle.cases.case import Case, Exclusion
from spindle.cases.observations import Stain, TestResult
from spindle.knowledge.entities import (
    IMT,
    Entity,
    EntityKind,
    Polarity,
    Strength,
    load_entities,
)
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.markers import find_group
from spindle.knowledge.vocabularies import find_marker
from spindle.reasoning.differential_answers import Answer, Answers
from spindle.reasoning.differential_counts import is_countable, list_rows
from spindle.reasoning.differential_evidence import (
    AGAINST,
    FOR,
    Line,
    count_patients,
    find_weight,
    list_lines,
    name_feature,
)
from spindle.reasoning.differential_exclusions import (
    explain_exclusion,
    list_unmatched,
    match_exclusions,
)
from spindle.reasoning.differential_fusions import (
    CaseFusions,
    find_shared_driver,
    list_naming_facts,
    names_alone,
)
from spindle.reasoning.differential_standings import (
    CLEAR_FACT,
    Draft,
    decide_imt,
    is_borne_out,
    is_rival,
    list_rivals,
    stand_beside,
)
from spindle.reasoning.differential_weights import NOTHING, add_intervals
from spindle.reasoning.differential_words import FUSION_SUPPORTS, explain_imt, explain_standing
from spindle.reasoning.findings import Candidate, MorphologyGate, Standing
from spindle.reasoning.statuses import join_words

URGENT_FACT = "differential.negative-excludes-nothing"
ANYWHERE_FACT = "differential.listed-anywhere"
ORDER = (
    Standing.SUPPORTED,
    Standing.OPEN,
    Standing.LESS_LIKELY,
    Standing.NOT_WEIGHED,
    Standing.EXCLUDED,
)
SUPPORTS_FACT = "differential.fusion-supports"
NOT_POINTED: Mapping[str, str] = MappingProxyType({})


def draft_candidates(
    case: Case,
    answers: Answers,
    fusions: CaseFusions,
    site_groups: tuple[str, ...],
    flagged: Iterable[str],
    pointed: Iterable[str] = (),
) -> list[Draft]:
    """Give every diagnosis that is listed, with its evidence, IMT first.

    Listed are those that occur at the site, urgent ones of a red flag, those that a red flag or a
    fusion names (`pointed`), excluded ones, and those that a defining finding or a fusion points
    to, or a single result for malignant ones, wherever the lesion is.
    """
    excluded = match_exclusions(case.exclusions)
    urgent = {name for name in flagged if load_entities()[name].is_urgent}
    named = {*urgent, *excluded, *pointed}
    doubtful = _list_doubtful(case)
    drafts = []
    for entity in load_entities().values():
        if entity.kind is EntityKind.VARIANT:
            continue
        is_there = entity.is_at(site_groups) or entity.id in named
        if is_there or _is_pointed_to(entity, answers, fusions, site_groups):
            lines = list_lines(entity, answers, fusions, site_groups)
            found = excluded.get(entity.id, ())
            drafts.append(_make_draft(entity, lines, answers, fusions, found, doubtful))
    return sorted(drafts, key=lambda draft: draft.entity.id != IMT)


def _make_draft(
    entity: Entity,
    lines: tuple[Line, ...],
    answers: Answers,
    fusions: CaseFusions,
    exclusions: Sequence[Exclusion],
    doubtful: frozenset[str],
) -> Draft:
    missing = _find_missing(entity, answers, fusions, doubtful)
    counted = [line for line in lines if line.evidence.is_counted]
    held = [line for line in lines if line.evidence.is_counted or line.is_beside_only]
    return Draft(
        entity=entity,
        lines=lines,
        weight=add_intervals(line.weight for line in counted) if counted else NOTHING,
        beside=add_intervals(line.beside for line in held) if held else NOTHING,
        patients=count_patients(line.cohorts for line in counted),
        reference_patients=count_patients(line.reference_cohorts for line in counted),
        exclusion=explain_exclusion(exclusions) or missing,
    )


def _is_pointed_to(
    entity: Entity, answers: Answers, fusions: CaseFusions, site_groups: tuple[str, ...]
) -> bool:
    """Whether something recorded points to a diagnosis although its site does not.

    One positive result is enough, and no other result takes it back: what was listed once stays.
    """
    if any(list_naming_facts(entity.id, fusion) for fusion in fusions.others):
        return True
    positive = [
        answer
        for answer in (*answers.findings, *answers.stains)
        if answer.is_positive and not answer.is_misplaced
    ]
    defining = {
        name_feature(feature)
        for feature in entity.features
        if feature.strength is Strength.DEFINING and feature.polarity is Polarity.FOR
    }
    if any(answer.key in defining for answer in positive):
        return True
    may_spread = entity.id in str(find_fact(ANYWHERE_FACT).value).split()
    return may_spread and any(_is_for(entity.id, answer, site_groups) for answer in positive)


def _is_for(entity: str, answer: Answer, site_groups: tuple[str, ...]) -> bool:
    """Whether one result alone speaks clearly for a diagnosis, against IMT and against others."""
    weighed = find_weight(entity, answer, site_groups)
    least = find_fact(CLEAR_FACT).number
    return weighed is not None and all(
        weight.low > 0 and weight.mid >= least for weight in (weighed.weight, weighed.beside)
    )


# Exclusions -------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _list_doubtful(case: Case) -> frozenset[str]:
    """Give the markers whose negative excludes nothing: decalcified tissue, or no clear result."""
    unclear = (TestResult.EQUIVOCAL, TestResult.FAILED)
    return frozenset(
        found.name
        for specimen, test in case.iterate_observations()
        if isinstance(test, Stain)
        and (specimen.is_decalcified is True or test.result in unclear)
        and (found := find_marker(test.marker))
    )


def _find_missing(
    entity: Entity, answers: Answers, fusions: CaseFusions, doubtful: frozenset[str]
) -> str:
    """Give the defining finding that is recorded as absent, in a sentence; empty for none.

    A negative stain excludes only where every published patient was positive and no other test of
    the same thing is positive. Nothing recorded excludes what is to be looked for before
    treatment, or IMT, which has its gate.
    """
    if entity.is_urgent or entity.id == IMT:
        return ""
    for feature in entity.features:
        is_defining = feature.strength is Strength.DEFINING and feature.polarity is Polarity.FOR
        answer = answers.find(name_feature(feature)) if is_defining else None
        is_missing = answer and not answer.is_positive and not answer.doubt
        if (
            answer
            and is_missing
            and answer.key not in doubtful
            and not _is_seen(entity, answer)
            and not _is_contradicted(answer, answers, fusions)
        ):
            return f"{answer.words}. {feature.says} It can be taken up again if that is revised."
    return ""


def _is_contradicted(answer: Answer, answers: Answers, fusions: CaseFusions) -> bool:
    """Whether another stain or probe of the group, or a fusion of the kinase, is positive."""
    group = find_group(answer.key)
    asked = load_kinases().expand(load_kinases().markers.get(answer.key, answer.key))
    is_stained = any(a.is_positive and find_group(a.key) == group for a in answers.stains)
    return is_stained or any(fusion.kinase in asked for fusion in fusions.kinases)


def _is_seen(entity: Entity, answer: Answer) -> bool:
    """Whether published patients with the diagnosis were without what is missing."""
    rows = (row for row in list_rows(entity.id, answer.key) if is_countable(row))
    return any(row.n != row.of for row in rows)


# As they are shown -------------------------------------------------------------------------------


def make_candidates(
    drafts: Sequence[Draft],
    gate: MorphologyGate,
    case: Case,
    fusions: CaseFusions,
    site_groups: tuple[str, ...],
    pointed: Mapping[str, str] = NOT_POINTED,
) -> tuple[Candidate, ...]:
    """Give the diagnoses as they are shown: the best supported first, excluded ones last.

    Parameters
    ----------
    pointed:
        Diagnoses that a red flag or a fusion names, each with what names it in a sentence: nothing
        else is called supported beside them.
    """
    held = {draft.entity.id for draft in drafts if not draft.exclusion}
    pointed = {entity: why for entity, why in pointed.items() if entity in held}
    standings = {
        d.entity.id: stand_beside(d, drafts, pointed) for d in drafts if d.entity.id != IMT
    }
    supported = [
        draft.entity.name
        for draft in drafts
        if standings.get(draft.entity.id) is Standing.SUPPORTED
    ]
    sharing = [
        draft.entity.name
        for draft in drafts
        if any(
            (driver := find_shared_driver(draft.entity, fusion)) and not names_alone(driver, fusion)
            for fusion in fusions.kinases
        )
    ]
    borne_out = is_borne_out(drafts, fusions)
    shown = []
    for draft in drafts:
        if draft.entity.id == IMT:
            rivals = [r.entity.name for r in list_rivals(draft, drafts) if is_rival(r)]
            standing = decide_imt(
                draft, gate, supported, is_borne_out=borne_out, is_beaten=bool(rivals)
            )
            why = explain_imt(draft, standing, gate, supported, sharing, rivals=rivals)
            if first := [d.entity.name for d in drafts if d.entity.id in pointed]:
                standing = Standing.OPEN if standing is Standing.SUPPORTED else standing
                why = f"What is recorded names {join_words(first)} first. {why}"
        else:
            standing = standings[draft.entity.id]
            why = explain_standing(draft, standing)
            if named := pointed.get(draft.entity.id):
                why = f"{named} {why}"
            if site_groups and not draft.entity.is_at(site_groups):
                why += " It is not usual at this site; what is recorded points to it."
        is_pointed = draft.entity.id in pointed
        candidate = _make_candidate(draft, standing, why, is_pointed_to=is_pointed)
        shown.append((_sort_draft(draft, standing, is_pointed_to=is_pointed), candidate))
    unmatched = list_unmatched(case.exclusions)
    return (*(candidate for _, candidate in sorted(shown, key=lambda pair: pair[0])), *unmatched)


def _sort_draft(
    draft: Draft, standing: Standing, *, is_pointed_to: bool
) -> tuple[float | str, ...]:
    """Give the order: standing; better than IMT, IMT, the others; then histology before counts:
    what defines it, what is typical of it, its weight; urgency; name."""
    entity = draft.entity
    place = 1 if entity.id == IMT else 2 * (not draft.is_better)
    told = (-_count_told(draft, firmness=0), -_count_told(draft, firmness=1), -draft.weight.mid)
    return (
        ORDER.index(standing),
        not is_pointed_to,
        place,
        *told,
        not entity.is_urgent,
        entity.name,
    )


def _count_told(draft: Draft, *, firmness: int) -> int:
    """Give how many features of a firmness speak for a diagnosis, less those against it."""
    sides = {FOR: 1, AGAINST: -1}
    told = (line for line in draft.lines if line.firmness == firmness)
    return sum(sides.get(line.evidence.speaks, 0) for line in told)


def _make_candidate(
    draft: Draft, standing: Standing, why: str, *, is_pointed_to: bool
) -> Candidate:
    entity, weight = draft.entity, draft.weight
    beside = (fact for line in draft.lines for fact in line.beside_facts if draft.is_better)
    rules = [URGENT_FACT] if entity.is_urgent else []
    if FUSION_SUPPORTS in why:
        rules.append(SUPPORTS_FACT)
    return Candidate(
        id=entity.id,
        name=entity.name,
        kind=entity.kind.value,
        standing=standing,
        why=why,
        evidence=tuple(line.evidence for line in draft.lines),
        patients=draft.patients,
        weight_low=weight.low,
        weight_mid=weight.mid,
        weight_high=weight.high,
        would_settle=entity.settles,
        is_urgent=entity.is_urgent,
        is_pointed_to=is_pointed_to,
        has_fusion=any(not line.key and line.evidence.speaks == FOR for line in draft.lines),
        facts=tuple(dict.fromkeys((*entity.facts, *rules, *beside))),
    )
