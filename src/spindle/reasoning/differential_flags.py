"""What comes before any weighing: the morphology gate and the red flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.observations import Stain, TestResult
from spindle.cases.patient import Precision
from spindle.knowledge.entities import (
    FUSION_KEY,
    PARTNER_KEY,
    Condition,
    ConditionKind,
    Entity,
    EntityKind,
    GateItem,
    Polarity,
    RedFlagRule,
    Strength,
    find_age_months,
    load_entities,
    load_gate,
    load_red_flags,
)
from spindle.knowledge.fusions import find_any_partner
from spindle.knowledge.histology import find_finding, finding_pattern
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.vocabularies import find_marker
from spindle.knowledge.words import fold
from spindle.reasoning.assessments import Assessment, KinaseAssessment, KinaseStatus
from spindle.reasoning.differential_answers import FINDING_PREFIX, Answers
from spindle.reasoning.differential_fusions import (
    CaseFusions,
    KinaseFusion,
    OtherFusion,
    find_shared_driver,
    list_imt_facts,
    list_named,
    list_naming_facts,
)
from spindle.reasoning.findings import (
    Candidate,
    GateState,
    MorphologyGate,
    RedFlag,
    Weight,
)
from spindle.reasoning.statuses import join_words

OTHER_TUMOUR = "fusion-of-another-tumour"
VARIANT_PARTNER = "eims-partner"
VARIANT_PLACE = "eims-alk-place"
VARIANT_FACT = "eims.definition"
# What the gate says first where cells were seen, and others than those that an IMT asks for.
OTHER_PICTURE = "Recorded, other than asked for"
SPINDLE_CELLS, EPITHELIOID = "spindle cells", "epithelioid morphology"


# The gate ---------------------------------------------------------------------------------------


def open_gate(answers: Answers) -> MorphologyGate:
    """Give whether the microscopic picture lets stains be weighed for an IMT.

    Stains can't open it. It speaks against when something that an IMT asks for is recorded as
    absent, or, where all of that is there, something that speaks against an IMT as well.
    """
    asked = [item for item in load_gate() if item.polarity is Polarity.FOR]
    denied = [item for item in asked if _is_denied(item, answers)]
    missing = [item for item in asked if not _list_present(item, answers) and item not in denied]
    odd = [
        item
        for item in load_gate()
        if item.polarity is Polarity.AGAINST and _list_present(item, answers)
    ]
    said = [f"{_say_odd(item, answers)} {item.says}" for item in (*denied, *odd)]
    if denied or (odd and not missing):
        state = GateState.SPEAKS_AGAINST
    elif missing:
        named = join_words([item.any_of[0] for item in missing])
        said.insert(0, f"Not recorded: {named}. Stains alone can't say that a tumour is an IMT.")
        seen = [name for item in missing for name in item.instead if answers.is_present(name)]
        if seen:
            said.insert(0, f"{OTHER_PICTURE}: {join_words(seen)}.")
        state = GateState.NOT_RECORDED
    else:
        present = [_list_present(item, answers)[0] for item in asked]
        said = [f"Recorded: {join_words(present)}. This fits an IMT and is not specific for it."]
        state = GateState.FITS
    facts = tuple(dict.fromkeys(fact for item in (*asked, *odd) for fact in item.facts))
    return MorphologyGate(state, " ".join(said), tuple(i.any_of[0] for i in missing), facts)


def accept_variant(
    gate: MorphologyGate, answers: Answers, flags: Sequence[RedFlag]
) -> MorphologyGate:
    """Give the gate with the epithelioid variant's picture accepted.

    Epithelioid cells stand for the spindle cells when the place of the ALK stain or the fusion
    partner is that of the variant as well.
    """
    has_sign = bool({flag.id for flag in flags} & {VARIANT_PLACE, VARIANT_PARTNER})
    is_only_cells = gate.state is GateState.NOT_RECORDED and gate.missing == (SPINDLE_CELLS,)
    if not (has_sign and is_only_cells and answers.is_present(EPITHELIOID)):
        return gate
    said = (
        "Recorded: epithelioid cells and an inflammatory infiltrate, with the ALK stain or the "
        "fusion partner of the epithelioid variant. This fits that variant."
    )
    return MorphologyGate(GateState.FITS, said, (), (*gate.facts, VARIANT_FACT))


def _list_present(item: GateItem, answers: Answers) -> list[str]:
    return [name for name in item.any_of if answers.is_present(name)]


def _is_denied(item: GateItem, answers: Answers) -> bool:
    """Whether the first-named finding, the one that the others are kinds of, is denied."""
    return answers.is_present(item.any_of[0]) is False and not _list_present(item, answers)


def _say_odd(item: GateItem, answers: Answers) -> str:
    if item.polarity is Polarity.FOR:
        name = item.any_of[0]
        return f"{name[0].upper()}{name[1:]} recorded as absent."
    name = join_words(_list_present(item, answers))
    return f"{name[0].upper()}{name[1:]} recorded."


# Red flags --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What conditions of red flags are held against."""

    case: Case
    """The case."""
    assessment: Assessment
    """Its assessment."""
    answers: Answers
    """What it answers."""
    fusions: CaseFusions
    """Its fusions."""
    site_groups: tuple[str, ...]
    """Its site groups."""


