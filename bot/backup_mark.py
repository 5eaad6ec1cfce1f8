"""When the last backup was made: a mark in VAR_DIR, which `doctor` and the metrics read."""

import contextlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.whole_file import written

MARK = "backup.json"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The last backup.

    Attributes:
        at: when it was made.
        file: where it was written.
    """

    at: datetime
    file: str


def leave_mark(folder: Path, at: datetime, file: Path, size: int) -> None:
    """Write down that a backup was made."""
    told = {"at": at.isoformat(), "file": str(file.absolute()), "bytes": size}
    written(folder / MARK, json.dumps(told).encode())


def last_backup(folder: Path) -> LastBackup | None:
    """Give the last backup that was made here, None where there was none."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads((folder / MARK).read_text("utf-8"))
        at = datetime.fromisoformat(told["at"])
        if at.tzinfo is not None:
            return LastBackup(at, str(told["file"]))
    return None
