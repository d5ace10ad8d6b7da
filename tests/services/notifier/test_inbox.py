"""The app's inbox: what arrived, in pages, and what its user says of it."""

import pytest
import sqlalchemy as sa

from contracts.modules.notices import NoticeMarks, NoticeQuery, Shown
from contracts.paging import InvalidCursor
from contracts.refusals import NotFound
from kit.times import iso
from services.events.tables import OUTBOX
from services.notifier.module import InboxErased
from services.notifier.tables import NOTICES
from tests.services.notifier.world import DAY_S, START, World


def test_a_notice_says_what_was_requested(world: World) -> None:
    """All that the event said, and when it arrived and expires."""
    id_ = world.notify("Sleep well", link="/tips/1", decision="decision-1")
    (notice,) = world.inbox()
    assert (notice.id, notice.topic, notice.title, notice.text) == (id_, "sleep", "Sleep well", "Go to bed early.")
    assert (notice.link, notice.decision, notice.critical) == ("/tips/1", "decision-1", False)
    assert (notice.arrived_at, notice.expires_at) == (iso(START), iso(START + 14 * DAY_S))
    assert (notice.read_at, notice.opened_at, notice.archived_at) == (None, None, None)
    assert world.inbox("user-b") == []


def test_a_damaged_notice_hides_no_other(world: World) -> None:
    """Pages go on behind it, on the first screen too."""
    ids = [world.notify(str(number)) for number in range(3)]
    with world.engine.begin() as connection:
        connection.execute(NOTICES.update().where(NOTICES.c.id == ids[1]).values(sealed=b"damaged"))
    assert {notice.id for notice in world.inbox()} == {ids[0], ids[2]}
    pages, after = [], None
    for _ in ids:
        page = world.notifier.inbox("user-a", NoticeQuery(first=1, after=after))
        pages += [notice.id for notice in page.notices]
        after = page.next
    assert (set(pages), after) == ({ids[0], ids[2]}, None)
    assert len(world.section()["latest"]) == 2


def test_reading_and_archiving_are_taken_back(world: World) -> None:
    """Unread, inbox and archive are three lists of the same notices; the first moment of a mark stays."""
    first, second = world.notify("one"), world.notify("two")
    world.clock.now += 60
    read = world.notifier.mark("user-a", first, NoticeMarks(read=True))
    assert read.read_at == iso(START + 60)
    world.clock.now += 60
    assert world.notifier.mark("user-a", first, NoticeMarks(read=True)) == read
    assert [notice.id for notice in world.inbox(show=Shown.UNREAD)] == [second]
    world.notifier.mark("user-a", second, NoticeMarks(archived=True))
    assert [notice.id for notice in world.inbox()] == [first]
    assert [notice.id for notice in world.inbox(show=Shown.ARCHIVED)] == [second]
    assert world.section()["unread"] == 0
    world.notifier.mark("user-a", second, NoticeMarks(archived=False))
    assert world.notifier.mark("user-a", first, NoticeMarks(read=False)).read_at is None
    assert world.section()["unread"] == 2
    assert world.notifier.read_all("user-a") == 2
    assert world.notifier.read_all("user-a") == 0


def test_the_first_opening_is_a_signal(world: World) -> None:
    """It reads the notice too; a second one, and one of a notice without a tip, tells nothing."""
    tip, plain = world.notify(decision="decision-1"), world.notify()
    for id_ in (tip, tip, plain):
        opened = world.notifier.mark("user-a", id_, NoticeMarks(opened=True))
        assert opened.read_at == opened.opened_at == iso(START)
    with world.engine.connect() as connection:
        types = list(connection.execute(sa.select(OUTBOX.c.type)).scalars())
    assert types.count("tip.opened.v1") == 1


def test_an_expired_notice_is_in_no_list(world: World) -> None:
    """Neither in the inbox nor on the first screen, and it cannot be marked."""
    id_ = world.notify(expires_at=iso(START + 100))
    assert len(world.inbox()) == world.section()["unread"] == 1
    world.clock.now += 100
    assert world.inbox() == []
    assert world.section() == {"unread": 0, "latest": []}
    with pytest.raises(NotFound):
        world.notifier.mark("user-a", id_, NoticeMarks(read=True))


def test_pages_follow_each_other(world: World) -> None:
    """Every notice is on one page, latest first, also of those that arrived in one moment."""
    ids = []
    for number in range(7):
        world.clock.now += number % 3
        ids.append(world.notify(str(number)))
    seen: list[str] = []
    after: str | None = None
    while True:
        page = world.notifier.inbox("user-a", NoticeQuery(first=3, after=after))
        assert page.unread == 7
        seen += [notice.id for notice in page.notices]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == sorted(ids)
    assert seen == [notice.id for notice in world.inbox()]


def test_others_notices_are_nobodys(world: World) -> None:
    """Another user's notice is neither a place in the list nor there to be marked."""
    id_ = world.notify()
    with pytest.raises(InvalidCursor):
        world.notifier.inbox("user-b", NoticeQuery(after=id_))
    with pytest.raises(NotFound):
        world.notifier.mark("user-b", id_, NoticeMarks(read=True))


def test_an_erased_users_inbox_is_closed(world: World) -> None:
    """Once the key is destroyed nothing is read, and the refusal says so."""
    id_ = world.notify()
    world.sealer.destroy("user-a")
    with pytest.raises(InboxErased):
        world.inbox()
    with pytest.raises(InboxErased):
        world.notifier.mark("user-a", id_, NoticeMarks(read=True))
