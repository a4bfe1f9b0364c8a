"""What stands beside a fusion in a line of results: its call (`Not detected`) and its reads.

A call other than a positive one is never a fusion that was found, whatever is named beside it, and
a word in a cell of its own that is not known as a call is not taken for a positive one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from spindle.formats.cells.fusion_details import DetailKind, blank_details, find_details
from spindle.formats.cells.fusions import find_pairs
from spindle.formats.cells.phrases import LONGEST_CELL
from spindle.knowledge.fusion_callers import find_caller_format, fold_word
from spindle.knowledge.words import fold, load_word_lists, make_pattern

FORMAT = "report-words"
TAB = "\t"
# Stands between two cells, so that no word of one is read with the next.
_WALL = " | "
_PIECE = re.compile(r"[|,;:\n]+")
_EDGES = " .()[]{}\"'"
# A fusion stands in the first cell, or behind the name of a sample.
_PLACES = 2
_MOST_CELLS = 6


class CallWord(StrEnum):
    """What a word beside a fusion says of it."""

    POSITIVE = "call_positive"
    NEGATIVE = "call_negative"
    FAILED = "call_failed"
    EQUIVOCAL = "call_equivocal"
    WITHHELD = "call_withheld"
    NOT_DONE = "call_not_done"


_MEANINGS = {
    CallWord.NEGATIVE: "the result is negative",
    CallWord.FAILED: "the result is failed, which is no negative one",
    CallWord.EQUIVOCAL: "the result is equivocal",
    CallWord.WITHHELD: "whoever made the call held it back, which is neither positive nor negative",
    CallWord.NOT_DONE: "the test was not done",
}


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One line of results, its fusions apart from what stands beside them."""

    words: str
    """The line with one kind of space, and without its reads."""
    calls: tuple[tuple[CallWord, str], ...]
    """The calls beside the fusions, each with its words."""
    reads: tuple[str, ...]
    """Counts of reads, each with its words."""
    unread: tuple[str, ...]
    """Words in pieces of their own that are not known as a call."""
    fusions: int
    """How many fusions are named by a pair of genes or by two exons."""
    is_table: bool
    """Whether tabs part the line into cells."""

    @property
    def count(self) -> int | None:
        """Reads, when one count stands beside one fusion."""
        counts = {_read_count(words) for words in self.reads}
        return counts.pop() if len(counts) == 1 and self.fusions == 1 else None

    def explain(self) -> str:
        """Give why nothing in the line is taken as found; empty when nothing speaks against it."""
        if not self.fusions:
            return ""
        other = [(kind, words) for kind, words in self.calls if kind is not CallWord.POSITIVE]
        is_positive = len(other) < len(self.calls)
        if other and (is_positive or self.fusions > 1 or len({kind for kind, _ in other}) > 1):
            said = " and ".join(f'"{words}"' for _, words in self.calls)
            return f"The line says {said}, and not what for. No fusion is taken as found."
        if other:
            kind, words = other[0]
            return (
                f'The line says "{words}" beside the fusion: {_MEANINGS[kind]}. It is not taken as '
                "found."
            )
        if self.count == 0:
            return "The line counts no reads for the fusion. It is not taken as found."
        if self.is_table and self.unread and not is_positive:
            return (
                f'"{self.unread[0]}" beside the fusion is not known as a call. It is not taken as '
                "found."
            )
        return ""


def read_line(text: str) -> ResultLine:
    """Give a line of results; one that is too long to be taken apart gives its words alone."""
    is_table = TAB in text.strip()
    shown = " ".join(text.strip().replace(TAB, _WALL).split())
    folded = fold(shown)
    # Taking a line apart is slow, and most lines of a report hold none of these.
    has_call = is_table or _reads().search(folded) or _calls().search(folded)
    if len(shown) > LONGEST_CELL or not has_call:
        return ResultLine(" ".join(text.split()), (), (), (), 0, is_table)
    details, pairs = find_details(folded), find_pairs(shown)
    # "QC fail" in a cell of its own is a call, and stays to be seen.
    blanked = tuple(detail for detail in details if detail.kind is not DetailKind.QUALITY)
    rest = blank_details(folded, blanked)
    for pair in pairs:
        rest = rest[: pair.start] + " " * (pair.end - pair.start) + rest[pair.end :]
    reads = tuple(match.group().strip() for match in _reads().finditer(rest))
    pieces = [piece.strip(_EDGES) for piece in _PIECE.split(_reads().sub(_WALL, rest))]
    calls = tuple((kind, piece) for piece in pieces if (kind := find_call(piece)))
    unread = tuple(piece for piece in pieces if not find_call(piece) and _is_unread(piece))
    is_coded = len([detail for detail in details if detail.letter]) > 1
    words = " ".join(text.split())
    for said in reads:
        words = re.sub(re.escape(said), " ", words, count=1, flags=re.IGNORECASE)
    fusions = len(pairs) or int(is_coded)
    return ResultLine(" ".join(words.split()), calls, reads, unread, fusions, is_table)


def are_result_lines(texts: Sequence[str], delimiter: str = TAB) -> bool:
    """Give whether lines are mostly a fusion with its call or reads beside it, below a header."""
    lines = [text for text in texts if delimiter in text.strip()]
    fitting = [_is_result_line(text, delimiter) for text in lines]
    if fitting and not fitting[0] and not find_pairs(_cut(lines[0])):
        fitting = fitting[1:]
    return sum(fitting) * 2 > len(fitting)


def _is_result_line(text: str, delimiter: str) -> bool:
    cells = text.strip().split(delimiter)
    if len(cells) > _MOST_CELLS or not any(find_pairs(_cut(c)) for c in cells[:_PLACES]):
        return False
    line = read_line(text)
    return bool(line.calls or line.reads)


def _cut(text: str) -> str:
    return " ".join(text.split())[:LONGEST_CELL]


def find_call(piece: str) -> CallWord | None:
    """Give what words say as a call; none for words that are not known as one."""
    words = find_caller_format(FORMAT).words
    key = fold_word(piece)
    return next((kind for kind in CallWord if key in words[kind.value]), None)


def _is_unread(piece: str) -> bool:
    """Give whether a piece says something that is neither a method nor beside the point."""
    return any(map(str.isalnum, piece)) and not _beside_the_point().fullmatch(piece)


@cache
def _beside_the_point() -> re.Pattern[str]:
    methods = [key for key in load_word_lists("fusions") if key.startswith("method.")]
    known = make_pattern("fusions", "fillers", "partnerless", *methods).pattern
    return re.compile(rf"(?:(?:{known})[\s-]*)+")


@cache
def _calls() -> re.Pattern[str]:
    """Give a pattern that finds the beginning of any call, in folded words."""
    words = {word for kind in CallWord for word in find_caller_format(FORMAT).words[kind.value]}
    # The words are held without their spaces and hyphens.
    letters = (r"[\s_-]*".join(map(re.escape, word)) for word in sorted(words))
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(letters)})(?![^\W_])")


@cache
def _reads() -> re.Pattern[str]:
    return find_caller_format(FORMAT).patterns["reads"]


def _read_count(words: str) -> int:
    return int("".join(filter(str.isdigit, words)))
