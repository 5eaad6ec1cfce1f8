"""Letters → Zalo: parts sent one after the other, every failure a SendError."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.channels.channel import Letter, Refused, SendError, Throttled, Unknown, WindowClosed
from bot.channels.pacing import Pacing
from bot.channels.zalo.errors import NO_SUCH_FORM, PLAINER, RATE, WAITS, Unclear
from bot.channels.zalo.inbound import ANONYMOUS
from bot.channels.zalo.openapi import MESSAGE, OLD_MESSAGE, Declined, OpenApi
from bot.channels.zalo.parts import Form, Message, Part, parts, plain_parts
from messages.envelope import Attachment

log = structlog.get_logger(__name__)

WINDOW: Final = timedelta(days=7)
"""How long after a person's last message Zalo takes an answer: 48 hours free, then billed."""

BUDGET: Final = 20.0
"""Seconds after which no further part of a letter is begun: with the waiting and the retry of one
more part the outbox's lease on the letter still holds."""


class Outbound:
    """Sends letters.

    Args:
        api: Zalo's OpenAPI.
        pacing: how fast.
        clock: tells whether the window is still open.
        form: how choices are shown, until Zalo refuses it.
        link: gives a public address for an attachment of our own store.
    """

    def __init__(
        self,
        api: OpenApi,
        pacing: Pacing,
        clock: Callable[[], datetime],
        form: Form,
        link: Callable[[Attachment], str],
    ) -> None:
        self._api = api
        self._pacing = pacing
        self._clock = clock
        self._link = link
        self.form = form
        """How choices are shown; "off" for the rest of the process once Zalo refused buttons."""

    async def send(self, letter: Letter) -> tuple[str, ...]:
        """Send what is left of a letter and give the id of each part; raises SendErrors alone."""
        self._check_window(letter)
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
            raise Refused("letters to groups are not sent on Zalo")
        if _anonymous(letter) is not None:
            found = plain_parts(letter.body, self._link)
        else:
            found = parts(letter.body, self.form, self._link)
        if not found:
            raise Refused("the letter says nothing that Zalo could carry")
        return found

    async def _send(self, letter: Letter, part: Part, number: int) -> str:
        """Send a part, without its decoration where Zalo takes it only so."""
        try:
            return await self._ask(letter, part.message, number)
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

    def _error(self, declined: Declined) -> SendError:
        if declined.code == RATE:
            # The limit is the whole app's: whoever writes now would only lengthen it.
            self._pacing.hold(None, WAITS[RATE])
        return declined.error

    async def _ask(self, letter: Letter, message: Message, number: int) -> str:
        await self._pacing.wait(letter.to, bulk=letter.bulk)
        anonymous = _anonymous(letter)
        try:
            if anonymous is not None:
                data = await self._api.post(
                    OLD_MESSAGE, {"recipient": anonymous, "message": message}
                )
            else:
                data = await self._api.post(
                    MESSAGE, {"recipient": {"user_id": letter.to.id}, "message": message}
                )
        except Unclear as error:
            if letter.bulk:
                # One of many alike is rather missed than sent twice.
                raise Unknown(error.reason) from None
            raise
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
