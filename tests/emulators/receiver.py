"""The least a bot can be: a webhook that keeps what it gets and answers as it is told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from tests.emulators.wire import Json


@dataclass(frozen=True, slots=True)
class Received:
    raw: bytes
    headers: dict[str, str]
    status: int

    @property
    def event(self) -> Json:
        event: Json = json.loads(self.raw)
        return event


class Receiver:
    """Answers 200, or the next of `statuses`, after `delay` seconds."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.delay = 0.0
        self.url = ""
        self._runner: web.ServerRunner | None = None
        self._port = 0

    async def start(self) -> Self:
        """Listens; after `stop` on the same port again."""
        self._runner = web.ServerRunner(web.Server(self._take), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}/webhook"
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *problem: object) -> None:
        await self.stop()

    async def _take(self, request: web.BaseRequest) -> web.Response:
        raw = await request.read()
        status = self.statuses.pop(0) if self.statuses else 200
        self.received.append(Received(raw, dict(request.headers), status))
        await asyncio.sleep(self.delay)
        return web.Response(status=status)
