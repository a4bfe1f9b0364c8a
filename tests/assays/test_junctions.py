"""What exons say about a fusion where its report says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.junctions import find_limit, judge_call, read_exon
from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import FusionCall, KinaseDomain, ReadingFrame
from spindle.knowledge.facts import find_fact, load_facts


def call(gene5: str = "EML4", gene3: str = "ALK", **values: object) -> FusionCall:
    return FusionCall(gene5=gene5, gene3=gene3, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("exon5", "exon3", "productive", "fact"),
    [
        ("13", "20", True, "fusions.eml4.e13-a20"),
        ("exon 13", "ex20", True, "fusions.eml4.e13-a20"),
        ("E13", "A29", False, "fusions.eml4.e13-a29"),
        ("6", "20", UNKNOWN, ""),
        ("13", NOT_REPORTED, UNKNOWN, ""),
    ],
)
def test_a_published_junction_says_what_the_report_does_not(
    exon5: str, exon3: str | Absent, productive: bool | Absent, fact: str
) -> None:
    """EML4 E13;A20 is in frame, E13;A29 has lost the kinase (public fusion-annotation notes)."""
    found = judge_call(call(exon5=exon5, exon3=exon3), "ALK")
    assert found.is_productive == productive
    assert found.facts == ((fact,) if fact else ())


def test_an_in_frame_junction_at_exon_20_keeps_the_kinase() -> None:
    for exon3 in ("20", "19", "18"):
        found = judge_call(call("FN1", exon5="23", exon3=exon3, frame=ReadingFrame.IN), "ALK")
        assert found.is_productive is True
        assert found.facts == ("junction.alk.keeps-kinase",)
    later = judge_call(call("FN1", exon5="23", exon3="23", frame=ReadingFrame.IN), "ALK")
    assert later.is_productive == UNKNOWN


def test_the_limit_agrees_with_the_start_of_the_exon_and_of_the_domain() -> None:
    codon = (find_fact("gene.alk.exon20-start").number - 1) // 3 + 1
    domains = [fact for fact in load_facts().values() if fact.id.startswith("kinase-domain.alk")]
    starts = [int(str(fact.value).split("-")[0]) for fact in domains]
    assert len(starts) == 2
    assert codon == 1058
    assert all(codon < start for start in starts)


def test_a_report_in_frame_against_a_published_junction_out_of_frame_is_unknown() -> None:
    found = judge_call(call(exon5="13", exon3="29", frame=ReadingFrame.IN), "ALK")
    assert found.is_productive == UNKNOWN
    assert "reported in frame" in found.says


def test_nothing_is_worked_out_for_a_kinase_at_the_5_prime_end_or_without_a_fact() -> None:
    turned = judge_call(call("ALK", "EML4", exon5="13", exon3="20"), "ALK")
    assert turned.is_productive == UNKNOWN
    assert find_limit("ROS1") is None
    ros1 = judge_call(call("TFG", "ROS1", exon5="4", exon3="35", frame=ReadingFrame.IN), "ROS1")
    assert ros1.is_productive == UNKNOWN


@given(st.text(max_size=12))
def test_exons_as_written_never_break_it(words: str) -> None:
    exon = read_exon(words)
    assert isinstance(exon, Absent) or 0 <= exon <= 999
    judge_call(call(exon5=words, exon3=words), "ALK")


@given(
    st.sampled_from([ReadingFrame.OUT, *KinaseDomain]),
    st.sampled_from(["13", "20", "29", NOT_REPORTED]),
    st.sampled_from(["20", "29", NOT_REPORTED]),
)
def test_what_the_report_says_is_broken_is_never_made_whole_by_exons(
    said: ReadingFrame | KinaseDomain, exon5: str | Absent, exon3: str | Absent
) -> None:
    values = {"frame": said} if isinstance(said, ReadingFrame) else {"kinase_domain": said}
    found = judge_call(call(exon5=exon5, exon3=exon3, **values), "ALK")
    if said in (ReadingFrame.OUT, KinaseDomain.CUT, KinaseDomain.LOST):
        assert found.is_productive is False
