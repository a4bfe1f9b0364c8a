"""Gaps: what is missing, when it matters, in which order, and that an answer closes it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.course import FollowUp, Margin, Outcome, OutcomeKind, Treatment, TreatmentKind
from spindle.cases.observations import (
    FishCount,
    FishTest,
    FusionCall,
    FusionTest,
    HistologyFinding,
    Intensity,
    KinaseDomain,
    Observation,
    PcrTest,
    ReadingFrame,
    SequencingMethod,
    Stain,
    StainPattern,
    TestResult,
)
from spindle.cases.patient import Age, Patient, TimeUnit
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Extent, Focality, ImagingFinding, Site, Tumour
from spindle.errors import UserError
from spindle.knowledge.facts import load_facts
from spindle.knowledge.gaps import load_gaps, make_gap_book
from spindle.knowledge.kinases import load_kinases
from spindle.reasoning.findings import Gap
from spindle.reasoning.gaps import find_gaps
from spindle.reasoning.gaps_answers import ANSWER
from spindle.reasoning.gaps_rules import RULES
from spindle.reasoning.plain_types import describe_record
from spindle.reasoning.reflex import assess_case

P, N, E, F = TestResult.POSITIVE, TestResult.NEGATIVE, TestResult.EQUIVOCAL, TestResult.FAILED
RNA = SequencingMethod.RNA
ALL = load_kinases().names
WHOLE = FusionCall(
    gene5="TPM3", gene3="ALK", frame=ReadingFrame.IN, kinase_domain=KinaseDomain.WHOLE
)
SURGERY = Treatment(kind=TreatmentKind.SURGERY)


def ihc(result: TestResult | Absent, marker: str = "ALK", **values: object) -> Stain:
    return Stain(id=f"{marker} ihc", marker=marker, result=result, **values)  # type: ignore[arg-type]


def fish(result: TestResult | Absent, **values: object) -> FishTest:
    return FishTest(id="fish", gene="ALK", result=result, **values)  # type: ignore[arg-type]


def pcr(result: TestResult, **values: object) -> PcrTest:
    return PcrTest(id="pcr", gene="ALK", result=result, **values)  # type: ignore[arg-type]


def rna(result: TestResult, *calls: FusionCall, **values: object) -> FusionTest:
    usual = {"is_quality_adequate": True, "genes_covered": ALL, **values}
    return FusionTest(id="rna", method=RNA, result=result, calls=calls, **usual)  # type: ignore[arg-type]


def make_case(*observations: Observation, **values: object) -> Case:
    """Give a case with these tests; the rest is not recorded unless it is given."""
    tumour = {k: values.pop(k) for k in list(values) if k in Tumour.__dataclass_fields__}
    specimen = {k: values.pop(k) for k in list(values) if k in Specimen.__dataclass_fields__}
    return Case(
        id="c",
        tumour=Tumour(**tumour),  # type: ignore[arg-type]
        specimens=(Specimen(id="s", observations=observations, **specimen),),  # type: ignore[arg-type]
        **values,  # type: ignore[arg-type]
    )


def find(*observations: Observation, **values: object) -> tuple[Gap, ...]:
    case = make_case(*observations, **values)
    return find_gaps(case, assess_case(case))


def list_ids(*observations: Observation, **values: object) -> list[str]:
    return [gap.id for gap in find(*observations, **values)]


def find_one(name: str, *observations: Observation, **values: object) -> Gap:
    (found,) = [gap for gap in find(*observations, **values) if gap.id == name]
    return found


# Each gap, and the answer that closes it ---------------------------------------------------------

AGE = Age(months=96, unit_as_reported=TimeUnit.YEARS)
PICTURE = (HistologyFinding(name="spindle cells"), HistologyFinding(name="plasma cells"))
TREATED = {"treatments": (SURGERY,)}
FOLLOWED = FollowUp(duration_months=12)
NO_RECURRENCE = (Outcome(kind=OutcomeKind.RECURRENCE, has_occurred=False),)
CLEAR = (Treatment(kind=TreatmentKind.SURGERY, margin=Margin.R0),)
COUNTED = (FishCount(nuclei_scored=50, split=40),)
IMAGED = (ImagingFinding(words="no tumour"),)
OPEN_FRAME = replace(WHOLE, frame=NOT_REPORTED)
NO_PARTNER = replace(WHOLE, gene5=NOT_REPORTED)
Asked = tuple[tuple[Observation, ...], dict[str, object]]

CLOSED: dict[str, tuple[Asked, Asked]] = {
    "morphology": (((), {}), ((), {"histology": PICTURE})),
    "site": (((), {}), ((), {"sites": (Site(name="lung"),)})),
    "age": (((), {}), ((), {"patient": Patient(age_at_diagnosis=AGE)})),
    "margin": (((), TREATED), ((), {"treatments": CLEAR})),
    "focality": (((), {}), ((), {"focality": Focality.UNIFOCAL})),
    "extent": (((), {}), ((), {"extent": Extent.LOCALISED})),
    "resectability": (((ihc(P),), {}), ((ihc(P),), {"is_resectable": False})),
    "alk-stain": (((), {}), ((ihc(N),), {})),
    "other-kinases": (((ihc(N),), {}), ((ihc(N), rna(N)), {})),
    "rna-adequacy": (((rna(N, is_quality_adequate=NOT_REPORTED),), {}), ((rna(N),), {})),
    "panel-coverage": (((rna(N, genes_covered=NOT_REPORTED),), {}), ((rna(N),), {})),
    "fusion-partner": (((rna(P, NO_PARTNER),), {}), ((rna(P, WHOLE),), {})),
    "reading-frame": (((rna(P, OPEN_FRAME),), {}), ((rna(P, WHOLE),), {})),
    "localisation": (
        ((ihc(P, "STAT6"),), {}),
        ((ihc(P, "STAT6", pattern=StainPattern.NUCLEAR),), {}),
    ),
    "follow-up": (
        ((), TREATED),
        ((), {**TREATED, "follow_up": FOLLOWED, "outcomes": NO_RECURRENCE}),
    ),
    "follow-up-imaging": (((), TREATED), ((), {**TREATED, "imaging_findings": IMAGED})),
    "tumour-content": (((rna(N),), {}), ((rna(N),), {"tumour_content_percent": 60})),
    "decalcification": (((rna(N),), {}), ((rna(N),), {"is_decalcified": False})),
    "fish-counts": (
        ((ihc(N), fish(N)), {}),
        ((ihc(N), fish(N, counts=COUNTED)), {}),
    ),
}


def test_every_gap_has_a_rule_and_an_answer() -> None:
    assert set(RULES) == set(load_gaps().kinds) == set(CLOSED)


@pytest.mark.parametrize("name", CLOSED)
def test_adding_what_a_gap_asks_for_closes_it(name: str) -> None:
    (tests, values), (more_tests, more_values) = CLOSED[name]
    assert name in list_ids(*tests, **values)
    assert name not in list_ids(*more_tests, **more_values)


def test_a_case_in_which_all_is_recorded_has_no_gap() -> None:
    assert (
        find(
            ihc(P, pattern=StainPattern.CYTOPLASMIC),
            rna(P, WHOLE),
            patient=Patient(age_at_diagnosis=AGE),
            sites=(Site(name="lung"),),
            focality=Focality.UNIFOCAL,
            extent=Extent.LOCALISED,
            is_resectable=True,
            imaging_findings=IMAGED,
            histology=PICTURE,
            treatments=CLEAR,
            follow_up=FOLLOWED,
            outcomes=NO_RECURRENCE,
        )
        == ()
    )


# Unknown and not done stay gaps, and say so ------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tests", "values"),
    [
        ("age", (), {"patient": Patient(age_at_diagnosis=UNKNOWN)}),
        ("margin", (), {"treatments": (replace(SURGERY, margin=UNKNOWN),)}),
        ("focality", (), {"focality": UNKNOWN}),
        ("extent", (), {"extent": UNKNOWN}),
        ("resectability", (ihc(P),), {"is_resectable": UNKNOWN}),
        ("alk-stain", (ihc(UNKNOWN),), {}),
        ("rna-adequacy", (rna(N, is_quality_adequate=UNKNOWN),), {}),
        ("localisation", (ihc(P, "STAT6", pattern=UNKNOWN),), {}),
        ("decalcification", (rna(N),), {"is_decalcified": UNKNOWN}),
    ],
)
def test_what_is_said_to_be_unknown_stays_a_gap_and_says_so(
    name: str, tests: tuple[Observation, ...], values: dict[str, object]
) -> None:
    said = "The source says that it is not known."
    assert said in find_one(name, *tests, **values).why
    plain_tests, plain_values = CLOSED[name][0]
    assert said not in find_one(name, *plain_tests, **plain_values).why


def test_a_stain_that_was_not_done_is_a_gap_and_one_that_failed_is_none() -> None:
    assert "was not done" in find_one("alk-stain", ihc(NOT_DONE)).why
    for result in (P, N, E, F):
        assert "alk-stain" not in list_ids(ihc(result))


def test_a_patient_who_was_lost_is_said_to_be_lost() -> None:
    said = "The source says that the patient was lost to follow-up."
    assert said in find_one("follow-up", **TREATED, follow_up=FollowUp(is_lost=True)).why
    assert said not in find_one("follow-up", **TREATED).why


# When a gap matters ------------------------------------------------------------------------------


def test_a_margin_matters_only_after_a_resection() -> None:
    for treatments in ((), (Treatment(kind=TreatmentKind.STEROID),)):
        assert "margin" not in list_ids(treatments=treatments)
    assert "margin" not in list_ids(treatments=(SURGERY, *CLEAR))


def test_resectability_matters_where_a_driver_is_found_or_suspected() -> None:
    for test in (ihc(P), fish(P), rna(P, WHOLE), ihc(P, "ROS1")):
        assert "resectability" in list_ids(test)
    for test in (ihc(N), fish(N), rna(N), rna(P, replace(WHOLE, frame=ReadingFrame.OUT))):
        assert "resectability" not in list_ids(test)
    igf1r = FusionCall(gene5="FN1", gene3="IGF1R")
    assert "resectability" in list_ids(rna(P, igf1r))


def test_the_quality_of_rna_matters_when_nothing_was_found_or_the_run_failed() -> None:
    for result in (N, F):
        assert "rna-adequacy" in list_ids(rna(result, is_quality_adequate=NOT_REPORTED))
    assert "rna-adequacy" not in list_ids(rna(P, WHOLE, is_quality_adequate=NOT_REPORTED))
    assert "rna-adequacy" not in list_ids(rna(F, is_quality_adequate=False))


def test_other_kinases_matter_until_a_driver_is_known() -> None:
    """8 of 11 stain-negative IMT had a kinase fusion (PMC4125481)."""
    for tests in ((), (ihc(N),), (ihc(P),), (ihc(N), rna(F))):
        assert "other-kinases" in list_ids(*tests)
    for tests in ((fish(P),), (rna(P, WHOLE),), (rna(N),)):
        assert "other-kinases" not in list_ids(*tests)
    gap = find_one("other-kinases", ihc(N), ihc(N, "ROS1"))
    assert "NTRK3, RET and PDGFRB" in gap.why
    assert "ROS1" not in gap.why


def test_zhao_2025_patient_2_three_negative_alk_tests_leave_other_kinases_open() -> None:
    found = find(ihc(N), fish(N), pcr(N), treatments=(SURGERY,))
    ids = [gap.id for gap in found]
    assert ids[:3] == ["morphology", "site", "other-kinases"]
    assert {"margin", "panel-coverage"} <= set(ids)
    assert "alk-stain" not in ids


def test_an_alk_stain_is_not_asked_for_where_a_fusion_is_known() -> None:
    etv6 = FusionCall(
        gene5="ETV6", gene3="NTRK3", frame=ReadingFrame.IN, kinase_domain=KinaseDomain.WHOLE
    )
    assert "alk-stain" not in list_ids(rna(P, WHOLE))
    assert "alk-stain" not in list_ids(rna(P, etv6))
    assert "alk-stain" in list_ids(fish(P))


def test_a_frame_is_asked_for_also_where_rt_pcr_alone_found_the_fusion() -> None:
    """Zhao 2025, patient 15: RT-PCR positive, partner not reported."""
    ids = list_ids(ihc(P), fish(N), pcr(P))
    assert {"reading-frame", "fusion-partner"} <= set(ids)


def test_a_break_by_fish_names_no_partner() -> None:
    assert "fusion-partner" in list_ids(ihc(P), fish(P))


@pytest.mark.parametrize(
    ("stain", "is_gap"),
    [
        (ihc(P, "beta-catenin"), True),
        (ihc(P, "STAT6"), True),
        (ihc(P, "pan-TRK"), True),
        (ihc(P, "ALK"), True),
        (ihc(P, "ROS1"), False),
        (ihc(P, "SMA"), False),
        (ihc(P, "myogenin"), False),
        (ihc(N, "STAT6"), False),
        (ihc(UNKNOWN, "STAT6"), False),
        (ihc(P, "beta-catenin", pattern=StainPattern.CYTOPLASMIC), False),
    ],
    ids=repr,
)
def test_the_place_of_a_stain_matters_for_some_markers(stain: Stain, is_gap: bool) -> None:
    assert ("localisation" in list_ids(stain)) is is_gap


def test_the_place_of_the_alk_stain_matters_until_the_partner_is_named() -> None:
    assert "localisation" not in list_ids(ihc(P), rna(P, WHOLE))
    gap = find_one("localisation", ihc(P), ihc(P, "STAT6"))
    assert gap.what.endswith("ALK and STAT6")
    assert gap.changes == ("differential", "discordances")


def test_the_coverage_of_a_kit_that_found_nothing_matters() -> None:
    assert find_one("panel-coverage", ihc(P), pcr(N)).changes == ("discordances",)
    assert "panel-coverage" not in list_ids(ihc(P), pcr(N, covered_fusions=("TPM3-ALK",)))
    assert "panel-coverage" not in list_ids(pcr(P))


def test_the_tissue_matters_where_a_molecular_test_found_nothing() -> None:
    for tests in ((fish(N),), (pcr(N),), (rna(N),), (rna(F),)):
        assert {"tumour-content", "decalcification"} <= set(list_ids(*tests))
    for tests in ((), (ihc(N),), (fish(P),), (rna(P, WHOLE),)):
        assert not {"tumour-content", "decalcification"} & set(list_ids(*tests))


def test_nuclei_are_asked_for_where_they_could_leave_the_result_open() -> None:
    assert "fish-counts" in list_ids(ihc(P), fish(N))
    assert "fish-counts" not in list_ids(fish(N), rna(P, WHOLE))
    assert "fish-counts" not in list_ids(fish(F))
    assert "fish-counts" not in list_ids(fish(NOT_DONE))


def test_follow_up_matters_after_a_treatment() -> None:
    for name in ("follow-up", "follow-up-imaging"):
        assert name not in list_ids()
        assert name not in list_ids(treatments=(Treatment(kind=TreatmentKind.BIOPSY_ONLY),))
        assert name in list_ids(treatments=(Treatment(kind=TreatmentKind.OBSERVATION),))


def test_a_driver_makes_follow_up_a_question_of_options() -> None:
    assert "options" not in find_one("follow-up", **TREATED).changes
    assert "options" in find_one("follow-up", ihc(P), **TREATED).changes


def test_a_denied_infiltrate_is_recorded() -> None:
    denied = (
        HistologyFinding(name="spindle cells"),
        HistologyFinding(name="inflammatory infiltrate", is_present=False),
    )
    assert "morphology" not in list_ids(histology=denied)
    assert "morphology" in list_ids(histology=denied[:1])


# What is recorded is not asked for ---------------------------------------------------------------


def test_in_frame_leaves_the_kinase_domain_alone_to_be_asked() -> None:
    """`TPM3::ALK in frame`: the frame is recorded."""
    in_frame = replace(WHOLE, kinase_domain=NOT_REPORTED)
    gap = find_one("reading-frame", rna(P, in_frame))
    assert gap.what == "the kinase domain of the fusion"
    assert gap.why.startswith("In frame is reported.")
    assert find_one("reading-frame", rna(P, OPEN_FRAME)).what == "the reading frame of the fusion"
    neither = replace(in_frame, frame=NOT_REPORTED)
    both = "the reading frame and the kinase domain of the fusion"
    assert find_one("reading-frame", rna(P, neither)).what == both
    assert find_one("reading-frame", pcr(P)).what == both


def test_a_frame_against_the_published_junction_leaves_both_to_be_asked() -> None:
    """EML4 exon 13 to ALK exon 29 is published out of frame (fusions.eml4.e13-a29)."""
    odd = FusionCall(gene5="EML4", gene3="ALK", exon5="13", exon3="29", frame=ReadingFrame.IN)
    what = find_one("reading-frame", rna(P, odd)).what
    assert what == "the reading frame and the kinase domain of the fusion"


@pytest.mark.parametrize("margin", [Margin.R0, Margin.R1])
def test_a_tumour_that_was_taken_out_is_not_asked_whether_it_can_be(margin: Margin) -> None:
    resected = (Treatment(kind=TreatmentKind.SURGERY, margin=margin),)
    back = (Outcome(kind=OutcomeKind.RECURRENCE, has_occurred=True),)
    assert "resectability" not in list_ids(rna(P, WHOLE), treatments=resected)
    assert "resectability" not in list_ids(
        rna(P, WHOLE), treatments=resected, outcomes=NO_RECURRENCE
    )
    assert "resectability" in list_ids(rna(P, WHOLE), treatments=resected, outcomes=back)
    assert "resectability" in list_ids(rna(P, WHOLE), treatments=(SURGERY,))
    left = (Treatment(kind=TreatmentKind.SURGERY, margin=Margin.R2),)
    assert "resectability" in list_ids(rna(P, WHOLE), treatments=left)


def test_a_metastasis_that_is_recorded_says_how_far_the_tumour_reaches() -> None:
    spread = Outcome(kind=OutcomeKind.METASTASIS, has_occurred=True)
    assert "extent" not in list_ids(outcomes=(spread,))
    assert "extent" in list_ids(outcomes=(replace(spread, has_occurred=False),))


def test_a_recurrence_that_is_recorded_leaves_the_length_of_follow_up_alone() -> None:
    back = (Outcome(kind=OutcomeKind.RECURRENCE, has_occurred=True),)
    gap = find_one("follow-up", ihc(P), outcomes=back, **TREATED)
    assert gap.what == "the length of follow-up"
    assert "Whether the tumour came back" not in gap.why
    assert "options" not in gap.changes
    silent = find_one("follow-up", ihc(P), **TREATED)
    assert silent.what == "the length of follow-up and what became of the patient"
    assert "Whether the tumour came back decides" in silent.why
    told = find_one("follow-up", outcomes=NO_RECURRENCE, **TREATED)
    assert told.what == "the length of follow-up"


def test_a_described_stain_without_a_sure_result_is_told_and_asked_for() -> None:
    stain = ihc(UNKNOWN, clone="D5F3", intensity=Intensity.WEAK)
    gap = find_one("alk-stain", stain)
    assert gap.what == "a sure result of the ALK stain"
    assert "Reported is: clone D5F3, intensity weak." in gap.why
    assert "not known" not in gap.why
    assert find_one("alk-stain").what == "an ALK stain"


def test_the_part_of_the_picture_that_is_not_recorded_is_named() -> None:
    gap = find_one("morphology", histology=PICTURE[:1])
    assert gap.what == "the microscopic picture: inflammatory infiltrate"


def test_what_a_panel_covers_is_asked_where_it_found_another_fusion() -> None:
    tfg = replace(WHOLE, gene5="TFG", gene3="ROS1")
    ss18 = FusionCall(gene5="SS18", gene3="SSX2")
    for call in (tfg, ss18):
        gap = find_one("panel-coverage", rna(P, call, genes_covered=NOT_REPORTED))
        assert "It is not reported for ALK, " in gap.why
        assert "status" in gap.changes
        assert "panel-coverage" not in list_ids(rna(P, call))
    open_gap = find_one("panel-coverage", rna(P, ss18, genes_covered=NOT_REPORTED))
    assert {"status", "options", "next test"} <= set(open_gap.changes)


# The order is computed ---------------------------------------------------------------------------


def test_what_would_change_most_comes_first() -> None:
    """Nothing is recorded: the ALK stain bears on most, then the picture and the site."""
    ids = list_ids()
    assert ids[:4] == ["alk-stain", "morphology", "site", "other-kinases"]
    assert ids.index("age") < ids.index("focality")


def test_the_same_gap_stands_lower_where_its_answers_change_less() -> None:
    """After FISH has shown a break the stain changes no status."""
    first = find_one("alk-stain")
    after = find_one("alk-stain", fish(P))
    assert {"status", "options", "next test"} <= set(first.changes)
    assert "status" not in after.changes
    assert "next test" in after.changes
    assert after.rank > first.rank


def test_a_frame_weighs_more_than_focality() -> None:
    ids = list_ids(rna(P, OPEN_FRAME))
    assert ids.index("reading-frame") < ids.index("focality")


def test_a_list_without_quality_weighs_more_than_the_age() -> None:
    ids = list_ids(ihc(P), rna(N, is_quality_adequate=NOT_REPORTED))
    assert ids.index("rna-adequacy") < ids.index("age")


# Properties --------------------------------------------------------------------------------------

results = st.sampled_from([P, N, E, F, NOT_DONE, NOT_REPORTED, UNKNOWN])
calls = st.sampled_from([(), (WHOLE,), (OPEN_FRAME,), (NO_PARTNER,)])
quality = st.sampled_from([True, False, NOT_REPORTED, UNKNOWN])


def number(observations: list[Observation]) -> list[Observation]:
    return [replace(o, id=f"test {i}") for i, o in enumerate(observations)]


observed = st.lists(
    st.one_of(
        st.builds(ihc, results, st.sampled_from(["ALK", "ROS1", "pan-TRK", "STAT6", "SMA"])),
        st.builds(fish, results),
        st.builds(pcr, results),
        st.builds(lambda r, c, q: rna(r, *c, is_quality_adequate=q), results, calls, quality),
    ),
    max_size=5,
).map(number)
values = st.fixed_dictionaries(
    {},
    optional={
        "sites": st.just((Site(name="lung"),)),
        "focality": st.sampled_from([Focality.UNIFOCAL, UNKNOWN]),
        "extent": st.sampled_from([Extent.METASTATIC, UNKNOWN]),
        "is_resectable": st.sampled_from([True, False, UNKNOWN]),
        "histology": st.just(PICTURE),
        "is_decalcified": st.sampled_from([True, False, UNKNOWN]),
        "treatments": st.sampled_from([(SURGERY,), CLEAR]),
    },
)


@given(observed, values)
def test_ranks_count_from_one_and_every_gap_says_why(
    given_: list[Observation], recorded: dict[str, object]
) -> None:
    found = find(*given_, **recorded)
    assert [gap.rank for gap in found] == list(range(1, len(found) + 1))
    assert len({gap.id for gap in found}) == len(found)
    for gap in found:
        assert gap.changes
        assert set(gap.changes) <= set(load_gaps().parts)
        assert gap.facts
        assert all(fact in load_facts() for fact in gap.facts)
        for line in (gap.what, gap.why):
            assert line
            assert not re.search(r"[{}]|\bmust\b|\bgive \b|\bsafe\b", line)


@given(observed, values)
def test_nothing_that_is_recorded_is_asked_for(
    given_: list[Observation], recorded: dict[str, object]
) -> None:
    ids = set(list_ids(*given_, **recorded))
    for name, field in (("focality", "focality"), ("extent", "extent"), ("site", "sites")):
        if not isinstance(recorded.get(field, NOT_REPORTED), Absent):
            assert name not in ids
    if isinstance(recorded.get("is_resectable"), bool):
        assert "resectability" not in ids
    if "histology" in recorded:
        assert "morphology" not in ids
    if any(isinstance(o, Stain) and o.marker == "ALK" and o.result in (P, N) for o in given_):
        assert "alk-stain" not in ids


@given(observed, values)
def test_what_was_tried_out_is_never_shown(
    given_: list[Observation], recorded: dict[str, object]
) -> None:
    case = make_case(*given_, **recorded)
    before = assess_case(case)
    found = find_gaps(case, before)
    assert assess_case(case) == before
    said = json.dumps(describe_record(found))
    assert not re.search(rf"\b{ANSWER}::|TPM3|fusion detected", said)


@given(observed, st.sampled_from(["S100", "CD34", "SMA"]), results)
def test_a_stain_of_another_marker_closes_nothing(
    given_: list[Observation], marker: str, result: TestResult | Absent
) -> None:
    more = replace(ihc(result, marker), id="other")
    assert list_ids(*given_) == list_ids(*given_, more)


# The file ----------------------------------------------------------------------------------------

GOOD = """
parts = ["status", "outlook"]

