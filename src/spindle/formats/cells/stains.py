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
from spindle.cases.observations import PercentRange, Stain, StainExtent, TestResult
from spindle.cases.provenance import Provenance
from spindle.formats.cells.numbers import find_percent, read_percent
from spindle.formats.cells.phrases import (
    AND,
    COMMA,
    LIST_STOPS,
    SEMICOLON,
    Phrase,
    find_hedge,
    find_pooled,
    read_absence,
    refuse_long,
    split_phrases,
)
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.formats.cells.results import (
    OPEN_GRADE,
    find_extent,
    find_intensity,
    find_nonspecific,
    find_open_grade,
    find_pattern,
    find_results,
    make_not_done,
    read_result,
    says_staining,
)
from spindle.formats.cells.stain_words import (
    MeasureRead,
    clone_pattern,
    list_clone_owners,
    read_loss,
    read_measures,
    read_stain_result,
)
from spindle.knowledge.terms import (
    Marker,
    find_clone,
    find_marker,
    marker_pattern,
)
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
    clone: str = ""
    """The clone under which the marker stands, where its own name does not."""
    plain: str = ""
    """The rest without clones, counts and ratios."""
    measures: MeasureRead | None = None
    is_null: bool = False
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
    for sentence in split_phrases(text, SEMICOLON, *LIST_STOPS):
        items, unread = _read_items(sentence.words, stains[-1].marker if stains else "")
        _share_results(items, _find_leading_result(fold(sentence.words)))
        for item in items:
            stains.append(_make_stain(item))
            doubts += _list_doubts(item)
        doubts += unread
    if pooled := find_pooled(text):
        stains = [_forget_range(stain) for stain in stains]
        message = "The cell speaks of several patients together. It is repeated for this one."
        doubts.append(Doubt("pooled-statement", message, pooled))
    doubts += _iterate_conflicts(stains)
    return CellReading(tuple(stains), tuple(dict.fromkeys(doubts)))


def _read_items(sentence: str, marker: str) -> tuple[list[_Item], list[Doubt]]:
    """Give the stains of one part of a list; `marker` is the last one of the part before."""
    items: list[_Item] = []
    unread: list[Doubt] = []
    for phrase in split_phrases(sentence, COMMA, AND):
        folded = _put_count_last(_strip_lead(fold(phrase.words)))
        if found := list(_iterate_markers(phrase.words, folded)):
            items += found
        elif names := list_clone_owners(folded):
            before = items[-1].marker if items else marker
            unread += _add_clone(items, phrase, folded, [before] if before in names else names)
        elif items and _is_qualifier(folded):
            joint = " and " if phrase.separator in {"and", "&"} else " "
            whole = fold(phrase.words)
            said = whole if read_measures(whole).is_said else folded
            items[-1].rest = f"{items[-1].rest}{joint}{said}".strip()
            items[-1].words = f"{items[-1].words}{phrase.separator} {phrase.words}"
        elif unknown := _read_unknown_marker(phrase.words):
            items.append(unknown)
        elif folded:
            message = "No stain is read from these words."
            unread.append(Doubt("stain-unreadable", message, phrase.words))
    return items, unread


def _put_count_last(folded: str) -> str:
    """Give "120 igg4+ plasma cells/hpf" with its marker first."""
    match = re.match(r"(?P<number>[<>~≤≥]?\s*[0-9][0-9.,-]*)\s+(?P<rest>\D.*)$", folded)
    if not match or not marker_pattern().match(match["rest"]):
        return folded
    moved = _FIELDS_LAST.sub(rf" {match['number']} \g<0>", match["rest"], count=1)
    return moved if moved != match["rest"] else folded


_FIELDS_LAST = re.compile(r"(?:/|\bper\b)\s*(?=[^\W\d_])")


