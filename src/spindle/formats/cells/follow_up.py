"""Follow-up and outcome as people write them: `22, No recurrence, no metastasis`, `54, Died`.

Rules that go beyond the words:

* A patient with a length of follow-up and a statement on recurrence, progression or metastasis, in
  a cell without a word of death, was alive at the last contact.
* The length of follow-up of a patient who died is the time of death.
* An event without a time of its own has none; the length of follow-up is not put in its place.
* A time after a second operation, or another later start, is no time since diagnosis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import FollowUp, Outcome, OutcomeKind, VitalStatus
from spindle.cases.patient import Precision, TimeUnit
from spindle.cases.provenance import Provenance
from spindle.formats.cells.events import (
    UNDATED_SLUGS,
    EventFound,
    find_death_cause,
    find_events,
    has_conflict,
)
from spindle.formats.cells.numbers import (
    MONTHS_PER_YEAR,
    Span,
    read_span,
    read_span_match,
    span_pattern,
)
from spindle.formats.cells.phrases import (
    BRACKETED,
    SEMICOLON,
    STOP,
    Phrase,
    find_hedge,
    find_pooled,
    read_absence,
    refuse_long,
    split_phrases,
    take_brackets,
)
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.words import bound_word, find_key, fold, load_word_lists, make_pattern

# Not the commas of "3, 7 and 10 months".
_COMMA = r"(?<![0-9]),|,(?!\s*[0-9])|，|、"
_BARE = re.compile(r"(?<![\w.,/^<>~-])([0-9]{1,4}(?:[.,][0-9]{1,2})?)(?![\w%/^-]|[.,][0-9])")
_STATUS = "status"
# Not the decimal comma of "12,5"; the comma of "12,24" may part two times.
_SEVERAL = re.compile(r"[0-9](?!,[0-9](?![0-9,]))\s*(?:,|and|&|or)\s*[0-9]")


@dataclass(frozen=True, slots=True)
class FollowUpRead:
    """What a cell about follow-up says."""

    follow_up: FollowUp = field(default_factory=FollowUp)
    """How long the patient was followed and how they were."""
    outcomes: tuple[Outcome, ...] = ()
    """Events, said to have happened or not."""


def read_follow_up(
    text: str,
    *,
    header_unit: TimeUnit | None = None,
    provenance: Provenance | Absent = NOT_REPORTED,
) -> CellReading[FollowUpRead]:
    """Give the length of follow-up in months, the vital status and the events of a cell."""
    return _place(_read(text, header_unit, is_time_expected=True), provenance)


def read_outcome(
    text: str, provenance: Provenance | Absent = NOT_REPORTED
) -> CellReading[FollowUpRead]:
    """Give the vital status and the events of a column that holds an outcome and no time."""
    return _place(_read(text, None, is_time_expected=False), provenance)


def _place(
    reading: CellReading[FollowUpRead], provenance: Provenance | Absent
) -> CellReading[FollowUpRead]:
    if isinstance(provenance, Absent):
        return reading
    placed = FollowUpRead(
        follow_up=replace(reading.value.follow_up, provenance=provenance),
        outcomes=tuple(replace(o, provenance=provenance) for o in reading.value.outcomes),
    )
    return CellReading(placed, reading.doubts)


@lru_cache(maxsize=4096)
@refuse_long("follow-up-unreadable", FollowUpRead())
def _read(
    text: str, header_unit: TimeUnit | None, *, is_time_expected: bool
) -> CellReading[FollowUpRead]:
    if absent := read_absence(text):
        return CellReading(FollowUpRead(FollowUp(duration_months=absent)))
    draft = _Draft(text, header_unit, is_time_expected, pooled=find_pooled(text))
    for phrase in _iterate_phrases(text):
        draft.add(phrase)
    return draft.finish()


def _iterate_phrases(text: str) -> Iterator[Phrase]:
    """Give the phrases of a cell, and those in brackets that say an event or a status."""
    for phrase in split_phrases(text, SEMICOLON, STOP, _COMMA, r"\s(?=but\s)"):
        yield phrase
        for inside in take_brackets(phrase.words)[1]:
            if find_events(fold(inside)) or _find_alive(fold(inside)) is not None:
                yield Phrase(inside, separator="(")


def _open_times(words: str, header_unit: TimeUnit | None) -> str:
    """Give the folded words with a time or an answer out of its brackets: "alive (22)"."""

    def open_time(match: re.Match[str]) -> str:
        inside = match.group()[1:-1]
        if answer := find_key("outcomes", f"({inside})", "answers.") or find_key(
            "outcomes", inside, "answers."
        ):
            return f": {answer} "
        return f" {inside} " if read_span(fold(inside), header_unit) else " "

    return fold(BRACKETED.sub(open_time, words))


@dataclass(slots=True)
class _Draft:
    """A cell about follow-up, phrase by phrase."""

    text: str
    header_unit: TimeUnit | None
    is_time_expected: bool
    pooled: str
    times: list[Span] = field(default_factory=list)
    death_time: Span | None = None
    are_all_stated: bool = True
    outcomes: list[Outcome] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    is_lost: bool = False
    is_alive: bool = False
    is_last_denied: bool = False
    has_unread_time: bool = False

    def doubt(self, slug: str, message: str, value: str = "") -> None:
        """Note a doubt about the cell, or about some of its words."""
        self.doubts.append(Doubt(slug, message, value or self.text))

    def add(self, phrase: Phrase) -> None:
        """Read the next phrase."""
        folded = _open_times(phrase.words, self.header_unit)
        if not folded:
            return
        events = find_events(folded)
        if (hedge := find_hedge(folded)) and events:
            self.doubt(
                "follow-up-unreadable", f'"{hedge}" is no event. None is taken.', phrase.words
            )
        elif has_conflict(folded):
            message = "Whether the event happened is unclear from these words. None is taken."
            self.doubt("follow-up-unreadable", message, phrase.words)
        elif self.is_last_denied and phrase.separator == "," and _is_bare_event(folded, events):
            message = "Whether these words are denied too is unclear. No event is taken."
            self.doubt("follow-up-unreadable", message, phrase.words)
        elif not self._read_phrase(phrase, folded, events):
            message = "No time, event or status is read from these words."
            self.doubt("follow-up-unreadable", message, phrase.words)
        self.is_last_denied = bool(events) and not any(event.has_occurred for event in events)

    def _read_phrase(self, phrase: Phrase, folded: str, events: tuple[EventFound, ...]) -> bool:
        """Take what a phrase says; give whether it said anything."""
        alive_at = _find_alive(folded)
        is_alive = alive_at is not None
        is_lost = _is_lost(folded)
        self.is_alive |= is_alive
        self.is_lost |= is_lost
        spans = tuple(_iterate_spans(folded, None if self.pooled else self.header_unit))
        owner = _find_owner(folded, events, alive_at) if spans else ""
        for event in events:
            is_own = owner == event.kind or _is_joined(event, events, folded, spans)
            self._add_event(event, phrase, folded, spans if is_own else (), owner)
        is_understood = bool(events) or is_alive or is_lost
        is_time = _is_follow_up_time(folded, is_understood=is_understood)
        if spans and owner == _STATUS and is_time and not self.pooled:
            self._add_time(spans, folded, phrase, is_stated=is_understood)
            return True
        return is_understood or (bool(self.pooled) and bool(find_pooled(folded)))

    def _add_event(
        self, event: EventFound, phrase: Phrase, folded: str, spans: tuple[Span, ...], owner: str
    ) -> None:
        if not event.has_occurred:
            outcome = Outcome(kind=event.kind, has_occurred=False, words=phrase.words)
            self.outcomes.append(outcome)
            return
        if self.pooled:
            return
        months: float | Absent = NOT_REPORTED
        if reason := _find_undated(event.kind, folded, spans):
            self._doubt_undated(event.kind, reason, phrase)
        elif spans:
            months = spans[0].months
            self._note_precision(spans[0], phrase)
        elif event.kind is not OutcomeKind.DEATH or owner:
            self._doubt_undated(event.kind, f"The {event.kind} has no time of its own.", phrase)
        outcome = Outcome(kind=event.kind, has_occurred=True, months=months, words=phrase.words)
        if event.kind is OutcomeKind.DEATH:
            outcome = self._add_death(outcome, phrase, spans)
        self.outcomes.append(outcome)

    def _add_death(self, outcome: Outcome, phrase: Phrase, spans: tuple[Span, ...]) -> Outcome:
        if spans and not isinstance(outcome.months, Absent):
            self.death_time = spans[0]
        cause, words = find_death_cause(fold(phrase.words))
        if isinstance(cause, Absent):
            message = "The cause of death is not stated."
            if words:
                message = f'The vocabulary does not sort "{words}" as a cause of death.'
            self.doubt("death-without-cause", message, phrase.words)
        return replace(outcome, cause=cause)

    def _doubt_undated(self, kind: OutcomeKind, message: str, phrase: Phrase) -> None:
        self.has_unread_time = True
        self.doubt(UNDATED_SLUGS.get(kind, "follow-up-imprecise"), message, phrase.words)

    def _add_time(
        self, spans: tuple[Span, ...], folded: str, phrase: Phrase, *, is_stated: bool
    ) -> None:
        if len(spans) > 1 or _SEVERAL.search(folded):
            self.doubt("value-conflict", "Several times are written. None is taken.", phrase.words)
            self.has_unread_time = True
            return
        span = spans[0]
        if make_pattern("remarks", "imprecise").search(fold(self.text)):
            span = replace(span, precision=Precision.ABOUT)
        if start := _find_later_start(folded):
            message = f'The time counts from "{start}", not from the diagnosis.'
            self.doubt("follow-up-imprecise", message, phrase.words)
        self._note_precision(span, phrase)
        self.times.append(span)
        self.are_all_stated &= is_stated

    def _note_precision(self, span: Span, phrase: Phrase) -> None:
        if span.precision is not Precision.EXACT:
            message = f"Read as {span.precision.value} {span.months:.4g} months."
            self.doubt("follow-up-imprecise", message, phrase.words)

    def finish(self) -> CellReading[FollowUpRead]:
        """Give the reading, with the doubts that only the whole cell can raise."""
        duration = self._choose_time()
        vital = self._find_vital_status(duration)
        if self.pooled:
            message = "The cell speaks of several patients together. No time is taken from it."
            self.doubt("pooled-statement", message, self.pooled)
        has_event = any(outcome.has_occurred for outcome in self.outcomes)
        is_diseased = make_pattern("outcomes", "with_disease").search(fold(self.text))
        # A column of statuses stands beside columns of events, which this cell can't know.
        is_whole = self.is_time_expected and not self.pooled
        if is_diseased and not has_event and is_whole:
            message = "The cell says that disease is present, and no event is named or dated."
            self.doubt(UNDATED_SLUGS[OutcomeKind.PROGRESSION], message)
        if self.is_lost:
            told = "" if duration else " and no time is given"
            self.doubt("lost-to-follow-up", f"The patient was lost to follow-up{told}.")
        elif duration is None and self._is_time_missing():
            self.doubt("follow-up-no-time", "The cell gives no length of follow-up.")
        follow_up = FollowUp(
            duration_months=duration.months if duration else self._absent_time(),
            unit_as_reported=duration.unit if duration else NOT_REPORTED,
            precision=duration.precision if duration else Precision.EXACT,
            vital_status=vital,
            is_vital_status_implied=vital is VitalStatus.ALIVE and not self.is_alive,
            is_lost=True if self.is_lost else NOT_REPORTED,
        )
        outcomes = tuple(_date_death(outcome, duration) for outcome in self.outcomes)
        return CellReading(
            FollowUpRead(follow_up, tuple(dict.fromkeys(outcomes))),
            tuple(dict.fromkeys(self.doubts)),
        )

    def _is_time_missing(self) -> bool:
        says_something = bool(self.outcomes) or self.is_alive
        return self.is_time_expected and says_something and not self.pooled

    def _absent_time(self) -> Absent:
        return UNKNOWN if self.has_unread_time and not self.outcomes else NOT_REPORTED

    def _choose_time(self) -> Span | None:
        """Give the time of death, or else the latest time at which something was said."""
        if self.death_time:
            return self.death_time
        if self.has_died and self.times and self.are_all_stated:
            # "NED at 12 months, died": the death came later, nobody says when.
            message = "The time is that of an earlier status. The death has no time of its own."
            self.doubt("follow-up-imprecise", message)
            self.has_unread_time = True
            return None
        if len({span.months for span in self.times}) > 1 and not self.are_all_stated:
            message = "The cell gives several lengths of follow-up. None is taken."
            self.doubt("value-conflict", message)
            self.has_unread_time = True
            return None
        return max(self.times, key=lambda span: span.months, default=None)

    @property
    def has_died(self) -> bool:
        """Whether the cell says that the patient died."""
        return any(o.kind is OutcomeKind.DEATH and o.has_occurred for o in self.outcomes)

    def _is_death_unsure(self) -> bool:
        """Give whether the cell speaks of a death that it neither states nor denies."""
        is_told = any(outcome.kind is OutcomeKind.DEATH for outcome in self.outcomes)
        words = make_pattern("outcomes", "events.death").search(fold(self.text))
        return bool(words) and not is_told

    def _find_vital_status(self, duration: Span | None) -> VitalStatus | Absent:
        if self.has_died and self.is_alive:
            self.doubt("value-conflict", "The cell says alive and dead. Neither is taken.")
            return UNKNOWN
        if self.has_died:
            return VitalStatus.DEAD
        if self._is_death_unsure():
            return UNKNOWN
        is_implied = bool(self.outcomes) and duration is not None and not self.is_lost
        return VitalStatus.ALIVE if self.is_alive or is_implied else NOT_REPORTED


def _date_death(outcome: Outcome, duration: Span | None) -> Outcome:
    is_undated = isinstance(outcome.months, Absent)
    if outcome.kind is OutcomeKind.DEATH and outcome.has_occurred and is_undated and duration:
        return replace(outcome, months=duration.months)
    return outcome


def _is_bare_event(folded: str, events: tuple[EventFound, ...]) -> bool:
    """Give whether a phrase is no more than the name of an event; "died" is more than a name."""
    is_name = make_pattern("outcomes", "event_nouns").fullmatch(folded)
    return bool(is_name) and any(event.has_occurred for event in events)


def _is_lost(folded: str) -> bool:
    """Give whether a phrase says that the patient was lost; "NED at LFU" is a last follow-up."""
    alone = make_pattern("outcomes", "lost_alone").match(folded)
    rest = folded[alone.end() :] if alone else ""
    if alone and (not rest or re.match(r"\s(?:at|after|since)\s", rest)):
        return True
    return bool(make_pattern("outcomes", "lost").search(folded))


def _find_alive(folded: str) -> int | None:
    """Give where a phrase says that the patient lives, or none."""
    for match in make_pattern("outcomes", "alive", "implies_alive").finditer(folded):
        before = folded[: match.start()]
        if not re.search(rf"(?:{make_pattern('outcomes', 'denial').pattern})[\s-]+$", before):
            return match.start()
    return None


def _find_owner(folded: str, events: tuple[EventFound, ...], alive_at: int | None) -> str:
    """Give what the time in a phrase belongs to: the nearest event or status before it.

    "Alive at 24 months with metastases" dates the status. Of "alive with metastases at 24 months"
    neither is sure, so the time belongs to nothing.
    """
    named = [(event.start, str(event.kind)) for event in events if event.has_occurred]
    named = sorted([*named, *([(alive_at, _STATUS)] if alive_at is not None else [])])
    if not named:
        return _STATUS
    match = span_pattern().search(folded) or _BARE.search(folded)
    before = [name for start, name in named if match and start < match.start()]
    if len(before) > 1 and before[0] == _STATUS:
        return "nothing"
    return before[-1] if before else named[0][1]


def _is_joined(
    event: EventFound, events: tuple[EventFound, ...], folded: str, spans: tuple[Span, ...]
) -> bool:
    """Give whether several times stand after several events, so that any may be any one's."""
    happened = [other for other in events if other.has_occurred]
    is_several = len(spans) > 1 or bool(spans and _SEVERAL.search(folded))
    return is_several and event in happened and len(happened) > 1


