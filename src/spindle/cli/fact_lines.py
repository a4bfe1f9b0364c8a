"""Facts, conflicts and lists of them as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spindle.cli.main import NOTICE

if TYPE_CHECKING:
    import datetime

    from spindle.knowledge.conflicts import Conflict
    from spindle.knowledge.facts import Fact
    from spindle.knowledge.uses import Use

INDENT = "  "
LABEL_WIDTH = 12
# More hits than these say nothing on a screen; --json gives all.
MOST_FOUND = 25
HOW_TO_GO_ON = (
    ("spindle facts ID", "one fact, with its source and where it is used"),
    ("spindle facts --search WORDS", "the facts that hold all the words"),
    ("spindle facts --conflicts", "where sources contradict themselves or each other"),
    ("spindle facts --unreviewed", "what no clinician has approved"),
)


def wrap(text: str, width: int, *, first: str = "", rest: str = "") -> str:
    """Give a text wrapped, with what stands before its first line and before the others."""
    return textwrap.fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def write_field(label: str, text: str, width: int) -> str:
    """Give a labelled line, wrapped under itself; a label too long stands on a line of its own."""
    head = f"{INDENT}{label:<{LABEL_WIDTH}}"
    if len(label) >= LABEL_WIDTH:
        return f"{INDENT}{label}\n" + wrap(text, width, first=INDENT * 3, rest=INDENT * 3)
    return wrap(text, width, first=head, rest=" " * len(head))


def write_day(day: datetime.date) -> str:
    """Give a day as people write it: `20 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def write_count(number: int, word: str) -> str:
    """Give a number with its word: `1 fact`, `1,261 facts`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


# One fact ---------------------------------------------------------------------------------------


def format_fact(
    fact: Fact,
    interval: tuple[float, float] | None,
    cells: Mapping[str, str],
    uses: Sequence[Use],
    conflicts: Sequence[Conflict],
    width: int,
) -> str:
    """Give one fact with everything that is held about it."""
    fields = [(label, text) for label, text in _list_fields(fact, interval, cells, uses) if text]
    lines = [fact.id, wrap(fact.statement, width), ""]
    lines += [write_field(label, text, width) for label, text in fields]
    for conflict in conflicts:
        lines += ["", format_conflict_body(conflict, width, this=fact.id)]
    return "\n".join([*lines, "", NOTICE])


def _list_fields(
    fact: Fact,
    interval: tuple[float, float] | None,
    cells: Mapping[str, str],
    uses: Sequence[Use],
) -> list[tuple[str, str]]:
    from spindle.knowledge.fact_words import describe_value

    source = fact.source
    return [
        ("value", describe_value(fact)),
        ("counts", _write_counts(fact, interval)),
        ("applies to", fact.applies_to),
        ("row", "; ".join(f"{_name(name)}: {cell}" for name, cell in cells.items())),
        ("source", f"{source.citation}. {source.identifier}".strip()),
        ("key", f"{source.id} (read: {source.read_as})"),
        ("place", fact.place),
        ("checked", _write_check(fact)),
        ("inferred", "yes: it goes beyond what its source says" if fact.is_inferred else ""),
        ("written in", fact.written_at),
        ("used by", "; ".join(name_use(use) for use in uses) or "nothing yet"),
    ]


def _name(column: str) -> str:
    return column.replace("_", " ")


def _write_counts(fact: Fact, interval: tuple[float, float] | None) -> str:
    if interval is None or not (isinstance(fact.n, int) and isinstance(fact.of, int)):
        return ""
    low, high = (f"{100 * limit:.1f}" for limit in interval)
    share = f"{100 * fact.n / fact.of:.1f} %"
    return f"{fact.n:,} of {fact.of:,}, {share} (exact 95 % interval {low} to {high} %)"


def _write_check(fact: Fact) -> str:
    from spindle.knowledge.fact_words import describe_how_read
    from spindle.knowledge.facts import HowRead

    said = f"{write_day(fact.checked_on)}, {describe_how_read(fact)}"
    is_approved = fact.how_read is HowRead.CLINICIAN_APPROVED
    return said if is_approved else f"{said}; no clinician has approved it"


def name_use(use: Use) -> str:
    """Give a place where a fact is used in words."""
    if use.kind == "code":
        return f"code {use.name}"
    if use.name == use.file.removesuffix(".toml"):
        return use.file
    return f"{use.kind} {use.name}"


# Conflicts --------------------------------------------------------------------------------------


def format_conflict(conflict: Conflict, width: int) -> str:
    """Give one conflict with its sides and what Spindle does about it."""
    return "\n".join([format_conflict_body(conflict, width), "", NOTICE])


def format_conflict_body(conflict: Conflict, width: int, this: str = "") -> str:
    """Give one conflict without the notice; a side that is shown already is named as `this`."""
    head = f"Conflict {conflict.id}: " if this else f"{conflict.id}: "
    lines = [wrap(f"{head}{conflict.title}.", width)]
    for side in conflict.sides:
        name = "this fact" if side.id == this else side.id
        inferred = " (inferred)" if side.is_inferred else ""
        said = f"{name}, {side.source.id}: {side.statement}{inferred}"
        lines.append(wrap(said, width, first=f"{INDENT}- ", rest=INDENT * 2))
    lines.append(
        wrap(f"What Spindle does: {conflict.consequence}", width, first=INDENT, rest=INDENT)
    )
    return "\n".join(lines)


def format_conflicts(conflicts: Sequence[Conflict], width: int) -> str:
    """Give all conflicts; both sides of each stand."""
    places = write_count(len(conflicts), "place")
    head = f"{places} where sources contradict themselves or each other. Every side stands."
    bodies = [format_conflict_body(conflict, width) for conflict in conflicts]
    return "\n\n".join([wrap(head, width), *bodies, NOTICE])


# Many facts -------------------------------------------------------------------------------------


def format_overview(document: Mapping[str, Any], width: int) -> str:
    """Give what is held, by topic, and how to go on."""
    read = document["how_read"]
    approved = read.get("clinician_approved", 0)
    counted = ", ".join(
        f"{read[how]:,} {how.replace('_', ' ')}"
        for how in ("read_once", "checked_twice")
        if how in read
    )
    held, sources = (write_count(document[name], name[:-1]) for name in ("facts", "sources"))
    places = write_count(document["conflicts"], "place")
    head = f"{held} from {sources}, and {places} where they contradict each other."
    body = (
        f"{counted}; approved by a clinician {approved:,}. "
        f"{document['inferred']:,} go beyond their source and say so."
    )
    topics = write_columns([f"{name} {n:,}" for name, n in document["topics"].items()], width)
    lines = [wrap(head, width), wrap(body, width), "", "Facts by topic:", topics, ""]
    return "\n".join([*lines, "How to go on:", *write_hints(), "", NOTICE])


def write_hints() -> list[str]:
    """Give the commands that lead on, each with what it shows."""
    longest = max(len(command) for command, _ in HOW_TO_GO_ON)
    return [f"{INDENT}{command:<{longest}}  {shows}" for command, shows in HOW_TO_GO_ON]


def write_columns(words: Sequence[str], width: int) -> str:
    """Give short texts in columns, read downwards."""
    cell = max(len(word) for word in words) + len(INDENT)
    columns = max(1, (width - len(INDENT)) // cell)
    height = -(-len(words) // columns)
    rows = (words[start::height] for start in range(height))
    return "\n".join(INDENT + "".join(f"{word:<{cell}}" for word in row).rstrip() for row in rows)


def format_found(
    words: Iterable[str], found: Sequence[Fact], counts: Mapping[str, int], width: int
) -> str:
    """Give what a search found, the best first, or why it found nothing."""
    typed = " ".join(words)
    if not found:
        lines = [wrap(f"No fact holds all of: {typed}.", width)]
        if len(counts) > 1:
            each = ", ".join(f"{word} {n:,}" for word, n in counts.items())
            lines.append(wrap(f"Facts that hold one of them: {each}.", width))
        return "\n".join([*lines, "", NOTICE])
    lines = [f"{write_count(len(found), 'fact')} for: {typed}", ""]
    lines += [write_entry(fact, width) for fact in found[:MOST_FOUND]]
    if len(found) > MOST_FOUND:
        more = f"{len(found) - MOST_FOUND:,} more. Add a word to narrow it, or --json for all."
        lines += ["", more]
    return "\n".join([*lines, "", NOTICE])


def write_entry(fact: Fact, width: int) -> str:
    """Give a fact as one entry of a list: its id and its statement."""
    return f"{fact.id}\n" + wrap(fact.statement, width, first=INDENT, rest=INDENT)


def format_unreviewed(
    topics: Mapping[str, Mapping[str, Any]], listed: Sequence[Fact], width: int
) -> str:
    """Give what waits for a clinician, by topic, and the facts of topics that were asked for."""
    total = sum(topic["facts"] for topic in topics.values())
    if not total:
        return "\n".join(["No fact waits for a clinician.", "", NOTICE])
    longest = max(len(name) for name in topics)
    lines = [f"{write_count(total, 'fact')} that no clinician has approved.", ""]
    heads = ("facts", "once", "twice", "inferred", "oldest check")
    lines.append(f"{INDENT}{'topic':<{longest}}  " + "  ".join(f"{head:>8}" for head in heads))
    for name, topic in topics.items():
        values = (topic["facts"], topic["read_once"], topic["checked_twice"], topic["inferred"])
        counted = "  ".join(f"{value:>8,}" for value in values)
        lines.append(f"{INDENT}{name:<{longest}}  {counted}  {topic['oldest_check']:>12}")
    lines += ["", *(write_entry(fact, width) for fact in listed)]
    if not listed:
        lines.append("To see the facts of a topic: spindle facts --unreviewed TOPIC")
    return "\n".join([*lines, "", NOTICE])
