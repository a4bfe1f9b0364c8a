from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.readings import Assay
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN
from spindle.cases.case import Case
from spindle.cases.observations import (
    FishCount,
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
)
from spindle.cases.provenance import Provenance
from spindle.cases.specimen import Specimen, TissueLeft
from spindle.errors import UserError
from spindle.knowledge.facts import load_facts
from spindle.knowledge.protocols import CHECKS, load_protocols, load_tests, load_whens
from spindle.reasoning import reflex_walk
from spindle.reasoning.assessments import Assessment, describe_assessment
from spindle.reasoning.reflex import assess_case

P, N, E, F = TestResult.POSITIVE, TestResult.NEGATIVE, TestResult.EQUIVOCAL, TestResult.FAILED
PROTOCOLS = (
    "rna-reflex",
    "zhao-2025-screen",
    "zhao-2025-ngs-if-negative",
    "zhao-2025-ngs-upfront",
)
TFG_ROS1 = FusionCall(gene5="TFG", gene3="ROS1")
TPM3_ALK = FusionCall(gene5="TPM3", gene3="ALK")

NGS = SequencingMethod.UNSPECIFIED
RNA = SequencingMethod.RNA


def ihc(result: object, marker: str = "ALK", **values: object) -> Stain:
    return Stain(id=f"{marker}-ihc", marker=marker, result=result, **values)  # type: ignore[arg-type]


def fish(result: object, gene: str = "ALK") -> FishTest:
    return FishTest(id=f"{gene}-fish", gene=gene, result=result)  # type: ignore[arg-type]


def pcr(result: object, gene: str = "ALK") -> PcrTest:
    return PcrTest(id=f"{gene}-pcr", gene=gene, result=result)  # type: ignore[arg-type]


def sequencing(
    result: object, *calls: FusionCall, method: SequencingMethod = SequencingMethod.RNA
) -> FusionTest:
    return FusionTest(
        id=method.value,
        method=method,
        result=result,  # type: ignore[arg-type]
        calls=calls,
        is_quality_adequate=True,
    )


def assess(
    *observations: Observation, protocol_id: str = "rna-reflex", **specimen: object
) -> Assessment:
    sample = Specimen(id="s", observations=observations, **specimen)  # type: ignore[arg-type]
    return assess_case(Case(id="c", specimens=(sample,)), protocol_id=protocol_id)


def list_next(assessment: Assessment) -> list[tuple[str, str]]:
    return [(test.test, test.when) for test in assessment.next_tests]


def say_all(assessment: Assessment) -> str:
    return json.dumps(describe_assessment(assessment), ensure_ascii=False)


# The three recommendations of one paper ---------------------------------------------------------

PATIENTS = {
    "patient 15": (ihc(P), fish(N), pcr(P)),
    "patient 8": (ihc(P), fish(N), pcr(N)),
    "one of the 23": (ihc(N), fish(N), pcr(N)),
}


@pytest.mark.parametrize(
    ("patient", "protocol", "proposed"),
    [
        ("patient 15", "rna-reflex", [("rna_sequencing", "always")]),
        ("patient 15", "zhao-2025-screen", []),
        ("patient 15", "zhao-2025-ngs-if-negative", []),
        ("patient 15", "zhao-2025-ngs-upfront", [("rna_sequencing", "if_targeted_treatment")]),
        ("patient 8", "rna-reflex", [("rna_sequencing", "always")]),
        ("patient 8", "zhao-2025-screen", []),
        ("patient 8", "zhao-2025-ngs-if-negative", []),
        ("patient 8", "zhao-2025-ngs-upfront", [("rna_sequencing", "if_targeted_treatment")]),
        ("one of the 23", "rna-reflex", [("rna_sequencing", "if_needed")]),
        ("one of the 23", "zhao-2025-screen", []),
        ("one of the 23", "zhao-2025-ngs-if-negative", [("rna_sequencing", "if_needed")]),
        ("one of the 23", "zhao-2025-ngs-upfront", [("rna_sequencing", "if_targeted_treatment")]),
    ],
)
def test_the_published_patients_under_every_protocol(
    patient: str, protocol: str, proposed: list[tuple[str, str]]
) -> None:
    assert list_next(assess(*PATIENTS[patient], protocol_id=protocol)) == proposed


