from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notifier.channels.mail.message import BadMail, compose, message_id, read_address
from services.notifier.channels.sender import Notice
from tests.services.notifier.channels.mail.smtp_peer import NOW

SENDER, RECEIVER, ORIGIN = "tips@tips.example", "reader@home.example", "https://tips.example"
HEADERS = [
    "Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version",
    "Message-ID", "Subject", "To",
]  # fmt: skip
UNSUBSCRIBE = "https://tips.example/v1/unsubscribe/abc_-.~"
NOTICE = Notice(
    id="1",
    topic="sleep",
    title="Früher schlafen",
    text="Heute <b>22:30</b>.\n\n.\nFrom here",
    path="/tips/1",
    unsubscribe=UNSUBSCRIBE,
)


def _read(mail: bytes) -> EmailMessage:
    found = message_from_bytes(mail, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_mail_says_the_notice_as_text_and_as_html() -> None:
    """With the two headers of one-click unsubscribing; markup of a tip is text."""
    mail = _read(compose(NOTICE, SENDER, RECEIVER, ORIGIN, NOW))
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, RECEIVER, "Früher schlafen")
    assert mail["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Message-ID"] == f"<{message_id('1')}@tips.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, page = _part(mail, "plain"), _part(mail, "html")
    assert all(part in text for part in ("Heute <b>22:30</b>.", "https://tips.example/tips/1", UNSUBSCRIBE))
    assert "Heute &lt;b&gt;22:30&lt;/b&gt;." in page
    assert page.count("<a href=") == 2
    assert not any(word in page for word in ("<b>", "<script", "<img", "style"))


def test_a_mail_without_a_link_for_it_has_no_unsubscribe_headers() -> None:
    """As a test that somebody sends to themselves."""
    mail = _read(compose(Notice(id="1", topic="t", title="T", text="x"), SENDER, RECEIVER, ORIGIN, NOW))
    assert "List-Unsubscribe" not in mail
    assert "No more" not in _part(mail, "plain")


@given(st.text(max_size=300), st.text(max_size=300))
@example("a\r\nBcc: x@y.example", "x")
@example("a\nb", "x")
@example("\u2028Bcc: x@y.example", "x")
@example("=?utf-8?q?=0d=0aBcc:_x@y.example?=", "x\r\n.\r\nMAIL FROM:<a@b.example>")
def test_no_notice_breaks_out_of_a_header(title: str, text: str) -> None:
    """A line break is refused; whatever else stands in a title, the headers are those that we write, in short lines."""
    notice = Notice(id="1", topic="t", title=title, text=text, unsubscribe=UNSUBSCRIBE)
    try:
        data = compose(notice, SENDER, RECEIVER, ORIGIN, NOW)
    except BadMail:
        return
    assert sorted(_read(data).keys()) == HEADERS
    assert data.partition(b"\r\n\r\n")[0].count(b"\r\n") < 60
    assert data.isascii()
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("path", "unsubscribe"),
    [
        ("/a b", None),
        ("/a\r\nBcc: x", None),
        ("/<x>", None),
        ("/ä", None),
        ("/", "javascript:x"),
        ("/", "https://x/=?utf-8?q?=0d=0aBcc:_x?="),
        ("/", "https://x>\r\nBcc: y"),
    ],
)
def test_a_link_that_is_none_is_refused(path: str, unsubscribe: str | None) -> None:
    """It would stand in a header or between quotes."""
    with pytest.raises(BadMail):
        compose(
            Notice(id="1", topic="t", title="T", text="x", path=path, unsubscribe=unsubscribe),
            SENDER,
            RECEIVER,
            ORIGIN,
            NOW,
        )


@pytest.mark.parametrize("text", ["a@b.example", "A.b+c@B.Example", "o'hara@sub.b.example"])
def test_an_address_is_read(text: str) -> None:
    """Its domain in lower case, the rest as it was written."""
    local, _, domain = text.partition("@")
    assert read_address(text) == f"{local}@{domain.lower()}"


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "@b.example", "a@", "a@b", "a b@c.example", "a@b.example\r\nRCPT TO:<x@y.example>", "a@b.example\n",
        "<a@b.example>", "A <a@b.example>", "a@b.example,c@d.example", "a@b.example>", "a@[127.0.0.1]", "a@127.0.0.1",
        ".a@b.example", "a.@b.example", "a..b@c.example", "a@-b.example", "ä@b.example", "a\x00@b.example",
        "=?utf-8?q?=0d=0aBcc=3a_x?=@b.example",
        "a" * 65 + "@b.example", "a@" + "b" * 250 + ".example", '"a"@b.example', "a@b@c.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    """Lists, names, quotes, line breaks and addresses of hosts."""
    with pytest.raises(BadMail):
        read_address(text)


@pytest.mark.parametrize(
    "title", ["Schlaf früher", "=?utf-8?q?=0d=0aBcc:_x@y.example?=", "a" * 200, "ä" * 200, "a: b", "", " "]
)
def test_a_title_is_read_as_it_was_written(title: str) -> None:
    """An encoded word in it is text like any other: decoded, it would have been a line break and a header."""
    mail = _read(compose(Notice(id="1", topic="t", title=title, text="x"), SENDER, RECEIVER, ORIGIN, NOW))
    assert str(mail["Subject"]).strip() == title.strip()
