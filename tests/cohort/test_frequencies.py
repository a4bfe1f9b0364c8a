from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.contingency import odds_ratio

from spindle.cohort.frequencies import (
    SHARE_INTERVALS,
    compare_table,
    compare_two_by_two,
    estimate_frequency,
    summarise_numbers,
)

# Zhao 2025, doi 10.2147/PGPM.S508156, Table 1: ages in years of the 25 patients; three are printed
# in months (14, 13 and 21).
AGES = [
    19, 31, 37, 56, 62, 31, 69, 25, 24, 54, 67, 9, 41, 29, 14 / 12, 64, 30, 20, 31, 30, 13 / 12, 62,
    39, 21 / 12, 25,
]  # fmt: skip
# The months of follow-up of the 17 who were followed.
FOLLOW_UP = [22, 136, 119, 54, 47, 74, 30, 19, 93, 45, 10, 14, 21, 21, 92, 93, 131]


def test_six_of_seventeen_by_clopper_and_pearson() -> None:
    found = estimate_frequency(6, 17)
    assert (found.n, found.N, found.interval, found.confidence) == (
        6,
        17,
        "clopper-pearson",
        0.95,
    )
    assert found.estimate == pytest.approx(6 / 17)
    assert found.lower == pytest.approx(0.1420974831, abs=5e-11)
    assert found.upper == pytest.approx(0.6167163366, abs=5e-11)


def test_six_of_seventeen_by_wilson() -> None:
    found = estimate_frequency(6, 17, interval="wilson")
    assert found.interval == "wilson"
    assert found.lower == pytest.approx(0.1730972040, abs=5e-11)
    assert found.upper == pytest.approx(0.5869963651, abs=5e-11)


@pytest.mark.parametrize(
    ("n", "of", "lower", "upper"), [(1, 1, 0.03, 1), (23, 24, 0.79, 1), (23, 23, 0.85, 1)]
)
def test_agreement_of_stain_and_pcr_in_zhao_2025(
    n: int, of: int, lower: float, upper: float
) -> None:
    found = estimate_frequency(n, of)
    assert (round(found.lower, 2), round(found.upper, 2)) == (lower, upper)


@pytest.mark.parametrize(
    ("n", "of", "limits"), [(815, 930, (0.85, 0.90)), (327, 535, (0.57, 0.65))]
)
@pytest.mark.parametrize("interval", list(SHARE_INTERVALS))
def test_sensitivity_and_specificity_of_a_large_table(
    n: int, of: int, limits: tuple[float, float], interval: str
) -> None:
    found = estimate_frequency(n, of, interval=interval)  # type: ignore[arg-type]
    assert (round(found.lower, 2), round(found.upper, 2)) == limits


def test_none_and_all_have_limits_at_the_end() -> None:
    for interval in SHARE_INTERVALS:
        none, every = (estimate_frequency(n, 8, interval=interval) for n in (0, 8))
        assert (none.estimate, none.lower) == (0, 0)
        assert (every.estimate, every.upper) == (1, 1)
        assert none.upper == pytest.approx(1 - every.lower)
        assert 0.3 < none.upper < 0.4


def test_a_share_of_nobody_is_not_zero() -> None:
    with pytest.raises(ValueError, match="nobody was counted, so there is no share"):
        estimate_frequency(0, 0)


@pytest.mark.parametrize(("n", "of"), [(-1, 5), (2.0, 5), (True, 5), (None, 5), ("2", 5), (1, 5.5)])
def test_what_is_not_a_count_is_refused(n: object, of: object) -> None:
    with pytest.raises(ValueError, match="a count is a whole number from 0"):
        estimate_frequency(n, of)  # type: ignore[arg-type]


def test_more_than_all_an_unknown_interval_and_a_strange_confidence_are_refused() -> None:
    with pytest.raises(ValueError, match="6 of 5 is more than all of them"):
        estimate_frequency(6, 5)
    with pytest.raises(ValueError, match="no interval is called 'wald'"):
        estimate_frequency(1, 5, interval="wald")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate_frequency(1, 5, confidence=95)
    with pytest.raises(ValueError, match="between 0 and 1"):
        compare_two_by_two((1, 2), (3, 4), confidence=0)


