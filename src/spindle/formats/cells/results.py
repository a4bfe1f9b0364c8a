"""Results of one test as people write them: `Negative`, `ALK-1 diffusely positive`, `12/50`.

A result is taken only when the words say one. Positive and negative together give none; words
such as "possible" give none; a lone minus sign gives none, since it may mean no data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import (
    ControlResult,
    FishCount,
    Intensity,
    PercentRange,
    StainExtent,
    StainPattern,
    TestResult,
)
from spindle.cases.specimen import SpecimenKind
from spindle.formats.cells.numbers import find_percent
from spindle.formats.cells.phrases import (
    BRACKETED,
    find_hedge,
    find_pooled,
    read_absence,
    refuse_long,
)
from spindle.formats.cells.reading import CellReading, Doubt
from spindle.knowledge.terms import find_clone, find_gene, gene_pattern
from spindle.knowledge.words import find_key, fold, load_word_lists, make_pattern

# A denominator below this is no FISH count; "2/3" is a score or so many specimens.
FEWEST_NUCLEI = 20
_MINUS = re.compile(r"[-/]{1,3}")
_COUNT = re.compile(
    r"(?<![0-9.,/])([0-9]{1,3})\s*(?:/|of|out of)\s*([0-9]{2,3})(?![0-9/%]|[.,][0-9])"
)
_SIGN = re.compile(
    r"^(?P<leading>\+/-|-/\+|±|\++)(?=[\s(])|\(\s*(?P<bracketed>\+/-|-/\+|±|\++|-)\s*\)"
    r"|(?<=[^\W_]|[\s)%])(?P<trailing>\+/-|±|\++|-)\s*(?=$|[,;)])"
)
# Not the end of a name: "ALK-1+" is the marker ALK-1 with its sign.
_SCORE = re.compile(r"(?<![\w.,/-])([0-4]\s?\+)(?![\w+/-])")
# A grade of staining, or a range of two: "2+", "1-2+", "2+/3+".
_GRADE = re.compile(
    r"(?<![\w.,/-])(?:(?P<low>[0-4])\s?\+?\s*(?:-|/|to)\s*)?(?P<high>[0-4])\s?\+(?![\w+/-])"
)
_CLAUSE = re.compile(r"[;,]|\s/\s|\bbut\b")
_TOKEN = re.compile(r"[\w-]+(?: 1(?![\w+%/.,]))?")
# How many characters before a finding are searched for its denial.
_REACH = 120
_CLONED = ("ALK", "ROS1", "pan-TRK")


@dataclass(frozen=True, slots=True)
class ResultRead:
    """What a cell about one test says."""

    result: TestResult | Absent
    """The result; unknown when the words say none or two."""
    clone: str | Absent = NOT_REPORTED
    """Antibody clone that the cell names."""
    pattern: StainPattern | Absent = NOT_REPORTED
    """Where in the cell a stain lies."""
    intensity: Intensity | Absent = NOT_REPORTED
    """Strength of a stain."""
    extent: StainExtent | Absent = NOT_REPORTED
    """Focal or diffuse."""
    percent: PercentRange | Absent = NOT_REPORTED
    """Share of positive cells."""
    counts: tuple[FishCount, ...] = ()
    """Nuclei, when the cell counts them: `12/50` is 12 with separated signals of 50."""
    gene: str | Absent = NOT_REPORTED
    """Gene that the cell names, by its symbol."""
    methods: tuple[str, ...] = ()
    """Methods that the cell names: `ihc`, `fish`, `rt_pcr`, `sequencing`."""
    internal_control: ControlResult | Absent = NOT_REPORTED
    """Whether a control worked, when the cell says so."""
    grade: str = ""
    """A grade such as `1+` that stands alone, and that not every laboratory calls positive."""


@lru_cache(maxsize=4096)
@refuse_long("result-unreadable", ResultRead(UNKNOWN))
def read_result(text: str) -> CellReading[ResultRead]:
    """Give the result of one test, with what the cell says of clone, pattern, extent and counts."""
    folded = fold(text)
    if _MINUS.fullmatch(folded) and "-" in folded:
        message = "A lone minus sign may mean negative or no data. The result is kept as unknown."
        return CellReading(ResultRead(UNKNOWN), (Doubt("result-unreadable", message, text),))
    if absent := read_absence(text):
        return CellReading(ResultRead(absent))
    if (simple := find_key("results", folded, "result.")) in {*TestResult, _OPEN}:
        return _read_simple(simple, text)
    reading = _read_words(text, folded)
    if not (pooled := find_pooled(text)):
        return reading
    message = "The cell speaks of several patients together. It is repeated for this one."
    doubt = Doubt("pooled-statement", message, pooled)
    return CellReading(_forget_range(reading.value), (*reading.doubts, doubt))


def _read_simple(key: str, text: str) -> CellReading[ResultRead]:
    intensity = find_intensity(fold(text))
    if key != _OPEN:
        return CellReading(ResultRead(TestResult(key), intensity=intensity))
    grade = find_open_grade(fold(text))
    message = OPEN_GRADE.format(grade) if grade else _OPEN_SCORE
    read = ResultRead(UNKNOWN, intensity=intensity, grade=grade)
    return CellReading(read, (Doubt("result-unreadable", message, text),))


_OPEN_SCORE = "Whether this counts as positive depends on the rule. The result is kept as unknown."
OPEN_GRADE = (
    'Laboratories differ on whether "{}" is positive, and no result is written. It is unknown.'
)


def _forget_range(read: ResultRead) -> ResultRead:
    # The range of a group ("20-40 % in 3 cases") is the range of no single patient.
    if isinstance(read.percent, Absent) or read.percent.low == read.percent.high:
        return read
    return replace(read, percent=UNKNOWN)


def _read_words(text: str, folded: str) -> CellReading[ResultRead]:
    details = _read_details(folded)
    if make_pattern("remarks", "method_not_stated").search(folded):
        message = "The cell does not say by which test. It is not counted as this one's result."
        return CellReading(details, (Doubt("method-not-stated", message, text),))
    if hedge := find_hedge(BRACKETED.sub(" ", folded)):
        message = f'"{hedge}" leaves the result open. It is kept as unknown.'
        return CellReading(details, (Doubt("result-unreadable", message, text),))
    results = _find_results_or_absence(folded)
    if len(results) > 1:
        said = " and ".join(sorted(str(result).replace("_", " ") for result in results))
        message = f"The cell says {said}. Neither is taken."
        return CellReading(details, (Doubt("result-conflict", message, text),))
    for result in results:
        return CellReading(replace(details, result=result))
    return _imply_result(text, details)


def _find_results_or_absence(folded: str) -> set[TestResult | Absent]:
    """Give what a sentence states: results, or that the test was not done or not reported."""
    outside = BRACKETED.sub(" ", folded)
    results: set[TestResult | Absent] = {*find_results(make_not_done().sub(" ; ", folded))}
    if make_not_done().search(outside):
        # "Not done, insufficient tissue": the reason is no result.
        return {*(results - {TestResult.FAILED}), NOT_DONE}
    if not results and make_pattern("results", "not_reported").search(outside):
        return {NOT_REPORTED}
    return results


def make_not_done() -> re.Pattern[str]:
    """Give a pattern that finds words such as "not performed" inside a sentence."""
    return make_pattern("results", "not_done")


def _imply_result(text: str, details: ResultRead) -> CellReading[ResultRead]:
    """Give the reading of words that name no result: a count, a percentage, a way of staining."""
    if details.counts:
        return CellReading(replace(details, result=NOT_REPORTED))
    if details.grade:
        message = OPEN_GRADE.format(details.grade)
        return CellReading(details, (Doubt("result-unreadable", message, text),))
    if unspecific := find_nonspecific(fold(text)):
        message = f'"{unspecific}" is no result of the test. It is kept as unknown.'
        return CellReading(details, (Doubt("result-unreadable", message, text),))
    if says_staining(details.extent, details.pattern, details.intensity):
        message = "No result is written. A description of staining is taken as positive."
        doubt = Doubt("result-unreadable", message, text)
        return CellReading(replace(details, result=TestResult.POSITIVE), (doubt,))
    message = "No result is read from these words. It is kept as unknown."
    if not isinstance(details.percent, Absent):
        message = "A percentage is no result: which share counts is for the test's rule."
    return CellReading(details, (Doubt("result-unreadable", message, text),))


def says_staining(
    extent: StainExtent | Absent, pattern: StainPattern | Absent, intensity: Intensity | Absent
) -> bool:
    """Give whether a description of staining says that something stains, weak staining aside."""
    is_strong = not isinstance(intensity, Absent) and intensity is not Intensity.WEAK
    return is_strong or not isinstance(extent, Absent) or not isinstance(pattern, Absent)


def find_nonspecific(folded: str) -> str:
    """Give the word that calls staining background or an artefact, or nothing."""
    for match in make_pattern("results", "nonspecific").finditer(folded):
        if not _search_denial(folded, match.start()):
            return match.group()
    return ""


def find_results(folded: str) -> frozenset[TestResult]:
    """Give every result that folded words say; findings count only when no result is named.

    "No ALK rearrangement" is negative, "rearranged" is positive, "negative for rearrangement" is
    negative; words about a control say nothing of the test, and background staining is no positive
    result.
    """
    results = _find_said_results(folded)
    return results - {TestResult.POSITIVE} if find_nonspecific(folded) else results


def _find_said_results(folded: str) -> frozenset[TestResult]:
    words = make_pattern("results", "denial_phrases").sub(" no ", _blank_controls(folded))
    named = set(_iterate_named(words))
    if not named and find_open_grade(folded):
        return frozenset()
    if not named:
        clauses = [_read_findings(clause) for clause in _CLAUSE.split(words)]
        return frozenset(result for result in clauses if result)
    denials = {_find_denial(words, result.value) for result in named}
    if denials == {""}:
        return frozenset(named)
    # "Not positive" is negative; "not clearly positive" and "not negative" are neither.
    if named == {TestResult.POSITIVE} and denials == {"adjacent"}:
        return frozenset({TestResult.NEGATIVE})
    return frozenset()


def _iterate_named(words: str) -> Iterator[TestResult]:
    for result in TestResult:
        for match in make_pattern("results", f"result.{result}").finditer(words):
            if match.group()[0].isalpha():
                yield result
    for low, high, _ in _iterate_grades(words):
        if low == high and low in set(TestResult):
            yield TestResult(low)
    for match in _SIGN.finditer(_SCORE.sub(" ", _GRADE.sub(" ", words))):
        sign = match["leading"] or match["bracketed"] or match["trailing"]
        key = find_key("results", "(-)" if sign == "-" else sign, "result.")
        if key in set(TestResult):
            yield TestResult(key)


def _iterate_grades(words: str, table: str = "result.") -> Iterator[tuple[str, str, str]]:
    """Give the meaning of each grade's lower and upper end in a table, with its words."""
    for match in _GRADE.finditer(words):
        ends = (match["low"] or match["high"], match["high"])
        low, high = (find_key("results", f"{end}+", table) for end in ends)
        yield low, high, match.group()


