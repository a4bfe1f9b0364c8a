from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.fusions import KINASES, QUALITY_FACT, interpret_fusions
from spindle.assays.junctions import judge_call
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import (
    FusionCall,
    FusionTest,
    KinaseDomain,
    ReadingFrame,
    SequencingMethod,
    TestResult,
)

TFG_ROS1 = FusionCall(gene5="TFG", gene3="ROS1")


def read(**values: object) -> dict[str, Reading]:
    test = {"id": "n", "method": SequencingMethod.RNA, **values}
    readings = interpret_fusions(FusionTest(**test))  # type: ignore[arg-type]
    return {reading.kinase: reading for reading in readings}


# Negatives --------------------------------------------------------------------------------------


def test_a_negative_of_adequate_quality_is_negative_for_every_kinase() -> None:
    readings = read(result=TestResult.NEGATIVE, is_quality_adequate=True)
    assert tuple(readings) == KINASES
    assert {r.result for r in readings.values()} == {ReadingResult.NEGATIVE}


@pytest.mark.parametrize("quality", [NOT_REPORTED, UNKNOWN, NOT_DONE])
def test_an_empty_list_without_a_word_on_quality_is_no_negative(quality: Absent) -> None:
    alk = read(result=TestResult.NEGATIVE, is_quality_adequate=quality)["ALK"]
    assert alk.result == UNKNOWN
    assert QUALITY_FACT in alk.trace.facts
    assert any("not a negative result" in limit for limit in alk.limits)


def test_an_empty_list_without_a_result_says_nothing() -> None:
    alk = read(is_quality_adequate=True)["ALK"]
    assert alk.result == NOT_REPORTED


def test_inadequate_quality_makes_a_negative_a_failure() -> None:
    alk = read(result=TestResult.NEGATIVE, is_quality_adequate=False)["ALK"]
    assert alk.result is ReadingResult.FAILED


@pytest.mark.parametrize("absence", [NOT_DONE, NOT_REPORTED, UNKNOWN])
def test_absence_stays_absence(absence: Absent) -> None:
    assert read(result=absence)["ALK"].result == absence


def test_a_result_that_is_not_known_is_not_told_as_an_empty_list() -> None:
    alk = read(result=UNKNOWN, is_quality_adequate=True)["ALK"]
    assert "quality" not in alk.meaning
    assert "listed" not in alk.meaning


def test_the_panel_limits_what_was_looked_for() -> None:
    readings = read(
        result=TestResult.NEGATIVE, is_quality_adequate=True, genes_covered=("ALK", "ROS1")
    )
    assert tuple(readings) == ("ALK", "ROS1")


def test_a_panel_whose_genes_are_not_reported_says_so() -> None:
    alk = read(result=TestResult.NEGATIVE, is_quality_adequate=True)["ALK"]
    assert any("panel covers was not reported" in limit for limit in alk.limits)


# Positives --------------------------------------------------------------------------------------


def test_a_call_is_positive_for_its_kinase_and_names_the_partner() -> None:
    readings = read(result=TestResult.POSITIVE, is_quality_adequate=True, calls=(TFG_ROS1,))
    assert readings["ROS1"].result is ReadingResult.POSITIVE
    assert readings["ROS1"].partner == "TFG"
    assert readings["ALK"].result == UNKNOWN


def test_a_call_of_another_kinase_without_quality_is_no_negative_for_alk() -> None:
    assert read(result=TestResult.POSITIVE, calls=(TFG_ROS1,))["ALK"].result == UNKNOWN
    assert read(calls=(TFG_ROS1,))["ALK"].result == NOT_REPORTED


@pytest.mark.parametrize("method", list(SequencingMethod))
def test_a_fusion_of_another_gene_is_no_negative_on_what_no_panel_is_known_to_cover(
    method: SequencingMethod,
) -> None:
    """What was found is a result; what the panel may never have looked at is none."""
    ss18 = FusionCall(gene5="SS18", gene3="SSX2", frame=ReadingFrame.IN)
    for call in (TFG_ROS1, ss18):
        readings = read(
            method=method, result=TestResult.POSITIVE, is_quality_adequate=True, calls=(call,)
        )
        alk = readings["ALK"]
        assert alk.result == UNKNOWN
        assert alk.is_elsewhere
        assert "so it is no negative on ALK" in alk.meaning


def test_a_fusion_of_another_gene_by_a_panel_that_covers_alk_is_a_negative() -> None:
    readings = read(
        result=TestResult.POSITIVE,
        is_quality_adequate=True,
        calls=(TFG_ROS1,),
        genes_covered=("ALK", "ROS1"),
    )
    assert readings["ALK"].result is ReadingResult.NEGATIVE
    assert not readings["ALK"].is_elsewhere
    assert set(readings) == {"ALK", "ROS1"}


