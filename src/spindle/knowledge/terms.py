"""What has a usual name, and perhaps a code: sites, symptoms, markers, genes.

Codes come from published vocabularies and name their source in the data; the words that people
write for them are a list of ours. A term without a known code keeps its name, with the code
unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TypeVar

from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.tumour import Code, CodeMatch
from spindle.knowledge.words import bound_word, fold, load_terms, refuse_term, split_words

YES = "yes"
NO = "no"
# What the index of a marker can be, besides none.
INDEXES = ("proliferation", "ratio")
# Fields of a table that are one marker's own.
STAIN_FIELDS = ("alk_ihc", "ros1_ihc", "pan_trk_ihc")
_CODES = {
    "HPO": re.compile(r"HP:[0-9]+"),
    "UBERON": re.compile(r"UBERON:[0-9]+"),
}
_MATCH_COLUMNS = {
    "words_broader": CodeMatch.BROADER,
    "words_close": CodeMatch.CLOSE,
    "words_related": CodeMatch.RELATED,
}

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class SiteTerm:
    """What words about a place mean: a site with its code."""

    name: str
    """Spindle's name of the site."""
    code: Code | Absent
    """UBERON code, with how well it fits these words; unknown when none was seen."""
    is_paired: bool
    """Whether there is a left one and a right one."""
    parts: tuple[str, ...]
    """Words that name a part of it when they follow: "pancreas, head"."""


@dataclass(frozen=True, slots=True)
class SymptomTerm:
    """What words about a symptom mean."""

    name: str
    """Spindle's name of the symptom."""
    code: Code | Absent
    """HPO code, with how well it fits these words; unknown when none was seen."""
    is_present: bool = True
    """False for words that deny it: "asymptomatic"."""


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker of a stain."""

    name: str
    """Its usual name: `SMA`."""
    clones: tuple[str, ...]
    """Antibody clones that name themselves beside it."""
    field: str
    """Field of a table that is this marker's own; empty for most."""
    index: str
    """`proliferation` or `ratio` when a percentage is no share of positive tumour cells."""
    is_named_alone: bool
    """Whether the name alone heads a column of this stain; false for short ambiguous names."""


@dataclass(frozen=True, slots=True)
class Gene:
    """One gene that takes part in fusions."""

    symbol: str
    """Its symbol."""
    is_kinase: bool
    """Whether it is a kinase of the fusions in question."""


def _add(
    index: dict[str, Found], word: str, found: Found, file: str, row: Mapping[str, str]
) -> None:
    if index.setdefault(word, found) != found:
        raise refuse_term(file, f"{word!r} has two meanings.", row["name"])


def read_choice(file: str, row: Mapping[str, str], column: str, *known: str) -> str:
    """Give a cell of a vocabulary that holds one of a few words.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for another word.
    """
    if row[column] not in known:
        said = f"{row['name']!r} has {column} = {row[column]!r}; known: {', '.join(known)}."
        raise refuse_term(file, said, row["name"])
    return row[column]


def _make_code(row: Mapping[str, str], system: str, match: str, file: str) -> Code | Absent:
    if not row["code"]:
        if row["label"] or row["match"]:
            said = f"{row['name']!r} has a label or a match without a code."
            raise refuse_term(file, said, row["name"])
        return UNKNOWN
    if not _CODES[system].fullmatch(row["code"]) or not row["label"]:
        said = f"The code of {row['name']!r} is no {system} code with a label."
        raise refuse_term(file, said, row["name"])
    return Code(system=system, id=row["code"], label=row["label"], match=CodeMatch(match))


def _index_coded(
    file: str, system: str, make: Callable[[Mapping[str, str], Code | Absent, str], Found]
) -> dict[str, Found]:
    """Give, for each way to write a term, the term with the code's match for these words."""
    index: dict[str, Found] = {}
    for row in load_terms(file):
        own = read_choice(file, row, "match", "", *CodeMatch) or CodeMatch.EXACT.value
        found = make(row, _make_code(row, system, own, file), "")
        _add(index, fold(row["name"]), found, file, row)
        for column, cell in row.items():
            if not cell or not column.startswith("words"):
                continue
            match = _MATCH_COLUMNS.get(column, CodeMatch(own)).value
            found = make(row, _make_code(row, system, match, file), column)
            for word in split_words(cell):
                _add(index, word, found, file, row)
    return index


