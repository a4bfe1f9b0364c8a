"""How the words of a case file become records: patient, tumour, tissue and course.

The words are read by the readers of table cells, so that a case file and a table that say the same
give the same case.
"""

from __future__ import annotations

from typing import Any

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case, Exclusion, Remark
from spindle.cases.course import DeathCause, FollowUp, Margin, Outcome, Treatment, TreatmentKind
from spindle.cases.observations import HistologyFinding
from spindle.cases.patient import Age, Patient, Sex
from spindle.cases.specimen import Specimen, SpecimenKind
from spindle.cases.tumour import Focality, ImagingFinding, Site, Symptom, Tumour, TumourSize
from spindle.formats.case_file_pregnancy import read_pregnancy
from spindle.formats.case_file_tests import (
    CHOOSE_TEST,
    TEST_ALIASES,
    TEST_HOMES,
    TEST_MEMBERS,
    TEST_PREPARE,
    TEST_TEXTS,
)
from spindle.formats.case_file_values import (
    Document,
    FieldReaders,
    FileDraft,
    make_document,
    show,
    suggest,
)
from spindle.formats.cells.ages import read_age
from spindle.formats.cells.events import read_death_cause
from spindle.formats.cells.follow_up import FollowUpRead, read_follow_up, read_outcome
from spindle.formats.cells.histology import read_findings
from spindle.formats.cells.numbers import read_size
from spindle.formats.cells.phrases import read_absence
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.formats.cells.results import read_specimen_kind
from spindle.formats.cells.sexes import read_sex
from spindle.formats.cells.sites import read_focality, read_sites
from spindle.formats.cells.stains import read_stains
from spindle.formats.cells.symptoms import read_symptoms
from spindle.formats.cells.treatments import read_margin, read_treatments
from spindle.formats.toml_lines import Path
from spindle.knowledge.histology import find_finding, load_findings
from spindle.knowledge.terms import find_site, find_symptom
from spindle.knowledge.words import fold

# Patient and tumour -----------------------------------------------------------------------------


def _read_age_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    reading = read_age(text)
    if isinstance(reading.value, Absent):
        why = " ".join(doubt.message for doubt in reading.doubts)
        raise draft.fail(path, f"{show(text)}: {why}", 'Write it with its unit: age = "14 months".')
    draft.doubt(path, reading.doubts, text)
    draft.say(path, text, f"{reading.value.months:g} months")
    return [make_document(reading.value)]


def _prepare_age(draft: FileDraft, table: Document, path: Path) -> Document:
    """Give `{ value = 14, unit = "months" }` in the fields of a case."""
    if "value" not in table:
        return table
    if rest := set(table) - {"value", "unit"}:
        raise draft.fail(path, f"{sorted(rest)[0]!r} does not stand beside value.", _AGE_CURE)
    return _read_age_text(draft, f"{table['value']} {table.get('unit', '')}".strip(), path)[0]


_AGE_CURE = 'Write age = "14 months", or { value = 14, unit = "months" }.'


def _read_size_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    reading = read_size(text)
    if isinstance(reading.value, Absent):
        why = " ".join(doubt.message for doubt in reading.doubts)
        raise draft.fail(
            path, f"{show(text)}: {why}", 'Write it with its unit: size = "42 x 31 mm".'
        )
    draft.doubt(path, reading.doubts, text)
    draft.say(path, text, " x ".join(f"{n:g}" for n in reading.value.dimensions_mm) + " mm")
    return [make_document(reading.value)]


def _prepare_tumour(draft: FileDraft, table: Document, path: Path) -> Document:
    """Take from words about the site what they say of size, number, extent and resectability."""
    sites = table.get("sites", table.get("site", []))
    for text in sites if isinstance(sites, list) else [sites]:
        if not isinstance(text, str):
            continue
        read = read_sites(text).value
        for name in ("size", "focality", "extent", "is_resectable"):
            value = getattr(read, name)
            if not isinstance(value, Absent) and name not in table:
                table[name] = make_document(value)
                draft.say((*path, "sites"), text, f"{name}: {_name_value(value)}")
    return table


def _name_value(value: Any) -> str:
    if isinstance(value, TumourSize):
        return " x ".join(f"{n:g}" for n in value.dimensions_mm) + " mm"
    return "yes" if value is True else "no" if value is False else str(value)


