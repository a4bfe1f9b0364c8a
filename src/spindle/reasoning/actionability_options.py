"""One option at a time: how it relates to this patient, and why it may not apply.

An option is listed by what was observed and never unlisted by it; what speaks against it is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spindle.cases.absence import Absent
from spindle.cases.patient import Age
from spindle.knowledge.ages import is_adult, name_age
from spindle.knowledge.facts import Fact
from spindle.knowledge.regions import load_regions
from spindle.knowledge.therapies import (
    ALK_NEGATIVE,
    TARGETED,
    KinaseSetting,
    Therapy,
    Trial,
    load_therapies,
)
from spindle.reasoning.actionability_approvals import (
    Judged,
    has_source,
    judge_approvals,
    list_not_found,
    list_unconfirmed,
)
from spindle.reasoning.actionability_course import Course
from spindle.reasoning.actionability_drivers import (
    ALK,
    STAIN_NEGATIVE_FACT,
    Drivers,
    KinaseState,
    Strength,
)
from spindle.reasoning.actionability_evidence import (
    describe_strength,
    judge_study_ages,
    list_trials,
    load_results,
    sort_trials,
)
from spindle.reasoning.actionability_pregnancy import Pregnancy, list_unborn_facts, say_pregnancy
from spindle.reasoning.actionability_resistance import (
    find_inhibitors_before,
    find_resisting,
    list_doubts,
    list_resistance,
    rank_setback,
)
from spindle.reasoning.actionability_settings import (
    CLEARED,
    Condition,
    combine,
    judge_needs,
)
from spindle.reasoning.findings import Fit, Option

# Before a condition that no source names, so that nobody takes it for one of theirs.
OWN = "Spindle itself asks for"
# Kinds that are no drug and no rays, so that what was given before does not speak against them.
LOCAL_OR_NONE = ("surgery", "observation")
_FIT_WORDS: Mapping[Fit, str] = {
    Fit.YES: "fits what is recorded",
    Fit.NO: "does not fit what is recorded",
    Fit.UNKNOWN: "is open on what is recorded",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One patient, as far as options depend on them."""

    drivers: Drivers
    """What the tests say of the kinases."""
    course: Course
    """What is recorded of the course."""
    conditions: Mapping[str, Condition]
    """Every condition of a setting, as this course has it."""
    age: Age | Absent
    """Age at diagnosis."""
    pregnancy: Pregnancy
    """What is recorded of a pregnancy."""
    site_groups: tuple[str, ...]
    """Groups of the tumour's sites."""
    infection: str
    """A recorded finding that shows an infection; empty for none."""
    region: str
    """Region whose approvals come first; empty for none."""


def list_therapies(drivers: Drivers, course: Course) -> list[Therapy]:
    """Give the treatments to show, surgery first.

    Targeted ones need a positive or undecided test of a kinase, or are always listed; those with
    such a test come before those without. Otherwise they keep the order of the data. A drug on
    which progression is recorded, or against which a recorded change is held, comes after the
    others of its group.
    """
    known = list(load_therapies().values())
    local = [therapy for therapy in known if therapy.kind in LOCAL_OR_NONE]
    targeted = [therapy for therapy in known if therapy.kind == TARGETED]
    others = [therapy for therapy in known if therapy not in (*local, *targeted)]
    signal = [therapy for therapy in targeted if find_signals(therapy, drivers)]
    always = [t for t in targeted if t.is_always_listed and t not in signal]
    groups = ([*signal, *always], others)
    drugs = (sorted(group, key=lambda drug: rank_setback(drug, course)) for group in groups)
    return [*local, *(drug for group in drugs for drug in group)]


def find_signals(therapy: Therapy, drivers: Drivers) -> list[KinaseState]:
    """Give the kinases with a positive or undecided test on which a drug acts."""
    return [state for state in drivers.find(therapy.kinases) if state.has_signal]


