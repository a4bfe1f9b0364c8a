"""Number formats of workbooks: from a stored value to the text that a person sees.

A workbook stores 0.15, 43891 or 14 and shows ``15%``, ``1 March 2020`` or ``14 months``; what is
shown carries the unit. openpyxl says which formats are dates and turns those into dates; no library
that is kept up says what words a format puts beside a number, so that is read here. Format codes
are those of ECMA-376 part 1, sections 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

Moment = datetime.date | datetime.time | datetime.timedelta
"""A date, a date with its time, a time of the day, or hours that have gone by."""

# ECMA-376 part 1, 18.8.30: formats of East Asian editions, which a workbook uses without writing
# them down and openpyxl does not list. Which id has which order of parts differs between editions.
EAST_ASIAN_CODES: dict[int, str] = {
    **dict.fromkeys([*range(27, 32), 36, *range(50, 55), 57, 58], "yyyy-mm-dd"),
    **dict.fromkeys([*range(32, 36), 55, 56], "h:mm:ss"),
}

_FIRST_YEAR = 1900
_SECONDS_IN_DAY = 86_400
_WHOLE_NUMBERS_END = 2**53
_LONGEST_CODE = 1000
_NO_WORD = " -()"

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|\\(?P<escaped>.)|[_*]."
    r"|\[(?P<bracket>[^\]]*)\]?"
    r"|(?P<digits>General|[0#?](?:[0#?.,/]|[Ee][+-])*)"
    r"|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"\s*[<>=]")


@dataclass(frozen=True, slots=True)
class FormatSection:
    """One section of a format code: how positive, negative or zero numbers are shown."""

    has_number: bool = False
    """Whether it shows the number."""
    prefix: str = ""
    """Text before the number."""
    suffix: str = ""
    """Text after the number; a per cent sign counts as text."""
    words: str = ""
    """Both texts without the per cent sign; empty when they say nothing more."""
    is_percent: bool = False
    """Whether the number is shown as a percentage."""
    is_beyond_us: bool = False
    """Whether words stand between digits, the number is shown in thousands, or on a condition."""


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number or date as a person sees it."""

    text: str
    """The text."""
    oddity: str = ""
    """Slug of a note; empty when there is nothing to say."""


@lru_cache(maxsize=4096)
def _split_sections(code: str) -> tuple[FormatSection, ...]:
    """Give the sections of a code: for positive, negative and zero numbers, as far as given."""
    sections: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code[:_LONGEST_CODE]):
        if token.group("literal") == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    is_conditional = any(
        _CONDITION.match(token.group("bracket") or "") for section in sections for token in section
    )
    return tuple([_read_section(tokens, is_conditional) for tokens in sections[:3]])


def _read_section(tokens: list[re.Match[str]], is_conditional: bool) -> FormatSection:
    before: list[str] = []
    after: list[str] = []
    digits: list[str] = []
    is_beyond_us = False
    for token in tokens:
        if shown := token.group("digits"):
            is_beyond_us |= bool(digits) and any(map(str.isalpha, "".join(after)))
            digits.append(shown)
            after.clear()
        else:
            (after if digits else before).append(_literal_of(token))
    prefix, suffix = "".join(before).lstrip(), "".join(after).rstrip()
    prefix = prefix if prefix.strip(_NO_WORD) else ""
    suffix = suffix if suffix.strip(_NO_WORD) else ""
    words = (prefix + suffix).replace("%", "").strip()
    is_beyond_us |= is_conditional and bool(words)
    return FormatSection(
        has_number=bool(digits),
        prefix=prefix,
        suffix=suffix,
        words=words,
        is_percent=any(token.group("literal") == "%" for token in tokens),
        is_beyond_us=is_beyond_us or (bool(digits) and digits[-1].endswith(",")),
    )


def _literal_of(token: re.Match[str]) -> str:
    bracket = token.group("bracket") or ""
    currency = bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
    literal = (token.group("literal") or "").replace("@", "")
    return token.group("quoted") or token.group("escaped") or currency or literal


def _choose_section(value: float, sections: tuple[FormatSection, ...]) -> FormatSection:
    if value == 0 and len(sections) > 2:
        return sections[2]
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[0]


