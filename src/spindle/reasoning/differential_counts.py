"""Which published counts stand behind a result: by diagnosis, site and clone, and against what.

A diagnosis is compared with IMT. Where nothing is published of a marker in IMT, the other diagnoses
of the site stand in for it, each worth no more than a few patients; the same comparison serves IMT
itself. A rate starts from what it is compared with, so that a diagnosis without counts
adds nothing and one with few adds little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from spindle.cases.absence import Absent
from spindle.knowledge.entities import IMT, EntityKind, load_entities
from spindle.knowledge.facts import find_fact
from spindle.knowledge.markers import (
    MarkerCount,
    find_localisation,
    list_counts,
    list_finding_counts,
)
from spindle.knowledge.stain_rules import ANY_SITE
from spindle.reasoning.differential_answers import FINDING_PREFIX
from spindle.reasoning.differential_weights import (
    JEFFREYS,
    Rate,
    Settings,
    Tally,
    add_up,
    borrow,
    discount,
    pool_series,
    update_rate,
)

SERIES_FACT = "differential.series-correlation"
DIAGNOSES_FACT = "differential.diagnosis-correlation"
BORROWED_FACT = "differential.borrowed-patients"
ERROR_FACT = "differential.reading-error"
SETTING_FACTS = (SERIES_FACT, DIAGNOSES_FACT, BORROWED_FACT, ERROR_FACT)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case is, as far as counts care."""

    site_groups: tuple[str, ...]
    """Site groups of the tumour, the narrowest first; empty when no site is reported."""
    clone: str = ""
    """Antibody clone of the stain in question; empty when it is not reported."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Published counts of one marker in one diagnosis, as they are used for a case."""

    n: int
    """Positive patients in the series that are shown."""
    of: int
    """Tested patients in them."""
    elsewhere_n: int
    """Positive patients in series of other sites, which the rate starts from; 0 for none."""
    elsewhere_of: int
    """Tested patients in them."""
    tallies: tuple[Tally, ...]
    """Patients' worth, the more general first."""
    is_site: bool
    """Whether the series are of the case's own site."""
    has_mixed_clones: bool
    """Whether series of several clones, or of none that is named, were pooled."""
    cohorts: tuple[tuple[str, int], ...]
    """Cohorts of the series that are shown, each with its patients."""
    facts: tuple[str, ...]
    """Facts behind them."""
    borrowed: tuple[str, ...] = ()
    """Site groups of the series, where none is of the case's site nor mixed."""
    is_elsewhere: bool = False
    """Whether a site is recorded and those series are of others."""

    @property
    def worth(self) -> float:
        """Patients' worth of all series together."""
        return add_up(self.tallies).of


@dataclass(frozen=True, slots=True)
class Reference:
    """What a diagnosis is compared with."""

    rate: Rate
    """Its rate of a positive result."""
    n: int
    """Positive published patients."""
    of: int
    """Published patients tested."""
    is_stand_in: bool
    """Whether other diagnoses stand in because nothing is published of IMT."""
    words: str
    """It in words: `in IMT 44 of 73`."""
    cohorts: tuple[tuple[str, int], ...]
    """Cohorts, each with its patients."""
    facts: tuple[str, ...]
    """Facts behind it."""

    @property
    def worth(self) -> float:
        """Patients' worth behind its rate, with what it started from."""
        return self.rate.a + self.rate.b


@cache
def load_settings() -> Settings:
    """Give the choices of the arithmetic, each a fact."""
    return Settings(
        series_correlation=find_fact(SERIES_FACT).number,
        diagnosis_correlation=find_fact(DIAGNOSES_FACT).number,
        borrowed_patients=find_fact(BORROWED_FACT).number,
        reading_error=find_fact(ERROR_FACT).number,
    )


def list_rows(entity: str, key: str) -> tuple[MarkerCount, ...]:
    """Give every published row of a marker, a probe or a finding in a diagnosis."""
    if key.startswith(FINDING_PREFIX):
        return list_finding_counts(entity, key.removeprefix(FINDING_PREFIX))
    return list_counts(entity, key)


