"""Users: who may sign in, with which role, sessions and tokens."""

from typing import Annotated

import strawberry

from api.connection import After, Connection, First, connection_of, request_of
from api.context import Info, in_thread
from api.execution.computed import computed
from api.failures import AnyFailure
from api.fields import field, mutation, query
from api.types.node import accepts
from contracts.access.auth import CredentialView, InvitationView, IssuedToken, OneTimeLink, UserView
from contracts.access.caller import Caller, Role
from contracts.refusals import Forbidden, InvalidInput
from kit.http.access import is_recent

LONGEST_TOKEN_DAYS = 90
DAY_S = 24 * 3600
ADMIN_SESSION_S = 15 * 60
"""Seconds since a session began in which it may make an admin."""


@strawberry.type(description="A session or a bearer token; its secret is never stored.")
class Credential:
    """Shows contracts.access.auth.CredentialView."""

    is_type_of = accepts(CredentialView)

    id: str = strawberry.field(description="Public id.")
    user: str = strawberry.field(description="Id of the user.")
    via: str = strawberry.field(description="session or token.")
    created_at: str = strawberry.field(description="ISO 8601 in UTC.")
    expires_at: str = strawberry.field(description="ISO 8601 in UTC.")
    revoked_at: str | None = strawberry.field(description="ISO 8601 in UTC; null while it counts.")


@strawberry.type(description="A user.")
class User:
    """Shows contracts.access.auth.UserView."""

    is_type_of = accepts(UserView)

    id: str = strawberry.field(description="Random.")
    role: Role = strawberry.field(description="What the user may do.")
    judge: str | None = strawberry.field(description="The judge id that the user answers as.")
    created_at: str = strawberry.field(description="ISO 8601 in UTC.")
    last_seen_at: str | None = strawberry.field(description="ISO 8601 in UTC.")

    @field("Sessions and tokens, newest first.", gives=list[Credential], rows=100)
    @staticmethod
    async def credentials(root: strawberry.Parent[UserView], info: Info) -> list[CredentialView]:
        """Return the user's sessions and tokens, ended ones too."""
        return await in_thread(info.context.services.auth.credentials, root.id)


@strawberry.type(description="Who asks.")
class Me:
    """Shows contracts.access.caller.Caller."""

    is_type_of = accepts(Caller)

    subject: str = strawberry.field(description="Id of the user.")
    role: Role = strawberry.field(description="What the user may do.")
    judge: str | None = strawberry.field(description="The judge id that the user answers as.")
    via: str = strawberry.field(description="session or token.")
    credential: str = strawberry.field(description="Id of the session or token.")


@strawberry.type(description="An invitation: a link for one sign-in, shown only here.")
class Invitation:
    """Shows contracts.access.auth.OneTimeLink."""

    is_type_of = accepts(OneTimeLink)

    id: str = strawberry.field(description="Its id.")
    sign_in_path: str = computed(
        lambda link: f"/auth/invitation#{link.secret}", str, "Give it to the person; the secret stands in the fragment."
    )
    role: Role = strawberry.field(description="What the user may do.")
    judge: str | None = strawberry.field(description="The judge id that the user will answer as.")
    expires_at: str = strawberry.field(description="ISO 8601 in UTC.")


@strawberry.type(description="An invitation that nobody has used yet; its link was shown once and is stored nowhere.")
class OpenInvitation:
    """Shows contracts.access.auth.InvitationView."""

    is_type_of = accepts(InvitationView)

    id: str = strawberry.field(description="Its id.")
    role: Role = strawberry.field(description="What the user may do.")
    judge: str | None = strawberry.field(description="The judge id that the user answers as.")
    user: str | None = strawberry.field(description="Who is signed in again; null where it makes a new user.")
    by: str = strawberry.field(description="Id of the user who made it.")
    created_at: str = strawberry.field(description="ISO 8601 in UTC.")
    expires_at: str = strawberry.field(description="ISO 8601 in UTC.")


@strawberry.type(name="NewToken", description="A bearer token, shown only here.")
class NewToken:
    """Shows contracts.access.auth.IssuedToken."""

    is_type_of = accepts(IssuedToken)

    id: str = strawberry.field(description="Its jti, by which it is revoked.")
    secret: str = strawberry.field(description="For `Authorization: Bearer`; no copy of it is stored.")
    user: str = strawberry.field(description="Id of the service account that it acts as.")
    expires_at: str = strawberry.field(description="ISO 8601 in UTC.")


WithdrawalResult = Annotated[
    OpenInvitation | AnyFailure, strawberry.union("WithdrawalResult", description="The ended invitation, or why not.")
]
TokenResult = Annotated[NewToken | AnyFailure, strawberry.union("TokenResult", description="The token, or why not.")]
InvitationResult = Annotated[
    Invitation | AnyFailure, strawberry.union("InvitationResult", description="The link, or why not.")
]
UserResult = Annotated[User | AnyFailure, strawberry.union("UserResult", description="The changed user, or why not.")]
CredentialResult = Annotated[
    Credential | AnyFailure, strawberry.union("CredentialResult", description="The ended credential, or why not.")
]
RoleArgument = Annotated[Role, strawberry.argument(description="The role.")]


