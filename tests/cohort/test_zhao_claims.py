"""The claims of Zhao 2025 on the paper's own 25 rows, by the real path from the printed table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from spindle.cohort.claim_checks.kinds import KINDS
from spindle.cohort.claim_checks.places import PlacesCheck
from spindle.cohort.claims import ClaimsFile, load_claims
from spindle.cohort.claims_audit import AuditedClaim, Verdict, audit_claims
from spindle.cohort.rows import CohortRow, make_row
from spindle.formats.tables import read_table
from spindle.reasoning.reflex import assess_case

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "zhao-2025"
SHARED = ROOT / ".." / "shared"

# Reviewed by hand against the paper and its Table 1, claim by claim.
EXPECTED: Mapping[str, str] = {
    "patients": "agrees",
    "sex-male": "agrees",
    "sex-female": "agrees",
    "sex-sum": "agrees",
    "age-youngest": "agrees",
    "age-oldest": "agrees",
    "age-mean": "agrees",
    "age-median": "agrees",
    "sinonasal-only": "not_checkable",
    "follow-up-complete": "contradicted",
    "follow-up-complete-places": "contradicted",
    "newly-diagnosed-untreated": "not_checkable",
    "enrolment-period": "not_checkable",
    "sites-most-common": "unsupported",
    "sites-extension": "agrees",
    "sites-discussion": "agrees",
    "sites-most-common-places": "agrees",
    "site-sphenoid-sinus": "agrees",
    "site-infratemporal-fossa": "agrees",
    "site-skull-base": "differs",
    "site-parotid-gland": "differs",
    "figure-left-maxillary-sinus": "agrees",
    "larynx": "contradicted",
    "larynx-fewer": "unsupported",
    "sides": "contradicted",
    "symptoms-most-common": "differs",
    "symptoms-most-common-broad": "unsupported",
    "symptoms-places": "agrees",
    "symptom-mouth-opening": "differs",
    "symptom-toothache": "agrees",
    "symptom-decreased-vision": "agrees",
    "symptom-diplopia": "agrees",
    "symptom-proptosis": "agrees",
    "follow-up-n": "agrees",
    "follow-up-shortest": "agrees",
    "follow-up-longest": "agrees",
    "follow-up-median": "impossible",
    "follow-up-sum": "agrees",
    "outcome-no-recurrence": "agrees",
    "outcome-recurrence": "agrees",
    "outcome-recurrence-alive": "agrees",
    "outcome-died": "agrees",
    "outcome-sum": "agrees",
    "deaths-from-metastases": "not_checkable",
    "deaths-cerebrovascular": "not_checkable",
    "deaths-sum": "agrees",
    "related-outcome-percentage": "agrees",
    "related-outcome-sum": "agrees",
    "related-outcome-rows": "not_checkable",
    "prognosis-worse": "unsupported",
    "prognosis-worse-rows": "unsupported",
    "death-cerebral-infarction-surgery": "agrees",
    "deaths-comprehensive-treatment": "agrees",
    "deaths-treatment-sum": "agrees",
    "necrosis": "not_checkable",
    "necrosis-places": "not_checkable",
    "atypia": "not_checkable",
    "ganglion-like-cells": "not_checkable",
    "bone-invasion": "not_checkable",
    "nuclei-shape": "not_checkable",
    "stained": "agrees",
    "ck-negative": "not_checkable",
    "vimentin-positive": "not_checkable",
    "sma-positive": "not_checkable",
    "msa-positive": "not_checkable",
    "desmin-positive": "not_checkable",
    "msa-most-places": "contradicted",
    "ki67-lowest": "not_checkable",
    "ki67-highest": "not_checkable",
    "alk-ihc-positive": "agrees",
    "alk-fish-none": "agrees",
    "alk-pcr-all": "agrees",
    "alk-pcr-positive": "agrees",
    "alk-pcr-places": "agrees",
    "alk-swapped-columns": "contradicted",
    "alk-ihc-negative-patients": "contradicted",
    "alk-stain-positive-pcr-positive": "agrees",
    "alk-stain-positive-pcr-negative": "agrees",
    "alk-stain-positive-fish": "agrees",
    "alk-stain-negative-rest": "agrees",
    "alk-fish-false-negative": "agrees",
    "alk-positive-patients-places": "not_checkable",
    "alk-positive-child": "contradicted",
    "alk-rearranged-age": "agrees",
    "alk-rearrangement-places": "contradicted",
    "alk-stain-place": "contradicted",
    "alk-children": "unsupported",
    "alk-rate-lower": "unsupported",
    "alk-rate-lower-stain": "unsupported",
    "alk-protein-domains": "differs",
    "fish-rule-half": "agrees",
    "fish-rule-tenth": "agrees",
    "fish-rule-second-stage": "agrees",
    "half-of-imt-places": "agrees",
    "ntrk-partner-order": "contradicted",
    "alk-negative-next-test": "contradicted",
    "doc-nature": "contradicted",
    "doc-icd": "contradicted",
    "doc-youngest": "contradicted",
    "doc-first-two-decades": "not_checkable",
    "doc-recurrence": "contradicted",
    "doc-metastasis": "not_checkable",
    "doc-alk-share": "agrees",
    "doc-alk-sinonasal": "agrees",
    "doc-survival-sinonasal": "agrees",
    "doc-alk-prognosis": "contradicted",
    "doc-cause": "agrees",
    "doc-alk-negative-fusions": "not_checkable",
    "doc-fish-cut-off": "contradicted",
    "doc-partner-name": "contradicted",
    "doc-partners-genital": "contradicted",
    "doc-etv6-ntrk3": "agrees",
    "doc-alcl": "contradicted",
    "doc-igg4": "not_checkable",
}


def read_rows(path: Path) -> list[CohortRow]:
    return [make_row(case, assess_case(case)) for case, _ in read_table(path).cases()]


@cache
def load_file() -> ClaimsFile:
    return load_claims(EXAMPLE / "claims.toml")


@cache
def audit_paper() -> Mapping[str, AuditedClaim]:
    rows = read_rows(EXAMPLE / "table1.csv")
    return {claim.id: claim for claim in audit_claims(load_file(), rows)}


def test_every_claim_has_its_reviewed_verdict() -> None:
    found = {claim_id: claim.verdict.value for claim_id, claim in audit_paper().items()}
    assert found == EXPECTED


def test_there_are_enough_claims_of_every_kind_and_verdict() -> None:
    kinds = Counter(claim.kind for claim in load_file().claims)
    assert len(load_file().claims) >= 40
    # Zhao 2025 prints no survival at a month.
    assert set(KINDS) - set(kinds) == {"survival"}
    assert set(EXPECTED.values()) == {verdict.value for verdict in Verdict}


def test_every_claim_says_what_was_printed_what_comes_out_and_why() -> None:
    for claim in audit_paper().values():
        assert claim.sentence.endswith(".")
        assert claim.where
        assert claim.printed
        assert claim.recomputed
        assert claim.reason.endswith(".")
        assert "nan" not in f"{claim.printed} {claim.recomputed} {claim.reason}".split()


def test_the_cases_that_a_verdict_rests_on_are_in_the_table() -> None:
    ids = {str(number) for number in range(1, 26)}
    for claim in audit_paper().values():
        assert set(claim.rows) <= ids


@pytest.mark.parametrize(
    ("claim_id", "printed", "recomputed", "said"),
    [
        ("age-mean", "34 years", "34.36 years (n = 25)", "mean age is 34.36 years"),
        ("age-youngest", "13 months", "13 months (n = 25)", "case 21"),
        ("follow-up-median", "57 months (n = 17)", "47 months (n = 17)", "45 to 54 months"),
        ("follow-up-median", "57 months (n = 17)", "47 months (n = 17)", "2 of the 17 values"),
        ("follow-up-median", "57 months (n = 17)", "47 months (n = 17)", "the mean is 60.06"),
        ("follow-up-median", "57 months (n = 17)", "47 months (n = 17)", "median is 60.5"),
        ("follow-up-complete", "all: follow-up given", "17 of 25", "3, 6, 10, 12, 15, 19, 23"),
        ("related-outcome-percentage", "6/17 = 35.3 %", "6/17 = 35.29 %", "35.29"),
        ("site-skull-base", "at least 1", "0 of 25", "0 of 25"),
        ("sides", "0 rows with opposite sides", "3 rows of 21 compared", "Case 16"),
        ("alk-protein-domains", "1620 amino acids", "1030 + 28 + 561 = 1619 amino acids", "1 less"),
        ("larynx", "Discussion: 3", "Table 1: 0 of 25", "cannot all hold"),
        ("alk-fish-none", "0", "0 of 25", "0 of 25"),
    ],
)
def test_numbers_that_a_reader_of_the_paper_would_find(
    claim_id: str, printed: str, recomputed: str, said: str
) -> None:
    claim = audit_paper()[claim_id]
    assert claim.printed == printed
    assert claim.recomputed == recomputed
    assert said in claim.reason


def test_the_tests_that_the_paper_did_not_print_are_run() -> None:
    prognosis = audit_paper()["prognosis-worse"]
    assert prognosis.recomputed == "6/17 against 0/16, p = 0.018"
    assert "1.344 to infinity" in prognosis.reason
    assert "between different series and not adjusted" in prognosis.reason
    rate = audit_paper()["alk-rate-lower"]
    assert rate.recomputed == "1/25 against 35/62, p = 2.3 × 10^-6"
    assert audit_paper()["alk-children"].recomputed == "1/4 against 0/21, p = 0.16"


@pytest.mark.parametrize(
    ("claim_id", "said"),
    [
        ("doc-alk-share", "populations differ (% with ALK): Zhao 2025, Table 1, stain"),
        ("doc-first-two-decades", "RareGuru (all sites): typically; Zhao 2025, Table 1 (nose"),
        ("doc-metastasis", "because the populations and the measures differ"),
        ("doc-alk-negative-fusions", "because the measures differ"),
        ("alk-positive-patients-places", "by stain): 2 of 25; Table 1, PCR (by PCR): 1 of 25"),
        ("sinonasal-only", "Cases 6, 14 and 25 cannot show it and cannot refute it"),
        ("doc-recurrence", "He 2015 (nose and sinuses): 15/20 = 75 %"),
    ],
)
def test_what_cannot_be_compared_is_named_and_not_called_a_contradiction(
    claim_id: str, said: str
) -> None:
    assert said in audit_paper()[claim_id].reason


def test_no_conflict_is_between_different_populations_or_measures() -> None:
    checks = {c.id: c.check for c in load_file().claims if c.kind in ("places", "documents")}
    for claim_id, check in checks.items():
        assert isinstance(check, PlacesCheck)
        if audit_paper()[claim_id].verdict is Verdict.CONTRADICTED:
            scopes = Counter(statement.scope for statement in check.statements)
            assert max(scopes.values()) > 1


@pytest.mark.parametrize(
    ("claim_id", "cases"),
    [
        ("sides", ("4", "12", "16")),
        ("sinonasal-only", ("6", "14", "25")),
        ("alk-swapped-columns", ("8", "15")),
        ("alk-positive-child", ("15",)),
        ("deaths-comprehensive-treatment", ("5", "18", "20", "22")),
        ("death-cerebral-infarction-surgery", ("11",)),
        ("follow-up-complete", ("3", "6", "10", "12", "15", "19", "23", "24")),
        ("outcome-recurrence", ("9", "16")),
    ],
)
def test_the_rows_behind_a_verdict_are_named(claim_id: str, cases: tuple[str, ...]) -> None:
    assert audit_paper()[claim_id].rows == cases


# ---- the verdict follows the rows: a cell of the table is changed, and the table read again

SITE, SYMPTOM, LAST = (
    "Imaging Examination",
    "Clinical Manifestations",
    "Duration of Follow Up (Months)",
)
STAIN, FISH, PCR = "ALK (D5F3)", "FISH", "RT-PCR"
WELL = "60, No recurrence, no metastasis"

Changes = dict[str, dict[str, str]]

CHANGED: list[tuple[str, Changes, str]] = [
    ("sex-male", {"1": {"Gender": "Female"}}, "differs"),
    ("sex-sum", {"1": {"Gender": "Female"}}, "differs"),
    ("age-mean", {"15": {"Age (yr)": "14"}, "21": {"Age (yr)": "60"}}, "differs"),
    ("age-median", {case: {"Age (yr)": "45"} for case in ("2", "6", "19")}, "differs"),
    ("age-youngest", {"21": {"Age (yr)": "12 months"}}, "differs"),
    ("follow-up-median", {"5": {LAST: "57, Died"}, "7": {LAST: WELL}}, "agrees"),
    ("follow-up-median", {"16": {LAST: "100, Recurrence"}}, "differs"),
    ("follow-up-longest", {"2": {LAST: WELL}}, "differs"),
    ("follow-up-n", {"3": {LAST: WELL}}, "differs"),
    (
        "follow-up-complete",
        {case: {LAST: WELL} for case in ("3", "6", "10", "12", "15", "19", "23", "24")},
        "agrees",
    ),
    ("outcome-died", {"5": {LAST: WELL}}, "differs"),
    ("outcome-sum", {"5": {LAST: WELL}}, "differs"),
    ("sinonasal-only", {c: {SITE: "Left maxillary sinus"} for c in ("6", "14", "25")}, "agrees"),
    ("site-skull-base", {"6": {SITE: "Skull base"}}, "agrees"),
    ("larynx", {case: {SITE: "Larynx"} for case in ("6", "14", "25")}, "agrees"),
    ("sites-most-common", {"6": {SITE: "Left nasal cavity"}}, "agrees"),
    ("sites-most-common", {"1": {SITE: "Left orbit"}}, "differs"),
    ("sites-extension", {c: {SITE: "Orbit and ethmoid sinus"} for c in "123"}, "agrees"),
    (
        "sides",
        {
            "4": {SITE: "Left maxillary sinus"},
            "12": {SITE: "Left maxillary sinus"},
            "16": {SITE: "Bilateral sphenoid sinus"},
        },
        "agrees",
    ),
    ("symptoms-most-common", {c: {SYMPTOM: "Headache"} for c in ("5", "13", "18")}, "agrees"),
    ("symptom-mouth-opening", {"1": {SYMPTOM: "Difficulty opening the mouth"}}, "agrees"),
    ("alk-ihc-positive", {"1": {STAIN: "Positive"}}, "differs"),
    ("alk-fish-none", {"8": {FISH: "Positive"}}, "differs"),
    ("alk-pcr-all", {"1": {PCR: "Not done"}}, "contradicted"),
    ("alk-pcr-places", {"8": {PCR: "Positive"}}, "contradicted"),
    (
        "alk-swapped-columns",
        {case: {STAIN: "Negative", FISH: "Positive"} for case in ("8", "15")},
        "agrees",
    ),
    ("alk-swapped-columns", {"8": {STAIN: "Negative"}}, "differs"),
    ("alk-positive-child", {"15": {LAST: WELL}}, "agrees"),
    ("alk-positive-child", {"15": {LAST: "20, Recurrence"}}, "contradicted"),
    ("alk-rearranged-age", {"15": {"Age (yr)": "15 months"}}, "contradicted"),
    ("alk-children", {c: {PCR: "Positive"} for c in ("21", "24")}, "agrees"),
    ("alk-rate-lower", {str(n): {PCR: "Positive"} for n in range(1, 26)}, "differs"),
    (
        "prognosis-worse-rows",
        {case: {LAST: WELL} for case in ("5", "9", "11", "16", "18", "20", "22")},
        "differs",
    ),
    ("deaths-comprehensive-treatment", {"18": {"Treatment": "Radical surgery"}}, "contradicted"),
    (
        "death-cerebral-infarction-surgery",
        {"11": {"Treatment": "Radical surgery + radiotherapy (history of cerebral infarction)"}},
        "contradicted",
    ),
    ("doc-alk-sinonasal", {str(n): {PCR: "Positive"} for n in range(1, 26)}, "contradicted"),
    ("doc-recurrence", {c: {LAST: "60, Recurrence"} for c in "1247"}, "contradicted"),
    ("doc-alk-share", {"1": {STAIN: "Positive"}}, "agrees"),
]


def write_changed(
    path: Path, changes: Changes, more: Mapping[str, Mapping[str, str]] | None = None
) -> None:
    """Write the table with some cells changed, and with columns added at its end."""
    with (EXAMPLE / "table1.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row.update(changes.get(row["No"], {}))
        row.update({header: cells[row["No"]] for header, cells in (more or {}).items()})
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def audit_one(claim_id: str, path: Path) -> AuditedClaim:
    file = load_file()
    only = tuple(claim for claim in file.claims if claim.id == claim_id)
    [found] = audit_claims(ClaimsFile(file.source, file.documents, only), read_rows(path))
    return found


@pytest.mark.parametrize(("claim_id", "changes", "verdict"), CHANGED)
def test_a_changed_row_changes_the_verdict(
    claim_id: str, changes: Changes, verdict: str, tmp_path: Path
) -> None:
    write_changed(tmp_path / "table.csv", changes)
    found = audit_one(claim_id, tmp_path / "table.csv")
    assert found.verdict.value == verdict, found.reason
    before = audit_paper()[claim_id]
    assert (found.verdict, found.recomputed) != (before.verdict, before.recomputed)


@pytest.mark.parametrize(("positive", "verdict"), [(18, "agrees"), (17, "differs")])
def test_a_column_for_sma_makes_its_claim_checkable(
    positive: int, verdict: str, tmp_path: Path
) -> None:
    cells = {str(n): "Positive" if n <= positive else "Negative" for n in range(1, 26)}
    write_changed(tmp_path / "table.csv", {}, {"SMA": cells})
    assert audit_one("sma-positive", tmp_path / "table.csv").verdict.value == verdict


def test_an_index_of_proliferation_makes_its_range_checkable(tmp_path: Path) -> None:
    cells = {str(n): f"{n + 1}%" for n in range(1, 25)} | {"25": "30-40%"}
    write_changed(tmp_path / "table.csv", {}, {"Ki-67": cells})
    for claim_id in ("ki67-lowest", "ki67-highest"):
        assert audit_one(claim_id, tmp_path / "table.csv").verdict is Verdict.AGREES


# ---- the files of the example


def test_the_example_says_where_it_comes_from() -> None:
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert "10.2147/PGPM.S508156" in text
    assert "Research use, not a medical device" in text
    for header in (SITE, SYMPTOM, LAST, STAIN, FISH, PCR, "No", "Gender", "Age (yr)", "Treatment"):
        assert f"`{header}`" in text


def test_the_table_is_the_printed_one() -> None:
    source = SHARED / "cases" / "zhao-2025-table1.csv"
    if not source.exists():
        pytest.skip("the collected sources are not beside this checkout")
    assert (EXAMPLE / "table1.csv").read_bytes() == source.read_bytes()


def test_no_sentence_of_a_document_stands_in_the_claims() -> None:
    seeds = SHARED / "seeds"
    if not seeds.exists():
        pytest.skip("the documents are not beside this checkout")
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(seeds.glob("*.txt")))
    printed = " ".join(re.findall(r"\w+", text.casefold()))
    for claim in load_file().claims:
        words = re.findall(r"\w+", f"{claim.sentence} {claim.note}".casefold())
        runs = (" ".join(words[n : n + 8]) for n in range(len(words) - 7))
        assert not any(run in printed for run in runs), claim.id
