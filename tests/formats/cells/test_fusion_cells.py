from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import FusionTest, SequencingMethod, TestResult
from spindle.formats.cells.fusions import read_fusion


def read_test(text: str) -> FusionTest:
    test = read_fusion(text).value
    assert not isinstance(test, Absent)
    return test


@pytest.mark.parametrize(
    ("text", "gene5", "gene3", "slugs"),
    [
        ("TFG-ROS1 (NGS)", "TFG", "ROS1", []),
        ("TFG-ROS-1 (NGS)", "TFG", "ROS1", ["fusion-name-repaired"]),
        ("RANBP2-ALK", "RANBP2", "ALK", []),
        ("FN1–ALK", "FN1", "ALK", []),
        ("EML4::ALK", "EML4", "ALK", []),
        ("TPM3/ALK", "TPM3", "ALK", []),
        ("BRNBP2-ALK", "RANBP2", "ALK", ["fusion-name-repaired"]),
        ("ETV 6-NTRK 3", "ETV6", "NTRK3", ["fusion-name-repaired"] * 2),
        ("ALK-THBS1 (printed ALK first; RNA-seq)", "THBS1", "ALK", ["fusion-name-repaired"]),
        ("ALK::SYN3", "ALK", "SYN3", ["fusion-name-repaired"] * 2),
        ("ML4-ALK", "ML4", "ALK", ["fusion-name-repaired"]),
    ],
)
def test_a_fusion_with_both_genes(text: str, gene5: str, gene3: str, slugs: list[str]) -> None:
    test = read_test(text)
    assert [(call.gene5, call.gene3, call.words) for call in test.calls] == [(gene5, gene3, text)]
    assert test.result is TestResult.POSITIVE
    assert [doubt.slug for doubt in read_fusion(text).doubts] == slugs


def test_frame_and_kinase_domain_are_never_read_from_a_name() -> None:
    (call,) = read_test("EML4::ALK").calls
    assert (call.frame, call.kinase_domain) == (NOT_REPORTED, NOT_REPORTED)


@pytest.mark.parametrize(
    ("text", "gene3", "slugs"),
    [
        ("ROS1 kinase fusion (partner not in abstract)", "ROS1", []),
        ("ALK-1 rearranged", "ALK", []),
        (
            "ALK rearranged with multiple partner fusion genes (partners not in abstract)",
            "ALK",
            ["fusion-unreadable"],
        ),
    ],
)
def test_a_fusion_without_a_partner(text: str, gene3: str, slugs: list[str]) -> None:
    (call,) = read_test(text).calls
    assert (call.gene5, call.gene3) == (UNKNOWN, gene3)
    assert [doubt.slug for doubt in read_fusion(text).doubts] == slugs


@pytest.mark.parametrize(
    "text",
    ["negative", "no fusion detected", "no EML4-ALK", "EML4-ALK negative", "negative for EML4-ALK"],
)
def test_a_fusion_that_is_denied_is_no_call(text: str) -> None:
    test = read_test(text)
    assert (test.result, test.calls) == (TestResult.NEGATIVE, ())


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("DNA NGS: TFG-ROS1; RNA negative", "result-conflict"),
        ("possible TFG-ROS1", "fusion-unreadable"),
        ("in-frame", "fusion-unreadable"),
        ("-", "fusion-unreadable"),
        ("ALK rearrangement (method not stated)", "method-not-stated"),
    ],
)
def test_what_names_no_sure_fusion_is_unknown_and_noted(text: str, slug: str) -> None:
    test = read_test(text)
    assert (test.result, test.calls) == (UNKNOWN, ())
    assert [doubt.slug for doubt in read_fusion(text).doubts] == [slug]


@pytest.mark.parametrize("text", ["ALK-positive", "ALK-POSITIVE", "ALK-TKI", "IMT-like", "ALK-ALK"])
def test_a_word_beside_a_gene_is_no_partner(text: str) -> None:
    assert read_test(text).calls == ()


def test_several_fusions_are_several_calls() -> None:
    calls = read_test("EML4-ALK; TFG-ROS1").calls
    assert [(call.gene5, call.gene3) for call in calls] == [("EML4", "ALK"), ("TFG", "ROS1")]


def test_the_method() -> None:
    assert read_test("EML4-ALK (RNA-seq)").method is SequencingMethod.RNA
    assert read_test("EML4-ALK (NGS)").method is SequencingMethod.UNSPECIFIED


@pytest.mark.parametrize(("text", "value"), [("NA", NOT_REPORTED), ("not done", NOT_DONE)])
def test_absence(text: str, value: Absent) -> None:
    assert (read_fusion(text).value, read_fusion(text).doubts) == (value, ())


def test_failed() -> None:
    assert read_test("failed").result is TestResult.FAILED
