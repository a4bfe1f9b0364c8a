"""From calls to findings: the same junction of several rows and callers becomes one.

Two calls are the same when they join the same bases of the same transcripts, or when both sides are
shifted by the same few bases, as callers do within microhomology. A call in DNA joins what splicing
makes of it. A call by names alone joins the only junction of these genes, and stands by itself when
there are several. Nothing is thrown away: what is no driver is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from spindle.assays.fusion_calls import ReadCall
from spindle.assays.fusion_frames import DomainState, Frame
from spindle.assays.fusion_places import Side
from spindle.cases.absence import Absent
from spindle.cases.fusion_calls import CalledFusion
from spindle.cases.observations import SequencingMethod
from spindle.cases.packed_cells import pack_cells
from spindle.knowledge.fusion_flags import Role, load_flags
from spindle.knowledge.fusion_reading import load_settings
from spindle.knowledge.fusions import PartnerRecord, find_partner, is_usual_at_site
from spindle.knowledge.kinases import load_kinases


class FindingRole(StrEnum):
    """What a finding is, the first that is so."""

    DRIVER = "driver"
    """A whole kinase in frame, read in sense, with nothing that speaks against it."""
    POSSIBLE_DRIVER = "possible_driver"
    """A kinase of which frame or domain is not known, with nothing that speaks against it."""
    NOT_PRODUCTIVE = "not_productive"
    """A kinase that is out of frame, or has lost its domain."""
    RECIPROCAL = "reciprocal"
    """The other product of a driver's rearrangement, or genes in reverse order."""
    NOISE = "noise"
    """Read-through, or what callers know as noise."""
    ANTISENSE = "antisense"
    """One side is read against its gene: no protein of both can arise."""
    PASSENGER = "passenger"
    """No kinase of the tables; another driver is not excluded by that."""
    NOT_INTERPRETED = "not_interpreted"
    """A row that could not be interpreted, kept as it stands."""


class Evidence(StrEnum):
    """What shows a finding, the strongest first."""

    RNA_AND_DNA = "rna_and_dna"
    """Calls in RNA and in DNA."""
    SEVERAL_CALLERS = "several_callers"
    """More than one caller."""
    ONE_CALLER = "one_caller"
    """One caller, with positions or reads."""
    WORDS = "words"
    """Names or exons in a list or a report, without positions and without reads."""


# Flags by which frames of the same junction contradict each other: nobody is dismissed by one of
# them, and nobody called the driver.
CONTRADICTED = frozenset({"frame_disagrees", "published_junction", "calls_disagree"})
_OPEN = CONTRADICTED | {
    "stop_not_excluded", "order_unknown", "kinase_first", "same_gene", "no_reads",
}  # fmt: skip


@dataclass(slots=True)
class Member:
    """One call of a finding, as far as it is kept."""

    call: CalledFusion
    """The call."""
    frame: Frame
    """Its own reading frame."""
    flags: tuple[str, ...]
    """Its own flags."""


@dataclass(slots=True)
class FusionFinding:
    """One fusion of a patient, with every call that shows it."""

    read: ReadCall
    """The call that says most of it."""
    members: list[Member]
    """Every call of it, in the order of the files."""
    role: FindingRole = FindingRole.PASSENGER
    """What it is."""
    flags: tuple[str, ...] = ()
    """Flags of its calls and of the finding."""
    reciprocal_of: str = ""
    """Name of the finding whose reciprocal product it is; empty for none."""
    record: PartnerRecord | None = None
    """What is published of the kinase with this partner; none without a kinase."""
    is_usual_at_site: bool | None = None
    """Whether it is published in IMT at the site asked for; none without a site or a kinase, and
    where sources do not say at which sites they saw it."""

    @property
    def name(self) -> str:
        """Its name: `EML4::ALK`."""
        return self.read.name

    @property
    def callers(self) -> tuple[str, ...]:
        """Callers that show it, each once."""
        return tuple(dict.fromkeys(member.call.caller for member in self.members))

    @property
    def evidence(self) -> Evidence:
        """What shows it."""
        seen = [member.call for member in self.members if _is_seen(member.call)]
        methods = {call.method for call in seen}
        if not seen:
            return Evidence.WORDS
        if {SequencingMethod.RNA, SequencingMethod.DNA} <= methods:
            return Evidence.RNA_AND_DNA
        is_one = len({call.caller for call in seen}) == 1
        return Evidence.ONE_CALLER if is_one else Evidence.SEVERAL_CALLERS

    @property
    def split_reads(self) -> int | None:
        """Most reads across the junction in one call; none when no call counts them."""
        return _find_most(member.call.split_reads for member in self.members)

    @property
    def spanning_pairs(self) -> int | None:
        """Most read pairs in one call; none when no call counts them."""
        return _find_most(member.call.spanning_pairs for member in self.members)


