"""Sequencing for fusions: calls as reported become readings, one for each kinase.

A call is taken as reported; breakpoints are not worked out here, and exons are held against
published junctions. A negative needs a word on quality, and an empty list without it is no
negative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from spindle.assays.genes import name_gene, name_gene_if_said
from spindle.assays.junctions import Judgement, judge_call
from spindle.assays.other_fusions import is_bystander
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import (
    FusionCall,
    FusionTest,
    SequencingMethod,
    TestResult,
)
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import load_kinases
from spindle.trace import Trace, TraceStep

KINASES = load_kinases().names
# Kinases, and groups of which a report may not name the member.
NAMED = (*KINASES, *load_kinases().groups)
QUALITY_FACT = "sequencing.quality"
COVERAGE_LIMIT = (
    "Which genes the panel covers was not reported; a fusion of a gene that it does not cover "
    "can't be seen by it."
)
_WORD = re.compile(r"[A-Z][A-Z0-9]+")

_ASSAYS: Mapping[SequencingMethod, Assay] = {
    SequencingMethod.RNA: Assay.RNA_SEQUENCING,
    SequencingMethod.DNA: Assay.DNA_SEQUENCING,
    SequencingMethod.UNSPECIFIED: Assay.SEQUENCING,
    SequencingMethod.NOT_STATED: Assay.METHOD_NOT_STATED,
}
_NAMES: Mapping[Assay, str] = {
    Assay.RNA_SEQUENCING: "RNA sequencing",
    Assay.DNA_SEQUENCING: "DNA sequencing",
    Assay.SEQUENCING: "sequencing (material not stated)",
    Assay.METHOD_NOT_STATED: "a method that is not stated",
}


def interpret_fusions(observation: FusionTest) -> tuple[Reading, ...]:
    """Give one reading for each kinase that the test found or could have found.

    A kinase outside the panel's reported genes gets no reading. When the panel's genes are not
    reported, a test that was reported negative is read so for every kinase, with that limit said,
    unless the panel is named for other kinases. A test that found another fusion says nothing of a
    kinase that no panel is known to cover. A fusion of a group, such as NTRK, is read for the
    group, and leaves each of its members open.
    """
    observation = replace(observation, calls=tuple(map(_name_genes, observation.calls)))
    groups = (group for group in load_kinases().groups if _find_calls(observation, group))
    asked = (k for k in KINASES if _is_covered(observation, k) or _find_calls(observation, k))
    return tuple(_read_kinase(observation, kinase) for kinase in (*asked, *groups))


def _name_genes(call: FusionCall) -> FusionCall:
    """Give the call with its genes by their symbols."""
    return replace(call, gene5=name_gene_if_said(call.gene5), gene3=name_gene_if_said(call.gene3))


def _is_covered(observation: FusionTest, kinase: str) -> bool:
    covered = observation.genes_covered
    return isinstance(covered, Absent) or kinase in map(name_gene, covered)


def _is_coverage_known(observation: FusionTest, kinase: str) -> bool:
    """Give whether the genes, or the name of the panel, say that a kinase is covered."""
    return not isinstance(observation.genes_covered, Absent) or kinase in _list_named(observation)


def _list_named(observation: FusionTest) -> tuple[str, ...]:
    """Give the kinases for which a panel is named, such as ALK for an "ALK fusion assay"."""
    if isinstance(observation.panel, Absent):
        return ()
    kinases, words = load_kinases(), observation.panel.upper()
    named = (_WORD.findall(words), _WORD.findall(words.replace("-", "")))
    asked = {name_gene(word) for found in named for word in found}
    return tuple(
        kinase
        for kinase in KINASES
        if asked & {kinase, *(group for group in kinases.groups if kinase in kinases.expand(group))}
    )


def _find_calls(observation: FusionTest, kinase: str) -> tuple[FusionCall, ...]:
    return tuple(call for call in observation.calls if kinase in (call.gene5, call.gene3))


def _find_group(observation: FusionTest, kinase: str) -> str:
    """Give the group of a kinase of which a fusion is listed without its member; empty for none."""
    groups = (g for g, members in load_kinases().groups.items() if kinase in members)
    return next((group for group in groups if _find_calls(observation, group)), "")


def _read_kinase(observation: FusionTest, kinase: str) -> Reading:
    assay = _ASSAYS[observation.method]
    calls = _find_calls(observation, kinase)
    group = "" if calls else _find_group(observation, kinase)
    is_known = bool(calls or group) or _is_coverage_known(observation, kinase)
    is_elsewhere = not is_known and _is_of_other_genes(observation)
    best = _choose_call(calls, kinase)
    is_reciprocal = best is not None and best.is_reciprocal
    result = UNKNOWN if group else _decide_result(observation, best, is_elsewhere=is_elsewhere)
    is_judged = best is not None and not is_reciprocal
    judgement = judge_call(best, kinase) if best and is_judged else Judgement(NOT_REPORTED, "")
    productive = judgement.is_productive
    is_unproven = observation.result is TestResult.NEGATIVE and isinstance(result, Absent)
    meaning = _describe(observation, kinase, result, best, judgement)
    other_fusions, bystanders = _list_other_fusions(observation)
    step = TraceStep(
        concluded=meaning,
        observations=(observation.id,),
        facts=(QUALITY_FACT,) if is_unproven else judgement.facts,
        is_inferred=is_unproven or bool(judgement.facts),
        would_change="quality figures, a panel that covers more genes, or another material",
    )
    return Reading(
        assay=assay,
        kinase=kinase,
        result=result,
        meaning=meaning,
        observation_id=observation.id,
        trace=Trace((step,)),
        limits=tuple(_list_limits(observation, best, is_unproven=is_unproven)),
        partner=_name_partner(best, kinase) if best and is_judged else NOT_REPORTED,
        is_productive=productive,
        other_fusions=other_fusions,
        bystanders=bystanders,
        is_coverage_known=is_known,
        is_elsewhere=is_elsewhere,
        is_reciprocal=is_reciprocal,
        is_kinase_first=best is not None and is_judged and _is_written_first(best, kinase),
    )


def _is_written_first(call: FusionCall, kinase: str) -> bool:
    """Give whether a kinase stands first and another gene, which is named, behind it."""
    is_named = not isinstance(call.gene3, Absent)
    return call.gene5 == kinase and is_named and call.gene3 != kinase


def _list_other_fusions(observation: FusionTest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the fusions between named genes of which none is a kinase read here.

    First those that may drive a tumour, then those that stand by.
    """
    if observation.result in (TestResult.EQUIVOCAL, TestResult.NEGATIVE, TestResult.FAILED):
        return (), ()
    others = [
        call
        for call in observation.calls
        if not isinstance(call.gene5, Absent)
        and not isinstance(call.gene3, Absent)
        and {call.gene5, call.gene3}.isdisjoint(NAMED)
    ]
    return (
        tuple(name_call(call) for call in others if not is_bystander(call)),
        tuple(name_call(call) for call in others if is_bystander(call)),
    )


