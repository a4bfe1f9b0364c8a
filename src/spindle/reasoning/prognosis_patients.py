"""How near a published population is to one patient: site, age, margin, course, variant, more."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.course import Margin, TreatmentKind
from spindle.cases.specimen import SpecimenKind
from spindle.cases.tumour import Focality
from spindle.knowledge.outcomes import ANY, NOT, OutcomeRow, count_years, is_child
from spindle.knowledge.site_groups import list_site_groups, name_site_group
from spindle.reasoning.actionability_course import Course, read_course
from spindle.reasoning.prognosis_variants import VariantFinding
from spindle.reasoning.statuses import join_words

CLEAR, COMPLETE, INCOMPLETE = "R0", "complete", "incomplete"
TUMOUR_LEFT = (INCOMPLETE, Margin.R1.value, Margin.R2.value)
# Words of a population that was operated on, where its margin is not said.
_REMOVED = re.compile(r"\b(?:resected|removed|operated on)\b")
_PREGNANCY = "pregnancy"
_NO_AGE = (ANY, _PREGNANCY)
# Outcomes that a later course has already reached, or that it can't be counted from.
_METASTASIS, _EVENT_FREE = "metastasis", "event-free survival"
_FIRST_EVENTS = ("recurrence", _METASTASIS, "aggressive course", _EVENT_FREE)
_CRIZOTINIB = "crizotinib"
# Treatments that take a tumour out, and samples that show that it was taken out.
_REMOVALS = (TreatmentKind.SURGERY, TreatmentKind.TRANSPLANTATION)
_TAKEN_OUT = (SpecimenKind.RESECTION, SpecimenKind.RESIDUAL)


class Nearness(StrEnum):
    """Whether a population is like the patient in one respect."""

    LIKE = "like"
    UNLIKE = "unlike"
    OPEN = "open"
    """The series or the case does not say."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """One respect in which a population is like the patient, or not."""

    respect: str
    """`site`, `age`, `margin`, `focality`, `extent`, `course`, `pregnancy` or `variant`."""
    nearness: Nearness
    """Whether it is."""
    words: str
    """How it differs, in words; empty when it does not."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What the outlook asks of one patient. Nothing is guessed: absent stays absent."""

    site_groups: tuple[str, ...]
    """Groups of the patient's sites, the narrowest first; empty when none is known."""
    has_site: bool
    """Whether any site is recorded."""
    age_months: float | Absent
    """Age in months."""
    margin: Margin | Absent
    """Margin of the last resection that says one."""
    focality: Focality | Absent
    """One tumour or several."""
    course: tuple[str, ...]
    """What is recorded beyond a first tumour that can be removed, in words: `has come back`."""
    is_advanced: bool
    """Whether it has spread or can't be removed."""
    has_spread: bool
    """Whether it has spread."""
    has_event: bool
    """Whether it came back, spread or grew on, so that no time to a first event is left."""
    is_left_in: bool
    """Whether only a biopsy or a treatment without a removal is recorded."""
    had_crizotinib: bool
    """Whether crizotinib is recorded as given."""
    is_pregnant: bool | Absent
    """Whether the patient is pregnant."""
    variant: str
    """Id of the variant that is diagnosed or may be there; empty for none."""
    is_variant_diagnosed: bool
    """Whether the variant is named as the diagnosis, and not only hinted at."""
    is_variant_likely: bool
    """Whether the diagnosis or the morphology names it, and not only a stain or a partner."""


def describe_traits(case: Case, found: VariantFinding | None) -> Traits:
    """Give what the outlook asks of a case, with the variant that was found in it, if any."""
    variant = found if found and found.is_open else None
    sites = tuple(site.name for site in case.tumour.sites)
    age = case.patient.age_at_diagnosis
    margins = [t.margin for t in case.treatments if not isinstance(t.margin, Absent)]
    course = read_course(case)
    return Traits(
        site_groups=list_site_groups(sites),
        has_site=bool(sites),
        age_months=NOT_REPORTED if isinstance(age, Absent) else age.months,
        margin=margins[-1] if margins else NOT_REPORTED,
        focality=case.tumour.focality,
        course=tuple(_iterate_course(course)),
        is_advanced=bool(course.has_spread) or course.is_unresectable,
        has_spread=bool(course.has_spread),
        has_event=course.has_returned,
        is_left_in=_is_left_in(case),
        had_crizotinib=_CRIZOTINIB in course.given,
        is_pregnant=case.patient.is_pregnant,
        variant=variant.rule.entity if variant else "",
        is_variant_diagnosed=bool(variant and variant.is_diagnosed),
        is_variant_likely=bool(variant and variant.is_likely),
    )


