"""Exhibits of a pilot's evaluation. Each takes its table; an empty one becomes a sentence that says what is missing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.alts import rows_alt, rows_words
from carelab.release.captions_pilot import ABSENT, COUNTED, PILOT_CAPTIONS, PILOT_FORMATS, SIMULATED
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.nothing_yet import nothing_yet
from carelab.release.numbers import listing, number, percent
from carelab.terms import COLOURS, QUANTILE_COLUMNS, Language, label, say

VERDICTS = {
    "found": "effect_found",
    "not_found": "no_effect_found",
    "open": "effect_open",
    "could_not": "effect_could_not",
}
_QUANTILES = list(QUANTILE_COLUMNS)


def pilot_reach(reach: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return the share of people in need at home reached by district (last row: the city), as intervals."""
    if reach.empty:
        return absent("pilot_reach", "log", simulated, language)
    names = {"contacts": "contacts_year", "first": "first_contacts", "need": "need_home", "served": "begun_share"}
    table = reach.drop(columns="district").rename(columns=names)
    rows = table.dropna(subset=["median"]).sort_values("median", ascending=False, ignore_index=True)

    def paint(axes: Axes) -> None:
        d.intervals(axes, rows, colours=[COLOURS["need"]] * len(rows), hollow=[False] * len(rows))
        d.row_axis(axes, list(rows["name"]))
        d.percent_axis(axes, language, which="x")
        axes.set_xlim(left=0)

    margins = (d.name_margin(list(rows["name"])), 0.5, 0.5, 0.3)
    svg = d.draw(paint, height=1.2 + 0.45 * len(rows), margins=margins) if len(rows) else None
    parts = [f"{row['name']} {percent(row['median'], language)}" for row in rows.to_dict("records")]
    alt = say(language, "Erreichter Anteil, Median: ", "Share reached, median: ") + listing(parts, language) + "."
    return pilot_exhibit("pilot_reach", table, alt, (simulated, language), svg)


