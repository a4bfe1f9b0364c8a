"""The options and the outlook on the first two pages, read as a clinician reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spindle.formats.case_files import parse_case
from spindle.reasoning.patients import assess_patient
from spindle.reports.patient_document import make_patient_document
from spindle.reports.patient_page import make_page
from spindle.reports.patient_parts import ROOMS

CASE = """
{top}
[patient]
sex = "{sex}"
age = "{age}"
[tumour]
diagnosis = "inflammatory myofibroblastic tumour"
sites = ["{site}"]
{tumour}
[[specimens]]
kind = "resection"
stains = "SMA+; desmin focal +; S100-; CD34-"
histology = ["spindle cells", "plasma cells", "lymphocytes", "no necrosis", "mitoses 2/10 HPF"]
[[specimens.observations]]
kind = "fusion_test"
method = "rna_sequencing"
result = "positive"
calls = ["{call} in frame"]
{variants}
genes_covered = ["ALK", "ROS1", "NTRK1", "NTRK2", "NTRK3", "RET", "PDGFRB"]
is_quality_adequate = true
"""


def make(room: int | None = None, region: str = "", **fields: str) -> dict[str, Any]:
    known = {
        "top": "", "sex": "female", "age": "30 years", "site": "lung", "tumour": "",
        "call": "TPM3::ALK", "variants": "",
    }  # fmt: skip
    case = parse_case(CASE.format(**{**known, **fields})).case
    document = make_patient_document(assess_patient(case, region=region))
    return make_page(document, None if room is None else ROOMS[room])


def section(page: dict[str, Any], key: str) -> str:
    found = next(part for part in page["main"] if part["id"] == key)
    return json.dumps(found, ensure_ascii=False)


def rows(page: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found = next(part for part in page["main"] if part["id"] == "options")
    tables = [block for block in found["blocks"] if block["kind"] == "table"]
    return {row[0]["text"]: row for table in tables for row in table["rows"]}


PROGRESSED = 'treatments = ["surgery, R0", "crizotinib"]\noutcomes = ["progression at 30 months"]'
ADVANCED = 'extent = "metastatic"\nis_resectable = false'


@pytest.mark.parametrize("room", [None, 7, 0])
def test_what_is_held_on_g1202r_reaches_the_two_pages_with_its_sources(room: int | None) -> None:
    page = make(room, "EU", top=PROGRESSED, tumour=ADVANCED, variants='variants = ["ALK G1202R"]')
    found = rows(page)
    for name in ("Ceritinib (ALK)", "Alectinib (ALK)"):
        assert "lung cancer" in found[name][1]["text"]
        assert found[name][1]["refs"]
    assert "sarcoma that is no IMT" in found["Lorlatinib (ALK)"][1]["text"]
    assert "in the laboratory" in found["Lorlatinib (ALK)"][1]["text"]
    assert "What ALK G1202R means for lorlatinib" in section(page, "conflicts")


def test_the_nsaid_count_stands_without_a_share_and_with_its_bias() -> None:
    page = make(0, tumour=ADVANCED)
    said = rows(page)["NSAIDs and COX-2 inhibitors"][3]["text"]
    assert "9 of 10" in said
    assert "only successes were collected" in said
    assert "90 %" not in said
    assert "interval" not in said


@pytest.mark.parametrize(
    ("age", "said"), [("8 years", "ADVL0912"), ("40 years", "CREATE, aged 15")]
)
def test_the_result_on_the_page_is_of_patients_of_this_age(age: str, said: str) -> None:
    cell = rows(make(age=age, tumour=ADVANCED))["Crizotinib (ALK)"][3]["text"]
    assert cell.startswith(said)


def test_a_pregnancy_is_an_alert_and_each_drug_says_what_its_label_says() -> None:
    page = make(top='symptoms = ["pregnancy"]', site="uterus", tumour="is_resectable = false")
    assert "Pregnancy is recorded." in section(page, "options")
    crizotinib = rows(page)["Crizotinib (ALK)"][1]
    assert "it can harm an unborn child" in crizotinib["text"]
    assert crizotinib["refs"]
    assert "is not recorded." not in section(page, "options").partition("Options, surgery")[0]


def test_a_pregnancy_that_is_not_recorded_is_said_once() -> None:
    said = "Whether the patient is pregnant is not recorded."
    assert section(make(), "options").count(said) == 1
    assert said not in section(make(sex="male"), "options")
    assert said not in section(make(top='symptoms = ["not pregnant"]'), "options")


def test_remarks_are_printed_as_written() -> None:
    page = make(top='remarks = ["kidney transplant in 2019"]')
    assert "“kidney transplant in 2019”" in section(page, "options")


@pytest.mark.parametrize("room", [0, 5, 8])
def test_a_feature_of_another_population_says_whose_it_is_wherever_it_is_named(room: int) -> None:
    """He 2015: one mitosis in 10 fields, in 20 sinonasal patients; this tumour is in the lung."""
    said = section(make(room), "outlook")
    assert "mitoses" in said
    assert "mitoses (another population: sinonasal IMT" in said


def test_the_outlook_of_a_metastatic_tumour_shows_create_and_no_clear_resection() -> None:
    said = section(make(top='treatments = ["surgery, R0"]', tumour=ADVANCED), "outlook")
    assert "83.3 per cent of 12 ALK-positive" in said
    assert "0 of 17" not in said
    assert "do not apply" in said


def test_after_crizotinib_the_outlook_says_that_create_counts_from_its_beginning() -> None:
    said = section(make(top=PROGRESSED, tumour=ADVANCED), "outlook")
    assert "This patient has had crizotinib already." in said
    assert "83.3 per cent" in said


@pytest.mark.parametrize("room", [0, 8])
def test_the_variants_own_count_stands_on_the_page_before_create(room: int) -> None:
    """Yu 2016: 1 of 5 with the epithelioid variant died of it."""
    case = parse_case(
        CASE.format(
            top=PROGRESSED, sex="male", age="24 years", site="omentum", call="RANBP2::ALK",
            variants='variants = ["ALK F1174L"]', tumour=ADVANCED,
        ).replace("inflammatory myofibroblastic tumour", "EIMS")
    ).case  # fmt: skip
    page = make_page(make_patient_document(assess_patient(case)), ROOMS[room])
    said = section(page, "outlook")
    assert said.index("Death in the epithelioid variant: 20 %") < said.index("In CREATE")


@pytest.mark.parametrize("call", ["TFG::ROS1", "TPM3::NTRK1", "TIMP3::RET", "NAB2::PDGFRB"])
def test_the_split_of_create_by_alk_stands_with_its_caution_under_every_driver(call: str) -> None:
    said = section(make(8, tumour=ADVANCED, call=call), "outlook")
    assert "(95 % interval 4.8 to 68.5); crizotinib blocks ALK, and nobody" in said


def test_options_that_the_page_has_no_space_for_are_said_to_be_fitting_or_open() -> None:
    said = section(make(8, tumour=ADVANCED), "options")
    assert "Also fitting or open, told in annex D for want of space" in said
    assert "No room for" not in said


def test_the_count_after_crizotinib_is_cited_where_it_is_said() -> None:
    """Fudan 2018: 2 of 2 responded to ceritinib after crizotinib."""
    page = make(0, top=PROGRESSED, tumour=ADVANCED)
    cell = rows(page)["Ceritinib (ALK)"][1]
    assert "2 of 2 patients with an IMT after crizotinib responded" in cell["text"]
    case = parse_case(
        CASE.format(
            top=PROGRESSED, sex="female", age="30 years", site="lung", tumour=ADVANCED,
            call="TPM3::ALK", variants="",
        )
    ).case  # fmt: skip
    document = make_patient_document(assess_patient(case))
    cited = {
        fact["source"] for fact in document["facts"] if fact["id"] == "trials.ceritinib.fudan-11"
    }
    assert cited
    assert cited <= set(cell["refs"])


def test_several_tumours_are_told_to_have_no_figure_of_their_own() -> None:
    said = section(make(tumour='focality = "multifocal"'), "outlook")
    assert "No figure by focality is held" in said


def test_a_fusion_in_frame_leaves_the_domain_alone_open() -> None:
    said = section(make(), "options")
    assert "in frame; whether the kinase domain is whole is not reported" in said
    assert "whether it makes a whole kinase in frame is not known" not in said
