"""What is found beside the kinases of a case: discordances, differential, options, outlook, gaps.

Records only. Each is made by the module of its name and printed by reports as it stands; reports
never work anything out again. `plain_types` gives any of them as plain JSON types.
"""

from __future__ import annotations

import dataclasses
import datetime
from enum import StrEnum

from spindle.cases.absence import Absent
from spindle.trace import Trace

# Discordances -----------------------------------------------------------------------------------


class Weight(StrEnum):
    """How much attention a finding asks for."""

    ALERT = "alert"
    """To be looked at before anything else."""
    DOUBT = "doubt"
    """Wants an explanation."""
    REMARK = "remark"
    """Worth knowing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """One published reason why results can disagree."""

    says: str
    """The reason, in one sentence."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Discordance:
    """Results, or a result and the place or pattern, that do not go together."""

    id: str
    """Id of its kind: `ihc-positive-fish-negative`."""
    title: str
    """What does not go together, in one sentence."""
    weight: Weight
    """How much attention it asks for."""
    kinase: str
    """The kinase it concerns; empty when it concerns none."""
    observations: tuple[str, ...]
    """Ids of the observations that disagree."""
    explanations: tuple[Explanation, ...]
    """The usual explanations, with their evidence."""
    unseen: tuple[str, ...]
    """What the tests in question could not have seen."""
    settles: tuple[str, ...]
    """What would settle it."""
    trace: Trace
    """Why it was raised."""


# Differential -----------------------------------------------------------------------------------


class GateState(StrEnum):
    """What is recorded of the microscopic picture that an IMT asks for."""

    FITS = "fits"
    """Spindle cells and an inflammatory infiltrate are recorded."""
    SPEAKS_AGAINST = "speaks_against"
    """One of them is recorded as absent."""
    NOT_RECORDED = "not_recorded"
    """Nothing, or not enough, is recorded; stains alone can't open this gate."""


@dataclasses.dataclass(frozen=True, slots=True)
class MorphologyGate:
    """Whether the microscopic picture lets stains be weighed at all."""

    state: GateState
    """What is recorded."""
    why: str
    """Why, in one sentence."""
    missing: tuple[str, ...]
    """Findings that are not recorded and belong to it."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class RedFlag:
    """A finding that comes before any weighing: an urgent mimic, or one that changes everything."""

    id: str
    """Stable id."""
    says: str
    """What it is and what to look at, in one or two sentences."""
    weight: Weight
    """How much attention it asks for."""
    observations: tuple[str, ...]
    """What raised it."""
    facts: tuple[str, ...]
    """Facts behind it."""


class Standing(StrEnum):
    """Where a diagnosis stands after what is recorded. Never a probability."""

    SUPPORTED = "supported"
    """What is recorded speaks for it rather than for the others, with counts behind it."""
    OPEN = "open"
    """What is recorded does not decide."""
    LESS_LIKELY = "less_likely"
    """What is recorded speaks against it, with counts behind it."""
    EXCLUDED = "excluded"
    """A pathologist excluded it, or a finding that it can't be without is recorded as absent."""
    NOT_WEIGHED = "not_weighed"
    """Nothing that is recorded, or nothing that is published, can be weighed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """One observation against one diagnosis, with how many published patients stand behind it."""

    says: str
    """What was seen and what is published, in one sentence."""
    speaks: str
    """`for`, `against` or `neither`, compared with IMT (for IMT itself: with its mimics)."""
    n: int | Absent
    """Published patients with this result in the diagnosis; absent when no count is published."""
    of: int | Absent
    """Published patients tested."""
    weight_low: float
    """Lower end of the 95 % interval of log10 of the likelihood ratio; 0 when it is not counted."""
    weight_mid: float
    """Its middle."""
    weight_high: float
    """Its upper end."""
    is_counted: bool
    """Whether it counts; a correlated stain or a bare percentage is shown and does not."""
    why_not_counted: str
    """The reason, empty when it counts."""
    observations: tuple[str, ...]
    """Ids of the observations."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One diagnosis that the case could be."""

    id: str
    """Id of the entity."""
    name: str
    """Its name."""
    kind: str
    """`imt`, `variant`, `mimic` or `shares_driver`."""
    standing: Standing
    """Where it stands."""
    why: str
    """Why, in one sentence."""
    evidence: tuple[Evidence, ...]
    """What speaks for it and against it, the weightiest first."""
    patients: int
    """Published patients behind the evidence that counts."""
    weight_low: float
    """Lower end of the 95 % interval of the sum of weights against IMT."""
    weight_mid: float
    """Its middle."""
    weight_high: float
    """Its upper end."""
    would_settle: tuple[str, ...]
    """Tests or findings that would settle it."""
    is_urgent: bool
    """Whether it is to be excluded before treatment starts, such as invasive fungal disease."""
    facts: tuple[str, ...]
    """Facts behind its description."""
    is_pointed_to: bool = False
    """Whether a red flag or a fusion names it, so that it comes before an IMT."""
    has_fusion: bool = False
    """Whether a fusion speaks for it in words."""


