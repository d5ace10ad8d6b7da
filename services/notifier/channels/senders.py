"""The channels that the settings name, each with its sender."""

from collections.abc import Mapping

from contracts.module import ModuleContext
from contracts.modules.profile import Channel
from kit.egress.transport import GuardedTransport
from services.notifier.channels.sender import Sender
from services.notifier.channels.settings import NotifierTable
from services.notifier.channels.web_push.push_sender import PushSender
from services.notifier.channels.web_push.vapid_keys import VapidKeys


def senders_of(context: ModuleContext, transport: GuardedTransport) -> Mapping[Channel, Sender]:
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
    return senders
