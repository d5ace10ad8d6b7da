"""Messages that have a connection read: who may send them, how many, and what each of them does, once."""

import base64
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest
import standardwebhooks

from contracts.integrations.connections import SignedMessage, SyncOutcome, SyncWebhook, SyncWebhookUse, UserConnection
from contracts.refusals import Conflict, NotFound, Refusal
from kit.http.webhook_signatures import BadSignature
from kit.times import iso
from services.integrations.tables import SYNC_MESSAGES, SYNC_WEBHOOKS
from services.integrations.vault.rotation import rotate
from services.integrations.vault.vault import Place, SealedSecret, Vault
from tests.byte_search import found
from tests.services.integrations.calendar_peer import calendar, event, status, tagged
from tests.services.integrations.world import NOTHING, World

DAY_S = 86_400.0
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


def _signed(secret: str, now: float, id_: str = "msg_1", body: str = "{}") -> SignedMessage:
    """A message as the other program signs it."""
    signature = standardwebhooks.Webhook(secret).sign(id_, datetime.fromtimestamp(now, UTC), body)
    return SignedMessage(id=id_, timestamp=str(int(now)), signature=signature, body=body.encode())


def _connected(world: World, path: str = "/a.ics") -> tuple[UserConnection, str]:
    """A connection that was read, and the secret of its webhook."""
    world.peer.answers[path] = tagged(calendar(event("m", ":20270115T100000Z", SUMMARY="Review")))
    made = world.connect(path)
    return made, world.integrations.make_sync_webhook("user-a", made.id).secret


def test_a_message_has_its_connection_read_once(world: World) -> None:
    """Within a minute of the last sync; what comes again changes nothing, and at the end nothing is left."""
    made, secret = _connected(world)
    world.peer.answers["/a.ics"] = tagged(calendar(event("n", ":20270115T110000Z", SUMMARY="New")))
    first = world.integrations.take_sync_message(made.id, _signed(secret, world.now))
    assert not world.integrations.sync_due()
    world.now += 60.0
    assert world.integrations.sync_due()
    assert world.titles(made) == ["New"]
    world.now += 60.0
    assert world.integrations.take_sync_message(made.id, _signed(secret, world.now)) == first
    assert not world.integrations.sync_due()
    with pytest.raises(Conflict, match="another body"):
        world.integrations.take_sync_message(made.id, _signed(secret, world.now, body='{"a": 1}'))
    assert world.rows()[SYNC_MESSAGES.name] == 1
    assert found(world.home.root, [secret.encode(), base64.b64decode(secret.removeprefix("whsec_"))]) == {}
    world.integrations.disconnect("user-a", made.id)
    assert world.rows() == NOTHING


def _use(world: World) -> SyncWebhookUse | None:
    return world.integrations.connections("user-a").connections[0].webhook


def test_a_connection_says_whether_messages_have_it_read(world: World) -> None:
    """Since when, when the last one came, and until when two secrets count; nothing once it is taken back."""
    made, secret = _connected(world)
    assert made.webhook is None
    since = iso(world.now)
    assert _use(world) == SyncWebhookUse(made_at=since, used_at=None, old_until=None)
    world.now += 90.0
    world.integrations.take_sync_message(made.id, _signed(secret, world.now))
    used = iso(world.now)
    world.now += 1.0
    world.integrations.make_sync_webhook("user-a", made.id)
    assert _use(world) == SyncWebhookUse(made_at=since, used_at=used, old_until=iso(world.now + DAY_S))
    world.integrations.remove_sync_webhook("user-a", made.id)
    assert _use(world) is None


def test_who_does_not_know_the_secret_is_refused(here: World) -> None:
    """As is what is old or ahead, and a connection without a webhook alike; nothing of it is stored."""
    made, secret = _connected(here)
    refused = [
        (made.id, _signed(OTHER, here.now)),
        (made.id, _signed(secret, here.now - 301.0)),
        (made.id, _signed(secret, here.now + 301.0)),
        (made.id, SignedMessage(id="", timestamp="", signature="", body=b"{}")),
        (made.id, _signed(secret, here.now, id_="x" * 201)),
        ("no-connection", _signed(secret, here.now)),
    ]
    for id_, message in refused:
        with pytest.raises(BadSignature):
            here.integrations.take_sync_message(id_, message)
    for user, id_ in (("user-b", made.id), ("user-a", "no-connection")):
        with pytest.raises(NotFound):
            here.integrations.make_sync_webhook(user, id_)
        with pytest.raises(NotFound):
            here.integrations.remove_sync_webhook(user, id_)
    assert here.rows()[SYNC_MESSAGES.name] == 0


