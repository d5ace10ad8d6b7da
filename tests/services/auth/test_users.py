from threading import Barrier, Thread
from typing import Any

import pytest

from contracts.access.auth import UserView
from contracts.access.caller import Role
from contracts.paging import PageRequest
from contracts.refusals import Conflict, Forbidden, InvalidInput, NotFound, Refusal
from services.auth.module import AuthModule

pytestmark = pytest.mark.parametrize("way", ["here", "served"])


def _person(auth: AuthModule, role: Role, judge: str | None = None) -> str:
    return auth.redeem(auth.invite(role, judge, "local-admin").secret).caller.subject


def test_a_role_changes_both_ways(auth: AuthModule) -> None:
    """A user becomes admin and, while another is left, judge again."""
    first, second = _person(auth, Role.ADMIN), _person(auth, Role.USER)
    assert auth.grant(second, Role.ADMIN).role == Role.ADMIN
    assert auth.grant(first, Role.JUDGE).role == Role.JUDGE
    assert auth.user(first) == auth.grant(first, Role.JUDGE)


def test_the_last_admin_stays(auth: AuthModule) -> None:
    """A service account with the admin role signs in nobody."""
    only = _person(auth, Role.ADMIN)
    auth.issue_token(Role.ADMIN, 60)
    with pytest.raises(Conflict, match="last admin"):
        auth.grant(only, Role.USER)
    assert auth.grant(only, Role.ADMIN).role == Role.ADMIN


def test_one_of_two_admins_may_be_erased(auth: AuthModule) -> None:
    """And not both: who is being erased is counted as gone, and a service account is no other admin."""
    first, second = _person(auth, Role.ADMIN), _person(auth, Role.ADMIN)
    auth.issue_token(Role.ADMIN, 60)
    auth.check_erasable(first, frozenset())
    auth.check_erasable(_person(auth, Role.JUDGE), frozenset({first, second}))
    with pytest.raises(Conflict, match="last admin"):
        auth.check_erasable(first, frozenset({second}))


def test_what_is_no_person_may_not_be_erased(auth: AuthModule) -> None:
    """The local admin and a service account belong to the application; an unknown id is named as such."""
    auth.issue_token(Role.USER, 60)
    auth.redeem(auth.local_link().secret)
    _person(auth, Role.ADMIN)
    for user in ("service-user", "local-admin"):
        with pytest.raises(Conflict, match="application's own"):
            auth.check_erasable(user, frozenset())
    with pytest.raises(NotFound):
        auth.check_erasable("user-nobody", frozenset())


