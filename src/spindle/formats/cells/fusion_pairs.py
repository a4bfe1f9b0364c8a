"""Two genes with a sign between them, as people write a fusion: `TFG-ROS-1`, `NKX2-1::ALK`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spindle.formats.cells.fusion_isoforms import find_isoforms
from spindle.formats.cells.fusion_numbered import find_numbered
from spindle.knowledge.gene_names import read_gene_name
from spindle.knowledge.terms import Gene, find_gene, gene_pattern
from spindle.knowledge.transcripts import load_transcripts
from spindle.knowledge.words import fold, make_pattern

# A symbol that the vocabulary does not know: letters and digits, as gene symbols are written.
_SYMBOL = r"[a-z][a-z0-9]{1,9}"
# Beside "::" a hyphen belongs to the symbol, and so does the version of a clone: RP11-534L20.5.
_ANY_SYMBOL = r"[a-z][a-z0-9]*(?:-[a-z0-9]{1,6}|\.[0-9]{1,2})+"
_BEFORE_COLONS = rf"\b{_ANY_SYMBOL}(?=\s*::)"
_AFTER_COLONS = rf"(?:(?<=::)|(?<=::\s)){_ANY_SYMBOL}\b"
_JOINT = r"\s*(?P<joint>::|--|-|/)\s*"
DOUBLE_COLON = "::"
# Letters of a symbol that is taken without being known.
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two genes with a sign between them."""

    first: str
    """The gene before the sign, folded."""
    joint: str
    """The sign."""
    second: str
    """The gene behind it, folded."""
    start: int
    """Where the pair begins in the folded text."""
    end: int
    """Where it ends."""
    written: tuple[str, str]
    """Both genes as written; in capitals where folding moved the letters."""
    is_ordered: bool
    """Whether the words tell that the first gene is the 5' one: by a double colon, by exons in
    brackets behind both genes, or by the id of an isoform."""

    @property
    def symbols(self) -> tuple[str, str]:
        """Both genes by their symbols; one that is not known as written."""
        first, second = (
            gene.symbol if (gene := find_gene(folded)) else written
            for folded, written in zip((self.first, self.second), self.written, strict=True)
        )
        return first, second


@cache
def pair_pattern() -> re.Pattern[str]:
    """Give a pattern that finds two genes of a fusion, `first` and `second`, in folded text."""
    known = rf"{gene_pattern().pattern}|{make_pattern('fusions', 'hyphenated').pattern}"
    first = rf"(?:{known}|{_BEFORE_COLONS}|\b{_SYMBOL}\b)"
    second = rf"(?:{known}|{_AFTER_COLONS}|\b{_SYMBOL}\b)"
    return re.compile(rf"(?P<first>{first}){_JOINT}(?P<second>{second})")


def describe_repair(symbol: str, written: str) -> str:
    """Give in a sentence how a written gene was read; an empty text when it is its symbol."""
    if find_gene(written) is None:
        return f'"{written}" is not among the known genes. It is kept as written.'
    return "" if symbol == written else f'"{written}" is read as {symbol}.'


def iterate_pairs(text: str, folded: str, *, is_any: bool = False) -> Iterator[Pair]:
    """Give the pairs of genes of a text: one gene of each is known, or "::" joins them.

    Beside a panel's exons, as in "FGFR3(17)-TACC3(11)", a gene with a transcript is one that is
    known.

    Parameters
    ----------
    folded:
        The folded text, details in it turned to blanks.
    is_any:
        Whether two symbols that are not known make a pair as well: in words that say "fusion".
    """
    told = _find_told(fold(text))
    for match in pair_pattern().finditer(folded):
        genes = [find_gene(match["first"]), find_gene(match["second"])]
        written = [_find_written(text, folded, match, part) for part in ("first", "second")]
        are_kinases = all(gene is not None and gene.is_kinase for gene in genes)
        is_named = match["joint"] == DOUBLE_COLON or any(genes)
        is_named = is_named or all(name in load_transcripts() for name in written)
        is_told = match.start() in told
        names = [name or match[part] for name, part in zip(written, _PARTS, strict=True)]
        is_named = is_named or (is_told and any(read_gene_name(name).is_known for name in names))
        # "PD-L1 fusion" is no fusion of two genes.
        is_named = is_named or (is_any and all(len(name) >= _LEAST for name in written))
        # A gene joined to itself has lost exons, and is no fusion.
        is_two = match["first"] != match["second"]
        if is_named and is_two and not are_kinases and all(map(_is_symbol, written, genes)):
            shown = [name or known.upper() for name, known in zip(written, names, strict=True)]
            yield Pair(
                match["first"],
                match["joint"],
                match["second"],
                match.start(),
                match.end(),
                (shown[0], shown[1]),
                is_ordered=match["joint"] == DOUBLE_COLON or is_told,
            )


_PARTS = ("first", "second")


def _find_told(folded: str) -> set[int]:
    """Give where pairs begin that a panel's exons stand with, the 5' gene first."""
    isoforms = {isoform.start for isoform in find_isoforms(folded)}
    return isoforms | {found.start for found in find_numbered(folded) if found.is_ordered}


def _find_written(text: str, folded: str, match: re.Match[str], part: str) -> str:
    """Give a gene's name as it was written; an empty text when folding moved the letters."""
    return text[match.start(part) : match.end(part)] if len(text) == len(folded) else ""


def _is_symbol(written: str, gene: Gene | None) -> bool:
    """Give whether a name is a known gene's, or in capitals as symbols are and no other word."""
    is_word = make_pattern("fusions", "not_genes").fullmatch(fold(written))
    is_capital = written.isupper() or bool(_OPEN_FRAME.fullmatch(written))
    is_change = bool(_CHANGE.fullmatch(written))
    return gene is not None or (is_capital and not is_word and not is_change)


# The one small word within symbols: C2orf44.
_OPEN_FRAME = re.compile(r"C[0-9XY]+orf[0-9]+")
# An amino acid that is another one, and no gene: BRAF-V600E.
_CHANGE = re.compile(r"[ACDEFGHIKLMNPQRSTVWY][0-9]{2,4}[ACDEFGHIKLMNPQRSTVWY]")