@given(st.integers(1, 400), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_of_a_share_equal_scipy(of: int, data: st.DataObject, confidence: float) -> None:
    n = data.draw(st.integers(0, of))
    for interval, method in (("clopper-pearson", "exact"), ("wilson", "wilson")):
        found = estimate_frequency(n, of, interval=interval, confidence=confidence)  # type: ignore[arg-type]
        known = scipy.stats.binomtest(n, of).proportion_ci(confidence, method=method)
        assert (found.lower, found.upper) == pytest.approx(
            (known.low, known.high), rel=1e-8, abs=1e-12
        )
        assert found.lower <= found.estimate <= found.upper


# Summaries.


def test_follow_up_of_zhao_2025_has_its_median_among_the_values() -> None:
    found = summarise_numbers(FOLLOW_UP)
    assert (found.n, found.median, found.min, found.max) == (17, 47, 10, 136)
    assert found.mean == pytest.approx(1021 / 17)
    assert (found.lower_quartile, found.upper_quartile) == (21, 93)


def test_months_read_as_years_move_the_mean_and_not_the_median() -> None:
    found = summarise_numbers(AGES)
    assert (found.n, found.median, found.max) == (25, 31, 69)
    assert round(found.mean, 2) == 34.36
    misread = [round(age * 12) if age < 2 else age for age in AGES]
    assert round(summarise_numbers(misread).mean, 2) == 36.12
    assert summarise_numbers(misread).median == 31


def test_an_even_number_of_values_has_its_median_between_two() -> None:
    assert summarise_numbers([4, 1, 3, 2]).median == 2.5
    assert summarise_numbers([7]).lower_quartile == 7


@pytest.mark.parametrize("values", [[], iter([])])
def test_no_numbers_have_no_summary(values: object) -> None:
    with pytest.raises(ValueError, match="no numbers to summarise"):
        summarise_numbers(values)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "3", True])
def test_what_is_not_a_number_is_refused_and_never_left_out(value: object) -> None:
    with pytest.raises(ValueError, match="only finite numbers"):
        summarise_numbers([1, value])  # type: ignore[list-item]


@given(st.lists(st.integers(-1000, 1000) | st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_summaries_equal_numpy(values: list[float]) -> None:
    found = summarise_numbers(values)
    assert found.median == pytest.approx(float(np.median(values)), rel=1e-12, abs=1e-9)
    known = [float(q) for q in np.quantile(values, [0.25, 0.75])]
    assert [found.lower_quartile, found.upper_quartile] == pytest.approx(known, rel=1e-9, abs=1e-9)
    exact = sum(map(Fraction, values), Fraction(0)) / len(values)
    assert found.mean == pytest.approx(float(exact), rel=1e-12, abs=1e-300)
    if len(values) % 2:
        assert found.median in values


# Two by two.


def test_the_tea_table_has_the_exact_upper_limit() -> None:
    # R's fisher.test prints 621.93, which is not the root.
    found = compare_two_by_two((3, 1), (1, 3))
    assert found.p_value == pytest.approx(34 / 70, rel=1e-12)
    assert found.estimate == 9
    assert round(found.upper, 2) == 626.24
    assert (found.n, found.N, found.interval) == ((3, 1), (4, 4), "exact conditional")
    # At the upper limit, 3 or fewer of the first row has a probability of 2.5 %.
    weights = [math.comb(4, k) * math.comb(4, 4 - k) * found.upper**k for k in range(5)]
    assert sum(weights[:4]) / sum(weights) == pytest.approx(0.025, rel=1e-9)


def test_tables_at_the_edge() -> None:
    full = compare_two_by_two((5, 0), (0, 5))
    assert (full.estimate, full.upper) == (math.inf, math.inf)
    assert full.p_value == pytest.approx(2 / 252)
    empty = compare_two_by_two((0, 5), (5, 0))
    assert (empty.estimate, empty.lower) == (0, 0)
    assert empty.upper == pytest.approx(1 / full.lower)
    nothing = compare_two_by_two((0, 3), (0, 4))
    assert not nothing.is_estimable
    assert (nothing.p_value, nothing.lower, nothing.upper) == (1, 0, math.inf)
    assert full.is_estimable
    with pytest.raises(ValueError, match="the table is empty"):
        compare_two_by_two((0, 0), (0, 0))
    with pytest.raises(ValueError, match="a count is a whole number"):
        compare_two_by_two((1, -1), (0, 2))


def test_tables_that_tie_with_the_observed_one_count() -> None:
    # Both ends of this table are equally probable; floating point must not lose one of them.
    found = compare_two_by_two((0, 7), (7, 0))
    assert found.p_value == pytest.approx(2 / math.comb(14, 7), rel=1e-12)


def test_a_large_table_equals_scipy() -> None:
    found = compare_two_by_two((30_000, 20_000), (29_000, 21_000))
    table = [[30_000, 20_000], [29_000, 21_000]]
    assert found.p_value == pytest.approx(scipy.stats.fisher_exact(table).pvalue, rel=1e-7)


cells = st.integers(0, 40)


@given(cells, cells, cells, cells)
def test_two_by_two_equals_scipy(a: int, b: int, c: int, d: int) -> None:
    if a + b + c + d == 0:
        return
    found = compare_two_by_two((a, b), (c, d))
    table = [[a, b], [c, d]]
    assert found.p_value == pytest.approx(scipy.stats.fisher_exact(table).pvalue, rel=1e-7)
    if not found.is_estimable:
        assert 0 in (a + b, c + d, a + c, b + d) or (a * d == 0 and b * c == 0)
        return
    assert found.lower <= found.estimate <= found.upper
    if min(a + b, c + d, a + c, b + d) > 0:
        known = odds_ratio(table).confidence_interval()
        assert found.lower == pytest.approx(known.low, rel=1e-6)
        assert found.upper == pytest.approx(known.high, rel=1e-6)


@given(cells, cells, cells, cells)
def test_turning_a_table_round_turns_the_odds_ratio(a: int, b: int, c: int, d: int) -> None:
    if a + b + c + d == 0:
        return
    one, other = compare_two_by_two((a, b), (c, d)), compare_two_by_two((c, d), (a, b))
    assert one.p_value == pytest.approx(other.p_value, rel=1e-9)
    if one.lower > 0:
        assert other.upper == pytest.approx(1 / one.lower, rel=1e-9)
    else:
        assert math.isinf(other.upper)


# Larger tables.

small_tables = (
    st.integers(2, 3)
    .flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 4), min_size=width, max_size=width), min_size=2, max_size=3
        )
    )
    .filter(lambda rows: sum(map(sum, rows)) > 0)
)


