"""Features that sources hold adverse: present, absent or not recorded; and the variant's alert."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.course import Margin, OutcomeKind
from spindle.cases.observations import FusionTest, HistologyFinding, PercentRange, Stain, TestResult
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Extent
from spindle.knowledge.facts import Fact
from spindle.knowledge.histology import find_finding, list_implied
from spindle.knowledge.outcomes import (
    ANY,
    FeatureRule,
    LookAt,
    VariantRule,
    load_features,
    load_variants,
    meets_limit,
)
from spindle.knowledge.vocabularies import find_gene, find_marker
from spindle.knowledge.words import bound_word, fold
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


def _iterate_findings(case: Case) -> Iterator[tuple[Specimen, HistologyFinding]]:
    for specimen in case.specimens:
        for finding in specimen.histology:
            yield specimen, finding


def _name_finding(words: str) -> str:
    found = find_finding(words)
    return found.name if found else words


def _answer_finding(rule: FeatureRule, case: Case) -> Answer:
    here: list[str] = []
    denied: list[str] = []
    for specimen, finding in _iterate_findings(case):
        name = _name_finding(finding.name)
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
    for specimen, finding in _iterate_findings(case):
        if _name_finding(finding.name) != rule.subject:
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
        if not isinstance(observation, Stain) or not _is_marker(observation, rule.subject):
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


def _is_marker(stain: Stain, marker: str) -> bool:
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


@dataclass(frozen=True, slots=True)
class VariantFinding:
    """A variant that is diagnosed, or that a finding hints at."""

    rule: VariantRule
    """The variant."""
    is_diagnosed: bool
    """Whether the diagnosis names it."""
    because: tuple[str, ...]
    """What is recorded that is seen in it, in words."""
    morphology: str
    """Whether the findings that belong to it are `present`, `absent` or `not recorded`."""

    @property
    def is_likely(self) -> bool:
        """Whether the diagnosis or the morphology names it; a stain or a partner does not."""
        return self.is_diagnosed or self.morphology == PRESENT

    @property
    def is_open(self) -> bool:
        """Whether it may be the variant: not when its morphology is denied."""
        return self.is_diagnosed or self.morphology != ABSENT

    def list_facts(self) -> tuple[Fact, ...]:
        """Give the facts behind the alert: on the course, and on what hints at the variant."""
        return self.rule.facts if self.is_diagnosed else self.rule.facts + self.rule.hints


def find_variant(case: Case) -> VariantFinding | None:
    """Give the variant that the case is diagnosed with or hints at; none without a word on it."""
    excluded = [exclusion.diagnosis for exclusion in case.exclusions]
    for rule in load_variants():
        if any(_names_variant(words, rule) for words in excluded):
            continue
        diagnosed = _names_variant(case.tumour.diagnosis, rule)
        because = tuple(dict.fromkeys(_iterate_hints(case, rule)))
        if diagnosed or because:
            return VariantFinding(rule, diagnosed, because, _find_morphology(case, rule))
    return None


def _find_morphology(case: Case, rule: VariantRule) -> str:
    """Give whether a finding that belongs to a variant is present, absent or not recorded."""
    findings = [finding for _, finding in _iterate_findings(case)]
    said = [f.is_present for f in findings if _name_finding(f.name) in rule.findings]
    if not said:
        return NOT_RECORDED
    return PRESENT if any(said) else ABSENT


def _names_variant(diagnosis: str | Absent, rule: VariantRule) -> bool:
    if isinstance(diagnosis, Absent):
        return False
    return any(re.search(bound_word(name), fold(diagnosis)) for name in rule.words)


def _iterate_hints(case: Case, rule: VariantRule) -> Iterator[str]:
    for _, finding in _iterate_findings(case):
        if finding.is_present and (name := _name_finding(finding.name)) in rule.findings:
            yield name
    for _, observation in case.iterate_observations():
        if isinstance(observation, Stain):
            yield from _iterate_stain_hints(observation, rule)
        elif isinstance(observation, FusionTest):
            yield from _iterate_fusion_hints(observation, rule)


def _iterate_stain_hints(stain: Stain, rule: VariantRule) -> Iterator[str]:
    is_positive = _is_marker(stain, "ALK") and stain.result is TestResult.POSITIVE
    if is_positive and stain.pattern in rule.patterns:
        yield "ALK stain at the nuclear membrane"


def _iterate_fusion_hints(test: FusionTest, rule: VariantRule) -> Iterator[str]:
    for call in test.calls:
        for gene in (call.gene5, call.gene3):
            if isinstance(gene, Absent):
                continue
            found = find_gene(gene)
            symbol = found.symbol if found else gene
            if symbol in rule.partners:
                yield f"fusion partner {symbol}"
