"""A picture of one fusion protein: both proteins as their exons, with domains and the junction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spindle.reports.plots.svg import (
    ACCENT,
    ALERT,
    BAR,
    INK,
    LINE,
    PAPER,
    SMALL_SIZE,
    SOFT,
    draw_picture,
    measure_words,
    shorten_words,
    write_element,
    write_text,
)

WIDTH = 760
LEFT, RIGHT = 12.0, 12.0
TOP, BAR_HEIGHT, DOMAIN_HEIGHT = 66.0, 22.0, 14.0
JUNCTION_ROOM = 4.0
# A protein's shorter part keeps at least this share of the picture, so that it can be seen.
LEAST_SHARE = 0.16

Call = Mapping[str, Any]


def draw_fusion(call: Call, identity: str) -> str:
    """Give the picture of a fusion as SVG; empty where a side is not located."""
    protein = call["protein"]
    if not protein:
        return ""
    five, three = protein["sides"]
    lengths = [max(side["kept_to"] - side["kept_from"] + 1, 1) for side in (five, three)]
    room = WIDTH - LEFT - RIGHT - JUNCTION_ROOM
    share = min(max(lengths[0] / sum(lengths), LEAST_SHARE), 1 - LEAST_SHARE)
    widths = (room * share, room * (1 - share))
    starts = (LEFT, LEFT + widths[0] + JUNCTION_ROOM)
    parts = [
        piece
        for side, start, width in zip((five, three), starts, widths, strict=True)
        for piece in _draw_side(side, start, width)
    ]
    middle = starts[1] - JUNCTION_ROOM / 2
    parts += _draw_junction(call, middle)
    title = f"{call['name']}: the fusion protein"
    return draw_picture(identity, title, describe_fusion(call), WIDTH, 168, parts)


def describe_fusion(call: Call) -> str:
    """Give in words what the picture shows."""
    said = []
    for side in call["protein"]["sides"]:
        kept = [d["name"] for d in side["domains"] if _is_kept(d, side) and not d["is_topology"]]
        named = f", with {'; '.join(dict.fromkeys(kept))}" if kept else ""
        said.append(
            f"{side['gene']} amino acids {side['kept_from']} to {side['kept_to']} of "
            f"{side['length']}{named}"
        )
    return ". ".join(said) + "."


def _is_kept(part: Mapping[str, Any], side: Mapping[str, Any]) -> bool:
    return bool(part["end"] >= side["kept_from"] and part["start"] <= side["kept_to"])


def _draw_side(side: Mapping[str, Any], start: float, width: float) -> Iterator[str]:
    first, last = side["kept_from"], max(side["kept_to"], side["kept_from"])
    scale = width / (last - first + 1)

    def place(acid: int) -> float:
        return float(start + (min(max(acid, first), last + 1) - first) * scale)

    yield write_text(start, 24.0, side["gene"], font_weight="600")
    yield write_text(
        start, 42.0, shorten_words(f"amino acids {first}–{last} of {side['length']}", width),
        size=SMALL_SIZE, fill=SOFT,
    )  # fmt: skip
    for exon in side["exons"]:
        if not _is_kept(exon, side):
            continue
        left, right = place(exon["start"]), place(exon["end"] + 1)
        yield write_element(
            "rect", x=left, y=TOP, width=max(right - left, 0.8), height=BAR_HEIGHT,
            fill=BAR if exon["exon"] % 2 else PAPER, stroke=LINE, stroke_width=0.8,
        )  # fmt: skip
        words = str(exon["exon"])
        if measure_words(words, SMALL_SIZE) + 3 < right - left:
            yield write_text(
                (left + right) / 2, TOP + 15, words,
                size=SMALL_SIZE, text_anchor="middle", fill=INK,
            )  # fmt: skip
    yield from _draw_domains(side, place)


def _draw_domains(side: Mapping[str, Any], place: Any) -> Iterator[str]:
    """Give the domains under the exons; a kinase domain that is cut shows what is left of it."""
    top = TOP + BAR_HEIGHT + 6
    for domain in sorted(side["domains"], key=lambda d: (d["is_kinase"], d["start"])):
        if not _is_kept(domain, side) or domain["is_topology"]:
            continue
        left, right = place(domain["start"]), place(domain["end"] + 1)
        is_cut = domain["start"] < side["kept_from"] or domain["end"] > side["kept_to"]
        colour = ALERT if domain["is_kinase"] and is_cut else ACCENT
        yield write_element(
            "rect", x=left, y=top, width=max(right - left, 1.5), height=DOMAIN_HEIGHT, rx=3,
            fill=colour if domain["is_kinase"] else PAPER,
            stroke=colour if domain["is_kinase"] else SOFT, stroke_width=1,
        )  # fmt: skip
        if domain["is_kinase"]:
            words = "kinase domain, cut" if is_cut else "kinase domain"
            middle = (left + right) / 2
            half = measure_words(words, SMALL_SIZE) / 2
            middle = min(max(middle, LEFT + half), WIDTH - RIGHT - half)
            yield write_text(
                middle, top + DOMAIN_HEIGHT + 15, words,
                size=SMALL_SIZE, text_anchor="middle", fill=colour,
            )  # fmt: skip


def _draw_junction(call: Call, middle: float) -> Iterator[str]:
    yield write_element(
        "line", x1=middle, y1=TOP - 12, x2=middle, y2=TOP + BAR_HEIGHT + 46,
        stroke=INK, stroke_width=1.6,
    )  # fmt: skip
    frame = {"in": "in frame", "out": "out of frame"}.get(call["frame"], "frame unknown")
    five, three = (side["exon"] for side in call["sides"])
    words = f"exon {five} | exon {three}, {frame}"
    half = measure_words(words, SMALL_SIZE) / 2
    x = min(max(middle, LEFT + half), WIDTH - RIGHT - half)
    yield write_text(
        x, TOP + BAR_HEIGHT + 62, words, size=SMALL_SIZE, text_anchor="middle",
        fill=ALERT if call["frame"] == "out" else INK,
    )  # fmt: skip
