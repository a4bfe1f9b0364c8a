from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.patient import Age, Precision, TimeUnit
from spindle.errors import UserError
from spindle.knowledge.ages import (
    AgeLimits,
    AgeSpan,
    is_adult,
    name_age,
    name_limits,
    name_months,
    span_age,
)
from spindle.knowledge.approvals import (
    load_indications,
    load_labels,
    load_not_found,
    load_unconfirmed,
    make_indication,
    make_label,
)
from spindle.knowledge.fact_tables import load_rows
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import Entry, list_files, read_text
from spindle.knowledge.regions import find_region, load_regions
from spindle.knowledge.resistance import ResistanceContext, load_resistance, make_resistance
from spindle.knowledge.therapies import (
    TRIALS_TABLE,
    Trial,
    load_therapies,
    load_trials,
    make_therapy,
    make_trial,
)

INDICATIONS = load_indications()
TRIALS = [trial for trials in load_trials().values() for trial in trials]
FILES = ("therapies.toml", "approvals.toml", "resistance.toml", "regions.toml")
# Milligrams, grays, "twice daily": words of a dose.
DOSE = re.compile(r"\b\d+(?:\.\d+)? ?(?:mg|Gy|µg|mcg)\b|mg/m|\b(?:once|twice) daily\b", re.I)


def by_id(trial_id: str) -> Trial:
    return next(trial for trial in TRIALS if trial.fact.id == f"trials.{trial_id}")


# What the files hold ----------------------------------------------------------------------------


def test_the_treatments_stand_in_the_order_of_the_sources() -> None:
    ids = list(load_therapies())
    assert ids[:3] == ["surgery", "observation", "crizotinib"]
    assert set(ids) == {
        "surgery", "observation", "crizotinib", "ceritinib", "alectinib", "lorlatinib",
        "entrectinib", "larotrectinib", "repotrectinib", "selpercatinib", "steroid", "nsaid",
        "methotrexate-vinblastine", "anthracycline", "oral-cyclophosphamide", "radiotherapy",
    }  # fmt: skip


@pytest.mark.parametrize("therapy", load_therapies().values(), ids=lambda therapy: therapy.id)
def test_every_treatment_names_harms_and_a_setting(therapy: Any) -> None:
    assert therapy.harms
    assert therapy.setting.endswith(".")
    assert therapy.needs


def test_nothing_holds_a_dose() -> None:
    texts = [read_text(name) for name in (*FILES, "tables/trials.csv", "facts/therapies.toml")]
    assert [match.group() for text in texts for match in DOSE.finditer(text)] == []


@pytest.mark.parametrize(
    ("trial_id", "n", "of", "low", "high"),
    [
        ("crizotinib.create-2018.alk-positive", 6, 12, 21.1, 78.9),
        ("crizotinib.create-2018.alk-negative", 1, 7, None, None),
        ("crizotinib.create-2021.alk-positive", 8, 12, 34.9, 90.1),
        ("crizotinib.advl0912", 12, 14, 57, 98),
        ("crizotinib.a8081013", 6, 9, 30, 93),
        ("crizotinib.a8081013-fda", 5, 7, None, None),
        ("crizotinib.fudan-30", 13, 16, None, None),
        ("crizotinib.fudan-11", 6, 7, None, None),
        ("ceritinib.fischer", 7, 10, 33, 93),
        ("ceritinib.fudan-11", 2, 2, None, None),
        ("entrectinib.ntrk", 32, 44, 57.2, 85.0),
        ("entrectinib.ros1", 13, 20, 40.8, 84.6),
        ("methotrexate-vinblastine.epssg", 8, 10, None, None),
        ("methotrexate-vinblastine.baldi", 7, 13, None, None),
        ("anthracycline.baldi", 10, 21, None, None),
        ("oral-cyclophosphamide.baldi", 3, 4, None, None),
        ("nsaid.review", 9, 10, None, None),
    ],
)
def test_results_are_those_that_were_printed(
    trial_id: str, n: int, of: int, low: float | None, high: float | None
) -> None:
    trial = by_id(trial_id)
    assert (trial.fact.n, trial.fact.of, trial.low, trial.high) == (n, of, low, high)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.fact.id)
