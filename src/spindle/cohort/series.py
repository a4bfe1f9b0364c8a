"""A series described: who, where, which tests, what became of the patients, as counts.

Everything here is made from rows by counting; shares carry an exact interval, and what a case does
not say is counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from spindle.assays.readings import ReadingResult
from spindle.cases.absence import AbsenceReason, Absent
from spindle.cases.patient import Precision
from spindle.cohort.counts import CountTable, count_times
from spindle.cohort.endpoints import CENSORED, EVENT, Endpoint, find_outcome
from spindle.cohort.frequencies import (
    Frequency,
    NumberSummary,
    estimate_frequency,
    summarise_numbers,
)
from spindle.cohort.rows import CohortRow
from spindle.cohort.survival import (
    SurvivalCurve,
    SurvivalEstimate,
    SurvivalMedian,
    count_at_risk,
    estimate_follow_up,
    estimate_median,
    estimate_survival,
    list_estimates,
)

# The months at which survival is printed; the last observed month is added by the picture.
PRINTED_MONTHS = (12.0, 24.0, 36.0, 60.0, 120.0)
AT_RISK_EVERY = 24
UNSAID = "not_reported"
SEXES = ("male", "female", "other")


@dataclass(frozen=True, slots=True)
class LabelledFrequency:
    """A label with its share."""

    label: str
    """What is counted."""
    share: Frequency
    """n of N with its interval."""
    unknown: int = 0
    """Patients about whom the source says nothing; not in N."""
    group: str = ""
    """Heading under which it stands in a table."""


@dataclass(frozen=True, slots=True)
class MeasuredNumbers:
    """A number over all patients who have it."""

    summary: NumberSummary | None
    """Summary; none when nobody has it."""
    missing: int
    """Patients without it."""
    imprecise: int
    """Patients whose number is about, over or under what is counted."""


@dataclass(frozen=True, slots=True)
class TestTally:
    """One test over all patients; the five kinds of no answer stay apart."""

    __test__ = False

    label: str
    """Name of the test."""
    results: Mapping[str, int]
    """Patients by result: positive, negative, equivocal, atypical, failed, not_done,
    not_reported, unknown."""

    @property
    def tested(self) -> int:
        """Patients in whom the test was done, whatever it gave."""
        return sum(self.results[result.value] for result in ReadingResult)

    @property
    def answered(self) -> int:
        """Patients in whom the test gave an answer: tested, less those in whom it failed."""
        return self.tested - self.results[ReadingResult.FAILED.value]


@dataclass(frozen=True, slots=True)
class EndpointSurvival:
    """Survival to one endpoint."""

    endpoint: Endpoint
    """The endpoint."""
    table: CountTable
    """The count table it is made from."""
    curve: SurvivalCurve
    """Kaplan–Meier curve."""
    estimates: tuple[SurvivalEstimate, ...]
    """At the printed months, with the default interval."""
    log_log: tuple[SurvivalEstimate, ...]
    """At the printed months, with the log-log interval."""
    median: SurvivalMedian
    """Median with its interval."""
    assumed_times: int
    """Events whose time is the printed length of follow-up."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series described by counts."""

    n: int
    """Patients."""
    sex: Mapping[str, int]
    """Patients by sex."""
    age_years: MeasuredNumbers
    """Age at diagnosis in years."""
    follow_up_months: MeasuredNumbers
    """Length of follow-up in months."""
    outcomes: Mapping[str, int]
    """Patients by outcome, each counted once: death before metastasis before recurrence."""
    tests: Mapping[str, TestTally]
    """ALK tests: ihc, fish, rt_pcr, sequencing."""
    statuses: tuple[LabelledFrequency, ...]
    """ALK statuses."""
    discordant: int
    """Patients whose ALK tests disagree."""
    next_tests: Mapping[tuple[str, ...], int]
    """Patients by the tests proposed."""
    sites: tuple[LabelledFrequency, ...]
    """Sites, each patient once a site, the most frequent first."""
    symptoms: tuple[LabelledFrequency, ...]
    """Symptoms, in the same way."""
    treatments: tuple[LabelledFrequency, ...]
    """Treatments, in the same way."""
    table_one: tuple[LabelledFrequency, ...]
    """The rows of Table 1, each under its heading."""
    survival: Mapping[Endpoint, EndpointSurvival]
    """By endpoint; empty when nobody has a time."""
    follow_up: SurvivalMedian | None
    """Median follow-up by reverse Kaplan–Meier; none when nobody has a time."""
    without_time: int
    """Patients in no survival estimate."""


