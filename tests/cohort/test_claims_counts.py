from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from claim_rows import (
    FEMALE,
    MALE,
    NO,
    RADIOTHERAPY,
    SURGERY,
    YES,
    audit,
    make_row,
    make_rows,
    sided,
    stain,
)
from hypothesis import given
from hypothesis import strategies as st

from spindle.cohort.claim_checks.findings import (
    is_as_printed,
)
from spindle.cohort.claim_checks.percentages import find_numerators
from spindle.cohort.claims_audit import Verdict

AGREES, DIFFERS, IMPOSSIBLE = Verdict.AGREES, Verdict.DIFFERS, Verdict.IMPOSSIBLE
CONTRADICTED, UNSUPPORTED = Verdict.CONTRADICTED, Verdict.UNSUPPORTED
NOT_CHECKABLE = Verdict.NOT_CHECKABLE


# ---- counts

SEXES = [{"sex": MALE}, {"sex": MALE}, {"sex": FEMALE}]


def count(printed: int, more: str = "", condition: str = '{ sex = "male" }') -> str:
    return f'kind = "count"\ncondition = {condition}\nprinted = {printed}\n{more}'


@pytest.mark.parametrize(
    ("printed", "verdict"), [(2, AGREES), (1, DIFFERS), (3, DIFFERS), (4, IMPOSSIBLE)]
)
def test_a_count_is_recomputed(printed: int, verdict: Verdict) -> None:
    found = audit(count(printed), make_rows(*SEXES))
    assert found.verdict is verdict
    assert found.recomputed == "2 of 3"
    assert found.rows == ("1", "2")


def test_a_count_of_nothing_is_a_count() -> None:
    rows = make_rows({"sites": (sided("orbit"),)}, {"sites": (sided("orbit"),)})
    condition = '{ site = "larynx" }'
    assert audit(count(0, condition=condition), rows).verdict is AGREES
    found = audit(count(1, condition=condition), rows)
    assert (found.verdict, found.recomputed, found.rows) == (DIFFERS, "0 of 2", ())


@pytest.mark.parametrize(
    ("printed", "verdict"), [(2, AGREES), (3, NOT_CHECKABLE), (4, DIFFERS), (1, DIFFERS)]
)
def test_silent_rows_neither_confirm_nor_refute(printed: int, verdict: Verdict) -> None:
    found = audit(count(printed), make_rows(*SEXES, {}))
    assert found.verdict is verdict
    assert found.recomputed == "2 of 4, 1 open"
    assert "not said in case 4" in found.reason


def test_a_printed_zero_needs_every_row_to_deny_it() -> None:
    condition = "{ metastasised = true }"
    denied = {"metastasis": NO}
    assert audit(count(0, condition=condition), make_rows(denied, denied)).verdict is AGREES
    assert audit(count(0, condition=condition), make_rows(denied, {})).verdict is NOT_CHECKABLE
    happened = make_rows(denied, {"metastasis": YES})
    assert audit(count(0, condition=condition), happened).verdict is DIFFERS


def test_a_marker_without_a_column_is_not_checkable_and_with_one_is_counted() -> None:
    claim = count(2, "printed_of = 3\n", '{ stain = { SMA = "positive" } }')
    found = audit(claim, make_rows(*SEXES))
    assert (found.verdict, found.recomputed) == (NOT_CHECKABLE, "not in the rows")
    assert "SMA stain positive" in found.reason
    positive, negative = (stain("SMA", result) for result in ("positive", "negative"))
    rows = make_rows({"stains": (positive,)}, {"stains": (positive,)}, {"stains": (negative,)})
    assert audit(claim, rows).verdict is AGREES
    assert audit(claim, [*rows[:2], make_row("3", stains=(positive,))]).verdict is DIFFERS


@pytest.mark.parametrize(
    ("comparison", "printed", "verdict"),
    [
        ("at_least", 2, AGREES),
        ("at_least", 3, NOT_CHECKABLE),
        ("at_least", 4, DIFFERS),
        ("at_most", 3, AGREES),
        ("at_most", 2, NOT_CHECKABLE),
        ("at_most", 1, DIFFERS),
    ],
)
def test_a_bound_is_certain_refuted_or_open(
    comparison: str, printed: int, verdict: Verdict
) -> None:
    claim = count(printed, f'comparison = "{comparison}"\n')
    assert audit(claim, make_rows(*SEXES, {})).verdict is verdict


def test_the_printed_total_has_to_be_that_of_the_rows() -> None:
    among = "among = { died = true }\nprinted_of = 2\n"
    rows = make_rows(
        {"death": YES, "sex": MALE}, {"death": YES, "sex": FEMALE}, {"death": NO, "sex": MALE}
    )
    assert audit(count(1, among), rows).verdict is AGREES
    wrong = audit(count(1, among.replace("2", "3")), rows)
    assert wrong.verdict is DIFFERS
    assert "The printed total is 3; the rows have 2." in wrong.reason
    maybe = [*rows, make_row("4", sex=FEMALE)]
    assert audit(count(1, among.replace("2", "3")), maybe).verdict is NOT_CHECKABLE


def test_without_rows_nothing_can_be_counted() -> None:
    assert audit(count(2), []).verdict is NOT_CHECKABLE


# ---- percentages


def percentage(printed: object, more: str) -> str:
    return f'kind = "percentage"\nprinted = {printed}\n{more}'


