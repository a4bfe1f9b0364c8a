"""Discordances: what is raised, what is not, and what is said of it; each case with its source."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case, Exclusion
from spindle.cases.observations import (
    FishCount,
    FishTest,
    FusionCall,
    FusionTest,
    HistologyFinding,
    Intensity,
    KinaseDomain,
    Observation,
    PcrTest,
    ReadingFrame,
    SequencingMethod,
    Stain,
    StainPattern,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Site, Tumour
from spindle.knowledge.discordances import load_discordances
from spindle.knowledge.facts import find_fact, load_facts
from spindle.reasoning.discordance import find_discordances
from spindle.reasoning.findings import Discordance, Weight
from spindle.reasoning.plain_types import collect_facts
from spindle.reasoning.reflex import assess_case

P, N, E, F = TestResult.POSITIVE, TestResult.NEGATIVE, TestResult.EQUIVOCAL, TestResult.FAILED
RNA, DNA = SequencingMethod.RNA, SequencingMethod.DNA
Result = TestResult | Absent


def ihc(result: Result, marker: str = "ALK", **values: object) -> Stain:
    name = str(values.pop("id", f"{marker} ihc"))
    return Stain(id=name, marker=marker, result=result, **values)  # type: ignore[arg-type]


def fish(result: Result, gene: str = "ALK", **values: object) -> FishTest:
    return FishTest(id=f"{gene} fish", gene=gene, result=result, **values)  # type: ignore[arg-type]


def pcr(result: Result, **values: object) -> PcrTest:
    return PcrTest(id="pcr", gene="ALK", result=result, **values)  # type: ignore[arg-type]


def ngs(
    result: Result, *calls: FusionCall, method: SequencingMethod = RNA, name: str = ""
) -> FusionTest:
    return FusionTest(
        id=name or method.value,
        method=method,
        result=result,
        calls=calls,
        is_quality_adequate=True,
    )


def call(partner: str | Absent = "TPM3", kinase: str = "ALK", **values: object) -> FusionCall:
    usual = {"frame": ReadingFrame.IN, "kinase_domain": KinaseDomain.WHOLE, **values}
    return FusionCall(gene5=partner, gene3=kinase, **usual)  # type: ignore[arg-type]


def make_case(*observations: Observation, sites: tuple[str, ...] = (), **specimen: object) -> Case:
    return Case(
        id="c",
        tumour=Tumour(sites=tuple(Site(name=name) for name in sites)),
        specimens=(Specimen(id="s", observations=observations, **specimen),),  # type: ignore[arg-type]
    )


def find(
    *observations: Observation, fish_rule_id: str = "zhao-2025", **values: object
) -> tuple[Discordance, ...]:
    case = make_case(*observations, **values)  # type: ignore[arg-type]
    return find_discordances(case, assess_case(case, fish_rule_id=fish_rule_id))


def list_ids(*observations: Observation, **values: object) -> list[str]:
    return [discordance.id for discordance in find(*observations, **values)]  # type: ignore[arg-type]


def find_one(*observations: Observation, **values: object) -> Discordance:
    found = find(*observations, **values)  # type: ignore[arg-type]
    assert len(found) == 1, [discordance.id for discordance in found]
    return found[0]


def list_explained(discordance: Discordance) -> set[str]:
    return {fact for explanation in discordance.explanations for fact in explanation.facts}


# Published patients ------------------------------------------------------------------------------


def test_zhao_2025_patient_8() -> None:
    """Stain positive, FISH and RT-PCR negative, sinonasal."""
    found = find(ihc(P, clone="D5F3"), fish(N), pcr(N, kit="AmoyDx"), sites=("frontal sinus",))
    assert [d.id for d in found] == ["ihc-positive-fish-negative", "pcr-negative-beside-positive"]
    first, second = found
    assert first.observations == ("ALK ihc", "ALK fish")
    assert first.weight is Weight.DOUBT
    assert second.weight is Weight.REMARK
    # Evidence from the tumour's own site comes first.
    assert "discordance.zhao-2025.patient-8" in first.explanations[0].facts
    assert any("AmoyDx" in said and "not disclosed" in said for said in second.unseen)
    assert any(said.startswith("RNA sequencing") for said in first.settles)


def test_zhao_2025_patient_15() -> None:
    """Stain and RT-PCR positive, FISH negative."""
    found = find(ihc(P), fish(N), pcr(P), sites=("maxillary sinus",))
    assert [d.id for d in found] == ["ihc-positive-fish-negative", "fish-negative-fusion-detected"]
    fusion = found[1]
    assert fusion.observations == ("pcr", "ALK fish")
    assert "fish.false-negative" in list_explained(fusion)
    assert any("RT-PCR product" in said for said in fusion.settles)


def test_bladder_stain_positive_fish_negative_as_in_3_of_16() -> None:
    found = find_one(ihc(P), fish(N), sites=("urinary bladder",))
    assert found.id == "ihc-positive-fish-negative"
    assert found.explanations[0].facts == ("discordance.choi-2015.stain-only",)
    assert find_fact(found.explanations[0].facts[0]).n == 3


def test_bladder_stain_negative_fish_positive_as_in_1_of_16() -> None:
    found = find_one(ihc(N), fish(P), sites=("urinary bladder",))
    assert found.id == "ihc-negative-fish-positive"
    assert "discordance.choi-2015.fish-only" in found.explanations[0].facts
    assert "discordance.fish.inflammatory-cells" in list_explained(found)


def test_fn1_alk_of_the_bladder_with_a_granular_stain_is_in_keeping() -> None:
    """doi:10.3892/ol.2023.13813; the stain is granular in that series."""
    granular = ihc(P, pattern=StainPattern.GRANULAR_CYTOPLASMIC)
    assert find(granular, ngs(P, call("FN1")), sites=("urinary bladder",)) == ()


def test_tns1_alk_of_the_uterus_with_a_granular_stain_is_in_keeping() -> None:
    """doi:10.1007/s00428-022-03457-7 and PMID 28664932."""
    granular = ihc(P, pattern=StainPattern.GRANULAR_CYTOPLASMIC)
    assert find(granular, ngs(P, call("TNS1")), sites=("uterus",)) == ()


@pytest.mark.parametrize("site", ["uterus", "urinary bladder", "lung", "mesentery"])
def test_a_granular_stain_alone_flags_nothing(site: str) -> None:
    assert find(ihc(P, pattern=StainPattern.GRANULAR_CYTOPLASMIC), sites=(site,)) == ()


def test_ranbp2_at_the_nuclear_membrane_is_in_keeping() -> None:
    """doi:10.1186/1746-1596-8-147."""
    stain = ihc(P, pattern=StainPattern.NUCLEAR_MEMBRANE)
    assert find(stain, fish(P), ngs(P, call("RANBP2")), sites=("mesentery",)) == ()


def test_a_nuclear_membrane_stain_without_a_partner_suggests_ranbp2() -> None:
    found = find_one(ihc(P, pattern=StainPattern.NUCLEAR_MEMBRANE), fish(P), sites=("omentum",))
    assert found.id == "pattern-suggests-partner"
    assert "RANBP2" in found.title
    assert "fusions.yu-2016.nuclear-membrane" in list_explained(found)


def test_a_perinuclear_stain_without_a_partner_suggests_rrbp1_but_not_in_the_uterus() -> None:
    """PMID 27874193; a uterine IGFBP5::ALK had granules beside the nucleus."""
    stain = ihc(P, pattern=StainPattern.PERINUCLEAR)
    assert "RRBP1" in find_one(stain, sites=("mesentery",)).title
    assert find(stain, sites=("uterus",)) == ()


def test_kuo_2020_an_equivocal_fish_disagrees_with_nothing() -> None:
    """FN1::ROS1: ROS1 stain positive, FISH equivocal, amplicon panel negative, capture positive."""
    found = find(
        ihc(N),
        ihc(P, "ROS1"),
        fish(E, "ROS1"),
        ngs(N, method=SequencingMethod.UNSPECIFIED, name="amplicon"),
        ngs(P, call("FN1", "ROS1"), method=SequencingMethod.UNSPECIFIED, name="capture"),
        sites=("parapharyngeal space",),
    )
    ids = [d.id for d in found]
    assert ids == ["ihc-positive-rna-negative", "same-assay-disagrees"]
    assert all(d.kinase == "ROS1" for d in found)
    assert "assay.rna-sequencing.amplicon-misses-ros1" in list_explained(found[0])
    assert found[1].observations == ("capture", "amplicon")


def test_an_infant_with_tfg_ros1_by_dna_and_not_by_rna() -> None:
    tests = (ngs(P, call("TFG", "ROS1"), method=DNA), ngs(N))
    found = find_one(*tests, sites=("neck",))
    assert found.id == "dna-rna-disagree"
    assert found.title.startswith("DNA sequencing found a fusion of ROS1, and RNA sequencing did")
    assert found.explanations[0].facts == ("assay.rna-sequencing.missed-what-dna-found",)


def test_eml4_exon_13_to_alk_exon_29_with_a_positive_stain() -> None:
    """Out of frame and without the kinase, as the notes on annotating fusions say."""
    broken = call(
        "EML4", exon5="13", exon3="29", frame=ReadingFrame.OUT, kinase_domain=KinaseDomain.LOST
    )
    found = find_one(ihc(P), ngs(P, broken), sites=("lung",))
    assert found.id == "expressed-fusion-not-productive"
    assert found.weight is Weight.ALERT
    assert "EML4 exon 13 to ALK exon 29" in found.title


def test_eml4_exon_13_to_alk_exon_29_is_known_without_a_word_on_the_frame() -> None:
    silent = call("EML4", exon5="13", exon3="29", frame=NOT_REPORTED, kinase_domain=NOT_REPORTED)
    found = find_one(ihc(P), ngs(P, silent), sites=("lung",))
    assert found.id == "expressed-fusion-not-productive"
    assert "can't make a whole kinase" in found.title
    assert "fusions.eml4.e13-a29" in found.trace.facts


@pytest.mark.parametrize("exons", [("13", "20"), ("6", "20"), (NOT_REPORTED, "29")])
def test_another_junction_of_eml4_is_not_called_out_of_frame(
    exons: tuple[str | Absent, str],
) -> None:
    other = call(
        "EML4",
        exon5=exons[0],
        exon3=exons[1],
        frame=NOT_REPORTED,
        kinase_domain=NOT_REPORTED,
    )
    assert list_ids(ihc(P), ngs(P, other), sites=("lung",)) == []


def test_a_whole_fusion_beside_a_broken_one_explains_the_stain() -> None:
    broken = call("EML4", frame=ReadingFrame.OUT)
    assert "expressed-fusion-not-productive" not in list_ids(
        ihc(P), ngs(P, broken, call("TPM3")), sites=("lung",)
    )


# Assay against assay -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tests", "ids"),
    [
        ((ihc(P), fish(N)), ["ihc-positive-fish-negative"]),
        ((ihc(N), fish(P)), ["ihc-negative-fish-positive"]),
        ((ihc(P), ngs(N)), ["ihc-positive-rna-negative"]),
        ((ihc(P), pcr(N)), ["pcr-negative-beside-positive"]),
        ((ihc(P), ngs(N, method=DNA)), ["dna-negative-beside-positive"]),
        ((ihc(N), ngs(P, call())), ["ihc-negative-fusion-detected"]),
        ((ihc(N), ngs(P, call(), method=DNA)), ["ihc-negative-fusion-detected"]),
        ((ihc(N), pcr(P)), ["ihc-negative-fusion-detected"]),
        ((fish(P), ngs(N)), ["fish-positive-rna-negative"]),
        ((fish(P), pcr(N)), ["pcr-negative-beside-positive"]),
        ((fish(P), ngs(N, method=DNA)), ["dna-negative-beside-positive"]),
        ((fish(N), ngs(P, call())), ["fish-negative-fusion-detected"]),
        ((fish(N), pcr(P)), ["fish-negative-fusion-detected"]),
        ((pcr(N), ngs(P, call())), ["pcr-negative-fusion-detected"]),
        ((pcr(P), ngs(N)), ["pcr-positive-rna-negative"]),
        ((pcr(P), ngs(N, method=DNA)), ["dna-negative-beside-positive"]),
        ((ngs(P, call(), method=DNA), ngs(N)), ["dna-rna-disagree"]),
        ((ngs(N, method=DNA), ngs(P, call())), ["dna-rna-disagree"]),
        ((ihc(P), ihc(N, id="other")), ["same-assay-disagrees"]),
        ((ihc(P), fish(P), pcr(P), ngs(P, call())), []),
        ((ihc(N), fish(N), pcr(N), ngs(N)), []),
    ],
)
def test_each_pair_of_tests_has_its_kind(tests: tuple[Observation, ...], ids: list[str]) -> None:
    assert list_ids(*tests) == ids


SILENT = [ihc(result, id="silent") for result in (E, F, NOT_DONE, NOT_REPORTED, UNKNOWN)] + [
    *(replace(fish(r), id="silent") for r in (E, F, NOT_DONE, NOT_REPORTED, UNKNOWN)),
    *(replace(pcr(r), id="silent") for r in (E, F, NOT_DONE, NOT_REPORTED, UNKNOWN)),
    *(ngs(r, name="silent") for r in (E, F, NOT_DONE, NOT_REPORTED, UNKNOWN)),
    # A list without a word on quality is no negative, and a panel without ALK says nothing of it.
    replace(ngs(N, name="silent"), is_quality_adequate=NOT_REPORTED),
    replace(ngs(N, name="silent"), genes_covered=("ROS1", "NTRK3")),
]


@pytest.mark.parametrize("silent", SILENT, ids=repr)
@pytest.mark.parametrize("test", [ihc(P), ihc(N), fish(P), fish(N), pcr(P), ngs(P, call())])
def test_a_test_without_an_answer_disagrees_with_nothing(
    silent: Observation, test: Observation
) -> None:
    assert list_ids(test, silent) == []


def test_a_partner_outside_the_kit_is_explained_by_its_coverage() -> None:
    kit = pcr(N, covered_fusions=("EML4-ALK", "TPM3::ALK"))
    assert list_ids(kit, ngs(P, call("FN1")), sites=("urinary bladder",)) == []
    assert list_ids(kit, ngs(P, call("TPM3"))) == ["pcr-negative-fusion-detected"]
    assert list_ids(pcr(N), ngs(P, call("FN1"))) == ["pcr-negative-fusion-detected"]
    unnamed = ngs(P, call(NOT_REPORTED))
    assert list_ids(kit, unnamed) == ["pcr-negative-fusion-detected"]


def test_what_the_rt_pcr_covers_is_said() -> None:
    known = find_one(pcr(N, covered_fusions=("TPM3-ALK",)), ngs(P, call("TPM3")))
    silent = find_one(pcr(N), ngs(P, call("TPM3")))
    assert any("covers TPM3-ALK" in said for said in known.unseen)
    assert any("was not reported" in said for said in silent.unseen)
    wanted = "The list of fusions that the RT-PCR covers."
    assert (wanted in silent.settles, wanted in known.settles) == (True, False)


def test_another_kinase_is_another_question() -> None:
    """TFG::ROS1 beside a negative ALK stain is no discordance."""
    assert list_ids(ihc(N), fish(N), ngs(P, call("TFG", "ROS1")), sites=("lung",)) == []


def test_two_specimens_and_two_clones_are_named_as_explanations() -> None:
    case = Case(
        id="c",
        specimens=(
            Specimen(id="biopsy", observations=(ihc(N, id="a", clone="ALK1"),)),
            Specimen(id="resection", observations=(ihc(P, id="b", clone="D5F3"),)),
        ),
    )
    (found,) = find_discordances(case, assess_case(case))
    assert found.id == "same-assay-disagrees"
    assert {"discordance.rule.second-sample", "assay.ihc.alk.clones"} <= list_explained(found)
    assert any("one and the same block" in said for said in found.settles)
    assert not any("another clone" in said for said in found.settles)


def test_decalcified_tissue_is_named_as_an_explanation() -> None:
    plain = find_one(ihc(P), fish(N))
    decalcified = find_one(ihc(P), fish(N), is_decalcified=True)
    assert "fish.decalcified" in list_explained(decalcified)
    assert "fish.decalcified" not in list_explained(plain)


def test_a_weak_stain_is_named_as_an_explanation() -> None:
    weak = find_one(ihc(P, intensity=Intensity.WEAK), fish(N))
    assert "ihc.alk.scoring-varies" in list_explained(weak)


def test_two_partners_of_one_kinase_differ() -> None:
    found = find_one(pcr(P, detected_fusion="EML4-ALK"), ngs(P, call("TPM3")))
    assert found.id == "partners-differ"
    assert "TPM3 by RNA sequencing" in found.title
    assert "EML4 by RT-PCR" in found.title


def test_facts_of_the_alk_stain_explain_no_other_kinase() -> None:
    found = find_one(ihc(P, "ROS1"), fish(N, "ROS1"))
    assert found.kinase == "ROS1"
    assert "ihc.ros1.without-break" in list_explained(found)
    assert not {fact for fact in list_explained(found) if ".alk." in fact or "choi" in fact}


# One stain of three kinases ----------------------------------------------------------------------


def test_a_pan_trk_stain_beside_a_fusion_of_one_kinase_disagrees_with_nothing() -> None:
    """doi:10.1111/his.14010: NTRK1 and NTRK2 are negative by the same RNA sequencing."""
    stain = ihc(P, "pan-TRK", pattern=StainPattern.NUCLEAR_AND_CYTOPLASMIC)
    assert list_ids(stain, ngs(P, call("ETV6", "NTRK3")), sites=("lung",)) == []


def test_a_pan_trk_stain_that_nothing_bears_out_is_one_discordance_and_not_three() -> None:
    found = find_one(ihc(P, "pan-TRK", pattern=StainPattern.NUCLEAR), ngs(N))
    assert (found.id, found.kinase) == ("ihc-positive-rna-negative", "NTRK")
    assert "ihc.pan-trk.cytoplasmic-without-fusion" in list_explained(found)


def test_a_pan_trk_stain_of_the_cytoplasm_alone_disagrees_with_no_negative() -> None:
    """doi:10.1111/his.14010: about a third of IMT without an NTRK3 fusion stain so."""
    for intensity in (NOT_REPORTED, Intensity.WEAK):
        stain = ihc(P, "pan-TRK", pattern=StainPattern.CYTOPLASMIC, intensity=intensity)
        assert list_ids(stain, ngs(N)) == []


def test_a_negative_pan_trk_stain_stands_against_a_fusion_of_one_of_the_three() -> None:
    found = find_one(ihc(N, "pan-TRK"), ngs(P, call("ETV6", "NTRK3")), sites=("lung",))
    assert (found.id, found.kinase) == ("ihc-negative-fusion-detected", "NTRK3")
    assert "ihc.pan-trk.negative-with-fusion" in list_explained(found)


# Pattern and site against partner ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "partner", "ids"),
    [
        ("nuclear_membrane", "FN1", ["pattern-against-partner"]),
        ("nuclear_membrane", "CLTC", ["pattern-against-partner"]),
        ("nuclear_membrane", "TPM3", ["pattern-against-partner"]),
        ("nuclear_membrane", "RANBP2", []),
        ("perinuclear", "RRBP1", []),
        ("perinuclear", "CARS1", ["pattern-against-partner"]),
        ("granular_cytoplasmic", "RANBP2", ["pattern-against-partner"]),
        ("granular_cytoplasmic", "CLTC", []),
        ("granular_cytoplasmic", "CARS1", []),
        ("granular_cytoplasmic", "TPM3", []),
        ("cytoplasmic", "CLTC", []),
        ("cytoplasmic", "RRBP1", []),
        ("cytoplasmic", "RANBP2", ["pattern-against-partner"]),
        ("membranous", "FN1", []),
        ("nuclear_and_cytoplasmic", "TPM3", []),
    ],
)
def test_the_pattern_is_held_against_a_named_partner(
    pattern: str, partner: str, ids: list[str]
) -> None:
    assert list_ids(ihc(P, pattern=StainPattern(pattern)), ngs(P, call(partner))) == ids


def test_a_stain_without_a_pattern_is_held_against_no_partner() -> None:
    for silence in (NOT_REPORTED, UNKNOWN):
        assert list_ids(ihc(P, pattern=silence), ngs(P, call("RANBP2"))) == []


@pytest.mark.parametrize(
    ("partner", "site", "ids"),
    [
        ("FN1", "urinary bladder", []),
        ("FN1", "uterus", []),
        ("FN1", "maxillary sinus", ["partner-unusual-for-site"]),
        ("IGFBP5", "uterus", []),
        ("IGFBP5", "lung", ["partner-unusual-for-site"]),
        ("THBS1", "larynx", []),
        ("TIMP3", "larynx", []),
        ("DES", "mesentery", ["partner-unusual-for-site"]),
        ("RANBP2", "mesentery", []),
        ("RANBP2", "stomach", []),
        ("RANBP2", "lung", ["partner-unusual-for-site"]),
        ("RRBP1", "thigh", []),
        # Sources name where most had it, or count every site together.
        ("EML4", "mesentery", []),
        ("TPM3", "orbit", []),
        ("CLTC", "lung", []),
    ],
)
def test_the_site_is_held_against_the_partner(partner: str, site: str, ids: list[str]) -> None:
    assert list_ids(ngs(P, call(partner)), sites=(site,)) == ids


def test_an_unusual_site_says_where_the_partner_was_published() -> None:
    found = find_one(ngs(P, call("FN1")), sites=("maxillary sinus",))
    assert found.weight is Weight.REMARK
    assert "maxillary sinus" in found.title
    assert "bladder" in found.title
    assert "fusions.son-2023.fn1" in list_explained(found)
    assert "fusions.son-2023.fn1" not in list_explained(
        find_one(ngs(P, call("IGFBP5")), sites=("lung",))
    )


def test_without_a_site_no_partner_is_unusual() -> None:
    assert list_ids(ngs(P, call("FN1"))) == []


@pytest.mark.parametrize(
    ("partner", "words"), [("KIF5B", "only a name"), ("NPM1", "only a name"), ("QQQ1", "no source")]
)
def test_a_partner_that_is_not_known_in_imt_is_remarked(partner: str, words: str) -> None:
    found = find_one(ngs(P, call(partner)), sites=("lung",))
    assert (found.id, found.weight) == ("partner-not-known-in-imt", Weight.REMARK)
    assert words in found.title


def test_a_misprinted_partner_is_read_by_its_symbol() -> None:
    """Zhao 2025 prints BRNBP2."""
    assert list_ids(ngs(P, call("BRNBP2")), sites=("mesentery",)) == []


def test_a_fusion_that_makes_no_kinase_is_not_looked_up() -> None:
    assert list_ids(ngs(P, call("KIF5B", frame=ReadingFrame.OUT)), sites=("lung",)) == []


# ALK in tumours that are not IMT -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("observations", "specimen", "sites", "name"),
    [
        ((ihc(P, "myogenin"),), {}, (), "rhabdomyosarcoma"),
        ((ihc(P, "MyoD1", pattern=StainPattern.NUCLEAR),), {}, (), "rhabdomyosarcoma"),
        ((), {"histology": (HistologyFinding(name="rhabdomyoblasts"),)}, (), "rhabdomyosarcoma"),
        ((ihc(P, "SOX10"),), {}, (), "malignant peripheral nerve sheath tumour"),
        ((ihc(P, "h-caldesmon"),), {}, (), "leiomyosarcoma"),
        ((ihc(P, "MDM2"),), {}, (), "liposarcoma"),
        ((), {"histology": (HistologyFinding(name="lipoblasts"),)}, (), "liposarcoma"),
        (
            (),
            {"histology": (HistologyFinding(name="epithelioid morphology"),)},
            ("skin",),
            "epithelioid fibrous histiocytoma",
        ),
        ((ngs(P, call("EWSR1", "CREB1")),), {}, (), "angiomatoid fibrous histiocytoma"),
    ],
)
def test_a_positive_alk_stain_may_be_of_another_tumour(
    observations: tuple[Observation, ...],
    specimen: dict[str, object],
    sites: tuple[str, ...],
    name: str,
) -> None:
    found = find(ihc(P), *observations, sites=sites, **specimen)
    raised = [d for d in found if d.id == "alk-in-other-tumour"]
    assert len(raised) == 1
    assert name in raised[0].title
    assert raised[0].weight is Weight.ALERT
    for stained in (ihc(N), ihc(E), ihc(NOT_DONE)):
        ids = list_ids(stained, *observations, sites=sites, **specimen)
        assert "alk-in-other-tumour" not in ids


def test_alveolar_rhabdomyosarcoma_is_told_with_its_counts() -> None:
    """Yoshida 38 of 56, Corao 16 of 30, none of 12 rearranged."""
    found = find_one(ihc(P), ihc(P, "myogenin"))
    counts = {(find_fact(f).n, find_fact(f).of) for f in found.explanations[0].facts}
    assert {(38, 56), (16, 30), (0, 12)} <= counts
    assert found.observations == ("ALK ihc", "myogenin ihc")


def test_dots_in_the_cytoplasm_point_to_alveolar_rhabdomyosarcoma() -> None:
    found = find_one(ihc(P, pattern=StainPattern.DOT_LIKE))
    assert "dot like" in found.title


@pytest.mark.parametrize(
    "observation",
    [
        ihc(N, "myogenin"),
        ihc(UNKNOWN, "myogenin"),
        ihc(NOT_DONE, "myogenin"),
        ihc(E, "myogenin"),
        ihc(P, "myogenin", pattern=StainPattern.CYTOPLASMIC),
        ihc(P, "desmin"),
    ],
    ids=repr,
)
def test_only_a_marker_that_is_positive_where_it_counts_points_elsewhere(
    observation: Stain,
) -> None:
    assert list_ids(ihc(P), observation) == []


def test_a_finding_that_is_denied_points_nowhere() -> None:
    denied = HistologyFinding(name="rhabdomyoblasts", is_present=False)
    assert list_ids(ihc(P), histology=(denied,)) == []


def test_epithelioid_cells_outside_the_skin_are_not_the_tumour_of_the_skin() -> None:
    epithelioid = HistologyFinding(name="epithelioid morphology")
    assert list_ids(ihc(P), sites=("mesentery",), histology=(epithelioid,)) == []


def test_a_tumour_that_a_pathologist_excluded_is_not_raised_again() -> None:
    case = make_case(ihc(P), ihc(P, "myogenin"), ihc(P, "SOX10"))
    excluded = replace(
        case, exclusions=(Exclusion(diagnosis="rhabdomyosarcoma", reason="no FOXO1 fusion"),)
    )
    before, after = (find_discordances(c, assess_case(c)) for c in (case, excluded))
    assert [d.id for d in before] == ["alk-in-other-tumour"] * 2
    assert [d.id for d in after] == ["alk-in-other-tumour"]
    assert "nerve sheath" in after[0].title


def test_a_fusion_that_is_shown_ends_the_question() -> None:
    assert list_ids(ihc(P), ihc(P, "S100"), ngs(P, call("TPM3"))) == []
    broken = call("TPM3", frame=ReadingFrame.OUT)
    assert "alk-in-other-tumour" in list_ids(ihc(P), ihc(P, "S100"), ngs(P, broken))


# FISH patterns -----------------------------------------------------------------------------------


def counts(split: int, isolated_3p: int = 0, isolated_5p: int = 0, scored: int = 100) -> FishTest:
    count = FishCount(
        nuclei_scored=scored, split=split, isolated_3p=isolated_3p, isolated_5p=isolated_5p
    )
    return FishTest(id="fish", gene="ALK", counts=(count,))


@pytest.mark.parametrize("rule", ["zhao-2025", "iaslc-2013"])
@pytest.mark.parametrize(
    ("test", "is_raised"),
    [
        (counts(0, isolated_3p=30), True),
        (counts(10, isolated_3p=20), True),
        (counts(0, isolated_5p=40), True),
        (counts(40), False),
        (counts(40, isolated_3p=10), False),
        (counts(2, isolated_3p=3), False),
        (counts(0), False),
    ],
)
def test_isolated_signals_that_carry_the_count_ask_for_corroboration(
    rule: str, test: FishTest, is_raised: bool
) -> None:
    """Isolated 3' signals: the stain was positive in 18 of 21; sequencing in 4 of 10."""
    found = find(test, fish_rule_id=rule)
    assert [d.id for d in found] == ["fish-pattern-needs-corroboration"] * is_raised
    if is_raised:
        explained = {(find_fact(f).n, find_fact(f).of) for f in list_explained(found[0])}
        assert {(18, 21), (4, 10), (0, 3)} <= explained


