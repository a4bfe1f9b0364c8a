"""Patients for whom a list of options was once too sure: what is open for them, and why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from vignette_files import make_case

from spindle.knowledge.facts import load_facts
from spindle.knowledge.therapies import load_therapies
from spindle.reasoning.actionability import list_options
from spindle.reasoning.findings import Actionability, Approval, Option
from spindle.reasoning.reflex import assess_case

ALK_DRUGS = ["crizotinib", "ceritinib", "alectinib", "lorlatinib"]
NTRK_DRUGS = ["larotrectinib", "entrectinib", "repotrectinib"]
PROGRESSED = [{"kind": "progression", "has_occurred": True}]
UNRESECTABLE = {"is_resectable": False}


def act(region: str = "", **document: Any) -> Actionability:
    case = make_case({"case": document})
    return list_options(case, assess_case(case), region=region)


def option(actions: Actionability, name: str) -> Option:
    return next(found for found in actions.options if found.id == name)


def approval(actions: Actionability, name: str, region: str) -> Approval:
    return next(a for a in option(actions, name).approvals if a.region == region)


def fit(actions: Actionability, name: str) -> str:
    return option(actions, name).fit.value


def against(actions: Actionability, name: str) -> str:
    return "\n".join(option(actions, name).may_not_apply)


def aged(months: float, unit: str = "months") -> dict[str, Any]:
    return {"age_at_diagnosis": {"months": months, "unit_as_reported": unit}}


def fused(five: str, three: str, *changes: str) -> list[dict[str, Any]]:
    test = {
        "kind": "fusion_test",
        "method": "rna_sequencing",
        "result": "positive",
        "is_quality_adequate": True,
        "calls": [{"gene5": five, "gene3": three, "frame": "in", "kinase_domain": "whole"}],
        "variants": [{"gene": three, "change": change} for change in changes],
    }
    return [{"observations": [test]}]


def given(*agents: str) -> list[dict[str, Any]]:
    return [{"kind": "targeted", "agent": agent} for agent in agents]


# G1202R after lorlatinib, and other changes of the kinase ----------------------------------------


def test_g1202r_after_lorlatinib_leaves_every_alk_inhibitor_open() -> None:
    """The change was seen in a sarcoma that is no IMT and in lung cancer (Cancer Discov 2016)."""
    actions = act(
        "US",
        patient=aged(432, "years"),
        tumour=UNRESECTABLE,
        specimens=fused("EML4", "ALK", "G1202R"),
        treatments=given("lorlatinib"),
        outcomes=PROGRESSED,
    )
    for name in ALK_DRUGS:
        assert fit(actions, name) == "unknown", name
        assert f"no response of an IMT with it to {name} is known here" in against(actions, name)
    for name in ALK_DRUGS[:3]:
        after = f"progression is recorded after lorlatinib; whether {name} helps then is open"
        assert after in against(actions, name)
    given_before = "recorded as given before, and progression is recorded"
    assert given_before in against(actions, "lorlatinib")
    told = " ".join(option(actions, "alectinib").resistance)
    assert "In lung cancer, not in IMT" in told
    assert "resistance.alk.g1202r-lung" in option(actions, "alectinib").facts


def test_g1269a_after_crizotinib_speaks_for_ceritinib_alone() -> None:
    """npj Precision Oncology 2017: one IMT with the change responded to ceritinib."""
    actions = act(
        patient=aged(432, "years"),
        tumour=UNRESECTABLE,
        specimens=fused("DCTN1", "ALK", "G1269A"),
        treatments=given("crizotinib"),
        outcomes=PROGRESSED,
    )
    fits = [fit(actions, name) for name in ALK_DRUGS]
    assert fits == ["no", "yes", "unknown", "unknown"]
    for name in ("alectinib", "lorlatinib"):
        assert f"no response of an IMT with it to {name} is known here" in against(actions, name)
        assert "progression is recorded after crizotinib" in against(actions, name)


def test_a_second_change_without_a_response_opens_ceritinib_again() -> None:
    actions = act(
        tumour=UNRESECTABLE,
        specimens=fused("DCTN1", "ALK", "G1269A", "G1202R"),
        treatments=given("crizotinib"),
        outcomes=PROGRESSED,
    )
    assert fit(actions, "ceritinib") == "unknown"
    assert "ALK G1202R is recorded" in against(actions, "ceritinib")
    assert "ALK G1269A is recorded; no response" not in against(actions, "ceritinib")


@pytest.mark.parametrize("agent", ["crizotinib", "brigatinib", None])
def test_progression_on_an_alk_inhibitor_leaves_the_next_one_open(agent: str | None) -> None:
    treatment = {"kind": "targeted", **({"agent": agent} if agent else {})}
    actions = act(
        tumour=UNRESECTABLE,
        specimens=fused("TPM3", "ALK"),
        treatments=[treatment],
        outcomes=PROGRESSED,
    )
    said = {
        "crizotinib": "progression is recorded after crizotinib; whether alectinib helps",
        "brigatinib": "progression is recorded after brigatinib, which is not known here",
        None: "progression is recorded after a targeted drug without its name",
    }[agent]
    assert said in against(actions, "alectinib")
    assert [fit(actions, name) for name in ALK_DRUGS] == ["unknown"] * 4


def test_progression_on_chemotherapy_speaks_against_no_alk_inhibitor() -> None:
    actions = act(
        patient=aged(96, "years"),
        tumour=UNRESECTABLE,
        specimens=fused("TPM3", "ALK"),
        treatments=[{"kind": "chemotherapy", "agent": "vinblastine"}],
        outcomes=PROGRESSED,
    )
    assert [fit(actions, name) for name in ALK_DRUGS[:3]] == ["yes"] * 3
    assert fit(actions, "lorlatinib") == "unknown"
    no_inhibitor = "no ALK inhibitor is among the treatments recorded"
    assert no_inhibitor in against(actions, "lorlatinib")


def test_a_change_of_another_gene_says_nothing_of_alk_inhibitors() -> None:
    specimens = fused("TPM3", "ALK")
    specimens[0]["observations"][0]["variants"] = [{"gene": "TP53", "change": "R175H"}]
    actions = act(tumour=UNRESECTABLE, specimens=specimens)
    assert fit(actions, "crizotinib") == "yes"
    assert "TP53" not in against(actions, "crizotinib")


def test_a_change_of_ntrk3_leaves_every_ntrk_inhibitor_open() -> None:
    actions = act(
        tumour={"extent": "metastatic"},
        specimens=fused("ETV6", "NTRK3", "G623R"),
        treatments=given("larotrectinib"),
        outcomes=PROGRESSED,
    )
    for name in NTRK_DRUGS:
        assert fit(actions, name) == "unknown"
        assert "NTRK3 G623R is recorded" in against(actions, name)


# An untreated infant of 11 months ----------------------------------------------------------------

INFANT: dict[str, Any] = {
    "patient": aged(11),
    "tumour": UNRESECTABLE,
    "specimens": fused("TPM3", "ALK"),
}


def test_an_untreated_infant_of_11_months_has_no_second_drug_that_plainly_fits() -> None:
    actions = act("US", **INFANT)
    assert fit(actions, "crizotinib") == "yes"
    assert approval(actions, "crizotinib", "US").fit.value == "no"
    for name in ALK_DRUGS[1:]:
        assert fit(actions, name) == "unknown", name
    asked = "published for progression after treatment or no satisfactory alternative"
    assert asked in against(actions, "ceritinib")
    own = "Spindle itself asks for progression after treatment or no satisfactory alternative"
    assert own in against(actions, "alectinib")
    assert "evidence.alk-inhibitors.order" in option(actions, "alectinib").facts
    first = "published for another ALK inhibitor before; earlier treatment is not recorded"
    assert first in against(actions, "lorlatinib")


def test_an_infant_is_told_that_only_an_adult_stands_behind_lorlatinib() -> None:
    said = "no child stands in its sources, only single adults; this patient is 11 months"
    assert said in against(act(**INFANT), "lorlatinib")
    adult = act(**{**INFANT, "patient": aged(492, "years")})
    assert "only single" not in against(adult, "lorlatinib")
    unknown = act(**{**INFANT, "patient": {}})
    assert "only single" not in against(unknown, "lorlatinib")


def test_an_infant_said_to_have_had_no_treatment_does_not_fit_lorlatinib() -> None:
    actions = act(**INFANT, treatments=[{"kind": "none"}])
    assert fit(actions, "lorlatinib") == "no"
    assert fit(actions, "ceritinib") == "unknown"


@pytest.mark.parametrize(
    ("patient", "expected", "said"),
    [
        (aged(11), "unknown", "aged 11 months"),
        (aged(204, "years"), "unknown", "aged 17 years"),
        (aged(216, "years"), "yes", ""),
        ({}, "unknown", "the age is not recorded"),
    ],
)
def test_radiotherapy_is_open_while_somebody_may_still_grow(
    patient: dict[str, Any], expected: str, said: str
) -> None:
    actions = act(patient=patient, tumour=UNRESECTABLE)
    assert fit(actions, "radiotherapy") == expected
    caution = "its late effects in a child depend on the age at treatment"
    assert (caution in against(actions, "radiotherapy")) is bool(said)
    assert said in against(actions, "radiotherapy")
    assert "harm.radiotherapy.child-age" in option(actions, "radiotherapy").facts


# A recurrent but resectable tumour with NTRK3 -----------------------------------------------------


def test_a_recurrent_but_resectable_tumour_with_ntrk3_is_open_for_ntrk_inhibitors() -> None:
    actions = act(
        "US",
        patient=aged(240, "years"),
        tumour={"is_resectable": True},
        specimens=fused("ETV6", "NTRK3"),
        outcomes=[{"kind": "recurrence", "has_occurred": True}],
    )
    for name in NTRK_DRUGS:
        assert fit(actions, name) == "unknown", name
        said = against(actions, name)
        assert "labels for an NTRK fusion ask for locally advanced, metastatic" in said
        assert "published for" not in said
        assert "published for" not in option(actions, name).standing
        assert "Not every patient counted had an IMT." in option(actions, name).evidence_strength


def test_a_metastatic_tumour_with_ret_that_progressed_fits_what_labels_ask_for() -> None:
    document: dict[str, Any] = {
        "patient": aged(180, "years"),
        "tumour": {"extent": "metastatic"},
        "specimens": fused("KIF5B", "RET"),
    }
    assert fit(act(**document), "selpercatinib") == "unknown"
    treated = act(
        **document, treatments=[{"kind": "chemotherapy", "agent": "x"}], outcomes=PROGRESSED
    )
    assert fit(treated, "selpercatinib") == "yes"


# R0 without recurrence ----------------------------------------------------------------------------

R0 = [{"kind": "surgery", "margin": "R0"}]


def test_r0_without_recurrence_leaves_nothing_to_remove() -> None:
    actions = act(treatments=R0, outcomes=[{"kind": "recurrence", "has_occurred": False}])
    assert fit(actions, "surgery") == "no"
    assert "nothing left to remove is recorded" in against(actions, "surgery")
    assert fit(actions, "observation") == "yes"


@pytest.mark.parametrize("tumour", [{}, {"is_resectable": True}])
def test_r0_and_silence_on_recurrence_leaves_surgery_open(tumour: dict[str, Any]) -> None:
    actions = act(tumour=tumour, treatments=R0)
    assert fit(actions, "surgery") == "unknown"
    assert "whether anything came back is not recorded" in against(actions, "surgery")


def test_a_resectable_tumour_fits_surgery() -> None:
    assert fit(act(tumour={"is_resectable": True}), "surgery") == "yes"


# Labels and regions -------------------------------------------------------------------------------


def test_the_canadian_indication_of_larotrectinib_is_never_a_plain_fit() -> None:
    """The record stops after its first condition; the release of 2019 has four."""
    actions = act(
        "CA", patient=aged(120, "years"), tumour={"extent": "metastatic"},
        specimens=fused("ETV6", "NTRK3"), treatments=given("larotrectinib"), outcomes=PROGRESSED,
    )  # fmt: skip
    found = approval(actions, "larotrectinib", "CA")
    assert found.fit.value == "unknown"
    assert any("cut short" in reason for reason in found.reasons)
    resectable = act("CA", tumour={"is_resectable": True}, specimens=fused("ETV6", "NTRK3"))
    assert approval(resectable, "larotrectinib", "CA").fit.value == "unknown"


def test_only_secondary_pages_on_japan_and_china_are_told_as_not_confirmed() -> None:
    japan = act("JP", tumour=UNRESECTABLE, specimens=fused("TPM3", "ALK"))
    assert "Japan, not confirmed" in against(japan, "alectinib")
    assert "no source" not in against(japan, "alectinib")
    assert option(japan, "alectinib").approvals == ()
    assert "JP: no source on lorlatinib" in against(japan, "lorlatinib")
    china = act("CN", specimens=fused("ETV6", "NTRK3"))
    assert "China, not confirmed" in against(china, "entrectinib")
    assert "approvals.cn.entrectinib.unconfirmed" in option(china, "entrectinib").facts
    assert "not confirmed" not in against(act("US", **INFANT), "alectinib")


def test_larotrectinib_in_japan_comes_from_a_release_that_names_no_ages() -> None:
    actions = act("JP", tumour={"extent": "metastatic"}, specimens=fused("ETV6", "NTRK3"))
    found = approval(actions, "larotrectinib", "JP")
    assert any("names no ages" in reason for reason in found.reasons)


def test_the_day_of_selpercatinib_is_that_of_the_age_range() -> None:
    actions = act("US", specimens=fused("KIF5B", "RET"))
    found = approval(actions, "selpercatinib", "US")
    assert str(found.date) == "2024-05-29"
    assert any("21 September 2022" in reason for reason in found.reasons)


@pytest.mark.parametrize(("region", "is_told"), [("US", True), ("CA", True), ("JP", False)])
def test_ros1_labels_were_read_in_three_regions_only(region: str, is_told: bool) -> None:
    actions = act(region, specimens=fused("TFG", "ROS1"))
    said = against(actions, "crizotinib")
    assert ("no indication for a ROS1-positive IMT" in said) is is_told
    assert (f"{region}: no source on crizotinib" in said) is not is_told
    (label,) = (label for label in actions.labels if label.label == "ROS1-positive")
    assert "none of Japan or China was read" in label.why


def test_only_larotrectinib_and_entrectinib_ask_for_no_resistance_mutation() -> None:
    actions = act("US", patient=aged(240, "years"), specimens=fused("ETV6", "NTRK3"))
    asked = "no known acquired resistance mutation"
    for name, is_asked in (
        ("larotrectinib", True),
        ("entrectinib", True),
        ("repotrectinib", False),
    ):
        reasons = " ".join(approval(actions, name, "US").reasons)
        assert (asked in reasons) is is_asked, name
    (label,) = (label for label in actions.labels if label.label == "NTRK gene fusion")
    assert "that of repotrectinib without this condition" in label.why


FISH = {"kind": "fish", "gene": "ALK", "result": "positive"}
RT_PCR = {"kind": "rt_pcr", "gene": "ALK", "result": "positive"}
STAIN = {"kind": "stain", "marker": "ALK", "result": "positive"}


@pytest.mark.parametrize(("test", "expected"), [(FISH, "yes"), (RT_PCR, "yes"), (STAIN, "unknown")])
def test_what_counts_as_alk_positive_is_marked_as_inferred(
    test: dict[str, Any], expected: str
) -> None:
    actions = act("US", specimens=[{"observations": [test]}])
    label = actions.labels[0]
    assert label.fit.value == expected
    assert "Inferred here" in label.why
    assert any(load_facts()[fact].is_inferred for fact in label.facts)
    reasons = " ".join(approval(actions, "crizotinib", "US").reasons)
    counted = "that this counts as ALK-positive is inferred, the wording names no test"
    assert (counted in reasons) is (expected == "yes")


# The gravest harms --------------------------------------------------------------------------------


@pytest.mark.parametrize("therapy", load_therapies().values(), ids=lambda therapy: therapy.id)
def test_the_gravest_harms_fit_on_a_first_page_and_rest_on_facts(therapy: Any) -> None:
    assert therapy.gravest.endswith(".")
    assert len(therapy.gravest) <= 160
    assert re.search(r"\d", therapy.gravest) is None
    assert therapy.gravest_facts
    assert set(therapy.gravest_facts) <= set(therapy.harms)


def test_the_gravest_harms_of_crizotinib_name_the_heart_and_the_unborn_child() -> None:
    found = option(act("US", **INFANT), "crizotinib")
    for harm in ("sight", "liver", "lungs", "heart rhythm", "heart failure", "unborn child"):
        assert harm in found.gravest
    assert "harm.crizotinib.heart-failure" in found.facts


@pytest.mark.parametrize("therapy", [t for t in load_therapies().values() if t.kind == "targeted"])
def test_what_is_known_of_contraception_stands_among_the_harms(therapy: Any) -> None:
    known = {fact for fact in load_facts() if fact.startswith(f"contraception.{therapy.id}")}
    unborn = {fact for fact in load_facts() if fact == f"harm.{therapy.id}.unborn"}
    assert known
    assert known | unborn <= {fact.id for fact in therapy.harms}
