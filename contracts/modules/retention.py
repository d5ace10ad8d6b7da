"""What a module declares of each table and dataset: what its columns hold, for how long, and how users' rows leave it.

There is no class for personal text in the clear: what is personal is sealed under the user's own key, or not stored.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from contracts.modules.database import Table, Transaction

Record = dict[str, str | int | float | bool | None]
"""A row as its user sees it: unsealed, without secrets, times as ISO 8601 in UTC."""


class Data(StrEnum):
    """What a column holds."""

    PLAIN = "plain"
    """Nothing of a person: ids of things, states, counts, times, names and texts of the benchmark's."""
    USER = "user"
    """A user's random id, which leads to a person only through what is sealed."""
    PSEUDONYM = "pseudonym"
    """A name for a user that only the user's own key gives."""
    SEALED = "sealed"
    """Something personal, sealed under the user's own key."""
    SECRET = "secret"  # noqa: S105 - the name of a class of data
    """A digest or keyed hash of a secret or an identifier, or a ciphertext under a key of the server."""


class TableRetention(msgspec.Struct, frozen=True, kw_only=True):
    """One table: the class of every column, its retention in words (`rule`) and as a function, its export and erasure.

    `prune(transaction, now)` deletes what is past its time (`now` in Unix seconds), of very many rows the first ones,
    and returns the count: call it again in a new transaction until few are left. It is None if rows stay as long as
    what they belong to, which `rule` then says. `export(transaction, user)` yields the user's rows and
    `erase(transaction, user)` removes them or what leads to the user, and returns the count, 0 the second time; both
    are None only if no column is USER or SEALED.
    """

    table: Table
    columns: Mapping[str, Data]
    rule: str
    prune: Callable[[Transaction, float], int] | None
    export: Callable[[Transaction, str], Iterator[Record]] | None
    erase: Callable[[Transaction, str], int] | None


class PartsRetention(msgspec.Struct, frozen=True, kw_only=True):
    """One dataset of Parquet parts beside the database: what TableRetention says of a table, in no transaction.

    `name` begins with its module's, as a table's does. `erase(user)` rewrites the parts that hold the user's rows and
    returns how many those were. It is called while the user's key is there, so that a pseudonym can be made, and again
    after a kill: then it goes on, or raises Erased where the key was destroyed after it was done. `export` and `erase`
    are both None only if no column is USER, PSEUDONYM or SEALED.
    """

    name: str
    columns: Mapping[str, Data]
    rule: str
    prune: Callable[[float], int] | None
    export: Callable[[str], Iterator[Record]] | None
    erase: Callable[[str], int] | None


class RetentionPolicy(Protocol):
    """A module's retention, as export, erasure and pruning see it."""

    @property
    def name(self) -> str:
        """Return the module's name, as in receipts and manifests."""
        ...

    def tables(self) -> Sequence[TableRetention]:
        """Return every table of the module, in the order in which rows may be erased."""
        ...
