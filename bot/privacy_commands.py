"""The commands that look after personal data: how long it is kept."""

import argparse

from bot.opened import finished, opened, put
from bot.refusal import DONE
from bot.settings import Settings
from messages.languages import say
from messages.text import Text, _
from storage.erasure import erase_waiting
from storage.retention import due, let_go


def retention(settings: Settings, options: argparse.Namespace) -> int:
    """Let go of what is no longer to be kept, or only count it, by kind."""

    async def do() -> int:
        async with opened(settings) as ground:
            periods, now = ground.office.commune.retention.periods, ground.clock()
            if options.dry_run:
                counts = await due(ground.store, periods, now)
            else:
                counts = await let_go(ground.store, ground.media, periods, now)
                await erase_waiting(ground.store, ground.media, now)
                await ground.store.truncate_log()
            for kind in periods:
                put(say(_told(kind, counts.get(kind), dry=options.dry_run)))
            return DONE

    return finished(do())


def _told(kind: str, n: int | None, *, dry: bool) -> Text:
    if n is None:
        return _(
            "{kind}: kept for ever, because commune.toml gives no period; to be confirmed by the "
            "commune",
            kind=kind,
        )
    if dry:
        return _("{kind}: {n} to be deleted or made anonymous", kind=kind, n=n)
    return _("{kind}: {n} deleted or made anonymous", kind=kind, n=n)