def is_countable(row: MarkerCount) -> bool:
    """Give whether a row may be weighed.

    It needs counts, patients who were not chosen by what is in question, and the place in the cell
    that the marker's rule asks for; a row about another place is about another question.
    """
    if isinstance(row.n, Absent) or isinstance(row.of, Absent) or row.is_selected:
        return False
    rule = find_localisation(row.marker)
    return row.localisation in ("", rule.localisation if rule else "")


@lru_cache(maxsize=65_536)
def find_counts(entity: str, key: str, place: Place) -> Counts | None:
    """Give the counts of a marker in a diagnosis for a case at a place; none without any."""
    rows = [row for row in list_rows(entity, key) if is_countable(row)]
    own = [row for row in rows if row.site_group in place.site_groups]
    mixed = [row for row in rows if row.site_group == ANY_SITE]
    general = mixed or [row for row in rows if row not in own]
    shown = count_cohorts_once(_choose_clone(own or general, place.clone))
    before = _leave_out(_choose_clone(general, place.clone), shown) if own else []
    if not shown:
        return None
    least = load_settings().series_correlation
    used = [*before, *shown]
    tallies = [pool_series(_list_tallies(part), least) for part in (before, shown) if part]
    n, of = _sum_rows(shown)
    elsewhere = _sum_rows(before)
    return Counts(
        n=n,
        of=of,
        elsewhere_n=elsewhere[0],
        elsewhere_of=elsewhere[1],
        tallies=tuple(tallies),
        is_site=bool(own),
        has_mixed_clones=len({row.clone for row in used}) > 1,
        cohorts=_count_patients(shown),
        facts=tuple(dict.fromkeys(row.fact.id for row in (*shown, *before))),
        borrowed=() if own or mixed else tuple(sorted({row.site_group for row in shown})),
        is_elsewhere=bool(place.site_groups) and not (own or mixed),
    )


def _choose_clone(rows: list[MarkerCount], clone: str) -> list[MarkerCount]:
    """Give the rows of the clone that was used, or all of them where it has none."""
    return [row for row in rows if clone and row.clone == clone] or rows


def count_cohorts_once(rows: Iterable[MarkerCount]) -> list[MarkerCount]:
    """Give the rows with each cohort from one source only, that with most of its patients tested.

    Rows of one source about one cohort are taken to be other patients of it. Of two sources with
    as many patients the first of the table counts.
    """
    listed = list(rows)
    tested: dict[str, dict[str, int]] = {}
    for row in listed:
        sources = tested.setdefault(row.cohort, {})
        source = row.fact.source.id
        sources[source] = sources.get(source, 0) + _count_row(row)[1]
    return [row for row in listed if row.fact.source.id == _find_most(tested[row.cohort])]


def _find_most(tested: Mapping[str, int]) -> str:
    return max(tested, key=lambda name: tested[name])


def _leave_out(rows: Iterable[MarkerCount], counted: Iterable[MarkerCount]) -> list[MarkerCount]:
    """Give the rows without the patients whom another source gives among those counted."""
    held = {(row.cohort, row.fact.source.id) for row in counted}
    cohorts = {cohort for cohort, _ in held}
    return count_cohorts_once(
        row for row in rows if row.cohort not in cohorts or (row.cohort, row.fact.source.id) in held
    )


def _list_tallies(rows: Iterable[MarkerCount]) -> list[Tally]:
    return [Tally(n, of) for n, of in map(_count_row, rows)]


def _count_row(row: MarkerCount) -> tuple[int, int]:
    is_whole = isinstance(row.n, int) and isinstance(row.of, int)
    return (row.n, row.of) if is_whole else (0, 0)  # type: ignore[return-value]


def _sum_rows(rows: Iterable[MarkerCount]) -> tuple[int, int]:
    counted = [_count_row(row) for row in rows]
    return sum(n for n, _ in counted), sum(of for _, of in counted)


