"""The commands that need the commune's files alone: no store, no service, no secret."""

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.refusal import DONE, Refusal
from handlers import search
from handlers.understanding import understand as meaning
from messages.languages import say
from messages.text import _

PROCEDURES, REPEALED = "procedures.csv", "repealed.csv"

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


def check(folder: Path, file: str | None) -> int:
    """Print how many procedures a catalogue has; one that is wrong is refused by file and line.

    Args:
        folder: the commune's.
        file: a catalogue to check instead of the commune's own, beside its repealed codes.
    """
    catalogue = search.load(folder) if file is None else _as_if_in(folder, Path(file))
    told = say(_("Procedures that can be offered: {n}.", n=len(catalogue.procedures)))
    sys.stdout.write(told + "\n")
    return DONE


def _as_if_in(folder: Path, file: Path) -> search.Catalogue:
    """Read a catalogue as if it stood in the commune's folder."""
    with tempfile.TemporaryDirectory() as made:
        shutil.copyfile(file, Path(made, PROCEDURES))
        shutil.copyfile(folder / REPEALED, Path(made, REPEALED))
        try:
            return search.load(Path(made))
        except search.CatalogueError as error:
            where = str(error)
            if where.startswith(f"{PROCEDURES}:"):
                where = str(file) + where.removeprefix(PROCEDURES)
            raise Refusal(where) from error
