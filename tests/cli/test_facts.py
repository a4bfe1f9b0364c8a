from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import spindle
from spindle.cli.main import main
from spindle.knowledge.conflicts import load_conflicts
from spindle.knowledge.facts import load_facts

SPINDLE = Path(sys.executable).with_name("spindle")
PACKAGE = Path(spindle.__file__).parent


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as stop:
            main(["facts", *arguments])
        assert stop.value.code == code
        printed = capsys.readouterr()
        if code:
            assert printed.out == ""
            assert len(printed.err.strip().splitlines()) == 1
            assert "Traceback" not in printed.err
        return printed.err if code else printed.out

    return run


# One fact ---------------------------------------------------------------------------------------


def test_a_fact_is_shown_with_everything_that_is_held_about_it(call: Any) -> None:
    shown = call("fish.zhao-2025.stage2.positive")
    for words in (
        "More than 15 of 100 nuclei",
        "more than 15 per cent",
        "sinonasal IMT, ALK break-apart probe",
        "doi:10.2147/PGPM.S508156",
        "Methods, Molecular Examination",
        "20 November 2026, read once; no clinician has approved it",
        "facts/fish.toml, line ",
        "FISH rule zhao-2025",
        "Conflict fish-second-step",
        "fish.iaslc-2013.positive",
        "What Spindle does:",
        "not a medical device",
    ):
        assert words in shown


def test_counts_have_an_exact_interval(call: Any) -> None:
    # R: binom.test(71, 82)$conf.int is 0.7727 to 0.9311.
    shown = call("fusions.children.any-kinase")
    assert "71 of 82, 86.6 % (exact 95 % interval 77.3 to 93.1 %)" in shown


def test_a_fact_without_counts_has_no_interval(call: Any) -> None:
    shown = call("fish.kit-scope")
    assert "interval" not in shown
    found = json.loads(call("fish.kit-scope", "--json"))
    assert found["interval"] == found["n"] == {"absent": "not_reported"}


def test_an_inferred_fact_says_so(call: Any) -> None:
    assert "it goes beyond what its source says" in call("fish.zhao-2025.stage1.negative")
    assert "inferred" not in call("fish.zhao-2025.stage1.positive")


def test_the_row_of_a_table_shows_its_cells(call: Any) -> None:
    shown = call("fusions.lee-2017.ranbp2")
    assert "kinase: ALK; partner: RANBP2" in " ".join(shown.split())
    assert "table fusions" in shown


