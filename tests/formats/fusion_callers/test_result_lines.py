"""Lines of results: a call beside a fusion stays what it is, and no word becomes a gene."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_REPORTED
from spindle.cases.fusion_calls import CalledFusion
from spindle.errors import UserError
from spindle.formats.fusion_callers.registry import iterate_calls
from spindle.formats.fusion_callers.report_lines import CallWord, find_call, read_line
from spindle.formats.fusion_callers.report_words import make_calls
from spindle.formats.fusion_callers.tables import FileFacts, Row
from spindle.knowledge.fusion_callers import find_caller_format


def read(line: str) -> list[CalledFusion]:
    return list(make_calls([Row(1, line, {})], FileFacts("report-words", "report.txt")))


def read_file(folder: Path, text: str) -> tuple[str, list[CalledFusion], list[str]]:
    path = folder / "calls.txt"
    path.write_text(text, encoding="utf-8")
    file = iterate_calls(path)
    return file.caller, list(file), file.notes


def test_the_result_line_of_a_panel_is_a_fusion_with_its_reads(tmp_path: Path) -> None:
    caller, (call,), _ = read_file(tmp_path, "EML4(6)-ALK(20)\tPositive\t1500 reads\n")
    assert caller == "report-words"
    assert (call.name, call.end5.exon, call.end3.exon) == ("EML4::ALK", "6", "20")
    assert (call.split_reads, call.problem) == (1500, "")
    assert call.words == "EML4(6)-ALK(20)\tPositive\t1500 reads"


SAID = [
    ("Negative", "the result is negative"),
    ("Not detected", "the result is negative"),
    ("Absent", "the result is negative"),
    ("Failed", "the result is failed"),
    ("No Call", "the result is failed"),
    ("QC fail", "the result is failed"),
    ("Equivocal", "the result is equivocal"),
    ("Filtered", "held it back"),
    ("Below threshold", "held it back"),
    ("Not done", "the test was not done"),
]


@pytest.mark.parametrize("delimiter", ["\t", ", ", "; ", ": ", " "])
@pytest.mark.parametrize(("word", "why"), SAID)
def test_no_call_but_a_positive_one_is_a_fusion_that_was_found(
    word: str, why: str, delimiter: str
) -> None:
    (call,) = read(f"EML4(6)-ALK(20){delimiter}{word}{delimiter}12 reads")
    assert call.name == "?::?"
    assert why in call.problem
    assert read(f"EML4(6)-ALK(20){delimiter}Positive")[0].name == "EML4::ALK"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("EML4(6)-ALK(20)\tWeird\t12 reads", '"weird" beside the fusion is not known as a call'),
        ("EML4(6)-ALK(20)\t0 reads", "counts no reads"),
        ("EML4(6)-ALK(20)\tPositive\tNegative", "and not what for"),
        ("TPM3-ALK present; ETV6-NTRK3 absent", "and not what for"),
    ],
)
def test_a_call_that_is_not_sure_is_none(line: str, why: str) -> None:
    (call,) = read(line)
    assert (call.name, why in call.problem) == ("?::?", True)


def test_reads_beside_two_fusions_are_of_neither() -> None:
    calls = read("TPM3-ALK; ETV6-NTRK3; 40 reads")
    assert [(call.name, call.split_reads) for call in calls] == [
        ("TPM3::ALK", NOT_REPORTED),
        ("ETV6::NTRK3", NOT_REPORTED),
    ]
    assert all(any("40 reads" in remark for remark in call.remarks) for call in calls)


@pytest.mark.parametrize(
    ("words", "count"),
    [("1,500 reads", 1500), ("reads: 12", 12), ("7 supporting reads", 7), ("read count = 3", 3)],
)
def test_counts_of_reads(words: str, count: int) -> None:
    assert read_line(f"EML4-ALK, {words}").count == count


def test_words_of_calls_stand_under_one_meaning() -> None:
    words = find_caller_format("report-words").words
    lists = [words[kind.value] for kind in CallWord]
    assert sum(map(len, lists)) == len(frozenset().union(*lists))
    assert find_call("anything else") is None


CALLS = st.sampled_from([word for word, _ in SAID])


@given(CALLS, st.sampled_from(["\t", ", ", " ; "]), st.lists(st.sampled_from(["12 reads", "RNA"])))
def test_whatever_stands_beside_it_a_negative_call_is_never_found(
    word: str, delimiter: str, more: list[str]
) -> None:
    for cells in (["TPM3-ALK", word, *more], ["TPM3-ALK", *more, word]):
        assert {call.name for call in read(delimiter.join(cells))} == {"?::?"}


# Lists of genes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["TPM3-ALK; ETV6-NTRK3\n", "TPM3-ALK,ETV6-NTRK3\n"])
def test_two_drivers_on_a_line_are_two_fusions(tmp_path: Path, text: str) -> None:
    caller, calls, _ = read_file(tmp_path, text)
    assert caller == "report-words"
    assert [call.name for call in calls] == ["TPM3::ALK", "ETV6::NTRK3"]


@pytest.mark.parametrize("text", ["ALK\tNEGATIVE\n", "ALK\tPOSITIVE\n", "ROS1,FAILED\n"])
def test_a_call_is_no_gene(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError) as caught:
        read_file(tmp_path, text)
    assert caught.value.slug == "fusion-format-unknown"


def test_a_fusion_under_the_header_of_a_gene_is_kept_with_the_reason(tmp_path: Path) -> None:
    text = "gene1\tgene2\nTPM3-ALK\tETV6-NTRK3\nNKX2-1\tALK\nRET-AS1\tALK\n"
    caller, calls, _ = read_file(tmp_path, text)
    assert caller == "gene-list"
    assert "'TPM3-ALK' names a fusion" in calls[0].problem
    assert dict(calls[0].cells) == {"gene1": "TPM3-ALK", "gene2": "ETV6-NTRK3"}
    assert [(call.name, call.problem) for call in calls[1:]] == [
        ("NKX2-1::ALK", ""),
        ("RET-AS1::ALK", ""),
    ]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_a_ragged_row_of_a_list_is_kept(tmp_path: Path, delimiter: str) -> None:
    rows = [
        "TPM3 ALK",
        "ETV6 NTRK3",
        "EML4 ALK extra",
        "CLTC",
        "TFG NEGATIVE",
        "CD74 ROS1",
        "TFG ALK",
    ]
    text = "\n".join(row.replace(" ", delimiter) for row in rows)
    caller, calls, _ = read_file(tmp_path, text)
    assert caller == "gene-list"
    assert [call.name for call in calls] == [
        "TPM3::ALK", "ETV6::NTRK3", "?::?", "?::?", "?::?", "CD74::ROS1", "TFG::ALK",
    ]  # fmt: skip
    assert [call.problem for call in calls if call.problem] == [
        "The row has 3 cells; 2 were expected.",
        "The row has 1 cells; 2 were expected.",
        "'NEGATIVE' is not written as a gene is.",
    ]


# Texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "# A tool\n\nIt holds no sequence: frames of fusions come from exons, none seen.\n",
        "The meeting was moved.\nNo one was absent.\n",
    ],
)
def test_a_text_that_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError) as caught:
        read_file(tmp_path, text)
    assert caught.value.slug == "fusion-format-unknown"


@pytest.mark.parametrize(
    "text", ["No ALK fusion was detected.", "ALK fusion: failed", "Fusion panel negative"]
)
def test_a_report_without_a_fusion_is_still_a_report(tmp_path: Path, text: str) -> None:
    caller, (call,), _ = read_file(tmp_path, text)
    assert (caller, call.name) == ("report-words", "?::?")


def test_lines_that_are_mostly_not_read_are_said(tmp_path: Path) -> None:
    text = "Molecular report\nMaterial: block 3\nTPM3::ALK found\nSigned\n"
    _, calls, notes = read_file(tmp_path, text)
    assert [call.name for call in calls] == ["?::?", "?::?", "TPM3::ALK", "?::?"]
    assert notes == ["3 of 4 lines name no fusion in words that are read. They are kept."]
    assert read_file(tmp_path, "TPM3::ALK\n")[2] == []
