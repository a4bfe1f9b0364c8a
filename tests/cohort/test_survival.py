from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from spindle.cohort.counts import CountTable, count_times
from spindle.cohort.survival import (
    INTERVALS,
    IntervalKind,
    SurvivalCurve,
    SurvivalEstimate,
    SurvivalTime,
    choose_interval,
    count_at_risk,
    estimate_at,
    estimate_follow_up,
    estimate_median,
    estimate_reverse_survival,
    estimate_survival,
    list_estimates,
)

# Zhao 2025, doi 10.2147/PGPM.S508156, Table 1: months of follow-up and outcome of the 17 patients
# who were followed, in the order of the table (patients 1, 2, 4, 5, 7, 8, 9, 11, 13, 14, 16, 17,
# 18, 20, 21, 22, 25). The recurrences carry no date of their own; the length of follow-up stands
# for it.
ZHAO = [
    (22, "censored"),
    (136, "censored"),
    (119, "censored"),
    (54, "death"),
    (47, "censored"),
    (74, "censored"),
    (30, "recurrence"),
    (19, "death"),
    (93, "censored"),
    (45, "censored"),
    (10, "recurrence"),
    (14, "censored"),
    (21, "death"),
    (21, "death"),
    (92, "censored"),
    (93, "death"),
    (131, "censored"),
]
OVERALL = {"death"}
EVENT_FREE = {"death", "recurrence"}
MONTHS = (12, 24, 60, 120)
SHARED_TABLE = Path(__file__).parents[2] / ".." / "shared" / "cases" / "zhao-2025-table1.csv"


def count_rows(rows: list[tuple[float, str]]) -> CountTable:
    return count_times(("", months, kind) for months, kind in rows)


def make_curve(rows: list[tuple[float, str]], events: set[str] = OVERALL) -> SurvivalCurve:
    return estimate_survival(count_rows(rows), event_kinds=events)


def list_limits(
    curve: SurvivalCurve, interval: IntervalKind, months: tuple[float, ...] = MONTHS
) -> list[tuple[float, float]]:
    return [(e.lower, e.upper) for e in list_estimates(curve, months, interval=interval)]


@pytest.mark.skipif(not SHARED_TABLE.exists(), reason="the shared case tables are not here")
def test_the_rows_are_those_of_the_printed_table() -> None:
    kinds = {"no recurrence, no metastasis": "censored", "died": "death"}
    with SHARED_TABLE.open(encoding="utf-8") as file:
        cells = [row["Duration of Follow Up (Months)"] for row in csv.DictReader(file)]
    read = [re.fullmatch(r"(\d+), (.+)", cell) for cell in cells]
    rows = [(int(m[1]), kinds.get(m[2].lower(), m[2].lower())) for m in read if m]
    assert rows == ZHAO


# Numbers that R printed (packages survival and bpcp).


def test_overall_survival_of_zhao_2025() -> None:
    curve = make_curve(ZHAO)
    estimates = list_estimates(curve, MONTHS)
    assert [e.estimate for e in estimates] == pytest.approx([1, 0.80, 0.70, 0.56], rel=1e-12)
    assert [e.standard_error for e in estimates] == pytest.approx(
        [0, 0.1032795559, 0.1300640868, 0.1628086812], abs=1e-10
    )
    assert (curve.people, curve.events, curve.followed_months) == (17, 5, 136)


def test_event_free_survival_of_zhao_2025() -> None:
    estimates = list_estimates(make_curve(ZHAO, EVENT_FREE), MONTHS)
    assert [e.estimate for e in estimates] == pytest.approx(
        [0.9411765, 0.7529412, 0.5989305, 0.4791444], abs=5e-8
    )


def test_log_log_interval_of_zhao_2025() -> None:
    limits = list_limits(make_curve(ZHAO), "log-log")[1:]
    assert limits[0] == pytest.approx((0.4998240, 0.9307173), abs=5e-8)
    assert limits[1] == pytest.approx((0.3715247, 0.8794277), abs=5e-8)
    assert limits[2] == pytest.approx((0.2124255, 0.8049191), abs=5e-8)


def test_beta_product_interval_of_zhao_2025() -> None:
    limits = list_limits(make_curve(ZHAO), "beta-product")
    # Before the first death the interval is not a point.
    assert limits[0] == pytest.approx((0.7940928, 1), abs=5e-8)
    assert limits[1] == pytest.approx((0.5098787, 0.9566880), abs=5e-8)
    assert limits[2] == pytest.approx((0.3622320, 0.9156784), abs=5e-8)
    assert limits[3] == pytest.approx((0.1008025, 0.8556100), abs=5e-8)


