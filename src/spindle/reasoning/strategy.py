"""Testing strategies side by side: tests, cost, days, missed and false fusions, in closed form.

Definitions. A fusion is **missed** when a patient has one of any kinase that is read, and the
status of that kinase at the end is neither `fusion_detected` nor `rearranged_by_fish`. A fusion is
**false** when a kinase that has none is called either. **Stain only** is a positive stain at the
end that no test bears out, with no kinase called; in a patient with a fusion it is missed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spindle.cases.absence import Absent
from spindle.knowledge.protocols import find_protocol, load_protocols
from spindle.knowledge.strategies import (
    DEFAULT_REFERENCE,
    DRAWS,
    NONE,
    PATIENTS,
    REFERENCES,
    SEED,
    find_site,
    load_strategy_data,
)
from spindle.reasoning.statuses import join_words
from spindle.reasoning.strategy_costs import Costs
from spindle.reasoning.strategy_crossings import (
    VARIED,
    Crossing,
    Curve,
    draw_curves,
    find_crossings,
    find_prevalence,
)
from spindle.reasoning.strategy_measures import (
    MEASURES,
    Estimate,
    Pair,
    estimate,
    estimate_measure,
)
from spindle.reasoning.strategy_paths import Choices
from spindle.reasoning.strategy_sums import Number, list_used_keys, list_ways, sum_protocol
from spindle.reasoning.strategy_values import Parameter, ParameterSet, make_parameters

PER_CENT = 100


@dataclass(frozen=True, slots=True)
class StrategyResult:
    """What one protocol is expected to do."""

    protocol_id: str
    """The protocol."""
    title: str
    """Its title."""
    tests: Estimate
    """Tests per 1,000 patients."""
    by_test: Mapping[str, Estimate]
    """How often each test is done per 1,000 patients."""
    missed: Estimate
    """Missed fusions per 1,000 patients."""
    missed_alk: Estimate
    """Missed ALK fusions among them."""
    missed_other: Estimate
    """Missed fusions of other kinases among them."""
    missed_stained: Estimate
    """Missed fusions that leave a positive stain unconfirmed."""
    alk_found: Estimate
    """Share of the patients with an ALK fusion in whom it is found, between 0 and 1."""
    false: Estimate
    """False fusions per 1,000 patients."""
    stain_only: Estimate
    """Patients per 1,000 with a positive stain that nothing bears out, with a fusion or without."""
    unanswered: Estimate
    """Patients per 1,000 without a fusion found and without an answer."""
    cost: Estimate | Absent
    """Cost per 1,000 patients; absent when the user gives no cost of a test that is done."""
    days: Estimate | Absent
    """Days a patient, the tests one after the other; absent without the user's turnaround."""
    burden: Estimate | Absent
    """Cost with that of missed and false fusions; absent unless the user gives both."""


@dataclass(frozen=True, slots=True)
class ParameterUse:
    """One parameter as it was used."""

    key: str
    """Its key for `--set`."""
    says: str
    """What it is."""
    mean: float
    """Its mean."""
    counts: tuple[tuple[int, int], ...]
    """n of N of each series; empty for an assumption or a value without counts."""
    intervals: tuple[tuple[float, float], ...]
    """The exact 95 % interval of each series."""
    low: float
    """Lower end of what was drawn, 95 %."""
    high: float
    """Upper end of it."""
    origin: str
    """`own`, `borrowed`, `assumed` or `yours`."""
    populations: tuple[str, ...]
    """Who was counted in each series."""
    facts: tuple[str, ...]
    """Facts behind it."""
    note: str
    """A note; empty for none."""


