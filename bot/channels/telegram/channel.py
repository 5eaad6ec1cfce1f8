"""Telegram as a channel."""

import asyncio
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

import structlog
from aiohttp import web
from telegram.error import BadRequest, TelegramError

from bot.channels.channel import (
    Accept,
    CannotFetch,
    Letter,
    Refused,
    SendError,
    Unknown,
    Unreachable,
)
from bot.channels.pacing import Pacing
from bot.channels.telegram.commands import About, Commands, introduce
from bot.channels.telegram.inbound import NAME
from bot.channels.telegram.limits import LIMITS, PER_CHAT, PER_GROUP, PER_SECOND
from bot.channels.telegram.outbound import OpenMedia, Writer, group_of, parts, place_of
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.reception import Reception
from bot.channels.telegram.refusals import meaning
from bot.channels.telegram.request import AiohttpRequest, TelegramBot, TooFast
from bot.channels.telegram.retrying import Backoff, Pause
from bot.channels.telegram.role_commands import CommandsByRole, Officials, RoleCommands
from bot.channels.telegram.webhook import PATH, Watch, receive, secret_for
from bot.settings import Settings
from messages.envelope import Attachment
from storage.clock import Clock

log = structlog.get_logger(__name__)

SEND_SECONDS = 50.0
"""The longest that sending all parts of a letter takes: less than the outbox's lease on it."""


class TelegramChannel:
    """People who write to our bot on Telegram.

    Args:
        settings: the token, where the API is, and how messages come: by polling or by webhook.
        secret: the service's own key, from which the webhook's secret is made where none is set.
        clock: our clock.
        commands: the list of commands that Telegram shows.
        about: the words that Telegram shows before the first message.
        open_media: reads our own files.
        officials: who holds a role, None where nobody is shown commands of their own.
        role_commands: the list of commands that each of them is shown.
        pause: how to wait so many seconds.
        transport: over which requests go; as the settings say where None.
    """

    name = NAME
    limits = LIMITS

    def __init__(
        self,
        settings: Settings,
        secret: bytes,
        clock: Clock,
        *,
        commands: Commands,
        about: About,
        open_media: OpenMedia,
        officials: Officials | None = None,
        role_commands: RoleCommands | None = None,
        pause: Pause = asyncio.sleep,
        transport: AiohttpRequest | None = None,
    ) -> None:
        token = settings.telegram_token.get_secret_value()
        self._transport = transport or AiohttpRequest(
            token, proxy=settings.telegram_proxy, api=settings.telegram_api_url
        )
        self._bot = TelegramBot(token, settings.telegram_api_url, self._transport)
        self._uses_webhook = settings.telegram_mode == "webhook"
        self._url = f"{settings.public_url}{PATH}"
        given = settings.telegram_webhook_secret.get_secret_value()
        self._secret = given or secret_for(token, secret)
        self._commands = commands
        self._about = about
        self._pause = pause
        self._reception = Reception(self._bot, clock)
        self._writer = Writer(self._bot, open_media, self.fetch)
        self._pacing = Pacing(
            PER_SECOND, per_chat=PER_CHAT, per_group=PER_GROUP, override=settings.pacing
        )
        self._coming_in: Poller | Watch | None = None
        self._by_role: CommandsByRole | None = None
        if officials is not None and role_commands is not None:
            self._by_role = CommandsByRole(self._bot, officials, role_commands, pause)

    @property
    def trouble(self) -> str:
        """Why no messages come in, "" where all is well."""
        return "" if self._coming_in is None else self._coming_in.trouble

    @property
    def pending(self) -> int:
        """How many messages wait at Telegram; 0 while we poll, where nothing does."""
        return self._coming_in.pending if isinstance(self._coming_in, Watch) else 0

    @property
    def username(self) -> str:
        """Our bot's name, "" as long as Telegram has not told it."""
        return self._reception.username

    def routes(self, accept: Accept) -> Sequence[web.AbstractRouteDef]:
        """Give `POST /webhooks/telegram`, which is not there while we poll."""
        take = partial(self._reception.take, accept=accept)

        async def webhook(request: web.Request) -> web.Response:
            if not self._uses_webhook:
                return web.Response(status=HTTPStatus.NOT_FOUND)
            return await receive(request, self._secret, take)

        return [web.post(PATH, webhook)]

    async def listen(self, accept: Accept) -> None:
        """Poll, or keep the webhook registered, until cancelled, whatever Telegram does."""
        take = partial(self._reception.take, accept=accept)

        if self._uses_webhook:
            self._coming_in = Watch(self._bot, self._url, self._secret, self._pause)
        else:
            self._coming_in = Poller(self._bot, take, self._pause)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._introduce(), name="telegram: introduce")
            if self._by_role is not None:
                tasks.create_task(self._by_role.run(), name="telegram: commands by role")
            tasks.create_task(self._coming_in.run(), name="telegram: listen")

    async def send(self, letter: Letter) -> tuple[str, ...]:
        """Send what of a letter was not sent yet; give one id for each part sent now.

        An album is one part. Fails only with a SendError.
        """
        sent: list[str] = []
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send(letter, sent)
        except TelegramError as error:
            if isinstance(error, TooFast):
                self._pacing.hold(letter.to, error.seconds, group=group_of(letter))
            failure = meaning(error, group=bool(group_of(letter)))
            failure.sent = tuple(sent)
            raise failure from None
        except SendError as failure:
            failure.sent = tuple(sent)
            raise
        except TimeoutError:
            raise Unknown("sending took too long", sent=tuple(sent)) from None
        return tuple(sent)

    async def fetch(self, attachment: Attachment) -> bytes:
        """Fetch what a person sent; fails with SendError or CannotFetch."""
        if attachment.size > LIMITS.fetch_bytes:
            raise CannotFetch(f"{attachment.size} bytes")
        try:
            file = await self._bot.get_file(attachment.ref)
            if (file.file_size or 0) > LIMITS.fetch_bytes or not file.file_path:
                raise CannotFetch(f"{file.file_size} bytes")
            if not file.file_path.startswith(f"{self._bot.base_file_url}/"):
                raise CannotFetch("a file that is not where the Bot API is")
            return await self._transport.download(file.file_path, LIMITS.fetch_bytes)
        except TelegramError as error:
            failure = meaning(error)
            if isinstance(failure, Refused):
                # "Try again" stands in the one refusal that passes.
                if isinstance(error, BadRequest) and "temporarily unavailable" in error.message:
                    raise Unreachable(failure.reason) from None
                raise CannotFetch(failure.reason) from None
            if isinstance(failure, Unknown):
                # Asking a second time changes nothing.
                raise Unreachable(failure.reason) from None
            raise failure from None

    async def close(self) -> None:
        """Let go of connections."""
        await self._reception.close()
        await self._transport.shutdown()

    async def _introduce(self) -> None:
        me = await Backoff("getMe", self._pause).until_done(self._bot.get_me)
        self._reception.username = me.username or ""
        log.info("telegram: connected", bot=me.username)
        await introduce(self._bot, self._commands, self._about, self._pause)

    async def _send(self, letter: Letter, sent: list[str]) -> None:
        chat, topic = place_of(letter)
        group = group_of(letter)
        for part in parts(letter.body, chat)[letter.parts_sent :]:
            await self._pacing.wait(letter.to, group=group, bulk=letter.bulk)
            await letter.leaving()
            sent.append(await self._writer.write(chat, part, topic))
