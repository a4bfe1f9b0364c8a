"""What can be considered: patients as an oncologist would tell them, and what is to be said."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from vignette_files import make_case

from spindle.assays.shares import compute_exact_interval
from spindle.errors import UserError
from spindle.knowledge.facts import load_facts
from spindle.reasoning.actionability import list_options
from spindle.reasoning.actionability_evidence import COMPUTED, load_results
from spindle.reasoning.findings import Actionability, Approval, Option
from spindle.reasoning.plain_types import describe_record
from spindle.reasoning.reflex import assess_case

ALWAYS = [
    "surgery", "observation", "crizotinib", "methotrexate-vinblastine", "anthracycline",
    "oral-cyclophosphamide", "steroid", "nsaid", "radiotherapy",
]  # fmt: skip
ALK_DRUGS = ["crizotinib", "ceritinib", "alectinib", "lorlatinib"]
NTRK_DRUGS = ["larotrectinib", "entrectinib", "repotrectinib"]
# Words of an order or a promise.
FORBIDDEN = re.compile(
    r"\b(must|should|recommended|first-line|best option|safe|benign|cure[ds]?)\b|\bgive (?!or)",
    re.IGNORECASE,
)


def act(region: str = "", **document: Any) -> Actionability:
    case = make_case({"case": document})
    return list_options(case, assess_case(case), region=region)


def specimen(*observations: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"observations": list(observations)}]


def stain(result: str = "positive", marker: str = "ALK") -> dict[str, Any]:
    return {"kind": "stain", "marker": marker, "result": result}


def fish(result: str = "positive", gene: str = "ALK") -> dict[str, Any]:
    return {"kind": "fish", "gene": gene, "result": result}


def fusion(
    five: str, three: str, frame: str = "in", domain: str = "whole", *changes: str
) -> dict[str, Any]:
    return {
        "kind": "fusion_test",
        "method": "rna_sequencing",
        "result": "positive",
        "is_quality_adequate": True,
        "calls": [{"gene5": five, "gene3": three, "frame": frame, "kinase_domain": domain}],
        "variants": [{"gene": "ALK", "change": change} for change in changes],
    }


RNA_NEGATIVE = {
    "kind": "fusion_test",
    "method": "rna_sequencing",
    "result": "negative",
    "is_quality_adequate": True,
}


def aged(years: float) -> dict[str, Any]:
    return {"age_at_diagnosis": {"months": 12.0 * years, "unit_as_reported": "years"}}


def option(actions: Actionability, name: str) -> Option:
    return next(found for found in actions.options if found.id == name)


def approval(actions: Actionability, name: str, region: str) -> Approval:
    return next(a for a in option(actions, name).approvals if a.region == region)


def fits(actions: Actionability) -> dict[str, str]:
    return {found.id: found.fit.value for found in actions.options}


def labels(actions: Actionability) -> dict[str, str]:
    return {label.label: label.fit.value for label in actions.labels}


def words(actions: Actionability) -> str:
    return json.dumps(describe_record(actions), ensure_ascii=False)


# Nothing known ----------------------------------------------------------------------------------


def test_an_empty_case_leaves_every_question_open() -> None:
    actions = act()
    assert [found.id for found in actions.options] == ALWAYS
    assert set(fits(actions).values()) == {"unknown"}
    assert labels(actions) == {"ALK-positive": "unknown"}
    assert actions.driver.startswith("not known")
    assert not actions.is_confirmed
    assert not any(a.fit.value == "no" for o in actions.options for a in o.approvals)


def test_surgery_comes_first_and_says_what_is_missing() -> None:
    surgery = act().options[0]
    assert surgery.may_not_apply == (
        "published for a resectable tumour; resectability is not recorded",
    )
    assert "surgical margin was the first and independent determinant" in surgery.evidence_strength


# An adult with a productive ALK fusion ------------------------------------------------------------

ADULT: dict[str, Any] = {
    "patient": aged(41),
    "tumour": {"is_resectable": False},
    "specimens": specimen(stain(), fusion("TPM3", "ALK")),
}


def test_an_adult_fits_the_label_in_the_united_states_and_not_in_the_european_union() -> None:
    actions = act("EU", **ADULT)
    assert actions.is_confirmed
    assert labels(actions)["ALK-positive"] == "yes"
    crizotinib = option(actions, "crizotinib")
    assert crizotinib.fit.value == "yes"
    assert [a.region for a in crizotinib.approvals][:2] == ["EU", "US"]
    assert approval(actions, "crizotinib", "US").fit.value == "yes"
    assert approval(actions, "crizotinib", "EU").fit.value == "no"
    against = " ".join(crizotinib.may_not_apply)
    assert "EU (EMA): ages 1 to under 18 years; this patient is 41 years" in against
    assert "off-label in the EU as far as the records read show" in against


def test_the_chosen_region_comes_first() -> None:
    for region in ("US", "EU"):
        crizotinib = option(act(region, **ADULT), "crizotinib")
        assert crizotinib.approvals[0].region == region
    united_states = option(act("US", **ADULT), "crizotinib")
    assert not any(words.startswith("EU") for words in united_states.may_not_apply)


def test_resectability_that_is_not_recorded_leaves_the_label_open() -> None:
    document = {**ADULT, "tumour": {}}
    found = approval(act("US", **document), "crizotinib", "US")
    assert found.fit.value == "unknown"
    asked = "asks for unresectable, recurrent or refractory; resectability is not recorded"
    assert any(reason.startswith(asked) for reason in found.reasons)


def test_agents_without_an_indication_for_imt_say_what_was_read() -> None:
    actions = act("US", **ADULT)
    assert [found.id for found in actions.options][2:6] == ALK_DRUGS
    for name in ALK_DRUGS[1:]:
        found = option(actions, name)
        assert found.approvals == ()
        assert any("lung cancer only; no indication for IMT" in w for w in found.may_not_apply)


def test_a_study_of_children_is_no_study_of_an_adult() -> None:
    ceritinib = option(act("US", **ADULT), "ceritinib")
    said = "its studies counted ages 1 to under 18 years; this patient is 41 years"
    assert said in ceritinib.may_not_apply
    child = option(act("US", **{**ADULT, "patient": aged(8)}), "ceritinib")
    assert not any("its studies counted" in w for w in child.may_not_apply)


def test_what_a_family_should_know_of_crizotinib_is_told() -> None:
    harms = " ".join(option(act("US", **ADULT), "crizotinib").harms)
    for told in ("loss of vision", "children's eyes", "within 1 month, then every 3 months",
                 "every 2 weeks in the first 2 months", "inflammation of the lung", "QT interval",
                 "slow heart rate", "vomiting", "unborn child", "fertility"):  # fmt: skip
        assert told in harms, told


# The driver -------------------------------------------------------------------------------------


def test_a_stain_alone_confirms_nothing() -> None:
    actions = act("US", patient=aged(30), specimens=specimen(stain()))
    assert not actions.is_confirmed
    assert labels(actions) == {"ALK-positive": "unknown"}
    assert actions.driver == "ALK: stain positive, not confirmed"
    assert option(actions, "crizotinib").fit.value == "unknown"
    assert "ALK: stain positive, not confirmed" in option(actions, "crizotinib").may_not_apply


def test_what_counts_as_alk_positive_is_not_defined_in_the_wording() -> None:
    (label,) = act(specimens=specimen(fish())).labels
    assert label.fit.value == "yes"
    assert "not defined in the wording" in label.why
    assert "approvals.us.crizotinib.no-test-named" in label.facts


def test_fish_without_a_fusion_is_a_suspicion() -> None:
    actions = act(specimens=specimen(fish()))
    assert not actions.is_confirmed
    assert option(actions, "crizotinib").fit.value == "unknown"


def test_fish_against_sequencing_leaves_the_label_open() -> None:
    actions = act(specimens=specimen(fish(), RNA_NEGATIVE))
    assert labels(actions)["ALK-positive"] == "unknown"
    assert "negative by RNA sequencing" in actions.driver


def test_a_fusion_of_unknown_frame_is_reported_and_not_confirmed() -> None:
    call = {"kind": "rt_pcr", "gene": "ALK", "result": "positive", "detected_fusion": "TPM3::ALK"}
    actions = act(specimens=specimen(call))
    assert not actions.is_confirmed
    assert "whether it makes a whole kinase in frame is not known" in actions.driver
    assert labels(actions)["ALK-positive"] == "yes"


def test_a_fusion_in_frame_without_a_word_on_the_domain_leaves_the_domain_alone_open() -> None:
    call = fusion("TPM3", "ALK", "in")
    del call["calls"][0]["kinase_domain"]
    actions = act(specimens=specimen(call))
    assert actions.driver == (
        "ALK: a fusion with TPM3 is reported in frame; whether the kinase domain is whole is not "
        "reported"
    )
    assert not actions.is_confirmed


def test_a_frame_that_a_published_junction_contradicts_is_no_known_frame() -> None:
    """EML4 E13;A29 is published out of frame."""
    call = fusion("EML4", "ALK", "in")
    call["calls"][0] |= {"exon5": "13", "exon3": "29"}
    del call["calls"][0]["kinase_domain"]
    assert (
        "whether it makes a whole kinase in frame is not known"
        in act(specimens=specimen(call)).driver
    )


def test_a_fusion_that_is_not_productive_is_never_a_driver() -> None:
    """EML4 E13;A29 is out of frame."""
    actions = act("US", specimens=specimen(fusion("EML4", "ALK", "out")))
    assert not actions.is_confirmed
    assert "so it is no driver" in actions.driver
    assert {fits(actions)[name] for name in ALK_DRUGS} == {"no"}
    assert labels(actions)["ALK-positive"] == "unknown"


def test_a_positive_stain_beside_a_fusion_that_is_not_productive_stays_open() -> None:
    actions = act(specimens=specimen(stain(), fusion("EML4", "ALK", "out")))
    assert "does not explain the positive stain" in actions.driver
    assert option(actions, "crizotinib").fit.value == "unknown"


def test_one_negative_stain_rules_nothing_out() -> None:
    actions = act(specimens=specimen(stain("negative")))
    assert labels(actions)["ALK-positive"] == "unknown"
    assert "tumours with a negative stain can hold a fusion" in actions.labels[0].why
    assert option(actions, "crizotinib").fit.value == "unknown"
    assert "ihc.alk.negative-is-not-the-end" in actions.labels[0].facts


@pytest.mark.parametrize("tests", [(stain("negative"), fish("negative")), (RNA_NEGATIVE,)])
def test_a_tumour_without_alk_shows_what_create_saw_in_such_tumours(
    tests: tuple[dict[str, Any], ...],
) -> None:
    actions = act("US", specimens=specimen(*tests))
    assert labels(actions)["ALK-positive"] == "no"
    crizotinib = option(actions, "crizotinib")
    assert crizotinib.fit.value == "no"
    first = crizotinib.results[0]
    assert (first.n, first.of) == (1, 7)
    assert "ALK-negative" in first.says
    assert not {"ceritinib", "alectinib", "lorlatinib"} & set(fits(actions))


def test_ros1_in_a_childs_lung_has_cases_and_no_approval_anywhere() -> None:
    actions = act(
        "US",
        patient=aged(8),
        tumour={"sites": [{"name": "lung"}], "is_resectable": False},
        specimens=specimen(stain("negative"), fusion("TFG", "ROS1")),
    )
    assert actions.is_confirmed
    assert [o.id for o in actions.options][2:5] == ["crizotinib", "ceritinib", "entrectinib"]
    for name in ("crizotinib", "ceritinib", "entrectinib"):
        found = option(actions, name)
        assert found.target == "ROS1"
        assert found.approvals == ()
        assert found.fit.value == ("yes" if name == "crizotinib" else "unknown")
        assert any("no indication for a ROS1-positive IMT" in w for w in found.may_not_apply)
    crizotinib = option(actions, "crizotinib")
    assert crizotinib.evidence_strength.startswith("3 case reports with 3 patients.")
    assert "CREATE" not in crizotinib.evidence_strength
    assert crizotinib.resistance == ()
    assert labels(actions)["ROS1-positive"] == "unknown"


def test_rules_for_lung_cancer_stay_out_of_the_lung() -> None:
    actions = act(tumour={"sites": [{"name": "lung"}]}, specimens=specimen(fusion("TPM3", "ALK")))
    says = [a.says for o in actions.options for a in o.approvals]
    assert says
    assert not any("lung" in text.lower() for text in says)
    assert "Rules for lung cancer are not used, whatever the site." in actions.limits


def test_etv6_ntrk3_brings_the_ntrk_labels() -> None:
    actions = act(
        patient=aged(10),
        tumour={"extent": "metastatic"},
        specimens=specimen(stain(marker="pan-TRK"), fusion("ETV6", "NTRK3")),
    )
    assert [o.id for o in actions.options][2:6] == [*NTRK_DRUGS, "crizotinib"]
    assert labels(actions)["NTRK gene fusion"] == "yes"
    larotrectinib = option(actions, "larotrectinib")
    assert all("IMT not counted apart" in result.says for result in larotrectinib.results)
    assert "Not every patient counted had an IMT." in larotrectinib.evidence_strength
    assert approval(actions, "larotrectinib", "CA").fit.value == "unknown"
    assert approval(actions, "larotrectinib", "US").fit.value == "unknown"
    assert approval(actions, "repotrectinib", "US").fit.value == "no"
    assert option(actions, "crizotinib").fit.value == "unknown"
    assert any("another driver" in w for w in option(actions, "crizotinib").may_not_apply)


def test_a_pan_trk_stain_names_no_gene() -> None:
    actions = act(specimens=specimen(stain(marker="pan-TRK")))
    assert "does not tell NTRK genes apart" in actions.driver
    assert option(actions, "larotrectinib").target == "NTRK"
    assert option(actions, "larotrectinib").fit.value == "unknown"
    assert labels(actions)["NTRK gene fusion"] == "unknown"


def test_a_ret_fusion_brings_selpercatinib() -> None:
    actions = act(
        "EU",
        patient=aged(15),
        tumour={"extent": "metastatic"},
        specimens=specimen(fusion("KIF5B", "RET")),
    )
    found = option(actions, "selpercatinib")
    assert found.fit.value == "unknown"
    assert approval(actions, "selpercatinib", "EU").fit.value == "no"
    assert approval(actions, "selpercatinib", "US").fit.value == "unknown"
    assert "growing hips" in " ".join(found.harms)


def test_no_agent_is_made_up_for_a_fusion_without_one() -> None:
    actions = act(specimens=specimen(fusion("FN1", "IGF1R"), fusion("NAB2", "PDGFRB")))
    assert [found.id for found in actions.options] == ALWAYS
    assert "FN1::IGF1R: no agent against it stands in the sources" in actions.driver
    assert "No agent against PDGFRB stands in the sources read." in actions.limits


# The course -------------------------------------------------------------------------------------


def test_after_a_clear_resection_drugs_do_not_fit_and_follow_up_does() -> None:
    actions = act(
        "US",
        patient=aged(9),
        specimens=specimen(fusion("TPM3", "ALK")),
        treatments=[{"kind": "surgery", "margin": "R0"}],
        outcomes=[{"kind": "recurrence", "has_occurred": False}],
    )
    found = fits(actions)
    assert (found["surgery"], found["observation"]) == ("no", "yes")
    assert {found[name] for name in ALWAYS[2:]} == {"no"}
    assert approval(actions, "crizotinib", "US").fit.value == "no"


def test_a_recurrence_reopens_what_a_clear_resection_had_closed() -> None:
    actions = act(
        "US",
        patient=aged(9),
        specimens=specimen(fusion("TPM3", "ALK")),
        treatments=[{"kind": "surgery", "margin": "R0"}],
        outcomes=[{"kind": "recurrence", "has_occurred": True}],
    )
    assert option(actions, "crizotinib").fit.value == "yes"
    assert approval(actions, "crizotinib", "US").fit.value == "yes"
    assert approval(actions, "crizotinib", "EU").fit.value == "unknown"
    assert option(actions, "observation").fit.value == "no"


def test_an_unresectable_tumour_does_not_fit_surgery() -> None:
    actions = act(tumour={"is_resectable": False})
    assert option(actions, "surgery").fit.value == "no"
    assert fits(actions)["methotrexate-vinblastine"] == "yes"


def test_tumour_left_by_an_operation_fits_radiotherapy() -> None:
    actions = act(patient=aged(41), treatments=[{"kind": "surgery", "margin": "R1"}])
    assert fits(actions)["radiotherapy"] == "yes"
    assert fits(actions)["observation"] == "no"


def test_metastasis_leaves_surgery_open() -> None:
    actions = act(patient=aged(30), tumour={"extent": "metastatic"}, specimens=specimen(fish()))
    assert option(actions, "surgery").fit.value == "unknown"
    assert fits(actions)["anthracycline"] == "yes"


@pytest.mark.parametrize(
    ("months", "unit", "fit"),
    [(10.0, "months", "no"), (11.0, "months", "no"), (12.0, "months", "yes"),
     (12.0, "years", "yes"), (0.0, "at_birth", "no")],
)  # fmt: skip
def test_an_infant_against_the_label_of_the_united_states(
    months: float, unit: str, fit: str
) -> None:
    """1 year and older, to the month."""
    document = {
        **ADULT,
        "patient": {"age_at_diagnosis": {"months": months, "unit_as_reported": unit}},
    }
    found = approval(act("US", **document), "crizotinib", "US")
    assert found.fit.value == fit
    assert any("ages 1 year and older" in reason for reason in found.reasons)
    assert any("the age at treatment may differ" in reason for reason in found.reasons)


@pytest.mark.parametrize(("years", "fit"), [(17, "yes"), (18, "no")])
def test_eighteen_years_against_the_label_of_the_european_union(years: int, fit: str) -> None:
    document = {
        **ADULT,
        "patient": aged(years),
        "outcomes": [{"kind": "recurrence", "has_occurred": True}],
    }
    assert approval(act("EU", **document), "crizotinib", "EU").fit.value == fit


def test_an_age_that_is_not_exact_is_not_decided_at_the_edge() -> None:
    about = {"months": 216.0, "unit_as_reported": "years", "precision": "about"}
    document = {**ADULT, "patient": {"age_at_diagnosis": about}}
    found = approval(act("EU", **document), "crizotinib", "EU")
    assert found.fit.value == "unknown"
    assert "about 18 years" in " ".join(found.reasons)
    assert "age.about" in found.facts


# Steroids and infection -------------------------------------------------------------------------


def test_in_the_sinuses_an_infection_comes_before_steroids() -> None:
    site = {"sites": [{"name": "maxillary sinus"}], "is_resectable": False}
    steroid = option(act(tumour=site), "steroid")
    assert steroid.fit.value == "unknown"
    assert any("invasive fungal disease above all" in w for w in steroid.may_not_apply)
    lung = option(act(tumour={"sites": [{"name": "lung"}], "is_resectable": False}), "steroid")
    assert lung.fit.value == "unknown"
    assert not any("infection" in why for why in lung.may_not_apply)
    assert steroid.harms == lung.harms


def test_fungal_hyphae_speak_against_steroids_at_any_site() -> None:
    found = [{"histology": [{"name": "fungal hyphae"}]}]
    steroid = option(act(tumour={"is_resectable": False}, specimens=found), "steroid")
    assert steroid.fit.value == "no"
    denied = [{"histology": [{"name": "fungal hyphae", "is_present": False}]}]
    steroid = option(act(tumour={"is_resectable": False}, specimens=denied), "steroid")
    assert steroid.fit.value == "unknown"
    assert not any("an infection comes first" in why for why in steroid.may_not_apply)


def test_how_weak_the_evidence_is_stands_beside_it() -> None:
    actions = act()
    assert "13 patients, 3 of them lost" in option(actions, "steroid").evidence_strength
    assert "only successes were collected" in option(actions, "nsaid").evidence_strength
    assert "without central review" in option(actions, "anthracycline").evidence_strength
    assert "No series with a control group" in option(actions, "radiotherapy").evidence_strength


# Resistance -------------------------------------------------------------------------------------

RESISTANT: dict[str, Any] = {
    "patient": aged(36),
    "tumour": {"is_resectable": False},
    "treatments": [{"kind": "targeted", "agent": "Crizotinib"}],
    "outcomes": [{"kind": "progression", "has_occurred": True}],
}


def resistant(*changes: str) -> Actionability:
    tested = specimen(fusion("DCTN1", "ALK", "in", "whole", *changes))
    return act("US", **RESISTANT, specimens=tested)


def test_g1269a_after_crizotinib_changes_the_list() -> None:
    """npj Precision Oncology 2017, s41698-017-0004-3."""
    actions = resistant("G1269A")
    crizotinib, ceritinib = option(actions, "crizotinib"), option(actions, "ceritinib")
    assert crizotinib.fit.value == "no"
    assert "recorded as given before, and progression is recorded" in crizotinib.may_not_apply
    assert ceritinib.fit.value == "yes"
    assert ceritinib.resistance[0].startswith("ALK G1269A is recorded. ")
    assert "responded to ceritinib" in ceritinib.resistance[0]
    lorlatinib = option(actions, "lorlatinib").resistance[0]
    assert lorlatinib.endswith("Nothing is known here of it and lorlatinib.")


def test_crizotinib_given_before_without_a_change_stays_open() -> None:
    assert option(resistant(), "crizotinib").fit.value == "unknown"


@pytest.mark.parametrize(
    ("change", "agent", "said"),
    [
        ("L1196Q", "alectinib", "RRBP1::ALK"),
        ("p.I1171N", "lorlatinib", "not an IMT"),
        ("G1202R", "lorlatinib", "not an IMT"),
    ],
)
def test_what_is_known_of_a_change_says_in_what_it_was_seen(
    change: str, agent: str, said: str
) -> None:
    assert said in option(resistant(change), agent).resistance[0]


@pytest.mark.parametrize("change", ["I1171N", "G1202R"])
def test_a_change_seen_in_no_imt_leaves_every_alk_inhibitor_open_and_closes_none(
    change: str,
) -> None:
    actions = act(
        tumour={"is_resectable": False},
        specimens=specimen(fusion("TPM3", "ALK", "in", "whole", change)),
    )
    assert {fits(actions)[name] for name in ALK_DRUGS} == {"unknown"}
    for name in ALK_DRUGS:
        against = " ".join(option(actions, name).may_not_apply)
        assert f"ALK {change} is recorded" in against
        assert f"; no response of an IMT with it to {name} is known here" in against


def test_of_an_unknown_change_nothing_is_known() -> None:
    actions = resistant("A1B")
    assert option(actions, "ceritinib").resistance[0] == (
        "ALK A1B is recorded. Nothing is known here of it."
    )
    assert "Nothing is known here of ALK A1B, which is recorded." in actions.limits
    assert any(step.observations for step in actions.trace.steps if "A1B" in step.concluded)


def test_ranbp2_is_told_to_whom_it_concerns() -> None:
    def told(partner: str) -> bool:
        found = act(specimens=specimen(fusion(partner, "ALK")))
        return any("RANBP2" in line for line in option(found, "crizotinib").resistance)

    assert told("RANBP2")
    assert not told("TPM3")


# Regions ----------------------------------------------------------------------------------------


def test_an_unknown_region_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match="US, EU, CA, JP, CN") as caught:
        act("Atlantis")
    assert caught.value.slug == "region-unknown"


def test_where_nothing_was_found_it_is_not_called_not_approved() -> None:
    actions = act("CN", **ADULT)
    against = option(actions, "crizotinib").may_not_apply
    assert any("which is not the same as not approved" in w for w in against)
    assert any("No source on crizotinib for IMT was found" in limit for limit in actions.limits)


def test_the_limits_say_how_old_the_approvals_are() -> None:
    limits = " ".join(act("US").limits)
    for told in ("no doses", "last checked on 2026-11-20", "not the same as not approved",
                 "no ranking", "the age at treatment may differ"):  # fmt: skip
        assert told in limits, told


# Words and numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["", "US", "EU", "CA", "JP", "CN"])
@pytest.mark.parametrize("document", [{}, ADULT, RESISTANT])
def test_nothing_orders_promises_or_names_a_dose(region: str, document: dict[str, Any]) -> None:
    said = words(act(region, **document))
    assert FORBIDDEN.findall(said) == []
    assert re.findall(r"\d ?(?:mg|Gy)\b|twice daily|once daily", said) == []


def test_an_interval_that_was_not_printed_is_computed_and_says_so() -> None:
    result = load_results()["trials.crizotinib.a8081013-fda"]
    low, high = compute_exact_interval(5, 7)
    assert (result.low, result.high) == (round(100 * low, 1), round(100 * high, 1))
    assert result.interval == COMPUTED
    assert load_results()["trials.crizotinib.advl0912"].interval == "as printed"
    assert load_results()["trials.steroid.zhu"].interval == ""


def test_patients_of_one_study_are_counted_once() -> None:
    """CREATE 12, ADVL0912 14 and A8081013 9, although CREATE and A8081013 have two rows each."""
    strength = option(act(**ADULT), "crizotinib").evidence_strength
    assert strength.startswith("3 single-arm trials with 35 patients")


def test_every_fact_exists_and_the_trace_holds_them() -> None:
    actions = act("US", **ADULT)
    known = load_facts()
    for found in actions.options:
        assert found.facts
        assert set(found.facts) <= set(known)
        assert set(found.facts) <= set(actions.trace.facts)
    assert actions.trace.steps[0].observations == ("stain 1.1", "fusion_test 1.2")
    assert all(step.would_change for step in actions.trace.steps[:3])