def raise_flags(seen: Seen) -> tuple[RedFlag, ...]:
    """Give the red flags of a case, alerts first."""
    raised = [flag for rule in load_red_flags().values() if (flag := _raise_rule(rule, seen))]
    flags = [_give_way(flag, raised) for flag in raised]
    flags += [flag for fusion in seen.fusions.kinases if (flag := _flag_variant(fusion))]
    flags += [flag for fusion in seen.fusions.others if (flag := _flag_fusion(fusion))]
    order = list(Weight)
    return tuple(sorted(flags, key=lambda flag: order.index(flag.weight)))


def _raise_rule(rule: RedFlagRule, seen: Seen) -> RedFlag | None:
    met = [_meet(condition, seen) for condition in rule.all_of]
    any_met = [found for condition in rule.any_of if (found := _meet(condition, seen)) is not None]
    if any(found is None for found in met) or (rule.any_of and not any_met):
        return None
    if any(_meet(condition, seen) is not None for condition in rule.none_of):
        return None
    observations = [name for found in (*met, *any_met) if found for name in found]
    other = next((w for w in rule.instead if _meet(w.condition, seen) is not None), None)
    wording = other or rule
    return RedFlag(
        id=rule.id,
        says=wording.says,
        weight=Weight(wording.weight.value),
        observations=tuple(sorted(set(observations))),
        facts=wording.facts,
    )


def _give_way(flag: RedFlag, raised: Sequence[RedFlag]) -> RedFlag:
    """Give a flag, as a doubt where it gives way to another one that names a diagnosis."""
    rules = load_red_flags()
    is_named = any(rules[other.id].names for other in raised if other.id != flag.id)
    if not (rules[flag.id].gives_way and is_named and flag.weight is Weight.ALERT):
        return flag
    return replace(flag, weight=Weight.DOUBT)


def _meet(condition: Condition, seen: Seen) -> tuple[str, ...] | None:
    """Give what meets a condition, by its ids; none when nothing does."""
    name = condition.name
    match condition.kind:
        case ConditionKind.FINDING:
            return _meet_any([FINDING_PREFIX + one for one in name.split("|")], seen)
        case ConditionKind.DOUBTED_FINDING:
            return _meet_doubted(name, seen)
        case ConditionKind.MARKER if condition.patterns:
            return _meet_pattern(condition, seen.case)
        case ConditionKind.MARKER:
            return _meet_any(name.split("|"), seen)
        case ConditionKind.PARTNER | ConditionKind.KINASE:
            return _meet_fusion(condition, seen.assessment)
    return () if _is_so(condition, seen) else None


def _is_so(condition: Condition, seen: Seen) -> bool:
    """Whether a condition about the patient or the site holds; no observation stands behind it."""
    names, groups = set(condition.name.split("|")), set(seen.site_groups)
    match condition.kind:
        case ConditionKind.SITE_GROUP:
            return bool(names & groups)
        case ConditionKind.OTHER_SITE_GROUP:
            return bool(groups) and names.isdisjoint(groups)
        case ConditionKind.AGE_UP_TO:
            return _is_young(seen.case, find_age_months(condition.name))
        case ConditionKind.TREATMENT:
            return any(given.kind.value == condition.name for given in seen.case.treatments)
        case ConditionKind.NOT_NEGATIVE:
            kinase = seen.assessment.kinases.get(condition.name)
            return kinase is None or kinase.status is not KinaseStatus.NOT_DETECTED
    return any(s.name == condition.name and s.is_present for s in seen.case.symptoms)


