from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import patient_records as records
import pytest
from jsonschema import Draft202012Validator

from spindle.cases.case import Case, Signature
from spindle.cases.notes import Note
from spindle.formats.case_file_values import ReadAs
from spindle.reasoning.findings import Fit, GateState, LabelStatus, Standing
from spindle.reasoning.patients import assess_patient, compute_version
from spindle.reports.patient_document import make_patient_document
from spindle.reports.patient_schema import make_patient_schema

VALIDATOR = Draft202012Validator(make_patient_schema())
# Words of an order, of a promise, or of a probability that nothing bears out.
FORBIDDEN = re.compile(
    r"\b(must|should be given|is benign|is safe|will be cured|certainly|probability of)\b", re.I
)


def list_faults(document: dict[str, object]) -> list[str]:
    plain = json.loads(json.dumps(document, allow_nan=False))
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(plain)]


def walk_facts(value: object) -> Iterator[str]:
    """Give the id of every fact that is named anywhere."""
    if isinstance(value, dict):
        yield from (*value.get("facts", ()), *value.get("sides", ()))
        for inner in value.values():
            yield from walk_facts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk_facts(inner)


def say(document: dict[str, object], number: int) -> str:
    """Give the words of a layer."""
    layer = document["diagnosis"]["layers"][number - 1]  # type: ignore[index]
    return " | ".join(f"{line['lead']}: {line['says']}" for line in layer["lines"])


# The schema -----------------------------------------------------------------------------------


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(make_patient_schema())


@pytest.mark.parametrize(
    "make",
    [records.make_patient, records.make_full_patient, records.make_hostile_patient],
    ids=["small", "full", "hostile"],
)
def test_a_document_is_as_the_schema_says(make: object) -> None:
    document = records.make_document(
        make(),  # type: ignore[operator]
        notes=[Note("site-unknown", "Kept.", file="a.toml", row=3, column="x", value="y")],
        read_as=[ReadAs("id", 1, "left out", "case-1")],
        made_on=datetime.date(2026, 11, 20),
    )
    assert list_faults(document) == []


def test_what_reasoning_gives_of_a_real_case_is_as_the_schema_says() -> None:
    for case in (records.make_case(), Case(id="empty")):
        assert list_faults(make_patient_document(assess_patient(case, region="EU"))) == []


@pytest.mark.parametrize("key", sorted(records.make_document()))
def test_the_schema_refuses_a_document_without_a_part(key: str) -> None:
    document = records.make_document()
    del document[key]
    assert list_faults(document)


def test_the_schema_refuses_a_part_that_it_does_not_know() -> None:
    assert list_faults({**records.make_document(), "probability": 0.9})
    document = records.make_document()
    document["differential"]["candidates"][0]["probability"] = 0.9
    assert list_faults(document)


def test_every_field_is_described() -> None:
    definitions = make_patient_schema()["$defs"]
    mine = {name: schema for name, schema in definitions.items() if name.endswith("Record")}
    assert len(mine) > 15
    bare = [
        f"{name}.{field}"
        for name, schema in mine.items()
        for field, about in schema["properties"].items()
        if not about.get("description", "").strip()
    ]
    assert bare == []


# Facts and sources ----------------------------------------------------------------------------


