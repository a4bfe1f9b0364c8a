"""Structural variants of a VCF: the specification's own records, and EML4::ALK on both builds."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spindle.assays.fusion_calls import Orientation, read_call
from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.fusion_calls import Build, CalledFusion
from spindle.cases.observations import SequencingMethod
from spindle.errors import UserError
from spindle.formats.fusion_callers import vcf
from spindle.formats.fusion_callers.registry import iterate_calls
from spindle.knowledge.transcripts import Where, load_transcripts
from spindle.reasoning.fusion_files import NO_CALLS, read_fusion_files

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a VCF of rows whose cells are parted by spaces."""

    def make(*rows: str, head: tuple[str, ...] = (), columns: str = COLUMNS) -> Path:
        lines = ["##fileformat=VCFv4.3", *head, columns, *("\t".join(r.split()) for r in rows)]
        path = tmp_path / "calls.vcf"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return make


def read(path: Path) -> list[CalledFusion]:
    return list(iterate_calls(path))


def show(call: CalledFusion) -> str:
    """Both sides as `chromosome:position strand`, in the order in which they are read."""
    return " ".join(f"{e.chromosome}:{e.position}{e.read_strand}" for e in (call.end5, call.end3))


# The specification's records ----------------------------------------------------------------------

# VCF 4.3 and 4.4, section 5.4: all orientations of breakends.
FIGURE_1 = (
    "2 321681 bnd_W G G]17:198982] 6 PASS SVTYPE=BND;MATEID=bnd_Y",
    "2 321682 bnd_V T ]13:123456]T 6 PASS SVTYPE=BND;MATEID=bnd_U",
    "13 123456 bnd_U C C[2:321682[ 6 PASS SVTYPE=BND;MATEID=bnd_V",
    "13 123457 bnd_X A [17:198983[A 6 PASS SVTYPE=BND;MATEID=bnd_Z",
    "17 198982 bnd_Y A A]2:321681] 6 PASS SVTYPE=BND;MATEID=bnd_W",
    "17 198983 bnd_Z C [13:123457[C 6 PASS SVTYPE=BND;MATEID=bnd_X",
)
JOINED = {
    "2:321681+ 17:198982-",
    "2:321682- 13:123456-",
    "13:123457- 17:198983+",
}


def turn(shown: str) -> str:
    """The same junction read from its other strand."""
    first, second = shown.split()
    flip = str.maketrans("+-", "-+")
    return f"{second.translate(flip)} {first.translate(flip)}"


def test_the_four_forms_of_brackets_say_which_sides_are_kept(write: Write) -> None:
    calls = read(write(*FIGURE_1))
    assert {show(call) for call in calls} == JOINED
    assert not any(call.is_directed or call.problem for call in calls)
    assert [call.method for call in calls] == [SequencingMethod.DNA] * 3


@given(rows=st.permutations(FIGURE_1))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_mates_are_joined_in_whatever_order_they_stand(write: Write, rows: list[str]) -> None:
    calls = read(write(*rows))
    assert len(calls) == 3
    found = {show(call) for call in calls}
    assert {one if one in JOINED else turn(one) for one in found} == JOINED
    assert all(call.line < int(call.remarks[0].rpartition(" ")[2]) for call in calls)
    assert all(call.cells["mate POS"] for call in calls)


@pytest.mark.parametrize("row", FIGURE_1)
def test_each_row_alone_tells_the_junction_of_both(write: Write, row: str) -> None:
    """A file cut down to one gene has lost the mates; both places still stand in each row."""
    (call,) = read(write(row))
    assert show(call) in JOINED | {turn(one) for one in JOINED}
    assert call.problem == ""
    assert any("was not found" in remark for remark in call.remarks)


def test_direction_is_the_side_to_which_the_partner_lies(write: Write) -> None:
    (call,) = read(write(FIGURE_1[0]))
    assert (call.end5.direction, call.end3.direction) == ("downstream", "downstream")
    (call,) = read(write(FIGURE_1[1]))
    assert (call.end5.direction, call.end3.direction) == ("upstream", "downstream")


