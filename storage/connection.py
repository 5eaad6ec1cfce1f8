"""What the statements of the rest of the store run on, whichever database stands behind it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from sqlalchemy import CursorResult, Dialect, Executable, Result, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
Rows = Result[*tuple[Any, ...]]
Written = CursorResult[*tuple[Any, ...]]

Insert = sqlite.Insert | postgresql.Insert

INSERTS: Mapping[str, Callable[[Table], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""How each SQL inserts what may be there already, by the name of `Connection.dialect`."""


class Reading(Protocol):
    """A connection to read with: each statement sees what is committed."""

    async def execute(self, statement: Executable, parameters: Any = None, /) -> Rows:  # noqa: ANN401 - as SQLAlchemy has it
        """Run a statement."""
        ...

    async def exec_driver_sql(self, statement: str, /) -> Rows:
        """Run SQL as it is."""
        ...


class Connection(Protocol):
    """A connection within a transaction."""

    @property
    def dialect(self) -> Dialect:
        """Which SQL it speaks."""
        ...

    async def execute(self, statement: Executable, parameters: Any = None, /) -> Written:  # noqa: ANN401 - as SQLAlchemy has it
        """Run a statement."""
        ...

    async def exec_driver_sql(self, statement: str, /) -> Written:
        """Run SQL as it is."""
        ...


Job = Callable[[Connection], Awaitable[T]]
"""What is done in a transaction; it may be run twice and waits for nothing but its connection."""
