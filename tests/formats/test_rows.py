from __future__ import annotations

from pathlib import Path

import pytest
from table_files import read_one, read_rows

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.course import DeathCause, Margin, OutcomeKind, VitalStatus
from spindle.cases.notes import Note
from spindle.cases.observations import (
    FishTest,
    FusionTest,
    PcrTest,
    SequencingMethod,
    Stain,
    TestResult,
)
from spindle.cases.patient import TimeUnit
from spindle.cases.provenance import Provenance
from spindle.cases.specimen import SpecimenKind
from spindle.cases.tumour import Laterality


def slugs(notes: tuple[Note, ...]) -> list[str]:
    return [note.slug for note in notes]


def observations_of(case: Case) -> dict[str, Stain | FishTest | PcrTest | FusionTest]:
    return {observation.id: observation for _, observation in case.iterate_observations()}


def words_of(place: Provenance | Absent) -> str:
    assert isinstance(place, Provenance)
    return str(place.words)


# Tests and their absence


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ("", NOT_REPORTED),
        ("NA", NOT_REPORTED),
        ("not done", NOT_DONE),
        ("?", UNKNOWN),
        ("Negative", TestResult.NEGATIVE),
        ("positive", TestResult.POSITIVE),
        ("equivocal", TestResult.EQUIVOCAL),
        ("failed", TestResult.FAILED),
    ],
)
def test_absence_and_results_stay_apart(
    tmp_path: Path, cell: str, result: TestResult | Absent
) -> None:
    case, _ = read_one(
        tmp_path, f"No | Sex | ALK | FISH | RT-PCR | NGS\n1 | M | {cell} | {cell} | {cell} | {cell}"
    )
    observations = observations_of(case)
    assert list(observations) == ["alk-ihc", "alk-fish", "alk-rt-pcr", "fusion-1"]
    found = [observation.result for observation in observations.values()]
    if result is TestResult.POSITIVE:
        found.pop()  # a sequencing test names a fusion or is unread
    assert found == [result] * len(found)


@pytest.mark.parametrize(
    ("minus", "result", "happened"),
    [
        ("", UNKNOWN, []),
        ("negative", TestResult.NEGATIVE, [False]),
        ("not_done", NOT_DONE, []),
        ("not_reported", NOT_REPORTED, []),
    ],
)
def test_a_lone_minus_means_what_the_mapping_says(
    tmp_path: Path, minus: str, result: TestResult | Absent, happened: list[bool]
) -> None:
    mapping = f'[options]\nminus = "{minus}"\n' if minus else ""
    for sign in ("-", "–", "--"):
        case, notes = read_one(
            tmp_path, f"No | ALK | FISH | Recurrence\n1 | {sign} | + | {sign}", mapping
        )
        assert observations_of(case)["alk-ihc"].result == result
        assert observations_of(case)["alk-fish"].result is TestResult.POSITIVE
        assert [outcome.has_occurred for outcome in case.outcomes] == happened
        assert len(notes) == (0 if minus else 2)


def test_a_column_that_is_not_there_gives_no_test(tmp_path: Path) -> None:
    case, _ = read_one(tmp_path, "No | Sex | Site\n1 | M | lung")
    assert case.specimens == ()


def test_counts_of_a_fish_cell(tmp_path: Path) -> None:
    case, _ = read_one(tmp_path, "No | FISH\n1 | 12/50")
    (fish,) = observations_of(case).values()
    assert isinstance(fish, FishTest)
    assert (fish.counts[0].split, fish.counts[0].nuclei_scored) == (12, 50)
    assert fish.result == NOT_REPORTED


def test_a_clone_of_cell_header_or_mapping(tmp_path: Path) -> None:
    mapping = '[options]\nclone = "SP8"\n'
    clones = []
    for header, cell in (("ALK", "+"), ("ALK (5A4)", "+"), ("ALK (5A4)", "ALK-1 positive")):
        case, _ = read_one(tmp_path, f"No | {header} | SMA\n1 | {cell} | +", mapping)
        alk, sma = observations_of(case).values()
        assert isinstance(alk, Stain)
        assert isinstance(sma, Stain)
        clones.append(alk.clone)
        assert sma.clone == NOT_REPORTED
    assert clones == ["SP8", "5A4", "ALK1"]


