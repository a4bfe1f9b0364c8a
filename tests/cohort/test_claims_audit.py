from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from claim_rows import (
    HEADER,
    NEGATIVE,
    NO,
    POSITIVE,
    RADIOTHERAPY,
    SURGERY,
    YES,
    audit,
    make_row,
    make_rows,
    sided,
)

from spindle.cases.absence import NOT_DONE
from spindle.cohort.claim_checks.findings import (
    format_number,
    format_p,
    is_as_printed,
    join_list,
    list_cases,
)
from spindle.cohort.claims import parse_claims
from spindle.cohort.claims_audit import Verdict, audit_claims
from spindle.cohort.rows import CohortRow
from spindle.errors import UserError

AGREES, DIFFERS, IMPOSSIBLE = Verdict.AGREES, Verdict.DIFFERS, Verdict.IMPOSSIBLE
CONTRADICTED, UNSUPPORTED = Verdict.CONTRADICTED, Verdict.UNSUPPORTED
NOT_CHECKABLE = Verdict.NOT_CHECKABLE


def followed(*months: float, **fields: Any) -> list[CohortRow]:
    return make_rows(*({"follow_up_months": month, **fields} for month in months))


def count(printed: int, more: str = "", condition: str = '{ sex = "male" }') -> str:
    return f'kind = "count"\ncondition = {condition}\nprinted = {printed}\n{more}'


# ---- the audit as a whole


def test_the_audit_keeps_the_order_and_says_everything() -> None:
    text = HEADER + 'kind = "count"\nprinted = 2\nnote = "Read so."\n'
    text += text.split("[[claims]]")[1].join(["[[claims]]", ""]).replace('"claim"', '"other"')
    found = audit_claims(parse_claims(text, "c.toml"), make_rows({}, {}, {}))
    assert [claim.id for claim in found] == ["claim", "other"]
    first = found[0]
    assert (first.sentence, first.where, first.kind) == ("A sentence.", "Results", "count")
    assert (first.verdict, first.printed, first.recomputed) == (DIFFERS, "2", "3 of 3")
    assert first.reason == "The table has 3 rows. Read so."
    assert first.rows == ("1", "2", "3")


def test_a_name_that_no_row_and_no_vocabulary_knows_stops_the_audit() -> None:
    claim = 'kind = "count"\ncondition = { site = "maxilary sinus" }\nprinted = 0\n'
    with pytest.raises(UserError) as refused:
        audit(claim, make_rows({"sites": (sided("orbit"),)}))
    assert refused.value.slug == "claims-invalid"
    assert "line 13, claim claim" in refused.value.place


def test_verdicts_are_the_six_of_the_issue() -> None:
    assert [verdict.value for verdict in Verdict] == [
        "agrees",
        "differs",
        "impossible",
        "contradicted",
        "unsupported",
        "not_checkable",
    ]


# ---- rankings


def ranking(*items: tuple[int, str], others: str = "") -> str:
    written = ", ".join(
        f'{{ rank = {rank}, label = "{name}", condition = {{ site = "{name}" }} }}'
        for rank, name in items
    )
    return f'kind = "ranking"\nitems = [{written}]\n{others}'


def placed(**counts: int) -> list[CohortRow]:
    names = [name.replace("_", " ") for name, n in counts.items() for _ in range(n)]
    return make_rows(*({"sites": (sided(name),)} for name in names))


def test_an_order_that_the_counts_bear_and_one_that_they_invert() -> None:
    claim = ranking((1, "orbit"), (2, "larynx"))
    assert audit(claim, placed(orbit=3, larynx=2)).verdict is AGREES
    found = audit(claim, placed(orbit=2, larynx=3))
    assert found.verdict is DIFFERS
    assert "Larynx (3) is printed after orbit (2) and is more frequent." in found.reason
    assert found.printed == "orbit > larynx"
    assert found.recomputed == "orbit 2, larynx 3"


def test_a_tie_bears_no_order() -> None:
    found = audit(ranking((1, "orbit"), (2, "larynx")), placed(orbit=2, larynx=2))
    assert found.verdict is UNSUPPORTED
    assert "equally frequent (2)" in found.reason


def test_items_of_one_rank_have_no_order_between_them() -> None:
    claim = ranking((1, "orbit"), (1, "larynx"), (2, "lung"))
    found = audit(claim, placed(orbit=2, larynx=3, lung=1))
    assert found.verdict is AGREES
    assert "If an order is meant within orbit 2, larynx 3" in found.reason


