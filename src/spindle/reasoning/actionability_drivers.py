"""What the tests say of the driver, as far as drugs and their labels depend on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, auto

from spindle.assays.junctions import NOT_SAID, judge_call
from spindle.assays.other_fusions import has_kinase
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.observations import FusionTest, ReadingFrame
from spindle.knowledge.approvals import LabelTerm, load_labels
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.vocabularies import find_gene
from spindle.reasoning.assessments import Assessment, KinaseAssessment, KinaseStatus
from spindle.reasoning.findings import Fit, LabelStatus
from spindle.reasoning.statuses import (
    POSITIVE,
    UNDECIDED,
    has_reciprocal,
    has_result,
    join_words,
    list_tests,
)

NEGATIVE = (ReadingResult.NEGATIVE,)
STAIN_NEGATIVE_FACT = "ihc.alk.negative-is-not-the-end"
ALK = "ALK"
_EXPRESSED = (
    KinaseStatus.EXPRESSED_NOT_CONFIRMED,
    KinaseStatus.EXPRESSED_CONFIRMATION_PENDING,
)


class Strength(IntEnum):
    """How far the tests bear a kinase out as the driver, the strongest first."""

    CONFIRMED = auto()
    """A productive fusion is reported."""
    REPORTED = auto()
    """A fusion is reported; whether it makes a whole kinase is not known."""
    REARRANGED = auto()
    """FISH shows a break."""
    STAINED = auto()
    """The stain is positive, and nothing confirms it."""
    UNDECIDED = auto()
    """A test leaves it undecided."""
    NOT_PRODUCTIVE = auto()
    """The fusion that is reported can't make a whole kinase."""
    NOT_DETECTED = auto()
    """Tests were negative."""
    UNTESTED = auto()
    """No test has an answer."""


# RNA sequencing of adequate quality settles an undecided stain or FISH.
_SETTLED_BY_NEGATIVES = (Strength.UNDECIDED, Strength.NOT_DETECTED)


@dataclass(frozen=True, slots=True)
class KinaseState:
    """What the tests say of one kinase, for a drug that acts on it."""

    kinase: str
    """The kinase; a group such as `NTRK` when a stain does not tell its members apart."""
    kinases: tuple[str, ...]
    """The kinase, or the members of the group."""
    strength: Strength
    """How far it is borne out."""
    fit: Fit
    """Whether a drug against it has its target here."""
    says: str
    """Why, in one sentence without a full stop."""
    partner: str
    """Fusion partner; empty when none is named."""
    is_discordant: bool
    """Whether its tests disagree."""
    observations: tuple[str, ...]
    """Ids of the observations behind it."""

    @property
    def has_signal(self) -> bool:
        """Whether any test is positive or undecided."""
        return self.strength <= Strength.NOT_PRODUCTIVE

    @property
    def is_driver(self) -> bool:
        """Whether a fusion is reported that may drive the tumour."""
        return self.strength <= Strength.REPORTED


@dataclass(frozen=True, slots=True)
class Drivers:
    """What the tests say of every kinase that was asked about."""

    states: tuple[KinaseState, ...]
    """The kinases, the strongest first."""
    other_fusions: tuple[str, ...]
    """Fusions of a kinase that is none of these: `FN1::IGF1R`."""
    other_observations: tuple[str, ...]
    """The tests that found these or a bystander."""
    bystanders: tuple[str, ...] = ()
    """Fusions without a kinase, which are no driver: `TPM3::CLTC`."""

    def find(self, kinases: Iterable[str]) -> list[KinaseState]:
        """Give the states of any of these kinases, the strongest first."""
        wanted = set(kinases)
        return [state for state in self.states if not wanted.isdisjoint(state.kinases)]

    @property
    def signals(self) -> list[KinaseState]:
        """The kinases with a positive or undecided test."""
        return [state for state in self.states if state.has_signal]


