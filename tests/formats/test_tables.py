from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import (
    describe_cases,
    iterate_texts,
    open_rows,
    read_rows,
    split_rows,
    strip_places,
    write_csv,
    write_xlsx,
)
from workbook_files import make_xlsx

from spindle.cases.absence import NOT_REPORTED
from spindle.cases.documents import read_case, write_case, write_case_document
from spindle.cases.observations import TestResult
from spindle.errors import UserError
from spindle.formats.cells.phrases import read_absence
from spindle.formats.columns import HowKnown
from spindle.formats.mappings import parse_mapping
from spindle.formats.tables import TableReading, read_table

PLAIN = """
No | Sex | Age (yr) | Site | ALK (D5F3) | FISH | Treatment | Follow up (months)
1 | Male | 19 | Left maxillary sinus | Negative | Negative | Surgery | 22, no recurrence
2 | F | 14 months | lung | Positive | 30/50 | biopsy only | 54, died
"""


def note_slugs(reading: TableReading) -> list[str]:
    return [note.slug for note in reading.notes]


def refuse(path: Path, mapping: str = "", sheet: str | None = None) -> UserError:
    with pytest.raises(UserError) as caught:
        read_table(path, mapping=parse_mapping(mapping) if mapping else None, sheet=sheet)
    return caught.value


def test_a_plain_table(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, PLAIN)
    (first, _), (second, notes) = reading.cases()
    assert reading.notes == []
    assert [(c.letters, c.field, c.how) for c in reading.columns[:3]] == [
        ("A", "case_id", HowKnown.RECOGNISED),
        ("B", "sex", HowKnown.RECOGNISED),
        ("C", "age", HowKnown.RECOGNISED),
    ]
    assert (reading.columns[2].unit, reading.columns[4].clone) == ("years", "D5F3")
    assert (first.id, second.id) == ("1", "2")
    assert {note.case_id for note in notes} == {"2"}
    assert {note.row for note in notes} == {3}
    assert "age-unit" in {note.slug for note in notes}
    place = first.specimens[0].observations[0].provenance
    assert write_case_document(first)["specimens"][0]["observations"][0]["provenance"] == {
        "source": "table.csv",
        "sheet": {"absent": "not_reported"},
        "row": 2,
        "column": "ALK (D5F3)",
        "words": "Negative",
    }
    assert place != NOT_REPORTED


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, PLAIN + "Total | 2\nNo | Sex\n")
    first = list(reading.cases())
    notes = list(reading.notes)
    assert list(reading.cases()) == first
    assert reading.notes == notes
    assert note_slugs(reading) == ["row-not-a-case", "row-repeats-header"]
    assert reading.progress == 1.0


def test_rows_are_streamed(tmp_path: Path) -> None:
    rows = split_rows(PLAIN)
    many = [rows[0], *[[str(number), *rows[1][1:]] for number in range(5000)]]
    reading = read_table(write_csv(tmp_path / "t.csv", many))
    cases = reading.cases()
    next(cases)
    assert 0 < reading.progress < 1
    assert sum(1 for _ in cases) == 4999


def test_titles_above_the_header_become_notes(tmp_path: Path) -> None:
    table = "Table 1. Twenty patients with a tumour\n\nHospital X | 2001-2020\n" + PLAIN.strip()
    reading = open_rows(tmp_path, table)
    assert len(list(reading.cases())) == 2
    assert [(note.slug, note.row, note.value) for note in reading.notes] == [
        ("row-not-a-case", 1, "Table 1. Twenty patients with a tumour"),
        ("row-not-a-case", 3, "Hospital X | 2001-2020"),
    ]


def test_group_headers_over_sub_headers(tmp_path: Path) -> None:
    reading = open_rows(
        tmp_path,
        """
        Patient | | ALK | | Course
        No | Sex | IHC | FISH | Treatment
        1 | M | positive | negative | surgery
        """,
    )
    assert [column.field for column in reading.columns] == [
        "case_id",
        "sex",
        "alk_ihc",
        "alk_fish",
        "treatment",
    ]
    assert reading.columns[2].header == "ALK IHC"
    (case, _), *rest = reading.cases()
    assert rest == []
    assert [o.id for _, o in case.iterate_observations()] == ["alk-ihc", "alk-fish"]


