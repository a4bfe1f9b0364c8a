"""Structural variants of a VCF: two rows that tell of one junction become one call.

A VCF says which places are joined and which side of each is kept, and mostly not which one is read
first. So the row that comes first gives the first side, `is_directed` is false, and both sides hold
the strand on which they are read in that order: read the other way round, both strands turn. Mates
stand in any order and far apart; those that wait for theirs are held in memory, up to a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from types import MappingProxyType

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.cases.observations import SequencingMethod
from spindle.formats.cells.fusion_isoforms import Isoform
from spindle.formats.fusion_callers.cells import UNKNOWN_ACCESSION, settle_build
from spindle.formats.fusion_callers.tables import (
    COMMENT,
    FileFacts,
    Head,
    Row,
    keep_row,
    list_doubles,
    name_columns,
    note_doubles,
)
from spindle.formats.fusion_callers.vcf_breakends import Breakend
from spindle.formats.fusion_callers.vcf_rows import (
    ID,
    Allele,
    count_samples,
    find_format,
    iterate_alleles,
    read_layout,
)
from spindle.knowledge.chromosomes import read_chromosome
from spindle.knowledge.fusion_callers import fold_word, load_caller_formats, read_build

# Rows that wait for their mate, and their length in characters. Beyond this the oldest go on alone.
MAX_WAITING = 200_000
MAX_WAITING_CHARACTERS = 60_000_000
_COLUMNS = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_FIRST_LINE = "##fileformat=vcf"
_HEADER = "#CHROM\t"
_INFO_LINE = re.compile(r'##INFO=<ID=(?P<id>[^,>]+),.*Description="(?P<says>[^"]*)')
_CONTIG_LINE = re.compile(r"##contig=<(?P<fields>.*)>\s*")
_FIELD = re.compile(r"(?:^|,)(?P<key>\w+)=(?P<value>[^,]*)")
_LAYOUT = "layout "
_METHOD = "method"
_MATE_CELL = "mate {}"


# The head of the file -----------------------------------------------------------------------------


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a VCF says about all of it; none for another format."""
    texts = [text for _, text in head.lines]
    header = next(((n, text) for n, text in head.lines if text.startswith(_HEADER)), None)
    if not texts or not (texts[0].casefold().startswith(_FIRST_LINE) or header):
        return None
    meta = [text for text in texts if text.startswith("##")]
    notes: list[str] = []
    columns, line = _read_columns(head, header, notes)
    doubles = list_doubles(header[1].lstrip("#").split("\t"), _COLUMNS, str.strip) if header else ()
    samples = count_samples(columns)
    details = {
        f"{_LAYOUT}{match['id'].casefold()}": "|".join(layout)
        for text in meta
        if (match := _INFO_LINE.match(text)) and (layout := read_layout(match["says"]))
    }
    is_rna = any(find_format().patterns["rna"].search(text) for text in meta)
    details[_METHOD] = (SequencingMethod.RNA if is_rna else find_format().method).value
    return FileFacts(
        caller=ID,
        file=head.name,
        version="; ".join(dict.fromkeys(_list_sources(meta))),
        build=_read_build(meta, notes),
        sample=samples[0] if len(samples) == 1 else "",
        header_line=line,
        columns=columns,
        delimiter="\t",
        details=MappingProxyType(details),
        notes=(*notes, *note_doubles(doubles)),
        doubles=doubles,
    )


def _read_columns(
    head: Head, header: tuple[int, str] | None, notes: list[str]
) -> tuple[tuple[str, ...], int]:
    if header is None:
        above = takewhile(lambda line: line[1].startswith(COMMENT), head.lines)
        last = max((number for number, _ in above), default=0)
        notes.append("The file has no line #CHROM; its first eight columns are taken as VCF's.")
        return _COLUMNS, last
    columns = name_columns(header[1].lstrip("#").split("\t"))
    if missing := [name for name in _COLUMNS if name not in columns]:
        notes.append(f"The header names no column {', '.join(missing)}.")
    return columns, header[0]


