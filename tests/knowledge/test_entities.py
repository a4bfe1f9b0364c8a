from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spindle.cases.observations import StainPattern
from spindle.errors import UserError
from spindle.knowledge import entities
from spindle.knowledge.entities import (
    Condition,
    ConditionKind,
    Entity,
    EntityKind,
    FlagWeight,
    Polarity,
    RedFlagRule,
    Strength,
    load_entities,
    load_gate,
    load_red_flags,
    make_entity,
)
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import Entry, read_entries
from spindle.knowledge.histology import load_findings
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.site_groups import load_site_groups
from spindle.knowledge.stain_rules import is_known_marker

# Ids that other parts of Spindle use.
EXPECTED = {
    EntityKind.IMT: {"imt"},
    EntityKind.VARIANT: {"eims"},
    EntityKind.MIMIC: {
        "nasal-polyp",
        "igg4-related-disease",
        "rhinoscleroma",
        "spindle-squamous-carcinoma",
        "spindle-melanoma",
        "nodular-fasciitis",
        "desmoid-fibromatosis",
        "leiomyosarcoma",
        "solitary-fibrous-tumour",
        "low-grade-myofibroblastic-sarcoma",
        "follicular-dendritic-cell-sarcoma",
        "dedifferentiated-liposarcoma",
        "inflammatory-leiomyosarcoma",
        "gist",
        "rhabdomyosarcoma",
        "biphenotypic-sinonasal-sarcoma",
        "glomangiopericytoma",
        "nk-t-cell-lymphoma",
        "granulomatosis-with-polyangiitis",
        "invasive-fungal-disease",
    },
    EntityKind.SHARES_DRIVER: {
        "anaplastic-large-cell-lymphoma",
        "alk-positive-histiocytosis",
        "epithelioid-fibrous-histiocytoma",
        "infantile-fibrosarcoma",
        "secretory-carcinoma",
    },
}
ENTITIES = list(load_entities().values())
FLAGS = list(load_red_flags().values())
# Words that a knowledge base that advises does not use.
FORBIDDEN = re.compile(r"\b(must|give|safe|benign|probability|certainly)\b", re.IGNORECASE)


def name(entity: Entity | RedFlagRule) -> str:
    return entity.id


@pytest.mark.parametrize("kind", list(EntityKind))
def test_every_diagnosis_that_others_name_is_there(kind: EntityKind) -> None:
    assert {e.id for e in ENTITIES if e.kind is kind} >= EXPECTED[kind]


@pytest.mark.parametrize("entity", ENTITIES, ids=name)
def test_every_diagnosis_rests_on_facts_and_says_what_settles_it(entity: Entity) -> None:
    assert entity.facts
    assert entity.settles
    cited = [*entity.facts, *(f.fact for f in entity.features), *(d.fact for d in entity.drivers)]
    assert set(cited) <= set(load_facts())


@pytest.mark.parametrize("entity", ENTITIES, ids=name)
def test_every_name_inside_a_diagnosis_is_known(entity: Entity) -> None:
    assert set(entity.sites) <= {"any", *load_site_groups()}
    for feature in entity.features:
        assert bool(feature.finding) != bool(feature.marker)
        assert feature.finding in load_findings() or is_known_marker(feature.marker)
    assert {driver.kinase for driver in entity.drivers} <= set(load_kinases().names)


@pytest.mark.parametrize("entity", ENTITIES, ids=name)
def test_no_feature_speaks_both_ways(entity: Entity) -> None:
    named = [feature.finding or feature.marker for feature in entity.features]
    assert len(named) == len(set(named))


def test_only_what_a_source_defines_a_diagnosis_by_can_exclude_it() -> None:
    defining = {
        (entity.id, feature.finding or feature.marker)
        for entity in ENTITIES
        for feature in entity.features
        if feature.strength is Strength.DEFINING
    }
    assert defining == {
        ("eims", "epithelioid morphology"),
        ("anaplastic-large-cell-lymphoma", "CD30"),
        ("alk-positive-histiocytosis", "ALK"),
    }


