"""What tipbench doctor says of webhooks."""

from services.integrations.webhooks.health import FAILING_S, webhook_faults
from tests.services.integrations.calendar_peer import status
from tests.services.integrations.webhooks.webhook_world import WebhookWorld


def test_receivers_that_take_nothing_are_named(here: WebhookWorld) -> None:
    """After an hour, or once disabled by what they answered; what an admin disabled is well, and none says nothing."""
    assert list(webhook_faults(here.engine, here.now)) == []
    here.make("/a", label="away")
    ended, meant = here.make("/b", label="gone"), here.make("/c", label="meant")
    here.integrations.disable_webhook(meant.webhook.id)
    assert dict(webhook_faults(here.engine, here.now)) == {"webhooks": ""}
    here.receiver.answers |= {"/a": status(500), "/b": status(410)}
    here.publish()
    here.send()
    at_once, later = (dict(webhook_faults(here.engine, here.now + wait))["webhooks"] for wait in (0.0, FAILING_S))
    assert at_once == "1 webhook disabled (gone): enable or remove it on the panel's page of webhooks"
    assert later == f"{at_once}; 1 webhook not taken for an hour or more (away): look at its messages there"
    here.integrations.remove_webhook(ended.webhook.id)
    assert dict(webhook_faults(here.engine, here.now)) == {"webhooks": ""}
