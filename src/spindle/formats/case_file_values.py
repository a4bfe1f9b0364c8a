"""The values of a case file, field by field, as a case document holds them.

The fields and their types are those of the records of `spindle.cases`. A value is taken where its
meaning is certain: a number in quotation marks, `Positive`, `yes`. Anything else is refused with
the file, the line, the field, the value and what is allowed there.
"""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import math
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le

from spindle.cases.absence import AbsenceReason, Absent
from spindle.cases.notes import Note
from spindle.errors import UserError
from spindle.formats.cells.numbers import read_decimal, read_span
from spindle.formats.cells.phrases import read_absence
from spindle.formats.cells.reading import Doubt
from spindle.formats.toml_lines import Path, find_line
from spindle.knowledge.words import find_key, fold

Document = dict[str, Any]
SLUG = "case-invalid"
LONGEST_SHOWN = 80
_ABSENT_WORDS = "or: not done, not reported, unknown"
_KINDS_OF_TYPE: Mapping[type, str] = {
    bool: "yes or no (true or false)",
    float: "a number",
    int: "a whole number",
    str: "a text in quotation marks",
    datetime.date: "a day such as 2026-01-31",
}


@dataclasses.dataclass(frozen=True, slots=True)
class ReadAs:
    """One value that was read otherwise than it was written, without a doubt."""

    field: str
    """Way to the field, counted from 1: `specimens[1].observations[2].marker`."""
    line: int
    """Line of the file; 0 when it is not known."""
    written: str
    """What was written."""
    read: str
    """What it was read as."""


@dataclasses.dataclass(slots=True)
class FileDraft:
    """A case file while it is read: where things stand, and what was remarked on the way."""

    file: str
    """File name."""
    lines: Mapping[Path, int]
    """Line of each key."""
    readers: FieldReaders
    """What reads the words of each record."""
    notes: list[Note] = dataclasses.field(default_factory=list)
    """Doubts."""
    read_as: list[ReadAs] = dataclasses.field(default_factory=list)
    """Values read otherwise than written."""
    renamed: dict[Path, str] = dataclasses.field(default_factory=dict)
    """By way to a field, the other name under which it is written."""

    def locate(self, path: Path) -> tuple[str, int]:
        """Give a field as it is written, and its line; 0 when that is not known."""
        written = tuple(self.renamed.get(path[: n + 1], part) for n, part in enumerate(path))
        return write_path(written), find_line(self.lines, written)

    def fail(self, path: Path, message: str, cure: str = "") -> UserError:
        """Give the error `case-invalid` for what stands at a path."""
        field, line = self.locate(path)
        place = f"{self.file}, line {line}" if line else self.file
        where = f"{field}: " if field else ""
        return UserError(SLUG, f"{where}{message}", place=place, cure=cure)

    def doubt(self, path: Path, doubts: Iterable[Doubt], written: str) -> None:
        """Keep doubts as notes."""
        field, line = self.locate(path)
        for doubt in doubts:
            note = Note(
                slug=doubt.slug,
                message=doubt.message,
                file=self.file,
                row=line,
                column=field,
                value=doubt.value or written,
            )
            if note not in self.notes:
                self.notes.append(note)

    def say(self, path: Path, written: object, read: object) -> None:
        """Keep that a value was read otherwise than written; equal words are passed over."""
        if _squeeze(str(written)) != _squeeze(str(read)):
            self.read_as.append(ReadAs(*self.locate(path), str(written), str(read)))


Prepare = Callable[[FileDraft, Document, Path], Document]
ReadText = Callable[[FileDraft, str, Path], list[Document]]
ReadMember = Callable[[str], tuple[object, tuple[Doubt, ...]]]


@dataclasses.dataclass(frozen=True, slots=True)
class FieldReaders:
    """What reads the words of each record and list of values."""

    prepare: Mapping[type, Prepare]
    """By record: what makes of a table as written one with the fields of the record."""
    texts: Mapping[type, ReadText]
    """By record: what reads one from words; it may give several."""
    members: Mapping[type, ReadMember]
    """By list of values: what reads one from other words than its own."""
    aliases: Mapping[type, Mapping[str, str]]
    """By record: other names of fields."""
    homes: Mapping[str, type]
    """By header as it is written in a file, the record that stands under it."""
    choose: Callable[[FileDraft, object, Path], tuple[type, Document]]
    """What says which observation a table is, and gives it with its kind spelt out."""


