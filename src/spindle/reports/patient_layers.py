"""The integrated diagnosis in four layers, as pathologists write it, worded as a proposal.

Layer 1 is the integrated diagnosis, 2 the histology, 3 grade and behaviour as far as a source
gives one, 4 the molecular findings, kinase by kinase. Each layer says what reasoning found and
names its facts; none weighs anything again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.observations import HistologyFinding, Stain, StainExtent, TestResult
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Site
from spindle.knowledge.codes import Code, list_codes
from spindle.knowledge.entities import load_entities, load_red_flags
from spindle.knowledge.facts import find_fact
from spindle.knowledge.site_groups import list_site_groups
from spindle.knowledge.words import load_word_lists
from spindle.reasoning.assessments import KinaseAssessment, KinaseStatus
from spindle.reasoning.differential_flags import (
    OTHER_PICTURE,
    VARIANT_PARTNER,
    VARIANT_PLACE,
)
from spindle.reasoning.findings import Candidate, Fit, GateState, Standing
from spindle.reasoning.patients import PatientAssessment
from spindle.reasoning.prognosis_variants import find_variant
from spindle.reasoning.statuses import UNDECIDED, has_reciprocal, name_status
from spindle.reports.words import FLAGS, SUPPORT, join_words, write_label

Document = dict[str, Any]

BEHAVIOUR_SYSTEM = "ICD-O"
# Up to so many diagnoses that are open beside the first one are named.
NAMED_BESIDE = 3
OWN_KINDS = ("imt", "variant")
VARIANT, EPITHELIOID_FLAG, VARIANT_KINASE = "eims", "eims", "ALK"
LYMPHOMA = "anaplastic-large-cell-lymphoma"
# The flag of a stain that several kinases share, and how often it stains without their fusion.
SHARED_STAIN = "stain_of_several_kinases"
WITHOUT_FUSION_FACT = "ihc.pan-trk.cytoplasmic-without-fusion"
NO_VARIANT_CODE = (
    "That is the code of IMT as a whole; none is held here for its epithelioid variant, which is "
    "called highly aggressive."
)
# How a summed weight is read; said once, where the first one stands.
SUMMED = "summed weight"
HOW_TO_READ = (
    "A summed weight is the log10 of a likelihood ratio with its 95 % interval: above 0 it speaks "
    "for the diagnosis, below 0 against it; an interval that holds 0 decides nothing."
)
NULL, NULL_FACT = "no staining (null)", "stain.p53.null"
_TITLES = ("Integrated diagnosis", "Histology", "Grade and behaviour", "Molecular findings")
# How each standing of a diagnosis is worded; a proposal, and never a probability.
_COMPATIBLE: Mapping[Standing, str] = {
    Standing.SUPPORTED: "Findings compatible with {}",
    Standing.OPEN: "Findings leave {} open",
    Standing.LESS_LIKELY: "Findings speak against {}",
    Standing.EXCLUDED: "{} is recorded as excluded",
    Standing.NOT_WEIGHED: "Findings do not let {} be weighed",
}
GATE: Mapping[GateState, str] = {
    GateState.FITS: "The microscopic picture fits",
    GateState.SPEAKS_AGAINST: "The microscopic picture speaks against it",
    GateState.NOT_RECORDED: "The microscopic picture is not recorded, or not enough of it",
}
OTHER_GATE = "The microscopic picture that is recorded is not the one asked for"
# Statuses that say nothing beyond that nobody looked.
_SILENT = (KinaseStatus.NOT_REPORTED, KinaseStatus.NOT_TESTED)


def make_layers(patient: PatientAssessment) -> Document:
    """Give the headline and the four layers, each with its lines and their facts."""
    lines = (
        _list_integrated(patient),
        _list_histology(patient),
        _list_behaviour(patient),
        _list_molecular(patient),
    )
    layers = [
        {"number": number, "title": title, "lines": list(found)}
        for number, (title, found) in enumerate(zip(_TITLES, lines, strict=True), 1)
    ]
    return {"headline": write_headline(patient), "layers": layers}


def _line(says: str, facts: Iterable[str] = (), lead: str = "", weight: str = "") -> Document:
    return {"lead": lead, "says": says, "facts": list(dict.fromkeys(facts)), "weight": weight}


# Layer 1 ----------------------------------------------------------------------------------------


def write_headline(patient: PatientAssessment) -> str:
    """Give the integrated diagnosis in one sentence: `Findings compatible with …; ALK: …`."""
    kinases = patient.assessment.kinases
    first = next(iter(kinases))
    said: dict[str, list[str]] = {}
    has_fusion = any(k.status is KinaseStatus.FUSION_DETECTED for k in kinases.values())
    for name, kinase in kinases.items():
        is_left_off = has_fusion and _is_unspecific(kinase)
        if (kinase.status not in _SILENT and not is_left_off) or name == first:
            said.setdefault(_write_status(kinase), []).append(name)
    statuses = [
        f"{join_words(names)}: {status}{_doubt_stain(kinases[names[0]])}"
        for status, names in said.items()
    ]
    return "; ".join([_write_standing(patient), *statuses]) + "."


def _is_unspecific(kinase: KinaseAssessment) -> bool:
    """Give whether a status is undecided by nothing but a stain that is not specific."""
    is_undecided = kinase.status is KinaseStatus.EQUIVOCAL
    undecided = [reading for reading in kinase.readings if reading.result in UNDECIDED]
    return is_undecided and all(reading.is_unspecific for reading in undecided)


def _write_standing(patient: PatientAssessment) -> str:
    lead = find_lead(patient)
    if lead is None:
        return "No diagnosis is weighed"
    place = _write_place(patient.case.tumour.sites)
    # "Sarcomatoid carcinoma of the lung" names its place itself.
    named = _lower(lead.name) if lead.name.endswith(place) else f"{_lower(lead.name)}{place}"
    if lead.kind not in OWN_KINDS and lead.standing is Standing.SUPPORTED:
        return f"Findings that speak for {named} rather than for an IMT"
    if lead.kind not in OWN_KINDS:
        return f"Findings that point to {named}, which comes before an IMT"
    if patient.differential.gate.state is GateState.SPEAKS_AGAINST:
        return f"The microscopic picture speaks against {named}; no other diagnosis is borne out"
    words = _COMPATIBLE[lead.standing].format(named)
    return f"{words[0].upper()}{words[1:]}{_name_variant(patient)}"


def _name_variant(patient: PatientAssessment) -> str:
    """Give the variant of IMT that the picture and the stain or the fusion fit; empty for none.

    What is still to be answered is said with it: the partner, and the lymphoma with ALK and CD30.
    """
    flags = {flag.id for flag in patient.differential.red_flags}
    if EPITHELIOID_FLAG not in flags or not flags & {VARIANT_PLACE, VARIANT_PARTNER}:
        return ""
    entities = load_entities()
    alk = patient.assessment.kinases.get(VARIANT_KINASE)
    has_partner = alk is not None and not isinstance(alk.partner, Absent)
    pending = [] if has_partner else [f"the partner of {VARIANT_KINASE}"]
    if any(LYMPHOMA in rule.entities for name, rule in load_red_flags().items() if name in flags):
        pending.append(f"the exclusion of {_lower(entities[LYMPHOMA].name)}")
    said = f"; this fits its aggressive variant, {_lower(entities[VARIANT].name)}"
    return f"{said}, pending {join_words(pending)}" if pending else said


def _doubt_stain(kinase: KinaseAssessment) -> str:
    """Give, for a status that rests on a shared stain alone, how little such a stain says."""
    pending = KinaseStatus.EXPRESSED_CONFIRMATION_PENDING
    if kinase.status is not pending or SHARED_STAIN not in kinase.flags:
        return ""
    share = find_fact(WITHOUT_FUSION_FACT).value
    return f" (pan-TRK stain alone, which {share} of IMT without an NTRK fusion show weakly too)"


def find_lead(patient: PatientAssessment) -> Candidate | None:
    """Give the diagnosis that heads the report.

    A supported one is taken as it stands first, then one that a red flag or a fusion names; where
    there is neither the report is about IMT, since that is what was asked.
    """
    candidates = patient.differential.candidates
    supported = (c for c in candidates if c.standing is Standing.SUPPORTED)
    pointed = (c for c in candidates if c.is_pointed_to and c.standing is Standing.OPEN)
    imt = (c for c in candidates if c.kind == "imt")
    first = next(supported, None) or next(pointed, None) or next(imt, None)
    return first or next(iter(candidates), None)


def _lower(name: str) -> str:
    """Give a name as it stands within a sentence: `IgG4` and `ALK` keep their capitals."""
    first = name.split(maxsplit=1)[0] if name.strip() else ""
    is_plain = first.isalpha() and first[1:].islower()
    return f"{name[:1].lower()}{name[1:]}" if is_plain else name


def _write_place(sites: Sequence[Site]) -> str:
    return f" of the {join_words([write_site(site) for site in sites])}" if sites else ""


def write_site(site: Site) -> str:
    """Give a site with its side: `left maxillary sinus`."""
    if isinstance(site.laterality, Absent):
        return site.name
    return f"{site.laterality.value} {site.name}"


def _write_status(kinase: KinaseAssessment) -> str:
    said = name_status(kinase.status)
    if kinase.status is KinaseStatus.EQUIVOCAL and has_reciprocal(kinase.readings):
        said = "rearrangement shown by the reciprocal product, the fusion itself not seen"
    if kinase.status is KinaseStatus.NOT_REPORTED and _is_spoken_of(kinase):
        said = "reported, without a sure result"
    partner = _write_partner(kinase)
    discordant = ", tests disagree" if kinase.is_discordant else ""
    not_productive = ", not productive" if kinase.is_productive is False else ""
    return f"{said}{partner}{not_productive}{discordant}"


def _write_partner(kinase: KinaseAssessment) -> str:
    """Give the fusion in brackets, its genes in the order in which they are written."""
    if isinstance(kinase.partner, Absent):
        return ""
    if "kinase_written_first" in kinase.flags:
        return f" (written {kinase.kinase}::{kinase.partner})"
    return f" ({kinase.partner}::{kinase.kinase})"


def _is_spoken_of(kinase: KinaseAssessment) -> bool:
    """Give whether a test is reported in words that can't be taken as a result."""
    return any(r.result == UNKNOWN and not r.is_elsewhere for r in kinase.readings)


