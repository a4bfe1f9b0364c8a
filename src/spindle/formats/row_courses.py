"""The columns about the course: treatments, margin, follow-up, events, cause of death.

Several columns may speak of one event. Each event is counted once: what one column leaves open the
other fills, and where two columns contradict each other both are kept, with a note.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import (
    DeathCause,
    FollowUp,
    Margin,
    Outcome,
    OutcomeKind,
    Treatment,
    TreatmentKind,
    VitalStatus,
)
from spindle.cases.observations import TestResult
from spindle.cases.patient import TimeUnit
from spindle.cases.provenance import Provenance
from spindle.formats.cells.events import read_death_cause, read_event
from spindle.formats.cells.follow_up import (
    FollowUpRead,
    join_follow_up,
    read_follow_up,
    read_outcome,
)
from spindle.formats.cells.phrases import read_absence
from spindle.formats.cells.reading import Doubt
from spindle.formats.cells.treatments import read_margin, read_treatments
from spindle.formats.columns import Column
from spindle.formats.mappings import TableMapping
from spindle.formats.row_drafts import (
    NEGATIVE_SIGN,
    NO_FOLLOW_UP,
    Fill,
    RowDraft,
    is_lone_minus,
    put_place,
    remember,
)
from spindle.knowledge.words import find_key, load_word_lists

_UNDATED = {
    "recurrence-without-date": (OutcomeKind.RECURRENCE,),
    "progression-without-date": (OutcomeKind.PROGRESSION, OutcomeKind.METASTASIS),
}


def fill_treatments(column: Column) -> Fill:
    """Give what fills in treatments.

    Under the name of one kind of treatment, "yes" gives that treatment unless the row names it
    elsewhere, and "no" gives none.
    """
    read = remember(read_treatments)
    kind = TreatmentKind(column.subject) if column.subject else None

    def fill(draft: RowDraft, text: str) -> None:
        if not text:
            return
        if kind and _fill_answer(draft, column, text, kind):
            return
        reading = read(text)
        place = draft.place(column, text)
        draft.treatments += [put_place(item, place) for item in reading.value]
        draft.doubts += [(column, text, doubt) for doubt in reading.doubts]
        if not reading.value:
            draft.keep_unread(column, text)

    return fill


def _fill_answer(draft: RowDraft, column: Column, text: str, kind: TreatmentKind) -> bool:
    """Take a cell that says whether one kind of treatment was given; give whether it was taken."""
    answer = find_key("treatments", text, "answers.")
    is_there = any(treatment.kind is kind for treatment in draft.treatments)
    if answer == "yes" and not is_there:
        words = f"{column.label}: {text}"
        place = draft.place(column, text)
        draft.treatments.append(Treatment(kind=kind, words=words, provenance=place))
        return True
    if not answer and (kind is TreatmentKind.SURGERY and not is_there):
        # "Surgery" heads columns of operations too.
        return False
    if not answer and not read_absence(text):
        message = f"Whether there was {kind} is not read from these words. They are kept."
        draft.note("treatment-unreadable", message, column.label, text)
    draft.keep_unread(column, text)
    return True


def fill_margin(column: Column) -> Fill:
    """Give what fills in the margin of the row's one operation."""

    def fill(draft: RowDraft, text: str) -> None:
        if not text:
            return
        reading = read_margin(text)
        draft.keep_unread(column, text)
        draft.note_doubts(column, text, reading.doubts)
        if reading.value != NOT_REPORTED:
            _give_margin(draft, column, text, reading.value)

    return fill


def _give_margin(draft: RowDraft, column: Column, text: str, margin: Margin | Absent) -> None:
    kinds = [treatment.kind for treatment in draft.treatments]
    if kinds.count(TreatmentKind.SURGERY) != 1:
        message = "The row names no single operation that the margin belongs to."
        draft.note("margin-not-stated", message, column.label, text)
        return
    place = kinds.index(TreatmentKind.SURGERY)
    surgery = draft.treatments[place]
    if isinstance(surgery.margin, Margin) and surgery.margin != margin:
        message = f"The treatment says {surgery.margin}, which is kept; this column does not."
        draft.note("value-conflict", message, column.label, text)
        return
    draft.treatments[place] = replace(surgery, margin=margin)


