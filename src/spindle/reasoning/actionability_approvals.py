"""What regulators say of one agent, held against one patient, condition by condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.patient import Age, Precision
from spindle.knowledge.ages import ABOUT_FACT, name_age, name_limits, span_age
from spindle.knowledge.approvals import (
    ANY_REGION,
    Indication,
    NotFound,
    list_indications,
    load_labels,
    load_not_found,
    load_unconfirmed,
)
from spindle.knowledge.regions import load_regions
from spindle.knowledge.therapies import Therapy
from spindle.reasoning.actionability_drivers import Drivers, KinaseState, judge_label
from spindle.reasoning.actionability_settings import Condition, combine, judge_needs
from spindle.reasoning.findings import Approval, Fit

LATER_AGE = "at diagnosis; the age at treatment may differ"


@dataclass(frozen=True, slots=True)
class Judged:
    """One approval with what speaks against it."""

    approval: Approval
    """The approval, as it is shown."""
    against: tuple[str, ...]
    """Conditions that do not hold, with the region before each."""


def judge_approvals(
    therapy: Therapy,
    states: Sequence[KinaseState],
    drivers: Drivers,
    conditions: Mapping[str, Condition],
    age: Age | Absent,
    region: str,
) -> tuple[Judged, ...]:
    """Give what each regulator says of an agent for these kinases, the chosen region first."""
    kinases = {name for state in states for name in state.kinases} or set(therapy.kinases[:1])
    return tuple(
        judge_indication(indication, drivers, conditions, age)
        for indication in list_indications(therapy.id, region)
        if kinases & set(load_labels()[indication.label].kinases)
    )


def judge_indication(
    indication: Indication,
    drivers: Drivers,
    conditions: Mapping[str, Condition],
    age: Age | Absent,
) -> Judged:
    """Give one approval with whether its conditions fit this patient."""
    of_age = judge_age(indication, age)
    checks = [
        _judge_term(indication, drivers),
        of_age,
        *judge_needs(indication.needs, conditions),
    ]
    reasons = [check.why for check in checks]
    if indication.caveat:
        reasons.append(indication.caveat)
    region = load_regions()[indication.region]
    name = f"{region.id} ({region.regulator})"
    facts = [fact.id for fact in indication.facts]
    if _is_about(age) and not indication.ages.is_open:
        facts.append(ABOUT_FACT)
    approval = Approval(
        region=region.id,
        regulator=region.regulator,
        says=indication.says,
        date=indication.date or NOT_REPORTED,
        fit=combine(check.fit for check in checks),
        reasons=tuple(reasons),
        facts=tuple(facts),
    )
    against = (f"{name}: {check.why}" for check in checks[1:] if check.fit is Fit.NO)
    return Judged(approval, tuple(against))


def _is_about(age: Age | Absent) -> bool:
    return isinstance(age, Age) and age.precision is Precision.ABOUT


def _judge_term(indication: Indication, drivers: Drivers) -> Condition:
    """Give whether the tumour is what the label calls it: a question of its own."""
    term = load_labels()[indication.label]
    label = judge_label(term, drivers)
    said = label.why.partition(". ")[0]
    if label.fit is Fit.YES and term.is_inferred:
        said += f"; that this counts as {term.id} is inferred, the wording names no test"
    return Condition(label.fit, f"asks for {label.label}, which is its own question; {said}")


def judge_age(indication: Indication, age: Age | Absent) -> Condition:
    """Give whether the age at diagnosis lies within the label's; unknown when a limit is near."""
    limits = indication.ages
    named = name_limits(limits)
    if limits.is_open:
        return Condition(Fit.YES, "no age limit in the wording read")
    if isinstance(age, Absent):
        return Condition(Fit.UNKNOWN, f"{named}; the age is {age}")
    said = f"{named}; this patient is {name_age(age)} ({LATER_AGE})"
    span = span_age(age)
    within = limits.contain(span)
    if within is None:
        return Condition(Fit.UNKNOWN, f"{said}, which the limit may cut")
    if not within and indication.beyond and limits.is_beyond(span):
        said += f"; {indication.beyond}"
    return Condition(Fit.YES if within else Fit.NO, said)


# Looked for and not found -----------------------------------------------------------------------


def list_not_found(therapy: Therapy, kinases: set[str], region: str) -> Iterator[NotFound]:
    """Give what was looked for and not found for an agent and these kinases."""
    for item in load_not_found():
        is_region = not region or item.region in (region, ANY_REGION)
        if item.agent == therapy.id and is_region and kinases & set(item.kinases):
            yield item


def list_unconfirmed(therapy: Therapy, kinases: set[str], region: str) -> Iterator[NotFound]:
    """Give the approvals of an agent for these kinases of which only a secondary page tells."""
    for item in load_unconfirmed():
        if item.agent == therapy.id and region in ("", item.region) and kinases & set(item.kinases):
            yield item


def has_source(therapy: Therapy, kinases: set[str], region: str) -> bool:
    """Give whether anything was read of an agent in a region, found, not found or not confirmed."""
    labels = load_labels()
    indications = list_indications(therapy.id)
    return any(
        item.region == region and kinases & set(labels[item.label].kinases) for item in indications
    ) or any(
        (*list_not_found(therapy, kinases, region), *list_unconfirmed(therapy, kinases, region))
    )
