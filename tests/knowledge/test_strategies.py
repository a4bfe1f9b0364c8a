from __future__ import annotations

from pathlib import Path

import pytest

from spindle.errors import UserError
from spindle.knowledge import strategies
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import read_text
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.strategies import (
    ANY_SITE,
    REFERENCES,
    STRATEGY_FILE,
    find_reference,
    find_site,
    find_value,
    load_strategy_data,
)

FACTS = load_facts()


def count(name: str) -> tuple[int, int]:
    fact = FACTS[f"strategy.{name}"]
    assert isinstance(fact.n, int)
    assert isinstance(fact.of, int)
    return fact.n, fact.of


@pytest.mark.parametrize(
    ("fact", "n", "of"),
    [
        # Choi 2015: 11 of 16 stained, 9 by FISH, 3 stain only, 1 FISH only.
        ("choi-2015.stain-finds-any", 11, 12),
        ("choi-2015.fish-finds-any-stained", 8, 11),
        # Sukov 2007: 13 of 21 stained, all of them among 14 by FISH.
        ("sukov-2007.stain-finds", 13, 14),
        # UNM 2008: FISH worked in 10 of 16; one stained and was rearranged, one only stained.
        ("unm-2008.any", 2, 10),
        ("unm-2008.fish-failed", 6, 16),
        ("cheek-2020.rna-rearranged", 5, 5),
        ("vendrell-2017.rna-false", 0, 22),
        ("vendrell-2017.amplicon-right", 25, 37),
        ("vollbrecht-2018.rna-false", 0, 12),
        ("rna-panel-767.rna-failed", 70, 767),
    ],
)
def test_counts_are_the_ones_of_the_source(fact: str, n: int, of: int) -> None:
    assert count(fact) == (n, of)


def test_the_counts_of_zhao_2025_are_those_of_its_table() -> None:
    """Table 1: 25 tumours; patients 8 and 15 stained, none by FISH, 15 alone by RT-PCR."""
    table = [(number in (8, 15), False, number == 15) for number in range(1, 26)]

    def tally(of: list[tuple[bool, bool, bool]], test: int) -> tuple[int, int]:
        return sum(row[test] for row in of), len(of)

    stained = [row for row in table if row[0]]
    fused = [row for row in table if row[2]]
    free = [row for row in table if not row[2]]
    z = "zhao-2025."
    assert count(f"{z}any") == (sum(s or f for s, f, _ in table), 25)
    assert count(f"{z}stain-finds-any") == tally([r for r in table if r[0] or r[1]], 0)
    assert count(f"{z}fish-stained") == tally(stained, 1)
    assert count(f"{z}stain-false-fish") == tally([r for r in table if not r[1]], 0)
    assert count(f"{z}pcr-discordant") == tally([r for r in stained if not r[1]], 2)
    assert count(f"{z}pcr-negative") == tally([r for r in table if not r[0] and not r[1]], 2)
    assert count(f"{z}stain-finds") == tally(fused, 0)
    assert count(f"{z}stain-false") == tally(free, 0)
    assert count(f"{z}fish-finds") == tally(fused, 1)
    assert count(f"{z}fish-false") == tally(free, 1)
    assert count(f"{z}fish-false-stained") == tally([r for r in free if r[0]], 1)
    assert count(f"{z}fish-false-unstained") == tally([r for r in free if not r[0]], 1)


@pytest.mark.parametrize(
    ("series", "of_all"), [("choi-2015", 16), ("fuehrer-female-genital", 8), ("unm-2008", 10)]
)
def test_the_two_references_of_a_series_make_the_same_tumours(series: str, of_all: int) -> None:
    """With stain or FISH, or FISH alone, as the reference, the four cells are the same."""
    name = "fish-finds-any" if series.startswith("fuehrer") else "fish-stained"
    name = "fish-finds-any-stained" if series == "choi-2015" else name
    both, stained = count(f"{series}.{name}")
    assert count(f"{series}.stain-finds-any")[0] == stained
    assert count(f"{series}.stain-finds-fish")[0] == both
    stain_only, no_fish = count(f"{series}.stain-false-fish")
    assert stain_only == stained - both
    assert count(f"{series}.stain-finds-fish")[1] + no_fish == of_all
    positive = count(f"{series}.stain-finds-any")[1]
    assert positive == count(f"{series}.stain-finds-fish")[1] + stain_only


