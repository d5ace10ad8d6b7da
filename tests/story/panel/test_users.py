"""Users in Chromium: inviting, granting, ending sessions, a session too old to make an admin, one's own connections."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.deadline import DEADLINE_S
from tests.services.integrations.calendar_peer import calendar, event, status, tagged
from tests.story.panel.pages import FITTING, Panel, sign_in
from tests.story.panel.shared.home import Shared
from tests.story.peers.project import Project

FAR_AWAY = """const own = Intl.DateTimeFormat.prototype.resolvedOptions;
Intl.DateTimeFormat.prototype.resolvedOptions = function () {
  return { ...own.call(this), timeZone: "Pacific/Kiritimati" };
};"""
DAY_IN_WORDS = "day => new Date(day).toLocaleDateString([], { dateStyle: 'medium', timeZone: 'UTC' })"

pytestmark = [pytest.mark.slow, pytest.mark.browser]
REDEEM = "body => fetch('/auth/redeem', {method: 'POST', credentials: CREDENTIALS, headers: HEADERS, body})"
HEADERS = "{'content-type': 'application/json', 'x-tipbench': '1'}"


def _redeem(panel: Panel, secret: str, credentials: str) -> None:
    """Use a link up, as its page does, with or without becoming who it is for in this browser."""
    asking = REDEEM.replace("CREDENTIALS", repr(credentials)).replace("HEADERS", HEADERS)
    assert panel.page.evaluate(f"body => ({asking})(body).then(answer => answer.ok)", json.dumps({"secret": secret}))


def _invite(panel: Panel, role: str, judge: str) -> None:
    form = panel.page.get_by_role("region", name="Invite somebody").locator("form")
    form.get_by_role("combobox", name="Role").click()
    panel.page.get_by_role("option", name=role, exact=True).click()
    form.get_by_label("Judges as").fill(judge)
    panel.press("Make a link")


def _age(home: Path, seconds: int) -> None:
    """Let every session have begun so much earlier."""
    with closing(sqlite3.connect(home / "tipbench.db", timeout=DEADLINE_S)) as connection, connection:
        connection.execute("UPDATE auth_sessions SET created_at = created_at - ?", (seconds,))


def _local_admin(panel: Panel) -> Locator:
    return panel.page.locator("tbody tr").filter(has=panel.page.locator("code[title=local-admin]"))


def _sessions(panel: Panel) -> Locator:
    return _local_admin(panel).locator("button[aria-expanded]")


def test_an_invitation_is_shown_once_and_makes_a_judge(panel: Panel) -> None:
    """The link makes a user with the role and judge id; a judge id in use is said at its field, which keeps it."""
    panel.open("/admin/users")
    _invite(panel, "Judge", "ida")
    link = panel.page.locator(".secret").inner_text()
    assert link.startswith(f"{panel.base}/auth/invitation#")
    _redeem(panel, link.partition("#")[2], "omit")
    panel.open("/admin/users?role=JUDGE")
    panel.page.get_by_role("searchbox").fill("IDA")
    panel.at("/admin/users?role=JUDGE&search=IDA")
    expect(panel.page.get_by_role("cell", name="ida", exact=True)).to_be_visible()
    panel.page.get_by_role("searchbox").fill("nobody-like-this")
    panel.sees("Nobody is like that")
    expect(panel.page.locator(".secret")).to_have_count(0)
    _invite(panel, "Judge", "ida")
    expect(panel.field("Judges as")).to_have_attribute("aria-invalid", "true")
    expect(panel.field("Judges as")).to_have_value("ida")
    panel.assert_quiet()


def test_an_old_session_is_renewed_without_losing_what_was_typed(panel: Panel, served: tuple[Project, str]) -> None:
    """The refusal says how to sign in again; after that the same button goes on with what was chosen."""
    project, base = served
    _age(project.home, 3600)
    panel.open("/admin/users")
    _invite(panel, "Admin", "olga")
    panel.sees("Sign in once more for this")
    panel.assert_accessible()
    expect(panel.field("Judges as")).to_have_value("olga")
    secret = project("link", "--port", base.rpartition(":")[2]).out.partition("#")[2].split()[0]
    _redeem(panel, secret, "same-origin")
    panel.press("I have: invite an admin")
    panel.sees("It makes an admin who judges as olga")
    panel.assert_quiet()


def test_sessions_are_ended_after_a_question(panel: Panel, served: tuple[Project, str]) -> None:
    """Escape leaves a session as it is; ending one's own leads to the sentence that says how to sign in again."""
    panel.open("/admin/users")
    _sessions(panel).click()
    panel.at("/admin/users?user=local-admin")
    mine = panel.page.get_by_role("listitem").filter(has_text="this one").get_by_role("button")
    mine.press("Enter")
    panel.sees("End this session?")
    panel.assert_accessible()
    panel.page.keyboard.press("Escape")
    expect(panel.page.get_by_role("dialog")).to_have_count(0)
    expect(mine).to_be_focused()
    mine.click()
    panel.press("End it")
    panel.sees("Your session has ended")
    sign_in(served[0], panel)


