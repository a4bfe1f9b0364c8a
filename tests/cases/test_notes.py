from __future__ import annotations

import re

import pytest

from spindle.cases.notes import CATALOGUE, Note, NoteKind, _catalogue
from spindle.errors import InternalError


@pytest.mark.parametrize("slug", list(CATALOGUE))
def test_every_kind_explains_itself(slug: str) -> None:
    kind = CATALOGUE[slug]
    assert kind.slug == slug
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)
    assert kind.title
    assert not kind.title.endswith(".")
    assert kind.explanation.endswith(".")


def test_a_note_names_its_place_and_value() -> None:
    note = Note(
        "age-unit",
        "Read as 14 months.",
        file="table1.csv",
        row=16,
        column="Age (yr)",
        value="14 months",
        case_id="15",
    )
    assert (note.file, note.row, note.column, note.value) == (
        "table1.csv",
        16,
        "Age (yr)",
        "14 months",
    )


def test_an_uncatalogued_slug_is_a_bug() -> None:
    with pytest.raises(InternalError):
        Note("no-such-note", "Something.")


def test_two_kinds_of_one_slug_are_a_bug() -> None:
    kind = NoteKind("age-unit", "Title", "Explanation.")
    with pytest.raises(InternalError):
        _catalogue(kind, kind)