def _decide_result(
    observation: FusionTest, call: FusionCall | None, *, is_elsewhere: bool
) -> ReadingResult | Absent:
    """Give the result for one kinase.

    A call under an equivocal result stays equivocal, and so does a reciprocal product, which shows
    a rearrangement and not the fusion. A positive test that names no fusion says
    nothing of a single kinase, and one that names another fusion says nothing of a kinase that it
    is not known to cover. A negative counts only with a word on quality.
    """
    result = observation.result
    if call is not None:
        is_equivocal = result is TestResult.EQUIVOCAL or call.is_reciprocal
        return ReadingResult.EQUIVOCAL if is_equivocal else ReadingResult.POSITIVE
    if isinstance(result, Absent):
        return NOT_REPORTED if observation.calls else result
    if result in (TestResult.EQUIVOCAL, TestResult.FAILED):
        return ReadingResult(result.value)
    if result is TestResult.POSITIVE and _has_unnamed_fusion(observation):
        return UNKNOWN
    if isinstance(observation.is_quality_adequate, Absent) or is_elsewhere:
        return UNKNOWN
    return ReadingResult.NEGATIVE if observation.is_quality_adequate else ReadingResult.FAILED


def _is_of_other_genes(observation: FusionTest) -> bool:
    """Give whether a test is known to see other genes: by the fusion found, or by its name."""
    if observation.result is TestResult.POSITIVE:
        return not _has_unnamed_fusion(observation)
    if observation.result is not TestResult.NEGATIVE or observation.is_quality_adequate is not True:
        return False
    return bool(_list_named(observation))


def _has_unnamed_fusion(observation: FusionTest) -> bool:
    """Whether a fusion was found that may be of any kinase: none listed, or a gene not named."""
    return not observation.calls or any(
        {call.gene5, call.gene3}.isdisjoint(NAMED)
        and (isinstance(call.gene5, Absent) or isinstance(call.gene3, Absent))
        for call in observation.calls
    )


