"""Keys of the vault from the environment: read whole or refused without being shown."""

import base64

import pytest

from services.integrations.settings import IntegrationsTable
from services.integrations.vault.given_keys import BadVaultKeys, given_keys

NAMED = IntegrationsTable(vault_keys_env="VAULT_KEYS")
OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def test_keys_are_read_in_their_order() -> None:
    """The last is the newest; without the setting no variable is looked at."""
    text = f"2026-11:{OLD}, 2026-12:{NEW}"
    keys = given_keys(NAMED, {"VAULT_KEYS": text}.get)
    assert [(key.id, key.secret) for key in keys] == [("2026-11", b"\x01" * 32), ("2026-12", b"\x02" * 32)]
    assert OLD not in repr(keys)
    assert given_keys(IntegrationsTable(), {"VAULT_KEYS": text}.get) == ()


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "x",
        OLD,
        f"a:{OLD[:-4]}",
        f"a:{OLD},",
        f"a b:{OLD}",
        f":{OLD}",
        f"a:{OLD},a:{NEW}",
        "a:ключ",
        f"a:{OLD}!",
    ],
)
def test_what_are_no_keys_is_refused(text: str | None) -> None:
    """With the variable's name and what belongs there, and nothing of what it holds."""
    with pytest.raises(BadVaultKeys, match="VAULT_KEYS") as refused:
        given_keys(NAMED, {"VAULT_KEYS": text}.get)
    assert OLD[:20] not in str(refused.value)
