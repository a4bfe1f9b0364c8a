"""ODS workbooks, made by hand."""

from __future__ import annotations

import pytest
from workbook_files import (
    make_ods,
    notes_of,
    ods_cell,
    ods_row,
    ods_text,
    open_bytes,
    refuse_bytes,
    texts_of,
)


def test_cells_of_ods_are_read_as_they_are_seen() -> None:
    rows = ods_row(
        ods_text("Age"),
        ods_cell("<text:p>a<text:s text:c='3'/>b<text:tab/>c\n   d</text:p><text:p>e</text:p>"),
        ods_cell("<text:p>x<text:line-break/>y<text:span>z</text:span></text:p>", kind="string"),
        ods_cell("<text:p>19</text:p>", kind="float", office_value="19"),
        ods_cell("<text:p>19,5</text:p>", kind="float", office_value="19.5"),
        ods_cell("<text:p>15 %</text:p>", kind="percentage", office_value="0.15"),
        ods_cell("<text:p>1.3.20</text:p>", kind="date", **{"office_date-value": "2020-03-01"}),
        ods_cell("", kind="date", **{"office_date-value": "2020-03-01T12:30:00.000"}),
        ods_cell("", kind="time", **{"office_time-value": "PT51H00M07S"}),
        ods_cell("", kind="boolean", **{"office_boolean-value": "true"}),
        ods_cell("<text:p>14 months</text:p>", kind="float", office_value="14"),
        ods_cell("<text:p>1.5E+03</text:p>", kind="float", office_value="1500"),
    )
    table = open_bytes(make_ods({"Cases": rows}))
    assert (table.kind, table.sheet_name) == ("ods", "Cases")
    assert texts_of(table) == [
        (
            "Age",
            "a   b\tc d\ne",
            "x\nyz",
            "19",
            "19.5",
            "15%",
            "2020-03-01",
            "2020-03-01T12:30:00",
            "51:00:07",
            "TRUE",
            "14 months",
            "1500",
        )
    ]
    assert notes_of(table, "cell-number-format") == [(1, "K", "14 months")]


def test_texts_beside_a_cell_are_none_of_it() -> None:
    inside = (
        "<office:annotation><text:p>a comment</text:p></office:annotation> "
        "<text:p>seen<draw:frame><text:p>box</text:p></draw:frame><text:ruby><text:ruby-base>base"
        "</text:ruby-base><text:ruby-text>reading</text:ruby-text></text:ruby> end</text:p> "
        "<table:table><table:table-row><table:table-cell><text:p>inner</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    table = open_bytes(make_ods({"S": ods_row(ods_cell(inside, kind="string"), ods_text("next"))}))
    assert texts_of(table) == [("seenbase end", "next")]


def test_repeated_rows_and_cells() -> None:
    wide = ods_cell(**{"table_number-columns-repeated": "16384"})
    table = open_bytes(
        make_ods(
            {
                "S": ods_row(wide, repeated=2)
                + ods_row(
                    ods_cell(**{"table_number-columns-repeated": "2"}),
                    ods_text("x", **{"table_number-columns-repeated": "2"}),
                    wide,
                    repeated=2,
                )
                + ods_row(wide, repeated=1_000_000)
                + "<table:table-row-group>"
                + ods_row(ods_text("end"))
                + "</table:table-row-group>"
                + ods_row(wide, repeated=48_000)
            }
        )
    )
    assert [(row.number, row.texts) for row in table.rows()] == [
        (3, ("", "", "x", "x")),
        (4, ("", "", "x", "x")),
        (1_000_005, ("end",)),
    ]


@pytest.mark.parametrize(
    ("columns", "rows", "slug"),
    [
        (16_384, 1_048_576, "file-too-large"),
        (1, 999_999_999, "file-damaged"),
        (10**8, 1, "file-damaged"),
    ],
)
def test_repetition_without_end_is_refused(columns: int, rows: int, slug: str) -> None:
    cell = ods_text("x", **{"table_number-columns-repeated": str(columns)})
    assert refuse_bytes(make_ods({"S": ods_row(cell, repeated=rows)})).slug == slug


def test_spaces_without_end_are_refused() -> None:
    cell = ods_cell("<text:p>a<text:s text:c='999999999'/>b</text:p>", kind="string")
    error = refuse_bytes(make_ods({"S": ods_row(ods_text("x"), cell)}))
    assert error.slug == "cell-too-large"
    assert "row 1, column B" in error.place


def test_formulas_errors_and_merged_cells_of_ods() -> None:
    rows = ods_row(
        ods_text("No", **{"table_number-rows-spanned": "2"}),
        ods_text("Tests", **{"table_number-columns-spanned": "2"}),
        "<table:covered-table-cell/>",
    )
    rows += ods_row("<table:covered-table-cell/>", ods_text("IHC"), ods_text("FISH"))
    rows += ods_row(
        ods_cell("<text:p>2</text:p>", kind="float", office_value="2", table_formula="of:=1+1"),
        ods_cell(
            "<text:p>#DIV/0!</text:p>",
            kind="string",
            table_formula="of:=1/0",
            **{"calcext_value-type": "error", "office_string-value": ""},
        ),
        ods_cell(table_formula="of:=1+1"),
        ods_cell("<text:p>Err:502</text:p>", kind="float", office_value="0", table_formula="of:=x"),
        ods_text("#1"),
    )
    table = open_bytes(make_ods({"S": rows}))
    assert texts_of(table) == [
        ("No", "Tests", "Tests"),
        ("No", "IHC", "FISH"),
        ("2", "#DIV/0!", "", "Err:502", "#1"),
    ]
    assert [cell.is_merged for cell in next(table.rows()).cells] == [False, False, True]
    assert [(note.slug, note.row, note.column) for note in table.notes] == [
        ("cell-merged", 1, "A"),
        ("cell-merged", 1, "B"),
        ("cell-formula", 3, "A"),
        ("cell-error-value", 3, "B"),
        ("cell-formula", 3, "B"),
        ("formula-without-value", 3, "C"),
        ("cell-error-value", 3, "D"),
        ("cell-formula", 3, "D"),
    ]


@pytest.mark.parametrize(
    ("date", "shown", "text", "is_without_year"),
    [
        ("2020-03-01", "03/01/20", "2020-03-01", False),
        ("2020-03-01", "1. März 2020", "2020-03-01", False),
        ("2020-03-20", "20/03/20", "2020-03-20", False),
        ("2020-03-01", "2020年3月1日", "2020-03-01", False),
        ("2020-03-01", "Mar-20", "2020-03", False),
        ("2020-03-05", "Mar-20", "2020-03-05", False),
        ("2020-01-01", "2020", "2020", False),
        ("2023-10-05", "5-Oct", "2023-10-05", True),
        ("2026-05-26", "26-May", "2026-05-26", True),
        ("2026-05-10", "5-10", "2026-05-10", True),
        ("2020-03-01", "Sunday", "2020-03-01", True),
        ("2020-03-01T12:30:00", "1.3.20 12:30", "2020-03-01T12:30:00", False),
    ],
)
def test_dates_are_read_with_what_is_shown_of_them(
    date: str, shown: str, text: str, is_without_year: bool
) -> None:
    cell = ods_cell(f"<text:p>{shown}</text:p>", kind="date", **{"office_date-value": date})
    table = open_bytes(make_ods({"S": ods_row(cell)}))
    assert texts_of(table) == [(text,)]
    noted = [(1, "A", text)] if is_without_year else []
    assert notes_of(table, "cell-date-without-year") == noted


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("5", "5"),
        ("&lt;5", "&lt;5"),
        ("5 €", "5 €"),
        ("5.0E+00", "5"),
        ("(5)", "5"),
        ("###", "5"),
        ("5 1/1", "5"),
        ("5 e", "5 e"),
        ("five", "five"),
    ],
)
def test_signs_beside_a_number_are_words(shown: str, text: str) -> None:
    cell = ods_cell(f"<text:p>{shown}</text:p>", kind="float", office_value="5")
    table = open_bytes(make_ods({"S": ods_row(cell)}))
    seen = text.replace("&lt;", "<")
    assert texts_of(table) == [(seen,)]
    assert notes_of(table, "cell-number-format") == ([] if text == "5" else [(1, "A", seen)])


