"""A case beside its assessment, as a search for gaps looks at it, and one thing that is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from spindle.cases.absence import NOT_DONE, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.observations import (
    Observation,
)
from spindle.reasoning.assessments import Assessment, KinaseAssessment, KinaseStatus
from spindle.reasoning.findings import Differential, Standing
from spindle.reasoning.gaps_answers import (
    POSITIVE_STATUSES,
    Answer,
)
from spindle.reasoning.statuses import list_all_kinases

OWN_KINDS = ("imt", "variant")
# The kind of a diagnosis that looks like an IMT and shares no driver with it.
MIMIC = "mimic"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing and would matter."""

    cases: tuple[str, ...] = ()
    """Cases of `gaps.toml` that hold: `with_driver`."""
    answers: tuple[Answer, ...] = ()
    """Possible answers to try out; empty where none can be."""
    reason: str = ""
    """Why it is missing although the source speaks of it: `unknown`, `not_done`, `lost`."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Words for the texts, by name."""


@dataclass(frozen=True)
class GapView:
    """A case beside its assessment, as a search for gaps looks at it."""

    case: Case
    """The case."""
    assessment: Assessment
    """Its assessment."""
    differential: Differential | None = None
    """Its differential; none where that was not weighed."""

    @cached_property
    def kinases(self) -> tuple[KinaseAssessment, ...]:
        """Every kinase that is read, also those that no test asked about."""
        return list_all_kinases(self.assessment)

    @property
    def first_kinase(self) -> str:
        """The kinase that the protocol starts from."""
        return next(iter(self.assessment.kinases))

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        """Every test of the case, in the order reported."""
        return tuple(observation for _, observation in self.case.iterate_observations())

    @cached_property
    def has_driver(self) -> bool:
        """Whether a driver is found or suspected."""
        return (
            any(
                kinase.status in POSITIVE_STATUSES and kinase.is_productive is not False
                for kinase in self.kinases
            )
            or self._has_other_fusion
        )

    @cached_property
    def has_known_driver(self) -> bool:
        """Whether a break or a fusion is found that can be the driver."""
        found = (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
        return (
            any(
                kinase.status in found and kinase.is_productive is not False
                for kinase in self.kinases
            )
            or self._has_other_fusion
        )

    @cached_property
    def has_fusion(self) -> bool:
        """Whether a fusion of any gene is found that can be the driver."""
        return (
            any(
                kinase.status is KinaseStatus.FUSION_DETECTED and kinase.is_productive is not False
                for kinase in self.kinases
            )
            or self._has_other_fusion
        )

    @property
    def _has_other_fusion(self) -> bool:
        return any(r.other_fusions for kinase in self.kinases for r in kinase.readings)

    @property
    def is_of_mimic(self) -> bool:
        """Whether the findings speak for a mimic or point to one that comes before an IMT.

        The tests of an IMT are then asked last. A tumour that shares the kinase is asked by
        the same tests, and so is one in which a kinase is positive.
        """
        candidates = self.differential.candidates if self.differential else ()
        supported = [c for c in candidates if c.standing is Standing.SUPPORTED]
        pointed = [c for c in candidates if c.is_pointed_to and c.standing is Standing.OPEN]
        if any(kinase.status in POSITIVE_STATUSES for kinase in self.kinases):
            return False
        leading = [candidate.kind for candidate in (*supported, *pointed)]
        return leading[:1] == [MIMIC] and not set(leading) & set(OWN_KINDS)

    @property
    def driver_case(self) -> tuple[str, ...]:
        """The case `with_driver` where a driver is found or suspected."""
        return ("with_driver",) if self.has_driver else ()


Rule = Callable[[GapView], Missing | None]


def if_absent(value: object) -> Missing | None:
    """Give the gap of a value that is not there; none for one that is."""
    return Missing(reason=name_reason(value)) if isinstance(value, Absent) else None


def name_reason(value: object) -> str:
    """Give why a value is not there although the source speaks of it; empty for silence."""
    if value == UNKNOWN:
        return "unknown"
    return "not_done" if value == NOT_DONE else ""


def first_reason(values: Iterable[object]) -> str:
    """Give the first reason why any of several values is not there; empty for silence."""
    reasons = (name_reason(value) for value in values if isinstance(value, Absent))
    return next(filter(None, reasons), "")
