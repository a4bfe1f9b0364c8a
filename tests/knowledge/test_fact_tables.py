from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.errors import UserError
from spindle.knowledge import fact_tables
from spindle.knowledge.fact_tables import (
    FACT_COLUMNS,
    FactTable,
    TableRow,
    load_rows,
    load_tables,
    parse_rows,
)
from spindle.knowledge.facts import Fact, load_facts, make_fact
from spindle.knowledge.files import read_entries, read_text
from spindle.knowledge.sources import load_sources

TABLE = FactTable(
    "test", "tables/test.csv", ("marker", "note"), "{marker} in {applies_to}: {counts}."
)
HEADER = "id,marker,note,n,of,value,unit,applies_to,source,place,checked_on,how_read,is_inferred"
ROW = "test.one,SMA,,18,25,,,sinonasal IMT,zhao-2025,Results,2026-11-20,read_once,"


def parse(*rows: str, header: str = HEADER) -> list[TableRow]:
    return list(parse_rows(TABLE, "\n".join((header, *rows)) + "\n"))


def make(row: str = ROW, header: str = HEADER) -> Fact:
    return make_fact(parse(row, header=header)[0].fact, load_sources())


def refuse(row: str, header: str = HEADER, line: int = 2) -> UserError:
    with pytest.raises(UserError) as caught:
        make(row, header)
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place == f"tables/test.csv, line {line}"
    assert caught.value.exit_code == 5
    return caught.value


# Rows -------------------------------------------------------------------------------------------


def test_a_row_becomes_a_fact_with_its_sentence_and_its_line() -> None:
    fact = make()
    assert fact.statement == "SMA in sinonasal IMT: 18 of 25."
    assert (fact.n, fact.of) == (18, 25)
    assert fact.written_at == "tables/test.csv, line 2"
    assert not fact.is_inferred


def test_a_written_statement_comes_before_the_tables_sentence() -> None:
    header = f"{HEADER},statement"
    assert make(f"{ROW},18 tumours stained.", header).statement == "18 tumours stained."


def test_a_value_takes_the_place_of_counts_in_the_sentence() -> None:
    row = "test.one,Ki-67,,,,2.5,per cent,IMT,zhao-2025,Results,2026-11-20,read_once,yes"
    fact = make(row)
    assert fact.statement == "Ki-67 in IMT: 2.5 per cent."
    assert fact.number == 2.5
    assert fact.is_inferred


def test_a_row_without_a_count_says_so() -> None:
    row = "test.one,SMA,,,,,,IMT,zhao-2025,Results,2026-11-20,read_once,"
    assert make(row).statement == "SMA in IMT: no count given."


def test_the_columns_of_the_table_are_kept_beside_the_fact() -> None:
    row = parse(ROW)[0]
    assert dict(row.cells) == {"marker": "SMA", "note": ""}
    assert row.id == "test.one"


