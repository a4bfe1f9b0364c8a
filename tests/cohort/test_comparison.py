from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from spindle.cohort.comparison import compare_survival, permute_survival
from spindle.cohort.counts import CountTable, count_times

# Zhao 2025, doi 10.2147/PGPM.S508156, Table 1: the 17 patients who were followed, by their number:
# sex, months of follow-up, outcome. The length of follow-up stands for the date of a recurrence.
ZHAO = {
    1: ("male", 22, "censored"),
    2: ("female", 136, "censored"),
    4: ("female", 119, "censored"),
    5: ("male", 54, "death"),
    7: ("male", 47, "censored"),
    8: ("male", 74, "censored"),
    9: ("female", 30, "recurrence"),
    11: ("female", 19, "death"),
    13: ("male", 93, "censored"),
    14: ("male", 45, "censored"),
    16: ("female", 10, "recurrence"),
    17: ("male", 14, "censored"),
    18: ("male", 21, "death"),
    20: ("male", 21, "death"),
    21: ("male", 92, "censored"),
    22: ("male", 93, "death"),
    25: ("male", 131, "censored"),
}
RADIOTHERAPY = {2, 5, 7, 9, 13, 14, 16, 18, 20, 22}
CHEMOTHERAPY = {5, 9, 14, 16, 22}
OVERALL = {"death"}
EVENT_FREE = {"death", "recurrence"}

GROUPS = {
    "sex": lambda number: ZHAO[number][0],
    "radiotherapy": lambda number: str(number in RADIOTHERAPY),
    "chemotherapy": lambda number: str(number in CHEMOTHERAPY),
}
PRINTED = [
    ("sex", OVERALL, 0.1276271, 0.7209, 0.7632515),
    ("sex", EVENT_FREE, 0.8833570, 0.3473, 0.3712023),
    ("radiotherapy", OVERALL, 0.8915933, 0.3450, 0.3656417),
    ("radiotherapy", EVENT_FREE, 1.9680587, 0.1607, 0.1552859),
    ("chemotherapy", EVENT_FREE, 3.1052502, 0.0780, 0.0822560),
]


def count_zhao(group: str) -> CountTable:
    return count_times(
        (GROUPS[group](number), months, kind) for number, (_, months, kind) in ZHAO.items()
    )


def read_data(name: str, group: str) -> CountTable:
    with (Path(__file__).parent / "data" / name).open(encoding="utf-8") as file:
        return count_times(
            (row[group], int(row["days"]), row["outcome"]) for row in csv.DictReader(file)
        )


@pytest.mark.parametrize(("group", "events", "chi_square", "p", "exact_p"), PRINTED)
def test_zhao_2025_as_r_printed_it(
    group: str, events: set[str], chi_square: float, p: float, exact_p: float
) -> None:
    found = compare_survival(count_zhao(group), event_kinds=events)
    assert found.chi_square == pytest.approx(chi_square, abs=5e-8)
    assert found.p_value == pytest.approx(p, abs=5e-5)
    exact = permute_survival(count_zhao(group), event_kinds=events)
    assert exact.p_value == pytest.approx(exact_p, abs=5e-8)


def test_the_exact_p_is_a_share_of_whole_numbers() -> None:
    exact = permute_survival(count_zhao("sex"), event_kinds=OVERALL)
    assert (exact.as_far, exact.arrangements) == (4723, 6188)


def test_lung_and_ovarian_data_as_r_printed_them() -> None:
    lung = compare_survival(read_data("lung.csv", "sex"), event_kinds=OVERALL)
    assert lung.chi_square == pytest.approx(10.32674195, abs=5e-9)
    ovarian = compare_survival(read_data("ovarian.csv", "treatment"), event_kinds=OVERALL)
    assert ovarian.chi_square == pytest.approx(1.062739861, abs=5e-10)


def test_the_groups_say_what_was_observed_and_expected() -> None:
    first, second = compare_survival(count_zhao("sex"), event_kinds=OVERALL).groups
    assert (first.stratum, first.people, first.observed) == ("female", 5, 1)
    assert (second.stratum, second.people, second.observed) == ("male", 12, 4)
    assert first.expected + second.expected == pytest.approx(5)
    assert first.expected == pytest.approx(1.345238095)


