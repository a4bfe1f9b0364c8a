from __future__ import annotations

import dataclasses
import typing
from dataclasses import FrozenInstanceError

import pytest

from spindle.cases import absence, course, observations, patient, provenance, specimen, tumour
from spindle.cases import case as case_module
from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.course import Margin, Treatment, TreatmentKind
from spindle.cases.observations import Stain
from spindle.cases.specimen import Specimen

MODULES = (absence, case_module, course, observations, patient, provenance, specimen, tumour)
RECORDS = [
    value
    for module in MODULES
    for value in vars(module).values()
    if isinstance(value, type)
    and dataclasses.is_dataclass(value)
    and value.__module__ == module.__name__
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_no_field_can_be_blank(record: type) -> None:
    """Absence is never None, and a field is never a bare yes or no that means "not said"."""
    for name, hint in typing.get_type_hints(record).items():
        arguments = typing.get_args(hint) or (hint,)
        assert type(None) not in arguments, f"{record.__name__}.{name}"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_what_is_not_said_defaults_to_not_reported_or_to_nothing(record: type) -> None:
    """Only a few fields say something when left out, and each says the common form."""
    said = {"schema_version", "kind", "match", "precision", "is_present", "method"}
    for field in dataclasses.fields(record):
        if field.default is dataclasses.MISSING or field.name in said:
            continue
        is_silent = (
            field.default == absence.NOT_REPORTED
            or field.default in ((), "")
            or field.default == field.default.__class__()
        )
        assert is_silent, f"{record.__name__}.{field.name} = {field.default!r}"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_records_are_frozen_named_and_slotted(record: type) -> None:
    parameters = record.__dataclass_params__  # type: ignore[attr-defined]
    assert parameters.frozen
    assert "__slots__" in vars(record)
    assert all(field.kw_only for field in dataclasses.fields(record))


def test_a_case_can_not_be_changed() -> None:
    case = Case(id="x")
    with pytest.raises(FrozenInstanceError):
        case.id = "y"  # type: ignore[misc]


def test_observations_keep_the_order_reported() -> None:
    stains = [Stain(id=str(n), marker="ALK") for n in range(4)]
    case = Case(
        id="x",
        specimens=(
            Specimen(id="a", observations=tuple(stains[:2])),
            Specimen(id="b", observations=tuple(stains[2:])),
        ),
    )
    assert [o.id for _, o in case.iterate_observations()] == ["0", "1", "2", "3"]


def test_a_radical_operation_has_no_margin_of_its_own() -> None:
    surgery = Treatment(kind=TreatmentKind.SURGERY, words="Radical surgery")
    assert isinstance(surgery.margin, Absent)
    assert [margin.value for margin in Margin] == ["R0", "R1", "R2"]


def test_no_field_identifies_a_patient() -> None:
    forbidden = ("name", "birth", "address", "phone", "email", "postcode", "insurance")
    fields = [field.name for field in dataclasses.fields(patient.Patient)]
    assert not [f for f in fields if any(word in f for word in forbidden)]
