"""Key findings of Quartierszentren: sentences that a member of the council reads."""

from __future__ import annotations

from typing import Any

import pandas as pd

from carelab.release.exhibit import Findings
from carelab.release.findings_siting_known import SURE, exchanges, room, unknown
from carelab.release.numbers import NBSP, chance, listing, number, percent
from carelab.terms import Language, label, say


def siting_findings(
    numbers: pd.DataFrame,
    sites: pd.DataFrame,
    stages: pd.DataFrame,
    *,
    losses: pd.DataFrame,
    gains: pd.DataFrame,
    aims: pd.DataFrame,
    notes: tuple[str, str, str],
    language: Language,
) -> Findings:
    """Return what was found, or why nothing can be decided; tables of ``study.siting_*``; ``notes``: ways, reason,
    what is known in part."""
    values = {str(row["measure"]): float(row["value"]) for row in _rows(numbers)}
    ways, reason, partly = notes
    if reason:
        return Findings([reason, _known(values, language)], language)
    sentences = [
        partly,
        _plan(stages, sites, values, language),
        _sure(sites, values, language),
        _order(stages, language),
        _loss(losses, language),
        _aims(aims, language),
        _gains(gains, language),
        room(values, language),
        _money(values, sites, language),
        unknown(values, sites, language),
        exchanges(losses, sites, language),
        _known(values, language) + " " + ways,
    ]
    return Findings([text for text in sentences if text], language)


def _plan(stages: pd.DataFrame, sites: pd.DataFrame, values: dict[str, float], language: Language) -> str:
    last, first = stages.iloc[-1], stages.iloc[0]
    named = listing([str(name) for name in sites.loc[sites["in_median"] & ~sites["fixed"], "name"]], language)
    low, high = (number(last[f"{side}_80"], language) for side in ("lower", "upper"))
    before = ""
    if first["stage"] == 0:
        before = say(
            language,
            f" statt {number(first['median'], 'de')} Minuten heute",
            f" instead of {number(first['median'], 'en')} minutes today",
        )
    return say(
        language,
        f"Am besten bleibt der Plan mit {named}: Wer zu Hause gepflegt wird, geht dann im Mittel "
        f"{number(last['median'], 'de')} Minuten zum nächsten Zentrum (80-%-Vorhersageintervall {low} bis {high})"
        f"{before}; {percent(last['near'], 'de')} haben eines in der Nähe.",
        f"The plan that stays best has {named}: people cared for at home then walk {number(last['median'], 'en')} "
        f"minutes to the nearest centre on average (80% prediction interval {low} to {high}){before}; "
        f"{percent(last['near'], 'en')} have one near.",
    )


def _sure(sites: pd.DataFrame, values: dict[str, float], language: Language) -> str:
    """Return which sites are nearly certain, which compete, and whom to ask or locate first."""
    plan = sites[sites["in_median"] & ~sites["fixed"]]
    sure, loose = plan[plan["if_willing"] >= SURE], plan[plan["if_willing"] < SURE]
    text = ""
    if len(sure):
        named = listing([f"{row['name']} ({chance(row['if_willing'], language)})" for row in _rows(sure)], language)
        text = say(
            language,
            f"Fast sicher gehören dazu, wenn ihr Träger zusagt: {named}. ",
            f"Nearly certain, if their operators agree: {named}. ",
        )
    if len(loose):
        named = listing([f"{row['name']} ({chance(row['if_willing'], language)})" for row in _rows(loose)], language)
        text += say(
            language,
            f"Austauschbar sind: {named}; hier entscheiden Zusagen mehr als Wege. ",
            f"Exchangeable are: {named}; here agreements decide more than ways. ",
        )
    lost = sites[(sites["place"] == "unknown")].nlargest(3, "if_willing")
    if len(lost):
        named = listing([str(name) for name in lost["name"]], language)
        text += say(
            language,
            f"Ihre Adresse zuerst zu klären lohnt bei {named}: Je nach Ort gehörten sie dazu.",
            f"It is worth finding the addresses of {named} first: depending on their place they would belong to it.",
        )
    return text.strip()