@pytest.mark.parametrize(
    ("panel", "covered"),
    [
        ("ALK-only fusion assay", {"ALK"}),
        ("FusionPlex ALK, RET, ROS1 v2", {"ALK", "RET", "ROS1"}),
        ("NTRK fusion panel", {"NTRK1", "NTRK2", "NTRK3"}),
        ("NTRK1/NTRK3 panel", {"NTRK1", "NTRK3"}),
        ("sarcoma panel", set(KINASES)),
    ],
)
def test_a_negative_panel_that_is_named_for_kinases_is_negative_for_these(
    panel: str, covered: set[str]
) -> None:
    readings = read(result=TestResult.NEGATIVE, is_quality_adequate=True, panel=panel)
    negative = {k for k, r in readings.items() if r.result is ReadingResult.NEGATIVE}
    assert negative == covered
    assert all(readings[kinase].result == UNKNOWN for kinase in set(KINASES) - covered)


def test_a_negative_of_an_unnamed_panel_says_in_its_meaning_that_coverage_is_not_reported() -> None:
    alk = read(result=TestResult.NEGATIVE, is_quality_adequate=True)["ALK"]
    assert alk.result is ReadingResult.NEGATIVE
    assert "Whether it covers ALK was not reported." in alk.meaning


def test_a_call_outside_the_reported_panel_is_kept() -> None:
    readings = read(result=TestResult.POSITIVE, calls=(TFG_ROS1,), genes_covered=("ALK",))
    assert readings["ROS1"].result is ReadingResult.POSITIVE


@pytest.mark.parametrize("quality", [True, NOT_REPORTED])
def test_a_positive_without_a_named_fusion_is_never_a_negative(quality: object) -> None:
    """ "NGS: fusion positive", and the report does not say which."""
    readings = read(result=TestResult.POSITIVE, is_quality_adequate=quality)
    for reading in readings.values():
        assert reading.result != ReadingResult.NEGATIVE
        assert "positive" in reading.meaning.lower()


def test_a_fusion_of_a_kinase_that_spindle_does_not_list_is_not_lost() -> None:
    """FN1::IGF1R was found by sequencing in a duodenal tumour that was negative by every test."""
    call = FusionCall(gene5="FN1", gene3="IGF1R")
    readings = read(result=TestResult.POSITIVE, is_quality_adequate=True, calls=(call,))
    said = " ".join(f"{r.meaning} {' '.join(r.limits)}" for r in readings.values())
    assert "IGF1R" in said


@pytest.mark.parametrize(
    "call",
    [
        FusionCall(words="fusion positive"),
        FusionCall(gene5="FN1"),
        FusionCall(gene5="FN1", gene3=UNKNOWN),
    ],
)
def test_a_fusion_whose_genes_are_not_all_named_is_no_negative_for_any_kinase(
    call: FusionCall,
) -> None:
    """The end that is not named may be any kinase."""
    readings = read(result=TestResult.POSITIVE, is_quality_adequate=True, calls=(call,))
    assert readings["ALK"].result == UNKNOWN
    assert ReadingResult.NEGATIVE not in {reading.result for reading in readings.values()}


@pytest.mark.parametrize("symbol", ["alk", "Alk", " ALK "])
def test_a_gene_is_known_however_its_letters_are_written(symbol: str) -> None:
    call = FusionCall(gene5="TPM3", gene3=symbol)
    readings = read(result=TestResult.POSITIVE, is_quality_adequate=True, calls=(call,))
    assert readings["ALK"].result is ReadingResult.POSITIVE
    assert readings["ALK"].partner == "TPM3"


@pytest.mark.parametrize("result", [TestResult.NEGATIVE, TestResult.FAILED])
def test_a_call_against_the_reported_result_is_said_to_contradict_it(result: TestResult) -> None:
    call = FusionCall(gene5="TPM3", gene3="ALK")
    alk = read(result=result, is_quality_adequate=True, calls=(call,))["ALK"]
    assert any(result.value in limit for limit in (*alk.limits, alk.meaning))


def test_an_equivocal_call_stays_equivocal() -> None:
    """A call listed under an equivocal result (few reads) is not a positive."""
    call = FusionCall(gene5="TPM3", gene3="ALK")
    alk = read(result=TestResult.EQUIVOCAL, calls=(call,))["ALK"]
    assert alk.result is ReadingResult.EQUIVOCAL


def test_a_call_from_tissue_of_inadequate_quality_says_so() -> None:
    call = FusionCall(gene5="TPM3", gene3="ALK")
    alk = read(result=TestResult.POSITIVE, is_quality_adequate=False, calls=(call,))["ALK"]
    assert any("quality" in limit for limit in (*alk.limits, alk.meaning))


