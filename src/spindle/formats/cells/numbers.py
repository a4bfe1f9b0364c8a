"""Numbers as people write them: lengths of time, percentages, sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import PercentRange
from spindle.cases.patient import Precision, TimeUnit
from spindle.cases.tumour import TumourSize
from spindle.formats.cells.phrases import read_absence, refuse_long
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.words import bound_word, find_key, fold, load_word_lists

MONTHS_PER_YEAR = 12
DAYS_PER_MONTH = 365.25 / MONTHS_PER_YEAR
MONTHS_PER_UNIT = {
    TimeUnit.YEARS: float(MONTHS_PER_YEAR),
    TimeUnit.MONTHS: 1.0,
    TimeUnit.WEEKS: 7 / DAYS_PER_MONTH,
    TimeUnit.DAYS: 1 / DAYS_PER_MONTH,
}
MILLIMETRES_PER_UNIT = {"mm": 1.0, "cm": 10.0}

_DECIMAL = r"[0-9]{1,5}(?:[.,][0-9]{1,2})?(?![0-9.,]*[0-9])"
_MIXED = r"(?:[0-9]{1,3}\s+)?[1-3]/[2-4]"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time."""

    months: float
    """Its length in months; a year is twelve, a month 30.4375 days."""
    unit: TimeUnit
    """The unit in which it was written."""
    precision: Precision
    """How exactly it was given."""
    is_unit_written: bool
    """Whether the words name the unit; false when it is the header's."""


def read_decimal(text: str) -> float | None:
    """Give the number that a text is: `2.5`, `2,5`, `1 1/2`, `twelve`; none for anything else."""
    folded = fold(text)
    if key := find_key("times", folded, "numbers."):
        return float(key)
    if re.fullmatch(_DECIMAL, folded):
        return float(folded.replace(",", "."))
    if match := re.fullmatch(r"(?:([0-9]{1,3})\s+)?([1-3])/([2-4])", folded):
        whole, top, bottom = match.groups()
        return float(whole or 0) + int(top) / int(bottom)
    return None