def test_a_printed_interval_holds_the_share(trial: Trial) -> None:
    if trial.low is not None and isinstance(trial.fact.n, int) and isinstance(trial.fact.of, int):
        assert trial.low <= 100 * trial.fact.n / trial.fact.of <= (trial.high or 0)
    assert trial.patients >= (trial.fact.of if isinstance(trial.fact.of, int) else 1)


def test_only_what_names_the_drugs_before_says_so() -> None:
    """TRIDENT-1, Shaw 2019, Takeyasu 2021, Reinhart 2020, Fudan 2018."""
    told = {trial.fact.id: trial.earlier for trial in TRIALS if trial.earlier}
    assert {name for name, earlier in told.items() if earlier == "none"} == {
        "trials.alectinib.takeyasu", "trials.lorlatinib.ros1-lung-naive",
        "trials.repotrectinib.ntrk-naive", "trials.repotrectinib.ros1-lung-naive",
    }  # fmt: skip
    after = {trial.fact.id for trial in TRIALS if trial.is_pretreated}
    assert after | {name for name, earlier in told.items() if earlier == "none"} == set(told)
    assert "trials.crizotinib.create-2021.alk-positive" not in told


def test_a_drug_of_two_kinases_asks_what_belongs_to_the_kinase() -> None:
    entrectinib = load_therapies()["entrectinib"]
    assert entrectinib.find_setting(["NTRK1"]).asks.startswith("labels for an NTRK fusion")
    assert entrectinib.find_setting(["ROS1"]).needs == ()
    assert entrectinib.find_setting(["ROS1", "NTRK1"]).needs == entrectinib.needs
    assert entrectinib.find_setting([]).needs == entrectinib.needs


def test_a_count_worked_out_from_a_percentage_is_marked_as_inferred() -> None:
    worked_out = [trial for trial in TRIALS if "worked out" in trial.fact.statement]
    assert len(worked_out) >= 5
    assert all(trial.fact.is_inferred for trial in worked_out)


@pytest.mark.parametrize("agent", ["larotrectinib", "repotrectinib", "selpercatinib", "lorlatinib"])
def test_no_trial_is_made_up_where_none_in_imt_was_found(agent: str) -> None:
    """What was counted in other tumours says so."""
    for trial in load_trials().get(agent, ()):
        if trial.fact.n != "":
            assert trial.entity != "imt"
            assert re.search("not IMT|IMT not counted apart", trial.fact.statement)


def test_a_count_in_lung_cancer_is_called_no_count_in_imt() -> None:
    counted = [trial for trial in TRIALS if trial.entity == "lung-cancer"]
    assert {trial.agent for trial in counted} == {"lorlatinib", "repotrectinib"}
    assert all(trial.fact.statement.startswith("Lung cancer, not IMT: ") for trial in counted)
    assert by_id("repotrectinib.ros1-lung-g2032r").fact.n == 10


@pytest.mark.parametrize(
    ("kinase", "change", "resists"),
    [
        ("ALK", "F1174L", {"crizotinib"}),
        ("ALK", "L1196M", {"crizotinib"}),
        ("NTRK1", "G595R", {"entrectinib", "larotrectinib"}),
        ("NTRK3", "G623R", {"entrectinib"}),
        ("ROS1", "G2032R", {"crizotinib", "lorlatinib"}),
    ],
)
def test_known_changes_of_resistance_are_held(kinase: str, change: str, resists: set[str]) -> None:
    held = [r for r in load_resistance().values() if (r.kinase, r.change) == (kinase, change)]
    assert {agent for item in held for agent in item.resists} == resists
    assert (ResistanceContext.IMT in {item.context for item in held}) is (change == "F1174L")


def test_the_single_secondary_page_on_japan_is_no_approval() -> None:
    assert ("alectinib", "JP") not in {(item.agent, item.region) for item in INDICATIONS}
    assert not any(item.agent == "crizotinib" and item.region == "CN" for item in INDICATIONS)


def test_what_only_a_secondary_page_tells_says_so_and_is_no_approval() -> None:
    approved = {(item.agent, item.region) for item in INDICATIONS}
    unsure = {(item.agent, item.region) for item in load_unconfirmed()}
    assert unsure == {("alectinib", "JP"), ("entrectinib", "CN"), ("larotrectinib", "CH")}
    assert not unsure & approved
    assert all("not confirmed" in item.fact.statement for item in load_unconfirmed())


