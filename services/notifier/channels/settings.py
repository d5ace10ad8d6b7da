"""`[notifier]` of tipbench.toml as records: by what notices leave the app; without a channel they stay in it."""

from typing import Annotated, Literal

import msgspec

Contact = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^(mailto:[!-?A-~]+@[!-?A-~]+|https://[!-~]+)$(?!\n)")]
Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[!-~]+$(?!\n)")]
Origin = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$(?!\n)")]


class MailTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[notifier.mail]`: the relay that takes our mails, and who they are from.

    `origin` is the address under which users reach the app, for links. `bounces` is the mailbox whose addresses with
    `+…` before the @ get what comes back. `password_env` and `dkim_key_env` name variables: the relay's password, and
    the private key of DKIM as PEM.
    """

    host: Word
    sender: Word
    origin: Origin | None = None
    bounces: Word | None = None
    port: Port = 587
    tls: Literal["none", "starttls", "tls"] = "starttls"
    username: Word | None = None
    password_env: Word | None = None
    dkim_selector: Word | None = None
    dkim_key_env: Word | None = None


class NotifierTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[notifier]`: whom push services may write to, without which no push is sent, and the relay of mails."""

    contact: Contact | None = None
    mail: MailTable | None = None
