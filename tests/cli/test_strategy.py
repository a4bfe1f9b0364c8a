from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spindle.cli.main import main
from spindle.knowledge.strategies import load_strategy_data

SPINDLE = Path(sys.executable).with_name("spindle")
COSTS = """\
currency = "EUR"
[tests.alk_ihc]
cost = 10
days = 1
[tests.rna_sequencing]
cost = 100
days = 10
[parameters]
alk = "1/2"
"""


@dataclass(frozen=True)
class Done:
    """What a run of the command gave."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Done:
    """Run the command within this process: its start-up is most of its time."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as stop,
    ):
        main(["strategy", *arguments])
    assert isinstance(stop.value.code, int)
    return Done(stop.value.code, out.getvalue(), err.getvalue())


def read(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json", *(() if "--draws" in arguments else ("--draws", "100")))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def printed() -> str:
    """The usual question, as a process of its own."""
    done = subprocess.run(
        [str(SPINDLE), "strategy", "--site", "sinonasal"],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_text_fits_a_terminal_of_eighty_columns(printed: str) -> None:
    assert max(map(len, printed.splitlines())) <= 80


def test_text_shows_every_protocol_with_its_interval(printed: str) -> None:
    for protocol in ("rna-reflex", "zhao-2025-screen", "zhao-2025-ngs-upfront"):
        assert f"\n{protocol}  " in printed
    assert "Of the patients with an ALK fusion it is found in:" in printed


def test_text_shows_the_one_true_positive_with_what_was_drawn(printed: str) -> None:
    text = " ".join(printed.split())
    assert re.search(r"ALK stain, fusions found: 75 %\* \(1[3-8] to 100 %\)\. 1 of 1\.", text)
    assert "one true positive" in text
    assert "borrowed" in text
    assert "prior of Jeffreys" in text


def test_text_says_what_counts_as_a_fusion_and_what_is_a_definition(printed: str) -> None:
    text = " ".join(printed.split())
    assert "Reference: an ALK fusion is what RT-PCR shows" in text
    assert "Other references: any, fish." in text
    assert "ALK RT-PCR, fusions found: 100 %. By definition." in text
    assert "By definition of the reference, not by measurement" in text


def test_text_says_that_no_costs_were_given(printed: str) -> None:
    assert "Cost: no costs given" in printed
    assert "Days: no turnaround given" in printed
    assert "Research use, not a medical device." in printed


def test_the_help_names_every_site() -> None:
    text = " ".join(run("--help").stdout.split())
    sites = list(load_strategy_data().sites)
    assert f"{', '.join(sites[:-1])} or {sites[-1]}" in text


def test_costs_and_parameters_of_a_file_are_used(tmp_path: Path) -> None:
    path = tmp_path / "costs.toml"
    path.write_text(COSTS, encoding="utf-8")
    found = read("--costs", str(path), "--protocol", "zhao-2025-ngs-if-negative")
    (result,) = found["results"]
    tests = result["by_test"]
    expected = 10 * tests["alk_ihc"]["mean"] + 100 * tests["rna_sequencing"]["mean"]
    assert result["cost"]["mean"] == pytest.approx(expected)
    assert result["days"]["mean"] == pytest.approx(expected / 10 / 1000)
    assert found["parameters"][0]["counts"] == [[1, 2]]
    assert found["prevalence"]["mean"] == pytest.approx(0.5, abs=0.1)
    assert found["currency"] == "EUR"


def test_a_setting_stands_before_a_file(tmp_path: Path) -> None:
    path = tmp_path / "costs.toml"
    path.write_text(COSTS, encoding="utf-8")
    found = read("--costs", str(path), "--set", "alk=0.25")
    assert found["prevalence"]["mean"] == pytest.approx(0.25)
    mine = tmp_path / "mine.toml"
    mine.write_text('[parameters]\nalk = "0.4"\n', encoding="utf-8")
    found = read("--parameters", str(mine))
    assert found["prevalence"]["low"] == pytest.approx(0.4)


def test_a_setting_can_name_what_came_before() -> None:
    found = read("--set", "alk_fish.finds|alk_ihc=positive=0.9", "--protocol", "zhao-2025-screen")
    keys = {use["key"]: use["origin"] for use in found["parameters"]}
    assert keys["alk_fish.finds|alk_ihc=positive"] == "yours"


def test_the_seed_makes_the_draws() -> None:
    one = read("--seed", "1")
    assert one == read("--seed", "1")
    assert one["results"] != read("--seed", "2")["results"]
    assert "Only 100 draws" in one["limits"][-1]


def test_every_parameter_has_its_sources_in_the_document() -> None:
    found = read("--site", "bladder")
    for use in found["parameters"]:
        assert len(use["counts"]) == len(use["facts"])
        assert 0 <= use["drawn"]["low"] <= use["drawn"]["mean"] <= use["drawn"]["high"] <= 1
        for fact in use["facts"]:
            assert found["sources"][fact]["citation"]
    assert found["schema"] == "urn:spindle:schema:strategy:2"
    assert found["notice"] == "Research use, not a medical device."


def test_the_template_is_toml_and_gives_back_what_stands_in_it(tmp_path: Path) -> None:
    template = run("--template", "--site", "sinonasal").stdout
    assert set(tomllib.loads(template)["tests"]) == {
        test.id for test in load_strategy_data().tests.values() if not test.same_as
    }
    assert '# "alk_ihc.finds" = "1/1"' in template
    path = tmp_path / "template.toml"
    path.write_text(template, encoding="utf-8")
    assert read("--site", "sinonasal", "--costs", str(path)) == read("--site", "sinonasal")
    filled = "\n".join(
        line.removeprefix("# ") if line.startswith('# "') and line.endswith('"') else line
        for line in template.splitlines()
    )
    path.write_text(filled, encoding="utf-8")
    origins = {
        use["origin"] for use in read("--site", "sinonasal", "--costs", str(path))["parameters"]
    }
    assert "yours" in origins


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "document.json"])
def test_a_file_is_written_and_never_over_another_without_force(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert run("--out", str(path), "--draws", "100").returncode == 0
    first = path.read_bytes()
    assert first
    again = run("--out", str(path), "--draws", "100")
    assert again.returncode == 4
    assert "[output-exists]" in again.stderr
    assert run("--out", str(path), "--draws", "100", "--force").returncode == 0
    assert path.read_bytes() == first
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--site", "moon"), "Use one of: any, bladder, lung, sinonasal, uterus."),
        (("--protocol", "nope"), "[protocol-unknown]"),
        (("--set", "alk"), "has no value"),
        (("--set", "nope=0.5"), "no parameter 'nope'"),
        (("--set", "alk=7/3"), "is no share"),
        (("--set", f"alk={'9' * 5000}/{'9' * 5000}"), "is no share"),
        (("--set", f"alk=0.1-{'9' * 5000}"), "is no share"),
        (("--set", "alk_fish.finds|alk_rt_pcr=positive=0.5"), "order of the tests"),
        (("--set", "alk_rt_pcr.finds|alk_ihc=negative=0.5"), "No protocol uses"),
        (("--site", "uterus", "--reference", "pcr"), "Use one of: any, fish."),
        (("--prefer", "nope"), "no test 'nope'"),
        (("--costs", "nowhere.toml"), "[file-not-found]"),
        (("--out", "page.pdf"), "end in .html, .svg or .json"),
        (("--draws", "1"), "--draws"),
        (("--vary", "all"), "--vary"),
    ],
)
def test_a_mistake_gets_one_sentence_with_its_cure(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode in (2, 3)
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "text", ["tests = 3", "[tests.nope]\ncost = 1", "not toml", "[tests.alk_ihc]\ncost = -1"]
)
def test_a_bad_costs_file_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "costs.toml"
    path.write_text(text, encoding="utf-8")
    done = run("--costs", str(path))
    assert done.returncode == 3
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr
