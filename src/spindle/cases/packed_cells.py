"""Cells of very many rows in little memory.

The rows of a file share their columns and most of their words. So their cells are deflated with the
first row as the dictionary, and inflated when somebody looks at them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

LEFT_IN_FILE = "{:,} characters, in the file"
# No file that is read holds this character, so it parts the cells that are kept.
_PARTED = "\0"
_FAST = 1
# Raw deflate, with as little memory for its tables as short texts need.
_WINDOW, _TABLES = -15, 5
# Deflate looks back no farther.
_DICTIONARY = 1 << 15


class _Columns:
    """What the rows of one table share."""

    __slots__ = ("dictionary", "names")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.dictionary = b""

    def pack(self, text: str) -> bytes:
        """Give a text deflated; the first one of all becomes the dictionary."""
        plain = text.encode("utf-8", "surrogatepass")
        self.dictionary = self.dictionary or plain[:_DICTIONARY]
        packer = zlib.compressobj(
            _FAST, zlib.DEFLATED, _WINDOW, _TABLES, zlib.Z_DEFAULT_STRATEGY, self.dictionary
        )
        return packer.compress(plain) + packer.flush()


@lru_cache(maxsize=64)
def _find_columns(names: tuple[str, ...]) -> _Columns:
    return _Columns(names)


@lru_cache(maxsize=16)
def _unpack(columns: _Columns, packed: bytes) -> Mapping[str, str]:
    unpacker = zlib.decompressobj(_WINDOW, columns.dictionary)
    text = (unpacker.decompress(packed) + unpacker.flush()).decode("utf-8", "surrogatepass")
    return dict(zip(columns.names, text.split(_PARTED), strict=True))


class PackedCells(Mapping[str, str]):
    """Cells of a row by their columns, as a dictionary gives them."""

    __slots__ = ("_columns", "_packed")

    def __init__(self, columns: _Columns, packed: bytes) -> None:
        self._columns = columns
        self._packed = packed

    def __getitem__(self, column: str) -> str:
        """Give the cell of a column."""
        return _unpack(self._columns, self._packed)[column]

    def __iter__(self) -> Iterator[str]:
        """Give the columns in their order."""
        return iter(self._columns.names)

    def __len__(self) -> int:
        """Give the number of columns."""
        return len(self._columns.names)

    def __repr__(self) -> str:
        """Give the cells as a dictionary shows them."""
        return repr(dict(self))


def pack_cells(cells: Mapping[str, str], longest: int | None = None) -> Mapping[str, str]:
    """Give the cells of a row in little memory.

    Parameters
    ----------
    longest:
        Characters beyond which a cell is left in the file, and says so; none to keep every cell.
    """
    if not cells:
        return cells
    kept: Iterable[str] = cells.values()
    if longest is not None:
        kept = [cell if len(cell) <= longest else LEFT_IN_FILE.format(len(cell)) for cell in kept]
    text = _PARTED.join(kept)
    # Cells that did not come from a file may hold anything.
    if text.count(_PARTED) != len(cells) - 1:
        return dict(zip(cells, kept, strict=True))
    columns = _find_columns(tuple(cells))
    return PackedCells(columns, columns.pack(text))
