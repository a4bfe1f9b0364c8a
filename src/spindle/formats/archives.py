"""Zip archives that may be hostile: measured before they are unpacked, and while they are.

Workbooks of today are zip archives of XML. A few thousand bytes of such an archive can unpack to
more than a machine holds, and its directory can lie about it; XML can multiply itself with
entities, and a tree of its tags takes far more room than its text. All four are refused before a
library opens the file.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO
from xml.parsers import expat

from spindle.errors import SpindleError, UserError
from spindle.formats.grid import refuse_opening

# 100,000 rows of 10 columns are 4 MB packed and 40 MB unpacked. These caps leave room for tables
# more than ten times as large, and unpacking to the cap takes seconds.
MAX_PACKED_BYTES = 100_000_000
MAX_UNPACKED_BYTES = 500_000_000

# XML of a table shrinks to a tenth, at most to a hundredth when its rows repeat; deflate can do no
# better than 1 in 1,032, which is where bombs are. Small archives may shrink as they like.
MAX_RATIO = 300
MIN_BYTES_FOR_RATIO = 20_000_000

# The directory is read into memory whole: 100 bytes or so for a member, of which workbooks have
# dozens.
MAX_DIRECTORY_BYTES = 4_000_000

# One tag with its attributes is a few hundred bytes; the parser holds an unfinished one in memory.
MAX_TAG_BYTES = 2_000_000

# Tags of a workbook stand some ten deep in each other; the parser holds every open one in memory.
MAX_TAG_DEPTH = 200

# A library holds a tree of tags in memory, but for the rows and texts that it has done with: a few
# hundred bytes for each. A million rows, or as many texts that differ, are within this.
MAX_HELD_TAGS = 2_000_000

_SHEET_NAMES = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TABLE_NAMES = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_ROW_TAGS = (f"{_SHEET_NAMES} row", f"{_SHEET_NAMES} si", f"{_TABLE_NAMES} table-row")

_NO_ZIP = "it is not a whole zip archive"
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_BYTES = 22 + 65_535
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_FLAG = 0x1
_XML_ENCODINGS = ("utf-8", "utf-16", "us-ascii", "iso-8859-1")
_CHUNK_BYTES = 1 << 18


class DamagedXMLError(Exception):
    """An XML part that does not keep to the form; caught here and told as ``file-damaged``."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An open zip archive whose directory keeps within the caps."""

    path: Path
    """The file."""
    members: dict[str, zipfile.ZipInfo]
    """Its members by name."""
    stream: BinaryIO
    """The bytes of the whole file, for a library to open."""
    _zip: zipfile.ZipFile

    def read_chunks(self, name: str) -> Iterator[bytes]:
        """Give the unpacked bytes of a member, a chunk at a time, never more than it declares.

        Raises
        ------
        UserError
            ``file-damaged`` when it is not there, can't be unpacked or holds more than the
            directory says; ``file-password`` when it is encrypted.
        """
        info = self.members.get(name)
        if info is None:
            raise refuse_damage(self.path, f"its part {name!r} is missing")
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise UserError("file-password", "The workbook is encrypted.", place=str(self.path))
        if info.compress_type not in _METHODS:
            raise refuse_damage(self.path, f"its part {name!r} is packed in an unknown way")
        # zipfile gives no more than the declared size, whatever the packed bytes hold, and then
        # finds that the checksum does not fit.
        with telling_damage(self.path, _NO_ZIP), self._zip.open(info) as member:
            while chunk := member.read(_CHUNK_BYTES):
                yield chunk

    def open_part(self, name: str) -> IO[bytes]:
        """Open a member that has been read to its end before, and so is known to be whole."""
        return self._zip.open(self.members[name])

    def read_small(self, name: str, most_bytes: int) -> bytes:
        """Give the first bytes of a member, at most `most_bytes`."""
        held = b""
        for chunk in self.read_chunks(name):
            held += chunk
            if len(held) >= most_bytes:
                break
        return held[:most_bytes]


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a zip archive whose directory keeps within the caps.

    Raises
    ------
    UserError
        ``file-too-large`` when it unpacks, or claims to, to more than the caps allow;
        ``file-damaged`` when it is no whole archive; ``file-unreadable``.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise refuse_opening(path, error) from None
    with stream:
        with telling_damage(path, _NO_ZIP):
            _check_packed_size(path, stream)
            archive = zipfile.ZipFile(stream)
        with archive:
            yield Archive(path, _check_directory(path, archive), stream, archive)


