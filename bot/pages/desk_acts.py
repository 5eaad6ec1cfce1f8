"""What an officer does in the browser: a line as they would write it in the chat, to the inbox."""

import asyncio
import re
import unicodedata
from collections.abc import Mapping

from bot.pages.site import Desk
from handlers.commune import Commune
from handlers.sender import REASONS
from messages.envelope import Address, Attachment, Incoming
from messages.text import Sayable, _
from storage.people import Person

FROM_DESK = "desk:"
"""How the key of a message begins that came from a form of the desk."""

LONGEST = 8000
"""Characters of a form's text; the handlers tell the limit that the commune sets."""

WAITS = 5.0
"""Seconds that the page waits for the turn; longer, and it says that it is being done."""

LOOKS_EVERY = 0.05

_ONCE = re.compile(r"[A-Za-z0-9_-]{22}")

BARE = frozenset({"nhan", "tra", "duyet"})
WITH_FILES = frozenset({"traloi", "ghichu"})
"""What photos and documents may go along with; with both they are proof of what was done."""

WITH_WORDS = frozenset({"traloi", "hoi", "ghichu", "trung", "bangiao"})
UNIT, CATEGORY, REASON, SENDER = "chuyen", "linhvuc", "tuchoi", "nguoigui"
CHOOSING = frozenset({UNIT, CATEGORY, REASON, SENDER})

SURE = "sure"
"""The box of a form without which a ticket is not refused: the second confirmation."""


def line_of(commune: Commune, code: str, form: Mapping[str, object]) -> str:
    """Write the line that a form stands for, "" where it stands for none.

    Args:
        commune: whose units, categories and reasons may be chosen.
        code: of the ticket.
        form: "act", and "words", "unit", "category", or "reason", of a refusal with "sure".
    """
    act, words = str(form.get("act", "")), words_of(form)
    if act in BARE:
        return f"/{act} {code}"
    if act in CHOOSING:
        chosen = _chosen(commune, act, form, words)
        return f"/{act} {code} {chosen}" if chosen else ""
    return f"/{act} {code} {words}" if act in WITH_WORDS and words else ""


def _chosen(commune: Commune, act: str, form: Mapping[str, object], words: str) -> str:
    """Write what follows the code where a form offers a choice, "" where none of ours was made."""
    reason = str(form.get("reason", ""))
    if act == UNIT:
        unit = commune.unit(str(form.get("unit", "")))
        return f"{unit.id} {words}".strip() if unit else ""
    if act == CATEGORY:
        category = commune.category(str(form.get("category", "")))
        return category.id if category else ""
    if act == SENDER:
        return reason if reason in REASONS else ""
    known = any(one.id == reason for one in commune.refusals)
    return f"{reason if known else ''} {words}".strip() if form.get(SURE) == "yes" else ""


def words_of(form: Mapping[str, object]) -> str:
    """Give the words of a form as a chat would send them."""
    words = unicodedata.normalize("NFC", str(form.get("words", "")))
    return words.replace("\r\n", "\n").strip()[:LONGEST]


async def act(
    desk: Desk, person: Person, line: str, once: str, attachments: tuple[Attachment, ...] = ()
) -> str | None:
    """Send a line as a message of the officer's; give its key, None where the form is none of ours.

    Args:
        desk: takes the message.
        person: who sits there.
        line: what they would have written in the chat.
        once: drawn for the form: sent twice it is one message.
        attachments: what goes along, of our own store.
    """
    if not line or not _ONCE.fullmatch(once):
        return None
    key = f"{FROM_DESK}{once}"
    await desk.accept(
        Incoming(
            Address(person.channel, person.address),
            key,
            desk.now(),
            message_id=key,
            text=line,
            language=person.language,
            attachments=attachments,
        )
    )
    return key


async def told(desk: Desk, person: Person, once: str) -> Sayable | None:
    """Tell what the last form led to, None where there was none."""
    if not once:
        return None
    found = await became(desk, person, once)
    return _("It is being done. Please look again shortly.") if found is None else found


async def became(desk: Desk, person: Person, once: str) -> str | None:
    """Wait for what a form has led to, as it was told; None where it is still being done."""
    if not _ONCE.fullmatch(once):
        return None
    sender = Address(person.channel, person.address)
    for _look in range(int(WAITS / LOOKS_EVERY)):
        told = await desk.sessions.became(sender, f"{FROM_DESK}{once}")
        if told is not None:
            return "\n\n".join(one.text for one in told if one.text)
        await asyncio.sleep(LOOKS_EVERY)
    return None