def test_alk_among_the_other_stains_is_an_alk_stain(tmp_path: Path) -> None:
    case, notes = read_one(tmp_path, "No | ALK | Other IHC\n1 | positive | SMA+; ALK-")
    observations = observations_of(case)
    assert list(observations) == ["alk-ihc", "stain-sma", "stain-alk"]
    alk = observations["stain-alk"]
    assert isinstance(alk, Stain)
    assert (alk.marker, alk.result) == ("ALK", TestResult.NEGATIVE)
    assert observations["alk-ihc"].result is TestResult.POSITIVE
    assert [(n.slug, n.column, n.value) for n in notes] == [
        ("result-conflict", "Other IHC", "SMA+; ALK-")
    ]


def test_stains_that_agree_need_no_note(tmp_path: Path) -> None:
    case, notes = read_one(tmp_path, "No | ALK | Other IHC\n1 | positive | SMA+; ALK+")
    assert len(observations_of(case)) == 3
    assert notes == ()


def test_a_cell_that_names_another_method(tmp_path: Path) -> None:
    case, notes = read_one(tmp_path, "No | ALK | RT-PCR\n1 | positive (FISH) | negative")
    assert list(observations_of(case)) == ["alk-fish", "alk-rt-pcr"]
    assert slugs(notes) == ["column-guessed"]


def test_a_fish_column_of_no_gene_takes_the_cells_gene(tmp_path: Path) -> None:
    case, _ = read_one(tmp_path, "No | FISH | RT-PCR\n1 | ROS1 positive | positive (ETV6-NTRK3)")
    fish, pcr = observations_of(case).values()
    assert (fish.id, getattr(fish, "gene", "")) == ("ros1-fish", "ROS1")
    assert (pcr.id, getattr(pcr, "gene", "")) == ("ntrk3-rt-pcr", "NTRK3")


def test_a_column_of_one_gene_takes_no_other_genes_result(tmp_path: Path) -> None:
    case, notes = read_one(tmp_path, "No | ALK FISH\n1 | ROS1 positive")
    (fish,) = observations_of(case).values()
    assert (fish.id, fish.result) == ("alk-fish", UNKNOWN)
    assert slugs(notes) == ["value-conflict"]


def test_a_partner_is_no_other_gene(tmp_path: Path) -> None:
    case, notes = read_one(tmp_path, "No | ALK FISH | RT-PCR\n1 | TPM3-ALK positive | TPM3-ALK +")
    fish, pcr = observations_of(case).values()
    assert (fish.id, fish.result) == ("alk-fish", TestResult.POSITIVE)
    assert isinstance(pcr, PcrTest)
    assert pcr.detected_fusion == "TPM3::ALK"
    assert slugs(notes) == []


def test_an_index_is_a_percentage_and_no_result(tmp_path: Path) -> None:
    case, notes = read_one(tmp_path, "No | Ki-67 index (%)\n1 | 5-10")
    (stain,) = observations_of(case).values()
    assert isinstance(stain, Stain)
    assert (stain.id, stain.result) == ("stain-ki-67", NOT_REPORTED)
    assert not isinstance(stain.percent_positive, Absent)
    assert (stain.percent_positive.low, stain.percent_positive.high) == (5, 10)
    assert notes == ()


def test_constants_of_a_mapping(tmp_path: Path) -> None:
    mapping = """
    [constants]
    diagnosis = "IMT"
    platform = "A"
    probe = "B"
    kit = "C"
    covered_fusions = ["TPM3::ALK"]
    panel = "D"
    genes_covered = ["ALK", "ROS1"]
    sequencing_method = "rna_sequencing"
    specimen_kind = "resection"
    """
    table = "No | ALK | FISH | RT-PCR | NGS\n1 | + | - | - | RANBP2-ALK\n2 | + | - | - | NA"
    for case, _ in read_rows(tmp_path, table, mapping):
        stain, fish, pcr, fusion = observations_of(case).values()
        assert isinstance(stain, Stain)
        assert isinstance(fish, FishTest)
        assert isinstance(pcr, PcrTest)
        assert isinstance(fusion, FusionTest)
        assert (case.tumour.diagnosis, stain.platform, fish.probe) == ("IMT", "A", "B")
        assert (pcr.kit, pcr.covered_fusions) == ("C", ("TPM3::ALK",))
        assert (fusion.panel, fusion.genes_covered) == ("D", ("ALK", "ROS1"))
        assert fusion.method is SequencingMethod.RNA
        assert case.specimens[0].kind is SpecimenKind.RESECTION


