"""The tree of errors: a user's mistake on one branch, a bug of ours on the other.

A user's error has a slug that the documentation explains, the place where it happened, the value
found, what was expected and the cure. It never shows a traceback. The catalogue below is the one
truth about slugs; `docs/errors.md` is generated from it.
"""

from __future__ import annotations

from dataclasses import dataclass

EXIT_OK = 0
EXIT_BUG = 1
EXIT_USAGE = 2
EXIT_INPUT = 3
EXIT_OUTPUT = 4
EXIT_KNOWLEDGE = 5
REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One kind of user's error, as the documentation explains it."""

    slug: str
    """Stable name, never reused for something else."""
    title: str
    """What happened, in a few words."""
    explanation: str
    """When it happens and why Spindle stops."""
    cure: str
    """What a user can do."""
    exit_code: int
    """The exit code of the command line."""


def show_line(text: str) -> str:
    """Give a text on one line, with a replacement sign for each character that nobody can see.

    Names of files and words of a case are shown as they came, and a control character among them
    would change colours, move the cursor or turn the line round.
    """
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join(sign if sign.isprintable() else REPLACEMENT for sign in line)


class SpindleError(Exception):
    """Root of every error that Spindle raises on purpose."""


class InternalError(SpindleError):
    """A bug of ours: a state that the code holds to be impossible."""


class UserError(SpindleError):
    """Something a user can mend: names the place, the value, what was expected and the cure.

    Parameters
    ----------
    slug:
        A slug of `CATALOGUE`; an unknown one is a bug and raises `InternalError`.
    message:
        One clear sentence: what is wrong.
    place:
        File, sheet, row and column, as far as known.
    cure:
        What to do in this very case; the catalogue's general cure when empty.
    """

    def __init__(self, slug: str, message: str, *, place: str = "", cure: str = "") -> None:
        if slug not in CATALOGUE:
            raise InternalError(f"no error kind is catalogued under the slug {slug!r}")
        self.kind = CATALOGUE[slug]
        self.slug = slug
        self.message = message
        self.place = place
        self.cure = cure or self.kind.cure
        super().__init__(str(self))

    @property
    def exit_code(self) -> int:
        """The exit code of the command line for this error."""
        return self.kind.exit_code

    def __str__(self) -> str:
        """Give the sentence with its place and cure, on one line that can be shown."""
        where = f"{self.place}: " if self.place else ""
        return show_line(f"{where}{self.message} {self.cure} [{self.slug}]")


def _catalogue(*kinds: ErrorKind) -> dict[str, ErrorKind]:
    catalogue = {kind.slug: kind for kind in kinds}
    if len(catalogue) != len(kinds):
        raise InternalError("two error kinds share a slug")
    return catalogue


