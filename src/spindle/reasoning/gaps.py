"""Gaps: what is not recorded and would change the assessment, the weightiest first.

For a missing test the possible answers are tried out, and what they would change is counted; for
what no answer can be tried of, the parts that it bears on are knowledge (`gaps.toml`). The order is
by how many parts of the assessment would change, on average over the possible answers. What was
tried out is never shown as a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spindle.cases.case import Case
from spindle.knowledge.gaps import ORDER_FACT, GapKind, load_gaps
from spindle.reasoning.assessments import Assessment
from spindle.reasoning.findings import Differential, Gap
from spindle.reasoning.gaps_answers import Trial, make_trial
from spindle.reasoning.gaps_rules import RULES
from spindle.reasoning.gaps_view import GapView, Missing


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A gap with what it would change."""

    kind: GapKind
    missing: Missing
    shares: Mapping[str, float]

    @property
    def weight(self) -> tuple[float, int]:
        """How far up it stands: parts that would change on average, then its place in the file."""
        return -sum(self.shares.values()), self.kind.position


def find_gaps(
    case: Case, assessment: Assessment, differential: Differential | None = None
) -> tuple[Gap, ...]:
    """Give what is not recorded and would change the assessment, in the order of how much.

    What the source calls unknown or not done is still missing, and its gap says so. A test that was
    done and gave no answer is no gap.
    """
    view, trial = GapView(case, assessment, differential), make_trial(case, assessment)
    weighed = [
        _weigh(kind, missing, trial)
        for kind in load_gaps().kinds.values()
        if (missing := RULES[kind.id](view)) is not None
    ]
    is_last = {gap.kind.id for gap in weighed if gap.kind.is_of_imt and view.is_of_mimic}
    found = (gap for gap in weighed if gap.shares)
    ordered = sorted(found, key=lambda gap: (gap.kind.id in is_last, gap.weight))
    return tuple(
        _describe(gap, rank, is_last=gap.kind.id in is_last) for rank, gap in enumerate(ordered, 1)
    )


def _weigh(kind: GapKind, missing: Missing, trial: Trial) -> _Weighed:
    """Give what would change: parts that are declared, and those that an answer was seen to change.

    A test of which no answer changes anything is no gap, whatever it bears on beside that.
    """
    declared = {*kind.changes, *(part for c in missing.cases for part in kind.changes_in[c])}
    tried = trial.try_answers(missing.answers) if missing.answers else {}
    is_idle = missing.answers and not tried and not missing.cases
    return _Weighed(kind, missing, {} if is_idle else {**tried, **dict.fromkeys(declared, 1.0)})


ONLY_IF_IMT = "It is asked only if an IMT stays in question."


def _describe(gap: _Weighed, rank: int, *, is_last: bool) -> Gap:
    book, kind, words = load_gaps(), gap.kind, gap.missing.words
    said = book.absences.get(gap.missing.reason, "").format_map(words)
    return Gap(
        id=kind.id,
        what=kind.what.format_map(words),
        why=" ".join(filter(None, (kind.why.format_map(words), said, ONLY_IF_IMT * is_last))),
        changes=tuple(part for part in book.parts if part in gap.shares),
        rank=rank,
        facts=(*kind.facts, ORDER_FACT),
    )
