"""Both platforms' sending interface in one small server: it answers yes and notes the moment."""

import asyncio
import json
import sys
import time
from bisect import bisect_left
from collections import Counter

from aiohttp import web

ARRIVED = web.AppKey("arrived", dict[str, float])
COUNTS = web.AppKey("counts", Counter[int])
TIMES = web.AppKey("times", list[float])
"""Of Telegram: how often somebody was written to, and when anybody was."""


async def zalo(request: web.Request) -> web.Response:
    """POST /v3.0/oa/message/cs."""
    body = await request.json()
    person = body["recipient"]["user_id"]
    request.app[ARRIVED].setdefault(person, time.monotonic())
    return web.json_response(
        {"data": {"message_id": f"z{time.monotonic_ns():x}", "user_id": person}, "error": 0}
    )


async def telegram(request: web.Request) -> web.Response:
    """POST /botTOKEN/METHOD."""
    method = request.match_info["method"]
    if method == "getMe":
        me = {"id": 1, "is_bot": True, "first_name": "B", "username": "b"}
        return web.json_response({"ok": True, "result": me})
    if method != "sendMessage":
        return web.json_response({"ok": True, "result": True})
    sent = await request.json() if request.content_type.endswith("json") else await request.post()
    person = str(sent["chat_id"])
    request.app[ARRIVED].setdefault(person, time.monotonic())
    request.app[COUNTS][int(person)] += 1
    request.app[TIMES].append(time.monotonic())
    chat = {"id": int(person), "type": "private", "first_name": "A"}
    message = {"message_id": 1, "date": 1, "chat": chat, "text": "x"}
    return web.json_response({"ok": True, "result": message})


async def token(_: web.Request) -> web.Response:
    """POST /v4/oa/access_token."""
    return web.json_response(
        {"access_token": "a", "refresh_token": f"r{time.monotonic_ns()}", "expires_in": "90000"}
    )


async def account(_: web.Request) -> web.Response:
    """GET /v2.0/oa/getoa."""
    return web.json_response({"data": {"oaid": "2000000000000000002", "name": "x"}, "error": 0})


async def arrived(request: web.Request) -> web.Response:
    """Tell whom an answer reached, and when; forget it. Of one person only when."""
    if (person := request.query.get("person")) is not None:
        return web.json_response({"at": request.app[ARRIVED].get(person)})
    told = json.dumps(request.app[ARRIVED])
    if "forget" in request.query:
        request.app[ARRIVED].clear()
    return web.Response(text=told)


async def reached(request: web.Request) -> web.Response:
    """Tell how many people up to a number were written to, and how many more than once."""
    last = int(request.query["last"])
    found = [times for person, times in request.app[COUNTS].items() if person <= last]
    twice = sum(times > 1 for times in found)
    return web.json_response({"people": len(found), "twice": twice})


async def sent(request: web.Request) -> web.Response:
    """Tell how many messages came between two moments of the machine's clock."""
    times = request.app[TIMES]
    first, last = (bisect_left(times, float(request.query[name])) for name in ("from", "to"))
    return web.json_response({"sent": last - first})


async def main(port: int) -> None:
    """Serve until killed."""
    app = web.Application()
    app[ARRIVED], app[COUNTS], app[TIMES] = {}, Counter(), []
    app.add_routes(
        [
            web.post("/v3.0/oa/message/cs", zalo),
            web.post("/v4/oa/access_token", token),
            web.get("/v2.0/oa/getoa", account),
            web.post("/bot{token}/{method}", telegram),
            web.get("/arrived", arrived),
            web.get("/reached", reached),
            web.get("/sent", sent),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
