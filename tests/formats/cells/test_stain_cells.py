from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN
from spindle.cases.observations import (
    Intensity,
    PercentRange,
    StainExtent,
    StainPattern,
    TestResult,
)
from spindle.formats.cells.stains import read_stain, read_stains

SIGNS = {
    TestResult.POSITIVE: "+",
    TestResult.NEGATIVE: "-",
    TestResult.EQUIVOCAL: "±",
    UNKNOWN: "?",
    NOT_REPORTED: "",
    NOT_DONE: "not done",
}


def list_stains(text: str) -> list[str]:
    """The stains of a cell as marker and sign: `SMA+`."""
    return [f"{stain.marker}{SIGNS[stain.result]}" for stain in read_stains(text).value]


@pytest.mark.parametrize(
    ("text", "stains"),
    [
        ("EBER (ISH) +", ["EBER+"]),
        ("EBER (ISH) + in spindle cells", ["EBER+"]),
        ("EBER (ISH) -; ALK (IHC) -", ["EBER-", "ALK-"]),
        ("EBER (ISH) + in lymphocytes only", ["EBER?"]),
        ("CD34 + in vessels only", ["CD34?"]),
        ("SDHB retained; SDHA lost", ["SDHB+", "SDHA-"]),
        ("MSH2 intact, PMS2 loss", ["MSH2+", "PMS2-"]),
    ],
)
def test_a_method_in_brackets_and_what_is_retained_are_read(text: str, stains: list[str]) -> None:
    assert list_stains(text) == stains


@pytest.mark.parametrize(
    ("text", "stains"),
    [
        ("SMA+; desmin focal; S-100 negative", ["SMA+", "desmin+", "S100-"]),
        ("alpha-SMA positive; SM-actin+; actin+", ["SMA+", "SMA+", "actin+"]),
        ("CK(-); VIM(+); EMA(-); DES(+)", ["cytokeratin-", "vimentin+", "EMA-", "desmin+"]),
        ("beta-catenin-; S-100-; bcl-2-", ["beta-catenin-", "S100-", "BCL2-"]),
        ("S100(-), CD34(-) and ALK(+)", ["S100-", "CD34-", "ALK+"]),
        ("Vimentin（+），SMA（+），CK（－）", ["vimentin+", "SMA+", "cytokeratin-"]),
        ("SMA -", ["SMA-"]),
        ("SMA: positive, desmin: negative", ["SMA+", "desmin-"]),
        ("SMA + / CK -", ["SMA+", "cytokeratin-"]),
        ("SMA+/desmin-", ["SMA+", "desmin-"]),
        ("ER/PR-", ["ER-", "PR-"]),
        ("SMA ±", ["SMA±"]),
        ("SMA not done; desmin n.d.; CK NA", ["SMAnot done", "desminnot done", "cytokeratin"]),
        ("EBER ISH-; EBV-", ["EBER-", "EBV-"]),
        ("CD117/c-kit+", ["KIT+"]),
    ],
)
def test_each_marker_has_its_result(text: str, stains: list[str]) -> None:
    assert list_stains(text) == stains


@pytest.mark.parametrize(
    ("text", "stains"),
    [
        (
            "SMA, vimentin positive; CK, desmin negative",
            ["SMA+", "vimentin+", "cytokeratin-", "desmin-"],
        ),
        ("SMA and desmin positive", ["SMA+", "desmin+"]),
        (
            "positive for SMA, vimentin and desmin; negative for CK and S-100",
            ["SMA+", "vimentin+", "desmin+", "cytokeratin-", "S100-"],
        ),
        (
            "SMA, vimentin positive, CK, desmin negative",
            ["SMA+", "vimentin+", "cytokeratin-", "desmin-"],
        ),
    ],
)
def test_a_result_in_words_is_shared(text: str, stains: list[str]) -> None:
    assert list_stains(text) == stains
    assert read_stains(text).doubts == ()


