"""The Zalo Official Account as a channel: its parts put together."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from bot.channels.channel import Accept, Letter, Limits, Misconfigured, SendError
from bot.channels.pacing import Pacing
from bot.channels.zalo import consent
from bot.channels.zalo.catching_up import missed
from bot.channels.zalo.client import Client
from bot.channels.zalo.errors import zbs_error_for
from bot.channels.zalo.fields import digits_of
from bot.channels.zalo.inbound import CHANNEL
from bot.channels.zalo.media import LARGEST, Media
from bot.channels.zalo.nudge import Nudge
from bot.channels.zalo.openapi import ACCOUNT, LISTED, Declined, OpenApi
from bot.channels.zalo.openapi import QUOTA as QUOTA_PATH
from bot.channels.zalo.outbound import WINDOW, Outbound
from bot.channels.zalo.parts import BUTTONS, PICTURE_BYTES, TEXT, Making
from bot.channels.zalo.surroundings import Surroundings
from bot.channels.zalo.tokens import ConsentNeeded, Tokens
from bot.channels.zalo.uploads import FILE_BYTES, Uploads
from bot.channels.zalo.webhook import PATH, Webhook
from bot.settings import Settings
from handlers.windows import QUOTA
from messages.envelope import Attachment
from messages.languages import ZONE
from storage.database import StoreUnavailable

log = structlog.get_logger(__name__)

PER_SECOND: Final = 60.0
"""Zalo allows an app 4,000 requests a minute; some are kept for what is not a letter."""

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

TROUBLE: Final = "trouble"
"""The fact that tells other processes why nothing can be sent."""

ALIVE: Final = "alive"
"""The fact that tells when events were last taken."""

HEARTBEAT: Final = 60.0
"""Seconds between two notes of it."""

AWAY: Final = timedelta(minutes=2)
"""After a shorter absence Zalo's own repeats bring what was missed."""

CARD: Final = "/zalo/contact.png"
"""Where the picture is of the card that asks for a telephone number."""

