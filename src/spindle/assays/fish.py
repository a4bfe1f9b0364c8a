"""Break-apart FISH: nuclei per signal pattern become a reading, by rules held as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from spindle.assays.genes import name_gene
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.assays.shares import compute_exact_interval
from spindle.cases.absence import Absent
from spindle.cases.observations import FishCount, FishTest, TestResult
from spindle.errors import UserError
from spindle.knowledge.facts import Fact, find_fact
from spindle.knowledge.fish_rules import (
    DEFAULT_RULE,
    FishRule,
    find_fish_rule,
    load_fish_rules,
    meets_limit,
)
from spindle.knowledge.words import fold, load_word_lists
from spindle.trace import Trace, TraceStep

KIT_SCOPE_FACT = "fish.kit-scope"
BETWEEN_STAGES_FACT = "fish.two-step.between"
FALSE_NEGATIVE_FACT = "fish.false-negative"


class FishCall(StrEnum):
    """What a counting rule makes of a count."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    ATYPICAL = "atypical"
    COUNT_ON = "count_on"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True, slots=True)
class NucleiCount:
    """Nuclei of one test, over all readers and stages."""

    scored: int
    """Nuclei scored."""
    split: int
    """Nuclei with separated signals."""
    isolated_3p: int = 0
    """Nuclei with an isolated 3' signal."""
    isolated_5p: int = 0
    """Nuclei with an isolated 5' signal."""
    readers: int = 1
    """Number of readers."""

    def __post_init__(self) -> None:
        numbers = (self.scored, self.split, self.isolated_3p, self.isolated_5p)
        if any(number < 0 for number in numbers) or self.readers < 1:
            raise UserError("fish-count-invalid", "A count is below zero, or there is no reader.")
        if self.split + self.isolated_3p + self.isolated_5p > self.scored:
            raise UserError(
                "fish-count-invalid",
                f"{self.split} split, {self.isolated_3p} isolated 3' and {self.isolated_5p} "
                f"isolated 5' are more than the {self.scored} nuclei scored.",
            )

    def count_patterns(self, patterns: Iterable[str]) -> int:
        """Give the nuclei with any of the patterns."""
        return sum(int(getattr(self, pattern)) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class FishInterpretation:
    """What one rule makes of one count."""

    rule: FishRule
    """The rule."""
    count: NucleiCount
    """The count."""
    call: FishCall
    """What the rule says."""
    nuclei_counted: int
    """Nuclei with a pattern that counts under this rule."""
    nuclei_to_count: int
    """Nuclei still to count; zero when the count is done."""
    is_inferred: bool
    """Whether the call rests on something that the source leaves unsaid."""
    sentence: str
    """The call in one sentence."""
    remarks: tuple[str, ...]
    """What a reader should know beside it."""
    trace: Trace
    """Why."""

    @property
    def is_without_limit(self) -> bool:
        """Whether no limit of the rule was read for so many nuclei, so that it calls nothing.

        Such a rule agrees with no other and contradicts none.
        """
        return _lacks_limit(self.count, self.rule)

    @property
    def share(self) -> float:
        """Share of nuclei that count, 0 to 1; zero when none was scored."""
        return self.nuclei_counted / self.count.scored if self.count.scored else 0.0

    @property
    def share_interval(self) -> tuple[float, float] | None:
        """Exact 95 % interval of the share; none when no nucleus was scored."""
        if not self.count.scored:
            return None
        return compute_exact_interval(self.nuclei_counted, self.count.scored)


def interpret_count(count: NucleiCount, rule: FishRule) -> FishInterpretation:
    """Give what a rule makes of a count.

    Under the first stage's nuclei the count is not assessable. Between two stages of a two-step
    rule it is to be continued to the second. At a stage the rule's limits decide, the strongest
    first; what the source leaves unsaid is marked as inferred.
    """
    counted = count.count_patterns(rule.counted_patterns)
    needed = [
        _nuclei_needed(stage.nuclei, stage.nuclei_two_readers, count) for stage in rule.stages
    ]
    if count.scored < needed[0]:
        call, fact = FishCall.NOT_ASSESSABLE, rule.stages[0].nuclei
        to_count = needed[0] - count.scored
    elif needed[0] < count.scored < needed[-1]:
        call, fact = FishCall.COUNT_ON, find_fact(BETWEEN_STAGES_FACT)
        to_count = needed[-1] - count.scored
    else:
        stage = rule.stages[-1] if count.scored >= needed[-1] else rule.stages[0]
        limits = (
            (FishCall.POSITIVE, stage.positive),
            (FishCall.COUNT_ON, stage.count_on),
            (FishCall.NEGATIVE, stage.negative),
        )
        call, fact = next(
            (name, limit)
            for name, limit in limits
            if limit is not None and meets_limit(limit, counted, count.scored)
        )
        to_count = needed[-1] - count.scored if call is FishCall.COUNT_ON else 0
    if call is FishCall.NEGATIVE and (atypical := _find_atypical(count, rule)) is not None:
        call, fact = FishCall.ATYPICAL, atypical
    return _describe(count, rule, call, fact, counted, to_count)


def _nuclei_needed(one_reader: Fact, two_readers: Fact | None, count: NucleiCount) -> int:
    fact = two_readers if two_readers is not None and count.readers > 1 else one_reader
    return int(fact.number)


def _find_atypical(count: NucleiCount, rule: FishRule) -> Fact | None:
    """Give the atypical limit when patterns that do not count meet it.

    A limit in per cent asks whether they would lift the share over it if they counted; a limit in
    nuclei asks for the nuclei with these patterns alone.
    """
    isolated = count.count_patterns(rule.atypical_patterns)
    if rule.atypical is None or not isolated:
        return None
    counted = count.count_patterns(rule.counted_patterns)
    abnormal = isolated + counted if rule.atypical.unit == "per cent" else isolated
    return rule.atypical if meets_limit(rule.atypical, abnormal, count.scored) else None


def _lacks_limit(count: NucleiCount, rule: FishRule) -> bool:
    """Give whether the first stage is reached and the source's limits of it were not read."""
    first = rule.stages[0]
    is_first = rule.is_two_step and count.scored == int(first.nuclei.number)
    return is_first and first.positive is None and first.negative is None


_NO_LIMIT = (
    "Not called: {counted} of {scored} nuclei count as rearranged, and the rule's limits for "
    "{scored} nuclei were not read; {more} more nuclei are to be counted ({rule})."
)
_SENTENCES: Mapping[FishCall, str] = {
    FishCall.POSITIVE: "Positive: {counted} of {scored} nuclei count as rearranged ({rule}).",
    FishCall.NEGATIVE: "Negative: {counted} of {scored} nuclei count as rearranged ({rule}).",
    FishCall.ATYPICAL: (
        "Atypical, not negative: {counted} of {scored} nuclei count as rearranged, and isolated "
        "signals in {isolated} more are not counted ({rule}). RNA sequencing can settle it."
    ),
    FishCall.COUNT_ON: (
        "Not decided: {counted} of {scored} nuclei count as rearranged; {more} more nuclei are "
        "to be counted ({rule})."
    ),
    FishCall.NOT_ASSESSABLE: (
        "Not assessable: {scored} nuclei scored, and the rule needs {more} more ({rule})."
    ),
}


def _describe(
    count: NucleiCount, rule: FishRule, call: FishCall, fact: Fact, counted: int, to_count: int
) -> FishInterpretation:
    sentence = (_NO_LIMIT if _lacks_limit(count, rule) else _SENTENCES[call]).format(
        counted=counted,
        scored=count.scored,
        more=to_count,
        isolated=count.count_patterns(rule.atypical_patterns),
        rule=rule.title,
    )
    is_extrapolated = fact.unit == "per cent" and count.scored > int(rule.stages[-1].nuclei.number)
    inferred = fact.is_inferred or (is_extrapolated and rule.is_two_step)
    step = TraceStep(
        concluded=sentence,
        facts=(fact.id, rule.patterns_fact.id, KIT_SCOPE_FACT),
        is_inferred=inferred,
        would_change="more nuclei, another counting rule, or RNA sequencing",
    )
    return FishInterpretation(
        rule=rule,
        count=count,
        call=call,
        nuclei_counted=counted,
        nuclei_to_count=to_count,
        is_inferred=inferred,
        sentence=sentence,
        remarks=tuple(_remarks(count, rule, fact, is_inferred=inferred)),
        trace=Trace((step,)),
    )


def _remarks(count: NucleiCount, rule: FishRule, fact: Fact, *, is_inferred: bool) -> list[str]:
    remarks = [find_fact(KIT_SCOPE_FACT).statement]
    if is_inferred:
        remarks.append(f"Inferred, not written in the source: {fact.statement}")
    names = {"isolated_3p": "Isolated 3' signals", "isolated_5p": "Isolated 5' signals"}
    for pattern, name in names.items():
        n = count.count_patterns((pattern,))
        if n and pattern not in rule.counted_patterns:
            is_silent = rule.atypical is not None and pattern in rule.atypical_patterns
            why = f": {rule.atypical.statement}" if is_silent and rule.atypical else "."
            remarks.append(f"{name} in {n} nuclei are not counted under this rule{why}")
    remarks.append(rule.disagrees_with)
    return remarks


def compare_rules(count: NucleiCount) -> tuple[FishInterpretation, ...]:
    """Give what every rule makes of a count, by rule id."""
    return tuple(interpret_count(count, rule) for _, rule in sorted(load_fish_rules().items()))


_CALL_RESULTS: Mapping[FishCall, ReadingResult] = {
    FishCall.POSITIVE: ReadingResult.POSITIVE,
    FishCall.NEGATIVE: ReadingResult.NEGATIVE,
    FishCall.ATYPICAL: ReadingResult.ATYPICAL,
    FishCall.COUNT_ON: ReadingResult.EQUIVOCAL,
    FishCall.NOT_ASSESSABLE: ReadingResult.FAILED,
}

_REPORTED: Mapping[TestResult, str] = {
    TestResult.POSITIVE: "{gene} rearranged by FISH, as reported.",
    TestResult.NEGATIVE: "No {gene} rearrangement seen by FISH, as reported.",
    TestResult.EQUIVOCAL: "{gene} FISH equivocal, as reported.",
    TestResult.FAILED: "{gene} FISH gave no answer, as reported.",
}


# Of a gene of which FISH counts the copies.
_COPIES: Mapping[TestResult, str] = {
    **_REPORTED,
    TestResult.POSITIVE: "{gene} amplified by FISH, as reported.",
    TestResult.NEGATIVE: "No {gene} amplification seen by FISH, as reported.",
}


def sum_counts(counts: Iterable[FishCount]) -> NucleiCount:
    """Give the nuclei of all readers and stages together; a pattern not reported adds none."""
    counts = tuple(counts)
    for count in counts:
        _check_count(count)
    readers = {count.reader for count in counts if not isinstance(count.reader, Absent)}
    return NucleiCount(
        scored=sum(count.nuclei_scored for count in counts),
        split=sum(count.split for count in counts),
        isolated_3p=sum(_number(count.isolated_3p) for count in counts),
        isolated_5p=sum(_number(count.isolated_5p) for count in counts),
        readers=max(1, len(readers)),
    )


def _check_count(count: FishCount) -> None:
    """Refuse a reader's or a stage's count that can't be, before it hides in a sum."""
    NucleiCount(
        scored=count.nuclei_scored,
        split=count.split,
        isolated_3p=_number(count.isolated_3p),
        isolated_5p=_number(count.isolated_5p),
    )
    fused = _number(count.fused)
    abnormal = count.split + _number(count.isolated_3p) + _number(count.isolated_5p)
    if fused < 0 or abnormal + fused > count.nuclei_scored:
        raise UserError(
            "fish-count-invalid",
            f"{fused} fused and {abnormal} abnormal nuclei are more than the "
            f"{count.nuclei_scored} nuclei scored, or a count is below zero.",
        )


def _number(value: int | Absent) -> int:
    return 0 if isinstance(value, Absent) else value


def interpret_fish(observation: FishTest, *, rule_id: str = DEFAULT_RULE) -> Reading:
    """Give the reading of one FISH test: from its counts by a rule, else as reported.

    Raises
    ------
    UserError
        `fish-rule-unknown`; `fish-count-invalid` when the counts can't be.
    """
    observation = replace(observation, gene=name_gene(observation.gene))
    if observation.counts:
        return _read_counts(observation, find_fish_rule(rule_id))
    limits = (find_fact(KIT_SCOPE_FACT).statement, find_fact(FALSE_NEGATIVE_FACT).statement)
    if isinstance(observation.result, Absent):
        meaning = f"{observation.gene} FISH {observation.result}."
        result: ReadingResult | Absent = observation.result
    else:
        is_of_copies = fold(observation.gene) in load_word_lists("results")["amplified_genes"]
        said = _COPIES if is_of_copies else _REPORTED
        meaning = said[observation.result].format(gene=observation.gene)
        meaning += " Nuclei were not reported, so no counting rule was applied."
        meaning += f" {find_fact(KIT_SCOPE_FACT).value}"
        result = ReadingResult(observation.result.value)
    facts = (KIT_SCOPE_FACT, FALSE_NEGATIVE_FACT)
    step = TraceStep(
        concluded=meaning,
        observations=(observation.id,),
        facts=facts,
        would_change="the nuclei by signal pattern, another counting rule, or RNA sequencing",
    )
    return Reading(
        assay=Assay.FISH,
        kinase=observation.gene,
        result=result,
        meaning=meaning,
        observation_id=observation.id,
        trace=Trace((step,)),
        limits=limits,
    )


def _list_silences(observation: FishTest, rule: FishRule) -> Iterable[str]:
    """Give what the counts leave unsaid, and what the rule was not written for."""
    names = {"isolated_3p": "isolated 3' signals", "isolated_5p": "isolated 5' signals"}
    for pattern in (*rule.counted_patterns, *rule.atypical_patterns):
        if any(isinstance(getattr(count, pattern), Absent) for count in observation.counts):
            yield f"Nuclei with {names[pattern]} were not reported; none are counted."
    if len({count.reader for count in observation.counts}) > 1:
        yield "The nuclei of the readers are added up as different nuclei."
    if observation.gene != rule.gene:
        yield f"The rule was written for {rule.gene} and is applied to {observation.gene} here."


def _read_counts(observation: FishTest, rule: FishRule) -> Reading:
    interpretation = interpret_count(sum_counts(observation.counts), rule)
    limits = (*interpretation.remarks, *_list_silences(observation, rule))
    reported = observation.result
    result = _CALL_RESULTS[interpretation.call]
    if not isinstance(reported, Absent) and reported.value != result.value:
        limits = (
            *limits,
            f"The report calls it {reported.value}; the counts give {result.value} under this "
            "rule.",
        )
    step = interpretation.trace.steps[0]
    trace = Trace(
        (
            TraceStep(
                concluded=step.concluded,
                observations=(observation.id,),
                facts=step.facts,
                is_inferred=step.is_inferred,
                would_change=step.would_change,
            ),
        )
    )
    return Reading(
        assay=Assay.FISH,
        kinase=observation.gene,
        result=result,
        meaning=f"{interpretation.sentence} {find_fact(KIT_SCOPE_FACT).value}",
        observation_id=observation.id,
        trace=trace,
        limits=limits,
        nuclei_to_count=_count_on(interpretation),
    )


def _count_on(interpretation: FishInterpretation) -> int:
    is_open = interpretation.call is FishCall.COUNT_ON
    return interpretation.nuclei_to_count if is_open else 0
