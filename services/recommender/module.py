"""The recommender as routes, the first screen and other processes see it."""

import time
from collections.abc import Callable, Sequence
from functools import cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from contracts.integrations.calendar_time import CalendarTime
from contracts.module import ModuleContext
from contracts.modules.events import Event, Payload
from contracts.modules.sealing import Erased
from contracts.refusals import Conflict, Refusal
from contracts.tips.ahead import AheadWriter
from contracts.tips.catalog import TipCatalog, TipSource
from contracts.tips.recommendations import (
    Recommendation,
    Surface,
    TakenFeedback,
    TipFeedback,
    TipRequest,
)
from contracts.trace import TRACEPARENT
from kit.sql.grouped_writes import GroupedWrites
from kit.sql.sessions import engine_of
from kit.times import iso, milliseconds
from services.recommender.drawing.contexts import UnderstoodContext, features_of, understood, zone_for
from services.recommender.drawing.decisions import (
    DecisionRows,
    LoggedDecision,
    drawn_tips,
    rows_of,
    seed_of,
    stored_answer,
)
from services.recommender.drawing.eligibility import TipSituation, eligible_arms
from services.recommender.drawing.free_hours import with_free_hour
from services.recommender.drawing.known_users import KnownUser, known_users
from services.recommender.drawing.requested_tips import DrawingMoment, RequestedTips
from services.recommender.feedback import check_value, take
from services.recommender.learning.states import LearntStates
from services.recommender.people import reader_in, reader_of
from services.recommender.promotion.administration import PolicyDecisions
from services.recommender.promotion.pauses import paused_tips
from services.recommender.promotion.plans import first_plan, plan_in_force
from services.recommender.promotion.promotion_events import PromotionEvents
from services.recommender.settings import RecommenderTable
from services.recommender.simulated_users import has_people, simulated_decisions
from services.recommender.store import recommender_store
from services.recommender.tables import DECISIONS, SERVED
from services.recommender.writing.ahead import NOTHING_AHEAD, TipsAhead

DAY_S = 86_400.0
STANDS_S = 6 * 3_600.0
"""How long the first screen shows the same tip, unless its user dismisses it or acts on it before."""
EMPTY_STANDS_S = 600.0
"""How long it shows that nothing is eligible."""
COUNTS_S = 2 * DAY_S
"""How far back caps look: 24 hours, and a calendar day of any zone."""
MOST_A_DAY = 300
"""Decisions of a user in 24 hours, so that no loop of requests fills the disk for a year."""
_LAST = (
    sa.select(DECISIONS)
    .where(
        DECISIONS.c.user == sa.bindparam("whose"),
        DECISIONS.c.surface == Surface.HOME.value,
        DECISIONS.c.made_at > sa.bindparam("since"),
        DECISIONS.c.made_at <= sa.bindparam("now"),
    )
    .order_by(DECISIONS.c.made_at.desc())
    .limit(1)
)


class TipsErased(Conflict):
    """This user requested erasure: no tip is drawn for them any more."""

    code = "GONE"


class TooManyTips(Refusal):
    """More decisions in a day than the limit."""

    code = "RATE_LIMITED"


