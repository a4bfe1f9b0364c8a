from __future__ import annotations

from typing import Any

import pytest
from claim_rows import (
    FEMALE,
    MALE,
    NEGATIVE,
    NO,
    POSITIVE,
    RADIOTHERAPY,
    SURGERY,
    YES,
    make_row,
    make_rows,
    sided,
    stain,
)
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.readings import ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN
from spindle.cases.course import TreatmentKind, VitalStatus
from spindle.cohort.condition_columns import FIELDS
from spindle.cohort.conditions import (
    EVERY_CASE,
    check_terms,
    count_rows,
    list_silent_tests,
    list_terms,
    read_condition,
    show_fields,
)
from spindle.cohort.number_ranges import read_number_range
from spindle.cohort.rows import Occurrence
from spindle.cohort.sides import judge_sides, list_opposed_symptoms
from spindle.cohort.truth import Truth, give_truth, join_all, join_any, negate
from spindle.errors import UserError

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def judge(condition: dict[str, Any], **fields: Any) -> Truth:
    return read_condition(condition, "claims.toml").judge(make_row(**fields))


def refuse(condition: object) -> str:
    with pytest.raises(UserError) as refused:
        read_condition(condition, "claims.toml, line 9")
    assert refused.value.slug == "claims-invalid"
    assert "line 9" in str(refused.value)
    return refused.value.message


# ---- three-valued logic


def test_the_truth_tables_are_kleenes() -> None:
    order = {F: 0, U: 1, T: 2}
    for a in Truth:
        assert order[negate(a)] == 2 - order[a]
        for b in Truth:
            assert order[join_all([a, b])] == min(order[a], order[b])
            assert order[join_any([a, b])] == max(order[a], order[b])
    assert join_all([]) is T
    assert join_any([]) is F


@given(st.lists(st.sampled_from(Truth)))
def test_not_turns_all_into_any(truths: list[Truth]) -> None:
    assert negate(join_all(truths)) is join_any(map(negate, truths))


def test_what_is_absent_is_unknown() -> None:
    assert [give_truth(value) for value in (True, False, NOT_REPORTED, NOT_DONE)] == [T, F, U, U]


# ---- fields


def test_a_value_any_of_several_and_an_absence() -> None:
    assert judge({"sex": "male"}, sex=MALE) is T
    assert judge({"sex": "male"}, sex=FEMALE) is F
    assert judge({"sex": ["male", "female"]}, sex=FEMALE) is T
    assert judge({"sex": "male"}) is U
    assert judge({"sex": "not_reported"}) is T
    assert judge({"sex": "unknown"}) is F
    assert judge({"sex": "not_reported"}, sex=MALE) is F


@pytest.mark.parametrize("field", ["alk_ihc", "alk_fish", "alk_rt_pcr", "alk_sequencing"])
def test_a_test_that_was_not_done_is_neither_positive_nor_negative(field: str) -> None:
    expected = {
        POSITIVE: (T, F, T, F),
        NEGATIVE: (F, T, T, F),
        ReadingResult.FAILED: (F, F, T, F),
        ReadingResult.EQUIVOCAL: (F, F, T, F),
        NOT_DONE: (F, F, F, T),
        NOT_REPORTED: (U, U, U, F),
        UNKNOWN: (U, U, U, F),
    }
    wanted = ("positive", "negative", "done", "not_done")
    for value, truths in expected.items():
        found = tuple(judge({field: word}, **{field: value}) for word in wanted)
        assert found == truths, value


def test_not_positive_is_open_where_nothing_is_reported() -> None:
    condition = {"not": {"alk_ihc": "positive"}}
    assert judge(condition, alk_ihc=NEGATIVE) is T
    assert judge(condition, alk_ihc=NOT_DONE) is T
    assert judge(condition, alk_ihc=NOT_REPORTED) is U
    assert judge(condition, alk_ihc=POSITIVE) is F


