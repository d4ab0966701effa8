"""Begriffe of the logbook of contacts: every code that may stand in it, with the words people read and may write.

A column takes codes from a list or numbers within limits, never free text: what cannot be written cannot leak.
"""

from __future__ import annotations

from typing import Final

LOG_CODES: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "place_of_contact": {
        "home": ("zu Hause", "at home"),
        "facility": ("Pflegeeinrichtung", "care facility"),
        "hospital": ("Krankenhaus", "hospital"),
        "mobile_stop": ("Haltepunkt im Quartier", "mobile stop"),
        "counselling_point": ("Beratungsstelle", "counselling point"),
        "quarter_centre": ("Quartierszentrum", "quarter centre"),
        "phone": ("Telefon", "telephone"),
        "online": ("online", "online"),
    },
    "service": {
        "care_counselling": ("Pflegeberatung", "care counselling"),
        "advisory_visit": ("Beratungsbesuch", "advisory visit"),
        "identity_card": ("Personalausweis", "identity card"),
        "registration": ("Ummeldung", "registration"),
        "discharge": ("Entlassberatung", "discharge counselling"),
        "participation": ("Teilhabe", "participation"),
        "other_service": ("andere Leistung", "other service"),
    },
    "age_band": {
        "0-59": ("unter 60", "under 60"),
        "60-69": ("60 bis 69", "60 to 69"),
        "70-79": ("70 bis 79", "70 to 79"),
        "80-89": ("80 bis 89", "80 to 89"),
        "90+": ("90 und älter", "90 and over"),
        "unknown": ("unbekannt", "unknown"),
    },
    "pflegegrad_band": {
        "none": ("kein Pflegegrad", "no Pflegegrad"),
        "pg1": ("Pflegegrad 1", "Pflegegrad 1"),
        "pg2_3": ("Pflegegrad 2-3", "Pflegegrad 2-3"),
        "pg4_5": ("Pflegegrad 4-5", "Pflegegrad 4-5"),
        "unknown": ("unbekannt", "unknown"),
    },
    "contact": {"first": ("erster Kontakt", "first contact"), "again": ("weiterer Kontakt", "again")},
    "outcome": {
        "solved": ("erledigt", "solved"),
        "applied": ("Antrag gestellt", "application made"),
        "follow_up": ("weiterer Termin", "follow-up agreed"),
        "passed_on": ("vermittelt", "passed on"),
        "not_met": ("nicht angetroffen", "not met"),
        "declined": ("abgelehnt", "declined"),
    },
    "referral": {
        "none": ("keine", "none"),
        "care_fund": ("Pflegekasse", "care fund"),
        "care_service": ("Pflegedienst", "home-care service"),
        "day_care": ("Tagespflege", "day care"),
        "care_home": ("Pflegeheim", "nursing home"),
        "medical": ("Arztpraxis oder Klinik", "doctor or hospital"),
        "social_office": ("Sozialamt", "social welfare office"),
        "city_office": ("andere Ämter", "other offices"),
        "volunteers": ("Ehrenamt", "volunteers"),
        "housing": ("Wohnberatung", "housing advice"),
        "other_referral": ("andere Stelle", "elsewhere"),
    },
}
"""Column -> code -> words (de, en)."""
LOG_HEADINGS: Final[dict[str, tuple[str, str]]] = {
    "month": ("Monat", "Month"),
    "district": ("Stadtteil", "District"),
    "place_of_contact": ("Ort des Kontakts", "Place of contact"),
    "service": ("Leistung", "Service"),
    "age_band": ("Altersgruppe", "Age band"),
    "pflegegrad_band": ("Pflegegrad", "Pflegegrad band"),
    "contact": ("Kontakt", "Contact"),
    "minutes": ("Minuten", "Minutes"),
    "kilometres": ("Kilometer", "Kilometres"),
    "outcome": ("Ergebnis", "Outcome"),
    "referral": ("Vermittlung", "Referral"),
    "contacts": ("Anzahl", "Contacts"),
}
"""Column -> heading (de, en)."""
