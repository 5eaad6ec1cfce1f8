"""What every command that opens the store begins and ends with."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

from bot.alone import beside_others
from bot.app import box_of, clock_of, ground_at, office_of
from bot.service import Ground
from bot.settings import Settings
from storage.audit import COMMAND_LINE, looked

THREAD_ENDS_WITHIN = 1.0
"""Seconds."""

PATIENCE_MS = 15_000
"""Nobody at a platform waits for a command: it waits for a service that is busy writing."""


def put(text: str) -> None:
    """Print a result."""
    sys.stdout.write(text + "\n")
    # Somebody may wait for it while the command goes on.
    sys.stdout.flush()


@asynccontextmanager
async def opened(settings: Settings, act: str, about: str = "") -> AsyncIterator[Ground]:
    """Open the service's store, migrated, beside a running service or before the first.

    Args:
        settings: where it is.
        act: the command, for the audit.
        about: the code that it is about, "" for none.
    """
    with beside_others(settings.var_dir):
        ground = await ground_at(
            settings.database,
            box_of(settings),
            office_of(settings),
            clock_of(settings),
            media=settings.var_dir / "media",
            busy_ms=PATIENCE_MS,
        )
        try:
            await looked(
                ground.store,
                act,
                about,
                person_id=None,
                channel=COMMAND_LINE,
                now=ground.clock(),
            )
            yield ground
        finally:
            await ground.store.close()


def finished(work: Coroutine[None, None, int]) -> int:
    """Run a command; give its exit code."""

    async def to_the_end() -> int:
        earlier = set(threading.enumerate())
        try:
            return await work
        finally:
            # The driver's thread of a database that did not open still has to tell the loop that
            # it ends; without the loop it would say so on stderr.
            for thread in set(threading.enumerate()) - earlier:
                if thread.daemon:
                    await asyncio.to_thread(thread.join, THREAD_ENDS_WITHIN)

    return asyncio.run(to_the_end())
