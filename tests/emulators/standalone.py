"""An emulator as a process of its own, for benchmarks and tests that kill the bot."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable

from tests.emulators.wire import LoopbackServer


async def serve(
    emulator: LoopbackServer, port: int, environment: Callable[[], dict[str, str]]
) -> None:
    """Serves until SIGTERM or SIGINT.

    The first line on stdout is a JSON object: `url`, and `environment` with the bot's settings.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await emulator.start(port)
    line = json.dumps({"url": emulator.url, "environment": environment()})
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    try:
        await stop.wait()
    finally:
        await emulator.close()
