"""Hostile and damaged workbooks are refused before they do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from workbook_files import (
    make_compound,
    make_ods,
    make_xlsx,
    make_zip,
    ods_row,
    ods_text,
    open_bytes,
    refuse_bytes,
    texts_of,
    xlsx_members,
)

from spindle.errors import InternalError, UserError
from spindle.formats import archives


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    members = xlsx_members("<row><c><v>1</v></c></row>")
    members["xl/media/image1.png"] = bytes(archives.MAX_UNPACKED_BYTES + 1)
    bomb = make_zip(members)
    assert len(bomb) < 1_000_000
    error = refuse_bytes(bomb)
    assert error.slug == "file-too-large"
    assert "500,0" in error.message


def test_an_archive_that_shrinks_beyond_any_table_is_refused() -> None:
    members = xlsx_members("<row><c><v>1</v></c></row>" + " " * (archives.MIN_BYTES_FOR_RATIO + 1))
    error = refuse_bytes(make_zip(members))
    assert error.slug == "file-too-large"
    assert "times its size" in error.message


def lie_about_size(content: bytes, name: str, said: int) -> bytes:
    """Give the archive with another unpacked size of a member, in both places where it stands."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
    changed[info.header_offset + 22 : info.header_offset + 26] = struct.pack("<I", said)
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.index(b"PK\x01\x02", at + 4)
    changed[at + 24 : at + 28] = struct.pack("<I", said)
    return bytes(changed)


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    members = xlsx_members("<row><c><v>1</v></c></row>" * 100_000)
    name = "xl/worksheets/sheet1.xml"
    content = lie_about_size(make_zip(members), name, 1000)
    assert refuse_bytes(content).slug == "file-damaged"
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    given: list[bytes] = []
    with archives.open_archive(path) as archive, pytest.raises(UserError):
        given.extend(archive.read_chunks(name))
    assert len(b"".join(given)) <= 1000


@pytest.mark.parametrize("encoding", ["utf-7", "UTF-1-8", "cp037", "gbk", "rot13"])
def test_an_encoding_that_no_workbook_has_is_refused(encoding: str) -> None:
    members = xlsx_members("<row><c><v>1</v></c></row>")
    members["xl/workbook.xml"] = f"<?xml version='1.0' encoding='{encoding}'?>" + str(
        members["xl/workbook.xml"]
    )
    error = refuse_bytes(make_zip(members))
    assert error.slug == "file-damaged"
    assert encoding in error.message


def test_tags_without_end_in_each_other_are_refused() -> None:
    error = refuse_bytes(make_xlsx("<row>" + "<a>" * 1000 + "</a>" * 1000 + "</row>"))
    assert error.slug == "file-damaged"
    assert "too deep" in error.message


def test_a_sheet_with_far_corners_takes_no_memory() -> None:
    far = "<row r='1'><c r='A1'><v>1</v></c></row>"
    far += "<row r='1048576'><c r='XFD1048576'><v>2</v></c></row>"
    assert [row.number for row in open_bytes(make_xlsx(far)).rows()] == [1, 1_048_576]
    rows = "".join(f"<row r='{row}'><c r='XFD{row}'><v>1</v></c></row>" for row in range(1, 1000))
    error = refuse_bytes(make_xlsx(rows))
    assert error.slug == "file-too-large"
    assert "up to row 611" in error.message


def test_a_text_in_every_cell_takes_no_memory() -> None:
    cells = "<c t='s'><v>0</v></c>" * 5000
    error = refuse_bytes(make_xlsx(f"<row>{cells}</row>", strings=[f"<t>{'x' * 131_000}</t>"]))
    assert error.slug == "file-too-large"
    assert "characters" in error.message


@pytest.mark.parametrize("kind", ["str", "inlineStr", "s"])
def test_a_cell_of_ten_megabytes_is_refused_with_its_place(kind: str) -> None:
    text = "".join(f"{number:07}" for number in range(1_500_000))
    value = {
        "str": f"<v>{text}</v>",
        "inlineStr": f"<is><t>{text}</t></is>",
        "s": "<v>0</v>",
    }[kind]
    rows = f"<row r='3'><c r='C3' t='{kind}'>{value}</c></row>"
    error = refuse_bytes(make_xlsx(rows, strings=[f"<t>{text}</t>"] if kind == "s" else []))
    assert error.slug == "cell-too-large"
    assert "sheet 'Cases', row 3, column C" in error.place


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>",
        "<!DOCTYPE x SYSTEM 'file:///etc/hostname'>",
    ],
)
def test_document_types_and_entities_are_refused(doctype: str) -> None:
    rows = "<row><c t='str'><v>1</v></c></row>"
    error = refuse_bytes(make_xlsx(rows, doctype=doctype))
    assert error.slug == "file-damaged"
    assert "document type" in error.message


