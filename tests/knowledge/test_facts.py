from __future__ import annotations

import ast
import datetime
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spindle.errors import UserError
from spindle.knowledge import facts as facts_module
from spindle.knowledge.facts import Comparison, HowRead, find_fact, load_facts, make_fact
from spindle.knowledge.files import Entry, list_files, read_entries, read_text
from spindle.knowledge.fusions import Frame, load_fusions
from spindle.knowledge.kinase_domains import load_kinase_domains
from spindle.knowledge.sources import load_sources

SOURCE = Path(facts_module.__file__).resolve().parents[1]
GOOD = """
[[facts]]
id = "test.fact"
statement = "8 of 11 tumours had a fusion."
n = 8
of = 11
value = 15
unit = "per cent"
comparison = ">="
applies_to = "IMT"
source = "lovly-2014"
place = "Results"
checked_on = 2026-11-20
how_read = "read_once"
"""
# What the project's list of unverified items forbids to encode. Each would be plausible.
UNVERIFIED = (
    r"two signal diameters",
    r"8825/3",
    r"brigatinib",
    r"3\.9 \+",
    r"all (?:6|six) (?:IMT )?(?:with )?metasta",
    r"SNOMED",
    r"MedDRA",
)
# Drugs of which no count in IMT was found; what regulators say of them is cited elsewhere.
UNCOUNTED_IN_IMT = ("brigatinib", "larotrectinib", "repotrectinib", "lorlatinib")
# Partners whose exons, and kinases whose accession, nobody read.
NO_EXONS = (
    "IGFBP5", "TIMP3", "DES", "RRBP1", "TNS1", "NRP2", "YWHAE", "NUDCD3", "ETV6",
)  # fmt: skip
NO_ACCESSION = ("NTRK2", "NTRK3", "PDGFRB")


def make(text: str) -> Any:
    entries = list(read_entries("facts/new.toml", "facts", text=text))
    return make_fact(entries[0], load_sources())


def change(**lines: str | None) -> str:
    """Give the good text with lines changed, or left out when None."""
    kept = []
    for line in GOOD.splitlines():
        key = line.split(" = ")[0]
        if key not in lines:
            kept.append(line)
        elif lines[key] is not None:
            kept.append(f"{key} = {lines[key]}")
    known = {line.split(" = ")[0] for line in GOOD.splitlines()}
    kept += [f"{key} = {value}" for key, value in lines.items() if key not in known]
    return "\n".join(kept)


def refuse(text: str) -> UserError:
    with pytest.raises(UserError) as caught:
        make(text)
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place == "facts/new.toml, line 2"
    return caught.value


# The loader -------------------------------------------------------------------------------------


def test_a_good_fact_is_read_with_everything() -> None:
    fact = make(GOOD)
    assert fact.number == 15
    assert fact.comparison is Comparison.AT_LEAST
    assert (fact.n, fact.of) == (8, 11)
    assert fact.source.id == "lovly-2014"
    assert fact.checked_on == datetime.date(2026, 11, 20)
    assert fact.how_read is HowRead.READ_ONCE
    assert fact.is_inferred is False


@pytest.mark.parametrize(
    "field", ["id", "statement", "source", "place", "checked_on", "how_read", "applies_to"]
)
def test_a_fact_without_a_field_does_not_load(field: str) -> None:
    assert field in refuse(change(**{field: None})).message


@pytest.mark.parametrize("field", ["id", "statement", "source", "place", "how_read", "applies_to"])
@pytest.mark.parametrize("blank", ['""', '"  "'])
def test_a_blank_field_is_a_missing_one(field: str, blank: str) -> None:
    refuse(change(**{field: blank}))


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ({"source": '"nobody-2020"'}, "nobody-2020"),
        ({"how_read": '"skimmed"'}, "skimmed"),
        ({"comparison": '"more"'}, "more"),
        ({"comparison": '"=>"'}, "=>"),
        ({"checked_on": '"2026-11-20"'}, "checked_on"),
        ({"n": "8.0"}, "n ="),
        ({"n": '"8"'}, "n ="),
        ({"n": "true"}, "n ="),
        ({"of": None}, "of"),
        ({"n": None}, "n"),
        ({"value": "true"}, "value"),
        ({"value": "[15]"}, "value"),
        ({"value": "{a = 1}"}, "value"),
        ({"author": '"me"'}, "author"),
        ({"is_inferred": "1"}, "is_inferred"),
        ({"unit": "5"}, "unit"),
    ],
)
def test_a_malformed_field_is_refused(lines: dict[str, str | None], word: str) -> None:
    assert word in refuse(change(**lines)).message