def test_words_do_not_run_together() -> None:
    texts = ["a<text:tab/>b", "a<text:line-break/>b", "a<text:span>x<text:tab/></text:span>b"]
    cells = [ods_cell(f"<text:p>{text}</text:p>", kind="string") for text in texts]
    assert texts_of(open_bytes(make_ods({"S": ods_row(*cells)}))) == [("a\tb", "a\nb", "ax\tb")]


def test_texts_that_the_library_drops_are_read() -> None:
    cells = [
        ods_cell("<text:p>no kind</text:p>"),
        ods_cell("<text:p><![CDATA[a]]>b</text:p>", kind="string"),
        ods_cell("<text:p>12</text:p>", kind="float"),
    ]
    assert texts_of(open_bytes(make_ods({"S": ods_row(*cells)}))) == [("no kind", "ab", "12")]


def test_texts_that_merged_cells_hide_are_noted() -> None:
    covered = ods_text("hidden").replace("table:table-cell", "table:covered-table-cell")
    first = ods_text("seen", **{"table_number-columns-spanned": "2"})
    table = open_bytes(make_ods({"S": ods_row(first, covered)}))
    assert texts_of(table) == [("seen", "seen")]
    assert notes_of(table, "cell-hidden-by-merge") == [(1, "B", "hidden")]


def test_a_range_that_would_fill_the_memory_is_refused() -> None:
    far = ods_row(ods_cell(**{"table_number-columns-repeated": "999"}), ods_text("x"))
    rows = ods_row(ods_text("x")) + ods_row(ods_cell(), repeated=20_000) + far
    error = refuse_bytes(make_ods({"S": rows}))
    assert error.slug == "file-too-large"
    assert "up to row 20002, spans more than 10,000,000 cells" in error.message
    long = ods_row(ods_text("x" * 100_000, **{"table_number-columns-repeated": "6000"}))
    assert "characters" in refuse_bytes(make_ods({"S": long})).message


def test_sheets_of_ods() -> None:
    tables = {name: ods_row(ods_text(name)) for name in ("Lists", "Cases", "More")}
    content = make_ods({"Empty": ods_row(ods_cell()), **tables}, hidden="Lists")
    table = open_bytes(content)
    assert (table.sheet_name, texts_of(table)) == ("Cases", [("Cases",)])
    assert "'Empty', 'Lists' (hidden), 'More'" in table.notes[0].message
    assert texts_of(open_bytes(content, "Lists")) == [("Lists",)]
    assert refuse_bytes(content, "Empty").slug == "table-empty"
    assert "'Cases'" in refuse_bytes(content, "x").message
    assert refuse_bytes(make_ods({"S": ""})).slug == "table-empty"


def test_damaged_ods_is_refused() -> None:
    assert refuse_bytes(make_ods({"S": "<table:table-row>"})).slug == "file-damaged"
    bad = ods_row(ods_cell("<text:p>x1</text:p>", kind="percentage", office_value="x"))
    assert refuse_bytes(make_ods({"S": bad})).slug == "file-damaged"
    assert refuse_bytes(make_ods({"S": ods_row(ods_text("x"), repeated=-1)})).slug == "file-damaged"
