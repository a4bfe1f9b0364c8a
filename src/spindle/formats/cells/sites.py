"""Anatomical sites as people write them, with sides, size, focality, extent and resectability.

A side that leads a plain list holds for the list until another side is named: in "Right maxillary
sinus, lacrimal sac, and lower eyelid" all three are right. It passes over sites that come once,
such as the nasal septum, and ends at a semicolon, at a plus sign and at words that are no site.
A side that follows its site ("orbit, right") holds for that site alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.provenance import Provenance
from spindle.cases.tumour import Code, Extent, Focality, Laterality, Site, TumourSize
from spindle.formats.cells.numbers import choose_size, find_sizes
from spindle.formats.cells.phrases import (
    AND,
    BRACKETED,
    COMMA,
    SEMICOLON,
    Phrase,
    blank_sides,
    find_sides,
    join_sides,
    read_absence,
    refuse_long,
    split_phrases,
    take_brackets,
)
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.terms import SiteTerm, find_site, site_pattern
from spindle.knowledge.words import find_key, fold, make_pattern

_SLASH_OR_PLUS = r"\s*[+/]\s*"
_CARRYING = frozenset({",", "，", "、", "and", "&", "/"})
_LISTING = frozenset({"and", "&", "+"})
_SMALL = re.compile(r"[a-z]|[0-9.,\-]+")


@dataclass(frozen=True, slots=True)
class SitesRead:
    """What a cell about the tumour's place says."""

    sites: tuple[Site, ...] = ()
    """Sites in the order written; empty when none is named."""
    size: TumourSize | Absent = NOT_REPORTED
    """Size."""
    focality: Focality | Absent = NOT_REPORTED
    """One tumour or several."""
    extent: Extent | Absent = NOT_REPORTED
    """How far it reaches."""
    is_resectable: bool | Absent = NOT_REPORTED
    """Whether the cell calls it resectable."""


def read_sites(text: str, provenance: Provenance | Absent = NOT_REPORTED) -> CellReading[SitesRead]:
    """Give the sites of a cell, and what it says of size, focality, extent and resectability.

    Words that name no known site stay with the site before them, with a doubt. Sites hold no
    provenance of their own; the tumour does.
    """
    del provenance
    return _read_sites(text)


@lru_cache(maxsize=4096)
@refuse_long("site-unknown", SitesRead())
def _read_sites(text: str) -> CellReading[SitesRead]:
    if read_absence(text):
        return CellReading(SitesRead())
    folded = fold(text)
    size = choose_size(find_sizes(folded), text, is_needed=False)
    draft = _Draft(is_list=any(p.separator in _LISTING for p in _split(text)))
    if not read_absence(take_brackets(text)[0]):
        for phrase in _split(text):
            draft.add(phrase)
        draft.drop_pending()
    read = SitesRead(
        sites=tuple(found.make_site() for found in draft.found),
        size=size.value,
        focality=_find_focality(folded),
        extent=_find_extent(folded),
        is_resectable=_find_resectable(folded),
    )
    if not read.sites and not draft.doubts:
        draft.doubts.append(Doubt("site-unknown", "No site is read from these words.", text))
    return CellReading(read, tuple(dict.fromkeys((*draft.doubts, *size.doubts))))


def _split(text: str) -> tuple[Phrase, ...]:
    return split_phrases(text, SEMICOLON, COMMA, AND, _SLASH_OR_PLUS)


@dataclass(slots=True)
class _Found:
    """One site while the cell is being read."""

    name: str
    code: Code | Absent
    words: str
    laterality: Laterality | None = None
    term: SiteTerm | None = None

    def make_site(self) -> Site:
        """Give the site."""
        side = self.laterality or NOT_REPORTED
        return Site(name=self.name, code=self.code, laterality=side, words=self.words)


