"""Claims about sides: how many rows have the symptoms on one side and the tumour on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spindle.cases.absence import Absent
from spindle.cohort.claim_checks.counts import is_silent
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import Finding, Verdict, count_noun, join_list
from spindle.cohort.condition_terms import show_sided
from spindle.cohort.conditions import EVERY_CASE, Condition, count_rows, read_condition
from spindle.cohort.rows import CohortRow
from spindle.cohort.sides import list_opposed_symptoms

ROWS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class LateralityCheck:
    """How many rows may contradict themselves about the side."""

    printed: int
    """The number of such rows that the document has by its own account, mostly none."""
    among: Condition
    """Among which cases."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give the rows whose sides contradict each other."""
        printed = f"{count_noun(self.printed, 'row')} with opposite sides"
        conflict = read_condition({"has_side_conflict": True}, "laterality")
        count = count_rows(rows, conflict, self.among)
        if is_silent(count, rows):
            return Finding(
                Verdict.NOT_CHECKABLE,
                printed,
                "not in the rows",
                "No row gives the side both of a symptom and of a site.",
            )
        ids = set(count.fitting)
        opposed = [row for row in rows if row.case_id in ids]
        sentences = [describe_sides(row) for row in opposed[:ROWS_SHOWN]]
        if len(opposed) > ROWS_SHOWN:
            sentences.append(f"And {len(opposed) - ROWS_SHOWN} more.")
        compared = count.n + len(count.unfit)
        sentences.append(
            f"Sides can be compared in {compared} of {count_noun(count.considered, 'row')}."
        )
        if opposed:
            sentences.append(
                "A symptom can lie on the other side of the tumour; the images decide."
            )
        verdict = Verdict.AGREES if count.n == self.printed else Verdict.CONTRADICTED
        return Finding(
            verdict,
            printed,
            f"{count_noun(count.n, 'row')} of {compared} compared",
            " ".join(sentences),
            count.fitting,
        )


def describe_sides(row: CohortRow) -> str:
    """Give the contradiction of a row as a sentence."""
    symptoms = join_list(show_sided(symptom) for symptom in list_opposed_symptoms(row))
    sites = join_list(show_sided(s) for s in row.sites if not isinstance(s.laterality, Absent))
    return f"Case {row.case_id}: {symptoms}, but {sites}."


def read_laterality(fields: ClaimFields) -> LateralityCheck:
    """Give the check of a `laterality` claim."""
    return LateralityCheck(
        printed=fields.read_count("printed", 0),
        among=fields.read_condition("among", EVERY_CASE),
    )
