"""The outlook once a tumour has come back, has spread or can't be removed; and a variant's name."""

from __future__ import annotations

from typing import Any

import pytest
from vignette_files import make_case

from spindle.knowledge.outcomes import load_outcomes, load_variants
from spindle.reasoning.findings import Outlook
from spindle.reasoning.prognosis import ADVANCED, describe_outlook
from spindle.reasoning.prognosis_patients import is_of_removed
from spindle.reasoning.prognosis_variants import Naming, read_naming
from spindle.reasoning.reflex import assess_case

LUNG = {"sites": [{"name": "lung"}]}
CLEAR = [{"kind": "surgery", "margin": "R0"}]
BACK = [{"kind": "recurrence", "has_occurred": True}]
SPREAD = [{"kind": "metastasis", "has_occurred": True}]
GROWN = [{"kind": "progression", "has_occurred": True}]
CRIZOTINIB = [{"kind": "targeted", "agent": "crizotinib"}]


def describe(**document: Any) -> Outlook:
    case = make_case({"case": {"tumour": LUNG, **document}})
    return describe_outlook(case, assess_case(case))


def say_ranges(outlook: Outlook) -> list[str]:
    return [found.says for found in outlook.ranges]


def say(outlook: Outlook) -> str:
    return " ".join([*say_ranges(outlook), *(figure.says for figure in outlook.figures)])


def test_a_first_clear_resection_is_shown_the_series_of_clear_resections() -> None:
    """Yüksel 2022: none of 17 lung tumours with clear margins came back."""
    assert "0 of 17" in say(describe(treatments=CLEAR))


@pytest.mark.parametrize(
    "later",
    [
        {"outcomes": BACK, "treatments": CLEAR},
        {"outcomes": SPREAD, "treatments": CLEAR},
        {"tumour": {**LUNG, "extent": "metastatic"}},
        {"tumour": {**LUNG, "is_resectable": False}},
    ],
)
def test_it_is_left_out_once_the_tumour_is_past_that(later: dict[str, Any]) -> None:
    outlook = describe(**later)
    assert "0 of 17" not in say(outlook)
    assert "of tumours that were removed do not apply" in say_ranges(outlook)[0]
    assert not [words for words in say_ranges(outlook) if words.startswith("Recurrence")]
    used = {fact for figure in outlook.figures for fact in figure.facts}
    removed = {row.fact.id for row in load_outcomes() if is_of_removed(row)}
    assert not used & removed


def test_an_unresectable_tumour_that_was_removed_with_a_clear_margin_is_not_past_it() -> None:
    outlook = describe(tumour={**LUNG, "is_resectable": False}, treatments=CLEAR)
    assert "0 of 17" in say(outlook)


@pytest.mark.parametrize(
    ("document", "is_shown"),
    [
        ({"outcomes": SPREAD}, True),
        ({"tumour": {**LUNG, "is_resectable": False}}, True),
        ({"outcomes": BACK, "tumour": {**LUNG, "is_resectable": True}}, False),
        ({}, False),
    ],
)
def test_create_stands_first_for_an_advanced_tumour_with_both_kinds(
    document: dict[str, Any], is_shown: bool
) -> None:
    """CREATE: 83.3 % of the ALK-positive and 34.3 % of the ALK-negative alive at 3 years."""
    figures = describe(**document).figures
    assert any(figure.outcome == ADVANCED for figure in figures) is is_shown
    if is_shown:
        assert figures[0].outcome == ADVANCED
        assert "83.3" in figures[0].says
        assert "34.3" in figures[0].says
        assert "to 68.5); crizotinib blocks ALK, and nobody in CREATE was left" in figures[0].says
        assert "had crizotinib already" not in figures[0].says


def test_progression_on_crizotinib_after_a_biopsy_is_past_the_series_of_removed_tumours() -> None:
    """A girl of 10: a biopsy of a lung tumour, crizotinib, progression at 6 months."""
    outlook = describe(
        patient={"age_at_diagnosis": {"months": 120.0, "unit_as_reported": "years"}},
        specimens=[{"kind": "biopsy"}],
        treatments=CRIZOTINIB,
        outcomes=GROWN,
    )
    assert "0 of 17" not in say(outlook)
    assert say_ranges(outlook)[0].startswith("Here the tumour has progressed: 12 figures")
    assert not [words for words in say_ranges(outlook) if words.startswith("Recurrence")]
    apart = [words for words in say_ranges(outlook)[1:] if "a course not counted apart" in words]
    assert apart == list(say_ranges(outlook)[1:])


