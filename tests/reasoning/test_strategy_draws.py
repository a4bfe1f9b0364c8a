"""What a comparison of strategies says of its draws: means, ranges, differences, warnings."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta

from spindle.cases.absence import Absent
from spindle.errors import UserError
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.strategies import DRAWS, load_strategy_data
from spindle.reasoning.strategy import (
    ParameterUse,
    Question,
    StrategyComparison,
    compare_strategies,
)
from spindle.reasoning.strategy_costs import Costs
from spindle.reasoning.strategy_measures import estimate

PROTOCOLS = tuple(load_protocols())
READ = [
    (s.id, reference) for s in load_strategy_data().sites.values() for reference in s.references
]
FEW = 400


@cache
def compare_at(site: str, reference: str, draws: int = DRAWS) -> StrategyComparison:
    return compare_strategies(Question(site_id=site, reference=reference, draws=draws))


def find_use(comparison: StrategyComparison, key: str) -> ParameterUse:
    return next(use for use in comparison.parameters if use.key == key)


def find_result(comparison: StrategyComparison, protocol: str) -> Any:
    return next(r for r in comparison.results if r.protocol_id == protocol)


# What was drawn ----------------------------------------------------------------------------------


def test_one_true_positive_leaves_the_paper_s_protocol_wide_open() -> None:
    comparison = compare_at("sinonasal", "")
    assert comparison.reference == "pcr"
    finds = find_use(comparison, "alk_ihc.finds")
    # Half a patient on either side of 1 of 1: the range that is printed is the one that is drawn.
    drawn = beta(1.5, 0.5)
    assert finds.counts == ((1, 1),)
    assert finds.drawn.mean == pytest.approx(0.75, abs=3 * finds.drawn.mean_error)
    assert finds.drawn.low == pytest.approx(drawn.ppf(0.025), abs=3 * finds.drawn.low_error)
    assert finds.drawn.high == pytest.approx(1, abs=0.001)
    fish = find_use(comparison, "alk_fish.finds|alk_ihc=positive")
    assert fish.counts == ((0, 1),)
    assert fish.drawn.mean == pytest.approx(0.25, abs=3 * fish.drawn.mean_error)
    screen = find_result(comparison, "zhao-2025-screen")
    assert screen.alk_found.low < 0.2
    assert screen.alk_found.high > 0.9
    assert "one true positive" in " ".join(comparison.limits)


def test_one_stain_without_a_fusion_leaves_false_calls_wide_open() -> None:
    """FISH was done on one such tumour (patient 8): 0 of 1, and not 0 of 24."""
    comparison = compare_at("sinonasal", "pcr")
    use = find_use(comparison, "alk_fish.false|alk_ihc=positive")
    assert use.counts == ((0, 1),)
    false = find_result(comparison, "zhao-2025-screen").false
    assert false.high > 80
    assert false.is_unseen


@pytest.mark.parametrize(("site", "reference"), READ)
def test_what_no_series_has_seen_is_marked_in_parameters_and_results(
    site: str, reference: str
) -> None:
    comparison = compare_at(site, reference, FEW)
    for use in comparison.parameters:
        n, of = (sum(part) for part in zip(*use.counts, strict=True)) if use.counts else (1, 2)
        assert use.drawn.is_unseen is (n in (0, of))
    for result in comparison.results:
        # Only a stain that failed leaves these without an answer, and none failed.
        if result.protocol_id in ("zhao-2025-screen", "zhao-2025-ngs-if-negative"):
            assert result.unanswered.is_unseen
        assert not result.missed.is_unseen
        assert not result.tests.is_unseen


def test_a_parameter_that_rests_on_the_same_facts_is_drawn_once() -> None:
    comparison = compare_at("any", "any")
    for one, other in (
        ("rna_sequencing.false", "dna_panel.false"),
        ("alk_fish.failed", "ros1_fish.failed"),
        ("alk_fish.finds|alk_ihc=positive", "ros1_fish.finds"),
        ("alk_ihc.failed", "pan_trk_ihc.failed"),
    ):
        uses = [find_use(comparison, key) for key in (one, other)]
        assert uses[0].drawn == uses[1].drawn
        assert uses[1].shared_with == one
        assert uses[1].origin == "borrowed"
    own = {"dna_panel.false": "0.2"}
    changed = compare_strategies(Question(own=own, draws=FEW))
    assert find_use(changed, "rna_sequencing.false").origin == "borrowed"
    assert find_use(changed, "dna_panel.false").shared_with == ""


def test_sites_differ() -> None:
    other = {
        site: find_result(compare_at(site, ""), "zhao-2025-screen").missed_other.mean
        for site in ("lung", "sinonasal", "any", "bladder")
    }
    assert other["lung"] > other["sinonasal"] > other["any"] > other["bladder"]
    alk = {site: compare_at(site, "").prevalence.mean for site in ("sinonasal", "any", "uterus")}
    assert alk["sinonasal"] < alk["any"] < alk["uterus"]


def test_a_stain_without_a_break_counts_as_the_reference_says() -> None:
    anything, fish = compare_at("bladder", "any"), compare_at("bladder", "fish")
    screens = [find_result(c, "zhao-2025-screen") for c in (anything, fish)]
    assert screens[0].false.high == 0
    assert screens[1].false.low > 0
    assert screens[1].missed_alk.mean < screens[0].missed_alk.mean
    for comparison in (anything, fish):
        said = next(text for text in comparison.limits if text.startswith("By definition"))
        assert "ALK FISH, positive without a fusion 0 %" in said


def test_the_same_seed_gives_the_same_and_a_protocol_more_changes_no_other() -> None:
    def run(*protocols: str, **more: Any) -> Any:
        question = Question(site_id="lung", protocols=protocols, draws=FEW, **more)
        return compare_strategies(question).results

    alone = run("zhao-2025-screen")
    assert run("zhao-2025-screen") == alone
    assert run("rna-reflex", "zhao-2025-screen")[1] == alone[0]
    assert run("zhao-2025-screen", seed=9) != alone


def test_a_value_of_the_users_own_stands_in_place_of_the_published_one() -> None:
    comparison = compare_strategies(Question(own={"alk": "0.5"}, draws=FEW))
    use = find_use(comparison, "alk")
    assert (use.origin, use.facts) == ("yours", ())
    assert use.drawn.low == use.drawn.mean == use.drawn.high == 0.5
    assert comparison.prevalence.mean == pytest.approx(0.5)


# How far the number of draws blurs them ----------------------------------------------------------


def test_the_monte_carlo_errors_hold_what_they_say() -> None:
    """Of 300 estimates of a known distribution about 95 in 100 lie within their error."""
    rng = np.random.default_rng(1)
    known = beta(1.5, 6)
    truth = (known.mean(), known.ppf(0.025), known.ppf(0.975))
    found = [estimate(known.rvs(1000, random_state=rng)) for _ in range(300)]
    for level, name in enumerate(("mean", "low", "high")):
        inside = [
            abs(getattr(e, name) - truth[level]) <= getattr(e, f"{name}_error") for e in found
        ]
        assert 0.88 <= np.mean(inside) <= 0.99


def test_few_draws_are_warned_of() -> None:
    few = compare_strategies(Question(draws=100))
    assert "Only 100 draws" in few.limits[-1]
    assert not any("draws" in limit for limit in compare_at("any", "any").limits)
    errors = [max(r.missed.high_error for r in c.results) for c in (few, compare_at("any", "any"))]
    assert errors[0] > 2 * errors[1]


# Contrasts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("site", "reference"), READ)
def test_a_difference_is_taken_within_each_draw(site: str, reference: str) -> None:
    comparison = compare_at(site, reference)
    results = {r.protocol_id: r for r in comparison.results}
    for contrast in comparison.contrasts:
        fewer, more = (
            getattr(results[name], contrast.measure) for name in (contrast.fewer, contrast.more)
        )
        assert contrast.difference.mean == pytest.approx(more.mean - fewer.mean)
        assert contrast.difference.mean >= 0
        assert contrast.share_fewer + contrast.share_equal <= 1
        # Paired, so never wider than the two ranges apart.
        widest = more.high - more.low + fewer.high - fewer.low
        assert contrast.difference.high - contrast.difference.low <= widest + 1e-6


def test_a_share_of_draws_is_told_beside_every_difference() -> None:
    """The screen and sequencing when the stain is negative miss about as many at all sites."""
    contrast = next(
        c
        for c in compare_at("any", "any").contrasts
        if c.measure == "missed"
        and {c.fewer, c.more} == {"zhao-2025-screen", "zhao-2025-ngs-if-negative"}
    )
    assert contrast.difference.low < 0 < contrast.difference.high
    assert 0.2 < contrast.share_fewer < 0.8


def test_a_difference_by_hand() -> None:
    """One is missed per 10 that the other misses, in every draw: 0.09 x 500 = 45 more."""
    own = {
        "alk": "0.5", "ros1": "0", "ntrk": "0", "rest": "0", "alk_ihc.failed": "0",
        "alk_ihc.finds": "0.9", "alk_fish.finds": "1", "alk_fish.failed": "0",
        "rna_sequencing.failed": "0", "rna_sequencing.finds": "0.99",
    }  # fmt: skip
    question = Question(protocols=("zhao-2025-screen", "zhao-2025-ngs-upfront"), own=own, draws=FEW)
    contrast = next(c for c in compare_strategies(question).contrasts if c.measure == "missed")
    assert (contrast.fewer, contrast.more) == ("zhao-2025-ngs-upfront", "zhao-2025-screen")
    assert contrast.difference.mean == pytest.approx(0.09 * 500)
    assert contrast.difference.low == pytest.approx(contrast.difference.high)
    assert (contrast.share_fewer, contrast.share_equal, contrast.share_crossing) == (1, 0, 0)


@pytest.mark.parametrize("varied", ["alk", "any"])
@pytest.mark.parametrize("site", ["any", "lung", "sinonasal"])
def test_at_a_crossing_both_protocols_do_equally_well(site: str, varied: str) -> None:
    comparison = compare_strategies(Question(site_id=site, varied=varied, draws=FEW))
    found = [c for c in comparison.contrasts if not isinstance(c.at, Absent)]
    assert found or varied == "any"
    for contrast in found:
        curves = {c.protocol_id: c.points for c in comparison.curves[contrast.measure]}
        above = contrast.more if contrast.below == contrast.fewer else contrast.fewer
        first, second = curves[contrast.below], curves[above]
        assert isinstance(contrast.at, float)
        at = [(1 - contrast.at) * p[0][1] + contrast.at * p[-1][1] for p in (first, second)]
        assert at[0] == pytest.approx(at[1])
        assert first[0][1] < second[0][1]
        assert first[-1][1] > second[-1][1]
        assert 0 < contrast.at < 1


def test_every_pair_is_looked_at_once_in_every_measure() -> None:
    comparison = compare_at("any", "any", FEW)
    pairs = list(itertools.combinations(PROTOCOLS, 2))
    for measure in ("missed", "false", "tests"):
        found = [c for c in comparison.contrasts if c.measure == measure]
        assert {frozenset((c.fewer, c.more)) for c in found} == set(map(frozenset, pairs))
        assert len(found) == len(pairs)
    assert not [c for c in comparison.contrasts if c.measure == "cost"]


def test_a_crossing_by_hand() -> None:
    """The stain costs 1, sequencing 10; each patient with an ALK fusion costs FISH and PCR too."""
    own = {
        "alk": "0.3", "ros1": "0", "ntrk": "0", "rest": "0", "alk_ihc.finds": "1",
        "alk_ihc.false": "0", "alk_ihc.failed": "0", "alk_fish.finds": "0", "alk_fish.failed": "0",
        "alk_rt_pcr.failed": "0", "rna_sequencing.failed": "0",
    }  # fmt: skip
    price = {"alk_ihc": 1.0, "alk_fish": 9.0, "alk_rt_pcr": 9.0, "rna_sequencing": 10.0}
    question = Question(
        protocols=("zhao-2025-screen", "zhao-2025-ngs-upfront"), own=own,
        costs=Costs(cost=price), draws=FEW,
    )  # fmt: skip
    contrast = next(c for c in compare_strategies(question).contrasts if c.measure == "cost")
    # 1 + 18 x = 10 at x = 0.5; at 0.3 it is 6.4 against 10.
    assert contrast.at == pytest.approx(0.5)
    assert contrast.below == contrast.fewer == "zhao-2025-screen"
    assert contrast.difference.mean == pytest.approx(3600)
    assert contrast.share_crossing == 1


def test_curves_run_from_nobody_to_everybody_and_hold_their_mean() -> None:
    comparison = compare_at("any", "any", FEW)
    for curves in comparison.curves.values():
        for curve in curves:
            assert (curve.points[0][0], curve.points[-1][0]) == (0.0, 1.0)
            assert all(low - 1e-9 <= mean <= high + 1e-9 for _, mean, low, high in curve.points)


# Errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        (Question(site_id="moon"), "usage"),
        (Question(reference="pcr"), "usage"),
        (Question(protocols=("nope",)), "protocol-unknown"),
        (Question(own={"nope": "0.5"}), "usage"),
        (Question(own={"alk": "two"}), "usage"),
        (Question(own={"alk_fish.finds|alk_ihc=maybe": "0.5"}), "usage"),
        # Under `any` no tumour with ROS1 stains for ALK, so this can't come to pass.
        (Question(own={"ros1_fish.finds|alk_ihc=positive": "0.5"}), "usage"),
    ],
)
def test_a_question_that_cannot_be_is_refused(question: Question, slug: str) -> None:
    with pytest.raises(UserError) as caught:
        compare_strategies(replace(question, draws=FEW))
    assert caught.value.slug == slug


def test_a_parameter_that_no_protocol_uses_is_refused() -> None:
    """RT-PCR is done after a positive stain alone, so a value for a negative one is idle."""
    own = {"alk_rt_pcr.finds|alk_ihc=negative": "0.5"}
    with pytest.raises(UserError, match="No protocol uses") as caught:
        compare_strategies(Question(own=own, draws=FEW))
    assert "alk_rt_pcr.finds" in str(caught.value)


def test_a_parameter_that_another_protocol_uses_is_told_of() -> None:
    question = Question(
        own={"pan_trk_ihc.finds": "0.5"}, protocols=("zhao-2025-ngs-upfront",), draws=FEW
    )
    assert "pan_trk_ihc.finds" in compare_strategies(question).limits[-1]
