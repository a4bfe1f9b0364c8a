"""A better specimen of the same case: where a test that gave no answer can be done again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spindle.assays.readings import Reading, ReadingResult
from spindle.cases.case import Case
from spindle.cases.specimen import Specimen, TissueLeft
from spindle.knowledge.protocols import load_tests, load_whens
from spindle.reasoning.assessments import Assessment, KinaseStatus, NextTest
from spindle.reasoning.statuses import ASSAY_NAMES, join_words
from spindle.trace import Trace, TraceStep

AGAIN_TEST = "again_elsewhere"
AGAIN_FACTS = ("fish.decalcified", "protocol.better-specimen")


def propose_better_specimen(
    case: Case, assessment: Assessment, readings: Sequence[Reading]
) -> Assessment:
    """Give the assessment with failed tests proposed again on a specimen that is better.

    Better is only what is recorded as better: not decalcified, with tissue left, while the
    specimen of the failed test is decalcified or used up. It comes first, since it asks nothing
    new of the patient. A fusion that is found leaves nothing to repeat.
    """
    if any(k.status is KinaseStatus.FUSION_DETECTED for k in assessment.kinases.values()):
        return assessment
    failed = {r.observation_id: r for r in readings if r.result is ReadingResult.FAILED}
    poor = [s for s in case.specimens if _is_poor(s) and failed.keys() & _list_ids(s)]
    better = [s for s in case.specimens if _is_good(s)]
    if not poor or not better:
        return assessment
    ids = {name for specimen in poor for name in _list_ids(specimen)} & failed.keys()
    names = dict.fromkeys(_name(failed[name]) for name in failed if name in ids)
    test = _make_test(list(names), poor, better)
    step = TraceStep(
        concluded=f"Proposed first: {test.name}. {test.why}",
        observations=tuple(name for name in failed if name in ids),
        facts=test.facts,
        is_inferred=True,
        would_change="an answer of these tests on the other specimen",
    )
    return replace(
        assessment,
        next_tests=(test, *assessment.next_tests),
        outcome=f"Proposed first: {test.name}. Then: {assessment.outcome}",
        trace=assessment.trace + Trace((step,)),
    )


def _make_test(
    names: Sequence[str], poor: Sequence[Specimen], better: Sequence[Specimen]
) -> NextTest:
    test = load_tests()[AGAIN_TEST]
    where = join_words([specimen.id for specimen in better])
    why = (
        f"{join_words(names)} gave no answer on {join_words([_describe(s) for s in poor])}; "
        f"{where} is recorded as not decalcified, with tissue left."
    )
    return NextTest(
        test=test.id,
        name=f"{test.name}: {join_words(names)} on {where}",
        when="always",
        condition=load_whens()["always"],
        why=why,
        facts=AGAIN_FACTS,
        is_alternative=False,
        is_inferred=True,
    )


def _name(reading: Reading) -> str:
    return f"{reading.kinase} {ASSAY_NAMES[reading.assay]}"


def _describe(specimen: Specimen) -> str:
    return f"{specimen.id} ({', '.join(_list_reasons(specimen))})"


def _list_reasons(specimen: Specimen) -> Iterator[str]:
    if specimen.is_decalcified is True:
        yield "decalcified"
    if specimen.tissue_left is TissueLeft.NONE:
        yield "used up"


def _list_ids(specimen: Specimen) -> set[str]:
    return {observation.id for observation in specimen.observations}


def _is_poor(specimen: Specimen) -> bool:
    return specimen.is_decalcified is True or specimen.tissue_left is TissueLeft.NONE


def _is_good(specimen: Specimen) -> bool:
    has_tissue = specimen.tissue_left in (TissueLeft.AMPLE, TissueLeft.LITTLE)
    return specimen.is_decalcified is False and has_tissue