@pytest.mark.parametrize(
    ("document", "is_shown"),
    [
        ({"specimens": [{"kind": "biopsy"}]}, False),
        ({"treatments": [{"kind": "biopsy_only"}]}, False),
        ({"treatments": CRIZOTINIB}, False),
        ({"specimens": [{"kind": "biopsy"}, {"kind": "resection"}]}, True),
        ({"specimens": [{"kind": "biopsy"}], "treatments": CLEAR}, True),
        ({"specimens": [{"kind": "resection"}], "treatments": CRIZOTINIB}, True),
        ({}, True),
    ],
)
def test_a_tumour_that_nobody_removed_is_not_shown_what_became_of_removed_ones(
    document: dict[str, Any], is_shown: bool
) -> None:
    outlook = describe(**document)
    assert ("0 of 17" in say(outlook)) is is_shown
    left_in = [
        words for words in say_ranges(outlook) if "do not apply before there is one" in words
    ]
    assert bool(left_in) is not is_shown


@pytest.mark.parametrize("event", ["recurrence", "progression", "metastasis"])
def test_no_time_to_a_first_event_is_shown_after_the_event(event: str) -> None:
    """Casanova 2020: 82.9 % free of an event at 5 years, counted from the start."""
    child = {"age_at_diagnosis": {"months": 120.0, "unit_as_reported": "years"}}
    before = say_ranges(describe(patient=child))
    assert [words for words in before if words.startswith("Event-free survival at 60 months")]
    outlook = describe(patient=child, outcomes=[{"kind": event, "has_occurred": True}])
    assert not [words for words in say_ranges(outlook) if words.startswith("Event-free")]
    said = next(words for words in outlook.limits if "come last and make no range" in words)
    assert "counts the time to a first event" in said


def test_a_tumour_that_can_not_be_removed_still_has_its_first_event_before_it() -> None:
    outlook = describe(tumour={**LUNG, "is_resectable": False})
    assert [words for words in say_ranges(outlook) if words.startswith("Event-free survival")]


def test_survival_of_a_localised_tumour_is_not_told_of_one_that_has_spread() -> None:
    """Casanova 2020: 98.1 % alive at 5 years; 59 of the 60 had one localised tumour."""
    child = {"age_at_diagnosis": {"months": 120.0, "unit_as_reported": "years"}}
    one = {**LUNG, "focality": "unifocal"}
    localised = describe(patient=child, tumour={**one, "extent": "localised"})
    assert [words for words in say_ranges(localised) if "Survival at 60 months" in words]
    spread = describe(patient=child, tumour={**one, "extent": "metastatic"})
    assert not [words for words in say_ranges(spread) if "Survival at 60 months" in words]
    (figure,) = [f for f in spread.figures if f.facts == ("outcomes.casanova-2020.survival",)]
    assert "nearly all had one localised tumour; here it has spread" in figure.differs
    assert "59 of the 60 had one localised tumour." in figure.cautions


def test_create_says_after_crizotinib_that_it_counts_from_the_beginning_of_crizotinib() -> None:
    figure = describe(outcomes=[*SPREAD, *GROWN], treatments=CRIZOTINIB).figures[0]
    assert figure.outcome == ADVANCED
    assert "count from the beginning of crizotinib in the trial" in figure.says
    assert figure.says.endswith("This patient has had crizotinib already.")


def test_create_says_to_a_child_that_it_took_in_nobody_so_young() -> None:
    patient = {"age_at_diagnosis": {"months": 96.0, "unit_as_reported": "years"}}
    figure = describe(patient=patient, outcomes=SPREAD).figures[0]
    assert figure.differs == ("ages 15 years and older; this patient is 8",)
    grown = {"age_at_diagnosis": {"months": 408.0, "unit_as_reported": "years"}}
    assert describe(patient=grown, outcomes=SPREAD).figures[0].differs == ()


@pytest.mark.parametrize("event", ["recurrence", "progression"])
def test_an_earlier_clear_margin_does_not_overrule_that_it_can_not_be_removed_now(
    event: str,
) -> None:
    """A girl of 8: R0, a recurrence at 9 months that is called not resectable."""
    outlook = describe(
        tumour={**LUNG, "is_resectable": False},
        treatments=CLEAR,
        outcomes=[{"kind": event, "has_occurred": True}],
    )
    assert outlook.figures[0].outcome == ADVANCED
    assert "and can't be removed: " in say_ranges(outlook)[0]