def _list_sources(meta: list[str]) -> Iterator[str]:
    for text in meta:
        key, _, value = text.removeprefix("##").partition("=")
        if key.casefold() == "source" and value.strip():
            yield value.strip()


def _read_build(meta: list[str], notes: list[str]) -> Build | Absent:
    """Give the build that the head names or that the lengths of its chromosomes are of."""
    lines = [text for text in meta if find_format().patterns["build_line"].match(text)]
    found = {build for text in lines for build in _find_builds(text)}
    by_length, is_other = _read_lengths(lines)
    if len(found | by_length) > 1:
        notes.append("The head of the file names both builds of the genome, so neither is taken.")
        return UNKNOWN
    if found | by_length:
        return (found | by_length).pop()
    if is_other:
        notes.append("Its chromosomes have the lengths of no build that is known here.")
        return UNKNOWN
    return NOT_REPORTED


def _find_builds(line: str) -> Iterator[Build]:
    """Give the builds that a line of the head names; a bare number such as 38 names none."""
    value = line.partition("=")[2]
    if match := _CONTIG_LINE.match(line):
        fields = {m["key"]: m["value"] for m in _FIELD.finditer(match["fields"])}
        value = fields.get("assembly", "")
        if accession_build := read_chromosome(fields.get("ID", "")).build:
            yield accession_build
    for word in load_caller_formats().build_pattern.findall(value):
        build = None if word.isdecimal() else read_build(word)
        if build is not None:
            yield build
    yield from (b for b in Build if find_format().patterns[b.value.lower()].search(value))


def _read_lengths(lines: list[str]) -> tuple[set[Build], bool]:
    """Give the builds that have chromosomes of these lengths, and whether others were named."""
    words = find_format().words
    lengths = {build: words[f"contigs_{build.value.lower()}"] for build in Build}
    known = {length.partition(":")[0] for all_ in lengths.values() for length in all_}
    found: set[Build] = set()
    is_other = False
    for line in lines:
        match = _CONTIG_LINE.match(line)
        fields = {m["key"]: m["value"] for m in _FIELD.finditer(match["fields"])} if match else {}
        name = fold_word(read_chromosome(fields.get("ID", "")).name)
        if name not in known or not fields.get("length"):
            continue
        builds = {build for build, all_ in lengths.items() if f"{name}:{fields['length']}" in all_}
        found |= builds
        is_other |= not builds
    return found, is_other


# Rows -------------------------------------------------------------------------------------------


def make_calls(rows: Iterable[Row], facts: FileFacts) -> Iterator[CalledFusion]:
    """Give the calls of a file, each pair of mates as one, those without their mate at the end."""
    waiting: dict[str, list[Allele]] = {}
    held = length = 0
    for row in rows:
        for allele in _read_row(row, facts):
            if isinstance(allele, CalledFusion):
                yield allele
            elif not allele.id or not allele.mates or allele.id in allele.mates:
                yield _make_call(allele, None, facts)
            elif mate := _take_mate(allele, waiting):
                held -= 1
                length -= len(mate.row.text)
                yield _make_call(mate, allele, facts)
            else:
                waiting.setdefault(allele.id, []).append(allele)
                held += 1
                length += len(row.text)
            while held > MAX_WAITING or length > MAX_WAITING_CHARACTERS:
                oldest = waiting.pop(next(iter(waiting)))
                held -= len(oldest)
                length -= sum(len(one.row.text) for one in oldest)
                yield from (_make_call(one, None, facts) for one in oldest)
    left = [allele for alleles in waiting.values() for allele in alleles]
    for allele in sorted(left, key=lambda allele: allele.row.line):
        yield _make_call(allele, None, facts)


