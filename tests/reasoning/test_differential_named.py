"""Which combinations name a diagnosis before an IMT, and which leave it unnamed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.observations import (
    FusionCall,
    FusionTest,
    HistologyFinding,
    KinaseDomain,
    Observation,
    ReadingFrame,
    SequencingMethod,
    Stain,
    StainPattern,
    TestResult,
)
from spindle.cases.patient import Age, Patient, Precision, TimeUnit
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Site, Tumour
from spindle.reasoning.differential import weigh_differential
from spindle.reasoning.findings import Differential, Standing
from spindle.reasoning.reflex import assess_case

PICTURE = ("spindle cells", "plasma cells")
ETV6 = FusionCall(
    gene5="ETV6", gene3="NTRK3", frame=ReadingFrame.IN, kinase_domain=KinaseDomain.WHOLE
)
NEGATIVE = TestResult.NEGATIVE


def stain(marker: str, result: TestResult = TestResult.POSITIVE) -> Stain:
    is_nuclear = marker in ("beta-catenin", "STAT6")
    pattern = StainPattern.NUCLEAR if is_nuclear else NOT_REPORTED
    return Stain(id=marker, marker=marker, result=result, pattern=pattern)


def fuse(call: FusionCall) -> FusionTest:
    return FusionTest(
        id="RNA",
        method=SequencingMethod.RNA,
        result=TestResult.POSITIVE,
        calls=(call,),
        is_quality_adequate=True,
    )


def weigh(
    *observations: Observation,
    site: str = "",
    present: tuple[str, ...] = PICTURE,
    age: Age | Absent = NOT_REPORTED,
) -> Differential:
    histology = tuple(HistologyFinding(name=name) for name in present)
    case = Case(
        id="case",
        patient=Patient(age_at_diagnosis=age),
        tumour=Tumour(sites=(Site(name=site),) if site else ()),
        specimens=(Specimen(id="block", histology=histology, observations=observations),),
    )
    return weigh_differential(case, assess_case(case))


def list_pointed(found: Differential) -> set[str]:
    return {c.id for c in found.candidates if c.is_pointed_to}


def say_fusion(found: Differential, entity: str) -> tuple[str, str]:
    """Give what the fusion says about a diagnosis, and which way it speaks."""
    candidate = next(c for c in found.candidates if c.id == entity)
    lines = [e for e in candidate.evidence if "::" in e.says]
    return lines[0].says, lines[0].speaks


def months(number: int, precision: Precision = Precision.EXACT) -> Age:
    return Age(months=number, unit_as_reported=TimeUnit.MONTHS, precision=precision)


# Infantile fibrosarcoma: born with it, or found in the first two years --------------------------


@pytest.mark.parametrize("site", ["thigh", "back", "forearm", "chest wall"])
@pytest.mark.parametrize("age", [0, 3, 18, 24])
def test_etv6_ntrk3_in_the_soft_tissue_of_an_infant_names_its_fibrosarcoma(
    site: str, age: int
) -> None:
    found = weigh(fuse(ETV6), site=site, age=months(age))
    assert found.candidates[0].id == "infantile-fibrosarcoma"
    assert list_pointed(found) == {"infantile-fibrosarcoma"}


@pytest.mark.parametrize(
    ("site", "age"),
    [
        ("thigh", months(25)),
        ("thigh", months(24, Precision.OVER)),
        ("thigh", NOT_REPORTED),
        ("lung", months(3)),
        ("lung", months(180)),
        ("", months(3)),
    ],
    ids=["older", "older than said", "no age", "infant's lung", "teenager's lung", "no site"],
)
def test_elsewhere_or_later_it_names_nobody(site: str, age: Age | Absent) -> None:
    found = weigh(fuse(ETV6), site=site, age=age)
    assert not list_pointed(found)
    assert "etv6-fusion" in {flag.id for flag in found.red_flags}


def test_another_partner_of_ntrk3_does_not_name_it() -> None:
    found = weigh(fuse(replace(ETV6, gene5="TFG")), site="thigh", age=months(3))
    assert not list_pointed(found)


# The nose: no stain alone -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "markers", "named"),
    [
        ("abdominal wall", ["beta-catenin"], {"desmoid-fibromatosis"}),
        ("nasal cavity", ["beta-catenin"], set()),
        ("nasal cavity", ["beta-catenin", "SMA"], set()),
        ("nasal cavity", ["S100", "SMA"], set()),
        ("", ["beta-catenin"], set()),
        ("nasal cavity", ["S100", "SMA", "beta-catenin"], {"biphenotypic-sinonasal-sarcoma"}),
        ("nasal cavity", ["S100", "SMA", "PAX3"], {"biphenotypic-sinonasal-sarcoma"}),
        ("nasal cavity", ["beta-catenin", "SMA", "cyclin D1"], {"glomangiopericytoma"}),
        ("thigh", ["S100", "SMA", "PAX3"], set()),
        ("nasal cavity", ["SOX10", "S100"], set()),
        ("nasal cavity", ["SOX10", "melan-A"], {"spindle-melanoma"}),
    ],
)
def test_stains_name_a_tumour_where_a_source_says_so(
    site: str, markers: list[str], named: set[str]
) -> None:
    assert list_pointed(weigh(*map(stain, markers), site=site)) == named


@pytest.mark.parametrize(
    ("finding", "markers", "site", "named"),
    [
        ("squamous dysplasia", ["p40"], "larynx", {"spindle-squamous-carcinoma"}),
        ("squamous dysplasia", ["p63"], "nasal cavity", {"spindle-squamous-carcinoma"}),
        ("squamous dysplasia", ["cytokeratin"], "tongue", {"spindle-squamous-carcinoma"}),
        ("squamous dysplasia", [], "larynx", set()),
        ("squamous dysplasia", ["p40"], "thigh", set()),
        ("Mikulicz cells", [], "nasal cavity", {"rhinoscleroma"}),
        ("vasculitis", [], "nasal cavity", set()),
    ],
)
def test_findings_name_a_disease_where_a_source_says_so(
    finding: str, markers: list[str], site: str, named: set[str]
) -> None:
    found = weigh(*map(stain, markers), site=site, present=(*PICTURE, finding))
    assert list_pointed(found) == named


@pytest.mark.parametrize("beside", ["granulomas", "giant cells"])
def test_vasculitis_with_granulomas_names_granulomatosis_with_polyangiitis(beside: str) -> None:
    """Devaney 1990: both together in 21 % of 126 biopsies of the head and neck."""
    found = weigh(site="nasal cavity", present=("vasculitis", beside))
    assert list_pointed(found) == {"granulomatosis-with-polyangiitis"}
    assert not list_pointed(weigh(site="thigh", present=("vasculitis", beside)))


# Anaplastic large-cell lymphoma -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("markers", "present", "is_named"),
    [
        (["ALK", "CD30"], (), False),
        (["ALK", "CD30"], ("hallmark cells",), True),
        (["CD30"], ("hallmark cells",), False),
        (["ALK", "CD30", "EMA"], (), False),
        (["ALK", "CD30", "EMA", "granzyme B"], (), True),
        (["ALK", "CD30", "EMA", "CD5"], (), True),
        (["ALK", "EMA", "granzyme B"], (), False),
    ],
)
def test_alk_with_cd30_and_more_names_the_lymphoma(
    markers: list[str], present: tuple[str, ...], is_named: bool
) -> None:
    found = weigh(*map(stain, markers), site="lymph node", present=(*PICTURE, *present))
    assert (list_pointed(found) == {"anaplastic-large-cell-lymphoma"}) is is_named


@pytest.mark.parametrize("partner", ["NPM1", "TPM3", "ATIC", "TFG", "CLTC", "TPM4", "MYH9", "MSN"])
def test_its_own_partners_do_not_speak_against_it(partner: str) -> None:
    """Advances in Hematology 2010, article 345053, table 1.

    A partner that no source reports in an IMT speaks for the lymphoma, which it names.
    """
    found = weigh(fuse(replace(ETV6, gene5=partner, gene3="ALK")), site="lung")
    said, speaks = say_fusion(found, "anaplastic-large-cell-lymphoma")
    is_own = partner in ("NPM1", "MYH9", "MSN")
    assert speaks == ("for" if is_own else "neither")
    assert ("anaplastic-large-cell-lymphoma" in list_pointed(found)) is is_own
    assert "NPM1 in 75 to 80 %" in said


def test_kif5b_speaks_for_alk_positive_histiocytosis_and_is_named_as_what_names_it() -> None:
    """KIF5B::ALK is published in the histiocytosis; no source here reports it in an IMT."""
    call = replace(ETV6, gene5="KIF5B", gene3="ALK")
    found = weigh(fuse(call), stain("CD68"), site="liver")
    said, speaks = say_fusion(found, "alk-positive-histiocytosis")
    assert speaks == "for"
    assert "does not tell" not in said
    disease = next(c for c in found.candidates if c.id == "alk-positive-histiocytosis")
    assert disease.why.startswith("KIF5B::ALK names it, so it comes before an IMT.")
    imt = next(c for c in found.candidates if c.id == "imt")
    assert "driver is shared" not in imt.why


def test_what_may_not_make_a_kinase_speaks_for_nothing() -> None:
    call = replace(ETV6, gene5="KIF5B", gene3="ALK", frame=ReadingFrame.OUT)
    found = weigh(fuse(call), site="liver")
    assert say_fusion(found, "alk-positive-histiocytosis")[1] == "neither"


def test_etv6_ntrk3_stays_shared_between_imt_and_infantile_fibrosarcoma() -> None:
    said, speaks = say_fusion(weigh(fuse(ETV6), site="thigh"), "infantile-fibrosarcoma")
    assert speaks == "neither"
    assert "does not tell infantile fibrosarcoma from IMT" in said


def test_a_red_flag_that_names_a_diagnosis_is_told() -> None:
    found = weigh(stain("myogenin"), site="thigh")
    tumour = next(c for c in found.candidates if c.id == "rhabdomyosarcoma")
    assert tumour.why.startswith("A red flag (Skeletal-muscle differentiation is recorded) names")


@pytest.mark.parametrize("partner", ["FN1", "TNS1", "RANBP2", "THBS1", "TIMP3", "EML4"])
def test_other_partners_speak_against_it(partner: str) -> None:
    found = weigh(fuse(replace(ETV6, gene5=partner, gene3="ALK")), site="lung")
    said, speaks = say_fusion(found, "anaplastic-large-cell-lymphoma")
    assert speaks == "against"
    assert said.endswith(
        f"No source here reports {partner}::ALK in anaplastic large-cell lymphoma."
    )


def test_a_partner_that_is_not_named_may_be_one_of_its_own() -> None:
    call = replace(ETV6, gene5=NOT_REPORTED, gene3="ALK")
    candidate = next(
        c
        for c in weigh(fuse(call), site="lung").candidates
        if c.id == "anaplastic-large-cell-lymphoma"
    )
    told = [e for e in candidate.evidence if "not named" in e.says]
    assert [e.speaks for e in told] == ["neither"]


def test_cd30_takes_nothing_from_an_imt_with_a_partner_of_its_own() -> None:
    """RANBP2::ALK occurs in the epithelioid variant, which often shows CD30, and not in the
    lymphoma (Fadl 2023); TPM3::ALK occurs in both."""
    standings = {}
    for partner in ("RANBP2", "FN1", "TPM3"):
        call = replace(ETV6, gene5=partner, gene3="ALK")
        found = weigh(fuse(call), stain("CD30"), site="mesentery")
        standings[partner] = next(c.standing for c in found.candidates if c.id == "imt")
    assert standings == {
        "RANBP2": Standing.SUPPORTED,
        "FN1": Standing.SUPPORTED,
        "TPM3": Standing.OPEN,
    }


def test_ema_alone_does_not_hold_back_an_imt() -> None:
    """6 of 16 IMT of the bladder had it."""
    found = weigh(fuse(replace(ETV6, gene5="TPM3", gene3="ALK")), stain("EMA"), site="lung")
    assert next(c.standing for c in found.candidates if c.id == "imt") is Standing.SUPPORTED


# Schwannoma -------------------------------------------------------------------------------------


def test_s100_with_sox10_in_the_gut_leads_to_schwannoma_and_names_no_melanoma() -> None:
    negative = [stain(m, NEGATIVE) for m in ("HMB45", "melan-A", "KIT", "DOG1", "SMA")]
    found = weigh(stain("S100"), stain("SOX10"), *negative, site="stomach")
    assert found.candidates[0].id == "schwannoma"
    assert not list_pointed(found)


def test_a_diagnosis_that_a_flag_names_is_listed_at_any_site() -> None:
    """A melanoma in the lung: the flag comes first, and the diagnosis stands in the list."""
    found = weigh(stain("S100"), stain("SOX10"), stain("melan-A"), site="lung")
    (melanoma,) = (c for c in found.candidates if c.id == "spindle-melanoma")
    assert melanoma.is_pointed_to
    assert "not usual at this site" in melanoma.why


def test_keratin_with_ttf1_in_the_lung_is_carcinoma_first() -> None:
    found = weigh(stain("cytokeratin"), stain("TTF-1"), site="lung")
    assert "sarcomatoid-lung-carcinoma" in list_pointed(found)
    assert not list_pointed(weigh(stain("cytokeratin"), site="lung"))
