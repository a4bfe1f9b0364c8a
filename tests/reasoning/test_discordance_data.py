"""The file of discordances: what is complete, and what is refused with file and line."""

from __future__ import annotations

import pytest

from spindle.errors import UserError
from spindle.knowledge.discordances import ASSAYS, CONDITIONS, load_discordances, make_book
from spindle.knowledge.entities import load_entities
from spindle.knowledge.fusions import list_partners, list_patterns
from spindle.reasoning.findings import Weight

# The ids that several parts of Spindle use.
SHARED = (
    "ihc-positive-fish-negative", "ihc-negative-fish-positive", "ihc-positive-rna-negative",
    "ihc-negative-fusion-detected", "fish-positive-rna-negative", "fish-negative-fusion-detected",
    "pcr-negative-fusion-detected", "pcr-positive-rna-negative", "dna-rna-disagree",
    "same-assay-disagrees", "pattern-against-partner", "pattern-suggests-partner",
    "partner-unusual-for-site", "partner-not-known-in-imt", "expressed-fusion-not-productive",
    "alk-in-other-tumour", "fish-pattern-needs-corroboration",
)  # fmt: skip
GOOD = """
[[kinds]]
id = "one"
title = "{positive} against {negative}."
weight = "doubt"
positive = ["ihc"]
negative = ["fish"]
facts = ["discordance.rule.positive-beside-negative"]
would_change = "another test"

[[explanations]]
kinds = ["one"]
says = "It happens."
facts = ["fish.false-negative"]

[[unseen]]
assays = ["fish"]
result = "negative"
says = "Small breaks."
facts = ["fish.false-negative"]

[[settles]]
kinds = ["one"]
says = "RNA sequencing."
assays = ["rna_sequencing"]

[[patterns]]
pattern = "perinuclear"
name = "around the nucleus"
fits = ["perinuclear"]
is_distinctive = true
not_at = ["uterus"]
facts = ["fusions.lee-2017.rrbp1"]

[[placed_partners]]
kinase = "ALK"
partners = ["RANBP2"]
is_tied = true
site_groups = ["abdomen"]
facts = ["fusions.huang-2016.ranbp2"]

[[tumours]]
id = "rhabdomyosarcoma"
name = "rhabdomyosarcoma"
kinase = "ALK"
markers = ["myogenin"]
says = "It stains."
settles = ["MyoD1."]
facts = ["ihc.alk.not-specific"]
"""


def test_every_shared_id_is_there() -> None:
    assert set(SHARED) <= set(load_discordances().kinds)


def test_every_weight_is_known_and_alerts_are_few() -> None:
    weights = [kind.weight for kind in load_discordances().kinds.values()]
    assert set(weights) == {weight.value for weight in Weight}
    assert weights.count("alert") == 2


def test_every_pair_of_assays_has_exactly_one_kind() -> None:
    kinds = load_discordances().kinds.values()
    for positive in ASSAYS:
        for negative in ASSAYS:
            found = [
                kind.id
                for kind in kinds
                if positive in kind.positive
                and negative in kind.negative
                and kind.is_one_assay == (positive == negative)
            ]
            assert len(found) == 1, (positive, negative, found)


def test_every_condition_is_used() -> None:
    book = load_discordances()
    named = {name for rule in (*book.explanations, *book.settles) for name in rule.when}
    named |= {name for rule in book.settles for name in rule.unless}
    assert named == set(CONDITIONS)


def test_patterns_and_places_speak_of_partners_that_are_published() -> None:
    book = load_discordances()
    published = {record.pattern for record in list_patterns("ALK")}
    assert published <= set(book.patterns)
    for rule in book.placed_partners:
        assert set(rule.partners) <= set(list_partners(rule.kinase))


def test_other_tumours_are_diagnoses_that_the_differential_knows() -> None:
    assert {tumour.id for tumour in load_discordances().tumours} <= set(load_entities())


def test_a_well_formed_file_is_read() -> None:
    book = make_book(GOOD)
    assert list(book.kinds) == ["one"]
    assert len(book.tumours) == 1


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('weight = "doubt"', 'weight = "panic"', 2),
        ('positive = ["ihc"]', 'positive = ["smell"]', 2),
        ('positive = ["ihc"]\n', "", 2),
        ('title = "{positive}', 'title = "{colour}', 2),
        ('facts = ["discordance.rule.positive-beside-negative"]', 'facts = ["nothing"]', 2),
        ('would_change = "another test"\n', "", 2),
        ('[[explanations]]\nkinds = ["one"]', '[[explanations]]\nkinds = ["two"]', 11),
        ('says = "It happens."\nfacts = ["fish.false-negative"]', 'says = "So."\nfacts = []', 11),
        ('says = "It happens."', 'says = "It happens."\nwhen = ["at_night"]', 11),
        ('says = "It happens."', 'says = "It happens."\nsite_groups = ["elbow"]', 11),
        ('says = "It happens."', 'says = "It happens."\nkinases = ["KIT"]', 11),
        ('result = "negative"', 'result = "failed"', 16),
        ('assays = ["rna_sequencing"]', 'assays = ["rna"]', 22),
        ('pattern = "perinuclear"', 'pattern = "everywhere"', 27),
        ('not_at = ["uterus"]', 'not_at = ["womb"]', 27),
        ("is_tied = true", 'is_tied = "yes"', 35),
        ('markers = ["myogenin"]', 'markers = ["myogenine"]', 42),
        ('markers = ["myogenin"]\n', "", 42),
        ('markers = ["myogenin"]', 'findings = ["stripes"]', 42),
    ],
)
def test_a_malformed_entry_is_refused_with_its_line(old: str, new: str, line: int) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(UserError) as error:
        make_book(GOOD.replace(old, new))
    assert error.value.slug == "knowledge-invalid"
    assert error.value.place == f"discordances.toml, line {line}"


@pytest.mark.parametrize(
    "text",
    [
        GOOD + GOOD.split("[[explanations]]", maxsplit=1)[0],
        GOOD.replace('kinds = ["one"]\nsays = "It', 'kinds = []\nsays = "It'),
        GOOD.replace('kinds = ["one"]\nsays = "RNA', 'kinds = []\nsays = "RNA'),
        GOOD + "\n[[colours]]\nid = 1\n",
        "not TOML at all [",
    ],
    ids=["twice", "no explanation", "nothing settles", "unknown table", "not TOML"],
)
def test_an_incomplete_file_is_refused(text: str) -> None:
    with pytest.raises(UserError) as error:
        make_book(text)
    assert error.value.slug == "knowledge-invalid"
    assert error.value.place.startswith("discordances.toml")