def _read_site_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    reading = read_sites(text)
    if not reading.value.sites and not read_absence(text):
        cure = "Name the organ or place, such as: left maxillary sinus."
        raise draft.fail(path, f"No site is read from {show(text)}.", cure)
    draft.doubt(path, reading.doubts, text)
    for site in reading.value.sites:
        draft.say(path, site.words or text, _name_site(site))
    return [make_document(site) for site in reading.value.sites]


def _name_site(site: Site) -> str:
    side = "" if isinstance(site.laterality, Absent) else f"{site.laterality.value} "
    code = "" if isinstance(site.code, Absent) else f" ({site.code.id})"
    return f"{side}{site.name}{code}"


def _prepare_site(draft: FileDraft, table: Document, path: Path) -> Document:
    """Complete a site that is written as a table by its code, and by the side in its name."""
    name = table.get("name")
    if not isinstance(name, str) or "code" in table:
        return table
    if term := find_site(name):
        draft.say((*path, "name"), name, term.name)
        return {**table, "name": term.name, "code": make_document(term.code)}
    found = read_sites(name)
    if len(found.value.sites) == 1 and not found.doubts and "laterality" not in table:
        site = found.value.sites[0]
        draft.say((*path, "name"), name, _name_site(site))
        return {"words": name, **make_document(site), **{k: table[k] for k in table if k != "name"}}
    message = "The vocabulary does not know this site. Its name is kept as written."
    draft.doubt((*path, "name"), (Doubt("site-unknown", message, name),), name)
    return {"code": {"absent": "unknown"}, **table}


def _read_symptom_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    reading = read_symptoms(text)
    if not reading.value and not read_absence(text):
        raise draft.fail(path, f"No symptom is read from {show(text)}.", "Name the symptom.")
    draft.doubt(path, reading.doubts, text)
    for symptom in reading.value:
        denied = "" if symptom.is_present else "no "
        draft.say(path, symptom.words, f"{denied}{symptom.name}")
    return [make_document(symptom) for symptom in reading.value]


def _prepare_symptom(draft: FileDraft, table: Document, path: Path) -> Document:
    name = table.get("name")
    if not isinstance(name, str) or "code" in table:
        return table
    if term := find_symptom(name):
        draft.say((*path, "name"), name, term.name)
        known = {"name": term.name, "code": make_document(term.code)}
        return {**table, **known, **({} if term.is_present else {"is_present": False})}
    message = "The vocabulary does not know these words as a symptom. They are kept."
    draft.doubt((*path, "name"), (Doubt("symptom-unknown", message, name),), name)
    return {"code": {"absent": "unknown"}, **table}


# Tissue -----------------------------------------------------------------------------------------


def _read_finding_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    """Give the findings of words such as "no necrosis" or "lymphocytes and plasma cells"."""
    reading = read_findings(text)
    draft.doubt(path, reading.doubts, text)
    kept = () if read_absence(text) else (HistologyFinding(name=text.strip(), words=text),)
    findings = reading.value or kept
    for finding in findings:
        draft.say(path, text, _name_finding(finding))
    return [make_document(finding) for finding in findings]


def _name_finding(finding: HistologyFinding) -> str:
    """Give a finding as a phrase of what was read: `mitoses, 2 in ten high-power fields`."""
    if not find_finding(finding.name):
        near = suggest(fold(finding.name), tuple(load_findings()))
        return f"kept as written; no finding of that name is known. {near}".strip()
    number = finding.count_per_10_hpf
    if isinstance(number, Absent):
        return f"{'' if finding.is_present else 'no '}{finding.name}"
    return f"{finding.name}, {number:g} in ten high-power fields"


def _prepare_finding(draft: FileDraft, table: Document, path: Path) -> Document:
    """Give a finding that is written as a table its usual name, and what its name says besides."""
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        return table
    reading = read_findings(name)
    read = reading.value[0] if len(reading.value) == 1 else HistologyFinding(name=name)
    denies = not read.is_present
    if not find_finding(read.name) or (denies and table.get("is_present") is True):
        read = HistologyFinding(name=name)
    if denies and read.name != name:
        table = {"is_present": False, **table}
    if not isinstance(read.count_per_10_hpf, Absent):
        table = {"count_per_10_hpf": read.count_per_10_hpf, **table}
    draft.doubt((*path, "name"), reading.doubts, name)
    draft.say(path, table.get("words") or name, _name_finding(read))
    if read.name != name:
        table = {"words": name, **table}
    return {**table, "name": read.name}


