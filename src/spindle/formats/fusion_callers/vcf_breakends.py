"""What the alternative alleles of a VCF join: two places, and which side of each is kept.

The four forms with brackets, single breakends and the symbols `<DEL>`, `<DUP>`, `<INV>`, `<TRA>` of
the VCF specification 4.1 to 4.4 all come down to the same: of each place either what lies before it
is kept or what lies behind it. Which side is the 5' one is not said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

PLUS, MINUS = "+", "-"
_FLIPPED = {PLUS: MINUS, MINUS: PLUS}
_BASES = r"[ACGTRYKMSWBDHVNacgtrykmswbdhvn]"
_PLACE = r"(?P<chromosome><[^<>\s]+>|[^\[\]<>\s]+):(?P<position>[0-9]{1,10})"
_AFTER = re.compile(rf"(?P<bases>{_BASES}+|\.)(?P<bracket>[\[\]]){_PLACE}(?P=bracket)")
_BEFORE = re.compile(rf"(?P<bracket>[\[\]]){_PLACE}(?P=bracket)(?P<bases>{_BASES}+|\.)")
_SINGLE = re.compile(rf"(?P<dot>\.)?(?P<bases>{_BASES}+)(?P<last>\.)?")
_SYMBOL = re.compile(r"<(?P<kind>[^<>:]+)(?::[^<>]*)?>")
_ASSEMBLED = re.compile(rf"{_BASES}*<[^<>]+>{_BASES}*")


class Breakend(NamedTuple):
    """One place at which a chromosome is broken."""

    chromosome: str
    """Chromosome as written, or a contig in angle brackets."""
    position: int
    """The outermost base that is kept, 1-based; 0 stands before the first one."""
    keeps_left: bool
    """Whether what lies before the position is kept, and not what lies behind it."""

    @property
    def strand_as_first(self) -> str:
        """Strand on which it is read when it is the first of two."""
        return PLUS if self.keeps_left else MINUS

    @property
    def strand_as_second(self) -> str:
        """Strand on which it is read when it is the second of two."""
        return _FLIPPED[self.strand_as_first]


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Two places that a record joins, the one of its own row first."""

    own: Breakend
    """The place at which the row stands."""
    mate: Breakend | None
    """The other one; none for a single breakend."""
    inserted: str = ""
    """Bases between the two, as the row prints them; empty for none."""
    note: str = ""
    """What is to be known about it: the second junction of an inversion. Empty for nothing."""
    has_strands: bool = True
    """Whether the row says which sides are kept; without it both `keeps_left` mean nothing."""

    def mirrors(self, other: Adjacency) -> bool:
        """Give whether the row of another breakend tells of the same junction.

        With the same bases on both sides, each row may hold its own place fixed: then both places
        of the other one are shifted by as much.
        """
        if self.mate is None or other.mate is None:
            return self.mate is None and other.mate is None
        same_chromosomes = (
            self.own.chromosome == other.mate.chromosome
            and self.mate.chromosome == other.own.chromosome
        )
        same_sides = (
            self.own.keeps_left == other.mate.keeps_left
            and self.mate.keeps_left == other.own.keeps_left
        )
        own_shift = other.mate.position - self.own.position
        mate_shift = other.own.position - self.mate.position
        # Where the same side is kept of both, the places move in opposite ways.
        turns = self.own.keeps_left == self.mate.keeps_left
        return (
            same_chromosomes and same_sides and own_shift == (-mate_shift if turns else mate_shift)
        )


class AlleleError(ValueError):
    """An allele that joins no two places, with the reason."""


def read_bracketed(chromosome: str, position: int, ref: str, alt: str) -> Adjacency | None:
    """Give what an allele with brackets or a single breakend joins; none for another allele."""
    if "[" in alt or "]" in alt:
        return _read_brackets(chromosome, position, ref, alt)
    match = _SINGLE.fullmatch(alt)
    if match is None or bool(match["dot"]) == bool(match["last"]):
        return None
    own, inserted = _place_own(chromosome, position, ref, match["bases"], bool(match["last"]))
    return Adjacency(own, None, inserted)


def _read_brackets(chromosome: str, position: int, ref: str, alt: str) -> Adjacency:
    after, before = _AFTER.fullmatch(alt), _BEFORE.fullmatch(alt)
    match = after or before
    if match is None:
        raise AlleleError(f"The breakend {alt!r} has none of the four forms.")
    own, inserted = _place_own(chromosome, position, ref, match["bases"], after is not None)
    mate = Breakend(match["chromosome"], int(match["position"]), match["bracket"] == "]")
    return Adjacency(own, mate, inserted)


def _place_own(
    chromosome: str, position: int, ref: str, bases: str, keeps_left: bool
) -> tuple[Breakend, str]:
    """Give the place of a row whose reference bases are replaced, and the bases that are new."""
    if bases == ".":
        return Breakend(chromosome, position, keeps_left), ""
    old, new = ref.upper(), bases.upper()
    kept = max(_count_common(old, new) if keeps_left else _count_common(old[::-1], new[::-1]), 1)
    if keeps_left:
        return Breakend(chromosome, position + kept - 1, keeps_left=True), bases[kept:]
    return Breakend(chromosome, position + len(ref) - kept, keeps_left=False), bases[:-kept]


def _count_common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def read_symbol(alt: str) -> str:
    """Give the kind of a symbolic allele (`DUP` for `<DUP:TANDEM>`), or an empty text."""
    match = _SYMBOL.fullmatch(alt)
    return match["kind"].upper() if match else ""


def is_assembled(alt: str) -> bool:
    """Give whether an allele is a contig of an assembly, put in: `C<ctg1>`."""
    return bool(_ASSEMBLED.fullmatch(alt)) and not read_symbol(alt)


LEFT_LEFT, RIGHT_RIGHT = (True, True), (False, False)
LEFT_RIGHT, RIGHT_LEFT = (True, False), (False, True)
# By the sides that are kept: how far the place stands behind the position that the row prints. The
# printed start is the base before the segment, the printed end its last base.
_OFFSETS: Mapping[tuple[bool, bool], tuple[int, int]] = {
    LEFT_LEFT: (0, 0),
    RIGHT_RIGHT: (1, 1),
    LEFT_RIGHT: (0, 1),
    RIGHT_LEFT: (1, 0),
}
INVERSION_NOTES = {
    LEFT_LEFT: "the junction at which an inversion begins",
    RIGHT_RIGHT: "the junction at which an inversion ends",
}


def list_segment_junctions(
    chromosome: str, start: int, end: int, sides: Collection[tuple[bool, bool]]
) -> tuple[Adjacency, ...]:
    """Give the junctions that a deleted, doubled or turned segment makes.

    Parameters
    ----------
    start:
        The base before the segment, as VCF prints it.
    end:
        The last base of the segment.
    sides:
        Which sides are kept at each junction; an inversion has two.
    """
    found = []
    for kept in sides:
        own, mate = _OFFSETS[kept]
        found.append(
            Adjacency(
                Breakend(chromosome, start + own, kept[0]),
                Breakend(chromosome, end + mate, kept[1]),
                note=INVERSION_NOTES.get(kept, ""),
            )
        )
    return tuple(found)
