"""A pregnancy that a case file names among the symptoms or in a remark.

Among the symptoms the word is read into the patient's own field, with a note. A remark is free
text, so that it is only pointed out: "mother pregnant" is no pregnancy of the patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from spindle.formats.case_file_values import Document, FileDraft
from spindle.formats.cells.phrases import COMMA, SEMICOLON, find_hedge, split_phrases
from spindle.formats.cells.reading import Doubt
from spindle.formats.toml_lines import Path
from spindle.knowledge.words import fold, make_pattern

FIELD, ALIAS = "is_pregnant", "pregnant"
_VOCABULARY = "pregnancy"
_READ = "Read as the patient's is_pregnant = {}, which the options depend on. It is no symptom."
_CONTRADICTED = "The patient's is_pregnant says otherwise and is kept. It is no symptom."
_REMARK = (
    "a remark, on which nothing depends; if the patient is pregnant, write is_pregnant = true "
    "under [patient]"
)


def read_pregnancy(draft: FileDraft, table: Document, path: Path) -> Document:
    """Give a case as written with a pregnancy among its symptoms in the patient's own field."""
    patient = table.get("patient", {})
    if not isinstance(patient, dict):
        return table
    key = next((name for name in (FIELD, ALIAS) if name in patient), "")
    kept: list[object] = []
    found: list[bool] = []
    for where, item in _iterate_items(table, "symptoms", path):
        words, answers = _take(item)
        for answer in answers:
            told = patient[key] if key else next(iter(found), answer)
            message = _READ.format(str(answer).lower()) if told is answer else _CONTRADICTED
            draft.doubt(where, (Doubt("symptom-unknown", message, str(item)),), str(item))
        found += answers
        kept += [words] if words else []
    if found:
        patient = patient if key else {**patient, FIELD: found[0]}
        return {**table, "symptoms": kept, "patient": patient}
    if not key:
        _point_out(draft, table, path)
    return table


def _iterate_items(table: Document, key: str, path: Path) -> Iterator[tuple[Path, object]]:
    """Give what stands under a key, one by one, each with the way to it."""
    items = table.get(key, [])
    if not isinstance(items, list):
        yield (*path, key), items
        return
    for place, item in enumerate(items):
        yield (*path, key, place), item


def _take(item: object) -> tuple[object, list[bool]]:
    """Give a symptom without the phrases that name a pregnancy, and what these say of one."""
    if not isinstance(item, str):
        return item, []
    kept: list[str] = []
    answers: list[bool] = []
    is_after = False
    for phrase in split_phrases(item, SEMICOLON, COMMA):
        answer = _read_phrase(phrase.words)
        # "Pregnancy, 14 weeks": the length belongs to it.
        is_after = answer is not None or (
            is_after and bool(_length().fullmatch(fold(phrase.words)))
        )
        answers += [] if answer is None else [answer]
        kept += [] if is_after else [phrase.words]
    return (", ".join(kept), answers) if answers else (item, [])


def _read_phrase(words: str) -> bool | None:
    """Give whether a whole phrase says that there is a pregnancy or none; else none."""
    folded = fold(words)
    if find_hedge(folded) or not (match := _whole().fullmatch(folded)):
        return None
    return not match["denial"]


@cache
def _length() -> re.Pattern[str]:
    return re.compile(r"[\s(]*(?:of\s+|at\s+)?[0-9]+\s*(?:\+\s*[0-9])?\s*[a-z]+\)?")


@cache
def _whole() -> re.Pattern[str]:
    """Give the pattern of a phrase that is about a pregnancy alone, with its length or without."""
    named = make_pattern(_VOCABULARY, "pregnant").pattern
    denial = make_pattern(_VOCABULARY, "denial").pattern
    length = f"(?:{_length().pattern})?"
    return re.compile(rf"(?:(?P<denial>{denial})\s+)?{length}\s*(?:{named}){length}")


def _point_out(draft: FileDraft, table: Document, path: Path) -> None:
    """Say of each remark that names a pregnancy that it stays a remark."""
    for where, item in _iterate_items(table, "remarks", path):
        words = item.get("words", "") if isinstance(item, dict) else item
        named = make_pattern(_VOCABULARY, "pregnant")
        if isinstance(words, str) and named.search(fold(words)):
            draft.say(where, words, _REMARK)
