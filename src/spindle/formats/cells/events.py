"""Events after treatment as people write them: recurrence, progression, metastasis, death."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import DeathCause, Outcome, OutcomeKind
from spindle.cases.patient import Precision, TimeUnit
from spindle.cases.provenance import Provenance
from spindle.formats.cells.numbers import (
    Span,
    put_unit_last,
    read_span,
    read_span_match,
    span_pattern,
)
from spindle.formats.cells.phrases import (
    BRACKETED,
    COMMA,
    SEMICOLON,
    find_hedge,
    read_absence,
    refuse_long,
)
from spindle.formats.cells.reading import CellReading, Doubt, place_each
from spindle.knowledge.words import bound_word, find_key, fold, load_word_lists, make_pattern

UNDATED_SLUGS = {
    OutcomeKind.RECURRENCE: "recurrence-without-date",
    OutcomeKind.PROGRESSION: "progression-without-date",
    OutcomeKind.METASTASIS: "progression-without-date",
}
_CAUSE = re.compile(r"(?:\b(?:of|from|due to|because of|cause)\b|[(:])\s*(?P<cause>[^():]*\w)")
# How many characters around an event are searched for its denial.
_REACH = 200
_PIECES = re.compile(rf"{COMMA}|{SEMICOLON}|:|\s-+\s|(?<=[a-z])-(?=\s*[0-9])")
_NUMBER = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?")
_LONE_MINUS = re.compile(r"^\s*[:=]?\s*-+\s*$")


@dataclass(frozen=True, slots=True)
class EventFound:
    """One event that a phrase names."""

    kind: OutcomeKind
    """What."""
    has_occurred: bool
    """False when the phrase denies it."""
    start: int = 0
    """Where its first word begins in the phrase."""


@lru_cache(maxsize=4096)
def find_events(folded: str) -> tuple[EventFound, ...]:
    """Give the events that a folded phrase names, each once, with whether it denies them.

    "No recurrence or metastasis" denies both; "no recurrence but metastasis" denies one. An event
    that a phrase both states and denies is left out.
    """
    found: dict[OutcomeKind, set[bool]] = {}
    starts: dict[OutcomeKind, int] = {}
    for kind in OutcomeKind:
        for match in make_pattern("outcomes", f"events.{kind}").finditer(folded):
            start, end = match.span()
            before, after = folded[max(0, start - _REACH) : start], folded[end : end + _REACH]
            found.setdefault(kind, set()).update(_read_denial(before, after))
            starts.setdefault(kind, start)
    return tuple(
        EventFound(kind, said.pop(), starts[kind]) for kind, said in found.items() if len(said) == 1
    )


def has_conflict(folded: str) -> bool:
    """Give whether a phrase both states and denies one event."""
    named = {
        kind for kind in OutcomeKind if make_pattern("outcomes", f"events.{kind}").search(folded)
    }
    return len(named) > len(find_events(folded))


def _read_denial(before: str, after: str) -> set[bool]:
    """Give whether an event is said to have happened; both when the words leave it open."""
    if _LONE_MINUS.match(after):
        # "Recurrence -" may mean no, or no data.
        return {True, False}
    denied_after = make_pattern("outcomes", "denied_after").match(after.lstrip())
    if denied_after or _answer_no().match(after):
        return {False}
    ends = make_pattern("outcomes", "ends_denial").finditer(before)
    reach = before[max((match.end() for match in ends), default=0) :]
    denials = list(make_pattern("outcomes", "denial").finditer(reach))
    if not denials:
        return {True}
    # "No treatment and recurrence": what stands between is no part of a denied list.
    between = make_pattern("outcomes", "between").sub(" ", reach[denials[-1].end() :])
    return {True, False} if any(letter.isalpha() for letter in between) else {False}


@cache
def _answer_no() -> re.Pattern[str]:
    """Give a pattern that finds an answer after the noun: "recurrence: none"."""
    no = make_pattern("outcomes", "answers.no").pattern
    return re.compile(rf"\s*[:=]?\s*(?:{no})\s*(?:$|[,;.])")


@lru_cache(maxsize=4096)
def find_death_cause(folded: str) -> tuple[DeathCause | Absent, str]:
    """Give the cause of a death that a folded phrase states, and the words of a cause not known."""
    named = [cause for cause in DeathCause if _names_cause(folded, cause)]
    # "Unrelated to tumour", "other disease": what denies the tumour names it too.
    if DeathCause.OTHER in named:
        return DeathCause.OTHER, ""
    if len(named) == 1:
        return named[0], ""
    words = make_pattern("outcomes", "events.death").sub(" ", folded)
    causes = (cause for cause in _CAUSE.finditer(words) if not find_events(cause["cause"]))
    cause = next(causes, None)
    if cause or named:
        return UNKNOWN, cause["cause"].strip() if cause else ""
    return NOT_REPORTED, ""


def _names_cause(folded: str, cause: DeathCause) -> bool:
    """Give whether a phrase names a cause of death without denying it: "not of disease"."""
    denied = re.compile(rf"(?:{make_pattern('outcomes', 'cause_denial').pattern})\s$")
    return any(
        not denied.search(folded[max(0, match.start() - _REACH) : match.start()])
        for match in make_pattern("outcomes", f"causes.{cause}").finditer(folded)
    )


@lru_cache(maxsize=4096)
@refuse_long("death-without-cause", UNKNOWN)
def read_death_cause(text: str) -> CellReading[DeathCause | Absent]:
    """Give the cause of a death from a column of causes; unknown with a doubt for other words."""
    if absent := read_absence(text):
        return CellReading(absent)
    for folded in (fold(text), f"of {fold(text)}"):
        cause, _ = find_death_cause(folded)
        if isinstance(cause, DeathCause):
            return CellReading(cause)
    message = "The vocabulary does not sort this cause. It is kept as unknown."
    return CellReading(UNKNOWN, (Doubt("death-without-cause", message, text),))


def read_event(
    text: str,
    kind: OutcomeKind,
    provenance: Provenance | Absent = NOT_REPORTED,
    *,
    header_unit: TimeUnit | None = None,
) -> CellReading[tuple[Outcome, ...]]:
    """Give the event of a column that is about one kind of event: `Yes`, `No`, `Yes, 9 months`.

    A length of time alone is taken as the time of the event, with a doubt; a number without a unit
    is one in the header's unit, and no time when the header names none. A lone minus sign may mean
    no or no data and gives nothing.
    """
    return place_each(_read_event(text, kind, header_unit), provenance)


@lru_cache(maxsize=4096)
@refuse_long("follow-up-unreadable", ())
def _read_event(
    text: str, kind: OutcomeKind, unit: TimeUnit | None
) -> CellReading[tuple[Outcome, ...]]:
    folded = fold(text)
    if re.fullmatch(r"-{1,3}", folded):
        message = "A lone minus sign may mean no or no data. Nothing is taken."
        return CellReading((), (Doubt("follow-up-unreadable", message, text),))
    if answer := find_key("outcomes", folded, "answers."):
        return _make_event(kind, answer == "yes", text, NOT_REPORTED)
    if read_absence(text):
        return CellReading(())
    pieces = _split_pieces(folded)
    is_open = bool(find_hedge(folded)) or has_conflict(folded)
    answer = "" if is_open else _find_answer(folded, pieces, kind)
    if answer:
        return _make_event(kind, answer == "yes", text, _find_time(pieces, kind, unit))
    if not is_open and (span := _read_only_span(folded)):
        message = f"The time is taken as that of the {kind}: {span.months:.4g} months."
        outcome = Outcome(kind=kind, has_occurred=True, months=span.months, words=text)
        return CellReading((outcome,), (Doubt("follow-up-imprecise", message, text),))
    message = f"Whether there was {kind} is not read from these words."
    return CellReading((), (Doubt("follow-up-unreadable", message, text),))


def _split_pieces(folded: str) -> tuple[str, ...]:
    """Give the pieces of a cell between its commas, dashes and brackets, with units put last."""
    opened = BRACKETED.sub(lambda match: f"; {match.group()[1:-1]} ;", put_unit_last(folded))
    return tuple(piece.strip(" .") for piece in _PIECES.split(opened) if piece.strip(" ."))


def _find_answer(folded: str, pieces: tuple[str, ...], kind: OutcomeKind) -> str:
    """Give `yes` or `no` when the cell opens with it and nothing after it says the contrary."""
    if not pieces:
        return ""
    is_dated = any(span_pattern().search(piece) for piece in pieces[1:])
    first = _answer_piece(pieces[0], kind)
    if pieces[0].isdigit():
        # "1 (at 9 mo)": yes, in a column of ones and zeros. "1, 9" may be two counts.
        key = find_key("outcomes", pieces[0], "digits.")
        first = key if is_dated else ""
    later = {_answer_piece(piece, kind) for piece in pieces[1:]} - {""}
    if not first:
        # "No local, regional or distant recurrence": the pieces say less than the whole.
        own = [event for event in find_events(folded) if event.kind is kind]
        return ("yes" if own[0].has_occurred else "no") if own else ""
    turns = make_pattern("outcomes", "ends_denial")
    is_turned = first == "no" and any(turns.search(piece) for piece in pieces)
    return "" if is_turned or later - {first} else first


def _answer_piece(piece: str, kind: OutcomeKind) -> str:
    """Give `yes` or `no` as one piece of a cell says it, or an empty text."""
    rest = _blank_time(piece)
    if _NUMBER.fullmatch(piece) or not rest:
        return ""
    if answer := find_key("outcomes", rest, "answers."):
        return answer
    if match := re.match(rf"(?:{_answer_words('answers.')})(?=\s+at\b)", piece):
        return find_key("outcomes", match.group(), "answers.")
    own = [event for event in find_events(piece) if event.kind is kind]
    return ("yes" if own[0].has_occurred else "no") if own else ""


@cache
def _answer_words(prefix: str) -> str:
    lists = load_word_lists("outcomes")
    words = {fold(word) for key in lists if key.startswith(prefix) for word in lists[key]}
    return "|".join(bound_word(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def _blank_time(piece: str) -> str:
    """Give a piece without its time, a number that may be one and the words that only join."""
    rest = _NUMBER.sub(" ", span_pattern().sub(" ", piece))
    rest = make_pattern("outcomes", "fillers").sub(" ", rest)
    return re.sub(r"\s+", " ", rest).strip()


def _find_time(pieces: tuple[str, ...], kind: OutcomeKind, unit: TimeUnit | None) -> Span | Absent:
    """Give the one time that dates the event; unknown for a number that may date nothing.

    A time counts only beside words for the event, so that of a status ("alive at 9 months"), of
    another event or of a second operation is not taken.
    """
    numbered = [piece for piece in pieces if any(sign.isdigit() for sign in piece)]
    if pieces[0].isdigit():
        numbered = numbered[1:]
    if not numbered and not any(span_pattern().search(piece) for piece in pieces):
        return NOT_REPORTED
    dated = [p for p in pieces if span_pattern().search(p)] or numbered
    is_one = len(dated) == 1 and set(numbered) <= set(dated)
    return (_read_dating(dated[0], kind, unit) if is_one else None) or UNKNOWN


def _read_dating(piece: str, kind: OutcomeKind, unit: TimeUnit | None) -> Span | None:
    """Give the time of a piece that holds no more than words for the event and one time."""
    words = make_pattern(
        "outcomes", f"events.{kind}", "answers.yes", "after_start", "causes.tumour"
    )
    matches = list(span_pattern().finditer(piece))
    rest = span_pattern().sub(" ", piece)
    if not matches:
        numbers = _NUMBER.findall(piece)
        rest = _NUMBER.sub(" ", piece)
    rest = make_pattern("outcomes", "fillers").sub(" ", words.sub(" ", rest))
    if rest.strip(" -"):
        return None
    if matches:
        return read_span_match(matches[0]) if len(matches) == 1 else None
    return read_span(numbers[0], unit) if len(numbers) == 1 else None


def _read_only_span(folded: str) -> Span | None:
    """Give the length of time that a text holds beside words such as "at", or none."""
    matches = list(span_pattern().finditer(folded))
    rest = make_pattern("outcomes", "fillers").sub(" ", span_pattern().sub(" ", folded))
    return read_span_match(matches[0]) if len(matches) == 1 and not rest.strip() else None


def _make_event(
    kind: OutcomeKind, has_occurred: bool, text: str, time: Span | Absent
) -> CellReading[tuple[Outcome, ...]]:
    cause = find_death_cause(fold(text))[0] if kind is OutcomeKind.DEATH else NOT_REPORTED
    months = time.months if has_occurred and isinstance(time, Span) else NOT_REPORTED
    outcome = Outcome(kind=kind, has_occurred=has_occurred, months=months, cause=cause, words=text)
    if not has_occurred:
        return CellReading((outcome,))
    doubts = [*_doubt_time(kind, text, time)]
    if kind is OutcomeKind.DEATH and isinstance(cause, Absent):
        doubts.append(Doubt("death-without-cause", "The cell does not say why.", text))
    return CellReading((outcome,), tuple(doubts))


def _doubt_time(kind: OutcomeKind, text: str, time: Span | Absent) -> Iterator[Doubt]:
    """Give the doubts about the time of an event that happened."""
    slug = UNDATED_SLUGS.get(kind, "follow-up-imprecise")
    if isinstance(time, Span):
        if time.precision is not Precision.EXACT:
            message = f"Read as {time.precision.value} {time.months:.4g} months."
            yield Doubt("follow-up-imprecise", message, text)
    elif time == UNKNOWN:
        message = f"A number is written, and that it is the time of the {kind} is not sure."
        yield Doubt(slug, message, text)
    elif kind in UNDATED_SLUGS:
        yield Doubt(slug, f"The {kind} has no time of its own.", text)
