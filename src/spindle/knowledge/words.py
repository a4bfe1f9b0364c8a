"""Words that people write, as data: the loader that refuses a word without a source, and lookups.

The files stand in `knowledge/data/vocabularies`. A TOML file holds lists of words by key
(`positive = ["positive", "pos", "+"]`); a CSV file holds one term a row, its words parted by `|`.
"""

from __future__ import annotations

import csv
import datetime
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import tomli

from spindle.errors import UserError

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
    """Give the text of a vocabulary file that ships with Spindle."""
    folder = resources.files("spindle.knowledge") / "data" / FOLDER
    return (folder / name).read_text(encoding="utf-8")


def _refuse(name: str, what: str) -> UserError:
    return UserError("knowledge-invalid", what, place=f"{FOLDER}/{name}")


def parse_word_lists(name: str, text: str) -> Mapping[str, tuple[str, ...]]:
    """Give the lists of a TOML vocabulary by key, `table.key` for a list inside a table.

    Raises
    ------
    UserError
        `knowledge-invalid` when the file is not TOML, has no source or no day of its last check,
        or holds something else than lists of words.
    """
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise _refuse(name, f"Not TOML: {error}.") from None
    source, checked_on = document.pop("source", None), document.pop("checked_on", None)
    if not isinstance(source, str) or not source.strip():
        raise _refuse(name, "The vocabulary names no source.")
    if not isinstance(checked_on, datetime.date):
        raise _refuse(name, "The vocabulary has no date under checked_on.")
    return MappingProxyType(dict(_iterate_lists(name, document, "")))


def _iterate_lists(
    name: str, table: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _iterate_lists(name, value, f"{prefix}{key}.")
        elif isinstance(value, list) and all(isinstance(word, str) and word for word in value):
            yield f"{prefix}{key}", tuple(value)
        else:
            raise _refuse(name, f"{prefix}{key} is not a list of words.")


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
                raise _refuse(f"{name}.toml", f"{word!r} stands under two keys.")
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


def parse_terms(name: str, text: str) -> tuple[Mapping[str, str], ...]:
    """Give the rows of a CSV vocabulary by column, in order.

    Raises
    ------
    UserError
        `knowledge-invalid`, naming the line, when a row has no name, no source, no day of its last
        check, or more or fewer cells than there are columns.
    """
    reader = csv.DictReader(text.splitlines(), restkey="", restval=None)
    rows = []
    for row in reader:
        if "" in row or None in row.values():
            raise _refuse(name, f"Line {reader.line_num} has not one cell a column.")
        for column in ("name", "source", "checked_on"):
            if not row.get(column, "").strip():
                raise _refuse(name, f"Line {reader.line_num} has no {column}.")
        try:
            datetime.date.fromisoformat(row["checked_on"])
        except ValueError:
            raise _refuse(name, f"Line {reader.line_num}: checked_on is no date.") from None
        rows.append(MappingProxyType(row))
    return tuple(rows)


def load_terms(name: str) -> tuple[Mapping[str, str], ...]:
    """Give the rows of `<name>.csv` by column."""
    return parse_terms(f"{name}.csv", read_vocabulary_text(f"{name}.csv"))


def split_words(cell: str) -> tuple[str, ...]:
    """Give the words of a cell that are parted by `|`, folded."""
    return tuple(fold(word) for word in cell.split(WORD_SEPARATOR) if word.strip())
