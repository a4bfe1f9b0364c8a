"""The page of one patient: its parts put together, with as much on two pages as they hold.

HTML, PDF and terminal are drawn from this page and from nothing else.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spindle.reports import words
from spindle.reports.patient_annex import list_file_lines, make_annex
from spindle.reports.patient_parts import Citer, Room, View
from spindle.reports.patient_rooms import choose_room
from spindle.reports.patient_view import list_alerts, make_header, make_main, make_status

# What two A4 pages hold at the sizes of the templates, in lines across the page and in letters a
# line; measured on the printed pages.
LINES_OF_TWO_PAGES = 155
LETTERS_A_LINE = 150
LINES_OF_PICTURE = 14
LINES_OF_HEAD = 12
COLUMN_PADDING = 2


def make_page(document: Mapping[str, Any], room: Room | None = None) -> View:
    """Give the page of a patient's document.

    Parameters
    ----------
    room:
        How much of each part the first two pages hold; left out, as much as is estimated to fit
        two pages of A4.
    """
    citer = Citer(document)
    clean = words.clean_document(dict(document))
    chosen = estimate_room(clean, citer) if room is None else room
    return {
        "title": f"Spindle: case {clean['case']['id']}",
        "id": clean["case"]["id"],
        "notice": "Research use, not a medical device.",
        "advice": "Spindle advises and never decides.",
        "headline": clean["diagnosis"]["headline"],
        "header": [list(pair) for pair in make_header(clean)],
        "status": make_status(clean),
        "alerts": list_alerts(clean, citer),
        "main": make_main(clean, citer, chosen),
        "annex": make_annex(clean, citer),
        "fusion_files": [
            line for file in clean["fusion_files"] for line in list_file_lines(file, citer)
        ],
        "room": dataclasses.asdict(chosen),
        "version": clean["version"],
        "made_by": f"Spindle {clean['spindle_version']}",
        "settings": clean["settings"],
    }


def estimate_room(document: Mapping[str, Any], citer: Citer) -> Room:
    """Give the most room with which the first two pages are estimated to fit."""
    alerts = _count_lines(list_alerts(document, citer), LETTERS_A_LINE)
    head = LINES_OF_HEAD + alerts

    def fits(room: Room) -> bool:
        sections = make_main(document, citer, room)
        return head + _count_sections(sections) <= LINES_OF_TWO_PAGES

    return choose_room(fits)


def _count_sections(sections: Sequence[View]) -> float:
    return sum(2 + sum(map(_count_block, section["blocks"])) for section in sections)


def _count_block(block: View) -> float:
    if block["kind"] == "picture":
        return LINES_OF_PICTURE
    if block["kind"] == "table":
        return 2 + sum(_count_row(row) for row in block["rows"])
    heading = 1 if block["kind"] == "layer" else 0
    return heading + _count_lines(block["lines"], LETTERS_A_LINE)


def _count_row(row: Sequence[View]) -> float:
    """Give the lines of a row whose columns are as wide as its words ask for."""
    lengths = [max(12, _measure(cell)) for cell in row]
    return max(1, math.ceil(sum(lengths) / (LETTERS_A_LINE - COLUMN_PADDING * len(row))) + 0.6)


def _count_lines(lines: Iterable[View], letters: int) -> float:
    return sum(max(1, math.ceil(_measure(line) / letters)) for line in lines)


def _measure(line: View) -> int:
    mark = len(line["mark"].get("words", "")) + 2 if line["mark"] else 0
    return len(line["lead"]) + len(line["text"]) + 4 * len(line["refs"]) + mark
