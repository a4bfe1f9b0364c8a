"""A plain table as TOML text: keys first, then tables, then lists of tables."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

# Control characters that JSON leaves as they are and TOML forbids.
_ESCAPED = {127: "\\u007F"}


def write_toml(table: Mapping[str, Any], comments: tuple[str, ...] = ()) -> str:
    """Give a table of texts, numbers, truth values, days, lists and tables as TOML.

    A list of tables is written as blocks, so that a person can go on writing in them.
    """
    lines = [f"# {comment}".rstrip() for comment in comments]
    return "\n".join([*lines, *_write_table(table, "")]) + "\n"


def _write_table(table: Mapping[str, Any], name: str) -> Iterator[str]:
    for key, value in table.items():
        if not _is_block(value):
            yield f"{_write_key(key)} = {_write_value(value)}"
    for key, value in table.items():
        path = f"{name}.{_write_key(key)}".lstrip(".")
        if isinstance(value, Mapping):
            yield from ("", f"[{path}]")
            yield from _write_table(value, path)
        elif _is_block(value):
            for item in value:
                yield from ("", f"[[{path}]]")
                yield from _write_table(item, path)


def _is_block(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping)


def _write_key(key: str) -> str:
    is_bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if is_bare else _write_text(key)


def _write_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_ESCAPED)


def _write_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_write_value(item) for item in value)}]"
    if isinstance(value, int | float):
        return repr(value)
    return _write_text(str(value))