def find_open_grade(folded: str) -> str:
    """Give a grade such as `1+` that alone says whether something stains, or an empty text.

    Beside a result that is written ("1+, positive") it says no more than how strong.
    """
    words = _blank_controls(folded)
    if any(True for _ in _iterate_named(words)):
        return ""
    grades = (grade for low, high, grade in _iterate_grades(words) if low != high or low == _OPEN)
    return next(grades, "")


# The key of scores whose meaning depends on the rule.
_OPEN = "ambiguous"


@cache
def _denial() -> re.Pattern[str]:
    # Up to three words may stand between: "no ALK gene rearrangement".
    denial = make_pattern("results", "denial").pattern
    return re.compile(rf"(?:{denial})(?P<between>(?:[\s-]+[\w()/]+){{0,3}})[\s-]*$")


def _search_denial(words: str, end: int) -> re.Match[str] | None:
    """Give the denial that stands before a place, as far back as one may stand."""
    return _denial().search(words[max(0, end - _REACH) : end])


def _find_denial(words: str, key: str) -> str:
    """Give whether the words of a result are denied: `adjacent`, `far`, or not at all."""
    for match in make_pattern("results", f"result.{key}").finditer(words):
        is_word = match.group()[0].isalpha()
        found = _search_denial(words, match.start()) if is_word else None
        if found:
            return "far" if found["between"] else "adjacent"
    return ""