def test_the_most_common_come_before_all_others() -> None:
    claim = ranking((1, "orbit"), (1, "larynx"), others='others = "site"\n')
    assert audit(claim, placed(orbit=3, larynx=2, lung=1)).verdict is AGREES
    found = audit(claim, placed(orbit=3, larynx=2, lung=4))
    assert found.verdict is DIFFERS
    assert "Lung (4) is not named and is more frequent than larynx (2)." in found.reason
    tie = audit(claim, placed(orbit=3, larynx=2, lung=2))
    assert tie.verdict is UNSUPPORTED
    left_out = claim + 'left_out = ["lung"]\n'
    assert audit(left_out, placed(orbit=3, larynx=2, lung=4)).verdict is AGREES


def test_a_denied_symptom_is_no_rival() -> None:
    claim = ranking((1, "headache"), others='others = "symptom"\n').replace("site", "symptom")
    there, denied = sided("headache"), sided("fever", is_present=False)
    rows = make_rows({"symptoms": (there, denied)}, {"symptoms": (denied, sided("cough"))})
    found = audit(claim, rows)
    assert found.verdict is UNSUPPORTED
    assert "cough" in found.reason
    assert "fever" not in found.reason


def test_a_ranking_of_what_no_row_says() -> None:
    assert audit(ranking((1, "orbit"), (2, "larynx")), make_rows({}, {})).verdict is NOT_CHECKABLE


def test_a_misspelt_name_that_is_left_out_is_refused() -> None:
    claim = ranking((1, "orbit"), others='others = "site"\nleft_out = ["larnyx"]\n')
    with pytest.raises(UserError, match="larynx"):
        audit(claim, placed(orbit=1))


# ---- patients

CHILD = (
    'kind = "patient"\nfind = { alk_ihc = "positive", age_years = "< 18" }\n'
    'expect = { treatment = "surgery", recurred = false }\n'
)


def test_a_sentence_about_a_patient_is_held_against_the_row() -> None:
    child = {"alk_ihc": POSITIVE, "age_months": 14.0, "treatments": (SURGERY,)}
    other = {"alk_ihc": NEGATIVE, "age_months": 14.0}
    agrees = audit(CHILD, make_rows(other, {**child, "recurrence": NO}))
    assert (agrees.verdict, agrees.rows) == (AGREES, ("2",))
    found = audit(CHILD, make_rows(other, {**child, "recurrence": YES}))
    assert found.verdict is CONTRADICTED
    assert "The row of case 2 denies: no recurrence." in found.reason
    assert "bears out: treatment surgery" in found.reason
    silent = audit(CHILD, make_rows(other, child))
    assert silent.verdict is NOT_CHECKABLE
    assert "leaves open: no recurrence" in silent.reason


def test_a_patient_whom_no_row_fits_or_whom_several_fit() -> None:
    child = {"alk_ihc": POSITIVE, "age_months": 14.0, "treatments": (SURGERY,), "recurrence": NO}
    nobody = audit(CHILD, make_rows({"alk_ihc": NEGATIVE, "age_months": 14.0}))
    assert (nobody.verdict, nobody.recomputed) == (CONTRADICTED, "no such row")
    two = audit(CHILD, make_rows(child, child))
    assert two.verdict is CONTRADICTED
    assert "2 rows, not 1, fit the patient: cases 1 and 2." in two.reason
    assert audit(CHILD + "printed_n = 2\n", make_rows(child, child)).verdict is AGREES
    assert audit(CHILD, make_rows({"age_months": 14.0})).verdict is NOT_CHECKABLE


# ---- swapped columns

SWAP = (
    'kind = "swap"\ncondition = { alk_ihc = "negative", alk_fish = "positive" }\n'
    'fields = ["alk_ihc", "alk_fish"]\nprinted = 2\n'
)


def test_two_columns_swapped_in_a_sentence_are_offered_the_other_way_round() -> None:
    as_printed = {"alk_ihc": NEGATIVE, "alk_fish": POSITIVE}
    swapped = {"alk_ihc": POSITIVE, "alk_fish": NEGATIVE}
    neither = {"alk_ihc": NEGATIVE, "alk_fish": NEGATIVE}
    assert audit(SWAP, make_rows(as_printed, as_printed, neither)).verdict is AGREES
    found = audit(SWAP, make_rows(swapped, swapped, neither))
    assert (found.verdict, found.rows) == (CONTRADICTED, ("1", "2"))
    assert found.recomputed == "0 of 3 as printed, 2 the other way round"
    assert "exchanged: ALK stain positive and ALK FISH negative" in found.reason
    assert audit(SWAP, make_rows(swapped, neither, neither)).verdict is DIFFERS
    both = make_rows(as_printed, as_printed, swapped, swapped)
    assert audit(SWAP, both).verdict is AGREES
    assert audit(SWAP, make_rows({}, {})).verdict is NOT_CHECKABLE


