"""Report: pages, tables and an index page, all made from the bundles in the executed notebooks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from carelab.release.bundles import read_notebooks, unique_exhibits
from carelab.release.dcat import FILE, dcat_jsonld
from carelab.release.deck import write_deck
from carelab.release.index import index_html
from carelab.release.page import page
from carelab.release.workbook import write_csv, write_workbook
from carelab.terms import Language, say
from carelab.terms_districts import language_of_run

__all__ = ["build_report", "findings", "page"]


def build_report(folder: Path, run: Mapping[str, Any], *, before_index: Callable[[], None] | None = None) -> None:
    """Write index.html, pages/ (those still missing), tables/*.csv, figures/*.svg, tables.xlsx, dcat.jsonld and,
    where notebooks show slides, slides.html, slides.pptx and numbers.csv.

    ``run``: status ("failed" or other), params, and where known reasons {notebook: words}, synthetic, city_name,
    finished, data, packages, warnings. Works for failed runs, too. ``before_index`` is called when the tables are
    there; it may add to ``run``. Raises UserError for exhibits that share an id.
    """
    language: Language = language_of_run(run)
    notebooks = read_notebooks(folder, language)
    exhibits = unique_exhibits(notebooks)
    for notebook in notebooks:
        if not (folder / "pages" / f"{notebook.name}.html").exists():
            page(folder / "notebooks" / f"{notebook.name}.ipynb", folder, language)
    _fresh(folder / "tables", folder / "figures")
    for exhibit, _ in exhibits.values():
        write_csv(exhibit, folder / "tables")
        if exhibit.figure_svg:
            (folder / "figures" / f"{exhibit.id}.svg").write_text(exhibit.figure_svg, encoding="utf-8")
    title = say(language, "Pflegebedarf: Tabellen", "Need of care: tables")
    write_workbook(
        [exhibit for exhibit, _ in exhibits.values()], folder / "tables.xlsx", title=title, language=language
    )
    metadata = dcat_jsonld([exhibit for exhibit, _ in exhibits.values()], run)
    if metadata:
        (folder / FILE).write_text(metadata, encoding="utf-8")
    slides = [slide for notebook in notebooks for slide in notebook.slides]
    if slides:
        write_deck(folder, slides, run)
    if before_index is not None:
        before_index()
    (folder / "index.html").write_text(index_html(notebooks, exhibits, run), encoding="utf-8")


def findings(folder: Path) -> list[str]:
    """Return the key findings of a run: those of the last notebook that has some."""
    key = [shown for notebook in read_notebooks(folder) for shown in notebook.findings if shown.key]
    return list(key[-1].sentences) if key else []


def _fresh(*folders: Path) -> None:
    """Make empty folders, so that nothing of an earlier report stays behind."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
