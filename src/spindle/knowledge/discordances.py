"""Discordances: what can fail to go together, why that is, and what would settle it, as data.

`discordances.toml` holds the kinds of discordance with their titles and weights, the usual
explanations, what each test could not have seen, what would settle a discordance, how stain
patterns go with partners, and the tumours other than IMT that stain for ALK. What is detected, and
how, is code in `reasoning/discordance.py`; every text and every list is data.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from spindle.cases.observations import StainPattern
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import Entry, check_braces, check_keys, read_entries, read_text
from spindle.knowledge.histology import load_findings
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.site_groups import load_site_groups
from spindle.knowledge.terms import find_marker

DISCORDANCES_FILE = "discordances.toml"
WEIGHTS = ("alert", "doubt", "remark")
ASSAYS = (
    "ihc", "fish", "rt_pcr", "rna_sequencing", "dna_sequencing", "sequencing", "method_not_stated",
)  # fmt: skip
# What a text may name in braces.
WORDS = (
    "kinase", "positive", "negative", "assay", "pattern", "partner", "site", "published", "tumour",
    "found", "expected",
)  # fmt: skip
# What can hold of the observations that disagree; `when` and `unless` name these.
CONDITIONS = (
    "other_specimens",
    "one_specimen",
    "other_clones",
    "weak_stain",
    "decalcified",
    "isolated_3p",
    "isolated_5p",
    "counted",
    "coverage_recorded",
    "coverage_not_recorded",
    "frame_not_recorded",
    "by_rt_pcr",
    "stained",
)
_TABLES = ("kinds", "explanations", "unseen", "settles", "patterns", "placed_partners", "tumours")
_PATTERNS = frozenset(StainPattern)


@dataclass(frozen=True, slots=True)
class DiscordanceKind:
    """One kind of discordance."""

    id: str
    """Stable id: `ihc-positive-fish-negative`."""
    title: str
    """What does not go together, in one sentence, with words in braces."""
    weight: str
    """`alert`, `doubt` or `remark`."""
    positive: tuple[str, ...]
    """Assays of which one has to be positive; empty for a kind that is not assay against assay."""
    negative: tuple[str, ...]
    """Assays of which one has to be negative."""
    is_one_assay: bool
    """Whether the positive and the negative have to come from the same assay; else from two."""
    facts: tuple[str, ...]
    """Facts behind raising it."""
    would_change: str
    """What would change that it is raised."""


@dataclass(frozen=True, slots=True)
class ExplanationRule:
    """One published reason why results can disagree."""

    kinds: tuple[str, ...]
    """Kinds of discordance that it explains."""
    says: str
    """The reason, in one sentence."""
    facts: tuple[str, ...]
    """Facts behind it, at least one."""
    assays: tuple[str, ...]
    """Assays of which one has to be among those in question; empty for any."""
    kinases: tuple[str, ...]
    """Kinases that its evidence is about; empty for any."""
    site_groups: tuple[str, ...]
    """Groups of sites in which it is given, and comes first; empty for any."""
    partners: tuple[str, ...]
    """Partners that it is about; empty for any."""
    when: tuple[str, ...]
    """Conditions that all have to hold; empty for always."""


@dataclass(frozen=True, slots=True)
class UnseenRule:
    """What a test could not have seen."""

    assays: tuple[str, ...]
    """Assays that it is about."""
    result: str
    """`positive` or `negative`: the result that it limits."""
    says: str
    """What it could not have seen, in one sentence."""
    facts: tuple[str, ...]
    """Facts behind it."""
    kinases: tuple[str, ...]
    """Kinases that it is about; empty for any."""


@dataclass(frozen=True, slots=True)
class SettlingRule:
    """What would settle a discordance."""

    kinds: tuple[str, ...]
    """Kinds of discordance that it settles."""
    says: str
    """What would settle it, in one sentence."""
    assays: tuple[str, ...]
    """Assays by which it is done: not proposed once one of them has an answer."""
    when: tuple[str, ...]
    """Conditions that all have to hold; empty for always."""
    unless: tuple[str, ...]
    """Conditions of which none may hold."""
    kinases: tuple[str, ...]
    """Kinases for which it is proposed; empty for any."""


@dataclass(frozen=True, slots=True)
class PatternRule:
    """How a recorded pattern of a kinase's stain goes with the patterns published of partners."""

    pattern: StainPattern
    """The pattern as recorded."""
    name: str
    """How it is said: `at the nuclear membrane`."""
    fits: tuple[StainPattern, ...]
    """Published patterns that it goes with."""
    is_distinctive: bool
    """Whether it speaks for a partner by itself."""
    not_at: tuple[str, ...]
    """Groups of sites at which it is not distinctive."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclass(frozen=True, slots=True)
class PlacedPartner:
    """Partners of which sources say more about the place than the rows of their patients do."""

    kinase: str
    """The kinase."""
    partners: tuple[str, ...]
    """The partners."""
    is_tied: bool
    """Whether sources tie them to a place, though some patients are reported without one; else
    sources name where most patients had them, so that no place is unusual."""
    site_groups: tuple[str, ...]
    """Groups of sites that are named."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclass(frozen=True, slots=True)
