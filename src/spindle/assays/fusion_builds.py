"""On which genome build a file's positions lie: declared, inferred from edges of exons, or refused.

RNA is joined at edges of exons, and hardly any edge of one build is one of the other. So a file
whose positions fall on edges of one build only lies on that build. Where they fall on edges of
both, or of none, no build is assumed and nothing is located.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from spindle.assays.fusion_calls import ReadCall, read_call
from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.knowledge.fusion_reading import load_settings
from spindle.knowledge.gene_names import read_gene_name
from spindle.knowledge.transcripts import Transcript, find_gene_at, load_transcripts

# Calls looked at before a build is decided; the rest of a long file is checked as it comes.
LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class BuildRead:
    """The genome build of a file, and how it is known."""

    build: Build | Absent
    """The build; unknown when it is neither declared nor to be inferred."""
    basis: str
    """How it is known, or why it is not, in a sentence."""
    is_inferred: bool = False
    """Whether it was inferred from positions."""


def list_edge_builds(end: CalledEnd) -> tuple[Build, ...]:
    """Give the builds on which a side's position is an edge of an exon.

    The exon is one of its gene, or of the gene in which it lies when the row names none.
    """
    return tuple(
        build
        for build in Build
        if (found := _find_transcript(end, build)) and end.position in found.edges[build]
    )


def list_span_builds(end: CalledEnd) -> tuple[Build, ...]:
    """Give the builds on which a side's position lies within its gene, or within any gene.

    Any gene counts when the row names none.
    """
    return tuple(build for build in Build if _is_within(end, build))


def _is_within(end: CalledEnd, build: Build) -> bool:
    transcript = _find_transcript(end, build)
    if transcript is None or end.position is None:
        return False
    least, most = transcript.span(build)
    return least <= end.position <= most


def _find_transcript(end: CalledEnd, build: Build) -> Transcript | None:
    """Give the transcript of a side's gene; none when the gene lies on another chromosome."""
    if end.position is None:
        return None
    if not end.gene:
        return load_transcripts().get(find_gene_at(end.chromosome, end.position, build))
    transcript = load_transcripts().get(read_gene_name(end.gene).symbol)
    is_elsewhere = (
        transcript is not None
        and end.chromosome
        and end.chromosome.upper() != transcript.chromosome.upper()
    )
    return None if is_elsewhere else transcript


def _list_told(call: CalledFusion) -> Iterator[tuple[CalledEnd, tuple[Build, ...]]]:
    """Give the sides of a call whose span tells of builds, with those builds.

    Among the many breakpoints of a genome some lie in a gene of the tables by chance, and on the
    wrong build as easily as on the right one. So a side without a gene counts only when the other
    side lies in a gene on that build as well.
    """
    ends = (call.end5, call.end3)
    spans = [list_span_builds(end) for end in ends]
    for end, own, other in zip(ends, spans, reversed(spans), strict=True):
        yield end, own if end.gene else tuple(build for build in own if build in other)


def _list_at_edges(call: CalledFusion) -> Iterator[tuple[CalledEnd, tuple[Build, ...]]]:
    """Give the sides of a call with the builds on which they lie at an edge of an exon."""
    yield from ((end, list_edge_builds(end)) for end in (call.end5, call.end3))


def infer_build(calls: Iterable[CalledFusion]) -> BuildRead:
    """Give the build on which positions lie: by edges of exons, else by the spans of genes.

    Edges decide when all those that tell the builds apart agree. Spans decide only where no edge
    tells anything: a breakpoint of DNA lies in an intron.
    """
    placed = [c for c in calls if c.end5.position is not None or c.end3.position is not None]
    for find, what in ((_list_at_edges, "edges of exons"), (_list_told, "their genes")):
        told = [(end, builds) for call in placed for end, builds in find(call)]
        telling = [(end, builds[0]) for end, builds in told if len(builds) == 1]
        found = {build for _, build in telling}
        if len(found) == 1:
            return _infer(found.pop(), telling[0][0], len(telling), what)
        if found:
            basis = (
                f"Refused: some positions lie on {what} of GRCh37 and others of GRCh38. Say which "
                "it is with --build."
            )
            return BuildRead(UNKNOWN, basis)
    if not placed:
        return BuildRead(UNKNOWN, "No position is written, so no build is needed.")
    basis = "Refused: no position tells the builds apart. Say which it is with --build."
    return BuildRead(UNKNOWN, basis)


def _infer(build: Build, first: CalledEnd, count: int, what: str) -> BuildRead:
    gene = first.gene
    if not gene and first.position is not None:
        gene = find_gene_at(first.chromosome, first.position, build)
    basis = (
        f"{build.value}, inferred: {_count(count, 'position')} {'lies' if count == 1 else 'lie'} "
        f"on {what} of this build only, such as {gene} {first.chromosome}:{first.position}."
    )
    return BuildRead(build, basis, is_inferred=True)


def _count(n: int, what: str) -> str:
    return f"one {what}" if n == 1 else f"{n:,} {what}s"


def read_calls(
    calls: Iterable[CalledFusion], declared: Build | None = None
) -> tuple[BuildRead, Iterator[ReadCall]]:
    """Give the build of a file's calls, and what each of them means, as they come.

    Parameters
    ----------
    declared:
        The build that the user declares; it overrules what the file says.
    """
    source = iter(calls)
    looked_at = list(_take_first(source))
    built = _decide(looked_at, declared)
    return built, _read(chain(looked_at, source), built, is_declared=declared is not None)


def _take_first(calls: Iterator[CalledFusion]) -> Iterator[CalledFusion]:
    """Give the calls by which the build is decided, which are held in memory all together."""
    held, most = 0, load_settings()["looked-at"]
    for call in islice(calls, LOOKED_AT):
        yield call
        held += sum(map(len, call.cells.values()))
        if held > most:
            return


def _decide(calls: list[CalledFusion], declared: Build | None) -> BuildRead:
    if declared is not None:
        return BuildRead(declared, f"{declared.value}, as declared by the user.")
    written = {call.build for call in calls if not isinstance(call.build, Absent)}
    if len(written) == 1:
        build = written.pop()
        return BuildRead(build, f"{build.value}, as the file says.")
    if written:
        return BuildRead(UNKNOWN, "Refused: the file names both builds.")
    return infer_build(calls)


def _read(
    calls: Iterable[CalledFusion], built: BuildRead, *, is_declared: bool
) -> Iterator[ReadCall]:
    for call in calls:
        flags: tuple[str, ...] = ()
        build = built.build
        if built.is_inferred:
            flags = ("build_inferred",)
            edges = [builds for _, builds in _list_at_edges(call) if builds]
            if edges and all(build not in builds for builds in edges):
                flags, build = ("build_contradicted",), UNKNOWN
        if not is_declared and isinstance(call.build, Build) and call.build is not built.build:
            # A row that names another build than the rows before it.
            flags, build = ("build_contradicted",), UNKNOWN
        yield read_call(call, build, flags)
