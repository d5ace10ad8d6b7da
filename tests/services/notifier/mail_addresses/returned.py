"""Mails that come back, as mail servers and providers write them."""

BOUNCE = """From: MAILER-DAEMON@relay.example
To: <{to}>
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {named}
Action: failed
Status: {status}
--b--
"""
COMPLAINT = """From: abuse@provider.example
To: abuse@tips.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody did not want this.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1
Version: 1
Original-Mail-From: <{to}>
--b--
"""


def bounce(to: str, status: str = "5.1.1", named: str = "reader@home.example") -> bytes:
    """Return a report of delivery (RFC 3464) to the return path `to`."""
    return BOUNCE.format(to=to, status=status, named=named).replace("\n", "\r\n").encode()


def complaint(to: str) -> bytes:
    """Return a report of abuse (RFC 5965) about a mail with the return path `to`."""
    return COMPLAINT.format(to=to).replace("\n", "\r\n").encode()
