"""Letters → Zalo: parts sent one after the other, every failure a SendError."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from bot.channels.channel import Letter, Refused, SendError, Throttled, Unknown, WindowClosed
from bot.channels.pacing import Pacing
from bot.channels.zalo.errors import NO_SUCH_FORM, PLAINER, RATE, WAITS, Unclear
from bot.channels.zalo.inbound import ANONYMOUS, CHANNEL
from bot.channels.zalo.nudge import Nudge
from bot.channels.zalo.openapi import GROUP, MESSAGE, OLD_MESSAGE, Declined, OpenApi
from bot.channels.zalo.parts import (
    Form,
    Making,
    Message,
    Part,
    group_parts,
    parts,
    plain_parts,
    with_asset,
)
from bot.channels.zalo.uploads import CannotUpload, Uploads
from handlers.windows import WINDOWS

log = structlog.get_logger(__name__)

WINDOW: Final = WINDOWS[CHANNEL].whole
"""How long after a person's last message Zalo takes an answer: 48 hours free, then billed."""

FREE: Final = "reply"
"""The kind of quota that has no end: answers within 48 hours."""

STALE: Final = frozenset({-100, -238, -241})
"""What was uploaded is no more, or was used already: it is uploaded anew, once."""

BUDGET: Final = 20.0
"""Seconds after which no further part of a letter is begun: with the waiting and the retry of one
more part the outbox's lease on the letter still holds."""


class Outbound:
    """Sends letters.

    Args:
        api: Zalo's OpenAPI.
        pacing: how fast.
        clock: tells whether the window is still open.
        making: how letters become messages; choices so until Zalo refuses that.
        uploads: uploads files.
        nudge: tells a person outside the window, in another way, that a letter waits.
        on_quota: told what is left of a package, where an answer says so.
    """

    def __init__(
        self,
        api: OpenApi,
        pacing: Pacing,
        clock: Callable[[], datetime],
        making: Making,
        *,
        uploads: Uploads,
        nudge: Nudge,
        on_quota: Callable[[str], Awaitable[None]],
    ) -> None:
        self._api = api
        self._pacing = pacing
        self._clock = clock
        self._making = making
        self._uploads = uploads
        self._nudge = nudge
        self._on_quota = on_quota
        self.form: Form = making.form
        """How choices are shown; "off" for the rest of the process once Zalo refused buttons."""

    async def send(self, letter: Letter) -> tuple[str, ...]:
        """Send what is left of a letter and give the id of each part; raises SendErrors alone."""
        try:
            self._check_window(letter)
            return await self._send_left(letter)
        except WindowClosed as error:
            # May itself fail with what is worth another try.
            error.reason = await self._nudge.about(letter, error.reason)
            raise

    async def _send_left(self, letter: Letter) -> tuple[str, ...]:
        left = self._parts(letter)[letter.parts_sent :]
        sent: list[str] = []
        loop = asyncio.get_running_loop()
        until = loop.time() + BUDGET
        try:
            for part in left:
                if sent and loop.time() > until:
                    raise Throttled("the rest follows", after=0.0)
                sent.append(await self._send(letter, part, letter.parts_sent + len(sent)))
        except SendError as error:
            error.sent = tuple(sent)
            raise
        return tuple(sent)

    def _check_window(self, letter: Letter) -> None:
        # Zalo would say the same; an answer that is known is not asked for.
        if letter.written_at is not None and self._clock() - letter.written_at > WINDOW:
            raise WindowClosed("the person wrote more than 7 days ago")

    def _parts(self, letter: Letter) -> list[Part]:
        if letter.body.group:
            found = group_parts(letter.body, self._making.link)
        elif _anonymous(letter) is not None:
            found = plain_parts(letter.body, self._making.link)
        else:
            found = parts(letter.body, replace(self._making, form=self.form))
        if not found:
            raise Refused("the letter says nothing that Zalo could carry")
        return found

    async def _send(self, letter: Letter, part: Part, number: int) -> str:
        """Send a part, without its decoration where Zalo takes it only so."""
        code = 0
        try:
            return await self._decorated(letter, part, number)
        except CannotUpload as error:
            log.info("zalo takes it only as a link", reason=str(error))
        except Declined as declined:
            if not part.plain or declined.code not in PLAINER:
                raise self._error(declined) from None
            log.info("zalo takes it only plain", reason=declined.error.reason)
            code = declined.code
        try:
            message_id = await self._ask(letter, {"text": part.plain}, number)
        except Declined as declined:
            raise self._error(declined) from None
        # Only now is it clear that it was the buttons and nothing else.
        if part.buttons and code in NO_SUCH_FORM and self.form != "off":
            log.warning("zalo buttons switched off", code=code)
            self.form = "off"
        return message_id

    async def _decorated(self, letter: Letter, part: Part, number: int) -> str:
        """Send a part as it is meant; what was uploaded long ago is uploaded once more."""
        if part.upload is None:
            return await self._ask(letter, part.message, number)
        asset = await self._uploads.asset(part.upload)
        try:
            return await self._ask(letter, with_asset(part, asset), number)
        except Declined as declined:
            if declined.code not in STALE:
                raise
            self._uploads.forget(part.upload)
        asset = await self._uploads.asset(part.upload)
        return await self._ask(letter, with_asset(part, asset), number)

    def _error(self, declined: Declined) -> SendError:
        if declined.code == RATE:
            # The limit is the whole app's: whoever writes now would only lengthen it.
            self._pacing.hold(None, WAITS[RATE])
        return declined.error

    async def _ask(self, letter: Letter, message: Message, number: int) -> str:
        group, anonymous = letter.body.group, _anonymous(letter)
        await self._pacing.wait(letter.to, group=group, bulk=letter.bulk)
        await letter.leaving()
        path, recipient = MESSAGE, {"user_id": letter.to.id}
        if group:
            path, recipient = GROUP, {"group_id": group}
        elif anonymous is not None:
            path, recipient = OLD_MESSAGE, anonymous
        try:
            data = await self._api.post(path, {"recipient": recipient, "message": message})
        except Unclear as error:
            if letter.bulk:
                # One of many alike is rather missed than sent twice.
                raise Unknown(error.reason) from None
            raise
        quota = data.get("quota")
        if isinstance(quota, dict) and quota.get("quota_type") != FREE:
            await self._on_quota(str(quota.get("remain") or "")[:20])
        message_id = data.get("message_id")
        # Without an id receipts cannot be told apart, but the part went out and must count.
        return str(message_id) if message_id else f"letter-{letter.id}-{number}"


def _anonymous(letter: Letter) -> dict[str, str] | None:
    """The recipient where it is a visitor who is not logged in."""
    prefix, _, rest = letter.to.id.partition(":")
    conversation, _, visitor = rest.partition(":")
    if prefix != ANONYMOUS or not visitor:
        return None
    return {"anonymous_id": visitor, "conversation_id": conversation}
