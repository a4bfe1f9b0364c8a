from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.observations import (
    FishTest,
    FusionCall,
    FusionTest,
    Observation,
    PcrTest,
    SequencingMethod,
    Stain,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.errors import UserError
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.strategies import PATIENTS, load_strategy_data
from spindle.reasoning.assessments import Assessment, KinaseStatus
from spindle.reasoning.reflex import assess_case
from spindle.reasoning.strategy import Estimate, Question, StrategyResult, compare_strategies
from spindle.reasoning.strategy_costs import Costs
from spindle.reasoning.strategy_paths import Choices, Node
from spindle.reasoning.strategy_sums import (
    CERTAIN,
    ENDS,
    Sums,
    list_used_keys,
    list_ways,
    sum_protocol,
)
from spindle.reasoning.strategy_values import make_parameters

P, N, F = TestResult.POSITIVE, TestResult.NEGATIVE, TestResult.FAILED
PROTOCOLS = tuple(load_protocols())
SITES = tuple(load_strategy_data().sites)
PERFECT = {
    f"{test}.{measure}": value
    for test in load_strategy_data().tests
    for measure, value in (("finds", "1"), ("false", "0"), ("failed", "0"), ("equivocal", "0"))
    if test != "alk_ihc_again"
}
DRAWS = 400


def compare(site: str = "any", *protocols: str, **more: Any) -> list[StrategyResult]:
    question = Question(site_id=site, protocols=protocols, draws=DRAWS, **more)
    return list(compare_strategies(question).results)


def sum_at(
    protocol: str, own: Mapping[str, str], site: str = "any", choices: Choices | None = None
) -> Sums:
    """The sums of one protocol in fractions, at the mean of every parameter."""
    parameters = make_parameters(site, "any", own)
    ways = list_ways(protocol, parameters, choices or Choices())
    keys = list_used_keys([ways], parameters)
    means = {key: parameters.find_parameter(key).belief.mean for key in keys}
    return sum_protocol(ways, parameters, means, Fraction(1))


# By hand -----------------------------------------------------------------------------------------


def test_sequencing_at_once_is_what_a_sheet_of_paper_gives() -> None:
    """1,000 patients: 500 ALK, 100 others; 10 % of runs fail, 90 % of fusions are found."""
    own = {
        **PERFECT, "alk": "0.5", "other": "0.2", "rna_sequencing.failed": "0.1",
        "rna_sequencing.finds": "0.9", "rna_sequencing.false": "0.02",
    }  # fmt: skip
    sums = sum_at("zhao-2025-ngs-upfront", own)
    assert sums.count_tests() == 1
    # Found: 600 * 0.9 * 0.9 = 486, so 114 are missed. False: 400 * 0.9 * 0.02 = 7.2.
    assert sums.expect("missed") == Fraction("0.114")
    assert sums.expect("missed", ("alk",)) == Fraction("0.095")
    assert sums.expect("false") == Fraction("0.0072")
    assert sums.expect("stain_only") == 0
    assert sums.expect("unanswered") == Fraction("0.1")


def test_the_screen_of_zhao_2025_is_what_a_sheet_of_paper_gives() -> None:
    """A tenth has an ALK fusion; the stain finds 4 of 5, FISH half, RT-PCR 3 of 4 of the rest."""
    own = {
        **PERFECT, "alk": "0.1", "other": "0", "alk_ihc.finds": "0.8", "alk_ihc.false": "0.05",
        "alk_fish.finds": "0.5", "alk_rt_pcr.finds": "0.75",
    }  # fmt: skip
    sums = sum_at("zhao-2025-screen", own)
    # 100 with a fusion: 80 stain, FISH confirms 40, RT-PCR 30 of the other 40: 30 are missed,
    # of whom 10 keep a stain that nothing bears out. 45 of 900 without a fusion stain.
    assert sums.expect("missed") == Fraction("0.03")
    assert sums.expect("missed_stained") == Fraction("0.01")
    assert sums.expect("stain_only") == Fraction("0.055")
    assert sums.expect("false") == 0
    assert sums.expect("test:alk_ihc") == 1
    assert sums.expect("test:alk_fish") == Fraction("0.125")
    assert sums.expect("test:alk_rt_pcr") == Fraction("0.085")


def test_the_screen_misses_every_fusion_of_another_kinase() -> None:
    sums = sum_at("zhao-2025-screen", {**PERFECT, "alk": "0.25", "other": "0.4"})
    assert sums.expect("missed") == Fraction("0.3")
    assert sums.expect("missed", ("alk",)) == 0


def test_a_stain_that_the_recommendation_leaves_alone_is_a_missed_fusion() -> None:
    """It speaks of negative stains only, so a positive one stays unconfirmed."""
    sums = sum_at("zhao-2025-ngs-if-negative", {**PERFECT, "alk": "0.25", "other": "0"})
    assert sums.expect("missed") == sums.expect("missed_stained") == Fraction("0.25")


# Brute force -------------------------------------------------------------------------------------

KINASES = {"none": "", "alk": "ALK", "ros1": "ROS1", "ntrk": "NTRK3", "rest": "PDGFRB"}
FINDS = {
    "alk_ihc": {"alk"}, "alk_fish": {"alk"}, "alk_rt_pcr": {"alk"}, "ros1_fish": {"ros1"},
    "pan_trk_ihc": {"ntrk"}, "rna_sequencing": set(KINASES), "dna_panel": set(KINASES),
}  # fmt: skip
RATES = {  # finds, false, failed
    "alk_ihc": (0.8, 0.1, 0.05),
    "alk_fish": (0.7, 0.05, 0.08),
    "alk_rt_pcr": (0.6, 0.04, 0.02),
    "rna_sequencing": (0.85, 0.06, 0.2),
    "dna_panel": (0.5, 0.07, 0.0),
    "ros1_fish": (0.75, 0.03, 0.1),
    "pan_trk_ihc": (0.65, 0.09, 0.04),
}
SHARES = {"alk": "0.4", "other": "0.5", "ros1": "0.6", "ntrk": "0.5"}
POPULATION = {"none": 0.3, "alk": 0.4, "ros1": 0.18, "ntrk": 0.06, "rest": 0.06}


def observe(test: str, name: str, result: TestResult, kinase: str) -> Observation:
    if test in ("alk_ihc", "pan_trk_ihc"):
        return Stain(id=name, marker="ALK" if test == "alk_ihc" else "pan-TRK", result=result)
    if test in ("alk_fish", "ros1_fish"):
        return FishTest(id=name, gene=test.partition("_")[0].upper(), result=result)
    if test == "alk_rt_pcr":
        return PcrTest(id=name, gene="ALK", result=result)
    method = SequencingMethod.RNA if test == "rna_sequencing" else SequencingMethod.DNA
    return FusionTest(
        id=name, method=method, result=result, is_quality_adequate=result is not F,
        calls=(FusionCall(gene3=kinase),) if result is P else (),
    )  # fmt: skip


@cache
def assess(protocol: str, history: tuple[tuple[str, TestResult, str], ...]) -> Assessment:
    tests = [
        observe(test.removesuffix("_again"), test, result, kinase)
        for test, result, kinase in history
    ]
    case = Case(id="c", specimens=(Specimen(id="s", observations=tuple(tests)),))
    return assess_case(case, protocol_id=protocol)


def simulate_patient(protocol: str, rng: random.Random) -> dict[str, float]:
    tumour = rng.choices(list(POPULATION), list(POPULATION.values()))[0]
    history: tuple[tuple[str, TestResult, str], ...] = ()
    while True:
        assessment = assess(protocol, history)
        done = {test for test, _, _ in history}
        proposed = [test.test for test in assessment.next_tests if test.test not in done]
        if not proposed:
            break
        test = proposed[0]
        finds, false, failed = RATES[base := test.removesuffix("_again")]
        has_it = tumour != "none" and tumour in FINDS[base]
        if rng.random() < failed:
            result = F
        else:
            result = P if rng.random() < (finds if has_it else false) else N
        history = (*history, (test, result, KINASES[tumour] if has_it else "ALK"))
    found = {
        name
        for name, kinase in assessment.kinases.items()
        if kinase.status in (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
    }
    own = KINASES[tumour]
    return {
        "tests": len(history),
        "missed": bool(own) and own not in found,
        "false": bool(found - {own}),
        "rna": any(test == "rna_sequencing" for test, _, _ in history),
    }


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_closed_form_is_what_a_simulation_gives(protocol: str) -> None:
    own = dict(SHARES)
    for test, (finds, false, failed) in RATES.items():
        own |= {f"{test}.finds": str(finds), f"{test}.false": str(false)}
        own |= {f"{test}.failed": str(failed)}
    sums = sum_at(protocol, own)
    rng = random.Random(20)
    patients = [simulate_patient(protocol, rng) for _ in range(12_000)]
    exact = {
        "tests": sums.count_tests(),
        "missed": sums.expect("missed"),
        "false": sums.expect("false"),
        "rna": sums.expect("test:rna_sequencing"),
    }
    for name, value in exact.items():
        seen = np.array([patient[name] for patient in patients], dtype=float)
        error = seen.std() / np.sqrt(len(seen))
        assert seen.mean() == pytest.approx(float(value), abs=max(4 * error, 1e-9)), name


# The engine --------------------------------------------------------------------------------------


def iterate_points(
    node: Node, way: tuple[tuple[str, TestResult], ...] = ()
) -> Iterator[tuple[Node, tuple[tuple[str, TestResult], ...]]]:
    yield node, way
    for branch in node.branches:
        yield from iterate_points(branch.node, (*way, (node.test, branch.result)))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_test_on_every_way_is_one_that_the_engine_proposes(protocol: str) -> None:
    """A strategy does what Spindle proposes for a patient with these results."""
    ways = list_ways(protocol, make_parameters("uterus", "any"), Choices())
    ends = 0
    for name, root in ways.nodes.items():
        for node, way in iterate_points(root):
            history = tuple(
                (t, r, KINASES[name] if name in FINDS[t.removesuffix("_again")] and name != "none"
                 else "ALK")
                for t, r in way
            )  # fmt: skip
            proposed = [test.test for test in assess(protocol, history).next_tests]
            if node.test:
                assert node.test in proposed
            else:
                ends += 1
                assert set(proposed) <= {test for test, _ in way}
    assert ends >= 10


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_test_under_a_condition_is_left_out_when_it_is_not_needed(protocol: str) -> None:
    never = Choices(if_needed=False)
    ways = list_ways(protocol, make_parameters("any", "any"), never)
    for root in ways.nodes.values():
        for node, way in iterate_points(root):
            if node.test:
                proposed = assess_way(protocol, way)
                assert proposed[0].when == "always"


def assess_way(protocol: str, way: tuple[tuple[str, TestResult], ...]) -> Any:
    return assess(protocol, tuple((test, result, "ALK") for test, result in way)).next_tests


def test_a_preferred_test_is_done_where_either_will_do() -> None:
    for prefer, test in (((), "alk_fish"), (("rna_sequencing",), "rna_sequencing")):
        ways = list_ways("rna-reflex", make_parameters("any", "any"), Choices(prefer=prefer))
        stained = next(b for b in ways.nodes["alk"].branches if b.result is P)
        assert stained.node.test == test


# Properties --------------------------------------------------------------------------------------

shares = st.fractions(0, 1, max_denominator=40)


@settings(max_examples=25)
@given(st.sampled_from(PROTOCOLS), st.sampled_from(SITES), st.data())
def test_the_ways_of_every_class_sum_to_one_exactly(
    protocol: str, site: str, data: st.DataObject
) -> None:
    parameters = make_parameters(site, "any")
    ways = list_ways(protocol, parameters, Choices())
    keys = list_used_keys([ways], parameters)
    values = {key: data.draw(shares, key) for key in keys}
    sums = sum_protocol(ways, parameters, values, Fraction(1))
    assert sum(sums.shares.values()) == 1
    for totals in sums.totals.values():
        assert totals[CERTAIN] == 1
        assert all(0 <= totals[name] <= 1 for name in ENDS)
        assert totals["missed_stained"] <= min(totals["missed"], totals["stain_only"])
        assert totals["stain_only"] + totals["unanswered"] <= 1


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_perfect_tests_call_nothing_falsely_and_miss_nothing_they_ask_about(
    protocol: str, site: str
) -> None:
    sums = sum_at(protocol, PERFECT, site)
    assert sums.expect("false") == 0
    misses = {"rna-reflex": 0, "zhao-2025-ngs-upfront": 0}
    if protocol in misses:
        assert sums.expect("missed") == misses[protocol]
    elif protocol == "zhao-2025-screen":
        assert sums.expect("missed", ("alk",)) == 0
    else:
        assert sums.expect("missed", ("ros1", "ntrk", "rest")) == 0


@given(st.sampled_from(PROTOCOLS), shares, shares)
def test_more_fusions_make_more_missed_ones(protocol: str, one: Fraction, other: Fraction) -> None:
    sums = sum_at(protocol, {})
    low, high = sorted((one, other))
    missed = [sums.vary("none", share).expect("missed") for share in (low, high)]
    assert missed[0] <= missed[1]
    assert sums.vary("none", Fraction(0)).expect("missed") == 0


@given(shares, shares)
def test_varying_one_class_keeps_the_others_in_proportion(share: Fraction, own: Fraction) -> None:
    sums = sum_at("zhao-2025-screen", {"alk": str(float(own))})
    varied = sums.vary("alk", share)
    assert sum(varied.shares.values()) == 1
    assert varied.shares["alk"] == share
    if own < 1 and share < 1:
        assert varied.shares["ros1"] * sums.shares["none"] == (
            sums.shares["ros1"] * varied.shares["none"]
        )


def test_costs_and_days_are_sums_over_the_tests_and_scale_with_them() -> None:
    tests = load_strategy_data().tests
    costs = Costs(cost=dict.fromkeys(tests, 10.0), days=dict.fromkeys(tests, 3.0))
    twice = Costs(cost=dict.fromkeys(tests, 20.0), days=dict.fromkeys(tests, 3.0))
    for one, two in zip(compare(costs=costs), compare(costs=twice), strict=True):
        assert isinstance(one.cost, Estimate)
        assert isinstance(two.cost, Estimate)
        assert isinstance(one.days, Estimate)
        assert one.cost.mean == pytest.approx(10 * one.tests.mean)
        assert two.cost.mean == pytest.approx(2 * one.cost.mean)
        assert two.cost.high == pytest.approx(2 * one.cost.high)
        assert one.days.mean * PATIENTS == pytest.approx(3 * one.tests.mean)
        assert one.burden == NOT_REPORTED


def test_without_the_users_costs_there_are_none() -> None:
    for result in compare():
        assert result.cost == result.days == result.burden == NOT_REPORTED
    part = Costs(cost={"alk_ihc": 1.0})
    assert all(isinstance(result.cost, Absent) for result in compare(costs=part))


def test_errors_are_weighed_only_when_the_user_says_what_they_cost() -> None:
    tests = dict.fromkeys(load_strategy_data().tests, 1.0)
    costs = Costs(cost=tests, missed_fusion=100.0, false_fusion=50.0)
    for result in compare(costs=costs):
        assert isinstance(result.burden, Estimate)
        assert isinstance(result.cost, Estimate)
        wrong = 100 * result.missed.mean + 50 * result.false.mean
        assert result.burden.mean == pytest.approx(result.cost.mean + wrong)


# Uncertainty -------------------------------------------------------------------------------------


def test_one_true_positive_leaves_the_paper_s_protocol_wide_open() -> None:
    comparison = compare_strategies(Question(site_id="sinonasal", protocols=("zhao-2025-screen",)))
    finds = next(use for use in comparison.parameters if use.key == "alk_ihc.finds")
    assert finds.counts == ((1, 1),)
    assert finds.intervals[0] == (pytest.approx(0.025), 1.0)
    fish = next(use for use in comparison.parameters if use.key == "alk_fish.finds")
    assert fish.counts == ((0, 1),)
    assert fish.intervals[0] == (0.0, pytest.approx(0.975))
    found = comparison.results[0].alk_found
    assert found.low < 0.15
    assert found.high > 0.9
    said = " ".join(comparison.limits)
    assert "ALK stain, fusions found: 1 of 1 tumour, so anything from 3 to 100 %" in said
    assert "one true positive" in said


def test_sites_differ() -> None:
    missed = {site: compare(site, "zhao-2025-screen")[0].missed_other.mean for site in SITES}
    assert missed["lung"] > missed["sinonasal"] > missed["any"] > missed["bladder"]
    alk = {
        site: compare_strategies(Question(site_id=site, draws=DRAWS)).prevalence for site in SITES
    }
    assert alk["sinonasal"] < 0.1 < alk["lung"] < alk["bladder"] < alk["uterus"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_draws_have_the_closed_form_as_their_mean(protocol: str) -> None:
    parameters = make_parameters("uterus", "any")
    ways = list_ways(protocol, parameters, Choices())
    used = [parameters.find_parameter(key) for key in list_used_keys([ways], parameters)]
    drawn = {p.key: p.belief.draw(20_000, 7, p.key) for p in used}
    sums = sum_protocol(ways, parameters, drawn, np.ones(20_000))
    exact = sum_at(protocol, {}, "uterus")
    for name in ("missed", "false", "test:rna_sequencing"):
        values = sums.expect(name)
        error = values.std() / np.sqrt(len(values))
        assert values.mean() == pytest.approx(float(exact.expect(name)), abs=4 * error + 1e-4)


def test_the_same_seed_gives_the_same_and_a_protocol_more_changes_no_other() -> None:
    alone = compare("lung", "zhao-2025-screen")
    assert compare("lung", "zhao-2025-screen") == alone
    assert compare("lung", "rna-reflex", "zhao-2025-screen")[1] == alone[0]
    assert compare("lung", "zhao-2025-screen", seed=9) != alone


def test_the_reading_of_the_stain_changes_the_accuracy_of_both_tests() -> None:
    any_found = compare("bladder", "zhao-2025-screen")[0]
    fish = compare("bladder", "zhao-2025-screen", reference="fish")[0]
    assert fish.stain_only.mean > any_found.stain_only.mean
    assert fish.missed_alk.mean < any_found.missed_alk.mean


def test_a_value_of_the_users_own_stands_in_place_of_the_published_one() -> None:
    comparison = compare_strategies(Question(own={"alk": "0.5"}, draws=DRAWS))
    use = next(use for use in comparison.parameters if use.key == "alk")
    assert (use.origin, use.mean, use.low, use.high, use.facts) == ("yours", 0.5, 0.5, 0.5, ())
    assert comparison.prevalence == pytest.approx(0.5)


# Crossings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("varied", ["alk", "any"])
@pytest.mark.parametrize("site", SITES)
def test_at_a_crossing_both_protocols_do_equally_well(site: str, varied: str) -> None:
    question = Question(site_id=site, varied=varied, draws=DRAWS)
    comparison = compare_strategies(question)
    found = [c for c in comparison.crossings if not isinstance(c.at, Absent)]
    assert found or varied == "any"
    for crossing in found:
        curves = {c.protocol_id: c.points for c in comparison.curves[crossing.measure]}
        first, second = curves[crossing.first], curves[crossing.second]
        assert isinstance(crossing.at, float)
        at = [(1 - crossing.at) * p[0][1] + crossing.at * p[-1][1] for p in (first, second)]
        assert at[0] == pytest.approx(at[1])
        assert first[0][1] < second[0][1]
        assert first[-1][1] > second[-1][1]
        assert 0 < crossing.at < 1


def test_every_pair_is_looked_at_once_in_every_measure() -> None:
    comparison = compare_strategies(Question(draws=DRAWS))
    pairs = list(itertools.combinations(PROTOCOLS, 2))
    for measure in ("missed", "false", "tests"):
        found = [c for c in comparison.crossings if c.measure == measure]
        assert {frozenset((c.first, c.second)) for c in found} == set(map(frozenset, pairs))
    assert not [c for c in comparison.crossings if c.measure == "cost"]


def test_a_crossing_by_hand() -> None:
    """The stain costs 1, sequencing 10; each patient with an ALK fusion costs FISH and PCR too."""
    own = {
        **PERFECT, "other": "0", "alk_fish.finds": "0", "alk_rt_pcr.finds": "1", "alk": "0.3",
    }  # fmt: skip
    price = {"alk_ihc": 1.0, "alk_fish": 9.0, "alk_rt_pcr": 9.0, "rna_sequencing": 10.0}
    question = Question(
        protocols=("zhao-2025-screen", "zhao-2025-ngs-upfront"), own=own,
        costs=Costs(cost=price), draws=DRAWS,
    )  # fmt: skip
    crossing = next(c for c in compare_strategies(question).crossings if c.measure == "cost")
    # 1 + 18 x = 10 at x = 0.5.
    assert crossing.at == pytest.approx(0.5)
    assert (crossing.first, crossing.second) == question.protocols
    assert crossing.share_of_draws == 1


def test_curves_run_from_nobody_to_everybody_and_hold_their_mean() -> None:
    comparison = compare_strategies(Question(draws=DRAWS))
    for curves in comparison.curves.values():
        for curve in curves:
            assert (curve.points[0][0], curve.points[-1][0]) == (0.0, 1.0)
            assert all(low <= high for _, _, low, high in curve.points)


# Errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        (Question(site_id="moon"), "usage"),
        (Question(protocols=("nope",)), "protocol-unknown"),
        (Question(own={"nope": "0.5"}), "usage"),
        (Question(own={"alk": "two"}), "usage"),
        (Question(own={"alk_fish.finds|alk_ihc=maybe": "0.5"}), "usage"),
    ],
)
def test_a_question_that_cannot_be_is_refused(question: Question, slug: str) -> None:
    with pytest.raises(UserError) as caught:
        compare_strategies(replace(question, draws=DRAWS))
    assert caught.value.slug == slug
