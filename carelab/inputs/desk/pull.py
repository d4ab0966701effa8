"""``carelab data pull``: fetch the official tables listed in data/pull.yaml into a cache, each with its provenance."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from carelab import paths
from carelab.inputs.city import REFERENCE_FOLDER, city_folder, read_info, read_yaml
from carelab.inputs.desk.fetch import Request, fetch
from carelab.inputs.errors import DataError
from carelab.terms import UserError

TOKEN = "CARELAB_GENESIS_TOKEN"
"""Environment variable with the personal token of GENESIS-Online and Regionalstatistik."""
PAUSE = 2.0
"""Seconds between two requests to official services."""
CACHE = "pulled"


@dataclass(frozen=True)
class Pulled:
    """One table that was fetched: its key and title, where it lies, and whether it was there already."""

    key: str
    title: str
    path: Path
    kind: str
    cached: bool


def pull(
    target: str,
    *,
    only: Sequence[str] = (),
    again: bool = False,
    cache: Path | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> list[Pulled]:
    """Return the tables of data/pull.yaml for a city or "reference", fetched or taken from the cache.

    ``again`` fetches what is cached, too. Each file lies in ``cache`` (default outputs/pulled) under its key and date,
    beside the file with its hash as a name. Raises DataError (offline, refused, wrong hash, too large) and UserError
    (no such table, no token).
    """
    wanted = _wanted(target, only)
    folder = (paths.OUTPUTS / CACHE if cache is None else cache) / target
    done: list[Pulled] = []
    asked = 0
    for key, source in wanted.items():
        entry = folder / f"{key}.json"
        known = _known(entry, folder)
        if known is not None and not again:
            done.append(Pulled(key, source["title"], known, source["kind"], True))
            continue
        if asked:
            pause(PAUSE)
        asked += 1
        done.append(Pulled(key, source["title"], _fetched(key, source, target, folder), source["kind"], False))
    return done


def _wanted(target: str, only: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the entries for a city or the reference. Raises UserError for names that are not there."""
    every = read_yaml(paths.DATA / "pull.yaml", "pull.yaml")
    group = REFERENCE_FOLDER if target == REFERENCE_FOLDER else "city"
    if group == "city":
        city_folder(target)
    here = {key: source for key, source in every.items() if source["for"] == group}
    unknown = [key for key in only if key not in here]
    if unknown:
        raise UserError(
            f"--only {', '.join(unknown)}: gibt es für {target} nicht; vorhanden: {', '.join(here)}.",
            f"--only {', '.join(unknown)}: not there for {target}; there is: {', '.join(here)}.",
        )
    return {key: source for key, source in here.items() if not only or key in only}


def _known(entry: Path, folder: Path) -> Path | None:
    """Return the cached file of an entry if it is there and its hash is still the one noted."""
    if not entry.is_file():
        return None
    about = json.loads(entry.read_text(encoding="utf-8"))
    path = folder / str(about["file"])
    unharmed = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == about["sha256"]
    return path if unharmed else None


def _fetched(key: str, source: dict[str, Any], target: str, folder: Path) -> Path:
    """Fetch one table; write it and what is known of it."""
    request = _request(source, target)
    raw = fetch(request, folder)
    content = _unpacked(raw.read_bytes())
    path = folder / f"{key}.csv"
    beside = path.with_suffix(".partial")
    beside.write_bytes(content)
    beside.replace(path)
    told = {name: source[name] for name in ("title", "publisher", "licence", "url")}
    digest = hashlib.sha256(content).hexdigest()
    about = {
        "file": path.name,
        "sha256": digest,
        "sha256_as_sent": raw.stem,
        "fetched": date.today().isoformat(),
        **told,
    }
    (folder / f"{key}.json").write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def _request(source: dict[str, Any], target: str) -> Request:
    """Return the request of an entry; POST services need the token. Raises UserError without it."""
    if source["method"] == "GET":
        return Request(source["url"], sha256=str(source.get("sha256", "")))
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise UserError(
            f"Für „{source['title']}“ fehlt das Zugangstoken: nach der (kostenlosen) Anmeldung beim Dienst in die "
            f"Umgebungsvariable {TOKEN} schreiben.",
            f'for "{source["title"]}" the token is missing: after registering with the service (free), put it into the '
            f"environment variable {TOKEN}.",
        )
    if target == REFERENCE_FOLDER:
        keys = {"ags": "", "land": ""}
    else:
        info = read_info(city_folder(target) / "city.yaml", f"{target}/city.yaml")
        keys = {"ags": info.ags, "land": info.land}
    form = {name: str(value).format(**keys) for name, value in source["form"].items()}
    return Request(source["url"], form, {"username": token, "password": ""}, str(source.get("sha256", "")))


def _unpacked(content: bytes) -> bytes:
    """Return the one table in a zip file, as GENESIS-Online sends it; other content as it is. Raises DataError."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = [name for name in packed.namelist() if name.lower().endswith(".csv")]
        if len(names) != 1:
            raise DataError(
                f"Antwort mit {len(names)} Tabellen in einer ZIP-Datei; erwartet: eine.",
                f"answer with {len(names)} tables in a ZIP file; expected: one.",
            )
        return packed.read(names[0])
