"""Diagnoses that somebody excluded: which ones the words name, and how they stay listed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from spindle.cases.case import Exclusion
from spindle.knowledge.entities import EntityKind, load_entities, load_names
from spindle.knowledge.words import fold
from spindle.reasoning.findings import Candidate, Standing
from spindle.reasoning.statuses import join_words


def match_exclusions(exclusions: Sequence[Exclusion]) -> dict[str, tuple[Exclusion, ...]]:
    """Give the exclusions of a case by the diagnosis that they name, without unmatched ones."""
    matched: dict[str, list[Exclusion]] = {}
    for exclusion in exclusions:
        if entity := match_diagnosis(exclusion.diagnosis):
            matched.setdefault(entity, []).append(exclusion)
    return {entity: tuple(found) for entity, found in matched.items()}


def match_diagnosis(words: str) -> str:
    """Give the one diagnosis that words name, or an empty text.

    Its name or its id; else the one whose words all stand in them; else the one in whose name all
    of theirs stand. Words that fit two diagnoses match none.
    """
    told, names = _split_words(words), _name_diagnoses()
    if not told:
        return ""
    exact = {name for name, listed in names if told == listed}
    inside = [(name, listed) for name, listed in names if listed < told]
    # "inflammatory LMS of the lung" is not LMS: the name with more of the words counts.
    within = {name for name, listed in inside if not any(listed < other for _, other in inside)}
    around = {name for name, listed in names if told < listed}
    for found in (exact, within, around):
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


@cache
def _name_diagnoses() -> tuple[tuple[str, frozenset[str]], ...]:
    listed = [e for e in load_entities().values() if e.kind is not EntityKind.VARIANT]
    return tuple(
        (e.id, _split_words(words))
        for e in listed
        for words in (e.name, e.id, *load_names().get(e.id, ()))
    )


def _split_words(words: str) -> frozenset[str]:
    plain = fold(words).replace("tumour", "tumor").replace("haem", "hem")
    parts = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return frozenset(parts)


def explain_exclusion(exclusions: Sequence[Exclusion]) -> str:
    """Give the reasons of exclusions in a sentence; an empty text for none."""
    if not exclusions:
        return ""
    reasons = [reason for e in exclusions if (reason := e.reason.strip().rstrip("."))]
    return f"Excluded, as reported: {join_words(reasons) or 'no reason is given'}."


# A diagnosis that the knowledge base does not hold is listed as another one that was thought of.
UNKNOWN_KIND = EntityKind.MIMIC.value


def list_unmatched(exclusions: Sequence[Exclusion]) -> list[Candidate]:
    """Give excluded diagnoses that the knowledge base does not hold, each once, in order."""
    named: dict[frozenset[str], list[Exclusion]] = {}
    for exclusion in exclusions:
        if not match_diagnosis(exclusion.diagnosis):
            named.setdefault(_split_words(exclusion.diagnosis), []).append(exclusion)
    return [_make_unmatched(words, found) for words, found in named.items()]


def _make_unmatched(words: frozenset[str], exclusions: Sequence[Exclusion]) -> Candidate:
    return Candidate(
        id=f"excluded:{'-'.join(sorted(words))}",
        name=exclusions[0].diagnosis,
        kind=UNKNOWN_KIND,
        standing=Standing.EXCLUDED,
        why=f"{explain_exclusion(exclusions)} This knowledge base does not hold the diagnosis.",
        evidence=(),
        patients=0,
        weight_low=0.0,
        weight_mid=0.0,
        weight_high=0.0,
        would_settle=(),
        is_urgent=False,
        facts=(),
    )