@dataclasses.dataclass(frozen=True, slots=True)
class NextStain:
    """A stain that is not done yet, with how well it would separate what is still open."""

    marker: str
    """The marker, with the localisation that counts: `STAT6 (nuclear)`."""
    information_bits: float
    """Expected information in bits over the diagnoses still open."""
    share_of_best: float
    """Its information as a share of the best one's, 0 to 1."""
    separates: tuple[str, ...]
    """Names of the diagnoses that it separates best."""
    why: str
    """The reason, in one sentence, with counts."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Differential:
    """Is it an IMT at all: what speaks for each diagnosis and against it."""

    gate: MorphologyGate
    """The morphology gate, which comes first."""
    red_flags: tuple[RedFlag, ...]
    """What comes before any weighing."""
    candidates: tuple[Candidate, ...]
    """IMT and its mimics, the best supported first, excluded ones last."""
    next_stains: tuple[NextStain, ...]
    """Stains that would separate most, the best first; empty when none would."""
    limits: tuple[str, ...]
    """What this weighing can't do, in sentences."""
    trace: Trace
    """Why."""


# Options ----------------------------------------------------------------------------------------


class Fit(StrEnum):
    """Whether a condition fits this patient."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """What is recorded does not say."""


@dataclasses.dataclass(frozen=True, slots=True)
class Approval:
    """What one regulator says about one agent, and whether its conditions fit this patient."""

    region: str
    """Region by its id: `US`, `EU`."""
    regulator: str
    """The regulator: `FDA`."""
    says: str
    """The indication in our words, close to the regulator's."""
    date: datetime.date | Absent
    """Day of the approval."""
    fit: Fit
    """Whether every condition fits this patient."""
    reasons: tuple[str, ...]
    """Condition by condition: "ages 1 to under 18; this patient is 41"."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class TrialResult:
    """One published result of one treatment."""

    says: str
    """What was found in whom, in one sentence."""
    n: int | Absent
    """Patients with the outcome."""
    of: int | Absent
    """Patients."""
    low: float | Absent
    """Lower end of the 95 % interval in per cent."""
    high: float | Absent
    """Upper end in per cent."""
    interval: str
    """`as printed` or `exact, computed here`; empty when there is none."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be considered, with its evidence. Never a recommendation to give it."""

    id: str
    """Stable id."""
    name: str
    """Name for people: `crizotinib`, `surgery with clear margins`."""
    kind: str
    """`surgery`, `targeted`, `chemotherapy`, `radiotherapy`, `steroid`, `nsaid`, `observation`."""
    target: str
    """The kinase it acts on; empty for others."""
    setting: str
    """The setting in which the sources speak of it."""
    standing: str
    """One sentence: how it relates to this patient."""
    fit: Fit
    """Whether its target and setting fit what is recorded."""
    may_not_apply: tuple[str, ...]
    """Why it may not apply to this patient."""
    approvals: tuple[Approval, ...]
    """Regulators, the chosen region first."""
    results: tuple[TrialResult, ...]
    """Published results."""
    evidence_strength: str
    """How strong the evidence is, in words: "two single-arm trials with 26 patients"."""
    harms: tuple[str, ...]
    """Harms to watch, in sentences."""
    gravest: str = dataclasses.field(default="", kw_only=True)
    """The gravest harms in one short sentence, for a first page; empty when none is known."""
    resistance: tuple[str, ...]
    """What is known of resistance that concerns it."""
    facts: tuple[str, ...]
    """Every fact behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class LabelStatus:
    """Whether a drug's label would call this tumour positive: a question of its own."""

    label: str
    """`ALK-positive`."""
    fit: Fit
    """Whether it would."""
    why: str
    """Why, in one or two sentences."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Actionability:
    """What can be considered: surgery first, then by driver."""

    driver: str
    """The confirmed or suspected driver in words."""
    is_confirmed: bool
    """Whether a productive fusion is shown."""
    labels: tuple[LabelStatus, ...]
    """What labels would call this tumour."""
    options: tuple[Option, ...]
    """Options, surgery first."""
    region: str
    """Region whose approvals come first; empty when none was chosen."""
    limits: tuple[str, ...]
    """What this list can't do, in sentences."""
    trace: Trace
    """Why."""
    other_fusions: str = ""
    """Fusions without a kinase, which are no driver, in words; empty for none."""


