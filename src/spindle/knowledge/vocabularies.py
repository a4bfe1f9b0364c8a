"""The vocabularies' front door: what a site, a symptom, a marker, a gene or a header is called.

The words are data under `knowledge/data/vocabularies`, each file with its source; `words` loads
them, `terms` holds what has a name and a code, `headers` reads what stands over a column.
"""

from __future__ import annotations

from spindle.knowledge.headers import HeaderReading, header_terms, read_header, read_unit
from spindle.knowledge.histology import load_finding_words
from spindle.knowledge.terms import (
    Gene,
    Marker,
    SiteTerm,
    SymptomTerm,
    find_clone,
    find_gene,
    find_marker,
    find_site,
    find_symptom,
    iterate_markers,
    load_term_tables,
)
from spindle.knowledge.vocabulary_keys import LISTS, LOOKED_UP
from spindle.knowledge.words import find_key, fold, index_words, load_word_lists

__all__ = [
    "Gene",
    "HeaderReading",
    "Marker",
    "SiteTerm",
    "SymptomTerm",
    "find_clone",
    "find_gene",
    "find_key",
    "find_marker",
    "find_site",
    "find_symptom",
    "fold",
    "header_terms",
    "iterate_markers",
    "load_vocabularies",
    "load_word_lists",
    "read_header",
    "read_unit",
]


def load_vocabularies() -> None:
    """Load every vocabulary in full, so that a fault in a word nobody wrote yet is found now.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    load_term_tables()
    load_finding_words()
    for name in LISTS:
        load_word_lists(name)
        for table in LOOKED_UP.get(name, ()):
            index_words(name, table)