def describe_series(rows: Sequence[CohortRow]) -> Series:
    """Give the series that the rows make up; it may be empty."""
    survival = estimate_endpoints(rows)
    overall = survival.get(Endpoint.OVERALL_SURVIVAL)
    sex = _tally((row.sex for row in rows), SEXES)
    tests = _tally_tests(rows)
    treatments = _share_labels(rows, lambda row: (kind.value for kind in row.treatments))
    outcomes = _tally_outcomes(rows)
    return Series(
        n=len(rows),
        sex=sex,
        age_years=_measure((row.age_years, row.age_precision) for row in rows),
        follow_up_months=_measure((r.follow_up_months, r.follow_up_precision) for r in rows),
        outcomes=outcomes,
        tests=tests,
        statuses=_share_labels(rows, lambda row: (row.alk_status.value,)),
        discordant=sum(row.is_discordant for row in rows),
        next_tests=Counter(row.next_tests for row in rows),
        sites=_share_labels(rows, lambda row: (site.name for site in row.sites)),
        symptoms=_share_labels(
            rows,
            lambda row: (s.name for s in row.symptoms if s.is_present),
            is_described=lambda row: bool(row.symptoms),
        ),
        treatments=treatments,
        table_one=tuple(_list_table_one(sex, tests, treatments, outcomes)),
        survival=survival,
        follow_up=estimate_follow_up(overall.table, event_kinds=(EVENT,)) if overall else None,
        without_time=len(rows) - (overall.curve.people if overall else 0),
    )


def _name(value: object) -> str:
    return value.absent.value if isinstance(value, Absent) else str(value)


def _tally(values: Iterable[object], known: Sequence[str]) -> dict[str, int]:
    """Count values by name, the known ones and the kinds of absence always listed."""
    reasons = (AbsenceReason.NOT_REPORTED, AbsenceReason.UNKNOWN)
    counted = Counter(_name(value) for value in values)
    return {name: counted.get(name, 0) for name in dict.fromkeys((*known, *reasons, *counted))}


def _measure(values: Iterable[tuple[float | Absent, Precision]]) -> MeasuredNumbers:
    listed = list(values)
    numbers = [(n, precision) for n, precision in listed if not isinstance(n, Absent)]
    imprecise = sum(precision is not Precision.EXACT for _, precision in numbers)
    summary = summarise_numbers(n for n, _ in numbers) if numbers else None
    return MeasuredNumbers(summary, len(listed) - len(numbers), imprecise)


def _tally_tests(rows: Sequence[CohortRow]) -> dict[str, TestTally]:
    columns: Mapping[str, tuple[str, Callable[[CohortRow], ReadingResult | Absent]]] = {
        "ihc": ("ALK IHC", lambda row: row.alk_ihc),
        "fish": ("ALK FISH", lambda row: row.alk_fish),
        "rt_pcr": ("ALK RT-PCR", lambda row: row.alk_rt_pcr),
        "sequencing": ("Sequencing for fusions", lambda row: row.alk_sequencing),
    }
    known = [*ReadingResult, *AbsenceReason]
    return {
        key: TestTally(label, _tally((column(row) for row in rows), [str(k) for k in known]))
        for key, (label, column) in columns.items()
    }


OUTCOME_LABELS = (
    "died",
    "metastasis",
    "progression",
    "recurrence",
    "lost_to_follow_up",
    "no_event_reported",
    "followed_without_word_on_events",
    UNSAID,
)


def name_outcome(row: CohortRow) -> str:
    """Give the one outcome under which a patient is counted, the gravest first."""
    happened = {
        "died": row.death,
        "metastasis": row.metastasis,
        "progression": row.progression,
        "recurrence": row.recurrence,
    }
    for label, occurrence in happened.items():
        if occurrence.has_occurred is True:
            return label
    if row.is_lost is True:
        return "lost_to_follow_up"
    if any(occurrence.has_occurred is False for occurrence in happened.values()):
        return "no_event_reported"
    has_time = not isinstance(row.follow_up_months, Absent)
    return "followed_without_word_on_events" if has_time else UNSAID


