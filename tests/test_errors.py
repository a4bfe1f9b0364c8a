from __future__ import annotations

import re

import pytest

from spindle import errors
from spindle.errors import CATALOGUE, InternalError, SpindleError, UserError

SLUG = re.compile(r"[a-z]+(-[a-z]+)*")


@pytest.mark.parametrize("slug", list(CATALOGUE))
def test_every_kind_explains_itself(slug: str) -> None:
    kind = CATALOGUE[slug]
    assert kind.slug == slug
    assert SLUG.fullmatch(slug)
    assert kind.title
    assert not kind.title.endswith(".")
    for sentence in (kind.explanation, kind.cure):
        assert sentence[0].isupper()
        assert sentence.endswith((".", ")"))


def test_a_users_error_never_has_the_exit_code_of_success_or_of_a_bug() -> None:
    codes = {kind.exit_code for kind in CATALOGUE.values()}
    assert codes
    assert not codes & {errors.EXIT_OK, errors.EXIT_BUG}


def test_the_exit_codes_differ() -> None:
    codes = [value for name, value in vars(errors).items() if name.startswith("EXIT_")]
    assert len(codes) == len(set(codes)) == 6


@pytest.mark.parametrize("slug", list(CATALOGUE))
def test_an_error_is_one_line_with_place_sentence_cure_and_slug(slug: str) -> None:
    error = UserError(slug, "The cell is odd.", place="table.csv, row 3")
    said = str(error)
    assert "\n" not in said
    assert said.startswith("table.csv, row 3: The cell is odd. ")
    assert said.endswith(f"[{slug}]")
    assert CATALOGUE[slug].cure in said
    assert error.exit_code == CATALOGUE[slug].exit_code
    assert isinstance(error, SpindleError)


def test_a_cure_of_its_own_replaces_the_general_one() -> None:
    error = UserError("table-empty", "There is nothing.", cure="Save it again.")
    assert error.cure == "Save it again."
    assert CATALOGUE["table-empty"].cure not in str(error)
    assert str(error).startswith("There is nothing.")


def test_an_uncatalogued_slug_is_a_bug() -> None:
    with pytest.raises(InternalError):
        UserError("no-such-slug", "Something.")
    assert not issubclass(InternalError, UserError)


def test_two_kinds_of_one_slug_are_a_bug() -> None:
    kind = next(iter(CATALOGUE.values()))
    with pytest.raises(InternalError):
        errors._catalogue(kind, kind)


def test_a_message_that_spans_lines_is_still_one_line() -> None:
    error = UserError("case-invalid", "First.\nSecond.", place="a\nb")
    assert "\n" not in str(error)
