"""In which setting a patient is: what a label or a source asks for, read from what is recorded.

What is not recorded is unknown and never a no. A judgement that no case holds, such as whether an
alternative is left, stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from spindle.cases.course import Margin, TreatmentKind
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.therapies import TARGETED, Needs, load_therapies
from spindle.reasoning.actionability_course import Course
from spindle.reasoning.actionability_resistance import find_resistance
from spindle.reasoning.findings import Fit

_NTRK = "NTRK"
_ALK = "ALK"

# What a label asks for; a treatment's own setting has other words before it.
ASKS = "asks for"
# Conditions that are adjectives of a disease.
_ADJECTIVES = (
    "unresectable", "recurrent", "refractory", "metastatic", "locally-advanced", "advanced",
    "resected-with-tumour-left",
)  # fmt: skip

# What a condition is called after "asks for".
WORDS: Mapping[str, str] = {
    "resectable": "a resectable tumour",
    "resected-clear": "a resection with a clear margin",
    "resected-with-tumour-left": "incompletely resected",
    "unresectable": "unresectable",
    "recurrent": "recurrent",
    "refractory": "refractory",
    "metastatic": "metastatic",
    "locally-advanced": "locally advanced",
    "advanced": "advanced",
    "progressed": "progression after treatment",
    "severe-morbidity": "a removal likely to do severe harm",
    "no-alternative": "no satisfactory alternative",
    "others-exhausted": "other treatments of little help or exhausted",
    "approved-test": "an FDA-approved test",
    "validated-test": "a validated test",
    "no-resistance-mutation": "no known acquired resistance mutation",
    "ntrk-inhibitor-before": "an NTRK inhibitor before",
    "no-ntrk-inhibitor-before": "no NTRK inhibitor before",
    "alk-inhibitor-before": "another ALK inhibitor before",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether one condition holds for one patient."""

    fit: Fit
    """Whether it holds."""
    why: str
    """What is recorded, as half a sentence."""
    missing: str = ""
    """What is simply not recorded: `resectability`; empty when something is."""


# Conditions -------------------------------------------------------------------------------------


def _known(said: bool | None, yes: str, no: str, missing: str) -> Condition:
    if said is None:
        return _lack(missing)
    return Condition(Fit.YES, yes) if said else Condition(Fit.NO, no)


def _lack(missing: str) -> Condition:
    """Give the condition of which nothing is recorded."""
    return Condition(Fit.UNKNOWN, f"{missing} is not recorded", missing)


CLEARED = "removed with a clear margin, and a recurrence is denied"
NOTHING_LEFT = f"{CLEARED}: nothing left to remove is recorded"


def _read_unresectable(course: Course) -> Condition:
    """Give whether it is unresectable now: a recurrence or metastasis reopens the question."""
    if course.is_unresectable:
        return Condition(Fit.YES, "recorded as not resectable")
    if course.is_resectable is False:
        both = "recorded as not resectable, and a resection with a clear margin as well"
        return Condition(Fit.UNKNOWN, both)
    if course.has_recurred:
        return Condition(Fit.UNKNOWN, "whether the recurrence can be removed is not recorded")
    if course.has_spread:
        return Condition(Fit.UNKNOWN, "whether every site can be removed is not recorded")
    return _read_removed(course)


def _read_removed(course: Course) -> Condition:
    """Give whether a tumour is unresectable that nobody calls so, by what was removed of it."""
    if course.is_resectable:
        return Condition(Fit.NO, "recorded as resectable")
    if course.margin is Margin.R0:
        return Condition(Fit.NO, "removed with a clear margin")
    if course.margin is not None:
        left = f"tumour was left ({course.margin.value}); whether it can be removed is not recorded"
        return Condition(Fit.UNKNOWN, left)
    return _lack("resectability")


def _read_resectable(course: Course) -> Condition:
    """Give whether something that can be removed is there; a clear margin shows none."""
    if course.is_cleared:
        return Condition(Fit.NO, NOTHING_LEFT)
    is_back = course.has_recurred or course.has_spread
    if course.margin is Margin.R0 and not is_back and course.is_resectable is not False:
        unknown = "removed with a clear margin; whether anything came back is not recorded"
        return Condition(Fit.UNKNOWN, unknown)
    opposite = {Fit.YES: Fit.NO, Fit.NO: Fit.YES, Fit.UNKNOWN: Fit.UNKNOWN}
    condition = _read_unresectable(course)
    return Condition(opposite[condition.fit], condition.why, condition.missing)


