from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case, Exclusion
from spindle.cases.course import Margin, Outcome, OutcomeKind, Treatment, TreatmentKind
from spindle.cases.observations import (
    FusionCall,
    FusionTest,
    HistologyFinding,
    Observation,
    PercentRange,
    Stain,
    StainPattern,
    TestResult,
)
from spindle.cases.patient import Age, Patient, TimeUnit
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Extent, Focality, Site, Tumour, TumourSize
from spindle.knowledge.facts import load_facts
from spindle.knowledge.outcomes import load_features, load_outcomes
from spindle.reasoning.findings import AdverseFeature, OutcomeFigure, Outlook
from spindle.reasoning.prognosis import describe_outlook
from spindle.reasoning.reflex import assess_case

SITES = ("maxillary sinus", "lung", "urinary bladder", "uterus", "mesentery", "orbit", "")
FINDINGS = ("necrosis", "ganglion-like cells", "giant cells", "lymphovascular invasion")


def make_case(
    site: str = "",
    years: float | None = None,
    *,
    margin: Margin | Absent = NOT_REPORTED,
    focality: Focality | Absent = NOT_REPORTED,
    histology: tuple[HistologyFinding, ...] = (),
    observations: tuple[Observation, ...] = (),
    size_mm: float | None = None,
    diagnosis: str | Absent = NOT_REPORTED,
    extent: Extent | Absent = NOT_REPORTED,
    **more: Any,
) -> Case:
    age = Age(months=years * 12, unit_as_reported=TimeUnit.YEARS) if years is not None else None
    return Case(
        id="c",
        patient=Patient(age_at_diagnosis=age or NOT_REPORTED),
        tumour=Tumour(
            diagnosis=diagnosis,
            sites=(Site(name=site),) if site else (),
            focality=focality,
            extent=extent,
            size=TumourSize(dimensions_mm=(size_mm,)) if size_mm is not None else NOT_REPORTED,
        ),
        treatments=(Treatment(kind=TreatmentKind.SURGERY, margin=margin),),
        specimens=(Specimen(id="s", histology=histology, observations=observations),),
        **more,
    )


def describe(*arguments: Any, **more: Any) -> Outlook:
    case = make_case(*arguments, **more)
    return describe_outlook(case, assess_case(case))


def say_ranges(outlook: Outlook) -> list[str]:
    return [found.says for found in outlook.ranges]


def find_figure(outlook: Outlook, fact: str) -> OutcomeFigure:
    return next(figure for figure in outlook.figures if figure.facts == (f"outcomes.{fact}",))


def find_states(outlook: Outlook, name: str) -> set[str]:
    return {f.state for f in outlook.features if f.name == name and f.applies}


def find_feature(outlook: Outlook, fact: str) -> AdverseFeature:
    return next(feature for feature in outlook.features if f"outcomes.{fact}" in feature.facts)


def list_facts(outlook: Outlook) -> list[str]:
    return [figure.facts[0].removeprefix("outcomes.") for figure in outlook.figures]


# Figures and ranges


def test_sinonasal_recurrence_is_a_range_and_no_mean() -> None:
    outlook = describe("maxillary sinus", 31)
    said = next(
        words for words in say_ranges(outlook) if words.startswith("Recurrence in IMT (sino")
    )
    assert "35 % to 75 % in 3 series (35 %: 6 of 17, 95 % interval 14 to 62 %" in said
    assert "75 %: 15 of 20, 95 % interval 51 to 91 %" in said


def test_a_figure_has_its_exact_interval_and_the_lost_patients() -> None:
    figure = find_figure(describe("maxillary sinus", 31), "zhao-2025.recurrence")
    # Clopper-Pearson of 6 of 17: 0.1421 to 0.6167.
    assert figure.low == pytest.approx(14.20974831)
    assert figure.high == pytest.approx(61.67163366)
    assert figure.percent == pytest.approx(35.294, abs=0.001)
    assert any("24 % if none of them had it, 56 % if all had" in c for c in figure.cautions)


