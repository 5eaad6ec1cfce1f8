"""What people wrote while we were away, read from Zalo's own list of chats.

Zalo sends an event again for about two hours, then switches the webhook off. What came after that
is found in the last lines of each chat. A line has the message's id, by which the inbox knows what
it has already; whether that is the id of the webhook's event is to be tried on a real account.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.channels.zalo.fields import Event, id_of, moment_of, string_of
from bot.channels.zalo.inbound import CHANNEL, attachment_of, spoken
from bot.channels.zalo.openapi import CONVERSATION, LISTED, RECENT_CHATS, Data, OpenApi
from messages.envelope import Address, Incoming

PAGE: Final = 10
"""Lines that Zalo gives a call."""

THE_PERSON: Final = 1
"""`src` of a line that the person wrote; 0 is the account."""

CHATS: Final = 500
LINES: Final = 100
"""Looked at: chats, and lines of each."""


async def missed(api: OpenApi, since: datetime) -> list[Incoming]:
    """Give what people wrote from a moment on, in the order in which they did.

    Raises:
        Declined: Zalo does not tell.
        SendError: not now.
    """
    found: list[Incoming] = []
    for person in await _writers(api, since):
        found += await _lines(api, person, since)
    return sorted(found, key=lambda one: one.sent_at)


async def _writers(api: OpenApi, since: datetime) -> list[str]:
    """Name those in whose chats something was said since."""
    people: dict[str, None] = {}
    for offset in range(0, CHATS, PAGE):
        lines = list(_listed(await api.get(RECENT_CHATS, {"offset": offset, "count": PAGE})))
        fresh = [line for line in lines if (moment_of(line.get("time")) or since) >= since]
        people.update(dict.fromkeys(name for line in fresh if (name := _person(line))))
        if len(lines) < PAGE or len(fresh) < len(lines):
            break
    return list(people)


async def _lines(api: OpenApi, person: str, since: datetime) -> list[Incoming]:
    found: list[Incoming] = []
    for offset in range(0, LINES, PAGE):
        asked = {"user_id": person, "offset": offset, "count": PAGE}
        lines = list(_listed(await api.get(CONVERSATION, asked)))
        fresh = [line for line in lines if (moment_of(line.get("time")) or since) >= since]
        found += (one for line in fresh if (one := _line(line, person)) is not None)
        if len(lines) < PAGE or len(fresh) < len(lines):
            break
    return found


def _listed(data: Data) -> Iterator[Event]:
    lines = data.get(LISTED)
    if isinstance(lines, list):
        yield from (line for line in lines if isinstance(line, dict))


def _person(line: Event) -> str:
    """Name the person of a chat, whoever wrote last in it."""
    return id_of(line, "from_id" if line.get("src") == THE_PERSON else "to_id")


def _line(line: Event, person: str) -> Incoming | None:
    """Read a line; None where the account wrote it, or it cannot be told from another."""
    message_id, sent_at = id_of(line, "message_id"), moment_of(line.get("time"))
    if line.get("src") != THE_PERSON or not message_id or sent_at is None:
        return None
    attachment = attachment_of(string_of(line, "type"), line)
    text, choice = spoken(string_of(line, "message"))
    return Incoming(
        sender=Address(CHANNEL, person),
        key=message_id,
        sent_at=sent_at,
        message_id=message_id,
        text=text,
        choice=choice,
        attachments=() if attachment is None else (attachment,),
    )