def _read_resected_clear(course: Course) -> Condition:
    """Give whether a clear margin is the last word: not when tumour was left, came back or grew."""
    if course.has_spread:
        return Condition(Fit.NO, "metastasis is recorded")
    if course.has_progressed:
        return Condition(Fit.NO, "progression is recorded")
    if course.has_recurred:
        return _read_cleared_again(course)
    if course.margin is Margin.R0:
        return Condition(Fit.YES, "a resection with a clear margin is recorded")
    if course.margin is not None:
        return Condition(Fit.NO, f"the margin is recorded as {course.margin.value}")
    return _lack("the margin of a resection")


def _read_cleared_again(course: Course) -> Condition:
    """Give the same after a recurrence, which a later resection may have removed."""
    if course.margin is Margin.R0 and course.resections > 1:
        unknown = "it came back; whether the last resection removed the recurrence is not recorded"
        return Condition(Fit.UNKNOWN, unknown)
    return Condition(Fit.NO, "a recurrence is recorded")


def _read_tumour_left(course: Course) -> Condition:
    if course.margin is None:
        return _lack("the margin of a resection")
    fit = Fit.NO if course.margin is Margin.R0 else Fit.YES
    return Condition(fit, f"the margin is recorded as {course.margin.value}")


def _read_refractory(course: Course) -> Condition:
    if course.has_progressed and course.has_treatment:
        return Condition(Fit.YES, "progression is recorded")
    if course.has_progressed:
        unknown = "progression is recorded, a drug or radiotherapy before it is not"
        return Condition(Fit.UNKNOWN, unknown)
    if course.has_progressed is False:
        return Condition(Fit.NO, "progression is denied")
    if course.is_cleared:
        return Condition(Fit.NO, "a recurrence is denied")
    if course.kinds == {TreatmentKind.NONE}:
        return Condition(Fit.NO, "said to have had no treatment")
    return _lack("progression under treatment")


def _read_advanced(course: Course, name: str) -> Condition:
    if course.has_spread:
        return Condition(Fit.YES, "metastasis is recorded")
    if course.is_cleared:
        return Condition(Fit.NO, CLEARED)
    if _read_unresectable(course).fit is Fit.YES:
        return Condition(Fit.YES, f"recorded as not resectable, read here as {name}")
    return _lack(f"whether it is {name}")


def _read_severe_morbidity(course: Course) -> Condition:
    if course.is_cleared:
        return Condition(Fit.NO, CLEARED)
    unknown = "whether removing it would do severe harm is for a surgeon to say and not recorded"
    return Condition(Fit.UNKNOWN, unknown)


def _read_ntrk_resistance(course: Course) -> Condition:
    """Give whether no change is reported that is held as one of resistance, in any tumour."""
    members = load_kinases().expand(_NTRK)
    found = [variant for variant in course.variants if variant.gene in members]
    held = [v.name for v in found if any(item.resists for item in find_resistance(v))]
    if held:
        return Condition(Fit.NO, f"{', '.join(held)} is reported, which is held as such a change")
    if not found:
        return Condition(Fit.YES, "none is reported")
    named = ", ".join(variant.name for variant in found)
    unknown = f"{named} is reported; whether it means resistance is not known here"
    if course.has_progressed:
        unknown += "; a change of the kinase after progression: the label may exclude this, ask"
    return Condition(Fit.UNKNOWN, unknown)


def _read_ntrk_inhibitor(course: Course) -> Condition:
    inhibitors = {therapy.id for therapy in load_therapies().values() if therapy.is_ntrk_inhibitor}
    if found := sorted(inhibitors & course.given):
        return Condition(Fit.YES, f"{', '.join(found)} is recorded as given before")
    if course.has_unnamed_targeted:
        return Condition(Fit.UNKNOWN, "a targeted drug is recorded without its name")
    if not course.kinds:
        return Condition(Fit.UNKNOWN, "earlier treatment is not recorded")
    return Condition(Fit.NO, "no NTRK inhibitor is among the treatments recorded")


def _read_no_ntrk_inhibitor(course: Course) -> Condition:
    opposite = {Fit.YES: Fit.NO, Fit.NO: Fit.YES, Fit.UNKNOWN: Fit.UNKNOWN}
    condition = _read_ntrk_inhibitor(course)
    return Condition(opposite[condition.fit], condition.why)


