"""Two genes of a fusion in a sentence: "a fusion of TPM4 with ALK", "TPM3 fused to ALK".

Only sentences whose every word between the two genes is known are read. Where a kinase and another
known gene stand in one sentence that is not read so, the words tell no fusion without a partner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from spindle.formats.cells.fusion_details import Detail, DetailKind, blank_details
from spindle.formats.cells.fusion_pairs import Pair
from spindle.formats.cells.phrases import STOP
from spindle.knowledge.terms import find_gene, gene_pattern
from spindle.knowledge.transcripts import load_transcripts
from spindle.knowledge.words import fold, make_pattern

# What stands for a sign in a pair that words join.
SPOKEN = "with"
_VOCABULARY = "fusion_sentences"
_SYMBOL = r"\b[a-z][a-z0-9]{1,9}\b"
_GAP = r"[\s,]+"
# Parts what is read already from the rest, so that no sentence runs over it.
_WALL = "|"
# Letters of a symbol that is taken without being known.
_LEAST = 3
_SIDES = ("first", "second")
_KEYS = (
    "nouns", "fused", "openers", "joiners", "partner_joiners", "partner_nouns", "partner_openers",
    "articles", "gene_words", "verbs", "roles", "ends",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]{2,}")
_SENTENCE = re.compile(rf"[;\n]|{STOP}")


def iterate_spoken_pairs(
    text: str,
    folded: str,
    details: tuple[Detail, ...],
    pairs: tuple[Pair, ...] = (),
    *,
    is_any: bool = False,
) -> Iterator[Pair]:
    """Give the pairs of genes that sentences join: one gene of each is known, and not both kinases.

    Parameters
    ----------
    pairs:
        The pairs that a sign joins; their words are not read again.
    is_any:
        Whether two symbols that are not known make a pair as well.
    """
    if not _may_name_two(text):
        return
    for match, is_loose in _find_matches(folded, details, pairs):
        first, second = (_find_written(text, folded, match, side) for side in _SIDES)
        genes = [find_gene(match[side]) for side in _SIDES]
        are_known = [_is_known(name) for name in (first, second)]
        are_symbols = all(_is_symbol(name, text) for name in (first, second))
        are_kinases = all(gene is not None and gene.is_kinase for gene in genes)
        is_named = any(are_known) or is_any
        # "ALK fusion with MYCN amplified" names no partner; "with MYCN as partner" does.
        is_sure = all(are_known) or not is_loose
        if is_named and is_sure and are_symbols and not are_kinases and first != second:
            start, end = match.span()
            names = (first, second)
            yield Pair(match["first"], SPOKEN, match["second"], start, end, names, is_ordered=False)


def _may_name_two(text: str) -> bool:
    """Give whether two words of a text may be genes; looking for sentences is slow."""
    words = _WORD.findall(text)
    return len({word for word in words if word.isupper() or find_gene(word)}) > 1


def _find_written(text: str, folded: str, match: re.Match[str], side: str) -> str:
    """Give a gene's name as it was written; in capitals where folding moved the letters."""
    is_aligned = len(text) == len(folded)
    return text[match.start(side) : match.end(side)] if is_aligned else match[side].upper()


def _is_known(name: str) -> bool:
    return find_gene(name) is not None or name in load_transcripts()


def _is_symbol(name: str, text: str) -> bool:
    """Give whether a name is a known gene's, or written as symbols are and no other word."""
    if _is_known(name):
        return True
    is_told = name.isupper() and (not text.isupper() or any(map(str.isdigit, name)))
    is_word = make_pattern("fusions", "not_genes", "fillers", "unsaid").fullmatch(fold(name))
    return is_told and len(name) >= _LEAST and not is_word


def find_unread_partner(text: str, folded: str, details: tuple[Detail, ...]) -> str:
    """Give in a sentence which gene stands beside a kinase and was not read with it.

    Empty when no other known gene stands in the sentence of a kinase, so that a fusion which is
    named there has no partner in these words.
    """
    plain = _show_genes(folded, details)
    for match, _ in _find_matches(folded, details, ()):
        first, second = (find_gene(match[side]) for side in _SIDES)
        if first and second and first != second and first.is_kinase and second.is_kinase:
            return (
                f"The words join {first.symbol} and {second.symbol}, which are both kinases. Which "
                "of them is the partner is not read. No fusion is taken."
            )
    start = 0
    for end in [*(match.start() for match in _SENTENCE.finditer(plain)), len(plain)]:
        kinases, others = _sort_genes(text, plain, start, end)
        if kinases and others:
            return (
                f"{others[0]} stands in one sentence with {kinases[0]}, in words that are not read "
                "as those of a fusion. No fusion is taken, since it may be the partner."
            )
        start = end
    return ""


