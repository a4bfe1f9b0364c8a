"""Case files: one patient's case as a person writes it in TOML, or as a JSON case document.

TOML is forgiving where the meaning is certain and strict elsewhere: sites, stains, fusions and
ages are read from words as in a table, ids may be left out, and anything that is not known is
refused with its line. JSON is exactly a case document, or a line of `cases.jsonl`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from spindle.cases.case import Case
from spindle.cases.documents import read_case
from spindle.cases.notes import Note
from spindle.errors import UserError
from spindle.formats.case_documents import ASSESSMENT_KEY, read_cases
from spindle.formats.case_file_values import Document, FileDraft, ReadAs, read_record
from spindle.formats.toml_files import parse_toml_text, read_toml_text
from spindle.formats.toml_lines import Path, find_lines
from spindle.knowledge.words import fold

SLUG = "case-invalid"
NAME = "case file"
UNNAMED_CASE = "case-1"
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class CaseFileReading:
    """A case file as read."""

    case: Case
    """The case."""
    notes: tuple[Note, ...] = ()
    """Doubts, each with its line as row and its field as column."""
    read_as: tuple[ReadAs, ...] = ()
    """What was read otherwise than written, without a doubt."""
    file: str = ""
    """File name."""
    kind: str = ""
    """`toml`, `json` or `jsonl`."""


def read_case_file(path: FilePath, *, case_id: str = "") -> CaseFileReading:
    """Give the case of a TOML or JSON file; the content decides where the name does not say.

    Parameters
    ----------
    case_id:
        Id of the case in a file of several, such as `cases.jsonl`.

    Raises
    ------
    UserError
        `file-not-found`, `file-is-folder`, `file-unreadable`; `case-invalid` and
        `case-version-unknown` with file, line, field, value and what is expected.
    """
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        return CaseFileReading(_find_case(path, case_id), file=path.name, kind="jsonl")
    text = read_toml_text(path, slug=SLUG, name=NAME)
    if not text.strip():
        cure = "Write an empty case file with: spindle case --template."
        raise UserError(SLUG, "The file is empty.", place=path.name, cure=cure)
    is_json = suffix == ".json" or (suffix != ".toml" and text.lstrip().startswith("{"))
    reading = (
        CaseFileReading(parse_json_case(text, place=path.name), file=path.name, kind="json")
        if is_json
        else parse_case(text, place=path.name)
    )
    if case_id and reading.case.id != case_id:
        message = f"The case has the id {reading.case.id!r}, and not {case_id!r}."
        raise UserError(SLUG, message, place=path.name, cure="Leave the id out.")
    return reading


def _find_case(path: FilePath, case_id: str) -> Case:
    cases = list(read_cases(path))
    found = [case for case in cases if not case_id or case.id == case_id]
    if len(found) == 1:
        return found[0]
    ids = [case.id for case in cases]
    listed = ", ".join(ids[:12]) + (", …" if len(ids) > 12 else "")
    if not cases:
        raise UserError(SLUG, "The file holds no case.", place=path.name)
    if found and case_id:
        message = f"{len(found)} cases have the id {case_id!r}."
        raise UserError(SLUG, message, place=path.name, cure="Keep the one that is meant.")
    what = f"No case has the id {case_id!r}." if case_id else f"The file holds {len(ids)} cases."
    raise UserError(SLUG, what, place=path.name, cure=f"Name one with --id: {listed}.")


def parse_json_case(text: str, *, place: str = "case") -> Case:
    """Give the case of a JSON text; an assessment beside it is left, since it is made anew.

    Raises
    ------
    UserError
        `case-invalid`, `case-version-unknown`.
    """
    from spindle.cases.documents import parse_document

    document = parse_document(text, place)
    if isinstance(document, dict):
        document.pop(ASSESSMENT_KEY, None)
    return read_case(document, place=place)


def parse_case(text: str, *, place: str = "case") -> CaseFileReading:
    """Give the case of a TOML text as a person writes it.

    Raises
    ------
    UserError
        `case-invalid` with the line, the field, the value and what is expected.
    """
    return _read_table(_parse_toml(text, place), place, find_lines(text))


def read_case_table(document: Document) -> CaseFileReading:
    """Give the case of a table in the form of a case file, such as answers that were asked for.

    Raises
    ------
    UserError
        `case-invalid` with the field, the value and what is expected.
    """
    return _read_table(document, "", {})


def _read_table(document: Document, place: str, lines: Mapping[Path, int]) -> CaseFileReading:
    from spindle.formats.case_file_records import READERS

    draft = FileDraft(file=place, lines=lines, readers=READERS)
    read = read_record(draft, Case, document, ())
    _number_ids(draft, read)
    case = read_case(read, place=place)
    notes = tuple(draft.notes)
    return CaseFileReading(case, notes, tuple(draft.read_as), place, "toml")


def _parse_toml(text: str, place: str) -> Document:
    try:
        return parse_toml_text(text, slug=SLUG, place=place)
    except UserError as error:
        cure = (
            "In TOML a text stands in quotation marks, a list in [ ], and each key once. "
            "spindle case --template shows the form."
        )
        raise UserError(SLUG, error.message, place=error.place, cure=cure) from None


def _number_ids(draft: FileDraft, case: Document) -> None:
    """Give ids to the case, specimens and tests that a person left without."""
    if "id" not in case:
        draft.say(("id",), "left out", UNNAMED_CASE)
        case["id"] = UNNAMED_CASE
    specimens = case.get("specimens", [])
    taken = Counter(s["id"] for s in specimens if "id" in s)
    for specimen in specimens:
        if "id" not in specimen:
            specimen["id"] = _take("specimen", taken)
    tests = [test for specimen in specimens for test in specimen.get("observations", [])]
    taken = Counter(test["id"] for test in tests if "id" in test)
    for test in tests:
        if "id" not in test:
            test["id"] = _take(_name_test(test), taken)


def _take(name: str, taken: Counter[str]) -> str:
    """Give a name that nothing has yet: `alk-ihc`, `alk-ihc-2`."""
    number = next(n for n in _count() if (f"{name}-{n}" if n > 1 else name) not in taken)
    free = f"{name}-{number}" if number > 1 else name
    taken[free] += 1
    return free


def _count() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


def _name_test(test: Document) -> str:
    if test["kind"] == "stain":
        return f"{_plain(test['marker'])}-ihc"
    if test["kind"] == "fusion_test":
        method = str(test.get("method", "sequencing"))
        return "sequencing" if method in ("unspecified", "not_stated") else _plain(method)
    return f"{_plain(test['gene'])}-{_plain(test['kind'])}"


def _plain(words: str) -> str:
    return _NOT_IN_IDS.sub("-", fold(words)).strip("-") or "other"
