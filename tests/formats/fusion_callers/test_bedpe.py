"""BEDPE: the beginning counts from 0 and the end from 1 (trap 9)."""

from __future__ import annotations

from pathlib import Path

import pytest

from spindle.cases.fusion_calls import CalledFusion
from spindle.errors import UserError
from spindle.formats.fusion_callers.registry import iterate_calls

ROWS = (
    "2\t42295515\t42295516\tchr2\t29223527\t29223528\tEML4::ALK\t55\t+\t-\textra",
    "5\t150404679\t150404680\t6\t117324414\t117324415\tCD74-ROS1\t3\t.\t.\t",
    "2\t42295000\t42296000\t2\t29223527\t29223528\tEML4>>ALK\t5\t+\t-\t",
    ".\t-1\t-1\t2\t29223527\t29223528\tsv_12\t1\t.\t.\t",
)


def read(tmp_path: Path, *rows: str) -> list[CalledFusion]:
    path = tmp_path / "calls.bedpe"
    path.write_text("\n".join(rows) + "\n")
    found = iterate_calls(path)
    assert found.caller == "bedpe"
    return list(found)


def test_the_end_of_an_interval_of_one_base_is_its_position(tmp_path: Path) -> None:
    first, second, *_ = read(tmp_path, *ROWS)
    assert (first.end5.position, first.end3.position) == (42295516, 29223528)
    assert (first.end5.gene, first.end3.gene, first.end3.chromosome) == ("EML4", "ALK", "2")
    assert (second.end5.gene, second.end3.position) == ("CD74", 117324415)
    assert not first.is_directed
    assert first.cells["column 11"] == "extra"


def test_a_range_gives_no_position_and_says_so(tmp_path: Path) -> None:
    wide = read(tmp_path, *ROWS)[2]
    assert wide.end5.position is None
    assert wide.end3.position == 29223528
    assert "range of 1,000 bases" in wide.remarks[0]
    assert not wide.problem


def test_an_unknown_end_and_a_name_that_is_no_pair(tmp_path: Path) -> None:
    call = read(tmp_path, *ROWS)[3]
    assert (call.end5.position, call.end5.gene, call.end3.gene) == (None, "", "")
    assert not call.problem
    assert call.cells["name"] == "sv_12"


@pytest.mark.parametrize("row", ["2\t1\t2\t2\t5", "chr2\tx\t2\t2\t5\t6"])
def test_other_tables_are_no_bedpe(tmp_path: Path, row: str) -> None:
    path = tmp_path / "other.tsv"
    path.write_text(row + "\n")
    with pytest.raises(UserError, match="no format that is known"):
        iterate_calls(path)


def test_a_row_of_another_width_is_kept(tmp_path: Path) -> None:
    calls = read(tmp_path, ROWS[0], ROWS[1].removesuffix("\t"))
    assert [bool(call.problem) for call in calls] == [False, True]
