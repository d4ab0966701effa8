"""Fetch one file politely: standard library only, named user agent, time limit, continued where it broke off.

Secrets travel in headers, which no message and no cache ever shows; addresses and form fields hold none.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from carelab import __version__
from carelab.inputs.errors import DataError

TIMEOUT = 60.0
CHUNK = 2**16
AGENT = f"carelab/{__version__} (Pflegebedarf je Stadtteil; fetches single tables, seldom)"
TOO_LARGE = ("40.000", "40000", "zu groß", "zu gross", "too large", "als Job", "Wertfelder")
"""What a GENESIS service says when a table has more values than it hands out in a dialogue."""


@dataclass(frozen=True)
class Request:
    """What is asked: address, form fields (then it is a POST), secret headers, and the expected hash if known."""

    url: str
    form: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    sha256: str = ""

    @property
    def host(self) -> str:
        """Name of the service, for messages."""
        return urllib.parse.urlsplit(self.url).netloc

    def key(self) -> str:
        """Return the name under which parts are kept: address and form, never the secret."""
        text = json.dumps([self.url, dict(self.form)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def fetch(request: Request, folder: Path, *, timeout: float = TIMEOUT) -> Path:
    """Return the fetched file, named by its content's sha256 in ``folder``. Raises DataError.

    What arrived before a connection broke stays in a part; the next call asks for the rest (HTTP Range, only where the
    service says that the file is still the same), else starts anew.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{request.key()}.part"
    try:
        with urllib.request.urlopen(_prepared(request, part), timeout=timeout) as answer:
            _receive(answer, part)
    except urllib.error.HTTPError as error:
        raise _refused(request, error.code) from None
    except (OSError, http.client.HTTPException) as error:
        raise _offline(request, part, error) from None
    content = part.read_bytes()
    try:
        _check(request, content)
    except DataError:  # what is refused must not be continued by the next call
        part.unlink()
        _tag(part).unlink(missing_ok=True)
        raise
    path = folder / f"{hashlib.sha256(content).hexdigest()}.data"
    part.replace(path)
    _tag(part).unlink(missing_ok=True)
    return path


def _prepared(request: Request, part: Path) -> urllib.request.Request:
    """Return the request with its headers; the rest of a file only where it can be told to be the same file."""
    headers = {"User-Agent": AGENT, **request.secret}
    data = urllib.parse.urlencode(dict(request.form)).encode() if request.form else None
    if data is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif part.is_file() and _tag(part).is_file():
        headers |= {"Range": f"bytes={part.stat().st_size}-", "If-Range": _tag(part).read_text(encoding="utf-8")}
    return urllib.request.Request(request.url, data=data, headers=headers, method="POST" if data else "GET")


def _receive(answer: http.client.HTTPResponse, part: Path) -> None:
    """Write what arrives to the part, behind what is there where the service continues it. Raises OSError."""
    tag = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
    if tag and not tag.startswith("W/"):
        _tag(part).write_text(tag, encoding="utf-8")
    else:
        _tag(part).unlink(missing_ok=True)
    length = answer.headers.get("Content-Length")
    arrived = 0
    with part.open("ab" if answer.status == 206 else "wb") as out:
        while block := answer.read(CHUNK):
            out.write(block)
            arrived += len(block)
    if length is not None and arrived < int(length):
        raise OSError(f"{arrived} of {length} bytes")


def _tag(part: Path) -> Path:
    return part.with_suffix(".tag")


def _check(request: Request, content: bytes) -> None:
    """Refuse content that is not the file asked for: another hash, or a message of the service."""
    found = hashlib.sha256(content).hexdigest()
    if request.sha256 and found != request.sha256:
        raise DataError(
            f"{request.host}: Prüfsumme {found[:12]}…, erwartet {request.sha256[:12]}…; die Datei hat sich "
            "geändert oder ist beschädigt und wurde nicht übernommen.",
            f"{request.host}: checksum {found[:12]}…, expected {request.sha256[:12]}…; the file has changed or is "
            "damaged and was not taken.",
        )
    if not content.strip():
        raise DataError(f"{request.host}: leere Antwort.", f"{request.host}: empty answer.")
    said = _message(content)
    if said and any(word in said for word in TOO_LARGE):
        raise DataError(
            f"{request.host}: Die Tabelle hat mehr als 40.000 Werte, mehr gibt der Dienst im Dialog nicht heraus; in "
            "data/pull.yaml startyear/endyear oder regionalkey enger fassen.",
            f"{request.host}: the table has more than 40,000 values, more than the service hands out at once; narrow "
            "startyear/endyear or regionalkey in data/pull.yaml.",
        )
    if said:
        raise DataError(f"{request.host} antwortet: {said}", f"{request.host} answers: {said}")


def _message(content: bytes) -> str:
    """Return what a GENESIS service says instead of a table (JSON with a Status), "" for a table."""
    if not content.lstrip().startswith(b"{"):
        return ""
    try:
        status = json.loads(content).get("Status", {})
    except (ValueError, AttributeError):
        return ""
    if not isinstance(status, dict):
        return str(status)
    return "" if status.get("Code") == 0 else str(status.get("Content", status))


def _refused(request: Request, code: int) -> DataError:
    """Say what a code of refusal means."""
    if code in (401, 403):
        return DataError(
            f"{request.host}: Zugang abgelehnt ({code}); stimmt das Zugangstoken in der Umgebungsvariable?",
            f"{request.host}: access refused ({code}); is the token in the environment variable right?",
        )
    return DataError(
        f"{request.host}: der Dienst antwortet mit Fehler {code}; später noch einmal versuchen.",
        f"{request.host}: the service answers with error {code}; try again later.",
    )


def _offline(request: Request, part: Path, error: Exception) -> DataError:
    """Say that there is no connection, or that it broke, and that what arrived is kept."""
    kept = part.is_file() and part.stat().st_size > 0
    reason = type(getattr(error, "reason", error)).__name__
    if kept:
        return DataError(
            f"{request.host}: Verbindung abgebrochen ({reason}); der nächste Aufruf macht weiter.",
            f"{request.host}: connection broke off ({reason}); the next call goes on.",
        )
    return DataError(
        f"{request.host} ist nicht erreichbar ({reason}): dafür braucht es Internet; alles andere läuft ohne.",
        f"{request.host} cannot be reached ({reason}): this needs the internet; all else works without.",
    )
