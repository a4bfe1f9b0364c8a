from __future__ import annotations

import copy
import dataclasses
import datetime
import json
import math
import types
import typing
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, AbsenceReason, Absent
from spindle.cases.case import SCHEMA_VERSION, Case
from spindle.cases.documents import (
    SCHEMA_ID,
    make_case_schema,
    read_case,
    write_case,
    write_case_document,
)
from spindle.cases.observations import (
    FishCount,
    FishTest,
    FusionTest,
    PcrTest,
    PercentRange,
    Stain,
)
from spindle.cases.patient import Age, Patient, Sex, TimeUnit
from spindle.cases.tumour import TumourSize
from spindle.errors import UserError

Document = dict[str, Any]
STAIN = {"kind": "stain", "id": "i", "marker": "ALK", "result": "positive"}

# Random cases, built from the declared fields of the records themselves. ------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
numbers = st.one_of(
    st.integers(0, 100).map(float), st.floats(0, 100, allow_nan=False, allow_subnormal=False)
)


@st.composite
def fish_counts(draw: st.DrawFn) -> FishCount:
    scored = draw(st.integers(0, 200))
    split = draw(st.integers(0, scored))
    return FishCount(
        nuclei_scored=scored,
        split=split,
        isolated_3p=draw(st.integers(0, scored - split)),
        reader=draw(texts),
        stage=draw(st.sampled_from([1, 2])),
    )


@st.composite
def percent_ranges(draw: st.DrawFn) -> PercentRange:
    low, high = sorted((draw(numbers), draw(numbers)))
    return PercentRange(low=low, high=high)


@cache
def build(annotation: object) -> st.SearchStrategy[typing.Any]:
    """Give the strategy of a field's type; records are built field by field."""
    simple: dict[object, st.SearchStrategy[typing.Any]] = {
        str: texts,
        bool: st.booleans(),
        int: st.integers(0, 10**6),
        float: numbers,
        datetime.date: st.dates(),
        FishCount: fish_counts(),
        PercentRange: percent_ranges(),
        TumourSize: st.builds(
            TumourSize, dimensions_mm=st.lists(numbers, min_size=1, max_size=3).map(tuple)
        ),
        Age: st.builds(Age, months=numbers, unit_as_reported=st.sampled_from(list(TimeUnit))),
    }
    if annotation in simple:
        return simple[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is tuple:
        return st.lists(build(arguments[0]), max_size=2).map(tuple)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([build(argument) for argument in arguments])
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    assert isinstance(annotation, type)
    if issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    hints = typing.get_type_hints(annotation)
    fields = [field.name for field in dataclasses.fields(annotation)]
    return st.builds(
        annotation,
        **{name: build(hints[name]) for name in fields if name != "schema_version"},
    )


def number_ids(case: Case) -> Case:
    """Give the case with ids that stand once."""
    specimens = []
    for i, specimen in enumerate(case.specimens):
        observations = tuple(
            dataclasses.replace(o, id=f"{i}.{j}") for j, o in enumerate(specimen.observations)
        )
        specimens.append(dataclasses.replace(specimen, id=f"s{i}", observations=observations))
    return dataclasses.replace(case, specimens=tuple(specimens))


cases: st.SearchStrategy[Case] = build(Case).map(number_ids)


def make_document(*observations: Document, **fields: Any) -> Document:
    specimens = [{"id": "s", "observations": list(observations)}] if observations else []
    return {"id": "x", "specimens": specimens, **fields}


def refuse(document: str | bytes | Document) -> UserError:
    with pytest.raises(UserError) as caught:
        read_case(document)  # type: ignore[arg-type]
    assert caught.value.slug in ("case-invalid", "case-version-unknown")
    return caught.value


def list_places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to every value of a document, the document itself left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*way, key)
        if isinstance(inner, dict | list):
            yield from list_places(inner, (*way, key))


def put(document: Document, way: tuple[Any, ...], value: Any) -> Document:
    changed = copy.deepcopy(document)
    target: Any = changed
    for key in way[:-1]:
        target = target[key]
    target[way[-1]] = value
    return changed


def find(document: Document, way: tuple[Any, ...]) -> Any:
    target: Any = document
    for key in way:
        target = target[key]
    return target


# Out and in again -------------------------------------------------------------------------------


@given(cases)
def test_what_is_written_is_read_back_equal(case: Case) -> None:
    assert read_case(write_case(case)) == case
    assert read_case(write_case_document(case)) == case