def test_both_denominators_of_da_2021_are_shown_and_one_is_counted() -> None:
    outlook = describe(years=5)
    assert find_figure(outlook, "da-2021.recurrence").of == 16
    printed = find_figure(outlook, "da-2021.recurrence-as-printed")
    assert printed.of == 19
    assert any("lost" in caution for caution in printed.cautions)


def test_selected_series_are_shown_last_and_never_stand_in_a_range() -> None:
    outlook = describe("mesentery", 10)
    facts = list_facts(outlook)
    assert facts.index("coffin-1995.recurrence") < facts.index("coffin-2007.recurrence")
    assert "no measure of how often" in find_figure(outlook, "coffin-2007.recurrence").cautions[0]
    assert not [words for words in say_ranges(outlook) if "of 59" in words or "85 %" in words]


def test_the_nearest_population_comes_first() -> None:
    outlook = describe("lung", 46, margin=Margin.R0)
    first = outlook.figures[0]
    assert first.facts == ("outcomes.yuksel-2022.recurrence",)
    assert first.matches == ("site", "margin")
    assert (first.n, first.of) == (0, 17)


def test_another_site_is_not_shown() -> None:
    facts = list_facts(describe("lung", 46))
    assert not [name for name in facts if name.startswith(("zhao-2025", "coffin-1995", "bennett"))]


def test_a_population_that_differs_says_in_what() -> None:
    figure = find_figure(describe("maxillary sinus", 31, margin=Margin.R1), "rich-2022.metastasis")
    assert figure.differs == ("all sites together",)
    older = find_figure(describe("orbit", 60), "guo-2024.recurrence")
    assert older.differs == ("patients of 2 to 54 years; this patient is 60",)
    assert any("condition for being in the series" in caution for caution in older.cautions)


def test_children_and_adults_over_all_sites_are_kept_apart_when_the_age_is_known() -> None:
    assert "fudan-30.survival" not in list_facts(describe(years=8))
    assert "casanova-2020.survival" not in list_facts(describe(years=40))
    both = list_facts(describe())
    assert {"fudan-30.survival", "casanova-2020.survival"} <= set(both)


def test_a_complete_resection_is_not_called_a_clear_margin() -> None:
    outlook = describe(years=8, margin=Margin.R0)
    figure = find_figure(outlook, "texas-children.recurrence-complete")
    assert "margin" not in figure.matches
    assert any("not the same as a clear margin" in words for words in figure.differs)


def test_a_part_of_a_series_with_another_margin_stays_out_of_the_range() -> None:
    clear = next(r for r in say_ranges(describe(years=8, margin=Margin.R0)) if "Recurrence" in r)
    positive = next(r for r in say_ranges(describe(years=8, margin=Margin.R1)) if "Recurrence" in r)
    assert "margin R0" in clear
    assert "40 %: margin R1" in positive
    assert "margin R1" not in clear
    assert "margin complete" not in positive


def test_figures_that_leave_this_patient_out_come_last_and_make_no_range() -> None:
    """A child's lung tumour with a positive margin: 0 of 17 were adults' with clear margins."""
    outlook = describe("lung", 8, margin=Margin.R1)
    facts = list_facts(outlook)
    assert not facts[0].startswith("yuksel-2022")
    clear = ["yuksel-2022.recurrence", "yuksel-2022.death", "two-centres-2016.recurrence-r0"]
    after = facts[min(facts.index(name) for name in clear) :]
    rows = {row.fact.id.removeprefix("outcomes."): row for row in load_outcomes()}
    assert set(clear) <= set(after)
    assert all(rows[name].margin not in ("any", "R1") for name in after)
    assert not [words for words in say_ranges(outlook) if "of 17" in words or "R0" in words]
    said = next(words for words in outlook.limits if "come last and make no range" in words)
    assert "unlike this one (all had clear margins; all had a complete resection" in said
    figure = find_figure(outlook, "yuksel-2022.recurrence")
    assert figure.differs == ("all had clear margins; this patient's is R1",)


def test_a_childs_chest_tumour_is_shown_the_series_in_which_it_often_came_back() -> None:
    outlook = describe("lung", 8, margin=Margin.R1)
    said = next(
        words for words in say_ranges(outlook) if words.startswith("Recurrence in IMT (thorax)")
    )
    assert "7 % in one series (1 of 15, 95 % interval 0 to 32 %, counting metastasis too" in said
    assert "french-children-2022.recurrence-thorax" in list_facts(outlook)
    shown = next(f for f in outlook.figures if "recurrence-thorax" in f.facts[0])
    assert "All 8 recurrences" in shown.says
    assert "57 %" not in shown.says


