"""The commands that look after personal data: how long it is kept, and under which key."""

import argparse
import shutil
import sys

from bot.alone import alone
from bot.app import clock_of
from bot.asked_again import be_sure
from bot.opened import PATIENCE_MS, finished, opened, put
from bot.refusal import DONE, Refusal
from bot.settings import Settings
from messages.languages import ZONE, say
from messages.text import Text, _
from storage.audit import COMMAND_LINE, audited, looked
from storage.database import Store
from storage.erasure import erase_waiting
from storage.migrate import migrate
from storage.reader import Reader
from storage.retention import due, let_go
from storage.rotation import Rotated, rotate
from storage.sealing import Box, next_secret_in, secret_in, take_next_secret


def retention(settings: Settings, options: argparse.Namespace) -> int:
    """Let go of what is no longer to be kept, or only count it, by kind."""

    async def do() -> int:
        async with opened(settings, "retention") as ground:
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


def audit(settings: Settings, options: argparse.Namespace) -> int:
    """Print who looked at what and did what, the newest first, of all or of one code."""

    async def do() -> int:
        async with opened(settings, "audit", options.code) as ground:
            read = Reader(ground.store)
            for row in await audited(ground.store, options.code.upper(), options.limit):
                who = await read.name_of(row.person_id, official=True) if row.person_id else "-"
                at = row.at.astimezone(ZONE).isoformat(timespec="seconds")
                put("\t".join((at, row.channel, who or f"#{row.person_id}", row.act, row.about)))
            return DONE

    return finished(do())


def key(settings: Settings, options: argparse.Namespace) -> int:
    """Seal everything with a new secret key, while the service stands still."""
    be_sure(
        _("This seals everything with a new key; backups made before open with the old one alone."),
        "rotate",
        yes=options.yes,
    )

    async def do() -> int:
        with alone(settings.var_dir):
            mine, given = settings.secret_key, settings.next_secret_key.get_secret_value()
            if mine.get_secret_value() and not given:
                raise Refusal(
                    _(
                        "BOT_SECRET_KEY is set: set the new one as BOT_NEXT_SECRET_KEY beside it, "
                        "and in its place when this is done."
                    )
                )
            old = mine.get_secret_value() or secret_in(settings.var_dir)
            new = given or next_secret_in(settings.var_dir)
            if old == new:
                raise Refusal(_("The new secret key is the one before."))
            rotated = await _rotated(settings, old, new)
            # Made-up people, under the old key; the next start makes them anew.
            shutil.rmtree(settings.var_dir / "practice", ignore_errors=True)
            if not mine.get_secret_value():
                take_next_secret(settings.var_dir)
            put(say(_("{n} values are sealed with the new key.", n=rotated.sealed)))
            if rotated.unreadable:
                lost = _("{n} values open with neither key.", n=rotated.unreadable)
                sys.stderr.write(say(lost) + "\n")
            return DONE

    return finished(do())


async def _rotated(settings: Settings, old: str, new: str) -> Rotated:
    """Open the store with no key checked, and seal it anew."""
    store = Store(settings.database, Box(old), PATIENCE_MS)
    await store.open()
    try:
        if await _is_used_elsewhere(store):
            raise Refusal(_("Another machine has this database open: stop its service first."))
        await migrate(store)
        between = Box(f"{old}\0{new}")
        done = await rotate(store, store.box, Box(new), between, lambda _table, _n: None)
        now = clock_of(settings)()
        await looked(store, "key rotate", "", person_id=None, channel=COMMAND_LINE, now=now)
        return done
    finally:
        await store.close()


async def _is_used_elsewhere(store: Store) -> bool:
    """Whether anybody at another machine is connected; on this one the lock in VAR_DIR tells."""
    if store.is_sqlite:
        return False
    async with store.reading() as connection:
        found = await connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND client_addr IS DISTINCT FROM (SELECT client_addr FROM pg_stat_activity "
            "WHERE pid = pg_backend_pid()) AND backend_type = 'client backend'"
        )
        return bool(found.scalar())
