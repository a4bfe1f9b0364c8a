"""Frames and domains of published junctions, and of junctions that must not pass."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spindle.knowledge
from spindle.assays.fusion_calls import Orientation, ReadCall, read_call
from spindle.assays.fusion_frames import DomainState, Frame
from spindle.assays.fusion_places import PlaceKind
from spindle.cases.absence import UNKNOWN
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.cases.observations import ReadingFrame, SequencingMethod
from spindle.knowledge.transcripts import load_transcripts

RNA, DNA = SequencingMethod.RNA, SequencingMethod.DNA
B37, B38 = Build.GRCH37, Build.GRCH38
TABLES = Path(spindle.knowledge.__file__).parent / "data" / "transcripts"


def call(
    five: tuple[str, str, int],
    three: tuple[str, str, int],
    method: SequencingMethod = RNA,
    **values: object,
) -> CalledFusion:
    ends = [CalledEnd(gene=g, chromosome=c, position=p) for g, c, p in (five, three)]
    return CalledFusion("test", "calls.tsv", 1, *ends, method=method, **values)  # type: ignore[arg-type]


def exons(gene5: str, exon5: str, gene3: str, exon3: str) -> CalledFusion:
    ends = (CalledEnd(gene=gene5, exon=exon5), CalledEnd(gene=gene3, exon=exon3))
    return CalledFusion("test", "words", 1, *ends)


def say(read: ReadCall) -> tuple[str, str, int | None, int | None]:
    return read.frame.value, read.domain.value, read.place5.exon, read.place3.exon


# The commercial reference RNA and its junctions: fusor's STAR-Fusion and JAFFA fixtures of it print
# these positions on GRCh38; the GRCh37 ones are the edges of the same exons in the gene lists of
# GeneFuse (ENST00000318522, ENST00000389048, ENST00000302418, ENST00000355710, ENST00000009530,
# ENST00000368508, ENST00000396373, ENST00000394480, ENST00000263102, ENST00000382051, and others).
REFERENCE = [
    ("EML4", "2", 42295516, 42522656, "ALK", "2", 29223528, 29446394, 13, 20),
    ("KIF5B", "10", 32017143, 32306071, "RET", "10", 43114480, 43609928, 24, 11),
    ("CD74", "5", 150404680, 149784243, "ROS1", "6", 117324415, 117645578, 6, 35),
    ("SLC34A2", "4", 25664330, 25665952, "ROS1", "6", 117324415, 117645578, 4, 35),
    ("ETV6", "12", 11869969, 12022903, "NTRK3", "15", 87940753, 88483984, 5, 15),
    ("CCDC6", "10", 59906122, 61665880, "RET", "10", 43116584, 43612032, 1, 12),
    ("LMNA", "1", 156130773, 156100564, "NTRK1", "1", 156874906, 156844698, 2, 11),
    ("TPM3", "1", 154170400, 154142876, "NTRK1", "1", 156874571, 156844363, 8, 10),
    ("NCOA4", "10", 46012883, 51582939, "RET", "10", 43116584, 43612032, 7, 12),
]


@pytest.mark.parametrize(
    ("gene5", "chr5", "end38", "end37", "gene3", "chr3", "start38", "start37", "exon5", "exon3"),
    REFERENCE,
    ids=[f"{row[0]}::{row[4]}" for row in REFERENCE],
)
@pytest.mark.parametrize("build", [B37, B38])
def test_the_reference_fusions_are_in_frame_with_a_whole_kinase_on_both_builds(
    build: Build, gene5: str, chr5: str, end38: int, end37: int, gene3: str, chr3: str,
    start38: int, start37: int, exon5: int, exon3: int,
) -> None:  # fmt: skip
    five, three = (end38, start38) if build is B38 else (end37, start37)
    read = read_call(call((gene5, chr5, five), (gene3, chr3, three)), build)
    assert say(read) == ("in", "whole", exon5, exon3)
    assert (read.kinase, read.kinase_side) == (gene3, "3p")
    # Moved by one base, the same fusion is out of frame: the test can tell.
    strand = load_transcripts()[gene5].strands[build]
    shifted = read_call(call((gene5, chr5, five - strand), (gene3, chr3, three)), build)
    assert shifted.frame is Frame.OUT


def locate(gene: str, exon: int, build: Build, *, is_end: bool) -> tuple[str, str, int]:
    """Give the last or the first base of an exon in the order of reading, from the tables alone."""
    number = build.value[-2:]
    with (TABLES / "exons.csv").open() as file:
        row = next(r for r in csv.DictReader(file) if r["gene"] == gene and int(r["exon"]) == exon)
    with (TABLES / "transcripts.csv").open() as file:
        own = next(r for r in csv.DictReader(file) if r["gene"] == gene)
    is_upper = is_end == (own["strand"] == "+")
    return gene, own["chromosome"], int(row[("end" if is_upper else "start") + number])


# FN1 exons 20 to 26 joined to ALK exon 18 or 19, in the bladder (fusions.pmp-fn1-alk.fn1). Which
# exon was joined to which is not printed. Coding bases of FN1 (NM_212482) up to each exon's end,
# added up from the lengths of its exons. ALK exons 18 and 19 begin after 2,914 and 3,067 coding
# bases: one is left over on division by three, and so it is in FN1 but for exon 21.
FN1_BASES = {20: 3253, 21: 3348, 22: 3517, 23: 3604, 24: 3796, 25: 4069, 26: 4252}


@pytest.mark.parametrize("build", [B37, B38])
@pytest.mark.parametrize("exon3", [18, 19])
@pytest.mark.parametrize("exon5", sorted(FN1_BASES))
def test_fn1_of_the_bladder_joined_before_alk_exon_20(build: Build, exon5: int, exon3: int) -> None:
    """All of the published range is in frame but exon 21, whose end leaves no base over."""
    five, three = (
        locate("FN1", exon5, build, is_end=True),
        locate("ALK", exon3, build, is_end=False),
    )
    read = read_call(call(five, three), build)
    expected = "in" if FN1_BASES[exon5] % 3 == 1 else "out"
    assert say(read) == (expected, "whole", exon5, exon3)
    assert read.place5.coding_before == FN1_BASES[exon5]
    slow = compute_slowly("FN1", five[2], "ALK", three[2], build.value[-2:])
    assert slow is Frame(expected)


@pytest.mark.parametrize("build", [B37, B38])
@pytest.mark.parametrize(("exon5", "frame"), [(11, "out"), (12, "in"), (13, "out")])
def test_ppfibp1_exon_12_is_in_frame_with_alk_exon_20(build: Build, exon5: int, frame: str) -> None:
    """Coding bases of PPFIBP1 up to exons 11, 12 and 13 are 906, 991 and 1,146: 0, 1 and 0 over."""
    five = locate("PPFIBP1", exon5, build, is_end=True)
    three = locate("ALK", 20, build, is_end=False)
    read = read_call(call(five, three), build)
    assert say(read) == (frame, "whole", exon5, 20)
    assert compute_slowly("PPFIBP1", five[2], "ALK", three[2], build.value[-2:]) is Frame(frame)


# Junctions with ALK exon 20 that the list of a panel prints (facts fusions.nci-match.*), by MANE's
# exon numbers; TPM3 and CARS1 by those of papers as well.
ALK_PARTNERS = [
    ("TPM3", "7"), ("TPM4", "7"), ("CLTC", "31"), ("RANBP2", "18"), ("EML4", "13"), ("EML4", "6"),
    ("EML4", "20"), ("SEC31A", "21"), ("SEC31A", "22"), ("CARS1", "17"), ("ATIC", "7"),
    ("DCTN1", "26"), ("TFG", "4"), ("TFG", "5"), ("TFG", "6"), ("STRN", "3"), ("TPM1", "8"),
    ("KIF5B", "17"), ("KIF5B", "24"), ("KLC1", "9"), ("HIP1", "21"), ("HIP1", "28"), ("TPR", "15"),
]  # fmt: skip


@pytest.mark.parametrize(("partner", "exon"), ALK_PARTNERS)
def test_published_partners_of_alk_exon_20_are_in_frame(partner: str, exon: str) -> None:
    read = read_call(exons(partner, exon, "ALK", "20"), UNKNOWN)
    assert (read.frame, read.domain) == (Frame.IN, DomainState.WHOLE)


@pytest.mark.parametrize(
    ("gene5", "exon5", "gene3", "exon3", "source"),
    [
        ("A2M", "22", "ALK", "19", "fusions.nci-match.a2m"),
        ("THBS1", "7", "ALK", "19", "fusions.ajmal-2024.thbs1"),
    ],
)
def test_published_junctions_before_alk_exon_20(
    gene5: str, exon5: str, gene3: str, exon3: str, source: str
) -> None:
    read = read_call(exons(gene5, exon5, gene3, exon3), UNKNOWN)
    assert (read.frame, read.domain) == (Frame.IN, DomainState.WHOLE), source


@pytest.mark.parametrize(
    ("gene5", "exon5", "gene3", "exon3", "frame", "domain"),
    [
        # Published out of frame: EML4 exon 13 to ALK exon 29 (fusions.eml4.e13-a29).
        ("EML4", "13", "ALK", "29", "out", "cut"),
        # The neighbours of published junctions, which nobody published.
        ("EML4", "12", "ALK", "20", "out", "whole"),
        ("EML4", "14", "ALK", "20", "out", "whole"),
        ("EML4", "13", "ALK", "21", "out", "cut"),
        ("EML4", "13", "ALK", "22", "out", "cut"),
        ("EML4", "13", "ALK", "24", "out", "cut"),
        ("CLTC", "30", "ALK", "20", "out", "whole"),
        ("RANBP2", "17", "ALK", "20", "out", "whole"),
        ("RANBP2", "19", "ALK", "20", "out", "whole"),
        ("TPM4", "6", "ALK", "20", "out", "whole"),
        ("TFG", "3", "ALK", "21", "out", "cut"),
        ("STRN", "2", "ALK", "20", "out", "whole"),
        ("ATIC", "6", "ALK", "20", "out", "whole"),
        ("DCTN1", "25", "ALK", "20", "out", "whole"),
        ("SEC31A", "20", "ALK", "20", "out", "whole"),
        ("KIF5B", "16", "ALK", "20", "out", "whole"),
        ("KIF5B", "23", "RET", "11", "out", "whole"),
        ("KIF5B", "24", "RET", "16", "out", "cut"),
        ("ETV6", "6", "NTRK3", "15", "out", "whole"),
        ("ETV6", "5", "NTRK3", "16", "out", "cut"),
        ("LMNA", "2", "NTRK1", "10", "out", "whole"),
        ("LMNA", "2", "NTRK1", "15", "out", "cut"),
        ("CD74", "5", "ROS1", "35", "out", "whole"),
        ("CCDC6", "4", "RET", "12", "out", "whole"),
    ],
)
def test_shifted_exons_and_cut_domains_do_not_pass(
    gene5: str, exon5: str, gene3: str, exon3: str, frame: str, domain: str
) -> None:
    """Positives alone prove nothing: as many junctions that make no working kinase."""
    transcripts = load_transcripts()
    five, three = transcripts[gene5], transcripts[gene3]
    end = five.firsts[B38][int(exon5) - 1] + five.lengths[int(exon5) - 1] - 1
    start = three.firsts[B38][int(exon3) - 1]
    positions = (end * five.strand, start * three.strand)
    read = read_call(
        call((gene5, five.chromosome, positions[0]), (gene3, three.chromosome, positions[1])), B38
    )
    assert (read.frame.value, read.domain.value) == (frame, domain)
    assert say(read)[2:] == (int(exon5), int(exon3))


# Trap 1: other numbers of the same exon.


def test_exons_stand_by_mane_and_by_the_numbers_of_papers() -> None:
    read = read_call(call(("CD74", "5", 150404680), ("ROS1", "6", 117324415)), B38)
    assert (read.place3.exon, read.place3.exon_older) == (35, 34)
    tpm3 = read_call(exons("TPM3", "7", "ALK", "20"), UNKNOWN)
    assert (tpm3.place5.exon, tpm3.place5.exon_older) == (8, 7)
    cars = read_call(exons("CARS", "17", "ALK", "20"), UNKNOWN)
    assert (cars.gene5, cars.place5.exon, cars.place5.exon_older) == ("CARS1", 18, 17)


def test_an_exon_number_with_two_meanings_and_two_frames_is_unknown() -> None:
    read = read_call(exons("CD74", "6", "ROS1", "34"), UNKNOWN)
    assert read.frame is Frame.UNKNOWN
    assert "MANE's or those of papers" in read.frame_basis
    assert "exon_numbering_open" in read.flags


def test_ntrk3_has_the_numbers_of_mane_and_those_of_papers() -> None:
    """Kralik 2011 (doi:10.1186/1746-1596-6-19): NTRK3 exon 12::ETV6 exon 6 is the reciprocal."""
    by_mane = read_call(exons("ETV6", "5", "NTRK3", "15"), UNKNOWN)
    assert (by_mane.frame, by_mane.place3.exon_older) == (Frame.IN, 13)
    by_papers = read_call(exons("ETV6", "5", "NTRK3", "13"), UNKNOWN)
    assert by_papers.frame is Frame.UNKNOWN
    assert by_papers.place3.other_exons == (15,)
    for reading in ("exon 13", "exon 15"):
        assert f"NTRK3 {reading}" in by_papers.frame_basis


# Trap 2: on the minus strand coding blocks run downwards.


def test_the_minus_strand_runs_downwards() -> None:
    read = read_call(call(("EML4", "2", 42295516), ("ALK", "2", 29223528)), B38)
    assert read.frame is Frame.IN
    assert read.place3.transcript is not None
    assert read.place3.coding_before == 3172  # ALK exon 20 begins at c.3173.
    assert read.place5.coding_before == 1489  # EML4 exon 13 ends at c.1489.


def test_a_gene_that_was_turned_round_between_builds() -> None:
    """NCOA4 is read upwards on GRCh37 and downwards on GRCh38."""
    ncoa4 = load_transcripts()["NCOA4"]
    assert (ncoa4.strands[B37], ncoa4.strands[B38]) == (1, -1)
    assert [g for g, t in load_transcripts().items() if t.strands[B37] != t.strands[B38]] == [
        "NCOA4"
    ]
    on37 = read_call(call(("NCOA4", "10", 51582939), ("RET", "10", 43612032)), B37)
    assert say(on37) == ("in", "whole", 7, 12)


# Trap 3: introns of DNA and of RNA.


def test_a_breakpoint_of_dna_in_introns_joins_the_exons_on_both_sides() -> None:
    for away in (1, 57, 1000, 1001, 1002):
        read = read_call(
            call(("EML4", "2", 42295516 + away), ("ALK", "2", 29223528 + away), DNA), B38
        )
        assert say(read) == ("in", "whole", 13, 20)
        assert read.place5.kind is PlaceKind.INTRON


@pytest.mark.parametrize(("kept", "frame"), [(1, "out"), (2, "out"), (3, "in"), (18, "in")])
def test_bases_of_an_intron_in_rna_count_towards_the_frame(kept: int, frame: str) -> None:
    five = read_call(call(("EML4", "2", 42295516 + kept), ("ALK", "2", 29223528)), B38)
    three = read_call(call(("EML4", "2", 42295516), ("ALK", "2", 29223528 + kept)), B38)
    for read in (five, three):
        assert read.frame.value == frame
        assert ("stop_not_excluded" in read.flags) == (frame == "in")


def test_a_junction_in_an_intron_without_rna_or_dna_said() -> None:
    unsaid = SequencingMethod.UNSPECIFIED
    open_ = read_call(call(("EML4", "2", 42295517), ("ALK", "2", 29223528), unsaid), B38)
    assert open_.frame is Frame.UNKNOWN
    assert "as DNA the fusion is in frame, as RNA out of frame" in open_.frame_basis
    same = read_call(call(("EML4", "2", 42295519), ("ALK", "2", 29223528), unsaid), B38)
    assert same.frame is Frame.IN


def test_dna_inside_an_exon_joined_to_an_intron_is_unknown() -> None:
    read = read_call(call(("EML4", "2", 42295500), ("ALK", "2", 29224000), DNA), B38)
    assert read.frame is Frame.UNKNOWN
    assert "spliced" in read.frame_basis


# Traps 5, 7, 11 and parts that do not code.


def test_a_reversed_call_is_never_the_driver() -> None:
    read = read_call(call(("ALK", "2", 29223529), ("EML4", "2", 42295517)), B38)
    assert (read.kinase, read.kinase_side, read.domain) == ("ALK", "5p", DomainState.ABSENT)
    assert "reversed" in read.flags


def test_a_breakpoint_before_the_first_exon_is_outside_and_not_absent() -> None:
    read = read_call(call(("EML4", "2", 42295516), ("ALK", "2", 29921587)), B38)
    assert read.place3.kind is PlaceKind.OUTSIDE
    assert (read.frame, read.domain) == (Frame.UNKNOWN, DomainState.UNKNOWN)
    assert "outside_transcript" in read.flags
    assert "domain_lost" not in read.flags


def test_a_stop_codon_before_the_junction_is_not_out_of_frame() -> None:
    behind_stop = read_call(call(("NCOA4", "10", 46005204), ("RET", "10", 43116584)), B38)
    assert behind_stop.frame is Frame.UNKNOWN
    assert "stop codon of NCOA4 stands before the junction" in behind_stop.frame_basis
    said = call(("EML4", "2", 42295516), ("ALK", "2", 29223528), frame_words="stop-codon")
    read = read_call(said, B38)
    assert read.frame is Frame.IN
    assert "stop_before_junction" in read.flags


def test_a_kinase_at_the_5_end_needs_the_end_of_its_domain() -> None:
    """FGFR3 keeps its domain (up to amino acid 748) only in a fusion behind it."""
    fgfr3 = load_transcripts()["FGFR3"]
    states = {}
    for exon in range(1, fgfr3.exons + 1):
        read = read_call(exons("FGFR3", str(exon), "TACC3", "11"), UNKNOWN)
        states[exon] = read.domain.value
        assert read.frame is Frame.UNKNOWN  # TACC3 is outside the tables.
        assert read.gene3 == "TACC3"
    assert states[18] == "whole"
    assert "cut" in states.values()
    assert states[1] == "absent"
    kept = [exon for exon, state in states.items() if state == "whole"]
    assert kept == sorted(range(min(kept), fgfr3.exons + 1))


def test_a_part_that_does_not_code_gives_no_frame() -> None:
    """TIMP3 or any gene before its start codon lends its promoter, and no reading frame."""
    alk = load_transcripts()["ALK"]
    clip = read_call(exons("FN1", "1", "ALK", "20"), UNKNOWN)
    assert clip.frame in (Frame.IN, Frame.OUT)
    first = alk.firsts[B38][0] * alk.strand
    before_start = read_call(call(("EML4", "2", 42295516), ("ALK", "2", first)), B38)
    assert before_start.frame is Frame.UNKNOWN
    assert "start codon of ALK" in before_start.frame_basis


# Orientation, callers and names.


def test_sides_read_against_their_genes_are_antisense_or_change_places() -> None:
    def make(strand5: str, strand3: str, *, is_directed: bool) -> ReadCall:
        ends = (
            CalledEnd(gene="ALK", chromosome="2", position=29223528, read_strand=strand5),
            CalledEnd(gene="EML4", chromosome="2", position=42295516, read_strand=strand3),
        )
        found = CalledFusion("t", "f", 1, *ends, method=DNA, is_directed=is_directed)
        return read_call(found, B38)

    turned = make("+", "-", is_directed=False)
    assert turned.is_swapped
    assert (turned.name, turned.orientation) == ("EML4::ALK", Orientation.SENSE)
    assert turned.frame is Frame.IN
    assert make("+", "-", is_directed=True).orientation is Orientation.ANTISENSE
    assert make("-", "-", is_directed=False).orientation is Orientation.ANTISENSE
    assert make("-", "+", is_directed=True).orientation is Orientation.SENSE


def test_the_tables_stand_where_a_caller_disagrees_and_both_are_said() -> None:
    wrong = call(
        ("EML4", "2", 42295516), ("ALK", "2", 29223528),
        frame=ReadingFrame.OUT, frame_words="out-of-frame",
    )  # fmt: skip
    read = read_call(wrong, B38)
    assert read.frame is Frame.IN
    assert "frame_disagrees" in read.flags
    assert "out-of-frame" in read.frame_basis


def test_a_gene_outside_the_tables_is_read_with_unknown_for_the_rest() -> None:
    read = read_call(call(("TMPRSS2", "21", 41464551), ("ERG", "21", 38366039)), B38)
    assert read.name == "TMPRSS2::ERG"
    assert (read.frame, read.domain, read.kinase) == (Frame.UNKNOWN, DomainState.UNKNOWN, "")
    assert {"not_in_tables", "no_kinase"} <= set(read.flags)


@pytest.mark.parametrize(
    ("written", "symbol", "repair"),
    [
        ("CARS", "CARS1", "an earlier symbol"),
        ("SEC31L1", "SEC31A", "another spelling"),
        ("BRNBP2", "RANBP2", "another spelling"),
        ("C2orf44", "WDCP", "another spelling"),
        ("alk", "ALK", "another spelling"),
    ],
)
def test_older_symbols_and_misprints_are_repaired_in_the_open(
    written: str, symbol: str, repair: str
) -> None:
    read = read_call(exons(written, "2", "ALK", "20"), UNKNOWN)
    assert (read.gene5, read.place5.name.written) == (symbol, written)
    assert read.place5.name.repair
    assert "name_repaired" in read.flags
    assert repair in ("an earlier symbol", "another spelling")


def test_a_name_of_two_genes_is_left_as_written() -> None:
    assert read_call(exons("TRK", "2", "ALK", "20"), UNKNOWN).gene5 == "TRK"


def test_a_position_on_another_chromosome_is_not_located() -> None:
    read = read_call(call(("EML4", "17", 42295516), ("ALK", "2", 29223528)), B38)
    assert read.frame is Frame.UNKNOWN
    assert "chromosome 2, and the position on 17" in read.frame_basis


# Against an independent computation ---------------------------------------------------------------


@cache
def walk(gene: str, build: str) -> tuple[tuple[int, ...], frozenset[int]]:
    """Give every position of a gene's spliced transcript in order of reading, and the coding ones.

    Straight from the table, base by base; nothing of the product is used.
    """
    with (TABLES / "transcripts.csv").open() as file:
        strand = next(r["strand"] for r in csv.DictReader(file) if r["gene"] == gene)
    with (TABLES / "exons.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if r["gene"] == gene]
    bases: list[int] = []
    coding: set[int] = set()
    for row in sorted(rows, key=lambda r: int(r["exon"])):
        span = range(int(row[f"start{build}"]), int(row[f"end{build}"]) + 1)
        own = list(span) if strand == "+" else list(reversed(span))
        if row["coding_start38"]:
            lift = int(row[f"start{build}"]) - int(row["start38"])
            first, last = int(row["coding_start38"]) + lift, int(row["coding_end38"]) + lift
            coding.update(range(first, last + 1))
        bases += own
    return tuple(bases), frozenset(coding)


def compute_slowly(gene5: str, at5: int, gene3: str, at3: int, build: str) -> Frame | None:
    """Give the frame by counting codons base by base; none where no part or no frame is coded."""
    bases5, coding5 = walk(gene5, build)
    bases3, coding3 = walk(gene3, build)
    kept5 = [b for b in bases5[: bases5.index(at5) + 1] if b in coding5]
    all3 = [b for b in bases3 if b in coding3]
    kept3 = [b for b in bases3[bases3.index(at3) :] if b in coding3]
    if not kept5 or not kept3 or len(kept5) == len(coding5) or len(kept3) == len(all3):
        return None
    codon_place5 = len(kept5) % 3
    codon_place3 = all3.index(kept3[0]) % 3
    return Frame.IN if codon_place5 == codon_place3 else Frame.OUT


PLAIN = sorted(gene for gene in load_transcripts() if gene != "NCOA4")


@given(st.sampled_from(PLAIN), st.sampled_from(PLAIN), st.sampled_from([B37, B38]), st.data())
def test_frames_agree_with_a_count_base_by_base(
    gene5: str, gene3: str, build: Build, data: st.DataObject
) -> None:
    """Random fusions of any two genes at any base of an exon, on either build."""
    number = build.value[-2:]
    bases5, bases3 = walk(gene5, number)[0], walk(gene3, number)[0]
    at5 = data.draw(st.sampled_from(bases5))
    at3 = data.draw(st.sampled_from(bases3))
    chromosomes = [load_transcripts()[gene].chromosome for gene in (gene5, gene3)]
    read = read_call(call((gene5, chromosomes[0], at5), (gene3, chromosomes[1], at3)), build)
    expected = compute_slowly(gene5, at5, gene3, at3, number)
    assert read.frame is (expected or Frame.UNKNOWN)
