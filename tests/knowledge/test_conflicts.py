from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from spindle.errors import UserError
from spindle.knowledge import conflicts
from spindle.knowledge.conflicts import (
    SUBJECTS,
    Conflict,
    list_conflicts,
    load_conflicts,
    make_conflict,
)
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import Entry, read_entries

GOOD = """
[[conflicts]]
id = "test"
title = "Whether exactly 15 of 100 nuclei is positive"
sides = ["fish.zhao-2025.stage2.positive", "fish.vysis.stage2.positive"]
consequence = "Each rule keeps its own limit."
subjects = ["fish"]
checked_on = 2026-11-20
"""
# The 25 places that the project was made from, by number, and where each is held.
SEEDS = {
    1: "partner-typo", 2: "etv6-ntrk3-order", 3: "fish-second-step",
    4: "fish-first-step-negative", 5: "fish-patterns", 6: "fish-readers",
    7: "zhao-2025-reversed-results", 8: "zhao-2025-child", 9: "zhao-2025-alk-place",
    10: "zhao-2025-follow-up", 11: "zhao-2025-sides", 12: "zhao-2025-larynx",
    13: "zhao-2025-sites", 14: "alk-length", 15: "after-a-negative-stain", 16: "icd-behaviour",
    17: "alcl-alk-share", 18: "igg4-threshold", 19: "female-genital-partners",
    20: "sinonasal-outcome", 21: "nature-of-imt", 22: "youngest-patient", 23: "alk-and-outcome",
    24: "etv6-and-ntrk3-are-one", 25: "cause",
}  # fmt: skip


def make(text: str) -> Conflict:
    return make_conflict(next(read_entries("conflicts.toml", "conflicts", text=text)))


def change(**lines: str | None) -> str:
    kept = []
    for line in GOOD.splitlines():
        key = line.split(" = ")[0]
        if key not in lines:
            kept.append(line)
        elif lines[key] is not None:
            kept.append(f"{key} = {lines[key]}")
    known = {line.split(" = ")[0] for line in GOOD.splitlines()}
    kept += [f"{key} = {value}" for key, value in lines.items() if key not in known]
    return "\n".join(kept)


# The conflicts that ship ------------------------------------------------------------------------


@pytest.mark.parametrize("number", SEEDS)
def test_each_of_the_25_seed_conflicts_is_held(number: int) -> None:
    conflict = load_conflicts()[SEEDS[number]]
    assert len(conflict.sides) >= 2


def test_there_are_25_seeds_and_more() -> None:
    assert list(SEEDS) == list(range(1, 26))
    assert len(set(SEEDS.values())) == 25
    assert len(load_conflicts()) > 25


def test_no_contradiction_stands_twice() -> None:
    sides = [frozenset(side.id for side in c.sides) for c in load_conflicts().values()]
    assert len(sides) == len(set(sides))


@pytest.mark.parametrize("conflict", load_conflicts().values(), ids=lambda c: c.id)
def test_every_conflict_has_sides_with_sources_and_says_what_follows(conflict: Conflict) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", conflict.id)
    assert conflict.consequence.endswith(".")
    assert not conflict.title.endswith(".")
    assert set(conflict.subjects) <= set(SUBJECTS)
    assert all(load_facts()[side.id] is side for side in conflict.sides)
    assert len({side.statement for side in conflict.sides}) == len(conflict.sides)
    said = f"{conflict.title} {conflict.consequence}"
    assert not re.search(r"\b(must|should|correct|right|wrong)\b", said), "it chooses a side"


def test_every_subject_is_spoken_of() -> None:
    assert {s for conflict in load_conflicts().values() for s in conflict.subjects} == set(SUBJECTS)


