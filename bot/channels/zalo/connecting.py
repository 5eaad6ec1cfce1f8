"""`python -m bot zalo connect`: the consent link, and the wait for what comes of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.channels.zalo.consent import WAITS, callback_of, link
from bot.channels.zalo.tokens import NAME
from bot.refusal import Refusal
from bot.service import Ground
from bot.settings import Settings
from messages.languages import DEFAULT, say
from messages.text import _
from storage.credentials import Credential, Credentials
from storage.sealing import CannotUnseal

LOOK: Final = 0.5
"""Seconds between two looks whether the service has kept the tokens."""


async def connect(
    settings: Settings,
    ground: Ground,
    tell: Callable[[str], None],
    patience: timedelta = WAITS,
) -> None:
    """Print the link and wait until a running service took the callback.

    Args:
        settings: the OA.
        ground: the store that the service uses too.
        tell: prints a line.
        patience: how long to wait.

    Raises:
        Refusal: something is not set, or nobody agreed in time.
    """
    needed = {
        "BOT_ZALO_APP_ID": settings.zalo_app_id,
        "BOT_ZALO_APP_SECRET": settings.zalo_app_secret.get_secret_value(),
        "BOT_ZALO_OA_SECRET_KEY": settings.zalo_oa_secret_key.get_secret_value(),
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise Refusal(
            _("Zalo is half configured, it needs also: {names}.", names=", ".join(missing))
        )
    kept = Credentials(ground.store, ground.clock)
    before = await _pair(kept)
    address = await link(settings, kept, ground.store.box, ground.clock())
    for line in (
        _("The service must be running, and the console must have this callback address:"),
        callback_of(settings),
        _("Open this link as an administrator of the OA and agree:"),
        address,
    ):
        tell(say(line, DEFAULT))
    if not await _came(kept, before, patience):
        raise Refusal(_("Nobody agreed within {n} minutes.", n=int(patience.total_seconds() // 60)))
    tell(say(_("Zalo is connected: the tokens are kept."), DEFAULT))


async def _came(kept: Credentials, before: Credential | None, patience: timedelta) -> bool:
    """Wait for a pair that no renewal made: renewals go on while somebody reads the link."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience.total_seconds()
    while loop.time() < until:
        await asyncio.sleep(LOOK)
        if not await kept.is_expecting(NAME) and await _pair(kept) not in {None, before}:
            return True
    return False


async def _pair(kept: Credentials) -> Credential | None:
    """Give the kept pair; one that another secret key sealed is as good as none."""
    try:
        return await kept.read(NAME)
    except CannotUnseal:
        return None
