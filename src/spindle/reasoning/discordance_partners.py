"""Stain pattern and site against partner, and a stain whose only fusion makes no whole kinase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spindle.assays.genes import name_gene_if_said
from spindle.assays.readings import Reading
from spindle.cases.absence import Absent
from spindle.cases.observations import FusionCall, FusionTest, StainPattern
from spindle.knowledge.discordances import PatternRule, load_discordances
from spindle.knowledge.fusions import (
    ANY,
    Frame,
    FusionFact,
    PartnerRecord,
    find_any_partner,
    find_partner,
    is_known_at_site,
    list_patterns,
)
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.site_groups import load_site_groups, name_site_group
from spindle.reasoning.assessments import KinaseAssessment
from spindle.reasoning.discordance_views import (
    CaseView,
    Raised,
    list_found_fusions,
    list_partners,
    list_stained,
)
from spindle.reasoning.statuses import join_words

ONLY_A_NAME = "only a name in lists, or reported in other tumours"
NO_SOURCE = "no source that was read names it"
_EXON = re.compile(r"\d+")


def find_partner_discordances(view: CaseView) -> Iterator[Raised]:
    """Give where a partner does not go with the stain's pattern, with the site or with a kinase."""
    for kinase in view.assessment.kinases.values():
        fusions = list_found_fusions(kinase)
        yield from _check_pattern(view, kinase, fusions)
        yield from _check_productive(view, kinase, fusions)
        whole = [reading for reading in fusions if reading.is_productive is not False]
        for partner in list_partners(whole):
            named = tuple(reading for reading in whole if reading.partner == partner)
            yield from _check_partner(view, kinase.kinase, partner, named)


# The stain's pattern ----------------------------------------------------------------------------


def _check_pattern(
    view: CaseView, kinase: KinaseAssessment, fusions: tuple[Reading, ...]
) -> Iterator[Raised]:
    """Give a pattern that speaks for another partner, or for one where none is named."""
    partners = list_partners(fusions)
    known = {record.pattern: record for record in list_patterns(kinase.kinase)}
    for reading in list_stained(kinase) if known else ():
        rule = _find_pattern_rule(view, reading)
        if rule is None:
            continue
        tied = known[rule.pattern].partners if rule.pattern in known else ()
        is_telling = rule.is_distinctive and not set(rule.not_at) & set(view.site_groups)
        words = {"pattern": rule.name, "expected": join_words(tied)}
        if not partners and is_telling and tied:
            yield Raised(
                kind="pattern-suggests-partner",
                kinase=kinase.kinase,
                positives=(reading, *fusions),
                words=words,
                facts=(*rule.facts, *known[rule.pattern].facts),
            )
        for partner in partners:
            published = _contradict_pattern(
                kinase.kinase, partner, rule, tied if is_telling else ()
            )
            if published:
                yield Raised(
                    kind="pattern-against-partner",
                    kinase=kinase.kinase,
                    positives=(reading, *(r for r in fusions if r.partner == partner)),
                    words={**words, "partner": partner, "published": published},
                    facts=(*rule.facts, *find_partner(kinase.kinase, partner).facts),
                    partners=(partner,),
                )


def _find_pattern_rule(view: CaseView, reading: Reading) -> PatternRule | None:
    stain = view.find_stain(reading)
    if stain is None or isinstance(stain.pattern, Absent):
        return None
    return load_discordances().patterns.get(stain.pattern)


def _contradict_pattern(kinase: str, partner: str, rule: PatternRule, tied: tuple[str, ...]) -> str:
    """Give what is published of a partner that a pattern does not go with; empty when it goes."""
    published = find_partner(kinase, partner).patterns
    if set(published) & set(rule.fits):
        return ""
    if published:
        return f"a stain {join_words(tuple(map(_name_pattern, published)))} is published"
    if tied and partner not in tied:
        return f"no pattern is published, while this one is published with {join_words(tied)}"
    return ""


def _name_pattern(pattern: StainPattern) -> str:
    rule = load_discordances().patterns.get(pattern)
    return rule.name if rule else pattern.value.replace("_", " ")


# The fusion's frame -----------------------------------------------------------------------------


