"""The routes of webhooks that have a connection read: its user's, and the one that takes messages."""

from contracts.integrations.connections import (
    ConnectionId,
    SignedMessage,
    SyncMessageReceipt,
    SyncWebhook,
    UserConnections,
)
from contracts.routes import Media, Rate, RouteAnswer, RouteCall, RouteSpec, Security
from kit.http.headers import header_of
from kit.signed_messages import SIGNED
from services.integrations.connections.sync_webhooks import PATH

LARGEST_MESSAGE = 64 * 1024


def _make(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    id_ = call.path["connection"]
    return RouteAnswer(value=connections.make_sync_webhook(call.caller.subject, id_), target=id_)


def _remove(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    connections.remove_sync_webhook(call.caller.subject, call.path["connection"])
    return RouteAnswer(value=None, target=call.path["connection"])


def _take(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    id_, timestamp, signature = (header_of(call.request.scope, name) or "" for name in SIGNED)
    message = SignedMessage(id=id_, timestamp=timestamp, signature=signature, body=call.body)
    return RouteAnswer(value=connections.take_sync_message(call.path["connection"], message))


ROUTES = (
    RouteSpec(
        method="POST",
        path="/v1/connections/{connection}/webhook",
        name="makeSyncWebhook",
        summary="Have signed messages make a connection be read, or give its webhook another secret.",
        endpoint=_make,
        parameters={"connection": ConnectionId},
        answer=SyncWebhook,
        status=201,
        says="Where to send them, and the secret, which is shown this once.",
        audit="makeSyncWebhook",
        refusals=(404, 409),
    ),
    RouteSpec(
        method="DELETE",
        path="/v1/connections/{connection}/webhook",
        name="removeSyncWebhook",
        summary="Let no message make a connection be read any more.",
        endpoint=_remove,
        parameters={"connection": ConnectionId},
        answer=None,
        status=204,
        audit="removeSyncWebhook",
        refusals=(404,),
    ),
    RouteSpec(
        method="POST",
        path=f"{PATH}/{{connection}}",
        name="takeSyncMessage",
        summary="A message, signed as Standard Webhooks has it, after which its connection is read.",
        endpoint=_take,
        parameters={"connection": ConnectionId},
        body=Media(media_type="application/json", says="Whatever the sender says, which is not looked at."),
        max_bytes=LARGEST_MESSAGE,
        answer=SyncMessageReceipt,
        status=202,
        says="Taken, now or before: the connection is read as soon as its provider may be asked.",
        refusals=(401, 409),
        security=Security.SIGNATURE,
        rate=Rate(name="sync-messages", per_minute=600),
    ),
)
