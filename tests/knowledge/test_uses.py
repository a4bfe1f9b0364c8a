from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spindle.knowledge.conflicts import load_conflicts
from spindle.knowledge.facts import load_facts
from spindle.knowledge.fish_rules import load_fish_rules
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.uses import list_uses, load_uses


def list_names(fact_id: str, kind: str) -> list[str]:
    return [use.name for use in list_uses(fact_id) if use.kind == kind]


@pytest.mark.parametrize(
    ("fact_id", "kind", "name"),
    [
        ("fish.zhao-2025.stage2.positive", "FISH rule", "zhao-2025"),
        ("fish.zhao-2025.stage2.positive", "conflict", "fish-second-step"),
        ("protocol.rna-reflex.order", "protocol", "rna-reflex"),
        ("ihc.alk.negative-is-not-the-end", "protocol", "rna-reflex"),
        ("fish.kit-scope", "code", "assays/fish.py"),
        ("pcr.amoydx.coverage", "code", "assays/rtpcr.py"),
        ("pcr.amoydx.coverage", "assay", "amoydx-alk"),
        ("fusions.lee-2017.ranbp2", "table", "fusions"),
        ("outcomes.he-2015.recurrence", "table", "outcomes"),
        ("outcomes.he-2015.recurrence", "conflict", "sinonasal-outcome"),
    ],
)
def test_where_a_fact_is_used(fact_id: str, kind: str, name: str) -> None:
    assert name in list_names(fact_id, kind)


def test_every_side_of_a_conflict_names_the_conflict() -> None:
    for conflict in load_conflicts().values():
        for side in conflict.sides:
            assert conflict.id in list_names(side.id, "conflict")


def test_every_fact_of_a_fish_rule_names_the_rule() -> None:
    for rule in load_fish_rules().values():
        for stage in rule.stages:
            assert rule.id in list_names(stage.nuclei.id, "FISH rule")


def test_every_fact_of_a_protocol_names_the_protocol() -> None:
    for protocol in load_protocols().values():
        for step in protocol.steps.values():
            for fact in step.facts:
                assert protocol.id in list_names(fact, "protocol")


def test_a_place_is_named_once() -> None:
    for uses in load_uses().values():
        assert len(set(uses)) == len(uses)


def test_only_facts_are_used() -> None:
    assert set(load_uses()) <= set(load_facts())
    assert list_uses("no.such.fact") == ()


def test_most_facts_are_used_somewhere() -> None:
    """A fact that nothing uses is worth a look; many of them would be a fault of the search."""
    unused = set(load_facts()) - set(load_uses())
    assert len(unused) < len(load_facts()) / 4


def test_uses_are_found_outside_the_repository(tmp_path: Path) -> None:
    """They are read from the installed package, wherever the command runs."""
    code = (
        "from spindle.knowledge.uses import list_uses;"
        "print(sorted(use.name for use in list_uses('fish.kit-scope') if use.kind == 'code'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "assays/fish.py" in run.stdout