def _read_alk_inhibitor(course: Course) -> Condition:
    """Give whether an ALK inhibitor was given; that none is recorded does not say that none was."""
    drugs = [d for d in load_therapies().values() if d.kind == TARGETED and _ALK in d.kinases]
    if found := [drug.id for drug in drugs if drug.id in course.given]:
        return Condition(Fit.YES, f"{', '.join(found)} is recorded as given before")
    if course.kinds == {TreatmentKind.NONE}:
        return Condition(Fit.NO, "said to have had no treatment")
    if course.has_unnamed_targeted:
        return Condition(Fit.UNKNOWN, "a targeted drug is recorded without its name")
    if course.kinds:
        return Condition(Fit.UNKNOWN, "no ALK inhibitor is among the treatments recorded")
    return _lack("earlier treatment")


def _judgement(_: Course) -> Condition:
    unknown = "whether a satisfactory alternative is left is a judgement that is not recorded"
    return Condition(Fit.UNKNOWN, unknown)


def _test_name(_: Course) -> Condition:
    return Condition(Fit.UNKNOWN, "which test was used, and its approval, is not recorded")


READERS: Mapping[str, Callable[[Course], Condition]] = {
    "resectable": _read_resectable,
    "resected-clear": _read_resected_clear,
    "resected-with-tumour-left": _read_tumour_left,
    "unresectable": _read_unresectable,
    "recurrent": lambda course: _known(
        course.has_recurred,
        "a recurrence is recorded",
        "a recurrence is denied",
        "recurrence",
    ),
    "refractory": _read_refractory,
    "metastatic": lambda course: _known(
        course.has_spread,
        "metastasis is recorded",
        "recorded as localised or without metastasis",
        "metastasis",
    ),
    "locally-advanced": lambda course: _read_advanced(course, WORDS["locally-advanced"]),
    "advanced": lambda course: _read_advanced(course, WORDS["advanced"]),
    "progressed": _read_refractory,
    "severe-morbidity": _read_severe_morbidity,
    "no-alternative": _judgement,
    "others-exhausted": _judgement,
    "approved-test": _test_name,
    "validated-test": _test_name,
    "no-resistance-mutation": _read_ntrk_resistance,
    "ntrk-inhibitor-before": _read_ntrk_inhibitor,
    "no-ntrk-inhibitor-before": _read_no_ntrk_inhibitor,
    "alk-inhibitor-before": _read_alk_inhibitor,
}


def read_conditions(course: Course) -> Mapping[str, Condition]:
    """Give every condition that a setting can ask for, as this course has it."""
    return {name: read(course) for name, read in READERS.items()}


# Settings ---------------------------------------------------------------------------------------


def combine(fits: Iterable[Fit]) -> Fit:
    """Give whether all hold: no if any does not, yes if all do, unknown otherwise."""
    found = set(fits)
    if Fit.NO in found:
        return Fit.NO
    return Fit.YES if found <= {Fit.YES} else Fit.UNKNOWN


def judge_needs(
    needs: Needs, conditions: Mapping[str, Condition], asks: str = ASKS
) -> tuple[Condition, ...]:
    """Give for each group of conditions whether any of it holds, with what is recorded."""
    return tuple(_judge_group(group, conditions, asks) for group in needs)


def _judge_group(
    group: tuple[str, ...], conditions: Mapping[str, Condition], asks: str
) -> Condition:
    found = [conditions[name] for name in group]
    fits = {condition.fit for condition in found}
    fit = next((fit for fit in (Fit.YES, Fit.UNKNOWN) if fit in fits), Fit.NO)
    kept = [condition for condition in found if condition.fit is fit]
    words = [WORDS[name] for name in group]
    asked = " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    if asks != ASKS and set(group) <= set(_ADJECTIVES):
        asked += " disease"
    return Condition(fit, f"{asks} {asked}; {_join_whys(kept)}")


def _join_whys(conditions: Iterable[Condition]) -> str:
    """Give what is recorded, with what is not recorded told together at the end."""
    kept = list(conditions)
    said = dict.fromkeys(condition.why for condition in kept if not condition.missing)
    missing = dict.fromkeys(condition.missing for condition in kept if condition.missing)
    if missing:
        first, *others = missing
        tail = "".join(f", nor {name}" for name in others)
        said[f"{first} is not recorded{tail}"] = None
    return ", ".join(said)
