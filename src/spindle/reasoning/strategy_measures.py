"""Measures of a strategy: what is counted of a patient, and its interval over the draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spindle.assays.shares import LEVEL
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.reasoning.strategy_costs import Costs
from spindle.reasoning.strategy_sums import Number, Sums

# Measures in which fewer is better, with their words.
MEASURES: Mapping[str, str] = {
    "missed": "missed fusions",
    "false": "false fusions",
    "tests": "tests",
    "cost": "cost",
    "days": "days",
    "burden": "cost with errors",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected number with the interval that the parameters leave open."""

    mean: float
    """The expectation, in closed form at the mean of every parameter."""
    low: float
    """Lower end of the 95 % interval of the draws."""
    high: float
    """Upper end of it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The sums of one protocol at the mean of every parameter, and at the draws."""

    mean: Sums
    """At the means."""
    drawn: Sums
    """At the draws."""


def estimate(mean: Number, drawn: Number, scale: int) -> Estimate:
    """Give a number a patient as an expectation with its interval, times a scale."""
    import numpy as np

    low, high = np.quantile(np.asarray(drawn, dtype=float), list_levels())
    return Estimate(scale * float(mean), scale * float(low), scale * float(high))


def list_levels() -> tuple[float, float]:
    """Give the quantiles at the ends of an interval."""
    tail = (1 - LEVEL) / 2
    return tail, 1 - tail


def estimate_measure(pair: Pair, name: str, costs: Costs, scale: int) -> Estimate | Absent:
    """Give a measure with its interval; absent when the user's costs do not cover it."""
    mean, drawn = compute_measure(pair.mean, name, costs), compute_measure(pair.drawn, name, costs)
    if isinstance(mean, Absent):
        return NOT_REPORTED
    return estimate(mean, drawn, scale)


def compute_measure(sums: Sums, name: str, costs: Costs) -> Number:
    """Give one measure a patient; absent when the user's costs or turnaround do not cover it."""
    if name in ("missed", "false"):
        return sums.expect(name)
    if name == "tests":
        return sums.count_tests()
    given = costs.days if name == "days" else costs.cost
    if set(sums.list_tests()) - set(given) or not given:
        return NOT_REPORTED
    if name != "burden":
        return sums.weigh_tests(given)
    if isinstance(costs.missed_fusion, Absent) or isinstance(costs.false_fusion, Absent):
        return NOT_REPORTED
    wrong = costs.missed_fusion * sums.expect("missed") + costs.false_fusion * sums.expect("false")
    return sums.weigh_tests(given) + wrong
