"""The arithmetic of the differential, with numbers that a reader can redo by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from spindle.reasoning.differential_weights import (
    JEFFREYS,
    NOTHING,
    Interval,
    Rate,
    Tally,
    add_intervals,
    admit_error,
    borrow,
    compare_rates,
    compute_information,
    discount,
    estimate_correlation,
    is_clear,
    list_information,
    pool_series,
    undo_log10,
    update_rate,
)

CORRELATION, BORROWED, ERROR = 0.15, 2.0, 0.02


def make_rate(*series: tuple[float, float], start: Rate = JEFFREYS) -> Rate:
    return update_rate(pool_series([Tally(n, of) for n, of in series], CORRELATION), start)


def weigh(own: list[tuple[float, float]], reference: Rate, *, is_positive: bool = True) -> Interval:
    rate = make_rate(*own, start=borrow(reference, BORROWED))
    return compare_rates(rate, reference, is_positive=is_positive, error=ERROR)


# By hand ----------------------------------------------------------------------------------------


def test_a_series_is_worth_fewer_patients_than_it_has() -> None:
    """N / (1 + (N - 1) x 0.15): 22 / (1 + 21 x 0.15) = 22 / 4.15 = 5.301."""
    worth = discount(Tally(1, 22), CORRELATION)
    assert worth.of == pytest.approx(22 / 4.15)
    assert worth.n == pytest.approx(1 / 4.15)
    assert discount(Tally(1, 1), CORRELATION) == Tally(1, 1)
    assert discount(Tally(0, 100_000), CORRELATION).of < 1 / CORRELATION


def test_obliterative_phlebitis_by_hand() -> None:
    """Yamamoto 2009: 16 of 16 in IgG4-related disease, 1 of 22 in IMT.

    IMT: 22 patients are worth 22 / 4.15 = 5.3012, the one positive 0.2410. From half a patient on
    either side: 0.7410 positive, 5.5602 negative, so 0.7410 / 6.3012 = 0.11759.
    IgG4-related disease starts as two patients like IMT: 2 x 0.11759 = 0.23518 and 1.76482. Its 16
    are worth 16 / 3.25 = 4.9231, all positive: 5.15826 / 6.92308 = 0.74508.
    With one reading in fifty wrong: 0.02 + 0.96 x 0.74508 = 0.73528 and
    0.02 + 0.96 x 0.11759 = 0.13289. The ratio is 5.5331, its log10 0.7430.
    """
    imt = make_rate((1, 22))
    assert imt.mean == pytest.approx(0.11759, abs=5e-6)
    other = make_rate((16, 16), start=borrow(imt, BORROWED))
    assert other.mean == pytest.approx(0.74508, abs=5e-6)
    assert admit_error(other.mean, ERROR) == pytest.approx(0.73528, abs=5e-6)
    weight = weigh([(16, 16)], imt)
    assert weight.mid == pytest.approx(0.7430, abs=5e-5)
    # Its absence: (1 - 0.73528) / (1 - 0.13289) = 0.30529, log10 -0.5153.
    assert weigh([(16, 16)], imt, is_positive=False).mid == pytest.approx(-0.5153, abs=5e-5)


def test_the_interval_of_phlebitis_by_hand() -> None:
    """Each end is that of the two betas, put together by square-and-add.

    BETA.INV(0.025; 5.15826; 1.76482) = 0.3912 and BETA.INV(0.975; ...) = 0.9691, with errors 0.3956
    and 0.9503; BETA.INV(0.025; 0.74096; 5.56024) = 0.0011 and (0.975) = 0.4361, with errors 0.0211
    and 0.4387. Low: 0.7430 - sqrt(log10(0.73528 / 0.3956)^2 + log10(0.4387 / 0.13289)^2) = 0.159.
    High: 0.7430 + sqrt(log10(0.9503 / 0.73528)^2 + log10(0.13289 / 0.0211)^2) = 1.551.
    """
    weight = weigh([(16, 16)], make_rate((1, 22)))
    assert weight.low == pytest.approx(0.159, abs=2e-3)
    assert weight.high == pytest.approx(1.551, abs=2e-3)
    assert is_clear(weight)


def test_how_far_series_differ_by_hand() -> None:
    """8 of 10 and 2 of 10: pooled 0.5; chi-square (3^2 + 3^2) / 2.5 = 7.2.

    Expected without correlation 1; room 2 x (1 - 0.5) x 9 = 9; (7.2 - 1) / 9 = 0.6889.
    """
    assert estimate_correlation([Tally(8, 10), Tally(2, 10)]) == pytest.approx(6.2 / 9)
    assert estimate_correlation([Tally(5, 10), Tally(5, 10)]) == 0
    assert estimate_correlation([Tally(5, 10)]) == 0
    assert estimate_correlation([Tally(0, 10), Tally(0, 30)]) == 0
    assert estimate_correlation([Tally(1, 1), Tally(0, 1)]) == 0
    assert estimate_correlation([]) == 0


def test_series_that_differ_are_worth_less_than_series_that_agree() -> None:
    agree = pool_series([Tally(5, 10), Tally(5, 10)], CORRELATION)
    differ = pool_series([Tally(9, 10), Tally(1, 10)], CORRELATION)
    assert agree.of == pytest.approx(2 * 10 / (1 + 9 * 0.15))
    assert differ.of < agree.of


def test_weights_of_different_stains_are_added_by_square_and_add() -> None:
    """Middles add; distances to the ends add as squares: 0.3 and 0.4 make 0.5."""
    total = add_intervals([Interval(0.2, 0.5, 0.8), Interval(0.6, 1.0, 1.4)])
    assert total.mid == pytest.approx(1.5)
    assert total.low == pytest.approx(1.0)
    assert total.high == pytest.approx(2.0)
    assert add_intervals([]) == NOTHING


# What is promised -------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", [(0, 25), (2, 25), (6, 25), (12, 25)])
def test_two_of_two_weighs_less_than_forty_of_forty_five(reference: tuple[int, int]) -> None:
    rate = make_rate(reference)
    few, many = weigh([(2, 2)], rate), weigh([(40, 45)], rate)
    assert 0 < few.mid < many.mid
    assert few.low < many.low
    assert many.high - many.low < few.high - few.low


def test_none_of_two_is_no_evidence_against_none_of_forty() -> None:
    """A stain that was never seen in either must not favour the diagnosis that is less known."""
    weight = weigh([(0, 2)], make_rate((0, 40)))
    assert weight.low < 0 < weight.high
    assert abs(weight.mid) < 0.2


def test_a_diagnosis_without_counts_weighs_nothing() -> None:
    reference = make_rate((6, 25))
    for is_positive in (True, False):
        assert weigh([], reference, is_positive=is_positive).mid == pytest.approx(0)


counts = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
both = st.booleans()


@given(counts, counts, both)
def test_every_weight_is_finite_and_bounded(
    own: tuple[int, int], reference: tuple[int, int], is_positive: bool
) -> None:
    """0 of n and n of n too; one misread result in fifty bounds it at log10(0.98 / 0.02)."""
    weight = weigh([own], make_rate(reference), is_positive=is_positive)
    assert weight.low <= weight.mid <= weight.high
    assert abs(weight.mid) < math.log10(0.98 / 0.02)
    assert all(math.isfinite(end) for end in (weight.low, weight.mid, weight.high))


@given(st.integers(1, 20).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), counts)
def test_more_patients_with_the_same_share_weigh_more_in_the_same_direction(
    own: tuple[int, int], reference: tuple[int, int]
) -> None:
    rate = make_rate(reference)
    few, many = weigh([own], rate), weigh([(own[0] * 10, own[1] * 10)], rate)
    assert few.mid * many.mid >= 0
    assert abs(few.mid) <= abs(many.mid) + 1e-9


@given(
    st.integers(2, 20).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
    st.integers(2, 30),
)
def test_more_series_with_the_same_share_give_a_narrower_interval(
    own: tuple[int, int], series: int
) -> None:
    rate = make_rate((6, 25))
    few, many = weigh([own], rate), weigh([own] * series, rate)
    assert many.high - many.low <= few.high - few.low + 1e-9


@given(counts, counts)
def test_turning_the_comparison_turns_the_weight(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    a, b = make_rate(one), make_rate(other)
    there = compare_rates(a, b, is_positive=True, error=ERROR)
    back = compare_rates(b, a, is_positive=True, error=ERROR)
    assert there.mid == pytest.approx(-back.mid)
    assert there.low == pytest.approx(-back.high)
    assert there.high == pytest.approx(-back.low)


@pytest.mark.parametrize(
    ("own", "reference"),
    [
        ((5.3, 1.7), (2.7, 3.3)),
        ((4.9, 0.6), (0.9, 5.4)),
        ((20.0, 1.5), (1.2, 4.0)),
        ((40.0, 60.0), (6.0, 10.0)),
        ((0.1, 5.9), (2.7, 3.3)),
        ((3.0, 3.0), (5.0, 2.0)),
    ],
)
@pytest.mark.parametrize("is_positive", [True, False])
def test_square_and_add_lies_close_to_the_interval_by_quadrature(
    own: tuple[float, float], reference: tuple[float, float], is_positive: bool
) -> None:
    """Against the quantiles of the ratio itself, from a grid over both betas; no random numbers."""
    grid = (np.arange(800) + 0.5) / 800
    logs = []
    for a, b in (own, reference):
        shares = betaincinv(a, b, grid)
        logs.append(np.log10(admit_error(shares if is_positive else 1 - shares, ERROR)))
    ratios = np.quantile(logs[0][:, None] - logs[1][None, :], [0.025, 0.975])
    weight = compare_rates(Rate(*own), Rate(*reference), is_positive=is_positive, error=ERROR)
    assert weight.low == pytest.approx(ratios[0], abs=0.15)
    assert weight.high == pytest.approx(ratios[1], abs=0.15)


# Expected information ---------------------------------------------------------------------------


def test_information_by_hand() -> None:
    """Two diagnoses, half of the doubt each.

    Positive in all of one and in none of the other: 1 bit. Alike: nothing. 0.9 against 0.1: 1 -
    H(0.9) = 1 + 0.9 log2(0.9) + 0.1 log2(0.1) = 0.5310 bits.
    """
    assert compute_information([(0.5, 1.0), (0.5, 0.0)]) == pytest.approx(1.0)
    assert compute_information([(0.5, 0.4), (0.5, 0.4)]) == pytest.approx(0.0)
    assert compute_information([(0.5, 0.9), (0.5, 0.1)]) == pytest.approx(0.5310, abs=5e-5)
    assert compute_information([]) == 0


def test_a_diagnosis_without_a_count_adds_no_information() -> None:
    """A third of the doubt on a diagnosis without a count leaves two thirds of the bits."""
    known = compute_information([(1 / 3, 0.9), (1 / 3, 0.1)])
    assert known == pytest.approx(0.5310 * 2 / 3, abs=5e-5)
    with_mean = compute_information([(1 / 3, 0.9), (1 / 3, 0.1), (1 / 3, 0.5)])
    assert with_mean == pytest.approx(known)


shares = st.lists(st.tuples(st.floats(0.01, 1), st.floats(0, 1)), min_size=1, max_size=6)


@given(shares)
def test_information_is_never_negative_and_never_more_than_one_bit(
    listed: list[tuple[float, float]],
) -> None:
    total = sum(weight for weight, _ in listed)
    scaled = [(weight / total, share) for weight, share in listed]
    assert -1e-12 <= compute_information(scaled) <= 1 + 1e-9
    assert all(part >= 0 for part in list_information(scaled))


@given(st.floats(-3, 3))
def test_a_weight_turns_back_into_its_ratio(weight: float) -> None:
    assert math.log10(undo_log10(weight)) == pytest.approx(weight, abs=1e-9)
