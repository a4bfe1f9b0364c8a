"""What `spindle fusions` shows: the document, the text, the page with its pictures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from spindle.cases.fusion_calls import Build
from spindle.formats.fusion_callers.registry import iterate_calls
from spindle.reasoning.fusion_files import read_fusion_files
from spindle.reports.fusion_document import make_fusion_document
from spindle.reports.fusion_page import render_fusion_page
from spindle.reports.fusion_text import WIDTH, render_fusion_text

FIELDS = {
    "gene5", "gene3", "name", "frame", "frame_basis", "kinase", "kinase_domain", "exon5", "exon3",
    "exon5_legacy", "exon3_legacy", "orientation", "reciprocal_of", "known_in_imt", "flags",
    "confirm_with", "provenance",
}  # fmt: skip
HEAD = "FusionGene\tLeftBreakpoint\tRightBreakpoint\tSplitReads\tNote\n"
ROWS = [
    "EML4--ALK\t2:42295516\t2:29223528\t100\tdriver",
    "ALK--EML4\t2:29223529\t2:42295517\t7\treciprocal",
    "CD74--ROS1\t5:150404680\t6:117324415\t3\tpapers count otherwise",
    "EML4--ALK\t2:42295515\t2:29223528\t2\tone base short",
    "TMPRSS2--ERG\t21:41464551\t21:38366039\t60\toutside the tables",
    "FGFR3--TACC3\t4:1806934\t4:1739702\t9\tkinase in front",
    "<b>X</b>--\u202eY\t2:1\t2:2\t1\thostile <script>alert(1)</script>",
    "too\tfew",
]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    path = tmp_path_factory.mktemp("fusions") / "list.tsv"
    path.write_text(HEAD + "\n".join(ROWS) + "\n")
    report = read_fusion_files([iterate_calls(path)], build=Build.GRCH38, site_groups=("lung",))
    return make_fusion_document(report)


def find(document: dict[str, object], name: str, role: str = "") -> dict[str, object]:
    calls = document["calls"]
    assert isinstance(calls, list)
    return next(c for c in calls if c["name"] == name and role in ("", c["role"]))


def test_the_document_is_json_with_every_promised_field(document: dict[str, object]) -> None:
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    for call in document["calls"]:  # type: ignore[attr-defined]
        assert set(call) >= FIELDS
        assert call["frame"] in ("in", "out", "unknown")
        assert set(call["flags"]) <= set(document["flags"])  # type: ignore[call-overload]


def test_no_row_and_no_column_is_lost(document: dict[str, object]) -> None:
    rows = [row for call in document["calls"] for row in call["provenance"]]  # type: ignore[attr-defined]
    assert sorted(row["line"] for row in rows) == list(range(2, 2 + len(ROWS)))
    written = {row["line"]: row["columns"] for row in rows}
    for number, text in enumerate(ROWS, 2):
        assert list(written[number].values())[: len(text.split("\t"))] == text.split("\t")


def test_exons_stand_by_both_numbers(document: dict[str, object]) -> None:
    ros1 = find(document, "CD74::ROS1")
    assert (ros1["exon3"], ros1["exon3_legacy"], ros1["frame"]) == (35, 34, "in")
    assert find(document, "TMPRSS2::ERG")["exon5"] == "unknown"


def test_the_driver_comes_first_and_the_reciprocal_names_it(document: dict[str, object]) -> None:
    calls = document["calls"]
    assert isinstance(calls, list)
    assert (calls[0]["name"], calls[0]["role"]) == ("EML4::ALK", "driver")
    assert find(document, "ALK::EML4")["reciprocal_of"] == "EML4::ALK"


def test_the_text_fits_a_terminal_and_names_everything(document: dict[str, object]) -> None:
    text = render_fusion_text(document)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.startswith("Research use, not a medical device.")
    for name in ("EML4::ALK: driver", "35 (34 in papers)", "TMPRSS2::ERG", "ALK::EML4 of EML4"):
        assert name in " ".join(text.split())
    assert "The row has 2 cells" in " ".join(text.split())
    assert not re.search("[\u202a-\u202e\x1b]", text)


def test_a_file_without_calls_is_no_negative(tmp_path: Path) -> None:
    path = tmp_path / "empty.tsv"
    path.write_text(HEAD)
    document = make_fusion_document(read_fusion_files([iterate_calls(path)]))
    text = " ".join(render_fusion_text(document).split())
    assert "That is not a negative" in text
    assert "not a negative result" in render_fusion_page(document)
    assert document["files"][0]["calls"] == 0


def test_the_page_escapes_what_files_hold_and_draws_what_is_located(
    document: dict[str, object],
) -> None:
    page = render_fusion_page(document)
    assert "<script" not in page
    assert "<b>X</b>" not in page
    assert page.count("<svg") == sum(
        1 for c in document["calls"]  # type: ignore[attr-defined]
        if c["protein"] and c["role"] in ("driver", "possible_driver")
    )  # fmt: skip
    for picture in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        root = ElementTree.fromstring(picture)
        titles = [node for node in root if node.tag.endswith(("title", "desc"))]
        assert all(node.text for node in titles)
    assert page.count("Research use, not a medical device.") == 2


def test_the_picture_keeps_inside_its_frame(document: dict[str, object]) -> None:
    page = render_fusion_page(document)
    for picture in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        root = ElementTree.fromstring(picture)
        width = float(root.attrib["viewBox"].split()[2])
        for node in root.iter():
            if node.tag.endswith("rect"):
                left = float(node.attrib["x"])
                assert left >= 0
                assert left + float(node.attrib["width"]) <= width + 0.5
