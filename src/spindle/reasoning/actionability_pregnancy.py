"""What a recorded pregnancy says about an option: what is held on harm to an unborn child."""

from __future__ import annotations

from dataclasses import dataclass

from spindle.cases.absence import Absent
from spindle.cases.patient import Patient, Sex
from spindle.knowledge.facts import Fact
from spindle.knowledge.therapies import Therapy

UNBORN = "unborn child"
UNBORN_ID = ".unborn"
OPEN = "open while a pregnancy is recorded"
NOT_RECORDED = "Whether the patient is pregnant is not recorded."
ALERT = (
    "Pregnancy is recorded. Each option says what is held on harm to an unborn child; an option "
    "without such a word is not called free of it."
)


@dataclass(frozen=True, slots=True)
class Pregnancy:
    """What is recorded of a pregnancy."""

    is_recorded: bool
    """Whether the patient is recorded as pregnant."""
    is_open: bool
    """Whether nothing is recorded of it in a patient who is not recorded as male."""


def read_pregnancy(patient: Patient) -> Pregnancy:
    """Give what is recorded of a pregnancy; no age is taken for an answer."""
    is_silent = isinstance(patient.is_pregnant, Absent) and patient.sex is not Sex.MALE
    return Pregnancy(patient.is_pregnant is True, is_silent)


def list_unborn_facts(therapy: Therapy) -> tuple[Fact, ...]:
    """Give the facts that speak of an unborn child among a treatment's harms, those on it first."""
    about = tuple(fact for fact in therapy.harms if fact.id.endswith(UNBORN_ID))
    return about or tuple(fact for fact in therapy.harms if UNBORN in fact.statement)


def say_pregnancy(therapy: Therapy) -> tuple[str, str]:
    """Give what is held on a treatment in pregnancy, in full and in few words."""
    said = " ".join(fact.statement for fact in list_unborn_facts(therapy))
    return said or f"nothing is held here on {therapy.name} and an {UNBORN}", OPEN
