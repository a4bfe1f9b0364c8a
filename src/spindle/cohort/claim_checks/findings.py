"""What recomputing a claim gave, and the words in which it is said."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# Longer lists of cases are cut in sentences; the finding itself holds every id.
CASES_IN_A_SENTENCE = 12


class Verdict(StrEnum):
    """What recomputing a claim gave."""

    AGREES = "agrees"
    """The rows, or the places compared, say the same."""
    DIFFERS = "differs"
    """It recomputes to something else."""
    IMPOSSIBLE = "impossible"
    """No rows like these could give it."""
    CONTRADICTED = "contradicted"
    """Another place of the same document, another document, or a row says otherwise, and of the
    same population and measure."""
    UNSUPPORTED = "unsupported"
    """A conclusion without the test or the count that it needs."""
    NOT_CHECKABLE = "not_checkable"
    """The rows do not hold what it takes or leave it open, or the statements can't be compared."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What recomputing one claim gave."""

    verdict: Verdict
    """The verdict."""
    printed: str
    """What was printed, with its unit."""
    recomputed: str
    """What the rows or the places give, with its unit."""
    reason: str
    """Why, in sentences with the numbers."""
    rows: tuple[str, ...] = ()
    """Ids of the cases that it rests on."""


def is_as_printed(value: float, printed: Decimal | int) -> bool:
    """Give whether a value, rounded as the printed number is, gives the printed number.

    Halves may be rounded up or down: both are in use.
    """
    return abs(value - float(printed)) <= find_half_step(printed) * (1 + 1e-9)


def find_half_step(printed: Decimal | int) -> float:
    """Give half of the last printed digit: 0.05 for 35.3, 0.5 for 57."""
    exponent = Decimal(printed).as_tuple().exponent
    return 0.5 * 10.0 ** min(0, int(exponent))


def format_number(value: float, decimals: int = 2) -> str:
    """Give a number with so many decimals at most, without zeros at the end."""
    if math.isinf(value):
        return "infinity" if value > 0 else "minus infinity"
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_with_unit(value: float | Decimal, unit: str) -> str:
    """Give a number with its unit; a printed number keeps its digits."""
    number = str(value) if isinstance(value, Decimal) else format_number(value)
    return f"{number} {unit}".rstrip()


def format_percent(share: float, decimals: int = 1) -> str:
    """Give a share from 0 to 1 in per cent."""
    return f"{100 * share:.{decimals}f} %"


def format_p(p_value: float) -> str:
    """Give a p-value with two digits that count, and never as zero."""
    if p_value < 0.0001:
        mantissa, exponent = f"{p_value:.1e}".split("e")
        return f"p = {mantissa} × 10^{int(exponent)}"
    return f"p = {p_value:.2g}"


def count_noun(n: int, noun: str, plural: str = "") -> str:
    """Give a number with its noun: `1 case`, `2 cases`."""
    return f"{n} {noun if n == 1 else plural or noun + 's'}"


def join_list(texts: Iterable[str]) -> str:
    """Give texts as a list in a sentence: `a, b and c`."""
    listed = list(texts)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"


def list_cases(ids: Sequence[str] | Collection[str]) -> str:
    """Give ids in a sentence: `case 8`, `cases 8 and 15`, cut when there are many."""
    listed = list(ids)
    if len(listed) <= CASES_IN_A_SENTENCE:
        return f"{'case' if len(listed) == 1 else 'cases'} {join_list(listed)}"
    shown = ", ".join(listed[:CASES_IN_A_SENTENCE])
    return f"cases {shown} and {len(listed) - CASES_IN_A_SENTENCE} more"


def capitalise(text: str) -> str:
    """Give the text with its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]
