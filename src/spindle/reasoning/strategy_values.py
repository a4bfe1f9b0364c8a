"""What is believed of each parameter: from counts, a definition, an assumption, or the user's.

A share of n of N is believed to lie where a beta distribution puts it that begins with half a
patient on either side (the prior of Jeffreys). Published series are pooled as in the differential:
the patients of one series are correlated, so that a series is worth fewer of them, and the fewer
the more the series disagree. The user's own counts stand at face value.
"""

from __future__ import annotations

import re
import reprlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from spindle.errors import UserError
from spindle.knowledge.facts import Fact, find_fact
from spindle.knowledge.strategies import (
    MEASURES,
    RESULTS,
    StrategyValue,
    find_reference,
    find_site,
    find_value,
    is_given_above,
    load_strategy_data,
)
from spindle.reasoning.differential_counts import SERIES_FACT
from spindle.reasoning.differential_weights import JEFFREYS, Rate, Tally, pool_series, update_rate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

_COUNTS = re.compile(r"(\d+)\s*/\s*(\d+)")
_RANGE = re.compile(r"(\d*\.?\d+)\s*-\s*(\d*\.?\d+)")
_NUMBER = re.compile(r"\d*\.?\d+")


@dataclass(frozen=True, slots=True)
class Belief:
    """Where a share is believed to lie."""

    counts: tuple[tuple[int, int], ...] = ()
    """n of N of each series; empty for a range."""
    correlation: float = 0.0
    """Least correlation between patients of one series, 0 to 1; 0 takes counts at face value."""
    low: Fraction = Fraction(0)
    """Lower end of a range; both ends are equal for a value that is taken as certain."""
    high: Fraction = Fraction(1)
    """Upper end of a range."""

    @property
    def rate(self) -> Rate:
        """The beta distribution of counts, from half a patient on either side."""
        series = [Tally(n, of) for n, of in self.counts]
        pooled = pool_series(series, self.correlation) if self.correlation else _sum(series)
        return update_rate(pooled, JEFFREYS)

    @property
    def mean(self) -> Fraction:
        """The mean; exact for a range."""
        if not self.counts:
            return (self.low + self.high) / 2
        a, b = Fraction(self.rate.a), Fraction(self.rate.b)
        return a / (a + b)

    @property
    def seen(self) -> Fraction:
        """The mean, but nought or one where no series saw anything else."""
        n, of = (
            (sum(counts) for counts in zip(*self.counts, strict=True)) if self.counts else (1, 2)
        )
        return Fraction(n, of) if n in (0, of) else self.mean

    @property
    def is_unseen(self) -> bool:
        """Whether no series saw it, or none saw it fail, so that the mean rests on the prior."""
        return bool(self.counts) and self.seen in (0, 1)

    @property
    def certain(self) -> Fraction | None:
        """The value that is taken as certain; none for any other."""
        return self.low if not self.counts and self.low == self.high else None

    def draw(self, size: int, seed: int, name: str) -> Draws:
        """Give draws; the same seed and name give the same ones, whatever else is drawn."""
        import numpy as np

        generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
        if not self.counts:
            return generator.uniform(float(self.low), float(self.high), size)
        return generator.beta(self.rate.a, self.rate.b, size)


def _sum(series: Sequence[Tally]) -> Tally:
    return Tally(sum(one.n for one in series), sum(one.of for one in series))


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
    """Facts that it rests on; empty for an assumption, a definition and for the user's own."""
    origin: str
    """`own`, `part` (in part borrowed), `borrowed`, `assumed`, `defined` or `yours`."""
    note: str
    """A note for the reader; empty for none."""

    @property
    def unknown(self) -> str:
        """Name of what is not known; two parameters that rest on the same facts share it."""
        return " ".join(fact.id for fact in self.facts) or self.key


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """The parameters of one site under one reference, with the user's own in place."""

    site_id: str
    """Id of the site."""
    reference: str
    """What counts as an ALK fusion."""
    own: Mapping[str, Belief]
    """The user's own, by key."""

    def find_key(self, name: str, shown: Mapping[str, str]) -> str:
        """Give the key of a parameter where tests show something; empty where nothing is known.

        The user's own value of a parameter holds whatever tests show, unless one is given for it.
        """
        own = [key for key in self.own if _fits(key, name, shown)]
        if own:
            return max(own, key=lambda key: key.count("="))
        value = find_value(name, self.site_id, self.reference, shown)
        return value.key if value else ""

    def find_parameter(self, key: str) -> Parameter:
        """Give the parameter of a key that `find_key` gave.

        Raises
        ------
        KeyError
            For another key.
        """
        name, pairs = split_key(key)
        shown = dict(pairs)
        if key in self.own:
            return Parameter(key, self._describe(name, shown), self.own[key], (), "yours", "")
        value = find_value(name, self.site_id, self.reference, shown)
        if value is None or value.key != key:
            raise KeyError(key)
        belief, origin = self._believe(value)
        says = self._describe(name, shown)
        return Parameter(value.key, says, belief, value.facts, origin, value.note)

    def find_certain(self, key: str) -> Fraction | None:
        """Give the value of a parameter that is taken as certain; none for any other."""
        return self.find_parameter(key).belief.certain

    def list_shown(self) -> list[str]:
        """Give the tests that a value is given, in their order: what they show is settled first."""
        keys = [*self.own, *(v.key for v in self._list_values())]
        given = {test for key in keys for test, _ in split_key(key)[1]}
        return [test for test in load_strategy_data().tests if test in given]

    def _list_values(self) -> list[StrategyValue]:
        values = load_strategy_data().values
        return [v for v in values if v.given and self.reference in v.references]

    def _believe(self, value: StrategyValue) -> tuple[Belief, str]:
        if value.assumption is not None:
            low, high = (Fraction(str(end)) for end in value.assumption)
            return Belief(low=low, high=high), "assumed"
        if value.definition is not None:
            certain = Fraction(value.definition)
            return Belief(low=certain, high=certain), "defined"
        pairs = [(fact.n, fact.of) for fact in value.facts]
        counts = tuple((n, of) for n, of in pairs if isinstance(n, int) and isinstance(of, int))
        origin = "own" if value.is_own(self.site_id) else "borrowed"
        if origin == "own" and value.is_partly_borrowed:
            origin = "part"
        return Belief(counts=counts, correlation=find_correlation()), origin

    def _describe(self, name: str, shown: Mapping[str, str]) -> str:
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
        beside = ", ".join(f"{data.tests[t].name} {result}" for t, result in shown.items())
        return f"{data.tests[test].name}{f' ({beside})' if beside else ''}, {says}"


