from __future__ import annotations

import itertools
import math
from decimal import Decimal
from statistics import median
from typing import Any

import pytest
from claim_rows import (
    FEMALE,
    MALE,
    audit,
    make_row,
    make_rows,
    stain,
)
from hypothesis import given
from hypothesis import strategies as st

from spindle.cohort.claim_checks.medians import (
    count_edits,
    find_reach,
    find_reach_with_more,
    is_on_grid,
    list_medians_without_one,
)
from spindle.cohort.claims_audit import Verdict
from spindle.cohort.rows import CohortRow

AGREES, DIFFERS, IMPOSSIBLE = Verdict.AGREES, Verdict.DIFFERS, Verdict.IMPOSSIBLE
CONTRADICTED, UNSUPPORTED = Verdict.CONTRADICTED, Verdict.UNSUPPORTED
NOT_CHECKABLE = Verdict.NOT_CHECKABLE


def followed(*months: float, **fields: Any) -> list[CohortRow]:
    return make_rows(*({"follow_up_months": month, **fields} for month in months))


# ---- summaries


def summary(printed: object, statistic: str, more: str = "", variable: str = "age_years") -> str:
    return (
        f'kind = "summary"\nvariable = "{variable}"\nstatistic = "{statistic}"\n'
        f"printed = {printed}\n{more}"
    )


AGES = make_rows(*({"age_months": months} for months in (13.0, 120.0, 125.0, 828.0)), {})


@pytest.mark.parametrize(
    ("statistic", "printed", "variable", "verdict"),
    [
        ("min", 13, "age_months", AGREES),
        ("min", 1, "age_years", AGREES),
        ("min", "1.0", "age_years", DIFFERS),
        ("min", "1.1", "age_years", AGREES),
        ("max", 69, "age_years", AGREES),
        ("max", 68, "age_years", DIFFERS),
        ("mean", "22.6", "age_years", AGREES),
        ("mean", "22.63", "age_years", AGREES),
        ("mean", 23, "age_years", AGREES),
        ("mean", 22, "age_years", DIFFERS),
        ("median", "10.2", "age_years", AGREES),
        ("n", 4, "age_years", AGREES),
        ("n", 5, "age_years", DIFFERS),
    ],
)
def test_a_summary_is_compared_at_its_printed_precision(
    statistic: str, printed: object, variable: str, verdict: Verdict
) -> None:
    found = audit(summary(printed, statistic, variable=variable), AGES)
    assert found.verdict is verdict
    assert "case 5" in found.reason


def test_a_summary_carries_its_unit_and_the_cases_at_its_ends() -> None:
    found = audit(summary(13, "min", 'unit = "months"\n', "age_months"), AGES)
    assert (found.printed, found.recomputed) == ("13 months", "13 months (n = 4)")
    assert found.rows == ("1",)


def test_a_summary_of_nothing_is_not_checkable() -> None:
    found = audit(summary(34, "mean"), make_rows({}, {}))
    assert found.verdict is NOT_CHECKABLE
    assert "None of the 2 rows gives the age in years" in found.reason


def test_a_summary_rests_on_the_printed_number_of_patients() -> None:
    assert audit(summary(69, "max", "printed_n = 4\n"), AGES).verdict is AGREES
    assert audit(summary(69, "max", "printed_n = 5\n"), AGES).verdict is DIFFERS


def test_a_summary_among_some() -> None:
    rows = make_rows(
        {"age_months": 24.0, "sex": MALE}, {"age_months": 48.0, "sex": FEMALE}, {"age_months": 9.0}
    )
    found = audit(summary(2, "mean", 'among = { sex = "male" }\n'), rows)
    assert found.verdict is AGREES
    assert "it is open whether case 3 should count" in found.reason


def test_a_stain_index_with_ranges_has_ends_and_no_middle() -> None:
    rows = make_rows(
        {"stains": (stain("Ki-67", "", (2, 2)),)},
        {"stains": (stain("Ki-67", "", (30, 40)),)},
        {"stains": (stain("SMA", "positive"),)},
    )
    marker = 'marker = "Ki-67"\n'
    for statistic, printed in (("min", 2), ("max", 40), ("n", 2), ("mean", 2)):
        claim = summary(printed, statistic, marker, "stain_percent")
        assert audit(claim, rows).verdict is AGREES, statistic
    found = audit(summary(2, "median", marker, "stain_percent"), rows)
    assert "left out as printed as a range: case 2" in found.reason


# ---- medians that no row could give

ZHAO = (22, 136, 119, 54, 47, 74, 30, 19, 93, 45, 10, 14, 21, 21, 92, 93, 131)


def follow_up(printed: object, more: str = "") -> str:
    return summary(printed, "median", more, "follow_up_months")


def test_a_median_that_no_single_change_gives_is_impossible() -> None:
    found = audit(follow_up(57, "printed_n = 17\n"), followed(*ZHAO))
    assert found.verdict is IMPOSSIBLE
    assert found.recomputed == "47 months (n = 17)"
    assert "only within 45 to 54 months" in found.reason
    assert "At least 2 of the 17 values" in found.reason
    assert "2 of the 10 below 57 months would have to be 57 months or more" in found.reason
    assert "one of them exactly 57" in found.reason
    assert "Leaving out any one value gives 46, 49.5 and 50.5 months." in found.reason