def weigh_drivers(assessment: Assessment, in_frame: Collection[str] = ()) -> Drivers:
    """Give what the tests say of every kinase that was asked about.

    `in_frame` are kinases of which a fusion is reported in frame, see `find_in_frame`.
    """
    order = {name: position for position, name in enumerate(load_kinases().names)}
    for group, members in load_kinases().groups.items():
        order[group] = order[members[0]]
    known = [(name, k) for name, k in assessment.kinases.items() if name in order]
    states = [weigh_kinase(k, is_in_frame=name in in_frame) for name, k in known]
    states = _merge_groups(states, assessment)
    states.sort(key=lambda state: (state.strength, order[state.kinases[0]]))
    readings = [r for kinase in assessment.kinases.values() for r in kinase.readings]
    others = [reading for reading in readings if reading.other_fusions or reading.bystanders]
    found = dict.fromkeys(name for reading in others for name in reading.other_fusions)
    aside = [name for reading in others for name in reading.bystanders]
    fusions = tuple(name for name in found if has_kinase(name.split("::")))
    without = dict.fromkeys(name for name in (*found, *aside) if name not in fusions)
    ids = dict.fromkeys(reading.observation_id for reading in others)
    return Drivers(tuple(states), fusions, tuple(ids), tuple(without))


def find_in_frame(case: Case) -> frozenset[str]:
    """Give the kinases of which a fusion is in frame as reported, and only the domain is open.

    A call that a published junction contradicts, or another call without a frame, leaves it out.
    """
    is_framed: dict[str, bool] = {}
    for _, observation in case.iterate_observations():
        for call in observation.calls if isinstance(observation, FusionTest) else ():
            if isinstance(call.gene3, Absent):
                continue
            found = find_gene(call.gene3)
            gene = found.symbol if found else call.gene3
            is_open = judge_call(call, call.gene3).says == NOT_SAID
            here = call.frame is ReadingFrame.IN and is_open
            is_framed[gene] = is_framed.get(gene, True) and here
    return frozenset(gene for gene, is_in in is_framed.items() if is_in)


def weigh_kinase(kinase: KinaseAssessment, *, is_in_frame: bool = False) -> KinaseState:
    """Give what the tests say of one kinase, for a drug that acts on it."""
    strength = _find_strength(kinase)
    return KinaseState(
        kinase=kinase.kinase,
        kinases=load_kinases().expand(kinase.kinase),
        strength=strength,
        fit=_find_fit(strength, kinase),
        says=f"{kinase.kinase}: {_say(strength, kinase, is_in_frame=is_in_frame)}",
        partner="" if isinstance(kinase.partner, Absent) else kinase.partner,
        is_discordant=kinase.is_discordant,
        observations=tuple(_list_observations(strength, kinase.readings)),
    )


def _find_strength(kinase: KinaseAssessment) -> Strength:
    status = kinase.status
    if status is KinaseStatus.FUSION_DETECTED:
        if kinase.is_driver is True:
            return Strength.CONFIRMED
        return Strength.NOT_PRODUCTIVE if kinase.is_driver is False else Strength.REPORTED
    if status is KinaseStatus.REARRANGED_BY_FISH:
        return Strength.REARRANGED
    if status in _EXPRESSED:
        return Strength.STAINED
    if has_result(kinase.readings, UNDECIDED, tuple(Assay)):
        return Strength.UNDECIDED
    is_negative = status is KinaseStatus.NOT_DETECTED
    return Strength.NOT_DETECTED if is_negative else Strength.UNTESTED


def _find_fit(strength: Strength, kinase: KinaseAssessment) -> Fit:
    if strength <= Strength.REPORTED:
        return Fit.YES
    if strength is Strength.NOT_PRODUCTIVE:
        is_stained = has_result(kinase.readings, POSITIVE, (Assay.IHC,))
        return Fit.UNKNOWN if is_stained else Fit.NO
    is_open = has_reciprocal(kinase.readings)
    if strength in _SETTLED_BY_NEGATIVES and is_ruled_out(kinase) and not is_open:
        return Fit.NO
    return Fit.UNKNOWN