def pilot_groups(groups: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return the share reached by Pflegegrad band in the whole city."""
    if groups.empty:
        return absent("pilot_groups", "log", simulated, language)
    names = {"group": "pilot_group", "first": "first_contacts", "need": "need_home"}
    return _table("pilot_groups", worded(groups.rename(columns=names), "pilot_group", language), simulated, language)


def pilot_take_up(take_up: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return take-up by service beside the range that was assumed before the start."""
    if take_up.empty:
        return absent("pilot_take_up", "log", simulated, language)
    table = take_up.rename(columns={"service": "pilot_service", "contacts": "contacts_year"})
    order = ["pilot_service", "contacts_year", *_QUANTILES, "assumed_low", "assumed_high"]
    return _table("pilot_take_up", worded(table[order], "pilot_service", language), simulated, language)


def pilot_equity(equity: pd.DataFrame, *, simulated: bool, language: Language, known: bool = True) -> Exhibit:
    """Return fifths, gap and concentration index; ``known``: there is a logbook, so only districts are lacking."""
    if equity.empty:
        return absent("pilot_equity", "few_districts" if known else "log", simulated, language)
    shares = ~equity["measure"].str.startswith("concentration")
    table = equity.assign(unit=np.where(shares, "percent", "index_number"))
    table = table.rename(columns={"measure": "pilot_measure"})
    table.loc[shares, list(QUANTILE_COLUMNS)] *= 100
    table = worded(table, "pilot_measure", language)
    return _table("pilot_equity", table, simulated, language)


def pilot_process(process: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return contacts, minutes, kilometres, share on the road and euros per contact."""
    if process.empty:
        return absent("pilot_process", "log", simulated, language)
    table = worded(process.rename(columns={"measure": "pilot_measure"}), "pilot_measure", language)
    return _table("pilot_process", table, simulated, language)


def pilot_events(events: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return the event study of the primary outcome: placebo starts hollow, effects since the start filled."""
    if events.empty:
        return absent("pilot_events", "compared", simulated, language)
    rows = events[events["role"] == "primary"].reset_index(drop=True)
    rows = rows[rows["outcome"] == rows["outcome"].iloc[0]]

    def paint(axes: Axes) -> None:
        at, before = rows["since"].to_numpy(float), (rows["since"] < 0).to_numpy()
        colours = np.where(before, COLOURS["neutral"], COLOURS["need"])
        axes.vlines(at, rows["lower_80"], rows["upper_80"], colors=list(colours), linewidth=3.2, alpha=0.5)
        faces = np.where(before, "#ffffff", COLOURS["need"])
        axes.scatter(at, rows["estimate"], s=34, c=list(faces), edgecolors=list(colours), linewidths=1.5, zorder=3)
        axes.axhline(0, color=d.INK, linewidth=0.9)
        axes.axvline(-0.5, color=d.SOFT, linewidth=0.9, linestyle=(0, (2, 2)))
        axes.set_xticks(at, [str(int(each)) for each in at])
        d.count_axis(axes, language, sign=True)
        d.unit(axes, label(str(rows["outcome"].iloc[0]), language))
        axes.set_xlabel(label("since_start", language))

    svg = d.draw(paint, height=3.6, margins=(0.7, 0.3, 0.65, 0.45))
    return pilot_exhibit(
        "pilot_events", _event_table(rows, language), _event_alt(rows, language), (simulated, language), svg
    )


def _event_table(rows: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return the rows as read: half-years since the start, placebo or not, estimate, interval, p."""
    kinds = [label("placebo" if since < 0 else "after_start", language) for since in rows["since"]]
    table = rows.drop(columns=["outcome", "role"]).rename(
        columns={"since": "since_start", "p_value": "randomisation_p"}
    )
    table.insert(1, "what", kinds)
    return table


def _event_alt(rows: pd.DataFrame, language: Language) -> str:
    after = rows[rows["since"] >= 0]
    named = listing([number(value, language, 1) for value in after["estimate"]], language)
    before = int(((rows["since"] < 0) & (rows["p_value"] <= 0.05)).sum())
    return say(
        language,
        f"Wirkung je Halbjahr ab dem Start: {named}. Auffällige Placebos davor: {before}.",
        f"Effect by half-year from the start on: {named}. Placebos below 5% before it: {before}.",
    )


def pilot_effects(effects: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return each outcome's estimate, interval, p, minimum detectable effect and verdict; negative controls last."""
    if effects.empty:
        return absent("pilot_effects", "compared", simulated, language)
    control = effects["role"] == "negative_control"
    loud = np.where(effects["verdict"] == "found", "control_loud", "control_quiet")
    said = np.where(control, loud, effects["verdict"].map(VERDICTS))
    table = effects.assign(said=said).drop(columns="verdict")
    table = table.rename(
        columns={
            "outcome": "pilot_outcome",
            "target": "effect_target",
            "p_value": "randomisation_p",
            "p_clustered": "clustered_p",
        }
    )
    for name in ("pilot_outcome", "role", "said"):
        table = worded(table, name, language)
    first = ["pilot_outcome", "role", "said", "estimate", "lower_80", "upper_80", "randomisation_p", "mde"]
    return _table("pilot_effects", table[[*first, "effect_target", "clustered_p"]], simulated, language)


def pilot_checks(checks: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return every printed test with its p-value and how often it rejects without effect."""
    if checks.empty:
        return absent("pilot_checks", "compared", simulated, language)
    names = {"outcome": "pilot_outcome", "p_value": "shown_p"}
    names |= {"rejected": "rejected_share", "attainable": "attainable_share"}
    table = checks.rename(columns=names)
    for name in ("pilot_outcome", "test"):
        table = worded(table, name, language)
    return _table("pilot_checks", table, simulated, language)


def pilot_planned(planned: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return the minimum detectable effects of roll-outs at hand."""
    if planned.empty:
        return absent("pilot_planned", "few_districts", simulated, language)
    table = worded(planned.rename(columns={"plan": "roll_out", "treated": "treated_units"}), "roll_out", language)
    return _table("pilot_planned", table.replace([np.inf, -np.inf], np.nan), simulated, language)


def pilot_truth(truth: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return what was put into a simulated pilot beside what was found; in a real one there is nothing to compare."""
    if truth.empty:
        return absent("pilot_truth", "truth", simulated, language)
    words = {"reached": "reached_share", "effect": "effect_mean"}
    table = truth.assign(measure=truth["measure"].map(words)).rename(
        columns={"measure": "pilot_measure", "part": "pilot_part", "found": "found_back"}
    )
    for name in ("pilot_measure", "pilot_part"):
        table = worded(table.assign(**{name: table[name].fillna("")}), name, language)
    held, all_of = int(truth["inside"].sum()), len(truth)
    alt = say(
        language, f"{held} von {all_of} Intervallen enthalten den wahren Wert.",
        f"{held} of {all_of} intervals hold the true value.",
    )  # fmt: skip
    return pilot_exhibit("pilot_truth", table, alt, (simulated, language), None)


def worded(table: pd.DataFrame, column: str, language: Language) -> pd.DataFrame:
    """Return a table with a column of keys in words."""
    return table.assign(**{column: [label(str(key), language) for key in table[column]]})


def _table(key: str, table: pd.DataFrame, simulated: bool, language: Language) -> Exhibit:
    alt = rows_words(len(table), language)
    if {"estimate", "pilot_outcome"} <= set(table):
        lead = ("Geschätzte Wirkung", "Estimated effect")
        alt = rows_alt(table, lead, columns=("pilot_outcome", "estimate"), language=language, digits=1)
    elif "median" in table:
        first = str(table.columns[0])
        share = PILOT_FORMATS.get(key, {}).get("median") == "percent"
        alt = rows_alt(table, ("Median", "Median"), columns=(first, "median"), language=language, share=share, digits=2)
    return pilot_exhibit(key, table, alt, (simulated, language), None)


def absent(key: str, reason: str, simulated: bool, language: Language) -> Exhibit:
    """Return the exhibit of a question that cannot be answered yet: the sentence that says what to bring."""
    text = say(language, *ABSENT[reason])
    return nothing_yet(pilot_exhibit(key, pd.DataFrame({"text": [text]}), text, (simulated, language), None))


def pilot_exhibit(key: str, table: pd.DataFrame, alt: str, edition: tuple[bool, Language], svg: str | None) -> Exhibit:
    """Return an exhibit with its captions; ``edition``: simulated (then title, alt and source say so) and language."""
    simulated, language = edition
    title, read, limits = (say(language, *pair) for pair in PILOT_CAPTIONS[key])
    mark = label("simulated_mark", language) if simulated else ""
    formats: Mapping[str, str] = PILOT_FORMATS.get(key, {})
    return (Exhibit if svg else TableExhibit)(
        id=key, title=mark + title, alt=mark + alt, table=table.reset_index(drop=True), how_to_read=read,
        limits=limits, source=say(language, *(SIMULATED if simulated else COUNTED)), figure_svg=svg,
        language=language, formats=formats,
    )  # fmt: skip
