"""Which column of a table holds what: said by a mapping file, or recognised by its header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from spindle.errors import UserError
from spindle.formats.grid import column_index, column_letters
from spindle.formats.mappings import AGE_SEX, REMARK, STAIN, ColumnRule, TableMapping
from spindle.knowledge.headers import read_method
from spindle.knowledge.vocabularies import fold, read_header

_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_BETWEEN_FIELDS = re.compile(r"\s*(?:[/,;&+]|\band\b)\s*", re.IGNORECASE)
_GENE_FIELDS = {
    "alk_fish": ("fish", "ALK"),
    "ros1_fish": ("fish", "ROS1"),
    "alk_rt_pcr": ("rt_pcr", "ALK"),
    "alk_ihc": (STAIN, "ALK"),
    "ros1_ihc": (STAIN, "ROS1"),
    "pan_trk_ihc": (STAIN, "pan-TRK"),
    "ki67": (STAIN, "Ki-67"),
}
# Any number of columns may hold these.
_FREE_FIELDS = frozenset({REMARK, "source"})
# A mapping file may name several columns for these; they are read one after the other.
_LIST_FIELDS = frozenset(
    {
        "death", "fish", "fusion", "histology", "imaging", "other_stains", "outcome", "recurrence",
        "metastasis", "rt_pcr", "sites", STAIN, "symptoms", "treatment",
    }
)  # fmt: skip
# A table in which nothing else is known holds no cases.
_EMPTY_FIELDS = frozenset({"case_id", REMARK, "source"})


class HowKnown(StrEnum):
    """How the field of a column is known."""

    MAPPING = "mapping"
    RECOGNISED = "recognised"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, and what it is taken for."""

    position: int
    """Position from 0."""
    header: str
    """Header as written, empty when it has none."""
    field: str = REMARK
    """The field; `remark` when its cells are kept as words."""
    how: HowKnown = HowKnown.UNUSED
    """How the field is known."""
    unit: str = ""
    """Unit that the mapping or the header names, empty when neither does."""
    clone: str = ""
    """Antibody clone that the header names."""
    marker: str = ""
    """Marker of a stain, gene of a FISH or PCR column, or kind of a column about one treatment."""
    method: str = ""
    """Method of a column of fusions: `rna_sequencing`, `dna_sequencing`, `unspecified` for "NGS";
    empty when the header names none."""
    is_ambiguous: bool = False
    """Whether an earlier column holds the same field, so that this one is kept as words."""

    @property
    def letters(self) -> str:
        """The column's letters in a spreadsheet."""
        return column_letters(self.position)

    @property
    def label(self) -> str:
        """The header, or the letters of a column without one."""
        return self.header or self.letters

    @property
    def kind(self) -> str:
        """The field without its gene or marker: `stain`, `fish` and `rt_pcr` for all of theirs."""
        return _GENE_FIELDS[self.field][0] if self.field in _GENE_FIELDS else self.field

    @property
    def subject(self) -> str:
        """The marker or gene that the column is about, empty for fields without one."""
        return self.marker or _GENE_FIELDS.get(self.field, ("", ""))[1]


def find_field(header: str, mapping: TableMapping) -> str:
    """Give the field of a header by the mapping, else by recognition; empty when not known."""
    for rule in mapping.columns:
        if fold(rule.key) == fold(header):
            return rule.field
    column = _recognise(0, header, mapping)
    return column.field if column.how is HowKnown.RECOGNISED else ""


def assign_columns(headers: Sequence[str], mapping: TableMapping) -> tuple[Column, ...]:
    """Give every column with its field; the mapping first, then recognition, then none.

    Raises
    ------
    UserError
        `mapping-invalid` when the mapping names a column that is not there, or one twice.
    """
    ruled = _assign_rules(headers, mapping)
    columns = [
        ruled.get(position) or _recognise(position, header, mapping)
        for position, header in enumerate(headers)
    ]
    return tuple(_set_doubles_aside([_apply_units(column, mapping) for column in columns]))


