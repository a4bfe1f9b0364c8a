from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from spindle.cases.absence import Absent
from spindle.cases.observations import StainPattern
from spindle.errors import UserError
from spindle.knowledge import stain_rules
from spindle.knowledge.entities import load_entities
from spindle.knowledge.fact_tables import load_tables, parse_rows
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import Entry, read_document, read_entries
from spindle.knowledge.histology import load_findings
from spindle.knowledge.markers import (
    MarkerCount,
    check_row,
    find_group,
    find_localisation,
    list_counts,
    list_finding_counts,
    list_markers,
    list_panel,
    load_counts,
    load_finding_counts,
    load_groups,
    load_panels,
)
from spindle.knowledge.site_groups import load_site_groups
from spindle.knowledge.stain_rules import (
    is_known_marker,
    load_localisations,
    load_probes,
    load_subgroups,
)
from spindle.knowledge.terms import find_marker

ROWS = [*load_counts(), *load_finding_counts()]
COUNTED = [row for row in ROWS if isinstance(row.n, int)]
PRINTED = re.compile(r"printed (\d+(?:\.\d+)?) % of (?:the )?(\d+)")


def name(row: MarkerCount) -> str:
    return row.fact.id


def find(fact_id: str) -> MarkerCount:
    return next(row for row in ROWS if row.fact.id == fact_id)


# Numbers of the papers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marker", "n"),
    [
        ("cytokeratin", 0),
        ("vimentin", 25),
        ("SMA", 18),
        ("MSA", 10),
        ("desmin", 6),
        ("ALK", 2),
        ("FISH:ALK", 0),
    ],
)
def test_the_counts_of_25_sinonasal_imt_are_those_of_the_paper(marker: str, n: int) -> None:
    """Zhao 2025, Results and Table 1."""
    rows = [row for row in list_counts("imt", marker) if row.fact.source.id == "zhao-2025"]
    counted = [row for row in rows if isinstance(row.n, int)]
    assert [(row.n, row.of, row.site_group) for row in counted] == [(n, 25, "sinonasal")]


@pytest.mark.parametrize(
    ("finding", "n"), [("necrosis", 1), ("ganglion-like cells", 2), ("bone invasion", 4)]
)
def test_the_findings_of_25_sinonasal_imt_are_those_of_the_paper(finding: str, n: int) -> None:
    """Zhao 2025, Pathological Features."""
    rows = list_finding_counts("imt", finding)
    assert [(row.n, row.of) for row in rows if row.fact.source.id == "zhao-2025"] == [(n, 25)]


def test_the_alk_stain_of_the_paper_names_its_clone() -> None:
    assert find("marker.zhao-2025.imt.alk").clone == "D5F3"
    assert find("marker.cook-2001.imt.alk").clone == "ALK-11"


@pytest.mark.parametrize(
    ("fact_id", "n", "of"),
    [
        ("marker.cook-2001.imt.alk", 44, 73),
        ("marker.cessna-2002.rhabdomyosarcoma.alk", 6, 31),
        ("marker.bhattacharya-2005.desmoid-fibromatosis.beta-catenin", 21, 21),
        ("marker.yamamoto-2009.igg4-related-disease.obliterative-phlebitis", 16, 16),
        ("marker.yu-2016.eims.desmin", 4, 5),
        ("marker.demicco-2015.solitary-fibrous-tumour.stat6", 206, 240),
        ("marker.fdcs-2010.follicular-dendritic-cell-sarcoma.cd21", 47, 49),
        ("marker.song-2020.imt.cytokeratin", 6, 17),
        ("marker.wu-2017.imt.cd34", 1, 11),
        ("marker.jo-2017.glomangiopericytoma.beta-catenin", 19, 20),
        ("marker.gaal-2000.nk-t-cell-lymphoma.eber", 14, 14),
        ("marker.hasegawa-2003.leiomyosarcoma.h-caldesmon", 29, 30),
        ("marker.montgomery-2006.imt.desmin", 15, 19),
        ("marker.montgomery-2006.imt.cd34", 0, 13),
        ("marker.kang-2014.mpnst.sox10", 32, 48),
        ("marker.cellular-leiomyoma-2004.uterine-leiomyoma.h-caldesmon", 24, 25),
        ("marker.rekhi-2012.synovial-sarcoma.tle1", 40, 42),
        ("marker.costigan-2022.ntrk-rearranged-spindle-cell-neoplasm.s100", 11, 13),
        ("marker.chen-psc-alk.sarcomatoid-lung-carcinoma.alk", 5, 141),
    ],
)
def test_counts_are_those_of_their_abstracts(fact_id: str, n: int, of: int) -> None:
    row = find(fact_id)
    assert (row.n, row.of) == (n, of)


