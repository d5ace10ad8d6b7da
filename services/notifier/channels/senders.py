"""The channels that the settings name, each with its sender."""

import logging
from collections.abc import Callable, Mapping

from contracts.module import CheckContext, ModuleContext
from contracts.modules.profile import Channel
from kit.egress.transport import GuardedTransport
from services.notifier.addresses.stored import StoredAddresses
from services.notifier.channels.mail.configured import configured_sender, mail_faults
from services.notifier.channels.mail.mail_sender import MailSender
from services.notifier.channels.sender import Sender
from services.notifier.channels.settings import MailTable, NotifierTable
from services.notifier.channels.web_push.push_sender import PushSender
from services.notifier.channels.web_push.vapid_keys import VapidKeys
from services.notifier.mail_addresses.mail_rules import MailRules
from services.notifier.mail_addresses.return_paths import ReturnPaths
from services.notifier.mail_addresses.suppressions import Suppressions
from services.notifier.mail_links.link_tokens import LinkTokens
from services.notifier.mail_links.linked_mail import MailLinksOf

log = logging.getLogger(__name__)


def channels_of(table: NotifierTable) -> frozenset[Channel]:
    """Return the channels that the settings name."""
    named = {Channel.PUSH: table.contact, Channel.EMAIL: table.mail}
    return frozenset(channel for channel, setting in named.items() if setting is not None)


def senders_of(
    context: ModuleContext, transport: GuardedTransport, addresses: StoredAddresses
) -> Mapping[Channel, Sender]:
    """Return the sender of each channel that the module's settings name, for the loop of the transport."""
    table: NotifierTable = context.settings
    senders = dict[Channel, Sender]()
    if table.contact is not None:
        senders[Channel.PUSH] = PushSender(
            VapidKeys(context.keys),
            transport,
            contact=table.contact,
            clock=context.clock,
            exceptions=context.egress_exceptions,
        )
    mail = mail_sender(context, addresses)
    if mail is not None:
        senders[Channel.EMAIL] = mail
    return senders


def mail_sender(context: ModuleContext, addresses: StoredAddresses) -> MailSender | None:
    """Return the sender of mail, None where the settings name none or something of it is missing: doctor says what."""
    table: NotifierTable = context.settings
    if table.mail is None:
        return None
    faults = mail_faults(table.mail, context.variable)
    if faults:
        log.warning("no mail is sent: %s", faults[0])
        return None
    return configured_sender(table.mail, context.variable, context.clock, _return_path(context, table.mail, addresses))


def mail_rules(context: ModuleContext, addresses: StoredAddresses) -> MailRules:
    """Return what holds of mail alone, of the settings."""
    table: NotifierTable = context.settings
    origin = None if table.mail is None else table.mail.origin
    tokens = LinkTokens(context.secret("links"))
    return MailRules(Suppressions(addresses), None if origin is None else MailLinksOf(tokens, origin))


def return_paths(context: CheckContext, mail: MailTable) -> ReturnPaths:
    """Return the paths by which bounces come back: beneath the mailbox of the settings, else beneath the sender."""
    return ReturnPaths(context.secret("links"), mail.bounces or mail.sender)


def _return_path(context: ModuleContext, mail: MailTable, addresses: StoredAddresses) -> Callable[[str], str] | None:
    if mail.bounces is None:
        return None
    paths, suppressions = return_paths(context, mail), Suppressions(addresses)
    return lambda receiver: paths.path(suppressions.hash_of(receiver), context.clock())
