"""What holds for every case: nothing observed takes an option away, and silence closes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN
from spindle.cases.case import Case
from spindle.cases.course import Margin, Outcome, OutcomeKind, Treatment, TreatmentKind
from spindle.cases.observations import (
    FishTest,
    FusionCall,
    FusionTest,
    KinaseDomain,
    Observation,
    PcrTest,
    ReadingFrame,
    SequencingMethod,
    Stain,
    TestResult,
    VariantCall,
)
from spindle.cases.patient import Age, Patient, Precision, TimeUnit
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Extent, Site, Tumour
from spindle.knowledge.facts import load_facts
from spindle.knowledge.regions import load_regions
from spindle.knowledge.therapies import CONDITIONS
from spindle.reasoning.actionability import list_options
from spindle.reasoning.actionability_course import read_course
from spindle.reasoning.actionability_settings import READERS, WORDS, read_conditions
from spindle.reasoning.findings import Actionability, Fit
from spindle.reasoning.reflex import assess_case

ABSENT = [NOT_DONE, NOT_REPORTED, UNKNOWN]
KINASES = ["ALK", "ROS1", "NTRK1", "NTRK3", "RET", "PDGFRB"]
results = st.sampled_from([*TestResult, *ABSENT])
stains = st.builds(
    Stain, id=st.just("s"), marker=st.sampled_from(["ALK", "ROS1", "pan-TRK", "SMA"]),
    result=results,
)  # fmt: skip
fishes = st.builds(FishTest, id=st.just("f"), gene=st.sampled_from(KINASES), result=results)
pcrs = st.builds(PcrTest, id=st.just("p"), gene=st.just("ALK"), result=results)
calls = st.builds(
    FusionCall,
    gene5=st.sampled_from(["TPM3", "RANBP2", "ETV6", "EML4", NOT_REPORTED]),
    gene3=st.sampled_from([*KINASES, "IGF1R"]),
    frame=st.sampled_from([*ReadingFrame, NOT_REPORTED]),
    kinase_domain=st.sampled_from([*KinaseDomain, NOT_REPORTED]),
)
variants = st.builds(
    VariantCall,
    gene=st.sampled_from(["ALK", "NTRK3", "TP53"]),
    change=st.sampled_from(["G1269A", "L1196Q", "G1202R", "R1X"]),
)
sequencings = st.builds(
    FusionTest,
    id=st.just("q"),
    method=st.sampled_from(SequencingMethod),
    result=results,
    calls=st.lists(calls, max_size=2).map(tuple),
    variants=st.lists(variants, max_size=2).map(tuple),
    is_quality_adequate=st.sampled_from([True, False, NOT_REPORTED]),
)
observations = st.one_of(stains, fishes, pcrs, sequencings)
treatments = st.builds(
    Treatment,
    kind=st.sampled_from(TreatmentKind),
    agent=st.sampled_from(["crizotinib", "larotrectinib", "prednisone", NOT_REPORTED]),
    margin=st.sampled_from([*Margin, NOT_REPORTED]),
)
outcomes = st.builds(Outcome, kind=st.sampled_from(OutcomeKind), has_occurred=st.booleans())
ages = st.builds(
    Age,
    months=st.sampled_from([0.0, 1.0, 10.0, 12.0, 144.0, 216.0, 492.0]),
    unit_as_reported=st.sampled_from([TimeUnit.MONTHS, TimeUnit.YEARS]),
    precision=st.sampled_from(Precision),
)
tumours = st.builds(
    Tumour,
    sites=st.sampled_from([(), (Site(name="lung"),), (Site(name="maxillary sinus"),)]),
    extent=st.sampled_from([*Extent, NOT_REPORTED]),
    is_resectable=st.sampled_from([True, False, NOT_REPORTED]),
)


def make(seen: list[Observation], **values: object) -> Case:
    named = tuple(replace(one, id=f"{one.id} {i}") for i, one in enumerate(seen))
    return Case(id="x", specimens=(Specimen(id="1", observations=named),), **values)  # type: ignore[arg-type]


cases = st.builds(
    make,
    st.lists(observations, max_size=4),
    patient=st.builds(Patient, age_at_diagnosis=st.one_of(ages, st.sampled_from(ABSENT))),
    tumour=tumours,
    treatments=st.lists(treatments, max_size=3).map(tuple),
    outcomes=st.lists(outcomes, max_size=3).map(tuple),
)
regions = st.sampled_from(["", *load_regions()])


def act(case: Case, region: str = "") -> Actionability:
    return list_options(case, assess_case(case), region=region)


@settings(deadline=None)
@given(cases, observations, regions)
def test_another_observation_takes_no_option_and_no_harm_away(
    case: Case, more: Observation, region: str
) -> None:
    (specimen,) = case.specimens
    added = replace(specimen, observations=(*specimen.observations, replace(more, id="more")))
    before = {option.id: option for option in act(case, region).options}
    after = {option.id: option for option in act(replace(case, specimens=(added,)), region).options}
    assert set(before) <= set(after)
    for name, option in before.items():
        assert set(option.harms) <= set(after[name].harms)


@settings(deadline=None)
@given(cases, treatments, outcomes)
def test_another_word_on_the_course_takes_no_option_and_no_harm_away(
    case: Case, treatment: Treatment, outcome: Outcome
) -> None:
    more = replace(
        case, treatments=(*case.treatments, treatment), outcomes=(*case.outcomes, outcome)
    )
    before = {option.id: option.harms for option in act(case).options}
    assert {option.id: option.harms for option in act(more).options} == before


@settings(deadline=None)
@given(cases, regions)
def test_a_no_rests_on_something_that_is_recorded(case: Case, region: str) -> None:
    actions = act(case, region)
    course = read_conditions(read_course(case))
    assert all(not c.missing for c in course.values() if c.fit is Fit.NO)
    bare = Case(id="x", patient=case.patient, specimens=())
    for option in act(bare, region).options:
        assert option.fit is Fit.UNKNOWN
    is_bare = case == replace(bare, specimens=case.specimens)
    has_answer = any(k.readings for k in assess_case(case).kinases.values())
    if is_bare and not has_answer:
        assert all(option.fit is Fit.UNKNOWN for option in actions.options)


@settings(deadline=None)
@given(st.lists(observations, max_size=3), regions)
def test_silence_closes_nothing(seen: list[Observation], region: str) -> None:
    """Tests that were not done, not reported or not readable never make a no."""
    silent = [
        replace(one, result=NOT_REPORTED, **({"calls": ()} if isinstance(one, FusionTest) else {}))
        for one in seen
    ]
    actions = act(make(silent), region)
    assert all(option.fit is Fit.UNKNOWN for option in actions.options)
    assert all(a.fit is not Fit.NO for option in actions.options for a in option.approvals)
    assert all(label.fit is Fit.UNKNOWN for label in actions.labels)


@settings(deadline=None)
@given(cases, regions)
def test_every_option_has_facts_harms_and_a_place(case: Case, region: str) -> None:
    actions, known = act(case, region), load_facts()
    assert actions.options[0].id == "surgery"
    assert len({option.id for option in actions.options}) == len(actions.options)
    for option in actions.options:
        assert option.facts
        assert set(option.facts) <= set(known)
        assert option.harms
        assert option.standing.endswith(".")
        assert (option.fit is Fit.YES) or option.may_not_apply
        for approval in option.approvals:
            assert approval.facts
            assert approval.reasons
        if region and option.approvals:
            others = [a.region for a in option.approvals if a.region != region]
            assert [a.region for a in option.approvals][-len(others) :] == others or not others
    assert set(actions.trace.facts) <= set(known)


@settings(deadline=None)
@given(cases)
def test_only_a_productive_fusion_confirms_a_driver(case: Case) -> None:
    kinases = assess_case(case).kinases.values()
    assert act(case).is_confirmed == any(
        k.is_driver is True for k in kinases if k.kinase in KINASES
    )


@given(cases)
@settings(deadline=None)
def test_equal_cases_give_equal_answers(case: Case) -> None:
    assert act(case) == act(replace(case))


def test_every_condition_of_the_data_can_be_read_and_said() -> None:
    assert set(READERS) == set(WORDS) == set(CONDITIONS)


@pytest.mark.parametrize("name", CONDITIONS)
def test_of_an_empty_course_no_condition_is_a_no(name: str) -> None:
    condition = read_conditions(read_course(Case(id="x")))[name]
    assert condition.fit is not Fit.NO
    assert condition.why
