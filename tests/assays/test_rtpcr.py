from __future__ import annotations

import pytest

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.assays.rtpcr import COVERAGE_FACT, interpret_rtpcr
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import PcrTest, TestResult


def read(**values: object) -> Reading:
    return interpret_rtpcr(PcrTest(**{"id": "p", "gene": "ALK", **values}))  # type: ignore[arg-type]


@pytest.mark.parametrize("result", list(TestResult))
def test_the_result_is_taken_as_reported(result: TestResult) -> None:
    reading = read(result=result)
    assert reading.result == ReadingResult(result.value)
    assert (reading.assay, reading.kinase, reading.observation_id) == (Assay.RT_PCR, "ALK", "p")


@pytest.mark.parametrize("kit", ["AmoyDx human ALK kit", "in-house", NOT_REPORTED])
@pytest.mark.parametrize("covered", [("EML4::ALK",), ("EML4::ALK", "TPM3::ALK"), NOT_REPORTED])
def test_a_negative_is_never_no_fusion(kit: object, covered: object) -> None:
    reading = read(result=TestResult.NEGATIVE, kit=kit, covered_fusions=covered)
    said = f"{reading.meaning} {' '.join(reading.limits)}".lower()
    assert "that the kit covers" in reading.meaning
    assert "no fusion was found" not in said
    assert "no alk fusion was found" not in said


def test_coverage_is_named_where_it_is_reported_and_said_to_be_missing_where_not() -> None:
    told = read(result=TestResult.NEGATIVE, covered_fusions=("EML4::ALK", "TPM3::ALK"))
    assert "EML4::ALK, TPM3::ALK" in told.limits[0]
    silent = read(result=TestResult.NEGATIVE)
    assert "not reported" in silent.limits[0]


def test_the_kit_of_the_published_series_brings_its_fact() -> None:
    assert read(result=TestResult.NEGATIVE, kit="AmoyDx").trace.facts == (COVERAGE_FACT,)
    assert read(result=TestResult.NEGATIVE, kit="AMOYDX fusion kit").trace.facts == (COVERAGE_FACT,)
    assert read(result=TestResult.NEGATIVE, kit="another").trace.facts == ()


@pytest.mark.parametrize("absence", [NOT_DONE, NOT_REPORTED, UNKNOWN])
def test_absence_stays_absence(absence: Absent) -> None:
    reading = read(result=absence)
    assert reading.result == absence
    assert str(absence) in reading.meaning


@pytest.mark.parametrize(
    ("fusion", "partner"),
    [
        ("EML4::ALK", "EML4"),
        ("EML4-ALK", "EML4"),
        ("TPM3::ALK", "TPM3"),
        ("ALK", NOT_REPORTED),
        ("HLA-A::ALK", NOT_REPORTED),
        (NOT_REPORTED, NOT_REPORTED),
    ],
)
def test_the_partner_is_taken_from_the_name_and_never_guessed(
    fusion: object, partner: object
) -> None:
    assert read(result=TestResult.POSITIVE, detected_fusion=fusion).partner == partner


def test_a_positive_without_a_partner_says_so() -> None:
    assert "partner was not reported" in read(result=TestResult.POSITIVE).meaning


def test_a_named_fusion_is_not_lost_when_no_result_stands_beside_it() -> None:
    """A report that names the fusion and leaves out the word positive still names the fusion."""
    reading = read(detected_fusion="EML4::ALK")
    assert reading.result is ReadingResult.POSITIVE or "EML4::ALK" in reading.meaning


def test_a_named_fusion_beside_a_negative_result_is_said_to_contradict_it() -> None:
    reading = read(result=TestResult.NEGATIVE, detected_fusion="EML4::ALK")
    assert "EML4::ALK" in f"{reading.meaning} {' '.join(reading.limits)}"


def test_rt_pcr_never_tells_whether_a_fusion_is_productive() -> None:
    for result in TestResult:
        assert read(result=result).is_productive == NOT_REPORTED
