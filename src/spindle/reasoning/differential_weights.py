"""From counts of published series to the weight of one result: betas, no random numbers.

The counts of one marker in one diagnosis are pooled over series. Series differ by more than chance
does (other clones, other laboratories, other selection), so that a series of many patients is worth
fewer of them: with a correlation r within a series, N patients are worth N / (1 + (N - 1) r), the
variance of a beta-binomial. A rate is a beta distribution; the weight of a result is log10 of the
ratio of two predictive probabilities; its interval is made from the quantiles of the two betas by
square-and-add. `docs/differential.md` says it in plain words, with numbers to redo by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spindle.assays.shares import LEVEL


@dataclass(frozen=True, slots=True)
class Settings:
    """What the arithmetic takes from facts; each is a choice of ours and says so."""

    series_correlation: float
    """Least correlation between patients of one series, 0 to 1."""
    diagnosis_correlation: float
    """The same between patients of one diagnosis where diagnoses are pooled, 0 to 1."""
    borrowed_patients: float
    """Patients' worth of another rate from which a rate starts, more than 0."""
    reading_error: float
    """Share of stains taken to be misread, 0 to 0.5; no stain is weighed beyond it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Positive of tested patients, in whole patients or in patients' worth."""

    n: float
    """Positive."""
    of: float
    """Tested."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as a beta distribution."""

    a: float
    """Positive patients' worth, with what was borrowed."""
    b: float
    """Negative patients' worth, with what was borrowed."""

    @property
    def mean(self) -> float:
        """The predictive probability that the next patient is positive."""
        return self.a / (self.a + self.b)


@dataclass(frozen=True, slots=True)
class Interval:
    """A weight, log10 of a likelihood ratio, with its 95 % interval."""

    low: float
    """Lower end."""
    mid: float
    """From the predictive probabilities."""
    high: float
    """Upper end."""


NOTHING = Interval(0.0, 0.0, 0.0)
# Jeffreys' prior: half a patient on either side.
JEFFREYS = Rate(0.5, 0.5)


def estimate_correlation(series: Sequence[Tally]) -> float:
    """Give how far series differ beyond chance, as a correlation within a series, 0 to 1.

    The moment estimate: Pearson's chi-square of the series against their pooled share is set equal
    to its expectation under a beta-binomial. 0 for one series, or when all patients are alike.
    """
    n, of = sum(s.n for s in series), sum(s.of for s in series)
    if of == 0 or n in (0, of):
        return 0.0
    share = n / of
    spread = sum((s.n - s.of * share) ** 2 / (s.of * share * (1 - share)) for s in series)
    room = sum((1 - s.of / of) * (s.of - 1) for s in series)
    if room <= 0:
        return 0.0
    return min(1.0, max(0.0, (spread - (len(series) - 1)) / room))


def discount(tally: Tally, correlation: float) -> Tally:
    """Give what a series is worth in patients when its patients are correlated."""
    worth = 1 / (1 + max(0.0, tally.of - 1) * correlation)
    return Tally(tally.n * worth, tally.of * worth)


def add_up(tallies: Iterable[Tally]) -> Tally:
    """Give the sum of tallies."""
    listed = tuple(tallies)
    return Tally(sum(t.n for t in listed), sum(t.of for t in listed))


def pool_series(series: Sequence[Tally], least: float) -> Tally:
    """Give what series of one diagnosis are worth together.

    Parameters
    ----------
    least:
        Least correlation within a series; the series' own estimate is used where it is larger.
    """
    correlation = max(least, estimate_correlation(series))
    return add_up(discount(one, correlation) for one in series)


def update_rate(tally: Tally, start: Rate) -> Rate:
    """Give the rate after patients were seen, from a rate to start with."""
    return Rate(start.a + tally.n, start.b + tally.of - tally.n)


def borrow(rate: Rate, patients: float) -> Rate:
    """Give a rate with the mean of another one and the weight of so many patients."""
    return Rate(rate.mean * patients, (1 - rate.mean) * patients)


def admit_error(share: float, error: float) -> float:
    """Give a share after misreadings both ways, which keeps it away from 0 and from 1."""
    return error + (1 - 2 * error) * share


@lru_cache(maxsize=65_536)
def compute_limits(rate: Rate) -> tuple[float, float]:
    """Give the ends of the rate's equal-tailed 95 % interval."""
    from scipy.special import betaincinv

    tail = (1 - LEVEL) / 2
    low, high = betaincinv(rate.a, rate.b, tail), betaincinv(rate.a, rate.b, 1 - tail)
    return min(float(low), rate.mean), max(float(high), rate.mean)


def list_logs(rate: Rate, *, is_positive: bool, error: float) -> Interval:
    """Give log10 of the probability of a result, with its interval."""
    low, high = compute_limits(rate)
    shares = (low, rate.mean, high) if is_positive else (1 - high, 1 - rate.mean, 1 - low)
    return Interval(*(math.log10(admit_error(share, error)) for share in shares))


def compare_rates(rate: Rate, reference: Rate, *, is_positive: bool, error: float) -> Interval:
    """Give the weight of a result: log10 of its probability under a rate against another one.

    Parameters
    ----------
    rate, reference:
        Rates of a positive result in the diagnosis and in what it is compared with.
    is_positive:
        Whether the result is positive.
    error:
        Share of stains taken to be misread.
    """
    own = list_logs(rate, is_positive=is_positive, error=error)
    other = list_logs(reference, is_positive=is_positive, error=error)
    turned = Interval(-other.high, -other.mid, -other.low)
    return add_intervals((own, turned))


def add_intervals(intervals: Iterable[Interval]) -> Interval:
    """Give the sum of independent weights by square-and-add.

    The distances from the middle to each end are added as squares, each side for itself.
    """
    listed = tuple(intervals)
    mid = sum(one.mid for one in listed)
    down = math.sqrt(sum((one.mid - one.low) ** 2 for one in listed))
    up = math.sqrt(sum((one.high - one.mid) ** 2 for one in listed))
    return Interval(mid - down, mid, mid + up)


def is_clear(weight: Interval) -> bool:
    """Give whether the interval lies on one side of zero."""
    return weight.low > 0 or weight.high < 0


def undo_log10(weight: float) -> float:
    """Give the ratio of which a weight is the log10."""
    return float(2 ** (weight / math.log10(2)))


def compute_information(shares: Sequence[tuple[float, float]]) -> float:
    """Give the expected information of a stain about the diagnosis, in bits.

    Parameters
    ----------
    shares:
        For each diagnosis with a published count: how much of the doubt lies on it (the sum may be
        less than 1; the rest lies on diagnoses without a count), and the probability that the stain
        is positive in it. A diagnosis without a count is taken to stain like the mean of the
        others, so that it adds nothing.
    """
    return sum(list_information(shares))


def list_information(shares: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Give what each diagnosis contributes to the expected information, in bits."""
    total = sum(weight for weight, _ in shares)
    if total <= 0:
        return tuple(0.0 for _ in shares)
    mean = sum(weight * share for weight, share in shares) / total
    return tuple(weight * _diverge(share, mean) for weight, share in shares)


def _diverge(share: float, mean: float) -> float:
    """Give the divergence of a positive share from the mean one, in bits, never below 0."""
    parts = ((share, mean), (1 - share, 1 - mean))
    return max(0.0, sum(p * math.log2(p / q) for p, q in parts if p > 0 and q > 0))
