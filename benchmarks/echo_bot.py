"""What one would write instead: python-telegram-bot, each message into SQLite, then an echo.

The library's own webhook example with a custom server ("customwebhookbot"), updates handled
concurrently as its "Concurrency" page advises, and a connection pool that lets them send at once.
A message is stored by sqlite3 in the thread pool, synchronous=FULL, before it is echoed.
"""

import asyncio
import sqlite3
import sys

from aiohttp import web
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

AT_ONCE = 256


async def main(port: int, api: str, path: str) -> None:
    """Serve until killed."""
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, text TEXT)")
    one_at_a_time = asyncio.Lock()

    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        if message is None or message.text is None:
            return
        async with one_at_a_time:
            await asyncio.to_thread(
                database.execute, "INSERT INTO messages (text) VALUES (?)", (message.text,)
            )
        await message.reply_text(message.text)

    request = HTTPXRequest(connection_pool_size=AT_ONCE, pool_timeout=60)
    builder = Application.builder().token("1:x").base_url(f"{api}/bot").updater(None)
    bot = builder.request(request).concurrent_updates(AT_ONCE).build()
    bot.add_handler(MessageHandler(filters.TEXT, echo))

    async def hook(received: web.Request) -> web.Response:
        await bot.update_queue.put(Update.de_json(await received.json(), bot.bot))
        return web.Response()

    app = web.Application()
    app.router.add_post("/webhooks/telegram", hook)
    async with bot:
        await bot.start()
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
