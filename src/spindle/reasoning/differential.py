"""Is it an IMT at all: what speaks for each diagnosis and against it, and which stain comes next.

The morphology gate and the red flags come first. Then each diagnosis that fits the site is held
against IMT by published counts, and what sources say in words is shown beside them. Nothing here is
a probability of a diagnosis: no source says how often each of them occurs.
`docs/differential.md` says how it weighs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spindle.cases.case import Case
from spindle.knowledge.site_groups import list_site_groups
from spindle.reasoning.assessments import Assessment
from spindle.reasoning.differential_answers import Answers, collect_answers
from spindle.reasoning.differential_candidates import (
    draft_candidates,
    make_candidates,
)
from spindle.reasoning.differential_counts import SETTING_FACTS
from spindle.reasoning.differential_evidence import GROUP_FACT, Line
from spindle.reasoning.differential_flags import (
    Seen,
    accept_variant,
    leave_recorded,
    list_flagged,
    list_pointed,
    open_gate,
    raise_flags,
)
from spindle.reasoning.differential_fusions import collect_fusions
from spindle.reasoning.differential_open import choose_stains
from spindle.reasoning.differential_stains import STAIN_FACTS, join_markers
from spindle.reasoning.differential_standings import STANDING_FACTS
from spindle.reasoning.differential_words import explain_pointed
from spindle.reasoning.findings import (
    Candidate,
    Differential,
    GateState,
    MorphologyGate,
    NextStain,
    RedFlag,
)
from spindle.reasoning.statuses import join_words
from spindle.trace import Trace, TraceStep

NO_PROBABILITY = (
    "A weight compares how often published patients with one diagnosis and with another had the "
    "recorded results. How often each diagnosis occurs is not used, so a weight is no probability."
)
CHOSEN = (
    "The counts come from series that their authors chose, often small, with other antibodies and "
    "other cut-offs than this laboratory's. The intervals allow for part of that."
)
INDEPENDENT = (
    "Stains of different groups are taken as independent within a diagnosis; where they are not, a "
    "sum says too much."
)
SCALE = (
    "Weights are decimal logarithms of how often the results were seen: plus one means ten times "
    "as often in patients with this diagnosis as in those that it is compared with, minus one a "
    "tenth as often."
)


def weigh_differential(case: Case, assessment: Assessment) -> Differential:
    """Give what speaks for each diagnosis and against it.

    Parameters
    ----------
    case:
        The case as reported.
    assessment:
        Its assessment, from which fusions and FISH results are taken as they were read.
    """
    answers, fusions = collect_answers(case, assessment), collect_fusions(assessment, case)
    site_groups = list_site_groups(tuple(site.name for site in case.tumour.sites))
    gate = open_gate(answers)
    flags = raise_flags(Seen(case, assessment, answers, fusions, site_groups))
    gate = accept_variant(gate, answers, flags)
    first = list_pointed(flags, fusions, answers)
    drafts = draft_candidates(case, answers, fusions, site_groups, list_flagged(flags), first)
    pointed = explain_pointed(first, flags, fusions)
    candidates = make_candidates(drafts, gate, case, fusions, site_groups, pointed)
    candidates = leave_recorded(candidates, answers, fusions)
    stains = choose_stains(drafts, candidates, answers, fusions, site_groups)
    lines = [line for draft in drafts for line in draft.lines]
    return Differential(
        gate=gate,
        red_flags=flags,
        candidates=candidates,
        next_stains=stains,
        limits=tuple(_list_limits(case, answers, gate, site_groups, lines)),
        trace=_trace(gate, flags, candidates, stains),
    )


# Limits -----------------------------------------------------------------------------------------


def _list_limits(
    case: Case,
    answers: Answers,
    gate: MorphologyGate,
    site_groups: Sequence[str],
    lines: Sequence[Line],
) -> Iterator[str]:
    yield NO_PROBABILITY
    if any(line.evidence.is_counted for line in lines):
        yield from (SCALE, CHOSEN, INDEPENDENT)
    if gate.state is not GateState.FITS:
        yield f"{gate.why} Stains are shown all the same; IMT is not called supported by them."
    if not case.tumour.sites:
        yield "No site is recorded: only diagnoses that occur at any site are listed."
    elif not site_groups:
        named = join_words([site.name for site in case.tumour.sites])
        yield f"No list of diagnoses is held for {named}: those that occur at any site are listed."
    if answers.unclear:
        yield f"No clear result, and so not weighed: {join_words(answers.unclear)}."
    used = {line.key for line in lines}
    silent = [a.name for a in (*answers.stains, *answers.findings) if a.key not in used]
    if silent:
        yield f"Recorded, with nothing held here to compare it with: {join_words(silent)}."


# Trace ------------------------------------------------------------------------------------------


def _trace(
    gate: MorphologyGate,
    flags: Sequence[RedFlag],
    candidates: Sequence[Candidate],
    stains: Sequence[NextStain],
) -> Trace:
    steps = [
        TraceStep(
            concluded=f"Morphology gate: {gate.why}",
            facts=gate.facts,
            would_change="another reading of the microscopic picture",
        )
    ]
    steps += [TraceStep(flag.says, flag.observations, flag.facts) for flag in flags]
    if any(e.is_counted for candidate in candidates for e in candidate.evidence):
        steps.append(
            TraceStep(
                concluded="Results are weighed by published counts, as the differential does it.",
                facts=(*SETTING_FACTS, GROUP_FACT, *STANDING_FACTS),
                is_inferred=True,
            )
        )
    steps += [_trace_candidate(candidate) for candidate in candidates]
    if stains:
        said = f"Stains that would separate most, by expected information: {join_markers(stains)}."
        steps.append(TraceStep(said, facts=STAIN_FACTS, is_inferred=True))
    return Trace(tuple(steps))


def _trace_candidate(candidate: Candidate) -> TraceStep:
    standing = candidate.standing.value.replace("_", " ")
    counted = [evidence for evidence in candidate.evidence if evidence.is_counted]
    return TraceStep(
        concluded=f"{candidate.name}: {standing}. {candidate.why}",
        observations=tuple(dict.fromkeys(o for e in counted for o in e.observations)),
        facts=tuple(dict.fromkeys(fact for e in counted for fact in e.facts)),
        would_change=join_words(candidate.would_settle),
    )
