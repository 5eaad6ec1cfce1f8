"""Putting a backup into the place of a store: checked whole before anything is touched."""

import argparse
import asyncio
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from bot.app import clock_of
from bot.asked_again import be_sure
from bot.backup import (
    COMMUNE,
    DATABASE,
    FORMAT,
    MANIFEST,
    MEDIA,
    OURS_ALONE,
    copying,
    key_proof,
    secret_of,
)
from bot.key_check import check_key
from bot.opened import PATIENCE_MS, finished, put
from bot.refusal import DONE, Refusal
from bot.settings import Settings
from messages.languages import ZONE, say
from messages.text import _
from storage.clock import Clock
from storage.copying import (
    CannotCopy,
    InUse,
    check_copy,
    is_used,
    put_back,
    sqlite_path,
)
from storage.database import Store
from storage.evidence import verify
from storage.migrate import TooNew, known_revisions, migrate
from storage.sealing import KEY_FILE, Box

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: datetime
    database: str
    key: str
    files: Mapping[str, str]


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """Put a backup into the place of the store that the settings name, before a service starts."""
    if options.over:
        be_sure(
            _("This puts the backup into the place of the store that is here."),
            "restore",
            yes=options.yes,
        )
    return finished(_restore(settings, Path(options.file), over=options.over))


async def _restore(settings: Settings, path: Path, *, over: bool) -> int:
    clock = clock_of(settings)
    made_folder = not settings.var_dir.exists()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=settings.var_dir, prefix=".restore-") as unpacked:
            folder = Path(unpacked)
            manifest = await asyncio.to_thread(_unpacked, path, folder)
            secret = _secret(settings, folder, manifest)
            await _fits(settings, manifest, folder, over=over)
            await asyncio.to_thread(_put_in_place, settings, folder, manifest, secret, clock)
            commune = _put_commune(settings, folder)
    except BaseException:
        if made_folder:
            # A refused command leaves nothing behind; what is not empty stays.
            with suppress(OSError):
                settings.var_dir.rmdir()
        raise
    await _told(settings, manifest, secret, clock, commune)
    return DONE


