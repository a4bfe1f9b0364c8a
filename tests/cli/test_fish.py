from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SPINDLE = Path(sys.executable).with_name("spindle")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SPINDLE), *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def read_count(*arguments: str) -> dict[str, object]:
    done = run("fish", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_twelve_of_fifty_divides_the_rules() -> None:
    found = read_count("--scored", "50", "--split", "12")
    rules = {rule["rule"]: rule["reading"] for rule in found["rules"]}  # type: ignore[union-attr, index, attr-defined]
    assert found["reading"] == "count_on"
    assert found["nuclei_to_count"] == 50
    assert found["rules_disagree"] is True
    assert rules == {
        "zhao-2025": "count_on",
        "vysis-two-step": "count_on",
        "iaslc-2013": "positive",
    }


@pytest.mark.parametrize(("split", "reading"), [("38", "positive"), ("0", "negative")])
def test_a_rule_whose_limits_were_not_read_disagrees_with_none(split: str, reading: str) -> None:
    """The first-step limits of the Vysis kit were not read (fish.vysis.stage1.count-on)."""
    found = read_count("--scored", "50", "--split", split)
    rules = {rule["rule"]: rule for rule in found["rules"]}  # type: ignore[union-attr, index, attr-defined]
    assert found["rules_disagree"] is False
    assert rules["vysis-two-step"]["limits_were_read"] is False
    assert {rules[rule]["reading"] for rule in ("zhao-2025", "iaslc-2013")} == {reading}
    said = run("fish", "--scored", "50", "--split", split).stdout
    assert "All rules whose limits were read call this count alike" in said
    assert "not called: its limits for 50 nuclei were not read" in said


def test_interval_of_twelve_of_fifty_is_clopper_pearson() -> None:
    # R: binom.test(12, 50)$conf.int
    found = read_count("--scored", "50", "--split", "12")
    assert found["lower"] == pytest.approx(0.1306, abs=5e-5)
    assert found["upper"] == pytest.approx(0.3817, abs=5e-5)


@pytest.mark.parametrize(
    ("arguments", "rule", "reading", "more"),
    [
        (("--scored", "50", "--split", "26"), "zhao-2025", "positive", 0),
        (("--scored", "50", "--split", "25"), "zhao-2025", "count_on", 50),
        (("--scored", "50", "--split", "4"), "zhao-2025", "negative", 0),
        (("--scored", "49", "--split", "40"), "zhao-2025", "not_assessable", 1),
        (("--scored", "70", "--split", "40"), "zhao-2025", "count_on", 30),
        (("--scored", "100", "--split", "15"), "zhao-2025", "negative", 0),
        (("--scored", "100", "--split", "15"), "vysis-two-step", "positive", 0),
        (
            ("--scored", "50", "--split", "22", "--isolated-3p", "5", "--isolated-5p", "4"),
            "iaslc-2013",
            "positive",
            0,
        ),
        (
            ("--scored", "50", "--split", "0", "--isolated-5p", "20"),
            "iaslc-2013",
            "atypical",
            0,
        ),
        (("--scored", "60", "--split", "30", "--readers", "2"), "iaslc-2013", "not_assessable", 40),
    ],
)
def test_readings(arguments: tuple[str, ...], rule: str, reading: str, more: int) -> None:
    found = read_count(*arguments, "--rule", rule)
    assert (found["reading"], found["nuclei_to_count"]) == (reading, more)


@pytest.mark.parametrize("rule", ["zhao-2025", "vysis-two-step", "iaslc-2013"])
@pytest.mark.parametrize("split", ["0", "12", "40"])
def test_every_reading_says_what_the_kits_are_validated_for(rule: str, split: str) -> None:
    done = run("fish", "--scored", "50", "--split", split, "--rule", rule)
    assert "validated for lung cancer, not for IMT" in done.stdout
    assert "not a medical device" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("--scored", "50", "--split", "51"), "fish-count-invalid"),
        (("--scored", "50", "--split", "1", "--rule", "mine"), "fish-rule-unknown"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(arguments: tuple[str, ...], slug: str) -> None:
    done = run("fish", *arguments)
    assert done.returncode == 2
    assert f"[{slug}]" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_no_nucleus_gives_no_share() -> None:
    found = read_count("--scored", "0", "--split", "0")
    assert found["reading"] == "not_assessable"
    assert found["share"] == {"absent": "not_done"}