def test_every_fact_that_stands_anywhere_has_a_numbered_source() -> None:
    document = make_patient_document(assess_patient(records.make_case(), region="EU"))
    listed = {fact["id"] for fact in document["facts"]}
    assert len(listed) > 20
    assert set(walk_facts({**document, "facts": []})) - listed == set()
    numbers = [source["number"] for source in document["sources"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {fact["source"] for fact in document["facts"]} == set(numbers)


def test_one_case_gives_one_document() -> None:
    first, second = (json.dumps(records.make_document()) for _ in range(2))
    assert first == second
    assert records.make_document()["made_on"] == {"absent": "not_reported"}


# Signatures -----------------------------------------------------------------------------------


def test_a_report_is_unsigned_until_this_very_version_is_signed() -> None:
    patient = records.make_patient()
    version = compute_version(patient)
    signature = Signature(signed_by="Dr P", signed_on=records.DAY, version=version)
    signed = replace(patient, case=replace(patient.case, signatures=(signature,)))
    old = replace(signature, version="another")
    other = replace(patient, case=replace(patient.case, signatures=(old, signature)))
    for made, state, n in ((patient, "proposed, unsigned", 0), (signed, "signed", 0),
                           (other, "signed", 1)):  # fmt: skip
        found = make_patient_document(made)["signature"]
        assert found["state"] == state
        assert len(found["of_other_versions"]) == n


def test_another_observation_takes_the_signature_away() -> None:
    patient = records.make_patient()
    signature = Signature(signed_by="Dr P", signed_on=records.DAY, version=compute_version(patient))
    case = replace(patient.case, signatures=(signature,), exclusions=(), treatments=())
    found = make_patient_document(replace(patient, case=case))["signature"]
    assert found["state"] == "proposed, unsigned"
    assert [other["signed_by"] for other in found["of_other_versions"]] == ["Dr P"]


# The layers -----------------------------------------------------------------------------------


def test_the_integrated_diagnosis_is_worded_as_a_proposal() -> None:
    document = records.make_document()
    assert document["diagnosis"]["headline"] == (
        "Findings compatible with inflammatory myofibroblastic tumour of the right maxillary "
        "sinus; ALK: fusion detected, tests disagree."
    )
    assert [layer["title"] for layer in document["diagnosis"]["layers"]] == [
        "Integrated diagnosis", "Histology", "Grade and behaviour", "Molecular findings",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing.SUPPORTED, "Findings compatible with inflammatory"),
        (Standing.OPEN, "Findings leave inflammatory"),
        (Standing.LESS_LIKELY, "Findings speak against inflammatory"),
        (Standing.EXCLUDED, "Inflammatory myofibroblastic tumour of the right maxillary sinus is"),
        (Standing.NOT_WEIGHED, "Findings do not let inflammatory"),
    ],
)
def test_each_standing_of_imt_has_its_words(standing: Standing, words: str) -> None:
    differential = records.make_differential()
    imt = replace(differential.candidates[0], standing=standing)
    patient = records.make_patient(differential=replace(differential, candidates=(imt,)))
    assert records.make_document(patient)["diagnosis"]["headline"].startswith(words)


def test_a_mimic_that_is_supported_heads_the_report_and_gives_no_code_of_imt() -> None:
    """An ALK-positive rhabdomyosarcoma is never headed as an IMT."""
    differential = records.make_differential()
    imt = replace(differential.candidates[0], standing=Standing.LESS_LIKELY)
    mimic = records.make_candidate("Rhabdomyosarcoma", standing=Standing.SUPPORTED)
    candidates = (mimic, imt)
    patient = records.make_patient(differential=replace(differential, candidates=candidates))
    document = records.make_document(patient)
    headline = document["diagnosis"]["headline"]
    assert headline.startswith("Findings that speak for rhabdomyosarcoma")
    assert "rather than for an IMT" in headline
    assert "8825/1" not in say(document, 3)


def test_nothing_weighed_is_said_and_not_guessed() -> None:
    differential = replace(records.make_differential(), candidates=())
    document = records.make_document(records.make_patient(differential=differential))
    assert document["diagnosis"]["headline"].startswith("No diagnosis is weighed; ALK")


def test_histology_tells_present_absent_counted_and_missing_apart() -> None:
    said = say(records.make_document(), 2)
    assert "Recorded: spindle cells, plasma cells, mitoses 2 in 10 high-power fields." in said
    assert "Recorded as absent: necrosis." in said
    assert "Not recorded: ganglion-like cells." in said
    assert "Stains: SMA positive, focal." in said