def _add_clone(
    items: list[_Item], phrase: Phrase, folded: str, owners: list[str]
) -> tuple[Doubt, ...]:
    """Add the stain of a clone, or name with it the stain before that has none.

    "ALK 5A4 negative, D5F3 positive" is ALK twice. A clone is never a marker of its own: one of
    several markers, none of them named before, is left with a doubt.
    """
    match = clone_pattern().match(folded)
    if match is None or len(owners) != 1:
        message = f"This is a clone of {' and of '.join(owners)}; which is meant is not said."
        return (Doubt("stain-unreadable", message, phrase.words),)
    (marker,) = owners
    clone, rest = find_clone(match["name"], marker), folded[match.end() :].strip()
    last = items[-1] if items else None
    if last and last.marker == marker and not _find_clone(last) and not rest:
        last.clone = clone
        last.words = f"{last.words}{phrase.separator} {phrase.words}"
    else:
        rest = _SEPARATOR.sub("", rest)
        items.append(_Item(phrase.words, marker, rest, find_marker(marker), clone=clone))
    return ()


def _iterate_markers(words: str, folded: str) -> Iterator[_Item]:
    """Give the stain at the start of a phrase, and those after a slash: "ER/PR-", "SMA+/CK-"."""
    match = marker_pattern().match(folded)
    if not match:
        return
    name_end = _cut_grade(folded, match)
    known, rest = find_marker(folded[:name_end]), folded[name_end:].strip()
    own, slash, after = rest.partition("/")
    is_joined = bool(slash and marker_pattern().match(after.strip()))
    rest = _SEPARATOR.sub("", _method_in_brackets().sub("", own.strip() if is_joined else rest))
    name = known.name if known else match.group()
    item = _Item(words, name, rest, known, is_joined=is_joined)
    yield from _split_clones(item) or [item]
    if is_joined:
        yield from _iterate_markers(words, after.strip())


@cache
def _method_in_brackets() -> re.Pattern[str]:
    """Give a pattern of a bracket that only says how it was stained: "EBER (ISH) +"."""
    fillers = make_pattern("stains", "fillers").pattern
    return re.compile(rf"^\(\s*(?:{fillers})\s*\)\s*")


def _split_clones(item: _Item) -> list[_Item]:
    """Give a stain for each clone that has its own result: "ALK (D5F3: +, 5A4: -)"."""
    found = [m for m in clone_pattern().finditer(item.rest) if find_clone(m["name"], item.marker)]
    ends = [*(match.start() for match in found[1:]), len(item.rest)]
    if len(found) < 2 or item.rest[: found[0].start()].strip(_EDGES):
        return []
    items = [
        replace(
            item,
            rest=item.rest[match.end() : end].strip(_EDGES),
            clone=find_clone(match["name"], item.marker),
        )
        for match, end in zip(found, ends, strict=True)
    ]
    return items if all(one.rest and _find_signed_results(one.rest) for one in items) else []


_EDGES = " ,;:/()[]"


_GRADE_GOES_ON = re.compile(r"\+|\s*(?:-|/|to)\s*[0-4]\s?\+")


def _cut_grade(folded: str, match: re.Match[str]) -> int:
    """Give where a marker's name ends: "ALK 1+" is ALK with the grade 1+, and no marker "ALK 1"."""
    name, digit = match.group()[:-2], match.group()[-2:]
    is_grade = re.fullmatch(r"\s[0-4]", digit) and _GRADE_GOES_ON.match(folded[match.end() :])
    return len(name) if is_grade and find_marker(name) else match.end()


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
    return not _qualifiers().sub("", read_measures(folded).rest).strip()


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


def _leave_open(marker: str, rest: str) -> str:
    """Give why words say nothing sure of the tumour: a hedge, or a stain of other cells."""
    if hedge := find_hedge(rest):
        return f'"{hedge}" leaves the result of "{marker}" open. It is unknown.'
    if other := make_pattern("stains", "bystanders").search(rest):
        return f'"{marker}" {other.group()}: nothing is said of the tumour. It is unknown.'
    return ""


def _read_rest(item: _Item) -> tuple[TestResult | Absent | None, Doubt | None]:
    """Give the result in the words after a marker; nothing when there are none."""
    rest = _take_measures(item, _strip_clones(item))
    if not rest:
        return (NOT_REPORTED if item.measures and item.measures.is_said else None), None
    if make_not_done().search(rest):
        return NOT_DONE, None
    if message := _leave_open(item.marker, rest):
        return UNKNOWN, Doubt("stain-unreadable", message, item.words)
    loss = read_loss(rest, item.marker)
    results = _find_signed_results(loss.rest if loss else rest)
    item.is_null = loss is not None and loss.is_null and results <= {TestResult.NEGATIVE}
    if loss and not any(isinstance(result, TestResult) for result in results):
        item.plain = loss.rest if isinstance(loss.result, TestResult) else ""
        return loss.result, Doubt("stain-unreadable", loss.message, item.words)
    if loss and isinstance(loss.result, TestResult):
        results.add(loss.result)
    if len(results) > 1:
        said = " and ".join(sorted(map(str, results)))
        message = f'"{item.marker}" is said to be {said}. Neither is taken.'
        return UNKNOWN, Doubt("result-conflict", message, item.words)
    return (results.pop(), None) if results else _imply_result(item, rest)