@pytest.mark.parametrize(
    ("text", "stains"),
    [
        ("SMA+, vimentin, desmin-", ["SMA+", "vimentin?", "desmin-"]),
        ("SMA positive, vimentin, desmin", ["SMA+", "vimentin?", "desmin?"]),
        ("SMA", ["SMA?"]),
        ("SMA 1+", ["SMA?"]),
        ("SMA possibly positive", ["SMA?"]),
        ("SMA 80%", ["SMA?"]),
    ],
)
def test_a_marker_without_a_sure_result_is_unknown_and_noted(text: str, stains: list[str]) -> None:
    assert list_stains(text) == stains
    assert {doubt.slug for doubt in read_stains(text).doubts} == {"stain-unreadable"}


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Ki-67 5-10%", 5, 10),
        ("Ki-67(10%)", 10, 10),
        ("Ki-67 - 30 %", 30, 30),
        ("Ki-67 20%-40%", 20, 40),
        ("Ki-67 <5%", 0, 5),
        ("Ki67 index: about 15%", 15, 15),
        ("Ki-67 (MIB-1) index 5%", 5, 5),
        ("IgG4+/IgG+ about 10%", 10, 10),
    ],
)
def test_an_index_is_a_percentage_and_no_result(text: str, low: float, high: float) -> None:
    reading = read_stains(text)
    (stain,) = reading.value
    assert stain.percent_positive == PercentRange(low=low, high=high)
    assert (stain.result, reading.doubts) == (NOT_REPORTED, ())


def test_words_after_a_stain_describe_it() -> None:
    (stain,) = read_stains("Ki-67 (MIB-1) index 5%, focal weak").value
    assert (stain.extent, stain.intensity) == (StainExtent.FOCAL, Intensity.WEAK)
    (stain,) = read_stains("pan-TRK: nuclear and cytoplasmic positive").value
    assert stain.pattern is StainPattern.NUCLEAR_AND_CYTOPLASMIC
    (stain,) = read_stains("SMA+ diffuse").value
    assert (stain.result, stain.extent) == (TestResult.POSITIVE, StainExtent.DIFFUSE)


def test_focal_staining_without_a_sign_is_positive_with_a_note() -> None:
    reading = read_stains("desmin focal")
    (stain,) = reading.value
    assert (stain.result, stain.extent) == (TestResult.POSITIVE, StainExtent.FOCAL)
    assert [doubt.slug for doubt in reading.doubts] == ["stain-unreadable"]
    assert read_stains("desmin focal+").doubts == ()


def test_an_unknown_marker_keeps_its_name_and_is_noted() -> None:
    reading = read_stains('CD34+; "Creatine kinase"-; CK19-')
    assert [stain.marker for stain in reading.value] == ["CD34", "Creatine kinase", "CK19"]
    assert reading.value[1].result is TestResult.NEGATIVE
    assert [doubt.slug for doubt in reading.doubts] == ["stain-unreadable"] * 2


def test_words_without_a_marker_are_noted() -> None:
    reading = read_stains("all other markers negative")
    assert reading.value == ()
    assert [doubt.slug for doubt in reading.doubts] == ["stain-unreadable"]


def test_one_marker_called_both_is_kept_twice_and_noted() -> None:
    reading = read_stains("SMA+; SMA-")
    assert list_stains("SMA+; SMA-") == ["SMA+", "SMA-"]
    assert [doubt.slug for doubt in reading.doubts] == ["result-conflict"]


def test_a_group_keeps_its_results_and_no_range() -> None:
    reading = read_stains("Vimentin+; Ki-67 20%-40%; desmin- (stated for the 3 cases together)")
    assert reading.value[1].percent_positive == UNKNOWN
    assert list_stains("Vimentin+; desmin- (3 cases)") == ["vimentin+", "desmin-"]
    assert [doubt.slug for doubt in reading.doubts] == ["pooled-statement"]


def test_the_clone_in_brackets() -> None:
    stains = read_stains("ALK (D5F3)(+), CK (AE1/AE3)(-)").value
    assert [stain.clone for stain in stains] == ["D5F3", "AE1/AE3"]


def test_ids_count_on_from_the_first_number() -> None:
    assert [stain.id for stain in read_stains("SMA+; CK-", first_number=3).value] == [
        "stain-3",
        "stain-4",
    ]


def test_a_column_of_one_marker() -> None:
    stain = read_stain("focal +", "alpha-SMA", clone="1A4").value
    assert (stain.marker, stain.result, stain.clone) == ("SMA", TestResult.POSITIVE, "1A4")
    assert read_stain("positive (5A4)", "ALK", clone="D5F3").value.clone == "5A4"
    assert read_stain("10", "Ki-67").value.percent_positive == PercentRange(low=10, high=10)
    assert read_stain("-", "SMA").value.result == UNKNOWN