@pytest.mark.parametrize("upper", ["ALK | ", "ALK | ALK"])
def test_blank_and_merged_group_headers_beside_single_ones(tmp_path: Path, upper: str) -> None:
    table = f"""
    No | Sex | {upper} | Treatment
    | | IHC | FISH |
    1 | M | positive | negative | surgery
    """
    reading = open_rows(tmp_path, table)
    assert [column.header for column in reading.columns] == [
        "No",
        "Sex",
        "ALK IHC",
        "ALK FISH",
        "Treatment",
    ]
    assert len(list(reading.cases())) == 1


def test_a_row_of_units_below_the_header(tmp_path: Path) -> None:
    reading = open_rows(
        tmp_path,
        """
        No | Age | Size | Follow-up
        | (yr) | (cm) | (months)
        1 | 3 | 4 x 2 | 12
        """,
    )
    assert [column.unit for column in reading.columns] == ["", "years", "cm", "months"]
    (case, _) = next(reading.cases())
    assert write_case_document(case)["tumour"]["size"]["dimensions_mm"] == [40.0, 20.0]
    assert case.follow_up.duration_months == 12


def test_the_first_row_of_data_is_no_second_header(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, "Sex | Age | Site | ALK\nM | 14 months | lung | positive\n")
    assert [column.header for column in reading.columns] == ["Sex", "Age", "Site", "ALK"]
    assert len(list(reading.cases())) == 1


def test_a_header_further_down_needs_titles_above_it(tmp_path: Path) -> None:
    # A row of data that holds a header's word is no header.
    table = """
    where | field | first reading | second reading | kind
    a | b | c | d | e
    a | ALK | FISH | d | e
    """
    assert refuse(write_csv(tmp_path / "t.csv", split_rows(table))).slug == "table-no-columns"


def test_totals_footnotes_and_repeated_headers_are_no_cases(tmp_path: Path) -> None:
    reading = open_rows(
        tmp_path,
        """
        No | Sex | Age (yr) | ALK
        1 | M | 3 | positive
        Table 1 (continued)
        No | Sex | Age (yr) | ALK
        2 | F | 4 | negative
        Total (n = 2) | 1 M | mean 3.5 | 1/2
        Group B
        Abbreviations: ALK, anaplastic lymphoma kinase
        *One patient moved away
        3
        """,
    )
    assert [case.id for case, _ in reading.cases()] == ["1", "2", "3"]
    assert [(note.slug, note.row, note.value) for note in reading.notes] == [
        ("row-not-a-case", 3, "Table 1 (continued)"),
        ("row-repeats-header", 4, "No | Sex | Age (yr) | ALK"),
        ("row-not-a-case", 6, "Total (n = 2) | 1 M | mean 3.5 | 1/2"),
        ("row-not-a-case", 7, "Group B"),
        ("row-not-a-case", 8, "Abbreviations: ALK, anaplastic lymphoma kinase"),
        ("row-not-a-case", 9, "*One patient moved away"),
    ]


@pytest.mark.parametrize(
    "row",
    ["total-1 | M | 3", "Mean | | ", "A | M | ", "note-3 | | x", " | M | lung"],
)
def test_what_looks_odd_may_still_be_a_case(tmp_path: Path, row: str) -> None:
    cases = read_rows(tmp_path, f"Case | Sex | Site\n1 | M | lung\n{row}\n")
    assert len(cases) == (1 if row.startswith("Mean") else 2)


def test_a_total_resection_is_no_total(tmp_path: Path) -> None:
    cases = read_rows(tmp_path, "Treatment | Sex | ALK\nTotal resection | M | positive\n")
    assert len(cases) == 1


def test_ids_that_are_missing_or_come_twice(tmp_path: Path) -> None:
    cases = read_rows(
        tmp_path,
        "No | Sex | ALK\n15 | M | positive\n15 | F | negative\n15-2 | M | NA\n | F | NA\n"
        "NA | M | NA",
    )
    assert [case.id for case, _ in cases] == ["15", "15-2", "15-2-2", "row-5", "row-6"]
    noted = [[n.slug for n in notes if n.slug.startswith("id-")] for _, notes in cases]
    assert noted == [[], ["id-duplicate"], ["id-duplicate"], ["id-missing"], ["id-missing"]]


