"""The Zalo Official Account as a channel: its parts put together."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog
from aiohttp import web

from bot.channels.channel import Accept, Letter, Limits, Misconfigured, SendError
from bot.channels.pacing import Pacing
from bot.channels.zalo.client import Client
from bot.channels.zalo.inbound import CHANNEL
from bot.channels.zalo.media import LARGEST, Media
from bot.channels.zalo.openapi import ACCOUNT, Declined, OpenApi
from bot.channels.zalo.outbound import WINDOW, Outbound
from bot.channels.zalo.parts import BUTTONS, PICTURE_BYTES, TEXT
from bot.channels.zalo.tokens import Tokens
from bot.channels.zalo.webhook import PATH, Webhook
from bot.settings import Settings
from messages.envelope import Attachment

log = structlog.get_logger(__name__)

PER_SECOND: Final = 60.0
"""Zalo allows an app 4,000 requests a minute; some are kept for what is not a letter."""

FILE_BYTES: Final = 5 * 1024 * 1024

LIMITS: Final = Limits(
    text=TEXT,
    caption=TEXT,
    buttons=0,
    photo_bytes=PICTURE_BYTES,
    file_bytes=FILE_BYTES,
    fetch_bytes=LARGEST,
    # Zalo takes no key that would tell a second try from a second letter.
    repeats=False,
    reply_window=WINDOW,
)

LOOK: Final = 3600.0
"""Seconds between two looks at the token at the latest: the clock may be moved."""

FIRST_PAUSE: Final = 5.0
LAST_PAUSE: Final = 300.0
"""Seconds before trying again what failed, doubling from the one to the other."""


class ZaloChannel:
    """A Zalo Official Account.

    Args:
        settings: all that begins with BOT_ZALO_, and BOT_PACING.
        tokens: gives the access token.
        clock: tells the time.
        client: asks Zalo; the one that `tokens` uses.
        link: gives a public address for an attachment of our own store, "" where it has none.
    """

    name = CHANNEL

    def __init__(
        self,
        settings: Settings,
        tokens: Tokens,
        clock: Callable[[], datetime],
        client: Client,
        link: Callable[[Attachment], str] = lambda _: "",
    ) -> None:
        self.limits = replace(LIMITS, buttons=0 if settings.zalo_buttons == "off" else BUTTONS)
        """What Zalo can carry; no buttons any more once it refused them."""
        self.trouble = ""
        """Why nothing can be sent, "" while all is well; for the service's health."""
        self._settings = settings
        self._tokens = tokens
        self._clock = clock
        self._client = client
        self._api = OpenApi(settings.zalo_api_url, client, tokens)
        pacing = Pacing(PER_SECOND, override=settings.pacing)
        self._outbound = Outbound(self._api, pacing, clock, settings.zalo_buttons, link)
        self._media = Media(settings.zalo_media_hosts)
        self._knows_account = False
        self._pause = FIRST_PAUSE

    def routes(self, accept: Accept) -> Sequence[web.AbstractRouteDef]:
        """Give the webhook's routes."""
        webhook = Webhook(self._settings, self._clock, accept)
        return [web.post(PATH, webhook.post), web.get(PATH, webhook.get)]

    async def listen(self, accept: Accept) -> None:
        """Keep the token fresh and look once whether it opens the right account, until cancelled.

        Messages come through the webhook. What fails is logged, told by `trouble`, and tried again.
        """
        del accept
        while True:
            wait = await self._attend()
            await asyncio.sleep(wait)

    async def send(self, letter: Letter) -> tuple[str, ...]:
        """Send a letter, part after part; give the id of each. Fails only with a SendError."""
        try:
            return await self._outbound.send(letter)
        finally:
            if self._outbound.form == "off":
                self.limits = LIMITS

    async def fetch(self, attachment: Attachment) -> bytes:
        """Fetch what a person sent; fails with CannotFetch, or Unreachable for now."""
        return await self._media.fetch(attachment)

    async def close(self) -> None:
        """Let a renewal of the token end, then let go of the connections."""
        await self._tokens.close()
        await self._client.close()
        await self._media.close()

    async def _attend(self) -> float:
        """See that letters can be sent; give the seconds until next."""
        try:
            wait = await self._look_after()
        except SendError as error:
            self._troubled(f"{type(error).__name__}: {error.reason}")
            wait, self._pause = self._pause, min(2 * self._pause, LAST_PAUSE)
        else:
            self._pause = FIRST_PAUSE
        return wait

    async def _look_after(self) -> float:
        """Renew the token if it is due, look at the account once; give the seconds until next."""
        due = await self._tokens.keep_fresh()
        if not self._knows_account:
            await self._look_at_account()
        self.trouble = ""
        return min(LOOK, max(1.0, (due - self._clock()).total_seconds()))

    async def _look_at_account(self) -> None:
        try:
            account = await self._api.get(ACCOUNT)
        except Declined as declined:
            raise declined.error from None
        found, ours = str(account.get("oaid", "")), self._settings.zalo_oa_id
        if ours and found and found != ours:
            # The people of our account are unknown to another.
            raise Misconfigured(f"the token is of account {found}, configured is {ours}")
        self._knows_account = True
        log.info(
            "zalo account",
            name=account.get("name"),
            verified=account.get("is_verified"),
            package=account.get("package_name"),
        )

    def _troubled(self, why: str) -> None:
        # Said once in full: the same trouble may last for days.
        if why != self.trouble:
            log.error("zalo is not ready", reason=why)
        self.trouble = why
