from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from spindle.errors import UserError
from spindle.reports.output_folders import MARKER_FILE, check_folder, stage_folder


def write_report_folder(folder: Path, content: str = "old") -> None:
    folder.mkdir()
    marker = json.dumps({"schema": "urn:spindle:schema:report:1", "content": content}, indent=1)
    (folder / MARKER_FILE).write_text(marker)


def read_content(folder: Path) -> str:
    content: str = json.loads((folder / MARKER_FILE).read_text())["content"]
    return content


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_folder_appears_with_what_was_staged(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with stage_folder(target, is_forced=False) as staged:
        (staged / MARKER_FILE).write_text("new")
        assert not target.exists()
    assert (target / MARKER_FILE).read_text() == "new"
    assert list_names(target.parent) == ["out"]


def test_an_existing_folder_is_refused_without_force(tmp_path: Path) -> None:
    write_report_folder(tmp_path / "out")
    with pytest.raises(UserError) as error:
        check_folder(tmp_path / "out", is_forced=False)
    assert error.value.slug == "output-exists"


def test_an_empty_existing_folder_is_refused_without_force(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(UserError) as error:
        check_folder(tmp_path / "out", is_forced=False)
    assert error.value.slug == "output-exists"


def test_force_replaces_an_earlier_report_and_leaves_nothing_beside(tmp_path: Path) -> None:
    write_report_folder(tmp_path / "out")
    (tmp_path / "out" / "notes.csv").write_text("stale")
    with stage_folder(tmp_path / "out", is_forced=True) as staged:
        (staged / MARKER_FILE).write_text("new")
    assert list_names(tmp_path) == ["out"]
    assert list_names(tmp_path / "out") == [MARKER_FILE]


def test_force_does_not_replace_a_folder_of_something_else(tmp_path: Path) -> None:
    precious = tmp_path / "home"
    precious.mkdir()
    (precious / "thesis.docx").write_text("years of work")
    with (
        pytest.raises(UserError) as error,
        stage_folder(precious, is_forced=True),
    ):
        pass
    assert error.value.slug == "output-not-writable"
    assert list_names(precious) == ["thesis.docx"]


def test_a_file_in_the_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UserError) as error:
        check_folder(tmp_path / "out", is_forced=True)
    assert error.value.slug == "output-not-writable"


def test_a_link_to_a_folder_is_not_replaced(tmp_path: Path) -> None:
    write_report_folder(tmp_path / "real")
    (tmp_path / "out").symlink_to(tmp_path / "real")
    with pytest.raises(UserError) as error:
        check_folder(tmp_path / "out", is_forced=True)
    assert error.value.slug == "output-not-writable"


@pytest.mark.parametrize("had_old", [True, False])
def test_a_failure_leaves_everything_as_it_was(tmp_path: Path, had_old: bool) -> None:
    if had_old:
        write_report_folder(tmp_path / "out")
    with (
        pytest.raises(RuntimeError),
        stage_folder(tmp_path / "out", is_forced=True) as staged,
    ):
        (staged / MARKER_FILE).write_text("half")
        raise RuntimeError
    assert list_names(tmp_path) == (["out"] if had_old else [])
    if had_old:
        assert read_content(tmp_path / "out") == "old"


def test_a_folder_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with (
        pytest.raises(UserError) as error,
        stage_folder(target, is_forced=False) as staged,
    ):
        (staged / MARKER_FILE).write_text("mine")
        write_report_folder(target, "theirs")
    assert error.value.slug == "output-exists"
    assert read_content(target) == "theirs"
    assert list_names(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("thesis.docx", "years of work"),
        (".git", "history"),
        ("comment.txt", "a colleague's words beside the report"),
    ],
)
def test_force_replaces_no_folder_with_a_file_that_no_report_has(
    name: str, content: str, tmp_path: Path
) -> None:
    write_report_folder(tmp_path / "out")
    (tmp_path / "out" / name).write_text(content)
    with pytest.raises(UserError) as error:
        check_folder(tmp_path / "out", is_forced=True)
    assert error.value.slug == "output-not-writable"
    assert name in error.value.message
    assert (tmp_path / "out" / name).read_text() == content


def test_a_report_json_of_another_program_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MARKER_FILE).write_text('{"lighthouse": 1}')
    with pytest.raises(UserError) as error:
        check_folder(tmp_path / "out", is_forced=True)
    assert error.value.slug == "output-not-writable"


def test_the_folder_that_one_stands_in_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report_folder(tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    with pytest.raises(UserError) as error:
        check_folder(Path("../out"), is_forced=True)
    assert error.value.slug == "output-not-writable"
    assert read_content(tmp_path / "out") == "old"


def test_parents_that_were_made_for_nothing_are_removed(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError),
        stage_folder(tmp_path / "new" / "deep" / "out", is_forced=False),
    ):
        raise RuntimeError
    assert list_names(tmp_path) == []


@pytest.mark.parametrize("name", ["x" * 300, "loop/out"])
def test_a_path_that_the_system_refuses_is_a_users_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with (
        pytest.raises(UserError) as error,
        stage_folder(tmp_path / name, is_forced=False),
    ):
        pass
    assert error.value.slug == "output-not-writable"


def test_an_old_report_is_kept_when_the_new_one_can_not_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report_folder(tmp_path / "out")
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name.startswith(".out.") and Path(target).name == "out":
            raise OSError(16, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with (
        pytest.raises(UserError) as error,
        stage_folder(tmp_path / "out", is_forced=True),
    ):
        pass
    assert error.value.slug == "output-not-writable"
    assert list_names(tmp_path) == ["out"]
    assert read_content(tmp_path / "out") == "old"
    assert os.access(tmp_path / "out", os.R_OK)
