"""Testing protocols as data: graphs of steps, and the tests that they look at or ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from spindle.errors import UserError
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import (
    NAMED_TABLES,
    Entry,
    MaybeWords,
    check_keys,
    list_files,
    read_document,
    read_entries,
)

DEFAULT_PROTOCOL = "rna-reflex"
TESTS_FILE = "protocols/tests.toml"
RESULTS = ("positive", "negative", "equivocal", "failed", "not_done")
CHECKS = (
    "other_driver",
    "not_productive",
    "is_discordant",
    "any_positive",
    "any_undecided",
    "other_kinase_positive",
    "fish_or_pcr_positive",
    "other_kinase_break",
    "fusion_shown",
    "pcr_or_sequencing_done",
)


@dataclass(frozen=True, slots=True)
class ProtocolTest:
    """A test that a protocol can look at or ask for."""

    id: str
    """Id used in protocol graphs."""
    name: str
    """Name for people."""
    assays: tuple[str, ...]
    """Assays whose readings answer it; empty for a test that only can be asked for."""
    gene: str
    """Kinase that the readings are about."""
    positive_assays: tuple[str, ...] = ()
    """Assays whose positive readings answer it too, while their negatives do not."""


@dataclass(frozen=True, slots=True)
class ProtocolStep:
    """One step of a protocol's graph."""

    id: str
    """Id within the protocol."""
    kind: str
    """`test`, `check`, `ask` or `end`."""
    test: str = ""
    """For `test`: whose result decides."""
    check: str = ""
    """For `check`: what is asked of all results."""
    edges: Mapping[str, str] = field(default_factory=dict)
    """Where each result leads: by result, or by yes, no and if_none."""
    tests: tuple[str, ...] = ()
    """For `ask`: tests to propose, in order."""
    any_one: bool = False
    """For `ask`: any one of them will do."""
    when: str = ""
    """For `ask`: the condition under which they are proposed."""
    why: str = ""
    """For `ask`: the reason."""
    says: str = ""
    """For `end`: what the protocol says."""
    facts: tuple[str, ...] = ()
    """Facts behind the step."""
    is_inferred: bool = False
    """Whether the step goes beyond the protocol's sources."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One testing protocol."""

    id: str
    """Id for `--protocol`."""
    title: str
    """One line for people."""
    kinase: str
    """Kinase that it starts from."""
    start: str
    """First step."""
    steps: Mapping[str, ProtocolStep]
    """Steps by id."""
    facts: tuple[str, ...]
    """Facts behind the whole protocol."""
    tissue_sparing_order: tuple[str, ...] = ()
    """Order of proposed tests when little tissue is left; empty when the protocol has none."""
    tissue_sparing_facts: tuple[str, ...] = ()
    """Facts behind that order."""


@cache
def load_tests() -> Mapping[str, ProtocolTest]:
    """Give every test by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a malformed field or a test that stands twice.
    """
    tests: dict[str, ProtocolTest] = {}
    required = {"id": str, "name": str, "assays": MaybeWords, "gene": str}
    for entry in read_entries(TESTS_FILE, "tests", also=("whens",)):
        check_keys(entry, required, {"positive_assays": list})
        values = entry.values
        if values["id"] in tests:
            raise entry.fail(f"{values['id']} stands twice.")
        tests[values["id"]] = ProtocolTest(
            id=values["id"],
            name=values["name"],
            assays=tuple(values["assays"]),
            gene=values["gene"],
            positive_assays=tuple(values.get("positive_assays", ())),
        )
    return MappingProxyType(tests)


@cache
def load_whens() -> Mapping[str, str]:
    """Give the words of every condition under which a test is proposed.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a malformed field or one that stands twice.
    """
    whens: dict[str, str] = {}
    for entry in read_entries(TESTS_FILE, "whens", also=("tests",)):
        check_keys(entry, {"id": str, "words": str}, {})
        if entry.values["id"] in whens:
            raise entry.fail(f"{entry.values['id']} stands twice.")
        whens[entry.values["id"]] = entry.values["words"]
    return MappingProxyType(whens)


_PROTOCOL_KEYS: Mapping[str, type] = {
    "id": str,
    "title": str,
    "kinase": str,
    "facts": list,
    "start": str,
    "steps": NAMED_TABLES,
}
_STEP_KEYS: Mapping[str, Mapping[str, type]] = {
    "test": {"kind": str, "test": str, **dict.fromkeys(RESULTS, str)},
    "check": {"kind": str, "check": str, "yes": str, "no": str},
    "ask": {"kind": str, "tests": list, "when": str, "why": str, "facts": list, "if_none": str},
    "end": {"kind": str, "says": str},
}
_EDGES = (*RESULTS, "yes", "no", "if_none")