@pytest.mark.parametrize("test", [ihc(P), pcr(P), ngs(P, call()), ngs(P, call(), method=DNA)])
def test_another_positive_test_bears_isolated_signals_out(test: Observation) -> None:
    ids = list_ids(counts(0, isolated_3p=30), test, fish_rule_id="iaslc-2013")
    assert "fish-pattern-needs-corroboration" not in ids


def test_one_isolated_5p_signal_is_atypical_under_the_atlas() -> None:
    one = counts(0, isolated_5p=1)
    assert list_ids(one, fish_rule_id="iaslc-2013") == ["fish-pattern-needs-corroboration"]
    assert list_ids(one) == []


def test_a_negative_test_settles_isolated_signals_that_do_not_count() -> None:
    assert list_ids(counts(0, isolated_3p=30), ngs(N)) == []
    assert "fish-pattern-needs-corroboration" in list_ids(
        counts(0, isolated_3p=30), ngs(N), fish_rule_id="iaslc-2013"
    )


def test_a_fish_result_without_counts_has_no_pattern() -> None:
    assert list_ids(fish(P)) == []


# What would settle it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ((ihc(P), fish(N), ngs(P, call())), "RNA sequencing, with its quality"),
        ((ihc(P), ngs(N), fish(N)), "ALK break-apart FISH"),
        ((fish(P), ngs(N), ihc(P)), "A stain for ALK"),
        ((ihc(P), ngs(N), ngs(N, method=DNA)), "A DNA panel"),
    ],
)
def test_what_was_done_is_not_proposed(tests: tuple[Observation, ...], words: str) -> None:
    fewer = [said for d in find(*tests[:2]) for said in d.settles]
    assert any(said.startswith(words) for said in fewer)
    assert not any(said.startswith(words) for d in find(*tests) for said in d.settles)


