from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

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


def test_every_signature_is_kept_with_its_version_and_its_diagnosis() -> None:
    patient = records.make_patient()
    version = compute_version(patient)
    old = Signature(
        signed_by="Dr A", signed_on=records.DAY, version="older", diagnosis="Pseudotumour"
    )
    first = replace(old, signed_by="Dr B", version=version, diagnosis="IMT")
    second = replace(first, signed_by="Dr C")
    case = replace(patient.case, signatures=(old, first, second))
    document = make_patient_document(replace(patient, case=case))
    assert [s["signed_by"] for s in document["signature"]["signed"]] == ["Dr C", "Dr B"]
    assert [s["diagnosis"] for s in document["signature"]["of_other_versions"]] == ["Pseudotumour"]
    assert list_faults(document) == []


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


def test_samples_are_never_mixed() -> None:
    """A primary without necrosis and its recurrence with necrosis, each on lines of its own."""
    stain = {"kind": "stain", "id": "a", "marker": "SMA", "result": "positive"}
    case = records.make_case(
        specimens=[
            {"id": "primary", "kind": "resection", "observations": [stain],
             "histology": [{"name": "necrosis", "is_present": False},
                           {"name": "mitoses", "count_per_10_hpf": 1.0}]},
            {"id": "recurrence", "kind": "recurrence",
             "observations": [{**stain, "id": "b", "result": "negative"}],
             "histology": [{"name": "necrosis"}, {"name": "mitoses", "count_per_10_hpf": 14.0}]},
        ]
    )  # fmt: skip
    said = say(records.make_document(records.make_patient(case)), 2)
    assert "Recorded, primary (resection): mitoses 1 in 10 high-power fields." in said
    assert "Recorded as absent, primary (resection): necrosis." in said
    assert "Recorded, recurrence: necrosis, mitoses 14 in 10 high-power fields." in said
    assert "Stains, primary (resection): SMA positive." in said
    assert "Stains, recurrence: SMA negative." in said


def test_a_count_and_a_ratio_of_a_stain_are_printed() -> None:
    stain = {"kind": "stain", "id": "a", "marker": "IgG4", "cells_per_hpf": 120.0,
             "ratio_percent": 65.0}  # fmt: skip
    case = records.make_case(specimens=[{"id": "x", "observations": [stain]}])
    said = say(records.make_document(records.make_patient(case)), 2)
    assert "Stains: IgG4 120 cells a high-power field, ratio 65 %." in said


def test_a_name_with_capitals_inside_keeps_them_in_a_sentence() -> None:
    mimic = records.make_candidate("IgG4-related disease", standing=Standing.SUPPORTED)
    differential = records.make_differential()
    imt = replace(differential.candidates[0], standing=Standing.OPEN)
    patient = records.make_patient(differential=replace(differential, candidates=(mimic, imt)))
    headline = records.make_document(patient)["diagnosis"]["headline"]
    assert headline.startswith("Findings that speak for IgG4-related disease")


def test_a_summed_weight_is_explained_where_it_stands() -> None:
    differential = records.make_differential()
    imt = replace(differential.candidates[0], why="Summed weight −0.33 (−1.52 to +0.91).")
    patient = records.make_patient(differential=replace(differential, candidates=(imt,)))
    assert "log10 of a likelihood ratio" in say(records.make_document(patient), 1)
    assert "log10" not in say(records.make_document(), 1)


def test_a_shared_stain_says_at_once_how_little_it_shows() -> None:
    stain = {"kind": "stain", "id": "s", "marker": "pan-TRK", "result": "positive"}
    case = records.make_case(specimens=[{"id": "x", "observations": [stain]}])
    document = records.make_document(records.make_patient(case))
    assert "about one third of IMT without an NTRK fusion" in document["diagnosis"]["headline"]
    fact = "ihc.pan-trk.cytoplasmic-without-fusion"
    assert fact in {f["id"] for f in document["facts"]}
    assert any(fact in line["facts"] for line in document["diagnosis"]["layers"][3]["lines"])


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


def read_tests(*observations: dict[str, object]) -> list[dict[str, Any]]:
    case = records.make_case(specimens=[{"id": "x", "observations": list(observations)}])
    tests: list[dict[str, Any]] = records.make_document(records.make_patient(case))["tests"]
    return tests


