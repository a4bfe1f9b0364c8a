"""Published outcomes: the table of figures, and which recorded findings answer to adverse features.

`tables/outcomes.csv` holds one figure a row; `prognosis.toml` says where a case is asked for each
adverse feature, and what raises the alert for a variant. Limits and figures are facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.observations import StainPattern
from spindle.knowledge.csv_files import read_number, read_whole
from spindle.knowledge.fact_tables import TableRow, load_rows
from spindle.knowledge.facts import Comparison, Fact, find_fact, load_facts
from spindle.knowledge.files import Entry, check_keys, read_entries
from spindle.knowledge.site_groups import load_site_groups
from spindle.knowledge.words import fold

TABLE = "outcomes"
RULES_FILE = "prognosis.toml"
ANY = "any"
MONTHS_A_YEAR = 12
CHILD_FACT = "outcomes.rule.child"
NOT = "not_"
SEPARATOR = "|"
# Kinds of series that say nothing of how often an outcome occurs, with the words for a reader.
NO_BASE_RATE: Mapping[str, str] = {
    "selected": "The series was chosen for its course or its look; it is no measure of how often.",
    "driver": "A positive test was a condition for being in the series.",
    "overlap": "Its patients may be among those of another series that is counted here.",
    "denominator": "The denominator counts patients who were lost.",
    "secondary": "Summed up in a text that reports no patients of its own.",
}
CAUTIONS: Mapping[str, str] = {
    **NO_BASE_RATE,
    "review": "Collected from published reports, which favour unusual courses.",
    "registry": "A registry; most of its tumours were coded malignant or uncertain.",
}
_POPULATIONS = ("any", "children", "adults", "pregnancy")
_MARGINS = ("any", "R0", "R1", "R2", "complete", "incomplete")


class LookAt(StrEnum):
    """Where a case is asked for an adverse feature."""

    FINDING = "finding"
    MITOSES = "mitoses"
    SIZE = "size"
    STAIN = "stain"
    RELAPSES = "relapses"
    MARGIN = "margin"
    SPREAD = "spread"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One published figure with its population."""

    fact: Fact
    """The figure as a fact."""
    outcome: str
    """`recurrence`, `metastasis`, `death`, `survival`, `event-free survival`, `aggressive course`;
    the last is what uterine series count: spread, recurrence or death."""
    counted: str
    """What was counted, in words; empty when the outcome says it."""
    site_groups: tuple[str, ...]
    """Groups of sites; `any` for all, `not_lung` for all but one."""
    population: str
    """`children`, `adults`, `pregnancy` or `any`."""
    age_from_years: float | Absent
    """Age of the youngest patient in years, rounded down."""
    age_to_years: float | Absent
    """Age of the oldest patient in years, rounded down."""
    margin: str
    """Margin that all patients had: `R0`, `R1`, `complete`, `incomplete`, or `any`."""
    focality: str
    """`unifocal` or `multifocal` when all had it, or `any`."""
    kinase: str
    """Kinase result that all patients had: `ALK positive`; empty for any."""
    entity: str
    """`imt`, or the variant that all patients had."""
    months: float | Absent
    """Time of the figure in months."""
    patients: int | Absent
    """Patients of the series, the lost ones included."""
    selection: str
    """How the series was chosen, a key of `CAUTIONS`; empty when nothing is known."""
    note: str
    """A note for the reader; empty for none."""

    @property
    def is_base_rate(self) -> bool:
        """Whether the figure may stand in a range of how often an outcome occurs."""
        return self.selection not in NO_BASE_RATE and not self.kinase

    @property
    def is_part(self) -> bool:
        """Whether the figure is of those patients of its series who had one margin or result."""
        return bool(self.kinase) or (self.margin != ANY and self.patients != self.fact.of)

    @property
    def lost(self) -> int:
        """Patients of the series that the denominator leaves out; 0 where counts are not given."""
        if isinstance(self.patients, Absent) or not isinstance(self.fact.of, int):
            return 0
        return 0 if self.is_part else self.patients - self.fact.of


@dataclass(frozen=True, slots=True)
class FeatureRule:
    """Where a case is asked for one feature that a source holds adverse."""

    name: str
    """The feature."""
    look_at: LookAt
    """Where the case is asked."""
    subject: str
    """Finding, marker or site that is looked for; empty where none is needed."""
    site_group: str
    """Sites of the source's population; `any` for all."""
    facts: tuple[Fact, ...]
    """What the sources say."""
    limits: tuple[Fact, ...]
    """Limits that make it present."""


