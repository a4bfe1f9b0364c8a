"""The outlook: what was published of patients like this one, with counts, intervals and conflicts.

Figures stand side by side, the nearest population first. They are never blended into one number,
and never a forecast for one patient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spindle.assays.shares import compute_exact_interval
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.tumour import Focality
from spindle.knowledge.ages import name_limits
from spindle.knowledge.conflicts import list_conflicts
from spindle.knowledge.facts import Comparison, Fact, find_fact
from spindle.knowledge.outcomes import (
    ANY,
    CAUTIONS,
    OutcomeRow,
    UnjudgedFeature,
    load_kinase_notes,
    load_outcomes,
    load_unjudged,
)
from spindle.knowledge.site_groups import name_site_group
from spindle.knowledge.therapies import load_trials
from spindle.reasoning.assessments import Assessment, KinaseStatus
from spindle.reasoning.findings import AdverseFeature, OutcomeFigure, OutcomeRange, Outlook
from spindle.reasoning.prognosis_features import ABSENT, PRESENT, list_features
from spindle.reasoning.prognosis_patients import (
    Likeness,
    Nearness,
    Traits,
    compare_population,
    describe_traits,
    is_dropped,
    is_general,
    is_left_out,
    is_of_interest,
    name_age,
    name_group,
    say_course,
)
from spindle.reasoning.prognosis_variants import ALK, Naming, VariantFinding, find_variant
from spindle.trace import Trace, TraceStep

PER_CENT = 100
SUBJECT = "prognosis"
NO_FORECAST = "These are figures of other patients. They are no forecast for this one."
# How the alert of a variant begins that the diagnosis names.
DIAGNOSED = "The diagnosis is"
NO_RULE = "Studies disagree on ALK and outcome, so no rule is built on it."
# Those alive with an advanced tumour, by ALK; both are always told together.
ADVANCED_FACTS = ("outcomes.create-2021.alk-positive", "outcomes.create-2021.alk-negative")
ADVANCED_CONTEXT = "outcomes.create-2021.context"
ADVANCED_POPULATION = "evidence.crizotinib.create-population"
ADVANCED_CLOCK = "evidence.crizotinib.create-clock"
ADVANCED_TRIAL = "trials.crizotinib.create-2021.alk-positive"
ADVANCED = "survival in advanced disease"
# In the sentence of a range of the variant; its ranges lead where it is diagnosed or looks like it.
OF_VARIANT = "the epithelioid variant"
FOCALITY_FACTS = ("outcomes.coffin-1995.multinodular", "outcomes.rareguru-2020.multicentric-alk")
NO_FOCALITY = "No figure by focality is held; this patient has several tumours."
VARIANT_ONLY = (
    "The epithelioid variant is the one exception: the sources agree that its course is more "
    "aggressive."
)


@dataclass(frozen=True, slots=True)
class _Matched:
    """One figure with how near its population is."""

    row: OutcomeRow
    likenesses: tuple[Likeness, ...]
    group: str
    unlike: tuple[str, ...]
    """Respects in which the population is known to differ, the site left out."""
    is_left_out: bool


def describe_outlook(case: Case, assessment: Assessment) -> Outlook:
    """Give what was published of patients like this one.

    The kinase status takes no part in it: sources contradict each other on ALK and outcome. Every
    figure has its counts, and its exact 95 % interval where counts are given.
    """
    alk = assessment.kinases.get(ALK)
    is_negative = alk is not None and alk.status is KinaseStatus.NOT_DETECTED
    variant = find_variant(case, is_alk_negative=is_negative)
    traits = describe_traits(case, variant)
    matched = _match_rows(traits)
    features = list_features(case, traits.site_groups)
    advanced = [_make_advanced(traits)] if traits.is_advanced else []
    used = [item.row.fact.id for item in matched]
    used += [fact for feature in features for fact in feature.facts]
    used += [fact.id for fact in load_kinase_notes()]
    unjudged = [rule for rule in load_unjudged() if rule.site_group in (ANY, *traits.site_groups)]
    return Outlook(
        figures=(*advanced, *map(_make_figure, matched)),
        ranges=tuple(_sort_ranges(matched, traits)),
        features=features,
        alerts=tuple(_describe_alerts(variant)),
        about_kinase=_describe_kinase_notes(assessment),
        conflicts=tuple(conflict.id for conflict in list_conflicts(used, (SUBJECT,))),
        limits=(*_iterate_limits(matched, traits), *map(_say_unjudged, unjudged)),
        trace=_trace(matched, traits, features, unjudged, variant),
    )


# Which figures -----------------------------------------------------------------------------------


def _match_rows(traits: Traits) -> tuple[_Matched, ...]:
    """Give the figures of interest, the nearest population first."""
    rows = [row for row in load_outcomes() if is_of_interest(row, traits)]
    rows = [row for row in rows if not is_dropped(row, traits)]
    found = [_match(row, traits) for row in rows]
    # Children's figures over all sites say little of an adult, and the other way round.
    shown = [item for item in found if item.group or "age" not in item.unlike]
    return tuple(sorted(shown, key=lambda item: _rank(item, traits)))


def _match(row: OutcomeRow, traits: Traits) -> _Matched:
    likenesses = compare_population(row, traits)
    unlike = tuple(
        likeness.respect
        for likeness in likenesses
        if likeness.nearness is Nearness.UNLIKE and likeness.respect != "site"
    )
    group = name_group(row, traits)
    return _Matched(row, likenesses, group, unlike, is_left_out(row, unlike, traits))


def _rank(item: _Matched, traits: Traits) -> tuple[bool, bool, bool, int, int, int, int]:
    """Give the order of the figures.

    Populations that leave this patient out come last. Before them: the variant when diagnosis or
    morphology names it, base rates, narrow sites, few differences, many patients.
    """
    groups = traits.site_groups
    position = groups.index(item.group) if item.group else len(groups)
    alike = sum(likeness.nearness is Nearness.LIKE for likeness in item.likenesses)
    of = item.row.fact.of if isinstance(item.row.fact.of, int) else 0
    is_other_entity = item.row.entity != (traits.variant if traits.is_variant_likely else "imt")
    return (
        item.is_left_out,
        is_other_entity,
        not item.row.is_base_rate,
        position,
        len(item.unlike),
        -alike,
        -of,
    )


@lru_cache(maxsize=4096)
def _compute_share(fact: Fact) -> tuple[float | Absent, float | Absent, float | Absent]:
    """Give the share in per cent with its exact interval; limits are absent without counts."""
    if isinstance(fact.n, int) and isinstance(fact.of, int):
        low, high = compute_exact_interval(fact.n, fact.of)
        return PER_CENT * fact.n / fact.of, PER_CENT * low, PER_CENT * high
    share = NOT_REPORTED if isinstance(fact.value, str) else fact.value
    return share, NOT_REPORTED, NOT_REPORTED


def _make_figure(item: _Matched) -> OutcomeFigure:
    fact = item.row.fact
    percent, low, high = _compute_share(fact)
    return OutcomeFigure(
        outcome=item.row.outcome,
        says=_say_figure(item.row),
        n=fact.n if isinstance(fact.n, int) else NOT_REPORTED,
        of=fact.of if isinstance(fact.of, int) else NOT_REPORTED,
        percent=percent,
        low=low,
        high=high,
        months=item.row.months,
        matches=tuple(x.respect for x in item.likenesses if x.nearness is Nearness.LIKE),
        differs=tuple(x.words for x in item.likenesses if x.words),
        cautions=tuple(_iterate_cautions(item.row)),
        facts=(fact.id,),
    )


def _say_figure(row: OutcomeRow) -> str:
    percent, low, high = _compute_share(row.fact)
    if isinstance(low, Absent) or isinstance(high, Absent) or isinstance(percent, Absent):
        patients = row.patients
        if isinstance(patients, Absent):
            return row.fact.statement
        return f"{row.fact.statement.removesuffix('.')} ({patients} patients in the series)."
    share = f"{percent:.0f} % (exact 95 % interval {low:.0f} to {high:.0f} %)"
    return f"{row.fact.statement} That is {share}."


def _iterate_cautions(row: OutcomeRow) -> Iterator[str]:
    if row.selection:
        yield CAUTIONS[row.selection]
    fact = row.fact
    if row.lost and isinstance(fact.n, int) and isinstance(row.patients, int):
        least, most = fact.n / row.patients, (fact.n + row.lost) / row.patients
        yield (
            f"{row.lost} of {row.patients} patients are not counted, lost or not followed: "
            f"{PER_CENT * least:.0f} % if none of them had it, {PER_CENT * most:.0f} % if all had."
        )
    if row.note:
        yield row.note
    elif fact.is_inferred:
        yield "The count goes beyond what the source prints."


def _make_advanced(traits: Traits) -> OutcomeFigure:
    """Give how many with an advanced tumour were alive, all of them on crizotinib, by ALK.

    That the drug can be what makes the difference stands in the sentence, for the figures are read
    of tumours with any driver.
    """
    positive, negative = (find_fact(name) for name in ADVANCED_FACTS)
    context, clock = find_fact(ADVANCED_CONTEXT), find_fact(ADVANCED_CLOCK)
    reason = f"{context.statement[0].lower()}{context.statement[1:]}"
    said = f"{positive.statement} {negative.statement.removesuffix('.')}; {reason}"
    if traits.had_crizotinib:
        said += f" {clock.statement} This patient has had crizotinib already."
    population = find_fact(ADVANCED_POPULATION)
    cautions = (population,) if traits.had_crizotinib else (population, clock)
    return OutcomeFigure(
        outcome=ADVANCED,
        says=said,
        n=NOT_REPORTED,
        of=NOT_REPORTED,
        percent=NOT_REPORTED,
        low=NOT_REPORTED,
        high=NOT_REPORTED,
        months=NOT_REPORTED,
        matches=(),
        differs=tuple(_differ_in_age(traits)),
        cautions=tuple(caution.statement for caution in cautions),
        facts=(*ADVANCED_FACTS, ADVANCED_CONTEXT, ADVANCED_POPULATION, ADVANCED_CLOCK),
    )


def _differ_in_age(traits: Traits) -> Iterator[str]:
    """Give that the trial took in nobody of this patient's age, where that is so."""
    trials = (trial for rows in load_trials().values() for trial in rows)
    limits = next(trial.ages for trial in trials if trial.fact.id == ADVANCED_TRIAL)
    youngest = limits.from_months
    if youngest is None or isinstance(traits.age_months, Absent) or traits.age_months >= youngest:
        return
    yield f"{name_limits(limits)}; this patient is {name_age(traits)}"