def test_a_clear_margin_or_none_on_record_leaves_the_clear_series_in() -> None:
    for margin in (Margin.R0, NOT_REPORTED):
        outlook = describe("lung", 46, margin=margin)
        assert list_facts(outlook)[0] == "yuksel-2022.recurrence"
        assert not [words for words in outlook.limits if "clear margins" in words]
        assert any(
            "0 of 17, 95 % interval 0 to 20 %, margin R0" in words for words in say_ranges(outlook)
        )


def test_a_series_of_children_comes_last_for_an_adult() -> None:
    outlook = describe("stomach", 40)
    assert list_facts(outlook)[-1] == "liu-2024.recurrence"
    assert any("unlike this one (patients of 0 to 15 years)" in said for said in outlook.limits)
    assert not [words for words in say_ranges(outlook) if "of 11" in words]


@given(
    st.sampled_from((*SITES, "stomach", "thigh")),
    st.none() | st.floats(0, 90),
    st.sampled_from([*Margin, NOT_REPORTED]),
)
def test_whoever_is_left_out_comes_last_with_a_reason(
    site: str, years: float | None, margin: Margin | Absent
) -> None:
    outlook = describe(site, years, margin=margin)
    rows = {row.fact.id: row for row in load_outcomes()}
    others = {"R0": (Margin.R1, Margin.R2), "R1": (Margin.R0, Margin.R2)}
    out = [margin in others.get(rows[f.facts[0]].margin, ()) for f in outlook.figures]
    last = [f for f in outlook.figures if "margin" not in f.matches][-1:]
    if any(out):
        assert last == [outlook.figures[-1]]
        assert any("come last and make no range" in words for words in outlook.limits)
    assert not [words for words in outlook.limits if "()" in words]


def test_a_missing_site_gives_general_figures_and_says_so() -> None:
    outlook = describe(years=31)
    assert any("site is not recorded" in words for words in outlook.limits)
    assert all("site" not in figure.matches for figure in outlook.figures)
    assert not [words for words in say_ranges(outlook) if "all sites" not in words]


def test_a_site_without_a_series_says_so() -> None:
    outlook = describe("thyroid cartilage", 31)
    assert any("No series of this site was read" in words for words in outlook.limits)


def test_several_tumours_have_no_figure_of_their_own() -> None:
    outlook = describe(years=8, focality=Focality.MULTIFOCAL)
    assert "No figure by focality is held; this patient has several tumours." in outlook.limits
    figure = find_figure(outlook, "casanova-2020.survival")
    assert any("nearly all had one tumour" in words for words in figure.differs)


def test_survival_is_compared_only_at_the_same_time() -> None:
    for words in say_ranges(describe(years=8)):
        if "urvival" in words:
            assert " at 36 months" in words or " at 60 months" in words


# Adverse features


def test_what_is_not_recorded_is_never_absent() -> None:
    for site in SITES:
        outlook = describe(site)
        states = {f.state for f in outlook.features if f.name != "tumour in the maxillary sinus"}
        assert states == {"not recorded"}


def test_necrosis_is_present_absent_or_not_recorded() -> None:
    here = describe("maxillary sinus", histology=(HistologyFinding(name="necrosis"),))
    gone = describe(
        "maxillary sinus", histology=(HistologyFinding(name="necrosis", is_present=False),)
    )
    assert find_states(here, "necrosis") == {"present"}
    assert find_states(gone, "necrosis") == {"absent"}
    assert find_states(describe("maxillary sinus"), "necrosis") == {"not recorded"}
    feature = find_feature(here, "he-2015.necrosis")
    assert feature.observations == ("s: necrosis",)
    assert "sinonasal" in feature.says


