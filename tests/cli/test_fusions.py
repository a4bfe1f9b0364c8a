"""`spindle fusions` and `spindle case --fusions` as a user runs them."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from spindle.reports.patient_schema import make_patient_schema

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "fusions"
ARRIBA, STAR = EXAMPLES / "arriba.tsv", EXAMPLES / "star-fusion.tsv"
RUN = "import sys; from spindle.cli.main import main; sys.exit(main())"
CASE = """
id = "x"
[tumour]
sites = ["lung"]
[[specimens]]
histology = ["spindle cells", "plasma cells"]
stains = "ALK+; SMA+"
"""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_several_callers_become_one_list() -> None:
    done = run("fusions", ARRIBA, STAR, "--json", "--site", "uterus")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    first = document["calls"][0]
    assert (first["name"], first["role"], first["callers"]) == (
        "TPM3::ALK", "driver", ["arriba", "star-fusion"],
    )  # fmt: skip
    assert (first["exon5"], first["exon5_legacy"], first["exon3"]) == (8, 7, 20)
    assert first["known_in_imt"]["is_published_at_site"] is True
    assert [call["role"] for call in document["calls"]] == ["driver", "reciprocal", "noise"]


def test_text_is_the_default_and_files_say_their_form(tmp_path: Path) -> None:
    assert "TPM3::ALK: driver" in run("fusions", ARRIBA).stdout
    for name, begins in (("a.html", "<!DOCTYPE html>"), ("a.json", "{"), ("a.txt", "Research")):
        path = tmp_path / name
        assert run("fusions", ARRIBA, "--out", path).returncode == 0
        assert path.read_text().startswith(begins)
    assert run("fusions", ARRIBA, "--out", tmp_path / "a.html").returncode != 0
    assert run("fusions", ARRIBA, "--out", tmp_path / "a.html", "--force").returncode == 0


def test_the_lists_of_genes_and_formats() -> None:
    genes = run("fusions", "--genes").stdout
    assert "Genes covered: 87" in genes
    assert "NM_004304.5" in genes
    formats = run("fusions", "--formats").stdout
    for name in ("arriba", "star-fusion", "vcf", "report-words", "genion"):
        assert name in formats


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name at least one file"),
        (("nowhere.tsv",), "[file-not-found]"),
        ((ARRIBA, "--json", "--html"), "--json and --html are different forms"),
        ((ARRIBA, "--table", "--html"), "--table and --html are different forms"),
        ((ARRIBA, "--caller", "nope"), "[fusion-format-unknown]"),
        ((ARRIBA, "--caller", "jaffa"), "[fusion-format-unknown]"),
        ((ROOT / "pyproject.toml",), "[fusion-format-unknown]"),
        ((ARRIBA, "--build", "hg19"), "--build"),
        ((ARRIBA, "--site", "moon"), "no site that is known"),
        ((ARRIBA, "--out", "a.pdf"), "does not say its form"),
    ],
)
def test_a_mistake_gets_one_sentence_with_its_cure(
    arguments: tuple[str | Path, ...], said: str
) -> None:
    done = run("fusions", *arguments)
    assert done.returncode not in (0, 1)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def assess(tmp_path: Path, *arguments: str | Path) -> dict[str, object]:
    path = tmp_path / "case.toml"
    path.write_text(CASE)
    done = run("case", path, "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_calls_enter_a_case_and_its_status(tmp_path: Path) -> None:
    document = assess(tmp_path, "--fusions", ARRIBA, "--fusions", STAR)
    alk = document["assessment"]["kinases"]["ALK"]  # type: ignore[index]
    assert (alk["status"], alk["partner"], alk["productive"]) == (
        "fusion_detected",
        "TPM3",
        True,
    )
    case = document["case"]
    tests = [o for s in case["specimens"] for o in s["observations"]]  # type: ignore[index]
    assert [o["kind"] for o in tests].count("fusion_test") == 2
    calls = [c for o in tests for c in o.get("calls", [])]
    assert {(c["gene5"], c["gene3"]) for c in calls} == {("TPM3", "ALK")}


def test_a_file_without_a_driver_makes_nothing_negative(tmp_path: Path) -> None:
    rows = ARRIBA.read_text().splitlines()
    empty = tmp_path / "empty.tsv"
    empty.write_text(rows[0] + "\n")
    document = assess(tmp_path, "--fusions", empty)
    kinases = document["assessment"]["kinases"]  # type: ignore[index]
    assert kinases["ALK"]["status"] == "expressed_confirmation_pending"
    for name, kinase in kinases.items():
        assert kinase["status"] != "not_detected", name


def test_a_case_says_how_each_file_of_calls_was_read(tmp_path: Path) -> None:
    """Nothing vanishes: callers, builds, rows not read with their line, what stays out."""
    words = tmp_path / "words.txt"
    words.write_text("ML4-ALK\nTFG-ROS1 fusion detected; TFG-ROS1 not detected\n")
    document = assess(tmp_path, "--fusions", words, "--fusions", STAR)
    first, second = document["fusion_files"]  # type: ignore[misc]
    assert [row["line"] for row in first["not_interpreted"]] == [2]
    assert second["caller"] == "star-fusion"
    assert [left["names"] for left in second["left_out"]] == [["ALK::TPM3"], ["SMG1::NPIPB5"]]
    errors = Draft202012Validator(make_patient_schema()).iter_errors(document)
    assert [error.message for error in errors] == []
    path = tmp_path / "case.toml"
    for more in ((), ("--annex",), ("--format", "html")):
        done = run("case", path, "--fusions", words, "--fusions", STAR, *more)
        said = " ".join(html.unescape(re.sub("<[^>]+>", " ", done.stdout)).split())
        for expected in (
            "words.txt, line 2",
            "TFG-ROS1 fusion detected",
            "No fusion is taken as found",
            "star-fusion, RNA; 3 calls",
            "GRCh38, inferred",
            "SMG1::NPIPB5",
        ):
            assert expected.lower() in said.lower(), (more, expected)
    assert "ML4 read as EML4 (a misprint)" in said
    assert "split reads 84" in said


def test_the_build_of_the_files_can_be_declared(tmp_path: Path) -> None:
    document = assess(tmp_path, "--fusions", STAR, "--build", "GRCh38")
    (file,) = document["fusion_files"]  # type: ignore[misc]
    assert file["build"] == "GRCh38, as declared by the user."


def test_a_case_without_files_of_calls_says_nothing_of_them(tmp_path: Path) -> None:
    assert assess(tmp_path)["fusion_files"] == []
    assert "FILES OF FUSION CALLS" not in run("case", tmp_path / "case.toml", "--annex").stdout
