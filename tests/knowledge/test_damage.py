"""Damaged knowledge files: each is refused with its file, its line and a cure, and none is taken.

Every test works on a copy of the data folder with one damage.
"""

from __future__ import annotations

import csv
import errno
import functools
import importlib
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import spindle.knowledge
from spindle.errors import UserError
from spindle.knowledge.fact_tables import load_tables

DATA = Path(spindle.knowledge.__file__).parent / "data"
LONG = "9" * 5000


def import_again() -> Mapping[str, Any]:
    """Give the modules of the knowledge room a second time, with caches of their own.

    What other tests have loaded stays as it is.
    """
    own = {name: module for name, module in sys.modules.items() if name.startswith(ROOM)}
    for name in own:
        del sys.modules[name]
    try:
        importlib.import_module(f"{ROOM}.loading")
        return {name: module for name, module in sys.modules.items() if name.startswith(ROOM)}
    finally:
        for name in [name for name in sys.modules if name.startswith(ROOM)]:
            del sys.modules[name]
        sys.modules.update(own)
        spindle.knowledge = own[ROOM]


ROOM = "spindle.knowledge"
AGAIN = import_again()
files = AGAIN[f"{ROOM}.files"]
load_everything = AGAIN[f"{ROOM}.loading"].load_everything
load_rows = AGAIN[f"{ROOM}.fact_tables"].load_rows
CACHES = [
    found
    for module in AGAIN.values()
    for found in vars(module).values()
    if isinstance(found, functools._lru_cache_wrapper) and found is not files.data_folder
]


def clear_caches() -> None:
    for cache in CACHES:
        cache.cache_clear()


class Listing:
    """A folder below the data folder, without the files that are taken away."""

    def __init__(self, folder: str, gone: frozenset[str]) -> None:
        self.folder = folder
        self.gone = gone

    def iterdir(self) -> Iterator[Path]:
        if self.folder in self.gone:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.folder)
        found = (DATA / self.folder).iterdir()
        return (path for path in found if f"{self.folder}/{path.name}" not in self.gone)


class Copy:
    """A copy of the data folder: the files as they are, but for those that are damaged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: set[str] = set()
        self.gone: frozenset[str] = frozenset()
        self.read: set[str] = set()

    def joinpath(self, *parts: str) -> Path:
        path = "/".join(parts)
        self.read.add(path)
        return (self.folder if path in self.damaged else DATA) / path

    def __truediv__(self, folder: str) -> Listing:
        return Listing(folder, self.gone)

    def change(self, path: str, old: str, new: str) -> int:
        """Put a text in the place of another, once, and give its line."""
        text = (DATA / path).read_text(encoding="utf-8")
        assert old in text, f"{path} holds no {old!r}"
        self.write(path, text.replace(old, new, 1).encode())
        return text.count("\n", 0, text.index(old)) + 1

    def write(self, path: str, content: bytes) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(content)
        self.damaged.add(path)
        clear_caches()

    def remove(self, *paths: str) -> None:
        self.damaged |= {*paths}
        self.gone |= {*paths}
        clear_caches()

    def refuse(self, path: str, line: int | None = None) -> UserError:
        """Load everything, and give the error that names the file, and its line where given."""
        with pytest.raises(UserError) as caught:
            if path in FACT_TABLES:
                load_rows(FACT_TABLES[path])
            load_everything()
        error = caught.value
        assert error.slug == "knowledge-invalid"
        assert error.cure
        assert error.place.partition(",")[0] == path
        assert line is None or error.place == f"{path}, line {line}"
        assert error.message.isprintable()
        return error


def list_read_files() -> list[str]:
    """Give the paths of the files that are read when everything is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        copy = Copy(DATA)
        patch.setattr(files, "data_folder", lambda: copy)
        load_everything()
    clear_caches()
    return sorted(copy.read)


