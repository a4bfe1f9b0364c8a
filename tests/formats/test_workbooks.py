"""What holds for every workbook: round trips, agreement with other readers, damage."""

from __future__ import annotations

import csv
import datetime
import io
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook_files import (
    ODS_TYPE,
    make_ods,
    make_xlsx,
    make_zip,
    ods_cell,
    ods_content,
    ods_row,
    ods_text,
    open_bytes,
    read_bytes,
    save,
    texts_of,
    xlsx_members,
)

from spindle.errors import UserError
from spindle.formats.grid import MAX_CELL_CHARACTERS, clean_text

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff_"), max_size=10
).filter(lambda text: not text.startswith("="))
VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9).map(lambda value: round(value, 6)),
    st.dates(datetime.date(1900, 3, 1), datetime.date(2100, 1, 1)),
)


def expected_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return clean_text(str(value))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=5), min_size=1, max_size=5))
def test_every_value_survives_xlsx(rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = book.active.cell(place, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    expected = {
        place: tuple(map(expected_text, row))
        for place, row in enumerate(rows, start=1)
        if any(map(expected_text, row))
    }
    result = read_bytes(save(book))
    if isinstance(result, UserError):
        assert result.slug == "table-empty"
        result = []
    found = {row.number: row.texts for row in result}
    assert found.keys() == expected.keys()
    for place, texts in found.items():
        wanted = expected[place]
        assert texts + ("",) * (len(wanted) - len(texts)) == pytest.approx(wanted)


WRITTEN = st.sampled_from(
    [
        "",
        "19",
        "14 months",
        "22, No recurrence,  no metastasis",
        "SMA+; desmin-",
        "<5",
        "a\nb",
        "ß 患者",
    ]
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(WRITTEN, min_size=2, max_size=4), max_size=4))
def test_csv_xlsx_and_ods_agree(rows: list[list[str]]) -> None:
    rows = [["No", "Text, as written"], *rows]
    seen = read_as_csv_xlsx_and_ods(rows)
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == sum(1 for row in rows if any(row))


def test_the_table_of_the_example_is_the_same_in_every_kind() -> None:
    path = Path(__file__).resolve().parents[2] / "examples" / "zhao-2025" / "table1.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    seen = read_as_csv_xlsx_and_ods(rows)
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 26


def read_as_csv_xlsx_and_ods(rows: list[list[str]]) -> list[list[tuple[int, list[str]]]]:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    cells = [[ods_cell(_as_paragraphs(value), kind="string") for value in row] for row in rows]
    ods = make_ods({"S": "".join(ods_row(*row) for row in cells)})
    found = [read_bytes(content) for content in (text.getvalue().encode(), save(book), ods)]
    return [[(row.number, _without_end(row.texts)) for row in table] for table in found]


def _as_paragraphs(text: str) -> str:
    spaced = escape(text).replace("  ", " <text:s/>")
    return "".join(f"<text:p>{line}</text:p>" for line in spaced.split("\n"))


def _without_end(texts: tuple[str, ...]) -> list[str]:
    return list(texts[: max((at for at, text in enumerate(texts, 1) if text), default=0)])


WORKBOOKS = [
    make_xlsx(
        "<row r='2'><c r='A2' t='s'><v>0</v></c><c s='1'><f>1</f><v>43891</v></c></row>",
        strings=["<t>x</t>"],
        formats=["mmm-yy"],
        after="<mergeCells><mergeCell ref='A2:A3'/></mergeCells>",
    ),
    make_ods({"S": ods_row(ods_text("x"), ods_cell(kind="float", office_value="2"), repeated=2)}),
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(WORKBOOKS),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 3),
)
def test_any_damage_gives_rows_or_a_clear_error(
    content: bytes, changes: list[tuple[int, int]], cut: int
) -> None:
    changed = bytearray(content)
    for place, value in changes:
        changed[place % len(changed)] = value
    result = read_bytes(bytes(changed[: len(changed) - cut]))
    if isinstance(result, UserError):
        assert result.place
    else:
        assert all(any(row.texts) for row in result)