def _read_findings(clause: str) -> TestResult | None:
    findings = list(make_pattern("results", "findings").finditer(clause))
    if not findings or make_pattern("results", "nonspecific").search(clause):
        return None
    rest = clause[findings[-1].end() :].strip(" .-")
    if make_pattern("results", "undecided").match(rest):
        return None
    # "Rearrangement: n/a" reports none.
    if make_pattern("fusions", "unsettled").match(rest.lstrip(" :,-(")):
        return None
    denied = [bool(_search_denial(clause, match.start())) for match in findings]
    is_denied_after = bool(make_pattern("results", "denial_after").search(rest))
    # "Rearrangement: n.d." and "rearrangement undetected" report none: words that are not known
    # beside a finding leave it open.
    if not any(denied) and not is_denied_after and not _is_plainly_found(clause):
        return None
    return (
        TestResult.NEGATIVE if denied[0] or denied[-1] or is_denied_after else TestResult.POSITIVE
    )


def _is_plainly_found(clause: str) -> bool:
    """Give whether nothing stands beside a finding but its gene, its method and how it looks."""
    kinds = ("method.", "extent.", "intensity.", "pattern.")
    described = [key for key in load_word_lists("results") if key.startswith(kinds)]
    left = make_pattern("results", "findings", "gene_words", *described).sub(" ", clause)
    left = gene_pattern().sub(" ", left)
    left = make_pattern("fusions", "affirmed", "fillers").sub(" ", left)
    left = make_pattern("stains", "fillers").sub(" ", left)
    return not any(character.isalnum() for character in left)


