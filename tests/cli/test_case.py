from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from spindle.cli.main import main
from spindle.formats.case_files import parse_case, read_case_file
from spindle.reasoning.patients import assess_patient, compute_version
from spindle.reports.patient_schema import make_patient_schema

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "case-1" / "case.toml"
SPINDLE = Path(sys.executable).with_name("spindle")


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["case", *map(str, arguments)])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def test_the_report_is_text_in_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(EXAMPLE) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "Case zhao-2025-15: PROPOSED, UNSIGNED" in printed.out
    assert "ALK: fusion detected, tests disagree" in " ".join(printed.out.split())
    assert "Next test: RNA sequencing" in printed.out
    assert max(map(len, printed.out.splitlines())) <= 80


def test_json_follows_the_published_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(EXAMPLE, "--format", "json", "--region", "EU") == 0
    document = json.loads(capsys.readouterr().out)
    assert list(Draft202012Validator(make_patient_schema()).iter_errors(document)) == []
    assert document["settings"]["region"] == "EU"
    assert document["file"] == "case.toml"
    case = read_case_file(EXAMPLE).case
    assert document["version"] == compute_version(assess_patient(case, region="EU"))


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("report.html", b"<!DOCTYPE html>"),
        ("report.htm", b"<!DOCTYPE html>"),
        ("report.txt", b"Research use"),
        ("report.json", b"{"),
        ("report.pdf", b"%PDF-"),
    ],
)
def test_the_suffix_says_the_format(
    tmp_path: Path, name: str, starts: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    if name.endswith(".pdf"):
        pytest.importorskip("typst", reason="the extra pdf is not installed")
    path = tmp_path / name
    assert run(EXAMPLE, "--out", path) == 0
    assert path.read_bytes().startswith(starts)
    assert str(path) in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_the_format_wins_over_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    assert run(EXAMPLE, "--out", path, "--format", "json") == 0
    assert json.loads(path.read_text())["schema_version"] == "1"


def test_the_same_case_gives_the_same_bytes(tmp_path: Path) -> None:
    for suffix in ("html", "json", "txt"):
        for name in ("one", "two"):
            assert run(EXAMPLE, "--out", tmp_path / f"{name}.{suffix}") == 0
        one, two = (tmp_path / f"{name}.{suffix}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_a_day_stands_only_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(EXAMPLE, "--date", "2026-11-20") == 0
    assert "Report of: 2026-11-20" in capsys.readouterr().out
    assert run(EXAMPLE) == 0
    assert "Report of" not in capsys.readouterr().out


def test_an_existing_file_is_not_written_over_without_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.txt"
    path.write_text("mine")
    assert run(EXAMPLE, "--out", path) == 4
    assert path.read_text() == "mine"
    assert "[output-exists]" in capsys.readouterr().err
    assert run(EXAMPLE, "--out", path, "--force") == 0
    assert path.read_text() != "mine"


@pytest.mark.parametrize("make", ["folder", "link", "nowhere"])
def test_a_place_that_can_not_be_written_is_named(
    tmp_path: Path, make: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.txt"
    if make == "folder":
        path.mkdir()
    elif make == "link":
        path.symlink_to(tmp_path / "other")
    else:
        path = tmp_path / "no" / "report.txt"
    assert run(EXAMPLE, "--out", path, "--force") == 4
    assert "[output-not-writable]" in capsys.readouterr().err
    assert not list(tmp_path.glob("**/.report*"))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "--template or --interactive"),
        (("--format", "pdf"), 2, "--out report.pdf"),
        (("--out", "report.doc"), 2, "--format"),
        (("--out", "report"), 2, "--format"),
        (("--format", "word"), 2, "pdf"),
        (("--date", "yesterday"), 2, "yesterday"),
        (("--protocol", "none"), 2, "[protocol-unknown]"),
        (("--fish-rule", "none"), 2, "[fish-rule-unknown]"),
        (("--region", "Atlantis"), 2, "[region-unknown]"),
        (("--id", "other"), 3, "[case-invalid]"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    arguments: tuple[str, ...], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*([EXAMPLE] if arguments else []), *arguments) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
    assert words in printed.err


def test_a_bad_case_file_gets_an_error_like_a_bad_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.toml"
    path.write_text('[patient]\nsex = "mail"\n')
    assert run(path) == 3
    message = capsys.readouterr().err
    assert message.startswith("Error: case.toml, line 2: patient.sex: ")
    assert "'male'" in message
    assert message.rstrip().endswith("[case-invalid]")


def test_one_of_the_cases_of_a_report_is_chosen_by_its_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `spindle report` wrote is read again: patient 8 of Zhao 2025."""
    table = ROOT / "examples" / "zhao-2025" / "table1.csv"
    with pytest.raises(SystemExit) as stop:
        main(["report", str(table), "--out", str(tmp_path / "out")])
    assert stop.value.code == 0
    capsys.readouterr()
    lines = tmp_path / "out" / "cases.jsonl"
    assert run(lines) == 3
    assert "--id: 1, 2, 3" in capsys.readouterr().err
    assert run(lines, "--id", "8") == 0
    assert "ALK: expressed, not confirmed, tests disagree" in " ".join(
        capsys.readouterr().out.split()
    )


def test_a_signature_under_the_printed_version_signs_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version on the page goes into the file; another test takes the signature away."""
    path = tmp_path / "case.toml"
    text = EXAMPLE.read_text()
    assert run(EXAMPLE) == 0
    found = re.search(r"Version:\s+(\w+)", capsys.readouterr().out)
    assert found
    signature = (
        f'\n[[signatures]]\nsigned_by = "Dr P"\nsigned_on = 2026-11-20\nversion = "{found[1]}"\n'
    )
    path.write_text(text + signature)
    assert run(path) == 0
    printed = capsys.readouterr().out
    assert "Case zhao-2025-15: SIGNED" in printed
    assert "Signed by Dr P on 2026-11-20." in printed
    path.write_text(text.replace('"Negative"', '"Positive"') + signature)
    assert run(path) == 0
    printed = capsys.readouterr().out
    assert "PROPOSED, UNSIGNED" in printed
    assert f"Dr P signed version {found[1]} on 2026-11-20; that is not this version." in printed


# The empty case file ----------------------------------------------------------------------------


def test_the_template_is_printed_or_written_and_reads_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--template") == 0
    printed = capsys.readouterr().out
    assert parse_case(printed).notes == ()
    for arguments in (("--out", tmp_path / "a.toml"), (tmp_path / "b.toml",)):
        assert run("--template", *arguments) == 0
        assert Path(arguments[-1]).read_text().strip() == printed.strip()
    assert run("--template", tmp_path / "a.toml") == 4
    assert run("--template", tmp_path / "c.toml", "--out", tmp_path / "d.toml") == 2


# Speed, weight and streams ----------------------------------------------------------------------


def test_slow_libraries_load_only_where_they_are_needed() -> None:
    code = (
        "import sys\nfrom spindle.cli.main import main\n"
        f"try:\n    main(['case', {str(EXAMPLE)!r}])\nexcept SystemExit: pass\n"
        "heavy = {'typst', 'jinja2', 'openpyxl', 'python_calamine'} & set(sys.modules)\n"
        "print('heavy:', *sorted(heavy))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "heavy:"


def test_the_help_and_the_template_need_no_reasoning() -> None:
    code = (
        "import sys\nfrom spindle.cli.main import main\n"
        "for words in (['case', '--help'], ['case', '--template']):\n"
        "    try:\n        main(words)\n    except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'typst', 'jinja2', 'spindle.reasoning.patients'}\n"
        "print('heavy:', *sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "heavy:"


@pytest.mark.skipif(os.name == "nt", reason="pipes differ")
def test_a_reader_that_goes_away_is_no_error() -> None:
    ran = subprocess.run(
        f"{SPINDLE} case {EXAMPLE} | head -1", shell=True, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert "not a medical device" in ran.stdout
    assert ran.stderr == ""
