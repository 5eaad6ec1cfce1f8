"""Whose a lease is: its token tells the machine and the process, so that the dead are known."""

import hashlib
import os
import secrets
import socket
from functools import cache

from sqlalchemy import select, update

from storage import tables
from storage.connection import Connection
from storage.database import Store


@cache
def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def token() -> str:
    """Draw a token for leases that this process takes; at most 32 characters."""
    return f"{_machine()}.{os.getpid()}.{secrets.token_hex(6)}"


def is_dead(lease: str) -> bool:
    """Whether a lease is surely nobody's: its process was on this machine and is gone.

    Our own number counts as gone too: at the start, when this is asked, we hold nothing yet, and
    after a container's restart the process has the number of the one before.
    """
    machine, _, rest = lease.partition(".")
    number = rest.partition(".")[0]
    if machine != _machine() or not number.isdecimal():
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


async def free_dead(store: Store) -> int:
    """Free what a process of this machine held when it died, so that nobody waits for the lease.

    Called once before the workers start. Leases of other machines run out by themselves.

    Returns:
        How many leases were freed.
    """

    async def job(connection: Connection) -> int:
        freed = 0
        for table in (tables.people, tables.outbox):
            held = await connection.execute(
                select(table.c.lease).where(table.c.lease.is_not(None)).distinct()
            )
            dead = [lease for lease in held.scalars() if is_dead(lease)]
            if dead:
                changed = await connection.execute(
                    update(table)
                    .where(table.c.lease.in_(dead))
                    .values(lease=None, lease_until=None)
                )
                freed += changed.rowcount
        return freed

    return await store.write(job)