def test_giving_up_ones_own_role_is_confirmed(panel: Panel) -> None:
    """Whoever stays keeps role and page."""
    panel.open("/admin/users?role=ADMIN")
    role = _local_admin(panel).get_by_role("combobox")
    role.click()
    panel.page.get_by_role("option", name="User", exact=True).click()
    panel.sees("Stop being an admin?")
    panel.press("Stay admin")
    expect(panel.page.get_by_role("dialog")).to_have_count(0)
    expect(role).to_have_value("Admin")
    panel.assert_quiet()


def test_it_is_accessible_in_both_themes_and_on_a_phone(panel: Panel) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels and at twice the size, and a quiet console."""
    panel.assert_fit("/admin/users?user=local-admin")


def test_an_open_invitation_is_listed_and_revoked(panel: Panel) -> None:
    """Its link signs nobody in any more; the list says whom it was for, and loses it."""
    panel.open("/admin/users")
    _invite(panel, "Judge", "nora")
    secret = panel.page.locator(".secret").inner_text().partition("#")[2]
    listed = panel.page.get_by_role("region", name="Open invitations")
    expect(listed).to_contain_text("nora")
    panel.assert_accessible()
    panel.press("Revoke the invitation of nora")
    expect(panel.named("Revoke the invitation of nora")).to_have_count(0)
    asking = REDEEM.replace("CREDENTIALS", "'omit'").replace("HEADERS", HEADERS)
    assert (
        panel.page.evaluate(f"body => ({asking})(body).then(answer => answer.status)", json.dumps({"secret": secret}))
        == 404
    )


def test_a_token_is_shown_once_and_ended(panel: Panel) -> None:
    """It reads the API as its role may until it is ended in its user's row, and is shown nowhere again."""
    panel.open("/admin/users")
    form = panel.page.get_by_role("region", name="Make a token for a script")
    role = form.get_by_role("combobox", name="What it may do")
    expect(role).to_have_value("User")
    role.click()
    panel.page.get_by_role("option", name="Admin", exact=True).click()
    panel.press("Make a token")
    secret = panel.page.locator(".secret.token").inner_text()
    with_token = f"{{credentials: 'omit', headers: {{authorization: 'Bearer {secret}'}}}}"
    status = f"fetch('/api/bench/experiments', {with_token}).then(answer => answer.status)"
    assert panel.page.evaluate(status) == 200
    panel.assert_accessible()
    panel.open("/admin/users?user=service-admin")
    expect(panel.page.locator(".secret.token")).to_have_count(0)
    assert secret not in panel.page.content()
    ends = panel.page.get_by_role("button", name=re.compile("^End token "))
    expect(ends.first).to_be_visible()
    for left in reversed(range(ends.count())):  # other files' tokens too
        ends.first.click()
        panel.press("End it")
        expect(panel.page.get_by_role("dialog")).to_have_count(0)
        expect(ends).to_have_count(left)
    assert panel.page.evaluate(status) == 401


