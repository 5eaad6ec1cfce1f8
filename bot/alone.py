"""Who works on a store: many at once, or one alone while its key changes."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from bot.refusal import Refusal
from messages.text import _

NAME = "in-use.lock"


@contextlib.contextmanager
def beside_others(folder: Path) -> Iterator[None]:
    """Work on the store of a folder together with others; raises Refusal while its key changes."""
    with _held(folder, fcntl.LOCK_SH) as had:
        if not had:
            raise Refusal(
                _("The secret key is being changed now: please try again when it is done.")
            )
        yield


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Work on the store of a folder and let nobody else; raises Refusal where anybody does."""
    with _held(folder, fcntl.LOCK_EX) as had:
        if not had:
            raise Refusal(
                _("The service is running: stop it, change the key, then start it again.")
            )
        yield


@contextlib.contextmanager
def _held(folder: Path, how: int) -> Iterator[bool]:
    folder.mkdir(parents=True, exist_ok=True)
    # The system lets go of it with the process, also with one that was killed.
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