def test_a_protocol_does_not_change_a_status() -> None:
    for observations in PATIENTS.values():
        statuses = {assess(*observations, protocol_id=p).kinases["ALK"].status for p in PROTOCOLS}
        assert len(statuses) == 1


def test_the_screen_asks_for_fish_and_then_for_pcr_or_sequencing() -> None:
    screen = "zhao-2025-screen"
    assert list_next(assess(protocol_id=screen)) == [("alk_ihc", "always")]
    assert list_next(assess(ihc(P), protocol_id=screen)) == [("alk_fish", "always")]
    both = assess(ihc(P), fish(N), protocol_id=screen)
    assert list_next(both) == [("alk_rt_pcr", "always"), ("rna_sequencing", "always")]
    assert all(test.is_alternative for test in both.next_tests)
    assert list_next(assess(ihc(P), fish(P), protocol_id=screen)) == []


def test_a_failed_pcr_confirms_nothing_and_leaves_sequencing_open() -> None:
    """Failed is no answer: PCR or NGS can still be asked for."""
    assessment = assess(ihc(P), fish(N), pcr(F), protocol_id="zhao-2025-screen")
    assert ("rna_sequencing", "always") in list_next(assessment)


def test_a_confirmed_change_under_the_screen_names_no_test_that_contradicts_it_as_settled() -> None:
    said = assess(*PATIENTS["patient 15"], protocol_id="zhao-2025-screen")
    assert said.kinases["ALK"].is_discordant
    assert any("disagree" in step.concluded for step in said.trace.steps)


# The default protocol, where the truth table does not reach -------------------------------------


def test_a_fusion_of_another_kinase_ends_the_alk_tests() -> None:
    assessment = assess(ihc(N), sequencing(P, TFG_ROS1))
    assert assessment.next_tests == ()
    assert assessment.kinases["ROS1"].status.value == "fusion_detected"
    assert assessment.kinases["ROS1"].partner == "TFG"
    assert assessment.kinases["ALK"].status.value == "not_detected"


def test_a_break_of_another_kinase_found_by_the_fallback_ends_it() -> None:
    """ROS1 FISH is proposed to find a driver; once it has, the pan-TRK stain can't add one."""
    assessment = assess(ihc(N), fish(N), sequencing(F), fish(P, gene="ROS1"))
    assert assessment.kinases["ROS1"].status.value == "rearranged_by_fish"
    assert assessment.next_tests == ()


def test_an_unproductive_fusion_of_another_kinase_does_not_end_them() -> None:
    broken = FusionCall(gene5="TFG", gene3="ROS1", frame=ReadingFrame.OUT)
    dna = sequencing(P, broken, method=SequencingMethod.DNA)
    assert list_next(assess(ihc(N), dna)) == [("rna_sequencing", "if_needed")]


def test_a_fusion_of_another_kinase_does_not_hide_a_positive_alk_test() -> None:
    assessment = assess(ihc(P), pcr(P, gene="ROS1"))
    assert ("rna_sequencing", "always") in list_next(assessment)


@pytest.mark.parametrize(
    "call",
    [
        FusionCall(gene5="TPM3", gene3="ALK", frame=ReadingFrame.OUT),
        FusionCall(gene5="TPM3", gene3="ALK", kinase_domain=KinaseDomain.LOST),
        FusionCall(gene5="TPM3", gene3="ALK", kinase_domain=KinaseDomain.CUT),
    ],
)
def test_a_fusion_that_makes_no_whole_kinase_is_never_the_driver(call: FusionCall) -> None:
    assessment = assess(ihc(P), sequencing(P, call))
    alk = assessment.kinases["ALK"]
    assert (alk.status.value, alk.is_productive, alk.is_driver) == ("fusion_detected", False, False)
    assert "fusion_not_productive" in alk.flags
    assert "not reported as a driver" in assessment.outcome


@pytest.mark.parametrize("method", [SequencingMethod.DNA, SequencingMethod.UNSPECIFIED])
def test_what_dna_or_unnamed_sequencing_found_is_not_said_of_rna_sequencing(
    method: SequencingMethod,
) -> None:
    assessment = assess(ihc(P), sequencing(P, TPM3_ALK, method=method))
    assert assessment.kinases["ALK"].status.value == "fusion_detected"
    said = say_all(assessment)
    assert "RNA sequencing found" not in said
    assert "RNA sequencing for kinase fusions: positive" not in said