def _read_row(row: Row, facts: FileFacts) -> Iterator[Allele | CalledFusion]:
    """Give the alleles that join two places, and every other one as a call that is kept."""
    if row.problem:
        yield keep_row(row, facts)
        return
    layouts = {
        key.removeprefix(_LAYOUT): tuple(value.split("|"))
        for key, value in facts.details.items()
        if key.startswith(_LAYOUT)
    }
    for allele in iterate_alleles(row, layouts):
        yield keep_row(row, facts, allele.problem) if allele.problem else allele


def _take_mate(allele: Allele, waiting: dict[str, list[Allele]]) -> Allele | None:
    """Take out of those that wait the one that tells of the same junction."""
    for id_ in allele.mates:
        alleles = waiting.get(id_, [])
        for place, other in enumerate(alleles):
            if allele.id in other.mates and _are_mates(allele, other):
                del alleles[place]
                if not alleles:
                    del waiting[id_]
                return other
    return None


def _are_mates(one: Allele, other: Allele) -> bool:
    if one.adjacency is None or other.adjacency is None:
        return False
    if not one.adjacency.mirrors(other.adjacency):
        return False
    # A partner is the neighbour of a breakend in the reference, and for some callers its mate.
    is_exact = one.adjacency.mate == other.adjacency.own
    return (one.is_mate_sure and other.is_mate_sure) or is_exact


# Calls ------------------------------------------------------------------------------------------


def _make_call(first: Allele, second: Allele | None, facts: FileFacts) -> CalledFusion:
    """Give the call of one row, or of two that are mates, the one that came first before."""
    adjacency = first.adjacency
    assert adjacency is not None
    mate = adjacency.mate or (second.adjacency.own if second and second.adjacency else None)
    own_genes, mate_genes, remarks = _share_genes(first, second)
    ends = [
        _make_end(adjacency.own, own_genes, first, is_second=False, has=adjacency.has_strands),
        _make_end(mate, mate_genes, second, is_second=True, has=adjacency.has_strands),
    ]
    is_first = first.is_first if first.is_first is not None else _negate(second)
    if is_first is False:
        ends = [_turn(end) for end in reversed(ends)]
    problem, build = _settle_build(adjacency.own, mate, facts)
    isoform = first.isoform or (second.isoform if second else None)
    if isoform:
        ends = [
            _name_end(end, gene, exon)
            for end, gene, exon in zip(ends, isoform.genes, isoform.exons, strict=True)
        ]
    return CalledFusion(
        caller=ID,
        file=facts.file,
        line=first.row.line,
        end5=ends[0],
        end3=ends[1],
        caller_version=facts.version,
        sample=facts.sample,
        method=_find_method(first, facts),
        build=build,
        is_directed=is_first is not None,
        split_reads=_find_count(first.split_reads, second.split_reads if second else NOT_REPORTED),
        spanning_pairs=_find_count(
            first.spanning_pairs, second.spanning_pairs if second else NOT_REPORTED
        ),
        filters=tuple(dict.fromkeys((*first.filters, *(second.filters if second else ())))),
        remarks=(
            *_list_remarks(first, second),
            *remarks,
            *_list_changes(isoform),
            *_list_unknown(adjacency.own, mate),
        ),
        type=first.type,
        problem=_find_problem(first, mate) or problem,
        cells=_join_cells(first, second),
    )


def _settle_build(
    own: Breakend, mate: Breakend | None, facts: FileFacts
) -> tuple[str, Build | Absent]:
    """Give what is wrong with the builds of a junction, and its build."""
    builds: dict[Build, str] = {}
    for place in (own, mate):
        build = read_chromosome(place.chromosome).build if place else None
        if place and build is not None:
            builds.setdefault(build, place.chromosome)
    return settle_build(facts.build, builds)


def _list_unknown(own: Breakend, mate: Breakend | None) -> Iterator[str]:
    """Give accessions that are those of no chromosome."""
    names = dict.fromkeys(place.chromosome for place in (own, mate) if place)
    yield from (UNKNOWN_ACCESSION.format(n) for n in names if read_chromosome(n).is_unknown)


