from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN
from spindle.cases.case import Case
from spindle.cases.course import Margin, OutcomeKind, TreatmentKind, VitalStatus
from spindle.cases.documents import write_case, write_case_document
from spindle.cases.observations import (
    FishTest,
    FusionTest,
    PcrTest,
    PercentRange,
    ReadingFrame,
    SequencingMethod,
    Stain,
    StainPattern,
    TestResult,
)
from spindle.cases.patient import Age, Sex
from spindle.cases.specimen import SpecimenKind, TissueLeft
from spindle.cases.tumour import Code, Laterality, TumourSize
from spindle.errors import UserError
from spindle.formats.case_documents import make_case_line
from spindle.formats.case_files import (
    CaseFileReading,
    parse_case,
    read_case_file,
    read_case_table,
)
from spindle.formats.tables import read_table
from spindle.formats.toml_files import MAX_BYTES
from spindle.formats.toml_writing import write_toml

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "examples" / "zhao-2025" / "table1.csv"
EXAMPLE = ROOT / "examples" / "case-1" / "case.toml"


def read(text: str) -> CaseFileReading:
    return parse_case(text, place="case.toml")


def fail(text: str) -> UserError:
    with pytest.raises(UserError) as caught:
        read(text)
    assert caught.value.slug == "case-invalid"
    return caught.value


def read_test(table: str) -> tuple[Stain | FishTest | PcrTest | FusionTest, CaseFileReading]:
    reading = read(f"[[specimens]]\nobservations = [{table}]")
    return reading.case.specimens[0].observations[0], reading


# The example, and the same words in a table ------------------------------------------------------


def test_the_example_says_what_the_row_of_the_table_says() -> None:
    """Patient 15 of Zhao 2025, once from Table 1 and once from its case file."""
    row = next(case for case, _ in read_table(TABLE).cases() if case.id == "15")
    case = read_case_file(EXAMPLE).case
    age = case.patient.age_at_diagnosis
    assert isinstance(age, Age)
    assert age.months == 14
    assert case.patient.sex is row.patient.sex is Sex.MALE
    assert [(s.name, s.laterality, s.code) for s in case.tumour.sites] == [
        (s.name, s.laterality, s.code) for s in row.tumour.sites
    ]
    assert {(s.name, s.laterality) for s in case.symptoms} == {
        (s.name, s.laterality) for s in row.symptoms
    }
    assert [t.kind for t in case.treatments] == [t.kind for t in row.treatments]
    assert case.follow_up.is_lost is row.follow_up.is_lost is True
    results = {o.kind: o.result for o in case.specimens[0].observations}
    assert results == {o.kind: o.result for o in row.specimens[0].observations}


def test_the_example_has_no_doubt_but_what_the_table_prints() -> None:
    reading = read_case_file(EXAMPLE)
    assert {note.slug for note in reading.notes} == {"lost-to-follow-up", "site-unknown"}


@pytest.mark.parametrize("number", [0, 1])
def test_the_examples_of_the_documentation_read_without_a_doubt(number: int) -> None:
    blocks = (ROOT / "docs" / "case-files.md").read_text().split("```toml\n")[1:]
    assert len(blocks) == 2
    assert read(blocks[number].split("```")[0]).notes == ()


# What a person writes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "months"),
    [
        ('age = "14 months"', 14),
        ('age = "4y10m"', 58),
        ("age = { value = 14, unit = \"months\" }", 14),
        ('age = { months = 14.0, unit_as_reported = "months" }', 14),
        ('age_at_diagnosis = "41 years"', 492),
        ('age = "newborn"', 0),
    ],
)  # fmt: skip
def test_an_age_is_read_with_its_unit(written: str, months: float) -> None:
    age = read(f"[patient]\n{written}").case.patient.age_at_diagnosis
    assert isinstance(age, Age)
    assert age.months == months


