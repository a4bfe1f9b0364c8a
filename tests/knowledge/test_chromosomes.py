"""Names of chromosomes: with `chr`, by accession, with noughts; and the build of an accession."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.fusion_calls import Build
from spindle.knowledge.chromosomes import load_chromosomes, read_chromosome
from spindle.knowledge.transcripts import load_transcripts


@pytest.mark.parametrize(
    ("words", "name", "build"),
    [
        ("2", "2", None),
        ("chr02", "2", None),
        ("CHR2", "2", None),
        ("chrx", "X", None),
        ("chrM", "MT", None),
        ("MT", "MT", None),
        # NCBI's assembly reports of both builds: the versions differ from chromosome to chromosome.
        ("NC_000002.11", "2", Build.GRCH37),
        ("NC_000002.12", "2", Build.GRCH38),
        ("NC_000007.13", "7", Build.GRCH37),
        ("NC_000014.9", "14", Build.GRCH38),
        ("NC_000023.10", "X", Build.GRCH37),
        ("NC_000024.10", "Y", Build.GRCH38),
        ("CM000664.1", "2", Build.GRCH37),
        ("CM000664.2", "2", Build.GRCH38),
        # Without a version, or the same on both builds, an accession tells no build.
        ("NC_000002", "2", None),
        ("NC_012920.1", "MT", None),
    ],
)
def test_names_of_chromosomes(words: str, name: str, build: Build | None) -> None:
    found = read_chromosome(words)
    assert (found.name, found.build, found.is_unknown) == (name, build, False)


@pytest.mark.parametrize("words", ["NC_000002.10", "NC_000002.99", "KI270711.1", "NC_000067.6"])
def test_an_accession_of_another_build_or_species_is_kept_and_said(words: str) -> None:
    found = read_chromosome(words)
    assert (found.name, found.build, found.is_unknown) == (words, None, True)


@pytest.mark.parametrize("words", ["HLA-A*01:01:01:01", "hs37d5", "Un_KI270742v1", "0", "23"])
def test_what_is_no_chromosome_is_kept_as_written(words: str) -> None:
    assert read_chromosome(words).name == words


def test_every_nuclear_chromosome_has_four_accessions_and_every_gene_a_chromosome() -> None:
    held = load_chromosomes()
    builds = [found.build for found in held.versioned.values()]
    assert builds.count(Build.GRCH37) == builds.count(Build.GRCH38) == 2 * 24
    names = {found.name for found in held.versioned.values()}
    assert names == {*map(str, range(1, 23)), "X", "Y", "MT"}
    assert {t.chromosome for t in load_transcripts().values()} <= names


@given(st.text(max_size=30))
def test_reading_twice_changes_nothing_and_never_fails(words: str) -> None:
    found = read_chromosome(words)
    if not found.is_unknown and found.name.casefold()[:3] != "chr":
        assert read_chromosome(found.name).name == found.name
