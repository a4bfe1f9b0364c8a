"""A report's own words: what was written stays as written, and what was read is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spindle.assays.fusion_calls import read_call
from spindle.assays.fusion_frames import DomainState, Frame
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.fusion_calls import Build, CalledFusion
from spindle.cases.observations import ReadingFrame, SequencingMethod
from spindle.errors import UserError
from spindle.formats.cells.phrases import LONGEST_CELL
from spindle.formats.fusion_callers.registry import iterate_calls
from spindle.formats.fusion_callers.report_words import make_calls
from spindle.formats.fusion_callers.tables import FileFacts, Row
from spindle.knowledge.transcripts import load_transcripts


def read(line: str) -> list[CalledFusion]:
    """The calls of one line."""
    return list(make_calls([Row(1, line, {})], FileFacts("report-words", "report.txt")))


def read_one(line: str) -> CalledFusion:
    (call,) = read(line)
    return call


def show(call: CalledFusion) -> str:
    """Name, exons as written, and whether the words tell the order."""
    exons = f"{call.end5.exon or '-'};{call.end3.exon or '-'}"
    return f"{call.name} {exons} {'ordered' if call.is_directed else 'open'}"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("TPM3::ALK", "TPM3::ALK -;- ordered"),
        ("TFG-ROS-1 (NGS)", "TFG::ROS-1 -;- ordered"),
        ("ML4-ALK", "ML4::ALK -;- ordered"),
        ("E13;A20", "EML4::ALK E13;A20 ordered"),
        ("A20;E13", "EML4::ALK E13;A20 open"),
        ("NTRK-ETV6", "ETV6::NTRK -;- open"),
        ("EML4(6)-ALK(20)", "EML4::ALK 6;20 ordered"),
        ("EML4(6) - ALK(20)", "EML4::ALK 6;20 ordered"),
        ("EML4-ALK.E6A20", "EML4::ALK E6;A20 ordered"),
        ("EML4-ALK.E6aA20.AB374361", "EML4::ALK E6a;A20 ordered"),
        ("ALK(19)-EML4(14)", "ALK::EML4 19;14 ordered"),
        ("FGFR3(17)-TACC3(11)", "FGFR3::TACC3 17;11 ordered"),
        ("KIAA1549-BRAF.K16B9", "KIAA1549::BRAF K16;B9 ordered"),
        ("E6b;A20", "EML4::ALK E6b;A20 ordered"),
        ("EML4-ALK variant 1", "EML4::ALK E13;A20 ordered"),
        ("EML4-ALK V3a", "EML4::ALK E6a;A20 ordered"),
        ("ALK-negative; TFG::ROS1", "TFG::ROS1 -;- ordered"),
        ("TPM3-ALK fusion not detected; ETV6-NTRK3 detected", "ETV6::NTRK3 -;- ordered"),
        ("TPM3-NTRK1.T7N10", "TPM3::NTRK1 T7;N10 ordered"),
        ("ALK-PTPN3.A11P3", "ALK::PTPN3 A11;P3 ordered"),
        ("TPM3 exon 7 - ALK exon 20", "TPM3::ALK exon 7;exon 20 ordered"),
        ("CD74::ROS1 C6;R34", "CD74::ROS1 C6;R34 ordered"),
        ("KIF5B-RET fusion", "KIF5B::RET -;- ordered"),
        ("ALK rearrangement, partner unknown", "?::ALK -;- open"),
        ("ROS1::CD74", "ROS1::CD74 -;- ordered"),
        ("NKX2-1::ALK", "NKX2-1::ALK -;- ordered"),
        ("NKX2-1-ALK", "NKX2-1::ALK -;- ordered"),
        ("HLA-A::ROS1", "HLA-A::ROS1 -;- ordered"),
        ("RP11-534L20.5::ALK", "RP11-534L20.5::ALK -;- ordered"),
        ("TPM3-ALK-1", "TPM3::ALK-1 -;- ordered"),
        ("BRNBP2-ALK", "BRNBP2::ALK -;- ordered"),
        ("CARS-ALK", "CARS::ALK -;- ordered"),
        ("C2orf44-ALK", "C2orf44::ALK -;- ordered"),
        ("SEC31L1--ALK", "SEC31L1::ALK -;- ordered"),
        ("FGFR3-TACC3 fusion", "FGFR3::TACC3 -;- open"),
        ("SS18::SSX1", "SS18::SSX1 -;- ordered"),
        ("SS18-SSX1 rearrangement", "SS18::SSX1 -;- open"),
        ("  TPM3 \t::   ALK ", "TPM3::ALK -;- ordered"),
    ],
)
def test_a_fusion_as_written(line: str, shown: str) -> None:
    call = read_one(line)
    assert (show(call), call.problem, call.words) == (shown, "", line)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("TFG-ROS-1 (NGS)", "TFG::ROS1"),
        ("BRNBP2-ALK", "RANBP2::ALK"),
        ("CARS-ALK", "CARS1::ALK"),
        ("C2orf44-ALK", "WDCP::ALK"),
        ("TPM3-ALK-1", "TPM3::ALK"),
        ("ML4-ALK", "EML4::ALK"),
    ],
)
def test_the_interpretation_repairs_names_in_the_open(line: str, name: str) -> None:
    call = read_one(line)
    found = read_call(call, NOT_REPORTED)
    assert found.name == name
    assert (found.call.end5.gene, found.call.end3.gene) == (call.end5.gene, call.end3.gene)


def test_a_gene_taken_from_a_letter_is_a_remark() -> None:
    call = read_one("E13;A20")
    assert any("names no gene. EML4 is the only partner" in remark for remark in call.remarks)
    found = read_call(call, NOT_REPORTED)
    assert (found.frame, found.domain) == (Frame.IN, DomainState.WHOLE)


@pytest.mark.parametrize("line", ["EML4-ALK.E14ins11del49A20", "EML4-ALK (E14; ins11del49A20)"])
def test_bases_put_in_at_the_junction_leave_the_frame_open(line: str) -> None:
    """EML4 exon 14 alone is out of frame with ALK exon 20, and this variant is in frame."""
    call = read_one(line)
    assert "bases put in or left out at the junction: ins11del49" in call.remarks
    assert read_call(call, NOT_REPORTED).frame is Frame.UNKNOWN


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        (
            "NM_152263.2:r.-115_775::NM_002609.3:r.1580_*1924",
            "TPM3 NM_152263.2 r.-115_775 PDGFRB NM_002609.3 r.1580_*1924",
        ),
        (
            "NM_002354.2:r.-358_555::NM_000251.2:r.212_*279",
            "- NM_002354.2 r.-358_555 - NM_000251.2 r.212_*279",
        ),
        (
            "TPM3::PDGFRB (NM_152263.2:r.?_775::aggcucccuugg::NM_002609.3:r.1580_?)",
            "TPM3 NM_152263.2 r.?_775 PDGFRB NM_002609.3 r.1580_?",
        ),
        (
            "EML4{ENST00000318522}:r.1_1943_ALK{NM_004304}:r.4151_6222",
            "EML4 ENST00000318522 r.1_1943 ALK NM_004304 r.4151_6222",
        ),
    ],
)
def test_adjoined_transcripts(line: str, ends: str) -> None:
    call = read_one(line)
    found = [part for e in (call.end5, call.end3) for part in (e.gene or "-", e.transcript, e.site)]
    assert " ".join(found) == ends
    assert (call.is_directed, call.method) == (True, SequencingMethod.RNA)
    assert ("bases between the two: aggcucccuugg" in call.remarks) == ("aggcuccc" in line)


def test_a_transcript_that_names_its_gene_is_a_remark() -> None:
    call = read_one("NM_152263.2:r.-115_775::NM_002609.3:r.1580_*1924")
    assert "NM_152263.2 names no gene. It is a transcript of TPM3." in call.remarks


def test_whole_exons_by_their_transcripts() -> None:
    call = read_one("NM_152263.4(TPM3):e.8::NM_004304.5(ALK):e.20")
    assert show(call) == "TPM3::ALK 8;20 ordered"


@pytest.mark.parametrize(
    "line",
    [
        "EML4 (NM_019063.5) exon 13 - ALK (NM_004304.5) exon 20",
        "EML4 (NM_019063.5, exon 13)::ALK (NM_004304.5, exon 20)",
        "EML4 NM_019063.5 exon 13 - ALK NM_004304.5 exon 20",
    ],
)
def test_transcripts_beside_genes(line: str) -> None:
    call = read_one(line)
    assert show(call) == "EML4::ALK exon 13;exon 20 ordered"
    assert (call.end5.transcript, call.end3.transcript) == ("NM_019063.5", "NM_004304.5")
    assert call.remarks == ()


def test_positions_beside_a_fusion() -> None:
    call = read_one("EML4-ALK.E6aA20.AB374361 chr2:42491871 - chr2:29446394 (hg19)")
    assert [(e.chromosome, e.position) for e in (call.end5, call.end3)] == [
        ("2", 42491871),
        ("2", 29446394),
    ]
    assert call.build is Build.GRCH37
    assert 42491871 in load_transcripts()["EML4"].edges[Build.GRCH37]
    assert read_call(call, call.build).frame is Frame.IN


def test_positions_are_not_given_to_sides_in_an_open_order() -> None:
    call = read_one("ALK-EML4 chr2:29446394 - chr2:42491871")
    assert (call.end5.position, call.end3.position) == (None, None)
    assert any("2:29446394, 2:42491871" in remark for remark in call.remarks)


def test_several_fusions_of_a_line_are_several_calls() -> None:
    calls = read("EML4-ALK E13;A20; TFG-ROS1 out of frame")
    assert [show(call) for call in calls] == [
        "EML4::ALK E13;A20 ordered",
        "TFG::ROS1 -;- ordered",
    ]
    assert [call.frame for call in calls] == [NOT_REPORTED, ReadingFrame.OUT]
    assert [call.frame_words for call in calls] == ["", "out of frame"]


@pytest.mark.parametrize(
    ("line", "frame", "words"),
    [
        ("THBS1::ALK, in-frame", ReadingFrame.IN, "in-frame"),
        ("THBS1::ALK Out of Frame", ReadingFrame.OUT, "Out of Frame"),
        ("THBS1::ALK", NOT_REPORTED, ""),
    ],
)
def test_the_frame_as_reported(line: str, frame: ReadingFrame | Absent, words: str) -> None:
    call = read_one(line)
    assert (call.frame, call.frame_words) == (frame, words)


def test_what_has_no_field_is_a_remark() -> None:
    call = read_one("EML4-ALK, kinase domain intact, RNA quality adequate, 512 reads")
    assert call.method is SequencingMethod.NOT_STATED
    assert "kinase domain as reported: whole" in call.remarks
    assert "quality as reported: adequate" in call.remarks
    assert any("512 reads" in remark for remark in call.remarks)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ALK 5'/3' imbalance, no partner found", "evidence, and no fusion call"),
        ("ALK imbalance", "evidence, and no fusion call"),
        ("possible TFG-ROS1", "is no finding"),
        ("EML4-ALK negative", "the result is negative"),
        ("no fusion detected", "the result is negative"),
        ("EML4-ALK equivocal", "the result is equivocal"),
        ("failed", "the result is failed"),
        ("DNA NGS: TFG-ROS1; RNA negative", "Neither is taken"),
        ("BRAF-V600E", "No fusion is named"),
        ("MET-MET.M13M15", "No fusion is named"),
        ("HMB-45 positive", "No fusion is named"),
        ("PD-L1 fusion", "No fusion is named"),
        ("Molecular report", "No fusion is named"),
        ("EML4-ALK " * LONGEST_CELL, "too many words"),
    ],
)
def test_a_line_that_says_no_fusion_was_found_is_kept_with_the_reason(line: str, why: str) -> None:
    call = read_one(line)
    assert why in call.problem
    assert (call.name, call.words) == ("?::?", line)


@pytest.mark.parametrize("line", ["FGFR3(17)-TACC3(11)", "FGFR3-TACC3.F17T11.COSF1348"])
def test_a_panel_line_alone_is_recognised(tmp_path: Path, line: str) -> None:
    path = tmp_path / "panel.txt"
    path.write_text(f"{line}\n", encoding="utf-8")
    (call,) = iterate_calls(path)
    assert (call.caller, call.name) == ("report-words", "FGFR3::TACC3")


def test_a_report_is_recognised_and_a_table_or_a_letter_is_not(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes("\ufeffRNA-seq panel\r\nRANBP2::ALK (R18:A20)\r\n\r\nin frame\r\n".encode())
    file = iterate_calls(path)
    calls = list(file)
    assert (file.caller, [call.line for call in calls]) == ("report-words", [1, 2, 4])
    assert show(calls[1]) == "RANBP2::ALK R18;A20 ordered"
    assert [bool(call.problem) for call in calls] == [True, False, True]
    others = (
        "Dear colleague,\nthe result will follow.\n",
        "a\tEML4-ALK\tb\n",
        "sample,fusion,reads\nS1,EML4--ALK,12\n",
    )
    for text in others:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UserError) as caught:
            iterate_calls(path)
        assert caught.value.slug == "fusion-format-unknown"


def test_a_negative_report_is_read_and_holds_no_fusion(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("RNA panel: no fusion detected\n", encoding="utf-8")
    (call,) = iterate_calls(path)
    assert "the result is negative" in call.problem


PIECES = (
    "EML4 ALK ALK-1 TFG ROS1 :: - -- / ; , . ( ) E13 A20 exon 20 fusion no in frame not chr2:1234 "
    "NM_004304.5 NM_004304.5:r.1_2 imbalance NKX2-1 hg19 \u00e9 \u00bd \u200b ins11 .E6A20 {"
)
WORDS = st.sampled_from(PIECES.split(" "))


@given(words=st.lists(WORDS, max_size=14), sign=st.sampled_from(["", " "]))
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_words_a_line_is_kept(words: list[str], sign: str) -> None:
    line = sign.join(words)
    calls = read(line)
    assert calls
    assert {call.words for call in calls} == {line}
    assert all(bool(call.problem) == (call.name == "?::?") for call in calls)
