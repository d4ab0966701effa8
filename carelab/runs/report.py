"""Beside the notebooks: pages are rendered in one thread while other notebooks are still running."""

from __future__ import annotations

import html
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from carelab.runs import compare
from carelab.runs.record import without_paths
from carelab.terms import Language, say


class Renderer:
    """Hands finished notebooks to the report builder, in one thread, in the order in which they end."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.folder, self.language = folder, language
        self.seconds: dict[str, float] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="report")
        self._pages: list[Future[None]] = []
        self._thread.submit(load)  # takes a second to import: begin while the study is computed

    def page(self, notebook: Path) -> None:
        """Render a notebook as soon as the thread is free."""
        self._pages.append(self._thread.submit(self._page, notebook))

    def _page(self, notebook: Path) -> None:
        began = time.monotonic()
        load().page(notebook, self.folder, self.language)
        self.seconds[notebook.stem] = time.monotonic() - began

    def wait(self) -> None:
        """Wait for all pages. Raises the first problem."""
        for page in self._pages:
            page.result()

    def stop(self) -> None:
        """Give the thread up; pages not begun are left out."""
        self._thread.shutdown(cancel_futures=True)


def load() -> Any:
    """Return the report builder; imported late because it takes a second."""
    from carelab.release import report

    return report


def build(folder: Path, record: dict[str, Any], *, outputs: Path | None = None) -> None:
    """Make tables and index from the executed notebooks; between them compare with the previous run in ``outputs``."""

    def compared() -> None:
        previous = None if outputs is None else compare.previous_run(outputs, record)
        if previous is not None:
            record["compared"] = compare.compare_runs(previous, folder)

    load().build_report(folder, record, before_index=compared)


def findings(folder: Path) -> list[str]:
    """Return the key findings of a finished run."""
    return list(load().findings(folder))


def build_failed(folder: Path, record: dict[str, Any], language: Language) -> None:
    """Make the index of a failed run; if the report builder cannot, a plain page still says what happened."""
    try:
        build(folder, record)
    except Exception:
        (folder / "index.html").unlink(missing_ok=True)
    if not (folder / "index.html").exists():
        (folder / "index.html").write_text(plain_index(record, language), encoding="utf-8")


def plain_index(record: dict[str, Any], language: Language) -> str:
    """Return a page with the reasons and links to the notebooks kept."""
    title = say(language, f"Lauf {record['id']} ist nicht gelungen", f"Run {record['id']} has failed")
    reasons = "".join(
        f"<li><strong>{html.escape(name)}</strong>: {html.escape(without_paths(reason))}</li>"
        for name, reason in record["reasons"].items()
    )
    links = "".join(
        f'<li><a href="notebooks/{html.escape(name)}.ipynb">{html.escape(name)}</a></li>'
        for name, entry in record["notebooks"].items()
        if entry["status"] != "pending"
    )
    heading = say(language, "Bis dahin ausgeführte Notebooks", "Notebooks executed so far")
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title></head><body><h1>{html.escape(title)}</h1><ul>{reasons}</ul><h2>{heading}</h2><ul>{links}</ul></body></html>\n"
    )