def _is_left_in(case: Case) -> bool:
    """Give whether a treatment or a biopsy is recorded, and nothing that took the tumour out.

    A recurrence has a tumour before it that may have been removed, so that its sample says nothing.
    """
    treatments = {treatment.kind for treatment in case.treatments}
    samples = {specimen.kind for specimen in case.specimens}
    if treatments.intersection(_REMOVALS) or samples.intersection(_TAKEN_OUT):
        return False
    is_only_biopsied = bool(samples) and samples <= {SpecimenKind.BIOPSY}
    return bool(treatments) or is_only_biopsied


def _iterate_course(course: Course) -> Iterator[str]:
    if course.has_recurred:
        yield "has come back"
    if course.has_progressed:
        yield "has progressed"
    if course.has_spread:
        yield "has spread"
    if course.is_unresectable:
        yield "can't be removed"


def say_course(traits: Traits) -> str:
    """Give what is recorded of the course in half a sentence: `the tumour has come back`."""
    return f"the tumour {join_words(traits.course)}"


def is_of_removed(row: OutcomeRow) -> bool:
    """Give whether all patients of a figure had their tumour removed, with nothing said to be left.

    The words of the population say it where the margin does not.
    """
    if row.margin in TUMOUR_LEFT:
        return False
    return row.margin in (CLEAR, COMPLETE) or bool(_REMOVED.search(row.fact.applies_to))


def is_dropped(row: OutcomeRow, traits: Traits) -> bool:
    """Give whether a figure is of removed tumours, and this one is not removed or past that."""
    return (bool(traits.course) or traits.is_left_in) and is_of_removed(row)


def name_group(row: OutcomeRow, traits: Traits) -> str:
    """Give the narrowest of the patient's groups in which the population lies; empty for none."""
    return next((group for group in traits.site_groups if group in row.site_groups), "")


def is_of_interest(row: OutcomeRow, traits: Traits) -> bool:
    """Give whether a figure is about sites that this patient's could be among."""
    if row.kinase or row.entity not in ("imt", traits.variant):
        return False
    return is_general(row, traits) or bool(name_group(row, traits))


def is_general(row: OutcomeRow, traits: Traits) -> bool:
    """Give whether a figure is about all sites, or about all but one that is not the patient's."""
    if ANY in row.site_groups:
        return True
    left_out = [group.removeprefix(NOT) for group in row.site_groups if group.startswith(NOT)]
    return bool(left_out) and not set(left_out) & set(traits.site_groups)


def is_left_out(row: OutcomeRow, unlike: Collection[str], traits: Traits) -> bool:
    """Give whether the stated population of a figure leaves this patient out.

    It does when all its patients had another margin, when it counts what has already happened to
    the patient, when nearly all had one localised tumour and the patient's has spread, when all of
    them were pregnant and the patient is not, or when it is of children and the patient is an
    adult, or the other way round. A range of ages says who was there, and leaves nobody out.

    Parameters
    ----------
    row:
        The figure.
    unlike:
        Respects in which its population is known to differ.
    traits:
        What is known of the patient.
    """
    if {"margin", "extent", "course", "pregnancy"} & set(unlike):
        return True
    if "age" not in unlike or isinstance(traits.age_months, Absent) or row.population in _NO_AGE:
        return False
    return is_child(traits.age_months) != (row.population == "children")


def compare_population(row: OutcomeRow, traits: Traits) -> tuple[Likeness, ...]:
    """Give in what a population is like the patient, and in what it is known to differ."""
    return tuple(_iterate_likenesses(row, traits))


def _iterate_likenesses(row: OutcomeRow, traits: Traits) -> Iterator[Likeness]:
    yield _compare_site(row, traits)
    yield _compare_age(row, traits)
    yield _compare_margin(row, traits)
    yield _compare_focality(row, traits)
    if traits.course and row.outcome in _FIRST_EVENTS:
        yield _compare_course(row, traits)
    if row.population == _PREGNANCY:
        yield _compare_pregnancy(traits)
    if row.entity != "imt" or traits.variant:
        yield _compare_variant(row, traits)


def _compare_site(row: OutcomeRow, traits: Traits) -> Likeness:
    if name_group(row, traits):
        return Likeness("site", Nearness.LIKE, "")
    left_out = [group.removeprefix(NOT) for group in row.site_groups if group.startswith(NOT)]
    words = "all sites together"
    if left_out:
        words = f"all sites but the {name_site_group(left_out[0])}"
    if not traits.has_site:
        return Likeness("site", Nearness.OPEN, f"{words}; this patient's site is not recorded")
    return Likeness("site", Nearness.UNLIKE, words)


