"""What a column's header says: which field, in which unit, with which antibody clone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from spindle.cases.patient import TimeUnit
from spindle.knowledge.terms import (
    Marker,
    find_clone,
    find_gene,
    find_marker,
    gene_pattern,
    iterate_markers,
)
from spindle.knowledge.words import bound_word, find_key, fold, load_word_lists

_FIELDS = "fields."
_UNITS = "units."
_LENGTHS = "length_units."
_METHODS = "methods."
_TREATMENTS = "treatment_kinds."
_GENE_TESTS = "gene_tests."
UNSPECIFIED = "unspecified"
# A longer text heads no column, and taking words away from it could go on for long.
LONGEST_HEADER = 300
_BRACKET = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_BRACKETS = re.compile(r"[()\[\]{}]")
_LOOSE = re.compile(r"[\s_.,:;*†‡§\-]+")
_SLASH = re.compile(r"\s*/\s*")
# The look of most symbols of genes: "DICER1", "CTNNB1".
_SYMBOL = re.compile(r"\b[A-Z]{2,}[A-Z0-9]*\d[A-Z0-9]*\b")
_NOT_LETTERS = re.compile(r"[\W_]+")
_USUAL_GENE = "ALK"
_NAMED_STAINS = frozenset({"alk_ihc", "ros1_ihc", "pan_trk_ihc"})
_TIMED_FIELDS = frozenset({"age", "follow_up"})
# Fields in which an unknown word in brackets may change the meaning: "FISH (EWSR1)" is no ALK test.
_STRICT_FIELDS = frozenset(
    {"age", "alk_ihc", "alk_fish", "alk_rt_pcr", "ros1_ihc", "ros1_fish", "pan_trk_ihc", "fusion"}
)


@dataclass(frozen=True, slots=True)
class HeaderReading:
    """What a header says about its column."""

    field: str = ""
    """A field of `headers.toml`, or `stain` for a marker's own column; empty when not known."""
    unit: TimeUnit | None = None
    """Unit of time that the header names; none when it names no unit or two."""
    clone: str = ""
    """Antibody clone that the header names."""
    marker: str = ""
    """Marker that the header names, by its usual name; the gene of a FISH or PCR column; the kind
    of a column about one treatment."""
    method: str = ""
    """Method that the header of a column of fusions names: `rna_sequencing`, `dna_sequencing`, or
    `unspecified` for "NGS" without a word on the material; empty when it names none."""
    length_unit: str = ""
    """`mm` or `cm` when the header names it."""


@dataclass(frozen=True, slots=True)
class GroupReading:
    """What a header over several columns says about the tests below it."""

    subject: str = ""
    """The one gene or marker that it is about, when it says nothing else; empty otherwise."""
    is_about_others: bool = False
    """Whether it names a gene or marker other than ALK, alone or beside ALK."""

    @property
    def has_gene(self) -> bool:
        """Whether it names any gene or marker for certain."""
        return bool(self.subject) or self.is_about_others


@cache
def header_terms() -> Mapping[str, tuple[str, ...]]:
    """Give, for each field, the headers that people write for it."""
    lists = load_word_lists("headers")
    return MappingProxyType(
        {key.removeprefix(_FIELDS): lists[key] for key in lists if key.startswith(_FIELDS)}
    )


def _loosen(text: str) -> str:
    return _SLASH.sub("/", _LOOSE.sub(" ", fold(text))).strip()


@cache
def _fields_by_header() -> Mapping[str, str]:
    return {_loosen(word): field for field, words in header_terms().items() for word in words}


@cache
def _markers_by_header() -> Mapping[str, Marker]:
    # A header loses its hyphens, so the marker's names lose them here too.
    index: dict[str, Marker] = {}
    for words, marker in iterate_markers():
        index.setdefault(_loosen(_BRACKETS.sub(" ", words)), marker)
    return index


@cache
def _edge_pattern(key: str) -> re.Pattern[str]:
    words = sorted({_loosen(word) for word in load_word_lists("headers")[key]}, key=len)
    any_word = "|".join(bound_word(word) for word in reversed(words) if word)
    return re.compile(rf"^(?:{any_word})\s+|\s*(?:{any_word})$")


