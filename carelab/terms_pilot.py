"""Begriffe of the evaluation of a pilot: measures of reach and process, tests, verdicts (read by terms.label)."""

from __future__ import annotations

from typing import Final

PILOT_LABELS: Final[dict[str, tuple[str, str]]] = {
    "simulated_mark": ("SIMULIERT: ", "SIMULATED: "),
    # reach
    "contacts_year": ("Kontakte im Jahr", "contacts in the year"),
    "first_contacts": ("davon erste Kontakte", "first contacts"),
    "need_home": ("Pflegebedürftige zu Hause (Median)", "people in need at home (median)"),
    "begun_share": ("Anteil in schon angefahrenen Quartieren", "share in quarters served already"),
    "pilot_group": ("Pflegegrad", "Pflegegrad"),
    "pg1": ("Pflegegrad 1", "Pflegegrad 1"),
    "pg2_3": ("Pflegegrad 2-3", "Pflegegrad 2-3"),
    "pg4_5": ("Pflegegrad 4-5", "Pflegegrad 4-5"),
    "pilot_service": ("Leistung", "Service"),
    "care_counselling": ("Pflegeberatung", "care counselling"),
    "advisory_visit": ("Beratungsbesuch (§ 37 Abs. 3 SGB XI)", "advisory visit (§ 37 (3) SGB XI)"),
    "identity_card": ("Personalausweis", "identity card"),
    "assumed_low": ("vorher angenommen: von", "assumed before: from"),
    "assumed_high": ("bis", "to"),
    # equity and process
    "pilot_measure": ("Maß", "Measure"),
    "least_fifth": ("am wenigsten erreichtes Fünftel", "least-served fifth"),
    "best_fifth": ("am besten erreichtes Fünftel", "best-served fifth"),
    "gap_fifths": ("Abstand der beiden Fünftel", "gap between these fifths"),
    "gap_by_chance": ("Abstand, den der Zufall allein ergäbe", "gap that chance alone would give"),
    "concentration_wohngeld": (
        "Konzentrationsindex nach Wohngeldhaushalten (über 0: dort mehr, wo es mehr davon gibt)",
        "concentration index by households with Wohngeld (above 0: more where there are more of them)",
    ),
    "concentration_share_65plus": (
        "Konzentrationsindex nach dem Anteil ab 65 (über 0: in älteren Stadtteilen mehr)",
        "concentration index by the share from 65 (above 0: more in older districts)",
    ),
    "minutes_per_contact": ("Minuten je Kontakt", "minutes per contact"),
    "km_per_contact": ("Kilometer je Kontakt", "kilometres per contact"),
    # effects
    "pilot_outcome": ("Zielgröße", "Outcome"),
    "role": ("Rolle", "Role"),
    "primary": ("Hauptzielgröße", "primary"),
    "secondary": ("weitere", "secondary"),
    "negative_control": ("Negativkontrolle", "negative control"),
    "estimate": ("Schätzung", "Estimate"),
    "randomisation_p": ("p (Zufallszuteilung)", "p (randomisation)"),
    "mde": ("kleinste aufdeckbare Wirkung", "minimum detectable effect"),
    "mde_share": ("in Prozent des Niveaus", "as a share of the level"),
    "effect_target": ("Wirkung, die zählen würde", "effect that would matter"),
    "said": ("Urteil", "Verdict"),
    "effect_found": ("Effekt gefunden", "effect found"),
    "no_effect_found": ("kein Effekt gefunden", "no effect found"),
    "effect_open": ("offen", "open"),
    "effect_could_not": ("hätte nicht gefunden werden können", "could not have been found"),
    "control_quiet": ("unverändert, wie es sein muss", "unchanged, as it must be"),
    "control_loud": ("Warnung: verändert", "warning: changed"),
    "clustered_p": ("p (t-Test nach Einheiten; nur Warnung)", "p (clustered t; warning only)"),
    "since_start": ("Halbjahre seit dem Start", "half-years since the start"),
    "what": ("Art", "Kind"),
    "placebo": ("Placebo vor dem Start", "placebo before the start"),
    "after_start": ("nach dem Start", "after the start"),
    "test": ("Test", "Test"),
    "effect": ("Wirkung", "effect"),
    "clustered": ("t-Test nach Einheiten (nur Warnung)", "clustered t (warning only)"),
    "placebo_1": ("Placebo, 1 Halbjahr vor dem Start", "placebo, 1 half-year before the start"),
    **{
        f"placebo_{lead}": (f"Placebo, {lead} Halbjahre vor dem Start", f"placebo, {lead} half-years before the start")
        for lead in range(2, 13)
    },
    **{
        f"since_{since}": (f"Wirkung im {since + 1}. Halbjahr", f"effect in half-year {since + 1}")
        for since in range(24)
    },
    "shown_p": ("p", "p"),
    "rejected_share": ("schlägt ohne Wirkung an", "rejects without effect"),
    "attainable_share": ("erreichbares Niveau", "attainable level"),
    "runs": ("simulierte Zukünfte", "simulated futures"),
    # a single site
    "method": ("Verfahren", "Method"),
    "time_series": ("eigene Zeitreihe", "its own series"),
    "synthetic_control": ("synthetische Kontrolle", "synthetic control"),
    "rank_p": ("p (Rang unter allen Quartieren)", "p (rank among all quarters)"),
    "site_dates": ("geprüfte Termine davor", "dates tested before"),
    "site_loud": ("davon falsch auffällig", "of these loud falsely"),
    "observed_here": ("dort gezählt", "counted there"),
    # plans and truth
    "roll_out": ("Plan", "Plan"),
    "six_at_once": ("sechs Stadtteile zugleich", "six districts at once"),
    "half_at_once": ("die Hälfte zugleich", "half of them at once"),
    "half_in_waves": ("die Hälfte in drei Wellen", "half of them in three waves"),
    "treated_units": ("mit Angebot", "with the service"),
    "units": ("Einheiten", "Units"),
    "finest": ("kleinstes mögliches p", "finest possible p"),
    "pilot_part": ("Teil", "Part"),
    "reached_share": ("erreichter Anteil", "share reached"),
    "effect_mean": ("mittlere Wirkung", "mean effect"),
    "found_back": ("gefunden", "found"),
    "truth": ("wahr (eingebaut)", "true (put in)"),
    "inside": ("im Intervall", "inside the interval"),
    # invented outcomes of the simulated pilot
    "relief_per_1000": ("Entlastungsleistungen je 1.000", "relief benefits per 1,000"),
    "moves_per_1000": ("Umzüge ins Heim je 1.000", "moves into homes per 1,000"),
    "hospital_per_1000": ("Krankenhausaufnahmen je 1.000", "hospital admissions per 1,000"),
    "advice_per_1000": ("Beratene je 1.000", "people advised per 1,000"),
    "cards_60plus_per_1000": ("Ausweise ab 60 je 1.000", "cards from 60 on per 1,000"),
    "cards_24to59_per_1000": ("Ausweise der 24- bis 59-Jährigen je 1.000", "cards of people of 24 to 59 per 1,000"),
}
