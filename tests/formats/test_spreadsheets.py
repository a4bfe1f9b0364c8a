"""Text tables, and what is the same for every kind of table."""

from __future__ import annotations

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from workbook_files import make_compound, make_ods, make_xlsx, make_zip, ods_row, ods_text

from spindle.errors import UserError
from spindle.formats.delimited import choose_delimiter
from spindle.formats.grid import MAX_CELL_CHARACTERS, clean_text, column_index
from spindle.formats.spreadsheets import Cell, Row, column_letters, open_spreadsheet

Write = Callable[[str, bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_file


def read_texts(path: Path, sheet: str | None = None) -> list[tuple[str, ...]]:
    return [row.texts for row in open_spreadsheet(path, sheet=sheet).rows()]


def refusal(path: Path, sheet: str | None = None) -> UserError:
    with pytest.raises(UserError) as caught:
        list(open_spreadsheet(path, sheet=sheet).rows())
    error = caught.value
    assert "\n" not in str(error)
    return error


def read_or_refuse(path: Path) -> list[Row] | UserError:
    try:
        return list(open_spreadsheet(path).rows())
    except UserError as error:
        return error


# Rows and cells


def test_cells_are_read_as_they_are_seen(write: Write) -> None:
    path = write(
        "t.csv",
        'No,Age, Follow up \n1, 14\u00a0months ,"22, No recurrence,  no metastasis"\n'.encode(),
    )
    assert read_texts(path) == [
        ("No", "Age", "Follow up"),
        ("1", "14 months", "22, No recurrence,  no metastasis"),
    ]


def test_blank_rows_are_left_out_and_keep_their_numbers(write: Write) -> None:
    path = write("t.csv", b"\nNo,Age\n\n , \n1,5\n\xc2\xa0,\n2,6\n")
    assert [(row.number, row.texts) for row in open_spreadsheet(path).rows()] == [
        (2, ("No", "Age")),
        (5, ("1", "5")),
        (7, ("2", "6")),
    ]


def test_ragged_rows_stay_as_they_are(write: Write) -> None:
    path = write("t.csv", b"a,b,c\n1\n1,2,3,4,\n1,2,3\n")
    assert read_texts(path) == [("a", "b", "c"), ("1",), ("1", "2", "3", "4", ""), ("1", "2", "3")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(write: Write, end: str) -> None:
    path = write("t.csv", end.join(["a,b", '1,"x\r\ny"', "2,z"]).encode())
    assert [(row.number, row.texts) for row in open_spreadsheet(path).rows()] == [
        (1, ("a", "b")),
        (2, ("1", "x\ny")),
        (3, ("2", "z")),
    ]


def test_rows_can_be_read_again(write: Write) -> None:
    table = open_spreadsheet(write("t.csv", b"a,b\n1,2\n"))
    next(table.rows())
    assert list(table.rows()) == list(table.rows())
    assert [row.number for row in table.rows()] == [1, 2]


def test_what_is_known_of_a_text_table(write: Write) -> None:
    table = open_spreadsheet(write("t.txt", b"a\tb\n1\t2\n"))
    assert (table.kind, table.sheet_name, table.delimiter, table.file_name, table.notes) == (
        "tsv",
        "",
        "\t",
        "t.txt",
        [],
    )


def test_a_row_gives_its_texts() -> None:
    assert Row(3, (Cell("a"), Cell(""), Cell("b", is_merged=True))).texts == ("a", "", "b")


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 51, 52, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
        "XFD",
    ]
    with pytest.raises(ValueError, match="-1"):
        column_letters(-1)


@given(st.integers(0, 100_000))
def test_column_letters_and_index_are_inverse(index: int) -> None:
    assert column_index(column_letters(index)) == index


# Delimiters


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ('No,Age,Follow up\n1,19,"22, No recurrence, no metastasis"\n', ","),
        ("No\tFollow up\n1\t22, No recurrence, no metastasis\n2\tDied\n", "\t"),
        ("No;Age;Rate\n1;2,5;3,5\n2;4,5;5,5\n", ";"),
        ("id;values;x\n1;2,5 3,5 4,5;x\n2;2,5 3,5 4,5;y\n", ";"),
        ("No|Stains\n1|SMA+; desmin focal; S-100 negative\n", "|"),
        ("No,Stains\n1,SMA+; desmin-\n2,ALK+; SMA+\n", ","),
        ("No,Stains; others,Sex\n1,SMA+; desmin-,F\n2,ALK+; SMA+,M\n", ","),
        ("No;Stains, others\n1;SMA+, desmin-\n2;ALK+, SMA+\n", ";"),
        ("Table 1. Patients, tests and outcome\nNo;Age\n1;5\n2;6\n3;7\n", ";"),
        ('No;Text\n1;"a;b\n, c;d"\n2;e\n', ";"),
        ("sep=|\nNo|Age\n1|5\n", "|"),
        ("Age, years\tSex\n5\tM\n6\tF\n", "\t"),
        ('No,Size\n1,5" mass\n2,3\n', ","),
        ("one column\nx\ny\n", ","),
        ("Follow up\n22, No recurrence, no metastasis\n12\nDied\n5\n", "|"),
    ],
)
def test_the_delimiter_is_found(write: Write, text: str, delimiter: str) -> None:
    assert open_spreadsheet(write("t.csv", text.encode())).delimiter == delimiter