def test_nothing_defines_imt() -> None:
    """No feature of IMT is specific (Zhao 2025), and a negative ALK stain does not exclude it."""
    imt = load_entities()["imt"]
    assert Strength.DEFINING not in {feature.strength for feature in imt.features}


@pytest.mark.parametrize("entity", ENTITIES, ids=name)
def test_what_shares_a_driver_names_it(entity: Entity) -> None:
    if entity.kind is EntityKind.SHARES_DRIVER:
        assert entity.drivers


def test_etv6_ntrk3_is_shared_by_two_other_tumours() -> None:
    shared = {
        e.id for e in ENTITIES if ("NTRK3", "ETV6") in [(d.kinase, d.partner) for d in e.drivers]
    }
    assert shared == {"infantile-fibrosarcoma", "secretory-carcinoma"}


def test_what_steroids_or_delay_would_harm_is_urgent() -> None:
    assert {e.id for e in ENTITIES if e.is_urgent} == {
        "granulomatosis-with-polyangiitis",
        "invasive-fungal-disease",
        "nk-t-cell-lymphoma",
        "anaplastic-large-cell-lymphoma",
        "rhabdomyosarcoma",
    }


def test_no_urgent_diagnosis_can_be_excluded_by_what_one_biopsy_lacks() -> None:
    """A negative nasal biopsy excludes neither vasculitis nor fungi (Del Buono 1991)."""
    for entity in ENTITIES:
        if entity.is_urgent:
            findings = [f.finding for f in entity.features if f.strength is Strength.DEFINING]
            assert not any(findings)


def test_mimics_go_by_site() -> None:
    nose = {entity.id for entity in ENTITIES if entity.is_at(["sinonasal", "head_neck"])}
    assert {
        "nasal-polyp",
        "glomangiopericytoma",
        "rhinoscleroma",
        "solitary-fibrous-tumour",
    } <= nose
    uterus = {entity.id for entity in ENTITIES if entity.is_at(["uterus", "female_genital"])}
    assert not {"nasal-polyp", "glomangiopericytoma", "gist"} & uterus
    assert {"imt", "eims", "leiomyosarcoma"} <= uterus


@pytest.mark.parametrize(
    ("site_groups", "listed", "not_listed"),
    [
        (["lung", "thorax"], "sarcomatoid-lung-carcinoma", "nodular-fasciitis"),
        (["lung", "thorax"], "angiomatoid-fibrous-histiocytoma", "secretory-carcinoma"),
        (["uterus", "female_genital"], "uterine-leiomyoma", "gist"),
        (["uterus", "female_genital"], "ntrk-rearranged-spindle-cell-neoplasm", "nasal-polyp"),
        (["gastrointestinal"], "inflammatory-fibroid-polyp", "nodular-fasciitis"),
        (["breast"], "nodular-fasciitis", "gist"),
        (["breast"], "secretory-carcinoma", "sarcomatoid-lung-carcinoma"),
        (["sinonasal"], "synovial-sarcoma", "uterine-leiomyoma"),
    ],
)
def test_a_diagnosis_is_thought_of_where_sources_put_it(
    site_groups: list[str], listed: str, not_listed: str
) -> None:
    found = {entity.id for entity in ENTITIES if entity.is_at(site_groups)}
    assert listed in found
    assert not_listed not in found


def test_a_driver_that_few_patients_have_is_marked() -> None:
    """EML4::ALK in one rhabdomyosarcoma (Gasparini 2016) and one epithelioid variant (Jiang 2017);
    ALK rearranged in 5 of 141 sarcomatoid carcinomas of the lung."""
    rare = {(e.id, d.kinase, d.partner) for e in ENTITIES for d in e.drivers if d.is_rare}
    assert rare == {
        ("rhabdomyosarcoma", "ALK", "EML4"),
        ("eims", "ALK", "EML4"),
        ("sarcomatoid-lung-carcinoma", "ALK", ""),
    }


