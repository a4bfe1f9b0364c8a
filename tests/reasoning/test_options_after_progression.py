"""Options after progression: in which order, and what is told of a change of the kinase."""

from __future__ import annotations

from typing import Any

import pytest
from vignette_files import make_case

from spindle.knowledge.therapies import load_therapies, load_trials
from spindle.reasoning.actionability import list_options
from spindle.reasoning.actionability_evidence import is_collected, load_results
from spindle.reasoning.findings import Actionability, Option
from spindle.reasoning.reflex import assess_case

ALK_DRUGS = ["crizotinib", "ceritinib", "alectinib", "lorlatinib"]
PROGRESSED = [{"kind": "progression", "has_occurred": True}]


def act(region: str = "", **document: Any) -> Actionability:
    case = make_case({"case": {"tumour": {"is_resectable": False}, **document}})
    return list_options(case, assess_case(case), region=region)


def option(actions: Actionability, name: str) -> Option:
    return next(found for found in actions.options if found.id == name)


def order(actions: Actionability) -> list[str]:
    return [found.id for found in actions.options]


def aged(years: float) -> dict[str, Any]:
    return {"age_at_diagnosis": {"months": 12.0 * years, "unit_as_reported": "years"}}


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


def after(drug: str, five: str, three: str, *changes: str, region: str = "") -> Actionability:
    return act(
        region,
        patient=aged(30),
        specimens=fused(five, three, *changes),
        treatments=given(drug),
        outcomes=PROGRESSED,
    )


# Order ------------------------------------------------------------------------------------------


def test_the_drug_that_the_patient_progressed_on_goes_after_the_others_of_its_group() -> None:
    actions = after("crizotinib", "TPM3", "ALK")
    assert order(actions)[2:6] == ["ceritinib", "alectinib", "lorlatinib", "crizotinib"]


def test_without_a_progression_a_drug_that_was_given_keeps_its_place() -> None:
    actions = act(specimens=fused("TPM3", "ALK"), treatments=given("crizotinib"))
    assert order(actions)[2:6] == ALK_DRUGS


def test_a_drug_against_which_a_recorded_change_is_held_goes_after_the_others() -> None:
    """ALK L1196Q after alectinib, with a response to ceritinib (Ott 2020)."""
    actions = act(specimens=fused("RRBP1", "ALK", "L1196Q"))
    assert order(actions)[2:6] == ["crizotinib", "ceritinib", "lorlatinib", "alectinib"]


def test_a_change_seen_in_another_tumour_sets_a_drug_back_less_than_progression_on_it() -> None:
    """G1202R after ceritinib and alectinib in lung cancer, after lorlatinib in one sarcoma."""
    actions = after("crizotinib", "TPM3", "ALK", "G1202R")
    assert order(actions)[2:6] == ["ceritinib", "alectinib", "lorlatinib", "crizotinib"]


def test_chemotherapy_with_counted_responses_stands_before_steroids_and_nsaids() -> None:
    found = order(act())
    chemotherapy = ["methotrexate-vinblastine", "anthracycline", "oral-cyclophosphamide"]
    assert [name for name in found if name in chemotherapy] == chemotherapy
    assert found.index("oral-cyclophosphamide") < found.index("steroid") < found.index("nsaid")


def test_steroids_on_which_it_progressed_go_after_the_other_drugs_without_a_kinase() -> None:
    actions = act(treatments=[{"kind": "steroid"}], outcomes=PROGRESSED)
    assert order(actions)[-1] == "steroid"


# What is told of a change -----------------------------------------------------------------------


def test_g1202r_says_under_each_drug_what_is_known_of_that_drug() -> None:
    actions = after("crizotinib", "TPM3", "ALK", "G1202R")
    for name in ("ceritinib", "alectinib"):
        standing = option(actions, name).standing
        assert "seen on or after it in ALK-positive lung cancer" in standing
        assert "103 repeated biopsies" in option(actions, name).resistance[0]
    lorlatinib = option(actions, "lorlatinib")
    assert "sarcoma that is no IMT" in lorlatinib.standing
    assert "sensitive to it in the laboratory" in lorlatinib.standing
    assert "ALK G1202R appeared on lorlatinib" in lorlatinib.resistance[0]