def test_a_separator_line_is_no_row(write: Write) -> None:
    path = write("t.csv", b"sep=;\r\nNo;Age\r\n1;5\r\n")
    assert [(row.number, row.texts) for row in open_spreadsheet(path).rows()] == [
        (2, ("No", "Age")),
        (3, ("1", "5")),
    ]


def test_the_delimiter_is_found_when_the_sample_ends_within_a_cell(write: Write) -> None:
    rows = "".join(f'{number};"a, b; {"c" * 200}";x\n' for number in range(1000))
    table = open_spreadsheet(write("t.csv", f"No;Text;Last\n{rows}".encode()))
    assert table.delimiter == ";"
    assert {len(row.cells) for row in table.rows()} == {3}


def test_space_before_a_quotation_mark_is_no_text(write: Write) -> None:
    path = write("t.csv", b'No, Follow up\n1, "22, No recurrence"\n')
    assert read_texts(path)[1] == ("1", "22, No recurrence")


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_with_its_mark(write: Write, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path = write("t.csv", mark + "Größe,患者\n5 µm,ß\n".encode(encoding))
    assert read_texts(path) == [("Größe", "患者"), ("5 µm", "ß")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "gbk"])
def test_another_encoding_is_refused_with_its_line(write: Write, encoding: str, end: str) -> None:
    text = end.join(["No,Site", "1,lung", "2,Rücken" if encoding != "gbk" else "2,肺", "3,x"])
    error = refusal(write("t.csv", text.encode(encoding)))
    assert error.slug == "file-encoding"
    assert "line 3" in error.message


def test_another_encoding_far_down_is_refused_with_its_line(write: Write) -> None:
    content = b"No,Site\n" + b"1,lung\n" * 500_000 + b"2,R\xfccken\n"
    table = open_spreadsheet(write("t.csv", content))
    with pytest.raises(UserError) as caught:
        list(table.rows())
    assert caught.value.slug == "file-encoding"
    assert "line 500002" in caught.value.message


def test_a_cut_off_letter_at_the_end_is_refused(write: Write) -> None:
    assert refusal(write("t.csv", b"No,Site\n1,R\xc3")).slug == "file-encoding"
    assert refusal(write("t.csv", b"\xff\xfea\x00,\x00b\x00\n\x00c")).slug == "file-encoding"


def test_utf32_and_utf16_without_mark_are_refused(write: Write) -> None:
    assert refusal(write("t.csv", "a,b\n1,2\n".encode("utf-32"))).slug == "file-encoding"
    assert refusal(write("t.csv", "a,b\n1,2\n".encode("utf-16-le"))).slug == "file-encoding"
    assert refusal(write("t.csv", "a,b\n1,2\n".encode("utf-16-be"))).slug == "file-encoding"


def test_a_nul_character_is_refused_with_its_line(write: Write) -> None:
    error = refusal(write("t.csv", b"No,Site\n" + b"1,lung\n" * 100 + b"2,a\0b\n"))
    assert error.slug == "file-encoding"
    assert "Line 102" in error.message


