"""Cells of a caller's row, read as its declared columns and words say; nothing is interpreted.

What can't be read becomes a problem of the row, and the row is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from sys import intern

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.cases.observations import ReadingFrame, SequencingMethod
from spindle.errors import UserError
from spindle.formats.fusion_callers.tables import (
    HEAD_CHARACTERS,
    FileFacts,
    Head,
    Row,
    list_doubles,
    name_columns,
    note_doubles,
    split_cells,
)
from spindle.knowledge.chromosomes import read_chromosome
from spindle.knowledge.fusion_callers import (
    CallerFormat,
    find_builds,
    find_caller_format,
    fold_column,
    fold_word,
    read_build,
)

DELIMITERS = ("\t", ",", ";")
# No chromosome is longer than a thousand million bases.
_POSITION = re.compile(r"\d{1,10}(?:\.0+)?|\d{1,3}(?:,\d{3}){1,3}", re.ASCII)
_COUNT = re.compile(r"\d{1,12}(?:\.0+)?", re.ASCII)
# Lines of a VCF or of a log above the header; no header begins so.
_META = "##"
UNKNOWN_ACCESSION = "{} is the accession of no chromosome of GRCh37 or GRCh38"
_NOTHING = "nothing"
_VERSION = r"\W+(?:version\W*)?v?(?P<version>\d+(?:\.\d+)+\w*)"


def recognise_table(head: Head, format_id: str) -> FileFacts | None:
    """Give what the head of a table says, when it holds the columns of a format; none otherwise."""
    held = find_caller_format(format_id)
    _refuse_long_header(head, held)
    for place, delimiter, cells, keys in _list_headers(head):
        if any(names <= keys for names in held.requires) and not held.lacks & keys:
            above = [line for _, line in head.lines[:place]]
            return make_facts(head, held, above, cells, delimiter, head.lines[place][0])
    return None


def _refuse_long_header(head: Head, held: CallerFormat) -> None:
    """Refuse a header of a format that goes on for longer than any header."""
    for number, text in head.lines:
        if len(text) <= HEAD_CHARACTERS or text.startswith(_META):
            continue
        begin = text[:HEAD_CHARACTERS]
        for delimiter in DELIMITERS:
            keys = frozenset(map(fold_column, begin.split(delimiter)))
            if any(names <= keys for names in held.requires) and not held.lacks & keys:
                message = (
                    f"Line {number} begins as the header of {held.name} and holds {len(text):,} "
                    f"characters; a header may hold {HEAD_CHARACTERS:,}."
                )
                cure = "Save the file with the columns of the caller alone."
                place = f"{head.path}, line {number}"
                raise UserError("fusion-format-unknown", message, place=place, cure=cure)


@lru_cache(maxsize=1)
def _list_headers(head: Head) -> tuple[tuple[int, str, list[str], frozenset[str]], ...]:
    """Give what may be a header: its place in the head, delimiter, cells, and keys of columns."""
    found: list[tuple[int, str, list[str], frozenset[str]]] = []
    for place, (_, text) in enumerate(head.lines):
        if text.startswith(_META) or len(text) > HEAD_CHARACTERS:
            continue
        for delimiter in DELIMITERS:
            if delimiter in text:
                cells = split_cells(text, delimiter)
                found.append((place, delimiter, cells, frozenset(map(fold_column, cells))))
    return tuple(found)


def make_facts(
    head: Head,
    held: CallerFormat,
    above: Sequence[str],
    cells: Sequence[str],
    delimiter: str,
    header_line: int,
) -> FileFacts:
    """Give what a file says of itself: in its columns, and in the lines above them."""
    while len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    cells = [cells[0].strip().lstrip("#"), *cells[1:]]
    said = "\n".join(above)
    builds = find_builds(said)
    notes = [f"Above the header stands: {line.strip()}" for line in above if line[:1] != "#"]
    if len(builds) > 1:
        notes.append("The lines above the header name two genome builds; neither was taken.")
    keys = {key for columns in held.columns.values() for key in columns}
    doubles = list_doubles(cells, keys, fold_column)
    version = re.search(re.escape(held.name) + _VERSION, said, re.IGNORECASE)
    sample = held.patterns["sample"].search(said) if "sample" in held.patterns else None
    return FileFacts(
        caller=held.id,
        file=head.name,
        version=version["version"] if version else "",
        build=next(iter(builds)) if len(builds) == 1 else NOT_REPORTED,
        sample=sample["sample"].strip() if sample else "",
        header_line=header_line,
        columns=name_columns(cells),
        delimiter=delimiter,
        notes=(*notes, *note_doubles(doubles)),
        doubles=doubles,
    )


class RowReader:
    """Reads the cells of one row after the other, and collects what it could not read."""

    def __init__(self, facts: FileFacts) -> None:
        self.held = find_caller_format(facts.caller)
        self.facts = facts
        self.problems: list[str] = []
        self._remarks: list[str] = []
        self._builds: dict[Build, str] = {}
        by_key: dict[str, str] = {}
        for name in facts.columns:
            by_key.setdefault(fold_column(name), name)
        self._columns = {
            field: tuple(by_key[key] for key in keys if key in by_key)
            for field, keys in self.held.columns.items()
        }
        self._nothing = self.held.words.get(_NOTHING, frozenset()) | {""}
        self._longest = max(map(len, self._nothing))
        self._cells: Mapping[str, str] = {}

    def start(self, row: Row) -> bool:
        """Take up a row; gives whether its cells stand under their columns."""
        self.problems.clear()
        self._remarks.clear()
        self._builds.clear()
        self._cells = row.cells
        return not row.problem

    def list_columns(self, field: str) -> tuple[str, ...]:
        """Give the columns of this file that give a field."""
        return self._columns.get(field, ())

    def read_text(self, field: str) -> str:
        """Give the first text that the columns of a field hold; empty when there is none."""
        for column in self._columns.get(field, ()):
            text = self._cells[column].strip()
            if len(text) > self._longest or text.casefold() not in self._nothing:
                return text
        return ""

    def is_nothing(self, text: str) -> bool:
        """Give whether a cell says nothing: it is empty, or holds a word such as `NA`."""
        return len(text) <= self._longest and text.casefold() in self._nothing

    def means(self, key: str, word: str) -> bool:
        """Give whether a word is among the declared words for something."""
        return fold_word(word) in self.held.words.get(key, ())

    def read_count(self, field: str) -> int | Absent:
        """Give the first count that the columns of a field hold; unknown for words that are none.

        Where a caller counts both sides of the junction apart, the sum is given: the second column
        stands under the field's name with `_also`.
        """
        text = self.read_text(field)
        if not text:
            return NOT_REPORTED
        also = self.read_text(field + "_also") if field + "_also" in self._columns else "0"
        if not (_COUNT.fullmatch(text) and _COUNT.fullmatch(also or "0")):
            return UNKNOWN
        return int(text.partition(".")[0]) + int((also or "0").partition(".")[0])

    def read_strand(self, word: str, side: str) -> str:
        """Give `+` or `-`, or nothing where none is written."""
        if word in {"+", "-"}:
            return word
        if self.is_nothing(word) or self.means("strand_unknown", word):
            return ""
        if self.means("plus", word):
            return "+"
        if self.means("minus", word):
            return "-"
        self.problems.append(f"The strand {word!r} of the {side}' side can't be read.")
        return ""

    def read_position(self, text: str, side: str) -> int | None:
        """Give a position from 1, or none where none is written."""
        if self.is_nothing(text):
            return None
        if _POSITION.fullmatch(text):
            position = int(text.partition(".")[0].replace(",", "")) + 1 - self.held.first_position
            if position:
                return position
        self.problems.append(f"The position {_shorten(text)!r} of the {side}' side can't be read.")
        return None

    def read_chromosome(self, text: str) -> str:
        """Give a chromosome without `chr`; empty where none is written.

        The build that an accession is of is remembered for the row, and so is one that is unknown.
        """
        if self.is_nothing(text):
            return ""
        found = read_chromosome(text)
        if found.build is not None:
            self._builds.setdefault(found.build, text)
        if found.is_unknown:
            self._remarks.append(UNKNOWN_ACCESSION.format(_shorten(found.name)))
        return found.name

    def read_place(self, side: str) -> tuple[str, int | None, str]:
        """Give chromosome, position and strand of a side, from one column or from several."""
        if whole := self.read_text("breakpoint" + side):
            found = self.held.patterns["breakpoint"].fullmatch(whole)
            if not found:
                text = _shorten(whole)
                self.problems.append(f"The breakpoint {text!r} of the {side}' side can't be read.")
                return "", None, ""
            chromosome, position, strand = found["chromosome"], found["position"], ""
            if "strand" in found.re.groupindex:
                strand = self.read_strand(found["strand"] or "", side)
        else:
            chromosome = self.read_text("chromosome" + side)
            position = self.read_text("position" + side)
            strand = self.read_strand(self.read_text("strand" + side), side)
        return self.read_chromosome(chromosome), self.read_position(position, side), strand

    def read_frame(self, words: str) -> ReadingFrame | Absent:
        """Give the frame that the caller's words mean; unknown for words that mean neither."""
        if not words:
            return NOT_REPORTED
        if self.means("frame_in", words):
            return ReadingFrame.IN
        return ReadingFrame.OUT if self.means("frame_out", words) else UNKNOWN

    def read_build(self) -> Build | Absent:
        """Give the build that the row names, or else the file, or else its accessions."""
        word = self.read_text("build")
        build = read_build(word) if word else self.facts.build
        if build is None:
            self.problems.append(f"The genome build {_shorten(word)!r} is not known.")
            return UNKNOWN
        problem, build = settle_build(build, self._builds)
        self.problems += [problem] if problem else []
        return build

    def list_words(self, field: str, pattern: str = "list") -> tuple[str, ...]:
        """Give the words of a cell that holds several, as the pattern of that name finds them."""
        text = self.read_text(field)
        if not text or pattern not in self.held.patterns:
            return (text,) if text else ()
        return tuple(word.strip() for word in self.held.patterns[pattern].findall(text))

    def list_named(self, field: str) -> tuple[str, ...]:
        """Give the cells of a field's columns as `column: value`, where they say something."""
        found = ((name, self._cells[name].strip()) for name in self._columns.get(field, ()))
        return tuple(
            f"{name}: {text}"
            for name, text in found
            if text.strip("-") and not self.is_nothing(text)
        )

    def make_end(self, side: str, gene: str, gene_id: str = "", **more: str) -> CalledEnd:
        """Give one side of a fusion; the strand beside its position is the one that is read."""
        chromosome, position, strand = self.read_place(side)
        # Of the same words in a hundred thousand rows one copy is kept.
        return CalledEnd(
            gene=intern(gene),
            gene_id=intern(gene_id or self.read_text("gene_id" + side)),
            transcript=intern(self.read_text("transcript" + side)),
            exon=intern(self.read_text("exon" + side)),
            chromosome=chromosome,
            position=position,
            gene_strand=more.get("gene_strand", ""),
            read_strand=more.get("read_strand", strand),
            site=intern(more.get("site", "") or self.read_text("site" + side)),
            direction=intern(self.read_text("direction" + side)),
        )

    def make_call(
        self,
        row: Row,
        end5: CalledEnd,
        end3: CalledEnd,
        *,
        is_directed: bool | None = None,
        method: SequencingMethod | None = None,
        filters: Iterable[str] = (),
        remarks: Iterable[str] = (),
        frame: ReadingFrame | Absent | None = None,
        frame_words: str = "",
        sequence: str = "",
    ) -> CalledFusion:
        """Give the call of a row, with what its columns hold and what could not be read."""
        words = frame_words or self.read_text("frame")
        build = self.read_build()
        if not (end5.gene or end3.gene or end5.position or end3.position):
            self.problems.append("The row names neither a gene nor a position.")
        return CalledFusion(
            caller=self.facts.caller,
            file=self.facts.file,
            line=row.line,
            end5=end5,
            end3=end3,
            caller_version=intern(self.read_text("version")) or self.facts.version,
            sample=intern(self.read_text("sample")) or self.facts.sample,
            method=method or self.held.method,
            build=build,
            is_directed=self.held.is_directed if is_directed is None else is_directed,
            split_reads=self.read_count("split_reads"),
            spanning_pairs=self.read_count("spanning_pairs"),
            coverage5=self.read_count("coverage5"),
            coverage3=self.read_count("coverage3"),
            confidence=intern(self.read_text("confidence")),
            filters=_share_words(*filters),
            remarks=_share_words(*remarks, *self._remarks),
            frame=self.read_frame(words) if frame is None else frame,
            frame_words=intern(words),
            sequence=sequence,
            type=intern(self.read_text("type")),
            problem=" ".join(self.problems),
            cells=row.cells,
        )


