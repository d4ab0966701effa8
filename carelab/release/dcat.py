"""Metadata of a run's indicators for open-data portals: DCAT-AP as JSON-LD, addresses relative to the run's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from carelab.release.exhibit import Exhibit

FILE: Final = "dcat.jsonld"
TABLES: Final = ("indicators", "indicator_overview", "indicator_catalogue", "early_warning")
"""Exhibits that are published as data; where a run lacks one, its distribution is left out."""
CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "prov": "http://www.w3.org/ns/prov#",
}
_TYPES: Final = "http://publications.europa.eu/resource/authority/file-type/"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def dcat_jsonld(exhibits: Sequence[Exhibit], run: Mapping[str, Any]) -> str:
    """Return the metadata of a run that has indicators; empty where it has none.

    ``run``: id, city_name, params, finished, synthetic and ``dataset`` (title, description, publisher, licence, theme,
    keywords; data/catalogue.yaml).
    """
    data = {exhibit.id: exhibit for exhibit in exhibits if exhibit.id in TABLES}
    about = run.get("dataset")
    if "indicators" not in data or about is None:
        return ""
    files = [_csv(data[name], about["licence"], run) for name in TABLES if name in data]
    dataset = {"@id": f"urn:carelab:{run.get('id', '')}", "@type": "dcat:Dataset", **_about(about, run)}
    dataset["dcat:distribution"] = [*files, _workbook(about["licence"], run)]
    return json.dumps({"@context": CONTEXT, **dataset}, indent=2, ensure_ascii=False) + "\n"


def _about(about: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a dataset says of itself."""
    params, city = run["params"], str(run.get("city_name") or run["params"]["city"])
    invented = {
        "de": " Erfundene Stadt: alle Zahlen sind simuliert.",
        "en": " Invented city: all figures are simulated.",
    }
    description = {
        language: f"{words} {city}." + (invented[language] if run.get("synthetic") else "")
        for language, words in about["description"].items()
    }
    return {
        "dct:identifier": str(run.get("id", "")),
        "dct:title": _words({language: f"{words}: {city}" for language, words in about["title"].items()}),
        "dct:description": _words(description),
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": _words(about["publisher"])},
        "dct:issued": _date(run),
        "dct:language": [{"@id": _language(params["language"])}],
        "dct:spatial": {"@type": "dct:Location", "dct:title": city},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:gYear", "@value": str(params["base_year"])},
            "dcat:endDate": {"@type": "xsd:gYear", "@value": str(params["horizon_year"])},
        },
        "dcat:theme": [{"@id": theme} for theme in about["theme"]],
        "dcat:keyword": _words(about["keywords"]),
    }


def _csv(exhibit: Exhibit, licence: str, run: Mapping[str, Any]) -> dict[str, Any]:
    title = {"@language": exhibit.language, "@value": exhibit.title}
    return _distribution(f"tables/{exhibit.id}.csv", title, "CSV", "text/csv", licence=licence, run=run)


def _workbook(licence: str, run: Mapping[str, Any]) -> dict[str, Any]:
    title = _words({"de": "Alle Tabellen als Excel-Datei", "en": "All tables as an Excel file"})
    return _distribution("tables.xlsx", title, "XLSX", _SHEET, licence=licence, run=run)


def _distribution(
    address: str, title: Any, kind: str, media: str, *, licence: str, run: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "@type": "dcat:Distribution",
        "dct:title": title,
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dct:format": {"@id": _TYPES + kind},
        "dcat:mediaType": {"@id": _MEDIA + media},
        "dct:license": {"@id": licence},
        "dct:issued": _date(run),
    }


def _words(words: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return texts (or lists of texts) by language as JSON-LD literals."""
    return [
        {"@language": language, "@value": str(text)}
        for language, texts in words.items()
        for text in ([texts] if isinstance(texts, str) else texts)
    ]


def _date(run: Mapping[str, Any]) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": str(run.get("finished") or run.get("started") or "")[:10]}


def _language(language: str) -> str:
    code = {"de": "DEU", "en": "ENG"}[language]
    return f"http://publications.europa.eu/resource/authority/language/{code}"
