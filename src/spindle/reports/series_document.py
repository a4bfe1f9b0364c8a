"""The report of a series as one document of plain JSON types, from which every page is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.notes import Note
from spindle.cases.provenance import Provenance
from spindle.cases.tumour import Code
from spindle.cohort.endpoints import ASSUMPTIONS
from spindle.cohort.frequencies import NumberSummary
from spindle.cohort.series import (
    EndpointSurvival,
    LabelledFrequency,
    MeasuredNumbers,
    Series,
    TestTally,
    list_at_risk,
)
from spindle.cohort.survival import (
    SurvivalEstimate,
    SurvivalMedian,
    SurvivalTime,
    list_estimates,
)
from spindle.knowledge.facts import find_fact
from spindle.knowledge.fish_rules import find_fish_rule
from spindle.knowledge.protocols import find_protocol, load_tests
from spindle.reasoning.assessments import describe_value

if TYPE_CHECKING:
    from spindle.cohort.claims_audit import AuditedClaim

SCHEMA_ID = "urn:spindle:schema:report:1"
SCHEMA_VERSION = "1"
NOTICE = "Research use, not a medical device. Spindle advises and never decides."
# Above this many cases a page of cards helps nobody; the cases stand in cases.jsonl.
CASES_IN_FULL = 500

Document = dict[str, Any]


def describe_case(case: Case, assessment: Document) -> Document:
    """Give one case with its assessment, as the report shows it."""
    return {
        "id": case.id,
        "row": _row(case.provenance),
        "sex": _plain(case.patient.sex),
        "age_months": _plain(
            case.patient.age_at_diagnosis
            if isinstance(case.patient.age_at_diagnosis, Absent)
            else case.patient.age_at_diagnosis.months
        ),
        "age_words": _words(getattr(case.patient.age_at_diagnosis, "provenance", None)),
        "sites": [
            {"name": s.name, **_code(s.code), "laterality": _plain(s.laterality)}
            for s in case.tumour.sites
        ],
        "symptoms": [
            {
                "name": s.name,
                **_code(s.code),
                "laterality": _plain(s.laterality),
                "present": s.is_present,
                "words": s.words,
            }
            for s in case.symptoms
        ],
        "treatments": [{"kind": t.kind.value, "words": t.words} for t in case.treatments],
        "follow_up": {
            "months": _plain(case.follow_up.duration_months),
            "lost": _plain(case.follow_up.is_lost),
            "vital_status": _plain(case.follow_up.vital_status),
            "words": _words(case.follow_up.provenance),
        },
        "outcomes": [
            {
                "kind": o.kind.value,
                "occurred": o.has_occurred,
                "months": _plain(o.months),
                "cause": _plain(o.cause),
                "words": o.words,
            }
            for o in case.outcomes
        ],
        "assessment": assessment,
    }


def describe_case_in_short(case: Case, assessment: Document) -> Document:
    """Give a case of a large series: id, row, statuses and next tests, without the trace."""
    kinases = {
        name: {"status": kinase["status"], "discordant": kinase["discordant"]}
        for name, kinase in assessment["kinases"].items()
    }
    tests = [{k: t[k] for k in ("test", "name", "when")} for t in assessment["next_tests"]]
    short = {"kinases": kinases, "next_tests": tests}
    return {"id": case.id, "row": _row(case.provenance), "assessment": short}


def _row(provenance: Provenance | Absent) -> int:
    if isinstance(provenance, Absent) or isinstance(provenance.row, Absent):
        return 0
    return provenance.row


def _plain(value: object) -> object:
    described = describe_value(value)
    return str(described) if isinstance(described, str) else described


def _code(code: Code | Absent) -> Document:
    """Give a code with the vocabulary's own label and how well it fits the words."""
    if isinstance(code, Absent):
        return {"code": describe_value(code)}
    return {"code": code.id, "code_label": code.label, "code_match": code.match.value}