def test_bases_put_in_between_are_told(write: Write) -> None:
    (call,) = read(
        write(
            "2 321682 bnd_V T ]13:123456]AGTNNNNNCAT 6 PASS SVTYPE=BND;MATEID=bnd_U",
            "13 123456 bnd_U C CAGTNNNNNCA[2:321682[ 6 PASS SVTYPE=BND;MATEID=bnd_V",
        )
    )
    assert show(call) == "2:321682- 13:123456-"
    assert "inserted bases: AGTNNNNNCA" in call.remarks


def test_a_breakend_with_several_mates_gives_a_call_for_each(write: Write) -> None:
    calls = read(
        write(
            "2 321682 bnd_V T ]13:123456]T 6 PASS SVTYPE=BND;MATEID=bnd_U",
            "13 123456 bnd_U C C[2:321682[,C[17:198983[ 6 PASS SVTYPE=BND;MATEID=bnd_V,bnd_Z",
            "17 198983 bnd_Z A ]13:123456]A 6 PASS SVTYPE=BND;MATEID=bnd_U",
        )
    )
    assert [show(call) for call in calls] == ["2:321682- 13:123456-", "13:123456+ 17:198983+"]


def test_a_partner_is_no_mate(write: Write) -> None:
    calls = read(
        write(
            "2 321681 bnd_W G G[13:123460[ 6 PASS PARID=bnd_V;MATEID=bnd_X",
            "2 321682 bnd_V T ]13:123456]T 6 PASS PARID=bnd_W;MATEID=bnd_U",
            "13 123456 bnd_U C C[2:321682[ 6 PASS PARID=bnd_X;MATEID=bnd_V",
            "13 123460 bnd_X A ]2:321681]A 6 PASS PARID=bnd_U;MATEID=bnd_W",
        )
    )
    assert {show(call) for call in calls} == {"2:321682- 13:123456-", "2:321681+ 13:123460+"}


def test_partners_that_point_at_each_other_are_mates(write: Write) -> None:
    """Some callers name the mate under PARID."""
    (call,) = read(
        write(
            "2 321681 a_o G G[13:123460[ 6 PASS SVTYPE=BND;PARID=a_h",
            "13 123460 a_h A ]2:321681]A 6 PASS SVTYPE=BND;PARID=a_o",
        )
    )
    assert show(call) == "2:321681+ 13:123460+"


def test_mates_within_microhomology_are_shifted_alike(write: Write) -> None:
    """Section 5.4.8: each row holds its own place fixed, so the other differs by six bases."""
    (call,) = read(
        write(
            "2 321681 bnd_V T T]13:123462] 6 PASS SVTYPE=BND;MATEID=bnd_U;CIPOS=0,6",
            "13 123456 bnd_U A A]2:321687] 6 PASS SVTYPE=BND;MATEID=bnd_V;CIPOS=0,6",
        )
    )
    assert show(call) == "2:321681+ 13:123462-"
    assert "CIPOS=0,6" in call.remarks


def test_rows_that_call_each_other_mates_and_point_elsewhere_stay_two_calls(write: Write) -> None:
    calls = read(
        write(
            "2 321681 a T T]13:123462] 6 PASS SVTYPE=BND;MATEID=b",
            "13 777777 b A A]2:321681] 6 PASS SVTYPE=BND;MATEID=a",
        )
    )
    assert [show(call) for call in calls] == ["2:321681+ 13:123462-", "13:777777+ 2:321681-"]


def test_a_telomere_has_no_base(write: Write) -> None:
    (call,) = read(
        write(
            "1 0 bnd_X N .[13:123457[ 6 PASS SVTYPE=BND;MATEID=bnd_V",
            "13 123457 bnd_V A ]1:0]A 6 PASS SVTYPE=BND;MATEID=bnd_X",
        )
    )
    assert show(call) == "1:None+ 13:123457+"


