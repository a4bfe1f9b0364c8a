"""What is believed of each parameter of a strategy: from counts, from an assumption, or the user's.

A share of n of N is believed to lie where a beta distribution puts it that begins with half a
patient on either side (the prior of Jeffreys). Several series are a mixture with equal weights;
they are never added up, so that series which disagree widen the interval.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from spindle.assays.shares import compute_exact_interval
from spindle.errors import UserError
from spindle.knowledge.facts import Fact
from spindle.knowledge.strategies import (
    ANY_SITE,
    StrategyValue,
    find_site,
    find_value,
    load_strategy_data,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

HALF = Fraction(1, 2)
_COUNTS = re.compile(r"(\d+)\s*/\s*(\d+)")
_RANGE = re.compile(r"(\d*\.?\d+)\s*-\s*(\d*\.?\d+)")
_NUMBER = re.compile(r"\d*\.?\d+")


@dataclass(frozen=True, slots=True)
class Belief:
    """Where a share is believed to lie."""

    counts: tuple[tuple[int, int], ...] = ()
    """n of N of each series; empty for a range."""
    low: Fraction = Fraction(0)
    """Lower end of a range; both ends are equal for a value that is taken as certain."""
    high: Fraction = Fraction(1)
    """Upper end of a range."""

    @property
    def mean(self) -> Fraction:
        """The mean, exactly."""
        if not self.counts:
            return (self.low + self.high) / 2
        means = [(n + HALF) / (of + 2 * HALF) for n, of in self.counts]
        return sum(means, Fraction(0)) / len(means)

    def draw(self, size: int, seed: int, name: str) -> Draws:
        """Give draws; the same seed and name give the same ones, whatever else is drawn."""
        import numpy as np

        generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
        if not self.counts:
            return generator.uniform(float(self.low), float(self.high), size)
        n, of = np.array(self.counts, dtype=float).T
        series = generator.integers(len(self.counts), size=size)
        half = float(HALF)
        drawn: Draws = generator.beta(n[series] + half, (of - n)[series] + half)
        return drawn


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a strategy, with where it is from."""

    key: str
    """Its key: `alk`, `alk_fish.finds|alk_ihc=positive`."""
    says: str
    """What it is, in words."""
    belief: Belief
    """Where it is believed to lie."""
    facts: tuple[Fact, ...]
    """Facts that it rests on; empty for an assumption and for the user's own."""
    origin: str
    """`own` for the site's own facts, `borrowed` for those of all sites, `assumed`, or `yours`."""
    note: str
    """A note for the reader; empty for none."""

    @property
    def intervals(self) -> tuple[tuple[float, float], ...]:
        """The exact 95 % interval of each series; empty without counts."""
        return tuple(compute_exact_interval(n, of) for n, of in self.belief.counts)


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """The parameters of one site under one reading of the stain, with the user's own in place."""

    site_id: str
    """Id of the site."""
    reference: str
    """How a positive stain beside a negative FISH is read."""
    own: Mapping[str, Belief]
    """The user's own, by key."""

    def find_key(self, name: str, before: Mapping[str, str]) -> str:
        """Give the key of a parameter after some results; empty where nothing is known of it.

        The user's own value of a parameter holds whatever came before, unless one is given for
        what came before.
        """
        own = [key for key in self.own if _fits(key, name, before)]
        if own:
            return max(own, key=lambda key: key.count("="))
        value = find_value(name, self.site_id, self.reference, before)
        return value.key if value else ""

    def find_parameter(self, key: str) -> Parameter:
        """Give the parameter of a key that `find_key` gave.

        Raises
        ------
        KeyError
            For another key.
        """
        name, _, given = key.partition("|")
        before = dict(pair.split("=") for pair in given.split(",")) if given else {}
        if key in self.own:
            says = self._describe(name, before)
            return Parameter(key, says, self.own[key], (), "yours", "")
        value = find_value(name, self.site_id, self.reference, before)
        if value is None or value.key != key:
            raise KeyError(key)
        return self._make_parameter(value, self._describe(name, before))

    def _make_parameter(self, value: StrategyValue, says: str) -> Parameter:
        if value.assumption is not None:
            low, high = (Fraction(str(end)) for end in value.assumption)
            belief, origin = Belief(low=low, high=high), "assumed"
        else:
            pairs = [(fact.n, fact.of) for fact in value.facts]
            counts = tuple((n, of) for n, of in pairs if isinstance(n, int) and isinstance(of, int))
            belief = Belief(counts=counts)
            is_own = self.site_id in (value.site, ANY_SITE) and not value.is_borrowed
            origin = "own" if is_own else "borrowed"
        return Parameter(value.key, says, belief, value.facts, origin, value.note)

    def _describe(self, name: str, before: Mapping[str, str]) -> str:
        """Give what a parameter is, in words."""
        data = load_strategy_data()
        if name in data.shares:
            share = data.shares[name]
            factors = data.orders[find_site(self.site_id).order].values()
            is_of_all = any(way[0].lstrip("!") == name for way in factors)
            return share.of_all if is_of_all else share.of_rest
        test, _, measure = name.partition(".")
        says = {
            "finds": "fusions found",
            "false": "positive without a fusion",
            "failed": "no answer",
            "equivocal": "undecided, of its answers",
        }[measure]
        after = ", ".join(f"{data.tests[t].name} {result}" for t, result in before.items())
        return f"{data.tests[test].name}{f' after {after}' if after else ''}, {says}"


