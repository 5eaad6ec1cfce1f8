"""Pulls the one-stop system's table by the clock, through the same door as an export."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from bot.dossier_import import Refused, UnderWay, bring_in
from bot.dossier_source import NotPulled, fetch
from bot.logs import where
from handlers.commune import Commune
from handlers.dossier_export import Outcome, wrong
from handlers.dossier_records import DossierSource
from messages.languages import DEFAULT, say
from messages.text import Sayable, _, lines
from storage.channel_facts import ChannelFacts, Fact, fact
from storage.clock import Clock
from storage.database import Store, StoreUnavailable
from storage.dossiers_news import say_to_staff, staff
from storage.inbox import Inbox

log = structlog.get_logger(__name__)

EVERY = 15.0
"""Seconds between two looks at the clock."""

FACTS = "one-stop"
"""Under what the source's state is kept: `asked`, `pulled`, `trouble`."""

PULLED, BY_HAND = "pulled", "pulled by hand"
"""Under which names a table lies while it is imported, by the clock and by command."""

LEFT = timedelta(minutes=15)
"""After which a table that still lies there was left by whoever was killed: no import needs its
file for so long."""

LISTED = 5

NOT_TAKEN = _("The one-stop system's table could not be fetched or taken. Nothing was changed.")
OUR_ERROR = _("The one-stop system's table could not be taken because of an error of this service.")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing was imported.

    Attributes:
        kind: a word; while it stays the same staff are not told again.
        reason: for a clerk.
        title: what became of the table.
    """

    kind: str
    reason: Sayable
    title: Sayable = NOT_TAKEN


class DossierPull:
    """Fetches and imports whenever the time of commune.toml is over.

    Args:
        store: the database.
        inbox: told when there is news for staff.
        commune: names the source.
        clock: tells the time.
        header: by which the source knows us.
        folder: where the table lies while it is imported.
    """

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        commune: Commune,
        clock: Clock,
        *,
        header: str,
        folder: Path,
    ) -> None:
        self._store, self._inbox, self._commune, self._clock = store, inbox, commune, clock
        self._header = header
        self._path = folder / PULLED
        self._facts = ChannelFacts(store, FACTS, clock)
        self._again = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop; a table that is being taken then is taken at the next time."""
        while not stopping.is_set():
            looking = asyncio.create_task(self._look_once())
            told = asyncio.create_task(stopping.wait())
            await asyncio.wait({looking, told}, return_when=asyncio.FIRST_COMPLETED)
            looking.cancel()
            told.cancel()
            await asyncio.gather(looking, told, return_exceptions=True)
            if not looking.cancelled():
                # An error that nobody expected is the service's to tell.
                looking.result()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY)

    async def _look_once(self) -> None:
        try:
            await self.look()
        except StoreUnavailable as error:
            log.warning("dossiers: the store is unavailable", reason=str(error))

    async def look(self) -> None:
        """Pull if it is time, or if the last pull could not come to its end.

        Raises:
            StoreUnavailable: nobody could be told how it went.
        """
        source, now = self._commune.dossiers.pulled, self._clock()
        if source is None:
            return
        asked = await self._facts.read("asked")
        over = asked is None or now >= asked.at + timedelta(minutes=source.every)
        if not over and not self._again:
            return
        await self._facts.keep("asked", "yes")
        self._again = False
        try:
            await self._became(await self._pull(source))
        except UnderWay:
            log.info("dossiers: another import is under way")
            self._again = True
        except StoreUnavailable:
            self._again = True
            raise

    async def _pull(self, source: DossierSource) -> Trouble | None:
        """Fetch and import; give what kept it from being done.

        Raises:
            UnderWay: another import has to end first.
            StoreUnavailable: it was imported, which could not be written down.
        """
        try:
            content = await fetch(source, self._header)
            async with lying(self._path, content):
                outcome = await bring_in(self._store, self._commune, self._clock, self._path)
        except NotPulled as error:
            return Trouble(error.word, error.reason)
        except UnderWay:
            raise
        except Refused as error:
            return Trouble("refused", error.reason)
        except StoreUnavailable as error:
            log.warning("dossiers: the store is unavailable", reason=str(error))
            return Trouble("store", _("The database could not be read or written."), OUR_ERROR)
        except Exception as error:  # noqa: BLE001 - any fault is told to who waits for the table
            log.error("dossiers: pulling failed", error=where(error))  # noqa: TRY400 - see `where`
            reason = _("The error was not expected; it stands in the service's log.")
            return Trouble("error", reason, OUR_ERROR)
        trouble = _trouble_of(outcome)
        if trouble is None:
            await self._facts.keep("pulled", str(outcome.difference.rows))
        return trouble

    async def _became(self, trouble: Trouble | None) -> None:
        """Tell staff how it went where that is news, and keep it.

        In this order: who dies in between is heard of twice, and not never.
        """
        before = await self._facts.read("trouble")
        if trouble is None:
            log.info("dossiers: pulled")
            if before is None:
                return
            await self._tell(_("The one-stop system's table is fetched again."))
            await self._facts.keep("trouble", "")
            return
        log.warning("dossiers: not pulled", kind=trouble.kind)
        if before is not None and before.value.partition(" ")[0] == trouble.kind:
            return
        text = lines(
            trouble.title,
            trouble.reason,
            _("Until it works again you can send the export as a file."),
        )
        await self._tell(text)
        await self._facts.keep("trouble", f"{trouble.kind} {say(trouble.reason, DEFAULT)}")

    async def _tell(self, text: Sayable) -> None:
        now = self._clock()
        told = {one: say(text, language or DEFAULT) for one, language in await staff(self._store)}
        await say_to_staff(self._store, told, now)
        self._inbox.arrived.set()


def _trouble_of(outcome: Outcome) -> Trouble | None:
    """Give why a table that was read is not imported, None where it is."""
    if outcome.refused:
        return Trouble("cells", lines(*wrong(outcome.rows, LISTED)))
    if not outcome.too_many_gone:
        return None
    text = _(
        "{gone} of the {known} dossiers known for these days are not in this file. If they "
        "are gone indeed: {command}",
        gone=outcome.difference.gone,
        known=outcome.difference.known,
        command="python -m bot dossiers pull --gone-too",
    )
    return Trouble("gone", text)


async def how_it_goes(store: Store) -> tuple[Fact | None, Fact | None]:
    """Give when the table was last pulled, and what is wrong since when."""
    trouble = await fact(store, FACTS, "trouble")
    if trouble is not None:
        trouble = Fact(trouble.value.partition(" ")[2], trouble.at)
    return await fact(store, FACTS, "pulled"), trouble


@contextlib.asynccontextmanager
async def lying(path: Path, content: bytes) -> AsyncIterator[None]:
    """Keep a table in a file that is deleted at the end."""
    writing = asyncio.create_task(asyncio.to_thread(keep, path, content))
    with contextlib.ExitStack() as afterwards:
        afterwards.callback(path.unlink, missing_ok=True)
        try:
            await asyncio.shield(writing)
            yield
        finally:
            # Its thread ends by itself; what it wrote after the deletion would stay.
            await asyncio.wait([writing])


def sweep(folder: Path) -> None:
    """Delete the tables that were left behind."""
    # By the machine's clock, as the file system writes it.
    before = time.time() - LEFT.total_seconds()
    for path in (folder / PULLED, folder / BY_HAND):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()


def keep(path: Path, content: bytes) -> None:
    """Keep a table while it is imported, readable by us alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_bytes(content)
