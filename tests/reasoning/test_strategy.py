from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

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
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.strategies import PATIENTS, load_strategy_data
from spindle.reasoning.assessments import Assessment
from spindle.reasoning.reflex import assess_case
from spindle.reasoning.strategy import Question, StrategyResult, compare_strategies
from spindle.reasoning.strategy_costs import Costs
from spindle.reasoning.strategy_measures import Estimate
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
READ = [
    (s.id, reference) for s in load_strategy_data().sites.values() for reference in s.references
]
PERFECT = {
    f"{test}.{measure}": value
    for test in load_strategy_data().tests
    for measure, value in (("finds", "1"), ("false", "0"), ("failed", "0"), ("equivocal", "0"))
    if test != "alk_ihc_again"
}
NO_OTHERS = {"ros1": "0", "ntrk": "0", "rest": "0"}
DRAWS = 400


def compare(site: str = "any", *protocols: str, **more: Any) -> list[StrategyResult]:
    question = Question(site_id=site, protocols=protocols, draws=DRAWS, **more)
    return list(compare_strategies(question).results)


def sum_at(
    protocol: str, own: Mapping[str, str], site: str = "any", choices: Choices | None = None
) -> Sums:
    """The sums of one protocol in fractions, at the mean of every parameter."""
    parameters = make_parameters(site, "", own)
    ways = list_ways(protocol, parameters, choices or Choices())
    keys = list_used_keys([ways], parameters)
    means = {key: parameters.find_parameter(key).belief.mean for key in keys}
    return sum_protocol(ways, parameters, means, Fraction(1))


def sum_values(protocol: str, site: str, reference: str, values: Mapping[str, Fraction]) -> Sums:
    """The sums at exact values; what is not given is as the reference defines it, else nought."""
    parameters = make_parameters(site, reference)
    ways = list_ways(protocol, parameters, Choices())
    keys = list_used_keys([ways], parameters)
    used = {key: values.get(key, parameters.find_certain(key) or Fraction(0)) for key in keys}
    return sum_protocol(ways, parameters, used, Fraction(1))


# By hand -----------------------------------------------------------------------------------------


def test_sequencing_at_once_is_what_a_sheet_of_paper_gives() -> None:
    """1,000 patients: 500 ALK, 100 others; 10 % of runs fail, 90 % of fusions are found."""
    own = {
        **PERFECT, **NO_OTHERS, "alk": "0.5", "ros1": "0.2", "rna_sequencing.failed": "0.1",
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
        **PERFECT, **NO_OTHERS, "alk": "0.1", "alk_ihc.finds": "0.8", "alk_ihc.false": "0.05",
        "alk_fish.finds": "0.5", "alk_rt_pcr.finds": "0.75",
    }  # fmt: skip
    sums = sum_at("zhao-2025-screen", own)
    # 100 with a fusion: 80 stain, FISH confirms 40, RT-PCR 30 of the other 40: 30 are missed,
    # of whom 10 keep a stain that nothing bears out. 45 of 900 without a fusion stain.
    assert sums.expect("missed") == Fraction("0.03")
    assert sums.expect("missed_stained") == Fraction("0.01")
    assert sums.expect("missed_unasked") == 0
    assert sums.expect("stain_only") == Fraction("0.055")
    assert sums.expect("false") == 0
    assert sums.expect("test:alk_ihc") == 1
    assert sums.expect("test:alk_fish") == Fraction("0.125")
    assert sums.expect("test:alk_rt_pcr") == Fraction("0.085")


def test_the_screen_misses_every_fusion_of_another_kinase() -> None:
    sums = sum_at("zhao-2025-screen", {**PERFECT, **NO_OTHERS, "alk": "0.25", "ros1": "0.4"})
    assert sums.expect("missed") == Fraction("0.3")
    assert sums.expect("missed", ("alk",)) == 0


def test_a_stain_that_the_recommendation_leaves_alone_is_a_missed_fusion() -> None:
    """It speaks of negative stains only, so a positive one stays unconfirmed."""
    sums = sum_at("zhao-2025-ngs-if-negative", {**PERFECT, **NO_OTHERS, "alk": "0.25"})
    for name in ("missed", "missed_stained", "missed_unasked"):
        assert sums.expect(name) == Fraction("0.25")


@pytest.mark.parametrize(
    ("protocol", "others_open"),
    [
        ("rna-reflex", "0.025"),
        ("zhao-2025-ngs-upfront", "0.1"),
        ("zhao-2025-ngs-if-negative", "0.1"),
        ("zhao-2025-screen", "1"),
    ],
)
def test_a_failed_panel_after_failed_rna_leaves_the_other_kinases_open(
    protocol: str, others_open: str
) -> None:
    """No tumour has a fusion; a tenth of RNA runs fail, and a quarter of DNA panels after them."""
    own = {
        **PERFECT, **NO_OTHERS, "alk": "0", "rna_sequencing.failed": "0.1",
        "dna_panel.failed": "0.25",
    }  # fmt: skip
    sums = sum_at(protocol, own)
    assert sums.expect("others_open") == Fraction(others_open)
    # A negative ALK stain answers on ALK; without a stain, failed sequencing leaves ALK open too.
    has_stain = protocol != "zhao-2025-ngs-upfront"
    assert sums.expect("unanswered") == (0 if has_stain else Fraction("0.1"))