@dataclass(slots=True)
class _Draft:
    """The sites of a cell, phrase by phrase."""

    is_list: bool
    found: list[_Found] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    carried: Laterality | None = None
    pending: tuple[Phrase, Laterality] | None = None

    def add(self, phrase: Phrase) -> None:
        """Read the next phrase."""
        if phrase.separator not in _CARRYING:
            self.carried = None
        folded = _blank_sizes(_open_sides(phrase.words))
        self._note_brackets(phrase)
        if self._belongs_to_last(folded):
            self._attach(phrase, folded)
        elif matches := tuple(_iterate_sites(folded)):
            self._add_matches(phrase, folded, matches)
        else:
            self._add_unmatched(phrase, folded)

    def _belongs_to_last(self, folded: str) -> bool:
        """Give whether the phrase only says where in the last site, on which side, how far."""
        if not self.found:
            return False
        term = self.found[-1].term
        core = blank_sides(folded)
        terms = (term,) if term else ()
        return bool(term and core in term.parts) or not _find_unknown(folded, *terms)

    def _attach(self, phrase: Phrase, folded: str) -> None:
        last, side = self.found[-1], join_sides(find_sides(folded))
        self.carried = None
        if side and last.laterality and side != last.laterality and last.term:
            # "thyroid, left lobe and right lobe": one site on two sides.
            self.found.append(_Found(last.name, last.code, phrase.words, side, last.term))
            return
        last.laterality = last.laterality or side
        _append(last, phrase)

    def _add_matches(self, phrase: Phrase, folded: str, matches: tuple[_Match, ...]) -> None:
        unknown = _find_unknown(folded, *(match.term for match in matches))
        is_plain = len(matches) == 1 and not unknown and not _involving().search(folded)
        words = phrase.words
        if not find_sides(folded):
            self.drop_pending()
        if self.pending:
            words = f"{self.pending[0].words}{phrase.gap}{words}"
        for match in matches:
            side, is_leading = _find_side(folded, match, matches)
            if side and self.pending and side != self.pending[1]:
                side = Laterality.BILATERAL
            if side is None and is_plain and match.term.is_paired:
                side = self.carried
            found = _Found(match.term.name, match.term.code, words, side, match.term)
            self._append_site(found, phrase.gap)
            if side and is_plain and is_leading:
                self.carried = side
        self.pending = None
        if not is_plain:
            self.carried = None
        if unknown:
            message = f'"{matches[0].term.name}" is read; "{unknown}" is kept in its words.'
            self.doubts.append(Doubt("site-unknown", message, phrase.words))

    def _append_site(self, site: _Found, gap: str) -> None:
        last = self.found[-1] if self.found else None
        if last and last.name == site.name and site.laterality in {None, last.laterality}:
            if site.words not in last.words:
                last.words = f"{last.words}{gap}{site.words}"
            return
        self.found.append(site)
        if isinstance(site.code, Absent):
            message = f'No code is known for "{site.name}". The name is kept.'
            self.doubts.append(Doubt("site-unknown", message, site.words))

    def _add_unmatched(self, phrase: Phrase, folded: str) -> None:
        side, core = join_sides(find_sides(folded)), blank_sides(folded)
        if not core and side and not self.found:
            self.drop_pending()
            self.pending = (phrase, side)
            return
        self.drop_pending()
        unknown = _find_unknown(folded)
        is_item = phrase.separator in _LISTING or (self.is_list and phrase.separator == ",")
        if _could_be_site(folded, unknown) and (not self.found or is_item):
            message = "The vocabulary does not know these words as a site. They are kept."
            self.found.append(_Found(_keep_case(core, phrase), UNKNOWN, phrase.words, side))
        elif self.found:
            _append(self.found[-1], phrase)
            message = f'These words stay with "{self.found[-1].name}" and are not read further.'
        else:
            message = "No site is read from these words."
        self.carried = None
        if not self.found or not _is_only_extent(folded):
            self.doubts.append(Doubt("site-unknown", message, phrase.words))

    def drop_pending(self) -> None:
        """Note a side that no site follows."""
        if self.pending:
            message = "A side is named and no site with it."
            self.doubts.append(Doubt("site-unknown", message, self.pending[0].words))
        self.pending = None

    def _note_brackets(self, phrase: Phrase) -> None:
        for inside in take_brackets(phrase.words)[1]:
            folded = fold(inside)
            is_open = not _find_unknown(folded)
            if not is_open and (site_pattern().search(folded) or find_sides(folded)):
                message = "The words in brackets are kept and not read as another site."
                self.doubts.append(Doubt("site-unknown", message, inside))


