"""Sentences that name two genes of a fusion: both are read, or the words are refused."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.observations import FusionTest, TestResult
from spindle.formats.cells.fusions import find_pairs, read_fusion
from spindle.formats.cells.phrases import LONGEST_CELL


def read_test(text: str) -> FusionTest:
    test = read_fusion(text).value
    assert not isinstance(test, Absent)
    return test


@pytest.mark.parametrize(
    ("text", "call"),
    [
        (
            "a fusion of TPM4 (exon 7) with ALK (exon 20) was found, in frame",
            "TPM4 ALK exon 7 exon 20 in",
        ),
        ("TPM3 exon 8 fused in frame to ALK exon 20", "TPM3 ALK exon 8 exon 20 in"),
        ("exon 8 of TPM3 fused to exon 20 of ALK", "TPM3 ALK exon 8 exon 20 not reported"),
        (
            "In-frame fusion of exon 7 of the TPM4 gene to exon 20 of the ALK gene",
            "TPM4 ALK exon 7 exon 20 in",
        ),
        (
            "a fusion transcript joining THBS1 exon 7 and ALK exon 19",
            "THBS1 ALK exon 7 exon 19 not reported",
        ),
    ],
)
def test_genes_exons_and_frame_of_a_sentence(text: str, call: str) -> None:
    (found,) = read_test(text).calls
    shown = (found.gene5, found.gene3, found.exon5, found.exon3, found.frame)
    assert " ".join(map(str, shown)) == call
    assert read_fusion(text).doubts == ()


@pytest.mark.parametrize(
    ("text", "genes"),
    [
        ("a fusion between TPM3 and ALK was found", ("TPM3", "ALK")),
        ("FUSION BETWEEN TPM3 AND ALK WAS FOUND", ("TPM3", "ALK")),
        ("fusion involving the TPM3 and ALK genes", ("TPM3", "ALK")),
        ("TPM3 is fused to ALK", ("TPM3", "ALK")),
        ("ALK is fused to EML4", ("EML4", "ALK")),
        ("a RANBP2 to ALK fusion", ("RANBP2", "ALK")),
        ("TPM3 ALK fusion", ("TPM3", "ALK")),
        ("ALK fusion with TPM3 as partner", ("TPM3", "ALK")),
        ("ALK fusion with FOO1 as the fusion partner", ("FOO1", "ALK")),
        ("ALK fusion with CLTC.", ("CLTC", "ALK")),
        ("ALK rearrangement (partner CLTC)", ("CLTC", "ALK")),
        ("ALK rearrangement, partner: TPM3", ("TPM3", "ALK")),
        ("NGS identified an ALK fusion; the partner is TFG", ("TFG", "ALK")),
        ("TPM3 is the partner of ALK", ("TPM3", "ALK")),
    ],
)
def test_the_kinase_is_taken_as_the_3_gene(text: str, genes: tuple[str, str]) -> None:
    (found,) = read_test(text).calls
    assert (found.gene5, found.gene3) == genes
    is_said = any("The words give no order" in doubt.message for doubt in read_fusion(text).doubts)
    assert is_said == (text.find("ALK") < text.find(genes[0]))


def test_two_sentences_are_two_fusions_each_with_its_exons() -> None:
    text = "RANBP2 (exon 18) was fused with ALK (exon 20); TPM3 exon 8 fused to NTRK1 exon 10"
    calls = [(c.gene5, c.exon5, c.gene3, c.exon3) for c in read_test(text).calls]
    assert calls == [
        ("RANBP2", "exon 18", "ALK", "exon 20"),
        ("TPM3", "exon 8", "NTRK1", "exon 10"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "no fusion between TPM3 and ALK was found",
        "A fusion between TPM3 and ALK was not detected.",
        "fusion of TPM3 with ALK: negative",
        "ETV6 and NTRK3 fusion negative",
    ],
)
def test_a_sentence_that_denies_the_fusion_is_negative(text: str) -> None:
    assert (read_test(text).result, read_test(text).calls) == (TestResult.NEGATIVE, ())


def test_a_possible_fusion_is_none() -> None:
    assert (read_test("possible fusion between TPM3 and ALK").result) == UNKNOWN


@pytest.mark.parametrize(
    ("text", "gene"),
    [
        ("fusion between intron 6 of EML4 and intron 19 of ALK", "EML4"),
        ("TPM3 and ALK are fused", "TPM3"),
        ("ALK rearranged, TFG", "TFG"),
        ("a fusion between ALK and ROS1", "ROS1"),
        ("ALK break-apart rearranged; RNA: fusion EML4 to ALK", "EML4"),
    ],
)
def test_a_gene_beside_a_kinase_is_never_passed_over(text: str, gene: str) -> None:
    """Words that are not understood tell no fusion without a partner."""
    test = read_test(text)
    assert (test.result, test.calls) == (UNKNOWN, ())
    (doubt,) = read_fusion(text).doubts
    assert doubt.slug == "fusion-unreadable"
    assert gene in doubt.message


@pytest.mark.parametrize(
    "text",
    [
        "ALK rearrangement, partner unknown",
        "ALK REARRANGEMENT, PARTNER NOVEL",
        "ALK fusion with TP53 mutation",
        "ALK rearranged with CDKN2A loss",
        "ALK fusion detected. TPM3 was expressed.",
    ],
)
def test_words_that_name_no_partner_leave_it_unknown(text: str) -> None:
    (found,) = read_test(text).calls
    assert (found.gene5, found.gene3) == (UNKNOWN, "ALK")


PIECES = (
    "a fusion of TPM3 ALK ROS1 FOO1 with to and fused partner as between (exon 20) exon 8 , ; no"
)
WORDS = st.sampled_from(PIECES.split(" "))


@given(st.lists(WORDS, max_size=16))
def test_no_sentence_with_a_partner_loses_it(words: list[str]) -> None:
    """One sentence with TPM3 and one kinase never gives that kinase without a partner."""
    text = " ".join(word for word in words if word not in {";", "ROS1", "FOO1"})
    found = read_fusion(text).value
    calls = () if isinstance(found, Absent) else found.calls
    if "TPM3" in text and "ALK" in text:
        assert all(call.gene5 == "TPM3" for call in calls)


@given(st.lists(WORDS, max_size=16))
def test_pairs_lie_within_the_text_and_not_over_each_other(words: list[str]) -> None:
    pairs = find_pairs(" ".join(words)[:LONGEST_CELL])
    assert all(one.end <= other.start for one, other in pairwise(pairs))
    assert all(pair.symbols[0] != pair.symbols[1] for pair in pairs)