def _iterate_remarks(traits: Traits) -> Iterator[OutcomeRange]:
    """Give what the ranges leave out of this patient's course, before them."""
    rows = [row for row in load_outcomes() if is_of_interest(row, traits)]
    dropped = sum(is_dropped(row, traits) for row in rows)
    verb = "does" if dropped == 1 else "do"
    left_out = f"{_count(dropped, 'figure')} of tumours that were removed {verb} not apply"
    if traits.course:
        said = f"Here {say_course(traits)}"
        apart = "Other series do not count such patients apart."
        yield OutcomeRange(f"{said}: {left_out}. {apart}" if dropped else f"{said}. {apart}", ())
    elif traits.is_left_in and dropped:
        said = "Here no removal of the tumour is recorded"
        yield OutcomeRange(f"{said}: {left_out} before there is one.", ())
    if traits.focality is Focality.MULTIFOCAL:
        facts = (find_fact(name).statement for name in FOCALITY_FACTS)
        yield OutcomeRange(" ".join((NO_FOCALITY, *facts)), FOCALITY_FACTS)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# Ranges ------------------------------------------------------------------------------------------


def _sort_ranges(matched: Sequence[_Matched], traits: Traits) -> Iterator[OutcomeRange]:
    """Give the ranges and what they leave out; those of a variant that is likely lead."""
    ranges = list(_iterate_ranges(matched, traits))
    own = [found for found in ranges if traits.is_variant_likely and is_of_variant(found.says)]
    yield from own
    yield from _iterate_remarks(traits)
    yield from (found for found in ranges if found not in own)


