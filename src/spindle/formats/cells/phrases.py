"""The grammar that all cells share: lists, brackets, sides, absence, statements about a group."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from typing import Any, TypeVar, cast

from spindle.cases.absence import AbsenceReason, Absent
from spindle.cases.tumour import Laterality
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.words import find_key, fold, load_word_lists, make_pattern

Reader = TypeVar("Reader", bound=Callable[..., CellReading[Any]])

# A comma between two digits is a decimal comma, and no list.
COMMA = r"(?<![0-9]),|,(?![0-9])|，|、"
SEMICOLON = r"[;；\n]"
# The stop of a sentence, and not of an abbreviation such as "Rt.".
STOP = r"(?<=[^\W\d_]{4})\.\s+|。"
# A stop that ends a list of stains, behind a marker or a sign: "SMA, ALK. Negative: S100."
LIST_STOPS = (STOP, r"(?<=[\w+)%-]{2})\.\s+(?=[^\W\d_]{2})")
AND = r"\s(?:and|&)\s"
BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|（([^（）]*)）")
# Longer than anything that people write in one cell; such a text is kept and not taken apart.
LONGEST_CELL = 4_000
_EDGES = " \t\r\n,;，；、."


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a cell, as written."""

    words: str
    """Its words."""
    separator: str = ""
    """What parts it from the phrase before it, without spaces; empty for the first."""
    gap: str = ""
    """All that stands between it and the phrase before it, as written."""


def refuse_long(slug: str, nothing: Any) -> Callable[[Reader], Reader]:
    """Give a decorator for readers: a text over `LONGEST_CELL` gives nothing, with a doubt."""

    def decorate(read: Reader) -> Reader:
        @wraps(read)
        def read_short(text: str, *rest: Any, **named: Any) -> CellReading[Any]:
            if len(text) <= LONGEST_CELL:
                return read(text, *rest, **named)
            message = f"The cell has over {LONGEST_CELL:,} characters. It is kept and not read."
            return CellReading(nothing, (Doubt(slug, message),))

        return cast("Reader", read_short)

    return decorate


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _mask_brackets(text: str) -> str:
    return BRACKETED.sub(lambda match: "\0" * len(match.group()), text)


def split_phrases(text: str, *separators: str) -> tuple[Phrase, ...]:
    """Give the phrases of a text between separators, none of which counts inside brackets."""
    return tuple(_iterate_phrases(text, _compile("|".join(separators))))


def _iterate_phrases(text: str, pattern: re.Pattern[str]) -> Iterator[Phrase]:
    start, separator, last = 0, "", 0
    for match in pattern.finditer(_mask_brackets(text)):
        if words := text[start : match.start()].strip(_EDGES):
            place = text.index(words, start)
            yield Phrase(words=words, separator=separator, gap=text[last:place] if last else "")
            separator, last = "", place + len(words)
        start = match.end()
        # "A, and B": the word decides, not the comma before it.
        separator = match.group().strip().lower() or separator
    if words := text[start:].strip(_EDGES):
        gap = text[last : text.index(words, start)] if last else ""
        yield Phrase(words=words, separator=separator, gap=gap)


def take_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """Give the text without its brackets, and what stood in them."""
    inside = tuple(
        next((group for group in match.groups() if group is not None), "").strip()
        for match in BRACKETED.finditer(text)
    )
    return re.sub(r"\s+", " ", BRACKETED.sub(" ", text)).strip(), inside


@lru_cache(maxsize=4096)
def read_absence(text: str) -> Absent | None:
    """Give the absence that a whole cell states, or none when it holds something else."""
    key = find_key("absence", text)
    if not key and any(letter.isalpha() for letter in text):
        key = find_key("absence", text.strip(" ()[]."))
    return Absent(absent=AbsenceReason(key)) if key else None


@cache
def _letters() -> re.Pattern[str]:
    words = [w for key in ("left", "right", "bilateral") for w in _side_letters(key)]
    any_letter = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(
        rf"^(?P<first>{any_letter})(?=\s)|[(\[]\s*(?P<bracketed>{any_letter})\s*[)\]]"
    )


def _side_letters(key: str) -> tuple[str, ...]:
    return load_word_lists("sides")[f"letters.{key}"]


@dataclass(frozen=True, slots=True)
class SideFound:
    """One side named in a phrase."""

    side: Laterality
    """The side."""
    start: int
    """Where its words begin in the folded phrase."""
    end: int
    """Where they end."""


@cache
def side_keys() -> tuple[str, ...]:
    """Give the names of the sides."""
    return tuple(side.value for side in Laterality)


@lru_cache(maxsize=4096)
def find_sides(folded: str) -> tuple[SideFound, ...]:
    """Give the sides that a folded phrase names, in order, with their places."""
    found = [
        SideFound(Laterality(find_key("sides", match.group())), match.start(), match.end())
        for match in make_pattern("sides", *side_keys()).finditer(folded)
    ]
    for match in _letters().finditer(folded):
        letter = match.group("first") or match.group("bracketed")
        side = Laterality(find_key("sides", letter, "letters."))
        found.append(SideFound(side, match.start(), match.end()))
    return tuple(sorted(found, key=lambda side: side.start))


def blank_sides(folded: str) -> str:
    """Give the folded phrase without the words that name a side."""
    for side in reversed(find_sides(folded)):
        folded = f"{folded[: side.start]} {folded[side.end :]}"
    return re.sub(r"\s+", " ", folded).strip(" -")


def join_sides(sides: tuple[SideFound, ...]) -> Laterality | None:
    """Give the one side that a phrase names, both sides for left and right, or none."""
    named = {side.side for side in sides}
    if named == {Laterality.LEFT, Laterality.RIGHT}:
        return Laterality.BILATERAL
    return next(iter(named)) if len(named) == 1 else None


@cache
def _group_pattern() -> re.Pattern[str]:
    nouns = "|".join(re.escape(fold(noun)) for noun in load_word_lists("remarks")["group_nouns"])
    return re.compile(
        rf"\([^()]*?\b(?:[2-9]|[1-9][0-9]+|two|three|four|five)\s*(?:{nouns})[^()]*\)"
    )


@lru_cache(maxsize=4096)
def find_pooled(text: str) -> str:
    """Give the words which say that a cell speaks of several patients together, or nothing."""
    folded = fold(text)
    match = _group_pattern().search(folded) or make_pattern("remarks", "pooled").search(folded)
    return match.group() if match else ""


def find_hedge(text: str) -> str:
    """Give the word which says that a statement is only possible, or nothing."""
    match = make_pattern("remarks", "hedges").search(fold(text))
    return match.group() if match else ""