def test_nothing_else_than_a_reported_study_stands_in_the_table() -> None:
    designs = {trial.design for trial in TRIALS}
    assert designs == {
        "single-arm trial", "retrospective series", "case report", "review",
        "review of case reports",
    }  # fmt: skip
    assert len(TRIALS) == len(load_rows(TRIALS_TABLE))


# Approvals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", INDICATIONS, ids=lambda item: item.id)
def test_the_day_of_an_approval_stands_in_its_fact(item: Any) -> None:
    statements = " ".join(fact.statement for fact in item.facts)
    if item.date:
        assert f"{item.date.day} {item.date:%B %Y}" in statements
    else:
        assert "no date" in statements or "announced" in statements


@pytest.mark.parametrize("item", INDICATIONS, ids=lambda item: item.id)
def test_the_ages_of_an_approval_stand_in_its_fact(item: Any) -> None:
    statement = item.facts[0].statement
    youngest, oldest = item.ages.from_months, item.ages.below_months
    if youngest and youngest < 12:
        assert "older than 1 month" in statement or "older than one month" in statement
    elif youngest == 216 and not oldest:
        assert "adults" in statement
        assert "children" not in statement
    elif youngest:
        assert f"{youngest // 12} " in statement
    else:
        assert "adults and children" in statement
    if oldest:
        assert f"under {oldest // 12} years" in statement


def test_crizotinib_is_approved_for_imt_as_the_labels_say() -> None:
    united_states, europe, swiss = (item for item in INDICATIONS if item.agent == "crizotinib")
    assert str(united_states.date) == "2022-07-14"
    assert (united_states.ages.from_months, united_states.ages.below_months) == (12, None)
    assert united_states.needs == (("unresectable", "recurrent", "refractory"),)
    assert str(europe.date) == "2024-08-22"
    assert (europe.ages.from_months, europe.ages.below_months) == (12, 216)
    assert europe.needs == (("unresectable",), ("recurrent", "refractory"))
    assert swiss.date is None
    assert (swiss.ages.from_months, swiss.ages.below_months) == (12, 216)
    assert swiss.needs == (("unresectable", "recurrent", "refractory"),)


def test_no_indication_is_one_for_lung_cancer() -> None:
    assert [item.id for item in INDICATIONS if "lung" in item.says.lower()] == []
    assert all("lung" in item.fact.statement for item in load_not_found())


def test_no_label_in_imt_holds_ros1() -> None:
    assert load_labels()["ROS1-positive"].accepts == ()
    assert "ROS1-positive" not in {item.label for item in INDICATIONS}


def test_approvals_were_compared_with_the_record() -> None:
    read = {f.how_read.value for f in load_facts().values() if f.id.startswith("approvals.us.")}
    assert "checked_twice" in read


def test_an_unknown_region_names_the_known_ones() -> None:
    with pytest.raises(UserError, match="US, EU, CA, JP, CN") as caught:
        find_region("UK")
    assert caught.value.slug == "region-unknown"
    assert [region.regulator for region in load_regions().values()][:2] == ["FDA", "EMA"]


# Ages -------------------------------------------------------------------------------------------


def age(months: float, unit: str = "months", precision: str = "exact") -> Age:
    return Age(months=months, unit_as_reported=TimeUnit(unit), precision=Precision(precision))


@pytest.mark.parametrize(
    ("given_age", "within"),
    [
        (age(11.0), False),
        (age(12.0), True),
        (age(12.0, "years"), True),
        (age(0.0, "years"), False),
        (age(204.0, "years"), True),
        (age(215.0), True),
        (age(216.0), False),
        (age(216.0, "years"), False),
        (age(492.0, "years"), False),
        (age(0.0, "at_birth"), False),
        (age(52 * 7 / (365.25 / 12), "weeks"), None),
        (age(12.0, "years", "about"), None),
        (age(204.0, "years", "about"), None),
        (age(240.0, "years", "about"), None),
        (age(492.0, "years", "about"), False),
        (age(96.0, "years", "about"), True),
        (age(60.0, "years", "over"), None),
        (age(216.0, "years", "over"), False),
        (age(12.0, "years", "under"), False),
        (age(216.0, "years", "under"), None),
    ],
)  # fmt: skip
def test_an_age_against_1_to_under_18_years(given_age: Age, within: bool | None) -> None:
    assert AgeLimits(12, 216).contain(span_age(given_age)) is within


