"""Makes small workbooks byte by byte, so that tests decide what stands in them."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pytest

from spindle.errors import UserError
from spindle.formats.spreadsheets import Row, Spreadsheet, open_spreadsheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SPREADSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def make_zip(members: Mapping[str, str | bytes], stored: Sequence[str] = ()) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, method)
    return target.getvalue()


def xlsx_members(
    rows: str,
    *,
    after: str = "",
    strings: Sequence[str] = (),
    formats: Sequence[str] = (),
    is_1904: bool = False,
    doctype: str = "",
) -> dict[str, str | bytes]:
    """Give the parts of a workbook of one sheet; style 1 has the first of `formats`, and so on."""
    codes = "".join(
        f"<numFmt numFmtId='{164 + place}' formatCode={quoteattr(code)}/>"
        for place, code in enumerate(formats)
    )
    styles = "".join(f"<xf numFmtId='{164 + place}'/>" for place in range(len(formats)))
    return {
        "[Content_Types].xml": f"<Types xmlns='{CONTENT_TYPES}'>"
        + "".join(
            f"<Override PartName='/xl/{part}.xml' ContentType='{SPREADSHEET_TYPE}.{kind}+xml'/>"
            for part, kind in [
                ("workbook", "sheet.main"),
                ("worksheets/sheet1", "worksheet"),
                ("styles", "styles"),
                ("sharedStrings", "sharedStrings"),
            ]
        )
        + "</Types>",
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{OFFICE_RELATIONS}'>"
        f"<workbookPr date1904='{int(is_1904)}'/>"
        "<sheets><sheet name='Cases' sheetId='1' r:id='rId1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{PACKAGE_RELATIONS}'>"
        + "".join(
            f"<Relationship Id='rId{number}' Type='{OFFICE_RELATIONS}/{kind}' Target='{target}'/>"
            for number, (kind, target) in enumerate(
                [
                    ("worksheet", "worksheets/sheet1.xml"),
                    ("styles", "styles.xml"),
                    ("sharedStrings", "/xl/sharedStrings.xml"),
                ],
                start=1,
            )
        )
        + "</Relationships>",
        "xl/styles.xml": f"<styleSheet xmlns='{MAIN}'><numFmts>{codes}</numFmts>"
        f"<cellStyleXfs><xf numFmtId='9'/></cellStyleXfs>"
        f"<cellXfs><xf numFmtId='0'/>{styles}</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f"<sst xmlns='{MAIN}'>"
        + "".join(f"<si>{text}</si>" for text in strings)
        + "</sst>",
        "xl/worksheets/sheet1.xml": f"<?xml version='1.0'?>{doctype}<worksheet xmlns='{MAIN}'>"
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
    }


def make_xlsx(rows: str, **parts: object) -> bytes:
    return make_zip(xlsx_members(rows, **parts))  # type: ignore[arg-type]


ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = " ".join(
    f"xmlns:{prefix}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'"
    for prefix, name in [
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("draw", "drawing"),
    ]
)
CALCEXT = "xmlns:calcext='urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0'"


def make_ods(tables: Mapping[str, str], *, hidden: str = "", manifest: str = "") -> bytes:
    """Give a workbook whose tables are given by name, as XML rows."""
    members = {
        "mimetype": ODS_TYPE,
        "content.xml": ods_content(tables, hidden=hidden),
        "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
    }
    return make_zip(members, stored=["mimetype"])


def ods_content(tables: Mapping[str, str], *, hidden: str = "") -> str:
    body = "".join(
        f"<table:table table:name={quoteattr(name)}"
        + (" table:style-name='hidden'" if name == hidden else "")
        + f">{rows}</table:table>"
        for name, rows in tables.items()
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {ODS_NAMES} {CALCEXT}>"
        "<office:automatic-styles><style:style style:name='hidden' style:family='table'>"
        f"<style:table-properties table:display='false'/></style:style>"
        "</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )


def ods_row(*cells: str, repeated: int = 1) -> str:
    start = f"<table:table-row table:number-rows-repeated='{repeated}'>"
    return f"{start}{''.join(cells)}</table:table-row>"


def ods_text(text: str, **attributes: str) -> str:
    return ods_cell(f"<text:p>{escape(text)}</text:p>", kind="string", **attributes)


def ods_cell(inside: str = "", *, kind: str = "", **attributes: str) -> str:
    """Give a cell; attributes are written ``table_formula`` for ``table:formula``."""
    written = {name.replace("_", ":", 1).replace("_", "-"): attributes[name] for name in attributes}
    if kind:
        written["office:value-type"] = kind
    listed = "".join(f" {name}={quoteattr(value)}" for name, value in written.items())
    return f"<table:table-cell{listed}>{inside}</table:table-cell>"


def make_compound(*names: str) -> bytes:
    """Give the start of a compound file and a directory with streams of these names."""
    entries = [f"{name}\0".encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names)]
    return bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0") + b"".join(entries)


def save(book: openpyxl.Workbook) -> bytes:
    """Give the bytes of a workbook of openpyxl."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def open_bytes(content: bytes, sheet: str | None = None) -> Spreadsheet:
    """Open a workbook, which is read whole while it is opened."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.bin"
        path.write_bytes(content)
        return open_spreadsheet(path, sheet=sheet)


def refuse_bytes(content: bytes, sheet: str | None = None) -> UserError:
    """Give the error with which a workbook is refused."""
    with pytest.raises(UserError) as caught:
        open_bytes(content, sheet)
    assert "workbook.bin" in caught.value.place
    return caught.value


def read_bytes(content: bytes) -> list[Row] | UserError:
    """Give the rows of a table, or the error with which it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.bin"
        path.write_bytes(content)
        try:
            return list(open_spreadsheet(path).rows())
        except UserError as error:
            return error


def notes_of(table: Spreadsheet, slug: str) -> list[tuple[int, str, str]]:
    return [(note.row, note.column, note.value) for note in table.notes if note.slug == slug]


def texts_of(table: Spreadsheet) -> list[tuple[str, ...]]:
    return [row.texts for row in table.rows()]
