"""What a specimen does to a test: decalcification, and a better one on which to do it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.specimen import Specimen, TissueLeft
from spindle.knowledge.facts import find_fact
from spindle.knowledge.protocols import load_tests, load_whens
from spindle.reasoning.assessments import Assessment, KinaseStatus, NextTest
from spindle.reasoning.statuses import ASSAY_NAMES, SEQUENCING_ASSAYS, join_words
from spindle.trace import Trace, TraceStep

AGAIN_TEST = "again_elsewhere"
AGAIN_FACTS = ("fish.decalcified", "protocol.better-specimen")


def propose_better_specimen(
    case: Case, assessment: Assessment, readings: Sequence[Reading]
) -> Assessment:
    """Give the assessment with failed tests proposed again on a specimen that is better.

    Better is only what is recorded as better: not decalcified, with tissue left, while the
    specimen of the failed test is decalcified or used up. It comes first, since it asks nothing
    new of the patient. A fusion that is found leaves nothing to repeat. Where FISH or a test of RNA
    failed on decalcified tissue and no specimen is recorded as better, undecalcified tissue is
    asked for.
    """
    if any(k.status is KinaseStatus.FUSION_DETECTED for k in assessment.kinases.values()):
        return assessment
    failed = {r.observation_id: r for r in readings if r.result is ReadingResult.FAILED}
    poor = [s for s in case.specimens if _is_poor(s) and failed.keys() & _list_ids(s)]
    better = [s for s in case.specimens if _is_good(s)]
    if not poor or not (better or any(s.is_decalcified is True for s in poor)):
        return assessment
    if not better:
        poor = [s for s in poor if s.is_decalcified is True]
    ids = {name for specimen in poor for name in _list_ids(specimen)} & failed.keys()
    if not better:
        ids = {name for name in ids if failed[name].assay in _HARMED}
    names = list(dict.fromkeys(_name(failed[name]) for name in failed if name in ids))
    if not names:
        return assessment
    test = _make_test(names, poor, better) if better else _ask_undecalcified(names, poor)
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


def _ask_undecalcified(names: Sequence[str], poor: Sequence[Specimen]) -> NextTest:
    """Give the question for undecalcified tissue, where none is recorded."""
    where = join_words([specimen.id for specimen in poor])
    why = (
        f"{join_words(names)} gave no answer on decalcified tissue ({where}), and decalcification "
        "harms RNA and FISH. No specimen is recorded as not decalcified: a part that was not, or a "
        "new sample, can still answer, and a test on the same block can fail again."
    )
    return NextTest(
        test=AGAIN_TEST,
        name=f"Undecalcified tissue, if there is any, for {join_words(names)}",
        when="always",
        condition=load_whens()["always"],
        why=why,
        facts=(*dict.fromkeys(_HARMED.values()), AGAIN_FACTS[-1]),
        is_alternative=False,
        is_inferred=True,
    )


# What decalcification does to a test's answer ----------------------------------------------------

# Tests that decalcification harms, with the fact that says so.
_HARMED: Mapping[Assay, str] = {
    Assay.FISH: "fish.decalcified",
    Assay.RT_PCR: "discordance.rna-panel.preanalytics",
    Assay.RNA_SEQUENCING: "discordance.rna-panel.preanalytics",
}
_SAID: Mapping[ReadingResult, str] = {
    ReadingResult.FAILED: "The tissue was decalcified, which can be why.",
    ReadingResult.NEGATIVE: "The tissue was decalcified, so that a negative says less.",
}


def note_decalcified(reading: Reading, specimen: Specimen) -> Reading:
    """Give a reading that says so where decalcification can be behind a failure or a negative.

    The result stays as it is.
    """
    fact_id, result = _HARMED.get(reading.assay), reading.result
    if specimen.is_decalcified is not True or fact_id is None or isinstance(result, Absent):
        return reading
    if result not in _SAID:
        return reading
    step = TraceStep(
        concluded=_SAID[result],
        observations=(reading.observation_id,),
        facts=(fact_id,),
        is_inferred=True,
        would_change="the same test on undecalcified tissue",
    )
    return replace(
        reading,
        meaning=f"{reading.meaning} {_SAID[result]}",
        limits=(f"{_SAID[result]} {find_fact(fact_id).statement}", *reading.limits),
        trace=reading.trace + Trace((step,)),
    )


# Words -------------------------------------------------------------------------------------------


def _name(reading: Reading) -> str:
    """Give a test by its method; one that asks about a single gene with this gene."""
    is_of_many = reading.assay in (*SEQUENCING_ASSAYS, Assay.METHOD_NOT_STATED)
    name = ASSAY_NAMES[reading.assay]
    return name if is_of_many else f"{reading.kinase} {name}"


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