@lru_cache(maxsize=1024)
def _share_words(*words: str) -> tuple[str, ...]:
    """Give the words as one list for all the rows that hold the same."""
    return words


def settle_build(said: Build | Absent, builds: Mapping[Build, str]) -> tuple[str, Build | Absent]:
    """Give what is wrong with the builds of a row, and its build.

    Parameters
    ----------
    said:
        The build that the row or its file says.
    builds:
        Builds that accessions of chromosomes are of, each with such an accession.
    """
    if len(builds) > 1:
        return f"Its chromosomes are of two genome builds: {', '.join(builds.values())}.", UNKNOWN
    for build, accession in builds.items():
        if isinstance(said, Absent):
            return "", build
        if build is not said:
            problem = f"The chromosome {accession} is of {build.value}, and the file says {said}."
            return problem, UNKNOWN
    return "", said


def split_names(reader: RowReader, name: str) -> tuple[str, str]:
    """Give the two genes of a name such as `EML4--ALK`, as the format's pattern parts them."""
    found = reader.held.patterns["name"].fullmatch(name)
    if found is None:
        if name:
            reader.problems.append(f"The name {_shorten(name)!r} can't be parted into two genes.")
        return name, ""
    return found["gene5"].strip(), found["gene3"].strip()


def _shorten(text: str) -> str:
    longest = 60
    return text if len(text) <= longest else text[:longest] + "…"
