"""The same aiohttp route doing nothing: what the machine can answer at most."""

import asyncio
import sys

from aiohttp import web


async def nothing(request: web.Request) -> web.Response:
    """Read the body and say yes."""
    await request.read()
    return web.Response()


async def main(port: int) -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_post("/webhooks/zalo", nothing)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
