"""Measure fusion calls: interpreting them, starting up, and streaming a long file. Asserts nothing.

Calls are random breakpoints in the genes of the tables, each other than the one before, so that
no cache helps. The long file is an Arriba file of rows of 8.5 kB, of one fusion and of many. Peers
in the same run: Python splitting the same lines and nothing else, and AGFusion where installed.
Usage: python bench/fusions.py [--rows 100000] [--calls 40000]
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

COLUMNS = (
    "#gene1", "gene2", "strand1(gene/fusion)", "strand2(gene/fusion)", "breakpoint1",
    "breakpoint2", "site1", "site2", "type", "split_reads1", "split_reads2", "discordant_mates",
    "coverage1", "coverage2", "confidence", "reading_frame", "tags", "retained_protein_domains",
    "closest_genomic_breakpoint1", "closest_genomic_breakpoint2", "gene_id1", "gene_id2",
    "transcript_id1", "transcript_id2", "direction1", "direction2", "filters",
    "fusion_transcript", "peptide_sequence", "read_identifiers",
)  # fmt: skip
ROW_LENGTH = 8500
START = "from spindle.cli.main import main; main(['fusions', '--genes'])"
READ = """
import resource, sys, time
from pathlib import Path
from spindle.cli.fusions import read_files
start = time.perf_counter()
report = read_files([Path(sys.argv[1])])
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
      sum(file.calls for file in report.files))
"""
SPLIT = """
import sys, time
start = time.perf_counter()
with open(sys.argv[1], encoding="utf-8") as lines:
    cells = sum(len(line.split("\\t")) for line in lines)
print(time.perf_counter() - start)
"""


def make_calls(number: int) -> list[object]:
    """Give random calls between genes of the tables."""
    from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
    from spindle.cases.observations import SequencingMethod
    from spindle.knowledge.transcripts import load_transcripts

    chance = random.Random(1)
    transcripts = list(load_transcripts().values())

    def make_end() -> CalledEnd:
        transcript = chance.choice(transcripts)
        least, most = transcript.span(Build.GRCH38)
        return CalledEnd(
            gene=transcript.gene,
            chromosome=transcript.chromosome,
            position=chance.randint(least, most),
        )

    return [
        CalledFusion(
            "bench", "bench", line, make_end(), make_end(), method=SequencingMethod.RNA,
            split_reads=chance.randint(1, 300),
        )
        for line in range(number)
    ]  # fmt: skip


class InMemory:
    """Calls as a file would give them, without a file."""

    name = caller = version = ""
    notes = ()

    def __init__(self, calls: list[object]) -> None:
        self.calls = calls

    def __iter__(self) -> Iterator[object]:
        """Give the calls."""
        return iter(self.calls)


def measure_interpreting(number: int) -> float:
    """Give calls a second, read and put together."""
    from spindle.cases.fusion_calls import Build
    from spindle.reasoning.fusion_files import read_fusion_files

    file = InMemory(make_calls(number))
    start = time.perf_counter()
    read_fusion_files([file], build=Build.GRCH38)  # type: ignore[list-item]
    return number / (time.perf_counter() - start)


def write_rows(path: Path, rows: int, *, is_mixed: bool) -> None:
    """Write an Arriba file of long rows, of one fusion or of random ones."""
    with path.open("w", encoding="utf-8") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for row in iterate_rows(rows, is_mixed=is_mixed):
            file.write(row)


def iterate_rows(rows: int, *, is_mixed: bool) -> Iterator[str]:
    """Give the rows: all of one fusion, or no two alike in positions, counts, reads or sequence."""
    chance = random.Random(2)
    for row in range(rows):
        five, three, tags, reads = 42295516, 29223528, "", "read:1101:11464:22274,"
        sequence = "ACGT" * 200
        if is_mixed:
            five, three = chance.randint(42169353, 42332548), chance.randint(29192774, 29921586)
            tags, reads = f"duplicates({row})", f"run{row}:1101:11464:{row % 9973},"
            sequence = "".join(chance.choices("ACGT", k=800))
        cells = [
            "EML4", "ALK", "+/+", "-/-", f"2:{five}", f"2:{three}", "CDS/splice-site",
            "CDS/splice-site", "inversion", str(12 + len(tags) % 7), "9", "4", "120", "80", "high",
            "in-frame", ".", f"Kinase({row % 101}%)", f"2:{five + 17}({row % 89})",
            f"2:{three - 5}({row % 83})", "ENSG00000143924.19", "ENSG00000171094.18",
            "ENST00000318522.10", "ENST00000389048.8", "downstream", "downstream", tags or ".",
            f"{sequence[:400]}|{sequence[400:]}", "MAGK" * 10, "",
        ]  # fmt: skip
        used = sum(map(len, cells)) + len(cells)
        cells[-1] = (reads * 500)[: max(ROW_LENGTH - used, 0)]
        yield "\t".join(cells) + "\n"


def run(code: str, *arguments: str) -> list[float]:
    """Give the numbers that a fresh process prints last."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return [float(word) for word in done.stdout.split()[-3:]]


def measure_start() -> float:
    """Give the median seconds from a fresh process to the list of genes."""
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", START], capture_output=True, check=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=40_000)
    asked = parser.parse_args()
    print(f"Interpreting: {measure_interpreting(asked.calls):,.0f} random calls a second")
    print(f"Start-up: {measure_start():.2f} s to list the genes, a fresh process each time")
    with tempfile.TemporaryDirectory() as folder:
        for is_mixed in (False, True):
            path = Path(folder) / "fusions.tsv"
            write_rows(path, asked.rows, is_mixed=is_mixed)
            seconds, kilobytes, calls = run(READ, str(path))
            split = float(run(SPLIT, str(path))[0])
            kind = "random junctions" if is_mixed else "one junction"
            print(
                f"{asked.rows:,} rows of 8.5 kB, {kind}: {seconds:.1f} s, "
                f"{kilobytes / 1024:.0f} MB, {calls:,.0f} calls; "
                f"{seconds / split:.1f} times as long as splitting the lines alone"
            )
    if importlib.util.find_spec("agfusion") is None:
        print("AGFusion is not installed, so it was not measured.")
    print(f"This process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
