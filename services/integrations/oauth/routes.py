"""The routes of connecting a provider by OAuth: to its page, and back."""

from urllib.parse import parse_qsl

from contracts.integrations.connections import AuthorizationStarted, NewAuthorization, ProviderReturn, UserConnections
from contracts.routes import RouteAnswer, RouteCall, RouteSpec, Security
from kit.http.answers import PRIVATE
from services.integrations.oauth.client import AuthorizationRefused
from services.integrations.oauth.pages import HEADERS, PAGE, REFUSED_PAGES, connected_page
from services.integrations.routes import ANSWER_S, LARGEST_CONNECTION, SYNCS

LARGEST_QUERY = 16 * 1024
FIELDS = ("state", "code", "error", "iss")


def _authorize(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    begun = connections.authorize(call.caller.subject, call.caller.credential, call.body)
    return RouteAnswer(value=begun, target=call.body.provider.value)


def _authorized(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    """The end of an authorization, by the link that a provider makes the browser follow."""
    caller = call.caller
    made = connections.authorized(caller.subject, caller.credential, call.path["provider"], _given(call))
    page = connected_page(made).encode()
    return RouteAnswer(value=page, headers={**PRIVATE, **HEADERS}, target=made.id)


def _given(call: RouteCall) -> ProviderReturn:
    """Return the provider's answer; raise AuthorizationRefused for one that says something twice or cannot be read."""
    raw: bytes = call.request.scope["query_string"][:LARGEST_QUERY]
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise AuthorizationRefused("what the provider sent back cannot be read: connect again") from None
    given = {name: value for name, value in pairs if name in FIELDS}
    if sum(name in FIELDS for name, _ in pairs) != len(given):
        raise AuthorizationRefused("what the provider sent back says something twice: connect again")
    return ProviderReturn(**given)


ROUTES = (
    RouteSpec(
        method="POST",
        path="/v1/connections/authorize",
        name="authorizeConnection",
        summary="Begin to connect a provider by OAuth.",
        endpoint=_authorize,
        body=NewAuthorization,
        max_bytes=LARGEST_CONNECTION,
        answer=AuthorizationStarted,
        says="The provider's page, to be opened in this browser within ten minutes.",
        security=Security.SESSION,
        audit="authorize",
        refusals=(409, 422),
        rate=SYNCS,
    ),
    RouteSpec(
        method="GET",
        path="/v1/connections/callback/{provider}",
        name="connectionAuthorized",
        summary="Where a provider sends the browser back; it ends the authorization.",
        endpoint=_authorized,
        parameters={"provider": str},
        query=ProviderReturn,
        loose=True,
        answer=PAGE,
        says="A page that says what was read.",
        refused=REFUSED_PAGES,
        refusals=(400, 409, 410, 502),
        security=Security.SESSION,
        tagged=False,
        audit="connect",
        rate=SYNCS,
        answer_s=ANSWER_S,
        asks_others=True,
    ),
)
