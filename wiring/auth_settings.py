"""`[auth]` of tipbench.toml as records: providers to sign in with, and who is admin by configuration."""

from typing import Literal

import msgspec


class ProviderTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[auth.providers]]`."""

    name: str
    client_id: str
    preset: Literal["google", "apple"] | None = None
    issuer: str | None = None
    label: str | None = None
    secret_env: str | None = None
    scopes: tuple[str, ...] = ("openid", "email")
    algorithms: tuple[str, ...] = ("RS256",)
    hosts: tuple[str, ...] = ()
    team_id: str | None = None
    key_id: str | None = None
    key_file: str | None = None


class AdminTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[auth.admins]]`: an issuer with either `sub` or `email`."""

    issuer: str
    sub: str | None = None
    email: str | None = None


class ClientTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[auth.clients]]`: a native client and where its codes may go."""

    id: str
    redirects: tuple[str, ...]
    label: str | None = None


class AuthTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[auth]` of tipbench.toml."""

    providers: tuple[ProviderTable, ...] = ()
    admins: tuple[AdminTable, ...] = ()
    clients: tuple[ClientTable, ...] = ()