def _is_seen(call: CalledFusion) -> bool:
    """Whether a call shows positions or reads, and not names or exons alone."""
    counts = (call.split_reads, call.spanning_pairs)
    return any(not isinstance(count, Absent) for count in counts) or any(
        end.position is not None for end in (call.end5, call.end3)
    )


def _find_most(counts: Iterable[int | Absent]) -> int | None:
    return max((n for n in counts if not isinstance(n, Absent)), default=None)


# Grouping ---------------------------------------------------------------------------------------

_Key = tuple[str, str, object]


def _make_key(read: ReadCall) -> _Key:
    """Give what calls of one junction have in common: the genes, and how far the sides lie apart.

    Two sides that are shifted by the same number of bases keep their distance.
    """
    junction = _find_junction(read)
    if junction and not read.call.problem:
        return read.gene5, read.gene3, junction[0] - junction[1]
    ends = (read.call.end5, read.call.end3)
    written = tuple(
        (end.chromosome, end.position, end.exon if end.position is None else "") for end in ends
    )
    line = (read.call.file, read.call.line) if read.call.problem else ()
    return read.gene5, read.gene3, (written, read.call.build, line)


@dataclass(slots=True)
class Collector:
    """Puts calls together as they come, so that a long file is never held whole."""

    findings: list[FusionFinding] = field(default_factory=list)
    """Findings so far, in the order of their first call."""
    _alike: dict[_Key, list[FusionFinding]] = field(default_factory=dict)
    _room: int = -1

    def add(self, read: ReadCall) -> None:
        """Add one call to the finding that it shows, or begin one."""
        if self._room < 0:
            self._room = load_settings()["cells-in-memory"]
        kept = self._keep(read.call)
        if kept is not read.call:
            read = replace(read, call=kept)
        member = Member(kept, read.frame, read.flags)
        alike = self._alike.setdefault(_make_key(read), [])
        same = next((finding for finding in alike if _is_same(finding.read, read)), None)
        if same is None:
            same = FusionFinding(read=read, members=[])
            self.findings.append(same)
            alike.append(same)
        elif _rank_read(read) < _rank_read(same.read):
            same.read = read
        same.members.append(member)

    def _keep(self, call: CalledFusion) -> CalledFusion:
        """Give the call with its cells packed, the long ones left in the file once memory is spent.

        The line of the call says where in the file they stand.
        """
        if not call.cells and not call.sequence:
            return call
        size = sum(map(len, call.cells.values())) + len(call.sequence)
        if size <= self._room:
            self._room -= size
            return replace(call, cells=pack_cells(call.cells))
        self._room = 0
        cells = pack_cells(call.cells, load_settings()["short-cell"])
        return replace(call, cells=cells, sequence="")


def _find_junction(read: ReadCall) -> tuple[int, int] | None:
    """Give the junction in bases of both transcripts; none when a side is not located."""
    cut5, cut3 = read.place5.cut, read.place3.cut
    # An exon number that may mean two exons is no place yet.
    is_open = read.place5.other_exons or read.place3.other_exons
    if cut5 is None or cut3 is None or is_open:
        return None
    return cut5 + read.place5.intron_bases, cut3 - read.place3.intron_bases


def _has_nowhere(read: ReadCall) -> bool:
    """Whether a call gives names alone, with neither positions nor exons."""
    ends = (read.call.end5, read.call.end3)
    return all(end.position is None and not end.exon for end in ends)


def _is_same(one: ReadCall, other: ReadCall) -> bool:
    """Whether two calls with one key are the same junction."""
    first, second = _find_junction(one), _find_junction(other)
    if first and second:
        return abs(second[0] - first[0]) <= load_settings()["microhomology"]
    return not (one.call.problem or other.call.problem)


