from __future__ import annotations

import csv
import itertools
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from claim_rows import FEMALE, HEADER, MALE, NEGATIVE, POSITIVE, YES, make_rows

from spindle.cohort.claim_checks.counts import COMPARISONS
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.kinds import KINDS
from spindle.cohort.claim_checks.summaries import STATISTICS
from spindle.cohort.claim_checks.survivals import ENDPOINTS
from spindle.cohort.claim_checks.variables import VARIABLES
from spindle.cohort.claims import load_claims, parse_claims
from spindle.cohort.claims_audit import Verdict, audit_claims
from spindle.cohort.condition_columns import FIELDS
from spindle.cohort.rows import make_row
from spindle.errors import UserError
from spindle.formats.tables import read_table
from spindle.reasoning.reflex import assess_case

GOOD = 'kind = "count"\ncondition = { sex = "male" }\nprinted = 15\n'


def refuse(text: str) -> UserError:
    with pytest.raises(UserError) as refused:
        parse_claims(text, "claims.toml")
    assert refused.value.slug == "claims-invalid"
    assert refused.value.cure
    return refused.value


def refuse_claim(claim: str) -> UserError:
    error = refuse(HEADER + claim)
    assert error.place.startswith("claims.toml, line 13, claim claim")
    return error


def test_a_file_gives_its_source_documents_and_claims_in_order(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    second = (
        '[[claims]]\nid = "two"\nsentence = "Another."\nwhere = "Abstract"\nnote = "Read so."\n'
        'kind = "summary"\nvariable = "age_years"\nstatistic = "mean"\nprinted = 34.0\n'
    )
    path.write_text(HEADER + GOOD + second, encoding="utf-8")
    found = load_claims(path)
    assert found.source.citation == "A paper, 2025"
    assert found.source.identifier == ""
    assert list(found.documents) == ["one", "two"]
    assert found.documents["two"].title == "the second document"
    assert [(c.id, c.kind, c.where, c.note) for c in found.claims] == [
        ("claim", "count", "Results", ""),
        ("two", "summary", "Abstract", "Read so."),
    ]
    assert found.claims[0].sentence == "A sentence."
    assert found.claims[0].place == "claims.toml, line 13, claim claim"
    assert [test.field for test in found.claims[0].tests] == ["sex"]


def test_a_byte_order_mark_is_no_letter(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + GOOD).encode())
    assert len(load_claims(path).claims) == 1


@pytest.mark.parametrize(
    ("name", "slug"), [("nothing.toml", "file-not-found"), (".", "file-is-folder")]
)
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str, slug: str) -> None:
    with pytest.raises(UserError) as refused:
        load_claims(tmp_path / name)
    assert refused.value.slug == slug


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="UTF-8"):
        load_claims(path)


def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spindle.formats.toml_files.MAX_BYTES", 100)
    path = tmp_path / "claims.toml"
    path.write_text("#" * 101, encoding="utf-8")
    with pytest.raises(UserError, match="100 bytes"):
        load_claims(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "Not TOML"),
        ("", "citation"),
        ('[source]\ncitation = "A"\n', "no claim"),
        ('claims = []\n[source]\ncitation = "A"\n', "no claim"),
        ('claims = [1]\n[source]\ncitation = "A"\n', "not a table"),
        ('[source]\ncitation = ""\n' + HEADER.split('2025"')[1] + GOOD, "citation"),
        ('[source]\ncitation = "A"\nauthor = "B"\n', "author"),
        ("source = 3\n", "source is not a table"),
        ('[source]\ncitation = "A"\n[documents]\none = 3\n', "one is not a table"),
        ('[source]\ncitation = "A"\n[documents.one]\ntitle = "B"\n', "citation"),
        ('[[claim]]\nid = "a"\n', "claims"),
        (HEADER + GOOD + "[[claims]]\n" + HEADER.split("[[claims]]\n")[1] + GOOD, "twice"),
        ("a = " + "[" * 5000 + "]" * 5000, "Not TOML"),
    ],
)
def test_a_file_that_is_not_valid_is_refused(text: str, said: str) -> None:
    assert said in str(refuse(text))


def test_a_claim_without_a_valid_id_is_refused() -> None:
    error = refuse((HEADER + GOOD).replace('id = "claim"', 'id = "Claim 1"'))
    assert "small letters" in error.message
    assert error.place == "claims.toml, line 13"


def test_a_field_of_the_claim_that_is_missing_is_named() -> None:
    error = refuse((HEADER + GOOD).replace('sentence = "A sentence."\n', ""))
    assert "'sentence' is missing" in error.message


