"""Compare the demo's report with the expected numbers; say every difference and fail on any."""

from __future__ import annotations

import json
import math
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXPECTED = ROOT / "examples" / "zhao-2025" / "expected.toml"
# As many digits as the expected numbers are printed with.
SURVIVAL_TOLERANCE = 1e-7
ROUNDED_DECIMALS = 2


def main() -> int:
    """Give 0 when everything agrees, 1 otherwise."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "zhao-2025"
    expected = tomllib.loads(EXPECTED.read_text(encoding="utf-8"))
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    differences = list(find_differences(expected, report, folder))
    for difference in differences:
        print(f"differs: {difference}")
    if not differences:
        print(f"The demo's numbers are the expected ones ({EXPECTED.name}).")
    return 1 if differences else 0


def find_differences(
    expected: dict[str, Any], report: dict[str, Any], folder: Path
) -> Iterator[str]:
    """Give a line for each number that is not as expected."""
    for path, value in expected["counts"].items():
        yield from differ(path, find_value(report, path), value, 1e-12)
    yield from check_labels(expected["labels"], report)
    yield from check_verdicts(expected, report)
    for path, value in expected["rounded"].items():
        yield from differ(path, round(find_value(report, path), ROUNDED_DECIMALS), value, 1e-12)
    yield from check_cases(expected["cases"], report)
    yield from check_ages(expected["age_months"], folder)
    yield from check_survival(expected, report)


def find_value(document: Any, path: str) -> Any:
    """Give the value at a dotted path."""
    for name in path.split("."):
        document = document[name]
    return document


def differ(name: str, found: Any, expected: Any, tolerance: float) -> Iterator[str]:
    """Give a line when two numbers differ."""
    if not math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance):
        yield f"{name} is {found}, expected {expected}"


def check_cases(expected: dict[str, list[Any]], report: dict[str, Any]) -> Iterator[str]:
    """Compare status, discordance and tests proposed of every case."""
    for case in report["cases"]:
        kinase = case["assessment"]["kinases"]["ALK"]
        tests = case["assessment"]["next_tests"]
        whens = sorted({test["when"] for test in tests})
        found = [kinase["status"], kinase["discordant"], [t["test"] for t in tests], *whens]
        wanted = expected.get(case["id"], expected["others"])
        if found != wanted:
            yield f"case {case['id']} is {found}, expected {wanted}"


def check_labels(expected: dict[str, dict[str, int]], report: dict[str, Any]) -> Iterator[str]:
    """Compare how many patients have each site, symptom and treatment."""
    for table, labels in expected.items():
        found = {item["label"]: item["n"] for item in report["cohort"][table]}
        for label, n in labels.items():
            if found.get(label) != n:
                yield f"{table}, {label}: {found.get(label)}, expected {n}"


def check_verdicts(expected: dict[str, Any], report: dict[str, Any]) -> Iterator[str]:
    """Compare the verdict of every claim, and that none is missing or new."""
    found = {claim["id"]: claim["verdict"] for claim in report["claims"]}
    if len(found) < expected["claims"]["minimum"]:
        yield f"{len(found)} claims, expected {expected['claims']['minimum']} at least"
    for claim_id in sorted({*found, *expected["verdicts"]}):
        verdict, wanted = found.get(claim_id), expected["verdicts"].get(claim_id)
        if verdict != wanted:
            yield f"claim {claim_id} is {verdict}, expected {wanted}"


def check_ages(expected: dict[str, float], folder: Path) -> Iterator[str]:
    """Compare ages in months in cases.jsonl."""
    lines = (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    cases = {case["id"]: case for case in map(json.loads, lines)}
    for case_id, months in expected.items():
        found = cases[case_id]["patient"]["age_at_diagnosis"]["months"]
        yield from differ(f"age of case {case_id}", found, months, 1e-12)


def check_survival(expected: dict[str, Any], report: dict[str, Any]) -> Iterator[str]:
    """Compare survival estimates, their limits and the median follow-up."""
    survival = report["cohort"]["survival"]
    for wanted in expected["survival"]:
        name = f"{wanted['endpoint']} at {wanted['months']} months"
        rows = [e for e in survival[wanted["endpoint"]] if e["months"] == wanted["months"]]
        if not rows:
            yield f"{name} is missing"
            continue
        for key in ("estimate", "lower", "upper"):
            yield from differ(f"{name}, {key}", rows[0][key], wanted[key], SURVIVAL_TOLERANCE)
    for wanted in expected["log_log"]:
        rows = survival["log_log"][wanted["endpoint"]]
        found = next(e for e in rows if e["months"] == wanted["months"])
        for key in ("lower", "upper"):
            name = f"{wanted['endpoint']} at {wanted['months']} months, log-log {key}"
            yield from differ(name, found[key], wanted[key], SURVIVAL_TOLERANCE)
    for key, months in expected["follow_up"].items():
        yield from differ(f"follow-up {key}", survival["follow_up"][key]["months"], months, 1e-12)


if __name__ == "__main__":
    sys.exit(main())
