"""Whose a lease is: its token tells the process and where it runs, so that the dead are known."""

import hashlib
import os
import secrets
import socket
from functools import cache
from pathlib import Path

from sqlalchemy import ColumnElement, Select, Table, select, text, update

from storage import tables
from storage.connection import Connection
from storage.database import Store

PROC = Path("/proc")


@cache
def place(proc: Path = PROC) -> str:
    """Name where this process's number means what it says, in 8 hex digits.

    A number is one process's only within a boot of a machine and a namespace of numbers: two
    containers that were given one host name have each a process 7. Where the system does not tell
    either, the host name has to do.
    """
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text("ascii").strip()
        told = f"{boot} {(proc / 'self/ns/pid').readlink()}"
    except OSError:
        told = socket.gethostname()
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def token() -> str:
    """Draw a token for leases that this process takes; at most 32 characters."""
    return f"{place()}.{os.getpid()}.{secrets.token_hex(6)}"


def is_dead(lease: str) -> bool:
    """Whether a lease is surely nobody's: its process was where we are and is gone.

    Our own number counts as gone too: at the start, when this is asked, we hold nothing yet. What
    a container held that is no more is not known to be nobody's, and runs out.
    """
    where, _, rest = lease.partition(".")
    number = rest.partition(".")[0]
    if where != place() or not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


LEASED = (
    (tables.people, tables.people.c.waiting_since.is_not(None)),
    (tables.outbox, tables.outbox.c.state == text("0")),
)
"""What alone is ever leased: people who wait, and letters that do. Each of the two has an index, so
that at a start nothing else is looked through."""


def leases_of(table: Table, waits: ColumnElement[bool]) -> Select[str | None]:
    """Ask for the leases that are held in a table, each once."""
    return select(table.c.lease).where(waits, table.c.lease.is_not(None)).distinct()


async def free_dead(store: Store) -> int:
    """Free what a process beside us held when it died, so that nobody waits for the lease.

    Called once before the workers start. What other machines and containers hold runs out by
    itself.

    Returns:
        How many leases were freed.
    """

    async def job(connection: Connection) -> int:
        freed = 0
        for table, waits in LEASED:
            held = await connection.execute(leases_of(table, waits))
            dead = [lease for lease in held.scalars() if lease and is_dead(lease)]
            if dead:
                changed = await connection.execute(
                    update(table)
                    .where(waits, table.c.lease.in_(dead))
                    .values(lease=None, lease_until=None)
                )
                freed += changed.rowcount
        return freed

    return await store.write(job)
