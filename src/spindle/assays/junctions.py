"""Whether a fusion as reported can make a whole kinase in frame: by its words, or by its exons.

What a report says comes first. Where it says nothing, a published junction of the same exons, or
the place of the kinase domain, can say it; such a judgement names its facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.observations import FusionCall, KinaseDomain, ReadingFrame
from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.fusions import Frame, FusionFact, find_junctions

# `6b` is exon 6 with bases of the intron behind it, so that it has no number; `6a` is the exon.
_EXON = re.compile(r"(?<!\d)\d\d?\d?(?!\d|[b-dB-D](?![A-Za-z]))")
AS_REPORTED = "as reported"
BY_JUNCTION = "as the same junction is published"
BY_DOMAIN = "since it is in frame and joins before the kinase domain"
NOT_SAID = "whether it makes a whole kinase is not known"
CONTRADICTED = (
    "it is reported in frame, and the same junction is published out of frame, so whether it makes "
    "a whole kinase is not known"
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a fusion can make a whole kinase in frame, and by what."""

    is_productive: bool | Absent
    """True, false, or unknown."""
    says: str
    """The end of a sentence: `it can make a whole kinase in frame, as reported`."""
    facts: tuple[str, ...] = ()
    """Facts behind it; empty for what the report says itself."""


def judge_call(call: FusionCall, kinase: str) -> Judgement:
    """Give whether a call can make a whole kinase in frame.

    A kinase at the 5' end keeps its promoter and loses its domain in the usual orientation, so
    that nothing is worked out for it.
    """
    has_broken = call.kinase_domain in (KinaseDomain.CUT, KinaseDomain.LOST)
    if call.frame is ReadingFrame.OUT or has_broken:
        return _say(is_productive=False, by=AS_REPORTED)
    if call.gene3 != kinase:
        return Judgement(UNKNOWN, NOT_SAID)
    if call.frame is ReadingFrame.IN and call.kinase_domain is KinaseDomain.WHOLE:
        return _say(is_productive=True, by=AS_REPORTED)
    return _judge_exons(call, kinase)


def read_exon(words: str | Absent) -> int | Absent:
    """Give the number of an exon as written (`20`, `ex20`, `E20`); unknown for none or several."""
    found = [] if isinstance(words, Absent) else _EXON.findall(words)
    return int(found[0]) if len(found) == 1 else UNKNOWN


def _judge_exons(call: FusionCall, kinase: str) -> Judgement:
    exon5, exon3 = read_exon(call.exon5), read_exon(call.exon3)
    if isinstance(exon3, Absent):
        return Judgement(UNKNOWN, NOT_SAID)
    rows: tuple[FusionFact, ...] = ()
    if not isinstance(exon5, Absent) and not isinstance(call.gene5, Absent):
        rows = find_junctions(kinase, call.gene5, exon5, exon3)
    is_out = tuple(row.fact.id for row in rows if row.frame is Frame.OUT)
    is_in = tuple(row.fact.id for row in rows if row.frame is Frame.IN)
    if is_out:
        if call.frame is ReadingFrame.IN:
            return Judgement(UNKNOWN, CONTRADICTED, is_out)
        return _say(is_productive=False, by=BY_JUNCTION, facts=is_out)
    if is_in:
        return _say(is_productive=True, by=BY_JUNCTION, facts=is_in)
    limit = find_limit(kinase)
    if call.frame is ReadingFrame.IN and limit is not None and exon3 <= limit.number:
        return _say(is_productive=True, by=BY_DOMAIN, facts=(limit.id,))
    return Judgement(UNKNOWN, NOT_SAID)


def find_limit(kinase: str) -> Fact | None:
    """Give the fact on the last exon at which a junction keeps the whole domain, or none."""
    return load_facts().get(f"junction.{kinase.lower()}.keeps-kinase")


def _say(*, is_productive: bool, by: str, facts: tuple[str, ...] = ()) -> Judgement:
    can = "can make" if is_productive else "can't make"
    return Judgement(is_productive, f"it {can} a whole kinase in frame, {by}", facts)
