"""The questions of `spindle case --interactive`, and the case file that their answers make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, str]
Document = dict[str, Any]

ALK = "ALK"
PARTS = (
    "The patient",
    "The tumour",
    "The tissue",
    "Under the microscope",
    "The ALK stain",
    "ALK FISH",
    "RT-PCR and sequencing",
    "Other stains",
    "Treatment and follow-up",
)
_RESULTS = "Positive, negative, equivocal or failed; or: not done."


@dataclass(frozen=True, slots=True)
class Question:
    """One question."""

    id: str
    """Key of its answer."""
    part: int
    """Which of `PARTS`, from 1."""
    asks: str
    """The question in plain words."""
    explains: str
    """What `?` shows: what is meant, and what may be written."""
    after: str = ""
    """Asked only when this question has an answer."""


QUESTIONS: tuple[Question, ...] = (
    Question(
        "id", 1, "A label for this case?",
        "Any label that leads back to nobody: no name, no number of the hospital. It stands at the "
        "head of the report.",
    ),
    Question(
        "age", 1, "How old was the patient at diagnosis?",
        "With the unit: 14 months, 41 years, 4y10m, newborn.",
    ),
    Question("sex", 1, "Which sex?", "Female, male or other.",),
    Question(
        "pregnant", 1, "Is the patient pregnant?",
        "Yes or no; press Enter where it can't be. Many drugs can harm an unborn child.",
    ),
    Question(
        "diagnosis", 2, "Which diagnosis was reported?",
        "In the words of the report: inflammatory myofibroblastic tumour, spindle cell lesion.",
    ),
    Question(
        "sites", 2, "Where is the tumour?",
        "The organ or place, with its side: left maxillary sinus; lung; urinary bladder, dome. "
        "Several are parted by commas.",
    ),
    Question(
        "symptoms", 2, "Which symptoms are there?",
        "Parted by commas. What is denied counts too: nasal obstruction, no fever.",
    ),
    Question(
        "size", 2, "How large is it?", "With the unit: 42 x 31 mm, or 4.2 cm.",
    ),
    Question(
        "focality", 2, "One tumour or several?", "Unifocal or multifocal.",
    ),
    Question(
        "extent", 2, "How far does it reach?", "Localised, invasive or metastatic.",
    ),
    Question(
        "resectable", 2, "Is it called resectable?", "Yes or no, as the surgeon says.",
    ),
    Question(
        "specimen", 3, "What kind of sample is it?", "Biopsy, resection, residual or recurrence.",
    ),
    Question(
        "content", 3, "Which share of the nuclei is tumour?",
        "In per cent, 0 to 100. Little tumour can make tests fail.",
    ),
    Question(
        "decalcified", 3, "Was the tissue decalcified?",
        "Yes or no. Acid harms RNA and FISH.",
    ),
    Question(
        "left", 3, "How much tissue is left?", "Ample, little or none.",
    ),
    Question(
        "histology", 4, "What was seen?",
        "Findings parted by commas; what was looked for and not found counts too: spindle cells, "
        "plasma cells, myxoid stroma, no necrosis, mitoses 2/10 HPF. Without it no diagnosis is "
        "weighed.",
    ),
    Question(
        "alk_stain", 5, "What did the ALK stain give?", _RESULTS,
    ),
    Question(
        "alk_clone", 5, "Which clone was used?", "Such as D5F3, 5A4, ALK1. Clones differ.",
        after="alk_stain",
    ),
    Question(
        "alk_pattern", 5, "Where in the cell does it lie?",
        "Cytoplasmic, granular cytoplasmic, nuclear membrane, perinuclear, and so on. The place "
        "can hint at the partner.", after="alk_stain",
    ),
    Question(
        "alk_percent", 5, "Which share of the tumour cells stains?",
        "In per cent, a number or a range: 80, 60-80 %.", after="alk_stain",
    ),
    Question(
        "fish", 6, "What did ALK FISH give?",
        f"{_RESULTS} Better: split nuclei of nuclei scored, such as 12/50.",
    ),
    Question("probe", 6, "Which probe or kit?", "Its name, as on the box.", after="fish"),
    Question(
        "pcr", 7, "What did RT-PCR for ALK fusions give?",
        f"{_RESULTS} Or the fusion that was found: TPM3-ALK. Negative means that none of the "
        "fusions which the kit covers was found.",
    ),
    Question("kit", 7, "Which kit?", "Its name, as on the box.", after="pcr"),
    Question(
        "sequencing", 7, "What did sequencing for fusions give?",
        f"{_RESULTS} Or the fusion that was found: TFG::ROS1 in frame.",
    ),
    Question(
        "method", 7, "Was RNA or DNA sequenced?", "RNA sequencing or DNA sequencing.",
        after="sequencing",
    ),
    Question(
        "quality", 7, "Was the quality of the RNA or DNA adequate?",
        "Yes or no. A negative without it is no negative.", after="sequencing",
    ),
    Question(
        "genes", 7, "Which genes does the panel cover?", "Parted by commas: ALK, ROS1, NTRK3.",
        after="sequencing",
    ),
    Question(
        "stains", 8, "Which other stains were done?",
        "As in the report, with a semicolon between: SMA+; desmin focal +; S100-; STAT6 negative.",
    ),
    Question(
        "treatments", 9, "Which treatment was given?",
        "Parted by commas, with the margin where it was seen under the microscope: surgery R1, "
        "crizotinib.",
    ),
    Question(
        "follow_up", 9, "How long was the patient followed, and how did it go?",
        "Such as: 22 months, alive, no recurrence. Or: lost to follow-up.",
    ),
    Question(
        "exclusion", 9, "Was a diagnosis excluded, and why?",
        "The diagnosis, a colon, the reason: desmoid fibromatosis: beta-catenin not nuclear.",
    ),
)  # fmt: skip


def make_case_document(answers: Answers) -> Document:
    """Give the case file of the answers; a question without one leaves its field out."""
    patient = _pick(answers, age="age", sex="sex", pregnant="is_pregnant")
    tumour = _pick(
        answers,
        diagnosis="diagnosis",
        sites="sites",
        size="size",
        focality="focality",
        extent="extent",
        resectable="is_resectable",
    )
    document: Document = _pick(
        answers, id="id", symptoms="symptoms", treatments="treatments", follow_up="follow_up"
    )
    if "exclusion" in answers:
        document["exclusions"] = [answers["exclusion"]]
    for name, table in (("patient", patient), ("tumour", tumour)):
        if table:
            document[name] = table
    if specimen := _make_specimen(answers):
        document["specimens"] = [specimen]
    return document


def _pick(answers: Answers, **fields: str) -> Document:
    return {field: answers[name] for name, field in fields.items() if name in answers}


def _make_specimen(answers: Answers) -> Document:
    specimen = _pick(
        answers,
        specimen="kind",
        content="tumour_content_percent",
        decalcified="is_decalcified",
        left="tissue_left",
        stains="stains",
    )
    if "histology" in answers:
        findings = answers["histology"].replace(";", ",").split(",")
        specimen["histology"] = [finding.strip() for finding in findings if finding.strip()]
    tests = [
        {"kind": kind, **fixed, **_pick(answers, **fields)}
        for first, kind, fixed, fields in _TESTS
        if first in answers
    ]
    for test in tests:
        if isinstance(test.get("genes_covered"), str):
            test["genes_covered"] = [gene.strip() for gene in test["genes_covered"].split(",")]
    return {**specimen, **({"observations": tests} if tests else {})}


# The first question of each test, its kind, what is known of it, and its fields.
_TESTS: tuple[tuple[str, str, Document, dict[str, str]], ...] = (
    (
        "alk_stain",
        "stain",
        {"marker": ALK},
        {
            "alk_stain": "result",
            "alk_clone": "clone",
            "alk_pattern": "pattern",
            "alk_percent": "percent_positive",
        },
    ),
    ("fish", "fish", {"gene": ALK}, {"fish": "result", "probe": "probe"}),
    ("pcr", "rt_pcr", {"gene": ALK}, {"pcr": "result", "kit": "kit"}),
    (
        "sequencing",
        "fusion_test",
        {},
        {
            "sequencing": "result",
            "method": "method",
            "quality": "is_quality_adequate",
            "genes": "genes_covered",
        },
    ),
)
