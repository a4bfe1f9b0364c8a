"""One row of a table to one case, with notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.course import TreatmentKind
from spindle.cases.notes import Note
from spindle.cases.observations import HistologyFinding
from spindle.cases.patient import Patient
from spindle.cases.provenance import Provenance
from spindle.cases.specimen import Specimen, SpecimenKind
from spindle.cases.tumour import Tumour
from spindle.formats.cells.histology import read_findings
from spindle.formats.cells.numbers import read_percent
from spindle.formats.cells.phrases import read_absence
from spindle.formats.columns import Column
from spindle.formats.grid import Row, column_letters
from spindle.formats.mappings import AGE_SEX, REMARK, TableMapping
from spindle.formats.row_checks import note_opposite_sides, note_times
from spindle.formats.row_courses import (
    fill_death_cause,
    fill_event,
    fill_follow_up,
    fill_margin,
    fill_outcome,
    fill_treatments,
    settle_course,
)
from spindle.formats.row_drafts import Fill, RowDraft, TableSource
from spindle.formats.row_observations import (
    fill_fusion,
    fill_result,
    fill_stains,
    note_disagreeing_stains,
)
from spindle.formats.row_tumours import (
    fill_age,
    fill_age_and_sex,
    fill_diagnosis,
    fill_focality,
    fill_imaging,
    fill_laterality,
    fill_sex,
    fill_sites,
    fill_size,
    fill_symptoms,
)
from spindle.knowledge.words import fold

# The order in which fields are read, whatever the order of the columns: a later field may
# complete an earlier one, and a table with its columns in another order gives the same case.
_ORDER = (
    AGE_SEX,
    "sex",
    "age",
    "diagnosis",
    "sites",
    "laterality",
    "size",
    "focality",
    "imaging",
    "symptoms",
    "specimen_kind",
    "tumour_content",
    "histology",
    "alk_ihc",
    "ros1_ihc",
    "pan_trk_ihc",
    "stain",
    "ki67",
    "other_stains",
    "alk_fish",
    "ros1_fish",
    "fish",
    "alk_rt_pcr",
    "rt_pcr",
    "fusion",
    "treatment",
    "margin",
    "follow_up",
    "outcome",
    "recurrence",
    "metastasis",
    "death",
    "death_cause",
    "source",
    REMARK,
)
# Read together with another column.
_PARTNERS = frozenset({"case_id", "age_unit"})
# A row's own number serves where it has no id.
ROW_ID = "row-{number}"


class RowReader:
    """Reads the rows of one table, each to a case."""

    def __init__(
        self, columns: Sequence[Column], source: TableSource, mapping: TableMapping
    ) -> None:
        self._columns = columns
        self._source = source
        self._mapping = mapping
        self._id_column = next((c for c in columns if c.field == "case_id"), None)
        self._ids: set[str] = set()
        self._times_seen: dict[str, int] = {}
        unit_column = next((c for c in columns if c.field == "age_unit"), None)
        self._fills = [
            (column, _make_fill(column, mapping, unit_column))
            for column in sorted(columns, key=_rank)
            if column.field not in _PARTNERS
        ]
        if unit_column and not any(column.field == "age" for column in columns):
            self._fills.append((unit_column, _fill_remark(unit_column)))

    @property
    def id_position(self) -> int | None:
        """Position of the column of ids, or none."""
        return self._id_column.position if self._id_column else None

    def read(self, row: Row) -> tuple[Case, tuple[Note, ...]]:
        """Give the case of a row, with notes."""
        texts = self._fit(row.texts)
        draft = RowDraft(source=self._source, row=row.number, texts=texts, case_id="")
        self._give_id(draft)
        if len(texts) > len(self._columns):
            self._note_extra_cells(draft)
        for column, fill in self._fills:
            fill(draft, texts[column.position])
        settle_course(draft)
        note_opposite_sides(draft)
        note_times(draft)
        note_disagreeing_stains(draft)
        return self._make_case(draft), tuple(draft.notes)

    def _fit(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        missing = len(self._columns) - len(texts)
        return texts if missing <= 0 else (*texts, *[""] * missing)

    def _give_id(self, draft: RowDraft) -> None:
        column = self._id_column
        written = draft.text_of(column) if column else ""
        label = column.label if column else ""
        is_missing = not written or read_absence(written) is not None
        wanted = ROW_ID.format(number=draft.row) if is_missing else written
        wanted = f"{self._mapping.case_id_prefix}{wanted}"
        draft.case_id = self._find_free_id(wanted)
        if column and is_missing:
            message = f"The row has no id; it is kept as {draft.case_id}."
            draft.note("id-missing", message, label, written)
        elif draft.case_id != wanted:
            message = (
                f"An earlier row has the id {wanted} too; this one is kept as {draft.case_id}."
            )
            draft.note("id-duplicate", message, label, written)

    def _find_free_id(self, wanted: str) -> str:
        taken = wanted
        while taken in self._ids:
            # Counted, and not tried from 2 on: a column may hold one id a hundred thousand times.
            self._times_seen[wanted] = number = self._times_seen.get(wanted, 1) + 1
            taken = f"{wanted}-{number}"
        self._ids.add(taken)
        return taken

    def _note_extra_cells(self, draft: RowDraft) -> None:
        width = len(self._columns)
        extra = [(place, text) for place, text in enumerate(draft.texts[width:], width) if text]
        if not extra:
            return
        for place, text in extra:
            draft.remark(Column(position=place, header=""), text)
        letters = ", ".join(column_letters(place) for place, _ in extra)
        message = f"The row goes on beyond the header, in {letters}. The words are kept."
        draft.note("row-too-long", message, value=" | ".join(text for _, text in extra))

    def _make_case(self, draft: RowDraft) -> Case:
        place = Provenance(
            source=self._source.file, sheet=self._source.sheet or NOT_REPORTED, row=draft.row
        )
        tumour = draft.tumour
        if not isinstance(self._mapping.constants.diagnosis, Absent):
            tumour.setdefault("diagnosis", self._mapping.constants.diagnosis)
        return Case(
            id=draft.case_id,
            patient=Patient(sex=draft.sex, age_at_diagnosis=draft.age, provenance=draft.sex_place),
            tumour=Tumour(**tumour) if tumour else _NO_TUMOUR,
            symptoms=tuple(draft.symptoms),
            specimens=self._make_specimens(draft, place),
            treatments=tuple(draft.treatments),
            follow_up=draft.follow_up,
            outcomes=tuple([outcome for _, outcome in draft.outcomes]),
            remarks=tuple(draft.remarks),
            provenance=place,
        )

    def _make_specimens(self, draft: RowDraft, place: Provenance) -> tuple[Specimen, ...]:
        if not (draft.observations or draft.histology or draft.specimen):
            return ()
        specimen = Specimen(
            id="s1",
            kind=draft.specimen.get("kind", _imply_kind(draft, self._mapping)),
            tumour_content_percent=draft.specimen.get("tumour_content_percent", NOT_REPORTED),
            histology=tuple(draft.histology),
            observations=tuple(draft.observations),
            provenance=place,
        )
        return (specimen,)


_NO_TUMOUR = Tumour()


def _imply_kind(draft: RowDraft, mapping: TableMapping) -> SpecimenKind | Absent:
    """Give the kind of a specimen: what the mapping says, or a biopsy where nothing else was done.

    After a resection either may have been tested, so nothing is said.
    """
    kinds = {treatment.kind for treatment in draft.treatments}
    if isinstance(mapping.constants.specimen_kind, Absent) and kinds == {TreatmentKind.BIOPSY_ONLY}:
        return SpecimenKind.BIOPSY
    return mapping.constants.specimen_kind


def _rank(column: Column) -> tuple[int, str, str, int]:
    place = _ORDER.index(column.field) if column.field in _ORDER else len(_ORDER)
    return place, column.subject, column.clone, column.position


def _make_fill(column: Column, mapping: TableMapping, unit_column: Column | None) -> Fill:
    if column.field == "age":
        return fill_age(column, unit_column)
    if column.field in _SIMPLE_FILLS:
        return _SIMPLE_FILLS[column.field](column)
    if column.kind in _MAPPED_FILLS:
        return _MAPPED_FILLS[column.kind](column, mapping)
    return _fill_remark(column)


def _fill_remark(column: Column) -> Fill:
    def fill(draft: RowDraft, text: str) -> None:
        if text:
            draft.remark(column, text)

    return fill


def _fill_specimen_kind(column: Column) -> Fill:
    def fill(draft: RowDraft, text: str) -> None:
        if not text or read_absence(text):
            return
        kinds = [kind for kind in SpecimenKind if kind.value in fold(text)]
        if len(kinds) != 1:
            message = "No kind of specimen is read from it. The words are kept."
            draft.note("result-unreadable", message, column.label, text)
        else:
            draft.specimen["kind"] = kinds[0]
        draft.remark(column, text)

    return fill


def _fill_tumour_content(column: Column) -> Fill:
    def fill(draft: RowDraft, text: str) -> None:
        if not text:
            return
        reading = read_percent(text)
        draft.note_doubts(column, text, reading.doubts)
        value = reading.value
        if isinstance(value, Absent):
            draft.specimen["tumour_content_percent"] = value
        elif value.low == value.high:
            draft.specimen["tumour_content_percent"] = value.low
        else:
            draft.specimen["tumour_content_percent"] = UNKNOWN
            message = "A range is no single share. The words are kept."
            draft.note("result-unreadable", message, column.label, text)
        draft.keep_unread(column, text)

    return fill


def _fill_histology(column: Column) -> Fill:
    def fill(draft: RowDraft, text: str) -> None:
        if not text or read_absence(text):
            return
        reading = read_findings(text)
        draft.note_doubts(column, text, reading.doubts)
        place = draft.place(column, text)
        # Words too long to be read are kept as they are, like words of which nothing is sure.
        for finding in reading.value or (HistologyFinding(name=text, words=text),):
            draft.histology.append(replace(finding, provenance=place))

    return fill


_SIMPLE_FILLS: dict[str, Callable[[Column], Fill]] = {
    "sex": fill_sex,
    AGE_SEX: fill_age_and_sex,
    "diagnosis": fill_diagnosis,
    "sites": fill_sites,
    "laterality": fill_laterality,
    "size": fill_size,
    "focality": fill_focality,
    "imaging": fill_imaging,
    "symptoms": fill_symptoms,
    "specimen_kind": _fill_specimen_kind,
    "tumour_content": _fill_tumour_content,
    "histology": _fill_histology,
    "treatment": fill_treatments,
    "margin": fill_margin,
    "follow_up": fill_follow_up,
    "outcome": fill_outcome,
    "death_cause": fill_death_cause,
}
# Fields whose reading a mapping file can settle.
_MAPPED_FILLS: dict[str, Callable[[Column, TableMapping], Fill]] = {
    "stain": fill_result,
    "fish": fill_result,
    "rt_pcr": fill_result,
    "other_stains": fill_stains,
    "fusion": fill_fusion,
    "recurrence": fill_event,
    "metastasis": fill_event,
    "death": fill_event,
}
