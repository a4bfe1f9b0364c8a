"""`spindle strategy`: testing protocols side by side, with the user's own costs and turnaround."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spindle.cli.main import NOTICE, echo
from spindle.cli.output_files import write_file
from spindle.errors import UserError
from spindle.knowledge.strategies import DRAWS, REFERENCES, SEED

if TYPE_CHECKING:
    from spindle.reasoning.strategy import Question

MOST_DRAWS = 200_000
FILE = click.Path(path_type=Path, readable=False)


@click.command(name="strategy", epilog=NOTICE)
@click.option(
    "--site", "site_id", default="any", show_default=True,
    help="Whose evidence is used: any, bladder, lung, sinonasal or uterus.",
)  # fmt: skip
@click.option(
    "--protocol", "protocols", multiple=True,
    help="A protocol to compare; may stand several times. All when left out.",
)  # fmt: skip
@click.option("--costs", "costs_path", type=FILE, help="Your costs and turnaround, as TOML.")
@click.option("--parameters", "parameters_path", type=FILE, help="Your own parameters, as TOML.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE",
    help="One parameter of your own: alk=3/20, alk_fish.finds=0.9, dna_panel.finds=0.5-1.",
)  # fmt: skip
@click.option(
    "--reference", type=click.Choice(list(REFERENCES)),
    help="What counts as an ALK fusion: a positive stain or FISH (any), FISH (fish), RT-PCR (pcr). "
    "The usual one of the site when left out.",
)  # fmt: skip
@click.option(
    "--if-needed", type=click.Choice(["always", "never"]), default="always", show_default=True,
    help="Whether tests that are proposed under a condition are done.",
)  # fmt: skip
@click.option(
    "--prefer", "preferred", multiple=True,
    help="Of tests of which any one will do, do this one: rna_sequencing. The first otherwise.",
)  # fmt: skip
@click.option(
    "--vary", "varied", type=click.Choice(["alk", "any"]), default="alk", show_default=True,
    help="Prevalence at which one overtakes another: of ALK fusions, or of any.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(100, MOST_DRAWS), default=DRAWS, show_default=True,
    help="Draws of the parameters.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0), default=SEED, show_default=True, help="Seed of the draws."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--out", "path", type=FILE,
    help="File to write: a page (.html), a picture (.svg) or a document (.json).",
)  # fmt: skip
@click.option("--force", "is_forced", is_flag=True, help="Write over an existing file.")
@click.option("--template", "wants_template", is_flag=True, help="Print a file to fill in.")
def command(
    path: Path | None, *, as_json: bool, is_forced: bool, wants_template: bool, **asked: Any
) -> None:
    """Compare testing protocols over 1,000 patients.

    Prints the tests, the missed and the false fusions that each protocol is expected to make, with
    the range that the published evidence leaves open, and each two protocols compared draw by draw,
    with the prevalence at which one overtakes the other. Costs and days are computed from yours
    alone.

    Example: spindle strategy --site sinonasal
    """
    if wants_template:
        from spindle.reports.strategy_text import write_template

        echo(write_template(asked["site_id"], asked["reference"] or ""))
        return
    kind = _find_kind(path)
    from spindle.reasoning.strategy import compare_strategies
    from spindle.reports.strategy_words import describe_comparison

    document = describe_comparison(compare_strategies(_make_question(asked)))
    if path is not None:
        write_file(path, _render(document, kind).encode(), is_forced=is_forced)
        echo(f"Strategies: {path}\n{NOTICE}")
    elif as_json:
        echo(_render(document, ".json").rstrip("\n"))
    else:
        from spindle.reports.strategy_text import format_comparison

        echo(format_comparison(document))


def _find_kind(path: Path | None) -> str:
    """Give the ending of the file to write; empty when none is asked for."""
    if path is None:
        return ""
    kind = path.suffix.lower()
    if kind not in (".html", ".svg", ".json"):
        cure = "Let the name end in .html, .svg or .json."
        raise UserError("usage", "The name does not say what to write.", place=str(path), cure=cure)
    return kind


def _render(document: Mapping[str, Any], kind: str) -> str:
    if kind == ".json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if kind == ".svg":
        from spindle.reports.plots.strategy import draw_strategies

        return draw_strategies(document) + "\n"
    from spindle.reports.strategy_page import render_page

    return render_page(document)


def _make_question(asked: Mapping[str, Any]) -> Question:
    from spindle.reasoning.strategy import Question
    from spindle.reasoning.strategy_costs import Costs, make_costs, read_parameters
    from spindle.reasoning.strategy_paths import Choices

    own: dict[str, str] = {}
    costs = Costs()
    if asked["costs_path"]:
        document = _read_file(asked["costs_path"], "costs file")
        costs = make_costs(document, str(asked["costs_path"]))
        own |= read_parameters(document, str(asked["costs_path"]))
    if asked["parameters_path"]:
        document = _read_file(asked["parameters_path"], "parameters file")
        own |= read_parameters(document, str(asked["parameters_path"]))
    own |= dict(map(_split_setting, asked["settings"]))
    preferred = tuple(map(_check_test, asked["preferred"]))
    return Question(
        site_id=asked["site_id"],
        protocols=tuple(dict.fromkeys(asked["protocols"])),
        reference=asked["reference"] or "",
        choices=Choices(if_needed=asked["if_needed"] == "always", prefer=preferred),
        costs=costs,
        own=own,
        varied=asked["varied"],
        draws=asked["draws"],
        seed=asked["seed"],
    )


def _read_file(path: Path, name: str) -> dict[str, Any]:
    from spindle.formats.toml_files import parse_toml_text, read_toml_text

    text = read_toml_text(path, slug="strategy-invalid", name=name)
    return parse_toml_text(text, slug="strategy-invalid", place=str(path))


def _split_setting(setting: str) -> tuple[str, str]:
    """Give the name and the value; the last sign of equality parts them."""
    name, equals, value = setting.rpartition("=")
    if not equals:
        cure = "Write it as alk=3/20."
        raise UserError("usage", f"--set {setting!r} has no value.", cure=cure)
    return name.strip(), value


def _check_test(name: str) -> str:
    from spindle.knowledge.strategies import load_strategy_data

    tests = load_strategy_data().tests
    if name not in tests:
        cure = f"Use one of: {', '.join(tests)}."
        raise UserError("usage", f"There is no test {name!r}.", cure=cure)
    return name