def test_dna_positive_and_rna_negative_disagree_and_the_trace_keeps_them_apart() -> None:
    dna = sequencing(P, TPM3_ALK, method=SequencingMethod.DNA)
    assessment = assess(ihc(P), dna, sequencing(N))
    alk = assessment.kinases["ALK"]
    assert (alk.status.value, alk.is_discordant) == ("fusion_detected", True)
    assert "rna_sequencing negative" in alk.disagreeing
    said = say_all(assessment)
    assert "RNA sequencing found an ALK fusion" not in said
    assert "RNA sequencing for kinase fusions: positive" not in said


def test_a_fusion_outside_the_listed_kinases_is_not_called_a_clean_negative() -> None:
    """FN1::IGF1R: "RNA sequencing found no fusion" would be untrue."""
    assessment = assess(ihc(N), sequencing(P, FusionCall(gene5="FN1", gene3="IGF1R")))
    assert "IGF1R" in say_all(assessment)
    assert "found no fusion" not in assessment.outcome


def test_a_positive_sequencing_report_without_a_named_fusion_is_not_a_negative() -> None:
    assessment = assess(ihc(N), sequencing(P))
    assert "no fusion" not in assessment.outcome
    assert not any(
        reading.assay is Assay.RNA_SEQUENCING
        and reading.result is not None
        and str(reading.result) == "negative"
        for kinase in assessment.kinases.values()
        for reading in kinase.readings
    )


def test_rna_listed_without_quality_is_not_a_negative_and_is_asked_for() -> None:
    empty = FusionTest(id="n", method=SequencingMethod.RNA, result=N)
    assessment = assess(ihc(N), empty)
    assert ("rna_sequencing", "if_needed") in list_next(assessment)
    assert "unreadable_or_unproven_result" in assessment.kinases["ALK"].flags


def test_rna_sequencing_whose_panel_leaves_alk_out_answers_nothing_on_alk() -> None:
    test = FusionTest(
        id="n",
        method=SequencingMethod.RNA,
        result=N,
        genes_covered=("ROS1",),
        is_quality_adequate=True,
    )
    assessment = assess(ihc(N), test)
    assert list_next(assessment) == [("rna_sequencing", "if_needed")]
    assert assessment.kinases["ROS1"].status.value == "not_detected"


def test_two_specimens_that_disagree_are_discordant_and_go_to_rna_sequencing() -> None:
    case = Case(
        id="c",
        specimens=(
            Specimen(id="biopsy", observations=(ihc(P),)),
            Specimen(id="resection", observations=(ihc(N),)),
        ),
    )
    assessment = assess_case(case)
    assert assessment.kinases["ALK"].is_discordant
    assert list_next(assessment) == [("rna_sequencing", "always")]


def test_a_pan_trk_stain_asks_about_three_kinases_and_proves_none() -> None:
    assessment = assess(ihc(N), ihc(P, marker="pan-TRK"))
    for gene in ("NTRK1", "NTRK2", "NTRK3"):
        assert assessment.kinases[gene].status.value == "expressed_confirmation_pending"
    assert list_next(assessment) == [("rna_sequencing", "always")]


def test_a_stain_of_another_marker_asks_about_no_kinase() -> None:
    assessment = assess(ihc(P, marker="SMA"), ihc(N, marker="desmin"))
    assert set(assessment.kinases) == {"ALK"}
    assert assessment.kinases["ALK"].status.value == "not_reported"


@pytest.mark.parametrize(
    ("marker", "kinase"),
    [("ALK-1", "ALK"), ("ALK1", "ALK"), ("ROS-1", "ROS1"), ("panTRK", "NTRK1")],
)
def test_a_marker_is_known_by_the_names_of_the_vocabulary(marker: str, kinase: str) -> None:
    """A case document of another centre writes ALK-1; the stain is not lost in silence."""
    assessment = assess(ihc(P, marker=marker))
    assert assessment.kinases[kinase].status.value == "expressed_confirmation_pending"


@pytest.mark.parametrize("gene", ["alk", "Alk"])
def test_a_gene_is_known_however_its_letters_are_written(gene: str) -> None:
    """A PCR for "Alk" is no "fusion of another kinase"."""
    by_pcr, by_fish = assess(pcr(P, gene=gene)), assess(fish(P, gene=gene))
    assert by_pcr.kinases["ALK"].status.value == "fusion_detected"
    assert "another kinase" not in by_pcr.outcome
    assert by_fish.kinases["ALK"].status.value == "rearranged_by_fish"


