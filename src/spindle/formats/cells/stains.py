"""Lists of stains as people write them: `SMA+; desmin focal; S-100 negative; Ki-67 5-10%`.

A marker without a result of its own takes the one that leads the list ("positive for SMA and
desmin") or that follows in words ("SMA, vimentin positive"), as long as nothing in the same part of
the list makes that doubtful. A sign belongs to its own marker, and to those joined by a slash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import PercentRange, Stain, TestResult
from spindle.cases.provenance import Provenance
from spindle.formats.cells.numbers import find_percent, read_percent
from spindle.formats.cells.phrases import (
    AND,
    COMMA,
    SEMICOLON,
    STOP,
    find_hedge,
    find_pooled,
    read_absence,
    refuse_long,
    split_phrases,
)
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.formats.cells.results import (
    find_extent,
    find_intensity,
    find_nonspecific,
    find_pattern,
    find_results,
    make_not_done,
    read_result,
    says_staining,
)
from spindle.knowledge.terms import Marker, find_clone, find_marker, marker_pattern
from spindle.knowledge.words import fold, load_word_lists, make_pattern

_BRACKET = re.compile(r"\(([^()]*)\)")
_LEADING_SIGN = re.compile(r"^\(?(\+/-|-/\+|±|\++|-)\)?(?=\s|$|[,;()])")
_SEPARATOR = re.compile(r"^[:=]\s*|^-\s*(?=[<>~≤≥]?\s*[0-9])|^-\s+(?=[^\W\d_])")
_WORD = re.compile(r"[\w-]+")
_SIGN = r"\(?(?:\+/-|-/\+|±|\++|-)\)?"


@dataclass(slots=True)
class _Item:
    """One stain while the list is being read."""

    words: str
    marker: str
    rest: str
    known: Marker | None
    is_joined: bool = False
    result: TestResult | Absent | None = None
    doubt: Doubt | None = None

    @property
    def is_signed(self) -> bool:
        """Whether the result is written as a sign."""
        return bool(_LEADING_SIGN.match(self.rest))


def read_stains(
    text: str,
    provenance: Provenance | Absent = NOT_REPORTED,
    *,
    first_number: int = 1,
) -> CellReading[tuple[Stain, ...]]:
    """Give the stains of a cell in the order written, with ids `stain-1`, `stain-2` and so on.

    A marker without a readable result is kept with the result unknown and a doubt; words that name
    no marker stand in a doubt.
    """
    reading = _read_stains(text)
    stains = tuple(
        replace(stain, id=f"stain-{number}", provenance=provenance)
        for number, stain in enumerate(reading.value, first_number)
    )
    return CellReading(stains, reading.doubts)


@lru_cache(maxsize=4096)
@refuse_long("stain-unreadable", ())
def _read_stains(text: str) -> CellReading[tuple[Stain, ...]]:
    if read_absence(text):
        return CellReading(())
    stains: list[Stain] = []
    doubts: list[Doubt] = []
    for sentence in split_phrases(text, SEMICOLON, STOP):
        items, unread = _read_items(sentence.words)
        _share_results(items, _find_leading_result(fold(sentence.words)))
        for item in items:
            stain, doubt = _make_stain(item)
            stains.append(stain)
            doubts += [doubt] if doubt else []
        doubts += unread
    if pooled := find_pooled(text):
        stains = [_forget_range(stain) for stain in stains]
        message = "The cell speaks of several patients together. It is repeated for this one."
        doubts.append(Doubt("pooled-statement", message, pooled))
    doubts += _iterate_conflicts(stains)
    return CellReading(tuple(stains), tuple(dict.fromkeys(doubts)))


def _read_items(sentence: str) -> tuple[list[_Item], list[Doubt]]:
    items: list[_Item] = []
    unread: list[Doubt] = []
    for phrase in split_phrases(sentence, COMMA, AND):
        folded = _strip_lead(fold(phrase.words))
        if found := list(_iterate_markers(phrase.words, folded)):
            items += found
        elif items and _is_qualifier(folded):
            joint = " and " if phrase.separator in {"and", "&"} else " "
            items[-1].rest = f"{items[-1].rest}{joint}{folded}".strip()
            items[-1].words = f"{items[-1].words}{phrase.separator} {phrase.words}"
        elif unknown := _read_unknown_marker(phrase.words):
            items.append(unknown)
        elif folded:
            message = "No stain is read from these words."
            unread.append(Doubt("stain-unreadable", message, phrase.words))
    return items, unread


def _iterate_markers(words: str, folded: str) -> Iterator[_Item]:
    """Give the stain at the start of a phrase, and those after a slash: "ER/PR-", "SMA+/CK-"."""
    match = marker_pattern().match(folded)
    if not match:
        return
    known, rest = find_marker(match.group()), folded[match.end() :].strip()
    own, slash, after = rest.partition("/")
    is_joined = bool(slash and marker_pattern().match(after.strip()))
    rest = _SEPARATOR.sub("", own.strip() if is_joined else rest)
    name = known.name if known else match.group()
    yield _Item(words, name, rest, known, is_joined=is_joined)
    if is_joined:
        yield from _iterate_markers(words, after.strip())


@cache
def _leads() -> re.Pattern[str]:
    fillers = make_pattern("stains", "fillers").pattern
    leads = make_pattern("stains", "leading_positive", "leading_negative").pattern
    return re.compile(rf"^(?:(?:{leads}|{fillers})[\s:]*|[\"'])+")


def _strip_lead(folded: str) -> str:
    # A marker's own name is never stripped, should it begin like a filler.
    return folded if marker_pattern().match(folded) else _leads().sub("", folded)


def _find_leading_result(folded: str) -> TestResult | None:
    for key, result in (
        ("leading_negative", TestResult.NEGATIVE),
        ("leading_positive", TestResult.POSITIVE),
    ):
        if make_pattern("stains", key).match(folded):
            return result
    return None


@cache
def _qualifiers() -> re.Pattern[str]:
    tables = ("extent.", "intensity.", "pattern.", "result.")
    keys = [key for key in load_word_lists("results") if key.startswith(tables)]
    words = make_pattern("results", *keys).pattern
    fillers = make_pattern("stains", "fillers").pattern
    return re.compile(rf"{words}|{fillers}|{_SIGN}|[0-9.,]+\s*%?|[-~<>()%/:]")


def _is_qualifier(folded: str) -> bool:
    return not _qualifiers().sub("", folded).strip()


def _read_unknown_marker(words: str) -> _Item | None:
    """Give a stain whose marker is not known, from a name before a sign or the word of a result."""
    named = make_pattern("results", "result.positive", "result.negative").pattern
    match = re.match(
        rf"[\"']?(?P<name>[^\W_][^()+;]*?)[\"']?\s*(?P<rest>{_SIGN}|\(?\s*(?:{named})\s*\)?)\s*$",
        _strip_lead(fold(words)),
    )
    if not match or _is_qualifier(match["name"]) or len(match["name"].split()) > 4:
        return None
    name = match["name"].strip(" \"'")
    start = words.lower().find(name)
    written = words[start : start + len(name)] if start >= 0 else name
    return _Item(words, written, match["rest"].strip(), None)


def _share_results(items: list[_Item], leading: TestResult | None) -> None:
    """Settle the result of every item of one part of a list."""
    for item in items:
        item.result, item.doubt = _read_rest(item)
    for number in range(len(items) - 2, -1, -1):
        if items[number].is_joined and items[number].result is None:
            items[number].result = items[number + 1].result
    pending = [item for item in items if item.result is None]
    follows = bool(items) and items[-1].result is not None and not any(i.is_signed for i in items)
    for item in reversed(items):
        if item.result is None and leading:
            item.result = leading
        elif item.result is None and follows:
            item.result = items[items.index(item) + 1].result
    for item in pending:
        if item.result is None:
            message = f'No result of its own is written for "{item.marker}". It is unknown.'
            item.result, item.doubt = UNKNOWN, Doubt("stain-unreadable", message, item.words)


def _read_rest(item: _Item) -> tuple[TestResult | Absent | None, Doubt | None]:
    """Give the result in the words after a marker; nothing when there are none."""
    rest = _strip_clones(item)
    if not rest:
        return None, None
    if make_not_done().search(rest):
        return NOT_DONE, None
    if hedge := find_hedge(rest):
        message = f'"{hedge}" leaves the result of "{item.marker}" open. It is unknown.'
        return UNKNOWN, Doubt("stain-unreadable", message, item.words)
    results = _find_signed_results(rest)
    if len(results) > 1:
        said = " and ".join(sorted(map(str, results)))
        message = f'"{item.marker}" is said to be {said}. Neither is taken.'
        return UNKNOWN, Doubt("result-conflict", message, item.words)
    return (results.pop(), None) if results else _imply_result(item, rest)


def _find_signed_results(rest: str) -> set[TestResult | Absent]:
    """Give the results that the words after a marker say; a sign may lead them: "+ diffuse"."""
    sign = _LEADING_SIGN.match(rest)
    if not sign and (absent := read_absence(rest)):
        return {absent}
    results: set[TestResult | Absent] = {*find_results(rest)}
    if sign:
        results |= find_results(f"({sign[1]})") | find_results(rest[sign.end() :])
    return results


def _imply_result(item: _Item, rest: str) -> tuple[TestResult | Absent, Doubt | None]:
    has_percent = find_percent(rest) is not None
    if has_percent and item.known and item.known.index:
        return NOT_REPORTED, None
    if has_percent:
        message = f'A percentage of "{item.marker}" is kept. It is not called positive.'
        return UNKNOWN, Doubt("stain-unreadable", message, item.words)
    is_own = not find_nonspecific(rest)
    if is_own and says_staining(find_extent(rest), find_pattern(rest), find_intensity(rest)):
        message = f'No sign is written for "{item.marker}". Such staining is taken as positive.'
        return TestResult.POSITIVE, Doubt("stain-unreadable", message, item.words)
    message = f'No result is read for "{item.marker}". It is unknown.'
    return UNKNOWN, Doubt("stain-unreadable", message, item.words)


def _strip_clones(item: _Item) -> str:
    def blank(match: re.Match[str]) -> str:
        is_name = item.known is not None and find_marker(match[1]) == item.known
        return "" if is_name or find_clone(match[1], item.marker) else match.group()

    rest = _SEPARATOR.sub("", _BRACKET.sub(blank, item.rest).strip())
    fillers = make_pattern("stains", "fillers").pattern
    return re.sub(rf"^(?:(?:{fillers})\s*)+", "", rest).strip()


def _find_clone(item: _Item) -> str | Absent:
    folded = fold(item.words)
    named = [*_BRACKET.findall(item.rest), *_BRACKET.findall(folded), *_WORD.findall(folded)]
    found = (find_clone(words, item.marker) for words in named)
    return next((clone for clone in found if clone), NOT_REPORTED)


def _make_stain(item: _Item) -> tuple[Stain, Doubt | None]:
    percent = find_percent(item.rest)
    doubt = item.doubt
    if item.known is None and doubt is None:
        message = f'The marker "{item.marker}" is not known. Its name is kept as written.'
        doubt = Doubt("stain-unreadable", message, item.words)
    stain = Stain(
        id="stain-1",
        marker=item.marker,
        result=NOT_REPORTED if item.result is None else item.result,
        clone=_find_clone(item),
        intensity=find_intensity(item.rest),
        extent=find_extent(item.rest),
        percent_positive=percent[0] if percent else NOT_REPORTED,
        pattern=find_pattern(item.rest),
    )
    return stain, doubt


def _forget_range(stain: Stain) -> Stain:
    # "20-40 % in 3 cases" is the range of the group, and of no single patient.
    share = stain.percent_positive
    if isinstance(share, PercentRange) and share.low != share.high:
        return replace(stain, percent_positive=UNKNOWN)
    return stain


def _iterate_conflicts(stains: list[Stain]) -> Iterator[Doubt]:
    for marker in dict.fromkeys(stain.marker for stain in stains):
        results = {stain.result for stain in stains if stain.marker == marker}
        if {TestResult.POSITIVE, TestResult.NEGATIVE} <= results:
            message = f'"{marker}" is called positive and negative. Both are kept as written.'
            yield Doubt("result-conflict", message, marker)


def read_stain(
    text: str,
    marker: str,
    provenance: Provenance | Absent = NOT_REPORTED,
    *,
    clone: str = "",
    id: str = "stain-1",
) -> CellReading[Stain]:
    """Give the stain of a marker that has a column of its own.

    `clone` is the header's, which the cell's own overrules. For a proliferation index or a ratio a
    bare number is a percentage.
    """
    reading = _read_own_stain(text, marker)
    stain = replace(reading.value, id=id, provenance=provenance)
    if clone and isinstance(stain.clone, Absent):
        stain = replace(stain, clone=clone)
    return CellReading(stain, reading.doubts)


@lru_cache(maxsize=4096)
def _read_own_stain(text: str, marker: str) -> CellReading[Stain]:
    known = find_marker(marker)
    name = known.name if known else marker
    if known and known.index:
        share = read_percent(text)
        if isinstance(share.value, PercentRange):
            return CellReading(Stain(id="stain-1", marker=name, percent_positive=share.value))
    reading = read_result(text)
    read = reading.value
    stain = Stain(
        id="stain-1",
        marker=name,
        result=read.result,
        clone=read.clone,
        intensity=read.intensity,
        extent=read.extent,
        percent_positive=read.percent,
        pattern=read.pattern,
        internal_control=read.internal_control,
    )
    return CellReading(stain, reading.doubts)