def make_protocol(entry: Entry) -> Protocol:
    """Give the protocol of a file.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown field, test, fact or step, a step that nothing leads
        to, or a way that never ends.
    """
    values = entry.values
    optional = {"tissue_sparing_order": list, "tissue_sparing_facts": list}
    check_keys(entry, _PROTOCOL_KEYS, optional)
    steps = {name: _make_step(name, step, entry) for name, step in values["steps"].items()}
    protocol = Protocol(
        id=values["id"],
        title=values["title"],
        kinase=values["kinase"],
        start=values["start"],
        steps=MappingProxyType(steps),
        facts=tuple(values["facts"]),
        tissue_sparing_order=tuple(values.get("tissue_sparing_order", ())),
        tissue_sparing_facts=tuple(values.get("tissue_sparing_facts", ())),
    )
    _check_facts(protocol, entry)
    _check_graph(protocol, entry)
    return protocol


def _make_step(name: str, values: Any, entry: Entry) -> ProtocolStep:
    place = entry.enter(f"steps.{name}", {"id": f"the step {name}", **values})
    kind = values.get("kind", "")
    if not isinstance(kind, str) or kind not in _STEP_KEYS:
        raise place.fail(f"The step {name} has the unknown kind {kind!r}.", "kind")
    check_keys(place, {"id": str, **_STEP_KEYS[kind]}, {"any_one": bool, "is_inferred": bool})
    _check_step(kind, values, place)
    return ProtocolStep(
        id=name,
        kind=kind,
        test=values.get("test", ""),
        check=values.get("check", ""),
        edges=MappingProxyType({key: values[key] for key in _EDGES if key in values}),
        tests=tuple(values.get("tests", ())),
        any_one=values.get("any_one", False),
        when=values.get("when", ""),
        why=values.get("why", ""),
        says=values.get("says", ""),
        facts=tuple(values.get("facts", ())),
        is_inferred=values.get("is_inferred", False),
    )


def _check_step(kind: str, values: Mapping[str, Any], place: Entry) -> None:
    for test in [*values.get("tests", ()), *([values["test"]] if kind == "test" else ())]:
        if test not in load_tests():
            raise place.fail(f"The test {test!r} is unknown.")
    if kind == "check" and values["check"] not in CHECKS:
        raise place.fail(f"The check {values['check']!r} is unknown.")
    if kind == "ask" and values["when"] not in load_whens():
        raise place.fail(f"The condition {values['when']!r} is unknown.")


def _check_facts(protocol: Protocol, entry: Entry) -> None:
    if protocol.kinase not in {test.gene for test in load_tests().values()}:
        raise entry.fail(f"No test asks about the kinase {protocol.kinase!r}.")
    for test in protocol.tissue_sparing_order:
        if test not in load_tests():
            raise entry.fail(f"The test {test!r} is unknown.")
    used = [*protocol.facts, *protocol.tissue_sparing_facts]
    used += [fact for step in protocol.steps.values() for fact in step.facts]
    for fact in used:
        if fact not in load_facts():
            raise entry.fail(f"The fact {fact!r} does not exist.")


def _check_graph(protocol: Protocol, entry: Entry) -> None:
    reached: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> None:
        if name not in protocol.steps:
            raise entry.fail(f"The step {name!r} does not exist.")
        if name in way:
            raise entry.fail(f"The way {' > '.join((*way, name))} never ends.")
        reached.add(name)
        for target in protocol.steps[name].edges.values():
            walk(target, (*way, name))

    walk(protocol.start, ())
    if unreached := sorted(set(protocol.steps) - reached):
        raise entry.fail(f"Nothing leads to: {', '.join(unreached)}.")


@cache
def load_protocols() -> Mapping[str, Protocol]:
    """Give every protocol by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a malformed protocol or one that stands twice.
    """
    protocols: dict[str, Protocol] = {}
    for path in list_files("protocols"):
        if path == TESTS_FILE:
            continue
        entry = read_document(path)
        protocol = make_protocol(entry)
        if protocol.id in protocols or path != f"protocols/{protocol.id}.toml":
            raise entry.fail(f"The id {protocol.id} is not the name of the file.", "id")
        protocols[protocol.id] = protocol
    if DEFAULT_PROTOCOL not in protocols:
        message = f"The protocol {DEFAULT_PROTOCOL}, which is used by default, is missing."
        raise UserError("knowledge-invalid", message, place="protocols")
    return MappingProxyType(protocols)


def find_protocol(protocol_id: str) -> Protocol:
    """Give the protocol of an id.

    Raises
    ------
    UserError
        `protocol-unknown`, listing the ids.
    """
    protocols = load_protocols()
    if protocol_id not in protocols:
        raise UserError(
            "protocol-unknown",
            f"There is no protocol {protocol_id!r}.",
            cure=f"Use one of: {', '.join(sorted(protocols))}.",
        )
    return protocols[protocol_id]