@pytest.mark.parametrize(
    ("months", "unit", "within"),
    [(0.5, "months", False), (1.0, "months", None), (2.0, "months", True), (0.0, "years", None)],
)
def test_older_than_one_month_is_not_one_month(
    months: float, unit: str, within: bool | None
) -> None:
    assert AgeLimits(1, None, is_older_than=True).contain(span_age(age(months, unit))) is within


@pytest.mark.parametrize("item", INDICATIONS, ids=lambda item: item.id)
def test_every_age_limit_is_exact_at_its_edge(item: Any) -> None:
    limits = item.ages
    for edge, is_above in ((limits.from_months, True), (limits.below_months, False)):
        if edge is None:
            continue
        before, at = AgeSpan(edge - 1, edge), AgeSpan(edge, edge + 1)
        assert limits.contain(before) is (not is_above)
        expected: bool | None = None if limits.is_older_than else is_above
        assert limits.contain(at) is expected


ages = st.builds(
    Age,
    months=st.floats(0, 1200),
    unit_as_reported=st.sampled_from(TimeUnit),
    precision=st.sampled_from(Precision),
)


@given(ages)
def test_a_span_holds_the_age_and_is_not_empty(given_age: Age) -> None:
    span = span_age(given_age)
    assert 0 <= span.low <= given_age.months <= span.high
    assert name_age(given_age)


@given(ages, st.sampled_from(INDICATIONS))
def test_a_less_exact_age_never_decides_more(given_age: Age, item: Any) -> None:
    exact = replace(given_age, precision=Precision.EXACT)
    about = replace(given_age, precision=Precision.ABOUT)
    decided = item.ages.contain(span_age(about))
    assert decided is None or decided is item.ages.contain(span_age(exact))


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (0, "newborn"), (0.5, "15 days"), (1, "1 month"), (10, "10 months"), (12, "1 year"),
        (18, "18 months"), (24, "2 years"), (99, "8 years 3 months"), (492, "41 years"),
    ],
)  # fmt: skip
def test_ages_are_said_as_people_say_them(months: float, words: str) -> None:
    assert name_months(months) == words


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (AgeLimits(12, 216), "ages 1 to under 18 years"),
        (AgeLimits(12, None), "ages 1 year and older"),
        (AgeLimits(1, None, is_older_than=True), "older than 1 month"),
        (AgeLimits(None, 216), "ages under 18 years"),
        (AgeLimits(None, None), "no age limit"),
    ],
)
def test_limits_are_said_as_labels_say_them(limits: AgeLimits, words: str) -> None:
    assert name_limits(limits) == words


@pytest.mark.parametrize(
    ("given_age", "grown"),
    [
        (age(215.0), False), (age(216.0), True), (age(204.0, "years"), False),
        (age(216.0, "years"), True), (age(204.0, "years", "about"), None),
        (age(11.0), False), (age(216.0, "years", "over"), True), (NOT_REPORTED, None),
    ],
)  # fmt: skip
def test_an_adult_is_18_years_or_older(given_age: Age | Absent, grown: bool | None) -> None:
    assert is_adult(given_age) is grown


# Faults -----------------------------------------------------------------------------------------

