from __future__ import annotations

import re
from pathlib import Path

import pytest

from spindle.cases.absence import NOT_REPORTED
from spindle.cases.observations import SequencingMethod
from spindle.cases.specimen import SpecimenKind
from spindle.errors import UserError
from spindle.formats.columns import HowKnown, assign_columns
from spindle.formats.mappings import TableMapping, list_fields, parse_mapping, read_mapping

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "mappings.md"


def refuse(text: str) -> UserError:
    with pytest.raises(UserError) as caught:
        parse_mapping(text, place="m.toml")
    assert caught.value.slug == "mapping-invalid"
    return caught.value


def test_an_empty_mapping_changes_nothing() -> None:
    assert parse_mapping("") == TableMapping(place="mapping")


def test_every_section_is_read() -> None:
    mapping = parse_mapping(
        """
        [columns]
        "Tumour (site)" = "sites"
        'C' = "stain:alpha-SMA"
        Probe = "fish: ROS1"
        [units]
        age = "months"
        size = "cm"
        [options]
        case_id_prefix = "a-"
        sheet = "Table 2"
        header_row = 0
        clone = "5A4"
        recognise = false
        [constants]
        covered_fusions = ["TPM3::ALK"]
        sequencing_method = "rna_sequencing"
        specimen_kind = "biopsy"
        """,
        place="m.toml",
    )
    assert [(rule.key, rule.field, rule.name) for rule in mapping.columns] == [
        ("Tumour (site)", "sites", ""),
        ("C", "stain", "SMA"),
        ("Probe", "fish", "ROS1"),
    ]
    assert mapping.columns[1].place == "m.toml, line 4"
    assert dict(mapping.units) == {"age": "months", "size": "cm"}
    assert (mapping.case_id_prefix, mapping.sheet, mapping.header_row) == ("a-", "Table 2", 0)
    assert (mapping.clone, mapping.is_recognising) == ("5A4", False)
    assert mapping.constants.covered_fusions == ("TPM3::ALK",)
    assert mapping.constants.sequencing_method is SequencingMethod.RNA
    assert mapping.constants.specimen_kind is SpecimenKind.BIOPSY
    assert mapping.constants.kit == NOT_REPORTED