def test_one_id_for_ever_is_not_slow(tmp_path: Path) -> None:
    rows = [["No", "Sex", "ALK"], *[["1", "M", "NA"]] * 20_000]
    ids = [case.id for case, _ in read_rows(tmp_path, rows)]
    assert len(set(ids)) == 20_000
    assert ids[-1] == "1-20000"


def test_a_table_without_ids(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, "Sex | ALK\nM | positive\n")
    assert note_slugs(reading) == ["id-missing"]
    assert [case.id for case, _ in reading.cases()] == ["row-2"]


def test_an_id_gets_the_prefix(tmp_path: Path) -> None:
    mapping = '[options]\ncase_id_prefix = "zhao-"\n'
    cases = read_rows(tmp_path, "No | ALK\n1 | positive\n1 | negative\n", mapping)
    assert [case.id for case, _ in cases] == ["zhao-1", "zhao-1-2"]


def test_cells_beyond_the_header(tmp_path: Path) -> None:
    ((case, notes),) = read_rows(tmp_path, "No | ALK\n1 | positive | | extra | more\n")
    assert [(remark.column, remark.words) for remark in case.remarks] == [
        ("D", "extra"),
        ("E", "more"),
    ]
    assert [(note.slug, note.value) for note in notes] == [("row-too-long", "extra | more")]


def test_unknown_columns_are_kept_and_noted_once(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, "No | ALK | Zodiac\n1 | + | Leo\n2 | - | \n")
    cases = [case for case, _ in reading.cases()]
    assert [(remark.column, remark.words) for remark in cases[0].remarks] == [("Zodiac", "Leo")]
    assert cases[1].remarks == ()
    assert note_slugs(reading) == ["column-unused"]


def test_a_column_without_a_header_is_noted_when_it_holds_something(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, "No | | ALK\n1 | | +\n2 | x | -\n3 | y | -\n")
    assert note_slugs(reading) == []
    cases = [case for case, _ in reading.cases()]
    assert [(note.slug, note.column) for note in reading.notes] == [("column-unused", "B")]
    assert [remark.words for remark in cases[1].remarks] == ["x"]


def test_two_columns_for_one_field(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, "No | Sex | Gender | ALK\n1 | M | F | +\n")
    ((case, _),) = reading.cases()
    assert case.patient.sex == "male"
    assert [(remark.column, remark.words) for remark in case.remarks] == [("Gender", "F")]
    assert [(note.slug, note.column) for note in reading.notes] == [("column-ambiguous", "Gender")]


def test_age_and_sex_in_one_column_beside_their_own(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, "No | Sex | Age (yr)/Sex | ALK\n1 | M | 3/F | +\n")
    ((case, _),) = reading.cases()
    assert case.patient.sex == "male"
    assert [(note.slug, note.column) for note in reading.notes] == [
        ("column-ambiguous", "Age (yr)/Sex")
    ]
    assert [remark.words for remark in case.remarks] == ["3/F"]


def test_markers_below_a_group_header(tmp_path: Path) -> None:
    reading = open_rows(
        tmp_path,
        """
        No | Sex | Immunohistochemistry | | | FISH
        | | ALK | SMA | desmin |
        1 | M | positive | + | focal | negative
        """,
    )
    fields = [(column.field, column.marker) for column in reading.columns[2:]]
    assert fields == [("alk_ihc", "ALK"), ("stain", "SMA"), ("stain", "desmin"), ("alk_fish", "")]


def test_a_first_row_of_words_is_no_second_header(tmp_path: Path) -> None:
    reading = open_rows(
        tmp_path, "Case | Sex | Method | Result\na | M | FISH | positive\nb | F | PCR | positive"
    )
    assert [case.id for case, _ in reading.cases()] == ["a", "b"]


def test_the_mapping_decides_between_two_columns(tmp_path: Path) -> None:
    table = "No | Sex | Gender | ALK\n1 | M | F | +\n"
    reading = open_rows(tmp_path, table, '[columns]\nGender = "sex"\n')
    ((case, _),) = reading.cases()
    assert case.patient.sex == "female"
    assert [(note.slug, note.column) for note in reading.notes] == [("column-ambiguous", "Sex")]


