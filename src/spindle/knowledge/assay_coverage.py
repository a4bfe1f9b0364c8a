"""Assays: what each test looks at, what a kit covers, and what a test could not have seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.files import Entry, check_keys, read_entries, read_text
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.words import fold

ASSAYS_FILE = "assays.toml"
ANY_KINASE = "any"
# Stands for a kinase that is not among those which are read, such as IGF1R.
OTHER_KINASE = "other"
_TABLES = ("assays", "kits", "limits")


@dataclass(frozen=True, slots=True)
class Assay:
    """One kind of test."""

    id: str
    """`ihc`, `fish`, `rt_pcr`, `rna_sequencing` or `dna_sequencing`."""
    name: str
    """Its name for people."""
    looks_at: str
    """What it looks at, as the end of a sentence."""
    fact: Fact
    """The fact that says so."""


@dataclass(frozen=True, slots=True)
class Kit:
    """One kit, probe or panel."""

    id: str
    """Stable id."""
    assay: str
    """Id of its assay."""
    name: str
    """Its name."""
    words: tuple[str, ...]
    """Words by which a report names it."""
    kinases: tuple[str, ...]
    """Kinases that it asks about."""
    covers: str
    """What it covers, as far as it is known; `not disclosed` where its maker does not say."""
    facts: tuple[Fact, ...]
    """Facts behind it."""


@dataclass(frozen=True, slots=True)
class AssayLimit:
    """One thing that an assay can't see."""

    assay: str
    """Id of the assay."""
    kinases: tuple[str, ...]
    """Kinases that it concerns; `any` for every one, `other` for one that is not read."""
    says: str
    """The limit, in one sentence or two."""
    fact: Fact
    """The fact behind it."""


@dataclass(frozen=True, slots=True)
class AssayCoverage:
    """Everything that is held about what tests cover."""

    assays: Mapping[str, Assay]
    """Assays by their ids."""
    kits: Mapping[str, Kit]
    """Kits by their ids."""
    limits: tuple[AssayLimit, ...]
    """Limits, in the order in which they are told."""


@cache
def load_coverage() -> AssayCoverage:
    """Give what tests cover.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed entry, an unknown fact, assay or kinase, or a repeated
        id, with file and line.
    """
    return parse_coverage(read_text(ASSAYS_FILE))


def parse_coverage(text: str) -> AssayCoverage:
    """Give what tests cover from a file's text; raises as `load_coverage` does."""

    def read(table: str) -> list[Entry]:
        also = [other for other in _TABLES if other != table]
        return list(read_entries(ASSAYS_FILE, table, text, also=also))

    assays: dict[str, Assay] = {}
    for entry in read("assays"):
        assay = _make_assay(entry)
        _refuse_twice(entry, assay.id, assays)
        assays[assay.id] = assay
    kits: dict[str, Kit] = {}
    for entry in read("kits"):
        kit = _make_kit(entry, assays)
        _refuse_twice(entry, kit.id, kits)
        kits[kit.id] = kit
    limits = tuple(_make_limit(entry, assays) for entry in read("limits"))
    return AssayCoverage(MappingProxyType(assays), MappingProxyType(kits), limits)


def _refuse_twice(entry: Entry, new: str, known: Mapping[str, object]) -> None:
    if new in known:
        raise entry.fail(f"{new} stands twice.")


def _find_fact(entry: Entry, fact: object) -> Fact:
    facts = load_facts()
    if not isinstance(fact, str) or fact not in facts:
        raise entry.fail(f"{entry.values.get('id', 'A limit')} names the unknown fact {fact!r}.")
    return facts[fact]


def _check_words(entry: Entry, key: str) -> tuple[str, ...]:
    words = entry.values[key]
    if not words or not all(isinstance(word, str) and word.strip() for word in words):
        raise entry.fail(f"{key} holds no words, or something that is none.")
    return tuple(words)


def _check_kinases(entry: Entry, *others: str) -> tuple[str, ...]:
    kinases = _check_words(entry, "kinases")
    if unknown := sorted(set(kinases) - {*load_kinases().names, *others}):
        raise entry.fail(f"The kinase {unknown[0]!r} is not known.")
    return kinases


def _check_assay(entry: Entry, assays: Mapping[str, Assay]) -> str:
    assay = str(entry.values["assay"])
    if assay not in assays:
        raise entry.fail(f"The assay {assay!r} is not known.")
    return assay


def _make_assay(entry: Entry) -> Assay:
    check_keys(entry, {"id": str, "name": str, "looks_at": str, "fact": str}, {})
    return Assay(**{**entry.values, "fact": _find_fact(entry, entry.values["fact"])})


def _make_kit(entry: Entry, assays: Mapping[str, Assay]) -> Kit:
    required = {
        "id": str, "assay": str, "name": str, "words": list, "kinases": list, "covers": str,
        "facts": list,
    }  # fmt: skip
    check_keys(entry, required, {})
    values = {
        **entry.values,
        "assay": _check_assay(entry, assays),
        "words": _check_words(entry, "words"),
        "kinases": _check_kinases(entry),
        "facts": tuple(_find_fact(entry, fact) for fact in _check_words(entry, "facts")),
    }
    return Kit(**values)


def _make_limit(entry: Entry, assays: Mapping[str, Assay]) -> AssayLimit:
    check_keys(entry, {"assay": str, "kinases": list, "fact": str}, {"says": str})
    fact = _find_fact(entry, entry.values["fact"])
    return AssayLimit(
        assay=_check_assay(entry, assays),
        kinases=_check_kinases(entry, ANY_KINASE, OTHER_KINASE),
        says=entry.values.get("says") or fact.statement,
        fact=fact,
    )


@cache
def list_assay_limits(assay: str, kinase: str) -> tuple[tuple[str, str], ...]:
    """Give what an assay could not have seen of a kinase: sentences, each with its fact's id.

    Parameters
    ----------
    assay:
        Id of the assay: `ihc`, `fish`, `rt_pcr`, `rna_sequencing`, `dna_sequencing`. An unknown
        one has no limits that are held.
    kinase:
        The kinase; one that is not read, such as IGF1R, has the limits of `other` kinases.
    """
    wanted = {kinase, ANY_KINASE}
    if kinase not in load_kinases().names:
        wanted.add(OTHER_KINASE)
    return tuple(
        (limit.says, limit.fact.id)
        for limit in load_coverage().limits
        if limit.assay == assay and wanted & set(limit.kinases)
    )


def find_kit(assay: str, text: str) -> Kit | None:
    """Give the kit that a report's words name, or none that is held."""
    words = fold(text)
    for kit in load_coverage().kits.values():
        if kit.assay == assay and any(fold(word) in words for word in kit.words):
            return kit
    return None