def make_document(value: object) -> Any:
    """Give a record, or anything that stands in one, as plain JSON types."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return {name: make_document(getattr(value, name)) for name in names}
    if isinstance(value, list | tuple):
        return [make_document(inner) for inner in value]
    return value


def write_path(path: Path) -> str:
    """Give the way to a field, counted from 1: `specimens[1].observations[2].result`."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).lstrip(".")


def show(value: object) -> str:
    """Give a value as a message quotes it, cut where it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else str(value)
    short = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return f'"{short}"' if isinstance(value, str) else short


def _squeeze(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", fold(text))


def suggest(word: str, known: Sequence[str]) -> str:
    """Give `Did you mean …? ` for the nearest known word, or an empty text."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}? " if near else ""


@cache
def list_fields(cls: type) -> Mapping[str, Any]:
    """Give the type of every field of a record by its name."""
    hints = get_type_hints(cls, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


@cache
def list_required(cls: type) -> tuple[str, ...]:
    """Give the fields that a record can't be without."""
    return tuple(f.name for f in dataclasses.fields(cls) if f.default is dataclasses.MISSING)


def read_record(draft: FileDraft, cls: type, value: object, path: Path) -> Document:
    """Give the document of a record from a table as a person wrote it.

    Raises
    ------
    UserError
        `case-invalid`.
    """
    if not isinstance(value, dict):
        raise draft.fail(
            path, f"{show(value)} is no table.", "Write it as a table: { name = value }."
        )
    fields, table = list_fields(cls), dict(value)
    if prepare := draft.readers.prepare.get(cls):
        table = prepare(draft, table, path)
    table = _rename(draft, cls, table, path)
    for missing in (name for name in list_required(cls) if name not in {*table, "id"}):
        raise draft.fail(path, f"{missing!r} is missing.", f"Add it: {missing} = …")
    return {key: read_value(draft, fields[key], table[key], (*path, key)) for key in table}


def _rename(draft: FileDraft, cls: type, table: Document, path: Path) -> Document:
    fields, aliases = list_fields(cls), draft.readers.aliases.get(cls, {})
    renamed: Document = {}
    for key, value in table.items():
        name = aliases.get(key, key)
        if name not in fields:
            known = [*fields, *aliases]
            hint = _find_home(draft.readers, name) or suggest(key, known)
            cure = f"{hint}Known here: {', '.join(known)}."
            raise draft.fail((*path, key), "This key is not known here.", cure)
        if name in renamed:
            draft.renamed.pop((*path, name), None)
            raise draft.fail((*path, key), f"{key!r} says {name!r} again.", "Keep one of them.")
        renamed[name] = value
        if name != key:
            draft.renamed[*path, name] = key
    return renamed


def _find_home(readers: FieldReaders, key: str) -> str:
    """Give where a key belongs that stands in the wrong place, or an empty text."""
    for header, cls in readers.homes.items():
        if key in list_fields(cls) or key in readers.aliases.get(cls, {}):
            return f"It belongs {header}. "
    return ""


def read_value(draft: FileDraft, hint: Any, value: object, path: Path) -> Any:
    """Give the value of a field of a document, by the field's type.

    Raises
    ------
    UserError
        `case-invalid`.
    """
    kinds = _list_kinds(hint)
    can_be_absent = Absent in kinds
    if can_be_absent and (absent := _read_absent(draft, value, path)):
        return absent
    kind = next(kind for kind in kinds if kind is not Absent)
    if get_origin(kind) is tuple:
        return _read_list(draft, get_args(kind)[0], value, path)
    if get_origin(kind) is Literal:
        return value
    return _read_one(draft, kind, value, path, can_be_absent=can_be_absent)


def _list_kinds(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) in (Union, types.UnionType):
        return get_args(hint)
    return (hint,)


def _read_absent(draft: FileDraft, value: object, path: Path) -> Document | None:
    if isinstance(value, str):
        absent = read_absence(value)
        if absent and any(letter.isalpha() for letter in value):
            return {"absent": absent.absent.value}
    if isinstance(value, dict) and "absent" in value:
        reasons = [reason.value for reason in AbsenceReason]
        if value["absent"] not in reasons or len(value) > 1:
            raise draft.fail(
                path, f"{show(value)} is no absence.", f"Allowed: {', '.join(reasons)}."
            )
        return dict(value)
    return None


def _read_list(draft: FileDraft, item: Any, value: object, path: Path) -> list[Any]:
    is_one = not isinstance(value, list)
    items = [value] if is_one else value
    found: list[Any] = []
    for place, inner in enumerate(items if isinstance(items, list) else []):
        where = path if is_one else (*path, place)
        if isinstance(inner, str) and (read := draft.readers.texts.get(item)):
            found += read(draft, inner, where)
        else:
            found.append(_read_one(draft, item, inner, where))
    return found


def _read_one(
    draft: FileDraft, kind: Any, value: object, path: Path, *, can_be_absent: bool = False
) -> Any:
    bounds: tuple[Any, ...] = ()
    if get_origin(kind) is Annotated:
        kind, *rest = get_args(kind)
        bounds = tuple(rest)
    if get_origin(kind) in (Union, types.UnionType):
        chosen, table = draft.readers.choose(draft, value, path)
        return read_record(draft, chosen, table, path)
    if dataclasses.is_dataclass(kind):
        return _read_record_or_text(draft, kind, value, path)
    if issubclass(kind, StrEnum):
        return _read_member(draft, kind, value, path, can_be_absent=can_be_absent)
    read = _read_scalar(kind, value, path)
    if read is None:
        also = f", {_ABSENT_WORDS}" if can_be_absent else ""
        cure = f"Expected: {_KINDS_OF_TYPE[kind]}{also}."
        raise draft.fail(path, f"{show(value)} can't be read.", cure)
    if isinstance(value, str) and not isinstance(read, str | bool):
        draft.say(path, value, f"{read:g}" if isinstance(read, float) else read)
    _check_bounds(draft, read, bounds, path)
    return read


def _read_record_or_text(draft: FileDraft, cls: Any, value: object, path: Path) -> Document:
    read = draft.readers.texts.get(cls)
    if not isinstance(value, str | int | float) or isinstance(value, bool) or read is None:
        return read_record(draft, cls, value, path)
    found = read(draft, str(value), path)
    if len(found) != 1:
        raise draft.fail(path, f"{show(value)} is not one value.", "Write one.")
    return found[0]


def _read_member(
    draft: FileDraft, kind: type[StrEnum], value: object, path: Path, *, can_be_absent: bool
) -> str:
    allowed = [member.value for member in kind]
    if isinstance(value, str):
        for member in allowed:
            if _squeeze(member) == _squeeze(value):
                return member
        found, doubts = draft.readers.members.get(kind, _know_nothing)(value)
        if isinstance(found, kind):
            draft.doubt(path, doubts, value)
            draft.say(path, value, found.value)
            return found.value
    also = f"; {_ABSENT_WORDS}" if can_be_absent else ""
    hint = suggest(str(value), allowed)
    raise draft.fail(
        path, f"{show(value)} is not allowed.", f"{hint}Allowed: {', '.join(allowed)}{also}."
    )


def _know_nothing(_: str) -> tuple[object, tuple[Doubt, ...]]:
    return None, ()


def _read_scalar(kind: type, value: object, path: Path) -> Any:
    """Give a plain value of a kind; none when it is of another kind."""
    if kind is bool:
        return _read_truth(value)
    if kind is datetime.date:
        return _read_day(value)
    if kind is str:
        is_text = isinstance(value, str | int) and not isinstance(value, bool)
        return str(value).strip() or None if is_text else None
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = _read_number(value, path)
    if kind is int:
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return int(value) if is_whole and isinstance(value, int | float) else None
    return float(value) if isinstance(value, int | float) else None


def _read_truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    word = fold(value) if isinstance(value, str) else ""
    if word in ("true", "false"):
        return word == "true"
    # Signs are left out: a lone minus may mean no, or no data.
    answer = find_key("treatments", word, "answers.") if word.isalpha() else ""
    return answer == "yes" if answer else None


def _read_day(value: object) -> str | None:
    if isinstance(value, datetime.datetime):
        return None
    if isinstance(value, datetime.date):
        return value.isoformat()
    try:
        return datetime.date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        return None


def _read_number(text: str, path: Path) -> float | None:
    """Give the number of a text: `2.5`, `60 %` for a share, `2 years` for a time in months."""
    name = str(path[-1])
    folded = fold(text)
    if name.endswith("months") and (span := read_span(folded)):
        return span.months if span.is_unit_written else None
    if name.endswith("percent"):
        folded = folded.removesuffix("%").strip()
    return read_decimal(folded)


def _check_bounds(draft: FileDraft, value: Any, bounds: tuple[Any, ...], path: Path) -> None:
    for bound in bounds:
        if isinstance(bound, Ge) and value < bound.ge:
            raise draft.fail(path, f"{show(value)} is too small.", f"The least is {bound.ge}.")
        if isinstance(bound, Le) and value > bound.le:
            raise draft.fail(path, f"{show(value)} is too large.", f"The most is {bound.le}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise draft.fail(path, f"{show(value)} is no number that can be used.", "Write a number.")
