"""Where a diagnosis stands by its evidence, and beside the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from spindle.knowledge.entities import IMT, Entity, Polarity, Strength, load_entities, load_gate
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.markers import find_group
from spindle.reasoning.differential_answers import FINDING_PREFIX
from spindle.reasoning.differential_evidence import (
    AGAINST,
    FOR,
    Line,
    name_feature,
    shares_kinase,
)
from spindle.reasoning.differential_fusions import (
    CaseFusions,
    find_shared_driver,
    list_borne_out,
)
from spindle.reasoning.differential_weights import Interval, add_intervals, is_clear
from spindle.reasoning.differential_words import DECIMALS
from spindle.reasoning.findings import GateState, MorphologyGate, Standing

CLEAR_FACT = "differential.clear-weight"
ENOUGH_FACT = "differential.enough-patients"
# What a source says may occur; it makes no line of its own.
MAY_OCCUR = 2
LINES_FACT = "differential.more-than-one-result"
STANDING_FACTS = (CLEAR_FACT, ENOUGH_FACT, LINES_FACT)


@dataclass(frozen=True, slots=True)
class Draft:
    """One diagnosis with its evidence, before its standing is told."""

    entity: Entity
    """The diagnosis."""
    lines: tuple[Line, ...]
    """Its evidence."""
    weight: Interval
    """Sum of what is counted, against IMT; for IMT against the others."""
    beside: Interval
    """The same against the other diagnoses of the site."""
    patients: int
    """Published patients with it behind the sum."""
    reference_patients: int
    """Published patients on the other side."""
    exclusion: str
    """Why it is excluded; empty when it is not."""

    @property
    def has_enough(self) -> bool:
        """Whether enough patients stand on both sides."""
        enough = find_fact(ENOUGH_FACT).number
        return min(self.patients, self.reference_patients) >= enough

    @property
    def is_clear(self) -> bool:
        """Whether the sum is clear of zero, large enough, and rests on enough patients."""
        is_large = abs(self.weight.mid) >= find_fact(CLEAR_FACT).number
        return is_clear(self.weight) and is_large and self.has_enough

    @property
    def is_better(self) -> bool:
        """Whether it fits better than IMT, as other diagnoses may do too."""
        return self.is_clear and self.weight.mid > 0

    @property
    def is_opposed(self) -> bool:
        """Whether a fusion, or something that defines it, speaks against it in words."""
        return any(not x.firmness and x.evidence.speaks == AGAINST for x in self.lines)

    @property
    def is_supported(self) -> bool:
        """Whether it fits better than IMT and than the other diagnoses of the site, unopposed."""
        is_large = self.beside.mid >= find_fact(CLEAR_FACT).number
        return self.is_better and is_large and self.beside.low > 0 and not self.is_opposed

    @property
    def own_lines(self) -> tuple[Line, ...]:
        """What is present or positive and speaks for it, by counts or as typical; one of a group.

        A negative result says what it is not. What an IMT asks for, and the stain of a kinase that
        it shares with IMT, are not its own.
        """
        own: dict[str, Line] = {}
        for line in self.lines:
            speaks = line.evidence.speaks == FOR and line.firmness != MAY_OCCUR
            is_shared = line.key in _list_asked() or shares_kinase(self.entity, line.key)
            if line.seen and speaks and not is_shared:
                own.setdefault(find_group(line.key), line)
        return tuple(own.values())

    @property
    def rests_on_more(self) -> bool:
        """Whether more than one unspecific result speaks for it.

        A microscopic finding that is not known of IMT, two that are, or two stains of different
        groups.
        """
        findings = [x for x in self.own_lines if x.key.startswith(FINDING_PREFIX)]
        stains = len(self.own_lines) - len(findings)
        return stains > 1 or len(findings) > 1 or any(x.key not in _list_known() for x in findings)


@cache
def _list_asked() -> frozenset[str]:
    """Give the microscopic findings that an IMT asks for, with their kinds, and its stains."""
    asked = (item for item in load_gate() if item.polarity is Polarity.FOR)
    typical = (f for f in load_entities()[IMT].features if f.strength is not Strength.MAY_OCCUR)
    named = {name_feature(f) for f in typical if f.polarity is Polarity.FOR}
    return frozenset(named | {FINDING_PREFIX + name for item in asked for name in item.any_of})


@cache
def _list_known() -> frozenset[str]:
    """Give the features that a source reports in IMT, however often."""
    features = load_entities()[IMT].features
    return frozenset(name_feature(f) for f in features if f.polarity is Polarity.FOR)


# Standing ---------------------------------------------------------------------------------------


def decide_standing(draft: Draft) -> Standing:
    """Give where a mimic stands, by its evidence alone."""
    if draft.exclusion:
        return Standing.EXCLUDED
    if draft.is_supported:
        return Standing.SUPPORTED
    if draft.is_clear and not draft.is_better:
        return Standing.LESS_LIKELY
    has_said = any(line.evidence.speaks in (FOR, AGAINST) for line in draft.lines)
    has_counted = any(line.evidence.is_counted for line in draft.lines)
    return Standing.OPEN if has_said or has_counted else Standing.NOT_WEIGHED


def decide_imt(
    draft: Draft,
    gate: MorphologyGate,
    supported: Sequence[str],
    *,
    is_borne_out: bool = False,
    is_beaten: bool = False,
) -> Standing:
    """Give where IMT stands: supported only when its morphology fits and no mimic is supported.

    The sum of IMT is held against its mimics on average, so counts support it only when no single
    mimic weighs as much as it does (`is_beaten`). A productive fusion that is published in IMT
    supports it as counts do; counts that clearly fit its mimics better leave it open then.
    """
    standing = decide_standing(draft)
    if is_borne_out and standing is not Standing.EXCLUDED:
        standing = Standing.OPEN if standing is Standing.LESS_LIKELY else Standing.SUPPORTED
    is_rivalled = bool(supported) or (is_beaten and not is_borne_out)
    if standing is Standing.SUPPORTED and (gate.state is not GateState.FITS or is_rivalled):
        return Standing.OPEN
    is_against = gate.state is GateState.SPEAKS_AGAINST
    return Standing.OPEN if standing is Standing.NOT_WEIGHED and is_against else standing


def list_rivals(draft: Draft, drafts: Sequence[Draft]) -> list[Draft]:
    """Give the other diagnoses, but IMT, with a count that is weighed and no exclusion."""
    return [
        other
        for other in drafts
        if other is not draft
        and other.entity.id != IMT
        and not other.exclusion
        and any(line.evidence.is_counted for line in other.lines)
    ]


def is_rival(draft: Draft) -> bool:
    """Whether counts fit a mimic as well as IMT or better, with nothing in words against it.

    The stain of a kinase that it shares with IMT makes no rival by itself: it is what the two have
    in common.
    """
    own = [
        line
        for line in draft.lines
        if line.evidence.is_counted and not shares_kinase(draft.entity, line.key)
    ]
    if not own or draft.is_opposed:
        return False
    return draft.weight.mid >= 0 and add_intervals(line.weight for line in own).mid >= 0


def stand_beside(draft: Draft, drafts: Sequence[Draft], pointed: Collection[str]) -> Standing:
    """Give where a mimic stands: supported only when no other one weighs as much, as shown.

    What a red flag or a fusion names is not put aside by counts, nor is another one supported
    beside it. What nothing names is supported by one stain alone neither.
    """
    standing = decide_standing(draft)
    is_pointed = draft.entity.id in pointed
    if standing in (Standing.LESS_LIKELY, Standing.NOT_WEIGHED) and is_pointed:
        return Standing.OPEN
    is_bare = bool(pointed) or not draft.rests_on_more
    if standing is Standing.SUPPORTED and is_bare and not is_pointed:
        return Standing.OPEN
    rivals = list_rivals(draft, drafts) if standing is Standing.SUPPORTED else []
    own = round(draft.weight.mid, DECIMALS)
    is_beaten = any(round(other.weight.mid, DECIMALS) >= own for other in rivals)
    return Standing.OPEN if is_beaten else standing


def is_borne_out(drafts: Sequence[Draft], fusions: CaseFusions) -> bool:
    """Whether a published fusion supports IMT, and nothing speaks only for what may share it."""
    found = list_borne_out(fusions)
    own = next((draft for draft in drafts if draft.entity.id == IMT), None)
    if not found or own is None or own.is_opposed or any(map(_is_better_mimic, drafts)):
        return False
    rivals = [d for d in drafts if any(find_shared_driver(d.entity, f) for f in found)]
    speaking = {line.key for line in own.lines if line.evidence.speaks == FOR}
    # The stain of the kinase shows the fusion once more.
    speaking |= set(load_kinases().markers)
    return not any(
        line.evidence.speaks == FOR and line.key not in speaking
        for draft in rivals
        for line in draft.lines
    )


def _is_better_mimic(draft: Draft) -> bool:
    """Whether a mimic fits better than IMT by counts, with nothing in words against it.

    A fusion that no source reports in it is such a word, so that one stain does not outweigh it.
    """
    return draft.entity.id != IMT and draft.is_better and not draft.is_opposed
