from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.shares import compute_exact_interval


def sum_binomial(first: int, last: int, of: int, share: float) -> float:
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(first, last + 1))


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    of = draw(st.integers(1, 200))
    return draw(st.integers(0, of)), of


def test_six_of_seventeen_is_the_published_clopper_pearson_interval() -> None:
    lower, upper = compute_exact_interval(6, 17)
    assert lower == pytest.approx(0.1420974831, abs=1e-10)
    assert upper == pytest.approx(0.6167163366, abs=1e-10)


@pytest.mark.parametrize("of", [1, 2, 25, 50, 100])
def test_none_and_all_have_the_closed_form(of: int) -> None:
    assert compute_exact_interval(0, of) == (0.0, pytest.approx(1 - 0.025 ** (1 / of)))
    assert compute_exact_interval(of, of) == (pytest.approx(0.025 ** (1 / of)), 1.0)


@given(counts())
def test_the_interval_holds_the_share_and_stays_between_zero_and_one(
    count: tuple[int, int],
) -> None:
    n, of = count
    lower, upper = compute_exact_interval(n, of)
    assert 0 <= lower <= n / of <= upper <= 1
    assert lower < upper


@given(counts())
def test_the_limits_are_the_tails_of_the_binomial(count: tuple[int, int]) -> None:
    n, of = count
    lower, upper = compute_exact_interval(n, of)
    if n > 0:
        assert sum_binomial(n, of, of, lower) == pytest.approx(0.025, rel=1e-6)
    if n < of:
        assert sum_binomial(0, n, of, upper) == pytest.approx(0.025, rel=1e-6)


@given(counts())
def test_counting_the_others_mirrors_the_interval(count: tuple[int, int]) -> None:
    n, of = count
    lower, upper = compute_exact_interval(n, of)
    other_lower, other_upper = compute_exact_interval(of - n, of)
    assert (lower, upper) == (
        pytest.approx(1 - other_upper, abs=1e-12),
        pytest.approx(1 - other_lower, abs=1e-12),
    )


@given(counts())
def test_a_higher_level_gives_a_wider_interval(count: tuple[int, int]) -> None:
    narrow, wide = compute_exact_interval(*count, level=0.9), compute_exact_interval(*count, 0.99)
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


@pytest.mark.parametrize(("n", "of"), [(-1, 10), (11, 10), (0, 0), (1, 0), (0, -1)])
def test_counts_that_cannot_be_are_refused(n: int, of: int) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        compute_exact_interval(n, of)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 95.0, float("nan")])
def test_a_level_outside_zero_to_one_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="is not a confidence level"):
        compute_exact_interval(1, 2, level)
