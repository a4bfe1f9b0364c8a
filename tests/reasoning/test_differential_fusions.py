"""A fitting picture with a published fusion supports IMT, unless something else speaks."""

from __future__ import annotations

from dataclasses import replace

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
    StainPattern,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Site, Tumour
from spindle.reasoning.differential import weigh_differential
from spindle.reasoning.findings import Candidate, Standing
from spindle.reasoning.reflex import assess_case

PICTURE = ("spindle cells", "plasma cells")
TPM3 = FusionCall(
    gene5="TPM3", gene3="ALK", frame=ReadingFrame.IN, kinase_domain=KinaseDomain.WHOLE
)


def weigh_imt(
    call: FusionCall, *more: Observation, present: tuple[str, ...] = PICTURE, site: str = "lung"
) -> Candidate:
    test = FusionTest(
        id="RNA",
        method=SequencingMethod.RNA,
        result=TestResult.POSITIVE,
        calls=(call,),
        is_quality_adequate=True,
    )
    histology = tuple(HistologyFinding(name=name) for name in present)
    specimen = Specimen(id="block", histology=histology, observations=(test, *more))
    tumour = Tumour(sites=(Site(name=site),))
    case = Case(id="case", tumour=tumour, specimens=(specimen,))
    found = weigh_differential(case, assess_case(case))
    return next(c for c in found.candidates if c.id == "imt")


def test_a_fitting_picture_with_a_published_fusion_supports_imt() -> None:
    imt = weigh_imt(TPM3)
    assert imt.standing is Standing.SUPPORTED
    assert "TPM3::ALK was found, which is published in IMT" in imt.why
    assert "differential.fusion-supports" in imt.facts


def test_the_fusion_alone_supports_nothing_while_the_picture_is_not_recorded() -> None:
    imt = weigh_imt(TPM3, present=())
    assert imt.standing is Standing.OPEN
    assert "differential.fusion-supports" not in imt.facts


@pytest.mark.parametrize(
    "call",
    [
        replace(TPM3, frame=ReadingFrame.OUT),
        replace(TPM3, kinase_domain=KinaseDomain.LOST),
        replace(TPM3, gene5=NOT_REPORTED),
        replace(TPM3, gene5="KIF5B"),
        replace(TPM3, gene5="NPM1"),
    ],
    ids=["out of frame", "kinase lost", "no partner", "panel list", "lymphoma"],
)
def test_only_a_productive_fusion_that_is_published_in_imt_does(call: FusionCall) -> None:
    assert weigh_imt(call).standing is not Standing.SUPPORTED


def test_rna_sequencing_is_enough_while_nothing_says_that_the_kinase_is_broken() -> None:
    silent = replace(TPM3, frame=NOT_REPORTED, kinase_domain=NOT_REPORTED)
    assert weigh_imt(silent).standing is Standing.SUPPORTED


def test_what_speaks_only_for_a_tumour_with_the_same_driver_holds_it_back() -> None:
    """Foamy histiocytes belong to ALK-positive histiocytosis, which has TPM3::ALK too."""
    assert weigh_imt(TPM3, present=(*PICTURE, "giant cells")).standing is not Standing.EXCLUDED
    cd30 = Stain(id="CD30", marker="CD30", result=TestResult.POSITIVE)
    assert weigh_imt(TPM3, cd30).standing is Standing.OPEN


def test_a_picture_that_speaks_against_it_is_stronger_than_the_fusion() -> None:
    case = ("spindle cells", "lipogenic differentiation", "plasma cells")
    assert weigh_imt(TPM3, present=case).standing is not Standing.SUPPORTED


# Counts support IMT only when no single mimic weighs as much.


@pytest.mark.parametrize(
    ("site", "stains", "rival"),
    [
        (
            "mesentery",
            {"ALK": True, "desmin": False, "CD34": False, "MDM2": True},
            "dedifferentiated-liposarcoma",
        ),
        (
            "urinary bladder",
            {"ALK": True, "SMA": True, "CD34": False, "STAT6": True},
            "solitary-fibrous-tumour",
        ),
    ],
)
def test_imt_is_not_called_supported_while_a_mimic_weighs_as_much(
    site: str, stains: dict[str, bool], rival: str
) -> None:
    """A stain that was never counted in IMT can't be left out of what speaks for a mimic."""
    observations = tuple(
        Stain(
            id=marker,
            marker=marker,
            result=TestResult.POSITIVE if is_positive else TestResult.NEGATIVE,
            pattern=StainPattern.NUCLEAR if marker == "STAT6" else NOT_REPORTED,
        )
        for marker, is_positive in stains.items()
    )
    histology = tuple(HistologyFinding(name=name) for name in PICTURE)
    specimen = Specimen(id="block", histology=histology, observations=observations)
    case = Case(id="case", tumour=Tumour(sites=(Site(name=site),)), specimens=(specimen,))
    found = {c.id: c for c in weigh_differential(case, assess_case(case)).candidates}
    assert found[rival].weight_mid > 0
    assert found["imt"].standing is Standing.OPEN
