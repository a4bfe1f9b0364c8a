"""Measures of a strategy: what is counted of a patient, its mean and its range over the draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

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
    """A number over the draws of the parameters, with how far the number of draws blurs it."""

    mean: float
    """The mean of the draws."""
    low: float
    """Lower end of the range that holds 95 % of them."""
    high: float
    """Upper end of it."""
    mean_error: float
    """Monte Carlo error of the mean: half of its 95 % interval."""
    low_error: float
    """Monte Carlo error of the lower end."""
    high_error: float
    """Monte Carlo error of the upper end."""
    is_unseen: bool = False
    """Whether it would be nought if nothing happened that no series has seen."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The sums of one protocol at the draws, and as if nothing happened that was never seen."""

    drawn: Sums
    """At the draws."""
    seen: Sums
    """At the means, with nought for what no series has seen, and one for what never failed."""


def estimate(drawn: Number, scale: int = 1, *, seen: float = 1.0) -> Estimate:
    """Give a number of the draws as mean and range, times a scale.

    Parameters
    ----------
    seen:
        The number as if nothing happened that no series has seen.
    """
    import numpy as np

    values = np.sort(np.asarray(drawn, dtype=float).ravel()) * scale
    ends = [_find_end(values, level) for level in list_levels()]
    mean = float(values.mean())
    error = _find_width() * float(values.std()) / len(values) ** 0.5
    (low, low_error), (high, high_error) = ends
    is_unseen = seen == 0 and mean > 0
    return Estimate(mean, low, high, error, low_error, high_error, is_unseen)


def _find_end(values: Number, level: float) -> tuple[float, float]:
    """Give a quantile of sorted draws with its Monte Carlo error, from the order statistics."""
    import numpy as np

    size = len(values)
    reach = _find_width() * (size * level * (1 - level)) ** 0.5
    places = np.clip([size * level - reach, size * level + reach], 0, size - 1)
    below, above = values[int(places[0])], values[int(places[1].round())]
    return float(np.quantile(values, level)), float(above - below) / 2


def _find_width() -> float:
    """Give half of the usual interval in standard errors."""
    return NormalDist().inv_cdf(list_levels()[1])


def list_levels() -> tuple[float, float]:
    """Give the quantiles at the ends of a range."""
    tail = (1 - LEVEL) / 2
    return tail, 1 - tail


def estimate_measure(pair: Pair, name: str, costs: Costs, scale: int) -> Estimate | Absent:
    """Give a measure with its range; absent when the user's costs do not cover it."""
    drawn, seen = compute_measure(pair.drawn, name, costs), compute_measure(pair.seen, name, costs)
    if isinstance(drawn, Absent):
        return NOT_REPORTED
    return estimate(drawn, scale, seen=float(seen))


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