def test_two_clones_are_two_tests(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, "No | ALK (D5F3) | ALK (5A4)\n1 | positive | negative\n")
    ((case, notes),) = reading.cases()
    assert reading.notes == []
    stains = [o for _, o in case.iterate_observations()]
    assert [(s.id, getattr(s, "clone", "")) for s in stains] == [
        ("alk-ihc", "5A4"),
        ("alk-ihc-2", "D5F3"),
    ]
    assert [note.slug for note in notes] == ["result-conflict"]


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "mappings.md").read_text("utf-8")
    lines = [line.strip("|") for line in text.splitlines() if line.startswith("|")]
    table = "\n".join([lines[0], lines[2]])
    mapping = text.split("```toml")[1].split("```")[0]
    ((case, _),) = read_rows(tmp_path, table, mapping)
    document = strip_places(write_case_document(case))
    assert document["id"] == "clinic-1"
    assert document["patient"]["sex"] == "male"
    assert document["patient"]["age_at_diagnosis"]["months"] == 228
    assert [(s["name"], s["laterality"]) for s in document["tumour"]["sites"]] == [
        ("maxillary sinus", "left")
    ]
    assert document["tumour"]["diagnosis"] == "inflammatory myofibroblastic tumour"
    stain, desmin, fish = document["specimens"][0]["observations"]
    assert (stain["id"], stain["result"], stain["clone"]) == ("alk-ihc", "negative", "D5F3")
    assert (desmin["id"], desmin["marker"], desmin["result"]) == (
        "stain-desmin",
        "desmin",
        "positive",
    )
    assert fish["counts"][0]["nuclei_scored"] == 50
    assert fish["counts"][0]["split"] == 2
    assert document["follow_up"]["duration_months"] == 22
    assert [(o["kind"], o["has_occurred"]) for o in document["outcomes"]] == [("recurrence", False)]


def test_a_header_row_that_the_mapping_names(tmp_path: Path) -> None:
    table = "Sex | ALK | old\nx | y | z\nCase | Sex | ALK\n1 | M | positive\n"
    reading = open_rows(tmp_path, table, "[options]\nheader_row = 3\n")
    assert [column.header for column in reading.columns] == ["Case", "Sex", "ALK"]
    assert [case.id for case, _ in reading.cases()] == ["1"]
    assert [(note.slug, note.row) for note in reading.notes] == [
        ("row-not-a-case", 1),
        ("row-not-a-case", 2),
    ]


def test_a_table_without_a_header(tmp_path: Path) -> None:
    mapping = '[columns]\nA = "case_id"\nC = "alk_ihc"\n[options]\nheader_row = 0\n'
    reading = open_rows(tmp_path, "1 | M | positive\n2 | F | negative\n", mapping)
    cases = [case for case, _ in reading.cases()]
    assert [case.id for case in cases] == ["1", "2"]
    results = [o.result for case in cases for _, o in case.iterate_observations()]
    assert results == [TestResult.POSITIVE, TestResult.NEGATIVE]
    assert [remark.words for remark in cases[0].remarks] == ["M"]


def test_unknown_headers_with_a_mapping_by_letters(tmp_path: Path) -> None:
    mapping = '[columns]\nA = "case_id"\nB = "alk_ihc"\n[options]\nrecognise = false\n'
    reading = open_rows(tmp_path, "X | Y\n1 | positive\n", mapping)
    assert [case.id for case, _ in reading.cases()] == ["1"]


@pytest.mark.parametrize(
    ("table", "slug", "said"),
    [
        ("a | b | c\n1 | 2 | 3\n", "table-no-columns", "'a', 'b', 'c'"),
        ("No | url\n1 | x\n", "table-no-columns", "'No', 'url'"),
        ("a | b | status\n1 | 2 | 3\n", "table-no-columns", "'a', 'b', 'status'"),
        ("No | Sex | ALK\n", "table-no-rows", "no case"),
        ("No | Sex | ALK\nAbbreviations: ALK, kinase\n", "table-no-rows", "no case"),
    ],
)
def test_tables_without_cases(tmp_path: Path, table: str, slug: str, said: str) -> None:
    error = refuse(write_csv(tmp_path / "t.csv", split_rows(table)))
    assert error.slug == slug
    assert said in error.message
    assert "t.csv" in error.place


