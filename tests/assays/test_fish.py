from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.fish import (
    FishCall,
    FishInterpretation,
    NucleiCount,
    compare_rules,
    interpret_count,
    interpret_fish,
    sum_counts,
)
from spindle.assays.readings import Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import FishCount, FishTest, TestResult
from spindle.errors import UserError
from spindle.knowledge.facts import find_fact
from spindle.knowledge.fish_rules import find_fish_rule, load_fish_rules

ZHAO, VYSIS, IASLC = "zhao-2025", "vysis-two-step", "iaslc-2013"
ORDER = {FishCall.NEGATIVE: 0, FishCall.ATYPICAL: 1, FishCall.COUNT_ON: 2, FishCall.POSITIVE: 3}


def read(rule: str, scored: int, split: int, **others: int) -> FishInterpretation:
    return interpret_count(NucleiCount(scored=scored, split=split, **others), find_fish_rule(rule))


@st.composite
def nuclei(draw: st.DrawFn, low: int = 0, high: int = 250) -> NucleiCount:
    scored = draw(st.integers(low, high))
    split = draw(st.integers(0, scored))
    isolated_3p = draw(st.integers(0, scored - split))
    isolated_5p = draw(st.integers(0, scored - split - isolated_3p))
    readers = draw(st.integers(1, 3))
    return NucleiCount(scored, split, isolated_3p, isolated_5p, readers)


# Boundaries: rule, nuclei scored, split, call, nuclei still to count, inferred. -----------------


@pytest.mark.parametrize(
    ("rule", "scored", "split", "call", "to_count", "is_inferred"),
    [
        (ZHAO, 0, 0, "not_assessable", 50, False),
        (ZHAO, 49, 49, "not_assessable", 1, False),
        (ZHAO, 50, 0, "negative", 0, True),
        (ZHAO, 50, 4, "negative", 0, True),
        (ZHAO, 50, 5, "count_on", 50, False),
        (ZHAO, 50, 12, "count_on", 50, False),
        (ZHAO, 50, 25, "count_on", 50, False),
        (ZHAO, 50, 26, "positive", 0, False),
        (ZHAO, 50, 50, "positive", 0, False),
        (ZHAO, 51, 0, "count_on", 49, True),
        (ZHAO, 60, 30, "count_on", 40, True),
        (ZHAO, 99, 99, "count_on", 1, True),
        (ZHAO, 100, 0, "negative", 0, True),
        (ZHAO, 100, 15, "negative", 0, True),
        (ZHAO, 100, 16, "positive", 0, False),
        (ZHAO, 200, 30, "negative", 0, True),
        (ZHAO, 200, 31, "positive", 0, True),
        (VYSIS, 49, 20, "not_assessable", 1, False),
        (VYSIS, 50, 0, "count_on", 50, True),
        (VYSIS, 50, 26, "count_on", 50, True),
        (VYSIS, 50, 50, "count_on", 50, True),
        (VYSIS, 51, 51, "count_on", 49, True),
        (VYSIS, 99, 0, "count_on", 1, True),
        (VYSIS, 100, 14, "negative", 0, True),
        (VYSIS, 100, 15, "positive", 0, False),
        (VYSIS, 100, 16, "positive", 0, False),
        (IASLC, 49, 20, "not_assessable", 1, False),
        (IASLC, 50, 7, "negative", 0, True),
        (IASLC, 50, 8, "positive", 0, False),
        (IASLC, 60, 8, "negative", 0, True),
        (IASLC, 60, 9, "positive", 0, False),
        (IASLC, 100, 14, "negative", 0, True),
        (IASLC, 100, 15, "positive", 0, False),
    ],
)
def test_boundaries(
    rule: str, scored: int, split: int, call: str, to_count: int, is_inferred: bool
) -> None:
    reading = read(rule, scored, split)
    assert (reading.call.value, reading.nuclei_to_count) == (call, to_count)
    assert reading.is_inferred is is_inferred
    assert reading.nuclei_counted == split


def test_a_negative_that_the_source_leaves_unsaid_is_marked_and_said() -> None:
    reading = read(ZHAO, 50, 4)
    assert reading.trace.steps[0].is_inferred
    assert any(
        remark.startswith("Inferred, not written in the source") for remark in reading.remarks
    )


def test_every_reading_says_that_the_kits_are_validated_for_lung_cancer() -> None:
    for scored, split in [(0, 0), (49, 3), (50, 4), (50, 5), (50, 26), (60, 9), (100, 16)]:
        for reading in compare_rules(NucleiCount(scored, split)):
            said = " ".join(reading.remarks)
            assert "lung cancer" in said
            assert "IMT" in said


