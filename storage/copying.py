"""A consistent copy of the whole database beside a running service, and putting one back."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

FILLED_BY_PEOPLE = ("people", "invites", "inbox", "tickets", "dossiers", "evidence")
"""Where one of these has a row, somebody has used the store; the other tables follow from them."""

PATIENCE_MS = 15_000

DUMP, RESTORE = "pg_dump", "pg_restore"


class CannotCopy(Exception):
    """The database cannot be copied or put back; the sentence is the driver's or the program's."""


class ProgramMissing(CannotCopy):
    """PostgreSQL's own program, which this needs, is not on this machine; names it."""


class InUse(CannotCopy):
    """Somebody has the database open in whose place another is to be put."""


def sqlite_path(url: str) -> Path:
    """Give the file of a SQLite address."""
    return Path(str(make_url(url).database))


def copy_into(url: str, target: Path) -> None:
    """Copy the database as it stands at one moment; whoever writes meanwhile is not held up.

    SQLite: `VACUUM INTO`, which reads one snapshot and leaves out what was deleted. PostgreSQL:
    `pg_dump` in its own format, because a dump that its maker does not read back is no backup.

    Args:
        url: the database.
        target: a file that is not there yet.

    Raises:
        CannotCopy: it cannot be read, or pg_dump is missing or refuses.
    """
    if not url.startswith("sqlite"):
        _run(url, DUMP, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    try:
        with contextlib.closing(_opened(sqlite_path(url))) as connection:
            connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise CannotCopy(str(error)) from error


def check_copy(copy: Path) -> None:
    """See whether a copy of a SQLite database is whole.

    Raises:
        CannotCopy: it is not.
    """
    try:
        with contextlib.closing(_opened(copy)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise CannotCopy(str(error)) from error
    if found != "ok":
        raise CannotCopy(str(found))


async def is_used(url: str) -> bool:
    """Tell whether anything that people did is in the database, which need not be there yet.

    Raises:
        CannotCopy: it cannot be read.
        InUse: a service has it open.
    """
    if url.startswith("sqlite"):
        return _file_is_used(sqlite_path(url))
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            others = await connection.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                    "AND backend_type = 'client backend'"
                )
            )
            if others.scalar():
                raise InUse
            for table in FILLED_BY_PEOPLE:
                there = await connection.execute(text("SELECT to_regclass(:name)"), {"name": table})
                if there.scalar() is None:
                    continue
                row = await connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1"))  # noqa: S608 - our own names
                if row.first() is not None:
                    return True
            return False
    except (DBAPIError, OSError) as error:
        raise CannotCopy(f"{type(error).__name__}") from error
    finally:
        await engine.dispose()


def _file_is_used(path: Path) -> bool:
    if not path.exists() or not path.stat().st_size:
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as file:
            # Whoever has the file open holds a lock that this one cannot be had beside.
            file.execute("PRAGMA locking_mode=EXCLUSIVE")
            file.execute("BEGIN EXCLUSIVE")
            known = {row[0] for row in file.execute("SELECT name FROM sqlite_master")}
            return any(
                file.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608 - our own names
                for table in FILLED_BY_PEOPLE
                if table in known
            )
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise InUse from error
        raise CannotCopy(str(error)) from error
    except sqlite3.DatabaseError:
        # No database of ours, yet somebody's file: not to be written over unasked.
        return True


def put_back(url: str, copy: Path) -> None:
    """Put a copy into the place of a database that nobody has open.

    Args:
        url: the database; where it is a SQLite file, none may stand there.
        copy: what `copy_into` made.

    Raises:
        CannotCopy: it cannot be written, or pg_restore is missing or refuses; then nothing changed.
    """
    if not url.startswith("sqlite"):
        # In one transaction: whole or not at all.
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error")
        _run(url, RESTORE, *options, "--single-transaction", f"--dbname={_name(url)}", str(copy))
        return
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        shutil.copyfile(copy, part)
        part.chmod(0o600)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _name(url: str) -> str:
    return str(make_url(url).database)


def _run(url: str, program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by its environment, not its arguments."""
    found = shutil.which(program)
    if found is None:
        raise ProgramMissing(program)
    address = make_url(url)
    host = address.host or address.query.get("host", "")
    given = {
        "PGHOST": host if isinstance(host, str) else host[0],
        "PGPORT": str(address.port or ""),
        "PGUSER": address.username or "",
        "PGPASSWORD": str(address.password or ""),
        "PGDATABASE": address.database or "",
    }
    done = subprocess.run(  # noqa: S603 - a program by its name, with our own words
        [found, *options],
        env={**os.environ, **{name: value for name, value in given.items() if value}},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise CannotCopy(lines[0][:200] if lines else f"{program}: {done.returncode}")
