"""The fields of one claim in a claims file, read one by one with errors that name the claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from spindle.cohort.condition_fields import FieldTest, show_value, suggest
from spindle.cohort.conditions import EVERY_CASE, Condition, read_condition
from spindle.errors import UserError

Value = TypeVar("Value")

# No paper prints more people, or a larger number about them.
MOST_PEOPLE = 10_000_000
LARGEST_NUMBER = Decimal(1_000_000_000)


@dataclass(slots=True)
class ClaimFields:
    """What a claims file says about one claim, and which of it has been read."""

    values: Mapping[str, Any]
    """The claim as parsed."""
    place: str
    """File, line and claim, for errors."""
    documents: Mapping[str, str] = field(default_factory=dict)
    """Short names of the documents that the file cites, by id."""
    tests: list[FieldTest] = field(default_factory=list)
    """Every field that a condition of the claim asks for."""
    asked: dict[str, None] = field(default_factory=dict)
    """The fields that the kind of claim takes."""

    def fail(self, message: str) -> UserError:
        """Give the error for a fault in this claim."""
        return UserError("claims-invalid", message, place=self.place)

    def has(self, name: str) -> bool:
        """Give whether a field is there."""
        self.asked[name] = None
        return name in self.values

    def read_text(self, name: str, default: str | None = None) -> str:
        """Give a text; required without a default."""
        value = self._get(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self._refuse(name, value, "a text")
        return value

    def read_choice(self, name: str, choices: Mapping[str, Value], default: str = "") -> Value:
        """Give what a text stands for among the choices; required without a default."""
        value = self._get(name, default or None)
        if not isinstance(value, str) or value not in choices:
            hint = suggest(value, choices) if isinstance(value, str) else ""
            raise self._refuse(name, value, f"one of {', '.join(choices)}{hint}")
        return choices[value]

    def read_flag(self, name: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise self._refuse(name, value, "true or false")
        return value

    def read_count(self, name: str, default: int | None = None) -> int:
        """Give a whole number from zero; required without a default."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refuse(name, value, "a whole number from 0")
        if not 0 <= value <= MOST_PEOPLE:
            raise self._refuse(name, value, f"a whole number from 0 to {MOST_PEOPLE}")
        return value

    def read_number(self, name: str) -> Decimal:
        """Give a number with the digits that it is written with."""
        value = self._get(name, None)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._refuse(name, value, "a number")
        number = Decimal(value)
        if not number.is_finite() or abs(number) > LARGEST_NUMBER:
            raise self._refuse(name, value, f"a number up to {LARGEST_NUMBER}")
        return number

    def read_months(self, name: str) -> float:
        """Give a time in months, from zero."""
        months = self.read_number(name)
        if months < 0:
            raise self._refuse(name, months, "a time from 0 months")
        return float(months)

    def read_condition(self, name: str, default: Condition | None = None) -> Condition:
        """Give a condition; required without a default."""
        if not self.has(name) and default is not None:
            return default
        condition = read_condition(self._get(name, None), f"{self.place}, {name}")
        self.tests.extend(condition.tests)
        return condition

    def read_among(self) -> Condition:
        """Give among which cases to look; all of them unless the claim says otherwise."""
        return self.read_condition("among", EVERY_CASE)

    def read_texts(self, name: str) -> tuple[str, ...]:
        """Give a list of texts, empty when the field is not there."""
        value = self._get(name, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self._refuse(name, value, "a list of texts")
        return tuple(value)

    def read_tables(
        self, name: str, read: Callable[[ClaimFields], Value], *, at_least: int
    ) -> tuple[Value, ...]:
        """Give what a list of tables says, each read by the same function."""
        value = self._get(name, None)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._refuse(name, value, "a list of tables")
        if len(value) < at_least:
            raise self.fail(f"{name} needs {at_least} or more entries and has {len(value)}.")
        return tuple(
            self._read_part(item, f"{name} {number}", read) for number, item in enumerate(value, 1)
        )

    def read_table(self, name: str, read: Callable[[ClaimFields], Value]) -> Value:
        """Give what one table says."""
        value = self._get(name, None)
        if not isinstance(value, dict):
            raise self._refuse(name, value, "a table")
        return self._read_part(value, name, read)

    def _read_part(
        self, values: Mapping[str, Any], name: str, read: Callable[[ClaimFields], Value]
    ) -> Value:
        part = ClaimFields(values, f"{self.place}, {name}", self.documents, self.tests)
        found = read(part)
        part.finish()
        return found

    def finish(self) -> None:
        """Refuse a field that this kind of claim does not take.

        Raises
        ------
        UserError
            `claims-invalid`, with the fields that it takes.
        """
        for name in self.values:
            if name not in self.asked:
                raise self.fail(
                    f"There is no field {name!r} here.{suggest(name, self.asked)} "
                    f"It takes {', '.join(self.asked)}."
                )

    def _get(self, name: str, default: object) -> object:
        self.asked[name] = None
        value = self.values.get(name, default)
        if value is None:
            raise self.fail(f"The field {name!r} is missing.")
        return value

    def _refuse(self, name: str, value: object, expected: str) -> UserError:
        return self.fail(f"{name} = {show_value(value)} is not {expected}.")