FUSION_HEADERS = {
    "RNA-seq": SequencingMethod.RNA,
    "RNA sequencing": SequencingMethod.RNA,
    "RNA NGS": SequencingMethod.RNA,
    "NGS (RNA)": SequencingMethod.RNA,
    "RNA-seq fusion": SequencingMethod.RNA,
    "DNA NGS": SequencingMethod.DNA,
    "NGS-DNA": SequencingMethod.DNA,
    "NGS": SequencingMethod.UNSPECIFIED,
    "fusion": SequencingMethod.NOT_STATED,
    "fusion_text": SequencingMethod.NOT_STATED,
    "Fusion partner": SequencingMethod.NOT_STATED,
}


@pytest.mark.parametrize(("header", "method"), FUSION_HEADERS.items())
@pytest.mark.parametrize("cell", ["RANBP2-ALK", "ROS1 kinase fusion", "negative"])
def test_the_method_of_a_fusion_column(
    tmp_path: Path, header: str, method: SequencingMethod, cell: str
) -> None:
    case, notes = read_one(tmp_path, f"No | Sex | {header}\n1 | M | {cell}")
    (test,) = observations_of(case).values()
    assert isinstance(test, FusionTest)
    assert test.method is method
    is_silent = method is SequencingMethod.NOT_STATED
    assert slugs(notes) == (["method-not-stated"] if is_silent else [])
    if is_silent and cell != "negative":
        assert notes[0].message == "The method by which the fusion was found is not stated."


@pytest.mark.parametrize(
    ("header", "cell", "constant", "method", "expected"),
    [
        ("fusion", "TFG-ROS1 (RNA-seq)", "", SequencingMethod.RNA, []),
        ("fusion", "TFG-ROS1 (NGS)", "", SequencingMethod.UNSPECIFIED, []),
        ("fusion", "TFG-ROS1", "unspecified", SequencingMethod.UNSPECIFIED, []),
        ("fusion", "TFG-ROS1", "rna_sequencing", SequencingMethod.RNA, []),
        ("NGS-DNA", "TFG-ROS1", "rna_sequencing", SequencingMethod.RNA, []),
        ("RNA-seq", "TFG-ROS1 (NGS)", "", SequencingMethod.RNA, []),
        ("RNA-seq", "TFG-ROS1 (DNA NGS)", "", SequencingMethod.DNA, ["value-conflict"]),
        ("fusion", "TFG-ROS1 (FISH)", "", SequencingMethod.NOT_STATED, ["method-not-stated"]),
    ],
)
def test_the_method_by_cell_mapping_and_header(
    tmp_path: Path,
    header: str,
    cell: str,
    constant: str,
    method: SequencingMethod,
    expected: list[str],
) -> None:
    mapping = f'[constants]\nsequencing_method = "{constant}"\n' if constant else ""
    case, notes = read_one(tmp_path, f"No | Sex | {header}\n1 | M | {cell}", mapping)
    (test,) = observations_of(case).values()
    assert isinstance(test, FusionTest)
    assert test.method is method
    assert [slug for slug in slugs(notes) if slug != "fusion-unreadable"] == expected


def test_fish_and_pcr_columns_of_other_genes(tmp_path: Path) -> None:
    case, notes = read_one(
        tmp_path,
        "No | FISH | NTRK3 FISH | ROS1 RT-PCR | ROS1 IHC | pan-TRK\n"
        "1 | negative | positive | negative | negative | positive",
    )
    found = {key: observation.result for key, observation in observations_of(case).items()}
    assert found == {
        "alk-fish": TestResult.NEGATIVE,
        "ntrk3-fish": TestResult.POSITIVE,
        "ros1-rt-pcr": TestResult.NEGATIVE,
        "ros1-ihc": TestResult.NEGATIVE,
        "pan-trk-ihc": TestResult.POSITIVE,
    }
    assert notes == ()


