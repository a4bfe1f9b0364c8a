"""What each format says of the same published junctions, and of what is odd in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fusion_callers.caller_files import (
    JUNCTIONS,
    TABLES,
    make_arriba_row,
    make_breakpoint_row,
    make_cbioportal_row,
    make_file,
    make_fusioncatcher_row,
    make_jaffa_row,
    make_long_read_row,
    make_star_row,
    make_table,
)

from spindle.cases.absence import NOT_REPORTED, UNKNOWN
from spindle.cases.fusion_calls import Build, CalledFusion
from spindle.cases.observations import ReadingFrame, SequencingMethod
from spindle.formats.fusion_callers.registry import iterate_calls

EML4_ALK = JUNCTIONS[0]
UNDIRECTED = {"breakpoint-list"}
WITHOUT_POSITIONS = {"gene-list"}


def read(folder: Path, text: str, caller: str = "") -> list[CalledFusion]:
    path = folder / "calls.txt"
    path.write_text(text, encoding="utf-8")
    return list(iterate_calls(path, caller=caller))


def read_one(folder: Path, row: dict[str, str], delimiter: str = "\t") -> CalledFusion:
    (call,) = read(folder, make_table([row], delimiter, ""))
    return call


@pytest.mark.parametrize("format_id", sorted(TABLES))
def test_every_format_gives_the_same_junctions(tmp_path: Path, format_id: str) -> None:
    calls = read(tmp_path, make_file(format_id))
    assert [call.caller for call in calls] == [format_id] * 4
    assert [call.problem for call in calls] == [""] * 4
    for line, (call, junction) in enumerate(zip(calls, JUNCTIONS, strict=True), 2):
        assert call.line == line
        assert (call.end5.gene, call.end3.gene) == (junction.gene5, junction.gene3)
        assert call.is_directed is (format_id not in UNDIRECTED)
        if format_id not in WITHOUT_POSITIONS:
            assert (call.end5.chromosome, call.end5.position) == junction.place5[:2]
            assert (call.end3.chromosome, call.end3.position) == junction.place3[:2]


def test_the_positions_are_those_that_callers_print(tmp_path: Path) -> None:
    """As STAR-Fusion, FusionCatcher and JAFFA print them for the Seraseq reference RNA, GRCh38."""
    calls = read(tmp_path, make_file("star-fusion"))
    places = [(call.end5.position, call.end3.position) for call in calls]
    assert places == [
        (42_295_516, 29_223_528),
        (150_404_680, 117_324_415),
        (32_017_143, 43_114_480),
        (11_869_969, 87_940_753),
    ]
    strands = [(call.end5.read_strand, call.end3.read_strand) for call in calls]
    assert strands == [("+", "-"), ("-", "-"), ("-", "+"), ("+", "-")]


def test_arriba_keeps_everything(tmp_path: Path) -> None:
    row = make_arriba_row(EML4_ALK)
    call = read_one(tmp_path, row)
    assert (call.split_reads, call.spanning_pairs) == (21, 4)
    assert (call.coverage5, call.coverage3, call.confidence) == (120, 260, "high")
    assert call.frame is ReadingFrame.IN
    assert call.sequence == "GGACCTAAAG|tt|TGTACC___GCCGGAAG"
    assert call.remarks == ("Mitelman",)
    assert call.method is SequencingMethod.RNA
    assert call.end5.transcript == "ENST00000318522.10"
    assert (call.end3.gene_strand, call.end3.site) == ("-", "CDS/splice-site")
    assert dict(call.cells) == row


def test_arriba_filters_that_took_only_reads_did_not_discard(tmp_path: Path) -> None:
    row = make_arriba_row(EML4_ALK)
    assert read_one(tmp_path, row).filters == ()
    call = read_one(tmp_path, row | {"filters": "blacklist,duplicates(3),merge_adjacent"})
    assert call.filters == ("blacklist", "merge_adjacent")


@pytest.mark.parametrize(
    ("word", "frame"),
    [("out-of-frame", ReadingFrame.OUT), ("stop-codon", UNKNOWN), (".", UNKNOWN)],
)
def test_arriba_frames(tmp_path: Path, word: str, frame: object) -> None:
    """A stop codon before the junction is not out of frame."""
    call = read_one(tmp_path, make_arriba_row(EML4_ALK) | {"reading_frame": word})
    assert call.frame == frame
    assert call.cells["reading_frame"] == word


def test_arriba_between_genes_and_without_strands(tmp_path: Path) -> None:
    row = make_arriba_row(EML4_ALK) | {
        "gene1": "TENM1(220891),AL008707.1(19097)",
        "gene2": ".",
        "strand1(gene/fusion)": "./-",
        "strand2(gene/fusion)": "./.",
        "site1": "intergenic",
    }
    call = read_one(tmp_path, row)
    assert call.problem == ""
    assert call.end5.gene == "TENM1(220891),AL008707.1(19097)"
    assert call.end3.gene == ""
    assert (call.end5.gene_strand, call.end5.read_strand) == ("", "-")
    assert (call.end3.gene_strand, call.end3.read_strand) == ("", "")


def test_arriba_on_a_contig_of_hla(tmp_path: Path) -> None:
    row = make_arriba_row(EML4_ALK) | {"breakpoint1": "HLA-A*01:01:01:01:1042"}
    call = read_one(tmp_path, row)
    assert (call.end5.chromosome, call.end5.position) == ("HLA-A*01:01:01:01", 1042)


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("breakpoint1", "2:abc", "The position 'abc' of the 5' side can't be read."),
        ("breakpoint2", "2", "The breakpoint '2' of the 3' side can't be read."),
        ("breakpoint2", "2:0", "The position '0' of the 3' side can't be read."),
        ("breakpoint2", "2:2.9e7", "The position '2.9e7' of the 3' side can't be read."),
        ("strand1(gene/fusion)", "x/+", "The strand 'x' of the 5' side can't be read."),
        ("strand1(gene/fusion)", "+", "The strands '+' of the 5' side can't be read."),
    ],
)
def test_what_can_not_be_read_is_said_and_the_rest_kept(
    tmp_path: Path, column: str, value: str, says: str
) -> None:
    call = read_one(tmp_path, make_arriba_row(EML4_ALK) | {column: value})
    assert call.problem == says
    assert call.name == "EML4::ALK"
    assert call.cells[column] == value


def test_missing_positions_are_no_problem(tmp_path: Path) -> None:
    row = make_arriba_row(EML4_ALK) | {"breakpoint1": ".", "coverage1": "", "coverage2": "many"}
    call = read_one(tmp_path, row)
    assert (call.end5.position, call.problem) == (None, "")
    assert (call.coverage5, call.coverage3) == (NOT_REPORTED, UNKNOWN)


def test_star_fusion_keeps_everything(tmp_path: Path) -> None:
    call = read_one(tmp_path, make_star_row(EML4_ALK))
    assert call.end5.gene_id == "ENSG00000143924.19"
    assert call.remarks == (
        "ONLY_REF_SPLICE",
        "Cosmic",
        "INTRACHROMOSOMAL[chr2:13.07Mb]",
        "LOCAL:+:[48]",
    )
    assert call.frame is ReadingFrame.IN
    assert call.sequence == "atggacggttaaag|TGTACCGCC"
    assert (call.split_reads, call.spanning_pairs) == (21, 4)


def test_star_fusion_lists_that_lost_their_marks(tmp_path: Path) -> None:
    row = make_star_row(EML4_ALK) | {"annots": "[Cosmic,INTRACHROMOSOMAL[chr2:13.07Mb]]"}
    assert read_one(tmp_path, row).remarks[1:] == ("Cosmic", "INTRACHROMOSOMAL[chr2:13.07Mb]")


def test_star_fusion_frameshift_and_nothing(tmp_path: Path) -> None:
    row = make_star_row(EML4_ALK)
    assert read_one(tmp_path, row | {"PROT_FUSION_TYPE": "FRAMESHIFT"}).frame is ReadingFrame.OUT
    call = read_one(tmp_path, row | {"PROT_FUSION_TYPE": ".", "FUSION_CDS": "."})
    assert (call.frame, call.sequence) == (NOT_REPORTED, "")


def test_long_reads_are_counted(tmp_path: Path) -> None:
    call = read_one(tmp_path, make_long_read_row(EML4_ALK))
    assert (call.caller, call.split_reads) == ("ctat-lr-fusion", 33)


def test_fusioncatcher_marks_and_effects(tmp_path: Path) -> None:
    row = make_fusioncatcher_row(EML4_ALK)
    call = read_one(tmp_path, row)
    assert call.sequence == "GGACCTAAAG|TGTACCGCC"
    assert call.remarks == ("known", "oncogene", "exon-exon")
    assert (call.split_reads, call.spanning_pairs) == (17, 44)
    assert call.end5.exon == "ENSE00003554806"
    call = read_one(tmp_path, row | {"Predicted_effect": "CDS(truncated)/UTR"})
    assert (call.frame, call.frame_words) == (UNKNOWN, "CDS(truncated)/UTR")


def test_fusioncatcher_keeps_a_reciprocal_as_it_stands(tmp_path: Path) -> None:
    row = make_fusioncatcher_row(EML4_ALK)
    keys = [key for key in row if "gene_1" in key.casefold()]
    turned = dict(row)
    for key in keys:
        other = key.replace("_1_", "_2_").replace("gene_1", "gene_2").replace("5end", "3end")
        if other in row:
            turned[key], turned[other] = row[other], row[key]
    call = read_one(tmp_path, turned)
    assert call.name == "ALK::EML4"
    assert call.end5.position == 29_223_528


def test_jaffa_names_an_order_only_in_frame(tmp_path: Path) -> None:
    row = make_jaffa_row(EML4_ALK)
    call = read_one(tmp_path, row, ",")
    assert (call.is_directed, call.sample, call.confidence) == (True, "block B", "HighConfidence")
    assert (call.end5.read_strand, call.end3.read_strand) == ("+", "-")
    assert call.spanning_pairs == UNKNOWN
    assert call.remarks == ("rearrangement: TRUE",)
    call = read_one(tmp_path, row | {"inframe": "FALSE"}, ",")
    assert (call.is_directed, call.frame, call.frame_words) == (False, UNKNOWN, "FALSE")
    call = read_one(tmp_path, row | {"inframe": "NA"}, ",")
    assert (call.is_directed, call.frame) == (False, NOT_REPORTED)


def test_genion_says_no_order_and_no_place(tmp_path: Path) -> None:
    text = (
        "ENSG00000171094::ENSG00000143924\tALK::EML4\t120.5\t33.1\t41\tPASS:GF\n"
        "ENSG00000198400::ENSG00000143549\tNTRK1::TPM3\t58.4\t0.06\t16\tFAIL::dup::low\n"
        "ENSG00000198400::ENSG00000143549\tNTRK1::TPM3\t58.4\n"
    )
    first, failed, short = read(tmp_path, text)
    assert (first.caller, first.name, first.is_directed) == ("genion", "ALK::EML4", False)
    assert (first.end5.gene_id, first.split_reads) == ("ENSG00000171094", 41)
    assert (first.filters, first.remarks) == ((), ("PASS:GF",))
    assert first.end5.position is None
    assert failed.filters == ("FAIL", "dup", "low")
    assert "3 cells" in short.problem


def test_cbioportal_puts_the_sides_in_the_order_that_the_event_names(tmp_path: Path) -> None:
    row = make_cbioportal_row(EML4_ALK)
    call = read_one(tmp_path, row)
    assert (call.name, call.is_directed) == ("EML4::ALK", True)
    assert call.end3.exon == "20"
    assert (call.frame, call.build) == (ReadingFrame.IN, Build.GRCH38)
    assert (call.method, call.sample) == (SequencingMethod.RNA, "P-1")
    assert (call.split_reads, call.spanning_pairs) == (4, 55)


@pytest.mark.parametrize(
    "event",
    ["EML4-ALK Fusion", "EML4::ALK", "PROTEIN FUSION: IN FRAME  (EML4-ALK)", "fusion eml4 - alk"],
)
def test_cbioportal_takes_the_order_from_plain_words(tmp_path: Path, event: str) -> None:
    call = read_one(tmp_path, make_cbioportal_row(EML4_ALK) | {"Event_Info": event})
    assert (call.name, call.is_directed) == ("EML4::ALK", True)
    assert (call.end5.exon, call.end3.exon) == ("", "20")


def test_cbioportal_with_the_kinase_before_a_double_colon(tmp_path: Path) -> None:
    call = read_one(tmp_path, make_cbioportal_row(EML4_ALK) | {"Event_Info": "ALK::EML4"})
    assert (call.name, call.is_directed) == ("ALK::EML4", True)


@pytest.mark.parametrize(
    "event", ["ALK-EML4 fusion", "EML4-ALK, ALK-EML4", "EML4-ALKBH1", "ALK fusion"]
)
def test_cbioportal_words_without_one_order(tmp_path: Path, event: str) -> None:
    call = read_one(tmp_path, make_cbioportal_row(EML4_ALK) | {"Event_Info": event})
    assert (call.name, call.is_directed) == ("ALK::EML4", False)


@pytest.mark.parametrize("event", ["Antisense fusion", "NA", "{KIF5B:RET}", "fusion {EML4:ALK"])
def test_cbioportal_says_no_order_of_its_own(tmp_path: Path, event: str) -> None:
    row = make_cbioportal_row(EML4_ALK) | {"Event_Info": event, "DNA_Support": "Yes"}
    call = read_one(tmp_path, row)
    assert (call.name, call.is_directed) == ("ALK::EML4", False)
    assert call.method is SequencingMethod.UNSPECIFIED


@pytest.mark.parametrize(
    ("word", "frame"),
    [
        ("In_frame", ReadingFrame.IN),
        ("in-frame", ReadingFrame.IN),
        ("Frame_Shift", ReadingFrame.OUT),
        ("Out of frame", ReadingFrame.OUT),
        ("mid-exon", UNKNOWN),
    ],
)
def test_cbioportal_frames(tmp_path: Path, word: str, frame: object) -> None:
    row = make_cbioportal_row(EML4_ALK) | {"Site2_Effect_On_Frame": word}
    assert read_one(tmp_path, row).frame == frame


def test_cbioportal_with_a_build_that_is_not_known(tmp_path: Path) -> None:
    call = read_one(tmp_path, make_cbioportal_row(EML4_ALK) | {"NCBI_Build": "T2T"})
    assert call.build == UNKNOWN
    assert "'T2T' is not known" in call.problem


def test_enfusion_names_its_sample_above_the_header(tmp_path: Path) -> None:
    text = "# Sample: S 1\n# NumToolsAggregated:\t2\n" + make_file("enfusion")
    calls = read(tmp_path, text)
    assert {call.sample for call in calls} == {"S 1"}
    assert calls[0].line == 4
    assert calls[0].sequence == "ACG|TGC"


def test_a_list_may_leave_a_side_open(tmp_path: Path) -> None:
    row = make_breakpoint_row(EML4_ALK)
    call = read_one(tmp_path, row | {"FusionGene": "--ALK"})
    assert (call.name, call.problem) == ("?::ALK", "")
    assert call.split_reads == 55
    call = read_one(tmp_path, row | {"FusionGene": "NUP98--HLA-A"})
    assert call.name == "NUP98::HLA-A"
    call = read_one(tmp_path, row | {"FusionGene": "ALK"})
    assert "can't be parted" in call.problem
    assert call.end5.gene == "ALK"


def test_a_list_with_strands_and_counts_of_another_caller(tmp_path: Path) -> None:
    row = {
        "#FusionGene": "EML4--ALK",
        "Score": "0.98",
        "LeftBreakpoint": "chr2:42295516:+",
        "RightBreakpoint": "chr2:29223528:-",
        "NumSplitReads": "8",
    }
    call = read_one(tmp_path, row)
    assert (call.end3.position, call.end3.read_strand) == (29_223_528, "-")
    assert (call.split_reads, call.remarks) == (8, ("Score: 0.98",))


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_two_columns_of_genes_without_a_header(tmp_path: Path, delimiter: str) -> None:
    calls = read(tmp_path, f"EML4{delimiter}ALK\nC2orf44{delimiter}ALK\n")
    assert [call.name for call in calls] == ["EML4::ALK", "C2orf44::ALK"]
    assert {call.is_directed for call in calls} == {False}
    assert [call.line for call in calls] == [1, 2]


def test_exons_are_no_genes(tmp_path: Path) -> None:
    """`E13;A20` is how reports name the exons of EML4 and ALK."""
    assert [call.caller for call in read(tmp_path, "E13;A20\n")] == ["report-words"]


@pytest.mark.parametrize(
    ("header", "is_directed"),
    [("5' gene\t3' gene", True), ("gene_5prime\tgene_3prime", True), ("gene1\tgene2", False)],
)
def test_two_columns_of_genes_with_a_header(
    tmp_path: Path, header: str, *, is_directed: bool
) -> None:
    (call,) = read(tmp_path, f"{header}\nTPM3\tNTRK1\n")
    assert (call.name, call.is_directed, call.line) == ("TPM3::NTRK1", is_directed, 2)


def test_a_row_of_nothing_is_kept(tmp_path: Path) -> None:
    first, second = read(tmp_path, "gene5\tgene3\nEML4\tALK\nNA\t.\n")
    assert first.problem == ""
    assert second.problem == "The row names neither a gene nor a position."
    assert dict(second.cells) == {"gene5": "NA", "gene3": "."}
