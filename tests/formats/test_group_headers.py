"""Group headers over the tests of one gene: "ROS1 status" over "IHC" and "FISH"."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import open_rows

from spindle.cases.notes import Note
from spindle.cases.observations import FishTest, Observation, PcrTest, Stain
from spindle.formats.tables import TableReading, read_table
from spindle.knowledge.headers import is_group_filler, read_group, read_header
from spindle.knowledge.words import load_word_lists

TESTS = ("IHC", "FISH", "RT-PCR")
ALK_TESTS = [("stain", "ALK"), ("fish", "ALK"), ("rt_pcr", "ALK")]


def open_groups(
    folder: Path, *groups: str, tests: tuple[str, ...] = TESTS, is_full: bool = False
) -> TableReading:
    """Give a table of one case, all positive, below the groups; each spreads over the tests."""
    upper = ["", "", ""] if is_full else ["No", "Age (yr)", "Sex"]
    lower = ["No", "Age (yr)", "Sex"] if is_full else ["", "", ""]
    row = ["1", "12", "M"]
    for group in groups:
        upper += [group, *[""] * (len(tests) - 1)]
        lower += tests
        row += ["positive"] * len(tests)
    return open_rows(folder, [upper, lower, row])


def open_merged(path: Path, group: str, tests: tuple[str, ...] = TESTS) -> TableReading:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["No", "Age (yr)", "Sex", group, *[None] * (len(tests) - 1)])
    sheet.append([None, None, None, *tests])
    sheet.append(["1", "12", "M", *["positive"] * len(tests)])
    for place in ("A1:A2", "B1:B2", "C1:C2"):
        sheet.merge_cells(place)
    sheet.merge_cells(start_row=1, end_row=1, start_column=4, end_column=3 + len(tests))
    book.save(path)
    return read_table(path)


def list_kinds(reading: TableReading) -> list[tuple[str, str]]:
    return [(column.kind, column.subject) for column in reading.columns[3:]]


def list_subjects(reading: TableReading) -> list[str]:
    ((case, _),) = reading.cases()
    return [_subject(observation) for _, observation in case.iterate_observations()]


def _subject(observation: Observation) -> str:
    if isinstance(observation, Stain):
        return f"{observation.marker} IHC {observation.result}"
    assert isinstance(observation, FishTest | PcrTest)
    return f"{observation.gene} {observation.kind} {observation.result}"


def notes_of(reading: TableReading, slug: str) -> list[Note]:
    return [note for note in reading.notes if note.slug == slug]


@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize(
    "group",
    [
        "ALK", "ALK tests", "ALK status", "ALK testing", "ALK detection", "ALK (2p23)",
        "ALK gene rearrangement", "Analysis of ALK", "EML4-ALK analysis", "ALK检测",
    ],
)  # fmt: skip
def test_tests_below_alk(tmp_path: Path, group: str, is_full: bool) -> None:
    reading = open_groups(tmp_path, group, is_full=is_full)
    assert list_kinds(reading) == ALK_TESTS
    assert list_subjects(reading) == [
        "ALK IHC positive",
        "ALK fish positive",
        "ALK rt_pcr positive",
    ]


@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize("group", ["ROS1", "ROS1 status", "ROS-1 gene alteration", "ROS1 results"])
def test_tests_below_another_kinase(tmp_path: Path, group: str, is_full: bool) -> None:
    reading = open_groups(tmp_path, group, is_full=is_full)
    assert list_kinds(reading) == [("stain", "ROS1"), ("fish", "ROS1"), ("rt_pcr", "ROS1")]
    assert all(subject.startswith("ROS1 ") for subject in list_subjects(reading))


def test_fish_and_pcr_below_a_rearrangement(tmp_path: Path) -> None:
    reading = open_groups(tmp_path, "NTRK3 rearrangement", tests=("FISH", "RT-PCR"))
    assert list_kinds(reading) == [("fish", "NTRK3"), ("rt_pcr", "NTRK3")]


def test_two_groups_side_by_side(tmp_path: Path) -> None:
    reading = open_groups(tmp_path, "ROS1 status", "ALK status", tests=("IHC", "FISH"))
    assert list_kinds(reading) == [
        ("stain", "ROS1"),
        ("fish", "ROS1"),
        ("stain", "ALK"),
        ("fish", "ALK"),
    ]


@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize(
    "group",
    [
        "EWSR1 status", "MET testing", "BRAF", "DICER1 analysis", "NTRK1/2/3 rearrangements", "TRK",
        "ALK/ROS1 status", "ROS1 in our laboratory", "SMA", "ETV6 rearrangement", "ZNF444 status",
    ],
)  # fmt: skip
def test_a_test_below_another_gene_is_never_one_of_alk(
    tmp_path: Path, group: str, is_full: bool
) -> None:
    reading = open_groups(tmp_path, group, tests=("FISH", "RT-PCR"), is_full=is_full)
    assert list_kinds(reading) == [("remark", ""), ("remark", "")]
    assert len(notes_of(reading, "column-unused")) == 2
    ((case, _),) = reading.cases()
    assert list(case.iterate_observations()) == []
    specimen_words = [remark.words for remark in case.remarks]
    assert specimen_words == ["positive", "positive"]


KINASES = ["ROS1", "NTRK1", "NTRK2", "NTRK3", "RET", "PDGFRB", "PDGFRA", "LTK", "IGF1R"]


@given(
    gene=st.sampled_from([*KINASES, *load_word_lists("headers")["other_genes"]]),
    before=st.sampled_from(["", *load_word_lists("headers")["group_fillers"], "our", "new"]),
    after=st.sampled_from(["", *load_word_lists("headers")["group_fillers"], "work", "(n = 3)"]),
)
def test_any_words_beside_another_gene_keep_it(gene: str, before: str, after: str) -> None:
    reading = read_group(f"{before} {gene} {after}".strip())
    assert reading.is_about_others
    assert reading.subject != "ALK"


@pytest.mark.parametrize("group", ["ALK status", "ROS1 status", "Genetic tests", "Molecular"])
def test_merged_groups_of_a_workbook_read_as_text_does(tmp_path: Path, group: str) -> None:
    merged = open_merged(tmp_path / "t.xlsx", group)
    plain = open_groups(tmp_path, group)
    assert [c.header for c in merged.columns] == [c.header for c in plain.columns]
    assert list_kinds(merged) == list_kinds(plain)
    (note,) = notes_of(merged, "header-two-rows")
    assert note.message == notes_of(plain, "header-two-rows")[0].message
    assert notes_of(merged, "row-not-a-case") == []


def test_words_that_name_no_gene_leave_a_test_as_it_is(tmp_path: Path) -> None:
    reading = open_groups(tmp_path, "Molecular tests", tests=("FISH", "NGS"))
    assert list_kinds(reading) == [("fish", "ALK"), ("fusion", "")]


@pytest.mark.parametrize("is_full", [False, True])
def test_one_note_says_that_two_rows_were_joined(tmp_path: Path, is_full: bool) -> None:
    reading = open_groups(tmp_path, "ALK tests", is_full=is_full, tests=("FISH", "RT-PCR"))
    (note,) = notes_of(reading, "header-two-rows")
    assert note.row == 2
    assert note.message.endswith(": ALK FISH, ALK RT-PCR.")
    assert "ALK tests" in note.value
    assert notes_of(reading, "row-not-a-case") == []
    list(reading.cases())
    assert len(notes_of(reading, "header-two-rows")) == 1


def test_the_note_lists_ten_headers_and_counts_the_rest(tmp_path: Path) -> None:
    first = ("SMA", "desmin", "S100", "CD34", "CD30", "CD68", "EMA", "calponin", "ALK")
    markers = (*first, "vimentin", "SOX10", "CD117")
    reading = open_groups(tmp_path, "IHC", tests=markers)
    (note,) = notes_of(reading, "header-two-rows")
    assert note.message.endswith("IHC vimentin and 2 more.")


def test_several_groups_that_explain_nothing_are_no_title(tmp_path: Path) -> None:
    table = """
    | | Molecular | | Course
    No | Sex | FISH | NGS | Treatment
    1 | M | positive | negative | surgery
    """
    reading = open_rows(tmp_path, table)
    assert [c.header for c in reading.columns] == ["No", "Sex", "FISH", "NGS", "Treatment"]
    (note,) = notes_of(reading, "header-two-rows")
    assert (note.row, note.value) == (2, "Molecular | Course")
    assert notes_of(reading, "row-not-a-case") == []


def test_a_header_that_stands_twice_is_one_row(tmp_path: Path) -> None:
    table = "No | Sex | ALK | Site\nNo | Sex | ALK | Site\n1 | M | positive | lung"
    reading = open_rows(tmp_path, table)
    list(reading.cases())
    assert [note.slug for note in reading.notes] == ["row-repeats-header"]


def test_a_header_in_one_row_gets_no_note(tmp_path: Path) -> None:
    reading = open_rows(tmp_path, "No | Sex | ALK IHC\n1 | M | positive")
    assert notes_of(reading, "header-two-rows") == []


def test_a_title_that_names_a_gene_heads_no_column(tmp_path: Path) -> None:
    table = """
    Table 1. ROS1 and ALK in twelve tumours | | | |
    No | Sex | FISH | IHC | Site
    1 | M | positive | SMA+ | lung
    """
    reading = open_rows(tmp_path, table)
    assert [c.header for c in reading.columns] == ["No", "Sex", "FISH", "IHC", "Site"]
    assert [note.row for note in notes_of(reading, "row-not-a-case")] == [1]


def test_a_gene_reaches_no_further_than_its_tests(tmp_path: Path) -> None:
    table = """
    | | ALK status | | |
    No | Sex | IHC | FISH | Site | IHC
    1 | M | positive | negative | lung | SMA+
    """
    reading = open_rows(tmp_path, table)
    assert [c.field for c in reading.columns[2:]] == [
        "alk_ihc",
        "alk_fish",
        "sites",
        "other_stains",
    ]


def test_status_below_a_gene_is_no_outcome(tmp_path: Path) -> None:
    reading = open_groups(tmp_path, "ALK", tests=("IHC", "Status", "FISH"), is_full=True)
    assert [c.field for c in reading.columns[3:]] == ["alk_ihc", "remark", "alk_fish"]


def test_a_mapping_that_names_a_test_decides(tmp_path: Path) -> None:
    table = """
    No | Sex | ROS1 status |
    | | IHC | FISH
    1 | M | positive | positive
    """
    reading = open_rows(tmp_path, table, '[columns]\nFISH = "alk_fish"\n')
    assert [(c.header, c.field) for c in reading.columns[2:]] == [
        ("ROS1 IHC", "ros1_ihc"),
        ("FISH", "alk_fish"),
    ]


@pytest.mark.parametrize(
    ("header", "field", "marker"),
    [
        ("IHC for ALK", "alk_ihc", "ALK"),
        ("Immunohistochemistry for ALK", "alk_ihc", "ALK"),
        ("IHC for ROS1", "ros1_ihc", "ROS1"),
        ("IHC for desmin", "stain", "desmin"),
        ("IHC for EWSR1", "", ""),
    ],
)
def test_a_stain_for_a_marker(header: str, field: str, marker: str) -> None:
    reading = read_header(header)
    assert (reading.field, reading.marker) == (field, marker)


def test_group_fillers() -> None:
    assert is_group_filler("Test results")
    assert not is_group_filler("Outcome")
    assert not is_group_filler("")
    assert not read_group("x" * 1000).has_gene