def fill_follow_up(column: Column) -> Fill:
    """Give what fills in length of follow-up, vital status and events from one cell."""
    unit = TimeUnit(column.unit) if column.unit else None
    read = remember(lambda text: read_follow_up(text, header_unit=unit))

    def fill(draft: RowDraft, text: str) -> None:
        if text:
            reading = read(text)
            _take_course(draft, column, text, reading.value)
            draft.doubts += [(column, text, doubt) for doubt in reading.doubts]

    return fill


def fill_outcome(column: Column) -> Fill:
    """Give what fills in vital status and events from a column without times."""
    read = remember(read_outcome)

    def fill(draft: RowDraft, text: str) -> None:
        if text:
            reading = read(text)
            _take_course(draft, column, text, reading.value)
            draft.doubts += [(column, text, doubt) for doubt in reading.doubts]

    return fill


def fill_event(column: Column, mapping: TableMapping) -> Fill:
    """Give what fills in a column about one kind of event: recurrence, metastasis or death."""
    kind, minus = OutcomeKind(column.field), mapping.minus
    unit = TimeUnit(column.unit) if column.unit else None
    read = remember(partial(read_event, kind=kind, header_unit=unit))

    def fill(draft: RowDraft, text: str) -> None:
        is_minus = bool(minus) and is_lone_minus(text)
        if not text or (is_minus and minus != TestResult.NEGATIVE):
            return
        reading = read(NEGATIVE_SIGN if is_minus else text)
        place = draft.place(column, text)
        for outcome in reading.value:
            _add_outcome(draft, column, put_place(outcome, place))
        draft.doubts += [(column, text, doubt) for doubt in reading.doubts]
        if not reading.value:
            draft.keep_unread(column, text)

    return fill


def _take_course(draft: RowDraft, column: Column, text: str, read: FollowUpRead) -> None:
    place = draft.place(column, text)
    before = draft.follow_up
    if before is NO_FOLLOW_UP:
        draft.follow_up = put_place(read.follow_up, place)
    else:
        known = FollowUpRead(before, tuple([outcome for _, outcome in draft.outcomes]))
        joined = join_follow_up(known, read)
        follow_up = joined.value.follow_up
        if joined.doubts and read.follow_up.vital_status is VitalStatus.DEAD:
            follow_up = _settle_status(follow_up, before.provenance)
        if isinstance(follow_up.vital_status, Absent):
            draft.doubts += [(column, text, doubt) for doubt in joined.doubts]
        both = _join_places(before.provenance, place)
        draft.follow_up = replace(follow_up, provenance=both)
    for outcome in read.outcomes:
        _add_outcome(draft, column, put_place(outcome, place))


def _settle_status(follow_up: FollowUp, place: Provenance | Absent) -> FollowUp:
    """Give the follow-up of a patient whom another column calls dead.

    "22, no recurrence" only implies a patient alive, and a column that says "died" outweighs it;
    "alive" is a contradiction. Reading the words together with a word for death tells them apart.
    """
    words = "" if isinstance(place, Absent) else str(place.words)
    died = load_word_lists("outcomes")["events.death"][0]
    status = read_outcome(f"{words}; {died}").value.follow_up.vital_status
    is_said = status is not VitalStatus.DEAD
    return replace(follow_up, vital_status=UNKNOWN if is_said else VitalStatus.DEAD)


def _join_places(one: Provenance | Absent, other: Provenance) -> Provenance:
    if isinstance(one, Absent):
        return other
    return replace(
        one, column=f"{one.column} + {other.column}", words=f"{one.words}; {other.words}"
    )


def _add_outcome(draft: RowDraft, column: Column, outcome: Outcome) -> None:
    """Add an outcome, or complete the one that another column has said already."""
    said = [
        (place, earlier)
        for place, (where, earlier) in enumerate(draft.outcomes)
        if earlier.kind is outcome.kind and where is not column
    ]
    if not said:
        draft.outcomes.append((column, outcome))
        return
    place, earlier = said[0]
    if earlier.has_occurred != outcome.has_occurred:
        message = (
            f"One column says that {outcome.kind} happened and another that it did not "
            f'("{earlier.words}" and "{outcome.words}"). Both are kept.'
        )
        draft.note("value-conflict", message, column.label, outcome.words)
        draft.outcomes.append((column, outcome))
    elif _have_different_times(earlier, outcome):
        draft.outcomes.append((column, outcome))
    else:
        draft.outcomes[place] = (draft.outcomes[place][0], _complete(earlier, outcome))