@pytest.mark.parametrize("field", ["verdict", "expected", "expected_verdict"])
def test_a_claim_does_not_say_what_it_should_give(field: str) -> None:
    assert field in refuse_claim(GOOD + f'{field} = "agrees"\n').message


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    message = refuse_claim('kind = "counts"\nprinted = 1\n').message
    assert "Did you mean 'count'?" in message
    assert all(kind in message for kind in KINDS)


# Each row: what is wrong, and what the message has to say about it.
WRONG = [
    ('kind = "count"\ncondition = { sex = "male" }\n', "'printed' is missing"),
    ('kind = "count"\nprinted = "15"\n', "whole number"),
    ('kind = "count"\nprinted = -1\n', "whole number"),
    ('kind = "count"\nprinted = 1.5\n', "1.5 is not a whole number"),
    ('kind = "count"\nprinted = true\n', "whole number"),
    ('kind = "count"\nprinted = 1\ncomparison = "about"\n', "at_least"),
    ('kind = "count"\nprinted = 1\nconditions = { sex = "male" }\n', "'condition'"),
    ('kind = "count"\nprinted = 1\ncondition = { sx = "male" }\n', "'sex'"),
    ('kind = "count"\nprinted = 1\ncondition = { alk_ich = "positive" }\n', "alk_ihc"),
    ('kind = "summary"\nvariable = "age"\nstatistic = "mean"\nprinted = 3\n', "age_years"),
    ('kind = "summary"\nvariable = "age_years"\nstatistic = "avg"\nprinted = 3\n', "mean"),
    (
        'kind = "summary"\nvariable="age_years"\nstatistic="mean"\nunit="months"\nprinted=3\n',
        "age_years is in years, not in months",
    ),
    (
        'kind = "summary"\nvariable = "stain_percent"\nstatistic = "min"\nprinted = 2\n',
        "'marker' is missing",
    ),
    (
        'kind = "summary"\nvariable="stain_percent"\nmarker="Ki76"\nstatistic="min"\nprinted=2\n',
        "Ki76",
    ),
    ('kind = "summary"\nvariable="age_years"\nstatistic="mean"\nprinted = nan\n', "a number"),
    ('kind = "percentage"\nprinted = 35.3\n', "n and of, or a condition"),
    ('kind = "percentage"\nprinted = 35.3\nn = 6\n', "'of' is missing"),
    ('kind = "percentage"\nprinted = 35.3\nn = 18\nof = 17\n', "18 of 17"),
    ('kind = "percentage"\nprinted = 35.3\nn = 0\nof = 0\n', "0 of 0"),
    ('kind = "sum"\nprinted = 3\nparts = [{ label = "a", printed = 3 }]\n', "2 or more"),
    ('kind = "sum"\nprinted = 3\nparts = "a"\n', "list of tables"),
    (
        'kind = "sum"\nprinted = 3\nparts = [{ label = "a", printed = 1 }, { printed = 2 }]\n',
        "parts 2: The field 'label' is missing",
    ),
    (
        'kind = "sum"\nprinted = 3.5\nparts = [{ label = "a", printed = 1.5, condition = '
        '{ sex = "male" } }, { label = "b", printed = 2 }]\n',
        "one of cases",
    ),
    ('kind = "ranking"\nitems = [{ rank = 1, label = "a" }]\n', "two ranks"),
    (
        'kind = "ranking"\nitems = [{ rank = 2, label = "a" }, { rank = 1, label = "b" }]\n',
        "order of their ranks",
    ),
    (
        'kind = "ranking"\nleft_out = ["orbit"]\nitems = [{ rank = 1, label = "a" }, '
        '{ rank = 2, label = "b" }]\n',
        "without others",
    ),
    ('kind = "patient"\nfind = { sex = "male" }\nexpect = {}\n', "at least one"),
    ('kind = "patient"\nfind = { sex = "male" }\nexpect = { sx = "male" }\n', "'sex'"),
    ('kind = "patient"\nexpect = { sex = "male" }\n', "'find' is missing"),
    (
        'kind = "swap"\nprinted = 2\ncondition = { alk_ihc = "negative" }\n'
        'fields = ["alk_ihc", "alk_fish"]\n',
        "two fields of the condition",
    ),
    (
        'kind = "swap"\nprinted = 2\ncondition = { sex = "male", alk_ihc = "negative" }\n'
        'fields = ["sex", "alk_ihc"]\n',
        "sex has no value 'negative'",
    ),
    ('kind = "inclusion"\n', "'rule' is missing"),
    (
        'kind = "significance"\noutcome = "x"\ngroups = [{ label = "a" }]\n',
        "2 or more",
    ),
    (
        'kind = "significance"\noutcome = "x"\ngroups = [{ label = "a" }, { label = "b" }, '
        '{ label = "c" }]\n',
        "two groups, not 3",
    ),
    (
        'kind = "significance"\noutcome = "x"\ngroups = [{ label = "a", n = 1, of = 2 }, '
        '{ label = "b" }]\n',
        "'source' is missing",
    ),
    (
        'kind = "significance"\noutcome = "x"\ngroups = [{ label = "a", n = 3, of = 2, source = '
        '"s" }, { label = "b" }]\n',
        "3 of 2",
    ),
    (
        'kind = "significance"\noutcome = "x"\ngroups = [{ label = "a", condition = { sex = '
        '"male" } }, { label = "b" }]\n',
        "an event or an endpoint",
    ),
    (
        'kind = "significance"\noutcome = "x"\nendpoint = "os"\ngroups = [{ label = "a", '
        'condition = { sex = "male" } }, { label = "b", n = 1, of = 2, source = "s" }]\n',
        "two groups that are in the rows",
    ),
    (
        'kind = "significance"\noutcome = "x"\nlevel = 5\ngroups = [{ label = "a" }, '
        '{ label = "b" }]\n',
        "between 0 and 1",
    ),
    (
        'kind = "significance"\noutcome = "x"\nprinted_p = "small"\ngroups = [{ label = "a" }, '
        '{ label = "b" }]\n',
        '"< 0.05"',
    ),
    ('kind = "survival"\nendpoint = "dfs"\nmonths = 60\nprinted = 70\n', "efs"),
    ('kind = "places"\nstatements = [{ where = "a", value = 1 }]\n', "2 or more"),
    (
        'kind = "places"\nstatements = [{ where = "a", value = 1 }, { where = "b" }]\n',
        "one of: value; words",
    ),
    (
        'kind = "places"\nstatements = [{ where = "a", value = 1 }, { where="b", words="x" }]\n',
        "Words and numbers",
    ),
    (
        'kind = "places"\nstatements = [{ where = "a", words = "x" }, { where = "b", rows = '
        '{ count = { sex = "male" } } }]\n',
        "Words cannot be held against a number",
    ),
    (
        'kind = "places"\nstatements = [{ where = "a", rows = { count = { sex = "male" } } }, '
        '{ where = "b", rows = { count = { sex = "male" } } }]\n',
        "has to be printed",
    ),
    (
        'kind = "places"\nstatements = [{ where = "a", value = 1 }, { where = "b", value = 1, '
        'rows = { count = { sex = "male" } } }]\n',
        "no printed value beside it",
    ),
    (
        'kind = "places"\nstatements = [{ where = "a", value = 1 }, { where = "b", rows = '
        '{ among = { sex = "male" } } }]\n',
        "count, share, statistic, survival",
    ),
    (
        'kind = "places"\nstatements = [{ where = "a", value = 1 }, { where = "b", low = 3, '
        "high = 2 }]\n",
        "low is 3 and high is 2",
    ),
    (
        'kind = "places"\nstatements = [{ where = "a", value = 1 }, { document = "one", value = 2 '
        "}]\n",
        "'where' is missing",
    ),
    (
        'kind = "documents"\nstatements = [{ document = "one", value = 1 }, { document = '
        '"three", value = 2 }]\n',
        "one of one, two",
    ),
]


