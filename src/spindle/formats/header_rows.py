"""Where the header of a table stands: below title rows, in one row or in two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spindle.formats.columns import find_field as find_column_field
from spindle.formats.grid import Row
from spindle.formats.mappings import TableMapping
from spindle.knowledge.headers import is_group_filler, read_group
from spindle.knowledge.terms import gene_pattern
from spindle.knowledge.vocabularies import fold, read_header

# How far down a header is looked for.
ROWS_SEARCHED = 20

_NUMBER = re.compile(r"[-+<>≤≥~]?\s*\d[\d\s.,]*%?")

# What a test is taken for below a header that names no gene.
_BARE_TESTS = frozenset({"alk_fish", "alk_rt_pcr", "other_stains"})
_TESTS = _BARE_TESTS | {
    "alk_ihc", "fish", "fusion", "ki67", "pan_trk_ihc", "ros1_fish", "ros1_ihc", "rt_pcr", "stain"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldFinder:
    """Gives the field that a header means, empty when it is not known."""

    mapping: TableMapping
    """The mapping file, which decides first."""

    def __call__(self, header: str) -> str:
        """Give the field of a header by the mapping, else by recognition."""
        return find_column_field(header, self.mapping)

    def is_bare_test(self, header: str) -> bool:
        """Say whether a header names a test and not of what: "FISH", which would be one of ALK.

        A header that the mapping file names is settled.
        """
        is_ruled = any(fold(rule.key) == fold(header) for rule in self.mapping.columns)
        is_bare = self(header) in _BARE_TESTS and not gene_pattern().search(fold(header))
        return is_bare and not is_ruled

    def is_clinical(self, header: str) -> bool:
        """Say whether a header is known and is of no test: "Site", "Outcome"."""
        return self(header) not in {"", *_TESTS}


@dataclass(frozen=True, slots=True)
class TableHeader:
    """The header of a table."""

    headers: tuple[str, ...]
    """Header of each column, group and sub-header joined; empty where nothing stands."""
    position: int
    """Position of the header's first row among the rows searched."""
    rows: tuple[tuple[str, ...], ...]
    """The texts of its one or two rows, as written."""
    groups: tuple[str, ...] = ()
    """Group header over each column of a header in two rows, empty where none stands."""

    @property
    def joined(self) -> tuple[str, ...]:
        """The headers of the columns that have a group header and another header below it."""
        if not self.groups:
            return ()
        columns = zip(self.headers, self.groups, self.rows[1], strict=False)
        return tuple(
            header
            for header, group, below in columns
            if group and below and fold(group) != fold(below)
        )


def find_header(rows: Sequence[Row], find_field: FieldFinder) -> TableHeader | None:
    """Give the header among the first rows of a table, or None when no header is known.

    It is the row in which most different fields are recognised, the first of several; only rows
    that look like titles may stand above it. A pair of rows is taken for a header when joining
    them recognises more than either row alone.
    """
    best: TableHeader | None = None
    best_score = (0, 0, False)
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


def _score(header: TableHeader, find_field: FieldFinder) -> tuple[int, int, bool]:
    """Give the headers recognised, those that only a pair explains, and whether it is surely one.

    "IHC" below "ALK" is the ALK stain, while "IHC" alone would be a column of any stains; "(yr)"
    below "Age" gives the age its unit. A "FISH" below another gene counts as recognised, though
    its column may not be used: that it is no test of ALK is what the pair explains.
    """
    refined = withheld = 0
    if len(header.rows) > 1:
        for joined, above, below in zip(header.headers, *header.rows, strict=False):
            refined += _is_refined(joined, above, below, find_field)
            withheld += _is_withheld(joined, below, find_field)
    return _count_fields(header.headers, find_field) + withheld, refined, _has_group_row(header)


def _is_refined(joined: str, above: str, below: str, find_field: FieldFinder) -> bool:
    if joined in {above, below}:
        return False
    if find_field.is_bare_test(below):
        return True
    return find_field(below) not in {"", find_field(joined)} or _names_unit(joined, above)


def _has_group_row(header: TableHeader) -> bool:
    """Say whether the upper of two rows is surely no title, even where it explains no header.

    Headers that reach over both rows stand in both when their cells are merged; several texts
    that leave the first column free stand over columns.
    """
    if len(header.rows) < 2 or header.rows[0] == header.rows[1]:
        return False
    upper, lower = header.rows
    reaches_down = any(
        above and fold(above) == fold(below) for above, below in zip(*header.rows, strict=False)
    )
    return bool(header.joined) and (
        reaches_down or (not upper[0] and bool(lower[0]) and len({*upper, ""}) > 2)
    )


def _is_withheld(joined: str, below: str, find_field: FieldFinder) -> bool:
    return joined != below and bool(find_field(below)) and not find_field(joined)


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
    groups = _spread(upper, lower, find_field)
    # A text over every column is a title; the genes in it head no column.
    is_title = len({text for text in upper if text}) == 1 and all(groups)
    join = _join if is_title else _join_tests
    joined = [join(*pair, find_field) for pair in zip(groups, lower, strict=True)]
    known = [
        bool(find_field(sub)) or _names_unit(header, group)
        for header, group, sub in zip(joined, groups, lower, strict=True)
        if sub
    ]
    # Where most of the lower row is not known as headers or units, it is the first row of data.
    if 2 * sum(known) < len(known):
        return None
    return TableHeader(_trim(joined), position, (upper, lower), tuple(groups))


def _pad(texts: tuple[str, ...], width: int) -> tuple[str, ...]:
    return texts + ("",) * (width - len(texts))


def _trim(texts: Sequence[str]) -> tuple[str, ...]:
    width = max((place for place, text in enumerate(texts, 1) if text), default=0)
    return tuple(texts[:width])


def _spread(upper: Sequence[str], lower: Sequence[str], find_field: FieldFinder) -> list[str]:
    """Give the group above each column; it reaches right over blanks that have a sub-header.

    A gene reaches no further than its tests: after "Site" a "FISH" is not below it any more.
    """
    groups: list[str] = []
    for text, below in zip(upper, lower, strict=True):
        reaches = not text and below and groups
        is_clinical = find_field.is_clinical(below) and not is_group_filler(below)
        ends = reaches and is_clinical and read_group(groups[-1]).has_gene
        groups.append(groups[-1] if reaches and not ends else text)
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


def _join_tests(group: str, sub: str, find_field: FieldFinder) -> str:
    """Give the header of a column below a group, with the gene or marker of a test.

    "ROS1 status" over "FISH" is "ROS1 FISH". A test below another gene than ALK is never a bare
    "FISH", which would be a test of ALK: both headers are kept, though they may not be known.
    """
    joined = f"{group} {sub}"
    is_bare = find_field.is_bare_test(sub)
    if not group or not sub or find_field(joined):
        return _join(group, sub, find_field)
    reading = read_group(group)
    if find_field(sub) and not is_bare:
        # "Status" below a gene is no outcome of the patient.
        is_filler = find_field.is_clinical(sub) and is_group_filler(sub)
        return joined if is_filler and reading.subject else _join(group, sub, find_field)
    named = f"{reading.subject} {sub}"
    if reading.subject and find_field(named):
        return named
    return joined if is_bare and reading.is_about_others else _join(group, sub, find_field)


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