def _list_integrated(patient: PatientAssessment) -> Iterable[Document]:
    lead = find_lead(patient)
    yield _line(write_headline(patient))
    if not isinstance(patient.case.tumour.diagnosis, Absent):
        yield _line(patient.case.tumour.diagnosis, lead="Diagnosis as reported")
    else:
        yield _line("not reported", lead="Diagnosis as reported")
    if lead is not None:
        yield _line(lead.why, lead.facts, lead=f"{lead.name[0].upper()}{lead.name[1:]}")
        if SUMMED in lead.why.lower():
            yield _line(HOW_TO_READ, weight="pointer")
    open_ones = [c.name for c in patient.differential.candidates if _is_open_beside(c, lead)]
    if len(open_ones) > NAMED_BESIDE:
        yield _line(
            f"{len(open_ones)} other diagnoses; see the differential.", lead="Open beside it"
        )
    elif open_ones:
        yield _line(f"{join_words(open_ones)}.", lead="Open beside it")


def _is_open_beside(candidate: Candidate, lead: Candidate | None) -> bool:
    return candidate is not lead and candidate.standing in (Standing.SUPPORTED, Standing.OPEN)


# Layer 2 ----------------------------------------------------------------------------------------


def _list_histology(patient: PatientAssessment) -> Iterable[Document]:
    """Give what is recorded of each sample on lines of its own, and the morphology gate."""
    gate = patient.differential.gate
    shown = [s for s in patient.case.specimens if s.histology or _list_stains(s, patient)]
    if not any(specimen.histology for specimen in shown):
        yield _line("nothing recorded.", lead="Recorded")
    for specimen in shown:
        where = f", {_name_specimen(specimen)}" if len(patient.case.specimens) > 1 else ""
        yield from _list_specimen(specimen, where)
    says = write_gate(GATE[gate.state], gate.why, gate.missing)
    yield _line(says, gate.facts, lead="Morphology gate")
    for specimen in shown:
        where = f", {_name_specimen(specimen)}" if len(patient.case.specimens) > 1 else ""
        if stains := _list_stains(specimen, patient):
            facts = (NULL_FACT,) if any(map(is_null, _iterate_stains(specimen))) else ()
            yield _line(f"{'; '.join(stains)}.", facts, lead=f"Stains{where}")