@pytest.mark.parametrize("header", ["Side", "Laterality"])
def test_a_column_of_sides_is_recognised(tmp_path: Path, header: str) -> None:
    case, notes = read_one(tmp_path, f"No | Site | {header}\n1 | orbit | left")
    assert [site.laterality for site in case.tumour.sites] == [Laterality.LEFT]
    assert notes == ()


def test_several_columns_of_one_field_by_mapping(tmp_path: Path) -> None:
    mapping = '[columns]\nSigns = "symptoms"\nSymptoms = "symptoms"\nA2 = "fish:NTRK3"\n'
    case, notes = read_one(
        tmp_path, "No | Symptoms | Signs | FISH | A2\n1 | fever | cough | NA | -", mapping
    )
    assert sorted(symptom.name for symptom in case.symptoms) == ["cough", "fever"]
    assert list(observations_of(case)) == ["alk-fish", "ntrk3-fish"]
    assert slugs(notes) == ["result-unreadable"]


# Specimens


def test_the_kind_of_specimen_is_not_guessed(tmp_path: Path) -> None:
    table = """
    No | ALK | Treatment
    1 | + | Tumor resection
    2 | + | Only tumor biopsy
    3 | + | Only tumor biopsy; later surgery
    """
    kinds = [case.specimens[0].kind for case, _ in read_rows(tmp_path, table)]
    assert kinds == [NOT_REPORTED, SpecimenKind.BIOPSY, NOT_REPORTED]


def test_columns_about_the_specimen(tmp_path: Path) -> None:
    table = """
    No | ALK | Specimen type | Tumor content | Histology
    1 | + | core biopsy | 60% | necrosis, plasma cells
    2 | + | thing | 10-20 | NA
    """
    (first, _), (second, notes) = read_rows(tmp_path, table)
    specimen = first.specimens[0]
    assert (specimen.kind, specimen.tumour_content_percent) == (SpecimenKind.BIOPSY, 60)
    assert [finding.name for finding in specimen.histology] == ["necrosis", "plasma cells"]
    assert {words_of(finding.provenance) for finding in specimen.histology} == {
        "necrosis, plasma cells"
    }
    assert second.specimens[0].kind == NOT_REPORTED
    assert second.specimens[0].tumour_content_percent == UNKNOWN
    assert slugs(notes) == ["result-unreadable", "result-unreadable"]
    assert [remark.words for remark in second.remarks] == ["thing", "10-20"]


# Patient and tumour


@pytest.mark.parametrize(
    ("value", "unit", "months", "slug"),
    [
        ("19", "years", 228, ""),
        ("14", "months", 14, ""),
        ("3.5", "years", 42, ""),
        ("14 months", "years", 14, "age-unit"),
        ("19", "NA", None, "age-unit-assumed"),
        ("19", "fortnights", None, "age-unit-assumed"),
        ("46 (abstract) / 48 (text)", "years", None, "value-conflict"),
    ],
)
def test_an_age_with_its_unit_in_another_column(
    tmp_path: Path, value: str, unit: str, months: float | None, slug: str
) -> None:
    case, notes = read_one(tmp_path, f"No | age_value | age_unit | ALK\n1 | {value} | {unit} | +")
    age = case.patient.age_at_diagnosis
    assert slugs(notes) == ([slug] if slug else [])
    if months is None:
        assert age == UNKNOWN
        assert value in [remark.words for remark in case.remarks]
    else:
        assert not isinstance(age, Absent)
        assert age.months == months
        assert words_of(age.provenance) == f"{value} {unit}"