@pytest.mark.parametrize(
    ("alt", "strand", "inserted"),
    [("G.", "+", ""), (".G", "-", ""), ("GACGT.", "+", "ACGT"), (".TGCG", "-", "TGC")],
)
def test_a_single_breakend_is_kept_without_its_other_side(
    write: Write, alt: str, strand: str, inserted: str
) -> None:
    (call,) = read(write(f"2 321681 bnd_W G {alt} 6 PASS SVTYPE=BND"))
    assert (call.end5.position, call.end5.read_strand) == (321681, strand)
    assert (call.end3.chromosome, call.end3.position) == ("", None)
    assert call.problem == ""
    assert "single breakend: only one side is known" in call.remarks
    assert (f"inserted bases: {inserted}" in call.remarks) == bool(inserted)


def test_single_breakends_that_name_each_other_are_one_call(write: Write) -> None:
    (call,) = read(
        write(
            "2 321681 bnd_W G G. 6 PASS SVTYPE=BND;MATEID=bnd_X",
            "13 123457 bnd_X A .A 6 PASS SVTYPE=BND;MATEID=bnd_W",
        )
    )
    assert show(call) == "2:321681+ 13:123457+"


def test_a_mate_that_never_comes_is_a_problem_where_nothing_says_where_it_is(write: Write) -> None:
    (call,) = read(write("2 321681 bnd_W G G. 6 PASS SVTYPE=BND;MATEID=bnd_X"))
    assert "bnd_X never comes" in call.problem
    assert call.cells["POS"] == "321681"


def test_symbols_and_brackets_tell_the_same(write: Write) -> None:
    """The inversion of section 5.4.7, its start one base before it, as the text asks."""
    calls = read(
        write(
            "2 321681 INV0 T <INV> 6 PASS SVTYPE=INV;END=421681",
            "2 321681 bnd_W G G]2:421681] 6 PASS SVTYPE=BND;MATEID=bnd_U",
            "2 321682 bnd_V T [2:421682[T 6 PASS SVTYPE=BND;MATEID=bnd_X",
            "2 421681 bnd_U A A]2:321681] 6 PASS SVTYPE=BND;MATEID=bnd_W",
            "2 421682 bnd_X C [2:321682[C 6 PASS SVTYPE=BND;MATEID=bnd_V",
        )
    )
    shown = [show(call) for call in calls]
    assert shown == ["2:321681+ 2:421681-", "2:321682- 2:421682+"] * 2


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("2 100 . G <DEL> 6 PASS SVTYPE=DEL;END=200", ["2:100+ 2:201+"]),
        ("2 100 . G <DEL> 6 PASS SVTYPE=DEL;SVLEN=-100", ["2:100+ 2:201+"]),
        ("2 100 . G <DUP:TANDEM> 6 PASS SVTYPE=DUP;END=200", ["2:101- 2:200-"]),
        ("2 100 . GACGT G 6 PASS SVTYPE=DEL", ["2:100+ 2:105+"]),
        ("2 100 . G <INV> 6 PASS SVTYPE=INV;END=200;CT=3to3", ["2:100+ 2:200-"]),
        ("2 100 . G <INV> 6 PASS SVTYPE=INV;END=200;CT=5to5", ["2:101- 2:201+"]),
        ("2 100 . G <INV> 6 PASS SVTYPE=INV;END=200;INV3", ["2:100+ 2:200-"]),
        ("2 100 . G <INV> 6 PASS SVTYPE=INV;END=200;INV5", ["2:101- 2:201+"]),
        (
            "2 100 . G <INV> 6 PASS SVTYPE=INV;END=200;STRANDS=++:7,--:2",
            ["2:100+ 2:200-", "2:101- 2:201+"],
        ),
        ("2 100 . G <TRA> 6 PASS SVTYPE=TRA;CHR2=5;END=900;CT=3to5", ["2:100+ 5:900+"]),
        ("2 100 . G <TRA> 6 PASS SVTYPE=TRA;CHR2=5;END=900;CT=3to3", ["2:100+ 5:900-"]),
        ("2 100 . G <BND> 6 PASS SVTYPE=BND;CHR2=5;POS2=900;END=101;CT=5to3", ["2:100- 5:900-"]),
        ("2 100 . G <TRA> 6 PASS SVTYPE=TRA;CHR2=5;END=900", ["2:100 5:900"]),
        (
            "2 100 . G <DEL>,<DUP> 6 PASS SVTYPE=DEL;SVLEN=-50,100",
            ["2:100+ 2:151+", "2:101- 2:200-"],
        ),
    ],
)
def test_segments_and_translocations(write: Write, row: str, shown: list[str]) -> None:
    assert [show(call) for call in read(write(row))] == shown


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2 100 . G A 6 PASS DP=30", "joins no two places"),
        ("2 100 . G <INS> 6 PASS SVTYPE=INS", "joins no two places"),
        ("2 100 . G C<ctg1> 6 PASS SVTYPE=INS", "joins no two places"),
        ("2 100 . G . 6 PASS .", "joins no two places"),
        ("2 100 . G <DEL> 6 PASS SVTYPE=DEL", "where its segment ends"),
        ("2 100 . G <DEL> 6 PASS SVTYPE=DEL;END=90", "where its segment ends"),
        ("2 100 . G <DEL> 6 PASS SVTYPE=DEL;END=200;SVCLAIM=D", "number of copies"),
        ("2 100 . G <TRA> 6 PASS SVTYPE=TRA", "with which place"),
        ("2 100 . G G]5:x] 6 PASS SVTYPE=BND", "none of the four forms"),
        ("2 100 . G G]5:9[ 6 PASS SVTYPE=BND", "none of the four forms"),
        ("2 100 . G ]5:9] 6 PASS SVTYPE=BND", "none of the four forms"),
        ("2 x . G G]5:9] 6 PASS SVTYPE=BND", "no position"),
        ("2 100 . G G]5:9] 6 PASS", "7 cells; 8 were expected"),
        ("2 100 . G G]5:9] 6 PASS SVTYPE=BND extra", "9 cells; 8 were expected"),
    ],
)
def test_what_joins_no_two_places_is_kept_with_the_reason(write: Write, row: str, why: str) -> None:
    (call,) = read(write(row))
    assert why in call.problem
    assert (call.line, call.cells["CHROM"], call.name) == (3, "2", "?::?")