@given(cases)
def test_writing_is_one_line_of_strict_json(case: Case) -> None:
    text = write_case(case)
    assert b"\n" not in text
    assert json.loads(text, parse_constant=_refuse_constant) == write_case_document(case)


def _refuse_constant(word: str) -> float:
    raise AssertionError(f"{word} is not JSON")


@settings(max_examples=30)
@given(cases)
def test_the_published_schema_accepts_what_is_written(case: Case) -> None:
    validator = Draft202012Validator(make_case_schema())
    assert list(validator.iter_errors(write_case_document(case))) == []


def test_the_schema_is_a_schema_and_has_an_id() -> None:
    schema = make_case_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == SCHEMA_ID
    assert schema["$schema"].endswith("2020-12/schema")


def test_every_field_of_the_schema_is_explained() -> None:
    schema = make_case_schema()
    parts = {"Case": schema, **schema["$defs"]}
    bare = [
        f"{name}.{field}"
        for name, part in parts.items()
        for field, description in part.get("properties", {}).items()
        if "description" not in description
    ]
    assert bare == []


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    validator = Draft202012Validator(make_case_schema())
    for document in (
        {},
        {"id": 5},
        {"id": "x", "name": "Bob"},
        {"id": "x", "patient": {"sex": None}},
        {"id": "x", "patient": {"sex": "Male"}},
        {"id": "x", "patient": {"sex": {"absent": "no"}}},
        make_document({"kind": "biopsy", "id": "i"}),
        make_document({"id": "i", "gene": "ALK"}),
    ):
        refuse(document)
        assert list(validator.iter_errors(document)), document


@given(cases)
def test_a_case_equals_its_copy_and_gives_every_observation_with_its_specimen(case: Case) -> None:
    assert hash(dataclasses.replace(case)) == hash(case)
    pairs = list(case.iterate_observations())
    assert len(pairs) == sum(len(specimen.observations) for specimen in case.specimens)
    assert all(observation in specimen.observations for specimen, observation in pairs)


# Absence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", list(AbsenceReason))
def test_absence_has_one_form(reason: AbsenceReason) -> None:
    case = read_case({"id": "x", "patient": {"sex": {"absent": reason.value}}})
    assert case.patient.sex == Absent(absent=reason)
    assert write_case_document(case)["patient"]["sex"] == {"absent": reason.value}


def test_the_three_absences_differ() -> None:
    assert len({NOT_DONE, NOT_REPORTED, UNKNOWN}) == 3
    assert [str(a) for a in (NOT_DONE, NOT_REPORTED, UNKNOWN)] == [
        "not done",
        "not reported",
        "unknown",
    ]


def test_a_missing_field_is_not_reported_and_is_written_out() -> None:
    case = read_case('{"id": "x"}')
    assert case == Case(id="x")
    assert write_case_document(case)["patient"]["sex"] == {"absent": "not_reported"}


@pytest.mark.parametrize(
    "absence",
    [
        None,
        False,
        "",
        "NA",
        "not_reported",
        {},
        {"absent": None},
        {"absent": "NOT_DONE"},
        {"absent": "not done"},
        {"absent": "not_done", "why": "no tissue"},
        ["not_done"],
    ],
)
def test_no_other_form_is_taken_for_absence(absence: object) -> None:
    refuse({"id": "x", "patient": {"sex": absence}})


@given(cases, st.data())
def test_null_is_refused_wherever_it_stands(case: Case, data: st.DataObject) -> None:
    document = write_case_document(case)
    way = data.draw(st.sampled_from(sorted(list_places(document), key=str)))
    refuse(put(document, way, None))


# Strictness -------------------------------------------------------------------------------------


@given(cases, st.data())
def test_an_unknown_field_is_refused_wherever_it_stands(case: Case, data: st.DataObject) -> None:
    document = write_case_document(case)
    objects = [w for w in [(), *list_places(document)] if isinstance(find(document, w), dict)]
    way = data.draw(st.sampled_from(sorted(objects, key=str)))
    refuse(put(document, (*way, "first_name"), "Ada"))