PATHS = list_read_files()
TOMLS = [path for path in PATHS if path.endswith(".toml")]
CSVS = [path for path in PATHS if path.endswith(".csv")]
# The sources of these tables stand in a page beside them, for all of their rows.
SOURCED = [path for path in CSVS if not path.startswith("transcripts/")]
VOCABULARIES = [path for path in TOMLS if path.startswith("vocabularies/")]
HEAD = re.compile(r"^\[\[(\w+)\]\]", re.MULTILINE)
TABLED = [path for path in TOMLS if HEAD.search((DATA / path).read_text(encoding="utf-8"))]
# One file of each folder, and those that stand in none.
SOME_TABLED = [p for p in TABLED if "/" not in p or p.split("/")[1][:2] in ("co", "fi", "01", "te")]
WHOLE = ["protocols/rna-reflex.toml", "fish_rules/zhao-2025.toml"]
FACT_TABLES = {table.path: table.id for table in load_tables().values()}


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    made = Copy(tmp_path)
    monkeypatch.setattr(files, "data_folder", lambda: made)
    yield made
    monkeypatch.undo()
    clear_caches()


def test_a_copy_without_damage_loads(copy: Copy) -> None:
    load_everything()
    assert files.list_files("facts") == sorted(p for p in PATHS if p.startswith("facts/"))


# Files ------------------------------------------------------------------------------------------

# Their loss shows in what cites them, or in the folder that lacks them.
CITED = ("facts/", "sources/", "leaflet/", "fish_rules/", "protocols/")


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith(CITED)])
def test_a_missing_file_is_named_with_a_cure(copy: Copy, path: str) -> None:
    copy.remove(path)
    error = copy.refuse(path)
    assert "No such file" in error.message
    assert "Put the file back" in error.cure


@pytest.mark.parametrize("folder", ["facts", "sources", "leaflet", "fish_rules", "protocols"])
def test_a_folder_that_is_missing_or_empty_is_named(copy: Copy, folder: str) -> None:
    copy.remove(*(path for path in TOMLS if path.startswith(f"{folder}/")))
    assert "holds no TOML file" in copy.refuse(folder).message
    copy.remove(folder)
    assert "No such file" in copy.refuse(folder).message


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("fish_rules/zhao-2025.toml", "fish_rules"), ("protocols/rna-reflex.toml", "protocols"),
        ("leaflet/04-family.toml", "leaflet/05-who.toml"),
    ],
)  # fmt: skip
def test_a_lost_default_and_a_lost_section_are_told(copy: Copy, path: str, place: str) -> None:
    copy.remove(path)
    assert "missing" in copy.refuse(place).message


@pytest.mark.parametrize("path", [*SOME_TABLED, *CSVS, *VOCABULARIES, *WHOLE])
def test_an_empty_file_is_refused(copy: Copy, path: str) -> None:
    copy.write(path, b"")
    copy.refuse(path, 1)


@pytest.mark.parametrize("path", SOME_TABLED)
def test_a_file_without_entries_is_refused(copy: Copy, path: str) -> None:
    text = (DATA / path).read_text(encoding="utf-8")
    copy.write(path, text[: HEAD.search(text).start()].encode())  # type: ignore[union-attr]
    copy.refuse(path)


@pytest.mark.parametrize("path", SOME_TABLED)
def test_a_misspelt_table_is_refused(copy: Copy, path: str) -> None:
    table = HEAD.search((DATA / path).read_text(encoding="utf-8"))[1]  # type: ignore[index]
    line = copy.change(path, f"[[{table}]]", f"[[x{table}]]")
    assert f"x{table}" in copy.refuse(path, line).message


@pytest.mark.parametrize("path", [*SOME_TABLED, *VOCABULARIES, "protocols/rna-reflex.toml"])
def test_an_unknown_key_at_the_top_is_refused(copy: Copy, path: str) -> None:
    text = (DATA / path).read_text(encoding="utf-8")
    copy.write(path, f"zzz = 1\n{text}".encode())
    assert "zzz" in copy.refuse(path, 1).message


