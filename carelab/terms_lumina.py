"""Begriffe of offers close to home (LUMINA): kinds, who provides them, for whom, and the words people read and write.

Kinds follow the law where it names them: § 7a SGB XI (counselling), § 45a (1) SGB XI (support in daily life, in
three parts), § 45d SGB XI (self-help), § 71 SGB XII (company, culture and mobility of old people).
"""

from __future__ import annotations

from typing import Final

LEAST_TOLD: Final = 5
"""Counts of persons from 1 to below this are never written down: the cell says "<5" and stays empty."""

OFFER_TYPES: Final[dict[str, tuple[str, str]]] = {
    "beratung": ("Pflegeberatung (§ 7a SGB XI)", "care counselling (§ 7a SGB XI)"),
    "wohnberatung": ("Wohnberatung", "housing advice"),
    "betreuung": ("Betreuungsangebot (§ 45a Nr. 1 SGB XI)", "care group or visit (§ 45a no. 1 SGB XI)"),
    "entlastung": ("Entlastung von Pflegenden (§ 45a Nr. 2 SGB XI)", "relief of carers (§ 45a no. 2 SGB XI)"),
    "alltagshilfe": ("Entlastung im Alltag (§ 45a Nr. 3 SGB XI)", "help in daily life (§ 45a no. 3 SGB XI)"),
    "nachbarschaft": ("Nachbarschaftshilfe", "neighbourly help"),
    "selbsthilfe": ("Selbsthilfe (§ 45d SGB XI)", "self-help (§ 45d SGB XI)"),
    "begegnung": ("Begegnung (§ 71 SGB XII)", "company (§ 71 SGB XII)"),
    "kultur": ("Kultur und Bildung (§ 71 SGB XII)", "culture and education (§ 71 SGB XII)"),
    "mobilitaet": ("Mobilität und Begleitung (§ 71 SGB XII)", "mobility and company on the way (§ 71 SGB XII)"),
    "bewegung": ("Bewegung und Vorbeugung", "exercise and prevention"),
    "besuchsdienst": ("Besuchsdienst", "visiting service"),
    "digital": ("Digitale Teilhabe", "digital participation"),
    "anderes": ("anderes Angebot", "another offer"),
}
"""Kind of offer -> words (de, en)."""
PROVIDERS: Final[dict[str, tuple[str, str]]] = {
    "kommune": ("Kommune", "municipality"),
    "pflegekasse": ("Pflegekasse", "care fund"),
    "wohlfahrt": ("Wohlfahrtsverband", "welfare association"),
    "kirche": ("Kirchengemeinde", "parish"),
    "verein": ("Verein", "association"),
    "wohnungsunternehmen": ("Wohnungsunternehmen", "housing company"),
    "pflegedienst": ("Pflegedienst oder Heim", "care service or home"),
    "selbsthilfegruppe": ("Selbsthilfegruppe", "self-help group"),
    "unternehmen": ("anderes Unternehmen", "another company"),
    "anderer": ("anderer Träger", "another institution"),
}
"""Kind of institution -> words (de, en); persons are none of them."""
OFFER_TARGETS: Final[dict[str, tuple[str, str]]] = {
    "alle": ("alle", "everybody"),
    "aeltere": ("ältere Menschen", "older people"),
    "pflegebeduerftige": ("Menschen mit Pflegebedarf", "people in need of care"),
    "angehoerige": ("pflegende Angehörige", "family carers"),
    "demenz": ("Menschen mit Demenz", "people with dementia"),
}
"""For whom -> words (de, en)."""
COUNTED: Final[dict[str, tuple[str, str]]] = {
    "persons": ("verschiedene Personen", "different persons"),
    "visits": ("Teilnahmen", "attendances"),
}
"""What a count of those reached counts -> words (de, en); only persons enter reach."""
ACCESSIBLE: Final[dict[str, tuple[str, str]]] = {
    "ja": ("ja", "yes"),
    "nein": ("nein", "no"),
    "unbekannt": ("unbekannt", "unknown"),
}
TOLD_QUALITY: Final[dict[str, tuple[str, str]]] = {
    "A": ("A", "A"),
    "B": ("B", "B"),
    "C": ("C", "C"),
}
"""A counted or kept by the provider, B told by others or published, C unclear."""
OFFER_CODES: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "type": OFFER_TYPES,
    "provider": PROVIDERS,
    "target": OFFER_TARGETS,
    "counted": COUNTED,
    "accessible": ACCESSIBLE,
    "quality": TOLD_QUALITY,
}
"""Column of offers.csv -> code -> words (de, en)."""
OFFER_HEADINGS: Final[dict[str, tuple[str, str]]] = {
    "offer": ("Kennung", "Code"),
    "name": ("Angebot", "Offer"),
    "district": ("Stadtteil", "District"),
    "first_quarter": ("von Quartal", "From quarter"),
    "last_quarter": ("bis Quartal", "To quarter"),
    "type": ("Art", "Kind"),
    "provider": ("Trägerart", "Kind of provider"),
    "target": ("Zielgruppe", "For whom"),
    "places": ("Plätze im Quartal", "Places in the quarter"),
    "reached": ("Erreichte im Quartal", "Reached in the quarter"),
    "counted": ("Zählweise", "What is counted"),
    "hours_week": ("Stunden je Woche", "Hours a week"),
    "accessible": ("barrierefrei", "Accessible"),
    "quality": ("Güte", "Quality"),
    "source": ("Quelle", "Source"),
    "url": ("Internet", "Address"),
}
"""Column of offers.csv -> heading in a template (de, en)."""
GROUPS: Final[dict[str, tuple[str, str]]] = {
    "need_home": ("Pflegebedürftige zu Hause", "people in need at home"),
    "aged_65": ("Menschen ab 65", "people from 65"),
    "aged_80": ("Menschen ab 80", "people from 80"),
}
"""Groups whose way is measured -> words (de, en)."""
RANKINGS: Final[dict[str, tuple[str, str]]] = {
    "aged": ("höchster Anteil ab 80 zuerst", "highest share of 80 and over first"),
    "wohngeld": ("meiste Wohngeld-Haushalte zuerst", "most households with housing benefit first"),
}
"""What districts are ranked by, the worst-off first, for the concentration index -> words (de, en)."""

