"""Reading vignettes and comparing what they expect with what was found."""

from __future__ import annotations

import copy
import datetime
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spindle.cases.case import Case
from spindle.cases.documents import read_case

Vignette = dict[str, Any]


def read_vignette(path: Path) -> Vignette:
    vignette = tomllib.loads(path.read_text(encoding="utf-8"))
    vignette.setdefault("case", {})
    return vignette


def make_case(vignette: Vignette, name: str = "vignette") -> Case:
    """Give the case; ids that a writer left out are numbered."""
    document = copy.deepcopy(vignette["case"])
    document.setdefault("id", name)
    for i, specimen in enumerate(document.get("specimens", []), 1):
        specimen.setdefault("id", f"specimen {i}")
        for j, observation in enumerate(specimen.get("observations", []), 1):
            observation.setdefault("id", f"{observation.get('kind', 'test')} {i}.{j}")
    return read_case(json.dumps(document, default=write_date))


def write_date(value: object) -> str:
    assert isinstance(value, datetime.date)
    return value.isoformat()


def compare(what: str, expected: object, found: object) -> list[str]:
    return [] if expected == found else [f"{what}: expected {expected!r}, found {found!r}"]


def find_words(words: str, said: list[str]) -> list[str]:
    return [line for line in said if words.lower() in line.lower()]


def list_words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from list_words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from list_words(inner)
