from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import Margin, TreatmentIntent
from spindle.formats.cells.treatments import read_margin, read_treatments


def list_treatments(text: str) -> list[str]:
    """The treatments of a cell as `kind agent`."""
    return [
        f"{treatment.kind} {treatment.agent}".removesuffix(f" {NOT_REPORTED}")
        for treatment in read_treatments(text).value
    ]


@pytest.mark.parametrize(
    ("text", "treatments"),
    [
        ("Radical surgery", ["surgery"]),
        ("Radical surgery +radiotherapy + steroid therapy", ["surgery", "radiotherapy", "steroid"]),
        ("Tumor resection+steroid therapy", ["surgery", "steroid"]),
        ("Only tumor biopsy due to wide invasion", ["biopsy_only"]),
        ("Radical surgery (history of cerebral infarction)", ["surgery"]),
        (
            "steroids, NSAIDs, clarithromycin, chemotherapy; crizotinib; "
            "delayed complete resection",
            [
                "steroid",
                "nsaid",
                "other clarithromycin",
                "chemotherapy",
                "targeted crizotinib",
                "surgery",
            ],
        ),
        ("complete resection, no chemotherapy", ["surgery"]),
        ("anthracycline-containing chemotherapy, no corticosteroids", ["chemotherapy"]),
        ("surgery without radiotherapy", ["surgery"]),
        (
            "hysteroscopic mass resection; watch-and-wait (refused hysterectomy)",
            ["surgery", "observation"],
        ),
        ("none (no medication)", ["none"]),
        ("untreated 9 years (declined)", ["none"]),
        ("microlaryngoscopy, complete excision", ["surgery"]),
        ("craniotomy", ["surgery"]),
        ("craniotomy, resection and biopsy", ["surgery"]),
        ("L5 laminectomy, near-total excision", ["surgery"]),
        ("inferior lobectomy + lymph node sampling", ["surgery"]),
        ("tympanomastoidectomy, excisional biopsy", ["surgery"]),
        ("resection, tendons and nerve kept", ["surgery"]),
        ("endoscopic subtotal resection, then complete resection", ["surgery", "surgery"]),
        (
            "surgery; second surgery + fractionated radiotherapy",
            ["surgery", "surgery", "radiotherapy"],
        ),
        ("flexible bronchoscopic cryotherapy, multiple", ["ablation"]),
        (
            "living donor liver transplantation, portal vein and vena cava replacement",
            ["transplantation"],
        ),
        (
            "debulking resection, systemic chemotherapy, ALK TKI",
            ["surgery", "chemotherapy", "targeted"],
        ),
        ("vinorelbine/methotrexate", ["chemotherapy vinorelbine", "chemotherapy methotrexate"]),
        ("prednisone and celecoxib", ["steroid prednisone", "nsaid celecoxib"]),
        ("CRT", ["radiotherapy", "chemotherapy"]),
        ("surgery+RT", ["surgery", "radiotherapy"]),
        ("Rt maxillectomy", ["surgery"]),
        ("Radical surgery, radiotherapy after surgery", ["surgery", "radiotherapy"]),
        ("only biopsy and chemotherapy", ["biopsy_only", "chemotherapy"]),
        ("non-steroidal anti-inflammatory drugs", ["nsaid"]),
        ("PTCD (before diagnosis)", ["other"]),
        ("手术+放疗", ["surgery", "radiotherapy"]),
    ],
)
def test_the_treatments_of_a_cell_in_order(text: str, treatments: list[str]) -> None:
    assert list_treatments(text) == treatments
    assert "treatment-unreadable" not in {doubt.slug for doubt in read_treatments(text).doubts}


@pytest.mark.parametrize(
    ("text", "treatments"),
    [
        ("open biopsy (treatment not in abstract)", ["other"]),
        ("medical therapy (drug not in abstract)", ["other"]),
        ("sequential ALK-TKI + successive local interventions", ["targeted", "other"]),
        ("laparoscopy", ["other"]),
        ("xyz", ["other"]),
        ("no surgery", []),
        ("patient refused surgery", []),
    ],
)
def test_what_is_not_sure_to_be_a_treatment_is_noted(text: str, treatments: list[str]) -> None:
    assert list_treatments(text) == treatments
    assert {doubt.slug for doubt in read_treatments(text).doubts} == {"treatment-unreadable"}