@pytest.mark.parametrize(
    "lines",
    [
        {"n": "12"},
        {"n": "-1"},
        {"n": "0", "of": "0"},
        {"value": "nan"},
        {"value": "inf"},
        {"value": "2026-11-20"},
        {"checked_on": "2026-11-20T10:00:00"},
    ],
    ids=["n above of", "n below zero", "of nothing", "nan", "infinite", "a date", "a time"],
)
def test_a_value_that_cannot_be_is_refused(lines: dict[str, str | None]) -> None:
    refuse(change(**lines))


def test_a_fact_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: str, table: str, **options: Any) -> Iterator[Entry]:
        return read_entries(path, table, text=GOOD + GOOD, **options)

    monkeypatch.setattr(facts_module, "read_entries", read)
    load_facts.cache_clear()
    with pytest.raises(UserError) as caught:
        load_facts()
    monkeypatch.undo()
    load_facts.cache_clear()
    assert "stands twice" in caught.value.message
    assert "line 16" in caught.value.place


def test_an_unknown_fact_is_a_users_error() -> None:
    with pytest.raises(UserError) as caught:
        find_fact("no.such.fact")
    assert caught.value.slug == "fact-unknown"


def test_a_fact_without_a_number_gives_none() -> None:
    with pytest.raises(UserError) as caught:
        _ = find_fact("fish.kit-scope").number
    assert caught.value.slug == "knowledge-invalid"


def test_facts_can_not_be_changed() -> None:
    with pytest.raises(TypeError):
        load_facts()["new"] = find_fact("fish.kit-scope")  # type: ignore[index]


# The facts that ship ----------------------------------------------------------------------------


@pytest.mark.parametrize("fact_id", list(load_facts()))
def test_every_fact_is_cited_dated_and_says_what_it_is_about(fact_id: str) -> None:
    fact = find_fact(fact_id)
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", fact.id)
    assert fact.statement.endswith(".")
    assert fact.source.id in load_sources()
    assert fact.checked_on <= datetime.date(2100, 1, 1)
    assert fact.applies_to
    assert fact.place


def test_what_no_publication_says_is_marked_as_inferred() -> None:
    own = [fact for fact in load_facts().values() if fact.source.id == "spindle"]
    assert own
    assert all(fact.is_inferred for fact in own)
    for fact in load_facts().values():
        if "does not say so" in fact.statement or "not written there" in fact.place:
            assert fact.is_inferred, fact.id


def test_no_count_is_more_than_its_denominator() -> None:
    counted = [fact for fact in load_facts().values() if fact.of != ""]
    assert counted
    assert all(0 <= int(fact.n) <= int(fact.of) and int(fact.of) > 0 for fact in counted)


@pytest.mark.parametrize(
    ("fact_id", "number", "comparison"),
    [
        ("fish.zhao-2025.stage1.nuclei", 50, ">="),
        ("fish.zhao-2025.stage1.positive", 25, ">"),
        ("fish.zhao-2025.stage1.count-on", 5, ">="),
        ("fish.zhao-2025.stage1.negative", 5, "<"),
        ("fish.zhao-2025.stage2.nuclei", 100, ">="),
        ("fish.zhao-2025.stage2.positive", 15, ">"),
        ("fish.vysis.stage1.nuclei", 50, ">="),
        ("fish.vysis.stage2.nuclei", 100, ">="),
        ("fish.vysis.stage2.positive", 15, ">="),
        ("fish.iaslc-2013.nuclei.one-reader", 50, ">="),
        ("fish.iaslc-2013.nuclei.two-readers", 100, ">="),
        ("fish.iaslc-2013.positive", 15, ">="),
    ],
)
def test_the_limits_are_those_of_their_sources(
    fact_id: str, number: float, comparison: str
) -> None:
    fact = find_fact(fact_id)
    assert (fact.number, fact.comparison.value) == (number, comparison)


@pytest.mark.parametrize(
    ("fact_id", "n", "of"),
    [
        ("ihc.alk.negative-is-not-the-end", 8, 11),
        ("ihc.alk.fish-discordance", 4, 16),
        ("ihc.alk.not-specific", 35, 65),
        ("fusions.children.any-kinase", 71, 82),
        ("pcr.imbalance.misses-ros1", 8, 20),
        ("ihc.pan-trk.ntrk3", 2, 2),
        ("fish.iaslc-2013.patterns", 27, 50),
    ],
)
def test_the_counts_are_those_of_their_sources(fact_id: str, n: int, of: int) -> None:
    fact = find_fact(fact_id)
    assert (fact.n, fact.of) == (n, of)


# What is used, what is unused, what is forbidden ------------------------------------------------


def list_ids_in_code() -> set[str]:
    """Give every text in the code that has the form of a fact's id and its first word."""
    subjects = {fact.split(".")[0] for fact in load_facts()}
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                shape = re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text)
                if (
                    shape
                    and text.split(".")[0] in subjects
                    and not text.endswith((".toml", ".html", ".csv", ".css"))
                ):
                    found.add(text)
    return found


