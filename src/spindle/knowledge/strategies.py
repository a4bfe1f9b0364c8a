"""What testing strategies are computed from: shares and accuracies by site, each with its facts.

`strategy.toml` says what a tumour can have, which tests can find it, and which facts each value
rests on. No cost and no turnaround stands there: those are the user's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from spindle.errors import UserError
from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.files import NUMBERS, Entry, MaybeText, check_keys, read_entries
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.protocols import load_tests

STRATEGY_FILE = "strategy.toml"
ANY_SITE = "any"
NONE = "none"
# Before a share in an order: one minus the share.
REST = "!"
# What counts as an ALK fusion under each reference.
REFERENCES: Mapping[str, str] = {
    "any": "a positive ALK stain or FISH counts as an ALK fusion",
    "fish": "an ALK fusion is what FISH shows, and a stain beside a negative FISH is none",
    "pcr": "an ALK fusion is what RT-PCR shows, and a stain that it does not bear out is none",
}
# How many patients the expected numbers are given for, and how the uncertainty is sampled.
PATIENTS = 1000
DRAWS = 4000
SEED = 2025
# At how many prevalences from 0 to 1 a curve is computed; it is a straight line, its band is not.
CURVE_POINTS = 41
_TABLES = ("classes", "orders", "shares", "tests", "sites", "values", "set_aside")
MEASURES = ("finds", "false", "failed", "equivocal")
RESULTS = ("positive", "negative")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class TumourClass:
    """One thing that a tumour can have."""

    id: str
    """Its id."""
    name: str
    """Its name."""
    kinase: str
    """Kinase by which a test would report it; empty for no fusion."""


@dataclass(frozen=True, slots=True)
class StrategyTest:
    """One test as a strategy sees it."""

    id: str
    """Id of the test in protocols."""
    name: str
    """Short name for tables."""
    finds: tuple[str, ...]
    """Classes that it can find."""
    same_as: str
    """Test whose values it shares; empty for its own."""

    @property
    def source(self) -> str:
        """Id of the test whose values it has."""
        return self.same_as or self.id


@dataclass(frozen=True, slots=True)
class Share:
    """A share of patients that the prevalence is made of."""

    id: str
    """Its id."""
    of_all: str
    """What it is where it counts among all patients."""
    of_rest: str
    """What it is where it counts among the rest."""


@dataclass(frozen=True, slots=True)
class StrategySite:
    """One site with its prevalence."""

    id: str
    """Its id for `--site`."""
    name: str
    """Its name."""
    order: str
    """How its shares are counted."""
    references: tuple[str, ...]
    """References that it has counts for, its usual one first."""
    note: str
    """What to know of its evidence."""


@dataclass(frozen=True, slots=True)
class StrategyValue:
    """What is known of one parameter at one site."""

    parameter: str
    """Id of the parameter: `alk`, `alk_ihc.finds`."""
    site: str
    """Site it was read for; `any` for all."""
    references: tuple[str, ...]
    """References that it holds for."""
    given: tuple[tuple[str, str], ...]
    """What tests above its own show, as test and result; empty for anything."""
    facts: tuple[Fact, ...]
    """Facts with n of N, one a series; empty for an assumption or a definition."""
    assumption: tuple[float, float] | None
    """Range of an assumption; none elsewhere."""
    definition: float | None
    """What the reference says, 0 or 1; none elsewhere."""
    from_site: str
    """Site of all its patients, where it stands for all sites; empty for several."""
    is_borrowed: bool
    """Whether it was read in other tumours than IMT, or of another test."""
    is_partly_borrowed: bool
    """Whether some of it was."""
    note: str
    """A note for the reader; empty for none."""

    @property
    def key(self) -> str:
        """The parameter with what it is given: `alk_fish.finds|alk_ihc=positive`."""
        given = ",".join(f"{test}={result}" for test, result in self.given)
        return f"{self.parameter}|{given}" if given else self.parameter

    def is_own(self, site_id: str) -> bool:
        """Give whether it was read in tumours of a site, with the test in question."""
        return site_id == (self.from_site or self.site) and not self.is_borrowed


@dataclass(frozen=True, slots=True)
class SetAside:
    """Facts that bear on a parameter and are not used."""

    parameter: str
    """The parameter."""
    facts: tuple[Fact, ...]
    """The facts."""
    why: str
    """The reason."""


@dataclass(frozen=True, slots=True)
class StrategyData:
    """Everything that strategies are computed from."""

    classes: Mapping[str, TumourClass]
    """What a tumour can have, by id."""
    orders: Mapping[str, Mapping[str, tuple[str, ...]]]
    """For each order, the factors of each class's share; `!` for one minus a parameter."""
    shares: Mapping[str, Share]
    """Shares that the prevalence is made of, by id."""
    tests: Mapping[str, StrategyTest]
    """Tests by id."""
    sites: Mapping[str, StrategySite]
    """Sites by id."""
    values: tuple[StrategyValue, ...]
    """Values in the order of the file."""
    set_aside: tuple[SetAside, ...]
    """Facts that are not used."""


