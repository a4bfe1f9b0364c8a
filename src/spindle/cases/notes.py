"""Notes: what a reader could not read, or doubts. A note never costs a case."""

from __future__ import annotations

from dataclasses import dataclass

from spindle.errors import InternalError


@dataclass(frozen=True, slots=True)
class NoteKind:
    """One kind of note, as the documentation explains it."""

    slug: str
    """Stable name."""
    title: str
    """What was seen, in a few words."""
    explanation: str
    """What Spindle did with it, and what a reader may want to look at."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader could not read, or doubts; the case is kept."""

    slug: str
    """Kind of note, see `CATALOGUE`."""
    message: str
    """What was made of the value, and why not more."""
    file: str = ""
    """File name."""
    sheet: str = ""
    """Sheet, empty for text tables."""
    row: int = 0
    """Row as a spreadsheet shows it, or line of a case file; 0 for the whole of it."""
    column: str = ""
    """Header of the column as written; empty when the note concerns the whole row."""
    value: str = ""
    """The value as written."""
    case_id: str = ""
    """Id of the case, empty when the note concerns the whole table."""

    def __post_init__(self) -> None:
        if self.slug not in CATALOGUE:
            raise InternalError(f"no note kind is catalogued under the slug {self.slug!r}")


def _catalogue(*kinds: NoteKind) -> dict[str, NoteKind]:
    catalogue = {kind.slug: kind for kind in kinds}
    if len(catalogue) != len(kinds):
        raise InternalError("two note kinds share a slug")
    return catalogue


