"""The leaflet for patients and parents: one document, shown as HTML and as plain text.

Nothing is said here that does not stand in the leaflet's data, but for the words that frame it.
Every statement keeps its kind, its date, its review and the numbers of its facts.
"""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from spindle import __version__
from spindle.cases.absence import Absent
from spindle.knowledge.facts import Fact, HowRead
from spindle.knowledge.leaflet import Section, Statement, StatementKind, load_leaflet
from spindle.reports.page_templates import make_environment, read_style
from spindle.reports.reading_level import ReadingLevel, measure_text

if TYPE_CHECKING:
    from jinja2 import Environment

Document = Mapping[str, Any]

TITLE = "Inflammatory myofibroblastic tumour (IMT): a leaflet for patients and parents"
NOTICE = "Research use, not a medical device. Spindle advises and never decides."
WARNING_SECTION = "warning-signs"
URGENT = "Worried right now? Do not wait and read. Call your team or your emergency number."
FACTS_NOTE = (
    "Each number in the text stands for one fact below. “Worked out by us” marks what goes beyond "
    "its source, or has no source but us. “Read once” means that one reader read it once in its "
    "source."
)
LINE_WIDTH = 78
LONGEST_LEAD = 5
"""Words before a colon that still read as a label."""

KIND_NAMES: Mapping[StatementKind, str] = {
    StatementKind.KNOWN: "Known",
    StatementKind.UNCERTAIN: "Uncertain",
    StatementKind.UNKNOWN: "Not known",
    StatementKind.ADVICE: "Advice",
}
KIND_MEANINGS: Mapping[StatementKind, str] = {
    StatementKind.KNOWN: "A source that we read says this.",
    StatementKind.UNCERTAIN: "The sources are few, small, or say different things.",
    StatementKind.UNKNOWN: "We found nothing that answers this.",
    StatementKind.ADVICE: "What you can do or ask. Your own team's advice comes first.",
}
KIND_SYMBOLS: Mapping[StatementKind, str] = {
    StatementKind.KNOWN: "●",
    StatementKind.UNCERTAIN: "◐",
    StatementKind.UNKNOWN: "○",
    StatementKind.ADVICE: "➜",
}
HOW_READ_WORDS: Mapping[HowRead, str] = {
    HowRead.READ_ONCE: "read once",
    HowRead.CHECKED_TWICE: "read twice",
    HowRead.CLINICIAN_APPROVED: "approved by a clinician",
}
READING_NOTE = (
    "Both formulas only count the length of words and sentences. They give a school grade of the "
    "United States; we add five to turn it into an age. They do not know whether a text is true, "
    "clear or kind, and they count names such as IMT as hard words. Syllables are counted by a "
    "rule that is now and then wrong. No patient or parent has tested this leaflet."
)


def build_document(section_id: str = "") -> dict[str, Any]:
    """Give the leaflet, or one section of it, as plain JSON types.

    Parameters
    ----------
    section_id:
        A section; empty for the whole leaflet.

    Raises
    ------
    KeyError
        When there is no section of that id.
    UserError
        `knowledge-invalid` for a fault in the leaflet's data.
    """
    leaflet = load_leaflet()
    sections = [section for section in leaflet if section_id in ("", section.id)]
    if not sections:
        raise KeyError(section_id)
    statements = [statement for section in sections for statement in section.statements]
    facts = list(dict.fromkeys(fact for statement in statements for fact in _list_facts(statement)))
    numbers = {fact.id: number for number, fact in enumerate(facts, 1)}
    return {
        "title": TITLE,
        "notice": NOTICE,
        "spindle_version": __version__,
        "checked_on": min(statement.checked_on for statement in statements).isoformat(),
        "statements": len(statements),
        "reviewed": _count_reviewed(statements),
        "is_whole": not section_id,
        "warning_part": _find_warning_part(sections),
        "kinds": [
            {
                "id": kind.value,
                "name": KIND_NAMES[kind],
                "symbol": KIND_SYMBOLS[kind],
                "meaning": says,
            }
            for kind, says in KIND_MEANINGS.items()
        ],
        "reading_level": _describe_level(_measure(sections)),
        "reading_note": READING_NOTE,
        "urgent": URGENT,
        "facts_note": FACTS_NOTE,
        "sections": [_describe_section(section, numbers) for section in sections],
        "facts": [_describe_fact(fact, numbers[fact.id]) for fact in facts],
    }


def _find_warning_part(sections: Sequence[Section]) -> int:
    """Give the number of the part with the warning signs; 0 when it is not there."""
    ids = [section.id for section in sections]
    return ids.index(WARNING_SECTION) + 1 if WARNING_SECTION in ids else 0


