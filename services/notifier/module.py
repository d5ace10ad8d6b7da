"""Notifier as routes, admins and other processes see it: implements what contracts.modules has of notices."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from contracts.module import ModuleContext
from contracts.modules.mail_links import ConfirmedAddress, LinkedChange, LinkedSettings, LinkedTopic, MailAddress
from contracts.modules.notices import (
    ApplicationServerKey,
    ForeseenWeek,
    InboxNotice,
    NoticeHistory,
    NoticeMarks,
    NoticePage,
    NoticeQuery,
    PausedUntil,
    PlannedWeek,
    PushSubscription,
    SubscribedBrowser,
)
from contracts.modules.profile import Channel
from contracts.modules.sealing import Erased
from contracts.refusals import Conflict, InvalidInput
from kit.sql.sessions import engine_of
from kit.times import iso
from kit.timing.caps import SentNotice
from services.notifier.addresses.browsers import Browsers
from services.notifier.addresses.stored import StoredAddresses
from services.notifier.addresses.tried_channels import TriedChannels
from services.notifier.channels.senders import channels_of
from services.notifier.channels.settings import NotifierTable
from services.notifier.channels.web_push.vapid_keys import VapidKeys
from services.notifier.delivery.history import history
from services.notifier.delivery.preview import foreseen_week
from services.notifier.delivery.slots import send_again, sent_to
from services.notifier.inbox import AppInbox
from services.notifier.mail_addresses.administration import SuppressionAdministration
from services.notifier.mail_addresses.own_address import OwnAddress
from services.notifier.mail_links.link_tokens import LinkTokens
from services.notifier.mail_links.linked_mail import LinkedMail
from services.notifier.people import change_person, person_of, stored_person
from services.notifier.requests import DAY_S, topic_name
from services.notifier.store import notifier_store
from services.notifier.timing.decision import knows_zone

Answer = TypeVar("Answer")


class InboxErased(Conflict):
    """This user requested erasure: none of their notices can be read any more."""

    code = "GONE"


class NotifierModule(SuppressionAdministration):
    """Implements Notices, NoticeAdministration, Reachable, MailLinks and MailAddresses of contracts.modules."""

    def __init__(self, context: ModuleContext, addresses: StoredAddresses) -> None:
        sealer, bus, clock, ids = context.sealer, context.bus, context.clock, context.ids
        table: NotifierTable = context.settings
        vapid = VapidKeys(context.keys)
        super().__init__(notifier_store(engine_of(context.database)), clock, vapid, addresses)
        self._sealer, self._clock = sealer, clock
        self._inbox = AppInbox(self.store, sealer, bus, clock, ids)
        tokens = LinkTokens(context.secret("links"))
        self._own = OwnAddress(self.store, sealer, addresses, tokens, clock, ids, sends=table.mail is not None)
        self._links = LinkedMail(self.store, sealer, bus, tokens, clock, ids)
        channels = channels_of(table)
        keys = vapid if Channel.PUSH in channels else None
        self._browsers = Browsers(self.store, addresses, keys, context.egress_exceptions, clock)
        self._tried = TriedChannels(self.store, sealer, addresses, channels, clock, ids)

    def inbox(self, user: str, query: NoticeQuery) -> NoticePage:
        """Return a page of the user's inbox, latest first; raise InboxErased once their key was destroyed."""
        return _unless_erased(lambda: self._inbox.page(user, query))

    def mark(self, user: str, notice: str, marks: NoticeMarks) -> InboxNotice:
        """Mark one notice and return it as it is then; raise NotFound, InboxErased once their key was destroyed."""
        return _unless_erased(lambda: self._inbox.mark(user, notice, marks))

    def why(self, user: str, notice: str) -> NoticeHistory:
        """Return what became of one of the user's notices and why; raise NotFound for one that is not theirs."""
        with self.store.reading() as connection:
            return history(connection, user, notice)

    def send_again(self, user: str, notice: str) -> NoticeHistory:
        """Have what is unknown of a notice handed over once more; raise NotFound, and Conflict where nothing is."""
        with self.store.writing() as connection:
            history(connection, user, notice)
            send_again(connection, notice, self._clock())
            return history(connection, user, notice)

    def pause(self, user: str, days: int) -> PausedUntil:
        """Let nothing go out for so many days, and decide anew on what waits; raise InboxErased once erased."""
        now = self._clock()
        until = now + days * DAY_S if days else 0.0

        def paused() -> None:
            with self.store.writing() as connection:
                change_person(
                    connection,
                    self._sealer,
                    user,
                    lambda stored: msgspec.structs.replace(stored, paused_until=until),
                    now,
                )

        _unless_erased(paused)
        return PausedUntil(iso(until) if days else None)

    def mail_address(self, user: str) -> MailAddress:
        """Return the user's mail address, and the one that waits; raise InboxErased."""
        return _unless_erased(lambda: self._own.read(user))

    def enter_mail_address(self, user: str, address: str) -> MailAddress:
        """Have an address confirmed by a mail to it; raise InvalidInput, Conflict, RATE_LIMITED, InboxErased."""
        return _unless_erased(lambda: self._own.enter(user, address))

    def remove_mail_address(self, user: str) -> MailAddress:
        """End the user's address and what waits; raise InboxErased."""
        return _unless_erased(lambda: self._own.remove(user))

    def linked_address(self, token: str) -> ConfirmedAddress:
        """Return what a link would confirm; raise NotFound, InboxErased."""
        return _unless_erased(lambda: self._own.linked(token))

    def confirm_address(self, token: str) -> ConfirmedAddress:
        """Make the link's address the user's own; raise NotFound, InboxErased."""
        return _unless_erased(lambda: self._own.confirm(token))

    def linked_topic(self, token: str) -> LinkedTopic:
        """Return what a link for unsubscribing is about; raise NotFound for no such link."""
        return self._links.topic(token)

    def unsubscribe(self, token: str) -> LinkedTopic:
        """End the mail of the link's topic; raise NotFound for no such link."""
        return self._links.unsubscribe(token)

    def linked_settings(self, token: str) -> LinkedSettings:
        """Return how the link's user is reached; raise NotFound, InboxErased."""
        return _unless_erased(lambda: self._links.settings(token))

    def change_linked(self, token: str, change: LinkedChange) -> LinkedSettings:
        """Change how the link's user is reached; raise NotFound, Conflict, InvalidInput, InboxErased."""
        return _unless_erased(lambda: self._links.change(token, change))

    def withdraw_mail(self, token: str) -> LinkedSettings:
        """Withdraw the consent to mail of the link's user; raise NotFound, InboxErased."""
        return _unless_erased(lambda: self._links.withdraw(token))

    def week(self, user: str, week: PlannedWeek) -> ForeseenWeek:
        """Return what would become of notices of the coming week; raise InvalidInput, InboxErased once erased."""
        if week.preferences is not None and not knows_zone(week.preferences):
            said = "there is no such time zone: write an IANA name such as Europe/Berlin"
            raise InvalidInput(said, ("preferences", "time_zone"))
        now = self._clock()
        try:
            with self.store.reading() as connection:
                person = person_of(stored_person(connection, self._sealer, user))
                sent = sent_to(connection, [user], now).get(user, {})
            names = {topic_name(self._sealer, user, each.topic): each.topic for each in week.notices}
        except Erased:
            raise _user_erased() from None
        if week.preferences is not None:
            person = msgspec.structs.replace(person, preferences=week.preferences)
        before = [SentNotice(at, names.get(topic, "")) for at, topic in sent.values()]
        return ForeseenWeek(foreseen_week(week, person, before, now))

    def push_key(self, user: str) -> ApplicationServerKey:  # noqa: ARG002  # the same for all
        """Return the key that browsers subscribe with now; raise Conflict where no push messages are sent."""
        return self._browsers.key()

    def subscribe(self, user: str, session: str, subscription: PushSubscription) -> SubscribedBrowser:
        """Store a browser's subscription until its session ends; raise BadSubscription, Conflict, InboxErased."""
        try:
            return self._browsers.add(user, session, subscription)
        except Erased:
            raise _user_erased() from None

    def forget_browser(self, user: str, browser: str) -> None:
        """End a browser's subscription; raise NotFound for one that is not the user's."""
        self._browsers.end(user, browser)

    def test_channel(self, user: str, channel: Channel) -> NoticeHistory:
        """Request a notice that is due now by this channel; raise Conflict where it cannot go out, InboxErased."""
        try:
            return self._tried.request(user, channel)
        except Erased:
            raise _user_erased() from None

    def read_all(self, user: str) -> int:
        """Mark every unread notice as read; return how many there were."""
        return self._inbox.read_all(user)


def _unless_erased(do: Callable[[], Answer]) -> Answer:
    try:
        return do()
    except Erased:
        raise _user_erased() from None


def _user_erased() -> InboxErased:
    return InboxErased("this user was erased: nothing is stored of them any more")
