"""Survival from a count table: Kaplan–Meier with honest intervals, medians and follow-up.

Everything here is a pure function of a `CountTable`, never of rows. The strata of a table are
added together; `CountTable.for_stratum` gives one of them. In one and the same month events are
taken to happen before censorings, as Kaplan and Meier do.

Sources: Kaplan and Meier 1958; Greenwood 1926; Fay, Brittain and Proschan 2013 (beta product
interval, doi 10.1093/biostatistics/kxt016) with the convention of Fay and Brittain 2016 at the
event times themselves (doi 10.1002/sim.6905), which the R package bpcp follows from 1.3.0 on;
Brookmeyer and Crowley 1982 (interval of a median); Schemper and Smith 1996 (follow-up).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

from spindle.cohort.counts import CountTable, check_kinds, list_months

IntervalKind = Literal["beta-product", "log-log", "log"]

INTERVALS: dict[IntervalKind, str] = {
    "beta-product": "beta product by the method of moments, an approximation made for few people",
    "log-log": "normal approximation on the log-minus-log scale, with Greenwood's variance",
    "log": "normal approximation on the log scale, with Greenwood's variance",
}
"""The intervals of a survival curve, in words for a report."""

PEOPLE_FOR_NORMAL_INTERVALS = 100
"""With fewer people the beta product interval is the default; normal ones are too narrow there."""

HALF_TOLERANCE = 1e-9
"""How near a product of fractions must come to one half to count as one half."""


@dataclass(frozen=True, slots=True)
class SurvivalStep:
    """One month at which somebody had an event or was censored."""

    months: float
    """Months from the start of follow-up."""
    at_risk: int
    """People under observation just before."""
    events: int
    """People with an event in this month."""
    censored: int
    """People whose follow-up ended in this month without an event."""
    estimate: float
    """Kaplan–Meier estimate from this month on, a share from 0 to 1."""
    standard_error: float
    """Greenwood's standard error of the estimate; 0 where the estimate is 0 or 1."""


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """A Kaplan–Meier curve: 1 at the start, then a step for each observed month."""

    steps: tuple[SurvivalStep, ...]
    """The observed months in order, at least one."""
    event_kinds: tuple[str, ...]
    """The kinds of count that were taken as events; all others as censored."""

    @property
    def people(self) -> int:
        """The number of people the curve is made from."""
        return self.steps[0].at_risk

    @property
    def events(self) -> int:
        """The number of people with an event."""
        return sum(step.events for step in self.steps)

    @property
    def followed_months(self) -> float:
        """The last observed month; beyond it the curve knows nothing."""
        return self.steps[-1].months


@dataclass(frozen=True, slots=True)
class SurvivalEstimate:
    """What a curve says about one month."""

    months: float
    """The month asked for."""
    estimate: float
    """Share without event; beyond follow-up the last known share, which is then an upper bound."""
    lower: float
    """Lower confidence limit."""
    upper: float
    """Upper confidence limit."""
    interval: str
    """The kind of interval that was used; where a normal one is not defined (estimate 0 or 1),
    the beta product stands in and is named."""
    at_risk: int
    """People under observation just before that month."""
    is_beyond_follow_up: bool
    """Whether the month lies after the last observed one, so that nothing supports the estimate."""
    standard_error: float
    """Greenwood's standard error of the estimate; 0 where the estimate is 0 or 1."""
    confidence: float = 0.95
    """Confidence level of the limits."""


@dataclass(frozen=True, slots=True)
class SurvivalTime:
    """A time that a curve may or may not reach within follow-up."""

    months: float
    """Months; infinity when the time is not reached, so that no number is invented."""
    followed_months: float
    """The last observed month."""

    @property
    def is_reached(self) -> bool:
        """Whether the curve falls far enough within follow-up."""
        return math.isfinite(self.months)

    def as_record(self) -> dict[str, float | bool]:
        """Give plain names and values for JSON, where infinity has no place."""
        if self.is_reached:
            return {"is_reached": True, "months": self.months}
        return {"is_reached": False, "beyond_months": self.followed_months}


