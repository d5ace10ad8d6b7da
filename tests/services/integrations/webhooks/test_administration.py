"""What admins do with webhooks: make, try, rotate, disable, send again and remove them."""

import pytest

from contracts.integrations.webhooks import MessageState, SecretWebhook, WebhookEvent, WebhookState
from contracts.modules.events import NoticeRequestedV1
from contracts.refusals import Conflict, InvalidInput, NotFound
from kit.times import unix_seconds
from services.integrations.vault.vault import Place, SealedSecret, Vault
from services.integrations.webhooks.administration import OLD_SECRET_S
from tests.services.integrations.calendar_peer import status
from tests.services.integrations.webhooks.webhook_world import ADMINS, WebhookWorld

DAY_S = 86_400.0


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest",
        "https://user:word@example.com/",
        "https://example.com:8443/",
        "https://exa mple.com/",
        "https://example.com/" + "x" * 2_000,
        "",
    ],
)
def test_an_address_inside_is_refused(here: WebhookWorld, address: str) -> None:
    """In whatever spelling: nothing is stored."""
    with pytest.raises(InvalidInput):
        here.integrations.make_webhook(address, list(WebhookEvent), "", "admin-a")
    assert here.integrations.webhooks() == []


def test_either_secret_verifies_for_a_day(here: WebhookWorld) -> None:
    """After a rotation messages have two signatures, and a day later that of the new secret alone."""
    old = here.make()
    new = here.integrations.rotate_webhook(old.webhook.id)
    here.publish()
    here.send()
    (received,) = here.receiver.received
    assert received.verified(old.secret) == received.verified(new.secret)
    here.now += OLD_SECRET_S
    here.publish()
    here.send()
    signatures = [len(each.headers["webhook-signature"].split()) for each in here.receiver.received]
    assert signatures == [2, 1]


def test_of_two_rotations_at_a_time_one_is_refused(here: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """No admin is given a secret that does not sign; sealing, which may ask a service, is outside of a transaction."""
    made, seal, won = here.make(), Vault.seal, list[SecretWebhook]()

    def meanwhile(vault: Vault, place: Place, secret: bytes) -> SealedSecret:
        monkeypatch.setattr(Vault, "seal", seal)
        won.append(here.integrations.rotate_webhook(made.webhook.id))
        return vault.seal(place, secret)

    monkeypatch.setattr(Vault, "seal", meanwhile)
    with pytest.raises(Conflict, match="another secret meanwhile"):
        here.integrations.rotate_webhook(made.webhook.id)
    here.publish()
    here.send()
    assert here.receiver.received[0].verified(won[0].secret) == here.receiver.received[0].verified(made.secret)


def test_a_receiver_that_wants_no_more_is_sent_nothing(hooks: WebhookWorld) -> None:
    """410 disables: what waits ends, each admin has one notice, and once enabled a message goes under its old id."""
    made = hooks.make()
    hooks.receiver.answers["/hook"] = status(410)
    hooks.publish()
    hooks.send()
    assert (hooks.only().state, hooks.only().reason) == (WebhookState.DISABLED, "its receiver answered 410")
    assert [said.title for said in hooks.published(NoticeRequestedV1)] == ["A webhook was disabled"] * len(ADMINS)
    hooks.publish()
    (message,) = hooks.messages()
    with pytest.raises(Conflict):
        hooks.integrations.send_message_again(message.id)
    hooks.receiver.answers.clear()
    hooks.integrations.enable_webhook(made.webhook.id)
    assert hooks.integrations.send_message_again(message.id).state is MessageState.WAITING
    hooks.send()
    assert {each.id for each in hooks.receiver.received} == {message.id}
    assert hooks.messages()[0].state is MessageState.DELIVERED


def test_a_receiver_that_is_away_for_three_days_is_disabled(here: WebhookWorld) -> None:
    """Ten attempts within three days, the last ones a day apart at most, and then none."""
    here.make()
    here.receiver.answers["/hook"] = status(503)
    here.publish()
    began = here.now
    here.send()
    while (next_at := here.messages()[0].next_at) is not None:
        here.now = unix_seconds(next_at) + 0.001
        assert here.now < began + 3 * DAY_S
        here.send()
    assert len(here.receiver.received) == 10
    assert here.only().reason == "its receiver took nothing for three days"


def test_a_webhook_is_tried_disabled_and_removed(here: WebhookWorld) -> None:
    """A test is a message like others; a disabled one is not tried, and of one that is removed nothing is left."""
    made = here.make()
    tried = here.integrations.test_webhook(made.webhook.id)
    here.send()
    assert here.receiver.received[0].verified(made.secret)["data"] == {"webhook": made.webhook.id}
    assert here.integrations.count_webhook_messages(made.webhook.id, "delivered") == 1
    here.integrations.disable_webhook(made.webhook.id)
    with pytest.raises(Conflict):
        here.integrations.test_webhook(made.webhook.id)
    here.integrations.remove_webhook(made.webhook.id)
    assert set(here.rows().values()) == {0}
    with pytest.raises(NotFound):
        here.integrations.send_message_again(tried.id)
