"""Looking facts up: by words that people type, and by an id that is nearly right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache

from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.words import fold

# How much a word counts by where it stands: whole, and as a part of another word.
_ID, _STATEMENT, _APPLIES_TO, _SOURCE = 8, 6, 4, 2
_PART = 0.5
_NEAR = 5
_LIKENESS = 0.6


def search_facts(words: Iterable[str]) -> list[Fact]:
    """Give the facts that hold every word, the best first; none for no word.

    A word is looked for in the id, the statement, what the fact applies to, and its source. Upper
    and lower case and kinds of dash make no difference. A whole word counts more than a part of
    one, and the id more than the statement.
    """
    wanted = split_words(words)
    if not wanted:
        return []
    scored = [(_score(fact, wanted), fact.id) for fact in load_facts().values()]
    facts = load_facts()
    return [facts[fact_id] for score, fact_id in sorted(scored, key=_best_first) if score]


def split_words(words: Iterable[str]) -> tuple[str, ...]:
    """Give the words that are looked for, folded, each once."""
    return tuple(dict.fromkeys(word for text in words for word in fold(text).split()))


def count_words(words: Iterable[str]) -> dict[str, int]:
    """Give for each word how many facts hold it, so that a search without a hit can be mended."""
    return {word: len(search_facts([word])) for word in split_words(words)}


def list_near_ids(fact_id: str) -> list[str]:
    """Give the ids of facts that look most like one that is not there, the nearest first."""
    known = list(load_facts())
    typed = fact_id.strip().lower()
    inside = sorted(known_id for known_id in known if len(typed) > 2 and typed in known_id)
    alike = difflib.get_close_matches(typed, known, n=_NEAR, cutoff=_LIKENESS)
    return list(dict.fromkeys((*inside[:_NEAR], *alike)))[:_NEAR]


def _best_first(scored: tuple[float, str]) -> tuple[float, str]:
    score, fact_id = scored
    return -score, fact_id


def _score(fact: Fact, wanted: tuple[str, ...]) -> float:
    """Give how well a fact answers; 0 when it lacks a word."""
    total = 0.0
    for word in wanted:
        best = 0.0
        for weight, text, whole in _fold_fact(fact.id):
            if word in whole:
                best += weight
            elif word in text:
                best += weight * _PART
        if not best:
            return 0
        total += best
    return total


@cache
def _fold_fact(fact_id: str) -> tuple[tuple[int, str, frozenset[str]], ...]:
    fact = load_facts()[fact_id]
    source = f"{fact.source.id} {fact.source.citation} {fact.source.identifier}"
    fields = (
        (_ID, fact.id.replace(".", " ").replace("-", " ") + " " + fact.id),
        (_STATEMENT, fact.statement),
        (_APPLIES_TO, fact.applies_to),
        (_SOURCE, source),
    )
    folded = ((weight, fold(text)) for weight, text in fields)
    return tuple((weight, text, frozenset(_words(text))) for weight, text in folded)


def _words(text: str) -> Iterable[str]:
    return (word.strip(".,:;()[]") for word in text.split())
