"""How wrong would we have been: the back-tests as rows of the benchmark's table, missed targets as NO.

``python -m carelab.runs.bench_backtests [--panels FOLDER] [--draws N]``. Always: Kreise and Magdeburg, which ship with
the project; Wien where the published figures are at hand; every panel of FOLDER in the form of ``carelab backtest``.
Models, rules of thumb and scores are those of that command.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from carelab.forecast.backtest.shipped import DRAWS
from carelab.runs.bench_care import care_rows, kreise_rows
from carelab.runs.bench_panels import WIEN, Panel, given_panels, kreise_panel, magdeburg_panel, wien_panel
from carelab.runs.bench_people import band_rows, population_rows
from carelab.runs.bench_table import Row, as_markdown
from carelab.terms import UserError


def backtest_rows(folder: Path | None, *, draws: int) -> Iterator[Row]:
    """Yield the rows of every panel found; one that is not at hand or cannot be used is a row that says why."""
    given = [] if folder is None else list(given_panels(folder))
    yield from kreise_rows(kreise_panel(), draws)
    yield from band_rows(magdeburg_panel(), draws)
    if not any(isinstance(each, Panel) and each.name == WIEN for each in given):
        yield from _rows(wien_panel(), draws)
    for panel in given:
        yield from _rows(panel, draws)


def _rows(panel: Panel | str, draws: int) -> Iterator[Row]:
    if isinstance(panel, str):
        yield _left_out(panel)
        return
    try:
        yield from care_rows(panel, draws) if panel.care is not None else population_rows(panel, draws)
    except UserError as error:
        yield _left_out(f"{panel.name}: {' '.join(error.en.split())}")


def _left_out(why: str) -> Row:
    return Row(f"left out: {why}", "", "", "", "", None)


def main() -> None:
    """Print the table as markdown, line by line as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=Path, help="folder with panels in the form of carelab backtest")
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws per forecast")
    asked = parser.parse_args()
    for line in as_markdown(backtest_rows(asked.panels, draws=asked.draws)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
