"""The columns about patient and tumour: sex, age, sites, side, size, diagnosis, symptoms."""

from __future__ import annotations

import re
from dataclasses import replace

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.patient import Age, Sex, TimeUnit
from spindle.cases.tumour import ImagingFinding, Laterality, Site
from spindle.formats.cells.ages import read_age, read_unit_word
from spindle.formats.cells.numbers import read_size
from spindle.formats.cells.phrases import find_sides, join_sides, read_absence
from spindle.formats.cells.reading import CellReading
from spindle.formats.cells.sexes import read_sex
from spindle.formats.cells.sites import read_focality, read_sites
from spindle.formats.cells.symptoms import read_symptoms
from spindle.formats.columns import Column
from spindle.formats.row_drafts import Fill, RowDraft, put_place, remember
from spindle.knowledge.terms import find_site
from spindle.knowledge.words import fold


def fill_sex(column: Column) -> Fill:
    """Give what fills in the sex."""

    def fill(draft: RowDraft, text: str) -> None:
        if text:
            reading = read_sex(text)
            draft.sex, draft.sex_place = reading.value, draft.place(column, text)
            draft.note_doubts(column, text, reading.doubts)

    return fill


def fill_age(column: Column, unit_column: Column | None = None) -> Fill:
    """Give what fills in the age, with its unit from the cell, a column of units or the header."""
    header_unit = TimeUnit(column.unit) if column.unit else None

    def fill(draft: RowDraft, text: str) -> None:
        unit_text = draft.text_of(unit_column) if unit_column else ""
        unit = read_unit_word(unit_text) if unit_text else None
        reading = read_age(text, header_unit=unit or header_unit) if text else _NO_AGE
        draft.note_doubts(column, text, reading.doubts)
        if isinstance(reading.value, Absent):
            draft.age = reading.value
            draft.keep_unread(column, text)
        else:
            place = draft.place(column, f"{text} {unit_text}" if unit else text)
            draft.age = put_place(reading.value, place)
        if unit_column and (unit is None or isinstance(reading.value, Absent)):
            draft.keep_unread(unit_column, unit_text)

    return fill


_NO_AGE: CellReading[Age | Absent] = CellReading(NOT_REPORTED)


def fill_age_and_sex(column: Column) -> Fill:
    """Give what fills in age and sex from one cell, such as "45/M" or "F, 14 months"."""
    header_unit = TimeUnit(column.unit) if column.unit else None
    read = remember(lambda text: _split_age_and_sex(text, header_unit))

    def fill(draft: RowDraft, text: str) -> None:
        if not text or read_absence(text):
            return
        found = read(text)
        place = draft.place(column, text)
        if found is None:
            message = "No age and sex are read from this cell. Its words are kept."
            draft.note("age-unreadable", message, column.label, text)
            draft.age = draft.sex = UNKNOWN
            draft.remark(column, text)
            return
        age, draft.sex = found
        draft.sex_place = place
        draft.note_doubts(column, text, age.doubts)
        is_age = not isinstance(age.value, Absent)
        draft.age = put_place(age.value, place) if isinstance(age.value, Age) else age.value
        if not is_age:
            draft.keep_unread(column, text)

    return fill


def _split_age_and_sex(
    text: str, header_unit: TimeUnit | None
) -> tuple[CellReading[Age | Absent], Sex | Absent] | None:
    for pattern in _AGE_AND_SEX:
        match = pattern.fullmatch(text)
        parts = (match["one"], match["two"]) if match else ("", "")
        for age_words, sex_words in (parts, parts[::-1]):
            if not (age_words and sex_words):
                continue
            age, sex = read_age(age_words, header_unit=header_unit), read_sex(sex_words)
            is_age = isinstance(age.value, Age) or bool(_NUMBER.search(age_words))
            if is_age and not sex.doubts:
                return age, sex.value
    return None


_NUMBER = re.compile(r"\d")
# Parted by a sign, by a space, or not at all: "45/M", "45 years, M", "45 M", "M45", "45M".
_AGE_AND_SEX = (
    re.compile(r"(?P<one>[^/,;&]+?)\s*[/,;&]\s*(?P<two>[^/,;&]+)"),
    re.compile(r"(?P<one>.+)\s+(?P<two>\S+)"),
    re.compile(r"(?P<one>\S+)\s+(?P<two>.+)"),
    re.compile(r"(?P<one>\d+)(?P<two>[^\W\d_]+)"),
    re.compile(r"(?P<one>[^\W\d_]+)(?P<two>\d+)"),
)