# Patterns ---------------------------------------------------------------------------------------


def test_the_atlas_worked_example_is_27_of_50() -> None:
    reading = read(IASLC, 50, 22, isolated_3p=5)
    assert (reading.call, reading.nuclei_counted) == (FishCall.POSITIVE, 27)
    assert reading.share == pytest.approx(0.54)


def test_isolated_3p_counts_under_the_atlas_and_not_under_zhao() -> None:
    assert read(IASLC, 50, 3, isolated_3p=5).call is FishCall.POSITIVE
    zhao = read(ZHAO, 50, 3, isolated_3p=30)
    assert zhao.call is FishCall.NEGATIVE
    assert any("Isolated 3' signals in 30 nuclei are not counted" in r for r in zhao.remarks)


@pytest.mark.parametrize(
    ("split", "isolated_5p", "call"),
    [
        (0, 8, "atypical"),
        (0, 50, "atypical"),
        (3, 5, "atypical"),
        (7, 1, "atypical"),
        (0, 7, "atypical"),
        (0, 1, "atypical"),
        (0, 0, "negative"),
        (8, 20, "positive"),
        (7, 0, "negative"),
    ],
)
def test_isolated_5p_alone_is_atypical_under_the_atlas(
    split: int, isolated_5p: int, call: str
) -> None:
    reading = read(IASLC, 50, split, isolated_5p=isolated_5p)
    assert reading.call.value == call
    assert (reading.nuclei_counted, reading.nuclei_to_count) == (split, 0)


def test_an_atypical_pattern_suggests_rna_sequencing_and_is_marked_as_inferred() -> None:
    reading = read(IASLC, 50, 0, isolated_5p=20)
    assert "RNA sequencing" in reading.sentence
    assert "not negative" in reading.sentence
    assert reading.is_inferred


def test_a_few_isolated_5p_signals_are_named_even_when_the_call_is_negative() -> None:
    for rule, call in ((ZHAO, FishCall.NEGATIVE), (IASLC, FishCall.ATYPICAL)):
        reading = read(rule, 100, 2, isolated_5p=3)
        assert reading.call is call
        assert any("Isolated 5' signals in 3 nuclei" in remark for remark in reading.remarks)


# Readers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scored", "readers", "call", "to_count"),
    [
        (60, 1, "positive", 0),
        (60, 2, "not_assessable", 40),
        (99, 2, "not_assessable", 1),
        (100, 2, "positive", 0),
        (100, 3, "positive", 0),
    ],
)
def test_two_readers_need_100_nuclei_under_the_atlas(
    scored: int, readers: int, call: str, to_count: int
) -> None:
    reading = read(IASLC, scored, 30, readers=readers)
    assert (reading.call.value, reading.nuclei_to_count) == (call, to_count)


def test_the_number_of_readers_changes_nothing_under_zhao() -> None:
    assert [read(ZHAO, 50, 26, readers=n).call for n in (1, 2, 3)] == [FishCall.POSITIVE] * 3


# Rules beside each other ------------------------------------------------------------------------


def test_12_of_50_is_where_the_rules_disagree() -> None:
    calls = {r.rule.id: r.call.value for r in compare_rules(NucleiCount(50, 12))}
    assert calls == {ZHAO: "count_on", VYSIS: "count_on", IASLC: "positive"}


def test_15_of_100_is_where_zhao_and_the_kit_disagree() -> None:
    calls = {r.rule.id: r.call.value for r in compare_rules(NucleiCount(100, 15))}
    assert calls == {ZHAO: "negative", VYSIS: "positive", IASLC: "positive"}


@given(st.integers(0, 100))
def test_at_100_nuclei_what_a_stricter_rule_calls_positive_the_others_call_too(split: int) -> None:
    zhao, vysis, iaslc = (read(rule, 100, split).call for rule in (ZHAO, VYSIS, IASLC))
    assert ORDER[zhao] <= ORDER[vysis] <= ORDER[iaslc]


# Properties of every rule -----------------------------------------------------------------------


@given(nuclei())
def test_every_rule_gives_a_call_for_every_count(count: NucleiCount) -> None:
    for reading in compare_rules(count):
        assert isinstance(reading.call, FishCall)
        assert (reading.nuclei_to_count > 0) == (
            reading.call in (FishCall.COUNT_ON, FishCall.NOT_ASSESSABLE)
        )


@given(nuclei(high=49))
def test_under_50_nuclei_no_rule_decides(count: NucleiCount) -> None:
    assert {reading.call for reading in compare_rules(count)} == {FishCall.NOT_ASSESSABLE}


