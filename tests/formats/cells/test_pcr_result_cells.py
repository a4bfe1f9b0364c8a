from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_DONE, UNKNOWN
from spindle.cases.observations import TestResult
from spindle.formats.cells.pcr_results import read_pcr_result


@pytest.mark.parametrize("text", ["TPM3-ALK", "TPM3::ALK", "EML4-ALK", "(TPM3-ALK)"])
def test_the_name_of_a_fusion_is_a_positive_result(text: str) -> None:
    reading = read_pcr_result(text, "ALK")
    assert (reading.value.result, reading.value.gene) == (TestResult.POSITIVE, "ALK")
    assert reading.doubts == ()


@pytest.mark.parametrize("text", ["no TPM3-ALK", "TPM3-ALK negative", "no ALK fusion", "negative"])
def test_a_denied_fusion_is_a_negative_result(text: str) -> None:
    reading = read_pcr_result(text, "ALK")
    assert reading.value.result is TestResult.NEGATIVE
    assert reading.doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "ETV6-NTRK3",
        "ALK",
        "?TPM3-ALK",
        "possible TPM3-ALK",
        "TPM3-ALK, ATIC-ALK",
        "TPM3-ALK tested",
    ],
)
def test_other_names_leave_the_result_unknown(text: str) -> None:
    reading = read_pcr_result(text, "ALK")
    assert reading.value.result == UNKNOWN
    assert [doubt.slug for doubt in reading.doubts] == ["result-unreadable"]


def test_words_of_any_test_are_read() -> None:
    assert read_pcr_result("TPM3-ALK not done", "ALK").value.result == NOT_DONE
    assert read_pcr_result("ETV6-NTRK3", "NTRK3").value.result is TestResult.POSITIVE