@given(cases, st.data())
def test_a_value_of_another_type_is_refused_wherever_it_stands(
    case: Case, data: st.DataObject
) -> None:
    document = write_case_document(case)
    way = data.draw(st.sampled_from(sorted(list_places(document), key=str)))
    value = find(document, way)
    wrong: list[Any] = [[[]], {"x": {}}]
    if isinstance(value, str | bool | list):
        wrong.append(7)
    if isinstance(value, int | float | list):
        wrong.append("12")
    if isinstance(value, str | int | float | list) and not isinstance(value, bool):
        wrong.append(True)
    refuse(put(document, way, data.draw(st.sampled_from(wrong))))


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"id": "x", "patient": {"sex": "man"}}, "patient.sex"),
        ({"id": "x", "patient": {"age_at_diagnosis": 5}}, "patient.age_at_diagnosis"),
        (make_document({**STAIN, "result": "pos"}), "specimens.0.observations.0"),
        (make_document({**STAIN, "clone": 5}), "clone"),
        ({}, "id"),
    ],
)
def test_the_error_names_the_field(document: Document, field: str) -> None:
    assert field in refuse(document).message


@pytest.mark.parametrize(
    ("observation", "own"),
    [
        ({"kind": "fish", "id": "f", "gene": "ALK", "result": "pos"}, "FishTest"),
        ({"kind": "rt_pcr", "id": "f", "gene": "ALK", "result": "pos"}, "PcrTest"),
        ({"kind": "fusion_test", "id": "f", "panel": 5}, "FusionTest"),
        ({"kind": "fish", "id": "f", "gene": "ALK", "clone": "D5F3"}, "FishTest"),
        ({"kind": "rt_pcr", "id": "f"}, "PcrTest"),
    ],
)
def test_the_error_speaks_of_the_observation_that_was_meant(
    observation: Document, own: str
) -> None:
    message = refuse(make_document(observation)).message
    others = {"Stain", "FishTest", "PcrTest", "FusionTest"} - {own}
    assert not any(other in message for other in others)


@pytest.mark.parametrize(
    "observation", [{"id": "f"}, {"id": "f", "gene": "ALK"}, {"id": "f", "gene": "ALK", "kit": "a"}]
)
def test_an_observation_without_a_kind_is_not_guessed(observation: Document) -> None:
    refuse(make_document(observation))


@pytest.mark.parametrize("place", ["stain", "fish", "rt_pcr", "fusion_test"])
def test_each_kind_of_observation_is_read_as_its_own_class(place: str) -> None:
    kinds = {"stain": Stain, "fish": FishTest, "rt_pcr": PcrTest, "fusion_test": FusionTest}
    needs = {"stain": {"marker": "ALK"}, "fusion_test": {}}
    observation = {"kind": place, "id": "o", **needs.get(place, {"gene": "ALK"})}
    case = read_case(make_document(observation))
    assert [type(o) for _, o in case.iterate_observations()] == [kinds[place]]


@pytest.mark.parametrize(
    "document",
    [
        {"patient": {"age_at_diagnosis": {"months": -4, "unit_as_reported": "months"}}},
        {"follow_up": {"duration_months": -1}},
        {"outcomes": [{"kind": "death", "has_occurred": True, "months": -3}]},
        {"tumour": {"size": {"dimensions_mm": [-20.0]}}},
        {"specimens": [{"id": "s", "tumour_content_percent": 250.0}]},
        {"specimens": [{"id": "s", "tumour_content_percent": -1.0}]},
        make_document({**STAIN, "percent_positive": {"low": 20, "high": 120}}),
        make_document({**STAIN, "percent_positive": {"low": 40, "high": 20}}),
        make_document(
            {
                "kind": "fish",
                "id": "f",
                "gene": "ALK",
                "counts": [{"nuclei_scored": 50, "split": -1}],
            }
        ),
        make_document(
            {
                "kind": "fish",
                "id": "f",
                "gene": "ALK",
                "counts": [{"nuclei_scored": 50, "split": 60}],
            }
        ),
    ],
    ids=[
        "age",
        "follow-up",
        "outcome",
        "size",
        "content above 100",
        "content below 0",
        "percent above 100",
        "percent turned round",
        "split below 0",
        "split above nuclei",
    ],
)
def test_a_number_that_cannot_be_is_refused(document: Document) -> None:
    refuse({"id": "x", **document})


def test_two_observations_of_one_id_are_refused() -> None:
    """A trace names observations by their id within the case."""
    refuse(make_document(STAIN, {**STAIN, "marker": "ROS1"}))


@pytest.mark.parametrize("value", [b"abc", object(), {1, 2}])
def test_a_python_value_that_json_does_not_know_is_not_made_into_words(value: object) -> None:
    refuse({"id": value})


def test_a_whole_number_is_a_number() -> None:
    age = {"months": 14, "unit_as_reported": "months"}
    case = read_case({"id": "x", "patient": {"sex": "male", "age_at_diagnosis": age}})
    expected = Age(months=14.0, unit_as_reported=TimeUnit.MONTHS)
    assert case.patient == Patient(sex=Sex.MALE, age_at_diagnosis=expected)