def test_a_byte_order_mark_and_windows_line_ends_are_read(copy: Copy) -> None:
    for path in PATHS:
        text = (DATA / path).read_bytes()
        copy.write(path, b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    load_everything()


@pytest.mark.parametrize("path", ["facts/fish.toml", "vocabularies/sides.toml", "tables/codes.csv"])
def test_a_byte_that_is_not_utf8_is_told_with_its_line(copy: Copy, path: str) -> None:
    copy.write(path, b"# one\n\xff\xfe")
    assert "not UTF-8" in copy.refuse(path, 2).message


# Characters and numbers -------------------------------------------------------------------------

UNSEEN = ["\\u0000", "\\u001b[31m", "\\u200b", "\\ufeff", "\\r"]


@pytest.mark.parametrize("escape", UNSEEN)
@pytest.mark.parametrize(
    ("path", "old"),
    [
        ("facts/fish.toml", 'statement = "'), ("sources/core.toml", 'citation = "'),
        ("leaflet/01-about.toml", 'text = "'), ("vocabularies/sides.toml", 'source = "'),
        ("conflicts.toml", 'title = "'), ("kinases.toml", 'source = "'),
        ("tables.toml", 'statement = "'),
    ],
)  # fmt: skip
def test_a_character_that_nobody_sees_is_refused(
    copy: Copy, path: str, old: str, escape: str
) -> None:
    line = copy.change(path, old, old + escape)
    assert "nobody can see" in copy.refuse(path, line).message


@pytest.mark.parametrize("path", ["facts/fish.toml", "tables/codes.csv"])
def test_a_cyrillic_letter_in_a_latin_word_is_refused(copy: Copy, path: str) -> None:
    line = copy.change(path, "ation", "\u0430tion")
    assert "Cyrillic" in copy.refuse(path, line).message


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff"])
def test_half_of_a_pair_is_refused(copy: Copy, escape: str) -> None:
    line = copy.change("facts/fish.toml", 'statement = "', f'statement = "{escape}')
    copy.refuse("facts/fish.toml", line)


@pytest.mark.parametrize("character", ["\x00", "\u200b"])
@pytest.mark.parametrize("path", CSVS)
def test_a_character_that_nobody_sees_is_refused_in_a_table(
    copy: Copy, path: str, character: str
) -> None:
    lines = (DATA / path).read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace(",", f"{character},", 1)
    copy.write(path, "".join(lines).encode())
    error = copy.refuse(path, 3)
    assert f"U+{ord(character):04X}" in error.message


@pytest.mark.parametrize("number", [LONG, "1" + "0" * 400, "9223372036854775808", "0x" + "f" * 40])
@pytest.mark.parametrize("key", ["n", "value"])
def test_a_number_that_is_too_large_is_refused(copy: Copy, key: str, number: str) -> None:
    path = "facts/outcomes.toml"
    line = copy.change(path, f"\n{key} = ", f"\n{key} = {number} # ") + 1
    assert "too l" in copy.refuse(path, line).message


def read_rows(path: str) -> list[list[str]]:
    with (DATA / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def change_cell(copy: Copy, path: str, column: str, cell: str, *, row: int = 2) -> None:
    """Put a cell in the place of another, in the row of this line."""
    rows = read_rows(path)
    rows[row - 1][rows[0].index(column)] = cell
    write_rows(copy, path, rows)


def write_rows(copy: Copy, path: str, rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    copy.write(path, written.getvalue().encode())


def find_row(path: str, column: str) -> int:
    """Give the first line with something in a column."""
    rows = read_rows(path)
    place = rows[0].index(column)
    return next(number for number, row in enumerate(rows[1:], 2) if row[place])


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("markers", "n"), ("markers", "of"), ("outcomes", "n"), ("outcomes", "patients"),
        ("outcomes", "months"), ("domains", "start"), ("trials", "patients"), ("trials", "low"),
        ("fusions", "exon5"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("cell", [LONG, "1_0", "nan", "٣"])
def test_a_cell_that_is_no_number_is_refused(
    copy: Copy, table: str, column: str, cell: str
) -> None:
    path = f"tables/{table}.csv"
    row = find_row(path, column)
    change_cell(copy, path, column, cell, row=row)
    copy.refuse(path, row)


# Columns ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CSVS)
def test_a_renamed_a_missing_and_a_doubled_column_are_refused(copy: Copy, path: str) -> None:
    text = (DATA / path).read_text(encoding="utf-8")
    header, _, rest = text.partition("\n")
    names = header.split(",")
    first = "source" if path in SOURCED else names[0]
    for place, name in ((names.index(name), name) for name in (first, names[1], names[-1])):
        for changed in (f"{name}x", name.upper(), names[place - 1]):
            written = ",".join([*names[:place], changed, *names[place + 1 :]])
            copy.write(path, f"{written}\n{rest}".encode())
            copy.refuse(path, 1)


@pytest.mark.parametrize("path", CSVS)
@pytest.mark.parametrize("cut", [lambda row: row.rpartition(",")[0], lambda row: f"{row},x"])
def test_a_row_of_another_length_is_refused(
    copy: Copy, path: str, cut: Callable[[str], str]
) -> None:
    lines = (DATA / path).read_text(encoding="utf-8").splitlines()
    lines[2] = cut(lines[2])
    copy.write(path, "\n".join(lines).encode())
    assert "cells" in copy.refuse(path, 3).message


@pytest.mark.parametrize("path", CSVS)
def test_a_row_that_stands_twice_is_refused(copy: Copy, path: str) -> None:
    lines = (DATA / path).read_text(encoding="utf-8").splitlines()
    copy.write(path, "\n".join([*lines, lines[-1]]).encode())
    copy.refuse(path, len(lines) + 1)


@pytest.mark.parametrize("path", CSVS)
def test_a_quotation_mark_that_is_never_closed_is_refused(copy: Copy, path: str) -> None:
    text = (DATA / path).read_text(encoding="utf-8").rstrip("\n")
    copy.write(path, f'{text[: text.rindex(",")]},"'.encode())
    copy.refuse(path)


@pytest.mark.parametrize("day", ["20261120", "2026-W10-1", "2026-13-01", "20 Nov 2026", "2026"])
@pytest.mark.parametrize("path", SOURCED)
def test_a_day_of_another_form_is_refused(copy: Copy, path: str, day: str) -> None:
    row = find_row(path, "checked_on")
    change_cell(copy, path, "checked_on", day, row=row)
    assert "2026-11-20" in copy.refuse(path, row).message


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("genes", "is_kinase"), ("sites", "is_paired"), ("markers", "alone_in_header"),
        ("markers", "field"), ("markers", "index"), ("histology", "is_counted"),
        ("histology", "implies"), ("sites", "match"), ("symptoms", "match"), ("sites", "code"),
        ("symptoms", "code"),
    ],
)  # fmt: skip
def test_a_cell_of_a_vocabulary_holds_one_of_its_words(copy: Copy, name: str, column: str) -> None:
    path = f"vocabularies/{name}.csv"
    change_cell(copy, path, column, "zzz")
    assert "zzz" in copy.refuse(path, 2).message or column == "code"


@pytest.mark.parametrize(("table", "column"), [("markers", "note"), ("outcomes", "note")])
def test_one_count_under_two_ids_is_refused(copy: Copy, table: str, column: str) -> None:
    path = f"tables/{table}.csv"
    rows = read_rows(path)
    again = list(rows[find_row(path, "n") - 1])
    again[0] += ".again"
    again[rows[0].index(column)] = "In other words."
    write_rows(copy, path, [*rows, again])
    assert "says the same as" in copy.refuse(path, len(rows) + 1).message


# Vocabularies -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", VOCABULARIES)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('source = "', 'sourcex = "'), ('source = "', 'source = 7 # "'),
        ('source = "', 'source = " " # "'), ("checked_on = ", "checkedon = "),
        ("checked_on = ", "checked_on = true # "), ("checked_on = ", "checked_on = 7 # "),
        ("checked_on = ", "checked_on = 2026-11-20T10:00:00 # "),
    ],
)  # fmt: skip
def test_a_vocabulary_names_its_source_and_its_day(
    copy: Copy, path: str, old: str, new: str
) -> None:
    copy.change(path, old, new)
    assert re.search("source|checked_on", copy.refuse(path).message)