@given(nuclei(low=51, high=99))
def test_from_51_to_99_a_two_step_rule_counts_on_to_100(count: NucleiCount) -> None:
    for rule in (ZHAO, VYSIS):
        reading = interpret_count(count, find_fish_rule(rule))
        assert reading.call is FishCall.COUNT_ON
        assert reading.nuclei_to_count == 100 - count.scored


@given(nuclei(low=100))
def test_from_100_nuclei_no_rule_asks_for_more(count: NucleiCount) -> None:
    for reading in compare_rules(count):
        assert reading.call in (FishCall.POSITIVE, FishCall.NEGATIVE, FishCall.ATYPICAL)


@given(nuclei(low=50), st.sampled_from([ZHAO, VYSIS, IASLC]))
def test_one_more_split_nucleus_never_weakens_a_call(count: NucleiCount, rule: str) -> None:
    if count.split + count.isolated_3p + count.isolated_5p == count.scored:
        return
    more = NucleiCount(
        count.scored, count.split + 1, count.isolated_3p, count.isolated_5p, count.readers
    )
    before, after = (interpret_count(c, find_fish_rule(rule)).call for c in (count, more))
    if FishCall.NOT_ASSESSABLE in (before, after):
        assert before is after
    else:
        assert ORDER[before] <= ORDER[after]


@given(nuclei())
def test_the_interval_holds_the_share(count: NucleiCount) -> None:
    for reading in compare_rules(count):
        interval = reading.share_interval
        if count.scored == 0:
            assert interval is None
            assert reading.share == 0
        else:
            assert interval is not None
            assert interval[0] <= reading.share <= interval[1]


@given(nuclei())
def test_every_fact_that_a_reading_names_exists(count: NucleiCount) -> None:
    for reading in compare_rules(count):
        assert reading.trace.facts
        assert all(find_fact(fact).id == fact for fact in reading.trace.facts)


# Counts that can't be ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "numbers",
    [
        {"scored": -1, "split": 0},
        {"scored": 50, "split": -1},
        {"scored": 50, "split": 51},
        {"scored": 50, "split": 20, "isolated_3p": 20, "isolated_5p": 11},
        {"scored": 50, "split": 5, "isolated_3p": -1},
        {"scored": 50, "split": 5, "isolated_5p": -1},
        {"scored": 50, "split": 5, "readers": 0},
    ],
)
def test_counts_that_cannot_be_are_refused(numbers: dict[str, int]) -> None:
    with pytest.raises(UserError) as caught:
        NucleiCount(**numbers)
    assert caught.value.slug == "fish-count-invalid"


@pytest.mark.parametrize(
    "counts",
    [
        # Each pair adds up to something that could be; one of the two readers' counts could not.
        (FishCount(nuclei_scored=50, split=60), FishCount(nuclei_scored=50, split=0)),
        (FishCount(nuclei_scored=50, split=-5), FishCount(nuclei_scored=50, split=10)),
        (FishCount(nuclei_scored=-50, split=0), FishCount(nuclei_scored=100, split=10)),
        (
            FishCount(nuclei_scored=50, split=30, isolated_3p=25),
            FishCount(nuclei_scored=50, split=0, isolated_3p=0),
        ),
        # Only fused signals and separated ones exclude each other in one nucleus.
        (FishCount(nuclei_scored=50, split=12, fused=50),),
    ],
    ids=["reader above nuclei", "below zero", "nuclei below zero", "patterns above", "fused"],
)
def test_each_reader_and_stage_is_checked_on_its_own(counts: tuple[FishCount, ...]) -> None:
    with pytest.raises(UserError) as caught:
        interpret_fish(FishTest(id="f", gene="ALK", counts=counts))
    assert caught.value.slug == "fish-count-invalid"


def test_an_unknown_rule_lists_the_ids() -> None:
    with pytest.raises(UserError) as caught:
        interpret_fish(
            FishTest(id="f", gene="ALK", counts=(FishCount(nuclei_scored=50, split=3),)),
            rule_id="zhao",
        )
    assert caught.value.slug == "fish-rule-unknown"
    assert all(rule in str(caught.value) for rule in load_fish_rules())


# From the observation to the reading ------------------------------------------------------------


def test_readers_and_stages_are_added_up() -> None:
    counts = (
        FishCount(nuclei_scored=50, split=12, isolated_3p=2, reader="A", stage=1),
        FishCount(nuclei_scored=50, split=9, isolated_5p=1, reader="A", stage=2),
    )
    assert sum_counts(counts) == NucleiCount(100, 21, 2, 1, readers=1)
    both = (
        FishCount(nuclei_scored=50, split=10, reader="A"),
        FishCount(nuclei_scored=50, split=6, reader="B"),
    )
    assert sum_counts(both) == NucleiCount(100, 16, readers=2)


