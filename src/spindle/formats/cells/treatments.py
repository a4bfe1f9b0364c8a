"""Treatments as people write them: `Radical surgery +radiotherapy + steroid therapy`.

"Radical" and "complete" are no microscopic margin; only R0, R1 and R2 and words for the microscope
are. A "negative margin" may be either, so it is unknown. What is denied ("no chemotherapy"),
planned or refused is no treatment and stays in the words. A biopsy is the only treatment when the
words say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, reduce

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import Margin, Treatment, TreatmentIntent, TreatmentKind
from spindle.cases.provenance import Provenance
from spindle.formats.cells.margins import find_margin
from spindle.formats.cells.phrases import (
    AND,
    BRACKETED,
    COMMA,
    SEMICOLON,
    STOP,
    Phrase,
    read_absence,
    refuse_long,
    split_phrases,
)
from spindle.formats.cells.reading import CellReading, Doubt, place_each
from spindle.knowledge.words import bound_word, find_key, fold, load_word_lists, make_pattern

_PLUS = r"\s*\+\s*"
_THEN = r"\s(?:then|plus|followed\sby)\s|\s(?=without\s)"
_LEADING_AND = re.compile(r"^(?:and|&|then)\s+", re.IGNORECASE)
_WITH = r"\s(?:with|w/)\s"
# Not the stroke of "w/o".
_SLASH = r"(?<!\sw)\s*/\s*"
_BRACKETED = re.compile(r"\(([^()]*)\)")
# Beside one of these "CT" is chemotherapy; alone it may be a scan.
_COMPANY = frozenset({TreatmentKind.SURGERY, TreatmentKind.RADIOTHERAPY})
_WEAK = frozenset({",", "，", "、", "and", "&", "with", "", "plus"})


@dataclass(frozen=True, slots=True)
class _Named:
    """One treatment that a phrase names."""

    kind: TreatmentKind
    agent: str = ""


def read_treatments(
    text: str, provenance: Provenance | Absent = NOT_REPORTED
) -> CellReading[tuple[Treatment, ...]]:
    """Give the treatments of a cell in the order written; nothing for a cell that reports none.

    Words after a treatment that name no other stay with it; words that stand alone and are not
    known are a treatment of kind other, with a doubt.
    """
    return place_each(_read_treatments(text), provenance)


@lru_cache(maxsize=4096)
@refuse_long("treatment-unreadable", ())
def _read_treatments(text: str) -> CellReading[tuple[Treatment, ...]]:
    if read_absence(text):
        return CellReading(())
    draft = _Draft(names=frozenset(named.kind for named in _iterate_all(text)))
    phrases = tuple(_iterate_phrases(text))
    for number, phrase in enumerate(phrases):
        draft.add(phrase, phrases[number + 1] if number + 1 < len(phrases) else None)
    treatments, doubts = draft.finish(text)
    doubts = [*doubts, *_doubt_brackets(text, {treatment.kind for treatment in treatments})]
    return CellReading(tuple(treatments), tuple(dict.fromkeys(doubts)))


def _doubt_brackets(text: str, taken: set[TreatmentKind]) -> Iterator[Doubt]:
    """Doubt a treatment that only words in brackets name: given, planned or past is not said."""
    for words in _BRACKETED.findall(text):
        if any(named.kind not in taken for named in _iterate_kinds(fold(words))):
            message = "The words in brackets name a treatment. It is kept as words and not taken."
            yield Doubt("treatment-unreadable", message, words)


def _iterate_phrases(text: str) -> Iterator[Phrase]:
    """Give the phrases of a cell; "and" and "with" part only treatments from each other."""
    for written in split_phrases(text, SEMICOLON, STOP, COMMA, _PLUS, _THEN):
        phrase = replace(written, words=_LEADING_AND.sub("", written.words))
        pieces = split_phrases(phrase.words, AND, _WITH, _SLASH)
        are_known = [_names_any(piece) for piece in pieces]
        is_list = any(are_known) and all(
            is_known or _is_beside(_take_outside(piece.words))
            for piece, is_known in zip(pieces, are_known, strict=True)
        )
        if len(pieces) < 2 or not is_list or _says_none(pieces):
            yield phrase
            continue
        yield replace(pieces[0], separator=phrase.separator)
        yield from pieces[1:]


@dataclass(slots=True)
class _Draft:
    """The treatments of a cell, phrase by phrase."""

    names: frozenset[TreatmentKind]
    treatments: list[Treatment] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    pending: list[Phrase] = field(default_factory=list)

    def add(self, phrase: Phrase, following: Phrase | None) -> None:
        """Read the next phrase."""
        folded = _take_outside(phrase.words)
        if _is_beside(folded) and self.names & _COMPANY:
            folded = TreatmentKind.CHEMOTHERAPY.value
        named = tuple(_iterate_named(folded, self.names))
        if (not_given := _find_not_given(folded)) and (named or _is_denied(folded)):
            self._attach(phrase, _say_not_given(not_given), is_denied=True)
        elif find_margin(phrase.words).is_said and not self._names_new(folded, named):
            self._attach(phrase, "", is_margin=True)
        elif _is_denied(folded) and TreatmentKind.NONE not in {item.kind for item in named}:
            self._attach(phrase, "", is_denied=True)
        elif named and not self._repeats(phrase, folded):
            self._append(named, phrase)
        elif named or _matches(folded, "adjunct") or self._is_side_biopsy(folded):
            self._attach(phrase, "")
        elif _matches(folded, "opening") or _matches(folded, "viewing"):
            self._add_approach(phrase, folded, following)
        else:
            self._add_unknown(phrase)

    def _names_new(self, folded: str, named: tuple[_Named, ...]) -> bool:
        """Give whether a phrase about a margin names more than the operation before it."""
        nouns = make_pattern("treatments", "margin_nouns").sub(" ", folded)
        has_operation = any(t.kind is TreatmentKind.SURGERY for t in self.treatments)
        return bool(named) and not (has_operation and not any(True for _ in _iterate_kinds(nouns)))

    def _repeats(self, phrase: Phrase, folded: str) -> bool:
        """Give whether an excision biopsy only describes the operation before it."""
        return bool(self.treatments) and phrase.separator == "," and _matches(folded, "biopsy")

    def _is_side_biopsy(self, folded: str) -> bool:
        return _matches(folded, "biopsy") and TreatmentKind.SURGERY in self.names

    def _append(self, named: tuple[_Named, ...], phrase: Phrase) -> None:
        words = reduce(_join, [*self.pending, phrase], "")
        self.pending = []
        for item in named:
            self.treatments.append(
                Treatment(
                    kind=item.kind,
                    agent=item.agent or NOT_REPORTED,
                    intent=_find_own_intent(item, _expand(fold(words))),
                    words=words,
                )
            )

    def _add_approach(self, phrase: Phrase, folded: str, following: Phrase | None) -> None:
        if following and following.separator in _WEAK and _names_any(following):
            self.pending.append(phrase)
        elif _matches(folded, "opening"):
            self._append((_Named(TreatmentKind.SURGERY),), phrase)
        else:
            self._add_unknown(phrase)

    def _attach(
        self, phrase: Phrase, message: str, *, is_denied: bool = False, is_margin: bool = False
    ) -> None:
        if self.treatments:
            place = self._find_operation() if is_margin else -1
            last = self.treatments[place]
            self.treatments[place] = replace(last, words=_join(last.words, phrase))
        elif is_denied:
            message = message or "The words say what was not given. What was given is not said."
        else:
            self.pending.append(phrase)
        if message:
            self.doubts.append(Doubt("treatment-unreadable", message, phrase.words))

    def _find_operation(self) -> int:
        """Give the place of the last operation, or of the last treatment."""
        kinds = [treatment.kind for treatment in self.treatments]
        is_there = TreatmentKind.SURGERY in kinds
        return -1 - kinds[::-1].index(TreatmentKind.SURGERY) if is_there else -1

    def _add_unknown(self, phrase: Phrase) -> None:
        folded = _take_outside(phrase.words)
        if self.treatments and phrase.separator in _WEAK:
            message = "No treatment is read from these words. They stay with the one before."
            self._attach(phrase, message)
            return
        message = "No kind of treatment is read from these words. They are kept as other."
        if _matches(folded, "biopsy"):
            message = "A biopsy is named; that nothing else was done is not said. Kept as other."
        self._append((_Named(TreatmentKind.OTHER),), phrase)
        self.doubts.append(Doubt("treatment-unreadable", message, phrase.words))

    def finish(self, text: str) -> tuple[list[Treatment], list[Doubt]]:
        """Give the treatments with their margins, and all doubts."""
        if self.pending and all(find_margin(phrase.words).is_said for phrase in self.pending):
            message = "The words speak of a margin, and no operation is named with them."
            self.doubts.append(Doubt("margin-not-stated", message, text))
        elif self.pending:
            self._append((_Named(TreatmentKind.OTHER),), Phrase(""))
            message = "No kind of treatment is read from these words. They are kept as other."
            self.doubts.append(Doubt("treatment-unreadable", message, self.treatments[-1].words))
        treatments = []
        for treatment in self.treatments:
            margin, doubt = _read_margin_words(treatment)
            treatments.append(replace(treatment, margin=margin))
            self.doubts += [doubt] if doubt else []
        if not treatments and not self.doubts:
            message = "No treatment is read from these words."
            self.doubts.append(Doubt("treatment-unreadable", message, text))
        return treatments, self.doubts


def _join(words: str, phrase: Phrase) -> str:
    if not words or not phrase.words:
        return words or phrase.words
    is_tight = phrase.separator in {"", ",", ";"}
    return f"{words}{phrase.separator if is_tight else ' ' + phrase.separator} {phrase.words}"


@lru_cache(maxsize=4096)
def _take_outside(words: str) -> str:
    # The dose in "RT (50 Gy)" stays outside: "RT" as a whole is known without it.
    return _expand(fold(BRACKETED.sub(" ", words)))


@cache
def _abbreviations() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Give, by kind, a pattern for abbreviations where their neighbours say what they mean.

    "Adjuvant RT", "RT 50 Gy", "CT 6 cycles"; not "Rt upper lobe" nor "CT scan".
    """
    intents = "|".join(
        make_pattern("treatments", key).pattern
        for key in load_word_lists("treatments")
        if key.startswith("intents.")
    )
    imaging = make_pattern("treatments", "imaging").pattern
    patterns = []
    for kind in (TreatmentKind.RADIOTHERAPY, TreatmentKind.CHEMOTHERAPY):
        short = make_pattern("treatments", f"abbreviations.{kind}").pattern
        before = rf"{intents}|{make_pattern('treatments', f'abbreviations_after.{kind}').pattern}"
        amount = rf"[0-9.,]+\s*(?:{make_pattern('treatments', f'amounts.{kind}').pattern})"
        source = (
            rf"(?P<before>(?:{before})\s+|{amount}\s+(?:of\s+)?)(?:{short})(?!-|\s*(?:{imaging}))"
            rf"|(?:{short})(?=\s*(?::|to|x|of)?\s*{amount})"
        )
        patterns.append((kind.value, re.compile(source)))
    return tuple(patterns)