def test_a_test_that_failed_can_be_proposed_again() -> None:
    found = find_one(ihc(P), fish(N), ngs(F))
    assert any(said.startswith("RNA sequencing") for said in found.settles)


# Properties --------------------------------------------------------------------------------------

results = st.sampled_from([P, N, E, F, NOT_DONE, NOT_REPORTED, UNKNOWN])
calls = st.sampled_from([call("TPM3"), call("RANBP2"), call("EML4", frame=ReadingFrame.OUT)])
markers = st.sampled_from(["ALK", "ROS1", "pan-TRK", "SMA", "myogenin", "S100"])
patterns = st.sampled_from([NOT_REPORTED, UNKNOWN, *StainPattern])
methods = st.sampled_from(list(SequencingMethod))
sites = st.sampled_from([(), ("lung",), ("urinary bladder",), ("mesentery", "omentum")])


def number(observations: list[Observation]) -> list[Observation]:
    return [replace(o, id=f"test {i}") for i, o in enumerate(observations)]


observed = st.lists(
    st.one_of(
        st.builds(ihc, results, markers, pattern=patterns),
        st.builds(fish, results, st.sampled_from(["ALK", "ROS1"])),
        st.builds(pcr, results),
        st.builds(ngs, st.just(P), calls, method=methods),
        st.builds(ngs, results, method=methods),
    ),
    max_size=6,
).map(number)
ASSAY_KINDS = {kind.id for kind in load_discordances().kinds.values() if kind.positive}