def test_a_quoted_cell_of_two_lines_moves_the_lines_of_later_rows() -> None:
    two = ROW.replace("sinonasal IMT", '"sinonasal\nIMT"')
    rows = parse(two, ROW.replace("test.one", "test.two"))
    assert [row.fact.place for row in rows] == [
        "tables/test.csv, line 2", "tables/test.csv, line 4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("test.one", "", "no id"),
        ("zhao-2025", "", "source"),
        ("zhao-2025", "nobody-2020", "nobody-2020"),
        ("Results", "", "place"),
        ("sinonasal IMT", " ", "applies_to"),
        ("2026-11-20", "", "checked_on"),
        ("2026-11-20", "20.11.2026", "checked_on"),
        ("2026-11-20", "2026-11-31", "checked_on"),
        ("read_once", "", "how_read"),
        ("read_once", "skimmed", "skimmed"),
        ("18,25", "18,", "without the other"),
        ("18,25", ",25", "without the other"),
        ("18,25", "26,25", "26 of 25"),
        ("18,25", "0,0", "0 of 0"),
        ("18,25", "-1,25", "n = '-1'"),
        ("18,25", "18.0,25", "n = '18.0'"),
        ("18,25", "1_8,25", "n = '1_8'"),
        ("18,25", "١٨,25", "n ="),
        ("18,25,,", "18,25,nan,", "value"),
        ("18,25,,", "18,25,inf,", "value"),
        ("read_once,", "read_once,no", "is_inferred"),
        ("read_once,", "read_once,true", "is_inferred"),
        (",read_once,", ",read_once", "12 cells"),
        (",read_once,", ",read_once,,", "14 cells"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(old: str, new: str, word: str) -> None:
    assert old in ROW
    assert word in refuse(ROW.replace(old, new, 1)).message


@pytest.mark.parametrize(
    ("header", "word"),
    [
        (HEADER.replace("marker", "markers"), "'markers' is not known"),
        (HEADER.replace("note,", "author,"), "'author' is not known"),
        (HEADER.replace("source", "note"), "'source' is missing"),
        (HEADER.replace("note", "marker"), "'note' is missing"),
        (f"{HEADER},n", "stands twice"),
        ("", "is missing"),
        ("\ufeff" + HEADER, "U+FEFF, which nobody can see"),
    ],
)
def test_a_bad_header_is_refused(header: str, word: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(ROW, header=header)
    assert caught.value.place == "tables/test.csv, line 1"
    assert word in caught.value.message


@pytest.mark.parametrize("text", ['"open', 'a"b,c', "a\0b"], ids=["unclosed", "quote", "nul"])
def test_what_is_no_csv_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(ROW, text)
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place.startswith("tables/test.csv, line ")


CELL = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


def find_refusal(text: str) -> UserError | None:
    """Give the error that a table's text meets, or none; a bug is raised as it is."""
    try:
        for row in parse_rows(TABLE, text):
            make_fact(row.fact, load_sources())
    except UserError as error:
        return error
    return None


def is_told_right(error: UserError) -> bool:
    place = error.place.startswith("tables/test.csv, line ")
    return place and error.slug == "knowledge-invalid"


@given(cells=st.lists(CELL, max_size=16))
def test_any_row_is_read_or_refused_with_its_place(cells: list[str]) -> None:
    """Whatever stands in a cell: a fact, or a user's error that names the file; never a bug."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    error = find_refusal(f"{HEADER}\n{buffer.getvalue()}")
    assert error is None or is_told_right(error)


@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_any_text_is_refused_with_its_place(text: str) -> None:
    error = find_refusal(text)
    assert error is not None
    assert is_told_right(error)


@given(
    n=st.integers(0, 500),
    more=st.integers(0, 500),
    words=st.text(st.characters(exclude_categories=("C",)), max_size=12),
)
def test_a_good_row_keeps_its_counts_and_words(n: int, more: int, words: str) -> None:
    of = n + more or 1
    buffer = io.StringIO()
    cells = ROW.split(",")
    cells[2:5] = [words, str(n), str(of)]
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    row = next(parse_rows(TABLE, f"{HEADER}\n{buffer.getvalue()}"))
    fact = make_fact(row.fact, load_sources())
    assert (fact.n, fact.of) == (n, of)
    assert row.cells["note"] == words.strip()


# The tables that ship ---------------------------------------------------------------------------


@pytest.mark.parametrize("table_id", list(load_tables()))
def test_every_row_of_a_shipped_table_is_a_fact(table_id: str) -> None:
    rows = load_rows(table_id)
    assert rows
    facts = load_facts()
    for row in rows:
        assert facts[row.id].written_at == row.fact.place
        assert set(row.cells) == set(load_tables()[table_id].columns)


@pytest.mark.parametrize("table_id", list(load_tables()))
def test_lines_of_a_shipped_table_are_told_right(table_id: str) -> None:
    table = load_tables()[table_id]
    lines = read_text(table.path).splitlines()
    for row in load_rows(table_id):
        line = int(row.fact.place.rpartition(" ")[2])
        assert lines[line - 1].startswith(f"{row.id},")


def declare(monkeypatch: pytest.MonkeyPatch, **changes: str) -> UserError:
    fields = {
        "id": '"test"', "path": '"tables/test.csv"', "columns": '["marker"]',
        "statement": '"{marker}: {counts}."', **changes,
    }  # fmt: skip
    entry = "[[tables]]\n" + "\n".join(f"{key} = {value}" for key, value in fields.items()) + "\n"

    def read(path: str, table: str, **options: Any) -> Any:
        text = entry + entry if "twice" in changes else entry
        return read_entries(path, table, text=text.replace("twice = 1\n", ""), **options)

    monkeypatch.setattr(fact_tables, "read_entries", read)
    load_tables.cache_clear()
    with pytest.raises(UserError) as caught:
        load_tables()
    monkeypatch.undo()
    load_tables.cache_clear()
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place.startswith("tables.toml, line ")
    return caught.value


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"columns": '"marker"'}, "columns"),
        ({"columns": "[1]"}, "list of words"),
        ({"columns": '["marker", "source"]'}, "source"),
        ({"statement": '"{stain}: {counts}."'}, "stain"),
        ({"statement": '"{marker: {counts}."'}, "can't be filled in"),
        ({"path": '""'}, "path"),
        ({"author": '"me"'}, "author"),
        ({"twice": "1"}, "stands twice"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else str(value),
)
def test_a_bad_declaration_is_refused(
    changes: dict[str, str], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert word in declare(monkeypatch, **changes).message


def test_no_table_declares_a_field_of_every_fact() -> None:
    for table in load_tables().values():
        assert not set(table.columns) & set(FACT_COLUMNS)