@dataclass(frozen=True, slots=True)
class StrategyComparison:
    """Protocols side by side at one site."""

    site_id: str
    """The site."""
    site_name: str
    """Its name."""
    reference: str
    """How a positive stain beside a negative FISH is read."""
    patients: int
    """Patients that counts are given for."""
    draws: int
    """Draws of the parameters."""
    seed: int
    """Seed of the draws."""
    varied: str
    """What is varied for the crossings."""
    prevalence: float
    """The share that is varied, at this site."""
    currency: str
    """The user's currency; empty for none."""
    results: tuple[StrategyResult, ...]
    """What each protocol is expected to do, in the order asked for."""
    parameters: tuple[ParameterUse, ...]
    """What it was computed from."""
    crossings: tuple[Crossing, ...]
    """Where one protocol overtakes another."""
    curves: Mapping[str, tuple[Curve, ...]]
    """Curves for a picture, by measure."""
    limits: tuple[str, ...]
    """What these numbers can't say, in sentences."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a comparison."""

    site_id: str = "any"
    """Site whose evidence is used."""
    protocols: tuple[str, ...] = ()
    """Protocols to compare; empty for all."""
    reference: str = DEFAULT_REFERENCE
    """How a positive stain beside a negative FISH is read."""
    choices: Choices = field(default_factory=Choices)
    """What the protocols leave to the people who use them."""
    costs: Costs = field(default_factory=Costs)
    """The user's costs and turnaround."""
    own: Mapping[str, str] = field(default_factory=dict)
    """The user's own parameters, as text by key."""
    varied: str = "alk"
    """What is varied for the crossings: `alk` or `any`."""
    draws: int = DRAWS
    """Draws of the parameters."""
    seed: int = SEED
    """Seed of the draws."""


def compare_strategies(question: Question) -> StrategyComparison:
    """Give what each protocol is expected to do, side by side.

    The expectation is exact at the mean of every parameter, over every way through the protocol.
    The interval holds 95 % of the draws of the parameters, the same ones for every protocol.

    Raises
    ------
    UserError
        `protocol-unknown`, or `usage` for an unknown site or parameter or a value that can't be.
    """
    protocols = question.protocols or tuple(load_protocols())
    parameters = make_parameters(question.site_id, question.reference, question.own)
    ways = [list_ways(find_protocol(p).id, parameters, question.choices) for p in protocols]
    used = [parameters.find_parameter(key) for key in list_used_keys(ways, parameters)]
    drawn = {p.key: p.belief.draw(question.draws, question.seed, p.key) for p in used}
    means = {p.key: float(p.belief.mean) for p in used}
    pairs = [
        Pair(
            sum_protocol(way, parameters, means, 1.0),
            sum_protocol(way, parameters, drawn, _make_ones(question.draws)),
        )
        for way in ways
    ]
    varied, costs = question.varied, question.costs
    curves = {measure: draw_curves(pairs, measure, varied, costs) for measure in MEASURES}
    return StrategyComparison(
        site_id=question.site_id,
        site_name=find_site(question.site_id).name,
        reference=question.reference,
        patients=PATIENTS,
        draws=question.draws,
        seed=question.seed,
        varied=varied,
        prevalence=find_prevalence(pairs[0].mean, varied),
        currency=costs.currency,
        results=tuple(_make_result(pair, costs) for pair in pairs),
        parameters=tuple(_describe_use(p, drawn[p.key]) for p in used),
        crossings=find_crossings(pairs, varied, costs),
        curves={measure: found for measure, found in curves.items() if found},
        limits=tuple(_iterate_limits(question, used, pairs, parameters)),
    )


def _make_ones(size: int) -> Number:
    import numpy as np

    return np.ones(size)


# Results -----------------------------------------------------------------------------------------


