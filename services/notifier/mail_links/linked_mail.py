"""What links of mails do: here at once, and by events for what the profile owns: preferences and consents."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from contracts.modules.events import (
    Bus,
    ConsentWithdrawnV1,
    Event,
    Payload,
    PreferencesRequestedV1,
    TopicsUnsubscribedV1,
)
from contracts.modules.mail_links import LinkedChange, LinkedSettings, LinkedTopic, TopicChoice
from contracts.modules.profile import Channel, Preferences, Purpose
from contracts.modules.sealing import Erased, Unreadable, UserSealer
from contracts.refusals import Conflict, InvalidInput
from kit.sql.store import Store
from kit.times import iso
from services.notifier.mail_links.link_tokens import LinkPurpose, LinkTokens, MailLink
from services.notifier.people import StoredPerson, change_person, person_of, stored_person
from services.notifier.requests import DAY_S, said_of
from services.notifier.tables import NOTICES

SETTINGS_S = 90 * DAY_S
"""How long a link to all settings counts: a mail is passed on, and whoever has it can change them."""
MOST_UNSUBSCRIBED = 300
"""Topics without mail that the page of settings stores of a user; a click on the link of a mail is never refused."""
LATEST = 200
"""Notices of a user whose topics are shown, latest first."""


@dataclass(frozen=True)
class MailLinksOf:
    """Makes the links of a mail; `origin` is that under which users reach the app, `tokens` makes what they hold."""

    tokens: LinkTokens
    origin: str

    def unsubscribe(self, user: str, topic: str, now: float) -> str:
        """Return the address that ends a topic's mail by one POST; it always counts."""
        token = self.tokens.token(MailLink(LinkPurpose.UNSUBSCRIBE, user, topic, settings_until=_until(now)))
        return f"{self.origin}/v1/unsubscribe/{token}"

    def settings(self, user: str, now: float) -> str:
        """Return the address of the page of all settings."""
        return f"{self.origin}/v1/mail-settings/{settings_token(self.tokens, user, now)}"


class LinkedMail:
    """Does what contracts.modules.mail_links.MailLinks says; `clock` gives Unix seconds, `ids()` a UUID as text."""

    def __init__(
        self,
        store: Store,
        sealer: UserSealer,
        bus: Bus,
        tokens: LinkTokens,
        clock: Callable[[], float],
        ids: Callable[[], str],
    ) -> None:
        self._store, self._sealer, self._bus, self._tokens = store, sealer, bus, tokens
        self._clock, self._ids = clock, ids

    def topic(self, token: str) -> LinkedTopic:
        """Return the topic of a link for unsubscribing, whose mail has ended too for a user who was erased."""
        link = self._tokens.opened(token, LinkPurpose.UNSUBSCRIBE, self._clock())
        try:
            with self._store.reading() as connection:
                stored = stored_person(connection, self._sealer, link.user)
        except Erased:
            return self._topic(link, unsubscribed=True)
        return self._topic(link, unsubscribed=link.about in stored.unsubscribed)

    def unsubscribe(self, token: str) -> LinkedTopic:
        """End the topic's mail in one transaction, also for what waits already."""
        now = self._clock()
        link = self._tokens.opened(token, LinkPurpose.UNSUBSCRIBE, now)
        try:
            with self._store.writing() as connection:
                before = stored_person(connection, self._sealer, link.user)
                changed = change_person(
                    connection, self._sealer, link.user, lambda stored: _without_mail(stored, link.about), now
                )
                self._publish_ended(connection, link.user, before, changed, now)
        except Erased:
            pass  # nothing is sent to them
        return self._topic(link, unsubscribed=True)

    def settings(self, token: str) -> LinkedSettings:
        """Return what is stored of the link's user."""
        now = self._clock()
        link = self._tokens.opened(token, LinkPurpose.SETTINGS, now)
        with self._store.reading() as connection:
            return self._settings(connection, link.user, stored_person(connection, self._sealer, link.user), now)

    def change(self, token: str, change: LinkedChange) -> LinkedSettings:
        """Change what is stored here, and request the same of the profile, in one transaction."""
        now = self._clock()
        link = self._tokens.opened(token, LinkPurpose.SETTINGS, now)
        with self._store.writing() as connection:
            stored = stored_person(connection, self._sealer, link.user)
            shown, wanted = stored.preferences, _preferences(stored.preferences, change)
            if wanted != shown:
                self._publish(connection, link.user, PreferencesRequestedV1(preferences=wanted, shown=shown), now)
            changed = change_person(
                connection, self._sealer, link.user, lambda before: _changed(before, change, now), now
            )
            self._publish_ended(connection, link.user, stored, changed, now)
            return self._settings(connection, link.user, changed, now)

    def withdraw(self, token: str) -> LinkedSettings:
        """Count the consent as withdrawn here, and have the profile record it, in one transaction."""
        now = self._clock()
        link = self._tokens.opened(token, LinkPurpose.SETTINGS, now)
        with self._store.writing() as connection:
            stored = stored_person(connection, self._sealer, link.user)
            if stored.agreed.get(Channel.EMAIL):
                self._publish(connection, link.user, ConsentWithdrawnV1(purpose=Purpose.EMAIL.value), now)
                stored = change_person(connection, self._sealer, link.user, _without_consent, now)
            return self._settings(connection, link.user, stored, now)

    def _topic(self, link: MailLink, *, unsubscribed: bool) -> LinkedTopic:
        counts = link.settings_until >= self._clock()
        settings = _settings_token(self._tokens, link.user, link.settings_until) if counts else None
        return LinkedTopic(topic=link.about, unsubscribed=unsubscribed, settings=settings)

    def _settings(self, connection: sa.Connection, user: str, stored: StoredPerson, now: float) -> LinkedSettings:
        topics = {*self._topics(connection, user), *stored.unsubscribed, *stored.preferences.muted}
        return LinkedSettings(
            preferences=stored.preferences,
            version=stored.version,
            topics={topic: _choice(stored, topic) for topic in sorted(topics)},
            agreed=tuple(sorted(person_of(stored).agreed)),
            paused_until=iso(stored.paused_until) if stored.paused_until > now else None,
        )

    def _topics(self, connection: sa.Connection, user: str) -> set[str]:
        latest = sa.select(NOTICES).where(NOTICES.c.user == user).order_by(NOTICES.c.created_at.desc()).limit(LATEST)
        found = set[str]()
        for row in connection.execute(latest):
            try:
                found.add(said_of(self._sealer, row).topic)
            except (Unreadable, msgspec.DecodeError):
                continue  # damaged: it hides no other
        return found

    def _publish_ended(
        self, connection: sa.Connection, user: str, before: StoredPerson, after: StoredPerson, now: float
    ) -> None:
        if topics := set(after.unsubscribed) - set(before.unsubscribed):
            self._publish(connection, user, TopicsUnsubscribedV1(topics=tuple(sorted(topics))), now)

    def _publish(self, connection: sa.Connection, user: str, data: Payload, now: float) -> None:
        self._bus.publish(connection, Event(id=self._ids(), source="/notifier", time=iso(now), data=data, user=user))