def _words(provenance: Provenance | Absent | None) -> str:
    if provenance is None or isinstance(provenance, Absent) or isinstance(provenance.words, Absent):
        return ""
    return provenance.words


def describe_note(note: Note) -> Document:
    """Give a note as plain JSON types."""
    return {name: getattr(note, name) for name in Note.__dataclass_fields__}


def describe_series_document(series: Series) -> Document:
    """Give the `cohort` part of a report."""
    return {
        "n": series.n,
        "sex": dict(series.sex),
        "age_years": _measured(series.age_years),
        "follow_up_months": _measured(series.follow_up_months),
        "outcomes": dict(series.outcomes),
        "alk": {key: _tally(tally) for key, tally in series.tests.items()},
        "alk_status": [_labelled(share) for share in series.statuses],
        "discordant": series.discordant,
        "table1": list(_table_one(series)),
        "sites": [_labelled(share) for share in series.sites],
        "symptoms": [_labelled(share) for share in series.symptoms],
        "treatments": [_labelled(share) for share in series.treatments],
        "funnel": [_funnel_step(tally, series.n) for tally in series.tests.values()],
        "next_tests": [
            {"tests": [load_tests()[t].name for t in tests], "n": n, "of": series.n}
            for tests, n in sorted(series.next_tests.items(), key=lambda item: (-item[1], item[0]))
        ],
        "survival": _survival(series),
    }


def _measured(numbers: MeasuredNumbers) -> Document:
    summary = numbers.summary
    names = [name for name in NumberSummary.__dataclass_fields__ if name != "n"]
    absent = {"absent": "not_reported"}
    values = {name: absent if summary is None else getattr(summary, name) for name in names}
    counts = {"missing": numbers.missing, "imprecise": numbers.imprecise}
    return {"n": summary.n if summary else 0, **values, **counts}


def _tally(tally: TestTally) -> Document:
    return {**tally.results, "tested": tally.tested, "answered": tally.answered}


def _labelled(share: LabelledFrequency) -> Document:
    return {
        "label": share.label,
        "n": share.share.n,
        "of": share.share.N,
        "share": share.share.estimate,
        "lower": share.share.lower,
        "upper": share.share.upper,
        "interval": share.share.interval,
        "unknown": share.unknown,
        **({"group": share.group} if share.group else {}),
    }


def _table_one(series: Series) -> Iterable[Document]:
    for share in series.table_one:
        yield _labelled(share)


def _funnel_step(tally: TestTally, n: int) -> Document:
    counts = {"n": tally.tested, "answered": tally.answered}
    return {"label": tally.label, "of": n, **counts, **tally.results}


def _survival(series: Series) -> Document:
    endpoints = {endpoint.value: found for endpoint, found in series.survival.items()}
    return {
        "n": series.n - series.without_time,
        "left_out": series.without_time,
        **{name: [_estimate(e) for e in s.estimates] for name, s in endpoints.items()},
        "log_log": {name: [_estimate(e) for e in s.log_log] for name, s in endpoints.items()},
        "curves": {name: _curve(s) for name, s in endpoints.items()},
        "medians": {name: _median(s.median) for name, s in endpoints.items()},
        "events": {name: s.curve.events for name, s in endpoints.items()},
        "follow_up": _follow_up(series.follow_up),
        "at_risk": {name: _at_risk(s) for name, s in endpoints.items()},
        "assumptions": {endpoint.value: ASSUMPTIONS[endpoint] for endpoint in series.survival},
        "assumed_event_times": {name: s.assumed_times for name, s in endpoints.items()},
    }


def _estimate(estimate: SurvivalEstimate) -> Document:
    return {
        "months": estimate.months,
        "estimate": estimate.estimate,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "interval": estimate.interval,
        "standard_error": estimate.standard_error,
        "at_risk": estimate.at_risk,
        "beyond_follow_up": estimate.is_beyond_follow_up,
    }


