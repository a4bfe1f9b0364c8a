"""Whether a case is of a variant with an outlook of its own: named, doubted, denied, hinted at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.observations import FusionTest, Stain, TestResult
from spindle.knowledge.facts import Fact
from spindle.knowledge.outcomes import VariantRule, load_variants
from spindle.knowledge.vocabularies import find_gene
from spindle.knowledge.words import bound_word, fold, make_pattern
from spindle.reasoning.prognosis_features import (
    ABSENT,
    NOT_RECORDED,
    PRESENT,
    is_marker,
    iterate_findings,
    name_finding,
)

_WORDS = "diagnoses"
ALK = "ALK"


class Naming(StrEnum):
    """How a diagnosis speaks of a variant."""

    NAMED = "named"
    """As the diagnosis."""
    DOUBTED = "doubted"
    """As possible, as one of several, or both as the diagnosis and as none."""
    DENIED = "denied"
    """As excluded, or as not there."""
    UNNAMED = "unnamed"
    """Not at all."""


@dataclass(frozen=True, slots=True)
class VariantFinding:
    """A variant that is diagnosed, or that a finding hints at."""

    rule: VariantRule
    """The variant."""
    naming: Naming
    """How the diagnosis speaks of it."""
    diagnosis: str
    """The diagnosis as reported; empty when there is none."""
    because: tuple[str, ...]
    """What is recorded that is seen in it, in words."""
    morphology: str
    """Whether the findings that belong to it are `present`, `absent` or `not recorded`."""

    @property
    def is_diagnosed(self) -> bool:
        """Whether the diagnosis names it, without a denial and without a doubt."""
        return self.naming is Naming.NAMED

    @property
    def is_likely(self) -> bool:
        """Whether the diagnosis or the morphology names it; a stain or a partner does not."""
        return self.is_diagnosed or (self.morphology == PRESENT and self.is_open)

    @property
    def is_open(self) -> bool:
        """Whether it may be the variant: not when it is denied, or its morphology is."""
        is_denied = self.naming is Naming.DENIED or self.morphology == ABSENT
        return self.is_diagnosed or not is_denied

    def list_facts(self) -> tuple[Fact, ...]:
        """Give the facts behind the alert: on the course, and on what hints at the variant."""
        return self.rule.facts + self.rule.hints if self.because else self.rule.facts


def find_variant(case: Case, *, is_alk_negative: bool = False) -> VariantFinding | None:
    """Give the variant that the case is diagnosed with or hints at; none without a word on it.

    A variant that the diagnosis only denies is none, unless something recorded hints at it. Where
    every test of ALK came out negative, the microscopic picture alone hints at none.
    """
    excluded = [exclusion.diagnosis for exclusion in case.exclusions]
    diagnosis = "" if isinstance(case.tumour.diagnosis, Absent) else case.tumour.diagnosis
    for rule in load_variants():
        if any(_name_pattern(rule).search(fold(words)) for words in excluded):
            continue
        naming = read_naming(diagnosis, rule)
        seen = () if is_alk_negative else _iterate_findings(case, rule)
        because = tuple(dict.fromkeys((*seen, *_iterate_hints(case, rule))))
        if because or naming in (Naming.NAMED, Naming.DOUBTED):
            morphology = _find_morphology(case, rule)
            is_diagnosed = naming is Naming.NAMED
            hints = () if is_diagnosed else because
            return VariantFinding(rule, naming, diagnosis, hints, morphology)
    return None


# The words of the diagnosis ---------------------------------------------------------------------


def read_naming(diagnosis: str, rule: VariantRule) -> Naming:
    """Give how the words of a diagnosis speak of a variant.

    Phrase by phrase: "no evidence of EIMS" and "EIMS excluded" deny it; "? EIMS" and "IMT or EIMS"
    leave it open, and so does a comma after a denial: "no melanoma, EIMS".
    """
    found: set[Naming] = set()
    carried = False
    for separator, words in _iterate_phrases(fold(diagnosis)):
        carried = carried and separator == ","
        naming = _read_phrase(words, rule)
        if naming is Naming.NAMED and carried:
            naming = Naming.DOUBTED
        found.add(naming)
        carried = carried or bool(_before().match(words) or _hedges().search(words))
    found.discard(Naming.UNNAMED)
    if len(found) > 1:
        return Naming.DOUBTED
    return next(iter(found), Naming.UNNAMED)


_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_PARTED = re.compile(r"[;；\n]|(?<!\d)[,，、]|[,，、](?!\d)|\.(?=\s|$)|。")


def _iterate_phrases(folded: str) -> Iterator[tuple[str, str]]:
    """Give the phrases, brackets apart; what only doubts or denies belongs to the one before it."""
    phrases: list[tuple[str, str]] = []
    for separator, text in _split(folded):
        inside = ("".join(filter(None, match.groups())) for match in _BRACKETED.finditer(text))
        for number, part in enumerate((_BRACKETED.sub(" ", text), *inside)):
            words = " ".join(part.split())
            if phrases and _verdict().fullmatch(words):
                before_separator, before = phrases.pop()
                phrases.append((before_separator, f"{before} {words}"))
            elif words:
                phrases.append((";" if number else separator, words))
    yield from phrases


def _split(folded: str) -> Iterator[tuple[str, str]]:
    """Give the parts of a text, each with the sign before it; a sign inside brackets parts none."""
    masked = _BRACKETED.sub(lambda match: "x" * len(match.group()), folded)
    start, separator = 0, ""
    for match in _PARTED.finditer(masked):
        yield separator, folded[start : match.start()]
        start, separator = match.end(), match.group()
    yield separator, folded[start:]


@cache
def _hedges() -> re.Pattern[str]:
    return make_pattern("remarks", "hedges")


def _read_phrase(words: str, rule: VariantRule) -> Naming:
    name = _name_pattern(rule).search(words)
    if not name:
        return Naming.UNNAMED
    if _hedges().search(words) or make_pattern(_WORDS, "open").search(words):
        return Naming.DOUBTED
    before, after = words[: name.start()], words[name.end() :]
    if _before().search(before) or make_pattern(_WORDS, "after").search(after):
        return Naming.DENIED
    return Naming.NAMED


@cache
def _name_pattern(rule: VariantRule) -> re.Pattern[str]:
    return re.compile("|".join(map(bound_word, sorted(rule.words, key=len, reverse=True))))


@cache
def _before() -> re.Pattern[str]:
    denials = (make_pattern(_WORDS, "before").pattern, make_pattern("results", "denial").pattern)
    return re.compile("|".join(denials))


@cache
def _verdict() -> re.Pattern[str]:
    """Give the pattern of a phrase that only doubts or denies: `excluded`, `?`, `not excluded`."""
    patterns = (
        _hedges().pattern,
        make_pattern(_WORDS, "after", "open").pattern,
    )
    return re.compile(rf"\W*(?:is |was |has been )?(?:{'|'.join(patterns)})\W*")


# What hints at it -------------------------------------------------------------------------------


def _find_morphology(case: Case, rule: VariantRule) -> str:
    """Give whether a finding that belongs to a variant is present, absent or not recorded."""
    findings = [finding for _, finding in iterate_findings(case)]
    said = [f.is_present for f in findings if name_finding(f.name) in rule.findings]
    if not said:
        return NOT_RECORDED
    return PRESENT if any(said) else ABSENT


def _iterate_findings(case: Case, rule: VariantRule) -> Iterator[str]:
    for _, finding in iterate_findings(case):
        if finding.is_present and (name := name_finding(finding.name)) in rule.findings:
            yield name


def _iterate_hints(case: Case, rule: VariantRule) -> Iterator[str]:
    for _, observation in case.iterate_observations():
        if isinstance(observation, Stain):
            yield from _iterate_stain_hints(observation, rule)
        elif isinstance(observation, FusionTest):
            yield from _iterate_fusion_hints(observation, rule)


def _iterate_stain_hints(stain: Stain, rule: VariantRule) -> Iterator[str]:
    is_positive = is_marker(stain, ALK) and stain.result is TestResult.POSITIVE
    if is_positive and stain.pattern in rule.patterns:
        yield "ALK stain at the nuclear membrane"


def _iterate_fusion_hints(test: FusionTest, rule: VariantRule) -> Iterator[str]:
    for call in test.calls:
        for gene in (call.gene5, call.gene3):
            if isinstance(gene, Absent):
                continue
            found = find_gene(gene)
            symbol = found.symbol if found else gene
            if symbol in rule.partners:
                yield f"fusion partner {symbol}"
