"""The sender of mail as the settings have it, and what is missing of them in sentences."""

from collections.abc import Callable, Iterator

from services.notifier.channels.mail.dkim_signing import BadDkimKey, DkimSigner
from services.notifier.channels.mail.mail_sender import MailRelay, MailSender
from services.notifier.channels.mail.message import BadMail, read_address
from services.notifier.channels.settings import MailTable

LONGEST_LOCAL = 21
"""Letters before the @ of the mailbox of bounces, so that 64 are enough with a signed return path."""
Variable = Callable[[str], str | None]


def mail_faults(mail: MailTable, variable: Variable) -> list[str]:
    """Return what keeps mail from being sent, in sentences that name the setting or the variable."""
    return [*_addresses(mail), *_secrets(mail, variable)]


def configured_sender(
    mail: MailTable, variable: Variable, clock: Callable[[], float], return_path: Callable[[str], str] | None
) -> MailSender:
    """Return the sender of settings that have no faults; `return_path` is where bounces of a receiver go."""
    password = None if mail.password_env is None else variable(mail.password_env)
    relay = MailRelay(host=mail.host, port=mail.port, tls=mail.tls, username=mail.username, password=password)
    return MailSender(
        relay,
        sender=mail.sender,
        origin=mail.origin or "",
        clock=clock,
        signer=_signer(mail, variable),
        return_path=return_path,
    )


def _signer(mail: MailTable, variable: Variable) -> DkimSigner | None:
    """The signer of the sender's domain; raise BadDkimKey."""
    if mail.dkim_selector is None or mail.dkim_key_env is None:
        return None
    pem = (variable(mail.dkim_key_env) or "").replace("\\n", "\n")
    return DkimSigner.of(mail.sender.partition("@")[2].lower(), mail.dkim_selector, pem.encode())


def _addresses(mail: MailTable) -> Iterator[str]:
    for name, address in (("sender", mail.sender), ("bounces", mail.bounces)):
        if address is not None and not _is_address(address):
            yield f"notifier.mail.{name} is no mail address: write it as name@example.org"
    if mail.bounces is not None and len(mail.bounces.partition("@")[0]) > LONGEST_LOCAL:
        yield f"notifier.mail.bounces has over {LONGEST_LOCAL} letters before the @: name a shorter mailbox"
    if mail.origin is None:
        yield "notifier.mail.origin is missing: write the address under which users reach the app, https://HOST"


def _secrets(mail: MailTable, variable: Variable) -> Iterator[str]:
    if (mail.username is None) != (mail.password_env is None):
        yield "notifier.mail needs both username and password_env, or neither"
    if mail.username is not None and mail.tls == "none":
        yield "notifier.mail.tls is none: the password would go in the clear; use starttls or tls"
    if (mail.dkim_selector is None) != (mail.dkim_key_env is None):
        yield "notifier.mail needs both dkim_selector and dkim_key_env, or neither"
    unset = [name for name in (mail.password_env, mail.dkim_key_env) if name is not None and not variable(name)]
    yield from (f"{name} is not set: notifier.mail names it" for name in unset)
    if not unset:
        try:
            _signer(mail, variable)
        except BadDkimKey as error:
            yield str(error)


def _is_address(text: str) -> bool:
    try:
        read_address(text)
    except BadMail:
        return False
    return True
