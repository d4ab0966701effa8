"""Overview pages: one for a portfolio's parts, one for all that lies in outputs/."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from carelab import paths
from carelab.release.overview import Row, overview_html
from carelab.runs import publish, record
from carelab.runs.parts import State
from carelab.runs.portfolio import Portfolio
from carelab.runs.scopes import question
from carelab.terms import Language, UserError, say

INDEX, STATES = "index.html", "portfolio.json"
ORDER = {"verbund": 0, "city": 1, "area": 1, "district": 2}
"""What readers look for first: the comparison of cities, then a city's report, then one district's profile."""


class Page:
    """The page of one portfolio, and the same as JSON; written anew only when something changed."""

    def __init__(self, portfolio: Portfolio, states: list[State], folder: Path) -> None:
        self.portfolio, self.states, self.folder = portfolio, states, folder

    def write(self) -> None:
        """Write index.html and portfolio.json."""
        language = self.portfolio.language
        shown = sorted(self.states, key=lambda state: ORDER[state.part.scope])
        rows = [_row(state, self.folder, language) for state in shown]
        _replace(self.folder / INDEX, overview_html(self.portfolio.title, rows, language))
        parts = [
            {"part": state.part.id, "folder": state.part.folder, "id": state.run_id, "status": state.status}
            | {"finished": state.finished, "seconds": state.seconds, "reason": state.reason}
            for state in self.states
        ]
        whole = {"portfolio": self.portfolio.name, "title": self.portfolio.title, "language": language, "parts": parts}
        _replace(self.folder / STATES, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")


def write_outputs_page(outputs: Path, language: Language) -> None:
    """Write outputs/index.html: every run and portfolio that lies there, the latest first."""
    found = [folder for folder in outputs.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    rows = [row for folder in found if (row := _folder_row(folder, language)) is not None]
    rows.sort(key=lambda row: row.finished, reverse=True)
    title = say(language, "Alle Läufe", "All runs")
    _replace(outputs / INDEX, overview_html(title, rows, language))


def _row(state: State, folder: Path, language: Language) -> Row:
    part = state.part
    facts = _facts(part.params.city)
    subject = {
        "city": say(language, "Bericht der Stadt", "city's report"),
        "area": say(language, "Bericht des Kreises", "Kreis report"),
        "district": part.subject,
        "verbund": question(part.notebooks[0], language),
    }[part.scope]
    alone = part.scope == "city" and part.id.count("/") > 1
    there = part.folder if state.status == "complete" else publish.failed_folder(Path(part.folder)).name
    return Row(
        city=say(language, "alle Städte", "all cities") if part.scope == "verbund" else facts["city_name"],
        scenario=part.params.scenario,
        subject=f"{subject}: {question(part.notebooks[0], language)}" if alone else subject,
        part=part.id,
        status=state.status,
        finished=state.finished,
        seconds=state.seconds,
        grade="" if part.scope == "verbund" else facts["grade"],
        link=f"{there}/{INDEX}" if (folder / there / INDEX).is_file() else "",
        reason=state.reason,
        block="profile" if part.scope == "district" else "report",
    )


def _folder_row(folder: Path, language: Language) -> Row | None:
    """Return the row of a run's or a portfolio's folder; None for any other folder."""
    if (folder / STATES).is_file():
        return _portfolio_row(folder, json.loads((folder / STATES).read_text(encoding="utf-8")), language)
    known = publish.read_record(folder)
    if "params" not in known:
        return None
    return Row(
        city=str(known.get("city_name") or known["params"]["city"]),
        scenario=str(known["params"]["scenario"]),
        subject=say(language, "einzelner Lauf", "single run"),
        part=folder.name,
        status=str(known["status"]),
        finished=str(known.get("finished") or ""),
        seconds=float(known.get("seconds", {}).get("total", 0.0)),
        grade=str(known.get("grade", "")),
        link=f"{folder.name}/{INDEX}",
        reason="; ".join(f"{name}: {reason}" for name, reason in known.get("reasons", {}).items()),
    )


def _portfolio_row(folder: Path, whole: dict[str, Any], language: Language) -> Row:
    parts = whole["parts"]
    ended = {status: sum(part["status"] == status for part in parts) for status in ("failed", "pending")}
    status = next((key for key, count in ended.items() if count), "complete")
    return Row(
        city=str(whole["title"]),
        scenario=say(language, "alle", "all"),
        subject=say(language, f"Portfolio, {len(parts)} Teile", f"portfolio of {len(parts)} parts"),
        part=folder.name,
        status=status,
        finished=max((part["finished"] for part in parts), default=""),
        seconds=sum(part["seconds"] for part in parts),
        grade="",
        link=f"{folder.name}/{INDEX}",
        reason=_together(part["reason"] for part in parts),
    )


def _together(reasons: Iterable[str]) -> str:
    return "; ".join(sorted({reason for reason in reasons if reason})[:3])


@cache
def _facts(city: str) -> dict[str, Any]:
    """Return name and grade of a city; its key where nothing more is known."""
    try:
        return record.city_facts(city)
    except UserError:
        return {"city_name": city, "grade": ""}


def _replace(path: Path, text: str) -> None:
    """Write a file in one step, and only if its content changes."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    beside = path.with_name(f"{publish.PARTIAL}{path.name}-{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def after_run(outputs: Path | None, language: Language) -> None:
    """Renew outputs/index.html after a run."""
    write_outputs_page(outputs or paths.OUTPUTS, language)
