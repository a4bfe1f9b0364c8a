from __future__ import annotations

import pytest

from spindle.assays.ihc import interpret_ihc
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import (
    ControlResult,
    Intensity,
    PercentRange,
    Stain,
    StainExtent,
    StainPattern,
    TestResult,
)
from spindle.errors import UserError
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import parse_stain_limits


def read(**values: object) -> Reading:
    stain = {"id": "i", "marker": "ALK", "result": TestResult.POSITIVE, **values}
    return interpret_ihc(Stain(**stain))  # type: ignore[arg-type]


@pytest.mark.parametrize("result", list(TestResult))
def test_the_result_is_taken_as_reported(result: TestResult) -> None:
    reading = read(result=result)
    assert reading.result == ReadingResult(result.value)
    assert (reading.assay, reading.kinase, reading.observation_id) == (Assay.IHC, "ALK", "i")
    assert "as reported" in reading.meaning


@pytest.mark.parametrize("absence", [NOT_DONE, NOT_REPORTED, UNKNOWN])
def test_absence_stays_absence_and_says_which(absence: Absent) -> None:
    reading = read(result=absence)
    assert reading.result == absence
    assert str(absence) in reading.meaning
    assert reading.limits == ()


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (TestResult.NEGATIVE, ReadingResult.FAILED),
        (TestResult.EQUIVOCAL, ReadingResult.FAILED),
        (TestResult.FAILED, ReadingResult.FAILED),
        (NOT_REPORTED, ReadingResult.FAILED),
        (TestResult.POSITIVE, ReadingResult.POSITIVE),
    ],
)
def test_a_failed_control_undoes_every_result_but_a_positive(
    result: TestResult | Absent, expected: ReadingResult
) -> None:
    reading = read(result=result, internal_control=ControlResult.FAILED)
    assert reading.result is expected
    assert "control" in reading.meaning


def test_a_failed_control_of_a_stain_that_was_not_done_makes_no_result() -> None:
    """Not done and failed never blur, whatever else the row says."""
    reading = read(result=NOT_DONE, internal_control=ControlResult.FAILED)
    assert reading.result == NOT_DONE


@pytest.mark.parametrize("result", [TestResult.NEGATIVE, TestResult.EQUIVOCAL])
def test_a_control_that_worked_or_was_not_reported_changes_nothing(result: TestResult) -> None:
    for control in (ControlResult.WORKED, NOT_REPORTED, UNKNOWN):
        assert read(result=result, internal_control=control).result == ReadingResult(result.value)


@pytest.mark.parametrize("percent", [0.0, 1.0, 10.0, 100.0])
def test_no_percentage_turns_a_call_into_another(percent: float) -> None:
    share = PercentRange(low=percent, high=percent)
    for result in TestResult:
        assert read(result=result, percent_positive=share).result == ReadingResult(result.value)


@pytest.mark.parametrize(
    ("marker", "kinase"), [("ALK", "ALK"), ("ROS1", "ROS1"), ("pan-TRK", "NTRK")]
)
def test_a_marker_asks_about_its_kinase(marker: str, kinase: str) -> None:
    assert read(marker=marker).kinase == kinase


def test_a_positive_stain_shows_no_fusion_and_names_its_limits() -> None:
    reading = read()
    assert "shows no fusion" in reading.meaning
    assert find_fact("ihc.alk.not-specific").statement in reading.limits
    assert find_fact("ihc.alk.fish-discordance").statement in reading.limits


def test_a_negative_stain_says_that_it_is_not_the_end() -> None:
    reading = read(result=TestResult.NEGATIVE)
    assert find_fact("ihc.alk.negative-is-not-the-end").statement in reading.limits
    assert "8 of 11" in " ".join(reading.limits)


@pytest.mark.parametrize("marker", ["ALK", "ROS1", "pan-TRK"])
def test_facts_about_one_stain_are_not_used_for_another(marker: str) -> None:
    own = f"ihc.{marker.lower()}."
    for result in (TestResult.POSITIVE, TestResult.NEGATIVE):
        for pattern in (NOT_REPORTED, *StainPattern):
            reading = read(marker=marker, result=result, pattern=pattern)
            assert reading.trace.facts
            assert all(fact.startswith(own) for fact in reading.trace.facts)


@pytest.mark.parametrize("marker", ["ALK", "ROS1", "pan-TRK"])
def test_an_answer_has_limits_and_a_stain_without_one_has_none(marker: str) -> None:
    for result in (TestResult.POSITIVE, TestResult.NEGATIVE):
        assert read(marker=marker, result=result).limits
    for absence in (NOT_DONE, NOT_REPORTED, UNKNOWN, TestResult.FAILED):
        assert read(marker=marker, result=absence).limits == ()


def test_the_limits_of_the_ros1_stain_are_the_published_ones() -> None:
    """doi:10.1038/modpathol.2014.165 and two series of lung cancer."""
    positive, negative = read(marker="ROS1"), read(marker="ROS1", result=TestResult.NEGATIVE)
    assert "30 IMT" in " ".join(positive.limits)
    assert "88 of 278" in " ".join(positive.limits)
    assert "often positive by ROS1 stain" in " ".join(negative.limits)
    assert "ROS1 protein is expressed" in positive.meaning


def test_a_pan_trk_stain_says_that_it_tells_three_kinases_apart_not() -> None:
    reading = read(marker="pan-TRK")
    assert "does not tell NTRK1, NTRK2 and NTRK3 apart" in reading.meaning
    assert "shows no fusion" in reading.meaning