@pytest.mark.parametrize(
    ("conflict_id", "values"),
    [
        ("zhao-2025-follow-up", {57.0, 47.0}),
        ("alk-length", {1619.0, 1620.0}),
        ("alcl-alk-share", {60.0, 95.0}),
        ("fish-second-step", {15.0}),
    ],
)
def test_the_sides_hold_the_numbers_of_their_sources(conflict_id: str, values: set[float]) -> None:
    assert {side.number for side in load_conflicts()[conflict_id].sides} == values


def test_the_limit_at_15_of_100_differs_by_its_comparison() -> None:
    sides = load_conflicts()["fish-second-step"].sides
    assert {side.comparison.value for side in sides} == {">", ">="}


def test_sinonasal_outcomes_stand_beside_each_other() -> None:
    sides = load_conflicts()["sinonasal-outcome"].sides
    assert {(side.n, side.of) for side in sides} == {(6, 17), (15, 20)}


# Finding conflicts ------------------------------------------------------------------------------


def test_a_fact_leads_to_the_conflicts_in_which_it_is_a_side() -> None:
    found = {conflict.id for conflict in list_conflicts(["fusions.yamamoto-2020.etv6-ntrk3"])}
    assert found == {"etv6-ntrk3-order", "etv6-and-ntrk3-are-one"}


def test_a_subject_leads_to_its_conflicts() -> None:
    found = list_conflicts(subjects=["igg4"])
    assert [conflict.id for conflict in found] == ["igg4-threshold"]


def test_a_conflict_is_given_once_for_a_fact_and_its_subject() -> None:
    both = list_conflicts(["fish.zhao-2025.patterns", "fish.iaslc-2013.patterns"], ["fish"])
    ids = [conflict.id for conflict in both]
    assert ids.count("fish-patterns") == 1


def test_nothing_leads_to_no_conflict() -> None:
    assert list_conflicts() == []
    assert list_conflicts(["no.such.fact"]) == []


# Bad conflicts ----------------------------------------------------------------------------------


def test_a_good_conflict_is_read() -> None:
    conflict = make(GOOD)
    assert conflict.written_at == "conflicts.toml, line 2"
    assert conflict.subjects == ("fish",)
    assert len(conflict.sides) == 2


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ({"id": None}, "id"),
        ({"title": '""'}, "title"),
        ({"consequence": None}, "consequence"),
        ({"sides": '["fish.zhao-2025.stage2.positive"]'}, "two or more"),
        ({"sides": "[]"}, "no sides"),
        ({"sides": '["fish.zhao-2025.patterns", "fish.zhao-2025.patterns"]'}, "each once"),
        ({"sides": '["fish.zhao-2025.patterns", "no.such.fact"]'}, "no.such.fact"),
        ({"sides": "[1, 2]"}, "a list of words"),
        ({"sides": '[["fish.zhao-2025.patterns"], "fish.iaslc-2013.patterns"]'}, "a list of words"),
        ({"sides": '"fish.zhao-2025.patterns"'}, "sides"),
        ({"subjects": "[]"}, "no subjects"),
        ({"subjects": '["money"]'}, "money"),
        ({"subjects": "[[]]"}, "a list of words"),
        ({"checked_on": '"2026-11-20"'}, "checked_on"),
        ({"checked_on": None}, "checked_on"),
        ({"winner": '"zhao-2025"'}, "winner"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else str(value),
)
def test_a_bad_conflict_is_refused_with_its_place(lines: dict[str, str | None], word: str) -> None:
    with pytest.raises(UserError) as caught:
        make(change(**lines))
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place == "conflicts.toml, line 2"
    assert word in caught.value.message


def test_a_conflict_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: str, table: str, **options: Any) -> Iterator[Entry]:
        return read_entries(path, table, text=GOOD + GOOD, **options)

    monkeypatch.setattr(conflicts, "read_entries", read)
    load_conflicts.cache_clear()
    with pytest.raises(UserError, match="stands twice") as caught:
        load_conflicts()
    monkeypatch.undo()
    load_conflicts.cache_clear()
    assert caught.value.place == "conflicts.toml, line 10"
