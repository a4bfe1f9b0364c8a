"""The words and symbols by which a report shows values; never a colour alone, never a blank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spindle.cases.absence import AbsenceReason
from spindle.reasoning.assessments import KinaseStatus
from spindle.reasoning.statuses import STATUS_NAMES

MONTHS_A_YEAR = 12
# Below this age clinicians count in months.
AGE_IN_MONTHS_BELOW = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """How one value is shown: a symbol and words, which differ between any two values."""

    key: str
    """The value; also the CSS class."""
    symbol: str
    """A sign that differs in shape from every other."""
    words: str
    """The value in words."""


RESULTS: Mapping[str, Mark] = {
    mark.key: mark
    for mark in (
        Mark("positive", "+", "positive"),
        Mark("atypical", "◇", "atypical"),
        Mark("equivocal", "±", "equivocal"),
        Mark("negative", "−", "negative"),
        Mark("failed", "×", "failed"),
        Mark("not_done", "○", "not done"),
        Mark("not_reported", "□", "not reported"),
        Mark("unknown", "?", "unknown"),
    )
}

_STATUS_SYMBOLS: Mapping[KinaseStatus, str] = {
    KinaseStatus.FUSION_DETECTED: "+",
    KinaseStatus.REARRANGED_BY_FISH: "⫲",
    KinaseStatus.EXPRESSED_NOT_CONFIRMED: "◐",
    KinaseStatus.EXPRESSED_CONFIRMATION_PENDING: "◔",
    KinaseStatus.NOT_DETECTED: "−",
    KinaseStatus.EQUIVOCAL: "±",
    KinaseStatus.FAILED_OR_INSUFFICIENT: "×",
    KinaseStatus.NOT_TESTED: "○",
    KinaseStatus.NOT_REPORTED: "□",
}
STATUSES: Mapping[str, Mark] = {
    status.value: Mark(status.value, _STATUS_SYMBOLS[status], STATUS_NAMES[status])
    for status in KinaseStatus
}

VERDICTS: Mapping[str, Mark] = {
    mark.key: mark
    for mark in (
        Mark("impossible", "⊘", "impossible"),
        Mark("contradicted", "⇄", "contradicted"),
        Mark("differs", "≠", "differs"),
        Mark("unsupported", "△", "unsupported"),
        Mark("not_checkable", "?", "not checkable"),
        Mark("agrees", "✓", "agrees"),
    )
}
VERDICT_MEANINGS: Mapping[str, str] = {
    "contradicted": "Another place of the same document, a row of the table, or another document "
    "about the same patients or population, says otherwise.",
    "impossible": "No rows like these could give the printed value.",
    "differs": "The rows give another value than the printed one.",
    "unsupported": "A conclusion without the test or the count that it needs.",
    "not_checkable": "The table has no column from which this could be recomputed.",
    "agrees": "The rows give the printed value.",
}

ASSAYS: Mapping[str, str] = {
    "ihc": "IHC (stain)",
    "fish": "FISH",
    "rt_pcr": "RT-PCR",
    "rna_sequencing": "RNA sequencing",
    "method_not_stated": "method not stated",
    "dna_sequencing": "DNA sequencing",
    "sequencing": "sequencing, material not reported",
}
TEST_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "IHC": ("ihc",),
    "FISH": ("fish",),
    "RT-PCR": ("rt_pcr",),
    "sequencing": ("rna_sequencing", "dna_sequencing", "sequencing", "method_not_stated"),
}

SUPPORT: Mapping[str, str] = {
    "methods_agree": "Two or more methods gave an answer, and they agree.",
    "one_method": "One method gave an answer.",
    "methods_disagree": "The methods disagree.",
    "no_answer": "No method gave an answer.",
}
FLAGS: Mapping[str, str] = {
    "partner_not_reported": "The fusion partner is not reported.",
    "productive_unknown": "Whether the fusion makes a whole kinase in frame is not known in full.",
    "fusion_not_productive": "The fusion can't make a whole kinase in frame.",
    "by_rt_pcr_only": "The fusion rests on RT-PCR only.",
    "one_stain_only": "The status rests on one stain only; one stain is not three tests.",
    "unreadable_or_unproven_result": "A result can't be read, or lacks its quality control.",
    "atypical_fish_pattern": "The FISH pattern is atypical.",
    "a_test_failed": "A test was done and gave no answer.",
    "stain_of_several_kinases": "The stain asks about several kinases without telling them apart.",
    "stain_explained_by_another_kinase": (
        "The stain asks about several kinases; a fusion of another of them explains it."
    ),
    "method_not_stated": "The method by which the fusion was found is not stated.",
    "partners_differ": "The tests name different partners.",
    "kinase_written_first": (
        "The kinase is written as the first gene. Published fusions have it last; as written it is "
        "not taken for one of them."
    ),
    "productive_contradicted": "The tests contradict each other on the reading frame.",
}
OUTCOMES: Mapping[str, str] = {
    "died": "died",
    "death": "death",
    "no_event_reported": "no event reported",
    "followed_without_word_on_events": "followed, without a word on events",
    "lost_to_follow_up": "lost to follow-up",
}
TREATMENT_LETTERS: Mapping[str, str] = {
    "surgery": "S",
    "biopsy_only": "B",
    "radiotherapy": "R",
    "chemotherapy": "C",
    "steroid": "St",
    "nsaid": "N",
    "targeted": "T",
    "ablation": "A",
    "transplantation": "Tx",
    "observation": "Ob",
    "none": "no",
    "other": "Oth",
}
INTERVALS: Mapping[str, str] = {
    "clopper-pearson": "Clopper–Pearson (exact)",
    "wilson": "Wilson",
    "beta-product": "beta product",
    "log-log": "log-log",
    "log": "log",
}

# Characters that XML forbids, and lone surrogates, which no file in UTF-8 can hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
REPLACEMENT = "\ufffd"


def clean_text(text: str) -> str:
    """Give the text with a replacement sign for each character that no page may hold."""
    return _FORBIDDEN.sub(REPLACEMENT, text)


def clean_document(value: Any) -> Any:
    """Give a JSON value with every text in it cleaned, keys too."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_document(key): clean_document(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_document(item) for item in value]
    return value


