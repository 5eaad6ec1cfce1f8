"""Albums: several photos sent at once, which come as a message each, are one message again.

Nothing is remembered but what the inbox holds, so that a restart in the middle changes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from messages.envelope import Incoming, Kind
from storage import tables
from storage.connection import Connection
from storage.sealing import CannotUnseal, unseal_once

QUIET = timedelta(seconds=1)
"""So long after its last part an album is taken to be whole."""

LONGEST = timedelta(seconds=10)
"""So long after its first part it is handled, whatever still comes: that joins afterwards."""

MOST = 32
"""Messages of a person that are looked through for parts; the largest album has ten."""

BODY = TypeAdapter(Incoming)


class Part(NamedTuple):
    """A message of an album, waiting in the inbox."""

    id: int
    message: Incoming
    accepted_at: datetime


def is_part(message: Incoming) -> bool:
    """Whether a message may be one of several that belong together."""
    return bool(message.album) and message.kind is Kind.MESSAGE


async def waiting_parts(
    connection: Connection, person_id: int, album: str, state: int
) -> list[Part]:
    """Read the parts of a person's album that have come and wait, in order.

    Args:
        connection: within the transaction of the claim.
        person_id: whose.
        album: what they share.
        state: of a message that waits.
    """
    inbox = tables.inbox
    rows = await connection.execute(
        select(inbox.c.id, inbox.c.accepted_at, inbox.c.body, inbox.c.body_key)
        .where(inbox.c.person_id == person_id, inbox.c.state == state)
        .order_by(inbox.c.id)
        .limit(MOST)
    )
    found = []
    for row in rows:
        try:
            message = BODY.validate_json(unseal_once(row.body, row.body_key))
        except (CannotUnseal, ValidationError, TypeError):
            # It is set aside when its own turn comes.
            continue
        if is_part(message) and message.album == album:
            found.append(Part(row.id, message, row.accepted_at))
    return found


def whole_at(parts: Sequence[Part]) -> datetime:
    """Tell from when on an album may be handled."""
    return min(parts[-1].accepted_at + QUIET, parts[0].accepted_at + LONGEST)


def together(parts: Sequence[Part]) -> Incoming:
    """Make one message of an album's parts.

    The caption may stand on any part; that part gives the id, by which an edit finds the words.
    """
    messages = [part.message for part in parts]
    named = next((one for one in messages if one.text), messages[0])
    return replace(
        messages[0],
        message_id=named.message_id,
        text="\n".join(one.text for one in messages if one.text),
        reply_to=next((one.reply_to for one in messages if one.reply_to), ""),
        attachments=tuple(file for one in messages for file in one.attachments),
    )