def _fits(key: str, name: str, before: Mapping[str, str]) -> bool:
    own, _, given = key.partition("|")
    pairs = [pair.split("=") for pair in given.split(",")] if given else []
    return own == name and all(before.get(test) == result for test, result in pairs)


def make_parameters(
    site_id: str, reference: str, own: Mapping[str, str] | None = None
) -> ParameterSet:
    """Give the parameters of a site, with the user's own in place.

    Parameters
    ----------
    own:
        The user's values as text, by key: `18/25` (counts), `0.9` (certain), `0.8-1` (a range).

    Raises
    ------
    UserError
        `usage` for an unknown site or parameter, or a value that can't be.
    """
    site = find_site(site_id)
    beliefs: dict[str, Belief] = {}
    for key, text in (own or {}).items():
        check_key(key)
        beliefs[key] = read_belief(key, text)
    return ParameterSet(site.id, reference, beliefs)


def list_keys() -> list[str]:
    """Give the names of every parameter that a user can set."""
    data = load_strategy_data()
    measures = ("finds", "false", "failed", "equivocal")
    tests = [test.id for test in data.tests.values() if not test.same_as]
    return [*data.shares, *(f"{test}.{measure}" for test in tests for measure in measures)]


def check_key(key: str) -> None:
    """Refuse a key that names no parameter.

    Raises
    ------
    UserError
        `usage`, listing the names.
    """
    name, bar, given = key.partition("|")
    known = list_keys()
    if name not in known:
        message = f"There is no parameter {name!r}."
        raise UserError("usage", message, cure=f"Use one of: {', '.join(known)}.")
    tests = load_strategy_data().tests
    pairs = [pair.partition("=") for pair in given.split(",")] if bar else []
    if any(
        test not in tests or result not in ("positive", "negative") for test, _, result in pairs
    ):
        cure = "Write it as alk_fish.finds|alk_ihc=positive."
        raise UserError("usage", f"{key!r} names no result that came before.", cure=cure)


def read_belief(key: str, text: str) -> Belief:
    """Give what a user's value means.

    Raises
    ------
    UserError
        `usage` for what is neither counts, a share nor a range of shares.
    """
    written = text.strip()
    if found := _COUNTS.fullmatch(written):
        n, of = int(found[1]), int(found[2])
        if n <= of and of:
            return Belief(counts=((n, of),))
    elif found := _RANGE.fullmatch(written):
        low, high = Fraction(found[1]), Fraction(found[2])
        if low <= high <= 1:
            return Belief(low=low, high=high)
    elif _NUMBER.fullmatch(written) and Fraction(written) <= 1:
        return Belief(low=Fraction(written), high=Fraction(written))
    raise UserError(
        "usage",
        f"{key} = {text!r} is no share.",
        cure="Write counts (n/N), a share from nought to one, or a range of shares (low-high).",
    )
