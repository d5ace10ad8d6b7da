"""What holds of mail alone when notices are released: suppressed addresses, and the links that a mail ends with."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from contracts.modules.profile import Channel
from services.notifier.addresses.stored import Address
from services.notifier.channels.sender import Notice
from services.notifier.mail_addresses.suppressions import SuppressedFor, Suppressions
from services.notifier.mail_links.linked_mail import MailLinksOf


@dataclass(frozen=True)
class MailRules:
    """Every method does nothing for another channel; without `suppressions` or `links` there are none."""

    suppressions: Suppressions | None = None
    links: MailLinksOf | None = None

    def stops(self, connection: sa.Connection, channel: Channel, addresses: Sequence[Address]) -> bool:
        """Return whether none of these addresses gets mail any more."""
        if channel is not Channel.EMAIL or self.suppressions is None:
            return False
        return all(self.suppressions.reason(connection, each.text) is not None for each in addresses)

    def linked(self, notice: Notice, channel: Channel, user: str, now: float) -> Notice:
        """Return the notice with the links of a mail to this user."""
        if channel is not Channel.EMAIL or self.links is None:
            return notice
        unsubscribe, settings = self.links.unsubscribe(user, notice.topic, now), self.links.settings(user, now)
        return msgspec.structs.replace(notice, unsubscribe=unsubscribe, settings=settings)

    def ended(self, connection: sa.Connection, channel: Channel, address: Address, now: float) -> None:
        """Stop mail to an address that the relay says will take nothing again."""
        if channel is Channel.EMAIL and self.suppressions is not None:
            self.suppressions.add(connection, self.suppressions.hash_of(address.text), SuppressedFor.BOUNCE, now)