def make_option(therapy: Therapy, picture: Picture) -> Option:
    """Give one option as it relates to this patient."""
    states = find_signals(therapy, picture.drivers)
    judged = _judge_approvals(therapy, states, picture)
    trials = _list_trials(therapy, states, picture)
    resistance = _list_resistance(therapy, states, picture)
    checks = _check(therapy, states, picture)
    kinases = _list_kinases(therapy, states)
    against = (
        *(check.why for check in checks if check.fit is not Fit.YES),
        *_list_others_against(therapy, states, trials, picture),
        *_list_label_against(therapy, states, judged, picture),
    )
    return Option(
        id=therapy.id,
        name=therapy.name,
        kind=therapy.kind,
        target=", ".join(state.kinase for state in states) or ", ".join(therapy.kinases[:1]),
        setting=_find_setting(therapy, states).setting,
        standing=_describe_standing(checks, judged, picture.region),
        fit=combine(check.fit for check in checks),
        may_not_apply=tuple(dict.fromkeys(against)),
        approvals=tuple(item.approval for item in judged),
        results=tuple(load_results()[trial.fact.id] for trial in trials),
        evidence_strength=describe_strength(therapy, trials, kinases),
        harms=tuple(fact.statement for fact in therapy.harms),
        gravest=therapy.gravest,
        resistance=tuple(words for words, _ in resistance),
        facts=_collect_facts(therapy, trials, judged, resistance, picture, states),
    )


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is asked of this patient for an option."""

    fit: Fit
    """Whether it holds."""
    why: str
    """Why it holds or not, as half a sentence."""
    standing: str
    """The same in fewer words."""


def _check(therapy: Therapy, states: Sequence[KinaseState], picture: Picture) -> tuple[Check, ...]:
    """Give what is asked of this patient: a pregnancy first, the target, the setting, the past."""
    return (
        *_check_pregnancy(therapy, picture),
        *_check_target(therapy, states, picture.drivers),
        *_check_setting(therapy, states, picture),
        *_check_experience(therapy, states, picture),
        *_check_growth(therapy, picture),
    )


def _check_setting(
    therapy: Therapy, states: Sequence[KinaseState], picture: Picture
) -> Iterator[Check]:
    """Give whether the setting fits; where nothing is left to treat, that says it all."""
    if picture.course.is_cleared and therapy.kind not in LOCAL_OR_NONE:
        yield Check(Fit.NO, CLEARED, CLEARED)
        return
    asked = _find_setting(therapy, states)
    needs = (
        *judge_needs(asked.needs, picture.conditions, asked.asks),
        *judge_needs(asked.own_needs, picture.conditions, OWN),
    )
    for place, need in enumerate(needs):
        what = "the setting" if not place else "a further condition"
        yield Check(need.fit, need.why, _shorten(need, what))


def _find_setting(therapy: Therapy, states: Sequence[KinaseState]) -> KinaseSetting:
    """Give what is asked for the kinases with a signal on which the drug acts."""
    named = {name for state in states for name in state.kinases}
    return therapy.find_setting(named & set(therapy.kinases))


def _shorten(need: Condition, what: str) -> str:
    said = {Fit.YES: "fits", Fit.NO: "does not fit", Fit.UNKNOWN: "is open"}[need.fit]
    why = need.why.partition("; ")[2]
    return f"{what} {said}" if need.fit is Fit.UNKNOWN else f"{what} {said} ({why})"


# Target -----------------------------------------------------------------------------------------


def _check_target(
    therapy: Therapy, states: Sequence[KinaseState], drivers: Drivers
) -> Iterator[Check]:
    """Give whether a drug has its target; nothing for a treatment without one."""
    if therapy.kind != TARGETED:
        return
    shown = states or drivers.find(therapy.kinases[:1])
    best = min(shown, key=lambda state: (_RANK[state.fit], state.strength), default=None)
    if best is None:
        says = f"{therapy.kinases[0]}: not tested"
        yield Check(Fit.UNKNOWN, says, says)
    else:
        yield Check(best.fit, best.says, best.says)


_RANK: Mapping[Fit, int] = {Fit.YES: 0, Fit.UNKNOWN: 1, Fit.NO: 2}


def _list_targets(therapy: Therapy, states: Sequence[KinaseState]) -> list[str]:
    """Give the kinases whose results are shown; without a sign of ALK the ALK-negative ones too."""
    if states:
        return [name for state in states for name in state.kinases]
    kinases = list(therapy.kinases[:1])
    return [*kinases, ALK_NEGATIVE] if ALK in kinases else kinases


def _list_trials(therapy: Therapy, states: Sequence[KinaseState], picture: Picture) -> list[Trial]:
    """Give the results to show, the most telling of this patient first."""
    trials = list_trials(therapy, _list_targets(therapy, states))
    alk = picture.drivers.find((ALK,))
    is_negative = any(state.strength is Strength.NOT_DETECTED for state in alk)
    changes = [v.change for v in picture.course.variants if v.gene in therapy.kinases]
    before = find_inhibitors_before(therapy, _list_kinases(therapy, states), picture.course)
    return sort_trials(
        trials,
        picture.age,
        is_alk_negative=is_negative,
        changes=changes,
        is_pretreated=bool(before) or therapy.id in picture.course.given,
    )


def _list_kinases(therapy: Therapy, states: Sequence[KinaseState]) -> set[str]:
    return {name for state in states for name in state.kinases} or set(therapy.kinases[:1])


def _list_resistance(
    therapy: Therapy, states: Sequence[KinaseState], picture: Picture
) -> list[tuple[str, tuple[Fact, ...]]]:
    if therapy.kind != TARGETED:
        return []
    return list_resistance(therapy, states, picture.course)


# What was given before, and what comes first ----------------------------------------------------


def _check_experience(
    therapy: Therapy, states: Sequence[KinaseState], picture: Picture
) -> Iterator[Check]:
    """Give what earlier treatment, a recorded change or an infection says about an option."""
    if therapy.kind in LOCAL_OR_NONE:
        return
    yield from _check_given(therapy, picture.course)
    if therapy.kind == TARGETED:
        for said in list_doubts(therapy, states, picture.course):
            yield Check(Fit.UNKNOWN, said, said)
    yield from _check_infection(therapy, picture)


def _check_given(therapy: Therapy, course: Course) -> Iterator[Check]:
    if therapy.id not in course.given:
        return
    given = "recorded as given before"
    if course.has_progressed:
        said = f"{given}, and progression is recorded"
        yield Check(Fit.NO if find_resisting(therapy, course) else Fit.UNKNOWN, said, said)
    else:
        yield Check(Fit.UNKNOWN, f"{given}; with what effect is not recorded", given)


def _check_infection(therapy: Therapy, picture: Picture) -> Iterator[Check]:
    if therapy.infection_first_at and picture.infection:
        said = f"{picture.infection} are recorded: an infection comes first"
        yield Check(Fit.NO, said, said)
    elif set(therapy.infection_first_at) & set(picture.site_groups):
        said = "at this site an infection, invasive fungal disease above all, is excluded before it"
        yield Check(Fit.UNKNOWN, said, said)


def _check_growth(therapy: Therapy, picture: Picture) -> Iterator[Check]:
    """Give that a treatment is open in somebody who may still be growing."""
    is_grown = is_adult(picture.age)
    if not therapy.growing_facts or is_grown:
        return
    age = picture.age
    said = "the age is not recorded" if isinstance(age, Absent) else f"aged {name_age(age)}"
    why = f"{said}: its late effects in a child depend on the age at treatment"
    yield Check(Fit.UNKNOWN, why, why)


def _check_pregnancy(therapy: Therapy, picture: Picture) -> Iterator[Check]:
    """Give that a recorded pregnancy leaves a treatment open, with what its labels say of it."""
    if picture.pregnancy.is_recorded:
        why, short = say_pregnancy(therapy)
        yield Check(Fit.UNKNOWN, why, short)


# Why it may not apply ---------------------------------------------------------------------------


def _list_others_against(
    therapy: Therapy, states: Sequence[KinaseState], trials: Sequence[Trial], picture: Picture
) -> Iterator[str]:
    """Give what speaks against it beside its own conditions: another driver, the studies' ages."""
    if therapy.kind == TARGETED and not any(state.is_driver for state in states):
        for other in picture.drivers.states:
            if other.is_driver:
                yield f"another driver is reported; {other.says}"
    if said := judge_study_ages(trials, picture.age):
        yield said


