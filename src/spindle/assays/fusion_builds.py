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
from spindle.knowledge.gene_names import read_gene_name
from spindle.knowledge.transcripts import load_transcripts

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
    """Give the builds on which a side's position is an edge of an exon of its gene."""
    transcript = load_transcripts().get(read_gene_name(end.gene).symbol)
    if transcript is None or end.position is None:
        return ()
    return tuple(build for build in Build if end.position in transcript.edges[build])


def list_span_builds(end: CalledEnd) -> tuple[Build, ...]:
    """Give the builds on which a side's position lies within its gene."""
    transcript = load_transcripts().get(read_gene_name(end.gene).symbol)
    if transcript is None or end.position is None:
        return ()
    spans = {build: transcript.span(build) for build in Build}
    return tuple(b for b, (least, most) in spans.items() if least <= end.position <= most)


def infer_build(calls: Iterable[CalledFusion]) -> BuildRead:
    """Give the build on which positions lie: by edges of exons, else by the spans of genes.

    Edges decide when all those that tell the builds apart agree. Spans decide only where no edge
    tells anything: a breakpoint of DNA lies in an intron.
    """
    ends = [end for call in calls for end in (call.end5, call.end3) if end.position is not None]
    for find, what in ((list_edge_builds, "edges of exons"), (list_span_builds, "their genes")):
        telling = [(end, builds[0]) for end in ends if len(builds := find(end)) == 1]
        found = {build for _, build in telling}
        if len(found) == 1:
            build = found.pop()
            first = telling[0][0]
            basis = (
                f"{build.value}, inferred: {_count(len(telling), 'position')} "
                f"{'lies' if len(telling) == 1 else 'lie'} on {what} of this build only, such as "
                f"{first.gene} {first.chromosome}:{first.position}."
            )
            return BuildRead(build, basis, is_inferred=True)
        if found:
            basis = (
                f"Refused: some positions lie on {what} of GRCh37 and others of GRCh38. Say which "
                "it is with --build."
            )
            return BuildRead(UNKNOWN, basis)
    if not ends:
        return BuildRead(UNKNOWN, "No position is written, so no build is needed.")
    basis = "Refused: no position tells the builds apart. Say which it is with --build."
    return BuildRead(UNKNOWN, basis)


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
    looked_at = list(islice(source, LOOKED_AT))
    built = _decide(looked_at, declared)
    return built, _read(chain(looked_at, source), built)


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


def _read(calls: Iterable[CalledFusion], built: BuildRead) -> Iterator[ReadCall]:
    for call in calls:
        flags: tuple[str, ...] = ()
        build = built.build
        if built.is_inferred:
            flags = ("build_inferred",)
            edges = [builds for end in (call.end5, call.end3) if (builds := list_edge_builds(end))]
            if edges and all(build not in builds for builds in edges):
                flags, build = ("build_contradicted",), UNKNOWN
        yield read_call(call, build, flags)
