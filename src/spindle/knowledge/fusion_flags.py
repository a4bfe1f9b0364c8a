"""What is said of a called fusion besides its frame: flags, and what in a row raises them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType

from spindle.knowledge.files import check_keys, read_entries

FILE = "fusion_flags.toml"


class Role(StrEnum):
    """What a flag makes of a call."""

    NEVER_DRIVER = "never_driver"
    """It is kept, and is never called the driver."""
    NOISE = "noise"
    """It is of a kind that callers know as noise."""
    DOUBT = "doubt"
    """It wants a look."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that is said of a call."""

    id: str
    """Its id: `read_through`."""
    says: str
    """What it means, in one sentence."""
    role: Role
    """What it makes of a call."""
    words: frozenset[str]
    """Words of callers that raise it, without capitals; `caller:word` for those that mean it in
    the files of one caller only."""
    genes: tuple[str, ...]
    """Beginnings of gene names that raise it, in capitals."""
    source: str
    """Where the words stand, or that it is a rule of Spindle's own."""


@cache
def load_flags() -> Mapping[str, Flag]:
    """Give every flag by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    flags: dict[str, Flag] = {}
    for entry in read_entries(FILE, "flags"):
        check_keys(
            entry,
            {"id": str, "says": str, "role": str, "source": str},
            {"words": list, "genes": list},
        )
        values = entry.values
        if values["id"] in flags:
            raise entry.fail(f"{values['id']} stands twice.")
        if values["role"] not in set(Role):
            raise entry.fail(f"{values['id']} has the unknown role {values['role']!r}.")
        flags[values["id"]] = Flag(
            id=values["id"],
            says=values["says"],
            role=Role(values["role"]),
            words=frozenset(str(word).lower() for word in values.get("words", ())),
            genes=tuple(str(gene).upper() for gene in values.get("genes", ())),
            source=values["source"],
        )
    return MappingProxyType(flags)


@cache
def _index_words() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for flag in load_flags().values():
        for word in flag.words:
            found.setdefault(word, []).append(flag.id)
    return MappingProxyType({word: tuple(ids) for word, ids in found.items()})


@lru_cache(maxsize=16_384)
def find_flags_of_words(words: str, caller: str = "") -> tuple[str, ...]:
    """Give the flags that one item of a caller's remarks raises.

    Parameters
    ----------
    caller:
        Id of the format, for words that mean another thing in others.
    """
    plain = words.strip().strip("\"'[]").lower()
    index = _index_words()
    # "INTRACHROMOSOMAL[chr2:12.25Mb]" and "deletion/read-through/5'-5'" name more than one thing.
    parts = [plain, plain.split("[")[0], plain.split(":")[0], *plain.split("/")]
    keys = [key for part in parts for key in (part, f"{caller}:{part}")]
    return tuple(dict.fromkeys(flag for key in keys for flag in index.get(key, ())))


@lru_cache(maxsize=65_536)
def find_flags_of_gene(gene: str) -> tuple[str, ...]:
    """Give the flags that the name of a gene raises."""
    capitals = gene.upper()
    return tuple(flag.id for flag in load_flags().values() if capitals.startswith(flag.genes))
