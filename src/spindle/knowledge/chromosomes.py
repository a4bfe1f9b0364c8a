"""How chromosomes are written: with `chr`, by accession, with noughts before the number.

The version of an accession tells the build on which its positions lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from spindle.cases.fusion_calls import Build
from spindle.knowledge.files import Entry, check_keys, read_entries

FILE = "chromosomes.toml"
_DATABASES = ("refseq", "genbank")
_PREFIX, _ACCESSION = "prefix", "accession"


@dataclass(frozen=True, slots=True)
class ChromosomeRead:
    """A chromosome, as it is read from a cell."""

    name: str
    """Its name without `chr`: `2`, `X`, `MT`; as written for what is no chromosome."""
    build: Build | None = None
    """The build that its accession is of; none for a name, or an accession of both builds."""
    is_unknown: bool = False
    """Whether it is an accession that is none of a chromosome of either build."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What stands in the file."""

    plain: Mapping[str, str]
    """Names by every word for them, in upper case."""
    versioned: Mapping[str, ChromosomeRead]
    """Chromosomes by accession with its version, in upper case."""
    prefix: re.Pattern[str]
    """What stands before a name."""
    accession: re.Pattern[str]
    """The form of an accession."""


@cache
def load_chromosomes() -> _Names:
    """Give every name of a chromosome.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a name or an accession that stands twice.
    """
    plain: dict[str, str] = {}
    versioned: dict[str, ChromosomeRead] = {}
    for entry in read_entries(FILE, "chromosomes", also=("writing",)):
        _check_chromosome(entry)
        values = entry.values
        name = values["name"]
        for word in (name, *values.get("also", ()), *(values[key] for key in _DATABASES)):
            if plain.setdefault(word.upper(), name) != name:
                raise entry.fail(f"{word} stands for two chromosomes.")
        for accession, builds in _list_accessions(entry):
            build = builds[0] if len(builds) == 1 else None
            versioned[accession] = ChromosomeRead(name, build)
    patterns: dict[str, re.Pattern[str]] = {}
    for entry in read_entries(FILE, "writing", also=("chromosomes",)):
        check_keys(entry, {"id": str, "pattern": str, "source": str, "place": str}, {})
        patterns[entry.values["id"]] = re.compile(entry.values["pattern"])
    return _Names(
        MappingProxyType(plain),
        MappingProxyType(versioned),
        patterns[_PREFIX],
        patterns[_ACCESSION],
    )


def _check_chromosome(entry: Entry) -> None:
    texts = {"name": str, "source": str, "place": str}
    accessions = dict.fromkeys(_DATABASES, str)
    versions = {f"{key}_{build.value.lower()}": int for key in _DATABASES for build in Build}
    check_keys(entry, {**texts, **accessions, **versions}, {"also": list})


def _list_accessions(entry: Entry) -> Iterator[tuple[str, tuple[Build, ...]]]:
    """Give the accessions of a chromosome with their versions, and the builds they are of."""
    for key in _DATABASES:
        found: dict[str, tuple[Build, ...]] = {}
        for build in Build:
            version = entry.values[f"{key}_{build.value.lower()}"]
            accession = f"{entry.values[key]}.{version}".upper()
            found[accession] = (*found.get(accession, ()), build)
        yield from found.items()


@lru_cache(maxsize=4096)
def read_chromosome(words: str) -> ChromosomeRead:
    """Give the chromosome that a cell names; what is none is kept as written, without `chr`."""
    held = load_chromosomes()
    text = words.strip()
    rest = held.prefix.sub("", text, count=1) if held.prefix.match(text) else text
    if found := held.versioned.get(rest.upper()):
        return found
    if accession := held.accession.fullmatch(rest):
        # Without a version the build is open; with one that is not known it is another build.
        name = "" if accession["version"] else held.plain.get(accession["base"].upper(), "")
        return ChromosomeRead(name or rest, is_unknown=not name)
    return ChromosomeRead(held.plain.get(rest.upper().lstrip("0"), rest))