def _tally_outcomes(rows: Sequence[CohortRow]) -> dict[str, int]:
    counted = Counter(name_outcome(row) for row in rows)
    return {label: counted.get(label, 0) for label in OUTCOME_LABELS}


def _share_labels(
    rows: Sequence[CohortRow],
    labels: Callable[[CohortRow], Iterable[str]],
    *,
    is_described: Callable[[CohortRow], bool] | None = None,
) -> tuple[LabelledFrequency, ...]:
    """Give how many patients have each label; the most frequent first.

    N counts those about whom the source speaks: those with any label, or, where `is_described` is
    given, those too of whom it only denies.
    """
    counted: Counter[str] = Counter()
    described = 0
    for row in rows:
        found = set(labels(row))
        counted.update(found)
        described += bool(found) or (is_described is not None and is_described(row))
    unknown = len(rows) - described
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0].lower()))
    return tuple(
        LabelledFrequency(label, estimate_frequency(n, described), unknown) for label, n in ordered
    )


def _list_table_one(
    sex: Mapping[str, int],
    tests: Mapping[str, TestTally],
    treatments: Iterable[LabelledFrequency],
    outcomes: Mapping[str, int],
) -> Iterable[LabelledFrequency]:
    """Give Table 1: of those about whom the source speaks, with the silent ones beside."""
    yield from _share_tally("Sex", {name: sex[name] for name in SEXES}, sum(sex.values()))
    for tally in tests.values():
        if tally.answered:
            positive = tally.results[ReadingResult.POSITIVE.value]
            share = estimate_frequency(positive, tally.answered)
            unknown = sum(tally.results.values()) - tally.answered
            yield LabelledFrequency("positive", share, unknown, tally.label)
    for item in treatments:
        yield LabelledFrequency(item.label, item.share, item.unknown, "Treatment")
    unsaid = ("lost_to_follow_up", "followed_without_word_on_events", UNSAID)
    said = {name: n for name, n in outcomes.items() if name not in unsaid}
    yield from _share_tally("Outcome at last contact", said, sum(outcomes.values()))


def _share_tally(group: str, tally: Mapping[str, int], of: int) -> Iterable[LabelledFrequency]:
    known = sum(tally.values())
    for label, n in tally.items():
        if n:
            yield LabelledFrequency(label, estimate_frequency(n, known), of - known, group)


def count_endpoint(rows: Iterable[CohortRow], endpoint: Endpoint) -> tuple[CountTable, int]:
    """Give the count table of an endpoint, and how many event times are assumed."""
    outcomes = [found for row in rows if (found := find_outcome(row, endpoint)) is not None]
    table = count_times((endpoint.value, outcome.months, outcome.kind) for outcome in outcomes)
    return table, sum(outcome.is_assumed for outcome in outcomes)


def estimate_endpoints(rows: Sequence[CohortRow]) -> dict[Endpoint, EndpointSurvival]:
    """Give survival to each endpoint for which anybody has a time."""
    counted = {endpoint: count_endpoint(rows, endpoint) for endpoint in Endpoint}
    return {
        endpoint: _estimate_endpoint(endpoint, table, assumed)
        for endpoint, (table, assumed) in counted.items()
        if len(table)
    }


def _estimate_endpoint(endpoint: Endpoint, table: CountTable, assumed: int) -> EndpointSurvival:
    curve = estimate_survival(table, event_kinds=(EVENT,), censored_kinds=(CENSORED,))
    return EndpointSurvival(
        endpoint=endpoint,
        table=table,
        curve=curve,
        estimates=tuple(list_estimates(curve, PRINTED_MONTHS)),
        log_log=tuple(list_estimates(curve, PRINTED_MONTHS, interval="log-log")),
        median=estimate_median(curve),
        assumed_times=assumed,
    )


def list_at_risk(curve: SurvivalCurve) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give months from zero to the end of follow-up, and the people at risk at each."""
    months = tuple(range(0, int(curve.followed_months) + AT_RISK_EVERY, AT_RISK_EVERY))
    return months, count_at_risk(curve, months)
