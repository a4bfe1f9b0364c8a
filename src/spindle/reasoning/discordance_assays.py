"""Test against test: a positive beside a negative of one kinase, and partners that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spindle.assays.genes import name_gene
from spindle.assays.readings import Reading, ReadingResult
from spindle.cases.absence import Absent
from spindle.cases.observations import PcrTest
from spindle.knowledge.discordances import DiscordanceKind, load_discordances
from spindle.reasoning.assessments import KinaseAssessment
from spindle.reasoning.discordance_views import (
    CaseView,
    Raised,
    list_found_fusions,
    list_partners,
    list_results,
)
from spindle.reasoning.statuses import ASSAY_NAMES, CONFIRMING_ASSAYS, is_shared, join_words

PCR_AGAINST_FUSION = "pcr-negative-fusion-detected"
PARTNERS_DIFFER = "partners-differ"


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is held against each other: one kinase, or the group that one stain asks about."""

    kinase: str
    positives: tuple[Reading, ...]
    negatives: tuple[Reading, ...]


def find_assay_discordances(view: CaseView) -> Iterator[Raised]:
    """Give every positive beside a negative of one kinase, and partners that differ."""
    for unit in _list_units(view.assessment.kinases.values()):
        if unit.positives and unit.negatives:
            for kind in load_discordances().kinds.values():
                yield from _match_kind(view, unit, kind)
    for kinase in view.assessment.kinases.values():
        yield from _find_partners_that_differ(kinase)


def _list_units(kinases: Iterable[KinaseAssessment]) -> Iterator[_Unit]:
    """Give what can disagree.

    A stain of several kinases does not tell them apart. Its negative speaks against a fusion of
    any of them; its positive is contradicted only when none of them is borne out.
    """
    groups: dict[str, list[KinaseAssessment]] = {}
    for kinase in kinases:
        shared = [reading for reading in kinase.readings if is_shared(reading, kinase.kinase)]
        own = [reading for reading in kinase.readings if not is_shared(reading, kinase.kinase)]
        for name in dict.fromkeys(reading.kinase for reading in shared):
            groups.setdefault(name, []).append(kinase)
        yield _Unit(
            kinase.kinase,
            list_results(own, ReadingResult.POSITIVE),
            list_results((*own, *shared), ReadingResult.NEGATIVE),
        )
    for name, members in groups.items():
        yield _make_group(name, members)


def _make_group(name: str, members: Iterable[KinaseAssessment]) -> _Unit:
    every = {
        (reading.observation_id, reading.assay, reading.result): reading
        for member in members
        for reading in member.readings
    }
    stains = [reading for reading in every.values() if reading.kinase == name]
    is_borne_out = any(
        list_results(member.readings, ReadingResult.POSITIVE, CONFIRMING_ASSAYS)
        for member in members
    )
    positives = () if is_borne_out else list_results(stains, ReadingResult.POSITIVE)
    return _Unit(name, positives, list_results(every.values(), ReadingResult.NEGATIVE))


def _match_kind(view: CaseView, unit: _Unit, kind: DiscordanceKind) -> Iterator[Raised]:
    positives = [reading for reading in unit.positives if reading.assay in kind.positive]
    negatives = [reading for reading in unit.negatives if reading.assay in kind.negative]
    if not positives or not negatives:
        return
    if kind.is_one_assay:
        for assay in dict.fromkeys(reading.assay for reading in positives):
            yield from _raise(
                unit,
                kind,
                [reading for reading in positives if reading.assay is assay],
                [reading for reading in negatives if reading.assay is assay],
            )
        return
    others = [n for n in negatives if any(p.assay is not n.assay for p in positives)]
    against = [p for p in positives if any(p.assay is not n.assay for n in others)]
    if kind.id == PCR_AGAINST_FUSION and _is_outside_kits(view, against, others):
        return
    yield from _raise(unit, kind, against, others)


def _raise(
    unit: _Unit, kind: DiscordanceKind, positives: list[Reading], negatives: list[Reading]
) -> Iterator[Raised]:
    if not positives or not negatives:
        return
    yield Raised(
        kind=kind.id,
        kinase=unit.kinase,
        positives=tuple(positives),
        negatives=tuple(negatives),
        partners=list_partners(positives),
        words={
            "positive": _name_assays(positives),
            "negative": _name_assays(negatives),
            "assay": _name_assays(positives),
        },
    )


def _name_assays(readings: Iterable[Reading]) -> str:
    return join_words(tuple(dict.fromkeys(ASSAY_NAMES[reading.assay] for reading in readings)))


def _is_outside_kits(view: CaseView, found: list[Reading], negatives: list[Reading]) -> bool:
    """Give whether no negative RT-PCR covers any partner that was found: coverage explains it."""
    partners = [reading.partner for reading in found]
    tests = [view.find_observation(reading) for reading in negatives]
    return all(
        isinstance(test, PcrTest) and not isinstance(partner, Absent) and not _covers(test, partner)
        for test in tests
        for partner in partners
    )


def _covers(test: PcrTest, partner: str) -> bool:
    """Give whether the list of covered fusions names the partner, or no list is recorded."""
    if isinstance(test.covered_fusions, Absent):
        return True
    genes = (
        name_gene(gene.strip())
        for fusion in test.covered_fusions
        for gene in fusion.replace("::", "-").split("-")
    )
    return partner in genes


def _find_partners_that_differ(kinase: KinaseAssessment) -> Iterator[Raised]:
    found = [r for r in list_found_fusions(kinase) if not isinstance(r.partner, Absent)]
    partners = list_partners(found)
    if len(partners) > 1:
        said = [f"{reading.partner} by {ASSAY_NAMES[reading.assay]}" for reading in found]
        yield Raised(
            kind=PARTNERS_DIFFER,
            kinase=kinase.kinase,
            positives=tuple(found),
            partners=partners,
            words={"found": join_words(tuple(dict.fromkeys(said)))},
        )