def _sort_genes(text: str, plain: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """Give the kinases and the other known genes of a sentence."""
    kinases: list[str] = []
    others: list[str] = []
    for match in _any_gene().finditer(plain, start, end):
        gene = find_gene(match.group())
        written = text[match.start() : match.end()] if len(text) == len(plain) else ""
        if gene:
            (kinases if gene.is_kinase else others).append(gene.symbol)
        elif written in load_transcripts() and not text.isupper():
            others.append(written)
    return kinases, others


@cache
def _any_gene() -> re.Pattern[str]:
    return re.compile(f"{gene_pattern().pattern}|{_SYMBOL}")


def _find_matches(
    folded: str, details: tuple[Detail, ...], pairs: tuple[Pair, ...]
) -> Iterator[tuple[re.Match[str], bool]]:
    """Give the sentences that join two genes in order, none over another, and whether loosely."""
    if not make_pattern(_VOCABULARY, "nouns", "fused", "partner_nouns").search(folded):
        return
    plain = _show_genes(folded, details)
    for pair in pairs:
        plain = plain[: pair.start] + _WALL * (pair.end - pair.start) + plain[pair.end :]
    found: list[tuple[re.Match[str], bool]] = []
    for pattern, is_loose in _sentences():
        for match in pattern.finditer(plain):
            if all(match.end() <= one.start() or match.start() >= one.end() for one, _ in found):
                found.append((match, is_loose))
    yield from sorted(found, key=lambda one: one[0].start())


def _show_genes(folded: str, details: tuple[Detail, ...]) -> str:
    """Give the words with every detail turned to blanks but for its gene: "exon 20 of ALK"."""
    plain = blank_details(folded, details)
    for detail in details:
        if detail.kind is not DetailKind.EXON or not detail.gene:
            continue
        for match in gene_pattern().finditer(folded, detail.start, detail.end):
            gene = find_gene(match.group())
            if gene and gene.symbol == detail.gene:
                plain = plain[: match.start()] + match.group() + plain[match.end() :]
    return plain


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Give patterns that find two genes, `first` and `second`, and whether more may be meant."""
    w = {key: f"(?:{make_pattern(_VOCABULARY, key).pattern})" for key in _KEYS}
    article = rf"(?:{w['articles']}\s+)?"
    first, second = (
        rf"{article}(?:{w['gene_words']}\s+)?(?P<{side}>{gene_pattern().pattern}|{_SYMBOL})"
        rf"(?:\s+{w['gene_words']})?"
        for side in _SIDES
    )
    role = rf"{article}{w['partner_nouns']}"
    with_ = rf"{first}{_GAP}{w['nouns']}{_GAP}{w['partner_joiners']}{_GAP}{second}"
    strict = (
        rf"{w['nouns']}{_GAP}{w['openers']}{_GAP}{first}{_GAP}{w['joiners']}{_GAP}{second}",
        rf"{first}{_GAP}(?:{w['verbs']}{_GAP})?{w['fused']}{_GAP}{w['joiners']}{_GAP}{second}",
        rf"{first}{_GAP}{w['partner_joiners']}{_GAP}{second}{_GAP}{w['nouns']}",
        rf"{with_}{_GAP}{w['roles']}\s+{role}",
        rf"{first}{_GAP}{w['nouns']}[\s,:;(\[]*(?:{w['joiners']}\s+)?{role}"
        rf"\s*(?:(?:{w['verbs']}|[:=])\s*)?{second}",
        rf"{first}{_GAP}(?:{w['verbs']}|{w['roles']}){_GAP}{role}{_GAP}{w['partner_openers']}"
        rf"{_GAP}{second}",
    )
    loose = (
        rf"{with_}(?=\s*(?:[.,;:)\]]|$|{w['ends']}))",
        rf"{first}\s+{second}\s+{w['nouns']}",
    )
    return (
        *((re.compile(pattern), False) for pattern in strict),
        *((re.compile(pattern), True) for pattern in loose),
    )
