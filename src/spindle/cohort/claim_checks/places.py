"""Claims that stand in several places or documents, held against each other and the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import Finding, Verdict, count_noun, join_list
from spindle.cohort.claim_checks.statements import ReadLabel, Statement, read_statement
from spindle.cohort.claim_checks.values import Value, is_conflict
from spindle.cohort.rows import CohortRow
from spindle.knowledge.vocabularies import fold

PAIRS_IN_A_SENTENCE = 6


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with its value."""

    label: str
    """The place or the document."""
    value: Value
    """The value."""

    @property
    def words(self) -> str:
        """Who says what."""
        return f"{self.label}: {self.value.shown}"


@dataclass(frozen=True, slots=True)
class PlacesCheck:
    """The same quantity in several places of one document, or in several documents."""

    statements: tuple[Statement, ...]
    """Who says what."""
    unit: str
    """Unit of the values; empty when they hold their own."""
    noun: str
    """`place` or `document`."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give whether the places say the same."""
        asked = [(statement, statement.find_value(rows)) for statement in self.statements]
        said = [Said(s.label, value) for s, value in asked if value is not None]
        silent = [s.label for s, value in asked if value is None]
        printed = "; ".join(
            Said(s.label, value).words
            for s, value in asked
            if value is not None and s.from_rows is None
        )
        recomputed = "; ".join(
            Said(s.label, value).words
            for s, value in asked
            if value is not None and s.from_rows is not None
        )
        cases = tuple(dict.fromkeys(case for one in said for case in one.value.cases))
        return self._judge(said, silent, Finding(Verdict.AGREES, printed, recomputed, "", cases))

    def _judge(self, said: Sequence[Said], silent: Sequence[str], found: Finding) -> Finding:
        conflicts = [
            (one, other)
            for one, other in combinations(said, 2)
            if is_conflict(one.value, other.value)
        ]
        note = f" The rows do not answer for {join_list(silent)}." if silent else ""
        if conflicts:
            recomputed = found.recomputed or self._count_values(said)
            reason = f"{self._describe_conflicts(conflicts)}{note}"
            return replace(
                found, verdict=Verdict.CONTRADICTED, recomputed=recomputed, reason=reason
            )
        if len(said) < 2:
            reason = f"There is nothing to hold it against.{note}"
            return replace(
                found,
                verdict=Verdict.NOT_CHECKABLE,
                recomputed="not in the rows",
                reason=reason,
            )
        listed = "; ".join(one.words for one in said)
        reason = f"These do not contradict each other{self._unit}: {listed}.{note}"
        return replace(found, recomputed=found.recomputed or "no conflict", reason=reason)

    @property
    def _unit(self) -> str:
        return f" ({self.unit})" if self.unit else ""

    def _count_values(self, said: Sequence[Said]) -> str:
        """Give how many values there are that contradict one another."""
        groups: list[Value] = []
        for one in said:
            if all(is_conflict(one.value, value) for value in groups):
                groups.append(one.value)
        return f"{len(groups)} values in {count_noun(len(said), self.noun)}"

    def _describe_conflicts(self, conflicts: Sequence[tuple[Said, Said]]) -> str:
        """Say who contradicts whom; the pairs are listed where not everybody contradicts all."""
        involved = list(dict.fromkeys(one for pair in conflicts for one in pair))
        if involved[0].value.words:
            return f"These do not say the same: {_oppose_words(involved)}."
        listed = "; ".join(one.words for one in involved)
        sentence = f"These cannot all hold{self._unit}: {listed}."
        if len(conflicts) == len(involved) * (len(involved) - 1) // 2:
            return sentence
        pairs = [f"{one.label} with {other.label}" for one, other in conflicts]
        shown = "; ".join(pairs[:PAIRS_IN_A_SENTENCE])
        more = len(pairs) - PAIRS_IN_A_SENTENCE
        return f"{sentence} In conflict: {shown}{f'; and {more} more' if more > 0 else ''}."


def _oppose_words(said: Sequence[Said]) -> str:
    """Give those who say the same together, against those who say something else."""
    groups: dict[str, list[str]] = {}
    for one in said:
        groups.setdefault(fold(one.value.words), []).append(f"{one.label} ({one.value.shown})")
    return "; against ".join(join_list(group) for group in groups.values())


def read_places(fields: ClaimFields) -> PlacesCheck:
    """Give the check of a `places` claim: several places of one document."""
    return _read_statements(fields, "place", lambda part: part.read_text("where"))


def read_documents(fields: ClaimFields) -> PlacesCheck:
    """Give the check of a `documents` claim: several documents.

    A share of a sample is held against others by its exact interval.
    """
    return _read_statements(fields, "document", _read_document)


def _read_statements(fields: ClaimFields, noun: str, read_label: ReadLabel) -> PlacesCheck:
    statements = fields.read_tables(
        "statements",
        lambda part: read_statement(part, read_label, is_sample=noun == "document"),
        at_least=2,
    )
    printed = [statement.value for statement in statements if statement.value is not None]
    if not printed:
        raise fields.fail("One statement at least has to be printed.")
    if len({bool(value.words) for value in printed}) > 1:
        raise fields.fail("Words and numbers cannot be held against each other.")
    if printed[0].words and len(printed) < len(statements):
        raise fields.fail("Words cannot be held against a number that the rows give.")
    return PlacesCheck(statements, fields.read_text("unit", ""), noun)


def _read_document(fields: ClaimFields) -> str:
    where = fields.read_text("where", "")
    title = fields.read_choice("document", fields.documents)
    return f"{title}, {where}" if where else title