@pytest.mark.parametrize("written", ["14", '"14"', "{ value = 14 }"])
def test_an_age_without_a_unit_is_refused_with_the_cure(written: str) -> None:
    error = fail(f"[patient]\nage = {written}")
    assert error.place == "case.toml, line 2"
    assert error.message.startswith("patient.age: ")
    assert 'age = "14 months"' in error.cure


def test_sites_get_side_code_and_size_from_their_words() -> None:
    reading = read('[tumour]\nsites = ["left maxillary sinus, 42 x 31 mm"]')
    (site,) = reading.case.tumour.sites
    assert (site.name, site.laterality) == ("maxillary sinus", Laterality.LEFT)
    assert isinstance(site.code, Code)
    assert site.code.id == "UBERON:0001764"
    assert isinstance(reading.case.tumour.size, TumourSize)
    assert reading.case.tumour.size.dimensions_mm == (42.0, 31.0)
    assert any("UBERON:0001764" in item.read for item in reading.read_as)


def test_a_site_as_a_table_gets_its_code_and_keeps_its_own() -> None:
    own = '{ system = "UBERON", id = "UBERON:1", label = "x", match = "exact" }'
    text = f'[tumour]\nsites = [{{ name = "lung" }}, {{ name = "lung", code = {own} }}]'
    first, second = read(text).case.tumour.sites
    assert isinstance(first.code, Code)
    assert isinstance(second.code, Code)
    assert (first.code.id, second.code.id) == ("UBERON:0002048", "UBERON:1")


def test_a_site_that_nobody_knows_is_kept_with_a_note() -> None:
    reading = read('[tumour]\nsite = "Frobnication"')
    (site,) = reading.case.tumour.sites
    assert (site.name.lower(), site.code) == ("frobnication", UNKNOWN)
    (note,) = reading.notes
    assert (note.slug, note.row, note.column, note.value) == (
        "site-unknown", 2, "tumour.site", "Frobnication",
    )  # fmt: skip


def test_a_marker_names_its_clone() -> None:
    stain, reading = read_test('{ kind = "stain", marker = "ALK-1 (D5F3)", result = "Positive" }')
    assert isinstance(stain, Stain)
    assert (stain.marker, stain.clone, stain.result) == ("ALK", "D5F3", TestResult.POSITIVE)
    assert [item.read for item in reading.read_as if "marker" in item.field] == ["ALK, clone D5F3"]


def test_a_marker_that_nobody_knows_is_kept_with_the_nearest_name() -> None:
    stain, reading = read_test('{ kind = "stain", marker = "desmine", result = "positive" }')
    assert isinstance(stain, Stain)
    assert stain.marker == "desmine"
    (note,) = reading.notes
    assert note.slug == "stain-unreadable"
    assert "'desmin'" in note.message


def test_a_result_in_words_gives_what_it_says_of_the_stain() -> None:
    table = '{ kind = "IHC", marker = "ALK", result = "diffusely positive, granular" }'
    stain, reading = read_test(table)
    assert isinstance(stain, Stain)
    assert stain.result is TestResult.POSITIVE
    assert stain.pattern is StainPattern.GRANULAR_CYTOPLASMIC
    assert any("granular cytoplasmic" in item.read for item in reading.read_as)


def test_stains_in_one_line_become_tests() -> None:
    reading = read('[[specimens]]\nstains = "SMA+; S-100 -; Ki-67 5-10%"')
    stains = reading.case.specimens[0].observations
    assert [(s.id, s.marker, s.result) for s in stains if isinstance(s, Stain)] == [
        ("sma-ihc", "SMA", TestResult.POSITIVE),
        ("s100-ihc", "S100", TestResult.NEGATIVE),
        ("ki-67-ihc", "Ki-67", NOT_REPORTED),
    ]


