"""Words that people write, as data: the loader that refuses a word without a source, and lookups.

The files stand in `knowledge/data/vocabularies`. A TOML file holds lists of words by key
(`positive = ["positive", "pos", "+"]`); a CSV file holds one term a row, its words parted by `|`.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from spindle.errors import UserError
from spindle.knowledge.csv_files import iterate_rows, read_day
from spindle.knowledge.files import Entry, read_document, read_text
from spindle.knowledge.vocabulary_keys import COLUMNS, TERM_COLUMNS, check_lists

FOLDER = "vocabularies"
WORD_SEPARATOR = "|"

_DASHES = re.compile("[‐‑‒–—―−﹣－]")
_QUOTES = re.compile("[‘’‛′`´]")
_SPACES = re.compile(r"\s+")
_FRACTIONS = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3"}
# A raised digit is a footnote's mark or a power. Made plain, "34" with a raised 1 would be 341.
_RAISED = dict(
    zip("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", [f"^{digit}" for digit in "01234567890123456789"], strict=True)
)
_REWRITTEN = str.maketrans({**_FRACTIONS, **_RAISED})
# Letters of scripts that put no space between words, so that a boundary can't be asked for.
_UNSPACED = re.compile("[぀-ヿ㐀-鿿豈-﫿]")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Give the text as it is compared: one case, one kind of dash, quotation mark and space."""
    if text.isascii():
        return _SPACES.sub(" ", _QUOTES.sub("'", text.lower())).strip()
    plain = unicodedata.normalize("NFKC", text.translate(_REWRITTEN)).casefold()
    plain = _QUOTES.sub("'", _DASHES.sub("-", plain))
    return _SPACES.sub(" ", plain).strip()


def read_vocabulary_text(name: str) -> str:
    """Give the text of a vocabulary file that ships with Spindle.

    Raises
    ------
    UserError
        `knowledge-invalid` for a file that is missing or not UTF-8.
    """
    return read_text(f"{FOLDER}/{name}")


def parse_word_lists(name: str, text: str) -> Mapping[str, tuple[str, ...]]:
    """Give the lists of a TOML vocabulary by key, `table.key` for a list inside a table.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, when the file is not TOML, has no source or no day
        of its last check, holds something else than lists of words, lacks a list that Spindle asks
        for, or holds one that nothing asks for.
    """
    entry = read_document(f"{FOLDER}/{name}", text)
    source, checked_on = entry.values.get("source"), entry.values.get("checked_on")
    if not isinstance(source, str) or not source.strip():
        raise entry.fail("The vocabulary names no source.", "source")
    if not isinstance(checked_on, datetime.date) or isinstance(checked_on, datetime.datetime):
        raise entry.fail("The vocabulary has no date under checked_on.", "checked_on")
    lists = dict(_iterate_lists(entry, entry.values, ""))
    check_lists(entry, name.removesuffix(".toml"), lists)
    return MappingProxyType(lists)


def _iterate_lists(
    entry: Entry, table: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, value in table.items():
        if not prefix and key in ("source", "checked_on"):
            continue
        if isinstance(value, dict):
            yield from _iterate_lists(entry, value, f"{prefix}{key}.")
        elif isinstance(value, list) and value and all(map(_is_word, value)):
            yield f"{prefix}{key}", tuple(value)
        else:
            raise entry.fail(f"{prefix}{key} is not a list of words.", f"{prefix}{key}")


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value) and not value.isspace()


@cache
def load_word_lists(name: str) -> Mapping[str, tuple[str, ...]]:
    """Give the lists of words of `<name>.toml` by key."""
    return parse_word_lists(f"{name}.toml", read_vocabulary_text(f"{name}.toml"))


