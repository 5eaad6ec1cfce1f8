"""Two tickets that are one matter: the one is joined to the other and answered with it."""

from handlers import cards, desk_letters, desk_waiting, reminders
from handlers.deadlines import deadline_words
from handlers.desk_ticket import CODE, DESK, addressed, may, reached, which
from handlers.routing import Offer, Purpose, Reply, Router, Turn
from handlers.ticket_states import refused
from messages.text import _, lines
from storage.desk_acts import MoveDuplicates
from storage.tickets import Change, Event, Note, State

router = Router()


@router.command("trung", "duplicate", takes=rf"{CODE}\s+{CODE}", roles=DESK)
async def join(turn: Turn) -> Reply:
    """Join a ticket to another: `/trung CODE CODE2`; the first ends and is answered with CODE2."""
    code, rest = addressed(turn.words)
    if not code:
        return await which(turn, "trung")
    into, _more = addressed(rest)
    act = await may(turn, code, Event.MERGED)
    if isinstance(act, Reply):
        return act
    if not into or into == code:
        example = f"/trung {code} PA2611-7K3M"
        return turn.end(
            _("Please write both codes, the one that stays last: {example}", example=example)
        )
    target = await reached(turn, into)
    if isinstance(target, Reply):
        return target
    if not target.is_open:
        return turn.end(refused(into, target.state))
    values = {
        "duplicate_of": into,
        "closed_at": turn.now,
        **desk_waiting.ends(turn.office.commune, act.ticket, turn.now),
    }
    text = lines(
        _("Your feedback {code} is about a matter that is being handled already.", code=code),
        _(
            "We handle both together and answer you {deadline}.",
            deadline=deadline_words(target.due_at, turn.now),
        ),
        cards.unit_name(turn.office, target.unit),
    )
    show = Offer(f"/phieu {code}", _("Show my feedback"))
    letters, _left_out = await desk_letters.to_citizen(
        turn, act.ticket, text, Purpose.NOTICE, (show,), ()
    )
    told = _("Ticket {code} is joined to {into} and is answered with it.", code=code, into=into)
    news = _("Ticket {code} was joined to your ticket {into}.", code=code, into=into)
    reply = turn.end(
        told,
        Offer(f"/phieu {into}", _("Show {code}", code=into[-4:])),
        effects=(
            Change(act.ticket, Event.MERGED, State.DUPLICATE, note=into, values=values),
            MoveDuplicates(code, into),
            Note(target, Event.NOTED, f"+ {code}"),
            *reminders.stopped(code),
        ),
    )
    return reply.and_tell(*letters, *await cards.news(turn, target, news))
