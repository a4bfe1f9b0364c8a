"""Which rows below the header are cases, and which are totals, footnotes or headers again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import cache

from spindle.formats.header_rows import TableHeader, repeats_header
from spindle.knowledge.vocabularies import fold, load_word_lists
from spindle.knowledge.words import bound_word

# Below this many columns a row with one filled cell may well be a patient.
COLUMNS_OF_A_WIDE_TABLE = 4
# A lone text with more words than this is a sentence, and no value of a cell.
WORDS_OF_A_VALUE = 6
LETTERS_OF_AN_ID = 3
# Ids look alike in a table; where they do not, their looks tell nothing.
SHAPES_REMEMBERED = 1000

_FOOTNOTE_SIGN = re.compile(r"[*†‡§¶]")
_DIGITS = re.compile(r"\d+")
_AFTER_TOTAL = r"\s*(?:$|[:：(=±*,;]|n\b|\d)"
_LETTERS = re.compile(r"[^\W\d_]+")


class RowKind(Enum):
    """What a row below the header is."""

    CASE = "case"
    HEADER = "header"
    """It repeats the header."""
    OTHER = "other"
    """A total, a footnote, a title or a heading between rows."""


class RowSorter:
    """Tells cases from other rows; learns from the rows that it has seen how ids look."""

    def __init__(self, header: TableHeader, id_position: int | None) -> None:
        self._header = header
        self._header_words = {fold(text) for text in header.headers}
        self._id_position = id_position
        self._is_wide = sum(1 for text in header.headers if text) >= COLUMNS_OF_A_WIDE_TABLE
        self._id_shapes = {_shape("1")}

    def sort(self, texts: Sequence[str]) -> RowKind:
        """Give the kind of a row that is not blank.

        A row with an id and any other cell is a case, unless its first words say that it is a sum.
        """
        label = self._find_label(texts)
        folded = fold(label)
        if folded in self._header_words and repeats_header(texts, self._header):
            return RowKind.HEADER
        filled = {*texts, ""}
        is_lone = len(filled) <= 2
        if _starts_with(folded, "totals") or (is_lone and self._is_no_patient(label, texts)):
            return RowKind.OTHER
        if not is_lone and len(self._id_shapes) < SHAPES_REMEMBERED and (own := self._id(texts)):
            self._id_shapes.add(_shape(own))
        return RowKind.CASE

    def _id(self, texts: Sequence[str]) -> str:
        position = self._id_position
        return texts[position] if position is not None and position < len(texts) else ""

    def _find_label(self, texts: Sequence[str]) -> str:
        return self._id(texts) or next(text for text in texts if text)

    def _is_no_patient(self, label: str, texts: Sequence[str]) -> bool:
        if _starts_with(fold(label), "footnotes") or _starts_with(fold(label), "titles"):
            return True
        if _FOOTNOTE_SIGN.match(label) or len(label.split()) > WORDS_OF_A_VALUE:
            return True
        if self._id_position is None or not self._is_wide:
            return False
        # In a wide table a lone text is a heading, or the rest of the row above; a lone id that
        # looks like the others is a patient of whom nothing else is known.
        return _shape(self._id(texts)) not in self._id_shapes


def _shape(text: str) -> str:
    """Give how an id looks: `15` and `3` are alike, `jones-2015` and `smith-2020` are.

    A letter or two is not like a word: in a table of patients A, B and C, "Children" is a heading.
    """
    return _LETTERS.sub(_shape_letters, _DIGITS.sub("9", text))


def _shape_letters(match: re.Match[str]) -> str:
    return "a" if len(match.group()) <= LETTERS_OF_AN_ID else "w"


def _starts_with(folded: str, key: str) -> bool:
    return bool(_first_words(key).match(folded.lstrip("( ")))


@cache
def _first_words(key: str) -> re.Pattern[str]:
    words = sorted((fold(word) for word in load_word_lists("row_words")[key]), key=len)
    any_word = "|".join(bound_word(word) for word in reversed(words))
    # "Total (n = 25)" is a sum and "Total resection" is not; an id such as "note-3" is no note.
    return re.compile(rf"(?:{any_word})" + (_AFTER_TOTAL if key == "totals" else r"(?![-_])"))
