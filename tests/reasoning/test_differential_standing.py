"""What a pathologist found: more evidence must not withdraw IMT, nor a missing count speak."""

from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED
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
    StainExtent,
    StainPattern,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Site, Tumour
from spindle.reasoning.differential import weigh_differential
from spindle.reasoning.findings import Candidate, Differential, Standing
from spindle.reasoning.reflex import assess_case

POSITIVE, NEGATIVE = TestResult.POSITIVE, TestResult.NEGATIVE
PICTURE = ("spindle cells", "lymphocytes")


def stain(marker: str, result: TestResult = POSITIVE, **values: object) -> Stain:
    return Stain(id=f"{marker}-{len(values)}", marker=marker, result=result, **values)  # type: ignore[arg-type]


def sequence(call: FusionCall, method: SequencingMethod = SequencingMethod.RNA) -> FusionTest:
    return FusionTest(id="panel", method=method, result=POSITIVE, calls=(call,))


def weigh(
    *observations: Observation,
    site: str,
    findings: tuple[HistologyFinding, ...] = tuple(HistologyFinding(name=n) for n in PICTURE),
) -> Differential:
    specimen = Specimen(id="block", histology=findings, observations=observations)
    case = Case(
        id="case",
        tumour=Tumour(sites=(Site(name=site),)),
        specimens=(specimen,),
    )
    return weigh_differential(case, assess_case(case))


def find(differential: Differential, entity: str) -> Candidate:
    return next(c for c in differential.candidates if c.id == entity)


FN1_ALK = sequence(FusionCall(gene5="FN1", gene3="ALK", frame=ReadingFrame.IN))
GRANULAR = stain("ALK", pattern=StainPattern.GRANULAR_CYTOPLASMIC, clone="D5F3")


@pytest.mark.parametrize(
    "more",
    [
        (),
        (stain("S100", NEGATIVE),),
        (stain("SMA"), stain("desmin", extent=StainExtent.FOCAL)),
        (stain("SMA"), stain("S100", NEGATIVE), stain("p63", NEGATIVE)),
        (stain("cytokeratin"), stain("S100", NEGATIVE)),
    ],
    ids=["nothing else", "S100", "muscle", "muscle and p63", "keratin"],
)
def test_stains_that_fit_imt_do_not_withdraw_what_its_fusion_supports(
    more: tuple[Stain, ...],
) -> None:
    """FN1::ALK in the bladder: a negative S100 made IMT fit better, and it was called open."""
    found = weigh(GRANULAR, FN1_ALK, *more, site="urinary bladder")
    assert find(found, "imt").standing is Standing.SUPPORTED


@pytest.mark.parametrize("method", [SequencingMethod.UNSPECIFIED, SequencingMethod.DNA])
def test_a_fusion_reported_in_frame_supports_imt_whatever_sequenced_it(
    method: SequencingMethod,
) -> None:
    in_frame = FusionCall(gene5="TPM3", gene3="ALK", frame=ReadingFrame.IN)
    not_said = FusionCall(gene5="TPM3", gene3="ALK")
    broken = FusionCall(
        gene5="TPM3", gene3="ALK", frame=ReadingFrame.IN, kinase_domain=KinaseDomain.CUT
    )
    standings = [
        find(weigh(sequence(call, method), site="mesentery"), "imt").standing
        for call in (in_frame, not_said, broken)
    ]
    assert standings == [Standing.SUPPORTED, Standing.OPEN, Standing.OPEN]


def test_a_focal_desmin_does_not_outweigh_a_published_fusion() -> None:
    """No source reports an ALK fusion in inflammatory leiomyosarcoma, whose desmin is positive."""
    call = FusionCall(gene5="TPM3", gene3="ALK", frame=ReadingFrame.IN)
    desmin = stain("desmin", extent=StainExtent.FOCAL)
    found = weigh(sequence(call), stain("ALK"), desmin, site="mesentery")
    assert find(found, "imt").standing is Standing.SUPPORTED
    assert find(found, "inflammatory-leiomyosarcoma").standing is not Standing.SUPPORTED


def test_a_negative_myogenin_takes_nothing_from_imt() -> None:
    """It parts most tumours from rhabdomyosarcoma, and was never counted in IMT."""
    muscle = (stain("ALK"), stain("desmin"))
    without = weigh(*muscle, site="omentum")
    beside = weigh(*muscle, stain("myogenin", NEGATIVE), site="omentum")
    mimic = "inflammatory-leiomyosarcoma"
    assert find(beside, mimic).weight_mid == pytest.approx(find(without, mimic).weight_mid)
    assert find(beside, mimic).standing is not Standing.SUPPORTED
    shown = next(e for e in find(beside, mimic).evidence if "yogenin negative" in e.says)
    assert not shown.is_counted
    assert "which may show it as rarely" in shown.why_not_counted
    # A rhabdomyosarcoma shows it more often than the others do, so it is held against that one.
    assert (
        find(beside, "rhabdomyosarcoma").weight_mid < find(without, "rhabdomyosarcoma").weight_mid
    )