CATALOGUE: dict[str, NoteKind] = _catalogue(
    NoteKind(
        "age-unit",
        "Age in another unit than the header says",
        "The cell names its own unit, and the cell is believed. The header's unit would give "
        "another age.",
    ),
    NoteKind(
        "age-unreadable",
        "Age can't be read",
        "The age is kept as unknown, with its words.",
    ),
    NoteKind(
        "age-imprecise",
        "Age is not exact",
        'Words such as "about" or "over" are kept beside the number.',
    ),
    NoteKind(
        "age-unit-assumed",
        "Age without a unit",
        "Neither the cell nor the header names a unit. The number is not turned into an age.",
    ),
    NoteKind("sex-unreadable", "Sex can't be read", "The sex is kept as unknown, with its words."),
    NoteKind(
        "site-unknown",
        "Site without a code",
        "The words name a site that the vocabulary has no code for, or words that it does not "
        "know. The words are kept.",
    ),
    NoteKind(
        "symptom-unknown",
        "Symptom without a code",
        "The vocabulary has no code for these words. The words are kept.",
    ),
    NoteKind(
        "laterality-conflict",
        "Sides contradict each other",
        "Two cells of the row name opposite sides. Both are kept as written.",
    ),
    NoteKind(
        "result-unreadable",
        "Test result can't be read",
        "The result is kept as unknown, with its words.",
    ),
    NoteKind(
        "result-conflict",
        "A cell gives two results",
        "The cell says positive and negative for one test. Neither is taken.",
    ),
    NoteKind(
        "method-not-stated",
        "The method of a test is not stated",
        "The cell says that a gene is rearranged or fused and does not say by which test. A named "
        "fusion is kept without a method; other words are not counted as this column's test.",
    ),
    NoteKind(
        "stain-unreadable",
        "A stain can't be read",
        "The words are kept and no result is taken from them.",
    ),
    NoteKind(
        "pooled-statement",
        "Said of several patients together",
        "The cell repeats a statement about a group. It is not a finding of this patient alone.",
    ),
    NoteKind(
        "treatment-unreadable",
        "Treatment can't be read",
        "The words are kept as a treatment of kind other. A treatment that was planned or refused "
        "was not given; its words are kept beside the others.",
    ),
    NoteKind(
        "margin-not-stated",
        "Margin not stated",
        'Words such as "radical" or "complete" are not a microscopic margin, and words such as '
        '"negative margin" do not say whether it was microscopic. The margin is kept as not '
        "reported or as unknown; only R0, R1, R2 and words for the microscope say it.",
    ),
    NoteKind(
        "follow-up-unreadable",
        "Follow-up can't be read",
        "The words are kept and no time or outcome is taken from them.",
    ),
    NoteKind(
        "follow-up-no-time",
        "Follow-up without a time",
        "The cell says what became of the patient and not when.",
    ),
    NoteKind(
        "lost-to-follow-up",
        "Lost to follow-up",
        "No time and no outcome are known; the patient is in no survival estimate.",
    ),
    NoteKind(
        "death-without-cause",
        "Death without a cause",
        "The row does not say why the patient died. The death counts as one of any cause.",
    ),
    NoteKind(
        "recurrence-without-date",
        "Recurrence without its own date",
        "The row gives the length of follow-up and no time of the recurrence. Event-free "
        "survival takes the printed length for it and says so.",
    ),
    NoteKind(
        "progression-without-date",
        "Progression or metastasis without its own date",
        "The row gives no time for the event.",
    ),
    NoteKind(
        "follow-up-imprecise",
        "Follow-up time is not exact",
        'Words such as "nearly" or "more than" are kept beside the number.',
    ),
    NoteKind(
        "size-unreadable",
        "Size can't be read",
        "The words are kept and no size is taken from them.",
    ),
    NoteKind(
        "value-conflict",
        "Two values that can't both hold",
        "A cell or a row gives two values that can't both hold. The note says what was made of "
        "them.",
    ),
    NoteKind(
        "fusion-unreadable",
        "A fusion can't be read",
        "The words are kept and no fusion is taken from them.",
    ),
    NoteKind(
        "fusion-name-repaired",
        "A gene name was repaired",
        "The words name a gene in a form that is not its symbol; both are kept.",
    ),
    NoteKind("id-missing", "No id", "The row has no id; its row number serves for it."),
    NoteKind(
        "id-duplicate",
        "The same id twice",
        "Two rows have one id. Both are kept; the later one gets a number.",
    ),
    NoteKind(
        "row-repeats-header",
        "A row repeats the header",
        "A second header row, or the header of a continued table. It is not a case.",
    ),
    NoteKind(
        "header-two-rows",
        "The header has two rows",
        "A group header stands over the names of its columns. Both were joined; the names that "
        "came of it stand in the note.",
    ),
    NoteKind(
        "row-not-a-case",
        "A row is no case",
        "A total, a footnote or a title. Its words are kept in this note.",
    ),
    NoteKind(
        "row-too-long",
        "A row has more cells than the header",
        "The extra cells are kept as words.",
    ),
    NoteKind(
        "column-unused",
        "A column belongs to no field",
        "Its cells are kept as words with each case.",
    ),
    NoteKind(
        "column-guessed",
        "A column was recognised by its header",
        "The guess is shown; a mapping file can say otherwise.",
    ),
    NoteKind(
        "column-ambiguous",
        "Two columns for one field",
        "Two headers mean the same field. The first is used, the second is kept as words.",
    ),
    NoteKind(
        "cell-merged",
        "Merged cells",
        "The text of the merged range was taken for each of its rows.",
    ),
    NoteKind(
        "cell-formula",
        "Formulas",
        "The cells hold formulas; the value that was last computed was read.",
    ),
    NoteKind(
        "formula-without-value",
        "A formula without a value",
        "The file holds no computed value for the formula. The cell is read as empty.",
    ),
    NoteKind(
        "cell-error-value",
        "A spreadsheet error in a cell",
        "The cell holds an error such as #REF!. It is read as words.",
    ),
    NoteKind(
        "cell-hidden-by-merge",
        "A text hidden under merged cells",
        "A cell inside a merged range holds a text of its own that a spreadsheet does not show. "
        "The shown text was read; the hidden one stands in this note.",
    ),
    NoteKind(
        "cell-number-format",
        "A number shown with words or a unit",
        "The number's format shows more than the number, such as a per cent sign or a unit. The "
        "text was read as it is shown.",
    ),
    NoteKind(
        "cell-number-format-unread",
        "A number format that was not read",
        "The number's format shows it in a way that Spindle does not follow. The bare number was "
        "read.",
    ),
    NoteKind(
        "cell-date-without-year",
        "A date shown without its year",
        "The cell holds a date and shows only a part of it, as when a program turned 5-10 into a "
        "day. The full date was read; look at what was meant.",
    ),
    NoteKind(
        "cell-date-invalid",
        "A date that can't be",
        "The cell's number is no date in the workbook's calendar. The bare number was read.",
    ),
    NoteKind(
        "sheet-chosen",
        "One of several sheets was read",
        "The workbook has several sheets with content. Name another with --sheet.",
    ),
)