def test_a_comparison_of_nothing_is_refused_in_words() -> None:
    one = count_times([("a", 1, "death")])
    with pytest.raises(ValueError, match="two groups are compared, and the table has 'a'"):
        compare_survival(one, event_kinds=OVERALL)
    with pytest.raises(ValueError, match="two groups are compared, and the table has 'a'"):
        permute_survival(one, event_kinds=OVERALL)
    no_event = count_times([("a", 1, "censored"), ("b", 2, "censored")])
    with pytest.raises(ValueError, match="nothing to compare"):
        compare_survival(no_event, event_kinds=OVERALL)
    with pytest.raises(ValueError, match="there is no event"):
        permute_survival(no_event, event_kinds=OVERALL)
    never_together = count_times([("a", 1, "censored"), ("b", 2, "death"), ("b", 3, "censored")])
    with pytest.raises(ValueError, match="people of both groups"):
        compare_survival(never_together, event_kinds=OVERALL)
    with pytest.raises(ValueError, match="nobody has follow-up"):
        permute_survival(CountTable(), event_kinds=OVERALL)


def test_an_exact_test_that_would_take_too_long_is_refused_in_words() -> None:
    many = count_times((str(t % 2), t % 9, "death") for t in range(501))
    with pytest.raises(ValueError, match="takes up to 500 people, and the table has 501"):
        permute_survival(many, event_kinds=OVERALL)
    different = count_times((str(t % 2), t, "death") for t in range(100))
    with pytest.raises(ValueError, match="too many people with different times"):
        permute_survival(different, event_kinds=OVERALL)


def test_more_people_with_different_times_are_still_exact() -> None:
    table = count_times((str(t % 2), t, "death" if t % 4 else "censored") for t in range(34))
    exact = permute_survival(table, event_kinds=OVERALL)
    assert exact.arrangements == 2_333_606_220
    assert exact.p_value == pytest.approx(
        compare_survival(table, event_kinds=OVERALL).p_value, abs=0.02
    )


people = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 6), st.sampled_from(["death", "censored"])),
    min_size=2,
    max_size=10,
)


def find_distance(rows: list[tuple[str, int, str]], group: frozenset[int]) -> float:
    distance = 0.0
    for time in {t for _, t, kind in rows if kind == "death"}:
        at_risk = [place for place, row in enumerate(rows) if row[1] >= time]
        dead = [place for place in at_risk if rows[place][1:] == (time, "death")]
        share = sum(place in group for place in at_risk) / len(at_risk)
        distance += sum(place in group for place in dead) - len(dead) * share
    return abs(distance)


@given(people)
def test_the_exact_p_equals_going_through_every_arrangement(
    rows: list[tuple[str, int, str]],
) -> None:
    group = frozenset(place for place, row in enumerate(rows) if row[0] == "a")
    assume(0 < len(group) < len(rows))
    assume(any(kind == "death" for _, _, kind in rows))
    observed = find_distance(rows, group)
    arrangements = [
        frozenset(chosen) for chosen in itertools.combinations(range(len(rows)), len(group))
    ]
    as_far = sum(find_distance(rows, chosen) >= observed - 1e-9 for chosen in arrangements)
    exact = permute_survival(count_times(rows), event_kinds=OVERALL)
    assert (exact.as_far, exact.arrangements) == (as_far, len(arrangements))


@given(people)
def test_the_log_rank_test_equals_scipy(rows: list[tuple[str, int, str]]) -> None:
    table = count_times(rows)
    samples = []
    for name in "ab":
        own = [(t, kind) for group, t, kind in rows if group == name]
        dead = [t for t, kind in own if kind == "death"]
        lost = [t for t, kind in own if kind == "censored"]
        samples.append(scipy.stats.CensoredData(uncensored=dead, right=lost))
    try:
        found = compare_survival(table, event_kinds=OVERALL)
    except ValueError:
        assume(False)
    expected = scipy.stats.logrank(*samples)
    assert found.chi_square == pytest.approx(expected.statistic**2, rel=1e-9, abs=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9)


@given(people)
def test_the_names_of_the_groups_do_not_matter(rows: list[tuple[str, int, str]]) -> None:
    turned = {"a": "b", "b": "a"}
    table = count_times(rows)
    other = count_times((turned[group], t, kind) for group, t, kind in rows)
    assume(len(table.strata) == 2)
    assume("death" in table.kinds)
    assert permute_survival(other, event_kinds=OVERALL) == permute_survival(
        table, event_kinds=OVERALL
    )