def _expand(folded: str) -> str:
    """Give a folded phrase with its sure abbreviations written out."""
    for kind, pattern in _abbreviations():
        folded = pattern.sub(rf"\g<before>{kind}", folded)
    return folded


def _says_none(pieces: tuple[Phrase, ...]) -> bool:
    """Give whether one of several pieces says that there was no treatment: "surgery/none"."""
    folded = [_take_outside(piece.words) for piece in pieces]
    return any(named.kind is TreatmentKind.NONE for f in folded for named in _iterate_kinds(f))


def _is_beside(folded: str) -> bool:
    """Give whether a phrase is no more than an abbreviation that needs company: "CT"."""
    return bool(make_pattern("treatments", "abbreviations.chemotherapy").fullmatch(folded))


def _matches(folded: str, key: str) -> bool:
    return bool(make_pattern("treatments", key).search(folded))


def _is_denied(folded: str) -> bool:
    return bool(make_pattern("treatments", "denial").search(folded))


def _find_not_given(folded: str) -> str:
    """Give the word which says that a treatment was planned or refused, or nothing."""
    folded = make_pattern("treatments", "as_planned").sub(" ", folded)
    for key in ("refused", "planned"):
        if match := make_pattern("treatments", key).search(folded):
            return match.group()
    return ""


