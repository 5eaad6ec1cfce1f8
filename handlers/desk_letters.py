"""Letters from the desk to the citizen of a ticket, and what may be said of an answer."""

from collections.abc import Sequence

from handlers import cards, joined
from handlers.routing import Offer, Purpose, Turn
from messages.envelope import Attachment, AttachmentKind
from messages.text import Sayable, Text, _
from storage.outbox import Draft
from storage.ticket_files import OURS
from storage.tickets import Ticket

SENT_ALONG = (
    AttachmentKind.IMAGE,
    AttachmentKind.VIDEO,
    AttachmentKind.AUDIO,
    AttachmentKind.FILE,
)
"""Attachments of an officer's message that go to the citizen with it."""


async def to_citizen(
    turn: Turn,
    ticket: Ticket,
    text: Sayable,
    purpose: Purpose,
    offers: tuple[Offer, ...] = (),
    attachments: Sequence[Attachment] | None = None,
) -> tuple[tuple[Draft, ...], Text | None]:
    """Write the letter, and a sentence for the officer where a photo cannot go along.

    What an officer wrote down for somebody else has nobody to write to: no letter. What goes along
    is what came with the officer's message, unless other attachments are given.
    """
    if ticket.source in cards.SOURCES:
        return (), None
    recipient = await joined.recipient(turn, ticket)
    wanted = sent_along(turn.message.attachments if attachments is None else attachments)
    here, there = turn.person.channel, recipient.to.channel
    along = tuple(item for item in wanted if _can_go(item, here, there))
    told = await turn.read.words(ticket.code)
    letter = Draft(
        recipient,
        text,
        offers,
        attachments=along,
        # Whoever brought several matters sees which of them it is about.
        reply_to=told[0].message_id if told else "",
        ticket=ticket.code,
        purpose=purpose,
        report_to=turn.person.id,
    )
    left_out = None
    if len(along) < len(wanted):
        left_out = _(
            "Your photo could not go along, because the citizen writes on {channel}.",
            channel=there.capitalize(),
        )
    return (letter,), left_out


def sent_along(attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Give the attachments that can go to a citizen, and be kept as proof of what was done."""
    return tuple(item for item in attachments if item.kind in SENT_ALONG and item.ref)


def _can_go(attachment: Attachment, sent_on: str, to_channel: str) -> bool:
    """Whether a channel can send a file: a platform knows only its own files, and ours."""
    return sent_on == to_channel or attachment.ref.startswith(OURS)


def not_written(ticket: Ticket) -> Text:
    """Say that there is nobody to write to."""
    return _(
        "Ticket {code} came by {source}: nobody can be written to here. Please tell the person "
        "yourself.",
        code=ticket.code,
        source=cards.SOURCES.get(ticket.source, ticket.source),
    )


RATINGS = (
    (1, _("Very dissatisfied")),
    (2, _("Dissatisfied")),
    (3, _("Neutral")),
    (4, _("Satisfied")),
    (5, _("Very satisfied")),
)
"""What may be said of an answer; the number is the points."""


def rating_offers(code: str) -> tuple[Offer, ...]:
    """Give the choices 1 to 5 under an answer; each works at any time."""
    return tuple(Offer(f"/danhgia {code} {n}", title, number=n) for n, title in RATINGS)