def test_vasculitis_is_no_rule_in_a_nasal_biopsy() -> None:
    """7 of 17 patients had it, 6 of 17 necrosis."""
    entity = load_entities()["granulomatosis-with-polyangiitis"]
    strengths = {feature.finding: feature.strength for feature in entity.features}
    assert strengths["vasculitis"] is strengths["necrosis"] is Strength.MAY_OCCUR


# The gate ---------------------------------------------------------------------------------------


def test_the_gate_asks_for_spindle_cells_and_inflammation() -> None:
    asked = [item for item in load_gate() if item.polarity is Polarity.FOR]
    assert [item.any_of[0] for item in asked] == ["spindle cells", "inflammatory infiltrate"]
    assert all(item.facts for item in load_gate())


def test_no_stain_stands_in_the_gate() -> None:
    named = {finding for item in load_gate() for finding in item.any_of}
    assert named <= set(load_findings())


def test_what_speaks_against_imt_is_no_feature_of_imt() -> None:
    against = {n for item in load_gate() if item.polarity is Polarity.AGAINST for n in item.any_of}
    features = {f.finding for f in load_entities()["imt"].features if f.polarity is Polarity.FOR}
    assert against
    assert not against & features


# Red flags --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", FLAGS, ids=name)
def test_every_red_flag_points_to_a_diagnosis_and_rests_on_facts(rule: RedFlagRule) -> None:
    assert rule.facts
    assert set(rule.facts) <= set(load_facts())
    assert rule.entities
    assert set(rule.entities) <= set(load_entities())
    assert rule.all_of or rule.any_of


@pytest.mark.parametrize("rule", FLAGS, ids=name)
def test_every_pattern_of_a_red_flag_is_one_that_cases_hold(rule: RedFlagRule) -> None:
    patterns = {p for c in (*rule.all_of, *rule.any_of) for p in c.patterns}
    assert patterns <= set(StainPattern)


def test_fungal_hyphae_come_before_steroids() -> None:
    rule = load_red_flags()["fungal-hyphae"]
    assert Condition(ConditionKind.FINDING, "fungal hyphae") in rule.any_of
    assert rule.weight is FlagWeight.ALERT
    assert "before steroids" in rule.says
    assert "nose.fungal.steroids" in rule.facts


def test_a_necrotic_lesion_of_the_nose_raises_three_diseases() -> None:
    rule = load_red_flags()["sinonasal-necrosis"]
    nose = Condition(ConditionKind.SITE_GROUP, "sinonasal")
    assert rule.all_of == (nose, Condition(ConditionKind.FINDING, "necrosis"))
    assert rule.weight is FlagWeight.ALERT
    assert rule.gives_way
    assert set(rule.entities) == {
        "invasive-fungal-disease",
        "granulomatosis-with-polyangiitis",
        "nk-t-cell-lymphoma",
    }


def test_the_epithelioid_variant_has_alerts_of_its_own() -> None:
    rules = [rule for rule in FLAGS if rule.entities == ("eims",)]
    assert {rule.weight for rule in rules} == {FlagWeight.ALERT}
    conditions = {condition for rule in rules for condition in rule.all_of}
    assert Condition(ConditionKind.FINDING, "epithelioid morphology") in conditions
    places = {p for c in conditions if c.name == "ALK" for p in c.patterns}
    assert places == {"nuclear_membrane", "perinuclear"}


def test_a_red_flag_of_two_places_asks_for_either() -> None:
    eyes = load_red_flags()["sinonasal-vision"]
    assert eyes.all_of == (Condition(ConditionKind.SITE_GROUP, "sinonasal|orbit"),)
    gut = load_red_flags()["kit-dog1"]
    assert gut.all_of == (Condition(ConditionKind.SITE_GROUP, "abdomen|gastrointestinal"),)


