"""XLSX workbooks: cells, formats, formulas, merged ranges and sheets."""

from __future__ import annotations

import datetime

import openpyxl
import pytest
from workbook_files import (
    make_xlsx,
    make_zip,
    notes_of,
    open_bytes,
    refuse_bytes,
    save,
    texts_of,
    xlsx_members,
)

from spindle.formats.grid import SheetNote


def test_cells_of_openpyxl_are_read_as_they_are_seen() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B3"] = " 14\u00a0months  old "
    for column, value in enumerate(
        [
            19,
            19.0,
            19.5,
            datetime.date(2020, 3, 1),
            datetime.datetime(2020, 3, 1, 12, 30),
            True,
            False,
            datetime.time(1, 2, 3),
            datetime.timedelta(days=2, hours=3),
            "00123",
            "a\nb",
        ],
        start=3,
    ):
        sheet.cell(3, column, value)
    sheet["A5"] = "   "
    sheet["A9"] = "last"
    table = open_bytes(save(book))
    assert (table.kind, table.sheet_name, table.delimiter, table.notes) == ("xlsx", "Sheet", "", [])
    assert [(row.number, row.texts) for row in table.rows()] == [
        (
            3,
            (
                "",
                "14 months  old",
                "19",
                "19",
                "19.5",
                "2020-03-01",
                "2020-03-01T12:30:00",
                "TRUE",
                "FALSE",
                "01:02:03",
                "51:00:00",
                "00123",
                "a\nb",
            ),
        ),
        (9, ("last",)),
    ]


def test_kinds_of_cells() -> None:
    table = open_bytes(
        make_xlsx(
            "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c>"
            "<c r='C1' t='inlineStr'><is><r><t>in</t></r><r><t xml:space='preserve'> line</t></r>"
            "</is></c><c r='D1' t='str'><v>direct &amp; _x0041_</v></c>"
            "<c r='E1' t='d'><v>2020-03-01T00:00:00</v></c><c r='F1' t='b'><v>1</v></c>"
            "<c r='G1'><v>123456789012345678</v></c><c r='H1'><v>2.2999999999999998</v></c>"
            "<c r='I1'><v>1E-3</v></c><c r='J1' t='s'/><c r='K1' t='str'><v></v></c></row>",
            strings=[
                "<t> shared </t>",
                "<r><t>rich</t></r><r><t>er</t></r><rPh sb='0' eb='1'><t>furi</t></rPh>",
            ],
        )
    )
    assert texts_of(table) == [
        (
            "shared",
            "richer",
            "in line",
            "direct & A",
            "2020-03-01",
            "TRUE",
            "123456789012345678",
            "2.3",
            "0.001",
        )
    ]


@pytest.mark.parametrize("escape", ["_x0000_", "_xD800_"])
def test_an_escape_of_no_character_stays(escape: str) -> None:
    rows = f"<row><c t='str'><v>a{escape}b</v></c></row>"
    assert texts_of(open_bytes(make_xlsx(rows))) == [(f"a{escape}b",)]


def test_cells_without_references_follow_each_other() -> None:
    table = open_bytes(
        make_xlsx(
            "<row><c><v>1</v></c><c><v>2</v></c></row><row r='4'><c r='B4'><v>3</v></c>"
            "<c><v>4</v></c></row><row><c><v>5</v></c></row>"
        )
    )
    assert [(row.number, row.texts) for row in table.rows()] == [
        (1, ("1", "2")),
        (4, ("", "3", "4")),
        (5, ("5",)),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        "<row r='3'><c r='C3'><v>1</v></c><c r='A3'><v>2</v></c></row>",
        "<row r='3'><c r='A3'><v>1</v></c></row><row r='1'><c r='A1'><v>2</v></c></row>",
        "<row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>2</v></c></row>",
        "<row r='1'><c r='A5'><v>1</v></c></row>",
    ],
)
def test_cells_that_are_not_in_order_are_refused_and_none_is_lost(rows: str) -> None:
    error = refuse_bytes(make_xlsx(rows))
    assert error.slug == "file-damaged"
    assert "'Cases' are not in order" in error.message


def test_a_sheet_that_lies_about_its_size_is_read_whole() -> None:
    content = xlsx_members("<row r='2'><c r='C2'><v>1</v></c></row>")
    name = "xl/worksheets/sheet1.xml"
    content[name] = str(content[name]).replace("<sheetData>", "<dimension ref='A1'/><sheetData>")
    assert texts_of(open_bytes(make_zip(content))) == [("", "", "1")]


def test_units_that_stand_in_a_number_format() -> None:
    table = open_bytes(
        make_xlsx(
            "<row r='1'><c r='A1' s='1'><v>14</v></c><c r='B1' s='2'><v>0.15</v></c>"
            "<c r='C1' s='3'><v>43891</v></c><c r='D1' s='4'><v>45205</v></c>"
            "<c r='E1' s='5'><v>410</v></c></row>"
            "<row r='2'><c r='A2' s='1'><v>15</v></c><c r='B2'><v>0.5</v></c></row>",
            formats=['0" months"', "0%", "mmm-yy", "d-mmm", '0" y "00" m"'],
        )
    )
    assert texts_of(table) == [
        ("14 months", "15%", "2020-03", "2023-10-06", "410"),
        ("15 months", "0.5"),
    ]
    assert notes_of(table, "cell-number-format") == [(1, "A", "14 months")]
    assert notes_of(table, "cell-date-without-year") == [(1, "D", "2023-10-06")]
    assert notes_of(table, "cell-number-format-unread") == [(1, "E", "410")]
    assert "in 2 cells" in table.notes[0].message