def _rank_read(read: ReadCall) -> tuple[bool, bool, bool, bool, bool, int]:
    """Give how much a call says: located, at exons, framed, in RNA, with a sequence, by reads."""
    reads = 0 if isinstance(read.call.split_reads, Absent) else read.call.split_reads
    return (
        _find_junction(read) is None,
        bool(read.place5.intron_bases or read.place3.intron_bases),
        read.frame is Frame.UNKNOWN,
        read.call.method is not SequencingMethod.RNA,
        "|" not in read.call.sequence,
        -reads,
    )


def _join_names(findings: list[FusionFinding]) -> list[FusionFinding]:
    """Give the findings with those by names or open exons joined to the only junction they fit."""
    kept: list[FusionFinding] = []
    by_genes: dict[tuple[str, str], list[FusionFinding]] = {}
    for finding in findings:
        by_genes.setdefault((finding.read.gene5, finding.read.gene3), []).append(finding)
    for finding in findings:
        others: list[FusionFinding] = []
        if _is_vague(finding.read) and not finding.read.call.problem:
            alike = by_genes[finding.read.gene5, finding.read.gene3]
            others = [o for o in alike if not _is_vague(o.read) and _fits(finding.read, o.read)]
        if len(others) == 1:
            others[0].members += finding.members
            continue
        kept.append(finding)
    return kept


def _is_vague(read: ReadCall) -> bool:
    """Whether a call gives names alone, or exons that may mean several."""
    is_open = read.place5.other_exons or read.place3.other_exons
    return bool(is_open) or _has_nowhere(read)


def _fits(vague: ReadCall, other: ReadCall) -> bool:
    """Whether a located call can be what one by names or open exons means."""
    if _has_nowhere(vague):
        return not other.call.problem
    # A number that may mean two exons is not swallowed by a junction that makes no kinase.
    if other.frame is Frame.OUT:
        return False
    sides = ((vague.place5, other.place5), (vague.place3, other.place3))
    return all(
        theirs.exon in (mine.exon, *mine.other_exons) if mine.exon is not None else True
        for mine, theirs in sides
    )


# Roles ------------------------------------------------------------------------------------------


def settle_findings(
    findings: list[FusionFinding], site_groups: Sequence[str] = ()
) -> list[FusionFinding]:
    """Give the findings with what each of them is, the best-supported driver first.

    Parameters
    ----------
    site_groups:
        Groups of sites of the tumour; empty when it is not asked for.
    """
    joined = _join_names(findings)
    for finding in joined:
        _look_up(finding, site_groups)
        more = (m.flags for m in finding.members if m.flags is not finding.read.flags)
        own = (flag for flags in dict.fromkeys(more) for flag in flags)
        finding.flags = tuple(dict.fromkeys((*finding.read.flags, *own, *_list_known(finding))))
        finding.role = _decide_role(finding)
    _name_reciprocals(joined)
    joined.sort(key=_rank_finding)
    return joined


def find_partner_gene(read: ReadCall) -> str:
    """Give the gene that is joined to the kinase; empty without a kinase."""
    if not read.kinase:
        return ""
    return read.gene3 if read.kinase_side == Side.FIVE.value else read.gene5


def _look_up(finding: FusionFinding, site_groups: Sequence[str]) -> None:
    """Look up what is published of it; nothing for a kinase that is written first.

    Published fusions have the kinase last, so that theirs is no record of the other order.
    """
    read = finding.read
    if not read.kinase or "kinase_first" in read.flags or "reversed" in read.flags:
        return
    partner = find_partner_gene(read)
    kinases = (read.kinase, *load_kinases().expand(read.kinase))
    records = [find_partner(kinase, partner) for kinase in dict.fromkeys(kinases)]
    finding.record = next((record for record in records if record.is_in_imt), records[0])
    if site_groups and finding.record.is_in_imt:
        finding.is_usual_at_site = is_usual_at_site(finding.record, site_groups)


