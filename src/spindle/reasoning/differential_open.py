"""Between which diagnoses the next stain decides, and which stains settle what is asked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from spindle.knowledge.entities import IMT
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import load_kinases
from spindle.reasoning.differential_answers import Answers
from spindle.reasoning.differential_evidence import FOR
from spindle.reasoning.differential_fusions import CaseFusions, KinaseFusion
from spindle.reasoning.differential_stains import (
    SETTLING_FACT,
    list_unanswered,
    name_marker,
    rank_stains,
)
from spindle.reasoning.differential_standings import CLEAR_FACT, Draft
from spindle.reasoning.findings import Candidate, NextStain, Standing
from spindle.reasoning.statuses import join_words


@cache
def load_settling() -> Mapping[str, tuple[str, ...]]:
    """Give, by diagnosis, the stains and probes that help to settle it."""
    listed = (part.split(":", 1) for part in str(find_fact(SETTLING_FACT).value).split("; "))
    return MappingProxyType(
        {entity: tuple(m.strip() for m in markers.split(",")) for entity, markers in listed}
    )


def choose_stains(
    drafts: Sequence[Draft],
    candidates: Sequence[Candidate],
    answers: Answers,
    fusions: CaseFusions,
    site_groups: tuple[str, ...],
) -> tuple[NextStain, ...]:
    """Give the stains that would separate most, those that settle what is asked about first.

    They decide between the diagnoses that are in play. Where nothing has counts for those, they
    decide between all that are open, unless something names a diagnosis. A stain that settles one
    in play is named also where only others have counts of it.
    """
    opened = list_open(drafts, candidates, fusions, answers)
    pointed = {c.id for c in candidates if c.is_pointed_to}
    settling = list_settling(opened, pointed, answers, site_groups)
    narrow = rank_stains(weigh_open(opened, pointed), answers, site_groups, settling)
    wide = rank_stains(weigh_all(opened), answers, site_groups, settling)
    asked = {name_marker(marker) for marker in settling} & {stain.marker for stain in wide}
    known = {stain.marker for stain in narrow}
    if asked <= known and (narrow or pointed):
        return narrow
    if pointed:
        return tuple(stain for stain in wide if stain.marker in asked | known)
    return wide


def list_open(
    drafts: Sequence[Draft],
    candidates: Sequence[Candidate],
    fusions: CaseFusions,
    answers: Answers,
) -> list[Draft]:
    """Give the diagnoses between which a stain may decide.

    Left out is what somebody excluded, and where a kinase fusion is confirmed, what it speaks
    against in words, unless something names that diagnosis or something as firm speaks for it.
    """
    shut = {c.id for c in candidates if c.standing is Standing.EXCLUDED}
    kept = {IMT} | {c.id for c in candidates if c.is_pointed_to}
    if any(_is_confirmed(fusion, answers) for fusion in fusions.kinases):
        shut |= {draft.entity.id for draft in drafts if _is_closed(draft)} - kept
    return [draft for draft in drafts if draft.entity.id not in shut]


def _is_confirmed(fusion: KinaseFusion, answers: Answers) -> bool:
    """Whether sequencing bears a fusion out, or FISH and the stain of the kinase agree."""
    if not fusion.is_break:
        return fusion.is_borne_out
    kinases = load_kinases()
    return any(
        answer.is_positive
        and not answer.doubt
        and answer.key in kinases.markers
        and fusion.kinase in kinases.expand(kinases.markers[answer.key])
        for answer in answers.stains
    )


def _is_closed(draft: Draft) -> bool:
    is_for = any(not x.firmness and x.evidence.speaks == FOR for x in draft.lines)
    return draft.is_opposed and not is_for


def weigh_open(opened: Sequence[Draft], pointed: Collection[str]) -> Mapping[str, float]:
    """Give the middle of the weight against IMT of each diagnosis between which a stain decides.

    IMT, what a red flag or a fusion names, and those for which something typical or a clear weight
    speaks; where these are fewer than two, all that are open.
    """
    in_play = [d for d in opened if d.entity.id in (IMT, *pointed) or _is_in_play(d)]
    return weigh_all(in_play if len(in_play) > 2 else opened)


def weigh_all(opened: Sequence[Draft]) -> Mapping[str, float]:
    """Give the same of every diagnosis that is open."""
    return {
        draft.entity.id: 0.0 if draft.entity.id == IMT else draft.weight.mid for draft in opened
    }


def _is_in_play(draft: Draft) -> bool:
    """Whether something typical of a mimic speaks for it, or its counts weigh clearly for it."""
    speaks = any(line.evidence.speaks == FOR and line.firmness <= 1 for line in draft.lines)
    return speaks or draft.weight.mid >= find_fact(CLEAR_FACT).number


def list_settling(
    opened: Sequence[Draft],
    pointed: Collection[str],
    answers: Answers,
    site_groups: tuple[str, ...],
) -> dict[str, str]:
    """Give the stains without an answer that settle what is asked about, each with a sentence.

    Asked about is what a red flag or a fusion names, and what something positive or present makes
    fit better than IMT by counts.
    """
    said: dict[str, str] = {}
    for draft in opened:
        entity = draft.entity
        is_pointed = entity.id in pointed
        if entity.id != IMT and (is_pointed or (draft.is_better and draft.own_lines)):
            markers = load_settling().get(entity.id, ())
            for marker in list_unanswered(answers, site_groups, markers):
                if marker in markers:
                    said.setdefault(marker, _say_asked(draft, is_pointed=is_pointed))
    return said


def _say_asked(draft: Draft, *, is_pointed: bool) -> str:
    name, seen = draft.entity.name, join_words([line.seen for line in draft.own_lines])
    if is_pointed:
        return f"It helps to settle {name}, which comes before an IMT."
    if draft.rests_on_more:
        return f"It helps to settle {name}, for which there speaks: {seen}."
    return f"{seen} asks for it, since that alone does not settle {name}."