def _find_undated(kind: OutcomeKind, folded: str, spans: tuple[Span, ...]) -> str:
    """Give why a time in the phrase is not that of the event, or an empty text."""
    if spans and (_SEVERAL.search(folded) or len(spans) > 1):
        return f"Several times are written for the {kind}. None is taken."
    if spans and (start := _find_later_start(folded)):
        return f'The time counts from "{start}". It is not one since diagnosis.'
    return ""


@cache
def _year_end() -> re.Pattern[str]:
    lists = load_word_lists("times")
    ordinals = [fold(w) for key in lists if key.startswith("ordinals.") for w in lists[key]]
    return re.compile(rf"\bend of (?:the )?(?P<ordinal>{'|'.join(map(bound_word, ordinals))}) year")


def _iterate_spans(folded: str, header_unit: TimeUnit | None) -> Iterator[Span]:
    """Give the lengths of time of a phrase; a bare number is one in the header's unit."""
    if end := _year_end().search(folded):
        years = int(find_key("times", end["ordinal"], "ordinals."))
        months = float(years * MONTHS_PER_YEAR)
        yield Span(months, TimeUnit.YEARS, Precision.EXACT, is_unit_written=True)
        return
    if (whole := read_span(folded, header_unit)) is not None:
        yield whole
        return
    spans = [read_span_match(match) for match in span_pattern().finditer(folded)]
    yield from (span for span in spans if span)
    bare = [number for number in _BARE.findall(folded) if float(number.replace(",", "."))]
    is_event = any(event.has_occurred for event in find_events(folded))
    is_death = any(event.kind is OutcomeKind.DEATH for event in find_events(folded))
    if not spans and len(bare) == 1 and header_unit and (is_death or not is_event):
        span = read_span(bare[0], header_unit)
        yield from [span] if span else []


