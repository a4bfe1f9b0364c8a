from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.tumour import Laterality
from spindle.formats.cells.phrases import (
    AND,
    COMMA,
    LONGEST_CELL,
    SEMICOLON,
    STOP,
    blank_sides,
    find_hedge,
    find_pooled,
    find_sides,
    join_sides,
    read_absence,
    split_phrases,
    take_brackets,
)
from spindle.formats.cells.symptoms import read_symptoms
from spindle.knowledge.words import fold


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("NA", NOT_REPORTED),
        ("n/a", NOT_REPORTED),
        ("–", NOT_REPORTED),
        ("/", NOT_REPORTED),
        ("(not stated)", NOT_REPORTED),
        ("NR", NOT_REPORTED),
        ("not done", NOT_DONE),
        ("N.D.", NOT_DONE),
        ("未做", NOT_DONE),
        ("?", UNKNOWN),
        ("unknown", UNKNOWN),
        ("none", None),
        ("no", None),
        ("(-)", None),
        ("Na+", None),
    ],
)
def test_absence(text: str, absent: Absent | None) -> None:
    assert read_absence(text) == absent


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("a, b and c", ["a", "b", "c"]),
        ("a, b, and c", ["a", "b", "c"]),
        ("Hb 10,2; a (b, c), d", ["Hb 10,2", "a (b, c)", "d"]),
        ("a, , b", ["a", "b"]),
        ("a (b, c", ["a (b", "c"]),
        ("Rt. orbit", ["Rt. orbit"]),
        ("Headache. Fever.", ["Headache", "Fever"]),
        ("", []),
    ],
)
def test_phrases_part_outside_brackets_and_numbers(text: str, phrases: list[str]) -> None:
    assert [p.words for p in split_phrases(text, SEMICOLON, COMMA, AND, STOP)] == phrases


def test_brackets_are_taken_out_with_their_words() -> None:
    assert take_brackets("a (b) [c] d") == ("a d", ("b", "c"))
    assert take_brackets("a (b") == ("a (b", ())


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Left orbit", Laterality.LEFT),
        ("orbit, right-sided", Laterality.RIGHT),
        ("Rt. orbit", Laterality.RIGHT),
        ("orbit (L)", Laterality.LEFT),
        ("R orbit", Laterality.RIGHT),
        ("both eyes", Laterality.BILATERAL),
        ("left and right", Laterality.BILATERAL),
        ("Hb 88 g/L", None),
        ("L5-S1", None),
        ("cleft", None),
        ("orbit", None),
    ],
)
def test_sides(text: str, side: Laterality | None) -> None:
    assert join_sides(find_sides(fold(text))) == side


def test_the_rest_of_a_phrase_without_its_side() -> None:
    assert blank_sides("runny nose on the left side") == "runny nose"


@pytest.mark.parametrize(
    ("text", "is_pooled"),
    [
        ("positive (stated for the 3 cases together)", True),
        ("mean follow-up two years", True),
        ("24 (12 patients)", True),
        ("positive (1 case)", False),
        ("meaningful response", False),
    ],
)
def test_statements_about_a_group(text: str, is_pooled: bool) -> None:
    assert bool(find_pooled(text)) == is_pooled


@pytest.mark.parametrize(("text", "hedge"), [("possible recurrence", "possible"), ("seen", "")])
def test_hedges(text: str, hedge: str) -> None:
    assert find_hedge(text) == hedge


def test_a_text_longer_than_any_cell_is_kept_whole_with_a_doubt() -> None:
    reading = read_symptoms("headache, " * LONGEST_CELL)
    assert reading.value == ()
    assert [doubt.slug for doubt in reading.doubts] == ["symptom-unknown"]