PANEL = {"kind": "fusion_test", "id": "p", "method": "rna_sequencing", "result": "positive",
         "is_quality_adequate": True}  # fmt: skip


@pytest.mark.parametrize("genes", [("TFG", "ROS1"), ("ETV6", "NTRK3"), ("PAX3", "MAML3")])
def test_a_panel_that_found_a_fusion_of_any_gene_is_positive(genes: tuple[str, str]) -> None:
    """ALK is read first and is negative; that is not the result of the test."""
    call = {"gene5": genes[0], "gene3": genes[1], "frame": "in"}
    (test,) = read_tests({**PANEL, "calls": [call]})
    assert test["result"] == "positive"
    assert test["found"] == ["::".join(genes)]
    assert test["as_reported"] == ""


def test_a_panel_without_a_fusion_is_negative_and_names_none() -> None:
    (test,) = read_tests({**PANEL, "result": "negative"})
    assert (test["result"], test["found"]) == ("negative", [])


def test_a_negative_without_quality_is_shown_as_it_was_written() -> None:
    panel = {**PANEL, "result": "negative", "is_quality_adequate": {"absent": "not_reported"}}
    case = records.make_case(specimens=[{"id": "x", "observations": [panel]}])
    document = records.make_document(records.make_patient(case))
    (test,) = document["tests"]
    assert test["result"] == {"absent": "unknown"}
    words = "reported negative, without a word on quality: not taken as a negative"
    assert test["as_reported"] == words
    (step,) = [s for s in document["path"] if s["label"].startswith("RNA sequencing")]
    assert step["says"].endswith(f"{words}.")
    assert (step["result"], step["note"]) == ("unknown", words)


def test_the_limits_of_alk_kits_are_not_told_of_another_gene() -> None:
    fish = {"kind": "fish", "id": "a", "gene": "ALK", "result": "negative"}
    tests = read_tests(fish, {**fish, "id": "r", "gene": "ROS1"})
    about = {test["subject"]: f"{test['limits']} {test['meaning']}" for test in tests}
    assert "ALK FISH kits" in about["ALK"]
    assert "ALK FISH kits" not in about["ROS1"]
    assert "kits for ROS1 FISH" in about["ROS1"]


# Counting rules ---------------------------------------------------------------------------------


def count_nuclei(**counts: int) -> dict[str, Any]:
    fish = {"kind": "fish", "id": "f", "gene": "ALK", "counts": [counts]}
    (test,) = read_tests(fish)
    return test


def test_exactly_15_of_100_is_shown_under_every_rule_with_its_conflict() -> None:
    """The Vysis kit calls 15 % positive; Zhao 2025 asks for more than 15."""
    test = count_nuclei(nuclei_scored=100, split=15, isolated_3p=0)
    assert test["result"] == "negative"
    assert "positive by IASLC atlas 2013 (15 of 100) and Vysis kit (15 of 100)" in test["rules"]
    assert "negative by Zhao 2025 (15 of 100)" in test["rules"]
    assert "fish-second-step" in test["rules_conflicts"]
    assert "fish.vysis.stage2.positive" in test["rules_facts"]


def test_isolated_signals_that_one_rule_counts_are_shown() -> None:
    test = count_nuclei(nuclei_scored=50, split=5, isolated_3p=20)
    assert "positive by IASLC atlas 2013 (25 of 50)" in test["rules"]
    assert "fish-patterns" in test["rules_conflicts"]
    assert "fish-second-step" not in test["rules_conflicts"]


@pytest.mark.parametrize("split", [0, 38])
def test_limits_that_were_not_read_make_no_disagreement(split: int) -> None:
    """Of the Vysis kit the limits of the first 50 nuclei were not read."""
    test = count_nuclei(nuclei_scored=50, split=split)
    assert (test["rules"], test["rules_conflicts"]) == ("", [])


