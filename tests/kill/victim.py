"""The service as a victim: it kills itself with SIGKILL, which leaves no time for anything.

`python -m tests.kill.victim` reads lines `before PLACE,COUNT` and answers each by two lines: the
pid of a service that dies there after the place was passed COUNT times, and its exit status. It
imports all once and forks for every line, so that fifty power cuts do not cost fifty imports.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import bot.app
import bot.inbox_worker
import storage.outbox
import storage.unit_of_work
from bot.__main__ import main
from bot.channels.zalo.channel import ZaloChannel
from storage.inbox import Inbox
from storage.outbox import Outbox

Function = Callable[..., Awaitable[Any]]

PLACES: dict[str, tuple[object, str]] = {
    "accept in its transaction": (Inbox, "_insert"),
    "accept": (Inbox, "accept"),
    "claim in its transaction": (Inbox, "_claim"),
    "finish in its transaction": (storage.unit_of_work, "_finish"),
    "finish": (bot.inbox_worker, "finish"),
    "send": (ZaloChannel, "send"),
    "settle in its transaction": (storage.outbox, "settle"),
    "settle": (Outbox, "settle"),
}


def dying(function: Function, left: int, *, before: bool) -> Function:
    """Kill the process at the function, before or after what it does."""

    async def wrapped(*args: object, **kwargs: object) -> object:
        nonlocal left
        left -= 1
        if left < 0 and before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await function(*args, **kwargs)
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


def live_and_die(line: str) -> int:
    """Run the service until it dies at the place of a line."""
    where, _, count = line.strip().partition(",")
    side, _, place = where.partition(" ")
    owner, name = PLACES[place]
    setattr(owner, name, dying(getattr(owner, name), int(count), before=side == "before"))
    return main(["run"])


if __name__ == "__main__":
    for order in sys.stdin:
        pid = os.fork()
        if pid == 0:
            sys.exit(live_and_die(order))
        print(pid, flush=True)  # noqa: T201 - read by the test
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201