def _make_result(pair: Pair, costs: Costs) -> StrategyResult:
    mean, drawn = pair.mean, pair.drawn
    others = [c for c in mean.shares if c not in (NONE, VARIED["alk"])]

    def count(name: str, classes: Sequence[str] | None = None) -> Estimate:
        return estimate(mean.expect(name, classes), drawn.expect(name, classes), PATIENTS)

    return StrategyResult(
        protocol_id=mean.protocol_id,
        title=load_protocols()[mean.protocol_id].title,
        tests=estimate(mean.count_tests(), drawn.count_tests(), PATIENTS),
        by_test={test: count(f"test:{test}") for test in mean.list_tests()},
        missed=count("missed"),
        missed_alk=count("missed", (VARIED["alk"],)),
        missed_other=count("missed", others),
        missed_stained=count("missed_stained"),
        alk_found=_find_share(pair, VARIED["alk"]),
        false=count("false"),
        stain_only=count("stain_only"),
        unanswered=count("unanswered"),
        cost=estimate_measure(pair, "cost", costs, PATIENTS),
        days=estimate_measure(pair, "days", costs, 1),
        burden=estimate_measure(pair, "burden", costs, PATIENTS),
    )


def _find_share(pair: Pair, class_id: str) -> Estimate:
    """Give the share of a class's fusions that is found."""
    mean, drawn = (1 - sums.totals[class_id]["missed"] for sums in (pair.mean, pair.drawn))
    return estimate(mean, drawn, 1)


# Words -------------------------------------------------------------------------------------------


def _describe_use(parameter: Parameter, drawn: Number) -> ParameterUse:
    spread = estimate(float(parameter.belief.mean), drawn, 1)
    return ParameterUse(
        key=parameter.key,
        says=parameter.says,
        mean=spread.mean,
        counts=parameter.belief.counts,
        intervals=parameter.intervals,
        low=spread.low,
        high=spread.high,
        origin=parameter.origin,
        populations=tuple(fact.applies_to for fact in parameter.facts),
        facts=tuple(fact.id for fact in parameter.facts),
        note=parameter.note,
    )


def _iterate_limits(
    question: Question,
    used: Sequence[Parameter],
    pairs: Sequence[Pair],
    parameters: ParameterSet,
) -> Iterator[str]:
    yield (
        "No test of these series is known to be right. What stands as accuracy is agreement "
        "between tests, as published."
    )
    yield f"Reading chosen: {REFERENCES[question.reference]}."
    yield find_site(question.site_id).note
    yield from _describe_single(used)
    yield (
        "Tests are taken as independent of each other, given what the tumour has, unless a value "
        "says after which result it holds."
    )
    yield (
        "Tests that are proposed under a condition are "
        f"{'done' if question.choices.if_needed else 'not done'} here."
    )
    silent = _list_silent(pairs, parameters)
    if silent:
        yield f"No share of undecided results was read for {join_words(silent)}; none is counted."
    borrowed = [p.says for p in used if p.origin in ("borrowed", "assumed")]
    if borrowed:
        yield (
            f"{len(borrowed)} of {len(used)} parameters are borrowed from other sites or tumours, "
            "or assumed."
        )
    missing = question.costs.find_missing(_list_done(pairs), "cost")
    if missing:
        yield f"No costs given for {join_words(missing)}: Spindle has none of its own."


def _describe_single(used: Iterable[Parameter]) -> Iterator[str]:
    """Give a sentence for what rests on one tumour."""
    for parameter in used:
        if [of for _, of in parameter.belief.counts] != [1]:
            continue
        ((n, of),), ((low, high),) = parameter.belief.counts, parameter.intervals
        yield (
            f"{parameter.says}: {n} of {of} tumour, so anything from {PER_CENT * low:.0f} to "
            f"{PER_CENT * high:.0f} % (exact 95 % interval)."
        )


def _list_done(pairs: Sequence[Pair]) -> set[str]:
    return {test for pair in pairs for test in pair.mean.list_tests()}


def _list_silent(pairs: Sequence[Pair], parameters: ParameterSet) -> list[str]:
    tests = load_strategy_data().tests
    done = [test for test in tests if test in _list_done(pairs) and not tests[test].same_as]
    return [tests[t].name for t in done if not parameters.find_key(f"{t}.equivocal", {})]