def is_of_variant(said: str) -> bool:
    """Give whether the sentence of a range is of the variant alone."""
    return f" in {OF_VARIANT}: " in said


def _iterate_ranges(matched: Sequence[_Matched], traits: Traits) -> Iterator[OutcomeRange]:
    """Give sentences for each outcome: the variant, each site from narrow to wide, all sites.

    A figure whose population leaves this patient out makes no range.
    """
    counted = [item for item in matched if item.row.is_base_rate and _has_share(item.row)]
    counted = [item for item in counted if not item.is_left_out]
    counted = [item for item in counted if not item.row.is_part or _is_margin_near(item)]
    for outcome, months in dict.fromkeys((i.row.outcome, i.row.months) for i in counted):
        same = [i for i in counted if (i.row.outcome, i.row.months) == (outcome, months)]
        if variant := [item for item in same if item.row.entity != "imt"]:
            yield _say_range(variant, OF_VARIANT, traits)
        same = [item for item in same if item.row.entity == "imt"]
        for group in traits.site_groups:
            if near := [item for item in same if item.group == group]:
                yield _say_range(near, f"IMT ({name_site_group(group)})", traits)
        if general := [item for item in same if is_general(item.row, traits)]:
            yield _say_range(general, "IMT (all sites)", traits)


def _is_margin_near(item: _Matched) -> bool:
    """Give whether a part of a series with one margin speaks of a margin like the patient's."""
    found = [x for x in item.likenesses if x.respect == "margin"]
    return any(x.nearness is Nearness.LIKE for x in found)


