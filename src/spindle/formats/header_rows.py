"""Where the header of a table stands: below title rows, in one row or in two."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spindle.formats.grid import Row
from spindle.knowledge.vocabularies import fold, read_header

# How far down a header is looked for.
ROWS_SEARCHED = 20

_NUMBER = re.compile(r"[-+<>≤≥~]?\s*\d[\d\s.,]*%?")

FieldFinder = Callable[[str], str]
"""Gives the field that a header means, empty when it is not known."""


@dataclass(frozen=True, slots=True)
class TableHeader:
    """The header of a table."""

    headers: tuple[str, ...]
    """Header of each column, group and sub-header joined; empty where nothing stands."""
    position: int
    """Position of the header's first row among the rows searched."""
    rows: tuple[tuple[str, ...], ...]
    """The texts of its one or two rows, as written."""


def find_header(rows: Sequence[Row], find_field: FieldFinder) -> TableHeader | None:
    """Give the header among the first rows of a table, or None when no header is known.

    It is the row in which most different fields are recognised, the first of several; only rows
    that look like titles may stand above it. A pair of rows is taken for a header when joining
    them recognises more than either row alone.
    """
    best: TableHeader | None = None
    best_score = (0, 0)
    for candidate in _list_candidates(rows[:ROWS_SEARCHED], find_field):
        score = _score(candidate, find_field)
        if score > best_score and score[0] and _may_stand(candidate, rows, score[0]):
            best, best_score = candidate, score
    return best


def make_header(rows: Sequence[Row], position: int, find_field: FieldFinder) -> TableHeader:
    """Give the header that stands at a position, with the row below where that belongs to it."""
    single = _take_single(rows, position)
    pair = _take_pair(rows, position, find_field) if position + 1 < len(rows) else None
    if pair and _score(pair, find_field) > _score(single, find_field):
        return pair
    return single


def _list_candidates(rows: Sequence[Row], find_field: FieldFinder) -> list[TableHeader]:
    singles = [_take_single(rows, position) for position in range(len(rows))]
    pairs = [_take_pair(rows, position, find_field) for position in range(len(rows) - 1)]
    return [*singles, *[pair for pair in pairs if pair]]


def _score(header: TableHeader, find_field: FieldFinder) -> tuple[int, int]:
    """Give the number of headers recognised, and of those that only the pair of rows explains.

    "IHC" below "ALK" is the ALK stain, while "IHC" alone would be a column of any stains; "(yr)"
    below "Age" gives the age its unit.
    """
    refined = 0
    if len(header.rows) > 1:
        for joined, above, below in zip(header.headers, *header.rows, strict=False):
            refined += _is_refined(joined, above, below, find_field)
    return _count_fields(header.headers, find_field), refined


def _is_refined(joined: str, above: str, below: str, find_field: FieldFinder) -> bool:
    if joined in {above, below}:
        return False
    return find_field(below) not in {"", find_field(joined)} or _names_unit(joined, above)


def _names_unit(joined: str, above: str) -> bool:
    one, two = read_header(joined), read_header(above)
    has_unit = (one.unit or one.length_unit) and not (two.unit or two.length_unit)
    return bool(one.field and one.field == two.field and has_unit)


def _may_stand(header: TableHeader, rows: Sequence[Row], recognised: int) -> bool:
    filled = sum(1 for text in header.headers if text)
    if 2 * recognised >= filled:
        return True
    above = rows[: header.position]
    return all(2 * len({text for text in row.texts if text}) <= filled for row in above)


def _count_fields(headers: Sequence[str], find_field: FieldFinder) -> int:
    # A stain has one field whatever its marker, so the headers are counted and not the fields;
    # each header once, because a title that fills a merged row is one text.
    return sum(1 for header in {fold(header) for header in headers if header} if find_field(header))


def _take_single(rows: Sequence[Row], position: int) -> TableHeader:
    texts = rows[position].texts
    return TableHeader(_trim(texts), position, (texts,))


def _take_pair(rows: Sequence[Row], position: int, find_field: FieldFinder) -> TableHeader | None:
    upper, lower = rows[position].texts, rows[position + 1].texts
    # A number stands in a row of data and not in a header.
    if any(_NUMBER.fullmatch(text) for text in lower):
        return None
    width = max(len(upper), len(lower))
    upper, lower = _pad(upper, width), _pad(lower, width)
    groups = _spread(upper, lower)
    joined = [_join(*pair, find_field) for pair in zip(groups, lower, strict=True)]
    known = [
        bool(find_field(sub)) or _names_unit(header, group)
        for header, group, sub in zip(joined, groups, lower, strict=True)
        if sub
    ]
    # Where most of the lower row is not known as headers or units, it is the first row of data.
    if 2 * sum(known) < len(known):
        return None
    return TableHeader(_trim(joined), position, (upper, lower))


def _pad(texts: tuple[str, ...], width: int) -> tuple[str, ...]:
    return texts + ("",) * (width - len(texts))


def _trim(texts: Sequence[str]) -> tuple[str, ...]:
    width = max((place for place, text in enumerate(texts, 1) if text), default=0)
    return tuple(texts[:width])


def _spread(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Give the group above each column; it reaches right over blanks that have a sub-header."""
    groups: list[str] = []
    for text, below in zip(upper, lower, strict=True):
        reaches = not text and below and groups
        groups.append(groups[-1] if reaches else text)
    return groups


def _join(group: str, sub: str, find_field: FieldFinder) -> str:
    if not sub or fold(group) == fold(sub):
        return group
    if not group:
        return sub
    joined = f"{group} {sub}"
    if not find_field(joined) and find_field(sub):
        return sub
    return joined


def repeats_header(texts: Sequence[str], header: TableHeader) -> bool:
    """Say whether a row only repeats the header, as the pages of a long table do."""
    filled = [(place, fold(text)) for place, text in enumerate(texts) if text]
    if not filled:
        return False
    return any(
        all(_text_at(row, place) == text for place, text in filled)
        for row in (header.headers, *header.rows)
    )


def _text_at(texts: Sequence[str], place: int) -> str:
    return fold(texts[place]) if place < len(texts) else ""
