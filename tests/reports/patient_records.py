"""A patient's assessment made by hand: a small one that is easy to read, and a full one."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from spindle.cases.absence import NOT_REPORTED
from spindle.cases.case import Case, Exclusion, Signature
from spindle.cases.documents import read_case
from spindle.knowledge.conflicts import Conflict
from spindle.knowledge.facts import find_fact
from spindle.reasoning.findings import (
    Actionability,
    AdverseFeature,
    Approval,
    Candidate,
    Differential,
    Discordance,
    Evidence,
    Explanation,
    Fit,
    Gap,
    GateState,
    LabelStatus,
    MorphologyGate,
    NextStain,
    Option,
    OutcomeFigure,
    OutcomeRange,
    Outlook,
    RedFlag,
    Standing,
    TrialResult,
    Weight,
)
from spindle.reasoning.patients import PatientAssessment
from spindle.reasoning.reflex import assess_case
from spindle.reports.patient_document import make_patient_document
from spindle.trace import Trace, TraceStep

STAIN_FACT = "ihc.alk.fish-discordance"
SPECIFIC_FACT = "ihc.alk.not-specific"
KINASE_FACT = "fusions.children.any-kinase"
ORDER_FACT = "protocol.rna-reflex.order"
FACTS = (STAIN_FACT, SPECIFIC_FACT, KINASE_FACT, ORDER_FACT)
DAY = datetime.date(2026, 11, 20)
# Text that no page may take for markup, and words that no line can hold.
HOSTILE = (
    '<script>alert("x")</script> &amp; #panic() $x^2$ *bold* _it_ @ref `raw` \\ "q" // /* {{ x }} '
    "{% y %} ] ) } \u202eRTL\u202c שלום العربية"
)
LONG_WORD = "pneumonoultramicroscopicsilicovolcanoconiosis" * 6


def make_case(**changes: Any) -> Case:
    """Give patient 15 of Zhao 2025, with what is known of histology made up."""
    document: dict[str, Any] = {
        "id": "zhao-15",
        "patient": {
            "sex": "male",
            "age_at_diagnosis": {"months": 14.0, "unit_as_reported": "months"},
        },
        "tumour": {
            "diagnosis": "inflammatory myofibroblastic tumour",
            "sites": [{"name": "maxillary sinus", "laterality": "right"}],
        },
        "specimens": [
            {
                "id": "specimen",
                "kind": "resection",
                "histology": [
                    {"name": "spindle cells"},
                    {"name": "plasma cells"},
                    {"name": "necrosis", "is_present": False},
                    {"name": "mitoses", "count_per_10_hpf": 2.0},
                ],
                "observations": [
                    {"kind": "stain", "id": "alk-ihc", "marker": "ALK", "clone": "D5F3",
                     "result": "positive"},
                    {"kind": "fish", "id": "alk-fish", "gene": "ALK", "result": "negative"},
                    {"kind": "rt_pcr", "id": "alk-rt-pcr", "gene": "ALK", "result": "positive",
                     "kit": "AmoyDx"},
                    {"kind": "stain", "id": "sma-ihc", "marker": "SMA", "result": "positive",
                     "extent": "focal"},
                ],
            }
        ],
        "treatments": [{"kind": "surgery", "words": "Tumor resection"}],
        "follow_up": {"is_lost": True},
    }  # fmt: skip
    return read_case({**document, **changes})


def make_trace(says: str = "Concluded from the stain.") -> Trace:
    step = TraceStep(
        concluded=says,
        observations=("alk-ihc",),
        facts=(STAIN_FACT,),
        is_inferred=True,
        would_change="another stain",
    )
    return Trace((step,))


def make_discordance(number: int = 1, weight: Weight = Weight.DOUBT) -> Discordance:
    return Discordance(
        id="ihc-positive-fish-negative",
        title=f"Discordance {number}: the ALK stain is positive and FISH is negative.",
        weight=weight,
        kinase="ALK",
        observations=("alk-ihc", "alk-fish"),
        explanations=tuple(
            Explanation(f"Explanation {n} of {number}: the break lies in a small region.", (fact,))
            for n, fact in enumerate(FACTS[:3], 1)
        ),
        unseen=("FISH can't see a small inversion.",),
        settles=("RNA sequencing of adequate quality",),
        trace=make_trace(),
    )


def make_evidence(number: int = 1, speaks: str = "for", *, is_counted: bool = True) -> Evidence:
    return Evidence(
        says=f"Evidence {number}: SMA positive in 40 of 45 published patients.",
        speaks=speaks,
        n=40,
        of=45,
        weight_low=-0.1,
        weight_mid=0.4,
        weight_high=0.9,
        is_counted=is_counted,
        why_not_counted="" if is_counted else "desmin is correlated with SMA",
        observations=("sma-ihc",),
        facts=(SPECIFIC_FACT,),
    )


def make_candidate(
    name: str,
    kind: str = "mimic",
    standing: Standing = Standing.OPEN,
    *,
    is_urgent: bool = False,
) -> Candidate:
    return Candidate(
        id=name.lower().replace(" ", "-"),
        name=name,
        kind=kind,
        standing=standing,
        why=f"What is recorded leaves {name} as it stands.",
        evidence=(
            make_evidence(1),
            make_evidence(2, "against"),
            make_evidence(3, "neither", is_counted=False),
        ),
        patients=90,
        weight_low=-0.3,
        weight_mid=0.2,
        weight_high=0.8,
        would_settle=("STAT6 (nuclear)",),
        is_urgent=is_urgent,
        facts=(SPECIFIC_FACT,),
    )


def make_differential(*more: Candidate, flags: tuple[RedFlag, ...] = ()) -> Differential:
    imt = replace(
        make_candidate("Inflammatory myofibroblastic tumour", "imt", Standing.SUPPORTED), id="imt"
    )
    return Differential(
        gate=MorphologyGate(
            state=GateState.FITS,
            why="Spindle cells and plasma cells are recorded.",
            missing=("ganglion-like cells",),
            facts=(SPECIFIC_FACT,),
        ),
        red_flags=flags,
        candidates=(imt, *more),
        next_stains=(
            NextStain("STAT6 (nuclear)", 0.71, 1.0, ("Solitary fibrous tumour",),
                      "It separates solitary fibrous tumour.", (SPECIFIC_FACT,)),
            NextStain("beta-catenin (nuclear)", 0.35, 0.5, ("Desmoid fibromatosis",),
                      "It separates desmoid fibromatosis.", (STAIN_FACT,)),
        ),
        limits=("The weights are no probabilities.",),
        trace=make_trace("The differential was weighed."),
    )  # fmt: skip


def make_flag(number: int = 1, weight: Weight = Weight.ALERT) -> RedFlag:
    return RedFlag(
        id=f"flag-{number}",
        says=f"Flag {number}: exclude invasive fungal disease before steroids.",
        weight=weight,
        observations=(),
        facts=(KINASE_FACT,),
    )


def make_option(name: str, kind: str = "targeted", fit: Fit = Fit.UNKNOWN) -> Option:
    return Option(
        id=name,
        name=name,
        kind=kind,
        target="ALK" if kind == "targeted" else "",
        setting="unresectable or recurrent",
        standing=f"{name} can be considered with the treating team.",
        fit=fit,
        may_not_apply=("Whether the tumour is resectable is not recorded.",),
        approvals=(
            Approval("US", "FDA", "ages 1 year and older, unresectable, ALK-positive", DAY,
                     Fit.UNKNOWN, ("ages 1 and older; this patient is 14 months",), (KINASE_FACT,)),
            Approval("EU", "EMA", "ages 1 to under 18", NOT_REPORTED, Fit.YES, (), (KINASE_FACT,)),
        ) if kind == "targeted" else (),
        results=(
            TrialResult("Objective response in children", 12, 14, 57.2, 98.2,
                        "exact, computed here", (KINASE_FACT,)),
        ),
        evidence_strength="one single-arm trial with 14 patients",
        harms=("Vision changes in children.",),
        resistance=("G1269A is known.",),
        facts=(KINASE_FACT,),
        gravest="Can harm the eyes." if kind == "targeted" else "",
    )  # fmt: skip


def make_actionability(*more: Option) -> Actionability:
    return Actionability(
        driver="ALK fusion, partner not reported",
        is_confirmed=False,
        labels=(LabelStatus("ALK-positive", Fit.YES, "An approved stain is positive.", FACTS[:1]),),
        options=(make_option("surgery with clear margins", "surgery", Fit.YES), *more),
        region="EU",
        limits=("No dose is held.",),
        trace=make_trace("The options were listed."),
    )


def make_outlook(alerts: tuple[str, ...] = ()) -> Outlook:
    figure = OutcomeFigure(
        outcome="recurrence", says="Recurrence in a sinonasal series", n=5, of=20, percent=25.0,
        low=8.7, high=49.1, months=NOT_REPORTED, matches=("site",), differs=("margin not known",),
        cautions=("A selected series.",), facts=(KINASE_FACT,),
    )  # fmt: skip
    features = (
        AdverseFeature("necrosis", "absent", "One source holds it adverse.", True, (), FACTS[:1]),
        AdverseFeature("mitoses", "present", "One source holds it adverse.", True, (), FACTS[:1]),
        AdverseFeature("bone invasion", "not recorded", "Held adverse.", False, (), FACTS[:1]),
    )
    return Outlook(
        figures=(figure, replace(figure, outcome="death", says="Deaths in the same series", n=1)),
        ranges=(OutcomeRange("Recurrence: 10 to 40 % in five series.", (SPECIFIC_FACT,)),),
        features=features,
        alerts=alerts,
        about_kinase="Sources conflict on ALK; no rule is built on it.",
        conflicts=(),
        limits=("These are no forecast.",),
        trace=make_trace("The outlook was put together."),
    )


def make_gap(number: int) -> Gap:
    return Gap(
        id=f"gap-{number}",
        what=f"item {number} that is missing",
        why="It decides between two courses.",
        changes=("options", "outlook"),
        rank=number,
        facts=(KINASE_FACT,),
    )


def make_conflict(number: int = 1) -> Conflict:
    return Conflict(
        id=f"conflict-{number}",
        title=f"Conflict {number}: two sources disagree",
        sides=(find_fact(STAIN_FACT), find_fact(SPECIFIC_FACT)),
        consequence="Both stand.",
        subjects=("ihc",),
        checked_on=DAY,
        written_at="conflicts.toml, line 1",
    )


def make_patient(case: Case | None = None, **parts: Any) -> PatientAssessment:
    """Give a small assessment of patient 15; any part may be given."""
    case = case or make_case()
    assessment = assess_case(case)
    made: dict[str, Any] = {
        "case": case,
        "assessment": assessment,
        "discordances": (make_discordance(),),
        "differential": make_differential(make_candidate("Nodular fasciitis")),
        "actionability": make_actionability(make_option("crizotinib")),
        "outlook": make_outlook(),
        "gaps": (make_gap(1), make_gap(2)),
        "conflicts": (make_conflict(),),
        "facts": tuple(dict.fromkeys((*assessment.trace.facts, *FACTS))),
    }
    return PatientAssessment(**{**made, **parts})


def make_full_patient(n: int = 24) -> PatientAssessment:
    """Give an assessment with far more of everything than two pages hold."""
    standings = (Standing.OPEN, Standing.LESS_LIKELY, Standing.NOT_WEIGHED, Standing.EXCLUDED)
    candidates = [
        make_candidate(f"Mimic number {i}", standing=standings[i % 4], is_urgent=i % 7 == 0)
        for i in range(n)
    ]
    flags = (make_flag(1), make_flag(2, Weight.DOUBT), make_flag(3, Weight.REMARK))
    fits = (Fit.YES, Fit.UNKNOWN, Fit.NO)
    options = [make_option(f"agent-{i}", fit=fits[i % 3]) for i in range(n)]
    discordances = [make_discordance(i) for i in range(8)]
    return make_patient(
        discordances=(*discordances, make_discordance(99, Weight.ALERT)),
        differential=make_differential(*candidates, flags=flags),
        actionability=make_actionability(*options),
        outlook=make_outlook(("An epithelioid variant is aggressive.",)),
        gaps=tuple(make_gap(i) for i in range(1, n)),
        conflicts=tuple(make_conflict(i) for i in range(n)),
    )


def make_hostile_patient() -> PatientAssessment:
    """Give an assessment whose every text of a stranger would be markup somewhere."""
    case = make_case()
    specimen = case.specimens[0]
    stain = replace(specimen.observations[0], clone=HOSTILE, platform=LONG_WORD)
    specimen = replace(specimen, block=HOSTILE, observations=(stain, *specimen.observations[1:]))
    tumour = replace(case.tumour, diagnosis=HOSTILE)
    case = replace(
        case,
        id=f"x{HOSTILE}",
        tumour=tumour,
        specimens=(specimen,),
        exclusions=(Exclusion(diagnosis=HOSTILE, reason=LONG_WORD),),
        signatures=(
            Signature(signed_by=HOSTILE, signed_on=DAY, version="an older one", comment=HOSTILE),
        ),
    )
    return make_patient(case)


def make_document(patient: PatientAssessment | None = None, **named: Any) -> dict[str, Any]:
    return make_patient_document(patient or make_patient(), **named)