def test_a_tag_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_TAG_BYTES", 1_000_000)
    noise = "".join(f"{number:x}" for number in range(600_000))
    error = refuse_bytes(make_xlsx(f"<row><c t='{noise}'><v>1</v></c></row>"))
    assert error.slug == "file-damaged"
    assert "tag" in error.message


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c><v>1</v></row>",
        "<row r='x'><c><v>1</v></c></row>",
        "<row r='99999999999999999999'><c><v>1</v></c></row>",
        "<row r='0'><c><v>1</v></c></row>",
        "<row r='1048577'><c><v>1</v></c></row>",
        "<row><c r='3C'><v>1</v></c></row>",
        "<row><c r='XFE1'><v>1</v></c></row>",
        "<row><c r='A1048577'><v>1</v></c></row>",
        "<row><c t='s'><v>1</v></c></row>",
        "<row><c t='s'><v>-1</v></c></row>",
        "<row><c t='s'><v>x</v></c></row>",
        "<row><c><v>abc</v></c></row>",
        "<row><c s='x'><v>1</v></c></row>",
        "<row><c t='str'><v>&unknown;</v></c></row>",
        "<row><c t='str'><v>&#0;</v></c></row>",
    ],
)
def test_a_damaged_sheet_is_refused(rows: str) -> None:
    assert refuse_bytes(make_xlsx(rows)).slug == "file-damaged"


@pytest.mark.parametrize("missing", ["xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
def test_a_workbook_with_a_missing_part_is_refused(missing: str) -> None:
    members = xlsx_members("<row><c><v>1</v></c></row>")
    del members[missing]
    assert refuse_bytes(make_zip(members)).slug == "file-damaged"


def test_a_workbook_without_styles_and_texts_is_read() -> None:
    members = xlsx_members("<row><c><v>1</v></c></row>")
    del members["xl/styles.xml"], members["xl/sharedStrings.xml"]
    types = str(members["[Content_Types].xml"])
    members["[Content_Types].xml"] = types[: types.index("<Override PartName='/xl/styles")]
    members["[Content_Types].xml"] += "</Types>"
    assert texts_of(open_bytes(make_zip(members))) == [("1",)]


def test_a_missing_part_is_named() -> None:
    members = xlsx_members("<row><c t='s'><v>0</v></c></row>", strings=["<t>x</t>"])
    members = {name.replace("sharedStrings", "SharedStrings"): members[name] for name in members}
    error = refuse_bytes(make_zip(members))
    assert error.slug == "file-damaged"
    assert "xl/sharedStrings.xml" in error.message


def test_tags_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_HELD_TAGS", 1000)
    rows = "<row><c><v>1</v></c></row>" * 900
    assert len(texts_of(open_bytes(make_xlsx(rows)))) == 900
    for after in ("<x/>" * 200, "<row>" + "<x/>" * 1000 + "</row>"):
        error = refuse_bytes(make_xlsx(rows, after=after))
        assert error.slug == "file-too-large"
        assert "1,000 tags" in error.message


def test_a_bug_of_ours_is_not_told_as_damage(tmp_path: Path) -> None:
    with pytest.raises(InternalError), archives.telling_damage(tmp_path, "x"):
        raise InternalError("a bug")
    with pytest.raises(UserError) as caught, archives.telling_damage(tmp_path, "unreadable"):
        raise BaseException("a panic\nin Rust")
    assert "unreadable (a panic)" in caught.value.message


def test_tags_with_a_prefix_are_read() -> None:
    members = xlsx_members("")
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    members["xl/worksheets/sheet1.xml"] = (
        f"<x:worksheet xmlns:x='{name}'><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row>"
        "</x:sheetData></x:worksheet>"
    )
    assert texts_of(open_bytes(make_zip(members))) == [("1",)]


def test_truncated_and_doubled_archives_are_refused() -> None:
    content = make_xlsx("<row><c><v>1</v></c></row>")
    assert refuse_bytes(content[:-30]).slug == "file-damaged"
    assert refuse_bytes(content[: len(content) // 2]).slug == "file-damaged"
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "two parts" in refuse_bytes(target.getvalue()).message


def test_encrypted_workbooks_are_refused() -> None:
    names = ("\6DataSpaces", "EncryptionInfo", "EncryptedPackage")
    assert refuse_bytes(make_compound(*names)).slug == "file-password"
    encrypted = make_ods({"S": ods_row(ods_text("a"))}, manifest="<encryption-data/>")
    assert refuse_bytes(encrypted).slug == "file-password"
    content = bytearray(make_xlsx("<row><c><v>1</v></c></row>"))
    at = content.rindex(b"PK\x01\x02")
    while at >= 0:  # the flag of encryption in the directory, for every part
        content[at + 8] |= 1
        at = content.rfind(b"PK\x01\x02", 0, at)
    assert refuse_bytes(bytes(content)).slug == "file-password"
