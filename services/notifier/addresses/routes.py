"""The routes of one's own browsers, and of tests of channels."""

from contracts.modules.notices import (
    ApplicationServerKey,
    BrowserId,
    ChannelTest,
    NoticeHistory,
    PushSubscription,
    Reachable,
    SubscribedBrowser,
)
from contracts.routes import Rate, RouteAnswer, RouteCall, RouteSpec, Security

LARGEST_SUBSCRIPTION = 8 * 1024
TESTS = Rate(name="notice-tests", per_minute=5)


def _key(reachable: Reachable, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=reachable.push_key(call.caller.subject))


def _subscribe(reachable: Reachable, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=reachable.subscribe(call.caller.subject, call.caller.credential, call.body))


def _forget(reachable: Reachable, call: RouteCall) -> RouteAnswer:
    reachable.forget_browser(call.caller.subject, call.path["browser"])
    return RouteAnswer(value=None)


def _test(reachable: Reachable, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=reachable.test_channel(call.caller.subject, call.body.channel))


ROUTES = (
    RouteSpec(
        method="GET",
        path="/v1/push/key",
        name="pushKey",
        summary="The key that browsers subscribe to push messages with.",
        endpoint=_key,
        answer=ApplicationServerKey,
        refusals=(409,),
    ),
    RouteSpec(
        method="POST",
        path="/v1/push/subscriptions",
        name="subscribeBrowser",
        summary="Have push messages sent to this browser until you sign out in it.",
        endpoint=_subscribe,
        body=PushSubscription,
        max_bytes=LARGEST_SUBSCRIPTION,
        answer=SubscribedBrowser,
        security=Security.SESSION,
        idempotent=True,
        refusals=(409, 410),
    ),
    RouteSpec(
        method="DELETE",
        path="/v1/push/subscriptions/{browser}",
        name="forgetBrowser",
        summary="Have nothing sent to a browser any more.",
        endpoint=_forget,
        parameters={"browser": BrowserId},
        answer=None,
        status=204,
        refusals=(404,),
    ),
    RouteSpec(
        method="POST",
        path="/v1/notices/test",
        name="testChannel",
        summary="Send yourself a notice by one channel, now.",
        endpoint=_test,
        body=ChannelTest,
        answer=NoticeHistory,
        rate=TESTS,
        idempotent=True,
        refusals=(409, 410),
    ),
)
