"""Sums over every way through a protocol: what a patient of each class can expect, in closed form.

The same sums run on floats, on arrays of draws and on fractions, where they are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spindle.knowledge.strategies import NONE, find_site, load_strategy_data
from spindle.reasoning.strategy_paths import Choices, End, Factor, Kind, Node, walk_ways
from spindle.reasoning.strategy_values import ParameterSet

Number = Any
"""A float, a fraction or an array of draws."""
TEST = "test:"
CERTAIN = "certain"
ENDS = (
    "missed",
    "false",
    "stain_only",
    "missed_stained",
    "missed_unasked",
    "unanswered",
    "others_open",
)


@dataclass(frozen=True, slots=True)
class Ways:
    """Every way through one protocol, by what the tumour has."""

    protocol_id: str
    """The protocol."""
    kinds: Mapping[str, tuple[Kind, ...]]
    """Kinds of tumours with their ways, by class."""


def list_ways(protocol_id: str, parameters: ParameterSet, choices: Choices) -> Ways:
    """Give every way through a protocol for every class of tumour."""
    classes = load_strategy_data().classes
    kinds = {
        name: walk_ways(protocol_id, tumour, parameters, choices)
        for name, tumour in classes.items()
    }
    return Ways(protocol_id, kinds)


def list_factors(parameters: ParameterSet) -> Mapping[str, tuple[Factor, ...]]:
    """Give what the share of each class is made of."""
    order = load_strategy_data().orders[find_site(parameters.site_id).order]
    return {
        name: tuple(Factor(word.lstrip("!"), word.startswith("!")) for word in words)
        for name, words in order.items()
    }


def list_used_keys(ways: Sequence[Ways], parameters: ParameterSet) -> list[str]:
    """Give the keys of every parameter that takes part, shares first, in order of first use."""
    factors = [factor for words in list_factors(parameters).values() for factor in words]
    for kind in (kind for way in ways for kinds in way.kinds.values() for kind in kinds):
        factors += [*kind.factors, *_iterate(kind.node)]
    used = set(dict.fromkeys(factor.key for factor in factors))
    data = load_strategy_data()
    order = [*data.shares, *(test.id for test in data.tests.values())]
    return sorted(used, key=lambda key: (order.index(key.partition("|")[0].split(".")[0]), key))


def _iterate(node: Node) -> Iterator[Factor]:
    for branch in node.branches:
        yield from branch.factors
        yield from _iterate(branch.node)


def make_factors(values: Mapping[str, Number]) -> dict[Factor, Number]:
    """Give each parameter's value and its complement."""
    made: dict[Factor, Number] = {Factor(key): value for key, value in values.items()}
    made.update({Factor(key, is_complement=True): 1 - value for key, value in values.items()})
    return made


def sum_ways(
    kinds: Sequence[Kind], factors: Mapping[Factor, Number], one: Number
) -> dict[str, Number]:
    """Give what a patient of one class can expect.

    Parameters
    ----------
    one:
        The number one in the kind of number that is wanted.

    Returns
    -------
    dict
        `test:ID` for how often each test is done, the probability of each of `ENDS`, and
        `certain`, the sum of all ways, which is one.
    """
    totals: dict[str, Number] = dict.fromkeys((*ENDS, CERTAIN), 0 * one)
    for kind in kinds:
        _add(kind.node, _multiply(one, kind.factors, factors), factors, totals)
    return totals


def _multiply(weight: Number, words: Sequence[Factor], factors: Mapping[Factor, Number]) -> Number:
    for word in words:
        weight = weight * factors[word]
    return weight


def _add(
    node: Node, weight: Number, factors: Mapping[Factor, Number], totals: dict[str, Number]
) -> None:
    if node.end is not None:
        for name in (*_list_ends(node.end), CERTAIN):
            totals[name] = totals[name] + weight
        return
    name = f"{TEST}{node.test}"
    totals[name] = totals.get(name, 0 * weight) + weight
    for branch in node.branches:
        _add(branch.node, _multiply(weight, branch.factors, factors), factors, totals)


def _list_ends(end: End) -> list[str]:
    flags = (
        end.is_missed,
        end.is_false,
        end.is_stain_only,
        end.is_missed_stained,
        end.is_missed_unasked,
        end.is_unanswered,
        end.is_others_open,
    )
    return [name for name, is_so in zip(ENDS, flags, strict=True) if is_so]


def compute_shares(
    parameters: ParameterSet, factors: Mapping[Factor, Number], one: Number
) -> dict[str, Number]:
    """Give the share of each class among all patients."""
    words = list_factors(parameters)
    return {name: _multiply(one, words[name], factors) for name in words}


@dataclass(frozen=True, slots=True)
class Sums:
    """What a patient of each class can expect under one protocol, with the share of each class."""

    protocol_id: str
    """The protocol."""
    shares: Mapping[str, Number]
    """Share of each class among all patients."""
    totals: Mapping[str, Mapping[str, Number]]
    """What a patient of each class can expect, by class and name."""

    def expect(self, name: str, classes: Sequence[str] | None = None) -> Number:
        """Give what all patients can expect of one name, or the part that some classes make."""
        chosen = self.shares if classes is None else classes
        zero = 0 * next(iter(self.shares.values()))
        return sum((self.shares[c] * self.totals[c].get(name, zero) for c in chosen), zero)

    def list_tests(self) -> list[str]:
        """Give the tests that any patient can have."""
        names = {name for totals in self.totals.values() for name in totals}
        known = load_strategy_data().tests
        return [test for test in known if f"{TEST}{test}" in names]

    def count_tests(self) -> Number:
        """Give the expected number of tests a patient."""
        return sum(self.expect(f"{TEST}{test}") for test in self.list_tests())

    def weigh_tests(self, amounts: Mapping[str, float]) -> Number:
        """Give the expected sum of an amount a test, such as its cost."""
        return sum(amounts[test] * self.expect(f"{TEST}{test}") for test in self.list_tests())

    def vary(self, class_id: str, share: Number) -> Sums:
        """Give the sums at another share of one class; the other classes keep their proportions.

        For the class without a fusion, `share` is that of all fusions together.
        """
        wanted = 1 - share if class_id == NONE else share
        rest = 1 - self.shares[class_id]
        # Where nobody is left to keep a proportion, the others are one class of our choice.
        is_empty = rest == 0
        other = next(name for name in self.shares if name != class_id)
        shares = {
            name: wanted if name == class_id else (1 - wanted) * old / (rest + is_empty)
            for name, old in self.shares.items()
        }
        shares[other] = shares[other] + is_empty * (1 - wanted)
        return Sums(self.protocol_id, shares, self.totals)


def sum_protocol(
    ways: Ways, parameters: ParameterSet, values: Mapping[str, Number], one: Number
) -> Sums:
    """Give what patients can expect under one protocol at some values of the parameters."""
    factors = make_factors(values)
    totals = {name: sum_ways(kinds, factors, one) for name, kinds in ways.kinds.items()}
    return Sums(ways.protocol_id, compute_shares(parameters, factors, one), totals)
