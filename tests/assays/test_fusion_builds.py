"""The genome build of files without genes, and what is no evidence of a build."""

from __future__ import annotations

import pytest

from spindle.assays.fusion_builds import infer_build, read_calls
from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.cases.observations import SequencingMethod

# EML4 exon 13 to ALK exon 20 on GRCh38, as callers print it for the Seraseq reference RNA.
EML4, ALK = 42_295_516, 29_223_528
FAR_AWAY = CalledEnd(chromosome="2", position=1_000)


def make(*ends: CalledEnd, build: Build | Absent = NOT_REPORTED) -> CalledFusion:
    method = SequencingMethod.DNA
    return CalledFusion("vcf", "d.vcf", 1, ends[0], ends[1], method=method, build=build)


def place(position: int, gene: str = "", chromosome: str = "2") -> CalledEnd:
    return CalledEnd(gene=gene, chromosome=chromosome, position=position)


@pytest.mark.parametrize(
    ("five", "three", "build"),
    [
        (EML4, ALK, Build.GRCH38),
        # The same junction on GRCh37.
        (42_522_656, 29_446_394, Build.GRCH37),
        # Inside introns, as DNA is broken.
        (42_295_900, 29_224_100, Build.GRCH38),
        (42_523_040, 29_446_966, Build.GRCH37),
    ],
)
def test_positions_without_genes_tell_the_build(five: int, three: int, build: Build) -> None:
    read = infer_build([make(place(five), place(three))])
    assert (read.build, read.is_inferred) == (build, True)
    assert f"EML4 2:{five}" in read.basis
    _, (called,) = read_calls([make(place(five), place(three))])
    assert called.name in ("EML4::ALK", "ALK::EML4")


def test_one_side_in_an_intron_of_some_gene_is_no_evidence() -> None:
    """Breakpoints all over a genome lie in genes of the tables by chance, on either build."""
    assert infer_build([make(place(42_295_900), FAR_AWAY)]).build == UNKNOWN
    assert infer_build([make(place(EML4), FAR_AWAY)]).build is Build.GRCH38


def test_a_position_on_another_chromosome_is_no_evidence() -> None:
    """EML4 lies on chromosome 2; the number of a base on chromosome 5 says nothing of it."""
    wrong = make(place(EML4, "EML4", "5"), place(ALK, "ALK", "5"))
    assert infer_build([wrong]).build == UNKNOWN
    right = make(place(EML4, "EML4"), place(ALK, "ALK"))
    assert infer_build([wrong, right]).build is Build.GRCH38


def test_a_row_of_another_build_than_those_before_it_is_not_located() -> None:
    rows = [make(place(EML4, "EML4"), place(ALK, "ALK"), build=Build.GRCH38)] * 2001
    rows.append(make(place(42_522_656, "EML4"), place(29_446_394, "ALK"), build=Build.GRCH37))
    built, reads = read_calls(rows)
    *_, last = reads
    assert built.build is Build.GRCH38
    assert "build_contradicted" in last.flags
    assert last.place5.cut is None