def _could_be_site(folded: str, unknown: str) -> bool:
    """Give whether words without a known site may name one: neither denied nor beside another."""
    has_letters = any(letter.isalpha() for letter in unknown)
    is_denied = make_pattern("sites", "negation.negation", "beside").match(folded)
    is_beside = site_pattern().search(folded)
    return has_letters and not is_denied and not is_beside and not _is_aside(folded)


def _keep_case(core: str, phrase: Phrase) -> str:
    start = phrase.words.lower().find(core)
    return phrase.words[start : start + len(core)] if start >= 0 else core


def _append(last: _Found, phrase: Phrase) -> None:
    last.words = f"{last.words}{phrase.gap}{phrase.words}"


def _open_sides(words: str) -> str:
    """Give the folded words without brackets that hold more than a side or a part: "orbit (R)"."""

    def open_side(match: re.Match[str]) -> str:
        inside = match.group()[1:-1]
        letter = find_key("sides", inside, "letters.")
        return f" {letter or inside} " if letter or not _find_unknown(fold(inside)) else " "

    return fold(BRACKETED.sub(open_side, words))


def _blank_sizes(folded: str) -> str:
    for size in reversed(find_sizes(folded)):
        folded = f"{folded[: size.start]} {folded[size.end :]}"
    return re.sub(r"\b(?:mm|cm)\b", " ", folded).strip()


@dataclass(frozen=True, slots=True)
class _Match:
    term: SiteTerm
    start: int
    end: int


def _iterate_sites(folded: str) -> Iterator[_Match]:
    """Give the sites that a phrase names as the tumour's own."""
    if _is_aside(folded):
        return
    scanned = _cut_metastasis(folded)
    core = blank_sides(scanned)
    bare = _trim_known(core)
    if term := find_site(core) or find_site(bare):
        yield _Match(term, scanned.find(bare.split(" ")[0]) if bare else 0, len(scanned))
        return
    start = 0
    for match in site_pattern().finditer(scanned):
        term = find_site(match.group())
        before = scanned[start : match.start()]
        start = match.end()
        if term and not _is_beside(before):
            yield _Match(term, match.start(), match.end())


@cache
def _beside() -> re.Pattern[str]:
    beside = make_pattern("sites", "beside").pattern
    directions = make_pattern("sites", "directions").pattern
    between = r"(?:\s+[\w-]+){0,2}\s*$"
    return re.compile(rf"(?:{beside}){between}|(?:{directions})\s+of\s+(?:the\s+)?$")


@cache
def _involving() -> re.Pattern[str]:
    return make_pattern("sites", "involving")


def _is_beside(before: str) -> bool:
    found = _beside().search(before)
    return bool(found) and not _involving().search(before, found.start() if found else 0)


def _is_aside(folded: str) -> bool:
    """Give whether a phrase tells what came later, or of a metastasis elsewhere."""
    later = make_pattern("sites", "later").match(folded)
    return bool(later) or not _cut_metastasis(folded)


def _cut_metastasis(folded: str) -> str:
    """Give the part of a phrase before it speaks of a metastasis; all of it when it does not."""
    metastasis = make_pattern("sites", "extent.metastatic").search(folded)
    if not metastasis or _denial().search(folded[: metastasis.start()]):
        return folded
    with_ = re.search(r"(?:^|\s)with\s", folded)
    return folded[: with_.start()] if with_ and with_.start() < metastasis.start() else ""


