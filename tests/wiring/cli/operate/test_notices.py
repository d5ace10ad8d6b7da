"""`tipbench notices` on a home of its own."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from resources.home import Home
from services.notifier.addresses.stored import StoredAddresses
from services.notifier.mail_addresses.return_paths import ReturnPaths
from services.notifier.mail_addresses.suppressions import Suppressions
from tests.services.notifier.mail_addresses.returned import bounce
from wiring.cli import tipbench
from wiring.database import open_database
from wiring.keys import home_keys
from wiring.modules.context import new_id

ADA = "ada@home.example"


class Mailbox:
    """A home, and whom it suppresses."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.engine = open_database(self.home, None)
        secret, sealer = self.home.secret("addresses"), home_keys(self.home).sealer
        self.suppressions = Suppressions(StoredAddresses(secret, sealer, time.time, new_id))

    def run(self, *arguments: str, given: bytes | None = None) -> Result:
        """Run a command."""
        variables = {"TIPBENCH_HOME": str(self.home.root)}
        return CliRunner().invoke(tipbench, ["notices", *arguments], input=given, env=variables, standalone_mode=False)

    def bounce(self, address: str) -> bytes:
        """Return a mail that came back from an address."""
        paths = ReturnPaths(self.home.secret("links"), "back@tips.example")
        return bounce(paths.path(self.suppressions.hash_of(address), time.time()))

    def reason(self, address: str) -> str | None:
        """Why an address gets no mail."""
        with self.engine.connect() as connection:
            return self.suppressions.reason(connection, address)


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    """A migrated home."""
    return Mailbox(tmp_path / "home")


def test_a_mail_server_pipes_what_came_back(mailbox: Mailbox) -> None:
    """One mail on standard input, and the address gets no more; a mail of somebody else ends with 0 too."""
    assert mailbox.run("bounces", "-", given=mailbox.bounce(ADA)).stdout == (
        "1 mail came back: their addresses get no more mail\n"
    )
    assert mailbox.reason(ADA) == "bounce"
    other = mailbox.run("bounces", "-", given=b"Subject: hello\r\n\r\nHello.")
    assert (other.stdout, other.exception) == ("1 mail no report\n", None)


def test_a_mailbox_is_read_once(mailbox: Mailbox, tmp_path: Path) -> None:
    """What is new in a Maildir is read and moved; a file is read where it is."""
    for name in ("new", "cur"):
        (tmp_path / "box" / name).mkdir(parents=True)
    (tmp_path / "box" / "new" / "1.mail").write_bytes(mailbox.bounce("b@home.example"))
    (tmp_path / "box" / "new" / "2.mail").write_bytes(b"x" * (1 << 21))
    (tmp_path / "file").write_bytes(mailbox.bounce("c@home.example"))
    said = mailbox.run("bounces", str(tmp_path / "box"), str(tmp_path / "file")).stdout
    assert said == "2 mails came back: their addresses get no more mail\n1 mail no report\n"
    assert [mailbox.reason(f"{name}@home.example") for name in "bc"] == ["bounce", "bounce"]
    assert sorted(path.name for path in (tmp_path / "box" / "cur").iterdir()) == ["1.mail:2,S", "2.mail:2,S"]
    assert mailbox.run("bounces", str(tmp_path / "box")).stdout == ""


def test_an_admin_leaves_an_address_out_and_takes_it_back(mailbox: Mailbox) -> None:
    """Whatever the reason was."""
    assert mailbox.run("suppress", ADA).stdout == "it gets no more mail\n"
    assert mailbox.reason(ADA) == "admin"
    assert mailbox.run("suppress", ADA, "--lift").stdout == "it gets mail again\n"
    assert mailbox.reason(ADA) is None
    assert mailbox.run("suppress", ADA, "--lift").stdout == "it was not suppressed\n"
