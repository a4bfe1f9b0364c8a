"""Which diagnoses are listed, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
    shares_kinase,
)
from spindle.reasoning.differential_exclusions import (
    explain_exclusion,
    list_unmatched,
    match_exclusions,
)
from spindle.reasoning.differential_fusions import (
    CaseFusions,
    find_shared_driver,
    list_borne_out,
    list_naming_facts,
)
from spindle.reasoning.differential_weights import NOTHING, Interval, add_intervals, is_clear
from spindle.reasoning.differential_words import (
    DECIMALS,
    FUSION_SUPPORTS,
    explain_imt,
    explain_standing,
)
from spindle.reasoning.findings import Candidate, GateState, MorphologyGate, Standing
from spindle.reasoning.statuses import join_words

CLEAR_FACT = "differential.clear-weight"
ENOUGH_FACT = "differential.enough-patients"
URGENT_FACT = "differential.negative-excludes-nothing"
ANYWHERE_FACT = "differential.listed-anywhere"
STANDING_FACTS = (CLEAR_FACT, ENOUGH_FACT)
ORDER = (
    Standing.SUPPORTED,
    Standing.OPEN,
    Standing.LESS_LIKELY,
    Standing.NOT_WEIGHED,
    Standing.EXCLUDED,
)
POINTED = "A red flag or a fusion names it, so it comes before an IMT."
SUPPORTS_FACT = "differential.fusion-supports"


@dataclass(frozen=True, slots=True)
class Draft:
    """One diagnosis with its evidence, before its standing is told."""

    entity: Entity
    """The diagnosis."""
    lines: tuple[Line, ...]
    """Its evidence."""
    weight: Interval
    """Sum of what is counted, against IMT; for IMT against the others."""
    beside: Interval
    """The same against the other diagnoses of the site."""
    patients: int
    """Published patients with it behind the sum."""
    reference_patients: int
    """Published patients on the other side."""
    exclusion: str
    """Why it is excluded; empty when it is not."""

    @property
    def has_enough(self) -> bool:
        """Whether enough patients stand on both sides."""
        enough = find_fact(ENOUGH_FACT).number
        return min(self.patients, self.reference_patients) >= enough

    @property
    def is_clear(self) -> bool:
        """Whether the sum is clear of zero, large enough, and rests on enough patients."""
        is_large = abs(self.weight.mid) >= find_fact(CLEAR_FACT).number
        return is_clear(self.weight) and is_large and self.has_enough

    @property
    def is_better(self) -> bool:
        """Whether it fits better than IMT, as other diagnoses may do too."""
        return self.is_clear and self.weight.mid > 0

    @property
    def is_opposed(self) -> bool:
        """Whether a fusion, or something that defines it, speaks against it in words."""
        return any(not x.firmness and x.evidence.speaks == AGAINST for x in self.lines)

    @property
    def is_supported(self) -> bool:
        """Whether it fits better than IMT and than the other diagnoses of the site, unopposed."""
        is_large = self.beside.mid >= find_fact(CLEAR_FACT).number
        return self.is_better and is_large and self.beside.low > 0 and not self.is_opposed


def draft_candidates(
    case: Case,
    answers: Answers,
    fusions: CaseFusions,
    site_groups: tuple[str, ...],
    flagged: Iterable[str],
) -> list[Draft]:
    """Give every diagnosis that is listed, with its evidence, IMT first.

    Listed are those that occur at the site, urgent ones of a red flag, excluded ones, and those
    that a defining finding or a fusion points to, or a single result for malignant ones, wherever
    the lesion is.
    """
    excluded = match_exclusions(case.exclusions)
    urgent = {name for name in flagged if load_entities()[name].is_urgent}
    named = {*urgent, *excluded}
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


# Standing ---------------------------------------------------------------------------------------


def decide_standing(draft: Draft) -> Standing:
    """Give where a mimic stands, by its evidence alone."""
    if draft.exclusion:
        return Standing.EXCLUDED
    if draft.is_supported:
        return Standing.SUPPORTED
    if draft.is_clear and not draft.is_better:
        return Standing.LESS_LIKELY
    has_said = any(line.evidence.speaks in (FOR, AGAINST) for line in draft.lines)
    has_counted = any(line.evidence.is_counted for line in draft.lines)
    return Standing.OPEN if has_said or has_counted else Standing.NOT_WEIGHED


def decide_imt(
    draft: Draft,
    gate: MorphologyGate,
    supported: Sequence[str],
    *,
    is_borne_out: bool = False,
    is_beaten: bool = False,
) -> Standing:
    """Give where IMT stands: supported only when its morphology fits and no mimic is supported.

    The sum of IMT is held against its mimics on average, so counts support it only when no single
    mimic weighs as much as it does (`is_beaten`). A productive fusion that is published in IMT
    supports it as counts do; counts that clearly fit its mimics better leave it open then.
    """
    standing = decide_standing(draft)
    if is_borne_out and standing is not Standing.EXCLUDED:
        standing = Standing.OPEN if standing is Standing.LESS_LIKELY else Standing.SUPPORTED
    is_rivalled = bool(supported) or (is_beaten and not is_borne_out)
    if standing is Standing.SUPPORTED and (gate.state is not GateState.FITS or is_rivalled):
        return Standing.OPEN
    is_against = gate.state is GateState.SPEAKS_AGAINST
    return Standing.OPEN if standing is Standing.NOT_WEIGHED and is_against else standing


def make_candidates(
    drafts: Sequence[Draft],
    gate: MorphologyGate,
    case: Case,
    fusions: CaseFusions,
    site_groups: tuple[str, ...],
    pointed: frozenset[str] = frozenset(),
) -> tuple[Candidate, ...]:
    """Give the diagnoses as they are shown: the best supported first, excluded ones last.

    Parameters
    ----------
    pointed:
        Diagnoses that a red flag or a fusion names: nothing else is called supported beside them.
    """
    pointed &= {draft.entity.id for draft in drafts if not draft.exclusion}
    standings = {
        d.entity.id: _stand_beside(d, drafts, pointed) for d in drafts if d.entity.id != IMT
    }
    supported = [
        draft.entity.name
        for draft in drafts
        if standings.get(draft.entity.id) is Standing.SUPPORTED
    ]
    sharing = [
        draft.entity.name
        for draft in drafts
        if any(find_shared_driver(draft.entity, fusion) for fusion in fusions.kinases)
    ]
    is_borne_out = _is_borne_out(drafts, fusions)
    shown = []
    for draft in drafts:
        if draft.entity.id == IMT:
            rivals = [r.entity.name for r in _list_rivals(draft, drafts) if _is_rival(r)]
            standing = decide_imt(
                draft, gate, supported, is_borne_out=is_borne_out, is_beaten=bool(rivals)
            )
            why = explain_imt(draft, standing, gate, supported, sharing, rivals=rivals)
            if named := [d.entity.name for d in drafts if d.entity.id in pointed]:
                standing = Standing.OPEN if standing is Standing.SUPPORTED else standing
                why = f"What is recorded names {join_words(named)} first. {why}"
        else:
            standing = standings[draft.entity.id]
            why = explain_standing(draft, standing)
            if draft.entity.id in pointed:
                why = f"{POINTED} {why}"
            if site_groups and not draft.entity.is_at(site_groups):
                why += " It is not usual at this site; what is recorded points to it."
        is_pointed = draft.entity.id in pointed
        candidate = _make_candidate(draft, standing, why, is_pointed_to=is_pointed)
        shown.append((_sort_draft(draft, standing, is_pointed_to=is_pointed), candidate))
    unmatched = list_unmatched(case.exclusions)
    return (*(candidate for _, candidate in sorted(shown, key=lambda pair: pair[0])), *unmatched)


def _list_rivals(draft: Draft, drafts: Sequence[Draft]) -> list[Draft]:
    """Give the other diagnoses, but IMT, with a count that is weighed and no exclusion."""
    return [
        other
        for other in drafts
        if other is not draft
        and other.entity.id != IMT
        and not other.exclusion
        and any(line.evidence.is_counted for line in other.lines)
    ]


def _is_rival(draft: Draft) -> bool:
    """Whether counts fit a mimic as well as IMT or better, with nothing in words against it.

    The stain of a kinase that it shares with IMT makes no rival by itself: it is what the two have
    in common.
    """
    own = [
        line
        for line in draft.lines
        if line.evidence.is_counted and not shares_kinase(draft.entity, line.key)
    ]
    if not own or draft.is_opposed:
        return False
    return draft.weight.mid >= 0 and add_intervals(line.weight for line in own).mid >= 0


def _stand_beside(draft: Draft, drafts: Sequence[Draft], pointed: frozenset[str]) -> Standing:
    """Give where a mimic stands: supported only when no other one weighs as much, as shown.

    What a red flag or a fusion names is not put aside by counts, nor is another one supported
    beside it.
    """
    standing = decide_standing(draft)
    is_pointed = draft.entity.id in pointed
    if standing in (Standing.LESS_LIKELY, Standing.NOT_WEIGHED) and is_pointed:
        return Standing.OPEN
    if standing is Standing.SUPPORTED and pointed and not is_pointed:
        return Standing.OPEN
    rivals = _list_rivals(draft, drafts) if standing is Standing.SUPPORTED else []
    own = round(draft.weight.mid, DECIMALS)
    is_beaten = any(round(other.weight.mid, DECIMALS) >= own for other in rivals)
    return Standing.OPEN if is_beaten else standing


def _is_borne_out(drafts: Sequence[Draft], fusions: CaseFusions) -> bool:
    """Whether a published fusion supports IMT, and nothing speaks only for what may share it."""
    found = list_borne_out(fusions)
    own = next((draft for draft in drafts if draft.entity.id == IMT), None)
    if not found or own is None or own.is_opposed or any(map(_is_better_mimic, drafts)):
        return False
    rivals = [d for d in drafts if any(find_shared_driver(d.entity, f) for f in found)]
    speaking = {line.key for line in own.lines if line.evidence.speaks == FOR}
    # The stain of the kinase shows the fusion once more.
    speaking |= set(load_kinases().markers)
    return not any(
        line.evidence.speaks == FOR and line.key not in speaking
        for draft in rivals
        for line in draft.lines
    )


def _is_better_mimic(draft: Draft) -> bool:
    """Whether a mimic fits better than IMT by counts, with nothing in words against it.

    A fusion that no source reports in it is such a word, so that one stain does not outweigh it.
    """
    return draft.entity.id != IMT and draft.is_better and not draft.is_opposed


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


def weigh_open(drafts: Sequence[Draft], candidates: Sequence[Candidate]) -> Mapping[str, float]:
    """Give the middle of the weight against IMT of each diagnosis between which a stain decides.

    IMT, what a red flag or a fusion names, and those for which something typical or a clear weight
    speaks; where these are fewer than two, all that nobody excluded.
    """
    excluded = {c.id for c in candidates if c.standing is Standing.EXCLUDED}
    pointed = {c.id for c in candidates if c.is_pointed_to}
    opened = [draft for draft in drafts if draft.entity.id not in excluded]
    in_play = [d for d in opened if d.entity.id == IMT or d.entity.id in pointed or _is_in_play(d)]
    chosen = in_play if len(in_play) > 2 else opened
    return {
        draft.entity.id: 0.0 if draft.entity.id == IMT else draft.weight.mid for draft in chosen
    }


def _is_in_play(draft: Draft) -> bool:
    """Whether something typical of a mimic speaks for it, or its counts weigh clearly for it."""
    speaks = any(line.evidence.speaks == FOR and line.firmness <= 1 for line in draft.lines)
    return speaks or draft.weight.mid >= find_fact(CLEAR_FACT).number