def test_fish_counts_are_read_from_a_result_and_from_counts() -> None:
    first, _ = read_test('{ kind = "fish", gene = "ALK", result = "12/50" }')
    second, _ = read_test('{ kind = "fish", gene = "ALK-1", counts = ["12 of 50"] }')
    third, _ = read_test('{ kind = "fish", gene = "ALK", counts = [{ scored = 50, split = 12 }] }')
    for test in (first, second, third):
        assert isinstance(test, FishTest)
        assert test.gene == "ALK"
        assert test.result == NOT_REPORTED
        assert [(c.split, c.nuclei_scored) for c in test.counts] == [(12, 50)]


def test_a_pcr_that_names_its_fusion_is_positive() -> None:
    test, _ = read_test('{ kind = "RT-PCR", gene = "ALK", result = "TPM3-ALK" }')
    assert isinstance(test, PcrTest)
    assert (test.result, test.detected_fusion) == (TestResult.POSITIVE, "TPM3::ALK")


@pytest.mark.parametrize("field", ["result", "detected_fusion"])
def test_a_pcr_that_names_its_fusion_needs_no_gene(field: str) -> None:
    test, reading = read_test(f'{{ kind = "RT-PCR", {field} = "NPM1::ALK" }}')
    assert isinstance(test, PcrTest)
    assert (test.gene, test.detected_fusion) == ("ALK", "NPM1::ALK")
    assert ("NPM1::ALK", "ALK") in [(item.written, item.read) for item in reading.read_as]
    error = fail('[[specimens]]\nobservations = [{ kind = "RT-PCR", result = "SS18::SSX2" }]')
    assert "gene" in error.message


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("amplified", TestResult.POSITIVE),
        ("amplification present", TestResult.POSITIVE),
        ("not amplified", TestResult.NEGATIVE),
        ("no amplification", TestResult.NEGATIVE),
        ("positive (amplified)", TestResult.POSITIVE),
    ],
)
def test_amplification_is_a_result_of_mdm2(words: str, result: TestResult) -> None:
    test, _ = read_test(f'{{ kind = "fish", gene = "MDM2", result = "{words}" }}')
    assert test.result == result


def test_amplification_is_no_result_of_a_gene_of_which_a_break_is_asked() -> None:
    """More copies of ALK are no rearrangement."""
    table = '{ kind = "fish", gene = "ALK", result = "amplified" }'
    fail(f"[[specimens]]\nobservations = [{table}]")
    table = '{ kind = "fish", gene = "MDM2", result = "possibly amplified" }'
    fail(f"[[specimens]]\nobservations = [{table}]")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("TURBT", SpecimenKind.RESECTION),
        ("transurethral resection", SpecimenKind.RESECTION),
        ("excision", SpecimenKind.RESECTION),
        ("core biopsy", SpecimenKind.BIOPSY),
        ("recurrent tumour", SpecimenKind.RECURRENCE),
    ],
)
def test_a_kind_of_specimen_is_read_from_words(words: str, kind: SpecimenKind) -> None:
    reading = read(f'[[specimens]]\nkind = "{words}"')
    assert reading.case.specimens[0].kind is kind
    assert words in [item.written for item in reading.read_as]
    fail('[[specimens]]\nkind = "a piece"')


@pytest.mark.parametrize(
    "table",
    [
        '{ kind = "RNA sequencing", result = "TFG::ROS1 in frame" }',
        '{ kind = "fusion_test", method = "RNA", calls = ["TFG::ROS1, in frame"] }',
        '{ kind = "NGS", method = "rna_sequencing", result = "positive",'
        ' calls = [{ gene5 = "TFG", gene3 = "ROS-1", frame = "in" }] }',
    ],
)
def test_a_fusion_is_read_from_words_and_from_a_table(table: str) -> None:
    test, _ = read_test(table)
    assert isinstance(test, FusionTest)
    assert (test.method, test.result) == (SequencingMethod.RNA, TestResult.POSITIVE)
    assert [(c.gene5, c.gene3, c.frame) for c in test.calls] == [("TFG", "ROS1", ReadingFrame.IN)]


