"""What is done about dossiers outside any turn: files are read, changes told, letters printed."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import structlog

from bot.channels.channel import CannotFetch, Channel, SendError
from bot.darkroom import Broken, Darkroom
from bot.dossier_import import Refused, bring_in
from bot.dossier_pull import LEFT, keep, sweep
from bot.logs import where
from bot.photos import BadPhoto
from handlers.dossier import LONGEST as LONGEST_CODE
from handlers.dossier import code_in
from handlers.dossier_export import Outcome, told
from handlers.dossier_letter import form_of
from handlers.office import Office
from messages.languages import DEFAULT, ZONE, say
from messages.text import _, lines
from scoring.documents.apology import as_pdf
from storage.clock import Clock
from storage.database import Store, StoreUnavailable
from storage.dossiers_apologies import draft_late
from storage.dossiers_files import CONFIRMED, LOOKED_AT, TRIES, Sent, SentFile, SentFiles
from storage.dossiers_news import letter_is_made, say_good_morning, tell_changes, untold
from storage.inbox import Inbox
from storage.media import Media
from storage.reader import Reader

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks."""

LONGEST_TEXT = 1800
"""Characters of what is told of an export: one letter on every channel."""


class DossierWork:
    """Reads what was sent, tells what changed, prints what was approved.

    Args:
        store: the database.
        inbox: told when there is news for somebody.
        media: keeps the letters.
        channels: by name; a file is fetched from the channel it came by.
        office: what the commune has laid down.
        clock: tells the time.
        folder: where exports wait for a yes.
        darkroom: opens photographed receipts; whoever made it closes it.
    """

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        *,
        media: Media,
        channels: Mapping[str, Channel],
        office: Office,
        clock: Clock,
        folder: Path,
        darkroom: Darkroom,
    ) -> None:
        self._darkroom = darkroom
        self._store, self._inbox, self._media = store, inbox, media
        self._channels, self._office, self._clock = channels, office, clock
        self._folder = folder
        self._files = SentFiles(store, clock)
        self._read = Reader(store)
        self._morning_of = ""
        self._swept_at: datetime | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every second until told to stop."""
        while not stopping.is_set():
            await self._look_once()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY)

    async def _look_once(self) -> None:
        try:
            await self.look()
        except StoreUnavailable as error:
            log.warning("dossiers: the store is unavailable", reason=str(error))
        except Exception as error:  # noqa: BLE001 - one fault must not end all that follows
            log.error("dossiers: failed", error=where(error))  # noqa: TRY400 - see `where`

    async def look(self) -> None:
        """Do what is due now."""
        await self._sweep()
        while file := await self._files.claim(list(self._channels)):
            await self._take(file)
            self._inbox.arrived.set()
        await self._after_imports()
        await self._morning()
        await self._print()

    async def _sweep(self) -> None:
        """Delete what a pull left behind that was killed."""
        now = self._clock()
        if self._swept_at is None or now - self._swept_at >= LEFT:
            await asyncio.to_thread(sweep, self._folder)
            self._swept_at = now

    async def _take(self, file: SentFile) -> None:
        if file.attempts > TRIES:
            # A fault of ours, most likely: it must not come back for ever.
            await self._lost(file)
            return
        try:
            if file.purpose is Sent.RECEIPT:
                content = await self._fetch(file)
                await self._files.done(file, _code_in(await self._darkroom.codes_in(content)))
            else:
                await self._take_export(file)
        except (CannotFetch, BadPhoto):
            await self._lost(file)
        except (SendError, Broken) as error:
            lasting = isinstance(error, SendError) and not error.retry
            if lasting or file.attempts >= TRIES:
                await self._lost(file)
            else:
                await self._files.again(file, timedelta(seconds=5 * 2**file.attempts))

    async def _fetch(self, file: SentFile) -> bytes:
        if not file.attachment.ref:
            raise CannotFetch
        return await self._channels[file.channel].fetch(file.attachment)

    async def _lost(self, file: SentFile) -> None:
        if file.purpose is Sent.RECEIPT:
            await self._files.done(file, "")
            return
        text = _("The file could not be fetched. Please send it once more.")
        await self._done(file, say(text, await self._language(file)))

    async def _language(self, file: SentFile) -> str:
        return await self._files.language_of(file.person_id) or DEFAULT

    async def _take_export(self, file: SentFile) -> None:
        path = self._folder / str(file.id)
        language = await self._language(file)
        if file.state == LOOKED_AT or not await self._files.may_import(file.person_id):
            # Nobody said yes within a day, or their role ended meanwhile.
            await self._done(file, None)
            return
        if file.state != CONFIRMED:
            content = await self._fetch(file)
            await asyncio.to_thread(keep, path, content)
        if not path.exists():
            await self._lost(file)
            return
        confirmed = file.state == CONFIRMED
        try:
            outcome = await bring_in(
                self._store,
                self._office.commune,
                self._clock,
                path,
                dry=not confirmed,
                gone_too=file.purpose is Sent.EXPORT_GONE_TOO,
                by=file.person_id,
            )
        except Refused as error:
            await self._done(file, say(error.reason, language))
            return
        text = _shortened(outcome, language)
        if confirmed or outcome.refused:
            title = _("Imported.") if outcome.done else _("Nothing was imported.")
            await self._done(file, f"{say(title, language)}\n{text}")
            return
        may = "gone" if outcome.too_many_gone else "import"
        title = _("Nothing is imported yet. The file would change this:")
        await self._files.looked_at(file, f"{file.id} {may} {say(title, language)}\n{text}")

    async def _done(self, file: SentFile, text: str | None) -> None:
        (self._folder / str(file.id)).unlink(missing_ok=True)
        await self._files.done(file, None if text is None else f"{file.id} - {text}")

    async def _after_imports(self) -> None:
        """Begin letters for what is late and tell followers, once for each import."""
        for import_id in await untold(self._store):
            now = self._clock()
            drafted = await draft_late(self._store, self._office.commune.default_unit, now)
            told_to = await tell_changes(self._store, self._read, import_id, now)
            log.info("dossiers: imported", drafts=drafted, told=told_to)
            self._inbox.arrived.set()

    async def _morning(self) -> None:
        """Let each officer be told once a working morning what falls due."""
        now = self._clock()
        local = now.astimezone(ZONE)
        day = local.date().isoformat()
        rules, calendar = self._office.commune.dossiers, self._office.commune.calendar
        if day == self._morning_of or f"{local:%H:%M}" < rules.morning:
            return
        if calendar.hours(local.date()) and await self._read.dossiers.last_import():
            await say_good_morning(self._store, day, now)
            self._inbox.arrived.set()
        self._morning_of = day

    async def _print(self) -> None:
        """Draw the letters that were approved, and let them be sent."""
        for apology in await self._read.apologies.unprinted():
            form = await form_of(self._read, self._office, apology)
            if form is None:
                continue
            content = await asyncio.to_thread(as_pdf, form)
            digest = await self._media.keep_own(content, "application/pdf")
            await letter_is_made(self._store, apology, digest, self._clock())
            self._inbox.arrived.set()


def _code_in(found: Sequence[str]) -> str:
    """Find the dossier code in what a photo's codes say, "" where there is none."""
    codes = [code for text in found if (code := code_in(unquote(text)))]
    plain = [text for text in found if len(text) <= LONGEST_CODE and " " not in text.strip()]
    return next(iter((*codes, *plain)), "")


def _shortened(outcome: Outcome, language: str) -> str:
    """Tell an outcome in one letter."""
    text = say(lines(*told(outcome, listed=8)), language)
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT].rpartition("\n")[0] + "\n…"