def test_bone_invasion_alone_is_no_red_flag() -> None:
    """4 of 25 sinonasal IMT invaded bone (Zhao 2025)."""
    named = {condition.name for rule in FLAGS for condition in (*rule.all_of, *rule.any_of)}
    assert "bone invasion" not in named


@pytest.mark.parametrize("rule", FLAGS, ids=name)
def test_red_flags_advise(rule: RedFlagRule) -> None:
    assert not FORBIDDEN.search(rule.says)
    assert rule.says.endswith(".")


@pytest.mark.parametrize("entity", ENTITIES, ids=name)
def test_diagnoses_advise(entity: Entity) -> None:
    for words in (*(feature.says for feature in entity.features), *entity.settles):
        assert not FORBIDDEN.search(words)


def test_what_goes_beyond_a_source_is_marked() -> None:
    own = [fact for fact in load_facts().values() if fact.written_at.startswith("facts/entities")]
    assert own
    for fact in own:
        assert fact.is_inferred == (fact.source.id == "spindle"), fact.id
        if fact.is_inferred:
            assert "Spindle's own" in fact.statement, fact.id


# Malformed files --------------------------------------------------------------------------------

GOOD = """
[[entities]]
id = "test"
name = "a test"
kind = "mimic"
sites = ["sinonasal"]
features = [
{ finding = "necrosis", polarity = "for", strength = "typical", says = "No.", fact = "panel.any" },
]
drivers = [{ kinase = "ALK", fact = "gate.other-line" }]
settles = ["a stain"]
facts = ["gate.other-line"]
"""
GOOD_GATE = """
[[gate]]
polarity = "for"
any_of = ["necrosis"]
says = "Cells."
facts = ["gate.other-line"]
"""
GOOD_FLAG = """
[[red_flags]]
id = "test"
all_of = [{ finding = "necrosis" }]
says = "Look."
weight = "alert"
entities = ["imt"]
facts = ["gate.other-line"]
"""