def test_numbers_compare_and_a_missing_one_is_unknown() -> None:
    for words, truths in {
        "< 18": (T, F, F),
        "<= 18": (T, T, F),
        ">= 18": (F, T, T),
        "> 18": (F, F, T),
        "2 to 18": (F, T, F),
    }.items():
        ages = (14, 216, 217)
        found = tuple(judge({"age_years": words}, age_months=age) for age in ages)
        assert found == truths, words
    assert judge({"age_months": 14}, age_months=14.0) is T
    assert judge({"age_months": "< 18"}) is U
    assert judge({"follow_up_months": ">= 60"}, follow_up_months=60) is T


@given(st.integers(0, 1200))
def test_an_age_is_below_a_year_or_not_below_it(months: int) -> None:
    for years in (1, 18, 40):
        below = judge({"age_years": f"< {years}"}, age_months=months)
        assert below is give_truth(months < 12 * years)
        assert judge({"age_years": f">= {years}"}, age_months=months) is negate(below)


def test_a_range_of_numbers_is_read_or_refused() -> None:
    assert read_number_range("10 to 136").holds(10)  # type: ignore[union-attr]
    assert not read_number_range("< 10").holds(10)  # type: ignore[union-attr]
    for text in ("10..136", "136 to 10", "about 5", "", True, None, [1]):
        assert read_number_range(text) is None


def test_sites_are_found_by_the_vocabularys_name_and_by_other_words_for_it() -> None:
    sites = (sided("maxillary sinus", "left"), sided("orbit", "left"))
    assert judge({"site": "maxillary sinus"}, sites=sites) is T
    assert judge({"site": "maxillary antrum"}, sites=sites) is T
    assert judge({"site": ["larynx", "eye socket"]}, sites=sites) is T
    assert judge({"site": "larynx"}, sites=sites) is F
    assert judge({"site": "larynx"}) is U


def test_a_name_of_the_vocabulary_is_compared_as_a_whole() -> None:
    symptoms = (sided("low-grade fever"),)
    assert judge({"symptom": "fever"}, symptoms=symptoms) is F
    assert judge({"symptom": ["fever", "low-grade fever"]}, symptoms=symptoms) is T


def test_words_that_no_vocabulary_knows_are_found_inside_a_name() -> None:
    sites = (sided("wall of the left zygomaticofrontal suture"),)
    assert judge({"site": "zygomaticofrontal suture"}, sites=sites) is T
    assert judge({"site": "frontal suture"}, sites=sites) is F


def test_a_site_with_its_side() -> None:
    left = {"site": {"name": "maxillary sinus", "side": "left"}}
    assert judge(left, sites=(sided("maxillary sinus", "left"),)) is T
    assert judge(left, sites=(sided("maxillary sinus", "right"), sided("orbit", "left"))) is F
    assert judge(left, sites=(sided("maxillary sinus"),)) is U
    assert judge(left, sites=(sided("maxillary sinus", "bilateral"),)) is F


def test_a_denied_symptom_is_not_there() -> None:
    denied = (sided("fever", is_present=False), sided("headache"))
    assert judge({"symptom": "fever"}, symptoms=denied) is F


def test_stains_by_marker() -> None:
    row = {"stains": (stain("SMA", "positive"), stain("desmin", "negative"))}
    assert judge({"stain": {"SMA": "positive"}}, **row) is T
    assert judge({"stain": {"smooth muscle actin": "positive"}}, **row) is T
    assert judge({"stain": {"desmin": "positive"}}, **row) is F
    assert judge({"stain": {"MSA": "positive"}}, **row) is U
    assert judge({"stain": {"SMA": "done"}}, **row) is T
    assert judge({"stain": {"SMA": "positive"}}) is U


def test_a_share_of_stained_cells_may_be_a_range() -> None:
    row = {"stains": (stain("Ki-67", "", (5, 10)),)}
    assert judge({"stain_percent": {"Ki-67": "<= 10"}}, **row) is T
    assert judge({"stain_percent": {"Ki-67": "> 10"}}, **row) is F
    assert judge({"stain_percent": {"Ki-67": "> 7"}}, **row) is U
    assert judge({"stain_percent": {"Ki-67": "6 to 7"}}, **row) is U
    assert judge({"stain_percent": {"Ki-67": "2 to 40"}}) is U