def _check_productive(
    view: CaseView, kinase: KinaseAssessment, fusions: tuple[Reading, ...]
) -> Iterator[Raised]:
    """Give a positive stain whose only fusion is reported, or published, as not productive."""
    stains = list_stained(kinase)
    calls = [call for reading in fusions for call in _list_calls(view, reading, kinase.kinase)]
    if not stains or kinase.is_productive is True or not calls:
        return
    rows = [_find_published_out(call, kinase.kinase) for call in calls]
    is_published_out = all(rows) and isinstance(kinase.is_productive, Absent)
    if kinase.is_productive is False or is_published_out:
        facts = tuple(row.fact.id for row in rows if row)
        found = join_words(tuple(dict.fromkeys(map(_name_junction, calls))))
        by_source = ", as published for these exons" if is_published_out else ""
        yield Raised(
            kind="expressed-fusion-not-productive",
            kinase=kinase.kinase,
            positives=(*stains, *fusions),
            words={"found": f"{found}{by_source}"},
            facts=facts,
            partners=list_partners(fusions),
        )


def _list_calls(view: CaseView, reading: Reading, kinase: str) -> Iterable[FusionCall]:
    test = view.find_observation(reading)
    calls = test.calls if isinstance(test, FusionTest) else ()
    genes = [
        (call, {name_gene_if_said(call.gene5), name_gene_if_said(call.gene3)}) for call in calls
    ]
    return [call for call, named in genes if kinase in named]


def _find_published_out(call: FusionCall, kinase: str) -> FusionFact | None:
    """Give the published row that calls this junction out of frame, or none."""
    partner = name_gene_if_said(call.gene5)
    if isinstance(partner, Absent):
        return None
    rows = find_partner(kinase, partner).junctions
    return next((row for row in rows if row.frame is Frame.OUT and _is_at(call, row)), None)


def _is_at(call: FusionCall, row: FusionFact) -> bool:
    pairs = ((call.exon5, row.exon5), (call.exon3, row.exon3))
    return all(
        not isinstance(exon, Absent) and _EXON.findall(exon)[:1] == _EXON.findall(published)
        for exon, published in pairs
    )


def _name_junction(call: FusionCall) -> str:
    ends = []
    for gene, exon in ((call.gene5, call.exon5), (call.gene3, call.exon3)):
        name = "partner not named" if isinstance(gene, Absent) else gene
        ends.append(name if isinstance(exon, Absent) else f"{name} exon {exon}")
    return " to ".join(ends)


# The catalogue of partners ----------------------------------------------------------------------


def _check_partner(
    view: CaseView, kinase: str, partner: str, readings: tuple[Reading, ...]
) -> Iterator[Raised]:
    record = find_any_partner(load_kinases().expand(kinase), partner)
    words = {"partner": partner}
    if not record.is_in_imt:
        yield Raised(
            kind="partner-not-known-in-imt",
            kinase=kinase,
            positives=readings,
            words={**words, "published": ONLY_A_NAME if record.is_only_a_name else NO_SOURCE},
            facts=record.facts,
            partners=(partner,),
        )
    elif view.site_groups and _is_unusual(record, view.site_groups):
        placed = [count for count in record.sites if count.site_group in load_site_groups()]
        groups = [name_site_group(count.site_group) for count in placed]
        yield Raised(
            kind="partner-unusual-for-site",
            kinase=kinase,
            positives=readings,
            words={**words, "site": join_words(view.sites), "published": join_words(groups)},
            facts=tuple(dict.fromkeys(fact for count in placed for fact in count.facts)),
            partners=(partner,),
        )


def _is_unusual(record: PartnerRecord, site_groups: tuple[str, ...]) -> bool:
    """Give whether no patient with this partner was published at any of these groups of sites.

    A source that counts every site together may have had one there, unless sources tie the
    partner to a place; and "mainly in the lung" makes no other place unusual.
    """
    if is_known_at_site(record.kinase, record.partner, site_groups):
        return False
    placed = [
        rule
        for rule in load_discordances().placed_partners
        if rule.kinase == record.kinase and record.partner in rule.partners
    ]
    if any(not rule.is_tied or set(rule.site_groups) & set(site_groups) for rule in placed):
        return False
    return bool(placed) or all(count.site_group != ANY for count in record.sites)
