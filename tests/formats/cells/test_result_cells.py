from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import (
    ControlResult,
    Intensity,
    PercentRange,
    StainExtent,
    StainPattern,
    TestResult,
)
from spindle.formats.cells.results import read_result


@pytest.mark.parametrize(
    "text",
    [
        "Positive",
        "pos",
        "+",
        "(+)",
        "++",
        "3+",
        "阳性",
        "ALK+",
        "ALK(+)",
        "ALK-1 diffusely positive",
        "ALK1-positive",
        "ALK1 overexpressed",
        "cytoplasmic expression",
        "ALK rearrangement positive",
        "ALK rearrangement, 2p23 positive",
        "rearranged",
        "positive (stated with fusion)",
        "positive (1+)",
        "weakly positive",
        "5-10% positive",
        "+ (focal)",
    ],
)
def test_positive(text: str) -> None:
    reading = read_result(text)
    assert (reading.value.result, reading.doubts) == (TestResult.POSITIVE, ())


@pytest.mark.parametrize(
    "text",
    [
        "negative",
        "neg",
        "–ve",
        "(-)",
        "(–)",
        "阴性",
        "ALK(-)",
        "ALK-",
        "ALK (2p23) negative",
        "ALK 1 negative",
        "negative (page title)",
        "not positive",
        "no rearrangement",
        "No ALK gene rearrangement",
        "ALK rearrangement not detected",
        "no ALK rearrangement was detected",
        "negative for rearrangement",
        "failed to show a rearrangement",
        "expression absent",
        "non-reactive",
    ],
)
def test_negative(text: str) -> None:
    reading = read_result(text)
    assert (reading.value.result, reading.doubts) == (TestResult.NEGATIVE, ())


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("equivocal", TestResult.EQUIVOCAL),
        ("+/-", TestResult.EQUIVOCAL),
        ("±", TestResult.EQUIVOCAL),
        ("inconclusive", TestResult.EQUIVOCAL),
        ("failed", TestResult.FAILED),
        ("insufficient tissue", TestResult.FAILED),
        ("not evaluable", TestResult.FAILED),
        ("no signals", TestResult.FAILED),
        ("not done", NOT_DONE),
        ("n.d.", NOT_DONE),
        ("FISH not performed", NOT_DONE),
        ("not done (insufficient tissue)", NOT_DONE),
        ("NA", NOT_REPORTED),
        ("/", NOT_REPORTED),
        ("ALK not reported", NOT_REPORTED),
        ("unknown", UNKNOWN),
        ("?", UNKNOWN),
    ],
)
def test_the_other_results_and_absences_never_blur(text: str, result: object) -> None:
    reading = read_result(text)
    assert (reading.value.result, reading.doubts) == (result, ())


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("-", "result-unreadable"),
        ("–", "result-unreadable"),
        ("1+", "result-unreadable"),
        ("ALK 1+", "result-unreadable"),
        ("1+ focal", "result-unreadable"),
        ("1+ staining", "result-unreadable"),
        ("1-2+", "result-unreadable"),
        ("0", "result-unreadable"),
        ("yes", "result-unreadable"),
        ("no", "result-unreadable"),
        ("24%", "result-unreadable"),
        ("3/5", "result-unreadable"),
        ("12/2015", "result-unreadable"),
        ("nonspecific staining", "result-unreadable"),
        ("non-specific cytoplasmic staining", "result-unreadable"),
        ("background staining only", "result-unreadable"),
        ("focal background staining", "result-unreadable"),
        ("membranous staining, nonspecific", "result-unreadable"),
        ("artefact", "result-unreadable"),
        ("staining artifact", "result-unreadable"),
        ("positive (background)", "result-unreadable"),
        ("no background staining", "result-unreadable"),
        ("12/50, 20/50", "result-unreadable"),
        ("isolated 3' signals 20/50", "result-unreadable"),
        ("weak", "result-unreadable"),
        ("fused signals", "result-unreadable"),
        ("possibly positive", "result-unreadable"),
        ("positive?", "result-unreadable"),
        ("pending", "result-unreadable"),
        ("not clearly positive", "result-unreadable"),
        ("not negative", "result-unreadable"),
        ("rearrangement status unknown", "result-unreadable"),
        ("positive/negative", "result-conflict"),
        ("ALK negative, ROS1 positive", "result-conflict"),
        ("IHC: positive; FISH: negative", "result-conflict"),
        ("not done but positive", "result-conflict"),
        ("ALK gene rearrangement (method not stated in abstract)", "method-not-stated"),
        ("ALK rearrangement (method not in abstract)", "method-not-stated"),
    ],
)
def test_what_says_no_single_result_is_unknown_and_noted(text: str, slug: str) -> None:
    reading = read_result(text)
    assert reading.value.result == UNKNOWN
    assert [doubt.slug for doubt in reading.doubts] == [slug]