def _has_share(row: OutcomeRow) -> bool:
    is_bound = row.fact.comparison is not Comparison.EQUAL
    return not is_bound and not isinstance(_compute_share(row.fact)[0], Absent)


def _say_range(items: Sequence[_Matched], population: str, traits: Traits) -> OutcomeRange:
    """Give the range of series that are not known to differ, or of all where every one differs.

    A source counts once, with its nearest population.
    """
    alike = [item for item in items if not item.unlike]
    nearest = {item.row.fact.source.id: item for item in reversed(alike or items)}
    chosen = sorted(nearest.values(), key=lambda item: _read_share(item.row))
    row = chosen[0].row
    at = f" at {row.months:g} months" if not isinstance(row.months, Absent) else ""
    outcome = f"{row.outcome[0].upper()}{row.outcome[1:]}{at}"
    ends = list(dict.fromkeys(_say_share(item.row) for item in (chosen[0], chosen[-1])))
    shown = chosen if len(ends) == 1 else (chosen[0], chosen[-1])
    lead = "{}: " if len(ends) > 1 else ""
    behind = "; ".join(
        f"{lead.format(_say_share(item.row))}{counts}"
        for item in shown
        if (counts := _say_counts(item.row))
    )
    series = "one series" if len(chosen) == 1 else f"{len(chosen)} series"
    differ = "" if alike else ", of patients who differ from this one"
    bracket = f" ({behind})" if behind else ""
    differ += ", such a course not counted apart" if traits.course else ""
    said = f"{outcome} in {population}: {' to '.join(ends)} in {series}{bracket}{differ}."
    return OutcomeRange(said, tuple(item.row.fact.id for item in chosen))


def _read_share(row: OutcomeRow) -> float:
    percent = _compute_share(row.fact)[0]
    return 0.0 if isinstance(percent, Absent) else percent


def _say_share(row: OutcomeRow) -> str:
    return f"{_read_share(row):.0f} %"


def _say_counts(row: OutcomeRow) -> str:
    """Give the counts behind a share with the exact interval, so that 0 of 2 is seen as little."""
    fact = row.fact
    _, low, high = _compute_share(fact)
    said = [f"{fact.n} of {fact.of}"] if isinstance(fact.n, int) else []
    if not isinstance(low, Absent) and not isinstance(high, Absent):
        said.append(f"95 % interval {low:.0f} to {high:.0f} %")
    said += [row.counted] if row.counted else []
    said += [f"margin {row.margin}"] if row.margin != ANY else []
    return ", ".join(said)


# Words -------------------------------------------------------------------------------------------


def _describe_alerts(variant: VariantFinding | None) -> Iterator[str]:
    if variant is None:
        return
    said = " ".join(fact.statement for fact in variant.rule.facts)
    if variant.is_diagnosed:
        yield f"{DIAGNOSED} {variant.rule.name}. {said}"
        return
    named = _say_naming(variant)
    hints = _say_hints(variant) if variant.because else ""
    yield " ".join(filter(None, (named, hints, said)))


def _say_naming(variant: VariantFinding) -> str:
    """Give that the report names a variant that is not read as the diagnosis."""
    quoted = f"The report names {variant.rule.name} (“{variant.diagnosis}”)"
    if variant.naming is Naming.DOUBTED:
        return f"{quoted}, and leaves it open; it is not read as the diagnosis."
    return f"{quoted} and denies it." if variant.naming is Naming.DENIED else ""


