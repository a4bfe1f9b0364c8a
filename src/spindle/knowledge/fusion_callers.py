"""How fusion callers, panels and lists print their calls: columns, words and patterns, as data.

A reader asks here by which columns its format is recognised, which column holds what, and what the
caller's words mean. Where the meaning of a position was checked, `verified` says how.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from spindle.cases.fusion_calls import Build
from spindle.cases.observations import SequencingMethod
from spindle.errors import UserError
from spindle.knowledge.files import (
    NAMED_LISTS,
    NAMED_WORDS,
    WORD_LISTS,
    Entry,
    check_keys,
    read_entries,
    read_text,
)
from spindle.knowledge.fusion_caller_needs import NEEDS, find_group_fault, find_lack

FILE = "fusion_callers.toml"
_TABLES = ("formats", "builds", "shared_words")
_LOOSE = re.compile(r"[\s_\-]+")
_REQUIRED: Mapping[str, type] = MappingProxyType(
    {
        "id": str,
        "name": str,
        "versions": str,
        "method": str,
        "is_directed": bool,
        "first_position": int,
        "rank": int,
        "source": str,
        "verified": str,
        "checked_on": datetime.date,
    }
)
_OPTIONAL: Mapping[str, type] = MappingProxyType(
    {
        "requires": WORD_LISTS,
        "lacks": list,
        "unnamed": list,
        "columns": NAMED_LISTS,
        "words": NAMED_LISTS,
        "patterns": NAMED_WORDS,
    }
)


@dataclass(frozen=True, slots=True)
class CallerFormat:
    """One format in which fusions are printed."""

    id: str
    """Id of its reader: `arriba`."""
    name: str
    """Its name for people."""
    versions: str
    """Which versions and files are read, in words."""
    method: SequencingMethod
    """Whether its calls come from RNA or DNA; unspecified where the format does not say."""
    is_directed: bool
    """Whether it says which side is read first."""
    first_position: int
    """1 where the first base of a chromosome is base 1, and 0 where it is base 0."""
    rank: int
    """Formats of a lower rank are tried first; a match of a higher rank counts only without one."""
    requires: tuple[frozenset[str], ...]
    """Sets of columns, as keys; the format is recognised when one set is there as a whole."""
    lacks: frozenset[str]
    """Columns, as keys, that another format has and this one has not."""
    unnamed: tuple[str, ...]
    """Names of the columns of a file without a header, in order."""
    columns: Mapping[str, tuple[str, ...]]
    """For each field the columns that may give it, as keys."""
    words: Mapping[str, frozenset[str]]
    """What words mean, as keys: `frame_in`, `plus`, `nothing`."""
    patterns: Mapping[str, re.Pattern[str]]
    """Patterns of cells or lines, by names that the reader knows."""
    source: str
    """The documentation or code that was read."""
    verified: str
    """How the meaning of its positions was checked."""
    checked_on: datetime.date
    """The day on which both were checked."""


@dataclass(frozen=True, slots=True)
class CallerFormats:
    """Everything that is held about how fusions are printed."""

    formats: Mapping[str, CallerFormat]
    """Formats by id, in the order of the file."""
    builds: Mapping[str, Build]
    """Builds by the words for them, as keys."""
    build_pattern: re.Pattern[str]
    """Finds a word for a build within a text."""


def fold_column(name: str) -> str:
    """Give the key of a column: without outer spaces, a leading `#`, and upper case."""
    return name.strip().lstrip("#").strip().casefold()


def fold_word(word: str) -> str:
    """Give the key of a word: without case, spaces, hyphens and underscores."""
    return _LOOSE.sub("", word).casefold()


@cache
def load_caller_formats() -> CallerFormats:
    """Give the formats in which fusions are printed.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed entry, an unknown build or method, a repeated id or
        word, a pattern that is none, or anything missing that a reader asks for, with file and
        line.
    """
    text = read_text(FILE)
    held = parse_caller_formats(text)
    if odd := set(NEEDS) ^ set(held.formats):
        # A misspelt id is both: one that no reader has, and one that is missing.
        name = next((name for name in held.formats if name in odd), "")
        message = f"No reader has the id {name!r}." if name else f"{sorted(odd)[0]} is missing."
        found = re.search(rf"""^id\s*=\s*["']{re.escape(name)}["']""", text, re.MULTILINE)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise UserError("knowledge-invalid", message, place=f"{FILE}, line {line}")
    if missing := [build for build in Build if build not in held.builds.values()]:
        message = f"No word is held for the build {missing[0]}."
        raise UserError("knowledge-invalid", message, place=f"{FILE}, line 1")
    return held


def parse_caller_formats(text: str) -> CallerFormats:
    """Give the formats from a file's text; raises as `load_caller_formats` does."""

    def read(table: str) -> list[Entry]:
        also = [other for other in _TABLES if other != table]
        return list(read_entries(FILE, table, text, also=also))

    shared = {e.values["id"]: _read_word_list(e) for e in read("shared_words") if _check_words(e)}
    formats: dict[str, CallerFormat] = {}
    for entry in read("formats"):
        made = _make_format(entry, shared)
        if made.id in formats:
            raise entry.fail(f"{made.id} stands twice.")
        formats[made.id] = made
    builds: dict[str, Build] = {}
    words: list[str] = []
    for entry in read("builds"):
        _check_words(entry)
        build = _find_member(entry, "id", Build)
        for word in entry.values["words"]:
            if builds.setdefault(fold_word(word), build) is not build:
                raise entry.fail(f"{word} stands for two builds.")
            # A bare number stands for a build in a column of builds, and for anything in a text.
            words += [word] if not word.isdecimal() else []
    any_word = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{any_word})(?![A-Za-z0-9])", re.IGNORECASE)
    return CallerFormats(MappingProxyType(formats), MappingProxyType(builds), pattern)