def test_a_change_of_a_protein_is_read_from_words() -> None:
    table = '{ kind = "fusion_test", result = "negative", variants = ["ALK p.G1269A"] }'
    test, _ = read_test(table)
    assert isinstance(test, FusionTest)
    assert [(v.gene, v.change) for v in test.variants] == [("ALK", "G1269A")]


def test_histology_is_read_with_denials_and_counts() -> None:
    words = '["spindle cells", "plasma cell infiltrate", "no necrosis", "mitoses 2/10 HPF", "zzz"]'
    reading = read(f"[[specimens]]\nhistology = {words}")
    found = [
        (f.name, f.is_present, f.count_per_10_hpf) for f in reading.case.specimens[0].histology
    ]
    assert found == [
        ("spindle cells", True, NOT_REPORTED),
        ("plasma cells", True, NOT_REPORTED),
        ("necrosis", False, NOT_REPORTED),
        ("mitoses", True, 2.0),
        ("zzz", True, NOT_REPORTED),
    ]
    assert any("kept as written" in item.read for item in reading.read_as)


def test_no_mitoses_in_ten_fields_are_an_absent_finding() -> None:
    (finding,) = read('[[specimens]]\nhistology = "mitoses 0/10 HPF"').case.specimens[0].histology
    assert (finding.name, finding.is_present, finding.count_per_10_hpf) == ("mitoses", False, 0.0)


@pytest.mark.parametrize(
    ("written", "name", "is_present"),
    [
        ('{ name = "focal necrosis" }', "necrosis", True),
        ('{ name = "no necrosis" }', "necrosis", False),
        ('{ name = "septate hyphae", is_present = false }', "fungal hyphae", False),
        ('{ name = "no necrosis", is_present = true }', "no necrosis", True),
        ('{ name = "necrosis not assessed" }', "necrosis not assessed", True),
    ],
)
def test_a_finding_as_a_table_has_its_usual_name(written: str, name: str, is_present: bool) -> None:
    (finding,) = read(f"[[specimens]]\nhistology = [{written}]").case.specimens[0].histology
    assert (finding.name, finding.is_present) == (name, is_present)


def test_histology_that_is_not_sure_is_noted_with_its_line() -> None:
    reading = read('[[specimens]]\nhistology = ["necrosis not assessed", "mitoses 3/50 HPF"]')
    assert [(n.slug, n.row, n.value) for n in reading.notes] == [
        ("result-unreadable", 2, "necrosis not assessed"),
        ("result-unreadable", 2, "mitoses 3/50 HPF"),
    ]


def test_two_clones_in_a_line_are_two_stains() -> None:
    reading = read('[[specimens]]\nstains = "ALK 5A4 negative, D5F3 positive"')
    stains = reading.case.specimens[0].observations
    assert [(s.id, s.clone, s.result) for s in stains if isinstance(s, Stain)] == [
        ("alk-ihc", "5A4", TestResult.NEGATIVE),
        ("alk-ihc-2", "D5F3", TestResult.POSITIVE),
    ]


def test_a_clone_is_no_marker() -> None:
    stain, _ = read_test('{ kind = "stain", marker = "D5F3", result = "positive" }')
    assert isinstance(stain, Stain)
    assert (stain.marker, stain.clone) == ("ALK", "D5F3")
    error = fail(
        '[[specimens]]\nobservations = [{ kind = "stain", marker = "1A4", result = "positive" }]'
    )
    assert "a clone of ALK and of SMA" in error.message


