"""What the documentation promises is there, and what is there is documented."""

from __future__ import annotations

import functools
import importlib
import re
import shlex
import struct
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from spindle import __version__, errors
from spindle.cases import notes
from spindle.cases.absence import AbsenceReason
from spindle.cli.main import COMMANDS, DEBUG_VARIABLE, group
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import list_files
from spindle.knowledge.fish_rules import load_fish_rules
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.sources import load_sources
from spindle.reasoning.assessments import KinaseStatus, Support

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if not path.name.startswith(".")
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
NOTICE = re.compile(r"research use, not a medical device", re.IGNORECASE)
DEMO_FOLDER = "out/zhao-2025"


@functools.cache
def load_tool(module: str = "make_docs") -> ModuleType:
    sys.path.append(str(ROOT / "tools"))
    return importlib.import_module(module)


def read(path: str | Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def list_headings(text: str) -> list[str]:
    return re.findall(r"^#{1,6} (.+)$", FENCE.sub("", text), re.MULTILINE)


def read_section(text: str, heading: str) -> str:
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.MULTILINE)
    assert found, f"there is no heading {heading!r}"
    level = len(found.group(1))
    return re.split(rf"^#{{1,{level}}} ", text[found.end() :], flags=re.MULTILINE)[0]


# Generated pages


@pytest.mark.parametrize("page", load_tool().PAGES)
def test_generated_page_is_fresh(page: str) -> None:
    assert read(page) == load_tool().PAGES[page](), f"{page} is stale; run `make docs`"


def test_stale_and_missing_pages_are_found_and_mended(tmp_path: Path) -> None:
    tool = load_tool()
    assert tool.list_stale(tmp_path) == list(tool.PAGES)
    tool.write_pages(tmp_path)
    assert tool.list_stale(tmp_path) == []
    (tmp_path / "docs" / "facts.md").write_text("an older page", encoding="utf-8")
    assert tool.list_stale(tmp_path) == ["docs/facts.md"]


def test_check_fails_on_a_stale_page(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = load_tool()
    monkeypatch.setattr(sys, "argv", ["make_docs.py", "--check"])
    assert tool.main() == 0
    monkeypatch.setitem(tool.PAGES, "docs/errors.md", lambda: "something else")
    assert tool.main() == 1


@pytest.mark.parametrize("kind", errors.CATALOGUE.values(), ids=lambda kind: kind.slug)
def test_every_error_is_documented(kind: errors.ErrorKind) -> None:
    section = read_section(read("docs/errors.md"), f"`{kind.slug}`")
    assert kind.explanation in section
    assert kind.cure in section
    assert f"Exit code: {kind.exit_code}" in section


def test_every_exit_code_is_documented() -> None:
    page = read("docs/errors.md")
    codes = [value for name, value in vars(errors).items() if name.startswith("EXIT_")]
    assert len(codes) == len(set(codes)) >= 6
    assert all(f"\n| {code} | " in page for code in codes)
    assert DEBUG_VARIABLE in page


@pytest.mark.parametrize("kind", notes.CATALOGUE.values(), ids=lambda kind: kind.slug)
def test_every_note_is_documented(kind: notes.NoteKind) -> None:
    section = read_section(read("docs/notes.md"), f"`{kind.slug}`")
    assert kind.title in section
    assert kind.explanation in section


@pytest.mark.parametrize("protocol_id", load_protocols())
def test_every_protocol_is_documented_step_by_step(protocol_id: str) -> None:
    protocol = load_protocols()[protocol_id]
    section = read_section(read("docs/protocols.md"), protocol_id)
    assert protocol.title in section
    for step in protocol.steps.values():
        row = next(line for line in section.splitlines() if line.startswith(f"| `{step.id}` |"))
        assert all(f"`{target}`" in row for target in step.edges.values())
        assert all(f"`{fact}`" in row for fact in step.facts)
        assert step.why in row
        assert step.says in row


@pytest.mark.parametrize("rule_id", load_fish_rules())
def test_every_fish_rule_is_documented_with_its_limits(rule_id: str) -> None:
    rule = load_fish_rules()[rule_id]
    section = read_section(read("docs/fish-rules.md"), rule_id)
    assert rule.title in section
    assert rule.disagrees_with in section
    facts = load_tool("docs_knowledge").list_rule_facts(rule)
    assert len(facts) >= 5
    assert all(f"`{fact.id}`" in section for fact in facts)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command: str) -> None:
    section = read_section(read("docs/cli.md"), f"spindle {command}")
    loaded = group.get_command(click.Context(group), command)
    assert loaded is not None
    options = [p for p in loaded.params if isinstance(p, click.Option)]
    assert options
    for option in options:
        assert f"`{option.opts[0]}`" in section
        assert option.help
        assert option.help in section


