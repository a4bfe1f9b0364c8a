from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from spindle.cohort.counts import CountTable, count_times
from spindle.cohort.survival import (
    INTERVALS,
    IntervalKind,
    SurvivalCurve,
    estimate_at,
    estimate_median,
    estimate_reverse_survival,
    estimate_survival,
    list_estimates,
)

DEATHS = {"death"}


def count_rows(rows: list[tuple[int, str]]) -> CountTable:
    return count_times(("", months, kind) for months, kind in rows)


def make_curve(rows: list[tuple[int, str]]) -> SurvivalCurve:
    return estimate_survival(count_rows(rows), event_kinds=DEATHS)


# Data full of ties.

tied_rows = st.lists(
    st.tuples(st.integers(0, 15), st.sampled_from(["death", "censored"])), min_size=1, max_size=60
)


def compute_slowly(rows: list[tuple[int, str]], month: float) -> tuple[Fraction, Fraction]:
    """Give the estimate and Greenwood's variance from the rows, in exact fractions."""
    estimate, total = Fraction(1), Fraction(0)
    for time in sorted({t for t, kind in rows if kind == "death" and t <= month}):
        at_risk = sum(t >= time for t, _ in rows)
        deaths = sum(t == time and kind == "death" for t, kind in rows)
        estimate *= 1 - Fraction(deaths, at_risk)
        if deaths < at_risk:
            total += Fraction(deaths, at_risk * (at_risk - deaths))
    return estimate, estimate**2 * total


def compute_beta_product_slowly(rows: list[tuple[int, str]], month: float) -> tuple[float, float]:
    """Give the limits at a month from the rows, moments in exact fractions, without monotony."""
    factors = []
    for time in sorted({t for t, kind in rows if kind == "death" and t <= month}):
        at_risk = sum(t >= time for t, _ in rows)
        deaths = sum(t == time and kind == "death" for t, kind in rows)
        factors.append((at_risk - deaths + 1, deaths))
    remaining = sum(t > month for t, _ in rows)
    upper = find_quantile_slowly(factors, 0.975) if factors else 1.0
    lower = find_quantile_slowly([*factors, (remaining, 1)], 0.025) if remaining else 0.0
    return lower, upper


def find_quantile_slowly(factors: list[tuple[int, int]], share: float) -> float:
    mean = math.prod(Fraction(a, a + b) for a, b in factors)
    square = math.prod(Fraction(a * (a + 1), (a + b) * (a + b + 1)) for a, b in factors)
    size = (mean - square) / (square - mean**2)
    return float(scipy.stats.beta.ppf(share, float(mean * size), float((1 - mean) * size)))


@given(tied_rows)
def test_the_curve_equals_a_slow_computation_from_the_rows(rows: list[tuple[int, str]]) -> None:
    curve = make_curve(rows)
    for month in range(17):
        found = estimate_at(curve, month)
        estimate, variance = compute_slowly(rows, month)
        assert found.estimate == pytest.approx(float(estimate), rel=1e-12)
        assert found.standard_error == pytest.approx(math.sqrt(variance), rel=1e-9, abs=1e-15)
        assert found.at_risk == sum(t >= month for t, _ in rows)


@given(tied_rows)
def test_the_beta_product_equals_a_slow_computation(rows: list[tuple[int, str]]) -> None:
    curve = make_curve(rows)
    slow = [compute_beta_product_slowly(rows, month) for month in range(17)]
    # The R package lets neither limit rise again.
    lower = itertools.accumulate((low for low, _ in slow), min)
    upper = itertools.accumulate((high for _, high in slow), min)
    found = list_estimates(curve, range(17), interval="beta-product")
    for one, low, high in zip(found, lower, upper, strict=True):
        assert (one.lower, one.upper) == pytest.approx((low, high), rel=1e-8, abs=1e-12)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=50))
def test_without_censoring_the_beta_product_is_clopper_pearson(months: list[int]) -> None:
    curve = make_curve([(month, "death") for month in months])
    for month in range(31):
        left = sum(m > month for m in months)
        exact = scipy.stats.binomtest(left, len(months)).proportion_ci(method="exact")
        found = estimate_at(curve, month, interval="beta-product")
        assert (found.lower, found.upper) == pytest.approx((exact.low, exact.high), abs=1e-9)


@given(tied_rows, st.sampled_from(sorted(INTERVALS)))
def test_the_estimate_lies_within_its_interval_and_nothing_rises(
    rows: list[tuple[int, str]], interval: IntervalKind
) -> None:
    curve = make_curve(rows)
    found = list_estimates(curve, range(20), interval=interval)
    for one in found:
        assert 0 <= one.lower <= one.estimate + 1e-12
        assert one.estimate - 1e-12 <= one.upper <= 1
    for before, after in itertools.pairwise(found):
        assert after.estimate <= before.estimate
        if interval == "beta-product":
            assert after.lower <= before.lower
            assert after.upper <= before.upper


@given(tied_rows, st.sampled_from(sorted(INTERVALS)))
def test_the_median_lies_within_its_interval(
    rows: list[tuple[int, str]], interval: IntervalKind
) -> None:
    median = estimate_median(make_curve(rows), interval=interval)
    assert median.lower.months <= median.median.months <= median.upper.months


@given(st.lists(st.integers(0, 30), min_size=1, max_size=50))
def test_without_censoring_the_median_is_the_usual_one(months: list[int]) -> None:
    curve = make_curve([(month, "death") for month in months])
    assert estimate_median(curve).median.months == float(np.median(months))


@given(tied_rows)
def test_the_reverse_curve_is_the_curve_with_the_kinds_turned_round(
    rows: list[tuple[int, str]],
) -> None:
    turned = {"death": "censored", "censored": "death"}
    reverse = estimate_reverse_survival(count_rows(rows), event_kinds=DEATHS)
    assert reverse.steps == make_curve([(t, turned[kind]) for t, kind in rows]).steps


@given(st.lists(tied_rows, min_size=1, max_size=4))
def test_pooled_centres_give_the_curve_of_all_rows(centres: list[list[tuple[int, str]]]) -> None:
    tables = [
        count_times((f"centre {place}", t, kind) for t, kind in rows)
        for place, rows in enumerate(centres)
    ]
    pooled = estimate_survival(sum(tables, CountTable()), event_kinds=DEATHS)
    together = [row for rows in centres for row in rows]
    assert pooled == make_curve(together)


def test_many_people_and_rare_events_lose_no_digits() -> None:
    # One death in 200,000: the interval without censoring is Clopper–Pearson, which is exact.
    curve = make_curve([(1, "death"), *[(2, "censored")] * 199_999])
    found = estimate_at(curve, 1, interval="beta-product")
    exact = scipy.stats.binomtest(199_999, 200_000).proportion_ci(method="exact")
    assert 1 - found.upper == pytest.approx(1 - exact.high, rel=1e-6)
    assert 1 - found.lower == pytest.approx(1 - exact.low, rel=1e-6)