def test_what_the_gate_names_is_not_named_twice() -> None:
    differential = records.make_differential()
    gate = replace(
        differential.gate, state=GateState.NOT_RECORDED, why="Not recorded: ganglion-like cells."
    )
    patient = records.make_patient(differential=replace(differential, gate=gate))
    assert say(records.make_document(patient), 2).count("ganglion-like cells") == 1


def test_behaviour_comes_from_a_sourced_code() -> None:
    document = records.make_document()
    layer = document["diagnosis"]["layers"][2]["lines"]
    (line,) = [line for line in layer if line["lead"] == "Behaviour"]
    assert "ICD-O 8825/1" in line["says"]
    (fact_id,) = line["facts"]
    assert fact_id in {fact["id"] for fact in document["facts"]}


def test_the_lung_has_its_own_code() -> None:
    case = records.make_case(tumour={"sites": [{"name": "lung"}]})
    assert "8827/1" in say(records.make_document(records.make_patient(case)), 3)


def test_every_kinase_has_a_line_and_equal_ones_share_it() -> None:
    observations = [
        {"kind": "stain", "id": "s", "marker": "pan-TRK", "result": "positive"},
        {"kind": "stain", "id": "a", "marker": "ALK", "result": "negative"},
    ]
    case = records.make_case(specimens=[{"id": "x", "observations": observations}])
    document = records.make_document(records.make_patient(case))
    leads = [line["lead"] for line in document["diagnosis"]["layers"][3]["lines"]]
    assert leads[:2] == ["ALK", "NTRK1, NTRK2 and NTRK3"]
    assert "NTRK1, NTRK2 and NTRK3: expressed" in document["diagnosis"]["headline"]


def test_a_label_does_not_say_the_driver_again() -> None:
    why = "ALK fusion, partner not reported. What counts is not defined."
    actions = replace(
        records.make_actionability(),
        labels=(LabelStatus("ALK-positive", Fit.UNKNOWN, why, ()),),
    )
    said = say(records.make_document(records.make_patient(actionability=actions)), 4)
    assert said.endswith("Label “ALK-positive”: open. What counts is not defined.")


# Tests and path ---------------------------------------------------------------------------------


def test_each_test_says_how_it_was_done_and_what_it_gave() -> None:
    tests = {test["observation"]: test for test in records.make_document()["tests"]}
    assert tests["alk-ihc"]["details"] == ["clone D5F3"]
    assert tests["alk-rt-pcr"]["details"] == ["kit AmoyDx"]
    assert tests["alk-fish"]["result"] == "negative"
    assert tests["sma-ihc"]["is_of_kinase"] is False
    assert all(test["limits"] for test in tests.values() if test["is_of_kinase"])


def test_a_reading_never_hides_what_was_reported() -> None:
    """The report says negative; the counts are in between: both are shown."""
    counts = [{"nuclei_scored": 50, "split": 12}]
    fish = {"kind": "fish", "id": "f", "gene": "ALK", "result": "negative", "counts": counts}
    case = records.make_case(specimens=[{"id": "x", "observations": [fish]}])
    (test,) = records.make_document(records.make_patient(case))["tests"]
    assert test["result_as_reported"] == "negative"
    assert test["details"] == ["12 of 50 nuclei split"]


def test_the_path_ends_with_what_is_proposed() -> None:
    path = records.make_document()["path"]
    assert [step["kind"] for step in path] == ["protocol", "check", "test", "check", "proposed"]
    assert path[2]["result"] == "not_reported"
    assert path[-1]["label"] == "Proposed: RNA sequencing for kinase fusions"


def test_nothing_orders_promises_or_gives_a_probability() -> None:
    for patient in (records.make_patient(), assess_patient(records.make_case(), region="US")):
        text = json.dumps(make_patient_document(patient)["diagnosis"])
        assert not FORBIDDEN.search(text)