class StainedTumour:
    """A tumour other than IMT that stains for a kinase, and what recorded finding points to it."""

    id: str
    """Id of the entity."""
    name: str
    """Its name."""
    kinase: str
    """The kinase that it stains for."""
    markers: tuple[str, ...]
    """Markers that point to it when they are positive where they count."""
    findings: tuple[str, ...]
    """Microscopic findings that point to it when they are present."""
    genes: tuple[str, ...]
    """Genes whose fusion points to it."""
    patterns: tuple[str, ...]
    """Patterns of the kinase's own stain that point to it."""
    site_groups: tuple[str, ...]
    """Groups of sites to which a finding has to be confined to count; empty for any."""
    says: str
    """What is published of it, in one sentence."""
    settles: tuple[str, ...]
    """What would settle it."""
    facts: tuple[str, ...]
    """Facts behind it."""


@dataclass(frozen=True, slots=True)
class DiscordanceBook:
    """Everything that is held about discordances."""

    kinds: Mapping[str, DiscordanceKind]
    """Kinds by id, in the order in which they are shown."""
    explanations: tuple[ExplanationRule, ...]
    """Explanations, the usual ones first."""
    unseen: tuple[UnseenRule, ...]
    """What tests could not have seen."""
    settles: tuple[SettlingRule, ...]
    """What would settle, in the order in which it is proposed."""
    patterns: Mapping[StainPattern, PatternRule]
    """Rules by recorded pattern; a pattern without one is held against no partner."""
    placed_partners: tuple[PlacedPartner, ...]
    """Partners of which sources say more about the place."""
    tumours: tuple[StainedTumour, ...]
    """Tumours other than IMT that stain for a kinase."""