def _blank_controls(folded: str) -> str:
    control = make_pattern("results", "control")
    return BRACKETED.sub(lambda m: " " if control.search(m.group()) else m.group(), folded)


def _read_details(folded: str) -> ResultRead:
    percent = find_percent(folded)
    gene = _find_gene(folded)
    return ResultRead(
        result=UNKNOWN,
        clone=_find_named_clone(folded, gene),
        pattern=find_pattern(folded),
        intensity=find_intensity(folded),
        extent=find_extent(folded),
        percent=percent[0] if percent else NOT_REPORTED,
        counts=_find_counts(folded),
        gene=gene or NOT_REPORTED,
        methods=_find_methods(folded),
        internal_control=_find_control(folded),
        grade=find_open_grade(folded),
    )


def _find_gene(folded: str) -> str:
    genes = [find_gene(match.group()) for match in gene_pattern().finditer(folded)]
    named = sorted((gene for gene in genes if gene), key=lambda gene: not gene.is_kinase)
    return named[0].symbol if named else ""


def _find_named_clone(folded: str, gene: str) -> str | Absent:
    if make_pattern("results", "gene_words").search(folded):
        return NOT_REPORTED
    markers = (gene,) if gene in _CLONED else _CLONED
    for token in _TOKEN.findall(folded):
        for marker in markers:
            if clone := find_clone(token, marker) or find_clone(token.split("-")[0], marker):
                return clone
    return NOT_REPORTED


def _find_first(folded: str, table: str) -> str:
    """Give the key of the first list of a table with a word in the text, or an empty text."""
    keys = [key for key in load_word_lists("results") if key.startswith(f"{table}.")]
    return next((key.partition(".")[2] for key in keys if _says(folded, key)), "")


def _says(folded: str, key: str) -> bool:
    """Give whether the text says a word of a list without denying it: "no nuclear staining"."""
    return any(
        not _search_denial(folded, match.start())
        for match in make_pattern("results", key).finditer(folded)
    )


