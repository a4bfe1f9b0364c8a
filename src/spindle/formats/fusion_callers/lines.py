"""Lines of a caller's file, one after the other, in constant memory.

Plain text or packed with gzip, bzip2 or xz: the content decides, not the name. A text is read as
UTF-8, a line that is not as Latin-1, with a note. UTF-16 is read when its mark says so. Lines end
with LF or CR LF, or with CR alone where a file holds no LF.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol, cast

from spindle.errors import UserError

# A row of a caller holds a few kilobytes. What is longer by four orders is no row, and has to be
# held in memory as a whole.
MAX_LINE_CHARACTERS = 64_000_000
CHUNK_BYTES = 1 << 18
# A line break is looked for within the first bytes; a header is shorter than this.
_MARKS_LENGTH = 8

_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
_ZIP = b"PK\x03\x04"
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class _Chunks(Protocol):
    """What gives the bytes of a file piece by piece."""

    def read1(self, size: int = ..., /) -> bytes:
        """Give the next bytes, at most `size`; none at the end."""

    def close(self) -> None:
        """Let go of the file."""


def read_lines(path: Path, notes: list[str] | None = None) -> Iterator[tuple[int, str]]:
    """Give the lines of a file with their numbers from 1, without their ends.

    Parameters
    ----------
    notes:
        Takes a sentence on what was odd, such as a line that is not UTF-8; may be left out.

    Raises
    ------
    UserError
        `file-not-found`, `file-is-folder`, `file-unreadable`; `file-wrong-type` for a zip archive;
        `file-damaged` for a packed file that breaks off, with the last line that was whole;
        `file-encoding` for a NUL character and `cell-too-large` for a line without end, with line.
    """
    decoder = _LineDecoder(path, [] if notes is None else notes)
    number = 0
    with closing(_open_chunks(path)) as stream:
        for number, line in enumerate(_cut_lines(_iterate_chunks(path, stream, decoder)), 1):
            yield number, decoder.decode(line, number)


class _LineDecoder:
    """Turns the bytes of lines into text, and counts them for messages."""

    def __init__(self, path: Path, notes: list[str]) -> None:
        self.path = path
        self.lines = 0
        self._notes = notes
        self._is_noted = False

    def decode(self, line: bytes, number: int) -> str:
        """Give the text of a line."""
        self.lines = number
        if len(line) > MAX_LINE_CHARACTERS:
            raise refuse_line(self.path, number)
        if b"\0" in line:
            message = f"Line {number} holds a NUL character, which no text has."
            raise UserError("file-encoding", message, place=f"{self.path}, line {number}")
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            if not self._is_noted:
                self._is_noted = True
                self._notes.append(
                    f"Line {number} is not UTF-8. It was read as Latin-1, and so is every later "
                    "line that is not: letters beyond ASCII may be others."
                )
            return line.decode("latin-1")


def refuse_line(path: Path, number: int) -> UserError:
    """Give the error for a line that is longer than any row."""
    return UserError(
        "cell-too-large",
        f"Line {number} holds more than {MAX_LINE_CHARACTERS:,} characters.",
        place=f"{path}, line {number}",
        cure="Look at the line: a file without line breaks is the usual reason.",
    )


def _open_chunks(path: Path) -> _Chunks:
    try:
        if path.is_dir():
            raise UserError("file-is-folder", "A caller's file was expected.", place=str(path))
        if path.exists() and not path.is_file():
            message = "It is no regular file, and it has to be read twice."
            cure = "Save the calls in a file first."
            raise UserError("file-unreadable", message, place=str(path), cure=cure)
        with path.open("rb") as stream:
            head = stream.read(_MARKS_LENGTH)
        return _open_packed(path, head)
    except FileNotFoundError:
        raise UserError("file-not-found", "The file is not there.", place=str(path)) from None
    except ValueError as error:
        raise UserError("file-not-found", f"No file has this name: {error}.") from None
    except OSError as error:
        reason = error.strerror or "the system gives no reason"
        message = f"The file can't be read: {reason}."
        raise UserError("file-unreadable", message, place=str(path)) from None


def _open_packed(path: Path, head: bytes) -> _Chunks:
    if head.startswith(_ZIP):
        message = "It is a zip archive or a workbook; a caller's file is text."
        cure = "Unpack the archive, or save the sheet as tab-separated text."
        raise UserError("file-wrong-type", message, place=str(path), cure=cure)
    if head.startswith(_GZIP):
        import gzip

        return gzip.open(path, "rb")
    if head.startswith(_BZIP2):
        import bz2

        return bz2.open(path, "rb")
    if head.startswith(_XZ):
        import lzma

        return cast("_Chunks", lzma.open(path, "rb"))
    return cast("_Chunks", path.open("rb"))


def _iterate_chunks(path: Path, stream: _Chunks, decoder: _LineDecoder) -> Iterator[bytes]:
    """Give the bytes of the text as UTF-8, its mark taken off."""
    wide: codecs.IncrementalDecoder | None = None
    is_first = True
    while chunk := _read_chunk(path, stream, decoder):
        if is_first:
            is_first = False
            if chunk.startswith(_UTF32_MARKS):
                raise UserError("file-encoding", "The text is UTF-32.", place=str(path))
            if chunk.startswith(_UTF16_MARKS):
                wide = codecs.getincrementaldecoder("utf-16")()
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
        yield chunk if wide is None else _recode(path, wide, chunk, decoder)
    if wide is not None:
        yield _recode(path, wide, b"", decoder)


def _recode(
    path: Path, wide: codecs.IncrementalDecoder, chunk: bytes, decoder: _LineDecoder
) -> bytes:
    try:
        return wide.decode(chunk, final=not chunk).encode("utf-8")
    except UnicodeError:
        message = f"The text is not UTF-16 after line {decoder.lines}."
        raise UserError("file-encoding", message, place=str(path)) from None


def _read_chunk(path: Path, stream: _Chunks, decoder: _LineDecoder) -> bytes:
    import lzma
    import zlib

    try:
        return stream.read1(CHUNK_BYTES)
    except (EOFError, zlib.error, lzma.LZMAError) as error:
        raise _refuse_damage(path, decoder.lines, str(error)) from None
    except OSError as error:
        if error.errno is None:
            raise _refuse_damage(path, decoder.lines, str(error)) from None
        message = f"The file can't be read on after line {decoder.lines}: {error.strerror}."
        raise UserError("file-unreadable", message, place=str(path)) from None


def _refuse_damage(path: Path, lines: int, reason: str) -> UserError:
    last = f"line {lines} is the last whole one" if lines else "no line is whole"
    message = f"The packed file is damaged or breaks off ({reason.rstrip('.')}): {last}."
    cure = "Get the file again: calls after that line are not known."
    return UserError("file-damaged", message, place=str(path), cure=cure)


def _cut_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Give lines without their ends; a longer line than allowed comes cut off behind its limit."""
    parts: list[bytes] = []
    length = 0
    end = b""
    for chunk in chunks:
        end = end or _find_end(chunk)
        first, *rest = chunk.split(end) if end else (chunk,)
        parts.append(first)
        length += len(first)
        if rest:
            yield _trim(b"".join(parts))
            yield from map(_trim, rest[:-1])
            parts, length = [rest[-1]], len(rest[-1])
        if length > MAX_LINE_CHARACTERS:
            yield b"".join(parts)
            return
    if last := b"".join(parts):
        yield _trim(last)


def _find_end(chunk: bytes) -> bytes:
    if b"\n" in chunk:
        return b"\n"
    # A CR at the very end may be the first half of CR LF.
    return b"\r" if b"\r" in chunk[:-1] else b""


def _trim(line: bytes) -> bytes:
    return line.strip(b"\r\n")
