"""What is missing of the tests of a case: a function a gap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from spindle.assays.genes import name_gene_if_said
from spindle.assays.ihc import list_details
from spindle.assays.junctions import CONTRADICTED, judge_call
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import (
    FishTest,
    FusionCall,
    FusionTest,
    KinaseDomain,
    Observation,
    PcrTest,
    ReadingFrame,
    Stain,
    TestResult,
)
from spindle.knowledge.kinases import load_kinases
from spindle.reasoning.assessments import KinaseAssessment, KinaseStatus
from spindle.reasoning.gaps_answers import (
    Answer,
    list_sequencing_answers,
    list_stain_answers,
    make_call,
    make_sequencing,
)
from spindle.reasoning.gaps_view import GapView, Missing, first_reason
from spindle.reasoning.statuses import join_words

NO_SURE_RESULT = "no_sure_result"
FRAME, DOMAIN = "the reading frame", "the kinase domain"


def find_alk_stain_gap(view: GapView) -> Missing | None:
    """Give the gap of a stain of the first kinase; one done without an answer is no gap."""
    kinase = view.first_kinase
    readings = view.assessment.kinases[kinase].readings
    results = [reading.result for reading in readings if reading.assay is Assay.IHC]
    if view.has_fusion or any(not isinstance(result, Absent) for result in results):
        return None
    marker = _find_marker_of(kinase)
    described = _describe_stains(view, kinase)
    words = {
        "missing": f"a sure result of the {marker} stain" if described else f"an {marker} stain",
        "reported": described,
    }
    reason = NO_SURE_RESULT if described else first_reason(results)
    return Missing(answers=list_stain_answers(marker), reason=reason, words=words)


def _describe_stains(view: GapView, kinase: str) -> str:
    """Give what is reported of stains of a kinase that have no sure result; empty for nothing."""
    ids = {
        reading.observation_id
        for reading in view.assessment.kinases[kinase].readings
        if reading.assay is Assay.IHC and reading.result == UNKNOWN
    }
    stains = (o for o in view.observations if isinstance(o, Stain) and o.id in ids)
    said = (", ".join(list_details(stain)) for stain in stains)
    return "; ".join(filter(None, said))


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
    return any(map(_is_answer, kinase.readings))


def _is_answer(reading: Reading) -> bool:
    return reading.result in (ReadingResult.POSITIVE, ReadingResult.NEGATIVE)


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
        reason=first_reason(test.is_quality_adequate for test in tests),
    )


def find_coverage_gap(view: GapView) -> Missing | None:
    """Give the gap of what a test covers, of one that found nothing or another fusion."""
    open_ids = {
        reading.observation_id
        for kinase in view.kinases
        for reading in kinase.readings
        if reading.is_elsewhere
    }
    panels = [
        test
        for test in view.observations
        if isinstance(test, FusionTest)
        and isinstance(test.genes_covered, Absent)
        and (test.result is TestResult.NEGATIVE or test.id in open_ids)
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
    return Missing(
        cases=tuple(_list_coverage_cases(view, has_panel=bool(panels), has_kit=bool(kits))),
        answers=answers,
        words={"known": _say_uncovered(view)},
    )


def _list_coverage_cases(view: GapView, *, has_panel: bool, has_kit: bool) -> Iterator[str]:
    if has_kit:
        yield "of_rt_pcr"
    if has_panel:
        found = (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
        has_driver = any(k.status in found and k.is_productive is not False for k in view.kinases)
        yield "of_panel" if has_driver else "of_open_panel"


def _say_uncovered(view: GapView) -> str:
    """Give the kinases that no test with an answer is known to cover, as a sentence."""
    silent = [
        kinase.kinase
        for kinase in view.kinases
        if any(not reading.is_coverage_known for reading in kinase.readings)
        and not any(
            reading.is_coverage_known and _is_answer(reading) for reading in kinase.readings
        )
    ]
    return f"It is not reported for {join_words(silent)}. " if silent else ""


def find_partner_gap(view: GapView) -> Missing | None:
    """Give the gap of a partner, of a fusion or a break that is found."""
    found = (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
    unnamed = [k for k in view.kinases if k.status in found and isinstance(k.partner, Absent)]
    if not unnamed:
        return None
    return Missing(reason=first_reason(kinase.partner for kinase in unnamed))


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
    return Missing(answers=tuple(answers), words=_say_frame(view, open_frame))


def _say_frame(view: GapView, open_frame: Iterable[KinaseAssessment]) -> Mapping[str, str]:
    """Give what of frame and kinase domain is missing, and what is reported of them."""
    judged = [_judge_frame(view, kinase.kinase) for kinase in open_frame]
    missing = [part for part in (FRAME, DOMAIN) if any(part in lacks for lacks in judged)]
    known = "" if len(missing) > 1 else _KNOWN_OF_FRAME[missing[0]]
    return {"missing": join_words(missing), "known": known}


_KNOWN_OF_FRAME: Mapping[str, str] = {
    FRAME: "That the kinase domain is whole is reported. ",
    DOMAIN: "In frame is reported. ",
}


def _judge_frame(view: GapView, kinase: str) -> tuple[str, ...]:
    """Give what is not known of a kinase's fusion; both where the report and exons disagree."""
    calls = [call for test in _list_finding(view, kinase) for call in test.calls]
    calls = [call for call in calls if kinase in _name_ends(call)]
    is_contradicted = any(judge_call(call, kinase).says == CONTRADICTED for call in calls)
    lacks_frame = all(isinstance(call.frame, Absent) for call in calls)
    lacks_domain = all(isinstance(call.kinase_domain, Absent) for call in calls)
    if is_contradicted or lacks_frame == lacks_domain:
        return FRAME, DOMAIN
    return (FRAME,) if lacks_frame else (DOMAIN,)


def _name_ends(call: FusionCall) -> tuple[str | Absent, ...]:
    return name_gene_if_said(call.gene5), name_gene_if_said(call.gene3)


def _list_finding(view: GapView, kinase: str) -> list[FusionTest]:
    """Give the sequencing tests that list a fusion of a kinase."""
    tests = (test for test in view.observations if isinstance(test, FusionTest))
    return [test for test in tests if any(kinase in _name_ends(call) for call in test.calls)]


def _list_frame_answers(view: GapView, kinase: KinaseAssessment) -> Iterator[Answer]:
    """Give the fusion in frame and out of it: in the test that found it, or in another one."""
    tests = _list_finding(view, kinase.kinase)
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
