from __future__ import annotations

from pathlib import Path

import pytest

from spindle.errors import UserError
from spindle.knowledge import strategies
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import read_text
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.strategies import (
    REFERENCES,
    STRATEGY_FILE,
    find_site,
    find_value,
    load_strategy_data,
)

FACTS = load_facts()


@pytest.mark.parametrize(
    ("fact", "n", "of"),
    [
        # Zhao 2025, Table 1: patients 8 and 15 stained, patient 15 was positive by RT-PCR.
        ("strategy.zhao-2025.stain-finds", 1, 1),
        ("strategy.zhao-2025.stain-false", 1, 24),
        ("strategy.zhao-2025.fish-finds", 0, 1),
        # Choi 2015: 11 of 16 stained, 9 by FISH, 3 stain only, 1 FISH only.
        ("strategy.choi-2015.stain-finds-any", 11, 12),
        ("strategy.choi-2015.fish-finds-any-stained", 8, 11),
        ("strategy.choi-2015.stain-false-fish", 3, 7),
        # Sukov 2007: 13 of 21 stained, all of them among 14 by FISH.
        ("strategy.sukov-2007.stain-finds", 13, 14),
        ("strategy.sukov-2007.stain-false-fish", 0, 7),
        ("strategy.vendrell-2017.rna-false", 0, 22),
        ("strategy.rna-panel-767.rna-failed", 70, 767),
    ],
)
def test_counts_are_the_ones_of_the_source(fact: str, n: int, of: int) -> None:
    assert (FACTS[fact].n, FACTS[fact].of) == (n, of)


def test_the_two_readings_of_one_series_make_its_sixteen_tumours() -> None:
    """Choi 2015: with any test or FISH as the reference, the four cells are the same."""
    counts = {name: FACTS[f"strategy.choi-2015.{name}"] for name in (
        "stain-finds-any", "stain-finds-fish", "stain-false-fish", "fish-finds-any",
    )}  # fmt: skip
    both = counts["stain-finds-fish"].n
    stained = counts["stain-finds-any"].n
    fish_negative = counts["stain-false-fish"].of
    assert isinstance(both, int)
    assert isinstance(stained, int)
    assert stained - both == counts["stain-false-fish"].n == 3
    assert counts["fish-finds-any"].n == counts["stain-finds-fish"].of == 9
    assert isinstance(fish_negative, int)
    assert 9 + fish_negative == 16


def test_a_fact_by_definition_says_so_and_is_inferred() -> None:
    found = [
        f for f in FACTS.values() if f.id.startswith("strategy.") and "definition" in f.statement
    ]
    assert len(found) >= 5
    assert all(fact.is_inferred for fact in found)


def test_every_test_that_a_protocol_asks_for_is_known() -> None:
    asked = {
        test
        for protocol in load_protocols().values()
        for step in protocol.steps.values()
        for test in step.tests
    }
    assert asked <= set(load_strategy_data().tests)


def test_every_value_has_counts_or_says_that_it_is_an_assumption() -> None:
    for value in load_strategy_data().values:
        assert bool(value.facts) is (value.assumption is None)
        assert value.note or not value.assumption
    assumed = [v.parameter for v in load_strategy_data().values if v.assumption]
    assert assumed == ["dna_panel.finds"]


def test_no_cost_and_no_turnaround_stands_in_the_data() -> None:
    keys = {line.split("=")[0].strip() for line in read_text(STRATEGY_FILE).splitlines()}
    assert not keys & {"cost", "days", "price", "turnaround"}


def test_set_aside_facts_are_not_used() -> None:
    data = load_strategy_data()
    used = {fact.id for value in data.values for fact in value.facts}
    for item in data.set_aside:
        assert item.why.endswith(".")
        assert not {fact.id for fact in item.facts} & used


def test_a_site_that_is_unknown_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="sinonasal"):
        find_site("moon")


def test_the_nearest_value_is_taken() -> None:
    stained = {"alk_ihc": "positive"}
    own = find_value("alk_fish.finds", "sinonasal", "any", stained)
    borrowed = find_value("alk_fish.finds", "lung", "any", stained)
    assert own is not None
    assert borrowed is not None
    assert (own.site, own.given) == ("sinonasal", ())
    assert (borrowed.site, borrowed.key) == ("any", "alk_fish.finds|alk_ihc=positive")
    assert find_value("alk_ihc.equivocal", "lung", "any", {}) is None


def test_every_reference_is_explained() -> None:
    used = {value.reference for value in load_strategy_data().values}
    assert used == {"", *REFERENCES}


FAULTS = {
    'facts = ["strategy.zhao-2025.stain-finds"]': ('facts = ["nope"]', "'nope' does not exist"),
    'parameter = "dna_panel.finds"': ('parameter = "dna_panel.nope"', "is unknown"),
    'order = "other_first"': ('order = "sideways"', "'sideways' is unknown"),
    "assumption = [0.0, 1.0]": ("assumption = [0.0, 2.0]", "between 0.0 and 1.0"),
    'given = ["alk_ihc=positive"]': ('given = ["alk_ihc"]', "no result of a test"),
    'reference = "fish"': ('reference = "coin"', "'coin' is unknown"),
    'site = "lung"': ('site = "moon"', "'moon' is unknown"),
    'kinase = "ROS1"': ('kinase = "NOPE"', "'NOPE' is not read"),
    'finds = ["ros1"]': ('finds = ["nope"]', "class that is not listed"),
    'reference = "any"\nfacts': ("facts", "stands twice"),
}


@pytest.mark.parametrize("written", FAULTS)
def test_a_fault_is_refused_with_its_line(
    written: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    instead, said = FAULTS[written]
    text = read_text(STRATEGY_FILE)
    assert written in text
    (tmp_path / STRATEGY_FILE).write_text(text.replace(written, instead), encoding="utf-8")
    real = strategies.read_entries

    def read_changed(path: str, table: str, **more: object) -> object:
        changed = (tmp_path / STRATEGY_FILE).read_text(encoding="utf-8")
        return real(path, table, changed, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(strategies, "read_entries", read_changed)
    load_strategy_data.cache_clear()
    try:
        with pytest.raises(UserError, match="knowledge-invalid") as caught:
            load_strategy_data()
    finally:
        load_strategy_data.cache_clear()
    assert said in str(caught.value)
    assert "strategy.toml, line" in str(caught.value)