def test_a_user_is_erased_once_the_id_was_typed(panel: Panel) -> None:
    """The button waits for the end of the id; the receipt stands in its place, and among the erasures."""
    panel.open("/admin/users")
    _invite(panel, "User", "")
    _redeem(panel, panel.page.locator(".secret").inner_text().partition("#")[2], "omit")
    panel.open("/admin/users?role=USER")
    user = panel.page.locator("tbody code").first.get_attribute("title")
    assert user is not None
    panel.open(f"/admin/users?role=USER&user={user}")
    panel.press("Erase this user")
    expect(panel.named("Erase for good")).to_be_disabled()
    panel.assert_accessible()
    panel.field(f"Type {user[-8:]} to confirm").fill(user[-8:])
    panel.press("Erase for good")
    receipt = panel.page.get_by_role("status").filter(has_text="The receipt is")
    expect(receipt).to_be_visible()
    erasure = receipt.locator("code").inner_text()
    panel.open("/admin/erasures")
    expect(panel.page.locator(f"code[title='{erasure}']")).to_be_visible()
    panel.assert_quiet()


def test_one_sees_reads_and_takes_back_ones_own_connections(panel: Panel, shared: Shared) -> None:
    """From an address to what was read and that it failed; what a stranger wrote is text, and nothing goes unasked.

    A whole day is that of the connection's zone, which the browser has left since.
    """
    starts = datetime.now(UTC) + timedelta(days=2)
    title = "<img src=x onerror=alert(1)> Review"
    said = calendar(
        event("m", f":{starts:%Y%m%dT%H%M%SZ}", f":{starts + timedelta(hours=1):%Y%m%dT%H%M%SZ}", SUMMARY=title),
        event("d", f";VALUE=DATE:{starts:%Y%m%d}", SUMMARY="Holiday"),
    )
    shared.calendars.answers["/secret-own.ics"] = tagged(said)
    panel.page.add_init_script(FAR_AWAY)
    panel.open("/v1/connections/page")
    panel.sees("Nothing is connected.")
    address = panel.page.get_by_label("Secret address of the calendar (iCal)")
    address.fill(shared.calendars.url("/secret-own.ics"))
    panel.press("Connect: Calendar by its address")
    panel.sees("It is connected, and was read.")
    panel.sees(re.compile("2 items of 3 components in the coming weeks"))
    panel.page.get_by_text("What was read", exact=True).click()
    panel.sees(title)
    panel.sees(f"{panel.page.evaluate(DAY_IN_WORDS, f'{starts:%Y-%m-%d}')}: Holiday")
    assert "secret-own" not in panel.page.content()
    for theme, size, rules in FITTING:
        panel.looks(theme, size)
        panel.assert_accessible(rules)
        panel.picture(f"own connections {theme} {size[0]}")
    named = "Calendar by its address, 127.0.0.1"
    panel.press(f"Read now: {named}")
    panel.sees("It was read.")
    panel.assert_quiet()
    shared.calendars.answers["/secret-own.ics"] = status(500)
    panel.press(f"Read now: {named}")
    panel.sees("It could not be read; why stands below.")
    for keeps, left in ((True, 1), (False, 0)):
        panel.press(f"Disconnect: {named}")
        panel.sees("Everything that was read of 127.0.0.1 is deleted here.")
        panel.assert_accessible()
        panel.picture(f"own connections asks {left}")
        panel.press("Keep it" if keeps else "Disconnect")
        expect(panel.page.get_by_role("button", name=f"Disconnect: {named}")).to_have_count(left)
    panel.sees("It is disconnected, and what was read of it is deleted.")
    panel.sees("Nothing is connected.")
    panel.assert_quiet()


def test_a_bad_address_and_an_ended_session_are_said_where_they_are_met(panel: Panel) -> None:
    """What is typed stays, and the way to sign in stands beside."""
    panel.open("/v1/connections/page")
    address = panel.page.get_by_label("Secret address of the calendar (iCal)")
    address.fill("https://127.0.0.1/secret.ics")
    panel.press("Connect: Calendar by its address")
    expect(panel.page.get_by_role("status")).to_contain_text("address")
    expect(address).to_have_value("https://127.0.0.1/secret.ics")
    panel.end_session()
    panel.press("Connect: Calendar by its address")
    expect(panel.page.get_by_role("link", name="Sign in")).to_be_visible()
