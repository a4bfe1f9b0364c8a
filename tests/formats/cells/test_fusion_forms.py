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