@cache
def load_discordances() -> DiscordanceBook:
    """Give everything that is held about discordances.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    return make_book()


def make_book(text: str | None = None) -> DiscordanceBook:
    """Give the discordances of a text; of the file that ships with Spindle when none is given.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for an unknown word, kind, assay, condition,
        marker, finding, site group or fact, an explanation without a fact, or a kind that stands
        twice, has no explanation or can't be settled.
    """
    entries = _read_tables(read_text(DISCORDANCES_FILE) if text is None else text)
    kinds: dict[str, DiscordanceKind] = {}
    for entry in entries["kinds"]:
        kind = _make_kind(entry)
        if kind.id in kinds:
            raise entry.fail(f"{kind.id} stands twice.")
        kinds[kind.id] = kind
    patterns: dict[StainPattern, PatternRule] = {}
    for entry in entries["patterns"]:
        rule = _make_pattern(entry)
        if rule.pattern in patterns:
            raise entry.fail(f"{rule.pattern} stands twice.")
        patterns[rule.pattern] = rule
    book = DiscordanceBook(
        kinds=MappingProxyType(kinds),
        explanations=tuple(_make_explanation(e, kinds) for e in entries["explanations"]),
        unseen=tuple(_make_unseen(entry) for entry in entries["unseen"]),
        settles=tuple(_make_settling(entry, kinds) for entry in entries["settles"]),
        patterns=MappingProxyType(patterns),
        placed_partners=tuple(_make_placed(entry) for entry in entries["placed_partners"]),
        tumours=tuple(_make_tumour(entry) for entry in entries["tumours"]),
    )
    for entry in entries["kinds"]:
        _check_complete(entry, book)
    return book


def _read_tables(text: str) -> Mapping[str, list[Entry]]:
    """Give the entries of every table, each with its line."""
    return {
        table: [
            Entry({"id": f"an entry of {table}", **entry.values}, entry.place)
            for entry in read_entries(DISCORDANCES_FILE, table, text, also=_TABLES)
        ]
        for table in _TABLES
    }


def _make_kind(entry: Entry) -> DiscordanceKind:
    required = {"id": str, "title": str, "weight": str, "facts": list, "would_change": str}
    check_keys(entry, required, {"positive": list, "negative": list, "is_one_assay": bool})
    values = entry.values
    _check(entry, "weight", [values["weight"]], WEIGHTS)
    for key in ("positive", "negative"):
        _check(entry, "assay", values.get(key, ()), ASSAYS)
    if bool(values.get("positive")) != bool(values.get("negative")):
        raise entry.fail(f"{values['id']} has positive or negative assays without the other.")
    return DiscordanceKind(
        id=values["id"],
        title=_check_words(entry, values["title"]),
        weight=values["weight"],
        positive=tuple(values.get("positive", ())),
        negative=tuple(values.get("negative", ())),
        is_one_assay=values.get("is_one_assay", False),
        facts=_check_facts(entry),
        would_change=values["would_change"],
    )


def _make_explanation(entry: Entry, kinds: Mapping[str, Any]) -> ExplanationRule:
    required = {"id": str, "kinds": list, "says": str, "facts": list}
    optional = {"assays": list, "kinases": list, "site_groups": list, "partners": list}
    check_keys(entry, required, {**optional, "when": list})
    _check(entry, "assay", entry.values.get("assays", ()), ASSAYS)
    return ExplanationRule(
        kinds=_check_kinds(entry, kinds),
        says=_check_words(entry, entry.values["says"]),
        facts=_check_facts(entry),
        assays=tuple(entry.values.get("assays", ())),
        kinases=_check_kinases(entry),
        site_groups=_check_sites(entry, "site_groups"),
        partners=tuple(entry.values.get("partners", ())),
        when=_check_conditions(entry, "when"),
    )


def _make_unseen(entry: Entry) -> UnseenRule:
    required = {"id": str, "assays": list, "result": str, "says": str, "facts": list}
    check_keys(entry, required, {"kinases": list})
    _check(entry, "assay", entry.values["assays"], ASSAYS)
    _check(entry, "result", [entry.values["result"]], ("positive", "negative"))
    return UnseenRule(
        assays=tuple(entry.values["assays"]),
        result=entry.values["result"],
        says=_check_words(entry, entry.values["says"]),
        facts=_check_facts(entry),
        kinases=_check_kinases(entry),
    )


def _make_settling(entry: Entry, kinds: Mapping[str, Any]) -> SettlingRule:
    optional = {"assays": list, "when": list, "unless": list, "kinases": list}
    check_keys(entry, {"id": str, "kinds": list, "says": str}, optional)
    _check(entry, "assay", entry.values.get("assays", ()), ASSAYS)
    return SettlingRule(
        kinds=_check_kinds(entry, kinds),
        says=_check_words(entry, entry.values["says"]),
        assays=tuple(entry.values.get("assays", ())),
        when=_check_conditions(entry, "when"),
        unless=_check_conditions(entry, "unless"),
        kinases=_check_kinases(entry),
    )


def _make_pattern(entry: Entry) -> PatternRule:
    required = {"id": str, "pattern": str, "name": str, "is_distinctive": bool, "facts": list}
    check_keys(entry, {**required, "fits": list}, {"not_at": list})
    _check(entry, "pattern", [entry.values["pattern"], *entry.values["fits"]], _PATTERNS)
    return PatternRule(
        pattern=StainPattern(entry.values["pattern"]),
        name=entry.values["name"],
        fits=tuple(StainPattern(pattern) for pattern in entry.values["fits"]),
        is_distinctive=entry.values["is_distinctive"],
        not_at=_check_sites(entry, "not_at"),
        facts=_check_facts(entry),
    )


def _make_placed(entry: Entry) -> PlacedPartner:
    required = {"id": str, "kinase": str, "partners": list, "is_tied": bool, "facts": list}
    check_keys(entry, {**required, "site_groups": list}, {})
    _check(entry, "kinase", [entry.values["kinase"]], load_kinases().names)
    return PlacedPartner(
        kinase=entry.values["kinase"],
        partners=tuple(entry.values["partners"]),
        is_tied=entry.values["is_tied"],
        site_groups=_check_sites(entry, "site_groups"),
        facts=_check_facts(entry),
    )


def _make_tumour(entry: Entry) -> StainedTumour:
    required = {"id": str, "name": str, "kinase": str, "says": str, "settles": list, "facts": list}
    pointers = {"markers": list, "findings": list, "genes": list, "patterns": list}
    check_keys(entry, required, {**pointers, "site_groups": list})
    values = entry.values
    _check(entry, "kinase", [values["kinase"]], load_kinases().names)
    _check(entry, "finding", values.get("findings", ()), load_findings())
    _check(entry, "pattern", values.get("patterns", ()), _PATTERNS)
    for marker in values.get("markers", ()):
        found = find_marker(marker)
        if found is None or found.name != marker:
            raise entry.fail(f"{marker!r} is no marker's usual name.")
    if not any(values.get(key) for key in pointers):
        raise entry.fail(f"{values['id']} names nothing that points to it.")
    return StainedTumour(
        id=values["id"],
        name=values["name"],
        kinase=values["kinase"],
        **{key: tuple(values.get(key, ())) for key in pointers},
        site_groups=_check_sites(entry, "site_groups"),
        says=values["says"],
        settles=tuple(values["settles"]),
        facts=_check_facts(entry),
    )


def _check_complete(entry: Entry, book: DiscordanceBook) -> None:
    kind = entry.values["id"]
    if not any(kind in rule.kinds for rule in book.explanations):
        raise entry.fail(f"{kind} has no explanation.")
    if not any(kind in rule.kinds and not rule.when for rule in book.settles):
        raise entry.fail(f"{kind} has nothing that would settle it.")


def _check(entry: Entry, what: str, names: Iterable[str], known: Container[str]) -> None:
    if unknown := [name for name in names if name not in known]:
        raise entry.fail(f"{entry.values['id']} names the unknown {what} {unknown[0]!r}.")


def _check_words(entry: Entry, text: str) -> str:
    check_braces(entry, text, WORDS)
    return text


def _check_facts(entry: Entry) -> tuple[str, ...]:
    _check(entry, "fact", entry.values["facts"], load_facts())
    return tuple(entry.values["facts"])


def _check_kinds(entry: Entry, kinds: Mapping[str, Any]) -> tuple[str, ...]:
    _check(entry, "kind", entry.values["kinds"], kinds)
    return tuple(entry.values["kinds"])


def _check_kinases(entry: Entry) -> tuple[str, ...]:
    known = (*load_kinases().names, *load_kinases().groups)
    _check(entry, "kinase", entry.values.get("kinases", ()), known)
    return tuple(entry.values.get("kinases", ()))


def _check_sites(entry: Entry, key: str) -> tuple[str, ...]:
    _check(entry, "group of sites", entry.values.get(key, ()), load_site_groups())
    return tuple(entry.values.get(key, ()))


def _check_conditions(entry: Entry, key: str) -> tuple[str, ...]:
    _check(entry, "condition", entry.values.get(key, ()), CONDITIONS)
    return tuple(entry.values.get(key, ()))
