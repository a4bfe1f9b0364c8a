"""Transcripts of the genes that take part in fusions: exons on both genome builds, coding parts.

One MANE Select transcript a gene. Positions are 1-based and inclusive, as in the tables. Exons are
kept in the order in which the gene is read, so that on the minus strand they run downwards on the
chromosome: whoever adds up coding bases in the order of positions gets these genes wrong.
Sources and licences of the tables stand in `data/transcripts/SOURCES.md`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from types import MappingProxyType

from spindle.cases.fusion_calls import Build
from spindle.knowledge.csv_files import read_whole
from spindle.knowledge.transcript_tables import read_cells, read_rows, refuse

NOT_FOUND = -1
# Bases of one amino acid.
CODON = 3


class Where(StrEnum):
    """On which part of a transcript a position lies."""

    EXON = "exon"
    INTRON = "intron"
    BEFORE = "before"
    """Before its first exon: outside, which is not the same as absent."""
    AFTER = "after"
    """After its last exon."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a position lies on a transcript."""

    where: Where
    """Exon, intron, or outside."""
    exon: int
    """Its exon, from 1; for an intron the exon before it; 0 before the first one."""
    after_start: int
    """Bases from the first base of the exon (0 for that base itself), or from the last base of the
    exon before an intron (1 for the first base of the intron)."""
    before_end: int
    """Bases to the last base of the exon (0 for that base itself), or to the first base of the exon
    after an intron (1 for the last base of the intron)."""
    cdna: int
    """Index of the base in the spliced transcript, from 0; `NOT_FOUND` outside exons."""

    @property
    def is_at_start(self) -> bool:
        """Whether it is the first base of an exon."""
        return self.where is Where.EXON and self.after_start == 0

    @property
    def is_at_end(self) -> bool:
        """Whether it is the last base of an exon."""
        return self.where is Where.EXON and self.before_end == 0


@dataclass(frozen=True, slots=True)
class Domain:
    """One part of a protein."""

    accession: str
    """InterPro or Pfam accession, or a letter for the topology of the membrane."""
    name: str
    """Its name."""
    start: int
    """First amino acid, from 1."""
    end: int
    """Last amino acid."""
    is_kinase: bool = False
    """Whether it is the catalytic domain of a kinase."""

    @property
    def is_topology(self) -> bool:
        """Whether it only says on which side of the membrane a part lies, or is a signal."""
        return self.accession.startswith("_") or len(self.accession) == 1


@dataclass(frozen=True, slots=True, eq=False)
class Transcript:
    """The MANE Select transcript of one gene."""

    gene: str
    """HGNC symbol."""
    hgnc_id: str
    """HGNC id; empty where the table holds none."""
    refseq: str
    """RefSeq id with its version."""
    ensembl: str
    """Ensembl id with its version."""
    chromosome: str
    """Chromosome without `chr`."""
    strand: int
    """1, or -1 for a gene that is read downwards, on GRCh38."""
    strands: Mapping[Build, int]
    """The same by build: the part of chromosome 10 that holds NCOA4 was turned round between the
    two builds."""
    lengths: tuple[int, ...]
    """Bases of each exon."""
    cdna_starts: tuple[int, ...]
    """Index in the spliced transcript at which each exon begins, from 0."""
    coding_start: int
    """Index of the first coding base in the spliced transcript."""
    coding_length: int
    """Coding bases, the stop codon included; divides by three."""
    firsts: Mapping[Build, tuple[int, ...]]
    """First base of each exon by build, times the strand, so that they rise."""
    edges: Mapping[Build, frozenset[int]]
    """First and last bases of the exons by build."""

    @property
    def exons(self) -> int:
        """Number of exons."""
        return len(self.lengths)

    @property
    def protein_length(self) -> int:
        """Amino acids of the protein."""
        return self.coding_length // CODON - 1

    @property
    def coding_end(self) -> int:
        """Index behind the last coding base in the spliced transcript."""
        return self.coding_start + self.coding_length

    def locate(self, position: int, build: Build) -> Spot:
        """Give where a position of the chromosome lies."""
        firsts, lengths = self.firsts[build], self.lengths
        along = position * self.strands[build]
        place = bisect_right(firsts, along) - 1
        if place < 0:
            return Spot(Where.BEFORE, 0, NOT_FOUND, firsts[0] - along, NOT_FOUND)
        into = along - firsts[place]
        left = lengths[place] - 1 - into
        if left >= 0:
            return Spot(Where.EXON, place + 1, into, left, self.cdna_starts[place] + into)
        if place + 1 == len(firsts):
            return Spot(Where.AFTER, place + 1, -left, NOT_FOUND, NOT_FOUND)
        return Spot(Where.INTRON, place + 1, -left, firsts[place + 1] - along, NOT_FOUND)

    def count_coding_before(self, cdna: int) -> int:
        """Give how many coding bases stand before an index of the spliced transcript."""
        return min(max(cdna - self.coding_start, 0), self.coding_length)

    def is_coding(self, cdna: int) -> bool:
        """Give whether a base of the spliced transcript is coding."""
        return self.coding_start <= cdna < self.coding_end

    def find_exon_start(self, exon: int) -> int:
        """Give the index of an exon's first base in the spliced transcript."""
        return self.cdna_starts[exon - 1]

    def find_exon_end(self, exon: int) -> int:
        """Give the index behind an exon's last base in the spliced transcript."""
        return self.cdna_starts[exon - 1] + self.lengths[exon - 1]

    def span(self, build: Build) -> tuple[int, int]:
        """Give the least and the greatest position of the gene."""
        first = self.firsts[build][0]
        last = self.firsts[build][-1] + self.lengths[-1] - 1
        return (first, last) if self.strands[build] > 0 else (-last, -first)


