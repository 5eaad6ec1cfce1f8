"""`python -m tests.emulators.telegram --port N`: the emulator in a process of its own."""

from __future__ import annotations

import argparse
import asyncio

from tests.emulators.standalone import serve
from tests.emulators.telegram.pace import Pace
from tests.emulators.telegram.server import TelegramEmulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulators.telegram")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--keep", type=int, default=1000, help="calls to keep in the log")
    parser.add_argument("--pace", action="store_true", help="flood limits on")
    options = parser.parse_args()
    emulator = TelegramEmulator(
        pace=Pace() if options.pace else None,
        loopback_webhooks=True,
        keep=options.keep,
        keep_alive=True,
    )
    asyncio.run(serve(emulator, options.port, emulator.environment))


if __name__ == "__main__":
    main()
