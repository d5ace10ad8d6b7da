"""What links are posted with, as browsers and providers of mail send it."""

from urllib.parse import urlencode

import pytest

from contracts.modules.mail_links import LinkedChange, TopicChoice
from contracts.modules.profile import Channel, Quiet, Weekday
from contracts.refusals import InvalidInput
from services.notifier.mail_links.forms import LARGEST_CLICK, LONGEST_TYPE, change_of, fields_of, is_one_click

MULTIPART = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
FIELDS = [
    ("version", "3"),
    ("channel", "email"),
    ("channel", "push"),
    ("topic.sleep", "no-mail"),
    ("topic.work", "none"),
    ("day", "fri"),
    ("start", "22:00"),
    ("end", "07:00"),
    ("day", "sat"),
    ("start", ""),
    ("end", ""),
    ("pause", "7"),
]


@pytest.mark.parametrize(
    ("body", "kind", "is_it"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", True),
        (b"List-Unsubscribe=One-Click\r\n", "", True),
        (MULTIPART, "multipart/form-data; boundary=b", True),
        (b"", "application/x-www-form-urlencoded", False),
        (b"List-Unsubscribe=One-Click&more=1", "application/x-www-form-urlencoded", False),
        (b"list-unsubscribe=one-click", "application/x-www-form-urlencoded", False),
        (MULTIPART.replace(b"One-", b"No-"), "multipart/form-data; boundary=b", False),
        (MULTIPART.replace(b"--b--", MULTIPART.rstrip()), "multipart/form-data; boundary=b", False),
        (MULTIPART, "multipart/form-data", False),
        (MULTIPART, "multipart/form-data; boundary=é", False),
        (MULTIPART + b"\r\n" * LARGEST_CLICK, "multipart/form-data; boundary=b", False),
        (MULTIPART, "multipart/form-data; boundary=b" + ";a=b" * LONGEST_TYPE, False),
    ],
)
def test_one_click_is_the_body_of_the_rfc_alone(body: bytes, kind: str, is_it: bool) -> None:
    """As a form of either kind, exactly."""
    assert is_one_click(body, kind) is is_it


def test_the_form_of_settings_is_a_change() -> None:
    """Channels in their order, topics by name, windows of quiet without the empty ones, a pause where one is chosen."""
    assert change_of(fields_of(urlencode(FIELDS).encode())) == LinkedChange(
        version=3,
        channels=(Channel.EMAIL, Channel.PUSH),
        topics={"sleep": TopicChoice.NO_MAIL, "work": TopicChoice.NONE},
        quiet=(Quiet(Weekday.FRI, "22:00", "07:00"),),
        pause_days=7,
    )
    assert change_of({"version": ["0"], "pause": [""]}).pause_days is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "x"),
        ("version", ""),
        ("channel", "pigeon"),
        ("topic.sleep", "often"),
        ("topic.No topic", "all"),
        ("day", "someday"),
        ("start", "25:00"),
        ("end", ""),
        ("pause", "400"),
        ("day", None),
    ],
)
def test_a_form_that_says_nonsense_is_refused(name: str, value: str | None) -> None:
    """Whatever field it is in."""
    fields = dict(fields_of(urlencode(FIELDS).encode()))
    fields[name] = [] if value is None else [value, *fields.get(name, [])[1:]]
    if name in {"version", "pause"} and value is not None:
        fields[name] = [value]
    with pytest.raises(InvalidInput):
        change_of(fields)


@pytest.mark.parametrize("body", [b"\xff", b"a=%ff", b"&".join([b"a=1"] * 401)])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    """Bytes that are no text, and more fields than there are."""
    with pytest.raises(InvalidInput):
        fields_of(body)
