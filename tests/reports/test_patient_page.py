"""The page from which HTML, PDF and terminal are drawn: what it shows, and what it leaves to."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import replace
from typing import Any

import patient_records as records
import pytest

from spindle.cases.case import Case, Signature
from spindle.knowledge.conflicts import load_conflicts
from spindle.reasoning.findings import Fit, Standing, Weight
from spindle.reasoning.patients import assess_patient, compute_version
from spindle.reports.patient_document import make_patient_document
from spindle.reports.patient_page import (
    LINES_OF_HEAD,
    LINES_OF_TWO_PAGES,
    _count_sections,
    make_page,
)
from spindle.reports.patient_parts import (
    ANNEX,
    ROOMS,
    cut_sentences,
    join_sentences,
    say_counted,
    write_counts,
)

Page = dict[str, Any]
LAST = len(ROOMS) - 1


def make(patient: Any = None, level: int | None = None) -> Page:
    return make_page(records.make_document(patient), None if level is None else ROOMS[level])


def section(page: Page, key: str) -> str:
    """Give the words of a section as one text."""
    found = next(s for s in [*page["main"], *page["annex"]] if s["id"] == key)
    return json.dumps(found, ensure_ascii=False)


def lines(page: Page, key: str) -> list[Page]:
    found = next(s for s in page["main"] if s["id"] == key)
    return [line for b in found["blocks"] if b["kind"] == "list" for line in b["lines"]]


def rows(page: Page, key: str) -> list[list[Page]]:
    found = next(s for s in page["main"] if s["id"] == key)
    return [row for b in found["blocks"] if b["kind"] == "table" for row in b["rows"]]


# Two pages ------------------------------------------------------------------------------------


def test_a_small_case_has_all_the_room() -> None:
    assert make()["room"] == dataclasses.asdict(ROOMS[0])


def test_a_large_case_is_narrowed_until_it_is_estimated_to_fit() -> None:
    page = make(records.make_full_patient())
    assert page["room"] not in (dataclasses.asdict(ROOMS[0]), dataclasses.asdict(ROOMS[LAST]))
    assert LINES_OF_HEAD + _count_sections(page["main"]) <= LINES_OF_TWO_PAGES


def test_each_level_takes_less_room_than_the_one_before() -> None:
    document = records.make_document(records.make_full_patient())
    sizes = [_count_sections(make_page(document, room)["main"]) for room in ROOMS]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("level", range(len(ROOMS)))
def test_nothing_is_cut_without_a_word(level: int) -> None:
    """Every diagnosis, option, gap and discordance is named on the first two pages."""
    patient = records.make_full_patient(12)
    page = make(patient, level)
    for key, names in (
        ("differential", [c.name for c in patient.differential.candidates]),
        ("options", [o.name for o in patient.actionability.options]),
        ("gaps", [gap.what for gap in patient.gaps]),
        ("discordances", [d.title.rstrip(".") for d in patient.discordances]),
    ):
        said = section(page, key).lower()
        assert [name for name in names if name.lower() not in said] == [], key
    left = len(patient.conflicts) - ROOMS[level].conflicts
    assert f"{left} more conflicts in annex {ANNEX['conflicts']}" in section(page, "conflicts")


@pytest.mark.parametrize("level", range(len(ROOMS)))
def test_alerts_are_shown_whatever_the_room(level: int) -> None:
    page = make(records.make_full_patient(), level)
    said = [line["text"] for line in page["alerts"]]
    assert any("Flag 1" in text for text in said)
    assert any("Discordance 99" in text for text in said)
    assert any("epithelioid" in text for text in said)
    assert {line["tone"] for line in page["alerts"]} == {"alert"}


def test_an_alert_stands_once() -> None:
    flag = records.make_flag(1)
    outlook = records.make_outlook((flag.says,))
    differential = records.make_differential(flags=(flag, flag))
    page = make(records.make_patient(differential=differential, outlook=outlook))
    assert len(page["alerts"]) == 1


def test_discordances_that_alert_come_first() -> None:
    first = records.make_discordance(1, Weight.REMARK)
    alert = records.make_discordance(2, Weight.ALERT)
    page = make(records.make_patient(discordances=(first, alert)))
    assert [line["tone"] for line in lines(page, "discordances")] == ["alert", "remark"]


@pytest.mark.parametrize("level", [0, 4, LAST])
def test_whatever_the_room_the_annex_holds_everything(level: int) -> None:
    patient = records.make_full_patient(8)
    page = make(patient, level)
    assert [s["title"][0] for s in page["annex"]] == list(ANNEX.values())
    assert page["annex"] == make(patient, 0)["annex"]
    for key, words in (
        ("annex-tests", ["clone D5F3", "Limit"]),
        ("annex-discordances", ["Explanation 3 of 7", "small inversion", "Would settle it"]),
        (
            "annex-differential",
            ["Mimic number 7", "Not counted: Desmin is correlated", "0.71 bits"],
        ),
        ("annex-options", ["agent-7", "Vision changes", "G1269A", "ages 1 to under 18"]),
        ("annex-outlook", ["A selected series", "bone invasion"]),
        ("annex-gaps", ["item 7 that is missing"]),
        ("annex-conflicts", ["Conflict 7", "16 bladder tumours"]),
        ("annex-trace", ["The outlook was put together", "Inferred", "Would change it"]),
        ("annex-facts", ["ihc.alk.fish-discordance", "Read once"]),
        ("annex-sources", ["Choi"]),
    ):
        said = section(page, key)
        assert [word for word in words if word.lower() not in said.lower()] == [], key


def test_every_pointer_names_an_annex_that_is_there() -> None:
    page = make(records.make_full_patient(), 5)
    named = set(re.findall(r"annex ([A-Z])\b", json.dumps(page["main"])))
    assert named <= set(ANNEX.values())
    assert len(named) > 4


# Citations ------------------------------------------------------------------------------------


def test_every_number_in_brackets_is_a_source_of_the_list() -> None:
    page = make_page(make_patient_document(assess_patient(records.make_case(), region="US")))
    numbers = {source["number"] for source in page["annex"][-1]["blocks"][0]["sources"]}

    def collect(value: Any) -> set[int]:
        if isinstance(value, dict):
            inner = [collect(item) for key, item in value.items() if key != "refs"]
            return set(value.get("refs", ())).union(*inner)
        return set().union(*map(collect, value)) if isinstance(value, list) else set()

    cited = collect([page["alerts"], page["main"], page["annex"]])
    assert cited
    assert cited <= numbers
    # The annex of facts cites every source, so that none stands without a reason.
    assert collect(page["annex"]) == numbers


# What is unknown ------------------------------------------------------------------------------


def test_an_empty_case_says_what_is_not_known() -> None:
    page = make_page(make_patient_document(assess_patient(Case(id="empty"))))
    assert dict(page["header"])["Age, sex"] == "age not reported; sex not reported"
    assert dict(page["header"])["Site"] == "not reported"
    assert dict(page["header"])["Tissue"] == "not reported"
    assert "nothing recorded" in section(page, "diagnosis")
    assert "No test of a kinase is reported" in section(page, "tests")
    assert "not recorded" in section(page, "gaps") or "1. " in section(page, "gaps")
    assert page["status"]["state"] == "proposed, unsigned"


def test_five_results_have_five_marks() -> None:
    results: list[Any] = ["negative", "equivocal", "failed", {"absent": "not_done"}]
    results.append({"absent": "not_reported"})
    tests = [
        {"kind": "stain", "id": f"s{n}", "marker": "ALK", "result": result}
        for n, result in enumerate(results)
    ]
    case = records.make_case(specimens=[{"id": "x", "observations": tests}])
    page = make(records.make_patient(case))
    marks = [row[2]["mark"] for row in rows(page, "tests")]
    assert len({mark["symbol"] for mark in marks}) == 5
    assert [mark["words"] for mark in marks] == [
        "negative", "equivocal", "failed", "not done", "not reported",
    ]  # fmt: skip


def test_several_samples_are_told_apart() -> None:
    test = {"kind": "stain", "marker": "ALK", "result": "positive"}
    case = records.make_case(
        specimens=[
            {"id": "biopsy-1", "observations": [{**test, "id": "a"}]},
            {"id": "resection-2", "observations": [{**test, "id": "b", "result": "negative"}]},
        ]
    )
    page = make(records.make_patient(case))
    named = [row[0]["text"] for row in rows(page, "tests")]
    assert named == ["ALK stain (biopsy-1)", "ALK stain (resection-2)"]


# Differential ---------------------------------------------------------------------------------


def test_urgent_mimics_are_named_as_urgent_and_excluded_ones_with_their_reason() -> None:
    candidates = (
        replace(
            records.make_candidate("Fungal disease", is_urgent=True),
            evidence=(records.make_evidence(), records.make_evidence(1)),
            weight_low=0.1,
        ),
        # A negative ALK stain alone leans to it: no reason to look for it before all else.
        replace(
            records.make_candidate("Vasculitis", is_urgent=True),
            evidence=(records.make_evidence(),),
            weight_low=0.1,
        ),
        replace(
            records.make_candidate("Desmoid", standing=Standing.EXCLUDED, is_urgent=True),
            why="Excluded, as reported: beta-catenin.",
        ),
        # One result that leans to it is no reason to look for it before all else.
        records.make_candidate("Rhabdomyosarcoma", is_urgent=True),
    )
    page = make(records.make_patient(differential=records.make_differential(*candidates)))
    said = {line["lead"]: line for line in lines(page, "differential")}
    standing = {row[0]["text"]: row[1]["text"] for row in rows(page, "differential")}
    assert "to be excluded before treatment" in standing["Fungal disease"]
    assert "excluded" not in standing["Vasculitis"]
    assert "excluded" not in standing["Rhabdomyosarcoma"]
    assert "Excluded, as reported: beta-catenin" in said["Excluded"]["text"]


def test_imt_heads_the_table_and_mimics_need_something_that_counts() -> None:
    counted = records.make_candidate("Counted")
    told = replace(
        records.make_candidate("Told"), evidence=(records.make_evidence(1, is_counted=False),)
    )
    page = make(records.make_patient(differential=records.make_differential(told, counted)))
    assert [row[0]["text"] for row in rows(page, "differential")] == [
        "Inflammatory myofibroblastic tumour",
        "Counted",
    ]


def test_the_next_stain_is_named_with_its_reason() -> None:
    first, second = [line for line in lines(make(), "differential") if line["tone"] == "next"]
    assert first["lead"] == "Next stain that separates most"
    assert first["text"].startswith("STAT6 (nuclear). It separates")
    assert second["text"].startswith("beta-catenin (nuclear) (50 % of the best).")


def test_no_stain_that_helps_is_said() -> None:
    differential = replace(records.make_differential(), next_stains=())
    page = make(records.make_patient(differential=differential))
    assert "No stain that is held here would separate" in section(page, "differential")


def test_where_no_stain_helps_what_would_settle_the_open_ones_is_said() -> None:
    tumour = replace(
        records.make_candidate("Solitary fibrous tumour"),
        evidence=(records.make_evidence(),),
        would_settle=("STAT6 (nuclear)",),
    )
    differential = replace(records.make_differential(tumour), next_stains=())
    page = make(records.make_patient(differential=differential))
    assert "What would settle each: " in section(page, "differential")
    assert "(STAT6 (nuclear))" in section(page, "differential")


def test_a_stain_that_leads_for_what_it_settles_is_not_said_to_separate_most() -> None:
    first, second = records.make_differential().next_stains
    stains = (replace(first, share_of_best=0.5), replace(second, share_of_best=1.0))
    differential = replace(records.make_differential(), next_stains=stains)
    page = make(records.make_patient(differential=differential))
    said = [line for line in lines(page, "differential") if line["tone"] == "next"]
    assert [line["lead"] for line in said] == ["Next stain", "Then"]
    assert "of the best" not in said[1]["text"]


def test_only_what_something_recorded_points_to_is_named_as_to_be_excluded() -> None:
    bare = replace(records.make_candidate("Vasculitis", is_urgent=True), evidence=())
    against = replace(
        records.make_candidate("Lymphoma", is_urgent=True),
        evidence=(records.make_evidence(1, "against"),),
    )
    flagged = replace(
        records.make_candidate("invasive fungal disease", is_urgent=True), evidence=()
    )
    differential = records.make_differential(
        bare, against, flagged, flags=(records.make_flag(1, Weight.DOUBT),)
    )
    page = make(records.make_patient(differential=differential))
    said = {line["lead"]: line["text"] for line in lines(page, "differential")}
    assert said["To be excluded before treatment"] == "invasive fungal disease: annex C."
    # The others are named with those of their standing, and nowhere dropped.
    assert "Vasculitis" in said["Open"]
    assert rows(page, "differential")[1][1]["text"] == "open"


# Options --------------------------------------------------------------------------------------


def test_the_chosen_region_comes_first_and_the_others_are_named() -> None:
    crizotinib = rows(make(), "options")[1]
    assert crizotinib[2]["text"].startswith("EU (EMA): ages 1 to under 18. Its conditions: fits.")
    assert "Others: US: not known" in crizotinib[2]["text"]


def test_what_several_options_share_is_said_once() -> None:
    standing = "ALK: a fusion is reported; the setting is open; {} has a trial."
    options = [
        replace(records.make_option(name), standing=standing.format(name))
        for name in ("crizotinib", "ceritinib")
    ]
    page = make(records.make_patient(actionability=records.make_actionability(*options)))
    said = lines(page, "options")
    assert said[0]["lead"] == "All ALK inhibitors here"
    assert said[0]["text"] == "ALK: a fusion is reported; the setting is open."
    cells = [row[1]["text"] for row in rows(page, "options")[1:]]
    assert cells == ["Crizotinib has a trial. (a)", "Ceritinib has a trial. (a)"]
    notes = [line for line in said if line["lead"] == "(a)"]
    assert [note["text"] for note in notes] == ["Whether the tumour is resectable is not recorded."]


def test_an_option_shows_its_first_count_how_many_more_there_are_and_the_gravest_harms() -> None:
    option = records.make_option("crizotinib")
    option = replace(option, results=(*option.results, *option.results))
    page = make(records.make_patient(actionability=records.make_actionability(option)))
    cell = rows(page, "options")[1][3]["text"]
    assert cell.startswith("Objective response in children (12 of 14, 86 %, 95 % interval 57 to 98")
    assert "1 more result in annex D." in cell
    assert "Gravest harms: can harm the eyes." in cell


@pytest.mark.parametrize("level", [0, LAST])
def test_resistance_to_a_change_that_is_recorded_stands_in_the_row(level: int) -> None:
    test = {"kind": "fusion_test", "id": "d", "method": "dna_sequencing",
            "variants": [{"gene": "ALK", "change": "G1269A"}]}  # fmt: skip
    case = records.make_case(specimens=[{"id": "x", "observations": [test]}])
    actionability = replace(
        records.make_actionability(), options=(records.make_option("crizotinib"),)
    )
    page = make(records.make_patient(case, actionability=actionability), level)
    assert "G1269A is known" in rows(page, "options")[0][1]["text"]


def make_open(*candidates: Any, standing: Standing) -> Page:
    differential = records.make_differential()
    imt = replace(differential.candidates[0], standing=standing)
    made = replace(differential, candidates=(*candidates, imt))
    return make(records.make_patient(differential=made))


def test_options_and_outlook_are_for_an_imt_only_while_that_is_open() -> None:
    page = make_open(standing=Standing.OPEN)
    titles = {s["id"]: s["title"] for s in page["main"]}
    assert "only if it proves to be an IMT" in titles["options"]
    assert "only if it proves to be an IMT" in titles["outlook"]
    assert rows(page, "options")
    supported = {s["id"]: s["title"] for s in make()["main"]}
    assert "only if" not in supported["options"] + supported["outlook"]


@pytest.mark.parametrize(
    ("candidates", "standing", "words"),
    [
        (
            (records.make_candidate("Solitary fibrous tumour", standing=Standing.SUPPORTED),),
            Standing.OPEN,
            "speak for Solitary fibrous tumour rather than for an IMT",
        ),
        ((), Standing.LESS_LIKELY, "speak against an IMT"),
        ((), Standing.EXCLUDED, "recorded as excluded"),
    ],
)
def test_another_tumour_gets_no_table_of_options_for_an_imt(
    candidates: Any, standing: Standing, words: str
) -> None:
    page = make_open(*candidates, standing=standing)
    for key in ("options", "outlook"):
        (line,) = lines(page, key)
        assert words in line["text"]
        assert rows(page, key) == []
        assert "Only if it proves to be an IMT" in section(page, f"annex-{key}")
    assert "crizotinib" in section(page, "annex-options").lower()


def test_options_that_do_not_fit_are_named_and_not_dropped() -> None:
    option = records.make_option("larotrectinib", fit=Fit.NO)
    page = make(records.make_patient(actionability=records.make_actionability(option)))
    said = {line["lead"]: line["text"] for line in lines(page, "options")}
    assert said["Do not fit what is recorded"].startswith("larotrectinib")


def test_an_option_is_never_an_order() -> None:
    assert "none is recommended here" in section(make(), "options")


# Words ----------------------------------------------------------------------------------------


def test_counts_are_written_with_their_interval_and_not_twice() -> None:
    item = {"n": 12, "of": 20, "low": 36.1, "high": 80.9, "interval": "exact"}
    assert write_counts(item) == "12 of 20, 60 %, 95 % interval 36 to 81 %, exact"
    assert write_counts({**item, "low": {"absent": "unknown"}}) == "12 of 20"
    assert write_counts({**item, "n": {"absent": "unknown"}}) == ""
    assert say_counted({**item, "says": "12 of 20 responded."}) == (
        "12 of 20 responded (60 %, 95 % interval 36 to 81 %, exact)"
    )
    said = "12 of 20 (95 % interval 36 to 81 %)"
    assert say_counted({**item, "says": said}) == said


def test_a_long_text_says_where_the_rest_stands() -> None:
    text = "One thing (p < 0.05). Another V2.2019 thing! A third."
    assert cut_sentences(text, 3, "C") == text
    assert cut_sentences(text, 1, "C") == "One thing (p < 0.05). More in annex C."
    assert (
        join_sentences("one", "", "pan-TRK stains", "p16 too!") == "One. pan-TRK stains. p16 too!"
    )


# Tests, conflicts, signatures -------------------------------------------------------------------


def test_a_result_names_the_fusion_and_a_count_all_rules() -> None:
    observations = [
        {"kind": "fusion_test", "id": "p", "method": "rna_sequencing", "result": "positive",
         "is_quality_adequate": True, "calls": [{"gene5": "TFG", "gene3": "ROS1"}]},
        {"kind": "fish", "id": "f", "gene": "ALK", "counts": [{"nuclei_scored": 100, "split": 15}]},
    ]  # fmt: skip
    case = records.make_case(specimens=[{"id": "x", "observations": observations}])
    for level in (0, LAST):
        page = make(records.make_patient(case), level)
        cells = {row[0]["text"]: row[2] for row in rows(page, "tests")}
        assert cells["RNA sequencing"]["mark"]["words"] == "positive"
        assert cells["RNA sequencing"]["text"] == "TFG::ROS1"
        (line,) = [line for line in lines(page, "tests") if line["tone"] == "doubt"]
        assert line["lead"] == "ALK FISH"
        assert "disagree" in line["text"]
        assert "exactly 15 of 100" in lines(page, "conflicts")[0]["text"]


def test_conflicts_near_to_the_case_come_first_and_foreign_ones_stay_in_the_annex() -> None:
    conflicts = [load_conflicts()["etv6-ntrk3-order"], records.make_conflict(1)]
    page = make(records.make_patient(conflicts=tuple(conflicts)))
    said = [line["text"] for line in lines(page, "conflicts")]
    assert said == ["Conflict 1: two sources disagree. Both stand.", "1 more conflict in annex G"]
    assert "One fusion is written in both orders" in section(page, "annex-conflicts")


def test_counting_rules_that_agree_on_the_nuclei_are_no_conflict_of_this_case() -> None:
    counts = [{"nuclei_scored": 100, "split": 40}]
    fish = {"kind": "fish", "id": "f", "gene": "ALK", "counts": counts}
    case = records.make_case(specimens=[{"id": "x", "observations": [fish]}])
    page = make_page(make_patient_document(assess_patient(case)), ROOMS[0])
    assert "exactly 15 of 100" in section(page, "annex-conflicts")
    assert "exactly 15 of 100" not in section(page, "conflicts")


@pytest.mark.parametrize(
    ("months", "words"),
    [(23.0, "23 months"), (24.0, "2 years"), (27.0, "2 years 3 months"), (37.0, "3 years 1 month"),
     (492.0, "41 years")],
)  # fmt: skip
def test_an_age_is_told_in_years_and_months(months: float, words: str) -> None:
    patient = {"age_at_diagnosis": {"months": months, "unit_as_reported": "months"}}
    page = make(records.make_patient(records.make_case(patient=patient)))
    assert dict(page["header"])["Age, sex"] == f"{words}; sex not reported"


def test_a_signed_report_begins_with_the_signers_diagnosis() -> None:
    patient = records.make_patient()
    version = compute_version(patient)
    old = Signature(signed_by="Dr A", signed_on=records.DAY, version="older", diagnosis="Polyp")
    own = Signature(signed_by="Dr P", signed_on=records.DAY, version=version, diagnosis="My IMT")
    page = make(replace(patient, case=replace(patient.case, signatures=(old, own))))
    diagnosis = page["main"][0]
    assert diagnosis["title"] == "Integrated diagnosis, signed"
    first = diagnosis["blocks"][0]["lines"][0]
    assert (first["text"], first["tone"]) == ("My IMT", "signed")
    assert "Dr P" in first["lead"]
    layers = [block for block in diagnosis["blocks"] if block["kind"] == "layer"]
    assert all("Spindle's proposal" in layer["title"] for layer in layers)
    assert page["status"]["lines"][1] == (
        "Dr A signed version older on 2026-11-20; that is not this version. "
        "Signed diagnosis: “Polyp”."
    )


def test_a_signature_without_a_diagnosis_says_so() -> None:
    patient = records.make_patient()
    own = Signature(signed_by="Dr P", signed_on=records.DAY, version=compute_version(patient))
    page = make(replace(patient, case=replace(patient.case, signatures=(own,))))
    assert "gave no diagnosis of their own" in section(page, "diagnosis")


def test_a_signature_is_shown_with_its_name_and_day() -> None:
    patient = records.make_patient()
    signature = Signature(
        signed_by="Dr P",
        role="consultant pathologist",
        signed_on=records.DAY,
        version=compute_version(patient),
        comment="I agree.",
    )
    signed = replace(patient, case=replace(patient.case, signatures=(signature,)))
    status = make(signed)["status"]
    assert status["is_signed"]
    assert status["lines"] == ["Signed by Dr P, consultant pathologist, on 2026-11-20. I agree."]


# Another diagnosis, and what was reported of a test ----------------------------------------------


def assess_tests(*observations: Any, histology: tuple[str, ...] = ("spindle cells",)) -> Any:
    named = [{"name": name} for name in histology]
    specimen = {"id": "s", "kind": "biopsy", "histology": named, "observations": [*observations]}
    return assess_patient(records.make_case(specimens=[specimen]))


def test_a_path_says_whose_it_is_where_the_findings_speak_for_another_diagnosis() -> None:
    """Nuclear STAT6 and CD34: a solitary fibrous tumour asks for no kinase fusion."""
    stains = [
        {"kind": "stain", "id": "a", "marker": "STAT6", "result": "positive", "pattern": "nuclear"},
        {"kind": "stain", "id": "b", "marker": "CD34", "result": "positive"},
        {"kind": "stain", "id": "c", "marker": "ALK", "result": "negative"},
    ]
    said = section(make(assess_tests(*stains)), "path")
    assert "The findings speak for solitary fibrous tumour." in said
    # What is recorded is not asked once more.
    assert "What would settle it" not in said
    assert "asked only if an IMT stays in question" in said
    assert "Before this path" not in section(make(), "path")


def test_a_path_tells_what_is_reported_of_a_stain_without_a_sure_result() -> None:
    stain = {"kind": "stain", "id": "a", "marker": "ALK", "result": {"absent": "unknown"},
             "clone": "D5F3", "intensity": "weak"}  # fmt: skip
    said = section(make(assess_tests(stain)), "path")
    assert "ALK stain reported (clone D5F3, intensity weak), without a sure result" in said
    assert "What is reported of it is no sure result." in said
    assert "no result reported" in section(make(assess_tests()), "path")


def test_every_molecular_test_stands_in_the_table_of_tests() -> None:
    """A FISH of MDM2 asks about no kinase, and decides."""
    fish = {"kind": "fish", "id": "f", "gene": "MDM2", "result": "positive"}
    sma = {"kind": "stain", "id": "s", "marker": "SMA", "result": "positive"}
    said = section(make(assess_tests(fish, sma)), "tests")
    assert "MDM2 FISH" in said
    assert "No test of a kinase is reported." in said
    assert "Further stains, in layer 2: 1." in said


def test_the_course_of_the_variant_is_an_alert_once() -> None:
    """What the red flag says of the variant is the alert; its course stands below."""
    stain = {"kind": "stain", "id": "a", "marker": "ALK", "result": "positive",
             "pattern": "nuclear_membrane"}  # fmt: skip
    page = make(assess_tests(stain, histology=("epithelioid morphology",)))
    tones = [line["tone"] for line in page["alerts"] if "epithelioid" in line["text"].lower()]
    assert tones == ["alert", "doubt"]
