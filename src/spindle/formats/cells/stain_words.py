"""What a stain's words say besides a sign: clones, `lost`, `null pattern`, `120/HPF`, ratios."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import StainExtent, TestResult
from spindle.formats.cells.field_counts import FieldCount, find_field_counts, take_number
from spindle.formats.cells.numbers import find_percent
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.formats.cells.results import ResultRead, find_results, read_result
from spindle.knowledge.terms import find_clone, find_marker, iterate_markers
from spindle.knowledge.words import fold, load_word_lists, make_pattern

_SLUG = "stain-unreadable"
_EDGES = " ,;.:()[]"
_NUMBER = r"[0-9]{1,3}(?:[.,][0-9]+)?"
_PERCENT = rf"[<>~≤≥]?\s*{_NUMBER}\s*%?\s*(?:(?:-|to)\s*{_NUMBER}\s*)?%"


@dataclass(frozen=True, slots=True)
class LossRead:
    """What words of loss say of a stain."""

    result: TestResult | Absent
    """Negative for a loss, positive for a stain that is kept, unknown for a loss in part."""
    message: str
    """What was made of the words, and why."""
    rest: str
    """The folded words without those of the loss."""
    is_null: bool = False
    """Whether it is a loss that the words call null, of a marker of which that is a pattern."""


@dataclass(frozen=True, slots=True)
class MeasureRead:
    """Counts and ratios of a stain."""

    cells_per_hpf: float | Absent
    """Stained cells in one high-power field."""
    ratio_percent: float | Absent
    """Share of another stain in per cent."""
    rest: str
    """The folded words without the counts and ratios."""
    messages: tuple[str, ...] = ()
    """Doubts about them."""

    @property
    def is_said(self) -> bool:
        """Whether the words give a count or a ratio, be it one that is not taken."""
        return self.cells_per_hpf != NOT_REPORTED or self.ratio_percent != NOT_REPORTED


# Clones ------------------------------------------------------------------------------------------


@cache
def clone_pattern() -> re.Pattern[str]:
    """Give a pattern that finds a clone, its sign aside: "d5f3+", "(5a4)", "clone 1a4"."""
    written = {fold(clone) for _, known in iterate_markers() for clone in known.clones}
    written |= {word.replace("-", "") for word in written}
    names = "|".join(map(re.escape, sorted(written, key=lambda word: (-len(word), word))))
    return re.compile(rf"(?<![^\W_])(?:clone\s+)?\(?(?:clone\s+)?(?P<name>{names})\)?(?![^\W_])")


def list_clone_owners(words: str) -> list[str]:
    """Give the markers of which a phrase begins with a clone: ALK for "D5F3 positive"."""
    match = clone_pattern().match(fold(words))
    if not match:
        return []
    names = dict.fromkeys(known.name for _, known in iterate_markers())
    return [name for name in names if find_clone(match["name"], name)]


# Loss --------------------------------------------------------------------------------------------


@cache
def _loss() -> re.Pattern[str]:
    nouns = make_pattern("results", "findings").pattern
    kept, lost = (make_pattern("stains", key).pattern for key in ("kept", "lost"))
    tail = rf"(?:(?:\s+of)?(?:\s+[\w-]+){{0,2}}?\s+(?:{nouns}))?"
    head = rf"(?:(?:{nouns})\s+(?:(?:is|was|are|were)\s+)?)?"
    return re.compile(rf"{head}(?:(?P<kept>{kept})|(?P<lost>{lost})){tail}")


def says_null(text: str) -> bool:
    """Give whether a text is no more than "null"."""
    return bool(make_pattern("stains", "null").fullmatch(fold(text).strip(_EDGES)))


def read_loss(folded: str, marker: str) -> LossRead | None:
    """Give what words such as "lost" or "null pattern" say of a marker's stain, or none."""
    loss = _read_loss(folded, marker)
    is_called = marker in _null_markers() and make_pattern("stains", "null").search(folded)
    is_null = bool(is_called) and loss is not None and loss.result is TestResult.NEGATIVE
    return replace(loss, is_null=True) if loss and is_null else loss


def _read_loss(folded: str, marker: str) -> LossRead | None:
    match = _loss().search(folded)
    null = make_pattern("stains", "null").search(folded)
    if null and not match and (marker in _null_markers() or null.group() == folded.strip(_EDGES)):
        return _read_null(folded, marker)
    if not match:
        return None
    rest = f"{folded[: match.start()]} {folded[match.end() :]}".strip()
    words = match.group()
    if match["kept"]:
        message = f'"{words}" is taken as staining of "{marker}". The words are kept.'
        return LossRead(TestResult.POSITIVE, message, rest)
    if make_pattern("stains", "in_part").search(folded):
        message = f'"{folded}" is no loss of all of "{marker}". It is not called negative.'
        return LossRead(UNKNOWN, message, rest)
    message = f'"{words}" is taken as no staining of "{marker}". The words are kept.'
    return LossRead(TestResult.NEGATIVE, message, rest)