@cache
def _unit_pattern() -> re.Pattern[str]:
    lists = load_word_lists("headers")
    words = {_loosen(w) for k in lists if k.startswith((_UNITS, _LENGTHS)) for w in lists[k]}
    any_word = "|".join(bound_word(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"[\s/]+(?:in\s+)?({any_word})$")


def _iterate_bases(header: str) -> Iterator[str]:
    """Give the header in the forms that may be listed, the fullest first."""
    yield _loosen(header)
    yield _loosen(_BRACKETS.sub(" ", header))
    bare = _loosen(_BRACKET.sub(" ", header))
    yield bare
    while (shorter := _unit_pattern().sub("", bare).strip(" /")) != bare and shorter:
        yield shorter
        bare = shorter
    for _ in range(3):
        if (shorter := _edge_pattern("fillers").sub("", bare).strip(" /")) in {"", bare}:
            return
        yield shorter
        bare = shorter


def _find_field(header: str) -> str:
    fields = _fields_by_header()
    full = {_loosen(header), _loosen(_BRACKETS.sub(" ", header))}
    for base in _iterate_bases(header):
        if field := fields.get(base, ""):
            strict = field in _STRICT_FIELDS and base not in full
            return "" if strict and not _has_harmless_brackets(header, field) else field
    return ""


def _has_harmless_brackets(header: str, field: str) -> bool:
    marker = next((marker for marker in _named_markers() if marker.field == field), None)
    return all(_is_harmless(inner, marker) for inner in _BRACKET.findall(header))


def _is_harmless(inner: str, marker: Marker | None) -> bool:
    if marker and (find_clone(inner, marker.name) or find_marker(inner) == marker):
        return True
    lists = load_word_lists("headers")
    known = {_loosen(w) for k in ("fillers", "stain_fillers", "harmless") for w in lists[k]}
    parts = [_loosen(part) for part in re.split(r"[/,;]", inner)]
    return all(
        part in known
        or not any(letter.isalpha() for letter in part)
        or bool(find_key("headers", part, _UNITS))
        for part in parts
    )


def _find_stain(header: str) -> tuple[Marker | None, bool]:
    """Give the marker that a header names, and whether the header names nothing else."""
    markers = _markers_by_header()
    for base in _iterate_bases(header):
        trimmed = _trim_edges(base, "stain_fillers")
        index_name = _trim_edges(trimmed, "index_fillers")
        for name, is_alone in ((base, True), (trimmed, False), (index_name, False)):
            marker = markers.get(name) or _find_with_clone(name)
            if marker and all(_is_harmless(inner, marker) for inner in _BRACKET.findall(header)):
                return marker, is_alone
    return None, False


def _find_with_clone(name: str) -> Marker | None:
    words, _, last = name.rpartition(" ")
    marker = _markers_by_header().get(words)
    return marker if marker and find_clone(last, marker.name) else None


def _trim_edges(text: str, key: str) -> str:
    for _ in range(2):
        text = _edge_pattern(key).sub("", text).strip(" /")
    return text


def _find_units(header: str, prefix: str) -> frozenset[str]:
    bracketed = [part for inner in _BRACKET.findall(header) for part in re.split(r"[/,;]", inner)]
    last = _unit_pattern().search(_loosen(_BRACKET.sub(" ", header)))
    candidates = [_loosen(part) for part in bracketed] + ([last.group(1)] if last else [])
    second = re.search(r"([^\W\d_]+)\s*/\s*([^\W\d_]+)$", fold(header))
    candidates += list(second.groups()) if second else []
    return frozenset(key for c in candidates if (key := find_key("headers", c, prefix)))


def read_unit(header: str) -> TimeUnit | None:
    """Give the unit of time that a header names at its end or in brackets.

    `Age (yr)` gives years. A header that names years and months together gives years and months;
    any other two units give none.
    """
    keys = _find_units(header, _UNITS)
    if keys == {"years", "months"}:
        return TimeUnit.YEARS_AND_MONTHS
    return TimeUnit(next(iter(keys))) if len(keys) == 1 else None


def _find_header_clone(header: str, marker: Marker) -> str:
    words = header.replace("_", " ").split()
    named = [*_BRACKET.findall(header), *reversed(words), " ".join(words[:2])]
    return next((clone for part in named if (clone := find_clone(part, marker.name))), "")


@lru_cache(maxsize=4096)
def read_header(header: str) -> HeaderReading:
    """Give what a header says: field, unit, clone and marker.

    A header that is listed decides first. A marker's name alone, or with words such as "IHC", is
    the column of that stain: `alk_ihc`, `ros1_ihc` and `pan_trk_ihc` for these three, `ki67` for a
    proliferation index, `stain` for any other. A kinase with FISH or PCR is `fish` or `rt_pcr` of
    that gene. A gene with words that say neither stain nor FISH nor PCR ("ALK rearrangement") is
    not recognised, since the method is not said.
    """
    if len(header) > LONGEST_HEADER:
        return HeaderReading()
    header = fold(header)
    if not (field := _find_field(header)):
        if kind := _find_treatment(header):
            return HeaderReading(field="treatment", marker=kind)
        return _read_gene_header(header) or _read_stain_header(header)
    marker = next((m for m in _named_markers() if m.field == field), None)
    lengths = _find_units(header, _LENGTHS) if field == "size" else frozenset()
    return HeaderReading(
        field=field,
        unit=read_unit(header) if field in _TIMED_FIELDS else None,
        clone=_find_header_clone(header, marker) if marker else "",
        marker=marker.name if marker else _find_treatment(header) if field == "treatment" else "",
        length_unit=next(iter(lengths)) if len(lengths) == 1 else "",
        method=read_method(header) if field == "fusion" else "",
    )


@lru_cache(maxsize=4096)
def read_method(header: str) -> str:
    """Give the method of a column of fusions that its header names; see `HeaderReading.method`."""
    loose = _loosen(_BRACKETS.sub(" ", header))
    keys = [key for key in load_word_lists("headers") if key.startswith(_METHODS)]
    named = {k.removeprefix(_METHODS) for k in keys if _any_word_pattern(k).search(loose)}
    material = named - {UNSPECIFIED}
    return material.pop() if len(material) == 1 else UNSPECIFIED if named else ""


def _find_treatment(header: str) -> str:
    """Give the kind of treatment that a header is about, such as `radiotherapy`; none for any."""
    words = _treatments_by_words()
    return next((words[base] for base in _iterate_bases(header) if base in words), "")


@cache
def _treatments_by_words() -> Mapping[str, str]:
    lists = load_word_lists("headers")
    keys = [key for key in lists if key.startswith(_TREATMENTS)]
    return {_loosen(word): key.removeprefix(_TREATMENTS) for key in keys for word in lists[key]}


def _read_gene_header(header: str) -> HeaderReading | None:
    """Give the reading of a header that is a kinase and a test of it: "NTRK3 FISH"."""
    loose = _loosen(_BRACKETS.sub(" ", header))
    match = gene_pattern().search(loose)
    gene = find_gene(match.group()) if match else None
    if match is None or gene is None or not gene.is_kinase:
        return None
    rest = f"{loose[: match.start()]} {loose[match.end() :]}"
    field = _tests_by_words().get(_loosen(_trim_edges(_loosen(rest), "fillers")), "")
    return HeaderReading(field=field, marker=gene.symbol) if field else None


@cache
def _tests_by_words() -> Mapping[str, str]:
    lists = load_word_lists("headers")
    return {
        _loosen(word): key.removeprefix(_GENE_TESTS)
        for key in lists
        if key.startswith(_GENE_TESTS)
        for word in lists[key]
    }


@cache
def _named_markers() -> tuple[Marker, ...]:
    return tuple({m.name: m for _, m in iterate_markers() if m.field in _NAMED_STAINS}.values())


def _read_stain_header(header: str) -> HeaderReading:
    marker, is_alone = _find_stain(header)
    if marker is None or (is_alone and not marker.is_named_alone):
        return HeaderReading()
    field = marker.field or (
        "ki67" if marker.index == "proliferation" and not is_alone else "stain"
    )
    return HeaderReading(field=field, clone=_find_header_clone(header, marker), marker=marker.name)


@lru_cache(maxsize=4096)
def read_group(group: str) -> GroupReading:
    """Give what a header over several columns says: "ROS1 status" over "IHC" and "FISH".

    A gene that is only a partner says nothing beside a kinase: "EML4-ALK" is about ALK.
    """
    if len(group) > LONGEST_HEADER:
        return GroupReading()
    loose = _loosen(_BRACKET.sub(" ", group)) or _loosen(_BRACKETS.sub(" ", group))
    rest = _loosen(_any_word_pattern("group_fillers").sub(" ", loose))
    if marker := _markers_by_header().get(rest):
        return GroupReading(marker.name, marker.name != _USUAL_GENE)
    genes = [gene for match in gene_pattern().finditer(loose) if (gene := find_gene(match.group()))]
    kinases = {gene.symbol for gene in genes if gene.is_kinase}
    named = kinases or {gene.symbol for gene in genes}
    is_about_others = bool(named - {_USUAL_GENE}) or _names_other_gene(group, loose)
    is_alone = not _NOT_LETTERS.sub("", gene_pattern().sub(" ", rest))
    subject = named.pop() if len(named) == 1 and is_alone else ""
    return GroupReading(subject, is_about_others)


@lru_cache(maxsize=4096)
def is_group_filler(header: str) -> bool:
    """Say whether a header has only words that add nothing beside a gene, such as "Status"."""
    return bool(header) and not _loosen(_any_word_pattern("group_fillers").sub(" ", fold(header)))


def _names_other_gene(group: str, loose: str) -> bool:
    if _any_word_pattern("other_genes").search(loose):
        return True
    symbols = _SYMBOL.findall(_BRACKET.sub(" ", group))
    return any(not find_gene(symbol) and not find_clone(symbol, _USUAL_GENE) for symbol in symbols)


@cache
def _any_word_pattern(key: str) -> re.Pattern[str]:
    words = sorted({_loosen(word) for word in load_word_lists("headers")[key]}, key=len)
    return re.compile("|".join(bound_word(word) for word in reversed(words)))
