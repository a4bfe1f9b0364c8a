from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spindle.knowledge
from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.patient import TimeUnit
from spindle.errors import UserError
from spindle.knowledge import terms, words
from spindle.knowledge.terms import (
    find_clone,
    find_gene,
    find_marker,
    find_site,
    find_symptom,
    gene_pattern,
    iterate_markers,
    marker_pattern,
    site_pattern,
)
from spindle.knowledge.vocabularies import fold, header_terms, read_header
from spindle.knowledge.vocabulary_keys import COLUMNS, LISTS, LOOKED_UP, TERM_COLUMNS
from spindle.knowledge.words import (
    find_key,
    index_words,
    load_terms,
    load_word_lists,
    make_pattern,
    parse_terms,
    parse_word_lists,
    split_words,
)

DATA = Path(spindle.knowledge.__file__).parent / "data" / "vocabularies"
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "knowledge"
WORD_LISTS = sorted(path.stem for path in DATA.glob("*.toml"))
TERM_TABLES = sorted(path.stem for path in DATA.glob("*.csv"))
GOOD_LIST = 'source = "Spindle"\nchecked_on = 2026-11-20\n'
GOOD_ROWS = "name,words,source,checked_on\n"


def test_what_every_vocabulary_holds_is_declared() -> None:
    assert set(WORD_LISTS) == set(LISTS)
    assert set(TERM_TABLES) == set(COLUMNS)
    assert set(LOOKED_UP) <= set(LISTS)


@pytest.mark.parametrize("name", WORD_LISTS)
def test_every_list_of_words_loads_and_is_not_empty(name: str) -> None:
    lists = load_word_lists(name)
    assert lists
    assert all(lists.values())


@pytest.mark.parametrize("name", TERM_TABLES)
def test_every_table_of_terms_loads_with_a_source_a_row(name: str) -> None:
    rows = load_terms(name)
    assert rows
    assert all(row["source"].strip() and row["checked_on"] for row in rows)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a = [", "Not TOML"),
        ('checked_on = 2026-11-20\na = ["b"]', "no source"),
        ('source = " "\nchecked_on = 2026-11-20', "no source"),
        ('source = "Spindle"\na = ["b"]', "checked_on"),
        ('source = "Spindle"\nchecked_on = "today"', "checked_on"),
        (GOOD_LIST + 'a = "b"', "a is not a list"),
        (GOOD_LIST + "[t]\na = [1]", "t.a is not a list"),
        (GOOD_LIST + 'a = [""]', "a is not a list"),
    ],
)
def test_a_list_without_source_or_words_is_refused(text: str, what: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_word_lists("mine.toml", text)
    assert caught.value.slug == "knowledge-invalid"
    assert what in caught.value.message
    assert "mine.toml" in caught.value.place


@pytest.mark.parametrize("value", ["nan", "7", "true", '["a", 1]', "[]", '[" "]', '"zzz"'])
def test_a_list_that_holds_no_words_is_told_with_its_line(value: str) -> None:
    with pytest.raises(UserError, match=r"t\.b is not a list of words") as caught:
        parse_word_lists("mine.toml", f'{GOOD_LIST}a = ["x"]\n[t]\nb = {value}\n')
    assert caught.value.place == "vocabularies/mine.toml, line 5"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("lung,lung,,2026-11-20", "no source"),
        ("lung,lung,Spindle,", "no checked_on"),
        (",lung,Spindle,2026-11-20", "no name"),
        ("lung,lung,Spindle,yesterday", "a day is written"),
        ("lung,lung,Spindle,20261120", "a day is written"),
        ("lung,lung,Spindle,2026-W10-1", "a day is written"),
        ("lung,lung,Spindle", "3 cells"),
        ("lung,lung,Spindle,2026-11-20,x", "5 cells"),
        ("liver,hepar,Spindle,2026-11-20", "stands twice"),
    ],
)
def test_a_term_without_source_is_refused_with_its_line(row: str, what: str) -> None:
    text = f"{GOOD_ROWS}liver,liver,Spindle,2026-11-20\n{row}\n"
    with pytest.raises(UserError) as caught:
        parse_terms("mine.csv", text, ("words", *TERM_COLUMNS))
    assert caught.value.slug == "knowledge-invalid"
    assert what in caught.value.message
    assert caught.value.place == "vocabularies/mine.csv, line 3"