def test_shares_of_the_rest_follow_from_the_whole_series() -> None:
    """Preobrazhenskaya 2023: of 82, ALK 47, ROS1 20, NTRK3 3, PDGFRB 1; Antonescu 2015: 35, 6."""
    p = "preobrazhenskaya-2023."
    assert count(f"{p}alk-without-ros1") == (47, 82 - 20)
    assert count(f"{p}ros1-without-alk") == (20, 82 - 47)
    assert count(f"{p}ntrk-without-alk-ros1") == (3, 82 - 47 - 20)
    assert count(f"{p}other-without-three") == (1, 82 - 47 - 20 - 3)
    assert count("antonescu-2015.alk-without-ros1") == (35, 62 - 6)
    assert count("antonescu-2015.ros1-without-alk") == (6, 62 - 35)


def test_a_definition_has_no_counts_and_holds_for_some_references_alone() -> None:
    defined = [v for v in load_strategy_data().values if v.definition is not None]
    assert defined
    for value in defined:
        assert value.definition in (0, 1)
        assert not value.facts
        assert set(value.references) < set(REFERENCES)


def test_no_published_count_stands_where_the_reference_decides() -> None:
    """What a reference takes as right is certain: FISH under `fish`, RT-PCR under `pcr`."""
    for reference, test in (("fish", "alk_fish"), ("pcr", "alk_rt_pcr")):
        sites = [s for s in load_strategy_data().sites.values() if reference in s.references]
        assert sites
        for site in sites:
            for stain in ("positive", "negative"):
                shown = {"alk_ihc": stain}
                finds = find_value(f"{test}.finds", site.id, reference, shown)
                false = find_value(f"{test}.false", site.id, reference, shown)
                assert finds is not None
                assert false is not None
                assert (finds.definition, false.definition) == (1, 0)


def test_every_test_that_a_protocol_asks_for_is_known() -> None:
    asked = {
        test
        for protocol in load_protocols().values()
        for step in protocol.steps.values()
        for test in step.tests
    }
    assert asked <= set(load_strategy_data().tests)


def test_every_value_has_counts_a_definition_or_an_assumption_with_its_reason() -> None:
    for value in load_strategy_data().values:
        kinds = [bool(value.facts), value.assumption is not None, value.definition is not None]
        assert kinds.count(True) == 1
        assert value.note or not value.assumption
        assert not (value.is_borrowed and value.is_partly_borrowed)
        assert not value.is_borrowed or not value.is_own(value.site)


def test_a_value_of_one_site_is_own_there_and_borrowed_elsewhere() -> None:
    value = find_value("alk_rt_pcr.failed", "bladder", "any", {})
    assert value is not None
    assert value.is_own("sinonasal")
    assert not value.is_own("bladder")
    assert not value.is_own(ANY_SITE)


def test_a_site_that_counts_in_another_order_has_shares_of_its_own() -> None:
    """ALK of all patients is another share than ALK of those without ROS1."""
    data = load_strategy_data()
    usual = data.orders[data.sites[ANY_SITE].order]
    for site in data.sites.values():
        order = data.orders[site.order]
        changed = {name for name in data.shares if order[name] != usual[name]} - {"ntrk", "rest"}
        for reference in site.references:
            for name in changed:
                value = find_value(name, site.id, reference, {})
                assert value is not None
                assert value.site == site.id


