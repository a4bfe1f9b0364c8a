"""Which counts are used: by site, clone and selection, and against what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.knowledge.facts import find_fact
from spindle.knowledge.markers import (
    MarkerCount,
    list_counts,
    load_counts,
    load_finding_counts,
)
from spindle.knowledge.sources import load_sources
from spindle.reasoning import differential_counts as counts
from spindle.reasoning import differential_evidence as evidence
from spindle.reasoning.differential_counts import (
    Place,
    count_cohorts_once,
    find_counts,
    find_others,
    find_rate,
    find_reference,
    is_countable,
    load_settings,
    say_notes,
)
from spindle.reasoning.differential_evidence import weigh_result
from spindle.reasoning.differential_weights import Tally, estimate_correlation

SINONASAL, LUNG = Place(("sinonasal", "head_neck")), Place(("lung", "thorax"))
CACHED = (
    counts.find_counts,
    counts.find_rate,
    counts.find_reference,
    counts.find_others,
    evidence.weigh_result,
    evidence.hear_answer,
)


def clear_caches() -> None:
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[MarkerCount]]:
    """Synthetic rows in place of the table."""
    listed: list[MarkerCount] = []
    monkeypatch.setattr(
        counts,
        "list_rows",
        lambda entity, key: tuple(r for r in listed if (r.entity, r.marker) == (entity, key)),
    )
    clear_caches()
    yield listed
    clear_caches()


def make_row(
    entity: str,
    n: int | Absent,
    of: int | Absent,
    *,
    marker: str = "CD34",
    site: str = "any",
    localisation: str = "",
    clone: str = "",
    is_selected: bool = False,
    cohort: str = "ours",
    source: str = "spindle",
    number: int = 0,
) -> MarkerCount:
    fact = replace(
        find_fact("differential.reading-error"),
        id=f"row-{entity}-{marker}-{number}",
        source=load_sources()[source],
    )
    return MarkerCount(
        fact=fact,
        entity=entity,
        site_group=site,
        marker=marker,
        localisation=localisation,
        clone=clone,
        cases="",
        is_selected=is_selected,
        cohort=cohort,
        n=n,
        of=of,
        note="",
    )


def test_counts_of_the_site_come_first_and_start_from_the_others(rows: list[MarkerCount]) -> None:
    rows += [make_row("imt", 60, 100), make_row("imt", 2, 25, site="sinonasal", number=1)]
    found = find_counts("imt", "CD34", SINONASAL)
    assert found is not None
    assert (found.n, found.of) == (2, 25)
    assert (found.elsewhere_n, found.elsewhere_of) == (60, 100)
    assert say_notes(found) == " at this site (elsewhere 60 of 100)"
    elsewhere = find_counts("imt", "CD34", LUNG)
    assert elsewhere is not None
    assert (elsewhere.n, elsewhere.of, elsewhere.is_site) == (60, 100, False)
    site, general = (find_reference("gist", "CD34", place) for place in (SINONASAL, LUNG))
    assert site is not None
    assert general is not None
    # 25 patients are worth 25 / 4.6 = 5.43, two of them from elsewhere: between 2/25 and 60/100.
    assert 2 / 25 < site.rate.mean < general.rate.mean < 60 / 100


def test_without_counts_of_mixed_sites_those_of_other_sites_serve(rows: list[MarkerCount]) -> None:
    rows += [make_row("imt", 5, 10, site="uterus"), make_row("imt", 1, 10, site="bladder")]
    found = find_counts("imt", "CD34", LUNG)
    assert found is not None
    assert (found.n, found.of, found.is_site) == (6, 20, False)
    assert say_notes(found) == " at other sites (bladder, uterus)"


def test_borrowed_counts_say_where_they_were_counted(rows: list[MarkerCount]) -> None:
    rows.append(make_row("synovial-sarcoma", 0, 15, site="gastrointestinal"))
    elsewhere = find_counts("synovial-sarcoma", "CD34", LUNG)
    unknown = find_counts("synovial-sarcoma", "CD34", Place(()))
    own = find_counts("synovial-sarcoma", "CD34", Place(("gastrointestinal", "abdomen")))
    assert elsewhere is not None
    assert unknown is not None
    assert own is not None
    assert say_notes(elsewhere) == " at another site (gastrointestinal)"
    assert say_notes(unknown) == " (gastrointestinal)"
    assert say_notes(own) == " at this site"


def test_the_clone_that_was_used_comes_first_and_pooling_is_said(rows: list[MarkerCount]) -> None:
    rows += [
        make_row("imt", 44, 73, clone="ALK-11"),
        make_row("imt", 4, 10, clone="ALK1", number=1),
    ]
    own = find_counts("imt", "CD34", replace(LUNG, clone="ALK1"))
    pooled = find_counts("imt", "CD34", replace(LUNG, clone="D5F3"))
    assert own is not None
    assert pooled is not None
    assert (own.n, own.of, own.has_mixed_clones) == (4, 10, False)
    assert (pooled.n, pooled.of, pooled.has_mixed_clones) == (48, 83, True)
    assert "clones pooled" in say_notes(pooled)


@pytest.mark.parametrize(
    "row",
    [
        make_row("imt", NOT_REPORTED, NOT_REPORTED),
        make_row("imt", 33, 59, is_selected=True),
        make_row("imt", 5, 5, localisation="nuclear"),
        make_row("imt", 5, 5, marker="STAT6", localisation="cytoplasmic"),
    ],
    ids=["no count", "chosen patients", "another place", "the wrong place"],
)
def test_what_is_not_counted(row: MarkerCount, rows: list[MarkerCount]) -> None:
    rows.append(row)
    assert not is_countable(row)
    assert find_counts("imt", row.marker, LUNG) is None


def test_the_patients_of_one_cohort_are_counted_once_whoever_prints_them(
    rows: list[MarkerCount],
) -> None:
    rows += [
        make_row("imt", 12, 16, cohort="one-hospital", source="tsuzuki-2004"),
        make_row("imt", 20, 30, cohort="one-hospital", source="montgomery-2006", number=1),
        make_row("imt", 0, 5, cohort="one-hospital", source="montgomery-2006", number=2),
        make_row("imt", 3, 9, cohort="another", source="sukov-2007", number=3),
    ]
    found = find_counts("imt", "CD34", LUNG)
    assert found is not None
    # The 16 may be among the 35; the two rows of one source are other patients of it.
    assert (found.n, found.of) == (20 + 0 + 3, 30 + 5 + 9)
    assert found.cohorts == (("one-hospital", 35), ("another", 9))
    assert "row-imt-CD34-0" not in found.facts


def test_patients_counted_at_the_site_are_not_counted_elsewhere_again(
    rows: list[MarkerCount],
) -> None:
    rows += [
        make_row("imt", 5, 10, site="lung", cohort="one-hospital", source="tsuzuki-2004"),
        make_row("imt", 9, 40, cohort="one-hospital", source="montgomery-2006", number=1),
        make_row("imt", 1, 20, cohort="another", source="sukov-2007", number=2),
    ]
    found = find_counts("imt", "CD34", LUNG)
    assert found is not None
    assert (found.n, found.of) == (5, 10)
    assert (found.elsewhere_n, found.elsewhere_of) == (1, 20)


def test_the_bladder_series_of_a_page_and_of_its_paper_are_one() -> None:
    """Nine bladder tumours stand in their paper for ALK and on a page for keratin; 35 stained
    urinary tumours of one hospital (Montgomery 2006) hold the fourteen patients of Tsuzuki 2004."""
    place = Place(("bladder", "genitourinary"))
    found = find_counts("imt", "ALK", place)
    assert found is not None
    assert dict(found.cohorts)["johns-hopkins-urinary"] == 35
    keratin = find_counts("imt", "cytokeratin", place)
    assert keratin is not None
    assert dict(keratin.cohorts)["johns-hopkins-urinary"] == 34
    assert dict(keratin.cohorts)["bladder-imft-nine"] == 9


def test_rhabdomyosarcomas_of_one_group_are_counted_once() -> None:
    """106 stand in a meeting abstract (Yoshida 2012) and 116 in a later paper of the same group."""
    rows = count_cohorts_once(list_counts("rhabdomyosarcoma", "ALK"))
    cohort = [row for row in rows if row.cohort == "yoshida-rhabdomyosarcoma"]
    assert sum(row.of for row in cohort if isinstance(row.of, int)) == 116


def test_nuclear_counts_of_stat6_are_counted() -> None:
    assert is_countable(make_row("imt", 5, 5, marker="STAT6", localisation="nuclear"))


def test_a_diagnosis_is_compared_with_imt_where_imt_has_counts(rows: list[MarkerCount]) -> None:
    rows += [make_row("imt", 1, 20), make_row("gist", 18, 20), make_row("leiomyosarcoma", 9, 10)]
    reference = find_reference("gist", "CD34", LUNG)
    assert reference is not None
    assert not reference.is_stand_in
    assert (reference.n, reference.of) == (1, 20)
    assert reference.words == "in IMT 1 of 20"


def test_the_other_diagnoses_of_the_site_stand_in_for_imt(rows: list[MarkerCount]) -> None:
    """Each of them is worth two patients at most; IMT itself is compared with them."""
    rows += [
        make_row("solitary-fibrous-tumour", 45, 45),
        make_row("desmoid-fibromatosis", 0, 200),
        make_row("leiomyosarcoma", 0, 10),
        make_row("nasal-polyp", 13, 13, site="sinonasal"),
        make_row("eims", 5, 5),
    ]
    reference = find_reference("solitary-fibrous-tumour", "CD34", LUNG)
    assert reference is not None
    assert reference.is_stand_in
    assert (reference.n, reference.of) == (0, 210)
    assert "no count is published for IMT; in 2 other diagnoses 0 of 210" in reference.words
    assert reference.rate.a + reference.rate.b <= 1 + 2 * 2
    nose = find_reference("solitary-fibrous-tumour", "CD34", SINONASAL)
    assert nose is not None
    assert nose.n == 13
    assert find_reference("imt", "CD34", LUNG) == find_others("imt", "CD34", LUNG)


def test_nothing_is_weighed_without_counts_on_both_sides(rows: list[MarkerCount]) -> None:
    rows.append(make_row("gist", 11, 11))
    assert find_reference("gist", "CD34", LUNG) is None
    assert weigh_result("gist", "CD34", LUNG, is_positive=True) is None
    assert find_rate("gist", "CD34", LUNG) is None
    rows.append(make_row("imt", 1, 11))
    clear_caches()
    assert weigh_result("gist", "CD34", LUNG, is_positive=True) is not None
    assert weigh_result("leiomyosarcoma", "CD34", LUNG, is_positive=True) is None


def test_two_of_two_weighs_less_than_forty_of_forty_five(rows: list[MarkerCount]) -> None:
    rows += [make_row("imt", 2, 25), make_row("gist", 2, 2), make_row("leiomyosarcoma", 40, 45)]
    few = weigh_result("gist", "CD34", LUNG, is_positive=True)
    many = weigh_result("leiomyosarcoma", "CD34", LUNG, is_positive=True)
    assert few is not None
    assert many is not None
    assert 0 < few.weight.mid < many.weight.mid
    assert few.weight.low < many.weight.low


def test_the_correlation_within_a_series_is_what_the_tables_give() -> None:
    """The fact says 0.15; the moment estimate over every marker and diagnosis with two series or
    more has to stay within 0.05 of it, or the fact is to be looked at again."""
    pairs: dict[tuple[str, str, str], list[MarkerCount]] = {}
    for row in (*load_counts(), *load_finding_counts()):
        if is_countable(row):
            pairs.setdefault((row.entity, row.site_group, row.marker), []).append(row)
    spread, room = 0.0, 0.0
    for listed in pairs.values():
        series = [
            Tally(row.n, row.of)
            for row in count_cohorts_once(listed)
            if isinstance(row.n, int) and isinstance(row.of, int)
        ]
        n, of = sum(s.n for s in series), sum(s.of for s in series)
        if len(series) > 1 and 0 < n < of:
            share = n / of
            spread += sum((s.n - s.of * share) ** 2 / (s.of * share * (1 - share)) for s in series)
            spread -= len(series) - 1
            room += sum((1 - s.of / of) * (s.of - 1) for s in series)
    assert spread / room == pytest.approx(load_settings().series_correlation, abs=0.05)
    assert estimate_correlation([Tally(3, 4), Tally(1, 4)]) >= 0