def _list_label_against(
    therapy: Therapy, states: Sequence[KinaseState], judged: Sequence[Judged], picture: Picture
) -> Iterator[str]:
    """Give what labels say against it, in the chosen region or, without one, in any."""
    region = picture.region
    for item in judged:
        if not region or item.approval.region == region:
            yield from item.against
    if therapy.kind != TARGETED:
        return
    kinases = _list_kinases(therapy, states)
    for missing in list_not_found(therapy, kinases, region):
        yield missing.fact.statement
    for unsure in list_unconfirmed(therapy, kinases, region):
        yield unsure.fact.statement
    if region and not has_source(therapy, kinases, region):
        name = load_regions()[region].name
        yield (
            f"{region}: no source on {therapy.name} for this in {name} was found, "
            "which is not the same as not approved"
        )


def _judge_approvals(
    therapy: Therapy, states: Sequence[KinaseState], picture: Picture
) -> tuple[Judged, ...]:
    if therapy.kind != TARGETED:
        return ()
    return judge_approvals(
        therapy, states, picture.drivers, picture.conditions, picture.age, picture.region
    )


def _describe_standing(checks: Sequence[Check], judged: Sequence[Judged], region: str) -> str:
    """Give how an option relates to this patient, in one sentence."""
    said = [check.standing for check in checks]
    for item in judged:
        approval = item.approval
        if approval.region == region:
            name = f"the indication by {approval.regulator} ({approval.region})"
            said.append(f"{name} {_FIT_WORDS[approval.fit]}")
    words = "; ".join(dict.fromkeys(said))
    return f"{words[0].upper()}{words[1:]}."


def _collect_facts(
    therapy: Therapy,
    trials: Sequence[Trial],
    judged: Sequence[Judged],
    resistance: Sequence[tuple[str, tuple[Fact, ...]]],
    picture: Picture,
    states: Sequence[KinaseState],
) -> tuple[str, ...]:
    """Give every fact behind an option, each once."""
    ids = [fact.id for fact in therapy.facts]
    if picture.pregnancy.is_recorded:
        ids = [*(fact.id for fact in list_unborn_facts(therapy)), *ids]
    ids += [fact for trial in trials for fact in load_results()[trial.fact.id].facts]
    ids += [fact for item in judged for fact in item.approval.facts]
    ids += [fact.id for _, facts in resistance for fact in facts]
    if therapy.kind == TARGETED:
        found = list_not_found(therapy, _list_kinases(therapy, states), picture.region)
        told = list_unconfirmed(therapy, _list_kinases(therapy, states), picture.region)
        ids += [item.fact.id for item in (*found, *told)]
        if any(s.strength is Strength.NOT_DETECTED for s in picture.drivers.find((ALK,))):
            ids.append(STAIN_NEGATIVE_FACT)
    return tuple(dict.fromkeys(ids))
