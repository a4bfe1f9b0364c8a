from __future__ import annotations

from typing import Any

import pytest
from claim_rows import (
    FEMALE,
    MALE,
    NO,
    YES,
    audit,
    make_row,
    make_rows,
)
from hypothesis import given
from hypothesis import strategies as st

from spindle.cohort.claim_checks.values import Value, is_conflict
from spindle.cohort.claims_audit import Verdict
from spindle.cohort.rows import CohortRow, Occurrence
from spindle.errors import UserError

AGREES, DIFFERS, IMPOSSIBLE = Verdict.AGREES, Verdict.DIFFERS, Verdict.IMPOSSIBLE
CONTRADICTED, UNSUPPORTED = Verdict.CONTRADICTED, Verdict.UNSUPPORTED
NOT_CHECKABLE = Verdict.NOT_CHECKABLE

SEXES = [{"sex": MALE}, {"sex": MALE}, {"sex": FEMALE}]


# ---- places and documents


def places(*statements: str, kind: str = "places", more: str = "") -> str:
    return f'kind = "{kind}"\nstatements = [{", ".join(statements)}]\n{more}'


def place(label: str, value: str) -> str:
    return f'{{ where = "{label}", {value} }}'


def test_places_that_say_the_same_and_places_that_do_not() -> None:
    same = places(place("Abstract", "value = 2"), place("Text", "value = 2"))
    assert audit(same, []).verdict is AGREES
    other = places(place("Abstract", "value = 2"), place("Text", "value = 3"), more='unit = "x"\n')
    found = audit(other, [])
    assert found.verdict is CONTRADICTED
    assert found.printed == "Abstract: 2; Text: 3"
    assert found.recomputed == "2 values in 2 places"
    assert "(x): Abstract: 2; Text: 3" in found.reason


def test_words_are_compared_without_regard_to_capitals() -> None:
    same = places(place("Text", 'words = "Nucleus"'), place("Figure", 'words = "nucleus"'))
    assert audit(same, []).verdict is AGREES
    other = places(
        place("Text", 'words = "nucleus"'),
        place("Figure 2B", 'words = "cytoplasm", shown = "in the cytoplasm"'),
        place("Figure 2C", 'words = "nucleus"'),
    )
    found = audit(other, [])
    assert found.verdict is CONTRADICTED
    assert (
        "Text (nucleus) and Figure 2C (nucleus); against Figure 2B (in the cytoplasm)"
        in found.reason
    )


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("value = 35", "value = 35.3", CONTRADICTED),
        ("value = 35, is_rounded = true", "value = 35.3", AGREES),
        ("value = 35.3", "n = 6, of = 17", AGREES),
        ("value = 35.2", "n = 6, of = 17", CONTRADICTED),
        ("low = 15, high = 37", "value = 37", AGREES),
        ("low = 15, high = 37", "value = 38", CONTRADICTED),
        ("low = 50", "n = 10, of = 25", CONTRADICTED),
        ("high = 11", "value = 12", CONTRADICTED),
        ("low = 3", "high = 3", AGREES),
        ("low = 3", "high = 2", CONTRADICTED),
    ],
)
def test_numbers_and_ranges_meet_or_do_not(first: str, second: str, verdict: Verdict) -> None:
    assert audit(places(place("a", first), place("b", second)), []).verdict is verdict


def test_rows_are_one_of_the_places() -> None:
    claim = places(
        place("Text", "value = 2"), place("Table", 'rows = { count = { sex = "male" } }')
    )
    agrees = audit(claim, make_rows(*SEXES))
    assert (agrees.verdict, agrees.recomputed, agrees.rows) == (
        AGREES,
        "Table: 2 of 3",
        ("1", "2"),
    )
    assert audit(claim, make_rows(*SEXES, {"sex": MALE})).verdict is CONTRADICTED
    assert audit(claim, make_rows({}, {})).verdict is NOT_CHECKABLE
    open_one = make_rows({"sex": MALE}, {})
    assert audit(claim, open_one).verdict is AGREES


