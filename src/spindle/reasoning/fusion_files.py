"""Several fusion files of one patient, read together: one list of findings, and what each file is.

A file without calls is not a negative: it says nothing of the quality of the test. So a file never
becomes a negative result by itself, and what it could not have found stays unknown.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from spindle.assays.fusion_builds import BuildRead, read_calls
from spindle.assays.fusion_calls import ReadCall
from spindle.assays.fusion_findings import (
    CONTRADICTED,
    Collector,
    FindingRole,
    FusionFinding,
    Member,
    settle_findings,
)
from spindle.assays.fusion_frames import DomainState, Frame
from spindle.assays.fusion_places import Place
from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.cases.observations import (
    FusionCall,
    FusionTest,
    KinaseDomain,
    ReadingFrame,
    SequencingMethod,
    TestResult,
)
from spindle.cases.provenance import Provenance
from spindle.cases.specimen import Specimen
from spindle.reasoning.fusion_notes import (
    NAMES_SHOWN,
    FusionFileNote,
    list_call_notes,
    list_left_out,
    list_rows_not_read,
    list_test_notes,
)

NO_CALLS = (
    "No call stands in the file. That is not a negative: it does not say whether the test worked, "
    "or which genes it covers."
)
NO_QUALITY = (
    "The file says nothing of the quality of the RNA or DNA, so what it does not show is not ruled "
    "out."
)
GOOD_QUALITY = "The file says that RNA or DNA was good enough, and not which genes were covered."
POOR_QUALITY = (
    "The file says that RNA or DNA was not good enough, so what it does not show is not ruled out."
)
MIXED_QUALITY = (
    "The file calls the quality of RNA or DNA good in one place and poor in another, so what it "
    "does not show is not ruled out."
)
PROGRESS_EVERY = 5000


class CallFile(Protocol):
    """A file of calls, as the readers of formats give it."""

    @property
    def name(self) -> str:
        """Name of the file."""

    @property
    def caller(self) -> str:
        """Id of the format."""

    @property
    def version(self) -> str:
        """Version of the caller; empty when the file does not say it."""

    @property
    def notes(self) -> Sequence[str]:
        """What is odd about the file; complete after the last call."""

    def __iter__(self) -> Iterator[CalledFusion]:
        """Give the calls one after the other."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file of calls, as it was read."""

    file: str
    """Name of the file."""
    caller: str
    """Id of the format."""
    caller_version: str
    """Version of the caller; empty when the file does not say it."""
    method: SequencingMethod | Absent
    """RNA, DNA, or not said; absent without a call."""
    build: BuildRead
    """Genome build, and how it is known."""
    calls: int
    """Calls in the file, those kept with a problem included."""
    problems: int
    """Calls that could not be interpreted."""
    adequacy: str
    """What the file says of the quality of the test, in a sentence."""
    notes: tuple[str, ...] = ()
    """What the reader doubts about the file as a whole."""
    is_quality_adequate: bool | Absent = NOT_REPORTED
    """Whether the file says that RNA or DNA was good enough."""
    samples: tuple[str, ...] = ()
    """Samples that its rows name."""


@dataclass(frozen=True, slots=True)
class FusionReport:
    """What the fusion files of one patient say together."""

    files: tuple[FileRead, ...]
    """The files, in the order in which they were named."""
    findings: tuple[FusionFinding, ...]
    """What they found, the best-supported driver first; nothing left out."""
    site: str = ""
    """Site of the tumour as asked for; empty for none."""

    @property
    def drivers(self) -> tuple[FusionFinding, ...]:
        """Findings that are drivers."""
        return tuple(f for f in self.findings if f.role is FindingRole.DRIVER)


def read_fusion_files(
    files: Sequence[CallFile],
    *,
    build: Build | None = None,
    sample: str = "",
    site: str = "",
    site_groups: Sequence[str] = (),
    tell: Callable[[str, int], None] = lambda _file, _calls: None,
) -> FusionReport:
    """Give what the files of one patient say together.

    Parameters
    ----------
    build:
        Genome build that the user declares for all files; otherwise each file's own.
    sample:
        Sample whose rows are read, where files name samples; rows of others are counted and left
        in the file. Every row when left out.
    site, site_groups:
        Site of the tumour, and its groups, for what is usual there.
    tell:
        Told the file's name and the calls so far, now and then.
    """
    collector = Collector()
    with _no_collection():
        names = _tell_apart([file.name for file in files])
        read = [
            _read_file(file, name, build, collector, sample, tell)
            for file, name in zip(files, names, strict=True)
        ]
        findings = settle_findings(collector.findings, site_groups)
    return FusionReport(tuple(read), tuple(findings), site)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the search for cyclic garbage from going through all calls again and again.

    Reading makes no cycles, and with many calls the search takes a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _tell_apart(names: Sequence[str]) -> list[str]:
    """Give the names of files, a number behind one that stands before: `fusions.tsv (2)`."""
    before = [names[:place].count(name) for place, name in enumerate(names)]
    return [f"{name} ({n + 1})" if n else name for name, n in zip(names, before, strict=True)]