# Productive or not ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "productive"),
    [
        (FusionCall(gene5="TPM3", gene3="ALK"), UNKNOWN),
        (FusionCall(gene5="TPM3", gene3="ALK", frame=ReadingFrame.IN), UNKNOWN),
        (FusionCall(gene5="TPM3", gene3="ALK", kinase_domain=KinaseDomain.WHOLE), UNKNOWN),
        (
            FusionCall(
                gene5="TPM3",
                gene3="ALK",
                frame=ReadingFrame.IN,
                kinase_domain=KinaseDomain.WHOLE,
            ),
            True,
        ),
        (FusionCall(gene5="TPM3", gene3="ALK", frame=ReadingFrame.OUT), False),
        (
            FusionCall(
                gene5="TPM3",
                gene3="ALK",
                frame=ReadingFrame.OUT,
                kinase_domain=KinaseDomain.WHOLE,
            ),
            False,
        ),
        (
            FusionCall(
                gene5="TPM3",
                gene3="ALK",
                frame=ReadingFrame.IN,
                kinase_domain=KinaseDomain.LOST,
            ),
            False,
        ),
        (
            FusionCall(
                gene5="TPM3", gene3="ALK", frame=ReadingFrame.IN, kinase_domain=KinaseDomain.CUT
            ),
            False,
        ),
        (
            FusionCall(
                gene5="ALK",
                gene3="SYN3",
                frame=ReadingFrame.IN,
                kinase_domain=KinaseDomain.WHOLE,
            ),
            UNKNOWN,
        ),
    ],
)
def test_only_a_whole_kinase_in_frame_is_productive(
    call: FusionCall, productive: bool | Absent
) -> None:
    assert judge_call(call, "ALK").is_productive == productive
    alk = read(result=TestResult.POSITIVE, calls=(call,))["ALK"]
    assert alk.result is ReadingResult.POSITIVE
    assert alk.is_productive == productive


frames = st.sampled_from([ReadingFrame.IN, ReadingFrame.OUT, NOT_REPORTED, UNKNOWN])
domains = st.sampled_from([*KinaseDomain, NOT_REPORTED, UNKNOWN])


@given(frames, domains, st.booleans())
def test_out_of_frame_or_a_broken_kinase_is_never_productive(
    frame: ReadingFrame | Absent, domain: KinaseDomain | Absent, is_reversed: bool
) -> None:
    genes = ("ALK", "TPM3") if is_reversed else ("TPM3", "ALK")
    call = FusionCall(gene5=genes[0], gene3=genes[1], frame=frame, kinase_domain=domain)
    productive = judge_call(call, "ALK").is_productive
    if frame is ReadingFrame.OUT or domain in (KinaseDomain.CUT, KinaseDomain.LOST):
        assert productive is False
    elif productive is True:
        assert (frame, domain) == (ReadingFrame.IN, KinaseDomain.WHOLE)


def test_of_several_calls_the_one_that_says_most_is_read() -> None:
    out = FusionCall(gene5="CLTC", gene3="ALK", frame=ReadingFrame.OUT)
    whole = FusionCall(
        gene5="TPM3", gene3="ALK", frame=ReadingFrame.IN, kinase_domain=KinaseDomain.WHOLE
    )
    for calls in ((out, whole), (whole, out)):
        alk = read(result=TestResult.POSITIVE, calls=calls)["ALK"]
        assert (alk.partner, alk.is_productive) == ("TPM3", True)


def test_every_call_of_a_kinase_is_named() -> None:
    calls = (FusionCall(gene5="CLTC", gene3="ALK"), FusionCall(gene5="TPM3", gene3="ALK"))
    alk = read(result=TestResult.POSITIVE, calls=calls)["ALK"]
    said = f"{alk.meaning} {' '.join(alk.limits)}"
    assert "CLTC" in said
    assert "TPM3" in said


@pytest.mark.parametrize(
    ("method", "assay"),
    [
        (SequencingMethod.RNA, Assay.RNA_SEQUENCING),
        (SequencingMethod.DNA, Assay.DNA_SEQUENCING),
        (SequencingMethod.UNSPECIFIED, Assay.SEQUENCING),
    ],
)
def test_the_material_is_kept(method: SequencingMethod, assay: Assay) -> None:
    alk = read(method=method, result=TestResult.NEGATIVE, is_quality_adequate=True)["ALK"]
    assert alk.assay is assay
    if method is SequencingMethod.UNSPECIFIED:
        assert any("RNA or DNA" in limit for limit in alk.limits)
