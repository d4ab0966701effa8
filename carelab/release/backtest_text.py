"""A back-test in words and columns for the terminal, and its tables as CSV: how wrong would we have been?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from carelab.release.numbers import number, percent
from carelab.terms import Language, label, say

SHOWN_HORIZONS: Final = (1, 2, 3, 5, 10)
SHOWN_MEASURES: Final = (
    *("wape", "mape", "median_ape", "bias", "wis", "crps"),
    *("coverage_50", "coverage_80", "coverage_95", "pit_below_10", "pit_above_90"),
)
HEADS: Final[dict[str, tuple[str, str]]] = {
    "wape": ("WAPE %", "WAPE %"),
    "mape": ("MAPE %", "MAPE %"),
    "median_ape": ("Median %", "median %"),
    "bias": ("Tendenz %", "bias %"),
    "wis": ("WIS", "WIS"),
    "crps": ("CRPS", "CRPS"),
    "coverage_50": ("50 % hält", "50% holds"),
    "coverage_80": ("80 % hält", "80% holds"),
    "coverage_95": ("95 % hält", "95% holds"),
    "pit_below_10": ("PIT<0,1", "PIT<0.1"),
    "pit_above_90": ("PIT>0,9", "PIT>0.9"),
    "n": ("Fälle", "cases"),
}


def describe_backtest(
    scores: pd.DataFrame,
    shelf_life: pd.DataFrame,
    notes: Sequence[tuple[str, str]],
    *,
    language: Language,
    head: str = "",
) -> str:
    """Return ``head``, the remarks, a table per target and horizon (rules, then carelab by size class), the shelf life.

    ``scores`` and ``shelf_life`` as in a back-test's result.
    """
    every = scores[scores["group"] == "pooled"]
    pooled = every[every["size_class"] == "all"]
    sized = every[(every["size_class"] != "all") & (every["size_class"] != "") & (every["rule"] == "model")]
    horizons = _shown(pooled["horizon"])
    parts = [say(language, "Wie falsch hätten wir gelegen?", "How wrong would we have been?"), ""]
    parts += [head, ""] if head else []
    parts += [f"- {say(language, *note)}" for note in notes] + [""]
    for target in pooled["target"].unique():
        for horizon in horizons:
            rows = pooled[(pooled["target"] == target) & (pooled["horizon"] == horizon)]
            if len(rows):
                own = sized[(sized["target"] == target) & (sized["horizon"] == horizon)]
                parts += [_block(rows, own, (str(target), int(horizon)), language), ""]
    parts.append(shelf_sentence(shelf_life, language))
    return "\n".join(parts)


def care_headline(table: pd.DataFrame, note: tuple[str, str], *, language: Language) -> str:
    """Return ``note`` and, by horizon, error, 80 % interval and WIS beside the best rule's, with and without a law.

    ``table`` as from backtest.calibration.headline_table.
    """
    both = table["rule"].nunique() > 1
    names = {
        "model": ("mit Gesetz", "with the law") if both else ("carelab", "carelab"),
        "model_no_law": ("ohne Gesetz", "without"),
    }
    whose = [say(language, *names[str(rule)]) for rule in table["rule"]]
    return "\n".join([say(language, *note), "", *_head_lines(table, "mape", whose, language)])


def population_headline(table: pd.DataFrame, *, language: Language) -> str:
    """Return, by age and horizon, error, 80 % interval, how many size classes it fits, WIS beside the best rule's.

    ``table`` as from backtest.calibration.population_headline.
    """
    shown = table[table["horizon"].isin(_shown(table["horizon"]))]
    ages = [_age_name(str(target), language) for target in shown["target"]]
    note = say(
        language,
        "80 % hält: so oft lag das Gezählte im 80-%-Intervall; passt: in so vielen Größenklassen zu 75 bis 88 %.",
        "80% holds: how often counts lay in the 80% interval; fits: in so many size classes in 75 to 88%.",
    )
    return "\n".join([*_head_lines(shown, "wape", ages, language), "", note])


def _head_lines(table: pd.DataFrame, error: str, names: Sequence[str], language: Language) -> list[str]:
    """Return one line per row of a headline; ``error`` is the measure shown, ``names`` what a row is about."""
    columns = [("", ""), ("Jahre voraus", "years ahead"), HEADS[error], HEADS["coverage_80"]]
    columns += [("passt", "fits")] * ("cells" in table)
    columns += [("WIS / beste Regel", "WIS / best rule"), ("beste Regel", "best rule")]
    lines = [[say(language, *each) for each in columns]]
    for name, row in zip(names, table.to_dict("records"), strict=True):
        lines.append(
            [
                name,
                str(row["horizon"]),
                _cell(row[error], error, language),
                _cell(row["coverage_80"], "coverage_80", language),
                *([_fitting(row["held"], row["cells"], language)] if "cells" in row else []),
                "–" if pd.isna(row["wis_ratio"]) else number(float(row["wis_ratio"]), language, 2),
                label(row["best_rule"], language) if row["best_rule"] else "–",
            ]
        )
    return _aligned(lines)


def _fitting(held: int, cells: int, language: Language) -> str:
    """Return how many of the judged cells fit; a dash where there is none."""
    return say(language, f"{held} von {cells}", f"{held} of {cells}") if cells else "–"


def _shown(horizons: pd.Series) -> list[int]:
    """Return the horizons that are printed: a few usual ones, all of them where few of those are there."""
    every = sorted(int(each) for each in horizons.unique())
    usual = [each for each in every if each in SHOWN_HORIZONS]
    return usual if len(usual) > 2 else every


def _age_name(target: str, language: Language) -> str:
    """Return what a target counts, as people read it."""
    name = label(target, language)
    return say(language, f"Alter {name}", f"Age {name}") if target[:1].isdigit() else name


def _aligned(lines: list[list[str]]) -> list[str]:
    """Return lines of cells as text, every column as wide as its widest cell."""
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return ["  ".join(f"{cell:>{width}}" for cell, width in zip(line, widths, strict=True)) for line in lines]


def _block(rows: pd.DataFrame, sized: pd.DataFrame, cell: tuple[str, int], language: Language) -> str:
    """Return one table: rules below each other, then the model's size classes (``sized``), measures side by side."""
    target, horizon = cell
    name = _age_name(target, language)
    ahead = {
        0: ("am selben Stichtag", "at the same survey"),
        1: ("1 Jahr voraus", "1 year ahead"),
    }.get(horizon, (f"{horizon} Jahre voraus", f"{horizon} years ahead"))
    title = f"{name}, {say(language, *ahead)}"
    columns = [*SHOWN_MEASURES, "n"]
    head = [title, *(say(language, *HEADS[each]) for each in columns)]
    ordered = rows.sort_values("rule", key=lambda rules: ~rules.str.startswith("model"), kind="stable")
    body = [
        [label(str(row["rule"]), language), *(_cell(row[each], each, language) for each in columns)]
        for row in ordered.to_dict("records")
    ]
    own = label("model", language)
    body += [
        [f"{own}, {label(str(row['size_class']), language)}", *(_cell(row[each], each, language) for each in columns)]
        for row in sized.sort_values("size_class", key=_class_order, kind="stable").to_dict("records")
    ]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    lines = [
        "  ".join([line[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True))])
        for line in [head, *body]
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _class_order(classes: pd.Series) -> pd.Series:
    """Return places of size classes, smallest first: fixed classes by their bound, quarters by their number."""
    order = ("<5k", "5-10k", "10-20k", ">20k")
    return classes.map(lambda each: str(order.index(each)) if each in order else str(each))


