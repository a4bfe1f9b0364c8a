"""One patient's report as a PDF, set by typst from the same page as the HTML.

The page goes to typst as data and never as markup. The fonts are those that typst brings, so that
one case gives the same bytes on every machine; only where they lack a letter are the machine's own
fonts asked, and a letter that no font has stands as its code, with a line that says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from spindle.errors import UserError
from spindle.reports.page_templates import TEMPLATES
from spindle.reports.patient_page import make_page
from spindle.reports.patient_parts import ROOMS, Room, View
from spindle.reports.patient_rooms import choose_room
from spindle.reports.plots.reflex_path import draw_reflex_path, fix_colours
from spindle.reports.plots.svg import write_line

if TYPE_CHECKING:
    import typst

TEMPLATE = "patient.typ"
PAGES_OF_MAIN = 2
# Accessible PDF: tagged, with title, language and a text for the picture.
STANDARD: Literal["ua-1"] = "ua-1"
# Longer words are given places where they may break.
LONGEST_WORD = 26
PIECE = 13
BREAK = "\u200b"
# Letters of a table's line across the page, and what a mark's frame and a cell's edges take of it.
LETTERS_A_LINE = 150
MARK_LETTERS, PADDING_LETTERS = 3, 3
# A column with twice the text gets less than twice the width.
WEIGHT_OF_LENGTH = 0.7
_LONG = re.compile(rf"\S{{{LONGEST_WORD},}}")
_PROBE = b"#sys.inputs.letters"


def render_patient_pdf(document: Mapping[str, Any]) -> bytes:
    """Give the report of a patient's document as PDF; the same document gives the same bytes.

    Raises
    ------
    UserError
        `pdf-missing` when typst is not installed.
    """
    library = _import_typst()
    fonts, unshown = _choose_fonts(_list_letters(make_page(document, ROOMS[0])))

    def fits(room: Room) -> bool:
        # Without the annex, since the pages before it are what counts.
        trial = _make_compiler(library, document, room, fonts, unshown, is_trial=True)
        pages = json.loads(trial.query("<end-of-main>", field="value", one=True))
        return bool(pages <= PAGES_OF_MAIN)

    compiler = _make_compiler(library, document, choose_room(fits), fonts, unshown)
    pdf = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=0)
    assert isinstance(pdf, bytes)
    return pdf


def _import_typst() -> Any:
    try:
        import typst
    except ImportError:
        raise UserError("pdf-missing", "PDFs are set with typst, which is not installed.") from None
    return typst


def _make_compiler(
    library: Any,
    document: Mapping[str, Any],
    room: Room,
    fonts: typst.Fonts,
    unshown: Sequence[str],
    *,
    is_trial: bool = False,
) -> typst.Compiler:
    page = _prepare(make_page(document, room), unshown)
    if is_trial:
        page["annex"] = []
    steps = document["path"]
    picture = fix_colours(draw_reflex_path(steps)) if steps else ""
    inputs = {"page": json.dumps(page, ensure_ascii=False), "picture": _spell(picture, unshown)}
    compiler: typst.Compiler = library.Compiler(
        input=str(TEMPLATES / TEMPLATE), root=str(TEMPLATES), font_paths=fonts, sys_inputs=inputs
    )
    return compiler


# Letters and fonts ------------------------------------------------------------------------------


@cache
def _load_fonts(*, is_with_system: bool) -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=is_with_system)


def _choose_fonts(letters: frozenset[str]) -> tuple[typst.Fonts, list[str]]:
    """Give the fonts that show the letters, and the letters that none of them shows."""
    bundled = _load_fonts(is_with_system=False)
    missing = _list_missing(letters, bundled)
    if not missing:
        return bundled, []
    fonts = _load_fonts(is_with_system=True)
    unshown = _list_missing(frozenset(missing), fonts)
    # Where the machine's fonts help nothing, the typst ones keep the bytes the same everywhere.
    return (bundled if len(unshown) == len(missing) else fonts), unshown


def _list_letters(page: View) -> frozenset[str]:
    text = json.dumps(page, ensure_ascii=False)
    return frozenset(letter for letter in write_line(text) if not letter.isascii())


def _list_missing(letters: frozenset[str], fonts: typst.Fonts) -> list[str]:
    """Give the letters that typst can't show with the fonts, found by asking it."""
    if not letters or _can_show("".join(sorted(letters)), fonts):
        return []
    return [letter for letter in sorted(letters) if not _can_show(letter, fonts)]


def _can_show(letters: str, fonts: typst.Fonts) -> bool:
    import typst

    # The standard for accessible PDFs refuses a letter without a glyph.
    title = b'#set document(title: "letters")\n#set text(lang: "en")\n'
    try:
        typst.compile(
            title + _PROBE,
            format="pdf",
            font_paths=fonts,
            sys_inputs={"letters": letters},
            pdf_standards=[STANDARD],
            timestamp=0,
        )
    except typst.TypstError:
        return False
    return True


def _spell(text: str, unshown: Iterable[str]) -> str:
    for letter in unshown:
        text = text.replace(letter, f"⟨U+{ord(letter):04X}⟩")
    return text


# What the template needs beside the page ----------------------------------------------------------


def _prepare(page: View, unshown: Sequence[str]) -> View:
    """Give the page with the widths of its tables and a text for its picture, on plain lines."""
    for part, letters in (("main", LETTERS_A_LINE), ("annex", LETTERS_A_LINE // 2)):
        for block in (block for section in page[part] for block in section["blocks"]):
            if block["kind"] == "table":
                block["widths"] = _share_width(block, letters)
            elif block["kind"] == "picture":
                block["alt"] = " ".join(step["says"] for step in block["steps"]) or "No step."
                block["steps"] = []
    codes = ", ".join(f"U+{ord(letter):04X}" for letter in unshown)
    page["unshown"] = (
        [
            f"No font at hand shows {len(unshown)} of the letters; each stands as its code "
            f"({codes}). The HTML report shows them."
        ]
        if unshown
        else []
    )
    state = page["status"]["state"]
    page["footer"] = f"Case {page['id']}, version {page['version']}, {state}"[:110]
    prepared: View = _clean(page, unshown)
    return prepared


def _clean(value: Any, unshown: Sequence[str]) -> Any:
    """Give the data with every text on one line that turns no direction and can break."""
    if isinstance(value, str):
        return _LONG.sub(_break_word, _spell(write_line(value), unshown))
    if isinstance(value, list):
        return [_clean(item, unshown) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item, unshown) for key, item in value.items()}
    return value


def _break_word(match: re.Match[str]) -> str:
    word = match.group()
    return BREAK.join(word[start : start + PIECE] for start in range(0, len(word), PIECE))


def _share_width(table: View, letters: int) -> list[float]:
    """Give the share of the width for each column: by what stands in it, and no word cut."""
    wanted, least = [], []
    for place, head in enumerate(table["head"]):
        cells = [row[place] for row in table["rows"]]
        found = [word for cell in cells for word in cell["text"].split()]
        longest = max(map(len, [*found, *head.split()]))
        marks = [len(cell["mark"].get("words", "")) + MARK_LETTERS for cell in cells]
        least.append((max(min(longest, LONGEST_WORD), *marks) + PADDING_LETTERS) / letters)
        mean = sum(len(cell["text"]) for cell in cells) / max(1, len(cells))
        wanted.append(max(mean, 1.0) ** WEIGHT_OF_LENGTH)
    room = max(0.0, 1 - sum(least))
    return [
        round(low + room * want / sum(wanted), 4) for low, want in zip(least, wanted, strict=True)
    ]
