"""Rows made by hand, for conditions and claims."""

from __future__ import annotations

from typing import Any

from spindle.assays.readings import ReadingResult
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.course import TreatmentKind
from spindle.cases.observations import PercentRange, TestResult
from spindle.cases.patient import Precision, Sex
from spindle.cases.tumour import Laterality
from spindle.cohort.claims import parse_claims
from spindle.cohort.claims_audit import AuditedClaim, audit_claims
from spindle.cohort.rows import UNSAID, CohortRow, Occurrence, SidedName, StainResult
from spindle.reasoning.assessments import KinaseStatus

YES, NO = Occurrence(True), Occurrence(False)
POSITIVE, NEGATIVE = ReadingResult.POSITIVE, ReadingResult.NEGATIVE
MALE, FEMALE = Sex.MALE, Sex.FEMALE
SURGERY, RADIOTHERAPY = TreatmentKind.SURGERY, TreatmentKind.RADIOTHERAPY

HEADER = """
[source]
citation = "A paper, 2025"

[documents.one]
title = "the first document"
citation = "First"

[documents.two]
title = "the second document"
citation = "Second"

[[claims]]
id = "claim"
sentence = "A sentence."
where = "Results"
"""


def make_row(case_id: str = "1", **fields: Any) -> CohortRow:
    absent: dict[str, Any] = {
        "row_number": 0,
        "sex": NOT_REPORTED,
        "age_months": NOT_REPORTED,
        "sites": (),
        "symptoms": (),
        "alk_ihc": NOT_REPORTED,
        "alk_fish": NOT_REPORTED,
        "alk_rt_pcr": NOT_REPORTED,
        "alk_sequencing": NOT_REPORTED,
        "stains": (),
        "histology": (),
        "age_precision": Precision.EXACT,
        "follow_up_precision": Precision.EXACT,
        "death_cause": NOT_REPORTED,
        "treatments": (),
        "treatment_words": "",
        "follow_up_months": NOT_REPORTED,
        "is_lost": NOT_REPORTED,
        "vital_status": NOT_REPORTED,
        "recurrence": UNSAID,
        "metastasis": UNSAID,
        "progression": UNSAID,
        "death": UNSAID,
        "alk_status": KinaseStatus.NOT_REPORTED,
        "is_discordant": False,
        "next_tests": (),
    }
    return CohortRow(case_id=case_id, **{**absent, **fields})


def make_rows(*described: dict[str, Any]) -> list[CohortRow]:
    return [make_row(str(number), **fields) for number, fields in enumerate(described, 1)]


def sided(name: str, side: str = "", *, is_present: bool = True) -> SidedName:
    laterality: Laterality | Absent = Laterality(side) if side else NOT_REPORTED
    return SidedName(name, laterality, is_coded=True, is_present=is_present)


def stain(marker: str, result: str = "", percent: tuple[float, float] | None = None) -> StainResult:
    return StainResult(
        marker,
        TestResult(result) if result else NOT_REPORTED,
        PercentRange(low=percent[0], high=percent[1]) if percent else NOT_REPORTED,
    )


def audit(claim: str, rows: list[CohortRow]) -> AuditedClaim:
    """Give the audit of one claim, written without its id, sentence and place."""
    [found] = audit_claims(parse_claims(HEADER + claim, "claims.toml"), rows)
    return found
