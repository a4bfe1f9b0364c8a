"""By which sequencing a cell says that a fusion was looked for."""

from __future__ import annotations

from spindle.cases.observations import SequencingMethod
from spindle.formats.cells.fusion_details import blank_details, find_details
from spindle.knowledge.words import fold, make_pattern

METHODS = (SequencingMethod.RNA, SequencingMethod.DNA, SequencingMethod.UNSPECIFIED)


def find_method(text: str) -> SequencingMethod:
    """Give the method that a text names; not stated where it names none."""
    # "RNA quality adequate" tells of the sample, not how the fusion was looked for.
    named = list_methods(text)
    material = named - {SequencingMethod.UNSPECIFIED}
    if len(material) == 1:
        return material.pop()
    return SequencingMethod.UNSPECIFIED if named else SequencingMethod.NOT_STATED


def list_methods(text: str) -> set[SequencingMethod]:
    """Give every method that a text names."""
    folded = fold(text)
    plain = blank_details(folded, find_details(folded))
    return {m for m in METHODS if make_pattern("fusions", f"method.{m}").search(plain)}
