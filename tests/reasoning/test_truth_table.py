"""The truth table of ALK results under `rna-reflex`: 625 rows, against an oracle and the engine.

The oracle below is written from the words of the issue and the design, not from the engine or the
protocol's graph. It is slow and plain on purpose, so that a pathologist can read it. Where the
words are silent, the reading that was chosen stands in a comment beginning with "Silent:".
"""

from __future__ import annotations

import csv
import io
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.observations import (
    FishTest,
    FusionCall,
    FusionTest,
    Observation,
    PcrTest,
    SequencingMethod,
    Stain,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.knowledge.files import read_text
from spindle.reasoning.assessments import Assessment
from spindle.reasoning.reflex import assess_case

TABLE = "protocols/rna-reflex.truth.csv"
RESULTS = ("positive", "negative", "equivocal", "failed", "not_done")
TESTS = ("ihc", "fish", "rt_pcr", "rna_sequencing")
COLUMNS = (*TESTS, "status", "discordant", "next_tests", "when")
REVIEW = """\
# Truth table of the protocol rna-reflex: every combination of results of the ALK stain, ALK FISH,
# ALK RT-PCR and RNA sequencing (quality adequate when negative), with ample tissue.
# How it was reviewed: the rows were derived from the words of the protocol by a second program
# that does not share code with the engine (tests/reasoning/test_truth_table.py), read through in
# groups by one reviewer who is not a pathologist, and compared with the engine row by row; each
# disagreement was judged by the protocol's words. No pathologist has approved it yet.
# next_tests: ids in the order proposed, joined by " | "; "-" for none. Where two tests are named
# and one of them is rna_sequencing, either will do; every other list is taken in turn.
"""

Row = dict[str, str]


# The oracle ------------------------------------------------------------------------------------


def expect_discordant(ihc: str, fish: str, pcr: str, rna: str) -> bool:
    """A positive test stands beside a negative one."""
    return "positive" in (ihc, fish, pcr, rna) and "negative" in (ihc, fish, pcr, rna)


def expect_status(ihc: str, fish: str, pcr: str, rna: str) -> str:  # noqa: PLR0911 - a plain list
    if "positive" in (pcr, rna):
        return "fusion_detected"
    if fish == "positive":
        return "rearranged_by_fish"
    if ihc == "positive":
        return expect_status_of_positive_stain(fish, pcr, rna)
    if rna == "negative":
        # Silent: RNA sequencing is what the protocol sends an equivocal result to, so its
        # negative answers it. A negative RT-PCR sees only the fusions that its kit covers.
        return "not_detected"
    if "equivocal" in (ihc, fish, pcr, rna):
        return "equivocal"
    if "negative" in (ihc, fish, pcr, rna):
        return "not_detected"
    if "failed" in (ihc, fish, pcr, rna):
        return "failed_or_insufficient"
    return "not_tested"


def expect_status_of_positive_stain(fish: str, pcr: str, rna: str) -> str:
    """Neither FISH, RT-PCR nor RNA sequencing is positive here."""
    if rna == "negative":
        return "expressed_not_confirmed"
    if "equivocal" in (fish, pcr, rna):
        # Silent: an unclear confirming test leaves the confirmation open.
        return "expressed_confirmation_pending"
    if "negative" in (fish, pcr, rna):
        # Silent: one negative confirming test is enough, as for patient 8; a test that failed or
        # was not done beside it makes nothing more likely.
        return "expressed_not_confirmed"
    return "expressed_confirmation_pending"


def expect_next(ihc: str, fish: str, pcr: str, rna: str) -> tuple[str, str]:
    """Ids of the next tests and the condition."""
    if rna == "positive":
        return "-", "-"
    if rna == "negative":
        return expect_next_after_negative_rna(ihc, fish, pcr, rna)
    if rna in ("failed", "equivocal"):
        # Silent on equivocal: it is no clear answer either, so the same tests follow.
        return expect_next_after_failed_rna(ihc, fish, pcr, rna)
    return expect_next_before_rna(ihc, fish, pcr, rna)


def expect_next_before_rna(  # noqa: PLR0911 - a plain list
    ihc: str, fish: str, pcr: str, rna: str
) -> tuple[str, str]:
    if expect_discordant(ihc, fish, pcr, rna):
        # Patients 8 and 15: discordant, next RNA sequencing. Silent on a stain that is not done:
        # whatever it showed, the other two would still disagree, so RNA sequencing comes at once.
        return "rna_sequencing", "always"
    if ihc == "not_done":
        return "alk_ihc", "always"
    if ihc == "positive":
        if fish == "positive":
            return "-", "-"
        if fish == "not_done":
            return "alk_fish | rna_sequencing", "always"
        return "rna_sequencing", "always"
    if "positive" in (fish, pcr):
        # Silent: a positive beside a stain without a clear answer is not confirmed by it. It is
        # treated like the other open positives, not like the cases where nothing is positive.
        return "rna_sequencing", "always"
    if ihc == "failed":
        # Silent: the protocol starts with the stain, and a failed one leaves it where it began,
        # so the condition is the same as for a stain that was not done.
        return "alk_ihc_again | rna_sequencing", "always"
    return "rna_sequencing", "if_needed"


def expect_next_after_negative_rna(ihc: str, fish: str, pcr: str, rna: str) -> tuple[str, str]:
    if not expect_discordant(ihc, fish, pcr, rna):
        return "-", "-"
    # Silent: a positive test that RNA sequencing does not bear out. The stain comes first and
    # FISH is the other way to confirm; whichever of them has not been done can still speak.
    if ihc == "not_done":
        return "alk_ihc", "always"
    if fish == "not_done":
        return "alk_fish", "always"
    return "-", "-"


def expect_next_after_failed_rna(ihc: str, fish: str, pcr: str, rna: str) -> tuple[str, str]:
    if ihc == "not_done":
        # Silent: the stain comes first, and a failed RNA run does not make it less useful.
        return "alk_ihc", "always"
    if ihc == "positive" and fish == "not_done":
        return "alk_fish", "always"
    if ihc == fish == "positive" and not expect_discordant(ihc, fish, pcr, rna):
        return "-", "-"
    fallback = ["ros1_fish", "pan_trk_ihc", "dna_panel"]
    if "positive" in (fish, pcr):
        # Silent: FISH or RT-PCR points at ALK and is not confirmed, or is contradicted. Of the
        # four tests named, those of other kinases can't settle that.
        fallback = ["dna_panel"]
    if fish == "not_done":
        fallback = ["alk_fish", *fallback]
    return " | ".join(fallback), "if_needed"


def expect_row(ihc: str, fish: str, pcr: str, rna: str) -> Row:
    results = (ihc, fish, pcr, rna)
    next_tests, when = expect_next(*results)
    return {
        **dict(zip(TESTS, results, strict=True)),
        "status": expect_status(*results),
        "discordant": "yes" if expect_discordant(*results) else "no",
        "next_tests": next_tests,
        "when": when,
    }


def render_table() -> str:
    """Give the table as the oracle has it; `write_text` it to renew the shipped file."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(expect_row(*results) for results in product(RESULTS, repeat=4))
    return REVIEW + stream.getvalue()


# The shipped file and the engine ---------------------------------------------------------------


def read_table(text: str) -> list[Row]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


SHIPPED = read_table(read_text(TABLE))


def name_row(row: Row) -> str:
    return "-".join(row[test] for test in TESTS)


def make_observations(ihc: object, fish: object, pcr: object, rna: object) -> list[Observation]:
    """A test of each kind; an absent result is kept as an observation that says so."""
    is_found = rna is TestResult.POSITIVE
    return [
        Stain(id="ihc", marker="ALK", result=ihc),  # type: ignore[arg-type]
        FishTest(id="fish", gene="ALK", result=fish),  # type: ignore[arg-type]
        PcrTest(id="pcr", gene="ALK", result=pcr),  # type: ignore[arg-type]
        FusionTest(
            id="rna",
            method=SequencingMethod.RNA,
            result=rna,  # type: ignore[arg-type]
            is_quality_adequate=True,
            calls=(FusionCall(gene5="TPM3", gene3="ALK"),) if is_found else (),
        ),
    ]


def make_case(observations: list[Observation]) -> Case:
    return Case(id="row", specimens=(Specimen(id="s", observations=tuple(observations)),))


def make_row_case(row: Row, absence: Absent = NOT_DONE) -> Case:
    values = [absence if row[test] == "not_done" else TestResult(row[test]) for test in TESTS]
    return make_case(make_observations(*values))


def describe_row(row: Row, assessment: Assessment) -> Row:
    alk = assessment.kinases["ALK"]
    tests = assessment.next_tests
    return {
        **{test: row[test] for test in TESTS},
        "status": alk.status.value,
        "discordant": "yes" if alk.is_discordant else "no",
        "next_tests": " | ".join(test.test for test in tests) or "-",
        "when": " | ".join(dict.fromkeys(test.when for test in tests)) or "-",
    }


def test_every_combination_stands_in_the_table_once() -> None:
    assert len(SHIPPED) == 625
    combinations = [tuple(row[test] for test in TESTS) for row in SHIPPED]
    assert combinations == list(product(RESULTS, repeat=4))


def test_the_shipped_table_is_what_the_words_of_the_protocol_give() -> None:
    assert read_text(TABLE).splitlines() == render_table().splitlines()


@pytest.mark.parametrize("row", SHIPPED, ids=name_row)
def test_the_engine_gives_the_row(row: Row) -> None:
    assert describe_row(row, assess_case(make_row_case(row))) == row


def test_either_of_two_tests_will_do_only_where_the_table_says_so() -> None:
    for row in SHIPPED:
        tests = assess_case(make_row_case(row)).next_tests
        is_either = len(tests) > 1 and "rna_sequencing" in {test.test for test in tests}
        assert {test.is_alternative for test in tests} <= {is_either}, name_row(row)


# What must hold whatever the reading of a single row -------------------------------------------


@pytest.mark.parametrize("row", SHIPPED, ids=name_row)
def test_not_reported_is_absence_and_not_a_result(row: Row) -> None:
    """A sixth value: an observation that says nothing, and no observation at all."""
    silent = assess_case(make_row_case(row, absence=NOT_REPORTED))
    observations = make_row_case(row).specimens[0].observations
    missing = assess_case(make_case([o for o in observations if o.result != NOT_DONE]))
    all_absent = all(row[test] == "not_done" for test in TESTS)
    expected = {**row, "status": "not_reported"} if all_absent else row
    assert describe_row(row, silent) == expected
    assert describe_row(row, missing) == expected


def test_nothing_done_and_nothing_reported_are_two_statuses() -> None:
    absent = dict.fromkeys(TESTS, "not_done")
    done = assess_case(make_row_case(absent)).kinases["ALK"]
    silent = assess_case(make_row_case(absent, absence=NOT_REPORTED)).kinases["ALK"]
    assert (done.status.value, silent.status.value) == ("not_tested", "not_reported")


@pytest.mark.parametrize("others", ["missing", "not_reported"])
def test_one_test_not_done_reads_the_same_beside_silence_in_either_form(others: str) -> None:
    observations = make_observations(NOT_DONE, NOT_REPORTED, NOT_REPORTED, NOT_REPORTED)
    case = make_case(observations[:1] if others == "missing" else observations)
    assert assess_case(case).kinases["ALK"].status.value == "not_tested"


@given(st.sampled_from(SHIPPED), st.randoms(use_true_random=False))
def test_the_order_in_which_tests_are_reported_changes_nothing(row: Row, random: object) -> None:
    observations = list(make_row_case(row).specimens[0].observations)
    random.shuffle(observations)  # type: ignore[attr-defined]
    assert describe_row(row, assess_case(make_case(observations))) == row


@given(st.sampled_from(SHIPPED), st.sampled_from(range(4)))
def test_a_test_reported_twice_with_one_result_changes_nothing(row: Row, which: int) -> None:
    observations = list(make_row_case(row).specimens[0].observations)
    again = make_observations(*(o.result for o in observations))[which]
    assert describe_row(row, assess_case(make_case([*observations, again]))) == row


def test_no_test_with_an_answer_is_proposed_again() -> None:
    ids = {"alk_ihc": "ihc", "alk_fish": "fish", "rna_sequencing": "rna_sequencing"}
    for row in SHIPPED:
        for proposed in row["next_tests"].split(" | "):
            assert proposed not in ids or row[ids[proposed]] == "not_done", name_row(row)
            assert proposed != "alk_ihc_again" or row["ihc"] == "failed", name_row(row)


def test_a_status_never_says_more_than_its_tests() -> None:
    for row in SHIPPED:
        results = [row[test] for test in TESTS]
        status = row["status"]
        fusion = "positive" in (row["rt_pcr"], row["rna_sequencing"])
        assert (status == "fusion_detected") == fusion
        if status in ("not_detected", "equivocal", "failed_or_insufficient", "not_tested"):
            assert "positive" not in results, name_row(row)
        if status == "not_detected":
            assert "negative" in results, name_row(row)
        if status == "failed_or_insufficient":
            assert set(results) <= {"failed", "not_done"}, name_row(row)


def test_a_pending_confirmation_has_a_test_that_can_confirm_it() -> None:
    pending = [r for r in SHIPPED if r["status"] == "expressed_confirmation_pending"]
    assert pending
    assert all(row["next_tests"] != "-" for row in pending)


@pytest.mark.parametrize(
    ("results", "status", "discordant", "next_tests", "when"),
    [
        # Patient 15, patient 8 and the other 23 of Zhao 2025, with sequencing not done.
        ("+-+0", "fusion_detected", "yes", "rna_sequencing", "always"),
        ("+--0", "expressed_not_confirmed", "yes", "rna_sequencing", "always"),
        ("---0", "not_detected", "no", "rna_sequencing", "if_needed"),
    ],
)
def test_the_published_patients_stand_as_the_issue_says(
    results: str, status: str, discordant: str, next_tests: str, when: str
) -> None:
    words = {"+": "positive", "-": "negative", "0": "not_done"}
    key = tuple(words[sign] for sign in results)
    row = next(r for r in SHIPPED if tuple(r[test] for test in TESTS) == key)
    assert (row["status"], row["discordant"]) == (status, discordant)
    assert (row["next_tests"], row["when"]) == (next_tests, when)