# EML4::ALK in DNA ---------------------------------------------------------------------------------


def find_introns(build: Build) -> tuple[int, int]:
    """A position in intron 13 of EML4 and one in intron 19 of ALK, where published breaks lie."""
    places = []
    for gene, exon in (("EML4", 13), ("ALK", 19)):
        transcript = load_transcripts()[gene]
        firsts, length = transcript.firsts[build], transcript.lengths[exon - 1]
        middle = (firsts[exon - 1] + length + firsts[exon]) // 2
        places.append(abs(middle))
        spot = transcript.locate(abs(middle), build)
        assert (spot.where, spot.exon) == (Where.INTRON, exon)
    return places[0], places[1]


HEADS = {
    Build.GRCH38: "##contig=<ID=chr2,length=242193529>",
    Build.GRCH37: "##contig=<ID=chr2,length=243199373>",
}


@pytest.mark.parametrize("build", list(Build))
@pytest.mark.parametrize("is_symbol", [True, False])
def test_eml4_alk_in_introns_is_read_from_eml4_to_alk(
    write: Write, build: Build, *, is_symbol: bool
) -> None:
    """An inversion of chromosome 2: ALK stands first in the file, EML4 is the 5' gene."""
    eml4, alk = find_introns(build)
    driver = (
        f"chr2 {alk} a G G]chr2:{eml4}] 9 PASS SVTYPE=BND;MATEID=b;GENE=ALK",
        f"chr2 {eml4} b A A]chr2:{alk}] 9 PASS SVTYPE=BND;MATEID=a;GENE=EML4",
    )
    reciprocal = (
        f"chr2 {alk + 1} c G [chr2:{eml4 + 1}[G 9 PASS SVTYPE=BND;MATEID=d;GENE=ALK",
        f"chr2 {eml4 + 1} d A [chr2:{alk + 1}[A 9 PASS SVTYPE=BND;MATEID=c;GENE=EML4",
    )
    symbol = f"chr2 {alk} . G <INV> 9 PASS SVTYPE=INV;END={eml4}"
    rows = (symbol,) if is_symbol else (*driver, *reciprocal)
    calls = read(write(*rows, head=(HEADS[build],)))
    assert [call.build for call in calls] == [build, build]
    assert show(calls[0]) == f"2:{alk}+ 2:{eml4}-"
    assert show(calls[1]) == f"2:{alk + 1}- 2:{eml4 + 1}+"
    if not is_symbol:
        first, second = (read_call(call, build) for call in calls)
        assert (first.name, first.orientation) == ("EML4::ALK", Orientation.SENSE)
        assert (first.place5.exon, first.place3.exon) == (13, 20)
        assert (second.name, second.orientation) == ("ALK::EML4", Orientation.SENSE)