def _list_specimen(specimen: Specimen, where: str) -> Iterable[Document]:
    present = [_write_finding(f) for f in specimen.histology if f.is_present]
    absent = [f.name for f in specimen.histology if not f.is_present]
    if present:
        yield _line(f"{', '.join(dict.fromkeys(present))}.", lead=f"Recorded{where}")
    if absent:
        yield _line(f"{', '.join(dict.fromkeys(absent))}.", lead=f"Recorded as absent{where}")


def _name_specimen(specimen: Specimen) -> str:
    """Give a sample as its id and what it is: `s2 (recurrence)`."""
    kind = specimen.kind
    if isinstance(kind, Absent) or str(kind).lower() == specimen.id.lower():
        return specimen.id
    return f"{specimen.id} ({str(kind).replace('_', ' ')})"


def write_gate(state: str, why: str, missing: Sequence[str]) -> str:
    """Give what the morphology gate says; what is missing is named once."""
    if why.startswith(OTHER_PICTURE):
        state = OTHER_GATE
    unnamed = [name for name in missing if name not in why]
    more = f" Not recorded: {', '.join(unnamed)}." if unnamed else ""
    return f"{state}. {why}{more}"


def _write_finding(finding: HistologyFinding) -> str:
    if isinstance(finding.count_per_10_hpf, Absent):
        return finding.name
    return f"{finding.name} {finding.count_per_10_hpf:g} in 10 high-power fields"


