"""The event of a promotion: what draws from now on, without who decided it and why."""

import sqlalchemy as sa

from contracts.module import ModuleContext
from contracts.modules.events import Event
from contracts.payloads import PolicyPromotedV1
from contracts.tips.policy_administration import Promotion
from kit.times import iso


class PromotionEvents:
    """Publishes what admins decide of policies."""

    def __init__(self, context: ModuleContext) -> None:
        self._bus, self._ids, self._clock = context.bus, context.ids, context.clock

    def publish(self, connection: sa.Connection, made: Promotion) -> None:
        """Publish that a promotion is in force, in the transaction that made it."""
        said = PolicyPromotedV1(
            version=made.version,
            kind=made.kind.value,
            policy=made.policy.name,
            policy_hash=made.policy.hash,
            canary=None if made.canary is None else made.canary.name,
            canary_hash=None if made.canary is None else made.canary.hash,
            share=made.share,
        )
        self._bus.publish(connection, Event(id=self._ids(), source="/recommender", time=iso(self._clock()), data=said))
