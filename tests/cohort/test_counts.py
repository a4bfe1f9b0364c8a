from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cohort.counts import (
    Count,
    CountTable,
    Month,
    check_kinds,
    count_times,
    list_months,
    read_records,
)

rows = st.lists(
    st.tuples(
        st.sampled_from(["", "centre 1", "centre 2"]),
        st.one_of(st.integers(0, 12), st.floats(0, 500, allow_nan=False)),
        st.sampled_from(["death", "recurrence", "censored"]),
    ),
    max_size=40,
)


def test_people_with_the_same_month_and_kind_are_one_count() -> None:
    table = count_times(
        [("b", 21, "death"), ("a", 3.5, "censored"), ("b", 21.0, "death"), ("b", 21, "censored")]
    )
    assert table.counts == (
        Count("a", 3.5, "censored", 1),
        Count("b", 21.0, "censored", 1),
        Count("b", 21.0, "death", 2),
    )
    assert table.total == 4
    assert len(table) == 3
    assert table.strata == ("a", "b")
    assert table.kinds == ("censored", "death")


def test_the_rows_may_come_from_a_generator_and_are_read_once() -> None:
    read = []

    def give_rows() -> object:
        for month in (1, 2, 3):
            read.append(month)
            yield "", month, "death"

    assert count_times(give_rows()).total == 3  # type: ignore[arg-type]
    assert read == [1, 2, 3]


def test_a_stratum_has_its_own_table() -> None:
    table = count_times([("a", 1, "death"), ("b", 1, "death"), ("b", 2, "censored")])
    assert table.for_stratum("b").counts == (
        Count("b", 1.0, "death", 1),
        Count("b", 2.0, "censored", 1),
    )
    with pytest.raises(ValueError, match="no stratum 'c'; it has 'a', 'b'"):
        table.for_stratum("c")


def test_an_empty_table_is_a_table() -> None:
    assert count_times([]) == CountTable()
    assert CountTable().total == 0
    assert CountTable().strata == ()
    assert CountTable().as_records() == []
    with pytest.raises(ValueError, match="it has none"):
        CountTable().for_stratum("")


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (-1, "negative: -1 months"),
        (-0.001, "negative"),
        (float("nan"), r"not a number \(NaN\)"),
        (float("inf"), "infinite"),
        (10**400, "infinite"),
        ("12", "not a number of months: '12'"),
        (None, "not a number of months: None"),
        (True, "not a number of months: True"),
    ],
)
def test_a_time_that_nobody_could_have_is_refused_in_words(months: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        count_times([("a", months, "death")])  # type: ignore[list-item]


@pytest.mark.parametrize("n", [0, -1, 1.0, True, None, "3"])
def test_a_count_of_less_than_one_person_is_refused(n: object) -> None:
    with pytest.raises(ValueError, match="the number of people for 'death' in stratum 'a'"):
        Count("a", 1, "death", n)  # type: ignore[arg-type]


@pytest.mark.parametrize(("stratum", "kind"), [("a", ""), ("a", "  "), ("a", None), (None, "x")])
def test_a_count_without_a_name_is_refused(stratum: object, kind: object) -> None:
    with pytest.raises(ValueError, match="is a text"):
        Count(stratum, 1, kind, 1)  # type: ignore[arg-type]


def test_minus_zero_is_zero() -> None:
    assert str(Count("", -0.0, "death", 1).months) == "0.0"


def test_months_may_be_exact_fractions() -> None:
    assert count_times([("", Fraction(7, 2), "death")]).counts[0].months == 3.5  # type: ignore[list-item]


def test_records_are_ready_for_json_and_come_back() -> None:
    table = count_times([("a", 12, "death"), ("a", 12, "death"), ("b", 3.25, "censored")])
    written = json.dumps(table.as_records())
    assert written == (
        '[{"stratum": "a", "months": 12, "kind": "death", "n": 2}, '
        '{"stratum": "b", "months": 3.25, "kind": "censored", "n": 1}]'
    )
    assert read_records(json.loads(written)) == table


def test_a_record_with_another_field_is_refused_with_its_place() -> None:
    good = {"stratum": "a", "months": 1, "kind": "death", "n": 1}
    with pytest.raises(ValueError, match="count 2 needs stratum, months, kind and n"):
        read_records([good, {**good, "age": 3}])
    with pytest.raises(ValueError, match="it has nothing"):
        read_records([{}])


def test_months_are_listed_with_the_number_at_risk_over_all_strata() -> None:
    table = count_times(
        [("a", 2, "death"), ("b", 2, "censored"), ("b", 1, "recurrence"), ("a", 5, "censored")]
    )
    assert list_months(table, {"death", "recurrence"}) == [
        Month(1.0, at_risk=4, events=1, censored=0),
        Month(2.0, at_risk=3, events=1, censored=1),
        Month(5.0, at_risk=1, events=0, censored=1),
    ]


def test_a_choice_of_events_that_means_nothing_is_refused() -> None:
    table = count_times([("", 1, "death"), ("", 2, "lost"), ("", 3, "Death")])
    with pytest.raises(ValueError, match="as a collection"):
        check_kinds(table, "death")
    with pytest.raises(ValueError, match="at least one kind"):
        check_kinds(table, [])
    with pytest.raises(ValueError, match="the count table is empty"):
        check_kinds(CountTable(), {"death"})
    with pytest.raises(ValueError, match="neither event nor censored: Death"):
        check_kinds(table, {"death"}, {"lost"})


def test_a_table_plus_something_else_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        CountTable() + 1  # type: ignore[operator]


@given(rows, rows, rows)
def test_the_sum_of_centres_is_the_table_of_all(
    first: list[tuple[str, float, str]],
    second: list[tuple[str, float, str]],
    third: list[tuple[str, float, str]],
) -> None:
    centres = [count_times(centre) for centre in (first, second, third)]
    pooled = sum(centres, CountTable())
    assert pooled == count_times(first + second + third)
    assert pooled == centres[2] + (centres[0] + centres[1])
    assert pooled.total == sum(centre.total for centre in centres)


@given(rows)
def test_nobody_is_lost_or_added(observed: list[tuple[str, float, str]]) -> None:
    table = count_times(observed)
    assert {(c.stratum, c.months, c.kind): c.n for c in table} == Counter(observed)
    assert list(table) == sorted(table)
    assert sum((table.for_stratum(name) for name in table.strata), CountTable()) == table
    assert read_records(json.loads(json.dumps(table.as_records()))) == table


@given(rows.filter(bool))
def test_the_order_of_rows_does_not_matter(observed: list[tuple[str, float, str]]) -> None:
    assert count_times(reversed(observed)) == count_times(observed)
    assert hash(count_times(reversed(observed))) == hash(count_times(observed))
