"""Symptoms and signs as people write them, phrase by phrase, with side and code.

A side belongs to the phrase that names it and is never carried to another. A length of time, and
words such as "persistent", stay in the words. Of "pain and swelling in the right face" and "left
cheek swelling and pain" each half takes the place that the other names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.provenance import Provenance
from spindle.cases.tumour import Symptom
from spindle.formats.cells.numbers import span_pattern
from spindle.formats.cells.phrases import (
    AND,
    BRACKETED,
    COMMA,
    SEMICOLON,
    STOP,
    Phrase,
    blank_sides,
    find_sides,
    join_sides,
    read_absence,
    refuse_long,
    split_phrases,
)
from spindle.formats.cells.reading import CellReading, Doubt, place_each
from spindle.knowledge.terms import SymptomTerm, find_symptom
from spindle.knowledge.words import find_key, fold, load_word_lists, make_pattern

_SLASH_OR_PLUS = r"\s+/\s+|\s*\+\s*"
_BEFORE_DENIAL = r"\s(?:(?:and|but|with)\s)?(?=(?:no|without|denies)\s)"
_OR = r"\s(?:or|nor)\s"
_WITH = r"\swith\s"


@dataclass(frozen=True, slots=True)
class _Part:
    """One symptom's worth of words: as written, and as they are looked up."""

    words: str
    meaning: str
    separator: str = ""


def read_symptoms(
    text: str, provenance: Provenance | Absent = NOT_REPORTED
) -> CellReading[tuple[Symptom, ...]]:
    """Give the symptoms of a cell in the order written; nothing for a cell that reports none.

    A phrase that the vocabulary does not know is a symptom by its own words, with a doubt.
    """
    return place_each(_read_symptoms(text), provenance)


@lru_cache(maxsize=4096)
@refuse_long("symptom-unknown", ())
def _read_symptoms(text: str) -> CellReading[tuple[Symptom, ...]]:
    if read_absence(text):
        return CellReading(())
    draft = _Draft()
    for part in _iterate_parts(text):
        draft.add(part)
    if not draft.symptoms:
        draft.doubts.append(Doubt("symptom-unknown", "No symptom is read from these words.", text))
    return CellReading(tuple(draft.symptoms), tuple(dict.fromkeys(draft.doubts)))


@dataclass(slots=True)
class _Draft:
    """The symptoms of a cell, part by part."""

    symptoms: list[Symptom] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def add(self, part: _Part) -> None:
        """Read the next part."""
        if self.symptoms and self._follows_denial(part):
            message = "These words follow a denied symptom; whether they are denied is unclear."
            self.doubts.append(Doubt("symptom-unknown", message, part.words))
            self._attach(part)
        elif _is_circumstance(part):
            if self.symptoms:
                self._attach(part)
            else:
                message = "No symptom is read from these words."
                self.doubts.append(Doubt("symptom-unknown", message, part.words))
        else:
            symptom, doubt = _make_symptom(part)
            self.symptoms.append(symptom)
            self.doubts += [doubt] if doubt else []

    def _follows_denial(self, part: _Part) -> bool:
        last = self.symptoms[-1]
        return (
            part.separator == ","
            and not last.is_present
            and _is_denied(fold(last.words))
            and not _is_denied(fold(part.meaning))
        )

    def _attach(self, part: _Part) -> None:
        separator = part.separator if part.separator in {",", ";"} else f" {part.separator}"
        words = f"{self.symptoms[-1].words}{separator} {part.words}"
        self.symptoms[-1] = replace(self.symptoms[-1], words=words)


def _iterate_parts(text: str) -> Iterator[_Part]:
    for sentence in split_phrases(text, SEMICOLON, STOP, _SLASH_OR_PLUS, _BEFORE_DENIAL):
        if _is_denied(fold(sentence.words)) and re.search(_OR, sentence.words):
            yield from _iterate_denied(sentence)
            continue
        for number, phrase in enumerate(split_phrases(sentence.words, COMMA)):
            separator = sentence.separator if number == 0 else phrase.separator
            yield from _iterate_conjuncts(replace(phrase, separator=separator))


def _iterate_denied(sentence: Phrase) -> Iterator[_Part]:
    """Give each item of "no fever, cough or weight loss" as denied."""
    denial = _denial().match(fold(sentence.words))
    word = denial.group() if denial else ""
    for number, piece in enumerate(split_phrases(sentence.words, COMMA, AND, _OR)):
        words = re.sub(r"^(?:or|nor|and)\s+", "", piece.words)
        meaning = words if number == 0 or _is_denied(fold(words)) else f"{word} {words}"
        yield _Part(sentence.words, meaning, sentence.separator)


def _iterate_conjuncts(phrase: Phrase) -> Iterator[_Part]:
    """Give the symptoms of one item of a list, which "and" or "with" may join."""
    text = re.sub(r"^(?:and|&)\s+", "", phrase.words, flags=re.IGNORECASE)
    pieces = split_phrases(text, AND, _WITH)
    if len(pieces) > 1 and _is_denied(fold(text)):
        yield from _iterate_denied(replace(phrase, words=text))
        return
    if len(pieces) == 2 and (shared := _share_place(pieces[0].words, pieces[1].words)):
        for meaning in shared:
            yield _Part(text, meaning, phrase.separator)
        return
    is_split = len(pieces) > 1 and all(_is_known_or_headed(piece.words) for piece in pieces)
    for number, piece in enumerate(pieces if is_split else (replace(phrase, words=text),)):
        separator = phrase.separator if number == 0 else piece.separator
        yield _Part(piece.words, piece.words, separator)


