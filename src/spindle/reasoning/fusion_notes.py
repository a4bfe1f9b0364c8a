"""What is said of a fusion file and of each of its calls once they stand in a case.

Nothing of a file is left out of a case in silence: rows that were not interpreted are named with
their line and reason, and what stays out is counted and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spindle.assays.fusion_builds import BuildRead
from spindle.assays.fusion_findings import FindingRole, FusionFinding, Member
from spindle.assays.fusion_places import Place
from spindle.cases.absence import Absent
from spindle.knowledge.fusion_flags import load_flags

# More names, or lines, of one kind than these are counted.
NAMES_SHOWN = 12
# Flags that the call's own fields or other parts of a report say already.
_TOLD = frozenset(
    {
        "build_inferred",
        "domain_lost",
        "frame_disagrees",
        "name_repaired",
        "no_kinase",
        "not_interpreted",
        "not_known_in_imt",
        "out_of_frame",
        "unusual_at_site",
    }
)
_LEFT_OUT = {
    FindingRole.RECIPROCAL: "reciprocal or reversed product",
    FindingRole.NOISE: "read-through or noise",
    FindingRole.ANTISENSE: "read against the direction of a gene",
    FindingRole.PASSENGER: "no kinase, and a gene that is not known here",
}


@dataclass(frozen=True, slots=True)
class RowNotRead:
    """One row of a fusion file that could not be interpreted."""

    line: int
    """Line of the file, from 1."""
    written: str
    """The fusion or the words as written."""
    reason: str
    """Why it could not be interpreted."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Fusions of one kind that a file shows and that stay out of the case."""

    kind: str
    """What they are."""
    count: int
    """How many fusions."""
    names: tuple[str, ...]
    """Their names, a dozen at most."""


@dataclass(frozen=True, slots=True)
class FusionFileNote:
    """How one file of fusion calls was read for a case."""

    file: str
    """Name of the file."""
    caller: str
    """Caller, or kind of list."""
    caller_version: str
    """Version of the caller; empty when the file does not say it."""
    material: str
    """`RNA`, `DNA` or `RNA or DNA not said`."""
    build: str
    """Genome build and how it is known, in a sentence."""
    calls: int
    """Calls in the file, those that were not interpreted included."""
    in_case: int
    """Fusions of the file that stand in the case."""
    not_interpreted: tuple[RowNotRead, ...]
    """Rows that could not be interpreted."""
    left_out: tuple[LeftOut, ...]
    """What stays out of the case."""
    adequacy: str
    """What the file says of the quality of the test."""
    notes: tuple[str, ...]
    """What the reader doubts about the file as a whole."""


def list_rows_not_read(members: Iterable[Member]) -> tuple[RowNotRead, ...]:
    """Give the rows that could not be interpreted, in the order of their lines."""
    rows = [
        RowNotRead(member.call.line, _write_row(member), member.call.problem)
        for member in members
        if member.call.problem
    ]
    return tuple(sorted(rows, key=lambda row: row.line))


def _write_row(member: Member) -> str:
    """Give a row as written: its words, its genes, or its cells."""
    call = member.call
    has_gene = bool(call.end5.gene or call.end3.gene)
    return call.words or (call.name if has_gene else " | ".join(call.cells.values()))


def list_left_out(findings: Sequence[FusionFinding]) -> tuple[LeftOut, ...]:
    """Give what stays out of a case, by kind, with names and numbers."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        if kind := _LEFT_OUT.get(finding.role):
            found.setdefault(kind, []).append(finding.name)
    return tuple(
        LeftOut(kind, len(names), tuple(dict.fromkeys(names))[:NAMES_SHOWN])
        for kind, names in found.items()
    )


def say_rest(shown: int, count: int) -> str:
    """Give how many more there are than are named: ` and 3 more`; empty for none."""
    return f" and {count - shown:,} more" if count > shown else ""


def say_left_out(left: LeftOut) -> str:
    """Give one kind of what stays out: `2, read-through or noise: A::B, C::D`."""
    names = f"{', '.join(left.names)}{say_rest(len(left.names), left.count)}"
    return f"{left.count:,}, {left.kind}: {names}"


def list_test_notes(note: FusionFileNote) -> Iterator[str]:
    """Give what is to be known of a file as a test, each in a sentence."""
    yield note.build
    yield f"{note.calls:,} called in the file, {note.in_case:,} of the fusions in this case."
    for row in note.not_interpreted[:NAMES_SHOWN]:
        yield f"Line {row.line} was not interpreted (“{row.written}”): {row.reason}"
    if more := say_rest(NAMES_SHOWN, len(note.not_interpreted)):
        yield f"Not interpreted: {more.strip().removeprefix('and ')} rows."
    yield from (f"Left out of the case {say_left_out(left)}." for left in note.left_out)
    yield from note.notes
    yield note.adequacy


def list_call_notes(
    finding: FusionFinding, members: Sequence[Member], build: BuildRead
) -> Iterator[str]:
    """Give what is to be known of a call: where it stands, its reads, repairs and doubts.

    Parameters
    ----------
    members:
        The rows of one file that show it.
    """
    yield _say_lines(members)
    yield _say_reads(members)
    yield _say_build(members, build)
    yield from _list_repairs(finding, members)
    if others := [c for c in finding.callers if c not in {m.call.caller for m in members}]:
        yield f"also called by {', '.join(others)}"
    told = finding.read.call
    if all(member.call.file != told.file for member in members):
        yield f"exons and frame are those of {told.file}, which says most of it"
    words = dict.fromkeys(w for m in members for w in (m.call.confidence, *m.call.filters) if w)
    if words:
        yield f"by the caller: {', '.join(words)}"
    if "frame_disagrees" in finding.flags:
        yield f"caller and tables disagree on the frame: {finding.read.frame_basis}"
    yield from (load_flags()[flag].says for flag in finding.flags if flag not in _TOLD)


def _say_lines(members: Sequence[Member]) -> str:
    lines = [str(member.call.line) for member in members]
    shown = ", ".join(lines[:NAMES_SHOWN]) + say_rest(NAMES_SHOWN, len(lines))
    return f"line{'s' if len(lines) > 1 else ''} {shown}"


def _say_reads(members: Sequence[Member]) -> str:
    """Give the most reads of one row; what a caller does not count is not nought."""
    counted = (
        ("split reads", [member.call.split_reads for member in members]),
        ("spanning pairs", [member.call.spanning_pairs for member in members]),
    )
    said = []
    for words, counts in counted:
        if numbers := [n for n in counts if not isinstance(n, Absent)]:
            said.append(f"{words} {max(numbers):,}")
    return ", ".join(said) or "reads not given"


def _say_build(members: Sequence[Member], build: BuildRead) -> str:
    has_position = any(
        end.position is not None for m in members for end in (m.call.end5, m.call.end3)
    )
    if not has_position:
        return "no position given"
    if isinstance(build.build, Absent):
        return "genome build not known"
    how = "inferred" if build.is_inferred else "as the file or the user says"
    return f"{build.build.value}, {how}"


def _list_repairs(finding: FusionFinding, members: Sequence[Member]) -> Iterator[str]:
    """Give how the fusion was written where that is not its name, and what was repaired."""
    written = dict.fromkeys(_write_row(member) for member in members)
    if others := [words for words in written if words != finding.name]:
        yield f"written “{'”, “'.join(others[:NAMES_SHOWN])}”"
    yield from (_say_repair(p) for p in (finding.read.place5, finding.read.place3) if p.name.repair)


def _say_repair(place: Place) -> str:
    return f"{place.name.written} read as {place.name.symbol} ({place.name.repair})"