def test_a_pcr_for_ntrk_fusions_does_not_detect_three_of_them() -> None:
    """Only a pan-TRK stain speaks of three kinases at once."""
    kinases = assess(pcr(P, gene="NTRK")).kinases
    found = [k for k in ("NTRK1", "NTRK2", "NTRK3") if k in kinases]
    assert not [k for k in found if kinases[k].status.value == "fusion_detected"]


def test_a_fusion_shown_to_be_out_of_frame_stays_so_beside_a_positive_rt_pcr() -> None:
    """RT-PCR can't tell the frame, so it says nothing against it, nor against the partner."""
    broken = FusionCall(gene5="TPM3", gene3="ALK", frame=ReadingFrame.OUT)
    alk = assess(ihc(P), pcr(P), sequencing(P, broken)).kinases["ALK"]
    assert (alk.partner, alk.is_productive, alk.is_driver) == ("TPM3", False, False)
    assert "fusion_not_productive" in alk.flags
    assert "partner_not_reported" not in alk.flags


@pytest.mark.parametrize("protocol_id", ["zhao-2025-ngs-upfront", "zhao-2025-ngs-if-negative"])
@pytest.mark.parametrize("method", [SequencingMethod.RNA, SequencingMethod.DNA, NGS])
def test_sequencing_that_was_done_is_not_recommended_again_by_the_paper(
    protocol_id: str, method: SequencingMethod
) -> None:
    """The paper says NGS and names no material."""
    assessment = assess(ihc(N), sequencing(N, method=method), protocol_id=protocol_id)
    assert assessment.next_tests == ()
    assert "Sequencing has been done" in assessment.outcome


def test_alk_stands_first_and_is_always_there() -> None:
    assert list(assess().kinases) == ["ALK"]
    assert next(iter(assess(fish(P, gene="ROS1"), ihc(N)).kinases)) == "ALK"


# Tissue ------------------------------------------------------------------------------------------


def test_little_tissue_turns_the_order() -> None:
    ample = assess(ihc(P))
    little = assess(ihc(P), tissue_left=TissueLeft.LITTLE)
    assert [t.test for t in ample.next_tests] == ["alk_fish", "rna_sequencing"]
    assert [t.test for t in little.next_tests] == ["rna_sequencing", "alk_fish"]
    assert all(test.is_inferred for test in little.next_tests)
    assert "protocol.tissue-sparing" in little.next_tests[0].facts


def test_little_tissue_takes_stains_before_fish_when_rna_has_failed() -> None:
    little = assess(ihc(N), sequencing(F), tissue_left=TissueLeft.LITTLE)
    assert [t.test for t in little.next_tests] == [
        "pan_trk_ihc",
        "dna_panel",
        "alk_fish",
        "ros1_fish",
    ]


def test_little_left_of_one_specimen_does_not_count_when_another_has_plenty() -> None:
    case = Case(
        id="c",
        specimens=(
            Specimen(id="biopsy", tissue_left=TissueLeft.LITTLE, observations=(ihc(P),)),
            Specimen(id="resection", tissue_left=TissueLeft.AMPLE),
        ),
    )
    assert [t.test for t in assess_case(case).next_tests] == ["alk_fish", "rna_sequencing"]


def test_no_tissue_left_is_said_before_tests_are_proposed_on_it() -> None:
    none = assess(ihc(P), tissue_left=TissueLeft.NONE)
    assert none.next_tests
    said = f"{none.outcome} {' '.join(step.concluded for step in none.trace.steps)}"
    assert "no tissue is left" in said.lower()


def test_decalcified_tissue_is_said_and_changes_no_status() -> None:
    plain, decalcified = assess(ihc(P)), assess(ihc(P), is_decalcified=True)
    assert any("decalcified" in step.concluded.lower() for step in decalcified.trace.steps)
    assert not any("decalcified" in step.concluded.lower() for step in plain.trace.steps)
    assert "fish.decalcified" in decalcified.trace.facts
    assert plain.kinases["ALK"].status is decalcified.kinases["ALK"].status


# The trace ---------------------------------------------------------------------------------------


