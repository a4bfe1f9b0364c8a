"""Fusions: which partner of which kinase was published in IMT, where, how often, and its stain.

A row of the table `fusions` is one published statement about one kinase and one partner. Names that
only stand in the list of a panel, or that were seen in another tumour, are kept apart: they help to
recognise a name and are no evidence for IMT.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from spindle.cases.observations import StainPattern
from spindle.knowledge.csv_files import read_whole
from spindle.knowledge.fact_tables import TableRow, load_rows
from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.site_groups import load_site_groups

TABLE = "fusions"
ANY = "any"
# A group of sites written with this before it stands for every other site: `not_lung`.
_OTHER_THAN = "not_"
_EXONS = re.compile(r"([0-9]{1,4}(-[0-9]{1,4})?(\|[0-9]{1,4}(-[0-9]{1,4})?)*)?")
POPULATIONS = (ANY, "children", "infants", "adults", "pregnancy")


class Evidence(StrEnum):
    """What a row says a fusion was seen in."""

    IMT = "imt"
    """An IMT, or its epithelioid variant."""
    UNCONFIRMED = "unconfirmed"
    """Listed for IMT by one source, and doubtful."""
    PANEL_LIST = "panel_list"
    """Only a name in the list of a panel or a database: no evidence for IMT."""
    OTHER_TUMOUR = "other_tumour"
    """Another tumour: no evidence for IMT."""


class Method(StrEnum):
    """By which tests a row was counted."""

    FISH = "fish"
    SEQUENCING = "sequencing"
    RT_PCR = "rt_pcr"
    STAIN = "stain"
    SEVERAL = "several"
    NOT_STATED = "not_stated"


class Among(StrEnum):
    """Of which tumours a row counts, so that a share is never read as another one."""

    TESTED = "tested"
    """Tumours tested, however they came to be tested."""
    STAIN_POSITIVE = "stain_positive"
    """Tumours whose stain for the kinase was positive."""
    STAIN_NEGATIVE = "stain_negative"
    """Tumours whose stain for ALK was negative."""
    REARRANGED = "rearranged"
    """Tumours in which the kinase is rearranged: the denominator of a partner's share."""
    SELECTED = "selected"
    """Tumours chosen because of a fusion or a stain, which say nothing of how often it is."""


class Frame(StrEnum):
    """Reading frame of a junction, where a source says it."""

    IN = "in"
    OUT = "out"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class FusionFact:
    """One published statement about one kinase and one partner."""

    fact: Fact
    """The fact of the row, with its counts and its source."""
    kinase: str
    """Kinase gene, or `NTRK`, or `any`."""
    partners: tuple[str, ...]
    """Partner gene, or `any`; several where the source counts them as one."""
    site_groups: tuple[str, ...]
    """Groups of sites; `any` for every site, `not_lung` for every site but the lung."""
    population: str
    """`any`, `children`, `infants` (below one year), `adults` or `pregnancy`."""
    entity: str
    """Id of the tumour: `imt`, `eims`."""
    method: Method
    """By which tests it was counted."""
    among: Among
    """Of which tumours it counts."""
    cases: int
    """Patients reported without a denominator; 0 where the fact holds counts or none are given."""
    exon5: str
    """Exon of the partner at the junction, as published: `13`, `15|17|24` for any of several,
    `20-26` for a range; empty where none is given."""
    exon3: str
    """Exon of the kinase at the junction, in the same form."""
    frame: Frame
    """Reading frame, where a source says it."""
    pattern: StainPattern | None
    """Pattern of the kinase's stain that goes with the partner, or none where none is given."""
    evidence: Evidence
    """What it was seen in."""
    note: str
    """What else is to be known, empty when nothing is."""

    @property
    def is_in_imt(self) -> bool:
        """Whether it is evidence for IMT or its epithelioid variant."""
        return self.evidence is Evidence.IMT

    @property
    def is_counted(self) -> bool:
        """Whether the row says how many patients had this very partner."""
        return len(self.partners) == 1 and (isinstance(self.fact.n, int) or self.cases > 0)

    @property
    def patients(self) -> int:
        """Published patients with the fusion; 0 where several partners are counted as one."""
        if len(self.partners) > 1:
            return 0
        return self.fact.n if isinstance(self.fact.n, int) else self.cases


