from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from spindle.errors import UserError
from spindle.knowledge import codes
from spindle.knowledge.codes import list_codes, load_codes, make_code
from spindle.knowledge.fact_tables import TableRow, load_tables, parse_rows
from spindle.knowledge.facts import load_facts, make_fact
from spindle.knowledge.sources import load_sources
from spindle.knowledge.terms import find_site

HEADER = "id,kind,entity,system,code,label,match,note,applies_to,source,place,checked_on,how_read"
GOOD: Mapping[str, str] = {
    "id": "codes.test.one", "kind": "disease", "entity": "imt", "system": "Mondo",
    "code": "MONDO:0015798", "label": "", "match": "exact", "note": "", "applies_to": "IMT",
    "source": "mondo-2026", "place": "mappings", "checked_on": "2026-11-20",
    "how_read": "read_once",
}  # fmt: skip
SHAPES = {
    "Mondo": r"MONDO:\d{7}",
    "NCIt": r"C\d+",
    "ORPHA": r"\d+",
    "OncoTree": r"[A-Z]+",
    "ICD-O": r"\d{4}/\d",
}


def make_row(**changes: str) -> TableRow:
    line = ",".join({**GOOD, **changes}.values())
    return next(parse_rows(load_tables()["codes"], f"{HEADER}\n{line}\n"))


@pytest.mark.parametrize(
    ("entity", "system", "expected"),
    [
        ("imt", "Mondo", "MONDO:0015798"),
        ("imt", "NCIt", "C6481"),
        ("imt", "ORPHA", "178342"),
        ("imt", "OncoTree", "IMT"),
        ("imt", "ICD-O", "8825/1"),
        ("imt-lung", "ICD-O", "8827/1"),
        ("imt-bladder", "OncoTree", "IMTB"),
        ("eims", "Mondo", "MONDO:0850127"),
        ("desmoid-fibromatosis", "OncoTree", "DES"),
        ("nasal cavity", "NCIt", "C12424"),
    ],
)
def test_codes_are_those_of_their_vocabularies(entity: str, system: str, expected: str) -> None:
    assert [code.code for code in list_codes(entity, system)] == [expected]


def test_the_epithelioid_variant_has_no_icd_o_code() -> None:
    """8825/3 could not be confirmed anywhere."""
    assert {code.system for code in list_codes("eims")} == {"Mondo"}
    assert "codes.eims.no-icd-o" in load_facts()


@pytest.mark.parametrize("code", load_codes(), ids=lambda code: code.fact.id)
def test_every_code_has_the_shape_of_its_vocabulary(code: codes.Code) -> None:
    assert re.fullmatch(SHAPES[code.system], code.code)


def test_no_vocabulary_ships_whose_terms_forbid_it() -> None:
    """SNOMED CT, MedDRA, UMLS and tables of ICD stay out; so does ICD-O topography."""
    assert {code.system for code in load_codes()} == set(SHAPES)
    icd_o = [code for code in load_codes() if code.system == "ICD-O"]
    assert {code.entity for code in icd_o} == {"imt", "imt-lung"}
    assert all(code.kind == "disease" for code in icd_o)


def test_every_site_with_a_code_is_a_site_that_the_readers_know() -> None:
    for code in load_codes():
        if code.kind == "site":
            found = find_site(code.entity)
            assert found is not None, code.entity
            assert found.name == code.entity


@pytest.mark.parametrize(
    "changes",
    [{"kind": "organ"}, {"match": "nearly"}, {"entity": ""}, {"system": ""}, {"code": ""}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_bad_row_is_refused_with_its_place(changes: dict[str, str]) -> None:
    row = make_row(**changes)
    with pytest.raises(UserError) as caught:
        make_code(row, {row.id: make_fact(row.fact, load_sources())})
    assert caught.value.place == "tables/codes.csv, line 2"
    assert row.id in caught.value.message


def test_a_code_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (make_row(), make_row(id="codes.test.two"))
    facts = {row.id: make_fact(row.fact, load_sources()) for row in rows}
    monkeypatch.setattr(codes, "load_rows", lambda _: rows)
    monkeypatch.setattr(codes, "load_facts", lambda: facts)
    load_codes.cache_clear()
    with pytest.raises(UserError, match="stands twice for imt"):
        load_codes()
    monkeypatch.undo()
    load_codes.cache_clear()
