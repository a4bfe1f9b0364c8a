"""Costs and turnaround of tests: the user's own, because no source was read for either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.errors import UserError
from spindle.knowledge.strategies import load_strategy_data

Amount = float | Absent


@dataclass(frozen=True, slots=True)
class Costs:
    """What tests cost and how long they take, as far as the user says."""

    currency: str = ""
    """The currency, for printing; empty when none is named."""
    cost: Mapping[str, float] = field(default_factory=dict)
    """Cost of one test, by test."""
    days: Mapping[str, float] = field(default_factory=dict)
    """Days from asking to the result, by test."""
    missed_fusion: Amount = NOT_REPORTED
    """What one missed fusion is taken to cost, where the user says so."""
    false_fusion: Amount = NOT_REPORTED
    """What one false fusion is taken to cost, where the user says so."""

    def find_missing(self, tests: set[str], kind: str) -> list[str]:
        """Give the tests without a `cost` or without `days`, in the order of the file."""
        given = self.cost if kind == "cost" else self.days
        known = load_strategy_data().tests.values()
        return [t.id for t in known if t.id in tests - set(given) and not t.same_as]


def make_costs(document: Mapping[str, Any], place: str) -> Costs:
    """Give the costs of a parsed file.

    Raises
    ------
    UserError
        `usage` for an unknown field or test, or an amount that is no number from zero.
    """
    if unknown := sorted(set(document) - {"currency", "tests", "outcomes", "parameters"}):
        raise _refuse(place, f"{unknown[0]!r} is not known here.")
    tests, outcomes = document.get("tests", {}), document.get("outcomes", {})
    if not isinstance(tests, dict) or not isinstance(outcomes, dict):
        raise _refuse(place, "[tests] and [outcomes] are tables.")
    currency = document.get("currency", "")
    if not isinstance(currency, str):
        raise _refuse(place, "The currency is a word.")
    return Costs(
        currency=currency,
        cost=_read_amounts(tests, "cost", place),
        days=_read_amounts(tests, "days", place),
        missed_fusion=_read_outcome(outcomes, "missed_fusion", place),
        false_fusion=_read_outcome(outcomes, "false_fusion", place),
    )


def _read_amounts(tests: Mapping[str, Any], kind: str, place: str) -> dict[str, float]:
    known = load_strategy_data().tests
    amounts: dict[str, float] = {}
    for test, values in tests.items():
        if test not in known:
            cure = f"Use one of: {', '.join(known)}."
            raise UserError(
                "strategy-invalid", f"There is no test {test!r}.", place=place, cure=cure
            )
        if not isinstance(values, dict) or set(values) - {"cost", "days"}:
            raise _refuse(place, f"[tests.{test}] holds cost and days, and nothing else.")
        if kind in values:
            amounts[test] = _read_amount(values[kind], f"tests.{test}.{kind}", place)
    # A repeated test costs and takes what the first one does, unless the user says otherwise.
    repeated = [test for test in known.values() if test.same_as in amounts]
    return {**{test.id: amounts[test.same_as] for test in repeated}, **amounts}


def _read_outcome(outcomes: Mapping[str, Any], name: str, place: str) -> Amount:
    if unknown := sorted(set(outcomes) - {"missed_fusion", "false_fusion"}):
        raise _refuse(place, f"outcomes.{unknown[0]} is not known here.")
    if name not in outcomes:
        return NOT_REPORTED
    return _read_amount(outcomes[name], f"outcomes.{name}", place)


def _read_amount(value: object, name: str, place: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= float(str(value)) < float("inf"):
        raise _refuse(place, f"{name} = {value!r} is no number from zero.")
    return float(str(value))


def read_parameters(document: Mapping[str, Any], place: str) -> dict[str, str]:
    """Give the user's parameters of a parsed file, as text by key.

    Raises
    ------
    UserError
        `usage` for a value that is neither text nor a number.
    """
    parameters = document.get("parameters", {})
    if not isinstance(parameters, dict):
        raise _refuse(place, "[parameters] is a table.")
    for key, value in parameters.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            message = f"{key} = {value!r} is no share; a dotted name stands in quotation marks."
            raise _refuse(place, message)
    return {key: str(value) for key, value in parameters.items()}


def _refuse(place: str, message: str) -> UserError:
    cure = "Look at the file that spindle strategy --template writes."
    return UserError("strategy-invalid", message, place=place, cure=cure)