def _is_young(case: Case, most_months: float) -> bool:
    """Whether the age is surely no more than a number of months; an age "over" is not."""
    age = case.patient.age_at_diagnosis
    if isinstance(age, Absent):
        return False
    return age.precision is not Precision.OVER and age.months <= most_months


def _meet_any(keys: Sequence[str], seen: Seen) -> tuple[str, ...] | None:
    found = [met for key in keys if (met := _meet_answer(key, seen)) is not None]
    return tuple(name for met in found for name in met) if found else None


def _meet_doubted(name: str, seen: Seen) -> tuple[str, ...] | None:
    """A finding is doubted where words name it that are read as no finding, and no other does."""
    if seen.answers.is_present(name) is not None:
        return None
    found = tuple(
        specimen.id
        for specimen in seen.case.specimens
        for finding in specimen.histology
        if find_finding(finding.name) is None
        for match in finding_pattern().finditer(fold(finding.name))
        if (term := find_finding(match.group())) is not None and term.name == name
    )
    return found or None


def _meet_answer(key: str, seen: Seen) -> tuple[str, ...] | None:
    """A stain counts when it is positive in the place that counts, in any block."""
    answer = seen.answers.find(key)
    # Of two blocks that contradict each other one is still positive.
    is_met = answer is not None and answer.is_positive and not answer.is_misplaced
    return answer.observations if answer and is_met else None


def _meet_pattern(condition: Condition, case: Case) -> tuple[str, ...] | None:
    found = [
        stain.id
        for _, stain in case.iterate_observations()
        if isinstance(stain, Stain)
        and stain.result is TestResult.POSITIVE
        and not isinstance(stain.pattern, Absent)
        and stain.pattern.value in condition.patterns
        and (term := find_marker(stain.marker)) is not None
        and term.name == condition.name
    ]
    return tuple(found) or None


def _meet_fusion(condition: Condition, assessment: Assessment) -> tuple[str, ...] | None:
    """A fusion counts when a test that finds fusions found it, whether or not it is productive."""
    found = [
        kinase
        for kinase in assessment.kinases.values()
        if kinase.status is KinaseStatus.FUSION_DETECTED
        and condition.name
        in ((kinase.kinase,) if condition.kind is ConditionKind.KINASE else _list_partners(kinase))
    ]
    ids = [r.observation_id for kinase in found for r in kinase.readings]
    return tuple(ids) if found else None


def _list_partners(kinase: KinaseAssessment) -> list[str]:
    return [r.partner for r in kinase.readings if not isinstance(r.partner, Absent)]


def _flag_variant(fusion: KinaseFusion) -> RedFlag | None:
    """Give the flag of a fusion that is published in an aggressive variant of IMT, or none.

    A partner that was reported in single patients with the variant raises a doubt, no alert.
    """
    if isinstance(fusion.partner, Absent):
        return None
    record = find_any_partner(load_kinases().expand(fusion.kinase), fusion.partner)
    variants = [
        entity
        for name in record.entities
        if (entity := load_entities().get(name)) and entity.kind is EntityKind.VARIANT
    ]
    if not variants:
        return None
    drivers = [driver for entity in variants if (driver := find_shared_driver(entity, fusion))]
    is_rare = bool(drivers) and all(driver.is_rare for driver in drivers)
    names = join_words([entity.name for entity in variants])
    where = f"published in single patients with {names}" if is_rare else f"published in {names}"
    says = (
        f"{fusion.name} is {where}, an aggressive variant of IMT: look for epithelioid cells and "
        "for ALK at the nuclear membrane or round the nucleus."
    )
    facts = (*record.facts, *(fact for entity in variants for fact in entity.facts))
    weight = Weight.DOUBT if is_rare else Weight.ALERT
    return RedFlag(VARIANT_PARTNER, says, weight, fusion.observations, facts)