# What is no table


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG"),
        (b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table>", "a web page"),
        (b"\xef\xbb\xbf\n <html lang='en'>", "a web page"),
        (b"<?xml version='1.0'?><Workbook/>", "a web page or an XML"),
        (b'{"id": 1, "age": 5}\n', "a JSON"),
        (b'[{"id": 1}]', "a JSON"),
        (b"{\\rtf1\\ansi a,b}", "an RTF"),
        (b"\x1f\x8b\x08\0abc", "a gzip"),
        (bytes(range(256)) * 8, "a binary file"),
        (b"a,b\n1,\0\n", "a binary file"),
        (make_zip({"word/document.xml": "<w/>"}), "a Word document"),
        (make_zip({"xl/workbook.bin": b"\x83\x01"}), "XLSB"),
        (make_zip({"mimetype": "application/vnd.oasis.opendocument.text"}), "a zip archive"),
        (make_zip({"a.txt": "a,b"}), "a zip archive without a workbook"),
        (make_zip({}), "a zip archive without a workbook"),
        (make_compound("WordDocument"), "an old Office document"),
        (make_compound("\5SummaryInformation", "Workbook"), "an XLS workbook"),
        (make_compound("Book"), "an XLS workbook"),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_other_types_are_refused_whatever_their_name(
    write: Write, content: bytes, title: str, name: str
) -> None:
    error = refusal(write(name, content))
    assert error.slug == "file-wrong-type"
    assert title in error.message
    assert name in error.place


def test_an_xls_workbook_is_refused_with_its_cure(write: Write) -> None:
    error = refusal(write("t.xls", make_compound("Workbook")))
    assert "save it as XLSX" in error.cure


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (make_xlsx("<row><c><v>1</v></c></row>"), "xlsx"),
        (make_ods({"S": ods_row(ods_text("1"))}), "ods"),
        (b"1,2\n", "csv"),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t", "t.pdf"])
def test_the_content_decides_not_the_name(
    write: Write, content: bytes, kind: str, name: str
) -> None:
    table = open_spreadsheet(write(name, content))
    assert table.kind == kind
    assert next(table.rows()).texts[0] == "1"


def test_a_missing_file_a_folder_and_a_strange_path(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv").slug == "file-not-found"
    assert refusal(tmp_path).slug == "file-is-folder"
    assert refusal(tmp_path / "a\0b").slug == "file-not-found"
    assert refusal(tmp_path / ("x" * 5000)).slug == "file-unreadable"


def test_a_file_that_may_not_be_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("t.csv", b"a,b\n")

    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    error = refusal(path)
    assert error.slug == "file-unreadable"
    assert "Permission denied" in error.message


@pytest.mark.parametrize("content", [b"", b"\n\n", b" , \n\t\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(write: Write, content: bytes) -> None:
    assert refusal(write("t.csv", content)).slug == "table-empty"


def test_a_text_table_has_no_sheets(write: Write) -> None:
    assert refusal(write("t.csv", b"a,b\n"), sheet="S").slug == "table-sheet-unknown"


# Quotation and large cells


def test_an_unclosed_quotation_mark_is_refused_with_its_row(write: Write) -> None:
    error = refusal(write("t.csv", b'No,Site\n1,"two\nlines"\n2,"lung\n3,skin\n4,liver\n'))
    assert error.slug == "table-quotation"
    assert "never closed" in error.message
    assert "row 3, which begins on line 4" in error.place


def test_a_quotation_mark_that_closes_too_early_is_refused(write: Write) -> None:
    error = refusal(write("t.csv", b'No,Site\n1,"lung\n2,"skin",x\n'))
    assert error.slug == "table-quotation"
    assert "before the next comma" in error.message
    assert "row 2" in error.place


def test_a_quotation_mark_within_a_word_is_a_letter(write: Write) -> None:
    assert read_texts(write("t.csv", b'No,Size\n1,5" mass\n'))[1] == ("1", '5" mass')


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_cell_of_ten_megabytes_is_refused_with_its_place(write: Write, quote: str) -> None:
    cell = f"{quote}{'x' * 10_000_000}{quote}"
    error = refusal(write("t.csv", f'No,Text,Site\n1,"a,b\nc",lung\n2,{cell},skin\n'.encode()))
    assert error.slug == "cell-too-large"
    assert "row 3, which begins on line 4, column B" in error.place


def test_an_unclosed_quotation_mark_before_much_text_is_refused(write: Write) -> None:
    error = refusal(write("t.csv", b'No,Site\n1,"lung\n' + b"2,skin\n" * 100_000))
    assert error.slug == "cell-too-large"
    assert "row 2, which begins on line 2, column B" in error.place
    assert "quotation mark" in error.cure


def test_the_longest_cell_is_read_and_one_longer_is_not(write: Write) -> None:
    longest = "x" * MAX_CELL_CHARACTERS
    assert read_texts(write("t.csv", f"a,b\n1,{longest}\n".encode()))[1] == ("1", longest)
    assert refusal(write("t.csv", f"a,b\n1,{longest}x\n".encode())).slug == "cell-too-large"


def test_a_row_of_endless_cells_is_refused(write: Write) -> None:
    error = refusal(write("t.csv", b"a,b\n" + b"x," * 2_000_000))
    assert error.slug == "cell-too-large"
    assert "A row holds" in error.message


def test_the_limit_of_the_csv_module_is_lent_and_given_back(write: Write) -> None:
    before = csv.field_size_limit(7)
    try:
        table = open_spreadsheet(write("t.csv", b"a,b\nabcdefghijkl,2\n"))
        assert [row.texts for row in table.rows()][1] == ("abcdefghijkl", "2")
        assert csv.field_size_limit() == 7
    finally:
        csv.field_size_limit(before)


# Streaming


def test_text_is_streamed_and_progress_is_told(write: Write) -> None:
    table = open_spreadsheet(
        write("t.csv", b"No,Site\n" + b"1,a longer text of a cell\n" * 100_000)
    )
    rows = table.rows()
    next(rows)
    assert 0 <= table.progress < 0.1
    shares = [table.progress for row in rows if row.number % 10_000 == 0]
    assert shares == sorted(shares)
    assert 0.4 < shares[4] < 0.6
    assert table.progress == 1.0


def test_a_long_text_table_takes_little_memory(write: Write) -> None:
    lines = (f"{number},{number} months,lung,Negative,Died\n" for number in range(20_000))
    table = open_spreadsheet(write("t.csv", "".join(lines).encode()))
    tracemalloc.start()
    try:
        assert sum(1 for _ in table.rows()) == 20_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


# Properties

WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\t\r\n,;|"'), max_size=12
)
TABLES = st.lists(st.lists(WORDS, min_size=2, max_size=5), min_size=1, max_size=6)


@settings(deadline=None)
@given(
    TABLES,
    st.sampled_from(",;|\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_text_survives_csv(
    table: list[list[str]], delimiter: str, end: str, encoding: str
) -> None:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        table
    )
    expected = [
        (number, tuple(map(clean_text, row)))
        for number, row in enumerate(table, start=1)
        if any(map(clean_text, row))
    ]
    assume(expected)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(target.getvalue().encode(encoding))
        found = open_spreadsheet(path)
        assert [(row.number, row.texts) for row in found.rows()] == expected


@given(st.text(max_size=200))
def test_cleaning_a_text_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(st.sampled_from('ab,;|\t"\n\r 1'), max_size=60))
def test_choosing_a_delimiter_never_fails(text: str) -> None:
    assert choose_delimiter(text) in ",;|\t"
    assert choose_delimiter(text, is_whole=False) in ",;|\t"


STARTS = st.sampled_from(
    [b"", b"PK\x03\x04", b"PK\x05\x06", bytes.fromhex("d0cf11e0a1b11ae1"), b"\xff\xfe", b"a,b\n"]
)


@settings(deadline=None)
@given(STARTS, st.binary(max_size=2000))
@example(b"", b'"')
@example(b"\xff\xfe", b"\x00\xd8")
def test_any_bytes_give_rows_or_a_clear_error(start: bytes, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(start + content)
        result = read_or_refuse(path)
    if isinstance(result, UserError):
        assert result.place
    else:
        assert result
        assert all(any(row.texts) for row in result)
        assert [row.number for row in result] == sorted({row.number for row in result})
