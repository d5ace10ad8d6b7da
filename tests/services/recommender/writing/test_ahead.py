"""Tips that were written for a user's context: they come before judged texts, once, to that user in that context."""

from typing import Any

import pytest
import sqlalchemy as sa

from contracts.modules.events import ConsentChangedV1
from services.recommender.module import STANDS_S
from services.recommender.settings import AheadTable
from services.recommender.tables import SERVED, TEXTS
from tests.services.recommender.world import World
from tests.services.recommender.writing.writer import Writer

EXTERNAL = "vendor/large/long"


@pytest.fixture
def writer(here: World) -> Writer:
    """What writes for the world's module."""
    made = Writer()
    made.storage = here.home.storage
    here.recommender = here.module(writer=made, ahead=AheadTable(cells=3))
    return made


def _written(world: World) -> None:
    while world.recommender.write_ahead():
        pass


def _texts(made: Any) -> list[str]:
    return [tip.text for tip in made.tips]


def test_a_text_for_the_context_comes_before_judged_ones_once(here: World, writer: Writer) -> None:
    """The first answer waits for no model; the next has the texts, and says so; then they are used."""
    first = here.ask(k=2, area="sleep", mood="tired")
    assert not any("wrote" in text for text in _texts(first))
    _written(here)
    ((user, request),) = writer.requests
    assert (user, request.data, request.locale) == ("user-a", {"area": "sleep", "mood": "tired"}, None)
    assert [(place.arm, place.area) for place in request.places] == [
        ("template/terse", "sleep"),
        ("template/coach", "sleep"),
    ]
    second = here.ask(k=2, area="sleep", mood="tired", at="2027-01-15T08:00:00Z")
    assert sorted(_texts(second)) == ["template/coach wrote 1 time.", "template/terse wrote 1 time."]
    assert all(tip.reason.endswith("; written for this context") for tip in second.tips)
    assert [row.propensity for row in here.rows(SERVED) if row.decision == second.decision] == [0.5, 1.0]
    assert {row.source for row in here.rows(SERVED)} == {"template", "ahead"}
    third = here.ask(k=2, area="sleep", mood="tired")
    assert not any("wrote" in text for text in _texts(third))
    _written(here)
    assert [place.number for place in writer.requests[-1][1].places] == [1, 1]
    assert _texts(here.ask(k=1, area="sleep", mood="tired"))[0].endswith("wrote 2 times.")


def test_nobody_else_and_no_other_context_gets_it(here: World, writer: Writer) -> None:
    """A text belongs to a user and to all fields that they came with; what it says is sealed."""
    here.ask(area="sleep", mood="tired")
    _written(here)
    for user, mood in (("user-b", "tired"), ("user-a", "merry"), ("user-a", None)):
        assert "wrote" not in _texts(here.ask(user, area="sleep", mood=mood))[0]
    assert not any(b"wrote" in row.sealed for row in here.rows(TEXTS))
    assert len({row.context for row in here.rows(TEXTS)}) == 1
    assert len(writer.requests) == 1


def test_the_first_screen_shows_what_was_written_for_no_context(here: World, writer: Writer) -> None:
    """Once there is some, and nothing is written for the screen itself; what stands stays as it is."""
    assert "wrote" not in here.section()["tips"][0]["text"]
    assert not here.recommender.write_ahead()
    here.clock.now += STANDS_S + 1
    here.ask()
    _written(here)
    shown = here.section()["tips"][0]
    assert "wrote 1 time" in shown["text"]
    assert shown["reason"].endswith("; written for this context")
    assert here.section()["tips"][0] == shown
    assert len(writer.requests) == 1


