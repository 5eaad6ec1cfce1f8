"""The smallest client of the Bot API, for tests of the emulator itself."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.emulators.telegram.server import TelegramEmulator
from tests.emulators.wire import Json


class BotApi:
    """`await bot_api("sendMessage", chat_id=1, text="a")` brings the answer's JSON."""

    def __init__(self, telegram: TelegramEmulator, http: aiohttp.ClientSession) -> None:
        self._telegram = telegram
        self._http = http

    async def __call__(self, method: str, **body: Any) -> Json:  # noqa: ANN401 - any JSON value
        async with self._http.post(self.address(method), json=body) as answer:
            found: Json = await answer.json()
            if answer.status != found.get("error_code", 200):
                message = f"HTTP {answer.status} around {found}"
                raise AssertionError(message)
            return found

    def address(self, method: str) -> str:
        return f"{self._telegram.url}/bot{self._telegram.token}/{method}"
