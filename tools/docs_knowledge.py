"""The generated pages about what is published: protocols, FISH rules, vocabularies."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping

from docs_facts import link_facts
from docs_markdown import make_page, make_table

from spindle.knowledge.fact_words import describe_value, name_patterns
from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.files import list_files, read_text
from spindle.knowledge.fish_rules import DEFAULT_RULE, FishRule, FishStage, load_fish_rules
from spindle.knowledge.protocols import (
    DEFAULT_PROTOCOL,
    Protocol,
    ProtocolStep,
    load_protocols,
    load_tests,
    load_whens,
)
from spindle.knowledge.words import FOLDER, load_terms
from spindle.reasoning.reflex_walk import CHECK_SENTENCES

# What protocols and FISH rules rest on


def list_rule_facts(rule: FishRule) -> tuple[Fact, ...]:
    """Give every fact that a FISH rule rests on, each once."""
    limits = [limit for stage in rule.stages for _, limit in list_limits(stage)]
    found = (rule.patterns_fact, *limits, rule.atypical)
    return tuple(dict.fromkeys(fact for fact in found if fact is not None))


def list_limits(stage: FishStage) -> tuple[tuple[str, Fact | None], ...]:
    """Give the limits of a stage with their names."""
    return (
        ("nuclei, one reader", stage.nuclei),
        ("nuclei, two readers", stage.nuclei_two_readers),
        ("positive", stage.positive),
        ("count on", stage.count_on),
        ("negative", stage.negative),
    )


# Protocols and FISH rules


def describe_step(step: ProtocolStep) -> tuple[str, str, str, str]:
    """Give the row of a step: its id, what it does, where it leads, on which facts."""
    tests = load_tests()
    if step.kind == "test":
        does = f"Looks at the result of {tests[step.test].name}."
    elif step.kind == "check":
        when_not, when_so = CHECK_SENTENCES[step.check]
        does = f"Asks of all results. Yes: {when_so} No: {when_not}"
    elif step.kind == "ask":
        glue = " or " if step.any_one else ", then "
        names = glue.join(tests[test].name for test in step.tests)
        does = f"Proposes {names} ({load_whens()[step.when]}). {step.why}"
    else:
        does = f"Ends. {step.says}"
    inferred = " (inferred)" if step.is_inferred else ""
    words = {"if_none": "nothing left to propose"}
    leads = ", ".join(
        f"{words.get(edge, edge.replace('_', ' '))} → `{target}`"
        for edge, target in step.edges.items()
    )
    return f"`{step.id}`", does + inferred, leads, link_facts(step.facts)


def describe_protocol(protocol: Protocol) -> str:
    """Give one protocol as a section."""
    tests = load_tests()
    default = " It is the default." if protocol.id == DEFAULT_PROTOCOL else ""
    sparing = ", ".join(tests[test].name for test in protocol.tissue_sparing_order)
    steps = make_table(
        ["step", "what it does", "where it leads", "facts"],
        [describe_step(step) for step in protocol.steps.values()],
    )
    return "\n\n".join(
        part
        for part in (
            f"## {protocol.id}",
            f"**{protocol.title}.** It starts at `{protocol.start}`.{default}",
            f"It rests on {link_facts(protocol.facts)}.",
            f"When little tissue is left, proposed tests come in this order: {sparing} "
            f"({link_facts(protocol.tissue_sparing_facts)})."
            if sparing
            else "",
            steps,
        )
        if part
    )


def make_protocols_page() -> str:
    """Give the page of every testing protocol."""
    tests = make_table(
        ["id", "test", "kinase"],
        [(f"`{test.id}`", test.name, test.gene) for test in load_tests().values()],
    )
    return make_page(
        "Testing protocols",
        "A protocol is a graph of steps, held as data. Spindle walks a case through it and says "
        "which test comes next, and why. It proposes; a pathologist decides. Choose one with "
        "`spindle report --protocol ID`.",
        "`not done` stands for every absence: not done, not reported, unknown. An atypical FISH "
        "pattern and a count that is to be continued are taken as equivocal.",
        *(describe_protocol(protocol) for protocol in load_protocols().values()),
        "## Tests that a protocol can look at or propose",
        tests,
    )


def describe_rule(rule: FishRule) -> str:
    """Give one FISH rule as a section."""
    rows = [
        (
            f"{number} of {len(rule.stages)}",
            name,
            describe_value(fact) + (" (inferred)" if fact.is_inferred else ""),
            link_facts([fact.id]),
        )
        for number, stage in enumerate(rule.stages, 1)
        for name, fact in list_limits(stage)
        if fact is not None
    ]
    if rule.atypical is not None:
        name = f"atypical, with {name_patterns(rule.atypical_patterns)}"
        value = f"{describe_value(rule.atypical)} (inferred)" if rule.atypical.is_inferred else ""
        rows.append(("last", name, value, link_facts([rule.atypical.id])))
    counted = name_patterns(rule.counted_patterns)
    default = " It is the default." if rule.id == DEFAULT_RULE else ""
    return "\n\n".join(
        (
            f"## {rule.id}",
            f"**{rule.title}.** For {rule.gene}. Patterns that count: {counted} "
            f"({link_facts([rule.patterns_fact.id])}).{default}",
            make_table(["stage", "limit", "value", "fact"], rows),
            rule.disagrees_with,
        )
    )


def make_fish_rules_page() -> str:
    """Give the page of every FISH counting rule."""
    scope = load_facts()["fish.kit-scope"]
    return make_page(
        "FISH counting rules",
        "How many nuclei are counted, which signal patterns count, and where the cut-off lies, "
        "differs between published rules. Each rule is data, and each number in it is a fact. "
        "`spindle fish` reads one count by all rules side by side and says where they disagree.",
        f"**{scope.statement}** ({link_facts([scope.id])})",
        "Fewer nuclei than the first stage needs is not assessable. Between two stages the count "
        "is to be continued to the second. A share is compared with a cut-off exactly, not "
        "rounded.",
        *(describe_rule(rule) for rule in load_fish_rules().values()),
    )


# The vocabularies


def describe_word_file(path: str) -> str:
    """Give one TOML vocabulary as a section: what it is, its source, its lists."""
    text = read_text(path)
    document = tomllib.loads(text)
    about = list(_first_comments(text))
    source, checked = document.pop("source"), document.pop("checked_on")
    rows = [(f"`{key}`", len(words), ", ".join(words)) for key, words in _walk(document)]
    name = path.rpartition("/")[2]
    return "\n\n".join(
        (
            f"## {name}",
            f"{' '.join(about)} Source: {source}, checked on {checked.isoformat()}.",
            make_table(["list", "words", "which"], rows),
        )
    )


def _first_comments(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        yield line.removeprefix("#").strip()


def _walk(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _walk(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield f"{prefix}{key}", value


def describe_term_file(path: str) -> str:
    """Give one CSV vocabulary as a section: its terms with their codes, and its sources."""
    name = path.rpartition("/")[2]
    terms = load_terms(name.removesuffix(".csv"))
    columns = [c for c in terms[0] if c not in ("source", "checked_on")]
    filled = [c for c in columns if any(term[c] for term in terms)]
    rows = [[term[c].replace("|", ", ") for c in filled] for term in terms]
    sources = Counter(term["source"] for term in terms)
    cited = "; ".join(f"{source} ({n})" for source, n in sources.most_common())
    return "\n\n".join(
        (
            f"## {name}",
            f"{len(terms)} terms. Sources: {cited}.",
            make_table([c.replace("_", " ") for c in filled], rows),
        )
    )


def make_vocabularies_page() -> str:
    """Give the page of every vocabulary."""
    tomls, csvs = list_files(FOLDER), list_files(FOLDER, ".csv")
    return make_page(
        "Vocabularies",
        "What a site, a symptom, a marker or a column is called, as people write it. The lists "
        "are data files under `src/spindle/knowledge/data/vocabularies`; a word without a source "
        "does not load. `Spindle` as a source means a list of words of our own, which makes no "
        "medical claim. Codes are taken from published vocabularies and never from memory: a "
        "term without a code keeps its words.",
        "Upper and lower case, kinds of dash and doubled spaces make no difference.",
        *(describe_term_file(path) for path in csvs),
        *(describe_word_file(path) for path in tomls),
    )