def test_rows_answer_with_a_statistic_a_share_or_survival() -> None:
    rows = make_rows(
        *(
            {"age_months": m, "sex": s, "follow_up_months": 20.0}
            for m, s in ((13.0, MALE), (26.0, FEMALE))
        )
    )
    statistic = 'rows = { statistic = "min", variable = "age_months" }'
    assert audit(places(place("a", "value = 13"), place("b", statistic)), rows).verdict is AGREES
    bound = statistic.replace(" }", ', bound = "at_most" }')
    assert audit(places(place("a", "value = 6"), place("b", bound)), rows).verdict is AGREES
    assert audit(places(place("a", "value = 14"), place("b", bound)), rows).verdict is CONTRADICTED
    share = 'rows = { share = { sex = "male" } }'
    assert audit(places(place("a", "value = 50"), place("b", share)), rows).verdict is AGREES
    assert audit(places(place("a", "value = 51"), place("b", share)), rows).verdict is CONTRADICTED
    survival = 'rows = { survival = "os", months = 12 }'
    assert audit(places(place("a", "value = 90"), place("b", survival)), rows).verdict is AGREES
    beyond = survival.replace("12", "60")
    assert (
        audit(places(place("a", "value = 90"), place("b", beyond)), rows).verdict is NOT_CHECKABLE
    )


def document(label: str, value: str) -> str:
    return f'{{ document = "{label}", {value} }}'


ALL_SITES, NOSE = 'population = "all sites"', 'population = "nose"'


def test_other_populations_do_not_contradict_each_other() -> None:
    pair = [document("one", f"value = 50, {ALL_SITES}"), document("two", f"value = 8, {NOSE}")]
    found = audit(places(*pair, kind="documents", more='unit = "%"\n'), [])
    assert (found.verdict, found.recomputed) == (NOT_CHECKABLE, "the populations differ")
    assert found.reason == (
        "These cannot be held against each other, because the populations differ (%): "
        "the first document (all sites): 50; the second document (nose): 8."
    )
    same = [pair[0], document("two", f"value = 8, {ALL_SITES.replace('all', 'All')}")]
    assert audit(places(*same, kind="documents"), []).verdict is CONTRADICTED


def test_a_population_apart_is_named_beside_those_that_are_compared() -> None:
    apart = place("c", f"value = 8, {NOSE}")
    agree = [place("a", f"value = 50, {ALL_SITES}"), place("b", f"low = 40, {ALL_SITES}")]
    found = audit(places(*agree, apart), [])
    assert (found.verdict, found.recomputed) == (AGREES, "no conflict")
    assert found.reason == (
        "These do not contradict each other: a (all sites): 50; b (all sites): at least 40. "
        "Not held against them, because the populations differ: c (nose): 8."
    )
    differ = [agree[0], place("b", f"value = 60, {ALL_SITES}")]
    against = audit(places(*differ, apart), [])
    assert (against.verdict, against.recomputed) == (CONTRADICTED, "2 values in 3 places")
    assert "These cannot all hold: a (all sites): 50; b (all sites): 60." in against.reason
    assert "Not held against them" in against.reason


def test_other_measures_do_not_contradict_each_other() -> None:
    pair = [
        place("a", 'words = "no test", measure = "an advice"'),
        place("b", 'words = "a fusion", measure = "a finding"'),
    ]
    found = audit(places(*pair), [])
    assert (found.verdict, found.recomputed) == (NOT_CHECKABLE, "the measures differ")
    same = [part.replace("a finding", "an advice") for part in pair]
    against = audit(places(*same), [])
    assert against.verdict is CONTRADICTED
    assert "a (an advice: no test); against b (an advice: a fusion)" in against.reason


def test_rows_are_not_held_against_rows() -> None:
    by_sex = [
        place(sex, f'rows = {{ count = {{ sex = "{sex}" }} }}, measure = "in the rows"')
        for sex in ("male", "female")
    ]
    claim = places(place("Text", 'value = 2, measure = "in the text"'), *by_sex)
    found = audit(claim, make_rows(*SEXES))
    assert (found.verdict, found.rows) == (NOT_CHECKABLE, ("1", "2", "3"))
    assert found.recomputed == "male (in the rows): 2 of 3; female (in the rows): 1 of 3"


@pytest.mark.parametrize("name", ["population", "measure"])
def test_a_population_or_measure_is_given_for_all_or_for_none(name: str) -> None:
    claim = places(place("a", f'value = 1, {name} = "all"'), place("b", "value = 2"))
    with pytest.raises(UserError, match=f"every statement has a {name}"):
        audit(claim, [])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2)), min_size=2, max_size=5))
def test_a_contradiction_needs_two_statements_of_one_population(
    said: list[tuple[str, int]],
) -> None:
    parts = [
        place(str(n), f'value = {value}, population = "{population}"')
        for n, (population, value) in enumerate(said)
    ]
    verdict = audit(places(*parts), []).verdict
    values = {name: {v for p, v in said if p == name} for name in "ab"}
    if any(len(found) > 1 for found in values.values()):
        assert verdict is CONTRADICTED
    else:
        has_pair = len({p for p, _ in said}) < len(said)
        assert verdict is (AGREES if has_pair else NOT_CHECKABLE)