def test_treatments_and_their_number() -> None:
    both = {"treatments": (SURGERY, RADIOTHERAPY)}
    biopsy = {"treatments": (TreatmentKind.BIOPSY_ONLY,)}
    assert judge({"treatment": "radiotherapy"}, **both) is T
    assert judge({"treatment": "chemotherapy"}, **both) is F
    assert judge({"treatment": "chemotherapy"}) is U
    assert judge({"treatment_kinds": "> 1"}, **both) is T
    assert judge({"treatment_kinds": 0}, **biopsy) is T
    assert judge({"treatment_kinds": 0}) is U
    words = {"treatment_words": "Radical surgery (history of cerebral infarction)"}
    assert judge({"treatment_words": "Cerebral infarction"}, **words) is T
    assert judge({"treatment_words": "infarct"}, **words) is F
    assert judge({"treatment_words": "infarct"}) is U


def test_follow_up_and_loss() -> None:
    assert judge({"has_follow_up": True}, follow_up_months=0) is T
    assert judge({"has_follow_up": True}, is_lost=True) is F
    assert judge({"has_follow_up": True}) is U
    assert judge({"has_follow_up": False}, is_lost=True) is T
    assert judge({"is_lost": True}, is_lost=True) is T
    assert judge({"is_lost": True}) is U


def test_outcomes_that_are_not_said_stay_open() -> None:
    assert judge({"died": True}, death=YES) is T
    assert judge({"died": True}, vital_status=VitalStatus.DEAD) is T
    assert judge({"died": True}, vital_status=VitalStatus.ALIVE) is F
    assert judge({"died": True}, death=NO) is F
    assert judge({"died": True}) is U
    assert judge({"died": False}) is U
    assert judge({"recurred": False}, recurrence=NO) is T
    assert judge({"metastasised": True}, metastasis=YES) is T
    assert judge({"progressed": True}) is U


def test_an_event_is_what_ends_event_free_survival() -> None:
    assert judge({"has_event": True}, recurrence=YES) is T
    assert judge({"has_event": True}, death=Occurrence(True, 3)) is T
    assert judge({"has_event": True}, recurrence=NO, follow_up_months=20) is F
    assert judge({"has_event": True}, recurrence=NO) is U
    assert judge({"has_event": True}) is U


def test_discordance_and_case_ids() -> None:
    assert judge({"is_discordant": True}, is_discordant=True) is T
    assert judge({"case": ["8", "15"]}, case_id="15") is T
    assert judge({"case": "8"}, case_id="18") is F
    assert judge({"alk_status": "not_reported"}) is T


@pytest.mark.parametrize(
    "condition",
    [
        {"histology": "necrosis"},
        {"death_cause": "tumour"},
        {"earlier_treatment": "any"},
        {"diagnosis_date": "2010"},
    ],
)
def test_what_rows_have_no_column_for_is_always_open(condition: dict[str, Any]) -> None:
    assert judge(condition, death=YES, sex=MALE) is U
    assert judge({"not": condition}, death=YES) is U


# ---- joining


def test_all_fields_have_to_hold_and_any_of_a_list() -> None:
    condition = {"sex": "male", "any": [{"age_years": "< 18"}, {"alk_ihc": "positive"}]}
    assert judge(condition, sex=MALE, age_months=14) is T
    assert judge(condition, sex=MALE, age_months=500, alk_ihc=POSITIVE) is T
    assert judge(condition, sex=MALE, age_months=500) is U
    assert judge(condition, sex=FEMALE) is F
    assert judge(condition, age_months=14) is U


