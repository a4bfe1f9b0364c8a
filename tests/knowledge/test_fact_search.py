from __future__ import annotations

import pytest

from spindle.knowledge.fact_search import count_words, list_near_ids, search_facts, split_words
from spindle.knowledge.fact_words import describe_value, name_topic
from spindle.knowledge.facts import Fact, find_fact, load_facts
from spindle.knowledge.words import fold


def hold(fact: Fact) -> str:
    source = f"{fact.source.id} {fact.source.citation} {fact.source.identifier}"
    spaced = fact.id.replace(".", " ").replace("-", " ")
    return fold(f"{fact.id} {spaced} {fact.statement} {fact.applies_to} {source}")


@pytest.mark.parametrize(
    "words",
    [["ROS1", "lung"], ["IgG4"], ["zhao", "2025", "median"], ["RANBP2"], ["FN1::ALK"], ["D5F3"]],
    ids=" ".join,
)
def test_every_fact_found_holds_every_word_and_none_is_left_out(words: list[str]) -> None:
    found = {fact.id for fact in search_facts(words)}
    wanted = {f.id for f in load_facts().values() if all(fold(word) in hold(f) for word in words)}
    assert found == wanted != set()


def test_the_best_answer_comes_first() -> None:
    first = search_facts(["imbalance", "ros1"])[0]
    assert first.id == "pcr.imbalance.misses-ros1"


def test_an_id_finds_its_fact_first() -> None:
    assert (
        search_facts(["fish.zhao-2025.stage2.positive"])[0].id == "fish.zhao-2025.stage2.positive"
    )


@pytest.mark.parametrize("words", [["ros1", "LUNG"], ["  Ros1 lung "], ["lung", "ros1", "ros1"]])
def test_case_order_and_spaces_make_no_difference(words: list[str]) -> None:
    assert [f.id for f in search_facts(words)] == [f.id for f in search_facts(["ROS1", "lung"])]


@pytest.mark.parametrize("words", [[], [""], ["   "]])
def test_no_word_finds_nothing(words: list[str]) -> None:
    assert search_facts(words) == []
    assert split_words(words) == ()


def test_a_word_that_stands_nowhere_is_told_apart_from_one_that_does() -> None:
    counts = count_words(["qqqq ros1"])
    assert counts["qqqq"] == 0
    assert counts["ros1"] == len(search_facts(["ros1"])) > 0


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("fish.zhao2025.stage2.positive", "fish.zhao-2025.stage2.positive"),
        ("fish.kitscope", "fish.kit-scope"),
        ("kit-scope", "fish.kit-scope"),
        ("FISH.KIT-SCOPE", "fish.kit-scope"),
        ("pcr.amoydx", "pcr.amoydx.coverage"),
    ],
)
def test_an_id_that_is_nearly_right_finds_its_neighbours(typed: str, near: str) -> None:
    assert near in list_near_ids(typed)
    assert len(list_near_ids(typed)) <= 5


def test_an_id_like_none_has_no_neighbour() -> None:
    assert list_near_ids("#") == []


@pytest.mark.parametrize(
    ("fact_id", "words"),
    [
        ("fish.zhao-2025.stage2.positive", "more than 15 per cent"),
        ("fish.zhao-2025.stage1.negative", "below 5 nuclei of 50"),
        ("fish.vysis.stage1.count-on", "any number of nuclei of 50"),
        ("fish.iaslc-2013.patterns", "split signals and isolated 3' signals"),
        ("conflict.zhao-2025.alk-parts", "1,619 amino acids"),
        ("series.song-2020.mean-age", "34.76 years"),
        ("kinase-domain.alk.uniprot", "1116-1392 amino acids"),
        ("ihc.alk.negative-is-not-the-end", ""),
    ],
)
def test_a_value_is_told_in_words(fact_id: str, words: str) -> None:
    assert describe_value(find_fact(fact_id)) == words


def test_a_topic_is_the_first_word_of_an_id() -> None:
    assert name_topic("fish.zhao-2025.patterns") == "fish"