@cache
def load_strategy_data() -> StrategyData:
    """Give everything that strategies are computed from.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown field, fact, test, class, site or order, a fact without
        counts, or a value that stands twice.
    """
    classes = _index("classes", _make_class)
    shares = _index("shares", _make_share)
    orders = _index("orders", lambda entry: _make_order(entry, set(classes), set(shares)))
    tests = _index("tests", lambda entry: _make_test(entry, set(classes)))
    sites = _index("sites", lambda entry: _make_site(entry, set(orders)))
    known = set(shares) | {f"{test}.{name}" for test in tests for name in MEASURES}
    values = tuple(_list_values(known, set(sites), tuple(tests)))
    set_aside = tuple(_make_set_aside(entry, known) for entry in _read("set_aside"))
    return StrategyData(
        classes=MappingProxyType(classes),
        orders=MappingProxyType(orders),
        shares=MappingProxyType(shares),
        tests=MappingProxyType(tests),
        sites=MappingProxyType(sites),
        values=values,
        set_aside=set_aside,
    )


def _read(table: str) -> Iterator[Entry]:
    return read_entries(STRATEGY_FILE, table, also=tuple(t for t in _TABLES if t != table))


def _index(table: str, make: Callable[[Entry], Made]) -> dict[str, Made]:
    """Give what the entries of a table say, by id."""
    made: dict[str, Made] = {}
    for entry in _read(table):
        found = make(entry)
        if entry.values["id"] in made:
            raise entry.fail(f"{entry.values['id']} stands twice.")
        made[entry.values["id"]] = found
    return made


def _make_class(entry: Entry) -> TumourClass:
    check_keys(entry, {"id": str, "name": str}, {"kinase": MaybeText})
    found = TumourClass(**{"kinase": "", **entry.values})
    if found.kinase and found.kinase not in load_kinases().names:
        raise entry.fail(f"The kinase {found.kinase!r} is not read.")
    if bool(found.kinase) is (found.id == NONE):
        raise entry.fail(f"{found.id} needs a kinase, unless it is {NONE!r}.")
    return found


def _make_order(entry: Entry, classes: set[str], shares: set[str]) -> Mapping[str, tuple[str, ...]]:
    check_keys(entry, {"id": str, **dict.fromkeys(classes, list)}, {})
    named = {factor.removeprefix(REST) for name in classes for factor in entry.values[name]}
    if unknown := sorted(named - shares):
        raise entry.fail(f"The share {unknown[0]!r} is unknown.")
    return MappingProxyType({name: tuple(entry.values[name]) for name in sorted(classes)})


def _make_share(entry: Entry) -> Share:
    check_keys(entry, {"id": str, "of_all": str, "of_rest": str}, {})
    return Share(**entry.values)


def _make_test(entry: Entry, classes: set[str]) -> StrategyTest:
    check_keys(entry, {"id": str, "name": str, "finds": list}, {"same_as": str})
    values = {"same_as": "", **entry.values, "finds": tuple(entry.values["finds"])}
    test = StrategyTest(**values)
    if unknown := sorted({test.id, test.source} - set(load_tests())):
        raise entry.fail(f"The test {unknown[0]!r} is unknown.")
    if not set(test.finds) <= classes - {NONE}:
        raise entry.fail(f"{test.id} finds a class that is not listed.")
    return test


def _make_site(entry: Entry, orders: set[str]) -> StrategySite:
    required = {"id": str, "name": str, "order": str, "references": list, "note": str}
    check_keys(entry, required, {})
    if entry.values["order"] not in orders:
        raise entry.fail(f"The order {entry.values['order']!r} is unknown.")
    return StrategySite(**{**entry.values, "references": _read_references(entry)})


def _read_references(entry: Entry) -> tuple[str, ...]:
    references = tuple(entry.values.get("references", REFERENCES))
    if not references:
        raise entry.fail("It holds for no reference.")
    if unknown := sorted(set(references) - set(REFERENCES)):
        raise entry.fail(f"The reference {unknown[0]!r} is unknown.")
    return references


def _find_facts(entry: Entry) -> tuple[Fact, ...]:
    facts = load_facts()
    for name in entry.values.get("facts", ()):
        if name not in facts:
            raise entry.fail(f"The fact {name!r} does not exist.")
        if not isinstance(facts[name].of, int):
            raise entry.fail(f"The fact {name!r} has no n of N.")
    return tuple(facts[name] for name in entry.values.get("facts", ()))


_OPTIONAL: Mapping[str, type] = {
    "references": list,
    "given": list,
    "facts": list,
    "assumption": NUMBERS,
    "definition": float,
    "from_site": str,
    "is_borrowed": bool,
    "is_partly_borrowed": bool,
    "note": str,
}