def _say_not_given(word: str) -> str:
    return f'"{word}" says that it was planned or refused, not that it was given.'


def _names_any(phrase: Phrase) -> bool:
    return any(True for _ in _iterate_named(_take_outside(phrase.words), frozenset()))


def _iterate_all(text: str) -> Iterator[_Named]:
    """Give what all phrases name outside their context, denied or not."""
    for phrase in _iterate_phrases(text):
        folded = _take_outside(phrase.words)
        if not _is_denied(folded) and not _find_not_given(folded):
            yield from _iterate_kinds(_cut_context(folded))


def _cut_context(folded: str) -> str:
    context = make_pattern("treatments", "context.context").search(folded)
    return folded[: context.start()] if context and context.start() else folded


def _iterate_named(folded: str, elsewhere: frozenset[TreatmentKind]) -> Iterator[_Named]:
    """Give the treatments that a phrase names, in order.

    What follows "after" or "before" counts only when the cell names that kind nowhere else.
    """
    if _matches(folded, "biopsy") and _matches(folded, "only"):
        yield _Named(TreatmentKind.BIOPSY_ONLY)
    main = _cut_context(folded)
    named = list(_iterate_kinds(main))
    context = [n for n in _iterate_kinds(folded[len(main) :]) if n.kind not in elsewhere]
    if not _matches(folded[len(main) :], "denial"):
        named += context
    is_only = _matches(folded, "biopsy") and _matches(folded, "only")
    yield from dict.fromkeys(n for n in named if not (is_only and n.kind is TreatmentKind.SURGERY))


