"""Fetching official tables: against a server on this machine that breaks off, refuses, and answers as GENESIS does."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest
import yaml

from carelab import cli, paths
from carelab.inputs.desk import pull as pulling
from carelab.inputs.desk.fetch import AGENT, Request, fetch
from carelab.inputs.errors import DataError
from carelab.terms import UserError

pytestmark = pytest.mark.functional
BODY = b"Jahr;Wert\n" + b"".join(b"%d;%d\n" % (year, year * 3) for year in range(20000))
TOKEN = "geheim-0123456789"


class Service(BaseHTTPRequestHandler):
    """A file that breaks off at first, a GENESIS service that wants a token, and one that refuses large tables."""

    asked: list[dict[str, str]]
    broken = 0

    def do_GET(self) -> None:
        type(self).asked.append(dict(self.headers))
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        same = self.headers.get("If-Range", '"v1"') == '"v1"'
        start = start if same else 0
        self.send_response(206 if start else 200)
        self.send_header("ETag", '"v1"')
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        if type(self).broken:
            type(self).broken -= 1
            self.wfile.write(BODY[start : start + 100_000])
            self.wfile.flush()
            self.connection.close()
        else:
            self.wfile.write(BODY[start:])

    def do_POST(self) -> None:
        form = {
            key: value[0]
            for key, value in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()
        }
        type(self).asked.append({**dict(self.headers), **form, "path": self.path})
        if self.headers.get("username") != TOKEN:
            self.send_error(401)
            return
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as out:
            out.writestr("tabelle.csv", "Jahr;Wert\n2023;1\n")
        large = {
            "Status": {"Code": 98, "Content": "Die Tabelle enthält mehr als 40.000 Werte; bitte als Job anfordern."}
        }
        answer = json.dumps(large).encode() if form["name"] == "gross" else packed.getvalue()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    Service.asked, Service.broken = [], 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str) -> Path:
    """A data folder whose pull.yaml asks the server of this machine."""
    folder = tmp_path / "data"
    (folder / "stadt").mkdir(parents=True)
    (folder / "stadt" / "city.yaml").write_text(
        (paths.DATA / "musterstadt" / "city.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    form = {"name": "klein", "regionalkey": "{ags}", "format": "ffcsv"}
    one = {"for": "city", "title": "T", "publisher": "P", "licence": "L", "kind": "", "url": service + "/rest"}
    entries = {
        "small": {**one, "method": "POST", "form": form},
        "large": {**one, "method": "POST", "form": {**form, "name": "gross"}},
        "plain": {**one, "for": "reference", "method": "GET", "sha256": hashlib.sha256(BODY).hexdigest()},
    }
    (folder / "pull.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    monkeypatch.setattr(paths, "DATA", folder)
    monkeypatch.setattr(paths, "OUTPUTS", tmp_path / "outputs")
    monkeypatch.setattr(pulling, "PAUSE", 0.0)
    return folder


def test_a_broken_download_goes_on_where_it_stopped(service: str, tmp_path: Path) -> None:
    Service.broken = 1
    request = Request(service, sha256=hashlib.sha256(BODY).hexdigest())
    with pytest.raises(DataError, match="der nächste Aufruf macht weiter"):
        fetch(request, tmp_path, timeout=5)
    part = next(tmp_path.glob("*.part")).stat().st_size
    assert 0 < part < len(BODY)
    path = fetch(request, tmp_path, timeout=5)
    assert path.read_bytes() == BODY
    assert Service.asked[1]["Range"] == f"bytes={part}-"
    assert Service.asked[1]["User-Agent"] == AGENT
    assert [each.name for each in tmp_path.iterdir()] == [path.name], "no parts are left"


def test_a_file_that_changed_meanwhile_starts_anew(service: str, tmp_path: Path) -> None:
    Service.broken = 1
    with pytest.raises(DataError):
        fetch(Request(service), tmp_path, timeout=5)
    next(tmp_path.glob("*.tag")).write_text('"v0"', encoding="utf-8")
    assert fetch(Request(service), tmp_path, timeout=5).read_bytes() == BODY


def test_a_wrong_hash_is_refused_and_not_kept(service: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Prüfsumme"):
        fetch(Request(service, sha256="0" * 64), tmp_path, timeout=5)
    assert list(tmp_path.glob("*.data")) == []
    assert fetch(Request(service), tmp_path, timeout=5).read_bytes() == BODY, "the refused part spoils no later call"


def test_offline_is_one_sentence_and_code_2(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = yaml.safe_load((data / "pull.yaml").read_text())
    closed["plain"]["url"] = "http://127.0.0.1:9/file"
    (data / "pull.yaml").write_text(yaml.safe_dump(closed), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        cli.main(["data", "pull", "reference"])
    err = capsys.readouterr().err.strip()
    assert end.value.code == 2
    reason = "127.0.0.1:9 ist nicht erreichbar (ConnectionRefusedError)"
    assert err == f"{reason}: dafür braucht es Internet; alles andere läuft ohne."


def test_the_token_is_needed_used_and_never_shown(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(pulling.TOKEN, raising=False)
    with pytest.raises(UserError, match="fehlt das Zugangstoken"):
        pulling.pull("stadt", only=["small"])
    for token, code in (("falsch-" + TOKEN, 2), (TOKEN, 0)):
        monkeypatch.setenv(pulling.TOKEN, token)
        with pytest.raises(SystemExit) as end:
            cli.main(["data", "pull", "stadt", "--only", "small"])
        out, err = capsys.readouterr()
        assert end.value.code == code
        assert TOKEN not in out + err
        assert code == 0 or "Zugang abgelehnt (401)" in err
    asked = Service.asked[-1]
    assert asked["regionalkey"] == "99000", "the city's key fills the form"
    assert TOKEN not in asked["path"], "never in an address, where servers log it"
    kept = tmp_path / "outputs" / "pulled" / "stadt"
    assert (kept / "small.csv").read_text() == "Jahr;Wert\n2023;1\n", "unpacked from the ZIP that GENESIS sends"
    assert all(TOKEN.encode() not in path.read_bytes() for path in kept.rglob("*"))


def test_what_is_there_is_not_asked_for_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pulling.TOKEN, TOKEN)
    first = pulling.pull("stadt", only=["small"])
    second = pulling.pull("stadt", only=["small"])
    assert (first[0].cached, second[0].cached, len(Service.asked)) == (False, True, 1)
    assert pulling.pull("stadt", only=["small"], again=True)[0].cached is False
    first[0].path.write_text("verändert", encoding="utf-8")
    assert pulling.pull("stadt", only=["small"])[0].cached is False, "a damaged file is not taken for the table"


def test_too_large_a_table_says_what_to_do(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pulling.TOKEN, TOKEN)
    with pytest.raises(DataError, match=r"mehr als 40\.000 Werte.*startyear/endyear"):
        pulling.pull("stadt", only=["large"])


def test_requests_are_spaced(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pulling.TOKEN, TOKEN)
    entries = yaml.safe_load((data / "pull.yaml").read_text())
    entries["other"] = entries.pop("large") | {"form": {"name": "auch"}}
    (data / "pull.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    pauses: list[float] = []
    pulling.pull("stadt", pause=pauses.append)
    assert len(pauses) == 1, "between two requests, not before the first"


def test_the_sources_of_the_project_are_well_formed() -> None:
    entries = yaml.safe_load((paths.ROOT / "data" / "pull.yaml").read_text(encoding="utf-8"))
    for entry in entries.values():
        assert entry["for"] in ("city", "reference")
        assert entry["url"].startswith("https://")
        assert entry["method"] == "GET" or entry["form"]["name"] in entry["title"]