def _count_patients(rows: Iterable[MarkerCount]) -> tuple[tuple[str, int], ...]:
    """Give each cohort with its patients; rows of one source are taken to be other patients."""
    patients: dict[str, int] = {}
    for row in rows:
        patients[row.cohort] = patients.get(row.cohort, 0) + _count_row(row)[1]
    return tuple(patients.items())


def make_rate(counts: Counts, start: Rate) -> Rate:
    """Give a rate from counts, the general ones before those of the case's site.

    Each step starts from the one before, as if a few patients had been seen that behaved like it.
    """
    rate = start
    for position, tally in enumerate(counts.tallies):
        before = borrow(rate, load_settings().borrowed_patients) if position else rate
        rate = update_rate(tally, before)
    return rate


def start_rate(counts: Counts, reference: Reference) -> Rate:
    """Give a rate that starts from what the diagnosis is compared with."""
    return make_rate(counts, borrow(reference.rate, load_settings().borrowed_patients))


@lru_cache(maxsize=65_536)
def find_rate(entity: str, key: str, place: Place) -> Rate | None:
    """Give the rate of a positive result in a diagnosis; none without counts on both sides."""
    counts, reference = find_counts(entity, key, place), find_reference(entity, key, place)
    return start_rate(counts, reference) if counts and reference else None


@lru_cache(maxsize=65_536)
def find_reference(entity: str, key: str, place: Place) -> Reference | None:
    """Give what a diagnosis is compared with: IMT, or the others where IMT has no counts.

    IMT itself is compared with the others.
    """
    counts = None if entity == IMT else find_counts(IMT, key, place)
    if counts is None:
        return find_others(entity, key, place)
    return Reference(
        rate=make_rate(counts, JEFFREYS),
        n=counts.n,
        of=counts.of,
        is_stand_in=False,
        words=f"in IMT {counts.n} of {counts.of}{say_notes(counts)}",
        cohorts=counts.cohorts,
        facts=counts.facts,
    )


def say_notes(counts: Counts) -> str:
    """Give how counts were put together, in words: ` at this site (elsewhere 73 of 123)`.

    Series of other sites only say that they are: ` at another site (uterus)`.
    """
    notes = []
    if counts.borrowed:
        notes.append(", ".join(group.replace("_", " ") for group in counts.borrowed))
    if counts.elsewhere_of:
        notes.append(f"elsewhere {counts.elsewhere_n} of {counts.elsewhere_of}")
    if counts.has_mixed_clones:
        notes.append("clones pooled")
    site = " at this site" if counts.is_site else ""
    if counts.is_elsewhere:
        site = " at another site" if len(counts.borrowed) == 1 else " at other sites"
    return f"{site} ({'; '.join(notes)})" if notes else site


def iterate_others(entity: str, site_groups: tuple[str, ...]) -> Iterator[str]:
    """Give the diagnoses of the site that stand beside one: neither IMT nor its variant."""
    for other in load_entities().values():
        is_mimic = other.kind not in (EntityKind.IMT, EntityKind.VARIANT)
        if is_mimic and other.id != entity and other.is_at(site_groups):
            yield other.id


@lru_cache(maxsize=65_536)
def find_others(entity: str, key: str, place: Place) -> Reference | None:
    """Give the other diagnoses of the site together, each worth no more than a few patients."""
    others = iterate_others(entity, place.site_groups)
    found = [counts for other in others if (counts := find_counts(other, key, place))]
    if not found:
        return None
    settings = load_settings()
    worth = (discount(add_up(c.tallies), settings.diagnosis_correlation) for c in found)
    n, of = sum(c.n for c in found), sum(c.of for c in found)
    diagnoses = "another diagnosis" if len(found) == 1 else f"{len(found)} other diagnoses"
    said = f"in {diagnoses} {n} of {of}"
    is_stand_in = entity != IMT
    return Reference(
        rate=update_rate(add_up(worth), JEFFREYS),
        n=n,
        of=of,
        is_stand_in=is_stand_in,
        words=f"no count is published for IMT; {said}" if is_stand_in else said,
        cohorts=tuple(pair for c in found for pair in c.cohorts),
        facts=tuple(dict.fromkeys(fact for c in found for fact in c.facts)),
    )