def _order(stages: pd.DataFrame, language: Language) -> str:
    new = stages[stages["stage"] > 0]
    first, behind = new.iloc[0], float(new["behind"].max())
    later = listing([str(name) for name in new["name"].iloc[1:]], language)
    good = (
        say(language, "jede Stufe ist auch für sich die beste", "each stage is the best by itself, too")
        if behind < 0.005
        else say(
            language,
            f"eine Stufe liegt bis zu {percent(behind, 'de')} hinter der besten Wahl gleich vieler Standorte",
            f"a stage is up to {percent(behind, 'en')} behind the best choice of as many sites",
        )
    )
    return say(
        language,
        f"Zuerst {first['name']}" + (f", dann {later}" if later else "") + f"; {good}.",
        f"First {first['name']}" + (f", then {later}" if later else "") + f"; {good}.",
    )


def _loss(losses: pd.DataFrame, language: Language) -> str:
    rows = losses.dropna(subset=["lost"]).sort_values("lost", ascending=False, kind="stable")
    if rows.empty:
        return ""
    worst = rows.iloc[0]
    instead = say(
        language,
        f"; mit {worst['replacement']} wären sie bei mittlerem Bedarf so kurz wie im Plan oder kürzer"
        if worst["replacement"] and worst["left"] < 0.05
        else f"; {worst['replacement']} fängt das bis auf {number(worst['left'], 'de', 1)} Minuten auf"
        if worst["replacement"]
        else "; ein Ersatz ist nicht benannt",
        f"; with {worst['replacement']} they would be as short as in the plan or shorter at mean need"
        if worst["replacement"] and worst["left"] < 0.05
        else f"; {worst['replacement']} makes up for all but {number(worst['left'], 'en', 1)} minutes"
        if worst["replacement"]
        else "; no replacement is named",
    )
    return say(
        language,
        f"Am meisten fehlte {worst['name']}: Ohne diesen Standort werden die Wege bei mittlerem Bedarf "
        f"{number(worst['lost'], 'de', 1)} Minuten länger{instead}.",
        f"Most missed would be {worst['name']}: without it ways become {number(worst['lost'], 'en', 1)} minutes longer "
        f"at mean need{instead}.",
    )


def _aims(aims: pd.DataFrame, language: Language) -> str:
    base = {str(row["aim"]): row for row in _rows(aims)}
    chosen = {aim: row["new_sites"] for aim, row in base.items()}
    others = [aim for aim in chosen if chosen[aim] != chosen["median"]]
    text = ""
    if others:
        named = listing([f"„{label('aim_' + aim, language)}“" for aim in others], language)
        text = say(language, f"Andere Ziele wählen anders: {named}. ", f"Other aims choose differently: {named}. ")
    for aim in ("fair", "fair_poor"):
        if aim in base and not base[aim]["kept"]:
            text += _promise(base[aim], aim, language)
    return text.strip()


def _promise(row: dict[str, Any], aim: str, language: Language) -> str:
    """Return that a promise cannot be kept, what can be promised, and how many centres it would take."""
    who = say(
        language,
        "alle Stadtteile" if aim == "fair" else "die ärmeren Stadtteile",
        "all districts" if aim == "fair" else "the poorer districts",
    )
    many = (
        say(
            language,
            f"nötig wären {row['needed']:.0f} Zentren",
            f"it would take {row['needed']:.0f} centres",
        )
        if row["needed"] == row["needed"]
        else say(language, "auch alle Standorte zusammen reichen nicht", "not even all sites would be enough")
    )
    best = number(row["promise"], language)
    return say(
        language,
        f"Die gewünschte Zusage an {who} ist mit so vielen Zentren nicht zu halten ({many}); zusagen lassen sich "
        f"{best} Minuten. ",
        f"The promise wished for {who} cannot be kept ({many}); {best} minutes can be promised. ",
    )