def test_the_panel_that_names_the_isoform_in_the_id(write: Write) -> None:
    """EML4-ALK.E6aA20.AB374361 lies on the ends of EML4 exon 6 and ALK exon 20 on GRCh37."""
    id_ = "EML4-ALK.E6aA20.AB374361"
    (call,) = read(
        write(
            f"chr2 29446394 {id_}_2 G G]chr2:42491871] . PASS SVTYPE=Fusion;GENE_NAME=ALK",
            f"chr2 42491871 {id_}_1 G G]chr2:29446394] . PASS SVTYPE=Fusion;GENE_NAME=EML4",
        )
    )
    assert show(call) == "2:42491871+ 2:29446394-"
    assert (call.name, call.end5.exon, call.end3.exon) == ("EML4::ALK", "E6a", "A20")
    assert call.is_directed
    assert call.method is SequencingMethod.UNSPECIFIED
    edges = {gene: load_transcripts()[gene].edges[Build.GRCH37] for gene in ("EML4", "ALK")}
    assert 42491871 in edges["EML4"]
    assert 29446394 in edges["ALK"]


# The head of the file -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "build"),
    [
        (("##reference=file:///data/hg19.fa",), Build.GRCH37),
        (("##reference=/refs/Homo_sapiens.GRCh38.94.dna.fa",), Build.GRCH38),
        (("##reference=/refs/human_g1k_v37_decoy.fasta",), Build.GRCH37),
        (("##reference=/refs/Homo_sapiens_assembly38.fasta",), Build.GRCH38),
        (("##assembly=GRCh37",), Build.GRCH37),
        (("##contig=<ID=chr2,length=242193529>",), Build.GRCH38),
        (("##contig=<ID=2,length=243199373,assembly=b37>",), Build.GRCH37),
        (("##contig=<ID=2,length=1234,assembly=GRCh38>",), Build.GRCH38),
        (("##contig=<ID=2,length=1234>",), UNKNOWN),
        (("##contig=<ID=HLA-A*01:01:38,length=38>",), NOT_REPORTED),
        (("##reference=/release-37/genome.fa",), NOT_REPORTED),
        (("##reference=hg19.fa", "##contig=<ID=2,length=242193529>"), UNKNOWN),
        ((), NOT_REPORTED),
    ],
)
def test_the_build_is_what_the_head_declares(
    write: Write, head: tuple[str, ...], build: Build | Absent
) -> None:
    file = iterate_calls(write(FIGURE_1[0], head=head))
    assert file.build == build
    assert [call.build for call in file] == [build]
    assert bool(file.facts.notes) == (build == UNKNOWN)


def test_caller_and_sample(write: Write) -> None:
    path = write(
        "2 9 a G G]5:7] . MinQUAL;LowMQ SVTYPE=BND GT:PR:SR 0/1:20,7:31,12",
        head=("##source=GenerateSVCandidates 1.6.0",),
        columns=f"{COLUMNS}\tFORMAT\tTUMOUR",
    )
    (call,) = read(path)
    assert (call.caller, call.caller_version) == ("vcf", "GenerateSVCandidates 1.6.0")
    assert (call.sample, call.filters) == ("TUMOUR", ("MinQUAL", "LowMQ"))
    assert (call.split_reads, call.spanning_pairs) == (12, 7)
    assert call.cells["TUMOUR"] == "0/1:20,7:31,12"


