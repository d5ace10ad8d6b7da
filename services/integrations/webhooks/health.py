"""Checks of webhooks, for operators: which receivers take nothing."""

from collections.abc import Iterator

import sqlalchemy as sa

from contracts.integrations.webhooks import WebhookState
from core.plurals import counted
from services.integrations.store import integrations_store
from services.integrations.tables import WEBHOOKS
from services.integrations.webhooks.stored import BY_ADMIN

FAILING_S = 3_600.0
"""For how long a receiver may take nothing before it is named: the first three attempts are within it."""


def webhook_faults(engine: sa.Engine, now: float) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with webhooks, an empty fault for well; nothing where there is none.

    One that an admin disabled is as it is meant to be.
    """
    if not sa.inspect(engine).has_table(WEBHOOKS.name):
        return
    with integrations_store(engine).reading() as connection:
        rows = connection.execute(sa.select(WEBHOOKS).order_by(WEBHOOKS.c.made_at)).all()
    enabled = [row for row in rows if row.state == WebhookState.ENABLED.value]
    ended = [row for row in rows if row not in enabled and row.reason != BY_ADMIN]
    failing = [row for row in enabled if row.failing_since is not None and row.failing_since <= now - FAILING_S]
    says = [
        f"{counted(len(found), 'webhook')} {what} ({', '.join(row.label or row.origin for row in found)}): {do}"
        for found, what, do in (
            (ended, "disabled", "enable or remove it on the panel's page of webhooks"),
            (failing, "not taken for an hour or more", "look at its messages there"),
        )
        if found
    ]
    if rows:
        yield "webhooks", "; ".join(says)
