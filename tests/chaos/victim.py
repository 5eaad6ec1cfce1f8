"""The service as a victim: `python -m tests.chaos.victim PLACE COUNT` kills itself there.

The place is passed COUNT times before; SIGKILL leaves no time for anything, as a power cut.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import bot.inbox_worker
import storage.outbox
import storage.unit_of_work
from bot.__main__ import main
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.tokens import Tokens
from storage.credentials import Credentials
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

RENEWING: dict[str, tuple[object, str]] = {
    "renew": (Tokens, "_ask"),
    "keep the pair": (Credentials, "replace"),
}
"""Where a cut may cost the consent of an administrator: chosen by name, never by chance."""


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


if __name__ == "__main__":
    side, _, place = sys.argv[1].partition(" ")
    owner, name = (PLACES | RENEWING)[place]
    wrapped = dying(getattr(owner, name), int(sys.argv[2]), before=side == "before")
    setattr(owner, name, wrapped)
    sys.exit(main(["run"]))