@cache
def _kind_patterns() -> tuple[tuple[TreatmentKind, re.Pattern[str]], ...]:
    lists = load_word_lists("treatments")
    patterns = []
    for kind in TreatmentKind:
        words = f"kinds.{kind}"
        sources = [make_pattern("treatments", words).pattern] if words in lists else []
        endings = lists.get(f"endings.{kind}", ())
        sources += [rf"(?<![^\W_])[^\W\d_]+{re.escape(ending)}(?![^\W_])" for ending in endings]
        if sources:
            patterns.append((kind, re.compile("|".join(sources))))
    return tuple(patterns)


@cache
def _agents() -> re.Pattern[str]:
    lists = load_word_lists("treatments")
    words = sorted({fold(w) for k in lists if k.startswith("agents.") for w in lists[k]}, key=len)
    return re.compile("|".join(bound_word(word) for word in reversed(words)))


def _iterate_kinds(folded: str) -> Iterator[_Named]:
    """Give the kinds and drugs of a phrase in order, a drug instead of its kind."""
    if key := find_key("treatments", folded, "whole."):
        yield _Named(TreatmentKind(key))
        return
    found = [
        (
            match.start(),
            _Named(TreatmentKind(find_key("treatments", match.group(), "agents.")), match.group()),
        )
        for match in _agents().finditer(folded)
    ]
    with_agent = {named.kind for _, named in found}
    for kind, pattern in _kind_patterns():
        match = next((m for m in pattern.finditer(folded) if not _is_approach(m.group())), None)
        if match and kind not in with_agent:
            found.append((match.start(), _Named(kind)))
    yield from dict.fromkeys(named for _, named in sorted(found, key=lambda pair: pair[0]))


def _is_approach(word: str) -> bool:
    """Give whether a word that ends like an operation only opens the way: "laminectomy"."""
    return bool(make_pattern("treatments", "opening").fullmatch(word))


def _find_intent(folded: str) -> TreatmentIntent | Absent:
    named = [
        i for i in TreatmentIntent if make_pattern("treatments", f"intents.{i}").search(folded)
    ]
    if TreatmentIntent.NEOADJUVANT in named:
        return TreatmentIntent.NEOADJUVANT
    return named[0] if len(named) == 1 else NOT_REPORTED


def _find_own_intent(item: _Named, folded: str) -> TreatmentIntent | Absent:
    """Give the intent of one treatment of a phrase.

    "Adjuvant radiotherapy after surgery" says nothing of the surgery, and "surgery (adjuvant
    chemotherapy)" neither: an intent belongs to the treatments that follow it in its part.
    """
    main = _cut_context(folded)
    context = folded[len(main) :]
    in_context = set(_iterate_kinds(context))
    if not in_context:
        part = folded
    else:
        part = context if item in in_context - set(_iterate_kinds(main)) else main
    starts = [
        match.start()
        for key in TreatmentIntent
        if (match := make_pattern("treatments", f"intents.{key}").search(part))
    ]
    followers = set(_iterate_kinds(part[min(starts) :])) if starts else set()
    return NOT_REPORTED if followers and item not in followers else _find_intent(part)


def _read_margin_words(treatment: Treatment) -> tuple[Margin | Absent, Doubt | None]:
    if treatment.kind is not TreatmentKind.SURGERY:
        return NOT_REPORTED, None
    found = find_margin(treatment.words)
    if found.message:
        return found.margin, Doubt("margin-not-stated", found.message, treatment.words)
    claim = make_pattern("treatments", "margin_claims").search(fold(treatment.words))
    if claim and not found.is_said:
        message = f'"{claim.group()}" is no microscopic margin. The margin is not reported.'
        return NOT_REPORTED, Doubt("margin-not-stated", message, treatment.words)
    return found.margin, None


@lru_cache(maxsize=4096)
@refuse_long("margin-not-stated", UNKNOWN)
def read_margin(text: str) -> CellReading[Margin | Absent]:
    """Give the margin of a column about margins: R0, R1, R2, or words for the microscope."""
    if absent := read_absence(text):
        return CellReading(absent)
    found = find_margin(text, is_margin_meant=True)
    if isinstance(found.margin, Margin):
        return CellReading(found.margin)
    message = found.message or "These words are not R0, R1 or R2. The margin is kept as unknown."
    return CellReading(UNKNOWN, (Doubt("margin-not-stated", message, text),))
