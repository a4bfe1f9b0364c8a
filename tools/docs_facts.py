"""The generated pages of facts: one a file of facts, sources, conflicts, what is unreviewed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from docs_markdown import make_anchor, make_page, make_table

from spindle.knowledge.conflicts import Conflict, load_conflicts
from spindle.knowledge.fact_tables import load_rows, load_tables
from spindle.knowledge.fact_words import describe_how_read, describe_value, name_topic
from spindle.knowledge.facts import Fact, HowRead, load_facts
from spindle.knowledge.fish_rules import load_fish_rules
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.sources import Source, load_sources
from spindle.knowledge.uses import Use, list_uses

FOLDER = "facts"
LINKED_USES = {
    "protocol": "protocols.md",
    "FISH rule": "fish-rules.md",
    "conflict": "conflicts.md",
}


@cache
def group_facts() -> Mapping[str, tuple[Fact, ...]]:
    """Give the facts by the page that they stand on, which is named for their file."""
    groups: dict[str, list[Fact]] = {}
    for fact in load_facts().values():
        groups.setdefault(name_page(fact), []).append(fact)
    return {page: tuple(facts) for page, facts in sorted(groups.items())}


def name_page(fact: Fact) -> str:
    """Give the page of a fact: `fusions` for `facts/fusions.toml` and `tables/fusions.csv`."""
    file = fact.written_at.partition(",")[0].rpartition("/")[2]
    return file.rpartition(".")[0].replace("_", "-")


def find_fact_page(fact: Fact) -> str:
    """Give the path of the page of a fact, below the folder of the documentation."""
    return f"{FOLDER}/{name_page(fact)}.md"


@cache
def _list_table_ids() -> Mapping[str, str]:
    return {row.id: table for table in load_tables() for row in load_rows(table)}


def find_anchor(fact: Fact) -> str:
    """Give the heading under which a fact stands: its own, or that of its table."""
    table = _list_table_ids().get(fact.id)
    return make_anchor(fact.id if table is None else _name_table(table))


def _name_table(table: str) -> str:
    return f"Rows of the table {table}"


def link_facts(fact_ids: Iterable[str], base: str = "") -> str:
    """Give links to facts on their pages, from a page beside `base`."""
    facts = load_facts()
    return ", ".join(
        f"[`{fact_id}`]({base}{find_fact_page(facts[fact_id])}#{find_anchor(facts[fact_id])})"
        for fact_id in fact_ids
    )


# One page of facts


def make_fact_page(page: str) -> str:
    """Give the page of the facts of one file, rows of a table as a table."""
    facts = group_facts()[page]
    tables = _list_table_ids()
    singles = [fact for fact in facts if fact.id not in tables]
    rows: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.id in tables:
            rows.setdefault(tables[fact.id], []).append(fact)
    files = sorted({fact.written_at.partition(",")[0] for fact in facts})
    return make_page(
        f"Facts: {page.replace('-', ' ')}",
        f"{len(facts)} facts of {' and '.join(f'`{file}`' for file in files)}. "
        f"{describe_reading(facts)} [All facts](../facts.md), [sources](../sources.md).",
        *(describe_fact(fact) for fact in singles),
        *(describe_table(table, inside) for table, inside in rows.items()),
    )


def describe_reading(facts: Iterable[Fact]) -> str:
    """Give how facts were read, how many are inferred, and when the oldest was checked."""
    listed = list(facts)
    read = Counter(describe_how_read(fact) for fact in listed)
    counted = ", ".join(f"{n} {how}" for how, n in sorted(read.items()))
    oldest = min(fact.checked_on for fact in listed).isoformat()
    return f"{counted}; {sum(f.is_inferred for f in listed)} inferred; oldest check {oldest}."


def describe_fact(fact: Fact) -> str:
    """Give one fact as a section."""
    rows = [
        ("value", describe_value(fact)),
        ("counts", f"{fact.n} of {fact.of}" if fact.n != "" else ""),
        ("applies to", fact.applies_to),
        ("source", f"{_link_source(fact.source)}, {fact.place}"),
        ("last checked", f"{fact.checked_on.isoformat()}, {describe_how_read(fact)}"),
        ("inferred", "yes: it goes beyond what its source says" if fact.is_inferred else ""),
        ("used by", ", ".join(describe_uses(fact.id))),
    ]
    lines = [f"- {name}: {value}" for name, value in rows if value]
    return "\n\n".join([f"### `{fact.id}`", fact.statement, "\n".join(lines)])


def describe_table(table: str, facts: Iterable[Fact]) -> str:
    """Give the rows of a table of facts as a section with one table."""
    cells = [
        (
            f"`{fact.id}`",
            fact.statement,
            fact.applies_to,
            f"{_link_source(fact.source)}, {fact.place}",
            f"{fact.checked_on.isoformat()}, {describe_how_read(fact)}"
            + (", inferred: yes" if fact.is_inferred else ""),
            ", ".join(describe_uses(fact.id)),
        )
        for fact in facts
    ]
    heads = ["fact", "statement", "applies to", "source", "last checked", "used by"]
    return f"## {_name_table(table)}\n\n{make_table(heads, cells)}"


def _link_source(source: Source) -> str:
    return f"[{source.id}](../sources.md#{make_anchor(f'source {source.id}')})"


def describe_uses(fact_id: str) -> Iterator[str]:
    """Give where a fact is used, with links; the table that it is a row of is no news."""
    for use in list_uses(fact_id):
        if use.kind != "table":
            yield _describe_use(use)


@cache
def _list_linked(kind: str) -> frozenset[str]:
    """Give the names of a kind that have a heading of their own to link to."""
    known = {"protocol": load_protocols, "FISH rule": load_fish_rules, "conflict": load_conflicts}
    return frozenset(known[kind]()) if kind in known else frozenset()


def _describe_use(use: Use) -> str:
    if use.kind == "code":
        return f"`{use.name}`"
    if use.name in _list_linked(use.kind):
        target = f"../{LINKED_USES[use.kind]}#{make_anchor(use.name)}"
        return f"[{use.kind} `{use.name}`]({target})"
    is_file = use.name == use.file.removesuffix(".toml")
    return f"`{use.file}`" if is_file else f"{use.kind} `{use.name}`"


# Overviews


def make_facts_page() -> str:
    """Give the overview of all facts, with the pages on which they stand."""
    facts = list(load_facts().values())
    cited = len({fact.source.id for fact in facts})
    rows = [
        (f"[{page.replace('-', ' ')}]({FOLDER}/{page}.md)", len(inside), describe_reading(inside))
        for page, inside in group_facts().items()
    ]
    return make_page(
        "Facts and their sources",
        "Every clinical number that Spindle uses is a fact: a statement in our words, with its "
        "source, the day it was last checked, and how it was read. A fact without a source does "
        "not load. A fact that goes beyond its source is marked as inferred, and says so wherever "
        "it is used.",
        f"{len(facts)} facts from {cited} [sources](sources.md), and {len(load_conflicts())} "
        f"[places where they contradict each other](conflicts.md). {describe_reading(facts)} No "
        "clinician has approved a fact unless it says `clinician approved`; what waits for that "
        "is [listed](unreviewed.md).",
        "`spindle facts ID` shows one fact with everything that is held about it, and `spindle "
        "facts --search WORDS` finds facts.",
        make_table(["page", "facts", "how they were read"], rows),
    )


def make_sources_page() -> str:
    """Give the page of every source, with its terms and what was read of it."""
    cited = Counter(fact.source.id for fact in load_facts().values())
    sections = (
        f"### Source {source.id}\n\n{source.citation}. {source.identifier}\n\n"
        f"- Facts that cite it: {cited[source.id]}\n"
        f"- Terms, as far as known: {source.terms}\n- Read: {source.read_as}"
        for source in load_sources().values()
    )
    return make_page(
        "Sources",
        "What was read, with its identifier, its terms of use as far as they are known, and what "
        "was read of it. Facts and figures are carried over in our own words.",
        *sections,
    )


def make_conflicts_page() -> str:
    """Give the page of every conflict, with its sides and what Spindle does about it."""
    conflicts = load_conflicts()
    subjects = Counter(subject for c in conflicts.values() for subject in c.subjects)
    counted = ", ".join(f"{subject} ({n})" for subject, n in subjects.most_common())
    return make_page(
        "Where sources contradict each other",
        f"{len(conflicts)} places where sources contradict themselves or each other. Every side "
        "is a fact and stands; none is chosen here. Each says what Spindle does about it. Reports "
        "show a conflict when they use one of its sides.",
        f"By subject: {counted}.",
        *(describe_conflict(conflict) for conflict in conflicts.values()),
    )


def describe_conflict(conflict: Conflict) -> str:
    """Give one conflict as a section."""
    sides = "\n".join(
        f"- {side.statement} ({link_facts([side.id])}, {side.source.id}"
        f"{', inferred' if side.is_inferred else ''})"
        for side in conflict.sides
    )
    return "\n\n".join(
        (
            f"## {conflict.id}",
            f"**{conflict.title}.** About: {', '.join(conflict.subjects)}.",
            sides,
            f"What Spindle does: {conflict.consequence}",
        )
    )


def make_unreviewed_page() -> str:
    """Give the page of what no clinician has approved, by topic."""
    facts = list(load_facts().values())
    waiting = [fact for fact in facts if fact.how_read is not HowRead.CLINICIAN_APPROVED]
    topics: dict[str, list[Fact]] = {}
    for fact in waiting:
        topics.setdefault(name_topic(fact.id), []).append(fact)
    rows = [
        (
            topic,
            len(inside),
            sum(fact.how_read is HowRead.READ_ONCE for fact in inside),
            sum(fact.how_read is HowRead.CHECKED_TWICE for fact in inside),
            sum(fact.is_inferred for fact in inside),
            min(fact.checked_on for fact in inside).isoformat(),
        )
        for topic, inside in sorted(topics.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return make_page(
        "What no clinician has approved",
        f"{len(waiting)} of {len(facts)} facts wait for a clinician. Read once means that one "
        "reader took it from its source; checked twice, that it was compared with the source "
        "again. `spindle facts --unreviewed TOPIC` lists the facts of a topic.",
        make_table(["topic", "facts", "read once", "twice", "inferred", "oldest check"], rows),
    )
