from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spindle import assays
from spindle.assays.fish import FishCall, NucleiCount, interpret_count
from spindle.errors import UserError
from spindle.knowledge import files, fish_rules
from spindle.knowledge.facts import load_facts
from spindle.knowledge.fish_rules import (
    DEFAULT_RULE,
    FishRule,
    find_fish_rule,
    load_fish_rules,
)

ASSAYS = Path(assays.__file__).parent
HEAD = """
id = "{id}"
title = "A rule for a test"
gene = "ALK"
counted_patterns = ["split"]
patterns_fact = "fish.zhao-2025.patterns"
disagrees_with = "Nothing."
"""
FIRST = """
[[stages]]
nuclei = "fish.zhao-2025.stage1.nuclei"
positive = "fish.zhao-2025.stage1.positive"
count_on = "fish.zhao-2025.stage1.count-on"
negative = "fish.zhao-2025.stage1.negative"
"""
SECOND = """
[[stages]]
nuclei = "fish.zhao-2025.stage2.nuclei"
positive = "fish.zhao-2025.stage2.positive"
negative = "fish.zhao-2025.stage2.negative"
"""
GOOD = HEAD.format(id="test-rule") + FIRST + SECOND

Load = Callable[..., dict[str, FishRule]]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    load_facts()

    def load_texts(*texts: str) -> dict[str, FishRule]:
        paths = {f"fish_rules/new{n}.toml": text for n, text in enumerate(texts)}
        monkeypatch.setattr(fish_rules, "list_files", lambda folder: list(paths))
        monkeypatch.setattr(files, "read_text", paths.__getitem__)
        load_fish_rules.cache_clear()
        return dict(load_fish_rules())

    yield load_texts
    load_fish_rules.cache_clear()


def refuse(load: Load, *texts: str) -> UserError:
    with pytest.raises(UserError) as caught:
        load(*texts)
    assert caught.value.slug == "knowledge-invalid"
    assert "fish_rules/new" in caught.value.place
    return caught.value


# The rules that ship ----------------------------------------------------------------------------


def test_three_rules_ship_and_one_is_the_default() -> None:
    assert set(load_fish_rules()) == {"zhao-2025", "vysis-two-step", "iaslc-2013"}
    assert DEFAULT_RULE == "zhao-2025"


@pytest.mark.parametrize(
    ("rule", "patterns", "stages", "atypical"),
    [
        ("zhao-2025", ("split",), 2, ()),
        ("vysis-two-step", ("split",), 2, ("isolated_3p", "isolated_5p")),
        ("iaslc-2013", ("split", "isolated_3p"), 1, ("isolated_5p",)),
    ],
)
def test_a_rule_counts_what_its_source_counts(
    rule: str, patterns: tuple[str, ...], stages: int, atypical: tuple[str, ...]
) -> None:
    found = find_fish_rule(rule)
    assert found.counted_patterns == patterns
    assert len(found.stages) == stages
    assert found.is_two_step is (stages == 2)
    assert found.atypical_patterns == atypical
    assert found.gene == "ALK"


def test_the_kits_first_step_calls_nothing_positive_or_negative() -> None:
    first = find_fish_rule("vysis-two-step").stages[0]
    assert first.positive is None
    assert first.negative is None


def test_only_the_atlas_speaks_of_two_readers() -> None:
    speaking = [
        rule.id
        for rule in load_fish_rules().values()
        if any(stage.nuclei_two_readers for stage in rule.stages)
    ]
    assert speaking == ["iaslc-2013"]


@pytest.mark.parametrize("rule", ["zhao-2025", "vysis-two-step", "iaslc-2013"])
def test_a_rule_has_an_answer_for_every_count(rule: str) -> None:
    found = find_fish_rule(rule)
    for scored in (0, 1, 49, 50, 51, 99, 100, 101, 133, 250):
        for split in range(scored + 1):
            for readers in (1, 2):
                count = NucleiCount(scored, split, readers=readers)
                assert isinstance(interpret_count(count, found).call, FishCall)


