"""A pregnancy: recorded, denied or not recorded, and what it changes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from vignette_files import make_case

from spindle.cases.case import Case
from spindle.knowledge.therapies import load_therapies
from spindle.reasoning.actionability import list_options
from spindle.reasoning.actionability_pregnancy import (
    ALERT,
    NOT_RECORDED,
    UNBORN,
    list_unborn_facts,
)
from spindle.reasoning.findings import Actionability, Fit, Outlook
from spindle.reasoning.prognosis import describe_outlook
from spindle.reasoning.reflex import assess_case

FUSION = {
    "kind": "fusion_test",
    "method": "rna_sequencing",
    "result": "positive",
    "is_quality_adequate": True,
    "calls": [{"gene5": "TIMP3", "gene3": "ALK", "frame": "in", "kinase_domain": "whole"}],
}


def make(**patient: Any) -> Case:
    document = {
        "patient": patient,
        "tumour": {"sites": [{"name": "uterus"}], "is_resectable": False},
        "specimens": [{"observations": [FUSION]}],
    }
    return make_case({"case": document})


def act(**patient: Any) -> Actionability:
    case = make(**patient)
    return list_options(case, assess_case(case))


def describe(**patient: Any) -> Outlook:
    case = make(**patient)
    return describe_outlook(case, assess_case(case))


def test_a_pregnant_patient_gets_an_alert_and_the_labels_words_for_each_drug() -> None:
    actions = act(sex="female", is_pregnant=True)
    assert actions.limits[0] == ALERT
    crizotinib = next(o for o in actions.options if o.id == "crizotinib")
    assert crizotinib.fit is Fit.UNKNOWN
    assert "harm.crizotinib.unborn" in crizotinib.facts
    assert "it can harm an unborn child" in crizotinib.may_not_apply[0]
    assert not any(option.fit is Fit.YES for option in actions.options)


def test_where_nothing_is_held_that_is_said_and_not_called_free_of_harm() -> None:
    nsaid = next(o for o in act(is_pregnant=True).options if o.id == "nsaid")
    assert f"nothing is held here on {nsaid.name} and an {UNBORN}" in nsaid.may_not_apply


def test_every_drug_whose_gravest_harms_name_an_unborn_child_has_a_fact_on_it() -> None:
    for therapy in load_therapies().values():
        if UNBORN in therapy.gravest:
            assert list_unborn_facts(therapy), therapy.id


def test_a_denied_pregnancy_changes_no_option() -> None:
    denied, silent = act(sex="female", is_pregnant=False), act(sex="male")
    assert [o.fit for o in denied.options] == [o.fit for o in silent.options]
    assert ALERT not in denied.limits
    assert NOT_RECORDED not in denied.limits


def test_what_is_not_recorded_is_said_once_and_not_of_a_man() -> None:
    assert NOT_RECORDED in act(sex="female").limits
    assert NOT_RECORDED in act().limits
    assert NOT_RECORDED not in act(sex="male").limits


@given(st.sampled_from(["female", "male", "other"]))
def test_not_recorded_is_never_read_as_not_pregnant_nor_as_pregnant(sex: str) -> None:
    reported = act(sex=sex)
    assert ALERT not in reported.limits
    assert [o.fit for o in reported.options] == [o.fit for o in act().options]


def test_the_series_of_pregnant_women_is_like_a_pregnant_patient_alone() -> None:
    """Cheek 2020: uterine IMT in pregnancy, 0 of 2 that were followed came back."""

    def find(outlook: Outlook) -> Any:
        fact = "outcomes.cheek-2020.recurrence"
        return next((f for f in outlook.figures if fact in f.facts), None)

    years = {"age_at_diagnosis": {"months": 348.0, "unit_as_reported": "years"}}
    resectable = {"sites": [{"name": "uterus"}]}

    def show(**patient: Any) -> Any:
        case = make_case({"case": {"patient": {**years, **patient}, "tumour": resectable}})
        return find(describe_outlook(case, assess_case(case)))

    assert "pregnancy" in show(is_pregnant=True).matches
    assert "all were pregnant; this patient is not" in show(is_pregnant=False).differs
    assert "all were pregnant; whether this patient is is not recorded" in show().differs