def test_a_condition_has_words_for_people() -> None:
    condition = {"sex": "male", "not": {"alk_ihc": ["positive", "equivocal"]}}
    words = read_condition(condition, "").words
    assert words == "sex male and not (ALK stain positive or equivocal)"
    named = read_condition({"words": "a boy", "sex": "male", "age_years": "< 18"}, "")
    assert named.words == "a boy"
    assert [test.field for test in named.tests] == ["sex", "age_years"]


@pytest.mark.parametrize("name", list(FIELDS))
def test_every_field_can_show_any_row_and_says_what_it_takes(name: str) -> None:
    full = make_row(
        "7",
        sex=MALE,
        age_months=14.0,
        sites=(sided("orbit", "left"),),
        symptoms=(sided("headache"),),
        alk_ihc=POSITIVE,
        stains=(stain("SMA", "positive"),),
        treatments=(SURGERY,),
        treatment_words="Resection",
        follow_up_months=12.0,
        recurrence=NO,
    )
    for row in (full, make_row("7")):
        assert FIELDS[name].show(row).strip()
    assert FIELDS[name].values


def test_shown_fields_are_those_of_the_row() -> None:
    condition = read_condition({"age_months": 14, "alk_ihc": "positive", "sex": "male"}, "")
    row = make_row(age_months=14.0, alk_ihc=NOT_DONE)
    assert show_fields(condition, row) == "age 14 months; ALK stain not done; sex not reported"


# ---- counting


def test_a_count_keeps_the_unknown_apart() -> None:
    rows = make_rows({"sex": MALE}, {"sex": FEMALE}, {}, {"sex": MALE})
    count = count_rows(rows, read_condition({"sex": "male"}, ""))
    assert (count.fitting, count.unfit, count.open) == (("1", "4"), ("2",), ("3",))
    assert (count.n, count.most, count.considered) == (2, 3, 4)
    assert not count.is_settled
    assert not count.is_silent


def test_rows_that_may_not_belong_are_in_no_count() -> None:
    rows = make_rows(
        {"death": YES, "sex": MALE},
        {"death": YES},
        {"sex": MALE},
        {"sex": FEMALE},
        {"death": NO, "sex": MALE},
    )
    count = count_rows(
        rows, read_condition({"sex": "male"}, ""), read_condition({"died": True}, "")
    )
    assert (count.fitting, count.open, count.unplaced) == (("1",), ("2",), ("3",))
    assert (count.considered, count.most_considered, count.most) == (2, 4, 3)


def test_every_case_counts_every_row() -> None:
    count = count_rows(make_rows({}, {}), EVERY_CASE)
    assert (count.n, count.considered) == (2, 2)


def test_a_field_that_no_row_answers_is_silent() -> None:
    condition = read_condition({"sex": "male", "stain": {"SMA": "positive"}}, "")
    rows = make_rows({"sex": MALE}, {})
    assert list_silent_tests(condition, rows) == ("SMA stain positive",)
    assert count_rows(rows, condition).is_silent


@given(st.lists(st.sampled_from([MALE, FEMALE, NOT_REPORTED])))
def test_a_condition_and_its_opposite_share_out_the_rows(sexes: list[Any]) -> None:
    rows = make_rows(*({"sex": sex} for sex in sexes))
    male = count_rows(rows, read_condition({"sex": "male"}, ""))
    other = count_rows(rows, read_condition({"not": {"sex": "male"}}, ""))
    assert male.fitting == other.unfit
    assert male.open == other.open
    assert male.considered == len(sexes)