@pytest.mark.parametrize(
    ("site", "fact", "count", "state"),
    [
        ("nasal cavity", "he-2015.mitoses", 1, "present"),
        ("nasal cavity", "he-2015.mitoses", 0, "absent"),
        ("nasal cavity", "he-2015.mitoses", None, "not recorded"),
        ("uterus", "bennett-2017.mitoses", 7, "present"),
        ("uterus", "bennett-2017.mitoses", 6, "absent"),
    ],
)
def test_mitoses_are_judged_by_count_and_by_the_site_of_the_source(
    site: str, fact: str, count: float | None, state: str
) -> None:
    finding = HistologyFinding(
        name="mitoses", count_per_10_hpf=NOT_REPORTED if count is None else count
    )
    assert find_feature(describe(site, histology=(finding,)), fact).state == state


@pytest.mark.parametrize(("size", "state"), [(80.0, "present"), (79.0, "absent")])
def test_a_uterine_tumour_of_eight_centimetres_is_large(size: float, state: str) -> None:
    assert find_feature(describe("uterus", size_mm=size), "bennett-2017.size").state == state


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [
        (0, 0, "present"),
        (95, 100, "present"),
        (20, 80, "absent"),
        (0, 5, "not recorded"),
        (85, 95, "not recorded"),
    ],
)
def test_p16_is_aberrant_wholly_beyond_a_limit(low: float, high: float, state: str) -> None:
    stain = Stain(id="p", marker="p16", percent_positive=PercentRange(low=low, high=high))
    outlook = describe("uterus", observations=(stain,))
    assert find_feature(outlook, "uterine-p16-2024.p16-aggressive").state == state


def test_a_p16_result_without_a_share_says_nothing() -> None:
    stain = Stain(id="p", marker="p16", result=TestResult.NEGATIVE)
    outlook = describe("uterus", observations=(stain,))
    feature = find_feature(outlook, "uterine-p16-2024.p16-aggressive")
    assert feature.state == "not recorded"


def test_one_recurrence_does_not_say_that_there_were_not_four() -> None:
    once = (Outcome(kind=OutcomeKind.RECURRENCE, has_occurred=True),)
    never = (Outcome(kind=OutcomeKind.RECURRENCE, has_occurred=False),)
    for outcomes, state in ((once, "not recorded"), (once * 4, "present"), (never, "absent")):
        outlook = describe("maxillary sinus", outcomes=outcomes)
        assert find_feature(outlook, "he-2015.relapses").state == state


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"outcomes": (Outcome(kind=OutcomeKind.METASTASIS, has_occurred=True),)}, "present"),
        ({"outcomes": (Outcome(kind=OutcomeKind.METASTASIS, has_occurred=False),)}, "absent"),
        ({"extent": Extent.METASTATIC}, "present"),
        ({"extent": Extent.LOCALISED}, "absent"),
        ({"extent": Extent.INVASIVE}, "not recorded"),
        ({}, "not recorded"),
    ],
)
def test_spread_is_present_denied_or_not_recorded(more: dict[str, Any], state: str) -> None:
    feature = find_feature(describe("lung", 8, **more), "raitio-2024.metastasis-death")
    assert feature.state == state
    assert "went with death" in feature.says


def test_sources_on_uterine_necrosis_stand_side_by_side() -> None:
    outlook = describe("uterus", histology=(HistologyFinding(name="necrosis"),))
    said = find_feature(outlook, "pmid-25321329.necrosis").says
    for words in ("only in tumours with an adverse outcome", "7 of 13 aggressive", "8 of 13 tum"):
        assert words in said


@pytest.mark.parametrize(
    ("site", "fact", "words"),
    [
        ("lung", "seer-2019.age", "older age"),
        ("maxillary sinus", "he-2015.pattern", "pattern I or II"),
        ("maxillary sinus", "peng-2022.nlr", "1.958"),
        ("uterus", "bennett-2017.compact", "compact"),
        ("uterus", "pmid-25321329.others", "myxoid"),
    ],
)
def test_what_no_case_can_answer_is_named_as_not_judged(site: str, fact: str, words: str) -> None:
    outlook = describe(site, 40)
    said = [limit for limit in outlook.limits if limit.startswith("Held adverse by a source")]
    assert any(words in limit and "not judged here" in limit for limit in said)
    assert f"outcomes.{fact}" in outlook.trace.facts
    assert not [limit for limit in describe("lung").limits if "1.958" in limit]