def _say_hints(variant: VariantFinding) -> str:
    recorded, name = f"Recorded: {', '.join(variant.because)}.", variant.rule.name
    findings = " or ".join(variant.rule.findings)
    if variant.morphology == PRESENT:
        return f"{recorded} The {findings} can belong to the {name}."
    seen = f"That is seen in the {name}, and in tumours that are not; the morphology decides."
    if variant.morphology == ABSENT:
        return f"{recorded} {seen} Here {findings} is recorded as absent."
    return f"{recorded} {seen}"


def _describe_kinase_notes(assessment: Assessment) -> str:
    """Give why no rule is built on ALK; it is the same whatever the status is."""
    del assessment
    said = " ".join(fact.statement for fact in load_kinase_notes())
    return f"{NO_RULE} {said} {VARIANT_ONLY}"


def _iterate_limits(matched: Iterable[_Matched], traits: Traits) -> Iterator[str]:
    yield NO_FORECAST
    if left_out := [item for item in matched if item.is_left_out]:
        yield _say_left_out(left_out)
    has_near = any(item.group for item in matched)
    if not traits.has_site:
        yield "The site is not recorded, so only figures over all sites are shown."
    elif not has_near:
        yield "No series of this site was read; the figures shown are over all sites."
    if isinstance(traits.age_months, Absent):
        yield "The age is not recorded, so figures of children and of adults stand side by side."
    if isinstance(traits.margin, Absent):
        yield "The margin is not recorded; the sources name it first among what matters."
    if isinstance(traits.focality, Absent):
        yield "Whether there is one tumour or several is not recorded."
    elif traits.focality is Focality.MULTIFOCAL:
        yield NO_FOCALITY


def _say_left_out(items: Sequence[_Matched]) -> str:
    """Give why figures come last: whom they are of."""
    respects = ("margin", "age", "extent", "course", "pregnancy")
    reasons = [
        x.words.partition("; this patient")[0]
        for item in items
        for x in item.likenesses
        if x.nearness is Nearness.UNLIKE and x.respect in respects
    ]
    verb = "is" if len(items) == 1 else "are"
    return (
        f"{len(items)} of the figures {verb} of patients unlike this one "
        f"({'; '.join(dict.fromkeys(reasons))}); they come last and make no range."
    )


def _say_unjudged(rule: UnjudgedFeature) -> str:
    said = " ".join(f"{fact.statement} ({fact.applies_to})" for fact in rule.facts)
    return f"Held adverse by a source and not judged here: {rule.name}. {said} {rule.why}"


def _trace(
    matched: Sequence[_Matched],
    traits: Traits,
    features: Sequence[AdverseFeature],
    unjudged: Sequence[UnjudgedFeature],
    variant: VariantFinding | None,
) -> Trace:
    near = sum(bool(item.group) for item in matched)
    steps = [
        TraceStep(
            concluded=f"{len(matched)} published figures fit, {near} of them for the site.",
            facts=(
                *(item.row.fact.id for item in matched),
                *(FOCALITY_FACTS if traits.focality is Focality.MULTIFOCAL else ()),
            ),
            would_change="another site, age, margin, course or diagnosis",
        ),
        TraceStep(
            concluded=_count_features(features),
            observations=tuple(o for feature in features for o in feature.observations),
            facts=(
                *(fact for feature in features for fact in feature.facts),
                *(fact.id for rule in unjudged for fact in rule.facts),
            ),
            would_change="a finding that is not recorded",
        ),
        TraceStep(concluded=NO_RULE, facts=tuple(fact.id for fact in load_kinase_notes())),
    ]
    if variant:
        steps.append(
            TraceStep(
                concluded=next(_describe_alerts(variant)),
                facts=tuple(fact.id for fact in variant.list_facts()),
                is_inferred=not variant.is_diagnosed,
                would_change="the pathologist's diagnosis of the variant, or its exclusion",
            )
        )
    return Trace(tuple(steps))


def _count_features(features: Sequence[AdverseFeature]) -> str:
    states = [feature.state for feature in features]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    return f"Features that sources hold adverse: {counts}."