def test_alk_stays_open_when_stain_sequencing_fish_and_panel_fail() -> None:
    """The stain twice, RNA, FISH and the panel: half to the fifth."""
    failed = ("alk_ihc", "rna_sequencing", "alk_fish", "dna_panel")
    own = {**PERFECT, **NO_OTHERS, "alk": "0", **{f"{test}.failed": "0.5" for test in failed}}
    assert sum_at("rna-reflex", own).expect("unanswered") == Fraction(1, 32)
    own["dna_panel.failed"] = "0"
    assert sum_at("rna-reflex", own).expect("unanswered") == 0


def test_a_fusion_that_a_failed_panel_would_have_shown_is_missed() -> None:
    """RNA fails always; only a panel can find PDGFRB, and it finds all where it does not fail."""
    own = {
        **PERFECT, "alk": "0", "ros1": "0", "ntrk": "0", "rest": "1",
        "rna_sequencing.failed": "1", "dna_panel.failed": "0.25",
    }  # fmt: skip
    assert sum_at("rna-reflex", own).expect("missed") == Fraction("0.25")


# The three references of one table ---------------------------------------------------------------

ONE, HALF = Fraction(1), Fraction(1, 2)
# Zhao 2025, Table 1: 25 tumours; two stained, neither was rearranged, RT-PCR found one of the two.
TABLE = {
    "any": {
        "alk": Fraction(2, 25),
        "alk_ihc.finds": ONE,
        "alk_rt_pcr.finds|alk_ihc=positive,alk_fish=negative": HALF,
    },
    "fish": {"alk_ihc.false": Fraction(2, 25), "alk_rt_pcr.false|alk_ihc=positive": HALF},
    "pcr": {"alk": Fraction(1, 25), "alk_ihc.finds": ONE, "alk_ihc.false": Fraction(1, 24)},
}


@pytest.mark.parametrize(
    ("reference", "missed", "false"), [("any", 1, 0), ("fish", 0, 1), ("pcr", 0, 0)]
)
def test_the_references_of_the_papers_table_differ_in_errors_and_not_in_tests(
    reference: str, missed: int, false: int
) -> None:
    """Any: patient 8 is missed. FISH: patient 15 is called falsely. RT-PCR: neither."""
    sums = sum_values("zhao-2025-screen", "sinonasal", reference, TABLE[reference])
    done = {name: 25 * sums.expect(f"test:{name}") for name in sums.list_tests()}
    assert done == {"alk_ihc": 25, "alk_fish": 2, "alk_rt_pcr": 2, "rna_sequencing": 0}
    assert 25 * sums.expect("missed") == missed
    assert 25 * sums.expect("false") == false
    assert 25 * sums.expect("stain_only") == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_reference_moves_no_test(protocol: str) -> None:
    """The same sixteen tumours (Choi 2015) under both references, whatever sequencing finds."""
    stained, broken, both = Fraction(11, 16), Fraction(9, 16), Fraction(8, 16)
    positive = stained + broken - both
    third, fish, false = Fraction(3, 7), Fraction(5, 6), Fraction(1, 9)
    shared = {"rna_sequencing.finds|alk_fish=positive": fish, "rna_sequencing.false": false}
    values = {
        "any": {
            "alk": positive,
            "alk_ihc.finds": stained / positive,
            "alk_fish.finds|alk_ihc=positive": both / stained,
            "rna_sequencing.finds|alk_ihc=positive,alk_fish=negative": third,
        },
        "fish": {
            "alk": broken,
            "alk_ihc.finds": both / broken,
            "alk_ihc.false": (stained - both) / (1 - broken),
            "rna_sequencing.false|alk_ihc=positive": third,
        },
    }
    sums = {r: sum_values(protocol, "bladder", r, {**v, **shared}) for r, v in values.items()}
    tests = {r: {t: s.expect(f"test:{t}") for t in s.list_tests()} for r, s in sums.items()}
    for name in {"alk_ihc", "alk_fish", "rna_sequencing"} & set(tests["any"]):
        assert tests["any"][name] == tests["fish"][name]
    errors = {r: s.expect("missed") - s.expect("false") for r, s in sums.items()}
    # What is a fusion under one reference alone is missed there, or called falsely here.
    assert errors["any"] - errors["fish"] == stained - both


