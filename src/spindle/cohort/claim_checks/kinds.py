"""The kinds of claim by name, each with the function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from spindle.cohort.claim_checks.counts import read_count
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import Finding
from spindle.cohort.claim_checks.inclusions import read_inclusion
from spindle.cohort.claim_checks.lateralities import read_laterality
from spindle.cohort.claim_checks.patients import read_patient
from spindle.cohort.claim_checks.percentages import read_percentage
from spindle.cohort.claim_checks.places import read_documents, read_places
from spindle.cohort.claim_checks.rankings import read_ranking
from spindle.cohort.claim_checks.significances import read_significance
from spindle.cohort.claim_checks.summaries import read_summary
from spindle.cohort.claim_checks.sums import read_sum
from spindle.cohort.claim_checks.survivals import read_survival
from spindle.cohort.claim_checks.swaps import read_swap
from spindle.cohort.rows import CohortRow


class Check(Protocol):
    """One claim, ready to be recomputed."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give what recomputing it from the rows gives."""


KINDS: Mapping[str, Callable[[ClaimFields], Check]] = MappingProxyType(
    {
        "count": read_count,
        "summary": read_summary,
        "percentage": read_percentage,
        "sum": read_sum,
        "ranking": read_ranking,
        "patient": read_patient,
        "places": read_places,
        "swap": read_swap,
        "inclusion": read_inclusion,
        "laterality": read_laterality,
        "significance": read_significance,
        "survival": read_survival,
        "documents": read_documents,
    }
)
"""What reads the fields of a claim, by its kind."""