@pytest.mark.parametrize(
    ("printed", "n", "of", "verdict"),
    [
        ("35.3", 6, 17, AGREES),
        (35, 6, 17, AGREES),
        ("35.29", 6, 17, AGREES),
        ("41.2", 6, 17, DIFFERS),
        ("36.0", 6, 17, IMPOSSIBLE),
        (36, 6, 17, IMPOSSIBLE),
        ("12.5", 1, 8, AGREES),
        (12, 1, 8, AGREES),
        (13, 1, 8, AGREES),
        (100, 3, 3, AGREES),
    ],
)
def test_a_percentage_is_that_of_its_printed_counts(
    printed: object, n: int, of: int, verdict: Verdict
) -> None:
    found = audit(percentage(printed, f"n = {n}\nof = {of}\n"), [])
    assert found.verdict is verdict
    assert found.recomputed.startswith(f"{n}/{of} = ")


def test_a_percentage_from_rows() -> None:
    condition = 'condition = { sex = "male" }\n'
    rows = make_rows(*SEXES)
    assert audit(percentage("66.7", condition), rows).verdict is AGREES
    assert audit(percentage("33.3", condition), rows).verdict is DIFFERS
    assert audit(percentage("50.0", condition), rows).verdict is IMPOSSIBLE
    assert audit(percentage("66.7", condition), make_rows({}, {})).verdict is NOT_CHECKABLE
    among = f"{condition}among = {{ died = true }}\n"
    nobody = audit(percentage(50, among), make_rows({"death": NO, "sex": MALE}))
    assert nobody.verdict is NOT_CHECKABLE
    assert "no share of nobody" in nobody.reason


def test_a_percentage_with_silent_rows() -> None:
    condition = 'condition = { sex = "male" }\n'
    rows = make_rows(*SEXES, {})
    assert audit(percentage(50, condition), rows).verdict is AGREES
    assert audit(percentage(75, condition), rows).verdict is NOT_CHECKABLE
    assert audit(percentage(25, condition), rows).verdict is DIFFERS


def test_a_percentage_with_counts_and_rows_needs_both_to_agree() -> None:
    more = 'n = 2\nof = 3\ncondition = { sex = "male" }\n'
    rows = make_rows(*SEXES)
    assert audit(percentage("66.7", more), rows).verdict is AGREES
    assert audit(percentage("66.7", more), make_rows(*SEXES, *SEXES)).verdict is DIFFERS
    assert audit(percentage("60.0", more), rows).verdict is IMPOSSIBLE
    assert audit(percentage("66.7", more), rows[:2]).verdict is DIFFERS
    assert audit(percentage("66.7", more), make_rows({}, {}, {})).verdict is NOT_CHECKABLE


@given(st.integers(1, 400), st.integers(0, 2), st.data())
def test_every_true_percentage_has_a_numerator(of: int, decimals: int, data: Any) -> None:
    n = data.draw(st.integers(0, of))
    printed = Decimal(f"{100 * n / of:.{decimals}f}")
    found = find_numerators(of, printed)
    assert n in found
    assert all(is_as_printed(100 * k / of, printed) for k in found)
    assert found == tuple(k for k in range(of + 1) if is_as_printed(100 * k / of, printed))


# ---- sums


def total(printed: object, *parts: tuple[str, object, str], more: str = "") -> str:
    written = ", ".join(
        f'{{ label = "{label}", printed = {n}{", condition = " + c if c else ""} }}'
        for label, n, c in parts
    )
    return f'kind = "sum"\nprinted = {printed}\nparts = [{written}]\n{more}'


def test_printed_parts_make_their_total_or_not() -> None:
    parts = [("outside", 1030, ""), ("through", 28, ""), ("inside", 561, "")]
    unit = 'unit = "amino acids"\n'
    found = audit(total(1620, *parts, more=unit), [])
    assert found.verdict is DIFFERS
    assert found.printed == "1620 amino acids"
    assert found.recomputed == "1030 + 28 + 561 = 1619 amino acids"
    assert "1 less than the printed 1620" in found.reason
    assert audit(total(1619, *parts, more=unit), []).verdict is AGREES
    assert audit(total("0.3", ("a", "0.1", ""), ("b", "0.2", "")), []).verdict is AGREES


def test_parts_are_counted_in_the_rows() -> None:
    parts = [("males", 2, '{ sex = "male" }'), ("females", 1, '{ sex = "female" }')]
    claim = total(3, *parts)
    assert audit(claim, make_rows(*SEXES)).verdict is AGREES
    assert audit(claim, make_rows(*SEXES[1:], {"sex": FEMALE})).verdict is DIFFERS
    assert audit(claim, make_rows(*SEXES, {"sex": FEMALE})).verdict is DIFFERS
    assert audit(claim, make_rows({}, {}, {})).verdict is NOT_CHECKABLE
    assert audit(claim, make_rows({}, {})).verdict is IMPOSSIBLE


def test_parts_that_overlap_count_twice() -> None:
    parts = [
        ("operated", 2, '{ treatment = "surgery" }'),
        ("irradiated", 1, '{ treatment = "radiotherapy" }'),
    ]
    rows = make_rows(
        {"treatments": (SURGERY, RADIOTHERAPY)},
        {"treatments": (SURGERY,)},
        {"treatments": (SURGERY,)},
    )
    found = audit(total(3, *parts), [*rows[:2], make_row("3", treatments=(RADIOTHERAPY,))])
    assert found.verdict is DIFFERS
    overlap = audit(total(3, *parts), [*rows[:2], make_row("3", treatments=())])
    assert "case 1 would count twice" in overlap.reason
    assert overlap.verdict is DIFFERS


def test_a_part_without_a_column_leaves_the_sum_open() -> None:
    parts = [("males", 2, '{ sex = "male" }'), ("of unknown cause", 1, "")]
    found = audit(total(3, *parts), make_rows(*SEXES))
    assert found.verdict is NOT_CHECKABLE
    assert "No column tells of unknown cause." in found.reason
