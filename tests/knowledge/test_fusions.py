from __future__ import annotations

from collections.abc import Mapping

import pytest

from spindle.cases.observations import StainPattern
from spindle.errors import UserError
from spindle.knowledge.fact_tables import TableRow, load_rows, load_tables, parse_rows
from spindle.knowledge.facts import load_facts, make_fact
from spindle.knowledge.fusions import (
    ANY,
    Frame,
    find_junctions,
    find_partner,
    is_known_at_site,
    list_partners,
    list_patterns,
    load_fusions,
    make_fusion,
)
from spindle.knowledge.kinase_domains import load_kinase_domains
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.sources import load_sources
from spindle.knowledge.terms import find_gene

HEADER = (
    "id,kinase,partner,site_group,population,entity,method,among,cases,exon5,exon3,frame,pattern,"
    "evidence,note,n,of,applies_to,source,place,checked_on,how_read"
)
GOOD: Mapping[str, str] = {
    "id": "fusions.test.one", "kinase": "ALK", "partner": "TNS1", "site_group": "uterus",
    "population": "adults", "entity": "imt", "method": "sequencing", "among": "tested",
    "cases": "", "exon5": "", "exon3": "", "frame": "", "pattern": "", "evidence": "imt",
    "note": "", "n": "2", "of": "4", "applies_to": "uterine IMT", "source": "zhang-2023",
    "place": "abstract", "checked_on": "2026-11-20", "how_read": "read_once",
}  # fmt: skip


def make_row(**changes: str) -> TableRow:
    line = ",".join({**GOOD, **changes}.values())
    return next(parse_rows(load_tables()["fusions"], f"{HEADER}\n{line}\n"))


def refuse(**changes: str) -> UserError:
    row = make_row(**changes)
    with pytest.raises(UserError) as caught:
        make_fusion(row, {row.id: make_fact(row.fact, load_sources())})
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place == "tables/fusions.csv, line 2"
    return caught.value


# Partners ---------------------------------------------------------------------------------------


def test_every_row_of_the_table_is_read() -> None:
    assert len(load_fusions()) == len(load_rows("fusions")) >= 140
    assert {row.fact.id for row in load_fusions()} <= set(load_facts())


def test_tns1_was_published_in_the_uterus() -> None:
    # Zhang 2023: TNS1::ALK in 2 of 4; one more patient in a report on resistance.
    record = find_partner("ALK", "TNS1")
    assert record.is_in_imt
    assert record.entities == ("imt",)
    assert record.patients == 3
    assert {count.site_group: count.patients for count in record.sites} == {
        "uterus": 2, "female_genital": 2, ANY: 1,
    }  # fmt: skip
    assert set(record.sources) == {"zhang-2023", "ott-2020"}


@pytest.mark.parametrize("partner", ["STRN", "KIF5B", "HIP1", "NPM1", "SQSTM1", "CTNNA1", "RANBP1"])
def test_a_name_from_a_list_or_another_tumour_is_no_evidence_for_imt(partner: str) -> None:
    record = find_partner("ALK", partner)
    assert record.is_known
    assert record.is_only_a_name
    assert not record.is_in_imt
    assert record.patients == 0
    assert record.sites == ()
    assert partner not in list_partners("ALK")


def test_an_unknown_partner_gives_an_empty_record() -> None:
    record = find_partner("ALK", "NOSUCH1")
    assert not record.is_known
    assert not record.is_in_imt
    assert not record.is_only_a_name
    assert (record.patients, record.facts, record.sites) == (0, (), ())


def test_a_partner_of_one_kinase_says_nothing_of_another() -> None:
    assert find_partner("ROS1", "TFG").is_in_imt
    assert find_partner("NTRK1", "TFG").facts == ()