def test_nothing_is_read_from_a_cell_that_reports_nothing() -> None:
    assert read_stains("NA").value == ()
    assert read_stains("NA").doubts == ()


@pytest.mark.parametrize("text", ["SMA background staining", "SMA focal (nonspecific)"])
def test_background_staining_is_no_positive_stain(text: str) -> None:
    reading = read_stains(text)
    assert [(stain.marker, stain.result) for stain in reading.value] == [("SMA", UNKNOWN)]
    assert [doubt.slug for doubt in reading.doubts] == ["stain-unreadable"]


# Clones ------------------------------------------------------------------------------------------


def list_clones(text: str) -> list[str]:
    """The stains of a cell as marker, clone and sign: `ALK 5A4-`."""
    return [f"{s.marker} {s.clone}{SIGNS[s.result]}" for s in read_stains(text).value]


@pytest.mark.parametrize(
    ("text", "stains"),
    [
        ("ALK 5A4 negative, D5F3 positive", ["ALK 5A4-", "ALK D5F3+"]),
        ("ALK: 5A4 -, D5F3 +", ["ALK 5A4-", "ALK D5F3+"]),
        ("ALK 5A4-; D5F3+", ["ALK 5A4-", "ALK D5F3+"]),
        ("ALK (5A4) negative and clone D5F3 positive", ["ALK 5A4-", "ALK D5F3+"]),
        ("ALK (D5F3: +, 5A4: -)", ["ALK D5F3+", "ALK 5A4-"]),
        ("ALK 5A4 and D5F3 negative", ["ALK 5A4-", "ALK D5F3-"]),
        ("desmin D33 +, DE-R-11 -", ["desmin D33+", "desmin DE-R-11-"]),
        ("ALK+, D5F3", ["ALK D5F3+"]),
        ("SMA +, 1A4", ["SMA 1A4+"]),
        ("D5F3 positive", ["ALK D5F3+"]),
    ],
)
def test_a_clone_belongs_to_its_marker(text: str, stains: list[str]) -> None:
    assert list_clones(text) == stains


def test_two_clones_that_disagree_are_noted() -> None:
    (doubt,) = read_stains("ALK 5A4 negative, D5F3 positive").doubts
    assert doubt.slug == "result-conflict"


def test_a_clone_of_several_markers_is_no_marker() -> None:
    """1A4 is an antibody against SMA and one against ALK."""
    reading = read_stains("1A4 positive")
    assert reading.value == ()
    assert [doubt.slug for doubt in reading.doubts] == ["stain-unreadable"]


# Grades ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sign", "intensity"),
    [
        ("ALK (D5F3) 1+", "?", Intensity.WEAK),
        ("ALK 1+", "?", Intensity.WEAK),
        ("ALK (D5F3) 1+ focal", "?", Intensity.WEAK),
        ("ALK (5A4) 1+ focal cytoplasmic", "?", Intensity.WEAK),
        ("ALK-1 1+", "?", Intensity.WEAK),
        ("ALK 1+ positive", "+", Intensity.WEAK),
        ("ALK 2+", "+", Intensity.MODERATE),
        ("ROS1 (D4D6) 2+ diffuse cytoplasmic", "+", Intensity.MODERATE),
        ("ALK (D5F3) 3+ diffuse cytoplasmic", "+", Intensity.STRONG),
        ("ALK 2-3+", "+", NOT_REPORTED),
        ("ALK 1-2+", "?", NOT_REPORTED),
        ("ALK-1+", "+", NOT_REPORTED),
    ],
)
def test_a_grade_is_a_strength_and_the_weakest_no_result(
    text: str, sign: str, intensity: object
) -> None:
    reading = read_stains(text)
    (stain,) = reading.value
    assert (SIGNS[stain.result], stain.intensity) == (sign, intensity)
    assert ("stain-unreadable" in {doubt.slug for doubt in reading.doubts}) is (sign == "?")


