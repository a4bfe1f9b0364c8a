"""FISH counting rules as data: stages, patterns that count, cut-offs, each number a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any

from spindle.errors import UserError
from spindle.knowledge.facts import Comparison, Fact, load_facts
from spindle.knowledge.files import TABLES, Entry, check_keys, list_files, read_document

DEFAULT_RULE = "zhao-2025"
# Each count up to the last stage is tried, so that none is left without a call.
_MOST_NUCLEI = 10_000
PATTERNS = ("split", "isolated_3p", "isolated_5p")


@dataclass(frozen=True, slots=True)
class FishStage:
    """One stage of a counting rule. A limit that no fact gives is not there."""

    nuclei: Fact
    """Nuclei that the stage needs with one reader."""
    nuclei_two_readers: Fact | None
    """Nuclei that it needs with two readers, where the rule says so."""
    positive: Fact | None
    """Limit from which the stage calls positive."""
    count_on: Fact | None
    """Limit from which more nuclei are to be counted."""
    negative: Fact | None
    """Limit for negative."""


@dataclass(frozen=True, slots=True)
class FishRule:
    """One published way of counting break-apart signals."""

    id: str
    """Id for `--fish-rule`."""
    title: str
    """One line for people."""
    gene: str
    """Gene of the probe that the rule was written for."""
    counted_patterns: tuple[str, ...]
    """Patterns that count as rearranged."""
    patterns_fact: Fact
    """Where that is said."""
    stages: tuple[FishStage, ...]
    """Stages, first to last; nuclei are cumulative."""
    disagrees_with: str
    """Where other rules call the same count otherwise."""
    atypical_patterns: tuple[str, ...] = ()
    """Patterns that do not count and do not make a negative either."""
    atypical: Fact | None = None
    """Limit from which they are called atypical."""

    @property
    def is_two_step(self) -> bool:
        """Whether a first count can ask for a second."""
        return len(self.stages) > 1


_RULE_KEYS: Mapping[str, type] = {
    "id": str,
    "title": str,
    "gene": str,
    "counted_patterns": list,
    "patterns_fact": str,
    "disagrees_with": str,
    "stages": TABLES,
}
_STAGE_KEYS = ("nuclei_two_readers", "positive", "count_on", "negative")


def _make_stage(values: Mapping[str, Any], entry: Entry) -> FishStage:
    stage = entry.enter("stages", {"id": "a stage", **values})
    check_keys(stage, {"id": str, "nuclei": str}, dict.fromkeys(_STAGE_KEYS, str))
    limits = {key: _fact(values[key], entry) if key in values else None for key in _STAGE_KEYS}
    return FishStage(nuclei=_fact(values["nuclei"], entry), **limits)


def _fact(fact_id: str, entry: Entry) -> Fact:
    facts = load_facts()
    if fact_id not in facts:
        raise entry.fail(f"The fact {fact_id!r} does not exist.")
    return facts[fact_id]


def _make_rule(path: str) -> FishRule:
    entry = read_document(path)
    check_keys(entry, _RULE_KEYS, {"atypical_patterns": list, "atypical": str})
    values = dict(entry.values)
    patterns = (*values["counted_patterns"], *values.get("atypical_patterns", ()))
    if unknown := [pattern for pattern in patterns if pattern not in PATTERNS]:
        raise entry.fail(f"Unknown signal patterns: {', '.join(unknown)}.")
    stages = tuple(_make_stage(stage, entry) for stage in values["stages"])
    _check_stages(stages, entry)
    return FishRule(
        id=values["id"],
        title=values["title"],
        gene=values["gene"],
        counted_patterns=tuple(values["counted_patterns"]),
        patterns_fact=_fact(values["patterns_fact"], entry),
        stages=stages,
        disagrees_with=values["disagrees_with"],
        atypical_patterns=tuple(values.get("atypical_patterns", ())),
        atypical=_fact(values["atypical"], entry) if "atypical" in values else None,
    )


def meets_limit(fact: Fact, counted: int, scored: int) -> bool:
    """Whether a count meets a limit, given as nuclei of the stage or in per cent, exactly."""
    limit = Fraction(str(fact.number))
    quantity = Fraction(counted) if fact.unit != "per cent" else Fraction(100 * counted, scored)
    return {
        Comparison.EQUAL: quantity == limit,
        Comparison.MORE_THAN: quantity > limit,
        Comparison.AT_LEAST: quantity >= limit,
        Comparison.LESS_THAN: quantity < limit,
        Comparison.AT_MOST: quantity <= limit,
    }[fact.comparison]


def _check_stages(stages: tuple[FishStage, ...], entry: Entry) -> None:
    """Refuse stages that do not grow, or that leave a count without a call."""
    if not stages or stages[-1].positive is None or stages[-1].negative is None:
        raise entry.fail("The last stage needs a limit for positive and one for negative.")
    given = (f for s in stages for f in (s.nuclei, s.positive, s.count_on, s.negative) if f)
    if any(isinstance(fact.value, str) for fact in given):
        raise entry.fail("The nuclei or a limit of a stage are not a number.")
    needed = [int(stage.nuclei.number) for stage in stages]
    if needed[-1] > _MOST_NUCLEI:
        raise entry.fail(f"{needed[-1]:,} nuclei are more than anybody counts.")
    if needed != sorted(set(needed)) or needed[0] < 1:
        raise entry.fail("Each stage needs more nuclei than the one before.")
    for stage, scored in zip(stages, needed, strict=True):
        limits = [f for f in (stage.positive, stage.count_on, stage.negative) if f is not None]
        for counted in range(scored + 1):
            if not any(meets_limit(limit, counted, scored) for limit in limits):
                raise entry.fail(f"{counted} of {scored} nuclei are left without a call.")


@cache
def load_fish_rules() -> Mapping[str, FishRule]:
    """Give every counting rule by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, naming the file.
    """
    rules: dict[str, FishRule] = {}
    for path in list_files("fish_rules"):
        rule = _make_rule(path)
        if rule.id in rules:
            raise read_document(path).fail(f"The rule {rule.id} stands twice.", "id")
        rules[rule.id] = rule
    return MappingProxyType(rules)


def load_default_rule() -> FishRule:
    """Give the counting rule that is used when none is named.

    Raises
    ------
    UserError
        `knowledge-invalid` when it is missing.
    """
    rules = load_fish_rules()
    if DEFAULT_RULE not in rules:
        message = f"The rule {DEFAULT_RULE}, which is used when none is named, is missing."
        raise UserError("knowledge-invalid", message, place="fish_rules")
    return rules[DEFAULT_RULE]


def find_fish_rule(rule_id: str) -> FishRule:
    """Give the counting rule of an id.

    Raises
    ------
    UserError
        `fish-rule-unknown`, listing the ids.
    """
    rules = load_fish_rules()
    if rule_id not in rules:
        raise UserError(
            "fish-rule-unknown",
            f"There is no FISH rule {rule_id!r}.",
            cure=f"Use one of: {', '.join(sorted(rules))}.",
        )
    return rules[rule_id]
