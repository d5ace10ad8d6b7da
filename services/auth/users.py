"""People and service accounts: their rows, pages of them, and changes of role."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from contracts.access.auth import UserView
from contracts.access.caller import Role
from contracts.paging import Page, PageRequest
from contracts.refusals import Conflict, Forbidden, InvalidInput, NotFound
from core.benchmark.names import InvalidName, judge_name
from kit.paging import key_after, page_of
from kit.refusals import refusal_of
from kit.times import iso, iso_if_known
from services.auth.tables import LINKS, USERS

LOCAL_ADMIN = "local-admin"
MOST_ROWS = 1000
MOST_SEARCHED = 80
"""Characters of a search, as many as an id or a judge id has."""


def user_view(row: Any) -> UserView:
    """Return a row of auth_users as the admin API shows it."""
    return UserView(row.id, Role(row.role), row.judge, iso(row.created_at), iso_if_known(row.last_seen_at))


def find_user(connection: sa.Connection, user: str) -> Any:
    """Return the row of a user, None if unknown."""
    return connection.execute(sa.select(USERS).where(USERS.c.id == user)).first()


def add_user(
    connection: sa.Connection, user: str, role: Role, judge: str | None, now: float, *, service: bool = False
) -> None:
    """Add a user and return the row; raise Conflict when the judge id belongs to another user."""
    row = {"id": user, "role": int(role), "judge": judge, "service": service, "created_at": now}
    try:
        connection.execute(USERS.insert().values(row))
    except sa.exc.IntegrityError:
        raise Conflict(f"somebody answers as judge {judge} already", ("judge",)) from None


def account(connection: sa.Connection, role: Role, judge: str | None, now: float) -> str:
    """Return the service account of a role, or of a judge where one is named; it is made at first use."""
    user = f"service-{role.name.lower()}" + ("" if judge is None else f":{judge}")
    if find_user(connection, user) is None:
        free_judge(connection, role, judge, now)
        add_user(connection, user, role, judge, now, service=True)
    return user


def local_admin(connection: sa.Connection, now: float) -> Any:
    """Return the row of the admin whom local links sign in; it is made at first use."""
    if find_user(connection, LOCAL_ADMIN) is None:
        add_user(connection, LOCAL_ADMIN, Role.ADMIN, None, now)
    return find_user(connection, LOCAL_ADMIN)


def free_judge(connection: sa.Connection, role: Role, judge: str | None, now: float) -> None:
    """Raise InvalidInput for an invalid judge id, a role that does not judge, or an id that is taken."""
    if judge is None:
        return
    try:
        judge_name(judge)
    except InvalidName as error:
        raise refusal_of(error) from None
    if role < Role.JUDGE:
        raise InvalidInput(f"role {role.name} judges nothing: leave the judge out or take role JUDGE", ("judge",))
    taken = sa.select(USERS.c.id).where(USERS.c.judge == judge)
    invited = sa.select(LINKS.c.id).where(LINKS.c.judge == judge, LINKS.c.spent_at.is_(None), LINKS.c.expires_at > now)
    if connection.execute(taken).first() or connection.execute(invited).first():
        raise InvalidInput(f"judge {judge} is in use: every user answers as a judge of their own", ("judge",))


def invited_user(connection: sa.Connection, role: Role, judge: str | None, now: float, *, again: bool) -> str | None:
    """Return whom an invitation signs in: the judge who has the id where it is made `again`, else None, somebody new.

    The judge's open invitations end then. Raise InvalidInput for an id that is taken, or that no judge has.
    """
    if not again:
        free_judge(connection, role, judge, now)
        return None
    known = connection.execute(sa.select(USERS).where(USERS.c.judge == judge)).first() if judge else None
    if known is not None and (known.service or role != Role.JUDGE or known.role != Role.JUDGE):
        raise InvalidInput(f"{judge} is no person with the role JUDGE: invite somebody new", ("judge",))
    still_open = (LINKS.c.judge == judge, LINKS.c.spent_at.is_(None), LINKS.c.expires_at > now)
    ended = connection.execute(LINKS.update().where(*still_open).values(expires_at=now)).rowcount if judge else 0
    if known is not None:
        return str(known.id)
    if not ended:
        raise InvalidInput("nobody was invited as that judge: invite without again", ("judge",))
    free_judge(connection, role, judge, now)  # the invitation that ended may have been of another role
    return None


def change_role(connection: sa.Connection, user: str, role: Role, now: float, judge: str | None = None) -> Any:
    """Give a user another role, and a judge id where it has none, and return the row.

    Raise NotFound for an unknown user; Conflict when no admin would be left, or for a service account. Open invitations
    of a former admin end with the role.
    """
    row = find_user(connection, user)
    if row is None:
        raise NotFound(f"there is no user {user[:80]!r}", ("user",))
    if row.service and role != row.role:
        raise Conflict("a service account keeps the role of its tokens: revoke them and issue others", ("user",))
    if row.role == Role.ADMIN and role != Role.ADMIN:
        if last_admin(connection, user):
            raise Conflict("this is the last admin: make somebody else admin first", ("user",))
        open_links = (LINKS.c.made_by == user, LINKS.c.spent_at.is_(None), LINKS.c.expires_at > now)
        connection.execute(LINKS.update().where(*open_links).values(expires_at=now))
    connection.execute(USERS.update().where(USERS.c.id == user).values(role=int(role)))
    if judge not in {None, row.judge}:
        if row.judge is not None:
            raise Conflict(f"this user answers as judge {row.judge}, for good", ("judge",))
        free_judge(connection, role, judge, now)
        connection.execute(USERS.update().where(USERS.c.id == user).values(judge=judge))
    return find_user(connection, user)


def check_admin(connection: sa.Connection, user: str) -> None:
    """Raise Forbidden for a user who is no admin, or is not there, at this moment of the transaction."""
    row = find_user(connection, user)
    if row is None or row.role != Role.ADMIN:
        raise Forbidden("you are no admin any more", ())


def check_erasable(connection: sa.Connection, row: Any, being_erased: Collection[str] = ()) -> None:
    """Raise Conflict for a user who must stay: the local admin, a service account, the last other admin.

    Users in `being_erased` count as erased.
    """
    if row.service or row.id == LOCAL_ADMIN:
        raise Conflict("this account is the application's own and no person's", ("user",))
    if row.role == Role.ADMIN and last_admin(connection, row.id, being_erased):
        raise Conflict("this is the last admin: make somebody else admin first", ("user",))


def last_admin(connection: sa.Connection, user: str, being_erased: Collection[str] = ()) -> bool:
    """Return whether the user is the only person with the role admin; `being_erased` do not count."""
    erased = {user, *being_erased}
    others = (USERS.c.role == Role.ADMIN, USERS.c.service.is_(False), USERS.c.id.not_in(erased))
    return connection.execute(sa.select(USERS.c.id).where(*others).limit(1)).first() is None


def _has(part: str) -> sa.ColumnElement[bool]:
    """Return the condition that an id or a judge id holds `part`, in any case; raise InvalidInput for no such part."""
    if len(part) > MOST_SEARCHED or not part.isprintable():
        raise InvalidInput(
            f"search is a part of an id, at most {MOST_SEARCHED} characters that can be seen", ("search",)
        )
    return USERS.c.id.icontains(part, autoescape=True) | USERS.c.judge.icontains(part, autoescape=True)


def page_of_users(connection: sa.Connection, request: PageRequest) -> Page[UserView]:
    """Return a page of users by id; raise InvalidInput for an order or condition that the list lacks."""
    descending, query = request.descending, sa.select(USERS)
    if not 1 <= request.first <= MOST_ROWS:
        raise InvalidInput(f"a page has 1 to {MOST_ROWS} rows", ("first",))
    if request.sort not in {None, "id"}:
        raise InvalidInput("users are sorted by id only", ("sort",))
    if set(request.where) - {"role", "search"}:
        raise InvalidInput("users are chosen by role and search only", ("where",))
    if request.where.get("role") is not None:
        query = query.where(USERS.c.role == int(request.where["role"]))
    if part := str(request.where.get("search") or "").strip():
        query = query.where(_has(part))
    if (after := key_after(request, str)) is not None:
        (last,) = after
        query = query.where(USERS.c.id < last if descending else USERS.c.id > last)
    query = query.order_by(USERS.c.id.desc() if descending else USERS.c.id).limit(request.first + 1)
    rows = connection.execute(query).all()
    return page_of(rows, request.first, key=lambda row: (row.id,), view=user_view)