def find_correlation() -> float:
    """Give the least correlation between patients of one series, as the differential has it."""
    return find_fact(SERIES_FACT).number


def split_key(key: str) -> tuple[str, list[tuple[str, str]]]:
    """Give a key's parameter, and what tests show as it says."""
    name, bar, given = key.partition("|")
    pairs = [pair.partition("=") for pair in given.split(",")] if bar else []
    return name, [(test, result) for test, _, result in pairs]


def _fits(key: str, name: str, shown: Mapping[str, str]) -> bool:
    own, pairs = split_key(key)
    return own == name and all(shown.get(test) == result for test, result in pairs)


def make_parameters(
    site_id: str, reference: str = "", own: Mapping[str, str] | None = None
) -> ParameterSet:
    """Give the parameters of a site, with the user's own in place.

    Parameters
    ----------
    reference:
        What counts as an ALK fusion; empty for the site's usual reference.
    own:
        The user's values as text, by key: `18/25` (counts), `0.9` (certain), `0.8-1` (a range).

    Raises
    ------
    UserError
        `usage` for an unknown site or parameter, a reference that the site has no counts for, or a
        value that can't be.
    """
    chosen = find_reference(site_id, reference)
    beliefs: dict[str, Belief] = {}
    for key, text in (own or {}).items():
        check_key(key)
        beliefs[key] = read_belief(key, text)
    return ParameterSet(site_id, chosen, beliefs)


def list_keys() -> list[str]:
    """Give the names of every parameter that a user can set."""
    data = load_strategy_data()
    tests = [test.id for test in data.tests.values() if not test.same_as]
    return [*data.shares, *(f"{test}.{measure}" for test in tests for measure in MEASURES)]


def check_key(key: str) -> None:
    """Refuse a key that names no parameter.

    Raises
    ------
    UserError
        `usage`, listing the names.
    """
    name, pairs = split_key(key)
    known = list_keys()
    if name not in known:
        message = f"There is no parameter {name!r}."
        raise UserError("usage", message, cure=f"Use one of: {', '.join(known)}.")
    tests = [test.id for test in load_strategy_data().tests.values() if not test.same_as]
    if any(test not in tests or result not in RESULTS for test, result in pairs):
        cure = "Write it as alk_fish.finds|alk_ihc=positive."
        raise UserError("usage", f"{key!r} names no result that came before.", cure=cure)
    if not is_given_above(name, [test for test, _ in pairs], tests):
        cure = f"A test can be given those before it: {', '.join(tests)}."
        raise UserError("usage", f"{key!r} turns the order of the tests round.", cure=cure)


def read_belief(key: str, text: str) -> Belief:
    """Give what a user's value means.

    Raises
    ------
    UserError
        `usage` for what is neither counts, a share nor a range of shares.
    """
    written = text.strip()
    try:
        if belief := _read_belief(written):
            return belief
    except (ValueError, OverflowError):
        pass  # More digits than a number can have; the sentence below is for those too.
    raise UserError(
        "usage",
        f"{key} = {reprlib.repr(written)} is no share.",
        cure="Write counts (n/N), a share from nought to one, or a range of shares (low-high).",
    )


def _read_belief(written: str) -> Belief | None:
    if found := _COUNTS.fullmatch(written):
        n, of = int(found[1]), int(found[2])
        return Belief(counts=((n, of),)) if n <= of and float(of) else None
    if found := _RANGE.fullmatch(written):
        low, high = Fraction(found[1]), Fraction(found[2])
        return Belief(low=low, high=high) if low <= high <= 1 else None
    if _NUMBER.fullmatch(written) and Fraction(written) <= 1:
        return Belief(low=Fraction(written), high=Fraction(written))
    return None
