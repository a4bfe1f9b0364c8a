"""From the readings of one kinase to its status, its discordance and how far it is borne out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.knowledge.kinases import load_kinases
from spindle.reasoning.assessments import Assessment, KinaseAssessment, KinaseStatus, Support

SEQUENCING_ASSAYS = (Assay.RNA_SEQUENCING, Assay.DNA_SEQUENCING, Assay.SEQUENCING)
FUSION_ASSAYS = (*SEQUENCING_ASSAYS, Assay.RT_PCR, Assay.METHOD_NOT_STATED)
CONFIRMING_ASSAYS = (*FUSION_ASSAYS, Assay.FISH)
POSITIVE = (ReadingResult.POSITIVE,)
UNDECIDED = (ReadingResult.EQUIVOCAL, ReadingResult.ATYPICAL)

ASSAY_NAMES: Mapping[Assay, str] = {
    Assay.IHC: "IHC",
    Assay.FISH: "FISH",
    Assay.RT_PCR: "RT-PCR",
    Assay.RNA_SEQUENCING: "RNA sequencing",
    Assay.DNA_SEQUENCING: "DNA sequencing",
    Assay.SEQUENCING: "sequencing",
    Assay.METHOD_NOT_STATED: "a method that is not stated",
}
RECIPROCAL = (
    "A rearrangement is shown by the reciprocal product; the fusion itself was not seen by that "
    "test."
)
NO_STAIN = " No stain of {} is read; FISH and sequencing ask about it."
STATUS_NAMES: Mapping[KinaseStatus, str] = {
    KinaseStatus.FUSION_DETECTED: "fusion detected",
    KinaseStatus.REARRANGED_BY_FISH: "rearranged by FISH",
    KinaseStatus.EXPRESSED_NOT_CONFIRMED: "expressed, not confirmed",
    KinaseStatus.EXPRESSED_CONFIRMATION_PENDING: "expressed, confirmation pending",
    KinaseStatus.NOT_DETECTED: "not detected",
    KinaseStatus.EQUIVOCAL: "equivocal",
    KinaseStatus.FAILED_OR_INSUFFICIENT: "failed or insufficient",
    KinaseStatus.NOT_TESTED: "not tested",
    KinaseStatus.NOT_REPORTED: "not reported",
}


def name_status(status: KinaseStatus) -> str:
    """Give the words for a status."""
    return STATUS_NAMES[status]


def has_result(
    readings: Iterable[Reading], results: Sequence[ReadingResult], assays: Sequence[Assay]
) -> bool:
    """Give whether any reading of these assays has one of these results.

    A stain that is not specific decides nothing: it has no such result, and opens no option.
    """
    return any(
        reading.assay in assays and reading.result in results and not reading.is_unspecific
        for reading in readings
    )


def has_reciprocal(readings: Iterable[Reading]) -> bool:
    """Give whether a reciprocal product shows a rearrangement of the kinase."""
    return any(reading.is_reciprocal for reading in readings)


def is_discordant(readings: Iterable[Reading]) -> bool:
    """Give whether a positive stands beside a negative."""
    results = {reading.result for reading in readings if not isinstance(reading.result, Absent)}
    return {ReadingResult.POSITIVE, ReadingResult.NEGATIVE} <= results


def decide_status(readings: Sequence[Reading]) -> KinaseStatus:
    """Give the status that the readings of one kinase bear.

    The order: a fusion found, then a rearrangement seen, then a stain with what its confirming
    tests say, then what is undecided, then negatives. RNA sequencing of adequate quality settles
    an equivocal stain or FISH, and not a rearrangement that a reciprocal product shows; a negative
    RT-PCR, which sees only the fusions that its kit covers, settles neither.
    """
    positive = (ReadingResult.POSITIVE,)
    if has_result(readings, positive, FUSION_ASSAYS):
        return KinaseStatus.FUSION_DETECTED
    if has_result(readings, positive, (Assay.FISH,)):
        return KinaseStatus.REARRANGED_BY_FISH
    if has_result(readings, positive, (Assay.IHC,)):
        return _decide_expressed(readings)
    is_settled = has_result(readings, (ReadingResult.NEGATIVE,), (Assay.RNA_SEQUENCING,))
    is_open = not is_settled or has_reciprocal(readings)
    if has_result(readings, UNDECIDED, tuple(Assay)) and is_open:
        return KinaseStatus.EQUIVOCAL
    if has_result(readings, (ReadingResult.NEGATIVE,), tuple(Assay)):
        return KinaseStatus.NOT_DETECTED
    return _decide_unanswered(readings)


def _decide_expressed(readings: Sequence[Reading]) -> KinaseStatus:
    """Give the status of a positive stain: not borne out so far, or waiting for an answer."""
    if has_result(readings, (ReadingResult.NEGATIVE,), (Assay.RNA_SEQUENCING,)):
        return KinaseStatus.EXPRESSED_NOT_CONFIRMED
    if has_result(readings, UNDECIDED, CONFIRMING_ASSAYS):
        return KinaseStatus.EXPRESSED_CONFIRMATION_PENDING
    if has_result(readings, (ReadingResult.NEGATIVE,), CONFIRMING_ASSAYS):
        return KinaseStatus.EXPRESSED_NOT_CONFIRMED
    return KinaseStatus.EXPRESSED_CONFIRMATION_PENDING


def _decide_unanswered(readings: Sequence[Reading]) -> KinaseStatus:
    """Give the status when no test has an answer; silence on one takes nothing from another.

    A stain that is not specific was done, and is neither positive nor negative.
    """
    if any(reading.is_unspecific for reading in readings):
        return KinaseStatus.EQUIVOCAL
    results = {reading.result for reading in readings} - {NOT_REPORTED}
    if ReadingResult.FAILED in results:
        return KinaseStatus.FAILED_OR_INSUFFICIENT
    return KinaseStatus.NOT_TESTED if results == {NOT_DONE} else KinaseStatus.NOT_REPORTED


def decide_support(readings: Sequence[Reading]) -> Support:
    """Give how far the tests bear a status out."""
    answered = {
        reading.assay
        for reading in readings
        if reading.result in (ReadingResult.POSITIVE, ReadingResult.NEGATIVE)
    }
    if is_discordant(readings):
        return Support.METHODS_DISAGREE
    if not answered:
        return Support.NO_ANSWER
    return Support.METHODS_AGREE if len(answered) > 1 else Support.ONE_METHOD


def is_shared(reading: Reading, kinase: str) -> bool:
    """Give whether a stain asks about several kinases at once, of which this one is only one."""
    return reading.assay is Assay.IHC and reading.kinase != kinase


def find_explaining(kinase: str, readings: Mapping[str, Sequence[Reading]]) -> str:
    """Give the kinase of the same group whose own break or fusion explains a shared stain.

    Empty when there is none, or when the kinase has a break or fusion of its own. A fusion that
    can't make a whole kinase explains no stain.
    """
    groups = {reading.kinase for reading in readings[kinase] if is_shared(reading, kinase)}
    if not groups or _has_own_break(readings[kinase]):
        return ""
    members = [name for group in groups for name in (*load_kinases().expand(group), group)]
    found = (name for name in members if name != kinase and _has_own_break(readings.get(name, ())))
    return next(found, "")


def _has_own_break(readings: Iterable[Reading]) -> bool:
    return any(
        reading.assay in CONFIRMING_ASSAYS
        and reading.result is ReadingResult.POSITIVE
        and reading.is_productive is not False
        for reading in readings
    )


def assess_kinase(
    kinase: str, readings: Sequence[Reading], *, explained_by: str = ""
) -> KinaseAssessment:
    """Give what the readings of one kinase mean together.

    Parameters
    ----------
    explained_by:
        Another kinase that explains a positive stain which both share, such as NTRK3 with a fusion
        for a pan-TRK stain; the stain then counts for that one and not for this.
    """
    counted = [reading for reading in readings if not _is_explained(reading, kinase, explained_by)]
    status = decide_status(counted)
    fusion = _choose_fusion(counted)
    productive = fusion.is_productive if fusion else NOT_REPORTED
    if fusion and isinstance(productive, Absent):
        productive = UNKNOWN
    partner = fusion.partner if fusion else NOT_REPORTED
    why = _explain(kinase, status, counted)
    flags = (
        *_list_flags(status, counted, partner, productive),
        *(("kinase_written_first",) if fusion and fusion.is_kinase_first else ()),
        *_list_shared_flags(kinase, readings, explained_by),
    )
    return KinaseAssessment(
        kinase=kinase,
        status=status,
        readings=tuple(readings),
        is_discordant=is_discordant(counted),
        disagreeing=_list_disagreeing(counted),
        support=decide_support(counted),
        why=f"{why}{_explain_shared(kinase, readings, explained_by)}",
        partner=partner,
        is_productive=productive,
        is_driver=_decide_driver(status, productive),
        flags=flags,
    )


def _is_explained(reading: Reading, kinase: str, explained_by: str) -> bool:
    is_positive = reading.result is ReadingResult.POSITIVE
    return bool(explained_by) and is_positive and is_shared(reading, kinase)


def _explain_shared(kinase: str, readings: Sequence[Reading], explained_by: str) -> str:
    """Give what is to be said of a stain that asks about several kinases; empty for none."""
    shared = [r for r in readings if is_shared(r, kinase) and isinstance(r.result, ReadingResult)]
    if not shared:
        return ""
    named = join_words(load_kinases().expand(shared[0].kinase))
    if explained_by:
        return (
            f" The stain of {named} is positive; {explained_by} explains it, so it is not counted."
        )
    if any(reading.is_unspecific for reading in shared):
        return (
            f" The stain of {named} is reported positive in a way that is also seen without their "
            "fusions, so it counts as undecided."
        )
    if has_result(shared, POSITIVE, (Assay.IHC,)):
        return f" The stain does not tell {named} apart."
    return f" One stain asks about {named} together."


def _list_shared_flags(
    kinase: str, readings: Sequence[Reading], explained_by: str
) -> Iterable[str]:
    if any(is_shared(r, kinase) and r.result is ReadingResult.POSITIVE for r in readings):
        yield "stain_explained_by_another_kinase" if explained_by else "stain_of_several_kinases"


def list_all_kinases(assessment: Assessment) -> tuple[KinaseAssessment, ...]:
    """Give every kinase that Spindle reads, and any other that was asked about.

    One that no test asked about has the status `not_reported`, which is an answer too.
    """
    known = load_kinases().names
    names = (*known, *(name for name in assessment.kinases if name not in known))
    return tuple(assessment.kinases.get(name) or _assess_silence(name) for name in names)


@cache
def _assess_silence(kinase: str) -> KinaseAssessment:
    return assess_kinase(kinase, ())


def _choose_fusion(readings: Sequence[Reading]) -> Reading | None:
    """Give the positive fusion reading that says most: by sequencing, productive, with partner.

    The names decide between equals, so that the order of the tests in a file changes nothing.
    """

    def rank(reading: Reading) -> tuple[int, int, int, str]:
        productive = 1
        if not isinstance(reading.is_productive, Absent):
            productive = 0 if reading.is_productive else 2
        has_no_partner = isinstance(reading.partner, Absent)
        by_pcr = int(reading.assay is Assay.RT_PCR)
        is_odd = int(has_no_partner) + int(reading.is_kinase_first)
        return by_pcr, productive, is_odd, str(reading.partner)

    fusions = [
        reading
        for reading in readings
        if reading.assay in FUSION_ASSAYS and reading.result is ReadingResult.POSITIVE
    ]
    return min(fusions, key=rank, default=None)


def _decide_driver(status: KinaseStatus, productive: bool | Absent) -> bool | Absent:
    if status is not KinaseStatus.FUSION_DETECTED:
        return NOT_REPORTED
    return productive if not isinstance(productive, Absent) else UNKNOWN


def _list_disagreeing(readings: Sequence[Reading]) -> tuple[str, ...]:
    if not is_discordant(readings):
        return ()
    return tuple(
        f"{reading.assay.value} {reading.result}"
        for reading in readings
        if reading.result in (ReadingResult.POSITIVE, ReadingResult.NEGATIVE)
    )


def list_tests(readings: Iterable[Reading], results: Sequence[ReadingResult | Absent]) -> list[str]:
    """Give the names of the assays with one of these results, each once."""
    names = (ASSAY_NAMES[reading.assay] for reading in readings if reading.result in results)
    return list(dict.fromkeys(names))


def join_words(words: Sequence[str]) -> str:
    """Give words as a list in a sentence: "IHC, FISH and RT-PCR"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _explain(kinase: str, status: KinaseStatus, readings: Sequence[Reading]) -> str:
    positive = join_words(list_tests(readings, (ReadingResult.POSITIVE,)))
    negative = join_words(list_tests(readings, (ReadingResult.NEGATIVE,)))
    undecided = join_words(list_tests(readings, UNDECIDED))
    failed = join_words(list_tests(readings, (ReadingResult.FAILED,)))
    unread = join_words(list_tests([r for r in readings if not r.is_elsewhere], (UNKNOWN,)))
    unsaid = _explain_coverage(readings)
    parts = [
        f"positive by {positive}" if positive else "",
        f"negative by {negative}" if negative else "",
        f"undecided by {undecided}" if undecided else "",
        f"no answer from {failed}" if failed else "",
    ]
    said = "; ".join(part for part in parts if part)
    open_words = f" What is reported of {unread} can't be taken as a result." if unread else ""
    if not said:
        stain = "" if readings or load_kinases().has_stain(kinase) else NO_STAIN.format(kinase)
        return f"No test of {kinase} with a clear result is reported.{stain}{open_words}{unsaid}"
    tail = {
        KinaseStatus.FUSION_DETECTED: " A test that finds fusions found one.",
        KinaseStatus.REARRANGED_BY_FISH: " FISH shows a break in the gene; it names no partner.",
        KinaseStatus.EXPRESSED_NOT_CONFIRMED: " A stain alone shows no fusion.",
        KinaseStatus.EXPRESSED_CONFIRMATION_PENDING: " A stain alone shows no fusion.",
        KinaseStatus.NOT_DETECTED: " This speaks for the tests named and for no other.",
    }.get(status, "")
    if has_result(readings, (ReadingResult.NEGATIVE,), (Assay.RT_PCR,)):
        tail += " A negative RT-PCR speaks only for the fusions that its kit covers."
    if has_reciprocal(readings):
        tail += f" {RECIPROCAL}"
    return f"{said[0].upper()}{said[1:]}.{tail}{open_words}{unsaid}"