def test_limits_that_were_not_read_are_named_beside_a_disagreement() -> None:
    test = count_nuclei(nuclei_scored=50, split=12)
    assert "positive by IASLC atlas 2013 (12 of 50)" in test["rules"]
    assert "undecided, more nuclei to count by Zhao 2025 (12 of 50)" in test["rules"]
    assert "The limits of Vysis kit for 50 nuclei were not read." in test["rules"]


def test_where_all_rules_agree_nothing_is_said() -> None:
    test = count_nuclei(nuclei_scored=100, split=40, isolated_3p=0)
    assert (test["rules"], test["rules_facts"], test["rules_conflicts"]) == ("", [], [])


def test_a_conflict_of_a_count_is_among_the_conflicts_with_all_its_facts() -> None:
    fish = {"kind": "fish", "id": "f", "gene": "ALK",
            "counts": [{"nuclei_scored": 100, "split": 15}]}  # fmt: skip
    case = records.make_case(specimens=[{"id": "x", "observations": [fish]}])
    document = records.make_document(records.make_patient(case))
    assert document["conflicts"][0]["id"] == "fish-second-step"
    assert list_faults(document) == []
    assert set(walk_facts({**document, "facts": []})) <= {fact["id"] for fact in document["facts"]}


def test_the_path_ends_with_what_is_proposed() -> None:
    path = records.make_document()["path"]
    assert [step["kind"] for step in path] == ["protocol", "check", "test", "check", "proposed"]
    assert path[2]["result"] == "not_reported"
    assert path[-1]["label"] == "Proposed: RNA sequencing for kinase fusions"


def test_nothing_orders_promises_or_gives_a_probability() -> None:
    for patient in (records.make_patient(), assess_patient(records.make_case(), region="US")):
        text = json.dumps(make_patient_document(patient)["diagnosis"])
        assert not FORBIDDEN.search(text)


# What was reported, in its own words --------------------------------------------------------------


def write_layers(
    *observations: Any, histology: tuple[str, ...] = (), diagnosis: str = "IMT"
) -> str:
    named = [{"name": name} for name in histology]
    specimen = {"id": "s", "histology": named, "observations": [*observations]}
    tumour = {"sites": [{"name": "omentum"}], "diagnosis": diagnosis}
    patient = assess_patient(records.make_case(specimens=[specimen], tumour=tumour))
    return json.dumps(make_patient_document(patient, made_on=records.DAY)["diagnosis"])


def test_a_p53_that_is_called_null_is_no_plain_negative() -> None:
    """Sung 2022: no staining at all went with genes that are broken."""
    stain = {"kind": "stain", "id": "a", "marker": "p53", "result": "negative"}
    assert "p53 negative" in write_layers(stain)
    said = write_layers({**stain, "extent": "no_staining"})
    assert "p53 no staining (null), an aberrant pattern" in said
    assert "stain.p53.null" in said


def test_a_test_without_a_sure_result_is_not_called_unreported() -> None:
    stain = {"kind": "stain", "id": "a", "marker": "ALK", "result": {"absent": "unknown"},
             "intensity": "weak"}  # fmt: skip
    assert "ALK: reported, without a sure result" in write_layers(stain)
    assert "ALK: not reported" in write_layers()


def test_the_headline_names_what_the_variant_still_waits_for() -> None:
    stains = (
        {"kind": "stain", "id": "a", "marker": "ALK", "result": "positive",
         "pattern": "nuclear_membrane"},
        {"kind": "stain", "id": "b", "marker": "CD30", "result": "positive"},
    )  # fmt: skip
    said = write_layers(*stains, histology=("epithelioid morphology", "neutrophils"))
    assert "this fits its aggressive variant, epithelioid inflammatory myofibroblastic" in said
    assert "pending the partner of ALK and the exclusion of anaplastic large-cell lymphoma" in said


def test_the_code_of_imt_is_not_told_as_that_of_its_variant() -> None:
    said = write_layers(diagnosis="epithelioid inflammatory myofibroblastic sarcoma")
    assert "none is held here for its epithelioid variant" in said
    assert "epithelioid variant" not in write_layers()


def test_cells_that_were_seen_are_not_called_unrecorded() -> None:
    said = write_layers(histology=("round cells",))
    assert "The microscopic picture that is recorded is not the one asked for." in said
    assert "Recorded, other than asked for: round cells." in said