def _choose_call(calls: tuple[FusionCall, ...], kinase: str) -> FusionCall | None:
    """Give the call that says most: productive, unknown, not productive, reciprocal product."""
    order = {True: 0, False: 2}

    def rank(call: FusionCall) -> int:
        if call.is_reciprocal:
            return len(order) + 1
        productive = judge_call(call, kinase).is_productive
        return 1 if isinstance(productive, Absent) else order[productive]

    return min(calls, key=rank, default=None)


def _name_partner(call: FusionCall, kinase: str) -> str | Absent:
    return call.gene5 if call.gene3 == kinase else call.gene3


def name_call(call: FusionCall) -> str:
    """Give a call's name, 5' gene first: `TPM3::ALK`."""
    ends = (call.gene5, call.gene3)
    return "::".join("partner unknown" if isinstance(gene, Absent) else gene for gene in ends)


def _describe(
    observation: FusionTest,
    kinase: str,
    result: ReadingResult | Absent,
    call: FusionCall | None,
    judgement: Judgement,
) -> str:
    name = _NAMES[_ASSAYS[observation.method]]
    if call is not None and call.is_reciprocal:
        return (
            f"{name_call(call)} found by {name}, the reciprocal product: a rearrangement of "
            f"{kinase} is shown by it; the fusion itself was not seen. That is no negative."
        )
    if call is not None:
        return _describe_call(call, kinase, name, result, judgement)
    if group := _find_group(observation, kinase):
        found = ", ".join(map(name_call, _find_calls(observation, group)))
        return (
            f"{_capitalise(name)} found {found}; which {group} gene it is is not named, so "
            f"{kinase} is open."
        )
    if isinstance(result, Absent):
        return _describe_silence(observation, kinase, name, result)
    is_known = _is_coverage_known(observation, kinase)
    unsaid = "" if is_known else f" Whether it covers {kinase} was not reported."
    return {
        ReadingResult.NEGATIVE: f"No {kinase} fusion found by {name}; quality adequate.{unsaid}",
        ReadingResult.FAILED: f"{_capitalise(name)} gave no answer on {kinase}.",
        ReadingResult.EQUIVOCAL: f"{_capitalise(name)} equivocal on {kinase}.",
    }[result]


def _capitalise(words: str) -> str:
    return words[0].upper() + words[1:]


def _describe_call(
    call: FusionCall, kinase: str, name: str, result: ReadingResult | Absent, judgement: Judgement
) -> str:
    found = "reported as equivocal" if result is ReadingResult.EQUIVOCAL else "found"
    group = f"which {kinase} gene it is is not named; " if kinase in load_kinases().groups else ""
    order = f"written with {kinase} first; " if _is_written_first(call, kinase) else ""
    return f"{name_call(call)} {found} by {name}; {group}{order}{judgement.says}."


def _describe_silence(observation: FusionTest, kinase: str, name: str, result: Absent) -> str:
    if observation.result is TestResult.POSITIVE and _has_unnamed_fusion(observation):
        named = "does not name every gene" if observation.calls else "names no fusion"
        return f"{_capitalise(name)} is reported positive and {named}; {kinase} is open."
    is_elsewhere = not _is_coverage_known(observation, kinase) and _is_of_other_genes(observation)
    if is_elsewhere and observation.result is TestResult.POSITIVE:
        found = ", ".join(map(name_call, observation.calls))
        return (
            f"{_capitalise(name)} found {found}; whether it covers {kinase} was not reported, "
            f"so it is no negative on {kinase}."
        )
    if is_elsewhere:
        named = ", ".join(_list_named(observation))
        return (
            f"No {kinase} fusion listed by {name} with a panel named for {named}; whether it "
            f"covers {kinase} was not reported, so it is no negative on {kinase}."
        )
    if not isinstance(observation.result, Absent):
        return f"No {kinase} fusion listed by {name}, without a word on quality: no negative."
    return f"{kinase} fusion by {name}: {result}."


def _list_limits(
    observation: FusionTest, call: FusionCall | None, *, is_unproven: bool
) -> Iterator[str]:
    if is_unproven:
        yield find_fact(QUALITY_FACT).statement
    others = [name_call(other) for other in observation.calls if other is not call]
    if others:
        yield f"The same test lists: {', '.join(others)}."
    if call and observation.result in (TestResult.NEGATIVE, TestResult.FAILED):
        yield f"The report calls the test {observation.result} and lists this fusion."
    if call and observation.is_quality_adequate is False:
        yield "The quality of the material is reported as inadequate."
    if isinstance(observation.genes_covered, Absent):
        yield COVERAGE_LIMIT
    if observation.method is SequencingMethod.UNSPECIFIED:
        yield "Whether RNA or DNA was sequenced was not reported."