LUMINA_LABELS: Final[dict[str, tuple[str, str]]] = {
    "offer": ("Kennung", "Code"),
    "offer_name": ("Angebot", "Offer"),
    "offer_type": ("Art des Angebots", "Kind of offer"),
    "offers": ("Angebote", "Offers"),
    "quarter": ("Quartal", "Quarter"),
    "places_offered": ("Plätze", "Places"),
    "places_untold": ("Angebote ohne Platzzahl", "Offers without places told"),
    "hours_week": ("Stunden je Woche", "Hours a week"),
    "accessible": ("barrierefrei", "Accessible"),
    "accessible_untold": ("unbekannt, ob barrierefrei", "Unknown whether accessible"),
    "persons_reached": ("erreichte Personen", "Persons reached"),
    "attendances": ("Teilnahmen", "Attendances"),
    "counts_hidden": ("Angebote mit 1 bis 4 Erreichten", "Offers that reached 1 to 4"),
    "counts_untold": ("Angebote ohne Zählung", "Offers without a count"),
    "at_least": ("mindestens (größtes Angebot)", "At least (largest offer)"),
    "before_quarter": ("vorher", "Before"),
    "after_quarter": ("nachher", "After"),
    "usual_swing": ("größter Unterschied vor dem Start", "Largest difference before the start"),
    "group_name": ("Gruppe", "Group"),
    "far": ("über 30 Minuten zu Fuß", "Beyond 30 minutes on foot"),
    "persons_far": ("Personen über 30 Minuten", "Persons beyond 30 minutes"),
    "ranking": ("Reihenfolge", "Order"),
    "equity": ("Maß der Verteilung", "Measure of equity"),
    "concentration": ("Konzentrationsindex (−1 bis 1)", "Concentration index (−1 to 1)"),
    "fifth_gap": ("Abstand der Fünftel", "Gap between the fifths"),
    "both_sexes": ("beide", "both"),
    "point": ("genauer Punkt", "exact point"),
    "persons_far_lower_80": ("Personen über 30 Minuten, 80 %: von", "Persons beyond 30 minutes, 80%: from"),
    "persons_far_upper_80": ("Personen über 30 Minuten, 80 %: bis", "Persons beyond 30 minutes, 80%: to"),
    "period": ("Zeitraum", "Period"),
    "place_known": ("Ort", "Place"),
    "ask_offers": ("Angebote im Sozialraum je Quartal", "Offers close to home by quarter"),
}