def test_another_populations_feature_is_shown_only_when_present_and_says_whose_it_is() -> None:
    outlook = describe("lung", histology=(HistologyFinding(name="necrosis"),))
    feature = find_feature(outlook, "he-2015.necrosis")
    assert not feature.applies
    assert feature.state == "present"
    assert not [f for f in describe("lung").features if not f.applies]


def test_recorded_features_come_first() -> None:
    outlook = describe("uterus", histology=(HistologyFinding(name="necrosis", is_present=False),))
    order = ["present", "absent", "not recorded"]
    ranks = [order.index(feature.state) for feature in outlook.features]
    assert ranks == sorted(ranks)


# ALK and the variant


@pytest.mark.parametrize("result", [TestResult.POSITIVE, TestResult.NEGATIVE])
def test_alk_changes_nothing_and_its_conflict_is_said(result: TestResult) -> None:
    stain = Stain(id="a", marker="ALK", result=result)
    outlook = describe("maxillary sinus", 31, observations=(stain,))
    bare = describe("maxillary sinus", 31)
    assert outlook.figures == bare.figures
    assert outlook.ranges == bare.ranges
    assert outlook.alerts == bare.alerts == ()
    assert outlook.about_kinase == bare.about_kinase
    assert outlook.about_kinase.startswith("Studies disagree")
    assert "83.3 per cent of 12 ALK-positive" in outlook.about_kinase
    assert "34.3 per cent of the ALK-negative" in outlook.about_kinase
    assert "the drug's effect" in outlook.about_kinase
    assert {"outcomes.casanova-2020.alk", "outcomes.telugu-2017.alk"} <= set(outlook.trace.facts)
    assert not [name for name in list_facts(outlook) if "alk-positive" in name]


NUCLEAR = Stain(
    id="a", marker="ALK", result=TestResult.POSITIVE, pattern=StainPattern.NUCLEAR_MEMBRANE
)
RANBP2 = FusionTest(id="f", calls=(FusionCall(gene5="RANBP2", gene3="ALK"),))
RRBP1 = FusionTest(id="f", calls=(FusionCall(gene5="RRBP1", gene3="ALK"),))


@pytest.mark.parametrize(
    "more",
    [
        {"diagnosis": "Epithelioid inflammatory myofibroblastic sarcoma (EIMS)"},
        {"histology": (HistologyFinding(name="epithelioid morphology"),)},
        {"observations": (NUCLEAR,)},
        {"observations": (RANBP2,)},
    ],
)
def test_the_epithelioid_variant_raises_an_alert_with_its_figures(more: dict[str, Any]) -> None:
    outlook = describe("mesentery", 30, **more)
    assert len(outlook.alerts) == 1
    assert "epithelioid inflammatory myofibroblastic sarcoma" in outlook.alerts[0]
    assert "3 of 5" in outlook.alerts[0]
    is_named = "observations" not in more
    assert outlook.figures[0].facts[0].startswith("outcomes.yu-2016") is is_named
    figure = find_figure(outlook, "yu-2016.recurrence")
    assert ("variant" in figure.matches) is ("diagnosis" in more)
    assert any(
        "the epithelioid variant: 60 % in one series (3 of 5, 95 % interval 15 to 95 %)" in words
        for words in say_ranges(outlook)
    )


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (RANBP2, "fusion partner RANBP2"),
        (RRBP1, "fusion partner RRBP1"),
        (NUCLEAR, "ALK stain at the nuclear membrane"),
    ],
)
def test_a_partner_or_a_stain_alone_leaves_the_variant_to_the_morphology(
    test: Observation, said: str
) -> None:
    """Huang 2016: RANBP2::ALK in a mesenteric IMT of bland spindle cells."""
    outlook = describe("mesentery", 30, observations=(test,))
    assert outlook.alerts[0].startswith(
        f"Recorded: {said}. That is seen in the epithelioid inflammatory myofibroblastic sarcoma, "
        "and in tumours that are not; the morphology decides."
    )
    assert "fusions.huang-2016.ranbp2" in outlook.trace.facts
    usual = find_figure(outlook, "coffin-1995.recurrence")
    assert not [words for words in usual.differs if "variant" in words]


