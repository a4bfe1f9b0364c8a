"""Features that sources hold adverse: present, absent or not recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.course import Margin, OutcomeKind
from spindle.cases.observations import HistologyFinding, PercentRange, Stain
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Extent
from spindle.knowledge.facts import Fact
from spindle.knowledge.histology import find_finding, list_implied
from spindle.knowledge.outcomes import (
    ANY,
    FeatureRule,
    LookAt,
    load_features,
    meets_limit,
)
from spindle.knowledge.vocabularies import find_marker
from spindle.knowledge.words import fold
from spindle.reasoning.findings import AdverseFeature

PRESENT, ABSENT, NOT_RECORDED = "present", "absent", "not recorded"
_ORDER = {PRESENT: 0, ABSENT: 1, NOT_RECORDED: 2}

Answer = tuple[str, tuple[str, ...]]
"""A state, and where the case says so."""


def list_features(case: Case, site_groups: tuple[str, ...]) -> tuple[AdverseFeature, ...]:
    """Give the adverse features, the recorded ones first.

    A feature of another population than the patient's is given only when it is present, and says
    that it is another's. What is not recorded is never absent.
    """
    found = [_make_feature(rule, case, site_groups) for rule in load_features()]
    shown = (feature for feature in found if feature.applies or feature.state == PRESENT)
    return tuple(sorted(shown, key=lambda feature: (_ORDER[feature.state], not feature.applies)))


def _make_feature(rule: FeatureRule, case: Case, site_groups: tuple[str, ...]) -> AdverseFeature:
    state, places = _ANSWERS[rule.look_at](rule, case)
    said = " ".join(f"{fact.statement} ({fact.applies_to})" for fact in rule.facts)
    facts = (*rule.facts, *rule.limits)
    return AdverseFeature(
        name=rule.name,
        state=state,
        says=said,
        applies=rule.site_group == ANY or rule.site_group in site_groups,
        observations=places,
        facts=tuple(dict.fromkeys(fact.id for fact in facts)),
    )


def iterate_findings(case: Case) -> Iterator[tuple[Specimen, HistologyFinding]]:
    """Give every microscopic finding with its sample."""
    for specimen in case.specimens:
        for finding in specimen.histology:
            yield specimen, finding


def name_finding(words: str) -> str:
    """Give the usual name of a finding, or the words when none is known."""
    found = find_finding(words)
    return found.name if found else words


def _answer_finding(rule: FeatureRule, case: Case) -> Answer:
    here: list[str] = []
    denied: list[str] = []
    for specimen, finding in iterate_findings(case):
        name = name_finding(finding.name)
        if finding.is_present and rule.subject in list_implied(name):
            here.append(f"{specimen.id}: {name}")
        elif not finding.is_present and name == rule.subject:
            denied.append(f"{specimen.id}: no {name}")
    return _choose(here, denied)


def _choose(here: list[str], denied: list[str]) -> Answer:
    """Give present before absent before not recorded: one specimen that has it has it."""
    if here:
        return PRESENT, tuple(here)
    return (ABSENT, tuple(denied)) if denied else (NOT_RECORDED, ())


def _answer_mitoses(rule: FeatureRule, case: Case) -> Answer:
    """Give the answer by count; mitoses without a count stay not recorded."""
    here: list[str] = []
    below: list[str] = []
    for specimen, finding in iterate_findings(case):
        if name_finding(finding.name) != rule.subject:
            continue
        count = finding.count_per_10_hpf if finding.is_present else 0.0
        if not isinstance(count, Absent):
            place = f"{specimen.id}: {count:g} mitoses"
            (here if _meets_all(rule, count) else below).append(place)
    return _choose(here, below)


def _meets_all(rule: FeatureRule, quantity: float) -> bool:
    return all(meets_limit(limit, quantity) for limit in rule.limits)


def _answer_size(rule: FeatureRule, case: Case) -> Answer:
    size = case.tumour.size
    if isinstance(size, Absent) or not size.dimensions_mm:
        return NOT_RECORDED, ()
    largest = max(size.dimensions_mm)
    state = PRESENT if _meets_all(rule, largest) else ABSENT
    return state, (f"size {largest:g} mm",)


def _answer_stain(rule: FeatureRule, case: Case) -> Answer:
    """Give the answer by the share of stained cells, which has to lie wholly beyond a limit."""
    here: list[str] = []
    between: list[str] = []
    for _, observation in case.iterate_observations():
        if not isinstance(observation, Stain) or not is_marker(observation, rule.subject):
            continue
        share = observation.percent_positive
        if isinstance(share, Absent):
            continue
        if any(_is_beyond(fact, share) for fact in rule.limits):
            here.append(observation.id)
        elif not any(
            meets_limit(fact, end) for fact in rule.limits for end in (share.low, share.high)
        ):
            between.append(observation.id)
    return _choose(here, between)


def _is_beyond(limit: Fact, share: PercentRange) -> bool:
    """Whether a share lies wholly beyond a limit; "<1 %" is read as 0 to 1 and lies below 1."""
    ends = (share.low, share.high)
    met = [meets_limit(limit, end) for end in ends]
    is_at_limit = limit.number in ends and share.low < share.high
    return all(met) or (any(met) and is_at_limit)


def is_marker(stain: Stain, marker: str) -> bool:
    """Give whether a stain is of a marker, by whichever of its names."""
    found = find_marker(stain.marker)
    return fold(found.name if found else stain.marker) == fold(marker)


def _answer_relapses(rule: FeatureRule, case: Case) -> Answer:
    """Give present at the limit, absent when recurrence is denied, else not recorded.

    One recurrence on record does not say that there was no other.
    """
    said = [o for o in case.outcomes if o.kind is OutcomeKind.RECURRENCE]
    happened = sum(outcome.has_occurred for outcome in said)
    if _meets_all(rule, happened):
        return PRESENT, (f"{happened} recurrences",)
    return (ABSENT, ("no recurrence",)) if said and not happened else (NOT_RECORDED, ())


def _answer_margin(rule: FeatureRule, case: Case) -> Answer:
    del rule
    margins = [t.margin for t in case.treatments if not isinstance(t.margin, Absent)]
    if not margins:
        return NOT_RECORDED, ()
    state = ABSENT if margins[-1] is Margin.R0 else PRESENT
    return state, (f"margin {margins[-1].value}",)


def _answer_spread(rule: FeatureRule, case: Case) -> Answer:
    """Give present when spread is recorded, absent when it is denied, else not recorded."""
    del rule
    said = [o.has_occurred for o in case.outcomes if o.kind is OutcomeKind.METASTASIS]
    extent = case.tumour.extent
    here = ["extent metastatic"] if extent is Extent.METASTATIC else []
    here += ["metastasis"] * any(said)
    denied = ["extent localised"] if extent is Extent.LOCALISED else []
    denied += ["no metastasis"] if said else []
    return _choose(here, denied)


def _answer_site(rule: FeatureRule, case: Case) -> Answer:
    names = [site.name for site in case.tumour.sites]
    if not names:
        return NOT_RECORDED, ()
    return PRESENT if rule.subject in names else ABSENT, tuple(names)


_ANSWERS: Mapping[LookAt, Callable[[FeatureRule, Case], Answer]] = {
    LookAt.FINDING: _answer_finding,
    LookAt.MITOSES: _answer_mitoses,
    LookAt.SIZE: _answer_size,
    LookAt.STAIN: _answer_stain,
    LookAt.RELAPSES: _answer_relapses,
    LookAt.MARGIN: _answer_margin,
    LookAt.SPREAD: _answer_spread,
    LookAt.SITE: _answer_site,
}
