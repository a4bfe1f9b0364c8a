"""A stain for a kinase in what may be another tumour, and FISH that rests on isolated signals."""

from __future__ import annotations

from collections.abc import Iterator

from spindle.assays.fish import FishCall, NucleiCount, interpret_count, sum_counts
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import Absent
from spindle.cases.observations import FishTest, Stain, TestResult
from spindle.knowledge.discordances import StainedTumour, load_discordances
from spindle.knowledge.fish_rules import find_fish_rule
from spindle.knowledge.histology import find_finding
from spindle.knowledge.stain_rules import find_localisation
from spindle.knowledge.vocabularies import find_marker
from spindle.reasoning.assessments import KinaseAssessment, KinaseStatus
from spindle.reasoning.differential_exclusions import match_exclusions
from spindle.reasoning.discordance_views import (
    CaseView,
    Raised,
    list_results,
    list_stained,
)
from spindle.reasoning.findings import Explanation
from spindle.reasoning.statuses import FUSION_ASSAYS, has_result, join_words

OTHER_TUMOUR = "alk-in-other-tumour"
FISH_PATTERN = "fish-pattern-needs-corroboration"


# A stain for a kinase in another tumour ---------------------------------------------------------


def find_tumour_discordances(view: CaseView) -> Iterator[Raised]:
    """Give the other tumours that a positive stain without a fusion shown could belong to.

    One that a pathologist excluded is left out; the differential lists it with the reason.
    """
    excluded = match_exclusions(view.case.exclusions) if view.case.exclusions else {}
    for tumour in load_discordances().tumours:
        kinase = view.assessment.kinases.get(tumour.kinase)
        if kinase is None or tumour.id in excluded or _has_shown_fusion(kinase):
            continue
        stains = list_stained(kinase)
        if stains and _is_at_site(view, tumour):
            yield from _point_to(view, tumour, kinase, stains)


def _has_shown_fusion(kinase: KinaseAssessment) -> bool:
    return kinase.status is KinaseStatus.FUSION_DETECTED and kinase.is_productive is not False


def _is_at_site(view: CaseView, tumour: StainedTumour) -> bool:
    return not tumour.site_groups or bool(set(tumour.site_groups) & set(view.site_groups))


def _point_to(
    view: CaseView, tumour: StainedTumour, kinase: KinaseAssessment, stains: tuple[Reading, ...]
) -> Iterator[Raised]:
    markers = list(_list_markers(view, tumour))
    said = [
        *(f"{name} (positive)" for name, _ in markers),
        *_list_findings(view, tumour),
        *_list_genes(kinase, tumour),
        *_list_patterns(view, stains, tumour),
    ]
    if not said:
        return
    yield Raised(
        kind=OTHER_TUMOUR,
        kinase=kinase.kinase,
        positives=stains,
        observations=tuple(observation for _, observation in markers),
        words={"found": join_words(tuple(dict.fromkeys(said))), "tumour": tumour.name},
        facts=tumour.facts,
        explanations=(Explanation(tumour.says, tumour.facts),),
        settles=tumour.settles,
    )


def _list_markers(view: CaseView, tumour: StainedTumour) -> Iterator[tuple[str, str]]:
    """Give the markers that point to a tumour and are positive in the place that counts."""
    for _, observation in view.case.iterate_observations():
        if not isinstance(observation, Stain) or observation.result is not TestResult.POSITIVE:
            continue
        found = find_marker(observation.marker)
        if found and found.name in tumour.markers and _is_where_it_counts(found.name, observation):
            yield found.name, observation.id


def _is_where_it_counts(marker: str, stain: Stain) -> bool:
    rule = find_localisation(marker)
    if rule is None:
        return True
    if isinstance(stain.pattern, Absent):
        return rule.is_assumed
    return stain.pattern in rule.patterns


def _list_findings(view: CaseView, tumour: StainedTumour) -> Iterator[str]:
    for specimen in view.case.specimens:
        for finding in specimen.histology:
            found = find_finding(finding.name)
            if finding.is_present and found and found.name in tumour.findings:
                yield found.name


def _list_genes(kinase: KinaseAssessment, tumour: StainedTumour) -> Iterator[str]:
    for reading in kinase.readings:
        for fusion in reading.other_fusions:
            if set(fusion.split("::")) & set(tumour.genes):
                yield f"{fusion} by the same test"


def _list_patterns(
    view: CaseView, stains: tuple[Reading, ...], tumour: StainedTumour
) -> Iterator[str]:
    for reading in stains:
        stain = view.find_stain(reading)
        if stain and not isinstance(stain.pattern, Absent) and stain.pattern in tumour.patterns:
            yield f"a {stain.pattern.value.replace('_', ' ')} pattern of the stain"


# FISH that rests on isolated signals ------------------------------------------------------------


def find_fish_pattern_discordances(view: CaseView) -> Iterator[Raised]:
    """Give FISH counts whose result rests on isolated signals that no other test bears out."""
    for kinase in view.assessment.kinases.values():
        others = [reading for reading in kinase.readings if reading.assay is not Assay.FISH]
        if has_result(others, (ReadingResult.POSITIVE,), (Assay.IHC, *FUSION_ASSAYS)):
            continue
        is_refuted = bool(list_results(others, ReadingResult.NEGATIVE))
        for reading in kinase.readings:
            test = view.find_observation(reading)
            is_settled = is_refuted and reading.result is ReadingResult.NEGATIVE
            if reading.assay is not Assay.FISH or is_settled or not isinstance(test, FishTest):
                continue
            if test.counts and _rests_on_isolated(view, test, reading):
                yield Raised(kind=FISH_PATTERN, kinase=kinase.kinase, positives=(reading,))


def _rests_on_isolated(view: CaseView, test: FishTest, reading: Reading) -> bool:
    """Give whether split signals alone are not positive, and together with isolated ones are."""
    count = sum_counts(test.counts)
    isolated = count.isolated_3p + count.isolated_5p
    if not isolated:
        return False
    rule = find_fish_rule(view.assessment.fish_rule_id)
    calls = [
        interpret_count(NucleiCount(count.scored, split, readers=count.readers), rule).call
        for split in (count.split, count.split + isolated)
    ]
    carries = calls[0] is not FishCall.POSITIVE and calls[1] is FishCall.POSITIVE
    return carries or reading.result is ReadingResult.ATYPICAL
