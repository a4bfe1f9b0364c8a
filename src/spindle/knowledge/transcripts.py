"""Transcripts of the genes that take part in fusions: exons on both genome builds, coding parts.

One MANE Select transcript a gene. Positions are 1-based and inclusive, as in the tables. Exons are
kept in the order in which the gene is read, so that on the minus strand they run downwards on the
chromosome: whoever adds up coding bases in the order of positions gets these genes wrong.
Sources and licences of the tables stand in `data/transcripts/SOURCES.md`.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import accumulate
from types import MappingProxyType

from spindle.cases.fusion_calls import Build
from spindle.errors import UserError
from spindle.knowledge.files import read_text

FOLDER = "transcripts"
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


def read_cells(name: str, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of a table's rows in the order of its columns, each with its line.

    Raises
    ------
    UserError
        `knowledge-invalid` for columns that are not as expected, or a row of another width.
    """
    path = f"{FOLDER}/{name}.csv"
    lines = csv.reader(read_text(path).splitlines())
    if (head := next(lines, [])) != list(columns):
        message = f"Its columns are {', '.join(head) or 'none'}; expected {', '.join(columns)}."
        raise UserError("knowledge-invalid", message, place=path)
    width, number = len(columns), 1
    for number, cells in enumerate(lines, 2):
        if len(cells) != width:
            message = f"The row has {len(cells)} cells; expected {width}."
            raise UserError("knowledge-invalid", message, place=f"{path}, line {number}")
        yield number, cells
    if number == 1:
        raise UserError("knowledge-invalid", "The table holds no row.", place=path)


def read_rows(name: str, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Give the rows of a table by column, each with its line; raises as `read_cells` does."""
    for number, cells in read_cells(name, columns):
        yield number, dict(zip(columns, cells, strict=True))


_EXON_COLUMNS = (
    "gene", "exon", "start38", "end38", "coding_start38", "coding_end38", "start37", "end37",
)  # fmt: skip
START37 = _EXON_COLUMNS.index("start37")
_TRANSCRIPT_COLUMNS = ("gene", "hgnc_id", "refseq", "ensembl", "chromosome", "strand")
_STRANDS = {"+": 1, "-": -1}


@cache
def load_transcripts() -> Mapping[str, Transcript]:
    """Give every transcript by its gene.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line: exons out of order, of another length on the other
        build, or coding parts that do not divide by three.
    """
    exons: dict[str, list[tuple[int, list[str]]]] = {}
    for line, cells in read_cells("exons", _EXON_COLUMNS):
        exons.setdefault(cells[0], []).append((line, cells))
    found = {
        row["gene"]: _make_transcript(row, line, exons.get(row["gene"], ()))
        for line, row in read_rows("transcripts", _TRANSCRIPT_COLUMNS)
    }
    if unknown := sorted(set(exons) - set(found)):
        message = f"The table of exons names {unknown[0]!r}, which has no transcript."
        raise UserError("knowledge-invalid", message, place=f"{FOLDER}/exons.csv")
    return MappingProxyType(found)


def _make_transcript(
    row: Mapping[str, str], line: int, exons: Sequence[tuple[int, Sequence[str]]]
) -> Transcript:
    strand = _STRANDS.get(row["strand"])
    if strand is None or not exons:
        message = f"{row['gene']} has no exon, or no strand."
        raise UserError(
            "knowledge-invalid", message, place=f"{FOLDER}/transcripts.csv, line {line}"
        )
    older = _find_strand(exons, strand)
    strands = {Build.GRCH38: strand, Build.GRCH37: older}
    spans = [
        _read_exon(number, line, cells, (strand, older))
        for number, (line, cells) in enumerate(exons, 1)
    ]
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
    coding_length = sum(length for _, length in coding)
    is_sound = coding and coding_length % CODON == 0
    if not is_sound or any(list(rising) != sorted(rising) for rising in firsts.values()):
        message = f"The exons of {row['gene']} are not in order, or its coding part is no protein."
        place = f"{FOLDER}/exons.csv, line {exons[0][0]}"
        raise UserError("knowledge-invalid", message, place=place)
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
        coding_length=coding_length,
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


def _read_exon(
    number: int, line: int, cells: Sequence[str], strands: tuple[int, int]
) -> tuple[_Span, _Span, _Span | None]:
    """Give an exon on GRCh38, on GRCh37, and its coding part, each in the order of reading."""
    gene, exon, start38, end38, coding_start, coding_end, start37, end37 = cells
    own, older = strands
    try:
        span = _turn(int(start38), int(end38), own)
        lifted = _turn(int(start37), int(end37), older)
        part = _turn(int(coding_start), int(coding_end), own) if coding_start else None
        is_next = int(exon) == number
    except ValueError:
        is_next, span, lifted, part = False, (0, 0), (0, 0), None
    if not is_next or span[1] - span[0] != lifted[1] - lifted[0]:
        message = f"Exon {exon} of {gene} is out of order or of two lengths."
        raise UserError("knowledge-invalid", message, place=f"{FOLDER}/exons.csv, line {line}")
    return span, lifted, part


def _turn(start: int, end: int, strand: int) -> _Span:
    return (start, end) if strand > 0 else (-end, -start)


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
        transcript = load_transcripts().get(row["gene"])
        is_number = row["start"].isdecimal() and row["end"].isdecimal()
        if transcript is None or not is_number or int(row["end"]) > transcript.protein_length:
            message = f"The domain {row['name']!r} does not lie in the protein of {row['gene']}."
            place = f"{FOLDER}/domains.csv, line {line}"
            raise UserError("knowledge-invalid", message, place=place)
        ends = int(row["start"]), int(row["end"])
        domain = Domain(row["accession"], row["name"], *ends, row["is_kinase"] == "yes")
        found.setdefault(row["gene"], []).append(domain)
    return MappingProxyType(
        {gene: tuple(sorted(all_, key=lambda d: (d.start, d.end))) for gene, all_ in found.items()}
    )


# Other numbers of the same exons ------------------------------------------------------------------

_OLDER_COLUMNS = (
    "gene", "transcript", "first_exon", "last_exon", "older_first_exon", "basis",
)  # fmt: skip


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
        try:
            run = OlderNumbers(
                row["transcript"],
                int(row["first_exon"]),
                int(row["last_exon"]),
                int(row["older_first_exon"]),
                row["basis"],
            )
        except ValueError:
            run = None
        transcript = load_transcripts().get(row["gene"])
        if run is None or transcript is None or not 0 < run.first <= run.last <= transcript.exons:
            message = f"These are no exons of {row['gene']}."
            place = f"{FOLDER}/older_numbering.csv, line {line}"
            raise UserError("knowledge-invalid", message, place=place)
        found.setdefault(row["gene"], []).append(run)
    return MappingProxyType({gene: tuple(runs) for gene, runs in found.items()})


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