def _read_file(
    file: CallFile,
    name: str,
    declared: Build | None,
    collector: Collector,
    sample: str,
    tell: Callable[[str, int], None],
) -> FileRead:
    samples: dict[str, int] = {}
    built, reads = read_calls(_pick(file, name, sample, samples), declared)
    number, problems = 0, 0
    qualities: set[bool] = set()
    methods: dict[SequencingMethod, None] = {}
    for number, read in enumerate(_watch(reads, name, tell), 1):  # noqa: B007
        problems += bool(read.call.problem)
        methods[read.call.method] = None
        if not isinstance(read.call.is_quality_adequate, Absent):
            qualities.add(read.call.is_quality_adequate)
        collector.add(read)
    method: SequencingMethod | Absent = NOT_REPORTED
    if methods:
        method = next(iter(methods)) if len(methods) == 1 else SequencingMethod.UNSPECIFIED
    return FileRead(
        file=name,
        caller=file.caller,
        caller_version=file.version,
        method=method,
        build=built,
        calls=number,
        problems=problems,
        adequacy=_say_quality(qualities) if number else NO_CALLS,
        is_quality_adequate=qualities.pop() if len(qualities) == 1 else NOT_REPORTED,
        notes=(*file.notes, *_say_samples(samples, sample)),
        samples=tuple(samples),
    )


def _say_quality(qualities: set[bool]) -> str:
    if len(qualities) > 1:
        return MIXED_QUALITY
    return GOOD_QUALITY if True in qualities else POOR_QUALITY if qualities else NO_QUALITY


def _pick(
    file: CallFile, name: str, sample: str, samples: dict[str, int]
) -> Iterator[CalledFusion]:
    """Give the calls of one sample, or all, under the file's name; count the samples named."""
    for call in file:
        if call.sample:
            samples[call.sample] = samples.get(call.sample, 0) + 1
        if not (sample and call.sample) or call.sample == sample:
            yield call if name == file.name else replace(call, file=name)


def _say_samples(samples: Mapping[str, int], sample: str) -> Iterator[str]:
    others = {other: n for other, n in samples.items() if other != sample}
    if sample and samples and others:
        rows = sum(others.values())
        left = f"{rows:,} {'row' if rows == 1 else 'rows'} of {len(others):,} other"
        yield f"Read for {sample}; {left} {'sample' if len(others) == 1 else 'samples'} left out."
    elif len(samples) > 1:
        shown = ", ".join(list(samples)[:NAMES_SHOWN])
        more = ", …" if len(samples) > NAMES_SHOWN else ""
        yield (
            f"It names {len(samples):,} samples ({shown}{more}), which may be of several patients, "
            "and all are read together. Say which one with --sample."
        )


def _watch(
    reads: Iterator[ReadCall], file: str, tell: Callable[[str, int], None]
) -> Iterator[ReadCall]:
    for number, read in enumerate(reads, 1):
        if number % PROGRESS_EVERY == 0:
            tell(file, number)
        yield read


# Into a case ------------------------------------------------------------------------------------

_FRAMES = {Frame.IN: ReadingFrame.IN, Frame.OUT: ReadingFrame.OUT}
_DOMAINS = {
    DomainState.WHOLE: KinaseDomain.WHOLE,
    DomainState.CUT: KinaseDomain.CUT,
    DomainState.ABSENT: KinaseDomain.LOST,
}
INTO_CASE = (
    FindingRole.DRIVER,
    FindingRole.POSSIBLE_DRIVER,
    FindingRole.NOT_PRODUCTIVE,
    FindingRole.PASSENGER,
)
_FUSIONS = (FindingRole.DRIVER, FindingRole.POSSIBLE_DRIVER)


def make_fusion_tests(report: FusionReport) -> tuple[FusionTest, ...]:
    """Give one sequencing test a file, with the fusions that it shows, for a case.

    A test is positive by a driver of its own file and by nothing else. Noise and rows that were not
    interpreted stay out of the case, and so does the reciprocal product of a fusion that is called
    as well; the notes of the test name them. A reciprocal product alone is kept as such. Passengers
    are kept when both genes are known here, since they may name another tumour. A file without
    calls is a test without a result.
    """
    return tuple(_make_test(file, report) for file in report.files)


def describe_files(report: FusionReport) -> tuple[FusionFileNote, ...]:
    """Give how each file was read for a case, with all that stays out of it."""
    return tuple(_describe_file(file, report) for file in report.files)


