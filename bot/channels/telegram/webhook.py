"""The route to which Telegram posts updates, and the watch over its registration."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import web
from telegram import WebhookInfo

from bot.channels.telegram.inbound import WANTED
from bot.channels.telegram.request import Json, TelegramBot
from bot.channels.telegram.retrying import Backoff, Pause
from storage.database import StoreUnavailable

log = structlog.get_logger(__name__)

PATH = "/webhooks/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

BODY_BYTES = 1 << 20

PATIENCE = 1.8
"""Seconds for storing; the platform is to hear of a failure within two."""

EVERY = 300.0
"""Seconds between two looks at the webhook."""

MANY = 100
"""Messages that wait at the platform without a failure being told: we are far behind."""

Take = Callable[[Sequence[Json]], Awaitable[None]]


def secret_for(token: str, key: bytes) -> str:
    """The secret of a bot's webhook, made of the service's own key so that none need be set."""
    return hmac.new(key, f"telegram webhook {token}".encode(), hashlib.sha256).hexdigest()


async def receive(request: web.Request, secret: str, take: Take) -> web.Response:
    """Take one update; 200 only when it is kept or can never be read."""
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
        log.warning("telegram: webhook with a wrong secret")
        return web.Response(status=HTTPStatus.UNAUTHORIZED)
    update = await _update(request)
    if isinstance(update, HTTPStatus):
        return web.Response(status=update)
    try:
        async with asyncio.timeout(PATIENCE):
            await take([update])
    except (StoreUnavailable, TimeoutError) as error:
        log.warning("telegram: update not kept", reason=type(error).__name__)
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
    return web.Response()


async def _update(request: web.Request) -> Json | HTTPStatus:
    """Read a request's update, {} where it is JSON but none; else say why it is refused."""
    try:
        body = await _body(request)
    except web.RequestPayloadError:
        return _bad("undecodable", 0)
    if body is None:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return _bad("not JSON", len(body))
    return found if isinstance(found, dict) else {}


async def _body(request: web.Request) -> bytes | None:
    """Read a body; None where it is too large, of which no more is read than that."""
    if (request.content_length or 0) > BODY_BYTES:
        return None
    received = bytearray()
    async for chunk in request.content.iter_any():
        received += chunk
        if len(received) > BODY_BYTES:
            return None
    return bytes(received)


def _bad(reason: str, size: int) -> HTTPStatus:
    log.warning("telegram: bad webhook", reason=reason, size=size)
    return HTTPStatus.BAD_REQUEST


class Watch:
    """Registers the webhook and looks every five minutes whether it stands and is delivered to.

    Args:
        bot: the Bot API.
        url: where updates are to go.
        secret: which the platform is to send with them.
        pause: how to wait so many seconds.
    """

    def __init__(self, bot: TelegramBot, url: str, secret: str, pause: Pause) -> None:
        self._bot = bot
        self._url = url
        self._secret = secret
        self._pause = pause
        self._backoff = Backoff("setWebhook", pause)
        self._told: datetime | None = None
        self._undelivered = ""
        self.pending = 0
        """How many messages waited at the platform when it was last asked."""

    @property
    def trouble(self) -> str:
        """Why nothing comes in, "" where all is well."""
        return self._backoff.trouble or self._undelivered

    async def run(self) -> None:
        """Keep the webhook standing until cancelled."""
        while True:
            await self._backoff.until_done(self._register)
            log.info("telegram: webhook registered", url=self._url)
            while self._stands(await self._look()):
                pass
            log.warning("telegram: the webhook was changed by somebody else")

    async def _register(self) -> None:
        await self._bot.set_webhook(self._url, allowed_updates=WANTED, secret_token=self._secret)

    async def _look(self) -> WebhookInfo:
        await self._pause(EVERY)
        return await self._backoff.until_done(self._bot.get_webhook_info)

    def _stands(self, info: WebhookInfo) -> bool:
        failed, self.pending = info.last_error_date, info.pending_update_count
        said = " ".join((info.last_error_message or "").split())
        anew = failed is not None and failed != self._told
        if failed is not None and anew:
            self._told = failed
            log.warning(
                "telegram: could not deliver to the webhook",
                pending=self.pending,
                last_error=said,
                at=failed.isoformat(),
            )
        # What could not be delivered once and went through later is over when nothing waits.
        if self.pending and (anew or self._undelivered or self.pending >= MANY):
            self._undelivered = f"{self.pending} messages wait at Telegram: {said or 'too slow'}"
        elif self._undelivered:
            log.info("telegram: the webhook is delivered to again")
            self._undelivered = ""
        return info.url == self._url and set(info.allowed_updates) == set(WANTED)