def _check_packed_size(path: Path, stream: BinaryIO) -> None:
    size = stream.seek(0, 2)
    if size > MAX_PACKED_BYTES:
        raise refuse_size(path, f"it has more than {MAX_PACKED_BYTES:,} bytes")
    stream.seek(max(0, size - _END_BYTES))
    tail = stream.read()
    end = tail.rfind(_END_OF_DIRECTORY)
    directory_bytes = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise refuse_size(path, "its directory is longer than that of any workbook")


def _check_directory(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    if unpacked > MAX_UNPACKED_BYTES:
        raise refuse_size(path, f"it unpacks to {unpacked:,} bytes")
    if unpacked > MIN_BYTES_FOR_RATIO and unpacked > packed * MAX_RATIO:
        raise refuse_size(path, f"it unpacks to {unpacked // packed} times its size")
    members = {info.filename: info for info in infos}
    if len(members) != len(infos):
        raise refuse_damage(path, "it holds two parts of one name")
    return members


@contextmanager
def telling_damage(path: Path, reason: str) -> Iterator[None]:
    """Turn whatever a library raises over a file into ``file-damaged``.

    Only calls of a library belong inside, so that a bug of ours stays a bug. A panic of a library
    in Rust is no `Exception`, so that everything is caught but what asks Python to stop.
    """
    try:
        yield
    except (SpindleError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        first_line = str(error).partition("\n")[0][:200] or type(error).__name__
        raise refuse_damage(path, f"{reason} ({first_line})") from error


def scan_tags(archive: Archive, name: str, on_tag: Callable[[str, dict[str, str]], None]) -> None:
    """Look at the tags of a part before a library builds a tree of them.

    `on_tag` is called with the name and the attributes of each; the name is that of its namespace,
    a space, and the local name. The look ends where the XML is not well formed, as a library will.

    Raises
    ------
    UserError
        ``file-damaged`` when the part declares a document type (no workbook does, and entities
        could multiply), has a tag of more than `MAX_TAG_BYTES` or tags that stand deeper than
        `MAX_TAG_DEPTH` in each other; ``file-too-large`` when a tree of it would be too large.
    """
    scan = _TagScan(archive.path, on_tag)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.XmlDeclHandler = _check_encoding
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    fed = 0
    try:
        for chunk in archive.read_chunks(name):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_TAG_BYTES:
                raise DamagedXMLError("it holds a tag of more than two million characters")
    except expat.ExpatError:
        return
    except DamagedXMLError as error:
        raise refuse_damage(archive.path, f"its part {name!r} can't be used: {error}") from None


class _TagScan:
    """Counts the tags that a tree would hold at once, when its rows are dropped one by one."""

    def __init__(self, path: Path, on_tag: Callable[[str, dict[str, str]], None]) -> None:
        self._path = path
        self._on_tag = on_tag
        self._depth = 0
        self._held = 0
        self._row_depth = 0
        self._held_before_row = 0

    def start(self, name: str, found: dict[str, str]) -> None:
        self._depth += 1
        self._held += 1
        if self._depth > MAX_TAG_DEPTH:
            raise DamagedXMLError("its tags stand too deep in each other")
        if self._held > MAX_HELD_TAGS:
            raise refuse_size(self._path, f"a part of it holds more than {MAX_HELD_TAGS:,} tags")
        if not self._row_depth and name in _ROW_TAGS:
            self._row_depth, self._held_before_row = self._depth, self._held
        self._on_tag(name, found)

    def end(self, _name: str) -> None:
        if self._depth == self._row_depth:
            self._row_depth, self._held = 0, self._held_before_row
        self._depth -= 1


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding and encoding.lower() not in _XML_ENCODINGS:
        raise DamagedXMLError(f"its encoding {encoding[:40]!r} is none of a workbook")


def _refuse_doctype(*_: object) -> None:
    raise DamagedXMLError("it declares a document type")


def refuse_damage(path: Path, reason: str) -> UserError:
    """Give the error for a workbook that can't be read."""
    return UserError("file-damaged", f"The workbook is damaged: {reason}.", place=str(path))


def refuse_size(path: Path, reason: str) -> UserError:
    """Give the error for a workbook that is, or unpacks to, more than is allowed."""
    return UserError("file-too-large", f"The workbook is too large: {reason}.", place=str(path))