@cache
def index_words(name: str, prefix: str = "") -> Mapping[str, str]:
    """Give, for each folded word of the lists under a prefix, the key of its list.

    Without a prefix, the lists that stand in no table.

    Raises
    ------
    UserError
        `knowledge-invalid` when one word stands under two keys, so that it could mean either.
    """
    index: dict[str, str] = {}
    for key, words in load_word_lists(name).items():
        if not key.startswith(prefix) or (not prefix and "." in key):
            continue
        for word in words:
            if index.setdefault(fold(word), key.removeprefix(prefix)) != key.removeprefix(prefix):
                raise refuse_list(name, f"{word!r} stands under two keys.", key)
    return MappingProxyType(index)


def find_key(name: str, words: str, prefix: str = "") -> str:
    """Give the key under which the words stand in a vocabulary, or an empty text."""
    return index_words(name, prefix).get(fold(words), "")


def bound_word(word: str) -> str:
    """Give a regular expression that finds a folded word as a whole word."""
    before = "" if not word[0].isalnum() or _UNSPACED.match(word[0]) else r"(?<![^\W_])"
    after = "" if not word[-1].isalnum() or _UNSPACED.match(word[-1]) else r"(?![^\W_])"
    return before + re.escape(word) + after


@cache
def make_pattern(name: str, *keys: str) -> re.Pattern[str]:
    """Give a pattern that finds any word of the lists, the longest first, in folded text."""
    lists = load_word_lists(name)
    words = sorted({fold(word) for key in keys for word in lists[key]}, key=lambda w: (-len(w), w))
    return re.compile("|".join(bound_word(word) for word in words))


def parse_terms(name: str, text: str, columns: Collection[str]) -> tuple[Mapping[str, str], ...]:
    """Give the rows of a CSV vocabulary by column, in order.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a text without rows, a missing, unknown or
        doubled column, a row with too many or too few cells, without name, source or day of its
        last check, or a name that stands twice.
    """
    return tuple(MappingProxyType(row) for row, _ in _iterate_terms(name, text, columns))


def _iterate_terms(
    name: str, text: str, columns: Collection[str]
) -> Iterator[tuple[dict[str, str], int]]:
    path, seen = f"{FOLDER}/{name}", set[str]()
    for row, line in iterate_rows(text, path, columns):
        place = f"{path}, line {line}"
        for column in TERM_COLUMNS:
            if not row[column]:
                raise UserError("knowledge-invalid", f"The row has no {column}.", place=place)
        try:
            read_day(row["checked_on"])
        except ValueError as error:
            said = f"{row['name']} has checked_on = {row['checked_on']!r}{error}."
            raise UserError("knowledge-invalid", said, place=place) from None
        if row["name"] in seen:
            raise UserError("knowledge-invalid", f"{row['name']!r} stands twice.", place=place)
        seen.add(row["name"])
        yield row, line


@cache
def load_terms(name: str) -> tuple[Mapping[str, str], ...]:
    """Give the rows of `<name>.csv` by column; see `parse_terms` for what is refused."""
    return parse_terms(f"{name}.csv", read_vocabulary_text(f"{name}.csv"), COLUMNS[name])


def refuse_term(name: str, what: str, term: str) -> UserError:
    """Give the error for a fault in the row of a term of `<name>.csv`, at its line."""
    text, line = read_vocabulary_text(f"{name}.csv"), 1
    for row, number in _iterate_terms(f"{name}.csv", text, COLUMNS[name]):
        line = number if row["name"] == term else line
    return UserError("knowledge-invalid", what, place=f"{FOLDER}/{name}.csv, line {line}")


def refuse_list(name: str, what: str, key: str) -> UserError:
    """Give the error for a fault in a list of `<name>.toml`, at its line."""
    return read_document(f"{FOLDER}/{name}.toml", read_vocabulary_text(f"{name}.toml")).fail(
        what, key
    )


def split_words(cell: str) -> tuple[str, ...]:
    """Give the words of a cell that are parted by `|`, folded."""
    return tuple(fold(word) for word in cell.split(WORD_SEPARATOR) if word.strip())
