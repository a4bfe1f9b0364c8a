"""Strategies against patients who are simulated one by one, by code that shares none with them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from spindle.cases.case import Case
from spindle.cases.observations import (
    FishTest,
    FusionCall,
    FusionTest,
    Observation,
    PcrTest,
    SequencingMethod,
    Stain,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.knowledge.protocols import load_protocols
from spindle.reasoning.assessments import Assessment, KinaseStatus
from spindle.reasoning.reflex import assess_case
from spindle.reasoning.strategy import Question, compare_strategies
from spindle.reasoning.strategy_paths import Choices
from spindle.reasoning.strategy_sums import list_used_keys, list_ways, sum_protocol
from spindle.reasoning.strategy_values import ParameterSet, make_parameters

P, N, F = TestResult.POSITIVE, TestResult.NEGATIVE, TestResult.FAILED
PROTOCOLS = tuple(load_protocols())
PATIENTS = 12_000
KINASES = {"none": "", "alk": "ALK", "ros1": "ROS1", "ntrk": "NTRK3", "rest": "PDGFRB"}
FINDS = {
    "alk_ihc": {"alk"}, "alk_fish": {"alk"}, "alk_rt_pcr": {"alk"}, "ros1_fish": {"ros1"},
    "pan_trk_ihc": {"ntrk"}, "rna_sequencing": set(KINASES), "dna_panel": set(KINASES),
}  # fmt: skip

OTHERS = ("ROS1", "NTRK1", "NTRK2", "NTRK3", "RET", "PDGFRB")
OPEN = (
    KinaseStatus.EQUIVOCAL, KinaseStatus.FAILED_OR_INSUFFICIENT, KinaseStatus.NOT_TESTED,
    KinaseStatus.NOT_REPORTED,
)  # fmt: skip

Rate = Callable[[str, Mapping[str, str]], float]
"""Gives a rate, `alk_fish.finds`, where the stain and FISH show something."""


def observe(test: str, name: str, result: TestResult, kinase: str) -> Observation:
    if test in ("alk_ihc", "pan_trk_ihc"):
        return Stain(id=name, marker="ALK" if test == "alk_ihc" else "pan-TRK", result=result)
    if test in ("alk_fish", "ros1_fish"):
        return FishTest(id=name, gene=test.partition("_")[0].upper(), result=result)
    if test == "alk_rt_pcr":
        return PcrTest(id=name, gene="ALK", result=result)
    method = SequencingMethod.RNA if test == "rna_sequencing" else SequencingMethod.DNA
    return FusionTest(
        id=name, method=method, result=result, is_quality_adequate=result is not F,
        calls=(FusionCall(gene3=kinase),) if result is P else (),
    )  # fmt: skip


@cache
def assess(protocol: str, history: tuple[tuple[str, TestResult, str], ...]) -> Assessment:
    tests = [
        observe(test.removesuffix("_again"), test, result, kinase)
        for test, result, kinase in history
    ]
    case = Case(id="c", specimens=(Specimen(id="s", observations=tuple(tests)),))
    return assess_case(case, protocol_id=protocol)


def is_true(chance: float, rng: random.Random) -> bool:
    return rng.random() < chance


def simulate_patient(
    protocol: str, tumour: str, rate: Rate, rng: random.Random
) -> dict[str, float]:
    """One patient: what stain and FISH would show is settled by the tumour, then the tests run."""

    def ask(test: str, shown: Mapping[str, str]) -> TestResult:
        has_it = tumour != "none" and tumour in FINDS[test]
        chance = rate(f"{test}.{'finds' if has_it else 'false'}", shown)
        return P if is_true(chance, rng) else N

    shown: dict[str, str] = {}
    for test in ("alk_ihc", "alk_fish"):
        shown[test] = ask(test, shown).value
    history: tuple[tuple[str, TestResult, str], ...] = ()
    while True:
        assessment = assess(protocol, history)
        done = {test for test, _, _ in history}
        proposed = [test.test for test in assessment.next_tests if test.test not in done]
        if not proposed:
            return count_patient(assessment, history, KINASES[tumour])
        base = proposed[0].removesuffix("_again")
        has_it = tumour != "none" and tumour in FINDS[base]
        if is_true(rate(f"{base}.failed", shown), rng):
            result = F
        elif is_true(rate(f"{base}.equivocal", shown), rng):
            result = TestResult.EQUIVOCAL
        else:
            result = TestResult(shown[base]) if base in shown else ask(base, shown)
        history = (*history, (proposed[0], result, KINASES[tumour] if has_it else "ALK"))


def count_patient(
    assessment: Assessment, history: tuple[tuple[str, TestResult, str], ...], own: str
) -> dict[str, float]:
    found = {
        name
        for name, kinase in assessment.kinases.items()
        if kinase.status in (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
    }
    statuses = {name: kinase.status for name, kinase in assessment.kinases.items()}
    is_stained = any(status.value.startswith("expressed") for status in statuses.values())
    others = [statuses.get(name, KinaseStatus.NOT_TESTED) for name in OTHERS]
    return {
        "unanswered": not found and not is_stained and statuses["ALK"] in OPEN,
        "others_open": not found and any(status in OPEN for status in others),
        "tests": len(history),
        "missed": bool(own) and own not in found,
        "false": bool(found - {own}),
        "rna": any(test == "rna_sequencing" for test, _, _ in history),
    }


def draw_tumour(shares: Mapping[str, float], rng: random.Random) -> str:
    """What a tumour has: the first of the shares, else the second, and so on."""
    return next((name for name in shares if is_true(shares[name], rng)), "none")


def compare_means(patients: list[dict[str, float]], expected: Mapping[str, Any]) -> None:
    for name, (value, own_error) in expected.items():
        seen = np.array([patient[name] for patient in patients], dtype=float)
        # What is rare may not be seen once, so its spread is at least the one that is expected.
        spread = max(seen.var(), float(value) * (1 - float(value)))
        error = (spread / len(seen) + own_error**2) ** 0.5
        assert seen.mean() == pytest.approx(float(value), abs=max(4 * error, 1e-9)), name


# finds, false, failed; FISH and sequencing by what the tests before them show
RATES = {
    "alk_ihc": (0.8, 0.1, 0.05),
    "alk_fish": (0.7, 0.05, 0.08),
    "alk_rt_pcr": (0.6, 0.04, 0.02),
    "rna_sequencing": (0.85, 0.06, 0.2),
    "dna_panel": (0.5, 0.07, 0.25),
    "ros1_fish": (0.75, 0.03, 0.1),
    "pan_trk_ihc": (0.65, 0.09, 0.04),
}
GIVEN = {
    "alk_fish.finds|alk_ihc=positive": 0.9,
    "alk_fish.finds|alk_ihc=negative": 0.3,
    "alk_fish.false|alk_ihc=positive": 0.2,
    "rna_sequencing.finds|alk_ihc=positive,alk_fish=negative": 0.4,
    "rna_sequencing.false|alk_ihc=positive": 0.5,
    "alk_rt_pcr.finds|alk_ihc=positive,alk_fish=negative": 0.35,
}
SHARES = {"alk": 0.4, "ros1": 0.3, "ntrk": 0.5, "rest": 0.25}
MEASURES = ("finds", "false", "failed")


def find_rate(name: str, shown: Mapping[str, str]) -> float:
    """The most special of the rates above that fits, found by hand."""
    for key, value in sorted(GIVEN.items(), key=lambda item: -item[0].count("=")):
        parameter, _, given = key.partition("|")
        if parameter == name and all(f"{t}={r}" in key for t, r in shown.items() if t in given):
            asked = [pair.split("=")[0] for pair in given.split(",")]
            if all(test in shown for test in asked):
                return value
    test, _, measure = name.partition(".")
    return RATES[test][MEASURES.index(measure)] if measure in MEASURES else 0.0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_closed_form_is_what_a_simulation_gives(protocol: str) -> None:
    own = {name: str(share) for name, share in SHARES.items()}
    for test, rates in RATES.items():
        own |= {f"{test}.{m}": str(rate) for m, rate in zip(MEASURES, rates, strict=True)}
        own |= {f"{test}.equivocal": "0"}
    own |= {key: str(value) for key, value in GIVEN.items()}
    parameters = make_parameters("any", "any", own)
    ways = list_ways(protocol, parameters, Choices())
    keys = list_used_keys([ways], parameters)
    means = {key: parameters.find_parameter(key).belief.mean for key in keys}
    sums = sum_protocol(ways, parameters, means, Fraction(1))
    rng = random.Random(20)
    patients = [
        simulate_patient(protocol, draw_tumour(SHARES, rng), find_rate, rng)
        for _ in range(PATIENTS)
    ]
    exact = {
        "tests": sums.count_tests(),
        "missed": sums.expect("missed"),
        "false": sums.expect("false"),
        "unanswered": sums.expect("unanswered"),
        "others_open": sums.expect("others_open"),
        "rna": sums.expect("test:rna_sequencing"),
    }
    compare_means(patients, {name: (value, 0.0) for name, value in exact.items()})


def draw_rates(parameters: ParameterSet, size: int) -> Callable[[int], Rate]:
    """Rates for each patient anew, from what is believed; what is one unknown is drawn once."""

    @cache
    def draw(name: str, shown: tuple[tuple[str, str], ...]) -> Any:
        key = parameters.find_key(name, dict(shown))
        if not key:
            return np.zeros(size)
        parameter = parameters.find_parameter(key)
        return parameter.belief.draw(size, 99, parameter.unknown)

    def find(patient: int) -> Rate:
        return lambda name, shown: float(draw(name, tuple(shown.items()))[patient])

    return find


@pytest.mark.parametrize(
    ("site", "reference"),
    [("any", "any"), ("uterus", "fish"), ("sinonasal", "pcr"), ("lung", "fish")],
)
@pytest.mark.parametrize("protocol", ["rna-reflex", "zhao-2025-screen"])
def test_what_is_printed_is_what_is_drawn(protocol: str, site: str, reference: str) -> None:
    """Patients, each with rates drawn anew: their mean is the mean over the draws of the rates."""
    size = 5_000
    question = Question(site_id=site, reference=reference, protocols=(protocol,))
    (result,) = compare_strategies(question).results
    parameters = make_parameters(site, reference)
    find, rng = draw_rates(parameters, size), random.Random(4)
    patients = []
    for number in range(size):
        rate = find(number)
        order = sorted(SHARES, key=lambda name: name != "ros1") if site == "lung" else SHARES
        tumour = draw_tumour({name: rate(name, {}) for name in order}, rng)
        patients.append(simulate_patient(protocol, tumour, rate, rng))
    names = ("tests", "missed", "false", "unanswered", "others_open")
    estimates = {name: getattr(result, name) for name in names}
    expected = {n: (e.mean / 1000, e.mean_error / 1960) for n, e in estimates.items()}
    compare_means(patients, expected)
