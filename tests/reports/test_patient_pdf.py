from __future__ import annotations

import re
import sys
from pathlib import Path

import patient_records as records
import pytest

from spindle.errors import UserError
from spindle.reasoning.patients import assess_patient
from spindle.reports import patient_pdf
from spindle.reports.patient_document import make_patient_document
from spindle.reports.patient_page import make_page
from spindle.reports.patient_parts import ROOMS, Room
from spindle.reports.patient_pdf import render_patient_pdf

typst = pytest.importorskip("typst", reason="the extra pdf is not installed")

CHINESE = "左上颌窦"


def count_pages(pdf: bytes) -> int:
    return max(int(n) for n in re.findall(rb"/Type\s*/Pages[^>]*?/Count\s+(\d+)", pdf))


def count_main_pages(document: dict[str, object], room: Room) -> int:
    fonts, unshown = patient_pdf._choose_fonts(patient_pdf._list_letters(make_page(document, room)))
    compiler = patient_pdf._make_compiler(typst, document, room, fonts, unshown, is_trial=True)
    return int(compiler.query("<end-of-main>", field="value", one=True))


def test_one_case_gives_the_same_bytes() -> None:
    first = render_patient_pdf(records.make_document())
    assert first.startswith(b"%PDF-")
    assert render_patient_pdf(records.make_document()) == first


def test_it_is_tagged_has_a_title_a_language_and_no_date() -> None:
    pdf = render_patient_pdf(records.make_document())
    assert b"/MarkInfo" in pdf
    assert b"/Marked true" in pdf
    assert b"/Lang" in pdf
    assert b"en-GB" in pdf
    assert b"/CreationDate" not in pdf
    assert b"zhao-15" in pdf


def test_every_font_is_embedded() -> None:
    pdf = render_patient_pdf(records.make_document())
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([\w-]+)", pdf))
    assert fonts
    assert all(name.startswith((b"LibertinusSerif", b"DejaVuSansMono")) for name in fonts)
    files = {name.removesuffix(b"-Identity-H") for name in fonts}
    assert pdf.count(b"/FontFile") == len(files)


@pytest.mark.parametrize(
    "make", [records.make_patient, records.make_full_patient], ids=["small", "full"]
)
def test_the_first_part_has_two_pages_at_most(
    make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = records.make_document(make())  # type: ignore[operator]
    rooms: list[Room] = []
    original = patient_pdf.make_page

    def watch(document: dict[str, object], room: Room) -> object:
        rooms.append(room)
        return original(document, room)

    monkeypatch.setattr(patient_pdf, "make_page", watch)
    render_patient_pdf(document)
    assert count_main_pages(document, rooms[-1]) <= 2
    # More of anything that may grow would not fit, or there is no more.
    assert rooms[-1] == ROOMS[0] or count_main_pages(document, ROOMS[0]) > 2


def test_a_real_case_fits_two_pages_and_has_an_annex() -> None:
    document = make_patient_document(assess_patient(records.make_case(), region="EU"))
    assert count_main_pages(document, ROOMS[-1]) <= 2
    assert count_pages(render_patient_pdf(document)) > 2


def test_hostile_text_is_text_and_no_markup() -> None:
    """`#panic()`, `$`, `@ref` and a backslash would stop typst, were they taken for markup."""
    assert render_patient_pdf(records.make_document(records.make_hostile_patient()))


def test_letters_of_european_languages_are_shown_by_the_fonts_that_come_along() -> None:
    letters = frozenset("µ≥≤–—×±−éèüßøåłşčžαβκ“”’…°½²³→◇○□◐◔≠⫲«»·אבגдш")
    fonts, unshown = patient_pdf._choose_fonts(letters)
    assert unshown == []
    assert fonts is patient_pdf._load_fonts(is_with_system=False)


def test_a_letter_that_no_font_has_stands_as_its_code_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        patient_pdf, "_load_fonts", lambda *, is_with_system: typst.Fonts(
            include_system_fonts=False
        )
    )  # fmt: skip
    case = records.make_case(tumour={"diagnosis": CHINESE})
    document = records.make_document(records.make_patient(case))
    letters = patient_pdf._list_letters(make_page(document, ROOMS[0]))
    _, unshown = patient_pdf._choose_fonts(letters)
    assert unshown == sorted(CHINESE)
    page = patient_pdf._prepare(make_page(document, ROOMS[0]), unshown)
    assert "⟨U+5DE6⟩" in str(page["main"][0])
    assert CHINESE not in str(page)
    assert page["unshown"][0].startswith("No font at hand shows 4 of the letters")
    assert render_patient_pdf(document)


def test_long_words_get_places_to_break() -> None:
    page = patient_pdf._clean({"a": ["x" * 60, "short", "10.1200/JCO.22.00272"]}, [])
    assert [len(piece) for piece in page["a"][0].split("\u200b")] == [13, 13, 13, 13, 8]
    assert page["a"][1:] == ["short", "10.1200/JCO.22.00272"]


def test_without_typst_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UserError) as caught:
        render_patient_pdf(records.make_document())
    assert caught.value.slug == "pdf-missing"
    assert 'pip install "spindle-imt[pdf]"' in caught.value.cure


def test_the_template_takes_no_text_as_markup_and_reads_no_other_file() -> None:
    text = (Path(patient_pdf.TEMPLATES) / patient_pdf.TEMPLATE).read_text()
    assert "eval(" not in text
    assert "read(" not in text
    assert "@preview" not in text
    assert "#import" not in text
