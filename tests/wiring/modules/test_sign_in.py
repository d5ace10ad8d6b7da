from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from contracts.access.oidc import Provider
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from services.auth.oidc_client.identities import Identities
from tests.wiring.conftest import ORIGIN, Served
from wiring.auth_settings import AuthTable
from wiring.modules.sign_in import build_clients, build_sign_in
from wiring.settings import SettingsError, read_project_file

WRITTEN = """
[[auth.providers]]
name = "google"
preset = "google"
client_id = "ours"
secret_env = "GOOGLE_SECRET"

[[auth.providers]]
name = "apple"
preset = "apple"
client_id = "example.app"
team_id = "TEAM"
key_id = "KEY"
key_file = "apple.p8"

[[auth.providers]]
name = "work"
label = "Work & Co"
issuer = "https://id.example"
client_id = "ours"
algorithms = ["ES256"]

[[auth.admins]]
issuer = "https://id.example"
sub = "boss"
"""


def _read(folder: Path, text: str) -> AuthTable:
    (folder / "tipbench.toml").write_text(text)
    return read_project_file(folder / "tipbench.toml").auth


def _providers(folder: Path, text: str, auth: Any = None) -> dict[str, Provider]:
    table = _read(folder, text)
    identities = Identities(b"i" * 32, UserKeys(UserKeyFile(folder / "user-keys.db"), b"h" * 32))
    return build_sign_in(table, {"GOOGLE_SECRET": "planted"}, folder, auth, ORIGIN, identities).providers


def test_providers_come_from_the_project_file(tmp_path: Path) -> None:
    """The presets know issuer and manners; secrets come by variable or key file and are in no text."""
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "apple.p8").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    google, apple, work = _providers(tmp_path, WRITTEN).values()
    assert (google.issuer, google.form_post) == ("https://accounts.google.com", False)
    assert (google.revoke_on_erase, apple.revoke_on_erase) == (False, True)
    assert google.secret is not None
    assert google.secret(0.0) == "planted"
    assert (apple.issuer, apple.form_post, apple.loose_verified) == ("https://appleid.apple.com", True, True)
    assert (work.label, work.algorithms, work.secret) == ("Work & Co", ("ES256",), None)
    assert "planted" not in repr(google)


@pytest.mark.parametrize(
    "lines",
    [
        'name = "A"\nissuer = "https://id.example"',
        'name = "a/b"\nissuer = "https://id.example"',
        'name = "a"',
        'name = "a"\nissuer = "http://id.example"',
        'name = "a"\nissuer = "https://id.example?x"',
        'name = "a"\nissuer = "https://id.example"\nsecret_env = "NOT_SET"',
        'name = "a"\nissuer = "https://id.example"\nscopes = ["email"]',
        'name = "a"\nissuer = "https://id.example"\nalgorithms = ["HS256"]',
        'name = "a"\nissuer = "https://id.example"\nalgorithms = ["none"]',
        'name = "a"\nissuer = "https://id.example"\nalgorithms = []',
        'name = "a"\npreset = "apple"',
        'name = "a"\npreset = "apple"\nteam_id = "T"\nkey_id = "K"\nkey_file = "missing.p8"',
    ],
)
def test_a_provider_that_cannot_be_used_is_refused_at_the_start(tmp_path: Path, lines: str) -> None:
    """Nobody finds out at the first sign-in."""
    with pytest.raises(SettingsError):
        _providers(tmp_path, f'[[auth.providers]]\nclient_id = "ours"\n{lines}\n')


def test_an_admin_is_a_subject_or_an_address(tmp_path: Path) -> None:
    """Both, neither and an unknown key are refused."""
    for lines in ("", 'sub = "a"\nemail = "b"'):
        with pytest.raises(SettingsError):
            _providers(tmp_path, f'[[auth.admins]]\nissuer = "https://id.example"\n{lines}\n')
    with pytest.raises(SettingsError):
        _read(tmp_path, '[[auth.admins]]\nissuer = "https://id.example"\nrole = "USER"\n')


def test_only_the_callback_is_open_to_other_origins(served: Served) -> None:
    """A cross-site POST with a session's cookie reaches the callback, which knows no attempt, and nothing else."""
    secret = served.auth.redeem(served.auth.local_link().secret).secret
    foreign = {"origin": "https://appleid.apple.com", "cookie": f"tipbench_session={secret}"}
    form = {**foreign, "content-type": "application/x-www-form-urlencoded"}
    answer = served.ask("POST", "/auth/callback/none", headers=form, content=b"state=x")
    assert (answer.status_code, answer.headers["x-tipbench-code"]) == (400, "SIGN_IN_REFUSED")
    for path in ("/auth/login/none", "/auth/sign-out", "/auth/redeem", "/auth/sessions/x/revoke", "/graphql"):
        answer = served.ask("POST", path, headers=form, content=b"state=x")
        assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN"), path
    assert served.ask("GET", "/auth/callback/none", headers={"host": "evil.example"}).status_code == 421
    assert "No provider is configured" in served.ask("GET", "/auth/sign-in").text


CLIENT = """
[[auth.clients]]
id = "tip-app"
label = "Tips"
redirects = ["com.example.tips:/signed-in", "http://127.0.0.1/signed-in"]
"""


def test_native_clients_come_from_the_project_file(tmp_path: Path) -> None:
    """Id, label and redirects; the label is the id where none is given."""
    (client,) = build_clients(_read(tmp_path, CLIENT))
    assert (client.id, client.label, len(client.redirects)) == ("tip-app", "Tips", 2)
    (bare,) = build_clients(_read(tmp_path, CLIENT.replace('label = "Tips"\n', "")))
    assert bare.label == "tip-app"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"tip-app"', '"Tip App"', "Tip App"),
        ("com.example.tips:/signed-in", "https://tips.example/x", "com.example.app:/path"),
        ("127.0.0.1/", "127.0.0.1:80/", "any port"),
        ('["com.example.tips:/signed-in", "http://127.0.0.1/signed-in"]', "[]", "redirects are missing"),
        ("[[auth.clients]]", CLIENT + "[[auth.clients]]", "two have one id"),
    ],
)
def test_a_client_that_cannot_be_used_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    """Before anything starts, with what it may be."""
    with pytest.raises(SettingsError, match=said):
        build_clients(_read(tmp_path, CLIENT.replace(before, after)))


def test_the_native_routes_stand_behind_the_edge(served: Served) -> None:
    """Metadata and errors of RFC 6749 come through; a session's cookie gets no token even with a form."""
    said = served.ask("GET", "/.well-known/oauth-authorization-server").json()
    assert (said["issuer"], said["token_endpoint"]) == (ORIGIN, f"{ORIGIN}/auth/token")
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = served.ask("POST", "/auth/token", headers=form, content=b"client_id=none")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    answer = served.ask("POST", "/auth/token", "other", headers=form, content=b"client_id=none")
    assert (answer.status_code, answer.json()["error"]) == (403, "unauthorized_client")
    assert served.ask("GET", "/auth/authorize?client_id=none").status_code == 422
    assert served.ask("GET", "/auth/apps", "other").json() == {"apps": []}
    assert served.ask("GET", "/auth/apps").status_code == 401
