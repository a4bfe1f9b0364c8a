"""The claims audit: every claim of a publication recomputed from the publication's own rows.

No verdict is stored anywhere: each comes from the rows, or, where places or documents are held
against each other, from the values that the claims file records for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spindle.cohort.claim_checks.findings import Verdict
from spindle.cohort.claims import Claim, ClaimsFile
from spindle.cohort.conditions import RowTerms, check_terms, list_terms
from spindle.cohort.rows import CohortRow

__all__ = ["AuditedClaim", "Verdict", "audit_claims"]


@dataclass(frozen=True, slots=True)
class AuditedClaim:
    """One claim with what recomputing it gave."""

    id: str
    """Id of the claim."""
    sentence: str
    """What the sentence says."""
    where: str
    """Where it stands."""
    kind: str
    """Kind of claim."""
    verdict: Verdict
    """The verdict."""
    printed: str
    """What was printed, with its unit."""
    recomputed: str
    """What the rows or the places give, with its unit."""
    reason: str
    """Why, in sentences with the numbers."""
    rows: tuple[str, ...]
    """Ids of the cases that it rests on."""


def audit_claims(claims: ClaimsFile, rows: Sequence[CohortRow]) -> tuple[AuditedClaim, ...]:
    """Give every claim with its verdict, in the order of the file.

    Raises
    ------
    UserError
        `claims-invalid` for a claim that names a case, a site or a symptom which neither a row nor
        a vocabulary knows, so that a slip of the pen does not count as zero.
    """
    terms = list_terms(rows)
    return tuple(_audit_claim(claim, rows, terms) for claim in claims.claims)


def _audit_claim(claim: Claim, rows: Sequence[CohortRow], terms: RowTerms) -> AuditedClaim:
    if rows:
        check_terms(claim.tests, terms, claim.place)
    found = claim.check.find(rows)
    return AuditedClaim(
        id=claim.id,
        sentence=claim.sentence,
        where=claim.where,
        kind=claim.kind,
        verdict=found.verdict,
        printed=found.printed,
        recomputed=found.recomputed,
        reason=f"{found.reason} {claim.note}".strip(),
        rows=found.rows,
    )
