"""The differential of whole cases: examples that a pathologist can read, and what always holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case, Exclusion
from spindle.cases.observations import (
    ControlResult,
    FishTest,
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
from spindle.knowledge.entities import EntityKind, load_entities
from spindle.knowledge.facts import find_fact, load_facts
from spindle.knowledge.markers import find_group
from spindle.reasoning.differential import weigh_differential
from spindle.reasoning.differential_candidates import ANYWHERE_FACT
from spindle.reasoning.differential_exclusions import match_diagnosis
from spindle.reasoning.differential_fusions import load_named_fusions
from spindle.reasoning.findings import (
    Candidate,
    Differential,
    Evidence,
    GateState,
    Standing,
    Weight,
)
from spindle.reasoning.plain_types import collect_facts, describe_record
from spindle.reasoning.reflex import assess_case

POSITIVE, NEGATIVE = TestResult.POSITIVE, TestResult.NEGATIVE
NUCLEAR = StainPattern.NUCLEAR
IMT_PICTURE = ("spindle cells", "plasma cells")


def stain(marker: str, result: TestResult | Absent = POSITIVE, **values: Any) -> Stain:
    return Stain(id=values.pop("id", f"{marker} stain"), marker=marker, result=result, **values)


def fusion(gene5: str, gene3: str, **values: Any) -> FusionTest:
    call = FusionCall(
        gene5=gene5, gene3=gene3, frame=ReadingFrame.IN, kinase_domain=KinaseDomain.WHOLE
    )
    return FusionTest(
        id="RNA",
        method=SequencingMethod.RNA,
        result=POSITIVE,
        calls=(call,),
        is_quality_adequate=True,
        **values,
    )


def make_case(
    *observations: Observation,
    site: str = "lung",
    present: Sequence[str] = (),
    absent: Sequence[str] = (),
    exclusions: Sequence[tuple[str, str]] = (),
) -> Case:
    findings = [HistologyFinding(name=name) for name in present]
    findings += [HistologyFinding(name=name, is_present=False) for name in absent]
    return Case(
        id="case",
        tumour=Tumour(sites=(Site(name=site),) if site else ()),
        specimens=(Specimen(id="block", histology=tuple(findings), observations=observations),),
        exclusions=tuple(Exclusion(diagnosis=name, reason=why) for name, why in exclusions),
    )


def weigh(*observations: Observation, **values: Any) -> Differential:
    case = make_case(*observations, **values)
    return weigh_differential(case, assess_case(case))


def find(differential: Differential, entity: str) -> Candidate:
    return next(c for c in differential.candidates if c.id == entity)


def list_ids(differential: Differential) -> list[str]:
    return [candidate.id for candidate in differential.candidates]


def find_evidence(candidate: Candidate, words: str) -> Evidence:
    return next(e for e in candidate.evidence if words.lower() in e.says.lower())


# Examples ---------------------------------------------------------------------------------------


def test_solitary_fibrous_tumour_with_nuclear_stat6_and_cd34() -> None:
    found = weigh(
        stain("STAT6", pattern=NUCLEAR),
        stain("CD34"),
        stain("ALK", NEGATIVE),
        site="pleura",
        present=("spindle cells", "staghorn vessels"),
    )
    tumour = find(found, "solitary-fibrous-tumour")
    assert tumour.standing is Standing.SUPPORTED
    assert found.candidates[0] is tumour
    counted = [e.says for e in tumour.evidence if e.is_counted]
    assert any("STAT6" in said for said in counted)
    assert find(found, "imt").standing is not Standing.SUPPORTED
    assert found.gate.state is GateState.NOT_RECORDED


@pytest.mark.parametrize("pattern", [NOT_REPORTED, StainPattern.CYTOPLASMIC])
@pytest.mark.parametrize(
    ("marker", "entity"),
    [("STAT6", "solitary-fibrous-tumour"), ("beta-catenin", "desmoid-fibromatosis")],
)
def test_a_stain_that_counts_only_in_the_nucleus(
    marker: str, entity: str, pattern: StainPattern | Absent
) -> None:
    """Without a place, or in the wrong one, it is shown and counts neither way."""
    nuclear = find(weigh(stain(marker, pattern=NUCLEAR), site="abdominal wall"), entity)
    assert nuclear.weight_mid > 0
    doubtful = find(weigh(stain(marker, pattern=pattern), site="abdominal wall"), entity)
    assert doubtful.weight_mid == 0
    shown = find_evidence(doubtful, marker)
    assert not shown.is_counted
    assert shown.speaks == "neither"
    assert "counts only when nuclear" in shown.why_not_counted


def test_beta_catenin_of_nucleus_and_cytoplasm_counts_as_nuclear() -> None:
    nuclear, both = (
        find(weigh(stain("beta-catenin", pattern=p), site="abdominal wall"), "desmoid-fibromatosis")
        for p in (NUCLEAR, StainPattern.NUCLEAR_AND_CYTOPLASMIC)
    )
    assert both.weight_mid == nuclear.weight_mid > 0


def test_stat6_of_nucleus_and_cytoplasm_is_flagged_and_not_counted() -> None:
    """Solitary fibrous tumours mostly stain in the nucleus only, others in both (Demicco 2015)."""
    both = stain("STAT6", pattern=StainPattern.NUCLEAR_AND_CYTOPLASMIC)
    found = weigh(both, site="abdominal wall")
    tumour = find(found, "solitary-fibrous-tumour")
    assert tumour.weight_mid == 0
    shown = find_evidence(tumour, "STAT6")
    assert (shown.is_counted, shown.speaks) == (False, "neither")
    assert "in the nucleus and in the cytoplasm" in shown.why_not_counted
    assert "mimic.stat6.place" in shown.facts
    assert "nuclear-stat6" in [flag.id for flag in found.red_flags]
    beside = weigh(both, stain("STAT6", pattern=NUCLEAR, id="second block"), site="abdominal wall")
    assert find(beside, "solitary-fibrous-tumour").weight_mid > 0


def test_cytoplasmic_pan_trk_speaks_only_for_the_tumour_that_stains_anywhere() -> None:
    """2 of 40 IMT were nuclear (Yamamoto 2020); 13 of 13 uterine NTRK sarcomas were positive."""
    found = weigh(stain("pan-TRK", pattern=StainPattern.CYTOPLASMIC), site="uterine cervix")
    assert not find_evidence(find(found, "imt"), "pan-TRK").is_counted
    other = find_evidence(find(found, "ntrk-rearranged-spindle-cell-neoplasm"), "pan-TRK")
    assert (other.speaks, other.is_counted) == ("for", False)
    parotid = weigh(stain("pan-TRK", pattern=StainPattern.CYTOPLASMIC), site="parotid gland")
    carcinoma = find_evidence(find(parotid, "secretory-carcinoma"), "pan-TRK")
    assert carcinoma.speaks == "neither"
    assert "counts only when nuclear" in carcinoma.why_not_counted


def test_a_sarcomatoid_carcinoma_is_weighed_by_its_alk_stain() -> None:
    """5 of 141 stained; that a few share the driver does not silence the stain."""
    found = weigh(stain("ALK"), site="lung")
    carcinoma = find(found, "sarcomatoid-lung-carcinoma")
    shown = find_evidence(carcinoma, "ALK")
    assert shown.is_counted
    assert carcinoma.weight_mid < 0


def test_keratin_with_smooth_muscle_actin_speaks_against_no_carcinoma_of_the_bladder() -> None:
    """6 of 8 and 5 of 5 sarcomatoid urothelial carcinomas had keratin, 6 of 8 and 4 of 5 SMA."""
    found = weigh(stain("cytokeratin"), stain("SMA"), site="urinary bladder")
    carcinoma = find(found, "sarcomatoid-urothelial-carcinoma")
    assert "against" not in {e.speaks for e in carcinoma.evidence}
    assert "mimic.bladder.co-expression" not in carcinoma.facts


def test_stains_of_smooth_muscle_do_not_tell_a_leiomyosarcoma_from_a_leiomyoma() -> None:
    """A lead in the third decimal supports neither of the two."""
    muscle = (stain("SMA"), stain("desmin"), stain("h-caldesmon"), stain("ALK", NEGATIVE))
    found = weigh(*muscle, site="uterus")
    for entity in ("leiomyosarcoma", "uterine-leiomyoma"):
        tumour = find(found, entity)
        assert tumour.weight_low > 0
        assert tumour.standing is Standing.OPEN
    assert find(weigh(*muscle, site="thigh"), "leiomyosarcoma").standing is Standing.SUPPORTED


def test_desmoid_with_nuclear_beta_catenin() -> None:
    found = weigh(
        stain("beta-catenin", pattern=NUCLEAR), stain("ALK", NEGATIVE), site="abdominal wall"
    )
    desmoid = find(found, "desmoid-fibromatosis")
    assert desmoid.standing in (Standing.SUPPORTED, Standing.OPEN)
    assert found.candidates[0] is desmoid
    assert desmoid.weight_low > 0
    assert "nasal-polyp" not in list_ids(found)
    assert "glomangiopericytoma" not in list_ids(found)


def test_igg4_related_disease_with_phlebitis_and_without_alk() -> None:
    found = weigh(
        stain("ALK", NEGATIVE),
        stain("IgG4", cells_per_hpf=150.0),
        stain("IgG4/IgG ratio", NOT_REPORTED, ratio_percent=65.0),
        present=("storiform fibrosis", "obliterative phlebitis", "plasma cells"),
    )
    disease = find(found, "igg4-related-disease")
    assert disease.standing in (Standing.SUPPORTED, Standing.OPEN)
    assert disease.weight_low > 0
    phlebitis = find_evidence(disease, "phlebitis")
    assert (phlebitis.n, phlebitis.of, phlebitis.speaks) == (16, 16, "for")


def test_igg4_counts_never_rule_alone() -> None:
    found = weigh(
        stain("IgG4", cells_per_hpf=150.0),
        stain("IgG4/IgG ratio", NOT_REPORTED, ratio_percent=80.0),
        site="maxillary sinus",
    )
    for candidate in found.candidates:
        assert candidate.weight_mid == 0
        assert not any(evidence.is_counted for evidence in candidate.evidence)
    shown = find_evidence(find(found, "igg4-related-disease"), "150 cells")
    assert "histology comes first" in shown.why_not_counted


def test_the_igg4_trap_an_imt_with_storiform_fibrosis_and_a_kinase_fusion() -> None:
    """PMC6637760: seven IMT with such a picture, six of them with a kinase fusion."""
    found = weigh(
        stain("IgG4", cells_per_hpf=80.0),
        stain("ALK"),
        fusion("TPM3", "ALK"),
        present=(*IMT_PICTURE, "storiform fibrosis"),
    )
    assert found.gate.state is GateState.FITS
    disease = find(found, "igg4-related-disease")
    assert disease.standing is not Standing.SUPPORTED
    assert disease.weight_mid < 0
    assert find_evidence(disease, "TPM3::ALK").speaks == "against"
    imt = find(found, "imt")
    assert find_evidence(imt, "TPM3::ALK").speaks == "for"
    assert list_ids(found).index("imt") < list_ids(found).index("igg4-related-disease")


def test_the_igg4_trap_with_ros1_is_not_sprung_by_phlebitis_and_a_negative_alk_stain() -> None:
    """PMC6637760: two of the seven were driven by ROS1 or NTRK3, three had phlebitis."""
    values = {"present": (*IMT_PICTURE, "storiform fibrosis", "obliterative phlebitis")}
    without = find(weigh(stain("ALK", NEGATIVE), **values), "igg4-related-disease")
    found = weigh(stain("ALK", NEGATIVE), fusion("TFG", "ROS1"), **values)
    disease = find(found, "igg4-related-disease")
    assert without.weight_mid == disease.weight_mid > 0
    assert disease.standing is Standing.OPEN
    assert "in words speaks against" in disease.why
    assert find_evidence(disease, "TFG::ROS1").speaks == "against"


def test_alveolar_rhabdomyosarcoma_stains_for_alk_too() -> None:
    found = weigh(
        stain("ALK"),
        stain("desmin"),
        stain("myogenin", pattern=NUCLEAR),
        stain("MyoD1"),
        FishTest(id="FISH", gene="ALK", result=NEGATIVE),
        site="maxillary sinus",
    )
    assert found.red_flags[0].weight is Weight.ALERT
    assert {"myogenin stain", "MyoD1 stain"} <= set(found.red_flags[0].observations)
    tumour = find(found, "rhabdomyosarcoma")
    assert tumour.weight_low > 0
    assert tumour.is_urgent
    assert find(found, "imt").standing is not Standing.SUPPORTED


def test_gist_with_kit_and_dog1_which_count_once() -> None:
    found = weigh(stain("KIT"), stain("DOG1"), site="stomach", present=("spindle cells",))
    tumour = find(found, "gist")
    assert tumour.standing is Standing.SUPPORTED
    told = {
        e.is_counted for e in tumour.evidence if e.observations[0] in ("KIT stain", "DOG1 stain")
    }
    assert told == {True, False}


def test_follicular_dendritic_markers_are_shown_with_their_counts() -> None:
    found = weigh(stain("CD21"), stain("CD35"), site="neck", present=("spindle cells",))
    tumour = find(found, "follicular-dendritic-cell-sarcoma")
    cd21 = find_evidence(tumour, "CD21")
    assert (cd21.n, cd21.of) == (47, 49) or "47 of 49" in cd21.says
    assert tumour.standing in (Standing.SUPPORTED, Standing.OPEN)


def test_spindle_squamous_carcinoma_is_not_excluded_by_a_negative_keratin() -> None:
    found = weigh(
        stain("cytokeratin", NEGATIVE),
        site="larynx",
        present=("spindle cells", "squamous dysplasia"),
    )
    carcinoma = find(found, "spindle-squamous-carcinoma")
    assert carcinoma.standing in (Standing.OPEN, Standing.LESS_LIKELY)
    assert find_evidence(carcinoma, "cytokeratin negative").weight_mid < 0


def test_infantile_fibrosarcoma_shares_etv6_ntrk3_and_is_not_told_apart_by_it() -> None:
    found = weigh(fusion("ETV6", "NTRK3"), site="thigh", present=IMT_PICTURE)
    shared = find_evidence(find(found, "infantile-fibrosarcoma"), "ETV6::NTRK3")
    assert shared.speaks == "neither"
    assert "does not tell" in shared.says
    assert find_evidence(find(found, "nodular-fasciitis"), "ETV6::NTRK3").speaks == "against"
    assert "infantile fibrosarcoma" in find(found, "imt").why


def test_the_stain_of_a_shared_driver_is_weighed_both_ways() -> None:
    weights = []
    for result in (POSITIVE, NEGATIVE):
        found = weigh(stain("ALK", result), site="skin", present=("epithelioid morphology",))
        shown = find_evidence(find(found, "epithelioid-fibrous-histiocytoma"), f"ALK {result}")
        assert shown.is_counted
        assert "and IMT share" in shown.says
        weights.append(shown.weight_mid)
    assert weights[0] > 0 > weights[1]


@pytest.mark.parametrize(
    "observation",
    [
        fusion("RANBP2", "ALK"),
        fusion("RRBP1", "ALK"),
        stain("ALK", pattern=StainPattern.NUCLEAR_MEMBRANE),
    ],
    ids=["RANBP2::ALK", "RRBP1::ALK", "nuclear membrane"],
)
def test_the_epithelioid_variant_is_an_alert_and_no_mimic(observation: Observation) -> None:
    found = weigh(observation, site="mesentery", present=IMT_PICTURE)
    assert [flag.weight for flag in found.red_flags] == [Weight.ALERT]
    assert "epithelioid" in found.red_flags[0].says
    assert "aggressive" in found.red_flags[0].says
    assert found.red_flags[0].observations == (observation.id,)
    assert "eims" not in list_ids(found)
    assert "eims" not in [flag.id for flag in weigh(fusion("TPM3", "ALK")).red_flags]


def test_a_partner_of_one_epithelioid_variant_raises_a_doubt_and_no_alert() -> None:
    """EML4::ALK: one of the variant (Jiang 2017), 7 of 35 usual IMT (Antonescu 2015)."""
    found = weigh(fusion("EML4", "ALK"), site="lung", present=IMT_PICTURE)
    (flag,) = found.red_flags
    assert (flag.id, flag.weight) == ("eims-partner", Weight.DOUBT)
    assert "single patients" in flag.says
    assert "fusions.jiang-2017.eml4" in flag.facts


@pytest.mark.parametrize(
    ("partner", "speaks", "words"),
    [
        ("EML4", "neither", "in one embryonal rhabdomyosarcoma"),
        (NOT_REPORTED, "neither", "in one embryonal rhabdomyosarcoma"),
        ("TPM3", "against", "No source here reports TPM3::ALK in rhabdomyosarcoma"),
    ],
)
def test_alk_was_rearranged_in_one_rhabdomyosarcoma(
    partner: str | Absent, speaks: str, words: str
) -> None:
    """Gasparini 2016; none of 12 and none of a larger series had it."""
    found = weigh(fusion(partner, "ALK"), stain("ALK"), site="thigh")  # type: ignore[arg-type]
    tumour = find(found, "rhabdomyosarcoma")
    told = find_evidence(tumour, words)
    assert (told.speaks, told.is_counted) == (speaks, False)
    # The stain of the kinase is weighed all the same.
    assert find_evidence(tumour, "ALK positive").is_counted


def test_epithelioid_morphology_alone_raises_the_alert() -> None:
    found = weigh(site="omentum", present=("epithelioid morphology",))
    assert "eims" in [flag.id for flag in found.red_flags]


@pytest.mark.parametrize(
    ("genes", "entity"),
    [
        (("NAB2", "STAT6"), "solitary-fibrous-tumour"),
        (("MYH9", "USP6"), "nodular-fasciitis"),
        (("PAX3", "FOXO1"), "rhabdomyosarcoma"),
        (("PAX3", "MAML3"), "biphenotypic-sinonasal-sarcoma"),
        (("EWSR1", "CREB1"), "angiomatoid-fibrous-histiocytoma"),
        (("EWSR1", "ATF1"), "angiomatoid-fibrous-histiocytoma"),
        (("SS18", "SSX1"), "synovial-sarcoma"),
    ],
)
def test_a_fusion_of_another_tumour_comes_before_any_weighing(
    genes: tuple[str, str], entity: str
) -> None:
    """It is listed wherever the lesion is, and raises an alert."""
    found = weigh(fusion(*genes), site="urinary bladder", present=IMT_PICTURE)
    assert found.red_flags[0].id == "fusion-of-another-tumour"
    assert found.red_flags[0].weight is Weight.ALERT
    name = "::".join(genes)
    assert find_evidence(find(found, entity), name).speaks == "for"
    assert find_evidence(find(found, "imt"), name).speaks == "against"
    assert find_evidence(find(found, "leiomyosarcoma"), name).speaks == "against"


def test_a_fusion_that_nobody_here_knows_is_said_to_be_unknown() -> None:
    found = weigh(fusion("CIC", "DUX4"), present=IMT_PICTURE)
    assert found.red_flags[0].weight is Weight.DOUBT
    assert find_evidence(find(found, "imt"), "CIC::DUX4").speaks == "neither"


def test_fn1_igf1r_is_published_in_imt_though_igf1r_is_not_read_here() -> None:
    """doi:10.1111/his.13839."""
    found = weigh(fusion("FN1", "IGF1R"), site="duodenum", present=IMT_PICTURE)
    assert find_evidence(find(found, "imt"), "FN1::IGF1R").speaks == "for"
    assert [flag.id for flag in found.red_flags] == []


@pytest.mark.parametrize(
    ("frame", "speaks"), [(ReadingFrame.OUT, "neither"), (ReadingFrame.IN, "for")]
)
def test_a_fusion_that_makes_no_whole_kinase_speaks_neither_way(
    frame: ReadingFrame, speaks: str
) -> None:
    """EML4 exon 13 joined to ALK exon 29 is out of frame."""
    call = FusionCall(gene5="EML4", gene3="ALK", frame=frame, kinase_domain=KinaseDomain.WHOLE)
    test = FusionTest(id="RNA", method=SequencingMethod.RNA, result=POSITIVE, calls=(call,))
    found = weigh(test, present=IMT_PICTURE)
    assert find_evidence(find(found, "imt"), "EML4::ALK").speaks == speaks


def test_npm1_alk_is_known_here_from_other_lists_only() -> None:
    found = weigh(fusion("NPM1", "ALK"), site="neck", present=IMT_PICTURE)
    assert find_evidence(find(found, "imt"), "NPM1::ALK").speaks == "neither"


def test_a_break_by_fish_speaks_in_words_where_no_count_does() -> None:
    found = weigh(FishTest(id="FISH", gene="ROS1", result=POSITIVE), present=IMT_PICTURE)
    assert find_evidence(find(found, "imt"), "A break in ROS1").speaks == "for"
    assert find_evidence(find(found, "leiomyosarcoma"), "A break in ROS1").speaks == "against"


def test_usp6_by_fish_counts_as_its_own_probe() -> None:
    found = weigh(FishTest(id="FISH", gene="USP6", result=POSITIVE), site="forearm")
    fasciitis = find(found, "nodular-fasciitis")
    assert any("USP6" in evidence.says for evidence in fasciitis.evidence)


def test_fungal_hyphae_come_before_steroids() -> None:
    found = weigh(site="maxillary sinus", present=("fungal hyphae", "necrosis"))
    assert found.red_flags[0].weight is Weight.ALERT
    assert find(found, "invasive-fungal-disease").is_urgent


def test_an_urgent_diagnosis_is_not_excluded_by_a_finding_that_is_absent() -> None:
    found = weigh(site="maxillary sinus", absent=("fungal hyphae", "vasculitis"))
    for entity in ("invasive-fungal-disease", "granulomatosis-with-polyangiitis"):
        assert find(found, entity).standing is not Standing.EXCLUDED


def test_a_tumour_that_may_have_spread_is_listed_where_it_is_not_expected() -> None:
    """KIT and DOG1 in the lung: a GIST may have spread. No other result takes it off the list."""
    assert "gist" not in list_ids(weigh(stain("KIT", NEGATIVE), site="lung"))
    assert "gist" not in list_ids(weigh(stain("CD34"), site="lung"))
    for more in ((), (stain("ALK"),), (stain("KIT", NEGATIVE, id="other block"),)):
        found = weigh(stain("KIT"), *more, site="lung")
        assert "not usual at this site" in find(found, "gist").why
    for entity in str(find_fact(ANYWHERE_FACT).value).split():
        assert entity in load_entities()


# Standing ---------------------------------------------------------------------------------------


def test_imt_is_called_supported_only_when_its_morphology_fits() -> None:
    observations = (stain("ALK"), stain("cytokeratin", NEGATIVE), stain("KIT", NEGATIVE))
    for values in ({}, {"present": ("spindle cells",)}, {"absent": ("spindle cells",)}):
        found = weigh(*observations, site="uterus", **values)
        assert find(found, "imt").standing is not Standing.SUPPORTED
        assert any("not called supported" in limit for limit in found.limits)


@pytest.mark.parametrize(
    ("present", "absent", "state"),
    [
        ((), (), GateState.NOT_RECORDED),
        (("spindle cells",), (), GateState.NOT_RECORDED),
        (("spindle cells", "plasma cells"), (), GateState.FITS),
        (("spindle cells", "inflammatory infiltrate"), (), GateState.FITS),
        (("plasma cells",), ("spindle cells",), GateState.SPEAKS_AGAINST),
        (("spindle cells",), ("inflammatory infiltrate",), GateState.SPEAKS_AGAINST),
        (("spindle cells",), ("eosinophils",), GateState.NOT_RECORDED),
        (("spindle cells", "lymphocytes", "lipogenic differentiation"), (), "not fits"),
        (("Mikulicz cells",), (), GateState.NOT_RECORDED),
    ],
)
def test_the_morphology_gate(
    present: tuple[str, ...], absent: tuple[str, ...], state: GateState | str
) -> None:
    gate = weigh(stain("ALK"), present=present, absent=absent).gate
    if isinstance(state, GateState):
        assert gate.state is state
    else:
        assert gate.state is not GateState.FITS
    assert gate.facts
    assert ("spindle cells" in gate.missing) == ("spindle cells" not in (*present, *absent))


def test_an_excluded_diagnosis_stays_listed_with_the_reason() -> None:
    found = weigh(
        stain("ALK"),
        present=IMT_PICTURE,
        exclusions=[
            ("desmoid fibromatosis", "no CTNNB1 mutation"),
            ("Myxofibrosarcoma", "no pleomorphic cells"),
            ("nasal polyp", "other site"),
            ("myxofibrosarcoma ", ""),
        ],
    )
    assert find(found, "desmoid-fibromatosis").standing is Standing.EXCLUDED
    assert "no CTNNB1 mutation" in find(found, "desmoid-fibromatosis").why
    assert find(found, "nasal-polyp").standing is Standing.EXCLUDED
    last = found.candidates[-1]
    assert (last.name, last.standing) == ("Myxofibrosarcoma", Standing.EXCLUDED)
    assert "no pleomorphic cells" in last.why
    standings = [candidate.standing for candidate in found.candidates]
    first = standings.index(Standing.EXCLUDED)
    assert set(standings[first:]) == {Standing.EXCLUDED}
    excluded = {c.name for c in found.candidates if c.standing is Standing.EXCLUDED}
    assert not any(set(stain.separates) & excluded for stain in found.next_stains)


@pytest.mark.parametrize(
    ("words", "entity"),
    [
        ("desmoid fibromatosis", "desmoid-fibromatosis"),
        ("Desmoid-type fibromatosis", "desmoid-fibromatosis"),
        ("desmoid", "desmoid-fibromatosis"),
        ("Solitary Fibrous Tumor", "solitary-fibrous-tumour"),
        ("GIST", "gist"),
        ("leiomyosarcoma", "leiomyosarcoma"),
        ("IgG4-related disease", "igg4-related-disease"),
        ("IMT", "imt"),
        ("lymphoma", ""),
        ("sarcoma", ""),
        ("synovial sarcoma", "synovial-sarcoma"),
        ("leiomyoma", "uterine-leiomyoma"),
        ("sarcomatoid carcinoma", ""),
        ("myxofibrosarcoma", ""),
        ("", ""),
        ("?", ""),
    ],
)
def test_which_diagnosis_words_of_an_exclusion_name(words: str, entity: str) -> None:
    assert match_diagnosis(words) == entity


def test_a_defining_stain_that_is_negative_excludes_unless_another_test_is_positive() -> None:
    """ALK-positive histiocytosis is named for ALK."""
    alone = weigh(stain("ALK", NEGATIVE), site="liver")
    assert find(alone, "alk-positive-histiocytosis").standing is Standing.EXCLUDED
    contradicted = weigh(
        stain("ALK", NEGATIVE), FishTest(id="FISH", gene="ALK", result=POSITIVE), site="liver"
    )
    other = find(contradicted, "alk-positive-histiocytosis")
    assert other.standing is not Standing.EXCLUDED


def test_a_failed_control_makes_no_negative() -> None:
    failed = stain("ALK", NEGATIVE, internal_control=ControlResult.FAILED)
    found = weigh(failed, site="liver")
    assert find(found, "imt").weight_mid == 0
    assert any("ALK (failed)" in limit for limit in found.limits)


def test_two_blocks_that_contradict_each_other_count_neither_way() -> None:
    found = weigh(stain("ALK", NEGATIVE, id="biopsy"), stain("ALK", id="resection"))
    shown = find_evidence(find(found, "imt"), "ALK")
    assert not shown.is_counted
    assert set(shown.observations) == {"biopsy", "resection"}
    assert find(found, "igg4-related-disease").weight_mid == 0


def test_without_a_site_only_diagnoses_of_any_site_are_listed() -> None:
    found = weigh(stain("ALK"), site="")
    listed = {c.id for c in found.candidates}
    anywhere = {e.id for e in load_entities().values() if "any" in e.sites}
    variants = {e.id for e in load_entities().values() if e.kind is EntityKind.VARIANT}
    assert listed == anywhere - variants
    assert any("No site is recorded" in limit for limit in found.limits)


def test_mimics_of_the_nose_are_listed_there_and_not_in_the_lung() -> None:
    nose = {"nasal-polyp", "biphenotypic-sinonasal-sarcoma", "glomangiopericytoma"}
    assert nose <= set(list_ids(weigh(stain("ALK"), site="nasal cavity")))
    assert not nose & set(list_ids(weigh(stain("ALK"), site="lung")))


def test_every_fact_of_a_differential_is_held() -> None:
    found = weigh(
        stain("ALK"),
        stain("SMA"),
        stain("STAT6"),
        fusion("TPM3", "ALK"),
        site="maxillary sinus",
        present=(*IMT_PICTURE, "necrosis"),
    )
    used = collect_facts(found)
    assert used
    assert set(used) <= set(load_facts())
    assert set(found.trace.facts) <= set(load_facts())


def test_every_fusion_of_another_tumour_names_a_diagnosis_that_is_held() -> None:
    assert set(load_named_fusions()) <= set(load_entities())


# What always holds ------------------------------------------------------------------------------

MARKERS = (
    "ALK", "SMA", "MSA", "desmin", "cytokeratin", "S100", "SOX10", "CD34", "STAT6", "beta-catenin",
    "KIT", "DOG1", "myogenin", "ROS1", "pan-TRK", "CD21", "IgG4", "EBER", "no such marker",
)  # fmt: skip
SITES = ("lung", "nasal cavity", "stomach", "uterus", "urinary bladder", "thigh", "skin", "")
FINDINGS = ("spindle cells", "plasma cells", "obliterative phlebitis", "necrosis", "mitoses")
NO_ANSWERS = (TestResult.EQUIVOCAL, TestResult.FAILED, NOT_DONE, NOT_REPORTED, UNKNOWN)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    results = st.sampled_from([POSITIVE, NEGATIVE, *NO_ANSWERS])
    patterns = st.sampled_from([NUCLEAR, StainPattern.CYTOPLASMIC, NOT_REPORTED])
    marked = draw(st.lists(st.tuples(st.sampled_from(MARKERS), results, patterns), max_size=6))
    found = draw(st.dictionaries(st.sampled_from(FINDINGS), st.booleans(), max_size=3))
    return {
        "observations": [
            stain(marker, result, pattern=pattern, id=f"stain {i}")
            for i, (marker, result, pattern) in enumerate(marked)
        ],
        "site": draw(st.sampled_from(SITES)),
        "present": [name for name, is_present in found.items() if is_present],
        "absent": [name for name, is_present in found.items() if not is_present],
    }


def weigh_drawn(drawn: dict[str, Any], *more: Observation) -> Differential:
    values = {key: value for key, value in drawn.items() if key != "observations"}
    return weigh(*drawn["observations"], *more, **values)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_observations_decides_nothing(drawn: dict[str, Any], random: Any) -> None:
    shuffled = {**drawn, "observations": list(drawn["observations"])}
    random.shuffle(shuffled["observations"])
    assert describe_record(weigh_drawn(drawn)) == describe_record(weigh_drawn(shuffled))


@given(cases(), st.sampled_from(MARKERS), st.sampled_from(NO_ANSWERS))
def test_a_stain_without_an_answer_changes_no_weight(
    drawn: dict[str, Any], marker: str, result: TestResult | Absent
) -> None:
    before = weigh_drawn(drawn)
    after = weigh_drawn(drawn, stain(marker, result, id="more"))
    assert list_weights(after) == list_weights(before)
    assert after.red_flags == before.red_flags
    assert after.gate == before.gate
    # A second stain that is equivocal or failed takes back what a negative one excluded.
    was_excluded = {c.id for c in before.candidates if c.standing is Standing.EXCLUDED}
    is_open = {c.id for c in after.candidates if c.standing is not Standing.EXCLUDED}
    if not was_excluded & is_open:
        assert after.candidates == before.candidates
        assert after.next_stains == before.next_stains


def list_weights(differential: Differential) -> dict[str, object]:
    return {
        c.id: (c.weight_low, c.weight_mid, c.weight_high, c.patients, c.evidence)
        for c in differential.candidates
    }


@given(cases(), st.sampled_from(MARKERS), st.sampled_from([POSITIVE, NEGATIVE]))
def test_another_observation_makes_the_differential_forget_no_other(
    drawn: dict[str, Any], marker: str, result: TestResult
) -> None:
    """The evidence of every other stain stays the same, but for stains of the same group."""
    group = find_group(marker)
    same = {o.id for o in drawn["observations"] if find_group(o.marker) == group}
    before, after = weigh_drawn(drawn), weigh_drawn(drawn, stain(marker, result, id="more"))
    now = {candidate.id: candidate for candidate in after.candidates}
    for candidate in before.candidates:
        assert candidate.id in now
        kept = [e for e in candidate.evidence if not set(e.observations) & same]
        assert all(evidence in now[candidate.id].evidence for evidence in kept)
        told = {o for e in candidate.evidence for o in e.observations}
        assert told <= {o for e in now[candidate.id].evidence for o in e.observations}


@given(cases())
def test_only_one_stain_of_a_group_is_counted(drawn: dict[str, Any]) -> None:
    groups = {o.id: find_group(o.marker) for o in drawn["observations"]}
    for candidate in weigh_drawn(drawn).candidates:
        counted = [
            {groups[o] for o in e.observations if o in groups}
            for e in candidate.evidence
            if e.is_counted
        ]
        told = [group for found in counted for group in found]
        assert len(told) == len(set(told))


@given(cases())
def test_weights_are_finite_in_order_and_zero_where_nothing_is_counted(
    drawn: dict[str, Any],
) -> None:
    for candidate in weigh_drawn(drawn).candidates:
        for record in (candidate, *candidate.evidence):
            ends = (record.weight_low, record.weight_mid, record.weight_high)
            assert all(math.isfinite(end) for end in ends)
            assert ends == tuple(sorted(ends))
        for evidence in candidate.evidence:
            is_zero = evidence.weight_low == evidence.weight_mid == evidence.weight_high == 0
            assert evidence.is_counted or is_zero
            assert evidence.is_counted == (evidence.why_not_counted == "")
        counted = [e for e in candidate.evidence if e.is_counted]
        assert math.isclose(candidate.weight_mid, sum(e.weight_mid for e in counted), abs_tol=1e-9)


@given(cases())
def test_a_standing_asks_for_a_clear_weight_and_enough_patients(drawn: dict[str, Any]) -> None:
    least = find_fact("differential.clear-weight").number
    enough = find_fact("differential.enough-patients").number
    found = weigh_drawn(drawn)
    for candidate in found.candidates:
        if candidate.standing is Standing.SUPPORTED:
            assert candidate.weight_low > 0
            assert candidate.weight_mid >= least
            assert candidate.patients >= enough
        if candidate.standing is Standing.LESS_LIKELY:
            assert candidate.weight_high < 0
            assert candidate.weight_mid <= -least
            assert candidate.patients >= enough
        if candidate.standing is Standing.NOT_WEIGHED:
            assert not any(e.is_counted for e in candidate.evidence)
            assert {e.speaks for e in candidate.evidence} <= {"neither"}
    if found.gate.state is not GateState.FITS:
        assert find(found, "imt").standing is not Standing.SUPPORTED


@given(cases())
def test_imt_is_always_listed_once_and_its_variant_never(drawn: dict[str, Any]) -> None:
    listed = list_ids(weigh_drawn(drawn))
    assert listed.count("imt") == 1
    assert len(listed) == len(set(listed))
    assert "eims" not in listed


def test_adding_sma_when_msa_is_counted_does_not_add() -> None:
    """Three stains of one programme of differentiation are not three findings."""
    alone = [find(weigh(stain(m), site="nasal cavity"), "imt") for m in ("SMA", "MSA", "desmin")]
    together = find(weigh(stain("SMA"), stain("MSA"), stain("desmin"), site="nasal cavity"), "imt")
    assert together.weight_mid in [candidate.weight_mid for candidate in alone]
    silent = [e for e in together.evidence if "count once" in e.why_not_counted]
    assert len(silent) == 2
    assert together.patients == max(candidate.patients for candidate in alone)