def test_the_second_stage_decides_on_all_nuclei_together() -> None:
    stages = (
        FishCount(nuclei_scored=50, split=12, stage=1),
        FishCount(nuclei_scored=50, split=3, stage=2),
    )
    test = FishTest(id="f", gene="ALK", counts=stages)
    assert interpret_fish(test).result is ReadingResult.NEGATIVE
    assert interpret_fish(test, rule_id=VYSIS).result is ReadingResult.POSITIVE


def read_test(**values: object) -> Reading:
    rule = str(values.pop("rule_id", ZHAO))
    return interpret_fish(FishTest(id="f", gene="ALK", **values), rule_id=rule)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "result"),
    [
        (FishCount(nuclei_scored=50, split=26), ReadingResult.POSITIVE),
        (FishCount(nuclei_scored=50, split=4), ReadingResult.NEGATIVE),
        (FishCount(nuclei_scored=50, split=12), ReadingResult.EQUIVOCAL),
        (FishCount(nuclei_scored=60, split=20), ReadingResult.EQUIVOCAL),
        (FishCount(nuclei_scored=49, split=30), ReadingResult.FAILED),
    ],
)
def test_a_call_becomes_a_result(count: FishCount, result: ReadingResult) -> None:
    assert read_test(counts=(count,)).result is result


def test_counts_decide_over_the_reported_result_and_say_so() -> None:
    reading = read_test(
        result=TestResult.POSITIVE, counts=(FishCount(nuclei_scored=100, split=15),)
    )
    assert reading.result is ReadingResult.NEGATIVE
    assert any("The report calls it positive" in limit for limit in reading.limits)


def test_a_pattern_that_counts_and_was_not_reported_is_said_beside_a_negative() -> None:
    """Not reported is not zero: isolated 3' signals count under the atlas."""
    silent = read_test(rule_id=IASLC, counts=(FishCount(nuclei_scored=50, split=5),))
    told = read_test(rule_id=IASLC, counts=(FishCount(nuclei_scored=50, split=5, isolated_3p=0),))
    assert silent.result is told.result is ReadingResult.NEGATIVE
    assert silent.limits != told.limits
    assert any("3'" in limit and "not reported" in limit for limit in silent.limits)


def test_a_probe_of_another_gene_is_not_read_by_an_alk_rule_in_silence() -> None:
    test = FishTest(id="f", gene="ROS1", counts=(FishCount(nuclei_scored=50, split=30),))
    reading = interpret_fish(test)
    assert reading.kinase == "ROS1"
    assert any("ALK" in limit and "ROS1" in limit for limit in reading.limits)


@pytest.mark.parametrize("result", list(TestResult))
def test_a_result_without_counts_is_taken_as_reported(result: TestResult) -> None:
    reading = read_test(result=result)
    assert reading.result == ReadingResult(result.value)
    assert "no counting rule was applied" in reading.meaning
    assert any("lung cancer" in limit for limit in reading.limits)
    assert reading.trace.steps[0].observations == ("f",)


@pytest.mark.parametrize("absence", [NOT_DONE, NOT_REPORTED, UNKNOWN])
def test_absence_stays_absence(absence: Absent) -> None:
    reading = read_test(result=absence)
    assert reading.result == absence
    assert str(absence) in reading.meaning


def test_a_reading_does_not_name_the_tumour_benign_or_the_drug() -> None:
    said = " ".join((read_test(result=TestResult.POSITIVE).meaning, read(ZHAO, 50, 26).sentence))
    assert not any(word in said.lower() for word in ("benign", "crizotinib", "must", "give "))


def test_isolated_signals_that_the_kit_is_silent_on_are_atypical_and_not_negative() -> None:
    assert read(VYSIS, 100, 0, isolated_3p=60).call is FishCall.ATYPICAL
    assert read(VYSIS, 100, 0, isolated_3p=14).call is FishCall.NEGATIVE
    assert read(VYSIS, 100, 15, isolated_3p=60).call is FishCall.POSITIVE


def test_what_is_left_to_count_is_proposed_first() -> None:
    counts = (FishCount(nuclei_scored=50, split=12),)
    assert read_test(counts=counts).nuclei_to_count == 50
    assert read_test(counts=(FishCount(nuclei_scored=50, split=30),)).nuclei_to_count == 0
