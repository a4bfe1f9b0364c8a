"""Files with more in them than a caller writes: nothing of it is lost, and the reason is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from fusion_callers.caller_files import JUNCTIONS, make_arriba_row, make_file, make_table
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.fusion_findings import Collector
from spindle.cases.absence import UNKNOWN
from spindle.cases.fusion_calls import Build, CalledFusion
from spindle.cases.packed_cells import pack_cells
from spindle.cli.fusions import read_files
from spindle.errors import UserError
from spindle.formats.fusion_callers.registry import iterate_calls
from spindle.formats.fusion_callers.tables import ABOVE_HEADER
from spindle.knowledge.fusion_reading import load_settings

VCF = "##fileformat=VCFv4.3\n{}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
MATES = (
    "{0}\t42295516\ta\tG\tG]{0}:29223528]\t.\tPASS\tSVTYPE=BND;MATEID=b\n"
    "{0}\t29223528\tb\tC\tC]{0}:42295516]\t.\tPASS\tSVTYPE=BND;MATEID=a\n"
)


def read(folder: Path, text: str) -> list[CalledFusion]:
    path = folder / "calls.txt"
    path.write_text(text, encoding="utf-8")
    return list(iterate_calls(path))


# Chromosomes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chromosome", "build"),
    [("NC_000002.12", Build.GRCH38), ("CM000664.2", Build.GRCH38), ("NC_000002.11", Build.GRCH37)],
)
def test_an_accession_is_the_chromosome_and_its_build(
    tmp_path: Path, chromosome: str, build: Build
) -> None:
    row = make_arriba_row(JUNCTIONS[0])
    row |= {"breakpoint1": f"{chromosome}:42295516", "breakpoint2": f"{chromosome}:29223528"}
    (table,) = read(tmp_path, make_table([row]))
    (vcf,) = read(tmp_path, VCF.format("") + MATES.format(chromosome))
    for call in (table, vcf):
        assert (call.end5.chromosome, call.end3.chromosome) == ("2", "2")
        assert (call.build, call.problem) == (build, "")


def test_accessions_of_two_builds_are_not_interpreted(tmp_path: Path) -> None:
    row = make_arriba_row(JUNCTIONS[0])
    row |= {"breakpoint1": "NC_000002.12:42295516", "breakpoint2": "NC_000002.11:29446394"}
    (call,) = read(tmp_path, make_table([row]))
    assert "two genome builds" in call.problem
    assert call.build == UNKNOWN
    (against,) = read(tmp_path, "# GRCh37\n" + make_table([row | {"breakpoint2": "2:29446394"}]))
    assert "is of GRCh38, and the file says GRCh37" in against.problem


def test_an_accession_that_is_not_known_is_kept_and_said(tmp_path: Path) -> None:
    row = make_arriba_row(JUNCTIONS[0]) | {"breakpoint1": "NC_000002.10:42295516"}
    (call,) = read(tmp_path, make_table([row]))
    (vcf,) = read(tmp_path, VCF.format("") + MATES.format("NC_000002.10"))
    assert (call.end5.chromosome, call.problem) == ("NC_000002.10", "")
    for found in (call, vcf):
        assert any("NC_000002.10 is the accession of no chromosome" in r for r in found.remarks)


def test_a_vcf_without_genes_is_named_by_its_places(tmp_path: Path) -> None:
    path = tmp_path / "d.vcf"
    path.write_text(VCF.format("") + MATES.format("chr2"), encoding="utf-8")
    report = read_files([path])
    assert [finding.name for finding in report.findings] == ["EML4::ALK"]
    assert report.files[0].build.build is Build.GRCH38


def test_contigs_of_a_vcf_tell_the_build_by_their_accessions(tmp_path: Path) -> None:
    head = "##contig=<ID=NC_000002.11>\n"
    (call,) = read(tmp_path, VCF.format(head) + MATES.format("NC_000002.11"))
    assert call.build is Build.GRCH37


# Above the header -------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["EML4\tALK", MATES.format("2").splitlines()[0]])
def test_a_line_above_the_header_of_a_vcf_is_kept(tmp_path: Path, line: str) -> None:
    calls = read(tmp_path, line + "\n" + VCF.format("") + MATES.format("2"))
    assert [(call.line, call.problem) for call in calls] == [(1, ABOVE_HEADER), (4, "")]
    assert calls[0].words == line


def test_a_vcf_without_a_header_loses_no_row_before_a_comment(tmp_path: Path) -> None:
    first, second = MATES.format("2").splitlines()
    text = f"##fileformat=VCFv4.3\n{first}\n##late comment\n{second}\n"
    calls = read(tmp_path, text)
    assert sorted(call.line for call in calls) == [2, 3]
    assert "its mate stands in line 4" in {r for call in calls for r in call.remarks}


def test_a_line_above_the_header_of_a_table_is_kept(tmp_path: Path) -> None:
    calls = read(tmp_path, "# a comment\nEML4\tALK\n" + make_file("arriba"))
    assert [call.line for call in calls] == [2, 4, 5, 6, 7]
    assert [call.problem for call in calls] == [ABOVE_HEADER, "", "", "", ""]


# Columns that stand twice -----------------------------------------------------------------------


def double(column: str, value: str) -> str:
    row = make_arriba_row(JUNCTIONS[0])
    return make_table([row | {f"{column} ": value or row[column]}])


def test_a_column_that_stands_twice_and_says_two_things(tmp_path: Path) -> None:
    (call,) = read(tmp_path, double("gene1", "KIF5B"))
    assert call.problem == "The column 'gene1' stands twice, and the two say different things here."
    assert {"EML4", "KIF5B"} <= set(call.cells.values())


def test_a_column_that_stands_twice_and_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "calls.txt"
    path.write_text(double("gene1", ""), encoding="utf-8")
    found = iterate_calls(path)
    (call,) = found
    assert (call.problem, call.name) == ("", "EML4::ALK")
    assert any("stands twice" in note for note in found.notes)


def test_a_column_of_a_vcf_that_stands_twice(tmp_path: Path) -> None:
    head = VCF.format("").replace("\tINFO", "\tINFO\tALT")
    rows = [f"{row}\t{alt}" for row in MATES.format("2").splitlines() for alt in ("x",)]
    calls = read(tmp_path, head + "\n".join(rows) + "\n")
    assert len(calls) == 2
    assert all("The column 'ALT' stands twice" in call.problem for call in calls)


# Length -----------------------------------------------------------------------------------------


def test_a_header_that_is_too_long_is_refused_for_its_length(tmp_path: Path) -> None:
    header, *rows = make_file("star-fusion").splitlines()
    text = "\n".join([header + "\tmore" * 1_000_000, *rows])
    with pytest.raises(UserError, match="begins as the header of STAR-Fusion and holds 5,0"):
        read(tmp_path, text)


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=30)), max_size=4))
def test_packed_cells_are_the_cells(rows: list[dict[str, str]]) -> None:
    for cells, packed in [(cells, pack_cells(cells)) for cells in rows]:
        assert dict(packed) == cells
        assert packed == cells
        assert [packed[column] for column in cells] == list(cells.values())


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=30), min_size=1), st.integers(0, 30))
def test_a_long_cell_is_left_in_the_file_and_says_so(cells: dict[str, str], longest: int) -> None:
    packed = pack_cells(cells, longest)
    assert list(packed) == list(cells)
    for column, cell in cells.items():
        left = f"{len(cell):,} characters, in the file"
        assert packed[column] == (cell if len(cell) <= longest else left)


def test_rows_beyond_the_memory_keep_their_line_and_every_column(tmp_path: Path) -> None:
    row = make_arriba_row(JUNCTIONS[0])
    length = load_settings()["cells-in-memory"] // 4
    rows = [row | {"read_identifiers": str(place) * length} for place in range(6)]
    path = tmp_path / "calls.txt"
    path.write_text(make_table(rows), encoding="utf-8")
    (finding,) = read_files([path]).findings
    calls = [member.call for member in finding.members]
    assert [call.line for call in calls] == [2, 3, 4, 5, 6, 7]
    assert {tuple(call.cells) for call in calls} == {tuple(row)}
    assert calls[0].cells["read_identifiers"] == "0" * length
    assert calls[5].cells["read_identifiers"] == f"{length:,} characters, in the file"
    assert calls[5].cells["gene1"] == "EML4"


def test_a_call_without_cells_is_kept_as_it_is() -> None:
    from spindle.assays.fusion_calls import read_call
    from spindle.cases.fusion_calls import CalledEnd

    call = CalledFusion("report-words", "a.txt", 1, CalledEnd("EML4"), CalledEnd("ALK"))
    collector = Collector()
    collector.add(read_call(call, UNKNOWN))
    assert collector.findings[0].members[0].call is call
