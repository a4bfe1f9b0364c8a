"""Which reader a file asks for, what it says of itself, and what is refused."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import pytest
from fusion_callers.caller_files import (
    JUNCTIONS,
    TABLES,
    make_arriba_row,
    make_file,
    make_jaffa_row,
    make_table,
)

from spindle.cases.absence import NOT_REPORTED
from spindle.cases.fusion_calls import Build
from spindle.errors import UserError
from spindle.formats.fusion_callers import registry
from spindle.formats.fusion_callers.registry import iterate_calls, list_formats, recognise
from spindle.formats.fusion_callers.tables import FileFacts

SAMPLES = Path(__file__).parents[3] / ".." / "shared" / "fusions" / "samples"
# Rows of the samples, counted apart from the readers: lines without blanks, comments and headers.
ROWS = {
    "arriba/arriba1_annofuse_example.tsv": ("arriba", 25),
    "arriba/arriba2_test_BCR-ABL1.tsv": ("arriba", 1),
    "fusioncatcher/seraseq_final-list.txt": ("fusioncatcher", 355),
    "jaffa/seraseq_jaffa_results.csv": ("jaffa", 491),
    "other/fusioninspector_abridged.txt": ("fusioninspector", 2),
    "other/genion_small_example.tsv": ("genion", 15),
    "panel/enfusion_test.csv": ("enfusion", 1),
    "panel/genie_sv_test.txt": ("cbioportal-sv", 1),
    "pcgr/T001-BRCA.grch37.fusions.tsv": ("breakpoint-list", 13),
    "pcgr/T001-BRCA.grch38.fusions.tsv": ("breakpoint-list", 9),
    "star-fusion/coding_effect_example.tsv": ("star-fusion", 4),
    "star-fusion/seraseq_abridged.tsv": ("star-fusion", 37),
}


def write(folder: Path, text: str, name: str = "calls.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("format_id", sorted(TABLES))
def test_the_content_decides(tmp_path: Path, format_id: str) -> None:
    assert recognise(write(tmp_path, make_file(format_id), "x.pdf")).caller == format_id


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_table_saved_again_with_another_delimiter(tmp_path: Path, delimiter: str) -> None:
    row = make_arriba_row(JUNCTIONS[0])
    for column in ("filters", "read_identifiers"):
        row[column] = row[column].partition(",")[0]
    (call,) = iterate_calls(write(tmp_path, make_table([row], delimiter)))
    assert (call.caller, call.name, call.end5.position) == ("arriba", "EML4::ALK", 42_295_516)


def test_every_format_is_listed_once() -> None:
    ids = [held.id for held in list_formats()]
    assert len(set(ids)) == len(ids) == len(registry.READERS)
    assert set(TABLES) < set(ids)
    assert {"genion", "vcf", "report-words"} <= set(ids)
    assert all(held.source and held.verified and held.versions for held in list_formats())


def test_what_no_reader_knows_is_refused_with_the_ids(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        iterate_calls(write(tmp_path, "%PDF-1.7\nobj <<\n"))
    assert caught.value.slug == "fusion-format-unknown"
    assert "--caller" in caught.value.cure
    assert "star-fusion" in caught.value.cure


def test_a_file_that_fits_two_formats_is_refused_with_both(tmp_path: Path) -> None:
    row = make_arriba_row(JUNCTIONS[0]) | {
        key: value.strip('"') for key, value in make_jaffa_row(JUNCTIONS[0]).items()
    }
    path = write(tmp_path, make_table([row]))
    with pytest.raises(UserError, match="arriba and jaffa alike"):
        iterate_calls(path)
    assert next(iter(iterate_calls(path, caller="jaffa"))).caller == "jaffa"


def test_a_caller_that_is_named_wrongly_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, make_file("arriba"))
    with pytest.raises(UserError, match="gene_1_symbol") as caught:
        iterate_calls(path, caller="fusioncatcher")
    assert caught.value.slug == "fusion-format-unknown"
    with pytest.raises(UserError, match="No reader has the id 'ariba'"):
        iterate_calls(path, caller="ariba")


@pytest.mark.parametrize("caller", ["", "arriba"])
@pytest.mark.parametrize("text", ["", "\n\n  \n"])
def test_an_empty_file_holds_no_call_and_says_that_it_is_empty(
    tmp_path: Path, text: str, caller: str
) -> None:
    found = iterate_calls(write(tmp_path, text), caller=caller)
    assert list(found) == []
    assert found.caller == caller
    # What that means, no negative result, is said once, where the files are put together.
    assert found.notes == ["The file is empty."]


def test_a_file_with_a_header_alone_holds_no_call(tmp_path: Path) -> None:
    path = write(tmp_path, make_file("arriba").splitlines()[0] + "\n")
    found = iterate_calls(path)
    assert (found.caller, list(found)) == ("arriba", [])
    assert found.notes == []


def test_what_stands_above_the_header(tmp_path: Path) -> None:
    above = "# Arriba version 2.4.0, reference hs37d5 (GRCh37)\nour lab\n"
    found = iterate_calls(write(tmp_path, above + make_file("arriba")))
    assert (found.version, found.build) == ("2.4.0", Build.GRCH37)
    calls = list(found)
    assert [call.line for call in calls] == [2, 4, 5, 6, 7]
    assert [call.words for call in calls if call.problem] == ["our lab"]
    assert {(call.caller_version, call.build) for call in calls} == {("2.4.0", Build.GRCH37)}
    assert found.notes == ["Above the header stands: our lab"]


def test_two_builds_above_the_header_are_none(tmp_path: Path) -> None:
    found = iterate_calls(write(tmp_path, "# hg19, lifted to hg38\n" + make_file("jaffa")))
    assert found.build == NOT_REPORTED
    assert "two genome builds" in found.facts.notes[0]


def test_no_build_is_guessed(tmp_path: Path) -> None:
    found = iterate_calls(write(tmp_path, make_file("star-fusion")))
    assert {call.build for call in found} == {NOT_REPORTED}


def test_going_through_twice_gives_the_same(tmp_path: Path) -> None:
    found = iterate_calls(write(tmp_path, make_file("arriba") + "EML4\tALK\n"))
    first, notes = list(found), list(found.notes)
    assert list(found) == first
    assert found.notes == notes
    assert first[-1].problem == "The row has 2 cells; 26 were expected."


def test_a_file_that_was_put_together_keeps_its_second_header(tmp_path: Path) -> None:
    calls = list(iterate_calls(write(tmp_path, make_file("arriba") * 2)))
    assert len(calls) == 9
    assert [call.line for call in calls if call.problem] == [6]


def test_a_packed_file(tmp_path: Path) -> None:
    path = tmp_path / "calls.gz"
    path.write_bytes(gzip.compress(make_file("jaffa").encode()))
    assert [call.name for call in iterate_calls(path)] == [
        f"{junction.gene5}::{junction.gene3}" for junction in JUNCTIONS
    ]


def test_facts_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        FileFacts("arriba", "a.tsv").caller = "jaffa"  # type: ignore[misc]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample outputs are not here")
@pytest.mark.parametrize("name", sorted(ROWS))
def test_real_outputs(name: str) -> None:
    caller, rows = ROWS[name]
    found = iterate_calls(SAMPLES / name)
    calls = list(found)
    assert (found.caller, len(calls)) == (caller, rows)
    assert [call.problem for call in calls if call.problem] == []
