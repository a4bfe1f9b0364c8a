"""One patient put together: versions, signatures, facts and what no observation may take away."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN
from spindle.cases.case import Case, Signature
from spindle.cases.observations import FishTest, HistologyFinding, PcrTest, Stain, TestResult
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Site, Tumour
from spindle.knowledge.facts import load_facts
from spindle.reasoning.assessments import KinaseStatus
from spindle.reasoning.patients import (
    PatientAssessment,
    assess_patient,
    compute_version,
    find_signature,
)
from spindle.reasoning.plain_types import collect_facts, describe_record

RESULTS = (*TestResult, NOT_DONE, NOT_REPORTED, UNKNOWN)
MARKERS = (
    "ALK", "ROS1", "pan-TRK", "SMA", "desmin", "S100", "STAT6", "CD34", "beta-catenin", "KIT",
)  # fmt: skip
NO_ANSWER = (KinaseStatus.NOT_REPORTED, KinaseStatus.NOT_TESTED)
SITES = ("lung", "maxillary sinus", "uterus", "urinary bladder", "mesentery", "thigh", "orbit")


def make_case(*observations: Any, site: str = "lung", findings: tuple[str, ...] = ()) -> Case:
    specimen = Specimen(
        id="1",
        histology=tuple(HistologyFinding(name=name) for name in findings),
        observations=observations,
    )
    return Case(id="a", tumour=Tumour(sites=(Site(name=site),)), specimens=(specimen,))


@st.composite
def observations(draw: st.DrawFn, name: str) -> Any:
    result = draw(st.sampled_from(RESULTS))
    kind = draw(st.sampled_from(["stain", "fish", "pcr"]))
    if kind == "fish":
        return FishTest(id=name, gene=draw(st.sampled_from(["ALK", "ROS1", "USP6"])), result=result)
    if kind == "pcr":
        return PcrTest(id=name, gene="ALK", result=result)
    return Stain(id=name, marker=draw(st.sampled_from(MARKERS)), result=result)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n = draw(st.integers(0, 4))
    made = [draw(observations(f"o{i}")) for i in range(n)]
    findings = tuple(draw(st.sets(st.sampled_from(["spindle cells", "plasma cells", "necrosis"]))))
    return make_case(*made, site=draw(st.sampled_from(SITES)), findings=tuple(sorted(findings)))


# Versions and signatures ------------------------------------------------------------------------


def sign(case: Case, version: str, name: str = "A. Pathologist") -> Case:
    signature = Signature(signed_by=name, signed_on=datetime.date(2026, 11, 20), version=version)
    return replace(case, signatures=(*case.signatures, signature))


def test_a_case_is_unsigned_until_its_version_is_signed() -> None:
    case = make_case(Stain(id="s", marker="ALK", result=TestResult.POSITIVE))
    patient = assess_patient(case)
    assert find_signature(patient) is None
    assert patient.assessment.signature == "proposed, unsigned"
    signed = assess_patient(sign(case, compute_version(patient)))
    found = find_signature(signed)
    assert found is not None
    assert found.signed_by == "A. Pathologist"


def test_signing_does_not_change_the_version() -> None:
    case = make_case(Stain(id="s", marker="ALK", result=TestResult.POSITIVE))
    version = compute_version(assess_patient(case))
    assert compute_version(assess_patient(sign(case, version))) == version


def test_a_signature_does_not_stand_under_an_amended_case_and_stays_in_it() -> None:
    case = make_case(Stain(id="s", marker="ALK", result=TestResult.POSITIVE))
    signed = sign(case, compute_version(assess_patient(case)))
    more = FishTest(id="f", gene="ALK", result=TestResult.NEGATIVE)
    specimen = replace(signed.specimens[0], observations=(*signed.specimens[0].observations, more))
    amended = assess_patient(replace(signed, specimens=(specimen,)))
    assert find_signature(amended) is None
    assert amended.case.signatures == signed.signatures


@pytest.mark.parametrize("region", ["US", "EU", "JP"])
def test_a_region_reorders_approvals_and_takes_no_signature_away(region: str) -> None:
    case = make_case(Stain(id="s", marker="ALK", result=TestResult.POSITIVE))
    signed = sign(case, compute_version(assess_patient(case)))
    found = find_signature(assess_patient(signed, region=region))
    assert found is not None


def test_a_signature_under_a_region_stands_without_one() -> None:
    case = make_case(Stain(id="s", marker="ALK", result=TestResult.POSITIVE))
    signed = sign(case, compute_version(assess_patient(case, region="EU")))
    assert find_signature(assess_patient(signed)) is not None


@pytest.mark.parametrize(
    "chosen",
    [{"protocol_id": "zhao-2025-screen"}, {"fish_rule_id": "iaslc-2013"}],
    ids=["protocol", "rule"],
)
def test_a_protocol_or_a_rule_changes_what_is_concluded_and_so_the_version(
    chosen: dict[str, str],
) -> None:
    case = make_case(Stain(id="s", marker="ALK", result=TestResult.POSITIVE))
    signed = sign(case, compute_version(assess_patient(case)))
    assert find_signature(assess_patient(signed, **chosen)) is None


def test_the_signers_own_diagnosis_is_kept_and_is_no_part_of_the_version() -> None:
    case = make_case(Stain(id="s", marker="ALK", result=TestResult.POSITIVE))
    signed = sign(case, compute_version(assess_patient(case)))
    own = replace(signed.signatures[0], diagnosis="ALK-positive IMT of the lung")
    found = find_signature(assess_patient(replace(signed, signatures=(own,))))
    assert found == own


# What holds for every case ----------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(cases())
def test_every_fact_that_is_named_exists(case: Case) -> None:
    patient = assess_patient(case)
    assert [fact for fact in patient.facts if fact not in load_facts()] == []
    assert set(collect_facts(patient.differential)) <= set(patient.facts)


@settings(max_examples=60, deadline=None)
@given(cases(), observations("new"))
def test_another_observation_makes_the_assessment_forget_none(case: Case, more: Any) -> None:
    before = assess_patient(case)
    specimen = replace(case.specimens[0], observations=(*case.specimens[0].observations, more))
    after = assess_patient(replace(case, specimens=(specimen,)))
    assert set(list_read(before)) <= set(list_read(after))
    assert {option.id for option in before.actionability.options[:1]} <= {
        option.id for option in after.actionability.options
    }
    # A diagnosis that was listed for its site stays listed.
    assert {c.id for c in before.differential.candidates} <= {
        c.id for c in after.differential.candidates
    }


def list_read(patient: PatientAssessment) -> list[tuple[str, str]]:
    return [
        (name, reading.observation_id)
        for name, kinase in patient.assessment.kinases.items()
        for reading in kinase.readings
    ]


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from(MARKERS), st.sampled_from([NOT_DONE, NOT_REPORTED, UNKNOWN]))
def test_an_absent_result_never_counts_as_a_negative(case: Case, marker: str, absent: Any) -> None:
    more = Stain(id="new", marker=marker, result=absent)
    specimen = replace(case.specimens[0], observations=(*case.specimens[0].observations, more))
    before, after = assess_patient(case), assess_patient(replace(case, specimens=(specimen,)))
    weights = {c.id: c.weight_mid for c in before.differential.candidates}
    assert {c.id: c.weight_mid for c in after.differential.candidates} == weights
    assert [d.id for d in after.discordances] == [d.id for d in before.discordances]
    for name, kinase in before.assessment.kinases.items():
        status = after.assessment.kinases[name].status if name in after.assessment.kinases else None
        # "Not done" beside "unknown" is "not reported": neither of them is an answer.
        if kinase.status in NO_ANSWER:
            assert status in (*NO_ANSWER, None)
        else:
            assert status in (kinase.status, None)


@settings(max_examples=30, deadline=None)
@given(cases())
def test_the_same_case_gives_the_same_assessment(case: Case) -> None:
    first, second = assess_patient(case), assess_patient(case)
    assert describe_record(first.differential) == describe_record(second.differential)
    assert compute_version(first) == compute_version(second)


@pytest.mark.parametrize("site", SITES)
def test_a_conflict_among_the_facts_used_is_shown(site: str) -> None:
    patient = assess_patient(make_case(site=site))
    for conflict in patient.conflicts:
        assert len(conflict.sides) >= 2
        assert conflict.consequence
