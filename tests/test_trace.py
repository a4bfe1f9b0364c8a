from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.trace import Trace, TraceStep

steps = st.lists(
    st.builds(
        TraceStep,
        concluded=st.text(max_size=5),
        facts=st.lists(st.sampled_from("abcd"), max_size=4).map(tuple),
    ),
    max_size=5,
).map(tuple)


@given(steps, steps)
def test_two_traces_follow_each_other(
    first: tuple[TraceStep, ...], second: tuple[TraceStep, ...]
) -> None:
    assert (Trace(first) + Trace(second)).steps == first + second


@given(steps)
def test_facts_stand_once_in_the_order_of_first_use(given: tuple[TraceStep, ...]) -> None:
    every = [fact for step in given for fact in step.facts]
    facts = Trace(given).facts
    assert sorted(facts) == sorted(set(every))
    assert list(facts) == sorted(set(every), key=every.index)


def test_a_step_can_not_be_changed_afterwards() -> None:
    step = TraceStep(concluded="ALK: positive.")
    with pytest.raises(FrozenInstanceError):
        step.concluded = "ALK: negative."  # type: ignore[misc]


def test_an_empty_trace_has_no_facts() -> None:
    assert Trace().facts == ()