# ---- slips of the pen


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"alk_ich": "positive"}, "alk_ihc"),
        ({"alk_ihc": "postive"}, "positive"),
        ({"sex": "man"}, "male"),
        ({"alk_ihc": True}, "text"),
        ({"age_years": "under 18"}, '"< 18"'),
        ({"age_years": True}, "number"),
        ({"died": "yes"}, "true or false"),
        ({"treatment": "surgry"}, "surgery"),
        ({"stain": {"SMAA": "positive"}}, "SMA"),
        ({"stain": {"ALK": "positive"}}, "alk_ihc"),
        ({"stain": "positive"}, "marker"),
        ({"stain": {"SMA": "positive", "CK": "negative"}}, "one marker"),
        ({"stain": {"SMA": "strong"}}, "positive"),
        ({"stain_percent": {"Ki-67": "high"}}, "2 to 18"),
        ({"site": {"name": "orbit", "sid": "left"}}, "side"),
        ({"site": {"name": "orbit", "side": "lft"}}, "left"),
        ({"site": {"side": "left"}}, "text"),
        ({"site": []}, "text"),
        ({"any": [{"sex": "male"}]}, "two or more"),
        ({"any": {"sex": "male"}}, "list"),
        ({"not": "male"}, "table"),
        ({"words": "nobody"}, "at least one field"),
        ({"words": 3, "sex": "male"}, "text"),
        ({}, "table"),
        ("male", "table"),
    ],
)
def test_a_slip_is_refused_with_what_is_allowed(condition: object, said: str) -> None:
    assert said in refuse(condition)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"site": "maxilary sinus"}, "maxillary sinus"),
        ({"symptom": "nasal congestio"}, "nasal congestion"),
        ({"case": "99"}, "99"),
    ],
)
def test_a_name_that_nobody_knows_is_refused(condition: dict[str, Any], said: str) -> None:
    terms = list_terms(make_rows({"sites": (sided("orbit"),), "symptoms": (sided("headache"),)}))
    tests = read_condition(condition, "").tests
    with pytest.raises(UserError) as refused:
        check_terms(tests, terms, "claims.toml, line 3")
    assert refused.value.slug == "claims-invalid"
    assert said in refused.value.message


@pytest.mark.parametrize(
    "condition",
    [
        {"site": "larynx"},
        {"site": "eye socket"},
        {"site": "unheard-of fossa"},
        {"symptom": "headache"},
        {"case": "1"},
        {"any": [{"case": "1"}, {"sex": "male"}]},
    ],
)
def test_a_name_that_a_vocabulary_or_a_row_knows_is_taken(condition: dict[str, Any]) -> None:
    rows = make_rows({"sites": (sided("the unheard-of fossa"),)})
    check_terms(read_condition(condition, "").tests, list_terms(rows), "")
    assert count_rows(rows, read_condition(condition, "")).considered == 1


# ---- sides


@pytest.mark.parametrize(
    ("symptoms", "sites", "truth"),
    [
        (["left"], ["right"], T),
        (["right", "left"], ["right", "right"], T),
        (["right"], ["right"], F),
        (["left"], ["bilateral"], F),
        (["left"], ["midline", "right"], F),
        (["bilateral"], ["right"], U),
        (["left"], ["right", ""], U),
        (["left"], ["left", ""], F),
        (["left"], [""], U),
        (["left"], [], U),
        ([""], ["right"], U),
        ([], ["right"], U),
    ],
)
def test_sides_contradict_each_other(symptoms: list[str], sites: list[str], truth: Truth) -> None:
    row = make_row(
        symptoms=tuple(sided("facial pain", side) for side in symptoms),
        sites=tuple(sided("orbit", side) for side in sites),
    )
    assert judge_sides(row) is truth
    assert bool(list_opposed_symptoms(row)) is (truth is T)
    assert judge({"has_side_conflict": True}, symptoms=row.symptoms, sites=row.sites) is truth


def test_a_denied_symptom_opposes_nothing() -> None:
    row = make_row(
        symptoms=(sided("headache", "left", is_present=False),), sites=(sided("orbit", "right"),)
    )
    assert judge_sides(row) is U


def test_words_that_a_row_holds_are_found_and_never_denied() -> None:
    necrotic = {"histology": ("Necrosis, focal",)}
    assert judge({"histology": "necrosis"}, **necrotic) is T
    assert judge({"histology": "bone invasion"}, **necrotic) is U
    assert judge({"death_cause": "tumour"}, death=YES, death_cause="tumour (DOD)") is T
    assert judge({"death_cause": "tumour"}, death=YES, death_cause="other (stroke)") is U
