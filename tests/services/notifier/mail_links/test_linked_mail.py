"""What links of mails do to what is stored, and what they request of the profile."""

from collections.abc import Sequence

import pytest

from contracts.modules.database import Transaction
from contracts.modules.events import (
    ConsentChangedV1,
    ConsentWithdrawnV1,
    Event,
    Payload,
    PreferencesChangedV1,
    PreferencesRequestedV1,
    TopicsUnsubscribedV1,
)
from contracts.modules.mail_links import LinkedChange, LinkedSettings, TopicChoice
from contracts.modules.profile import Channel, Preferences, Quiet, Weekday
from contracts.refusals import Conflict, InvalidInput, NotFound
from kit.times import iso
from services.notifier.mail_links.link_tokens import LinkPurpose, MailLink
from services.notifier.mail_links.linked_mail import SETTINGS_S, MailLinksOf, settings_token
from services.notifier.module import InboxErased
from services.notifier.people import stored_person
from tests.services.notifier.world import DAY_S, START, World

ORIGIN = "https://app.example"
MAIL = Preferences(time_zone="Europe/Berlin", channels=(Channel.EMAIL,), muted=("work",))


class Requested:
    """A consumer that notes what is requested of the profile, and that mail ended."""

    name, replayable = "requested", False
    takes: Sequence[type[Payload]] = (PreferencesRequestedV1, ConsentWithdrawnV1, TopicsUnsubscribedV1)

    def __init__(self) -> None:
        self.got: list[Payload] = []

    def handle(self, _: Transaction, event: Event) -> None:
        """Note it."""
        assert event.user == "user-a"
        self.got.append(event.data)


class Linked:
    """A world with a user who agreed to mail and got a notice about sleep, and the links of that mail."""

    def __init__(self, world: World) -> None:
        self.world, self.requested = world, Requested()
        world.consumers.append(self.requested)
        world.publish(PreferencesChangedV1(version=4, preferences=MAIL))
        world.publish(ConsentChangedV1(purpose="email", given=True, version=1))
        world.notify(topic="sleep")
        self.topic = MailLinksOf(world.tokens, ORIGIN).unsubscribe("user-a", "sleep", START).rpartition("/")[2]
        self.settings = settings_token(world.tokens, "user-a", START)

    def agreed(self) -> bool:
        """Whether mail may still be sent."""
        with self.world.engine.connect() as connection:
            return bool(stored_person(connection, self.world.sealer, "user-a").agreed.get(Channel.EMAIL))

    def change(self, **given: object) -> LinkedSettings:
        """Save the page of settings."""
        said = {"version": 4, "channels": (Channel.EMAIL,), "topics": {}, "quiet": (), **given}
        return self.world.notifier.change_linked(self.settings, LinkedChange(**said))  # type: ignore[arg-type]  # any field


@pytest.fixture
def linked(world: World) -> Linked:
    """One user and two links."""
    return Linked(world)


def test_one_click_ends_the_mail_of_a_topic_alone(linked: Linked) -> None:
    """From the next notice on, which says why; another topic goes on, and looking or repeating changes nothing."""
    notifier = linked.world.notifier
    assert not notifier.linked_topic(linked.topic).unsubscribed
    assert not notifier.linked_topic(linked.topic).unsubscribed
    for _ in range(2):
        assert notifier.unsubscribe(linked.topic).unsubscribed
    assert notifier.linked_topic(linked.topic).unsubscribed
    topics = notifier.linked_settings(linked.settings).topics
    assert topics == {"sleep": TopicChoice.NO_MAIL, "work": TopicChoice.NONE}
    codes = {topic: notifier.why("user-a", linked.world.notify(topic=topic)).code for topic in ("sleep", "food")}
    assert codes == {"sleep": "unsubscribed", "food": "channels_failed"}
    linked.world.settle()
    assert linked.requested.got == [TopicsUnsubscribedV1(topics=("sleep",))]


def test_settings_are_shown_as_they_are(linked: Linked) -> None:
    """Topics of notices so far and those that are muted, channels agreed to, the version that a change names."""
    assert linked.world.notifier.linked_settings(linked.settings) == LinkedSettings(
        preferences=MAIL,
        version=4,
        topics={"sleep": TopicChoice.ALL, "work": TopicChoice.NONE},
        agreed=(Channel.EMAIL,),
        paused_until=None,
    )


