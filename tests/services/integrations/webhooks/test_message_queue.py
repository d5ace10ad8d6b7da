"""What waits for a receiver that is away is bounded, and so is what is on record."""

import pytest

from contracts.integrations.webhooks import MessageState, WebhookEvent, WebhookState
from services.integrations.tables import WEBHOOKS
from services.integrations.webhooks import message_queue
from tests.services.integrations.webhooks.webhook_world import WebhookWorld


def test_many_events_while_a_receiver_is_away_are_bounded(here: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones wait, those beyond are on record as not sent, of these the oldest go; no event is refused."""
    monkeypatch.setattr(message_queue, "MOST_WAITING", 3)
    monkeypatch.setattr(message_queue, "MOST_LOGGED", 5)
    made = here.make()
    waiting = []
    for number in range(12):
        here.now += 1.0
        here.publish()
        waiting += [here.messages()[0].id] if number < 3 else []
    listed = here.messages()
    assert [each.state for each in listed] == [MessageState.FAILED] * 2 + [MessageState.WAITING] * 3
    assert [each.id for each in reversed(listed[2:])] == waiting
    assert listed[0].attempts[0].outcome == "not sent: 3 messages wait already"
    assert here.only().waiting == 3
    here.send()
    assert {each.id for each in here.receiver.received} == set(waiting)
    assert here.integrations.count_webhook_messages(made.webhook.id, "failed") == 2


def test_a_name_that_leads_inside_is_refused_at_the_attempt(here: WebhookWorld) -> None:
    """Whatever it led to as the webhook was made: it is looked up each time, and no request goes out."""
    here.integrations.make_webhook("https://localhost/hook", [WebhookEvent.LEADERBOARD_PUBLISHED], "", "admin-a")
    here.publish()
    here.send()
    (message,) = here.messages()
    assert message.attempts[0].outcome == "the address leads to a place that nothing may be sent to"
    assert (message.state, message.attempts[0].status) == (MessageState.WAITING, None)
    assert here.receiver.received == []


def test_what_waits_for_a_webhook_that_was_disabled_is_not_sent(here: WebhookWorld) -> None:
    """As where an event was being delivered at that moment: its message ends, and an admin may send it again."""
    here.make()
    here.publish()
    here.execute(WEBHOOKS.update().values(state=WebhookState.DISABLED.value))
    here.send()
    assert here.receiver.received == []
    assert [(each.state, each.next_at) for each in here.messages()] == [(MessageState.FAILED, None)]
    assert here.only().waiting == 0
