"""`dossiers import FILE`: what staff exported from the one-stop system."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from bot.dossier_import import Refused, bring_in
from bot.refusal import DONE, Refusal
from bot.service import Ground
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
    path = Path(options.file)
    if not await asyncio.to_thread(path.is_file):
        raise Refusal(_("There is no file {file}.", file=options.file))
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