@pytest.fixture
def own_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], None]]:
    """Put other texts in the place of the files that ship."""

    def put(texts: dict[str, str]) -> None:
        monkeypatch.setattr(words, "read_vocabulary_text", texts.__getitem__)
        clear()

    def clear() -> None:
        tables = (terms._sites, terms._symptoms, terms._markers, terms._genes)
        for cached in (load_word_lists, load_terms, index_words, make_pattern, *tables):
            cached.cache_clear()  # type: ignore[attr-defined]

    yield put
    monkeypatch.undo()
    clear()


def test_a_word_under_two_keys_is_refused(own_files: Callable[[dict[str, str]], None]) -> None:
    own_files({"mine.toml": GOOD_LIST + 'yes = ["J"]\nno = ["j"]'})
    with pytest.raises(UserError, match="stands under two keys"):
        find_key("mine", "x")


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (
            "lung,,,,no,lung|pulmo,,,,,S,2026-11-20\nliver,,,,no,pulmo,,,,,S,2026-11-20",
            "two meanings",
        ),
        ("lung,HP:1,lung,exact,no,,,,,,S,2026-11-20", "no UBERON code"),
        ("lung,UBERON:1,,exact,no,,,,,,S,2026-11-20", "no UBERON code"),
    ],
)
def test_a_word_with_two_meanings_or_a_wrong_code_is_refused(
    own_files: Callable[[dict[str, str]], None], rows: str, what: str
) -> None:
    head = (
        "name,code,label,match,is_paired,words,words_broader,words_close,words_alone,parts,"
        "source,checked_on\n"
    )
    own_files({"sites.csv": head + rows})
    with pytest.raises(UserError, match=what):
        find_site("lung")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the knowledge files are not beside the repository")
@pytest.mark.parametrize(
    ("table", "file", "code_column", "label_column"),
    [
        ("sites", "codes_sites.csv", "uberon", "site"),
        ("symptoms", "codes_hpo.csv", "hpo_id", "hpo_label"),
    ],
)
def test_every_code_is_one_that_was_read_in_its_source(
    table: str, file: str, code_column: str, label_column: str
) -> None:
    with (SHARED / file).open(encoding="utf-8", newline="") as lines:
        read = {row[code_column]: row[label_column] for row in csv.DictReader(lines)}
    ours = {row["code"]: row["label"] for row in load_terms(table) if row["code"]}
    assert set(ours) <= set(read)
    assert {code: read[code] for code in ours} == ours
    # And none that was read is forgotten.
    assert set(read) - {""} == set(ours)


def test_every_way_to_write_a_term_finds_it() -> None:
    finders = {"sites": find_site, "symptoms": find_symptom, "markers": find_marker}
    for table, find in finders.items():
        for row in load_terms(table):
            for column in (column for column in row if column.startswith("words")):
                for word in split_words(row[column]):
                    found = find(word.upper())
                    assert found is not None, word
                    assert found.name == row["name"]


def test_every_gene_finds_its_symbol() -> None:
    for row in load_terms("genes"):
        for word in (row["name"], *split_words(row["words"])):
            gene = find_gene(word)
            assert gene is not None
            assert gene.symbol == row["name"]


def test_the_longest_name_is_found_in_a_phrase() -> None:
    assert site_pattern().search("left nasal cavity").group() == "nasal cavity"  # type: ignore[union-attr]
    assert marker_pattern().match("ck7+").group() == "ck7"  # type: ignore[union-attr]
    assert marker_pattern().match("ck19+") is None
    assert gene_pattern().search("tfg-ros-1").group() == "tfg"  # type: ignore[union-attr]