@pytest.mark.parametrize("change", ["G1202R", "I1171N", "L1196M", "L1196Q", "G1269A", "F1174L"])
def test_nothing_is_known_never_stands_behind_a_sentence_that_names_the_drug(change: str) -> None:
    for found in after("crizotinib", "TPM3", "ALK", change).options:
        for said in found.resistance:
            before, nothing, _ = said.partition("Nothing is known here")
            assert not nothing or found.name not in before


def test_the_gatekeeper_l1196m_is_held_against_crizotinib() -> None:
    actions = after("crizotinib", "TPM3", "ALK", "L1196M")
    assert "Nothing is known" not in option(actions, "crizotinib").resistance[0]
    assert order(actions)[5] == "crizotinib"


def test_f1174l_was_seen_in_one_patient_with_an_imt_on_crizotinib() -> None:
    """Sasaki: RANBP2::ALK, F1174L on crizotinib."""
    actions = after("crizotinib", "RANBP2", "ALK", "F1174L")
    crizotinib = option(actions, "crizotinib")
    assert "ALK F1174L is recorded, which was reported with resistance to it" in (
        crizotinib.standing
    )
    assert crizotinib.fit.value == "no"


# NTRK and ROS1 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("five", "three", "change"), [("TPM3", "NTRK1", "G595R"), ("ETV6", "NTRK3", "G623R")]
)
def test_a_held_change_does_not_fit_a_label_that_excludes_one(
    five: str, three: str, change: str
) -> None:
    actions = after("larotrectinib", five, three, change, region="US")
    approval = next(a for a in option(actions, "larotrectinib").approvals if a.region == "US")
    assert approval.fit.value == "no"
    said = f"{three} {change} is reported, which is held as such a change"
    assert any(said in reason for reason in approval.reasons)
    found = order(actions)
    assert found.index("repotrectinib") < found.index("larotrectinib")


def test_a_change_that_is_not_held_leaves_the_label_open_and_asks_after_progression() -> None:
    actions = after("larotrectinib", "ETV6", "NTRK3", "A1B")
    approval = next(a for a in option(actions, "larotrectinib").approvals if a.region == "US")
    assert approval.fit.value == "unknown"
    asked = "a change of the kinase after progression: the label may exclude this, ask"
    assert any(asked in reason for reason in approval.reasons)
    calm = act(specimens=fused("ETV6", "NTRK3", "A1B"))
    reasons = next(a for a in option(calm, "larotrectinib").approvals if a.region == "US").reasons
    assert not any(asked in reason for reason in reasons)


def test_ros1_g2032r_after_crizotinib_brings_repotrectinib_with_its_own_count_first() -> None:
    """TRIDENT-1: 10 of 17 with G2032R responded, 59 % (33 to 82); lung cancer, not IMT."""
    actions = after("crizotinib", "TFG", "ROS1", "G2032R")
    repotrectinib = option(actions, "repotrectinib")
    first = repotrectinib.results[0]
    assert (first.n, first.of, first.low, first.high) == (10, 17, 33, 82)
    assert "Lung cancer, not IMT" in first.says
    assert "ROS1 G2032R is recorded, answered by it in" in repotrectinib.standing
    assert order(actions).index("repotrectinib") < order(actions).index("crizotinib")


# Drugs before, and what was counted after them ---------------------------------------------------


@pytest.mark.parametrize(
    ("before", "five", "three", "drug", "first"),
    [
        # TRIDENT-1: 24 of 48 after a TRK inhibitor, 23 of 40 without one.
        ("larotrectinib", "TPM3", "NTRK1", "repotrectinib", (24, 48)),
        ("", "TPM3", "NTRK1", "repotrectinib", (23, 40)),
        # Shaw 2019: 14 of 40 after crizotinib, 13 of 21 without a kinase inhibitor.
        ("crizotinib", "TFG", "ROS1", "lorlatinib", (14, 40)),
        ("", "TFG", "ROS1", "lorlatinib", (13, 21)),
        # TRIDENT-1: 21 of 56 after one ROS1 inhibitor, 56 of 71 without one.
        ("crizotinib", "TFG", "ROS1", "repotrectinib", (21, 56)),
        ("", "TFG", "ROS1", "repotrectinib", (56, 71)),
        # A drug against another kinase is none before.
        ("selpercatinib", "TPM3", "NTRK1", "repotrectinib", (23, 40)),
    ],
)
def test_the_first_result_is_of_patients_with_the_same_drugs_before(
    before: str, five: str, three: str, drug: str, first: tuple[int, int]
) -> None:
    actions = after(before, five, three) if before else act(specimens=fused(five, three))
    results = option(actions, drug).results
    assert (results[0].n, results[0].of) == first
    (naive,) = [result for result in results if "no earlier" in result.says]
    assert naive == (results[0] if (naive.n, naive.of) == first else results[-1])