def test_an_unknown_rule_lists_the_ids() -> None:
    with pytest.raises(UserError) as caught:
        find_fish_rule("iaslc")
    assert caught.value.slug == "fish-rule-unknown"
    assert all(rule in str(caught.value) for rule in load_fish_rules())


def test_no_number_of_a_rule_stands_in_code() -> None:
    """0, 1 and 2 count and index, 100 makes per cent, 0.95 is the level of an interval."""
    allowed = {0, 1, 2, 100, 0.95}
    found = []
    # Numbers in what reads fusion calls are named one by one in test_clinical_numbers.
    paths = [path for path in ASSAYS.glob("*.py") if not path.name.startswith("fusion_")]
    for path in sorted(paths):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_number = isinstance(node, ast.Constant) and isinstance(node.value, int | float)
            if is_number and not isinstance(node.value, bool) and node.value not in allowed:
                found.append(f"{path.name}:{node.lineno}: {node.value}")
    assert found == []


# The loader -------------------------------------------------------------------------------------


def test_a_good_text_loads(load: Load) -> None:
    rule = load(GOOD)["test-rule"]
    assert [stage.nuclei.number for stage in rule.stages] == [50, 100]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('gene = "ALK"\n', "", "gene"),
        ('gene = "ALK"', "gene = 5", "gene"),
        ('title = "A rule for a test"', 'titel = "A rule"', "titel"),
        ('["split"]', '["split", "fused"]', "fused"),
        ('["split"]', '["Split"]', "Split"),
        ("fish.zhao-2025.patterns", "fish.zhao.patterns", "fish.zhao.patterns"),
        ("fish.zhao-2025.stage2.positive", "fish.nobody", "fish.nobody"),
        ('nuclei = "fish.zhao-2025.stage1.nuclei"\n', "", "nuclei"),
        ('nuclei = "fish.zhao-2025.stage1.nuclei"', "nuclei = 50", "nuclei"),
        ('positive = "fish.zhao-2025.stage2.positive"\n', "", "positive"),
        ('negative = "fish.zhao-2025.stage2.negative"\n', "", "negative"),
        ("count_on =", "counton =", "counton"),
    ],
)
def test_a_malformed_rule_is_refused(load: Load, old: str, new: str, word: str) -> None:
    assert old in GOOD
    assert word in refuse(load, GOOD.replace(old, new)).message


@pytest.mark.parametrize(
    "text",
    [
        HEAD.format(id="none") + "stages = []\n",
        HEAD.format(id="one") + FIRST.replace("positive", "# positive", 1),
        HEAD.format(id="turned") + SECOND + FIRST,
        HEAD.format(id="gap")
        + FIRST.replace('count_on = "fish.zhao-2025.stage1.count-on"\n', "")
        + SECOND,
        HEAD.format(id="edge")
        + SECOND.replace("fish.zhao-2025.stage2.negative", "fish.vysis.stage2.negative"),
        HEAD.format(id="word").replace('["split"]', "[]") + SECOND,
        HEAD.format(id="no-number")
        + SECOND.replace("fish.zhao-2025.stage2.nuclei", "fish.kit-scope"),
    ],
    ids=[
        "no stage",
        "last stage without positive",
        "stages turned round",
        "5 to 25 of 50 undecided",
        "15 of 100 undecided",
        "no pattern",
        "a limit that is no number",
    ],
)
def test_a_rule_that_leaves_a_count_undecided_is_refused_when_it_loads(
    load: Load, text: str
) -> None:
    refuse(load, text)


def test_two_rules_of_one_id_are_refused(load: Load) -> None:
    refuse(load, GOOD, GOOD)


def test_a_file_that_is_not_toml_is_refused(load: Load) -> None:
    refuse(load, "id = \n")