def _list_stains(specimen: Specimen, patient: PatientAssessment) -> list[str]:
    """Give the stains of a sample that ask about no kinase, each with its result in a phrase."""
    of_kinase = {
        reading.observation_id
        for kinase in patient.assessment.kinases.values()
        for reading in kinase.readings
    }
    return [
        f"{stain.marker} {_write_stain(stain)}"
        for stain in specimen.observations
        if isinstance(stain, Stain) and stain.id not in of_kinase
    ]


def _iterate_stains(specimen: Specimen) -> Iterable[Stain]:
    return (stain for stain in specimen.observations if isinstance(stain, Stain))


def is_null(stain: Stain) -> bool:
    """Give whether a stain without any staining is an aberrant pattern, and no plain negative."""
    aberrant = load_word_lists("stains")["null_aberrant"]
    return stain.extent is StainExtent.NO_STAINING and stain.marker in aberrant


def _write_stain(stain: Stain) -> str:
    if stain.extent is StainExtent.NO_STAINING and stain.result is TestResult.NEGATIVE:
        return f"{NULL}, an aberrant pattern" if is_null(stain) else NULL
    said = [stain.extent, stain.intensity, stain.pattern]
    words = [str(value).replace("_", " ") for value in said if not isinstance(value, Absent)]
    if not isinstance(share := stain.percent_positive, Absent):
        ends = dict.fromkeys((f"{share.low:g}", f"{share.high:g}"))
        words.append(f"{'–'.join(ends)} %")
    if not isinstance(stain.cells_per_hpf, Absent):
        words.append(f"{stain.cells_per_hpf:g} cells a high-power field")
    if not isinstance(stain.ratio_percent, Absent):
        words.append(f"ratio {stain.ratio_percent:g} %")
    result = [] if isinstance(stain.result, Absent) and words else [str(stain.result)]
    return ", ".join([*result, *words])


# Layer 3 ----------------------------------------------------------------------------------------


