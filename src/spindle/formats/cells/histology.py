"""What people write of the microscopic picture: `septate hyphae`, `no atypia`, `mitoses 3/50 HPF`.

A finding keeps its name whatever adjectives stand round it. It is called absent only where the
words deny that very finding; what was not assessed, is only possible or is denied by degree is
neither present nor absent, and stays as words with a doubt. Words are data in `histology.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.observations import HistologyFinding
from spindle.formats.cells.field_counts import FieldCount, convert_count, find_field_counts
from spindle.formats.cells.numbers import find_percent
from spindle.formats.cells.phrases import find_hedge, read_absence, refuse_long
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.histology import FindingTerm, find_finding, finding_pattern, load_findings
from spindle.knowledge.words import fold, load_word_lists, make_pattern

SLUG = "result-unreadable"
_LIST = "histology"
# A count is put out of the way as one sign, so that its slash parts nothing.
_MARK = "\ue000"
_MARKED = re.compile(rf"{_MARK}([0-9]+){_MARK}")
_PARTING = re.compile(
    r";|,(?![0-9])|(?<![0-9]),|\.(?=\s|$)|，|、|\n|\band/or\b|\b(?:and|or|nor|but|with|plus)\b|&|/|\s\+\s"
)
_LISTED_OR = {"or", "nor", "/", "and/or"}
_LISTED_AND = {"and", "&", ",", "，", "、", "plus", "+"}
_WORD = re.compile(r"[^\s,;:()\[\]/]+")
_NON = re.compile(r"\bnon[- ]?$")


class _State(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    OPEN = "open"


@dataclass(slots=True)
class _Found:
    """One finding while the words are being read."""

    term: FindingTerm
    words: str
    before: str = ""
    """Words before it that are its own."""
    after: str = ""
    """Words after it that are its own."""
    joint: str = ""
    """What parts it from the finding before it."""
    count: FieldCount | None = None
    state: _State = _State.PRESENT
    spreads_on: bool = False
    """Whether a denial or hedge before it may hold for what follows in the same list."""
    spreads_back: bool = False
    """Whether one after it may hold for what stands before it in the same list."""


@lru_cache(maxsize=4096)
@refuse_long(SLUG, ())
def read_findings(text: str) -> CellReading[tuple[HistologyFinding, ...]]:
    """Give the findings that words name, each present or absent, with doubts.

    Words of which no finding is sure are kept as a finding of their own, named as written.
    """
    if read_absence(text):
        return CellReading(())
    if term := find_finding(text):
        return CellReading((HistologyFinding(name=term.name, words=text),))
    folded = _either().sub(" ± ", fold(text).replace(_MARK, " "))
    counts = find_field_counts(folded)
    marked = _mark_counts(folded, counts)
    found, loose = _find_all(marked)
    doubts: list[Doubt] = []
    _give_counts(found, loose, counts, text, doubts)
    for item in found:
        _judge(item)
    _spread(found, loose)
    findings = tuple(_iterate_findings(found, text, doubts))
    if findings:
        doubts += _doubt_unread(found, loose, text)
    if not findings or any(item.state is _State.OPEN for item in found):
        findings = (*findings, HistologyFinding(name=text.strip() or text, words=text))
    return CellReading(findings, tuple(dict.fromkeys(doubts)))


@cache
def _either() -> re.Pattern[str]:
    return make_pattern(_LIST, "either")


def _mark_counts(folded: str, counts: tuple[FieldCount, ...]) -> str:
    """Give the words with each count as one sign, behind the finding that it holds."""
    for number in range(len(counts) - 1, -1, -1):
        count = counts[number]
        sign = f" {count.inner} {_MARK}{number}{_MARK} "
        folded = folded[: count.start] + sign + folded[count.end :]
    return folded


# Which words are whose ---------------------------------------------------------------------------


def _find_all(marked: str) -> tuple[list[_Found], list[str]]:
    """Give the findings of marked words, and the words that belong to none of them."""
    matches = [match for match in finding_pattern().finditer(marked) if _is_finding(marked, match)]
    found: list[_Found] = []
    loose: list[str] = []
    place = 0
    for match in matches:
        term = find_finding(match.group())
        if term is None:
            continue
        after, between, joint, before = _part(marked[place : match.start()], is_first=not found)
        if found:
            found[-1].after = after
        loose.append(between if found else f"{after} {between}")
        found.append(_Found(term, match.group(), before=before, joint=joint))
        place = match.end()
    rest = marked[place:]
    if found and (parting := _PARTING.search(rest)):
        found[-1].after, rest = rest[: parting.start()], rest[parting.end() :]
    elif found:
        found[-1].after, rest = rest, ""
    return found, [words for words in (*loose, rest) if words.strip()]


def _is_finding(marked: str, match: re.Match[str]) -> bool:
    """Give whether a match is no part of another word, nor an adjective of an unknown noun."""
    before, after = marked[: match.start()], marked[match.end() :]
    if before.endswith("-") and not _NON.search(before):
        return False
    if after.startswith("-"):
        return bool(_suffixes().match(after))
    if not make_pattern(_LIST, "attributive").fullmatch(match.group()):
        return True
    following = _PARTING.split(after)[0]
    word = _WORD.match(following.strip())
    if not word or not word.group()[0].isalpha() or finding_pattern().match(following.strip()):
        return True
    return bool(_known_words().match(following.strip()))


@cache
def _suffixes() -> re.Pattern[str]:
    return re.compile(rf"-(?:{make_pattern(_LIST, 'suffixes').pattern})")


def _part(gap: str, *, is_first: bool) -> tuple[str, str, str, str]:
    """Give what of a gap belongs to the finding before, to none, what joins, and to the next."""
    if partings := list(_PARTING.finditer(gap)):
        joints = [match.group().strip() for match in partings]
        joint = next((sign for sign in joints if sign in _LISTED_OR), joints[-1])
        first, last = partings[0], partings[-1]
        between = gap[first.end() : last.start()] if len(partings) > 1 else ""
        return gap[: first.start()], between, joint, gap[last.end() :]
    cut = 0
    if is_first:
        return "", "", "", gap
    if match := _last(_MARKED, gap) or make_pattern(_LIST, "denial_after").search(gap):
        cut = match.end()
    return gap[:cut], "", "", gap[cut:]


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter([*pattern.finditer(text)][-1:]), None)


# Counts ------------------------------------------------------------------------------------------


def _give_counts(
    found: list[_Found],
    loose: list[str],
    counts: tuple[FieldCount, ...],
    text: str,
    doubts: list[Doubt],
) -> None:
    """Give each finding its count; one that stands alone is of the finding that is counted."""
    for item in found:
        for match in _MARKED.finditer(f"{item.before} {item.after}"):
            item.count = item.count or counts[int(match[1])]
        item.before, item.after = (_MARKED.sub(" ", words) for words in (item.before, item.after))
    alone = [counts[int(match[1])] for match in _MARKED.finditer(" ".join(loose))]
    loose[:] = [left for words in loose if (left := _MARKED.sub(" ", words)).strip()]
    for count in alone:
        counted = [term for term in load_findings().values() if term.is_counted]
        if len(counted) == 1 and not any(item.term in counted for item in found):
            message = f'"{count.words}" names no finding. It is taken as {counted[0].name}.'
            doubts.append(Doubt(SLUG, message, text))
            found.append(_Found(counted[0], count.words, joint=";", count=count))
        else:
            doubts.append(Doubt(SLUG, f'"{count.words}" is not read.', text))


# Present, absent or open -------------------------------------------------------------------------


def _judge(item: _Found) -> None:
    """Settle whether the words of one finding alone call it present, absent or neither."""
    both = f"{item.before} , {item.after}"
    before = list(make_pattern(_LIST, "denial_before").finditer(item.before))
    after = make_pattern(_LIST, "denial_after").search(item.after) or _trailing_minus(item)
    is_unsure = _is_unsure(both)
    item.spreads_on = bool(before) or (is_unsure and bool(item.before.strip()))
    item.spreads_back = bool(after) or (is_unsure and bool(item.after.strip()))
    if is_unsure:
        item.state = _State.OPEN
    elif before or after:
        between = item.before[before[-1].end() :] if before else item.before
        between += f" {item.words} {item.after[: after.start()] if after else ''}"
        is_sure = len(before) + bool(after) == 1 and not _leaves_open(between, item.words)
        # "No plasma cell-rich areas" does not deny plasma cells.
        is_sure = is_sure and not item.after.startswith("-")
        item.state = _State.ABSENT if is_sure and not _counts_some(item) else _State.OPEN
    elif _NON.search(item.before) or _is_zero(item):
        item.state = _State.ABSENT
    elif _is_too_slight(item) or (item.count and item.count.may_be_none):
        item.state = _State.OPEN
    elif _is_scant(item.term.name, item.before, item.after):
        item.state = _State.OPEN
        # "Rare lymphocytes and plasma cells": neither is more than rare.
        item.spreads_on = _is_scant(item.term.name, item.before)
        item.spreads_back = _is_scant(item.term.name, item.after)


def _trailing_minus(item: _Found) -> re.Match[str] | None:
    return re.fullmatch(r"\s*:?\s*-\s*", item.after)


def _is_unsure(words: str) -> bool:
    """Give whether words hedge, compare, or say that nobody looked."""
    return bool(make_pattern(_LIST, "unassessed", "contrast").search(words) or find_hedge(words))


def _leaves_open(between: str, name: str) -> bool:
    """Give whether a denial over these words is one of a degree, or not understood."""
    is_degree = make_pattern(_LIST, "degrees").search(between)
    return bool(is_degree) or bool(_list_unread(between.replace(name, " ")))


def _counts_some(item: _Found) -> bool:
    return item.count is not None and not item.count.is_none


def _is_zero(item: _Found) -> bool:
    if item.count is not None:
        return item.count.is_none
    share = find_percent(item.before) or find_percent(item.after)
    return share is not None and share[0].high == 0


def _is_too_slight(item: _Found) -> bool:
    slight = make_pattern(_LIST, "slight").search(f"{item.before} {item.after}")
    return bool(slight) and item.term.name in load_word_lists(_LIST)["not_when_slight"]


def _is_scant(name: str, *words: str) -> bool:
    """Give whether words say that there is too little of a finding to call it present."""
    is_asked = name in load_word_lists(_LIST)["not_when_scant"]
    return is_asked and bool(make_pattern(_LIST, "scant").search(" ".join(words)))


def _spread(found: list[_Found], loose: list[str]) -> None:
    """Carry a denial or a hedge along a list: "no necrosis or atypia", "A and B absent"."""
    for place in range(1, len(found)):
        one, item = found[place - 1], found[place]
        if one.spreads_on and _is_bare(item, item.before) and not _is_of_another_kind(one, item):
            is_or = item.joint in _LISTED_OR or _ends_in_or(found, place)
            _carry(item, one.state, item.joint, is_sure=is_or)
            item.spreads_on = item.state is not _State.PRESENT
    for place in range(len(found) - 2, -1, -1):
        item, one = found[place], found[place + 1]
        if one.spreads_back and _is_bare(item, item.after) and not _is_of_another_kind(one, item):
            is_sure = one.joint in {*_LISTED_OR, "and", "&"}
            _carry(item, one.state, one.joint, is_sure=is_sure)
            item.spreads_back = item.state is not _State.PRESENT
    # "Necrosis, atypia, none of them assessed": what stands apart may still speak of them.
    if any(_is_unsure(words) or _denies(words) for words in loose):
        for item in found:
            if item.state is _State.PRESENT and _is_bare(item, f"{item.before}{item.after}"):
                item.state = _State.OPEN


def _is_of_another_kind(one: _Found, item: _Found) -> bool:
    """Give whether "scant" of one finding says nothing of the next: "few lymphocytes, necrosis"."""
    is_scant = _is_scant(one.term.name, one.before, one.after)
    own = _is_unsure(f"{one.before} , {one.after}") or _denies(f"{one.before} , {one.after}")
    return is_scant and not own and item.term.name not in load_word_lists(_LIST)["not_when_scant"]


def _denies(words: str) -> bool:
    return bool(make_pattern(_LIST, "denial_before", "denial_after").search(words))


def _is_bare(item: _Found, words: str) -> bool:
    return item.state is _State.PRESENT and item.count is None and not words.strip()


def _ends_in_or(found: list[_Found], place: int) -> bool:
    """Give whether a list goes on by commas up to an "or", with nothing else said on the way."""
    for item in found[place:]:
        if item.joint in _LISTED_OR:
            return True
        if item.joint not in {",", "，", "、"} or item.before.strip():
            return False
    return False


def _carry(item: _Found, state: _State, joint: str, *, is_sure: bool) -> None:
    if joint in _LISTED_OR | _LISTED_AND:
        item.state = state if is_sure else _State.OPEN


# What is made of it ------------------------------------------------------------------------------


def _iterate_findings(
    found: list[_Found], text: str, doubts: list[Doubt]
) -> Iterator[HistologyFinding]:
    """Give each finding once; words that call one both present and absent leave it open."""
    for item in found:
        states = {other.state for other in found if other.term == item.term}
        if {_State.PRESENT, _State.ABSENT} <= states:
            item.state = _State.OPEN
    seen: set[tuple[str, _State]] = set()
    for item in found:
        key = (item.term.name, item.state)
        if item.state is _State.OPEN:
            message = f'"{item.term.name}": present or absent is not sure. The words are kept.'
            doubts.append(Doubt(SLUG, message, text))
        elif key not in seen or item.count:
            seen.add(key)
            yield _make_finding(item, text, doubts)


def _make_finding(item: _Found, text: str, doubts: list[Doubt]) -> HistologyFinding:
    number: float | Absent = NOT_REPORTED
    if item.count:
        number, message = convert_count(item.count)
        doubts += [Doubt(SLUG, f'"{item.count.words}": {message}', text)] if message else []
    return HistologyFinding(
        name=item.term.name,
        is_present=item.state is _State.PRESENT,
        count_per_10_hpf=number,
        words=text,
    )


def _doubt_unread(found: list[_Found], loose: list[str], text: str) -> list[Doubt]:
    own = [words for item in found for words in (item.before, item.after)]
    unread = [word for words in (*own, *loose) for word in _list_unread(words)]
    message = f'"{" ".join(dict.fromkeys(unread))}" beside the finding is not read.'
    return [Doubt(SLUG, message, text)] if unread else []


@cache
def _known_words() -> re.Pattern[str]:
    lists = (
        "adjectives",
        "fillers",
        "denial_before",
        "denial_after",
        "unassessed",
        "contrast",
        "degrees",
        "slight",
        "scant",
        "suffixes",
    )
    return make_pattern(_LIST, *lists)


def _list_unread(words: str) -> list[str]:
    """Give the words that say something and are in no list."""
    if share := find_percent(words):
        words = words.replace(share[1], " ")
    words = _NON.sub(" ", words)
    left = (word.strip("-+.'\"") for word in _WORD.findall(_known_words().sub(" ", words)))
    return [
        word for word in left if any(c.isalnum() for c in word) and not _PARTING.fullmatch(word)
    ]