def test_with_the_morphology_denied_a_partner_shows_no_figures_of_the_variant() -> None:
    denied = HistologyFinding(name="epithelioid morphology", is_present=False)
    outlook = describe("mesentery", 30, histology=(denied,), observations=(RANBP2,))
    assert (
        "the morphology decides. Here epithelioid morphology is recorded as absent."
        in (outlook.alerts[0])
    )
    assert not [name for name in list_facts(outlook) if name.startswith("yu-2016")]
    assert outlook.figures == describe("mesentery", 30).figures


def test_a_variant_that_is_denied_or_excluded_raises_none() -> None:
    denied = HistologyFinding(name="epithelioid morphology", is_present=False)
    assert describe("mesentery", histology=(denied,)).alerts == ()
    excluded = Exclusion(diagnosis="EIMS", reason="no epithelioid cells")
    assert describe("mesentery", observations=(NUCLEAR,), exclusions=(excluded,)).alerts == ()
    assert describe("mesentery").alerts == ()


# Properties


def test_every_figure_is_as_its_fact_says() -> None:
    facts = load_facts()
    for site in SITES:
        for figure in describe(site).figures:
            fact = facts[figure.facts[0]]
            assert figure.n == (fact.n if isinstance(fact.n, int) else NOT_REPORTED)
            assert fact.statement.removesuffix(".") in figure.says


def test_every_outcome_can_be_reached_but_those_by_alk() -> None:
    reached: set[str] = set()
    sites = (*SITES, "thigh", "stomach", "brain", "parotid gland", "mediastinum")
    for site in sites:
        for years in (5, 30, 45):
            shown = describe(site, years, diagnosis="EIMS").figures
            reached |= {figure.facts[0] for figure in shown}
    missing = {row.fact.id for row in load_outcomes() if not row.kinase} - reached
    assert missing == set()


@given(
    st.sampled_from(SITES),
    st.none() | st.floats(0, 90),
    st.sampled_from([*Margin, NOT_REPORTED]),
    st.lists(st.tuples(st.sampled_from(FINDINGS), st.booleans()), max_size=4),
)
def test_no_sentence_forecasts_and_no_interval_is_turned_round(
    site: str, years: float | None, margin: Margin | Absent, findings: list[tuple[str, bool]]
) -> None:
    histology = tuple(HistologyFinding(name=n, is_present=p) for n, p in findings)
    outlook = describe(site, years, margin=margin, histology=histology)
    assert "no forecast" in outlook.limits[0]
    for figure in outlook.figures:
        if not isinstance(figure.low, Absent) and not isinstance(figure.high, Absent):
            assert not isinstance(figure.percent, Absent)
            assert 0 <= figure.low <= figure.percent <= figure.high <= 100
    text = " ".join([*say_ranges(outlook), *(figure.says for figure in outlook.figures)])
    assert not re.search(r"\b(will|must|safe|you have|chance)\b", text)


@given(st.lists(st.sampled_from(FINDINGS), unique=True), st.sampled_from(FINDINGS))
def test_one_more_finding_takes_no_other_away(names: list[str], extra: str) -> None:
    def list_present(findings: list[str]) -> set[tuple[str, str]]:
        histology = tuple(HistologyFinding(name=name) for name in findings)
        outlook = describe("maxillary sinus", histology=histology)
        return {(f.name, f.says) for f in outlook.features if f.state == "present"}

    assert list_present(names) <= list_present([*names, extra])


def test_every_feature_rule_is_about_a_known_finding() -> None:
    from spindle.knowledge.histology import find_finding

    for rule in load_features():
        if rule.look_at.value in ("finding", "mitoses"):
            found = find_finding(rule.subject)
            assert found is not None
            assert found.name == rule.subject


def test_every_range_rests_on_facts_and_prints_their_counts() -> None:
    """A range without its sources could not be checked by whoever reads the page."""
    for site in ("maxillary sinus", "uterus", "lung", "urinary bladder", "mesentery"):
        for found in describe(site, 30).ranges:
            assert found.facts, found.says
            assert set(found.facts) <= set(load_facts())
