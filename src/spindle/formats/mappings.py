"""The mapping file: what a user says about a table's columns, in TOML.

`docs/mappings.md` shows how to write one. What it says wins over what Spindle recognises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.observations import SequencingMethod
from spindle.cases.patient import TimeUnit
from spindle.cases.specimen import SpecimenKind
from spindle.errors import UserError
from spindle.formats.toml_files import parse_toml_text, read_toml_text
from spindle.knowledge.vocabularies import find_marker, header_terms, read_header

REMARK = "remark"
STAIN = "stain"
AGE_SEX = "age_sex"
# Fields that take a name after a colon: `stain:desmin`, `fish:ROS1`, `rt_pcr:ROS1`.
NAMED_FIELDS = (STAIN, "fish", "rt_pcr")
# Fields that no header is listed for, and that a mapping file may still name.
OTHER_FIELDS = (AGE_SEX, "imaging", "ki67", *NAMED_FIELDS)
MINUS_MEANINGS = ("negative", "not_done", "not_reported")

_TIME_UNITS = tuple(unit.value for unit in TimeUnit if unit is not TimeUnit.AT_BIRTH)
_LENGTH_UNITS = ("mm", "cm")
_UNITS: Mapping[str, tuple[str, ...]] = {
    "age": _TIME_UNITS,
    AGE_SEX: _TIME_UNITS,
    "follow_up": _TIME_UNITS,
    "size": _LENGTH_UNITS,
}
_SECTIONS = ("columns", "units", "options", "constants")
_KEY = re.compile(r"""\s*(?:"(?P<basic>(?:[^"\\]|\\.)*)"|'(?P<literal>[^']*)'|(?P<bare>[\w-]+))""")


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What a mapping file says about one column."""

    key: str
    """Header of the column as written, or its letters."""
    field: str
    """The field."""
    name: str = ""
    """Marker of a stain, or gene of a FISH or PCR column; empty for other fields."""
    place: str = ""
    """File and line of the rule."""


@dataclass(frozen=True, slots=True)
class Constants:
    """What holds for every row and stands in no column."""

    diagnosis: str | Absent = NOT_REPORTED
    """Diagnosis of every patient."""
    platform: str | Absent = NOT_REPORTED
    """Staining platform."""
    probe: str | Absent = NOT_REPORTED
    """FISH probe or kit."""
    kit: str | Absent = NOT_REPORTED
    """RT-PCR kit."""
    covered_fusions: tuple[str, ...] | Absent = NOT_REPORTED
    """Fusions that the RT-PCR kit covers."""
    panel: str | Absent = NOT_REPORTED
    """Sequencing panel."""
    genes_covered: tuple[str, ...] | Absent = NOT_REPORTED
    """Genes whose fusions the panel can find."""
    sequencing_method: SequencingMethod | Absent = NOT_REPORTED
    """Material of the sequencing."""
    specimen_kind: SpecimenKind | Absent = NOT_REPORTED
    """Kind of every specimen."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A mapping file as read."""

    columns: tuple[ColumnRule, ...] = ()
    """Rules for columns, in the order written."""
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Unit by field: a unit of time for `age` and `follow_up`, `mm` or `cm` for `size`."""
    case_id_prefix: str = ""
    """Put before every id, such as `zhao-`."""
    sheet: str | None = None
    """Sheet of a workbook."""
    header_row: int | None = None
    """Row number of the header; 0 when the table has none; none when it is to be found."""
    clone: str = ""
    """Antibody clone of the ALK stain, where neither header nor cell names one."""
    minus: str = ""
    """What a lone minus sign means under a test or an event: `negative`, `not_done` or
    `not_reported`; empty when nobody says so, and then it is unknown."""
    is_recognising: bool = True
    """Whether columns that the mapping does not name are recognised by their headers."""
    constants: Constants = Constants()
    """What holds for every row."""
    place: str = ""
    """The file."""


@cache
def list_fields() -> tuple[str, ...]:
    """Give the names of all fields that a mapping may name, sorted."""
    return tuple(sorted({*header_terms(), *OTHER_FIELDS}))


def read_mapping(path: Path) -> TableMapping:
    """Give the mapping of a TOML file.

    Raises
    ------
    UserError
        `file-not-found`, `file-is-folder`, `file-unreadable`, or `mapping-invalid` naming the line
        and what is allowed there.
    """
    text = read_toml_text(path, slug="mapping-invalid", name="mapping file")
    return parse_mapping(text, place=path.name)


def parse_mapping(text: str, *, place: str = "mapping") -> TableMapping:
    """Give the mapping of a TOML text.

    Raises
    ------
    UserError
        `mapping-invalid` naming the line and what is allowed there.
    """
    return _MappingText(text, place).read()


class _MappingText:
    """A TOML text with the line of every key, so that a fault can be named."""

    def __init__(self, text: str, place: str) -> None:
        self._place = place
        self._lines = _find_lines(text)
        self._document = parse_toml_text(text, slug="mapping-invalid", place=place)

    def read(self) -> TableMapping:
        """Give the mapping."""
        for section, value in self._document.items():
            if section not in _SECTIONS:
                self._refuse("", section, f"{section!r} is no section", _SECTIONS)
            if not isinstance(value, dict):
                self._refuse("", section, f"{section!r} is a section: [{section}]", _SECTIONS)
        options = self._read_options()
        return TableMapping(
            columns=self._read_columns(),
            units=MappingProxyType(self._read_units()),
            constants=self._read_constants(),
            place=self._place,
            **options,
        )

    def _section(self, name: str) -> dict[str, Any]:
        section: dict[str, Any] = self._document.get(name, {})
        return section

    def _refuse(self, section: str, key: str, what: str, allowed: tuple[str, ...]) -> NoReturn:
        line = self._lines.get((section, key), 0)
        place = f"{self._place}, line {line}" if line else self._place
        cure = f"Allowed: {', '.join(allowed)}." if allowed else ""
        raise UserError("mapping-invalid", f"{what}.", place=place, cure=cure)

    def _read_columns(self) -> tuple[ColumnRule, ...]:
        return tuple([self._read_rule(key, v) for key, v in self._section("columns").items()])

    def _read_rule(self, key: str, value: Any) -> ColumnRule:
        if not isinstance(value, str):
            self._refuse("columns", key, f"Column {key!r} needs one field as text", list_fields())
        name, _, after = value.partition(":")
        known, after = name.strip(), after.strip()
        if known not in list_fields() or (after and known not in NAMED_FIELDS):
            self._refuse("columns", key, f"Column {key!r}: {value!r} is no field", list_fields())
        if known in NAMED_FIELDS:
            after = self._find_name(key, known, after)
        line = self._lines.get(("columns", key), 0)
        return ColumnRule(key, known, after, f"{self._place}, line {line}" if line else self._place)

    def _find_name(self, key: str, known: str, name: str) -> str:
        if known == STAIN:
            marker = find_marker(name) if name else None
            name = marker.name if marker else name or read_header(key).marker
        if not name:
            example = "stain:desmin" if known == STAIN else f"{known}:ROS1"
            self._refuse(
                "columns", key, f"Column {key!r}: name it after a colon, as in {example!r}", ()
            )
        return name

    def _read_units(self) -> dict[str, str]:
        units = self._section("units")
        for key, value in units.items():
            if key not in _UNITS:
                self._refuse("units", key, f"{key!r} is no field with a unit", tuple(_UNITS))
            if value not in _UNITS[key]:
                self._refuse("units", key, f"{value!r} is no unit of {key}", _UNITS[key])
        return units

    def _read_options(self) -> dict[str, Any]:
        options = dict(self._section("options"))
        for key, value in options.items():
            if key not in _OPTIONS:
                self._refuse("options", key, f"{key!r} is no option", tuple(_OPTIONS))
            expected = _OPTIONS[key]
            is_negative = isinstance(value, int) and value < 0
            if type(value) is not expected or value == "" or is_negative:
                what = f"{key} = {value!r} is not {_DESCRIPTIONS[expected]}"
                self._refuse("options", key, what, ())
            if key == "minus" and value not in MINUS_MEANINGS:
                self._refuse("options", key, f"minus = {value!r} is not known", MINUS_MEANINGS)
        if "recognise" in options:
            options["is_recognising"] = options.pop("recognise")
        return options

    def _read_constants(self) -> Constants:
        constants = {
            key: self._read_constant(key, value)
            for key, value in self._section("constants").items()
        }
        return Constants(**constants)

    def _read_constant(self, key: str, value: Any) -> Any:
        if key not in _CONSTANTS:
            self._refuse("constants", key, f"{key!r} is no constant", tuple(_CONSTANTS))
        expected = _CONSTANTS[key]
        if expected is tuple:
            is_list = isinstance(value, list) and value
            if not is_list or not all(isinstance(item, str) and item.strip() for item in value):
                self._refuse("constants", key, f"{key} is a list of texts", ())
            return tuple([item.strip() for item in value])
        if not isinstance(value, str) or not value.strip():
            self._refuse("constants", key, f"{key} is a text", ())
        if expected is str:
            return value.strip()
        allowed = tuple(member.value for member in expected)
        if value not in allowed:
            self._refuse("constants", key, f"{key} = {value!r} is not known", allowed)
        return expected(value)


_OPTIONS: Mapping[str, type] = {
    "case_id_prefix": str,
    "sheet": str,
    "header_row": int,
    "clone": str,
    "minus": str,
    "recognise": bool,
}
_DESCRIPTIONS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number from 0",
    bool: "true or false",
}
_CONSTANTS: Mapping[str, Any] = {
    "diagnosis": str,
    "platform": str,
    "probe": str,
    "kit": str,
    "covered_fusions": tuple,
    "panel": str,
    "genes_covered": tuple,
    "sequencing_method": SequencingMethod,
    "specimen_kind": SpecimenKind,
}


def _find_lines(text: str) -> dict[tuple[str, str], int]:
    """Give the line of every key by section, for messages; a key in an odd form has none."""
    lines: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            section = line.strip().split("#")[0].strip(" []\"'")
            lines.setdefault(("", section), number)
        elif (match := _KEY.match(line)) and "=" in line:
            key = match["basic"] or match["literal"] or match["bare"] or ""
            lines.setdefault((section, key), number)
    return lines
