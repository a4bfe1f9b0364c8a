"""How hard a text is to read, by two published formulas that count words, sentences and syllables.

Flesch-Kincaid grade (Kincaid 1975) and SMOG grade (McLaughlin 1969) give a school grade of the
United States. Both look at lengths only: they can't tell whether a text is true, clear or kind, and
neither was made for texts on illness. Syllables are counted by a rule that errs in some words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

# Coefficients of the two formulas, as their authors printed them.
_FK_SENTENCE, _FK_SYLLABLE, _FK_BASE = 0.39, 11.8, 15.59
_SMOG_FACTOR, _SMOG_BASE = 1.0430, 3.1291
SMOG_SENTENCES = 30
"""SMOG was made for thirty sentences; from fewer it is extrapolated."""
LONG_WORD = 3
"""A word with this many syllables or more is a long one to SMOG."""
AGE_AT_GRADE_ZERO = 5
"""The usual way from a grade to an age: children enter grade one at six."""

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?]+[\"”’)]*(?=\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")
# Two vowels that are spoken apart: di-agnosis, flu-id, act-ual, try-ing. After c, g, s, t and x
# they mostly melt, as in spe-cial and re-gion.
_SPLIT = re.compile(
    r"(?<![cgstx])i[aou]|[tc]iat|(?<![gq])u(?:al|at|enc|ent|i[dn]|ous)|[aeouy]ing(?:s|ly)?$|eos?$"
)
# An e at the end, or before an ending, that is not spoken: there, treated, sides, hopeless.
_SILENT = re.compile(
    r"(?:(?<![aeiouyl])|(?<=[aeiouyl]l)|(?<=[^g]u)|(?<=ay)|(?<=ey))"
    r"(?:e|(?<![dt])ed|(?<![cgsxz])(?<!ch)(?<!sh)es|e(?=ly$|ful$|ments?$|less$|ness$)\w+)$"
)
# Common words that the rule gets wrong.
_SPOKEN = {
    "anaemia": 4, "anyone": 3, "anything": 3, "area": 3, "areas": 3, "being": 2, "billion": 2,
    "business": 2, "diarrhoea": 4, "eight": 1, "every": 2, "everyone": 3, "everything": 3,
    "eye": 1, "eyes": 1, "familiar": 3, "idea": 3, "ideas": 3, "million": 2, "opinion": 3,
    "opinions": 3, "people": 2, "radiotherapy": 6, "react": 2, "reaction": 3, "reactions": 3,
    "science": 2, "sciences": 3, "sometimes": 2, "somebody": 3, "someone": 2, "something": 2,
    "somewhere": 2, "the": 1, "trial": 2, "union": 2, "microscope": 3, "rearranged": 3,
    "create": 2, "created": 3, "quiet": 2, "safety": 2, "tissue": 2, "tissues": 2, "issue": 2,
    "issues": 2, "tiredness": 2, "european": 4, "myofibroblast": 5, "myofibroblasts": 5,
    "myofibroblastic": 6, "mesentery": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadingLevel:
    """What was counted in a text, and the two grades."""

    words: int
    """Words; a number is one."""
    sentences: int
    """Sentences; a text without a full stop is one."""
    syllables: int
    """Syllables, by rule."""
    long_words: int
    """Words of three syllables or more."""
    flesch_kincaid_grade: float
    """School grade of the United States by the formula of Kincaid 1975."""
    smog_grade: float
    """School grade of the United States by the formula of McLaughlin 1969."""

    @property
    def flesch_kincaid_age(self) -> float:
        """Reading age in years by Flesch-Kincaid."""
        return self.flesch_kincaid_grade + AGE_AT_GRADE_ZERO

    @property
    def smog_age(self) -> float:
        """Reading age in years by SMOG."""
        return self.smog_grade + AGE_AT_GRADE_ZERO

    @property
    def is_smog_extrapolated(self) -> bool:
        """Whether the text is shorter than what SMOG was made for."""
        return self.sentences < SMOG_SENTENCES


def list_words(text: str) -> list[str]:
    """Give the words of a text, numbers among them."""
    return _WORD.findall(text)


def count_sentences(text: str) -> int:
    """Give the number of sentences; what stands after the last full stop is one more."""
    parts = [part for part in _SENTENCE_END.split(text) if list_words(part)]
    return max(len(parts), 1)


def count_syllables(word: str) -> int:
    """Give the syllables of a word by rule, at least one.

    A short name in capitals is read letter by letter, and a number digit by digit.
    """
    parts = re.split(r"[-–/.]", word)
    return sum(_count_part(part) for part in parts if part) or 1


def _count_part(part: str) -> int:
    if not part.isalpha() and "'" not in part and "’" not in part:
        return len(part)
    if part.isupper() and len(part) > 1:
        return len(part)
    word = part.lower().replace("’", "'")
    if word in _SPOKEN:
        return _SPOKEN[word]
    word, spoken = re.subn(r"(?<=[ds])n't$", "", word)
    word = re.sub(r"(?:n't|'[a-z]+)$", "", word) or word
    count = (
        spoken + len(_VOWELS.findall(word)) + len(_SPLIT.findall(word)) - len(_SILENT.findall(word))
    )
    return max(count, 1)


def measure_text(texts: Iterable[str]) -> ReadingLevel:
    """Give the reading level of texts, each with sentences of its own.

    Raises
    ------
    ValueError
        When there is no word.
    """
    texts = [text for text in texts if list_words(text)]
    words = [word for text in texts for word in list_words(text)]
    if not words:
        raise ValueError("there is no word to measure")
    sentences = sum(count_sentences(text) for text in texts)
    counts = [count_syllables(word) for word in words]
    long_words = sum(count >= LONG_WORD for count in counts)
    return ReadingLevel(
        words=len(words),
        sentences=sentences,
        syllables=sum(counts),
        long_words=long_words,
        flesch_kincaid_grade=compute_flesch_kincaid(len(words), sentences, sum(counts)),
        smog_grade=compute_smog(sentences, long_words),
    )


def compute_flesch_kincaid(words: int, sentences: int, syllables: int) -> float:
    """Give the Flesch-Kincaid grade of counts (Kincaid 1975)."""
    return _FK_SENTENCE * words / sentences + _FK_SYLLABLE * syllables / words - _FK_BASE


def compute_smog(sentences: int, long_words: int) -> float:
    """Give the SMOG grade of counts (McLaughlin 1969), scaled to thirty sentences."""
    return _SMOG_FACTOR * math.sqrt(long_words * SMOG_SENTENCES / sentences) + _SMOG_BASE