def test_an_unknown_field_names_the_line_and_the_fields() -> None:
    error = refuse('# a comment\n[columns]\nSex = "sex"\n"Age (yr)" = "agge"\n')
    assert error.place == "m.toml, line 4"
    assert "'agge'" in error.message
    assert all(field in error.cure for field in ("age", "alk_ihc", "follow_up", "remark"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[columns", "Not TOML"),
        ("[columns]\na = \n", "Not TOML"),
        ('[columns]\na = "sex"\na = "age"\n', "Not TOML"),
        ('[collumns]\na = "sex"\n', "'collumns' is no section"),
        ('age = "years"\n', "'age' is no section"),
        ('columns = "age"\n', "'columns' is a section"),
        ("[columns]\na = 3\n", "needs one field"),
        ('[columns]\nAge.yr = "age"\n', "needs one field"),
        ('[columns]\na = "sex:ALK"\n', "is no field"),
        ('[columns]\na = "fish"\n', "after a colon"),
        ('[columns]\na = "stain"\n', "after a colon"),
        ('[units]\nage = "decades"\n', "is no unit of age"),
        ("[units]\nage = 12\n", "is no unit of age"),
        ('[units]\nsex = "years"\n', "no field with a unit"),
        ('[units]\nsize = "inch"\n', "is no unit of size"),
        ("[options]\nheader_row = -1\n", "header_row"),
        ("[options]\nheader_row = true\n", "header_row"),
        ('[options]\nrecognise = "no"\n', "recognise"),
        ('[options]\nsheet = ""\n', "sheet"),
        ('[options]\nminus = "no"\n', "minus"),
        ('[options]\nencoding = "latin"\n', "is no option"),
        ('[constants]\ncovered_fusions = "TPM3::ALK"\n', "list of texts"),
        ("[constants]\ncovered_fusions = []\n", "list of texts"),
        ("[constants]\nkit = 3\n", "kit is a text"),
        ('[constants]\nspecimen_kind = "toe"\n', "specimen_kind"),
        ('[constants]\nsurgeon = "toe"\n', "is no constant"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    error = refuse(text)
    assert said in error.message
    assert "m.toml" in error.place


def test_a_marker_column_may_leave_its_marker_to_the_header() -> None:
    mapping = parse_mapping('[columns]\nDesmin = "stain"\n')
    assert mapping.columns[0].name == "desmin"


def test_files_that_are_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_mapping(tmp_path / "absent.toml")
    assert caught.value.slug == "file-not-found"
    with pytest.raises(UserError) as caught:
        read_mapping(tmp_path)
    assert caught.value.slug == "file-is-folder"
    (tmp_path / "latin.toml").write_bytes('[columns]\nGröße = "size"\n'.encode("latin-1"))
    with pytest.raises(UserError) as caught:
        read_mapping(tmp_path / "latin.toml")
    assert caught.value.slug == "mapping-invalid"
    (tmp_path / "large.toml").write_text("#" * 1_000_001)
    with pytest.raises(UserError) as caught:
        read_mapping(tmp_path / "large.toml")
    assert caught.value.slug == "mapping-invalid"


def test_a_mapping_with_a_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes('\ufeff[columns]\r\nX = "sex"\r\n'.encode())
    assert read_mapping(path).columns[0].field == "sex"


def test_the_mapping_wins_over_recognition() -> None:
    columns = assign_columns(("No", "Sex"), parse_mapping('[columns]\nSex = "remark"\n'))
    assert [(column.field, column.how) for column in columns] == [
        ("case_id", HowKnown.RECOGNISED),
        ("remark", HowKnown.MAPPING),
    ]


def test_recognition_can_be_switched_off() -> None:
    mapping = parse_mapping('[columns]\nSex = "sex"\n[options]\nrecognise = false\n')
    assert [column.field for column in assign_columns(("No", "Sex"), mapping)] == ["remark", "sex"]


def test_a_header_wins_over_letters() -> None:
    columns = assign_columns(("B", "Sex"), parse_mapping('[columns]\nB = "age"\n'))
    assert [column.field for column in columns] == ["age", "sex"]


def test_letters_name_a_column() -> None:
    columns = assign_columns(("No", ""), parse_mapping('[columns]\nB = "age"\n'))
    assert columns[1].field == "age"
    assert columns[1].label == "B"


@pytest.mark.parametrize("key", ["Gender", "C", "AAAA"])
def test_a_column_that_is_not_there(key: str) -> None:
    with pytest.raises(UserError) as caught:
        assign_columns(("No", "Sex"), parse_mapping(f'[columns]\n{key} = "sex"\n', place="m.toml"))
    assert caught.value.slug == "mapping-invalid"
    assert caught.value.place == "m.toml, line 2"
    assert "No, Sex" in caught.value.cure


def test_one_column_named_twice() -> None:
    with pytest.raises(UserError) as caught:
        assign_columns(("No", "Sex"), parse_mapping('[columns]\nSex = "sex"\nB = "age"\n'))
    assert "another line names too" in caught.value.message


def test_one_header_over_two_columns_needs_letters() -> None:
    with pytest.raises(UserError) as caught:
        assign_columns(("Test", "Test"), parse_mapping('[columns]\nTest = "alk_ihc"\n'))
    assert "columns A, B" in caught.value.message


def test_a_unit_of_the_mapping_wins_over_the_header() -> None:
    columns = assign_columns(("Age (yr)",), parse_mapping('[units]\nage = "months"\n'))
    assert columns[0].unit == "months"
    assert assign_columns(("Age (yr)",), TableMapping())[0].unit == "years"


def test_every_field_is_documented() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    missing = [field for field in list_fields() if not re.search(rf"`{field}(:<\w+>)?`", text)]
    assert missing == []


def test_every_option_constant_and_section_is_documented() -> None:
    from spindle.formats import mappings

    text = DOCUMENTATION.read_text(encoding="utf-8")
    names = [*mappings._OPTIONS, *mappings._CONSTANTS, *mappings._UNITS]
    assert [name for name in names if f"`{name}`" not in text] == []
    assert [name for name in mappings._SECTIONS if f"`[{name}]`" not in text] == []