def test_beta_product_interval_of_event_free_survival_of_zhao_2025() -> None:
    limits = list_limits(make_curve(ZHAO, EVENT_FREE), "beta-product")
    assert limits[0] == pytest.approx((0.7131106, 0.9985118), abs=5e-8)
    assert limits[1] == pytest.approx((0.4714197, 0.9284482), abs=5e-8)
    assert limits[2] == pytest.approx((0.2980772, 0.8403934), abs=5e-8)
    assert limits[3] == pytest.approx((0.0875221, 0.7757837), abs=5e-8)


def test_medians_of_zhao_2025() -> None:
    for interval in ("beta-product", "log-log"):
        median = estimate_median(make_curve(ZHAO, EVENT_FREE), interval=interval)
        assert (median.median.months, median.lower.months) == (93, 21)
        assert not median.upper.is_reached
        assert median.interval == interval
        assert not estimate_median(make_curve(ZHAO), interval=interval).median.is_reached


def test_follow_up_of_zhao_2025() -> None:
    follow_up = estimate_follow_up(count_rows(ZHAO), event_kinds=OVERALL)
    found = (follow_up.median.months, follow_up.lower.months, follow_up.upper.months)
    assert found == (92, 30, 119)
    assert follow_up.interval == "log-log"


def test_the_interval_by_moments_is_an_approximation() -> None:
    # At 120 months two are left, after 1 death of 15, 2 of 14, 1 of 8 and 1 of 5.
    draw = np.random.default_rng(20250101).beta
    product = math.prod(draw(a, b, 400_000) for a, b in [(15, 1), (13, 2), (8, 1), (5, 1), (2, 1)])
    simulated = float(np.quantile(product, 0.025))
    by_moments = estimate_at(make_curve(ZHAO), 120).lower
    assert simulated == pytest.approx(0.084, abs=0.001)
    assert by_moments == pytest.approx(0.1008, abs=0.0001)


def test_beta_product_interval_at_the_event_times_themselves() -> None:
    # Vignette discreteBPCP of the R package bpcp: deaths at 3, 7, 8 and 14, nobody censored.
    # A limit printed for an open interval before a death holds from the death before it.
    curve = make_curve([(3, "death"), (7, "death"), (8, "death"), (14, "death")])
    limits = list_limits(curve, "beta-product", (0, 2.9, 3, 7, 8, 14, 15))
    expected = [
        (0.397635364, 1),
        (0.397635364, 1),
        (0.194120450, 0.9936905),
        (0.067585986, 0.9324140),
        (0.006309463, 0.8058796),
        (0, 0.6023646),
        (0, 0.6023646),
    ]
    for found, printed in zip(limits, expected, strict=True):
        assert found == pytest.approx(printed, abs=5e-8)


def test_a_limit_never_rises_again() -> None:
    # Of 200 people 50 die, 148 are censored, and 1 of the last 2 dies. By moments alone the upper
    # limit would rise from 0.808 to 0.836; bpcp holds it down (monotonic = TRUE).
    rows: list[tuple[float, str]] = [*[(1.0, "death")] * 50, *[(2.0, "censored")] * 148]
    curve = make_curve([*rows, (3, "death"), (4, "censored")])
    limits = list_limits(curve, "beta-product", (2, 3))
    assert limits[0][1] == pytest.approx(0.8083928, abs=5e-8)
    assert limits[1][1] == limits[0][1]


def read_lung() -> CountTable:
    path = Path(__file__).parent / "data" / "lung.csv"
    with path.open(encoding="utf-8") as file:
        return count_times(
            (row["sex"], int(row["days"]), row["outcome"]) for row in csv.DictReader(file)
        )


def test_survival_of_the_lung_data() -> None:
    curve = estimate_survival(read_lung(), event_kinds=OVERALL)
    estimates = list_estimates(curve, (180, 365, 730))
    assert [e.estimate for e in estimates] == pytest.approx(
        [0.7216706534, 0.4092416245, 0.1156930983], abs=1e-10
    )
    assert [e.standard_error for e in estimates] == pytest.approx(
        [0.0298124195, 0.0358236382, 0.0282981973], abs=1e-10
    )