def _prepare_specimen(draft: FileDraft, table: Document, path: Path) -> Document:
    """Add to the observations the stains that are written in one line."""
    lines = table.pop("stains", [])
    stains: list[Document] = []
    for place, line in enumerate(lines if isinstance(lines, list) else [lines]):
        where = (*path, "stains", place) if isinstance(lines, list) else (*path, "stains")
        if not isinstance(line, str):
            raise draft.fail(where, f"{show(line)} is no text.", _STAINS_CURE)
        reading = read_stains(line)
        if not reading.value and not read_absence(line):
            raise draft.fail(where, f"No stain is read from {show(line)}.", _STAINS_CURE)
        draft.doubt(where, reading.doubts, line)
        stains += [make_document(stain) for stain in reading.value]
        read = "; ".join(_name_stain(make_document(stain)) for stain in reading.value)
        draft.say(where, line, read)
    own = table.get("observations", [])
    if stains:
        for stain in stains:
            del stain["id"]
        table["observations"] = [*(own if isinstance(own, list) else [own]), *stains]
    return table


_STAINS_CURE = 'Write the stains as in a report: stains = "SMA+; desmin focal +; S100-".'


def _name_stain(stain: Document) -> str:
    """Give a stain as a phrase of what was read: `ALK positive, clone D5F3`."""
    parts = [stain["result"], stain["extent"], stain["intensity"], stain["pattern"]]
    said = [part.replace("_", " ") for part in parts if isinstance(part, str)]
    share = stain["percent_positive"]
    if "low" in share:
        ends = dict.fromkeys((f"{share['low']:g}", f"{share['high']:g}"))
        said.append("–".join(ends) + " %")
    for name, unit in (("cells_per_hpf", " cells a high-power field"), ("ratio_percent", " %")):
        if isinstance(stain[name], float | int):
            said.append(f"{'ratio ' if unit == ' %' else ''}{stain[name]:g}{unit}")
    if isinstance(stain["clone"], str):
        said.append(f"clone {stain['clone']}")
    result = stain["result"]
    if isinstance(result, dict) and (not said or result != make_document(NOT_REPORTED)):
        said.insert(0, f"result {result['absent'].replace('_', ' ')}")
    return f"{stain['marker']} {', '.join(said)}"


# Course -----------------------------------------------------------------------------------------


def _read_treatment_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    reading = read_treatments(text)
    if not reading.value and not read_absence(text):
        kinds = ", ".join(kind.value for kind in TreatmentKind)
        raise draft.fail(path, f"No treatment is read from {show(text)}.", f"Kinds: {kinds}.")
    draft.doubt(path, reading.doubts, text)
    for item in reading.value:
        draft.say(path, item.words or text, _name_treatment(item))
    return [make_document(item) for item in reading.value]


def _name_treatment(item: Treatment) -> str:
    said = [value for value in (item.agent, item.intent, item.margin) if isinstance(value, str)]
    return ", ".join([item.kind.value, *said])


def _read_outcome_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    reading = read_outcome(text)
    if not reading.value.outcomes:
        cure = "Write recurrence, progression, metastasis or death, or that there was none."
        raise draft.fail(path, f"No outcome is read from {show(text)}.", cure)
    draft.doubt(path, reading.doubts, text)
    for outcome in reading.value.outcomes:
        denied = "" if outcome.has_occurred else "no "
        draft.say(path, outcome.words or text, f"{denied}{outcome.kind.value}")
    return [make_document(outcome) for outcome in reading.value.outcomes]


