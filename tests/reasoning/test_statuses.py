from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.knowledge.kinases import load_kinases
from spindle.reasoning.assessments import KinaseAssessment, KinaseStatus, Support
from spindle.reasoning.reflex import assess_readings
from spindle.reasoning.statuses import (
    assess_kinase,
    decide_status,
    decide_support,
    is_discordant,
    join_words,
    list_all_kinases,
)
from spindle.trace import Trace

P, N, E, A, F = (
    ReadingResult.POSITIVE,
    ReadingResult.NEGATIVE,
    ReadingResult.EQUIVOCAL,
    ReadingResult.ATYPICAL,
    ReadingResult.FAILED,
)
Result = ReadingResult | Absent


def make(assay: Assay, result: Result, **values: object) -> Reading:
    return Reading(
        assay=assay,
        kinase="ALK",
        result=result,
        meaning="",
        observation_id=f"{assay.value}",
        trace=Trace(),
        **values,  # type: ignore[arg-type]
    )


readings = st.lists(
    st.builds(
        make,
        st.sampled_from(list(Assay)),
        st.sampled_from([*ReadingResult, NOT_DONE, NOT_REPORTED, UNKNOWN]),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("pairs", "status"),
    [
        ([], "not_reported"),
        ([(Assay.IHC, NOT_DONE)], "not_tested"),
        ([(Assay.IHC, NOT_REPORTED)], "not_reported"),
        ([(Assay.IHC, UNKNOWN)], "not_reported"),
        ([(Assay.IHC, F)], "failed_or_insufficient"),
        ([(Assay.IHC, F), (Assay.FISH, NOT_DONE)], "failed_or_insufficient"),
        ([(Assay.IHC, N)], "not_detected"),
        ([(Assay.IHC, N), (Assay.FISH, F)], "not_detected"),
        ([(Assay.IHC, N), (Assay.FISH, E)], "equivocal"),
        ([(Assay.FISH, A)], "equivocal"),
        ([(Assay.IHC, N), (Assay.FISH, A)], "equivocal"),
        ([(Assay.IHC, E), (Assay.RT_PCR, N)], "equivocal"),
        ([(Assay.IHC, E), (Assay.RNA_SEQUENCING, N)], "not_detected"),
        ([(Assay.IHC, P)], "expressed_confirmation_pending"),
        ([(Assay.IHC, P), (Assay.FISH, NOT_DONE)], "expressed_confirmation_pending"),
        ([(Assay.IHC, P), (Assay.FISH, F)], "expressed_confirmation_pending"),
        ([(Assay.IHC, P), (Assay.FISH, E)], "expressed_confirmation_pending"),
        ([(Assay.IHC, P), (Assay.FISH, A)], "expressed_confirmation_pending"),
        ([(Assay.IHC, P), (Assay.FISH, N)], "expressed_not_confirmed"),
        ([(Assay.IHC, P), (Assay.FISH, N), (Assay.RT_PCR, N)], "expressed_not_confirmed"),
        ([(Assay.IHC, P), (Assay.FISH, E), (Assay.RNA_SEQUENCING, N)], "expressed_not_confirmed"),
        ([(Assay.IHC, P), (Assay.IHC, N)], "expressed_confirmation_pending"),
        ([(Assay.FISH, P)], "rearranged_by_fish"),
        ([(Assay.IHC, P), (Assay.FISH, P)], "rearranged_by_fish"),
        ([(Assay.IHC, N), (Assay.FISH, P)], "rearranged_by_fish"),
        ([(Assay.RT_PCR, P)], "fusion_detected"),
        ([(Assay.DNA_SEQUENCING, P)], "fusion_detected"),
        ([(Assay.SEQUENCING, P)], "fusion_detected"),
        ([(Assay.IHC, N), (Assay.FISH, N), (Assay.RNA_SEQUENCING, P)], "fusion_detected"),
    ],
)
def test_status(pairs: list[tuple[Assay, Result]], status: str) -> None:
    assert decide_status([make(*pair) for pair in pairs]).value == status


def test_silence_about_one_test_takes_nothing_from_what_is_said_of_another() -> None:
    """A reading that is not reported says as much as no reading at all."""
    for assay, result in product(Assay, [*ReadingResult, NOT_DONE]):
        alone = decide_status([make(assay, result)])
        other = Assay.FISH if assay is Assay.IHC else Assay.IHC
        assert decide_status([make(assay, result), make(other, NOT_REPORTED)]) is alone


@given(readings, st.randoms(use_true_random=False))
def test_the_order_of_the_readings_decides_nothing(given: list[Reading], random: object) -> None:
    shuffled = list(given)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = assess_kinase("ALK", given), assess_kinase("ALK", shuffled)
    assert first.status is second.status
    assert first.is_discordant is second.is_discordant
    assert first.support is second.support
    assert set(first.flags) == set(second.flags)


@given(readings)
def test_discordant_is_a_positive_beside_a_negative(given: list[Reading]) -> None:
    results = [reading.result for reading in given]
    assert is_discordant(given) == (P in results and N in results)
    kinase = assess_kinase("ALK", given)
    assert bool(kinase.disagreeing) == kinase.is_discordant
    assert (kinase.support is Support.METHODS_DISAGREE) == kinase.is_discordant


@given(readings)
def test_no_positive_status_without_a_positive_and_no_negative_one_beside_a_positive(
    given: list[Reading],
) -> None:
    results = {reading.result for reading in given}
    status = decide_status(given)
    needs_positive = {
        KinaseStatus.FUSION_DETECTED,
        KinaseStatus.REARRANGED_BY_FISH,
        KinaseStatus.EXPRESSED_NOT_CONFIRMED,
        KinaseStatus.EXPRESSED_CONFIRMATION_PENDING,
    }
    assert (status in needs_positive) == (P in results)
    if status is KinaseStatus.NOT_DETECTED:
        assert N in results


@given(readings)
def test_a_driver_is_a_productive_fusion_and_nothing_else(given: list[Reading]) -> None:
    kinase = assess_kinase("ALK", given)
    if kinase.is_driver is True:
        assert kinase.status is KinaseStatus.FUSION_DETECTED
        assert kinase.is_productive is True


@pytest.mark.parametrize(
    ("productive", "driver"), [(True, True), (False, False), (UNKNOWN, UNKNOWN)]
)
def test_a_fusion_that_is_not_productive_is_never_the_driver(
    productive: bool | Absent, driver: bool | Absent
) -> None:
    found = make(Assay.RNA_SEQUENCING, P, is_productive=productive, partner="TPM3")
    kinase = assess_kinase("ALK", [found])
    assert (kinase.is_productive, kinase.is_driver) == (productive, driver)


def test_a_partner_named_by_one_test_is_not_lost_to_another_that_names_none() -> None:
    pcr = make(Assay.RT_PCR, P)
    rna = make(Assay.RNA_SEQUENCING, P, partner="TPM3", is_productive=UNKNOWN)
    for both in ([pcr, rna], [rna, pcr]):
        kinase = assess_kinase("ALK", both)
        assert kinase.partner == "TPM3"
        assert "by_rt_pcr_only" not in kinase.flags
        assert "partner_not_reported" not in kinase.flags


def test_a_fusion_by_rt_pcr_alone_is_flagged() -> None:
    kinase = assess_kinase("ALK", [make(Assay.IHC, P), make(Assay.FISH, N), make(Assay.RT_PCR, P)])
    assert {"by_rt_pcr_only", "partner_not_reported", "productive_unknown"} <= set(kinase.flags)


def test_two_tests_that_contradict_each_other_on_the_frame_are_flagged() -> None:
    """A productive call of one run beside an out-of-frame call of another is not settled."""
    whole = make(Assay.RNA_SEQUENCING, P, is_productive=True, partner="TPM3")
    broken = make(Assay.DNA_SEQUENCING, P, is_productive=False, partner="TPM3")
    kinase = assess_kinase("ALK", [whole, broken])
    assert kinase.is_driver is not True or kinase.flags


def test_two_tests_that_name_different_partners_are_flagged() -> None:
    first = make(Assay.RT_PCR, P, partner="EML4")
    second = make(Assay.RNA_SEQUENCING, P, partner="TPM3", is_productive=True)
    one = assess_kinase("ALK", [second])
    both = assess_kinase("ALK", [first, second])
    assert set(both.flags) - set(one.flags)


@pytest.mark.parametrize(
    ("pairs", "support"),
    [
        ([], "no_answer"),
        ([(Assay.IHC, E)], "no_answer"),
        ([(Assay.IHC, F), (Assay.FISH, NOT_DONE)], "no_answer"),
        ([(Assay.IHC, N)], "one_method"),
        ([(Assay.IHC, N), (Assay.IHC, N)], "one_method"),
        ([(Assay.IHC, N), (Assay.FISH, N)], "methods_agree"),
        ([(Assay.IHC, P), (Assay.FISH, N)], "methods_disagree"),
    ],
)
def test_support(pairs: list[tuple[Assay, Result]], support: str) -> None:
    assert decide_support([make(*pair) for pair in pairs]).value == support


def test_one_negative_stain_is_not_three_tests() -> None:
    one = assess_kinase("ALK", [make(Assay.IHC, N)])
    three = assess_kinase("ALK", [make(Assay.IHC, N), make(Assay.FISH, N), make(Assay.RT_PCR, N)])
    assert "one_stain_only" in one.flags
    assert "one_stain_only" not in three.flags
    assert "IHC, FISH and RT-PCR" in three.why
    assert "FISH" not in one.why


def test_one_stain_in_two_specimens_is_still_one_stain() -> None:
    kinase = assess_kinase("ALK", [make(Assay.IHC, N), make(Assay.IHC, N)])
    assert "one_stain_only" in kinase.flags


@given(readings)
def test_the_reason_names_every_test_with_an_answer(given: list[Reading]) -> None:
    kinase = assess_kinase("ALK", given)
    names = {
        Assay.IHC: "IHC",
        Assay.FISH: "FISH",
        Assay.RT_PCR: "RT-PCR",
        Assay.RNA_SEQUENCING: "RNA sequencing",
        Assay.DNA_SEQUENCING: "DNA sequencing",
        Assay.SEQUENCING: "sequencing",
        Assay.METHOD_NOT_STATED: "a method that is not stated",
    }
    for reading in given:
        if isinstance(reading.result, ReadingResult):
            assert names[reading.assay] in kinase.why


def test_words_are_joined_as_people_write_them() -> None:
    assert [join_words(w) for w in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


# Every kinase, and a stain that asks about three of them ------------------------------------------

ALL_SEVEN = ["ALK", "ROS1", "NTRK1", "NTRK2", "NTRK3", "RET", "PDGFRB"]


def make_for(kinase: str, assay: Assay, result: Result, **values: object) -> Reading:
    return replace(make(assay, result, **values), kinase=kinase)


@given(readings)
def test_a_kinase_that_nobody_asked_about_is_not_reported(given: list[Reading]) -> None:
    assessment = assess_readings(tuple(given))
    listed = list_all_kinases(assessment)
    assert [kinase.kinase for kinase in listed] == ALL_SEVEN
    for kinase in listed:
        if kinase.kinase in assessment.kinases:
            assert kinase == assessment.kinases[kinase.kinase]
        else:
            assert kinase.status is KinaseStatus.NOT_REPORTED
            assert kinase.support is Support.NO_ANSWER
            assert kinase.is_driver == NOT_REPORTED
            assert f"No test of {kinase.kinase}" in kinase.why


def test_another_gene_that_was_asked_about_is_listed_too() -> None:
    assessment = assess_readings((make_for("NTRK", Assay.RT_PCR, P),))
    assert [kinase.kinase for kinase in list_all_kinases(assessment)] == [*ALL_SEVEN, "NTRK"]


def test_ret_and_pdgfrb_have_no_stain() -> None:
    for kinase in list_all_kinases(assess_readings(())):
        has_stain = kinase.kinase not in ("RET", "PDGFRB")
        assert ("No stain of" in kinase.why) is not has_stain
        assert load_kinases().has_stain(kinase.kinase) is has_stain


@pytest.mark.parametrize("kinase", ALL_SEVEN)
@pytest.mark.parametrize(
    ("pairs", "status"),
    [
        ([(Assay.FISH, P)], "rearranged_by_fish"),
        ([(Assay.FISH, N)], "not_detected"),
        ([(Assay.FISH, E)], "equivocal"),
        ([(Assay.FISH, F)], "failed_or_insufficient"),
        ([(Assay.FISH, NOT_DONE)], "not_tested"),
        ([(Assay.RNA_SEQUENCING, P)], "fusion_detected"),
        ([(Assay.RNA_SEQUENCING, UNKNOWN)], "not_reported"),
        ([(Assay.IHC, P)], "expressed_confirmation_pending"),
        ([(Assay.IHC, P), (Assay.RNA_SEQUENCING, N)], "expressed_not_confirmed"),
    ],
)
def test_every_kinase_has_the_same_nine_statuses(
    kinase: str, pairs: list[tuple[Assay, Result]], status: str
) -> None:
    given = tuple(make_for(kinase, *pair) for pair in pairs)
    found = {k.kinase: k for k in list_all_kinases(assess_readings(given))}
    asked = found[kinase]
    assert asked.status.value == status
    assert all(k.status is KinaseStatus.NOT_REPORTED for k in found.values() if k != asked)


def pan_trk(result: Result) -> Reading:
    return make_for("NTRK", Assay.IHC, result)


def list_trk(*given: Reading) -> dict[str, KinaseAssessment]:
    kinases = assess_readings(given).kinases
    return {name: kinases[name] for name in ("NTRK1", "NTRK2", "NTRK3")}


def test_a_pan_trk_stain_alone_says_that_it_tells_them_apart_not() -> None:
    for kinase in list_trk(pan_trk(P)).values():
        assert kinase.status is KinaseStatus.EXPRESSED_CONFIRMATION_PENDING
        assert "does not tell NTRK1, NTRK2 and NTRK3 apart" in kinase.why
        assert "stain_of_several_kinases" in kinase.flags
    (test,) = assess_readings((make(Assay.IHC, N), pan_trk(P))).next_tests
    assert "which of NTRK1, NTRK2 and NTRK3" in test.why
    (plain,) = assess_readings((make(Assay.IHC, N),)).next_tests
    assert "which of" not in plain.why


def test_a_negative_pan_trk_stain_speaks_of_three() -> None:
    for kinase in list_trk(pan_trk(N)).values():
        assert kinase.status is KinaseStatus.NOT_DETECTED
        assert "One stain asks about NTRK1, NTRK2 and NTRK3 together" in kinase.why
        assert "one_stain_only" in kinase.flags


@pytest.mark.parametrize(
    ("assay", "status"),
    [(Assay.RNA_SEQUENCING, "fusion_detected"), (Assay.FISH, "rearranged_by_fish")],
)
def test_a_fusion_of_one_kinase_explains_the_stain_that_three_share(
    assay: Assay, status: str
) -> None:
    """ETV6::NTRK3 with pan-TRK (doi:10.1111/his.14010) leaves NTRK1 and NTRK2 undisputed."""
    kinases = list_trk(
        pan_trk(P),
        make_for("NTRK3", assay, P),
        make_for("NTRK1", Assay.RNA_SEQUENCING, N),
    )
    assert kinases["NTRK3"].status.value == status
    assert kinases["NTRK3"].support is Support.METHODS_AGREE
    assert kinases["NTRK1"].status is KinaseStatus.NOT_DETECTED
    assert not kinases["NTRK1"].is_discordant
    assert kinases["NTRK2"].status is KinaseStatus.NOT_REPORTED
    for name in ("NTRK1", "NTRK2"):
        assert "NTRK3 explains it" in kinases[name].why
        assert "stain_explained_by_another_kinase" in kinases[name].flags
        # Nothing that was observed is forgotten.
        assert pan_trk(P) in kinases[name].readings


def test_a_fusion_that_makes_no_kinase_explains_no_stain() -> None:
    kinases = list_trk(pan_trk(P), make_for("NTRK3", Assay.RNA_SEQUENCING, P, is_productive=False))
    for name in ("NTRK1", "NTRK2"):
        assert kinases[name].status is KinaseStatus.EXPRESSED_CONFIRMATION_PENDING


def test_a_kinase_with_a_fusion_of_its_own_keeps_the_stain() -> None:
    both = [make_for(name, Assay.RNA_SEQUENCING, P) for name in ("NTRK1", "NTRK3")]
    kinases = list_trk(pan_trk(P), *both)
    for name in ("NTRK1", "NTRK3"):
        assert kinases[name].support is Support.METHODS_AGREE