def find_caller_format(format_id: str) -> CallerFormat:
    """Give a format by its id; raises `KeyError` for one that is not there."""
    return load_caller_formats().formats[format_id]


def find_builds(text: str) -> frozenset[Build]:
    """Give the builds that a text names."""
    held = load_caller_formats()
    return frozenset(held.builds[fold_word(word)] for word in held.build_pattern.findall(text))


def read_build(word: str) -> Build | None:
    """Give the build that a cell names; none when the word is not known."""
    return load_caller_formats().builds.get(fold_word(word))


def _check_words(entry: Entry) -> bool:
    check_keys(entry, {"id": str, "words": list}, {})
    return True


def _read_word_list(entry: Entry) -> frozenset[str]:
    return frozenset(fold_word(word) for word in _read_texts(entry, "words", entry.values["words"]))


def _make_format(entry: Entry, shared: Mapping[str, frozenset[str]]) -> CallerFormat:
    check_keys(entry, _REQUIRED, _OPTIONAL)
    values = entry.values
    if values["first_position"] not in {0, 1}:
        raise entry.fail(f"{values['id']} has first_position = {values['first_position']}.")
    own = {
        key: frozenset(fold_word(word) for word in _read_texts(entry, key, words))
        for key, words in values.get("words", {}).items()
    }
    parts = (values.get("patterns", ()), values.get("columns", ()), (*shared, *own), values)
    if lack := find_lack(values["id"], *parts):
        raise entry.fail(f"{values['id']} lacks {lack}.")
    return CallerFormat(
        id=values["id"],
        name=values["name"],
        versions=values["versions"],
        method=_find_member(entry, "method", SequencingMethod),
        is_directed=values["is_directed"],
        first_position=values["first_position"],
        rank=values["rank"],
        requires=tuple(
            frozenset(_read_columns(entry, "requires", names))
            for names in values.get("requires", ())
        ),
        lacks=frozenset(_read_columns(entry, "lacks", values.get("lacks", []))),
        unnamed=tuple(_read_texts(entry, "unnamed", values.get("unnamed", []))),
        columns=MappingProxyType(
            {
                field: tuple(_read_columns(entry, field, names))
                for field, names in values.get("columns", {}).items()
            }
        ),
        words=MappingProxyType({**shared, **own}),
        patterns=MappingProxyType(_compile_patterns(entry)),
        source=values["source"],
        verified=values["verified"],
        checked_on=values["checked_on"],
    )


def _compile_patterns(entry: Entry) -> dict[str, re.Pattern[str]]:
    patterns: dict[str, re.Pattern[str]] = {}
    for name, text in entry.values.get("patterns", {}).items():
        try:
            patterns[name] = re.compile(text)
        except (re.error, TypeError) as error:
            raise entry.fail(f"The pattern {name} is none: {error}.") from None
        if fault := find_group_fault(name, patterns[name]):
            raise entry.fail(f"{entry.values['id']}: {fault}", name)
    return patterns


_Member = TypeVar("_Member", bound=StrEnum)


def _find_member(entry: Entry, key: str, members: type[_Member]) -> _Member:
    try:
        return members(entry.values[key])
    except ValueError:
        known = ", ".join(member.value for member in members)
        raise entry.fail(f"{entry.values[key]!r} is not known; {key} is one of {known}.") from None


def _read_texts(entry: Entry, key: str, found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise entry.fail(f"{entry.values['id']} has {key} that is no list of texts.")
    return found


def _read_columns(entry: Entry, key: str, found: object) -> Iterable[str]:
    return [fold_column(name) for name in _read_texts(entry, key, found)]
