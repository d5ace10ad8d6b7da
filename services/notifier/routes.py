"""The routes of one's own inbox."""

import msgspec

from contracts.modules.notices import (
    ForeseenWeek,
    InboxNotice,
    NoticeHistory,
    NoticeId,
    NoticeMarks,
    NoticePage,
    NoticeQuery,
    Notices,
    Pause,
    PausedUntil,
    PlannedWeek,
)
from contracts.routes import RouteAnswer, RouteCall, RouteSpec


class ReadNotices(msgspec.Struct, frozen=True):
    """How many notices were unread and are read now."""

    read: int


def _inbox(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notices.inbox(call.caller.subject, call.query))


def _mark(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notices.mark(call.caller.subject, call.path["notice"], call.body))


def _why(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notices.why(call.caller.subject, call.path["notice"]))


def _send_again(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notices.send_again(call.caller.subject, call.path["notice"]))


def _pause(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notices.pause(call.caller.subject, call.body.days))


def _week(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notices.week(call.caller.subject, call.body))


def _read_all(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=ReadNotices(notices.read_all(call.caller.subject)))


ROUTES = (
    RouteSpec(
        method="GET",
        path="/v1/notices",
        name="notices",
        summary="Your inbox: a page of notices, latest first.",
        endpoint=_inbox,
        query=NoticeQuery,
        answer=NoticePage,
        refusals=(410,),
    ),
    RouteSpec(
        method="PUT",
        path="/v1/notices/{notice}",
        name="markNotice",
        summary="Say of a notice that it is read, opened or archived, or is not.",
        endpoint=_mark,
        parameters={"notice": NoticeId},
        body=NoticeMarks,
        answer=InboxNotice,
        idempotent=True,
        refusals=(404, 410),
    ),
    RouteSpec(
        method="POST",
        path="/v1/notices/read",
        name="readNotices",
        summary="Mark everything in your inbox as read.",
        endpoint=_read_all,
        answer=ReadNotices,
        idempotent=True,
    ),
    RouteSpec(
        method="GET",
        path="/v1/notices/{notice}/why",
        name="whyNotice",
        summary="Why a notice is where it is: what held it, what became of it.",
        endpoint=_why,
        parameters={"notice": NoticeId},
        answer=NoticeHistory,
        refusals=(404,),
    ),
    RouteSpec(
        method="POST",
        path="/v1/notices/{notice}/again",
        name="sendNoticeAgain",
        summary="Send a notice once more of which nobody knows whether it arrived.",
        endpoint=_send_again,
        parameters={"notice": NoticeId},
        answer=NoticeHistory,
        idempotent=True,
        refusals=(404, 409),
    ),
    RouteSpec(
        method="POST",
        path="/v1/notices/pause",
        name="pauseNotices",
        summary="Let nothing go out for some days.",
        endpoint=_pause,
        body=Pause,
        answer=PausedUntil,
        idempotent=True,
        refusals=(410,),
    ),
    RouteSpec(
        method="POST",
        path="/v1/notices/week",
        name="noticesWeek",
        summary="What would become of notices in the coming week, with your preferences or others; sends nothing.",
        endpoint=_week,
        body=PlannedWeek,
        answer=ForeseenWeek,
        says="What would go out when, by which channel, and what would be held.",
        refusals=(410,),
    ),
)