def _negate(allele: Allele | None) -> bool | None:
    return None if allele is None or allele.is_first is None else not allele.is_first


def _find_method(allele: Allele, facts: FileFacts) -> SequencingMethod:
    if fold_word(allele.type) in find_format().words["method_open"]:
        return SequencingMethod.UNSPECIFIED
    return SequencingMethod(facts.details.get(_METHOD, find_format().method.value))


def _find_count(own: int | Absent, mate: int | Absent) -> int | Absent:
    return mate if isinstance(own, Absent) else own


def _make_end(
    place: Breakend | None,
    genes: tuple[str, ...],
    allele: Allele | None,
    *,
    is_second: bool,
    has: bool,
) -> CalledEnd:
    gene = ",".join(genes)
    if place is None:
        return CalledEnd(gene=gene)
    strand = place.strand_as_second if is_second else place.strand_as_first
    return CalledEnd(
        gene=gene,
        gene_id=allele.genes.own_id if allele and len(genes) == 1 else "",
        chromosome=read_chromosome(place.chromosome).name,
        # The place before the first base of a chromosome is none.
        position=place.position or None,
        read_strand=strand if has else "",
        direction=("downstream" if place.keeps_left else "upstream") if has else "",
    )


def _turn(end: CalledEnd) -> CalledEnd:
    return replace(end, read_strand={"+": "-", "-": "+"}.get(end.read_strand, ""))


def _name_end(end: CalledEnd, gene: str, exon: str) -> CalledEnd:
    return replace(end, gene=gene, exon=exon)


def _share_genes(
    first: Allele, second: Allele | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Give the genes of both sides, and in words those that can't be given to one of them."""
    own = first.genes.own
    mate = second.genes.own if second else ()
    pairs = tuple(dict.fromkeys((*first.genes.pairs, *(second.genes.pairs if second else ()))))
    if set(own) == set(mate) and len(own) > 1:
        # Both rows were annotated with the genes of both.
        return (), (), (f"genes of both sides: {', '.join(own)}",)
    if set(own) & set(mate) and set(own) != set(mate):
        own, mate = (
            tuple(g for g in own if g not in mate) or own,
            tuple(g for g in mate if g not in own) or mate,
        )
    if len(pairs) == 1:
        (pair,) = pairs
        if len(own) == 1 and own[0] in pair and not mate:
            mate = (pair[1] if own[0] == pair[0] else pair[0],)
        elif len(mate) == 1 and mate[0] in pair and not own:
            own = (pair[1] if mate[0] == pair[0] else pair[0],)
    return own, mate, tuple(f"annotated as joined: {one}, {other}" for one, other in pairs)


def _list_remarks(first: Allele, second: Allele | None) -> Iterator[str]:
    yield from first.remarks
    if first.adjacency and first.adjacency.inserted:
        yield f"inserted bases: {first.adjacency.inserted}"
    if first.adjacency and first.adjacency.note:
        yield first.adjacency.note
    if second is not None:
        yield f"its mate stands in line {second.row.line}"
        yield from (f"mate {words}" for words in second.remarks if words not in first.remarks)
    elif first.is_mate_sure:
        yield f"its mate {' or '.join(first.mates)} was not found"
    if first.adjacency and first.adjacency.mate is None and second is None:
        yield "single breakend: only one side is known"


def _list_changes(isoform: Isoform | None) -> Iterator[str]:
    if isoform and isoform.change:
        yield f"bases put in or left out at the junction: {isoform.change}"


def _find_problem(first: Allele, mate: Breakend | None) -> str:
    if mate is not None or not first.is_mate_sure:
        return ""
    return f"Its mate {' or '.join(first.mates)} never comes, and the row does not say where it is."


def _join_cells(first: Allele, second: Allele | None) -> Mapping[str, str]:
    if second is None:
        return first.row.cells
    mates = {_MATE_CELL.format(name): cell for name, cell in second.row.cells.items()}
    return MappingProxyType({**first.row.cells, **mates})
