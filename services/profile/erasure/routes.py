"""The routes of what spans all modules: exporting a user, erasing one, and the erasures that admins see."""

from dataclasses import dataclass

from contracts.access.caller import Role
from contracts.modules.erasure import Erasure, ErasureList, ErasureRequest, Erasures, Exporter
from contracts.refusals import Forbidden
from contracts.routes import Download, Rate, RouteAnswer, RouteCall, RouteSpec


@dataclass(frozen=True)
class UserData:
    """What these routes ask."""

    erasures: Erasures
    exporter: Exporter


def _export(data: UserData, call: RouteCall) -> RouteAnswer:
    user = call.caller.subject
    return RouteAnswer(value=data.exporter.export(user), target=user)


def _erase(data: UserData, call: RouteCall) -> RouteAnswer:
    user = _whom(call)
    mine = user == call.caller.subject
    erasure = data.erasures.erase(user, "self" if mine else "admin")
    # By the time the audit row is written, the others that name a user who goes may be changed already.
    return RouteAnswer(value=erasure, target=erasure.id, actor="erased" if mine else None)


def _list(data: UserData, _: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=ErasureList(list(data.erasures.erasures())))


def _own_unless_admin(call: RouteCall) -> None:
    if _whom(call) != call.caller.subject and call.caller.role < Role.ADMIN:
        raise Forbidden("only an admin asks for somebody else to be erased", ("user",))


def _whom(call: RouteCall) -> str:
    body: ErasureRequest = call.body
    return body.user or call.caller.subject


ROUTES = (
    RouteSpec(
        method="POST",
        path="/v1/profile/export",
        name="exportUser",
        summary="Everything about you from every module, within 10 minutes of signing in.",
        endpoint=_export,
        answer=Download(media_type="application/zip", filename="tipbench-export.zip"),
        says="A ZIP archive with a manifest.",
        recent=True,
        audit="exportUser",
        rate=Rate(name="export", per_minute=6),
    ),
    RouteSpec(
        method="POST",
        path="/v1/profile/erase",
        name="eraseUser",
        summary="Erase yourself, or as an admin somebody else, within 10 minutes of signing in.",
        endpoint=_erase,
        body=ErasureRequest,
        answer=Erasure,
        status=202,
        says="Every module was asked.",
        permits=_own_unless_admin,
        recent=True,
        audit="eraseUser",
        rate=Rate(name="erase", per_minute=6),
        refusals=(404, 409),
    ),
    RouteSpec(
        method="GET",
        path="/v1/profile/erasures",
        name="erasures",
        summary="Erasures under way and done.",
        endpoint=_list,
        answer=ErasureList,
        role=Role.ADMIN,
    ),
)
SCHEMA_NAMES: dict[type, str] = {ErasureRequest: "Asked", ErasureList: "UnderWay"}
"""Names in the OpenAPI document where they are not the records' own: clients have types of these names."""
