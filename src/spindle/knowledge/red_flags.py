"""The records of the morphology gate and of the red flags, as `red_flags.toml` holds them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Polarity(StrEnum):
    """Which way a feature speaks when it is present."""

    FOR = "for"
    AGAINST = "against"


class ConditionKind(StrEnum):
    """What a condition of a red flag looks at."""

    FINDING = "finding"
    """A microscopic finding that is recorded as present, or one of several."""
    DOUBTED_FINDING = "doubted_finding"
    """A microscopic finding that is spoken of and called neither present nor absent."""
    MARKER = "marker"
    """A stain that is positive, in the place that counts, or one of several."""
    NOT_NEGATIVE = "not_negative"
    """A kinase whose tests do not all come out negative: positive, undecided or not tested."""
    TREATMENT = "treatment"
    """A treatment of this kind that is recorded as given."""
    SITE_GROUP = "site_group"
    """A site of the tumour within a group."""
    OTHER_SITE_GROUP = "other_site_group"
    """A recorded site of the tumour, none of which lies within the group."""
    AGE_UP_TO = "age_up_to"
    """An age at diagnosis of no more than the value of a fact, in years or months."""
    SYMPTOM = "symptom"
    """A symptom that is recorded as present."""
    PARTNER = "partner"
    """A reported fusion with this partner of any kinase."""
    KINASE = "kinase"
    """A reported fusion of this kinase."""


class FlagWeight(StrEnum):
    """How much attention a red flag asks for, in the words of findings."""

    ALERT = "alert"
    DOUBT = "doubt"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class GateItem:
    """One microscopic finding that an IMT asks for, or that speaks against it."""

    any_of: tuple[str, ...]
    """Findings, any of which will do."""
    polarity: Polarity
    """`for` when an IMT asks for it, `against` when its presence speaks against an IMT."""
    says: str
    """Why, in one sentence."""
    facts: tuple[str, ...]
    """Facts behind it."""
    instead: tuple[str, ...] = ()
    """Findings that can stand where this one is asked for, and say that the picture was seen."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a red flag looks for."""

    kind: ConditionKind
    """What it looks at."""
    name: str
    """The finding, marker, kinase, treatment, site group, symptom or partner; several findings,
    markers or site groups of which any will do are parted by `|`."""
    patterns: tuple[str, ...] = ()
    """Recorded patterns of the stain, any of which is asked for; empty for none in particular."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a red flag says instead, where something else is recorded as well."""

    condition: Condition
    """What has to be recorded."""
    says: str
    """What the flag says then."""
    weight: FlagWeight
    """How much attention it asks for then."""
    facts: tuple[str, ...]
    """Facts behind it then."""


@dataclass(frozen=True, slots=True)
class RedFlagRule:
    """What comes before any weighing.

    It is raised when each condition of `all_of` holds and, where there are any, at least one of
    `any_of`.
    """

    id: str
    """Its id."""
    all_of: tuple[Condition, ...]
    """Conditions that all have to hold."""
    any_of: tuple[Condition, ...]
    """Conditions of which one has to hold; empty when `all_of` is enough."""
    says: str
    """What it is and what to look at, in one or two sentences."""
    weight: FlagWeight
    """How much attention it asks for."""
    entities: tuple[str, ...]
    """Diagnoses that it points to."""
    names: tuple[str, ...]
    """Those of them that come before an IMT as long as it stands."""
    facts: tuple[str, ...]
    """Facts behind it."""
    none_of: tuple[Condition, ...] = ()
    """Conditions of which none may hold."""
    instead: tuple[Wording, ...] = ()
    """What it says where something else is recorded as well; the first that holds is taken."""
    gives_way: bool = False
    """Whether it is no more than a doubt where another flag names a diagnosis."""
