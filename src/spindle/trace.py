"""A conclusion with its reasons: ids of observations and facts, no imports.

Every conclusion that Spindle prints carries a trace, so that a reader can follow it back to what
was observed and to what was published. Reports print the trace; they never work it out again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step on the way to a conclusion."""

    concluded: str
    """What was concluded, in one sentence."""
    observations: tuple[str, ...] = ()
    """Ids of the observations that it rests on."""
    facts: tuple[str, ...] = ()
    """Ids of the facts and rules that it used."""
    is_inferred: bool = False
    """Whether the step goes beyond what its source says."""
    would_change: str = ""
    """What finding would change the conclusion; empty when nothing is named."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The steps of one conclusion, in order."""

    steps: tuple[TraceStep, ...] = ()
    """The steps, first to last."""

    def __add__(self, other: Trace) -> Trace:
        """Give the steps of both, in order."""
        return Trace(self.steps + other.steps)

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact used, each once, in order of first use."""
        return tuple(dict.fromkeys(fact for step in self.steps for fact in step.facts))