def _unpacked(path: Path, folder: Path) -> Manifest:
    """Unpack a backup and hold every file against its checksum.

    Raises:
        Refusal: it is none, is damaged, or a later version made it.
    """
    found: dict[str, str] = {}
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                found[member.name] = _unpack(archive, member, folder)
    except (tarfile.TarError, zlib.error, EOFError, ValueError) as error:
        raise _not_whole(path, str(error)) from error
    except OSError as error:
        if error.errno is not None:
            raise
        # A torn or foreign gzip file has no number.
        raise _not_whole(path, str(error)) from error
    manifest = _manifest(path, folder, found)
    found.pop(MANIFEST)
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise Refusal(
                _("{path} is damaged: {name} is not what was backed up.", path=str(path), name=name)
            )
    return manifest


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Write one member, a plain file below the folder; give the hash of its content."""
    name = PurePosixPath(member.name)
    content = archive.extractfile(member) if member.isreg() else None
    if content is None or name.is_absolute() or ".." in name.parts:
        raise ValueError(member.name)
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    hashed = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE), "wb") as file:
        while data := content.read(CHUNK):
            hashed.update(data)
            file.write(data)
    return hashed.hexdigest()


def _not_whole(path: Path, reason: str) -> Refusal:
    return Refusal(_("{path} is no whole backup: {reason}", path=str(path), reason=reason))


def _manifest(path: Path, folder: Path, found: Mapping[str, str]) -> Manifest:
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        form, revision = int(told["format"]), str(told["revision"])
        manifest = Manifest(
            made_at=datetime.fromisoformat(told["made_at"]),
            database=str(told["database"]),
            key=str(told["key"]),
            files={str(name): str(digest) for name, digest in told["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_whole(path, MANIFEST) from error
    if form > FORMAT:
        raise Refusal(_("{path} was made by a later version.", path=str(path)))
    if DATABASE not in found:
        raise _not_whole(path, DATABASE)
    if revision not in known_revisions():
        raise TooNew(revision)
    return manifest


def _secret(settings: Settings, folder: Path, manifest: Manifest) -> str:
    """Give the key that opens the backup: its own, else the one that is here.

    Raises:
        Refusal: there is none, or it is another.
    """
    kept = folder / KEY_FILE
    here = secret_of(settings)
    inside = kept.read_text("ascii").strip() if kept.is_file() else ""
    given = settings.secret_key.get_secret_value()
    secret = given or inside or here
    if not secret:
        raise Refusal(
            _(
                "The key is not in this backup, and there is none here: put secret.key into "
                "{folder}, or set BOT_SECRET_KEY, then try again. Without it nothing can be "
                "restored.",
                folder=str(settings.var_dir),
            )
        )
    if key_proof(Box(secret)) != manifest.key:
        raise Refusal(
            _(
                "This backup was sealed with another key than the one that is here: set "
                "BOT_SECRET_KEY, or put back secret.key, as it was."
            )
        )
    return secret


async def _fits(settings: Settings, manifest: Manifest, folder: Path, *, over: bool) -> None:
    """See whether the backup can go where the settings say.

    Raises:
        Refusal: it cannot, or something is there already.
    """
    kind = "sqlite" if settings.database.startswith("sqlite") else "postgresql"
    if kind != manifest.database:
        raise Refusal(
            _(
                "The backup is of {one}, and BOT_DATABASE_URL names {other}.",
                one=manifest.database,
                other=kind,
            )
        )
    try:
        if kind == "sqlite":
            await asyncio.to_thread(check_copy, folder / DATABASE)
        used = await is_used(settings.database)
    except InUse as error:
        raise Refusal(_("A service is running on this store: stop it, then restore.")) from error
    except CannotCopy as error:
        raise Refusal(_("The database cannot be opened: {reason}", reason=str(error))) from error
    if not over and (used or any((settings.var_dir / MEDIA).glob("*/*"))):
        raise Refusal(
            _(
                "There is a store here that is not empty, and it stays as it is. To put the backup "
                "into its place, add --over."
            )
        )


def _put_in_place(
    settings: Settings, folder: Path, manifest: Manifest, secret: str, clock: Clock
) -> None:
    """Move what is there aside, and the backup's files to where they belong."""
    stamp = clock().astimezone(ZONE).strftime("%Y%m%dT%H%M%S")
    aside = settings.var_dir / f"before-restore-{stamp}"
    if manifest.database == "sqlite":
        path = sqlite_path(settings.database)
        for suffix in ("", "-wal", "-shm"):
            _moved(path.with_name(path.name + suffix), aside)
    _put_back(settings.database, folder / DATABASE)
    media = settings.var_dir / MEDIA
    _moved(media, aside)
    for name in manifest.files:
        if name.startswith(f"{MEDIA}/"):
            target = media / name[len(MEDIA) + 1 :][:2] / PurePosixPath(name).name
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / name).replace(target)
    key = settings.var_dir / KEY_FILE
    if not settings.secret_key.get_secret_value() and secret_of(settings) != secret:
        _moved(key, aside)
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE), "w") as file:
            file.write(f"{secret}\n")
            file.flush()
            os.fsync(file.fileno())


def _put_back(url: str, copy: Path) -> None:
    with copying(lambda why: _("The database cannot be written: {reason}", reason=why)):
        put_back(url, copy)


def _moved(path: Path, aside: Path) -> None:
    if path.exists():
        aside.mkdir(mode=0o700, exist_ok=True)
        shutil.move(path, aside / path.name)


def _put_commune(settings: Settings, folder: Path) -> Path | None:
    """Bring the commune's files back where there are none; tell where they lie where others are."""
    kept, target = folder / COMMUNE, settings.commune_dir
    if not kept.is_dir() or _same(kept, target):
        return None
    if target.is_dir() and any(target.iterdir()):
        target = settings.var_dir / "commune-of-the-backup"
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(kept, target)
        return target
    shutil.copytree(kept, target, dirs_exist_ok=True)
    return None


def _same(kept: Path, here: Path) -> bool:
    """Whether every kept file is here as it was."""
    for path in kept.rglob("*"):
        other = here / path.relative_to(kept)
        if path.is_file() and not (other.is_file() and other.read_bytes() == path.read_bytes()):
            return False
    return True


async def _told(
    settings: Settings, manifest: Manifest, secret: str, clock: Clock, commune: Path | None
) -> None:
    """Open what was restored as a service would, and say what became of it."""
    store = Store(settings.database, Box(secret), PATIENCE_MS)
    await store.open()
    try:
        await migrate(store)
        await check_key(store, clock)
        broken = await verify(store)
    finally:
        await store.close()
    put(say(_("Restored as it was {at}; {n} files.", at=manifest.made_at, n=len(manifest.files))))
    for day in broken:
        put(
            say(
                _(
                    "The evidence of {day} is not what was sealed: {reason}.",
                    day=day.day,
                    reason=day.reason,
                )
            )
        )
    if commune is not None:
        put(
            say(
                _(
                    "The commune's files here differ from those of the backup and stay; the "
                    "backup's lie in {folder}.",
                    folder=str(commune),
                )
            )
        )