[absences]
unknown = "Not known."
not_done = "Not done."
lost = "Lost."
no_sure_result = "Reported: {reported}."
not_clear = "Not clear."

[[gaps]]
id = "margin"
what = "the margin"
why = "It matters."
changes = ["outlook"]
facts = ["outcomes.two-centres-2016.margin"]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('changes = ["outlook"]', 'changes = ["weather"]'),
        ('facts = ["outcomes.two-centres-2016.margin"]', 'facts = ["nothing"]'),
        ('facts = ["outcomes.two-centres-2016.margin"]', "facts = []"),
        ('why = "It matters."', 'why = "It matters to {whom}."'),
        ('why = "It matters."\n', ""),
        ('lost = "Lost."\n', ""),
        ('lost = "Lost."', 'lost = "Lost by {whom}."'),
        ('changes = ["outlook"]', 'changes = ["outlook"]\nchanges_at_night = ["status"]'),
        (GOOD, GOOD + GOOD[GOOD.index("[[gaps]]") :]),
        (GOOD, "not TOML ["),
    ],
)
def test_a_malformed_file_is_refused(old: str, new: str) -> None:
    assert list(make_gap_book(GOOD).kinds) == ["margin"]
    assert GOOD.count(old) == 1
    with pytest.raises(UserError) as error:
        make_gap_book(GOOD.replace(old, new))
    assert error.value.slug == "knowledge-invalid"
    assert error.value.place.startswith("gaps.toml")
