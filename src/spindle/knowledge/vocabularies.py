"""The vocabularies' front door: what a site, a symptom, a marker, a gene or a header is called.

The words are data under `knowledge/data/vocabularies`, each file with its source; `words` loads
them, `terms` holds what has a name and a code, `headers` reads what stands over a column.
"""

from __future__ import annotations

from spindle.knowledge.headers import HeaderReading, header_terms, read_header, read_unit
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
)
from spindle.knowledge.words import find_key, fold, load_word_lists

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
    "load_word_lists",
    "read_header",
    "read_unit",
]