def _take_measures(item: _Item, rest: str) -> str:
    """Give the words after a marker without its counts and ratios, which the item keeps."""
    if item.known is None or not item.known.index:
        item.measures = read_measures(rest)
        rest = item.measures.rest
    item.plain = rest
    return rest


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
    if grade := find_open_grade(rest):
        return UNKNOWN, Doubt("stain-unreadable", OPEN_GRADE.format(grade), item.words)
    is_own = not find_nonspecific(rest)
    if is_own and says_staining(find_extent(rest), find_pattern(rest), find_intensity(rest)):
        message = f'No sign is written for "{item.marker}". Such staining is taken as positive.'
        return TestResult.POSITIVE, Doubt("stain-unreadable", message, item.words)
    if item.measures and item.measures.is_said:
        return NOT_REPORTED, None
    message = f'No result is read for "{item.marker}". It is unknown.'
    return UNKNOWN, Doubt("stain-unreadable", message, item.words)


def _strip_clones(item: _Item) -> str:
    def blank(match: re.Match[str]) -> str:
        is_name = item.known is not None and find_marker(match[1]) == item.known
        return "" if is_name or find_clone(match[1], item.marker) else match.group()

    rest = _SEPARATOR.sub("", _BRACKET.sub(blank, item.rest).strip())
    if (first := clone_pattern().match(rest)) and find_clone(first["name"], item.marker):
        rest = _SEPARATOR.sub("", rest[first.end() :].strip())
    if read_measures(rest).is_said:
        return rest
    fillers = make_pattern("stains", "fillers").pattern
    return re.sub(rf"^(?:(?:{fillers})\s*)+", "", rest).strip()


def _find_clone(item: _Item) -> str:
    if item.clone:
        return item.clone
    folded = fold(item.words)
    named = [*_BRACKET.findall(item.rest), *_BRACKET.findall(folded), *_WORD.findall(folded)]
    found = (find_clone(words, item.marker) for words in named)
    return next((clone for clone in found if clone), "")


def _list_doubts(item: _Item) -> list[Doubt]:
    """Give the doubts about a stain that was read."""
    doubts = [item.doubt] if item.doubt else []
    if item.known is None and not doubts:
        message = f'The marker "{item.marker}" is not known. Its name is kept as written.'
        doubts.append(Doubt("stain-unreadable", message, item.words))
    measured = item.measures.messages if item.measures else ()
    return doubts + [Doubt("stain-unreadable", message, item.words) for message in measured]


def _make_stain(item: _Item) -> Stain:
    percent, measures = find_percent(item.plain), item.measures
    return Stain(
        id="stain-1",
        marker=item.marker,
        result=NOT_REPORTED if item.result is None else item.result,
        clone=_find_clone(item) or NOT_REPORTED,
        intensity=find_intensity(item.plain),
        extent=StainExtent.NO_STAINING if item.is_null else find_extent(item.plain),
        percent_positive=percent[0] if percent else NOT_REPORTED,
        pattern=find_pattern(item.plain),
        cells_per_hpf=measures.cells_per_hpf if measures else NOT_REPORTED,
        ratio_percent=measures.ratio_percent if measures else NOT_REPORTED,
    )


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
    # A bare "null" in a column of its own is what programs write where there is no value.
    if read_absence(text):
        return CellReading(Stain(id="stain-1", marker=name, result=read_result(text).value.result))
    reading, measures = read_stain_result(text, name)
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
        cells_per_hpf=measures.cells_per_hpf,
        ratio_percent=measures.ratio_percent,
        internal_control=read.internal_control,
    )
    return CellReading(stain, reading.doubts)
