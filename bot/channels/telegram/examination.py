"""Asking Telegram how our bot is, for whoever runs the service."""

from dataclasses import dataclass

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.request import AiohttpRequest, TelegramBot
from bot.channels.telegram.retrying import told
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """How Telegram sees our bot.

    Attributes:
        username: its name, "" where Telegram did not tell.
        refused: whether Telegram does not know the token.
        unreachable: why Telegram could not be asked, "" where it could.
        webhook: the address to which it sends messages, "" for none.
        pending: how many messages wait there.
        last_error: why the last of them could not be delivered, "" where they could.
    """

    username: str = ""
    refused: bool = False
    unreachable: str = ""
    webhook: str = ""
    pending: int = 0
    last_error: str = ""


async def examine(settings: Settings) -> State:
    """Ask Telegram, over the proxy and at the address that are set; changes nothing there."""
    token = settings.telegram_token.get_secret_value()
    api = settings.telegram_api_url
    transport = AiohttpRequest(token, proxy=settings.telegram_proxy, api=api)
    bot = TelegramBot(token, api, transport)
    try:
        me = await bot.get_me()
        info = await bot.get_webhook_info()
    except InvalidToken:
        return State(refused=True)
    except TelegramError as error:
        return State(unreachable=" ".join(told(error).split()))
    finally:
        await transport.shutdown()
    said = " ".join((info.last_error_message or "").split())
    return State(
        username=me.username or "",
        webhook=info.url,
        pending=info.pending_update_count,
        last_error=said if info.pending_update_count else "",
    )
