"""The way out of a closed window: a paid ZBS template to the telephone says that a letter waits.

The letter itself is held as ever and goes out when the person writes. Without a template in
`commune.toml`, or without a number that the person left, nothing more is done.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.channels.channel import Letter, Misconfigured, SendError, Throttled, Unknown
from bot.channels.zalo.errors import RATE
from bot.channels.zalo.openapi import Declined, OpenApi
from bot.channels.zalo.surroundings import Waiting
from handlers.desk_news import NOTIFIED, PERHAPS_NOTIFIED
from messages.envelope import Address

log = structlog.get_logger(__name__)

PATH: Final = "/message/template"

AGAIN: Final = timedelta(hours=24)
"""How long after one notice a person gets no other: the first says all that there is to say."""

REMEMBERED: Final = 10_000


class Nudge:
    """Sends the template.

    Args:
        api: the ZBS address, with the OA's token.
        waiting: the template.
        phone_of: gives the number that a person left, "" for none.
        alarm: tells the administrators that the template cannot be sent.
        clock: tells when a person had the last.
    """

    def __init__(
        self,
        api: OpenApi,
        waiting: Waiting,
        phone_of: Callable[[Address], Awaitable[str]],
        alarm: Callable[[Misconfigured], Awaitable[None]],
        clock: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._waiting = waiting
        self._phone_of = phone_of
        self._alarm = alarm
        self._clock = clock
        self._sent: dict[Address, datetime] = {}

    async def about(self, letter: Letter, reason: str) -> str:
        """Tell the person that a letter waits; give why it is held, with what was done about it.

        Raises:
            Unreachable: not now; the letter is to be tried again, and with it this.
            Throttled: not now.
            Misconfigured: our token is wrong, which holds for letters too.
        """
        wanted = self._waiting.template and letter.ticket and not letter.bulk
        if not wanted or letter.body.group or self._had_one(letter.to):
            return reason
        phone = await self._phone_of(letter.to)
        if not phone:
            return reason
        done = await self._send(letter, phone)
        return f"{done}; {reason}"

    def _had_one(self, to: Address) -> bool:
        last = self._sent.get(to)
        return last is not None and self._clock() - last < AGAIN

    async def _send(self, letter: Letter, phone: str) -> str:
        values = {
            name: value
            for name, value in (
                (self._waiting.code, letter.ticket),
                (self._waiting.office, self._waiting.office_name),
            )
            if name
        }
        body = {
            "phone": phone,
            "template_id": self._waiting.template,
            "template_data": values,
            "tracking_id": f"letter-{letter.id}",
        }
        try:
            await self._api.post(PATH, body)
        except Unknown:
            # It may have come; a second one would be paid for too.
            self._remember(letter.to)
            return PERHAPS_NOTIFIED
        except Declined as declined:
            return await self._declined(declined)
        self._remember(letter.to)
        log.info("zalo notice sent", letter_id=letter.id)
        return NOTIFIED

    async def _declined(self, declined: Declined) -> str:
        error: SendError = declined.error
        if isinstance(error, Throttled) and declined.code == RATE:
            raise error from None
        log.warning("zalo notice not sent", reason=error.reason)
        if isinstance(error, Misconfigured):
            # The template or its money is wrong; letters still go.
            await self._alarm(error)
        return error.reason

    def _remember(self, to: Address) -> None:
        if len(self._sent) >= REMEMBERED:
            self._sent.pop(next(iter(self._sent)))
        self._sent[to] = self._clock()
