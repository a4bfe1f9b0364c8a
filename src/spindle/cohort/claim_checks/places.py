"""Claims that stand in several places or documents, held against each other and the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import Finding, Verdict, count_noun, join_list
from spindle.cohort.claim_checks.statements import ReadLabel, Statement, read_statement
from spindle.cohort.claim_checks.values import Scope, Value, is_conflict
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
    scope: Scope
    """What it speaks of."""
    is_printed: bool
    """Whether a place or a document prints it; the rows give the others."""

    @property
    def title(self) -> str:
        """Who says it, and of what."""
        return f"{self.label} ({self.scope.words})" if self.scope.words else self.label

    @property
    def words(self) -> str:
        """Who says what."""
        return f"{self.title}: {self.value.shown}"

    def is_comparable(self, other: Said) -> bool:
        """Give whether the two can be held against each other: printed, and of the same."""
        return (self.is_printed or other.is_printed) and self.scope.is_same(other.scope)

    def contradicts(self, other: Said) -> bool:
        """Give whether the two speak of the same and cannot both hold."""
        return self.is_comparable(other) and is_conflict(self.value, other.value)


@dataclass(frozen=True, slots=True)
class PlacesCheck:
    """The same quantity in several places of one document, or in several documents.

    Only statements of one population and one measure can contradict each other: a share of all
    tumours says nothing against another share in the nose.
    """

    statements: tuple[Statement, ...]
    """Who says what."""
    unit: str
    """Unit of the values; empty when they hold their own."""
    noun: str
    """`place` or `document`."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give whether the places say the same."""
        asked = [(statement, statement.find_value(rows)) for statement in self.statements]
        said = [
            Said(s.label, value, s.scope, s.from_rows is None)
            for s, value in asked
            if value is not None
        ]
        silent = [s.label for s, value in asked if value is None]
        printed = "; ".join(one.words for one in said if one.is_printed)
        recomputed = "; ".join(one.words for one in said if not one.is_printed)
        cases = tuple(dict.fromkeys(case for one in said for case in one.value.cases))
        found = Finding(Verdict.AGREES, printed, recomputed, "", cases)
        note = f" The rows do not answer for {join_list(silent)}." if silent else ""
        return self._judge(said, note, found)

    def _judge(self, said: Sequence[Said], note: str, found: Finding) -> Finding:
        pairs = [(a, b) for a, b in combinations(said, 2) if a.is_comparable(b)]
        conflicts = [(one, other) for one, other in pairs if one.contradicts(other)]
        compared = [one for one in said if any(one in pair for pair in pairs)]
        note = f"{self._describe_apart(said, compared)}{note}"
        if conflicts:
            recomputed = found.recomputed or self._count_values(said)
            reason = f"{self._describe_conflicts(conflicts)}{note}"
            return replace(
                found, verdict=Verdict.CONTRADICTED, recomputed=recomputed, reason=reason
            )
        if not compared:
            return self._leave_open(said, note, found)
        listed = "; ".join(one.words for one in compared)
        reason = f"These do not contradict each other{self._unit}: {listed}.{note}"
        return replace(found, recomputed=found.recomputed or "no conflict", reason=reason)

    def _leave_open(self, said: Sequence[Said], note: str, found: Finding) -> Finding:
        """Give the finding when no two statements can be held against each other."""
        verdict = Verdict.NOT_CHECKABLE
        if len(said) < 2:
            reason = f"There is nothing to hold it against.{note}"
            return replace(found, verdict=verdict, recomputed="not in the rows", reason=reason)
        recomputed = found.recomputed or f"{_name_difference(said)} differ"
        return replace(found, verdict=verdict, recomputed=recomputed, reason=note.strip())

    def _describe_apart(self, said: Sequence[Said], compared: Sequence[Said]) -> str:
        """Name what cannot be held against anything, side by side; empty when there is nothing."""
        apart = [one for one in said if one not in compared]
        if not apart or len(said) < 2:
            return ""
        listed = "; ".join(one.words for one in apart)
        differ = f"because {_name_difference(said)} differ{self._unit}: {listed}."
        if compared:
            return f" Not held against them, {differ}"
        return f" These cannot be held against each other, {differ}"

    @property
    def _unit(self) -> str:
        return f" ({self.unit})" if self.unit else ""

    def _count_values(self, said: Sequence[Said]) -> str:
        """Give how many values there are that contradict one another."""
        groups: list[Said] = []
        for one in said:
            if all(one.contradicts(other) for other in groups):
                groups.append(one)
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


def _name_difference(said: Sequence[Said]) -> str:
    """Give in what the statements differ: `the populations`, `the measures`, or both."""
    populations = {fold(one.scope.population) for one in said}
    measures = {fold(one.scope.measure) for one in said}
    names = [
        name
        for name, found in (("the populations", populations), ("the measures", measures))
        if len(found) > 1
    ]
    return join_list(names)


def _oppose_words(said: Sequence[Said]) -> str:
    """Give those who say the same together, against those who say something else."""
    groups: dict[str, list[str]] = {}
    for one in said:
        shown = ": ".join(part for part in (one.scope.words, one.value.shown) if part)
        groups.setdefault(fold(one.value.words), []).append(f"{one.label} ({shown})")
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
    for name in ("population", "measure"):
        said = [bool(getattr(statement.scope, name)) for statement in statements]
        if any(said) and not all(said):
            raise fields.fail(f"Either every statement has a {name} or none has.")
    return PlacesCheck(statements, fields.read_text("unit", ""), noun)


def _read_document(fields: ClaimFields) -> str:
    where = fields.read_text("where", "")
    title = fields.read_choice("document", fields.documents)
    return f"{title}, {where}" if where else title
