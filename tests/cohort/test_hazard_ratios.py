from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cohort.comparison import compare_survival, estimate_hazard_ratio
from spindle.cohort.counts import CountTable, count_times

times = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(1, 20), st.sampled_from(["event", "censored"])),
    min_size=4,
    max_size=40,
)


def compare(table: CountTable) -> tuple[float, float, float]:
    ratio = estimate_hazard_ratio(compare_survival(table, event_kinds=("event",)))
    return ratio.estimate, ratio.lower, ratio.upper


def test_two_patients_by_hand() -> None:
    # One event at month 1 with one person of each group at risk: E = 1/2, V = 1/4; the second
    # event has nobody of the other group beside it. (O - E) / V = 2.
    table = count_times([("a", 1, "event"), ("b", 2, "event")])
    estimate, lower, upper = compare(table)
    assert estimate == pytest.approx(math.exp(2))
    assert lower == pytest.approx(math.exp(2 - 1.959963984540054 * 2))
    assert upper == pytest.approx(math.exp(2 + 1.959963984540054 * 2))


@given(times)
def test_groups_that_change_places_turn_the_ratio_round(
    given: list[tuple[str, int, str]],
) -> None:
    try:
        estimate, lower, upper = compare(count_times(given))
    except ValueError:
        return
    swapped = count_times([("b" if group == "a" else "a", m, kind) for group, m, kind in given])
    turned = compare(swapped)
    assert turned == pytest.approx((1 / estimate, 1 / upper, 1 / lower))
    assert lower < estimate < upper


def test_a_confidence_that_can_not_be_is_refused() -> None:
    test = compare_survival(
        count_times([("a", 1, "event"), ("b", 2, "event")]), event_kinds=("event",)
    )
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate_hazard_ratio(test, confidence=95)
