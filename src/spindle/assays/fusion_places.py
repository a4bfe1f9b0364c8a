"""Where the two sides of a called fusion lie on their transcripts, and how much of each is kept.

The place is counted in bases of the spliced transcript. A breakpoint of RNA inside an intron leaves
the intron's bases in the transcript, and they count. A breakpoint of DNA inside an intron joins the
exons on both sides of it. Where it is not said whether RNA or DNA was read, an intron means two
things, and the place says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from spindle.cases.fusion_calls import Build
from spindle.cases.observations import SequencingMethod
from spindle.knowledge.gene_names import GeneName, read_gene_name
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.transcripts import (
    Spot,
    Transcript,
    Where,
    find_mane_number,
    find_older_number,
    load_transcripts,
)


class Side(StrEnum):
    """Which part of its gene a side keeps."""

    FIVE = "5p"
    """The beginning, up to the breakpoint."""
    THREE = "3p"
    """The end, from the breakpoint on."""


class PlaceKind(StrEnum):
    """How a breakpoint lies."""

    EXON_EDGE = "exon_edge"
    """At the end of an exon (5' side) or at its start (3' side): where splicing joins."""
    WITHIN_EXON = "within_exon"
    """Inside an exon."""
    INTRON = "intron"
    """Inside an intron."""
    OUTSIDE = "outside"
    """Before the first exon or behind the last one: outside, which is not absent."""
    BY_EXON_NUMBER = "by_exon_number"
    """Only an exon number was written."""
    NOT_LOCATED = "not_located"
    """No position, no transcript, or no build."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one side of a fusion lies on the transcript of its gene."""

    name: GeneName
    """The gene, with what was done to its name."""
    transcript: Transcript | None
    """Its transcript; none for a gene outside the tables."""
    side: Side
    """Which part of the gene is kept."""
    kind: PlaceKind
    """How the breakpoint lies."""
    spot: Spot | None = None
    """Where the position lies; none without one."""
    exon: int | None = None
    """Last exon kept (5') or first one (3'), by MANE's numbering; none when it is not known."""
    cut: int | None = None
    """Bases of the spliced transcript that stand before the junction (5'), or that are left out
    before it (3'); none when it is not known."""
    intron_bases: int = 0
    """Bases of an intron that the transcript keeps at the junction."""
    is_two_things: bool = False
    """Whether it depends on what was sequenced: inside an intron, and RNA or DNA was not said."""
    problem: str = ""
    """Why it could not be located, in a sentence; empty when it could."""
    other_exons: tuple[int, ...] = ()
    """Further exons that the written number may mean, when papers count differently."""

    @property
    def coding_before(self) -> int:
        """Coding bases of the gene that stand before the junction.

        Raises
        ------
        ValueError
            For a place that is not located.
        """
        if self.transcript is None or self.cut is None:
            raise ValueError("a place that is not located has no coding bases")
        return self.transcript.count_coding_before(self.cut)

    @property
    def exon_older(self) -> int | None:
        """The exon by the number that papers print; none where it is not known."""
        if self.exon is None or self.transcript is None:
            return None
        return find_older_number(self.transcript.gene, self.exon)


NO_TRANSCRIPT = "{} is outside the tables, so nothing is located in it."
NO_NUMBER = (
    "The exon of {} is written {}, which is no number of an exon: bases of an intron or another "
    "place may be meant."
)
NO_GENE = "No gene is named on one side, so nothing is located there."
A_GROUP = "{} stands for several genes ({}), so nothing is located in it."
NO_POSITION = "Neither a position nor an exon is written for {}."
NO_BUILD = "The genome build is not known, so the position in {} is not located."
WRONG_CHROMOSOME = "{} lies on chromosome {}, and the position on {}."
NO_SUCH_EXON = "{} has {} exons, and exon {} is written."