def test_an_adjective_names_a_site_only_when_it_stands_alone() -> None:
    site = find_site("orbital")
    assert site is not None
    assert site.name == "orbit"
    assert site_pattern().search("orbital fat") is None


def test_a_term_without_a_code_is_unknown_and_one_with_a_code_says_how_it_fits() -> None:
    fossa, lid = find_site("pterygopalatine fossa"), find_site("lower eyelid")
    assert fossa is not None
    assert fossa.code == UNKNOWN
    assert lid is not None
    assert not isinstance(lid.code, Absent)
    assert lid.code.match == "broader"


@pytest.mark.parametrize(
    ("words_written", "marker", "clone"),
    [
        ("D5F3", "ALK", "D5F3"),
        ("clone 5A4", "ALK", "5A4"),
        ("alk-1", "ALK", "ALK1"),
        ("1A4", "SMA", "1A4"),
        ("D5F3", "SMA", ""),
        ("x", "nothing", ""),
    ],
)
def test_clones_belong_to_their_marker(words_written: str, marker: str, clone: str) -> None:
    assert find_clone(words_written, marker) == clone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("α–SMA", "α-SMA"),
        ("Lost  to\nfollow up ", "lost to follow up"),
        ("（＋）", "(+)"),
        ("1½", "1 1/2"),
        ("patient’s", "Patient's"),
        ("−", "-"),
    ],
)
def test_words_are_compared_without_their_typography(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_raised_digit_never_joins_a_number() -> None:
    assert fold("34¹") != fold("341")
    assert fold("cm³") == "cm^3"


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_word_is_found_whole() -> None:
    pattern = make_pattern("outcomes", "alive")
    assert pattern.search("alive")
    assert not pattern.search("relived")
    assert make_pattern("sides", "left").search("左侧上颌窦")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("No", "case_id"),
        ("No.", "case_id"),
        ("Case #", "case_id"),
        ("Patient ID", "case_id"),
        ("Pt", "case_id"),
        ("case_id", "case_id"),
        ("Gender", "sex"),
        ("Sex (M/F)", "sex"),
        ("性别", "sex"),
        ("Sexo", "sex"),
        ("Geschlecht", "sex"),
        ("Age", "age"),
        ("Age (yr)", "age"),
        ("Age/years", "age"),
        ("Age in years", "age"),
        ("Patient's age (years)", "age"),
        ("age_value", "age"),
        ("年龄（岁）", "age"),
        ("Edad", "age"),
        ("Alter", "age"),
        ("age_unit", "age_unit"),
        ("Clinical Manifestations", "symptoms"),
        ("symptoms_text", "symptoms"),
        ("Presentation", "symptoms"),
        ("Imaging Examination", "sites"),
        ("site_text", "sites"),
        ("Location", "sites"),
        ("Tumor size (cm)", "size"),
        ("ALK", "alk_ihc"),
        ("ALK (D5F3)", "alk_ihc"),
        ("alk_ihc", "alk_ihc"),
        ("IHC (ALK)", "alk_ihc"),
        ("p80", "alk_ihc"),
        ("FISH", "alk_fish"),
        ("ALK (FISH)", "alk_fish"),
        ("FISH (ALK)", "alk_fish"),
        ("alk_fish", "alk_fish"),
        ("RT-PCR", "alk_rt_pcr"),
        ("rt_pcr", "alk_rt_pcr"),
        ("ALK (PCR)", "alk_rt_pcr"),
        ("ROS1", "ros1_ihc"),
        ("ROS1 FISH", "ros1_fish"),
        ("pan-TRK", "pan_trk_ihc"),
        ("other_ihc_text", "other_stains"),
        ("Immunohistochemistry", "other_stains"),
        ("fusion_text", "fusion"),
        ("NGS", "fusion"),
        ("NGS (DNA/RNA)", "fusion"),
        ("NTRK3 FISH", "fish"),
        ("FISH (NTRK3)", "fish"),
        ("PDGFRB break-apart FISH", "fish"),
        ("ROS1 RT-PCR", "rt_pcr"),
        ("Side", "laterality"),
        ("Laterality", "laterality"),
        ("Treatment", "treatment"),
        ("Surgery", "treatment"),
        ("Resection margin", "margin"),
        ("Follow-up", "follow_up"),
        ("Duration of Follow Up (Months)", "follow_up"),
        ("followup_text", "follow_up"),
        ("Outcome", "outcome"),
        ("Status", "outcome"),
        ("Recurrence", "recurrence"),
        ("Metastasis", "metastasis"),
        ("Cause of death", "death_cause"),
        ("Diagnosis", "diagnosis"),
        ("Specimen type", "specimen_kind"),
        ("Tumour content (%)", "tumour_content"),
        ("Histology", "histology"),
        ("Ki-67 index (%)", "ki67"),
        ("MIB-1 index", "ki67"),
        ("doi", "source"),
        ("source_citation", "source"),
        ("note", "remark"),
        ("SMA", "stain"),
        ("Desmin", "stain"),
        ("Ki-67", "stain"),
        ("CD117 (c-kit) IHC", "stain"),
    ],
)
def test_the_field_of_a_header(header: str, field: str) -> None:
    assert read_header(header).field == field


