from __future__ import annotations

import pytest

from spindle.knowledge.site_groups import list_site_groups, load_site_groups, name_site_group
from spindle.knowledge.vocabularies import find_site
from spindle.knowledge.words import load_terms


def test_every_site_of_a_group_is_a_site_of_the_vocabulary() -> None:
    known = {row["name"] for row in load_terms("sites")}
    for group, names in load_site_groups().items():
        assert names <= known, group


def test_a_site_group_is_within_the_wider_one_where_anatomy_says_so() -> None:
    groups = load_site_groups()
    for narrow, wide in (
        ("sinonasal", "head_neck"),
        ("larynx", "head_neck"),
        ("orbit", "head_neck"),
        ("lung", "thorax"),
        ("bladder", "genitourinary"),
        ("uterus", "female_genital"),
        ("extremity", "soft_tissue"),
    ):
        assert groups[narrow] <= groups[wide]


@pytest.mark.parametrize(
    ("sites", "first"),
    [
        (("maxillary sinus",), "sinonasal"),
        (("lung",), "lung"),
        (("urinary bladder",), "bladder"),
        (("thigh",), "extremity"),
        (("orbit", "maxillary sinus"), "orbit"),
    ],
)
def test_the_narrowest_group_comes_first(sites: tuple[str, ...], first: str) -> None:
    assert first in list_site_groups(sites)[:2]


def test_no_site_has_no_group() -> None:
    assert list_site_groups(()) == ()
    assert list_site_groups(("a place nobody names",)) == ()


def test_names_are_words() -> None:
    assert name_site_group("head_neck") == "head and neck"
    assert name_site_group("female_genital") == "female genital"
    found = find_site("left maxillary sinus")
    assert found is None or found.name == "maxillary sinus"
