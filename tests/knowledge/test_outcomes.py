from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_REPORTED
from spindle.errors import UserError
from spindle.knowledge.fact_tables import TableRow, load_rows
from spindle.knowledge.facts import Comparison, find_fact, load_facts
from spindle.knowledge.outcomes import (
    CAUTIONS,
    LookAt,
    OutcomeRow,
    count_years,
    is_child,
    load_features,
    load_kinase_notes,
    load_outcomes,
    load_unjudged,
    load_variants,
    make_outcome,
    meets_limit,
)

ROWS = {row.fact.id.removeprefix("outcomes."): row for row in load_outcomes()}


@pytest.mark.parametrize(
    ("name", "n", "of"),
    [
        ("zhao-2025.recurrence", 6, 17),
        ("he-2015.recurrence", 15, 20),
        ("he-2015.metastasis", 1, 20),
        ("he-2015.death", 5, 20),
        ("zhu-2018.death", 2, 10),
        ("yuksel-2022.recurrence", 0, 17),
        ("hong-kong-bladder-2015.recurrence", 0, 9),
        ("chen-2022.recurrence", 1, 14),
        ("bennett-2017.aggressive", 4, 13),
        ("pmid-25321329.aggressive", 3, 10),
        ("yu-2016.recurrence", 3, 5),
        ("yu-2016.death", 1, 5),
        ("coffin-1995.recurrence", 13, 53),
        ("coffin-2007.recurrence", 33, 59),
        ("da-2021.recurrence", 4, 16),
        ("da-2021.recurrence-as-printed", 4, 19),
        ("raitio-2024.recurrence", 80, 405),
        ("kong-2013.recurrence", 4, 5),
        ("french-children-2022.recurrence", 8, 34),
        ("chest-15-2007.recurrence", 1, 15),
    ],
)
def test_counts_are_the_ones_of_the_source(name: str, n: int, of: int) -> None:
    assert (ROWS[name].fact.n, ROWS[name].fact.of) == (n, of)


@pytest.mark.parametrize(
    ("name", "percent", "months"),
    [
        ("casanova-2020.event-free", 82.9, 60),
        ("casanova-2020.survival", 98.1, 60),
        ("texas-children.event-free", 76.4, 36),
        ("texas-children.survival", 94.1, 36),
        ("zhu-2018.survival", 72, 60),
        ("ong-2012.event-free", 65, 60),
        ("thoracic-16-2009.survival", 93.8, 60),
        ("fudan-30.survival", 77, 60),
        ("french-children-2022.survival", 96.8, 36),
        ("french-children-2022.event-free", 77.4, 36),
    ],
)
def test_percentages_are_the_ones_of_the_source(name: str, percent: float, months: float) -> None:
    assert (ROWS[name].fact.value, ROWS[name].months) == (percent, months)


def test_derived_counts_agree_with_the_percentage_that_is_printed() -> None:
    printed = {
        "telugu-2017.recurrence-alk-positive": 30.0,
        "telugu-2017.recurrence-alk-negative": 37.5,
        "guo-2024.recurrence": 31,
        "raitio-2024.recurrence": 20,
        "raitio-2024.death": 6,
    }
    for name, percent in printed.items():
        fact = ROWS[name].fact
        assert isinstance(fact.n, int)
        assert isinstance(fact.of, int)
        assert 100 * fact.n / fact.of == pytest.approx(percent, abs=0.5)
        assert fact.is_inferred


def test_a_figure_that_counts_patients_of_ours_says_so() -> None:
    for row in load_outcomes():
        if "is ours" in row.note or "our reading" in row.note:
            assert row.fact.is_inferred, row.fact.id


def test_selected_series_are_no_base_rate() -> None:
    kept_out = {name for name, row in ROWS.items() if not row.is_base_rate}
    assert {name for name in ROWS if name.startswith("coffin-2007.")} <= kept_out
    assert {
        "guo-2024.recurrence",
        "he-2010.recurrence",
        "da-2021.recurrence-as-printed",
    } <= kept_out
    assert {"rareguru-2020.recurrence-low", "uterine-p16-2024.aggressive"} <= kept_out
    assert "he-2015.recurrence" not in kept_out


def test_lost_patients_are_counted_from_the_series() -> None:
    assert ROWS["zhao-2025.recurrence"].lost == 8
    assert ROWS["he-2015.recurrence"].lost == 5
    assert ROWS["da-2021.recurrence"].lost == 3
    assert ROWS["wang-2015.recurrence-complete"].is_part
    assert ROWS["wang-2015.recurrence-complete"].lost == 0
    assert not ROWS["yuksel-2022.recurrence"].is_part


