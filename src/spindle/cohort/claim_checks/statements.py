"""What one place or document says of a quantity, as a value that can be held against another."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import find_half_step
from spindle.cohort.claim_checks.row_statements import RowStatement, read_row_statement
from spindle.cohort.claim_checks.values import Scope, Value, make_share
from spindle.cohort.rows import CohortRow

ReadLabel = Callable[[ClaimFields], str]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one place says: a value, or what is to be made from the rows."""

    label: str
    """The place or the document."""
    value: Value | None
    """Its value; none when the rows give it."""
    from_rows: RowStatement | None
    """What the rows are asked; none when the value is printed."""
    scope: Scope
    """What it speaks of."""

    def find_value(self, rows: Sequence[CohortRow]) -> Value | None:
        """Give the value; none when the rows do not say."""
        return self.value if self.from_rows is None else self.from_rows.find_value(rows)


def read_statement(fields: ClaimFields, read_label: ReadLabel, *, is_sample: bool) -> Statement:
    """Give one statement.

    `is_sample` says that a share is that of a sample, so that its exact interval stands for it;
    within one document a share is just what was printed.
    """
    label = read_label(fields)
    scope = Scope(fields.read_text("population", ""), fields.read_text("measure", ""))
    forms = [name for name in ("value", "words", "n", "low", "high", "rows") if fields.has(name)]
    if "rows" in forms:
        if len(forms) > 1:
            raise fields.fail("A statement from the rows has no printed value beside it.")
        from_rows = fields.read_table(
            "rows", lambda part: read_row_statement(part, is_sample=is_sample)
        )
        return Statement(label, None, from_rows, scope)
    return Statement(label, _read_value(fields, forms, is_sample=is_sample), None, scope)


def _read_value(fields: ClaimFields, forms: Sequence[str], *, is_sample: bool) -> Value:
    shown = fields.read_text("shown", "")
    if forms == ["words"]:
        words = fields.read_text("words")
        return Value(shown or words, words=words)
    if forms == ["value"]:
        return _read_number(fields, shown)
    if forms == ["n"]:
        return _read_share(fields, shown, is_sample=is_sample)
    if forms and set(forms) <= {"low", "high"}:
        low = float(fields.read_number("low")) if "low" in forms else -math.inf
        high = float(fields.read_number("high")) if "high" in forms else math.inf
        if low > high:
            raise fields.fail(f"low is {low:g} and high is {high:g}.")
        return Value(shown or _show_range(low, high), low, high)
    raise fields.fail("A statement has one of: value; words; n and of; low, high or both; rows.")


def _read_number(fields: ClaimFields, shown: str) -> Value:
    """A whole number is exact; one with decimals stands for all that round to it."""
    number = fields.read_number("value")
    is_exact = number == number.to_integral_value() and number.as_tuple().exponent == 0
    is_rounded = fields.read_flag("is_rounded", default=not is_exact)
    half = find_half_step(number) if is_rounded else 0.0
    return Value(shown or str(number), float(number) - half, float(number) + half)


def _read_share(fields: ClaimFields, shown: str, *, is_sample: bool) -> Value:
    n, of = fields.read_count("n"), fields.read_count("of")
    if not 0 < of >= n:
        raise fields.fail(f"{n} of {of} is not a share.")
    return make_share(n, of, shown, is_sample=is_sample)


def _show_range(low: float, high: float) -> str:
    if math.isinf(low):
        return f"at most {high:g}"
    return f"at least {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"
