"""Damaged, shuffled and random files: an error with its place, or every row kept; never a crash."""

from __future__ import annotations

import bz2
import gzip
import random
from pathlib import Path

import pytest
from fusion_callers.caller_files import JUNCTIONS, TABLES, make_file, make_table
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spindle.cases.fusion_calls import CalledFusion
from spindle.errors import UserError
from spindle.formats.fusion_callers.registry import READERS, iterate_calls

FORMATS = sorted(TABLES)
PACKINGS = {"plain": bytes, "gz": gzip.compress, "bz2": bz2.compress}


def read(path: Path, content: bytes, caller: str = "") -> list[CalledFusion] | UserError:
    path.write_bytes(content)
    try:
        return list(iterate_calls(path, caller=caller))
    except UserError as error:
        return error


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "calls.txt"


@given(
    format_id=st.sampled_from(FORMATS),
    seed=st.integers(0, 10_000),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
    packing=st.sampled_from(sorted(PACKINGS)),
)
@settings(deadline=None)
def test_columns_may_stand_in_any_order(
    path: Path, format_id: str, seed: int, end: str, mark: str, packing: str
) -> None:
    make_row, delimiter = TABLES[format_id]
    rows = [make_row(junction) for junction in JUNCTIONS]
    columns = [*rows[0], "our own column"]
    random.Random(seed).shuffle(columns)
    shuffled = [{column: row.get(column, "kept") for column in columns} for row in rows]
    text = mark + make_table(shuffled, delimiter).replace("\n", end)
    found = read(path, PACKINGS[packing](text.encode()))
    path.write_bytes(make_file(format_id).encode())
    plain = list(iterate_calls(path))
    assert isinstance(found, list)
    assert [(call.name, call.end5, call.end3, call.line) for call in found] == [
        (call.name, call.end5, call.end3, call.line) for call in plain
    ]
    assert {call.cells["our own column"] for call in found} == {"kept"}


@given(
    format_id=st.sampled_from(FORMATS),
    cut=st.integers(0, 4000),
    packing=st.sampled_from(sorted(PACKINGS)),
)
@settings(deadline=None)
def test_a_file_that_breaks_off_loses_no_row(
    path: Path, format_id: str, cut: int, packing: str
) -> None:
    text = make_file(format_id)
    header = text.index("\n") + 1
    text = text[: header + cut]
    found = read(path, PACKINGS[packing](text.encode()))
    rows = [line for line in text.splitlines()[1:] if line.strip()]
    assert isinstance(found, list)
    assert [call.line for call in found] == list(range(2, len(rows) + 2))
    for call, line in zip(found, rows, strict=True):
        if '"' not in line:
            assert ("," if format_id == "jaffa" else "\t").join(call.cells.values()) == line


@given(
    format_id=st.sampled_from(FORMATS),
    bodies=st.lists(
        st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])), max_size=6
    ),
)
@settings(deadline=None)
def test_every_line_below_the_header_is_kept(path: Path, format_id: str, bodies: list[str]) -> None:
    header = make_file(format_id).partition("\n")[0]
    found = read(path, "\n".join([header, *bodies]).encode())
    assert isinstance(found, list)
    expected = [line for line, body in enumerate(bodies, 2) if body.strip()]
    assert [call.line for call in found] == expected
    assert all(call.problem or call.name != "?::?" or call.end5.position for call in found)


@given(
    format_id=st.sampled_from(FORMATS),
    column=st.integers(0, 30),
    value=st.text(st.characters(exclude_characters="\r\n\0\t,;", exclude_categories=["Cs"])),
)
@settings(deadline=None)
@example("jaffa", 3, "9" * 5000)
@example("star-fusion", 8, "[" * 100_000)
@example("cbioportal-sv", 12, "{" * 100_000)
@example("arriba", 4, "2:" * 50_000)
@example("fusioncatcher", 6, ":1" * 50_000)
def test_any_cell_may_hold_anything(path: Path, format_id: str, column: int, value: str) -> None:
    make_row, delimiter = TABLES[format_id]
    row = make_row(JUNCTIONS[0])
    names = list(row)
    name = names[column % len(names)]
    found = read(path, make_table([row | {name: value}], delimiter).encode())
    assert isinstance(found, list)
    assert len(found) == 1
    if not found[0].problem and '"' not in value:
        assert found[0].cells[name] == value


@given(st.binary(max_size=400), st.sampled_from(["", *(reader.ID for reader in READERS)]))
@settings(deadline=None)
@example(b"\x1f\x8b\x08\x00", "")
@example(b"\x1f\x8b", "arriba")
@example(b"BZh91AY", "")
@example(b"\xfd7zXZ\x00\x00", "")
@example(b"\xff\xfea", "")
@example(b"PK\x03\x04", "")
def test_random_bytes_never_crash(path: Path, content: bytes, caller: str) -> None:
    found = read(path, content, caller)
    if isinstance(found, UserError):
        assert found.place or "No file" in found.message
        assert "Traceback" not in str(found)
    else:
        assert all(isinstance(call, CalledFusion) for call in found)


@given(st.sampled_from(FORMATS), st.data())
@settings(deadline=None)
def test_damaged_gz_is_said_with_its_line(path: Path, format_id: str, data: st.DataObject) -> None:
    packed = gzip.compress((make_file(format_id) * 3).encode())
    cut = data.draw(st.integers(1, len(packed) - 1))
    found = read(path, packed[:cut])
    if cut > 1:
        assert isinstance(found, UserError)
        assert found.slug == "file-damaged"
        assert "line" in found.message
