"""What can be considered for one patient: surgery first, then by the driver. Never an order.

Options are listed in the order of the data and not ranked. Each says how it relates to what is
recorded, what was published of it with how many patients, what regulators say and for whom, its
harms, and why it may not apply. What is not recorded leaves a question open and never closes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.knowledge.ages import name_age
from spindle.knowledge.approvals import load_indications, load_not_found
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.regions import Region, find_region, load_regions
from spindle.knowledge.site_groups import list_site_groups
from spindle.knowledge.therapies import load_therapies
from spindle.reasoning.actionability_course import read_course
from spindle.reasoning.actionability_drivers import (
    STAIN_NEGATIVE_FACT,
    Drivers,
    Strength,
    find_in_frame,
    judge_labels,
    name_bystanders,
    name_driver,
    weigh_drivers,
)
from spindle.reasoning.actionability_options import (
    Picture,
    find_signals,
    list_therapies,
    make_option,
)
from spindle.reasoning.actionability_pregnancy import ALERT, NOT_RECORDED, read_pregnancy
from spindle.reasoning.actionability_resistance import find_resistance
from spindle.reasoning.actionability_settings import read_conditions
from spindle.reasoning.assessments import Assessment
from spindle.reasoning.findings import Actionability, Fit, Option
from spindle.trace import Trace, TraceStep

# A finding of the microscope that puts an infection first.
FUNGAL = "fungal hyphae"
# What is read of the course for a setting, in the order in which it is told.
_TOLD = ("unresectable", "recurrent", "metastatic", "refractory", "resected-clear")

LIMITS = (
    "This lists what the sources speak of: surgery first, then drugs by the kinase, then the rest "
    "by how many patients were counted. A drug on which "
    "progression is recorded, or after which a recorded change was seen, stands behind the others "
    "of its group. It is no ranking and no advice to take any of it.",
    "All of it holds only if the diagnosis of an IMT holds.",
    "Spindle has no doses, and knows no other illness, drug or wish of the patient.",
    "The studies are small, most without anybody to compare with, and successes are published "
    "more readily than failures.",
    "Ages are those at diagnosis; the age at treatment may differ.",
    "Rules for lung cancer are not used, whatever the site.",
)


def list_options(case: Case, assessment: Assessment, *, region: str = "") -> Actionability:
    """Give what can be considered, with the labels' terms and why each option may not apply.

    Parameters
    ----------
    region:
        Region whose approvals come first: `US`, `EU`; empty for no preference.

    Raises
    ------
    UserError
        `region-unknown`, listing the ids.
    """
    chosen = find_region(region) if region else None
    picture = make_picture(case, assessment, region)
    drivers = picture.drivers
    therapies = list_therapies(drivers, picture.course)
    options = tuple(make_option(therapy, picture) for therapy in therapies)
    return Actionability(
        driver=name_driver(drivers),
        other_fusions=name_bystanders(drivers),
        is_confirmed=any(s.strength is Strength.CONFIRMED for s in drivers.states),
        labels=judge_labels(drivers),
        options=options,
        region=region,
        limits=tuple(_list_limits(chosen, picture)),
        trace=_trace(picture, options),
    )


def make_picture(case: Case, assessment: Assessment, region: str = "") -> Picture:
    """Give one patient, as far as options depend on them."""
    course = read_course(case)
    return Picture(
        drivers=weigh_drivers(assessment, find_in_frame(case)),
        course=course,
        conditions=read_conditions(course),
        age=case.patient.age_at_diagnosis,
        pregnancy=read_pregnancy(case.patient),
        site_groups=list_site_groups(tuple(site.name for site in case.tumour.sites)),
        infection=FUNGAL if _has_fungi(case) else "",
        region=region,
    )


def _has_fungi(case: Case) -> bool:
    return any(
        finding.is_present and finding.name.lower() == FUNGAL
        for specimen in case.specimens
        for finding in specimen.histology
    )


# Limits -----------------------------------------------------------------------------------------


def _list_limits(chosen: Region | None, picture: Picture) -> Iterator[str]:
    if picture.pregnancy.is_recorded:
        yield ALERT
    if picture.pregnancy.is_open:
        yield NOT_RECORDED
    yield from LIMITS
    yield _date_approvals()
    for region in [chosen] if chosen else load_regions().values():
        yield from region.limits
    if not chosen:
        yield f"Regions read: {', '.join(load_regions())}. No other regulator is known here."
    for variant in picture.course.variants:
        if not find_resistance(variant):
            yield f"Nothing is known here of {variant.name}, which is recorded."
    for name in picture.drivers.other_fusions:
        yield f"No agent against {name} stands in the sources read."
    for state in picture.drivers.signals:
        if not _has_agent(state.kinases, picture.drivers):
            yield f"No agent against {state.kinase} stands in the sources read."


def _has_agent(kinases: Sequence[str], drivers: Drivers) -> bool:
    acting = (t for t in load_therapies().values() if set(kinases) & set(t.kinases))
    return any(therapy.is_always_listed or find_signals(therapy, drivers) for therapy in acting)


def _date_approvals() -> str:
    """Give the sentence on how old the approvals are."""
    facts = [fact for indication in load_indications() for fact in indication.facts]
    facts += [item.fact for item in load_not_found()]
    day = min(fact.checked_on for fact in facts)
    return (
        f"Approvals were last checked on {day.isoformat()} and change. That none was found here "
        "is not the same as not approved."
    )


# Trace ------------------------------------------------------------------------------------------


def _trace(picture: Picture, options: Sequence[Option]) -> Trace:
    steps = [_trace_driver(picture.drivers), _trace_setting(picture), _trace_age(picture)]
    return Trace((*steps, *(_trace_option(option, picture) for option in options)))


def _trace_driver(drivers: Drivers) -> TraceStep:
    seen = [name for state in drivers.signals or drivers.states for name in state.observations]
    is_negative = any(s.strength is Strength.NOT_DETECTED for s in drivers.states)
    other = f" Other fusion: {name_bystanders(drivers)}." if drivers.bystanders else ""
    return TraceStep(
        concluded=f"Driver: {name_driver(drivers)}.{other}",
        observations=tuple(dict.fromkeys((*seen, *drivers.other_observations))),
        facts=(STAIN_NEGATIVE_FACT,) if is_negative else (),
        would_change="RNA sequencing of adequate quality that names a fusion with its reading "
        "frame, or finds none",
    )


def _trace_setting(picture: Picture) -> TraceStep:
    told = dict.fromkeys(picture.conditions[name].why for name in _TOLD)
    variants = picture.course.variants
    said = f"; reported changes: {', '.join(v.name for v in variants)}" if variants else ""
    return TraceStep(
        concluded=f"Setting: {'; '.join(told)}{said}.",
        observations=tuple(dict.fromkeys(variant.observation_id for variant in variants)),
        would_change="a word on resectability, margin, recurrence, metastasis or progression",
    )


def _trace_age(picture: Picture) -> TraceStep:
    age = picture.age
    said = f"{age}" if isinstance(age, Absent) else name_age(age)
    return TraceStep(
        concluded=f"Age at diagnosis: {said}.", would_change="the age on the day of treatment"
    )


def _trace_option(option: Option, picture: Picture) -> TraceStep:
    named = filter(None, option.target.split(", "))
    states = picture.drivers.find(k for name in named for k in load_kinases().expand(name))
    seen = [name for state in states for name in state.observations]
    open_words = [words for words in option.may_not_apply if "not recorded" in words]
    return TraceStep(
        concluded=f"{option.name}: {_FIT_SAID[option.fit]}. {option.standing}",
        observations=tuple(dict.fromkeys(seen)),
        facts=option.facts,
        is_inferred=any(find_fact(fact).is_inferred for fact in option.facts),
        would_change="; ".join(open_words),
    )


_FIT_SAID = {
    Fit.YES: "target and setting fit what is recorded",
    Fit.NO: "does not fit what is recorded",
    Fit.UNKNOWN: "open on what is recorded",
}
