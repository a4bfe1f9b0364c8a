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
        assert any("nobody in CREATE was left without it" in c for c in figures[0].cautions)


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
