"""`python -m tests.emulators.zalo --port N`: the emulator in a process of its own."""

from __future__ import annotations

import argparse
import asyncio

from tests.emulators.standalone import serve
from tests.emulators.zalo.server import Switches, ZaloEmulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulators.zalo")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook", default="", help="the bot's /webhooks/zalo")
    parser.add_argument("--no-echo", action="store_true", help="no oa_send_* events")
    parser.add_argument("--buttons", action="store_true", help="takes buttons and lists")
    parser.add_argument("--keep", type=int, default=1000, help="calls to keep in the log")
    parser.add_argument("--requests-per-minute", type=int, default=4000)
    options = parser.parse_args()
    switches = Switches(
        echoes=not options.no_echo,
        buttons_supported=options.buttons,
        list_supported=options.buttons,
        requests_per_minute=options.requests_per_minute,
    )
    emulator = ZaloEmulator(
        webhook=options.webhook, switches=switches, keep=options.keep, keep_alive=True
    )
    asyncio.run(serve(emulator, options.port, emulator.environment))


if __name__ == "__main__":
    main()