def _is_known_or_headed(words: str) -> bool:
    return _find_term(words) is not None or fold(words).rpartition(" ")[2] in _heads()


@cache
def _heads() -> frozenset[str]:
    return frozenset(fold(word) for word in load_word_lists("symptoms")["heads"])


def _share_place(first: str, second: str) -> tuple[str, str] | None:
    """Give what two joined findings mean when one of them takes its place from the other."""
    one, two = _strip_duration(fold(first)), _strip_duration(fold(second))
    place = re.search(rf"\s(?:{make_pattern('symptoms', 'place').pattern})\s.*$", two)
    if one in _heads() and place and two[: place.start()] in _heads():
        return f"{one}{place.group()}", two
    head = one.rsplit(" ", 1)
    if two in _heads() and len(head) == 2 and head[1] in _heads():
        return one, f"{head[0]} {two}"
    return None


@cache
def _denial() -> re.Pattern[str]:
    return re.compile(rf"(?:{make_pattern('symptoms', 'denial').pattern})(?=\s)")


def _is_denied(folded: str) -> bool:
    return bool(_denial().match(folded))


@cache
def _duration() -> re.Pattern[str]:
    before = make_pattern("symptoms", "span").pattern
    after = make_pattern("symptoms", "span_end").pattern
    span = re.sub(r"\(\?P<\w+>", "(?:", span_pattern().pattern)
    return re.compile(rf"(?:(?:{before})\s+)*(?:{span})[\s-]*(?:{after})?")


def _strip_duration(folded: str) -> str:
    rest = _measure().sub("", _duration().sub(" ", folded))
    return re.sub(r"\s+", " ", rest).strip(" ,.-:")


@cache
def _measure() -> re.Pattern[str]:
    units = "|".join(re.escape(fold(unit)) for unit in load_word_lists("symptoms")["measures"])
    return re.compile(rf"\s[0-9]+(?:[.,][0-9]+)?\s*(?:{units})$")


def _strip_brackets(words: str) -> str:
    """Give the folded words without brackets, but for a side in brackets: "proptosis (R)"."""

    def open_side(match: re.Match[str]) -> str:
        inside = match.group()[1:-1]
        return f" {find_key('sides', inside) or find_key('sides', inside, 'letters.')} "

    return fold(BRACKETED.sub(open_side, words))


def _is_circumstance(part: _Part) -> bool:
    """Give whether a phrase only says when or how the symptom before it was."""
    folded = fold(part.meaning)
    rest = _strip_modifiers(_strip_duration(blank_sides(folded)))
    starts = make_pattern("symptoms", "circumstances").match(folded)
    has_letters = any(letter.isalpha() for letter in rest)
    return not has_letters or (bool(starts) and _find_term(part.meaning) is None)


def _strip_modifiers(folded: str) -> str:
    return re.sub(r"\s+", " ", make_pattern("symptoms", "modifiers").sub(" ", folded)).strip(" -")


@lru_cache(maxsize=4096)
def _find_term(words: str) -> SymptomTerm | None:
    """Give what a phrase means: as it is, or without side, duration, articles and modifiers."""
    folded = _strip_brackets(words)
    for form in _iterate_forms(folded):
        if form and (term := find_symptom(form)):
            return term
    return None


def _iterate_forms(folded: str) -> Iterator[str]:
    yield folded
    sideless = blank_sides(folded)
    yield sideless
    timeless = _strip_duration(sideless)
    yield timeless
    bare = re.sub(r"\s+", " ", re.sub(r"\b(?:the|an?)\b", " ", timeless)).strip()
    yield bare
    bare = re.sub(r"\beyes\b", "eye", bare)
    yield re.sub(r"\s(?:in|on|of|at|over)$", "", bare)
    yield _strip_modifiers(bare)
    yield re.sub(r"\s(?:in|on|of|at|over)$", "", _strip_modifiers(bare))


def _make_symptom(part: _Part) -> tuple[Symptom, Doubt | None]:
    folded = fold(part.meaning)
    meaning, term, is_present = part.meaning, _find_term(part.meaning), True
    denial = _denial().match(folded)
    if term is None and denial and not make_pattern("symptoms", "exception").search(folded):
        meaning, is_present = folded[denial.end() :].strip(), False
        term = _find_term(meaning)
    symptom = Symptom(
        name=term.name if term else meaning,
        is_present=is_present and (term is None or term.is_present),
        code=term.code if term else UNKNOWN,
        laterality=join_sides(find_sides(_strip_brackets(part.meaning))) or NOT_REPORTED,
        words=part.words,
    )
    return symptom, _doubt_code(term, part.words)


def _doubt_code(term: SymptomTerm | None, words: str) -> Doubt | None:
    if term is None:
        message = "The vocabulary does not know these words as a symptom. They are kept."
        return Doubt("symptom-unknown", message, words)
    if isinstance(term.code, Absent) and term.is_present:
        message = f'No code is known for "{term.name}". The name is kept.'
        return Doubt("symptom-unknown", message, words)
    return None
