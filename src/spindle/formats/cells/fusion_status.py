"""What a cell about fusions says of the test rather than of a fusion: not done, failed, not known.

"ALK fusion not tested" denies no fusion, and "ALK fusion analysis failed" reports none. Such words
are looked for before a fusion is taken from a name, or denied by a "not".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import TestResult
from spindle.formats.cells.fusion_pairs import Pair
from spindle.formats.cells.results import find_results
from spindle.knowledge.terms import gene_pattern
from spindle.knowledge.words import bound_word, fold, load_word_lists, make_pattern

_STATES = (("not_done", NOT_DONE), ("not_reported", NOT_REPORTED))
_OTHER = (TestResult.FAILED, TestResult.EQUIVOCAL)


@dataclass(frozen=True, slots=True)
class Status:
    """What is said of a test."""

    value: TestResult | Absent
    """Failed, equivocal or negative; not done, not reported or unknown."""
    message: str = ""
    """Why no more is taken; empty when the words are clear."""


def read_status(plain: str) -> Status | None:
    """Give what a cell that names no pair of genes says of its test; none for a fusion found.

    Parameters
    ----------
    plain:
        Folded words without details such as frame and exons.
    """
    words = blank_partner_words(plain)
    words = make_pattern("results", "denial_phrases").sub(" no ", words)
    found = _find_states(words)
    others = {result for result in find_results(words) if result in _OTHER}
    rest = _states_pattern().sub(" ", words)
    is_denied = bool(make_pattern("fusions", "denial", "denied").search(rest))
    is_affirmed = not is_denied and bool(make_pattern("fusions", "affirmed").search(rest))
    if not found and not others:
        return _read_denial(rest) if is_denied else None
    said = found[0] if found else min(result.value for result in others)
    if is_affirmed or (found and is_denied):
        return _doubt(said)
    if len(others) == 1 and not found:
        return Status(others.pop())
    values = {value for words, value in _iterate_states() if words in found}
    if len(values) == 1 and not others and (value := values.pop()) != UNKNOWN:
        return Status(value)
    return _doubt(said)


def read_pair_status(plain: str, pairs: tuple[Pair, ...]) -> Status | None:
    """Give what is said right behind the only pair of a cell: "EML4-ALK not tested"; else none."""
    if len(pairs) != 1:
        return None
    match = re.match(rf"[^;.,]*?(?:{_states_pattern().pattern})", plain[pairs[0].end :])
    if match is None or gene_pattern().search(match.group()):
        return None
    if make_pattern("fusions", "affirmed").search(_states_pattern().sub(" ", plain)):
        return None
    found = _find_states(match.group())
    values = {value for words, value in _iterate_states() if words in found}
    value = values.pop() if len(values) == 1 else UNKNOWN
    return _doubt(found[0]) if value == UNKNOWN else Status(value)


def blank_partner_words(words: str) -> str:
    """Give the words without those that say that no partner is known."""
    return _partner_words().sub(" ", words)


def _doubt(said: str) -> Status:
    message = f'The cell names a fusion and says "{said}". No fusion is taken, and none is denied.'
    return Status(UNKNOWN, message)


def _read_denial(rest: str) -> Status:
    """Give a denial as negative, unless it denies the test: "no fusion could be assessed"."""
    test = make_pattern("fusions", "test_words").search(rest)
    if test is None or make_pattern("fusions", "affirmed", "negated").search(rest):
        return Status(TestResult.NEGATIVE)
    return _doubt(test.group())


def _iterate_states() -> tuple[tuple[str, Absent], ...]:
    results, fusions = load_word_lists("results"), load_word_lists("fusions")
    named = [(fold(word), state) for key, state in _STATES for word in results[key]]
    return (*named, *((fold(word), UNKNOWN) for word in fusions["unsettled"]))


def _find_states(words: str) -> tuple[str, ...]:
    return tuple(match.group() for match in _states_pattern().finditer(words))


@cache
def _states_pattern() -> re.Pattern[str]:
    words = sorted({word for word, _ in _iterate_states()}, key=lambda word: (-len(word), word))
    return re.compile("|".join(bound_word(word) for word in words))


@cache
def _partner_words() -> re.Pattern[str]:
    words = [fold(word) for word in load_word_lists("fusions")["fillers"] if "partner" in word]
    words.sort(key=lambda word: (-len(word), word))
    return re.compile("|".join(bound_word(word) for word in words))
