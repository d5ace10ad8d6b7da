"""The providers that there are: those connected by a secret of their user's, and by OAuth as the settings say."""

from collections.abc import Callable, Iterator, Sequence

from contracts.integrations.connections import ConnectionProvider
from core.expected_error import OperatorError
from kit.egress.targets import Exceptions
from services.integrations.connectors.calendar_address import CalendarAddress
from services.integrations.connectors.connector import GivenConnector, OAuthConnector
from services.integrations.connectors.github_notifications import API as GITHUB_API
from services.integrations.connectors.github_notifications import GitHubNotifications
from services.integrations.connectors.google_calendar import SLOW_DOWN, GoogleCalendar
from services.integrations.connectors.provider_api import ProviderApi
from services.integrations.connectors.todoist import Todoist
from services.integrations.oauth.client import OAuthClient, OAuthEndpoints
from services.integrations.settings import IntegrationsTable, OAuthClientTable

Variable = Callable[[str], str | None]
Clock = Callable[[], float]
CALLBACK = "/v1/connections/callback"
MESSAGES = "/webhooks/providers"
"""Where providers send that something changed, each under its name."""


class BadOAuthClient(OperatorError):
    """What the settings say of a provider cannot be used; the message shows no secret."""


def given(table: IntegrationsTable, exceptions: Exceptions, clock: Clock) -> Sequence[GivenConnector]:
    """Return the connector of each provider that needs no registration of this server."""
    api = ProviderApi(label="GitHub", exceptions=exceptions, clock=clock)
    at = GITHUB_API if table.github is None else table.github.at
    return [CalendarAddress(exceptions, clock), GitHubNotifications(api, at)]


def configured(
    table: IntegrationsTable, variable: Variable, exceptions: Exceptions, clock: Clock
) -> Sequence[tuple[OAuthClient, OAuthConnector]]:
    """Return client and connector of each provider that the settings name; raise BadOAuthClient."""
    made = list[tuple[OAuthClient, OAuthConnector]]()
    if table.todoist is not None:
        made.append(_todoist(table, table.todoist, variable, exceptions, clock))
    if table.google_calendar is not None:
        made.append(_google(table, table.google_calendar, variable, exceptions, clock))
    return made


def client_faults(table: IntegrationsTable, variable: Variable) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the settings' providers, an empty fault for well, nothing without any."""
    if table.todoist is None and table.google_calendar is None:
        return
    try:
        configured(table, variable, frozenset(), lambda: 0.0)
    except BadOAuthClient as error:
        yield "providers", str(error)
        return
    yield "providers", ""


def _todoist(
    table: IntegrationsTable, own: OAuthClientTable, variable: Variable, exceptions: Exceptions, clock: Clock
) -> tuple[OAuthClient, OAuthConnector]:
    api = own.at or "https://api.todoist.com"
    client = OAuthClient(
        id=own.client_id,
        secret=_secret("todoist", own, variable),
        redirect=_redirect("todoist", table, ConnectionProvider.TODOIST),
        scope="data:read",
        endpoints=OAuthEndpoints(
            f"{own.at or 'https://app.todoist.com'}/oauth/authorize",
            f"{api}/oauth/access_token",
            f"{api}/api/v1/revoke",
        ),
        exceptions=exceptions,
        clock=clock,
    )
    called = ProviderApi(label="Todoist", exceptions=exceptions, clock=clock)
    return client, Todoist(called, "todoist.com", api)


def _google(
    table: IntegrationsTable, own: OAuthClientTable, variable: Variable, exceptions: Exceptions, clock: Clock
) -> tuple[OAuthClient, OAuthConnector]:
    tokens = own.at or "https://oauth2.googleapis.com"
    client = OAuthClient(
        id=own.client_id,
        secret=_secret("google_calendar", own, variable),
        redirect=_redirect("google_calendar", table, ConnectionProvider.GOOGLE_CALENDAR),
        scope="https://www.googleapis.com/auth/calendar.events.readonly",
        endpoints=OAuthEndpoints(
            f"{own.at or 'https://accounts.google.com'}/o/oauth2/v2/auth", f"{tokens}/token", f"{tokens}/revoke"
        ),
        exceptions=exceptions,
        clock=clock,
        more={"access_type": "offline", "prompt": "consent", "include_granted_scopes": "true"},
        issuer="https://accounts.google.com" if own.at is None else None,
    )
    called = ProviderApi(label="Google Calendar", exceptions=exceptions, clock=clock, slow_down=SLOW_DOWN)
    sends_to = None
    if table.origin is not None and table.origin.startswith("https://"):  # Google sends to nothing else
        sends_to = f"{table.origin}{MESSAGES}/{ConnectionProvider.GOOGLE_CALENDAR.value}"
    return client, GoogleCalendar(called, "calendar.google.com", own.at or "https://www.googleapis.com", sends_to)


def _secret(name: str, own: OAuthClientTable, variable: Variable) -> str:
    secret = variable(own.client_secret_env)
    if not secret:
        raise BadOAuthClient(
            f"integrations.{name}.client_secret_env names {own.client_secret_env}, which is not set: put the secret of "
            "the registration there"
        )
    return secret


def _redirect(name: str, table: IntegrationsTable, provider: ConnectionProvider) -> str:
    if table.origin is None:
        raise BadOAuthClient(
            f"integrations.{name} needs integrations.origin: write the address under which users reach the app"
        )
    return f"{table.origin}{CALLBACK}/{provider.value}"
