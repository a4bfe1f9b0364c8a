"""Heads, columns and rows of callers' tables: nothing is lost, whatever their width."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.formats.fusion_callers.tables import (
    HEAD_LINES,
    MOST_COLUMNS,
    FileFacts,
    iterate_rows,
    keep_row,
    name_columns,
    read_head,
    split_cells,
)

FACTS = FileFacts("arriba", "a.tsv", header_line=1, columns=("a", "b", "c"), delimiter="\t")


@pytest.mark.parametrize(
    ("text", "delimiter", "cells"),
    [
        ("a\tb", "\t", ["a", "b"]),
        ('"a, b",c', ",", ["a, b", "c"]),
        ('x\t["Cosmic","Mitelman"]\ty', "\t", ["x", '["Cosmic","Mitelman"]', "y"]),
        ('"[""Cosmic""]"\ty', "\t", ['["Cosmic"]', "y"]),
        ('"never closed,b', ",", ['"never closed', "b"]),
        ('"closed"then more,b', ",", ['"closed"then more', "b"]),
    ],
)
def test_cells_and_their_quotation_marks(text: str, delimiter: str, cells: list[str]) -> None:
    assert split_cells(text, delimiter) == cells


def test_a_long_quoted_cell_is_read() -> None:
    long = "A" * 500_000
    assert split_cells(f'"{long}",b', ",") == [long, "b"]


def test_a_column_that_stands_twice_gets_a_number() -> None:
    assert name_columns(["gene", "", "gene", "gene"]) == ("gene", "column 2", "gene 2", "gene 3")
    assert name_columns(["gene 2", "gene", "gene"]) == ("gene 2", "gene", "gene 3")


@given(st.lists(st.sampled_from(["a", "a 2", "a 3", "", "column 2", " a", "column 2 2"])))
def test_every_column_has_a_name_of_its_own(cells: list[str]) -> None:
    names = name_columns(cells)
    assert len(set(names)) == len(names) == len(cells)


@pytest.mark.parametrize(
    ("text", "cells", "problem"),
    [
        ("1\t2\t3", {"a": "1", "b": "2", "c": "3"}, ""),
        ("1\t2\t3\t\t ", {"a": "1", "b": "2", "c": "3"}, ""),
        ("1\t2", {"a": "1", "b": "2"}, "The row has 2 cells; 3 were expected."),
        (
            "1\t2\t3\t4",
            {"a": "1", "b": "2", "c": "3", "column 4": "4"},
            "The row has 4 cells; 3 were expected.",
        ),
    ],
)
def test_a_row_of_another_width_is_kept(text: str, cells: dict[str, str], problem: str) -> None:
    (row,) = iterate_rows([(1, "a\tb\tc"), (2, ""), (3, text)], FACTS)
    assert (row.line, dict(row.cells), row.problem) == (3, cells, problem)
    call = keep_row(row, FACTS)
    assert (call.problem, dict(call.cells), call.is_directed) == (problem, cells, False)


def test_a_row_of_very_many_cells_is_kept_whole() -> None:
    text = "\t".join(["x"] * 50_000)
    (row,) = iterate_rows([(2, text)], FACTS)
    assert row.problem == "The row has 50000 cells; 3 were expected."
    assert len(row.cells) == MOST_COLUMNS + 1
    assert "\t".join(row.cells.values()) == text


def test_a_header_that_stands_again_is_kept_as_a_problem() -> None:
    (row,) = iterate_rows([(1, "#a\tb\tc"), (7, "#a\tb\tc")], FACTS)
    assert "header stands here again" in row.problem


@given(st.lists(st.text(st.characters(exclude_characters="\r\n\0\t")), max_size=8))
def test_no_cell_is_lost(cells: list[str]) -> None:
    text = "\t".join(cells)
    rows = list(iterate_rows([(2, text)], FACTS))
    assert len(rows) == bool(text.strip())
    if rows and '"' not in text:
        kept = list(rows[0].cells.values())
        assert kept == cells or (len(kept) == 3 and not "".join(cells[3:]).strip())


def test_the_head_holds_all_comments_and_some_lines(tmp_path: Path) -> None:
    path = tmp_path / "calls.tsv"
    comments = [f"# {number}" for number in range(100)]
    path.write_text("\n".join([*comments, "", *map(str, range(100))]))
    head = read_head(path)
    assert len(head.lines) == 100 + HEAD_LINES
    assert head.lines[100] == (102, "0")
    assert not head.is_whole