# Loss --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("p16 lost", "-"),
        ("INI1 lost", "-"),
        ("p16 null", "-"),
        ("p53 null", "-"),
        ("p53 null pattern", "-"),
        ("p16 (null)", "-"),
        ("p16 loss of expression", "-"),
        ("INI1 nuclear expression lost", "-"),
        ("INI1 retained", "+"),
        ("INI1 no loss of expression", "+"),
        ("p16 focal loss", "?"),
        ("ALK null", "?"),
    ],
)
def test_a_loss_is_a_result_and_keeps_its_words(text: str, sign: str) -> None:
    reading = read_stains(text)
    (stain,) = reading.value
    assert SIGNS[stain.result] == sign
    assert [(doubt.slug, doubt.value) for doubt in reading.doubts] == [("stain-unreadable", text)]


@pytest.mark.parametrize(
    ("text", "sign", "low", "high"),
    [
        ("p16 <1 %", "?", 0, 1),
        ("p16 >90 %", "?", 90, 100),
        ("p16 negative (<1%)", "-", 0, 1),
        ("p16 lost, <1 %", "-", 0, 1),
        ("p16 >90 % diffuse strong", "?", 90, 100),
    ],
)
def test_a_share_is_kept_as_a_range(text: str, sign: str, low: float, high: float) -> None:
    (stain,) = read_stains(text).value
    assert SIGNS[stain.result] == sign
    assert stain.percent_positive == PercentRange(low=low, high=high)


def test_null_in_a_column_of_its_own_is_no_value() -> None:
    """Programs write null where there is none; "null pattern" can only be meant."""
    assert read_stain("null", "p53").value.result == NOT_REPORTED
    assert read_stain("null pattern", "p53").value.result is TestResult.NEGATIVE
    assert read_stain("lost", "INI1").value.result is TestResult.NEGATIVE


# Counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sign", "cells", "ratio"),
    [
        ("IgG4 120/HPF", "", 120, NOT_REPORTED),
        ("IgG4 50/HPF", "", 50, NOT_REPORTED),
        ("IgG4+ 120/HPF", "+", 120, NOT_REPORTED),
        ("IgG4+, 120/HPF", "+", 120, NOT_REPORTED),
        ("IgG4 + (120/HPF), ratio 65%", "+", 120, 65),
        ("IgG4+ (120/HPF, IgG4/IgG ratio 65 %)", "+", 120, 65),
        ("IgG4 ratio 65 %", "", NOT_REPORTED, 65),
        ("IgG4+ plasma cells 120 per HPF (65% of IgG)", "", 120, 65),
        ("120 IgG4+ plasma cells/HPF", "", 120, NOT_REPORTED),
        ("IgG4 negative, 2/HPF", "-", 2, NOT_REPORTED),
    ],
)
def test_cells_in_a_field_and_a_ratio_are_no_result_and_no_share(
    text: str, sign: str, cells: object, ratio: object
) -> None:
    reading = read_stains(text)
    (stain,) = reading.value
    assert (SIGNS[stain.result], stain.cells_per_hpf, stain.ratio_percent) == (sign, cells, ratio)
    assert stain.percent_positive == NOT_REPORTED
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("text", "cells"),
    [("IgG4 50-60/HPF", UNKNOWN), ("IgG4 20/mm2", UNKNOWN), ("IgG4 >100/HPF", 100)],
)
def test_a_count_that_is_no_single_number_is_noted(text: str, cells: object) -> None:
    reading = read_stains(text)
    assert [stain.cells_per_hpf for stain in reading.value] == [cells]
    assert [doubt.slug for doubt in reading.doubts] == ["stain-unreadable"]


def test_a_count_in_a_column_of_its_own() -> None:
    stain = read_stain("+ 120/HPF, ratio 65 %", "IgG4").value
    assert stain.result is TestResult.POSITIVE
    assert (stain.cells_per_hpf, stain.ratio_percent) == (120, 65)
    assert read_stain("120/HPF", "IgG4").value.result == NOT_REPORTED


def test_null_is_kept_beside_the_result() -> None:
    """A p53 that is null is no plain negative; what is only negative or lost is not null."""
    extents = {
        words: read_stains(words).value[0].extent is StainExtent.NO_STAINING
        for words in ("p53 null", "p53 negative (null pattern)", "p53 negative", "INI1 lost")
    }
    assert list(extents.values()) == [True, True, False, False]
