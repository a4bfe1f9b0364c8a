"""Report documents for the tests: the Zhao series, a bare case, many cases, hostile text."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.course import (
    FollowUp,
    Outcome,
    OutcomeKind,
    Treatment,
    TreatmentKind,
    VitalStatus,
)
from spindle.cases.observations import FishTest, PcrTest, Stain, TestResult
from spindle.cases.patient import Age, Patient, Sex, TimeUnit
from spindle.cases.provenance import Provenance
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Laterality, Site, Symptom, Tumour
from spindle.cohort.rows import make_row
from spindle.cohort.series import describe_series
from spindle.reasoning.assessments import Assessment, describe_assessment
from spindle.reasoning.reflex import assess_case
from spindle.reports.series_document import (
    CASES_IN_FULL,
    describe_case,
    describe_case_in_short,
    describe_facts,
    describe_series_document,
    describe_settings,
)

Document = dict[str, Any]

# Zhao 2025, Table 1: number, sex, age in months, age as printed, side and sites, symptoms,
# treatments (S surgery, B biopsy only, R radiotherapy, C chemotherapy, T steroid), follow-up as
# printed. ALK results are all negative but for patients 8 and 15.
TABLE = """
1|m|228|19|left nasal cavity, maxillary sinus|nasal congestion, nosebleed, pain|S|22, No recurrence, no metastasis
2|f|372|31|right maxillary sinus, infratemporal fossa|runny nose, pain|S R|136, No recurrence, no metastasis
3|f|444|37|right maxillary sinus|facial pain, swelling|S R T|Lost to follow up
4|f|672|56|right maxillary sinus|numbness, tear overflow, diplopia|S T|119, No recurrence, no metastasis
5|m|744|62|left maxillary sinus, orbit|numbness|S R C T|54, Died
6|m|372|31|left orbit, pterygopalatine fossa|mass|S T|Lost to follow up
7|m|828|69|right maxillary sinus|nasal discharge, nasal congestion|S R|47, No recurrence, no metastasis
8|m|300|25|right frontal sinus, orbit|nasal congestion, eye discomfort|S|74, No recurrence, no metastasis
9|f|288|24|bilateral ethmoid sinus, sphenoid sinus, maxillary sinus, nasal cavity, orbit|mass|S R C|30, Recurrence
10|f|648|54|right nasal cavity, orbit, ethmoid sinus, pterygopalatine fossa|pain, proptosis, fever|B|Lost to follow up
11|f|804|67|right maxillary sinus, nasal cavity|nasal congestion, nosebleed|S|19, Died
12|f|108|9|right maxillary sinus, lacrimal sac, eyelid|mass|S R T|Lost to follow up
13|m|492|41|right maxillary sinus, orbit|numbness, diplopia|S R T|93, No recurrence, no metastasis
14|m|348|29|left lacrimal sac, nasal dorsum, eyelid|mass, tear overflow|S R C|45, No recurrence, no metastasis
15|m|14|14 months|right inner canthus, maxillary sinus, nasolacrimal duct|mass, tear overflow, fever|S C|Lost to follow up
16|f|768|64|right sphenoid sinus, maxillary sinus|nosebleed, decreased vision|S R C T|10, Recurrence
17|m|360|30|right nasal septum, nasal cavity|nasal congestion, hyposmia|S T|14, No recurrence, no metastasis
18|m|240|20|left maxillary sinus|numbness, pain|S R T|21, died
19|f|372|31|right maxillary sinus|proptosis, headache, nosebleed|S R|Lost to follow up
20|m|360|30|right maxillary sinus, nasal vestibule|nosebleed, nasal congestion, pain|S R|21, died
21|m|13|13 months|left maxillary sinus, infratemporal fossa, alveolar bone|swelling, fever|S|92, No recurrence, no metastasis
22|m|744|62|left maxillary sinus|nasal congestion, runny nose, hyposmia|S R C|93, died
23|f|468|39|left maxillary sinus|nasal congestion, runny nose, swelling|S R C T|Lost to follow up
24|m|21|21 months|left maxillary sinus|proptosis, nasal congestion|S|Lost to follow up
25|m|300|25|left pterygopalatine fossa|nasal congestion, runny nose, headache|S T|131, No recurrence, no metastasis
""".strip().splitlines()  # noqa: E501

TREATMENTS = {
    "S": (TreatmentKind.SURGERY, "Tumor resection"),
    "B": (TreatmentKind.BIOPSY_ONLY, "Only tumor biopsy due to wide invasion"),
    "R": (TreatmentKind.RADIOTHERAPY, "radiotherapy"),
    "C": (TreatmentKind.CHEMOTHERAPY, "chemotherapy"),
    "T": (TreatmentKind.STEROID, "steroid therapy"),
}
ALK_POSITIVE = {"8": (True, False, False), "15": (True, False, True)}
HEADERS = (
    ("A", "No", "case_id"),
    ("B", "Gender", "sex"),
    ("C", "Age (yr)", "age"),
    ("D", "Clinical Manifestations", "symptoms"),
    ("E", "Imaging Examination", "sites"),
    ("F", "ALK (D5F3)", "stain_result"),
    ("G", "FISH", "fish_result"),
    ("H", "RT-PCR", "rt_pcr_result"),
    ("I", "Treatment", "treatment"),
    ("J", "Duration of Follow Up (Months)", "follow_up"),
)


def _provenance(row: int, column: str, words: str) -> Provenance:
    return Provenance(source="table1.csv", row=row, column=column, words=words)


def _result(is_positive: bool) -> TestResult:
    return TestResult.POSITIVE if is_positive else TestResult.NEGATIVE


def _specimen(number: str) -> Specimen:
    stain, fish, pcr = ALK_POSITIVE.get(number, (False, False, False))
    return Specimen(
        id="specimen-1",
        observations=(
            Stain(id="alk-ihc", marker="ALK", clone="D5F3", result=_result(stain)),
            FishTest(id="alk-fish", gene="ALK", result=_result(fish)),
            PcrTest(id="alk-rt-pcr", gene="ALK", result=_result(pcr)),
        ),
    )


def _outcomes(words: str) -> tuple[Outcome, ...]:
    lowered = words.lower()
    if "died" in lowered:
        return (Outcome(kind=OutcomeKind.DEATH, has_occurred=True, words=words),)
    if "no recurrence" in lowered:
        denied = (OutcomeKind.RECURRENCE, OutcomeKind.METASTASIS)
        return tuple(Outcome(kind=kind, has_occurred=False, words=words) for kind in denied)
    if "recurrence" in lowered:
        return (Outcome(kind=OutcomeKind.RECURRENCE, has_occurred=True, words=words),)
    return ()


def _follow_up(row: int, words: str) -> FollowUp:
    is_lost = words.startswith("Lost")
    months: float | Absent = UNKNOWN if is_lost else float(words.partition(",")[0])
    provenance = _provenance(row, HEADERS[9][1], words)
    if is_lost:
        return FollowUp(is_lost=True, provenance=provenance)
    vital_status = VitalStatus.DEAD if "died" in words.lower() else NOT_REPORTED
    if "No recurrence" in words:
        vital_status = VitalStatus.ALIVE
    return FollowUp(
        duration_months=months, is_lost=False, vital_status=vital_status, provenance=provenance
    )


def _case(line: str) -> Case:
    number, sex, months, age_words, sites, symptoms, treatments, follow_up = line.split("|")
    row = int(number) + 1
    side, names = sites.split(" ", 1)
    return Case(
        id=number,
        patient=Patient(
            sex=Sex.MALE if sex == "m" else Sex.FEMALE,
            age_at_diagnosis=Age(
                months=float(months),
                unit_as_reported=TimeUnit.MONTHS if "month" in age_words else TimeUnit.YEARS,
                provenance=_provenance(row, "Age (yr)", age_words),
            ),
        ),
        tumour=Tumour(
            sites=tuple(Site(name=n, laterality=Laterality(side)) for n in names.split(", "))
        ),
        symptoms=tuple(Symptom(name=name, words=name) for name in symptoms.split(", ")),
        specimens=(_specimen(number),),
        treatments=tuple(
            Treatment(kind=TREATMENTS[t][0], words=TREATMENTS[t][1]) for t in treatments.split()
        ),
        follow_up=_follow_up(row, follow_up),
        outcomes=_outcomes(follow_up),
        provenance=Provenance(source="table1.csv", row=row),
    )


def make_document(cases: list[Case], file: str = "table1.csv") -> Document:
    """Give the report document of cases, without notes and claims."""
    assessments: list[Assessment] = [assess_case(case) for case in cases]
    described = [describe_assessment(assessment) for assessment in assessments]
    describe = describe_case if len(cases) <= CASES_IN_FULL else describe_case_in_short
    series = describe_series([make_row(c, a) for c, a in zip(cases, assessments, strict=True)])
    used = dict.fromkeys(fact for a in assessments for fact in a.trace.facts)
    facts, sources = describe_facts(used)
    return {
        "schema": "urn:spindle:schema:report:1",
        "schema_version": "1",
        "notice": "Research use, not a medical device. Spindle advises and never decides.",
        "spindle_version": "0.1.0",
        "source": {
            "file": file,
            "kind": "csv",
            "sheet": "",
            "delimiter": ",",
            "rows": len(cases),
            "sha256": "7f" * 32,
            "columns": [_column(*header) for header in HEADERS],
        },
        "settings": describe_settings("rna-reflex", "zhao-2025", ""),
        "cases": [describe(c, d) for c, d in zip(cases, described, strict=True)],
        "cases_in_full": len(cases) <= CASES_IN_FULL,
        "notes": [],
        "notes_total": 0,
        "notes_summary": {},
        "cohort": describe_series_document(series),
        "claims": [],
        "claims_source": "",
        "claims_summary": {},
        "facts": facts,
        "sources": sources,
    }


def add_notes(document: Document, notes: list[Document]) -> None:
    """Put notes into a document, with their counts."""
    document["notes"] = notes
    document["notes_total"] = len(notes)
    document["notes_summary"] = dict(sorted(Counter(note["slug"] for note in notes).items()))


def _column(letters: str, header: str, field: str) -> Document:
    clone, marker = ("D5F3", "ALK") if field == "stain_result" else ("", "")
    unit = {"age": "years", "follow_up": "months"}.get(field, "")
    return {
        "letters": letters,
        "header": header,
        "field": field,
        "how": "recognised",
        "unit": unit,
        "clone": clone,
        "marker": marker,
    }


def _note(slug: str, message: str, row: int, column: str, value: str) -> Document:
    return {
        "slug": slug,
        "message": message,
        "file": "table1.csv",
        "sheet": "",
        "row": row,
        "column": column,
        "value": value,
        "case_id": str(row - 1) if row else "",
    }


def _claim(identity: str, verdict: str, *texts: str) -> Document:
    sentence, printed, recomputed, reason = texts
    return {
        "id": identity,
        "sentence": sentence,
        "where": "Results, Follow-up",
        "kind": "summary",
        "verdict": verdict,
        "printed": printed,
        "recomputed": recomputed,
        "reason": reason,
        "rows": [],
    }


def make_zhao_document() -> Document:
    """Give the document of the 25 published patients, with notes and claims of every verdict."""
    document = make_document([_case(line) for line in TABLE])
    notes = [
        _note(
            "age-unit", "Read as 14 months; 14 years by the header.", 16, "Age (yr)", "14 months"
        ),
        _note(
            "age-unit", "Read as 13 months; 13 years by the header.", 22, "Age (yr)", "13 months"
        ),
        _note(
            "laterality-conflict",
            "The symptoms name the left side and the imaging the right. Both are kept.",
            5,
            "Imaging Examination",
            "Right maxillary sinus",
        ),
        _note(
            "death-without-cause", "The cause of death is not given.", 6, HEADERS[9][1], "54, Died"
        ),
        _note("recurrence-without-date", "The recurrence has no time.", 10, HEADERS[9][1], "30, R"),
        _note("column-guessed", "10 columns were recognised by their headers.", 0, "", ""),
    ]
    add_notes(document, notes)
    document["claims"] = [
        _claim("n", "agrees", "25 patients were studied.", "25", "25", "The table has 25 rows."),
        _claim(
            "follow-up-median",
            "impossible",
            "The median follow-up was 57 months.",
            "57 months",
            "47 months",
            "17 durations are printed; their median is 47, and changing any one gives no 57.",
        ),
        _claim(
            "age-mean", "differs", "The mean age was 34.4 years.", "34.4", "34.36 years", "Rounded."
        ),
        _claim(
            "patient-4-side",
            "contradicted",
            "Patient 4 had a left-sided tumour.",
            "left",
            "right",
            "The row's imaging names the right maxillary sinus.",
        ),
        _claim("cause", "not_checkable", "Two died of the tumour.", "2", "", "No column for it."),
        _claim("cure", "unsupported", "Surgery cures.", "", "", "No comparison was made."),
    ]
    verdicts = [claim["verdict"] for claim in document["claims"]]
    document["claims_summary"] = {verdict: verdicts.count(verdict) for verdict in verdicts}
    return document


def make_bare_document() -> Document:
    """Give the document of one case about which nothing is reported."""
    return make_document([Case(id="1")], file="one.csv")


def make_mixed_document() -> Document:
    """Give the document of one case for every pair of stain and FISH results, absences too."""
    values: list[TestResult | Absent] = [*TestResult, NOT_DONE, NOT_REPORTED, UNKNOWN]
    cases = []
    for stain in values:
        for fish in values:
            observations = (
                Stain(id="s", marker="ALK", result=stain),
                FishTest(id="f", gene="ALK", result=fish),
            )
            specimen = Specimen(id="specimen-1", observations=observations)
            cases.append(Case(id=f"{len(cases) + 1}", specimens=(specimen,)))
    return make_document(cases, file="mixed.csv")


def make_large_document(n: int = 600) -> Document:
    """Give the document of the published patients repeated with new ids."""
    patients = [_case(line) for line in TABLE]
    cases = []
    for number in range(n):
        patient = patients[number % len(patients)]
        case = dataclasses.replace(patient, id=f"P{number + 1:05}")
        cases.append(case)
    document = make_document(cases, file="large.csv")
    note = _note("age-unit", "Read as months.", 2, "Age (yr)", "14 months")
    add_notes(document, [{**note, "row": row + 2} for row in range(n)])
    return document


HOSTILE = (
    '<script>alert("x")</script>',
    "\u202egnitseretni \u05d0\u05d1\u05d2 \u0627\u0644\u0648\u0631\u0645",
    "w" * 1000,
    "emoji \U0001f9ec\U0001f468\u200d\U0001f469\u200d\U0001f467 \u0000\u0007\ud800 end",
    "\"'&<>`{{ 7 * 7 }}{% raw %}]]>--><!--",
)


def make_hostile_document() -> Document:
    """Give the Zhao document with every word of the table replaced by hostile text."""
    document = make_zhao_document()
    for number, case in enumerate(document["cases"]):
        text = HOSTILE[number % len(HOSTILE)]
        case["id"] = f"{number} {text}"
        case["age_words"] = text
        for thing in (*case["sites"], *case["symptoms"]):
            thing["name"] = text
        case["follow_up"]["words"] = text
    for key in ("sites", "symptoms"):
        for number, share in enumerate(document["cohort"][key]):
            share["label"] = f"{HOSTILE[number % len(HOSTILE)]}"
    for note, text in zip(document["notes"], HOSTILE, strict=False):
        note.update(value=text, column=text, message=text, case_id=text)
    for claim, text in zip(document["claims"], HOSTILE, strict=False):
        claim.update(sentence=text, printed=text, recomputed=text, reason=text, id=text)
    for column, text in zip(document["source"]["columns"], HOSTILE, strict=False):
        column["header"] = text
    document["source"]["file"] = HOSTILE[0] + HOSTILE[2]
    return document