def test_a_share_leaves_the_room_that_silent_rows_leave() -> None:
    rows = make_rows({"recurrence": YES}, {"recurrence": NO}, {}, {})
    share = place("Table", "rows = { share = { recurred = true } }")
    for printed, verdict in ((25, AGREES), (50, AGREES), (75, AGREES), (24, CONTRADICTED)):
        assert audit(places(place("Text", f"value = {printed}"), share), rows).verdict is verdict
    found = audit(places(place("Text", "value = 76"), share), rows)
    assert found.verdict is CONTRADICTED
    assert "1/2 = 50 % of those of whom it is said" in found.recomputed
    assert "with the 2 left open from 1/4 = 25 % to 3/4 = 75 %" in found.recomputed


def test_a_share_of_a_sample_has_an_interval_between_documents_and_none_within_one() -> None:
    values = ("low = 15, high = 37", "n = 2, of = 17")
    pair = [document(label, value) for label, value in zip(("one", "two"), values, strict=True)]
    found = audit(places(*pair, kind="documents"), [])
    assert found.verdict is AGREES
    assert "the second document: 2/17 = 11.8 % (exact 95 % interval 1.5 to 36.4 %)" in found.printed
    within = places(place("a", values[0]), place("b", values[1]))
    assert audit(within, []).verdict is CONTRADICTED
    apart = [pair[0], document("two", "n = 15, of = 20")]
    assert audit(places(*apart, kind="documents"), []).verdict is CONTRADICTED


