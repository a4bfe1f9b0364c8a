from __future__ import annotations

import pytest

from spindle.assays.ihc import interpret_ihc
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import (
    ControlResult,
    Intensity,
    PercentRange,
    Stain,
    StainExtent,
    StainPattern,
    TestResult,
)
from spindle.knowledge.facts import find_fact


def read(**values: object) -> Reading:
    stain = {"id": "i", "marker": "ALK", "result": TestResult.POSITIVE, **values}
    return interpret_ihc(Stain(**stain))  # type: ignore[arg-type]


@pytest.mark.parametrize("result", list(TestResult))
def test_the_result_is_taken_as_reported(result: TestResult) -> None:
    reading = read(result=result)
    assert reading.result == ReadingResult(result.value)
    assert (reading.assay, reading.kinase, reading.observation_id) == (Assay.IHC, "ALK", "i")
    assert "as reported" in reading.meaning


@pytest.mark.parametrize("absence", [NOT_DONE, NOT_REPORTED, UNKNOWN])
def test_absence_stays_absence_and_says_which(absence: Absent) -> None:
    reading = read(result=absence)
    assert reading.result == absence
    assert str(absence) in reading.meaning
    assert reading.limits == ()


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (TestResult.NEGATIVE, ReadingResult.FAILED),
        (TestResult.EQUIVOCAL, ReadingResult.FAILED),
        (TestResult.FAILED, ReadingResult.FAILED),
        (NOT_REPORTED, ReadingResult.FAILED),
        (TestResult.POSITIVE, ReadingResult.POSITIVE),
    ],
)
def test_a_failed_control_undoes_every_result_but_a_positive(
    result: TestResult | Absent, expected: ReadingResult
) -> None:
    reading = read(result=result, internal_control=ControlResult.FAILED)
    assert reading.result is expected
    assert "control" in reading.meaning


def test_a_failed_control_of_a_stain_that_was_not_done_makes_no_result() -> None:
    """Not done and failed never blur, whatever else the row says."""
    reading = read(result=NOT_DONE, internal_control=ControlResult.FAILED)
    assert reading.result == NOT_DONE


@pytest.mark.parametrize("result", [TestResult.NEGATIVE, TestResult.EQUIVOCAL])
def test_a_control_that_worked_or_was_not_reported_changes_nothing(result: TestResult) -> None:
    for control in (ControlResult.WORKED, NOT_REPORTED, UNKNOWN):
        assert read(result=result, internal_control=control).result == ReadingResult(result.value)


@pytest.mark.parametrize("percent", [0.0, 1.0, 10.0, 100.0])
def test_no_percentage_turns_a_call_into_another(percent: float) -> None:
    share = PercentRange(low=percent, high=percent)
    for result in TestResult:
        assert read(result=result, percent_positive=share).result == ReadingResult(result.value)


@pytest.mark.parametrize(
    ("marker", "kinase"), [("ALK", "ALK"), ("ROS1", "ROS1"), ("pan-TRK", "NTRK")]
)
def test_a_marker_asks_about_its_kinase(marker: str, kinase: str) -> None:
    assert read(marker=marker).kinase == kinase


def test_a_positive_stain_shows_no_fusion_and_names_its_limits() -> None:
    reading = read()
    assert "shows no fusion" in reading.meaning
    assert find_fact("ihc.alk.not-specific").statement in reading.limits
    assert find_fact("ihc.alk.fish-discordance").statement in reading.limits


def test_a_negative_stain_says_that_it_is_not_the_end() -> None:
    reading = read(result=TestResult.NEGATIVE)
    assert find_fact("ihc.alk.negative-is-not-the-end").statement in reading.limits
    assert "8 of 11" in " ".join(reading.limits)


@pytest.mark.parametrize("marker", ["ROS1", "pan-TRK"])
def test_facts_about_the_alk_stain_are_not_used_for_another(marker: str) -> None:
    for result in TestResult:
        reading = read(marker=marker, result=result)
        assert reading.limits == ()
        assert reading.trace.facts == ()


def test_details_are_kept_in_words() -> None:
    reading = read(
        clone="D5F3",
        intensity=Intensity.STRONG,
        extent=StainExtent.DIFFUSE,
        pattern=StainPattern.NUCLEAR_MEMBRANE,
    )
    for words in ("clone D5F3", "intensity strong", "extent diffuse", "pattern nuclear membrane"):
        assert words in reading.meaning


def test_every_limit_of_a_reading_is_a_fact_in_its_trace() -> None:
    for result in TestResult:
        reading = read(result=result)
        facts = [find_fact(fact).statement for fact in reading.trace.facts]
        assert sorted(facts) == sorted(reading.limits)