def _list_known(finding: FusionFinding) -> Iterator[str]:
    frames = {member.frame for member in finding.members}
    if {Frame.IN, Frame.OUT} <= frames:
        yield "calls_disagree"
    counts = [finding.split_reads, finding.spanning_pairs]
    if any(count is not None for count in counts) and not any(counts):
        yield "no_reads"
    if finding.record is None or finding.read.kinase_side != Side.THREE.value:
        return
    if not finding.record.is_in_imt:
        yield "not_known_in_imt"
    elif finding.is_usual_at_site is False:
        yield "unusual_at_site"


def _decide_role(finding: FusionFinding) -> FindingRole:
    """Give what a finding is: the first of the roles that its flags or its kinase ask for."""
    read = finding.read
    flags = set(read.flags) | ((CONTRADICTED | {"no_reads"}) & set(finding.flags))
    known = load_flags()
    roles = {known[flag].role for flag in flags}
    # Where frames contradict each other nobody is dismissed: one may hold another transcript. A
    # kinase at the 5' end is whole whatever the frame of its partner.
    is_out = read.frame is Frame.OUT and not flags & (CONTRADICTED | {"partner_out_of_frame"})
    is_broken = is_out or read.domain in (DomainState.CUT, DomainState.ABSENT)
    # Words of a caller never hide a kinase that is whole and not out of frame; they leave it
    # possible.
    is_whole = not is_out and read.domain is DomainState.WHOLE
    is_noise = Role.NOISE in roles or "read_through" in flags
    is_driver = is_whole and read.frame is Frame.IN and not (flags & _OPEN or is_noise)
    checks = (
        (FindingRole.NOT_INTERPRETED, bool(read.call.problem)),
        (FindingRole.ANTISENSE, "antisense" in flags),
        (FindingRole.RECIPROCAL, bool(flags & {"reversed", "reciprocal"})),
        (FindingRole.NOISE, is_noise and not is_whole),
        (FindingRole.PASSENGER, not read.kinase),
        (FindingRole.NOT_PRODUCTIVE, is_broken or "stop_before_junction" in flags),
        (FindingRole.DRIVER, is_driver),
    )
    return next((role for role, is_so in checks if is_so), FindingRole.POSSIBLE_DRIVER)


# What stays what it is beside a driver of the same genes in the other order.
_KEPT = (FindingRole.DRIVER, FindingRole.NOT_INTERPRETED, FindingRole.ANTISENSE)


def _name_reciprocals(findings: Sequence[FusionFinding]) -> None:
    """Tie each product in reverse order to the driver of the same two genes."""
    drivers: Mapping[tuple[str, str], FusionFinding] = {
        (f.read.gene5, f.read.gene3): f
        for f in reversed(findings)
        if f.role in (FindingRole.DRIVER, FindingRole.POSSIBLE_DRIVER)
    }
    for finding in findings:
        _turn_back(finding, drivers)
        driver = drivers.get((finding.read.gene3, finding.read.gene5))
        if driver is None or driver is finding:
            continue
        if finding.role in _KEPT:
            continue
        is_behind = finding.read.kinase_side == Side.THREE.value
        if finding.role is FindingRole.POSSIBLE_DRIVER and is_behind:
            continue
        finding.reciprocal_of = driver.name
        finding.role = FindingRole.RECIPROCAL
        finding.flags = tuple(dict.fromkeys((*finding.flags, "reciprocal")))


def _turn_back(finding: FusionFinding, drivers: Mapping[tuple[str, str], FusionFinding]) -> None:
    """Read a call of unknown order as it is written, where another one is the driver already."""
    read = finding.read
    driver = drivers.get((read.gene5, read.gene3))
    if driver is None or driver is finding or driver.role is not FindingRole.DRIVER:
        return
    finding.read = read.other or read


_ORDER = {role: place for place, role in enumerate(FindingRole)}


def _rank_finding(finding: FusionFinding) -> tuple[int, bool, bool, int, int, str]:
    read, record = finding.read, finding.record
    is_own = read.kinase in (*load_kinases().names, *load_kinases().groups)
    reads = (finding.split_reads or 0) + (finding.spanning_pairs or 0)
    return (
        _ORDER[finding.role],
        not (record is not None and record.is_in_imt),
        not is_own,
        -len(finding.callers),
        -reads,
        finding.name,
    )


def is_located(read: ReadCall) -> bool:
    """Give whether both sides are located on their transcripts."""
    return _find_junction(read) is not None