def test_a_fact_as_json_has_its_uses_and_conflicts() -> None:
    done = subprocess.run(
        [str(SPINDLE), "facts", "outcomes.he-2015.recurrence", "--json"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert (found["n"], found["of"]) == (15, 20)
    assert found["interval"]["lower"] == pytest.approx(0.5090, abs=5e-5)
    assert found["interval"]["upper"] == pytest.approx(0.9134, abs=5e-5)
    assert {"kind": "conflict", "name": "sinonasal-outcome", "file": "conflicts.toml"} in found[
        "used_by"
    ]
    assert [conflict["id"] for conflict in found["conflicts"]] == ["sinonasal-outcome"]
    assert found["source"]["id"] == "he-2015"


@pytest.mark.parametrize("fact_id", sorted(load_facts())[::29])
def test_any_fact_fits_the_terminal(fact_id: str, call: Any) -> None:
    shown = call(fact_id)
    assert shown.startswith(f"{fact_id}\n")
    long = [line for line in shown.splitlines() if len(line) > 80 and " " in line.strip()]
    assert [line for line in long if max(map(len, line.split())) < 60] == []


@pytest.mark.parametrize("columns", ["20", "60", "100", "400"])
def test_lines_follow_the_terminal_within_bounds(
    columns: str, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    longest = max(map(len, call("fusions.children.any-kinase").splitlines()))
    assert longest <= max(60, min(100, int(columns)))


def test_an_unknown_fact_is_told_with_its_neighbours(call: Any) -> None:
    told = call("fish.zhao2025.stage2.positive", code=5)
    assert "fish.zhao-2025.stage2.positive" in told
    assert "spindle facts --search WORDS" in told
    assert "[fact-unknown]" in told


def test_an_id_like_none_still_says_how_to_go_on(call: Any) -> None:
    told = call("#", code=5)
    assert "Near it" not in told
    assert "--search" in told


def test_several_ids_are_a_mistake_on_the_command_line(call: Any) -> None:
    assert "--search" in call("ros1", "lung", code=2)


# Conflicts --------------------------------------------------------------------------------------


def test_a_conflict_is_shown_by_its_id(call: Any) -> None:
    shown = call("alk-kinase-domain")
    assert "1116 to 1385" in shown
    assert "1116 to 1392" in " ".join(shown.split())
    assert "What Spindle does:" in shown


def test_all_conflicts_are_shown_with_every_side(call: Any) -> None:
    shown = " ".join(call("--conflicts").split())
    for conflict in load_conflicts().values():
        assert f"{conflict.id}: {conflict.title}." in shown
        for side in conflict.sides:
            assert side.id in shown


def test_conflicts_can_be_asked_for_by_subject(call: Any) -> None:
    found = json.loads(call("--conflicts", "igg4", "--json"))["conflicts"]
    assert [conflict["id"] for conflict in found] == ["igg4-threshold"]
    assert "Subjects: fish" in call("--conflicts", "money", code=2)


# All facts --------------------------------------------------------------------------------------


def test_without_an_id_it_says_what_is_held_and_how_to_go_on(call: Any) -> None:
    shown = call()
    assert f"{len(load_facts()):,} facts" in shown
    assert f"{len(load_conflicts())} places where they contradict each other" in shown
    assert "approved by a clinician 0" in " ".join(shown.split())
    for option in ("--search", "--conflicts", "--unreviewed"):
        assert f"spindle facts {option}" in shown
    assert len(shown.splitlines()) <= 40


def test_the_overview_counts_every_fact_once(call: Any) -> None:
    found = json.loads(call("--json"))
    assert found["facts"] == len(load_facts()) == sum(found["topics"].values())
    assert sum(found["how_read"].values()) == found["facts"]


def test_a_search_gives_the_best_first(call: Any) -> None:
    shown = call("--search", "imbalance", "ROS1")
    assert shown.splitlines()[2] == "pcr.imbalance.misses-ros1"


def test_a_search_in_one_quoted_text_is_the_same(call: Any) -> None:
    one = json.loads(call("--search", "imbalance ROS1", "--json"))
    two = json.loads(call("imbalance", "--search", "ROS1", "--json"))
    assert one == two
    assert one["words"] == ["imbalance", "ros1"]


def test_a_search_without_a_hit_says_so_and_is_no_error(call: Any) -> None:
    shown = call("--search", "qqqq", "ros1")
    assert "No fact holds all of: qqqq ros1." in shown
    assert "qqqq 0, ros1 " in shown
    assert json.loads(call("--search", "qqqq", "--json"))["found"] == []


def test_a_search_needs_a_word(call: Any) -> None:
    assert "[usage]" in call("--search", code=2)


def test_a_long_list_is_cut_and_says_so(call: Any) -> None:
    shown = call("--search", "imt")
    found = json.loads(call("--search", "imt", "--json"))["found"]
    assert len(found) > 25
    assert f"{len(found) - 25:,} more. Add a word to narrow it, or --json for all." in shown


def test_what_no_clinician_approved_is_counted_by_topic(call: Any) -> None:
    found = json.loads(call("--unreviewed", "--json"))
    assert len(found["unreviewed"]) == len(load_facts())
    assert sum(topic["facts"] for topic in found["topics"].values()) == len(load_facts())
    fish = found["topics"]["fish"]
    assert fish["facts"] == fish["read_once"] + fish["checked_twice"]
    assert fish["oldest_check"] == "2026-11-20"
    assert "2026-11-20" in call("--unreviewed")


def test_the_facts_of_a_topic_that_wait_are_listed(call: Any) -> None:
    shown = call("--unreviewed", "fish")
    assert "fish.kit-scope" in shown
    assert "pcr.amoydx.coverage" not in shown
    assert "Topics: " in call("--unreviewed", "money", code=2)


def test_only_one_list_at_a_time(call: Any) -> None:
    assert "Only one of" in call("--conflicts", "--unreviewed", code=2)


# Pipes and damage -------------------------------------------------------------------------------


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {SPINDLE} facts --conflicts | head -1"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert "places where sources contradict" in done.stdout


def damage(folder: Path, path: str, old: str, new: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a copy of the package with one knowledge file damaged."""
    copy = folder / "spindle"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / "knowledge" / "data" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-c", "from spindle.cli.main import main; main()", "facts"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "old", "new", "place"),
    [
        ("facts/fish.toml", 'source = "zhao-2025"', 'source = "nobody"', "facts/fish.toml, line 4"),
        ("facts/fish.toml", 'statement = "Only', "statement = Only", "facts/fish.toml"),
        ("tables/fusions.csv", ",zhao-2025,", ",nobody,", "tables/fusions.csv, line "),
        ("tables/fusions.csv", "id,kinase", "id,kinases", "tables/fusions.csv, line 1"),
        ("sources/core.toml", 'terms = "', 'term = "', "sources/core.toml, line "),
        ("conflicts.toml", '"fish.vysis.stage2.positive"', '"fish.no"', "conflicts.toml, line "),
    ],
    ids=["unknown source", "no TOML", "row", "header", "source", "conflict"],
)
def test_a_damaged_knowledge_file_is_told_in_one_sentence(
    path: str, old: str, new: str, place: str, tmp_path: Path
) -> None:
    done = damage(tmp_path, path, old, new)
    assert done.returncode == 5, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert f"Error: {place}" in done.stderr
    assert "[knowledge-invalid]" in done.stderr