def test_ceritinib_after_crizotinib_says_what_two_patients_showed() -> None:
    """Fudan 2018: after progression on crizotinib 2 of 2 responded to ceritinib."""
    said = "whether ceritinib helps then is open: 2 of 2 patients with an IMT after crizotinib"
    assert said in option(after("crizotinib", "TPM3", "ALK"), "ceritinib").standing
    assert said not in option(after("alectinib", "TPM3", "ALK"), "ceritinib").standing
    assert option(after("crizotinib", "TPM3", "ALK"), "ceritinib").fit.value == "unknown"


# What belongs to a drug and its target ------------------------------------------------------------


@pytest.mark.parametrize("drug", ["ceritinib", "entrectinib", "repotrectinib", "lorlatinib"])
def test_a_ros1_option_carries_no_condition_of_ntrk_or_alk(drug: str) -> None:
    """A girl of 6 with an unresectable TFG::ROS1 tumour and no treatment yet."""
    found = option(act(patient=aged(6), specimens=fused("TFG", "ROS1")), drug)
    said = " ".join((found.standing, *found.may_not_apply))
    assert "NTRK" not in said
    assert "another ALK inhibitor" not in said
    assert "Spindle itself asks for progression after treatment" in said
    assert "The labels ask for" not in found.setting
    assert "evidence.ros1.own-rule" in found.facts


def test_the_labels_conditions_stay_with_the_kinase_that_they_name() -> None:
    ntrk = act(patient=aged(6), specimens=fused("ETV6", "NTRK3"))
    for drug in ("entrectinib", "repotrectinib"):
        reasons = option(ntrk, drug).may_not_apply
        assert any(reason.startswith("labels for an NTRK fusion ask for") for reason in reasons)
    alk = option(act(patient=aged(6), specimens=fused("TPM3", "ALK")), "lorlatinib")
    assert any("published for another ALK inhibitor before" in r for r in alk.may_not_apply)


@pytest.mark.parametrize(
    ("outcomes", "fit"), [([], "unknown"), ([{"kind": "recurrence", "has_occurred": True}], "no")]
)
def test_surgery_does_not_fit_what_came_back_and_is_called_unresectable(
    outcomes: list[dict[str, Any]], fit: str
) -> None:
    actions = act(treatments=[{"kind": "surgery", "margin": "R0"}], outcomes=outcomes)
    assert option(actions, "surgery").fit.value == fit
    said = "recorded as not resectable, and a resection with a clear margin as well"
    assert any(said in why for why in option(actions, "surgery").may_not_apply) is (fit != "no")


# Results ----------------------------------------------------------------------------------------


def test_create_is_told_with_both_its_counts_and_the_interval_beside_each() -> None:
    """CREATE: 6 of 12 for the primary endpoint (21 to 79 %), 8 of 12 later (35 to 90 %)."""
    actions = act(patient=aged(40), specimens=fused("TPM3", "ALK"))
    first = option(actions, "crizotinib").results[0]
    assert "6 of 12 responded to crizotinib, 2 of them completely; this was the primary" in (
        first.says
    )
    assert first.says.index("21.1 to 78.9") < first.says.index("CREATE after a median of 50 months")
    assert first.says.index("34.9 to 90.1") < first.says.index("83.3 % alive at 3 years")
    assert set(first.facts) == {
        "trials.crizotinib.create-2018.alk-positive",
        "trials.crizotinib.create-2021.alk-positive",
    }


def test_only_the_same_patients_are_told_together() -> None:
    """A8081013 counted 9 patients, and the FDA decided on 7 of them."""
    assert load_results()["trials.crizotinib.a8081013-fda"].says.startswith("A8081013, the 7")
    assert load_results()["trials.crizotinib.fudan-30"].facts == ("trials.crizotinib.fudan-30",)