# Outlook ----------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class OutcomeFigure:
    """One published outcome in one population."""

    outcome: str
    """`recurrence`, `metastasis`, `death`, `survival` or `event-free survival`."""
    says: str
    """The figure in one sentence, with its population."""
    n: int | Absent
    """Patients with the outcome."""
    of: int | Absent
    """Patients."""
    percent: float | Absent
    """The printed or computed share in per cent."""
    low: float | Absent
    """Lower end of the exact 95 % interval in per cent, where counts are given."""
    high: float | Absent
    """Upper end."""
    months: float | Absent
    """Time of the figure in months."""
    matches: tuple[str, ...]
    """In what the population is like this patient: `site`, `margin`, `age`, `variant` ..."""
    differs: tuple[str, ...]
    """In what it is known to differ, in words."""
    cautions: tuple[str, ...]
    """Selected series, lost patients, few events."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class AdverseFeature:
    """A feature that a source holds adverse."""

    name: str
    """The feature."""
    state: str
    """`present`, `absent` or `not recorded` in this case."""
    says: str
    """What the source says, in one sentence."""
    applies: bool
    """Whether the source's population fits this patient's site."""
    observations: tuple[str, ...]
    """Where the case says so."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclasses.dataclass(frozen=True, slots=True)
class OutcomeRange:
    """What series of alike patients give together, from the least to the most."""

    says: str
    """The sentence, with the counts and intervals of both ends."""
    facts: tuple[str, ...]
    """Facts behind it; every series of the range."""


@dataclasses.dataclass(frozen=True, slots=True)
class Outlook:
    """What was published of patients like this one. Not a forecast."""

    figures: tuple[OutcomeFigure, ...]
    """Figures, the nearest population first."""
    ranges: tuple[OutcomeRange, ...]
    """The range of the published figures by outcome, in sentences."""
    features: tuple[AdverseFeature, ...]
    """Adverse features, recorded ones first."""
    alerts: tuple[str, ...]
    """Such as the epithelioid variant."""
    about_kinase: str
    """Why no rule is built on ALK."""
    conflicts: tuple[str, ...]
    """Ids of the conflicts that concern it."""
    limits: tuple[str, ...]
    """What these figures can't say."""
    trace: Trace
    """Why."""


# Gaps -------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not recorded and would change the assessment."""

    id: str
    """Stable id."""
    what: str
    """What is missing: `resection margin`."""
    why: str
    """Why it matters, in one sentence."""
    changes: tuple[str, ...]
    """What it could change: `status`, `differential`, `options`, `outlook`, `next test`."""
    rank: int
    """Order by how much it would change, from 1."""
    facts: tuple[str, ...]
    """Facts behind it."""
