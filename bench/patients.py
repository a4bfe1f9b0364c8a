"""Measure, inside one process: loading the knowledge, and assessing one patient. Asserts nothing.

Loading is measured in a fresh process each time, since it is done once a process. A case is
assessed new each time: every vignette of whole patients, with caches warm from one round before.
The peer of the same run is Python itself: `json.loads` of the same case documents.
Usage: python bench/patients.py [--repeat 5]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VIGNETTES = ROOT / "tests" / "patient_vignettes"
LOAD = """
import time
start = time.perf_counter()
from spindle.knowledge.loading import load_everything
imported = time.perf_counter()
load_everything()
print(imported - start, time.perf_counter() - imported)
"""


def measure_loading(repeat: int) -> tuple[list[float], list[float]]:
    """Give seconds for importing and for loading, each in a fresh process."""
    imports, loads = [], []
    for _ in range(repeat):
        run = subprocess.run(
            [sys.executable, "-c", LOAD], capture_output=True, text=True, check=True
        )
        imported, loaded = map(float, run.stdout.split())
        imports.append(imported)
        loads.append(loaded)
    return imports, loads


def measure_patients(repeat: int) -> tuple[list[float], list[float]]:
    """Give the seconds of each assessment, and of parsing the same case from JSON."""
    sys.path.append(str(ROOT / "tests" / "vignettes_support"))
    from vignette_files import make_case

    from spindle.cases.documents import write_case
    from spindle.reasoning.patients import assess_patient

    files = sorted(VIGNETTES.glob("*.toml"))
    cases = [make_case(tomllib.loads(path.read_text(encoding="utf-8"))) for path in files]
    texts = [write_case(case) for case in cases]
    seconds, peer = [], []
    for turn in range(repeat + 1):
        for case, text in zip(cases, texts, strict=True):
            start = time.perf_counter()
            assess_patient(case)
            middle = time.perf_counter()
            json.loads(text)
            if turn:
                seconds.append(middle - start)
                peer.append(time.perf_counter() - middle)
    return seconds, peer


def print_row(name: str, seconds: list[float]) -> None:
    """Print a row in milliseconds."""
    least, median, most = min(seconds), statistics.median(seconds), max(seconds)
    print(f"{name:<38}{1e3 * least:>9.3f}{1e3 * median:>11.3f}{1e3 * most:>9.3f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    imports, loads = measure_loading(repeat)
    patients, peer = measure_patients(repeat)
    print(f"{'in one process':<38}{'min ms':>9}{'median ms':>11}{'max ms':>9}")
    print_row("importing the knowledge room", imports)
    print_row("loading all knowledge", loads)
    print_row("assessing one patient, warm", patients)
    print_row("json.loads of the same case", peer)
    ratio = statistics.median(patients) / statistics.median(peer)
    print(f"Assessing takes {ratio:.0f} times as long as parsing the same case from JSON.")


if __name__ == "__main__":
    main()
