from __future__ import annotations

import copy
import importlib.util
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from spindle.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "zhao-2025"


@pytest.fixture(scope="module")
def checker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_demo", ROOT / "tools" / "check_demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "out"
    claims = str(EXAMPLE / "claims.toml")
    with pytest.raises(SystemExit):
        main(["report", str(EXAMPLE / "table1.csv"), "--claims", claims, "--out", str(out)])
    return out


def find(checker: ModuleType, report: dict[str, Any], folder: Path) -> list[str]:
    expected = tomllib.loads((EXAMPLE / "expected.toml").read_text(encoding="utf-8"))
    return list(checker.find_differences(expected, report, folder))


def test_the_demo_gives_the_expected_numbers(checker: ModuleType, folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert find(checker, report, folder) == []


def put(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(report: dict[str, Any]) -> None:
        *names, last = path.split(".")
        place: Any = report
        for name in names:
            place = place[int(name) if name.isdigit() else name]
        place[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        put("cohort.n", 24),
        put("cohort.age_years.mean", 36.12),
        put("cohort.follow_up_months.median", 57),
        put("cohort.discordant", 0),
        put("cohort.survival.os.1.lower", 0.5),
        put("cohort.survival.log_log.os.1.upper", 0.93),
        put("cohort.survival.medians.efs.median.months", 92),
        put("cohort.symptoms", []),
        put("notes_summary.laterality-conflict", 2),
        put("claims.0.verdict", "differs"),
        put("claims", []),
        put("cases.14.assessment.kinases.ALK.discordant", False),
        put("cases.0.assessment.next_tests", []),
    ],
)
def test_a_wrong_number_is_found(
    change: Callable[[dict[str, Any]], None], checker: ModuleType, folder: Path
) -> None:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    wrong = copy.deepcopy(report)
    change(wrong)
    assert find(checker, wrong, folder) != []