# Every row --------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_row_is_about_something_known(row: MarkerCount) -> None:
    assert row.entity in load_entities()
    assert row.site_group in {"any", *load_site_groups()}
    assert is_known_marker(row.marker) or row.marker in load_findings()
    assert row.cases in {"", *load_subgroups()}
    assert row.localisation in {"", *StainPattern}


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_row_counts_whole_patients_or_none(row: MarkerCount) -> None:
    if isinstance(row.n, Absent) or isinstance(row.of, Absent):
        assert isinstance(row.n, Absent)
        assert isinstance(row.of, Absent)
        assert row.fact.value != ""
    else:
        assert 0 <= row.n <= row.of
        assert row.of > 0


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_row_says_its_counts(row: MarkerCount) -> None:
    if isinstance(row.n, int):
        assert f"{row.n} of {row.of}" in row.fact.statement


@pytest.mark.parametrize("row", [row for row in ROWS if row.fact.is_inferred], ids=name)
def test_a_count_that_was_worked_out_says_so(row: MarkerCount) -> None:
    assert re.search(r"Worked out|implied|inferred|together|none|Negative in the words", row.note)


@pytest.mark.parametrize("row", [row for row in COUNTED if PRINTED.search(row.note)], ids=name)
def test_a_count_from_a_percentage_gives_that_percentage(row: MarkerCount) -> None:
    """Rounded or cut off as the source prints it."""
    found = PRINTED.search(row.note)
    assert found is not None
    printed = float(found[1])
    places = len(found[1].partition(".")[2])
    assert isinstance(row.n, int)
    share = 100 * row.n / int(found[2])
    assert round(share, places) == printed or int(share * 10**places) / 10**places == printed
    assert row.fact.is_inferred


def test_a_stain_that_counts_only_in_the_nucleus_was_counted_there() -> None:
    for row in load_counts():
        rule = find_localisation(row.marker)
        if rule and not rule.is_assumed:
            assert row.localisation == rule.localisation, row.fact.id
    assert {row.marker for row in load_counts()} >= {"STAT6", "beta-catenin"}


def test_no_patients_are_counted_twice_in_one_source() -> None:
    keys = Counter(
        (row.fact.source.id, row.cohort, row.entity, row.marker, row.site_group, row.cases)
        for row in COUNTED
        if not row.is_selected
    )
    assert [key for key, times in keys.items() if times > 1] == []


def test_a_cohort_is_the_source_s_own_unless_another_source_prints_its_patients() -> None:
    printed: dict[str, set[str]] = {}
    for row in ROWS:
        printed.setdefault(row.cohort, set()).add(row.fact.source.id)
    assert find("marker.cook-2001.imt.alk").cohort == "cook-2001"
    assert {cohort: sources for cohort, sources in printed.items() if len(sources) > 1} == {
        "bladder-imft-nine": {"bladder-imft-nine", "e-immunohistochemistry-bladder"},
        "johns-hopkins-urinary": {
            "tsuzuki-2004", "montgomery-2006", "e-immunohistochemistry-bladder",
        },
        "yoshida-rhabdomyosarcoma": {"yoshida-2012", "rhabdomyosarcoma-116"},
    }  # fmt: skip


def test_every_series_of_the_page_on_the_bladder_is_a_cohort_of_its_own() -> None:
    """The page's table gives keratin in IMT as 8/9, 2/10, 5/15 and 13/16, by reference."""
    rows = [
        row
        for row in list_counts("imt", "cytokeratin")
        if row.fact.source.id == "e-immunohistochemistry-bladder"
    ]
    assert {(row.n, row.of) for row in rows} == {(8, 9), (2, 10), (5, 15), (13, 16)}
    assert len({row.cohort for row in rows}) == 4
    assert all(row.fact.is_inferred for row in rows)


