"""One row of a VCF: what its alternative alleles join, and what it says of genes and reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.formats.cells.fusion_isoforms import Isoform, read_isoform
from spindle.formats.fusion_callers.tables import Row
from spindle.formats.fusion_callers.vcf_breakends import (
    LEFT_LEFT,
    LEFT_RIGHT,
    RIGHT_LEFT,
    RIGHT_RIGHT,
    Adjacency,
    AlleleError,
    Breakend,
    is_assembled,
    list_segment_junctions,
    read_bracketed,
    read_symbol,
)
from spindle.knowledge.fusion_callers import (
    CallerFormat,
    find_caller_format,
    fold_column,
    fold_word,
)

ID = "vcf"
POSITION_DIGITS = 10
_MISSING = "."
_SIDES = {
    "left_left": LEFT_LEFT,
    "right_right": RIGHT_RIGHT,
    "left_right": LEFT_RIGHT,
    "right_left": RIGHT_LEFT,
}


@dataclass(frozen=True, slots=True)
class Genes:
    """What a row says of genes."""

    own: tuple[str, ...] = ()
    """Genes at its own place, as written."""
    own_id: str = ""
    """Gene id that stands beside a single gene."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Two genes that the annotation names as joined, in an order that means nothing."""


@dataclass(frozen=True, slots=True)
class Allele:
    """What one alternative allele of a row joins."""

    row: Row
    """The row."""
    id: str
    """Id of the row; empty when it has none."""
    mates: tuple[str, ...]
    """Ids of the rows that may tell of the same junction from its other side."""
    is_mate_sure: bool
    """Whether those are called mates, and not partners, which mean two things."""
    adjacency: Adjacency | None
    """The junction; none when the allele joins no two places."""
    problem: str
    """Why there is none; empty when there is one."""
    type: str
    """Kind of rearrangement as written."""
    genes: Genes = field(default_factory=Genes)
    """What the row says of genes."""
    isoform: Isoform | None = None
    """Fusion that the id names: `EML4-ALK.E6aA20.AB374361_1`."""
    is_first: bool | None = None
    """Whether this side is the 5' one; none when the row does not say it."""
    split_reads: int | Absent = NOT_REPORTED
    """Reads across the junction."""
    spanning_pairs: int | Absent = NOT_REPORTED
    """Read pairs on both sides of it."""
    filters: tuple[str, ...] = ()
    """Filters that it did not pass."""
    remarks: tuple[str, ...] = ()
    """Fields of the row that tell how sure the places are."""


def find_format() -> CallerFormat:
    """Give the words and patterns of VCF."""
    return find_caller_format(ID)


def read_info(words: str) -> Mapping[str, str]:
    """Give the fields of the INFO column by key in lower case; a flag has an empty value."""
    fields: dict[str, str] = {}
    for part in words.split(";"):
        key, _, value = part.strip().partition("=")
        if key and key != _MISSING:
            fields.setdefault(fold_column(key), "" if value == _MISSING else value)
    return fields


def _find(cells: Mapping[str, str], name: str) -> str:
    """Give the first value that is written under any key of a field."""
    return next((cells[key] for key in find_format().columns[name] if cells.get(key)), "")


def _split(value: str) -> tuple[str, ...]:
    return tuple(part for part in value.split(",") if part and part != _MISSING)


def read_number(words: str) -> int | None:
    """Give a whole number from zero, or none."""
    is_number = words.isascii() and words.isdecimal() and len(words) <= POSITION_DIGITS
    return int(words) if is_number else None


def iterate_alleles(row: Row, layouts: Mapping[str, tuple[str, ...]]) -> Iterator[Allele]:
    """Give what each alternative allele of a row joins; one without a junction has its problem.

    Parameters
    ----------
    layouts:
        Columns of annotations by the key of their field, as the header of the file lists them.
    """
    info = read_info(row.cells.get("INFO", ""))
    alleles = row.cells.get("ALT", "").split(",")
    for number, alt in enumerate(alleles):
        try:
            found = _read_junctions(row, info, alt, number)
        except AlleleError as error:
            yield _make_allele(row, info, layouts, number, len(alleles), None, str(error))
            continue
        for adjacency in found:
            yield _make_allele(row, info, layouts, number, len(alleles), adjacency, "")


