"""The one database as modules hand it to each other: a transaction under way and a table, whatever library has them."""

from typing import Any, Protocol


class Transaction(Protocol):
    """A transaction of the one database that is under way; whoever began it ends it."""

    def execute(self, statement: Any, parameters: Any = None, /) -> Any:
        """Run a statement of the library's own; it has its effect if and when the transaction commits."""
        ...


class Database(Protocol):
    """The one database, as a module that owns tables in it gets it."""

    def begin(self) -> Any:
        """Return a context manager that gives a transaction, which commits at its end."""
        ...

    def connect(self) -> Any:
        """Return a connection of the library's own."""
        ...


class Table(Protocol):
    """A table of the one database."""

    @property
    def name(self) -> str:
        """Return the table's name, which begins with its module's."""
        ...
