"""Markdown for the generated pages: pages, tables, anchors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = "Research use, not a medical device. Spindle advises and never decides."
MADE = "<!-- Made by tools/make_docs.py. Mend the code or the data, then run `make docs`. -->"


def make_page(title: str, *parts: str) -> str:
    """Give a page with its title, the notice and its parts."""
    return "\n\n".join([MADE, f"# {title}", f"*{NOTICE}*", *(p for p in parts if p)]) + "\n"


def make_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a Markdown table; a bar or a line break in a cell can't break it."""
    lines = [_make_row(headers), _make_row(["---"] * len(headers))]
    return "\n".join([*lines, *(_make_row(row) for row in rows)])


def _make_row(cells: Sequence[object]) -> str:
    texts = (" ".join(str(cell).split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(texts)} |"


def code(words: Iterable[object]) -> str:
    """Give words as code, parted by commas."""
    return ", ".join(f"`{word}`" for word in words)


def make_anchor(heading: str) -> str:
    """Give the anchor that a heading has on the usual Markdown pages."""
    kept = (letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return "".join(kept).strip().replace(" ", "-")
