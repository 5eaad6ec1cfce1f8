"""A language model behind an address that speaks as OpenAI's does (POST …/chat/completions)."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from time import monotonic

import aiohttp
import structlog

log = structlog.get_logger(__name__)

PATIENCE = 6.0
"""Seconds that a person waits for it beyond the answer that stands already."""

SILENT = 60.0
"""Seconds in which it is not asked again after it failed."""

AT_ONCE = 4
LONGEST = 64 * 1024
"""Bytes of an answer."""


class NoAnswer(Exception):
    """It answered with no text; the reason tells no words of anybody."""


class LanguageModel:
    """Asks the model; whatever is wrong with it comes to no answer.

    Args:
        url: the address before "/chat/completions".
        key: by which it knows us, "" for none.
        model: its name there, "" where there is only one.
        patience: seconds for an answer.
        now: seconds that only count up.
    """

    def __init__(
        self,
        url: str,
        key: str = "",
        model: str = "",
        *,
        patience: float = PATIENCE,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._key, self._model = key, model
        self._patience, self._now = patience, now
        self._silent_until = 0.0
        self._asking = 0

    async def ask(self, instructions: str, question: str) -> str:
        """Give its answer, "" where there is none in time."""
        if self._asking >= AT_ONCE or self._now() < self._silent_until:
            return ""
        self._asking += 1
        try:
            async with asyncio.timeout(self._patience):
                return await self._answer(instructions, question)
        except (aiohttp.ClientError, OSError, ValueError, NoAnswer, TimeoutError) as error:
            self._silent_until = self._now() + SILENT
            reason = str(error) if isinstance(error, NoAnswer) else type(error).__name__
            log.warning("language model: no answer", reason=reason)
            return ""
        finally:
            self._asking -= 1

    async def _answer(self, instructions: str, question: str) -> str:
        order: dict[str, object] = {
            "messages": [
                {"role": "system", "content": instructions},
                {"role": "user", "content": question},
            ],
            "temperature": 0,
            "max_tokens": 400,
        }
        if self._model:
            order["model"] = self._model
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        async with (
            aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.post(self._url, json=order, allow_redirects=False) as answer,
        ):
            if answer.status != 200:  # noqa: PLR2004 - HTTP
                raise NoAnswer(f"HTTP {answer.status}")
            raw = bytearray()
            async for part in answer.content.iter_chunked(16 * 1024):
                raw += part
                if len(raw) > LONGEST:
                    raise NoAnswer("too long")
        return _text_of(bytes(raw))


def _text_of(raw: bytes) -> str:
    """Give the words of an answer."""
    with contextlib.suppress(ValueError, RecursionError, LookupError, TypeError):
        words = json.loads(raw)["choices"][0]["message"]["content"]
        if isinstance(words, str):
            return words
    raise NoAnswer("not in the form of OpenAI")
