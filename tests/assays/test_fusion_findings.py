"""The same junction of several callers is one finding; what is no driver is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spindle.assays.fusion_builds import infer_build, read_calls
from spindle.assays.fusion_confirmation import list_confirmations
from spindle.assays.fusion_findings import (
    Collector,
    FindingRole,
    FusionFinding,
    settle_findings,
)
from spindle.assays.fusion_frames import Frame
from spindle.assays.fusion_names import describe_vicc, write_hgvs
from spindle.cases.absence import NOT_REPORTED, UNKNOWN
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.cases.observations import ReadingFrame, SequencingMethod

RNA, DNA = SequencingMethod.RNA, SequencingMethod.DNA
EML4, ALK = ("EML4", "2", 42295516), ("ALK", "2", 29223528)


def call(five: tuple[str, str, int], three: tuple[str, str, int], **values: object) -> CalledFusion:
    ends = [CalledEnd(gene=g, chromosome=c, position=p) for g, c, p in (five, three)]
    given = {"caller": "arriba", "file": "a.tsv", "line": 1, "method": RNA, **values}
    return CalledFusion(end5=ends[0], end3=ends[1], **given)  # type: ignore[arg-type]


def settle(
    *calls: CalledFusion, build: Build | None = Build.GRCH38, site: tuple[str, ...] = ()
) -> list[FusionFinding]:
    _, reads = read_calls(calls, build)
    collector = Collector()
    for read in reads:
        collector.add(read)
    return settle_findings(collector.findings, site)


def list_roles(findings: list[FusionFinding]) -> list[tuple[str, str]]:
    return [(finding.name, finding.role.value) for finding in findings]


# Trap 4: the same junction stands at 42301391/29223587 and at 42301394/29223584.


def test_calls_shifted_within_microhomology_are_one_finding() -> None:
    one = call(("EML4", "2", 42301391), ("ALK", "2", 29223587))
    other = call(("EML4", "2", 42301394), ("ALK", "2", 29223584), caller="star-fusion")
    (found,) = settle(one, other)
    assert found.callers == ("arriba", "star-fusion")
    assert len(found.members) == 2


@pytest.mark.parametrize(
    ("shift5", "shift3", "findings"),
    [(3, 3, 1), (3, 0, 2), (0, 3, 2), (3, -3, 2), (12, 12, 1), (13, 13, 2), (-4, -4, 1)],
)
def test_only_the_same_shift_on_both_sides_is_the_same_junction(
    shift5: int, shift3: int, findings: int
) -> None:
    one = call(EML4, ALK)
    # ALK is read downwards, so that a shift along the transcript lowers the position.
    other = call(("EML4", "2", EML4[2] + shift5), ("ALK", "2", ALK[2] - shift3))
    assert len(settle(one, other)) == findings


def test_dna_in_introns_joins_the_rna_that_splicing_makes_of_it() -> None:
    dna = call(("EML4", "2", 42295900), ("ALK", "2", 29224100), method=DNA, file="d.vcf")
    (found,) = settle(dna, call(EML4, ALK))
    assert found.read.call.method is RNA
    assert {member.call.file for member in found.members} == {"a.tsv", "d.vcf"}


def test_callers_on_two_builds_are_one_finding() -> None:
    collector = Collector()
    for build, five, three in (
        (Build.GRCH38, EML4, ALK),
        (Build.GRCH37, ("EML4", "2", 42522656), ("ALK", "2", 29446394)),
    ):
        for read in read_calls([call(five, three)], build)[1]:
            collector.add(read)
    (found,) = settle_findings(collector.findings)
    assert len(found.members) == 2


def test_names_alone_join_the_only_junction_of_their_genes() -> None:
    def words(line: int) -> CalledFusion:
        ends = (CalledEnd(gene="EML4"), CalledEnd(gene="ALK"))
        return CalledFusion("report-words", "w.txt", line, *ends)

    (found,) = settle(call(EML4, ALK), words(1))
    assert len(found.members) == 2
    assert found.role is FindingRole.DRIVER
    second = call(("EML4", "2", 42264951), ALK)
    assert len(settle(call(EML4, ALK), second, words(1))) == 3
    assert len(settle(words(1), words(2))) == 1


# Trap 5: reversed order and reciprocal products.


def test_a_reciprocal_call_is_never_the_driver_and_never_thrown_away() -> None:
    reciprocal = call(("ROS1", "6", 117324416), ("CD74", "5", 150404679), split_reads=900)
    driver = call(("CD74", "5", 150404680), ("ROS1", "6", 117324415), split_reads=5)
    first, second = settle(reciprocal, driver)
    assert list_roles([first, second]) == [("CD74::ROS1", "driver"), ("ROS1::CD74", "reciprocal")]
    assert second.reciprocal_of == "CD74::ROS1"
    assert "reciprocal" in second.flags


def test_reversed_genes_without_their_driver_are_reversed_all_the_same() -> None:
    (found,) = settle(call(("NTRK1", "1", 156874570), ("TPM3", "1", 154170399)))
    assert found.role is FindingRole.RECIPROCAL
    assert "reversed" in found.flags
    assert found.reciprocal_of == ""


# Roles.


@pytest.mark.parametrize(
    ("values", "role"),
    [
        ({}, "driver"),
        ({"remarks": ("banned",)}, "possible_driver"),
        ({"type": "deletion/read-through"}, "possible_driver"),
        ({"frame_words": "stop-codon"}, "not_productive"),
        ({"frame": ReadingFrame.OUT, "frame_words": "out-of-frame"}, "possible_driver"),
        ({"problem": "The row has 3 cells; 30 were expected."}, "not_interpreted"),
    ],
    ids=["plain", "banned", "read-through", "stop", "caller says out", "problem"],
)
def test_words_of_a_caller_never_hide_a_whole_kinase_in_frame(
    values: dict[str, object], role: str
) -> None:
    (found,) = settle(call(EML4, ALK, **values))
    assert found.role.value == role


def test_a_fusion_that_the_caller_calls_in_frame_is_not_dismissed_by_the_tables() -> None:
    out = call(("EML4", "2", 42295515), ALK, frame=ReadingFrame.IN, frame_words="in-frame")
    (found,) = settle(out)
    assert found.read.frame is Frame.OUT
    assert "frame_disagrees" in found.flags
    assert found.role is FindingRole.POSSIBLE_DRIVER


def test_noise_read_through_and_genes_outside_the_tables() -> None:
    found = settle(
        call(("IGHJ5", "14", 5), ("ALK", "2", 29193925), line=1),
        call(("SMG1", "16", 5), ("NPIPB5", "16", 9), line=2, remarks=("readthrough",)),
        call(("TMPRSS2", "21", 41464551), ("ERG", "21", 38366039), line=3),
        call(("EML4", "2", 42295515), ALK, line=4),
        call(EML4, ALK, line=5),
    )
    assert list_roles(found) == [
        ("EML4::ALK", "driver"),
        ("EML4::ALK", "not_productive"),
        ("IGHJ5::ALK", "noise"),
        ("SMG1::NPIPB5", "noise"),
        ("TMPRSS2::ERG", "passenger"),
    ]


def test_every_call_stands_in_exactly_one_finding() -> None:
    calls = [
        call(("EML4", "2", 42295516 + step), ("ALK", "2", 29223528 - step % 7), line=step)
        for step in range(200)
    ]
    found = settle(*calls)
    lines = [member.call.line for finding in found for member in finding.members]
    assert sorted(lines) == list(range(200))


def test_what_is_known_of_it_in_imt_and_at_the_site() -> None:
    (bladder,) = settle(call(("FN1", "2", 215392930), ("ALK", "2", 29223528)), site=("bladder",))
    assert bladder.record is not None
    assert bladder.record.is_in_imt
    assert bladder.is_usual_at_site is True
    lung = settle(call(("FN1", "2", 215392930), ("ALK", "2", 29223528)), site=("lung",))[0]
    assert lung.is_usual_at_site is False
    assert "unusual_at_site" in lung.flags
    # Sources on EML4::ALK count every site together, so that none of them rules the bladder out.
    (open_,) = settle(call(EML4, ALK), site=("bladder",))
    assert open_.is_usual_at_site is None
    assert "unusual_at_site" not in open_.flags
    (unknown,) = settle(call(("KIF5B", "10", 32017143), ("RET", "10", 43114480)))
    assert "not_known_in_imt" in unknown.flags


# Trap 8: the build is inferred from edges, or refused.


def test_a_build_is_inferred_from_edges_of_exons() -> None:
    on38 = infer_build([call(EML4, ALK)])
    on37 = infer_build([call(("EML4", "2", 42522656), ("ALK", "2", 29446394))])
    assert (on38.build, on37.build) == (Build.GRCH38, Build.GRCH37)
    assert "EML4 2:42295516" in on38.basis
    assert on38.is_inferred


def test_a_build_that_cannot_be_told_is_refused_and_nothing_is_located() -> None:
    mixed = infer_build([call(EML4, ("ALK", "2", 29446394))])
    assert mixed.build == UNKNOWN
    assert "GRCh37 and others of GRCh38" in mixed.basis
    nothing = call(("TMPRSS2", "21", 41464551), ("ERG", "21", 38366039))
    assert "--build" in infer_build([nothing]).basis
    (found,) = settle(call(EML4, ("ALK", "2", 29446394)), build=None)
    assert found.read.frame is Frame.UNKNOWN
    assert "build_unknown" in found.flags
    assert found.role is FindingRole.POSSIBLE_DRIVER


def test_a_call_on_another_build_than_its_file_is_not_located() -> None:
    calls = [call(EML4, ALK, line=n) for n in range(2500)]
    stray = call(("EML4", "2", 42522656), ("ALK", "2", 29446394), line=2500)
    found = settle(*calls, stray, build=None)
    (odd,) = [f for f in found if "build_contradicted" in f.read.flags]
    assert odd.read.frame is Frame.UNKNOWN
    assert [member.call.line for member in odd.members] == [2500]


def test_the_file_and_the_user_say_the_build() -> None:
    said, _ = read_calls([call(EML4, ALK, build=Build.GRCH38)])
    assert (said.build, said.is_inferred) == (Build.GRCH38, False)
    both = [call(EML4, ALK, build=b) for b in Build]
    assert read_calls(both)[0].build == UNKNOWN
    declared, _ = read_calls([call(EML4, ALK, build=Build.GRCH38)], Build.GRCH37)
    assert declared.build is Build.GRCH37


def test_the_order_is_inferred_only_where_edges_tell_it() -> None:
    turned = call(ALK, EML4, is_directed=False)
    (found,) = settle(turned)
    assert (found.name, found.read.is_swapped) == ("EML4::ALK", True)
    assert "order_inferred" in found.flags
    inside = call(("ALK", "2", 29223500), ("EML4", "2", 42295500), is_directed=False)
    (open_,) = settle(inside)
    assert "order_unknown" in open_.flags
    assert open_.role is not FindingRole.DRIVER


# Names.


def test_names_by_hgvs_and_vicc() -> None:
    (found,) = settle(call(EML4, ALK))
    assert write_hgvs(found.read) == "NM_019063.5:r.?_1489::NM_004304.5:r.3173_?"
    vicc = describe_vicc(found.read)
    assert vicc["type"] == "AssayedFusion"
    five, three = vicc["structure"]
    assert (five["transcript"], five["exonEnd"], five["exonEndOffset"]) == (
        "refseq:NM_019063.5", 13, 0,
    )  # fmt: skip
    assert (three["exonStart"], three["gene"]["name"]) == (20, "ALK")
    (intron,) = settle(call(("EML4", "2", 42295517), ALK))
    assert write_hgvs(intron.read) == ""
    assert describe_vicc(intron.read)["structure"][0]["exonEndOffset"] == 1
    (outside,) = settle(call(("TMPRSS2", "21", 41464551), ALK))
    assert write_hgvs(outside.read) == ""
    assert describe_vicc(outside.read)["structure"][0]["type"] == "GeneElement"


def test_what_would_confirm_it_depends_on_what_is_there() -> None:
    (rna,) = settle(call(EML4, ALK))
    said = " ".join(list_confirmations(rna))
    assert "EML4 exon 13 and ALK exon 20" in said
    assert "A second caller" in said
    (dna,) = settle(call(("EML4", "2", 42295900), ("ALK", "2", 29224100), method=DNA))
    assert "RNA sequencing" in " ".join(list_confirmations(dna))
    both = settle(call(EML4, ALK), call(EML4, ALK, caller="star-fusion"))
    assert "second caller" not in " ".join(list_confirmations(both[0]))
    (ranbp2,) = settle(call(("RANBP2", "2", 108765006), ALK), build=None)
    assert "nuclear membrane" in " ".join(list_confirmations(ranbp2))


def test_reads_are_the_most_of_one_call_and_unknown_when_none_counts() -> None:
    (found,) = settle(
        call(EML4, ALK, split_reads=4), call(EML4, ALK, split_reads=NOT_REPORTED, caller="x")
    )
    assert found.split_reads == 4
    (none,) = settle(call(EML4, ALK))
    assert none.split_reads is None


def test_a_row_without_genes_is_named_by_its_positions_where_the_build_is_known() -> None:
    ends = (
        CalledEnd(chromosome="2", position=42295900, read_strand="+"),
        CalledEnd(chromosome="2", position=29224100, read_strand="-"),
    )
    row = CalledFusion("vcf", "d.vcf", 1, *ends, method=DNA, is_directed=False)
    (found,) = settle(row)
    assert (found.name, found.role) == ("EML4::ALK", FindingRole.DRIVER)
    assert "gene_by_position" in found.flags
    (inferred,) = settle(row, build=None)
    assert inferred.name == "EML4::ALK"
    alone = replace(row, end3=CalledEnd(chromosome="2", position=1))
    (unknown,) = settle(alone, build=None)
    assert unknown.name == "?::?"
    nowhere = CalledEnd(chromosome="2", position=1)
    (kept,) = settle(CalledFusion("vcf", "d.vcf", 1, nowhere, ends[1], method=DNA))
    assert kept.name == "?::ALK"


# What a molecular pathologist found.


def names(five: str, three: str, **values: object) -> CalledFusion:
    ends = (CalledEnd(gene=five, exon=values.pop("exon5", "")),  # type: ignore[arg-type]
            CalledEnd(gene=three, exon=values.pop("exon3", "")))  # type: ignore[arg-type]  # fmt: skip
    given = {"caller": "report-words", "file": "w.txt", "line": 1, **values}
    return CalledFusion(end5=ends[0], end3=ends[1], **given)  # type: ignore[arg-type]


def test_a_call_of_unknown_order_is_never_dismissed_as_reversed() -> None:
    for five, three in (("ALK", "EML4"), ("EML4", "ALK")):
        (found,) = settle(names(five, three, is_directed=False))
        assert (found.name, found.role) == ("EML4::ALK", FindingRole.POSSIBLE_DRIVER)
        assert "order_unknown" in found.flags
        assert not {"reversed", "reciprocal"} & set(found.flags)
    inside = call(("ALK", "2", 29223700), ("EML4", "2", 42295700), method=DNA, is_directed=False)
    (found,) = settle(inside)
    assert (found.name, found.role) == ("EML4::ALK", FindingRole.POSSIBLE_DRIVER)
    assert found.read.frame_basis.startswith("With EML4 first: ")


def test_a_call_of_unknown_order_beside_the_driver_is_read_as_written() -> None:
    second = call(("ALK", "2", 29223529), ("EML4", "2", 42295517), line=2, is_directed=False)
    found = settle(call(EML4, ALK), second)
    assert list_roles(found) == [("EML4::ALK", "driver"), ("ALK::EML4", "reciprocal")]


def test_one_known_gene_tells_the_order_by_its_strands() -> None:
    # ALK lies on the minus strand; a row read on plus at ALK stands against it and is turned.
    ends = [
        CalledEnd(gene=g, chromosome=c, position=p, read_strand=s)
        for g, c, p, s in (("ALK", "2", 29223828, "+"), ("VCL", "10", 74112309, "-"))
    ]
    row = CalledFusion("vcf", "d.vcf", 1, *ends, method=DNA, is_directed=False)
    (found,) = settle(row)
    assert (found.name, found.read.is_swapped) == ("VCL::ALK", True)
    assert "order_unknown" not in found.flags
    assert found.role is FindingRole.POSSIBLE_DRIVER
    # The same row read the other way keeps the beginning of ALK, and no kinase.
    other = CalledFusion("vcf", "d.vcf", 1, *reversed(ends), method=DNA, is_directed=False)
    (first,) = settle(other)
    assert (first.name, first.role) == ("ALK::VCL", FindingRole.RECIPROCAL)


@pytest.mark.parametrize(
    ("sequence", "frame", "hgvs"),
    [
        ("ACGT|TGTA", Frame.IN, "NM_019063.5:r.?_1489::NM_004304.5:r.3173_?"),
        ("ACGT|gttg|TGTA", Frame.OUT, "NM_019063.5:r.?_1489::guug::NM_004304.5:r.3173_?"),
        ("ACGT|gttgat|TGTA", Frame.IN, "NM_019063.5:r.?_1489::guugau::NM_004304.5:r.3173_?"),
        ("ACGT|g?t|TGTA", Frame.UNKNOWN, ""),
    ],
)
def test_bases_between_the_genes_count(sequence: str, frame: Frame, hgvs: str) -> None:
    (found,) = settle(call(EML4, ALK, sequence=sequence))
    assert found.read.frame is frame
    assert write_hgvs(found.read) == hgvs
    is_plain = sequence.count("|") == 1
    assert (found.role is FindingRole.DRIVER) is is_plain
    if frame is Frame.OUT:
        assert found.role is FindingRole.NOT_PRODUCTIVE


def test_calls_of_one_junction_that_differ_in_frame_leave_it_possible() -> None:
    found = settle(call(EML4, ALK, sequence="A|gttg|T"), call(EML4, ALK, caller="star-fusion"))
    assert [(f.role, "calls_disagree" in f.flags) for f in found] == [
        (FindingRole.POSSIBLE_DRIVER, True)
    ]


def test_a_group_of_kinases_is_a_possible_driver_and_no_passenger() -> None:
    (found,) = settle(names("ETV6", "NTRK"))
    assert (found.read.kinase, found.role) == ("NTRK", FindingRole.POSSIBLE_DRIVER)
    assert "member_unknown" in found.flags
    assert found.record is not None
    assert found.record.is_in_imt
    said = " ".join(list_confirmations(found))
    assert "pan-TRK" in said
    assert "NTRK1, NTRK2 and NTRK3" in said
    assert "second caller" not in said


def test_a_kinase_written_first_is_no_published_fusion_and_no_driver() -> None:
    (found,) = settle(names("ALK", "TPM3"))
    assert (found.name, found.role) == ("ALK::TPM3", FindingRole.POSSIBLE_DRIVER)
    assert "kinase_first" in found.flags
    assert found.record is None


def test_a_kinase_at_the_5_end_is_whole_whatever_the_frame_of_its_partner() -> None:
    (found,) = settle(call(("FGFR2", "10", 121483698), ("CCDC6", "10", 59807078)))
    assert found.read.frame is Frame.OUT
    assert found.role is FindingRole.POSSIBLE_DRIVER
    assert "partner_out_of_frame" in found.flags
    assert "out_of_frame" not in found.flags


def test_antisense_has_a_role_of_its_own() -> None:
    ends = [
        CalledEnd(gene=g, chromosome="2", position=p, gene_strand=s, read_strand="-")
        for g, p, s in (("EML4", 42295516, "+"), ("ALK", 29223528, "-"))
    ]
    (found,) = settle(CalledFusion("arriba", "a.tsv", 1, *ends, method=RNA))
    assert found.role is FindingRole.ANTISENSE


def test_pcr_copies_are_no_paralogues() -> None:
    out = {"filters": ("duplicates",), "frame": NOT_REPORTED}
    (arriba,) = settle(call(("VCL", "10", 74111909), ALK, **out))
    assert "pseudogene" not in arriba.flags
    (catcher,) = settle(call(("VCL", "10", 74111909), ALK, caller="fusioncatcher", **out))
    assert "pseudogene" in catcher.flags
    # A kinase that is whole is never noise while nobody knows the frame.
    assert {arriba.role, catcher.role} == {FindingRole.POSSIBLE_DRIVER}


def test_exon_numbers_that_mean_two_exons_name_none_and_join_what_fits() -> None:
    written = names("CD74", "ROS1", exon5="6", exon3="34")
    (alone,) = settle(written)
    assert (alone.read.place3.exon, alone.read.place3.other_exons) == (34, (35,))
    assert "RT-PCR" not in " ".join(list_confirmations(alone))
    (both,) = settle(call(("CD74", "5", 150404680), ("ROS1", "6", 117324415)), written)
    assert len(both.members) == 2
    assert both.read.place3.exon == 35
    elsewhere = call(("CD74", "5", 150404680), ("ROS1", "6", 117321394))
    assert len(settle(elsewhere, written)) == 2


def test_a_published_junction_that_the_tables_call_out_of_frame_stays_possible() -> None:
    (found,) = settle(names("KIF5B", "ALK", exon5="15", exon3="20"))
    assert found.read.frame is Frame.OUT
    assert "published_junction" in found.flags
    assert found.role is FindingRole.POSSIBLE_DRIVER
    assert "contradict" in " ".join(list_confirmations(found))
    (lost,) = settle(names("EML4", "ALK", exon5="13", exon3="29"))
    assert lost.role is FindingRole.NOT_PRODUCTIVE


def test_what_is_no_position_of_the_tables_is_grouped_without_its_exon() -> None:
    def catcher(exon: str, line: int) -> CalledFusion:
        ends = (
            CalledEnd(gene="VCL", chromosome="10", position=74111909, exon=exon),
            CalledEnd(gene="ALK", chromosome="2", position=29223528),
        )
        return CalledFusion("fusioncatcher", "f.txt", line, *ends, method=RNA)

    (found,) = settle(catcher("ENSE00001", 1), catcher("ENSE00002", 2))
    assert "build" not in found.read.frame_basis


def test_evidence_is_told_apart() -> None:
    word = names("EML4", "ALK")
    dna = call(("EML4", "2", 42295900), ("ALK", "2", 29224100), method=DNA, file="d.vcf")
    star = call(EML4, ALK, caller="star-fusion")
    for calls, evidence in (
        ((word,), "words"),
        ((word, star), "one_caller"),
        ((call(EML4, ALK), star), "several_callers"),
        ((call(EML4, ALK), dna), "rna_and_dna"),
    ):
        (found,) = settle(*calls)
        assert found.evidence.value == evidence


def test_dna_has_no_adjoined_transcript_that_anybody_saw() -> None:
    (found,) = settle(call(("EML4", "2", 42295900), ("ALK", "2", 29224100), method=DNA))
    assert write_hgvs(found.read) == ""


def test_both_sides_in_one_gene_are_no_fusion() -> None:
    (found,) = settle(call(("ALK", "2", 29919993), ("ALK", "2", 29328481)))
    assert "same_gene" in found.flags
    assert found.role is FindingRole.POSSIBLE_DRIVER


def test_of_a_range_of_exons_the_end_at_the_junction_counts() -> None:
    for five, three in (("exons 1-31", "exons 20-29"), ("1 to 31", "20 through 29")):
        (found,) = settle(names("CLTC", "ALK", exon5=five, exon3=three))
        assert (found.read.place5.exon, found.read.place3.exon) == (31, 20)
        assert found.role is FindingRole.DRIVER


def test_a_call_without_a_read_is_no_driver() -> None:
    (found,) = settle(call(EML4, ALK, split_reads=0, spanning_pairs=0))
    assert (found.role, "no_reads" in found.flags) == (FindingRole.POSSIBLE_DRIVER, True)
    (seen,) = settle(call(EML4, ALK, split_reads=0, spanning_pairs=2))
    assert seen.role is FindingRole.DRIVER


def test_an_antisense_row_reads_the_same_from_either_mate() -> None:
    ends = [
        CalledEnd(gene=g, chromosome=c, position=p, read_strand=s)
        for g, c, p, s in (("ALK", "2", 29224494, "+"), ("TPM3", "1", 154169891, "-"))
    ]
    turned = [
        CalledEnd(gene=g, chromosome=c, position=p, read_strand=s)
        for g, c, p, s in (("TPM3", "1", 154169891, "+"), ("ALK", "2", 29224494, "-"))
    ]
    found = settle(*(
        CalledFusion("vcf", f"{n}.vcf", 1, *sides, method=DNA, is_directed=False)
        for n, sides in enumerate((ends, turned))
    ))  # fmt: skip
    assert list_roles(found) == [("TPM3::ALK", "antisense")]
    assert len(found[0].members) == 2


def test_a_second_caller_within_microhomology_makes_no_driver_weaker() -> None:
    shifted = call(
        ("EML4", "2", EML4[2] + 3), ("ALK", "2", ALK[2] - 3), caller="star-fusion", split_reads=500
    )
    for calls in ((call(EML4, ALK), shifted), (shifted, call(EML4, ALK))):
        (found,) = settle(*calls)
        assert found.role is FindingRole.DRIVER
        assert found.read.place5.intron_bases == 0


def test_a_position_that_papers_number_otherwise_is_no_published_junction() -> None:
    # MANE exon 7 of TPM3 is 6 in papers; the published 7 is MANE 8.
    (found,) = settle(call(("TPM3", "1", 154170649), ALK))
    assert found.read.place5.exon == 7
    assert found.role is FindingRole.NOT_PRODUCTIVE


def test_exons_that_fit_only_in_reverse_are_a_possible_driver() -> None:
    (found,) = settle(names("ALK", "EML4", exon5="20", exon3="13"))
    assert (found.name, found.role) == ("EML4::ALK", FindingRole.POSSIBLE_DRIVER)
    assert "order_unknown" in found.flags
    (real,) = settle(names("ALK", "EML4", exon5="19", exon3="14"))
    assert real.role is FindingRole.RECIPROCAL


def test_a_number_of_two_exons_is_not_swallowed_by_one_that_makes_no_kinase() -> None:
    written = names("CD74", "ROS1", exon5="6", exon3="34")
    out = call(("CD74", "5", 150404680), ("ROS1", "6", 117325000 + 0))
    found = settle(out, written)
    assert FindingRole.POSSIBLE_DRIVER in {f.role for f in found}