def _make_allele(
    row: Row,
    info: Mapping[str, str],
    layouts: Mapping[str, tuple[str, ...]],
    number: int,
    count: int,
    adjacency: Adjacency | None,
    problem: str,
) -> Allele:
    own_id = row.cells.get("ID", _MISSING)
    own_id = "" if own_id == _MISSING else own_id
    mates = _split(_find(info, "mate"))
    partners = _split(_find(info, "partner"))
    isoform, side, base = _read_named_id(own_id)
    if side and not mates:
        mates = (f"{base}_{3 - side}",)
    named = mates or partners
    return Allele(
        row=row,
        id=own_id,
        # One mate for each allele, in their order.
        mates=(named[number],) if mates and len(mates) == count else named,
        is_mate_sure=bool(mates),
        adjacency=adjacency,
        problem=problem,
        type=_find(info, "type") or read_symbol(row.cells.get("ALT", "").split(",")[number]),
        genes=_read_genes(info, layouts, is_span=_is_span(row, info, number)),
        isoform=isoform,
        is_first=_read_order(info, side),
        split_reads=_count_reads(row, info, "split_reads", number),
        spanning_pairs=_count_reads(row, info, "spanning_pairs", number),
        filters=_read_filters(row.cells.get("FILTER", "")),
        remarks=tuple(_list_remarks(info)),
    )


def _read_named_id(words: str) -> tuple[Isoform | None, int, str]:
    match = find_format().patterns["named_id"].fullmatch(words)
    isoform = read_isoform(match["name"]) if match else None
    return (isoform, int(match["side"]), match["name"]) if match and isoform else (None, 0, "")


def _read_order(info: Mapping[str, str], side: int) -> bool | None:
    if side:
        return side == 1
    flags = find_format().columns["is_first"]
    is_known = all(key in info for key in find_format().columns["is_order_known"])
    return True if is_known and any(key in info for key in flags) else None


def _read_filters(words: str) -> tuple[str, ...]:
    passed = find_format().words["passed"]
    return tuple(word for word in words.split(";") if word and fold_word(word) not in passed)


def _list_remarks(info: Mapping[str, str]) -> Iterator[str]:
    for key in find_format().columns["kept"]:
        if key in info:
            yield f"{key.upper()}={info[key]}" if info[key] else key.upper()


# Junctions --------------------------------------------------------------------------------------


def _find_kind(info: Mapping[str, str], alt: str) -> str:
    """Give the kind of a symbolic allele, or of a sequence that its row calls a large variant."""
    written = read_symbol(alt) or _find(info, "type").partition(":")[0]
    words = find_format().words
    kinds = ("deletion", "duplication", "inversion", "two_places")
    return next((kind for kind in kinds if fold_word(written) in words[kind]), "")


def _is_span(row: Row, info: Mapping[str, str], number: int) -> bool:
    """Give whether an allele is a segment, so that its annotation lists all the genes in it."""
    alt = row.cells.get("ALT", "").split(",")[number]
    return "[" not in alt and "]" not in alt and _find_kind(info, alt) != "two_places"


def _read_junctions(
    row: Row, info: Mapping[str, str], alt: str, number: int
) -> tuple[Adjacency, ...]:
    chromosome, ref = row.cells.get("CHROM", ""), row.cells.get("REF", "")
    position = read_number(row.cells.get("POS", ""))
    if not chromosome or position is None:
        raise AlleleError("The row has no chromosome or no position.")
    if found := read_bracketed(chromosome, position, ref, alt):
        return (found,)
    kind = _find_kind(info, alt)
    if is_assembled(alt) or not kind:
        raise AlleleError(f"The allele {_shorten(alt)} joins no two places.")
    if _find(info, "claim") and not find_format().patterns["junction"].search(_find(info, "claim")):
        raise AlleleError("The row claims a change of the number of copies and no junction.")
    if kind == "two_places":
        return (_read_two_places(info, chromosome, position),)
    if not read_symbol(alt) and kind != "deletion":
        raise AlleleError(f"The allele {_shorten(alt)} is a sequence and joins no two places.")
    return _read_segment(row, info, alt, number, kind)


def _read_segment(
    row: Row, info: Mapping[str, str], alt: str, number: int, kind: str
) -> tuple[Adjacency, ...]:
    chromosome, start = row.cells["CHROM"], int(row.cells["POS"])
    other = _find(info, "other_chromosome") or chromosome
    end = _find_end(row, info, alt, number)
    if end is None or (other == chromosome and end < start):
        raise AlleleError("The row does not say where its segment ends.")
    said = _read_sides(info)
    usual = {"deletion": (LEFT_RIGHT,), "duplication": (RIGHT_LEFT,)}
    sides = said or usual.get(kind, (LEFT_LEFT, RIGHT_RIGHT))
    if other == chromosome:
        return list_segment_junctions(chromosome, start, end, sides)
    return tuple(
        Adjacency(Breakend(chromosome, start, own), Breakend(other, end, mate))
        for own, mate in sides
    )


