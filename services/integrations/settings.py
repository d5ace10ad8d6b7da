"""`[integrations]` of tipbench.toml: where the keys of the vault come from, and what providers know this server by."""

from typing import Annotated

import msgspec

VariableName = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)")]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[!-~]+$(?!\n)")]
Origin = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$(?!\n)")]

ApiAddress = Annotated[
    str, msgspec.Meta(max_length=200, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~-]+)*$(?!\n)")
]

KeyName = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$(?!\n)")]


class OAuthClientTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[integrations.todoist]` and the like: this server as registered at a provider.

    `client_secret_env` names the variable with the secret. `at` takes the place of all of the provider's own origins.
    """

    client_id: Word
    client_secret_env: VariableName
    at: Origin | None = None


class GitHubTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[integrations.github]`: `at` is the REST API of a GitHub server of one's own, in place of GitHub's."""

    at: ApiAddress


class KeyServiceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[integrations.kms]`: a key management service that wraps the vault's keys, by `key` of its transit engine.

    `token_env` names the variable with a token that may encrypt and decrypt by it.
    """

    at: Origin
    key: KeyName
    token_env: VariableName
    mount: KeyName = "transit"


class IntegrationsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`vault_keys_env` names the variable with the vault's keys, oldest first, as ID:BASE64 with commas between them.

    Without it they are files of the home, which `kms` wraps where it is named. `origin` is the address under which
    users reach the app, to which providers send them back.
    """

    vault_keys_env: VariableName | None = None
    kms: KeyServiceTable | None = None
    origin: Origin | None = None
    todoist: OAuthClientTable | None = None
    google_calendar: OAuthClientTable | None = None
    github: GitHubTable | None = None