def _flag_fusion(fusion: OtherFusion) -> RedFlag | None:
    """Give the flag of a fusion that names another tumour, or one that nobody here knows."""
    if list_imt_facts(fusion):
        return None
    if named := list_named(fusion):
        names = join_words([load_entities()[name].name for name in named])
        name = f"{fusion.name[0].upper()}{fusion.name[1:]}"
        says = f"{name} was found, which is known from {names}: look at that first."
        facts = tuple(f.id for name in named for f in list_naming_facts(name, fusion))
        return RedFlag(OTHER_TUMOUR, says, Weight.ALERT, fusion.observations, facts)
    says = (
        f"{fusion.name} was found, which names no kinase that is read here. It may name another "
        "tumour; this knowledge base does not hold it."
    )
    return RedFlag(OTHER_TUMOUR, says, Weight.DOUBT, fusion.observations, ())


def list_pointed(
    flags: Sequence[RedFlag], fusions: CaseFusions, answers: Answers
) -> frozenset[str]:
    """Give the diagnoses that come before an IMT: named by a red flag, or by a fusion of theirs.

    A kinase fusion names the diagnosis whose own partner it has, when no source reports that
    partner in IMT: NPM1::ALK. It names none of which the stains that are typical of it are
    recorded as negative.
    """
    rules = load_red_flags()
    pointed = {name for flag in flags if flag.id in rules for name in rules[flag.id].names}
    pointed |= {name for fusion in fusions.others for name in list_named(fusion)}
    for fusion in fusions.kinases:
        if isinstance(fusion.partner, Absent) or fusion.is_productive is False:
            continue
        if not find_any_partner(load_kinases().expand(fusion.kinase), fusion.partner).is_in_imt:
            pointed |= {
                entity.id
                for entity in load_entities().values()
                if (driver := find_shared_driver(entity, fusion))
                and driver.partner
                and not _is_stained_otherwise(entity, fusion, answers)
            }
    return frozenset(pointed)


def _is_stained_otherwise(entity: Entity, fusion: KinaseFusion, answers: Answers) -> bool:
    """Whether several stains typical of a diagnosis are recorded, and none of them is positive."""
    asked = load_kinases().expand(fusion.kinase)
    typical = {
        feature.marker
        for feature in entity.features
        if feature.marker
        and feature.polarity is Polarity.FOR
        and feature.strength is not Strength.MAY_OCCUR
        and load_kinases().markers.get(feature.marker, "") not in asked
    }
    found = [a for marker in typical if (a := answers.find(marker)) and not a.doubt]
    return len(found) > 1 and not any(answer.is_positive for answer in found)


def list_flagged(flags: Sequence[RedFlag]) -> Iterator[str]:
    """Give the diagnoses that the red flags of a case point to."""
    rules = load_red_flags()
    for flag in flags:
        if flag.id in rules:
            yield from rules[flag.id].entities


# What is no longer to be asked ------------------------------------------------------------------


def leave_recorded(
    candidates: Sequence[Candidate], answers: Answers, fusions: CaseFusions
) -> tuple[Candidate, ...]:
    """Give the diagnoses without what would settle them where that is recorded already."""
    return tuple(
        replace(candidate, would_settle=tuple(_list_unsettled(entity, answers, fusions)))
        if (entity := load_entities().get(candidate.id)) and candidate.would_settle
        else candidate
        for candidate in candidates
    )


def _list_unsettled(entity: Entity, answers: Answers, fusions: CaseFusions) -> Iterator[str]:
    settlings = {settling.says: settling for settling in entity.answers}
    for says in entity.settles:
        known = settlings.get(says)
        keys = [words.split("|") for words in known.by] if known else []
        is_known = all(any(_is_answered(k, answers, fusions) for k in group) for group in keys)
        left = known.then if known and is_known else says
        if left:
            yield left


def _is_answered(key: str, answers: Answers, fusions: CaseFusions) -> bool:
    """Whether a test has a result that can be read, positive or negative."""
    if key.startswith(PARTNER_KEY):
        kinase = key.removeprefix(PARTNER_KEY)
        return any(f.kinase == kinase and isinstance(f.partner, str) for f in fusions.kinases)
    if key.startswith(FUSION_KEY):
        gene = key.removeprefix(FUSION_KEY)
        genes = [name for fusion in fusions.others for name in fusion.genes]
        named = [fusion for fusion in fusions.kinases if not fusion.is_break]
        genes += [name for f in named for name in (f.kinase, str(f.partner))]
        return gene in genes
    answer = answers.find(key)
    return answer is not None and not answer.is_misplaced
