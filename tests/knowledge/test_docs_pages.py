"""The generated pages of facts hold every fact, source and conflict, and their links resolve."""

from __future__ import annotations

import functools
import importlib
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from spindle.knowledge.conflicts import load_conflicts
from spindle.knowledge.facts import load_facts
from spindle.knowledge.sources import load_sources

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@functools.cache
def load_tool(module: str) -> ModuleType:
    sys.path.append(str(ROOT / "tools"))
    return importlib.import_module(module)


@functools.cache
def make_pages() -> Mapping[str, str]:
    pages = load_tool("make_docs").PAGES
    wanted = re.compile(
        r"docs/(facts/.+|facts|sources|conflicts|unreviewed|protocols|fish-rules)\.md"
    )
    return {path: make() for path, make in pages.items() if wanted.fullmatch(path)}


def read_page(fact_id: str) -> str:
    page = load_tool("docs_facts").find_fact_page(load_facts()[fact_id])
    return make_pages()[f"docs/{page}"]


@pytest.mark.parametrize("fact_id", load_facts())
def test_every_fact_stands_on_its_page_with_its_source(fact_id: str) -> None:
    fact = load_facts()[fact_id]
    page = read_page(fact_id)
    row = next((line for line in page.splitlines() if line.startswith(f"| `{fact_id}` |")), "")
    section = row or re.split(r"\n##", page.partition(f"### `{fact_id}`\n")[2])[0]
    assert fact.statement.replace("|", "\\|") in section
    assert fact.place.replace("|", "\\|") in section
    assert fact.checked_on.isoformat() in section
    assert ("inferred: yes" in section) is fact.is_inferred
    assert f"[{fact.source.id}](../sources.md#" in section


def test_a_fact_of_a_rule_names_the_rule_with_a_link() -> None:
    section = read_page("fish.zhao-2025.stage2.positive")
    assert "[FISH rule `zhao-2025`](../fish-rules.md#zhao-2025)" in section
    assert "[conflict `fish-second-step`](../conflicts.md#fish-second-step)" in section
    assert "more than 15 per cent" in section


@pytest.mark.parametrize("source_id", load_sources())
def test_every_source_is_listed_with_its_terms(source_id: str) -> None:
    source = load_sources()[source_id]
    section = make_pages()["docs/sources.md"].partition(f"### Source {source_id}\n")[2]
    section = section.partition("\n### ")[0]
    assert source.citation in section
    assert source.terms in section


@pytest.mark.parametrize("conflict_id", load_conflicts())
def test_every_conflict_is_listed_with_every_side(conflict_id: str) -> None:
    conflict = load_conflicts()[conflict_id]
    page = make_pages()["docs/conflicts.md"]
    section = page.partition(f"## {conflict_id}\n")[2].partition("\n## ")[0]
    assert conflict.consequence in section
    assert all(side.statement in section for side in conflict.sides)


def test_the_overview_leads_to_every_page_of_facts() -> None:
    linked = set(LINK.findall(make_pages()["docs/facts.md"]))
    pages = {path.removeprefix("docs/") for path in make_pages() if "/facts/" in path}
    assert pages
    assert pages <= linked


def test_what_waits_for_a_clinician_is_counted() -> None:
    page = make_pages()["docs/unreviewed.md"]
    assert f"{len(load_facts())} of {len(load_facts())} facts wait for a clinician" in page


def test_links_between_the_pages_resolve() -> None:
    make_anchor = load_tool("docs_markdown").make_anchor
    anchors = {
        path: {make_anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        for path, text in make_pages().items()
    }
    checked = 0
    for path, text in make_pages().items():
        for target in LINK.findall(text):
            file, _, anchor = target.partition("#")
            linked = (Path(path).parent / file).as_posix() if file else path
            linked = re.sub(r"[^/]+/\.\./", "", linked)
            if linked in anchors and anchor:
                assert anchor in anchors[linked], f"{path} links to {target}"
                checked += 1
    assert checked > 1000