def _compare_age(row: OutcomeRow, traits: Traits) -> Likeness:
    says = _name_ages(row)
    if not says:
        return Likeness("age", Nearness.OPEN, "")
    if isinstance(traits.age_months, Absent):
        return Likeness("age", Nearness.OPEN, f"{says}; this patient's age is not recorded")
    if _is_age_inside(row, traits.age_months):
        return Likeness("age", Nearness.LIKE, "")
    return Likeness("age", Nearness.UNLIKE, f"{says}; this patient is {name_age(traits)}")


def _name_ages(row: OutcomeRow) -> str:
    if not isinstance(row.age_from_years, Absent) and not isinstance(row.age_to_years, Absent):
        return f"patients of {row.age_from_years:g} to {row.age_to_years:g} years"
    return {"children": "children", "adults": "adults"}.get(row.population, "")


def _is_age_inside(row: OutcomeRow, months: float) -> bool:
    if not isinstance(row.age_from_years, Absent) and not isinstance(row.age_to_years, Absent):
        return row.age_from_years <= count_years(months) <= row.age_to_years
    return is_child(months) == (row.population == "children")


def name_age(traits: Traits) -> str:
    """Give the patient's age in words: full years, or months below one year."""
    if isinstance(traits.age_months, Absent):
        return "of an age that is not recorded"
    years = count_years(traits.age_months)
    return f"{years}" if years else f"{traits.age_months:g} months old"


def _compare_margin(row: OutcomeRow, traits: Traits) -> Likeness:
    if row.margin == ANY:
        return Likeness("margin", Nearness.OPEN, "")
    says = {
        CLEAR: "all had clear margins",
        COMPLETE: "all had a complete resection, which is not the same as a clear margin",
        INCOMPLETE: "all had an incomplete resection, which is not the same as a positive margin",
    }.get(row.margin, f"all had the margin {row.margin}")
    if isinstance(traits.margin, Absent):
        return Likeness("margin", Nearness.OPEN, f"{says}; this patient's is not recorded")
    if traits.margin.value == row.margin:
        return Likeness("margin", Nearness.LIKE, "")
    half_like = {COMPLETE: (Margin.R0,), INCOMPLETE: (Margin.R1, Margin.R2)}
    is_half_like = traits.margin in half_like.get(row.margin, ())
    nearness = Nearness.OPEN if is_half_like else Nearness.UNLIKE
    return Likeness("margin", nearness, f"{says}; this patient's is {traits.margin.value}")


def _compare_focality(row: OutcomeRow, traits: Traits) -> Likeness:
    """Give whether as many tumours were there; one that has spread is not one tumour any more."""
    if row.focality == Focality.UNIFOCAL.value and traits.has_spread:
        words = "nearly all had one localised tumour; here it has spread"
        return Likeness("extent", Nearness.UNLIKE, words)
    if row.focality == ANY or isinstance(traits.focality, Absent):
        return Likeness("focality", Nearness.OPEN, "")
    if row.focality == traits.focality.value:
        return Likeness("focality", Nearness.LIKE, "")
    had = "one tumour" if row.focality == Focality.UNIFOCAL.value else "several tumours"
    has = "one" if traits.focality is Focality.UNIFOCAL else "several"
    return Likeness("focality", Nearness.UNLIKE, f"nearly all had {had}; this patient has {has}")


def _compare_course(row: OutcomeRow, traits: Traits) -> Likeness:
    """Give that a figure counts what has already happened, or that it still can.

    A first metastasis can while nothing has spread, a first event while there was none.
    """
    can_still = {_METASTASIS: not traits.has_spread, _EVENT_FREE: not traits.has_event}
    if can_still.get(row.outcome, False):
        return Likeness(
            "course", Nearness.OPEN, f"counted from the start; here {say_course(traits)}"
        )
    counted = (
        "the time to a first event" if row.outcome == _EVENT_FREE else f"a first {row.outcome}"
    )
    words = f"counts {counted}; here {say_course(traits)}"
    return Likeness("course", Nearness.UNLIKE, words)


def _compare_pregnancy(traits: Traits) -> Likeness:
    if isinstance(traits.is_pregnant, Absent):
        words = "all were pregnant; whether this patient is is not recorded"
        return Likeness("pregnancy", Nearness.OPEN, words)
    if traits.is_pregnant:
        return Likeness("pregnancy", Nearness.LIKE, "")
    return Likeness("pregnancy", Nearness.UNLIKE, "all were pregnant; this patient is not")


def _compare_variant(row: OutcomeRow, traits: Traits) -> Likeness:
    if row.entity == "imt":
        if not traits.is_variant_likely:
            return Likeness("variant", Nearness.OPEN, "")
        return Likeness("variant", Nearness.UNLIKE, "not limited to the epithelioid variant")
    if traits.is_variant_diagnosed:
        return Likeness("variant", Nearness.LIKE, "")
    words = "all had the epithelioid variant, which is not diagnosed here"
    return Likeness("variant", Nearness.OPEN, words)
