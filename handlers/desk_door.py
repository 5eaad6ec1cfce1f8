"""The way from the chat to the desk in the browser: a link that serves once."""

from handlers.components import STAFF
from handlers.desk_ticket import DESK
from handlers.routing import Reply, Router, Turn
from messages.text import _, lines
from storage.desk_sessions import LINK_LASTS, SESSION_LASTS, GiveDeskLink
from storage.outbox import Draft

router = Router()

LENGTH = 26
"""Characters of the alphabet of codes: 130 bits."""


@router.command("desk", "banlamviec", roles=(*DESK, *STAFF))
async def link(turn: Turn) -> Reply:
    """Send a link that opens the desk in a browser; never into a group."""
    code = turn.chance.letters(LENGTH)
    text = lines(
        _("Your desk in the browser:"),
        f"{turn.office.public_url}{turn.office.desk}/enter/{code}",
        _(
            "The link works once, within {minutes} minutes. Please pass it on to nobody.",
            minutes=LINK_LASTS.seconds // 60,
        ),
        _("The desk stays open for {hours} hours.", hours=SESSION_LASTS.seconds // 3600),
    )
    letters: tuple[Draft, ...] = (Draft(turn.me, text),)
    if turn.message.group:
        letters = (*letters, turn.letter(_("I have sent you the link in our own conversation.")))
    return Reply(letters, "", {}, (GiveDeskLink(code),))
