from __future__ import annotations

import dataclasses
import re
import typing
from enum import Enum

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.observations import FishTest, FusionTest, PcrTest, Stain
from spindle.cases.tumour import Code
from spindle.formats.case_file_values import list_fields
from spindle.formats.case_files import parse_case
from spindle.formats.case_templates import make_case_template

TEMPLATE = make_case_template()
# Written once at the end, or in the header of each block.
ELSEWHERE = {"kind", "provenance", "schema_version"}


def uncomment(text: str) -> str:
    """Give the template with every example put into force, as its first lines say."""
    return re.sub(r"^#(?=[\w\[])", "", text, flags=re.MULTILINE)


def list_records(cls: type, found: dict[type, None] | None = None) -> list[type]:
    """Give a record and every record that stands in it."""
    found = {} if found is None else found
    if cls not in found:
        found[cls] = None
        for hint in list_fields(cls).values():
            for inner in walk(hint):
                if dataclasses.is_dataclass(inner) and inner is not Absent:
                    list_records(inner, found)
    return list(found)


def walk(hint: object) -> typing.Iterator[type]:
    for inner in typing.get_args(hint):
        yield from walk(inner)
    if isinstance(hint, type):
        yield hint


def test_an_empty_template_says_nothing_of_the_patient() -> None:
    reading = parse_case(TEMPLATE)
    assert reading.notes == ()
    assert dataclasses.replace(reading.case, specimens=(), id="") == Case(id="")
    assert [specimen.observations for specimen in reading.case.specimens] == [()]


def test_every_example_reads_without_a_doubt() -> None:
    reading = parse_case(uncomment(TEMPLATE))
    assert reading.notes == ()
    (specimen,) = reading.case.specimens
    kinds = [type(observation) for observation in specimen.observations]
    assert {Stain, FishTest, PcrTest, FusionTest} == set(kinds)
    assert reading.case.signatures
    assert reading.case.exclusions


def test_every_example_of_an_open_table_reads_alone() -> None:
    """One line without its sign, as a person begins: the tables it needs are there already."""
    lines = TEMPLATE.splitlines()
    end = next(n for n, line in enumerate(lines) if line == "#[[specimens.observations]]")
    examples = [n for n in range(end) if re.match(r"#[a-z_]+ = ", lines[n])]
    assert len(examples) > 20
    for number in examples:
        text = "\n".join([*lines[:number], lines[number][1:], *lines[number + 1 :]])
        assert parse_case(text).notes == (), lines[number]


def test_every_field_of_every_record_is_explained() -> None:
    missing = []
    for cls in list_records(Case):
        # A code is looked up, and never written by hand.
        for field in () if cls is Code else list_fields(cls):
            written = "age" if field == "age_at_diagnosis" else field
            is_there = re.search(rf"^#(?:{written} = |\s+{written}: )", TEMPLATE, re.MULTILINE)
            is_table = re.search(rf"^#?\[\[?(?:\w+\.)?{field}\]", TEMPLATE, re.MULTILINE)
            if field not in ELSEWHERE and not is_there and not is_table:
                missing.append(f"{cls.__name__}.{field}")
    assert missing == []


def test_every_allowed_value_is_listed() -> None:
    # Where a list is broken over lines, it goes on after the comment's sign.
    text = re.sub(r"\n#\s+", " ", TEMPLATE)
    for cls in list_records(Case):
        for hint in () if cls is Code else list_fields(cls).values():
            for kind in walk(hint):
                if issubclass(kind, Enum) and kind.__module__ != "spindle.cases.absence":
                    listed = ", ".join(member.value for member in kind)
                    assert f"Allowed: {listed}." in text, f"{cls.__name__}: {listed}"


def test_lines_fit_a_screen_and_say_what_spindle_is_not() -> None:
    assert max(map(len, TEMPLATE.splitlines())) <= 100
    assert "not a medical device" in TEMPLATE
    assert "not done" in TEMPLATE
