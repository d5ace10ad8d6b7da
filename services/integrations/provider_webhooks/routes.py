"""The routes that providers send to when something changed."""

from contracts.integrations.connections import (
    ConnectionProvider,
    ProviderMessage,
    ProviderMessageReceipt,
    UserConnections,
)
from contracts.routes import Endpoint, Media, Rate, RouteAnswer, RouteCall, RouteSpec, Security
from kit.http.headers import header_of
from services.integrations.connectors.configured import MESSAGES
from services.integrations.provider_webhooks.provider_messages import FIELDS

LARGEST_EVENT = 256 * 1024
"""Bytes of a body: a task with its description, each character of which JSON may write as six."""
RATE = Rate(name="provider-messages", per_minute=1_200)


def _taken_from(provider: ConnectionProvider) -> Endpoint:
    def take(connections: UserConnections, call: RouteCall) -> RouteAnswer:
        found = {name: header_of(call.request.scope, name) for name in FIELDS[provider]}
        headers = {name: value for name, value in found.items() if value is not None}
        message = ProviderMessage(headers=headers, body=call.body or b"")
        return RouteAnswer(value=connections.take_provider_message(provider, message))

    return take


ROUTES = (
    RouteSpec(
        method="POST",
        path=f"{MESSAGES}/google-calendar",
        name="takeGoogleMessage",
        summary="A message of a channel of Google Calendar, after which its connection is read.",
        endpoint=_taken_from(ConnectionProvider.GOOGLE_CALENDAR),
        answer=ProviderMessageReceipt,
        says="Taken: the connection is read as soon as its provider may be asked.",
        refusals=(401,),
        security=Security.SIGNATURE,
        rate=RATE,
    ),
    RouteSpec(
        method="POST",
        path=f"{MESSAGES}/todoist",
        name="takeTodoistMessage",
        summary="An event of Todoist, signed with this server's secret there, after which its connections are read.",
        endpoint=_taken_from(ConnectionProvider.TODOIST),
        body=Media(media_type="application/json", says="The event, of which its name and whose it is are looked at."),
        max_bytes=LARGEST_EVENT,
        answer=ProviderMessageReceipt,
        says="Taken: the connections to that account are read as soon as Todoist may be asked.",
        refusals=(401,),
        security=Security.SIGNATURE,
        rate=RATE,
    ),
)