@pytest.mark.parametrize("marker", ["myogenin", "STAT6", "SOX10"])
def test_a_stain_never_counted_in_imt_is_held_against_it_only_where_it_is_characteristic(
    marker: str,
) -> None:
    """So a negative result never lifts a diagnosis above IMT, and a positive one never sinks it."""
    pattern = StainPattern.NUCLEAR if marker == "STAT6" else NOT_REPORTED
    negative = weigh(stain(marker, NEGATIVE), site="orbit")
    positive = weigh(stain(marker, POSITIVE, pattern=pattern), site="orbit")
    lowered = [c.weight_mid for c in negative.candidates if c.id != "imt"]
    raised = [c.weight_mid for c in positive.candidates if c.id != "imt"]
    assert max(lowered) <= 0 < max(raised)
    assert min(lowered) < 0 <= min(raised)


@pytest.mark.parametrize("count", [1.0, 30.0])
def test_a_number_of_mitoses_is_not_held_against_words(count: float) -> None:
    """A source that calls mitoses inconspicuous gives no number; one in ten fields is few."""
    counted = (HistologyFinding(name="mitoses", count_per_10_hpf=count),)
    in_words = (HistologyFinding(name="mitoses"),)
    tumour = "glomangiopericytoma"
    said = [
        next(e for e in find(found, tumour).evidence if e.says.startswith("Mitoses present"))
        for found in (
            weigh(site="nasal cavity", findings=counted),
            weigh(site="nasal cavity", findings=in_words),
        )
    ]
    assert [evidence.speaks for evidence in said] == ["neither", "against"]


# One unspecific stain --------------------------------------------------------------------------


def see(*names: str) -> tuple[HistologyFinding, ...]:
    return tuple(HistologyFinding(name=name) for name in names)


@pytest.mark.parametrize("findings", [(), see("spindle cells", "plasma cells", "lymphocytes")])
@pytest.mark.parametrize(
    ("site", "markers", "mimic", "asks"),
    [
        ("inguinal region", ("CD34",), "solitary-fibrous-tumour", "STAT6 in the nucleus"),
        ("tongue", ("CD34", "S100"), "solitary-fibrous-tumour", "STAT6 in the nucleus"),
        ("spleen", ("SMA", "h-caldesmon"), "leiomyosarcoma", "desmin with h-caldesmon"),
    ],
)
def test_one_unspecific_stain_supports_no_mimic_and_asks_for_what_settles_it(
    site: str,
    markers: tuple[str, ...],
    mimic: str,
    asks: str,
    findings: tuple[HistologyFinding, ...],
) -> None:
    """Published IMT of the groin, the tongue and the spleen stained like that."""
    stains = (*map(stain, markers), stain("ALK", NEGATIVE))
    found = weigh(*stains, site=site, findings=findings)
    assert find(found, mimic).standing is Standing.OPEN
    assert find(found, "imt").standing is Standing.OPEN
    assert not any(c.standing is Standing.SUPPORTED for c in found.candidates)
    if find(found, mimic).weight_low > 0:
        assert "not enough to call it" in find(found, mimic).why
        assert asks in " ".join(find(found, mimic).would_settle)


def test_what_is_negative_is_no_line_of_a_mimics_own() -> None:
    """ALK and desmin negative say what it is not; with CD34 they do not make it an SFT."""
    negatives = [stain(marker, NEGATIVE) for marker in ("ALK", "desmin", "SMA", "S100")]
    found = weigh(stain("CD34"), *negatives, site="thigh", findings=())
    tumour = find(found, "solitary-fibrous-tumour")
    assert tumour.weight_low > 0
    assert tumour.standing is Standing.OPEN
    assert "by this alone: CD34 positive. That is not enough" in tumour.why


@pytest.mark.parametrize(
    ("more", "findings"),
    [
        ((stain("STAT6", pattern=StainPattern.NUCLEAR),), ()),
        ((), see("staghorn vessels")),
    ],
    ids=["the stain that marks it", "its own picture"],
)
def test_a_second_line_supports_a_solitary_fibrous_tumour(
    more: tuple[Stain, ...], findings: tuple[HistologyFinding, ...]
) -> None:
    negative = (stain(marker, NEGATIVE) for marker in ("ALK", "desmin", "KIT", "cytokeratin"))
    found = weigh(
        stain("CD34"), stain("CD99"), *negative, *more, site="inguinal region", findings=findings
    )
    assert find(found, "solitary-fibrous-tumour").standing is Standing.SUPPORTED


def test_collagen_beside_cd34_is_no_picture_of_its_own() -> None:
    """Bundles of collagen occur in IMT too (Zhao 2025)."""
    negative = (stain(marker, NEGATIVE) for marker in ("ALK", "desmin", "KIT", "cytokeratin"))
    findings = see("collagen bundles")
    found = weigh(
        stain("CD34"), stain("CD99"), *negative, site="inguinal region", findings=findings
    )
    assert find(found, "solitary-fibrous-tumour").standing is Standing.OPEN


@pytest.mark.parametrize("site", ["spleen", "thigh", "nasal cavity", "uterus", "mesentery", "skin"])
@pytest.mark.parametrize("marker", ["CD34", "h-caldesmon", "S100", "desmin", "EMA", "cytokeratin"])
def test_no_single_stain_supports_a_mimic_that_nothing_names(site: str, marker: str) -> None:
    found = weigh(stain(marker), stain("ALK", NEGATIVE), site=site)
    assert not any(
        c.standing is Standing.SUPPORTED and c.id != "imt" and not c.is_pointed_to
        for c in found.candidates
    )