def _have_different_times(one: Outcome, other: Outcome) -> bool:
    if isinstance(one.months, Absent) or isinstance(other.months, Absent):
        return False
    return one.months != other.months


def _complete(earlier: Outcome, later: Outcome) -> Outcome:
    return replace(
        earlier,
        months=later.months if isinstance(earlier.months, Absent) else earlier.months,
        cause=later.cause if isinstance(earlier.cause, Absent) else earlier.cause,
        words=_join_words(earlier.words, later.words),
    )


def _join_words(one: str, other: str) -> str:
    return one if other in one else f"{one}; {other}"


def fill_death_cause(column: Column) -> Fill:
    """Give what fills in the cause of a death; a stated cause says that the patient died."""

    def fill(draft: RowDraft, text: str) -> None:
        if not text or read_absence(text):
            return
        reading = read_death_cause(text)
        deaths = [
            place
            for place, (_, outcome) in enumerate(draft.outcomes)
            if outcome.kind is OutcomeKind.DEATH and outcome.has_occurred
        ]
        if deaths:
            where, death = draft.outcomes[deaths[0]]
            words = _join_words(death.words, text)
            draft.outcomes[deaths[0]] = (where, _give_cause(death, reading.value, words))
            draft.note_doubts(column, text, reading.doubts)
        elif isinstance(reading.value, DeathCause):
            death = Outcome(
                kind=OutcomeKind.DEATH,
                has_occurred=True,
                cause=reading.value,
                words=text,
                provenance=draft.place(column, text),
            )
            _add_outcome(draft, column, death)
        else:
            message = "The row says nowhere else that the patient died. The words are kept."
            draft.note("follow-up-unreadable", message, column.label, text)
        draft.keep_unread(column, text)

    return fill


def _give_cause(death: Outcome, cause: DeathCause | Absent, words: str) -> Outcome:
    is_known = isinstance(death.cause, DeathCause)
    return replace(death, cause=death.cause if is_known else cause, words=words)


def settle_course(draft: RowDraft) -> None:
    """Date deaths, settle the vital status, and note the doubts that no other column settles."""
    if any(_is_death(outcome) for _, outcome in draft.outcomes):
        _settle_death(draft)
    noted: dict[str, Column] = {}
    for column, text, doubt in draft.doubts:
        # Two columns that speak of one event would have the same doubt about it.
        is_repeated = doubt.slug in _ONCE and noted.get(doubt.slug, column) is not column
        if not is_repeated and not _is_settled(draft, doubt):
            noted.setdefault(doubt.slug, column)
            draft.note_doubts(column, text, (doubt,))


_ONCE = frozenset({*_UNDATED, "death-without-cause"})


def _is_death(outcome: Outcome) -> bool:
    return outcome.kind is OutcomeKind.DEATH and outcome.has_occurred


def _settle_death(draft: RowDraft) -> None:
    months = draft.follow_up.duration_months
    for place, (column, outcome) in enumerate(draft.outcomes):
        if _is_death(outcome) and isinstance(outcome.months, Absent):
            draft.outcomes[place] = (column, replace(outcome, months=months))
    if draft.follow_up.vital_status == NOT_REPORTED:
        draft.follow_up = replace(draft.follow_up, vital_status=VitalStatus.DEAD)
    elif draft.follow_up.vital_status is VitalStatus.ALIVE:
        draft.follow_up = _settle_status(draft.follow_up, draft.follow_up.provenance)
        if draft.follow_up.vital_status == UNKNOWN:
            draft.note("value-conflict", "The row says alive and dead. Neither is taken.")


def _is_settled(draft: RowDraft, doubt: Doubt) -> bool:
    outcomes = [outcome for _, outcome in draft.outcomes if outcome.has_occurred]
    if doubt.slug == "follow-up-no-time":
        return not isinstance(draft.follow_up.duration_months, Absent)
    if doubt.slug == "death-without-cause":
        return any(isinstance(outcome.cause, DeathCause) for outcome in outcomes)
    if doubt.slug == "margin-not-stated":
        return any(isinstance(treatment.margin, Margin) for treatment in draft.treatments)
    kinds = _UNDATED.get(doubt.slug, ())
    dated = [outcome for outcome in outcomes if outcome.kind in kinds]
    return bool(dated) and not any(isinstance(outcome.months, Absent) for outcome in dated)