def test_every_selection_has_a_caution() -> None:
    used = {row.selection for row in load_outcomes()} - {""}
    assert used <= set(CAUTIONS)
    assert all(CAUTIONS[key].endswith(".") for key in CAUTIONS)


def test_every_feature_names_facts_and_its_limits_hold_numbers() -> None:
    features = load_features()
    assert {feature.look_at for feature in features} == set(LookAt)
    for feature in features:
        assert feature.facts
        needs_limit = feature.look_at in {
            LookAt.MITOSES, LookAt.SIZE, LookAt.STAIN, LookAt.RELAPSES,
        }  # fmt: skip
        assert bool(feature.limits) is needs_limit
    assert find_fact("outcomes.he-2015.mitoses").number == 1
    assert find_fact("outcomes.bennett-2017.size").number == 80
    assert find_fact("outcomes.bennett-2017.mitoses").number == 7


def test_facts_of_the_abstracts_say_what_the_abstracts_say() -> None:
    """Ong 2012 on survival, Coffin 2007 on size, CREATE at 3 years, Peng 2022 on blood counts."""
    for name in ("margin", "necrosis"):
        assert "determined survival" in find_fact(f"outcomes.ong-2012.{name}").statement
    sizes = {"size": 78, "size-recurrent": 87, "size-metastatic": 110}
    for name, size in sizes.items():
        assert find_fact(f"outcomes.coffin-2007.{name}").number == size
    assert find_fact("outcomes.create-2021.alk-positive").number == 83.3
    assert find_fact("outcomes.create-2021.alk-negative").number == 34.3
    assert find_fact("outcomes.peng-2022.nlr").number == 1.958
    assert "no span of time" in find_fact("epidemiology.nci-mypart.incidence").statement


def test_what_can_not_be_judged_names_its_reason_and_its_facts() -> None:
    for rule in load_unjudged():
        assert rule.facts
        assert rule.why.endswith(".")


def test_the_variant_is_the_epithelioid_one() -> None:
    assert [rule.entity for rule in load_variants()] == ["eims"]


def test_what_is_said_of_alk_contradicts_itself() -> None:
    said = " ".join(fact.statement for fact in load_kinase_notes())
    assert "only in ALK-positive patients" in said
    assert "same with and without ALK" in said
    assert "may have the better outlook" in said
    assert "nobody in CREATE was left without it" in said


@given(st.floats(-1000, 1000), st.floats(-1000, 1000), st.sampled_from(Comparison))
def test_a_limit_is_met_as_its_comparison_says(
    limit: float, quantity: float, comparison: Comparison
) -> None:
    fact = replace(find_fact("outcomes.bennett-2017.size"), value=limit, comparison=comparison)
    signs: dict[str, Callable[[float, float], bool]] = {
        "=": lambda a, b: a == b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
    }
    assert meets_limit(fact, quantity) is signs[comparison.value](quantity, limit)


def test_ages_are_counted_in_full_years() -> None:
    assert count_years(35.9) == 2
    assert count_years(36) == 3
    assert is_child(17 * 12 + 11)
    assert not is_child(18 * 12)


def make_row(**cells: str) -> tuple[TableRow, OutcomeRow]:
    row = next(row for row in load_rows("outcomes") if row.id == "outcomes.he-2015.recurrence")
    changed = replace(row, cells=MappingProxyType({**row.cells, **cells}))
    return changed, make_outcome(changed, load_facts()[row.id])


def test_an_empty_number_is_absent() -> None:
    _, made = make_row(age_from_years="", months="")
    assert made.age_from_years == NOT_REPORTED
    assert made.months == NOT_REPORTED


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"site_group": "elbow"}, "unknown site group 'elbow'"),
        ({"site_group": "not_elbow"}, "unknown site group 'not_elbow'"),
        ({"population": "men"}, "population = 'men'"),
        ({"margin": "R7"}, "margin = 'R7'"),
        ({"selection": "lucky"}, "unknown selection 'lucky'"),
        ({"months": "five"}, "months = 'five'"),
        ({"patients": "7"}, "7 patients and counts 20"),
        ({"outcome": ""}, "no outcome"),
    ],
)
def test_a_cell_that_cannot_be_is_refused_with_its_line(cells: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match="knowledge-invalid") as caught:
        make_row(**cells)
    assert said in str(caught.value)
    assert "tables/outcomes.csv, line" in str(caught.value)
