"""What a command never writes over, what a terminal is never given, and a closed output."""

from __future__ import annotations

import contextlib
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spindle.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
CALLS = ROOT / "examples" / "fusions" / "arriba.tsv"
CASE = ROOT / "examples" / "case-1" / "case.toml"
RUN = "import sys; from spindle.cli.main import main; sys.exit(main())"
ESCAPE = "\x1b"
REPLACED = "\ufffd"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(CALLS, tmp_path / "calls.tsv")
    shutil.copy(CASE, tmp_path / "me.toml")
    (tmp_path / "costs.json").write_text("")
    return tmp_path


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def read_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


READING = [
    ("fusions", "calls.tsv", "--json", "--out", "calls.tsv"),
    ("fusions", "calls.tsv", "--json", "--out", "hard.tsv"),
    ("fusions", "soft.tsv", "--json", "--out", "calls.tsv"),
    ("fusions", "calls.tsv", "--json", "--out", "inner/../calls.tsv"),
    ("case", "me.toml", "--format", "json", "--out", "me.toml"),
    ("case", "me.toml", "--fusions", "calls.tsv", "--format", "json", "--out", "calls.tsv"),
    ("strategy", "--costs", "costs.json", "--draws", "100", "--out", "costs.json"),
]


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_what_a_command_reads_is_never_written_over(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    force: tuple[str, ...],
) -> None:
    (folder / "hard.tsv").hardlink_to(folder / "calls.tsv")
    (folder / "soft.tsv").symlink_to("calls.tsv")
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder)
    before = read_files(folder)
    assert run(*arguments, *force) == 4
    said = capsys.readouterr().err
    assert "The command reads this file" in said
    assert "--force" not in said
    assert read_files(folder) == before


WRITING = [
    ("fusions", "calls.tsv", "--json"),
    ("case", "me.toml", "--format", "json"),
    ("case", "--template"),
    ("leaflet",),
]


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
@pytest.mark.parametrize("arguments", WRITING, ids=" ".join)
def test_a_pipe_stays_a_pipe(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    force: tuple[str, ...],
) -> None:
    monkeypatch.chdir(folder)
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    assert run(*arguments, "--out", "pipe", *force) == 4
    assert pipe.is_fifo()
    assert "a device or a pipe" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", WRITING, ids=" ".join)
def test_another_file_is_written_over_with_force_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(folder)
    target = folder / "other"
    target.write_text("old")
    assert run(*arguments, "--out", "other") == 4
    assert target.read_text() == "old"
    assert run(*arguments, "--out", "other", "--force") == 0
    assert target.read_text() != "old"


def test_an_empty_case_file_is_written_where_it_is_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert run("case", "new.toml", "--template") == 0
    assert run("case", "new.toml", "--template") == 4
    assert run("case", "new.toml", "--template", "--force") == 0


# Terminals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [ESCAPE, "\x9b", "\x07", "\u202e"])
def test_a_character_that_a_terminal_obeys_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sign: str
) -> None:
    case = tmp_path / "case.toml"
    case.write_text(f'id = "x"\n[patient]\nsex = "\\u{ord(sign):04x}[31mRED"\n')
    for arguments in (
        ("fusions", f"{sign}[31mXnope.tsv"),
        ("case", case),
        ("case", f"{sign}.toml"),
        ("strategy", "--set", f"{sign}=1"),
        (sign,),
    ):
        assert run(*arguments) in (2, 3)
        shown = capsys.readouterr().err
        assert shown.rstrip("\n").isprintable(), arguments
    assert run("fusions", f"{sign}nope.tsv") == 3
    assert f"{REPLACED}nope.tsv" in capsys.readouterr().err


def read_terminal(*arguments: str | Path) -> bytes:
    """Run a command in a terminal of its own, and give what it shows."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    running = subprocess.Popen(command, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    # The end of a terminal is told as an error.
    with contextlib.suppress(OSError):
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert running.wait() == 0
    return shown


def test_a_terminal_gets_no_escape_of_a_table_or_a_name(tmp_path: Path) -> None:
    calls = tmp_path / f"{ESCAPE}[31m.tsv"
    calls.write_text(CALLS.read_text().replace("TPM3", f"TPM3{ESCAPE}[31m\x9b31m"))
    for form in ("--table", "--json", "--html"):
        shown = read_terminal("fusions", calls, form)
        assert b"ALK" in shown
        assert ESCAPE.encode() not in shown
        assert "\x9b".encode() not in shown
    target = tmp_path / f"{ESCAPE}[31m.json"
    assert ESCAPE.encode() not in read_terminal("fusions", calls, "--out", target)
    assert target.exists()


# A closed output ---------------------------------------------------------------------------------


def run_closed(stream: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *map(str, arguments)],
        preexec_fn=lambda: os.close(stream),
        stdout=None if stream == 1 else subprocess.PIPE,
        stderr=None if stream == 2 else subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [("fusions", CALLS), ("case", CASE), ("facts",), ("fish", "--scored", "50", "--split", "9")],
    ids=lambda arguments: arguments[0],
)
def test_a_closed_output_is_told_and_is_no_bug(arguments: tuple[str | Path, ...]) -> None:
    done = run_closed(1, *arguments)
    assert done.returncode == 4
    assert "standard output is closed" in done.stderr
    assert "[output-not-writable]" in done.stderr
    assert "bug" not in done.stderr


def test_closed_messages_stop_nothing() -> None:
    done = run_closed(2, "fusions", CALLS)
    assert done.returncode == 0
    assert "TPM3::ALK" in done.stdout
    assert run_closed(2, "fusions", "nowhere.tsv").returncode == 3
