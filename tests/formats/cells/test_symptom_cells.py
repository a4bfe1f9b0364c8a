from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.formats.cells.symptoms import read_symptoms


def list_symptoms(text: str) -> list[str]:
    """The symptoms of a cell as `name side`, with `no` before one that is denied."""
    return [
        f"{'' if symptom.is_present else 'no '}{symptom.name} {symptom.laterality}".removesuffix(
            f" {NOT_REPORTED}"
        )
        for symptom in read_symptoms(text).value
    ]


@pytest.mark.parametrize(
    ("words", "code", "match"),
    [
        ("Nasal congestion", "HP:0001742", "exact"),
        ("nasal bleeding", "HP:0000421", "exact"),
        ("Right nose bleeding", "HP:0000421", "exact"),
        ("bloody rhinorrhea", "HP:0031417", "close"),
        ("runny nose on the left side", "HP:0031417", "exact"),
        ("tear overflow in the left eye", "HP:0009926", "exact"),
        ("diplopia", "HP:0000651", "exact"),
        ("Puss discharge from the nose", "HP:0040334", "close"),
        ("protrusion of the eyeball", "HP:0000520", "exact"),
        ("Left eye protrusion for 15 days", "HP:0000520", "exact"),
        ("decreased left eye vision", "HP:0007663", "exact"),
        ("decreased sense of smell", "HP:0004409", "exact"),
        ("low-grade fever", "HP:0011134", "exact"),
        ("intermittent fever", "HP:0001945", "exact"),
        ("fever 38 C", "HP:0001945", "exact"),
        ("temporal headache", "HP:0002315", "broader"),
        ("right toothache", "HP:0040264", "related"),
        ("Right facial pain", "HP:0046506", "broader"),
        ("Numbness around the left nasal wing", "HP:0033748", "broader"),
        ("weight loss 5 kg", "HP:0001824", "exact"),
    ],
)
def test_a_phrase_has_the_code_and_how_well_it_fits(words: str, code: str, match: str) -> None:
    (symptom,) = read_symptoms(words).value
    assert not isinstance(symptom.code, Absent)
    assert (symptom.code.id, symptom.code.match) == (code, match)
    assert symptom.words == words


@pytest.mark.parametrize(
    ("text", "symptoms"),
    [
        ("Pain and swelling in the right face", ["facial pain right", "facial swelling right"]),
        ("left cheek swelling and pain", ["facial swelling left", "facial pain left"]),
        ("Numbness and pain in the left facial area", ["facial numbness left", "facial pain left"]),
        ("chest pain and tightness 1 day", ["chest pain", "chest tightness"]),
        ("scrotal pain and lump", ["scrotal pain", "scrotal mass"]),
        ("Right nasal congestion and nosebleeds", ["nasal congestion right", "epistaxis"]),
        ("chest pain with fever (39 C) 4 days", ["chest pain", "fever"]),
        ("Nasal congestion. Headache.", ["nasal congestion", "headache"]),
        ("鼻塞、流涕、头痛", ["nasal congestion", "rhinorrhea", "headache"]),
        ("progressive proptosis (R)", ["proptosis right"]),
    ],
)
def test_phrases_are_parted_where_they_name_two_findings(text: str, symptoms: list[str]) -> None:
    assert list_symptoms(text) == symptoms


@pytest.mark.parametrize(
    "text",
    [
        "pain both lower extremities and lower back",
        "eye and facial pain",
        "face and neck swelling",
        "fever or cough",
        "fall with head strike",
    ],
)
def test_a_phrase_that_does_not_part_surely_stays_whole(text: str) -> None:
    (symptom,) = read_symptoms(text).value
    assert (symptom.words, symptom.code) == (text, UNKNOWN)


@pytest.mark.parametrize(
    ("text", "symptoms"),
    [
        ("incidental; no urinary symptoms", ["incidental finding", "no urinary symptoms"]),
        ("asymptomatic", ["no symptoms"]),
        ("none", ["no symptoms"]),
        ("no fever, cough or weight loss", ["no fever", "no cough", "no weight loss"]),
        ("no pain and swelling", ["no pain", "no swelling"]),
        ("Headache, no fever", ["headache", "no fever"]),
        ("Nasal congestion without epistaxis", ["nasal congestion", "no epistaxis"]),
    ],
)
def test_what_is_denied_is_not_present(text: str, symptoms: list[str]) -> None:
    assert list_symptoms(text) == symptoms


def test_words_after_a_denial_are_neither_present_nor_denied() -> None:
    reading = read_symptoms("no fever, cough")
    assert list_symptoms("no fever, cough") == ["no fever"]
    assert [(doubt.slug, doubt.value) for doubt in reading.doubts] == [("symptom-unknown", "cough")]


def test_an_exception_is_not_denied() -> None:
    (symptom,) = read_symptoms("No symptoms except nasal congestion").value
    assert symptom.is_present


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("watering, eight months", ["watering, eight months"]),
        ("fever, more than half a month", ["fever, more than half a month"]),
        ("mass, 5 days", ["mass, 5 days"]),
        (
            "oppressive pain, jaundice; Hb 10,2 g/dl",
            ["oppressive pain", "jaundice", "Hb 10,2 g/dl"],
        ),
    ],
)
def test_a_length_of_time_stays_in_the_words_of_its_symptom(text: str, words: list[str]) -> None:
    assert [symptom.words for symptom in read_symptoms(text).value] == words


def test_an_unknown_phrase_is_a_symptom_by_its_words_with_a_note() -> None:
    reading = read_symptoms("dural venous sinus thrombosis")
    (symptom,) = reading.value
    assert (symptom.name, symptom.code) == ("dural venous sinus thrombosis", UNKNOWN)
    assert [doubt.slug for doubt in reading.doubts] == ["symptom-unknown"]


@pytest.mark.parametrize("text", ["2 months", "left", "()"])
def test_a_cell_without_a_symptom_gives_none_and_a_note(text: str) -> None:
    reading = read_symptoms(text)
    assert reading.value == ()
    assert [doubt.slug for doubt in reading.doubts] == ["symptom-unknown"]


def test_nothing_is_read_from_a_cell_that_reports_nothing() -> None:
    assert read_symptoms("NA").value == ()
    assert read_symptoms("NA").doubts == ()
