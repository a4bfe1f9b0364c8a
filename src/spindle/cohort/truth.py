"""Three-valued truth: what a row does not say is neither true nor false (Kleene's strong logic)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from spindle.cases.absence import Absent


class Truth(StrEnum):
    """Whether a row fits a condition."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    """The row does not say."""


def give_truth(value: bool | Absent) -> Truth:
    """Give the truth of a statement that a row makes, denies or leaves open."""
    if isinstance(value, Absent):
        return Truth.UNKNOWN
    return Truth.TRUE if value else Truth.FALSE


def negate(truth: Truth) -> Truth:
    """Give the opposite; unknown stays unknown."""
    if truth is Truth.UNKNOWN:
        return truth
    return Truth.FALSE if truth is Truth.TRUE else Truth.TRUE


def join_all(truths: Iterable[Truth]) -> Truth:
    """Give true when all are true, false when any is false, else unknown."""
    joined = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.UNKNOWN:
            joined = truth
    return joined


def join_any(truths: Iterable[Truth]) -> Truth:
    """Give true when any is true, false when all are false, else unknown."""
    joined = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.UNKNOWN:
            joined = truth
    return joined
