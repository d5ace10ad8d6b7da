"""Writes a notice as a mail: text and HTML, in lines and headers that no notice can break out of."""

import html
import re
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from core.expected_error import FieldError
from services.notifier.channels.sender import Notice

ADDRESS = re.compile(
    r"(?P<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64})@(?P<domain>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63})",
    re.IGNORECASE,
)
BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
LINK = re.compile(r"https?://[!-;=?-~]{1,1000}")
"""A URL without spaces, `<` and `>`, as it may stand between these in a header."""
LONGEST_TITLE = 200
ENCODED_WORD = "=?"
"""What begins an encoded word: the standard library decodes it in values it is given, and line breaks may be in it."""


class BadMail(FieldError):
    """A value that cannot stand in a mail's header."""


def read_address(text: str) -> str:
    """Return a mail address with its domain in lower case; raise BadMail for every other text, a list or a name too."""
    found = ADDRESS.fullmatch(text)
    if (
        found is None
        or ENCODED_WORD in text
        or len(text) > 254
        or ".." in found["local"]
        or found["local"][0] == "."
        or found["local"][-1] == "."
    ):
        raise BadMail("this is no mail address: write it as name@example.org", ("address",))
    return f"{found['local']}@{found['domain'].lower()}"


def compose(notice: Notice, sender: str, receiver: str, origin: str, now: float) -> bytes:
    """Return the mail, its lines ending with CRLF; raise BadMail for a title with a line break and a link that is none.

    Its Message-ID follows from the notice, so that two copies are one to whoever collects them. With `unsubscribe` it
    has the two headers of RFC 8058.
    """
    if BREAKS.search(notice.title):
        raise BadMail("the title holds a line break or a control character", ("title",))
    link = f"{origin}{notice.path}"
    for url in (link, notice.unsubscribe or link, notice.settings or link):
        if not LINK.fullmatch(url) or ENCODED_WORD in url:
            raise BadMail("a link of the notice is no URL", ("path",))
    user, _, domain = sender.partition("@")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(username=user, domain=domain)
    name, _, where = receiver.partition("@")
    mail["To"] = Address(username=name, domain=where)
    mail["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    mail["Message-ID"] = f"<{message_id(notice.id)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if notice.unsubscribe is not None:
        mail["List-Unsubscribe"] = f"<{notice.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_text(notice, link), cte="quoted-printable")
    mail.add_alternative(_html(notice, link), subtype="html", cte="quoted-printable")
    return _subject(notice.title[:LONGEST_TITLE]) + mail.as_bytes()


def _subject(title: str) -> bytes:
    """The whole title in encoded words, unless nothing in it needs that."""
    if title.isascii() and ENCODED_WORD not in title:
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = title
        return mail.as_bytes().removesuffix(b"\r\n")
    words = Header(title, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {words}\r\n".encode("ascii")


def message_id(notice_id: str) -> str:
    """Return the left part of the Message-ID of a notice's mail, which says nothing of the notice."""
    return sha256(f"mail {notice_id}".encode()).hexdigest()[:32]


def _endings(notice: Notice) -> list[tuple[str, str]]:
    """What stands below every notice, with its address."""
    found = [("No more of these", notice.unsubscribe), ("All settings", notice.settings)]
    return [(said, url) for said, url in found if url is not None]


def _text(notice: Notice, link: str) -> str:
    ending = "".join(f"\n{said}: {url}\n" for said, url in _endings(notice))
    return f"{notice.title}\n\n{notice.text}\n\n{link}\n{ending}"


def _html(notice: Notice, link: str) -> str:
    """No image, style sheet or script: a tip is a stranger's text, and shown as text."""
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in notice.text.splitlines() if part.strip())
    ending = "".join(f'<p><small><a href="{html.escape(url)}">{said}</a></small></p>' for said, url in _endings(notice))
    title = html.escape(notice.title)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f'<h1>{title}</h1>{paragraphs}<p><a href="{html.escape(link)}">{html.escape(link)}</a></p>{ending}'
        "</body></html>\n"
    )