@pytest.mark.parametrize(
    ("marker", "written", "result", "field", "value"),
    [
        ("ALK", "1+", UNKNOWN, "intensity", "weak"),
        ("ALK", "1+ focal", UNKNOWN, "intensity", "weak"),
        ("ALK", "2+", TestResult.POSITIVE, "intensity", "moderate"),
        ("IgG4", "120/HPF", NOT_REPORTED, "cells_per_hpf", 120),
        ("IgG4", "+ 120/HPF, ratio 65 %", TestResult.POSITIVE, "ratio_percent", 65),
        ("p16", "<1 %", UNKNOWN, "percent_positive", PercentRange(low=0, high=1)),
        ("p16", "null pattern", TestResult.NEGATIVE, "extent", "no_staining"),
        ("p53", "null", TestResult.NEGATIVE, "extent", "no_staining"),
        ("INI1", "lost", TestResult.NEGATIVE, "extent", NOT_REPORTED),
    ],
)
def test_a_stain_says_more_than_a_result(
    marker: str, written: str, result: object, field: str, value: object
) -> None:
    stain, _ = read_test(f'{{ kind = "stain", marker = "{marker}", result = "{written}" }}')
    assert isinstance(stain, Stain)
    assert (stain.result, getattr(stain, field)) == (result, value)


def test_null_is_refused_where_it_may_be_no_data() -> None:
    assert (
        "no data"
        in fail(
            '[[specimens]]\nobservations = [{ kind = "stain", marker = "ALK", result = "null" }]'
        ).message
    )


@pytest.mark.parametrize("written", ["EML4-ALK (E13;A20)", "E13;A20", "EML4 E13;A20"])
def test_a_fusion_by_its_exons_is_one_for_any_test(written: str) -> None:
    test, _ = read_test(f'{{ kind = "NGS", result = "{written}" }}')
    assert isinstance(test, FusionTest)
    assert [(c.gene5, c.gene3, c.exon5, c.exon3) for c in test.calls] == [
        ("EML4", "ALK", "E13", "A20")
    ]
    pcr, _ = read_test(f'{{ kind = "RT-PCR", gene = "ALK", result = "{written}" }}')
    assert isinstance(pcr, PcrTest)
    assert (pcr.result, pcr.detected_fusion) == (TestResult.POSITIVE, "EML4::ALK")


def test_a_partner_that_is_not_known_is_no_name() -> None:
    pcr, _ = read_test('{ kind = "RT-PCR", gene = "ALK", result = "T7;A20" }')
    assert isinstance(pcr, PcrTest)
    assert (pcr.result, pcr.detected_fusion) == (TestResult.POSITIVE, NOT_REPORTED)


def test_a_course_in_words_gives_time_status_and_events() -> None:
    reading = read('follow_up = "22 months, no recurrence"\ntreatments = "surgery R1"')
    case = reading.case
    assert case.follow_up.duration_months == 22
    assert case.follow_up.vital_status is VitalStatus.ALIVE
    assert [(o.kind, o.has_occurred) for o in case.outcomes] == [(OutcomeKind.RECURRENCE, False)]
    assert [(t.kind, t.margin) for t in case.treatments] == [(TreatmentKind.SURGERY, Margin.R1)]


def test_radical_is_no_margin_and_says_so() -> None:
    reading = read('treatments = "Radical surgery"')
    assert reading.case.treatments[0].margin == NOT_REPORTED
    assert [note.slug for note in reading.notes] == ["margin-not-stated"]


def test_an_exclusion_needs_its_reason() -> None:
    (exclusion,) = read('exclusions = ["desmoid: no nuclear beta-catenin"]').case.exclusions
    assert (exclusion.diagnosis, exclusion.reason) == ("desmoid", "no nuclear beta-catenin")
    assert "colon" in fail('exclusions = ["desmoid"]').cure


def test_small_things_are_forgiven() -> None:
    text = """
    [[specimens]]
    kind = "Resection"
    date = "2026-01-31"
    tumour_content_percent = "60 %"
    is_decalcified = "no"
    tissue_left = "Little"
    [follow_up]
    duration = "2 years"
    """
    case = read(text).case
    (specimen,) = case.specimens
    assert specimen.kind is SpecimenKind.RESECTION
    assert str(specimen.date) == "2026-01-31"
    assert specimen.tumour_content_percent == 60
    assert specimen.is_decalcified is False
    assert specimen.tissue_left is TissueLeft.LITTLE
    assert case.follow_up.duration_months == 24