@dataclass(frozen=True, slots=True)
class SurvivalMedian:
    """The median of a survival curve with its interval."""

    median: SurvivalTime
    """The month at which the curve falls to one half."""
    lower: SurvivalTime
    """The month at which the lower limit of the curve falls to one half."""
    upper: SurvivalTime
    """The month at which the upper limit of the curve falls to one half."""
    interval: str
    """The kind of interval of the curve that was inverted."""
    confidence: float = 0.95
    """Confidence level of the limits."""


class _Limits(NamedTuple):
    lower: float
    upper: float
    kind: str


def choose_interval(people: int) -> IntervalKind:
    """Give the default interval of a curve: beta product under 100 people, else log-log."""
    return "beta-product" if people < PEOPLE_FOR_NORMAL_INTERVALS else "log-log"


def estimate_survival(
    table: CountTable,
    *,
    event_kinds: Collection[str],
    censored_kinds: Collection[str] | None = None,
) -> SurvivalCurve:
    """Give the Kaplan–Meier curve of everybody in the table, with Greenwood's standard error.

    Kinds other than `event_kinds` are censored. Name `censored_kinds` as well to be told of a
    kind that is in neither. Greenwood's error is undefined where the estimate is 0; it is given
    as 0 there, its limit.

    Raises
    ------
    ValueError
        For an empty table, no event kind, or a kind that is in neither list.
    """
    check_kinds(table, event_kinds, censored_kinds)
    return _build_curve(table, frozenset(event_kinds))


def estimate_reverse_survival(table: CountTable, *, event_kinds: Collection[str]) -> SurvivalCurve:
    """Give the curve of follow-up: censoring becomes the event, and the events are censored.

    By the rule of Schemper and Smith 1996. In one and the same month the censorings, now events,
    come first, as in R's `survfit` with the status turned round.

    Raises
    ------
    ValueError
        For an empty table or no event kind.
    """
    check_kinds(table, event_kinds)
    return _build_curve(table, frozenset(table.kinds) - frozenset(event_kinds))


def estimate_follow_up(
    table: CountTable,
    *,
    event_kinds: Collection[str],
    interval: IntervalKind = "log-log",
    confidence: float = 0.95,
) -> SurvivalMedian:
    """Give the median follow-up in months by the reverse Kaplan–Meier method, with its interval.

    Raises
    ------
    ValueError
        For an empty table, no event kind, or a confidence that is not between 0 and 1.
    """
    curve = estimate_reverse_survival(table, event_kinds=event_kinds)
    return estimate_median(curve, interval=interval, confidence=confidence)


def estimate_at(
    curve: SurvivalCurve,
    months: float,
    *,
    interval: IntervalKind | None = None,
    confidence: float = 0.95,
) -> SurvivalEstimate:
    """Give the share without event at a month, with its interval and the number at risk.

    Without `interval` the kind is chosen by the number of people (`choose_interval`). Beyond the
    last observed month nothing is extrapolated: the last share stands as what it is, an upper
    bound, the lower limit is 0 and `is_beyond_follow_up` is true.

    Raises
    ------
    ValueError
        For a negative time or one that is not a number, an unknown interval, or a confidence that
        is not between 0 and 1.
    """
    return list_estimates(curve, (months,), interval=interval, confidence=confidence)[0]


def list_estimates(
    curve: SurvivalCurve,
    months: Iterable[float],
    *,
    interval: IntervalKind | None = None,
    confidence: float = 0.95,
) -> tuple[SurvivalEstimate, ...]:
    """Give `estimate_at` for several months, working the interval of the curve out once.

    Raises
    ------
    ValueError
        As `estimate_at`.
    """
    limits = _list_limits(curve, interval or choose_interval(curve.people), confidence)
    times = [step.months for step in curve.steps]
    return tuple(
        _estimate_month(curve, times, limits, _check_month(month), confidence) for month in months
    )