def test_a_secret_is_changed_with_a_day_of_both_and_taken_back(here: World) -> None:
    """Over a rotation of the vault's keys too; who is taken back is refused at once."""
    made, old = _connected(here)
    again = here.integrations.make_sync_webhook("user-a", made.id)
    assert (again.path, again.old_until) == (f"/webhooks/connections/{made.id}", "2027-01-16T08:00:00.000000+00:00")
    assert again.secret not in repr(again)
    rotate(here.integrations._store, here.keys, here.now + 1)  # noqa: SLF001  # the store that the command opens
    for number, secret in enumerate((old, again.secret)):
        here.integrations.take_sync_message(made.id, _signed(secret, here.now, id_=f"msg_{number}"))
    here.now += DAY_S
    with pytest.raises(BadSignature):
        here.integrations.take_sync_message(made.id, _signed(old, here.now, id_="late"))
    here.integrations.remove_sync_webhook("user-a", made.id)
    with pytest.raises(BadSignature):
        here.integrations.take_sync_message(made.id, _signed(again.secret, here.now, id_="later"))
    assert (here.rows()[SYNC_WEBHOOKS.name], here.rows()[SYNC_MESSAGES.name]) == (0, 0)
    with pytest.raises(NotFound, match="no webhook"):
        here.integrations.remove_sync_webhook("user-a", made.id)


def test_of_two_secrets_at_a_time_one_is_given(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse the other call, so that nobody is left with a secret that does not count."""
    made, _ = _connected(here)
    seal, given = Vault.seal, list[SyncWebhook]()

    def meanwhile(vault: Vault, place: Place, secret: bytes) -> SealedSecret:
        monkeypatch.setattr(Vault, "seal", seal)
        given.append(here.integrations.make_sync_webhook("user-a", made.id))
        return vault.seal(place, secret)

    monkeypatch.setattr(Vault, "seal", meanwhile)
    with pytest.raises(Conflict, match="another secret meanwhile"):
        here.integrations.make_sync_webhook("user-a", made.id)
    assert here.integrations.take_sync_message(made.id, _signed(given[0].secret, here.now)).id == "msg_1"


def test_a_minute_has_sixty_messages_of_a_connection(here: World) -> None:
    """The next one is refused and may come later; another connection has its own, and bad signatures count for none."""
    made, secret = _connected(here)
    other, others = _connected(here, "/b.ics")
    for number in range(60):
        with pytest.raises(BadSignature):
            here.integrations.take_sync_message(made.id, _signed(OTHER, here.now, id_=f"bad_{number}"))
        here.integrations.take_sync_message(made.id, _signed(secret, here.now, id_=f"msg_{number}"))
    late = _signed(secret, here.now, id_="late")
    with pytest.raises(Refusal) as refused:
        here.integrations.take_sync_message(made.id, late)
    assert refused.value.code == "RATE_LIMITED"
    here.integrations.take_sync_message(other.id, _signed(others, here.now))
    here.now += 61.0
    here.integrations.take_sync_message(made.id, late)


def test_a_message_during_a_sync_has_it_read_again(here: World) -> None:
    """What changed after the provider was asked is not waited for an hour."""
    made, secret = _connected(here)
    here.now += 120.0

    def changing(handler: BaseHTTPRequestHandler) -> None:
        here.integrations.take_sync_message(made.id, _signed(secret, here.now))
        status(304)(handler)

    here.peer.answers["/a.ics"] = changing
    read = here.integrations.sync("user-a", made.id).last_sync
    assert read is not None
    assert read.outcome is SyncOutcome.UNCHANGED
    here.peer.answers["/a.ics"] = tagged(calendar(event("n", ":20270115T110000Z", SUMMARY="New")))
    assert here.integrations.sync_due()
    assert here.titles(made) == ["New"]
    assert not here.integrations.sync_due()


def test_a_provider_that_wants_to_be_waited_for_is(here: World) -> None:
    """However many messages say that there is something to read."""
    made, secret = _connected(here)
    here.peer.answers["/a.ics"] = status(429, b"", Retry_After="600")
    here.integrations.sync("user-a", made.id)
    here.integrations.take_sync_message(made.id, _signed(secret, here.now))
    here.now += 599.0
    assert not here.integrations.sync_due()
    here.now += 1.0
    assert here.integrations.sync_due()