def describe(found: tuple[Discordance, ...]) -> set[tuple[str, str, frozenset[str]]]:
    return {(d.id, d.kinase, frozenset(d.observations)) for d in found}


@given(observed, sites)
def test_everything_that_is_said_has_its_facts_and_no_gaps(
    given_: list[Observation], where: tuple[str, ...]
) -> None:
    ids = {o.id for o in given_}
    for d in find(*given_, sites=where):
        assert d.explanations
        assert all(explanation.facts for explanation in d.explanations)
        assert d.settles
        assert set(d.observations) <= ids
        assert d.observations
        assert all(fact in load_facts() for fact in collect_facts(d))
        said = [d.title, *d.unseen, *d.settles, *(e.says for e in d.explanations)]
        for line in said:
            assert not re.search(r"[{}]|\bmust\b|\bgive\b|\bsafe\b|is benign", line), line
            assert line[0].isupper() or line[0].isdigit()
        for told in (d.unseen, d.settles, d.explanations):
            assert len(set(told)) == len(told)


@given(observed)
def test_every_kinase_whose_tests_disagree_has_a_discordance(given_: list[Observation]) -> None:
    case = make_case(*given_)
    assessment = assess_case(case)
    found = {d.kinase for d in find_discordances(case, assessment) if d.id in ASSAY_KINDS}
    for name, kinase in assessment.kinases.items():
        if kinase.is_discordant:
            assert name in found or (name.startswith("NTRK") and "NTRK" in found)


