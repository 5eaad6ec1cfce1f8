"""One file with everything that cannot be made again: the database, the photos, the commune."""

import argparse
import asyncio
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from bot.app import box_of, clock_of
from bot.backup_mark import leave_mark
from bot.key_check import check_key
from bot.opened import PATIENCE_MS, finished, put
from bot.refusal import DONE, Refusal
from bot.settings import Settings
from bot.whole_file import part_of
from messages.languages import ZONE, say
from messages.text import Text, _
from storage.copying import CannotCopy, ProgramMissing, copy_into, sqlite_path
from storage.database import Store
from storage.media import Media, every_hash
from storage.migrate import migrate, revision
from storage.sealing import KEY_FILE, Box

FORMAT = 1
"""Raised when a version before could not read what this one writes."""

MANIFEST, DATABASE, MEDIA, COMMUNE = "manifest.json", "database", "media", "commune"
"""How the members are named: the manifest comes last and knows the hash of each other one."""

OURS_ALONE = 0o600


@dataclass(slots=True)
class Written:
    """What was put into a backup.

    Attributes:
        hashes: member → SHA-256 of its content.
        missing: how many kept photos and documents were not where they belong.
    """

    hashes: dict[str, str] = field(default_factory=dict)
    missing: int = 0


def key_proof(box: Box) -> str:
    """Give what tells whether a key is the one a backup was sealed with, and nothing more."""
    return box.digest("backup", "key")


def secret_of(settings: Settings) -> str:
    """Give the key in use, "" where none was ever made."""
    given = settings.secret_key.get_secret_value()
    path = settings.var_dir / KEY_FILE
    return given or (path.read_text("ascii").strip() if path.is_file() else "")


def backup(settings: Settings, options: argparse.Namespace) -> int:
    """Write a backup beside a running service or without one; print its name."""
    path = Path(options.file)
    if path.exists() and not path.is_file():
        raise Refusal(_("{path} is no file that a backup could take the place of.", path=str(path)))
    if settings.database.startswith("sqlite"):
        sqlite_path(settings.database).parent.mkdir(parents=True, exist_ok=True)
    return finished(_backup(settings, path, with_key=options.with_key))


async def _backup(settings: Settings, path: Path, *, with_key: bool) -> int:
    box, clock = box_of(settings), clock_of(settings)
    store = Store(settings.database, box, PATIENCE_MS)
    await store.open()
    try:
        # A backup before an upgrade is of the form before it.
        if await revision(store) is None:
            await migrate(store)
        await check_key(store, clock)
        form = await revision(store)
        now = clock()
        with part_of(path) as part, _folder_beside(path) as folder:
            copy = folder / DATABASE
            await asyncio.to_thread(_copied, settings.database, copy)
            # Read after the copy was made: what it names was written before it, and what was
            # erased in between need not be in a backup.
            media = Media(store, settings.var_dir / "media", clock)
            files = [(f"{MEDIA}/{one}", media.path(one)) for one in await every_hash(store)]
            told = {
                "format": FORMAT,
                "made_at": now.astimezone(ZONE).isoformat(timespec="seconds"),
                "database": "sqlite" if store.is_sqlite else "postgresql",
                "revision": form,
                "key": key_proof(box),
            }
            key = secret_of(settings) if with_key else ""
            files += list(_of_the_commune(settings.commune_dir))
            written = await asyncio.to_thread(_write, part, (DATABASE, copy), files, key, told)
            size = part.stat().st_size
    finally:
        await store.close()
    leave_mark(settings.var_dir, now, path, size)
    _tell(path, size, written, now, with_key=with_key)
    return DONE


def _tell(path: Path, size: int, written: Written, now: datetime, *, with_key: bool) -> None:
    put(str(path))
    put(
        say(
            _(
                "{files} files, {n} kB, made {at}.",
                files=len(written.hashes),
                n=max(1, size // 1000),
                at=now,
            )
        )
    )
    if written.missing:
        put(say(_("Photos and documents that were not found: {n}.", n=written.missing)))
    if with_key:
        put(say(_("The key is in it: whoever has this file can read everything.")))
    else:
        put(
            say(
                _(
                    "The key is not in it. Keep secret.key in another safe place: without it "
                    "nobody can restore this backup."
                )
            )
        )


@contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """Give a folder that only we can read, on the disk that must have the room anyway."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            yield Path(folder)
    except FileNotFoundError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def copying(failed: Callable[[str], Text]) -> Iterator[None]:
    """Refuse in words what the database's own programs cannot do; `failed` takes their reason."""
    try:
        yield
    except ProgramMissing as error:
        raise Refusal(
            _(
                "{program} is not on this machine: install PostgreSQL's client programs of the "
                "server's version.",
                program=str(error),
            )
        ) from error
    except CannotCopy as error:
        raise Refusal(failed(str(error))) from error


def _copied(url: str, copy: Path) -> None:
    with copying(lambda why: _("The database cannot be copied: {reason}", reason=why)):
        copy_into(url, copy)


def _of_the_commune(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name the commune's files: officers edit them, and an import of procedures does."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inner.parts):
            yield f"{COMMUNE}/{inner.as_posix()}", path


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._file.read(size)
        self.hash.update(data)
        return data


def _write(
    part: Path,
    database: tuple[str, Path],
    others: Iterable[tuple[str, Path]],
    key: str,
    told: dict[str, object],
) -> Written:
    """Write the archive, readable by us alone from its first byte."""
    written = Written()
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
            _add(archive, *database, written)
            for name, path in others:
                try:
                    _add(archive, name, path, written)
                except FileNotFoundError:
                    written.missing += name.startswith(MEDIA)
            if key:
                _add_bytes(archive, KEY_FILE, f"{key}\n".encode(), written)
            content = json.dumps({**told, "files": written.hashes}, indent=1).encode()
            _add_bytes(archive, MANIFEST, content, Written())
        file.flush()
        os.fsync(file.fileno())
    return written


def _add(archive: tarfile.TarFile, name: str, path: Path, written: Written) -> None:
    with path.open("rb") as file:
        member = tarfile.TarInfo(name)
        found = os.fstat(file.fileno())
        member.size, member.mtime, member.mode = found.st_size, int(found.st_mtime), OURS_ALONE
        hashed = _Hashed(file)
        archive.addfile(member, hashed)
        written.hashes[name] = hashed.hash.hexdigest()


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes, written: Written) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), OURS_ALONE
    archive.addfile(member, io.BytesIO(content))
    written.hashes[name] = hashlib.sha256(content).hexdigest()