def _prepare_case(draft: FileDraft, table: Document, path: Path) -> Document:
    """Take from symptoms a pregnancy, and from follow-up in words length, status and events."""
    table = read_pregnancy(draft, table, path)
    text = table.get("follow_up")
    if not isinstance(text, str):
        return table
    del table["follow_up"]
    if read_absence(text):
        return table
    where: Path = (*path, "follow_up")
    reading = read_follow_up(text)
    read = reading.value
    if read.follow_up == FollowUp() and not read.outcomes:
        cure = 'Write it as in: follow_up = "22 months, alive, no recurrence".'
        raise draft.fail(where, f"No follow-up is read from {show(text)}.", cure)
    draft.doubt(where, reading.doubts, text)
    draft.say(where, text, _name_course(read))
    outcomes = table.get("outcomes", [])
    table["follow_up"] = make_document(read.follow_up)
    table["outcomes"] = [
        *(make_document(outcome) for outcome in read.outcomes),
        *(outcomes if isinstance(outcomes, list) else [outcomes]),
    ]
    return table


def _name_course(read: FollowUpRead) -> str:
    follow_up = read.follow_up
    said = []
    if not isinstance(follow_up.duration_months, Absent):
        said.append(f"{follow_up.duration_months:g} months")
    if not isinstance(follow_up.vital_status, Absent):
        implied = " (implied)" if follow_up.is_vital_status_implied else ""
        said.append(f"{follow_up.vital_status.value}{implied}")
    if follow_up.is_lost is True:
        said.append("lost to follow-up")
    said += [f"{'' if o.has_occurred else 'no '}{o.kind.value}" for o in read.outcomes]
    return ", ".join(said)


def _read_exclusion_text(draft: FileDraft, text: str, path: Path) -> list[Document]:
    diagnosis, colon, reason = text.partition(":")
    if not colon or not diagnosis.strip() or not reason.strip():
        cure = 'Write the reason after a colon: "desmoid fibromatosis: beta-catenin not nuclear".'
        raise draft.fail(path, f"{show(text)} names no reason.", cure)
    return [{"diagnosis": diagnosis.strip(), "reason": reason.strip(), "words": text}]


def _read_remark_text(_: FileDraft, text: str, __: Path) -> list[Document]:
    return [{"column": "remark", "words": text}]


def _read_imaging_text(_: FileDraft, text: str, __: Path) -> list[Document]:
    return [] if read_absence(text) else [{"words": text}]


# All of it together -----------------------------------------------------------------------------


def _open(reading: CellReading[Any]) -> tuple[object, tuple[Doubt, ...]]:
    return reading.value, reading.doubts


def _read_kind_of_treatment(text: str) -> tuple[object, tuple[Doubt, ...]]:
    found = read_treatments(text)
    kinds = {treatment.kind for treatment in found.value}
    return (kinds.pop() if len(kinds) == 1 else None), found.doubts


READERS = FieldReaders(
    prepare={
        Case: _prepare_case,
        Age: _prepare_age,
        Tumour: _prepare_tumour,
        Site: _prepare_site,
        Symptom: _prepare_symptom,
        Specimen: _prepare_specimen,
        HistologyFinding: _prepare_finding,
        **TEST_PREPARE,
    },
    texts={
        Age: _read_age_text,
        TumourSize: _read_size_text,
        Site: _read_site_text,
        Symptom: _read_symptom_text,
        HistologyFinding: _read_finding_text,
        Treatment: _read_treatment_text,
        Outcome: _read_outcome_text,
        Exclusion: _read_exclusion_text,
        Remark: _read_remark_text,
        ImagingFinding: _read_imaging_text,
        **TEST_TEXTS,
    },
    members={
        Sex: lambda text: _open(read_sex(text)),
        Focality: lambda text: _open(read_focality(text)),
        Margin: lambda text: _open(read_margin(text)),
        SpecimenKind: lambda text: (read_specimen_kind(text), ()),
        DeathCause: lambda text: _open(read_death_cause(text)),
        TreatmentKind: _read_kind_of_treatment,
        **TEST_MEMBERS,
    },
    aliases={
        Patient: {"age": "age_at_diagnosis", "pregnant": "is_pregnant"},
        Tumour: {"site": "sites"},
        FollowUp: {"duration": "duration_months"},
        **TEST_ALIASES,
    },
    homes={
        "at the top of the file, before the first [table]": Case,
        "under [patient]": Patient,
        "under [tumour]": Tumour,
        "under [follow_up]": FollowUp,
        "under [[specimens]]": Specimen,
        **TEST_HOMES,
    },
    choose=CHOOSE_TEST,
)
