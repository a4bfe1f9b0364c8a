from __future__ import annotations

import pytest

from spindle.errors import UserError
from spindle.knowledge.assay_coverage import (
    find_kit,
    list_assay_limits,
    load_coverage,
    parse_coverage,
)
from spindle.knowledge.facts import load_facts
from spindle.knowledge.kinases import load_kinases

ASSAYS = ("ihc", "fish", "rt_pcr", "rna_sequencing", "dna_sequencing")
ASSAY = """
[[assays]]
id = "fish"
name = "break-apart FISH"
looks_at = "whether a gene is broken"
fact = "assay.fish.no-partner"
"""
KIT = """
[[kits]]
id = "vysis"
assay = "fish"
name = "Vysis"
words = ["Vysis"]
kinases = ["ALK"]
covers = "breaks of ALK"
facts = ["fish.kit-scope"]
"""
LIMIT = """
[[limits]]
assay = "fish"
kinases = ["ALK"]
fact = "fish.decalcified"
"""


def list_facts(assay: str, kinase: str) -> list[str]:
    return [fact for _, fact in list_assay_limits(assay, kinase)]


@pytest.mark.parametrize("assay", ASSAYS)
@pytest.mark.parametrize("kinase", load_kinases().names)
def test_every_assay_says_what_it_could_not_have_seen(assay: str, kinase: str) -> None:
    limits = list_assay_limits(assay, kinase)
    assert limits
    for sentence, fact in limits:
        assert sentence.endswith(".")
        assert fact in load_facts()


@pytest.mark.parametrize(
    ("assay", "kinase", "fact"),
    [
        ("ihc", "ALK", "ihc.alk.negative-is-not-the-end"),
        ("ihc", "NTRK1", "assay.ihc.pan-trk.one-stain"),
        ("ihc", "ROS1", "assay.ihc.ros1.negative-with-fusion"),
        ("fish", "ALK", "fish.kit-scope"),
        ("fish", "ALK", "fusions.eml4.e13-a29"),
        ("fish", "NTRK3", "fusions.alassiri-2016.etv6-fish"),
        ("rt_pcr", "ALK", "pcr.amoydx.coverage"),
        ("rt_pcr", "ROS1", "pcr.imbalance.misses-ros1"),
        ("rna_sequencing", "ROS1", "assay.rna-sequencing.amplicon-misses-ros1"),
        ("rna_sequencing", "ROS1", "assay.rna-sequencing.missed-what-dna-found"),
        ("rna_sequencing", "ALK", "sequencing.quality"),
        ("dna_sequencing", "ALK", "assay.dna-sequencing.breakpoint-is-no-transcript"),
    ],
)
def test_what_a_test_could_not_have_seen(assay: str, kinase: str, fact: str) -> None:
    assert fact in list_facts(assay, kinase)


@pytest.mark.parametrize("assay", ["ihc", "fish", "rt_pcr"])
def test_igf1r_was_missed_by_stain_fish_and_pcr(assay: str) -> None:
    """An IMT of the duodenum, found by sequencing: Piarulli 2019, as Zhao 2025 cites it."""
    assert "assay.single-gene.misses-igf1r" in list_facts(assay, "IGF1R")
    assert "assay.single-gene.misses-igf1r" not in list_facts("rna_sequencing", "IGF1R")


def test_a_limit_of_one_kinase_is_not_told_of_another() -> None:
    assert "pcr.imbalance.misses-ros1" not in list_facts("rt_pcr", "ALK")
    assert "assay.single-gene.misses-igf1r" not in list_facts("ihc", "ALK")


def test_an_unknown_assay_has_no_limit_that_is_held() -> None:
    assert list_assay_limits("ultrasound", "ALK") == ()


@pytest.mark.parametrize(
    ("assay", "words", "kit"),
    [
        ("rt_pcr", "AmoyDx human ALK gene fusion kit, lot 8.01", "amoydx-alk"),
        ("rt_pcr", "amoydx", "amoydx-alk"),
        ("fish", "Vysis LSI ALK dual colour", "vysis-alk"),
        ("fish", "ZytoLight SPEC ALK", None),
        ("ihc", "Vysis", None),
        ("rt_pcr", "", None),
    ],
)
def test_a_kit_is_known_by_the_words_of_a_report(assay: str, words: str, kit: str | None) -> None:
    found = find_kit(assay, words)
    assert (found and found.id) == kit


def test_a_kit_whose_maker_does_not_say_covers_what_is_not_disclosed() -> None:
    assert load_coverage().kits["amoydx-alk"].covers == "not disclosed"


# Bad entries ------------------------------------------------------------------------------------


def test_a_good_file_is_read() -> None:
    coverage = parse_coverage(ASSAY + KIT + LIMIT)
    assert list(coverage.assays) == ["fish"]
    assert coverage.kits["vysis"].kinases == ("ALK",)
    assert coverage.limits[0].says == load_facts()["fish.decalcified"].statement


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (ASSAY.replace("assay.fish.no-partner", "no.such.fact"), "no.such.fact"),
        (ASSAY.replace('name = "break-apart FISH"\n', ""), "name"),
        (ASSAY + ASSAY, "stands twice"),
        (ASSAY + KIT + KIT, "stands twice"),
        (ASSAY + KIT.replace('assay = "fish"', 'assay = "fisch"'), "'fisch' is not known"),
        (ASSAY + KIT.replace('["ALK"]', '["ALKK"]'), "ALKK"),
        (ASSAY + KIT.replace('["ALK"]', '["other"]'), "other"),
        (ASSAY + KIT.replace('["Vysis"]', "[]"), "words"),
        (ASSAY + KIT.replace('["Vysis"]', '[" "]'), "words"),
        (ASSAY + KIT.replace('["fish.kit-scope"]', "[1]"), "facts"),
        (ASSAY + KIT + LIMIT.replace('["ALK"]', "[]"), "kinases"),
        (ASSAY + KIT + LIMIT.replace("fish.decalcified", "fish.no"), "fish.no"),
        (ASSAY + KIT + LIMIT.replace('"fish"', '"mri"'), "mri"),
        (ASSAY + KIT + LIMIT + "wants = 1\n", "wants"),
        (ASSAY + "[[tests]]\nid = 1\n", "tests"),
    ],
)
def test_a_bad_entry_is_refused_with_its_file(text: str, word: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_coverage(text)
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place.startswith("assays.toml")
    assert word in caught.value.message
