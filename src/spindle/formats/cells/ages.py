"""Ages as people write them: `14 months`, `4y10m`, `newborn`, `3.5`, `over 5 years`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.patient import Age, Precision, TimeUnit
from spindle.cases.provenance import Provenance
from spindle.formats.cells.numbers import MONTHS_PER_YEAR, Span, read_span
from spindle.formats.cells.phrases import read_absence, refuse_long, take_brackets
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.headers import read_unit
from spindle.knowledge.words import bound_word, find_key, fold, load_word_lists

# Older than anybody has been; such a number is a slip.
OLDEST_YEARS = 130
_ALTERNATIVES = re.compile(r"\s*(?:/|;|\bor\b|\bvs\b\.?)\s*")


@dataclass(frozen=True, slots=True)
class _Parsed:
    span: Span | None
    doubt: Doubt | None = None
    """Why no age is read, or what is not read beside it."""


def read_unit_in_header(header: str) -> TimeUnit | None:
    """Give the unit of time that a header names, such as years for `Age (yr)`; none for no unit."""
    return read_unit_word(header) or read_unit(header)


def read_unit_word(text: str) -> TimeUnit | None:
    """Give the unit that a cell as a whole is, such as `months` in a column of units, or none."""
    key = find_key("headers", text, "units.")
    return TimeUnit(key) if key else None


def read_age(
    text: str,
    *,
    header_unit: TimeUnit | None = None,
    provenance: Provenance | Absent = NOT_REPORTED,
) -> CellReading[Age | Absent]:
    """Give an age in months.

    A unit in the cell is believed before the header's; a number without either is no age. Ranges,
    words such as "adult", nothing at all in years or months, and ages above 130 years are unknown.
    """
    reading = _read_age(text, header_unit)
    if isinstance(reading.value, Absent):
        return reading
    return CellReading(replace(reading.value, provenance=provenance), reading.doubts)


@lru_cache(maxsize=4096)
@refuse_long("age-unreadable", UNKNOWN)
def _read_age(text: str, header_unit: TimeUnit | None) -> CellReading[Age | Absent]:
    if absent := read_absence(text):
        return CellReading(absent)
    if birth := _read_birth(text):
        return birth
    parsed = _parse_alternatives(text, header_unit)
    if parsed.span is None:
        return CellReading(UNKNOWN, (parsed.doubt or _doubt_unit(text),))
    if reason := _find_impossible(parsed.span):
        return CellReading(UNKNOWN, (Doubt("age-unreadable", reason, text),))
    span = parsed.span
    age = Age(months=span.months, unit_as_reported=span.unit, precision=span.precision)
    doubts = tuple(_iterate_doubts(text, span, header_unit))
    return CellReading(age, (*doubts, parsed.doubt) if parsed.doubt else doubts)


def _read_birth(text: str) -> CellReading[Age | Absent] | None:
    key = find_key("times", text)
    if key == "at_birth":
        return CellReading(Age(months=0.0, unit_as_reported=TimeUnit.AT_BIRTH))
    if key == "near_birth":
        doubt = Doubt("age-imprecise", "Taken as about zero months; no day is given.", text)
        about = Age(months=0.0, unit_as_reported=TimeUnit.AT_BIRTH, precision=Precision.ABOUT)
        return CellReading(about, (doubt,))
    return None


@cache
def _filler_pattern() -> re.Pattern[str]:
    words = sorted(map(fold, load_word_lists("times")["fillers.age"]), key=len, reverse=True)
    return re.compile("|".join(bound_word(word) for word in words))


def _parse_one(text: str, header_unit: TimeUnit | None) -> Span | None:
    folded = fold(text)
    return read_span(folded, header_unit) or read_span(
        re.sub(r"\s+", " ", _filler_pattern().sub(" ", folded)).lstrip(" ,").rstrip(" -,"),
        header_unit,
    )


def _parse_alternatives(text: str, header_unit: TimeUnit | None) -> _Parsed:
    outside, inside = take_brackets(text)
    if (span := _parse_one(outside, header_unit)) and not _has_numbers(inside):
        return _parse_brackets(outside, inside, span)
    if header_unit is None and len(inside) == 1 and not _has_numbers(inside):
        # "14 (mo)" under a header without a unit.
        unit = TimeUnit(key) if (key := _find_bracket_unit(inside[0])) else None
        if unit and (span := _parse_one(outside, unit)):
            return _parse_brackets(outside, inside, span)
    parts = [part for part in _ALTERNATIVES.split(outside) if part]
    parts += [part for part in inside if _has_numbers((part,))]
    spans = [_parse_one(part, header_unit) for part in parts]
    if len(parts) < 2 or None in spans:
        return _Parsed(None, _doubt_words(text, header_unit))
    if len({span.months for span in spans if span}) == 1:
        return _Parsed(spans[0])
    message = "The cell gives two ages and does not say which holds. None is taken."
    return _Parsed(None, Doubt("value-conflict", message, text))


def _find_bracket_unit(inside: str) -> str:
    return find_key("times", inside, "units.") or find_key("headers", inside, "units.")


def _parse_brackets(outside: str, inside: tuple[str, ...], span: Span) -> _Parsed:
    """Give the age of a number with words in brackets beside it: "14 (mo)", "34 (approx.)"."""
    for part in inside:
        if find_key("times", part) == "unsure_in_brackets" and not span.is_unit_written:
            message = f'"({part})" may be a unit of time or something else. No age is taken.'
            return _Parsed(None, Doubt("age-unreadable", message, f"{outside} ({part})"))
    units = {TimeUnit(key) for part in inside if (key := _find_bracket_unit(part))}
    if len(units) > 1 or (span.is_unit_written and units - {span.unit}):
        message = "The cell names two units of time. No age is taken."
        return _Parsed(None, Doubt("age-unreadable", message, outside))
    if units and not span.is_unit_written:
        joined = _parse_one(outside, next(iter(units)))
        span = replace(joined, is_unit_written=True) if joined else span
    return _add_bracket_words(inside, span)


def _add_bracket_words(inside: tuple[str, ...], span: Span) -> _Parsed:
    unread = []
    for part in inside:
        if key := find_key("times", part, "precision."):
            span = replace(span, precision=Precision(key))
        elif not _find_bracket_unit(part) and _filler_pattern().sub("", fold(part)).strip():
            unread.append(part)
    if not unread:
        return _Parsed(span)
    words = "; ".join(unread)
    message = f'"{words}" in brackets is not read. {span.months:.4g} months are taken.'
    return _Parsed(span, Doubt("age-imprecise", message, unread[0]))


def _has_numbers(texts: tuple[str, ...]) -> bool:
    return any(letter.isdigit() for text in texts for letter in text)


def _doubt_words(text: str, header_unit: TimeUnit | None) -> Doubt | None:
    # A plain number under a header without a unit is readable but for its unit.
    if header_unit is None and _parse_one(take_brackets(text)[0], TimeUnit.YEARS):
        return None
    message = "No single age is read from these words. It is kept as unknown."
    return Doubt("age-unreadable", message, text)


def _doubt_unit(text: str) -> Doubt:
    message = "Neither the cell nor the header names a unit. No age is taken from the number."
    return Doubt("age-unit-assumed", message, text)


def _find_impossible(span: Span) -> str:
    if span.months > OLDEST_YEARS * MONTHS_PER_YEAR:
        return f"An age over {OLDEST_YEARS} years is taken for a slip. It is kept as unknown."
    if span.months == 0 and span.unit is not TimeUnit.DAYS:
        return "Zero may mean under one, or no answer. The age is kept as unknown."
    return ""


def _iterate_doubts(text: str, span: Span, header_unit: TimeUnit | None) -> Iterator[Doubt]:
    if header_unit and span.is_unit_written and not _agree(span.unit, header_unit):
        message = (
            f"The cell says {span.unit.value} and the header {header_unit.value}. "
            f"The cell is believed: {span.months:.4g} months."
        )
        yield Doubt("age-unit", message, text)
    if span.precision is not Precision.EXACT:
        yield Doubt(
            "age-imprecise", f"Read as {span.precision.value} {span.months:.4g} months.", text
        )


def _agree(unit: TimeUnit, header_unit: TimeUnit) -> bool:
    """Give whether a cell's unit is what the header leads one to expect."""
    both = {unit, header_unit}
    years_and_months = {TimeUnit.YEARS, TimeUnit.MONTHS, TimeUnit.YEARS_AND_MONTHS}
    return len(both) == 1 or (TimeUnit.YEARS_AND_MONTHS in both and both <= years_and_months)
