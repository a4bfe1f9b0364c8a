"""Files of fusion calls on their way into a case: what enters, as what, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spindle.assays.fusion_findings import FindingRole
from spindle.cases.absence import NOT_REPORTED, UNKNOWN
from spindle.cases.case import Case
from spindle.cases.documents import read_case, write_case
from spindle.cases.fusion_calls import Build
from spindle.cases.observations import (
    FusionCall,
    FusionTest,
    KinaseDomain,
    ReadingFrame,
    SequencingMethod,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.formats.case_files import parse_case
from spindle.formats.fusion_callers.registry import iterate_calls
from spindle.reasoning.assessments import Assessment, KinaseStatus
from spindle.reasoning.findings import Fit
from spindle.reasoning.fusion_files import (
    FusionReport,
    add_fusions,
    describe_files,
    make_fusion_tests,
    read_fusion_files,
)
from spindle.reasoning.fusion_notes import NAMES_SHOWN
from spindle.reasoning.patients import assess_patient
from spindle.reasoning.reflex import assess_case
from spindle.reports.patient_document import make_patient_document

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "fusions"
HEAD = "FusionGene\tLeftBreakpoint\tRightBreakpoint\tSplitReads\tNote\n"
# Junctions on GRCh38 at edges of exons.
EML4_ALK = "EML4--ALK\t2:42295516\t2:29223528\t100\t-\n"
ALK_EML4 = "ALK--EML4\t2:29223529\t2:42295517\t7\t-\n"
ROS1_CD74 = "ROS1--CD74\t6:117324416\t5:150404679\t7\t-\n"
CD74_ROS1 = "CD74--ROS1\t5:150404680\t6:117324415\t30\t-\n"
PASSENGER = "TPM3--CLTC\t1:154170400\t17:59644000\t5\t-\n"
ARRIBA = (EXAMPLES / "arriba.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
EMPTY = Case(id="x", specimens=(Specimen(id="s1"),))


def write(folder: Path, name: str, *rows: str, head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "".join(rows))
    return path


def write_reciprocal(folder: Path, name: str) -> Path:
    """Write ROS1::CD74 as a caller that says which gene is read first."""
    cells = {
        "#gene1": "ROS1", "gene2": "CD74", "breakpoint1": "6:117324416",
        "breakpoint2": "5:150404679", "strand1(gene/fusion)": "-/-",
        "strand2(gene/fusion)": "-/-", "split_reads1": "7", "split_reads2": "0",
        "discordant_mates": "1",
    }  # fmt: skip
    row = "\t".join(cells.get(column, ".") for column in ARRIBA)
    return write(folder, name, row + "\n", head="\t".join(ARRIBA) + "\n")


def read(*paths: Path, build: Build | None = Build.GRCH38) -> FusionReport:
    return read_fusion_files([iterate_calls(path) for path in paths], build=build)


def find_tests(case: Case) -> list[FusionTest]:
    return [o for _, o in case.iterate_observations() if isinstance(o, FusionTest)]


def assess(*paths: Path) -> Assessment:
    return assess_case(add_fusions(EMPTY, read(*paths)))


def say_driver(*calls: FusionCall, **values: object) -> tuple[str, str]:
    usual = {"method": SequencingMethod.RNA, "result": TestResult.POSITIVE}
    test = FusionTest(id="rna", calls=calls, **{**usual, **values})  # type: ignore[arg-type]
    found = assess_patient(Case(id="x", specimens=(Specimen(id="s", observations=(test,)),)))
    return found.actionability.driver, found.actionability.other_fusions


# Drivers and passengers -------------------------------------------------------------------------

WHOLE = FusionCall(
    gene5="EML4",
    gene3="ALK",
    exon5="13",
    exon3="20",
    frame=ReadingFrame.IN,
    kinase_domain=KinaseDomain.WHOLE,
)


@pytest.mark.parametrize(
    "call",
    [
        FusionCall(gene5="TPM3", gene3="CLTC"),
        FusionCall(gene5="CD74", gene3="LMNA", frame=ReadingFrame.OUT),
        FusionCall(gene5="FGFR3", gene3="TACC3", frame=ReadingFrame.OUT),
        FusionCall(gene5="FN1", gene3="IGF1R", kinase_domain=KinaseDomain.LOST),
    ],
)
def test_a_fusion_without_a_working_kinase_is_no_driver(call: FusionCall) -> None:
    name = f"{call.gene5}::{call.gene3}"
    for calls in ((call,), (WHOLE, call)):
        driver, other = say_driver(*calls)
        assert name not in driver
        assert other.startswith(f"{name}: no kinase")
        assert "another tumour" in other
    assert "a productive fusion with EML4" in driver


def test_a_kinase_outside_those_that_are_read_stays_on_the_line_of_the_driver() -> None:
    """FN1::IGF1R is published in IMT (piarulli-2019)."""
    driver, other = say_driver(FusionCall(gene5="FN1", gene3="IGF1R"))
    assert "FN1::IGF1R: no agent against it stands in the sources" in driver
    assert other == ""


def test_a_fusion_of_another_tumour_has_its_own_line_and_is_used_by_the_differential() -> None:
    call = FusionCall(gene5="NAB2", gene3="STAT6")
    driver, other = say_driver(call)
    assert "NAB2" not in driver
    assert "NAB2::STAT6" in other
    test = FusionTest(id="rna", method=SequencingMethod.RNA, result=TestResult.POSITIVE)
    for genes in (("NAB2", "STAT6"), ("TPM3", "CLTC")):
        named = replace(test, calls=(FusionCall(gene5=genes[0], gene3=genes[1]),))
        case = Case(id="x", specimens=(Specimen(id="s", observations=(named,)),))
        flags = [flag.says for flag in assess_patient(case).differential.red_flags]
        assert any("::".join(genes) in says for says in flags)


def test_a_passenger_makes_no_test_positive_and_ends_no_protocol() -> None:
    call = FusionCall(gene5="TPM3", gene3="CLTC")
    test = FusionTest(
        id="rna", method=SequencingMethod.RNA, result=TestResult.POSITIVE, calls=(call,)
    )
    case = Case(id="x", specimens=(Specimen(id="s", observations=(test,)),))
    assert assess_case(case).next_tests
    (shown,) = make_patient_document(assess_patient(case))["tests"]
    assert shown["result"] == {"absent": "unknown"}
    assert shown["found"] == ["TPM3::CLTC (no working kinase)"]
    assert "without a kinase" in shown["as_reported"]


# What enters a case -----------------------------------------------------------------------------


def test_a_driver_makes_its_own_file_positive_and_no_other(tmp_path: Path) -> None:
    one = write(tmp_path, "one.tsv", EML4_ALK)
    other = write(tmp_path, "other.tsv", PASSENGER)
    report = read(one, other)
    assert report.findings[0].role is FindingRole.DRIVER
    first, second = make_fusion_tests(report)
    assert first.result is TestResult.POSITIVE
    assert second.result == NOT_REPORTED
    assert [(c.gene5, c.gene3) for c in second.calls] == [("TPM3", "CLTC")]


def test_what_may_be_a_driver_or_is_none_is_neither_positive_nor_negative(tmp_path: Path) -> None:
    """EML4 exon 13 to ALK exon 29 has lost the domain; names alone leave everything open."""
    broken = write(tmp_path, "a.txt", "EML4(13)-ALK(29)\n", head="")
    open_one = write(tmp_path, "b.txt", "TFG-ROS1\n", head="")
    report = read(broken, open_one)
    roles = {finding.name: finding.role for finding in report.findings}
    assert roles == {
        "EML4::ALK": FindingRole.NOT_PRODUCTIVE,
        "TFG::ROS1": FindingRole.POSSIBLE_DRIVER,
    }
    assert [test.result for test in make_fusion_tests(report)] == [NOT_REPORTED, NOT_REPORTED]
    kinases = assess_case(add_fusions(EMPTY, report)).kinases
    assert kinases["ROS1"].status is KinaseStatus.FUSION_DETECTED
    assert kinases["ROS1"].is_productive == UNKNOWN
    assert kinases["ALK"].is_productive is False
    assert all(k.status is not KinaseStatus.NOT_DETECTED for k in kinases.values())


def test_tests_go_to_the_only_specimen_and_else_to_one_of_their_own(tmp_path: Path) -> None:
    report = read(write(tmp_path, "a.tsv", EML4_ALK))
    (only,) = add_fusions(EMPTY, report).specimens
    assert [o.id for o in only.observations] == ["fusions-1"]
    several = replace(EMPTY, specimens=(Specimen(id="s1"), Specimen(id="sequenced")))
    case = add_fusions(several, report)
    assert [s.id for s in case.specimens] == ["s1", "sequenced", "sequenced-more"]
    twice = add_fusions(add_fusions(EMPTY, report), report)
    assert [test.id for test in find_tests(twice)] == ["fusions-1", "fusions-1-more"]


def test_a_case_with_called_fusions_is_the_same_after_json(tmp_path: Path) -> None:
    case = add_fusions(EMPTY, read(write(tmp_path, "a.tsv", EML4_ALK, ROS1_CD74)))
    assert read_case(write_case(case)) == case


# Provenance -------------------------------------------------------------------------------------


def test_each_test_names_its_caller_and_each_call_its_reads_and_build() -> None:
    arriba, star = make_fusion_tests(
        read(EXAMPLES / "arriba.tsv", EXAMPLES / "star-fusion.tsv", build=None)
    )
    assert (arriba.caller, star.caller) == ("arriba", "star-fusion")
    assert arriba.provenance != star.provenance
    (call,) = arriba.calls
    assert {"line 2", "split reads 79, spanning pairs 17", "GRCh38, inferred"} <= set(call.notes)
    assert "also called by star-fusion" in call.notes
    assert any("SMG1::NPIPB5" in note for note in star.notes)
    document = make_patient_document(assess_patient(add_fusions(EMPTY, read(
        EXAMPLES / "arriba.tsv", EXAMPLES / "star-fusion.tsv", build=None
    ))))  # fmt: skip
    assert [test["name"] for test in document["tests"]] == [
        "RNA sequencing (arriba, arriba.tsv)",
        "RNA sequencing (star-fusion, star-fusion.tsv)",
    ]


def test_a_repaired_name_is_shown_with_what_was_written(tmp_path: Path) -> None:
    report = read(write(tmp_path, "words.txt", "ML4-ALK\n", head=""), build=None)
    ((call,),) = [test.calls for test in make_fusion_tests(report)]
    assert (call.gene5, call.words) == ("EML4", "ML4-ALK")
    said = "; ".join(call.notes)
    assert "written “ML4-ALK”" in said
    assert "ML4 read as EML4 (a misprint)" in said


def test_a_frame_on_which_caller_and_tables_disagree_is_open_and_said(tmp_path: Path) -> None:
    rows = (EXAMPLES / "arriba.tsv").read_text()
    assert "in-frame" in rows
    path = tmp_path / "arriba.tsv"
    path.write_text(rows.replace("in-frame", "out-of-frame"))
    ((call,),) = [test.calls for test in make_fusion_tests(read(path, build=None))]
    assert call.frame == UNKNOWN
    assert any("disagree on the frame" in note for note in call.notes)


# How the files were read ------------------------------------------------------------------------


def test_every_row_that_was_not_read_is_named_with_line_and_reason(tmp_path: Path) -> None:
    path = write(
        tmp_path, "w.txt", "TFG-ROS1\n", "TFG-ROS1 detected; TFG-ROS1 not detected\n", head=""
    )
    (note,) = describe_files(read(path, build=None))
    assert (note.file, note.caller, note.calls, note.in_case) == ("w.txt", "report-words", 2, 1)
    (row,) = note.not_interpreted
    assert row.line == 2
    assert row.written == "TFG-ROS1 detected; TFG-ROS1 not detected"
    assert row.reason
    (test,) = make_fusion_tests(read(path, build=None))
    assert any("Line 2 was not interpreted" in said for said in test.notes)


def test_what_stays_out_is_counted_and_named_up_to_a_dozen(tmp_path: Path) -> None:
    odd = [f"GENEA{n}--GENEB{n}\t1:{n}00\t2:{n}00\t3\t-\n" for n in range(1, 21)]
    path = write(tmp_path, "a.tsv", EML4_ALK, ALK_EML4, *odd)
    (note,) = describe_files(read(path))
    out = {left.kind: left for left in note.left_out}
    assert out["reciprocal or reversed product"].names == ("ALK::EML4",)
    (rest,) = (left for kind, left in out.items() if kind.startswith("no kinase"))
    assert (rest.count, len(rest.names)) == (20, NAMES_SHOWN)
    assert note.calls == note.in_case + sum(left.count for left in note.left_out)


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    report = read(
        write(tmp_path / "one", "a.tsv", EML4_ALK), write(tmp_path / "two", "a.tsv", PASSENGER)
    )
    assert [file.file for file in report.files] == ["a.tsv", "a.tsv (2)"]
    first, second = make_fusion_tests(report)
    assert [call.gene3 for call in first.calls] == ["ALK"]
    assert [call.gene3 for call in second.calls] == ["CLTC"]


def test_an_empty_file_is_a_test_without_a_result(tmp_path: Path) -> None:
    report = read(write(tmp_path, "a.tsv"))
    (test,) = make_fusion_tests(report)
    assert (test.result, test.calls) == (NOT_REPORTED, ())
    (note,) = describe_files(report)
    assert "not a negative" in note.adequacy


# The reciprocal product alone -------------------------------------------------------------------


def test_a_reciprocal_product_alone_is_an_open_signal(tmp_path: Path) -> None:
    path = write_reciprocal(tmp_path, "a.tsv")
    (test,) = make_fusion_tests(read(path))
    assert test.result == NOT_REPORTED
    assert [call.is_reciprocal for call in test.calls] == [True]
    ros1 = assess(path).kinases["ROS1"]
    assert ros1.status is KinaseStatus.EQUIVOCAL
    assert "reciprocal product" in ros1.why
    assert (ros1.partner, ros1.is_productive) == (NOT_REPORTED, NOT_REPORTED)
    found = assess_patient(add_fusions(EMPTY, read(path)))
    assert "the fusion itself not seen" in found.actionability.driver
    assert not found.actionability.is_confirmed
    crizotinib = next(o for o in found.actionability.options if o.id == "crizotinib")
    assert crizotinib.fit is Fit.UNKNOWN
    headline = make_patient_document(found)["diagnosis"]["headline"]
    assert "ROS1: rearrangement shown by the reciprocal product" in headline
    assert "CD74::ROS1" not in headline


def test_adequate_negative_rna_does_not_take_the_rearrangement_away(tmp_path: Path) -> None:
    case = add_fusions(EMPTY, read(write_reciprocal(tmp_path, "a.tsv")))
    negative = FusionTest(
        id="rna",
        method=SequencingMethod.RNA,
        result=TestResult.NEGATIVE,
        genes_covered=("ROS1",),
        is_quality_adequate=True,
    )
    case = replace(case, specimens=(*case.specimens, Specimen(id="b", observations=(negative,))))
    assert assess_case(case).kinases["ROS1"].status is KinaseStatus.EQUIVOCAL
    driver = assess_patient(case).actionability.driver
    assert "reciprocal product" in driver


def test_beside_its_driver_a_reciprocal_product_stays_out(tmp_path: Path) -> None:
    one = write(tmp_path, "a.tsv", CD74_ROS1)
    other = write(tmp_path, "b.tsv", ROS1_CD74)
    first, second = make_fusion_tests(read(one, other))
    assert (first.result, len(first.calls)) == (TestResult.POSITIVE, 1)
    assert (second.result, second.calls) == (NOT_REPORTED, ())
    assert any("ROS1::CD74" in note for note in second.notes)


# A group, and a written order -------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        FusionCall(gene5="ETV6", gene3="NTRK"),
        FusionCall(gene5="NTRK", gene3="ETV6"),
        FusionCall(gene5=UNKNOWN, gene3="NTRK"),
    ],
)
@pytest.mark.parametrize("is_adequate", [True, NOT_REPORTED])
def test_a_fusion_of_a_group_is_a_signal_of_the_group(call: FusionCall, is_adequate: bool) -> None:
    test = FusionTest(
        id="rna",
        method=SequencingMethod.RNA,
        result=TestResult.POSITIVE,
        calls=(call,),
        genes_covered=("ALK", "NTRK1", "NTRK2", "NTRK3"),
        is_quality_adequate=is_adequate,
    )
    case = Case(id="x", specimens=(Specimen(id="s", observations=(test,)),))
    found = assess_patient(case)
    kinases = found.assessment.kinases
    assert kinases["NTRK"].status is KinaseStatus.FUSION_DETECTED
    for name in ("NTRK1", "NTRK2", "NTRK3"):
        assert kinases[name].status is KinaseStatus.NOT_REPORTED
    assert "which NTRK gene it is is not named" in found.actionability.driver
    assert "no agent" not in found.actionability.driver
    ids = {option.id for option in found.actionability.options}
    assert {"larotrectinib", "entrectinib"} <= ids
    against = next(c for c in found.differential.candidates if c.id == "infantile-fibrosarcoma")
    assert not any(e.speaks == "against" and "NTRK" in e.says for e in against.evidence)


def test_a_case_file_may_name_the_group_alone() -> None:
    text = 'id = "x"\n[[specimens]]\n[[specimens.observations]]\nkind = "fusion_test"\n'
    for written in ('result = "NTRK-ETV6"', 'calls = ["ETV6-NTRK"]'):
        case = parse_case(f"{text}{written}\n").case
        assert assess_case(case).kinases["NTRK"].status is KinaseStatus.FUSION_DETECTED


def test_a_group_fusion_is_weighed_as_the_published_one_of_its_member() -> None:
    """ETV6::NTRK3 is published in IMT (yamamoto-2020) and shared with infantile fibrosarcoma."""
    text = (
        'id = "x"\n[tumour]\nsites = ["lung"]\n[[specimens]]\n'
        'histology = ["spindle cells", "plasma cells"]\n[[specimens.observations]]\n'
        'kind = "fusion_test"\nmethod = "rna_sequencing"\nresult = "ETV6-{}"\n'
    )
    group, member = (
        assess_patient(parse_case(text.format(name)).case) for name in ("NTRK", "NTRK3")
    )
    standings = [
        {c.id: c.standing for c in found.differential.candidates} for found in (group, member)
    ]
    assert standings[0] == standings[1]
    imt = next(c for c in group.differential.candidates if c.id == "imt")
    assert any("which NTRK gene it is is not named" in e.says for e in imt.evidence)


def test_a_group_fusion_explains_the_stain_that_its_members_share() -> None:
    text = (
        'id = "x"\n[[specimens]]\nstains = "pan-TRK nuclear +"\n[[specimens.observations]]\n'
        'kind = "fusion_test"\nresult = "ETV6-NTRK"\n'
    )
    found = assess_patient(parse_case(text).case)
    driver = found.actionability.driver
    assert driver.startswith("NTRK: a fusion with ETV6")
    assert "stain positive, not confirmed" not in driver


def test_the_written_order_is_kept_and_claims_no_record_of_the_other(tmp_path: Path) -> None:
    """TPM3::ALK is published in IMT; ALK first and TPM3 behind it is not."""
    path = write(tmp_path, "list.csv", "ALK,TPM3\n", head="gene5,gene3\n")
    found = assess_patient(add_fusions(EMPTY, read(path, build=None)))
    document = make_patient_document(found)
    assert "fusion detected (written ALK::TPM3)" in document["diagnosis"]["headline"]
    assert "(TPM3::ALK)" not in document["diagnosis"]["headline"]
    assert "(written ALK::TPM3)" in found.actionability.driver
    imt = next(c for c in found.differential.candidates if c.id == "imt")
    (said,) = [e for e in imt.evidence if "TPM3" in e.says]
    assert said.speaks == "neither"
    assert "that this is the same fusion is not shown" in said.says


def test_the_usual_order_is_told_as_before(tmp_path: Path) -> None:
    path = write(tmp_path, "list.csv", "TPM3,ALK\n", head="gene5,gene3\n")
    found = assess_patient(add_fusions(EMPTY, read(path, build=None)))
    headline = make_patient_document(found)["diagnosis"]["headline"]
    assert "fusion detected (TPM3::ALK)" in headline
    imt = next(c for c in found.differential.candidates if c.id == "imt")
    assert any(e.speaks == "for" and "TPM3::ALK" in e.says for e in imt.evidence)


def test_what_the_other_reader_calls_a_group_enters_the_case_as_one(tmp_path: Path) -> None:
    """A finding whose kinase is known only as NTRK is a possible driver."""
    report = read(write(tmp_path, "w.txt", "ETV6-NTRK\n", head=""), build=None)
    finding = report.findings[0]
    finding.read = replace(finding.read, kinase="NTRK", kinase_side="3p")
    finding.role = FindingRole.POSSIBLE_DRIVER
    kinases = assess_case(add_fusions(EMPTY, report)).kinases
    assert kinases["NTRK"].status is KinaseStatus.FUSION_DETECTED


# Quality, and samples -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "is_adequate", "said"),
    [
        ("TPM3::ALK (NGS), RNA quality not adequate", False, "not good enough"),
        ("No ALK fusion detected; RNA quality inadequate", False, "not good enough"),
        ("TPM3::ALK (NGS)", NOT_REPORTED, "says nothing of the quality"),
    ],
)
def test_what_a_report_says_of_quality_is_kept(
    tmp_path: Path, words: str, is_adequate: object, said: str
) -> None:
    report = read(write(tmp_path, "w.txt", words + "\n", head=""), build=None)
    (test,) = make_fusion_tests(report)
    assert test.is_quality_adequate == is_adequate
    assert said in report.files[0].adequacy


def test_samples_are_told_apart(tmp_path: Path) -> None:
    head = HEAD.rstrip("\n") + "\tsample\n"
    rows = (EML4_ALK.rstrip("\n") + "\tP1\n", CD74_ROS1.rstrip("\n") + "\tP2\n")
    path = write(tmp_path, "a.tsv", *rows, head=head)
    both = read(path)
    assert both.files[0].samples == ("P1", "P2")
    assert "P1, P2" in both.files[0].notes[-1]
    one = read_fusion_files([iterate_calls(path)], build=Build.GRCH38, sample="P2")
    assert [finding.name for finding in one.findings] == ["CD74::ROS1"]
    assert "1 row of 1 other sample left out" in one.files[0].notes[-1]