def test_sequencing_finds_as_much_at_once_as_when_it_comes_last() -> None:
    """A stain without a break is one kind of tumour, in whatever order the tests are done."""
    values = {
        "alk": ONE,
        "alk_ihc.finds": Fraction(9, 10),
        "alk_fish.finds|alk_ihc=positive": Fraction(2, 3),
        "rna_sequencing.finds|alk_fish=positive": Fraction(7, 8),
        "rna_sequencing.finds|alk_ihc=positive,alk_fish=negative": HALF,
    }
    sums = sum_values("zhao-2025-ngs-upfront", "bladder", "any", values)
    broken, discordant = Fraction(9, 10) * Fraction(2, 3) + Fraction(1, 10), Fraction(3, 10)
    found = broken * Fraction(7, 8) + discordant * HALF
    assert 1 - sums.totals["alk"]["missed"] == found
    reflex = sum_values("rna-reflex", "bladder", "any", values)
    # FISH confirms 6 in 10; sequencing gets the rest, of which it finds as much as above.
    late = Fraction(6, 10) + Fraction(1, 10) * Fraction(7, 8) + discordant * HALF
    assert 1 - reflex.totals["alk"]["missed"] == late


# The engine --------------------------------------------------------------------------------------

KINASES = {"none": "", "alk": "ALK", "ros1": "ROS1", "ntrk": "NTRK3", "rest": "PDGFRB"}
FINDS = {
    "alk_ihc": {"alk"}, "alk_fish": {"alk"}, "alk_rt_pcr": {"alk"}, "ros1_fish": {"ros1"},
    "pan_trk_ihc": {"ntrk"}, "rna_sequencing": set(KINASES), "dna_panel": set(KINASES),
}  # fmt: skip


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
    for name, kinds in ways.kinds.items():
        for node, way in (point for kind in kinds for point in iterate_points(kind.node)):
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
    for kind in (kind for kinds in ways.kinds.values() for kind in kinds):
        for node, way in iterate_points(kind.node):
            if node.test:
                proposed = assess_way(protocol, way)
                assert proposed[0].when == "always"


def assess_way(protocol: str, way: tuple[tuple[str, TestResult], ...]) -> Any:
    return assess(protocol, tuple((test, result, "ALK") for test, result in way)).next_tests


def test_a_preferred_test_is_done_where_either_will_do() -> None:
    for prefer, test in (((), "alk_fish"), (("rna_sequencing",), "rna_sequencing")):
        ways = list_ways("rna-reflex", make_parameters("any", "any"), Choices(prefer=prefer))
        kind = next(k for k in ways.kinds["alk"] if k.shown["alk_ihc"] == "positive")
        stained = next(b for b in kind.node.branches if b.result is P)
        assert stained.node.test == test


def test_a_stain_that_is_repeated_shows_what_it_would_have_shown() -> None:
    """A stain that failed is done again on the same tumour, which stains or does not."""
    ways = list_ways("rna-reflex", make_parameters("any", "any"), Choices())
    for kind in ways.kinds["alk"]:
        for node, way in iterate_points(kind.node):
            results = [r for test, r in way if test.startswith("alk_ihc") and r in (P, N)]
            assert {r.value for r in results} <= {kind.shown["alk_ihc"]}
            assert node.test or way


def test_what_a_reference_rules_out_is_not_walked() -> None:
    """Under `any` no tumour without a fusion stains, and one with a fusion stains or breaks."""
    ways = list_ways("rna-reflex", make_parameters("any", "any"), Choices())
    shown = {name: [dict(k.shown) for k in kinds] for name, kinds in ways.kinds.items()}
    none = {"alk_ihc": "negative", "alk_fish": "negative"}
    assert shown["none"] == shown["ros1"] == [none]
    assert len(shown["alk"]) == 3
    assert none not in shown["alk"]


# Properties --------------------------------------------------------------------------------------

shares = st.fractions(0, 1, max_denominator=40)


@settings(max_examples=25)
@given(st.sampled_from(PROTOCOLS), st.sampled_from(READ), st.data())
def test_the_ways_of_every_class_sum_to_one_exactly(
    protocol: str, site: tuple[str, str], data: st.DataObject
) -> None:
    parameters = make_parameters(*site)
    ways = list_ways(protocol, parameters, Choices())
    keys = list_used_keys([ways], parameters)
    certain = {key: parameters.find_certain(key) for key in keys}
    values = {k: data.draw(shares, k) if v is None else v for k, v in certain.items()}
    sums = sum_protocol(ways, parameters, values, Fraction(1))
    assert sum(sums.shares.values()) == 1
    for totals in sums.totals.values():
        assert totals[CERTAIN] == 1
        assert all(0 <= totals[name] <= 1 for name in ENDS)
        assert totals["missed_stained"] <= min(totals["missed"], totals["stain_only"])
        assert totals["missed_unasked"] <= totals["missed_stained"]
        assert totals["stain_only"] + totals["unanswered"] <= 1


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_perfect_tests_call_nothing_falsely_and_miss_nothing_they_ask_about(
    protocol: str, site: str
) -> None:
    sums = sum_at(protocol, PERFECT, site)
    assert sums.expect("false") == 0
    if protocol in ("rna-reflex", "zhao-2025-ngs-upfront"):
        assert sums.expect("missed") == 0
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