# Absence -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "result"),
    [
        ('"negative"', TestResult.NEGATIVE),
        ('"equivocal"', TestResult.EQUIVOCAL),
        ('"failed"', TestResult.FAILED),
        ('"not done"', NOT_DONE),
        ('"not reported"', NOT_REPORTED),
        ('"unknown"', UNKNOWN),
        ('{ absent = "not_done" }', NOT_DONE),
    ],
)
def test_five_values_never_blur(written: str, result: object) -> None:
    stain, _ = read_test(f'{{ kind = "stain", marker = "ALK", result = {written} }}')
    assert stain.result == result


def test_a_result_left_out_is_not_reported() -> None:
    stain, _ = read_test('{ kind = "stain", marker = "ALK" }')
    assert stain.result == NOT_REPORTED


@pytest.mark.parametrize("written", ['"-"', '"postive"', "true", "3", '"maybe"', '""', "[]"])
def test_a_result_that_says_nothing_certain_is_refused(written: str) -> None:
    text = (
        f'[[specimens]]\nobservations = [{{ kind = "stain", marker = "ALK", result = {written} }}]'
    )
    error = fail(text)
    assert error.place == "case.toml, line 2"
    assert "specimens[1].observations[1].result" in error.message
    assert "positive, negative, equivocal, failed" in error.cure


# Faults ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "says", "cure"),
    [
        ('[patient]\nagee = "4 y"', 2, "patient.agee", "'age'"),
        ('id = "a"\nsex = "male"', 2, "sex", "under [patient]"),
        ('[patient]\nsymptoms = ["x"]', 2, "patient.symptoms", "at the top of the file"),
        ('[patient]\nmarker = "ALK"', 2, "patient.marker", "[[specimens.observations]]"),
        ('[patient]\nsex = "xx"', 2, '"xx"', "female, male, other"),
        ("[[specimens]]\ntumour_content_percent = 140", 2, "140", "100"),
        ("[[specimens]]\ntumour_content_percent = -1", 2, "-1", "0"),
        ('[[specimens]]\ntissue_left = "lots"', 2, '"lots"', "ample, little, none"),
        ("[[specimens]]\nis_decalcified = '-'", 2, '"-"', "yes or no"),
        ("[[specimens]]\ndate = 2026-01-01T00:00:00", 2, "date", "2026-01-31"),
        ('[[specimens]]\nobservations = [\n  { marker = "ALK" },\n]', 3, "kind", "stain, fish"),
        ('[[specimens]]\nobservations = [\n  { kind = "stane" },\n]', 3, "stane", "'stain'"),
        ('[[specimens]]\nobservations = ["ALK +"]', 2, "no table", "marker"),
        ('[[specimens]]\nobservations = [{ kind = "fish" }]', 2, "'gene'", "gene"),
        ("[follow_up]\nduration_months = nan", 2, "nan", "number"),
        ("[follow_up]\nduration_months = true", 2, "true", "number"),
        ("specimens = 3", 1, "3", "table"),
        ("patient = []", 1, "[]", "table"),
        ('[tumour]\nsize = "42"', 2, '"42"', "mm"),
        ('[patient]\nage = "1 y"\nage_at_diagnosis = "2 y"', 3, "again", "one"),
        ('outcomes = ["all well"]', 1, "all well", "recurrence"),
        ("id = 'a'\nid = 'b'", 0, "TOML", "each key once"),
        ("[patient", 0, "TOML", "--template"),
        ("age = 3 y", 0, "TOML", "quotation marks"),
    ],
)
def test_a_fault_names_file_line_field_value_and_cure(
    text: str, line: int, says: str, cure: str
) -> None:
    error = fail(text)
    assert error.place == (f"case.toml, line {line}" if line else "case.toml")
    assert says in error.message
    assert cure in error.cure