results = st.sampled_from([*TestResult, NOT_DONE, NOT_REPORTED, UNKNOWN])
observed = st.lists(
    st.one_of(
        st.builds(ihc, results, st.sampled_from(["ALK", "ROS1", "pan-TRK", "SMA"])),
        st.builds(fish, results, st.sampled_from(["ALK", "ROS1"])),
        st.builds(pcr, results),
        st.builds(
            sequencing,
            results,
            st.sampled_from([TPM3_ALK, TFG_ROS1, FusionCall(gene5="ETV6", gene3="NTRK3")]),
            method=st.sampled_from(list(SequencingMethod)),
        ),
        st.builds(sequencing, results, method=st.sampled_from(list(SequencingMethod))),
    ),
    max_size=6,
)


@given(observed, st.sampled_from(PROTOCOLS))
def test_every_walk_ends_and_carries_its_reasons(given: list[Observation], protocol: str) -> None:
    assessment = assess(*given, protocol_id=protocol)
    assert assessment.outcome
    assert assessment.signature == "proposed, unsigned"
    assert all(fact in load_facts() for fact in assessment.trace.facts)
    observations = {o.id for o in given}
    used = {name for step in assessment.trace.steps for name in step.observations}
    assert used <= observations
    for test in assessment.next_tests:
        assert test.facts
        assert test.condition == load_whens()[test.when]
        assert test.name == load_tests()[test.test].name
    json.dumps(describe_assessment(assessment), allow_nan=False)


@given(observed)
def test_where_an_observation_was_written_changes_nothing(given: list[Observation]) -> None:
    from dataclasses import replace

    placed = [replace(o, provenance=Provenance(source="table.csv", row=3)) for o in given]
    assert assess(*given) == assess(*placed)


def test_every_observation_of_a_kinase_stands_in_the_trace() -> None:
    assessment = assess(*PATIENTS["patient 15"])
    used = {name for step in assessment.trace.steps for name in step.observations}
    assert used == {"ALK-ihc", "ALK-fish", "ALK-pcr"}


def test_each_step_taken_stands_in_the_trace() -> None:
    said = [step.concluded for step in assess(ihc(P)).trace.steps]
    assert any("Protocol rna-reflex" in sentence for sentence in said)
    assert any("ALK immunohistochemistry: positive" in sentence for sentence in said)
    assert said[-1].startswith("Proposed: ALK break-apart FISH or RNA sequencing")


def test_nothing_is_ordered_and_nothing_is_promised() -> None:
    words = (" must ", "give crizotinib", "is benign", "cure")
    for observations in ((), *PATIENTS.values(), (ihc(E),), (ihc(F),), (ihc(P), fish(P))):
        said = say_all(assess(*observations)).lower()
        assert not any(word in said for word in words)


# Wrong input and unknown names -------------------------------------------------------------------


def test_an_unknown_protocol_lists_the_ids() -> None:
    with pytest.raises(UserError) as caught:
        assess(protocol_id="rna")
    assert caught.value.slug == "protocol-unknown"
    assert all(protocol in str(caught.value) for protocol in PROTOCOLS)


def test_an_unknown_fish_rule_is_refused_even_without_fish() -> None:
    with pytest.raises(UserError) as caught:
        assess_case(Case(id="c"), fish_rule_id="none")
    assert caught.value.slug == "fish-rule-unknown"


def test_a_count_that_cannot_be_names_the_case_and_the_test() -> None:
    counts = (FishCount(nuclei_scored=50, split=60),)
    test = FishTest(id="block 3 fish", gene="ALK", counts=counts)
    with pytest.raises(UserError) as caught:
        assess_case(Case(id="case 7", specimens=(Specimen(id="s", observations=(test,)),)))
    assert caught.value.slug == "fish-count-invalid"
    assert "case 7" in caught.value.place
    assert "block 3 fish" in caught.value.place


def test_the_fish_rule_decides_what_counts_mean() -> None:
    counts = (FishCount(nuclei_scored=100, split=15),)
    case = Case(
        id="c",
        specimens=(Specimen(id="s", observations=(FishTest(id="f", gene="ALK", counts=counts),)),),
    )
    zhao = assess_case(case)
    iaslc = assess_case(case, fish_rule_id="iaslc-2013")
    assert zhao.kinases["ALK"].status.value == "not_detected"
    assert iaslc.kinases["ALK"].status.value == "rearranged_by_fish"
    assert (zhao.fish_rule_id, iaslc.fish_rule_id) == ("zhao-2025", "iaslc-2013")


# Knowledge and engine speak of the same things ---------------------------------------------------