@pytest.mark.parametrize(
    ("cell", "months", "sex"),
    [
        ("45/M", 540, "male"),
        ("F/45", 540, "female"),
        ("45 years, male", 540, "male"),
        ("M, 14 months", 14, "male"),
        ("45 M", 540, "male"),
        ("woman 45", 540, "female"),
        ("45M", 540, "male"),
        ("F45", 540, "female"),
        ("3 weeks/girl", 0.69, "female"),
        ("45/?", 540, None),
        ("newborn/M", 0, "male"),
        ("200/M", None, "male"),
        ("45/NA", 540, None),
        ("adult", None, None),
        ("M/F", None, None),
        ("NA", None, None),
    ],
)
def test_age_and_sex_in_one_cell(
    tmp_path: Path, cell: str, months: float | None, sex: str | None
) -> None:
    case, notes = read_one(tmp_path, f"No | Age (yr)/Sex | ALK\n1 | {cell} | +")
    age = case.patient.age_at_diagnosis
    assert (None if isinstance(age, Absent) else round(age.months, 2)) == months
    assert (None if isinstance(case.patient.sex, Absent) else case.patient.sex) == sex
    if months is None and cell != "NA":
        assert slugs(notes) == ["age-unreadable"]
        assert [remark.words for remark in case.remarks] == [cell]


def test_an_age_that_is_not_reported_keeps_no_unit(tmp_path: Path) -> None:
    case, notes = read_one(tmp_path, "No | age_value | age_unit | ALK\n1 | NA | NA | +")
    assert case.patient.age_at_diagnosis == NOT_REPORTED
    assert (case.remarks, notes) == ((), ())


def test_the_unit_of_the_mapping(tmp_path: Path) -> None:
    case, _ = read_one(tmp_path, "No | Age | ALK\n1 | 30 | +", '[units]\nage = "months"\n')
    age = case.patient.age_at_diagnosis
    assert not isinstance(age, Absent)
    assert (age.months, age.unit_as_reported) == (30, TimeUnit.MONTHS)


@pytest.mark.parametrize(
    ("site", "side", "sides", "slug"),
    [
        ("maxillary sinus", "L", [Laterality.LEFT], ""),
        ("maxillary sinus; nasal septum", "right", [Laterality.RIGHT, NOT_REPORTED], ""),
        ("left orbit", "right", [Laterality.LEFT], "laterality-conflict"),
        ("orbit", "both", [Laterality.BILATERAL], ""),
        ("orbit", "upper", [NOT_REPORTED], "site-unknown"),
        ("orbit", "NA", [NOT_REPORTED], ""),
    ],
)
def test_a_side_in_a_column_of_its_own(
    tmp_path: Path, site: str, side: str, sides: list[Laterality | Absent], slug: str
) -> None:
    case, notes = read_one(
        tmp_path, f"No | Site | Side\n1 | {site} | {side}", '[columns]\nSide = "laterality"\n'
    )
    assert [found.laterality for found in case.tumour.sites] == sides
    assert slugs(notes) == ([slug] if slug else [])


def test_size_focality_diagnosis_and_imaging(tmp_path: Path) -> None:
    case, _ = read_one(
        tmp_path,
        "No | Site | Size (cm) | Focality | Diagnosis | CT\n"
        "1 | lung, 3 cm | 5 x 2.5 | multifocal | IMT | a mass",
        '[columns]\nCT = "imaging"\n',
    )
    tumour = case.tumour
    assert not isinstance(tumour.size, Absent)
    assert tumour.size.dimensions_mm == (50, 25)
    assert (tumour.focality, tumour.diagnosis) == ("multifocal", "IMT")
    assert [finding.words for finding in tumour.imaging_findings] == ["a mass"]


SIDES = """
Right maxillary sinus | Numbness around the left nasal wing, diplopia | surgery | conflict
Right maxillary sinus, lacrimal sac and eyelid | Mass at left lower eyelid | surgery | conflict
Right sphenoid sinus | Right nose bleeding and decreased left eye vision | surgery | conflict
lung | right ear pain and left eye pain | surgery | conflict
left lung | cough | right lobectomy | conflict
Right maxillary sinus | Right facial pain, right swelling | surgery | none
Bilateral ethmoid sinus and orbit | Tumor at the inner canthus of the right eye | surgery | none
left orbit and right orbit | right eye pain | left orbitotomy | none
thyroid | left neck swelling | surgery | none
Left orbit | headache, no right eye pain | surgery | none
Left orbit | bilateral eye pain | left orbitotomy | none
"""