def test_a_change_counts_at_once_and_is_requested_of_the_profile(linked: Linked) -> None:
    """Topics, channels, quiet hours and a pause; what the page does not show stays as it is."""
    quiet = (Quiet(Weekday.MON, "21:00", "08:00"),)
    topics = {"sleep": TopicChoice.NONE, "food": TopicChoice.NO_MAIL}
    saved = linked.change(
        channels=(Channel.PUSH,), topics={**topics, "work": TopicChoice.ALL}, quiet=quiet, pause_days=7
    )
    assert saved.paused_until == iso(START + 7 * DAY_S)
    assert saved.topics == topics
    wanted = Preferences(time_zone="Europe/Berlin", channels=(Channel.PUSH,), muted=("sleep",), quiet=quiet)
    assert saved.preferences == wanted
    linked.world.settle()
    assert linked.requested.got == [
        PreferencesRequestedV1(preferences=wanted, shown=MAIL),
        TopicsUnsubscribedV1(topics=("food",)),
    ]
    linked.change(channels=(Channel.PUSH,), quiet=quiet)
    linked.world.settle()
    assert len(linked.requested.got) == 2
    assert linked.change(pause_days=0, quiet=quiet, channels=(Channel.PUSH,)).paused_until is None


def test_a_page_that_is_out_of_date_changes_nothing(linked: Linked) -> None:
    """Who changed their preferences elsewhere meanwhile looks again before saving."""
    linked.world.publish(PreferencesChangedV1(version=5, preferences=Preferences()))
    linked.world.settle()
    with pytest.raises(Conflict):
        linked.change(pause_days=7)
    linked.world.settle()
    shown = linked.world.notifier.linked_settings(linked.settings)
    assert (shown.version, shown.paused_until, linked.requested.got) == (5, None, [])


def test_what_is_too_much_is_refused_whole(linked: Linked) -> None:
    """More muted topics than a profile holds."""
    many = {f"topic-{number}": TopicChoice.NONE for number in range(100)}
    with pytest.raises(InvalidInput):
        linked.change(topics=many)
    assert linked.world.notifier.linked_settings(linked.settings).preferences == MAIL


def test_topics_without_mail_are_bounded_but_for_those_of_mails(linked: Linked) -> None:
    """Pages that are posted again and again with other topics end in a refusal; one click counts even then."""
    for hundred in range(3):
        linked.change(topics={f"topic-{hundred}-{number}": TopicChoice.NO_MAIL for number in range(100)})
    with pytest.raises(InvalidInput):
        linked.change(topics={"one-more": TopicChoice.NO_MAIL})
    notifier = linked.world.notifier
    assert notifier.unsubscribe(linked.topic).unsubscribed
    assert len(linked.change(topics={"topic-0-0": TopicChoice.ALL}).topics) == 301


def test_withdrawing_consent_counts_at_once_and_is_requested_once(linked: Linked) -> None:
    """The profile's log records it; the same again requests nothing."""
    for _ in range(2):
        assert linked.world.notifier.withdraw_mail(linked.settings).agreed == ()
    assert not linked.agreed()
    linked.world.settle()
    assert linked.requested.got == [ConsentWithdrawnV1(purpose="email")]


def test_a_link_does_what_it_is_for_until_it_ends(linked: Linked) -> None:
    """No link of one kind works as the other; that of settings ends, that for unsubscribing never does.

    Once the settings of a mail ended its other link leads to none any more, nor does one that never said when.
    """
    notifier = linked.world.notifier
    assert notifier.linked_topic(linked.topic).settings == linked.settings
    older = linked.world.tokens.token(MailLink(LinkPurpose.UNSUBSCRIBE, "user-a", "sleep"))
    assert notifier.linked_topic(older).settings is None
    with pytest.raises(NotFound):
        notifier.linked_settings(linked.topic)
    with pytest.raises(NotFound):
        notifier.unsubscribe(linked.settings)
    linked.world.clock.now += SETTINGS_S + 2 * DAY_S
    with pytest.raises(NotFound):
        notifier.withdraw_mail(linked.settings)
    assert linked.agreed()
    assert notifier.linked_topic(linked.topic).settings is None
    assert notifier.unsubscribe(linked.topic).unsubscribed


def test_an_erased_user_is_unsubscribed_and_has_no_settings(linked: Linked) -> None:
    """One click is answered as always; nothing is stored by it."""
    linked.world.sealer.destroy("user-a")
    notifier = linked.world.notifier
    assert notifier.linked_topic(linked.topic).unsubscribed
    assert notifier.unsubscribe(linked.topic).unsubscribed
    for ask in (notifier.linked_settings, notifier.withdraw_mail):
        with pytest.raises(InboxErased):
            ask(linked.settings)
    with pytest.raises(InboxErased):
        linked.change()


def test_the_addresses_in_a_mail_are_those_of_the_routes(linked: Linked) -> None:
    """Under the app's own origin; that of settings is the same all day."""
    links = MailLinksOf(linked.world.tokens, ORIGIN)
    assert links.unsubscribe("user-a", "sleep", START) == f"{ORIGIN}/v1/unsubscribe/{linked.topic}"
    assert links.settings("user-a", START) == f"{ORIGIN}/v1/mail-settings/{linked.settings}"
    assert links.settings("user-a", START + 1) == links.settings("user-a", START)