@pytest.mark.parametrize(("claim", "said"), WRONG)
def test_a_claim_that_is_not_valid_is_refused_with_what_is_allowed(claim: str, said: str) -> None:
    assert said in str(refuse_claim(claim))


SMALLEST = {
    "count": "printed = 1\n",
    "summary": 'variable = "age_years"\nstatistic = "mean"\nprinted = 34\n',
    "percentage": "n = 6\nof = 17\nprinted = 35.3\n",
    "sum": 'printed = 3\nparts = [{ label = "a", printed = 1 }, { label = "b", printed = 2 }]\n',
    "ranking": 'items = [{ rank = 1, label = "a" }, { rank = 2, label = "b" }]\n',
    "patient": 'find = { case = "8" }\nexpect = { sex = "male" }\n',
    "places": 'statements = [{ where = "a", value = 1 }, { where = "b", value = 1 }]\n',
    "swap": 'condition = { alk_ihc = "negative", alk_fish = "positive" }\n'
    'fields = ["alk_ihc", "alk_fish"]\nprinted = 2\n',
    "inclusion": 'rule = { sex = "male" }\n',
    "laterality": "",
    "significance": 'outcome = "x"\ngroups = [{ label = "a" }, { label = "b" }]\n',
    "survival": 'endpoint = "os"\nmonths = 60\nprinted = 70\n',
    "documents": 'statements = [{ document = "one", value = 1 }, '
    '{ document = "two", value = 1 }]\n',
}


