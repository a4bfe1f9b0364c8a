"""Lines of callers' files: every packing and ending, in constant memory, with a fault's line."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.errors import UserError
from spindle.formats.fusion_callers import lines as lines_module
from spindle.formats.fusion_callers.lines import read_lines

TEXT = "gene1\tgene2\nEML4\tALK\nTPM3\tROS1\n"
LINES = [(1, "gene1\tgene2"), (2, "EML4\tALK"), (3, "TPM3\tROS1")]


def write(folder: Path, content: bytes, name: str = "calls.tsv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.rstrip("\n").encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("\n", "\r\r\n").encode(),
        TEXT.encode("utf-16"),
        gzip.compress(TEXT.encode()),
        gzip.compress(TEXT[:20].encode()) + gzip.compress(TEXT[20:].encode()),
        bz2.compress(TEXT.encode()),
        lzma.compress(TEXT.encode()),
        gzip.compress(codecs.BOM_UTF8 + TEXT.replace("\n", "\r\n").encode()),
    ],
    ids=[
        "lf",
        "no-end",
        "bom",
        "crlf",
        "cr",
        "crcrlf",
        "utf16",
        "gz",
        "gz-twice",
        "bz2",
        "xz",
        "all",
    ],
)
def test_the_same_lines_come_from_every_packing(tmp_path: Path, content: bytes) -> None:
    notes: list[str] = []
    assert list(read_lines(write(tmp_path, content), notes)) == LINES
    assert notes == []


def test_an_empty_file_gives_no_line(tmp_path: Path) -> None:
    assert list(read_lines(write(tmp_path, b""))) == []
    assert list(read_lines(write(tmp_path, gzip.compress(b"")))) == []


def test_a_line_that_is_not_utf8_is_read_as_latin1_with_a_note(tmp_path: Path) -> None:
    notes: list[str] = []
    path = write(tmp_path, b"a\nM\xfcller\n\xe9\n")
    assert [text for _, text in read_lines(path, notes)] == ["a", "Müller", "é"]
    assert len(notes) == 1
    assert notes[0].startswith("Line 2 is not UTF-8")


def test_a_gz_that_breaks_off_names_the_last_whole_line(tmp_path: Path) -> None:
    text = "".join(f"{number}\tEML4\tALK\t{number * 7919 % 100_003}\n" for number in range(5000))
    packed = gzip.compress(text.encode())
    path = write(tmp_path, packed[: len(packed) // 2])
    read: list[str] = []
    with pytest.raises(UserError) as caught:
        for _, line in read_lines(path):
            read.append(line)
    assert caught.value.slug == "file-damaged"
    assert len(read) > 100
    assert read == text.splitlines()[: len(read)]
    assert f"line {len(read)} is the last whole one" in str(caught.value)


def test_a_gz_with_rubbish_behind_it_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(TEXT.encode()) + b"rubbish")
    with pytest.raises(UserError, match="file-damaged"):
        list(read_lines(path))


def test_a_nul_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Line 2 holds a NUL") as caught:
        list(read_lines(write(tmp_path, b"a\nb\0c\n")))
    assert "line 2" in caught.value.place


@pytest.mark.parametrize("end", [b"", b"\nlast\n"])
def test_a_line_without_end_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINE_CHARACTERS", 1_000_000)
    path = write(tmp_path, b"first\n" + b"A" * 3_000_000 + end)
    with pytest.raises(UserError, match="Line 2 holds more than") as caught:
        list(read_lines(path))
    assert caught.value.slug == "cell-too-large"


@pytest.mark.parametrize(
    ("name", "content", "slug"),
    [
        ("missing.tsv", None, "file-not-found"),
        (".", None, "file-is-folder"),
        ("book.xlsx", b"PK\x03\x04rest", "file-wrong-type"),
        ("wide.tsv", TEXT.encode("utf-32"), "file-encoding"),
        ("odd.tsv", codecs.BOM_UTF16_LE + b"a\0\xd8\xd8\n\0x", "file-encoding"),
    ],
)
def test_what_is_no_text_is_refused(
    tmp_path: Path, name: str, content: bytes | None, slug: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        list(read_lines(path))
    assert caught.value.slug == slug


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))),
    st.sampled_from(["\n", "\r\n"]),
)
def test_lines_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], end: str
) -> None:
    path = tmp_path_factory.mktemp("lines") / "calls.tsv"
    texts = [text.removeprefix("\ufeff") for text in texts] + ["last"]
    path.write_bytes(end.join(texts).encode())
    assert [text for _, text in read_lines(path)] == texts


def test_a_long_file_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.tsv"
    with path.open("wb") as stream:
        for _ in range(4000):
            stream.write(b"A" * 8500 + b"\n")
    tracemalloc.start()
    count = sum(1 for _ in read_lines(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4000
    assert peak < 5_000_000