def test_dates_of_east_asian_editions() -> None:
    members = xlsx_members("<row><c s='1'><v>43891</v></c><c s='2'><v>0.5</v></c></row>")
    styles = str(members["xl/styles.xml"])
    members["xl/styles.xml"] = styles.replace(
        "</cellXfs>", "<xf numFmtId='31'/><xf numFmtId='32'/></cellXfs>"
    )
    assert texts_of(open_bytes(make_zip(members))) == [("2020-03-01", "12:00:00")]


def test_dates_before_the_first_of_a_spreadsheet_are_noted() -> None:
    rows = "<row><c s='1'><v>0</v></c><c s='1'><v>-3.25</v></c>"
    rows += "<c s='1'><v>1E9</v></c></row>"
    table = open_bytes(make_xlsx(rows, formats=["yyyy-mm-dd"]))
    assert texts_of(table) == [("0", "-3.25", "#VALUE!")]
    assert notes_of(table, "cell-date-invalid") == [(1, "A", "0"), (1, "B", "-3.25")]
    assert notes_of(table, "cell-error-value") == [(1, "C", "#VALUE!")]


def test_dates_counted_from_1904() -> None:
    rows = "<row><c s='1'><v>42429</v></c></row>"
    table = open_bytes(make_xlsx(rows, formats=["yyyy-mm-dd"], is_1904=True))
    assert texts_of(table) == [("2020-03-01",)]


def test_error_values_are_kept_and_noted() -> None:
    values = ["#REF!", "#N/A", "#DIV/0!", "#SPILL!", "#CALC!"]
    cells = "".join(f"<c t='e'><v>{value}</v></c>" for value in values)
    table = open_bytes(make_xlsx(f"<row r='7'>{cells}</row>"))
    assert texts_of(table) == [tuple(values)]
    assert notes_of(table, "cell-error-value") == [
        (7, letter, value) for letter, value in zip("ABCDE", values, strict=True)
    ]


def test_formulas_give_the_value_that_the_file_remembers() -> None:
    table = open_bytes(
        make_xlsx(
            "<row r='1'><c r='A1'><v>1</v></c><c r='B1'><f>A1+1</f><v>2</v></c></row>"
            "<row r='2'><c r='A2'><v>1</v></c><c r='B2'><f t='shared' si='0'/><v>3</v></c>"
            "<c r='C2' t='str'><f>A1&amp;\"x\"</f><v>1x</v></c></row>"
            "<row r='3'><c r='A3'><v>1</v></c><c r='B3' t='str'><f>\"\"</f><v></v></c></row>"
        )
    )
    rows = list(table.rows())
    assert [row.texts for row in rows] == [("1", "2"), ("1", "3", "1x"), ("1", "")]
    assert [[cell.is_formula for cell in row.cells] for row in rows] == [
        [False, True],
        [False, True, True],
        [False, True],
    ]
    assert notes_of(table, "cell-formula") == [(1, "B", "2"), (2, "C", "1x")]
    assert "in 3 cells, from row 1 on" in table.notes[0].message
    assert not notes_of(table, "formula-without-value")


def test_a_formula_without_its_value_is_empty_and_noted() -> None:
    book = openpyxl.Workbook()
    book.active.append([1, "=A1+1", "x"])
    table = open_bytes(save(book))
    assert texts_of(table) == [("1", "", "x")]
    assert next(table.rows()).cells[1].is_formula
    assert notes_of(table, "formula-without-value") == [(1, "B", "")]
    assert not notes_of(table, "cell-formula")


# Merged cells


def test_merged_cells_are_filled_and_noted_once() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [["No", "Tests", None, None], [None, "IHC", "FISH", "PCR"], [1, "-", "-", "-"]]:
        sheet.append(row)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:D1")
    table = open_bytes(save(book))
    rows = list(table.rows())
    assert [row.texts for row in rows] == [
        ("No", "Tests", "Tests", "Tests"),
        ("No", "IHC", "FISH", "PCR"),
        ("1", "-", "-", "-"),
    ]
    assert [cell.is_merged for cell in rows[0].cells] == [False, False, True, True]
    assert [cell.is_merged for cell in rows[1].cells] == [True, False, False, False]
    assert notes_of(table, "cell-merged") == [(1, "A", "No"), (1, "B", "Tests")]
    assert "B1:D1" in table.notes[1].message


def test_rows_that_are_only_merged_stay_blank() -> None:
    merges = "<mergeCells><mergeCell ref='A1:C3'/><mergeCell ref='A4:XFD1048576'/></mergeCells>"
    rows = (
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='4'><c r='A4'><v>2</v></c><c r='B4'/></row>"
    )
    table = open_bytes(make_xlsx(rows, after=merges))
    assert [(row.number, row.texts) for row in table.rows()] == [(1, ("1",)), (4, ("2",))]


