"""What a cell says beside a fusion's name: exons, reading frame, kinase domain, quality.

Each is taken only where the words say it, next to the noun that they belong to. What is denied or
said twice is unknown, and its words stay unread, so that the reader of the cell notes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import KinaseDomain, ReadingFrame
from spindle.formats.cells.fusion_isoforms import find_isoforms
from spindle.formats.cells.fusion_numbered import find_numbered
from spindle.formats.cells.fusion_variants import find_variants
from spindle.knowledge.terms import find_gene, gene_pattern
from spindle.knowledge.words import fold, make_pattern

_VERB = r"\s*(?:(?:is|was|are|were|remains|remained)\b|[:=])?\s*"
# Bases put in or left out at the junction: "E14;ins11del49A20", "E6ins18;A20".
_CHANGE = r"(?:(?:ins|del)[0-9]{1,4})*"
_CODE = rf"{_CHANGE}[a-z][0-9]{{1,2}}[a-d]?{_CHANGE}"
_EXON = r"(?:exons?|ex\.?)\s*-?\s*"
_NUMBER = r"[0-9]{1,2}[a-d]?(?![\w.,][0-9]|\w)"
# "Exons 1-7": which end counts depends on the side of the junction, so that the words stay whole.
_FIRST_OF_RANGE = r"[0-9]{1,2}\s*(?:-|to|through|thru|until)\s*"
_WORDS_OF_A_DENIAL = 4
# Longer than any gene's name.
_REACH = 40
_TRANSCRIPT = re.compile(
    r"(?P<open>\(\s*)?(?P<id>\b(?:n[mr]_|xm_|enst)[0-9]{5,12}(?:\.[0-9]{1,2})?)(?P<close>\s*\)|\s*[,;:](?=\s))?"
)


class DetailKind(StrEnum):
    """What a detail is about."""

    FRAME = "frame"
    DOMAIN = "domain"
    QUALITY = "quality"
    EXON = "exon"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail in folded words."""

    kind: DetailKind
    """What it is about."""
    value: str
    """Key of the vocabulary, or the exon as folded; empty when the words leave it open."""
    start: int
    """Where its words begin."""
    end: int
    """Where they end."""
    gene: str = ""
    """Symbol of the gene that stands with an exon; empty when none does."""
    letter: str = ""
    """The letter of an exon such as `A20`; empty for `exon 20`."""


def find_details(folded: str) -> tuple[Detail, ...]:
    """Give the details of folded words in order, none over another but for transcripts."""
    # A transcript stands between a gene and its exon, and within the bracket of an exon.
    transcripts = tuple(_iterate_transcripts(folded))
    folded = blank_details(folded, transcripts)
    found: list[Detail] = []
    details = (
        *_iterate_isoforms(folded),
        *_iterate_frames(folded),
        *_iterate_states(folded),
        *_iterate_exons(folded),
        *_iterate_numbered(folded),
    )
    for detail in details:
        if all(detail.end <= other.start or detail.start >= other.end for other in found):
            found.append(detail)
    found = _add_variants(folded, found)
    return tuple(sorted((*transcripts, *found), key=lambda detail: detail.start))


def _add_variants(folded: str, found: list[Detail]) -> list[Detail]:
    """Give details with the exons of variants; exons that are written say more, and stand alone."""
    variants = list(_iterate_variants(folded))
    # "(v3b)" looks like an exon 3b.
    others = [
        detail
        for detail in found
        if all(detail.end <= own.start or detail.start >= own.end for own in variants)
    ]
    if not variants or any(detail.kind is DetailKind.EXON for detail in others):
        return found
    return [*others, *variants]


def blank_details(folded: str, details: tuple[Detail, ...], filler: str = " ") -> str:
    """Give the folded words with every detail turned to a filler, so that no place moves."""
    for detail in details:
        blank = filler * (detail.end - detail.start)
        folded = folded[: detail.start] + blank + folded[detail.end :]
    return folded


@cache
def _denied() -> str:
    """Give a pattern for a denial with the words up to what it denies, none of them a gene."""
    between = rf"(?:(?!{gene_pattern().pattern})[\w-]+\s+){{0,{_WORDS_OF_A_DENIAL}}}"
    return rf"(?:{make_pattern('fusions', 'denial').pattern})\s+{between}"


@cache
def _frames() -> re.Pattern[str]:
    out, into = (make_pattern("fusions", f"frame.{key}").pattern for key in ("out", "in"))
    lost, kept = (make_pattern("fusions", f"frame_states.{key}").pattern for key in ("out", "in"))
    noun = rf"(?:{make_pattern('fusions', 'frame_nouns').pattern})"
    open_words = make_pattern("fusions", "unsaid").pattern
    return re.compile(
        rf"(?P<out>{out}|{noun}\s*[:=]\s*out\b|{noun}{_VERB}(?:{lost}))"
        rf"|(?P<denied>{_denied()})?(?P<in>{into}|{noun}\s*[:=]\s*in\b|{noun}{_VERB}(?:{kept}))"
        rf"|{noun}{_VERB}(?:{open_words}|{_denied()}[\w-]+)"
    )