@pytest.mark.parametrize(
    "text",
    [
        "Radical surgery",
        "complete resection",
        "excised in toto",
        "resection (R0/R1)",
        "non-R0 resection",
        "wide surgical excision",
    ],
)
def test_radical_or_complete_is_no_margin(text: str) -> None:
    reading = read_treatments(text)
    assert [treatment.margin for treatment in reading.value] == [NOT_REPORTED]
    assert [doubt.slug for doubt in reading.doubts] == ["margin-not-stated"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("hepatic resection, negative margin", "negative margin"),
        ("resection, margins negative", "margins negative"),
        ("resection with clear margins", "clear margins"),
        ("radical resection with negative margins", "negative margins"),
        ("resection (margins free of tumour)", "margins free of tumour"),
        ("surgery, negative surgical margins", "negative surgical margins"),
        ("lobectomy, resection margins were negative", "resection margins were negative"),
        ("negative margins; resection", "negative margins"),
        ("resection, grossly clear margins", "clear margins"),
    ],
)
def test_a_negative_margin_may_be_microscopic_or_not(text: str, quoted: str) -> None:
    reading = read_treatments(text)
    assert [(item.kind, item.margin) for item in reading.value] == [("surgery", UNKNOWN)]
    (doubt,) = reading.doubts
    assert doubt.slug == "margin-not-stated"
    assert doubt.message == (
        f'"{quoted}" does not say whether it was microscopic (R0) or only to the eye; '
        "the margin is kept as unknown."
    )


@pytest.mark.parametrize(
    "text",
    [
        "surgery; margins positive",
        "surgery, positive margins",
        "resection, margins positive",
        "resection, margins involved",
    ],
)
def test_a_positive_margin_is_no_treatment(text: str) -> None:
    reading = read_treatments(text)
    assert [(item.kind, item.margin) for item in reading.value] == [("surgery", UNKNOWN)]
    assert [doubt.slug for doubt in reading.doubts] == ["margin-not-stated"]
    assert "(R1)" in reading.doubts[0].message


@pytest.mark.parametrize("text", ["margins positive", "clear margins", "R1"])
def test_a_margin_without_an_operation_is_no_treatment(text: str) -> None:
    reading = read_treatments(text)
    assert reading.value == ()
    assert [doubt.slug for doubt in reading.doubts] == ["margin-not-stated"]


@pytest.mark.parametrize(
    ("text", "margin"),
    [
        ("resection, microscopically negative margins", Margin.R0),
        ("resection with microscopically clear margins", Margin.R0),
        ("resection with negative microscopic margins", Margin.R0),
        ("resection, margins free of tumour on histology", Margin.R0),
        ("resection, margins microscopically clear", Margin.R0),
        ("resection, microscopically positive margins", Margin.R1),
        ("resection, grossly clear but microscopically positive margins", Margin.R1),
        ("resection, margins were not microscopically negative", UNKNOWN),
        ("resection, margins negative (microscopically positive)", UNKNOWN),
        ("resection, one microscopically negative margin and one positive margin", UNKNOWN),
    ],
)
def test_a_margin_under_the_microscope(text: str, margin: object) -> None:
    reading = read_treatments(text)
    assert [item.margin for item in reading.value] == [margin]
    slugs = [doubt.slug for doubt in reading.doubts]
    assert slugs == (["margin-not-stated"] if margin == UNKNOWN else [])


def test_a_margin_stays_with_the_operation() -> None:
    surgery, radiotherapy = read_treatments("surgery + radiotherapy, R1").value
    assert (surgery.margin, surgery.words) == (Margin.R1, "surgery, R1")
    assert (radiotherapy.margin, radiotherapy.words) == (NOT_REPORTED, "radiotherapy")


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("planned radiotherapy", []),
        ("radiotherapy planned", []),
        ("refused chemotherapy", []),
        ("declined surgery", []),
        ("chemotherapy recommended", []),
        ("surgery, planned radiotherapy", ["surgery"]),
        ("surgery and planned radiotherapy", ["surgery"]),
        ("surgery with planned chemotherapy", ["surgery"]),
        ("surgery; refused chemotherapy", ["surgery"]),
    ],
)
def test_what_was_planned_or_refused_was_not_given(text: str, given: list[str]) -> None:
    reading = read_treatments(text)
    assert [str(item.kind) for item in reading.value] == given
    assert not given or reading.value[0].words == text
    (doubt,) = reading.doubts
    assert doubt.slug == "treatment-unreadable"
    assert "planned or refused, not that it was given" in doubt.message


def test_an_operation_as_planned_was_done() -> None:
    assert list_treatments("surgery as planned") == ["surgery"]


@pytest.mark.parametrize("text", ["Tumor resection", "surgery", "partial resection"])
def test_a_resection_that_claims_nothing_needs_no_note(text: str) -> None:
    assert read_treatments(text).doubts == ()