def test_counts_of_two_samples_are_nobodys(write: Write) -> None:
    path = write(
        "2 9 a G G]5:7] . PASS SVTYPE=BND PR:SR 20,0:31,0 20,7:31,12",
        columns=f"{COLUMNS}\tFORMAT\tNORMAL\tTUMOUR",
    )
    (call,) = read(path)
    assert (call.sample, call.split_reads, call.spanning_pairs) == ("", NOT_REPORTED, NOT_REPORTED)


def test_counts_of_the_row_and_what_is_said_of_the_places(write: Write) -> None:
    info = "SVTYPE=BND;SR=5;PE=3;HOMLEN=3;HOMSEQ=ACG;CIPOS=0,3;IMPRECISE;EVENT=e1;XX=1"
    (call,) = read(write(f"2 9 a G G]5:7] . . {info}"))
    assert (call.split_reads, call.spanning_pairs, call.filters) == (5, 3, ())
    assert call.remarks == ("HOMLEN=3", "HOMSEQ=ACG", "CIPOS=0,3", "IMPRECISE", "EVENT=e1")
    assert call.cells["INFO"] == info


# Genes ------------------------------------------------------------------------------------------

ANN = (
    "##INFO=<ID=ANN,Number=.,Type=String,Description=\"Functional annotations: 'Allele | "
    "Annotation | Annotation_Impact | Gene_Name | Gene_ID'\">"
)
CSQ = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. '
    'Format: Allele|Consequence|IMPACT|SYMBOL|Gene">'
)


@pytest.mark.parametrize(
    ("own", "mate", "name"),
    [
        ("GENE=EML4", "GENE=ALK", "EML4::ALK"),
        ("GENE_NAME=EML4;GENE_ID=ENSG00000143924", "GENE_NAME=ALK", "EML4::ALK"),
        ("ANN=A|intron_variant|MODIFIER|EML4|E", "ANN=A|intron_variant|LOW|ALK|E", "EML4::ALK"),
        (
            "ANN=A|gene_fusion|HIGH|EML4&ALK|E,A|intron_variant|LOW|EML4|E",
            "ANN=A|gene_fusion|HIGH|EML4&ALK|E",
            "EML4::ALK",
        ),
        ("ANN=A|gene_fusion|HIGH|EML4&ALK|E", "ANN=A|gene_fusion|HIGH|EML4&ALK|E", "?::?"),
        (
            "CSQ=A|intron_variant|LOW|EML4|E,A|upstream_gene_variant|LOW|FAR|E",
            "CSQ=A|intron_variant&NMD_transcript_variant|LOW|ALK|E",
            "EML4::ALK",
        ),
        ("CSQ=A|intron_variant|L|EML4|E,A|intron_variant|L|AS1|E", "GENE=ALK", "EML4,AS1::ALK"),
        ("GENE=EML4,ALK", "GENE=EML4,ALK", "?::?"),
        ("GENE=EML4,ALK", "GENE=ALK", "EML4::ALK"),
    ],
)
def test_genes_by_info_and_annotation(write: Write, own: str, mate: str, name: str) -> None:
    (call,) = read(
        write(
            f"2 42297000 a G G]2:29224000] . PASS SVTYPE=BND;MATEID=b;{own}",
            f"2 29224000 b G G]2:42297000] . PASS SVTYPE=BND;MATEID=a;{mate}",
            head=(ANN, CSQ),
        )
    )
    assert call.name == name
    if name == "?::?":
        assert any("EML4, ALK" in remark for remark in call.remarks)
    assert call.end5.gene_id == ("ENSG00000143924" if "ENSG" in own else "")


def test_the_genes_within_a_segment_are_not_those_at_its_ends(write: Write) -> None:
    calls = read(
        write(
            "2 29224000 . G <INV> . PASS SVTYPE=INV;END=42297000;ANN=A|inversion|HIGH|DPYSL5|E",
            head=(ANN,),
        )
    )
    assert [call.name for call in calls] == ["?::?", "?::?"]


