"""What a case answers: its stains, probes and microscopic findings, each once, in a fixed order.

Several reports of one marker become one answer. An answer that can't be counted keeps the reason: a
stain whose place in the cell decides and is not recorded, or two blocks that contradict each other.
A result that is equivocal, failed, not done or not reported is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spindle.assays.genes import name_gene
from spindle.assays.readings import Assay, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.observations import (
    ControlResult,
    FishTest,
    Stain,
    StainPattern,
    TestResult,
)
from spindle.knowledge.histology import find_finding, list_implied
from spindle.knowledge.markers import Localisation, find_localisation
from spindle.knowledge.stain_rules import FISH_PREFIX
from spindle.knowledge.vocabularies import find_marker
from spindle.reasoning.assessments import Assessment

FINDING_PREFIX = "finding:"
CLEAR = (TestResult.POSITIVE, TestResult.NEGATIVE)
COUNTED = (
    "It is recorded as a number, and what the sources say in words gives none to hold it against."
)
CONTRADICTED = "It is reported as positive and as negative, so it is not counted either way."


@dataclass(frozen=True, slots=True)
class Answer:
    """One marker, probe or finding with what the case says of it."""

    key: str
    """Marker by its usual name, `FISH:` with a gene, or `finding:` with a finding."""
    is_positive: bool
    """Whether it is positive, or present."""
    doubt: str
    """Why it is not counted; empty when it is."""
    is_misplaced: bool
    """Whether it is positive and where it lies is wrong or not recorded. A stain that lies in the
    right place and in another one too is not misplaced, though it may be doubted."""
    clone: str
    """Antibody clone, when every report names the same one; else empty."""
    words: str
    """What was seen, in words: `nuclear STAT6 positive`."""
    observations: tuple[str, ...]
    """Ids of every clear report of it; of the specimens for a finding."""
    facts: tuple[str, ...] = ()
    """Facts by which it was read."""

    @property
    def name(self) -> str:
        """The marker or the finding for people."""
        return name_key(self.key)

    @property
    def is_finding(self) -> bool:
        """Whether it is a microscopic finding."""
        return self.key.startswith(FINDING_PREFIX)


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that a case answers."""

    stains: tuple[Answer, ...]
    """Stains and probes with a clear result, by name."""
    findings: tuple[Answer, ...]
    """Microscopic findings, present or said to be absent, by name."""
    unclear: tuple[str, ...]
    """Stains without a clear result, in words: `CD34 (failed)`."""
    measures: tuple[tuple[str, str, str], ...]
    """Stains that are counted, not called: marker, what was counted, id of the observation."""

    def find(self, key: str) -> Answer | None:
        """Give the answer of a key, or none."""
        return next((a for a in (*self.stains, *self.findings) if a.key == key), None)

    def is_present(self, finding: str) -> bool | None:
        """Give whether a finding is recorded as present or as absent; none when neither."""
        found = self.find(FINDING_PREFIX + finding)
        return found.is_positive if found else None


@dataclass(frozen=True, slots=True)
class _Report:
    result: TestResult | Absent
    doubt: str
    is_misplaced: bool
    place: str
    clone: str
    observation: str
    facts: tuple[str, ...]


def name_key(key: str) -> str:
    """Give a marker, a probe or a finding for people: `ALK by FISH`."""
    if key.startswith(FISH_PREFIX):
        return f"{key.removeprefix(FISH_PREFIX)} by FISH"
    return key.removeprefix(FINDING_PREFIX)


def collect_answers(case: Case, assessment: Assessment) -> Answers:
    """Give what a case answers; the order of its observations makes no difference."""
    reports: dict[str, list[_Report]] = {}
    measures: list[tuple[str, str, str]] = []
    for _, observation in case.iterate_observations():
        if isinstance(observation, Stain):
            marker = _name_marker(observation.marker)
            reports.setdefault(marker, []).append(_read_stain(observation, marker))
            measures += ((marker, said, observation.id) for said in _list_measures(observation))
        elif isinstance(observation, FishTest):
            gene = name_gene(observation.gene)
            report = _read_fish(observation, gene, assessment)
            reports.setdefault(FISH_PREFIX + gene, []).append(report)
    stains = (_join_reports(key, found) for key, found in sorted(reports.items()))
    return Answers(
        stains=tuple(answer for answer in stains if answer),
        findings=_collect_findings(case),
        unclear=tuple(_list_unclear(reports)),
        measures=tuple(sorted(measures)),
    )


def _name_marker(words: str) -> str:
    found = find_marker(words)
    return found.name if found else words


def _read_stain(stain: Stain, marker: str) -> _Report:
    """Give a stain's report. A failed control fails everything but a positive, as in the assays."""
    result = stain.result
    has_failed = stain.internal_control is ControlResult.FAILED
    if has_failed and result is not TestResult.POSITIVE and result != NOT_DONE:
        result = TestResult.FAILED
    doubt, place = "", ""
    is_doubtful = False
    facts: tuple[str, ...] = ()
    if result is TestResult.POSITIVE and (rule := find_localisation(marker)):
        is_doubtful = not isinstance(stain.pattern, Absent) and stain.pattern in rule.doubtful
        doubt = rule.doubt if is_doubtful else _doubt_place(stain.pattern, rule)
        place = "" if doubt or isinstance(stain.pattern, Absent) else rule.localisation
        facts = (rule.fact, rule.doubt_fact) if is_doubtful else (rule.fact,)
    clone = "" if isinstance(stain.clone, Absent) else stain.clone
    is_misplaced = bool(doubt) and not is_doubtful
    return _Report(result, doubt, is_misplaced, place, clone, stain.id, facts)