# ---- inclusion rules

RULE = 'kind = "inclusion"\nrule = { has_follow_up = true }\n'


def test_a_column_that_is_only_near_the_rule_cannot_break_it() -> None:
    claim = 'kind = "inclusion"\nrule = { site = "orbit" }\n'
    rows = make_rows({"sites": (sided("orbit"),)}, {"sites": (sided("larynx"),)})
    broken = audit(claim, rows)
    assert (broken.verdict, broken.rows) == (CONTRADICTED, ("2",))
    near = audit(f"{claim}is_decisive = false\n", rows)
    assert (near.verdict, near.rows, near.recomputed) == (NOT_CHECKABLE, ("2",), "1 of 2")
    assert "Case 2 cannot show it and cannot refute it and needs a look." in near.reason
    assert audit(f"{claim}is_decisive = false\n", rows[:1]).verdict is AGREES


def test_a_rule_that_every_row_keeps_or_that_some_break() -> None:
    assert audit(RULE, followed(1, 2)).verdict is AGREES
    found = audit(RULE, [*followed(1, 2), make_row("lost", is_lost=True)])
    assert (found.verdict, found.rows, found.recomputed) == (CONTRADICTED, ("lost",), "2 of 3")
    assert "It does not hold for case lost. Case lost: loss to follow-up." in found.reason
    assert audit(RULE, [*followed(1, 2), make_row("3")]).verdict is NOT_CHECKABLE
    assert audit(RULE, make_rows({}, {})).verdict is NOT_CHECKABLE


def test_a_rule_for_some_of_the_rows() -> None:
    claim = 'kind = "inclusion"\namong = { died = true }\nrule = { treatment_kinds = "> 1" }\n'
    both, one = (SURGERY, RADIOTHERAPY), (SURGERY,)
    rows = make_rows({"death": YES, "treatments": both}, {"death": NO, "treatments": one})
    assert audit(claim, rows).verdict is AGREES
    assert audit(claim, [*rows, make_row("3", death=YES, treatments=one)]).verdict is CONTRADICTED
    unplaced = audit(claim, [*rows, make_row("3", treatments=both)])
    assert unplaced.verdict is AGREES
    assert "it is open whether case 3 should count" in unplaced.reason
    nobody = audit(claim, rows[1:])
    assert nobody.verdict is CONTRADICTED
    assert "nobody with death" in nobody.reason


# ---- sides


def test_sides_that_contradict_each_other_are_counted() -> None:
    claim = 'kind = "laterality"\nprinted = 0\n'
    same = {"symptoms": (sided("headache", "left"),), "sites": (sided("orbit", "left"),)}
    other = {"symptoms": (sided("headache", "left"),), "sites": (sided("orbit", "right"),)}
    assert audit(claim, make_rows(same)).verdict is AGREES
    found = audit(claim, make_rows(same, other, {}))
    assert (found.verdict, found.rows) == (CONTRADICTED, ("2",))
    assert "Case 2: left headache, but right orbit." in found.reason
    assert "compared in 2 of 3 rows" in found.reason
    assert audit(claim.replace("0", "1"), make_rows(same, other)).verdict is AGREES
    assert audit(claim, make_rows({}, {})).verdict is NOT_CHECKABLE


# ---- words


def test_numbers_and_lists_in_words() -> None:
    assert [format_number(v) for v in (47, 47.0, 60.0588, math.inf)] == [
        "47",
        "47",
        "60.06",
        "infinity",
    ]
    assert [format_p(p) for p in (0.0184, 0.16, 2.31e-6)] == [
        "p = 0.018",
        "p = 0.16",
        "p = 2.3 × 10^-6",
    ]
    assert join_list([]) == ""
    assert join_list(["a", "b", "c"]) == "a, b and c"
    assert list_cases(["8"]) == "case 8"
    assert list_cases([str(n) for n in range(20)]).endswith("10, 11 and 8 more")


@pytest.mark.parametrize(
    ("value", "printed", "same"),
    [
        (35.294, "35.3", True),
        (34.5, "34", True),
        (34.5, "35", True),
        (34.51, "34", False),
        (34.04, "34.0", True),
        (34.06, "34.0", False),
    ],
)
def test_a_value_is_compared_as_it_would_be_rounded(value: float, printed: str, same: bool) -> None:
    assert is_as_printed(value, Decimal(printed)) is same


def test_a_test_that_was_not_done_counts_as_not_positive() -> None:
    rows = make_rows({"alk_ihc": POSITIVE}, {"alk_ihc": NOT_DONE})
    found = audit(count(1, condition='{ alk_ihc = "positive" }'), rows)
    assert (found.verdict, found.recomputed) == (AGREES, "1 of 2")