def test_a_header_row_that_is_not_there(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", split_rows(PLAIN))
    assert refuse(path, "[options]\nheader_row = 9\n").slug == "mapping-invalid"


def test_a_mapped_column_that_is_not_there(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", split_rows(PLAIN))
    error = refuse(path, '[columns]\nGender = "sex"\n')
    assert error.slug == "mapping-invalid"
    assert "Gender" in error.message


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    assert refuse(tmp_path / "absent.csv").slug == "file-not-found"
    assert refuse(tmp_path).slug == "file-is-folder"
    (tmp_path / "empty.csv").write_text("")
    assert refuse(tmp_path / "empty.csv").slug == "table-empty"


def test_csv_and_xlsx_give_the_same_cases(tmp_path: Path) -> None:
    rows = split_rows(PLAIN)
    from_csv = list(read_table(write_csv(tmp_path / "t.csv", rows)).cases())
    from_xlsx = list(read_table(write_xlsx(tmp_path / "t.xlsx", rows)).cases())
    assert describe_cases(from_csv) == describe_cases(from_xlsx)
    slugs = [[note.slug for note in notes] for _, notes in from_csv]
    assert [[note.slug for note in notes] for _, notes in from_xlsx] == slugs


def test_typed_cells_of_a_workbook_read_as_written(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Patients"
    sheet.append(["No", "Age (yr)", "ALK", "Follow up (months)", "Seen"])
    sheet.append([1, 2.5, "negative", 22, datetime.date(2020, 3, 1)])
    book.save(tmp_path / "t.xlsx")
    reading = read_table(tmp_path / "t.xlsx")
    ((case, _),) = reading.cases()
    assert case.id == "1"
    document = write_case_document(case)
    assert document["patient"]["age_at_diagnosis"]["months"] == 30
    assert document["follow_up"]["duration_months"] == 22
    assert document["follow_up"]["provenance"]["sheet"] == "Patients"
    assert {note.sheet for note in reading.notes} == {"Patients"}


def test_merged_group_headers_and_ids_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["No", "ALK", None, "Treatment"])
    sheet.append([None, "IHC", "FISH", None])
    sheet.append([1, "positive", "negative", "surgery"])
    sheet.append([None, "negative", "negative", "surgery"])
    sheet.append([3, "negative", "negative", "surgery"])
    for merged in ("A1:A2", "B1:C1", "D1:D2", "A3:A4"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "t.xlsx")
    reading = read_table(tmp_path / "t.xlsx")
    assert [column.header for column in reading.columns] == [
        "No",
        "ALK IHC",
        "ALK FISH",
        "Treatment",
    ]
    cases = list(reading.cases())
    assert [case.id for case, _ in cases] == ["1", "1-2", "3"]
    assert [note.slug for note in cases[1][1]] == ["id-duplicate"]
    assert "cell-merged" in note_slugs(reading)


def test_formulas_give_their_cached_value_and_a_note(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    header = "".join(
        f"<c r='{letter}1' t='inlineStr'><is><t>{text}</t></is></c>"
        for letter, text in zip("ABC", ("No", "Age (yr)", "ALK"), strict=True)
    )
    row = (
        "<c r='A2'><v>1</v></c><c r='B2'><f>2010-1991</f><v>19</v></c>"
        "<c r='C2' t='inlineStr'><is><t>negative</t></is></c>"
    )
    path.write_bytes(make_xlsx(f"<row r='1'>{header}</row><row r='2'>{row}</row>"))
    reading = read_table(path)
    ((case, _),) = reading.cases()
    assert write_case_document(case)["patient"]["age_at_diagnosis"]["months"] == 228
    assert [(note.slug, note.column) for note in reading.notes] == [("cell-formula", "Age (yr)")]


def test_a_sheet_is_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["Read me first"])
    second = book.create_sheet("Cases")
    second.append(["No", "ALK"])
    second.append([1, "negative"])
    book.save(tmp_path / "t.xlsx")
    assert refuse(tmp_path / "t.xlsx").slug == "table-no-columns"
    assert refuse(tmp_path / "t.xlsx", sheet="Case").slug == "table-sheet-unknown"
    reading = read_table(tmp_path / "t.xlsx", sheet="Cases")
    assert len(list(reading.cases())) == 1
    mapping = parse_mapping('[options]\nsheet = "Cases"\n')
    assert read_table(tmp_path / "t.xlsx", mapping=mapping).source.sheet == "Cases"


HEADERS, *FULL_ROWS = split_rows(
    "No|Gender|Age (yr)|Clinical Manifestations|Site|Size (cm)|Diagnosis|ALK (D5F3)|ROS1 IHC|"
    "Desmin|Ki-67 index|Other IHC|FISH|RT-PCR|NGS|Specimen type|Tumor content|Histology|"
    "Treatment|Margin|Follow up (Months)|Outcome|Recurrence|Metastasis|Cause of death|Remark|X\n"
    "1|M|19|left cheek swelling|Left maxillary sinus|4 x 2|IMT|Negative|NA|+|5%|SMA+; ALK-|12/50|"
    "Negative|not done|biopsy|60%|necrosis|radical surgery|R0|22|NED|No|No||none|Leo\n"
    "2|F|14 months|right eye pain|Left orbit|2|IMT|Positive|negative|focal|10|CD34-|negative|"
    "Positive|RANBP2-ALK|resection|40||Only tumor biopsy||54|died|Yes|No|tumour|x|\n"
    "3|F|3 months|fever|lung|||failed|NA||||not done||TFG-ROS1||||||Lost to follow up||||||"
)


@given(st.randoms(use_true_random=False))
def test_the_order_of_columns_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("shuffled")
    order = list(range(len(HEADERS)))
    chance.shuffle(order)
    rows = [HEADERS, *FULL_ROWS]
    plain = describe_cases(read_rows(folder, rows))
    shuffled = describe_cases(read_rows(folder, [[row[place] for place in order] for row in rows]))
    for one, other in zip(plain, shuffled, strict=True):
        for document in (one, other):
            document["remarks"].sort(key=lambda remark: (remark["column"], remark["words"]))
    assert plain == shuffled


PIECES_WRITTEN = (
    "+ - ; , / :: ALK FISH PCR 12/50 60/50 0/0 % ( ) R0 R1 months years left right no not "
    "recurrence died alive lost Ki-67 5-10% ½ ± 女 ROS1 NTRK3 positive negative failed 1.5.2 "
    "99999999999 -3 0 SMA biopsy only tumour NA cm mm x 4 = newborn"
)
PIECES = st.sampled_from(PIECES_WRITTEN.split())
# Control characters make a file a binary one, which is refused before it is read.
LETTERS = st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t")
CELLS = st.one_of(
    st.text(LETTERS, max_size=30),
    st.lists(PIECES, max_size=6).map(" ".join),
    st.lists(PIECES, max_size=4).map("".join),
)


@given(st.lists(CELLS, min_size=len(HEADERS), max_size=len(HEADERS)))
def test_any_text_is_read_and_kept(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    reading = open_rows(folder, [HEADERS, FULL_ROWS[0], cells])
    texts = [row.texts for row in reading.spreadsheet.rows()][2:]
    read = list(reading.cases())
    assert len(read) + sum(1 for note in reading.notes if note.row) == 1 + len(texts)
    for case, notes in read[1:]:
        assert read_case(write_case(case)) == case
        kept = {*iterate_texts(write_case_document(case)), *[note.value for note in notes]}
        lost = [text for text in texts[0] if not any(text in words for words in kept)]
        assert [text for text in lost if read_absence(text) is None] == []


def test_ids_of_observations_are_unique(tmp_path: Path) -> None:
    header = "No | ALK | ROS1 | Other IHC | FISH | ROS1 FISH | RT-PCR | NGS"
    row = "1 | + | - | ALK+; ALK-; SMA+; SMA+; ROS1- | 12/50 | - | + | RANBP2-ALK; TFG-ROS1"
    ((case, _),) = read_rows(tmp_path, f"{header}\n{row}\n")
    ids = [observation.id for _, observation in case.iterate_observations()]
    assert len(ids) == len(set(ids)) > 8


def test_a_column_is_described_in_json_types(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, PLAIN)
    described: list[dict[str, Any]] = [
        {"letters": c.letters, "field": c.field, "how": c.how.value, "unit": c.unit}
        for c in reading.columns
    ]
    assert described[7] == {
        "letters": "H",
        "field": "follow_up",
        "how": "recognised",
        "unit": "months",
    }
