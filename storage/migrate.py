"""Bringing a database to the form that this version needs."""

from pathlib import Path

from sqlalchemy import Connection, text

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
    return await store.alone(_upgrade)


def _upgrade(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        # Another process may migrate at this moment, which takes as long as it takes.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
    # Alembic takes half a second to import, which most starts need not spend.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    now = MigrationContext.configure(connection).get_current_revision()
    newest = scripts.get_current_head()
    if now == newest:
        return False
    if now is not None and now not in {script.revision for script in scripts.walk_revisions()}:
        raise TooNew(now)
    command.upgrade(config, "head")
    return True


async def revision(store: Store) -> str | None:
    """Give the form that a database has now, None where it never got one.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - slow to import

    return await store.alone(lambda c: MigrationContext.configure(c).get_current_revision())


def known_revisions() -> set[str]:
    """Give every form that this version can bring up to its own."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to import

    return {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
