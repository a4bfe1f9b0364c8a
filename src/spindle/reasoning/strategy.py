"""Testing strategies side by side: tests, cost, days, missed and false fusions, in closed form.

Definitions. A fusion is **missed** when a patient has one of any kinase that is read, and the
status of that kinase at the end is neither `fusion_detected` nor `rearranged_by_fish`. A fusion is
**false** when a kinase that has none is called either. **Stain only** is a positive stain at the
end that no test bears out, with no kinase called; in a patient with a fusion it is missed too. What
counts as an ALK fusion is the reference's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spindle.cases.absence import Absent
from spindle.errors import UserError
from spindle.knowledge.protocols import find_protocol, load_protocols
from spindle.knowledge.strategies import (
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
    Contrast,
    Curve,
    draw_curves,
    find_prevalence,
    list_contrasts,
)
from spindle.reasoning.strategy_measures import (
    MEASURES,
    Estimate,
    Pair,
    estimate,
    estimate_measure,
)
from spindle.reasoning.strategy_paths import Choices
from spindle.reasoning.strategy_sums import (
    Number,
    Ways,
    list_used_keys,
    list_ways,
    sum_protocol,
)
from spindle.reasoning.strategy_values import (
    Parameter,
    ParameterSet,
    find_correlation,
    make_parameters,
)

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
    missed_unasked: Estimate
    """Those of them in which the protocol asks for no test after the stain."""
    alk_found: Estimate
    """Share of the patients with an ALK fusion in whom it is found, between 0 and 1."""
    false: Estimate
    """False fusions per 1,000 patients."""
    stain_only: Estimate
    """Patients per 1,000 with a positive stain that nothing bears out, with a fusion or without."""
    unanswered: Estimate
    """Patients per 1,000 without a fusion found and without an answer on ALK."""
    others_open: Estimate
    """Patients per 1,000 without a fusion found in whom another kinase has no answer."""
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
    drawn: Estimate
    """The share that was drawn, between 0 and 1."""
    counts: tuple[tuple[int, int], ...]
    """n of N of each series; empty for a value without counts."""
    origin: str
    """`own`, `part` (in part borrowed), `borrowed`, `assumed`, `defined` or `yours`."""
    populations: tuple[str, ...]
    """Who was counted in each series."""
    facts: tuple[str, ...]
    """Facts behind it."""
    shared_with: str
    """Key of a parameter above that is the same unknown, drawn once; empty for none."""
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
    """What counts as an ALK fusion: `any`, `fish` or `pcr`."""
    reference_says: str
    """The same in words."""
    references: tuple[str, ...]
    """References that the site has counts for."""
    patients: int
    """Patients that counts are given for."""
    draws: int
    """Draws of the parameters."""
    seed: int
    """Seed of the draws."""
    correlation: float
    """Least correlation between patients of one published series."""
    varied: str
    """What is varied for the crossings."""
    prevalence: Estimate
    """The share that is varied, at this site."""
    currency: str
    """The user's currency; empty for none."""
    results: tuple[StrategyResult, ...]
    """What each protocol is expected to do, in the order asked for."""
    parameters: tuple[ParameterUse, ...]
    """What it was computed from."""
    contrasts: tuple[Contrast, ...]
    """Each two protocols, draw by draw, and where one overtakes the other."""
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
    reference: str = ""
    """What counts as an ALK fusion; empty for the site's usual reference."""
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

    In each draw of the parameters, the same for every protocol, the expectation is exact, over
    every way through the protocol. Given are the mean of the draws and the range that holds 95 % of
    them.

    Raises
    ------
    UserError
        `protocol-unknown`, or `usage` for an unknown site or parameter, a reference that the site
        has no counts for, a value that can't be, or one of the user's own that no protocol uses.
    """
    protocols = question.protocols or tuple(load_protocols())
    parameters = make_parameters(question.site_id, question.reference, question.own)
    ways = [list_ways(find_protocol(p).id, parameters, question.choices) for p in protocols]
    used = [parameters.find_parameter(key) for key in list_used_keys(ways, parameters)]
    unused = _list_unused(question, parameters, used)
    pairs, drawn = _draw(question, parameters, ways, used)
    varied, costs = question.varied, question.costs
    curves = {measure: draw_curves(pairs, measure, varied, costs) for measure in MEASURES}
    results = tuple(_make_result(pair, costs) for pair in pairs)
    site = find_site(question.site_id)
    return StrategyComparison(
        site_id=site.id,
        site_name=site.name,
        reference=parameters.reference,
        reference_says=REFERENCES[parameters.reference],
        references=site.references,
        patients=PATIENTS,
        draws=question.draws,
        seed=question.seed,
        correlation=find_correlation(),
        varied=varied,
        prevalence=estimate(find_prevalence(pairs[0].drawn, varied)),
        currency=costs.currency,
        results=results,
        parameters=tuple(_describe_uses(used, drawn)),
        contrasts=list_contrasts(pairs, varied, costs),
        curves={measure: found for measure, found in curves.items() if found},
        limits=(
            *_iterate_limits(question, used, pairs, parameters),
            *_warn_of_draws(question, results),
            *(f"Not used by the protocols compared here: {key}." for key in unused),
        ),
    )


def _draw(
    question: Question, parameters: ParameterSet, ways: Sequence[Ways], used: Sequence[Parameter]
) -> tuple[list[Pair], Mapping[str, Number]]:
    """Give every protocol's sums at the draws, and the draws by key."""
    import numpy as np

    drawn = {p.key: p.belief.draw(question.draws, question.seed, p.unknown) for p in used}
    seen = {p.key: float(p.belief.seen) for p in used}
    ones = np.ones(question.draws)
    pairs = [
        Pair(sum_protocol(way, parameters, drawn, ones), sum_protocol(way, parameters, seen, 1.0))
        for way in ways
    ]
    return pairs, drawn