def test_aberrant_p16_is_no_positive_p16() -> None:
    """Of 15 aberrant uterine IMT ten had p16 in fewer than 1 % of their cells."""
    rows = list_counts("imt", "p16")
    assert rows
    assert all(isinstance(row.n, Absent) for row in rows)
    assert "aberrant" in rows[0].fact.statement
    assert "positive" not in rows[0].fact.statement


def test_the_two_clones_of_one_series_are_one_series() -> None:
    """Choi 2015 stained the same 16 bladder tumours with both clones."""
    rows = [row for row in list_counts("imt", "ALK") if row.fact.source.id == "choi-2015"]
    assert {row.clone: row.is_selected for row in rows} == {"D5F3": False, "ALK1": True}


def test_series_chosen_for_their_course_are_no_rate() -> None:
    assert find("marker.coffin-2007.imt.alk").is_selected
    assert find("marker.uterine-p16-2024.imt.p16").is_selected


def test_percentages_without_counts_have_none() -> None:
    rows = [row for row in ROWS if row.fact.unit == "per cent"]
    assert rows
    assert all(isinstance(row.n, Absent) for row in rows)


def test_a_printed_share_that_fits_no_count_stays_a_share() -> None:
    """74.4 % of 48 is no whole number of patients (Erber 2018)."""
    row = find("marker.erber-2018.nodular-fasciitis.fish-usp6")
    assert isinstance(row.n, Absent)
    assert all(round(100 * n / 48, 1) != 74.4 for n in range(49))


def test_where_sources_disagree_both_stand() -> None:
    """KIT in mesenteric desmoids: 6 of 10 with one antibody, none of 9 with another."""
    rows = list_counts("desmoid-fibromatosis", "KIT")
    assert {(row.n, row.of) for row in rows} == {(6, 10), (0, 9)}


def test_nothing_is_listed_for_an_unknown_marker() -> None:
    assert list_counts("imt", "NUT") == ()
    assert list_finding_counts("imt", "Mikulicz cells") == ()
    assert list_markers("ghost") == ()
    assert "SMA" in list_markers("imt")


# Rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marker", "also"), [("beta-catenin", True), ("pan-TRK", True), ("STAT6", False)]
)
def test_what_counts_only_when_nuclear_is_recorded(marker: str, also: bool) -> None:
    """STAT6 of other tumours than solitary fibrous tumour lies in both (Demicco 2015)."""
    rule = find_localisation(marker)
    assert rule is not None
    assert rule.localisation == "nuclear"
    assert "nuclear" in rule.patterns
    assert ("nuclear_and_cytoplasmic" in rule.patterns) is also
    assert not rule.is_assumed
    assert rule.doubtful == (() if also else ("nuclear_and_cytoplasmic",))
    assert bool(rule.doubt) is not also


@pytest.mark.parametrize("marker", ["myogenin", "MyoD1", "p40", "p63", "SOX10"])
def test_nuclear_proteins_are_taken_as_nuclear_unless_recorded_elsewhere(marker: str) -> None:
    rule = find_localisation(marker)
    assert rule is not None
    assert rule.is_assumed
    assert (rule.localisation, rule.fact) == ("nuclear", "localisation.nuclear-proteins")


@pytest.mark.parametrize("marker", ["ALK", "ROS1", "SMA", "S100"])
def test_other_stains_count_wherever_they_lie(marker: str) -> None:
    assert find_localisation(marker) is None


