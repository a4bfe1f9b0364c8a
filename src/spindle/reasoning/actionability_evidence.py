"""Published results of a treatment, in which order they are told, and how strong they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from spindle.assays.shares import compute_exact_interval
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.patient import Age
from spindle.knowledge.ages import is_adult, name_age, name_limits, span_age
from spindle.knowledge.facts import Fact
from spindle.knowledge.outcomes import CAUTIONS
from spindle.knowledge.therapies import (
    ALK_NEGATIVE,
    NONE_BEFORE,
    Therapy,
    Trial,
    load_therapies,
    load_trials,
)
from spindle.reasoning.findings import TrialResult
from spindle.reasoning.statuses import join_words

AS_PRINTED = "as printed"
COMPUTED = "exact, computed here"
CASE_REPORT = "case report"
# A design that begins so collects what was published, so that its share is none of any patients.
COLLECTED = "review"
# End of the id of a fact by which a source itself says that only successes were collected.
BIAS = ".publication-bias"
NO_CHILD = "no child stands in its sources, only single adults"
NO_ADULT = "no adult stands in its sources, only single children"
_IMT = "imt"


def list_trials(therapy: Therapy, targets: Iterable[str]) -> list[Trial]:
    """Give the results of a treatment that were counted in any tumour or in these kinases'."""
    wanted = set(targets)
    trials = load_trials().get(therapy.id, ())
    return [trial for trial in trials if not trial.targets or wanted & set(trial.targets)]


@cache
def load_results() -> Mapping[str, TrialResult]:
    """Give every result by the id of its fact, each with its interval."""
    trials = [trial for rows in load_trials().values() for trial in rows]
    return {trial.fact.id: _join_cut_offs(trial, trials) for trial in trials}


def _join_cut_offs(trial: Trial, trials: Iterable[Trial]) -> TrialResult:
    """Give a result, behind what the same patients showed at an earlier cut-off of the study.

    A later count takes nobody out, so that it stands beside the first and does not replace it.
    """
    result = make_result(trial)
    firsts = [other for other in trials if _is_earlier_cut_off(other, trial)]
    if not firsts:
        return result
    first = min(firsts, key=lambda other: _find_year(other.fact))
    return replace(
        result,
        says=f"{first.fact.statement} {result.says}",
        facts=(*result.facts, first.fact.id),
    )


def _is_earlier_cut_off(other: Trial, trial: Trial) -> bool:
    """Give whether one result is of the same patients as another, counted before."""
    is_same = all(
        getattr(other, name) == getattr(trial, name)
        for name in ("agent", "study", "targets", "outcome", "patients")
    )
    return is_same and 0 < _find_year(other.fact) < _find_year(trial.fact)


def make_result(trial: Trial) -> TrialResult:
    """Give one result, with the printed interval or an exact one where only counts are printed.

    What was collected from published reports has no interval and says how it was collected.
    """
    fact = trial.fact
    if is_collected(trial):
        return _make_collected(trial)
    has_counts = isinstance(fact.n, int) and isinstance(fact.of, int)
    low, high, interval = trial.low, trial.high, AS_PRINTED
    if low is None and isinstance(fact.n, int) and isinstance(fact.of, int):
        lower, upper = compute_exact_interval(fact.n, fact.of)
        low, high, interval = round(100 * lower, 1), round(100 * upper, 1), COMPUTED
    return TrialResult(
        says=fact.statement,
        n=fact.n if has_counts and isinstance(fact.n, int) else NOT_REPORTED,
        of=fact.of if has_counts and isinstance(fact.of, int) else NOT_REPORTED,
        low=NOT_REPORTED if low is None else low,
        high=NOT_REPORTED if high is None else high,
        interval="" if low is None else interval,
        facts=(fact.id,),
    )


def is_collected(trial: Trial) -> bool:
    """Give whether a result was collected from published reports."""
    return trial.design.startswith(COLLECTED)


def _make_collected(trial: Trial) -> TrialResult:
    """Give a collected result: its counts without a share, and what its own source doubts of it."""
    fact = trial.fact
    evidence = load_therapies()[trial.agent].evidence
    doubts = [f for f in evidence if f.source == fact.source and f.id.endswith(BIAS)]
    caution = " ".join(f.statement for f in doubts) or CAUTIONS[COLLECTED]
    return TrialResult(
        says=f"{fact.statement} {caution}",
        n=fact.n if isinstance(fact.n, int) else NOT_REPORTED,
        of=fact.of if isinstance(fact.of, int) else NOT_REPORTED,
        low=NOT_REPORTED,
        high=NOT_REPORTED,
        interval="",
        facts=(fact.id, *(f.id for f in doubts)),
    )


# Order ------------------------------------------------------------------------------------------