@dataclass(frozen=True, slots=True)
class UnjudgedFeature:
    """A feature that a source holds adverse and that no case can answer."""

    name: str
    """The feature."""
    site_group: str
    """Sites of the source's population; `any` for all."""
    why: str
    """Why it can't be judged, in a sentence."""
    facts: tuple[Fact, ...]
    """What the sources say."""


@dataclass(frozen=True, slots=True)
class VariantRule:
    """What raises the alert for a variant with an outlook of its own."""

    entity: str
    """Id of the variant."""
    name: str
    """Its name."""
    words: tuple[str, ...]
    """Words of a diagnosis that name it, folded."""
    findings: tuple[str, ...]
    """Microscopic findings that belong to it."""
    patterns: tuple[StainPattern, ...]
    """Patterns of the ALK stain that are seen in it, and not only there."""
    partners: tuple[str, ...]
    """Fusion partners that are seen in it, and not only there."""
    facts: tuple[Fact, ...]
    """What the sources say of its course."""
    hints: tuple[Fact, ...]
    """Facts that tie the patterns and partners to it, and that show them without it."""


@cache
def load_outcomes() -> tuple[OutcomeRow, ...]:
    """Give every published outcome, in the order of the table.

    Raises
    ------
    UserError
        `knowledge-invalid` for a cell that can't be, with file and line.
    """
    return tuple(make_outcome(row, find_fact(row.id)) for row in load_rows(TABLE))


def make_outcome(row: TableRow, fact: Fact) -> OutcomeRow:
    """Give the outcome of a row.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown site group, population, margin, selection or number.
    """
    cells, fail = row.cells, row.fact.fail
    groups = tuple(cells["site_group"].split(SEPARATOR))
    for group in groups:
        if group != ANY and group.removeprefix(NOT) not in load_site_groups():
            raise fail(f"{row.id} has the unknown site group {group!r}.")
    for column, known in (("population", _POPULATIONS), ("margin", _MARGINS)):
        if cells[column] not in known:
            raise fail(f"{row.id} has {column} = {cells[column]!r}; known: {', '.join(known)}.")
    if cells["selection"] and cells["selection"] not in CAUTIONS:
        raise fail(f"{row.id} has the unknown selection {cells['selection']!r}.")
    youngest, oldest = _read_number(row, "age_from_years"), _read_number(row, "age_to_years")
    if not isinstance(youngest, Absent) and not isinstance(oldest, Absent) and oldest < youngest:
        raise fail(f"{row.id} has ages from {youngest:g} to {oldest:g}.")
    if not cells["outcome"]:
        raise fail(f"{row.id} has no outcome.")
    return OutcomeRow(
        fact=fact,
        outcome=cells["outcome"],
        counted=cells["counted"],
        site_groups=groups,
        population=cells["population"],
        age_from_years=youngest,
        age_to_years=oldest,
        margin=cells["margin"],
        focality=cells["focality"],
        kinase=cells["kinase"],
        entity=cells["entity"],
        months=_read_number(row, "months"),
        patients=_read_patients(row),
        selection=cells["selection"],
        note=cells["note"],
    )


def _read_number(row: TableRow, column: str) -> float | Absent:
    cell = row.cells[column]
    if not cell:
        return NOT_REPORTED
    try:
        return read_number(cell)
    except ValueError:
        raise row.fact.fail(f"{row.id} has {column} = {cell!r}; a number is expected.") from None


def _read_patients(row: TableRow) -> int | Absent:
    cell, of = row.cells["patients"], row.fact.values.get("of", 0)
    if not cell:
        return NOT_REPORTED
    try:
        number = read_whole(cell)
    except ValueError as error:
        raise row.fact.fail(f"{row.id} has patients = {cell!r}{error}.") from None
    if number < of:
        raise row.fact.fail(f"{row.id} has {number} patients and counts {of}.")
    return number