def test_a_count_larger_than_what_was_scored_is_refused() -> None:
    counts = "counts = [{ nuclei_scored = 50, split = 60 }]"
    error = fail(f'[[specimens]]\nobservations = [{{ kind = "fish", gene = "ALK", {counts} }}]')
    assert "60" in error.message


def test_an_unknown_schema_version_is_named() -> None:
    with pytest.raises(UserError) as caught:
        read('schema_version = "9"')
    assert caught.value.slug == "case-version-unknown"


# Ids ---------------------------------------------------------------------------------------------


def test_ids_that_are_left_out_are_numbered_round_those_that_stand() -> None:
    text = """
    [[specimens]]
    [[specimens.observations]]
    kind = "stain"
    marker = "ALK"
    [[specimens.observations]]
    kind = "stain"
    marker = "ALK"
    [[specimens.observations]]
    kind = "stain"
    marker = "ALK"
    id = "alk-ihc-2"
    [[specimens]]
    [[specimens.observations]]
    kind = "NGS"
    """
    reading = read(text)
    ids = [observation.id for _, observation in reading.case.iterate_observations()]
    assert ids == ["alk-ihc", "alk-ihc-3", "alk-ihc-2", "sequencing"]
    assert [specimen.id for specimen in reading.case.specimens] == ["specimen", "specimen-2"]
    assert reading.case.id == "case-1"
    assert [(i.field, i.read) for i in reading.read_as if i.field == "id"] == [("id", "case-1")]


def test_an_id_that_stands_twice_is_refused() -> None:
    test = '{ kind = "stain", marker = "ALK", id = "a" }'
    assert "'a'" in fail(f"[[specimens]]\nobservations = [{test}, {test}]").message


# JSON and lines ----------------------------------------------------------------------------------


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_json_document_is_read_as_it_is(tmp_path: Path) -> None:
    case = read_case_file(EXAMPLE).case
    for name in ("case.json", "case"):
        reading = read_case_file(write(tmp_path / name, write_case(case)))
        assert reading.case == case
        assert reading.kind == "json"
        assert reading.notes == reading.read_as == ()


def test_a_line_of_cases_jsonl_is_a_case_without_its_assessment(tmp_path: Path) -> None:
    case = read_case_file(EXAMPLE).case
    line = make_case_line(case, {"protocol": "old"})
    assert read_case_file(write(tmp_path / "line.json", line)).case == case
    assert read_case_file(write(tmp_path / "cases.jsonl", line)).case == case


def test_one_of_several_lines_is_chosen_by_its_id(tmp_path: Path) -> None:
    lines = b"".join(make_case_line(Case(id=name)) for name in "abc")
    path = write(tmp_path / "cases.jsonl", lines)
    assert read_case_file(path, case_id="b").case.id == "b"
    with pytest.raises(UserError, match="3 cases") as caught:
        read_case_file(path)
    assert "--id: a, b, c" in caught.value.cure
    with pytest.raises(UserError, match="'z'"):
        read_case_file(path, case_id="z")
    with pytest.raises(UserError, match="2 cases have the id"):
        read_case_file(write(tmp_path / "twice.jsonl", make_case_line(Case(id="a")) * 2),
                       case_id="a")  # fmt: skip
    with pytest.raises(UserError, match="no case"):
        read_case_file(write(tmp_path / "none.jsonl", b"\n"))


def test_json_is_strict(tmp_path: Path) -> None:
    """What TOML forgives is refused in a document that programs exchange."""
    path = write(tmp_path / "case.json", '{"id": "a", "patient": {"age": "14 months"}}')
    with pytest.raises(UserError) as caught:
        read_case_file(path)
    assert caught.value.slug == "case-invalid"
    assert caught.value.place == "case.json"
    assert "patient.age" in caught.value.message