_EXON_COLUMNS = (
    "gene", "exon", "start38", "end38", "coding_start38", "coding_end38", "start37", "end37",
)  # fmt: skip
START37 = _EXON_COLUMNS.index("start37")
_TRANSCRIPT_COLUMNS = ("gene", "hgnc_id", "refseq", "ensembl", "chromosome", "strand")
_STRANDS = {"+": 1, "-": -1}
# What the ids and names of a transcript look like.
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "gene": re.compile(r"[A-Z][A-Z0-9-]*|C[0-9]+orf[0-9]+"),
    "hgnc_id": re.compile(r"(?:HGNC:[0-9]+)?"),
    "refseq": re.compile(r"NM_[0-9]+\.[0-9]+"),
    "ensembl": re.compile(r"ENST[0-9]+\.[0-9]+"),
    "chromosome": re.compile(r"[1-9]|1[0-9]|2[0-2]|X|Y"),
    "strand": re.compile(r"[+-]"),
}


@cache
def load_transcripts() -> Mapping[str, Transcript]:
    """Give every transcript by its gene.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line: a name or id of another form, a gene that stands
        twice, exons out of order or of another length on the other build, or coding parts that
        leave their exon, have a gap, or do not divide by three.
    """
    exons: dict[str, list[tuple[int, list[str]]]] = {}
    for line, cells in read_cells("exons", _EXON_COLUMNS):
        exons.setdefault(cells[0], []).append((line, cells))
    found: dict[str, Transcript] = {}
    for line, row in read_rows("transcripts", _TRANSCRIPT_COLUMNS):
        gene = row["gene"]
        for column, shape in _SHAPES.items():
            if not shape.fullmatch(row[column]):
                message = f"{gene or 'The row'} has {column} = {row[column]!r}."
                raise refuse("transcripts", line, message)
        if gene in found:
            raise refuse("transcripts", line, f"{gene} stands twice.")
        if gene not in exons:
            raise refuse("transcripts", line, f"{gene} has no exon.")
        found[gene] = _make_transcript(row, exons.pop(gene))
    for gene, rows in exons.items():
        raise refuse("exons", rows[0][0], f"{gene!r} has no transcript.")
    return MappingProxyType(found)


def _make_transcript(
    row: Mapping[str, str], exons: Sequence[tuple[int, Sequence[str]]]
) -> Transcript:
    strand = _STRANDS[row["strand"]]
    older = _find_strand(exons, strand)
    strands = {Build.GRCH38: strand, Build.GRCH37: older}
    spans = [
        _read_exon(number, line, cells, (strand, older))
        for number, (line, cells) in enumerate(exons, 1)
    ]
    lines = [line for line, _ in exons]
    _check_order(spans, lines)
    _check_coding(spans, lines)
    lengths = tuple(last - first + 1 for (first, last), _, _ in spans)
    starts = tuple(accumulate(lengths[:-1], initial=0))
    coding = [
        (starts[place] + part[0] - span[0], part[1] - part[0] + 1)
        for place, (span, _, part) in enumerate(spans)
        if part
    ]
    firsts = {
        Build.GRCH38: tuple(span[0] for span, _, _ in spans),
        Build.GRCH37: tuple(older[0] for _, older, _ in spans),
    }
    return Transcript(
        gene=row["gene"],
        hgnc_id=row["hgnc_id"],
        refseq=row["refseq"],
        ensembl=row["ensembl"],
        chromosome=row["chromosome"],
        strand=strand,
        strands=strands,
        lengths=lengths,
        cdna_starts=starts,
        coding_start=coding[0][0],
        coding_length=sum(length for _, length in coding),
        firsts=firsts,
        edges={build: _list_edges(rising, lengths) for build, rising in firsts.items()},
    )