@pytest.mark.parametrize(
    ("markers", "group"),
    [
        (("SMA", "MSA", "actin", "desmin", "calponin"), "myogenic"),
        (("h-caldesmon",), "caldesmon"),
        (("cytokeratin", "CAM5.2", "CK5/6", "CK7", "CK8/18", "CK20"), "epithelial"),
        (("p40", "p63"), "squamous"),
        (("S100", "HMB45", "melan-A"), "neural-crest"),
        (("PAX3", "PAX8"), "paired-box"),
        (("CD3", "CD4", "CD5", "CD8"), "t-cell"),
        (("CD21", "CD23", "CD35"), "follicular-dendritic"),
        (("KIT", "DOG1"), "gist"),
        (("ALK", "FISH:ALK"), "alk"),
    ],
)
def test_correlated_stains_are_one_question(markers: tuple[str, ...], group: str) -> None:
    assert {find_group(marker) for marker in markers} == {group}
    assert set(markers) <= set(load_groups()[group].markers)


def test_a_stain_of_no_group_is_its_own() -> None:
    assert find_group("STAT6") == "STAT6"


def test_s100_without_sox10_is_not_lost_in_one_group() -> None:
    """Biphenotypic sinonasal sarcoma has S100 and lacks SOX10 (Gross 2020)."""
    assert find_group("SOX10") != find_group("S100")


def test_every_rule_rests_on_a_fact() -> None:
    facts = [rule.fact for rule in load_localisations().values()]
    facts += [group.fact for group in load_groups().values()]
    facts += [fact for panel in load_panels().values() for fact in panel.facts]
    assert set(facts) <= set(load_facts())


def test_the_panel_fits_the_site() -> None:
    nose = list_panel(["sinonasal", "head_neck"])
    assert {"EBER", "CD56", "p40", "SOX10", "FISH:USP6"} <= set(nose)
    gut = list_panel(["gastrointestinal", "abdomen"])
    assert {"KIT", "DOG1"} <= set(gut)
    assert "CD56" not in gut
    assert len(nose) == len(set(nose))
    assert list_panel([]) == load_panels()["any"].markers


def test_every_marker_of_a_panel_is_known_and_every_probe_listed() -> None:
    for panel in load_panels().values():
        for marker in panel.markers:
            assert is_known_marker(marker)
    assert {row.marker.removeprefix("FISH:") for row in ROWS if row.marker[:5] == "FISH:"} <= (
        load_probes()
    )


def test_a_marker_is_written_by_its_usual_name() -> None:
    assert find_marker("CD117") is not None
    assert not is_known_marker("CD117")
    assert is_known_marker("KIT")
    assert not is_known_marker("FISH:NOBODY")


# Malformed files --------------------------------------------------------------------------------

HEADER = "id,entity,site_group,marker,localisation,clone,cases,cohort,note,n,of,applies_to,source\n"
GOOD = "marker.test,imt,any,SMA,,,,,,1,2,IMT,zhao-2025\n"


def refuse_row(row: str) -> UserError:
    (parsed,) = parse_rows(load_tables()["markers"], HEADER + row)
    with pytest.raises(UserError) as caught:
        check_row(parsed)
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place == "tables/markers.csv, line 2"
    return caught.value


def test_a_good_row_passes() -> None:
    (parsed,) = parse_rows(load_tables()["markers"], HEADER + GOOD)
    check_row(parsed)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("imt", "imts", "unknown diagnosis 'imts'"),
        ("any", "nostril", "nostril"),
        ("SMA", "smooth muscle actin", "no marker's usual name"),
        ("SMA", "FISH:NOBODY", "no marker's usual name"),
        ("SMA", "finding:death", "unknown finding"),
        ("SMA,,", "SMA,everywhere,", "everywhere"),
        ("SMA,,", "STAT6,,", "STAT6 counts only when nuclear"),
        ("SMA,,", "beta-catenin,cytoplasmic,", "beta-catenin counts only when nuclear"),
        ("SMA,,", "p40,cytoplasmic,", "p40 counts only when nuclear"),
        (",,,,,1", ",,friends,,,1", "unknown subgroup 'friends'"),
        (",,,,,1", ",,,The same ones,,1", "no plain id"),
    ],
)
def test_a_malformed_row_is_refused_with_file_and_line(old: str, new: str, message: str) -> None:
    assert old in GOOD
    assert message in refuse_row(GOOD.replace(old, new, 1)).message


