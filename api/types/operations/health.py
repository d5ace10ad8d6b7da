"""The system's health: its parts, consumers of events, disk and versions."""

import strawberry

from api.context import Info, in_thread
from api.fields import field, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.modules.events import Lag
from contracts.operations import Health, HealthPart, PackageVersion


@strawberry.type(description="A part of the system.")
class SystemPart:
    """Shows contracts.operations.HealthPart."""

    is_type_of = accepts(HealthPart)

    name: str = strawberry.field(description="database, code server, daemon, runs, events or disk.")
    state: str = strawberry.field(description="fine, note or wrong.")
    detail: str = strawberry.field(description="How it is, and what to do where it is not fine.")


@strawberry.type(description="How far a consumer of events is behind.")
class ConsumerLag:
    """Shows contracts.modules.events.Lag."""

    is_type_of = accepts(Lag)

    consumer: str = strawberry.field(description="Its name.")
    waiting: int = strawberry.field(description="Events that wait to be tried.")
    dead: int = strawberry.field(description="Events that it could not handle.")
    oldest_s: float = strawberry.field(description="Age of the oldest that waits, in seconds.")
    complete: bool = strawberry.field(description="False while the broker cannot be asked what it holds.")


@strawberry.type(description="An installed package.")
class InstalledVersion:
    """Shows contracts.operations.PackageVersion."""

    is_type_of = accepts(PackageVersion)

    name: str = strawberry.field(description="Its name.")
    version: str = strawberry.field(description="Its version.")


@strawberry.type(description="The running system.")
class SystemHealth:
    """Shows contracts.operations.Health."""

    is_type_of = accepts(Health)

    at: str = strawberry.field(description="When it was looked at, ISO 8601 in UTC.")
    since: str = strawberry.field(description="When this process began to serve, ISO 8601 in UTC.")
    disk_free: float = strawberry.field(description="Bytes where the home lies that this account may still use.")
    disk_total: float = strawberry.field(description="Bytes of that disk.")

    @field("Its parts.", gives=list[SystemPart], rows=10)
    @staticmethod
    def parts(root: strawberry.Parent[Health]) -> list[HealthPart]:
        """Return the parts in the order in which they need each other."""
        return list(root.parts)

    @field("Consumers of events.", gives=list[ConsumerLag], rows=20)
    @staticmethod
    def consumers(root: strawberry.Parent[Health]) -> list[Lag]:
        """Return how far each consumer is behind."""
        return list(root.consumers)

    @field("What is installed.", gives=list[InstalledVersion], rows=10)
    @staticmethod
    def versions(root: strawberry.Parent[Health]) -> list[PackageVersion]:
        """Return the versions of the packages that matter, and the home's format."""
        return list(root.versions)


class HealthQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "How the running system is, looked at now.", gives=SystemHealth, weight=5_000)
    async def system_health(self, info: Info) -> Health:
        """Return the health of every part; a part that does not answer is waited for some seconds."""
        return await in_thread(info.context.services.system.health)