@pytest.mark.parametrize("path", [p for p in VOCABULARIES if "site_groups" not in p])
def test_a_renamed_list_is_refused(copy: Copy, path: str) -> None:
    text = (DATA / path).read_text(encoding="utf-8")
    keys = re.findall(r"^(\w+) = \[", text, re.MULTILINE)
    for key in (keys[0], keys[len(keys) // 2], keys[-1]):
        line = copy.change(path, f"\n{key} = [", f"\n{key}x = [") + 1
        assert f"{key}x" in copy.refuse(path, line).message


def test_a_group_of_sites_holds_sites(copy: Copy) -> None:
    path = "vocabularies/site_groups.toml"
    line = copy.change(path, '\nlung = ["', '\nlung = ["zzz", "') + 1
    assert "unknown site 'zzz'" in copy.refuse(path, line).message


def test_a_word_that_is_looked_up_stands_under_one_key(copy: Copy) -> None:
    path = "vocabularies/sexes.toml"
    copy.change(path, "male = [", 'male = ["intersex", ')
    assert "two keys" in copy.refuse(path).message


# Entries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "old", "new", "word"),
    [
        ("facts/fish.toml", '\nunit = "', '\n# unit = "', "without a unit"),
        ("facts/fish.toml", '\nid = "fish', '\nid = "Fish', "no id"),
        ("kinases.toml", 'marker = "', 'marker = 7 # "', "expected str"),
        ("kinases.toml", "facts = [", "facts = [7, ", "list of words"),
        ("kinases.toml", "NTRK = [", "NTRK = [7, ", "lists of words"),
        ("protocols/rna-reflex.toml", '\nkind = "', '\nkind = {a = 1} # "', "unknown kind"),
        ("protocols/tests.toml", '\nwords = "', '\nwordsx = "', "wordsx"),
        ("strategy.toml", "\nnone = [", '\nnone = ["zzz", ', "unknown"),
        ("strategy.toml", '[[classes]]\nid = "', '[[classes]]\nidx = "', "idx"),
        ("discordances.toml", 'title = "', 'title = "{', "filled in"),
        ("discordances.toml", 'title = "', 'title = "{} ', "''"),
        ("gaps.toml", 'what = "', 'what = "} ', "filled in"),
        ("gaps.toml", 'what = "', 'what = "{open!r} ', "'open'"),
        ("approvals.toml", "needs = [", "needs = [7, ", "lists of words"),
        ("stain_rules.toml", "probes = [", "probes = [7, ", "list of words"),
        ("red_flags.toml", "facts = [", "facts = [] # ", "no facts"),
        ("entities.toml", "settles = [", "settles = [] # ", "no settles"),
        ("regions.toml", "limits = [", "limits = [[], ", "list of words"),
        ("leaflet/10-treatment.toml", '\nheading = "', '\nheading = "" # "', "no heading"),
    ],
)  # fmt: skip
def test_a_damaged_entry_is_refused(copy: Copy, path: str, old: str, new: str, word: str) -> None:
    copy.change(path, old, new)
    error = copy.refuse(path)
    assert word in error.message
    assert re.search(r", line [1-9]", error.place)


def test_a_rule_of_more_nuclei_than_anybody_counts_is_refused(copy: Copy) -> None:
    text = (DATA / "facts/fish.toml").read_text(encoding="utf-8")
    found = re.search(r'id = "fish\.zhao-2025\.stage2\.nuclei"(?:\n.+)*?\nvalue = \d+', text)
    assert found
    copy.change("facts/fish.toml", found[0], re.sub(r"\d+$", "99999999", found[0]))
    assert "more than anybody counts" in copy.refuse("fish_rules/zhao-2025.toml").message


def test_a_head_with_a_comment_is_an_entry_like_any_other(copy: Copy) -> None:
    copy.change("discordances.toml", "[[kinds]]\n", "[[ kinds ]] # the first\n")
    load_everything()