def _is_follow_up_time(folded: str, *, is_understood: bool) -> bool:
    """Give whether a time in a phrase without an event is a length of follow-up."""
    if make_pattern("outcomes", "not_follow_up").search(folded):
        return False
    if is_understood or make_pattern("outcomes", "follow_up").search(folded):
        return True
    rest = span_pattern().sub(" ", _year_end().sub(" ", folded))
    rest = make_pattern("outcomes", "fillers").sub(" ", _BARE.sub(" ", rest))
    return not any(letter.isalpha() for letter in rest)


def _find_later_start(folded: str) -> str:
    after = re.search(r"\b(?:after|since|following|from)\s(?P<start>.*)$", folded)
    if not after or not make_pattern("outcomes", "later_start").search(after["start"]):
        return ""
    return after["start"]


def join_follow_up(time: FollowUpRead, status: FollowUpRead) -> CellReading[FollowUpRead]:
    """Give one reading from a column of times and a column of outcomes.

    What one of them leaves open the other fills; a vital status that they contradict is unknown.
    """
    first, second = time.follow_up, status.follow_up
    outcomes = tuple(dict.fromkeys((*time.outcomes, *status.outcomes)))
    is_timed_first = isinstance(second.duration_months, Absent)
    base = second if isinstance(first.duration_months, Absent) and not is_timed_first else first
    is_lost = second.is_lost if isinstance(first.is_lost, Absent) else first.is_lost
    is_timed = not isinstance(base.duration_months, Absent)
    doubts: tuple[Doubt, ...] = ()
    vital = second.vital_status if isinstance(first.vital_status, Absent) else first.vital_status
    if {first.vital_status, second.vital_status} == {VitalStatus.ALIVE, VitalStatus.DEAD}:
        vital = UNKNOWN
        doubts = (Doubt("value-conflict", "Two columns say alive and dead. Neither is taken."),)
    elif vital == NOT_REPORTED and outcomes and is_timed and is_lost is not True:
        vital = VitalStatus.ALIVE
    said = [f for f in (first, second) if f.vital_status == vital and not isinstance(vital, Absent)]
    joined = replace(
        base,
        vital_status=vital,
        is_vital_status_implied=vital is VitalStatus.ALIVE
        and all(follow_up.is_vital_status_implied for follow_up in said),
        is_lost=is_lost,
    )
    dated = tuple(_date_joined_death(outcome, joined) for outcome in outcomes)
    return CellReading(FollowUpRead(joined, dated), doubts)


def _date_joined_death(outcome: Outcome, follow_up: FollowUp) -> Outcome:
    is_undated = isinstance(outcome.months, Absent)
    if outcome.kind is OutcomeKind.DEATH and outcome.has_occurred and is_undated:
        return replace(outcome, months=follow_up.duration_months)
    return outcome