@pytest.mark.parametrize("line", SIDES.strip().splitlines())
def test_sides_that_contradict_each_other(tmp_path: Path, line: str) -> None:
    site, symptoms, treatment, expected = (part.strip() for part in line.split("|"))
    case, notes = read_one(
        tmp_path, f"No | Site | Symptoms | Treatment\n1 | {site} | {symptoms} | {treatment}"
    )
    found = [note for note in notes if note.slug == "laterality-conflict"]
    assert len(found) == (expected == "conflict")
    assert all(note.value in {symptoms, treatment} for note in found)
    assert {note.row for note in found} <= {2}
    assert len(case.tumour.sites) > 0


# Course

COURSE = "No | Treatment | Margin | Follow up (months) | Outcome | Recurrence | Cause of death\n"


def read_course(folder: Path, cells: str) -> tuple[Case, tuple[Note, ...]]:
    return read_one(folder, f"{COURSE}1 | {cells}")


def list_outcomes(case: Case) -> list[tuple[OutcomeKind, bool, float | Absent]]:
    return [(outcome.kind, outcome.has_occurred, outcome.months) for outcome in case.outcomes]


def test_a_death_in_three_columns_is_one_death(tmp_path: Path) -> None:
    case, notes = read_course(tmp_path, "surgery | R0 | 54 | Died | No | tumour progression")
    assert list_outcomes(case) == [
        (OutcomeKind.DEATH, True, 54),
        (OutcomeKind.RECURRENCE, False, NOT_REPORTED),
    ]
    assert case.outcomes[0].cause is DeathCause.TUMOUR
    assert case.follow_up.vital_status is VitalStatus.DEAD
    assert words_of(case.follow_up.provenance) == "54; Died"
    assert notes == ()


def test_a_recurrence_in_two_columns_is_one_recurrence(tmp_path: Path) -> None:
    case, notes = read_course(tmp_path, "surgery | R0 | 30, recurrence | AWD | 12 months |")
    assert list_outcomes(case) == [(OutcomeKind.RECURRENCE, True, 12)]
    assert slugs(notes) == ["follow-up-imprecise"]


def test_a_recurrence_without_date_is_noted_once(tmp_path: Path) -> None:
    case, notes = read_course(tmp_path, "surgery | R0 | 30, recurrence | AWD | Yes |")
    assert list_outcomes(case) == [(OutcomeKind.RECURRENCE, True, NOT_REPORTED)]
    assert slugs(notes) == ["recurrence-without-date"]
    assert case.follow_up.duration_months == 30


def test_two_recurrences_at_two_times_are_two(tmp_path: Path) -> None:
    case, _ = read_course(tmp_path, "surgery | R0 | 30, recurrence at 6 months | AWD | 12 months |")
    assert list_outcomes(case) == [
        (OutcomeKind.RECURRENCE, True, 6),
        (OutcomeKind.RECURRENCE, True, 12),
    ]


def test_columns_that_contradict_each_other_are_both_kept(tmp_path: Path) -> None:
    case, notes = read_course(tmp_path, "surgery | R0 | 22, no recurrence | NA | Yes |")
    assert [outcome.has_occurred for outcome in case.outcomes] == [False, True]
    assert slugs(notes) == ["value-conflict", "recurrence-without-date"]


def test_an_implied_life_gives_way_to_a_stated_death(tmp_path: Path) -> None:
    for cells in (
        "surgery | R0 | 22, no recurrence | died | |",
        "surgery | R0 | 22, no recurrence | | | tumour",
    ):
        case, notes = read_course(tmp_path, cells)
        assert case.follow_up.vital_status is VitalStatus.DEAD
        assert (OutcomeKind.DEATH, True, 22) in list_outcomes(case)
        assert "value-conflict" not in slugs(notes)


def test_alive_and_dead_is_neither(tmp_path: Path) -> None:
    for cells in (
        "surgery | R0 | 22, alive | died | | stroke",
        "surgery | R0 | 22, alive | | | tumour",
    ):
        case, notes = read_course(tmp_path, cells)
        assert case.follow_up.vital_status == UNKNOWN
        assert slugs(notes) == ["value-conflict"]


def test_a_cause_that_is_not_known_keeps_its_words(tmp_path: Path) -> None:
    case, notes = read_course(tmp_path, "surgery | R0 | 22 | died | | qwertz")
    assert case.outcomes[0].cause == UNKNOWN
    assert case.outcomes[0].words == "died; qwertz"
    assert "death-without-cause" in slugs(notes)