def _is_only_extent(folded: str) -> bool:
    """Give whether the extent holds all that the phrase says: "metastatic", "liver metastasis"."""
    rest = make_pattern("sites", "extent.metastatic").sub(" ", folded)
    rest = site_pattern().sub(" ", rest) if rest != folded else rest
    adjective = re.sub(r"^\s*with\s", " ", rest).strip()
    return rest != folded and (not _find_unknown(rest) or bool(find_site(adjective)))


@cache
def _known() -> re.Pattern[str]:
    return make_pattern(
        "sites",
        *("modifiers", "involving", "extent.invasive", "extent.localised", "focality.multifocal"),
        *("focality.unifocal", "resectable.yes", "resectable.no", "extent.metastatic"),
    )


def _find_unknown(folded: str, *terms: SiteTerm) -> str:
    """Give the words of a phrase that are neither sites, sides, parts of the sites nor known."""
    rest = blank_sides(folded)
    if _names(rest, terms) or _names(_trim_known(rest), terms):
        return ""
    for part in {part for term in terms for part in term.parts}:
        rest = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", " ", rest)
    rest = site_pattern().sub(lambda m: " " if _names(m.group(), terms) else m.group(), rest)
    words = (word.strip("/+-.:'\"&*") for word in _trim_known(rest).split())
    return " ".join(word for word in words if word and not _SMALL.fullmatch(word))


def _trim_known(folded: str) -> str:
    return re.sub(r"\s+", " ", _known().sub(" ", folded)).strip(" /+-")


def _names(words: str, terms: tuple[SiteTerm, ...]) -> bool:
    found = find_site(words)
    return found is not None and any(found.name == term.name for term in terms)


def _find_side(
    folded: str, match: _Match, matches: tuple[_Match, ...]
) -> tuple[Laterality | None, bool]:
    """Give the side of one site of a phrase, and whether it stands before the site's name."""
    sides = find_sides(folded)
    if len(matches) == 1:
        leading = any(side.start < match.start for side in sides)
        return join_sides(sides), leading
    start = max((other.end for other in matches if other.end <= match.start), default=0)
    before = tuple(side for side in sides if start <= side.start < match.start)
    if before or match is not matches[-1]:
        return join_sides(before), bool(before)
    return join_sides(tuple(side for side in sides if side.start >= match.end)), False


@cache
def _denial() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{make_pattern('sites', 'negation.negation').pattern})[\s-]+(?:\w+\s+)?$"
    )


def _says(folded: str, key: str) -> bool:
    """Give whether the text says one of the words without denying it."""
    return any(
        not _denial().search(folded[: match.start()])
        for match in make_pattern("sites", key).finditer(folded)
    )


def _find_extent(folded: str) -> Extent | Absent:
    for extent in (Extent.METASTATIC, Extent.INVASIVE, Extent.LOCALISED):
        if _says(folded, f"extent.{extent.value}"):
            return extent
    return NOT_REPORTED


def _find_focality(folded: str) -> Focality | Absent:
    named = [focality for focality in Focality if _says(folded, f"focality.{focality.value}")]
    return named[0] if len(named) == 1 else NOT_REPORTED


def _find_resectable(folded: str) -> bool | Absent:
    if make_pattern("sites", "resectable.no").search(folded):
        return False
    return True if _says(folded, "resectable.yes") else NOT_REPORTED


@lru_cache(maxsize=4096)
@refuse_long("site-unknown", UNKNOWN)
def read_focality(text: str) -> CellReading[Focality | Absent]:
    """Give whether a column about focality says one tumour or several."""
    if absent := read_absence(text):
        return CellReading(absent)
    if not isinstance(focality := _find_focality(fold(text)), Absent):
        return CellReading(focality)
    doubt = Doubt("site-unknown", "These words do not say whether there is one tumour.", text)
    return CellReading(UNKNOWN, (doubt,))
