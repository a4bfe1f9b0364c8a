"""Gaps: what can be missing from a case, why it matters, and what an answer could change."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import (
    NAMED_WORDS,
    TABLES,
    Entry,
    MaybeWords,
    check_braces,
    check_keys,
    read_document,
    read_entries,
    read_text,
)

GAPS_FILE = "gaps.toml"
# What a text may name in braces.
WORDS = ("open", "markers", "missing", "known", "reported")
# Why something can be missing although the source speaks of it.
ABSENCES = ("unknown", "not_done", "lost", "no_sure_result", "not_clear")
# Parts that change only in some cases, by the ending of their key.
CASES = (
    "when_failed", "with_driver", "of_panel", "of_open_panel", "of_rt_pcr", "of_mimics",
    "of_kinases",
)  # fmt: skip
ORDER_FACT = "gap.rule.order"


@dataclass(frozen=True, slots=True)
class GapKind:
    """One kind of gap."""

    id: str
    """Stable id: `margin`."""
    what: str
    """What is missing, with words in braces."""
    why: str
    """Why it matters, in one sentence."""
    changes: tuple[str, ...]
    """Parts of the assessment that an answer can always change."""
    changes_in: Mapping[str, tuple[str, ...]]
    """Parts that it can change in some cases only, by case: `with_driver`."""
    facts: tuple[str, ...]
    """Facts behind it."""
    position: int
    """Its place in the file, which decides between gaps that could change as much."""
    is_of_imt: bool = False
    """Whether it is asked on the way to an IMT only, and stands last where another diagnosis is
    supported."""


@dataclass(frozen=True, slots=True)
class GapBook:
    """Everything that is held about gaps."""

    kinds: Mapping[str, GapKind]
    """Kinds by id."""
    parts: tuple[str, ...]
    """Parts of an assessment, in the order in which a gap names them."""
    absences: Mapping[str, str]
    """What is said when the source gives an answer that is none."""


@cache
def load_gaps() -> GapBook:
    """Give everything that is held about gaps.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    return make_gap_book(read_text(GAPS_FILE))


def make_gap_book(text: str) -> GapBook:
    """Give the gaps of a text.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a kind that stands twice, an unknown part,
        word, case or fact, or absences that are not the ones that are asked for.
    """
    head = read_document(GAPS_FILE, text)
    check_keys(head, {"parts": list, "absences": NAMED_WORDS, "gaps": TABLES}, {})
    parts, absences = tuple(head.values["parts"]), head.values["absences"]
    if set(absences) != set(ABSENCES):
        raise head.fail(f"The absences are {', '.join(ABSENCES)}.", "absences")
    for said in absences.values():
        check_braces(head, said, WORDS)
    kinds: dict[str, GapKind] = {}
    for entry in read_entries(GAPS_FILE, "gaps", text, also=("parts", "absences")):
        kind = _make_kind(entry, parts, len(kinds))
        if kind.id in kinds:
            raise entry.fail(f"{kind.id} stands twice.")
        kinds[kind.id] = kind
    return GapBook(MappingProxyType(kinds), parts, MappingProxyType(dict(absences)))


def _make_kind(entry: Entry, parts: tuple[str, ...], position: int) -> GapKind:
    required = {"id": str, "what": str, "why": str, "changes": MaybeWords, "facts": list}
    optional = {f"changes_{case}": list for case in CASES}
    check_keys(entry, required, {**optional, "is_of_imt": bool})
    values = entry.values
    changes_in = {c: tuple(values[f"changes_{c}"]) for c in CASES if f"changes_{c}" in values}
    for changed in (values["changes"], *changes_in.values()):
        _check(entry, "part", changed, parts)
    check_braces(entry, f"{values['what']} {values['why']}", WORDS)
    _check(entry, "fact", values["facts"], load_facts())
    return GapKind(
        id=values["id"],
        what=values["what"],
        why=values["why"],
        changes=tuple(values["changes"]),
        changes_in=MappingProxyType(changes_in),
        facts=tuple(values["facts"]),
        position=position,
        is_of_imt=values.get("is_of_imt", False),
    )


def _check(entry: Entry, what: str, names: Iterable[str], known: Container[str]) -> None:
    if unknown := [name for name in names if name not in known]:
        raise entry.fail(f"{entry.values['id']} names the unknown {what} {unknown[0]!r}.")