def settings_token(tokens: LinkTokens, user: str, now: float) -> str:
    """Return the token of a user's settings, the same for a whole day."""
    return _settings_token(tokens, user, _until(now))


def _until(now: float) -> int:
    return int((now + SETTINGS_S) // DAY_S + 1) * int(DAY_S)


def _settings_token(tokens: LinkTokens, user: str, until: int) -> str:
    return tokens.token(MailLink(LinkPurpose.SETTINGS, user, until=until))


def _choice(stored: StoredPerson, topic: str) -> TopicChoice:
    if topic in stored.preferences.muted:
        return TopicChoice.NONE
    return TopicChoice.NO_MAIL if topic in stored.unsubscribed else TopicChoice.ALL


def _without_mail(stored: StoredPerson, topic: str) -> StoredPerson:
    if topic in stored.unsubscribed:
        return stored
    return msgspec.structs.replace(stored, unsubscribed=(*stored.unsubscribed, topic))


def _without_consent(stored: StoredPerson) -> StoredPerson:
    return msgspec.structs.replace(stored, agreed={**stored.agreed, Channel.EMAIL: 0})


def _preferences(before: Preferences, change: LinkedChange) -> Preferences:
    """The preferences with the change in them; raise InvalidInput where they are more than can be stored."""
    muted = [each for each in before.muted if each not in change.topics]
    muted += [topic for topic, choice in change.topics.items() if choice is TopicChoice.NONE]
    changed = msgspec.structs.replace(before, channels=change.channels, quiet=change.quiet, muted=tuple(muted))
    try:
        return msgspec.convert(msgspec.to_builtins(changed), Preferences)
    except msgspec.ValidationError:
        raise InvalidInput("this is more than can be stored: change less at a time", ("topics",)) from None


def _changed(stored: StoredPerson, change: LinkedChange, now: float) -> StoredPerson:
    """What is stored with the change in it; raise Conflict where the page showed another version."""
    if change.version != stored.version:
        raise Conflict("this was changed since the page was shown: look at it again, then save", ("version",))
    unsubscribed = [each for each in stored.unsubscribed if change.topics.get(each) is not TopicChoice.ALL]
    unsubscribed += [
        topic
        for topic, choice in change.topics.items()
        if choice is TopicChoice.NO_MAIL and topic not in stored.unsubscribed
    ]
    if len(unsubscribed) > max(MOST_UNSUBSCRIBED, len(stored.unsubscribed)):
        raise InvalidInput("this is more than can be stored: change less at a time", ("topics",))
    paused = stored.paused_until
    if change.pause_days is not None:
        paused = now + change.pause_days * DAY_S if change.pause_days else 0.0
    return msgspec.structs.replace(
        stored,
        preferences=_preferences(stored.preferences, change),
        unsubscribed=tuple(unsubscribed),
        paused_until=paused,
    )