# Hostile text -----------------------------------------------------------------------------------


HOSTILE: dict[str, str | bytes] = {
    "nothing": "",
    "blank": "   ",
    "null": "null",
    "number": "5",
    "list": "[]",
    "text": '"x"',
    "cut off": '{"id": "x"',
    "two documents": '{"id": "x"}{"id": "y"}',
    "comment": '{"id": "x" /* patient */}',
    "single quotes": "{'id': 'x'}",
    "NaN": '{"id": "x", "follow_up": {"duration_months": NaN}}',
    "Infinity": '{"id": "x", "follow_up": {"duration_months": Infinity}}',
    "1e999": '{"id": "x", "follow_up": {"duration_months": 1e999}}',
    "400 digits": '{"id": "x", "follow_up": {"duration_months": ' + "9" * 400 + "}}",
    "5000 digits": '{"id": "x", "follow_up": {"duration_months": ' + "9" * 5000 + "}}",
    "same key twice": '{"id": "x", "id": "y"}',
    "same key twice inside": '{"id": "x", "patient": {"sex": "male", "sex": "female"}}',
    "lone surrogate": '{"id": "\\ud800"}',
    "lists in lists": '{"id": "x", "tumour": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "objects in objects": '{"tumour": ' * 5_000 + "1" + "}" * 5_000,
    "not UTF-8": '{"id": "é"}'.encode("latin-1"),
    "binary": bytes(range(256)),
    "UTF-16 cut off": '{"id": "x"}'.encode("utf-16")[:-1],
    "zeros": b"\x00" * 64,
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_text_is_a_users_error(name: str) -> None:
    refuse(HOSTILE[name])


@pytest.mark.parametrize("depth", [100, 190, 210, 400, 900, 960, 970, 980, 985, 990, 1000, 1010])
def test_no_depth_of_nesting_gets_past_the_reader(depth: int) -> None:
    refuse('{"id": "x", "tumour": ' + "[" * depth + "]" * depth + "}")
    refuse('{"id": "x", "tumour": ' * depth + "1" + "}" * depth)


def test_a_nested_document_that_is_already_parsed_is_refused_too() -> None:
    document: Document = {"id": "x"}
    inner = document
    for _ in range(5_000):
        inner["tumour"] = {}
        inner = inner["tumour"]
    refuse(document)


def test_a_document_that_holds_itself_is_refused() -> None:
    document: Document = {"id": "x"}
    document["tumour"] = document
    refuse(document)


def test_a_key_that_is_no_text_is_refused() -> None:
    refuse({"id": "x", ("a", "b"): 1})  # type: ignore[dict-item]


@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused_and_nothing_else(text: bytes) -> None:
    _read_or_refuse(text)


@given(st.text(max_size=200))
def test_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    _read_or_refuse(text)


@settings(max_examples=50)
@given(cases, st.data())
def test_a_damaged_document_is_read_or_refused_and_nothing_else(
    case: Case, data: st.DataObject
) -> None:
    text = bytearray(write_case(case))
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refuse(bytes(text))


def _read_or_refuse(text: str | bytes) -> None:
    outcome = _try_to_read(text)
    if isinstance(outcome, UserError):
        assert outcome.slug in ("case-invalid", "case-version-unknown")
        assert len(str(outcome)) < 2_000
    else:
        assert read_case(write_case(outcome)) == outcome


def _try_to_read(text: str | bytes) -> Case | UserError:
    try:
        return read_case(text)
    except UserError as error:
        return error


def test_the_place_is_named() -> None:
    with pytest.raises(UserError) as caught:
        read_case("{", place="cases.jsonl, line 7")
    assert str(caught.value).startswith("cases.jsonl, line 7: ")


def test_other_encodings_of_the_same_text_give_the_same_case() -> None:
    text = '{"id": "é"}'
    expected = read_case(text)
    assert expected.id == "é"
    assert read_case(text.encode()) == expected
    assert read_case(b"\xef\xbb\xbf" + text.encode()) == expected


def test_the_version_is_written_into_every_document() -> None:
    assert write_case_document(Case(id="x"))["schema_version"] == SCHEMA_VERSION


def test_no_number_that_is_written_is_infinite() -> None:
    case = read_case({"id": "x", "follow_up": {"duration_months": 1e308}})
    assert math.isfinite(json.loads(write_case(case))["follow_up"]["duration_months"])
