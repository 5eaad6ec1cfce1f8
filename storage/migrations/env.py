"""Run by Alembic: migrates over the connection that `storage.migrate` hands it."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.migrate import METADATA
from storage.tables import Moment


def render(kind: str, what: Any, _: AutogenContext) -> str | Literal[False]:  # noqa: ANN401
    """Write our own types by what they are in the database, so that scripts stand alone."""
    return "sa.BigInteger()" if kind == "type" and isinstance(what, Moment) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
    render_item=render,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
