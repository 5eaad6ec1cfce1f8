"""`dossiers import FILE` and `dossiers pull`: the one-stop system's table, exported or fetched."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from bot.dossier_import import Refused, bring_in
from bot.dossier_pull import BY_HAND, lying
from bot.dossier_source import NotPulled, fetch
from bot.refusal import DONE, Refusal
from bot.service import Ground
from bot.settings import Settings
from handlers.dossier_export import told
from handlers.dossier_rows import Rows, in_order
from messages.languages import say
from messages.text import Text, _, ngettext

STEP = 5_000
"""Rows between two looks at the progress line."""


async def import_dossiers(ground: Ground, options: argparse.Namespace) -> int:
    """Import a file, or tell what that would change.

    Raises:
        Refusal: nothing was imported.
    """
    path = Path(options.file or "")
    if not await asyncio.to_thread(path.is_file):
        raise Refusal(_("There is no file {file}.", file=options.file or "FILE"))
    return await _bring_in(ground, path, options)


async def pull_dossiers(settings: Settings, ground: Ground, options: argparse.Namespace) -> int:
    """Fetch the table from where commune.toml says, and import it as a file.

    Raises:
        Refusal: nothing was imported.
    """
    source = ground.office.commune.dossiers.pulled
    if source is None:
        raise Refusal(_("commune.toml names no address under dossiers.pulled."))
    path = settings.var_dir / "exports" / BY_HAND
    try:
        content = await fetch(source, settings.dossiers_header.get_secret_value())
    except NotPulled as error:
        raise Refusal(error.reason) from None
    async with lying(path, content):
        return await _bring_in(ground, path, options)


async def _bring_in(ground: Ground, path: Path, options: argparse.Namespace) -> int:
    try:
        outcome = await bring_in(
            ground.store,
            ground.office.commune,
            ground.clock,
            path,
            dry=options.dry_run,
            gone_too=options.gone_too,
            progress=_progress(),
        )
    except Refused as error:
        raise Refusal(error.reason) from error
    if options.dry_run or outcome.done:
        for line in told(outcome, listed=100):
            sys.stdout.write(say(line) + "\n")
    if outcome.refused:
        raise Refusal(_wrong(outcome.rows))
    if outcome.too_many_gone:
        raise Refusal(
            _(
                "{gone} of the {known} dossiers known for these days are not in this file. If they "
                "are gone indeed, add --gone-too.",
                gone=outcome.difference.gone,
                known=outcome.difference.known,
            )
        )
    return DONE


def _wrong(rows: Rows) -> Text:
    """Tell the first wrong cell, and how many there are."""
    first = next(in_order(rows.wrong))
    return ngettext(
        "{n} cell cannot be read, so nothing was imported. Row {row}, column {column}: “{value}”. "
        "{reason}",
        "{n} cells cannot be read, so nothing was imported; --dry-run lists them. The first: row "
        "{row}, column {column}: “{value}”. {reason}",
        rows.wrong_count,
        row=first.row,
        column=first.column,
        value=first.value,
        reason=first.reason,
    )


def _progress() -> Callable[[int], None]:
    """Give what writes one line that counts up, where somebody looks at it."""
    told = 0

    def write(rows: int) -> None:
        nonlocal told
        if rows - told >= STEP:
            told = rows
            sys.stderr.write("\r" + say(ngettext("{n} dossier", "{n} dossiers", rows)))
            sys.stderr.flush()

    return write if sys.stderr.isatty() else lambda _rows: None