def test_a_death_without_cause_is_noted_once(tmp_path: Path) -> None:
    _, notes = read_course(tmp_path, "surgery | R0 | 22, died | dead | |")
    assert slugs(notes) == ["death-without-cause"]


def test_an_outcome_with_its_time_in_another_column_has_a_time(tmp_path: Path) -> None:
    case, notes = read_course(tmp_path, "surgery | R0 | 22 | NED | No |")
    assert case.follow_up.vital_status is VitalStatus.ALIVE
    assert case.follow_up.duration_months == 22
    assert "follow-up-no-time" not in slugs(notes)


def test_a_length_of_follow_up_alone_says_nothing_of_life(tmp_path: Path) -> None:
    case, _ = read_course(tmp_path, "surgery | R0 | 22 | | No |")
    assert case.follow_up.vital_status == NOT_REPORTED


@pytest.mark.parametrize(
    ("treatment", "margin", "margins", "expected"),
    [
        ("Radical surgery", "R0", [Margin.R0], []),
        ("Radical surgery", "negative", [UNKNOWN], ["margin-not-stated"] * 2),
        ("Radical surgery", "NA", [NOT_REPORTED], ["margin-not-stated"]),
        ("resection, negative margin", "", [UNKNOWN], ["margin-not-stated"]),
        ("resection, negative margin", "R0", [Margin.R0], []),
        ("resection (R1)", "R1", [Margin.R1], []),
        ("resection (R1)", "R0", [Margin.R1], ["value-conflict"]),
        ("surgery; second surgery", "R0", [NOT_REPORTED] * 2, ["margin-not-stated"]),
        ("Only biopsy", "R2", [NOT_REPORTED], ["margin-not-stated"]),
    ],
)
def test_a_margin_in_a_column_of_its_own(
    tmp_path: Path,
    treatment: str,
    margin: str,
    margins: list[Margin | Absent],
    expected: list[str],
) -> None:
    case, notes = read_course(tmp_path, f"{treatment} | {margin} | 22 | NED | No |")
    assert [item.margin for item in case.treatments] == margins
    assert slugs(notes) == expected


def test_every_fact_says_where_it_was_written(tmp_path: Path) -> None:
    case, _ = read_one(
        tmp_path,
        "No | Sex | Age (yr) | Site | Symptoms | ALK | Other IHC | FISH | RT-PCR | NGS | Treatment"
        " | Follow up (months)\n"
        "1 | M | 3 | left orbit | fever | + | SMA+ | - | - | RANBP2-ALK | surgery | 9, recurrence",
    )
    age = case.patient.age_at_diagnosis
    assert not isinstance(age, Absent)
    places = {
        "Sex": case.patient.provenance,
        "Age (yr)": age.provenance,
        "Site": case.tumour.provenance,
        "Symptoms": case.symptoms[0].provenance,
        "Treatment": case.treatments[0].provenance,
        "Follow up (months)": case.follow_up.provenance,
        **{
            column: observation.provenance
            for column, observation in zip(
                ("ALK", "Other IHC", "FISH", "RT-PCR", "NGS"),
                observations_of(case).values(),
                strict=True,
            )
        },
    }
    for column, place in places.items():
        assert isinstance(place, Provenance)
        assert (place.column, place.row, place.source) == (column, 2, "table.csv")
    assert case.outcomes[0].provenance == case.follow_up.provenance


def test_histology_of_a_table_reads_as_in_a_case_file(tmp_path: Path) -> None:
    table = """
    No | Histology
    1 | spindle cells, no necrosis, 3 mitoses/10 HPF
    2 | atypia not assessed
    3 | something of which nothing is sure
    4 | not reported
    """
    read = read_rows(tmp_path, table)
    found = [
        [(item.name, item.is_present) for part in case.specimens for item in part.histology]
        for case, _ in read
    ]
    assert found == [
        [("spindle cells", True), ("necrosis", False), ("mitoses", True)],
        [("atypia not assessed", True)],
        [("something of which nothing is sure", True)],
        [],
    ]
    assert [slugs(notes) for _, notes in read] == [[], ["result-unreadable"], [], []]
