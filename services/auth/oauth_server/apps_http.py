"""The routes by which users list and revoke the native clients that they allowed."""

import msgspec

from contracts.routes import RouteAnswer, RouteCall, RouteSpec
from services.auth.site import AUTH_RATE, AuthSite


class AllowedApp(msgspec.Struct, frozen=True):
    """What a user allowed a native client."""

    id: str
    client: str
    created_at: str
    ends_at: str
    revoked_at: str | None


class AppList(msgspec.Struct, frozen=True):
    """The apps that the caller allowed, newest first."""

    apps: list[AllowedApp]


def _apps(site: AuthSite, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=msgspec.convert({"apps": site.grants.of_user(call.caller.subject)}, AppList))


def _revoke(site: AuthSite, call: RouteCall) -> RouteAnswer:
    ended = site.grants.end(call.caller.subject, call.path["grant"])
    return RouteAnswer(value=msgspec.convert(ended, AllowedApp))


ROUTES = (
    RouteSpec(
        method="GET",
        path="/auth/apps",
        name="apps",
        summary="The apps that you allowed.",
        endpoint=_apps,
        answer=AppList,
        loose=True,
        tagged=False,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="POST",
        path="/auth/apps/{grant}/revoke",
        name="revokeApp",
        summary="End what you allowed an app.",
        endpoint=_revoke,
        parameters={"grant": str},
        answer=AllowedApp,
        says="It has ended, with all its tokens.",
        rate=AUTH_RATE,
    ),
)
