from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.reports.reading_level import (
    compute_flesch_kincaid,
    compute_smog,
    count_sentences,
    count_syllables,
    list_words,
    measure_text,
)

# Counted by ear, from the words that the leaflet is made of.
SPOKEN_WORDS = """
tumour 2 inflammatory 5 myofibroblastic 6 doctor 2 children 2 gene 1 genes 1 fusion 2 kinase 2
medicine 3 surgery 3 treatment 2 treated 2 removed 2 spreads 1 cancer 2 biopsy 3 diagnosis 4
pathologist 4 microscope 3 protein 2 positive 3 negative 3 tissue 2 sequencing 3 study 2 people 2
vision 2 blurred 1 flashes 2 diarrhoea 4 breathing 2 breathe 1 emergency 4 hospital 3 temperature 4
chemotherapy 5 radiotherapy 6 fertility 4 pregnancy 3 contraception 4 years 1 uncertain 3 unknown 2
questions 2 research 2 reviewed 2 families 3 inherited 4 infection 3 viruses 3 immune 2 system 2
bladder 2 stomach 2 sinuses 3 urine 2 headache 2 little 2 able 2 statement 2 closely 2 hopeless 2
changes 2 causes 2 needed 2 series 2 various 3 period 3 special 2 region 2 association 5 usually 4
fluid 2 influence 3 continuous 4 quality 3 building 2 trying 2 being 2 seeing 2 million 2 area 3
these 1 the 1 other 2 another 3 equivocal 4 confirmed 2 approved 2 registry 3 different 3 general 3
crizotinib 4 methotrexate 4 vinblastine 3 examination 5 weight 1 tiredness 2 anaemia 4 bowel 2
don't 1 couldn't 2 doctor's 2 follow-up 3 ALK 3 IMT 3 71 2
"""
SPOKEN = re.findall(r"(\S+) (\d+)(?=\s)", SPOKEN_WORDS)
PLATYPUS = "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."


@pytest.mark.parametrize(("word", "spoken"), SPOKEN)
def test_syllables_are_counted_as_spoken(word: str, spoken: str) -> None:
    assert count_syllables(word) == int(spoken)


def test_the_list_of_spoken_words_is_read_whole() -> None:
    assert len(SPOKEN) * 2 == len(SPOKEN_WORDS.split())


def test_flesch_kincaid_gives_the_grade_of_the_textbook_sentence() -> None:
    """13 words with 24 syllables are grade 11.3, the example that articles on the formula give."""
    assert round(compute_flesch_kincaid(words=13, sentences=1, syllables=24), 1) == 11.3
    assert len(list_words(PLATYPUS)) == 13


@pytest.mark.parametrize("long_words", [4, 9, 16, 25, 36, 64, 100])
def test_smog_agrees_with_the_short_form_of_its_author(long_words: int) -> None:
    """McLaughlin 1969: three and the square root of the long words in thirty sentences."""
    grade = compute_smog(sentences=30, long_words=long_words)
    assert abs(grade - (3 + math.sqrt(long_words))) < 0.6


def test_a_text_without_long_words_has_the_lowest_smog_grade() -> None:
    assert round(measure_text(["The dog sat. The cat ran."]).smog_grade, 4) == 3.1291


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", 3),
        ("It was 38.5 °C at night.", 1),
        ("He said “no.” She left.", 2),
        ("no full stop", 1),
        ("A full stop. And a rest", 2),
        ("Really?! Yes.", 2),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, sentences: int) -> None:
    assert count_sentences(text) == sentences


def test_counts_of_a_short_text_by_hand() -> None:
    level = measure_text(["The tumour came back.", "", "Ask a pathologist."])
    assert (level.words, level.sentences, level.syllables, level.long_words) == (7, 2, 11, 1)
    assert level.is_smog_extrapolated
    assert level.flesch_kincaid_age == level.flesch_kincaid_grade + 5
    assert level.smog_age == level.smog_grade + 5


def test_there_is_no_level_without_a_word() -> None:
    with pytest.raises(ValueError, match="no word"):
        measure_text(["", " … "])


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'’-ABCDEXYZ019éß", min_size=1, max_size=30))
def test_every_word_has_a_syllable_and_no_more_than_letters(text: str) -> None:
    for word in list_words(text):
        assert 1 <= count_syllables(word) <= len(word)


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 200))
def test_longer_sentences_and_words_never_lower_a_grade(
    words: int, sentences: int, more: int
) -> None:
    grade = compute_flesch_kincaid(words, sentences, words + more)
    assert compute_flesch_kincaid(words, sentences, words + more + 1) > grade
    assert compute_smog(sentences, more + 1) > compute_smog(sentences, more)