class RecommenderModule(PolicyDecisions):
    """Implements Recommendations and SimulatedLog of contracts.tips, and the contract of its base.

    Requests that come while others are stored are stored together, by `grouped`.
    """

    def __init__(
        self,
        context: ModuleContext,
        tips: TipSource,
        writer: AheadWriter | None = None,
        calendars: CalendarTime | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._timer = timer
        self._store, self._source = recommender_store(engine_of(context.database)), tips
        self._calendars = calendars
        self._sealer, self._bus, self._clock, self._ids = context.sealer, context.bus, context.clock, context.ids
        table: RecommenderTable = context.settings
        self._repeat_after_s = table.repeat_after_days * DAY_S
        self._states, self._first_plan = LearntStates(), first_plan(table.drawing())
        self.grouped = GroupedWrites(self._store, self._decided, lambda requested: requested.user)
        self._ahead = None
        if writer is not None and table.ahead.cells:
            self._ahead = TipsAhead(context, self._store, writer, lambda: self._catalog, self._now)
        super().__init__(self._store, self._first_plan, lambda: self._catalog, self._now, PromotionEvents(context))

    def recommend(self, user: str, request: TipRequest) -> Recommendation:
        """Return the decision that was drawn, once it is stored; raise InvalidInput, TooManyTips, TipsErased."""
        now, began = self._now(), self._timer()
        context = understood(request, self._catalog, now)
        try:
            wanted = None if self._ahead is None else self._ahead.wanted(user, request.context, context)
            found = self.grouped.write(RequestedTips(user, request, began, context, wanted, TRACEPARENT.get()))
        except Erased:
            raise _erased() from None
        if self._ahead is not None and wanted is not None:
            self._ahead.want(wanted)  # for the next time: nobody waits for a model
        return found

    def standing(self, user: str) -> Recommendation:
        """Return the first screen's decision, the last one while its tip stands, else a new one; raise TipsErased."""
        now, began = self._now(), self._timer()
        try:
            with self._store.reading() as connection:
                if (found := self._stands(connection, user, now)) is not None:
                    return self._timed(connection, user, UnderstoodContext(), found, now)
            wanted = None if self._ahead is None else self._ahead.wanted(user, {}, UnderstoodContext())
            with self._store.writing() as connection:  # another screen of the user may have drawn meanwhile
                if (found := self._stands(connection, user, now)) is not None:
                    return self._timed(connection, user, UnderstoodContext(), found, now)
                request = TipRequest(surface=Surface.HOME)
                requested = RequestedTips(user, request, began, wanted=wanted, traceparent=TRACEPARENT.get())
                (made,) = self._decided(connection, [requested])
        except Erased:
            raise _erased() from None
        if isinstance(made, Erased):
            raise _erased()
        if isinstance(made, Exception):
            raise made
        return made

    def feedback(self, user: str, given: TipFeedback) -> TakenFeedback:
        """Store what the user did, once an id; raise InvalidInput, NotFound, Conflict, TipsErased."""
        check_value(given)
        now = self._now()
        try:
            with self._store.writing() as connection:
                return take(
                    connection, self._sealer, user, given, now, lambda said: self._publish(connection, user, said, now)
                )
        except Erased:
            raise _erased() from None

    def has_people(self) -> bool:
        """Return whether the log has a decision of a person."""
        with self._store.reading() as connection:
            return has_people(connection)

    def simulated_decisions(self) -> dict[tuple[str, int], str]:
        """Return the ids of decisions of simulated users, all that are in the log."""
        with self._store.reading() as connection:
            return simulated_decisions(connection)

    def look_for_tips(self) -> bool:
        """Serve what was published since from now on; return whether that is another catalog."""
        return self._source.refresh()

    def write_ahead(self) -> bool:
        """Have cells write for the context that waits longest; return whether one did."""
        return self._ahead is not None and self._ahead.step()

    def stop_writing(self) -> None:
        """End what is being written within seconds."""
        if self._ahead is not None:
            self._ahead.stop()

    def _decided(
        self, connection: sa.Connection, group: Sequence[RequestedTips]
    ) -> Sequence[Recommendation | Exception]:
        """Draw and write a decision for each request, all of different users; what one alone fails with is its answer.

        Whatever may fail for one of them does so before anything of it is written.
        """
        now, catalog = self._now(), self._catalog  # one catalog for a whole decision
        served_s = max(self._repeat_after_s, COUNTS_S)
        known = known_users(connection, [each.user for each in group], now, counted_s=DAY_S, served_s=served_s)
        moment = DrawingMoment(
            now,
            catalog,
            plan_in_force(connection, self._first_plan),
            paused_tips(connection),
            cache(lambda policy: self._states.of(connection, policy, catalog.scores)),
        )
        rows, answers = DecisionRows(), list[Recommendation | Exception]()
        for each in group:
            try:
                answers.append(self._drawn(connection, each, known[each.user], moment, rows))
            except sa.exc.SQLAlchemyError:
                raise  # the transaction is no good any more
            except Exception as error:  # noqa: BLE001  # its caller raises it
                answers.append(error)
        rows.write(connection)
        return answers

    def _drawn(
        self, connection: sa.Connection, own: RequestedTips, known: KnownUser, moment: DrawingMoment, rows: DecisionRows
    ) -> Recommendation:
        """Draw for a request and add its rows; raise Erased, TooManyTips."""
        if known.decisions >= MOST_A_DAY:
            raise TooManyTips(f"{MOST_A_DAY} decisions in a day are enough: ask again tomorrow")
        user, request, context, now, catalog = own.user, own.request, own.context, moment.now, moment.catalog
        reader = reader_in(self._sealer, user, known.sealed)
        zone = zone_for(context, reader.preferences)
        policy = moment.plan.policy_for(user)
        situation = TipSituation(request.surface, now, zone, self._repeat_after_s, context.area, moment.paused)
        written = NOTHING_AHEAD
        if self._ahead is not None and own.wanted is not None:
            written = self._ahead.unused(connection, own.wanted, reader)
        eligible = written.first(eligible_arms(written.joined(catalog), situation, reader, known.history))
        features, seed = features_of(context, request.surface, zone, now), seed_of(self._ids())
        learnt = moment.learnt(policy)
        probabilities, drawn = drawn_tips(policy, learnt, features, eligible, request.k, seed)
        placed = [written.marked(each, catalog) for each in drawn]
        decision = LoggedDecision(
            id=self._ids(),
            user=user,
            made_at=now,
            features=features,
            k=request.k,
            promotion=moment.plan.version,
            policy=policy,
            learnt=learnt,
            seed=seed,
            fallback=catalog.is_fallback(each.tip.id for each in placed),
            probabilities=probabilities,
            left_out=eligible.left_out,
            placed=placed,
            context=request.context,
            took_ms=(self._timer() - own.began) * 1_000,
        )
        added, made = rows_of(self._sealer, decision)
        answer = self._timed(connection, user, context, made, now)
        self._publish(connection, user, decision.event, now, own.traceparent)
        written.note_served(connection, placed, now)
        rows.add(added)
        return answer

    def _timed(
        self, connection: sa.Connection, user: str, context: UnderstoodContext, made: Recommendation, now: float
    ) -> Recommendation:
        """The same with the user's next free hour, of what their calendars say now and not of what was logged."""
        if self._calendars is None or not made.tips:
            return made

        @cache
        def zone() -> ZoneInfo:
            return zone_for(context, reader_of(connection, self._sealer, user).preferences)

        return with_free_hour(made, self._calendars.free_hour(connection, user, zone, now), zone)

    @property
    def _catalog(self) -> TipCatalog:
        return self._source.catalog

    def _stands(self, connection: sa.Connection, user: str, now: float) -> Recommendation | None:
        row = connection.execute(_LAST, {"whose": user, "since": now - STANDS_S, "now": now}).first()
        if row is None:
            return None
        ended = sa.select(SERVED.c.place).where(SERVED.c.decision == row.id, SERVED.c.ended_at.is_not(None)).limit(1)
        if connection.execute(ended).first() is not None:
            return None
        if not row.arms and row.made_at <= now - EMPTY_STANDS_S:
            return None
        return stored_answer(connection, self._sealer, row)

    def _now(self) -> float:
        """The time in whole milliseconds, so that rows, events and what is folded of either have the same."""
        return milliseconds(self._clock()) / 1_000

    def _publish(
        self, connection: sa.Connection, user: str, said: Payload, now: float, traceparent: str | None = None
    ) -> None:
        event = Event(
            id=self._ids(), source="/recommender", time=iso(now), data=said, user=user, traceparent=traceparent
        )
        self._bus.publish(connection, event)


def _erased() -> TipsErased:
    return TipsErased("this user asked to be erased: no tip is drawn for them any more")
