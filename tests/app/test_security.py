"""What every start and every answer is held to."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

from app.errors import SettingsError
from app.factory import create_app
from app.security import require_loopback, secret_key
from app.settings import Settings


def test_the_key_is_made_once_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    first = secret_key(tmp_path)
    assert len(first) == 64
    assert secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert secret_key(tmp_path) != secret_key(tmp_path / "other")


def test_the_application_signs_with_the_key_of_its_home(app: Dash, home: Path) -> None:
    assert app.server.config["SECRET_KEY"] == (home / "secret_key").read_text()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_loopback_is_allowed(host: str) -> None:
    require_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "8.8.8.8", "::", "", "no-such-host.invalid"])
def test_any_other_address_is_refused_with_what_to_do(host: str) -> None:
    with pytest.raises(SettingsError, match=r"127[.]0[.]0[.]1"):
        require_loopback(host)


def test_a_name_with_one_address_that_others_reach_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", (address, 0)) for address in ("127.0.0.1", "192.168.1.5")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: both)
    with pytest.raises(SettingsError, match="no sign-in yet"):
        require_loopback("two-faced.example")


def test_scripts_come_from_here_alone(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]+);", policy)
    assert scripts is not None
    sources = scripts.group(1).split()
    assert sources[0] == "'self'"
    assert len(sources) > 1
    assert all(re.fullmatch(r"'sha256-[\w+/=]+'", source) for source in sources[1:])
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'self'" in policy


def test_every_inline_script_of_the_page_is_in_the_policy(client: FlaskClient) -> None:
    import base64
    import hashlib

    response = client.get("/")
    inline = re.findall(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", response.text, re.DOTALL
    )
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert digest in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/find", "/assets/app.css", "/no/such/page", "/assets/none.js"])
def test_every_answer_has_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_what_has_its_age_in_the_address_may_be_kept_and_pages_may_not(client: FlaskClient) -> None:
    assert "immutable" in client.get("/assets/app.css?m=1").headers["Cache-Control"]
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/assets/none.css?m=1").headers.get("Cache-Control") is None


def test_a_host_name_that_is_not_ours_is_refused(client: FlaskClient) -> None:
    response = client.get("/", headers={"Host": "rebound.example"})
    assert response.status_code == 400
    assert "DIPTYCH_TRUSTED_HOSTS" in response.text


def test_a_body_over_the_limit_is_refused_in_words(home: Path) -> None:
    client = create_app(Settings(home=home, max_request_kb=1)).server.test_client()
    response = client.post("/_dash-update-component", data=b"{" * 2000, content_type="application/json")
    assert response.status_code == 413
    assert "DIPTYCH_MAX_REQUEST_KB" in response.text


def test_a_page_of_another_site_cannot_act_here(client: FlaskClient) -> None:
    for site, code in (("cross-site", 403), ("same-site", 403), ("same-origin", 400)):
        response = client.post("/_dash-update-component", data="{", headers={"Sec-Fetch-Site": site},
                               content_type="application/json")  # fmt: skip
        assert response.status_code == code, site


def test_no_source_sets_markup_from_text() -> None:
    root = Path(__file__).resolve().parents[2]
    sources = [
        path
        for part in ("app", "pages", "assets")
        for path in (root / part).rglob("*")
        if path.suffix in (".py", ".js")
    ]
    assert sources
    banned = ("dangerously_allow_html", "innerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
    found = [f"{path.name}: {word}" for path in sources for word in banned if word in path.read_text(encoding="utf-8")]
    assert not found


def test_nothing_is_ever_unpickled() -> None:
    root = Path(__file__).resolve().parents[2]
    sources = [path for part in ("app", "pages", "data", "analytics") for path in (root / part).rglob("*.py")]
    banned = re.compile(
        r"\b(pickle|cloudpickle|joblib|marshal|shelve|dill)\b[.]?(load|loads|Unpickler)"
        r"|^\s*(import|from) (pickle|joblib|dill)",
        re.M,
    )
    assert not [path.name for path in sources if banned.search(path.read_text(encoding="utf-8"))]
