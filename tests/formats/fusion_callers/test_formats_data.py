"""The declared formats: what the loader refuses, and what the words mean."""

from __future__ import annotations

import pytest

from spindle.cases.fusion_calls import Build
from spindle.errors import UserError
from spindle.knowledge.files import read_text
from spindle.knowledge.fusion_callers import (
    FILE,
    find_builds,
    find_caller_format,
    load_caller_formats,
    parse_caller_formats,
    read_build,
)

HEAD = """
[[shared_words]]
id = "nothing"
words = ["NA"]

[[builds]]
id = "GRCh38"
words = ["hg38"]
"""
ENTRY = """
[[formats]]
id = "mine"
name = "Mine"
versions = "1"
method = "rna_sequencing"
is_directed = true
first_position = 1
rank = 1
source = "a page"
verified = "an edge"
checked_on = 2026-11-20
requires = [["#Gene1 ", "GENE2"]]
"""


def test_columns_and_words_are_compared_without_case_and_marks() -> None:
    held = parse_caller_formats(HEAD + ENTRY + '[formats.words]\nframe_in = ["In_Frame"]\n')
    assert held.formats["mine"].requires == (frozenset({"gene1", "gene2"}),)
    assert held.formats["mine"].words["frame_in"] == frozenset({"inframe"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('method = "rna_sequencing"', 'method = "guess"'),
        ("first_position = 1", "first_position = 2"),
        ("rank = 1", 'rank = "1"'),
        ('verified = "an edge"', ""),
        ('verified = "an edge"', 'verified = "  "'),
        ('requires = [["#Gene1 ", "GENE2"]]', 'requires = ["gene1"]'),
        ('requires = [["#Gene1 ", "GENE2"]]', "columns = { gene5 = 5 }"),
        ('requires = [["#Gene1 ", "GENE2"]]', 'patterns = { name = "(" }'),
        ('requires = [["#Gene1 ", "GENE2"]]', "colours = 1"),
        (ENTRY, ENTRY + ENTRY),
        (ENTRY, ENTRY + '[[builds]]\nid = "T2T"\nwords = ["t2t"]\n'),
        (
            ENTRY,
            ENTRY
            + '[[builds]]\nid = "GRCh37"\nwords = ["hg"]\n'
            + '[[builds]]\nid = "GRCh38"\nwords = ["HG"]\n',
        ),
        (ENTRY, "[[other]]\n"),
    ],
)
def test_a_malformed_entry_is_refused(before: str, after: str) -> None:
    assert before in ENTRY
    assert parse_caller_formats(HEAD + ENTRY).formats
    with pytest.raises(UserError) as caught:
        parse_caller_formats(HEAD + ENTRY.replace(before, after))
    assert caught.value.slug == "knowledge-invalid"
    assert FILE in caught.value.place


def test_builds_by_the_words_that_files_use() -> None:
    assert find_builds("##reference=/data/hg19.fa") == {Build.GRCH37}
    assert find_builds("GRCh38.p13, GENCODE 22") == {Build.GRCH38}
    assert find_builds("Homo_sapiens.GRCh37.75") == {Build.GRCH37}
    assert find_builds("chr37x, GENCODE 37, version 38") == frozenset()
    assert read_build("37") is Build.GRCH37
    assert read_build("hg38") is Build.GRCH38
    assert read_build("mm10") is None


def test_every_format_says_where_it_was_read_and_how_positions_were_checked() -> None:
    formats = load_caller_formats().formats
    assert len(formats) >= 11
    assert parse_caller_formats(read_text(FILE)).formats.keys() == formats.keys()
    assert [held.id for held in formats.values() if len(held.verified) < 20] == []
    assert find_caller_format("arriba").first_position == 1


def test_no_column_gives_two_fields_of_one_side() -> None:
    """A column that gave the gene and the exon would put one into the other's place."""
    for held in load_caller_formats().formats.values():
        for side in ("5", "3"):
            names = [
                (field, column)
                for field, columns in held.columns.items()
                if field.endswith(side)
                for column in columns
            ]
            assert len({column for _, column in names}) == len(names), held.id