def test_median_of_the_lung_data_with_the_log_interval() -> None:
    median = estimate_median(estimate_survival(read_lung(), event_kinds=OVERALL), interval="log")
    assert [t.months for t in (median.median, median.lower, median.upper)] == [310, 285, 363]
    assert median.interval == "log"


@pytest.mark.parametrize(("sex", "months"), [("male", 270), ("female", 426)])
def test_median_of_the_lung_data_by_sex(sex: str, months: float) -> None:
    curve = estimate_survival(read_lung().for_stratum(sex), event_kinds=OVERALL)
    assert estimate_median(curve).median == SurvivalTime(months, curve.followed_months)


# Which interval, and what it says of itself.


def test_the_default_interval_depends_on_the_number_of_people() -> None:
    assert choose_interval(99) == "beta-product"
    assert choose_interval(100) == "log-log"
    assert estimate_at(make_curve(ZHAO), 24).interval == "beta-product"
    assert estimate_at(estimate_survival(read_lung(), event_kinds=OVERALL), 24).interval == (
        "log-log"
    )
    assert estimate_median(make_curve(ZHAO)).interval == "beta-product"


def test_every_interval_has_its_words() -> None:
    assert "approximation" in INTERVALS["beta-product"]
    for interval in INTERVALS:
        assert estimate_at(make_curve(ZHAO), 60, interval=interval).interval == interval


@pytest.mark.parametrize("interval", ["log-log", "log"])
def test_where_a_normal_interval_does_not_exist_the_beta_product_stands_in_by_name(
    interval: IntervalKind,
) -> None:
    early = estimate_at(make_curve(ZHAO), 12, interval=interval)
    assert (early.estimate, early.interval) == (1, "beta-product")
    assert early.lower == pytest.approx(0.7940928, abs=5e-8)
    late = estimate_at(make_curve([(3, "death"), (7, "death")]), 7, interval=interval)
    assert (late.estimate, late.lower, late.interval) == (0, 0, "beta-product")
    assert 0 < late.upper < 1


def test_the_stand_in_does_not_decide_a_median() -> None:
    # R: survfit(Surv(1:5) ~ 1, conf.type = "log-log") prints the median 3, 1 to NA.
    curve = make_curve([(month, "death") for month in (1, 2, 3, 4, 5)])
    median = estimate_median(curve, interval="log-log")
    assert (median.median.months, median.lower.months) == (3, 1)
    assert not median.upper.is_reached
    at_once = estimate_median(make_curve([(4, "death")] * 10), interval="log-log")
    assert (at_once.median.months, at_once.lower.months) == (4, 4)
    assert not at_once.upper.is_reached


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    for interval in INTERVALS:
        narrow = estimate_at(make_curve(ZHAO), 60, interval=interval, confidence=0.8)
        wide = estimate_at(make_curve(ZHAO), 60, interval=interval, confidence=0.99)
        assert wide.lower < narrow.lower < narrow.upper < wide.upper or interval == "log"
        assert wide.lower < narrow.lower
        assert (narrow.confidence, wide.confidence) == (0.8, 0.99)


# The ends of follow-up.


def test_beyond_follow_up_nothing_is_extrapolated_in_silence() -> None:
    for interval in INTERVALS:
        last = estimate_at(make_curve(ZHAO), 136, interval=interval)
        beyond = estimate_at(make_curve(ZHAO), 136.5, interval=interval)
        assert not last.is_beyond_follow_up
        assert last.at_risk == 1
        assert beyond.is_beyond_follow_up
        assert (beyond.at_risk, beyond.lower) == (0, 0)
        assert (beyond.estimate, beyond.upper) == (last.estimate, last.upper)


def test_numbers_at_risk_are_those_just_before_the_month() -> None:
    curve = make_curve(ZHAO)
    months = (0, 10, 10.5, 12, 21, 24, 60, 93, 120, 136, 137)
    assert count_at_risk(curve, months) == (17, 17, 16, 16, 14, 11, 7, 5, 2, 1, 0)
    assert tuple(e.at_risk for e in list_estimates(curve, months)) == count_at_risk(curve, months)


def test_nobody_has_an_event() -> None:
    curve = make_curve([(5, "censored"), (9, "censored")])
    assert [step.estimate for step in curve.steps] == [1, 1]
    assert curve.events == 0
    found = estimate_at(curve, 6, interval="log-log")
    assert (found.estimate, found.upper) == (1, 1)
    assert found.lower == pytest.approx(0.025)
    median = estimate_median(curve)
    assert not median.median.is_reached
    assert not median.upper.is_reached


