"""Mail from the settings to a real relay behind TLS, and back by the links of the mail."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiosmtpd.smtp import Envelope

from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1
from contracts.modules.profile import Channel, Preferences
from services.notifier.channels.settings import MailTable, NotifierTable
from services.notifier.declaration import NOTIFIER
from services.notifier.mail_addresses.return_paths import ReturnPaths
from services.notifier.mail_addresses.returned_mail import take_returned
from services.notifier.mail_addresses.suppressions import Suppressions
from tests.services.notifier.channels.mail.relay_peer import DROPS, RelayPeer, relay_in_thread
from tests.services.notifier.mail_addresses.returned import bounce
from tests.services.notifier.world import HASH_KEY, World, request
from tests.story.peers.apple import Authority

ADA = "ada@home.example"
ORIGIN = "https://app.tips.example"


class Mailing:
    """A world whose notices go to a relay: the workers of the module's record, one step after the other."""

    def __init__(self, world: World, relay: RelayPeer) -> None:
        self.world, self.relay = world, relay
        mail = MailTable(
            host="127.0.0.1", port=relay.port, sender="tips@tips.example", origin=ORIGIN, bounces="back@tips.example"
        )
        assert NOTIFIER.workers is not None
        self.workers = NOTIFIER.workers(world.context(NotifierTable(mail=mail)), world.notifier)
        preferences = Preferences(channels=(Channel.EMAIL,))
        world.publish(PreferencesChangedV1(version=1, preferences=preferences))
        world.publish(ConsentChangedV1(purpose="email", given=True, version=1))

    def work(self) -> None:
        """Deliver events, and let every worker do all that is due."""
        self.world.deliver()
        for worker in self.workers:
            while worker.step():
                pass

    def confirm(self) -> None:
        """Enter an address and open the link of the mail that came there."""
        self.world.notifier.enter_mail_address("user-a", ADA)
        self.work()
        link = re.search(rf"{ORIGIN}/v1/mail-confirmation/([\w-]+)", self.mails()[-1][1].as_string().replace("=\n", ""))
        assert link is not None
        self.world.notifier.confirm_address(link[1])

    def notify(self, title: str, topic: str = "sleep") -> list[str]:
        """Request a notice and let it go out; return what became of it in sentences."""
        id_ = self.world.publish(request(title, topic=topic))
        self.work()
        return list(self.world.notifier.why("user-a", id_).why)

    def mails(self) -> list[tuple[Envelope, EmailMessage]]:
        """What the relay was handed."""
        found = []
        for envelope in self.relay.envelopes:
            assert isinstance(envelope.content, bytes)
            found.append((envelope, message_from_bytes(envelope.content, policy=default)))
        return found


@pytest.fixture
def mailing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailing]:
    """The relay's certificate is of an authority that this machine trusts."""
    authority, relay = Authority(tmp_path), RelayPeer()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    world = World(tmp_path / "home")
    with relay_in_thread(relay, authority.served()):
        made = Mailing(world, relay)
        yield made
        for worker in made.workers:
            worker.close()
    world.close()


def _token(url: str, path: str) -> str:
    found = urlsplit(url)
    assert f"{found.scheme}://{found.netloc}" == ORIGIN
    assert found.path.startswith(path)
    return found.path.removeprefix(path)


def test_a_mail_goes_out_and_its_links_come_back(mailing: Mailing) -> None:
    """Confirmed, sent with both headers and a signed return path, ended by one click, suppressed by a bounce."""
    world = mailing.world
    assert mailing.notify("before")[-1].startswith("It is in the inbox alone")
    mailing.confirm()
    assert mailing.notify("first") == ["By email: it was handed over (accepted)."]
    envelope, mail = mailing.mails()[-1]
    assert (mail["Subject"], envelope.rcpt_tos, mail["From"]) == ("first", [ADA], "tips@tips.example")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_body(("plain",))
    assert text is not None
    settings = re.search(r"All settings: (\S+)", text.get_content())
    assert settings is not None
    shown = world.notifier.linked_settings(_token(settings[1], "/v1/mail-settings/"))
    assert (shown.agreed, list(shown.topics)) == ((Channel.EMAIL,), ["sleep"])
    with world.engine.begin() as connection:
        paths = ReturnPaths(HASH_KEY, "back@tips.example")
        back = bounce(str(envelope.mail_from))
        assert take_returned(connection, back, paths, Suppressions(world.addresses), world.clock()) == "bounce"
    assert mailing.notify("second")[0] == (
        "By email: it was refused for good (mail to your address came back, or no more of it was wanted)."
    )
    mailing.confirm()
    click = world.notifier.unsubscribe(_token(str(mail["List-Unsubscribe"]).strip("<>"), "/v1/unsubscribe/"))
    assert (click.topic, click.unsubscribed) == ("sleep", True)
    assert "you ended the mail of its topic" in mailing.notify("third")[-1]
    titles = [mail["Subject"] for _, mail in mailing.mails()]
    assert titles == ["Confirm your address", "first", "Confirm your address"]


def test_what_a_relay_answers_is_the_outcome(mailing: Mailing) -> None:
    """4xx waits, a drop after DATA is unknown and never repeated, an unknown mailbox is suppressed."""
    mailing.confirm()
    mailing.relay.receivers = {ADA: "451 4.3.0 later"}
    assert mailing.notify("busy") == ["By email: it was not taken, and is handed over again later (receiver-451)."]
    mailing.relay.receivers = {}
    mailing.world.clock.now += 600
    mailing.relay.data = DROPS
    assert "nobody knows whether it arrived" in mailing.notify("cut off")[0]
    handed = [mail["Subject"] for _, mail in mailing.mails()]
    mailing.world.clock.now += 6_000
    mailing.work()
    assert sorted(handed) == ["Confirm your address", "busy", "cut off"]
    assert [mail["Subject"] for _, mail in mailing.mails()] == handed
    mailing.relay.data, mailing.relay.receivers = "250 taken", {ADA: "550 5.1.1 no such user"}
    assert mailing.notify("nobody", "food")[0] == "By email: it was refused for good (receiver-550)."
    assert mailing.world.notifier.mail_address("user-a").address is None
    suppressions = Suppressions(mailing.world.addresses)
    with mailing.world.engine.connect() as connection:
        assert suppressions.reason(connection, ADA) == "bounce"


def test_a_relay_whose_certificate_nobody_vouches_for_gets_nothing(
    mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither mail nor address; it is tried again later."""
    mailing.confirm()
    monkeypatch.delenv("SSL_CERT_FILE")
    assert mailing.notify("secret")[0].endswith("handed over again later (unreachable-connect).")
    assert len(mailing.mails()) == 1
