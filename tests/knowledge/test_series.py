from __future__ import annotations

from collections.abc import Mapping

import pytest

from spindle.errors import UserError
from spindle.knowledge.fact_tables import TableRow, load_rows, load_tables, parse_rows
from spindle.knowledge.facts import load_facts, make_fact
from spindle.knowledge.series import (
    load_series,
    make_series_fact,
)
from spindle.knowledge.sources import load_sources

HEADER = (
    "id,series,measure,entity,site_group,population,years,overlaps,note,n,of,applies_to,source,"
    "place,checked_on,how_read"
)
GOOD: Mapping[str, str] = {
    "id": "series.test.alk", "series": "test", "measure": "ALK stain positive", "entity": "imt",
    "site_group": "lung", "population": "any", "years": "", "overlaps": "", "note": "", "n": "13",
    "of": "17", "applies_to": "IMT", "source": "song-2020", "place": "excerpt",
    "checked_on": "2026-11-20", "how_read": "read_once",
}  # fmt: skip


def make_row(**changes: str) -> TableRow:
    line = ",".join({**GOOD, **changes}.values())
    return next(parse_rows(load_tables()["series"], f"{HEADER}\n{line}\n"))


@pytest.mark.parametrize(
    ("fact_id", "n", "of"),
    [
        ("series.song-2020.alk", 13, 17),
        ("series.song-2020.male", 12, 17),
        ("series.zeng-2018.alk", 4, 13),
        ("series.fudan-30.alk", 22, 27),
        ("series.fudan-11.alk-rearranged", 6, 7),
        ("series.chen-2022.alk", 6, 8),
        ("series.bennett-2017.alk", 12, 13),
        ("series.bennett-2017.literature-alk", 43, 46),
        ("series.yu-2016.desmin", 4, 5),
        ("series.marino-enriquez-2011.male", 10, 11),
        ("series.zhao-2025.lost", 8, 25),
        ("series.casanova-2020.alk", 40, 60),
        ("series.liu-2014.lost", 6, 27),
    ],
)
def test_counts_are_those_of_their_sources(fact_id: str, n: int, of: int) -> None:
    fact = load_facts()[fact_id]
    assert (fact.n, fact.of) == (n, of)


def test_every_row_is_a_statement_of_one_series() -> None:
    assert len(load_series()) == len(load_rows("series")) >= 150
    assert len({row.series for row in load_series()}) >= 40
    for row in load_series():
        assert row.fact.id.startswith(f"series.{row.series}.")
        assert row.measure[0].isupper()


def test_a_count_that_only_a_percentage_implies_is_inferred() -> None:
    for row in load_series():
        if row.note.startswith("Printed as") and "%" in row.note and row.fact.of != "":
            assert row.fact.is_inferred or row.series == "french-children-2022", row.fact.id


@pytest.mark.parametrize(("one", "other"), [("song-2020", "jin-2020"), ("fudan-30", "fudan-11")])
def test_cohorts_of_one_hospital_are_marked_on_both_sides(one: str, other: str) -> None:
    stated = {(row.series, overlap) for row in load_series() for overlap in row.overlaps}
    assert {(one, other), (other, one)} <= stated
    assert not [pair for pair in stated if one in pair and other not in pair]


def test_parts_of_the_sinonasal_series_add_up() -> None:
    facts = load_facts()
    followed, lost = facts["series.zhao-2025.followed"], facts["series.zhao-2025.lost"]
    assert int(followed.n) + int(lost.n) == followed.of == lost.of == 25


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"site_group": "chest"}, "chest"),
        ({"site_group": ""}, "group of sites"),
        ({"measure": ""}, "measure"),
        ({"series": ""}, "series"),
        ({"entity": ""}, "entity"),
        ({"overlaps": "nobody-2020"}, "nobody-2020"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else str(value),
)
def test_a_bad_row_is_refused_with_its_place(changes: dict[str, str], word: str) -> None:
    row = make_row(**changes)
    with pytest.raises(UserError) as caught:
        make_series_fact(row, {row.id: make_fact(row.fact, load_sources())}, {"test"})
    assert caught.value.place == "tables/series.csv, line 2"
    assert word in caught.value.message


def test_an_overlap_that_only_one_cohort_states_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from spindle.knowledge import series

    one = make_row(overlaps="two", series="one")
    two = make_row(id="series.two.alk", series="two")
    facts = {row.id: make_fact(row.fact, load_sources()) for row in (one, two)}
    monkeypatch.setattr(series, "load_rows", lambda _: (one, two))
    monkeypatch.setattr(series, "load_facts", lambda: facts)
    load_series.cache_clear()
    with pytest.raises(UserError, match="two does not say that it overlaps one"):
        load_series()
    monkeypatch.undo()
    load_series.cache_clear()