def is_ruled_out(kinase: KinaseAssessment) -> bool:
    """Give whether the negatives weigh enough for a no.

    RNA sequencing of adequate quality, or for ALK stain and FISH together, by which the CREATE
    trial called a tumour ALK-negative. One negative stain, or a negative RT-PCR, leaves it open.
    """
    if has_result(kinase.readings, NEGATIVE, (Assay.RNA_SEQUENCING,)):
        return True
    pair = (Assay.IHC, Assay.FISH)
    return kinase.kinase == ALK and all(
        has_result(kinase.readings, NEGATIVE, (assay,)) for assay in pair
    )


def _say(strength: Strength, kinase: KinaseAssessment, *, is_in_frame: bool) -> str:
    fusion = _name_fusion(kinase)
    negative = join_words(list_tests(kinase.readings, NEGATIVE))
    undecided = join_words(list_tests(kinase.readings, UNDECIDED))
    says = {
        Strength.CONFIRMED: f"a productive {fusion} is reported",
        Strength.REPORTED: f"a {fusion} is reported{_say_frame(is_in_frame=is_in_frame)}",
        Strength.REARRANGED: "rearranged by FISH, which names no fusion",
        Strength.STAINED: "stain positive, not confirmed",
        Strength.UNDECIDED: f"undecided by {undecided}",
        Strength.NOT_PRODUCTIVE: f"the {fusion} that is reported can't make a whole kinase in "
        "frame, so it is no driver",
        Strength.NOT_DETECTED: f"not detected; negative by {negative}",
        Strength.UNTESTED: _say_untested(kinase.status),
    }[strength]
    if strength is Strength.NOT_PRODUCTIVE and has_result(kinase.readings, POSITIVE, (Assay.IHC,)):
        says += ", and does not explain the positive stain"
    elif strength <= Strength.UNDECIDED and negative:
        says += f"; negative by {negative}"
    if "productive_contradicted" in kinase.flags:
        says += "; another call says that the fusion can't make a whole kinase"
    if has_reciprocal(kinase.readings) and strength > Strength.REPORTED:
        says += "; a rearrangement is shown by the reciprocal product, the fusion itself not seen"
    return says


def _name_fusion(kinase: KinaseAssessment) -> str:
    """Give a fusion with its partner; in the order as written where the kinase stands first."""
    name, partner = kinase.kinase, kinase.partner
    if isinstance(partner, Absent):
        fusion = "fusion, partner not named,"
    elif "kinase_written_first" in kinase.flags:
        fusion = f"fusion with {partner} (written {name}::{partner})"
    else:
        fusion = f"fusion with {partner}"
    is_group = name in load_kinases().groups
    return f"{fusion} (which {name} gene it is is not named)" if is_group else fusion


def _say_frame(*, is_in_frame: bool) -> str:
    """Give what is not known of a reported fusion: the domain alone where the frame is known."""
    if is_in_frame:
        return " in frame; whether the kinase domain is whole is not reported"
    return "; whether it makes a whole kinase in frame is not known"


def _say_untested(status: KinaseStatus) -> str:
    if status is KinaseStatus.FAILED_OR_INSUFFICIENT:
        return "its tests gave no answer"
    if status is KinaseStatus.NOT_TESTED:
        return "not tested"
    return "no test with a result is reported"


def _list_observations(strength: Strength, readings: Iterable[Reading]) -> Iterable[str]:
    wanted: tuple[ReadingResult, ...] = (*POSITIVE, *UNDECIDED)
    if strength is Strength.NOT_DETECTED:
        wanted = NEGATIVE
    ids = (reading.observation_id for reading in readings if reading.result in wanted)
    return dict.fromkeys(ids)


def _merge_groups(states: list[KinaseState], assessment: Assessment) -> list[KinaseState]:
    """Give the states with the members of a group as one where a stain does not tell them apart.

    When a fusion of one member is reported, the stain is that member's, and the others go.
    """
    for group, members in load_kinases().groups.items():
        found = [state for state in states if state.kinase in (*members, group)]
        stained = [s for s in found if s.strength in _STAIN_ONLY and s.kinase != group]
        if not stained:
            continue
        rest = [state for state in states if state not in stained]
        if any(state.strength <= Strength.REARRANGED for state in found):
            states = rest
            continue
        readings = [r for state in stained for r in assessment.kinases[state.kinase].readings]
        if all(reading.kinase == group for reading in readings if reading.assay is Assay.IHC):
            states = [*rest, _merge(group, stained)]
    return states


