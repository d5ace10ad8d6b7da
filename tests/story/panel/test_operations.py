"""Running the system in Chromium: its health, the audit log, events that were given up, erasures and backfills."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.deadline import DEADLINE_S
from tests.story.panel.pages import Panel
from tests.story.panel.shared.home import WORKED
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@contextmanager
def _database(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / "tipbench.db", timeout=DEADLINE_S)) as connection, connection:
        yield connection


def _give_up(home: Path, *numbers: str) -> None:
    """Let a consumer that is not there have given up these events."""
    with _database(home) as connection:
        rows = [("nobody", each, "tip.rated.v1", "u1", b"-", "RuntimeError", 8, 1e9) for each in numbers]
        connection.executemany("INSERT INTO events_dead VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _notices(home: Path) -> None:
    """A notice that quiet hours hold until a day far ahead, and one of which nobody knows whether it arrived."""
    columns = "id, user, topic, critical, state, release_at, created_at, expires_at, arrived_at, sealed, code, holds"
    rows = [
        ("notice-held", "u1", "-", 0, "waiting", 4e9, 1e9, 4.1e9, None, b"-", "quiet", '[["quiet", 4000000000.0]]'),
        ("notice-lost", "u1", "-", 0, "settled", 1e9, 1.1e9, 4.1e9, 1.1e9, b"-", "unknown", "[]"),
    ]
    slot = ("notice-lost", "push", "u1", "-", "unknown", 1, "timeout", 1.1e9, 1.1e9)
    with _database(home) as connection:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT OR IGNORE INTO notifier_notices ({columns}) VALUES ({marks})", rows)  # noqa: S608  # our own names
        connection.execute("INSERT OR IGNORE INTO notifier_deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", slot)


def _webhooks(home: Path) -> None:
    """A webhook whose receiver takes nothing any more, with a message that it did not take."""
    body = '{"type":"run.finished","timestamp":"2027-01-15T08:00:00Z","data":{"experiment":"tip-bench-judged"}}'
    log = '[{"at": 1.1e9, "outcome": "not taken", "status": 500, "took_ms": 12}]'
    hook = "id, label, origin, events, state, reason, made_by, made_at, kek, data_key, sealed"
    message = "id, webhook, type, body, state, made_at, until, attempts, claimed_until, ended_at, log"
    hooks = ("hook-a", "a chat", "https://chat.example", '["run.finished"]', "disabled", "its receiver answered 410")
    sent = ("msg_a", "hook-a", "run.finished", body, "failed", 1.1e9, 1.2e9, 1, 0, 1.1e9, log)
    with _database(home) as connection:
        for table, columns, row in (
            ("integrations_webhooks", hook, (*hooks, "admin", 1e9, "1", b"-", b"-")),
            ("integrations_messages", message, sent),
        ):
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", row)  # noqa: S608  # our own names


def test_the_health_of_every_part_is_said(panel: Panel) -> None:
    """Each part with its state in words, the disk, consumers and versions; it is looked at again on request."""
    panel.open("/admin/health")
    for part in ("database", "code server", "daemon", "runs", "events", "disk"):
        expect(
            panel.page.locator(".parts li").filter(has_text=re.compile(f"{part}.*(fine|wrong|note): "))
        ).to_be_visible()
    expect(panel.page.get_by_role("row").filter(has_text="signals")).to_be_visible()
    expect(panel.page.locator(".fact").filter(has_text="dagster")).to_be_visible()
    with panel.page.expect_response("**/graphql"):
        panel.press("Look again")
    panel.assert_quiet()


def test_events_are_given_back(panel: Panel, served: tuple[Project, str]) -> None:
    """What is chosen leaves the list and waits to be tried anew; the rest stays; health links the list."""
    _give_up(served[0].home, "event-one", "event-two")
    panel.open("/admin/dead-letters?consumer=nobody")
    panel.page.get_by_role("checkbox", name="Choose event-one of nobody").check()
    panel.press("Give 1 event back")
    panel.sees("1 event given back.")
    expect(panel.page.get_by_role("row").filter(has_text="event-one")).to_have_count(0)
    expect(panel.page.get_by_role("row").filter(has_text="event-two")).to_be_visible()
    panel.press("Choose all of these")
    panel.press("Give 1 event back")
    panel.sees("None: every event was handled")
    panel.assert_quiet()


def test_a_delivery_says_why_it_waits_and_what_is_unknown_is_sent_again(
    panel: Panel, served: tuple[Project, str]
) -> None:
    """Health leads to what is unknown; sent again after a question, it is unknown no more; the held one says why."""
    _notices(served[0].home)
    panel.open("/admin/health")
    panel.sees("1 notice waits")
    panel.press("1 hand-over has an unknown outcome.")
    panel.at("/admin/deliveries?state=unknown")
    row = panel.page.get_by_role("row").filter(has_text="notice-lost")
    row.locator("summary").click()
    expect(row).to_contain_text("nobody knows whether it arrived, so that it is not sent again by itself (timeout)")
    panel.press("Send again")
    panel.press("Send it once more")
    panel.sees("No notice is like that.")
    with _database(served[0].home) as connection:
        assert connection.execute("SELECT state FROM notifier_deliveries").fetchall() == [("again",)]
    panel.press("Show all")
    held = panel.page.get_by_role("row").filter(has_text="notice-held")
    expect(held).to_contain_text("quiet hours: until")
    held.locator("summary").click()
    expect(held).to_contain_text("Held: it was within the user's quiet hours. Until")
    panel.assert_quiet()


def test_the_keys_for_push_messages_are_listed(panel: Panel, served: tuple[Project, str]) -> None:
    """Each with its id; a rotation by a command is there when the page is opened again, and is the newest."""
    kid = served[0]("keys", "rotate", "vapid").out.split()[-1]
    panel.open("/admin/push-keys")
    row = panel.page.get_by_role("row").filter(has_text=kid)
    expect(row).to_contain_text("newest")
    expect(row.get_by_role("cell").last).to_have_text("0")
    panel.assert_quiet()


def test_an_address_is_put_on_the_suppression_list_and_taken_out_by_typing_it(panel: Panel) -> None:
    """It is shown nowhere, and in the audit log neither; what is no address, or not on the list, is said so."""
    panel.open("/admin/suppressions")
    panel.sees("Every address gets mail.")
    panel.field("Mail address").fill("canary@example.org")
    panel.press("Send it no mail")
    panel.sees("It gets no mail from now on.")
    expect(panel.page.get_by_role("row").filter(has_text="an admin left it out")).to_be_visible()
    expect(panel.page.get_by_text("canary")).to_have_count(0)
    panel.field("Mail address").fill("canary@example.org")
    panel.press("Let it have mail again")
    panel.press("Take it out")
    panel.sees("Every address gets mail.")
    panel.assert_quiet()


def test_a_webhook_is_made_tried_disabled_and_removed(panel: Panel) -> None:
    """Its secret is shown once and its address never again; what waits ends as it is disabled."""
    panel.open("/admin/webhooks")
    panel.field("Address").fill("https://10.0.0.1/canary")
    panel.field("What it is called").fill("our chat")
    panel.press("Make it")
    panel.sees(re.compile("an address that is not public"))
    panel.field("Address").fill("https://hooks.invalid/canary")
    panel.press("Make it")
    secret = panel.page.get_by_role("status", name="New secret")
    expect(secret).to_contain_text("our chat")
    expect(secret.locator(".secret")).to_have_text(re.compile("^whsec_"))
    row = panel.page.get_by_role("table", name="Webhooks").get_by_role("row").filter(has_text="our chat")
    panel.press("Test our chat")
    message = panel.page.get_by_role("table", name="Messages").get_by_role("row").filter(has_text="webhook.test")
    expect(message).to_contain_text("to our chat")
    panel.press("Disable our chat")
    panel.press("Disable it")
    expect(row).to_contain_text("disabled: an admin disabled it")
    expect(message).to_contain_text("not delivered")
    panel.page.reload()
    expect(row).to_contain_text("https://hooks.invalid")
    expect(secret).to_have_count(0)
    expect(panel.page.get_by_text("canary")).to_have_count(0)
    panel.press("Remove our chat")
    panel.press("Remove it")
    expect(row).to_have_count(0)
    panel.assert_quiet()


def test_the_audit_log_is_filtered_by_its_address(panel: Panel) -> None:
    """Every field that is filled in has to match; a blank filter shows all; details are hashes and ids."""
    panel.open("/admin/users")
    panel.press("Make a link")
    expect(panel.page.locator(".secret")).to_be_visible()
    panel.open("/admin/audit")
    panel.page.get_by_label("What").fill("inviteUser")
    panel.page.get_by_label("Outcome").fill("done")
    panel.page.keyboard.press("Enter")
    panel.at("/admin/audit?operation=inviteUser&outcome=done")
    row = panel.page.get_by_role("row").filter(has_text="inviteUser").first
    expect(row).to_contain_text("local-admin")
    row.locator("summary").click()
    expect(row).to_contain_text("role after")
    panel.open("/admin/audit?operation=nothing")
    panel.sees("Nothing is like that")
    panel.press("Show all")
    panel.at("/admin/audit")
    expect(panel.page.get_by_role("row").filter(has_text="inviteUser").first).to_be_visible()
    panel.assert_quiet()


def test_an_erasure_waits_for_modules_and_leaves_a_receipt(panel: Panel, served: tuple[Project, str]) -> None:
    """It is listed from the request on, and done once every module has confirmed."""
    panel.open("/admin/users")
    panel.page.locator("form").get_by_role("combobox", name="Role").click()
    panel.page.get_by_role("option", name="User", exact=True).click()
    panel.press("Make a link")
    secret = panel.page.locator(".secret").inner_text().partition("#")[2]
    redeeming = (
        "fetch('/auth/redeem', {method: 'POST', credentials: 'omit', headers: {'content-type': 'application/json',"
    )
    redeeming += " 'x-tipbench': '1'}, body: JSON.stringify({secret})}).then(answer => answer.ok)"
    assert panel.page.evaluate(f"secret => {redeeming}", secret)
    with _database(served[0].home) as connection:
        (user,) = connection.execute(
            "SELECT id FROM auth_users WHERE id != 'local-admin' AND role = 1 AND NOT service ORDER BY created_at DESC"
        ).fetchone()
    erasing = served[0].start("erase", user, "--yes")
    erasing.communicate(timeout=DEADLINE_S)
    assert erasing.returncode == 0
    panel.open("/admin/erasures")
    expect(panel.page.get_by_role("row").filter(has_text="a command")).to_be_visible()
    panel.assert_quiet()


def test_a_backfill_is_launched_and_watched_to_its_end(panel: Panel) -> None:
    """Of the experiments that were chosen, each a partition; the table is looked at until it is done."""
    panel.open("/admin/backfills")
    expect(panel.named("Choose experiments")).to_be_disabled()
    panel.page.get_by_label(re.compile(WORKED)).check()
    panel.press("Queue 1 run")
    row = panel.page.get_by_role("row").filter(has_text=WORKED)
    expect(row).to_contain_text("by Tipbench")
    expect(row).to_contain_text("1 of 1")
    expect(row).to_contain_text("success")
    panel.assert_quiet()


@pytest.mark.parametrize(
    "page",
    [
        "audit",
        "backfills",
        "dead-letters",
        "deliveries",
        "push-keys",
        "connections",
        "webhooks",
        "suppressions",
        "erasures",
        "health",
    ],
)
def test_pages_are_accessible_in_both_themes_and_on_a_phone(
    panel: Panel, served: tuple[Project, str], page: str
) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels and at twice the size, and a quiet console."""
    if page == "dead-letters":
        _give_up(served[0].home, "event-three")
    if page == "webhooks":
        _webhooks(served[0].home)
    _notices(served[0].home)
    panel.assert_fit(f"/admin/{page}")
