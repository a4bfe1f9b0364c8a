"""What the readers of fusion calls ask of the declared formats: patterns, their groups, columns.

A pattern without the part that its reader takes from it would end in a fault in the middle of a
file, or leave every row unread without a word. So it is refused when the formats are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

# The parts that readers take from what a pattern finds.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "breakpoint": ("chromosome", "position"),
    "name": ("gene5", "gene3"),
    "order": ("gene5", "gene3"),
    "frame": ("frame",),
    "sample": ("sample",),
    "named_id": ("name", "side"),
    "adjoined": ("id5", "site5", "gene5", "id3", "site3", "gene3", "linker"),
    "cosmic": ("id5", "site5", "gene5", "id3", "site3", "gene3"),
    "exon": ("exon",),
    "joint": ("joint",),
    "locus": ("chromosome5", "position5", "chromosome3", "position3"),
}
# Patterns of which every find is taken as a whole, so that a group would take its place.
WITHOUT_GROUPS = ("list", "discarding")
_BREAKPOINTS = ("breakpoint5", "breakpoint3")
_PLACES = ("chromosome5", "chromosome3", "position5", "position3")
_GENES = ("gene5", "gene3")
_NOTHING = ("nothing",)
_HEADER = ("requires",)
_NO_HEADER = ("unnamed",)
_CALLS = (
    "call_positive", "call_negative", "call_failed", "call_equivocal", "call_withheld",
    "call_not_done",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Needs:
    """What the reader of one format asks for."""

    patterns: tuple[str, ...] = ()
    """Patterns by name."""
    columns: tuple[str, ...] = ()
    """Fields for which columns are declared."""
    words: tuple[str, ...] = _NOTHING
    """Meanings for which words are declared, by the format or for all."""
    lists: tuple[str, ...] = _HEADER
    """How it is recognised: `requires` by its header, `unnamed` without one."""


NEEDS: Mapping[str, Needs] = {
    "arriba": Needs(("breakpoint", "list", "discarding"), (*_GENES, *_BREAKPOINTS)),
    "star-fusion": Needs(("breakpoint", "name"), ("name", *_GENES, *_BREAKPOINTS)),
    "fusioninspector": Needs(("breakpoint", "name"), ("name", *_GENES, *_BREAKPOINTS)),
    "ctat-lr-fusion": Needs(("breakpoint", "name"), ("name", *_GENES, *_BREAKPOINTS)),
    "fusioncatcher": Needs(("breakpoint", "list"), (*_GENES, *_BREAKPOINTS)),
    "jaffa": Needs(("name",), ("name", *_PLACES)),
    "genion": Needs(("ids", "name", "passed", "list"), ("name", "ids"), lists=_NO_HEADER),
    "cbioportal-sv": Needs(
        ("order", "frame", "joint"), (*_GENES, *_PLACES), (*_NOTHING, "exon", "yes")
    ),
    "enfusion": Needs(("name",), (*_GENES, "order", *_PLACES)),
    "breakpoint-list": Needs(("breakpoint", "name"), ("name", *_BREAKPOINTS)),
    "bedpe": Needs(
        ("chromosome", "number", "pair", "name"), ("name", *_PLACES), lists=_NO_HEADER
    ),
    "gene-list": Needs(
        ("gene", "own_hyphen"),
        (*_GENES, *_PLACES),
        (*_NOTHING, "directed_columns"),
        (*_HEADER, *_NO_HEADER),
    ),
    "vcf": Needs(
        patterns=(
            "left_left", "right_right", "left_right", "right_left", "junction", "build_line",
            "grch37", "grch38", "rna", "named_id", "layout",
        ),
        columns=(
            "type", "mate", "partner", "end", "length", "claim", "other_chromosome",
            "other_position", "connection", "connection_flags", "is_first", "is_order_known",
            "genes", "gene_ids", "annotation_gene", "annotation_effect", "split_reads",
            "spanning_pairs", "split_reads_of_sample", "spanning_pairs_of_sample", "kept",
        ),
        words=(
            *_NOTHING, "passed", "deletion", "duplication", "inversion", "two_places",
            "method_open", "beside_gene", "contigs_grch37", "contigs_grch38",
        ),
        lists=(),
    ),
    "report-words": Needs(
        ("adjoined", "cosmic", "exon", "locus", "fusion_word", "near", "reads"),
        words=_CALLS,
        lists=(),
    ),
}  # fmt: skip


def find_lack(
    format_id: str,
    patterns: Iterable[str],
    columns: Iterable[str],
    words: Iterable[str],
    lists: Iterable[str],
) -> str:
    """Give what a format lacks that its reader asks for, such as `the pattern name`, or nothing."""
    needs = NEEDS.get(format_id)
    if needs is None:
        return ""

    def list_lacks() -> Iterator[str]:
        for kind, wanted, held in (
            ("pattern", needs.patterns, patterns),
            ("columns for", needs.columns, columns),
            ("words for", needs.words, words),
            ("list", needs.lists, lists),
        ):
            there = set(held)
            yield from (f"the {kind} {name}" for name in wanted if name not in there)

    return next(list_lacks(), "")


def find_group_fault(name: str, pattern: re.Pattern[str]) -> str:
    """Give what is wrong with the groups of a pattern, as a sentence, or nothing."""
    if lacking := [group for group in GROUPS.get(name, ()) if group not in pattern.groupindex]:
        return f"The pattern {name} has no group {lacking[0]!r}, which its reader takes."
    if name in WITHOUT_GROUPS and pattern.groups:
        return f"The pattern {name} has a group; its reader takes what is found as a whole."
    return ""
