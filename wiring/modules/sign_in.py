"""Builds signing in with providers from `[auth]` of tipbench.toml: presets, secrets by variable, configured admins."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from contracts.access.oidc import ConfiguredAdmin, Provider
from kit.regular_files import FileTooLarge, NotAFile, read_regular
from resources.oidc import OidcClient
from services.auth.module import AuthModule
from services.auth.oauth_server.clients import ID as CLIENT_ID
from services.auth.oauth_server.clients import NativeClient, redirect_problem
from services.auth.oidc_client.apple import AppleClient, BadKey, apple_secret
from services.auth.oidc_client.identities import Identities
from services.auth.oidc_client.provider_revocation import ProviderGrants
from services.auth.oidc_client.sign_in import SignIn
from services.auth.sessions.browser_policy import LOOPBACK
from wiring.auth_settings import AdminTable, AuthTable, ClientTable, ProviderTable
from wiring.settings import Settings, SettingsError

LARGEST_KEY = 64 << 10
"""The most bytes that a provider's key file may have."""
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
ISSUERS = {"google": "https://accounts.google.com", "apple": "https://appleid.apple.com"}
HOSTS = {"google": ("oauth2.googleapis.com", "www.googleapis.com", "openidconnect.googleapis.com")}
"""Where a preset's keys and endpoints are, beside the issuer's host."""
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}


def build_sign_in(
    table: AuthTable,
    environ: Mapping[str, str],
    project: Path,
    auth: AuthModule,
    origin: str,
    identities: Identities,
) -> SignIn:
    """Build signing in at `origin`; raise SettingsError. Providers are asked when somebody signs in, not here."""
    providers = build_providers(table, environ, project)
    admins = [_admin(entry) for entry in table.admins]
    return SignIn(auth, _client_of(providers), providers, origin, identities=identities, admins=admins)


def build_providers(table: AuthTable, environ: Mapping[str, str], project: Path) -> list[Provider]:
    """Return the providers of the project, with their secrets; raise SettingsError."""
    names = [entry.name for entry in table.providers]
    if len(set(names)) != len(names):
        raise SettingsError("[[auth.providers]]: two have one name", ("auth.providers.name",))
    return [_provider(entry, environ, project) for entry in table.providers]


def build_grants(settings: Settings, database: sa.Engine, identities: Identities) -> ProviderGrants:
    """Return the revocation of users' grants at providers; providers and secrets are read at each revocation."""
    return ProviderGrants(
        database,
        identities,
        lambda: build_providers(settings.sign_in, settings.keys, settings.project),
        lambda: _client_of(build_providers(settings.sign_in, settings.keys, settings.project)),
    )


def _client_of(providers: Sequence[Provider]) -> OidcClient:
    return OidcClient(hosts={provider.issuer: provider.hosts for provider in providers})


def build_clients(table: AuthTable) -> list[NativeClient]:
    """Return the native clients of the project; raise SettingsError."""
    clients = [_client(entry) for entry in table.clients]
    if len({client.id for client in clients}) != len(clients):
        raise SettingsError("[[auth.clients]]: two have one id", ("auth.clients.id",))
    return clients


def _client(entry: ClientTable) -> NativeClient:
    if not CLIENT_ID.fullmatch(entry.id):
        raise SettingsError(
            f"[[auth.clients]]: id {entry.id!r} is not lower-case letters, digits, dots and hyphens",
            _at("clients", entry.id, "id"),
        )
    if not entry.redirects:
        raise SettingsError(f"client {entry.id}: redirects are missing", _at("clients", entry.id, "redirects"))
    for redirect in entry.redirects:
        problem = redirect_problem(redirect)
        if problem is not None:
            raise SettingsError(
                f"client {entry.id}: redirect {redirect!r}: {problem}", _at("clients", entry.id, "redirects")
            )
    return NativeClient(entry.id, entry.label or entry.id, entry.redirects)


def _provider(entry: ProviderTable, environ: Mapping[str, str], project: Path) -> Provider:
    if not NAME.fullmatch(entry.name):
        raise SettingsError(
            f"[[auth.providers]]: name {entry.name!r} is not lower-case letters, digits and hyphens",
            _at("providers", entry.name, "name"),
        )
    issuer = entry.issuer or ISSUERS.get(entry.preset or "")
    parts = urlsplit(issuer or "")
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if issuer is None or not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or plain):
        raise SettingsError(
            f"provider {entry.name}: issuer is missing or not https", _at("providers", entry.name, "issuer")
        )
    if not entry.algorithms or set(entry.algorithms) - ALGORITHMS:
        raise SettingsError(
            f"provider {entry.name}: algorithms are any of {', '.join(sorted(ALGORITHMS))}",
            _at("providers", entry.name, "algorithms"),
        )
    if not all(HOST.fullmatch(host) for host in entry.hosts):
        raise SettingsError(
            f"provider {entry.name}: hosts are names such as keys.example, with a port where it is not 443",
            _at("providers", entry.name, "hosts"),
        )
    if "openid" not in entry.scopes:
        raise SettingsError(f"provider {entry.name}: scopes lack openid", _at("providers", entry.name, "scopes"))
    apple = entry.preset == "apple"
    return Provider(
        name=entry.name,
        label=entry.label or entry.name.capitalize(),
        issuer=issuer,
        client_id=entry.client_id,
        secret=_apple(entry, project, issuer) if apple else _secret(entry, environ),
        scopes=entry.scopes,
        algorithms=entry.algorithms,
        hosts=(*HOSTS.get(entry.preset or "", ()), *entry.hosts),
        form_post=apple,
        loose_verified=apple,
        revoke_on_erase=apple,
    )


def _secret(entry: ProviderTable, environ: Mapping[str, str]) -> Callable[[float], str] | None:
    if entry.secret_env is None:
        return None
    found = environ.get(entry.secret_env)
    if not found:
        raise SettingsError(
            f"provider {entry.name}: the variable {entry.secret_env} is not set",
            _at("providers", entry.name, "secret_env"),
        )
    return lambda _: found


def _apple(entry: ProviderTable, project: Path, issuer: str) -> Callable[[float], str]:
    if not (entry.team_id and entry.key_id and entry.key_file):
        raise SettingsError(
            f"provider {entry.name}: the preset apple needs team_id, key_id and key_file",
            _at("providers", entry.name, "preset"),
        )
    try:
        file = project / Path(entry.key_file).expanduser()
        pem = read_regular(file, LARGEST_KEY, _at("providers", entry.name, "key_file"))
        return apple_secret(AppleClient(entry.team_id, entry.key_id, entry.client_id, pem), issuer)
    except OSError as error:
        raise SettingsError(
            f"provider {entry.name}: key_file cannot be read: {error.strerror}",
            _at("providers", entry.name, "key_file"),
        ) from None
    except (BadKey, NotAFile, FileTooLarge) as error:
        raise SettingsError(f"provider {entry.name}: {error}", _at("providers", entry.name, "key_file")) from None


def _admin(entry: AdminTable) -> ConfiguredAdmin:
    if (entry.sub is None) == (entry.email is None):
        raise SettingsError("[[auth.admins]]: give either sub or email with the issuer", ("auth.admins",))
    return ConfiguredAdmin(issuer=entry.issuer, subject=entry.sub, email=entry.email)


def _at(table: str, entry: str, key: str) -> tuple[str, ...]:
    return (f"auth.{table}.{entry}.{key}",)