def _iterate_frames(folded: str) -> Iterator[Detail]:
    first_gene = gene_pattern().search(folded)
    for match in _frames().finditer(folded):
        value = match.lastgroup or ""
        if match["denied"]:
            # "No in-frame fusion" denies the fusion, and says nothing of a frame.
            if not first_gene or first_gene.start() > match.start():
                continue
            value = ""
        elif value:
            value = "out" if match["out"] else "in"
        yield Detail(DetailKind.FRAME, value, match.start(), match.end())


@cache
def _states(nouns: tuple[str, ...], table: str, *keys: str) -> re.Pattern[str]:
    """Give a pattern that finds a noun with one of its states after or before it, or open words.

    Only the first list of nouns takes open words: "RNA not done" says nothing of quality.
    """
    noun = make_pattern("fusions", *nouns).pattern
    main_noun = make_pattern("fusions", nouns[0]).pattern
    after = "|".join(
        rf"(?P<{key}>{make_pattern('fusions', f'{table}.{key}').pattern})" for key in keys
    )
    before = "|".join(
        rf"(?P<{key}_before>{make_pattern('fusions', f'{table}.{key}').pattern})" for key in keys
    )
    open_words = make_pattern("fusions", "unsaid").pattern
    gene = gene_pattern().pattern
    return re.compile(
        rf"(?:{noun}){_VERB}(?:{after})"
        rf"|(?:{main_noun}){_VERB}(?P<open>{open_words}|{_denied()}[\w-]+)"
        rf"|(?:{before})[\s-]+(?:of\s+)?(?:the\s+)?(?:(?:{gene})\s+)?(?:{noun})"
    )


def _iterate_states(folded: str) -> Iterator[Detail]:
    for kind, pattern in (
        (DetailKind.DOMAIN, _states(("domain_nouns",), "kinase_domain", "lost", "cut", "whole")),
        (
            DetailKind.QUALITY,
            _states(("quality_nouns", "materials"), "quality", "inadequate", "adequate"),
        ),
    ):
        for match in pattern.finditer(folded):
            value = (match.lastgroup or "").removesuffix("_before").removesuffix("open")
            yield Detail(kind, value, match.start(), match.end())


def _iterate_transcripts(folded: str) -> Iterator[Detail]:
    for match in _TRANSCRIPT.finditer(folded):
        is_shut = (match["close"] or "").strip() == ")"
        # A bracket that holds an exon as well stays open for it.
        start = match.start() if is_shut else match.start("id")
        end = match.end("id") if is_shut and not match["open"] else match.end()
        gene = _find_gene_before(folded[: match.start()])
        yield Detail(DetailKind.TRANSCRIPT, match["id"], start, end, gene)


def _iterate_isoforms(folded: str) -> Iterator[Detail]:
    for isoform in find_isoforms(folded):
        start, middle, end = isoform.places
        for exon, gene, place in zip(
            isoform.exons, isoform.genes, ((start, middle), (middle, end)), strict=True
        ):
            found = find_gene(gene)
            symbol = found.symbol if found else gene.upper()
            yield Detail(DetailKind.EXON, exon, *place, symbol, exon[0])


@cache
def _exons() -> re.Pattern[str]:
    gene = gene_pattern().pattern
    coded = rf"(?P<code1>{_CODE})\s*(?:::|[;:,/_-])\s*(?P<code2>{_CODE})"
    both = rf"{_EXON}(?P<both1>[0-9]{{1,2}})\s*(?:and|&|/|;|:)\s*(?P<both2>[0-9]{{1,2}})(?!\w)"
    kept = rf"{_EXON}(?:{_FIRST_OF_RANGE})?{_NUMBER}"
    one = rf"(?P<one>{kept})(?:\s+of\s+(?:the\s+)?(?P<owner>{gene})(?:\s+gene)?)?"
    any_exon = rf"(?<![\w]){coded}(?![\w])|(?<![\w]){both}|(?<![\w]){one}"
    names = ("code1", "code2", "both1", "both2", "one", "owner")
    bracketed = any_exon
    for name in names:
        bracketed = bracketed.replace(f"<{name}>", f"<{name}_in>")
    lone = rf"\(\s*(?P<lone>{_CODE})\s*\)"
    return re.compile(rf"[(\[]\s*(?:{bracketed})\s*[)\]]|{lone}|{any_exon}")


