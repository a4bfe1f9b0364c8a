"""Sides that contradict each other within a row: the symptoms on one side, the tumour on the other.

A contradiction is a reason to look at the images again, and no proof of an error: a symptom can lie
on the other side of the tumour.
"""

from __future__ import annotations

from spindle.cases.tumour import Laterality
from spindle.cohort.rows import CohortRow, SidedName
from spindle.cohort.truth import Truth, join_any

_OPPOSITE = {Laterality.LEFT: Laterality.RIGHT, Laterality.RIGHT: Laterality.LEFT}


def judge_symptom_side(symptom: SidedName, row: CohortRow) -> Truth:
    """Give whether a symptom lies on the side on which the tumour is not.

    False where a site is on its side, on both sides or in the midline; unknown where the symptom
    has no side, or a site without a side could be on it.
    """
    sides = {site.laterality for site in row.sites}
    if symptom.laterality not in _OPPOSITE or not sides:
        return Truth.UNKNOWN
    if sides & {symptom.laterality, Laterality.BILATERAL, Laterality.MIDLINE}:
        return Truth.FALSE
    return Truth.TRUE if sides == {_OPPOSITE[symptom.laterality]} else Truth.UNKNOWN


def list_opposed_symptoms(row: CohortRow) -> tuple[SidedName, ...]:
    """Give the symptoms of one side in a row whose sites all lie on the other side."""
    return tuple(
        symptom
        for symptom in row.symptoms
        if symptom.is_present and judge_symptom_side(symptom, row) is Truth.TRUE
    )


def judge_sides(row: CohortRow) -> Truth:
    """Give whether sides contradict each other; unknown where no symptom or no site has a side."""
    sided = [s for s in row.symptoms if s.is_present and s.laterality in _OPPOSITE]
    if not sided:
        return Truth.UNKNOWN
    return join_any(judge_symptom_side(symptom, row) for symptom in sided)