def _list_unused(
    question: Question, parameters: ParameterSet, used: Sequence[Parameter]
) -> list[str]:
    """Give the user's own parameters that only other protocols use; refuse what none does."""
    unused = [key for key in parameters.own if key not in {p.key for p in used}]
    if not unused:
        return []
    ways = [list_ways(name, parameters, question.choices) for name in load_protocols()]
    known = list_used_keys(ways, parameters)
    for key in unused:
        if key not in known:
            cure = f"Used here: {', '.join(known)}."
            raise UserError("usage", f"No protocol uses the parameter {key!r} here.", cure=cure)
    return unused


# Results -----------------------------------------------------------------------------------------


def _make_result(pair: Pair, costs: Costs) -> StrategyResult:
    drawn, seen = pair.drawn, pair.seen
    others = [c for c in drawn.shares if c not in (NONE, VARIED["alk"])]

    def count(name: str, classes: Sequence[str] | None = None) -> Estimate:
        expected = float(seen.expect(name, classes))
        return estimate(drawn.expect(name, classes), PATIENTS, seen=expected)

    return StrategyResult(
        protocol_id=drawn.protocol_id,
        title=load_protocols()[drawn.protocol_id].title,
        tests=estimate(drawn.count_tests(), PATIENTS),
        by_test={test: count(f"test:{test}") for test in drawn.list_tests()},
        missed=count("missed"),
        missed_alk=count("missed", (VARIED["alk"],)),
        missed_other=count("missed", others),
        missed_stained=count("missed_stained"),
        missed_unasked=count("missed_unasked"),
        alk_found=estimate(1 - drawn.totals[VARIED["alk"]]["missed"]),
        false=count("false"),
        stain_only=count("stain_only"),
        unanswered=count("unanswered"),
        others_open=count("others_open"),
        cost=estimate_measure(pair, "cost", costs, PATIENTS),
        days=estimate_measure(pair, "days", costs, 1),
        burden=estimate_measure(pair, "burden", costs, PATIENTS),
    )


# Words -------------------------------------------------------------------------------------------


def _describe_uses(
    used: Sequence[Parameter], drawn: Mapping[str, Number]
) -> Iterator[ParameterUse]:
    first: dict[str, str] = {}
    for parameter in used:
        shared = first.setdefault(parameter.unknown, parameter.key)
        seen = 0.0 if parameter.belief.is_unseen else 1.0
        yield ParameterUse(
            key=parameter.key,
            says=parameter.says,
            drawn=estimate(drawn[parameter.key], seen=seen),
            counts=parameter.belief.counts,
            origin=parameter.origin,
            populations=tuple(fact.applies_to for fact in parameter.facts),
            facts=tuple(fact.id for fact in parameter.facts),
            shared_with="" if shared == parameter.key else shared,
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
    defined = [
        f"{p.says} {PER_CENT * float(p.belief.mean):.0f} %" for p in used if p.origin == "defined"
    ]
    if defined:
        yield (
            f"By definition of the reference, not by measurement: {'; '.join(defined)}. It favours "
            "the protocols that rest on these tests."
        )
    yield find_site(question.site_id).note
    yield (
        "Tests are independent of each other, given what the tumour has, unless a value says what "
        "another test shows."
    )
    if any(len(pair.drawn.list_tests()) > 1 for pair in pairs):
        yield (
            "A block in which one test failed may well fail the next. No count of that was read, "
            "so a second test fails no more often here than a first. If it does, protocols that "
            "have one look better here than they are, in what is missed and in what stays open."
        )
    yield (
        "Tests that are proposed under a condition are "
        f"{'done' if question.choices.if_needed else 'not done'} here."
    )
    silent = _list_silent(pairs, parameters)
    if silent:
        yield f"No share of undecided results was read for {join_words(silent)}; none is counted."
    borrowed = [p for p in used if p.origin in ("borrowed", "part", "assumed")]
    if borrowed:
        yield (
            f"{len(borrowed)} of {len(used)} parameters are borrowed, in whole or in part, or "
            "assumed."
        )
    missing = question.costs.find_missing(_list_done(pairs), "cost")
    if missing and question.costs.cost:
        yield f"No costs given for {join_words(missing)}: Spindle has none of its own."


def _warn_of_draws(question: Question, results: Sequence[StrategyResult]) -> Iterator[str]:
    """Give a warning where few draws blur the ends of the ranges."""
    if question.draws >= DRAWS:
        return
    ends = [end for r in results for end in (r.missed, r.false, r.tests) if end.high > 0]
    worst = max((end.high_error / end.high for end in ends), default=0.0)
    yield (
        f"Only {question.draws:,} draws: with another seed the ends of the ranges can differ by "
        f"{PER_CENT * worst:.0f} % and more. Without --draws there are {DRAWS:,}."
    )


def _list_done(pairs: Sequence[Pair]) -> set[str]:
    return {test for pair in pairs for test in pair.drawn.list_tests()}


def _list_silent(pairs: Sequence[Pair], parameters: ParameterSet) -> list[str]:
    tests = load_strategy_data().tests
    done = [test for test in tests if test in _list_done(pairs) and not tests[test].same_as]
    return [tests[t].name for t in done if not parameters.find_key(f"{t}.equivocal", {})]
