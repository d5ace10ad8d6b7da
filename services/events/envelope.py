"""Events as bytes: CloudEvents in structured JSON, a personal payload sealed for its user, id and type."""

import base64
from typing import Literal

import msgspec

from contracts.modules.events import Event, Payload, Vocabulary
from contracts.modules.sealing import Sealer


class UnknownType(ValueError):
    """An event of a type or version that this program has no class for; a newer program wrote it."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The attributes of CloudEvents 1.0; `sealed` (extension) says that `data_base64` is sealed."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    time: str
    user: str | None = None
    subject: str | None = None
    traceparent: str | None = None
    sealed: bool = False
    datacontenttype: str | None = None
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    data_base64: str | None = None


class Codec:
    """Turns events into bytes and back; what a vocabulary does not know can be passed on but not read."""

    def __init__(self, sealer: Sealer, vocabulary: Vocabulary) -> None:
        self._sealer, self._vocabulary = sealer, vocabulary
        self._envelopes = msgspec.json.Decoder(Envelope)

    def encode(self, event: Event) -> bytes:
        """Return the bytes to store; raise ValueError for a personal payload of nobody, UnknownType, sealing.Erased."""
        if self._vocabulary.types.get(event.type) is not type(event.data):
            raise UnknownType(event.type)
        plain = msgspec.json.encode(event.data)
        sealed = None
        if event.data.personal:
            if event.user is None:
                raise ValueError(f"{event.type} is personal and needs a user")
            sealed = self._sealer.seal(event.user, place(event.id, event.type), plain)
        return msgspec.json.encode(
            Envelope(
                specversion="1.0",
                id=event.id,
                source=event.source,
                type=event.type,
                time=event.time,
                user=event.user,
                subject=event.subject,
                traceparent=event.traceparent,
                sealed=sealed is not None,
                datacontenttype="application/json",
                data=msgspec.Raw(plain) if sealed is None else msgspec.UNSET,
                data_base64=None if sealed is None else base64.b64encode(sealed).decode("ascii"),
            )
        )

    def head(self, body: bytes) -> Envelope:
        """Return the attributes without opening the payload; raise msgspec.DecodeError for what is no event."""
        return self._envelopes.decode(body)

    def decode(self, body: bytes) -> Event:
        """Return the event; raise UnknownType, msgspec.DecodeError, contracts.modules.sealing.Erased and Unreadable."""
        head = self.head(body)
        known = self._vocabulary.types.get(head.type)
        if known is None:
            raise UnknownType(head.type)
        return Event(
            id=head.id,
            source=head.source,
            time=head.time,
            data=msgspec.json.decode(self._plain(head), type=known),
            user=head.user,
            subject=head.subject,
            traceparent=head.traceparent,
        )

    def brought_to(self, event: Event, takes: tuple[type[Payload], ...]) -> Event | None:
        """Return the event in a version that is taken, None if no version of it is.

        Raise UnknownType when another version is taken and there is no conversion to it.
        """
        if type(event.data) in takes:
            return event
        family = family_of(event.type)
        wanted = [taken for taken in takes if family_of(taken.type) == family]
        for taken in reversed(wanted):
            step = self._vocabulary.steps.get((event.type, taken.type))
            if step is not None:
                return msgspec.structs.replace(event, data=step(event.data))
        if wanted:
            raise UnknownType(event.type)
        return None

    def _plain(self, head: Envelope) -> bytes:
        if not head.sealed:
            return b"{}" if head.data is msgspec.UNSET else bytes(head.data)
        if head.user is None or head.data_base64 is None:
            raise msgspec.DecodeError("a sealed event has a user and bytes")
        sealed = base64.b64decode(head.data_base64, validate=True)
        return self._sealer.open(head.user, place(head.id, head.type), sealed)


def family_of(type_: str) -> str:
    """Return `tip.shown` of `tip.shown.v1`."""
    return type_.rpartition(".")[0]


def place(id_: str, type_: str) -> str:
    """Return what a payload is bound to when it is sealed."""
    return f"event {id_} {type_}"