def _null_markers() -> tuple[str, ...]:
    return load_word_lists("stains")["null_markers"]


def _read_null(folded: str, marker: str) -> LossRead:
    if marker in _null_markers():
        message = f'"{folded}" is taken as no staining of "{marker}". The words are kept.'
        rest = make_pattern("stains", "null").sub(" ", folded).strip(_EDGES)
        return LossRead(TestResult.NEGATIVE, message, rest)
    message = f'"{folded}" of "{marker}" may mean no staining or no data. The result is unknown.'
    return LossRead(UNKNOWN, message, "")


# Counts and ratios -------------------------------------------------------------------------------


@cache
def _ratio() -> re.Pattern[str]:
    before, after = (make_pattern("stains", key).pattern for key in ("ratio", "ratio_of"))
    link = r"[\s:=]*(?:(?:of|is|was)\s+)?"
    return re.compile(
        rf"(?:(?:{before})\s*)+{link}(?P<one>{_PERCENT})|(?P<two>{_PERCENT})\s+(?:{after})"
    )


@cache
def _counted_cells() -> re.Pattern[str]:
    return re.compile(rf"(?:{make_pattern('stains', 'counted_cells').pattern})\s*[:=]?\s*$")


def read_measures(folded: str) -> MeasureRead:
    """Give the count in fields and the ratio that the words after a marker say."""
    messages: list[str] = []
    ratio: float | Absent = NOT_REPORTED
    cells: float | Absent = NOT_REPORTED
    if match := _ratio().search(folded):
        ratio, message = _read_ratio((match["one"] or match["two"]).strip())
        messages += [message] if message else []
        folded = f"{folded[: match.start()]} {folded[match.end() :]}"
    counts = find_field_counts(folded)
    if counts:
        count = counts[0]
        cells, message = _read_cells(count)
        messages += [f'"{count.words}": {message}'] if message else []
        before = _counted_cells().sub(" ", folded[: count.start])
        folded = f"{before} {folded[count.end :]}"
    if len(counts) > 1:
        messages.append(f'"{counts[1].words}" is a second count and is not taken.')
    return MeasureRead(cells, ratio, _tidy(folded), tuple(messages))


def _tidy(words: str) -> str:
    return re.sub(r"\(\s*[,;]?\s*\)", " ", words).strip(" ,;")


def _read_ratio(words: str) -> tuple[float | Absent, str]:
    share = find_percent(words)
    if share is None:
        return UNKNOWN, f'"{words}" is no share in per cent.'
    if share[0].low == share[0].high:
        return share[0].low, ""
    if make_pattern("times", "precision.over").match(words):
        return share[0].low, f'"{words}": {share[0].low:g} % is kept as the least.'
    return UNKNOWN, f'"{words}" is no single number, and none is taken.'


def _read_cells(count: FieldCount) -> tuple[float | Absent, str]:
    if count.fields != 1:
        return UNKNOWN, "This is no count in one high-power field."
    return take_number(count)


# Both together, in a cell of one marker -----------------------------------------------------------


def read_stain_result(text: str, marker: str) -> tuple[CellReading[ResultRead], MeasureRead]:
    """Give the result of one marker's stain with its counts and ratios: `120/HPF`, `lost`.

    A number of cells in a field is no result; "lost" and "null pattern" are negative with a doubt
    that keeps the words.
    """
    known, folded = find_marker(marker), fold(text)
    measures = MeasureRead(NOT_REPORTED, NOT_REPORTED, folded)
    if known is None or not known.index:
        measures = read_measures(folded)
    doubts = tuple(Doubt(_SLUG, message, text) for message in measures.messages)
    if measures.is_said and not measures.rest:
        return CellReading(ResultRead(NOT_REPORTED), doubts), measures
    if loss := read_loss(measures.rest, marker):
        kept = Doubt(_SLUG, loss.message, text)
        return CellReading(_take_loss(loss), (*doubts, kept)), measures
    if not measures.is_said:
        return read_result(text), measures
    reading = read_result(measures.rest)
    if isinstance(reading.value.result, Absent) and not reading.value.grade:
        return CellReading(replace(reading.value, result=NOT_REPORTED), doubts), measures
    return CellReading(reading.value, (*reading.doubts, *doubts)), measures


def _take_loss(loss: LossRead) -> ResultRead:
    """Give what words of loss say beside the others; against a written result it is unknown."""
    said: set[TestResult] = {*find_results(loss.rest)}
    details = read_result(loss.rest).value if loss.rest else ResultRead(UNKNOWN)
    if loss.is_null and not said:
        details = replace(details, extent=StainExtent.NO_STAINING)
    if isinstance(loss.result, TestResult):
        said.add(loss.result)
    elif not said:
        # "Focally lost" tells how far the loss goes, and not the stain.
        details = replace(details, extent=NOT_REPORTED)
    return replace(details, result=said.pop() if len(said) == 1 else UNKNOWN, grade="")
