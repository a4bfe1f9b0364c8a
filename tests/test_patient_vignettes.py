"""Vignettes of whole patients: what the knowledge base makes of one case, as a pathologist expects.

One TOML file a vignette under `tests/patient_vignettes`, written from its source and not from what
Spindle prints. `docs/vignettes.md` says how to write one.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from vignette_files import Vignette, compare, find_words, list_words, make_case, read_vignette

from spindle.reasoning.assessments import describe_assessment
from spindle.reasoning.patients import PatientAssessment, assess_patient
from spindle.reasoning.plain_types import describe_record

# Words of an order, of a promise, or of a probability that nothing bears out.
FORBIDDEN = re.compile(
    r"\b(must|give (?:him|her|the patient)|should be given|is benign|is safe|will be cured|"
    r"guaranteed|certainly|probability of \d|\d+ ?% (?:likely|probable|probability))\b",
    re.IGNORECASE,
)
# What nothing is called, so that an expectation turned into it is wrong.
WRONG = "no such thing, surely"
FOLDER = Path(__file__).parent / "patient_vignettes"
FILES = sorted(FOLDER.glob("*.toml"))
PAGE = Path(__file__).parents[1] / "docs" / "vignettes.md"
KEYS = {
    "": {"title", "source", "case", "region", "expect"},
    "expect": {
        "status",
        "gate",
        "red_flags",
        "no_red_flags",
        "standing",
        "first",
        "listed",
        "not_listed",
        "next_stains",
        "discordances",
        "no_discordances",
        "only_discordances",
        "driver_confirmed",
        "labels",
        "fit",
        "options",
        "no_options",
        "approvals",
        "features",
        "outlook_matches",
        "gaps",
        "no_gaps",
        "conflicts",
        "says",
        "never_says",
    },
}


@cache
def assess(path: Path) -> tuple[Vignette, PatientAssessment]:
    vignette = read_vignette(path)
    return vignette, assess_vignette(vignette, path.stem)


def assess_vignette(vignette: Vignette, name: str = "vignette") -> PatientAssessment:
    return assess_patient(make_case(vignette, name), region=vignette.get("region", ""))


# Comparing --------------------------------------------------------------------------------------


def find_found(patient: PatientAssessment) -> dict[str, Any]:
    """Give what was found, under the keys of an expectation."""
    differential, actions = patient.differential, patient.actionability
    return {
        "status": {name: k.status.value for name, k in patient.assessment.kinases.items()},
        "gate": differential.gate.state.value,
        "red_flags": [flag.id for flag in differential.red_flags],
        "standing": {c.id: c.standing.value for c in differential.candidates},
        "first": differential.candidates[0].id,
        "next_stains": [stain.marker for stain in differential.next_stains],
        "discordances": [discordance.id for discordance in patient.discordances],
        "driver_confirmed": actions.is_confirmed,
        "labels": {label.label: label.fit.value for label in actions.labels},
        "fit": {option.id: option.fit.value for option in actions.options},
        "approvals": {
            f"{option.id} {approval.region}": approval.fit.value
            for option in actions.options
            for approval in option.approvals
        },
        "features": {feature.name: feature.state for feature in patient.outlook.features},
        "outlook_matches": sorted({m for f in patient.outlook.figures for m in f.matches}),
        "gaps": [gap.id for gap in patient.gaps],
        "conflicts": [conflict.id for conflict in patient.conflicts],
    }


# Keys whose expected names have to be among those found, and keys whose names must not be.
HAS = {
    "red_flags": "red_flags",
    "listed": "standing",
    "next_stains": "next_stains",
    "discordances": "discordances",
    "options": "fit",
    "outlook_matches": "outlook_matches",
    "gaps": "gaps",
    "conflicts": "conflicts",
}
HAS_NOT = {
    "no_red_flags": "red_flags",
    "not_listed": "standing",
    "no_discordances": "discordances",
    "no_options": "fit",
    "no_gaps": "gaps",
}
MAPS = ("status", "standing", "labels", "fit", "approvals", "features")


def list_differences(expect: Vignette, patient: PatientAssessment) -> list[str]:
    """Give a line for each thing that is not as expected; none when all is."""
    return list(iterate_differences(expect, patient))


def iterate_differences(expect: Vignette, patient: PatientAssessment) -> Iterator[str]:
    found = find_found(patient)
    for key in ("gate", "first", "driver_confirmed"):
        if key in expect:
            yield from compare(key, expect[key], found[key])
    for key in MAPS:
        for name, wanted in expect.get(key, {}).items():
            allowed = wanted if isinstance(wanted, list) else [wanted]
            if (value := found[key].get(name, "not there")) not in allowed:
                yield f"{key} of {name}: expected {' or '.join(allowed)}, found {value}"
    for key, where in HAS.items():
        if missing := [name for name in expect.get(key, []) if name not in found[where]]:
            yield f"{key}: expected {missing}, found {list(found[where])}"
    for key, where in HAS_NOT.items():
        if there := [name for name in expect.get(key, []) if name in found[where]]:
            yield f"{key}: {there} was not to be there"
    if "only_discordances" in expect:
        wanted = sorted(expect["only_discordances"])
        yield from compare("discordances", wanted, sorted(set(found["discordances"])))
    yield from compare_words(expect, patient)


def compare_words(expect: Vignette, patient: PatientAssessment) -> Iterator[str]:
    said = say_everything(patient) if {"says", "never_says"} & set(expect) else []
    for words in expect.get("says", []):
        if not find_words(words, said):
            yield f"words: expected {words!r}, and nothing says it"
    for words in expect.get("never_says", []):
        if lines := find_words(words, said):
            yield f"words: {words!r} was not to be said, found {lines[0]!r}"


def say_everything(patient: PatientAssessment) -> list[str]:
    parts = (
        patient.discordances,
        patient.differential,
        patient.actionability,
        patient.outlook,
        patient.gaps,
    )
    described = [describe_assessment(patient.assessment), *map(describe_record, parts)]
    return list(list_words(described))


# The tests --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_patient_vignette(path: Path) -> None:
    vignette, patient = assess(path)
    if differences := list_differences(vignette["expect"], patient):
        lines = "\n  ".join(differences)
        pytest.fail(f"{path.name}: {vignette['title']}\n  {lines}", pytrace=False)


def test_there_are_at_least_60_vignettes() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_vignette_is_written_as_the_documentation_says(path: Path) -> None:
    vignette = read_vignette(path)
    assert set(vignette) <= KEYS[""]
    assert vignette["title"].strip()
    assert len(vignette["source"]) > 10
    assert vignette["expect"]
    assert set(vignette["expect"]) <= KEYS["expect"]
    # Where a diagnosis stands is expected exactly; a list of several could hardly fail.
    assert all(isinstance(value, str) for value in vignette["expect"].get("standing", {}).values())


def test_no_two_vignettes_tell_the_same() -> None:
    vignettes = [read_vignette(path) for path in FILES]
    titles = [vignette["title"] for vignette in vignettes]
    assert len(set(titles)) == len(titles)
    told = [json.dumps([v["case"], v["expect"]], default=str, sort_keys=True) for v in vignettes]
    assert len(set(told)) == len(told)


# Every expectation can fail ---------------------------------------------------------------------


def list_wrong(vignette: Vignette) -> Iterator[tuple[str, Vignette]]:
    """Give the expectations once for each of them, with that one turned into a wrong."""
    expect = vignette["expect"]
    for key, value in expect.items():
        if key in MAPS:
            for name in value:
                yield f"{key}.{name}", {**expect, key: {**value, name: WRONG}}
        elif key not in HAS_NOT and key != "never_says":
            yield key, {**expect, key: make_wrong(value)}


def make_wrong(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return [*value, WRONG] if isinstance(value, list) else WRONG


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expectation_can_fail(path: Path) -> None:
    vignette, patient = assess(path)
    before = list_differences(vignette["expect"], patient)
    turned = list(list_wrong(vignette))
    assert len(turned) >= 2
    for what, wrong in turned:
        assert list_differences(wrong, patient) != before, f"{what} can't fail"
    found = find_found(patient)
    for key, where in HAS_NOT.items():
        names = list(found[where])
        if key in vignette["expect"] and names:
            wrong = {**vignette["expect"], key: names[:1]}
            assert list_differences(wrong, patient) != before, f"{key} can't fail"


# Properties over every vignette -----------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_ordered_and_nothing_is_promised(path: Path) -> None:
    _, patient = assess(path)
    for line in say_everything(patient):
        assert not FORBIDDEN.search(line), line


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_absent_result_changes_nothing(path: Path) -> None:
    """A test that is not done, not reported or unknown never counts as a negative."""
    vignette, patient = assess(path)
    more = copy.deepcopy(vignette)
    specimens = more["case"].setdefault("specimens", [{}])
    specimens[0].setdefault("observations", []).extend(
        {"kind": "stain", "marker": marker, "result": {"absent": reason}}
        for marker, reason in (("S100", "not_done"), ("CD34", "unknown"), ("DOG1", "not_reported"))
    )
    changed = assess_vignette(more, path.stem)
    weights = {
        c.id: (c.weight_low, c.weight_mid, c.weight_high) for c in patient.differential.candidates
    }
    for candidate in changed.differential.candidates:
        found = (candidate.weight_low, candidate.weight_mid, candidate.weight_high)
        assert weights[candidate.id] == found
    before, after = find_found(patient), find_found(changed)
    for key in ("status", "discordances", "labels", "fit", "approvals", "features"):
        assert before[key] == after[key]


def test_the_documentation_explains_every_key() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [key for key in sorted(KEYS["expect"]) if f"`{key}`" not in text] == []


def test_a_failure_says_what_was_expected_and_what_was_found() -> None:
    path = FOLDER / "zhao-2025-patient-08.toml"
    vignette, patient = assess(path)
    wrong = {**vignette["expect"], "gate": "fits", "discordances": ["dna-rna-disagree"]}
    differences = list_differences(wrong, patient)
    assert differences[0] == "gate: expected 'fits', found 'not_recorded'"
    assert "dna-rna-disagree" in differences[1]


def test_the_vignettes_are_read_as_toml_alone() -> None:
    for path in FILES:
        tomllib.loads(path.read_text(encoding="utf-8"))
