from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from spindle.errors import UserError
from spindle.knowledge.facts import find_fact
from spindle.knowledge.files import Entry, read_text
from spindle.knowledge.protocols import (
    CHECKS,
    DEFAULT_PROTOCOL,
    RESULTS,
    Protocol,
    find_protocol,
    load_protocols,
    load_tests,
    load_whens,
    make_protocol,
)

PATH = "protocols/new.toml"
GOOD: dict[str, Any] = tomllib.loads(
    """
id = "new"
title = "A protocol for a test"
kinase = "ALK"
facts = ["protocol.rna-reflex.order"]
start = "ihc"

[steps.ihc]
kind = "test"
test = "alk_ihc"
positive = "agree"
negative = "stop"
equivocal = "ask"
failed = "ask"
not_done = "ask"

[steps.agree]
kind = "check"
check = "is_discordant"
yes = "ask"
no = "stop"

[steps.ask]
kind = "ask"
tests = ["rna_sequencing"]
when = "if_needed"
why = "It is open."
facts = ["protocol.rna-reflex.order"]
if_none = "stop"

[steps.stop]
kind = "end"
says = "The protocol ends here."
"""
)


def change(*way: str, to: Any) -> dict[str, Any]:
    """Give the good protocol with one value changed, or left out when `to` is None."""
    values = copy.deepcopy(GOOD)
    target = values
    for key in way[:-1]:
        target = target[key]
    if to is None:
        del target[way[-1]]
    else:
        target[way[-1]] = to
    return values


def refuse(values: dict[str, Any]) -> UserError:
    with pytest.raises(UserError) as caught:
        make_protocol(Entry(values, PATH))
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place.startswith(PATH)
    return caught.value