def _find_strand(exons: Sequence[tuple[int, Sequence[str]]], strand: int) -> int:
    """Give the strand on GRCh37, by the order in which the exons stand there."""
    first, last = (exons[place][1][START37] for place in (0, -1))
    if first == last or not (first.isdecimal() and last.isdecimal()):
        return strand
    return 1 if int(first) < int(last) else -1


def _list_edges(rising: Sequence[int], lengths: Sequence[int]) -> frozenset[int]:
    return frozenset(
        abs(edge)
        for first, length in zip(rising, lengths, strict=True)
        for edge in (first, first + length - 1)
    )


_Span = tuple[int, int]
_Exon = tuple[_Span, _Span, _Span | None]


def _read_exon(number: int, line: int, cells: Sequence[str], strands: tuple[int, int]) -> _Exon:
    """Give an exon on GRCh38, on GRCh37, and its coding part, each in the order of reading."""
    gene, exon, start38, end38, coding_start, coding_end, start37, end37 = cells
    own, older = strands
    try:
        is_next = read_whole(exon) == number
        span = _turn(start38, end38, own)
        lifted = _turn(start37, end37, older)
        part = _turn(coding_start, coding_end, own) if coding_start or coding_end else None
    except ValueError:
        message = f"Exon {exon} of {gene} has a position that is no whole number."
        raise refuse("exons", line, message) from None
    if not is_next or span[0] > span[1] or span[1] - span[0] != lifted[1] - lifted[0]:
        raise refuse("exons", line, f"Exon {exon} of {gene} is out of order or of two lengths.")
    if part and not span[0] <= part[0] <= part[1] <= span[1]:
        raise refuse("exons", line, f"The coding part of exon {exon} of {gene} leaves the exon.")
    return span, lifted, part


def _check_order(spans: Sequence[_Exon], lines: Sequence[int]) -> None:
    """Refuse an exon that does not lie behind the one before it, on either build."""
    for line, (before, exon) in zip(lines[1:], pairwise(spans), strict=True):
        if before[0][1] >= exon[0][0] or before[1][1] >= exon[1][0]:
            raise refuse("exons", line, "The exon does not lie behind the one before it.")


def _check_coding(spans: Sequence[_Exon], lines: Sequence[int]) -> None:
    """Refuse a coding part with a gap, and one that is no protein."""
    coding = [place for place, (_, _, part) in enumerate(spans) if part]
    for before, place in pairwise(coding):
        (_, end), _, before_part = spans[before]
        (start, _), _, part = spans[place]
        if before_part and before_part[1] != end:
            message = "The coding part ends before its exon does, and goes on in the next one."
            raise refuse("exons", lines[before], message)
        if place != before + 1 or (part and part[0] != start):
            message = "The coding part does not go on at the start of this exon."
            raise refuse("exons", lines[place if place == before + 1 else before + 1], message)
    bases = sum(part[1] - part[0] + 1 for _, _, part in spans if part)
    if bases <= CODON or bases % CODON:
        message = f"The {bases} coding bases from here on are no protein: they do not divide by 3."
        raise refuse("exons", lines[coding[0] if coding else 0], message)


def _turn(start: str, end: str, strand: int) -> _Span:
    first, last = read_whole(start), read_whole(end)
    return (first, last) if strand > 0 else (-last, -first)


@cache
def _list_spans(build: Build) -> Mapping[str, tuple[tuple[int, int, str], ...]]:
    """Give, by chromosome, least and greatest position of each gene with its symbol."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for gene, transcript in load_transcripts().items():
        found.setdefault(transcript.chromosome, []).append((*transcript.span(build), gene))
    return MappingProxyType({chromosome: tuple(spans) for chromosome, spans in found.items()})


@lru_cache(maxsize=65_536)
def find_gene_at(chromosome: str, position: int, build: Build) -> str:
    """Give the gene of the tables in which a position lies; empty for none, or for several."""
    genes = [
        gene
        for least, most, gene in _list_spans(build).get(chromosome.upper(), ())
        if least <= position <= most
    ]
    return genes[0] if len(genes) == 1 else ""


# Proteins ---------------------------------------------------------------------------------------

_DOMAIN_COLUMNS = ("gene", "accession", "name", "start", "end", "is_kinase")


@cache
def load_domains() -> Mapping[str, tuple[Domain, ...]]:
    """Give the domains of each gene's protein, by InterPro and Pfam, from its start.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    found: dict[str, list[Domain]] = {}
    for line, row in read_rows("domains", _DOMAIN_COLUMNS):
        domain = _make_domain(line, row)
        held = found.setdefault(row["gene"], [])
        if domain.is_kinase and any(other.is_kinase for other in held):
            raise refuse("domains", line, f"{row['gene']} has two kinase domains.")
        held.append(domain)
    return MappingProxyType(
        {gene: tuple(sorted(all_, key=lambda d: (d.start, d.end))) for gene, all_ in found.items()}
    )


