"""Groups of sites that published series report together."""

from __future__ import annotations

from functools import cache, lru_cache

from spindle.knowledge.words import load_terms, load_word_lists, refuse_list

GROUPS_FILE = "site_groups"


@cache
def load_site_groups() -> dict[str, frozenset[str]]:
    """Give the sites of each group by its id: `sinonasal`, `lung`.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a site that the vocabulary of sites lacks.
    """
    lists = load_word_lists(GROUPS_FILE)
    sites = {row["name"] for row in load_terms("sites")}
    for group, names in lists.items():
        if unknown := [name for name in names if name not in sites]:
            raise refuse_list(GROUPS_FILE, f"{group} holds the unknown site {unknown[0]!r}.", group)
    return {group: frozenset(names) for group, names in lists.items()}


@lru_cache(maxsize=4096)
def list_site_groups(sites: tuple[str, ...]) -> tuple[str, ...]:
    """Give the groups in which any of the sites stands, the narrowest first; none for no site."""
    wanted = set(sites)
    found = [(len(names), group) for group, names in load_site_groups().items() if names & wanted]
    return tuple(group for _, group in sorted(found))


def name_site_group(group: str) -> str:
    """Give a group's id as words: `head and neck`."""
    return {"head_neck": "head and neck"}.get(group, group.replace("_", " "))