def test_every_kind_has_a_smallest_claim_here() -> None:
    assert set(SMALLEST) == set(KINDS)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_refuses_a_field_that_it_does_not_take(kind: str) -> None:
    claim = f'kind = "{kind}"\n{SMALLEST[kind]}'
    assert parse_claims(HEADER + claim, "claims.toml").claims[0].kind == kind
    assert "There is no field 'nonsense' here." in refuse_claim(claim + "nonsense = 1\n").message


# ---- whatever a file holds, it is read or refused, and what is read is audited

ODD_VALUES = (
    "0", "-1", "1.5", "1e400", "1e-400", "nan", "inf", "true", '""', '"x"', '"< 18"', "[]", "[1]",
    '["x", "y"]', "{}", '{ sex = "male" }', "[{}]", "[{}, {}]", '[{ label = "a" }, { rank = 1 }]',
    "1979-05-27", "99999999999999999999", "0x" + "f" * 5000, '{ a = { b = { c = 1 } } }',
)  # fmt: skip
ROWS = make_rows(
    {"sex": MALE, "age_months": 14.0, "follow_up_months": 9.0, "death": YES, "alk_ihc": POSITIVE},
    {"sex": FEMALE, "age_months": 400.0, "follow_up_months": 30.0, "alk_fish": NEGATIVE},
    {},
)


@pytest.mark.parametrize("value", ODD_VALUES)
@pytest.mark.parametrize("kind", list(KINDS))
def test_an_odd_value_is_read_or_refused(kind: str, value: str) -> None:
    names = [line.split(" = ")[0] for line in SMALLEST[kind].splitlines()] or ["printed"]
    for name in (*names, "among", "unit", "note", "printed_p", "level", "comparison", "others"):
        kept = [li for li in SMALLEST[kind].splitlines() if not li.startswith(f"{name} =")]
        claim = "\n".join([f'kind = "{kind}"', *kept, f"{name} = {value}"])
        assert read_or_refuse(HEADER + claim) in {*Verdict, "claims-invalid"}


def read_or_refuse(text: str) -> str:
    """Give the verdict on the only claim of a text, or the slug of the error that refuses it."""
    try:
        [found] = audit_claims(parse_claims(text, "claims.toml"), ROWS)
    except UserError as error:
        return error.slug if len(str(error)) < 2000 else "too long"
    return found.verdict


@pytest.mark.parametrize(
    "claim",
    [
        'kind = "inclusion"\nrule.' + "not." * 5000 + 'sex = "male"\n',
        'kind = "count"\nprinted = ' + "9" * 5000 + "\n",
        'kind = "summary"\nprinted = 1e' + "9" * 30 + "\n",
        'kind = "survival"\nendpoint = "os"\nmonths = -1\nprinted = 70\n',
    ],
)
def test_a_hostile_value_is_refused(claim: str) -> None:
    assert len(str(refuse(HEADER + claim))) < 2000


# ---- the documentation

DOCS = Path(__file__).resolve().parents[2] / "docs" / "claims.md"


def read_markdown_table(text: str, first_header: str) -> list[list[str]]:
    """Give the cells of the table whose header starts so, the header first."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_header} |"))
    table = list(itertools.takewhile(lambda line: line.startswith("|"), lines[start:]))
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table if "---" not in line
    ]


def test_the_example_of_the_documentation_gives_the_verdicts_that_it_prints(
    tmp_path: Path,
) -> None:
    text = DOCS.read_text(encoding="utf-8")
    table = tmp_path / "table.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(read_markdown_table(text, "No"))
    rows = [make_row(case, assess_case(case)) for case, _ in read_table(table).cases()]
    example = text.split("```toml\n")[1].split("```")[0]
    audited = audit_claims(parse_claims(example, "docs/claims.md"), rows)
    printed = read_markdown_table(text, "claim")[1:]
    assert [[f"`{claim.id}`", claim.verdict.value] for claim in audited] == printed
    assert {claim.kind for claim in audited} == set(KINDS)


def test_every_kind_field_and_verdict_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    names = {*KINDS, *FIELDS, *Verdict, *VARIABLES, *STATISTICS, *COMPARISONS, *ENDPOINTS}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_field_of_a_kind_is_documented(kind: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    entry = tomllib.loads(SMALLEST[kind], parse_float=Decimal)
    fields = ClaimFields(entry, "", {"one": "One", "two": "Two"})
    KINDS[kind](fields)
    row = next(row for row in read_markdown_table(text, "kind") if row[0] == f"`{kind}`")
    assert [name for name in fields.asked if f"`{name}`" not in row[2]] == []
