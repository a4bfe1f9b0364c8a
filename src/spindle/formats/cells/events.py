"""Events after treatment as people write them: recurrence, progression, metastasis, death."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import DeathCause, Outcome, OutcomeKind
from spindle.cases.provenance import Provenance
from spindle.formats.cells.numbers import Span, read_span_match, span_pattern
from spindle.formats.cells.phrases import BRACKETED, find_hedge, read_absence, refuse_long
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.words import find_key, fold, make_pattern

UNDATED_SLUGS = {
    OutcomeKind.RECURRENCE: "recurrence-without-date",
    OutcomeKind.PROGRESSION: "progression-without-date",
    OutcomeKind.METASTASIS: "progression-without-date",
}
_CAUSE = re.compile(r"(?:\b(?:of|from|due to|because of|cause)\b|[(:])\s*(?P<cause>[^():]*\w)")
# How many characters around an event are searched for its denial.
_REACH = 200
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
    named = [c for c in DeathCause if make_pattern("outcomes", f"causes.{c}").search(folded)]
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
    text: str, kind: OutcomeKind, provenance: Provenance | Absent = NOT_REPORTED
) -> CellReading[tuple[Outcome, ...]]:
    """Give the event of a column that is about one kind of event: `Yes`, `No`, `12 months`.

    A length of time alone is taken as the time of the event, with a doubt; a lone minus sign may
    mean no or no data and gives nothing.
    """
    reading = _read_event(text, kind)
    outcomes = tuple(replace(outcome, provenance=provenance) for outcome in reading.value)
    return CellReading(outcomes, reading.doubts)


@lru_cache(maxsize=4096)
@refuse_long("follow-up-unreadable", ())
def _read_event(text: str, kind: OutcomeKind) -> CellReading[tuple[Outcome, ...]]:
    folded = fold(text)
    if re.fullmatch(r"-{1,3}", folded):
        message = "A lone minus sign may mean no or no data. Nothing is taken."
        return CellReading((), (Doubt("follow-up-unreadable", message, text),))
    answer = find_key("outcomes", folded, "answers.") or find_key(
        "outcomes", BRACKETED.sub(" ", folded), "answers."
    )
    if not answer and read_absence(text):
        return CellReading(())
    if answer:
        return _make_event(kind, answer == "yes", text)
    if span := _read_only_span(folded):
        message = f"The time is taken as that of the {kind}: {span.months:.4g} months."
        outcome = Outcome(kind=kind, has_occurred=True, months=span.months, words=text)
        return CellReading((outcome,), (Doubt("follow-up-imprecise", message, text),))
    events = find_events(folded)
    own = [event for event in events if event.kind is kind]
    if own and not find_hedge(folded) and not has_conflict(folded):
        return _make_event(kind, own[0].has_occurred, text)
    message = f"Whether there was {kind} is not read from these words."
    return CellReading((), (Doubt("follow-up-unreadable", message, text),))


def _read_only_span(folded: str) -> Span | None:
    """Give the length of time that a text holds beside words such as "at", or none."""
    matches = list(span_pattern().finditer(folded))
    rest = make_pattern("outcomes", "fillers").sub(" ", span_pattern().sub(" ", folded))
    return read_span_match(matches[0]) if len(matches) == 1 and not rest.strip() else None


def _make_event(
    kind: OutcomeKind, has_occurred: bool, text: str
) -> CellReading[tuple[Outcome, ...]]:
    cause = find_death_cause(fold(text))[0] if kind is OutcomeKind.DEATH else NOT_REPORTED
    outcome = Outcome(kind=kind, has_occurred=has_occurred, cause=cause, words=text)
    doubts: tuple[Doubt, ...] = ()
    if has_occurred and kind in UNDATED_SLUGS:
        doubts = (Doubt(UNDATED_SLUGS[kind], f"The {kind} has no time of its own.", text),)
    if has_occurred and kind is OutcomeKind.DEATH and isinstance(cause, Absent):
        doubts = (Doubt("death-without-cause", "The cell does not say why.", text),)
    return CellReading((outcome,), doubts)
