"""The module's table of tipbench.toml."""

from pathlib import Path

import pytest

from services.notifier.channels.settings import MailTable, NotifierTable
from wiring.settings import SettingsError, read_settings


def test_what_is_named_is_read(tmp_path: Path) -> None:
    """Secrets by the names of their variables; nothing is needed."""
    (tmp_path / "tipbench.toml").write_text(
        """
        [notifier]
        contact = "mailto:us@tips.example"
        [notifier.mail]
        host = "relay.example"
        sender = "tips@tips.example"
        password_env = "RELAY_PASSWORD"
        """
    )
    mail = MailTable(host="relay.example", sender="tips@tips.example", password_env="RELAY_PASSWORD")
    assert read_settings({}, tmp_path, None).module_settings["notifier"] == NotifierTable(
        contact="mailto:us@tips.example", mail=mail
    )
    assert (mail.port, mail.tls, NotifierTable().contact) == (587, "starttls", None)


@pytest.mark.parametrize(
    "text",
    [
        'contact = "us@tips.example"', 'contact = "mailto:a b@c"', 'contact = "https://a\\nb"',
        'contact = "mailto:a@b\\n"',
        "port = 1", '[notifier.mail]\nhost = "a"', '[notifier.mail]\nhost = "a"\nsender = "b@c"\nport = 0',
        '[notifier.mail]\nhost = "a"\nsender = "b@c"\npassword = "planted"',
        '[notifier.mail]\nhost = "a"\nsender = "b@c"\ntls = "maybe"',
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    """By its key, in one sentence; a password has no place there."""
    (tmp_path / "tipbench.toml").write_text(f"[notifier]\n{text}\n")
    with pytest.raises(SettingsError, match="toml") as refused:
        read_settings({}, tmp_path, None)
    assert refused.value.path[0].startswith("notifier")
    assert "planted" not in str(refused.value)
