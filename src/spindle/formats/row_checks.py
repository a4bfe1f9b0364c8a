"""Checks across the cells of one row: do the sides agree, and do the times?"""

from __future__ import annotations

from collections.abc import Iterator

from spindle.cases.absence import Absent
from spindle.cases.course import OutcomeKind
from spindle.cases.provenance import Provenance
from spindle.cases.tumour import Laterality
from spindle.formats.cells.phrases import find_sides
from spindle.formats.row_drafts import RowDraft
from spindle.knowledge.words import fold

_OPPOSITE = {Laterality.LEFT: Laterality.RIGHT, Laterality.RIGHT: Laterality.LEFT}

_Sides = dict[Laterality | Absent, str]
"""The first words that name each side."""


def note_opposite_sides(draft: RowDraft) -> None:
    """Note symptoms and treatments on the other side than the tumour, and symptoms on both sides.

    A tumour on both sides, by one site or by several, agrees with any side. Denied symptoms say
    nothing about a side.
    """
    sites: _Sides = {
        site.laterality: site.words for site in reversed(draft.tumour.get("sites", ()))
    }
    if Laterality.BILATERAL in sites or _OPPOSITE.keys() <= sites.keys():
        return
    _check_symptoms(draft, sites)
    _check_treatments(draft, sites)


def _check_symptoms(draft: RowDraft, sites: _Sides) -> None:
    symptoms = [symptom for symptom in draft.symptoms if symptom.is_present]
    sides: _Sides = {symptom.laterality: symptom.words for symptom in reversed(symptoms)}
    found = list(_compare("symptom", sides, sites))
    if _OPPOSITE.keys() <= sides.keys():
        found.append(
            f'One symptom is left ("{sides[Laterality.LEFT]}"), another right '
            f'("{sides[Laterality.RIGHT]}").'
        )
    if found:
        place = next(symptom.provenance for symptom in symptoms if symptom.laterality in _OPPOSITE)
        _note(draft, found, place)


def _check_treatments(draft: RowDraft, sites: _Sides) -> None:
    if not sites.keys() & _OPPOSITE.keys():
        return
    for treatment in draft.treatments:
        named = {found.side for found in find_sides(fold(treatment.words))}
        if len(named) == 1 and (found := list(_compare_one(treatment.words, named.pop(), sites))):
            _note(draft, found, treatment.provenance)
            return


def _compare_one(words: str, side: Laterality, sites: _Sides) -> Iterator[str]:
    yield from _compare("treatment", {side: words}, sites)


def _compare(what: str, sides: _Sides, sites: _Sides) -> Iterator[str]:
    for side, opposite in _OPPOSITE.items():
        if side in sites and opposite in sides:
            yield (
                f'The site is {side.value} ("{sites[side]}"), a {what} {opposite.value} '
                f'("{sides[opposite]}").'
            )


def note_times(draft: RowDraft) -> None:
    """Note an event after the end of follow-up, and follow-up or an event after the death."""
    length = draft.follow_up.duration_months
    dated = [
        (column, outcome, outcome.months)
        for column, outcome in draft.outcomes
        if outcome.has_occurred and not isinstance(outcome.months, Absent)
    ]
    death = min((m for _, o, m in dated if o.kind is OutcomeKind.DEATH), default=None)
    for column, outcome, months in dated:
        if not isinstance(length, Absent) and months > length:
            message = (
                f"The {outcome.kind.value} is at {months:g} months and follow-up ends at "
                f"{length:g}. Both are kept as written."
            )
            draft.note("value-conflict", message, column.label, outcome.words)
        if death is not None and months > death:
            message = (
                f"The {outcome.kind.value} is at {months:g} months and the death at {death:g}. "
                "Both are kept as written."
            )
            draft.note("value-conflict", message, column.label, outcome.words)
        if outcome.kind is OutcomeKind.DEATH and not isinstance(length, Absent) and length > months:
            message = (
                f"Follow-up is {length:g} months and the death at {months:g}. Both are kept as "
                "written; survival takes the time of the death."
            )
            draft.note("value-conflict", message, column.label, outcome.words)


def _note(draft: RowDraft, found: list[str], place: Provenance | Absent) -> None:
    column, words = ("", "") if isinstance(place, Absent) else (str(place.column), str(place.words))
    message = f"{' '.join(found)} Both are kept as written."
    draft.note("laterality-conflict", message, column, words)