def _list_behaviour(patient: PatientAssessment) -> Iterable[Document]:
    yield _line("No grade is proposed: no source that is held here grades this tumour.")
    codes = _find_codes(patient)
    other = f" {NO_VARIANT_CODE}" if codes and _is_of_variant(patient) else ""
    for code in codes:
        says = f"{code.system} {code.code} ({code.fact.applies_to}). {code.note}{other}".strip()
        yield _line(says, (code.fact.id,), lead="Behaviour")
    if not codes:
        yield _line("no sourced code is held for this diagnosis.", lead="Behaviour")


def _is_of_variant(patient: PatientAssessment) -> bool:
    """Give whether the diagnosis, or the picture with the stain or the fusion, is the variant's."""
    lead, variant = find_lead(patient), find_variant(patient.case)
    is_named = variant is not None and variant.is_diagnosed
    return lead is not None and lead.kind == "imt" and (is_named or bool(_name_variant(patient)))


def _find_codes(patient: PatientAssessment) -> Sequence[Code]:
    """Give the behaviour code of the diagnosis that heads the report, that of the site first."""
    lead = find_lead(patient)
    if lead is None or lead.standing in (Standing.EXCLUDED, Standing.LESS_LIKELY):
        return ()
    if lead.kind == "imt" and patient.differential.gate.state is GateState.SPEAKS_AGAINST:
        return ()
    names = tuple(site.name for site in patient.case.tumour.sites)
    places = [*list_site_groups(names), *names] if lead.kind == "imt" else []
    entities = [f"{lead.id}-{place.replace(' ', '-')}" for place in places]
    found = (list_codes(entity, BEHAVIOUR_SYSTEM) for entity in [*entities, lead.id])
    return next((codes for codes in found if codes), ())


def list_layer_facts(patient: PatientAssessment) -> tuple[str, ...]:
    """Give the facts that only the layers print: those of codes, and of a stain's doubt."""
    doubted = any(_doubt_stain(kinase) for kinase in patient.assessment.kinases.values())
    codes = tuple(code.fact.id for code in _find_codes(patient))
    stains = (stain for s in patient.case.specimens for stain in _iterate_stains(s))
    null = (NULL_FACT,) if any(map(is_null, stains)) else ()
    return (*codes, *null, *((WITHOUT_FUSION_FACT,) if doubted else ()))


# Layer 4 ----------------------------------------------------------------------------------------


def _list_molecular(patient: PatientAssessment) -> Iterable[Document]:
    said: dict[str, list[str]] = {}
    facts: dict[str, list[str]] = {}
    for name, kinase in patient.assessment.kinases.items():
        says = _describe_kinase(kinase)
        said.setdefault(says, []).append(name)
        facts.setdefault(says, []).extend(f for r in kinase.readings for f in r.trace.facts)
        facts[says] += [WITHOUT_FUSION_FACT] if _doubt_stain(kinase) else []
    for says, names in said.items():
        yield _line(says, facts[says], lead=join_words(names))
    driver = patient.actionability
    if driver.driver:
        state = "a productive fusion is shown" if driver.is_confirmed else "not confirmed"
        yield _line(f"{driver.driver.rstrip('.')} ({state}).", lead="Driver")
    if driver.other_fusions:
        yield _line(f"{driver.other_fusions}.", lead="Other fusion")
    for label in driver.labels:
        why = _drop_said(label.why, driver.driver)
        yield _line(f"{_FITS[label.fit]}. {why}", label.facts, lead=f"Label “{label.label}”")


def _describe_kinase(kinase: KinaseAssessment) -> str:
    doubt = find_fact(WITHOUT_FUSION_FACT).statement if _doubt_stain(kinase) else ""
    flags = " ".join(FLAGS.get(flag) or f"Also: {write_label(flag)}." for flag in kinase.flags)
    says = f"{_write_status(kinase)}. {kinase.why} {doubt} {SUPPORT[kinase.support.value]} {flags}"
    return " ".join(says.split())


def _drop_said(why: str, said: str) -> str:
    """Give a reason without its first sentence where another line says it already."""
    first, stop, rest = why.partition(". ")
    return rest if stop and first in said else why


_FITS: Mapping[Fit, str] = {Fit.YES: "would apply", Fit.NO: "would not apply", Fit.UNKNOWN: "open"}