def count_at_risk(curve: SurvivalCurve, months: Iterable[float]) -> tuple[int, ...]:
    """Give how many people were under observation just before each of the months.

    Raises
    ------
    ValueError
        For a negative time or one that is not a number.
    """
    times = [step.months for step in curve.steps]
    return tuple(_count_at_risk(curve, times, _check_month(month)) for month in months)


def estimate_median(
    curve: SurvivalCurve, *, interval: IntervalKind | None = None, confidence: float = 0.95
) -> SurvivalMedian:
    """Give the median in months, with the interval that inverts the interval of the curve.

    The median is the month at which the curve falls to one half or below. Where it runs flat at
    exactly one half, the median is the middle of that flat, as for numbers without censoring and
    in R's `quantile.survfit`. A median or a limit that the curve does not reach says so.

    Raises
    ------
    ValueError
        For an unknown interval, or a confidence that is not between 0 and 1.
    """
    kind = interval or choose_interval(curve.people)
    limits = _list_limits(curve, kind, confidence)
    times = [0.0, *(step.months for step in curve.steps)]
    shares = [1.0, *(step.estimate for step in curve.steps)]
    # A stand-in limit must not decide the median: a curve at 1 has not fallen, at 0 it has.
    lower = [
        limit.lower if limit.kind == kind else share
        for limit, share in zip(limits, shares, strict=True)
    ]
    upper = [limit.upper if limit.kind == kind else 1.0 for limit in limits]
    return SurvivalMedian(
        median=SurvivalTime(_find_middle(times, shares), curve.followed_months),
        lower=SurvivalTime(_find_fall(times, lower), curve.followed_months),
        upper=SurvivalTime(_find_fall(times, upper), curve.followed_months),
        interval=kind,
        confidence=confidence,
    )


def _check_month(months: float) -> float:
    if not 0 <= months < math.inf:
        raise ValueError(f"a month is a number from zero, not {months!r}")
    return float(months)


