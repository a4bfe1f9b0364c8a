"""What is known of resistance to a treatment: recorded changes of its kinase, drugs before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from spindle.knowledge.facts import Fact
from spindle.knowledge.resistance import Resistance, ResistanceContext, load_resistance
from spindle.knowledge.therapies import TARGETED, Therapy, load_therapies, load_trials
from spindle.knowledge.words import bound_word, fold
from spindle.reasoning.actionability_course import Course, Variant
from spindle.reasoning.actionability_drivers import KinaseState
from spindle.reasoning.statuses import join_words

Told = tuple[str, tuple[Fact, ...]]
"""What is said, with the facts behind it."""
LABORATORY = "the laboratory"
IMT = "imt"
# Behind a count of those who responded, before the drug that they had had.
AFTER = "patients with an IMT after"


# What is told -----------------------------------------------------------------------------------


def list_resistance(therapy: Therapy, states: Sequence[KinaseState], course: Course) -> list[Told]:
    """Give what is known of resistance that concerns a treatment, this patient's first.

    `states` are the kinases with a signal. A change that is recorded and of which nothing is known
    here is said to be that.
    """
    said: dict[str, tuple[Fact, ...]] = {}
    kinases = {name for state in states for name in state.kinases} | set(therapy.kinases)
    for variant in course.variants:
        if variant.gene in kinases:
            said.update([_say_variant(therapy, variant)])
    for item in load_resistance().values():
        if _concerns(item, therapy, states) and not _is_said(item, said):
            said[_join(item)] = item.facts
    return list(said.items())


def _join(item: Resistance) -> str:
    return " ".join(fact.statement for fact in item.facts)


def _is_said(item: Resistance, said: Iterable[str]) -> bool:
    return any(_join(item) in words for words in said)


def _say_variant(therapy: Therapy, variant: Variant) -> Told:
    """Give what is known of one recorded change for one treatment, what names the treatment first.

    Where anything names it, what is known of other treatments only is left to these.
    """
    items = find_resistance(variant)
    if not items:
        return f"{variant.name} is recorded. Nothing is known here of it.", ()
    about = [item for item in items if _is_about(item, therapy)]
    facts = tuple(dict.fromkeys(fact for item in about or items for fact in item.facts))
    said = " ".join(fact.statement for fact in facts)
    tail = "" if about else f" Nothing is known here of it and {therapy.name}."
    return f"{variant.name} is recorded. {said}{tail}", facts


def _is_about(item: Resistance, therapy: Therapy) -> bool:
    """Give whether an entry is about a treatment, or any sentence behind it names it."""
    if therapy.id in (*item.resists, *item.responded):
        return True
    names = (fold(name) for name in (therapy.name, *therapy.terms))
    pattern = re.compile("|".join(map(bound_word, names)))
    return any(pattern.search(fold(fact.statement)) for fact in item.facts)


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


# What leaves a drug open ------------------------------------------------------------------------


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
            yield f"{variant.name} is recorded{_say_elsewhere(therapy, variant)}; {known}"
    before = find_inhibitors_before(therapy, acts_on, course)
    if course.has_progressed and before and not answered:
        after = f"progression is recorded after {join_words(before)}"
        yield f"{after}; {_say_after(therapy, acts_on, course)}"


def _say_after(therapy: Therapy, acts_on: set[str], course: Course) -> str:
    """Give what was counted in IMT after a drug that this patient had, or that it is open."""
    told = [
        f"{trial.fact.n} of {trial.fact.of} {AFTER} {trial.earlier}"
        for trial in load_trials().get(therapy.id, ())
        if trial.earlier in course.given and trial.entity == IMT and acts_on & set(trial.targets)
        if isinstance(trial.fact.n, int)
    ]
    is_open = f"whether {therapy.name} helps then is open"
    return f"{is_open}: {join_words(told)} responded to it" if told else is_open


def _say_elsewhere(therapy: Therapy, variant: Variant) -> str:
    """Give where a change was seen on or after a drug, or responded to it, outside an IMT."""
    found = find_resistance(variant)
    tumours = [item for item in found if item.context is ResistanceContext.OTHER_TUMOUR]
    cells = [item for item in found if item.context is ResistanceContext.LABORATORY]
    told = (
        ("seen on or after it in", _name_places(i for i in tumours if therapy.id in i.resists)),
        ("answered by it in", _name_places(i for i in tumours if therapy.id in i.responded)),
        ("less sensitive to it in", LABORATORY * any(therapy.id in i.resists for i in cells)),
        ("sensitive to it in", LABORATORY * any(therapy.id in i.responded for i in cells)),
    )
    return "".join(f", {words} {place}" for words, place in told if place)


def _name_places(items: Iterable[Resistance]) -> str:
    """Give the tumours in which something was seen, by what the first fact of each is about."""
    return join_words(list(dict.fromkeys(item.facts[0].applies_to for item in items)))


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


def rank_setback(therapy: Therapy, course: Course) -> int:
    """Give how far back a drug stands among the others of its kind: 0 for not at all.

    2 when it was given and progression is recorded, or when a recorded change was seen on or after
    it in an IMT; 1 when that was in another tumour or in cells. A change with which an IMT is known
    to have responded sets it no further back.
    """
    if course.has_progressed and therapy.id in course.given:
        return 2
    if find_resisting(therapy, course):
        return 2
    return int(
        any(
            therapy.id in item.resists and not _has_response(therapy, variant)
            for variant in course.variants
            for item in find_resistance(variant)
        )
    )