def list_ways(protocol: Protocol) -> Iterator[tuple[str, ...]]:
    """Give every way from the start to an end."""

    def walk(name: str, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        step = protocol.steps[name]
        if step.kind == "end":
            yield (*way, name)
        for target in step.edges.values():
            yield from walk(target, (*way, name))

    yield from walk(protocol.start, ())


# The protocols that ship ------------------------------------------------------------------------


def test_four_protocols_ship_and_the_default_is_one_of_them() -> None:
    assert set(load_protocols()) == {
        "rna-reflex",
        "zhao-2025-screen",
        "zhao-2025-ngs-if-negative",
        "zhao-2025-ngs-upfront",
    }
    assert DEFAULT_PROTOCOL == "rna-reflex"


@pytest.mark.parametrize("protocol_id", sorted(load_protocols()))
def test_every_way_ends_within_the_number_of_steps(protocol_id: str) -> None:
    protocol = load_protocols()[protocol_id]
    ways = list(list_ways(protocol))
    assert ways
    assert max(len(way) for way in ways) <= len(protocol.steps)
    assert {name for way in ways for name in way} == set(protocol.steps)


@pytest.mark.parametrize("protocol_id", sorted(load_protocols()))
def test_every_proposal_has_a_reason_with_facts_and_every_end_a_sentence(protocol_id: str) -> None:
    protocol = load_protocols()[protocol_id]
    assert protocol.facts
    for step in protocol.steps.values():
        if step.kind == "ask":
            assert step.tests
            assert step.facts
            assert step.why.endswith((".", "?"))
            assert step.when in load_whens()
        if step.kind == "end":
            assert step.says.endswith(".")
        if step.kind == "test":
            assert set(step.edges) == set(RESULTS)


@pytest.mark.parametrize(
    "protocol_id", ["zhao-2025-screen", "zhao-2025-ngs-if-negative", "zhao-2025-ngs-upfront"]
)
def test_each_recommendation_of_the_paper_names_its_place(protocol_id: str) -> None:
    protocol = load_protocols()[protocol_id]
    places = [find_fact(fact).place for fact in protocol.facts]
    assert len(protocol.facts) == 1
    assert places[0].startswith("Discussion, paragraph")
    assert find_fact(protocol.facts[0]).source.id == "zhao-2025"


def test_the_three_recommendations_stand_in_three_places() -> None:
    ids = [f"protocol.zhao-2025.{name}" for name in ("screen", "ngs-if-negative", "ngs-upfront")]
    assert len({find_fact(fact).place for fact in ids}) == 3


def test_the_default_is_said_to_be_our_own() -> None:
    fact = find_fact("protocol.rna-reflex.order")
    assert fact.is_inferred
    assert fact.source.id == "spindle"


def test_the_fallback_after_failed_rna_names_what_the_protocol_names() -> None:
    asked = {test for s in load_protocols()["rna-reflex"].steps.values() for test in s.tests}
    assert {"alk_fish", "ros1_fish", "pan_trk_ihc", "dna_panel", "rna_sequencing"} <= asked


@pytest.mark.parametrize("protocol_id", sorted(load_protocols()))
def test_no_protocol_orders_or_names_a_drug(protocol_id: str) -> None:
    text = read_text(f"protocols/{protocol_id}.toml").lower()
    assert not any(word in text for word in ("crizotinib", " must ", "benign", "prescribe"))


def test_every_test_has_a_name_and_a_gene() -> None:
    for key, test in load_tests().items():
        assert test.id == key
        assert test.name
        assert test.gene in ("ALK", "ROS1", "NTRK", "any")


def test_conditions_read_as_words() -> None:
    assert dict(load_whens()) == {
        "always": "next step",
        "if_needed": "if diagnosis or treatment depends on it",
        "if_targeted_treatment": "if targeted treatment is considered",
    }


def test_an_unknown_protocol_lists_the_ids() -> None:
    with pytest.raises(UserError) as caught:
        find_protocol("rna_reflex")
    assert caught.value.slug == "protocol-unknown"
    assert all(protocol in str(caught.value) for protocol in load_protocols())


# The loader -------------------------------------------------------------------------------------


def test_a_good_protocol_is_made() -> None:
    protocol = make_protocol(Entry(GOOD, PATH))
    assert protocol.start == "ihc"
    assert protocol.steps["ask"].edges == {"if_none": "stop"}


@pytest.mark.parametrize("field", ["id", "title", "kinase", "facts", "start", "steps"])
def test_a_protocol_without_a_field_is_refused(field: str) -> None:
    assert field in refuse(change(field, to=None)).message


@pytest.mark.parametrize("result", RESULTS)
def test_a_test_without_a_way_for_a_result_is_refused(result: str) -> None:
    error = refuse(change("steps", "ihc", result, to=None))
    assert result in error.message
    assert "step ihc" in error.message


@pytest.mark.parametrize(
    ("way", "to", "word"),
    [
        (("author",), "me", "author"),
        (("start",), "nowhere", "nowhere"),
        (("facts",), ["no.fact"], "no.fact"),
        (("steps", "ihc", "kind"), "look", "look"),
        (("steps", "ihc", "test"), "alk_magic", "alk_magic"),
        (("steps", "ihc", "positive"), "nowhere", "nowhere"),
        (("steps", "ihc", "unclear"), "stop", "unclear"),
        (("steps", "ihc", "positive"), 5, "positive"),
        (("steps", "agree", "check"), "is_lucky", "is_lucky"),
        (("steps", "agree", "no"), None, "no"),
        (("steps", "ask", "tests"), ["rna"], "rna"),
        (("steps", "ask", "when"), "soon", "soon"),
        (("steps", "ask", "why"), "", "why"),
        (("steps", "ask", "facts"), ["no.fact"], "no.fact"),
        (("steps", "ask", "if_none"), None, "if_none"),
        (("steps", "stop", "says"), None, "says"),
        (("steps", "stop", "next"), "ihc", "next"),
        (("tissue_sparing_facts",), ["no.fact"], "no.fact"),
        (("tissue_sparing_order",), ["alk_magic"], "alk_magic"),
        (("kinase",), "ALK1", "ALK1"),
    ],
)
def test_a_malformed_protocol_is_refused(way: tuple[str, ...], to: Any, word: str) -> None:
    assert word in refuse(change(*way, to=to)).message


@pytest.mark.parametrize("value", ["stop", 5, []])
def test_a_step_that_is_no_table_is_refused(value: object) -> None:
    refuse(change("steps", "ihc", to=value))


def test_asking_for_no_test_is_refused() -> None:
    refuse(change("steps", "ask", "tests", to=[]))


@pytest.mark.parametrize(
    ("way", "to"),
    [
        (("steps", "ask", "if_none"), "ihc"),
        (("steps", "ask", "if_none"), "ask"),
        (("steps", "agree", "no"), "agree"),
        (("steps", "ihc", "negative"), "ihc"),
    ],
)
def test_a_way_that_never_ends_is_refused(way: tuple[str, ...], to: str) -> None:
    assert "never ends" in refuse(change(*way, to=to)).message


def test_a_step_that_nothing_leads_to_is_refused() -> None:
    values = change("steps", "lost", to={"kind": "end", "says": "Nobody comes here."})
    assert "lost" in refuse(values).message


def test_every_check_is_used_or_known() -> None:
    used = {
        step.check
        for protocol in load_protocols().values()
        for step in protocol.steps.values()
        if step.check
    }
    assert used <= set(CHECKS)