@pytest.mark.parametrize(
    ("kinase", "partner", "group", "is_known"),
    [
        ("ALK", "FN1", "bladder", True),
        ("ALK", "FN1", "uterus", True),
        ("ALK", "FN1", "lung", False),
        ("ALK", "EML4", "lung", True),
        ("ALK", "RANBP2", "abdomen", True),
        ("ALK", "TIMP3", "larynx", True),
        ("ROS1", "TFG", "head_neck", True),
        ("NTRK3", "ETV6", "lung", True),
        ("IGF1R", "FN1", "gastrointestinal", True),
        ("ALK", "CARS1", "lung", False),
    ],
)
def test_where_a_fusion_was_published(
    kinase: str, partner: str, group: str, is_known: bool
) -> None:
    assert is_known_at_site(kinase, partner, ["extremity", group]) is is_known


def test_the_partners_of_each_kinase_in_imt() -> None:
    assert set(list_partners("ALK")) >= {
        "TPM3", "TPM4", "CLTC", "RANBP2", "RRBP1", "EML4", "SEC31A", "CARS1", "ATIC", "DCTN1",
        "PPFIBP1", "TFG", "FN1", "IGFBP5", "THBS1", "TIMP3", "DES", "CASC15", "NRP2", "TNS1",
    }  # fmt: skip
    assert list_partners("NTRK3") == ("ETV6",)
    assert list_partners("RET") == ("TIMP3",)
    assert "YWHAE" in list_partners("ROS1")


def test_every_partner_of_the_catalogue_is_a_gene_that_the_readers_know() -> None:
    """SYN3 and TPD52L2 came in with reports that the list of genes does not hold yet."""
    partners = {p for row in load_fusions() for p in row.partners} - {ANY}
    unknown = {p for p in partners if (gene := find_gene(p)) is None or gene.symbol != p}
    assert unknown <= {"SYN3", "TPD52L2"}


def test_every_kinase_is_one_that_is_read_or_known_as_another() -> None:
    kinases = {row.kinase for row in load_fusions()}
    assert kinases <= {*load_kinases().names, "NTRK", "IGF1R", ANY, "none"}


# Patterns ---------------------------------------------------------------------------------------


def test_the_patterns_and_the_partners_that_sources_tie_to_them() -> None:
    found = {record.pattern: record for record in list_patterns()}
    assert found[StainPattern.NUCLEAR_MEMBRANE].partners == ("RANBP2",)
    assert found[StainPattern.PERINUCLEAR].partners == ("RRBP1",)
    assert set(found[StainPattern.GRANULAR_CYTOPLASMIC].partners) == {"CLTC"}
    assert set(found[StainPattern.CYTOPLASMIC].partners) == {"CARS1", "ATIC", "SEC31A"}
    assert all(fact in load_facts() for record in found.values() for fact in record.facts)


def test_most_uterine_tumours_stain_granular_whatever_their_partner() -> None:
    found = {record.pattern: record.site_groups for record in list_patterns()}
    # Bennett 2017 in the uterus, Tsuzuki 2004 in the bladder: neither names the partners.
    assert {"uterus", "bladder"} <= set(found[StainPattern.GRANULAR_CYTOPLASMIC])
    assert found[StainPattern.NUCLEAR_MEMBRANE] == ()


# How often --------------------------------------------------------------------------------------


def test_a_series_that_is_split_by_age_adds_up() -> None:
    facts = load_facts()
    parts = [
        facts[f"fusions.preobrazhenskaya-2023.{part}"] for part in ("alk-infants", "alk-older")
    ]
    whole = facts["fusions.preobrazhenskaya-2023.alk"]
    assert sum(int(part.n) for part in parts) == whole.n
    assert sum(int(part.of) for part in parts) == whole.of


def test_a_series_that_is_split_by_kinase_adds_up() -> None:
    facts = load_facts()
    prefix = "fusions.preobrazhenskaya-2023"
    kinases = [int(facts[f"{prefix}.{k}"].n) for k in ("alk", "ros1", "ntrk3", "pdgfrb")]
    assert sum(kinases) == facts["fusions.children.any-kinase"].n
    assert sum(kinases) + int(facts[f"{prefix}.none"].n) == facts[f"{prefix}.none"].of