class UserQueries:
    """Root fields of the query."""

    @query(Role.USER, "Who asks.", gives=Me)
    def me(self, info: Info) -> Caller:
        """Return the caller that the edge has found."""
        return info.context.known

    @query(Role.ADMIN, "Users, by id.", gives=Connection[User])
    async def users(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        role: Annotated[Role | None, strawberry.argument(description="Only this role.")] = None,
        search: Annotated[
            str | None, strawberry.argument(description="A part of the id or of the judge id, in any case.")
        ] = None,
    ) -> Connection[UserView]:
        """Return a page of users."""
        request = request_of("users", first, after, where={"role": role, "search": search})
        return connection_of(await in_thread(info.context.services.auth.users, request), request)

    @query(
        Role.ADMIN,
        "Invitations that nobody has used yet, newest first.",
        gives=list[OpenInvitation],
        weight=50,
        rows=200,
    )
    async def invitations(self, info: Info) -> list[InvitationView]:
        """Return at most 200 of them."""
        return await in_thread(info.context.services.auth.invitations)


async def check_recent(info: Info, what: str, path: tuple[str, ...]) -> None:
    """Raise Forbidden unless the caller has a browser's session that began at most 15 minutes ago."""
    services, caller = info.context.services, info.context.known
    credentials = await in_thread(services.auth.credentials, caller.subject)
    if not is_recent(caller, credentials, services.clock(), ADMIN_SESSION_S):
        raise Forbidden(f"{what} needs a browser's session of at most 15 minutes: sign in again", path)


async def _check_session(info: Info, role: Role) -> None:
    """Raise Forbidden where an admin is to be made by a token, or by a session that began a while ago.

    A token that an app holds for ten minutes would else make an admin for good.
    """
    if role == Role.ADMIN:
        await check_recent(info, "making an admin", ("role",))


class UserMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "A one-time link that makes a user of this role.", gives=InvitationResult)
    async def invite_user(
        self,
        info: Info,
        role: RoleArgument,
        judge: Annotated[str | None, strawberry.argument(description="The judge id the user answers as.")] = None,
        again: Annotated[
            bool, strawberry.argument(description="For a judge who was invited before: that one is signed in.")
        ] = False,
    ) -> OneTimeLink:
        """Return an invitation link, valid for 7 days and for one sign-in; one of an admin needs a recent session."""
        await _check_session(info, role)
        link = await in_thread(info.context.services.auth.invite, role, judge, info.context.known.subject, again)
        info.context.note(target=link.id, after={"role": role.name})
        return link

    @mutation(Role.ADMIN, "End an invitation at once.", gives=WithdrawalResult)
    async def revoke_invitation(
        self, info: Info, invitation: Annotated[str, strawberry.argument(description="Id of the invitation.")]
    ) -> InvitationView:
        """End an invitation; raise NotFound for one that was used or has ended."""
        info.context.note(target=invitation)
        return await in_thread(info.context.services.auth.withdraw, invitation)

    @mutation(Role.ADMIN, "A bearer token for a script, of the service account of that role.", gives=TokenResult)
    async def make_token(
        self,
        info: Info,
        role: RoleArgument,
        days: Annotated[int, strawberry.argument(description="How long it counts, 1 to 90.")] = 1,
        judge: Annotated[str | None, strawberry.argument(description="The judge id that it answers as.")] = None,
    ) -> IssuedToken:
        """Return a token that is shown once; it needs a recent session, since it outlives the one that made it."""
        await check_recent(info, "making a token", ())
        if not 1 <= days <= LONGEST_TOKEN_DAYS:
            raise InvalidInput(f"a token counts for 1 to {LONGEST_TOKEN_DAYS} days", ("days",))
        made = await in_thread(info.context.services.auth.make_token, role, days * DAY_S, judge)
        info.context.note(target=made.id, after={"role": role.name, "user": made.user})
        return made

    @mutation(Role.ADMIN, "Change a user's role; the last admin keeps it.", gives=UserResult)
    async def grant_role(
        self,
        info: Info,
        user: Annotated[str, strawberry.argument(description="Id of the user.")],
        role: RoleArgument,
        judge: Annotated[
            str | None, strawberry.argument(description="The judge id that the user answers as from now on, for good.")
        ] = None,
    ) -> UserView:
        """Change a user's role, in force within a second; raise Conflict for the last admin.

        Raise Forbidden where the caller has lost their own role meanwhile.
        """
        before = await in_thread(info.context.services.auth.user, user)
        info.context.note(target=user, before={"role": before.role.name} if before else {}, after={"role": role.name})
        if before is None or before.role < role:
            await _check_session(info, role)
        return await in_thread(info.context.services.auth.grant, user, role, judge, info.context.known.subject)

    @mutation(Role.ADMIN, "End a session within a second.", gives=CredentialResult)
    async def revoke_session(
        self, info: Info, credential: Annotated[str, strawberry.argument(description="Id of the session.")]
    ) -> CredentialView:
        """Revoke the session; a second time changes nothing."""
        info.context.note(target=credential)
        return await in_thread(info.context.services.auth.revoke, credential, "session")

    @mutation(Role.ADMIN, "End a bearer token within a second.", gives=CredentialResult)
    async def revoke_token(
        self, info: Info, credential: Annotated[str, strawberry.argument(description="The token's jti.")]
    ) -> CredentialView:
        """Revoke the bearer token; a second time changes nothing."""
        info.context.note(target=credential)
        return await in_thread(info.context.services.auth.revoke, credential, "token")