@pytest.mark.parametrize("path", [*list_files("vocabularies"), *list_files("vocabularies", ".csv")])
def test_every_vocabulary_is_documented(path: str) -> None:
    assert "Source" in read_section(
        read("docs/vocabularies.md"), path.removeprefix("vocabularies/")
    )


# Written pages


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_says_what_spindle_is_not(page: Path) -> None:
    assert NOTICE.search(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_names_no_place_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(?:home|root|tmp|work|Users)/", text)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_resolve(page: Path) -> None:
    for _, target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path) if path else page
        assert linked.exists(), f"{name(page)} links to {target}, which is not there"
        if anchor:
            headings = list_headings(linked.read_text(encoding="utf-8"))
            anchors = [load_tool().make_anchor(heading) for heading in headings]
            assert anchor in anchors, f"{name(page)} links to {target}, which has no such heading"


def iterate_commands(text: str) -> Iterator[list[str]]:
    """Give the `spindle` and `make` commands that a page names, as words."""
    lines = [
        line.removeprefix("$ ") for _, body in FENCE.findall(text) for line in body.split("\n")
    ]
    lines += [
        line.strip() for line in re.findall(r"^ {4}(\S.*)$", FENCE.sub("", text), re.MULTILINE)
    ]
    lines += re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    for line in lines:
        if re.match(r"(?:\.venv/bin/)?spindle (?!\[)|make [a-z]", line):
            yield shlex.split(line.removeprefix(".venv/bin/"), comments=True)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_named_commands_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for words in iterate_commands(page.read_text(encoding="utf-8")):
        if words[0] == "make":
            assert words[1] in targets, words
            continue
        command: click.Command = group
        if not words[1].startswith("-") and words[1] != "COMMAND":
            assert words[1] in COMMANDS, words
            found = group.get_command(click.Context(group), words[1])
            assert found is not None
            command = found
        known = {o for p in command.get_params(click.Context(command)) for o in p.opts} | {"--help"}
        for word in words[1:]:
            if word.startswith("--"):
                assert word.split("=")[0] in known, words


def iterate_console(text: str) -> Iterator[tuple[str, str]]:
    """Give the commands of the console blocks with what they are said to print."""
    for language, body in FENCE.findall(text):
        if language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield command, output.rstrip()


def find_demo_recipe() -> str:
    recipe = re.search(r"^demo:.*\n\t@\$\(BIN\)/(spindle .*)$", read("Makefile"), re.MULTILINE)
    assert recipe
    assert f"DEMO_OUT ?= {DEMO_FOLDER}" in read("Makefile")
    return recipe.group(1).replace("$(DEMO_OUT)", DEMO_FOLDER)