def test_the_verdict_on_a_median_follows_the_rows() -> None:
    changed = [57 if months == 54 else 60 if months == 47 else months for months in ZHAO]
    assert audit(follow_up(57), followed(*changed)).verdict is AGREES
    one = [100 if months == 10 else months for months in ZHAO]
    assert audit(follow_up(57), followed(*one)).verdict is DIFFERS


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [
        (47, AGREES),
        (46, DIFFERS),
        (45, DIFFERS),
        (54, DIFFERS),
        ("46.5", IMPOSSIBLE),
        ("50.5", DIFFERS),
        (44, IMPOSSIBLE),
        (55, IMPOSSIBLE),
    ],
)
def test_the_median_of_an_odd_number_is_one_of_the_values(
    printed: object, verdict: Verdict
) -> None:
    assert audit(follow_up(printed), followed(*ZHAO)).verdict is verdict


def test_values_that_the_rows_lack_could_explain_a_median_unless_they_were_not_counted() -> None:
    rows = [*followed(*ZHAO), *(make_row(f"lost-{n}", is_lost=True) for n in range(8))]
    possible = audit(follow_up(57), rows)
    assert possible.verdict is DIFFERS
    assert "With values for the 8 rows without one it would be possible." in possible.reason
    counted = audit(follow_up(57, "printed_n = 17\n"), rows)
    assert counted.verdict is IMPOSSIBLE
    assert "17 patients were counted" in counted.reason
    assert audit(follow_up(99), rows).verdict is IMPOSSIBLE


def test_a_subgroup_that_has_the_printed_median_is_named() -> None:
    men, women = (1, 2, 3, 4, 5, 6, 7), (60, 70, 80)
    months = [*((month, MALE) for month in men), *((month, FEMALE) for month in women)]
    rows = make_rows(*({"follow_up_months": month, "sex": sex} for month, sex in months))
    assert median([*men, *women]) == 5.5
    assert audit(follow_up(71), rows).verdict is IMPOSSIBLE
    found = audit(follow_up(70), rows)
    assert found.verdict is DIFFERS
    assert "sex female (n = 3)" in found.reason
    assert "this can be chance" in found.reason


def test_another_statistic_of_the_same_rows_is_named() -> None:
    found = audit(follow_up(60), followed(*ZHAO))
    assert found.verdict is IMPOSSIBLE
    assert "the mean is 60.06" in found.reason
    assert "So 60 months can be that figure." in found.reason


small_values = st.lists(st.integers(0, 4), min_size=1, max_size=5)
# Values that a changed number may take: far away, and everything that a median of 0 to 4 can need.
REPLACEMENTS = [-1000, *range(-4, 9), 1000]


@given(small_values, st.integers(0, 2))
def test_the_reach_of_a_median_is_what_trying_every_edit_gives(
    values: list[int], edits: int
) -> None:
    edits = min(edits, len(values))
    reached = {
        median([*(v for n, v in enumerate(values) if n not in changed), *new])
        for changed in itertools.combinations(range(len(values)), edits)
        for new in itertools.combinations_with_replacement(REPLACEMENTS, edits)
    }
    low, high = find_reach(values, edits)
    assert min(reached) == low or (math.isinf(low) and min(reached) < -400)
    assert max(reached) == high or (math.isinf(high) and max(reached) > 400)
    assert {m for m in reached if m in range(5)} == {n for n in range(5) if low <= n <= high}


@given(small_values, st.integers(0, 8))
def test_the_smallest_edit_is_the_smallest(values: list[int], printed: int) -> None:
    edits = count_edits(values, Decimal(printed))
    low, high = find_reach(values, edits)
    assert low - 0.5 <= printed <= high + 0.5
    if edits:
        low, high = find_reach(values, edits - 1)
        assert not low - 0.5 <= printed <= high + 0.5


@given(small_values, st.integers(0, 3))
def test_values_that_are_missing_move_a_median_as_far_as_the_extremes(
    values: list[int], more: int
) -> None:
    low, high = find_reach_with_more(values, more)
    assert median([*values, *[-1e9] * more]) == low or low == -math.inf
    assert median([*values, *[1e9] * more]) == high or high == math.inf


@given(st.lists(st.integers(0, 9), min_size=2, max_size=9))
def test_leaving_out_one_value_gives_what_trying_each_gives(values: list[int]) -> None:
    tried = {median(values[:n] + values[n + 1 :]) for n in range(len(values))}
    assert list_medians_without_one(values) == sorted(tried)


def test_the_reach_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        find_reach([], 1)
    assert list_medians_without_one([3]) == []


def test_halves_lie_on_the_grid_of_an_even_number_of_whole_values() -> None:
    assert is_on_grid([1, 2], Decimal("1.5"))
    assert not is_on_grid([1, 2, 3], Decimal("1.5"))
    assert is_on_grid([1.5, 2, 3], Decimal("1.7"))
    assert is_on_grid([1, 2, 3], Decimal(2))
