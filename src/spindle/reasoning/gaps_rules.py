"""What is missing from a case: a function a gap, with the conditions under which it matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from spindle.assays.readings import Assay, ReadingResult
from spindle.cases.absence import Absent
from spindle.cases.course import Margin, Treatment, TreatmentKind
from spindle.cases.observations import (
    Stain,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.knowledge.entities import Polarity, load_gate
from spindle.knowledge.fusions import list_patterns
from spindle.knowledge.histology import find_finding, list_implied
from spindle.knowledge.kinases import list_stain_limits, load_kinases
from spindle.knowledge.stain_rules import find_localisation
from spindle.knowledge.vocabularies import find_marker
from spindle.knowledge.words import fold, make_pattern
from spindle.reasoning.actionability_course import read_course
from spindle.reasoning.findings import GateState
from spindle.reasoning.gaps_tests import (
    find_adequacy_gap,
    find_alk_stain_gap,
    find_counts_gap,
    find_coverage_gap,
    find_frame_gap,
    find_other_kinases_gap,
    find_partner_gap,
)
from spindle.reasoning.gaps_view import (
    GapView,
    Missing,
    Rule,
    first_reason,
    if_absent,
    name_reason,
)
from spindle.reasoning.statuses import SEQUENCING_ASSAYS, join_words

LOST, NOT_KNOWN, NOT_CLEAR = "lost", "unknown", "not_clear"
EVENT_IS_KNOWN = "That the tumour came back, spread or grew on, or a death, is recorded. "
EVENT_DECIDES = "Whether the tumour came back decides which settings fit. "


# The patient and the tumour ---------------------------------------------------------------------


def find_morphology_gap(view: GapView) -> Missing | None:
    """Give the gap of a microscopic picture of which a part of the gate is not recorded.

    A gate that fits leaves none, also where the epithelioid cells of the variant opened it.
    """
    if view.differential and view.differential.gate.state is GateState.FITS:
        return None
    recorded: set[str] = set()
    for specimen in view.case.specimens:
        for finding in specimen.histology:
            found = find_finding(finding.name)
            if found:
                recorded |= set(list_implied(found.name) if finding.is_present else (found.name,))
    asked = [item for item in load_gate() if item.polarity is Polarity.FOR]
    missing = [item.any_of[0] for item in asked if not recorded & set(item.any_of)]
    return Missing(words={"missing": join_words(missing)}) if missing else None


def find_margin_gap(view: GapView) -> Missing | None:
    """Give the gap of a margin; only a resection has one."""
    surgery = [t for t in view.case.treatments if t.kind is TreatmentKind.SURGERY]
    if not surgery or any(not isinstance(t.margin, Absent) for t in surgery):
        return None
    # Words such as "negative margin" are kept as unknown; that is no word on its being unknown.
    reason = first_reason(treatment.margin for treatment in surgery)
    names = make_pattern("treatments", "margin_nouns")
    is_said = any(names.search(fold(treatment.words)) for treatment in surgery)
    return Missing(reason=NOT_CLEAR if reason == NOT_KNOWN and is_said else reason)


def find_resectability_gap(view: GapView) -> Missing | None:
    """Give the gap of resectability, where a driver is found or suspected.

    A tumour that was taken out and is not recorded to have come back has been resected.
    """
    course = read_course(view.case)
    has_returned = course.has_recurred or course.has_spread or course.has_progressed
    is_out = course.margin in (Margin.R0, Margin.R1) and not has_returned
    if is_out or not view.has_driver:
        return None
    return if_absent(view.case.tumour.is_resectable)


def find_extent_gap(view: GapView) -> Missing | None:
    """Give the gap of how far the tumour reaches; a metastasis that is recorded says it."""
    has_spread = read_course(view.case).has_spread
    return None if has_spread else if_absent(view.case.tumour.extent)


def find_follow_up_gap(view: GapView) -> Missing | None:
    """Give the gap of follow-up after a treatment: its length, or what became of the patient.

    Where an event is recorded, whether the tumour came back is no longer asked.
    """
    follow_up, outcomes = view.case.follow_up, view.case.outcomes
    has_length = not isinstance(follow_up.duration_months, Absent)
    if (has_length and outcomes) or not any(map(_is_treatment, view.case.treatments)):
        return None
    reason = LOST if follow_up.is_lost is True else ""
    if not reason and not has_length:
        reason = name_reason(follow_up.duration_months)
    course = read_course(view.case)
    has_returned = course.has_recurred or course.has_spread or course.has_progressed
    has_event = bool(has_returned) or any(outcome.has_occurred for outcome in outcomes)
    missing = [] if has_length else ["the length of follow-up"]
    missing += [] if outcomes or has_event else ["what became of the patient"]
    if not missing:
        return None
    words = {
        "missing": join_words(missing),
        "known": EVENT_IS_KNOWN if has_event else "" if outcomes else EVENT_DECIDES,
    }
    return Missing(cases=() if has_event else view.driver_case, reason=reason, words=words)


def find_imaging_gap(view: GapView) -> Missing | None:
    """Give the gap of imaging after a treatment."""
    is_treated = any(map(_is_treatment, view.case.treatments))
    return Missing() if is_treated and not view.case.tumour.imaging_findings else None


def _is_treatment(treatment: Treatment) -> bool:
    return treatment.kind not in (TreatmentKind.BIOPSY_ONLY, TreatmentKind.NONE)


# Stains -----------------------------------------------------------------------------------------


def find_localisation_gap(view: GapView) -> Missing | None:
    """Give the gap of where a positive stain lies, for stains of which the place matters."""
    named: dict[str, str] = {}
    reason = ""
    for stain in view.observations:
        if not isinstance(stain, Stain) or stain.result is not TestResult.POSITIVE:
            continue
        if not isinstance(stain.pattern, Absent):
            continue
        marker = find_marker(stain.marker)
        case = _find_place_case(view, marker.name) if marker else ""
        if marker and case:
            named.setdefault(marker.name, case)
            reason = reason or name_reason(stain.pattern)
    if not named:
        return None
    words = {"markers": join_words(tuple(named))}
    return Missing(cases=tuple(dict.fromkeys(named.values())), reason=reason, words=words)


def _find_place_case(view: GapView, marker: str) -> str:
    """Give the case under which the place of a marker's stain matters; empty where it does not."""
    rule = find_localisation(marker)
    if rule and not rule.is_assumed:
        return "of_mimics"
    asked = load_kinases().markers.get(marker)
    if asked is None:
        return ""
    if _has_limits_by_place(marker):
        return "of_kinases"
    kinase = view.assessment.kinases.get(asked)
    is_unnamed = kinase is not None and isinstance(kinase.partner, Absent)
    return "of_kinases" if is_unnamed and list_patterns(asked) else ""