def _count_reviewed(statements: Iterable[Statement]) -> int:
    return sum(not isinstance(statement.reviewed_by, Absent) for statement in statements)


def list_section_ids() -> list[str]:
    """Give the ids of the sections in order."""
    return [section.id for section in load_leaflet()]


def _list_facts(statement: Statement) -> tuple[Fact, ...]:
    return (*statement.facts, *statement.elsewhere_facts)


def _list_texts(section: Section) -> Iterator[str]:
    """Give what is measured of a section; its headings, which are short, would flatter it."""
    for statement in section.statements:
        yield statement.text
        yield statement.elsewhere


def _measure(sections: Iterable[Section]) -> ReadingLevel:
    return measure_text(text for section in sections for text in _list_texts(section))


def _describe_level(level: ReadingLevel) -> dict[str, Any]:
    return {
        "words": level.words,
        "sentences": level.sentences,
        "flesch_kincaid_grade": round(level.flesch_kincaid_grade, 1),
        "flesch_kincaid_age": round(level.flesch_kincaid_age, 1),
        "smog_grade": round(level.smog_grade, 1),
        "smog_age": round(level.smog_age, 1),
        "is_smog_extrapolated": level.is_smog_extrapolated,
    }


def _describe_section(section: Section, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "checked_on": min(s.checked_on for s in section.statements).isoformat(),
        "reviewed": _count_reviewed(section.statements),
        "reading_level": _describe_level(_measure([section])),
        "statements": [_describe_statement(s, numbers) for s in section.statements],
    }


def _describe_statement(statement: Statement, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": statement.id,
        "heading": statement.heading,
        "text": statement.text,
        "kind": statement.kind.value,
        "kind_name": KIND_NAMES[statement.kind],
        "symbol": KIND_SYMBOLS[statement.kind],
        "status": statement.status,
        "facts": [fact.id for fact in statement.facts],
        "fact_numbers": [numbers[fact.id] for fact in statement.facts],
        "elsewhere": statement.elsewhere,
        "elsewhere_facts": [fact.id for fact in statement.elsewhere_facts],
        "elsewhere_numbers": [numbers[fact.id] for fact in statement.elsewhere_facts],
        "checked_on": statement.checked_on.isoformat(),
        "reviewed_by": _describe_review(statement.reviewed_by),
        "reviewed_on": _describe_review(statement.reviewed_on),
        "review": write_review(statement),
    }


def _describe_review(value: str | datetime.date | Absent) -> str | dict[str, str]:
    if isinstance(value, Absent):
        return {"absent": value.absent.value}
    return value if isinstance(value, str) else value.isoformat()


def write_review(statement: Statement) -> str:
    """Give the review of a statement in words: `not reviewed`."""
    if isinstance(statement.reviewed_by, Absent) or isinstance(statement.reviewed_on, Absent):
        return "not reviewed"
    return f"reviewed by {statement.reviewed_by} on {write_day(statement.reviewed_on.isoformat())}"


def write_day(iso: str) -> str:
    """Give a day as people write it: `20 November 2026`."""
    day = datetime.date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def _describe_fact(fact: Fact, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "id": fact.id,
        "statement": fact.statement,
        "source": fact.source.id,
        "citation": fact.source.citation,
        "identifier": fact.source.identifier,
        "place": fact.place,
        "checked_on": fact.checked_on.isoformat(),
        "how_read": fact.how_read.value,
        "how_read_words": HOW_READ_WORDS[fact.how_read],
        "is_inferred": fact.is_inferred,
    }


def split_lead(text: str) -> tuple[str, str]:
    """Give the label before the first colon, and the rest; no label when it is a sentence.

    `Breathing: fast or noisy breathing.` gives `Breathing:` and ` fast or noisy breathing.`
    """
    head, colon, rest = text.partition(": ")
    if not colon or "." in head or len(head.split()) > LONGEST_LEAD:
        return "", text
    return f"{head}:", f" {rest}"


# HTML -------------------------------------------------------------------------------------------


def render_html(document: Document) -> str:
    """Give the leaflet as one HTML page: no script, no request to anywhere, prints on A4."""
    return _load_environment().get_template("leaflet.html").render(leaflet=document)


@cache
def _load_environment() -> Environment:

    environment = make_environment()
    environment.filters["day"] = write_day
    environment.filters["lead"] = split_lead
    environment.filters["style"] = read_style
    return environment


# Plain text -------------------------------------------------------------------------------------