@pytest.mark.parametrize(
    ("text", "split", "scored"), [("12/50", 12, 50), ("0 of 100", 0, 100), ("12/50 (24%)", 12, 50)]
)
def test_a_count_of_nuclei_is_no_result(text: str, split: int, scored: int) -> None:
    reading = read_result(text)
    (count,) = reading.value.counts
    assert (count.split, count.nuclei_scored) == (split, scored)
    assert (reading.value.result, reading.doubts) == (NOT_REPORTED, ())


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("negative, background staining only", TestResult.NEGATIVE),
        ("no specific staining, background only", TestResult.NEGATIVE),
        ("positive, no background staining", TestResult.POSITIVE),
    ],
)
def test_background_beside_a_result_leaves_the_result(text: str, result: TestResult) -> None:
    assert (read_result(text).value.result, read_result(text).doubts) == (result, ())


def test_a_count_beside_a_result_keeps_both() -> None:
    read = read_result("positive 12/50").value
    assert (read.result, read.counts[0].split) == (TestResult.POSITIVE, 12)


@pytest.mark.parametrize("text", ["focal", "cytoplasmic", "diffuse strong"])
def test_a_description_of_staining_is_positive_with_a_note(text: str) -> None:
    reading = read_result(text)
    assert reading.value.result is TestResult.POSITIVE
    assert [doubt.slug for doubt in reading.doubts] == ["result-unreadable"]


def test_a_statement_about_a_group_is_kept_and_noted() -> None:
    reading = read_result("positive (stated for the 3 cases together)")
    assert reading.value.result is TestResult.POSITIVE
    assert [doubt.slug for doubt in reading.doubts] == ["pooled-statement"]


def test_the_range_of_a_group_is_no_range_of_one_patient() -> None:
    assert read_result("positive in 20-40% (3 cases)").value.percent == UNKNOWN
    assert read_result("positive in 20-40%").value.percent == PercentRange(low=20, high=40)


@pytest.mark.parametrize(
    ("text", "clone"),
    [
        ("ALK (D5F3) +", "D5F3"),
        ("ALK-1 negative", "ALK1"),
        ("ALK 1 negative", "ALK1"),
        ("positive, clone 5A4", "5A4"),
        ("ALK1 rearrangement positive", NOT_REPORTED),
        ("ALK positive", NOT_REPORTED),
        ("ALK 1+", NOT_REPORTED),
    ],
)
def test_the_clone_where_the_cell_names_it(text: str, clone: str | Absent) -> None:
    assert read_result(text).value.clone == clone


def test_pattern_extent_and_intensity() -> None:
    read = read_result("diffuse strong granular cytoplasmic staining").value
    assert read.pattern is StainPattern.GRANULAR_CYTOPLASMIC
    assert read.extent is StainExtent.DIFFUSE
    assert read.intensity is Intensity.STRONG
    assert read_result("nuclear membrane positive").value.pattern is StainPattern.NUCLEAR_MEMBRANE
    assert read_result("positive (no nuclear staining)").value.pattern == NOT_REPORTED
    assert read_result("moderate to strong positive").value.intensity == NOT_REPORTED


def test_a_control_says_nothing_of_the_result() -> None:
    failed = read_result("negative (control failed)").value
    assert (failed.result, failed.internal_control) == (TestResult.NEGATIVE, ControlResult.FAILED)
    worked = read_result("negative (positive control worked)").value
    assert (worked.result, worked.internal_control) == (TestResult.NEGATIVE, ControlResult.WORKED)


def test_gene_and_method_are_given_for_the_column_to_check() -> None:
    assert read_result("EML4-ALK fusion detected").value.gene == "ALK"
    assert read_result("positive by IHC").value.methods == ("ihc",)


@pytest.mark.parametrize("text", ["60 nuclei, 8 split", "60 nuclei/8 split", "60 nuclei: 8 split"])
def test_counts_in_words(text: str) -> None:
    reading = read_result(text)
    assert [(c.nuclei_scored, c.split) for c in reading.value.counts] == [(60, 8)]
    assert reading.value.result == NOT_REPORTED
    assert reading.doubts == ()


@pytest.mark.parametrize(
    "text", ["60 nuclei, 80 split", "10 nuclei, 8 split", "60 nuclei, 8 isolated red"]
)
def test_no_counts_of_what_cannot_be_or_is_another_signal(text: str) -> None:
    assert read_result(text).value.counts == ()


@pytest.mark.parametrize("text", ["QNS", "quantity not sufficient", "QNS (tissue exhausted)"])
def test_too_little_material_is_a_failed_test(text: str) -> None:
    assert read_result(text).value.result is TestResult.FAILED


@pytest.mark.parametrize(
    ("text", "intensity"),
    [
        ("1+", Intensity.WEAK),
        ("2+", Intensity.MODERATE),
        ("3+", Intensity.STRONG),
        ("2+ diffuse cytoplasmic", Intensity.MODERATE),
        ("positive (1+)", Intensity.WEAK),
        ("2+/3+", NOT_REPORTED),
        ("4+", NOT_REPORTED),
        ("weak 2+", NOT_REPORTED),
        ("negative (control 3+)", NOT_REPORTED),
    ],
)
def test_a_grade_is_a_strength(text: str, intensity: object) -> None:
    assert read_result(text).value.intensity == intensity


def test_a_sign_behind_a_name_that_ends_in_a_number_is_the_result() -> None:
    assert read_result("ALK-1+").value.result is TestResult.POSITIVE