def compute_slowly(rows: list[list[int]]) -> float:
    """Give the exact p by going through every table, probabilities in exact fractions."""
    row_sums, column_sums = [sum(r) for r in rows], [sum(c) for c in zip(*rows, strict=True)]

    def find_probability(table: list[list[int]]) -> Fraction:
        top = math.prod(map(math.factorial, row_sums + column_sums))
        cells = math.prod(math.factorial(cell) for row in table for cell in row)
        return Fraction(top, math.factorial(sum(row_sums)) * cells)

    def list_tables(left: list[int], rest: list[int]) -> list[list[list[int]]]:
        if not rest:
            return [[]] if not any(left) else []
        fillings = [[]]
        for room in left:
            fillings = [
                [*f, cell] for f in fillings for cell in range(min(room, rest[0] - sum(f)) + 1)
            ]
        return [
            [filling, *table]
            for filling in fillings
            if sum(filling) == rest[0]
            for table in list_tables(
                [room - cell for room, cell in zip(left, filling, strict=True)], rest[1:]
            )
        ]

    observed = find_probability(rows)
    every = [find_probability(table) for table in list_tables(column_sums, row_sums)]
    assert sum(every) == 1
    return float(sum(p for p in every if p <= observed))


@given(small_tables)
def test_a_table_equals_a_slow_computation(rows: list[list[int]]) -> None:
    found = compare_table(rows)
    assert found.p_value == pytest.approx(compute_slowly(rows), rel=1e-9)
    assert sum(map(sum, rows)) == found.N


@given(cells, cells, cells, cells)
def test_a_small_table_is_the_two_by_two_test(a: int, b: int, c: int, d: int) -> None:
    if a + b + c + d == 0:
        return
    assert compare_table([[a, b], [c, d]]).p_value == pytest.approx(
        compare_two_by_two((a, b), (c, d)).p_value, rel=1e-6
    )


def test_a_table_that_makes_no_test_is_refused_in_words() -> None:
    for empty in ([], [[]], [[0, 0], [0, 0]]):
        with pytest.raises(ValueError, match="the table is empty"):
            compare_table(empty)
    with pytest.raises(ValueError, match="differ in length"):
        compare_table([[1, 2], [3]])
    with pytest.raises(ValueError, match="a count is a whole number"):
        compare_table([[1, 2], [3, 0.5]])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="too large to go through every table"):
        compare_table([[3000, 2000, 9], [2900, 2100, 8], [1, 2, 7]])