def test_every_check_that_a_protocol_may_name_is_known_to_the_engine() -> None:
    assert set(CHECKS) == set(reflex_walk._CHECKS) == set(reflex_walk.CHECK_SENTENCES)


def test_every_test_answers_by_an_assay_that_exists() -> None:
    assays = {assay.value for assay in Assay}
    for test in load_tests().values():
        assert set(test.assays) | set(test.positive_assays) <= assays, test.id


def test_every_protocol_starts_from_alk_and_is_walked_without_results() -> None:
    assert set(load_protocols()) == set(PROTOCOLS)
    for protocol in load_protocols().values():
        assert protocol.kinase == "ALK"
        assert assess(protocol_id=protocol.id).next_tests


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("method", SequencingMethod)
def test_another_fusion_in_a_test_without_a_result_names_the_test_that_found_it(
    protocol: str, method: SequencingMethod
) -> None:
    other = FusionCall(gene5="EWSR1", gene3="CREB1")
    unstated = sequencing(NOT_REPORTED, other, TPM3_ALK, method=method)
    assert "EWSR1::CREB1" in say_all(assess(ihc(N), unstated, protocol_id=protocol))
    alone = sequencing(NOT_REPORTED, other, method=method)
    assert "EWSR1::CREB1" in say_all(assess(ihc(N), alone, protocol_id=protocol))


# Decalcified tissue ------------------------------------------------------------------------------


def test_a_failure_on_decalcified_tissue_says_so_and_asks_for_other_tissue() -> None:
    """doi:10.4132/KoreanJPathol.2014.48.1.1: decalcified tissue is to be avoided for FISH."""
    tests = (
        FishTest(id="f", gene="ALK", result=F),
        FusionTest(id="n", method=RNA, result=F, is_quality_adequate=False),
    )
    hard = Specimen(id="bone", is_decalcified=True, observations=tests)
    assessment = assess_case(Case(id="c", specimens=(hard,)))
    said = [reading.meaning for reading in assessment.kinases["ALK"].readings]
    assert all("The tissue was decalcified, which can be why." in words for words in said)
    first = assessment.next_tests[0]
    assert first.name == "Undecalcified tissue, if there is any, for ALK FISH and RNA sequencing"
    assert set(first.facts) >= {"fish.decalcified", "discordance.rna-panel.preanalytics"}
    soft = replace(hard, is_decalcified=False)
    plain = assess_case(Case(id="c", specimens=(soft,)))
    assert not any("ecalcified" in r.meaning for r in plain.kinases["ALK"].readings)
    assert plain.next_tests[0].test != first.test


def test_decalcification_never_changes_a_result() -> None:
    for result in (P, N, E, F):
        test = FishTest(id="f", gene="ALK", result=result)
        found = [
            assess_case(
                Case(id="c", specimens=(Specimen(id="s", is_decalcified=d, observations=(test,)),))
            ).kinases["ALK"]
            for d in (True, False)
        ]
        assert found[0].readings[0].result == found[1].readings[0].result
        assert found[0].status == found[1].status


# A test that looked elsewhere --------------------------------------------------------------------


def test_a_stain_beside_a_fusion_of_another_kinase_is_not_called_discordant() -> None:
    """That the panel covers ALK is not reported, so that it says nothing of the stain."""
    tfg = FusionCall(gene5="TFG", gene3="ROS1")
    sequenced = FusionTest(id="n", method=RNA, result=P, calls=(tfg,), is_quality_adequate=True)
    alk = assess(ihc(P), sequenced).kinases["ALK"]
    assert alk.status.value == "expressed_confirmation_pending"
    assert not alk.is_discordant
    assert "that it covers this kinase is not reported" in alk.why
    names = [test.test for test in assess(ihc(P), sequenced).next_tests]
    assert "rna_sequencing" not in names
    assert "alk_fish" in names


def test_a_panel_named_for_alk_that_found_nothing_is_asked_for_its_genes() -> None:
    named = FusionTest(id="n", method=RNA, result=N, is_quality_adequate=True, panel="ALK assay")
    found = assess(ihc(N), named)
    assert [test.test for test in found.next_tests] == ["panel_coverage"]
    assert "ROS1, NTRK1, NTRK2, NTRK3, RET and PDGFRB" in found.next_tests[0].why
    assert found.kinases["ROS1"].status.value == "not_reported"
    covering = replace(named, genes_covered=("ALK", "ROS1"))
    assert assess(ihc(N), covering).next_tests == ()
