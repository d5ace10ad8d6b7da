"""What is stored of users, as far as admins may see it: consents, that there is a profile, and erasures."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from api.context import ApiServices, Info, in_thread
from api.failures import AnyFailure
from api.fields import field, mutation, query
from api.types.node import accepts
from api.types.users import check_recent
from contracts.access.caller import Role
from contracts.modules.erasure import Erasure as Erased
from contracts.modules.profile import Consent
from contracts.refusals import Conflict, NotFound


@strawberry.type(description="What a user decided on one purpose.")
class UserConsent:
    """Shows contracts.modules.profile.Consent."""

    is_type_of = accepts(Consent)

    purpose: str = strawberry.field(description="external-model, improve, push or email.")
    given: bool = strawberry.field(description="Whether the last decision on the text in force was yes.")
    version: int = strawberry.field(description="Version of the text in force.")
    text: str = strawberry.field(description="That text.")
    at: str | None = strawberry.field(description="When it was decided, ISO 8601 in UTC; null before that.")
    decided_version: int | None = strawberry.field(description="Version of the text that was decided on.")


@dataclass(frozen=True)
class StoredUserData:
    """What admins may see of a user's data: never what a profile says."""

    profile_version: int
    profile_updated_at: str | None
    consents: list[Consent]


@strawberry.type(name="UserData", description="What is stored of a user; what their profile says is for them alone.")
class UserRecord:
    """Shows StoredUserData."""

    is_type_of = accepts(StoredUserData)

    profile_version: int = strawberry.field(description="Grows with each change; 0 where nothing was entered.")
    profile_updated_at: str | None = strawberry.field(description="ISO 8601 in UTC.")

    @field("Their decision on every purpose.", gives=list[UserConsent], rows=5)
    @staticmethod
    def consents(root: strawberry.Parent[StoredUserData]) -> list[Consent]:
        """Return the decisions, of purposes that nobody decided on too."""
        return root.consents


@strawberry.type(description="A user being erased, or erased.")
class Erasure:
    """Shows contracts.modules.erasure.Erasure."""

    is_type_of = accepts(Erased)

    id: str = strawberry.field(description="Its id.")
    user: str | None = strawberry.field(description="Id of the user; null once it is done.")
    by: str = strawberry.field(description="self, admin or command.")
    requested_at: str = strawberry.field(description="ISO 8601 in UTC.")
    due_at: str = strawberry.field(description="By when it must be done, ISO 8601 in UTC.")
    done_at: str | None = strawberry.field(description="ISO 8601 in UTC; null while it is under way.")
    stuck: bool = strawberry.field(description="Whether it has taken more than 24 hours.")
    grants: str | None = strawberry.field(
        description="What became of grants at identity providers: held, returned or unreturned; null without any."
    )

    @field("Modules without a receipt.", gives=list[str], rows=10)
    @staticmethod
    def waiting(root: strawberry.Parent[Erased]) -> list[str]:
        """Return the names of the modules that have not confirmed yet."""
        return list(root.waiting)


ErasureResult = Annotated[
    Erasure | AnyFailure, strawberry.union("ErasureResult", description="The erasure that was begun, or why not.")
]


def _data(services: ApiServices, user: str) -> StoredUserData:
    if services.auth.user(user) is None:
        raise NotFound("there is no such user", ("user",))
    stored = services.people.profile(user)
    return StoredUserData(stored.version, stored.updated_at, list(services.people.consents(user)))


class UserDataQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "What is stored of a user beside their role.", gives=UserRecord, weight=50)
    async def user_data(
        self, info: Info, user: Annotated[str, strawberry.argument(description="Id of the user.")]
    ) -> StoredUserData:
        """Return consents and whether there is a profile; raise NotFound, or Conflict for an erased user."""
        return await in_thread(_data, info.context.services, user)

    @query(
        Role.ADMIN,
        "Erasures under way, then the newest of those done.",
        gives=list[Erasure],
        weight=50,
        rows=200,
    )
    async def erasures(self, info: Info) -> list[Erased]:
        """Return at most 200 of either."""
        return list(await in_thread(info.context.services.erasures.erasures))


class UserDataMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "Erase a user from every module, for good; again gives the same.", gives=ErasureResult)
    async def erase_user(
        self, info: Info, user: Annotated[str, strawberry.argument(description="Id of the user.")]
    ) -> Erased:
        """Begin an erasure; it needs a recent session. Who is to go alone asks for it at POST /v1/profile/erase."""
        await check_recent(info, "erasing a user", ("user",))
        if user == info.context.known.subject:
            raise Conflict("this is you: erase yourself at POST /v1/profile/erase", ("user",))
        begun = await in_thread(info.context.services.erasures.erase, user, "admin")
        info.context.note(target=begun.id)
        return begun
