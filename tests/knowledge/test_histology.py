from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from spindle.errors import UserError
from spindle.knowledge import histology
from spindle.knowledge.histology import (
    find_finding,
    list_implied,
    load_finding_words,
    load_findings,
)

# The findings that cases, mimics and adverse features share by name.
NAMES = """spindle cells; inflammatory infiltrate; plasma cells; lymphocytes; eosinophils;
neutrophils; foamy histiocytes; giant cells; myxoid stroma; collagen bundles; storiform fibrosis;
obliterative phlebitis; concentric fibrosis around glands; necrosis; ganglion-like cells;
epithelioid morphology; nuclear atypia; mitoses; atypical mitoses; lymphovascular invasion;
bone invasion; infiltrative border; hypercellularity; staghorn vessels; squamous dysplasia;
melanin pigment; lipogenic differentiation; rhabdomyoblasts; Mikulicz cells; fungal hyphae;
vasculitis; granulomas; angiocentric growth; pseudocapsule; herringbone fascicles; hallmark
cells; round cells"""


def test_every_finding_that_others_name_is_listed() -> None:
    assert list(load_findings()) == [" ".join(name.split()) for name in NAMES.split(";")]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Foam cells", "foamy histiocytes"),
        ("onion-skin fibrosis", "concentric fibrosis around glands"),
        ("hemangiopericytoma-like vessels", "staghorn vessels"),
        ("Lymphoplasmacytic infiltrate", "inflammatory infiltrate"),
        ("mitotic figures", "mitoses"),
        ("bone destruction", "bone invasion"),
        ("坏死", "necrosis"),
    ],
)
def test_findings_are_known_by_the_words_that_people_write(words: str, name: str) -> None:
    found = find_finding(words)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("words", ["", "bone", "fibrosis", "dysplasia", "capsule"])
def test_words_that_could_mean_more_are_no_finding(words: str) -> None:
    assert find_finding(words) is None


def test_a_kind_of_inflammatory_cell_is_an_inflammatory_infiltrate() -> None:
    assert list_implied("plasma cells") == ("plasma cells", "inflammatory infiltrate")
    assert list_implied("Mikulicz cells") == (
        "Mikulicz cells",
        "foamy histiocytes",
        "inflammatory infiltrate",
    )
    assert list_implied("necrosis") == ("necrosis",)


def test_giant_cells_alone_are_no_inflammation() -> None:
    """Tumours have giant cells of their own."""
    assert list_implied("giant cells") == ("giant cells",)


def test_only_mitoses_are_counted() -> None:
    assert [term.name for term in load_findings().values() if term.is_counted] == ["mitoses"]


GOOD = {"name": "necrosis", "words": "necrotic", "implies": "", "is_counted": ""}


@pytest.fixture
def from_rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Mapping[str, str]]]:
    rows: list[Mapping[str, str]] = []
    caches = (load_findings, load_finding_words, find_finding)
    for cached in caches:
        cached.cache_clear()
    monkeypatch.setattr(histology, "load_terms", lambda _: tuple(rows))
    yield rows
    for cached in caches:
        cached.cache_clear()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({**GOOD, "name": "dead cells", "implies": "dead cells"}, "implies itself"),
        ({**GOOD, "name": "dead cells", "is_counted": "maybe"}, "is_counted = 'maybe'"),
        ({**GOOD, "name": "dead cells", "implies": "death"}, "implies 'death'"),
        ({**GOOD, "name": "dead cells"}, "'necrotic' has two meanings"),
    ],
)
def test_a_malformed_vocabulary_is_refused(
    from_rows: list[Mapping[str, str]], other: Mapping[str, str], message: str
) -> None:
    from_rows += [GOOD, other]
    with pytest.raises(UserError, match=message) as caught:
        find_finding("necrosis")
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place.startswith("vocabularies/histology.csv, line ")
