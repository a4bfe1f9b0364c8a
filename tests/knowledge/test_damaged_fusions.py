"""Damaged knowledge of fusions: refused when it is loaded, at the file and the line of the damage.

Every test works on a copy of one file; the modules are imported a second time, so that what other
tests have loaded stays as it is.
"""

from __future__ import annotations

import functools
import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import spindle.formats.fusion_callers
import spindle.knowledge
from spindle.errors import UserError
from spindle.formats.fusion_callers.registry import READERS
from spindle.knowledge.fusion_caller_needs import GROUPS, NEEDS
from spindle.knowledge.fusion_callers import load_caller_formats

ROOM = "spindle.knowledge"
DATA = Path(spindle.knowledge.__file__).parent / "data"
CALLERS, READING = "fusion_callers.toml", "fusion_reading.toml"
LOADERS = {
    "transcripts": ("load_transcripts", "load_domains", "load_older_numbers"),
    "gene_names": ("load_gene_names",),
    "fusion_callers": ("load_caller_formats",),
    "fusion_reading": ("load_settings",),
}


def import_again() -> Mapping[str, Any]:
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


AGAIN = import_again()
FILES = AGAIN[f"{ROOM}.files"]


class Copy:
    """The data folder, with another text in the place of one file."""

    def __init__(self) -> None:
        self.texts: dict[str, Text] = {}

    def joinpath(self, *parts: str) -> Path | Text:
        path = "/".join(parts)
        return self.texts.get(path) or DATA / path

    def change(self, path: str, old: str, new: str) -> int:
        """Put a text in the place of another, once, and give its line."""
        text = (DATA / path).read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{path} holds no {old!r}"
        self.texts[path] = Text(text.replace(old, new, 1))
        return text.count("\n", 0, text.index(old)) + 1

    def load(self) -> None:
        for module in AGAIN.values():
            for found in vars(module).values():
                if isinstance(found, functools._lru_cache_wrapper) and found != FILES.data_folder:
                    found.cache_clear()
        for name, loaders in LOADERS.items():
            for loader in loaders:
                getattr(AGAIN[f"{ROOM}.{name}"], loader)()

    def refuse(self, path: str, line: int) -> UserError:
        with pytest.raises(UserError) as caught:
            self.load()
        assert caught.value.slug == "knowledge-invalid"
        assert caught.value.place == f"{path}, line {line}"
        return caught.value


class Text(str):
    """The text of a file that is not there."""

    __slots__ = ()

    def read_text(self, encoding: str) -> str:
        assert encoding == "utf-8-sig"
        return str(self)


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    made = Copy()
    monkeypatch.setattr(FILES, "data_folder", lambda: made)
    yield made
    monkeypatch.undo()


def find_head(path: str, line: int) -> int:
    """Give the line of the head of the entry in which a line stands."""
    lines = (DATA / path).read_text(encoding="utf-8").splitlines()
    return max(n for n, text in enumerate(lines[:line], 1) if text.startswith("[["))


def test_a_copy_without_damage_loads(copy: Copy) -> None:
    copy.change("transcripts/transcripts.csv", "ALK,HGNC:427,", "ALK,,")
    copy.load()


def test_every_table_without_sources_in_its_rows_is_named_on_the_page_beside_it() -> None:
    page = (DATA / "transcripts/SOURCES.md").read_text(encoding="utf-8")
    tables = sorted(path.name for path in (DATA / "transcripts").glob("*.csv"))
    assert "exons.csv" in tables
    assert [name for name in tables if f"| `{name}` |" not in page] == []


# Tables of transcripts ----------------------------------------------------------------------------