CONSOLE = [
    pytest.param(*pair, id=f"{name(page)}: {pair[0]}")
    for page in PAGES
    for pair in iterate_console(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("command", "printed"), CONSOLE)
def test_example_prints_what_is_shown(command: str, printed: str, tmp_path: Path) -> None:
    line = find_demo_recipe() if command == "make demo" else command
    program, *words = shlex.split(line.removeprefix(".venv/bin/"))
    assert program == "spindle", f"a test can't run {command!r}"
    out = tmp_path / "report"
    for position, word in enumerate(words):
        if word == "--out":
            shown = words[position + 1]
            words[position + 1] = str(out)
    script = Path(sys.executable).parent / "spindle"
    run = subprocess.run(
        [script, *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    given = (run.stdout + run.stderr).rstrip()
    if "--out" in words:
        given = given.replace(str(out), shown)
    assert given == printed


def test_stale_example_is_renewed() -> None:
    page = "Before\n\n```console\n$ .venv/bin/spindle --version\nolder\n```\n\nAfter\n"
    renewed = load_tool("docs_examples").renew_examples(page)
    assert renewed == page.replace("older", f"spindle, version {__version__}")


def test_readme_shows_both_commands_and_the_fish_count() -> None:
    shown = [command for command, _ in iterate_console(read("README.md"))]
    assert "make demo" in shown
    assert any("fish --scored 50 --split 12" in command for command in shown)
    assert ["make", "test"] in list(iterate_commands(read("README.md")))


def test_readme_has_its_three_doors() -> None:
    headings = " ".join(list_headings(read("README.md"))).lower()
    assert all(door in headings for door in ("clinician", "researcher", "patient"))


def test_readme_quotes_facts_as_they_are() -> None:
    fact = load_facts()["fusions.children.any-kinase"]
    assert f"{fact.n} of {fact.of}" in read("README.md")


def test_picture_of_the_report_is_a_small_png() -> None:
    pictures = [path for bang, path in LINK.findall(read("README.md")) if bang]
    assert pictures
    for path in pictures:
        content = (ROOT / path).read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", content[16:24])
        assert width >= 1000
        assert height >= 1000
        assert len(content) < 300_000


@pytest.mark.parametrize("words", [KinaseStatus, AbsenceReason, Support])
def test_glossary_explains_the_words_of_the_code(words: type[KinaseStatus]) -> None:
    glossary = read("GLOSSARY.md").lower()
    assert all(str(word) in glossary or str(word).replace("_", " ") in glossary for word in words)


def test_sources_and_their_terms_are_named_in_the_licence_of_the_data() -> None:
    page = read("LICENSE-DATA.md")
    for source in load_sources().values():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{source.id}` |"))
        assert source.terms in row


def test_citation_file_agrees_with_the_project() -> None:
    lines = dict(
        line.split(": ", 1)
        for line in read("CITATION.cff").splitlines()
        if re.match(r"[a-z-]+: ", line)
    )
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert lines["cff-version"] == "1.2.0"
    assert lines["version"] == __version__
    assert lines["type"] == "software"
    assert lines["license"] in project["license"]
    assert f"## {__version__}" in read("CHANGELOG.md")
    assert project["authors"] == [{"name": "The Spindle maintainers"}]
    assert '  - name: "The Spindle maintainers"' in read("CITATION.cff")


def test_index_lists_every_page() -> None:
    linked = {target.partition("#")[0] for _, target in LINK.findall(read("docs/index.md"))}
    pages = [page for page in (ROOT / "docs").rglob("*.md") if page.name != "index.md"]
    # One page a file of facts; their overview links them.
    linked |= {target.partition("#")[0] for _, target in LINK.findall(read("docs/facts.md"))}
    assert [name(p) for p in pages if p.relative_to(ROOT / "docs").as_posix() not in linked] == []
    schemas = (ROOT / "docs" / "schema").glob("*.json")
    assert all(f"schema/{path.name}" in linked for path in schemas)


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_contributing_maps_every_room() -> None:
    page = read("CONTRIBUTING.md")
    rooms = [p.name for p in (ROOT / "src" / "spindle").iterdir() if (p / "__init__.py").is_file()]
    assert len(rooms) >= 8
    assert all(f"| `{room}/` |" in page for room in rooms)
