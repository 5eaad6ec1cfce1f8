"""What the commune makes public, in the chat."""

from typing import Final

from handlers import questions
from handlers.commune import Publication
from handlers.publications import body, dated
from handlers.questions import MENU, short
from handlers.routing import Reply, Router, Turn
from messages.text import Sayable, _, lines
from storage.outbox import Offer

router = Router()

LONGEST_NAME: Final = 100
"""Characters of the name of something public."""


@router.command("congkhai", "public", "thongtin")
async def public(turn: Turn) -> Reply:
    """List what is public, or show one of it: `/congkhai week`."""
    words = turn.words.strip()
    found = turn.office.board.find(words) if words else None
    reply = await show(turn, found) if found else await _list(turn, unknown=bool(words))
    return questions.reminded(turn, reply)


@router.first
async def named(turn: Turn) -> Reply | None:
    """Show what somebody names by its own name and nothing else."""
    message = turn.message
    if message.choice or message.attachments or message.reply_to or turn.person.step:
        return None
    found = turn.office.board.find(message.text) if len(message.text) <= LONGEST_NAME else None
    return await show(turn, found) if found and not message.group else None


async def _list(turn: Turn, *, unknown: bool) -> Reply:
    office = turn.office
    text = lines(
        _("There is nothing public by that name.") if unknown else None,
        _("What the commune makes public:"),
        *(_("- {item}", item=one.title) for one in office.board.publications),
        _("Papers, time limits and fees: /thutuc; telephone numbers: /lienhe; reception: /lich."),
        _("All on one page: {page}", page=f"{office.public_url}/cong-khai")
        if office.public_url
        else None,
    )
    offers = (
        Offer(f"/congkhai {one.id}", short(one.title.say(turn.language)))
        for one in office.board.publications
    )
    return turn.say(text, *offers, MENU)


async def show(turn: Turn, publication: Publication, *before: Sayable) -> Reply:
    """Show one thing that is public, with the days on which it came and changed."""
    dates = (await turn.read.published()).get(publication.id)
    text = lines(*before, publication.title, body(publication), dated(publication, dates))
    more = (Offer("", _("Read all of it"), publication.url),) if publication.url else ()
    others = Offer("/congkhai", _("What the commune makes public"))
    return turn.say(text, *more, others, MENU)