def test_everybody_dies_in_one_month() -> None:
    curve = make_curve([(4, "death")] * 3)
    assert curve.steps[0].estimate == 0
    assert curve.steps[0].standard_error == 0
    assert estimate_median(curve).median.months == 4
    assert estimate_at(curve, 3.9).estimate == 1
    assert estimate_at(curve, 4).upper == pytest.approx(scipy.stats.beta.ppf(0.975, 1, 3))


def test_a_death_at_month_zero_counts_from_month_zero() -> None:
    curve = make_curve([(0, "death"), (5, "censored")])
    found = estimate_at(curve, 0)
    assert (found.estimate, found.at_risk) == (0.5, 2)


def test_one_person() -> None:
    curve = make_curve([(3, "death")])
    assert estimate_median(curve).median.months == 3
    assert estimate_at(curve, 1) == SurvivalEstimate(
        1.0, 1.0, pytest.approx(0.025), 1.0, "beta-product", 1, False, 0.0, 0.95
    )


def test_deaths_come_before_censorings_of_the_same_month() -> None:
    curve = make_curve([(6, "death"), (6, "censored"), (9, "censored")])
    assert curve.steps[0].at_risk == 3
    assert estimate_at(curve, 6).estimate == pytest.approx(2 / 3)
    reverse = estimate_reverse_survival(
        count_rows([(6, "death"), (6, "censored"), (9, "censored")]), event_kinds=OVERALL
    )
    assert reverse.steps[0].estimate == pytest.approx(2 / 3)


# Medians.


def test_a_curve_that_runs_flat_at_one_half_has_its_median_in_the_middle() -> None:
    even = make_curve([(month, "death") for month in (3, 7, 8, 14)])
    assert estimate_median(even).median.months == 7.5
    odd = make_curve([(month, "death") for month in (3, 7, 8, 14, 15)])
    assert estimate_median(odd).median.months == 8
    # Three products of fractions that miss 0.5 by a rounding error.
    rounded = make_curve([(m, "death") for m in (1, 2, 3)] + [(m, "death") for m in (5, 6, 9)])
    assert estimate_median(rounded).median.months == 4
    # R: the flat ends with follow-up.
    ended = make_curve([(2, "death"), (6, "censored")])
    assert estimate_median(ended).median.months == 4


def test_a_time_that_is_not_reached_is_a_value_of_its_own() -> None:
    median = estimate_median(make_curve(ZHAO))
    assert not median.median.is_reached
    assert median.median.as_record() == {"is_reached": False, "beyond_months": 136}
    assert median.lower.as_record() == {"is_reached": True, "months": 30}
    assert json.loads(json.dumps(median.median.as_record())) == median.median.as_record()


# What is refused.


def test_what_makes_no_curve_is_refused_in_words() -> None:
    table = count_rows(ZHAO)
    with pytest.raises(ValueError, match="nobody has follow-up"):
        estimate_survival(CountTable(), event_kinds=OVERALL)
    with pytest.raises(ValueError, match="as a collection"):
        estimate_survival(table, event_kinds="death")
    with pytest.raises(ValueError, match="at least one kind"):
        estimate_reverse_survival(table, event_kinds=())
    with pytest.raises(ValueError, match="neither event nor censored: recurrence"):
        estimate_survival(table, event_kinds=OVERALL, censored_kinds={"censored"})
    full = estimate_survival(table, event_kinds=OVERALL, censored_kinds={"censored", "recurrence"})
    assert full == estimate_survival(table, event_kinds=OVERALL)


@pytest.mark.parametrize("months", [-1, float("nan"), float("inf")])
def test_a_month_that_cannot_be_is_refused(months: float) -> None:
    with pytest.raises(ValueError, match="a month is a number from zero"):
        estimate_at(make_curve(ZHAO), months)
    with pytest.raises(ValueError, match="a month is a number from zero"):
        count_at_risk(make_curve(ZHAO), [months])


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, float("nan")])
def test_a_confidence_that_cannot_be_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate_at(make_curve(ZHAO), 12, confidence=confidence)
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate_median(make_curve(ZHAO), confidence=confidence)


def test_an_unknown_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="no interval is called 'plain'; there are beta-product"):
        estimate_at(make_curve(ZHAO), 12, interval="plain")  # type: ignore[arg-type]
