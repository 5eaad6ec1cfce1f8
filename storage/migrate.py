"""Bringing a database to the form that this version needs."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage import (
    channel_tables,
    civic_tables,
    desk_tables,
    dossiers_tables,
    guide_tables,
    privacy_tables,
    report_tables,
    tables,
)
from storage.database import Store

METADATA = tables.metadata
"""All tables: those of `storage.tables` and those that the modules beside it add to them."""

BESIDE = (
    channel_tables,
    civic_tables,
    desk_tables,
    dossiers_tables,
    guide_tables,
    privacy_tables,
    report_tables,
)

SCRIPTS = Path(__file__).parent / "migrations"

NEWEST = "0001"
"""The form that this version needs: the last of the migrations."""

VERSION = "alembic_version"

# Any number that nobody else locks by: several processes may start at once.
LOCK = 77_202_601


class TooNew(Exception):
    """The database was written by a later version of the service."""


async def migrate(store: Store) -> bool:
    """Migrate where the revision differs; tell whether anything was done.

    Raises:
        StoreUnavailable: the database cannot be read or written.
        TooNew: it is ahead of this version.
    """
    return await store.alone(_brought_up)


def _brought_up(connection: Connection) -> bool:
    if _revision(connection) == NEWEST:
        return False
    if connection.dialect.name == "postgresql":
        # Another process may migrate at this moment, which takes as long as it takes.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
        if _revision(connection) == NEWEST:
            return False
    return _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    """Ask for the form in plain SQL: Alembic is half a second and some megabytes to import."""
    if not inspect(connection).has_table(VERSION):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION}")).scalars().all()  # noqa: S608 - a name of ours
    return str(found[0]) if found else None


def _upgrade(connection: Connection) -> bool:
    from alembic import command  # noqa: PLC0415 - slow to import, and most starts need it not
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    now = _revision(connection)
    if now is not None and now not in {script.revision for script in scripts.walk_revisions()}:
        raise TooNew(now)
    command.upgrade(config, "head")
    return True


async def revision(store: Store) -> str | None:
    """Give the form that a database has now, None where it never got one.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    return await store.alone(_revision)


def known_revisions() -> set[str]:
    """Give every form that this version can bring up to its own."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to import

    return {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
