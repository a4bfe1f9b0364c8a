"""Damage in knowledge files that a parser lets pass, and the line where it stands.

A knowledge file holds text for people. A character that nobody can see (a control character, a mark
of zero width, half of a pair) has no place there, and neither has a number that no computer sums.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

# Whole numbers of TOML have 64 bits.
_LARGEST = 2**63 - 1
# Tabs and line ends are seen; other spaces, such as one that does not break, are seen as spaces.
_SEEN = "\n\t"
_SPACE_CATEGORY = "Zs"
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LETTER_ESCAPES = {"b": "\b", "f": "\f", "r": "\r", "e": "\x1b"}
_NUMBER = re.compile(r"0[xob][0-9A-Fa-f_]+|[0-9][0-9_]*")
_LONG_NUMBER = re.compile(r"[0-9][0-9_]{1000,}")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_MIXED = re.compile("[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
MIXED = "A word holds a Cyrillic letter that looks like a Latin one."
_HEAD = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_ENTRY_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*([\w.-]+)[ \t]*\]\][ \t\r]*(?:#.*)?$", re.MULTILINE)
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


def find_unseen(text: str) -> str:
    """Give the first character that nobody can see, or an empty text."""
    if text.isprintable():
        return ""
    for character in text:
        if character.isprintable() or character in _SEEN:
            continue
        if unicodedata.category(character) != _SPACE_CATEGORY:
            return character
    return ""


def find_mixed(text: str) -> int | None:
    """Give where a word holds Latin and Cyrillic letters, which look alike, or none."""
    # Hardly any text holds a Cyrillic letter, and one set is looked for fast.
    if text.isascii() or not _CYRILLIC.search(text):
        return None
    found = _MIXED.search(text)
    return found.start() if found else None


def name_unseen(character: str) -> str:
    """Give the sentence that refuses a character."""
    return f"It holds the character U+{ord(character):04X}, which nobody can see; take it out."


def find_damage(document: Mapping[str, Any], text: str) -> tuple[int, str] | None:
    """Give the line and the sentence for the first damage in a parsed text, or none."""
    # Without an escape, what can't be seen in a text can't be seen in the file either.
    is_plain = "\\" not in text and text.isascii() and text.replace("\n", "").isprintable()
    found = _walk(document, is_plain=is_plain)
    if found is None:
        return None
    if not isinstance(found, str):
        return _find_number_line(text), "It holds a whole number that is too large."
    if unseen := find_unseen(found):
        return _find_character_line(text, unseen), name_unseen(unseen)
    return text.count("\n", 0, find_mixed(text) or 0) + 1, MIXED


def _walk(value: Any, *, is_plain: bool) -> str | int | None:
    """Give the first text with damage or number that is too large, or none."""
    kind = type(value)
    if kind is str:
        return None if is_plain or not _is_damaged(value) else str(value)
    if kind is int:
        return None if -_LARGEST - 1 <= value <= _LARGEST else int(value)
    if kind is dict or kind is list:
        for inner in value.values() if kind is dict else value:
            if type(inner) is str and (is_plain or (inner.isascii() and inner.isprintable())):
                continue
            if (found := _walk(inner, is_plain=is_plain)) is not None:
                return found
        return None if is_plain or kind is list else _walk("".join(value), is_plain=False)
    return None


def _is_damaged(text: str) -> bool:
    return bool(find_unseen(text)) or find_mixed(text) is not None


def _find_character_line(text: str, character: str) -> int:
    """Give the line of a character that stands in a text as itself or as an escape."""
    position = text.find(character)
    if position < 0:
        position = next(
            (match.start() for match in _ESCAPE.finditer(text) if _unescape(match) == character), 0
        )
    return text.count("\n", 0, position) + 1


def _unescape(match: re.Match[str]) -> str:
    if code := match[1] or match[2] or match[3]:
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else ""
    return _LETTER_ESCAPES.get(match[4], "")


def _find_number_line(text: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        for found in _NUMBER.findall(line):
            if len(found) > 1000 or int(found.replace("_", ""), _find_base(found)) > _LARGEST:
                return number
    return 1


def _find_base(number: str) -> int:
    return {"0x": 16, "0o": 8, "0b": 2}.get(number[:2], 10)


def find_long_number(text: str) -> int:
    """Give the line of a number that is too long to be read, the first line when none is found."""
    found = _LONG_NUMBER.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def find_table_lines(text: str, table: str) -> list[int]:
    """Give the line numbers at which an entry of the table begins."""
    found, number, seen = [], 1, 0
    for head in _ENTRY_HEAD.finditer(text):
        number += text.count("\n", seen, head.start())
        seen = head.start()
        if head[1] == table:
            found.append(number)
    return found


def find_key_line(text: str, key: str) -> int:
    """Give the line at which a dotted key of a TOML text stands, or what it stands in; else 1.

    A key that is missing is told by the table that lacks it.
    """
    lines = dict(reversed(list(_iterate_keys(text))))
    while key:
        if key in lines:
            return lines[key]
        key = key.rpartition(".")[0]
    return 1


def _iterate_keys(text: str) -> Iterator[tuple[str, int]]:
    """Give every dotted key and table of a text with its line."""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.fullmatch(line):
            inside = _plain(head[1])
            yield inside, number
        elif found := _KEY.match(line):
            yield ".".join(filter(None, (inside, _plain(found[1])))), number


def _plain(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