def test_another_companys_model_needs_the_consent(here: World, writer: Writer) -> None:
    """It writes only once the user agreed, and what it wrote is not served once they withdrew."""
    here.ask(area="sleep")
    _written(here)
    assert EXTERNAL not in {place.arm for place in writer.requests[-1][1].places}
    here.publish(ConsentChangedV1(purpose="external-model", given=True, version=1))
    here.ask(area="sleep")
    _written(here)
    assert EXTERNAL in {place.arm for place in writer.requests[-1][1].places}
    here.publish(ConsentChangedV1(purpose="external-model", given=False, version=1))
    assert not any(text.startswith(EXTERNAL) for text in _texts(here.ask(k=3, area="sleep")))
    unused = [row for row in here.rows(TEXTS) if row.arm == EXTERNAL]
    assert [row.served_at for row in unused] == [None]


def test_a_day_costs_no_more_than_it_may(here: World, writer: Writer) -> None:
    """What is left is the ceiling of the next request, and with nothing left there is none."""
    writer.cost = 0.3
    here.ask(area="sleep")
    _written(here)
    here.ask("user-b", area="sleep")
    _written(here)
    assert [request.ceiling for _, request in writer.requests] == [1.0, pytest.approx(0.4)]
    here.ask("user-c", area="sleep")
    _written(here)
    assert len(writer.requests) == 2
    here.clock.now += 86_401.0
    here.ask("user-c", area="sleep")
    _written(here)
    assert len(writer.requests) == 3


def test_what_may_not_be_shown_is_neither_served_nor_written_again_soon(here: World, writer: Writer) -> None:
    """Judged texts serve; after the hours for which a text stands the cells are tried again."""
    writer.fault = "markup"
    for _ in range(2):
        assert "wrote" not in _texts(here.ask(area="sleep"))[0]
        _written(here)
    assert len(writer.requests) == 1
    here.clock.now += 24 * 3_600.0 + 1
    here.ask(area="sleep")
    _written(here)
    assert len(writer.requests) == 2


def test_a_text_expires(here: World, writer: Writer) -> None:
    """One that was not served in its hours is not served later, and another is written."""
    here.ask(area="sleep")
    _written(here)
    here.clock.now += 24 * 3_600.0 + 1
    assert "wrote" not in _texts(here.ask(area="sleep"))[0]
    _written(here)
    assert len(writer.requests) == 2


def test_a_context_without_an_area_has_one_of_the_cells_own(here: World, writer: Writer) -> None:
    """The same one each time, so that the text is about something."""
    here.ask(mood="tired")
    _written(here)
    places = writer.requests[0][1].places
    assert {place.area for place in places} <= {"sleep", "work"}
    assert "wrote" in _texts(here.ask(mood="tired"))[0]


def test_for_an_erased_user_nothing_is_written(here: World, writer: Writer) -> None:
    """What waits for them is let go, what is being written is not stored, and others go on."""
    here.ask(area="sleep")
    here.sealer.destroy("user-a")
    here.ask("user-b", area="sleep")
    _written(here)
    assert [user for user, _ in writer.requests] == ["user-b"]
    assert {row.user for row in here.rows(TEXTS)} == {"user-b"}
    here.ask("user-c", area="sleep")
    writer.meanwhile = lambda: here.sealer.destroy("user-c")
    _written(here)
    assert {row.user for row in here.rows(TEXTS)} == {"user-b"}
    assert here.home.storage.blobs.list("recommender/ahead") == []


def test_a_damaged_text_leaves_the_judged_ones(here: World, writer: Writer) -> None:  # noqa: ARG001  # it writes
    """An answer comes all the same."""
    here.ask(area="sleep")
    _written(here)
    with here.engine.begin() as connection:
        connection.execute(sa.update(TEXTS).values(sealed=b"damaged"))
    assert "wrote" not in _texts(here.ask(area="sleep"))[0]


def test_without_a_number_of_cells_nothing_is_written(here: World) -> None:
    """And there is nothing to write with."""
    made = Writer()
    here.recommender = here.module(writer=made)
    here.ask(area="sleep")
    assert not here.recommender.write_ahead()
    here.recommender.stop_writing()
    assert made.requests == []
