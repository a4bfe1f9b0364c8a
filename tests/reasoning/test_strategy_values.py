from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from spindle.errors import UserError
from spindle.knowledge.facts import find_fact
from spindle.knowledge.strategies import load_strategy_data
from spindle.reasoning.strategy_costs import make_costs, read_parameters
from spindle.reasoning.strategy_values import (
    Belief,
    find_correlation,
    list_keys,
    make_parameters,
    read_belief,
)

SITES = load_strategy_data().sites.values()
READ = [(site.id, reference) for site in SITES for reference in site.references]
R = find_fact("differential.series-correlation").number

counts = st.integers(1, 800).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def believe(*series: tuple[int, int]) -> Belief:
    return Belief(counts=series, correlation=R)


def test_a_share_begins_with_half_a_patient_on_either_side() -> None:
    assert Belief(counts=((1, 1),)).mean == Fraction(3, 4)
    assert Belief(counts=((0, 24),)).mean == Fraction(1, 50)
    drawn = Belief(counts=((7, 8),)).draw(40_000, 1, "x")
    expected = beta(7.5, 1.5)
    for level in (0.025, 0.5, 0.975):
        assert np.quantile(drawn, level) == pytest.approx(expected.ppf(level), abs=0.01)


def test_a_series_counts_for_fewer_patients_as_in_the_differential() -> None:
    """By hand: 25 patients at a correlation of 0.15 are worth 25 / (1 + 24 x 0.15) = 5.43."""
    worth = 25 / (1 + 24 * R)
    rate = believe((0, 25)).rate
    assert (rate.a, rate.b) == (pytest.approx(0.5), pytest.approx(0.5 + worth))
    assert rate.b == pytest.approx(5.93, abs=0.01)
    assert find_correlation() == R


@given(st.lists(counts, min_size=1, max_size=4))
def test_no_published_series_is_worth_seven_patients(series: list[tuple[int, int]]) -> None:
    rate = believe(*series).rate
    assert rate.a >= 0.5
    assert rate.b >= 0.5
    assert rate.a + rate.b < 1 + 7 * len(series)
    plain = Belief(counts=tuple(series)).rate
    assert rate.a + rate.b <= plain.a + plain.b + 1e-9


@given(st.integers(0, 12), st.integers(1, 12))
def test_a_second_series_that_agrees_narrows_the_range(n: int, more: int) -> None:
    """Less evidence never gives the narrower range."""
    of = n + more
    one, two = believe((n, of)).rate, believe((n, of), (n, of)).rate
    spread = [
        beta(rate.a, rate.b).std() / (rate.mean * (1 - rate.mean)) ** 0.5 for rate in (one, two)
    ]
    assert spread[1] < spread[0]


def test_series_that_disagree_are_not_added_up() -> None:
    """3 of 7 and 0 of 7 stained without a break: wider than 3 of 14."""
    mixed, added = believe((3, 7), (0, 7)), believe((3, 14))
    alike = believe((2, 7), (2, 7))
    assert mixed.rate.a + mixed.rate.b < alike.rate.a + alike.rate.b
    spread = [b.draw(40_000, 3, "x").std() for b in (mixed, Belief(counts=((3, 14),)))]
    assert spread[0] > 1.5 * spread[1]
    assert added.mean == pytest.approx(mixed.mean, abs=0.05)


def test_the_users_own_counts_stand_at_face_value() -> None:
    rate = read_belief("alk", "18/60").rate
    assert (rate.a, rate.b) == (18.5, 42.5)


@pytest.mark.parametrize(
    ("belief", "seen", "is_unseen"),
    [
        (believe((0, 22), (0, 12)), 0, True),
        (
            believe(
                (5, 5),
            ),
            1,
            True,
        ),
        (Belief(low=Fraction(0), high=Fraction(1)), Fraction(1, 2), False),
        (Belief(low=Fraction(0), high=Fraction(0)), 0, False),
    ],
)
def test_what_no_series_has_seen_is_told_apart(
    belief: Belief, seen: Fraction, is_unseen: bool
) -> None:
    assert (belief.seen, belief.is_unseen) == (seen, is_unseen)
    assert not believe((1, 25)).is_unseen
    assert believe((1, 25)).seen == believe((1, 25)).mean


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


@pytest.mark.parametrize(("site", "reference"), READ)
def test_every_test_has_its_accuracy_at_every_site(site: str, reference: str) -> None:
    parameters = make_parameters(site, reference)
    for stain in ("positive", "negative"):
        for fish in ("positive", "negative"):
            shown = {"alk_ihc": stain, "alk_fish": fish}
            for test in load_strategy_data().tests.values():
                for measure in ("finds", "false", "failed"):
                    key = parameters.find_key(f"{test.source}.{measure}", shown)
                    assert parameters.find_parameter(key).says
    for share in load_strategy_data().shares:
        assert parameters.find_key(share, {}) == share