def _gains(gains: pd.DataFrame, language: Language) -> str:
    if gains["before"].isna().all():
        far = gains.nlargest(3, "median")
        named = listing([f"{row['name']} ({_span(row, language)})" for row in _rows(far)], language)
        return say(
            language,
            f"Ein bestehendes Zentrum ist nicht bekannt, ein Vorher gibt es nicht. Am weitesten bleibt der Weg in "
            f"{named}; in Minuten, Median und 80-%-Vorhersageintervall.",
            f"No existing centre is known, so there is no before. Farthest remain {named}; minutes, median and 80% "
            "prediction interval.",
        )
    none = gains[gains["gain"] < 0.5]
    most = gains.iloc[0]
    kept = listing([str(name) for name in none["name"].head(6)], language)
    rest = f" ({say(language, 'und weitere', 'and others')})" if len(none) > 6 else ""
    return say(
        language,
        f"Sagen alle Träger zu, gewinnt {most['name']} am meisten ({number(most['gain'], 'de')} Minuten)"
        + (f"; nichts gewinnen {kept}{rest}." if len(none) else "; alle Stadtteile gewinnen."),
        f"If all operators agree, {most['name']} gains most ({number(most['gain'], 'en')} minutes)"
        + (f"; nothing is gained by {kept}{rest}." if len(none) else "; all districts gain."),
    )


def _span(row: dict[str, Any], language: Language) -> str:
    low, high = (number(row[f"{side}_80"], language) for side in ("lower", "upper"))
    return f"{number(row['median'], language)}; {low} {say(language, 'bis', 'to')} {high}"


def _money(values: dict[str, float], sites: pd.DataFrame, language: Language) -> str:
    upgraded = listing([str(name) for name in sites.loc[sites["upgraded"], "name"]], language)
    kind = "Gesundheits- und Pflegezentrum"
    text = ""
    if upgraded:
        text = say(
            language,
            f"Zum {kind} auszubauen ist der Wege wegen am besten: {upgraded}. ",
            f"Best made a {kind}, for the sake of ways: {upgraded}. ",
        )
    cost, unknown = values["cost"], int(values["cost_unknown"])
    if cost != cost:
        return text + say(language, "Kosten: unbekannt.", "Costs: unknown.")
    lacking = say(language, f"; von {unknown} Standorten fehlen sie", f"; those of {unknown} sites are lacking")
    more = values["cost_upgrade"]
    upgrade = ", " + say(language, "der Ausbau ", "the upgrade ") + _euro(more, language) if more > 0 else ""
    return text + say(
        language,
        f"Die neuen Standorte kosten {_euro(cost, 'de')}{upgrade}{lacking if unknown else ''}.",
        f"The new sites cost {_euro(cost, 'en')}{upgrade}{lacking if unknown else ''}.",
    )


def _known(values: dict[str, float], language: Language) -> str:
    counts = {name: f"{values[name]:.0f}" for name in values if name.startswith(("candidates", "centres_existing"))}
    return say(
        language,
        f"Bekannte Standorte: {counts['candidates']} (bestehend {counts['centres_existing']}, zugesagt "
        f"{counts['candidates_asked']}, nicht gefragt {counts['candidates_open']}, abgelehnt "
        f"{counts['candidates_declined']}); Ort unbekannt: {counts['candidates_no_place']}.",
        f"Sites known: {counts['candidates']} (existing {counts['centres_existing']}, agreed "
        f"{counts['candidates_asked']}, not asked {counts['candidates_open']}, declined "
        f"{counts['candidates_declined']}); place unknown: {counts['candidates_no_place']}.",
    )


def _euro(value: float, language: Language) -> str:
    return number(value / 1e6, language, 2) + NBSP + say(language, "Mio. Euro", "million euro")


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
