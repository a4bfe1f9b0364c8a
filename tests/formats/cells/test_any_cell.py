"""Properties of every reader, on any text and on shuffled pieces of cells as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.course import OutcomeKind
from spindle.cases.notes import CATALOGUE
from spindle.cases.observations import PercentRange, TestResult
from spindle.cases.patient import TimeUnit
from spindle.cases.provenance import Provenance
from spindle.cases.tumour import TumourSize
from spindle.formats.cells.ages import OLDEST_YEARS, read_age
from spindle.formats.cells.events import read_death_cause, read_event
from spindle.formats.cells.follow_up import read_follow_up, read_outcome
from spindle.formats.cells.fusions import read_fusion
from spindle.formats.cells.numbers import read_percent, read_size
from spindle.formats.cells.phrases import read_absence
from spindle.formats.cells.reading import CellReading
from spindle.formats.cells.results import read_result
from spindle.formats.cells.sexes import read_sex
from spindle.formats.cells.sites import read_focality, read_sites
from spindle.formats.cells.stains import read_stain, read_stains
from spindle.formats.cells.symptoms import read_symptoms
from spindle.formats.cells.treatments import read_margin, read_treatments
from spindle.knowledge.vocabularies import fold, read_header

PIECES = (
    "left", "Right", "bilateral", "(R)", "maxillary sinus", "orbit", "neck", "lung",
    "nasal septum", "metastasis", "no", "not", "without", "and", "or", "with", "but",
    "of the", "in", "after", "invading", "nasal congestion", "pain", "swelling", "headache",
    "asymptomatic", "for 2 weeks", "fever 38 C", "positive", "negative", "+", "-", "(-)",
    "±", "1+", "SMA", "desmin", "CK (AE1/AE3)", "Ki-67", "ALK", "ALK-1", "D5F3", "10%",
    "5-10 %", "12/50", "focal", "not done", "NA", "?", "rearrangement", "EML4-ALK",
    "TFG::ROS1", "RNA-seq", "surgery", "radical", "biopsy", "only", "chemotherapy",
    "crizotinib", "R0", "R1", "craniotomy", "none", "refused", "recurrence", "Died",
    "alive", "NED", "lost to follow up", "22", "12 months", "2 years", "over 5", "0",
    "3, 7 and 10 months", "(3 cases)", "mean", "possible", "female", "M", "14 months",
    "4y10m", "1½", "46 x 42 mm", "5 cm3", "第", "鼻塞", "左侧", "上颌窦", "(", ")", "[", '"', "–",
    "%",
)  # fmt: skip
SEPARATORS = (" ", ", ", "; ", " + ", "/", " / ", "\n", "", ": ", ". ", "、")


@st.composite
def pieces(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7))
    return "".join(part + draw(st.sampled_from(SEPARATORS)) for part in parts).strip()


CELLS = (st.text(max_size=60).map(str.strip) | pieces()).filter(bool)

Reader = Callable[[str], CellReading[Any]]
READERS: dict[str, Reader] = {
    "age": lambda text: read_age(text, header_unit=TimeUnit.YEARS),
    "age without a unit": read_age,
    "age in years and months": lambda t: read_age(t, header_unit=TimeUnit.YEARS_AND_MONTHS),
    "sex": read_sex,
    "sites": read_sites,
    "focality": read_focality,
    "size": lambda text: read_size(text, unit="cm"),
    "percent": read_percent,
    "symptoms": read_symptoms,
    "result": read_result,
    "stains": read_stains,
    "stain": lambda text: read_stain(text, "Ki-67"),
    "treatments": read_treatments,
    "margin": read_margin,
    "follow-up": lambda text: read_follow_up(text, header_unit=TimeUnit.MONTHS),
    "outcome": read_outcome,
    "recurrence": lambda text: read_event(text, OutcomeKind.RECURRENCE),
    "death": lambda text: read_event(text, OutcomeKind.DEATH),
    "cause": read_death_cause,
    "fusion": read_fusion,
}


@pytest.mark.parametrize("name", READERS)
@given(text=CELLS)
def test_any_text_is_read_with_doubts_that_are_catalogued(name: str, text: str) -> None:
    reading = READERS[name](text)
    assert {doubt.slug for doubt in reading.doubts} <= set(CATALOGUE)
    assert all(doubt.message.strip() for doubt in reading.doubts)


@pytest.mark.parametrize("name", ["age", "sex", "size", "percent", "margin", "focality", "cause"])
@given(text=CELLS)
def test_an_unknown_value_is_stated_or_noted(name: str, text: str) -> None:
    reading = READERS[name](text)
    if reading.value == UNKNOWN:
        assert reading.doubts or read_absence(text) == UNKNOWN


@given(text=CELLS)
def test_an_unknown_result_is_stated_or_noted(text: str) -> None:
    reading = read_result(text)
    if reading.value.result == UNKNOWN:
        assert reading.doubts or read_absence(text) == UNKNOWN


def words_of(*texts: str) -> set[str]:
    return {word for text in texts for word in re.findall(r"[^\W_]+", fold(text))}


def iterate_words(items: tuple[Any, ...]) -> Iterator[str]:
    for item in items:
        yield item.words


@pytest.mark.parametrize("name", ["symptoms", "treatments", "sites"])
@given(text=CELLS)
def test_no_word_of_a_cell_is_lost(name: str, text: str) -> None:
    reading = READERS[name](text)
    if read_absence(text):
        return
    items = reading.value.sites if name == "sites" else reading.value
    kept = words_of(*iterate_words(items), *(doubt.value for doubt in reading.doubts))
    # What joins a list is its grammar.
    assert words_of(text) - kept <= {"and", "with", "or", "then", "but", "no", "without", "nor"}


@given(text=CELLS)
def test_an_age_is_one_that_people_reach(text: str) -> None:
    age = read_age(text, header_unit=TimeUnit.YEARS).value
    if not isinstance(age, Absent):
        assert 0 <= age.months <= OLDEST_YEARS * 12


@given(text=CELLS)
def test_measures_are_in_order(text: str) -> None:
    size, share = read_size(text, unit="mm").value, read_percent(text).value
    if isinstance(size, TumourSize):
        assert 1 <= len(size.dimensions_mm) <= 3
        assert all(dimension > 0 for dimension in size.dimensions_mm)
    if isinstance(share, PercentRange):
        assert 0 <= share.low <= share.high <= 100


@given(text=CELLS)
def test_a_count_of_nuclei_is_possible(text: str) -> None:
    for count in read_result(text).value.counts:
        assert 0 <= count.split <= count.nuclei_scored


@given(text=CELLS)
def test_a_denied_fusion_has_no_call(text: str) -> None:
    test = read_fusion(text).value
    if not isinstance(test, Absent) and test.result is not TestResult.POSITIVE:
        assert test.calls == ()


@given(text=CELLS)
def test_the_place_goes_to_everything_and_changes_nothing_else(text: str) -> None:
    place = Provenance(source="table.csv", row=2)
    for read in (read_symptoms, read_treatments, read_stains):
        bare, placed = read(text), read(text, place)
        assert bare.doubts == placed.doubts
        assert len(bare.value) == len(placed.value)
        assert all(item.provenance == place for item in placed.value)


@given(text=st.text(max_size=40))
def test_any_header_is_read(text: str) -> None:
    reading = read_header(text)
    assert reading == read_header(text)
    assert bool(reading.clone) <= bool(reading.marker)