def render_text(document: Document) -> str:
    """Give the leaflet as plain text in lines of at most 78 signs, but for long addresses."""
    blocks = [
        *_write_front(document),
        *(block for section in document["sections"] for block in _write_section(section)),
        _rule("Where this comes from"),
        *_write_facts(document["facts"]),
        _rule("How hard this is to read"),
        *_write_levels(document),
        _wrap(document["notice"]),
    ]
    return "\n\n".join(blocks) + "\n"


def _wrap(text: str, indent: str = "", first: str | None = None) -> str:
    return textwrap.fill(
        text,
        LINE_WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _rule(title: str) -> str:
    return f"{_wrap(title)}\n{'=' * min(len(title), LINE_WIDTH)}"


def write_review_state(document: Document) -> str:
    """Give in one or two sentences who has reviewed the leaflet."""
    reviewed, statements = document["reviewed"], document["statements"]
    if not reviewed:
        return "Nobody has reviewed this leaflet yet: no doctor, no patient and no parent."
    return f"{reviewed} of {statements} statements have been reviewed. The others have not."


def _write_front(document: Document) -> Iterator[str]:
    yield _rule(document["title"])
    checked = write_day(document["checked_on"])
    yield _wrap(
        f"NOT REVIEWED. {write_review_state(document)} Last checked on {checked}."
        if not document["reviewed"]
        else f"{write_review_state(document)} Last checked on {checked}."
    )
    yield _wrap(f"{URGENT} {_point_to_warnings(document)}".strip())
    yield "\n".join(
        _wrap(f"{kind['name']}: {kind['meaning']}", "    ", "  ") for kind in document["kinds"]
    )
    if document["is_whole"]:
        sections = enumerate(document["sections"], 1)
        yield "\n".join(["Contents", *(f"  {n:2}. {s['title']}" for n, s in sections)])


def _point_to_warnings(document: Document) -> str:
    if document["is_whole"]:
        return f"Warning signs: part {document['warning_part']}."
    return "" if document["warning_part"] else f"Warning signs: spindle leaflet {WARNING_SECTION}"


def _write_section(section: Document) -> Iterator[str]:
    yield _rule(section["title"])
    for statement in section["statements"]:
        if statement["heading"]:
            yield f"{statement['heading']}\n{'-' * len(statement['heading'])}"
        label = f"{statement['kind_name']}. "
        yield _wrap(f"{label}{statement['text']} {_cite(statement['fact_numbers'])}")
        if statement["elsewhere"]:
            said = f"Other pages: {statement['elsewhere']} {_cite(statement['elsewhere_numbers'])}"
            yield _wrap(said, "    ")
    checked = write_day(section["checked_on"])
    state = (
        f"{section['reviewed']} of {len(section['statements'])} statements above reviewed"
        if section["reviewed"]
        else "No statement above has been reviewed"
    )
    yield _wrap(f"({state}. Last checked on {checked}. {_write_level(section['reading_level'])})")


def _cite(numbers: Sequence[int]) -> str:
    return f"[{', '.join(map(str, numbers))}]"


def _write_level(level: Document) -> str:
    short = ", from fewer than 30 sentences" if level["is_smog_extrapolated"] else ""
    return (
        f"Reading age: about {level['flesch_kincaid_age']:.0f} by Flesch-Kincaid, "
        f"about {level['smog_age']:.0f} by SMOG{short}."
    )


def _write_facts(facts: Iterable[Document]) -> Iterator[str]:
    yield _wrap(FACTS_NOTE)
    for fact in facts:
        head = f"[{fact['number']}] "
        own = " (Worked out by us.)" if fact["is_inferred"] else ""
        where = ", ".join(part for part in (fact["citation"], fact["place"]) if part)
        address = f" {fact['identifier']}." if fact["identifier"] else ""
        read = f"{fact['how_read_words'].capitalize()}, {write_day(fact['checked_on'])}."
        yield _wrap(
            f"{fact['statement']}{own} {where}.{address} {read} ({fact['id']})", "     ", head
        )


def _write_levels(document: Document) -> Iterator[str]:
    level = document["reading_level"]
    yield _wrap(
        f"{'The whole leaflet' if document['is_whole'] else 'This section'}: "
        f"{level['words']:,} words in {level['sentences']:,} sentences. "
        f"Flesch-Kincaid grade {level['flesch_kincaid_grade']}, "
        f"SMOG grade {level['smog_grade']}. {_write_level(level)} We aim at 12 to 14."
    )
    yield _wrap(document["reading_note"])
