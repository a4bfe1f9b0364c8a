"""`spindle fish`: a break-apart FISH count, read by published rules side by side."""

from __future__ import annotations

import json
from typing import Any

import click

from spindle.assays.fish import FishInterpretation, NucleiCount, compare_rules, interpret_count
from spindle.cases.records import MOST_NUCLEI
from spindle.cli.main import NOTICE, echo
from spindle.knowledge.fish_rules import DEFAULT_RULE, find_fish_rule

CALL_WORDS = {
    "positive": "positive",
    "negative": "negative",
    "atypical": "atypical",
    "count_on": "count on",
    "not_assessable": "not assessable",
}


NUCLEI = click.IntRange(min=0, max=MOST_NUCLEI)


@click.command(name="fish", epilog=NOTICE)
@click.option("--scored", type=NUCLEI, required=True, help="Nuclei scored.")
@click.option("--split", type=NUCLEI, required=True, help="Nuclei with separated signals.")
@click.option(
    "--isolated-3p", type=NUCLEI, default=0, show_default=True,
    help="Nuclei with an isolated 3' signal.",
)  # fmt: skip
@click.option(
    "--isolated-5p", type=NUCLEI, default=0, show_default=True,
    help="Nuclei with an isolated 5' signal.",
)  # fmt: skip
@click.option(
    "--readers", type=click.IntRange(min=1, max=100), default=1, show_default=True, help="Readers."
)
@click.option("--rule", "rule_id", default=DEFAULT_RULE, show_default=True, help="Counting rule.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    scored: int,
    split: int,
    isolated_3p: int,
    isolated_5p: int,
    readers: int,
    rule_id: str,
    *,
    as_json: bool,
) -> None:
    """Read a break-apart FISH count.

    Prints the reading under a counting rule, the nuclei still to count, what the other rules make
    of the same count, and the exact interval of the share.

    Example: spindle fish --scored 50 --split 12
    """
    rule = find_fish_rule(rule_id)
    count = NucleiCount(
        scored=scored,
        split=split,
        isolated_3p=isolated_3p,
        isolated_5p=isolated_5p,
        readers=readers,
    )
    reading = interpret_count(count, rule)
    others = compare_rules(count)
    if as_json:
        echo(json.dumps(describe_reading(reading, others), indent=2, ensure_ascii=False))
    else:
        echo(format_reading(reading, others))


def describe_reading(
    reading: FishInterpretation, others: tuple[FishInterpretation, ...]
) -> dict[str, Any]:
    """Give a reading and its rivals as plain JSON types."""
    return {
        **_describe(reading),
        "rules_disagree": has_disagreement(others),
        "rules": [_describe(other) for other in others],
        "notice": NOTICE,
    }


def has_disagreement(readings: tuple[FishInterpretation, ...]) -> bool:
    """Give whether the rules call the count differently; one without a limit calls nothing."""
    return len({reading.call for reading in readings if not reading.is_without_limit}) > 1


def _describe(reading: FishInterpretation) -> dict[str, Any]:
    interval = reading.share_interval
    return {
        "rule": reading.rule.id,
        "reading": reading.call.value,
        "nuclei_scored": reading.count.scored,
        "nuclei_counted": reading.nuclei_counted,
        "nuclei_to_count": reading.nuclei_to_count,
        "limits_were_read": not reading.is_without_limit,
        "share": reading.share if interval else {"absent": "not_done"},
        "lower": interval[0] if interval else {"absent": "not_done"},
        "upper": interval[1] if interval else {"absent": "not_done"},
        "interval": "clopper-pearson",
        "inferred": reading.is_inferred,
        "sentence": reading.sentence,
        "remarks": list(reading.remarks),
        "facts": list(reading.trace.facts),
    }


def format_reading(reading: FishInterpretation, others: tuple[FishInterpretation, ...]) -> str:
    """Give a reading as lines for a terminal."""
    lines = [reading.sentence]
    interval = reading.share_interval
    if interval:
        share = f"{100 * reading.share:.1f} %"
        limits = f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f} %"
        lines.append(f"Share that counts: {share} (exact 95 % interval {limits}).")
    lines += [f"  - {remark}" for remark in reading.remarks]
    lines.append("")
    is_partial = any(other.is_without_limit for other in others)
    every = "All rules whose limits were read" if is_partial else "All rules"
    lines.append(
        "The rules disagree on this count:"
        if has_disagreement(others)
        else f"{every} call this count alike:"
    )
    width = max(len(other.rule.id) for other in others)
    for other in others:
        more = f", {other.nuclei_to_count} more nuclei" if other.nuclei_to_count else ""
        inferred = ", inferred" if other.is_inferred else ""
        call = CALL_WORDS[other.call.value]
        if other.is_without_limit:
            call = f"not called: its limits for {other.count.scored} nuclei were not read"
        lines.append(f"  {other.rule.id:<{width}}  {call}{more}{inferred}")
    lines += ["", NOTICE]
    return "\n".join(lines)
