from __future__ import annotations

import json
from pathlib import Path

import pytest

from spindle.cli.main import COMMANDS, main
from spindle.reports.leaflet import list_section_ids


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["leaflet", *arguments])
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out, printed.err


def test_the_whole_leaflet_is_printed_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert (code, err) == (0, "")
    assert "NOT REVIEWED" in out
    assert "Worried right now?" in out
    assert out.rstrip().endswith("Spindle advises and never decides.")


@pytest.mark.parametrize("section", list_section_ids())
def test_every_section_can_be_asked_for(section: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, section, "--format", "json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert [part["id"] for part in document["sections"]] == [section]
    assert document["notice"].startswith("Research use, not a medical device.")


def test_a_part_without_warning_signs_says_where_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "spindle leaflet warning-signs" in run(capsys, "who")[1]
    assert "spindle leaflet warning-signs" not in run(capsys, "warning-signs")[1]


def test_an_unknown_section_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "prices")
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "'prices'" in err
    assert "warning-signs" in err
    assert "[usage]" in err


def test_a_page_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "leaflet.html"
    code, out, err = run(capsys, "--format", "html", "--out", str(path))
    assert (code, err) == (0, "")
    assert out == f"Leaflet: {path}\nResearch use, not a medical device.\n"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [p.name for p in tmp_path.iterdir()] == ["leaflet.html"]


def test_an_existing_file_is_kept_without_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("my notes", encoding="utf-8")
    code, out, err = run(capsys, "who", "--out", str(path))
    assert (code, out) == (4, "")
    assert "[output-exists]" in err
    assert "--force" in err
    assert path.read_text(encoding="utf-8") == "my notes"
    assert run(capsys, "who", "--out", str(path), "--force")[0] == 0
    assert "Who gets it?" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["folder", "link", "missing folder", "below a file"])
def test_a_place_that_can_not_be_written_is_told(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "place"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        (tmp_path / "target").write_text("kept", encoding="utf-8")
        path.symlink_to(tmp_path / "target")
    elif kind == "missing folder":
        path = tmp_path / "nowhere" / "leaflet.txt"
    else:
        path.write_text("a file", encoding="utf-8")
        path /= "leaflet.txt"
    before = sorted(tmp_path.iterdir())
    code, out, err = run(capsys, "--out", str(path), "--force")
    assert (code, out) == (4, "")
    assert "[output-not-writable]" in err
    assert len(err.strip().splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_the_command_is_listed() -> None:
    assert COMMANDS["leaflet"][0] == "spindle.cli.leaflet"
