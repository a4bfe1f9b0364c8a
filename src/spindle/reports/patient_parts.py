"""The parts of which every page of a patient's report is made, whatever it is drawn with.

A page is plain JSON types: sections of blocks. A block is a list, a table, a picture or a text; a
line or a cell has its words, the numbers of its sources, and a tone. HTML, PDF and terminal draw
the same blocks, so that they can't say different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from spindle.reports import words

Document = dict[str, Any]
View = dict[str, Any]

# Letters of the annex, in its order.
ANNEX: Mapping[str, str] = {
    "tests": "A",
    "discordances": "B",
    "differential": "C",
    "options": "D",
    "outlook": "E",
    "gaps": "F",
    "conflicts": "G",
    "trace": "H",
    "case": "I",
    "facts": "J",
    "sources": "K",
}
WEIGHT_ORDER = ("alert", "doubt", "remark")

# What each tone of a line shows besides its colour.
TONES: Mapping[str, str] = {
    "alert": "!!",
    "doubt": "!",
    "remark": "·",
    "pointer": "→",
    "next": "»",
    "signed": "✓",
    "": "",
}
STANDINGS: Mapping[str, str] = {
    "supported": "supported",
    "open": "open",
    "less_likely": "less likely",
    "excluded": "excluded",
    "not_weighed": "not weighed",
}
FITS: Mapping[str, str] = {"yes": "fits", "no": "does not fit", "unknown": "not known"}


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each part the first two pages show; the annex shows everything."""

    sentences: int
    """Sentences of a long text."""
    limits: int
    """Limits of each test."""
    explanations: int
    """Explanations of each discordance, and ways to settle it."""
    discordances: int
    """Discordances that are no alert; alerts are always shown."""
    candidates: int
    """Diagnoses in the table; all the others are named below it."""
    evidence: int
    """Findings for and against each diagnosis."""
    stains: int
    """Next stains."""
    options: int
    """Options in the table; all the others are named below it."""
    is_brief: bool
    """Whether a result of an option gives way to how strong its evidence is."""
    ranges: int
    """Ranges of published outcomes."""
    figures: int
    """Published outcome figures."""
    features: int
    """Statements on adverse features that are recorded."""
    gaps: int
    """Gaps in full; all the others are named below."""
    conflicts: int
    """Conflicts among sources."""


# More numbers than these tell a reader nothing at the place; the annex gives them.
MOST_REFS = 8
# From roomy to narrow. A report takes the first with which it fits two pages.
ROOMS: Sequence[Room] = (
    Room(6, 3, 4, 9, 10, 3, 4, 16, False, 14, 6, 9, 10, 6),
    Room(4, 3, 3, 6, 8, 2, 3, 12, False, 12, 4, 7, 8, 4),
    Room(3, 2, 2, 5, 8, 2, 3, 10, False, 12, 3, 6, 8, 3),
    Room(2, 2, 2, 4, 7, 2, 2, 9, False, 10, 3, 5, 7, 3),
    Room(2, 1, 1, 4, 6, 1, 2, 8, False, 8, 2, 4, 6, 2),
    Room(1, 1, 1, 3, 5, 1, 2, 7, False, 8, 2, 3, 5, 2),
    Room(1, 1, 1, 3, 4, 1, 1, 8, True, 6, 1, 3, 5, 1),
    Room(1, 1, 1, 2, 4, 1, 1, 6, True, 5, 0, 2, 4, 1),
    Room(1, 1, 0, 2, 3, 1, 1, 5, True, 4, 0, 1, 3, 1),
    Room(1, 1, 0, 1, 2, 1, 1, 3, True, 2, 0, 0, 2, 1),
    Room(1, 0, 0, 0, 1, 1, 1, 1, True, 0, 0, 0, 0, 0),
)


# Standing of IMT --------------------------------------------------------------------------------

OWN_KINDS = ("imt", "variant")
ONLY_IF_IMT = "only if it proves to be an IMT"


class Stance(StrEnum):
    """What the findings make of IMT, as far as the pages depend on it."""

    IMT = "imt"
    """IMT or a variant of it is supported."""
    OPEN = "open"
    """IMT is not supported, and no other diagnosis is."""
    OTHER = "other"
    """Another diagnosis is supported or named, or IMT is less likely or excluded."""


def find_stance(document: Mapping[str, Any]) -> Stance:
    """Give what the findings make of IMT."""
    candidates = document["differential"]["candidates"]
    supported = next((c for c in candidates if c["standing"] == "supported"), None)
    if supported is not None:
        return Stance.IMT if supported["kind"] in OWN_KINDS else Stance.OTHER
    own = [c for c in candidates if c["kind"] == "imt"]
    is_against = any(c["standing"] in ("less_likely", "excluded") for c in own)
    # A fusion that is published in IMT keeps what is held on IMT in sight beside a named diagnosis.
    is_named = _find_named(document) and not any(c["has_fusion"] for c in own)
    return Stance.OTHER if is_against or is_named else Stance.OPEN


def _find_named(document: Mapping[str, Any]) -> str:
    """Give the diagnosis that a red flag or a fusion names and nobody excluded; empty for none."""
    candidates = document["differential"]["candidates"]
    named = (c["name"] for c in candidates if c["is_pointed_to"] and c["standing"] != "excluded")
    return next(named, "")


def say_if_other(document: Mapping[str, Any], part: str) -> str:
    """Give the line in place of what is held on IMT where the findings do not speak for one."""
    if find_stance(document) is not Stance.OTHER:
        return ""
    candidates = document["differential"]["candidates"]
    supported = [c["name"] for c in candidates if c["standing"] == "supported"]
    excluded = any(c["kind"] == "imt" and c["standing"] == "excluded" for c in candidates)
    against = "An IMT is recorded as excluded" if excluded else "The findings speak against an IMT"
    named = _find_named(document)
    said = f"The findings point to {named}, which comes before an IMT" if named else against
    if supported:
        said = f"The findings speak for {supported[0]} rather than for an IMT"
    return (
        f"{said}. What is held here was published of IMT; it stands in annex {ANNEX[part]} and is "
        f"of use {ONLY_IF_IMT} after all."
    )


class Citer:
    """Gives the numbers of the sources behind facts, and keeps which facts were cited."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._sources = {fact["id"]: fact["source"] for fact in document["facts"]}
        self.cited: set[str] = set()

    def cite(self, facts: Iterable[str]) -> list[int]:
        """Give the numbers of the sources of facts, each once, from the least."""
        known = [fact for fact in facts if fact in self._sources]
        self.cited.update(known)
        return self.number(known)

    def number(self, facts: Iterable[str]) -> list[int]:
        """Give the numbers of sources as `cite` does, for what is only touched on."""
        return sorted({self._sources[fact] for fact in facts if fact in self._sources})

    def line(self, text: str, facts: Iterable[str] = (), *, lead: str = "", tone: str = "") -> View:
        """Give a line of a list, or a cell of a table."""
        shown = words.clean_text(" ".join(str(text).split()))
        return {
            "lead": words.clean_text(lead),
            "text": shown,
            "refs": self.cite(facts),
            "tone": tone,
            "mark": {},
        }

    def mark(self, mark: words.Mark, text: str = "") -> View:
        """Give a cell that begins with a mark, such as a result."""
        shown = {"key": mark.key, "symbol": mark.symbol, "words": mark.words}
        return {**self.line(text), "mark": shown}


def limit_refs(line: View, annex: str) -> View:
    """Give a line with the numbers of its sources, or with how many there are and where."""
    if len(line["refs"]) <= MOST_REFS:
        return line
    return {
        **line,
        "refs": [],
        "text": f"{line['text']} ({len(line['refs'])} sources: annex {annex})",
    }


def point_to(annex: str, n: int, what: str = "") -> list[View]:
    """Give a line that says how much more stands in the annex; none when nothing does."""
    if n <= 0:
        return []
    named = f" {what.removesuffix('s') if n == 1 else what}" if what else ""
    text = f"{n} more{named} in annex {annex}"
    return [{"lead": "", "text": text, "refs": [], "tone": "pointer", "mark": {}}]


def make_list(lines: Iterable[View]) -> list[View]:
    """Give a block of lines, or no block when there are none."""
    found = list(lines)
    return [{"kind": "list", "lines": found}] if found else []


def make_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[View]]) -> list[View]:
    """Give a block of a table, or no block when there are no rows; the first cell heads its row."""
    found = [list(row) for row in rows]
    return [{"kind": "table", "caption": caption, "head": list(head), "rows": found}] * bool(found)


def make_section(key: str, title: str, *blocks: Sequence[View]) -> View:
    """Give a section of blocks."""
    return {"id": key, "title": title, "blocks": [block for part in blocks for block in part]}


def write_counts(item: Mapping[str, Any]) -> str:
    """Give n of N with the interval, where known: `12 of 20, 60 %, 95 % interval 36 to 81 %`."""
    if words.is_absent(item.get("n")) or words.is_absent(item.get("of")):
        return ""
    said = f"{item['n']:,} of {item['of']:,}"
    if words.is_absent(item.get("low")) or words.is_absent(item.get("high")):
        return said
    share = f", {100 * item['n'] / item['of']:.0f} %" if item["of"] else ""
    ends = f"{item['low']:.0f} to {item['high']:.0f} %"
    how = f", {item['interval']}" if item.get("interval") else ""
    return f"{said}{share}, 95 % interval {ends}{how}"


def say_counted(item: Mapping[str, Any]) -> str:
    """Give what an item says with its counts and interval, none of them twice."""
    says, counts = str(item["says"]).rstrip("."), write_counts(item)
    if not counts or "interval" in says:
        return says
    plain = f"{item['n']:,} of {item['of']:,}"
    if plain in says:
        counts = counts.removeprefix(plain).lstrip(", ")
    return f"{says} ({counts})" if counts else says


_SENTENCE_END = re.compile(r"(?<=[a-z0-9%)”\]][.!?])\s+(?=[A-Z“(])")


def split_sentences(text: str) -> list[str]:
    """Give the sentences of a text."""
    return [part for part in _SENTENCE_END.split(text.strip()) if part]


def cut_sentences(text: str, n: int, annex: str) -> str:
    """Give the first sentences of a text, with a word on where the rest stands."""
    sentences = split_sentences(text)
    if len(sentences) <= n:
        return text
    return f"{join_sentences(*sentences[:n])} More in annex {annex}."


def capitalise(text: str) -> str:
    """Give a text with a capital at its start."""
    return f"{text[:1].upper()}{text[1:]}"


def join_sentences(*parts: str) -> str:
    """Give parts as sentences in one text, each with a capital and with one stop at its end."""
    kept = [_write_sentence(part.strip()) for part in parts if part and part.strip()]
    return " ".join(kept)


def _write_sentence(part: str) -> str:
    first = part.split(maxsplit=1)[0]
    # "pan-TRK" and "p16" keep their small letter.
    is_plain_word = first.isalpha() and first.islower()
    said = f"{part[0].upper()}{part[1:]}" if is_plain_word else part
    return said if said[-1] in ".!?:" else f"{said}."