def _explain_coverage(readings: Sequence[Reading]) -> str:
    """Give the tests that are not known to look at a kinase, as a sentence; empty for none."""
    uncovered = [reading for reading in readings if not reading.is_coverage_known]
    silent = join_words(list_tests([r for r in readings if r.is_elsewhere], (UNKNOWN,)))
    negative = join_words(list_tests(uncovered, (ReadingResult.NEGATIVE,)))
    said = f" That {negative} covers this kinase is not reported." if negative else ""
    if silent:
        said += f" {silent} is no negative here: that it covers this kinase is not reported."
    return said


def _list_flags(
    status: KinaseStatus,
    readings: Sequence[Reading],
    partner: str | Absent,
    productive: bool | Absent,
) -> Iterable[str]:
    answers = (ReadingResult.POSITIVE, ReadingResult.NEGATIVE)
    answered = {r.assay for r in readings if r.result in answers}
    if status is KinaseStatus.FUSION_DETECTED:
        if isinstance(partner, Absent):
            yield "partner_not_reported"
        if productive is False:
            yield "fusion_not_productive"
        elif isinstance(productive, Absent):
            yield "productive_unknown"
        methods = {r.assay for r in readings if r.assay in FUSION_ASSAYS and r.result in POSITIVE}
        if methods == {Assay.RT_PCR}:
            yield "by_rt_pcr_only"
        if methods == {Assay.METHOD_NOT_STATED}:
            yield "method_not_stated"
    if status is KinaseStatus.NOT_DETECTED and answered == {Assay.IHC}:
        yield "one_stain_only"
    fusions = [r for r in readings if r.assay in FUSION_ASSAYS and r.result in POSITIVE]
    if len({r.partner for r in fusions if not isinstance(r.partner, Absent)}) > 1:
        yield "partners_differ"
    if {True, False} <= {r.is_productive for r in fusions}:
        yield "productive_contradicted"
    if any(reading.result == UNKNOWN and not reading.is_elsewhere for reading in readings):
        yield "unreadable_or_unproven_result"
    if has_result(readings, (ReadingResult.ATYPICAL,), (Assay.FISH,)):
        yield "atypical_fish_pattern"
    if has_result(readings, (ReadingResult.FAILED,), tuple(Assay)):
        yield "a_test_failed"
