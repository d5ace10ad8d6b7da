"""Takes what users said by links of mails: preferences that they want, and consents that they withdraw."""

from collections.abc import Sequence

from contracts.modules.database import Transaction
from contracts.modules.events import ConsentWithdrawnV1, Event, Payload, PreferencesRequestedV1
from services.profile.module import ProfileModule


class LinkRequests:
    """Implements contracts.modules.events.Consumer; old events are not taken again, since they undo what came later."""

    name, replayable = "profile-link-requests", False
    takes: Sequence[type[Payload]] = (PreferencesRequestedV1, ConsentWithdrawnV1)

    def __init__(self, profile: ProfileModule) -> None:
        self._profile = profile

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Change the profile or the log of consents, which says so to all others in the same transaction."""
        self._profile.requested(transaction, event)