@pytest.mark.parametrize(
    "header",
    [
        "",
        "()",
        "Foo",
        "ALK rearrangement",
        "ALK status",
        "FISH (EWSR1)",
        "ETV6 FISH",
        "ALK/ROS1 FISH",
        "ROS1 rearrangement",
        "ALK (RNA-seq)",
        "Age (last follow-up)",
        "SMA (foo)",
        "ER",
        "PR",
        "NF",
    ],
)
def test_a_header_that_may_mean_something_else_is_not_recognised(header: str) -> None:
    assert read_header(header).field == ""


@pytest.mark.parametrize(
    ("header", "marker", "clone"),
    [
        ("ALK (D5F3)", "ALK", "D5F3"),
        ("ALK_D5F3", "ALK", "D5F3"),
        ("ALK (clone 5A4)", "ALK", "5A4"),
        ("ALK", "ALK", ""),
        ("ALK p80", "ALK", "p80"),
        ("SMA (1A4)", "SMA", "1A4"),
        ("CK (AE1/AE3)", "cytokeratin", "AE1/AE3"),
        ("β-catenin", "beta-catenin", ""),
        ("Desmin staining", "desmin", ""),
    ],
)
def test_the_marker_and_clone_of_a_header(header: str, marker: str, clone: str) -> None:
    reading = read_header(header)
    assert (reading.marker, reading.clone) == (marker, clone)


@pytest.mark.parametrize(
    ("header", "unit", "length"),
    [
        ("Age (yr)", TimeUnit.YEARS, ""),
        ("Age, y/mo", TimeUnit.YEARS_AND_MONTHS, ""),
        ("Follow-up, mo", TimeUnit.MONTHS, ""),
        ("随访时间（月）", TimeUnit.MONTHS, ""),
        ("Age", None, ""),
        ("Size (cm)", None, "cm"),
        ("Size, mm", None, "mm"),
        ("Size", None, ""),
    ],
)
def test_the_unit_of_a_header(header: str, unit: TimeUnit | None, length: str) -> None:
    reading = read_header(header)
    assert (reading.unit, reading.length_unit) == (unit, length)


def test_no_header_means_two_fields() -> None:
    seen: dict[str, str] = {}
    for field, headers in header_terms().items():
        for header in headers:
            squeezed = re.sub(r"[\s_.,:;\-]+", " ", fold(header)).strip()
            assert seen.setdefault(squeezed, field) == field, header


def test_every_listed_header_is_read_as_its_field() -> None:
    for field, headers in header_terms().items():
        for header in headers:
            assert read_header(header).field == field, header


def test_a_marker_with_a_field_of_its_own_has_one_that_tables_know() -> None:
    fields = {marker.field for _, marker in iterate_markers() if marker.field}
    assert fields == {"alk_ihc", "ros1_ihc", "pan_trk_ihc"}
    assert fields <= set(header_terms())