def test_where_a_pan_trk_stain_lies_is_read() -> None:
    """Nucleus in both tumours with ETV6::NTRK3, never in the rest (doi:10.1111/his.14010)."""
    nuclear = read(marker="pan-TRK", pattern=StainPattern.NUCLEAR_AND_CYTOPLASMIC)
    cytoplasmic = read(marker="pan-TRK", pattern=StainPattern.CYTOPLASMIC)
    weak = read(marker="pan-TRK", pattern=StainPattern.CYTOPLASMIC, intensity=Intensity.WEAK)
    silent = read(marker="pan-TRK")
    assert "nucleus stains, as it did in both" in nuclear.meaning
    assert "not the picture of ETV6::NTRK3" in cytoplasmic.meaning
    assert "stays possible" in cytoplasmic.meaning
    assert "common in tumours without" in weak.meaning
    assert "common in tumours without" not in cytoplasmic.meaning
    assert "not recorded" in silent.meaning
    one_third = find_fact("ihc.pan-trk.cytoplasmic-without-fusion").statement
    assert one_third in cytoplasmic.limits
    assert one_third not in nuclear.limits


NUCLEAR = (StainPattern.NUCLEAR, StainPattern.NUCLEAR_AND_CYTOPLASMIC)


@pytest.mark.parametrize("strength", [NOT_REPORTED, *Intensity])
def test_pan_trk_beside_the_nucleus_counts_as_equivocal_and_keeps_its_words(
    strength: Intensity | Absent,
) -> None:
    """Yamamoto 2020: a third of IMT without an NTRK3 fusion stain so, none in the nucleus."""
    for pattern in set(StainPattern) - set(NUCLEAR):
        reading = read(marker="pan-TRK", pattern=pattern, intensity=strength)
        assert reading.result is ReadingResult.EQUIVOCAL
        assert reading.is_unspecific
        assert "pan-TRK stain positive, as reported" in reading.meaning
        assert "counts as equivocal" in reading.meaning
    for pattern in NUCLEAR:
        reading = read(marker="pan-TRK", pattern=pattern, intensity=strength)
        assert reading.result is ReadingResult.POSITIVE
        assert not reading.is_unspecific


def test_weak_pan_trk_without_a_place_counts_as_equivocal() -> None:
    assert read(marker="pan-TRK", intensity=Intensity.WEAK).result is ReadingResult.EQUIVOCAL
    assert read(marker="pan-TRK", intensity=Intensity.STRONG).result is ReadingResult.POSITIVE
    assert read(marker="pan-TRK").result is ReadingResult.POSITIVE


def test_no_other_result_of_pan_trk_is_changed_by_its_place() -> None:
    for result in set(TestResult) - {TestResult.POSITIVE}:
        for pattern in StainPattern:
            reading = read(marker="pan-TRK", result=result, pattern=pattern)
            assert reading.result is ReadingResult(result.value)


def test_a_described_stain_without_a_sure_result_keeps_its_words() -> None:
    """An ALK stain of 1+, which laboratories call differently."""
    reading = read(result=UNKNOWN, clone="D5F3", intensity=Intensity.WEAK)
    assert reading.result == UNKNOWN
    assert reading.meaning == (
        "ALK stain reported (clone D5F3, intensity weak), without a sure result."
    )
    assert read(result=UNKNOWN).meaning == "ALK stain unknown."


def test_where_a_stain_lies_never_changes_the_result_of_alk_or_ros1() -> None:
    for marker in ("ALK", "ROS1"):
        for result in TestResult:
            found = {
                read(marker=marker, result=result, pattern=pattern, intensity=strength).result
                for pattern in (NOT_REPORTED, UNKNOWN, *StainPattern)
                for strength in (NOT_REPORTED, *Intensity)
            }
            assert found == {ReadingResult(result.value)}


def test_details_are_kept_in_words() -> None:
    reading = read(
        clone="D5F3",
        intensity=Intensity.STRONG,
        extent=StainExtent.DIFFUSE,
        pattern=StainPattern.NUCLEAR_MEMBRANE,
    )
    for words in ("clone D5F3", "intensity strong", "extent diffuse", "pattern nuclear membrane"):
        assert words in reading.meaning


def test_every_limit_of_a_reading_is_a_fact_in_its_trace() -> None:
    for marker in ("ALK", "ROS1", "pan-TRK"):
        for result in TestResult:
            reading = read(marker=marker, result=result)
            facts = [find_fact(fact).statement for fact in reading.trace.facts]
            assert sorted(facts) == sorted(reading.limits)


LIMIT = """
[[stain_limits]]
marker = "pan-TRK"
result = "positive"
patterns = ["nuclear"]
reads = "The nucleus stains."
facts = ["ihc.pan-trk.ntrk3"]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('marker = "pan-TRK"', 'marker = "SMA"'),
        ('result = "positive"', 'result = "strong"'),
        ('patterns = ["nuclear"]', 'patterns = ["everywhere"]'),
        ('facts = ["ihc.pan-trk.ntrk3"]', 'facts = ["ihc.pan-trk.nothing"]'),
        ('facts = ["ihc.pan-trk.ntrk3"]', ""),
        ('reads = "The nucleus stains."\nfacts = ["ihc.pan-trk.ntrk3"]', "facts = []"),
        ('patterns = ["nuclear"]', 'places = ["nuclear"]'),
        ('result = "positive"', 'result = "positive"\ncounts_as = "weak"'),
    ],
)
def test_a_malformed_limit_is_refused_with_its_line(old: str, new: str) -> None:
    assert len(list(parse_stain_limits(LIMIT))) == 1
    assert old in LIMIT
    with pytest.raises(UserError) as error:
        list(parse_stain_limits(LIMIT.replace(old, new)))
    assert error.value.slug == "knowledge-invalid"
    assert "line 2" in error.value.place
