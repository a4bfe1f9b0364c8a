"""Where a key stands in a TOML text: the line of every key and list element, for messages.

The parser of the standard library tells no lines. This walk knows brackets, quotation marks and
comments, and no more; it never decides what a file means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# The way to a value: keys, and positions in lists counted from zero.
Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*\[(?P<list>\[)?\s*(?P<name>[^\[\]]+?)\s*\]?\]\s*(?:#.*)?$")
_KEY = re.compile(
    r"""\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*="""
)
_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+))\s*(?:\.|$)""")
_OPENING, _CLOSING, _QUOTES = "[{", "]}", "\"'"


@dataclass(slots=True)
class _Walk:
    """What is open at one place of the text."""

    lines: dict[Path, int] = field(default_factory=dict)
    counted: dict[Path, int] = field(default_factory=dict)
    """Tables seen so far of each list of tables."""
    table: Path = ()
    value: Path = ()
    """The key whose list is being read."""
    depth: int = 0
    """Brackets open in it."""
    element: int = 0
    quote: str = ""
    """The quotation mark that is open."""

    def mark(self, path: Path, number: int) -> None:
        """Keep the first line of a path."""
        self.lines.setdefault(path, number)


def find_lines(text: str) -> Mapping[Path, int]:
    """Give the line, from 1, of every key, table and list element that begins a line."""
    walk = _Walk()
    for number, line in enumerate(text.splitlines(), 1):
        start = 0
        if not walk.depth and not walk.quote:
            if header := _HEADER.match(line):
                _enter(walk, header, number)
                continue
            match = _KEY.match(line)
            if not match:
                continue
            walk.value, walk.element = (*walk.table, *_split(match[1])), 0
            walk.mark(walk.value, number)
            start = match.end()
        _read_value(walk, line[start:], number)
    return walk.lines


def find_line(lines: Mapping[Path, int], path: Path) -> int:
    """Give the line of a path, or of the nearest one that it stands in; 0 when none is known."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 0


def _split(name: str) -> Path:
    return tuple(a or b or c for a, b, c in _PART.findall(name))


def _enter(walk: _Walk, header: re.Match[str], number: int) -> None:
    path: Path = ()
    names = _split(header["name"])
    for place, name in enumerate(names, 1):
        path = (*path, name)
        if place == len(names) and header["list"]:
            walk.counted[path] = walk.counted.get(path, -1) + 1
        if path in walk.counted:
            path = (*path, walk.counted[path])
    walk.table = path
    walk.mark(path, number)


def _read_value(walk: _Walk, text: str, number: int) -> None:
    place = 0
    while place < len(text):
        letter = text[place]
        if walk.quote:
            place = _read_quoted(walk, text, place)
            continue
        if letter == "#":
            return
        is_element = walk.depth == 1 and not letter.isspace() and letter not in "],"
        if is_element:
            walk.mark((*walk.value, walk.element), number)
        if letter in _QUOTES:
            walk.quote = letter * 3 if text[place : place + 3] == letter * 3 else letter
            place += len(walk.quote)
            continue
        walk.element += letter == "," and walk.depth == 1
        walk.depth += (letter in _OPENING) - (letter in _CLOSING)
        place += 1
    if len(walk.quote) == 1:
        # A plain quotation never goes over a line's end; the parser refuses it.
        walk.quote = ""


def _read_quoted(walk: _Walk, text: str, place: int) -> int:
    if text[place] == "\\" and walk.quote.startswith('"'):
        return place + 2
    if text.startswith(walk.quote, place):
        place += len(walk.quote)
        walk.quote = ""
        return place
    return place + 1