def test_figures_of_a_diagnosed_variant_lead_even_the_figures_of_advanced_disease() -> None:
    """Yu 2016: of 5 patients with the epithelioid variant 1 died of it."""
    mesentery = {"sites": [{"name": "mesentery"}], "diagnosis": "EIMS"}
    ranges = say_ranges(describe(tumour=mesentery, outcomes=[*SPREAD, *GROWN]))
    assert ranges[0].startswith("Death in the epithelioid variant: 20 % in one series (1 of 5")
    assert ranges[1].startswith("Here the tumour has progressed and has spread")
    hinted = say_ranges(describe(tumour={**mesentery, "diagnosis": "? EIMS"}, outcomes=SPREAD))
    assert hinted[0].startswith("Here the tumour has spread")


def test_an_incomplete_resection_is_no_reassurance_and_stays() -> None:
    rows = {row.fact.id: row for row in load_outcomes()}
    assert not is_of_removed(rows["outcomes.eight-children-2004.death-incomplete"])
    assert is_of_removed(rows["outcomes.thoracic-16-2009.survival"])
    assert not is_of_removed(rows["outcomes.telugu-2017.recurrence"])


def test_several_tumours_have_no_figure_and_what_is_held_of_them_is_told() -> None:
    outlook = describe(tumour={**LUNG, "focality": "multifocal"})
    said = next(words for words in say_ranges(outlook) if words.startswith("No figure by focality"))
    assert "16 of 84" in said
    assert "outcomes.coffin-1995.multinodular" in outlook.trace.facts


# The epithelioid variant ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("diagnosis", "naming"),
    [
        ("EIMS", Naming.NAMED),
        ("epithelioid inflammatory myofibroblastic sarcoma (EIMS)", Naming.NAMED),
        ("consistent with EIMS", Naming.NAMED),
        ("ALCL excluded, EIMS", Naming.NAMED),
        ("EIMS rather than ALCL", Naming.NAMED),
        ("spindle cell tumour; no evidence of EIMS", Naming.DENIED),
        ("EIMS excluded, ALCL", Naming.DENIED),
        ("ALCL (EIMS excluded)", Naming.DENIED),
        ("IMT, not EIMS", Naming.DENIED),
        ("IMT rather than EIMS", Naming.DENIED),
        ("no evidence (on review) of EIMS", Naming.DENIED),
        ("? ALCL, ? EIMS", Naming.DOUBTED),
        ("EIMS cannot be excluded", Naming.DOUBTED),
        ("IMT or EIMS", Naming.DOUBTED),
        ("no melanoma, EIMS", Naming.DOUBTED),
        ("inflammatory myofibroblastic tumour", Naming.UNNAMED),
        ("", Naming.UNNAMED),
    ],
)
def test_a_diagnosis_names_denies_or_doubts_the_variant(diagnosis: str, naming: Naming) -> None:
    assert read_naming(diagnosis, load_variants()[0]) is naming


def test_a_denied_variant_raises_no_alert_and_shows_none_of_its_figures() -> None:
    diagnosis = "spindle cell tumour; no evidence of EIMS"
    outlook = describe(tumour={"sites": [{"name": "mesentery"}], "diagnosis": diagnosis})
    assert outlook.alerts == ()
    assert not [words for words in say_ranges(outlook) if "epithelioid variant: 60 %" in words]


def test_a_doubted_variant_is_named_by_the_report_and_is_not_the_diagnosis() -> None:
    outlook = describe(tumour={**LUNG, "diagnosis": "? ALCL, ? EIMS"})
    (alert,) = outlook.alerts
    assert alert.startswith("The report names epithelioid inflammatory myofibroblastic sarcoma")
    assert "it is not read as the diagnosis" in alert
    assert "The diagnosis is" not in alert


def test_a_denied_variant_with_its_partner_says_both() -> None:
    fusion = {
        "kind": "fusion_test",
        "method": "rna_sequencing",
        "result": "positive",
        "calls": [{"gene5": "RANBP2", "gene3": "ALK", "frame": "in"}],
    }
    outlook = describe(
        tumour={**LUNG, "diagnosis": "IMT, not EIMS"}, specimens=[{"observations": [fusion]}]
    )
    (alert,) = outlook.alerts
    assert "and denies it. Recorded: fusion partner RANBP2." in alert
