import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from services.notifier.channels.mail.mail_sender import MailRelay, MailSender
from services.notifier.channels.sender import Notice, SendOutcome
from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.services.notifier.channels.mail.smtp_peer import NOW

pytestmark = [pytest.mark.opensmtpd, pytest.mark.slow]
NOTICE = Notice(id="1", topic="t", title="Früher schlafen", text="Gute Nacht.", unsubscribe="https://tips.example/u/1")


def _program() -> str:
    found = shutil.which("smtpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None or os.geteuid() != 0:
        said = "OpenSMTPD is not installed, or not started as root"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    return found


@pytest.fixture
def relay() -> Iterator[tuple[MailRelay, Path]]:
    """OpenSMTPD on a free port, and the folder to which it delivers what comes for home.example."""
    program = _program()
    with reserved_port() as port, tempfile.TemporaryDirectory(prefix="tipbench-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "mail").mkdir()
        (folder / "mail").chmod(0o777)  # it delivers as nobody
        (folder / "smtpd.conf").write_text(
            f"listen on 127.0.0.1 port {port}\n"
            f'action "collect" maildir "{folder}/mail" virtual {{ "@home.example" = "nobody" }}\n'
            'match from any for domain "home.example" action "collect"\n'
        )
        command = [program, "-d", "-f", str(folder / "smtpd.conf")]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
            try:
                yield MailRelay(host="127.0.0.1", port=port, tls="none"), folder
            finally:
                server.terminate()


def _sent(relay: MailRelay, address: str) -> str:
    """The outcome, from the moment at which the server listens."""
    sender = MailSender(relay, sender="tips@tips.example", origin="https://tips.example", clock=lambda: NOW)
    ends = time.monotonic() + DEADLINE_S
    while True:
        found = asyncio.run(sender.send(NOTICE, address))
        if found.reason != "unreachable-connect" or time.monotonic() > ends:
            return f"{found.outcome} {found.reason}"
        time.sleep(0.05)


def test_opensmtpd_delivers_what_it_took(relay: tuple[MailRelay, Path]) -> None:
    """Once, with its headers; a receiver that it does not have is refused."""
    server, folder = relay
    assert _sent(server, "reader@home.example") == f"{SendOutcome.DELIVERED} accepted", (folder / "log").read_text()
    assert _sent(server, "reader@other.example") == f"{SendOutcome.REFUSED} receiver-550"
    ends = time.monotonic() + DEADLINE_S
    while not list((folder / "mail").glob("new/*")) and time.monotonic() < ends:
        time.sleep(0.05)
    (mail,) = (folder / "mail" / "new").iterdir()
    read = message_from_bytes(mail.read_bytes(), policy=default)
    assert (read["Subject"], read["To"]) == ("Früher schlafen", "reader@home.example")
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