# Junctions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("exon3", "frame"), [(20, Frame.IN), (29, Frame.OUT)])
def test_eml4_exon_13_is_in_frame_with_exon_20_and_not_with_29(exon3: int, frame: Frame) -> None:
    assert find_junctions("ALK", "EML4", 13, exon3)[0].frame is frame


@pytest.mark.parametrize(
    ("partner", "exon5", "exon3", "is_found"),
    [
        ("KIF5B", 17, 20, True),
        ("KIF5B", 16, 20, False),
        ("FN1", 20, 18, True),
        ("FN1", 26, 19, True),
        ("FN1", 27, 19, False),
        ("THBS1", 7, 19, True),
        ("NOSUCH1", 1, 20, False),
    ],
)
def test_a_junction_is_found_in_lists_and_ranges(
    partner: str, exon5: int, exon3: int, is_found: bool
) -> None:
    assert bool(find_junctions("ALK", partner, exon5, exon3)) is is_found


# Bad rows ---------------------------------------------------------------------------------------


def test_the_good_row_is_good() -> None:
    row = make_row()
    fusion = make_fusion(row, {row.id: make_fact(row.fact, load_sources())})
    assert (fusion.kinase, fusion.partners, fusion.patients) == ("ALK", ("TNS1",), 2)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"site_group": "womb"}, "womb"),
        ({"site_group": ""}, "group of sites"),
        ({"site_group": "uterus|nowhere"}, "nowhere"),
        ({"partner": ""}, "partner"),
        ({"kinase": ""}, "kinase"),
        ({"entity": ""}, "entity"),
        ({"population": "elders"}, "elders"),
        ({"method": "guess"}, "guess"),
        ({"among": "some"}, "some"),
        ({"frame": "maybe"}, "maybe"),
        ({"pattern": "speckled"}, "speckled"),
        ({"evidence": ""}, "Evidence"),
        ({"cases": "-1"}, "cases"),
        ({"cases": "two"}, "cases"),
        ({"exon5": "e13"}, "exons"),
        ({"exon3": "20-"}, "exons"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else str(value),
)
def test_a_bad_row_is_refused_with_its_place(changes: dict[str, str], word: str) -> None:
    assert word in refuse(**changes).message


# Kinase domains ---------------------------------------------------------------------------------


def test_alk_has_two_conventions_for_its_kinase_domain() -> None:
    domains = [domain for domain in load_kinase_domains() if domain.gene == "ALK"]
    found = {domain.convention: (domain.start, domain.end) for domain in domains}
    assert found == {"kinase-com": (1116, 1385), "uniprot": (1116, 1392)}


def test_every_kinase_that_is_read_has_a_domain_inside_its_protein() -> None:
    assert {domain.gene for domain in load_kinase_domains()} >= set(load_kinases().names)
    for domain in load_kinase_domains():
        assert 1 <= domain.start < domain.end <= domain.protein_length


def test_a_fusion_of_a_rhabdomyosarcoma_is_no_fusion_of_an_imt() -> None:
    """EML4::ALK in one embryonal one (Gasparini 2016); FN1 has no pattern of its own."""
    rows = {row.fact.id: row for row in load_fusions()}
    row = rows["fusions.gasparini-2016.eml4"]
    assert (row.entity, row.is_in_imt, row.patients) == ("rhabdomyosarcoma", False, 1)
    assert rows["fusions.haimes-2017.igfbp5-myxoid"].entity == "uterine-leiomyoma"
    assert rows["fusions.pmp-fn1-alk.fn1"].pattern is None
    variant = find_partner("ALK", "EML4").entities
    assert {"imt", "eims"} <= set(variant)
    assert "rhabdomyosarcoma" not in variant
