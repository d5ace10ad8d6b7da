"""`[integrations]` of tipbench.toml: where the keys of the vault come from."""

from typing import Annotated

import msgspec

VariableName = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)")]


class IntegrationsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`vault_keys_env` names the variable with the vault's keys, oldest first, as ID:BASE64 with commas between them.

    Without it they are files of the home.
    """

    vault_keys_env: VariableName | None = None
