from __future__ import annotations

from pathlib import Path

import pytest

from spindle.formats.tables import read_table


def read_notes(tmp_path: Path, header: str, cells: str) -> list[str]:
    path = tmp_path / "table.csv"
    path.write_text(f"No,Sex,{header}\n1,Male,{cells}\n")
    ((_, notes),) = read_table(path).cases()
    return [note.message for note in notes if note.slug == "value-conflict"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ('60,"Died at 24 months"', ["Follow-up is 60 months and the death at 24"]),
        (
            '24,"Recurrence at 40 months"',
            ["The recurrence is at 40 months and follow-up ends at 24"],
        ),
        ('24,"Died at 24 months"', []),
        ('40,"Recurrence at 24 months"', []),
        ("24,alive", []),
    ],
)
def test_times_that_contradict_each_other_are_noted(
    cells: str, said: list[str], tmp_path: Path
) -> None:
    found = read_notes(tmp_path, "Follow up (months),Outcome", cells)
    assert len(found) == len(said)
    assert all(message.startswith(start) for message, start in zip(found, said, strict=True))


@pytest.mark.parametrize("text", ["/" * 100_000, "cm " * 30_000, "-/-" * 30_000])
def test_a_long_cell_is_read_at_all(text: str, tmp_path: Path) -> None:
    """Work that grows with the square of a cell's length would not end here."""
    path = tmp_path / "table.csv"
    path.write_text(f"No,Sex,Site\n1,Male,{text}\n2,Female,lung\n")
    cases = [case for case, _ in read_table(path).cases()]
    assert len(cases) == 2
