"""Takes an export from its file into the store, or looks at what it would change."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from bot.dossier_sheet import Cell, Export, Unreadable
from handlers.commune import Commune
from handlers.dossier_columns import NoTable, find
from handlers.dossier_export import Outcome
from handlers.dossier_reasons import unreadable
from handlers.dossier_rows import Rows
from messages.text import Text, _
from storage.clock import Clock
from storage.database import Store
from storage.dossiers import Exported
from storage.dossiers_import import Busy, DossierImport, TooManyGone


class Refused(Exception):
    """The file cannot be taken.

    Attributes:
        reason: why, for a clerk.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.msgid)
        self.reason = reason


class UnderWay(Refused):
    """Another import is under way."""

    def __init__(self) -> None:
        super().__init__(_("Another import is under way. Please wait for its end."))


Progress = Callable[[int], None]


def _quiet(rows: int) -> None:
    del rows


async def bring_in(
    store: Store,
    commune: Commune,
    clock: Clock,
    path: Path,
    *,
    dry: bool = False,
    gone_too: bool = False,
    by: int | None = None,
    progress: Progress = _quiet,
) -> Outcome:
    """Import an export, or look at what it would change.

    Nothing is seen by readers unless all of it is: a file with one wrong cell changes nothing.

    Args:
        store: the database.
        commune: knows the titles of columns and the names of statuses.
        clock: tells the time of the data.
        path: the file.
        dry: whether nothing is written.
        gone_too: whether it is agreed that many dossiers are gone.
        by: the person who sent it.
        progress: told how many rows were taken so far.

    Raises:
        Refused: the file cannot be read.
        UnderWay: another import is not at its end.
    """
    with closing(Export(path)) as export:
        try:
            # Whoever is cancelled here ends the process, and so its thread.
            await asyncio.to_thread(export.open)
        except Unreadable as error:
            raise Refused(unreadable(error.word, error.place)) from error
        try:
            table = find(export.sheets, commune.dossiers)
        except NoTable as error:
            raise Refused(error.reason) from error
        rows = Rows(commune, table)
        importing = DossierImport(store, clock, dry=dry, by=by)
        try:
            await importing.begin()
            await _all(export, rows, importing, progress)
        except Busy as error:
            await importing.drop()
            raise UnderWay from error
        except Unreadable as error:
            await importing.drop()
            raise Refused(unreadable(error.word, error.place)) from error
        except BaseException:
            await asyncio.shield(importing.drop())
            raise
        return await _ended(rows, importing, dry=dry, gone_too=gone_too)


async def _all(export: Export, rows: Rows, importing: DossierImport, progress: Progress) -> None:
    """Take all rows; the next are read while the store writes."""
    chunks = export.rows(rows.table.sheet)
    reading = asyncio.create_task(asyncio.to_thread(_next, chunks, rows))
    try:
        while (batch := await reading) is not None:
            reading = asyncio.create_task(asyncio.to_thread(_next, chunks, rows))
            if not rows.wrong_count:
                await importing.add(batch)
            progress(importing.difference.rows)
    finally:
        # Its thread ends by itself; the file is not closed beneath it.
        await asyncio.wait([reading])
    rows.finish()


def _next(chunks: Iterator[list[list[Cell]]], rows: Rows) -> list[Exported] | None:
    chunk = next(chunks, None)
    return None if chunk is None else rows.read(chunk)


async def _ended(rows: Rows, importing: DossierImport, *, dry: bool, gone_too: bool) -> Outcome:
    difference = importing.difference
    outcome = Outcome(rows.table, rows, difference)
    if outcome.refused:
        await importing.drop()
        if not rows.wrong_count:
            raise Refused(_("The table has no dossiers."))
        return outcome
    try:
        await importing.finish(gone_too=gone_too)
    except TooManyGone:
        await importing.drop()
        return Outcome(rows.table, rows, difference, too_many_gone=True)
    except Busy as error:
        await importing.drop()
        raise UnderWay from error
    return Outcome(rows.table, rows, difference, done=not dry)
