from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from spindle.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "examples" / "zhao-2025" / "table1.csv"
SPINDLE = Path(sys.executable).with_name("spindle")
HEADER = "No,Gender,Age (yr),ALK (D5F3),FISH,RT-PCR,Treatment,Follow up (Months)\n"
ROW = '1,Male,19,Negative,Negative,Negative,Radical surgery,"22, No recurrence"\n'


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["report", *map(str, arguments)])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def test_four_files_and_a_summary_that_fits_a_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(TABLE, "--out", tmp_path / "out") == 0
    printed = capsys.readouterr().out
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"report.html", "report.json", "cases.jsonl", "notes.csv"}
    assert len(printed.splitlines()) <= 24
    assert str(tmp_path / "out" / "report.html") in printed
    assert "not a medical device" in printed
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_every_row_becomes_a_case_and_months_stay_months(tmp_path: Path) -> None:
    assert run(TABLE, "--out", tmp_path / "out") == 0
    lines = (tmp_path / "out" / "cases.jsonl").read_text().splitlines()
    cases = {case["id"]: case for case in map(json.loads, lines)}
    assert list(cases) == [str(number) for number in range(1, 26)]
    assert cases["15"]["patient"]["age_at_diagnosis"]["months"] == 14
    assert cases["1"]["patient"]["age_at_diagnosis"]["months"] == 19 * 12


def test_patients_8_and_15_are_discordant_and_the_others_are_not(tmp_path: Path) -> None:
    assert run(TABLE, "--out", tmp_path / "out") == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    found = {
        case["id"]: (kinase["status"], [test["test"] for test in case["assessment"]["next_tests"]])
        for case in report["cases"]
        if (kinase := case["assessment"]["kinases"]["ALK"])["discordant"]
    }
    assert found == {
        "8": ("expressed_not_confirmed", ["rna_sequencing"]),
        "15": ("fusion_detected", ["rna_sequencing"]),
    }


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run(TABLE, "--out", tmp_path / name) == 0
    for file in ("report.html", "report.json", "cases.jsonl", "notes.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_protocol_changes_the_next_test(tmp_path: Path) -> None:
    arguments = (TABLE, "--protocol", "zhao-2025-screen", "--out", tmp_path / "out")
    assert run(*arguments) == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert all(case["assessment"]["next_tests"] == [] for case in report["cases"])
    assert report["settings"]["protocol"] == "zhao-2025-screen"


def write_zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 600_000_000)


BAD_TABLES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "empty.csv": ("table-empty", lambda path: path.write_text("") and None),
    "blank.csv": ("table-empty", lambda path: path.write_text("\n\n , \n") and None),
    "no-rows.csv": ("table-no-rows", lambda path: path.write_text(HEADER) and None),
    "no-columns.csv": ("table-no-columns", lambda path: path.write_text("x,y\n1,2\n") and None),
    "latin.csv": (
        "file-encoding",
        lambda path: (
            path.write_bytes((HEADER + "1,Male,19,négatif,,,,\n").encode("latin-1")) and None
        ),
    ),
    "report.pdf": ("file-wrong-type", lambda path: path.write_bytes(b"%PDF-1.7\n1 0 obj") and None),
    "picture.xlsx": (
        "file-wrong-type",
        lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64)) and None,
    ),
    "bomb.xlsx": ("file-too-large", write_zip_bomb),
    "huge-cell.csv": (
        "cell-too-large",
        lambda path: path.write_text(HEADER + "1,Male,19," + "x" * 10_000_000 + ",,,,\n") and None,
    ),
    "quote.csv": (
        "table-quotation",
        lambda path: path.write_text(HEADER + '1,Male,19,"Negative,,,,\n') and None,
    ),
}


@pytest.mark.parametrize("name", list(BAD_TABLES))
def test_a_bad_table_is_refused_in_one_sentence_and_leaves_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug, write = BAD_TABLES[name]
    table = tmp_path / name
    write(table)
    assert run(table, "--out", tmp_path / "out") == 3
    printed = capsys.readouterr()
    assert f"[{slug}]" in printed.err
    assert name in printed.err
    assert "Traceback" not in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_missing_files_and_folders_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "none.csv", "--out", tmp_path / "out") == 3
    assert "[file-not-found]" in capsys.readouterr().err
    assert run(tmp_path, "--out", tmp_path / "out") == 3
    assert "[file-is-folder]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "slug"), [("--protocol", "protocol-unknown"), ("--fish-rule", "fish-rule-unknown")]
)
def test_unknown_settings_are_refused_with_the_known_ones(
    option: str, slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(TABLE, option, "mine", "--out", tmp_path / "out") == 2
    printed = capsys.readouterr().err
    assert f"[{slug}]" in printed
    assert "zhao-2025" in printed
    assert not (tmp_path / "out").exists()


def test_an_existing_folder_needs_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(TABLE, "--out", out) == 0
    before = (out / "report.json").read_bytes()
    assert run(TABLE, "--out", out) == 4
    assert "[output-exists]" in capsys.readouterr().err
    assert run(TABLE, "--protocol", "zhao-2025-screen", "--out", out, "--force") == 0
    assert (out / "report.json").read_bytes() != before


def test_force_never_replaces_the_folder_of_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(TABLE, "--out", out) == 0
    (out / "table.csv").write_text(HEADER + ROW)
    assert run(out / "table.csv", "--out", out, "--force") == 4
    assert "[output-not-writable]" in capsys.readouterr().err
    assert (out / "table.csv").exists()


def test_a_bad_table_leaves_the_earlier_report(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(TABLE, "--out", out) == 0
    before = (out / "report.json").read_bytes()
    bad = tmp_path / "bad.csv"
    # The fault stands after 3,000 good rows, when writing has begun.
    bad.write_bytes((HEADER + ROW * 3000).encode() + b"2,Male,20,n\xe9gatif,,,,\n")
    assert run(bad, "--out", out, "--force") == 3
    assert (out / "report.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "out"]


def test_notes_cannot_run_as_formulas(tmp_path: Path) -> None:
    table = tmp_path / "evil.csv"
    table.write_text(HEADER + '1,"=HYPERLINK(""x"")",19,@SUM(A1),+1,-1,x,=1\n')
    assert run(table, "--out", tmp_path / "out") == 0
    with (tmp_path / "out" / "notes.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert len(cells) > 8
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_hostile_text_is_shown_and_not_run(tmp_path: Path) -> None:
    table = tmp_path / "evil.csv"
    evil = "<script>alert(1)</script>"
    cells = [f"{evil}{name}" for name in "abcdefgh"]
    table.write_text(HEADER + ",".join(cells) + "\n" + ROW)
    assert run(table, "--out", tmp_path / "out") == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_above_500_cases_the_cards_leave_and_the_traces_stay_in_the_lines(tmp_path: Path) -> None:
    table = tmp_path / "large.csv"
    table.write_text(HEADER + "".join(ROW.replace("1,", f"{n},", 1) for n in range(1, 602)))
    assert run(table, "--out", tmp_path / "out") == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    lines = (tmp_path / "out" / "cases.jsonl").read_text().splitlines()
    assert len(report["cases"]) == len(lines) == 601
    assert all("trace" not in case["assessment"] for case in report["cases"])
    assert all(json.loads(line)["assessment"]["trace"] for line in lines)
    assert report["cohort"]["n"] == 601


def test_a_killed_run_leaves_no_report_behind(tmp_path: Path) -> None:
    table = tmp_path / "large.csv"
    table.write_text(HEADER + "".join(ROW.replace("1,", f"{n},", 1) for n in range(1, 30_001)))
    out = tmp_path / "out"
    process = subprocess.Popen(
        [str(SPINDLE), "report", str(table), "--out", str(out)], stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".out.*/cases.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not out.exists()
    small = tmp_path / "small.csv"
    small.write_text(HEADER + ROW)
    assert run(small, "--out", out) == 0
    assert (out / "report.html").exists()


def test_a_bug_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("impossible")

    monkeypatch.setattr("spindle.reports.series_report.write_report", fail)
    monkeypatch.delenv("SPINDLE_DEBUG", raising=False)
    assert run(TABLE, "--out", tmp_path / "out") == 1
    printed = capsys.readouterr().err
    assert "bug in Spindle" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_asked_to_stop_leaves_nothing(number: int, tmp_path: Path) -> None:
    table = tmp_path / "large.csv"
    table.write_text(HEADER + "".join(ROW.replace("1,", f"{n},", 1) for n in range(1, 30_001)))
    process = subprocess.Popen(
        [str(SPINDLE), "report", str(table), "--out", str(tmp_path / "deep" / "out")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("deep/.out.*/cases.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(timeout=60) == 128 + number
    assert [path.name for path in tmp_path.iterdir()] == ["large.csv"]


def run_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_run_without_standard_error_writes_its_report(tmp_path: Path) -> None:
    done = run_shell(f"{SPINDLE} report {TABLE} --out out 2>&-", tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "out" / "report.html").exists()


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"set -o pipefail; {SPINDLE} report {TABLE} --out out | true"
    assert run_shell(command, tmp_path).returncode == 0
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_an_output_that_is_full_is_no_bug(tmp_path: Path) -> None:
    done = run_shell(f"{SPINDLE} fish --scored 50 --split 1 >/dev/full", tmp_path)
    assert done.returncode == 4
    assert "[output-not-writable]" in done.stderr


def test_a_file_name_of_other_bytes_is_read(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/tabl\xe9.csv"
    with open(name, "w", encoding="utf-8") as stream:  # noqa: PTH123 - the name is no text
        stream.write(HEADER + ROW)
    assert run(os.fsdecode(name), "--out", tmp_path / "out") == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["source"]["file"] == "tabl\ufffd.csv"


@pytest.mark.parametrize("option", ["--mapping", "--claims"])
def test_a_settings_file_is_read_within_bounds(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dots = tmp_path / "dots.toml"
    dots.write_text("a." * 100_000 + "a = 1")
    digits = tmp_path / "digits.toml"
    digits.write_text(f"[options]\nheader_row = {'9' * 5000}\n")
    for path in (dots, digits, Path("/dev/zero"), tmp_path):
        assert run(TABLE, option, path, "--out", tmp_path / "out") == 3
        assert "bug" not in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