def _cell(value: float, measure: str, language: Language) -> str:
    """Return one figure as people read it; a dash where it is unknown."""
    if pd.isna(value):
        return "–"
    if measure.startswith(("coverage_", "pit_")):
        return percent(float(value), language)
    if measure in ("wis", "crps", "n"):
        return number(float(value), language, 0 if measure == "n" or value >= 100 else 1)
    return number(100 * float(value), language, 2)


def shelf_sentence(shelf_life: pd.DataFrame, language: Language) -> str:
    """Return the shelf life of the model in a sentence per target that lies ahead."""
    ahead = shelf_life["longest"] > 0
    rows = shelf_life[(shelf_life["rule"] == "model") & (shelf_life["size_class"] == "all") & ahead]
    lines = [
        say(
            language,
            "Haltbarkeit (mindestens 80 % der Gebiete auf 10 % genau):",
            "Shelf life (at least 80% of areas within 10%):",
        )
    ]
    for row in rows.to_dict("records"):
        if pd.isna(row["years"]):
            words = say(language, "schon der kürzeste Horizont nicht", "not even the shortest horizon")
        else:
            least = say(language, "mindestens ", "at least ") if row["years"] >= row["longest"] else ""
            words = say(language, f"{least}{row['years']:.0f} Jahre", f"{least}{row['years']:.0f} years")
        lines.append(f"  {label(str(row['target']), language)}: {words}")
    return "\n".join(lines)


def write_backtest(tables: dict[str, pd.DataFrame], folder: Path, text: str) -> None:
    """Write each table as NAME.csv and the text as summary.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")
    (folder / "summary.txt").write_text(text + "\n", encoding="utf-8")