THERAPY: dict[str, Any] = {
    "id": "x", "name": "x", "kind": "surgery", "setting": "x", "needs": [["resectable"]],
    "harms": ["harm.nsaid.gut"],
}  # fmt: skip
INDICATION: dict[str, Any] = {
    "id": "x", "agent": "crizotinib", "region": "US", "label": "ALK-positive", "says": "x",
    "needs": [["recurrent"]], "facts": ["approvals.us.crizotinib.imt"],
}  # fmt: skip
RESISTANCE: dict[str, Any] = {
    "id": "x", "kinase": "ALK", "resists": ["crizotinib"], "responded": [], "context": "imt",
    "facts": ["resistance.alk.g1269a"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "values", "words"),
    [
        (make_therapy, THERAPY | {"harms": []}, "no harms"),
        (make_therapy, THERAPY | {"harms": ["harm.made-up"]}, "does not exist"),
        (make_therapy, THERAPY | {"kind": "magic"}, "'magic' is not known"),
        (make_therapy, THERAPY | {"needs": [["rich"]]}, "'rich' is not known"),
        (make_therapy, THERAPY | {"needs": ["resectable"]}, "list of lists"),
        (make_therapy, THERAPY | {"kinases": ["EGFR"]}, "'EGFR' is not known"),
        (make_therapy, THERAPY | {"dose": "much"}, "unknown field 'dose'"),
        (make_therapy, THERAPY | {"kind": "targeted"}, "lacks gravest"),
        (make_therapy, THERAPY | {"gravest": "Harms."}, "lacks gravest"),
        (make_therapy, THERAPY | {"gravest": "A. B.", "gravest_facts": ["harm.nsaid.gut"]},
         "one sentence"),
        (make_therapy, THERAPY | {"gravest": "A.", "gravest_facts": ["harm.nsaid.heart"]},
         "none of its harms"),
        (make_therapy, THERAPY | {"own_needs": [["progressed"]]}, "without the other"),
        (make_therapy, THERAPY | {"settings": [{"setting": "x"}]}, "kinases"),
        (make_therapy, THERAPY | {"settings": [{"kinases": ["ROS1"], "setting": "x"}]},
         "'ROS1' is not known"),
        (make_therapy, THERAPY | {"kinases": ["ROS1"], "settings": [
            {"kinases": ["ROS1"], "setting": "x"}]}, "asks for nothing"),
        (make_therapy, THERAPY | {"kinases": ["ROS1"], "settings": [
            {"kinases": ["ROS1"], "setting": "x", "needs": [["rich"]]}]}, "'rich' is not known"),
        (make_indication, INDICATION | {"agent": "aspirin"}, "'aspirin' is not known"),
        (make_indication, INDICATION | {"region": "UK"}, "'UK' is not known"),
        (make_indication, INDICATION | {"facts": []}, "no facts"),
        (make_indication, INDICATION | {"from_months": 216, "below_months": 12}, "for no age"),
        (make_indication, INDICATION | {"date": "2022"}, "expected date"),
        (make_label, {"id": "x", "kinases": ["ALK"], "accepts": ["stain"], "wording": "x",
                      "facts": ["age.adult"]}, "'stain' is not known"),
        (make_resistance, RESISTANCE | {"context": "rumour"}, "'rumour' is not known"),
        (make_resistance, RESISTANCE | {"facts": []}, "no facts"),
    ],
)  # fmt: skip
def test_a_malformed_entry_is_refused_with_its_place(
    make: Any, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError, match=re.escape(words)) as caught:
        make(Entry(values, "made-up.toml, line 7"))
    assert caught.value.slug == "knowledge-invalid"
    assert "line 7" in str(caught.value)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"low": "much"}, "has low = 'much'"),
        ({"low": "20", "high": ""}, "has no interval"),
        ({"low": "80", "high": "20"}, "has no interval"),
        ({"agent": "aspirin"}, "'aspirin' is not known"),
        ({"target": "EGFR"}, "'EGFR' is not known"),
        ({"study": ""}, "has no design, study or population"),
        ({"patients": "0"}, "has patients = '0'"),
    ],
)
def test_a_malformed_result_is_refused(cells: dict[str, str], words: str) -> None:
    row = load_rows(TRIALS_TABLE)[0]
    with pytest.raises(UserError, match=re.escape(words)):
        make_trial(replace(row, cells={**row.cells, **cells}))


def test_every_fact_on_treatments_is_used() -> None:
    """A fact that nothing shows would be read by nobody; some only explain others."""
    used = {fact.id for therapy in load_therapies().values() for fact in therapy.facts}
    used |= {fact.id for item in INDICATIONS for fact in item.facts}
    used |= {item.fact.id for item in load_not_found()}
    used |= {fact.id for label in load_labels().values() for fact in label.facts}
    used |= {fact.id for item in load_resistance().values() for fact in item.facts}
    used |= {item.fact.id for item in load_unconfirmed()}
    used |= {"age.about", "age.adult"}
    only_in_conflicts = {
        "approvals.crizotinib.wrong-year", "approvals.us.crizotinib.date",
        "evidence.crizotinib.advl0912-one-dose",
    }  # fmt: skip
    assert "facts/therapies.toml" in list_files("facts")
    mine = {fact.id for fact in load_facts().values() if "facts/therapies.toml" in fact.written_at}
    assert mine - used - only_in_conflicts == set()
