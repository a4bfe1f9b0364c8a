from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from spindle.errors import UserError
from spindle.knowledge import sources
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import Entry, read_entries
from spindle.knowledge.sources import load_sources

GOOD = """
[[sources]]
id = "a"
citation = "Author A. A title. A journal 2020;1(1):1-2"
terms = "Open access"
read_as = "full text"
"""


@pytest.fixture
def from_text(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    load_sources.cache_clear()
    yield monkeypatch
    load_sources.cache_clear()


def load_text(monkeypatch: pytest.MonkeyPatch, text: str) -> object:
    def read(path: str, table: str, **options: Any) -> Iterator[Entry]:
        return read_entries(path, table, text=text, **options)

    monkeypatch.setattr(sources, "read_entries", read)
    monkeypatch.setattr(sources, "list_files", lambda folder: [f"{folder}/new.toml"])
    return load_sources()


def test_every_source_says_what_it_is_and_how_it_may_be_used() -> None:
    for key, source in load_sources().items():
        assert source.id == key
        assert len(source.citation) > 20
        assert source.terms
        assert source.read_as


def test_identifiers_look_like_what_they_claim() -> None:
    for source in load_sources().values():
        for identifier in filter(None, re.split(r";\s*", source.identifier)):
            if identifier.startswith("doi:"):
                assert re.fullmatch(r"doi:10\.\d{4,}/\S+", identifier), source.id
            elif identifier.startswith("PMC"):
                assert re.fullmatch(r"PMC\d+", identifier), source.id


def test_facts_cite_the_main_sources_and_no_unknown_one() -> None:
    cited = {fact.source.id for fact in load_facts().values()}
    assert cited <= set(load_sources())
    assert {"zhao-2025", "iaslc-atlas-2013", "fish-review-2019", "spindle"} <= cited


def test_the_main_paper_is_named_with_its_doi() -> None:
    zhao = load_sources()["zhao-2025"]
    assert zhao.identifier == "doi:10.2147/PGPM.S508156"
    assert "2025;18:95-104" in zhao.citation


def test_a_good_text_loads(from_text: pytest.MonkeyPatch) -> None:
    assert list(load_text(from_text, GOOD)) == ["a"]  # type: ignore[call-overload]


@pytest.mark.parametrize("field", ["id", "citation", "terms", "read_as"])
def test_a_source_without_a_field_is_refused(from_text: pytest.MonkeyPatch, field: str) -> None:
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith(f"{field} ="))
    with pytest.raises(UserError) as caught:
        load_text(from_text, text)
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place == "sources/new.toml, line 2"
    assert field in caught.value.message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GOOD + 'licence = "free"\n', 2),
        (GOOD + "identifier = 5\n", 2),
        (GOOD + GOOD, 8),
    ],
    ids=["unknown field", "wrong type", "twice"],
)
def test_a_malformed_source_is_refused(from_text: pytest.MonkeyPatch, text: str, line: int) -> None:
    with pytest.raises(UserError) as caught:
        load_text(from_text, text)
    assert caught.value.place == f"sources/new.toml, line {line}"


def test_one_publication_has_one_key(from_text: pytest.MonkeyPatch) -> None:
    first = GOOD + 'identifier = "doi:10.1/A; PMC1"\n'
    with pytest.raises(UserError, match="b and a are both pmc1"):
        load_text(from_text, first + GOOD.replace('"a"', '"b"') + 'identifier = "PMC1"\n')


def test_sources_can_not_be_changed() -> None:
    with pytest.raises(TypeError):
        load_sources()["new"] = load_sources()["spindle"]  # type: ignore[index]