@pytest.mark.parametrize(
    ("text", "margins"),
    [
        (
            "splenectomy + atypical liver resection segments VII and VIII (R0)",
            [NOT_REPORTED, Margin.R0],
        ),
        ("R1 resection", [Margin.R1]),
        ("surgery, R2", [Margin.R2]),
        ("complete resection (R0) + radiotherapy", [Margin.R0, NOT_REPORTED]),
    ],
)
def test_a_margin_that_is_written(text: str, margins: list[object]) -> None:
    reading = read_treatments(text)
    assert [treatment.margin for treatment in reading.value] == margins
    assert reading.doubts == ()


def test_the_aim_of_a_treatment() -> None:
    first, second = read_treatments("neoadjuvant crizotinib, then palliative surgery").value
    assert (first.intent, second.intent) == (
        TreatmentIntent.NEOADJUVANT,
        TreatmentIntent.PALLIATIVE,
    )


def test_every_word_stays_with_a_treatment() -> None:
    text = "steroids, NSAIDs, clarithromycin; delayed complete resection, no chemotherapy"
    words = "; ".join(treatment.words for treatment in read_treatments(text).value)
    assert "no chemotherapy" in words
    assert all(word.strip(",;") in words for word in text.split())


def test_a_column_of_margins() -> None:
    assert read_margin("R0").value is Margin.R0
    assert read_margin("microscopically negative").value is Margin.R0
    assert read_margin("negative on histology").value is Margin.R0
    assert read_margin("NA").value == NOT_REPORTED
    for text in ("negative", "R0/R1", "positive"):
        reading = read_margin(text)
        assert reading.value == UNKNOWN
        assert [doubt.slug for doubt in reading.doubts] == ["margin-not-stated"]


def test_nothing_is_read_from_a_cell_that_reports_nothing() -> None:
    assert read_treatments("NA").value == ()
    assert read_treatments("NA").doubts == ()


@pytest.mark.parametrize(
    ("text", "treatments"),
    [
        ("Surgery with adjuvant RT", ["surgery", "radiotherapy adjuvant"]),
        ("resection with adjuvant CT", ["surgery", "chemotherapy adjuvant"]),
        ("surgery; adjuvant CRT", ["surgery", "radiotherapy adjuvant", "chemotherapy adjuvant"]),
        ("neoadjuvant CT then surgery", ["chemotherapy neoadjuvant", "surgery"]),
        ("surgery/RT/CT", ["surgery", "radiotherapy", "chemotherapy"]),
        ("Surgery, RT 50 Gy", ["surgery", "radiotherapy"]),
        ("surgery, CT 6 cycles", ["surgery", "chemotherapy"]),
        ("Surgery + CT", ["surgery", "chemotherapy"]),
        ("CT, RT", ["chemotherapy", "radiotherapy"]),
        ("surgery + adjuvant chemo", ["surgery", "chemotherapy adjuvant"]),
        ("adjuvant radiotherapy after surgery", ["radiotherapy adjuvant", "surgery"]),
        ("surgery after neoadjuvant chemotherapy", ["surgery", "chemotherapy neoadjuvant"]),
        ("surgery after neoadjuvant RT", ["surgery", "radiotherapy neoadjuvant"]),
        ("Rt upper lobectomy", ["surgery"]),
        ("surgery, no RT", ["surgery"]),
        ("surgery w/ RT", ["surgery", "radiotherapy"]),
        ("resection w/o RT", ["surgery"]),
        ("surgery/none", ["surgery"]),
        ("surgery, no CT", ["surgery"]),
        ("surgery, planned adjuvant RT", ["surgery"]),
    ],
)
def test_abbreviations_beside_what_explains_them(text: str, treatments: list[str]) -> None:
    found = [
        item.kind if isinstance(item.intent, Absent) else f"{item.kind} {item.intent}"
        for item in read_treatments(text).value
    ]
    assert found == treatments


@pytest.mark.parametrize("text", ["CT", "CT scan", "CT-guided biopsy", "surgery, CT scan negative"])
def test_a_scan_is_no_chemotherapy(text: str) -> None:
    reading = read_treatments(text)
    assert not {item.kind for item in reading.value} & {"chemotherapy"}
    assert "treatment-unreadable" in [doubt.slug for doubt in reading.doubts]


def test_a_treatment_that_only_brackets_name_is_doubted_and_not_taken() -> None:
    found = read_treatments("surgery (adjuvant chemotherapy)")
    assert [treatment.kind.value for treatment in found.value] == ["surgery"]
    assert [doubt.value for doubt in found.doubts] == ["adjuvant chemotherapy"]
    plain, with_history = (
        [doubt.slug for doubt in read_treatments(text).doubts]
        for text in ("Radical surgery", "Radical surgery (history of cerebral infarction)")
    )
    assert with_history == plain
