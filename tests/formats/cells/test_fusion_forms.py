"""Ways to write a fusion that callers, panels and newer reports brought into cells."""

from __future__ import annotations

import pytest

from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.observations import FusionTest
from spindle.formats.cells.fusion_isoforms import find_isoforms, read_isoform
from spindle.formats.cells.fusions import find_pairs, read_fusion


def read_test(text: str) -> FusionTest:
    test = read_fusion(text).value
    assert not isinstance(test, Absent)
    return test


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("EML4-ALK.E6A20", "EML4 ALK E6 A20"),
        ("EML4-ALK.E6aA20.AB374361", "EML4 ALK E6a A20"),
        ("EML4-ALK.E6ins18A20", "EML4 ALK E6ins18 A20"),
        ("TPM3-NTRK1.T7N10", "TPM3 NTRK1 T7 N10"),
        ("ALK-PTPN3.A11P3", "ALK PTPN3 A11 P3"),
        ("EML4-ALK (E14;ins11del49A20)", "EML4 ALK E14 ins11del49A20"),
        ("EML4 (NM_019063.5) exon 13-ALK (NM_004304.5) exon 20", "EML4 ALK exon 13 exon 20"),
        ("EML4-ALK (ALK NM_004304 exon 20; EML4 NM_019063 exon 13)", "EML4 ALK exon 13 exon 20"),
    ],
)
def test_isoforms_and_transcripts(text: str, call: str) -> None:
    (found,) = read_test(text).calls
    assert f"{found.gene5} {found.gene3} {found.exon5} {found.exon3}" == call
    assert "fusion-unreadable" not in {doubt.slug for doubt in read_fusion(text).doubts}


@pytest.mark.parametrize(
    ("text", "genes"),
    [
        ("NKX2-1::ALK", ("NKX2-1", "ALK")),
        ("NKX2-1-ALK", ("NKX2-1", "ALK")),
        ("ALK::HLA-DRB1", ("ALK", "HLA-DRB1")),
        ("RP11-534L20.5::ALK", ("RP11-534L20.5", "ALK")),
        ("EML4::ALK-positive", ("EML4", "ALK")),
        ("TFG::FOO1-positive tumour", ("TFG", "FOO1")),
        ("C2orf44-ALK", ("C2orf44", "ALK")),
        ("BCR-ABL1", ("BCR", "ABL1")),
    ],
)
def test_hyphens_within_symbols(text: str, genes: tuple[str, str]) -> None:
    assert [pair.written for pair in find_pairs(text)] == [genes]


@pytest.mark.parametrize("text", ["BRAF-V600E", "ALK-R1275Q", "MET-MET", "PD-L1", "HMB-45"])
def test_changes_and_antibodies_are_no_pairs(text: str) -> None:
    assert find_pairs(text, is_any=True) == ()


@pytest.mark.parametrize(
    "text", ["ALK 5'/3' imbalance", "ALK rearrangement by 3'/5' imbalance, no partner"]
)
def test_an_imbalance_without_a_partner_is_no_call(text: str) -> None:
    """More of one end of a kinase is evidence of a break, and names no fusion."""
    assert (read_test(text).result, read_test(text).calls) == (UNKNOWN, ())
    (doubt,) = read_fusion(text).doubts
    assert "evidence" in doubt.message


@pytest.mark.parametrize("text", ["EML4-ALK.E6", "EML4-ALK.X6A20", "EML4.E6A20", "A-B-C.A1B2.x_"])
def test_what_is_no_isoform(text: str) -> None:
    assert read_isoform(text) is None
    assert find_isoforms(text) == ()


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("FGFR3(17)-TACC3(11)", "FGFR3 TACC3 17 11"),
        ("FGFR3-TACC3.F17T11.COSF1348", "FGFR3 TACC3 F17 T11"),
        ("KIAA1549(16)-BRAF(9)", "KIAA1549 BRAF 16 9"),
        ("KIAA1549-BRAF.K16B9", "KIAA1549 BRAF K16 B9"),
        ("ALK(19)-EML4(14)", "ALK EML4 19 14"),
    ],
)
def test_a_panel_names_the_donor_first_and_one_known_gene_is_enough(text: str, call: str) -> None:
    """As Ion Reporter names its calls: the first gene is the donor."""
    (found,) = read_test(text).calls
    assert f"{found.gene5} {found.gene3} {found.exon5} {found.exon3}" == call


@pytest.mark.parametrize("text", ["AB12(3)-CD34(5)", "SMA(2)-DESMIN(1)", "FGFR3-TACC3"])
def test_two_words_with_numbers_are_no_fusion(text: str) -> None:
    assert find_pairs(text) == ()


@pytest.mark.parametrize(
    ("text", "exons"),
    [
        ("EML4-ALK variant 1", "E13 A20"),
        ("EML4::ALK V2", "E20 A20"),
        ("EML4-ALK fusion transcript, variant 3a", "E6a A20"),
        ("EML4-ALK (v3b)", "E6b A20"),
        ("variant 5 EML4-ALK", "E2 A20"),
        ("ALK-EML4 var. 1", "E13 A20"),
    ],
)
def test_published_variants_have_their_exons(text: str, exons: str) -> None:
    """Horn 2009, Fig. 1, and for variant 5 Takeuchi 2008."""
    (call,) = read_test(text).calls
    assert f"{call.exon5} {call.exon3}" == exons
    assert any("is read as EML4 exon" in doubt.message for doubt in read_fusion(text).doubts)


def test_exons_that_are_written_stand_before_those_of_a_variant() -> None:
    (call,) = read_test("EML4-ALK variant 1 (E6;A20)").calls
    assert (call.exon5, call.exon3) == ("E6", "A20")
    assert any('"variant 1" is not read' in d.message for d in read_fusion(call.words).doubts)


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("TPM3-ALK fusion not detected; ETV6-NTRK3 detected", "ETV6::NTRK3", "TPM3-ALK"),
        ("ALK-negative; ROS1::TFG", "ROS1::TFG", "ALK-negative"),
        ("ALK negative. TFG::ROS1 in frame.", "TFG::ROS1", "ALK negative"),
        ("ETV6-NTRK3; in frame; ALK not rearranged", "ETV6::NTRK3", "ALK not rearranged"),
        ("ALK negative\nTFG::ROS1", "TFG::ROS1", "ALK negative"),
        ("EML4-ALK equivocal; TFG-ROS1 detected", "TFG::ROS1", "EML4-ALK equivocal"),
        ("TPM3::ALK detected. No other fusion was found.", "TPM3::ALK", "No other fusion"),
    ],
)
def test_what_is_denied_of_one_fusion_does_not_hide_another(
    text: str, name: str, kept: str
) -> None:
    test = read_test(text)
    (call,) = test.calls
    assert (test.result, f"{call.gene5}::{call.gene3}", call.words) == ("positive", name, text)
    assert any(kept in doubt.message for doubt in read_fusion(text).doubts)


@pytest.mark.parametrize(
    "text",
    [
        "TPM3::ALK by DNA; ALK fusion not detected by RNA",
        "TPM3-ALK detected; TPM3-ALK not detected",
        "No fusion; TPM3::ALK",
        "TPM3::ALK; RNA negative",
    ],
)
def test_what_is_denied_of_the_same_fusion_stays_in_conflict(text: str) -> None:
    assert (read_test(text).result, read_test(text).calls) == (UNKNOWN, ())


def test_two_fusions_denied_are_negative() -> None:
    test = read_test("EML4-ALK negative; ETV6-NTRK3 negative")
    assert (test.result, test.calls) == ("negative", ())