def test_an_id_asked_for_has_to_be_the_case(tmp_path: Path) -> None:
    path = write(tmp_path / "case.toml", 'id = "a"')
    assert read_case_file(path, case_id="a").case.id == "a"
    with pytest.raises(UserError, match="'a', and not 'b'"):
        read_case_file(path, case_id="b")


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"", "case-invalid"),
        (b" \n", "case-invalid"),
        (b"\xff\xfe", "case-invalid"),
        (b"#" * (MAX_BYTES + 1), "case-invalid"),
        (b"{", "case-invalid"),
    ],
    ids=["empty", "blank", "not-utf8", "too-large", "not-json"],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes, slug: str) -> None:
    with pytest.raises(UserError) as caught:
        read_case_file(write(tmp_path / "case", content))
    assert caught.value.slug == slug


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    for path, slug in ((tmp_path / "no", "file-not-found"), (tmp_path, "file-is-folder")):
        with pytest.raises(UserError) as caught:
            read_case_file(path)
        assert caught.value.slug == slug


# Properties --------------------------------------------------------------------------------------


def try_to(make: Callable[[], CaseFileReading]) -> CaseFileReading | None:
    """Give the reading, or none for a user's error on one line; anything else is a bug."""
    try:
        return make()
    except UserError as error:
        is_told = error.slug in ("case-invalid", "case-version-unknown") and "\n" not in str(error)
        if not is_told:
            raise
        return None


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(TEXTS)
def test_any_text_is_a_case_or_a_users_error(text: str) -> None:
    reading = try_to(lambda: parse_case(text))
    assert reading is None or reading.case.id


VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(-5, 200), st.floats(allow_nan=True)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = ("id", "age", "sex", "sites", "size", "kind", "marker", "result", "gene", "counts",
          "calls", "histology", "stains", "name", "value", "absent")  # fmt: skip


@given(
    st.sampled_from(["patient", "tumour", "follow_up", "symptoms", "treatments", "outcomes",
                     "exclusions", "signatures", "remarks", "specimens"]),
    st.one_of(VALUES, st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4)),
)  # fmt: skip
def test_any_table_is_a_case_or_a_users_error(field: str, value: object) -> None:
    reading = try_to(lambda: read_case_table({field: value}))
    assert reading is None or write_case(reading.case)


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4), st.sampled_from(
    ["stain", "fish", "rt_pcr", "fusion_test", "NGS", "IHC"]
))  # fmt: skip
def test_any_test_is_read_or_refused(table: dict[str, object], kind: str) -> None:
    document = {"specimens": [{"observations": [{**table, "kind": kind}]}]}
    reading = try_to(lambda: read_case_table(document))
    assert reading is None or len(reading.case.specimens[0].observations) == 1


def test_reading_what_was_read_gives_the_same() -> None:
    """A case that was read from words reads the same from its own document, written as TOML."""
    case = read_case_file(EXAMPLE).case
    again = parse_case(write_toml(write_case_document(case)))
    assert again.case == case
    assert again.notes == ()


@given(st.dictionaries(TEXTS, st.one_of(TEXTS, st.booleans(), st.integers(), st.lists(TEXTS)),
                       max_size=5))  # fmt: skip
def test_what_is_written_as_toml_reads_back(table: dict[str, object]) -> None:
    nested = {"a": table, "b": [table, {}], **table}
    assert tomllib.loads(write_toml(nested, ("a comment",))) == json.loads(json.dumps(nested))


LONG = "9" * 5000


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", f'id = "a"\n[patient]\nage = {LONG}\n', "a.toml, line 3"),
        ("a.toml", f'id = "a"\n[patient]\nage = "{LONG} years"\n', "a.toml, line 3"),
        ("a.json", f'{{"id": "a", "patient": {{"age": {LONG}}}}}', "5,000 digits"),
        ("a.json", '{"id": "a", "patient": {"age": 40}}', "no such field"),
    ],
)
def test_numbers_no_field_can_hold_are_refused_in_plain_words(
    name: str, text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        read_case_file(path)
    assert said in str(caught.value)
    assert "sys." not in str(caught.value)
    assert "keyword" not in str(caught.value)