def test_a_caller_of_rna_may_say_which_side_is_first(write: Write) -> None:
    """Manta, for RNA: RNA_FIRST marks the 5' side."""
    head = '##INFO=<ID=RNA_FIRST,Number=0,Type=Flag,Description="For RNA fusions">'
    (call,) = read(
        write(
            "2 29446394 a G G]2:42491871] . PASS SVTYPE=BND;MATEID=b",
            "2 42491871 b G G]2:29446394] . PASS SVTYPE=BND;MATEID=a;RNA_FIRST;RNA_STRANDED",
            head=(head,),
        )
    )
    assert show(call) == "2:42491871+ 2:29446394-"
    assert (call.is_directed, call.method) == (True, SequencingMethod.RNA)


# Streams, and files that are none -----------------------------------------------------------------


def test_mates_far_apart_are_found_and_memory_is_bounded(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    between = [f"3 {n + 1} x{n} G G]4:{n + 1}] . PASS SVTYPE=BND;MATEID=y{n}" for n in range(40)]
    rows = (FIGURE_1[0], *between, FIGURE_1[4])
    calls = read(write(*rows))
    assert len(calls) == 41
    assert "2:321681+ 17:198982-" in map(show, calls)
    monkeypatch.setattr(vcf, "MAX_WAITING", 10)
    calls = read(write(*rows))
    assert len(calls) == 42
    assert all(not call.problem for call in calls)


def test_a_vcf_without_rows_holds_no_call_and_is_no_negative(write: Write) -> None:
    file = iterate_calls(write())
    assert list(file) == []
    (read_file,) = read_fusion_files([file]).files
    assert (read_file.calls, read_file.adequacy) == (0, NO_CALLS)
    assert "not a negative" in NO_CALLS


def list_lines(calls: list[CalledFusion]) -> set[int]:
    """The lines that calls were made of, those of mates too."""
    mates = (re.search(r"its mate stands in line (\d+)", " ".join(c.remarks)) for c in calls)
    return {call.line for call in calls} | {int(match[1]) for match in mates if match}


WORDS = (
    "2|chr2|0|99|99999999999|x||.|G|G]5:7]|[<c>:1[G|<INV>|<|G,<DEL>|*|SVTYPE=BND;MATEID=a|"
    "END=200;SVTYPE=INV|;;=;|]|G.|.G"
)
LETTERS = "GACT[]:<>.,;=|&+-12chrEND\u00e9 "
CELL = st.sampled_from(WORDS.split("|")) | st.text(alphabet=LETTERS, max_size=14)


@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=10), max_size=8),
    is_packed=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_rows_hold_each_line_is_kept(
    tmp_path: Path, rows: list[list[str]], *, is_packed: bool, end: str, mark: str
) -> None:
    lines = ["##fileformat=VCFv4.2", COLUMNS, *("\t".join(row) for row in rows)]
    data = (mark + end.join(lines) + end).encode()
    path = tmp_path / "fuzz.vcf"
    path.write_bytes(gzip.compress(data) if is_packed else data)
    calls = list(iterate_calls(path, caller="vcf"))
    filled = {number for number, line in enumerate(lines, 1) if number > 2 and line.strip()}
    assert list_lines(calls) == filled


@given(cut=st.integers(0, 400))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_that_breaks_off_is_an_error_or_its_rows_are_kept(tmp_path: Path, cut: int) -> None:
    text = "\n".join(["##fileformat=VCFv4.2", COLUMNS, *("\t".join(r.split()) for r in FIGURE_1)])
    path = tmp_path / "cut.vcf"
    path.write_text(text[:cut], encoding="utf-8")
    lines = text[:cut].splitlines()
    if cut < len("##fileformat=VCF"):
        with pytest.raises(UserError, match="no format") if cut else nullcontext():
            list(iterate_calls(path))
        return
    data = {number for number, line in enumerate(lines, 1) if not line.startswith("#")}
    assert list_lines(list(iterate_calls(path))) == data