def _check_confidence(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {confidence!r}")
    return confidence


def _build_curve(table: CountTable, event_kinds: frozenset[str]) -> SurvivalCurve:
    estimate, greenwood = 1.0, 0.0
    steps = []
    for month in list_months(table, event_kinds):
        left = month.at_risk - month.events
        estimate *= left / month.at_risk
        greenwood += month.events / (month.at_risk * left) if left else 0.0
        steps.append(
            SurvivalStep(
                months=month.months,
                at_risk=month.at_risk,
                events=month.events,
                censored=month.censored,
                estimate=estimate,
                standard_error=estimate * math.sqrt(greenwood),
            )
        )
    return SurvivalCurve(tuple(steps), tuple(sorted(event_kinds)))


def _count_at_risk(curve: SurvivalCurve, times: Sequence[float], months: float) -> int:
    place = bisect_left(times, months)
    return curve.steps[place].at_risk if place < len(times) else 0


def _estimate_month(
    curve: SurvivalCurve,
    times: Sequence[float],
    limits: Sequence[_Limits],
    months: float,
    confidence: float,
) -> SurvivalEstimate:
    place = bisect_right(times, months)
    step = curve.steps[place - 1] if place else None
    limit = limits[place]
    is_beyond = months > curve.followed_months
    return SurvivalEstimate(
        months=months,
        estimate=step.estimate if step else 1.0,
        lower=0.0 if is_beyond else limit.lower,
        upper=limit.upper,
        interval=limit.kind,
        at_risk=_count_at_risk(curve, times, months),
        is_beyond_follow_up=is_beyond,
        standard_error=step.standard_error if step else 0.0,
        confidence=confidence,
    )


def _list_limits(curve: SurvivalCurve, kind: IntervalKind, confidence: float) -> list[_Limits]:
    """Give the limits before the first step and from each step on."""
    _check_confidence(confidence)
    if kind not in INTERVALS:
        raise ValueError(f"no interval is called {kind!r}; there are {', '.join(INTERVALS)}")
    beta = _list_beta_product_limits(curve, confidence)
    if kind == "beta-product":
        return beta
    normal = _list_normal_limits(curve, kind, confidence)
    return [own or stand_in for own, stand_in in zip([None, *normal], beta, strict=True)]


def _list_normal_limits(
    curve: SurvivalCurve, kind: IntervalKind, confidence: float
) -> list[_Limits | None]:
    from scipy.special import ndtri

    deviate = float(ndtri((1 + confidence) / 2))
    return [_find_normal_limits(step, kind, deviate) for step in curve.steps]


def _find_normal_limits(step: SurvivalStep, kind: IntervalKind, deviate: float) -> _Limits | None:
    """Give None where the normal approximation does not exist: at an estimate of 0 or 1."""
    if not 0 < step.estimate < 1:
        return None
    relative = deviate * step.standard_error / step.estimate
    if kind == "log":
        lower = step.estimate * math.exp(-relative)
        return _Limits(lower, min(1.0, step.estimate * math.exp(relative)), kind)
    power = math.exp(-relative / math.log(step.estimate))
    return _Limits(step.estimate**power, step.estimate ** (1 / power), kind)


def _list_beta_product_limits(curve: SurvivalCurve, confidence: float) -> list[_Limits]:
    """Give the limits by the method of moments, made to fall with time as bpcp does.

    The survival at an event time is a product of beta variables, one for each event time so far.
    The upper limit is a quantile of that product; the lower limit supposes that the next person
    at risk has an event at once, which is one more factor. A month with nobody left has lower
    limit 0. Sums of logarithms hold the two moments without loss.
    """
    products = [(0.0, 0.0, curve.people)]
    for step in curve.steps:
        log_mean, log_square, _ = products[-1]
        left = step.at_risk - step.events
        mean_factor, square_factor = _find_moments(left + 1, step.events)
        remaining = left - step.censored
        products.append((log_mean + mean_factor, log_square + square_factor, remaining))
    tail = (1 - confidence) / 2
    lower = [_find_lower_limit(*product, tail) for product in products]
    upper = [_find_beta_quantile(mean, square, 1 - tail) for mean, square, _ in products]
    return [
        _Limits(low, high, "beta-product")
        for low, high in zip(accumulate(lower, min), accumulate(upper, min), strict=True)
    ]


def _find_moments(a: float, b: float) -> tuple[float, float]:
    """Give minus the log mean of Beta(a, b), and the log of its mean square over squared mean."""
    return math.log1p(b / a), math.log1p(b / (a * (a + b + 1)))


def _find_lower_limit(log_mean: float, log_square: float, remaining: int, tail: float) -> float:
    if remaining == 0:
        return 0.0
    mean_factor, square_factor = _find_moments(remaining, 1)
    return _find_beta_quantile(log_mean + mean_factor, log_square + square_factor, tail)


def _find_beta_quantile(log_mean: float, log_square: float, share: float) -> float:
    """Give a quantile of the beta variable that has the mean and variance of the product."""
    if log_mean == 0:
        return 1.0
    from scipy.special import betaincinv

    mean, rest = math.exp(-log_mean), -math.expm1(-log_mean)
    size = rest / (mean * math.expm1(log_square)) - 1
    return float(betaincinv(mean * size, rest * size, share))


def _find_fall(times: Sequence[float], shares: Sequence[float]) -> float:
    """Give the first time at which a falling curve is at one half or below, else infinity."""
    falls = (time for time, share in zip(times, shares, strict=True) if _is_half_or_less(share))
    return next(falls, math.inf)


def _find_middle(times: Sequence[float], shares: Sequence[float]) -> float:
    """Give the middle of the flat at exactly one half, or the first time below it."""
    start = _find_fall(times, shares)
    below = (
        time for time, share in zip(times, shares, strict=True) if share < 0.5 - HALF_TOLERANCE
    )
    end = next(below, times[-1])
    return start if math.isinf(start) else (start + end) / 2


def _is_half_or_less(share: float) -> bool:
    return share <= 0.5 + HALF_TOLERANCE
