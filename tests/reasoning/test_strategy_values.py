from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from spindle.errors import UserError
from spindle.knowledge.strategies import load_strategy_data
from spindle.reasoning.strategy_costs import make_costs, read_parameters
from spindle.reasoning.strategy_values import Belief, list_keys, make_parameters, read_belief


def test_a_share_begins_with_half_a_patient_on_either_side() -> None:
    assert Belief(counts=((1, 1),)).mean == Fraction(3, 4)
    assert Belief(counts=((0, 24),)).mean == Fraction(1, 50)
    drawn = Belief(counts=((7, 8),)).draw(40_000, 1, "x")
    expected = beta(7.5, 1.5)
    for level in (0.025, 0.5, 0.975):
        assert np.quantile(drawn, level) == pytest.approx(expected.ppf(level), abs=0.01)


def test_series_that_disagree_are_not_added_up() -> None:
    """3 of 7 and 0 of 7 stained without a break: a mixture, wider than 3 of 14."""
    mixed = Belief(counts=((3, 7), (0, 7)))
    added = Belief(counts=((3, 14),))
    assert mixed.mean == (Fraction(7, 16) + Fraction(1, 16)) / 2
    spread = [b.draw(40_000, 3, "x").std() for b in (mixed, added)]
    assert spread[0] > 1.5 * spread[1]


def test_draws_depend_on_seed_and_name_alone() -> None:
    belief = Belief(counts=((3, 7), (5, 9)))
    assert (belief.draw(50, 1, "a") == belief.draw(50, 1, "a")).all()
    assert (belief.draw(50, 1, "a") != belief.draw(50, 1, "b")).any()
    assert (belief.draw(50, 1, "a") != belief.draw(50, 2, "a")).any()


@given(st.integers(0, 30), st.integers(1, 30))
def test_counts_are_read_as_written(n: int, of: int) -> None:
    text = f"{n}/{of}"
    if n > of:
        with pytest.raises(UserError):
            read_belief("alk", text)
    else:
        assert read_belief("alk", text).counts == ((n, of),)


@pytest.mark.parametrize(
    ("text", "low", "high"), [("0.9", "0.9", "0.9"), (".5", "0.5", "0.5"), ("0.8-1", "0.8", "1")]
)
def test_shares_and_ranges_are_read_as_written(text: str, low: str, high: str) -> None:
    belief = read_belief("alk", text)
    assert (belief.low, belief.high) == (Fraction(low), Fraction(high))
    drawn = belief.draw(100, 1, "alk")
    assert float(belief.low) <= drawn.min() <= drawn.max() <= float(belief.high)


@pytest.mark.parametrize("text", ["", "1.2", "-0.1", "3/0", "1/2/3", "0.9-0.1", "90 %", "nan"])
def test_what_is_no_share_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(UserError, match="n/N") as caught:
        read_belief("alk", text)
    assert caught.value.slug == "usage"


@pytest.mark.parametrize("site", load_strategy_data().sites)
@pytest.mark.parametrize("reference", ["any", "fish"])
def test_every_test_has_its_accuracy_at_every_site(site: str, reference: str) -> None:
    parameters = make_parameters(site, reference)
    for test in load_strategy_data().tests.values():
        for measure in ("finds", "false"):
            key = parameters.find_key(f"{test.source}.{measure}", {})
            assert parameters.find_parameter(key).says
    for share in load_strategy_data().shares:
        assert parameters.find_key(share, {}) == share


def test_what_came_before_changes_the_accuracy_where_a_value_says_so() -> None:
    parameters = make_parameters("bladder", "any")
    assert parameters.find_key("alk_fish.finds", {}) == "alk_fish.finds"
    after = parameters.find_key("alk_fish.finds", {"alk_ihc": "positive"})
    assert after == "alk_fish.finds|alk_ihc=positive"
    parameter = parameters.find_parameter(after)
    assert parameter.belief.counts == ((8, 11), (13, 13))
    assert "after ALK stain positive" in parameter.says


def test_the_users_own_value_holds_whatever_came_before_unless_it_says_after_what() -> None:
    one = make_parameters("bladder", "any", {"alk_fish.finds": "0.5"})
    assert one.find_key("alk_fish.finds", {"alk_ihc": "positive"}) == "alk_fish.finds"
    two = make_parameters(
        "bladder", "any", {"alk_fish.finds": "0.5", "alk_fish.finds|alk_ihc=positive": "0.9"}
    )
    key = two.find_key("alk_fish.finds", {"alk_ihc": "positive"})
    assert two.find_parameter(key).belief.mean == Fraction("0.9")


def test_a_sites_own_value_stands_before_the_one_of_all_sites() -> None:
    parameters = make_parameters("sinonasal", "any")
    stain = parameters.find_parameter("alk_ihc.finds")
    assert (stain.belief.counts, stain.origin) == (((1, 1),), "own")
    rna = parameters.find_parameter("rna_sequencing.finds")
    assert rna.origin == "borrowed"
    panel = parameters.find_parameter("dna_panel.finds")
    assert (panel.origin, panel.belief.low, panel.belief.high) == ("assumed", 0, 1)


def test_every_key_that_is_named_can_be_set() -> None:
    for key in list_keys():
        assert make_parameters("any", "any", {key: "0.5"}).find_key(key, {}) == key


DOCUMENT = {
    "currency": "EUR",
    "tests": {"alk_ihc": {"cost": 60, "days": 2.5}, "alk_fish": {"cost": 200}},
    "outcomes": {"missed_fusion": 1000},
}


def test_costs_are_read_as_written() -> None:
    costs = make_costs(DOCUMENT, "costs.toml")
    assert costs.currency == "EUR"
    assert costs.cost == {"alk_ihc": 60, "alk_ihc_again": 60, "alk_fish": 200}
    assert costs.days == {"alk_ihc": 2.5, "alk_ihc_again": 2.5}
    assert costs.missed_fusion == 1000
    assert str(costs.false_fusion) == "not reported"
    assert costs.find_missing({"alk_ihc", "alk_fish"}, "days") == ["alk_fish"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"tests": {"nope": {"cost": 1}}}, "no test 'nope'"),
        ({"tests": {"alk_ihc": {"price": 1}}}, "cost and days"),
        ({"tests": {"alk_ihc": {"cost": -1}}}, "no number from zero"),
        ({"tests": {"alk_ihc": {"cost": "60"}}}, "no number from zero"),
        ({"tests": {"alk_ihc": {"cost": True}}}, "no number from zero"),
        ({"tests": {"alk_ihc": {"cost": float("nan")}}}, "no number from zero"),
        ({"tests": []}, "tables"),
        ({"outcomes": {"death": 1}}, "outcomes.death"),
        ({"nope": 1}, "'nope' is not known"),
        ({"currency": 3}, "currency"),
    ],
)
def test_costs_that_cannot_be_are_refused(document: dict[str, object], said: str) -> None:
    with pytest.raises(UserError) as caught:
        make_costs(document, "costs.toml")
    assert said in str(caught.value)
    assert "costs.toml" in str(caught.value)


def test_parameters_of_a_file_are_read_as_text() -> None:
    document = {"parameters": {"alk": "3/20", "alk_ihc.finds": 0.9}}
    assert read_parameters(document, "x") == {"alk": "3/20", "alk_ihc.finds": "0.9"}
    with pytest.raises(UserError, match="quotation marks"):
        read_parameters({"parameters": {"alk_ihc": {"finds": 0.9}}}, "x")
