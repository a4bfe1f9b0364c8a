"""One patient's report as plain text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from spindle.reports.patient_annex import FUSION_FILES
from spindle.reports.patient_page import make_page
from spindle.reports.patient_parts import TONES, View
from spindle.reports.plots.svg import write_line

WIDTH = 80
_HANG = "   "
# A terminal shows two cells for a wide letter; such text is wrapped earlier.
_WIDE_KINDS = ("W", "F")


def render_patient_text(document: Mapping[str, Any], *, has_annex: bool = False) -> str:
    """Give the report as text.

    Parameters
    ----------
    has_annex:
        The annex with evidence in full, trace, facts and all sources follows the first two
        pages; without it the sources that those pages cite.
    """
    page = make_page(document)
    lines = [*_write_head(page), *_write_alerts(page)]
    lines += _write_sections(page["main"])
    if has_annex:
        lines += ["", "=" * WIDTH, "ANNEX", *_write_sections(page["annex"])]
    else:
        lines += [*_write_reading(page), *_write_sources(page), "", *_wrap(_END)]
    lines += ["", f"{page['notice']} {page['advice']}"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


_END = (
    "The annexes that are named above, with the evidence in full, the trace and every fact, "
    "follow with --annex, and are in the report as HTML, PDF or JSON (--format html, pdf, json)."
)


def _write_sections(sections: Iterable[View]) -> Iterator[str]:
    for section in sections:
        yield from ("", section["title"].upper(), "-" * min(WIDTH, len(section["title"])))
        for block in section["blocks"]:
            yield from _write_block(block)


def _wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    line = write_line(text)
    wide = sum(unicodedata.east_asian_width(letter) in _WIDE_KINDS for letter in line)
    width = WIDTH // 2 if wide > len(line) // 3 else WIDTH
    return textwrap.wrap(
        line, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    ) or [first.rstrip()]


def _write_head(page: View) -> Iterator[str]:
    yield f"{page['notice']} {page['advice']}"
    yield "=" * WIDTH
    yield from _wrap(f"Case {page['id']}: {page['status']['state'].upper()}")
    for label, value in page["header"][1:]:
        yield from _wrap(f"{label + ':':<10} {value}", rest=" " * 11)
    for line in page["status"]["lines"]:
        yield from _wrap(line)


def _write_alerts(page: View) -> Iterator[str]:
    if page["alerts"]:
        yield from ("", "LOOK AT THIS FIRST")
        for line in page["alerts"]:
            yield from _write_line(line)


def _write_line(line: View, indent: str = "") -> list[str]:
    sign = TONES.get(line["tone"], "")
    first = f"{indent}{sign} " if sign else f"{indent}- "
    return _wrap(_say(line), first, indent + " " * (len(first) - len(indent)))


def _say(line: View) -> str:
    mark = line["mark"]
    said = f"{mark['symbol']} {mark['words']} " if mark else ""
    said += f"{line['lead']}: " if line["lead"] else ""
    said += line["text"]
    refs = f" [{', '.join(map(str, line['refs']))}]" if line["refs"] else ""
    return f"{said.strip()}{refs}"


def _write_block(block: View) -> Iterator[str]:
    yield from _WRITERS[block["kind"]](block)


def _write_layer(block: View) -> Iterator[str]:
    yield f"{block['number']}. {block['title']}"
    for line in block["lines"]:
        yield from _write_line(line, _HANG)


def _write_list(block: View) -> Iterator[str]:
    for line in block["lines"]:
        yield from _write_line(line)


def _write_numbered(block: View) -> Iterator[str]:
    for number, line in enumerate(block["lines"], 1):
        yield from _wrap(f"{number}. {_say(line)}", rest=_HANG)


def _write_heading(block: View) -> Iterator[str]:
    yield from ("", *_wrap(block["text"]))


def _write_table(block: View) -> Iterator[str]:
    if block["caption"]:
        yield from _wrap(f"{block['caption']}:")
    for row in block["rows"]:
        yield from _wrap(_say(row[0]), rest=_HANG)
        for head, cell in zip(block["head"][1:], row[1:], strict=True):
            yield from _wrap(f"{head}: {_say(cell)}", _HANG, _HANG * 2)


def _write_picture(block: View) -> Iterator[str]:
    yield from _wrap(block["about"])
    for place, step in enumerate(block["steps"][1:]):
        arrow = "   " if place == 0 else "-> "
        says = step["says"] if step["kind"] != "proposed" else step["label"]
        yield from _wrap(says, f"  {arrow}", "     ")


def _write_all_sources(block: View) -> Iterator[str]:
    for source in block["sources"]:
        yield from _wrap(f"[{source['number']}] {source['text']}", rest="    ")


_WRITERS: Mapping[str, Callable[[View], Iterator[str]]] = {
    "layer": _write_layer,
    "list": _write_list,
    "numbered": _write_numbered,
    "heading": _write_heading,
    "table": _write_table,
    "picture": _write_picture,
    "sources": _write_all_sources,
}


def _write_reading(page: View) -> Iterator[str]:
    """Give what the reader of the case file doubted, and what it read otherwise than written."""
    section = next(s for s in page["annex"] if s["id"] == "annex-case")
    tables = [block for block in section["blocks"] if block["kind"] == "table"]
    if tables:
        yield from ("", "HOW THE CASE FILE WAS READ", "-" * 26)
    for table in tables:
        yield f"{table['caption']}:"
        for line, field, written, read in table["rows"]:
            said = f"line {line['text']}, {field['text']}: “{written['text']}”: {read['text']}"
            yield from _wrap(said, "- ", "  ")
    if page["fusion_files"]:
        yield from ("", FUSION_FILES.upper(), "-" * len(FUSION_FILES))
    for line in page["fusion_files"]:
        yield from _write_line(line)


def _write_sources(page: View) -> Iterator[str]:
    """Give the sources that the lines above cite."""
    cited = set(_iterate_refs([page["alerts"], page["main"]]))
    sources = page["annex"][-1]["blocks"][0]["sources"]
    shown = [f"[{s['number']}] {s['short']}" for s in sources if s["number"] in cited]
    yield from ("", "SOURCES CITED ABOVE (in full: annex K)", "-" * 38)
    for text in shown:
        yield from _wrap(text, rest="    ")


def _iterate_refs(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        yield from value.get("refs", ())
        for key, inner in value.items():
            if key != "refs":
                yield from _iterate_refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _iterate_refs(inner)
