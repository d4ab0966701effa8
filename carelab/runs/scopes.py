"""What a notebook is about: a city, an area without districts (a Kreis), one district, or several cities at once.

A notebook says so in its metadata: ``"carelab": {"scope": "district"}``; one that says nothing is about a city.
``"carelab": {"long": true}`` says that it computes long for itself and should be begun first.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from carelab import paths
from carelab.terms import Language, UserError, say

Scope = Literal["city", "area", "district", "verbund"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


def notebook_scope(path: Path) -> Scope:
    """Return what a notebook is about. Raises UserError for an unknown scope or a file that is no notebook."""
    found = _metadata(path, path.stat().st_mtime_ns).get("scope", "city")
    for scope in SCOPES:
        if found == scope:
            return scope
    known = ", ".join(SCOPES)
    raise UserError(
        f"{path.name}: metadata.carelab.scope ist „{found}“; erwartet: {known}.",
        f'{path.name}: metadata.carelab.scope is "{found}"; expected: {known}.',
    )


def long_first(chosen: Sequence[Path]) -> list[Path]:
    """Return notebooks in the order in which to begin them: those that say they are long, then the others."""
    return sorted(chosen, key=lambda path: not _metadata(path, path.stat().st_mtime_ns).get("long", False))


@lru_cache(maxsize=256)
def _metadata(path: Path, changed: int) -> dict[str, Any]:
    """Return what a notebook says of itself to carelab; read once, a portfolio of hundreds of parts asks often."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))["metadata"].get("carelab", {}))
    except (ValueError, KeyError, AttributeError):
        raise UserError(f"{path.name}: kein gültiges Notebook.", f"{path.name}: not a valid notebook.") from None


def question(path: Path, language: Language) -> str:
    """Return the heading of a notebook's first cell in a language; its name where it has none."""
    german, english = _headings(path, path.stat().st_mtime_ns)
    return say(language, german, english) or path.stem


@lru_cache(maxsize=256)
def _headings(path: Path, changed: int) -> tuple[str, str]:
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    texts = ("".join(first["source"]), str(first["metadata"].get("en", "")))
    german, english = (text.partition("\n")[0].lstrip("# ") if text.startswith("#") else "" for text in texts)
    return german, english or german


def notebooks(scope: Scope) -> list[Path]:
    """Return the notebooks of the house of this scope, in order of their numbers."""
    return [path for path in sorted(paths.NOTEBOOKS.glob("*.ipynb")) if notebook_scope(path) == scope]


def find_notebooks(names: Sequence[str], there: Sequence[Path]) -> list[Path]:
    """Return the notebooks whose names are or begin with these, from ``there`` or else of any scope.

    Raises UserError where there is none.
    """
    found: list[Path] = []
    for name in names:
        stem = Path(name).stem
        hits = _named(stem, there) or _named(stem, sorted(paths.NOTEBOOKS.glob("*.ipynb")))
        if not hits:
            near = difflib.get_close_matches(stem, [path.stem for path in there], n=1, cutoff=0.4)
            other = ", ".join(near or [path.stem for path in there])
            raise UserError(
                f"Notebook „{stem}“ gibt es nicht; vorhanden: {other}.",
                f'there is no notebook "{stem}"; there is: {other}.',
            )
        found += [path for path in hits if path not in found]
    return found


def _named(stem: str, there: Sequence[Path]) -> list[Path]:
    return [path for path in there if path.stem == stem] or [path for path in there if path.stem.startswith(stem)]