def _doubt_place(pattern: StainPattern | Absent, rule: Localisation) -> str:
    """Give why a positive stain is not counted for where it lies; empty when it is."""
    if isinstance(pattern, Absent):
        said = f"{rule.marker} counts only when {rule.localisation}; where it lies is not recorded."
        return "" if rule.is_assumed else said
    if pattern in rule.patterns:
        return ""
    lies = pattern.value.replace("_", " ")
    return f"{rule.marker} counts only when {rule.localisation}; it is recorded as {lies}."


def _list_measures(stain: Stain) -> Iterator[str]:
    if not isinstance(stain.cells_per_hpf, Absent):
        yield f"{stain.cells_per_hpf:g} cells a high-power field"
    if not isinstance(stain.ratio_percent, Absent):
        yield f"{stain.ratio_percent:g} %"


def _read_fish(test: FishTest, gene: str, assessment: Assessment) -> _Report:
    """Give a FISH report: of a kinase as the assays read its counts, of another gene as called."""
    result = test.result
    if kinase := assessment.kinases.get(gene):
        read = (
            reading.result
            for reading in kinase.readings
            if reading.assay is Assay.FISH and reading.observation_id == test.id
        )
        result = _CALLS.get(next(read, NOT_REPORTED), TestResult.EQUIVOCAL)
    return _Report(result, "", False, "", "", test.id, ())


_CALLS: Mapping[ReadingResult | Absent, TestResult | Absent] = {
    ReadingResult.POSITIVE: TestResult.POSITIVE,
    ReadingResult.NEGATIVE: TestResult.NEGATIVE,
    ReadingResult.FAILED: TestResult.FAILED,
    NOT_DONE: NOT_DONE,
    NOT_REPORTED: NOT_REPORTED,
}


def _join_reports(key: str, reports: list[_Report]) -> Answer | None:
    """Give the one answer of several reports of a marker; none when none is clear."""
    clear = [report for report in reports if report.result in CLEAR]
    counted = [report for report in clear if not report.doubt] or clear
    if not counted:
        return None
    results = {report.result for report in counted}
    is_positive = TestResult.POSITIVE in results
    clones = {report.clone for report in counted}
    doubts = sorted({report.doubt for report in counted})
    places = sorted({report.place for report in counted} - {""})
    return Answer(
        key=key,
        is_positive=is_positive,
        doubt=CONTRADICTED if len(results) > 1 else doubts[0],
        is_misplaced=all(report.is_misplaced for report in counted),
        clone=clones.pop() if len(clones) == 1 else "",
        words=_say(key, is_positive=is_positive, places=places),
        observations=tuple(sorted(report.observation for report in clear)),
        facts=tuple(dict.fromkeys(fact for report in counted for fact in report.facts)),
    )


def _say(key: str, *, is_positive: bool, places: list[str]) -> str:
    words = " ".join([*places, name_key(key), "positive" if is_positive else "negative"])
    return words[0].upper() + words[1:]


def _list_unclear(reports: Mapping[str, list[_Report]]) -> Iterator[str]:
    for key, found in sorted(reports.items()):
        results = {report.result for report in found}
        if not results & set(CLEAR):
            said = sorted({_name_result(result) for result in results} - {str(NOT_REPORTED)})
            if said:
                yield f"{name_key(key)} ({', '.join(said)})"


def _name_result(result: TestResult | Absent) -> str:
    return str(result) if isinstance(result, Absent) else result.value


def _collect_findings(case: Case) -> tuple[Answer, ...]:
    """Give the findings of all specimens: one that is present in any of them is present."""
    present: dict[str, set[str]] = {}
    absent: dict[str, set[str]] = {}
    in_words: set[str] = set()
    for specimen in case.specimens:
        for finding in specimen.histology:
            term = find_finding(finding.name)
            name = term.name if term else finding.name
            # None in ten high-power fields is an absence, however it is written.
            if finding.is_present and finding.count_per_10_hpf != 0:
                for implied in list_implied(name):
                    present.setdefault(implied, set()).add(specimen.id)
                if isinstance(finding.count_per_10_hpf, Absent):
                    in_words.update(list_implied(name))
            else:
                absent.setdefault(name, set()).add(specimen.id)
    states = {name: (False, ids) for name, ids in absent.items()}
    states |= {name: (True, ids) for name, ids in present.items()}
    return tuple(
        Answer(
            key=FINDING_PREFIX + name,
            is_positive=is_present,
            doubt=COUNTED if is_present and name not in in_words else "",
            is_misplaced=False,
            clone="",
            words=_say_finding(name, is_present=is_present),
            observations=tuple(sorted(ids)),
        )
        for name, (is_present, ids) in sorted(states.items())
    )


def _say_finding(name: str, *, is_present: bool) -> str:
    return f"{name[0].upper()}{name[1:]} {'present' if is_present else 'recorded as absent'}"
