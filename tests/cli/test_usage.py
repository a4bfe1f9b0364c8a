from __future__ import annotations

import pytest

from spindle.cli.main import main


@pytest.mark.parametrize(
    ("arguments", "word", "help_line"),
    [
        (["report", "table.csv"], "--out", "spindle report --help"),
        (["fish", "--scored", "abc", "--split", "1"], "abc", "spindle fish --help"),
        (["fish", "--scored", "50", "--split", "1", "--tail"], "--tail", "spindle fish --help"),
        (["frobnicate"], "frobnicate", "spindle --help"),
        (["fish", "--scored", "1" * 400, "--split", "1"], "range", "spindle fish --help"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_in_one_sentence(
    arguments: list[str], word: str, help_line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    printed = capsys.readouterr()
    assert stop.value.code == 2
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
    assert word in printed.err
    assert help_line in printed.err
    assert "[usage]" in printed.err


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    assert "report" in capsys.readouterr().err
