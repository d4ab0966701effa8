"""Labels of what a city could ask for, and of what each file would do to the intervals."""

from __future__ import annotations

from typing import Final

NEEDS_LABELS: Final[dict[str, tuple[str, str]]] = {
    "ask": ("Datei", "File"),
    "ask_population": ("Einwohner je Stadtteil nach Alter und Geschlecht", "Inhabitants by district, single age, sex"),
    "ask_care": ("Pflegebedürftige je Stadtteil", "People in need of care by district"),
    "ask_facilities": ("Heimliste mit Plätzen und Stadtteil", "List of homes with places and district"),
    "ask_care_city": ("Neuere Zählung der Pflegebedürftigen der Stadt", "A later count of the city's people in need"),
    "ask_housing": ("Geplanter Wohnungsbau je Stadtteil", "Planned housing by district"),
    "ask_points": ("Schwerpunkte der Einwohner oder 100-m-Gitter", "Centres of inhabitants or a 100 m grid"),
    "ask_geometry": ("Grenzen der Stadtteile", "Borders of the districts"),
    "ask_log": ("Logbuch der Einsätze", "Logbook of visits"),
    "ask_future": ("(keine Datei: künftige Pflegequoten)", "(no file: future care rates)"),
    "oldest_narrower_pct": ("Einwohner ab 80: Intervall schmaler um %", "Inhabitants 80+: interval narrower by %"),
    "need_narrower_pct": ("Bedarf: Intervall schmaler um %", "Need: interval narrower by %"),
    "share_narrower_pct": ("Anteil an der Stadt: schmaler um %", "Share of the city: narrower by %"),
    "gap_narrower_pct": ("Fehlende Plätze: schmaler um %", "Missing places: narrower by %"),
    "narrower_pct": ("größte Wirkung, %", "largest effect, %"),
    "present": ("liegt vor", "is there"),
}