def test_what_another_test_shows_changes_the_accuracy_where_a_value_says_so() -> None:
    parameters = make_parameters("bladder", "any")
    stained = parameters.find_key("alk_fish.finds", {"alk_ihc": "positive"})
    assert stained == "alk_fish.finds|alk_ihc=positive"
    parameter = parameters.find_parameter(stained)
    assert parameter.belief.counts == ((8, 11), (13, 13), (18, 21), (0, 6))
    assert parameter.origin == "part"
    assert "ALK stain positive" in parameter.says
    unstained = parameters.find_key("alk_fish.finds", {"alk_ihc": "negative"})
    assert parameters.find_certain(unstained) == 1
    assert parameters.list_shown() == ["alk_ihc", "alk_fish"]


def test_the_third_test_after_stain_and_fish_is_the_papers_one_of_two() -> None:
    discordant = {"alk_ihc": "positive", "alk_fish": "negative"}
    for reference, measure in (("any", "finds"), ("fish", "false")):
        parameters = make_parameters("uterus", reference)
        found = [
            parameters.find_parameter(parameters.find_key(f"{test}.{measure}", discordant))
            for test in ("alk_rt_pcr", "rna_sequencing")
        ]
        assert [p.belief.counts for p in found] == [((1, 2),), ((1, 2),)]
        assert {p.origin for p in found} == {"borrowed"}
        assert found[0].unknown == found[1].unknown


def test_the_users_own_value_holds_whatever_tests_show_unless_it_says_what() -> None:
    stained = {"alk_ihc": "positive"}
    one = make_parameters("bladder", "any", {"alk_fish.finds": "0.5"})
    assert one.find_key("alk_fish.finds", stained) == "alk_fish.finds"
    two = make_parameters(
        "bladder", "any", {"alk_fish.finds": "0.5", "alk_fish.finds|alk_ihc=positive": "0.9"}
    )
    assert two.find_certain(two.find_key("alk_fish.finds", stained)) == Fraction("0.9")


def test_a_sites_own_value_stands_before_the_one_of_all_sites() -> None:
    parameters = make_parameters("sinonasal")
    stain = parameters.find_parameter("alk_ihc.finds")
    assert (stain.belief.counts, stain.origin) == (((1, 1),), "own")
    rna = parameters.find_parameter("rna_sequencing.finds")
    assert rna.origin == "borrowed"
    panel = parameters.find_parameter("dna_panel.finds")
    assert (panel.origin, panel.belief.low, panel.belief.high) == ("assumed", 0, 1)
    assert parameters.find_parameter("alk_rt_pcr.finds").origin == "defined"


@pytest.mark.parametrize(("site", "reference"), READ)
def test_a_dna_panel_can_fail_at_every_site_as_often_as_in_other_tumours(
    site: str, reference: str
) -> None:
    """22, 12 and 6 per cent in three series: borrowed, and wide."""
    panel = make_parameters(site, reference).find_parameter("dna_panel.failed")
    assert panel.origin == "borrowed"
    assert panel.belief.counts == ((343, 1528), (110, 914), (7, 115))
    rate = panel.belief.rate
    assert beta(rate.a, rate.b).ppf(0.025) < 0.06
    assert beta(rate.a, rate.b).ppf(0.975) > 0.3


def test_a_share_is_printed_as_what_it_is_a_share_of() -> None:
    assert make_parameters("bladder").find_parameter("alk").says.endswith("of all patients")
    assert make_parameters("lung").find_parameter("alk").says.endswith("without ROS1")
    assert make_parameters("lung").find_parameter("ros1").says.endswith("of all patients")
    assert make_parameters("bladder").find_parameter("ros1").says.endswith("without ALK")


def test_every_key_that_is_named_can_be_set() -> None:
    for key in list_keys():
        assert make_parameters("any", "any", {key: "0.5"}).find_key(key, {}) == key


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("nope", "no parameter"),
        ("alk_fish.finds|alk_ihc=maybe", "no result"),
        ("alk_fish.finds|", "no result"),
        ("alk_fish.finds|alk_ihc_again=positive", "no result"),
        ("alk_ihc.finds|alk_fish=positive", "order of the tests"),
        ("alk_fish.finds|alk_fish=positive", "order of the tests"),
    ],
)
def test_a_key_that_cannot_be_is_refused(key: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        make_parameters("any", "any", {key: "0.5"})


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
