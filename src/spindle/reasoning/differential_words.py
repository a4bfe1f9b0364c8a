"""Why a diagnosis stands where it stands, in one or two sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from spindle.knowledge.entities import load_red_flags
from spindle.knowledge.facts import find_fact
from spindle.reasoning.differential_evidence import FOR, Line
from spindle.reasoning.differential_fusions import CaseFusions, list_naming_fusions
from spindle.reasoning.differential_weights import is_clear
from spindle.reasoning.findings import GateState, MorphologyGate, RedFlag, Standing
from spindle.reasoning.statuses import join_words

if TYPE_CHECKING:
    from spindle.reasoning.differential_standings import Draft

CLEAR_FACT = "differential.clear-weight"
# Weights are shown with so many decimals; a lead that is too small to be shown is none.
DECIMALS = 2
FUSION_STANDING = "That speaks for it in words."
FUSION_SUPPORTS = "With a microscopic picture that fits, that supports it."


def explain_pointed(
    pointed: Iterable[str], flags: Sequence[RedFlag], fusions: CaseFusions
) -> dict[str, str]:
    """Give, for each diagnosis that comes before an IMT, what names it, in a sentence."""
    rules = load_red_flags()
    said = {}
    for entity in sorted(pointed):
        naming = [flag for flag in flags if flag.id in rules and entity in rules[flag.id].names]
        named = [f"a red flag ({_say_flag(flag)})" for flag in naming]
        named += list_naming_fusions(entity, fusions)
        words, verb = join_words(named), "name" if len(named) > 1 else "names"
        said[entity] = f"{words[0].upper()}{words[1:]} {verb} it, so it comes before an IMT."
    return said


def _say_flag(flag: RedFlag) -> str:
    """Give what a red flag saw: what stands before its colon, or its first sentence."""
    return flag.says.split(": ")[0] if ": " in flag.says else _first_sentence(flag.says).rstrip(".")


def explain_standing(draft: Draft, standing: Standing) -> str:
    """Give the reason for a standing, in one or two sentences."""
    if standing is Standing.EXCLUDED:
        return draft.exclusion
    if standing is Standing.NOT_WEIGHED:
        said = "speaks neither for it nor against it" if draft.lines else "says anything about it"
        return f"{'What' if draft.lines else 'Nothing that'} is recorded {said} here."
    if not any(line.evidence.is_counted for line in draft.lines):
        return "What is recorded is told in words; no count could be weighed."
    said = {
        Standing.SUPPORTED: "What is recorded fits it better than IMT and any other listed.",
        Standing.LESS_LIKELY: "What is recorded fits it less well than IMT.",
    }.get(standing, "Counts alone do not decide.")
    if standing is Standing.OPEN and draft.is_better:
        said = "What is recorded fits it better than IMT, but not clearly better than others."
        if draft.is_opposed:
            said = "Counts fit it better than IMT, and what is told in words speaks against it."
        elif not draft.rests_on_more and (draft.is_supported or draft.own_lines):
            said = _say_alone(draft)
    return f"{said} {_say_sum(draft)}{_say_too_few(draft)}"


def _say_alone(draft: Draft) -> str:
    """Give on how little a diagnosis rests that fits better by counts, and what it asks for."""
    seen = join_words([line.seen for line in draft.own_lines])
    by = (
        f"by this alone: {seen}"
        if seen
        else "by results that are negative, or that IMT shows as well"
    )
    return f"Counts fit it better than IMT {by}. That is not enough to call it, and IMT is open."


def _say_sum(draft: Draft) -> str:
    w, n = draft.weight, draft.patients
    people = "one published patient" if n == 1 else f"{n} published patients"
    return f"Summed weight {_sign(w.mid)} ({_sign(w.low)} to {_sign(w.high)}); {people} behind it."


def _sign(weight: float) -> str:
    return f"{weight:+.{DECIMALS}f}".replace("-", "\N{MINUS SIGN}")


def _say_too_few(draft: Draft) -> str:
    is_large = abs(draft.weight.mid) >= find_fact(CLEAR_FACT).number
    if is_clear(draft.weight) and is_large and not draft.has_enough:
        return " That is too few patients, on one side or the other, to call it."
    return ""


def explain_imt(
    draft: Draft,
    standing: Standing,
    gate: MorphologyGate,
    supported: Sequence[str],
    sharing: Sequence[str],
    *,
    rivals: Sequence[str],
) -> str:
    """Give the reason for the standing of IMT."""
    if standing is Standing.EXCLUDED:
        return draft.exclusion
    is_weighed = any(line.evidence.is_counted for line in draft.lines)
    said = f"Against its mimics together: {_lower(_say_sum(draft))}" if is_weighed else ""
    parts = [said or "Nothing recorded could be weighed for it."]
    is_by_counts = standing is Standing.SUPPORTED and draft.is_supported and not rivals
    if is_by_counts:
        parts.insert(
            0, "The microscopic picture fits, and what is recorded fits it better than its mimics."
        )
    if standing is Standing.LESS_LIKELY:
        parts.insert(0, "What is recorded fits its mimics better.")
    if gate.state is GateState.SPEAKS_AGAINST:
        parts.append("The microscopic picture speaks against it.")
    if found := [line.evidence.says for line in draft.lines if _is_fusion_for(line)]:
        fits = standing is Standing.SUPPORTED
        tail = FUSION_SUPPORTS if fits and not is_by_counts else FUSION_STANDING
        parts.insert(0, f"{' '.join(_first_sentence(said) for said in found)} {tail}")
    if sharing:
        parts.append(f"The driver is shared by {join_words(sharing)}.")
    if gate.state is GateState.NOT_RECORDED:
        parts.append("The microscopic picture is not recorded, so that it stays open at most.")
    if rivals and draft.is_supported:
        parts.append(f"By counts as fitting as IMT, or more so: {join_words(rivals)}.")
    if supported:
        parts.append(f"Better supported: {join_words(supported)}.")
    return " ".join(parts)


def _is_fusion_for(line: Line) -> bool:
    return not line.key and line.evidence.speaks == FOR


def _first_sentence(words: str) -> str:
    return words.split(". ", maxsplit=1)[0].rstrip(".") + "."


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]