def _make_domain(line: int, row: Mapping[str, str]) -> Domain:
    transcript = load_transcripts().get(row["gene"])
    if transcript is None:
        raise refuse("domains", line, f"{row['gene']!r} has no transcript.")
    if not row["accession"] or row["is_kinase"] not in {"", "yes"}:
        message = f"{row['name']!r} has no accession, or is_kinase is neither 'yes' nor empty."
        raise refuse("domains", line, message)
    try:
        start, end = read_whole(row["start"]), read_whole(row["end"])
    except ValueError:
        message = f"{row['name']!r} has a place that is no whole number."
        raise refuse("domains", line, message) from None
    if not 1 <= start <= end <= transcript.protein_length:
        message = (
            f"{row['name']!r} runs from {start} to {end}; by the table of exons the protein of "
            f"{row['gene']} has {transcript.protein_length} amino acids."
        )
        raise refuse("domains", line, message)
    return Domain(row["accession"], row["name"], start, end, row["is_kinase"] == "yes")


# Other numbers of the same exons ------------------------------------------------------------------

_OLDER_COLUMNS = (
    "gene", "transcript", "first_exon", "last_exon", "older_first_exon", "basis",
)  # fmt: skip
_BASES = ("coordinates", "frame", "paper")


@dataclass(frozen=True, slots=True)
class OlderNumbers:
    """A run of exons whose numbers in papers are known."""

    transcript: str
    """The transcript that they count on; empty where none was named."""
    first: int
    """First exon by MANE's numbering."""
    last: int
    """Last exon of the run."""
    older_first: int
    """Number of the first exon in papers."""
    basis: str
    """`coordinates` of that transcript; `frame`: the only number at which the published junction is
    in frame; `paper`: as a paper prints it."""


@cache
def load_older_numbers() -> Mapping[str, tuple[OlderNumbers, ...]]:
    """Give, by gene, the runs of exons whose numbers in papers are known.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    found: dict[str, list[OlderNumbers]] = {}
    for line, row in read_rows("older_numbering", _OLDER_COLUMNS):
        run = _make_older_numbers(line, row)
        held = found.setdefault(row["gene"], [])
        if any(_overlaps(run, other) for other in held):
            message = f"{row['gene']} has two numbers for an exon, or two exons for a number."
            raise refuse("older_numbering", line, message)
        held.append(run)
    return MappingProxyType({gene: tuple(runs) for gene, runs in found.items()})


def _make_older_numbers(line: int, row: Mapping[str, str]) -> OlderNumbers:
    transcript = load_transcripts().get(row["gene"])
    try:
        numbers = [read_whole(row[column]) for column in _OLDER_COLUMNS[2:5]]
    except ValueError:
        numbers = [0, 0, 0]
    first, last, older = numbers
    if transcript is None or not 0 < first <= last <= transcript.exons or older < 1:
        raise refuse("older_numbering", line, f"These are no exons of {row['gene']}.")
    if row["basis"] not in _BASES:
        message = f"The basis {row['basis']!r} is not known; it is one of {', '.join(_BASES)}."
        raise refuse("older_numbering", line, message)
    if row["transcript"] and not _SHAPES["ensembl"].fullmatch(row["transcript"]):
        raise refuse("older_numbering", line, f"{row['transcript']!r} is no transcript.")
    return OlderNumbers(row["transcript"], first, last, older, row["basis"])


def _overlaps(run: OlderNumbers, other: OlderNumbers) -> bool:
    older_last, other_last = (r.older_first + r.last - r.first for r in (run, other))
    is_exon_twice = run.first <= other.last and other.first <= run.last
    return is_exon_twice or (run.older_first <= other_last and other.older_first <= older_last)


@cache
def find_older_number(gene: str, exon: int) -> int | None:
    """Give the number that papers print for an exon of MANE's; none where it is not known."""
    for run in load_older_numbers().get(gene, ()):
        if run.first <= exon <= run.last:
            return run.older_first + exon - run.first
    return None


@cache
def find_mane_number(gene: str, older: int) -> int | None:
    """Give MANE's number of an exon by the number that papers print; none where it is not known."""
    for run in load_older_numbers().get(gene, ()):
        if run.older_first <= older <= run.older_first + run.last - run.first:
            return run.first + older - run.older_first
    return None