def _assign_rules(headers: Sequence[str], mapping: TableMapping) -> dict[int, Column]:
    ruled: dict[int, Column] = {}
    for rule in mapping.columns:
        position = _find_position(rule, headers)
        if position in ruled:
            raise _refuse(rule, f"{rule.key!r} names a column that another line names too", headers)
        header = headers[position]
        is_treatment = rule.field == read_header(header).field == "treatment"
        ruled[position] = Column(
            position=position,
            header=header,
            field=rule.field,
            how=HowKnown.MAPPING,
            unit=_read_unit(rule.field, header),
            clone=read_header(header).clone if header else "",
            marker=read_header(header).marker if header and is_treatment else rule.name,
            method=read_method(header) if rule.field == "fusion" else "",
        )
    return ruled


def _find_position(rule: ColumnRule, headers: Sequence[str]) -> int:
    places = [place for place, header in enumerate(headers) if fold(header) == fold(rule.key)]
    if len(places) > 1:
        letters = ", ".join(column_letters(place) for place in places)
        raise _refuse(rule, f"{rule.key!r} stands over columns {letters}; name its letters", ())
    if places:
        return places[0]
    if _LETTERS.fullmatch(rule.key) and column_index(rule.key) < len(headers):
        return column_index(rule.key)
    raise _refuse(rule, f"The table has no column {rule.key!r}", headers)


def _refuse(rule: ColumnRule, what: str, headers: Iterable[str]) -> UserError:
    found = ", ".join(header for header in headers if header)
    cure = f"Its columns: {found}." if found else ""
    return UserError("mapping-invalid", f"{what}.", place=rule.place, cure=cure)


def _recognise(position: int, header: str, mapping: TableMapping) -> Column:
    reading = read_header(header) if header and mapping.is_recognising else None
    if not reading:
        return Column(position=position, header=header)
    if not reading.field:
        return _recognise_age_and_sex(position, header)
    return Column(
        position=position,
        header=header,
        field=reading.field,
        how=HowKnown.RECOGNISED,
        unit=_read_unit(reading.field, header),
        clone=reading.clone,
        marker=reading.marker,
        method=reading.method,
    )


def _recognise_age_and_sex(position: int, header: str) -> Column:
    """Give the column of a header such as "Age (yr)/Sex", which names two fields."""
    parts = {read_header(part).field: part for part in _BETWEEN_FIELDS.split(header) if part}
    if parts.keys() != {"age", "sex"}:
        return Column(position=position, header=header)
    unit = _read_unit("age", parts["age"])
    return Column(position, header, AGE_SEX, HowKnown.RECOGNISED, unit)


def _read_unit(field: str, header: str) -> str:
    if field == AGE_SEX:
        return _recognise_age_and_sex(0, header).unit
    reading = read_header(header)
    if field == "size":
        return reading.length_unit
    return reading.unit.value if reading.unit else ""


def _apply_units(column: Column, mapping: TableMapping) -> Column:
    unit = mapping.units.get(column.field)
    return replace(column, unit=unit) if unit else column


def _set_doubles_aside(columns: Sequence[Column]) -> list[Column]:
    taken: set[tuple[str, str, str]] = set()
    kept: dict[int, Column] = {}
    for column in sorted(columns, key=lambda column: column.how is not HowKnown.MAPPING):
        meanings = _list_meanings(column)
        is_listed = column.how is HowKnown.MAPPING and column.kind in _LIST_FIELDS
        is_double = bool(meanings & taken) and not is_listed
        taken |= meanings
        kept[column.position] = (
            replace(column, field=REMARK, how=HowKnown.UNUSED, is_ambiguous=True)
            if is_double
            else column
        )
    return [kept[position] for position in sorted(kept)]


def _list_meanings(column: Column) -> set[tuple[str, str, str]]:
    """Give what no second column may hold; nothing for columns of which there may be many."""
    if column.field in _FREE_FIELDS:
        return set()
    if column.field == AGE_SEX:
        return {("age", "", ""), ("sex", "", "")}
    return {(column.kind, column.subject, column.clone)}


def has_content(columns: Iterable[Column]) -> bool:
    """Say whether enough columns are known to read cases from the table.

    A field beside id, source and remark is known, and either two columns are, or half of them, or
    a mapping file names one: a single familiar word among strangers is no table of patients.
    """
    named = [column for column in columns if column.header or column.how is HowKnown.MAPPING]
    known = [column for column in named if column.how is not HowKnown.UNUSED]
    if not any(column.field not in _EMPTY_FIELDS for column in known):
        return False
    if any(column.how is HowKnown.MAPPING for column in known):
        return True
    return len(known) > 1 or 2 * len(known) >= len(named)