def _join_words(*keys: str) -> str:
    lists = load_word_lists("times")
    words = {fold(w) for key in lists if key.startswith(keys) for w in lists[key]}
    return "|".join(bound_word(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def _join_units() -> str:
    # A unit may touch its number ("4y10m"), so only what follows it is bounded.
    lists = load_word_lists("times")
    words = {fold(w) for key in lists if key.startswith("units.") for w in lists[key]}
    any_word = "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))
    return rf"(?:{any_word})(?![^\W\d_](?<![぀-鿿]))"


@cache
def span_pattern() -> re.Pattern[str]:
    """Give a pattern that finds a length of time with its unit inside folded text."""
    return re.compile(_span_source(is_unit_needed=True))


@cache
def _bare_pattern() -> re.Pattern[str]:
    return re.compile(_span_source(is_unit_needed=False))


def _span_source(*, is_unit_needed: bool) -> str:
    number = rf"(?:{_MIXED}|{_DECIMAL}|{_join_words('numbers.')}|{_join_words('half')})"
    unit, half = _join_units(), rf"\s+and\s+(?:{_join_words('half')})"
    tail = rf"(?:\s*(?:,|and|&|-)?\s*(?P<second>{number})\s*-?\s*(?P<second_unit>{unit}))?"
    with_unit = rf"(?P<inner_half>{half})?\s*-?\s*(?P<first_unit>{unit}){tail}(?P<half>{half})?"
    # Not the end of a range ("12-24 months"), nor a part of a longer number.
    start = r"(?<![0-9.,/^])(?<![0-9]-)(?<![0-9] - )(?<![0-9] to )"
    return (
        rf"(?P<precision>{_join_words('precision.')})?\s*{start}(?P<first>{number})(?P<plus>\s*\+)?"
        rf"(?:{with_unit}){'' if is_unit_needed else '?'}(?P<last_plus>\s*\+)?"
    )


@cache
def _unit_first_pattern() -> re.Pattern[str]:
    # Letters such as "m" and "d" before a number are no units; "year 2019" is a date.
    lists = load_word_lists("times")
    words = {fold(w) for key in lists if key.startswith("units.") for w in lists[key]}
    units = "|".join(bound_word(w) for w in sorted(words, key=lambda w: (-len(w), w)) if w[2:])
    number = r"[0-9]{1,3}(?:[.,][0-9]{1,2})?(?![0-9])"
    start = r"(?<![0-9])(?<![0-9][ -])"
    return re.compile(rf"{start}({units})\s+({number})(?!\s*(?:{units}))")


def put_unit_last(folded: str) -> str:
    """Give a folded text with "month 9" written as "9 month"."""
    return _unit_first_pattern().sub(r"\2 \1", folded)


def read_span_match(match: re.Match[str], unit: TimeUnit | None = None) -> Span | None:
    """Give the length of time of a match of `span_pattern`; none without any unit."""
    first_unit = _find_unit(match["first_unit"]) or unit
    if first_unit not in MONTHS_PER_UNIT:
        return None
    months = _read_amount(match["first"]) * MONTHS_PER_UNIT[first_unit]
    if match["half"] or match["inner_half"]:
        months += MONTHS_PER_UNIT[first_unit] / 2
    written = first_unit
    if match["second"] and (second_unit := _find_unit(match["second_unit"])):
        if MONTHS_PER_UNIT[second_unit] >= MONTHS_PER_UNIT[first_unit]:
            # "9 months and 24 months" are two times and no sum.
            return None
        months += _read_amount(match["second"]) * MONTHS_PER_UNIT[second_unit]
        if (first_unit, second_unit) == (TimeUnit.YEARS, TimeUnit.MONTHS):
            written = TimeUnit.YEARS_AND_MONTHS
    return Span(
        months=round(months, 6),
        unit=written,
        precision=_find_precision(match),
        is_unit_written=bool(match["first_unit"]),
    )


def _read_amount(words: str) -> float:
    number = read_decimal(words)
    return 0.5 if number is None else number


def _find_unit(words: str | None) -> TimeUnit | None:
    key = find_key("times", words, "units.") if words else ""
    return TimeUnit(key) if key else None


def _find_precision(match: re.Match[str]) -> Precision:
    if match["plus"] or match["last_plus"]:
        return Precision.OVER
    key = find_key("times", match["precision"], "precision.") if match["precision"] else ""
    return Precision(key) if key else Precision.EXACT


@lru_cache(maxsize=4096)
def read_span(folded: str, unit: TimeUnit | None = None) -> Span | None:
    """Give the length of time that a folded text as a whole is; the unit serves when it names none.

    With a unit of years and months, `4/10` and `4+10` are four years and ten months.
    """
    if unit is TimeUnit.YEARS_AND_MONTHS:
        if match := re.fullmatch(r"([0-9]{1,3})\s*[/+;.]\s*([0-9]{1,2})", folded):
            months = float(match[1]) * MONTHS_PER_YEAR + float(match[2])
            return Span(months, unit, Precision.EXACT, is_unit_written=False)
        unit = None
    match = _bare_pattern().fullmatch(folded)
    return read_span_match(match, unit) if match else None


@cache
def _percent_pattern() -> re.Pattern[str]:
    number = r"[0-9]{1,3}(?:[.,][0-9]+)?"
    return re.compile(
        rf"(?P<precision>{_join_words('precision.')})?\s*(?<![0-9.,])(?P<low>{number})\s*%?\s*"
        rf"(?:(?:-|to|~)\s*(?P<high>{number})\s*)?%"
    )


def find_percent(folded: str) -> tuple[PercentRange, str] | None:
    """Give the percentage of a folded text with its words, or none.

    `5-10%` gives 5 to 10, `<5%` gives 0 to 5, `>90%` gives 90 to 100.
    """
    match = _percent_pattern().search(folded)
    if not match:
        return None
    low = float(match["low"].replace(",", "."))
    high = float((match["high"] or match["low"]).replace(",", "."))
    key = find_key("times", match["precision"], "precision.") if match["precision"] else ""
    if match["high"] is None and key == Precision.UNDER.value:
        low = 0.0
    if match["high"] is None and key == Precision.OVER.value:
        high = 100.0
    if not 0 <= low <= high <= 100:
        return None
    return PercentRange(low=low, high=high), match.group()


@lru_cache(maxsize=4096)
@refuse_long("result-unreadable", UNKNOWN)
def read_percent(text: str) -> CellReading[PercentRange | Absent]:
    """Give the share that a cell as a whole is, such as `60%`, `60` or `50-70 %`, in per cent."""
    if absent := read_absence(text):
        return CellReading(absent)
    folded = fold(text)
    found = find_percent(folded if "%" in folded else f"{folded}%")
    if found and found[1].strip(" %") == folded.strip(" %"):
        return CellReading(found[0])
    doubt = Doubt("result-unreadable", "No percentage is read from these words.", text)
    return CellReading(UNKNOWN, (doubt,))


_LENGTH = r"[0-9]{1,4}(?:[.,][0-9]{1,2})?"
_TIMES = r"\s*(?:x|×|\*|by)\s*"
_SIZE_UNIT = r"(?:mm|cm)"
_SIZE = re.compile(
    rf"(?<![\w.,^])(?<![0-9]-)(?<![0-9] - )"
    rf"(?P<all>{_LENGTH}(?:\s*-?\s*{_SIZE_UNIT})?"
    rf"(?:{_TIMES}{_LENGTH}(?:\s*{_SIZE_UNIT})?){{0,2}})"
    rf"(?![\w^%/]|[.,][0-9]|\s*-\s*[0-9])"
)
_JOINT = re.compile(rf"[0-9]{_TIMES}(?=[0-9])|{_SIZE_UNIT}")
_CUBE = re.compile(r"(?:mm|cm)\s*\^?[23]|cc\b|ml\b")


@dataclass(frozen=True, slots=True)
class SizeFound:
    """A size found inside folded text."""

    dimensions_mm: tuple[float, ...]
    """Its dimensions in millimetres; empty when no unit or two different ones are named."""
    words: str
    """Its words."""
    start: int
    """Where it begins."""
    end: int
    """Where it ends."""


def find_sizes(folded: str, unit: str = "") -> tuple[SizeFound, ...]:
    """Give the sizes of a folded text: `35x20x15 mm`, `5.2cm x 5cm`, `4-cm`.

    A number without a unit beside it is a size only when it is multiplied (`5.2 x 4.8`) or when
    the header names the unit.
    """
    found = []
    for match in _SIZE.finditer(folded):
        units = set(re.findall(_SIZE_UNIT, match["all"]))
        is_product = bool(re.search(rf"[0-9cm]{_TIMES}[0-9]", match["all"]))
        if not units and not is_product and not unit:
            continue
        named = units or ({unit} if unit and not _CUBE.search(folded) else set())
        numbers = re.findall(_LENGTH, match["all"])
        factor = MILLIMETRES_PER_UNIT.get(next(iter(named), "")) if len(named) == 1 else None
        sizes = (
            tuple(round(float(n.replace(",", ".")) * factor, 4) for n in numbers) if factor else ()
        )
        found.append(SizeFound(sizes, match.group(), match.start(), match.end()))
    return tuple(found)


@lru_cache(maxsize=4096)
@refuse_long("size-unreadable", UNKNOWN)
def read_size(text: str, *, unit: str = "") -> CellReading[TumourSize | Absent]:
    """Give the size of a tumour in millimetres; `unit` is `mm` or `cm` when the header names it."""
    if absent := read_absence(text):
        return CellReading(absent)
    folded = fold(text)
    sizes = find_sizes(folded)
    if unit and not any(letter.isalpha() for letter in re.sub(_JOINT, "", folded)):
        sizes = find_sizes(folded, unit)
    return choose_size(sizes, text)


def choose_size(
    sizes: tuple[SizeFound, ...], words: str, *, is_needed: bool = True
) -> CellReading[TumourSize | Absent]:
    """Give the one size that was found; unknown with a doubt for none, several or no unit."""
    if not sizes and not is_needed:
        return CellReading(NOT_REPORTED)
    if len(sizes) != 1:
        message = (
            "No size is read." if not sizes else "The cell gives several sizes; none is taken."
        )
        return CellReading(UNKNOWN, (Doubt("size-unreadable", message, words),))
    if not sizes[0].dimensions_mm or not all(sizes[0].dimensions_mm):
        message = "The size is not in millimetres or centimetres, so none is taken."
        return CellReading(UNKNOWN, (Doubt("size-unreadable", message, words),))
    return CellReading(TumourSize(dimensions_mm=sizes[0].dimensions_mm, words=sizes[0].words))