@given(observed, st.sampled_from(SILENT[:-1]), sites)
def test_an_absent_or_failed_result_makes_and_removes_nothing(
    given_: list[Observation], silent: Observation, where: tuple[str, ...]
) -> None:
    assert find(*given_, sites=where) == find(*given_, silent, sites=where)


@given(
    observed, st.sampled_from([ihc(P, "ROS1"), fish(N, "ROS1"), ihc(N, "pan-TRK"), ihc(P, "SMA")])
)
def test_a_test_of_another_kinase_takes_nothing_away(
    given_: list[Observation], other: Observation
) -> None:
    more = replace(other, id="other")
    before = {d for d in describe(find(*given_)) if d[1] == "ALK"}
    assert before <= describe(find(*given_, more))


@given(observed, st.sampled_from([ihc(P), ihc(N), fish(P), fish(N), pcr(P), pcr(N), ngs(N)]))
def test_another_answer_takes_no_contradiction_between_tests_away(
    given_: list[Observation], other: Observation
) -> None:
    more = replace(other, id="other")
    before = {(d.id, d.kinase) for d in find(*given_) if d.id in ASSAY_KINDS and d.kinase == "ALK"}
    after = {(d.id, d.kinase) for d in find(*given_, more)}
    assert before <= after


@given(observed, sites, st.randoms(use_true_random=False))
def test_the_order_of_the_tests_decides_nothing(
    given_: list[Observation], where: tuple[str, ...], random: object
) -> None:
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert describe(find(*given_, sites=where)) == describe(find(*shuffled, sites=where))


def test_nothing_is_found_where_nothing_is_recorded() -> None:
    assert find() == ()
    empty = Case(id="c")
    assert find_discordances(empty, assess_case(empty)) == ()