def _iterate_exons(folded: str) -> Iterator[Detail]:
    for match in _exons().finditer(folded):
        groups = {key.removesuffix("_in"): key for key, words in match.groupdict().items() if words}
        owner = find_gene(match[groups["owner"]]) if "owner" in groups else None
        before = _find_gene_before(folded[: match.start()])
        pieces = [groups[name] for name in _EXON_GROUPS if name in groups]
        for number, key in enumerate(pieces):
            # The details of one match part its place, so that all of it is blanked once.
            start = match.start() if number == 0 else match.start(key)
            end = match.start(pieces[1]) if number + 1 < len(pieces) else match.end()
            words = match[key]
            is_coded = key.startswith(("code", "lone"))
            gene = (owner.symbol if owner else before) if len(pieces) == 1 else ""
            letter = words.removeprefix(_find_change(words))[0] if is_coded else ""
            yield Detail(DetailKind.EXON, words, start, end, gene, letter)


def _iterate_numbered(folded: str) -> Iterator[Detail]:
    for found in find_numbered(folded):
        for written, exon, place in zip(found.genes, found.exons, found.brackets, strict=True):
            gene = find_gene(written)
            symbol = gene.symbol if gene else written.upper()
            yield Detail(DetailKind.EXON, exon, *place, symbol)


def _iterate_variants(folded: str) -> Iterator[Detail]:
    for variant in find_variants(folded):
        # The two exons part the words, so that all of them are blanked once.
        places = (variant.start, variant.number), (variant.number, variant.end)
        for gene, exon, place in zip(variant.genes, variant.exons, places, strict=True):
            yield Detail(DetailKind.EXON, exon, *place, gene, fold(exon[0]))


def _find_change(words: str) -> str:
    """Give the bases put in or left out that an exon's words begin with."""
    match = re.match(_CHANGE, words)
    return match.group() if match else ""


_EXON_GROUPS = ("code1", "code2", "both1", "both2", "one", "lone")


def _find_gene_before(folded: str) -> str:
    """Give the symbol of the gene that the words end with, or an empty text."""
    trimmed = folded[-_REACH:].rstrip(" ")
    match = re.search(rf"(?:{gene_pattern().pattern})$", trimmed)
    gene = find_gene(match.group()) if match else None
    return gene.symbol if gene else ""


def read_frame(details: list[Detail]) -> tuple[ReadingFrame | Absent, bool]:
    """Give the reading frame that details say, and whether they say one and no other."""
    value, is_sure = _read_one(details, DetailKind.FRAME)
    return (ReadingFrame(value) if value else _absence(details, DetailKind.FRAME)), is_sure


def read_domain(details: list[Detail], rest: str) -> tuple[KinaseDomain | Absent, bool]:
    """Give what details say of the kinase domain; unknown when other words speak of a loss."""
    value, is_sure = _read_one(details, DetailKind.DOMAIN)
    lost = make_pattern("fusions", "kinase_domain.lost", "kinase_domain.cut")
    if value == KinaseDomain.WHOLE and lost.search(rest):
        return UNKNOWN, False
    return (KinaseDomain(value) if value else _absence(details, DetailKind.DOMAIN)), is_sure


def read_quality(details: tuple[Detail, ...]) -> tuple[bool | Absent, bool]:
    """Give whether details call the quality adequate, and whether they say so and no other."""
    value, is_sure = _read_one(list(details), DetailKind.QUALITY)
    return (value == "adequate" if value else _absence(list(details), DetailKind.QUALITY)), is_sure


def _read_one(details: list[Detail], kind: DetailKind) -> tuple[str, bool]:
    values = {detail.value for detail in details if detail.kind is kind}
    return (values.pop(), True) if len(values) == 1 and "" not in values else ("", not values)


def _absence(details: list[Detail], kind: DetailKind) -> Absent:
    return UNKNOWN if any(detail.kind is kind for detail in details) else NOT_REPORTED


def read_exons(details: list[Detail], genes: tuple[str, str]) -> tuple[str, str] | None:
    """Give the exons of two genes in the genes' order, empty for one that is not said.

    None when the words do not say which exon is whose: three exons, letters that fit neither gene,
    or one exon without a gene.
    """
    exons = [detail for detail in details if detail.kind is DetailKind.EXON]
    exons = list({(exon.value, exon.gene): exon for exon in exons}.values())
    if not exons:
        return "", ""
    owners = [exon.gene for exon in exons]
    if (
        len(exons) <= 2
        and all(owner in genes for owner in owners)
        and len({*owners}) == len(owners)
    ):
        by_gene = {exon.gene: exon for exon in exons}
        if all(_fits(exon, exon.gene) for exon in exons):
            return _value(by_gene.get(genes[0])), _value(by_gene.get(genes[1]))
    if len(exons) != 2:
        return None
    for first, second in (exons, exons[::-1]):
        if _fits(first, genes[0]) and _fits(second, genes[1]):
            return first.value, second.value
        if not first.letter:
            break
    return None


def _value(exon: Detail | None) -> str:
    return exon.value if exon else ""


def _fits(exon: Detail, gene: str) -> bool:
    """Give whether an exon's letter is that of its gene, or the `E` of "exon".

    A gene that is not known may have any letter.
    """
    return gene == str(UNKNOWN) or exon.letter in {"", "e", fold(gene)[:1]}
