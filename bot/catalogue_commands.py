"""The commands that need the commune's files alone: no store, no service, no secret."""

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.refusal import DONE, Refusal
from handlers import search
from handlers.understanding import understand as meaning
from messages.languages import say
from messages.text import _

if TYPE_CHECKING:
    from bot.catalogue_import import Merged

UP_TO = 5
"""How many procedures a line names at most."""


def understand(folder: Path, texts: Sequence[str]) -> int:
    """Print what the chat makes of each text, a JSON line each.

    Args:
        folder: the commune's.
        texts: anything, also half letters and nothing.
    """
    catalogue = search.load(folder)
    for text in texts:
        found = meaning(text, catalogue)
        procedures = [
            {"code": code, "score": round(score, 4)} for code, score in found.procedures[:UP_TO]
        ]
        line = {"text": text, "intent": found.intent, "procedures": procedures}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return DONE


def check(folder: Path, file: str | None, today: date) -> int:
    """Print how many procedures a catalogue has; one that is wrong is refused by file and line.

    Args:
        folder: the commune's.
        file: a table that is to come into the commune's catalogue, None = that catalogue alone.
        today: what the table must not lie behind.
    """
    if file is None:
        return _count(len(search.load(folder).procedures))
    return _count(len(_merged(folder, Path(file), today).rows))


def take(folder: Path, file: str, today: date) -> int:
    """Bring a table into the commune's catalogue, whole or not at all; print what became of it.

    Args:
        folder: the commune's.
        file: CSV or XLSX.
        today: what the table must not lie behind.
    """
    from bot.catalogue_import import alone, write  # noqa: PLC0415 - not needed to understand

    with alone(folder):
        found = _merged(folder, Path(file), today)
        write(folder, found.rows)
    told = _(
        "Procedures added: {added}, changed: {changed}, as before: {unchanged}.",
        added=found.added,
        changed=found.changed,
        unchanged=found.unchanged,
    )
    sys.stdout.write(say(told) + "\n")
    return _count(len(found.rows))


def _count(number: int) -> int:
    sys.stdout.write(say(_("Procedures that can be offered: {n}.", n=number)) + "\n")
    return DONE


def _merged(folder: Path, file: Path, today: date) -> "Merged":
    """Read a table beside the commune's catalogue; what is wrong is refused by line and column."""
    from bot.catalogue_import import Wrong, merged  # noqa: PLC0415 - not needed to understand
    from bot.spreadsheet import BadTable  # noqa: PLC0415

    try:
        return merged(file, folder, today)
    except BadTable as error:
        raise Refusal(f"{file}:{error.line}: {error}") from error
    except Wrong as error:
        raise Refusal(str(error)) from error