PICTURE: Final = Path(__file__).parent / "contact.png"

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
        around: what the service does for the channel.
    """

    name = CHANNEL

    def __init__(
        self,
        settings: Settings,
        tokens: Tokens,
        clock: Callable[[], datetime],
        client: Client,
        around: Surroundings | None = None,
    ) -> None:
        self.limits = replace(LIMITS, buttons=0 if settings.zalo_buttons == "off" else BUTTONS)
        """What Zalo can carry; no buttons any more once it refused them."""
        self.trouble = ""
        """Why nothing can be sent, "" while all is well; for the service's health."""
        self._is_told = False
        self._settings = settings
        self._tokens = tokens
        self._clock = clock
        self._client = client
        self._api = OpenApi(settings.zalo_api_url, client, tokens)
        pacing = Pacing(PER_SECOND, override=settings.pacing)
        self._around = around or Surroundings()
        self._media = Media(settings.zalo_media_hosts)
        uploads = Uploads(self._api, self._media, self._around.open_media, clock)
        zbs = OpenApi(settings.zalo_zbs_url, client, tokens, zbs_error_for)
        public = settings.public_url.startswith("https://")
        self._outbound = Outbound(
            self._api,
            pacing,
            clock,
            Making(
                settings.zalo_buttons,
                self._around.link,
                uploads.can,
                settings.public_url + CARD if public else "",
            ),
            uploads=uploads,
            nudge=Nudge(zbs, self._around.waiting, self._around.phone_of, self._alarm, clock),
            on_quota=self._keep_quota,
        )
        self._knows_account = False
        self._pause = FIRST_PAUSE
        self._look = asyncio.Event()
        self._told: set[tuple[str, str]] = set()
        self._caught_up = settings.zalo_catch_up == "off"
        self._quota = ""

    def routes(self, accept: Accept) -> Sequence[web.AbstractRouteDef]:
        """Give the routes of the webhook and of the administrator's consent."""
        webhook = Webhook(self._settings, self._clock, accept)
        routes = [
            web.post(PATH, webhook.post),
            web.get(PATH, webhook.get),
            web.get(CARD, _card),
        ]
        if self._around.consents is not None:
            callback = consent.Callback(
                self._settings,
                self._around.consents,
                self._tokens,
                self._around.verifier,
                self._look.set,
            )
            routes.append(web.get(consent.PATH, callback.get))
        return routes

    async def listen(self, accept: Accept) -> None:
        """Keep the token fresh, and fetch once what was written while we were away.

        Messages come through the webhook. What fails is logged, told by `trouble`, and tried again;
        this ends only by being cancelled.
        """
        loop = asyncio.get_running_loop()
        attend_at = loop.time()
        while True:
            self._look.clear()
            if loop.time() >= attend_at:
                attend_at = loop.time() + await self._attend()
            if not self.trouble:
                await self._live(accept)
            wait = max(0.0, min(HEARTBEAT, attend_at - loop.time()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), wait)
                # A consent that came in between is looked at without waiting.
                attend_at = loop.time()

    async def send(self, letter: Letter) -> tuple[str, ...]:
        """Send a letter, part after part; give the id of each. Fails only with a SendError."""
        try:
            return await self._outbound.send(letter)
        except Misconfigured as error:
            await self._alarm(error)
            raise
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

    async def _live(self, accept: Accept) -> None:
        """Catch up where that was not done yet, then note that events are being taken."""
        try:
            if not self._caught_up:
                await self._catch_up(accept)
            await self._around.keep_fact(ALIVE, "1")
        except StoreUnavailable as error:
            log.warning("zalo: the store is unavailable", reason=str(error))
        except SendError as error:
            log.warning("zalo not caught up", reason=error.reason)

    async def _catch_up(self, accept: Accept) -> None:
        alive, now = await self._around.read_fact(ALIVE), self._clock()
        if alive is not None and now - alive.at > AWAY:
            try:
                messages = await missed(self._api, max(alive.at, now - WINDOW))
            except Declined as declined:
                # It will not tell the next time either.
                log.warning("zalo does not tell what was missed", reason=declined.error.reason)
                messages = []
            new = [await accept(message) for message in messages]
            log.info("zalo caught up", since=alive.at, found=len(new), new=sum(new))
        self._caught_up = True

    async def _keep_quota(self, left: str) -> None:
        """Note how many letters of the package are left, where that has changed."""
        if left == self._quota:
            return
        with contextlib.suppress(StoreUnavailable):
            await self._around.keep_fact(QUOTA, left)
            self._quota = left

    async def _attend(self) -> float:
        """See that letters can be sent; give the seconds until next."""
        try:
            wait = await self._look_after()
        except SendError as error:
            await self._troubled(f"{type(error).__name__}: {error.reason}")
            if isinstance(error, Misconfigured):
                await self._alarm(error)
            wait, self._pause = self._pause, min(2 * self._pause, LAST_PAUSE)
        else:
            self._pause = FIRST_PAUSE
        return wait

    async def _look_after(self) -> float:
        """Renew the token if it is due, look at the account once; give the seconds until next."""
        due = await self._tokens.keep_fresh()
        if not self._knows_account:
            await self._look_at_account()
        await self._troubled("")
        await self._look_at_quota()
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

    async def _look_at_quota(self) -> None:
        """Ask what is left of the package; an account without one has none, which is no trouble."""
        asked = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
        try:
            listed = (await self._api.post(QUOTA_PATH, asked)).get(LISTED)
        except (Declined, SendError):
            return
        assets = (
            [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        )
        if assets:
            left = sum(int(digits_of(one.get("remain"))[:15] or 0) for one in assets)
            await self._keep_quota(str(left))

    async def _troubled(self, why: str) -> None:
        """Tell what keeps letters from being sent, "" that nothing does."""
        if why == self.trouble and self._is_told:
            return
        if why and why != self.trouble:
            # Said once in full: the same trouble may last for days.
            log.error("zalo is not ready", reason=why)
        self.trouble, self._is_told = why, False
        with contextlib.suppress(StoreUnavailable):
            await self._around.keep_fact(TROUBLE, why)
            self._is_told = True

    async def _alarm(self, error: Misconfigured) -> None:
        """Let the administrators know, once for each trouble; of one that lasts once a day."""
        subject, episode = "zalo-refused", f"{self._clock().astimezone(ZONE).date()} {error.reason}"
        if isinstance(error, ConsentNeeded):
            subject, episode = "zalo-consent", error.episode
        if (subject, episode) in self._told:
            return
        try:
            await self._around.alarm(subject, episode, error.reason)
        except StoreUnavailable:
            log.warning("zalo alarm not kept", reason=error.reason)
            return
        self._told.add((subject, episode))


async def _card(_request: web.Request) -> web.Response:
    """Give the picture of the card that asks for a telephone number; Zalo fetches it itself."""
    return web.Response(
        body=PICTURE.read_bytes(),
        content_type="image/png",
        headers={"Cache-Control": "public, max-age=86400"},
    )