def refuse(monkeypatch: pytest.MonkeyPatch, load: Callable[[], object], text: str) -> UserError:
    def read(path: str, table: str, **options: Any) -> Iterator[Entry]:
        return read_entries(path, table, text=text, **options)

    load_entities()
    monkeypatch.setattr(entities, "read_entries", read)
    with pytest.raises(UserError) as caught:
        load()
    assert caught.value.slug == "knowledge-invalid"
    assert re.fullmatch(r"(entities|red_flags)\.toml, line 2", caught.value.place)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "a test"\n', "", "no name"),
        ('"mimic"', '"friend"', "friend"),
        ('sites = ["sinonasal"]', 'sites = ["nostril"]', "nostril"),
        ('sites = ["sinonasal"]', "sites = []", "the list is empty"),
        ('facts = ["gate.other-line"]', 'facts = ["nobody"]', "nobody"),
        ('facts = ["gate.other-line"]', "facts = []", "the list is empty"),
        ('finding = "necrosis"', 'finding = "death"', "death"),
        ('finding = "necrosis"', 'marker = "smooth muscle actin"', "smooth muscle actin"),
        ('finding = "necrosis"', 'finding = "necrosis", marker = "ALK"', "and not both"),
        ('finding = "necrosis", ', "", "and not both"),
        ('"typical"', '"usual"', "usual"),
        ('polarity = "for"', 'polarity = "pro"', "pro"),
        ('kinase = "ALK"', 'kinase = "SRC"', "SRC"),
        ('says = "No."', 'says = "No.", source = "x"', "unknown field 'source'"),
        ('settles = ["a stain"]\n', "", "no settles"),
    ],
)
def test_a_malformed_diagnosis_is_refused_with_its_line(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    assert old in GOOD
    error = refuse(monkeypatch, load_entities.__wrapped__, GOOD.replace(old, new, 1))
    assert message in error.message


def test_a_good_diagnosis_is_read() -> None:
    (entry,) = read_entries("entities.toml", "entities", text=GOOD)
    entity = make_entity(entry)
    assert (entity.id, entity.is_urgent, entity.drivers[0].partner) == ("test", False, "")


def test_a_diagnosis_stands_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load_entities()
    monkeypatch.setattr(
        entities, "read_entries", lambda p, t, **o: read_entries(p, t, text=GOOD + GOOD, **o)
    )
    with pytest.raises(UserError, match="test stands twice") as caught:
        load_entities.__wrapped__()
    assert caught.value.place == "entities.toml, line 14"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"for"', '"with"', "with"),
        ('"necrosis"', '"death"', "death"),
        ('says = "Cells."\n', "", "no says"),
        ('"gate.other-line"', '"nobody"', "nobody"),
    ],
)
def test_a_malformed_gate_is_refused_with_its_line(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    error = refuse(monkeypatch, load_gate.__wrapped__, GOOD_GATE.replace(old, new, 1))
    assert message in error.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('all_of = [{ finding = "necrosis" }]\n', "", "asks for nothing"),
        ('finding = "necrosis"', 'finding = "death"', "death"),
        ('finding = "necrosis"', 'marker = "actin of muscle"', "actin of muscle"),
        ('finding = "necrosis"', 'site_group = "nostril"', "nostril"),
        ('finding = "necrosis"', 'site_group = "sinonasal|nostril"', "nostril"),
        ('finding = "necrosis"', 'symptom = "sadness"', "sadness"),
        ('finding = "necrosis"', 'partner = "GENE1"', "GENE1"),
        ('finding = "necrosis"', 'kinase = "SRC"', "SRC"),
        ('finding = "necrosis"', 'finding = "necrosis", marker = "ALK"', "one thing"),
        ('finding = "necrosis"', 'finding = "necrosis", patterns = ["nuclear"]', "one thing"),
        ('finding = "necrosis"', 'marker = "ALK", patterns = ["everywhere"]', "everywhere"),
        ('weight = "alert"', 'weight = "panic"', "panic"),
        ('entities = ["imt"]', 'entities = ["ghost"]', "ghost"),
        ('facts = ["gate.other-line"]', "facts = []", "no fact"),
        ('facts = ["gate.other-line"]', 'facts = ["nobody"]', "nobody"),
    ],
)
def test_a_malformed_red_flag_is_refused_with_its_line(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    assert old in GOOD_FLAG
    error = refuse(monkeypatch, load_red_flags.__wrapped__, GOOD_FLAG.replace(old, new, 1))
    assert message in error.message


# What answers what would settle a diagnosis, and what a flag says instead ------------------------


def test_what_answers_is_of_what_would_settle() -> None:
    for entity in load_entities().values():
        assert {answer.says for answer in entity.answers} <= set(entity.settles)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ('[{ settles = "weather", by = ["ALK"] }]', "not among what settles it"),
        ('[{ settles = "STAT6", by = ["weather"] }]', "weather"),
        ('[{ settles = "STAT6", by = ["partner:USP6"] }]', "no kinase"),
        ('[{ settles = "STAT6", by = ["stain:USP6"] }]', "no test that can answer"),
    ],
)
def test_an_answer_to_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, answers: str, message: str
) -> None:
    text = f"""
[[entities]]
id = "sft"
name = "solitary fibrous tumour"
kind = "mimic"
sites = ["any"]
settles = ["STAT6"]
answers = {answers}
facts = ["localisation.stat6.nuclear"]
"""
    assert message in refuse(monkeypatch, load_entities.__wrapped__, text).message


def test_a_steroid_that_is_given_changes_what_a_flag_says() -> None:
    for name in ("fungal-hyphae", "fungal-hyphae-doubted", "sinonasal-destruction"):
        (wording,) = load_red_flags()[name].instead
        assert wording.condition == Condition(ConditionKind.TREATMENT, "steroid")
        assert "before steroids" not in wording.says
        assert wording.weight is FlagWeight.ALERT
