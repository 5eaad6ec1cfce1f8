"""POST /webhooks/zalo: believed by its signature, kept, then acknowledged, within two seconds."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web

from bot.channels.channel import Accept
from bot.channels.zalo.fields import Event
from bot.channels.zalo.inbound import is_ignored, left_out, official_account, read
from bot.settings import Settings
from storage.database import StoreUnavailable

log = structlog.get_logger(__name__)

PATH: Final = "/webhooks/zalo"

LARGEST: Final = 1024 * 1024

PATIENCE: Final = 1.8
"""Seconds that the store gets; Zalo waits two and then sends the event again."""

ENCODINGS: Final = frozenset({"", "identity", "gzip", "deflate"})
"""Content encodings that are undone for us before the body is read."""


class Webhook:
    """Takes Zalo's events.

    Args:
        settings: the app, the OA and the key that signs.
        clock: for events that do not tell their time.
        accept: the door of the inbox.
        patience: seconds that the store gets.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        accept: Accept,
        patience: float = PATIENCE,
    ) -> None:
        self._app_id = settings.zalo_app_id
        self._oa_id = settings.zalo_oa_id
        self._key = settings.zalo_oa_secret_key.get_secret_value().encode()
        self._strict = settings.zalo_mac_mode == "strict"
        self._clock = clock
        self._accept = accept
        self._patience = patience

    async def get(self, request: web.Request) -> web.Response:
        """Answer whoever looks whether the address is there."""
        del request
        return web.Response()

    async def post(self, request: web.Request) -> web.Response:
        """Take one event; 200 only after it is durably kept, or is nothing to keep."""
        status, raw = await _body(request)
        if status is not HTTPStatus.OK:
            return _no(status, len(raw))
        try:
            event = json.loads(raw.decode())
        except (ValueError, RecursionError):
            return _no(HTTPStatus.BAD_REQUEST, len(raw))
        if event == {}:
            # The console's probe when the address is saved there; it is not signed.
            return web.Response()
        signature = request.headers.get("X-ZEvent-Signature", "")
        if not isinstance(event, dict) or not self._is_signed(event, raw, signature):
            if self._strict:
                return _no(HTTPStatus.UNAUTHORIZED, len(raw))
            log.warning("zalo mac mismatch", size=len(raw))
            if not isinstance(event, dict):
                return web.Response()
        return await self._take(event, len(raw))

    async def _take(self, event: Event, size: int) -> web.Response:
        if not self._is_ours(event):
            log.warning("zalo event of another app or OA", size=size)
            return web.Response()
        incoming = read(event, self._clock())
        if incoming is None:
            if is_ignored(event):
                log.debug("zalo event ignored", size=size)
            else:
                log.warning("zalo event not read", size=size)
            return web.Response()
        if left := left_out(event, incoming):
            # What is taken all the same: the words, and what could be read beside them.
            log.warning("zalo event read in part", left_out=left, size=size)
        try:
            async with asyncio.timeout(self._patience):
                await self._accept(incoming)
        except (StoreUnavailable, TimeoutError) as error:
            log.error("zalo event not kept", error=type(error).__name__)  # noqa: TRY400 - one line
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        return web.Response()

    def _is_signed(self, event: Event, raw: bytes, signature: str) -> bool:
        """Whether the header is SHA-256 of app id, body as it came, timestamp and OA secret key."""
        app_id, timestamp = (
            _plain(event.get("app_id", self._app_id)),
            _plain(event.get("timestamp")),
        )
        whole = app_id.encode("utf-8", "replace") + raw
        whole += timestamp.encode("utf-8", "replace") + self._key
        want = hashlib.sha256(whole).hexdigest()
        got = signature.strip().removeprefix("mac=").strip().lower()
        # Bytes, because strings beyond ASCII would raise.
        return hmac.compare_digest(got.encode("utf-8", "replace"), want.encode())

    def _is_ours(self, event: Event) -> bool:
        account = official_account(event)
        return _plain(event.get("app_id", self._app_id)) == self._app_id and (
            not account or not self._oa_id or account == self._oa_id
        )


async def _body(request: web.Request) -> tuple[HTTPStatus, bytes]:
    """Read the body as far as it may go."""
    if request.headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
        return HTTPStatus.BAD_REQUEST, b""
    if (request.content_length or 0) > LARGEST:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b""
    raw = b""
    try:
        async for chunk in request.content.iter_any():
            raw += chunk
            if len(raw) > LARGEST:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, raw
    except (web.RequestPayloadError, ValueError):
        return HTTPStatus.BAD_REQUEST, raw
    return HTTPStatus.OK, raw


def _plain(value: object) -> str:
    """An id or a time as a string; some samples of the documents have them as numbers."""
    return str(value) if isinstance(value, (str, int)) else ""


def _no(status: HTTPStatus, size: int) -> web.Response:
    # By size only: the words may be a citizen's, and nobody signed for them.
    log.warning("zalo webhook refused", status=int(status), size=size)
    return web.Response(status=status)
