"""Carry over measures that cities published: Hannover's entry of 2019 on Quartierszentren, as far as it was found.

Facts of the work programme "Mein Hannover 2030"; the quarters of its milestones and what became of them were not found.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

URL = (
    "https://www.hannover.de/Leben-in-der-Region-Hannover/Politik/Bürgerbeteiligung-Engagement/Mein-Hannover-2030/"
    "Das-Arbeitsprogramm/Quartierszentrenbildung-ambulante-Gesundheits-und-Pflegezentren"
)
_GOALS = (
    ("weitere Quartierszentren", "", "Quartal nicht gefunden"),
    ("Information und Beratung", "", "Quartal nicht gefunden"),
    ("Start von Gesundheits- und Pflegezentren", "", "Quartal nicht gefunden"),
    ("Pflegetisch", "2x jährlich", "Zahl der Sitzungen nicht gefunden"),
    (
        "Gespräche mit den Pflegekassen über sektorenübergreifende Verträge",
        "kontinuierlich",
        "kontinuierlich nach der Kurzbeschreibung der Maßnahme",
    ),
)


def hannover_measures(_: Path) -> pd.DataFrame:
    """Return Hannover's measure; partners are those its text names as examples, empty cells were not found."""
    row = {
        "measure": "H1",
        "name": "Quartierszentrenbildung / ambulante Gesundheits- und Pflegezentren",
        "field": "Inklusion, Integration und Teilhabe",
        "district": "",
        "since": "2019",
        "responsible": "Landeshauptstadt Hannover, Fachbereich Senioren",
        "partners": "Pflegeeinrichtungen; Pflegekassen; Wohlfahrtsverbände; Wohnungswirtschaft; ambulante "
        "Pflegedienste; Sportvereine",
        "costs_eur": float("nan"),
        "funding": "",
        "council_decision": "kein Beschluss gefunden; Informationsdrucksachen 2270/2022 und 1171/2025",
        "participation": "",
        "indicator": "",
        "as_of": "2019",
        "url": URL,
        "note": "Arbeitsprogramm „Mein Hannover 2030“; Partner wie im Text als Beispiele genannt; verantwortlich nach "
        "fgw-ev.de (Projekt 111); Kosten, Finanzierung und Beteiligung nicht gefunden",
    }
    return pd.DataFrame([row])


def hannover_milestones(_: Path) -> pd.DataFrame:
    """Return its milestones of 2019; what became of them was not found (status unknown)."""
    rows = pd.DataFrame(_GOALS, columns=["goal", "schedule", "note"])
    return rows.assign(
        milestone=[f"H1-{number}" for number in range(1, len(rows) + 1)],
        measure="H1",
        goal_year=2019,
        status="unknown",
        reached="",
        done_times=float("nan"),
        as_of="2019",
        url=URL,
    )