def test_no_cost_and_no_turnaround_stands_in_the_data() -> None:
    keys = {line.split("=")[0].strip() for line in read_text(STRATEGY_FILE).splitlines()}
    assert not keys & {"cost", "days", "price", "turnaround"}


def test_every_fact_on_strategies_is_used_or_set_aside_with_a_reason() -> None:
    data = load_strategy_data()
    used = {fact.id for value in data.values for fact in value.facts}
    aside = {fact.id for item in data.set_aside for fact in item.facts}
    assert not used & aside
    assert {name for name in FACTS if name.startswith("strategy.")} <= used | aside
    assert all(item.why.endswith(".") for item in data.set_aside)


def test_every_series_of_alk_fish_in_imt_is_used_or_set_aside() -> None:
    """A series that the table of markers has can't be left out without a word."""
    data = load_strategy_data()
    named = {
        fact.source.id for part in (data.values, data.set_aside) for v in part for fact in v.facts
    }
    series = {f.source.id for name, f in FACTS.items() if ".imt.fish-alk" in name}
    assert len(series) >= 8
    assert not series - named


def test_a_site_that_is_unknown_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="sinonasal"):
        find_site("moon")


def test_a_site_has_the_references_that_it_has_counts_for() -> None:
    assert find_reference("sinonasal") == "pcr"
    assert find_reference("sinonasal", "fish") == "fish"
    assert find_reference("bladder") == "any"
    with pytest.raises(UserError, match="any, fish"):
        find_reference("bladder", "pcr")


def test_the_nearest_value_is_taken() -> None:
    stained = {"alk_ihc": "positive"}
    own = find_value("alk_fish.finds", "sinonasal", "any", stained)
    borrowed = find_value("alk_ihc.finds", "lung", "fish", stained)
    general = find_value("rna_sequencing.finds", "lung", "fish", stained)
    discordant = {**stained, "alk_fish": "negative"}
    given = find_value("rna_sequencing.finds", "bladder", "any", discordant)
    assert own is not None
    assert borrowed is not None
    assert general is not None
    assert given is not None
    assert (own.site, own.key) == ("sinonasal", "alk_fish.finds|alk_ihc=positive")
    assert borrowed.site == ANY_SITE
    assert general.key == "rna_sequencing.finds"
    assert given.key == "rna_sequencing.finds|alk_ihc=positive,alk_fish=negative"
    assert find_value("alk_ihc.equivocal", "lung", "fish", {}) is None


def test_every_reference_is_explained_and_used() -> None:
    used = {
        reference for site in load_strategy_data().sites.values() for reference in site.references
    }
    assert used == set(REFERENCES)


FAULTS = {
    'facts = ["strategy.zhao-2025.stain-finds"]': ('facts = ["nope"]', "'nope' does not exist"),
    'parameter = "dna_panel.finds"': ('parameter = "dna_panel.nope"', "is unknown"),
    'order = "ros1_first"': ('order = "sideways"', "'sideways' is unknown"),
    "assumption = [0.0, 1.0]": ("assumption = [0.0, 2.0]", "between 0.0 and 1.0"),
    "definition = 0.0": ("definition = 0.5", "is 0.0 or 1.0"),
    "definition = 1.0": ("definition = 1.0\nassumption = [0.0, 1.0]", "or a definition"),
    'given = ["alk_ihc=positive"]': ('given = ["alk_ihc"]', "no result of a test"),
    'given = ["alk_ihc=negative"]': ('given = ["dna_panel=negative"]', "above its own"),
    'references = ["fish"]': ('references = ["coin"]', "'coin' is unknown"),
    'site = "lung"': ('site = "moon"', "'moon' is unknown"),
    'from_site = "sinonasal"': ('from_site = "moon"', "'moon' is unknown"),
    'kinase = "ROS1"': ('kinase = "NOPE"', "'NOPE' is not read"),
    'finds = ["ros1"]': ('finds = ["nope"]', "class that is not listed"),
    'references = ["fish"]\nfacts': ("facts", "stands twice"),
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
