from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import patient_records as records
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.reports.plots.reflex_path import NARROW, WIDE, draw_reflex_path, fix_colours

SVG = "{http://www.w3.org/2000/svg}"
PATH = records.make_document()["path"]
STEPS = st.lists(
    st.builds(
        lambda kind, label, result: {"kind": kind, "label": label, "result": result},
        st.sampled_from(["protocol", "test", "check", "proposed", "end"]),
        st.text(st.characters(exclude_categories=[]), max_size=200),
        st.sampled_from(["", "positive", "negative", "not_reported", "failed", "odd"]),
    ),
    min_size=1,
    max_size=12,
)


def parse(picture: str) -> ET.Element:
    return ET.fromstring(picture)


def list_boxes(picture: str) -> list[tuple[float, float, float, float]]:
    names = ("x", "y", "width", "height")
    return [
        tuple(float(rect.attrib[name]) for name in names)  # type: ignore[misc]
        for rect in parse(picture).iter(f"{SVG}rect")
    ]


def test_every_step_has_a_box_and_every_two_an_arrow() -> None:
    for width in (WIDE, NARROW):
        picture = draw_reflex_path(PATH, width=width)
        assert len(list_boxes(picture)) == len(PATH)
        assert len(list(parse(picture).iter(f"{SVG}path"))) == 2 * (len(PATH) - 1)


def test_the_picture_says_in_words_what_it_shows() -> None:
    root = parse(draw_reflex_path(PATH))
    description = root.findtext(f"{SVG}desc") or ""
    assert root.attrib["role"] == "img"
    assert "Proposed: RNA sequencing for kinase fusions." in description
    assert "Test: RNA sequencing for kinase fusions, not reported." in description


def test_a_result_has_a_sign_and_a_word_beside_its_colour() -> None:
    step: dict[str, Any] = {"kind": "test", "label": "ALK stain", "result": "positive"}
    assert "+ positive" in draw_reflex_path([step])


def test_two_pictures_of_one_page_have_ids_of_their_own() -> None:
    wide, narrow = (draw_reflex_path(PATH, width=width) for width in (WIDE, NARROW))
    ids = re.findall(r'\bid="([^"]+)"', wide + narrow)
    assert len(ids) == len(set(ids))


def test_paper_needs_no_variables() -> None:
    assert "var(" in draw_reflex_path(PATH)
    fixed = fix_colours(draw_reflex_path(PATH))
    assert "var(" not in fixed
    assert parse(fixed) is not None


def test_no_step_is_no_picture() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        draw_reflex_path([])


@given(STEPS, st.sampled_from([WIDE, NARROW]))
def test_boxes_stay_on_the_picture_and_off_each_other(
    steps: list[dict[str, Any]], width: int
) -> None:
    picture = draw_reflex_path(steps, width=width)
    boxes = list_boxes(picture)
    height = float(parse(picture).attrib["viewBox"].split()[3])
    assert len(boxes) == len(steps)
    for x, y, across, down in boxes:
        assert x >= 0
        assert y >= 0
        assert x + across <= width + 0.01
        assert y + down <= height + 0.01
    for n, (x, y, across, down) in enumerate(boxes):
        for other_x, other_y, other_across, other_down in boxes[n + 1 :]:
            is_beside = x + across <= other_x or other_x + other_across <= x
            is_below = y + down <= other_y or other_y + other_down <= y
            assert is_beside or is_below


def make_step(label: str, result: str = "", **more: str) -> dict[str, str]:
    return {"kind": "test", "label": label, "result": result, **more}


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_word_of_a_test_is_cut(width: int) -> None:
    label = "Proposed: pan-TRK immunohistochemistry"
    root = parse(draw_reflex_path([make_step(label)], width=width))
    words = [word for text in root.iter(f"{SVG}text") for word in (text.text or "").split()]
    assert words[:3] == ["Proposed:", "pan-TRK", "immunohistochemistry"]


def test_what_a_laboratory_wrote_stands_in_the_box_in_place_of_unknown() -> None:
    note = "reported negative, without a word on quality: not taken as a negative"
    root = parse(draw_reflex_path([make_step("RNA sequencing", "unknown", note=note)]))
    said = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert note in said
    assert note in (root.findtext(f"{SVG}desc") or "")