def list_ids_in_data() -> set[str]:
    keys = ("facts", "tissue_sparing_facts", "patterns_fact", "atypical")
    found: set[str] = set()
    for folder in ("fish_rules", "protocols"):
        for path in list_files(folder):
            found |= set(_walk_ids(tomllib.loads(read_text(path)), keys))
    return found


def _walk_ids(value: Any, keys: tuple[str, ...]) -> Iterator[str]:
    for key, inner in value.items():
        if key in keys and isinstance(inner, str | list):
            yield from [inner] if isinstance(inner, str) else inner
        elif key == "stages":
            for stage in inner:
                yield from stage.values()
        elif isinstance(inner, dict):
            yield from _walk_ids(inner, keys)


def test_every_fact_that_code_or_data_names_exists() -> None:
    assert len(list_ids_in_data()) >= 20
    assert list_ids_in_code()
    assert list_ids_in_code() | list_ids_in_data() <= set(load_facts())


def list_knowledge_texts() -> Iterator[tuple[str, str]]:
    """Give every knowledge file that makes statements; vocabularies hold words of reports."""
    folders = ("facts", "fish_rules", "protocols", "leaflet", "")
    for folder, suffix in (*((folder, ".toml") for folder in folders), ("tables", ".csv")):
        for path in list_files(folder, suffix):
            yield path, read_text(path.removeprefix("/"))


@pytest.mark.parametrize("pattern", UNVERIFIED)
def test_nothing_that_was_not_read_in_a_source_is_encoded(pattern: str) -> None:
    texts = list(list_knowledge_texts())
    assert len(texts) >= 20
    assert [path for path, text in texts if re.search(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("drug", UNCOUNTED_IN_IMT)
def test_a_drug_without_a_published_count_in_imt_has_none(drug: str) -> None:
    counted = [
        fact.id
        for fact in load_facts().values()
        if drug in f"{fact.id} {fact.statement}".lower()
        and fact.of != ""
        and re.search(r"\bIMT\b|myofibroblastic", f"{fact.applies_to} {fact.statement}")
        and not re.search(r"not (?:in )?IMT\b|IMT not counted apart", fact.statement)
    ]
    assert counted == []


def test_no_chinese_approval_for_imt_is_encoded() -> None:
    """Searched for twice by the project and not found; other approvals there are cited."""
    chinese = [
        f for f in load_facts().values() if re.search(r"NMPA|approvals\.cn\.", f.id + f.statement)
    ]
    for fact in chinese:
        assert "crizotinib" not in fact.statement.lower(), fact.id
        assert not re.search(r"\bIMT\b|myofibroblastic", fact.statement), fact.id


def test_no_radiotherapy_count_is_encoded() -> None:
    """Case reports only: no share of patients who answered."""
    for fact in load_facts().values():
        if "radiotherapy" in fact.id:
            assert fact.of == "", fact.id


def test_no_exon_is_given_for_a_partner_whose_exons_nobody_read() -> None:
    rows = [row for row in load_fusions() if set(row.partners) & set(NO_EXONS)]
    assert len(rows) >= len(NO_EXONS)
    assert [row.fact.id for row in rows if row.exon5 or row.exon3] == []


def test_a_reading_frame_is_given_only_where_a_source_says_it() -> None:
    framed = {row.partners for row in load_fusions() if row.frame is not Frame.NOT_STATED}
    assert framed == {("EML4",)}


def test_no_accession_is_given_that_nobody_read() -> None:
    found = {d.gene: d.accession for d in load_kinase_domains() if d.gene in NO_ACCESSION}
    assert found == dict.fromkeys(NO_ACCESSION, "")


def test_no_rule_of_the_kit_asks_for_a_second_reader() -> None:
    """Its insert is said to; nobody read it."""
    kit = [fact for fact in load_facts().values() if fact.id.startswith("fish.vysis.")]
    assert len(kit) >= 5
    assert [fact.id for fact in kit if "reader" in fact.statement] == []


def test_the_kits_first_step_has_no_limit_that_nobody_read() -> None:
    ids = [fact for fact in load_facts() if fact.startswith("fish.vysis.stage1")]
    assert sorted(ids) == ["fish.vysis.stage1.count-on", "fish.vysis.stage1.nuclei"]
    assert find_fact("fish.vysis.stage1.count-on").is_inferred


def test_no_test_result_is_tied_to_an_outcome() -> None:
    """Sources contradict each other on ALK and outcome, so no testing fact speaks of it."""
    testing = ("ihc.", "fish.", "pcr.", "sequencing.", "protocol.")
    for fact in load_facts().values():
        if fact.id.startswith(testing):
            assert not re.search(
                r"prognos|survival|aggressive|benign", fact.statement, re.IGNORECASE
            )
