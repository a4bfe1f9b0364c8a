"""The published schemas fit what is written, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from spindle.assays.readings import Assay, ReadingResult
from spindle.cases.absence import AbsenceReason
from spindle.cases.course import DeathCause, OutcomeKind, TreatmentKind, VitalStatus
from spindle.cases.documents import make_case_schema
from spindle.cases.patient import Sex
from spindle.cases.tumour import CodeMatch, Laterality
from spindle.cli.main import main
from spindle.cohort.claims_audit import Verdict
from spindle.cohort.endpoints import Endpoint
from spindle.cohort.frequencies import SHARE_INTERVALS
from spindle.cohort.survival import INTERVALS
from spindle.knowledge.facts import HowRead
from spindle.knowledge.protocols import load_whens
from spindle.reasoning.assessments import KinaseStatus, Support
from spindle.reports.series_document import CASES_IN_FULL, SCHEMA_ID, SCHEMA_VERSION

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "examples" / "zhao-2025" / "table1.csv"
CLAIMS = ROOT / "examples" / "zhao-2025" / "claims.toml"
SCHEMA = json.loads(
    (resources.files("spindle.reports") / "report.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)
Document = dict[str, Any]


def write_report(folder: Path, table: Path, *options: str) -> Document:
    with pytest.raises(SystemExit) as stop:
        main(["report", str(table), *options, "--out", str(folder)])
    assert stop.value.code == 0
    document: Document = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return document


def list_faults(document: Document) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "report"
    write_report(folder, TABLE, "--claims", str(CLAIMS))
    return folder


@pytest.fixture(scope="module")
def report(demo: Path) -> Document:
    document: Document = json.loads((demo / "report.json").read_text(encoding="utf-8"))
    return document


def test_schema_is_valid_and_has_its_name() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == SCHEMA_ID == SCHEMA["properties"]["schema"]["const"]
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_demo_fits(report: Document) -> None:
    assert list_faults(report) == []
    assert len(report["cases"]) == 25
    assert report["claims"]
    assert report["notes"]


def test_every_object_is_closed_and_every_field_is_needed() -> None:
    """So that an undocumented field of a report is a fault, and so is a missing one."""
    optional = {"group", "os", "efs", "code_label", "code_match"}
    for definition in iterate_objects(SCHEMA):
        if "properties" in definition:
            assert definition.get("additionalProperties") is False, definition
            assert set(definition["properties"]) - set(definition["required"]) <= optional


def iterate_objects(schema: Any) -> Iterable[Document]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from iterate_objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from iterate_objects(value)


def test_every_definition_is_used() -> None:
    text = json.dumps(SCHEMA)
    assert [name for name in SCHEMA["$defs"] if f'"#/$defs/{name}"' not in text] == []


def drop(path: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *way, last = path.split(".")
        for step in way:
            document = document[int(step) if step.isdigit() else step]
        del document[last]

    return change


def put(path: str, value: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *way, last = path.split(".")
        for step in way:
            document = document[int(step) if step.isdigit() else step]
        document[last] = value

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        drop("source.rows"),
        drop("cohort.survival.follow_up"),
        drop("cases.0.assessment.kinases.ALK.status"),
        drop("cases.0.assessment.trace.0.facts"),
        drop("notes.0.value"),
        drop("claims.0.verdict"),
        put("cases.0.sex", None),
        put("cases.0.sex", ""),
        put("cases.0.age_months", False),
        put("cases.0.age_months", {"absent": "missing"}),
        put("cases.0.assessment.kinases.ALK.status", "negative"),
        put("cases.0.assessment.next_tests.0.when", "now"),
        put("cohort.alk.ihc.positive", -1),
        put("cohort.alk.ihc.positive", 2.5),
        put("cohort.survival.os.0.upper", 1.1),
        put("claims.0.verdict", "true"),
        put("notes.0.slug", "Not a slug"),
        put("facts.0.checked_on", "yesterday"),
        put("surprise", 1),
        put("cohort.surprise", 1),
        put("cases.0.surprise", 1),
    ],
)
def test_a_spoilt_report_does_not_fit(spoil: Callable[[Document], None], report: Document) -> None:
    document = copy.deepcopy(report)
    spoil(document)
    assert list_faults(document)


def test_large_series_fits_in_its_short_form(tmp_path: Path) -> None:
    header, *rows = TABLE.read_text(encoding="utf-8").splitlines()
    repeats = CASES_IN_FULL // len(rows) + 1
    lines = [f"{n}-{row}" for n in range(repeats) for row in rows]
    table = tmp_path / "many.csv"
    table.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    document = write_report(tmp_path / "report", table)
    assert document["cases_in_full"] is False
    assert len(document["cases"]) == repeats * len(rows)
    assert "trace" not in document["cases"][0]["assessment"]
    assert list_faults(document) == []


@pytest.mark.parametrize(
    "text",
    ["No,Gender\n1,Male\n", "No\tAge (yr)\n1\tabout 40\n", "No,ALK\n1,not done\n2,\n3,failed\n"],
)
def test_scanty_tables_fit(text: str, tmp_path: Path) -> None:
    table = tmp_path / "scanty.csv"
    table.write_text(text, encoding="utf-8")
    document = write_report(tmp_path / "report", table)
    assert list_faults(document) == []
    assert document["cohort"]["survival"]["follow_up"] == {"absent": "not_reported"}
    assert document["cohort"]["survival"]["n"] == 0


def test_each_case_of_the_demo_fits_the_case_schema(demo: Path) -> None:
    validator = Draft202012Validator(make_case_schema())
    lines = (demo / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 25
    for line in lines:
        case = json.loads(line)
        assert case.pop("assessment")
        assert list(validator.iter_errors(case)) == []


def find_words(*path: str) -> set[str]:
    found: Any = SCHEMA["$defs"]
    for step in path:
        found = found[step]
    options = [
        *found.get("enum", []),
        *(w for o in found.get("anyOf", []) for w in o.get("enum", [])),
    ]
    return set(options)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("absent", "properties", "absent"), AbsenceReason),
        (("case", "properties", "sex"), Sex),
        (("laterality",), Laterality),
        (("site", "properties", "code_match"), CodeMatch),
        (("symptom", "properties", "code_match"), CodeMatch),
        (("treatment", "properties", "kind"), TreatmentKind),
        (("follow_up", "properties", "vital_status"), VitalStatus),
        (("outcome", "properties", "kind"), OutcomeKind),
        (("outcome", "properties", "cause"), DeathCause),
        (("status",), KinaseStatus),
        (("kinase", "properties", "support"), Support),
        (("test", "properties", "assay"), Assay),
        (("test", "properties", "result"), ReadingResult),
        (("verdict",), Verdict),
        (("fact", "properties", "how_read"), HowRead),
        (("by_endpoint", "propertyNames"), Endpoint),
    ],
)
def test_lists_of_words_are_those_of_the_code(path: tuple[str, ...], words: type[StrEnum]) -> None:
    assert find_words(*path) == {str(word) for word in words}


def test_intervals_and_conditions_are_those_of_the_code() -> None:
    assert find_words("interval") == set(INTERVALS)
    assert find_words("when") == set(load_whens())
    shares = SCHEMA["$defs"]["shares"]["items"]["properties"]["interval"]["enum"]
    assert set(shares) == set(SHARE_INTERVALS)