def find_pattern(folded: str) -> StainPattern | Absent:
    """Give where in the cell a stain lies, as far as folded words say."""
    key = _find_first(folded, "pattern")
    return StainPattern(key) if key else NOT_REPORTED


def find_intensity(folded: str) -> Intensity | Absent:
    """Give how strong a stain is, as far as words or a grade say; nothing for a range."""
    said = {str(key) for key in Intensity if _says(folded, f"intensity.{key}")}
    for low, high, _ in _iterate_grades(_blank_controls(folded), "grade."):
        said |= {low, high}
    return Intensity(said.pop()) if len(said) == 1 and said <= set(Intensity) else NOT_REPORTED


def find_extent(folded: str) -> StainExtent | Absent:
    """Give how much of the tumour stains, as far as folded words say."""
    lists = [
        key
        for key in StainExtent
        if key is not StainExtent.NO_STAINING and _says(folded, f"extent.{key}")
    ]
    return lists[0] if len(lists) == 1 else NOT_REPORTED


def _find_counts(folded: str) -> tuple[FishCount, ...]:
    if make_pattern("results", "other_signals").search(folded):
        return ()
    counts = [(int(match[1]), int(match[2])) for match in _COUNT.finditer(folded)]
    counts += [(int(m["split"]), int(m["all"])) for m in _worded_count().finditer(folded)]
    # Two counts may be two readers or two stages; which of them, the cell does not say.
    if len(counts) != 1 or counts[0][1] < FEWEST_NUCLEI or counts[0][0] > counts[0][1]:
        return ()
    return (FishCount(nuclei_scored=counts[0][1], split=counts[0][0]),)


@cache
def _worded_count() -> re.Pattern[str]:
    """Give a pattern that finds "60 nuclei, 8 split"."""
    nuclei = make_pattern("results", "nuclei").pattern
    split = make_pattern("results", "split").pattern
    return re.compile(
        rf"(?<![0-9.,/-])(?P<all>[0-9]{{1,3}})\s+(?:{nuclei})\s*[,;:/]\s*"
        rf"(?P<split>[0-9]{{1,3}})\s+(?:{split})"
    )


def _find_methods(folded: str) -> tuple[str, ...]:
    methods = ("ihc", "fish", "rt_pcr", "sequencing")
    return tuple(m for m in methods if make_pattern("results", f"method.{m}").search(folded))


def _find_control(folded: str) -> ControlResult | Absent:
    control = make_pattern("results", "control")
    spoken = [m.group() for m in BRACKETED.finditer(folded) if control.search(m.group())]
    if spoken and make_pattern("results", "control_failed").search(spoken[0]):
        return ControlResult.FAILED
    if spoken and make_pattern("results", "control_worked").search(spoken[0]):
        return ControlResult.WORKED
    return NOT_REPORTED


def read_amplification(text: str, gene: str) -> TestResult | None:
    """Give what words such as "amplified" say of a gene of which FISH counts the copies, or none.

    Of a gene of which a break is asked, more copies are no result.
    """
    folded, asked = fold(text), load_word_lists("results")["amplified_genes"]
    words = make_pattern("results", "denial_phrases").sub(" no ", folded)
    found = list(make_pattern("results", "amplification").finditer(words))
    if fold(gene) not in asked or not found or find_hedge(folded):
        return None
    rest = words[found[-1].end() :].strip(" .-")
    denied = {bool(_search_denial(words, match.start())) for match in found}
    denied |= {True} if make_pattern("results", "denial_after").match(rest) else set()
    named = find_results(folded)
    if len(denied) > 1 or make_pattern("results", "undecided").match(rest) or len(named) > 1:
        return None
    result = TestResult.NEGATIVE if True in denied else TestResult.POSITIVE
    return result if not named or named == {result} else None


def read_specimen_kind(text: str) -> SpecimenKind | None:
    """Give the kind of a specimen that words such as "TURBT" name, or none."""
    key = find_key("results", text, "specimen.")
    return SpecimenKind(key) if key else None