def is_absent(value: object) -> bool:
    """Give whether a value of the document is absent, with its reason or without one."""
    return value is None or isinstance(value, Mapping)


def name_absence(value: object) -> str:
    """Give the reason of an absent value as its key; `not_reported` where none is given."""
    reason = value.get("absent") if isinstance(value, Mapping) else None
    known = {reason.value for reason in AbsenceReason}
    return reason if isinstance(reason, str) and reason in known else "not_reported"


def write_words(value: object) -> str:
    """Give any value of the document in words: `not reported`, `yes`, `12.5`, the text itself."""
    if is_absent(value):
        return name_absence(value).replace("_", " ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return write_number(value)
    return str(value).strip() or "not reported"


def write_number(value: object, decimals: int = 1) -> str:
    """Give a number with at most this many decimals; whole numbers without, absence in words."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return write_words(value)
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_percent(share: object) -> str:
    """Give a share from 0 to 1 in per cent with one decimal; absence in words."""
    if isinstance(share, bool) or not isinstance(share, int | float):
        return write_words(share)
    return f"{write_decimal(share)}\u00a0%"


def write_decimal(share: float) -> str:
    """Give the number of per cent with one decimal."""
    return f"{share * 100:.1f}"


def write_interval(lower: object, upper: object) -> str:
    """Give two shares as an interval in per cent: `1.0–26.0 %`."""
    if is_absent(lower) or is_absent(upper):
        return "not reported"
    return f"{write_decimal(_number(lower))}–{write_decimal(_number(upper))}\u00a0%"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def write_age(age_months: object) -> str:
    """Give an age in the unit that clinicians use: months below two years, else years."""
    if is_absent(age_months):
        return write_words(age_months)
    months = _number(age_months)
    if months < AGE_IN_MONTHS_BELOW:
        return f"{write_number(months)} {'month' if months == 1 else 'months'}"
    return f"{write_number(months / MONTHS_A_YEAR)} years"


def write_time(time: object) -> str:
    """Give a survival time: its months, or in words how far it was not reached."""
    if not isinstance(time, Mapping) or "is_reached" not in time:
        return write_words(time)
    if time["is_reached"]:
        return f"{write_number(time['months'])} months"
    return f"not reached within {write_number(time['beyond_months'])} months"


def write_limits(lower: object, upper: object) -> str:
    """Give the limits of a survival time: `21 months to not reached`."""
    return f"{_write_limit(lower)} to {_write_limit(upper)}"


def _write_limit(time: object) -> str:
    if isinstance(time, Mapping) and time.get("is_reached") is False:
        return "not reached"
    return write_time(time)


def write_label(label: str, names: Mapping[str, str] | None = None) -> str:
    """Give a label of the document in words: `lost_to_follow_up` is `lost to follow-up`."""
    named = {**OUTCOMES, **{key: mark.words for key, mark in STATUSES.items()}, **(names or {})}
    return named.get(label, label.replace("_", " ").strip() or "not reported")


def write_count(n: int, noun: str, plural: str = "") -> str:
    """Give a count with its noun: `1 patient`, `25 patients`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def write_outcomes(outcomes: Iterable[Mapping[str, Any]]) -> str:
    """Give outcomes as one phrase: `no recurrence, no metastasis`; `not reported` when none."""
    phrases = [_write_outcome(outcome) for outcome in outcomes]
    return ", ".join(phrases) or "not reported"


def _write_outcome(outcome: Mapping[str, Any]) -> str:
    words = write_label(outcome["kind"])
    if outcome["occurred"] is False:
        return f"no {words}"
    if outcome["occurred"] is not True:
        return f"{words}: {write_words(outcome['occurred'])}"
    months = outcome.get("months")
    if not is_absent(months):
        return f"{words} at {write_number(months)} months"
    return words


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Give words as a list in a sentence: `IHC, FISH and RT-PCR`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def find_result(result: object) -> Mark:
    """Give the mark of a test's result as it stands in the document."""
    key = name_absence(result) if is_absent(result) else str(result)
    return RESULTS.get(key) or Mark("unknown", "?", clean_text(key).replace("_", " "))


def find_status(status: object) -> Mark:
    """Give the mark of a kinase status as it stands in the document."""
    key = name_absence(status) if is_absent(status) else str(status)
    return STATUSES.get(key) or Mark("not_reported", "?", clean_text(key).replace("_", " "))