@dataclass(frozen=True, slots=True)
class SiteCount:
    """How often one partner was published at one group of sites."""

    site_group: str
    """Group of sites, or `any` where the source counts every site together."""
    patients: int
    """Published patients. Series may overlap, so this is an upper bound."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclass(frozen=True, slots=True)
class PartnerRecord:
    """Everything that is held about one kinase and one partner."""

    kinase: str
    """Kinase gene."""
    partner: str
    """Partner gene."""
    patients: int
    """Patients with IMT or its variant whom sources count; they may overlap between series, and
    `uncounted` sources may hold more."""
    uncounted: int
    """Sources that report it in IMT or its variant without a count of this partner."""
    sites: tuple[SiteCount, ...]
    """By group of sites, the most patients first."""
    entities: tuple[str, ...]
    """Tumours in which it was seen as IMT or its variant: `imt`, `eims`."""
    patterns: tuple[StainPattern, ...]
    """Stain patterns that sources tie to it."""
    junctions: tuple[FusionFact, ...]
    """Rows that name exons, those with a stated frame first."""
    is_in_imt: bool
    """Whether a source reports it in IMT or its variant."""
    is_only_a_name: bool
    """Whether it is known only from a panel's list, another tumour or a doubtful list."""
    sources: tuple[str, ...]
    """Keys of the sources."""
    facts: tuple[str, ...]
    """Facts behind it, those about IMT first."""

    @property
    def is_known(self) -> bool:
        """Whether any source names it at all."""
        return bool(self.facts)


@dataclass(frozen=True, slots=True)
class PatternRecord:
    """One stain pattern with the partners, or the sites, that sources tie it to."""

    kinase: str
    """Kinase whose stain shows it."""
    pattern: StainPattern
    """The pattern."""
    partners: tuple[str, ...]
    """Partners that sources tie to it."""
    site_groups: tuple[str, ...]
    """Groups of sites where most tumours show it, whatever their partner."""
    rows: tuple[FusionFact, ...]
    """The rows behind it."""

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the facts behind it."""
        return tuple(row.fact.id for row in self.rows)


@cache
def load_fusions() -> tuple[FusionFact, ...]:
    """Give every row of the catalogue of fusions.

    Raises
    ------
    UserError
        `knowledge-invalid` for a word that is not known in its column, with file and line.
    """
    facts = load_facts()
    return tuple(make_fusion(row, facts) for row in load_rows(TABLE))


def make_fusion(row: TableRow, facts: Mapping[str, Fact]) -> FusionFact:
    """Give the statement of a row.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    cells = row.cells
    groups, partners = _split(cells["site_group"]), _split(cells["partner"])
    known = {ANY, *load_site_groups()}
    for group in groups:
        if group.removeprefix(_OTHER_THAN) not in known:
            raise row.fact.fail(f"{row.id} has the unknown group of sites {group!r}.")
    if not (groups and partners and cells["kinase"] and cells["entity"]):
        raise row.fact.fail(f"{row.id} names no kinase, partner, group of sites or entity.")
    if cells["population"] not in POPULATIONS:
        raise row.fact.fail(f"{row.id} has the unknown population {cells['population']!r}.")
    if not all(_EXONS.fullmatch(cells[column]) for column in ("exon5", "exon3")):
        raise row.fact.fail(f"{row.id} has exons that can't be read; write 13, 15|17 or 20-26.")
    try:
        return FusionFact(
            fact=facts[row.id],
            kinase=cells["kinase"],
            partners=partners,
            site_groups=groups,
            population=cells["population"],
            entity=cells["entity"],
            method=Method(cells["method"] or "not_stated"),
            among=Among(cells["among"] or "selected"),
            cases=_read_cases(row),
            exon5=cells["exon5"],
            exon3=cells["exon3"],
            frame=Frame(cells["frame"] or "not_stated"),
            pattern=StainPattern(cells["pattern"]) if cells["pattern"] else None,
            evidence=Evidence(cells["evidence"]),
            note=cells["note"],
        )
    except ValueError as error:
        raise row.fact.fail(f"{row.id}: {error}.") from None


def _read_cases(row: TableRow) -> int:
    cell = row.cells["cases"]
    try:
        return read_whole(cell) if cell else 0
    except ValueError:
        raise row.fact.fail(f"{row.id} has cases = {cell!r}; it is a whole number.") from None


def _split(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))


@cache
def _index_partners() -> Mapping[tuple[str, str], tuple[FusionFact, ...]]:
    index: dict[tuple[str, str], list[FusionFact]] = {}
    for row in load_fusions():
        for partner in row.partners:
            index.setdefault((row.kinase, partner), []).append(row)
    return MappingProxyType({key: tuple(rows) for key, rows in index.items()})