@given(
    st.tuples(st.integers(-5, 5), st.integers(-5, 5)),
    st.tuples(st.integers(-5, 5), st.integers(-5, 5)),
)
def test_ranges_conflict_when_they_share_no_number(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    a, b = (Value("", min(ends), max(ends)) for ends in (first, second))
    shared = set(range(min(first), max(first) + 1)) & set(range(min(second), max(second) + 1))
    assert is_conflict(a, b) is (not shared)
    assert is_conflict(b, a) is is_conflict(a, b)


# ---- significance


def difference(groups: str, more: str = "") -> str:
    return (
        'kind = "significance"\noutcome = "recurrence"\nevent = { recurred = true }\n'
        f"groups = [{groups}]\n{more}"
    )


SEX_GROUPS = (
    '{ label = "men", condition = { sex = "male" } }, '
    '{ label = "women", condition = { sex = "female" } }'
)
HIGHER = 'direction = "higher"\n'


def recurring(men: tuple[int, int], women: tuple[int, int]) -> list[CohortRow]:
    described = []
    for sex, (n, of) in ((MALE, men), (FEMALE, women)):
        described += [{"sex": sex, "recurrence": YES if k < n else NO} for k in range(of)]
    return make_rows(*described)


def test_the_test_is_run_where_none_is_printed() -> None:
    clear = audit(difference(SEX_GROUPS, HIGHER), recurring((9, 10), (1, 10)))
    assert clear.verdict is AGREES
    assert "prints no test" in clear.reason
    assert "p = 0.0011" in clear.recomputed
    weak = audit(difference(SEX_GROUPS, HIGHER), recurring((3, 5), (1, 5)))
    assert weak.verdict is UNSUPPORTED
    assert "Fisher's exact test" in weak.reason
    assert "interval" in weak.reason
    against = audit(difference(SEX_GROUPS, HIGHER), recurring((1, 10), (9, 10)))
    assert against.verdict is DIFFERS
    lower = difference(SEX_GROUPS, 'direction = "lower"\n')
    assert audit(lower, recurring((1, 10), (9, 10))).verdict is AGREES
    assert audit(difference(SEX_GROUPS), recurring((1, 10), (9, 10))).verdict is AGREES


def test_a_printed_p_is_recomputed() -> None:
    rows = recurring((9, 10), (1, 10))
    for printed, verdict in {
        '"< 0.05"': AGREES,
        "0.001": AGREES,
        "0.0011": AGREES,
        "0.002": DIFFERS,
        '"> 0.05"': DIFFERS,
    }.items():
        claim = difference(SEX_GROUPS, f"{HIGHER}printed_p = {printed}\n")
        assert audit(claim, rows).verdict is verdict, printed


def test_another_level_decides_otherwise() -> None:
    rows = recurring((9, 10), (1, 10))
    assert audit(difference(SEX_GROUPS, f"{HIGHER}level = 0.001\n"), rows).verdict is UNSUPPORTED


def test_silent_rows_are_in_no_test() -> None:
    rows = [*recurring((9, 10), (1, 10)), make_row("silent", sex=MALE)]
    found = audit(difference(SEX_GROUPS, HIGHER), rows)
    assert found.recomputed.startswith("9/10 against 1/10")
    assert "not said in case silent" in found.reason


def test_a_group_of_which_nothing_is_known_leaves_the_conclusion_unsupported() -> None:
    groups = '{ label = "men", condition = { sex = "male" } }, { label = "other sites" }'
    found = audit(difference(groups, HIGHER), recurring((9, 10), (1, 10)))
    assert (found.verdict, found.recomputed) == (UNSUPPORTED, "no counts to compare")
    assert "other sites" in found.reason


def test_counts_of_another_series_never_bear_a_conclusion_out() -> None:
    groups = (
        '{ label = "men", condition = { sex = "male" } }, '
        '{ label = "bladder", n = 0, of = 16, source = "Zhang 2021" }'
    )
    found = audit(difference(groups, HIGHER), recurring((6, 17), (0, 1)))
    assert found.verdict is UNSUPPORTED
    assert found.recomputed == "6/17 against 0/16, p = 0.018"
    assert "between different series and not adjusted" in found.reason
    assert "Zhang 2021" in found.reason
    assert audit(difference(groups, HIGHER), recurring((0, 17), (0, 1))).verdict is DIFFERS


def test_groups_that_overlap_or_are_empty_cannot_be_compared() -> None:
    overlap = SEX_GROUPS.replace('"female"', '["female", "male"]')
    assert audit(difference(overlap), recurring((1, 2), (1, 2))).verdict is UNSUPPORTED
    assert audit(difference(SEX_GROUPS), recurring((1, 2), (0, 0))).verdict is NOT_CHECKABLE
    assert audit(difference(SEX_GROUPS), make_rows(*SEXES)).verdict is NOT_CHECKABLE


def test_survival_is_compared_by_the_log_rank_test() -> None:
    claim = (
        'kind = "significance"\noutcome = "death"\nendpoint = "os"\n'
        f"groups = [{SEX_GROUPS}]\n{HIGHER}"
    )

    def dying(sex: object, months: tuple[int, ...], death: Occurrence) -> list[dict[str, Any]]:
        return [{"sex": sex, "follow_up_months": float(m), "death": death} for m in months]

    early, late = (1, 2, 3, 4, 5), (50, 60, 70, 80, 90)
    rows = make_rows(*dying(MALE, early, YES), *dying(FEMALE, late, NO))
    found = audit(claim, rows)
    assert found.verdict is AGREES
    assert "Log-rank test, exact by permutation" in found.reason
    assert "men: 5 events of 5 people" in found.reason
    same = make_rows(*dying(MALE, (1, 2, 70), YES), *dying(FEMALE, (1, 2, 80), YES))
    assert audit(claim, same).verdict in (UNSUPPORTED, DIFFERS)
    turned = make_rows(*dying(FEMALE, early, YES), *dying(MALE, late, NO))
    assert audit(claim, turned).verdict is DIFFERS
    assert audit(claim, make_rows(*dying(MALE, early, NO))).verdict is NOT_CHECKABLE


# ---- survival


def survive(printed: object, months: int = 12, endpoint: str = "os") -> str:
    return f'kind = "survival"\nendpoint = "{endpoint}"\nmonths = {months}\nprinted = {printed}\n'


def test_survival_at_a_month_is_recomputed() -> None:
    rows = make_rows(
        {"follow_up_months": 6.0, "death": YES},
        *({"follow_up_months": 24.0, "recurrence": NO} for _ in range(3)),
    )
    assert audit(survive(75), rows).verdict is AGREES
    found = audit(survive("75.1"), rows)
    assert found.verdict is DIFFERS
    assert found.recomputed.startswith("75.0 % (95 % interval")
    assert audit(survive(75, months=60), rows).verdict is NOT_CHECKABLE
    assert audit(survive(75), make_rows({}, {})).verdict is NOT_CHECKABLE
    recurred = [*rows[:3], make_row("4", follow_up_months=3.0, recurrence=YES)]
    assert audit(survive(50, endpoint="efs"), recurred).verdict is AGREES