def _describe_file(file: FileRead, report: FusionReport) -> FusionFileNote:
    own = [(f, members) for f in report.findings if (members := _list_members(f, file))]
    shown = [f for f, _ in own if _is_shown(f, report)]
    return FusionFileNote(
        file=file.file,
        caller=file.caller or "no caller",
        caller_version=file.caller_version,
        material=_name_material(file.method),
        build=file.build.basis,
        calls=file.calls,
        in_case=len(shown),
        not_interpreted=list_rows_not_read(m for _, members in own for m in members),
        left_out=list_left_out([f for f, _ in own if not _is_shown(f, report)]),
        adequacy=file.adequacy,
        notes=file.notes,
    )


def _name_material(method: SequencingMethod | Absent) -> str:
    names = {SequencingMethod.RNA: "RNA", SequencingMethod.DNA: "DNA"}
    unsaid = "RNA or DNA not said"
    return unsaid if isinstance(method, Absent) else names.get(method, unsaid)


def _make_test(file: FileRead, report: FusionReport) -> FusionTest:
    own = [
        (finding, members)
        for finding in report.findings
        if _is_shown(finding, report) and (members := _list_members(finding, file))
    ]
    is_positive = any(finding.role is FindingRole.DRIVER for finding, _ in own)
    caller = f"{file.caller} {file.caller_version}".strip()
    return FusionTest(
        id=f"fusions-{file.file}",
        method=SequencingMethod.UNSPECIFIED if isinstance(file.method, Absent) else file.method,
        result=TestResult.POSITIVE if is_positive else NOT_REPORTED,
        calls=tuple(_make_case_call(finding, members, file) for finding, members in own),
        caller=caller or NOT_REPORTED,
        notes=tuple(list_test_notes(_describe_file(file, report))),
        is_quality_adequate=file.is_quality_adequate,
        provenance=Provenance(source=file.file),
    )


def _is_shown(finding: FusionFinding, report: FusionReport) -> bool:
    """Give whether a finding enters a case."""
    if finding.role is FindingRole.RECIPROCAL:
        return _is_alone(finding, report)
    return finding.role in INTO_CASE and (
        finding.role is not FindingRole.PASSENGER or _is_passenger_shown(finding)
    )


def _is_passenger_shown(finding: FusionFinding) -> bool:
    read = finding.read
    return read.place5.name.is_known and read.place3.name.is_known and "antisense" not in read.flags


def _is_alone(finding: FusionFinding, report: FusionReport) -> bool:
    """Give whether a reciprocal product of a kinase stands without the fusion that it goes with."""
    genes = {finding.read.gene5, finding.read.gene3}
    return bool(finding.read.kinase) and not any(
        other.role in _FUSIONS and {other.read.gene5, other.read.gene3} == genes
        for other in report.findings
    )


def _list_members(finding: FusionFinding, file: FileRead) -> list[Member]:
    """Give the rows of one file that show a finding."""
    return [
        member
        for member in finding.members
        if (member.call.file, member.call.caller) == (file.file, file.caller)
    ]


def _make_case_call(
    finding: FusionFinding, members: Sequence[Member], file: FileRead
) -> FusionCall:
    """Give a finding as a call of a case; a frame that a stop or a caller doubts is unknown."""
    read = finding.read
    is_open = bool((CONTRADICTED | {"stop_not_excluded", "order_unknown"}) & set(finding.flags))
    is_reciprocal = finding.role is FindingRole.RECIPROCAL
    own = members[0].call
    return FusionCall(
        gene5=read.gene5 or UNKNOWN,
        gene3=read.gene3 or UNKNOWN,
        exon5=_say_exon(read.place5, read.call.end5),
        exon3=_say_exon(read.place3, read.call.end3),
        frame=UNKNOWN if is_open else _FRAMES.get(read.frame, UNKNOWN),
        kinase_domain=_DOMAINS.get(read.domain, UNKNOWN),
        is_reciprocal=is_reciprocal,
        notes=tuple(list_call_notes(finding, members, file.build)),
        words=own.words or own.name,
    )


def _say_exon(place: Place, end: CalledEnd) -> str | Absent:
    """Give an exon by MANE's numbering; as written where that may mean several, or none is held."""
    if place.exon is None or place.other_exons:
        return end.exon or NOT_REPORTED
    return str(place.exon)


def add_fusions(case: Case, report: FusionReport) -> Case:
    """Give the case with the tests of a report in it.

    They belong to its only specimen. With several, or none, which one was sequenced is not said, so
    that they get a specimen of their own.
    """
    taken = {specimen.id for specimen in case.specimens}
    taken |= {test.id for _, test in case.iterate_observations()}
    tests = tuple(
        replace(test, id=_take(f"fusions-{number}", taken))
        for number, test in enumerate(make_fusion_tests(report), 1)
    )
    if len(case.specimens) == 1:
        (only,) = case.specimens
        both = replace(only, observations=(*only.observations, *tests))
        return replace(case, specimens=(both,))
    own = Specimen(id=_take("sequenced", taken), observations=tests)
    return replace(case, specimens=(*case.specimens, own))


def _take(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"{name}-more"
    taken.add(name)
    return name