def sort_trials(
    trials: Iterable[Trial],
    age: Age | Absent,
    *,
    is_alk_negative: bool = False,
    changes: Iterable[str] = (),
    is_pretreated: bool = False,
) -> list[Trial]:
    """Give results with the most telling first.

    Those in tumours without ALK come first for such a tumour, then those that name a recorded
    change of the kinase, and studies before what was collected or reported of single patients;
    then, after a drug against the same kinase, all but those of patients who had had none, and
    without one all but those of patients who had; then those in patients of this age, those in
    IMT, and of one study the newest. What is equal in all of this keeps the order of the sources.
    """
    known = list(trials)
    studies = list(dict.fromkeys(trial.study for trial in known))
    recorded = tuple(changes)

    def rank(trial: Trial) -> tuple[bool, bool, bool, bool, int, bool, int, int]:
        return (
            is_alk_negative and ALK_NEGATIVE not in trial.targets,
            not any(change in trial.fact.statement for change in recorded),
            trial.design == CASE_REPORT or is_collected(trial),
            trial.earlier == NONE_BEFORE if is_pretreated else trial.is_pretreated,
            _rank_age(trial, age),
            trial.entity != _IMT,
            studies.index(trial.study),
            -_find_year(trial.fact),
        )

    return sorted(known, key=rank)


def _rank_age(trial: Trial, age: Age | Absent) -> int:
    """Give how far a result is of patients of this age: 0 of them, 1 with them, 2 of others.

    For an infant below the youngest of a children's study that study is still the nearest.
    """
    if isinstance(age, Absent):
        return 0
    grown = is_adult(age)
    if grown is False and _CHILDREN in trial.population:
        return 0
    if trial.ages.contain(span_age(age)) is False:
        return 2
    is_open = grown is None or trial.population == _ANYBODY
    return 0 if is_open or (grown and _ADULTS in trial.population) else 1


_ANYBODY, _ADULTS, _CHILDREN = "any", "adults", "children"
_YEAR = re.compile(r"\b\d\d\d\d\b")


def _find_year(fact: Fact) -> int:
    """Give the year of a fact's source, by which a newer cut-off is known; 0 when none is named."""
    source = fact.source
    found = _YEAR.findall(source.id.replace("-", " ")) or _YEAR.findall(source.citation)
    return max(map(int, found), default=0)


# Strength ---------------------------------------------------------------------------------------


def describe_strength(therapy: Therapy, trials: Sequence[Trial], kinases: set[str]) -> str:
    """Give how strong the evidence is: kinds of study with their patients, then what is doubted.

    What is said of the evidence is left out when it speaks of other kinases than these.
    """
    is_meant = not therapy.evidence_for or bool(kinases & set(therapy.evidence_for))
    return _describe_strength(therapy.id, tuple(trial.fact.id for trial in trials), is_meant)


@lru_cache(maxsize=1024)
def _describe_strength(therapy_id: str, shown: tuple[str, ...], is_meant: bool) -> str:
    therapy = load_therapies()[therapy_id]
    trials = [trial for trial in load_trials().get(therapy_id, ()) if trial.fact.id in shown]
    parts = [f"{_count_designs(trials)}."]
    if any(trial.entity != _IMT for trial in trials):
        parts.append("Not every patient counted had an IMT.")
    if is_meant:
        parts += [fact.statement for fact in (*therapy.evidence, *therapy.guidelines)]
    return " ".join(parts)


def judge_study_ages(trials: Sequence[Trial], age: Age | Absent) -> str:
    """Give the sentence that nobody of this age was counted, where all studies say their ages.

    Reports of single patients are no population, and speak only where there is nothing else.
    """
    studies = [trial for trial in trials if trial.design != CASE_REPORT]
    if isinstance(age, Absent):
        return ""
    if not studies:
        return _judge_single_ages(trials, age)
    if any(trial.ages.is_open for trial in studies):
        return ""
    span = span_age(age)
    if any(trial.ages.contain(span) is not False for trial in studies):
        return ""
    ages = join_words(list(dict.fromkeys(name_limits(trial.ages) for trial in studies)))
    return f"its studies counted {ages}; this patient is {name_age(age)}"


def _judge_single_ages(trials: Sequence[Trial], age: Age) -> str:
    """Give the sentence that only single patients of the other age stand behind a drug."""
    who = {trial.population for trial in trials}
    if who == {"adults"} and is_adult(age) is False:
        return f"{NO_CHILD}; this patient is {name_age(age)}"
    if who == {"children"} and is_adult(age):
        return f"{NO_ADULT}; this patient is {name_age(age)}"
    return ""


def _count_designs(trials: Sequence[Trial]) -> str:
    """Give each kind of study with how many there are and how many patients they count."""
    if not trials:
        return "No result in IMT stands in the sources read"
    said = []
    for design in dict.fromkeys(trial.design for trial in trials):
        sizes: dict[tuple[str, tuple[str, ...]], int] = {}
        for trial in trials:
            if trial.design == design:
                key = (trial.study, trial.targets)
                # Rows of one study count the same patients, some of them only a part.
                sizes[key] = max(sizes.get(key, 0), trial.patients)
        studies = len({study for study, _ in sizes})
        patients = sum(sizes.values())
        people = "patient" if patients == 1 else "patients"
        said.append(f"{_count(studies, design)} with {patients} {people}")
    return join_words(said)


def _count(number: int, noun: str) -> str:
    plural = "" if number == 1 or noun.endswith("s") else "s"
    return f"{number} {noun}{plural}"
