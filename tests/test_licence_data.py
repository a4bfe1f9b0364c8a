"""The licences of tables of others stand on the page of licences as well as beside the tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "src/spindle/knowledge/data/transcripts"
PAGE = (ROOT / "LICENSE-DATA.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", sorted(path.name for path in FOLDER.glob("*.csv")))
def test_every_table_of_transcripts_has_its_terms_on_the_page(table: str) -> None:
    assert f"`transcripts/{table}`" in PAGE


def test_sources_of_the_tables_are_named_with_the_same_terms() -> None:
    said = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    for source in ("MANE", "Ensembl", "InterPro", "HGNC", "GeneFuse"):
        assert source in said
        assert source in PAGE
    terms = re.findall(r"(InterPro: CC0 1\.0|HGNC: no restriction on use|GeneFuse: MIT)", said)
    assert len(set(terms)) == 3
    for term in terms:
        name, _, licence = term.partition(": ")
        row = next(line for line in PAGE.splitlines() if line.startswith("|") and name in line)
        assert licence in row
