"""The routes of one's own inbox."""

import msgspec

from contracts.modules.notices import InboxNotice, NoticeId, NoticeMarks, NoticePage, NoticeQuery, Notices
from contracts.routes import RouteAnswer, RouteCall, RouteSpec


class ReadNotices(msgspec.Struct, frozen=True):
    """How many notices were unread and are read now."""

    read: int


def _inbox(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notices.inbox(call.caller.subject, call.query))


def _mark(notices: Notices, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notices.mark(call.caller.subject, call.path["notice"], call.body))


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
)
