"""Where a stored file came from, as an entry of sources.yaml: added to the text, so that comments stay."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

NOTHING = "noch leer / still empty"
"""Title of the entry that a new city's empty table has; the first real source takes its place."""


@dataclass(frozen=True)
class SourceEntry:
    """One source of a table, in the words of sources.yaml."""

    publisher: str
    title: str
    date: str
    url: str
    licence: str
    quality: str
    note: str

    def block(self) -> str:
        """Return the entry as lines of YAML, indented as an item of a list."""
        lines = yaml.safe_dump(vars(self), allow_unicode=True, sort_keys=False, width=10_000).splitlines()
        return "\n".join(("  - " if n == 0 else "    ") + line for n, line in enumerate(lines)) + "\n"


def entry_for(path: Path, *, publisher: str = "", as_of: str = "", url: str = "", licence: str = "") -> SourceEntry:
    """Return the entry of a file: name and sha256 in the note; without a publisher its quality is C (unclear)."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    told = f"Datei {path.name}, " + (f"sha256 {digest}, " if digest else "")
    return SourceEntry(
        publisher=publisher or "nicht angegeben / not stated",
        title=path.name,
        date=as_of or date.today().isoformat(),
        url=url,
        licence=licence or "nicht angegeben / not stated",
        quality="A" if publisher else "C",
        note=f"{told}aufgenommen {date.today().isoformat()} mit carelab data add.",
    )


def with_entry(text: str, table: str, entry: SourceEntry) -> str:
    """Return sources.yaml with an entry added to a table; the same file's earlier entry and placeholders go."""
    lines = _spelt_out(text).splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = [n for n, line in enumerate(lines) if re.match(rf"{re.escape(table)}:", line)]
    if not starts:
        return "".join(lines) + f"{table}:\n{entry.block()}"
    first = starts[0]
    following = (n for n in range(first + 1, len(lines)) if re.match(r"[^\s#-]", lines[n]))
    last = next(following, len(lines))
    kept = [item for item in _items(lines[first + 1 : last]) if not _replaced(item, entry)]
    return "".join([*lines[:first], f"{table}:\n", *kept, entry.block(), *lines[last:]])


def _spelt_out(text: str) -> str:
    """Return the text with every table's sources in full: an addition to one must not reach others through an alias."""
    if not re.search(r"^\w+:\s*[&*]", text, re.MULTILINE):
        return text
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    known = yaml.safe_load(text)
    blocks = (f"{table}:\n" + "".join(SourceEntry(**entry).block() for entry in known[table]) for table in known)
    return head + "".join(blocks)


def _items(lines: list[str]) -> list[str]:
    """Return the items of a list, each with its lines; comments before the first one are kept."""
    items: list[str] = []
    for line in lines:
        if re.match(r"\s*- ", line) or not items:
            items.append(line)
        else:
            items[-1] += line
    return items


def _replaced(item: str, entry: SourceEntry) -> bool:
    """Say whether an item is a placeholder or an earlier entry of the same file."""
    found = yaml.safe_load(item)
    if not isinstance(found, list) or not isinstance(found[0], dict):
        return False
    title, digest = str(found[0].get("title")), re.search(r"sha256 (\w+)", entry.note)
    return title == NOTHING or (digest is not None and digest[1] in str(found[0].get("note")))