CATALOGUE: dict[str, ErrorKind] = _catalogue(
    ErrorKind(
        "file-not-found",
        "The file is not there",
        "The path that was given names nothing.",
        "Check the spelling and the folder.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "file-is-folder",
        "The path is a folder",
        "A table was expected, and the path names a folder.",
        "Name the table inside it.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "file-unreadable",
        "The file can't be opened",
        "The operating system refuses to open the file.",
        "Check that you may read it and that no other program has locked it.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "file-wrong-type",
        "Not a table that Spindle reads",
        "Tables are read from CSV, TSV, XLSX and ODS. The content decides, not the name: "
        "a PDF that is called .xlsx is refused.",
        "Save the table as CSV (UTF-8), TSV, XLSX or ODS.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "file-encoding",
        "The text encoding is not UTF-8",
        "Text tables are read as UTF-8 (or UTF-16 with its mark). Another encoding would turn "
        "letters into others without a word, so Spindle stops.",
        "Save the table again as 'CSV UTF-8'.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "file-password",
        "The file is protected with a password",
        "An encrypted workbook can't be read.",
        "Save a copy without a password.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "file-damaged",
        "The file is damaged",
        "It has the signature of a workbook, and its content can't be read.",
        "Open it in a spreadsheet program and save it again.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "file-too-large",
        "The file unpacks to more than is allowed",
        "Workbooks are zip archives. One that unpacks to far more than a table of cases can "
        "hold is refused before it is opened.",
        "Save only the sheet with the cases, or export it as CSV.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "cell-too-large",
        "A cell holds too much text",
        "One cell is longer than any cell that people write. Nothing is cut off in silence, so "
        "Spindle stops.",
        "Look at the cell; an unclosed quotation mark in a CSV file is the usual reason.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "table-quotation",
        "A quotation mark is not closed",
        "A cell of a text table opens a quotation mark that is never closed, or text follows a "
        "closing mark. Reading on would join cells that are apart.",
        "Close the mark, or double it where it is meant as text.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "table-empty",
        "The table is empty",
        "There is no cell with content.",
        "Check that the table is on the first sheet, or name the sheet with --sheet.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "table-sheet-unknown",
        "No sheet of that name",
        "The workbook has no sheet of the name that was given.",
        "Use one of the names that the message lists.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "table-no-columns",
        "No column is recognised",
        "None of the headers in the first rows is known, so nothing can be read.",
        "Give a mapping file with --mapping (see the documentation of mappings).",
        EXIT_INPUT,
    ),
    ErrorKind(
        "table-no-rows",
        "There is no row of data",
        "The table has headers and nothing below them.",
        "Check that the rows were saved.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "mapping-invalid",
        "The mapping file is not valid",
        "The mapping names a field that Spindle does not know or a column that is not there, or "
        "it is not TOML.",
        "Mend the line that the message names.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "case-invalid",
        "The case document is not valid",
        "A case document has a field that is unknown, missing or of the wrong type.",
        "Mend the field that the message names; the JSON Schema lists what is allowed.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "case-version-unknown",
        "The case document has an unknown schema version",
        "The document says a schema version that this Spindle does not know.",
        "Install a Spindle that is at least as new as the one which wrote it.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "claims-invalid",
        "The claims file is not valid",
        "A claim has an unknown kind, an unknown field or a value of the wrong type.",
        "Mend the claim that the message names.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "usage",
        "The command line can't be read",
        "A command, an option or an argument is missing, unknown or of the wrong kind.",
        "Look at the help of the command, with --help.",
        EXIT_USAGE,
    ),
    ErrorKind(
        "protocol-unknown",
        "No protocol of that id",
        "The testing protocol is not among the ones that ship with Spindle.",
        "Use one of the ids that the message lists.",
        EXIT_USAGE,
    ),
    ErrorKind(
        "fish-rule-unknown",
        "No FISH rule of that id",
        "The counting rule is not among the ones that ship with Spindle.",
        "Use one of the ids that the message lists.",
        EXIT_USAGE,
    ),
    ErrorKind(
        "fish-count-invalid",
        "The FISH counts can't be",
        "Counts are whole numbers from zero, and nuclei with an abnormal pattern are a part of "
        "the nuclei scored.",
        "Check the numbers.",
        EXIT_USAGE,
    ),
    ErrorKind(
        "output-exists",
        "The output folder exists",
        "Spindle does not write over a folder without being told to.",
        "Choose another folder or add --force.",
        EXIT_OUTPUT,
    ),
    ErrorKind(
        "output-not-writable",
        "The output folder can't be written",
        "The place for the output can't be written, or something else than a report is there.",
        "Choose another folder.",
        EXIT_OUTPUT,
    ),
    ErrorKind(
        "fact-unknown",
        "No fact of that id",
        "The knowledge base holds no fact of that id.",
        "Check the id.",
        EXIT_KNOWLEDGE,
    ),
    ErrorKind(
        "knowledge-invalid",
        "A knowledge file is not valid",
        "A fact without source, of the wrong type or with an unknown field does not load.",
        "Mend the entry that the message names.",
        EXIT_KNOWLEDGE,
    ),
    ErrorKind(
        "region-unknown",
        "No region of that id",
        "The region is not among those whose regulators are known here.",
        "Use one of the ids that the message lists.",
        EXIT_USAGE,
    ),
    ErrorKind(
        "pdf-missing",
        "PDFs can't be made here",
        "PDF reports are set with typst, which is an extra of Spindle and is not installed.",
        'Install it with: pip install "spindle-imt[pdf]". HTML prints on A4 as well.',
        EXIT_OUTPUT,
    ),
    ErrorKind(
        "terminal-missing",
        "There is no terminal to ask in",
        "Questions are asked step by step in a terminal, and standard input is none.",
        "Run it in a terminal, or fill in a case file from: spindle case --template.",
        EXIT_USAGE,
    ),
    ErrorKind(
        "strategy-invalid",
        "The costs or parameters file is wrong",
        "A file of costs, turnaround or parameters for comparing protocols can't be read, names an "
        "unknown test, or holds something that is no number. A guess would change every sum.",
        "Print a file to fill in: spindle strategy --template.",
        EXIT_INPUT,
    ),
    ErrorKind(
        "fusion-format-unknown",
        "The format of the fusion calls is not known",
        "A file of fusion calls is recognised by its columns and its content. This one fits no "
        "format that is known, several alike, or another one than was named. Reading it as the "
        "wrong format would put positions and genes in the wrong place.",
        "Name the format with --caller ID, or save the calls as the caller wrote them.",
        EXIT_INPUT,
    ),
)