GOOD_RULES = """
probes = ["USP6"]
[[localisations]]
markers = ["STAT6"]
localisation = "nuclear"
patterns = ["nuclear"]
is_assumed = false
says = "It does."
fact = "localisation.stat6.nuclear"
[[groups]]
id = "muscle"
markers = ["SMA"]
says = "They do."
fact = "stain-group.myogenic"
[[subgroups]]
id = "children"
says = "children"
is_selected = false
[[panels]]
site_group = "lung"
markers = ["ALK"]
says = "They fit."
facts = ["panel.lung"]
"""
DOUBT = "is_assumed = false\ndoubt = 'Why.'\ndoubt_fact = 'localisation.stat6.nuclear'\n"
LOADERS = {
    "localisations": load_localisations,
    "groups": load_groups,
    "subgroups": load_subgroups,
    "panels": load_panels,
}


@pytest.fixture
def from_text(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    load_facts()

    def use(text: str) -> None:
        monkeypatch.setattr(
            stain_rules, "read_entries", lambda p, t, **o: read_entries(p, t, text, **o)
        )
        monkeypatch.setattr(stain_rules, "read_document", lambda p: read_document(p, text))

    yield use
    load_probes.cache_clear()


@pytest.mark.parametrize("table", LOADERS)
def test_good_rules_are_read(from_text: Any, table: str) -> None:
    from_text(GOOD_RULES)
    assert len(LOADERS[table].__wrapped__()) == 1


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("localisations", 'markers = ["STAT6"]', 'markers = ["STAT-6"]', "STAT-6"),
        ("localisations", 'patterns = ["nuclear"]', 'patterns = ["inside"]', "inside"),
        ("localisations", "localisation.stat6.nuclear", "nobody", "nobody"),
        ("localisations", 'markers = ["STAT6"]', 'markers = ["STAT6", "STAT6"]', "stands twice"),
        ("localisations", "is_assumed = false\n", "", "no is_assumed"),
        ("localisations", "is_assumed = false\n", f"{DOUBT}doubtful = ['inside']\n", "inside"),
        ("localisations", "is_assumed = false\n", f"{DOUBT}doubtful = ['nuclear']\n", "counts and"),
        ("localisations", "is_assumed = false\n", DOUBT, "A doubt needs"),
        ("groups", 'markers = ["SMA"]', 'markers = ["actin SM"]', "actin SM"),
        ("groups", "stain-group.myogenic", "nobody", "nobody"),
        ("subgroups", "is_selected = false", 'is_selected = "no"', "is_selected"),
        ("panels", '"lung"', '"lungs"', "lungs"),
        ("panels", 'markers = ["ALK"]', 'markers = ["ALK1"]', "ALK1"),
        ("panels", "panel.lung", "nobody", "nobody"),
    ],
)
def test_malformed_rules_are_refused_with_their_line(
    from_text: Any, table: str, old: str, new: str, message: str
) -> None:
    assert old in GOOD_RULES
    from_text(GOOD_RULES.replace(old, new, 1))
    with pytest.raises(UserError) as caught:
        LOADERS[table].__wrapped__()
    assert message in caught.value.message
    assert re.fullmatch(r"stain_rules\.toml, line \d+", caught.value.place)


@pytest.mark.parametrize(
    ("table", "again"),
    [
        ("groups", '[[groups]]\nid = "b"\nmarkers = ["SMA"]\nsays = "S."\nfact = "panel.lung"\n'),
        ("subgroups", '[[subgroups]]\nid = "children"\nsays = "c"\nis_selected = false\n'),
        (
            "panels",
            '[[panels]]\nsite_group = "lung"\nmarkers = ["ALK"]\nsays = "S."\n'
            'facts = ["panel.lung"]\n',
        ),
    ],
)
def test_what_stands_twice_is_refused(from_text: Any, table: str, again: str) -> None:
    from_text(GOOD_RULES + again)
    with pytest.raises(UserError, match=r"stands twice|stands in two groups"):
        LOADERS[table].__wrapped__()


def test_an_entry_names_its_place() -> None:
    error = Entry({"id": "x"}, "stain_rules.toml, line 3").fail("No.")
    assert error.place == "stain_rules.toml, line 3"
