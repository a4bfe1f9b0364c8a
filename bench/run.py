"""Measure whole commands: seconds and peak memory, beside Python's own start-up. Asserts nothing.

Each command runs several times as its own process; minimum and median are printed, and the ratio
to starting Python and doing nothing. Usage: python bench/run.py [--rows 100000] [--repeat 5]
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "examples" / "zhao-2025" / "table1.csv"
CLAIMS = ROOT / "examples" / "zhao-2025" / "claims.toml"
SPINDLE = Path(sys.executable).with_name("spindle")


@dataclass(frozen=True, slots=True)
class Measure:
    """One command measured."""

    name: str
    seconds: tuple[float, ...]
    peak_mb: float


def measure(name: str, command: Sequence[str], repeat: int) -> Measure:
    """Run a command several times and give its times and its largest peak of memory."""
    seconds, peak = [], 0.0
    for _ in range(repeat):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{name} ended with exit code {process.returncode}")
        peak = max(peak, usage.ru_maxrss / 1024)
    return Measure(name, tuple(seconds), peak)


def write_large_table(path: Path, rows: int) -> None:
    """Write the 25 published rows again and again, each with a new id."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        header, *published = list(csv.reader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for number in range(rows):
            writer.writerow([str(number + 1), *published[number % len(published)][1:]])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.csv"
        write_large_table(large, options.rows)
        out = str(Path(folder) / "out")
        small_report = [str(SPINDLE), "report", str(TABLE), "--out", out, "--force"]
        large_report = [str(SPINDLE), "report", str(large), "--out", out, "--force"]
        measures = [
            measure("python -c pass", [sys.executable, "-c", "pass"], options.repeat),
            measure("spindle --help", [str(SPINDLE), "--help"], options.repeat),
            measure(
                "spindle fish",
                [str(SPINDLE), "fish", "--scored", "50", "--split", "12"],
                options.repeat,
            ),
            measure("spindle report, 25 rows", small_report, options.repeat),
            measure(
                "spindle report, 25 rows, claims",
                [*small_report, "--claims", str(CLAIMS)],
                options.repeat,
            ),
            measure(f"spindle report, {options.rows:,} rows", large_report, 1),
        ]
    print_measures(measures)


def print_measures(measures: Sequence[Measure]) -> None:
    """Print a table with ratios to the first measure."""
    floor = min(measures[0].seconds)
    print(f"{'command':<38}{'min s':>9}{'median s':>10}{'peak MB':>9}{'x start-up':>12}")
    for item in measures:
        least, median = min(item.seconds), statistics.median(item.seconds)
        print(
            f"{item.name:<38}{least:>9.3f}{median:>10.3f}{item.peak_mb:>9.0f}{least / floor:>12.1f}"
        )


if __name__ == "__main__":
    main()
