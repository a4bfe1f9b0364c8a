"""What a cell says of the test is no fusion, and denies none."""

from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import TestResult
from spindle.formats.cells.fusions import read_fusion
from spindle.formats.cells.results import read_result
from spindle.formats.cells.stains import read_stains


def read(text: str) -> TestResult | Absent:
    value = read_fusion(text).value
    return value if isinstance(value, Absent) else value.result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("ALK fusion not tested", NOT_DONE),
        ("ALK fusion testing not done", NOT_DONE),
        ("ALK rearrangement not assessed", NOT_DONE),
        ("EML4-ALK not tested", NOT_DONE),
        ("ALK fusion not reported", NOT_REPORTED),
        ("ALK fusion status: not available", NOT_REPORTED),
        ("ALK fusion analysis could not be performed", UNKNOWN),
        ("no fusion could be assessed", UNKNOWN),
        ("no ALK fusion test was done", UNKNOWN),
        ("ALK fusion n/a", UNKNOWN),
        ("ALK fusion ND", UNKNOWN),
        ("ALK fusion unknown", UNKNOWN),
        ("ALK fusion is to be tested", UNKNOWN),
        ("ALK fusion excluded", UNKNOWN),
        ("ALK fusion declined by patient", UNKNOWN),
        ("ALK fusion: failed", TestResult.FAILED),
        ("ALK fusion: insufficient material", TestResult.FAILED),
        ("RNA sequencing failed. No fusion of ALK could be assessed.", TestResult.FAILED),
        ("ALK fusion equivocal", TestResult.EQUIVOCAL),
        ("sequencing failed to detect an ALK fusion", TestResult.NEGATIVE),
        ("ALK fusion could not be detected", TestResult.NEGATIVE),
        ("ALK fusion absent", TestResult.NEGATIVE),
        ("No evidence of ALK fusion", TestResult.NEGATIVE),
        ("No ALK fusion detected", TestResult.NEGATIVE),
        ("ALK fusion: no", TestResult.NEGATIVE),
        ("ALK fusion, partner unknown", TestResult.POSITIVE),
        ("ALK fusion without known partner", TestResult.POSITIVE),
        ("ALK fusion: yes", TestResult.POSITIVE),
        ("ALK rearranged", TestResult.POSITIVE),
    ],
)
def test_words_of_a_test_are_no_fusion_and_deny_none(
    text: str, result: TestResult | Absent
) -> None:
    assert read(text) == result


@pytest.mark.parametrize(
    "text", ["ALK fusion detected, ROS1 not tested", "ALK fusion positive (DNA panel failed)"]
)
def test_a_fusion_beside_words_of_another_test_is_neither_taken_nor_denied(text: str) -> None:
    reading = read_fusion(text)
    assert read(text) == UNKNOWN
    assert "none is denied" in reading.doubts[0].message


@pytest.mark.parametrize(
    "text",
    [
        "ALK fusion not tested; ROS1 fusion detected",
        "EML4-ALK fusion detected; NTRK not tested",
        "ALK fusion detected; ROS1 fusion not tested",
    ],
)
def test_parts_are_read_one_by_one(text: str) -> None:
    reading = read_fusion(text)
    assert read(text) == TestResult.POSITIVE
    assert any("not tested" in doubt.message.lower() for doubt in reading.doubts)


@pytest.mark.parametrize("text", ["ALK fusion n/a", "ALK rearrangement: not applicable"])
def test_an_open_finding_is_no_positive_result(text: str) -> None:
    assert read_result(text).value.result != TestResult.POSITIVE


def test_a_range_of_exons_is_kept_whole() -> None:
    value = read_fusion("CLTC::ALK, CLTC exons 1-31 and ALK exons 20-29").value
    assert not isinstance(value, Absent)
    (call,) = value.calls
    assert (call.exon5, call.exon3) == ("exons 1-31", "exons 20-29")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Positive: SMA, ALK. Negative: S100, desmin.", {"ALK": "positive", "desmin": "negative"}),
        (
            "Negative for S100, CK and ALK. Positive for SMA.",
            {"ALK": "negative", "SMA": "positive"},
        ),
        ("Positive for desmin and SMA. Negative for ALK and S100.", {"ALK": "negative"}),
        ("SMA+, CD34-. ALK positive", {"CD34": "negative", "ALK": "positive"}),
    ],
)
def test_a_full_stop_ends_a_list_of_stains(text: str, expected: dict[str, str]) -> None:
    read = {stain.marker: str(stain.result) for stain in read_stains(text).value}
    assert expected.items() <= read.items()


@pytest.mark.parametrize(
    "text",
    [
        "ALK rearrangement: n.d.",
        "ALK rearrangement not found",
        "ALK rearrangement undetected",
        "Specimen sent for ALK fusion",
        "Unable to assess ALK rearrangement",
        "ALK expression: 0%",
    ],
)
def test_a_finding_beside_words_that_are_not_known_is_no_positive_result(text: str) -> None:
    assert read_result(text).value.result != TestResult.POSITIVE