def _make_value(
    entry: Entry, known: set[str], sites: set[str], tests: tuple[str, ...]
) -> StrategyValue:
    check_keys(entry, {"parameter": str, "site": str}, _OPTIONAL)
    values: Mapping[str, Any] = entry.values
    if values["parameter"] not in known:
        raise entry.fail(f"The parameter {values['parameter']!r} is unknown.")
    if unknown := sorted({values["site"], values.get("from_site", ANY_SITE)} - sites):
        raise entry.fail(f"The site {unknown[0]!r} is unknown.")
    if len({"facts", "assumption", "definition"} & set(values)) != 1:
        raise entry.fail(f"{values['parameter']} needs facts, an assumption or a definition.")
    given = tuple(_split_given(text, entry) for text in values.get("given", ()))
    if not is_given_above(values["parameter"], [test for test, _ in given], tests):
        raise entry.fail(f"{values['parameter']} can be given tests above its own alone.")
    return StrategyValue(
        parameter=values["parameter"],
        site=values["site"],
        references=_read_references(entry),
        given=given,
        facts=_find_facts(entry),
        assumption=_read_range(entry) if "assumption" in values else None,
        definition=_read_definition(entry) if "definition" in values else None,
        from_site=values.get("from_site", ""),
        is_borrowed=values.get("is_borrowed", False),
        is_partly_borrowed=values.get("is_partly_borrowed", False),
        note=values.get("note", ""),
    )


def is_given_above(parameter: str, given: Sequence[str], tests: Sequence[str]) -> bool:
    """Give whether every test that a parameter is given stands above the parameter's own."""
    own = parameter.partition(".")[0]
    above = tests[: tests.index(own)] if own in tests else ()
    return all(test in above for test in given)


def _list_values(
    known: set[str], sites: set[str], tests: tuple[str, ...]
) -> Iterator[StrategyValue]:
    seen: set[tuple[str, str, str]] = set()
    for entry in _read("values"):
        value = _make_value(entry, known, sites, tests)
        for reference in value.references:
            name = (value.key, value.site, reference)
            if name in seen:
                raise entry.fail(f"{value.key} at {value.site} stands twice.")
            seen.add(name)
        yield value


def _split_given(text: str, entry: Entry) -> tuple[str, str]:
    test, equals, result = text.partition("=")
    if not equals or test not in load_tests() or result not in RESULTS:
        raise entry.fail(f"{text!r} is no result of a test, such as alk_ihc=positive.")
    return test, result


def _read_range(entry: Entry) -> tuple[float, float]:
    numbers = entry.values["assumption"]
    is_range = len(numbers) == 2 and all(isinstance(n, float) for n in numbers)
    if not is_range or not 0 <= numbers[0] <= numbers[1] <= 1:
        raise entry.fail("An assumption is a range [low, high] between 0.0 and 1.0.")
    return numbers[0], numbers[1]


def _read_definition(entry: Entry) -> float:
    number: float = entry.values["definition"]
    if number not in (0.0, 1.0):
        raise entry.fail("A definition is 0.0 or 1.0.")
    return number


def _make_set_aside(entry: Entry, known: set[str]) -> SetAside:
    check_keys(entry, {"parameter": str, "facts": list, "why": str}, {})
    if entry.values["parameter"] not in known:
        raise entry.fail(f"The parameter {entry.values['parameter']!r} is unknown.")
    return SetAside(entry.values["parameter"], _find_facts(entry), entry.values["why"])


def find_site(site_id: str) -> StrategySite:
    """Give the site of an id.

    Raises
    ------
    UserError
        `usage`, listing the ids.
    """
    sites = load_strategy_data().sites
    if site_id not in sites:
        message = f"There is no strategy for the site {site_id!r}."
        raise UserError("usage", message, cure=f"Use one of: {', '.join(sites)}.")
    return sites[site_id]


def find_reference(site_id: str, reference: str = "") -> str:
    """Give the reference asked for at a site, or the site's usual one.

    Raises
    ------
    UserError
        `usage` for an unknown site, or a reference that the site has no counts for.
    """
    references = find_site(site_id).references
    if reference and reference not in references:
        name = find_site(site_id).name
        message = f"Nothing is counted under the reference {reference!r} for {name}."
        raise UserError("usage", message, cure=f"Use one of: {', '.join(references)}.")
    return reference or references[0]


def find_value(
    parameter: str,
    site_id: str,
    reference: str,
    shown: Mapping[str, str],
) -> StrategyValue | None:
    """Give what is known of a parameter where some tests show something; none where nothing is.

    The site's own value stands before the one of all sites, and of these the one that is given
    most of what the tests show.
    """
    fitting = [
        value
        for value in _group_values().get((parameter, reference), ())
        if value.site in (site_id, ANY_SITE)
        and all(shown.get(test) == result for test, result in value.given)
    ]
    return max(fitting, key=lambda v: (v.site == site_id, len(v.given)), default=None)


@cache
def _group_values() -> Mapping[tuple[str, str], tuple[StrategyValue, ...]]:
    found: dict[tuple[str, str], list[StrategyValue]] = {}
    for value in load_strategy_data().values:
        for reference in value.references:
            found.setdefault((value.parameter, reference), []).append(value)
    return {name: tuple(values) for name, values in found.items()}
