from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases import documents
from spindle.cases.case import SCHEMA_VERSION
from spindle.cases.documents import read_case
from spindle.cases.versions import UPGRADES, upgrade_document
from spindle.errors import UserError

Document = dict[str, Any]


def rename_gender(document: Document) -> Document:
    patient = dict(document.pop("person", {}))
    patient["sex"] = patient.pop("gender", {"absent": "not_reported"})
    return {**document, "patient": patient, "schema_version": "0.9"}


def add_id(document: Document) -> Document:
    number = document.pop("number")
    return {**document, "id": f"case-{number}", "schema_version": "1"}


CHAIN = {"0.8": rename_gender, "0.9": add_id}


def refuse(document: Document, **options: Any) -> UserError:
    with pytest.raises(UserError) as caught:
        upgrade_document(document, **options)
    assert caught.value.slug == "case-version-unknown"
    return caught.value


def test_a_document_of_the_present_version_is_left_as_it_is() -> None:
    document = {"schema_version": SCHEMA_VERSION, "id": "x"}
    assert upgrade_document(document) is document
    assert upgrade_document({"id": "x"}) == {"id": "x"}


def test_an_old_document_goes_step_by_step() -> None:
    old = {"schema_version": "0.8", "number": 7, "person": {"gender": "male"}}
    assert upgrade_document(old, upgrades=CHAIN) == {
        "schema_version": "1",
        "id": "case-7",
        "patient": {"sex": "male"},
    }


def test_an_upgrade_does_not_change_the_document_that_it_was_given() -> None:
    old = {"schema_version": "0.8", "number": 7, "person": {"gender": "male"}}
    before = json.dumps(old)
    upgrade_document(old, upgrades=CHAIN)
    assert json.dumps(old) == before


def test_a_reader_takes_an_old_document_through_its_upgrades(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def upgrade(document: Document) -> Document:
        return upgrade_document(document, upgrades=CHAIN)

    monkeypatch.setattr(documents, "upgrade_document", upgrade)
    case = read_case('{"schema_version": "0.8", "number": 7, "person": {"gender": "male"}}')
    assert (case.id, case.patient.sex, case.schema_version) == ("case-7", "male", "1")


@pytest.mark.parametrize("version", ["0", "2", "1.0", "", " 1", 1, 1.0, None, True, [], {}])
def test_an_unknown_version_is_refused(version: object) -> None:
    error = refuse({"schema_version": version, "id": "x"})
    assert SCHEMA_VERSION in error.message


def test_a_version_that_leads_nowhere_is_refused() -> None:
    refuse({"schema_version": "0.8", "number": 7}, upgrades={"0.8": rename_gender})


def test_an_upgrade_that_sets_no_new_version_is_refused() -> None:
    refuse({"schema_version": "0.8"}, upgrades={"0.8": lambda document: document})


def test_upgrades_that_go_in_a_circle_are_refused() -> None:
    circle = {
        "a": lambda document: {**document, "schema_version": "b"},
        "b": lambda document: {**document, "schema_version": "c"},
        "c": lambda document: {**document, "schema_version": "a"},
    }
    for start in circle:
        refuse({"schema_version": start}, upgrades=circle)


versions = st.sampled_from(["1", "0", "a", "b", "c"])


@given(versions, st.dictionaries(st.sampled_from("abc0"), versions))
def test_every_graph_of_upgrades_ends(start: str, ways: dict[str, str]) -> None:
    upgrades = {
        name: (lambda document, to=target: {**document, "schema_version": to})
        for name, target in ways.items()
    }
    ended = _try_to_upgrade({"schema_version": start}, upgrades)
    assert ended in (SCHEMA_VERSION, "case-version-unknown")


def _try_to_upgrade(document: Document, upgrades: dict[str, Any]) -> str:
    try:
        return str(upgrade_document(document, upgrades=upgrades)["schema_version"])
    except UserError as error:
        return error.slug


def test_version_one_is_the_first() -> None:
    assert SCHEMA_VERSION == "1"
    assert dict(UPGRADES) == {}
    with pytest.raises(TypeError):
        UPGRADES["0"] = add_id  # type: ignore[index]
