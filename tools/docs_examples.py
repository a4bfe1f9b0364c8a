"""The example commands of the README, run again so that what is shown is what they print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECIPE = re.compile(r"^demo:.*\n\t@\$\(BIN\)/(spindle .*)$", re.MULTILINE)


def find_demo_command() -> str:
    """Give the command that `make demo` runs, with the folder that it writes by default."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe, folder = RECIPE.search(makefile), re.search(r"^DEMO_OUT \?= (\S+)", makefile, re.M)
    if recipe is None or folder is None:
        raise SystemExit("the Makefile has no demo")
    return recipe.group(1).replace("$(DEMO_OUT)", folder.group(1))


def run_example(command: str) -> str:
    """Give what a command prints; a report goes into a folder that is thrown away."""
    line = find_demo_command() if command == "make demo" else command
    words = shlex.split(line.removeprefix(".venv/bin/"))[1:]
    with tempfile.TemporaryDirectory() as scratch:
        target, shown = str(Path(scratch) / "report"), ""
        if "--out" in words:
            position = words.index("--out") + 1
            shown, words[position] = words[position], target
        program = Path(sys.executable).parent / "spindle"
        run = subprocess.run(
            [program, *words], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
        )
    return (run.stdout.replace(target, shown) if shown else run.stdout).rstrip()


def renew_examples(text: str) -> str:
    """Give a page with the output of every command in its console blocks renewed."""

    def renew(block: re.Match[str]) -> str:
        commands = re.findall(r"^\$ (.*)$", block.group(1), re.MULTILINE)
        shown = "\n".join(f"$ {command}\n{run_example(command)}" for command in commands)
        return f"```console\n{shown}\n```"

    return BLOCK.sub(renew, text)