def test_two_admins_who_demote_each_other_leave_one(auth: AuthModule) -> None:
    """Of parallel demotions at most all but one are done."""
    admins = [_person(auth, Role.ADMIN) for _ in range(4)]
    barrier, refused = Barrier(4), list[str]()

    def demote(user: str) -> None:
        barrier.wait()
        try:
            auth.grant(user, Role.USER)
        except Conflict:
            refused.append(user)

    threads = [Thread(target=demote, args=(user,)) for user in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = [user for user in admins if _view(auth, user).role == Role.ADMIN]
    assert left == refused
    assert len(left) == 1


def _view(auth: AuthModule, user: str) -> UserView:
    view = auth.user(user)
    assert view is not None
    return view


def test_a_service_account_keeps_its_role(auth: AuthModule) -> None:
    """Its tokens say what they are for."""
    auth.issue_token(Role.JUDGE, 60)
    with pytest.raises(Conflict, match="service account"):
        auth.grant("service-judge", Role.ADMIN)


def test_an_unknown_user_is_named_as_such(auth: AuthModule) -> None:
    """NotFound for the change, None for the question, nothing for the list."""
    with pytest.raises(NotFound):
        auth.grant("nobody", Role.ADMIN)
    assert auth.user("nobody") is None
    assert auth.credentials("nobody") == []


def test_a_demoted_admins_open_invitations_end(auth: AuthModule) -> None:
    """Nobody keeps a way back in for later; spent ones and those of others stay as they are."""
    first, second = _person(auth, Role.ADMIN), _person(auth, Role.ADMIN)
    usable, lost = auth.invite(Role.ADMIN, None, first), auth.invite(Role.ADMIN, None, second)
    auth.grant(second, Role.USER)
    with pytest.raises(NotFound):
        auth.redeem(lost.secret)
    assert auth.redeem(usable.secret).caller.role == Role.ADMIN


@pytest.mark.parametrize(
    ("role", "judge"),
    [(Role.JUDGE, "taken"), (Role.JUDGE, "invited"), (Role.JUDGE, "a/b"), (Role.JUDGE, ""), (Role.USER, "free")],
)
def test_a_judge_id_belongs_to_one_user(auth: AuthModule, role: Role, judge: str) -> None:
    """Taken, promised in an open invitation, not a judge's name, or for a role that judges nothing: refused."""
    _person(auth, Role.JUDGE, "taken")
    auth.invite(Role.JUDGE, "invited", "local-admin")
    with pytest.raises(InvalidInput) as refused:
        auth.invite(role, judge, "local-admin")
    assert refused.value.path == ("judge",)
    with pytest.raises(InvalidInput):
        auth.issue_token(role, 60, judge)


def test_users_are_paged_by_id_in_both_directions(auth: AuthModule) -> None:
    """Each once, whatever the size of the page."""
    everybody = sorted([_person(auth, Role.USER) for _ in range(7)])
    for descending in (False, True):
        seen, after = list[str](), None
        for _ in range(10):
            page = auth.users(PageRequest(first=3, after=after, descending=descending))
            seen += [user.id for user in page.rows]
            if not page.more:
                break
            after = page.keys[-1]
        assert seen == sorted(everybody, reverse=descending)


def test_users_are_chosen_by_role(auth: AuthModule) -> None:
    """The condition is the store's."""
    judge = _person(auth, Role.JUDGE, "alice")
    _person(auth, Role.USER)
    page = auth.users(PageRequest(where={"role": Role.JUDGE}))
    assert [(user.id, user.judge) for user in page.rows] == [(judge, "alice")]


def test_users_are_found_by_a_part_of_id_or_judge(auth: AuthModule) -> None:
    """In any case, within a role where one is given; a wildcard of SQL is a letter like others."""
    alice, bert = _person(auth, Role.JUDGE, "alice"), _person(auth, Role.JUDGE, "bert_100")
    other = _person(auth, Role.USER)

    def found(search: str, **more: Any) -> list[str]:
        return [user.id for user in auth.users(PageRequest(where={"search": search, **more})).rows]

    assert found(" LIC ") == [alice]
    assert found("t_1") == [bert]
    assert found("%") == found("e_t") == found("LIC", role=Role.USER) == []
    assert found(other[:-1].upper()) == [other]
    assert len(found("")) == 3


@pytest.mark.parametrize(
    "request_",
    [
        PageRequest(first=0),
        PageRequest(first=1001),
        PageRequest(sort="role"),
        PageRequest(where={"judge": "x"}),
        PageRequest(where={"search": "x" * 81}),
        PageRequest(where={"search": "a\0b"}),
    ],
)
def test_a_page_that_this_list_has_not_is_refused(auth: AuthModule, request_: PageRequest) -> None:
    """Sizes, orders and conditions of other lists."""
    with pytest.raises(Refusal) as refused:
        auth.users(request_)
    assert refused.value.code == "INVALID_INPUT"


@pytest.mark.parametrize("after", [(3,), (), ("a", "b"), ("\0",), (None,)])
def test_a_key_of_another_list_is_an_invalid_cursor(auth: AuthModule, after: Any) -> None:
    """Of other types, or of another number of parts."""
    with pytest.raises(Refusal) as refused:
        auth.users(PageRequest(after=after))
    assert refused.value.code == "INVALID_CURSOR"


def test_of_two_admins_who_demote_each_other_at_once_one_is_refused(auth: AuthModule) -> None:
    """Whoever comes second is no admin any more, though both were when they were let in; a third stays admin."""
    first, second, third = (_person(auth, Role.ADMIN) for _ in range(3))
    barrier, done = Barrier(2), list[UserView]()
    refused: list[Refusal] = []

    def demote(user: str, by: str) -> None:
        barrier.wait()
        try:
            done.append(auth.grant(user, Role.USER, by=by))
        except Refusal as refusal:
            refused.append(refusal)

    threads = [Thread(target=demote, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(each) for each in refused] == [Forbidden]
    (demoted,) = done
    roles = {user: known.role for user in (first, second, third) if (known := auth.user(user)) is not None}
    assert roles == {first: Role.ADMIN, second: Role.ADMIN, third: Role.ADMIN, demoted.id: Role.USER}


def test_a_role_is_changed_by_an_admin_who_is_there(auth: AuthModule) -> None:
    """Neither a judge nor somebody who was erased meanwhile; a service account with the role may."""
    user, judge = _person(auth, Role.USER), _person(auth, Role.JUDGE, "anna")
    for by in (judge, "nobody"):
        with pytest.raises(Forbidden):
            auth.grant(user, Role.JUDGE, by=by)
    script = auth.by_bearer(auth.issue_token(Role.ADMIN, 60))
    assert script is not None
    assert auth.grant(user, Role.JUDGE, by=script.subject).role == Role.JUDGE