def damaged_part(members: dict[str, str | bytes], name: str) -> st.SearchStrategy[bytes]:
    """Give workbooks whose archive is whole and one of whose parts is not."""
    whole = str(members[name])
    pieces = st.text(st.sampled_from("<>/='\"0123456789rstcvf &;#"), max_size=4)
    return st.tuples(st.integers(0, len(whole)), st.integers(0, 5), pieces).map(
        lambda change: make_zip(
            {
                **members,
                name: whole[: change[0]] + change[2] + whole[change[0] + change[1] :],
            }
        )
    )


XLSX_MEMBERS = xlsx_members(
    "<row r='2'><c r='A2' t='s'><v>0</v></c><c s='1'><f>1</f><v>43891</v></c></row>",
    strings=["<t>x</t>"],
    formats=["mmm-yy"],
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(XLSX_MEMBERS)[1:]).flatmap(partial(damaged_part, XLSX_MEMBERS)))
def test_any_damaged_part_gives_rows_or_a_clear_error(content: bytes) -> None:
    result = read_bytes(content)
    if isinstance(result, UserError):
        assert result.slug in {"file-damaged", "table-empty", "file-wrong-type"}
    else:
        assert result


ODS_MEMBERS: dict[str, str | bytes] = {
    "mimetype": ODS_TYPE,
    "content.xml": ods_content(
        {
            "S": ods_row(
                ods_cell("<text:p>2<text:s text:c='2'/>m</text:p>", kind="float", office_value="2"),
                ods_text("x", **{"table_number-columns-repeated": "3", "table_formula": "of:=1"}),
                ods_cell("", kind="date", **{"office_date-value": "2020-03-01"}),
                repeated=2,
            )
        }
    ),
}


@settings(max_examples=200, deadline=None)
@given(damaged_part(ODS_MEMBERS, "content.xml"))
def test_any_damaged_content_of_ods_gives_rows_or_a_clear_error(content: bytes) -> None:
    result = read_bytes(content)
    if isinstance(result, UserError):
        assert result.slug in {"file-damaged", "table-empty", "file-too-large", "cell-too-large"}
    else:
        assert result


ODS_VALUES = st.one_of(st.none(), st.integers(1, 9), st.sampled_from("ab"))
ODS_ROWS = st.lists(
    st.tuples(st.integers(1, 3), st.lists(st.tuples(st.integers(1, 3), ODS_VALUES), max_size=4)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(ODS_ROWS)
def test_values_of_ods_stand_where_the_tags_say(
    rows: list[tuple[int, list[tuple[int, int | str | None]]]],
) -> None:
    written, expected = "", []
    for repeated, cells in rows:
        written += ods_row(*[_ods_value(value, times) for times, value in cells], repeated=repeated)
        texts = [str(value or "") for times, value in cells for _ in range(times)]
        expected += [texts] * repeated
    result = read_bytes(make_ods({"S": written}))
    found = {} if isinstance(result, UserError) else {row.number: row.texts for row in result}
    for number, texts in enumerate(expected, start=1):
        assert _without_end(found.get(number, ())) == _without_end(tuple(texts))


def _ods_value(value: int | str | None, times: int) -> str:
    repeated = {"table_number-columns-repeated": str(times)}
    if isinstance(value, int):  # a number that shows nothing is read from its value
        return ods_cell(kind="float", office_value=str(value), **repeated)
    return ods_text(value, **repeated) if value else ods_cell(**repeated)


def test_the_longest_cell_of_a_workbook_is_read() -> None:
    text = "x" * MAX_CELL_CHARACTERS
    assert texts_of(open_bytes(make_xlsx(f"<row><c t='str'><v>{text}</v></c></row>"))) == [(text,)]
    assert texts_of(open_bytes(make_ods({"S": ods_row(ods_text(text))}))) == [(text,)]


def test_progress_of_a_workbook() -> None:
    table = open_bytes(make_xlsx("<row><c><v>1</v></c></row>" * 4))
    assert [table.progress for _ in table.rows()] == [0.25, 0.5, 0.75, 1.0]
