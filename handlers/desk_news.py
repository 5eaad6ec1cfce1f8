"""What officers hear without asking: what became of a letter; what closes."""

import re

from handlers.routing import Reply, Router, Turn
from handlers.ticket_states import leads_to
from messages.envelope import Kind
from messages.text import Text, _, lines
from storage.outbox import FAILED, HELD, SENT, UNKNOWN
from storage.tickets import Change, Event

router = Router()

_NEWS = re.compile(r"(?P<code>\S+) (?P<state>[0-9])(?: (?P<reason>.*))?", re.DOTALL)

GONE = "gone"
"""The outbox's reason for a person who blocked us or left."""

NOTIFIED, PERHAPS_NOTIFIED = "told by a paid notice", "perhaps told by a paid notice"
"""How the outbox's reason begins where a held letter's person was told in another way."""


@router.event(Kind.TIMER, "letter")
async def what_became(turn: Turn) -> Reply:
    """Tell an officer what became of a letter of theirs to a citizen."""
    news = _NEWS.fullmatch(turn.message.payload)
    if news is None or not turn.person.has("officer", "staff", "leader"):
        return turn.quiet()
    code, reason = news["code"], news["reason"] or ""
    match int(news["state"]):
        case state if state == SENT:
            return turn.say(_("✓ Delivered to the citizen: ticket {code}.", code=code))
        case state if state == HELD:
            text = lines(
                _("Ticket {code}: the letter is held.", code=code),
                _(
                    "The platform lets us write again only when the citizen writes to us. It goes "
                    "out by itself then; if it is urgent, please reach the citizen another way."
                ),
                _notified(reason),
            )
        case state if state == FAILED:
            text = lines(
                _("✗ Ticket {code}: the letter did not reach the citizen.", code=code),
                _why(reason),
                _("Please reach the citizen another way."),
            )
        case state if state == UNKNOWN:
            text = lines(
                _("Ticket {code}: it is not known whether the letter arrived.", code=code),
                _("The platform gave no answer. Please ask the citizen another way."),
            )
        case _:
            return turn.quiet()
    # No choices: they would take the numbers of a question that the officer is being asked.
    return turn.say(text)


def _notified(reason: str) -> Text | None:
    """Tell whether a citizen outside the window was told that a letter waits."""
    if reason.startswith(NOTIFIED):
        return _("A paid notice to their telephone has told the citizen that an answer waits.")
    if reason.startswith(PERHAPS_NOTIFIED):
        return _("A paid notice went to their telephone; it is not known whether it came.")
    return None


def _why(reason: str) -> Text | None:
    if reason == GONE:
        return _("The citizen has blocked or left this page.")
    return _("Reason given by the platform: {reason}", reason=reason) if reason else None


@router.event(Kind.TIMER, "close")
async def close(turn: Turn) -> Reply:
    """Close an answered ticket when the days are over in which it may be reopened."""
    ticket = await turn.read.ticket(turn.message.payload)
    to = leads_to(ticket.state, Event.CLOSED) if ticket else None
    if ticket is None or to is None:
        return turn.quiet()
    return turn.quiet(Change(ticket, Event.CLOSED, to, values={"closed_at": turn.now}))