_STAIN_ONLY = (Strength.STAINED, Strength.UNDECIDED)


def _merge(group: str, stained: list[KinaseState]) -> KinaseState:
    """Give the members of a group as one; the stain is of the group and of none of them."""
    first = stained[0]
    words = first.says.removeprefix(f"{first.kinase}: ")
    ids = dict.fromkeys(name for state in stained for name in state.observations)
    return KinaseState(
        kinase=group,
        kinases=tuple(state.kinase for state in stained),
        strength=first.strength,
        fit=first.fit,
        says=f"{group}: {words}; the stain does not tell {group} genes apart",
        partner="",
        is_discordant=any(state.is_discordant for state in stained),
        observations=tuple(ids),
    )


# Words ------------------------------------------------------------------------------------------


def name_driver(drivers: Drivers) -> str:
    """Give the confirmed or suspected driver in words; a fusion without a kinase is none."""
    said = [state.says for state in drivers.signals]
    said += [f"{name}: no agent against it stands in the sources" for name in drivers.other_fusions]
    if said:
        return "; ".join(said)
    is_tested = any(state.strength is Strength.NOT_DETECTED for state in drivers.states)
    found = "none found" if is_tested else "not known"
    return f"{found}; {'; '.join(state.says for state in drivers.states)}"


def name_bystanders(drivers: Drivers) -> str:
    """Give the fusions that are no driver, in a sentence; empty for none."""
    if not drivers.bystanders:
        return ""
    return (
        f"{join_words(drivers.bystanders)}: no kinase of the tables in working form, so no driver "
        "that is known here; it may name another tumour"
    )


# Labels -----------------------------------------------------------------------------------------


def judge_labels(drivers: Drivers) -> tuple[LabelStatus, ...]:
    """Give what labels would call this tumour: ALK always, another kinase when it has a signal."""
    labels = load_labels().values()
    return tuple(
        judge_label(label, drivers)
        for label in labels
        if ALK in label.kinases or any(s.has_signal for s in drivers.find(label.kinases))
    )


def judge_label(label: LabelTerm, drivers: Drivers) -> LabelStatus:
    """Give whether one label would call this tumour positive; an open wording stays open."""
    found = drivers.find(label.kinases)
    facts = tuple(fact.id for fact in label.facts)
    if not found:
        asked = ", ".join(label.kinases)
        return LabelStatus(label.id, Fit.UNKNOWN, f"{asked}: not tested. {label.wording}", facts)
    state = found[0]
    fit = _judge_state(label.accepts, state)
    tail = ""
    if fit is Fit.UNKNOWN and state.strength is Strength.NOT_DETECTED and state.kinase == ALK:
        facts = (*facts, STAIN_NEGATIVE_FACT)
        tail = (
            " That is not enough for a no: tumours with a negative stain can hold a fusion, and an "
            "RT-PCR finds only what its kit covers."
        )
    return LabelStatus(label.id, fit, f"{state.says}. {label.wording}{tail}", facts)


_PROOFS: Mapping[Strength, str] = {
    Strength.CONFIRMED: "fusion",
    Strength.REPORTED: "fusion",
    Strength.REARRANGED: "rearrangement",
}


def _judge_state(accepts: tuple[str, ...], state: KinaseState) -> Fit:
    """Give whether a state is what a label takes as proof."""
    if not accepts:
        return Fit.UNKNOWN
    is_proof = _PROOFS.get(state.strength) in accepts
    if state.strength is Strength.REARRANGED and state.is_discordant:
        is_proof = False
    if is_proof:
        return Fit.YES
    is_no = state.strength in _SETTLED_BY_NEGATIVES and state.fit is Fit.NO
    return Fit.NO if is_no else Fit.UNKNOWN