def test_two_counts_of_one_hospital_are_not_added() -> None:
    """Fudan: 16 patients on crizotinib, among them probably the 7 of the earlier count."""
    crizotinib = option(act(patient=aged(40), specimens=fused("TPM3", "ALK")), "crizotinib")
    results = {result.facts[0]: result for result in crizotinib.results}
    late = results["trials.crizotinib.fudan-30"]
    assert (late.n, late.of) == (13, 16)
    assert (late.low, late.high) == (54.4, 96.0)
    assert "probably among the 16" in results["trials.crizotinib.fudan-11"].says
    # 8 and 5 of the other two series, and 16.
    assert "3 retrospective series with 29 patients" in crizotinib.evidence_strength


@pytest.mark.parametrize(
    ("years", "first"),
    [
        (0.5, "trials.crizotinib.advl0912"),
        (8, "trials.crizotinib.advl0912"),
        (17, "trials.crizotinib.advl0912"),
        (18, "trials.crizotinib.create-2021.alk-positive"),
        (60, "trials.crizotinib.create-2021.alk-positive"),
    ],
)
def test_the_first_result_is_of_patients_of_this_age_and_of_the_newest_cut_off(
    years: float, first: str
) -> None:
    actions = act(patient=aged(years), specimens=fused("TPM3", "ALK"))
    assert option(actions, "crizotinib").results[0].facts[0] == first


def test_from_fifteen_create_stands_before_its_own_first_cut_off() -> None:
    found = option(act(patient=aged(16), specimens=fused("TPM3", "ALK")), "crizotinib").results
    ids = [result.facts[0] for result in found]
    assert ids.index("trials.crizotinib.create-2021.alk-positive") < ids.index(
        "trials.crizotinib.create-2018.alk-positive"
    )


def test_results_in_imt_stand_before_those_in_several_tumours_of_the_same_age() -> None:
    actions = act(patient=aged(40), specimens=fused("TPM3", "ALK"))
    for found in actions.options:
        told = [result.facts[0] for result in found.results]
        assert len(told) == len(set(told))


def test_a_collection_of_reports_has_no_interval_and_says_how_it_was_collected() -> None:
    collected = [t for rows in load_trials().values() for t in rows if is_collected(t)]
    assert "trials.nsaid.review" in {trial.fact.id for trial in collected}
    for trial in collected:
        result = load_results()[trial.fact.id]
        assert result.interval == ""
        assert not isinstance(result.low, float)
        assert len(result.says) > len(trial.fact.statement) + 20


def test_the_nsaid_review_says_that_only_successes_were_collected() -> None:
    """Chavez 2013: 9 of 10, collected from single reports."""
    result = load_results()["trials.nsaid.review"]
    assert "only successes were collected" in result.says
    assert "evidence.nsaid.publication-bias" in result.facts


# Follow-up --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("margin", "outcomes", "expected"),
    [
        ("R0", [], "yes"),
        ("R1", [], "no"),
        ("R2", [], "no"),
        ("R0", [{"kind": "recurrence", "has_occurred": True}], "no"),
        ("R0", [{"kind": "metastasis", "has_occurred": True}], "no"),
        ("R0", PROGRESSED, "no"),
    ],
)
def test_follow_up_alone_fits_a_clear_margin_with_nothing_after_it(
    margin: str, outcomes: list[dict[str, Any]], expected: str
) -> None:
    surgery = [{"kind": "surgery", "margin": margin}]
    actions = act(tumour={}, treatments=surgery, outcomes=outcomes)
    assert option(actions, "observation").fit.value == expected


def test_a_second_clear_resection_after_a_recurrence_leaves_follow_up_open() -> None:
    twice = [{"kind": "surgery", "margin": "R1"}, {"kind": "surgery", "margin": "R0"}]
    actions = act(
        tumour={}, treatments=twice, outcomes=[{"kind": "recurrence", "has_occurred": True}]
    )
    assert option(actions, "observation").fit.value == "unknown"


def test_every_held_drug_can_be_set_back_only_within_its_group() -> None:
    for name, therapy in load_therapies().items():
        if therapy.kind in ("surgery", "observation"):
            continue
        found = order(act(treatments=given(name), outcomes=PROGRESSED))
        assert found[:2] == ["surgery", "observation"]
