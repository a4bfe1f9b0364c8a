from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import FusionTest, ReadingFrame, SequencingMethod, TestResult
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
        ("ALK::SYN3", "ALK", "SYN3", ["fusion-name-repaired"]),
        ("ML4-ALK", "ML4", "ALK", ["fusion-name-repaired"]),
    ],
)
def test_a_fusion_with_both_genes(text: str, gene5: str, gene3: str, slugs: list[str]) -> None:
    test = read_test(text)
    assert [(call.gene5, call.gene3, call.words) for call in test.calls] == [(gene5, gene3, text)]
    assert test.result is TestResult.POSITIVE
    assert [doubt.slug for doubt in read_fusion(text).doubts] == slugs


def describe_call(text: str) -> list[str]:
    """The one call of a cell as `exon5 exon3 frame domain`, a dash for what is not said."""
    (call,) = read_test(text).calls
    values = (call.exon5, call.exon3, call.frame, call.kinase_domain)
    return ["-" if value == NOT_REPORTED else str(value) for value in values]


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("EML4-ALK out of frame", "- - out -"),
        ("EML4-ALK (out-of-frame)", "- - out -"),
        ("EML4-ALK not in frame", "- - out -"),
        ("out of frame EML4-ALK", "- - out -"),
        ("ALK rearranged, out of frame", "- - out -"),
        ("EML4-ALK; EML4-ALK out of frame", "- - out -"),
        ("EML4-ALK - out-of-frame", "- - out -"),
        ("EML4-ALK (frame: out)", "- - out -"),
        ("EML4-ALK, reading frame not preserved", "- - out -"),
        ("RANBP2::ALK (R18:A20), frame preserved", "R18 A20 in -"),
        ("EML4-ALK in frame", "- - in -"),
        ("EML4-ALK, in-frame", "- - in -"),
        ("EML4–ALK (E13; A20), in‑frame", "E13 A20 in -"),
        ("TPM3-ALK (E8;A20)", "E8 A20 - -"),
        ("EML4-ALK E13;A20", "E13 A20 - -"),
        ("EML4(13)-ALK(20)", "13 20 - -"),
        ("EML4 (13)::ALK (20)", "13 20 - -"),
        ("ALK(20)/EML4(13)", "13 20 - -"),
        ("EML4-ALK (E13::A20)", "E13 A20 - -"),
        ("EML4-ALK (A20;E13)", "E13 A20 - -"),
        ("ALK-EML4 (A20;E13)", "E13 A20 - -"),
        ("EML4-ALK (e6a;a20)", "e6a a20 - -"),
        ("TPM3-ALK, exons 7 and 20", "7 20 - -"),
        ("EML4 (E13)-ALK (A20)", "E13 A20 - -"),
        ("EML4-ALK, kinase domain intact", "- - - whole"),
        ("EML4-ALK retaining the kinase domain", "- - - whole"),
        ("EML4-ALK, truncated kinase domain", "- - - cut"),
        ("EML4-ALK kinase domain lost", "- - - lost"),
        ("EML4-ALK with kinase domain lost", "- - - lost"),
        ("EML4-ALK without kinase domain", "- - - lost"),
        ("EML4-ALK with loss of the ALK kinase domain", "- - - lost"),
        ("EML4-ALK (in-frame; kinase domain intact; E6;A20)", "E6 A20 in whole"),
    ],
)
def test_what_is_said_beside_a_fusion(text: str, details: str) -> None:
    assert describe_call(text) == details.split()
    slugs = {doubt.slug for doubt in read_fusion(text).doubts}
    assert "fusion-unreadable" not in slugs


@pytest.mark.parametrize(
    ("text", "exons"),
    [
        ("EML4-ALK exon 8 / exon 20", ("exon 8", "exon 20")),
        ("EML4-ALK exon 13/exon 20", ("exon 13", "exon 20")),
        ("EML4 exon 13-ALK exon 20", ("exon 13", "exon 20")),
        ("EML4(exon13)::ALK(exon20)", ("exon13", "exon20")),
        ("EML4-ALK (ALK exon 20, EML4 exon 13)", ("exon 13", "exon 20")),
        ("EML4-ALK exon 13 of EML4 to exon 20 of ALK", ("exon 13", "exon 20")),
    ],
)
def test_exons_in_words(text: str, exons: tuple[str, str]) -> None:
    (call,) = read_test(text).calls
    assert (call.exon5, call.exon3) == exons
    assert read_fusion(text).doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "EML4-ALK kinase domain not intact",
        "EML4-ALK retains kinase domain but truncated",
        "EML4-ALK frame not determined",
        "EML4-ALK not predicted to be in frame",
        "EML4-ALK in-frame, not in frame",
    ],
)
def test_what_leaves_frame_or_domain_open_is_unknown_and_noted(text: str) -> None:
    (call,) = read_test(text).calls
    assert UNKNOWN in {call.frame, call.kinase_domain}
    assert "fusion-unreadable" in {doubt.slug for doubt in read_fusion(text).doubts}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("EML4-ALK variant 3", "variant 3"),
        ("EML4-ALK V3a/b", "v3a/b"),
        ("EML4-ALK variant 9", "variant 9"),
        ("TPM3-ALK variant 1", "variant 1"),
        ("EML4-ALK foo", "foo"),
        ("EML4-ALK (X12;Y9)", "x12"),
        ("negative (Archer panel v2)", "v2"),
    ],
)
def test_words_that_are_not_read_are_noted(text: str, word: str) -> None:
    (doubt,) = read_fusion(text).doubts
    assert (doubt.slug, doubt.value) == ("fusion-unreadable", text)
    assert word in doubt.message


