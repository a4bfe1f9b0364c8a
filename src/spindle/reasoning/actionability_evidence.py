"""Published results of a treatment, how strong they are, and what is known of resistance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from spindle.assays.shares import compute_exact_interval
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.patient import Age
from spindle.knowledge.ages import is_adult, name_age, name_limits, span_age
from spindle.knowledge.facts import Fact
from spindle.knowledge.resistance import Resistance, ResistanceContext, load_resistance
from spindle.knowledge.therapies import TARGETED, Therapy, Trial, load_therapies, load_trials
from spindle.reasoning.actionability_drivers import KinaseState
from spindle.reasoning.actionability_settings import Course, Variant
from spindle.reasoning.findings import TrialResult
from spindle.reasoning.statuses import join_words

AS_PRINTED = "as printed"
COMPUTED = "exact, computed here"
CASE_REPORT = "case report"
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
    trials = (trial for rows in load_trials().values() for trial in rows)
    return {trial.fact.id: make_result(trial) for trial in trials}


def make_result(trial: Trial) -> TrialResult:
    """Give one result, with the printed interval or an exact one where only counts are printed."""
    fact = trial.fact
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


# Resistance -------------------------------------------------------------------------------------


def list_resistance(
    therapy: Therapy, states: Sequence[KinaseState], course: Course
) -> list[tuple[str, tuple[Fact, ...]]]:
    """Give what is known of resistance that concerns a treatment, this patient's first.

    `states` are the kinases with a signal. A change that is recorded and of which nothing is known
    here is said to be that.
    """
    said: dict[str, tuple[Fact, ...]] = {}
    kinases = {name for state in states for name in state.kinases} | set(therapy.kinases)
    for variant in course.variants:
        if variant.gene in kinases:
            said.update(_say_variant(therapy, variant))
    for item in load_resistance().values():
        if _concerns(item, therapy, states) and not _is_said(item, said):
            said[_join(item)] = item.facts
    return list(said.items())


def _join(item: Resistance) -> str:
    return " ".join(fact.statement for fact in item.facts)


def _is_said(item: Resistance, said: Iterable[str]) -> bool:
    return any(_join(item) in words for words in said)


def _say_variant(therapy: Therapy, variant: Variant) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """Give what is known of one recorded change, for one treatment."""
    items = find_resistance(variant)
    if not items:
        yield f"{variant.name} is recorded. Nothing is known here of it.", ()
        return
    for item in items:
        said = f"{variant.name} is recorded. {_join(item)}"
        if therapy.id not in (*item.resists, *item.responded):
            said += f" Nothing is known here of it and {therapy.name}."
        yield said, item.facts


def find_resistance(variant: Variant) -> list[Resistance]:
    """Give what is known of a change of a kinase."""
    return [
        item
        for item in load_resistance().values()
        if item.change and item.kinase == variant.gene and item.change == variant.change
    ]


def _concerns(item: Resistance, therapy: Therapy, states: Sequence[KinaseState]) -> bool:
    """Give whether it was seen with this treatment in IMT, and with a partner like this one.

    What was seen in another tumour or in cells is told only where its change is recorded.
    """
    is_imt = item.context is ResistanceContext.IMT
    partners = {state.partner for state in states if item.kinase in state.kinases}
    if not is_imt or not partners or therapy.id not in (*item.resists, *item.responded):
        return False
    return not item.partner or item.partner in partners or not any(partners)


def list_doubts(therapy: Therapy, states: Sequence[KinaseState], course: Course) -> Iterator[str]:
    """Give why resistance leaves a drug open: a recorded change of its kinase, or a drug before it.

    A change with which an IMT is known to have responded to the drug leaves no doubt.
    """
    acts_on = {name for state in states for name in state.kinases} & set(therapy.kinases)
    acts_on = acts_on or set(therapy.kinases[:1])
    changes = [variant for variant in course.variants if variant.gene in acts_on]
    resisting = find_resisting(therapy, course)
    answered = [v for v in changes if v not in resisting and _has_response(therapy, v)]
    for variant in changes:
        if variant in resisting:
            yield f"{variant.name} is recorded, which was reported with resistance to it"
        elif variant not in answered:
            known = f"no response of an IMT with it to {therapy.name} is known here"
            yield f"{variant.name} is recorded; {known}"
    before = find_inhibitors_before(therapy, acts_on, course)
    if course.has_progressed and before and not answered:
        after = f"progression is recorded after {join_words(before)}"
        yield f"{after}; whether {therapy.name} helps then is open"


def _has_response(therapy: Therapy, variant: Variant) -> bool:
    return any(
        therapy.id in item.responded and item.context is ResistanceContext.IMT
        for item in find_resistance(variant)
    )


def find_inhibitors_before(therapy: Therapy, acts_on: set[str], course: Course) -> list[str]:
    """Give the other drugs recorded as given that act on the same kinase, or may do so."""
    before = [
        drug.name
        for drug in load_therapies().values()
        if drug.kind == TARGETED and drug.id in course.given and acts_on & set(drug.kinases)
    ]
    before += [f"{agent}, which is not known here" for agent in course.other_targeted]
    if course.has_unnamed_targeted:
        before.append("a targeted drug without its name")
    return [name for name in before if name != therapy.name]


def find_resisting(therapy: Therapy, course: Course) -> list[Variant]:
    """Give the recorded changes that appeared on or after this treatment in a patient with IMT."""
    return [
        variant
        for variant in course.variants
        if any(
            therapy.id in item.resists and item.context is ResistanceContext.IMT
            for item in find_resistance(variant)
        )
    ]