CHANGES = [
    ("transcripts", "ALK,HGNC:427,NM_004304.5,ENST00000389048.8,2,-", "chromosome", [
        "ALK,HGNC:427,NM_004304.5,ENST00000389048.8,chr2,-",
        "ALK,HGNC:427,NM_004304.5,ENST00000389048.8,23,-",
        "ALK,HGNC:427,NM_004304.5,ENST00000389048.8,,-",
    ]),
    ("transcripts", "ALK,HGNC:427,NM_004304.5,ENST00000389048.8,2,-", "has", [
        "ALK,427,NM_004304.5,ENST00000389048.8,2,-",
        "ALK,HGNC:427,NM_004304,ENST00000389048.8,2,-",
        "ALK,HGNC:427,NM_004304.5,ENSG00000171094,2,-",
        ",HGNC:427,NM_004304.5,ENST00000389048.8,2,-",
        "ALK,HGNC:427,NM_004304.5,ENST00000389048.8,2,",
        "ZZZ,HGNC:427,NM_004304.5,ENST00000389048.8,2,-",
    ]),
    ("domains", "ALK,IPR000998,MAM domain,480,634,", "MAM domain", [
        "ALK,IPR000998,MAM domain,634,480,", "ALK,IPR000998,MAM domain,0,634,",
        "ALK,IPR000998,MAM domain,-1,634,", "ALK,IPR000998,MAM domain,480,1621,",
        "ALK,IPR000998,MAM domain,480,,", "ALK,IPR000998,MAM domain,480,634,no",
        "ALK,,MAM domain,480,634,",
    ]),
    ("domains", "ALK,IPR000998,MAM domain,480,634,", "no transcript", [
        "ZZZ,IPR000998,MAM domain,480,634,",
    ]),
    ("older_numbering", "ALK,ENST00000389048.3,1,29,1,coordinates", "no exons", [
        "ALK,ENST00000389048.3,1,29,-5,coordinates", "ALK,ENST00000389048.3,1,29,0,coordinates",
        "ALK,ENST00000389048.3,29,1,1,coordinates", "ALK,ENST00000389048.3,1,30,1,coordinates",
        "ALK,ENST00000389048.3,0,29,1,coordinates", "ALK,ENST00000389048.3,1,29,,coordinates",
        "ZZZ,ENST00000389048.3,1,29,1,coordinates",
    ]),
    ("older_numbering", "ALK,ENST00000389048.3,1,29,1,coordinates", "basis", [
        "ALK,ENST00000389048.3,1,29,1,guess", "ALK,ENST00000389048.3,1,29,1,",
    ]),
    ("older_numbering", "ALK,ENST00000389048.3,1,29,1,coordinates", "no transcript", [
        "ALK,ENST,1,29,1,coordinates",
    ]),
    ("gene_names", "ALK,alias,CD246", "symbol of another gene", [
        "ALK,alias,EML4", "ALK,alias,eml4", "ALK,previous,ROS1",
    ]),
    ("gene_names", "ALK,alias,CD246", "unknown kind", [
        "ALK,bogus,CD246", "ALK,alias,", "ALK,,CD246",
    ]),
    ("gene_names", "ALK,alias,CD246", "cells", ["ZZZ,bogus", "ALK,alias"]),
    ("gene_names", "ALK,alias,CD246", "no transcript", ["ZZZ,alias,bogus", "ALKX,alias,CD246"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "word"),
    [(name, old, new, word) for name, old, word, changes in CHANGES for new in changes],
)
def test_a_damaged_row_is_refused_at_its_line(
    copy: Copy, name: str, old: str, new: str, word: str
) -> None:
    path = f"transcripts/{name}.csv"
    line = copy.change(path, f"\n{old}\n", f"\n{new}\n") + 1
    assert word in copy.refuse(path, line).message


@pytest.mark.parametrize(
    ("name", "old", "added", "word"),
    [
        ("transcripts", "ALK,HGNC:427,NM_004304.5,ENST00000389048.8,2,-",
         "ALK,HGNC:427,NM_004304.4,ENST00000389048.8,2,-", "twice"),
        ("domains", "ALK,IPR000998,MAM domain,480,634,",
         "ALK,IPR000719,Protein kinase domain,1116,1392,yes", ""),
        ("older_numbering", "ALK,ENST00000389048.3,1,29,1,coordinates",
         "ALK,ENST00000389048.3,29,29,40,coordinates", "two numbers"),
        ("older_numbering", "CARS1,ENST00000397111.5,1,1,1,coordinates",
         "CARS1,ENST00000397111.5,2,2,1,coordinates", "two exons for a number"),
    ],
)  # fmt: skip
def test_a_row_that_speaks_against_another_is_refused(
    copy: Copy, name: str, old: str, added: str, word: str
) -> None:
    path = f"transcripts/{name}.csv"
    line = copy.change(path, f"\n{old}\n", f"\n{old}\n{added}\n") + 2
    if name == "domains":
        # The second of the two is told.
        rows = copy.texts[path].splitlines()
        kinases = [n for n, row in enumerate(rows, 1) if re.match("ALK,.*,yes$", row)]
        assert kinases[0] == line
        line, word = kinases[1], "two kinase domains"
    assert word in copy.refuse(path, line).message


def read_exon(gene: str, exon: int) -> tuple[str, list[str]]:
    text = (DATA / "transcripts/exons.csv").read_text(encoding="utf-8")
    found = re.search(rf"^{gene},{exon},.*$", text, re.MULTILINE)
    assert found
    return found[0], found[0].split(",")


@pytest.mark.parametrize(
    ("gene", "exon"), [("ALK", 20), ("ALK", 2), ("EML4", 13), ("TPM3", 8), ("ROS1", 34)]
)
@pytest.mark.parametrize("column", [2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("bases", [-3, -1, 1, 3])
def test_an_edge_that_is_moved_is_told_at_its_exon(
    copy: Copy, gene: str, exon: int, column: int, bases: int
) -> None:
    """A coding part fills every exon but its first and its last one."""
    row, cells = read_exon(gene, exon)
    cells[column] = str(int(cells[column]) + bases)
    line = copy.change("transcripts/exons.csv", row, ",".join(cells))
    copy.refuse("transcripts/exons.csv", line)


@pytest.mark.parametrize(("column", "cell"), [(4, ""), (5, ""), (2, "x"), (1, "21"), (7, "")])
def test_a_cell_of_an_exon_is_refused_at_its_line(copy: Copy, column: int, cell: str) -> None:
    row, cells = read_exon("ALK", 20)
    cells[column] = cell
    line = copy.change("transcripts/exons.csv", row, ",".join(cells))
    copy.refuse("transcripts/exons.csv", line)


def test_a_coding_part_with_a_gap_is_refused_at_the_gap(copy: Copy) -> None:
    row, cells = read_exon("ALK", 20)
    line = copy.change("transcripts/exons.csv", row, ",".join([*cells[:4], "", "", *cells[6:]]))
    assert "does not go on" in copy.refuse("transcripts/exons.csv", line).message


def test_a_coding_part_beyond_the_last_exon_is_refused(copy: Copy) -> None:
    # ALK is read downwards: its coding part ends at the lower position.
    row, cells = read_exon("ALK", 29)
    cells[4] = str(int(cells[2]) - 3)
    line = copy.change("transcripts/exons.csv", row, ",".join(cells))
    assert "leaves the exon" in copy.refuse("transcripts/exons.csv", line).message


def test_exons_of_an_unknown_gene_are_refused_at_the_first(copy: Copy) -> None:
    row, cells = read_exon("ALK", 29)
    line = copy.change("transcripts/exons.csv", row, f"{row}\n{','.join(['ZZZ', '1', *cells[2:]])}")
    assert "ZZZ" in copy.refuse("transcripts/exons.csv", line + 1).message


# Settings and formats -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["microhomology", "cells-in-memory", "short-cell"])
def test_a_setting_of_another_name_is_refused(copy: Copy, name: str) -> None:
    line = copy.change(READING, f'id = "{name}"', f'id = "{name}x"')
    assert f"{name}x" in copy.refuse(READING, find_head(READING, line)).message


def test_a_setting_that_is_missing_below_zero_or_there_twice_is_refused(copy: Copy) -> None:
    line = copy.change(READING, "value = 12", "value = -12")
    assert "-12" in copy.refuse(READING, find_head(READING, line)).message
    line = copy.change(READING, 'id = "short-cell"', 'id = "microhomology"')
    assert "twice" in copy.refuse(READING, find_head(READING, line)).message
    text = (DATA / READING).read_text(encoding="utf-8")
    last = text[text.rindex("[[settings]]") :]
    name = last.split('"')[1]
    copy.change(READING, last, "")
    assert f"'{name}' is missing" in copy.refuse(READING, 1).message


HELD = load_caller_formats().formats


def change_in_format(copy: Copy, format_id: str, old: str, new: str) -> int:
    """Change the first such text of a format, and give the line of the format's head."""
    text = (DATA / CALLERS).read_text(encoding="utf-8")
    start = text.index(f'[[formats]]\nid = "{format_id}"')
    end = text.find("[[formats]]", start + 1)
    part = text[start : end if end > 0 else len(text)]
    assert old in part
    copy.change(CALLERS, part, part.replace(old, new, 1))
    return text.count("\n", 0, start) + 1


@pytest.mark.parametrize(
    ("format_id", "name", "group"),
    [
        (held.id, name, group)
        for held in HELD.values()
        for name, pattern in held.patterns.items()
        for group in GROUPS.get(name, ())
        if group in pattern.groupindex
    ],
)
def test_a_pattern_without_the_group_that_its_reader_takes_is_refused(
    copy: Copy, format_id: str, name: str, group: str
) -> None:
    written = HELD[format_id].patterns[name].pattern
    damaged = written.replace(f"(?P<{group}>", f"(?P<{group}x>")
    line = change_in_format(copy, format_id, f"{name} = '{written}'", f"{name} = '{damaged}'")
    assert repr(group) in copy.refuse(CALLERS, line).message


@pytest.mark.parametrize(
    ("format_id", "name"), [(key, name) for key, needs in NEEDS.items() for name in needs.patterns]
)
def test_a_pattern_of_another_name_is_refused(copy: Copy, format_id: str, name: str) -> None:
    # A pattern with a quotation mark stands in double ones; a column stands in a list.
    quote = '"' if "'" in HELD[format_id].patterns[name].pattern else "'"
    line = change_in_format(copy, format_id, f"\n{name} = {quote}", f"\n{name}x = {quote}")
    assert f"the pattern {name}" in copy.refuse(CALLERS, line).message


@pytest.mark.parametrize("format_id", list(NEEDS))
def test_a_format_of_another_id_is_refused(copy: Copy, format_id: str) -> None:
    line = change_in_format(copy, format_id, f'id = "{format_id}"', 'id = "zzz"')
    assert "'zzz'" in copy.refuse(CALLERS, line + 1).message


@pytest.mark.parametrize(
    ("format_id", "old", "new", "word"),
    [
        ("arriba", "list = '[^,]+'", "list = '([^,]+)'", "has a group"),
        ("arriba", "\nrequires = ", "\nlacks = [\"x\"] # ", "the list requires"),
        ("star-fusion", "\nbreakpoint5 = ", "\nbreakpointx = ", "breakpoint5"),
        ("genion", "\nunnamed = ", "\nlacks = ", "the list unnamed"),
        ("vcf", "\nmate = ", "\nmatex = ", "columns for mate"),
        ("vcf", "\npassed = ", "\npassedx = ", "words for passed"),
        ("gene-list", "\ndirected_columns = ", "\ndirected = ", "words for directed_columns"),
    ],
)  # fmt: skip
def test_a_format_without_what_its_reader_asks_for_is_refused(
    copy: Copy, format_id: str, old: str, new: str, word: str
) -> None:
    line = change_in_format(copy, format_id, old, new)
    assert word in copy.refuse(CALLERS, line).message


def test_what_the_readers_ask_for_is_what_is_checked() -> None:
    assert set(NEEDS) == {reader.ID for reader in READERS} == set(HELD)
    folder = Path(spindle.formats.fusion_callers.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    asked = set(re.findall(r'patterns\["(\w+)"\]', code))
    assert asked
    assert asked <= {name for needs in NEEDS.values() for name in needs.patterns} | {"sample"}
    columns = set(re.findall(r'find_format\(\)\.columns\["(\w+)"\]', code))
    assert columns
    assert columns <= set(NEEDS["vcf"].columns)