def count_years(months: float) -> int:
    """Give the full years of an age in months."""
    return int(months // MONTHS_A_YEAR)


def is_child(months: float) -> bool:
    """Give whether an age in months is a child's, by the limit that stands among the facts."""
    return meets_limit(find_fact(CHILD_FACT), months / MONTHS_A_YEAR)


_FEATURE_KEYS: Mapping[str, type] = {"name": str, "look_at": str, "site_group": str, "facts": list}
_UNJUDGED_KEYS: Mapping[str, type] = {"name": str, "site_group": str, "why": str, "facts": list}
_VARIANT_KEYS: Mapping[str, type] = {
    "entity": str,
    "name": str,
    "words": list,
    "findings": list,
    "patterns": list,
    "partners": list,
    "facts": list,
    "hints": list,
}
_TABLES = ("features", "unjudged", "variants", "kinase_notes")


def _read_rules(table: str) -> list[Entry]:
    also = tuple(name for name in _TABLES if name != table)
    return list(read_entries(RULES_FILE, table, also=also))


def _find_facts(entry: Entry, key: str) -> tuple[Fact, ...]:
    facts = load_facts()
    for name in entry.values.get(key, ()):
        if name not in facts:
            raise entry.fail(f"The fact {name!r} does not exist.")
    return tuple(facts[name] for name in entry.values.get(key, ()))


@cache
def load_features() -> tuple[FeatureRule, ...]:
    """Give every adverse feature, in the order of the file.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown field, fact or site group, or a limit without a number.
    """
    return tuple(_make_feature(entry) for entry in _read_rules("features"))


def _make_feature(entry: Entry) -> FeatureRule:
    check_keys(entry, _FEATURE_KEYS, {"of": str, "limits": list})
    values: Mapping[str, Any] = entry.values
    _check_site_group(entry)
    if values["look_at"] not in set(LookAt):
        raise entry.fail(f"{values['name']} looks at the unknown {values['look_at']!r}.")
    limits = _find_facts(entry, "limits")
    if any(isinstance(fact.value, str) for fact in limits):
        raise entry.fail(f"A limit of {values['name']} holds no number.")
    return FeatureRule(
        name=values["name"],
        look_at=LookAt(values["look_at"]),
        subject=values.get("of", ""),
        site_group=values["site_group"],
        facts=_find_facts(entry, "facts"),
        limits=limits,
    )


def _check_site_group(entry: Entry) -> None:
    values = entry.values
    if values["site_group"] not in (ANY, *load_site_groups()):
        raise entry.fail(f"{values['name']} has the unknown site group {values['site_group']!r}.")


@cache
def load_unjudged() -> tuple[UnjudgedFeature, ...]:
    """Give what sources hold adverse and no case can answer, in the order of the file.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown field, fact or site group.
    """
    return tuple(_make_unjudged(entry) for entry in _read_rules("unjudged"))


def _make_unjudged(entry: Entry) -> UnjudgedFeature:
    check_keys(entry, _UNJUDGED_KEYS, {})
    _check_site_group(entry)
    return UnjudgedFeature(
        name=entry.values["name"],
        site_group=entry.values["site_group"],
        why=entry.values["why"],
        facts=_find_facts(entry, "facts"),
    )


@cache
def load_variants() -> tuple[VariantRule, ...]:
    """Give every variant with an outlook of its own.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown field, fact or pattern.
    """
    return tuple(_make_variant(entry) for entry in _read_rules("variants"))


def _make_variant(entry: Entry) -> VariantRule:
    check_keys(entry, _VARIANT_KEYS, {})
    values = entry.values
    if unknown := sorted(set(values["patterns"]) - set(StainPattern)):
        raise entry.fail(f"The stain pattern {unknown[0]!r} is unknown.")
    return VariantRule(
        entity=values["entity"],
        name=values["name"],
        words=tuple(map(fold, values["words"])),
        findings=tuple(values["findings"]),
        patterns=tuple(StainPattern(pattern) for pattern in values["patterns"]),
        partners=tuple(values["partners"]),
        facts=_find_facts(entry, "facts"),
        hints=_find_facts(entry, "hints"),
    )


@cache
def load_kinase_notes() -> tuple[Fact, ...]:
    """Give what the sources say of ALK and outcome; they contradict each other.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown field or fact.
    """
    found: list[Fact] = []
    for entry in _read_rules("kinase_notes"):
        check_keys(entry, {"facts": list}, {})
        found += _find_facts(entry, "facts")
    return tuple(found)


def meets_limit(fact: Fact, quantity: float) -> bool:
    """Give whether a quantity meets the limit of a fact, in the fact's unit.

    Raises
    ------
    UserError
        `knowledge-invalid` when the fact holds no number.
    """
    limit = fact.number
    return {
        Comparison.EQUAL: quantity == limit,
        Comparison.MORE_THAN: quantity > limit,
        Comparison.AT_LEAST: quantity >= limit,
        Comparison.LESS_THAN: quantity < limit,
        Comparison.AT_MOST: quantity <= limit,
    }[fact.comparison]