@cache
def find_partner(kinase: str, partner: str) -> PartnerRecord:
    """Give what is published about one kinase and one partner; an empty record for none."""
    rows = _index_partners().get((kinase, partner), ())
    imt = [row for row in rows if row.is_in_imt]
    rest = [row for row in rows if not row.is_in_imt]
    ordered = [*imt, *rest]
    junctions = [row for row in ordered if row.exon5 or row.exon3]
    return PartnerRecord(
        kinase=kinase,
        partner=partner,
        patients=sum(row.patients for row in imt),
        uncounted=len(_unique(row.fact.source.id for row in imt if not row.is_counted)),
        sites=_count_sites(imt),
        entities=_unique(row.entity for row in imt),
        patterns=tuple(dict.fromkeys(row.pattern for row in ordered if row.pattern is not None)),
        junctions=tuple(sorted(junctions, key=lambda row: row.frame is Frame.NOT_STATED)),
        is_in_imt=bool(imt),
        is_only_a_name=bool(rest) and not imt,
        sources=_unique(row.fact.source.id for row in ordered),
        facts=_unique(row.fact.id for row in ordered),
    )


def find_any_partner(kinases: Iterable[str], partner: str) -> PartnerRecord:
    """Give the record of the first of these kinases that is published with a partner.

    One published in IMT comes first, then any that is known; else the empty record of the first.
    """
    records = [find_partner(kinase, partner) for kinase in kinases]
    return min(records, key=lambda record: (not record.is_in_imt, not record.is_known))


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _count_sites(rows: Iterable[FusionFact]) -> tuple[SiteCount, ...]:
    patients: dict[str, int] = {}
    facts: dict[str, list[str]] = {}
    for row in rows:
        for group in row.site_groups:
            patients[group] = patients.get(group, 0) + row.patients
            facts.setdefault(group, []).append(row.fact.id)
    counted = [SiteCount(group, n, tuple(facts[group])) for group, n in patients.items()]
    return tuple(sorted(counted, key=lambda count: -count.patients))


def find_junctions(kinase: str, partner: str, exon5: int, exon3: int) -> tuple[FusionFact, ...]:
    """Give the rows that name a junction of these exons, those with a stated frame first."""
    return tuple(
        row
        for row in find_partner(kinase, partner).junctions
        if _holds_exon(row.exon5, exon5) and _holds_exon(row.exon3, exon3)
    )


def _holds_exon(written: str, exon: int) -> bool:
    for part in _split(written):
        first, _, last = part.partition("-")
        if int(first) <= exon <= int(last or first):
            return True
    return False


@cache
def list_partners(kinase: str) -> tuple[str, ...]:
    """Give the partners of a kinase that were published in IMT or its variant, sorted."""
    rows = [row for row in load_fusions() if row.kinase == kinase and row.is_in_imt]
    return tuple(sorted({partner for row in rows for partner in row.partners} - {ANY}))


@cache
def list_patterns(kinase: str = "ALK") -> tuple[PatternRecord, ...]:
    """Give each stain pattern of a kinase with the partners that sources tie to it.

    A row without a partner ties a pattern to a group of sites: most uterine tumours stain
    granular, so that a granular stain alone speaks for no partner there.
    """
    found: dict[StainPattern, list[FusionFact]] = {}
    for row in load_fusions():
        if row.kinase == kinase and row.pattern is not None:
            found.setdefault(row.pattern, []).append(row)
    return tuple(_make_pattern(kinase, pattern, rows) for pattern, rows in found.items())


def _make_pattern(kinase: str, pattern: StainPattern, rows: list[FusionFact]) -> PatternRecord:
    return PatternRecord(
        kinase=kinase,
        pattern=pattern,
        partners=_unique(p for row in rows for p in row.partners if p != ANY),
        site_groups=_unique(g for row in rows if _is_of_a_site(row) for g in row.site_groups),
        rows=tuple(rows),
    )


def _is_of_a_site(row: FusionFact) -> bool:
    """Give whether a pattern was counted at a site whatever the partner, in tumours not chosen."""
    return ANY in row.partners and row.among is not Among.SELECTED


def is_usual_at_site(record: PartnerRecord, site_groups: Iterable[str]) -> bool | None:
    """Give whether the fusion was published in IMT at any of the groups of sites.

    Returns
    -------
    bool or None
        None where it was not, and a source that counts every site together may have had one there.
    """
    if is_known_at_site(record.kinase, record.partner, site_groups):
        return True
    return None if any(count.site_group == ANY for count in record.sites) else False


def is_known_at_site(kinase: str, partner: str, site_groups: Iterable[str]) -> bool:
    """Give whether the fusion was published in IMT at any of the groups of sites.

    A source that counts every site together does not say where, so it does not count here.
    """
    wanted = set(site_groups)
    return any(count.site_group in wanted for count in find_partner(kinase, partner).sites)