def _find_end(row: Row, info: Mapping[str, str], alt: str, number: int) -> int | None:
    start, ref = int(row.cells["POS"]), row.cells.get("REF", "")
    if not read_symbol(alt):
        return start + len(ref) - 1 if len(ref) > 1 else None
    lengths = _split(_find(info, "length"))
    # One END can't tell of several alleles.
    is_one = "," not in row.cells.get("ALT", "")
    if (end := read_number(_find(info, "end"))) is not None and (is_one or not lengths):
        return end
    length = lengths[number] if number < len(lengths) else ""
    size = read_number(length.removeprefix("-"))
    return None if size is None else start + size


def _read_sides(info: Mapping[str, str]) -> tuple[tuple[bool, bool], ...]:
    """Give which sides the row says are kept: `CT=3to5`, `STRANDS=++:7,--:2`, the flag `INV3`."""
    patterns = find_format().patterns
    words = list(_split(_find(info, "connection")))
    words += [key.upper() for key in find_format().columns["connection_flags"] if key in info]
    found = [
        sides for name, sides in _SIDES.items() if any(patterns[name].fullmatch(w) for w in words)
    ]
    return tuple(found)


def _read_two_places(info: Mapping[str, str], chromosome: str, position: int) -> Adjacency:
    other = _find(info, "other_chromosome")
    place = read_number(_find(info, "other_position"))
    if not other or place is None:
        raise AlleleError("The row does not say with which place it is joined.")
    sides = _read_sides(info)
    own, mate = sides[0] if len(sides) == 1 else LEFT_RIGHT
    return Adjacency(
        Breakend(chromosome, position, own),
        Breakend(other, place, mate),
        note="" if len(sides) == 1 else "which sides are kept is not said",
        has_strands=len(sides) == 1,
    )


_SHOWN = 40


def _shorten(alt: str) -> str:
    return repr(alt if len(alt) <= _SHOWN else f"{alt[:_SHOWN]}...")


# Genes ------------------------------------------------------------------------------------------


def read_layout(description: str) -> tuple[str, ...]:
    """Give the columns that the description of an annotation lists between bars, as keys."""
    match = find_format().patterns["layout"].search(description)
    return (
        tuple(fold_column(name.strip(" '\"")) for name in match.group().split("|")) if match else ()
    )


def _read_genes(
    info: Mapping[str, str], layouts: Mapping[str, tuple[str, ...]], *, is_span: bool
) -> Genes:
    written = _split(_find(info, "genes"))
    names = list(written)
    pairs: list[tuple[str, str]] = []
    for key, layout in layouts.items():
        for entry in _split(info.get(key, "")):
            cells = dict(zip(layout, entry.split("|"), strict=False))
            gene = next(
                (cells[c] for c in find_format().columns["annotation_gene"] if cells.get(c)), ""
            )
            if "&" in gene:
                first, _, second = gene.partition("&")
                pairs.append((first, second))
            elif gene and not is_span and not _is_beside(cells):
                names.append(gene)
    ids = _split(_find(info, "gene_ids"))
    own = tuple(dict.fromkeys(names))
    own_id = ids[0] if len(ids) == 1 and own == written and len(own) == 1 else ""
    return Genes(own, own_id, tuple(dict.fromkeys(pairs)))


def _is_beside(cells: Mapping[str, str]) -> bool:
    """Give whether an annotation only says that a gene lies in the neighbourhood."""
    effect = _find(cells, "annotation_effect")
    beside = find_format().words["beside_gene"]
    return bool(effect) and all(fold_word(word) in beside for word in effect.split("&"))


# Reads ------------------------------------------------------------------------------------------


def _count_reads(row: Row, info: Mapping[str, str], what: str, number: int) -> int | Absent:
    """Give a count of the row, or of its sample when it has one sample only."""
    if (count := read_number(_find(info, what))) is not None:
        return count
    names = list(row.cells)
    place = names.index("FORMAT") if "FORMAT" in names else len(names)
    samples = names[place + 1 :]
    if len(samples) != 1:
        return NOT_REPORTED
    keys = [fold_column(key) for key in row.cells["FORMAT"].split(":")]
    cells = dict(zip(keys, row.cells[samples[0]].split(":"), strict=False))
    for key in find_format().columns[f"{what}_of_sample"]:
        values = cells.get(key, "").split(",")
        # Counts by allele begin with that of the reference.
        value = values[0] if len(values) == 1 else values[min(number + 1, len(values) - 1)]
        if (count := read_number(value)) is not None:
            return count
    return NOT_REPORTED


def count_samples(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Give the columns of samples: those behind FORMAT."""
    return columns[columns.index("FORMAT") + 1 :] if "FORMAT" in columns else ()