def _curve(survival: EndpointSurvival) -> list[Document]:
    """Give the steps of a curve, from month zero, with its interval at each."""
    steps = survival.curve.steps
    start, *estimates = list_estimates(survival.curve, [0.0, *(step.months for step in steps)])
    first = {"months": 0.0, "at_risk": survival.curve.people, "events": 0, "censored": 0}
    curve = [] if steps and steps[0].months == 0 else [{**first, **_limits(start)}]
    for step, estimate in zip(steps, estimates, strict=True):
        names = ("months", "at_risk", "events", "censored")
        curve.append({**{name: getattr(step, name) for name in names}, **_limits(estimate)})
    return curve


def _limits(estimate: SurvivalEstimate) -> Document:
    return {"estimate": estimate.estimate, "lower": estimate.lower, "upper": estimate.upper}


def _time(time: SurvivalTime) -> Document:
    return time.as_record()


def _median(median: SurvivalMedian) -> Document:
    return {
        "median": _time(median.median),
        "lower": _time(median.lower),
        "upper": _time(median.upper),
        "interval": median.interval,
    }


def _follow_up(median: SurvivalMedian | None) -> Document:
    if median is None:
        return {"absent": "not_reported"}
    return {**_median(median), "method": "reverse Kaplan–Meier"}


def _at_risk(survival: EndpointSurvival) -> Document:
    months, people = list_at_risk(survival.curve)
    return {"months": list(months), "people": list(people)}


def describe_claims(claims: Sequence[AuditedClaim]) -> list[Document]:
    """Give audited claims as plain JSON types."""
    return [
        {
            "id": claim.id,
            "sentence": claim.sentence,
            "where": claim.where,
            "kind": str(claim.kind),
            "verdict": claim.verdict.value,
            "printed": claim.printed,
            "recomputed": claim.recomputed,
            "reason": claim.reason,
            "rows": list(claim.rows),
        }
        for claim in claims
    ]


# What is shown first: a sentence about one patient or with columns swapped can mislead a reader
# more than a miscount can.
VERDICT_ORDER = ("impossible", "contradicted", "differs")
KIND_ORDER = ("swap", "patient", "summary", "count")


def rank_doubtful(claims: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give the claims that the rows do not bear out, those that mislead most first."""

    def rank(claim: Mapping[str, Any]) -> tuple[int, int]:
        kind = claim["kind"]
        of_kind = KIND_ORDER.index(kind) if kind in KIND_ORDER else len(KIND_ORDER)
        return VERDICT_ORDER.index(claim["verdict"]), of_kind

    return sorted((claim for claim in claims if claim["verdict"] in VERDICT_ORDER), key=rank)


def describe_facts(fact_ids: Iterable[str]) -> tuple[list[Document], list[Document]]:
    """Give the facts used and their sources, numbered in order of first use."""
    facts = [find_fact(fact_id) for fact_id in dict.fromkeys(fact_ids)]
    sources = list(dict.fromkeys(fact.source for fact in facts))
    numbers = {source.id: number for number, source in enumerate(sources, 1)}
    return (
        [
            {
                "id": fact.id,
                "statement": fact.statement,
                "source": numbers[fact.source.id],
                "place": fact.place,
                "checked_on": fact.checked_on.isoformat(),
                "how_read": fact.how_read.value,
                "inferred": fact.is_inferred,
            }
            for fact in facts
        ],
        [
            {
                "number": numbers[source.id],
                "id": source.id,
                "citation": source.citation,
                "identifier": source.identifier,
                "terms": source.terms,
                "read_as": source.read_as,
            }
            for source in sources
        ],
    )


def describe_settings(protocol_id: str, fish_rule_id: str, mapping: str) -> Document:
    """Give the settings of a report with their titles."""
    return {
        "protocol": protocol_id,
        "protocol_title": find_protocol(protocol_id).title,
        "fish_rule": fish_rule_id,
        "fish_rule_title": find_fish_rule(fish_rule_id).title,
        "mapping": mapping,
    }