@lru_cache(maxsize=65_536)
def place_position(
    gene: str,
    side: Side,
    chromosome: str,
    position: int,
    build: Build,
    method: SequencingMethod,
) -> Place:
    """Give where a position lies on a gene's transcript and what is kept there.

    Parameters
    ----------
    position:
        Last base kept of the 5' side, first base kept of the 3' side, 1-based.
    """
    name = read_gene_name(gene)
    transcript = load_transcripts().get(name.symbol)
    if transcript is None:
        return _fail(name, None, side, _say_no_transcript(name))
    if chromosome and chromosome.upper() != transcript.chromosome.upper():
        said = WRONG_CHROMOSOME.format(name.symbol, transcript.chromosome, chromosome)
        return _fail(name, transcript, side, said)
    spot = transcript.locate(position, build)
    if spot.where is Where.EXON:
        is_edge = spot.is_at_end if side is Side.FIVE else spot.is_at_start
        kind = PlaceKind.EXON_EDGE if is_edge else PlaceKind.WITHIN_EXON
        cut = spot.cdna + 1 if side is Side.FIVE else spot.cdna
        return Place(name, transcript, side, kind, spot, spot.exon, cut)
    if spot.where is Where.INTRON:
        return _place_intron(name, transcript, side, spot, method)
    return Place(name, transcript, side, PlaceKind.OUTSIDE, spot)


def _place_intron(
    name: GeneName, transcript: Transcript, side: Side, spot: Spot, method: SequencingMethod
) -> Place:
    if side is Side.FIVE:
        exon, inside = spot.exon, spot.after_start
        cut = transcript.find_exon_end(exon)
    else:
        exon, inside = spot.exon + 1, spot.before_end
        cut = transcript.find_exon_start(exon)
    kept = 0 if method is SequencingMethod.DNA else inside
    is_open = method not in (SequencingMethod.DNA, SequencingMethod.RNA)
    return Place(
        name, transcript, side, PlaceKind.INTRON, spot, exon, cut, kept, is_two_things=is_open
    )


@lru_cache(maxsize=65_536)
def place_exon(gene: str, side: Side, exon: int) -> Place:
    """Give the place of an exon number without a position.

    A number is read by MANE's numbering; where papers give another exon that number, both stand.
    """
    name = read_gene_name(gene)
    transcript = load_transcripts().get(name.symbol)
    if transcript is None:
        return _fail(name, None, side, _say_no_transcript(name))
    if not 0 < exon <= transcript.exons:
        said = NO_SUCH_EXON.format(name.symbol, transcript.exons, exon)
        return _fail(name, transcript, side, said)
    older = find_mane_number(name.symbol, exon)
    others = (older,) if older is not None and older != exon else ()
    return _at_exon(name, transcript, side, exon, others)


def list_other_places(place: Place) -> tuple[Place, ...]:
    """Give the same side at the further exons that its written number may mean."""
    if place.transcript is None:
        return ()
    return tuple(
        _at_exon(place.name, place.transcript, place.side, exon, ()) for exon in place.other_exons
    )


def _at_exon(
    name: GeneName, transcript: Transcript, side: Side, exon: int, others: tuple[int, ...]
) -> Place:
    ends = side is Side.FIVE
    cut = transcript.find_exon_end(exon) if ends else transcript.find_exon_start(exon)
    kind = PlaceKind.BY_EXON_NUMBER
    return Place(name, transcript, side, kind, None, exon, cut, other_exons=others)


def place_nowhere(gene: str, side: Side, *, has_build: bool = True, written: str = "") -> Place:
    """Give the place of a side without a position or an exon, or without a build.

    Parameters
    ----------
    written:
        An exon as written that is no number: `6b`, `intron 19`.
    """
    name = read_gene_name(gene)
    transcript = load_transcripts().get(name.symbol)
    if transcript is None:
        return _fail(name, None, side, _say_no_transcript(name))
    wanted = NO_POSITION if has_build else NO_BUILD
    if written and has_build:
        wanted = NO_NUMBER
    return _fail(name, transcript, side, wanted.format(name.symbol, written))


def _say_no_transcript(name: GeneName) -> str:
    if not name.symbol:
        return NO_GENE
    if genes := load_kinases().groups.get(name.symbol):
        return A_GROUP.format(name.symbol, ", ".join(genes))
    return NO_TRANSCRIPT.format(name.symbol)


def _fail(name: GeneName, transcript: Transcript | None, side: Side, problem: str) -> Place:
    return Place(name, transcript, side, PlaceKind.NOT_LOCATED, problem=problem)
