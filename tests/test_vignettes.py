"""Vignettes: single cases in TOML, with what a pathologist expects of them (docs/vignettes.md)."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from vignette_files import Vignette, compare, find_words, list_words, make_case, read_vignette

from spindle.assays.fish import interpret_count, sum_counts
from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.observations import FishTest
from spindle.knowledge.fish_rules import DEFAULT_RULE, find_fish_rule
from spindle.knowledge.protocols import DEFAULT_PROTOCOL
from spindle.reasoning.assessments import Assessment, KinaseAssessment, describe_assessment
from spindle.reasoning.reflex import assess_case

FOLDER = Path(__file__).parent / "vignettes"
FILES = sorted(FOLDER.glob("*.toml"))
PAGE = Path(__file__).parents[1] / "docs" / "vignettes.md"
KINASES = ("ALK", "ROS1", "NTRK1", "NTRK2", "NTRK3", "RET", "PDGFRB")
# What may stand in a vignette, and what of it may be left out: everything but these three.
KEYS = {
    "": {"title", "source", "case", "expect"},
    "expect": {"protocol", "fish_rule", "next", "protocols", "fish", "words", *KINASES},
    "kinase": {
        "status",
        "discordant",
        "readings",
        "partner",
        "productive",
        "driver",
        "flags",
        "support",
    },
    "next": {"tests", "when"},
    "words": {"says", "never_says"},
}


# Reading a vignette -----------------------------------------------------------------------------


# Comparing --------------------------------------------------------------------------------------


def list_differences(vignette: Vignette, case: Case) -> list[str]:
    """Give a line for each thing that is not as expected; none when all is."""
    expect = vignette["expect"]
    protocol = expect.get("protocol", DEFAULT_PROTOCOL)
    rule = expect.get("fish_rule", DEFAULT_RULE)
    assessment = assess_case(case, protocol_id=protocol, fish_rule_id=rule)
    found = [
        *compare_kinases(expect, assessment),
        *compare_next(expect.get("next", {}), assessment),
        *compare_words(expect.get("words", {}), assessment),
        *compare_fish(expect.get("fish", {}), case),
    ]
    for name, tests in expect.get("protocols", {}).items():
        other = assess_case(case, protocol_id=name, fish_rule_id=rule)
        found += compare(f"next under {name}", tests, [t.test for t in other.next_tests])
    return found


def compare_kinases(expect: Vignette, assessment: Assessment) -> Iterator[str]:
    for name in KINASES:
        if name not in expect:
            continue
        if name not in assessment.kinases:
            yield f"{name}: expected, and no test asked about it"
            continue
        found = describe_kinase(assessment.kinases[name])
        for key, expected in expect[name].items():
            if key == "flags":
                missing = [flag for flag in expected if flag not in found["flags"]]
                yield from compare(f"{name} flags", [], missing)
            else:
                yield from compare(f"{name} {key}", expected, found[key])


def describe_kinase(kinase: KinaseAssessment) -> dict[str, Any]:
    readings: dict[str, Any] = {}
    for reading in kinase.readings:
        result = say(reading.result)
        before = readings.get(reading.assay.value)
        several = [*before, result] if isinstance(before, list) else [before, result]
        readings[reading.assay.value] = several if before is not None else result
    return {
        "status": kinase.status.value,
        "discordant": kinase.is_discordant,
        "support": kinase.support.value,
        "readings": readings,
        "partner": say(kinase.partner),
        "productive": say(kinase.is_productive),
        "driver": say(kinase.is_driver),
        "flags": list(kinase.flags),
    }


def say(value: object) -> str:
    if isinstance(value, Absent):
        return value.absent.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def compare_next(expected: Vignette, assessment: Assessment) -> Iterator[str]:
    if "tests" in expected:
        found = [test.test for test in assessment.next_tests]
        yield from compare("next tests", expected["tests"], found)
    if "when" in expected:
        whens = sorted({test.when for test in assessment.next_tests})
        yield from compare("when", [expected["when"]], whens)


def compare_fish(expected: Vignette, case: Case) -> Iterator[str]:
    tests = [o for _, o in case.iterate_observations() if isinstance(o, FishTest) and o.counts]
    for rule, call in expected.items():
        assert len(tests) == 1, "[expect.fish] needs one FISH test with counts"
        reading = interpret_count(sum_counts(tests[0].counts), find_fish_rule(rule))
        said = reading.call.value
        said += f" {reading.nuclei_to_count}" if reading.nuclei_to_count else ""
        said += ", inferred" if reading.is_inferred else ""
        yield from compare(f"FISH by {rule}", call, said)


def compare_words(expected: Vignette, assessment: Assessment) -> Iterator[str]:
    """Small and capital letters count as the same."""
    said = list(list_words(describe_assessment(assessment)))
    for words in expected.get("says", []):
        if not find_words(words, said):
            yield f"words: expected {words!r}, and nothing says it"
    for words in expected.get("never_says", []):
        if lines := find_words(words, said):
            yield f"words: {words!r} was not to be said, found {lines[0]!r}"


# The tests --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vignette(path: Path) -> None:
    vignette = read_vignette(path)
    case = make_case(vignette, path.stem)
    if differences := list_differences(vignette, case):
        lines = "\n  ".join(differences)
        pytest.fail(f"{path.name}: {vignette['title']}\n  {lines}", pytrace=False)


def test_there_are_at_least_25_vignettes() -> None:
    assert len(FILES) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_vignette_is_written_as_the_documentation_says(path: Path) -> None:
    vignette = read_vignette(path)
    assert set(vignette) == KEYS[""]
    assert vignette["title"].strip()
    assert vignette["source"].strip()
    expect = vignette["expect"]
    assert set(expect) <= KEYS["expect"]
    for kinase in set(KINASES) & set(expect):
        assert expect[kinase]
        assert set(expect[kinase]) <= KEYS["kinase"]
    assert "ALK" in expect
    assert set(expect.get("next", {})) <= KEYS["next"]
    assert set(expect.get("words", {})) <= KEYS["words"]


def test_no_two_vignettes_tell_the_same() -> None:
    vignettes = [read_vignette(path) for path in FILES]
    titles = [vignette["title"] for vignette in vignettes]
    assert len(set(titles)) == len(titles)
    told = [json.dumps([v["case"], v["expect"]], default=str, sort_keys=True) for v in vignettes]
    assert len(set(told)) == len(told)


# Every expectation can fail ---------------------------------------------------------------------


def list_wrong(vignette: Vignette) -> Iterator[tuple[str, Vignette]]:
    """Give the vignette once for each of its expectations, with that one turned into a wrong."""
    for way, value in list_expectations(vignette["expect"]):
        wrong = copy.deepcopy(vignette)
        target = wrong["expect"]
        for key in way[:-1]:
            target = target[key]
        target[way[-1]] = make_wrong(way, value, vignette)
        yield ".".join(way), wrong


def list_expectations(
    expect: Vignette, way: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in expect.items():
        if (*way, key)[0] in ("protocol", "fish_rule"):
            continue
        if isinstance(value, dict) and key != "readings":
            yield from list_expectations(value, (*way, key))
        elif value or key not in ("flags", "says", "never_says"):
            yield (*way, key), value


def make_wrong(way: tuple[str, ...], value: Any, vignette: Vignette) -> Any:
    if way[-1] == "never_says":
        assessment = assess_case(make_case(vignette))
        return [assessment.outcome]
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [*value, "something else"]
    if isinstance(value, dict):
        return {**value, "rt_pcr": "something else"}
    return "something else"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expectation_can_fail(path: Path) -> None:
    vignette = read_vignette(path)
    case = make_case(vignette, path.stem)
    before = list_differences(vignette, case)
    turned = list(list_wrong(vignette))
    assert len(turned) >= 2
    for what, wrong in turned:
        assert list_differences(wrong, case) != before, f"{what} can't fail"


def test_a_failure_says_what_was_expected_and_what_was_found() -> None:
    vignette = read_vignette(FOLDER / "zhao-2025-patient-08.toml")
    vignette["expect"]["ALK"]["status"] = "not_detected"
    vignette["expect"]["next"]["tests"] = []
    differences = list_differences(vignette, make_case(vignette))
    assert differences[:2] == [
        "ALK status: expected 'not_detected', found 'expressed_not_confirmed'",
        "next tests: expected [], found ['rna_sequencing']",
    ]


def test_the_example_of_the_documentation_holds() -> None:
    blocks = PAGE.read_text(encoding="utf-8").split("```toml\n")
    vignette = tomllib.loads(blocks[1].split("```")[0])
    assert set(vignette) == KEYS[""]
    assert list_differences(vignette, make_case(vignette)) == []


def test_the_documentation_explains_every_key() -> None:
    text = PAGE.read_text(encoding="utf-8")
    keys = set().union(*KEYS.values()) - set(KINASES)
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []
