"""What words say of a resection margin: `R0`, `microscopically clear`, `negative margin`.

R0, R1 and R2 are taken as written. "Negative" and "positive" are R0 and R1 only where the words
say that the margin was seen under the microscope; without that they may be the surgeon's view.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import Margin
from spindle.knowledge.words import fold, make_pattern

_GRADE = re.compile(r"(?<![\w-])r([012])(?!\w)")
_NOT_GRADE = re.compile(r"\b(?:not|non|no)[\s-]+r[012]\b")
_PART = re.compile(r"[;,()]|\bbut\b|\band\b")
_MICROSCOPIC = {"negative": Margin.R0, "positive": Margin.R1}


@dataclass(frozen=True, slots=True)
class MarginFound:
    """What words say of a margin."""

    margin: Margin | Absent = NOT_REPORTED
    """The margin; unknown when the words leave it open."""
    is_said: bool = False
    """Whether the words speak of a margin at all."""
    message: str = ""
    """Why no margin is taken; empty when one is, or when none is spoken of."""


@lru_cache(maxsize=4096)
def find_margin(words: str, *, is_margin_meant: bool = False) -> MarginFound:
    """Give the margin that words say; in a column about margins the noun need not stand there."""
    folded = fold(words)
    named = set(_GRADE.findall(folded))
    if len(named) == 1 and not _NOT_GRADE.search(folded):
        return MarginFound(Margin(f"R{named.pop()}"), is_said=True)
    if named or _NOT_GRADE.search(folded):
        message = "The words name no single margin. It is not reported."
        return MarginFound(is_said=True, message=message)
    parts = _PART.split(folded)
    claims = [(part, match) for part in parts for match in _claims(is_margin_meant).finditer(part)]
    if not claims:
        return MarginFound()
    seen = {_read_claim(part, match) for part, match in claims}
    if len(grades := seen - {None}) == 1 and len(seen) == 1:
        return MarginFound(grades.pop() or UNKNOWN, is_said=True)
    quoted = claims[0][1].group().strip()
    grade = _MICROSCOPIC[_list_said(claims[0][1]).pop()]
    message = (
        f'"{quoted}" does not say whether it was microscopic ({grade}) or only to the eye; '
        "the margin is kept as unknown."
    )
    if any(make_pattern("treatments", "microscopic").search(part) for part, _ in claims):
        message = f'"{quoted}" names no single margin; the margin is kept as unknown.'
    return MarginFound(UNKNOWN, is_said=True, message=message)


@cache
def _claims(is_margin_meant: bool) -> re.Pattern[str]:
    noun = make_pattern("treatments", "margin_nouns").pattern
    states = "|".join(
        rf"(?P<{key}{{0}}>{make_pattern('treatments', f'margin_states.{key}').pattern})"
        for key in ("positive", "negative")
    )
    link = r"(?:\s*[:=]\s*|\s+(?:(?:were|was|are|is|being)\s+)?(?P<not>not\s+)?(?:[a-z]+ly\s+)?)"
    forms = [
        rf"(?:{noun}){link}(?:{states.replace('{0}', '_after')})",
        rf"(?:{states.replace('{0}', '_before')})\s+(?:[a-z]+\s+)?(?:{noun})",
    ]
    if is_margin_meant:
        forms.append(rf"(?:{states.replace('{0}', '_alone')})")
    return re.compile("|".join(forms))


def _list_said(match: re.Match[str]) -> set[str]:
    named = match.groupdict().items()
    return {key.partition("_")[0] for key, words in named if words and key != "not"}


def _read_claim(part: str, match: re.Match[str]) -> Margin | None:
    """Give the margin of one claim when its part of the sentence says that it was microscopic."""
    said = _list_said(match)
    is_seen = make_pattern("treatments", "microscopic").search(part)
    is_gross = make_pattern("treatments", "macroscopic").search(part)
    rest = part[: match.start()] + part[match.end() :]
    is_denied = make_pattern("treatments", "denial").search(rest) or match["not"]
    if not is_seen or is_gross or is_denied or len(said) != 1:
        return None
    return _MICROSCOPIC[said.pop()]