def _make_site(row: Mapping[str, str], code: Code | Absent, _: str) -> SiteTerm:
    return SiteTerm(
        name=row["name"],
        code=code,
        is_paired=read_choice("sites", row, "is_paired", YES, NO) == YES,
        parts=split_words(row["parts"]),
    )


def _make_symptom(row: Mapping[str, str], code: Code | Absent, column: str) -> SymptomTerm:
    return SymptomTerm(name=row["name"], code=code, is_present=column != "words_denied")


@cache
def _sites() -> Mapping[str, SiteTerm]:
    return MappingProxyType(_index_coded("sites", "UBERON", _make_site))


@cache
def _symptoms() -> Mapping[str, SymptomTerm]:
    return MappingProxyType(_index_coded("symptoms", "HPO", _make_symptom))


def find_site(words: str) -> SiteTerm | None:
    """Give the site that the words as a whole name, or none."""
    return _sites().get(fold(words))


@cache
def site_pattern() -> re.Pattern[str]:
    """Give a pattern that finds a site's name inside folded text, the longest first.

    Adjectives that stand for a site only when they stand alone ("orbital") are left out.
    """
    alone = {word for row in load_terms("sites") for word in split_words(row["words_alone"])}
    words = sorted(set(_sites()) - alone, key=lambda word: (-len(word), word))
    return re.compile("|".join(bound_word(word) for word in words))


def find_symptom(words: str) -> SymptomTerm | None:
    """Give the symptom that the words as a whole name, or none."""
    return _symptoms().get(fold(words))


@cache
def _markers() -> Mapping[str, Marker]:
    index: dict[str, Marker] = {}
    for row in load_terms("markers"):
        marker = Marker(
            name=row["name"],
            clones=tuple(word for word in row["clones"].split("|") if word),
            field=read_choice("markers", row, "field", "", *STAIN_FIELDS),
            index=read_choice("markers", row, "index", "", *INDEXES),
            is_named_alone=read_choice("markers", row, "alone_in_header", YES, NO) == YES,
        )
        for word in (fold(row["name"]), *split_words(row["words"])):
            _add(index, word, marker, "markers", row)
    return MappingProxyType(index)


def iterate_markers() -> Iterator[tuple[str, Marker]]:
    """Give each way to write a marker, folded, with the marker."""
    yield from _markers().items()


@lru_cache(maxsize=4096)
def find_marker(words: str) -> Marker | None:
    """Give the marker that the words as a whole name, or none."""
    return _markers().get(fold(words))


@cache
def marker_pattern() -> re.Pattern[str]:
    """Give a pattern that finds a marker's name at the start of folded text, the longest first."""
    words = sorted(_markers(), key=lambda word: (-len(word), word))
    return re.compile("|".join(bound_word(word) for word in words))


@lru_cache(maxsize=4096)
def find_clone(words: str, marker: str) -> str:
    """Give the clone of a marker that the words name, in its usual spelling, or an empty text."""
    found = find_marker(marker)
    wanted = _squeeze(fold(words).removeprefix("clone ").removesuffix(" clone"))
    clones = found.clones if found else ()
    return next((clone for clone in clones if _squeeze(fold(clone)) == wanted), "")


def _squeeze(text: str) -> str:
    return text.replace("-", "").replace(" ", "")


@cache
def _genes() -> Mapping[str, Gene]:
    index: dict[str, Gene] = {}
    for row in load_terms("genes"):
        is_kinase = read_choice("genes", row, "is_kinase", YES, NO) == YES
        gene = Gene(symbol=row["name"], is_kinase=is_kinase)
        for word in (fold(row["name"]), *split_words(row["words"])):
            _add(index, word, gene, "genes", row)
    return MappingProxyType(index)


@lru_cache(maxsize=4096)
def find_gene(words: str) -> Gene | None:
    """Give the gene that the words as a whole name, by its symbol or an older name, or none."""
    return _genes().get(fold(words))


@cache
def gene_pattern() -> re.Pattern[str]:
    """Give a pattern that finds a gene's name inside folded text, the longest first."""
    words = sorted(_genes(), key=lambda word: (-len(word), word))
    return re.compile("|".join(bound_word(word) for word in words))


def load_term_tables() -> None:
    """Load every table of terms with each way to write a term.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a malformed row or a word with two meanings.
    """
    for load in (_sites, _symptoms, _markers, _genes):
        load()
