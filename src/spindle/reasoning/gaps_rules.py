"""What is missing from a case: a function a gap, with the conditions under which it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from spindle.assays.genes import name_gene_if_said
from spindle.assays.readings import Assay, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.course import Treatment, TreatmentKind
from spindle.cases.observations import (
    FishTest,
    FusionTest,
    KinaseDomain,
    Observation,
    PcrTest,
    ReadingFrame,
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
from spindle.reasoning.assessments import Assessment, KinaseAssessment, KinaseStatus
from spindle.reasoning.gaps_answers import (
    POSITIVE_STATUSES,
    Answer,
    list_sequencing_answers,
    list_stain_answers,
    make_call,
    make_sequencing,
)
from spindle.reasoning.statuses import SEQUENCING_ASSAYS, join_words, list_all_kinases

LOST = "lost"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing and would matter."""

    cases: tuple[str, ...] = ()
    """Cases of `gaps.toml` that hold: `with_driver`."""
    answers: tuple[Answer, ...] = ()
    """Possible answers to try out; empty where none can be."""
    reason: str = ""
    """Why it is missing although the source speaks of it: `unknown`, `not_done`, `lost`."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Words for the texts, by name."""


@dataclass(frozen=True)
class GapView:
    """A case beside its assessment, as a search for gaps looks at it."""

    case: Case
    """The case."""
    assessment: Assessment
    """Its assessment."""

    @cached_property
    def kinases(self) -> tuple[KinaseAssessment, ...]:
        """Every kinase that is read, also those that no test asked about."""
        return list_all_kinases(self.assessment)

    @property
    def first_kinase(self) -> str:
        """The kinase that the protocol starts from."""
        return next(iter(self.assessment.kinases))

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        """Every test of the case, in the order reported."""
        return tuple(observation for _, observation in self.case.iterate_observations())

    @cached_property
    def has_driver(self) -> bool:
        """Whether a driver is found or suspected."""
        return (
            any(
                kinase.status in POSITIVE_STATUSES and kinase.is_productive is not False
                for kinase in self.kinases
            )
            or self._has_other_fusion
        )

    @cached_property
    def has_known_driver(self) -> bool:
        """Whether a break or a fusion is found that can be the driver."""
        found = (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
        return (
            any(
                kinase.status in found and kinase.is_productive is not False
                for kinase in self.kinases
            )
            or self._has_other_fusion
        )

    @cached_property
    def has_fusion(self) -> bool:
        """Whether a fusion of any gene is found that can be the driver."""
        return (
            any(
                kinase.status is KinaseStatus.FUSION_DETECTED and kinase.is_productive is not False
                for kinase in self.kinases
            )
            or self._has_other_fusion
        )

    @property
    def _has_other_fusion(self) -> bool:
        return any(r.other_fusions for kinase in self.kinases for r in kinase.readings)

    @property
    def driver_case(self) -> tuple[str, ...]:
        """The case `with_driver` where a driver is found or suspected."""
        return ("with_driver",) if self.has_driver else ()


Rule = Callable[[GapView], Missing | None]


def _if_absent(value: object) -> Missing | None:
    """Give the gap of a value that is not there; none for one that is."""
    return Missing(reason=_name_reason(value)) if isinstance(value, Absent) else None


def _name_reason(value: object) -> str:
    """Give why a value is not there although the source speaks of it; empty for silence."""
    if value == UNKNOWN:
        return "unknown"
    return "not_done" if value == NOT_DONE else ""


def _first_reason(values: Iterable[object]) -> str:
    reasons = (_name_reason(value) for value in values if isinstance(value, Absent))
    return next(filter(None, reasons), "")


# The patient and the tumour ---------------------------------------------------------------------


def find_morphology_gap(view: GapView) -> Missing | None:
    """Give the gap of a microscopic picture of which a part of the gate is not recorded."""
    recorded: set[str] = set()
    for specimen in view.case.specimens:
        for finding in specimen.histology:
            found = find_finding(finding.name)
            if found:
                recorded |= set(list_implied(found.name) if finding.is_present else (found.name,))
    asked = [item for item in load_gate() if item.polarity is Polarity.FOR]
    return None if all(recorded & set(item.any_of) for item in asked) else Missing()


def find_margin_gap(view: GapView) -> Missing | None:
    """Give the gap of a margin; only a resection has one."""
    surgery = [t for t in view.case.treatments if t.kind is TreatmentKind.SURGERY]
    if not surgery or any(not isinstance(t.margin, Absent) for t in surgery):
        return None
    return Missing(reason=_first_reason(treatment.margin for treatment in surgery))


def find_resectability_gap(view: GapView) -> Missing | None:
    """Give the gap of resectability, where a driver is found or suspected."""
    return _if_absent(view.case.tumour.is_resectable) if view.has_driver else None


def find_follow_up_gap(view: GapView) -> Missing | None:
    """Give the gap of follow-up after a treatment: its length, or what became of the patient."""
    follow_up = view.case.follow_up
    is_told = not isinstance(follow_up.duration_months, Absent) and bool(view.case.outcomes)
    if is_told or not any(map(_is_treatment, view.case.treatments)):
        return None
    reason = LOST if follow_up.is_lost is True else ""
    if not reason and isinstance(follow_up.duration_months, Absent):
        reason = _name_reason(follow_up.duration_months)
    return Missing(cases=view.driver_case, reason=reason)


def find_imaging_gap(view: GapView) -> Missing | None:
    """Give the gap of imaging after a treatment."""
    is_treated = any(map(_is_treatment, view.case.treatments))
    return Missing() if is_treated and not view.case.tumour.imaging_findings else None


def _is_treatment(treatment: Treatment) -> bool:
    return treatment.kind not in (TreatmentKind.BIOPSY_ONLY, TreatmentKind.NONE)


# Tests ------------------------------------------------------------------------------------------


def find_alk_stain_gap(view: GapView) -> Missing | None:
    """Give the gap of a stain of the first kinase; one done without an answer is no gap."""
    kinase = view.first_kinase
    readings = view.assessment.kinases[kinase].readings
    results = [reading.result for reading in readings if reading.assay is Assay.IHC]
    if view.has_fusion or any(not isinstance(result, Absent) for result in results):
        return None
    return Missing(
        answers=list_stain_answers(_find_marker_of(kinase)), reason=_first_reason(results)
    )


def _find_marker_of(kinase: str) -> str:
    markers = load_kinases().markers
    return next(marker for marker, asked in markers.items() if asked == kinase)


def find_other_kinases_gap(view: GapView) -> Missing | None:
    """Give the gap of kinases without an answer, where no driver is known."""
    others = (kinase for kinase in view.kinases if kinase.kinase != view.first_kinase)
    silent = tuple(kinase.kinase for kinase in others if not _has_answer(kinase))
    if view.has_known_driver or not silent:
        return None
    # No fusion, or a fusion of one of them: which of them it is changes as much.
    answers = list_sequencing_answers(silent[0])
    return Missing(answers=answers, words={"open": join_words(silent)})


def _has_answer(kinase: KinaseAssessment) -> bool:
    answers = (ReadingResult.POSITIVE, ReadingResult.NEGATIVE)
    return any(reading.result in answers for reading in kinase.readings)


def find_adequacy_gap(view: GapView) -> Missing | None:
    """Give the gap of the quality of RNA or DNA, of a test without a fusion or an answer."""
    tests = [
        test
        for test in view.observations
        if isinstance(test, FusionTest)
        and test.result in (TestResult.NEGATIVE, TestResult.FAILED)
        and isinstance(test.is_quality_adequate, Absent)
    ]
    if not tests:
        return None
    answers = [
        Answer(replaced=((test.id, _place(test, is_quality_adequate=is_adequate)),))
        for test in tests
        for is_adequate in (True, False)
    ]
    has_failed = any(test.result is TestResult.FAILED for test in tests)
    return Missing(
        cases=("when_failed",) if has_failed else (),
        answers=tuple(answers),
        reason=_first_reason(test.is_quality_adequate for test in tests),
    )


def find_coverage_gap(view: GapView) -> Missing | None:
    """Give the gap of what a negative test covers."""
    panels = [
        test
        for test in view.observations
        if isinstance(test, FusionTest)
        and test.result is TestResult.NEGATIVE
        and isinstance(test.genes_covered, Absent)
    ]
    kits = [
        test
        for test in view.observations
        if isinstance(test, PcrTest)
        and test.result is TestResult.NEGATIVE
        and isinstance(test.covered_fusions, Absent)
    ]
    if not panels and not kits:
        return None
    names = load_kinases().names
    answers = tuple(
        Answer(replaced=((panel.id, _place(panel, genes_covered=genes)),))
        for panel in panels
        for genes in (names, names[:1])
    )
    return Missing(cases=("of_rt_pcr",) if kits else (), answers=answers)


def find_partner_gap(view: GapView) -> Missing | None:
    """Give the gap of a partner, of a fusion or a break that is found."""
    found = (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
    unnamed = [k for k in view.kinases if k.status in found and isinstance(k.partner, Absent)]
    if not unnamed:
        return None
    return Missing(reason=_first_reason(kinase.partner for kinase in unnamed))


def find_frame_gap(view: GapView) -> Missing | None:
    """Give the gap of the frame or the kinase domain of a fusion that is found."""
    open_frame = [
        kinase
        for kinase in view.kinases
        if kinase.status is KinaseStatus.FUSION_DETECTED
        and isinstance(kinase.is_productive, Absent)
    ]
    if not open_frame:
        return None
    answers = [answer for kinase in open_frame for answer in _list_frame_answers(view, kinase)]
    return Missing(answers=tuple(answers))


def _list_frame_answers(view: GapView, kinase: KinaseAssessment) -> Iterator[Answer]:
    """Give the fusion in frame and out of it: in the test that found it, or in another one."""
    tests = [
        test
        for test in view.observations
        if isinstance(test, FusionTest)
        and any(
            kinase.kinase in map(name_gene_if_said, (call.gene5, call.gene3)) for call in test.calls
        )
    ]
    for frame in ReadingFrame:
        is_in = frame is ReadingFrame.IN
        domain = KinaseDomain.WHOLE if is_in else KinaseDomain.LOST
        if tests:
            framed = [replace(c, frame=frame, kinase_domain=domain) for c in tests[0].calls]
            yield Answer(replaced=((tests[0].id, _place(tests[0], calls=tuple(framed))),))
        else:
            call = make_call(kinase.kinase, frame)
            yield Answer(added=(make_sequencing(TestResult.POSITIVE, call),))


def find_counts_gap(view: GapView) -> Missing | None:
    """Give the gap of the nuclei behind a FISH result that is reported without them.

    They can bear the result out, or leave it open under the rule.
    """
    answered = (TestResult.POSITIVE, TestResult.NEGATIVE, TestResult.EQUIVOCAL)
    tests = [
        test
        for test in view.observations
        if isinstance(test, FishTest) and not test.counts and test.result in answered
    ]
    if not tests:
        return None
    results = [(test, result) for test in tests for result in (test.result, TestResult.EQUIVOCAL)]
    answers = (Answer(replaced=((t.id, _place(t, result=result)),)) for t, result in results)
    return Missing(answers=tuple(answers))


def _place(test: Observation, **values: object) -> Observation:
    """Give a test completed, without where it was written."""
    return replace(test, provenance=NOT_REPORTED, **values)  # type: ignore[arg-type]


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
            reason = reason or _name_reason(stain.pattern)
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
    missing = [found for value in values if (found := _if_absent(value))]
    return max(missing, key=lambda found: bool(found.reason), default=None)


RULES: Mapping[str, Rule] = {
    "morphology": find_morphology_gap,
    "site": lambda view: None if view.case.tumour.sites else Missing(),
    "age": lambda view: _if_absent(view.case.patient.age_at_diagnosis),
    "margin": find_margin_gap,
    "focality": lambda view: _if_absent(view.case.tumour.focality),
    "extent": lambda view: _if_absent(view.case.tumour.extent),
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