def show_number(value: float, code: str) -> ShownNumber:
    """Give a number with the words of its format, such as ``0.0%`` or ``0" months"``.

    The oddity is ``cell-number-format`` when the format adds words and
    ``cell-number-format-unread`` when they could not be read.
    """
    section = _choose_section(value, _split_sections(code))
    text = show_percent(value) if section.is_percent else plain_number(value)
    if section.is_beyond_us:
        return ShownNumber(text + ("%" if section.is_percent else ""), "cell-number-format-unread")
    if not section.has_number:
        words = section.words
        return ShownNumber(words, "cell-number-format") if words else ShownNumber(text)
    oddity = "cell-number-format" if section.words else ""
    return ShownNumber(f"{section.prefix}{text}{section.suffix}".strip(), oddity)


def plain_number(value: float) -> str:
    """Give a number without format: whole ones without point, others with up to 15 digits.

    Fifteen digits are what spreadsheets show; more would show 0.30000000000000004 for 0.3.
    """
    if isinstance(value, int):
        return str(value)
    if abs(value) < _WHOLE_NUMBERS_END and value == int(value):
        return str(int(value))
    return f"{value:.15g}"


def show_percent(value: float) -> str:
    """Give a share as a percentage, without its sign: 0.154 is ``15.4``."""
    if isinstance(value, int):
        return plain_number(value * 100)
    if not math.isfinite(value):
        return plain_number(value)
    return plain_number(float(Decimal(f"{value:.15g}").scaleb(2)))


def show_date(value: Moment, code: str) -> ShownNumber:
    """Give a date or time in ISO 8601 with what its format shows of it, to the second.

    The oddity is ``cell-date-without-year``, or ``cell-date-invalid`` for a day before 1900, which
    spreadsheets of this kind do not know and which is given as its number.
    """
    if isinstance(value, datetime.timedelta):
        return ShownNumber(show_elapsed(round(value.total_seconds())))
    letters = _letters_of(code)
    shows_day = bool(letters & set("ydegb"))
    if isinstance(value, datetime.time):
        if shows_day:
            share = _seconds_of(value) / _SECONDS_IN_DAY
            return ShownNumber(plain_number(share), "cell-date-invalid")
        return ShownNumber(show_time(value))
    if isinstance(value, datetime.datetime) and letters & set("hs") and not shows_day:
        return ShownNumber(show_time(value.time()))
    return _show_day(value, letters) if letters else ShownNumber(show_moment(value))


def _show_day(value: datetime.date, letters: set[str]) -> ShownNumber:
    if value.year < _FIRST_YEAR:
        return ShownNumber(plain_number(_days_of(value)), "cell-date-invalid")
    date = show_moment(value)
    if not letters & set("yegb"):
        return ShownNumber(date, "cell-date-without-year")
    return ShownNumber(drop_unshown(date, letters))


def _days_of(value: datetime.date) -> float:
    """Give the number of a day before 1900: the days from 30 December 1899, with their share."""
    moment = value if isinstance(value, datetime.datetime) else _at_midnight(value)
    since = moment.replace(tzinfo=None) - datetime.datetime(1899, 12, 30)
    return since / datetime.timedelta(days=1)


def _at_midnight(date: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(date, datetime.time())


def _letters_of(code: str) -> set[str]:
    """Give the letters of a date format, in lower case; those in quotation marks are words."""
    tokens = _TOKEN.finditer(code[:_LONGEST_CODE])
    first, _, _ = "".join(token.group("literal") or "" for token in tokens).partition(";")
    return set(first.lower()) & set("ymdhsegb")


def drop_unshown(date: str, letters: set[str]) -> str:
    """Give ``2020-03`` for a date shown as *Mar-20*, whose day the spreadsheet has made up.

    A spreadsheet that is given a month stores its first day. Another day was given by someone.
    """
    if "d" in letters or not date.endswith("-01"):
        return date
    if "m" in letters or not date.endswith("-01-01"):
        return date[:7]
    return date[:4]


def show_moment(value: datetime.date) -> str:
    """Give a date in ISO 8601, with its time to the second when that is not midnight."""
    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    whole = value.replace(microsecond=0)
    if value.microsecond >= 500_000 and whole < datetime.datetime.max.replace(microsecond=0):
        whole += datetime.timedelta(seconds=1)
    return whole.isoformat() if whole.time() != datetime.time() else whole.date().isoformat()


def show_time(value: datetime.time) -> str:
    """Give a time of the day to the second: ``06:30:00``."""
    return show_elapsed(round(_seconds_of(value)), hour_digits=2)


def _seconds_of(value: datetime.time) -> float:
    return (value.hour * 60 + value.minute) * 60 + value.second + value.microsecond / 1_000_000


def show_elapsed(seconds: int, *, hour_digits: int = 1) -> str:
    """Give hours, minutes and seconds: 183,600 seconds are ``51:00:00``."""
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour:0{hour_digits}}:{minute:02}:{second:02}"