def test_a_text_that_a_merged_range_hides_is_noted() -> None:
    merges = "<mergeCells><mergeCell ref='A1:A3'/></mergeCells>"
    rows = "".join(
        f"<row r='{row}'><c r='A{row}'><v>{min(row, 2)}</v></c></row>" for row in (1, 2, 3)
    )
    table = open_bytes(make_xlsx(rows, after=merges))
    assert texts_of(table) == [("1",), ("1",), ("1",)]
    assert notes_of(table, "cell-hidden-by-merge") == [(2, "A", "2"), (3, "A", "2")]


def test_a_merged_range_whose_first_cell_is_empty_hides_nothing() -> None:
    merges = "<mergeCells><mergeCell ref='A1:B1'/></mergeCells>"
    table = open_bytes(make_xlsx("<row><c r='B1'><v>1</v></c></row>", after=merges))
    assert texts_of(table) == [("", "1")]
    assert table.notes == []


@pytest.mark.parametrize("reference", ["", "x", "A:A", "B2:A1", "A0:B2"])
def test_a_merged_range_that_is_none_is_refused(reference: str) -> None:
    merges = f"<mergeCells><mergeCell ref='{reference}'/></mergeCells>"
    error = refuse_bytes(make_xlsx("<row><c><v>1</v></c></row>", after=merges))
    assert error.slug == "file-damaged"


# Sheets


def three_sheets() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Empty"
    hidden = book.create_sheet("Lists")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "hidden"
    book.create_sheet("Cases")["A1"] = "cases"
    book.create_sheet("More")["A1"] = "more"
    book.create_chartsheet("Chart")
    return save(book)


def test_the_first_visible_sheet_with_content_is_read_and_noted() -> None:
    table = open_bytes(three_sheets())
    assert (table.sheet_name, texts_of(table)) == ("Cases", [("cases",)])
    assert table.notes == [
        SheetNote(
            "sheet-chosen",
            0,
            "",
            "Cases",
            "The sheet 'Cases' was read, the first visible one that holds something. "
            "Not read: 'Empty', 'Lists' (hidden), 'More'.",
        )
    ]


@pytest.mark.parametrize("name", ["More", "more ", "MORE"])
def test_a_sheet_is_read_by_its_name(name: str) -> None:
    table = open_bytes(three_sheets(), name)
    assert (table.sheet_name, texts_of(table), table.notes) == ("More", [("more",)], [])


def test_a_hidden_sheet_is_read_when_it_is_named() -> None:
    assert texts_of(open_bytes(three_sheets(), "Lists")) == [("hidden",)]


@pytest.mark.parametrize("name", ["Nothing", "Chart", ""])
def test_an_unknown_sheet_is_refused_with_the_names(name: str) -> None:
    error = refuse_bytes(three_sheets(), name)
    assert error.slug == "table-sheet-unknown"
    assert "'Empty', 'Lists' (hidden), 'Cases', 'More'." in error.message


def test_an_empty_sheet_is_refused() -> None:
    error = refuse_bytes(three_sheets(), "Empty")
    assert error.slug == "table-empty"
    assert "'Cases'" in error.cure
    assert refuse_bytes(save(openpyxl.Workbook())).slug == "table-empty"
    assert refuse_bytes(
        make_xlsx("<row><c r='A1' s='0'/><c r='B1' t='str'><v> </v></c></row>")
    ).slug == ("table-empty")


def test_only_a_hidden_sheet_with_content_is_refused_with_its_name() -> None:
    book = openpyxl.Workbook()
    hidden = book.create_sheet("Lists")
    hidden.sheet_state = "veryHidden"
    hidden["A1"] = 1
    error = refuse_bytes(save(book))
    assert error.slug == "table-empty"
    assert "'Lists' (hidden)" in error.cure


def test_a_workbook_in_the_strict_form_is_refused_with_its_cure() -> None:
    members = {
        name: str(content).replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        for name, content in xlsx_members("<row><c><v>1</v></c></row>").items()
    }
    error = refuse_bytes(make_zip(members))
    assert error.slug == "file-wrong-type"
    assert "Excel workbook (.xlsx)" in error.cure


def test_pictures_comments_and_charts_are_passed_over() -> None:
    members = xlsx_members("<row><c><v>1</v></c></row>")
    members["xl/media/image1.svg"] = "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' ''><svg/>"
    members["xl/media/image2.png"] = b"\x89PNG\r\n\x1a\n"
    members["xl/drawings/vmlDrawing1.vml"] = "<xml><br></xml>"
    assert texts_of(open_bytes(make_zip(members))) == [("1",)]


def test_what_stands_after_the_cells_costs_no_workbook() -> None:
    rows = "<row><c><v>1</v></c></row>"
    after = "<dataValidations><dataValidation type='nonsense' sqref='A1'/></dataValidations>"
    assert texts_of(open_bytes(make_xlsx(rows, after=after))) == [("1",)]