def test_details_belong_to_the_fusion_beside_them() -> None:
    first, second = read_test("EML4-ALK in frame, TFG-ROS1 out of frame").calls
    assert (first.frame, second.frame) == (ReadingFrame.IN, ReadingFrame.OUT)
    text = "EML4-ALK; TFG-ROS1 out of frame"
    first, second = read_test(text).calls
    assert (first.frame, second.frame) == (NOT_REPORTED, ReadingFrame.OUT)
    assert [doubt.slug for doubt in read_fusion(text).doubts] == ["fusion-unreadable"]


@pytest.mark.parametrize(
    ("text", "result", "is_adequate"),
    [
        ("negative, quality adequate", TestResult.NEGATIVE, True),
        ("negative (RNA quality adequate)", TestResult.NEGATIVE, True),
        ("negative, RNA quality inadequate", TestResult.NEGATIVE, False),
        ("RNA quality inadequate", TestResult.FAILED, False),
        ("failed QC", TestResult.FAILED, False),
        ("EML4-ALK, RNA degraded", TestResult.POSITIVE, False),
        ("negative", TestResult.NEGATIVE, NOT_REPORTED),
    ],
)
def test_the_quality_of_the_sample(
    text: str, result: TestResult, is_adequate: bool | Absent
) -> None:
    test = read_test(text)
    assert (test.result, test.is_quality_adequate) == (result, is_adequate)
    assert read_fusion(text).doubts == ()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("EML4-ALK equivocal", TestResult.EQUIVOCAL),
        ("EML4-ALK failed", TestResult.FAILED),
        ("EML4-ALK (-)", TestResult.NEGATIVE),
        ("no in-frame ALK fusion", TestResult.NEGATIVE),
    ],
)
def test_a_fusion_with_another_result_is_no_call(text: str, result: TestResult) -> None:
    assert (read_test(text).result, read_test(text).calls) == (result, ())
    assert [doubt.slug for doubt in read_fusion(text).doubts] == ["fusion-unreadable"]


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
        ("DNA: EML4-ALK, RNA: not done", "result-conflict"),
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
    assert read_test("TFG-ROS1 (RNA-seq)").method is SequencingMethod.RNA
    assert read_test("NGS (DNA): EML4-ALK").method is SequencingMethod.DNA
    assert read_test("EML4-ALK (NGS)").method is SequencingMethod.UNSPECIFIED
    assert read_test("EML4-ALK").method is SequencingMethod.NOT_STATED
    assert read_test("EML4-ALK, RNA quality adequate").method is SequencingMethod.NOT_STATED


@pytest.mark.parametrize(
    ("text", "value"),
    [("NA", NOT_REPORTED), ("not done", NOT_DONE), ("not done, insufficient RNA", NOT_DONE)],
)
def test_absence(text: str, value: Absent) -> None:
    assert (read_fusion(text).value, read_fusion(text).doubts) == (value, ())


def test_failed() -> None:
    assert read_test("failed").result is TestResult.FAILED


@pytest.mark.parametrize(
    ("text", "call", "taken"),
    [
        ("EML4 E13;A20", "EML4 ALK E13 A20", 1),
        ("E13;A20", "EML4 ALK E13 A20", 2),
        ("E6;A20", "EML4 ALK E6 A20", 2),
        ("A20;E13", "EML4 ALK E13 A20", 2),
        ("ALK E13;A20", "EML4 ALK E13 A20", 1),
        ("TPM3 T7;A20", "TPM3 ALK T7 A20", 1),
        ("T7;A20", "unknown ALK T7 A20", 2),
    ],
)
def test_exons_alone_name_a_fusion_as_far_as_their_letters_go(
    text: str, call: str, taken: int
) -> None:
    (found,) = read_test(text).calls
    assert f"{found.gene5} {found.gene3} {found.exon5} {found.exon3}" == call
    slugs = [doubt.slug for doubt in read_fusion(text).doubts]
    assert slugs == ["fusion-name-repaired"] * taken


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("TPM3 E13;A20", UNKNOWN),
        ("E13;R36", UNKNOWN),
        ("X1;A20", UNKNOWN),
        ("EEF1G E5;A20", UNKNOWN),
        ("possible E13;A20", UNKNOWN),
        ("no E13;A20", TestResult.NEGATIVE),
        ("E13;A20 not detected", TestResult.NEGATIVE),
        ("E13;A20 equivocal", TestResult.EQUIVOCAL),
    ],
)
def test_letters_that_disagree_or_are_denied_name_no_fusion(text: str, result: object) -> None:
    assert (read_test(text).result, read_test(text).calls) == (result, ())
    assert read_fusion(text).doubts


def test_a_number_behind_one_gene_is_no_exon() -> None:
    """It may be a footnote, or so many cases."""
    assert describe_call("EML4-ALK (2)") == ["-", "-", "-", "-"]