@cache
def _has_limits_by_place(marker: str) -> bool:
    return any(limit.patterns for limit in list_stain_limits(marker))


# Tissue -----------------------------------------------------------------------------------------


def find_content_gap(view: GapView) -> Missing | None:
    """Give the gap of the share of tumour in tissue on which a molecular test found nothing."""
    tested = _list_tested(view, (Assay.FISH, Assay.RT_PCR, *SEQUENCING_ASSAYS))
    return _first_missing(specimen.tumour_content_percent for specimen in tested)


def find_decalcification_gap(view: GapView) -> Missing | None:
    """Give the gap of decalcification, of tissue on which a molecular test found nothing."""
    tested = _list_tested(view, (Assay.FISH, Assay.RT_PCR, *SEQUENCING_ASSAYS))
    return _first_missing(specimen.is_decalcified for specimen in tested)


def _list_tested(view: GapView, assays: Iterable[Assay]) -> list[Specimen]:
    """Give the specimens on which any of these tests found nothing or gave no answer."""
    readings = [r for k in view.kinases for r in k.readings if r.assay in set(assays)]
    found = {r.observation_id for r in readings if r.result is ReadingResult.POSITIVE}
    nothing = (ReadingResult.NEGATIVE, ReadingResult.FAILED)
    ids = {r.observation_id for r in readings if r.result in nothing and not r.other_fusions}
    return [s for s in view.case.specimens if any(o.id in ids - found for o in s.observations)]


def _first_missing(values: Iterable[object]) -> Missing | None:
    missing = [found for value in values if (found := if_absent(value))]
    return max(missing, key=lambda found: bool(found.reason), default=None)


RULES: Mapping[str, Rule] = {
    "morphology": find_morphology_gap,
    "site": lambda view: None if view.case.tumour.sites else Missing(),
    "age": lambda view: if_absent(view.case.patient.age_at_diagnosis),
    "margin": find_margin_gap,
    "focality": lambda view: if_absent(view.case.tumour.focality),
    "extent": find_extent_gap,
    "resectability": find_resectability_gap,
    "alk-stain": find_alk_stain_gap,
    "other-kinases": find_other_kinases_gap,
    "rna-adequacy": find_adequacy_gap,
    "panel-coverage": find_coverage_gap,
    "fusion-partner": find_partner_gap,
    "reading-frame": find_frame_gap,
    "localisation": find_localisation_gap,
    "follow-up": find_follow_up_gap,
    "follow-up-imaging": find_imaging_gap,
    "tumour-content": find_content_gap,
    "decalcification": find_decalcification_gap,
    "fish-counts": find_counts_gap,
}
