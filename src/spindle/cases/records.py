"""The one way in which the nouns of a case are declared: frozen, slotted, strict at the border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, dataclass_transform

from annotated_types import Ge, Le

# Bounds that hold where a document enters; readers keep them by what they read.
NotNegative = Annotated[float, Ge(0)]
Percent = Annotated[float, Ge(0), Le(100)]
# Far beyond any slide; a larger number is a slip of the keyboard.
MOST_NUCLEI = 1_000_000
Nuclei = Annotated[int, Ge(0), Le(MOST_NUCLEI)]

Record = TypeVar("Record")

# Read by pydantic where a document enters or leaves; a plain dictionary, so that building a case
# needs no import of pydantic.
STRICT: dict[str, Any] = {
    "extra": "forbid",
    "strict": True,
    "use_attribute_docstrings": True,
    "allow_inf_nan": False,
}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[Record]) -> type[Record]:
    """Give the class as a frozen, keyword-only dataclass that refuses unknown fields in JSON."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = STRICT  # type: ignore[attr-defined]
    return made