def fill_sites(column: Column) -> Fill:
    """Give what fills in the sites, with what their cell says of size, focality and extent."""

    def fill(draft: RowDraft, text: str) -> None:
        if not text:
            return
        reading = read_sites(text)
        read, tumour = reading.value, draft.tumour
        draft.note_doubts(column, text, reading.doubts)
        if "provenance" in tumour:
            draft.remark(column, text)
        else:
            tumour["provenance"] = draft.place(column, text)
        tumour["sites"] = (*tumour.get("sites", ()), *read.sites)
        for name, value in (
            ("size", read.size),
            ("focality", read.focality),
            ("extent", read.extent),
            ("is_resectable", read.is_resectable),
        ):
            if value != NOT_REPORTED:
                tumour.setdefault(name, value)

    return fill


def fill_laterality(column: Column) -> Fill:
    """Give what fills in the side of the tumour from a column of its own.

    The side goes to every paired site that has none; a site that names another side is noted.
    """

    def fill(draft: RowDraft, text: str) -> None:
        if not text or read_absence(text):
            return
        # In brackets, so that a single letter is taken for a side.
        side = join_sides(find_sides(f"({fold(text)})")) or join_sides(find_sides(fold(text)))
        draft.remark(column, text)
        if side is None:
            message = "No side is read from it. The words are kept."
            draft.note("site-unknown", message, column.label, text)
            return
        sites = draft.tumour.get("sites", ())
        draft.tumour["sites"] = tuple([_give_side(site, side) for site in sites])
        if any(_is_opposite(site.laterality, side) for site in sites):
            message = f"The column says {side.value}, and the site names the other side."
            draft.note("laterality-conflict", message, column.label, text)

    return fill


def _give_side(site: Site, side: Laterality) -> Site:
    term = find_site(site.name)
    if site.laterality != NOT_REPORTED or (term is not None and not term.is_paired):
        return site
    return replace(site, laterality=side)


def _is_opposite(one: Laterality | Absent, other: Laterality) -> bool:
    return {one, other} == {Laterality.LEFT, Laterality.RIGHT}


def fill_size(column: Column) -> Fill:
    """Give what fills in the size from a column of its own, which wins over the sites' cell."""

    def fill(draft: RowDraft, text: str) -> None:
        if not text:
            return
        reading = read_size(text, unit=column.unit)
        draft.note_doubts(column, text, reading.doubts)
        size = reading.value
        if size != NOT_REPORTED:
            draft.tumour["size"] = size
        if isinstance(size, Absent) or size.words != text:
            draft.keep_unread(column, text)

    return fill


def fill_focality(column: Column) -> Fill:
    """Give what fills in whether there is one tumour or several."""

    def fill(draft: RowDraft, text: str) -> None:
        if not text:
            return
        reading = read_focality(text)
        draft.note_doubts(column, text, reading.doubts)
        if reading.value != NOT_REPORTED:
            draft.tumour["focality"] = reading.value
            draft.keep_unread(column, text)

    return fill


def fill_diagnosis(column: Column) -> Fill:
    """Give what fills in the diagnosis in its words, which need no provenance beside them."""
    del column

    def fill(draft: RowDraft, text: str) -> None:
        if text:
            draft.tumour["diagnosis"] = read_absence(text) or text

    return fill


def fill_imaging(column: Column) -> Fill:
    """Give what fills in what imaging showed, in its words."""

    def fill(draft: RowDraft, text: str) -> None:
        if text and not read_absence(text):
            finding = ImagingFinding(words=text, provenance=draft.place(column, text))
            found = draft.tumour.get("imaging_findings", ())
            draft.tumour["imaging_findings"] = (*found, finding)

    return fill


def fill_symptoms(column: Column) -> Fill:
    """Give what fills in symptoms and signs."""
    read = remember(read_symptoms)

    def fill(draft: RowDraft, text: str) -> None:
        if not text:
            return
        reading = read(text)
        place = draft.place(column, text)
        draft.symptoms += [put_place(symptom, place) for symptom in reading.value]
        draft.note_doubts(column, text, reading.doubts)
        if not reading.value:
            draft.keep_unread(column, text)

    return fill
