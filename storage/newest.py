"""The newest moment that was kept, against which a clock that went back is noticed."""

from datetime import datetime

from sqlalchemy import func, select

from storage import tables
from storage.database import Store


async def newest_message(store: Store) -> datetime | None:
    """Tell when the newest message was accepted, None where none was."""
    inbox = tables.inbox
    newest = select(func.max(inbox.c.id)).scalar_subquery()
    async with store.reading() as connection:
        found = await connection.execute(select(inbox.c.accepted_at).where(inbox.c.id == newest))
        at: datetime | None = found.scalar()
    return at
